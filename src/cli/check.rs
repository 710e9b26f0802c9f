//! `check`: reads a scenario and every variant of it.

use std::fmt::Write;

use super::args::CheckArgs;
use super::output::Output;
use super::{Failure, Outcome, failure_of, load_or_report, read};
use crate::report::quantity::several;
use crate::report::trace::people_in_words;
use crate::scenario::load::{self, BASE, Loaded};
use crate::scenario::source::Sources;

pub(super) fn check(args: &CheckArgs, output: &Output) -> Outcome {
    let mut sources = read(&args.scenario, output)?;
    if args.scenario.scenario.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) {
        return check_history(&sources, output);
    }
    let names = match &args.scenario.variant {
        Some(name) => vec![name.clone()],
        None => all_variants(&sources, output)?,
    };
    let mut text = String::new();
    let mut complaints: Vec<(String, String)> = Vec::new();
    let mut failure = Failure::Scenario;
    for name in &names {
        match load::load(&mut sources, Some(name), &args.scenario.sets) {
            Ok(loaded) => describe(&mut text, &loaded),
            Err(faults) => {
                failure = failure_of(&faults);
                let rendered = faults.render(&sources, output.is_styled()).trim_end().to_string();
                // A fault of the file itself is found again in every variant; say it once.
                if !complaints.iter().any(|(_, said)| *said == rendered) {
                    complaints.push((name.clone(), rendered));
                }
            }
        }
    }
    if complaints.is_empty() {
        return output.print(&text);
    }
    for (variant, rendered) in &complaints {
        if variant != BASE && args.scenario.variant.is_none() {
            output.complain(&format!("in variant `{variant}`:"));
        }
        output.complain(rendered);
    }
    Err(failure)
}

/// A CSV file is a history.
fn check_history(sources: &Sources, output: &Output) -> Outcome {
    let history = crate::observed::read::read(sources, 0).map_err(|faults| {
        output.complain(faults.render(sources, output.is_styled()).trim_end());
        Failure::Scenario
    })?;
    let name = history.case.as_ref().map_or_else(|| sources.name(0), |case| &case.value);
    let events = history.rows.iter().filter(|row| !row.kind.is_of_the_file()).count();
    let events = several(events as u64, "row");
    let is_dated = history.rows.iter().any(|row| row.when.is_some());
    let known = if is_dated { format!(", known to {}", history.known_to) } else { String::new() };
    output.print(&format!("{name}: this history is sound: {events}{known}\n"))
}

fn all_variants(sources: &Sources, output: &Output) -> Result<Vec<String>, Failure> {
    match load::variants(sources) {
        Ok(names) => Ok(std::iter::once(BASE.to_string()).chain(names).collect()),
        Err(_) => {
            // A syntax error: loading reports it in full.
            let mut sources = sources.clone();
            load_or_report(&mut sources, None, &[], output).map(|_| vec![BASE.to_string()])
        }
    }
}

fn describe(text: &mut String, loaded: &Loaded) {
    let plan = &loaded.plan;
    let people =
        |side| plan.cohorts.iter().filter(|c| c.side == side).map(|c| u64::from(c.people)).sum::<u64>();
    let _ = writeln!(
        text,
        "{}: {} is sound: {}, {}, {}, {}; digest {}",
        plan.name,
        loaded.variant,
        people_in_words(plan, 0, people(0)),
        people_in_words(plan, 1, people(1)),
        several(plan.stated_tranches as u64, "tranche"),
        several(plan.outcomes.len() as u64, "outcome"),
        &loaded.digest[..16],
    );
}
