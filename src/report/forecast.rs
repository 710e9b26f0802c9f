//! A forecast as a document and as text.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::document::{CONFIDENCE, Run, limits};
use super::fan::{self, Shown, mean_interval, quantile_interval};
use super::quantity::{number, percents, several};
use super::words;
use crate::forecast::{Answered, Ask, Days, Unit};
use crate::observed::History;
use crate::scenario::load::Loaded;
use crate::score::Counts;
use crate::stats::Interval;
use crate::stats::interval::wilson;

/// A forecast with all it was made from.
pub struct Told<'a> {
    /// The plan that knows the past.
    pub loaded: &'a Loaded,
    /// The scenario without a past.
    pub parameters: &'a Loaded,
    /// The history.
    pub history: &'a History,
    /// The last known day.
    pub day: i64,
    /// What was run.
    pub run: Run,
    /// The questions and their answers.
    pub answered: &'a [Answered],
    /// What a reader must know of the record.
    pub remarks: &'a [String],
    /// Day by day.
    pub fans: &'a [Shown],
}

impl Told<'_> {
    fn date(&self, day: i64) -> String {
        self.loaded.calendar.date_of_day(day).map(|date| date.to_string()).unwrap_or_default()
    }

    fn label(&self, name: &str) -> String {
        words::labelled(name, &words::sides(&self.loaded.plan))
    }
}

/// The probability that a question about an event is answered by yes, with Wilson's interval.
pub fn probability(counts: &Counts) -> (f64, Option<Interval>) {
    (counts.at(1) as f64 / counts.n().max(1) as f64, wilson(counts.at(1), counts.n(), CONFIDENCE))
}

/// The document.
pub fn document(told: &Told<'_>) -> Value {
    let plan = &told.loaded.plan;
    let facts = plan.history.as_ref().map_or(0, |history| history.facts.len());
    let uncertain = plan.history.iter().flat_map(|h| &h.facts).filter(|f| f.window.is_some()).count();
    json!({
        "scenario": { "name": plan.name, "digest": told.loaded.digest },
        "variant": told.loaded.variant,
        "parameters_digest": told.parameters.digest,
        "history": {
            "case": told.history.case.as_ref().map(|case| case.value.clone()),
            "known_to": told.history.known_to.to_string(),
            "facts": facts,
            "uncertain_facts": uncertain,
        },
        "as_of": { "day": told.day, "date": told.date(told.day) },
        "seed": told.run.seed,
        "first": told.run.first,
        "replications": told.run.replications,
        "labels": words::sides(&told.loaded.plan),
        "remarks": told.remarks,
        "questions": told.answered.iter().map(|a| question(told, a)).collect::<Vec<_>>(),
        "fans": fan::document(told.fans),
        "limits": limits([told.loaded]),
    })
}

fn question(told: &Told<'_>, answered: &Answered) -> Value {
    let (of, counts) = (&answered.question, &answered.answers);
    let mut entry = Map::new();
    entry.insert("name".into(), json!(of.name));
    entry.insert("label".into(), json!(told.label(&of.name)));
    entry.insert("unit".into(), json!(of.unit()));
    entry.insert("by_day".into(), json!(of.by_day));
    entry.insert("by_date".into(), json!(told.date(of.by_day)));
    entry.insert("n".into(), json!(counts.n()));
    if of.unit() == Unit::Event {
        let (p, interval) = probability(counts);
        entry.insert("probability".into(), json!(p));
        entry.insert("lo".into(), json!(interval.map(|i| i.low)));
        entry.insert("hi".into(), json!(interval.map(|i| i.high)));
        return Value::Object(entry);
    }
    fan::numbers(counts, &mut entry);
    if let Some((due, done)) = done_by_due(told, answered) {
        entry.insert("due_day".into(), json!(due));
        entry.insert("by_due_day".into(), share(done, counts.n()));
    }
    if let Ask::LegDay { last, .. } = of.ask {
        entry.insert("later_or_never".into(), share(counts.at(last + 1), counts.n()));
    }
    Value::Object(entry)
}

fn share(hits: u64, n: u64) -> Value {
    let interval = wilson(hits, n, CONFIDENCE);
    json!({
        "probability": interval.map(|_| hits as f64 / n as f64),
        "lo": interval.map(|i| i.low),
        "hi": interval.map(|i| i.high),
    })
}

/// The day a leg is due, and how often it is done by then.
fn done_by_due(told: &Told<'_>, answered: &Answered) -> Option<(i64, u64)> {
    let Ask::LegDay { tranche, .. } = answered.question.ask else { return None };
    let days = Days::of(&told.loaded.plan);
    let due = days.day(days.due(tranche)?);
    Some((due, answered.answers.below(due + 1)))
}

/// A probability with its interval: "83% (82% to 84%)".
pub fn shown((p, interval): (f64, Option<Interval>)) -> String {
    match interval {
        Some(i) => {
            let [share, low, high] = percents(p, i.low, i.high);
            format!("{share} ({low} to {high})")
        }
        None => "none".to_string(),
    }
}

