//! `sensitivity`: which parameters of a design matter, by Morris's effects or Sobol's indices.

use std::sync::Arc;

use serde_json::{Value, json};

use super::args::{Format, SensitivityArgs};
use super::batch::threads;
use super::choose::place_of;
use super::compare::save;
use super::experiment::{Texts, complain, open};
use super::output::Output;
use super::progress::{self, Live};
use super::{Failure, Outcome, interrupt, range};
use crate::batch::analysing::{self, Question, Trouble};
use crate::design::file::Method;
use crate::design::trajectory::Trajectory;
use crate::design::{Cells, Design};
use crate::kernel::stream::SAMPLING_VERSION;
use crate::report::sensitivity::{Found, Outcome as Told, Sensitivity};
use crate::report::sweep::command;
use crate::results::{Work, file};
use crate::scenario::load::Loaded;
use crate::scenario::source::At;
use crate::stats::effects::{Walk, effects};
use crate::stats::estimate::Noisy;
use crate::stats::indices::indices;

pub(super) fn sensitivity(args: &SensitivityArgs, output: &Output) -> Outcome {
    let (texts, script, mut design) = open(&args.scenario, &args.design, &args.sets, output)?;
    design.replications = args.replications.unwrap_or(design.replications);
    design.root_seed = args.seed.unwrap_or(design.root_seed);
    design.first = args.first.unwrap_or(design.first);
    if let Some(variant) = &args.variant {
        design.variants = vec![At::implied(variant.clone())];
    }
    let cells =
        Cells::of_analysis(&script, &design).map_err(|faults| complain(faults, &texts.sources, output))?;
    check_range(&design, output)?;
    let base = script.load(Some(&design.variants[0].value), &[]);
    let base = base.map_err(|faults| complain(faults, &texts.sources, output))?;
    let outcomes = wanted(args, &base, output)?;
    let begun = args.out.as_deref().map(Work::begin_at_once).transpose();
    let begun = begun.map_err(|fault| super::batch::refuse(&fault, output))?;
    let question = Question {
        plan: &|cell: usize| cells.load(cells.list[cell].point, 0).ok().map(|loaded| loaded.plan),
        cells: cells.list.len(),
        block: design.points as usize,
        replications: design.replications,
        seed: design.root_seed,
        first: design.first,
        outcomes: &outcomes,
    };
    let live = Arc::new(Live::default());
    interrupt::watch(&live);
    let total = design.len().saturating_mul(design.replications);
    let threads = threads(args.threads);
    let found = progress::during(output, &live, total, || analysing::run(&question, threads, &live.control));
    match found {
        Ok(found) => {
            let kept = begun.map(|work| (work, manifest(args, &cells, &base, &texts)));
            show(args, &cells, base, outcomes, found, kept, output)
        }
        Err(trouble) => {
            begun.into_iter().for_each(Work::discard);
            Err(refuse(args, &cells, &outcomes, &trouble, output))
        }
    }
}

/// What made a document: enough to make it again.
fn manifest(args: &SensitivityArgs, cells: &Cells<'_>, base: &Loaded, texts: &Texts) -> Value {
    let design = cells.design;
    let text = |number: u16| texts.sources.text(number);
    json!({
        "format": 1,
        "kind": "sensitivity",
        "scenario": {
            "file": args.scenario.display().to_string(),
            "name": base.plan.name,
            "text": text(0),
        },
        "variant": base.variant,
        "overrides": args.sets,
        "design": { "file": args.design.display().to_string(), "text": text(texts.design) },
        "seed": design.root_seed,
        "first": design.first,
        "replications": design.replications,
        "version": env!("CARGO_PKG_VERSION"),
        "sampling_version": SAMPLING_VERSION,
        "platform": format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
        "command": std::env::args().collect::<Vec<_>>(),
    })
}

/// Every block has replications of its own, all of which must have an index.
fn check_range(design: &Design, output: &Output) -> Outcome {
    let all = design.replications.saturating_mul(design.scrambles);
    range::planned(design.root_seed, design.first, all, output).map(|_| ())
}

