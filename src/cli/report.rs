//! `report`: a page of HTML from a folder of results.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::args::ReportArgs;
use super::output::Output;
use super::{Failure, Outcome};
use crate::report::document::Run;
use crate::report::html::{self, Analysis, Backtest, Batch, Contrasts, Forecast, Line, Origin, Past, Swept};
use crate::results::{self, Fault, Kind, Manifest, Stored, file};
use crate::scenario::load::load;
use crate::scenario::source::Sources;

pub(super) fn report(args: &ReportArgs, output: &Output) -> Outcome {
    let page = page(&args.folder).map_err(|fault| refuse(&fault, output))?;
    write(&page, args.out.as_deref(), output)
}

/// Prints a page, or writes it to a file.
pub(super) fn write(page: &str, out: Option<&Path>, output: &Output) -> Outcome {
    let Some(path) = out else { return output.print(page) };
    replace(path, page).map_err(|error| {
        output.complain(&format!("error: `{}` could not be written: {error}", path.display()));
        output.complain(
            "help: choose a file in a folder that can be written and has room; nothing half-written was left",
        );
        Failure::Environment
    })?;
    output.remark(&format!("written to {}", path.display()));
    Ok(())
}

/// Writes a file beside its place and moves it there, so that nobody sees half a page.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let name = path.file_name().map_or_else(|| "page".into(), |name| name.to_string_lossy().into_owned());
    let new = path.with_file_name(format!(".{name}.{}.new", std::process::id()));
    let written = fs::write(&new, text).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}

fn refuse(fault: &Fault, output: &Output) -> Failure {
    output.complain(&fault.to_string());
    match fault.kind {
        Kind::Data => Failure::Scenario,
        Kind::Environment => Failure::Environment,
    }
}

/// The page of whatever kind of result a folder holds.
fn page(folder: &Path) -> Result<String, Fault> {
    match kind_of(folder).as_deref() {
        None => results::open(folder).map(|stored| of_batch(&stored)),
        Some("comparison") => of_comparison(folder),
        Some("sweep") => of_sweep(folder),
        Some("forecast") => of_forecast(folder),
        Some("backtest") => of_backtest(folder),
        Some("sensitivity") => of_sensitivity(folder),
        Some(other) => Err(Fault::data(
            format!("`{}` holds a {other}, of which this version makes no page", folder.display()),
            "name a folder that `run`, `merge`, `compare`, `sweep`, `forecast`, `backtest` or `sensitivity` wrote with `--out`",
        )),
    }
}

/// What a manifest calls its result; nothing for a batch, nor where there is no readable manifest.
fn kind_of(folder: &Path) -> Option<String> {
    let text = fs::read(folder.join(file::MANIFEST)).ok()?;
    let manifest: Value = serde_json::from_slice(&text).ok()?;
    manifest.get("kind")?.as_str().map(str::to_string)
}

fn of_batch(stored: &Stored) -> String {
    let manifest = &stored.manifest;
    let run = Run { seed: manifest.seed, first: manifest.first, replications: manifest.replications };
    let origin = origin(manifest);
    html::batch(&Batch { loaded: &stored.loaded, run, sample: &stored.state.sample, origin: &origin })
}

fn origin(manifest: &Manifest) -> Origin {
    Origin {
        file: manifest.scenario.file.clone(),
        overrides: manifest.overrides.clone(),
        version: manifest.version.clone(),
        platform: manifest.platform.clone(),
        command: manifest.command.clone(),
        planned: manifest.planned,
        is_complete: manifest.complete,
        parts: manifest.parts.len(),
    }
}

/// The document in which `compare` keeps what it found.
const COMPARISON: &str = "comparison.json";

fn of_comparison(folder: &Path) -> Result<String, Fault> {
    let (manifest, origin) = manifest_of(folder)?;
    let path = folder.join(COMPARISON);
    let contrasts: Contrasts = serde_json::from_value(read_json(&path)?).map_err(|error| {
        Fault::damaged(&path, &format!("it is not the document of a comparison ({error})"))
    })?;
    let variants: Vec<&str> = contrasts.variants.iter().map(|v| v.variant.as_str()).collect();
    let (flags, _) = flags(folder, &manifest, &origin, &variants)?;
    Ok(html::comparison(&contrasts, &flags, &origin))
}

/// The table that `sweep` keeps, one entry a cell and outcome.
const TABLE: &str = "table.json";

