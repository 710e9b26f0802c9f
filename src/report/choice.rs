//! The variant selected, as a document and as text.

use std::fmt::Write;

use serde_json::{Value, json};

use super::contrast_table::signed;
use super::document::{CONFIDENCE, limits};
use super::quantity::{number, several};
use super::table::{Show, show_of, shown, words};
use crate::kernel::stream::SAMPLING_VERSION;
use crate::scenario::load::Loaded;
use crate::stats::interval::{Interval, student, wilson};
use crate::stats::selection::Exit;

/// A selection and what was found.
#[derive(Debug, Clone)]
pub struct Choice<'a> {
    /// The variants.
    pub variants: &'a [Loaded],
    /// The outcome's name.
    pub outcome: String,
    /// Whether it is 0 or 1.
    pub is_flag: bool,
    /// Whether a high mean is best.
    pub highest: bool,
    /// The difference worth telling.
    pub indifference: f64,
    /// The confidence asked for.
    pub confidence: f64,
    /// Replications of a batch.
    pub batch: u64,
    /// Batches of the first stage.
    pub first_stage: u64,
    /// Root seed.
    pub seed: u64,
    /// First replication.
    pub first: u64,
    /// The variant selected.
    pub chosen: Option<usize>,
    /// By variant: the means of its batches.
    pub batches: &'a [Vec<f64>],
    /// By variant: how it was dropped.
    pub exits: &'a [Option<Exit>],
}

/// What is known of one variant.
struct Row {
    replications: u64,
    mean: Estimate,
    /// The leader's mean minus this one's, over the batches of both.
    lead: Option<Estimate>,
}

/// A mean with its error.
struct Estimate {
    value: f64,
    se: Option<f64>,
    interval: Option<Interval>,
}

fn estimate(values: &[f64]) -> Option<Estimate> {
    if values.is_empty() {
        return None;
    }
    let n = values.len() as f64;
    let value = values.iter().sum::<f64>() / n;
    let squares = values.iter().map(|x| (x - value) * (x - value)).sum::<f64>();
    let se = (values.len() > 1).then(|| (squares / (n - 1.0) / n).sqrt());
    let interval = se.and_then(|se| student(value, se, values.len() as u64, CONFIDENCE));
    Some(Estimate { value, se, interval })
}

