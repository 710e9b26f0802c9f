//! Regret and robustness of variants over the points of a sweep.

use std::fmt::Write;

use serde_json::{Value, json};

use super::choice::margin;
use super::document::{CONFIDENCE, limits_of};
use super::quantity::number;
use super::sweep::{aligned, interval_at, unseen};
use super::table::{Show, show_of, shown, words};
use crate::batch::cell::CellSample;
use crate::design::Cells;
use crate::stats::Interval;
use crate::stats::regret::{Bounded, Robustness, Table, robustness};

/// What is known of one cell.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its statistics.
    pub sample: CellSample,
    /// The outcome's place in its plan.
    pub place: usize,
    /// Digest of its scenario.
    pub digest: String,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The outcome's name.
    pub outcome: String,
    /// Whether it is 0 or 1.
    pub is_flag: bool,
    /// Whether a high mean is best.
    pub highest: bool,
    /// What a mean must reach, or stay within, to satisfy.
    pub threshold: Option<f64>,
}

/// Robustness of every variant.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    cells: &'a Cells<'a>,
    question: Question,
    found: Vec<Robustness>,
    intervals: usize,
    uneven: bool,
}

/// Works out the robustness of every variant; `known` holds the cells in order. `None` where a difference has no standard error:
/// below 32 replications a cell, or where the outcome exists too seldom.
pub fn report<'a>(cells: &'a Cells<'a>, known: &[Known], question: Question) -> Option<Report<'a>> {
    let (variants, points) = (cells.design.variants.len(), cells.points.len());
    let intervals = points * (variants + variants * (variants - 1) / 2);
    let each = 1.0 - (1.0 - CONFIDENCE) / intervals.max(1) as f64;
    let sign = if question.highest { 1.0 } else { -1.0 };
    let at = |variant: usize, point: usize| &known[point * variants + variant];
    let mut means = Vec::new();
    let mut leads = Vec::new();
    for point in 0..points {
        for one in 0..variants {
            means.push(mean_of(at(one, point), &question, each, sign)?);
            for other in 0..variants {
                leads.push(lead_of(at(one, point), at(other, point), &question, each, sign)?);
            }
        }
    }
    let table = Table {
        variants,
        points,
        mean: &|variant, point| means[point * variants + variant],
        lead: &|one, other, point| leads[(point * variants + one) * variants + other],
    };
    let threshold = question.threshold.map(|limit| sign * limit);
    let uneven = (0..points).any(|p| (1..variants).any(|v| count(at(v, p)) != count(at(0, p))));
    Some(Report { cells, found: robustness(&table, threshold)?, question, intervals, uneven })
}

fn count(known: &Known) -> u64 {
    known.sample.tally(known.place).count()
}

/// The mean of a cell, with more always better.
fn mean_of(known: &Known, question: &Question, each: f64, sign: f64) -> Option<Bounded> {
    let tally = known.sample.tally(known.place);
    let interval = interval_at(tally, question.is_flag, each)?;
    Some(signed(tally.mean()?, interval, sign))
}

/// By how much one cell exceeds another, with more always better.
fn lead_of(one: &Known, other: &Known, question: &Question, each: f64, sign: f64) -> Option<Bounded> {
    if one.digest == other.digest {
        return Some(Bounded { value: 0.0, interval: Interval { low: 0.0, high: 0.0 } });
    }
    let contrast = CellSample::contrast((&other.sample, other.place), (&one.sample, one.place))?;
    let mut interval = contrast.interval(each)?;
    if question.is_flag && contrast.se == 0.0 {
        // What never differed may yet differ, as seldom as so many replications allow.
        let reach = unseen(count(one), each);
        interval = Interval { low: contrast.difference - reach, high: contrast.difference + reach };
    }
    Some(signed(contrast.difference, interval, sign))
}

fn signed(value: f64, interval: Interval, sign: f64) -> Bounded {
    let (a, b) = (sign * interval.low, sign * interval.high);
    Bounded { value: sign * value, interval: Interval { low: a.min(b), high: a.max(b) } }
}

