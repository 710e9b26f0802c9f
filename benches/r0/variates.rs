//! Variates the fastest ordinary way: ziggurats where there is one, and what small whole shapes allow.

use rand::Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};

/// Exponential with mean 1.
#[inline(always)]
pub fn exponential<R: Rng>(rng: &mut R) -> f64 {
    Exp1.sample(rng)
}

/// Standard normal.
#[inline(always)]
pub fn normal<R: Rng>(rng: &mut R) -> f64 {
    StandardNormal.sample(rng)
}

/// Log-normal by its median.
#[inline(always)]
pub fn lognormal<R: Rng>(rng: &mut R, median: f64, sigma: f64) -> f64 {
    median * (sigma * normal(rng)).exp()
}

/// Gamma of shape 2: two exponentials.
#[inline(always)]
pub fn gamma_two<R: Rng>(rng: &mut R, scale: f64) -> f64 {
    scale * (exponential(rng) + exponential(rng))
}

/// A number in [0, 1).
#[inline(always)]
pub fn uniform<R: Rng>(rng: &mut R) -> f64 {
    (rng.next_u64() >> 11) as i64 as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// Beta(2, 5): the second smallest of six uniforms, each half a word. A tournament of sorted pairs, without a branch.
#[inline(always)]
pub fn beta_two_five<R: Rng>(rng: &mut R) -> f64 {
    let pair = |word: u64| {
        let (a, b) = (word as u32, (word >> 32) as u32);
        (a.min(b), a.max(b))
    };
    let (a, b, c) = (pair(rng.next_u64()), pair(rng.next_u64()), pair(rng.next_u64()));
    let ab = (a.0.min(b.0), a.0.max(b.0).min(a.1.min(b.1)));
    let second = ab.0.max(c.0).min(ab.1.min(c.1));
    (f64::from(second) + 0.5) * (1.0 / 4_294_967_296.0)
}
