//! Confidence intervals.

use super::special::{incomplete_beta, normal_quantile, student_upper};

/// The confidence of every interval that is reported.
pub const CONFIDENCE: f64 = 0.95;

/// A closed interval of real numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The probability left out on each side; `None` unless `0 < confidence < 1`.
pub(crate) fn tail_of(confidence: f64) -> Option<f64> {
    (confidence > 0.0 && confidence < 1.0).then_some(0.5 * (1.0 - confidence))
}

/// The interval `mean -+ t * se` with Student's quantile at `n - 1` degrees of freedom (Student, 1908,
/// Biometrika 6). `None` below two values, or if `confidence` is not between 0 and 1.
pub fn student(mean: f64, se: f64, n: u64, confidence: f64) -> Option<Interval> {
    let tail = tail_of(confidence)?;
    if n < 2 {
        return None;
    }
    let reach = student_upper(tail, (n - 1) as f64) * se;
    Some(Interval { low: mean - reach, high: mean + reach })
}

/// Fisher's interval of the transformed correlation, `atanh(r) -+ z / sqrt(n - 3)` (Fisher, 1921, Metron 1). `None` below four
/// pairs, or if `confidence` is not between 0 and 1.
pub fn fisher(correlation: f64, n: u64, confidence: f64) -> Option<Interval> {
    let reach = -normal_quantile(tail_of(confidence)?);
    if n < 4 {
        return None;
    }
    let (middle, reach) = (libm::atanh(correlation), reach / ((n - 3) as f64).sqrt());
    Some(Interval { low: middle - reach, high: middle + reach })
}

/// Wilson's score interval for the probability behind `hits` of `n`. `None` if `n` is 0, if `hits` exceeds
/// `n`, or if `confidence` is not between 0 and 1.
///
/// With no hits the lower end is exactly 0 and the upper `z^2 / (n + z^2)`: at 95 % about 3.8 / n, a little
/// wider than the rule of three, and in line with what one hit would give. With all hits the upper end is
/// exactly 1. Source: Wilson (1927), "Probable Inference, the Law of Succession, and Statistical Inference",
/// JASA 22.
pub fn wilson(hits: u64, n: u64, confidence: f64) -> Option<Interval> {
    let z = -normal_quantile(tail_of(confidence)?);
    if n == 0 || hits > n {
        return None;
    }
    let (hits, misses) = (hits as f64, (n - hits) as f64);
    Some(Interval { low: wilson_low(hits, misses, z), high: wilson_high(hits, misses, z) })
}

/// The upper end of Wilson's interval: the larger root of the score equation.
fn wilson_high(hits: f64, misses: f64, z: f64) -> f64 {
    // Exactly 1, which rounding would miss now and then.
    if misses == 0.0 {
        return 1.0;
    }
    wilson_top(hits, misses, z) / (hits + misses + z * z)
}

/// The lower end: the smaller root, by Vieta as the product of the roots, `h^2 / (n (n + z^2))`, over the
/// larger root, so that nothing cancels.
fn wilson_low(hits: f64, misses: f64, z: f64) -> f64 {
    let n = hits + misses;
    (hits / n) * (hits / wilson_top(hits, misses, z))
}

/// `h + z^2/2 + z sqrt(h m / n + z^2/4)` for `h` hits, `m` misses, `n = h + m`: `n + z^2` times the larger
/// root.
fn wilson_top(hits: f64, misses: f64, z: f64) -> f64 {
    let n = hits + misses;
    hits + 0.5 * z * z + z * (hits * (misses / n) + 0.25 * z * z).sqrt()
}

/// Up to so many values the ranks come from the binomial distribution itself.
pub const EXACT_RANKS: u64 = 100_000;

/// The ranks (1 is the smallest) of the two order statistics that enclose the `num/den` quantile with at
/// least the given confidence, whatever the distribution. `None` on a side where `n` values are too few, and
/// on both sides if the fraction or the confidence is not between 0 and 1.
///
/// The number of values below the quantile is binomial. The lower rank is the largest `l` with `P(B < l) <=
/// tail`, the upper the smallest `u` with `P(B >= u) <= tail`, where `tail = (1 - confidence) / 2`. Up to
/// [`EXACT_RANKS`] values this is done with the binomial distribution; above, with the normal one (see
/// `normal_rank`), within one or two ranks as long as at least about a hundred values lie on either side of
/// the quantile. Source: Hahn and Meeker (1991), "Statistical Intervals", section 5.2; David and Nagaraja
/// (2003), "Order Statistics", 7.1.
pub fn order_ranks(n: u64, num: u64, den: u64, confidence: f64) -> (Option<u64>, Option<u64>) {
    let Some(tail) = tail_of(confidence).filter(|_| n > 0 && num > 0 && num < den) else {
        return (None, None);
    };
    let (p, q) = (num as f64 / den as f64, (den - num) as f64 / den as f64);
    // The upper rank, counted from the largest value down, is the lower rank of the complement.
    let (low, high) = (lower_rank(n, p, q, tail), lower_rank(n, q, p, tail));
    let rank = |rank: u64| (rank > 0).then_some(rank);
    (rank(low), rank(high).map(|from_top| n + 1 - from_top))
}

/// The largest `l` with `P(B < l) <= tail` for a binomial `B` of `n` trials with probability `p`; 0 if there
/// is none.
fn lower_rank(n: u64, p: f64, q: f64, tail: f64) -> u64 {
    if n > EXACT_RANKS { normal_rank(n as f64, p, q, tail) } else { binomial_rank(n, p, q, tail) }
}

/// [`lower_rank`] by halving the range of candidates.
fn binomial_rank(n: u64, p: f64, q: f64, tail: f64) -> u64 {
    // A tie such as 1/32 against 1/32 must not be decided by the last bits of the beta function.
    let limit = tail * (1.0 + 1e-9);
    // P(B < enough) <= tail always holds, P(B < excess) <= tail never does.
    let (mut enough, mut excess) = (0, n + 1);
    while excess - enough > 1 {
        let middle = enough + (excess - enough) / 2;
        if binomial_below(n, middle, p, q) <= limit { enough = middle } else { excess = middle }
    }
    enough
}

/// `P(B < l)` for `1 <= l <= n`: `I_q(n - l + 1, l)`. Source: DLMF 8.17.5.
fn binomial_below(n: u64, l: u64, p: f64, q: f64) -> f64 {
    incomplete_beta((n - l + 1) as f64, l as f64, q, p)
}

/// [`lower_rank`] by the normal approximation with continuity correction and the first term of Cornish and
/// Fisher (1938) for skewness: `floor(np + 1/2 - z s + (q - p) (z^2 - 1) / 6)`, where `s = sqrt(npq)`.
fn normal_rank(n: f64, p: f64, q: f64, tail: f64) -> u64 {
    let z = -normal_quantile(tail);
    let rank = n * p + 0.5 - z * (n * p * q).sqrt() + (q - p) * (z * z - 1.0) / 6.0;
    // Negative becomes 0: too few values.
    rank.max(0.0).min(n) as u64
}
