//! `compare`: variants against the first of them, on the same random numbers.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use serde_json::{Value, json};

use super::args::{CompareArgs, Format};
use super::output::Output;
use super::{Failure, Outcome, interrupt, progress, read_file, save};
use crate::batch::paired::{self, Comparison};
use crate::batch::parallel::Control;
use crate::kernel::stream::SAMPLING_VERSION;
use crate::report::document::Run;
use crate::report::{comparison, contrast_table};
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
    if let Some(folder) = &args.out {
        save::check_free(folder, output)?;
    }
    let outcome = batch(args, &variants, run, output);
    if let (Err(_), Some(folder)) = (&outcome, &args.out) {
        save::discard(folder);
    }
    let (run, gathered) = outcome?;
    let was_interrupted = run.replications < args.range.replications;
    let report = comparison::report(&variants, &gathered, run);
    let document = report.document();
    if let Some(folder) = &args.out {
        let manifest = manifest(args, &variants, &run, sources.text(0), was_interrupted);
        save::save(folder, &[("manifest.json", &manifest), ("comparison.json", &document)], output)?;
        output.remark(&format!("written to {}", folder.display()));
    }
    if was_interrupted {
        output.remark(&format!("interrupted after {} replications", run.replications));
        return Err(Failure::Interrupted);
    }
    match args.format {
        Format::Json => output.print(&format!("{document:#}\n")),
        Format::Text => output.print(&contrast_table::render(&report, args.all)),
    }
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
    let control = Arc::new(Control::default());
    interrupt::watch(&control);
    let plans: Vec<_> = variants.iter().map(|v| &v.plan).collect();
    let range = run.first..run.first + run.replications;
    let threads = args.range.threads();
    let gathered = progress::during(output, &control, run.replications, || {
        paired::compare(&plans, run.seed, range, threads, &control)
    });
    let gathered =
        gathered.map_err(|broken| super::complain_broken(&broken, &args.scenario, run.seed, output))?;
    Ok((Run { replications: control.done.load(Relaxed), ..run }, gathered))
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
