//! Figures of a weighted sample, with the intervals that its size leaves them.

use crate::stats::interval::{Interval, tail_of};
use crate::stats::special::normal_quantile;

/// The quantiles that are told.
pub const QUANTILES: [f64; 3] = [0.05, 0.5, 0.95];

/// A figure and its Monte Carlo interval; none for what is exact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// The figure.
    pub value: f64,
    /// Where it may lie, with 95 percent confidence, as far as chance in the sampling goes.
    pub interval: Option<Interval>,
}

/// A posterior in figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Its mean.
    pub mean: Figure,
    /// Its standard deviation.
    pub sd: Figure,
    /// Its [`QUANTILES`].
    pub quantiles: [Figure; 3],
}

/// Of values with weights that sum to 1. The errors are those of self-normalised importance sampling, by linearisation: `Σ w² d²` with
/// the influence `d` of a value on the figure (Owen 2013, "Monte Carlo theory, methods and examples", chapter 9); of a quantile the interval of its
/// share, read off the sample.
pub fn of_weighted(values: &[f64], weights: &[f64], confidence: f64) -> Summary {
    let z = tail_of(confidence).map_or(0.0, |tail| -normal_quantile(tail));
    let all = || values.iter().zip(weights);
    let mean: f64 = all().map(|(x, w)| w * x).sum();
    let variance: f64 = all().map(|(x, w)| w * (x - mean) * (x - mean)).sum();
    let sd = variance.sqrt();
    let error = |influence: &dyn Fn(f64) -> f64| {
        let sum: f64 = all().map(|(x, w)| w * w * influence(*x) * influence(*x)).sum();
        sum.sqrt()
    };
    let figure = |value: f64, se: f64| Figure {
        value,
        interval: Some(Interval { low: value - z * se, high: value + z * se }),
    };
    let mut sorted: Vec<(f64, f64)> = all().map(|(x, w)| (*x, *w)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let quantiles = QUANTILES.map(|p| {
        let value = at_share(&sorted, p);
        let reach = z * error(&|x| f64::from(u8::from(x <= value)) - p);
        let interval = Interval { low: at_share(&sorted, p - reach), high: at_share(&sorted, p + reach) };
        Figure { value, interval: Some(interval) }
    });
    let sd_error = if sd > 0.0 { error(&|x| ((x - mean) * (x - mean) - variance) / (2.0 * sd)) } else { 0.0 };
    Summary { mean: figure(mean, error(&|x| x - mean)), sd: figure(sd, sd_error), quantiles }
}

/// The lowest value of a sorted sample with at least this share at or below it.
pub fn at_share(sorted: &[(f64, f64)], share: f64) -> f64 {
    let mut sum = 0.0;
    for (value, weight) in sorted {
        sum += weight;
        if sum >= share {
            return *value;
        }
    }
    sorted.last().map_or(f64::NAN, |(value, _)| *value)
}
