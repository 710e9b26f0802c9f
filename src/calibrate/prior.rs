//! Parameters with their priors, read and checked against the scenario.

use super::conjugate;
use super::file::{Counted, PriorRange, PriorsFile, Share};
use super::laws;
use crate::design::file::{Scale, path_of};
use crate::design::quantity::{Quantity, Range, Spacing};
use crate::dist::{Distribution, Prob};
use crate::scenario::diagnostic::{Diagnostic, Faults};
use crate::scenario::load::Script;
use crate::scenario::overrides::Change;
use crate::scenario::read::{Read, Reader};
use crate::scenario::source::{At, Sources, Span};
use crate::scenario::tree::{self, Node};

/// What is believed of a parameter before.
#[derive(Debug, Clone)]
pub enum Prior {
    /// Even over a range, or over its logarithm.
    Range(Range),
    /// A law of the scenario: it, the unit of figures, and how much of the law's own unit is one of it.
    Law(Distribution, Quantity, f64),
}

/// A parameter that is fitted by simulation.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its path, as `--set` takes it.
    pub path: String,
    /// The same, each part with its place in the file of priors; of no value yet.
    pub change: Change,
    /// Its prior.
    pub prior: Prior,
    span: Span,
}

impl Parameter {
    /// Its value at a share of the prior, in [`Parameter::quantity`].
    pub fn value(&self, share: f64) -> f64 {
        match &self.prior {
            Prior::Range(range) => range.number(share),
            Prior::Law(law, _, size) => law.quantile(Prob::from_lower(share)) / size,
        }
    }

    /// The same as the scenario reads it.
    pub fn node(&self, share: f64) -> Node {
        match &self.prior {
            Prior::Range(range) => range.drawn(share),
            Prior::Law(_, quantity, _) => quantity.node(self.value(share), self.span),
        }
    }

    /// The unit of its figures.
    pub fn quantity(&self) -> &Quantity {
        match &self.prior {
            Prior::Range(range) => range.quantity(),
            Prior::Law(_, quantity, _) => quantity,
        }
    }

    /// Whether only whole numbers are meant.
    pub fn is_whole(&self) -> bool {
        matches!(&self.prior, Prior::Range(range) if range.is_whole())
    }
}

/// A parameter whose posterior is had in closed form.
#[derive(Debug, Clone)]
pub struct Exact {
    /// Its path, as `--set` takes it.
    pub path: String,
    /// The same, each part with its place in the file of priors; of no value yet.
    pub change: Change,
    /// The prior, in words.
    pub prior: String,
    /// What was counted, in words.
    pub data: String,
    /// Its posterior, per second for rates.
    pub law: Distribution,
    /// The unit of figures.
    pub quantity: Quantity,
    /// How many of the law's own unit are one of figures.
    pub size: f64,
}

impl Exact {
    /// Its mean as the scenario reads it.
    pub fn node(&self) -> Node {
        self.quantity.node(self.law.mean() * self.size, self.change.place())
    }
}

/// What is to be learnt.
#[derive(Debug, Clone)]
pub struct Priors {
    /// What the calibration is about.
    pub about: Option<String>,
    /// Fitted by simulation.
    pub parameters: Vec<Parameter>,
    /// Had in closed form.
    pub exact: Vec<Exact>,
}

impl Priors {
    /// Reads text `source` as priors over a variant of a scenario, and tries the scenario at the ends of every prior.
    ///
    /// # Errors
    /// Every fault of the file, and what the scenario has against a parameter.
    pub fn read(
        sources: &Sources,
        source: u16,
        script: &Script,
        variant: Option<&str>,
    ) -> Result<Priors, Faults> {
        let mut faults = Faults::new();
        let Some(root) = tree::parse(sources, source, &mut faults) else { return Err(faults) };
        let file = PriorsFile::read(&root, &mut Reader::of("a file of priors", &mut faults));
        let Some(file) = file.filter(|_| faults.is_empty()) else { return Err(faults) };
        let mut build = Build { sources, script, variant, faults: &mut faults };
        let priors = build.priors(&file, root.span);
        if faults.is_empty() {
            priors.check(script, variant, &mut faults);
        }
        if faults.is_empty() { Ok(priors) } else { Err(faults) }
    }

