//! The table of a batch for people.

use std::fmt::Write;

use super::document::{CONFIDENCE, Run, interval, limits, parameter_share};
use super::quantity::{duration, number, percent, percents, several};
use crate::batch::Sample;
use crate::model::world::ENDINGS;
use crate::scenario::load::Loaded;
use crate::stats::{Tally, interval::wilson};

/// Whole report of a batch as text.
pub fn render(loaded: &Loaded, run: &Run, sample: &Sample) -> String {
    let mut text = String::new();
    head(&mut text, loaded, run);
    endings(&mut text, run, sample);
    outcomes(&mut text, loaded, sample);
    quantiles(&mut text, loaded, sample);
    delays(&mut text, loaded, sample);
    foot(&mut text, loaded, sample);
    text
}

fn head(text: &mut String, loaded: &Loaded, run: &Run) {
    let _ = writeln!(text, "{}  (variant {})", loaded.plan.name, loaded.variant);
    overrides(text, &loaded.overrides);
    if let Some(about) = &loaded.about {
        let _ = writeln!(text, "{about}");
    }
    for party in loaded.plan.parties.iter().filter(|p| p.label != p.name) {
        let _ = writeln!(text, "{}: {}", party.name, party.label);
    }
    let last = run.first + run.replications;
    let _ = writeln!(
        text,
        "{}, {} to {}, seed {}; horizon day {}\n",
        several(run.replications, "replication"),
        run.first,
        last.saturating_sub(1),
        run.seed,
        (loaded.plan.horizon + 86_399) / 86_400,
    );
}

/// The changes that were asked for on the command line, one a line: the figures are not those of the file.
pub(super) fn overrides(text: &mut String, overrides: &[String]) {
    for change in overrides {
        let _ = writeln!(text, "with --set {change}");
    }
}

fn endings(text: &mut String, run: &Run, sample: &Sample) {
    let _ = writeln!(text, "The truce when a replication ends        share   95% interval");
    for (name, n) in ENDINGS.iter().zip(sample.endings) {
        if let Some(interval) = wilson(n, run.replications, CONFIDENCE) {
            let share = n as f64 / run.replications as f64;
            let words = name.replace('_', " ");
            let [share, low, high] = percents(share, interval.low, interval.high);
            let _ = writeln!(text, "  {words:<36} {share:>7}   {low} to {high}");
        }
    }
    text.push('\n');
}

/// How an outcome is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// As a percentage.
    Share,
    /// As a length of time, from seconds.
    Time,
    /// As a number.
    Number,
    /// As a number, from millionths.
    Millionths,
    /// As days, from seconds.
    Days,
}

/// How an outcome of a name is shown.
pub fn show_of(name: &str, is_flag: bool) -> Show {
    if is_flag {
        Show::Share
    } else if name.contains("person_s") {
        Show::Days
    } else if name.ends_with("_s") || name.contains("_s.") {
        Show::Time
    } else if name.starts_with("least_trust") || name.starts_with("flow_share") {
        Show::Millionths
    } else {
        Show::Number
    }
}

/// Whether an outcome that is no flag is a length of time.
pub fn is_time(name: &str) -> bool {
    matches!(show_of(name, false), Show::Time | Show::Days)
}

/// A value as people read it.
pub fn shown(show: Show, value: f64) -> String {
    match show {
        Show::Share => percent(value),
        Show::Time => duration(value),
        Show::Number => number(value),
        Show::Millionths => format!("{:.2}", value / 1e6),
        Show::Days => number(value / 86_400.0),
    }
}

/// A mean and the ends of its interval.
pub(super) fn figures(show: Show, mean: f64, low: f64, high: f64) -> [String; 3] {
    match show {
        Show::Share => percents(mean, low, high),
        _ => [mean, low, high].map(|value| shown(show, value)),
    }
}

