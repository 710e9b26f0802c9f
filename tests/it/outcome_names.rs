//! The table of outcomes in the model description against the outcomes that plans have: every name is in it, none is there twice.

use std::collections::BTreeSet;

use handover::scenario::load::{Loaded, load, variants};
use handover::scenario::source::Sources;

use crate::program::{names_in, root};
use crate::support::{loaded, shipped};

/// Every mechanism that brings an outcome with it, in one scenario.
const EVERYTHING: &str = r#"
format = 1
name = "everything"
start = "2025-01-01T00:00[UTC]"
term = { length = "20d", renewal = { steps = ["1d"], most = 2, probability = 0.5 } }
start_delay = { probability = 0.5, by = "3h" }
[party]
holders = { side = "captives" }
authority = { side = "prisoners" }
[cohort]
women = { held_by = "holders", people = 6, dies = "0.001/day", category = "civilian", goes = { abroad = 0.1 } }
men = { held_by = "holders", people = 6, goes = { elsewhere = 0.2 } }
prisoners = { held_by = "authority", people = 60 }
[tranche]
1 = { day = 2, release = { women = 3 }, reciprocal = { prisoners = 20 } }
2 = { day = 9, release = { women = 3, men = 6 }, reciprocal = { prisoners = 20 } }
[outside.workers]
held_by = "holders"
people = 2
day = 3
[milestone]
withdrawal = { owner = "authority", day = 7 }
[flow.aid]
owner = "authority"
target = 100
level = 90
region = { north = 0.3 }
short = { below = 80 }
[talks]
owner = "authority"
start_by = 5
agree_by = 9
starts = "0.1/day"
stages = 2
takes = "2d"
agrees = 0.5
[round]
list = { lead = "24h", refused = 0.1 }
staging = { takes = "1h", when_held = "repeat" }
handover = { takes = "1h", withheld = { probability = 0.1, share = 0.5 } }
identification = { takes = "12h", mismatch = 0.1 }
reciprocal = { takes = "1h" }
[fault]
probability = 0.5
class = { conduct = { share = 1, against = "holders" } }
[violation.holders]
rate = "1/day"
fatal = 0.1
confirmed = 0.5
opens_dispute = 0.1
[response.authority]
policy = "strict"
[mediation]
takes = "12h"
settles = 0.5
settlement = { extra_round = { probability = 0.1, people = 1, after = "1d" } }
[trust]
base = 0.5
up = 0.1
down = 0.1
[ending]
collapse = "0.01/day"
at_term = { extended = 0.5 }
"#;

/// Every plan of the shipped scenarios, and one with everything.
fn plans() -> Vec<Loaded> {
    let mut plans = vec![loaded(EVERYTHING, None, &[])];
    for name in names_in(&root().join("scenarios")).into_iter().filter(|name| name.ends_with(".toml")) {
        let mut sources = Sources::from_text(name.clone(), shipped(&name));
        for variant in variants(&sources).unwrap().into_iter().chain(["base".to_string()]) {
            plans.push(load(&mut sources, Some(&variant), &[]).unwrap());
        }
    }
    plans
}

/// The names in the first column of the table of outcomes, with capitals for what a scenario names.
fn documented() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("docs/model.md")).unwrap();
    let table = text.split("\n## Outcomes\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let first = rows.map(|row| row.split('|').nth(1).unwrap());
    first.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_string)).collect()
}

/// Whether `name` is of the form of `pattern`, in which words in capitals stand for anything.
fn fits(name: &str, pattern: &str) -> bool {
    let mut rest = name;
    let mut pieces = pattern.split(|c: char| c.is_ascii_uppercase()).filter(|piece| !piece.is_empty());
    if !pattern.starts_with(|c: char| c.is_ascii_uppercase()) {
        let Some(after) = pieces.next().and_then(|piece| rest.strip_prefix(piece)) else { return false };
        rest = after;
    }
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.is_empty() != pattern.ends_with(|c: char| c.is_ascii_uppercase())
}

#[test]
fn every_outcome_of_every_plan_is_in_the_table() {
    let documented = documented();
    let mut wanting = BTreeSet::new();
    for plan in plans() {
        for outcome in &plan.plan.outcomes {
            if !documented.iter().any(|pattern| fits(&outcome.name, pattern)) {
                wanting.insert(outcome.name.clone());
            }
        }
    }
    assert!(wanting.is_empty(), "not in the table of docs/model.md: {wanting:?}");
}

#[test]
fn every_row_of_the_table_is_an_outcome_of_some_plan() {
    let plans = plans();
    let exists =
        |pattern: &String| plans.iter().flat_map(|p| &p.plan.outcomes).any(|o| fits(&o.name, pattern));
    let idle: Vec<String> = documented().into_iter().filter(|pattern| !exists(pattern)).collect();
    assert!(idle.is_empty(), "in the table of docs/model.md, and in no plan: {idle:?}");
}

/// Every kind of outcome the model can have is in one of these plans, so the table is whole.
#[test]
fn every_measure_is_in_some_plan() {
    let text = std::fs::read_to_string(root().join("src/model/outcome.rs")).unwrap();
    let listed = text.split("pub enum Measure {").nth(1).unwrap().split('}').next().unwrap();
    let word = |line: &str| line.trim().split(['(', ',']).next().unwrap().to_string();
    let listed: BTreeSet<String> = listed.lines().map(word).filter(|word| !word.is_empty()).collect();
    let plans = plans();
    let measures = plans.iter().flat_map(|p| &p.plan.outcomes).map(|o| format!("{:?}", o.measure));
    let present: BTreeSet<String> = measures.map(|text| word(&text)).collect();
    assert_eq!(listed, present);
}

#[test]
fn no_plan_has_two_outcomes_of_one_name_and_none_is_called_as_an_ending_that_it_is_not() {
    for plan in plans() {
        let names: Vec<&str> = plan.plan.outcomes.iter().map(|o| o.name.as_str()).collect();
        let once: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(once.len(), names.len(), "{}", plan.plan.name);
        // Those that are called as an ending say of a replication that it ended so.
        for ending in ["extended", "expired", "ongoing"] {
            assert!(!once.contains(ending), "{ending}");
        }
    }
}

#[test]
fn simultaneous_events_come_in_the_documented_order() {
    let text = std::fs::read_to_string(root().join("docs/model.md")).unwrap();
    let table = text.split("\n| rank | event |").nth(1).unwrap().split("\n\n").next().unwrap();
    let rows = table.lines().skip(2).map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let ranks: Vec<(usize, String)> =
        rows.map(|row| (row[1].parse().unwrap(), row[2].trim_matches('`').to_string())).collect();
    assert!(ranks.iter().map(|(rank, _)| *rank).eq(1..=ranks.len()), "{ranks:?}");
    let rank_of = |name: &str| ranks.iter().find(|(_, event)| event == name).map(|(rank, _)| *rank);
    let mut seen = BTreeSet::new();
    for plan in plans() {
        // Timers are numbered in the order in which what they stand for happens at one instant.
        let events = plan.plan.timers.iter().map(|event| format!("{event:?}"));
        let names: Vec<String> = events.map(|e| e.split('(').next().unwrap().to_string()).collect();
        let order: Vec<usize> =
            names.iter().map(|name| rank_of(name).unwrap_or_else(|| panic!("{name} has no rank"))).collect();
        assert!(order.is_sorted(), "{names:?}");
        seen.extend(names);
    }
    assert!(seen.len() > 20, "{seen:?}");
}
