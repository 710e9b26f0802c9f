//! The integer laws: Poisson, binomial, geometric.

use super::beta::{Share, StandardBeta};
use super::cdf::from_hazard;
use super::gamma::StandardGamma;
use super::normal;
use super::prob::Prob;

/// P(K <= k) = Q(k + 1, mean) (DLMF 8.4.10 / 26.11).
pub(super) fn poisson_split(mean: f64, x: f64) -> Prob {
    if x < 0.0 {
        return Prob::ZERO;
    }
    if x == f64::INFINITY { Prob::ONE } else { StandardGamma::new(libm::floor(x) + 1.0).split(mean).flip() }
}

/// P(K <= k) = I_{1-p}(n - k, k + 1) (DLMF 8.17.5).
pub(super) fn binomial_split(n: f64, p: f64, x: f64) -> Prob {
    let k = libm::floor(x);
    if k < 0.0 {
        Prob::ZERO
    } else if k >= n {
        Prob::ONE
    } else {
        StandardBeta::new(n - k, k + 1.0).split(Share { x: 1.0 - p, rest: p })
    }
}

/// P(K <= k) = 1 - (1 - p)^(k + 1).
pub(super) fn geometric_split(p: f64, x: f64) -> Prob {
    if x < 0.0 {
        return Prob::ZERO;
    }
    if p >= 1.0 { Prob::ONE } else { from_hazard(-(libm::floor(x) + 1.0) * libm::log1p(-p)) }
}

/// The geometric quantile in closed form, corrected by one where rounding met an integer.
pub(super) fn geometric_quantile(p: f64, target: Prob) -> f64 {
    if p >= 1.0 {
        return 0.0;
    }
    let k = (libm::ceil(target.hazard() / -libm::log1p(-p)) - 1.0).max(0.0);
    if !target.reached_by(geometric_split(p, k)) {
        k + 1.0
    } else if k >= 1.0 && target.reached_by(geometric_split(p, k - 1.0)) {
        k - 1.0
    } else {
        k
    }
}

/// A first guess from mean, sd and skewness (the first two Cornish-Fisher terms, Abramowitz and Stegun 26.2.49).
pub(super) fn cornish_fisher(mean: f64, sd: f64, skew: f64, target: Prob) -> f64 {
    let z = normal::quantile(target);
    mean + sd * (z + skew * (z * z - 1.0) / 6.0)
}

/// The smallest integer k in [0, last] whose cdf reaches the target: gallop from `guess`, then bisect.
pub(super) fn smallest_integer(target: Prob, guess: f64, last: f64, split: impl Fn(f64) -> Prob) -> f64 {
    let reached = |k: f64| k >= last || target.reached_by(split(k));
    let start = libm::floor(guess).max(0.0).min(last);
    let (mut low, mut high, mut stride) = (start, start, 1.0);
    while low >= 0.0 && reached(low) {
        high = low;
        low -= stride;
        stride *= 2.0;
    }
    low = low.max(-1.0);
    stride = 1.0;
    while high <= low || !reached(high) {
        low = low.max(high);
        high = (high + stride).min(last);
        stride *= 2.0;
    }
    while high - low > 1.0 {
        let middle = libm::floor(0.5 * (low + high));
        if reached(middle) { high = middle } else { low = middle }
    }
    high
}
