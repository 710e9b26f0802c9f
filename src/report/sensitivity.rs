//! Analyses of sensitivity, as a document and as text: a table and a tornado chart an outcome.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::document::{CONFIDENCE, limits_of};
use super::quantity::{number, several};
use super::table::{Show, show_of, shown, words};
use super::tornado;
use crate::design::Design;
use crate::kernel::stream::SAMPLING_VERSION;
use crate::stats::Estimate;
use crate::stats::effects::Effect;
use crate::stats::indices::{Flat, Index, Indices};

/// An analysis and what was found.
#[derive(Debug, Clone)]
pub struct Sensitivity<'a> {
    /// The scenario's name.
    pub scenario: String,
    /// The variant.
    pub variant: String,
    /// Digest of the variant as it stands, outside the design.
    pub scenario_digest: String,
    /// The design.
    pub design: &'a Design,
    /// Whether the scenario names sources.
    pub is_sourced: bool,
    /// How many cells ran.
    pub cells: usize,
    /// By outcome.
    pub outcomes: Vec<Outcome>,
}

/// What was found of one outcome.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// Whether it is 0 or 1.
    pub is_flag: bool,
    /// The figures.
    pub found: Found,
}

/// The figures of one outcome.
#[derive(Debug, Clone)]
pub enum Found {
    /// Elementary effects, by parameter.
    Effects(Vec<Effect>),
    /// Sobol's indices.
    Indices(Indices),
    /// None: it hardly varies.
    Flat(Flat),
}

/// How figures are to be read, by method.
const OF_EFFECTS: [&str; 4] = [
    "mu*: the mean size of what moving the parameter over its range does; mu: the same with its sign, so that falls and rises cancel.",
    "sigma: how much that depends on where the other parameters stand, or on where the parameter itself does; zero where it acts alone and in proportion.",
    "luck: the part of sigma that is the noise of so few replications; a mu* of this size tells nothing. One replication a point cannot tell it: -.",
    "Trajectories are independent and run different replications; all points of one run the same. Intervals are Student's over trajectories, of sigma by the jackknife.",
];
const OF_INDICES: [&str; 5] = [
    "First order: the share of the variance over the design that the parameter explains alone. Total: the share that it has a part in, with the others.",
    "Both are estimates: one below zero stands for one near zero. Sums of totals above 1, and of first orders below 1, mean that parameters act together.",
    "The dummy is an input that nothing reads: as all points of a scramble run the same replications, luck alone gives it exactly nothing.",
    "The variance and the indices are freed of the noise of the cells' means, whose share is stated. Scrambles run different replications; intervals are Student's over scrambles.",
    "Shares are of the variance over the ranges of this design, every value in them alike: wider ranges give other shares.",
];

