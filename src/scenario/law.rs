//! Numbers of the model and the laws they are drawn from, as written.
//!
//! A quantity `"2h"` is a constant. A table with one tag is a law: `{ lognormal = { median = "3h", sigma = 1.2 } }`. Any
//! parameter of a law may itself be such a table: it is then drawn once per replication, which is how uncertainty about
//! the number is said, and its own parameters must be plain numbers.

use std::marker::PhantomData;

use super::source::{At, Span};
use super::units::{NonNegative, Number, Probability};

/// A number of the model: known, or drawn once per replication (parameter uncertainty).
#[derive(Clone, Debug)]
pub struct Param<U> {
    /// Where it is written.
    pub span: Span,
    /// Its dotted path in the file, as `--set` takes it: `mediation.settles.probability`.
    pub path: String,
    /// The number.
    pub value: ParamValue<U>,
    /// Its unit.
    pub unit: PhantomData<U>,
}

/// How a [`Param`] is given.
#[derive(Clone, Debug)]
pub enum ParamValue<U> {
    /// Known, in the base unit.
    Known(f64),
    /// Drawn from a law all of whose parameters are known.
    Drawn(Box<Law<U>>),
}

/// A distribution as written.
#[derive(Clone, Debug)]
pub struct Law<U> {
    /// Where it is written.
    pub span: Span,
    /// Its dotted path in the file.
    pub path: String,
    /// Which law.
    pub form: Form<U>,
}

/// The laws. Which parameters each takes is what the file's keys are called.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are the usual names of the laws' parameters")]
pub enum Form<U> {
    /// Always the same.
    Constant(Param<U>),
    Uniform {
        min: Param<U>,
        max: Param<U>,
    },
    Triangular {
        min: Param<U>,
        mode: Param<U>,
        max: Param<U>,
    },
    Pert {
        min: Param<U>,
        mode: Param<U>,
        max: Param<U>,
    },
    Exponential {
        mean: Param<U>,
    },
    /// The shape is a known whole number.
    Erlang {
        shape: Param<Number>,
        mean: Param<U>,
    },
    Gamma {
        shape: Param<Number>,
        scale: Param<U>,
    },
    GammaMean {
        shape: Param<Number>,
        mean: Param<U>,
    },
    LogNormalMedian {
        median: Param<U>,
        sigma: Param<Number>,
    },
    LogNormalMean {
        mean: Param<U>,
        sd: Param<U>,
    },
    Normal {
        mean: Param<U>,
        sd: Param<U>,
        bound: Bound<U>,
    },
    Weibull {
        shape: Param<Number>,
        scale: Param<U>,
    },
    /// Over `min` to `max`, which are 0 and 1 where not given.
    Beta {
        a: Param<Number>,
        b: Param<Number>,
        min: Option<Param<U>>,
        max: Option<Param<U>>,
    },
    /// Values with their weights, which need not sum to 1.
    Table {
        points: Vec<(Param<U>, f64)>,
    },
    /// One of several laws, by weight.
    Mixture {
        parts: Vec<(Param<NonNegative>, Law<U>)>,
    },
    /// Zero, except that with `probability` it is drawn from `then`.
    Gated {
        probability: Param<Probability>,
        then: Box<Law<U>>,
    },
    Bernoulli {
        probability: Param<Probability>,
    },
    /// Failures before the first success: 0, 1, 2, ….
    Geometric {
        mean: Param<NonNegative>,
    },
    Binomial {
        n: At<u64>,
        probability: Param<Probability>,
    },
    Poisson {
        mean: Param<NonNegative>,
    },
}

/// How a normal law is kept within bounds.
#[derive(Clone, Debug)]
pub enum Bound<U> {
    /// Not at all.
    None,
    /// Values beyond a bound count as the bound.
    Clip(Ends<U>),
    /// Values beyond a bound are never drawn.
    Truncate(Ends<U>),
}

/// The bounds of a normal law; at least one is given.
#[derive(Clone, Debug)]
pub struct Ends<U> {
    /// The lower one.
    pub min: Option<Param<U>>,
    /// The upper one.
    pub max: Option<Param<U>>,
}

/// Between which values a law, or a parameter, lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Support {
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
    /// True where `low` itself is never drawn.
    pub open: bool,
}

impl Support {
    fn new(low: f64, high: f64) -> Support {
        Support { low, high, open: false }
    }

    fn above_zero() -> Support {
        Support { low: 0.0, high: f64::INFINITY, open: true }
    }

    fn join(self, other: Support) -> Support {
        let open =
            if self.low < other.low { self.open } else { other.open && (self.open || other.low < self.low) };
        Support { low: self.low.min(other.low), high: self.high.max(other.high), open }
    }

    fn join_all(parts: impl Iterator<Item = Support>) -> Support {
        parts.reduce(Support::join).unwrap_or(Support::new(0.0, 0.0))
    }

    pub(super) fn positive(self) -> bool {
        self.low > 0.0 || (self.low == 0.0 && self.open)
    }
}

impl<U> Param<U> {
    /// A default, in the base unit. Its path is set where it is used as one.
    pub fn implied(value: f64) -> Param<U> {
        Param { span: Span::IMPLIED, path: String::new(), value: ParamValue::Known(value), unit: PhantomData }
    }

