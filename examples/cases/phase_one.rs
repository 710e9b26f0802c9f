//! The first phase of January 2025, forecast from day 16 with parameters from what was on record then, and scored.

use std::path::Path;

use handover::kernel::stream::SAMPLING_VERSION;
use handover::model::plan::{CAPTIVES, PRISONERS};
use handover::observed::History;
use handover::scenario::load::Loaded;
use serde_json::Value;

use super::forecasts::{RUN, Record};
use super::markdown::{and, chance, figure, list, picture, score, table, words};

const DAY: i64 = 16;
const SCENARIO: &str = "gaza-2025-as-of-16.toml";
const HISTORY: &str = "histories/gaza-2025-phase-one.csv";
const OTHERS: [&str; 3] =
    ["histories/gaza-2023-november.csv", "histories/exchange-2011-two-stage.csv", "histories/base-rates.csv"];

pub(super) fn pages(root: &Path) -> Vec<(String, String)> {
    let record = Record::open(root, SCENARIO, HISTORY, &OTHERS);
    let (document, drawn) = record.backtest(&[DAY]);
    let name = |what: &str| format!("phase-one-{what}.svg");
    let fan = |series: &str| drawn.fan_picture(DAY, series).expect("a fan");
    let targets: Vec<&Value> = document["targets"].as_array().into_iter().flatten().collect();
    let page = super::filled(
        include_str!("phase-one.md"),
        &[
            ("frozen", frozen(&document)),
            ("on_record", on_record(&record.history, &record.parameters)),
            ("captives", picture(&name("captives"), "Fan of captives released by day, with what came")),
            ("prisoners", picture(&name("prisoners"), "Fan of prisoners released by day, with what came")),
            (
                "legs_picture",
                picture(&name("legs"), "Strips of the forecast day of each release, with the day it came"),
            ),
            ("legs", legs(&targets)),
            ("people", people(&targets)),
            ("events", events(&targets)),
            ("others", others(&targets)),
            ("transforms", picture(&name("transforms"), "Dots of the transforms of all figures in ten bins")),
            ("coverage", coverage(&document)),
            ("outside", outside(&targets)),
            ("baselines", baselines(&document)),
            ("verdict", verdict(&document)),
            ("statements", list(document["statements"].as_array().map_or(&[][..], Vec::as_slice))),
            ("limits", list(document["limits"].as_array().map_or(&[][..], Vec::as_slice))),
            ("command", command()),
        ],
    );
    vec![
        ("phase-one-from-day-16.md".to_string(), page),
        (name("captives"), fan("captives.released")),
        (name("prisoners"), fan("prisoners.released")),
        (name("legs"), drawn.legs_picture(DAY).expect("legs to come")),
        (name("transforms"), drawn.transforms_picture(DAY).expect("figures that were scored")),
    ]
}

fn command() -> String {
    format!(
        "handover backtest scenarios/{SCENARIO} --history scenarios/{HISTORY} --as-of {DAY} \\\n    --cases {} \\\n    -n {} --seed {} --out DIR\nhandover report DIR --out page.html",
        OTHERS.map(|other| format!("scenarios/{other}")).join(","),
        RUN.replications,
        RUN.seed
    )
}

fn frozen(document: &Value) -> String {
    let row = |name: &str, value: String| vec![name.to_string(), value];
    table(
        &["what was fixed before anything was scored", ""],
        &[
            row("scenario", format!("`scenarios/{SCENARIO}`")),
            row(
                "digest of its parameters, without any past",
                format!("`{}`", document["parameters_digest"].as_str().unwrap_or("")),
            ),
            row(
                "known to the end of",
                format!("day {DAY}, {}", document["as_of"]["date"].as_str().unwrap_or("")),
            ),
            row(
                "replications",
                format!("{}, from 0, seed {}", figure(&document["replications"]), document["seed"]),
            ),
            row("sampling version", SAMPLING_VERSION.to_string()),
        ],
    )
}