impl Report<'_> {
    /// The variant whose largest regret is least.
    fn minimax(&self) -> usize {
        let order = |a: &&usize, b: &&usize| {
            self.found[**a].max_regret.value.total_cmp(&self.found[**b].max_regret.value)
        };
        let all: Vec<usize> = (0..self.found.len()).collect();
        all.iter().min_by(order).copied().unwrap_or(0)
    }

    /// The variants whose largest regret may be the least, as far as simulation tells.
    fn contenders(&self) -> Vec<&str> {
        let least = self.found.iter().map(|r| r.max_regret.interval.high).fold(f64::INFINITY, f64::min);
        let names = self.cells.design.variants.iter().zip(&self.found);
        names
            .filter(|(_, r)| r.max_regret.interval.low <= least)
            .map(|(name, _)| name.value.as_str())
            .collect()
    }

    fn sign(&self) -> f64 {
        if self.question.highest { 1.0 } else { -1.0 }
    }

    /// How the intervals are to be read.
    fn confidence(&self) -> String {
        format!(
            "All {} intervals of means and differences behind this table hold together with 95% confidence (Bonferroni), so that the best of noisy means \
             is not taken for the best. They are simulation error alone.",
            self.intervals
        )
    }

    /// The document of a robustness table.
    pub fn document(&self) -> Value {
        let bounded = |b: &Bounded, sign: f64| {
            let (low, high) = (sign * b.interval.low, sign * b.interval.high);
            json!({ "value": sign * b.value + 0.0, "lo": low.min(high) + 0.0, "hi": low.max(high) + 0.0 })
        };
        let sign = self.sign();
        let variant = |(name, r): (&str, &Robustness)| {
            json!({
                "variant": name,
                "max_regret": bounded(&r.max_regret, 1.0),
                "max_regret_point": self.cells.points[r.max_regret_at].number,
                "mean_regret": bounded(&r.mean_regret, 1.0),
                "worst": bounded(&r.worst, sign),
                "worst_point": self.cells.points[r.worst_at].number,
                "mean": bounded(&r.mean, sign),
                "satisfied_share": r.satisfied.as_ref().map(|s| bounded(s, 1.0)),
                "regrets": r.regrets.iter().map(|b| bounded(b, 1.0)).collect::<Vec<Value>>(),
            })
        };
        let names = self.cells.design.variants.iter().map(|v| v.value.as_str());
        let points: Vec<Value> = self
            .cells
            .points
            .iter()
            .enumerate()
            .map(|(index, point)| json!({ "point": point.number, "sets": self.cells.sets(index) }))
            .collect();
        json!({
            "scenario": { "name": self.cells.name },
            "outcome": self.question.outcome,
            "best": if self.question.highest { "highest" } else { "lowest" },
            "threshold": self.question.threshold,
            "confidence": CONFIDENCE,
            "intervals": self.intervals,
            "points": points,
            "variants": names.zip(&self.found).map(variant).collect::<Vec<Value>>(),
            "minimax": self.cells.design.variants[self.minimax()].value,
            "minimax_contenders": self.contenders(),
            "limits": limits_of(self.cells.is_sourced),
        })
    }

    /// The robustness table as text; with `is_whole` the regret of every point.
    pub fn render(&self, is_whole: bool) -> String {
        let show = show_of(&self.question.outcome, self.question.is_flag);
        let mut text = format!("{}: {}\n", self.cells.name, self.cells.design.description());
        let _ = writeln!(
            text,
            "Judged by {}, of which the {} is best. Regret: how far a variant falls short of the best one at the same point\n",
            words(&self.question.outcome, show),
            if self.question.highest { "highest" } else { "lowest" },
        );
        text.push_str(&self.table(show));
        let least = &self.cells.design.variants[self.minimax()].value;
        let contenders = self.contenders();
        let _ = match contenders.as_slice() {
            [only] => writeln!(text, "\nLeast largest regret: {only}."),
            several => writeln!(
                text,
                "\nLeast largest regret: {least}, but simulation error leaves several possible: {}.",
                several.join(", ")
            ),
        };
        text.push('\n');
        self.points(&mut text, show, is_whole);
        self.foot(&mut text);
        text
    }

    fn table(&self, show: Show) -> String {
        let mut head =
            ["variant", "largest regret", "at point", "mean regret", "worst mean", "at point", "mean"]
                .map(str::to_string)
                .to_vec();
        if let Some(limit) = self.question.threshold {
            let way = if self.question.highest { "at least" } else { "at most" };
            head.push(format!("{way} {}", margin_or_shown(show, limit)));
        }
        let sign = self.sign();
        let rows = self.cells.design.variants.iter().zip(&self.found);
        let lines: Vec<Vec<String>> = rows
            .map(|(name, r)| {
                let mut line = vec![
                    name.value.clone(),
                    amount(show, &r.max_regret),
                    self.cells.points[r.max_regret_at].number.to_string(),
                    amount(show, &r.mean_regret),
                    level(show, &r.worst, sign),
                    self.cells.points[r.worst_at].number.to_string(),
                    level(show, &r.mean, sign),
                ];
                line.extend(
                    r.satisfied.as_ref().map(|s| format!("{} of points", level(Show::Share, s, 1.0))),
                );
                line
            })
            .collect();
        aligned(&head, &lines)
    }

    fn points(&self, text: &mut String, show: Show, is_whole: bool) {
        const FEW: usize = 20;
        let shown = if is_whole { self.cells.points.len() } else { FEW.min(self.cells.points.len()) };
        let mut head = vec!["point".to_string()];
        head.extend(self.cells.design.parameters.iter().map(|p| p.path.clone()));
        head.extend(self.cells.design.variants.iter().map(|v| format!("regret of {}", v.value)));
        let lines: Vec<Vec<String>> = (0..shown)
            .map(|index| {
                let point = &self.cells.points[index];
                let mut line = vec![point.number.to_string()];
                line.extend(point.levels.iter().map(|l| l.text.clone()));
                line.extend(self.found.iter().map(|r| amount(show, &r.regrets[index])));
                line
            })
            .collect();
        text.push_str(&aligned(&head, &lines));
        if shown < self.cells.points.len() {
            let _ = writeln!(
                text,
                "  ({} points more with --all)",
                number((self.cells.points.len() - shown) as f64)
            );
        }
        text.push('\n');
    }

    fn foot(&self, text: &mut String) {
        if self.uneven {
            let _ = writeln!(
                text,
                "The outcome exists in other replications under one variant than under another: the differences compare means over different replications."
            );
        }
        let _ = writeln!(text, "{}", self.confidence());
        let _ =
            writeln!(text, "Every point counts alike: the design, not the world, says how likely each is.");
        for limit in limits_of(self.cells.is_sourced) {
            let _ = writeln!(text, "{limit}");
        }
    }
}

/// A shortfall with its interval; shares in percentage points.
fn amount(show: Show, b: &Bounded) -> String {
    let of = |value: f64| match show {
        Show::Share if value > 0.0 && value < 0.005 => "<1".to_string(),
        Show::Share => format!("{:.0}", 100.0 * value),
        _ => shown(show, value),
    };
    let unit = if show == Show::Share { " pts" } else { "" };
    if b.interval.low == b.interval.high {
        return format!("{}{unit}", of(b.value));
    }
    format!("{}{unit} ({} to {})", of(b.value), of(b.interval.low), of(b.interval.high))
}

/// A mean with its interval.
fn level(show: Show, b: &Bounded, sign: f64) -> String {
    let (a, z) = (sign * b.interval.low, sign * b.interval.high);
    format!("{} ({} to {})", shown(show, sign * b.value), shown(show, a.min(z)), shown(show, a.max(z)))
}

fn margin_or_shown(show: Show, value: f64) -> String {
    if show == Show::Share { format!("{:.0}%", 100.0 * value) } else { margin(show, value) }
}
