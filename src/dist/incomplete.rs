//! The two prefactors shared by the incomplete gamma and beta functions, free of cancellation for large shapes.
//!
//! Source: Loader 2000, "Fast and accurate computation of binomial probabilities" (saddle-point form).

/// ln sqrt(2 pi).
const LN_SQRT_TAU: f64 = 0.918_938_533_204_672_7;

/// ln(n!) minus Stirling's formula, for real n > 0; absolute error a few 1e-15 (Loader 2000; series DLMF 5.11.1).
pub(super) fn stirling_error(n: f64) -> f64 {
    if n < 8.0 {
        return libm::lgamma(n + 1.0) - (n + 0.5) * libm::log(n) + n - LN_SQRT_TAU;
    }
    let terms = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
    ];
    let square = 1.0 / (n * n);
    terms.iter().rev().fold(0.0, |sum, t| sum * square + t) / n
}

/// x ln(x/m) + m - x, accurate when x is near m (Loader 2000, function bd0).
pub(super) fn deviance(x: f64, m: f64) -> f64 {
    let diff = x - m;
    if diff.abs() >= 0.1 * (x + m) {
        return x * libm::log(x / m) - diff;
    }
    let v = diff / (x + m);
    let mut sum = diff * v;
    let mut power = 2.0 * x * v;
    for j in 1..40 {
        power *= v * v;
        let next = sum + power / f64::from(2 * j + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}
