//! What a reader of a forecast must know of what was on record by the as-of day, and of what is taken to hold where it is silent.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::Days;
use super::question::Asker;
use super::targets::counters;
use crate::model::plan::{CAPTIVES, MovedPlan, PRISONERS, Plan, Side};
use crate::observed::{History, Kind};

/// What a forecast takes for granted of the known past; no later row tells anything, not even that it came. The people of both sides are
/// called by the words given.
pub fn of_forecast(plan: &Plan, history: &History, to: Option<Date>, sides: &[String; 2]) -> Vec<String> {
    let known = history.to_the_end_of(to.unwrap_or(history.known_to));
    let mut said = silences(plan, &known, sides);
    said.extend(counters(plan, &known));
    said.extend(assumed(plan, &known, sides));
    said
}

/// What is taken to hold of the known past: when it began, and who comes with whom where people came in another round than promised.
pub fn assumed(plan: &Plan, history: &History, sides: &[String; 2]) -> Vec<String> {
    let mut said = Vec::new();
    if plan.start_delay.is_some() && history.started().is_none() {
        said.push(
            "The record has no row of kind `start`: the truce is taken to have begun as agreed, though the scenario lets its start slip."
                .to_string(),
        );
    }
    for moved in plan.history.iter().flat_map(|history| &history.moved) {
        said.extend(moved_words(plan, *moved, sides));
    }
    said.extend(flows_passed_over(plan, history));
    said
}

/// Flows of the record that the scenario does not have.
fn flows_passed_over(plan: &Plan, history: &History) -> Option<String> {
    let named = history.rows.iter().filter(|row| row.kind == Kind::Flow).filter_map(|row| row.name.as_ref());
    let is_known = |name: &str| plan.flows.iter().any(|flow| flow.name == name);
    let other: BTreeSet<&str> =
        named.map(|name| name.value.as_str()).filter(|name| !is_known(name)).collect();
    let list = other.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    (!list.is_empty() && !plan.flows.is_empty()).then(|| {
        format!(
            "The record tells of flows that the scenario does not have, and these are passed over: {list}."
        )
    })
}

fn moved_words(plan: &Plan, moved: MovedPlan, sides: &[String; 2]) -> Option<String> {
    let place = |item: usize| {
        let holds = |t: &&crate::model::plan::TranchePlan| {
            t.leg.iter().any(|leg| leg.items.range().any(|own| own == item))
        };
        Some((plan.tranches.iter().find(holds)?.name.as_str(), &plan.cohorts[plan.items[item].cohort].name))
    };
    Some(match moved {
        MovedPlan::Early { item, people } => {
            let (round, cohort) = place(item)?;
            format!(
                "Of `{cohort}`, {people} came ahead of round {round}, which promised them: they are taken out of it."
            )
        }
        MovedPlan::Carried { from, to, people } => {
            let ((round, cohort), (next, _)) = (place(from)?, place(to)?);
            format!(
                "Of `{cohort}`, {people} did not come in round {round}, which promised them: they are taken to come with round {next}."
            )
        }
        MovedPlan::Owed { side, people } => format!(
            "Of the {}, {people} did not come in the round that promised them, and no round is left: they stay owed.",
            sides[side]
        ),
    })
}

/// What the record is silent on though something was due.
fn silences(plan: &Plan, known: &History, sides: &[String; 2]) -> Vec<String> {
    let mut said = Vec::new();
    for side in [CAPTIVES, PRISONERS].into_iter().filter(|side| was_due(plan, *side)) {
        let word = &sides[side];
        if !known.tells_releases_of(side) {
            said.push(format!(
                "By this day the record has no row that tells a release of {word}, notes apart: the forecast takes it that none had come, which silence does not say."
            ));
        } else if !known.tells_legs_of(side) {
            said.push(format!(
                "No row of the record says which round a release of {word} belongs to: they are taken to have come besides the rounds."
            ));
        }
    }
    said
}

/// Whether a leg of a side was due by the end of the known past.
fn was_due(plan: &Plan, side: Side) -> bool {
    let (days, as_of) = (Days::of(plan), Asker::new(plan).as_of);
    let is_due = |tranche: usize| days.due(tranche).is_some_and(|due| due <= as_of);
    (0..plan.stated_tranches).any(|tranche| !plan.tranches[tranche].leg[side].absent && is_due(tranche))
}
