//! Inverse distribution functions.

use super::beta::{Share, StandardBeta};
use super::gamma::StandardGamma;
use super::law::Distribution;
use super::prob::Prob;
use super::{discrete, mixture, normal};

impl Distribution {
    /// The smallest x with F(x) >= p: non-decreasing in p, about 1e-13 relative in both tails. p = 0 and p = 1 give
    /// the ends of the support, which may be infinite.
    #[must_use]
    pub fn quantile(&self, p: Prob) -> f64 {
        self.quantile_near(p, None)
    }

    /// As [`Self::quantile`]; a good `guess` saves iterations where the inverse is found by search.
    pub(super) fn quantile_near(&self, p: Prob, guess: Option<f64>) -> f64 {
        if p.lower() <= 0.0 {
            return self.support().0;
        }
        if p.upper() <= 0.0 {
            return self.support().1;
        }
        let value = self.inner_quantile(p, guess);
        match self {
            // Nothing that has to be kept within bounds, or kept there already.
            Self::Normal { .. } | Self::Clipped { .. } => value,
            _ => {
                let (low, high) = self.support();
                value.max(low).min(high)
            }
        }
    }

    fn inner_quantile(&self, p: Prob, guess: Option<f64>) -> f64 {
        match self {
            Self::Constant(v) => *v,
            Self::Uniform { min, max } => along(*min, *max, Share { x: p.lower(), rest: p.upper() }),
            Self::Triangular { min, mode, max } => triangular(*min, *mode, *max, p),
            Self::Pert { min, mode, max } => {
                let (a, b) = Self::pert_shapes(*min, *mode, *max);
                scaled_beta(&StandardBeta::new(a, b), *min, *max, p, guess)
            }
            Self::Beta { a, b, min, max } => scaled_beta(&StandardBeta::new(*a, *b), *min, *max, p, guess),
            Self::Exponential { mean } => mean * p.hazard(),
            Self::Gamma { shape, scale } => {
                scale * StandardGamma::new(*shape).quantile(p, guess.map(|g| g / scale))
            }
            Self::LogNormal { mu, sigma } => libm::exp(mu + sigma * normal::quantile(p)),
            Self::Normal { mean, sd } => mean + sd * normal::quantile(p),
            Self::Weibull { shape, scale } => scale * libm::pow(p.hazard(), 1.0 / shape),
            Self::Clipped { of, min, max } => of.quantile_near(p, guess).max(*min).min(*max),
            Self::Truncated { of, min, max } => truncated(of, *min, *max, p, guess),
            Self::Mixture { parts } => mixture::quantile(self, parts, p, guess),
            Self::Gated { probability, then } => gated(*probability, then, p, guess),
            _ => self.discrete_quantile(p),
        }
    }

    fn discrete_quantile(&self, p: Prob) -> f64 {
        match self {
            Self::Table { points } => table(points, p),
            Self::Bernoulli { p: chance } => f64::from(u8::from(p.upper() < *chance)),
            Self::Geometric { p: chance } => discrete::geometric_quantile(*chance, p),
            Self::Poisson { mean } => {
                let guess = discrete::cornish_fisher(*mean, mean.sqrt(), 1.0 / mean.sqrt(), p);
                discrete::smallest_integer(p, guess, f64::INFINITY, |k| self.split(k))
            }
            Self::Binomial { n, p: chance } => {
                let sd = self.variance().sqrt();
                let guess = discrete::cornish_fisher(self.mean(), sd, (1.0 - 2.0 * chance) / sd, p);
                discrete::smallest_integer(p, guess, *n as f64, |k| self.split(k))
            }
            _ => self.support().0,
        }
    }

