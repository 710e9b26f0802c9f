//! Halley's method on a doubly logarithmic scale, for laws whose logarithm (gamma) or logit (beta) has a log-concave
//! density. There ln F and ln(1 - F) are concave, so the plain Newton iteration already converges from everywhere;
//! the bracket only guards against underflow and rounding.

use super::prob::Prob;

/// The largest move in one iteration, in units of ln s.
const LONGEST_STEP: f64 = 40.0;
/// Below this size of a Halley step the cubic remainder is under rounding.
const SMALL: f64 = 1e-5;

/// A law seen at one point s > 0.
pub(super) struct Point {
    /// F(s) from both ends.
    pub(super) at: Prob,
    /// Density of ln s.
    pub(super) flow: f64,
    /// Derivative of ln(flow) by ln s.
    pub(super) bend: f64,
}

/// Solves F(s) = target for s > 0, from `start`.
pub(super) fn solve(target: Prob, start: f64, look: impl Fn(f64) -> Point) -> f64 {
    let (mut low, mut high) = (0.0, f64::INFINITY);
    let mut s = start;
    for _ in 0..200 {
        let here = look(s);
        let (step, gap, done) = halley(target, &here);
        let next = s * libm::exp(step);
        if done {
            return next;
        }
        if gap > 0.0 {
            low = s
        } else {
            high = s
        }
        let kept = keep_inside(next, low, high);
        if kept == s {
            return s;
        }
        s = kept;
    }
    s
}

/// One step in ln s, the gap it closes (positive when s is too small), and whether the step is certainly the last.
fn halley(target: Prob, here: &Point) -> (f64, f64, bool) {
    let low = target.is_low();
    let (gap, slope) = if low {
        (libm::log(target.lower() / here.at.lower()), here.flow / here.at.lower())
    } else {
        (libm::log(here.at.upper() / target.upper()), here.flow / here.at.upper())
    };
    let newton = gap / slope;
    if !newton.is_finite() {
        return (if gap > 0.0 { 2.0 } else { -2.0 }, gap, false);
    }
    let curve = if low { here.bend - slope } else { here.bend + slope };
    let turn = newton * curve;
    let step = newton / (1.0 + 0.5 * turn).clamp(0.5, 3.0);
    let done = gap.abs() < SMALL && newton.abs() < SMALL && turn.abs() < SMALL;
    (step.clamp(-LONGEST_STEP, LONGEST_STEP), gap, done)
}

/// `next` if it lies strictly inside the bracket, otherwise a point that halves it (geometrically).
fn keep_inside(next: f64, low: f64, high: f64) -> f64 {
    if next > low && next < high {
        next
    } else if high.is_infinite() {
        low * 16.0
    } else if low == 0.0 {
        high / 16.0
    } else {
        low.sqrt() * high.sqrt()
    }
}
