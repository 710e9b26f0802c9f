//! Scored forecasts as a document and as text, with what they can and cannot show.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::document::{CONFIDENCE, Run, limits_of};
use super::fan::{self, Shown, mean_interval};
use super::forecast::shown;
use super::quantity::{number, several};
use super::words::{alternative, labelled};
use crate::forecast::backtest::{
    BASELINES, Beside, Foretold, SHARES, Scored, UNITS, against, coverage, floor,
};
use crate::forecast::joint::Joint;
use crate::forecast::targets::Target;
use crate::forecast::{Ask, Days, Unit};
use crate::model::plan::Plan;
use crate::stats::interval::wilson;

/// A forecast from one day, scored.
pub struct Tested {
    /// The scenario.
    pub name: String,
    /// Its variant.
    pub variant: String,
    /// Its words for the people of both sides.
    pub labels: [String; 2],
    /// The last known day.
    pub day: i64,
    /// Its date.
    pub date: String,
    /// What was run.
    pub run: Run,
    /// The targets.
    pub scored: Vec<Scored>,
    /// The days of all legs together; none where fewer than two are targets.
    pub joint: Option<Joint>,
    /// What a reader must know of the record.
    pub remarks: Vec<String>,
    /// Digest of the scenario without any past.
    pub parameters_digest: String,
    /// Whether the scenario names sources.
    pub is_sourced: bool,
    /// What each target asks about, by its name.
    pub asked: BTreeMap<String, AboutDays>,
    /// Day by day, with what was observed.
    pub fans: Vec<Shown>,
}

/// The days of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AboutDays {
    /// The last day it looks at.
    pub by: i64,
    /// For the day of a leg, that on which it was due.
    pub due: Option<i64>,
}

/// What targets ask about, by name.
pub fn about_days(plan: &Plan, targets: &[Target]) -> BTreeMap<String, AboutDays> {
    let days = Days::of(plan);
    let about = |target: &Target| {
        let due = match target.question.ask {
            Ask::LegDay { tranche, .. } => days.due(tranche).map(|at| days.day(at)),
            _ => None,
        };
        (target.question.name.clone(), AboutDays { by: target.question.by_day, due })
    };
    targets.iter().map(about).collect()
}

/// The document: of one as-of day by itself, of several as a list.
pub fn document(tested: &[Tested]) -> Value {
    match tested {
        [one] => of_day(one),
        several => {
            let all: Vec<Scored> = several.iter().flat_map(|t| t.scored.iter().cloned()).collect();
            json!({
                "backtests": several.iter().map(of_day).collect::<Vec<_>>(),
                "coverage": coverage_of(&all),
                "episodes": EPISODES,
                "across_episodes": null,
                "statements": statements(several),
            })
        }
    }
}

fn of_day(tested: &Tested) -> Value {
    json!({
        "scenario": tested.name,
        "variant": tested.variant,
        "labels": tested.labels,
        "as_of": { "day": tested.day, "date": tested.date },
        "seed": tested.run.seed,
        "first": tested.run.first,
        "replications": tested.run.replications,
        "targets": tested.scored.iter().map(|scored| target(tested, scored)).collect::<Vec<_>>(),
        "coverage": coverage_of(&tested.scored),
        "against": skill(&tested.scored),
        "joint": tested.joint.as_ref().map(joint),
        "episodes": EPISODES,
        "across_episodes": null,
        "fans": fan::document(&tested.fans),
        "log_floor": floor(tested.run.replications),
        "parameters_digest": tested.parameters_digest,
        "statements": statements(std::slice::from_ref(tested)),
        "limits": limits_of(tested.is_sourced),
    })
}

fn target(tested: &Tested, scored: &Scored) -> Value {
    let days = tested.asked.get(&scored.name);
    let forecast = match &scored.foretold {
        Foretold::Event(p, interval) => {
            json!({ "probability": p, "lo": interval.map(|i| i.low), "hi": interval.map(|i| i.high) })
        }
        Foretold::Number(counts) => json!({
            "mean": counts.mean(),
            "mean_interval": mean_interval(counts).map(|i| json!({ "lo": i.low, "hi": i.high })),
            "p05": counts.quantile(5, 100),
            "p50": counts.quantile(50, 100),
            "p95": counts.quantile(95, 100),
        }),
    };
    let baselines: Map<String, Value> =
        BASELINES.iter().zip(scored.baselines).map(|(name, value)| ((*name).into(), json!(value))).collect();
    let intervals = scored.intervals.map(|intervals| {
        let entry = |(share, i): (u64, (i64, i64))| (share.to_string(), json!([i.0, i.1]));
        Value::Object(SHARES.into_iter().zip(intervals).map(entry).collect())
    });
    json!({
        "name": scored.name,
        "label": labelled(&scored.name, &tested.labels),
        "unit": scored.unit,
        "by_day": days.map(|days| days.by),
        "due_day": days.and_then(|days| days.due),
        "observed": scored.observed,
        "alternative": scored.is_alternative,
        "decided": scored.is_decided,
        "forecast": forecast,
        "score": { "rule": scored.rule, "value": scored.value },
        "log_score": scored.log,
        "baselines": baselines,
        "pit": scored.pit,
        "in90": scored.is_in(2),
        "intervals": intervals,
    })
}