/// The text.
pub fn text(told: &Told<'_>) -> String {
    let mut text = String::new();
    let loaded = told.loaded;
    let _ = writeln!(
        text,
        "{}  (variant {}), as of the end of day {}, {}",
        loaded.plan.name,
        loaded.variant,
        told.day,
        told.date(told.day)
    );
    let Run { seed, first, replications } = told.run;
    let last = first + replications - 1;
    let _ = writeln!(
        text,
        "{}, {first} to {last}, seed {seed}; parameters {}",
        several(replications, "replication"),
        &told.parameters.digest[..16]
    );
    legs(&mut text, told);
    people(&mut text, told);
    events(&mut text, told);
    amounts(&mut text, told);
    let _ = writeln!(text);
    text += &fan::text(told.fans, told.day);
    let _ = writeln!(text);
    let uncertain = loaded.plan.history.iter().flat_map(|h| &h.facts).filter(|f| f.window.is_some()).count();
    if uncertain > 0 {
        let _ = writeln!(
            text,
            "{uncertain} facts of the past have uncertain moments: each replication draws its own."
        );
    }
    if !loaded.plan.drawn.is_empty() {
        let _ = writeln!(text, "{} parameters are drawn once per replication.", loaded.plan.drawn.len());
    }
    for remark in told.remarks {
        let _ = writeln!(text, "{remark}");
    }
    let _ = writeln!(text, "Figures in brackets are 95% intervals of simulation error.");
    for limit in limits([loaded]) {
        let _ = writeln!(text, "{limit}");
    }
    text
}

fn legs(text: &mut String, told: &Told<'_>) {
    let legs: Vec<&Answered> =
        told.answered.iter().filter(|a| matches!(a.question.ask, Ask::LegDay { .. })).collect();
    if legs.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{:<24} {:>5}  {:<24} {}", "Round", "due", "by then", heads("day, p05", WIDE));
    for answered in legs {
        let Ask::LegDay { tranche, side, last } = answered.question.ask else { continue };
        let name = format!(
            "{}, {}",
            told.loaded.plan.tranches[tranche].name,
            words::people(&told.loaded.plan, side)
        );
        let counts = &answered.answers;
        let (due, by) = match done_by_due(told, answered) {
            Some((due, done)) => {
                let interval = wilson(done, counts.n(), CONFIDENCE);
                (due.to_string(), shown((done as f64 / counts.n() as f64, interval)))
            }
            None => ("none".to_string(), String::new()),
        };
        let day = |day: i64| if day > last { "later".to_string() } else { day.to_string() };
        let _ = writeln!(text, "  {name:<22} {due:>5}  {by:<24} {}", quantiles(counts, WIDE, day));
    }
    let _ = writeln!(text, "  later: after the last day that is simulated, or never");
}

fn people(text: &mut String, told: &Told<'_>) {
    let of_days: Vec<&Answered> =
        told.answered.iter().filter(|a| a.question.unit() == Unit::People).collect();
    let Some(last) = of_days.iter().map(|a| a.question.by_day).max() else { return };
    let is_shown = |day: i64| day == last || (day - told.day) % 7 == 0;
    let _ = writeln!(text, "\n{:<40} {:<24} {}", "Released in all", "mean", heads("p05", WIDE));
    for answered in of_days.iter().filter(|a| is_shown(a.question.by_day)) {
        line(text, told, answered);
    }
}

fn events(text: &mut String, told: &Told<'_>) {
    let _ = writeln!(text, "\n{:<44} probability (95% interval)", "Event");
    for answered in told.answered.iter().filter(|a| a.question.unit() == Unit::Event) {
        let name = told.label(&answered.question.name).replace('_', " ");
        let _ = writeln!(text, "  {name:<42} {}", shown(probability(&answered.answers)));
    }
}

fn amounts(text: &mut String, told: &Told<'_>) {
    let is_amount = |a: &&Answered| matches!(a.question.unit(), Unit::Amount | Unit::Count);
    if told.answered.iter().any(|a| is_amount(&a)) {
        let _ = writeln!(text, "\n{:<40} {:<24} {}", "Amount", "mean", heads("p05", WIDE));
    }
    for answered in told.answered.iter().filter(is_amount) {
        line(text, told, answered);
    }
}

/// How wide a column of quantiles is.
const WIDE: usize = 26;

/// The heads of the columns of quantiles.
fn heads(first: &str, wide: usize) -> String {
    format!("{first:<wide$} {:<wide$} p95", "median")
}

/// Three quantiles, each with its interval; an end for which there are too few values is open.
fn quantiles(counts: &Counts, wide: usize, shown: impl Fn(i64) -> String) -> String {
    let one = |percent: u64| {
        let Some(value) = counts.quantile(percent, 100) else { return "none".to_string() };
        let (low, high) = quantile_interval(counts, percent);
        if (low, high) == (None, None) {
            return format!("{} (too few)", shown(value));
        }
        let end = |end: Option<i64>| end.map_or("open".to_string(), &shown);
        format!("{} ({} to {})", shown(value), end(low), end(high))
    };
    format!("{:<wide$} {:<wide$} {}", one(5), one(50), one(95))
}

fn line(text: &mut String, told: &Told<'_>, answered: &Answered) {
    let counts = &answered.answers;
    let mean = match (counts.mean(), mean_interval(counts)) {
        (Some(mean), Some(i)) => format!("{} ({} to {})", number(mean), number(i.low), number(i.high)),
        (Some(mean), None) => format!("{} (open)", number(mean)),
        _ => "none".to_string(),
    };
    let name = told.label(&answered.question.name).replace('_', " ");
    let quantiles = quantiles(counts, WIDE, |value| number(value as f64));
    let _ = writeln!(text, "  {name:<38} {mean:<24} {quantiles}");
}