impl Sensitivity<'_> {
    /// Whether no outcome has figures.
    pub fn is_empty(&self) -> bool {
        self.outcomes.iter().all(|o| matches!(o.found, Found::Flat(_)))
    }

    fn notes(&self) -> &'static [&'static str] {
        let is_indices = |o: &Outcome| !matches!(o.found, Found::Effects(_));
        if self.outcomes.iter().any(is_indices) { &OF_INDICES } else { &OF_EFFECTS }
    }

    fn paths(&self) -> impl Iterator<Item = &str> {
        self.design.parameters.iter().map(|p| p.path.as_str())
    }

    /// The document of an analysis.
    pub fn document(&self) -> Value {
        let design = self.design;
        let outcomes: Map<String, Value> =
            self.outcomes.iter().map(|o| (o.name.clone(), self.outcome_document(o))).collect();
        json!({
            "scenario": { "name": self.scenario, "variant": self.variant, "digest": self.scenario_digest },
            "method": design.method.as_str(),
            "design": design.description(),
            "design_seed": design.seed,
            "about": design.about,
            "parameters": self.paths().collect::<Vec<&str>>(),
            "blocks": design.scrambles,
            "points_of_a_block": design.points,
            "cells": self.cells,
            "replications": design.replications,
            "replications_in_all": (self.cells as u64).saturating_mul(design.replications),
            "seed": design.root_seed,
            "first": design.first,
            "confidence": CONFIDENCE,
            "outcomes": outcomes,
            "notes": self.notes(),
            "limits": limits_of(self.is_sourced),
            "sampling_version": SAMPLING_VERSION,
        })
    }

    fn outcome_document(&self, outcome: &Outcome) -> Value {
        let by_path =
            |values: Vec<Value>| self.paths().map(str::to_string).zip(values).collect::<Map<String, Value>>();
        match &outcome.found {
            Found::Effects(effects) => json!({
                "parameters": by_path(effects.iter().map(effect_document).collect()),
                "order": self.order(&outcome.found),
            }),
            Found::Indices(found) => json!({
                "mean": figures(&found.mean),
                "variance": figures(&found.variance),
                "noise_share": found.noise,
                "parameters": by_path(found.inputs.iter().map(index_document).collect()),
                "dummy": index_document(&found.dummy),
                "order": self.order(&outcome.found),
                "refused": null,
            }),
            Found::Flat(flat) => json!({
                "mean": figures(&flat.mean),
                "variance": figures(&flat.variance),
                "noise_share": finite(flat.noise),
                "refused": refusal(outcome, flat),
            }),
        }
    }

    /// Paths from the one that matters most down.
    fn order(&self, found: &Found) -> Vec<&str> {
        let paths: Vec<&str> = self.paths().collect();
        ranks(found).into_iter().map(|place| paths[place]).collect()
    }

    /// The analysis as text.
    pub fn render(&self) -> String {
        let mut text = String::new();
        let design = self.design;
        let _ = writeln!(text, "{}  (variant {})\n{}", self.scenario, self.variant, design.description());
        if let Some(about) = &design.about {
            let _ = writeln!(text, "{about}");
        }
        let _ = writeln!(
            text,
            "{} of {}, {} in all; seed {}\n",
            several(self.cells as u64, "cell"),
            several(design.replications, "replication"),
            number((self.cells as f64) * design.replications as f64),
            design.root_seed,
        );
        for outcome in &self.outcomes {
            self.render_outcome(&mut text, outcome);
            text.push('\n');
        }
        for line in self.notes().iter().chain(&limits_of(self.is_sourced)) {
            let _ = writeln!(text, "{line}");
        }
        text
    }

    fn render_outcome(&self, text: &mut String, outcome: &Outcome) {
        let show = show_of(&outcome.name, outcome.is_flag);
        let name = words(&outcome.name, show);
        match &outcome.found {
            Found::Effects(effects) => self.render_effects(text, &name, show, effects, &outcome.found),
            Found::Indices(found) => self.render_indices(text, &name, show, found, &outcome.found),
            Found::Flat(flat) => {
                let _ = writeln!(text, "{name}: no indices\n  {}", refusal(outcome, flat));
            }
        }
    }

    fn render_effects(&self, text: &mut String, name: &str, show: Show, effects: &[Effect], found: &Found) {
        let units = if show == Show::Share { ", in percentage points" } else { "" };
        let _ = writeln!(text, "{name}: what moving a parameter over its range does{units} (95% interval)");
        let width = self.width();
        let _ = writeln!(text, "  {:<width$}  {:<28} {:<28} {:<28} luck", "", "mu*", "mu", "sigma");
        let paths: Vec<&str> = self.paths().collect();
        let places = ranks(found);
        for place in &places {
            let e = &effects[*place];
            let cell = |estimate: &Estimate| with_interval(estimate, |x| amount(show, x));
            let (star, mu, sigma) = (cell(&e.mu_star), cell(&e.mu), cell(&e.sigma));
            let luck = e.luck.map_or_else(|| "-".to_string(), |luck| amount(show, luck));
            let _ = writeln!(text, "  {:<width$}  {star:<28} {mu:<28} {sigma:<28} {luck}", paths[*place]);
        }
        let longest = effects.iter().map(|e| e.rises.max(-e.falls)).fold(0.0, f64::max);
        let ends = (amount(show, -longest), amount(show, longest));
        let _ = writeln!(text, "\n  {:<width$}  {:<20} 0{:>20}", "falls and rises", ends.0, ends.1);
        for place in places {
            let e = &effects[place];
            let _ = writeln!(
                text,
                "  {:<width$}  {}",
                paths[place],
                tornado::centred(-e.falls, e.rises, longest)
            );
        }
    }

    fn render_indices(&self, text: &mut String, name: &str, show: Show, found: &Indices, of: &Found) {
        let mean = with_interval(&found.mean, |x| shown(show, x));
        let sd = amount(show, found.variance.value.max(0.0).sqrt());
        let noise = super::quantity::percent(found.noise.clamp(0.0, 1.0));
        let _ = writeln!(
            text,
            "{name}: mean over the design {mean}, standard deviation {sd}; {noise} of the variance of the cells' means was noise, and is taken out"
        );
        let width = self.width();
        let _ = writeln!(text, "  {:<width$}  {:<24} {:<24} first #, total -", "", "first order", "total");
        let longest = found.inputs.iter().map(|i| i.total.value.max(i.first.value)).fold(0.0, f64::max);
        let row = |name: &str, index: &Index| {
            let cell = |estimate: &Estimate| with_interval(estimate, share);
            let (first, total) = (cell(&index.first), cell(&index.total));
            let bar = tornado::nested(index.first.value, index.total.value, longest);
            format!("  {name:<width$}  {first:<24} {total:<24} {bar}\n")
        };
        let paths: Vec<&str> = self.paths().collect();
        for place in ranks(of) {
            text.push_str(&row(paths[place], &found.inputs[place]));
        }
        text.push_str(&row(DUMMY, &found.dummy));
    }

    fn width(&self) -> usize {
        self.paths().map(|p| p.chars().count()).max().unwrap_or(0).max(DUMMY.len())
    }
}

