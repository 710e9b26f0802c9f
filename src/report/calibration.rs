//! What a calibration found, as a document and as text.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::calibrate::conjugate;
use crate::calibrate::prior::{Exact, Parameter, Priors};
use crate::calibrate::problem::Answers;
use crate::calibrate::smc::{Ended, Found, ess};
use crate::calibrate::summary::{Figure, Summary, of_weighted};
use crate::kernel::stream::SAMPLING_VERSION;
use crate::scenario::load::Loaded;
use crate::stats::interval::CONFIDENCE;

/// What was asked and what was found.
#[derive(Debug, Clone, Copy)]
pub struct Calibration<'a> {
    /// The scenario as it stood before.
    pub loaded: &'a Loaded,
    /// What was to be learnt.
    pub priors: &'a Priors,
    /// The histories, by file.
    pub histories: &'a [String],
    /// What they answer.
    pub answers: &'a [Answers],
    /// The day to whose end they were read; none for all of them.
    pub as_of: Option<i64>,
    /// Root seed.
    pub seed: u64,
    /// First replication.
    pub first: u64,
    /// What was sampled; none where nothing is fitted by simulation.
    pub found: Option<&'a Found>,
    /// How each parameter stands in the new scenario: those by simulation first.
    pub written: &'a [&'static str],
    /// The digest of the new scenario; none where none was asked for.
    pub calibrated_digest: Option<&'a str>,
}

const STATEMENTS: [&str; 4] = [
    "Intervals tell the error of the sampling alone: not that of the scenario, nor of the record.",
    "A tolerance above zero widens the posterior; how much is seen by asking for a lower one.",
    "One exchange is one episode: its rounds depend on each other, and a posterior from it says little of another exchange.",
    "A scenario written with laws draws its parameters one by one: how they hang together is in the sample, not in the file.",
];

/// How a search ended, in words.
fn ended(ended: Ended) -> &'static str {
    match ended {
        Ended::Reached => "the tolerance asked for is reached",
        Ended::Budget => "the simulations ran out before the next generation was whole",
        Ended::Empty => "too few places of the priors could be simulated",
    }
}

/// The posterior of a coordinate of the sample.
pub fn posterior(parameter: &Parameter, found: &Found, k: usize) -> Summary {
    let values: Vec<f64> = found.particles.iter().map(|p| parameter.value(p.place[k])).collect();
    let weights: Vec<f64> = found.particles.iter().map(|p| p.weight).collect();
    of_weighted(&values, &weights, CONFIDENCE)
}

fn figure(figure: &Figure) -> Value {
    match figure.interval {
        Some(interval) => json!({ "value": figure.value, "interval": [interval.low, interval.high] }),
        None => json!({ "value": figure.value, "interval": null }),
    }
}

fn figures(summary: &Summary) -> Value {
    json!({
        "mean": figure(&summary.mean),
        "sd": figure(&summary.sd),
        "p05": figure(&summary.quantiles[0]),
        "p50": figure(&summary.quantiles[1]),
        "p95": figure(&summary.quantiles[2]),
    })
}

