//! Laws whose parameters may be drawn once per replication.

use serde::Serialize;

use super::plan::Num;
use crate::dist::{DistError, Distribution, Sampler};

/// A law: an index into the plan's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LawId(pub u32);

/// A law of the plan.
#[derive(Debug, Clone, Serialize)]
pub struct LawPlan {
    /// Its family, with parameters as numbers of the plan.
    pub form: LawForm,
    /// Its table, where every parameter is known.
    #[serde(skip)]
    pub sampler: Option<Sampler>,
}

/// A family with its parameters as numbers of the plan. Units are seconds, seconds⁻¹ or plain.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)] // the fields are the parameters of the families in `dist`
pub enum LawForm {
    Constant(Num),
    Uniform { min: Num, max: Num },
    Triangular { min: Num, mode: Num, max: Num },
    Pert { min: Num, mode: Num, max: Num },
    Exponential { mean: Num },
    Erlang { shape: Num, mean: Num },
    Gamma { shape: Num, scale: Num },
    GammaMean { shape: Num, mean: Num },
    LogNormalMedian { median: Num, sigma: Num },
    LogNormalMean { mean: Num, sd: Num },
    Normal { mean: Num, sd: Num },
    Clipped { of: Box<LawForm>, min: Option<Num>, max: Option<Num> },
    Truncated { of: Box<LawForm>, min: Option<Num>, max: Option<Num> },
    Weibull { shape: Num, scale: Num },
    Beta { a: Num, b: Num, min: Option<Num>, max: Option<Num> },
    Table { points: Vec<(Num, f64)> },
    Mixture { parts: Vec<(Num, LawForm)> },
    Gated { probability: Num, then: Box<LawForm> },
    Bernoulli { probability: Num },
    Geometric { mean: Num },
    Binomial { n: u64, probability: Num },
    Poisson { mean: Num },
}

impl LawForm {
    /// The distribution under given numbers.
    ///
    /// # Errors
    /// Where the parameters do not make a distribution.
    pub fn realise(&self, numbers: &[f64]) -> Result<Distribution, DistError> {
        let get = |num: &Num| numbers[num.0 as usize];
        match self {
            Self::Constant(value) => Distribution::constant(get(value)),
            Self::Uniform { min, max } => Distribution::uniform(get(min), get(max)),
            Self::Triangular { min, mode, max } => Distribution::triangular(get(min), get(mode), get(max)),
            Self::Pert { min, mode, max } => Distribution::pert(get(min), get(mode), get(max)),
            Self::Exponential { mean } => Distribution::exponential(get(mean)),
            Self::Erlang { shape, mean } | Self::GammaMean { shape, mean } => {
                Distribution::gamma(get(shape), get(mean) / get(shape))
            }
            Self::Gamma { shape, scale } => Distribution::gamma(get(shape), get(scale)),
            Self::LogNormalMedian { median, sigma } => {
                Distribution::lognormal_median(get(median), get(sigma))
            }
            Self::LogNormalMean { mean, sd } => Distribution::lognormal_mean_sd(get(mean), get(sd)),
            Self::Normal { mean, sd } => Distribution::normal(get(mean), get(sd)),
            Self::Clipped { of, min, max } => {
                let (low, high) = bounds(min, max, numbers);
                Distribution::clipped(of.realise(numbers)?, low, high)
            }
            Self::Truncated { of, min, max } => {
                let (low, high) = bounds(min, max, numbers);
                Distribution::truncated(of.realise(numbers)?, low, high)
            }
            Self::Weibull { shape, scale } => Distribution::weibull(get(shape), get(scale)),
            Self::Beta { a, b, min, max } => {
                let low = min.as_ref().map_or(0.0, get);
                let high = max.as_ref().map_or(1.0, get);
                Distribution::beta(get(a), get(b), low, high)
            }
            Self::Table { points } => Distribution::table(points.iter().map(|(v, w)| (get(v), *w)).collect()),
            Self::Mixture { parts } => {
                let realised = |(weight, form): &(Num, Self)| Ok((get(weight), form.realise(numbers)?));
                Distribution::mixture(parts.iter().map(realised).collect::<Result<_, _>>()?)
            }
            Self::Gated { probability, then } => {
                Distribution::gated(get(probability), then.realise(numbers)?)
            }
            Self::Bernoulli { probability } => Distribution::bernoulli(get(probability)),
            Self::Geometric { mean } => Distribution::geometric(1.0 / (1.0 + get(mean))),
            Self::Binomial { n, probability } => Distribution::binomial(*n, get(probability)),
            Self::Poisson { mean } => Distribution::poisson(get(mean)),
        }
    }