    /// The changes that put every parameter of closed form at its mean.
    pub fn settled(&self) -> Vec<Change> {
        self.exact.iter().map(|exact| exact.change.to(exact.node())).collect()
    }

    /// Each prior's middle and ends must be values that the scenario takes.
    fn check(&self, script: &Script, variant: Option<&str>, faults: &mut Faults) {
        let mut seen: Vec<(Span, &'static str)> = Vec::new();
        let mut place = vec![0.5; self.parameters.len()];
        let refused = |place: &[f64]| {
            let parts = self.parameters.iter().zip(place);
            let changes = self.settled().into_iter().chain(parts.map(|(p, at)| p.change.to(p.node(*at))));
            script.load(variant, &changes.collect::<Vec<Change>>()).err()
        };
        let mut tell = |found: Option<Faults>| {
            for fault in found.into_iter().flat_map(Faults::into_sorted) {
                if !seen.contains(&(fault.span, fault.code)) {
                    seen.push((fault.span, fault.code));
                    faults.push(fault);
                }
            }
        };
        tell(refused(&place));
        for k in 0..place.len() {
            // Laws without an end have none that could be tried.
            for (near, end) in [(0.001, 0.0), (0.999, 1.0)] {
                place[k] = near;
                let mut found = refused(&place);
                if found.is_some() && matches!(self.parameters[k].prior, Prior::Range(_)) {
                    // A range is refused by the number that stands in the file, where that is what is wrong with it.
                    place[k] = end;
                    found = refused(&place).or(found);
                }
                tell(found);
            }
            place[k] = 0.5;
        }
    }
}

struct Build<'a> {
    sources: &'a Sources,
    script: &'a Script,
    variant: Option<&'a str>,
    faults: &'a mut Faults,
}

