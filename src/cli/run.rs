//! `run`: a batch, summarised.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use serde_json::{Value, json};

use super::args::{Format, RunArgs};
use super::output::Output;
use super::{Failure, Outcome, interrupt, load_or_report, progress, read, save};
use crate::batch::Sample;
use crate::batch::parallel::{self, Control};
use crate::kernel::stream::SAMPLING_VERSION;
use crate::report::document::{self, Run};
use crate::report::table;
use crate::scenario::load::Loaded;

pub(super) fn run(args: &RunArgs, output: &Output) -> Outcome {
    let mut sources = read(&args.scenario, output)?;
    let loaded = load_or_report(&mut sources, args.scenario.variant.as_deref(), &args.scenario.sets, output)?;
    let run = planned(args, output)?;
    if let Some(folder) = &args.out {
        save::check_free(folder, output)?;
    }
    let outcome = batch(args, &loaded, run, output);
    if let (Err(_), Some(folder)) = (&outcome, &args.out) {
        save::discard(folder);
    }
    let (run, sample, was_interrupted) = outcome?;
    let summary = document::summary(&loaded, &run, &sample);
    if let Some(folder) = &args.out {
        let manifest = manifest(args, &loaded, &run, sources.text(0), was_interrupted);
        let trajectories = document::trajectories(&loaded, &sample);
        let files =
            [("manifest.json", &manifest), ("summary.json", &summary), ("trajectories.json", &trajectories)];
        save::save(folder, &files, output)?;
        output.remark(&format!("written to {}", folder.display()));
    }
    if was_interrupted {
        output.remark(&format!("interrupted after {} replications", run.replications));
        return Err(Failure::Interrupted);
    }
    match args.format {
        Format::Json => output.print(&format!("{summary:#}\n")),
        Format::Text => output.print(&table::render(&loaded, &run, &sample)),
    }
}

fn planned(args: &RunArgs, output: &Output) -> Result<Run, Failure> {
    if args.replications == 0 {
        output.complain("error: there is nothing to run: --replications is 0\nhelp: ask for at least 1");
        return Err(Failure::Environment);
    }
    if args.first.checked_add(args.replications).is_none() {
        output.complain("error: --first and --replications together exceed the largest index");
        return Err(Failure::Environment);
    }
    Ok(Run { seed: args.seed, first: args.first, replications: args.replications })
}

/// Runs the batch. An interrupted one is cut to the whole prefix that was done, so that what is saved has a plain range.
fn batch(args: &RunArgs, loaded: &Loaded, run: Run, output: &Output) -> Result<(Run, Sample, bool), Failure> {
    let threads = args.threads.map_or_else(available_threads, |t| t as usize);
    let control = Arc::new(Control::default());
    interrupt::watch(&control);
    let range = run.first..run.first + run.replications;
    let result = progress::during(output, &control, run.replications, || {
        parallel::run(&loaded.plan, run.seed, range, threads, &control)
    });
    let sample = result.map_err(|broken| {
        output.complain(&format!(
            "error: replication {} broke a rule of the engine: {}",
            broken.replication, broken.message
        ));
        output.complain(&format!(
            "help: this is our fault; replay it with `handover trace {} --replication {} --seed {}`",
            args.scenario.scenario.display(),
            broken.replication,
            run.seed
        ));
        Failure::Environment
    })?;
    // Threads take chunks in order and finish those they took, so what is done is a prefix of the range.
    let done = control.done.load(Relaxed);
    let was_interrupted = done < run.replications;
    Ok((Run { replications: done, ..run }, sample, was_interrupted))
}

fn available_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn manifest(args: &RunArgs, loaded: &Loaded, run: &Run, text: &str, was_interrupted: bool) -> Value {
    json!({
        "format": 1,
        "scenario": { "file": args.scenario.scenario.display().to_string(), "name": loaded.plan.name, "digest": loaded.digest, "text": text },
        "variant": loaded.variant,
        "overrides": args.scenario.sets,
        "seed": run.seed,
        "first": run.first,
        "replications": run.replications,
        "complete": !was_interrupted,
        "version": env!("CARGO_PKG_VERSION"),
        "sampling_version": SAMPLING_VERSION,
        "platform": format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
        "command": std::env::args().collect::<Vec<_>>(),
    })
}
