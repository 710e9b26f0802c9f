//! Distribution functions, from both ends.

use super::beta::{Share, StandardBeta};
use super::gamma::StandardGamma;
use super::law::Distribution;
use super::prob::Prob;
use super::{discrete, normal};

impl Distribution {
    /// P(X <= x).
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        self.split(x).lower()
    }

    /// P(X > x), to full relative precision in the upper tail.
    #[must_use]
    pub fn sf(&self, x: f64) -> f64 {
        self.split(x).upper()
    }

    /// P(X <= x) and P(X > x).
    pub(super) fn split(&self, x: f64) -> Prob {
        match self {
            Self::Constant(v) => step(*v <= x),
            Self::Table { points } => table_split(points, |v| v <= x),
            Self::Bernoulli { p } => bernoulli_split(*p, x >= 0.0, x >= 1.0),
            Self::Geometric { p } => discrete::geometric_split(*p, x),
            Self::Binomial { n, p } => discrete::binomial_split(*n as f64, *p, x),
            Self::Poisson { mean } => discrete::poisson_split(*mean, x),
            Self::Mixture { parts } => weighted(parts, |d| d.split(x)),
            Self::Gated { probability, then } => gated(*probability, x >= 0.0, then.split(x)),
            Self::Clipped { min, .. } if x < *min => Prob::ZERO,
            Self::Clipped { max, .. } if x >= *max => Prob::ONE,
            Self::Clipped { of, .. } => of.split(x),
            Self::Truncated { min, .. } if x < *min => Prob::ZERO,
            Self::Truncated { max, .. } if x >= *max => Prob::ONE,
            Self::Truncated { of, min, max } => conditioned(of, *min, *max, of.split(x)),
            _ => self.smooth_split(x),
        }
    }

    /// P(X < x) and P(X >= x).
    pub(super) fn split_below(&self, x: f64) -> Prob {
        match self {
            Self::Constant(v) => step(*v < x),
            Self::Table { points } => table_split(points, |v| v < x),
            Self::Bernoulli { p } => bernoulli_split(*p, x > 0.0, x > 1.0),
            Self::Geometric { .. } | Self::Binomial { .. } | Self::Poisson { .. } => {
                self.split(libm::ceil(x) - 1.0)
            }
            Self::Mixture { parts } => weighted(parts, |d| d.split_below(x)),
            Self::Gated { probability, then } => gated(*probability, x > 0.0, then.split_below(x)),
            Self::Clipped { min, .. } if x <= *min => Prob::ZERO,
            Self::Clipped { max, .. } if x > *max => Prob::ONE,
            Self::Clipped { of, .. } => of.split_below(x),
            Self::Truncated { min, .. } if x <= *min => Prob::ZERO,
            Self::Truncated { max, .. } if x > *max => Prob::ONE,
            Self::Truncated { of, min, max } => conditioned(of, *min, *max, of.split_below(x)),
            _ => self.smooth_split(x),
        }
    }

    /// The families with a density, where P(X <= x) = P(X < x).
    fn smooth_split(&self, x: f64) -> Prob {
        match self {
            Self::Uniform { min, max } => uniform_split(*min, *max, x),
            Self::Triangular { min, mode, max } => triangular_split(*min, *mode, *max, x),
            Self::Pert { min, mode, max } => {
                let (a, b) = Self::pert_shapes(*min, *mode, *max);
                beta_split(a, b, *min, *max, x)
            }
            Self::Beta { a, b, min, max } => beta_split(*a, *b, *min, *max, x),
            Self::Exponential { mean } => from_hazard(x / mean),
            Self::Gamma { shape, scale } => StandardGamma::new(*shape).split(x / scale),
            Self::LogNormal { mu, sigma } if x > 0.0 => normal::split((libm::log(x) - mu) / sigma),
            Self::Normal { mean, sd } => normal::split((x - mean) / sd),
            Self::Weibull { shape, scale } if x > 0.0 => from_hazard(libm::pow(x / scale, *shape)),
            _ => Prob::ZERO,
        }
    }
}

/// All or nothing.
pub(super) fn step(reached: bool) -> Prob {
    if reached { Prob::ONE } else { Prob::ZERO }
}

/// 1 - e^-h and e^-h; zero for h <= 0.
pub(super) fn from_hazard(h: f64) -> Prob {
    if h > 0.0 { Prob::pair(-libm::expm1(-h), libm::exp(-h)) } else { Prob::ZERO }
}

fn bernoulli_split(p: f64, zero: bool, one: bool) -> Prob {
    if one {
        Prob::ONE
    } else if zero {
        Prob::from_upper(p)
    } else {
        Prob::ZERO
    }
}

fn uniform_split(min: f64, max: f64, x: f64) -> Prob {
    Prob::pair((x - min) / (max - min), (max - x) / (max - min))
}

fn triangular_split(min: f64, mode: f64, max: f64, x: f64) -> Prob {
    if x <= min {
        Prob::ZERO
    } else if x >= max {
        Prob::ONE
    } else if x <= mode {
        Prob::from_lower((x - min) * (x - min) / ((max - min) * (mode - min)))
    } else {
        Prob::from_upper((max - x) * (max - x) / ((max - min) * (max - mode)))
    }
}

fn beta_split(a: f64, b: f64, min: f64, max: f64, x: f64) -> Prob {
    if x <= min {
        Prob::ZERO
    } else if x >= max {
        Prob::ONE
    } else {
        let width = max - min;
        StandardBeta::new(a, b).split(Share { x: (x - min) / width, rest: (max - x) / width })
    }
}

fn table_split(points: &[(f64, f64)], inside: impl Fn(f64) -> bool) -> Prob {
    let (mut lower, mut upper) = (0.0, 0.0);
    for (value, weight) in points {
        if inside(*value) { lower += weight } else { upper += weight }
    }
    Prob::pair(lower / (lower + upper), upper / (lower + upper))
}

/// The average of a probability over the parts of a mixture.
pub(super) fn weighted(parts: &[(f64, Distribution)], of: impl Fn(&Distribution) -> Prob) -> Prob {
    let (mut lower, mut upper, mut total) = (0.0, 0.0, 0.0);
    for (weight, part) in parts.iter().filter(|p| p.0 > 0.0) {
        let one = of(part);
        lower += weight * one.lower();
        upper += weight * one.upper();
        total += weight;
    }
    Prob::pair(lower / total, upper / total)
}

fn gated(probability: f64, zero_counts: bool, then: Prob) -> Prob {
    let closed = 1.0 - probability;
    let (low, high) = if zero_counts { (closed, 0.0) } else { (0.0, closed) };
    Prob::pair(low + probability * then.lower(), high + probability * then.upper())
}

/// Bayes: the cdf value `at` of the parent, given that the parent lies in [min, max].
fn conditioned(of: &Distribution, min: f64, max: f64, at: Prob) -> Prob {
    let (below, end) = (of.split_below(min), of.split(max));
    let mass = below.mass_to(end);
    Prob::pair(below.mass_to(at) / mass, at.mass_to(end) / mass)
}
