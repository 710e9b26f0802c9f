//! Posteriors in closed form (Gelman et al. 2013, "Bayesian data analysis", sections 2.4 and 2.6).

use super::summary::{Figure, QUANTILES, Summary};
use crate::dist::{DistError, Distribution, Prob};

/// A probability with the prior Beta(a, b), after `hits` of `of`: Beta(a + hits, b + of − hits).
///
/// # Errors
/// Where the prior is none, or there are more hits than trials.
pub fn share(a: f64, b: f64, hits: u64, of: u64) -> Result<Distribution, DistError> {
    Distribution::beta(a + hits as f64, b + of.saturating_sub(hits) as f64, 0.0, 1.0)
}

/// A rate with the prior Gamma of this shape over this exposure (its mean is shape over exposure), after `count` events in `exposure`:
/// the shape grows by the count and the exposure by the exposure.
///
/// # Errors
/// Where the prior is none, or exposures are not above zero.
pub fn rate(shape: f64, over: f64, count: u64, exposure: f64) -> Result<Distribution, DistError> {
    Distribution::gamma(shape + count as f64, 1.0 / (over + exposure))
}

/// The figures of a law, in a unit of which `size` make one of the law's own. They are exact.
pub fn summary(law: &Distribution, size: f64) -> Summary {
    let exact = |value: f64| Figure { value: value * size, interval: None };
    Summary {
        mean: exact(law.mean()),
        sd: exact(law.variance().sqrt()),
        quantiles: QUANTILES.map(|p| exact(law.quantile(Prob::from_lower(p)))),
    }
}
