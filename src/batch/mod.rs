//! Many replications of one plan, summed exactly.
//!
//! A [`Sample`] is all that a batch keeps: integer sums, counts and histograms. Merging two is addition, so any split of the
//! replications, in any order and on any number of threads, gives the same sample to the last bit.

#[cfg(feature = "cli")]
pub mod analysing;
pub mod cell;
mod encoding;
pub mod paired;
#[cfg(feature = "cli")]
pub mod parallel;
pub mod precision;
#[cfg(feature = "cli")]
pub mod rare;
mod rows;
mod sample;
#[cfg(feature = "cli")]
pub mod selecting;
pub mod shard;
pub mod splitting;
pub mod sweeping;
#[cfg(feature = "cli")]
pub mod threads;

pub use rows::{Row, Rows};
pub use sample::{Sample, Worker};

/// Replications in a chunk, the atom of a batch: threads take chunks, shards are made of them, and a stopped batch ends after
/// one. Small enough to stop soon, large enough that taking one costs nothing.
pub const CHUNK: u64 = 1_024;
