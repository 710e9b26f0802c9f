//! What a newcomer meets: every shipped scenario is sound and runs, and the README's index is the folder.

use std::collections::BTreeSet;

use crate::support::{batch_of, loaded, shipped};
use handover::scenario::load::variants;
use handover::scenario::source::Sources;

fn folder() -> BTreeSet<String> {
    let path = format!("{}/scenarios", env!("CARGO_MANIFEST_DIR"));
    let files =
        std::fs::read_dir(path).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
    files.filter(|n| n.ends_with(".toml")).collect()
}

#[test]
fn every_scenario_and_variant_runs_and_conserves_persons() {
    for name in folder() {
        let text = shipped(&name);
        let names =
            variants(&Sources::from_text(&name, &text)).unwrap_or_else(|_| panic!("{name} is not sound"));
        for variant in std::iter::once(None).chain(names.iter().map(|v| Some(v.as_str()))) {
            let batch = batch_of(loaded(&text, variant, &[]), 30);
            let days = handover::report::document::trajectories(&batch.loaded, &batch.sample);
            assert!(days["alive"].as_array().is_some_and(|days| !days.is_empty()), "{name} {variant:?}");
            for (side, word) in ["captives", "prisoners"].iter().enumerate() {
                let all: i64 = batch
                    .loaded
                    .plan
                    .cohorts
                    .iter()
                    .filter(|c| c.side == side)
                    .map(|c| i64::from(c.people))
                    .sum();
                if all > 0 {
                    let released = batch.tally(&format!("{word}_released")).sum();
                    let held = batch.tally(&format!("{word}_still_held")).sum();
                    assert_eq!(released + held, i128::from(30 * all), "{name} {variant:?}");
                }
            }
        }
    }
}

#[test]
fn the_readme_lists_the_scenarios_that_ship() {
    let readme = std::fs::read_to_string(format!("{}/README.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let listed: BTreeSet<String> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| [`"))
        .filter_map(|rest| rest.split('`').next())
        .map(str::to_string)
        .collect();
    assert_eq!(listed, folder());
}

#[test]
fn the_first_exchange_stays_short_enough_to_teach_from() {
    assert!(shipped("first-exchange.toml").lines().count() < 40);
}

#[test]
fn the_exchange_key_reproduces_what_was_owed() {
    // The observed mix of categories, round by round, obliges to these numbers exactly.
    let text = shipped("gaza-2025-phase-one.toml");
    let rounds = [
        ("1", "{ women = 3 }"),
        ("2", "{ soldiers = 4 }"),
        ("3", "{ soldiers = 1, women = 1, elderly = 1 }"),
        ("4", "{ elderly = 2, ill = 1 }"),
        ("5", "{ elderly = 2, ill = 1 }"),
        ("6", "{ ill = 3 }"),
        ("7", "{ ill = 4, long_held = 2 }"),
    ];
    let mut more = String::new();
    for (number, release) in rounds {
        more += &format!("{number} = {{ day = {number}, release = {release} }}\n");
    }
    let start = text.find("\n[cohort").unwrap();
    let key_end = text.find("\n[tranche").unwrap();
    let head = "format = 1\nname = \"key\"\nstart = \"2025-01-19T08:30[Asia/Jerusalem]\"\nterm = \"42d\"\n[party]\nholders = { side = \"captives\" }\nauthority = { side = \"prisoners\" }\n[tranche]\n";
    let agreement: String = text[start..key_end].to_string();
    let scenario = format!("{head}{more}{agreement}");
    let loaded = loaded(&scenario, None, &[]);
    let trace = handover::report::trace::record(&loaded.plan, 1, 0);
    let released: Vec<u32> = trace
        .seen
        .iter()
        .filter_map(|(_, what)| match what {
            handover::model::happening::Happening::Released { side: 1, people, .. } => Some(*people),
            _ => None,
        })
        .collect();
    assert_eq!(released, [90, 200, 110, 183, 183, 369, 602]);
}