    /// The residual law: F^-1(F(age) + (1 - F(age)) p), the total length of something that has already lasted `age`.
    ///
    /// Computed from the upper tail, so accurate while sf(age) is above the smallest double; exponential and Weibull
    /// use closed forms valid at every age, and past underflow normal, log-normal and gamma use their leading tail
    /// terms. Never less than `age`; `age` itself when the law cannot last that long.
    #[must_use]
    pub fn quantile_after(&self, age: f64, p: Prob) -> f64 {
        let total = match self {
            Self::Exponential { mean } if age > 0.0 => age + mean * p.hazard(),
            Self::Weibull { shape, scale } if age > 0.0 => {
                scale * libm::pow(libm::pow(age / scale, *shape) + p.hazard(), 1.0 / shape)
            }
            _ => self.after(age, p),
        };
        total.max(age)
    }

    fn after(&self, age: f64, p: Prob) -> f64 {
        let past = self.split(age);
        if past.upper() < 1e-290 {
            return self.after_underflow(age, p);
        }
        let lower = past.lower() + past.upper() * p.lower();
        self.quantile(Prob::pair(lower, past.upper() * p.upper()))
    }

    /// Leading-order tails: a standard normal past z goes to about sqrt(z^2 + 2 E), a gamma to x + E.
    fn after_underflow(&self, age: f64, p: Prob) -> f64 {
        let further = |z: f64| (z * z + 2.0 * p.hazard()).sqrt();
        match self {
            Self::Normal { mean, sd } => mean + sd * further((age - mean) / sd),
            Self::LogNormal { mu, sigma } => libm::exp(mu + sigma * further((libm::log(age) - mu) / sigma)),
            Self::Gamma { scale, .. } => age + scale * p.hazard(),
            _ => age,
        }
    }
}

/// The point of [min, max] at a share, exact beside either end.
fn along(min: f64, max: f64, share: Share) -> f64 {
    if share.x <= 0.5 { min + (max - min) * share.x } else { max - (max - min) * share.rest }
}

fn triangular(min: f64, mode: f64, max: f64, p: Prob) -> f64 {
    let width = max - min;
    if p.lower() * width <= mode - min {
        min + (p.lower() * width * (mode - min)).sqrt()
    } else {
        max - (p.upper() * width * (max - mode)).sqrt()
    }
}

/// The quantile of a beta stretched onto [min, max].
pub(super) fn scaled_beta(law: &StandardBeta, min: f64, max: f64, p: Prob, guess: Option<f64>) -> f64 {
    let width = max - min;
    let guess = guess.map(|g| Share { x: (g - min) / width, rest: (max - g) / width });
    along(min, max, law.quantile(p, guess)).max(min).min(max)
}

fn truncated(of: &Distribution, min: f64, max: f64, p: Prob, guess: Option<f64>) -> f64 {
    let (below, end) = (of.split_below(min), of.split(max));
    let mass = below.mass_to(end);
    let upper = end.upper() + mass * p.upper();
    let x = of.quantile_near(Prob::pair(below.lower() + mass * p.lower(), upper), guess);
    if x >= min || !of.is_discrete() {
        return x.max(min).min(max);
    }
    // Rounding swallowed p beside F(min-): step just past it, to the first value inside.
    let (lower, upper) = (below.lower() * (1.0 + 1e-15), (below.upper() * (1.0 - 1e-15)));
    of.quantile_near(Prob::pair(lower, upper), guess).max(min).min(max)
}

fn gated(probability: f64, then: &Distribution, p: Prob, guess: Option<f64>) -> f64 {
    if p.lower() <= probability * then.split_below(0.0).lower() {
        then.quantile_near(Prob::from_lower(p.lower() / probability), guess)
    } else if p.upper() < probability * then.split(0.0).upper() {
        then.quantile_near(Prob::from_upper(p.upper() / probability), guess)
    } else {
        0.0
    }
}

fn table(points: &[(f64, f64)], p: Prob) -> f64 {
    let total: f64 = points.iter().map(|point| point.1).sum();
    let (mut lower, mut last) = (0.0, 0.0);
    for (value, weight) in points.iter().filter(|point| point.1 > 0.0) {
        lower += weight;
        last = *value;
        if p.lower() * total <= lower {
            return last;
        }
    }
    last
}
