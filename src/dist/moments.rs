//! Means and variances.

use super::law::Distribution;
use super::window::everywhere;

impl Distribution {
    /// The mean, by the family's closed form (Johnson, Kotz and Balakrishnan 1994); clipped and truncated laws by
    /// closed partial moments.
    #[must_use]
    pub fn mean(&self) -> f64 {
        match self {
            Self::Constant(v) => *v,
            Self::Uniform { min, max } => min + 0.5 * (max - min),
            Self::Triangular { min, mode, max } => (min + mode + max) / 3.0,
            Self::Pert { min, mode, max } => (min + 4.0 * mode + max) / 6.0,
            Self::Beta { a, b, min, max } => min + (max - min) * (a / (a + b)),
            Self::Exponential { mean } | Self::Poisson { mean } => *mean,
            Self::Gamma { shape, scale } => shape * scale,
            Self::LogNormal { mu, sigma } => libm::exp(mu + 0.5 * sigma * sigma),
            Self::Normal { mean, .. } => *mean,
            Self::Weibull { shape, scale } => scale * libm::tgamma(1.0 + 1.0 / shape),
            Self::Mixture { parts } => average(parts, |d| d.mean()),
            Self::Gated { probability, then } => probability * then.mean(),
            Self::Bernoulli { p } => *p,
            Self::Geometric { p } => (1.0 - p) / p,
            Self::Binomial { n, p } => *n as f64 * p,
            Self::Table { .. } | Self::Clipped { .. } | Self::Truncated { .. } => self.window_mean(),
        }
    }

    /// The variance, by the same sources as [`Self::mean`].
    #[must_use]
    pub fn variance(&self) -> f64 {
        match self {
            Self::Constant(_) => 0.0,
            Self::Uniform { min, max } => (max - min) * (max - min) / 12.0,
            Self::Triangular { min, mode, max } => {
                let (l, r) = (mode - min, max - mode);
                (l * l + l * r + r * r) / 18.0
            }
            Self::Pert { min, mode, max } => {
                let (a, b) = Self::pert_shapes(*min, *mode, *max);
                beta_variance(a, b, max - min)
            }
            Self::Beta { a, b, min, max } => beta_variance(*a, *b, max - min),
            Self::Exponential { mean } => mean * mean,
            Self::Poisson { mean } => *mean,
            Self::Gamma { shape, scale } => shape * scale * scale,
            Self::LogNormal { mu, sigma } => {
                let s = sigma * sigma;
                libm::expm1(s) * libm::exp(2.0 * mu + s)
            }
            Self::Normal { sd, .. } => sd * sd,
            Self::Weibull { shape, scale } => weibull_variance(*shape, *scale),
            Self::Mixture { parts } => {
                let mean = self.mean();
                average(parts, |d| d.variance() + (d.mean() - mean) * (d.mean() - mean))
            }
            Self::Gated { probability: p, then } => {
                let mean = then.mean();
                p * then.variance() + p * (1.0 - p) * mean * mean
            }
            Self::Bernoulli { p } => p * (1.0 - p),
            Self::Geometric { p } => (1.0 - p) / (p * p),
            Self::Binomial { n, p } => *n as f64 * p * (1.0 - p),
            Self::Table { .. } | Self::Clipped { .. } | Self::Truncated { .. } => {
                self.window(everywhere(self.mean())).second.max(0.0)
            }
        }
    }

    /// The mean from partial moments, taken about a value inside the law so that a far offset costs no digits.
    fn window_mean(&self) -> f64 {
        let (low, high) = self.support();
        let about = if low.is_finite() {
            low
        } else if high.is_finite() {
            high
        } else {
            0.0
        };
        about + self.window(everywhere(about)).first
    }
}

fn average(parts: &[(f64, Distribution)], of: impl Fn(&Distribution) -> f64) -> f64 {
    let total: f64 = parts.iter().map(|part| part.0).sum();
    parts.iter().filter(|part| part.0 > 0.0).map(|part| part.0 / total * of(&part.1)).sum()
}

fn beta_variance(a: f64, b: f64, width: f64) -> f64 {
    let n = a + b;
    width * width * (a / n) * (b / n) / (n + 1.0)
}

/// scale^2 (Gamma(1 + 2/k) - Gamma(1 + 1/k)^2); by expm1 of log-gammas, so that large shapes do not cancel.
fn weibull_variance(shape: f64, scale: f64) -> f64 {
    let (one, two) = (libm::lgamma(1.0 + 1.0 / shape), libm::lgamma(1.0 + 2.0 / shape));
    scale * scale * libm::exp(2.0 * one) * libm::expm1(two - 2.0 * one)
}