/// Of the targets that are numbers: how many lay in the intervals of each share.
fn coverage_of(scored: &[Scored]) -> Value {
    let entry = |(share, (hits, by_pit, n)): (u64, (u64, u64, u64))| {
        let interval = wilson(hits, n, CONFIDENCE);
        let value = json!({
            "in": hits,
            "of": n,
            "share": interval.map(|_| hits as f64 / n as f64),
            "lo": interval.map(|i| i.low),
            "hi": interval.map(|i| i.high),
            "in_by_pit": by_pit,
            "assumes": INDEPENDENT,
        });
        (share.to_string(), value)
    };
    Value::Object(SHARES.into_iter().zip(coverage(scored)).map(entry).collect())
}

/// What the intervals of coverage take for granted.
const INDEPENDENT: &str = "lo and hi are Wilson's 95% interval as if the figures were independent; those of one exchange are not, so it is too narrow";

/// How many figures count that were open at their as-of day, and of how many different targets they are; and how many were decided.
fn counted(tested: &[Tested]) -> (usize, usize, usize) {
    let all = || tested.iter().flat_map(|t| &t.scored).filter(|scored| !scored.is_alternative);
    let open: Vec<&str> = all().filter(|s| !s.is_decided).map(|s| s.name.as_str()).collect();
    let different: BTreeSet<&str> = open.iter().copied().collect();
    (open.len(), different.len(), all().filter(|s| s.is_decided).count())
}

/// One history is one exchange, from however many days it is forecast.
const EPISODES: usize = 1;

fn joint(joint: &Joint) -> Value {
    let baselines: Map<String, Value> =
        BASELINES.iter().zip(joint.baselines).map(|(name, value)| ((*name).into(), json!(value))).collect();
    json!({
        "rule": "variogram",
        "order": 0.5,
        "legs": joint.legs,
        "pairs": joint.pairs,
        "value": joint.value,
        "baselines": baselines,
    })
}

fn skill(scored: &[Scored]) -> Value {
    let mut entries = Map::new();
    for (place, name) in BASELINES.iter().enumerate() {
        for (unit, word) in UNITS {
            let beside = against(scored, place, unit);
            let n = beside.targets as f64;
            let value = json!({
                "targets": beside.targets,
                "better": beside.better,
                "equal": beside.equal,
                "mean_score": (n > 0.0).then(|| beside.sums.0 / n),
                "mean_baseline": (n > 0.0).then(|| beside.sums.1 / n),
            });
            entries.insert(format!("{name}.{word}"), value);
        }
    }
    Value::Object(entries)
}

/// What scores of so few rounds can and cannot show, and what the record does not tell.
fn statements(tested: &[Tested]) -> Vec<String> {
    let (targets, days) = (tested.iter().map(|t| t.scored.len()).sum::<usize>(), tested.len());
    let mut remarks: Vec<String> = tested.iter().flat_map(|t| t.remarks.clone()).collect();
    remarks.sort();
    remarks.dedup();
    let (open, different, decided) = counted(tested);
    if decided > 0 {
        remarks.push(format!(
            "{decided} of these had been answered by their as-of day already: they are scored, and count in neither coverage nor comparisons."
        ));
    }
    if open > different {
        remarks.push(format!(
            "The {} that count are of {}: one that is forecast from several days counts once for each of them.",
            several(open as u64, "figure"),
            several(different as u64, "different target")
        ));
    }
    remarks.extend([
        format!(
            "{targets} figures of one exchange{}: rounds of one truce depend on each other, so these are far fewer independent observations.",
            if days > 1 { format!(", forecast from {days} days") } else { String::new() }
        ),
        "One exchange is one episode: no interval across episodes can be given, and none of these differences from a baseline is shown to be skill."
            .to_string(),
        "To tell a calibrated forecaster of 0.7 from one who always says 0.5 takes about 165 independent events; a good score here proves little, a bad one a lot."
            .to_string(),
        "Where sources disagree, or a day is known only within a window, all figures are scored; all but the first are marked as alternatives and count neither in coverage nor in comparisons."
            .to_string(),
        "Scenario and history are of the same people's making: a plausibility check, not validation.".to_string(),
    ]);
    remarks
}

