//! Regret and robustness of alternatives over a set of futures.

use super::interval::Interval;

/// A figure with the interval in which simulation leaves it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounded {
    /// The estimate.
    pub value: f64,
    /// Where it may lie.
    pub interval: Interval,
}

/// What is known of an outcome of several variants at several points, "more is better" throughout.
pub struct Table<'a> {
    /// How many variants.
    pub variants: usize,
    /// How many points.
    pub points: usize,
    /// The mean of a variant at a point.
    pub mean: &'a dyn Fn(usize, usize) -> Bounded,
    /// By how much the first variant exceeds the second at a point.
    pub lead: &'a dyn Fn(usize, usize, usize) -> Bounded,
}

/// How one variant does over all points.
#[derive(Clone, Debug, PartialEq)]
pub struct Robustness {
    /// By point: how far it falls short of the best variant there (Savage 1951).
    pub regrets: Vec<Bounded>,
    /// The largest of them.
    pub max_regret: Bounded,
    /// At which point.
    pub max_regret_at: usize,
    /// Their mean, every point alike.
    pub mean_regret: Bounded,
    /// The lowest mean.
    pub worst: Bounded,
    /// At which point.
    pub worst_at: usize,
    /// The mean over the points, every point alike.
    pub mean: Bounded,
    /// The share of points at which the mean reaches the threshold (the satisficing, or domain, criterion; McPhail et al. 2018).
    /// `None` without a threshold.
    pub satisfied: Option<Bounded>,
}

/// The robustness of every variant. `None` without variants or points.
///
/// Where the intervals of means and leads hold together, with whatever confidence, so do all those given here: the regret lies
/// between the surest and the furthest lead of anybody over the variant, so that the best of noisy means is not taken for
/// the best (Hsu 1984, "Constrained simultaneous confidence intervals for multiple comparisons with the best").
pub fn robustness(table: &Table<'_>, threshold: Option<f64>) -> Option<Vec<Robustness>> {
    if table.points == 0 || table.variants == 0 {
        return None;
    }
    (0..table.variants).map(|variant| of_variant(table, variant, threshold)).collect()
}

fn of_variant(table: &Table<'_>, variant: usize, threshold: Option<f64>) -> Option<Robustness> {
    let regrets: Vec<Bounded> = (0..table.points).map(|point| regret(table, variant, point)).collect();
    let means: Vec<Bounded> = (0..table.points).map(|point| (table.mean)(variant, point)).collect();
    let (max_regret_at, max_regret) = extreme(&regrets, |new, old| new > old)?;
    let (worst_at, worst) = extreme(&means, |new, old| new < old)?;
    Some(Robustness {
        max_regret,
        max_regret_at,
        mean_regret: average(&regrets),
        worst,
        worst_at,
        mean: average(&means),
        satisfied: threshold.map(|limit| share(&means, limit)),
        regrets,
    })
}

/// How far a variant falls short of the best at a point; never below zero, since a variant is one of those compared.
fn regret(table: &Table<'_>, variant: usize, point: usize) -> Bounded {
    let zero = Bounded { value: 0.0, interval: Interval { low: 0.0, high: 0.0 } };
    let others = (0..table.variants).filter(|other| *other != variant);
    others.map(|other| (table.lead)(other, variant, point)).fold(zero, |a, b| merge(&a, &b, f64::max))
}

fn merge(a: &Bounded, b: &Bounded, of: impl Fn(f64, f64) -> f64) -> Bounded {
    let interval =
        Interval { low: of(a.interval.low, b.interval.low), high: of(a.interval.high, b.interval.high) };
    Bounded { value: of(a.value, b.value), interval }
}

/// The first of the most extreme, by `beats`, with the interval of the extreme (whose place may be another).
fn extreme(all: &[Bounded], beats: impl Fn(f64, f64) -> bool) -> Option<(usize, Bounded)> {
    let first = all.first()?;
    let pick = |new: f64, old: f64| if beats(new, old) { new } else { old };
    let found = all.iter().skip(1).fold(*first, |old, new| merge(new, &old, pick));
    let place = all.iter().position(|b| b.value == found.value)?;
    Some((place, found))
}

fn average(all: &[Bounded]) -> Bounded {
    let of = |part: &dyn Fn(&Bounded) -> f64| all.iter().map(part).sum::<f64>() / all.len() as f64;
    let interval = Interval { low: of(&|b| b.interval.low), high: of(&|b| b.interval.high) };
    Bounded { value: of(&|b| b.value), interval }
}

fn share(means: &[Bounded], limit: f64) -> Bounded {
    let of = |part: &dyn Fn(&Bounded) -> f64| {
        means.iter().filter(|b| part(b) >= limit).count() as f64 / means.len() as f64
    };
    let interval = Interval { low: of(&|b| b.interval.low), high: of(&|b| b.interval.high) };
    Bounded { value: of(&|b| b.value), interval }
}
