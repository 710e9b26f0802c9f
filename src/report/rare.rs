//! The probability of a rare ending, as a document and as text.

use std::fmt::Write;

use serde_json::{Value, json};

use super::document::{CONFIDENCE, limits};
use super::quantity::{number, several};
use crate::batch::splitting::Repeat;
use crate::kernel::stream::SAMPLING_VERSION;
use crate::scenario::load::Loaded;
use crate::stats::Estimate;
use crate::stats::interval::{Interval, wilson};

/// What was asked and what was found.
#[derive(Debug, Clone)]
pub struct Rarity<'a> {
    /// The scenario.
    pub loaded: &'a Loaded,
    /// The event, as asked for.
    pub event: String,
    /// Whether the truce must not have collapsed, too.
    pub intact: bool,
    /// The measure of progress and its levels; `None` for hazard integration.
    pub levels: Option<(&'static str, Vec<f64>)>,
    /// Root seed.
    pub seed: u64,
    /// First repeat.
    pub first: u64,
    /// Particles of a stage, or replications of a repeat.
    pub effort: u64,
    /// What came of every repeat.
    pub repeats: Vec<Repeat>,
}

const OF_SPLITTING: [&str; 3] = [
    "Splitting: stage by stage the same number of particles runs until the next level; those that reach it are copied and go on under draws of their own. \
     The estimate is unbiased wherever the levels lie.",
    "Stages of one repeat depend on each other, so the interval is Student's over repeats, which are independent.",
    "The levels' own probabilities are estimates of the same kind; they show where the rarity lies.",
];
const OF_HAZARD: [&str; 2] = [
    "Hazard integration: the hazard of collapse strikes nobody but is integrated, so that each replication gives the probability given all else. \
     The estimate is unbiased; what else is random is sampled plainly.",
    "The interval is Student's over repeats, which are independent.",
];