impl Build<'_> {
    fn fault(&mut self, code: &'static str, span: Span, message: impl Into<String>, help: &str) {
        self.faults.push(Diagnostic::new(code, span, message).help(help));
    }

    fn priors(&mut self, file: &PriorsFile, root: Span) -> Priors {
        if file.format.value != 1 {
            let message = format!("format {} of priors is not known here", file.format.value);
            self.fault(
                "S100",
                file.format.span,
                message,
                "write format = 1, or use a newer version of Handover",
            );
        }
        self.check_names(file, root);
        let parameters =
            file.parameter.iter().filter_map(|(key, prior)| self.parameter(key, prior)).collect();
        let shares: Vec<Exact> =
            file.share.iter().filter_map(|(key, share)| self.share(key, share)).collect();
        let rates = file.rate.iter().filter_map(|(key, rate)| self.rate(key, rate));
        let exact = shares.into_iter().chain(rates).collect();
        Priors { about: file.about.as_ref().map(|a| a.value.clone()), parameters, exact }
    }

    /// Something is to be learnt, and each parameter once.
    fn check_names(&mut self, file: &PriorsFile, root: Span) {
        let keys = file.parameter.iter().map(|(key, _)| key);
        let keys = keys.chain(file.share.iter().map(|(key, _)| key));
        let keys: Vec<&At<String>> = keys.chain(file.rate.iter().map(|(key, _)| key)).collect();
        if keys.is_empty() {
            let help = "name parameters in [parameter], [share] or [rate], by their paths in quotes";
            self.fault("S320", root, "there is nothing to learn", help);
        }
        for (at, key) in keys.iter().enumerate() {
            let inside = |other: &str| {
                key.value == other || key.value.strip_prefix(other).is_some_and(|rest| rest.starts_with('.'))
            };
            let clash = keys
                .iter()
                .enumerate()
                .find(|(k, other)| *k != at && inside(&other.value) && (key.value != other.value || *k < at));
            if let Some((_, other)) = clash {
                let message = format!("`{}` is learnt twice", key.value);
                let fault = Diagnostic::new("S323", key.span, message).also(other.span, "here, too");
                self.faults.push(fault.help("keep one: by simulation, or by counts"));
            }
        }
    }

    fn parameter(&mut self, key: &At<String>, prior: &PriorRange) -> Option<Parameter> {
        let change = path_of(key, self.sources, self.faults)?;
        let prior = match (&prior.from, &prior.to) {
            (Some(from), Some(to)) => {
                let spacing = match prior.scale {
                    Scale::Linear => Spacing::Linear,
                    Scale::Log => Spacing::Log,
                };
                match Range::new(from, to, spacing, prior.whole) {
                    Ok(range) => Prior::Range(range),
                    Err(fault) => {
                        self.faults.push(*fault);
                        return None;
                    }
                }
            }
            (None, None) => {
                let written = self.script.written(self.variant, &change);
                let Some((law, quantity, size)) = written.as_ref().and_then(laws::law) else {
                    let message = format!("`{}` has no prior", key.value);
                    let help = "write from and to, or give the parameter a law in the scenario: uniform, triangular, pert, exponential, erlang, gamma, lognormal, \
                                weibull or beta, with known numbers";
                    self.fault("S321", prior.span, message, help);
                    return None;
                };
                Prior::Law(law, quantity, size)
            }
            _ => {
                let message = format!("the range of `{}` has only one end", key.value);
                self.fault("S321", prior.span, message, "write both from and to");
                return None;
            }
        };
        Some(Parameter { path: key.value.clone(), change, prior, span: key.span })
    }

    fn share(&mut self, key: &At<String>, share: &Share) -> Option<Exact> {
        let change = path_of(key, self.sources, self.faults)?;
        let (a, b, hits, of) = (share.a.value, share.b.value, share.hits.value, share.of.value);
        if hits > of {
            let message = format!("{hits} cases of {of}");
            self.fault(
                "S322",
                share.hits.span,
                message,
                "`hits` is how many of the cases came true, `of` how many there were",
            );
            return None;
        }
        let Ok(law) = Distribution::beta(a, b, 0.0, 1.0).and_then(|_| conjugate::share(a, b, hits, of))
        else {
            let help = "give a and b above 0: 1 and 1 for the even prior";
            self.fault("S322", share.span, format!("Beta({a}, {b}) is no prior"), help);
            return None;
        };
        Some(Exact {
            path: key.value.clone(),
            change,
            prior: format!("Beta({a}, {b})"),
            data: format!("{hits} of {of}"),
            law,
            quantity: Quantity::Number,
            size: 1.0,
        })
    }

    fn rate(&mut self, key: &At<String>, rate: &Counted) -> Option<Exact> {
        let change = path_of(key, self.sources, self.faults)?;
        let (shape, over, exposure) = (rate.shape.value, rate.over.value, rate.exposure.value);
        for (span, seconds) in [(rate.over.span, over), (rate.exposure.span, exposure)] {
            if seconds <= 0.0 {
                self.fault("S322", span, "nothing is counted in no time", "give a duration above zero");
                return None;
            }
        }
        let count = rate.count.value;
        let law = Distribution::gamma(shape, 1.0 / over)
            .and_then(|_| conjugate::rate(shape, over, count, exposure));
        let Ok(law) = law else {
            let help = "give a shape above 0: 1 is as if one event had been seen";
            self.fault("S322", rate.shape.span, format!("a Gamma of shape {shape} is no prior"), help);
            return None;
        };
        let days = |seconds: f64| seconds / 86_400.0;
        Some(Exact {
            path: key.value.clone(),
            change,
            prior: format!("Gamma({shape}) over {} days", days(over)),
            data: format!("{count} in {} days", days(exposure)),
            law,
            quantity: Quantity::Rate("day", 86_400.0),
            size: 86_400.0,
        })
    }
}
