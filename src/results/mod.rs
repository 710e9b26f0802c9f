//! Results on disk: what a folder of results holds, how it comes to be there whole, and how parts become one.
//!
//! `docs/results.md` describes every file. A folder `DIR` appears by one rename, with all its files inside; until then the work lies in
//! `DIR.partial`, whose [checkpoint](state) is replaced in one step every few seconds. Whatever moment a process ends at, what
//! `DIR.partial` holds can be gone on with, to the same bytes as without the break.

mod fault;
mod folder;
pub mod manifest;
pub mod merge;
mod read;
pub mod rows;
mod state;
pub mod sweep;

pub use fault::{Fault, Kind};
pub use folder::{TakenUp, Work, partial_of};
pub use manifest::Manifest;
pub use read::{Stored, open};
pub use state::{Identity, State};

/// Names of the files of a result.
pub mod file {
    /// What was run, and the list of the other files.
    pub const MANIFEST: &str = "manifest.json";
    /// The document of `--format json`.
    pub const SUMMARY: &str = "summary.json";
    /// Daily trajectories.
    pub const TRAJECTORIES: &str = "trajectories.json";
    /// The exact statistics, which merge by addition.
    pub const STATISTICS: &str = "statistics.bin";
}