impl Rarity<'_> {
    fn estimates(&self) -> Vec<f64> {
        self.repeats.iter().map(|r| r.estimate).collect()
    }

    /// The mean of the repeats. Where all saw nothing, or nothing else, their spread says nothing: the interval then is what so many
    /// allow.
    fn estimate(&self) -> Estimate {
        let mut estimate = within_one(Estimate::of_mean(&self.estimates()));
        let repeats = self.repeats.len() as u64;
        let n = if self.levels.is_some() { repeats } else { repeats * self.effort };
        if let Some(high) = self.bound() {
            (estimate.se, estimate.interval) = (None, Some(Interval { low: 0.0, high }));
        } else if self.repeats.iter().all(|r| r.estimate > 1.0 - 1e-12) {
            (estimate.se, estimate.interval) = (None, wilson(n, n, CONFIDENCE));
        }
        estimate
    }

    fn zeros(&self) -> usize {
        self.repeats.iter().filter(|r| r.estimate == 0.0).count()
    }

    /// Where no repeat saw the event: what its probability can hardly exceed. Up to the last level that any repeat reached, the upper end
    /// of that level's probability; beyond it, Wilson's upper end for none of so many. As the descendants of one ancestor are alike,
    /// only repeats are counted there, unless it is the first stage, whose particles are independent.
    fn bound(&self) -> Option<f64> {
        if self.zeros() < self.repeats.len() {
            return None;
        }
        let passed = |level: usize| self.repeats.iter().any(|r| r.weight(level, self.effort) > 0.0);
        let levels = self.levels.as_ref().map_or(0, |(_, levels)| levels.len());
        let last = (0..=levels).rev().find(|level| passed(*level)).unwrap_or(0);
        let repeats = self.repeats.len() as u64;
        let n = if last == 0 { repeats * self.effort } else { repeats };
        let rest = wilson(0, n, CONFIDENCE)?.high;
        Some(self.reach(last).interval.map_or(1.0, |i| i.high.min(1.0)) * rest)
    }

    /// The probability of reaching the first so many levels, one after another.
    fn reach(&self, levels: usize) -> Estimate {
        let weights: Vec<f64> = self.repeats.iter().map(|r| r.weight(levels, self.effort)).collect();
        within_one(Estimate::of_mean(&weights))
    }

    /// How many plain replications would give an error as small.
    fn plain(&self) -> Option<f64> {
        let estimate = self.estimate();
        // An error of the size of rounding is none: all repeats gave the same.
        let se = estimate.se.filter(|se| *se > 1e-12 * estimate.value)?;
        Some(estimate.value * (1.0 - estimate.value) / (se * se))
    }

    fn advice(&self) -> Option<String> {
        let (zeros, all) = (self.zeros(), self.repeats.len());
        let more = "Take more particles (--effort) or closer levels (--levels).";
        if zeros > 0 && zeros < all && 4 * zeros >= all {
            return Some(format!(
                "{zeros} of {all} repeats lost all their particles: the interval rests on few. {more}"
            ));
        }
        let few = self.effective().filter(|effective| *effective < all as f64 / 2.0)?;
        Some(format!(
            "The estimate rests on some {few:.0} of {all} repeats, which differ by more than their mean: the interval may well miss, most often from below. {more}"
        ))
    }

    /// How many equal repeats would have the spread that these have (Kish 1965): few where one or two make most of the mean.
    fn effective(&self) -> Option<f64> {
        let estimates = self.repeats.iter().map(|repeat| repeat.estimate);
        let (sum, squares) = estimates.fold((0.0, 0.0), |(sum, squares), p| (sum + p, squares + p * p));
        (squares > 0.0).then(|| sum * sum / squares)
    }

    fn notes(&self) -> &'static [&'static str] {
        if self.levels.is_some() { &OF_SPLITTING } else { &OF_HAZARD }
    }

    /// By level: reached by how many particles of the stage before, and how many ended with the event before it.
    fn stage(&self, stage: usize) -> (u64, u64) {
        let stages = || self.repeats.iter().filter_map(|r| r.stages.get(stage));
        (stages().map(|s| s.reached).sum(), stages().map(|s| s.hits).sum())
    }

    /// The document.
    pub fn document(&self) -> Value {
        let loaded = self.loaded;
        let levels = self.levels.as_ref().map(|(_, levels)| {
            let level = |(place, level): (usize, &f64)| {
                let (reached, hits) = self.stage(place);
                json!({
                    "level": level,
                    "probability": figures(&self.reach(place + 1)),
                    "particles_that_reached": reached,
                    "events_before": hits,
                })
            };
            levels.iter().enumerate().map(level).collect::<Vec<Value>>()
        });
        json!({
            "scenario": { "name": loaded.plan.name, "variant": loaded.variant, "digest": loaded.digest },
            "event": self.event,
            "without_collapse": self.intact,
            "method": if levels.is_some() { "splitting" } else { "hazard" },
            "progress": self.levels.as_ref().map(|(name, _)| *name),
            "levels": levels,
            "seed": self.seed,
            "first": self.first,
            "repeats": self.repeats.len(),
            "effort": self.effort,
            "confidence": CONFIDENCE,
            "probability": figures(&self.estimate()),
            "upper_bound": self.bound(),
            "repeats_without_event": self.zeros(),
            "estimates": self.estimates(),
            "plain_replications_for_the_same_error": self.plain(),
            "advice": self.advice(),
            "notes": self.notes(),
            "limits": limits([self.loaded]),
            "sampling_version": SAMPLING_VERSION,
        })
    }

    /// The text.
    pub fn render(&self) -> String {
        let mut text = String::new();
        let intact = if self.intact { ", and without a collapse" } else { "" };
        let _ = writeln!(text, "{}  (variant {})", self.loaded.plan.name, self.loaded.variant);
        let _ = writeln!(text, "How likely is it that a replication ends with {}{intact}?", self.event);
        let (repeats, effort) = (several(self.repeats.len() as u64, "repeat"), self.effort);
        let _ = match &self.levels {
            Some((progress, levels)) => writeln!(
                text,
                "Splitting over {} of {progress}; {repeats} of {} a stage; seed {}\n",
                several(levels.len() as u64, "level"),
                several(effort, "particle"),
                self.seed
            ),
            None => writeln!(
                text,
                "Integrating the hazard of collapse; {repeats} of {}; seed {}\n",
                several(effort, "replication"),
                self.seed
            ),
        };
        self.verdict(&mut text);
        self.table(&mut text);
        for line in self.notes().iter().chain(&limits([self.loaded])) {
            let _ = writeln!(text, "{line}");
        }
        text
    }

    fn verdict(&self, text: &mut String) {
        if let Some(bound) = self.bound() {
            let _ = writeln!(
                text,
                "No repeat saw it: the probability is hardly above {} (95%). More particles (--effort) or closer levels may tell more.\n",
                chance(bound)
            );
            return;
        }
        let estimate = self.estimate();
        let _ = writeln!(text, "Probability {}", told(&estimate));
        if let Some(plain) = self.plain() {
            let _ = writeln!(text, "Plain replications for the same error: {}", number(plain));
        }
        if let Some(advice) = self.advice() {
            let _ = writeln!(text, "advice: {advice}");
        }
        text.push('\n');
    }

    fn table(&self, text: &mut String) {
        let Some((progress, levels)) = self.levels.as_ref().filter(|(_, levels)| !levels.is_empty()) else {
            return;
        };
        let _ =
            writeln!(text, "{:<12} {:<48} of the stage's particles", progress, "probability to get there");
        for (place, level) in levels.iter().enumerate() {
            let (reached, _) = self.stage(place);
            let alive = self.repeats.iter().filter(|r| r.weight(place, self.effort) > 0.0).count();
            let share = reached as f64 / (alive as f64 * self.effort as f64);
            let share = if alive > 0 { super::quantity::percent(share) } else { "-".to_string() };
            let _ = writeln!(text, "{:<12} {:<48} {share}", level.to_string(), told(&self.reach(place + 1)));
        }
        text.push('\n');
    }
}

/// A probability's interval does not leave 0 to 1.
fn within_one(mut estimate: Estimate) -> Estimate {
    if let Some(interval) = &mut estimate.interval {
        (interval.low, interval.high) = (interval.low.max(0.0), interval.high.min(1.0));
    }
    estimate
}

fn figures(estimate: &Estimate) -> Value {
    let ends = estimate.interval.map(|i| (i.low, i.high));
    json!({
        "value": estimate.value,
        "se": estimate.se,
        "relative_error": estimate.se.filter(|_| estimate.value > 0.0).map(|se| se / estimate.value),
        "lo": ends.map(|e| e.0),
        "hi": ends.map(|e| e.1),
    })
}

fn told(estimate: &Estimate) -> String {
    let ends = estimate.interval.map(|i| format!("  ({} to {})", chance(i.low), chance(i.high)));
    format!("{}{}", chance(estimate.value), ends.unwrap_or_default())
}

/// A probability with four decimals, or with four digits where it is small; what is possible but rounds to 1 says so.
fn chance(p: f64) -> String {
    if p > 0.999_95 && p < 1.0 {
        return ">0.9999".to_string();
    }
    if p == 0.0 || p >= 1e-3 { format!("{p:.4}") } else { format!("{p:.3e}") }
}