fn outcomes(text: &mut String, loaded: &Loaded, sample: &Sample) {
    let _ = writeln!(text, "{:<38} {:>9}  {:<21} exists in", "Outcome", "mean", "95% interval");
    for (name, show, tally) in shown_outcomes(loaded, sample) {
        row(text, &name, show, tally, sample.summary.replications());
    }
    let is_zero = |tally: &Tally| (tally.min(), tally.max()) == (Some(0), Some(0));
    let all = loaded.plan.outcomes.iter().zip(sample.summary.tallies());
    let zero = all.filter(|(spec, t)| is_zero(t) && !HEADLINE.contains(&spec.name.as_str())).count();
    if zero > 0 {
        let _ = writeln!(
            text,
            "  ({zero} outcomes that are zero in every replication are left out; --format json has them)"
        );
    }
    text.push('\n');
}

/// What first held up each leg, where anything did.
fn delays(text: &mut String, loaded: &Loaded, sample: &Sample) {
    let n = sample.summary.replications();
    let mut lines = String::new();
    for (spec, tally) in loaded.plan.outcomes.iter().zip(sample.summary.tallies()) {
        let known = spec.measure.words();
        let mut causes: Vec<(u64, &str)> = tally
            .histogram()
            .filter_map(|(value, _, count)| Some((count, *known.get(usize::try_from(value).ok()?)?)))
            .filter(|(_, word)| *word != "none")
            .collect();
        causes.sort_by_key(|(count, word)| (std::cmp::Reverse(*count), *word));
        let shares: Vec<String> = causes
            .iter()
            .filter_map(|(count, word)| {
                let interval = wilson(*count, n, CONFIDENCE)?;
                let [share, low, high] = percents(*count as f64 / n as f64, interval.low, interval.high);
                Some(format!("{} {share} ({low} to {high})", word.replace('_', " ")))
            })
            .collect();
        if !shares.is_empty() {
            let leg = spec.name.trim_end_matches("_delayed_by").replace('.', " ");
            let _ = writeln!(lines, "  {leg:<24} {}", shares.join(", "));
        }
    }
    if !lines.is_empty() {
        let _ = writeln!(text, "What first held up each leg: share of replications (95% interval)\n{lines}");
    }
}

/// An outcome's name for people. Names of the scenario's own entities stay as they are.
pub(super) fn words(name: &str, show: Show) -> String {
    match show {
        Show::Days => name.replace("_person_s", "_person_days"),
        Show::Time => name.strip_suffix("_s").map_or_else(|| name.replace("_s.", "."), str::to_string),
        _ => name.to_string(),
    }
    .replace('_', " ")
}

/// Outcomes that are shown even where they are zero in every replication: that is what they say.
const HEADLINE: [&str; 5] =
    ["captives_released", "prisoners_released", "captives_completed", "completed", "collapsed"];

/// The outcomes worth a line: those that exist and are not always zero.
fn shown_outcomes<'s>(
    loaded: &'s Loaded,
    sample: &'s Sample,
) -> impl Iterator<Item = (String, Show, &'s Tally)> {
    let all = loaded.plan.outcomes.iter().zip(sample.summary.tallies());
    let told = all.filter(|(spec, tally)| {
        tally.count() > 0
            && spec.measure.words().is_empty()
            && (HEADLINE.contains(&spec.name.as_str()) || (tally.min(), tally.max()) != (Some(0), Some(0)))
    });
    told.map(|(spec, tally)| {
        let show = show_of(&spec.name, spec.measure.is_flag());
        (words(&spec.name, show), show, tally)
    })
}

fn row(text: &mut String, name: &str, show: Show, tally: &Tally, replications: u64) {
    let [mean, interval] = match (tally.mean(), interval(tally, show == Show::Share)) {
        (Some(mean), Some(i)) => {
            let [mean, low, high] = figures(show, mean, i.low, i.high);
            [mean, format!("{low} to {high}")]
        }
        (mean, _) => [mean.map_or("-".to_string(), |mean| shown(show, mean)), "-".to_string()],
    };
    let exists = wilson(tally.count(), replications, CONFIDENCE).filter(|_| tally.count() < replications);
    let exists = exists.map_or(String::new(), |i| {
        let [share, low, high] = percents(tally.count() as f64 / replications as f64, i.low, i.high);
        format!("{share} ({low} to {high})")
    });
    let line = format!("  {name:<36} {mean:>9}  {interval:<21} {exists}");
    let _ = writeln!(text, "{}", line.trim_end());
}

