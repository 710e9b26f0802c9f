//! Exact, mergeable statistics.
//!
//! Everything recorded is kept as integers: counts, sums, sums of squares, histograms, a wrapping digest.
//! Addition of integers does not care about order, so any split of the replications, merged in any order,
//! gives byte for byte the figures of the whole. Floating point appears only in the last step, when a figure
//! is asked for.

pub mod bins;
pub mod daily;
pub mod digest;
pub mod effects;
pub mod encoding;
pub mod estimate;
pub mod groups;
mod histogram;
pub mod indices;
pub mod interval;
mod moments;
pub mod outcomes;
pub mod pairs;
pub mod regret;
pub mod selection;
pub mod special;
pub mod tally;
pub mod trajectory;
pub mod wide;

pub use bins::Bins;
pub use daily::Daily;
pub use digest::Digest;
pub use encoding::{Decoder, Encoder, Malformed};
pub use estimate::Estimate;
pub use groups::Groups;
pub use interval::Interval;
pub use outcomes::{MISSING, Summary};
pub use pairs::Pairs;
pub use tally::Tally;
pub use trajectory::{DaySummary, Trajectory};

#[cfg(test)]
mod tests;
