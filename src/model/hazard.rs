//! The hazard of collapse as a function of time: constant but for what pulses add to its logarithm while they decay.
//!
//! A unit-exponential budget is spent at the integrated hazard; what is unspent carries over every change. With a pulse under way the
//! integral of `rate · exp(Σ size e^(−age/decay))` has no closed form, so it is taken by five-point Gauss-Legendre quadrature
//! over pieces much shorter than the decay (Abramowitz and Stegun 25.4.30), which leaves an error far below a second.

use super::world::Pulse;
use crate::kernel::{NEVER, Time, after, exponentials};

/// Abscissae and weights of five-point Gauss-Legendre quadrature on [-1, 1].
const POINTS: [f64; 5] =
    [0.0, -0.538_469_310_105_683_1, 0.538_469_310_105_683_1, -0.906_179_845_938_664, 0.906_179_845_938_664];
/// How many are looked at together: exponentials come in fours.
const TOGETHER: usize = POINTS.len().next_multiple_of(4);
const WEIGHTS: [f64; 5] = [
    0.568_888_888_888_888_9,
    0.478_628_670_499_366_5,
    0.478_628_670_499_366_5,
    0.236_926_885_056_189_1,
    0.236_926_885_056_189_1,
];

/// After this many mean decays a pulse has left a ten-millionth of its size.
const GONE: f64 = 16.0;

/// A budget spent at a hazard.
#[derive(Debug, Clone, Default)]
pub(super) struct Hazard {
    budget: f64,
    /// Integral up to `since`.
    spent: f64,
    /// Per second, without pulses.
    rate: f64,
    since: Time,
    /// How many of the replication's pulses act; pulses are only ever added.
    pulses: usize,
    factor: Factor,
    /// Its integral up to `since`.
    passed: f64,
}

/// The integral of what pulses multiply a hazard by. It does not depend on the rate, which changes far more often than pulses are
/// added: so pieces that were integrated once are kept.
#[derive(Debug, Clone, Default)]
struct Factor {
    origin: f64,
    /// Where each piece ends, and the integral from the origin up to there.
    pieces: Vec<(f64, f64)>,
}

/// Room for pieces: more than a replication has.
const PIECES: usize = 512;

impl Hazard {
    /// With room for all that will be kept.
    pub(super) fn with_room() -> Self {
        Self { factor: Factor { pieces: Vec::with_capacity(PIECES), ..Factor::default() }, ..Self::default() }
    }

    /// Stops, with a full budget.
    pub(super) fn begin(&mut self, budget: f64, now: Time) {
        (self.budget, self.spent, self.rate) = (budget, 0.0, 0.0);
        (self.since, self.pulses, self.passed) = (now, 0, 0.0);
        self.factor.begin(now as f64);
    }

    /// A stopped hazard with a full budget.
    pub(super) fn new(budget: f64, now: Time) -> Self {
        let mut hazard = Self::default();
        hazard.begin(budget, now);
        hazard
    }

    /// Whether it stands at this rate under this many pulses.
    pub(super) fn is(&self, rate: f64, pulses: usize) -> bool {
        self.rate == rate && self.pulses == pulses
    }

    /// Changes the rate and the pulses that act; returns when the budget is now spent, [`NEVER`] if it is not by `horizon`.
    pub(super) fn change(&mut self, now: Time, rate: f64, pulses: &[Pulse], horizon: Time) -> Time {
        let passed = self.factor.up_to(&pulses[..self.pulses], now as f64);
        self.factor.keep(now as f64, passed);
        let spent = self.rate * (passed - self.passed);
        self.budget = (self.budget - spent).max(0.0);
        self.spent += spent;
        self.since = now;
        self.rate = rate;
        self.passed = passed;
        if self.pulses != pulses.len() {
            self.pulses = pulses.len();
            self.passed = 0.0;
            self.factor.begin(now as f64);
        }
        self.rings(pulses, horizon)
    }

    /// Takes another budget for the time from `at` on; returns when that is spent.
    pub(super) fn renew(&mut self, at: Time, budget: f64, pulses: &[Pulse], horizon: Time) -> Time {
        self.spent = self.spent(at, pulses);
        self.passed = self.factor.up_to(&pulses[..self.pulses], at as f64);
        self.since = at;
        self.budget = budget;
        self.rings(&pulses[..self.pulses], horizon)
    }

    /// The integral up to a time at or after the last change.
    pub(super) fn spent(&self, now: Time, pulses: &[Pulse]) -> f64 {
        let passed = self.factor.up_to(&pulses[..self.pulses], now as f64);
        self.spent + self.rate * (passed - self.passed)
    }

    /// The hazard at a time, per second.
    pub(super) fn now(&self, now: Time, pulses: &[Pulse]) -> f64 {
        self.rate * level(&pulses[..self.pulses], now as f64)
    }