/// Quantiles, each with its order-statistic interval.
fn quantiles(text: &mut String, loaded: &Loaded, sample: &Sample) {
    let _ = writeln!(text, "{:<36} {:<29} {:<29} p95", "Quantiles (95% interval)", "p05", "median");
    for (name, show, tally) in shown_outcomes(loaded, sample).filter(|(_, show, _)| *show != Show::Share) {
        let cell = |percent| quantile(show, tally, percent);
        let line = format!("  {name:<34} {:<29} {:<29} {}", cell(5), cell(50), cell(95));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let _ = writeln!(text, "  (a bound that too few replications can tell is shown as ...)\n");
}

/// A quantile and its interval; an interval that reads like the quantile itself is not repeated.
fn quantile(show: Show, tally: &Tally, percent: u32) -> String {
    let figure = |value: i64| shown(show, value as f64);
    let Some(value) = tally.quantile(percent).map(figure) else { return "-".into() };
    let (low, high) = tally.quantile_interval(u64::from(percent), 100, CONFIDENCE);
    let (low, high) = (low.map_or("...".into(), figure), high.map_or("...".into(), figure));
    if low == value && high == value { value } else { format!("{value} ({low} to {high})") }
}

/// An outcome and half the width of its interval so far, for telling how far a run is.
pub fn half_width(name: &str, is_flag: bool, tally: &Tally) -> String {
    let show = show_of(name, is_flag);
    let half = interval(tally, is_flag).map(|i| (i.high - i.low) / 2.0);
    let text = match (half, show) {
        (None, _) => "...".to_string(),
        (Some(half), Show::Share) => format!("{:.2} points", half * 100.0),
        (Some(half), _) => shown(show, half),
    };
    format!("{} \u{b1} {text}", words(name, show))
}

fn foot(text: &mut String, loaded: &Loaded, sample: &Sample) {
    parameters(text, loaded, sample);
    marks(text, loaded);
    for limit in limits([loaded]) {
        let _ = writeln!(text, "{limit}");
    }
    let _ = writeln!(text, "digest {}", sample.summary.digest());
}

fn parameters(text: &mut String, loaded: &Loaded, sample: &Sample) {
    if loaded.plan.drawn.is_empty() {
        let _ = writeln!(text, "Parameters taken as known.");
        return;
    }
    let _ = writeln!(
        text,
        "{} parameters are drawn once per replication. Share of variance due to them:",
        loaded.plan.drawn.len()
    );
    for name in ["captives_released", "prisoners_released", "completed", "collapsed"] {
        let place = loaded.plan.outcomes.iter().position(|o| o.name == name);
        if let Some(share) = place.and_then(|p| parameter_share(&sample.twins[p])) {
            let _ = writeln!(text, "  {:<36} {:>9}", name.replace('_', " "), percent(share.clamp(0.0, 1.0)));
        }
    }
}

/// Where the inputs come from, as the scenario marks them, and whose counts it takes.
fn marks(text: &mut String, loaded: &Loaded) {
    if !loaded.marks.is_empty() {
        let _ = writeln!(text, "Inputs by the support they have:");
    }
    for (path, mark) in loaded.marks.iter() {
        let n = mark.n.as_ref().map(|n| format!(", n = {}", n.value)).unwrap_or_default();
        let source = mark.source.as_ref().map(|s| format!(": {}", s.value)).unwrap_or_default();
        let _ = writeln!(text, "  {:<10} {}{n}{source}", mark.basis.as_str(), path.value);
    }
    for violation in &loaded.plan.violations {
        if let Some(counter) = &violation.counted_by {
            let _ = writeln!(
                text,
                "Whose count of violations alleged against {} is taken: {counter}.",
                violation.name
            );
        }
    }
}
