//! `merge`: parts of a batch become the whole, byte for byte what one run of it would have written.

use serde_json::Value;

use super::args::{Format, MergeArgs};
use super::batch::{refuse, write_documents};
use super::output::Output;
use super::{Failure, Outcome};
use crate::report::document::{self, Run};
use crate::report::table;
use crate::results::merge::{self, Merged};
use crate::results::rows::{self, Layout};
use crate::results::{Fault, Manifest, State, Work};

pub(super) fn merge(args: &MergeArgs, output: &Output) -> Outcome {
    let merged = merge::merge(&args.folders, args.partial).map_err(|faults| report(&faults, output))?;
    let summary = document::summary(&merged.parts[0].loaded, &run(&merged), &merged.state.sample);
    write(args, &merged, summary.clone()).map_err(|fault| refuse(&fault, output))?;
    output.remark(&format!("{} parts merged into {}", merged.parts.len(), args.out.display()));
    match args.format {
        Format::Json => output.print(&format!("{summary:#}\n")),
        Format::Text => {
            output.print(&table::render(&merged.parts[0].loaded, &run(&merged), &merged.state.sample))
        }
    }
}

fn run(merged: &Merged) -> Run {
    let manifest = &merged.manifest;
    Run { seed: manifest.seed, first: manifest.first, replications: manifest.replications }
}

fn write(args: &MergeArgs, merged: &Merged, summary: Value) -> Result<(), Fault> {
    let work = Work::begin_at_once(&args.out)?;
    let written = write_files(&work, merged, summary);
    match written {
        Ok(()) => work.publish(),
        Err(fault) => {
            work.discard();
            Err(fault)
        }
    }
}

fn write_files(work: &Work, merged: &Merged, summary: Value) -> Result<(), Fault> {
    let loaded = &merged.parts[0].loaded;
    let manifest = Manifest {
        command: std::env::args().collect(),
        files: Default::default(),
        ..merged.manifest.clone()
    };
    let row_bytes = match Layout::of(&manifest, loaded) {
        Some(layout) => rows::merge(work, &layout, &merged.parts)?,
        None => 0,
    };
    let state = State { row_bytes, sample: merged.state.sample.clone() };
    write_documents(work, loaded, manifest, &state, summary)
}

/// Says all that is wrong; the status is that of the data unless only the place is at fault.
fn report(faults: &[Fault], output: &Output) -> Failure {
    let failures: Vec<Failure> = faults.iter().map(|fault| refuse(fault, output)).collect();
    if failures.contains(&Failure::Scenario) { Failure::Scenario } else { Failure::Environment }
}
