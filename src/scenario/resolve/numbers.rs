//! Numbers and laws: known ones become tables, those drawn once per replication get an address of their own.

use super::Resolver;
use crate::dist::{Distribution, Sampler};
use crate::model::law::{LawForm, LawId, LawPlan};
use crate::model::plan::{DrawnNumber, Num};
use crate::scenario::law::{Bound, Ends, Form, Law, Param, ParamValue};
use crate::scenario::source::Span;
use crate::scenario::units::Unit;

impl Resolver<'_> {
    /// A known number without a place in the file.
    pub(super) fn constant(&mut self, value: f64) -> Num {
        self.numbers.push(value);
        Num((self.numbers.len() - 1) as u32)
    }

    /// A number of the file, known or drawn.
    pub(super) fn num<U: Unit>(&mut self, param: &Param<U>) -> Num {
        match &param.value {
            ParamValue::Known(value) => self.constant(*value),
            ParamValue::Drawn(law) => {
                let law_id = self.law(law);
                let mean =
                    self.laws[law_id.0 as usize].sampler.as_ref().map_or(0.0, |s| s.distribution().mean());
                let num = self.constant(mean);
                let stream = self.stream("parameter", &param.path);
                self.drawn.push(DrawnNumber { num, law: law_id, stream, path: param.path.clone() });
                num
            }
        }
    }

    /// A number that only matters where it is not a known value.
    pub(super) fn num_unless<U: Unit>(&mut self, param: &Param<U>, inert: f64) -> Option<Num> {
        (param.known() != Some(inert)).then(|| self.num(param))
    }

    /// A law of the file.
    pub(super) fn law<U: Unit>(&mut self, law: &Law<U>) -> LawId {
        let form = self.form(law);
        self.push_law(form, law.span, &law.path)
    }

    pub(super) fn push_law(&mut self, form: LawForm, span: Span, what: &str) -> LawId {
        let mut is_drawn = false;
        form.numbers(&mut |num| is_drawn |= self.drawn.iter().any(|d| d.num == num));
        let sampler = if is_drawn {
            self.check_corners(&form, span, what);
            None
        } else {
            match form.realise(&self.numbers) {
                Ok(distribution) => Some(self.sampler(&distribution)),
                Err(error) => {
                    self.fault(
                        "S113",
                        span,
                        error.to_string(),
                        "change the parameters so that they make a distribution",
                    );
                    None
                }
            }
        };
        self.laws.push(LawPlan { form, sampler });
        LawId((self.laws.len() - 1) as u32)
    }

    /// Compiles a law, or shares the table of an equal one.
    fn sampler(&self, law: &Distribution) -> Sampler {
        let mut known = self.laws.iter().filter_map(|l| l.sampler.as_ref());
        known.find(|s| s.distribution() == law).cloned().unwrap_or_else(|| Sampler::new(law))
    }

    /// A law with drawn parameters must be one wherever they may fall: tried at the ends of each one's support.
    fn check_corners(&mut self, form: &LawForm, span: Span, what: &str) {
        let mut nums = Vec::new();
        form.numbers(&mut |num| nums.push(num));
        let ranges: Vec<(Num, [f64; 2])> =
            nums.iter().filter_map(|n| self.range_of(*n).map(|r| (*n, r))).collect();
        let mut numbers = self.numbers.clone();
        for corner in 0..1_u32 << ranges.len().min(8) {
            for (bit, (num, range)) in ranges.iter().enumerate() {
                numbers[num.0 as usize] = range[(corner >> bit & 1) as usize];
            }
            if let Err(error) = form.realise(&numbers) {
                let message =
                    format!("{what} is no distribution for every value its parameters may take: {error}");
                self.fault(
                    "S113",
                    span,
                    message,
                    "narrow the parameters' own laws, for example with `truncate`",
                );
                return;
            }
        }
    }

    /// Where a drawn number can fall, inside the last thousandth of a thousandth of an unbounded support.
    fn range_of(&self, num: Num) -> Option<[f64; 2]> {
        let drawn = self.drawn.iter().find(|d| d.num == num)?;
        let law = self.laws[drawn.law.0 as usize].sampler.as_ref()?.distribution();
        let (low, high) = law.support();
        let inner = |edge: f64, p| if edge.is_finite() { edge } else { law.quantile(p) };
        let low = inner(low, crate::dist::Prob::from_lower(1e-15));
        Some([low, inner(high, crate::dist::Prob::from_upper(1e-15))])
    }

    fn form<U: Unit>(&mut self, law: &Law<U>) -> LawForm {
        if let Some(value) = law.only_value() {
            return LawForm::Constant(self.constant(value));
        }
        match &law.form {
            Form::Constant(value) => LawForm::Constant(self.num(value)),
            Form::Uniform { min, max } => LawForm::Uniform { min: self.num(min), max: self.num(max) },
            Form::Triangular { min, mode, max } => {
                LawForm::Triangular { min: self.num(min), mode: self.num(mode), max: self.num(max) }
            }
            Form::Pert { min, mode, max } => {
                LawForm::Pert { min: self.num(min), mode: self.num(mode), max: self.num(max) }
            }
            Form::Exponential { mean } => LawForm::Exponential { mean: self.num(mean) },
            Form::Erlang { shape, mean } => LawForm::Erlang { shape: self.num(shape), mean: self.num(mean) },
            Form::Gamma { shape, scale } => LawForm::Gamma { shape: self.num(shape), scale: self.num(scale) },
            Form::GammaMean { shape, mean } => {
                LawForm::GammaMean { shape: self.num(shape), mean: self.num(mean) }
            }
            Form::LogNormalMedian { median, sigma } => {
                LawForm::LogNormalMedian { median: self.num(median), sigma: self.num(sigma) }
            }
            Form::LogNormalMean { mean, sd } => {
                LawForm::LogNormalMean { mean: self.num(mean), sd: self.num(sd) }
            }
            Form::Normal { mean, sd, bound } => self.normal(mean, sd, bound),
            Form::Weibull { shape, scale } => {
                LawForm::Weibull { shape: self.num(shape), scale: self.num(scale) }
            }
            Form::Beta { a, b, min, max } => LawForm::Beta {
                a: self.num(a),
                b: self.num(b),
                min: min.as_ref().map(|p| self.num(p)),
                max: max.as_ref().map(|p| self.num(p)),
            },
            other => self.composed(other),
        }
    }

    fn normal<U: Unit>(&mut self, mean: &Param<U>, sd: &Param<U>, bound: &Bound<U>) -> LawForm {
        let normal = LawForm::Normal { mean: self.num(mean), sd: self.num(sd) };
        let mut ends =
            |ends: &Ends<U>| (ends.min.as_ref().map(|p| self.num(p)), ends.max.as_ref().map(|p| self.num(p)));
        match bound {
            Bound::None => normal,
            Bound::Clip(at) => {
                let (min, max) = ends(at);
                LawForm::Clipped { of: Box::new(normal), min, max }
            }
            Bound::Truncate(at) => {
                let (min, max) = ends(at);
                LawForm::Truncated { of: Box::new(normal), min, max }
            }
        }
    }

    fn composed<U: Unit>(&mut self, form: &Form<U>) -> LawForm {
        match form {
            Form::Table { points } => LawForm::Table {
                points: points.iter().map(|(value, weight)| (self.num(value), *weight)).collect(),
            },
            Form::Mixture { parts } => LawForm::Mixture {
                parts: parts.iter().map(|(weight, law)| (self.num(weight), self.form(law))).collect(),
            },
            Form::Gated { probability, then } => {
                LawForm::Gated { probability: self.num(probability), then: Box::new(self.form(then)) }
            }
            Form::Bernoulli { probability } => LawForm::Bernoulli { probability: self.num(probability) },
            Form::Geometric { mean } => LawForm::Geometric { mean: self.num(mean) },
            Form::Binomial { n, probability } => {
                LawForm::Binomial { n: n.value, probability: self.num(probability) }
            }
            Form::Poisson { mean } => LawForm::Poisson { mean: self.num(mean) },
            _ => unreachable!("the plain families are handled by `form`"),
        }
    }
}