    fn rings(&mut self, pulses: &[Pulse], horizon: Time) -> Time {
        if self.rate <= 0.0 {
            return NEVER;
        }
        let (at, left) = (self.since as f64, self.budget / self.rate);
        if !pulses.is_empty() && height(pulses, at) * (horizon as f64 - at).max(0.0) < 0.999 * left {
            return NEVER;
        }
        self.factor.reaches(pulses, self.passed + left, horizon).map_or(NEVER, |at| after(0, at))
    }
}

impl Factor {
    fn begin(&mut self, origin: f64) {
        self.origin = origin;
        self.pieces.clear();
    }

    /// The last time up to which the integral is known, and what it is there.
    fn end(&self) -> (f64, f64) {
        self.pieces.last().copied().unwrap_or((self.origin, 0.0))
    }

    /// Keeps what the integral is at a time, where it is not known so far.
    fn keep(&mut self, at: f64, sum: f64) {
        if at > self.end().0 {
            self.pieces.push((at, sum));
        }
    }

    /// The integral from the origin up to a time.
    fn up_to(&self, pulses: &[Pulse], to: f64) -> f64 {
        let known = self.pieces.partition_point(|(end, _)| *end <= to);
        let (mut at, mut sum) = known.checked_sub(1).map_or((self.origin, 0.0), |last| self.pieces[last]);
        while at < to {
            let Some(piece) = piece(pulses, at) else { return sum + level(pulses, at) * (to - at) };
            let next = (at + piece).min(to);
            sum += over(pulses, at, next);
            at = next;
        }
        sum
    }

    /// When the integral reaches a sum; none if it does not by the end of the piece that holds the horizon.
    fn reaches(&mut self, pulses: &[Pulse], sum: f64, horizon: Time) -> Option<f64> {
        loop {
            let (at, known) = self.end();
            if known >= sum {
                break;
            }
            let Some(piece) = piece(pulses, at) else {
                // Nothing decays any more: the rest is constant.
                return Some(at + (sum - known) / level(pulses, at));
            };
            if at > horizon as f64 {
                return None;
            }
            self.pieces.push((at + piece, known + over(pulses, at, at + piece)));
        }
        let last = self.pieces.partition_point(|(_, known)| *known < sum);
        let (from, known) = last.checked_sub(1).map_or((self.origin, 0.0), |before| self.pieces[before]);
        let end = self.pieces.get(last).map_or(from, |(end, _)| *end);
        Some(within(pulses, from, end - from, sum - known))
    }
}

/// The instant within a piece at which the integral reaches a sum that it exceeds: Newton's steps, kept inside a bracket.
fn within(pulses: &[Pulse], from: f64, piece: f64, sum: f64) -> f64 {
    let (mut low, mut high) = (0.0, piece);
    let mut at = 0.5 * piece;
    for _ in 0..60 {
        let over = over(pulses, from, from + at) - sum;
        if over < 0.0 {
            low = at
        } else {
            high = at
        }
        let step = over / level(pulses, from + at);
        if step.abs() < 1e-3 {
            break;
        }
        let next = at - step;
        at = if next > low && next < high { next } else { 0.5 * (low + high) };
    }
    from + at
}

fn over(pulses: &[Pulse], from: f64, to: f64) -> f64 {
    let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
    let mut times = [middle; TOGETHER];
    times.iter_mut().zip(POINTS).for_each(|(time, x)| *time = middle + half * x);
    let levels = levels(pulses, times);
    WEIGHTS.iter().zip(levels).map(|(w, level)| w * level).sum::<f64>() * half
}

/// What pulses multiply the hazard by at some times.
fn levels<const N: usize>(pulses: &[Pulse], times: [f64; N]) -> [f64; N] {
    if pulses.is_empty() {
        return [1.0; N];
    }
    let mut sums = [0.0; N];
    for pulse in pulses {
        let left = match pulse.decay {
            None => [1.0; N],
            Some(decay) => exponentials(&times.map(|at| -(at - pulse.since as f64) / decay)),
        };
        sums.iter_mut().zip(left).for_each(|(sum, left)| *sum += pulse.size[0] * left);
    }
    exponentials(&sums)
}

/// The same at one time.
fn level(pulses: &[Pulse], at: f64) -> f64 {
    match pulses {
        [] => 1.0,
        _ => libm::exp(together(pulses, at, |part| part)),
    }
}

/// What they cannot exceed from a time on: pulses only fade, and those that lower the hazard may fade at once.
fn height(pulses: &[Pulse], at: f64) -> f64 {
    libm::exp(together(pulses, at, |part| part.max(0.0)))
}

