//! What the documents of a forecast and of a back-test say, as far as their pages need it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::fans::Fan;
use crate::report::quantity::number;

/// The history a forecast was made from, as it was named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// The history's file.
    pub history: String,
    /// Names of the history, and what the scenario calls them.
    pub names: Vec<(String, String)>,
    /// The as-of days, as given.
    pub as_of: Vec<String>,
    /// The histories of other cases.
    pub cases: Vec<String>,
}

/// The document of a forecast.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Forecast {
    #[serde(default = "plain_labels")]
    pub(super) labels: [String; 2],
    pub(super) scenario: Scenario,
    pub(super) variant: String,
    pub(super) parameters_digest: String,
    pub(super) history: Known,
    pub(super) as_of: AsOf,
    pub(super) seed: u64,
    pub(super) first: u64,
    pub(super) replications: u64,
    pub(super) questions: Vec<Asked>,
    pub(super) fans: BTreeMap<String, Fan>,
    pub(super) limits: Vec<String>,
    /// What a reader must know of the record.
    #[serde(default)]
    pub(super) remarks: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Scenario {
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Known {
    pub case: Option<String>,
    pub facts: u64,
    pub uncertain_facts: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct AsOf {
    pub day: i64,
    pub date: String,
}

/// What the people of both sides are called in a document that does not say it.
fn plain_labels() -> [String; 2] {
    crate::forecast::question::SIDES.map(str::to_string)
}

/// A probability and its interval.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(super) struct Share {
    pub probability: Option<f64>,
    pub lo: Option<f64>,
    pub hi: Option<f64>,
}

/// A question with its answers, and in a back-test what was observed.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub name: String,
    pub label: String,
    pub unit: String,
    pub by_day: i64,
    pub n: u64,
    #[serde(flatten)]
    pub share: Share,
    pub mean: Option<f64>,
    pub p05: Option<f64>,
    pub p10: Option<f64>,
    pub p25: Option<f64>,
    pub p50: Option<f64>,
    pub p75: Option<f64>,
    pub p90: Option<f64>,
    pub p95: Option<f64>,
    pub quantile_intervals: BTreeMap<String, Ends>,
    pub due_day: Option<i64>,
    pub by_due_day: Option<Share>,
    pub later_or_never: Option<Share>,
    #[serde(skip)]
    pub observed: Option<i64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
pub(super) struct Ends {
    pub lo: Option<f64>,
    pub hi: Option<f64>,
}

impl Asked {
    /// Quantiles at 5, 10, 25, 50, 75, 90 and 95 percent.
    pub(super) fn quantiles(&self) -> Option<[f64; 7]> {
        Some([self.p05?, self.p10?, self.p25?, self.p50?, self.p75?, self.p90?, self.p95?])
    }

    pub(super) fn median_interval(&self) -> String {
        match self.quantile_intervals.get("p50").and_then(|ends| ends.lo.zip(ends.hi)) {
            Some((low, high)) => format!("95% interval of the median {} to {}", number(low), number(high)),
            None => "too few replications for an interval".to_string(),
        }
    }
}

/// The document of a back-test.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    pub(super) days: Vec<Tested>,
    /// Coverage of all days together.
    pub(super) coverage: BTreeMap<String, Covered>,
    /// What holds of all days together.
    pub(super) statements: Vec<String>,
}

impl Backtest {
    /// Reads the document, of one as-of day or of several.
    pub fn read(document: Value) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Several {
            backtests: Vec<Tested>,
            coverage: BTreeMap<String, Covered>,
            statements: Vec<String>,
        }
        if document.get("backtests").is_some() {
            let Several { backtests, coverage, statements } = serde_json::from_value(document)?;
            return Ok(Self { days: backtests, coverage, statements });
        }
        let one: Tested = serde_json::from_value(document)?;
        Ok(Self { coverage: one.coverage.clone(), statements: one.statements.clone(), days: vec![one] })
    }

    pub(super) fn limits(&self) -> Vec<String> {
        let own = self.days.first().map(|tested| tested.limits.clone()).unwrap_or_default();
        self.statements.iter().cloned().chain(own).collect()
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Tested {
    #[serde(default = "plain_labels")]
    pub labels: [String; 2],
    pub scenario: String,
    pub variant: String,
    pub as_of: AsOf,
    pub seed: u64,
    pub first: u64,
    pub replications: u64,
    pub targets: Vec<Target>,
    pub coverage: BTreeMap<String, Covered>,
    pub against: BTreeMap<String, Beside>,
    pub log_floor: f64,
    pub parameters_digest: String,
    pub statements: Vec<String>,
    pub limits: Vec<String>,
    pub fans: BTreeMap<String, Fan>,
    #[serde(default)]
    pub joint: Option<Joint>,
}

/// The score of the days of all legs together, where there is one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Joint {
    pub rule: String,
    pub legs: u64,
    pub value: f64,
    pub baselines: BTreeMap<String, Option<f64>>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Target {
    pub name: String,
    #[serde(default)]
    pub label: String,
    pub unit: String,
    pub by_day: Option<i64>,
    pub due_day: Option<i64>,
    pub observed: i64,
    pub alternative: bool,
    /// Whether it was answered by the as-of day already.
    #[serde(default)]
    pub decided: bool,
    pub forecast: Foretold,
    #[serde(rename = "score")]
    pub scored: Scored,
    pub baselines: BTreeMap<String, Option<f64>>,
    pub pit: f64,
    pub intervals: Option<BTreeMap<String, (f64, f64)>>,
}

/// What was forecast: a probability, or a number with its median.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(super) struct Foretold {
    #[serde(flatten)]
    pub share: Share,
    pub p50: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Scored {
    pub rule: String,
    pub value: f64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Covered {
    #[serde(rename = "in")]
    pub hits: u64,
    pub of: u64,
    pub lo: Option<f64>,
    pub hi: Option<f64>,
    pub in_by_pit: u64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Beside {
    pub targets: u64,
    pub better: u64,
    pub equal: u64,
    pub mean_score: Option<f64>,
    pub mean_baseline: Option<f64>,
}

impl Tested {
    /// Its targets as questions with what was observed; figures of a second source are left out.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.targets
            .iter()
            .filter(|target| !target.alternative)
            .map(|target| target.asked(self.replications))
            .collect()
    }
}

impl Target {
    pub(super) fn interval(&self, share: &str) -> Option<(f64, f64)> {
        self.intervals.as_ref()?.get(share).copied()
    }

    fn asked(&self, n: u64) -> Asked {
        let ends = |share: &str| self.interval(share).unzip();
        let ((p25, p75), (p10, p90), (p05, p95)) = (ends("50"), ends("80"), ends("90"));
        Asked {
            name: self.name.clone(),
            label: self.label.clone(),
            unit: self.unit.clone(),
            by_day: self.by_day.unwrap_or_default(),
            n,
            share: self.forecast.share.clone(),
            p05,
            p10,
            p25,
            p50: self.forecast.p50,
            p75,
            p90,
            p95,
            due_day: self.due_day,
            observed: Some(self.observed),
            ..Asked::default()
        }
    }
}
