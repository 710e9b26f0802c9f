//! Many replications of one plan, summed exactly.
//!
//! A [`Sample`] is all that a batch keeps: integer sums, counts and histograms. Merging two is addition, so any split of the
//! replications, in any order and on any number of threads, gives the same sample to the last bit.

#[cfg(feature = "cli")]
pub mod parallel;
mod sample;

pub use sample::{Sample, Worker};
