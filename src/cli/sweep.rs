//! `sweep`: a scenario over the points of a design.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde_json::{Value, json};

use super::args::{Format, SweepArgs};
use super::batch::{refuse, threads};
use super::experiment::{Texts, complain, open};
use super::output::Output;
use super::progress::{self, Live};
use super::sweep_cells::{self, Work};
use super::{Failure, Outcome, interrupt, range};
use crate::design::{Cells, Design};
use crate::kernel::stream::SAMPLING_VERSION;
use crate::report::document::limits_of;
use crate::report::quantity::{number, several};
use crate::report::sweep::{self as table, Overall, Overview};
use crate::results::file;
use crate::results::sweep::{Folder, KIND, MANIFEST_FORMAT};
use crate::scenario::load::Script;
use crate::scenario::source::At;

pub(super) fn sweep(args: &SweepArgs, output: &Output) -> Outcome {
    let (texts, script, design) = resolve(args, output)?;
    let cells =
        Cells::resolve(&script, &design).map_err(|faults| complain(faults, &texts.sources, output))?;
    advise(&cells, output);
    let folder = Folder::work_in(&args.out).map_err(|fault| refuse(&fault, output))?;
    keep_manifest(args, &texts, &cells, &folder, false, output)?;
    let live = Arc::new(Live::default());
    interrupt::watch(&live);
    let work = Work::new(&cells, &folder, &live.control);
    let threads = threads(args.threads);
    progress::during(output, &live, work.total(), || work.run(threads))
        .map_err(|trouble| sweep_cells::complain(&trouble, args, &cells, output))?;
    work.damaged(output);
    let (ran, reused) = work.counts();
    if live.control.stop.load(Relaxed) {
        output.remark(&format!(
            "interrupted; what was done is kept in {}, and the same command goes on with it",
            args.out.display()
        ));
        return Err(Failure::Interrupted);
    }
    let (overview, overall) = write_tables(args, &cells, &folder, output)?;
    keep_manifest(args, &texts, &cells, &folder, true, output)?;
    match args.format {
        Format::Json => output.print(&format!("{:#}\n", summary(args, &cells, ran, reused))),
        Format::Text => output.print(&report(args, &cells, (ran, reused), &overview, &overall)),
    }
}

/// Reads the scenario and the design, and applies what the command line says otherwise.
fn resolve(args: &SweepArgs, output: &Output) -> Result<(Texts, Script, Design), Failure> {
    let (texts, script, mut design) = open(&args.scenario, &args.design, &args.sets, output)?;
    design.replications = args.replications.unwrap_or(design.replications);
    design.root_seed = args.seed.unwrap_or(design.root_seed);
    design.first = args.first.unwrap_or(design.first);
    if !args.variants.is_empty() {
        design.variants = args.variants.iter().map(|name| At::implied(name.clone())).collect();
    }
    range::planned(design.root_seed, design.first, design.replications, output)?;
    Ok((texts, script, design))
}

/// Says what might be better done otherwise.
fn advise(cells: &Cells<'_>, output: &Output) {
    for advice in &cells.design.advice {
        output.remark(&format!("advice: {advice}"));
    }
    let (all, distinct) = (cells.list.len(), cells.distinct());
    if distinct < all {
        output.remark(&format!(
            "advice: only {distinct} of {all} cells differ; a parameter that changes nothing may belong to a mechanism that is switched off, or \
             be set again by a variant"
        ));
    }
}

fn manifest(args: &SweepArgs, texts: &Texts, cells: &Cells<'_>, is_complete: bool) -> Value {
    let design = cells.design;
    let sources = &texts.sources;
    let table = texts.table.map(|table| json!({ "file": sources.name(table), "text": sources.text(table) }));
    json!({
        "format": MANIFEST_FORMAT,
        "kind": KIND,
        "scenario": { "file": args.scenario.display().to_string(), "name": cells.name, "text": sources.text(0) },
        "design": { "file": args.design.display().to_string(), "text": sources.text(texts.design), "table": table },
        "overrides": args.sets,
        "variants": design.variants.iter().map(|v| v.value.as_str()).collect::<Vec<&str>>(),
        "replications": design.replications,
        "seed": design.root_seed,
        "first": design.first,
        "random_numbers": design.random_numbers.as_str(),
        "points": cells.points.len(),
        "cells": cells.list.len(),
        "complete": is_complete,
        "limits": limits_of(cells.is_sourced),
        "version": env!("CARGO_PKG_VERSION"),
        "sampling_version": SAMPLING_VERSION,
        "platform": format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
        "command": std::env::args().collect::<Vec<_>>(),
    })
}

fn keep_manifest(
    args: &SweepArgs,
    texts: &Texts,
    cells: &Cells<'_>,
    folder: &Folder,
    is_complete: bool,
    output: &Output,
) -> Result<(), Failure> {
    let text = format!("{:#}\n", manifest(args, texts, cells, is_complete));
    let kept = folder.write(file::MANIFEST, |out| out.write_all(text.as_bytes()));
    kept.map_err(|fault| refuse(&fault, output))
}

