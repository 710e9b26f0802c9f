//! What simultaneous legs, or rounds of other sizes, would have changed: variants of the reference scenario on the same random numbers.

use std::collections::BTreeSet;
use std::path::Path;

use handover::batch::paired;
use handover::batch::parallel::Control;
use handover::model::plan::Plan;
use handover::report::comparison::report;
use handover::report::html::{Contrasts, differences};
use handover::report::table::{Show, show_of, shown};
use handover::scenario::load::{Loaded, Script};
use handover::scenario::source::Sources;
use serde_json::Value;

use super::forecasts::RUN;
use super::markdown::{list, picture, table};

const SCENARIO: &str = "gaza-2025-phase-one.toml";
const VARIANTS: [&str; 4] = ["base", "simultaneous-legs", "daily-small-rounds", "two-big-rounds"];

/// The outcomes that are shown, and what they are called.
const OUTCOMES: [(&str, &str); 12] = [
    ("captives_released", "captives released by day 90"),
    ("captives_completed", "all captives back within the term"),
    ("completed", "all agreed releases of both sides within the term"),
    ("collapsed", "truce collapsed by day 90"),
    ("disputes", "disputes"),
    ("suspended_s", "time suspended"),
    ("captives_delay_person_s", "days that captives waited beyond their due day, added up"),
    ("prisoners_delay_person_s", "days that prisoners waited beyond their due day, added up"),
    ("captives_custody_person_s", "days that captives were held, added up"),
    ("captives_greatest_balance", "captives due and not yet released, at most"),
    ("prisoners_greatest_balance", "prisoners owed and not yet released, at most"),
    ("prisoners_released", "prisoners released by day 90"),
];

/// Those of which there is a picture.
const DRAWN: [(&str, &str, &str); 3] = [
    ("completed", "completed", "All releases within the term"),
    ("captives_delay_person_s", "delay", "Days that captives waited, added up"),
    ("disputes", "disputes", "Disputes"),
];

pub(super) fn pages(root: &Path) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(root.join("scenarios").join(SCENARIO)).expect("the scenario is there");
    let mut sources = Sources::from_text(SCENARIO, text);
    let script = Script::open(&mut sources, &[]).unwrap_or_else(|f| panic!("{}", f.render(&sources, false)));
    let load = |name: &&str| {
        script.load(Some(name), &[]).unwrap_or_else(|f| panic!("{}", f.render(&sources, false)))
    };
    let variants: Vec<Loaded> = VARIANTS.iter().map(load).collect();
    let plans: Vec<&Plan> = variants.iter().map(|v| &v.plan).collect();
    let range = RUN.first..RUN.first + RUN.replications;
    let found = paired::compare(&plans, RUN.seed, range, 2, &Control::default())
        .expect("no rule of the engine breaks");
    let document = report(&variants, &found, RUN).document();
    let contrasts: Contrasts = serde_json::from_value(document.clone()).expect("our own document");
    let flags: BTreeSet<String> = variants.iter().flat_map(|v| flags_of(&v.plan)).collect();
    let name = |what: &str| format!("rounds-{what}.svg");
    let draw = |(outcome, what, title): &(&str, &str, &str)| {
        differences(&contrasts, &flags, &format!("{title}: difference"), outcome)
            .map(|drawing| (name(what), drawing))
    };
    let pictures: Vec<String> = DRAWN
        .iter()
        .map(|(_, what, title)| {
            picture(&name(what), &format!("{title}: differences from the terms agreed, with intervals"))
        })
        .collect();
    let page = super::filled(
        include_str!("contrast.md"),
        &[
            ("frozen", frozen(&document)),
            ("pictures", pictures.join("\n\n")),
            ("tables", tables(&document, &flags)),
            ("reading", reading(&document, &flags)),
            ("multiplicity", document["multiplicity"].as_str().unwrap_or_default().to_string()),
            ("limits", list(document["limits"].as_array().map_or(&[][..], Vec::as_slice))),
            (
                "command",
                format!(
                    "handover compare scenarios/{SCENARIO} --variants {} -n {} --seed {} --out DIR\nhandover report DIR --out page.html",
                    VARIANTS.join(","),
                    RUN.replications,
                    RUN.seed
                ),
            ),
        ],
    );
    let drawings = DRAWN.iter().map(|drawn| draw(drawn).expect("an outcome that both have"));
    std::iter::once(("rounds-and-legs.md".to_string(), page)).chain(drawings).collect()
}

