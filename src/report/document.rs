//! The JSON document of a batch. Nothing in it depends on the clock, the threads or the machine.

use serde_json::{Map, Value, json};

use super::quantity::{number, several};
use crate::batch::Sample;
use crate::kernel::stream::SAMPLING_VERSION;
use crate::model::world::ENDINGS;
use crate::scenario::load::Loaded;
use crate::scenario::schema::Mark;
use crate::scenario::source::At;
use crate::stats::interval::{student, wilson};
use crate::stats::{DaySummary, Pairs, Tally};

/// What was run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Root seed.
    pub seed: u64,
    /// First replication.
    pub first: u64,
    /// How many.
    pub replications: u64,
}

/// A run that was interrupted: the part that was finished stands for itself, and is marked.
#[derive(Debug, Clone, Copy)]
pub struct Interrupted {
    /// How many replications were asked for.
    pub planned: u64,
    /// The replications that were finished: the first of those asked for, without a gap.
    pub run: Run,
}

impl Interrupted {
    /// Marks a document.
    pub fn mark(&self, document: &mut Value) {
        document["interrupted"] = json!({ "planned": self.planned, "finished": self.run.replications });
    }
}

impl std::fmt::Display for Interrupted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Run { first, replications, .. } = self.run;
        let last = (first + replications).saturating_sub(1);
        let these = match replications {
            1 => format!("this is replication {first}"),
            _ => format!("these are replications {first} to {last}, all of them"),
        };
        let (done, planned) = (number(replications as f64), several(self.planned, "replication"));
        writeln!(f, "INTERRUPTED after {done} of {planned}; {these}.\n")
    }
}

pub use crate::batch::precision::interval_of_mean as interval;
pub use crate::stats::interval::CONFIDENCE;

/// The summary document.
pub fn summary(loaded: &Loaded, run: &Run, sample: &Sample) -> Value {
    let endings: Map<String, Value> =
        ENDINGS.iter().zip(sample.endings).map(|(name, n)| ((*name).to_string(), json!(n))).collect();
    let mut outcomes = Map::new();
    for (index, spec) in loaded.plan.outcomes.iter().enumerate() {
        let tally = &sample.summary.tallies()[index];
        let mut entry = outcome(tally, spec.measure.is_flag(), run.replications);
        if let (Some(pairs), Value::Object(entry)) = (sample.twins.get(index), &mut entry) {
            entry.insert("parameter_variance_share".into(), json!(parameter_share(pairs)));
        }
        if let (false, Value::Object(entry)) = (spec.measure.words().is_empty(), &mut entry) {
            entry.insert("counts".into(), counts(tally, spec.measure.words()));
        }
        outcomes.insert(spec.name.clone(), entry);
    }
    json!({
        "scenario": { "name": loaded.plan.name, "digest": loaded.digest },
        "variant": loaded.variant,
        "overrides": loaded.overrides,
        "seed": run.seed,
        "first": run.first,
        "replications": run.replications,
        "endings": endings,
        "ending_shares": ending_shares(run, sample),
        "outcomes": outcomes,
        "parameters": parameters(loaded),
        "inputs": inputs(loaded),
        "limits": limits([loaded]),
        "sampling_version": SAMPLING_VERSION,
        "digest": sample.summary.digest().to_string(),
    })
}

/// The share of each ending with its interval.
fn ending_shares(run: &Run, sample: &Sample) -> Value {
    let entry = |(name, n): (&&str, u64)| ((*name).to_string(), share(n, run.replications));
    Value::Object(ENDINGS.iter().zip(sample.endings).map(entry).collect())
}

/// A share of the replications with Wilson's 95 percent interval; for "0 of n" its upper end is about 3.8 / n.
fn share(n: u64, of: u64) -> Value {
    let interval = wilson(n, of, CONFIDENCE);
    json!({
        "share": interval.map(|_| n as f64 / of as f64),
        "lo": interval.map(|i| i.low),
        "hi": interval.map(|i| i.high),
    })
}

/// The quantiles that reports show, by name and percent.
const QUANTILES: [(&str, u32); 5] = [("p05", 5), ("p25", 25), ("p50", 50), ("p75", 75), ("p95", 95)];

/// An order-statistic interval; a bound for which there are too few values is null.
fn bounds((low, high): (Option<i64>, Option<i64>)) -> Value {
    json!({ "lo": low, "hi": high })
}

/// One outcome: exact figures; the 95 percent intervals of its mean (Wilson's for a flag), of its quantiles, and of the share of
/// replications in which it exists.
fn outcome(tally: &Tally, is_flag: bool, replications: u64) -> Value {
    let interval = interval(tally, is_flag);
    let quantile = |(name, percent): (&str, u32)| {
        (name.to_string(), bounds(tally.quantile_interval(u64::from(percent), 100, CONFIDENCE)))
    };
    json!({
        "exists": share(tally.count(), replications),
        "quantile_intervals": Value::Object(QUANTILES.into_iter().map(quantile).collect()),
        "n": tally.count(),
        "mean": tally.mean(),
        "sd": tally.sd(),
        "se": tally.se(),
        "lo": interval.map(|i| i.low),
        "hi": interval.map(|i| i.high),
        "min": tally.min(),
        "max": tally.max(),
        "p05": tally.quantile(5),
        "p25": tally.quantile(25),
        "p50": tally.quantile(50),
        "p75": tally.quantile(75),
        "p95": tally.quantile(95),
    })
}

