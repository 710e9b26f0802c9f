//! The range of replications asked for, and the threads to run it on.

use super::Failure;
use super::args::RangeArgs;
use super::output::Output;
use crate::report::document::Run;

impl RangeArgs {
    /// The range, refused where it is empty or beyond the largest index.
    pub(super) fn planned(&self, output: &Output) -> Result<Run, Failure> {
        planned(self.seed, self.first, self.replications, output)
    }
}

/// A range of replications, refused where it is empty or beyond the largest index.
pub(super) fn planned(seed: u64, first: u64, replications: u64, output: &Output) -> Result<Run, Failure> {
    if replications == 0 {
        output.complain("error: there is nothing to run: --replications is 0\nhelp: ask for at least 1");
        return Err(Failure::Environment);
    }
    if first.checked_add(replications).is_none() {
        output.complain("error: --first and --replications together exceed the largest index");
        return Err(Failure::Environment);
    }
    Ok(Run { seed, first, replications })
}