    /// The number, if it is known.
    pub fn known(&self) -> Option<f64> {
        match self.value {
            ParamValue::Known(value) => Some(value),
            ParamValue::Drawn(_) => None,
        }
    }

    /// The number and its place, if it is known.
    pub fn known_at(&self) -> Option<At<f64>> {
        self.known().map(|value| At::new(value, self.span))
    }

    /// Between which values it lies.
    pub fn support(&self) -> Support {
        match &self.value {
            ParamValue::Known(value) => Support::new(*value, *value),
            ParamValue::Drawn(law) => law.support(),
        }
    }
}

impl<U> Law<U> {
    /// A constant as a default, in the base unit.
    pub fn implied(value: f64) -> Law<U> {
        Law { span: Span::IMPLIED, path: String::new(), form: Form::Constant(Param::implied(value)) }
    }

    /// The one value of a law whose known parameters leave it no room: equal bounds, a deviation or a mean of zero.
    pub fn only_value(&self) -> Option<f64> {
        let same = |min: &Param<U>, max: &Param<U>| min.known().filter(|low| max.known() == Some(*low));
        let zero = |known: Option<f64>| known.filter(|x| *x == 0.0);
        match &self.form {
            Form::Uniform { min, max } => same(min, max),
            Form::Triangular { min, max, .. } | Form::Pert { min, max, .. } => same(min, max),
            Form::Beta { min: Some(min), max: Some(max), .. } => same(min, max),
            Form::Exponential { mean } | Form::Erlang { mean, .. } | Form::GammaMean { mean, .. } => {
                zero(mean.known())
            }
            Form::Gamma { scale, .. } | Form::Weibull { scale, .. } => zero(scale.known()),
            Form::LogNormalMedian { median, sigma } => zero(sigma.known()).and(median.known()),
            Form::LogNormalMean { mean, sd } => zero(sd.known()).and(mean.known()),
            Form::Normal { mean, sd, bound } => {
                zero(sd.known()).and(mean.known()).and_then(|mean| bound.kept(mean))
            }
            _ => None,
        }
    }

    /// Between which values it lies, whatever its drawn parameters turn out to be.
    pub fn support(&self) -> Support {
        match &self.form {
            Form::Constant(value) => value.support(),
            Form::Uniform { min, max } | Form::Triangular { min, max, .. } | Form::Pert { min, max, .. } => {
                min.support().join(max.support())
            }
            Form::Normal { bound, .. } => bound.support(),
            Form::Beta { min, max, .. } => {
                let end =
                    |end: &Option<Param<U>>, or| end.as_ref().map_or(Support::new(or, or), Param::support);
                end(min, 0.0).join(end(max, 1.0))
            }
            Form::Table { points } => Support::join_all(points.iter().map(|(value, _)| value.support())),
            Form::Mixture { parts } => Support::join_all(parts.iter().map(|(_, law)| law.support())),
            Form::Gated { then, .. } => then.support().join(Support::new(0.0, 0.0)),
            Form::Bernoulli { .. } => Support::new(0.0, 1.0),
            Form::Binomial { n, .. } => Support::new(0.0, n.value as f64),
            Form::Geometric { .. } | Form::Poisson { .. } => Support::new(0.0, f64::INFINITY),
            // A mean or scale of zero makes these laws zero.
            Form::Exponential { mean } | Form::Erlang { mean, .. } | Form::GammaMean { mean, .. } => {
                Support { open: mean.support().positive(), ..Support::above_zero() }
            }
            Form::Gamma { scale, .. } | Form::Weibull { scale, .. } => {
                Support { open: scale.support().positive(), ..Support::above_zero() }
            }
            Form::LogNormalMedian { .. } | Form::LogNormalMean { .. } => Support::above_zero(),
        }
    }
}

impl<U> Bound<U> {
    /// What becomes of a value that is certain: clipped to known bounds, or kept where truncation leaves it.
    fn kept(&self, value: f64) -> Option<f64> {
        let end = |end: &Option<Param<U>>, or| end.as_ref().map_or(Some(or), Param::known);
        let ends =
            |ends: &Ends<U>| Some((end(&ends.min, f64::NEG_INFINITY)?, end(&ends.max, f64::INFINITY)?));
        match self {
            Bound::None => Some(value),
            Bound::Clip(at) => ends(at).map(|(min, max)| value.max(min).min(max)),
            Bound::Truncate(at) => {
                ends(at).and_then(|(min, max)| (min <= value && value <= max).then_some(value))
            }
        }
    }

    fn support(&self) -> Support {
        let end = |end: &Option<Param<U>>, or| end.as_ref().map_or(Support::new(or, or), Param::support);
        match self {
            Bound::None => Support::new(f64::NEG_INFINITY, f64::INFINITY),
            Bound::Clip(ends) | Bound::Truncate(ends) => {
                end(&ends.min, f64::NEG_INFINITY).join(end(&ends.max, f64::INFINITY))
            }
        }
    }
}

#[cfg(test)]
#[path = "tests/law.rs"]
mod tests;
