//! Proper scores of forecasts given as exact counts.
//!
//! A forecast of a number is a [`Counts`]: how many of its replications gave each whole number. Nothing is smoothed and nothing
//! sampled again, so the scores are those of the very distribution that was forecast. Lower is better for every score here.
//!
//! Sources: Gneiting and Raftery (2007), "Strictly proper scoring rules, prediction, and estimation", JASA 102; for the probability
//! integral transform of counts Czado, Gneiting and Held (2009), Biometrics 65; Murphy (1973), Journal of Applied Meteorology 12.

mod counts;

pub use counts::Counts;

/// The continuous ranked probability score: the integral over all t of (F(t) − 1{y ≤ t})², exact from the counts.
///
/// For whole numbers it is the ranked probability score. Of a point forecast it is the absolute error. Censored at the same last
/// value on both sides it stays proper. None for an empty forecast.
pub fn crps(forecast: &Counts, observed: i64) -> Option<f64> {
    let n = i128::from(forecast.n());
    if n == 0 {
        return None;
    }
    let mut sum = 0_i128; // of (n F − n 1)² dt
    let mut last: Option<i64> = None;
    let mut below = 0_i128;
    let mut step = |from: i64, to: i64, below: i128| {
        let miss = if from >= observed { n - below } else { below };
        sum += miss * miss * (i128::from(to) - i128::from(from));
    };
    let mut cells = forecast.cells().peekable();
    // The observed value is a place where the step function jumps, too.
    let mut is_passed = false;
    loop {
        let next = match cells.peek() {
            Some((value, _)) if is_passed || *value <= observed => Some(*value),
            _ if !is_passed => Some(observed),
            _ => None,
        };
        let Some(at) = next else { break };
        if let Some(from) = last {
            step(from, at, below);
        }
        last = Some(at);
        is_passed |= at >= observed;
        if let Some((_, count)) = cells.next_if(|(value, _)| *value == at) {
            below += i128::from(count);
        }
    }
    Some(sum as f64 / (n * n) as f64)
}

/// The Brier score of the probability of an event: (p − 1{it happened})² (Brier 1950).
pub fn brier(p: f64, happened: bool) -> f64 {
    let hit = if happened { 1.0 } else { 0.0 };
    (p - hit) * (p - hit)
}

/// The logarithmic score −ln of the probability given to what happened. Infinite for what was held impossible, unless a floor
/// under both probabilities is stated.
pub fn log_score(p: f64, happened: bool, floor: Option<f64>) -> f64 {
    let given = if happened { p } else { 1.0 - p };
    let given = floor.map_or(given, |floor| given.max(floor));
    if given >= 1.0 { 0.0 } else { -libm::log(given) }
}

/// The randomised probability integral transform F(y−) + u (F(y) − F(y−)): uniform where forecasts are calibrated, also for counts.
pub fn pit(forecast: &Counts, observed: i64, u: f64) -> Option<f64> {
    let n = forecast.n() as f64;
    let (below, at) = (forecast.below(observed) as f64, forecast.at(observed) as f64);
    (n > 0.0).then(|| ((below + u * at) / n).clamp(0.0, 1.0))
}

/// The transform of the forecast of an event, as that of a number that is 0 or 1.
pub fn pit_of_event(p: f64, happened: bool, u: f64) -> f64 {
    if happened { (1.0 - p) + u * p } else { u * (1.0 - p) }
}

/// The central interval of a share, in percent: from the (100 − c)/2 to the (100 + c)/2 percent quantile, ends included.
pub fn interval(forecast: &Counts, percent: u64) -> Option<(i64, i64)> {
    let tail = 100_u64.checked_sub(percent)?;
    Some((forecast.quantile(tail, 200)?, forecast.quantile(200 - tail, 200)?))
}

/// The variogram score of order 0.5 (Scheuerer and Hamill 2015, Monthly Weather Review 143): the mean over pairs of
/// (√|yᵢ − yⱼ| − E √|Xᵢ − Xⱼ|)². Each pair is given by the counts of its distances and the distance that was seen. It sees whether
/// things that hang together are forecast to; it does not see a shift of all of them. None where there is no pair, or an empty one.
pub fn variogram<'c>(pairs: impl IntoIterator<Item = (&'c Counts, i64)>) -> Option<f64> {
    let (mut sum, mut all) = (0.0, 0_u64);
    for (distances, seen) in pairs {
        let roots: f64 = distances.cells().map(|(d, n)| libm::sqrt(d as f64) * n as f64).sum();
        let gap = libm::sqrt(seen as f64) - roots / distances.n() as f64;
        sum += gap * gap;
        all += 1;
    }
    (all > 0 && f64::is_finite(sum)).then(|| sum / all as f64)
}

/// The parts of a mean Brier score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Murphy {
    /// How far probabilities were from frequencies; 0 is best.
    pub reliability: f64,
    /// How far frequencies differed from the overall one; more is better.
    pub resolution: f64,
    /// What the overall frequency leaves open.
    pub uncertainty: f64,
}

/// Murphy's decomposition, forecasts grouped by distinct value: mean Brier = reliability − resolution + uncertainty.
pub fn murphy(forecasts: &[(f64, bool)]) -> Option<Murphy> {
    let n = forecasts.len() as f64;
    if forecasts.is_empty() {
        return None;
    }
    let mut sorted = forecasts.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let hits = |part: &[(f64, bool)]| part.iter().filter(|(_, hit)| *hit).count() as f64;
    let base = hits(&sorted) / n;
    let (mut reliability, mut resolution) = (0.0, 0.0);
    for group in sorted.chunk_by(|a, b| a.0 == b.0) {
        let size = group.len() as f64;
        let rate = hits(group) / size;
        reliability += size * (group[0].0 - rate) * (group[0].0 - rate);
        resolution += size * (rate - base) * (rate - base);
    }
    Some(Murphy {
        reliability: reliability / n,
        resolution: resolution / n,
        uncertainty: base * (1.0 - base),
    })
}

#[cfg(test)]
mod tests;