fn flags_of(plan: &Plan) -> impl Iterator<Item = String> + '_ {
    plan.outcomes.iter().filter(|o| o.measure.is_flag()).map(|o| o.name.clone())
}

fn frozen(document: &Value) -> String {
    let rows: Vec<Vec<String>> = document["variants"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|v| {
            ["variant", "scenario_digest", "digest"]
                .map(|key| format!("`{}`", v[key].as_str().unwrap_or("")))
                .to_vec()
        })
        .collect();
    table(&["variant", "digest of the scenario", "digest of the result"], &rows)
}

/// The value as it is told: shares in percentage points.
fn signed(show: Show, value: f64) -> String {
    let text = match show {
        Show::Share => format!("{:.1} points", 100.0 * value),
        _ => shown(show, value),
    };
    if value > 0.0 { format!("+{text}") } else { text.replace('-', "−") }
}

fn pairs(document: &Value) -> impl Iterator<Item = &Value> {
    document["pairs"].as_array().into_iter().flatten()
}

fn tables(document: &Value, flags: &BTreeSet<String>) -> String {
    let one = |pair: &Value| {
        let rows: Vec<Vec<String>> =
            OUTCOMES.iter().filter_map(|outcome| row(pair, outcome, flags)).collect();
        let head = [
            "outcome",
            "as agreed",
            "variant",
            "difference",
            "95% interval",
            "together with all others",
            "correlation",
        ];
        format!("### {}\n\n{}", pair["b"].as_str().unwrap_or("").replace('-', " "), table(&head, &rows))
    };
    pairs(document).map(one).collect::<Vec<_>>().join("\n\n")
}

fn row(pair: &Value, (name, says): &(&str, &str), flags: &BTreeSet<String>) -> Option<Vec<String>> {
    let d = &pair["outcomes"][*name];
    let show = show_of(name, flags.contains(*name));
    let mean = |key: &str| d[key].as_f64().map_or("–".to_string(), |v| shown(show, v));
    let ends = |low: &str, high: &str| match d[low].as_f64().zip(d[high].as_f64()) {
        Some((low, high)) => format!("{} to {}", signed(show, low), signed(show, high)),
        None => "–".to_string(),
    };
    Some(vec![
        (*says).to_string(),
        mean("a_mean"),
        mean("b_mean"),
        signed(show, d["difference"].as_f64()?),
        ends("lo", "hi"),
        ends("joint_lo", "joint_hi"),
        d["correlation"].as_f64().map_or("–".to_string(), |c| format!("{c:.2}")),
    ])
}

/// What the joint intervals leave no doubt of within the model, in sentences that they choose.
fn reading(document: &Value, flags: &BTreeSet<String>) -> String {
    let one = |pair: &Value| {
        let (mut more, mut fewer, mut open) = (Vec::new(), Vec::new(), Vec::new());
        for (name, says) in OUTCOMES {
            let d = &pair["outcomes"][name];
            let (Some(low), Some(high)) = (d["joint_lo"].as_f64(), d["joint_hi"].as_f64()) else { continue };
            let show = show_of(name, flags.contains(name));
            let told = format!("{says} ({})", signed(show, d["difference"].as_f64().unwrap_or(0.0)));
            match (low > 0.0, high < 0.0) {
                (true, _) => more.push(told),
                (_, true) => fewer.push(told),
                _ => open.push(says.to_string()),
            }
        }
        let told = |what: &str, list: Vec<String>| {
            if list.is_empty() { String::new() } else { format!(" {what}: {}.", list.join("; ")) }
        };
        format!(
            "- **{}.**{}{}{}",
            pair["b"].as_str().unwrap_or("").replace('-', " "),
            told("Up", more),
            told("Down", fewer),
            told("Not to be told apart", open)
        )
    };
    pairs(document).map(one).collect::<Vec<_>>().join("\n")
}
