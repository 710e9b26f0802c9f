//! `resume`: goes on with a run that was interrupted, or whose process ended, to the same bytes as without the break.

use std::path::Path;
use std::time::Duration;

use super::args::{Format, ResumeArgs};
use super::batch::{self, Job, refuse};
use super::output::Output;
use super::{Outcome, targets};
use crate::report::quantity::several;
use crate::results::{Fault, Manifest, TakenUp, Work};

pub(super) fn resume(args: &ResumeArgs, output: &Output) -> Outcome {
    let taken = Work::take_up(&args.folder).map_err(|fault| refuse(&fault, output))?;
    let checkpoint = Duration::from_secs_f64(args.checkpoint);
    go_on(&args.folder, taken, batch::threads(args.threads), checkpoint, args.format, output)
}

/// Goes on with what was taken up; a finished run is printed.
pub(super) fn go_on(
    folder: &Path,
    taken: TakenUp,
    threads: usize,
    checkpoint: Duration,
    format: Format,
    output: &Output,
) -> Outcome {
    let job = |manifest: Manifest| {
        check_version(folder, &manifest).map_err(|fault| refuse(&fault, output))?;
        let loaded = manifest.load(folder).map_err(|fault| refuse(&fault, output))?;
        let targets = targets::read(&manifest.precision, &loaded.plan, output)?;
        Ok(Job { loaded, manifest, targets, threads, checkpoint, format })
    };
    match taken {
        TakenUp::Finished(_) => {
            let stored = crate::results::open(folder).map_err(|fault| refuse(&fault, output))?;
            output.remark(&format!(
                "`{}` is finished: {}; there is nothing to go on with",
                folder.display(),
                several(stored.manifest.replications, "replication")
            ));
            job(stored.manifest)?.print(&stored.state, output)
        }
        TakenUp::Open(work, manifest) => {
            // What was counted when it was published is counted anew at the end.
            let manifest =
                Manifest { replications: 0, complete: false, files: Default::default(), ..*manifest };
            let job = job(manifest)?;
            let (state, kept) = job.go_on(work).map_err(|fault| refuse(&fault, output))?;
            output.remark(&format!(
                "going on after {} of {}",
                state.sample.summary.replications(),
                several(job.manifest.planned, "replication")
            ));
            job.carry_out(state, Some(kept), output)
        }
    }
}

/// Another version of the program might give other bytes.
fn check_version(folder: &Path, manifest: &Manifest) -> Result<(), Fault> {
    if manifest.complete || manifest.version == env!("CARGO_PKG_VERSION") {
        return Ok(());
    }
    Err(Fault::data(
        format!("`{}` was begun by version {}", folder.display(), manifest.version),
        "go on with that version, so that all of it comes from one program",
    ))
}