fn of_sweep(folder: &Path) -> Result<String, Fault> {
    let (manifest, origin) = manifest_of(folder)?;
    let path = folder.join(TABLE);
    let lines: Vec<Line> = serde_json::from_value(read_json(&path)?)
        .map_err(|error| Fault::damaged(&path, &format!("it is not the table of a sweep ({error})")))?;
    let variants = texts(&manifest["variants"]);
    let variants: Vec<&str> = variants.iter().map(String::as_str).collect();
    let (flags, is_sourced) = flags(folder, &manifest, &origin, &variants)?;
    let number = |name: &str| manifest[name].as_u64().unwrap_or(0);
    let swept = Swept {
        name: text(&manifest["scenario"]["name"]),
        design: text(&manifest["design"]["file"]),
        replications: number("replications"),
        seed: number("seed"),
        first: number("first"),
        random_numbers: text(&manifest["random_numbers"]),
        is_sourced,
    };
    Ok(html::sweep(&swept, &lines, &flags, &origin))
}

fn of_forecast(folder: &Path) -> Result<String, Fault> {
    let (manifest, origin) = manifest_of(folder)?;
    let path = folder.join("forecast.json");
    let forecast: Forecast = serde_json::from_value(read_json(&path)?)
        .map_err(|error| Fault::damaged(&path, &format!("it is not the document of a forecast ({error})")))?;
    Ok(html::forecast(&forecast, &past(&manifest), &origin))
}

fn of_backtest(folder: &Path) -> Result<String, Fault> {
    let (manifest, origin) = manifest_of(folder)?;
    let path = folder.join("backtest.json");
    let backtest = Backtest::read(read_json(&path)?).map_err(|error| {
        Fault::damaged(&path, &format!("it is not the document of a back-test ({error})"))
    })?;
    Ok(html::backtest(&backtest, &past(&manifest), &origin))
}

fn of_sensitivity(folder: &Path) -> Result<String, Fault> {
    let (manifest, origin) = manifest_of(folder)?;
    let path = folder.join("sensitivity.json");
    let analysis: Analysis = serde_json::from_value(read_json(&path)?).map_err(|error| {
        Fault::damaged(&path, &format!("it is not the document of an analysis of sensitivity ({error})"))
    })?;
    let variant = text(&manifest["variant"]);
    let (flags, _) = flags(folder, &manifest, &origin, &[&variant])?;
    Ok(html::sensitivity(&analysis, &text(&manifest["design"]["file"]), &flags, &origin))
}

/// The history that a forecast was made from.
fn past(manifest: &Value) -> Past {
    let pair = |pair: &Value| (text(&pair[0]), text(&pair[1]));
    Past {
        history: text(&manifest["history"]["file"]),
        names: manifest["history"]["match"].as_array().into_iter().flatten().map(pair).collect(),
        as_of: texts(&manifest["as_of"]),
        cases: texts(&manifest["cases"]),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().map(|list| list.iter().map(text).collect()).unwrap_or_default()
}

/// The manifest of a comparison or a sweep, and where the result comes from.
fn manifest_of(folder: &Path) -> Result<(Value, Origin), Fault> {
    let path = folder.join(file::MANIFEST);
    let manifest = read_json(&path)?;
    let format = manifest["format"].as_u64().unwrap_or(0);
    if format > results::manifest::FORMAT {
        return Err(Fault::newer(&path, format, results::manifest::FORMAT));
    }
    let origin = Origin {
        file: text(&manifest["scenario"]["file"]),
        overrides: texts(&manifest["overrides"]),
        version: text(&manifest["version"]),
        platform: text(&manifest["platform"]),
        command: texts(&manifest["command"]),
        planned: manifest["replications"].as_u64().unwrap_or(0),
        is_complete: manifest["complete"].as_bool().unwrap_or(true),
        parts: 0,
    };
    Ok((manifest, origin))
}

/// The outcomes of all variants that are 0 or 1, by the scenario in the manifest, and whether it names sources.
fn flags(
    folder: &Path,
    manifest: &Value,
    origin: &Origin,
    variants: &[&str],
) -> Result<(BTreeSet<String>, bool), Fault> {
    let scenario = text(&manifest["scenario"]["text"]);
    let mut flags = BTreeSet::new();
    let mut is_sourced = false;
    for variant in variants {
        let mut sources = Sources::from_text(origin.file.clone(), scenario.clone());
        let loaded = load(&mut sources, Some(variant), &origin.overrides).map_err(|faults| {
            let said = faults.render(&sources, false);
            Fault::damaged(
                &folder.join(file::MANIFEST),
                &format!("its scenario is not sound\n{}", said.trim_end()),
            )
        })?;
        let of_variant = loaded.plan.outcomes.iter().filter(|o| o.measure.is_flag());
        flags.extend(of_variant.map(|o| o.name.clone()));
        is_sourced |= loaded.is_sourced();
    }
    Ok((flags, is_sourced))
}

fn read_json(path: &Path) -> Result<Value, Fault> {
    let bytes = fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Fault::damaged(path, "it is missing"),
        _ => Fault::unread(path, &error),
    })?;
    serde_json::from_slice(&bytes).map_err(|error| Fault::damaged(path, &format!("it is not JSON ({error})")))
}