const DUMMY: &str = "(dummy: nothing reads it)";

/// Parameters from the one that matters most down.
fn ranks(found: &Found) -> Vec<usize> {
    let figures: Vec<f64> = match found {
        Found::Effects(effects) => effects.iter().map(|e| e.mu_star.value).collect(),
        Found::Indices(found) => found.inputs.iter().map(|i| i.total.value).collect(),
        Found::Flat(_) => Vec::new(),
    };
    tornado::order(&figures)
}

fn refusal(outcome: &Outcome, flat: &Flat) -> String {
    let show = show_of(&outcome.name, outcome.is_flag);
    let mean = shown(show, flat.mean.value);
    if !(flat.noise.is_finite() && flat.variance.value != 0.0) {
        return format!(
            "It is the same at every point of this design ({mean}), so there is no variance to share out. Vary what it depends on, or take another outcome."
        );
    }
    format!(
        "It hardly varies over this design (mean {mean}): its variance is not surely above zero, and {} of that of the cells' means is the noise of \
         replications. Indices would be ratios of noise. Take wider ranges, more replications, more points or more scrambles.",
        super::quantity::percent(flat.noise.clamp(0.0, 1.0))
    )
}

fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

fn figures(estimate: &Estimate) -> Value {
    let ends = estimate.interval.map(|i| (i.low, i.high));
    json!({
        "value": finite(estimate.value),
        "se": estimate.se,
        "lo": ends.map(|e| e.0),
        "hi": ends.map(|e| e.1),
    })
}

fn effect_document(effect: &Effect) -> Value {
    json!({
        "mu": figures(&effect.mu),
        "mu_star": figures(&effect.mu_star),
        "sigma": figures(&effect.sigma),
        "luck": effect.luck.and_then(finite),
        "falls": finite(effect.falls),
        "rises": finite(effect.rises),
    })
}

fn index_document(index: &Index) -> Value {
    json!({
        "first": figures(&index.first),
        "total": figures(&index.total),
        "first_with_noise": finite(index.raw[0]),
        "total_with_noise": finite(index.raw[1]),
    })
}

fn with_interval(estimate: &Estimate, show: impl Fn(f64) -> String) -> String {
    let value = show(estimate.value);
    match estimate.interval {
        Some(i) => format!("{value} ({} to {})", show(i.low), show(i.high)),
        None => value,
    }
}

/// A share of variance: three decimals, and no minus before a zero.
fn share(x: f64) -> String {
    format!("{:.3}", if x.abs() < 0.0005 { 0.0 } else { x })
}

/// A difference of two values of an outcome: of shares in percentage points.
fn amount(show: Show, x: f64) -> String {
    match show {
        Show::Share => format!("{:.1}", if (100.0 * x).abs() < 0.05 { 0.0 } else { 100.0 * x }),
        _ => shown(show, if x == 0.0 { 0.0 } else { x }),
    }
}