/// The text.
pub fn text(tested: &[Tested]) -> String {
    let mut text = String::new();
    for one in tested {
        day(&mut text, one);
    }
    if tested.len() > 1 {
        let all: Vec<Scored> = tested.iter().flat_map(|t| t.scored.iter().cloned()).collect();
        let _ = writeln!(text, "All days");
        covered(&mut text, &all);
    }
    let _ = writeln!(text);
    for said in statements(tested) {
        let _ = writeln!(text, "{said}");
    }
    for limit in limits_of(tested.iter().any(|t| t.is_sourced)) {
        let _ = writeln!(text, "{limit}");
    }
    text
}

fn day(text: &mut String, tested: &Tested) {
    let _ = writeln!(
        text,
        "{}  (variant {}), forecast as of the end of day {}, {}\n{} from {}, seed {}; parameters {}\n",
        tested.name,
        tested.variant,
        tested.day,
        tested.date,
        several(tested.run.replications, "replication"),
        tested.run.first,
        tested.run.seed,
        &tested.parameters_digest[..16]
    );
    let _ = writeln!(
        text,
        "{:<44} {:>8}  {:<26} {:>5} {:>8}  {:>8} {:>8} {:>8}",
        "Target", "seen", "forecast", "score", "", "paper", "so far", "others"
    );
    for scored in &tested.scored {
        let _ = writeln!(text, "{}", row(scored, &tested.labels));
    }
    let _ = writeln!(text);
    covered(text, &tested.scored);
    if let Some(joint) = &tested.joint {
        let [paper, so_far, others] =
            joint.baselines.map(|b| b.map_or("none".to_string(), |v| format!("{v:.3}")));
        let _ = writeln!(
            text,
            "Days of all {} legs together, variogram score {:.3}; paper {paper}, so far {so_far}, others {others}.",
            joint.legs, joint.value
        );
    }
    for (place, name) in BASELINES.iter().enumerate() {
        for (unit, word) in UNITS {
            let Beside { targets, better, equal, sums } = against(&tested.scored, place, unit);
            if targets > 0 {
                let (ours, theirs) = (sums.0 / targets as f64, sums.1 / targets as f64);
                let _ = writeln!(
                    text,
                    "Beside {}, {word}: better on {better} of {targets} ({equal} equal); mean score {ours:.3} to {theirs:.3}.",
                    name.replace('_', " ")
                );
            }
        }
    }
    let _ = writeln!(text);
}

fn row(scored: &Scored, labels: &[String; 2]) -> String {
    let mut name = labelled(&scored.name, labels).replace('_', " ");
    if scored.is_alternative {
        name = format!("  {}: {name}", alternative(scored.unit == Unit::Day));
    }
    if scored.is_decided {
        name = format!("{name} (decided)");
    }
    let value = |v: f64| if v.abs() < 100.0 { format!("{v:.3}") } else { number(v) };
    let (seen, foretold) = match &scored.foretold {
        Foretold::Event(p, interval) => {
            (if scored.observed == 1 { "yes" } else { "no" }.to_string(), shown((*p, *interval)))
        }
        Foretold::Number(counts) => {
            let q = |percent| counts.quantile(percent, 100).map_or(String::new(), |v| number(v as f64));
            (number(scored.observed as f64), format!("{} ({} to {})", q(50), q(5), q(95)))
        }
    };
    let baselines = scored.baselines.map(|b| b.map_or("-".to_string(), value));
    let [paper, so_far, others] = baselines;
    let score = value(scored.value);
    format!(
        "{name:<44} {seen:>8}  {foretold:<26} {:>5} {score:>8}  {paper:>8} {so_far:>8} {others:>8}",
        scored.rule
    )
}

fn covered(text: &mut String, scored: &[Scored]) {
    let parts: Vec<String> = SHARES
        .into_iter()
        .zip(coverage(scored))
        .map(|(share, (hits, _, n))| format!("{share}%: {hits} of {n}"))
        .collect();
    let _ = writeln!(
        text,
        "Numbers inside the central intervals: {}. They depend on each other: as if there were fewer of them.",
        parts.join("; ")
    );
}