/// Releases by day up to the as-of day, by side.
fn on_record(history: &History, parameters: &Loaded) -> String {
    let mut days: Vec<(i64, [u64; 2])> = Vec::new();
    for row in history.rows.iter().filter(|row| row.is_release()) {
        let (Some(date), Some(side), Some(count)) = (row.day(), row.side.as_ref(), row.count.as_ref()) else {
            continue;
        };
        let day = parameters.calendar.day_of_date(date);
        if day > DAY {
            continue;
        }
        if days.iter().all(|(of, _)| *of != day) {
            days.push((day, [0, 0]));
        }
        let place = days.iter().position(|(of, _)| *of == day).unwrap_or(0);
        days[place].1[side.value] += count.value;
    }
    days.sort();
    let shown = |n: u64| if n == 0 { "–".to_string() } else { n.to_string() };
    let date = |day| parameters.calendar.date_of_day(day).map(|date| date.to_string()).unwrap_or_default();
    let mut rows: Vec<Vec<String>> = days
        .iter()
        .map(|(day, n)| vec![day.to_string(), date(*day), shown(n[CAPTIVES]), shown(n[PRISONERS])])
        .collect();
    let all = |side: usize| days.iter().map(|(_, n)| n[side]).sum::<u64>().to_string();
    rows.push(vec!["all".into(), String::new(), all(CAPTIVES), all(PRISONERS)]);
    table(&["day", "date", "captives released", "prisoners released"], &rows)
}

/// A target that is no figure of a second source, of a unit.
fn of_unit<'t>(targets: &'t [&Value], unit: &str) -> Vec<&'t Value> {
    targets.iter().filter(|t| t["unit"] == unit && t["alternative"] == false).copied().collect()
}

fn name(target: &Value) -> String {
    words(target["name"].as_str().unwrap_or(""))
}

/// A value of a target; the day after the last that is asked about stands for later and never.
fn shown(target: &Value, value: &Value) -> String {
    let is_later = target["unit"] == "day" && value.as_i64() > target["by_day"].as_i64();
    if is_later { "later or never".to_string() } else { figure(value) }
}

fn range(target: &Value) -> String {
    let ends = &target["intervals"]["90"];
    format!("{} to {}", shown(target, &ends[0]), shown(target, &ends[1]))
}

fn is_inside(target: &Value) -> &'static str {
    if target["in90"] == true { "yes" } else { "no" }
}

fn legs(targets: &[&Value]) -> String {
    let row = |t: &&Value| {
        vec![
            name(t),
            figure(&t["due_day"]),
            shown(t, &t["forecast"]["p50"]),
            range(t),
            shown(t, &t["observed"]),
            is_inside(t).to_string(),
            score(&t["score"]["value"]),
        ]
    };
    let rows: Vec<_> = of_unit(targets, "day").iter().map(row).collect();
    table(&["release", "due", "median", "90% interval", "came", "inside", "CRPS, days"], &rows)
}

fn people(targets: &[&Value]) -> String {
    numbers(targets, "people", "CRPS, people")
}

fn numbers(targets: &[&Value], unit: &str, rule: &str) -> String {
    let row = |t: &&Value| {
        let is_beside =
            |o: &&&Value| t["alternative"] == false && o["alternative"] == true && o["name"] == t["name"];
        let other = targets.iter().find(is_beside);
        let other = other.map(|o| format!(" (or {})", figure(&o["observed"]))).unwrap_or_default();
        vec![
            name(t),
            figure(&t["forecast"]["p50"]),
            range(t),
            figure(&t["observed"]) + &other,
            is_inside(t).to_string(),
            score(&t["score"]["value"]),
        ]
    };
    let stands = of_unit(targets, unit);
    // Figures of other reporters, of questions of their own.
    let is_apart = |t: &&&Value| {
        t["unit"] == unit && t["alternative"] == true && stands.iter().all(|s| s["name"] != t["name"])
    };
    let apart = targets.iter().filter(is_apart).map(|t| {
        let mut cells = row(t);
        cells[0] += ", by another reporter";
        cells
    });
    let rows: Vec<_> = stands.iter().map(row).chain(apart).collect();
    table(&["number", "median", "90% interval", "observed", "inside", rule], &rows)
}

