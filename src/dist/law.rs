//! The description of a law: plain data.

/// A probability distribution on the reals.
///
/// The fields are public plain data; use the constructors (or call [`Distribution::validate`]) before asking for
/// numbers. A law that passed never panics.
#[derive(Debug, Clone, PartialEq)]
pub enum Distribution {
    /// Always this value.
    Constant(f64),
    /// Equal density on [min, max].
    Uniform {
        /// Lower end.
        min: f64,
        /// Upper end.
        max: f64,
    },
    /// Triangle-shaped density.
    Triangular {
        /// Lower end.
        min: f64,
        /// Most likely value.
        mode: f64,
        /// Upper end.
        max: f64,
    },
    /// PERT: a beta on [min, max] with a = 1 + 4 (mode - min)/(max - min), b = 1 + 4 (max - mode)/(max - min)
    /// (Malcolm et al. 1959; Vose 2008 with lambda = 4).
    Pert {
        /// Lower end.
        min: f64,
        /// Most likely value.
        mode: f64,
        /// Upper end.
        max: f64,
    },
    /// Exponential.
    Exponential {
        /// Mean (not the rate).
        mean: f64,
    },
    /// Gamma; an integer shape is an Erlang.
    Gamma {
        /// Shape.
        shape: f64,
        /// Scale: mean / shape.
        scale: f64,
    },
    /// exp of a normal.
    LogNormal {
        /// Mean of the logarithm.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
    /// Values beyond a bound are moved to the bound (atoms at the ends). A bound may be infinite.
    Clipped {
        /// The law before clipping.
        of: Box<Distribution>,
        /// Lower bound.
        min: f64,
        /// Upper bound.
        max: f64,
    },
    /// Conditioned to lie in the closed interval [min, max]. A bound may be infinite.
    Truncated {
        /// The law before conditioning.
        of: Box<Distribution>,
        /// Lower bound.
        min: f64,
        /// Upper bound.
        max: f64,
    },
    /// Weibull with sf exp(-(x/scale)^shape).
    Weibull {
        /// Shape.
        shape: f64,
        /// Scale.
        scale: f64,
    },
    /// Beta(a, b) stretched onto [min, max].
    Beta {
        /// First shape.
        a: f64,
        /// Second shape.
        b: f64,
        /// Lower end.
        min: f64,
        /// Upper end.
        max: f64,
    },
    /// Discrete values with weights (empirical law), in increasing order of value.
    Table {
        /// (value, weight).
        points: Vec<(f64, f64)>,
    },
    /// A weighted mixture.
    Mixture {
        /// (weight, law).
        parts: Vec<(f64, Distribution)>,
    },
    /// 0 with probability 1 - `probability`, otherwise `then`.
    Gated {
        /// Probability that `then` happens.
        probability: f64,
        /// The law when it does.
        then: Box<Distribution>,
    },
    /// 1 with probability p, else 0.
    Bernoulli {
        /// Probability of 1.
        p: f64,
    },
    /// Failures before the first success: 0, 1, 2, ...
    Geometric {
        /// Probability of success in one trial.
        p: f64,
    },
    /// Successes in n independent trials.
    Binomial {
        /// Trials.
        n: u64,
        /// Probability of success in one trial.
        p: f64,
    },
    /// Poisson.
    Poisson {
        /// Mean.
        mean: f64,
    },
}

impl Distribution {
    /// The smallest closed interval holding the law; either end may be infinite.
    #[must_use]
    pub fn support(&self) -> (f64, f64) {
        match self {
            Self::Constant(v) => (*v, *v),
            Self::Uniform { min, max }
            | Self::Triangular { min, max, .. }
            | Self::Pert { min, max, .. }
            | Self::Beta { min, max, .. } => (*min, *max),
            Self::Normal { .. } => (f64::NEG_INFINITY, f64::INFINITY),
            Self::Clipped { of, min, max } => {
                let (low, high) = of.support();
                (low.max(*min).min(*max), high.min(*max).max(*min))
            }
            Self::Truncated { of, min, max } => {
                let (low, high) = of.support();
                (low.max(*min), high.min(*max))
            }
            Self::Table { points } => hull(points.iter().filter(|p| p.1 > 0.0).map(|p| (p.0, p.0))),
            Self::Mixture { parts } => hull(parts.iter().filter(|p| p.0 > 0.0).map(|p| p.1.support())),
            Self::Gated { probability, then } => gated_support(*probability, then.support()),
            Self::Bernoulli { p } => (if *p >= 1.0 { 1.0 } else { 0.0 }, if *p > 0.0 { 1.0 } else { 0.0 }),
            Self::Binomial { n, p } => binomial_support(*n as f64, *p),
            Self::Geometric { p } if *p >= 1.0 => (0.0, 0.0),
            Self::Poisson { mean } if *mean <= 0.0 => (0.0, 0.0),
            _ => (0.0, f64::INFINITY),
        }
    }

    /// Whether the law is carried by isolated values only.
    #[must_use]
    pub fn is_discrete(&self) -> bool {
        match self {
            Self::Constant(_) | Self::Table { .. } | Self::Bernoulli { .. } => true,
            Self::Geometric { .. } | Self::Binomial { .. } | Self::Poisson { .. } => true,
            Self::Clipped { of, .. } | Self::Truncated { of, .. } => of.is_discrete(),
            Self::Gated { then, .. } => then.is_discrete(),
            Self::Mixture { parts } => parts.iter().all(|p| p.1.is_discrete()),
            _ => false,
        }
    }

    /// The two beta shapes of a PERT.
    pub(super) fn pert_shapes(min: f64, mode: f64, max: f64) -> (f64, f64) {
        let width = max - min;
        (1.0 + 4.0 * (mode - min) / width, 1.0 + 4.0 * (max - mode) / width)
    }
}

/// The hull of several intervals.
fn hull(ranges: impl Iterator<Item = (f64, f64)>) -> (f64, f64) {
    let none = (f64::INFINITY, f64::NEG_INFINITY);
    ranges.fold(none, |all, one| (all.0.min(one.0), all.1.max(one.1)))
}

fn gated_support(probability: f64, (low, high): (f64, f64)) -> (f64, f64) {
    if probability <= 0.0 {
        (0.0, 0.0)
    } else if probability >= 1.0 {
        (low, high)
    } else {
        (low.min(0.0), high.max(0.0))
    }
}

fn binomial_support(n: f64, p: f64) -> (f64, f64) {
    (if p >= 1.0 { n } else { 0.0 }, if p > 0.0 { n } else { 0.0 })
}