impl Calibration<'_> {
    fn sampled(&self) -> Vec<(&Parameter, Summary)> {
        let Some(found) = self.found else { return Vec::new() };
        self.priors.parameters.iter().enumerate().map(|(k, p)| (p, posterior(p, found, k))).collect()
    }

    fn exact(&self) -> impl Iterator<Item = (&Exact, Summary)> {
        self.priors.exact.iter().map(|exact| (exact, conjugate::summary(&exact.law, exact.size)))
    }

    fn parameters(&self) -> Vec<Value> {
        let sampled = self.sampled();
        let prior =
            |p: &Parameter| json!({ "p05": p.value(0.05), "p50": p.value(0.5), "p95": p.value(0.95) });
        let sampled = sampled.iter().map(|(p, summary)| {
            json!({
                "path": p.path, "unit": p.quantity().unit(), "method": "simulation",
                "prior": prior(p), "data": null, "posterior": figures(summary),
            })
        });
        let exact = self.exact().map(|(exact, summary)| {
            json!({
                "path": exact.path, "unit": exact.quantity.unit(), "method": "closed form",
                "prior": exact.prior, "data": exact.data, "posterior": figures(&summary),
            })
        });
        let mut list: Vec<Value> = sampled.chain(exact).collect();
        for (value, written) in list.iter_mut().zip(self.written) {
            value["written_as"] = json!(written);
        }
        list
    }

    fn statistics(&self) -> Vec<Value> {
        let scales = self.found.map_or(&[] as &[f64], |found| &found.scales);
        let named = self.answers.iter().zip(self.histories).flat_map(|(answers, file)| {
            answers.questions.iter().zip(&answers.observed).map(move |(q, observed)| (file, q, observed))
        });
        let one = |((file, question, observed), scale): (
            (&String, &crate::forecast::Question, &i64),
            &f64,
        )| {
            json!({
                "history": file, "name": question.name, "unit": question.unit(), "observed": observed, "scale": scale,
            })
        };
        named.zip(scales).map(one).collect()
    }

    /// The document.
    pub fn document(&self) -> Value {
        let sample = self.found.map(|found| {
            let generation = |g: &crate::calibrate::smc::Generation| {
                let tolerance = g.tolerance.is_finite().then_some(g.tolerance);
                json!({ "tolerance": tolerance, "simulations": g.simulations, "effective_sample_size": g.ess })
            };
            let last = found.generations.last().filter(|g| g.tolerance.is_finite());
            json!({
                "particles": found.particles.len(),
                "effective_sample_size": ess(found.particles.iter().map(|p| p.weight)),
                "tolerance": last.map(|g| g.tolerance),
                "generations": found.generations.iter().map(generation).collect::<Vec<Value>>(),
                "simulations": found.simulations,
                "ended": ended(found.ended),
            })
        });
        json!({
            "scenario": self.loaded.plan.name,
            "variant": self.loaded.variant,
            "overrides": self.loaded.overrides,
            "about": self.priors.about,
            "histories": self.histories,
            "as_of": self.as_of,
            "seed": self.seed,
            "first": self.first,
            "version": env!("CARGO_PKG_VERSION"),
            "sampling_version": SAMPLING_VERSION,
            "parameters": self.parameters(),
            "sample": sample,
            "statistics": self.statistics(),
            "prior_digest": self.loaded.digest,
            "parameters_digest": self.calibrated_digest,
            "statements": STATEMENTS,
        })
    }

    /// The same for people.
    pub fn text(&self) -> String {
        let mut text = format!("{}, variant {}: calibrated", self.loaded.plan.name, self.loaded.variant);
        if let Some(found) = self.found {
            let statistics: usize = self.answers.iter().map(|a| a.questions.len()).sum();
            let _ = write!(text, " to {statistics} statistics of {}", self.histories.join(", "));
            if let Some(day) = self.as_of {
                let _ = write!(text, " as of day {day}");
            }
            let size = ess(found.particles.iter().map(|p| p.weight));
            let tolerance = found.generations.last().map_or(f64::INFINITY, |g| g.tolerance);
            let _ = write!(
                text,
                "\n{} particles, effective sample size {}; tolerance {} spreads under the prior, after {} generations and {} simulations: {}",
                found.particles.len(),
                number(size),
                if tolerance.is_finite() { number(tolerance) } else { "without bound, in".to_string() },
                found.generations.len(),
                found.simulations,
                ended(found.ended)
            );
        }
        text.push('\n');
        for (parameter, summary) in self.sampled() {
            let prior = [0.05, 0.5, 0.95].map(|p| number(parameter.value(p))).join(", ");
            let head = format!("{}: by simulation; prior 5, 50, 95%: {prior}", parameter.path);
            lines(&mut text, &head, &parameter.quantity().unit(), &summary);
        }
        for (exact, summary) in self.exact() {
            let head = format!("{}: {}, {} in closed form", exact.path, exact.prior, exact.data);
            lines(&mut text, &head, &exact.quantity.unit(), &summary);
        }
        text.push('\n');
        for statement in STATEMENTS {
            let _ = writeln!(text, "{statement}");
        }
        if let Some(digest) = self.calibrated_digest {
            let _ = writeln!(text, "parameters digest {digest}");
        }
        text
    }
}

/// Four significant digits.
fn number(value: f64) -> String {
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    format!("{}", rounded + 0.0)
}

fn lines(text: &mut String, head: &str, unit: &str, summary: &Summary) {
    let _ = writeln!(text, "\n{head}");
    let names = ["mean", "sd", "5%", "50%", "95%"];
    let figures = [summary.mean, summary.sd].into_iter().chain(summary.quantiles);
    for (name, figure) in names.iter().zip(figures) {
        let interval = match figure.interval {
            Some(interval) => format!("  [{}, {}]", number(interval.low), number(interval.high)),
            None => "  exact".to_string(),
        };
        let _ = writeln!(text, "  {name:<5} {:>12}{unit}{interval}", number(figure.value));
    }
}