/// The outcomes asked for, each once and each with a mean.
fn wanted(args: &SensitivityArgs, base: &Loaded, output: &Output) -> Result<Vec<String>, Failure> {
    let mut names: Vec<String> = Vec::new();
    for name in &args.outcome {
        place_of(&base.plan, &base.variant, name, output)?;
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    Ok(names)
}

fn show(
    args: &SensitivityArgs,
    cells: &Cells<'_>,
    base: Loaded,
    outcomes: Vec<String>,
    found: Vec<Vec<Noisy>>,
    kept: Option<(Work, Value)>,
    output: &Output,
) -> Outcome {
    let design = cells.design;
    let is_flag = |name: &str| base.plan.outcomes.iter().any(|o| o.name == name && o.measure.is_flag());
    let told = |(name, blocks): (String, Vec<Noisy>)| Told {
        is_flag: is_flag(&name),
        name,
        found: analysed(design, blocks),
    };
    let told: Vec<Told> = outcomes.into_iter().zip(found).map(told).collect();
    let report = Sensitivity {
        scenario: base.plan.name.clone(),
        variant: base.variant.clone(),
        scenario_digest: base.digest.clone(),
        design,
        is_sourced: base.is_sourced(),
        cells: cells.list.len(),
        outcomes: told,
    };
    if let Some((work, manifest)) = kept {
        let files = [(file::MANIFEST, &manifest), ("sensitivity.json", &report.document())];
        save(work, &files, output)?;
    }
    match args.format {
        Format::Json => output.print(&format!("{:#}\n", report.document()))?,
        Format::Text => output.print(&report.render())?,
    }
    if report.is_empty() {
        output.complain("error: no outcome varies enough over this design for indices");
        output.complain(
            "help: take wider ranges, more replications or more points; the result says how each stands",
        );
        return Err(Failure::Scenario);
    }
    Ok(())
}

fn analysed(design: &Design, blocks: Vec<Noisy>) -> Found {
    let inputs = design.parameters.len();
    if design.method != Method::Morris {
        return match indices(&blocks, inputs) {
            Ok(found) => Found::Indices(found),
            Err(flat) => Found::Flat(flat),
        };
    }
    let walk = |(number, values): (u64, Noisy)| {
        let moves = Trajectory::new(design.seed, number, inputs, design.levels).moves();
        Walk { values, moves: moves.into_iter().map(|m| (m.input, m.step)).collect() }
    };
    let walks: Vec<Walk> = (0..).zip(blocks).map(walk).collect();
    Found::Effects(effects(&walks, inputs))
}

fn refuse(
    args: &SensitivityArgs,
    cells: &Cells<'_>,
    outcomes: &[String],
    trouble: &Trouble,
    output: &Output,
) -> Failure {
    let scenario = args.scenario.display().to_string();
    let alone = |cell: usize| {
        cells.list.get(cell).map_or(String::new(), |cell| command(cells, cell, &scenario, &args.sets))
    };
    match trouble {
        Trouble::Broken(cell, broken) => {
            output.complain(&format!(
                "error: a replication of cell {cell} broke a rule of the engine: {}",
                broken.message
            ));
            output.complain(&format!("help: this is our fault; the cell alone: {}", alone(*cell)));
            Failure::Environment
        }
        Trouble::Missing { cell, outcome, replication } => {
            let name = &outcomes[*outcome];
            let place = cells.sets(cells.list[*cell].point).join(", ");
            match replication {
                Some(k) => output.complain(&format!(
                    "error: `{name}` does not exist in replication {k} of cell {cell} ({place})"
                )),
                None => output.complain(&format!("error: cell {cell} ({place}) has no outcome `{name}`")),
            }
            output.complain(
                "help: take an outcome that every replication of every cell has; in place of a time that may never come, the flag that says \
                 whether it does",
            );
            Failure::Environment
        }
        Trouble::Stopped => {
            output.remark("interrupted; nothing was analysed");
            Failure::Interrupted
        }
    }
}