/// How often each word occurs, where an outcome's values stand for words.
fn counts(tally: &Tally, words: &[&str]) -> Value {
    let mut counts: Map<String, Value> = words.iter().map(|word| ((*word).to_string(), json!(0))).collect();
    for (value, _, n) in tally.histogram() {
        if let Some(word) = usize::try_from(value).ok().and_then(|v| words.get(v)) {
            counts.insert((*word).to_string(), json!(n));
        }
    }
    Value::Object(counts)
}

/// The share of an outcome's variance that is due to parameters that are not known: the covariance of twins over their
/// variance (the one-way random-effects estimate, Searle, Casella and McCulloch 1992). May be slightly negative by chance.
pub fn parameter_share(pairs: &Pairs) -> Option<f64> {
    let (covariance, a, b) = (pairs.covariance()?, pairs.first_variance()?, pairs.second_variance()?);
    let variance = (a + b) / 2.0;
    (variance > 0.0).then(|| covariance / variance)
}

fn parameters(loaded: &Loaded) -> Value {
    if loaded.plan.drawn.is_empty() {
        return json!("taken as known");
    }
    let paths: Vec<&str> = loaded.plan.drawn.iter().map(|d| d.path.as_str()).collect();
    json!({ "drawn_once_per_replication": paths })
}

/// The inputs that are marked, by path: basis, number of observations, source.
fn inputs(loaded: &Loaded) -> Value {
    let entry = |(path, mark): &(At<String>, Mark)| {
        let value = json!({
            "basis": mark.basis.as_str(),
            "n": mark.n.as_ref().map(|n| n.value),
            "source": mark.source.as_ref().map(|s| s.value.clone()),
        });
        (path.value.clone(), value)
    };
    Value::Object(loaded.marks.iter().map(entry).collect())
}

/// What every report says of its own limits: that of one scenario, or of several together.
pub fn limits<'l>(scenarios: impl IntoIterator<Item = &'l Loaded>) -> Vec<&'static str> {
    limits_of(scenarios.into_iter().any(Loaded::is_sourced))
}

/// The same, told whether any scenario names sources.
pub fn limits_of(is_sourced: bool) -> Vec<&'static str> {
    LIMITS.into_iter().filter(|limit| is_sourced || *limit != DISPUTED).collect()
}

/// What is said where a scenario names sources; an invented one has none that could differ.
const DISPUTED: &str = "Sources dispute some figures; the scenario's comments and marks say which it takes.";

/// All that a report of a sourced scenario says of its limits.
pub const LIMITS: [&str; 6] = [
    "Every figure is conditional on this scenario: not a prediction, a finding of blame, or advice to hold or refuse.",
    "Intervals are simulation error alone; what is not known of parameters shows only where they are drawn.",
    "Faults and violations are alleged and modelled, not verified.",
    DISPUTED,
    "A contrast of policies assumes that nobody adapts to it.",
    "A few rounds validate nothing.",
];

/// Daily trajectories as a document: one entry a series, one row a day.
pub fn trajectories(loaded: &Loaded, sample: &Sample) -> Value {
    let mut all = Map::new();
    for (series, trajectory) in loaded.plan.series.iter().zip(&sample.trajectories) {
        if series.name.starts_with("trust.") && loaded.plan.trust.is_none() {
            continue;
        }
        let percents = QUANTILES.map(|(_, percent)| percent);
        let intervals = trajectory.quantile_intervals(&percents, CONFIDENCE);
        let days = trajectory.summaries().into_iter().zip(intervals).enumerate();
        let days: Vec<Value> =
            days.map(|(day, (figures, intervals))| day_entry(day, &figures, &intervals)).collect();
        all.insert(series.name.clone(), Value::Array(days));
    }
    Value::Object(all)
}

/// One day of a trajectory, with the intervals of its mean and its quantiles.
fn day_entry(day: usize, d: &DaySummary, intervals: &[(Option<i64>, Option<i64>)]) -> Value {
    let se = d.sd.map(|sd| sd / (d.n as f64).sqrt());
    let mean = d.mean.zip(se).and_then(|(mean, se)| student(mean, se, d.n, CONFIDENCE));
    let named = QUANTILES.iter().zip(intervals);
    let quantiles: Map<String, Value> =
        named.map(|((name, _), interval)| ((*name).to_string(), bounds(*interval))).collect();
    json!({
        "day": day + 1, "n": d.n, "mean": d.mean, "sd": d.sd,
        "lo": mean.map(|i| i.low), "hi": mean.map(|i| i.high),
        "p05": d.p05, "p25": d.p25, "p50": d.p50, "p75": d.p75, "p95": d.p95,
        "quantile_intervals": quantiles,
    })
}