fn others(targets: &[&Value]) -> String {
    format!(
        "{}\n\n{}",
        numbers(targets, "amount", "CRPS, trucks"),
        numbers(targets, "count", "CRPS, violations")
    )
}

fn events(targets: &[&Value]) -> String {
    let row = |t: &&Value| {
        vec![
            name(t),
            chance(&t["forecast"]),
            if t["observed"] == 1 { "happened" } else { "did not happen" }.to_string(),
            score(&t["score"]["value"]),
        ]
    };
    let rows: Vec<_> = of_unit(targets, "event").iter().map(row).collect();
    table(&["event", "probability (95% interval)", "what came", "Brier"], &rows)
}

fn coverage(document: &Value) -> String {
    let row = |share: &&str| {
        let covered = &document["coverage"][*share];
        vec![format!("{share}%"), format!("{} of {}", covered["in"], covered["of"])]
    };
    table(
        &["central intervals of", "held what came"],
        &["50", "80", "90", "95"].iter().map(row).collect::<Vec<_>>(),
    )
}

/// What lay outside, in a sentence that the figures choose.
fn outside(targets: &[&Value]) -> String {
    let missed = |unit: &str| -> Vec<String> {
        of_unit(targets, unit).into_iter().filter(|t| t["in90"] == false).map(name).collect()
    };
    let told = |what: &str, missed: Vec<String>| match missed.as_slice() {
        [] => format!("Of {what} none lay outside its 90 percent interval."),
        list => format!("Outside their 90 percent intervals lay, of {what}: {}.", and(list)),
    };
    let unlikely = |t: &&&Value| {
        let p = t["forecast"]["probability"].as_f64().unwrap_or(0.5);
        if t["observed"] == 1 { p < 0.1 } else { p > 0.9 }
    };
    let of_events = of_unit(targets, "event");
    let surprises: Vec<String> = of_events.iter().filter(unlikely).map(|t| name(t)).collect();
    let surprised = match surprises.as_slice() {
        [] => "No event went against a probability beyond nine in ten.".to_string(),
        list => format!("Against a probability beyond nine in ten went: {}.", and(list)),
    };
    [told("the days of releases", missed("day")), told("people by day", missed("people")), surprised]
        .join(" ")
}

const RULES: [(&str, &str); 3] = [
    ("paper_schedule", "everything on its day, nothing goes wrong"),
    ("persistence", "what comes is like rounds 1 to 4"),
    ("climatology", "as in November 2023, 2011 and truces at large"),
];
const UNITS: [(&str, &str); 5] = [
    ("day", "days of releases"),
    ("people", "people by day"),
    ("amount", "trucks"),
    ("count", "alleged violations"),
    ("event", "events"),
];

fn baselines(document: &Value) -> String {
    let mut rows = Vec::new();
    for (rule, says) in RULES {
        for (unit, what) in UNITS {
            let beside = &document["against"][format!("{rule}.{unit}")];
            if beside["targets"].as_u64().unwrap_or(0) == 0 {
                continue;
            }
            rows.push(vec![
                says.to_string(),
                what.to_string(),
                format!("{} of {}", beside["better"], beside["targets"]),
                score(&beside["mean_score"]),
                score(&beside["mean_baseline"]),
            ]);
        }
    }
    table(
        &["rule of thumb", "figures", "forecast scored better on", "forecast's mean score", "the rule's"],
        &rows,
    )
}

/// On what the forecast had the better mean score, rule by rule: said as the figures stand.
fn verdict(document: &Value) -> String {
    let of_rule = |(rule, says): &(&str, &str)| {
        let mean = |unit: &str, key: &str| document["against"][format!("{rule}.{unit}")][key].as_f64();
        let (mut better, mut worse) = (Vec::new(), Vec::new());
        for (unit, what) in UNITS {
            let (Some(ours), Some(theirs)) = (mean(unit, "mean_score"), mean(unit, "mean_baseline")) else {
                continue;
            };
            if ours < theirs { &mut better } else { &mut worse }.push(what.to_string());
        }
        format!("- “{says}”: better by mean score on {}; no better on {}.", and(&better), and(&worse))
    };
    RULES.iter().map(of_rule).collect::<Vec<_>>().join("\n")
}
