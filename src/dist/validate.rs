//! What parameters are legal.

use super::error::{DistError, shown};
use super::law::Distribution;

/// Shapes outside this range make either the tails or the tables meaningless in doubles.
const SHAPES: (f64, f64) = (1e-3, 1e6);
/// Depth of nesting past which a law is surely a mistake (and recursion would grow).
const DEEPEST: usize = 16;

impl Distribution {
    /// Checks every parameter, parts included.
    ///
    /// # Errors
    /// A sentence naming the first value that is wrong and its legal range.
    pub fn validate(&self) -> Result<(), DistError> {
        self.check(0)
    }

    fn check(&self, depth: usize) -> Result<(), DistError> {
        if depth > DEEPEST {
            return Err(DistError::sentence("laws are nested more than 16 deep"));
        }
        match self {
            Self::Constant(v) => finite("value", *v),
            Self::Uniform { min, max } => range(*min, *max),
            Self::Triangular { min, mode, max } | Self::Pert { min, mode, max } => three(*min, *mode, *max),
            Self::Exponential { mean } => positive("mean", *mean),
            Self::Gamma { shape: s, scale } => shape("shape", *s).and(positive("scale", *scale)),
            Self::LogNormal { mu, sigma } => {
                between("mu", *mu, -600.0, 600.0).and(between("sigma", *sigma, 1e-9, 20.0))
            }
            Self::Normal { mean, sd } => finite("mean", *mean).and(positive("sd", *sd)),
            Self::Weibull { shape: s, scale } => {
                between("shape", *s, 0.05, 1e4).and(positive("scale", *scale))
            }
            Self::Beta { a, b, min, max } => shape("a", *a).and(shape("b", *b)).and(range(*min, *max)),
            Self::Clipped { of, min, max } => {
                bounds(*min, *max).and_then(|()| of.check(depth + 1).map_err(|e| e.within("clipped law")))
            }
            Self::Truncated { of, min, max } => {
                bounds(*min, *max)?;
                of.check(depth + 1).map_err(|e| e.within("truncated law"))?;
                held(of, *min, *max)
            }
            Self::Table { points } => table(points),
            Self::Mixture { parts } => mixture(parts, depth),
            Self::Gated { probability, then } => probability_of("probability", *probability)
                .and_then(|()| then.check(depth + 1).map_err(|e| e.within("gated law"))),
            Self::Bernoulli { p } => probability_of("p", *p),
            Self::Geometric { p } => geometric(*p),
            Self::Binomial { n, p } => between("n", *n as f64, 0.0, 1e6).and(probability_of("p", *p)),
            Self::Poisson { mean } => between("mean", *mean, 0.0, 1e6),
        }
    }
}

pub(super) fn finite(name: &str, v: f64) -> Result<(), DistError> {
    if v.is_finite() { Ok(()) } else { Err(DistError::value(name, v, "a finite number")) }
}

/// Positive, and far enough from the ends of the doubles that squares neither overflow nor vanish.
pub(super) fn positive(name: &str, v: f64) -> Result<(), DistError> {
    if (1e-100..=1e100).contains(&v) {
        Ok(())
    } else {
        Err(DistError::value(name, v, "a positive number (1e-100 to 1e100)"))
    }
}

fn between(name: &str, v: f64, low: f64, high: f64) -> Result<(), DistError> {
    if (low..=high).contains(&v) {
        Ok(())
    } else {
        Err(DistError::value(name, v, &format!("between {} and {}", shown(low), shown(high))))
    }
}

/// The least probability of a geometric law, so the mean is at most 1e15; who gives the mean is told about the mean.
fn geometric(p: f64) -> Result<(), DistError> {
    let least = 1e-15;
    if (0.0..least).contains(&p) {
        return Err(DistError::value("mean", (1.0 - p) / p, "at most 1e15"));
    }
    between("p", p, least, 1.0)
}

pub(super) fn probability_of(name: &str, v: f64) -> Result<(), DistError> {
    between(name, v, 0.0, 1.0)
}

fn shape(name: &str, v: f64) -> Result<(), DistError> {
    between(name, v, SHAPES.0, SHAPES.1)
}

fn range(min: f64, max: f64) -> Result<(), DistError> {
    finite("min", min)?;
    finite("max", max)?;
    if !(max - min).is_finite() {
        return Err(DistError::sentence(format!("the range {} to {} is too wide", shown(min), shown(max))));
    }
    if min < max {
        Ok(())
    } else {
        Err(DistError::value("min", min, &format!("less than max ({})", shown(max))))
    }
}

fn three(min: f64, mode: f64, max: f64) -> Result<(), DistError> {
    range(min, max)?;
    finite("mode", mode)?;
    if min <= mode && mode <= max {
        Ok(())
    } else {
        Err(DistError::value("mode", mode, &format!("between min ({}) and max ({})", shown(min), shown(max))))
    }
}

/// Bounds of clipping and truncation: possibly infinite, but ordered.
fn bounds(min: f64, max: f64) -> Result<(), DistError> {
    if min.is_nan() || max.is_nan() {
        return Err(DistError::value("a bound", f64::NAN, "a number"));
    }
    if min == f64::INFINITY || max == f64::NEG_INFINITY {
        return Err(DistError::sentence(format!(
            "the bounds {} and {} leave no number between them",
            shown(min),
            shown(max)
        )));
    }
    if min <= max {
        Ok(())
    } else {
        Err(DistError::value("min", min, &format!("at most max ({})", shown(max))))
    }
}

fn held(of: &Distribution, min: f64, max: f64) -> Result<(), DistError> {
    let mass = of.split_below(min).mass_to(of.split(max));
    let point = !of.is_discrete() && min >= max;
    if mass > 1e-200 && !point {
        return Ok(());
    }
    Err(DistError::sentence(format!(
        "the truncated law has no probability between min ({}) and max ({})",
        shown(min),
        shown(max)
    )))
}

fn table(points: &[(f64, f64)]) -> Result<(), DistError> {
    for (value, _) in points {
        finite("a table value", *value)?;
    }
    weights(points.iter().map(|p| p.1), "table")?;
    if points.is_sorted_by(|a, b| a.0 <= b.0) {
        Ok(())
    } else {
        Err(DistError::sentence("the values of a table must be in increasing order"))
    }
}

fn mixture(parts: &[(f64, Distribution)], depth: usize) -> Result<(), DistError> {
    weights(parts.iter().map(|p| p.0), "mixture")?;
    for (index, (_, part)) in parts.iter().enumerate() {
        part.check(depth + 1).map_err(|e| e.within(&format!("mixture part {}", index + 1)))?;
    }
    Ok(())
}

fn weights(weights: impl Iterator<Item = f64>, what: &str) -> Result<(), DistError> {
    let mut total = 0.0;
    let mut count = 0;
    for weight in weights {
        if !(0.0..=1e100).contains(&weight) {
            return Err(DistError::value(
                &format!("a {what} weight"),
                weight,
                "zero or positive (at most 1e100)",
            ));
        }
        total += weight;
        count += 1;
    }
    if count == 0 {
        return Err(DistError::sentence(format!("a {what} needs at least one entry")));
    }
    if total > 1e-100 {
        Ok(())
    } else {
        Err(DistError::value(&format!("the sum of the {what} weights"), total, "positive"))
    }
}
