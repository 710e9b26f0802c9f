//! `compare`: variants against the first of them, on the same random numbers.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use serde_json::{Value, json};

use super::args::{CompareArgs, Format};
use super::batch::{refuse, threads};
use super::output::Output;
use super::progress::{self, Live};
use super::{Failure, Outcome, interrupt, read_file};
use crate::batch::paired::{self, Comparison};
use crate::kernel::stream::SAMPLING_VERSION;
use crate::report::document::{self, Run};
use crate::report::quantity::several;
use crate::report::{comparison, contrast_table};
use crate::results::{Work, file};
use crate::scenario::load::{BASE, Loaded, Script};
use crate::scenario::source::Sources;

pub(super) fn compare(args: &CompareArgs, output: &Output) -> Outcome {
    if args.variants.len() < 2 {
        output.complain("error: there is nothing to compare: --variants names fewer than two");
        output.complain(
            "help: write --variants base,NAME; `base` is the file as it stands, and a name may repeat",
        );
        return Err(Failure::Environment);
    }
    let run = args.range.planned(output)?;
    let mut sources = read_file(&args.scenario, output)?;
    let variants = load_variants(&mut sources, &args.variants, &args.sets, output)?;
    let begun = args.out.as_deref().map(Work::begin_at_once).transpose();
    let begun = begun.map_err(|fault| refuse(&fault, output))?;
    let (run, gathered) = match batch(args, &variants, run, output) {
        Ok(done) => done,
        Err(failure) => {
            begun.into_iter().for_each(Work::discard);
            return Err(failure);
        }
    };
    let was_interrupted = run.replications < args.range.replications;
    let report = comparison::report(&variants, &gathered, run);
    let document = report.document();
    if let Some(work) = begun {
        let manifest = manifest(args, &variants, &run, sources.text(0), was_interrupted);
        save(work, &[(file::MANIFEST, &manifest), ("comparison.json", &document)], output)?;
    }
    if was_interrupted {
        output.remark(&format!("interrupted after {}", several(run.replications, "replication")));
        if args.out.is_none() && run.replications > 0 {
            print_part(args, &report, document, output)?;
        }
        return Err(Failure::Interrupted);
    }
    match args.format {
        Format::Json => output.print(&format!("{document:#}\n")),
        Format::Text => output.print(&contrast_table::render(&report, args.all)),
    }
}

/// Prints what was finished before an interrupt, marked as that.
fn print_part(
    args: &CompareArgs,
    report: &comparison::Report<'_>,
    mut value: Value,
    output: &Output,
) -> Outcome {
    let mark = document::Interrupted { planned: args.range.replications, run: report.run };
    match args.format {
        Format::Json => {
            mark.mark(&mut value);
            output.print(&format!("{value:#}\n"))
        }
        Format::Text => output.print(&format!("{mark}{}", contrast_table::render(report, args.all))),
    }
}

/// Writes the files and lets the folder appear.
pub(super) fn save(work: Work, files: &[(&str, &Value)], output: &Output) -> Result<(), Failure> {
    let folder = work.folder().to_path_buf();
    let written =
        files.iter().try_for_each(|(name, value)| work.write(name, format!("{value:#}\n").as_bytes()));
    if let Err(fault) = written {
        work.discard();
        return Err(refuse(&fault, output));
    }
    work.publish().map_err(|fault| refuse(&fault, output))?;
    output.remark(&format!("written to {}", folder.display()));
    Ok(())
}

/// Loads every variant, and reports the faults of all of them, each once.
pub(super) fn load_variants(
    sources: &mut Sources,
    names: &[String],
    sets: &[String],
    output: &Output,
) -> Result<Vec<Loaded>, Failure> {
    let refuse = |faults: crate::scenario::diagnostic::Faults, sources: &Sources| {
        faults.render(sources, output.is_styled()).trim_end().to_string()
    };
    let script = match Script::open(sources, sets) {
        Ok(script) => script,
        Err(faults) => {
            output.complain(&refuse(faults, sources));
            return Err(Failure::Scenario);
        }
    };
    let mut said: Vec<String> = Vec::new();
    let mut variants = Vec::new();
    for name in names {
        match script.load(Some(name), &[]) {
            Ok(loaded) => variants.push(loaded),
            Err(faults) => {
                let rendered = refuse(faults, sources);
                if !said.contains(&rendered) {
                    if name != BASE {
                        output.complain(&format!("error: in variant `{name}`:"));
                    }
                    output.complain(&rendered);
                    said.push(rendered);
                }
            }
        }
    }
    if said.is_empty() { Ok(variants) } else { Err(Failure::Scenario) }
}

/// Runs the comparison. An interrupted one is cut to the whole prefix that was done.
fn batch(
    args: &CompareArgs,
    variants: &[Loaded],
    run: Run,
    output: &Output,
) -> Result<(Run, Comparison), Failure> {
    let live = Arc::new(Live::default());
    interrupt::watch(&live);
    let plans: Vec<_> = variants.iter().map(|v| &v.plan).collect();
    let range = run.first..run.first + run.replications;
    let threads = threads(args.range.threads);
    let gathered = progress::during(output, &live, run.replications, || {
        paired::compare(&plans, run.seed, range, threads, &live.control)
    });
    let gathered =
        gathered.map_err(|broken| super::complain_broken(&broken, &args.scenario, run.seed, output))?;
    Ok((Run { replications: live.control.done.load(Relaxed), ..run }, gathered))
}

fn manifest(args: &CompareArgs, variants: &[Loaded], run: &Run, text: &str, was_interrupted: bool) -> Value {
    let digests: Vec<Value> =
        variants.iter().map(|v| json!({ "variant": v.variant, "digest": v.digest })).collect();
    json!({
        "format": 1,
        "kind": "comparison",
        "scenario": { "file": args.scenario.display().to_string(), "name": variants[0].plan.name, "text": text },
        "variants": digests,
        "overrides": args.sets,
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