impl Choice<'_> {
    /// The variant selected, or, where none was, the best so far of those left.
    fn leader(&self) -> Option<usize> {
        let sum = |variant: &usize| {
            let total: f64 = self.batches[*variant].iter().sum();
            if self.highest { total } else { -total }
        };
        let left = (0..self.variants.len()).filter(|variant| self.exits[*variant].is_none());
        self.chosen.or_else(|| left.max_by(|a, b| sum(a).total_cmp(&sum(b))))
    }

    fn row(&self, variant: usize) -> Option<Row> {
        let mine = &self.batches[variant];
        let gaps = self.leader().filter(|leader| *leader != variant).map(|leader| {
            let pairs = self.batches[leader].iter().zip(mine);
            pairs.map(|(a, b)| a - b).collect::<Vec<f64>>()
        });
        let mut mean = estimate(mine)?;
        if self.is_flag {
            let n = mine.len() as u64 * self.batch;
            mean.interval = wilson((mean.value * n as f64 + 0.5) as u64, n, CONFIDENCE);
        }
        Some(Row {
            replications: mine.len() as u64 * self.batch,
            mean,
            lead: gaps.as_deref().and_then(estimate),
        })
    }

    /// Which variants were not dropped.
    fn left(&self) -> Vec<&str> {
        let left = self.variants.iter().zip(self.exits).filter(|(_, exit)| exit.is_none());
        left.map(|(variant, _)| variant.variant.as_str()).collect()
    }

    fn total(&self) -> u64 {
        self.batches.iter().map(|b| b.len() as u64 * self.batch).sum()
    }

    fn guarantee(&self) -> String {
        let show = show_of(&self.outcome, self.is_flag);
        format!(
            "Where the mean of the best variant is better than every other by {} or more, the chance of selecting it is at least {}. Where \
             others lie closer, one of them may be selected in its place.",
            margin(show, self.indifference),
            percent_exact(self.confidence),
        )
    }

    /// The document of a selection.
    pub fn document(&self) -> Value {
        let variants: Vec<Value> = (0..self.variants.len()).map(|v| self.variant_document(v)).collect();
        json!({
            "scenario": { "name": self.variants[0].plan.name },
            "outcome": self.outcome,
            "best": if self.highest { "highest" } else { "lowest" },
            "indifference": self.indifference,
            "confidence": self.confidence,
            "batch": self.batch,
            "first_stage": self.first_stage * self.batch,
            "seed": self.seed,
            "first": self.first,
            "selected": self.chosen.map(|v| self.variants[v].variant.clone()),
            "survivors": self.left(),
            "replications": self.total(),
            "variants": variants,
            "guarantee": self.guarantee(),
            "assumptions": ASSUMPTIONS,
            "overrides": self.variants[0].overrides,
            "limits": limits(self.variants),
            "sampling_version": SAMPLING_VERSION,
        })
    }

    fn variant_document(&self, variant: usize) -> Value {
        let loaded = &self.variants[variant];
        let row = self.row(variant);
        let figures = |estimate: Option<&Estimate>| {
            estimate.map(|e| {
                let ends = e.interval.map(|i| (i.low, i.high));
                json!({ "value": e.value, "se": e.se, "lo": ends.map(|e| e.0), "hi": ends.map(|e| e.1) })
            })
        };
        let exit = self.exits[variant];
        json!({
            "variant": loaded.variant,
            "scenario_digest": loaded.digest,
            "replications": row.as_ref().map(|r| r.replications),
            "mean": figures(row.as_ref().map(|r| &r.mean)),
            "leader_minus_this": figures(row.as_ref().and_then(|r| r.lead.as_ref())),
            "dropped_after": exit.map(|e| e.after * self.batch),
            "dropped_behind": exit.map(|e| self.variants[e.behind].variant.clone()),
        })
    }

    /// The selection as text.
    pub fn render(&self) -> String {
        let mut text = String::new();
        let show = show_of(&self.outcome, self.is_flag);
        let name = words(&self.outcome, show);
        let _ = writeln!(text, "{}", self.variants[0].plan.name);
        let _ = writeln!(
            text,
            "Which variant has the {} {name}? Differences below {} do not matter; confidence {}; seed {}\n",
            if self.highest { "highest" } else { "lowest" },
            margin(show, self.indifference),
            percent_exact(self.confidence),
            self.seed,
        );
        self.verdict(&mut text);
        self.table(&mut text, show);
        let _ = writeln!(text, "{}", self.guarantee());
        for line in ASSUMPTIONS {
            let _ = writeln!(text, "{line}");
        }
        for limit in limits(self.variants) {
            let _ = writeln!(text, "{limit}");
        }
        text
    }

    fn verdict(&self, text: &mut String) {
        match self.chosen {
            Some(variant) => {
                let name = &self.variants[variant].variant;
                let _ =
                    writeln!(text, "Selected: {name}, after {} in all", several(self.total(), "replication"));
                let twins: Vec<&str> = (0..self.variants.len())
                    .filter(|other| *other != variant && self.batches[*other] == self.batches[variant])
                    .map(|other| self.variants[other].variant.as_str())
                    .collect();
                if !twins.is_empty() {
                    let _ = writeln!(text, "Equal to it in every batch, and as good: {}", twins.join(", "));
                }
            }
            None => {
                let _ = writeln!(
                    text,
                    "Undecided after {} in all. Still in question: {}. Raise --most, or --indifference.",
                    several(self.total(), "replication"),
                    self.left().join(", ")
                );
            }
        }
        text.push('\n');
    }

    fn table(&self, text: &mut String, show: Show) {
        let _ = writeln!(
            text,
            "{:<28} {:>12} {:>9}  {:<21} {:>12}  {:<23} dropped",
            "Variant", "replications", "mean", "95% interval", "leader minus", "95% interval"
        );
        for (variant, loaded) in self.variants.iter().enumerate() {
            let Some(row) = self.row(variant) else { continue };
            let plain = |i: Option<Interval>| {
                i.map_or("-".to_string(), |i| format!("{} to {}", shown(show, i.low), shown(show, i.high)))
            };
            let apart = |i: Option<Interval>| {
                i.map_or(String::new(), |i| format!("{} to {}", signed(show, i.low), signed(show, i.high)))
            };
            let dropped = match self.exits[variant] {
                Some(exit) => format!(
                    "after {}, behind {}",
                    number((exit.after * self.batch) as f64),
                    self.variants[exit.behind].variant
                ),
                None => String::new(),
            };
            let line = format!(
                "  {:<26} {:>12} {:>9}  {:<21} {:>12}  {:<23} {dropped}",
                loaded.variant,
                number(row.replications as f64),
                shown(show, row.mean.value),
                plain(row.mean.interval),
                row.lead.as_ref().map_or(String::new(), |l| signed(show, l.value)),
                apart(row.lead.as_ref().and_then(|l| l.interval)),
            );
            let _ = writeln!(text, "{}", line.trim_end());
        }
        text.push('\n');
    }
}

/// What the guarantee rests on.
pub const ASSUMPTIONS: [&str; 3] = [
    "It rests on means of batches being nearly normal, and independent of one another (Kim and Nelson 2001, with common random numbers); rare flags \
     need larger batches.",
    "Intervals are of each variant alone, on the very runs that decided: the mean of the selected one leans in its favour. Run it under another seed \
     for a fair figure.",
    "What is selected is the best of these variants under this scenario, by this one outcome.",
];

/// A difference worth telling.
pub(super) fn margin(show: Show, value: f64) -> String {
    match show {
        Show::Share => format!("{} percentage points", trimmed(100.0 * value)),
        Show::Time => super::quantity::duration(value),
        _ => shown(show, value),
    }
}

fn percent_exact(share: f64) -> String {
    format!("{}%", trimmed(100.0 * share))
}

/// At most four decimals, without zeros at the end.
fn trimmed(value: f64) -> String {
    format!("{value:.4}").trim_end_matches('0').trim_end_matches('.').to_string()
}
