//! `regret`: robustness of the variants of a sweep.

use super::args::{Best, Format, RegretArgs};
use super::batch::refuse;
use super::choose::place_of;
use super::output::Output;
use super::sweep_cells::finished;
use super::{Failure, Outcome};
use crate::design::{Cells, Design};
use crate::report::robustness::{self, Known, Question};
use crate::results::sweep::{Folder, manifest};
use crate::results::{Fault, file};
use crate::scenario::load::Script;
use crate::scenario::source::{At, Sources};

pub(super) fn regret(args: &RegretArgs, output: &Output) -> Outcome {
    let stored = Stored::read(args).map_err(|fault| refuse(&fault, output))?;
    let damaged = |what: &str| refuse(&Fault::damaged(&args.sweep.join(file::MANIFEST), what), output);
    let mut sources = stored.sources;
    let script =
        Script::open(&mut sources, &stored.sets).map_err(|_| damaged("its scenario is not sound"))?;
    let table = stored.table;
    let mut read_table =
        |_: &mut Sources, _: &str| table.ok_or_else(|| "its table of points is not there".to_string());
    let design = Design::read(&mut sources, 1, &mut read_table);
    let mut design = design.map_err(|_| damaged("its design is not sound"))?;
    (design.replications, design.root_seed, design.first) = stored.range;
    design.variants = stored.variants.into_iter().map(At::implied).collect();
    let cells =
        Cells::resolve(&script, &design).map_err(|_| damaged("its scenario no longer takes its design"))?;
    if cells.design.variants.len() < 2 {
        output.complain(&format!(
            "error: the sweep in `{}` has one variant: there is nothing to regret",
            args.sweep.display()
        ));
        output.complain("help: sweep with --variants base,NAME, or write variants = [ … ] into the design");
        return Err(Failure::Scenario);
    }
    let folder = Folder::read(&args.sweep).map_err(|fault| refuse(&fault, output))?;
    let (known, is_flag) = known(args, &cells, &folder, output)?;
    let question = Question {
        outcome: args.outcome.clone(),
        is_flag,
        highest: args.best == Best::Highest,
        threshold: threshold(args, output)?,
    };
    let Some(report) = robustness::report(&cells, &known, question) else {
        output.complain(&format!(
            "error: `{}` exists in too few replications of some cell to say how sure a difference is",
            args.outcome
        ));
        output.complain("help: sweep with more --replications, some hundreds at least; what was run is kept and gone on with");
        return Err(Failure::Scenario);
    };
    match args.format {
        Format::Json => output.print(&format!("{:#}\n", report.document())),
        Format::Text => output.print(&report.render(args.all)),
    }
}

/// What a sweep's manifest says of how it was made.
struct Stored {
    sources: Sources,
    table: Option<u16>,
    sets: Vec<String>,
    variants: Vec<String>,
    range: (u64, u64, u64),
}

impl Stored {
    fn read(args: &RegretArgs) -> Result<Self, Fault> {
        let value = manifest(&args.sweep)?;
        Self::of(&value).ok_or_else(|| {
            Fault::damaged(&args.sweep.join(file::MANIFEST), "it does not say how the sweep was made")
        })
    }

    fn of(value: &serde_json::Value) -> Option<Self> {
        let texts = |value: &serde_json::Value| -> Option<Vec<String>> {
            value.as_array()?.iter().map(|v| v.as_str().map(str::to_string)).collect()
        };
        let text = |value: &serde_json::Value| {
            Some((value["file"].as_str()?.to_string(), value["text"].as_str()?.to_string()))
        };
        let (name, scenario) = text(&value["scenario"])?;
        let mut sources = Sources::from_text(name, scenario);
        let (name, design) = text(&value["design"])?;
        sources.add(name, design)?;
        let table = match text(&value["design"]["table"]) {
            Some((name, text)) => Some(sources.add(name, text)?),
            None => None,
        };
        let number = |key: &str| value[key].as_u64();
        Some(Self {
            sources,
            table,
            sets: texts(&value["overrides"])?,
            variants: texts(&value["variants"])?,
            range: (number("replications")?, number("seed")?, number("first")?),
        })
    }
}

/// The statistics of every cell, and whether the outcome is a flag.
fn known(
    args: &RegretArgs,
    cells: &Cells<'_>,
    folder: &Folder,
    output: &Output,
) -> Result<(Vec<Known>, bool), Failure> {
    let mut list = Vec::with_capacity(cells.list.len());
    let (mut is_flag, mut unfinished) = (false, 0);
    for cell in &cells.list {
        let Ok((plan, sample)) = finished(cells, folder, cell) else {
            unfinished += 1;
            continue;
        };
        let place = place_of(&plan, cells.variant_of(cell), &args.outcome, output)?;
        is_flag = plan.outcomes[place].measure.is_flag();
        list.push(Known { sample, place, digest: cell.digest.clone() });
    }
    if unfinished > 0 {
        output.complain(&format!(
            "error: {unfinished} of {} cells are not finished, or damaged",
            cells.list.len()
        ));
        output.complain("help: give the command of the sweep again; it goes on with what is there");
        return Err(Failure::Scenario);
    }
    Ok((list, is_flag))
}

fn threshold(args: &RegretArgs, output: &Output) -> Result<Option<f64>, Failure> {
    let Some(text) = &args.threshold else { return Ok(None) };
    super::choose::amount(text, &args.outcome).map(Some).ok_or_else(|| {
        output.complain(&format!("error: --threshold {text} is not an amount of `{}`", args.outcome));
        output.complain("help: write 0.8 or 80% for a share, 30d for a time, else a number");
        Failure::Environment
    })
}
