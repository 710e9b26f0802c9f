//! `run`: a batch, or a part of one, summarised.

use std::path::Path;
use std::time::Duration;

use super::args::RunArgs;
use super::batch::{self, Job};
use super::output::Output;
use super::shard::ShardArg;
use super::{Failure, Outcome, load_or_report, read, shard, targets};
use crate::batch::precision::MOST;
use crate::results::manifest::{Manifest, Whole};
use crate::results::{TakenUp, Work, partial_of};

/// How many replications are run where nobody says.
const REPLICATIONS: u64 = 10_000;

pub(super) fn run(args: &RunArgs, output: &Output) -> Outcome {
    let mut sources = read(&args.scenario, output)?;
    let loaded = load_or_report(&mut sources, args.scenario.variant.as_deref(), &args.scenario.sets, output)?;
    let whole = planned(args, output)?;
    check_usage(args, output)?;
    let shard = args.shard.map(|arg| named_shard(arg, output)).transpose()?;
    let range = shard.map_or(whole.range(), |shard| shard.part_of(whole.range()));
    let scenario = &args.scenario;
    let manifest = Manifest {
        whole: shard.map(|_| whole),
        shard,
        precision: args.precision.clone(),
        rows: args.rows.map(Into::into),
        ..Manifest::new(&loaded, &scenario.scenario, sources.text(0), &scenario.sets, args.seed, range)
    };
    let job = Job {
        targets: targets::read(&args.precision, &loaded.plan, output)?,
        loaded,
        manifest,
        threads: batch::threads(args.threads),
        checkpoint: Duration::from_secs_f64(args.checkpoint),
        format: args.format,
    };
    if let Some(folder) = args.out.as_deref().filter(|folder| args.resume && is_begun(folder)) {
        return take_up(&job, folder, output);
    }
    let (state, kept) = job.begin(args.out.as_deref()).map_err(|fault| batch::refuse(&fault, output))?;
    job.carry_out(state, kept, output)
}

fn is_begun(folder: &Path) -> bool {
    folder.exists() || partial_of(folder).exists()
}

/// `--resume` on a folder that is there already: it must be of the very run asked for.
fn take_up(job: &Job, folder: &Path, output: &Output) -> Outcome {
    let taken = Work::take_up(folder).map_err(|fault| batch::refuse(&fault, output))?;
    let found = match &taken {
        TakenUp::Finished(manifest) => manifest,
        TakenUp::Open(_, manifest) => manifest,
    };
    if !found.is_same_run(&job.manifest) {
        output.complain(&format!("error: `{}` holds another run than the one asked for", folder.display()));
        output.complain(
            "help: name a new folder, or ask for the same scenario, seed, range, rows and precision",
        );
        return Err(Failure::Environment);
    }
    super::resume::go_on(folder, taken, job.threads, job.checkpoint, job.format, output)
}

fn planned(args: &RunArgs, output: &Output) -> Result<Whole, Failure> {
    let default = if args.precision.is_empty() { REPLICATIONS } else { MOST };
    let replications = args.replications.unwrap_or(default);
    if replications == 0 {
        output.complain("error: there is nothing to run: --replications is 0\nhelp: ask for at least 1");
        return Err(Failure::Environment);
    }
    if args.first.checked_add(replications).is_none() {
        output.complain("error: --first and --replications together exceed the largest index");
        return Err(Failure::Environment);
    }
    Ok(Whole { first: args.first, replications })
}

/// Refuses options that do not go together.
fn check_usage(args: &RunArgs, output: &Output) -> Outcome {
    let mut complaints = Vec::new();
    if args.out.is_none() {
        let needy = [(args.rows.is_some(), "--rows"), (args.resume, "--resume")];
        complaints.extend(needy.into_iter().filter(|(is_given, _)| *is_given).map(|(_, option)| {
            format!("error: {option} needs --out\nhelp: name the folder for the results: --out DIR")
        }));
    }
    if args.shard.is_some() && !args.precision.is_empty() {
        complaints.push(
            "error: --precision and --shard do not go together: a part cannot tell how precise the whole is\n\
             help: run to a precision in one process, or give the shards a number of replications"
                .to_string(),
        );
    }
    complaints.iter().for_each(|complaint| output.complain(complaint));
    if complaints.is_empty() { Ok(()) } else { Err(Failure::Environment) }
}

fn named_shard(arg: ShardArg, output: &Output) -> Result<crate::batch::shard::Shard, Failure> {
    shard::resolve(arg, &|name| std::env::var(name).ok(), output)
}
