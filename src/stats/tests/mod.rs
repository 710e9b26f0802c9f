//! Each statistic against an independent reckoning: brute force, Python's integers, scipy and mpmath.

mod groups;
mod intervals;
mod outcomes;
mod pairs;
mod ranks;
mod regret;
mod selection;
mod special;
mod tally;
mod trajectory;
mod wide;

/// Whether two figures agree to a relative error.
fn near(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * b.abs()
}
