//! The inverse of a mixture's cdf, by a bracketing root search that also copes with jumps and flat pieces.

use super::law::Distribution;
use super::prob::Prob;

/// The smallest x with F(x) >= p. Beside a good `guess` by two secants; otherwise in the bracket that the parts' own
/// quantiles make.
pub(super) fn quantile(
    law: &Distribution,
    parts: &[(f64, Distribution)],
    p: Prob,
    guess: Option<f64>,
) -> f64 {
    let excess = excess(law, p);
    if let Some(root) = guess.and_then(|g| polished(g, &excess)) {
        return root;
    }
    let none = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = parts.iter().filter(|part| part.0 > 0.0).fold(none, |(low, high), part| {
        let q = part.1.quantile(p);
        (low.min(q), high.max(q))
    });
    smallest_root(low, high, excess)
}

/// The same, when the answer is known to lie in [low, high].
pub(super) fn quantile_within(law: &Distribution, p: Prob, low: f64, high: f64) -> f64 {
    smallest_root(low, high, excess(law, p))
}

/// F(x) - p, computed on the side where p is small.
fn excess(law: &Distribution, p: Prob) -> impl Fn(f64) -> f64 {
    move |x| {
        let at = law.split(x);
        if p.is_low() { at.lower() - p.lower() } else { p.upper() - at.upper() }
    }
}

/// Two secant steps from points on both sides of the guess; none unless they agree to 1e-10, when the second is good
/// to rounding.
fn polished(guess: f64, excess: &impl Fn(f64) -> f64) -> Option<f64> {
    let reach = 1e-6 * guess.abs();
    let (low, high) = (guess - reach, guess + reach);
    let (under, over) = (excess(low), excess(high));
    let first = low - under * ((high - low) / (over - under));
    if !(first > low && first < high) {
        return None;
    }
    let middle = excess(first);
    let (far, gap) = if first - low > high - first { (low, under) } else { (high, over) };
    let second = first - middle * ((far - first) / (gap - middle));
    ((second - first).abs() <= 1e-10 * first.abs()).then_some(second)
}

/// The smallest x in [low, high] with `excess(x)` >= 0, given that `excess(high)` is: false position with the Illinois
/// rule (Dowell and Jarratt 1971), with every fourth round a bisection.
fn smallest_root(mut low: f64, mut high: f64, excess: impl Fn(f64) -> f64) -> f64 {
    let mut under = excess(low);
    if under >= 0.0 || low >= high {
        return low;
    }
    let mut over = excess(high);
    for round in 0..400 {
        let middle =
            if round % 4 == 3 { halve(low, high) } else { low - under * ((high - low) / (over - under)) };
        let middle = inside(middle, low, high);
        if middle <= low || middle >= high || high - low <= 2e-16 * high.abs() {
            break;
        }
        let here = excess(middle);
        if here >= 0.0 {
            (high, over) = (middle, here);
            under *= 0.5;
        } else {
            (low, under) = (middle, here);
            over *= 0.5;
        }
    }
    high
}

/// A point that halves the bracket: geometrically when its ends are of different magnitude.
fn halve(low: f64, high: f64) -> f64 {
    if low > 0.0 && high / low > 4.0 {
        low.sqrt() * high.sqrt()
    } else if high < 0.0 && low / high > 4.0 {
        -((-low).sqrt() * (-high).sqrt())
    } else {
        low + 0.5 * (high - low)
    }
}

/// Keeps a proposal a rounding error away from both ends, so that a root at an end is closed in from both sides.
fn inside(x: f64, low: f64, high: f64) -> f64 {
    let margin = 1e-16 * (low.abs() + high.abs());
    let kept = x.max(low + margin).min(high - margin);
    if kept.is_nan() || kept <= low || kept >= high { halve(low, high) } else { kept }
}
