//! The engine on `reference-r0`, and its figures by the names that every implementation has.

use handover::batch::Sample;
use handover::model::plan::Plan;
use handover::scenario::load::load;
use handover::scenario::source::Sources;

use super::{Figure, NAMES, OUTCOMES};

/// A plan from scenario text.
///
/// # Panics
/// With the faults, if there are any.
pub fn plan(name: &str, text: &str) -> Plan {
    let mut sources = Sources::from_text(name, text);
    match load(&mut sources, None, &[]) {
        Ok(loaded) => loaded.plan,
        Err(faults) => panic!("{}", faults.render(&sources, false)),
    }
}

/// The plan of a shipped scenario, named without its ending.
///
/// # Panics
/// If there is no such file.
pub fn shipped(name: &str) -> Plan {
    let path = format!("{}/scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    plan(name, &text)
}

/// Names of the shipped scenarios, without their ending, in order.
///
/// # Panics
/// If the folder cannot be read.
pub fn shipped_names() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let files = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let name = |file: std::fs::DirEntry| Some(file.file_name().to_str()?.strip_suffix(".toml")?.to_string());
    let mut names: Vec<String> = files.filter_map(Result::ok).filter_map(name).collect();
    names.sort();
    names
}

/// The plan of `reference-r0`.
pub fn r0() -> Plan {
    shipped("reference-r0")
}

/// The named figures of a sample.
pub fn figures(plan: &Plan, sample: &Sample) -> [Figure; OUTCOMES] {
    NAMES.map(|name| {
        let place = plan.outcomes.iter().position(|o| o.name == name);
        let tally = &sample.summary.tallies()[place.unwrap_or_else(|| panic!("there is no outcome {name}"))];
        Figure { mean: tally.mean().unwrap_or(f64::NAN), se: tally.se().unwrap_or(f64::NAN) }
    })
}

/// Mean number of counted events in a replication.
pub fn events(plan: &Plan, sample: &Sample) -> f64 {
    let place = plan.outcomes.iter().position(|o| o.name == "events").expect("every plan counts events");
    sample.summary.tallies()[place].mean().unwrap_or(f64::NAN)
}