    /// [`LawForm::realise`], making use of what the same form allocated before, so that a replication allocates nothing.
    ///
    /// # Errors
    /// Where the parameters do not make a distribution.
    pub fn renew(&self, numbers: &[f64], old: Option<Distribution>) -> Result<Distribution, DistError> {
        let get = |num: &Num| numbers[num.0 as usize];
        let law = match (self, old) {
            (Self::Clipped { of, min, max }, Some(Distribution::Clipped { of: inner, .. })) => {
                let (low, high) = bounds(min, max, numbers);
                Distribution::Clipped { of: of.renew_boxed(numbers, inner)?, min: low, max: high }
            }
            (Self::Truncated { of, min, max }, Some(Distribution::Truncated { of: inner, .. })) => {
                let (low, high) = bounds(min, max, numbers);
                Distribution::Truncated { of: of.renew_boxed(numbers, inner)?, min: low, max: high }
            }
            (Self::Gated { probability, then }, Some(Distribution::Gated { then: inner, .. })) => {
                Distribution::Gated { probability: get(probability), then: then.renew_boxed(numbers, inner)? }
            }
            (Self::Table { points }, Some(Distribution::Table { points: mut known })) => {
                known.clear();
                known.extend(points.iter().map(|(value, weight)| (get(value), *weight)));
                return Distribution::table(known);
            }
            (Self::Mixture { parts }, Some(Distribution::Mixture { parts: mut known })) => {
                for ((weight, law), (num, form)) in known.iter_mut().zip(parts) {
                    let old = std::mem::replace(law, Distribution::Constant(0.0));
                    (*weight, *law) = (get(num), form.renew(numbers, Some(old))?);
                }
                Distribution::Mixture { parts: known }
            }
            _ => return self.realise(numbers),
        };
        law.validate().map(|()| law)
    }

    fn renew_boxed(
        &self,
        numbers: &[f64],
        mut boxed: Box<Distribution>,
    ) -> Result<Box<Distribution>, DistError> {
        let old = std::mem::replace(&mut *boxed, Distribution::Constant(0.0));
        *boxed = self.renew(numbers, Some(old))?;
        Ok(boxed)
    }

    /// Calls `visit` with every number the law depends on.
    pub fn numbers(&self, visit: &mut impl FnMut(Num)) {
        match self {
            Self::Constant(a)
            | Self::Exponential { mean: a }
            | Self::Poisson { mean: a }
            | Self::Geometric { mean: a } => visit(*a),
            Self::Bernoulli { probability } | Self::Binomial { probability, .. } => visit(*probability),
            Self::Uniform { min: a, max: b }
            | Self::Erlang { shape: a, mean: b }
            | Self::Gamma { shape: a, scale: b }
            | Self::GammaMean { shape: a, mean: b }
            | Self::LogNormalMedian { median: a, sigma: b }
            | Self::LogNormalMean { mean: a, sd: b }
            | Self::Normal { mean: a, sd: b }
            | Self::Weibull { shape: a, scale: b } => [*a, *b].into_iter().for_each(visit),
            Self::Triangular { min, mode, max } | Self::Pert { min, mode, max } => {
                [*min, *mode, *max].into_iter().for_each(visit);
            }
            Self::Clipped { of, min, max } | Self::Truncated { of, min, max } => {
                of.numbers(visit);
                [min, max].into_iter().flatten().for_each(|n| visit(*n));
            }
            Self::Beta { a, b, min, max } => {
                [Some(a), Some(b), min.as_ref(), max.as_ref()].into_iter().flatten().for_each(|n| visit(*n));
            }
            Self::Table { points } => points.iter().for_each(|(value, _)| visit(*value)),
            Self::Mixture { parts } => parts.iter().for_each(|(weight, form)| {
                visit(*weight);
                form.numbers(visit);
            }),
            Self::Gated { probability, then } => {
                visit(*probability);
                then.numbers(visit);
            }
        }
    }
}

fn bounds(min: &Option<Num>, max: &Option<Num>, numbers: &[f64]) -> (f64, f64) {
    let get = |bound: &Option<Num>, open: f64| bound.map_or(open, |n| numbers[n.0 as usize]);
    (get(min, f64::NEG_INFINITY), get(max, f64::INFINITY))
}