/// The sum of what is left of pulses.
fn together(pulses: &[Pulse], at: f64, part: impl Fn(f64) -> f64) -> f64 {
    /// Pulses looked at side by side.
    const SOME: usize = 4;
    let mut sum = 0.0;
    for some in pulses.chunks(SOME) {
        let mut ages = [0.0; SOME];
        for (age, pulse) in ages.iter_mut().zip(some) {
            *age = pulse.decay.map_or(0.0, |decay| -(at - pulse.since as f64) / decay);
        }
        for (pulse, left) in some.iter().zip(exponentials(&ages)) {
            sum += part(pulse.size[0] * left);
        }
    }
    sum
}

/// The length of the next piece to integrate over: short against the decay of each pulse still under way while it is large, longer as
/// little of it is left.
fn piece(pulses: &[Pulse], at: f64) -> Option<f64> {
    let length = |p: &Pulse| {
        let decay = p.decay.filter(|_| p.size[0] != 0.0)?;
        match (at - p.since as f64) / decay {
            age if age < 2.0 => Some(0.5 * decay),
            age if age < 6.0 => Some(decay),
            age if age < GONE => Some(4.0 * decay),
            _ => None,
        }
    };
    pulses.iter().filter_map(length).min_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pulse(size: f64, decay: Option<f64>) -> Pulse {
        Pulse { size: [size, 0.0, 0.0], decay, since: 0 }
    }

    #[test]
    fn a_constant_hazard_spends_its_budget_evenly_and_carries_the_rest() {
        let mut hazard = Hazard::new(2.0, 0);
        assert_eq!(hazard.change(0, 0.01, &[], 1_000_000), 200);
        assert_eq!(hazard.change(100, 0.0, &[], 1_000_000), NEVER);
        assert_eq!(hazard.change(1_000, 0.1, &[], 1_000_000), 1_010);
    }

    #[test]
    fn what_is_spent_is_known_and_a_new_budget_counts_from_its_time() {
        let pulses = [pulse(1.0, Some(86_400.0))];
        let mut hazard = Hazard::new(f64::INFINITY, 0);
        assert_eq!(hazard.change(0, 1e-6, &pulses, 1 << 40), NEVER);
        let whole = hazard.spent(300_000, &pulses);
        assert_eq!(hazard.change(100_000, 1e-6, &pulses, 1 << 40), NEVER);
        assert!((hazard.spent(300_000, &pulses) - whole).abs() < 1e-12 && whole > 0.3);
        let left = whole - hazard.spent(200_000, &pulses);
        let rings = hazard.renew(200_000, left, &pulses, 1 << 40);
        assert!((rings - 300_000).abs() <= 1, "{rings}");
        let mut idle = Hazard::new(f64::INFINITY, 0);
        assert_eq!(idle.change(0, 0.5, &[], 1 << 40), NEVER);
        assert_eq!(idle.spent(10, &[]), 5.0);
    }

    #[test]
    fn a_pulse_that_stays_multiplies_the_hazard() {
        let mut hazard = Hazard::new(1.0, 0);
        let rings = hazard.change(0, 0.001, &[pulse(libm::log(2.0), None)], 1_000_000);
        assert_eq!(rings, 500);
    }

    #[test]
    fn a_decaying_pulse_is_integrated_along_its_decay() {
        // The integral of exp(a e^{-t/d}) over t from 0 to T, by a fine sum.
        let (size, decay, rate) = (2.0, 5.0 * 86_400.0, 1e-6);
        let exact = |to: f64| {
            let n = 200_000;
            let h = to / f64::from(n);
            (0..n)
                .map(|i| libm::exp(size * libm::exp(-(f64::from(i) + 0.5) * h / decay)) * h * rate)
                .sum::<f64>()
        };
        for days in [1.0, 10.0, 60.0] {
            let budget = exact(days * 86_400.0);
            let rings = Hazard::new(budget, 0).change(0, rate, &[pulse(size, Some(decay))], 1 << 40);
            assert!((rings as f64 - days * 86_400.0).abs() <= 1.0, "{days}: {rings}");
        }
    }

    #[test]
    fn a_budget_that_cannot_be_spent_by_the_horizon_is_not_sought() {
        // At its height the hazard would spend 1e-6 e^2 500,000 = 3.7 by the horizon.
        let pulses = [pulse(2.0, Some(86_400.0)), pulse(-1.0, Some(86_400.0))];
        assert_eq!(Hazard::new(3.8, 0).change(0, 1e-6, &pulses, 500_000), NEVER);
        assert!(Hazard::new(0.5, 0).change(0, 1e-6, &pulses, 500_000) < 500_000);
    }

    #[test]
    fn budget_carries_over_a_change_in_the_middle_of_a_decay() {
        let pulses = [pulse(1.5, Some(3.0 * 86_400.0))];
        let whole = Hazard::new(0.7, 0).change(0, 2e-6, &pulses, 1 << 40);
        let mut cut = Hazard::new(0.7, 0);
        cut.change(0, 2e-6, &pulses, 1 << 40);
        assert!((cut.change(50_000, 2e-6, &pulses, 1 << 40) - whole).abs() <= 1);
    }
}