/// Writes the tables, one cell at a time.
fn write_tables(
    args: &SweepArgs,
    cells: &Cells<'_>,
    folder: &Folder,
    output: &Output,
) -> Result<(Overview, Overall), Failure> {
    let scenario = args.scenario.display().to_string();
    let (mut overview, mut overall) = (Overview::default(), Overall::default());
    // The files grow together, so that no cell is read twice and none but one is held.
    let written = folder.write("table.csv", |csv| {
        table::write_table_head(cells, csv)?;
        let mut rows = Vec::new();
        table::write_cells_head(cells, &mut rows)?;
        let json = folder.write("table.json", |json| {
            let before = AtomicU64::new(0);
            let mut first = None;
            json.write_all(b"[")?;
            for cell in &cells.list {
                let (plan, sample) = sweep_cells::finished(cells, folder, cell)?;
                let mut figures = table::figures(&plan, &sample);
                if let Some((first_plan, first)) = first.as_ref().filter(|_| cell.variant > 0) {
                    table::hold_against(&mut figures, (&plan, &sample), (first_plan, first));
                }
                table::write_table_rows(cells, cell, &figures, csv)?;
                for row in table::documents(cells, cell, &figures) {
                    let comma = if before.fetch_add(1, Relaxed) > 0 { "," } else { "" };
                    write!(json, "{comma}\n{row}")?;
                }
                let command = table::command(cells, cell, &scenario, &args.sets);
                table::write_cells_row(cells, cell, &sample, &command, &mut rows)?;
                overview.add(cells, cell, &plan, &sample);
                overall.add(cells, cell, &figures);
                if cell.variant == 0 {
                    first = Some((plan, sample));
                }
            }
            json.write_all(b"\n]\n")
        });
        json.map_err(|fault| std::io::Error::other(fault.message))?;
        let kept = folder.write("cells.csv", |out| out.write_all(&rows));
        kept.map_err(|fault| std::io::Error::other(fault.message))
    });
    written.map_err(|fault| refuse(&fault, output))?;
    if !overall.is_empty() {
        let kept = folder.write("overall.csv", |out| overall.write(cells, out));
        kept.map_err(|fault| refuse(&fault, output))?;
    }
    Ok((overview, overall))
}

fn summary(args: &SweepArgs, cells: &Cells<'_>, ran: u64, reused: u64) -> Value {
    let design = cells.design;
    let scenario = args.scenario.display().to_string();
    let list: Vec<Value> = cells
        .list
        .iter()
        .map(|cell| {
            let levels = design.parameters.iter().zip(&cells.points[cell.point].levels);
            let parameters: serde_json::Map<String, Value> =
                levels.map(|(p, level)| (p.path.clone(), json!(level.text))).collect();
            json!({
                "cell": cell.number,
                "point": cells.points[cell.point].number,
                "variant": cells.variant_of(cell),
                "parameters": parameters,
                "scenario_digest": cell.digest,
                "seed": cell.seed,
                "command": table::command(cells, cell, &scenario, &args.sets),
            })
        })
        .collect();
    json!({
        "scenario": { "name": cells.name },
        "design": design.description(),
        "folder": args.out.display().to_string(),
        "replications": design.replications,
        "seed": design.root_seed,
        "first": design.first,
        "random_numbers": design.random_numbers.as_str(),
        "cells_run": ran,
        "cells_reused": reused,
        "cells": list,
        "advice": design.advice,
        "limits": limits_of(cells.is_sourced),
        "sampling_version": SAMPLING_VERSION,
    })
}

fn report(
    args: &SweepArgs,
    cells: &Cells<'_>,
    (ran, reused): (u64, u64),
    overview: &Overview,
    overall: &Overall,
) -> String {
    let design = cells.design;
    let mut text = format!("{}: {}\n", cells.name, design.description());
    if let Some(about) = &design.about {
        text.push_str(&format!("{about}\n"));
    }
    text.push_str(&format!(
        "{} of {}, {} random numbers; {} run now, {} found finished\n\n",
        several(cells.list.len() as u64, "cell"),
        several(design.replications, "replication"),
        design.random_numbers.as_str(),
        number(ran as f64),
        number(reused as f64),
    ));
    text.push_str(&overview.render(cells));
    text.push('\n');
    if !overall.is_empty() {
        text.push_str(&overall.render(cells));
        text.push('\n');
    }
    text.push_str(&format!(
        "In {}: table.csv and table.json (one row a cell and outcome), cells.csv (one row a cell, with the command that runs it alone).\n",
        args.out.display()
    ));
    if design.variants.len() > 1 {
        text.push_str(&format!(
            "Regret and robustness of the variants: handover regret {} --outcome completed --best highest\n",
            args.out.display()
        ));
    }
    for limit in limits_of(cells.is_sourced) {
        text.push_str(limit);
        text.push('\n');
    }
    text
}
