//! Constructors that refuse illegal parameters.

use super::error::DistError;
use super::law::Distribution;
use super::validate::positive;

/// Every constructor answers with the law, or with a sentence saying which value is wrong and what is legal.
impl Distribution {
    fn checked(self) -> Result<Self, DistError> {
        self.validate().map(|()| self)
    }

    /// Always `value`.
    ///
    /// # Errors
    /// Not finite.
    pub fn constant(value: f64) -> Result<Self, DistError> {
        Self::Constant(value).checked()
    }

    /// Uniform on [min, max].
    ///
    /// # Errors
    /// Not finite, or min not below max.
    pub fn uniform(min: f64, max: f64) -> Result<Self, DistError> {
        Self::Uniform { min, max }.checked()
    }

    /// Triangular.
    ///
    /// # Errors
    /// Not finite, min not below max, or mode outside them.
    pub fn triangular(min: f64, mode: f64, max: f64) -> Result<Self, DistError> {
        Self::Triangular { min, mode, max }.checked()
    }

    /// PERT (lambda 4).
    ///
    /// # Errors
    /// Not finite, min not below max, or mode outside them.
    pub fn pert(min: f64, mode: f64, max: f64) -> Result<Self, DistError> {
        Self::Pert { min, mode, max }.checked()
    }

    /// Exponential with this mean.
    ///
    /// # Errors
    /// Mean not positive.
    pub fn exponential(mean: f64) -> Result<Self, DistError> {
        Self::Exponential { mean }.checked()
    }

    /// Gamma with mean shape x scale.
    ///
    /// # Errors
    /// Shape outside 0.001..=1e6 or scale not positive.
    pub fn gamma(shape: f64, scale: f64) -> Result<Self, DistError> {
        Self::Gamma { shape, scale }.checked()
    }

    /// Gamma by its mean and shape.
    ///
    /// # Errors
    /// Mean not positive or shape outside 0.001..=1e6.
    pub fn gamma_mean_shape(mean: f64, shape: f64) -> Result<Self, DistError> {
        positive("mean", mean)?;
        Self::gamma(shape, if shape > 0.0 { mean / shape } else { mean })
    }

    /// Erlang: the sum of k exponential stages with this total mean.
    ///
    /// # Errors
    /// k is zero or above 1e6, or mean not positive.
    pub fn erlang(k: u64, mean: f64) -> Result<Self, DistError> {
        Self::gamma_mean_shape(mean, k as f64)
    }

    /// Log-normal by the mean and standard deviation of the logarithm.
    ///
    /// # Errors
    /// mu outside -600..=600 or sigma outside 1e-9..=20.
    pub fn lognormal(mu: f64, sigma: f64) -> Result<Self, DistError> {
        Self::LogNormal { mu, sigma }.checked()
    }

    /// Log-normal by its median e^mu.
    ///
    /// # Errors
    /// Median not positive or sigma out of range.
    pub fn lognormal_median(median: f64, sigma: f64) -> Result<Self, DistError> {
        positive("median", median)?;
        Self::lognormal(libm::log(median), sigma)
    }

    /// Log-normal by its own mean and standard deviation (sigma^2 = ln(1 + sd^2/mean^2)).
    ///
    /// # Errors
    /// Either not positive.
    pub fn lognormal_mean_sd(mean: f64, sd: f64) -> Result<Self, DistError> {
        positive("mean", mean)?;
        positive("sd", sd)?;
        let square = libm::log1p((sd / mean) * (sd / mean));
        Self::lognormal(libm::log(mean) - 0.5 * square, square.sqrt())
    }

    /// Normal.
    ///
    /// # Errors
    /// Mean not finite or sd not positive.
    pub fn normal(mean: f64, sd: f64) -> Result<Self, DistError> {
        Self::Normal { mean, sd }.checked()
    }

    /// `of` with values beyond the bounds moved onto them.
    ///
    /// # Errors
    /// Bounds NaN or out of order, or `of` itself illegal.
    pub fn clipped(of: Self, min: f64, max: f64) -> Result<Self, DistError> {
        Self::Clipped { of: Box::new(of), min, max }.checked()
    }

    /// `of` given that it lies in [min, max].
    ///
    /// # Errors
    /// Bounds NaN or out of order, no probability between them, or `of` itself illegal.
    pub fn truncated(of: Self, min: f64, max: f64) -> Result<Self, DistError> {
        Self::Truncated { of: Box::new(of), min, max }.checked()
    }

    /// Weibull with sf exp(-(x/scale)^shape).
    ///
    /// # Errors
    /// Shape outside 0.05..=1e4 or scale not positive.
    pub fn weibull(shape: f64, scale: f64) -> Result<Self, DistError> {
        Self::Weibull { shape, scale }.checked()
    }

    /// Beta(a, b) on [min, max].
    ///
    /// # Errors
    /// A shape outside 0.001..=1e6, or min not below max.
    pub fn beta(a: f64, b: f64, min: f64, max: f64) -> Result<Self, DistError> {
        Self::Beta { a, b, min, max }.checked()
    }

    /// Discrete values with weights, in any order; sorted here.
    ///
    /// # Errors
    /// Empty, a value not finite, a weight negative, or all weights zero.
    pub fn table(mut points: Vec<(f64, f64)>) -> Result<Self, DistError> {
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self::Table { points }.checked()
    }

    /// A weighted mixture; the weights need not sum to 1.
    ///
    /// # Errors
    /// Empty, a weight negative, all weights zero, or a part illegal.
    pub fn mixture(parts: Vec<(f64, Self)>) -> Result<Self, DistError> {
        Self::Mixture { parts }.checked()
    }

    /// 0 with probability 1 - `probability`, otherwise `then`.
    ///
    /// # Errors
    /// `probability` outside [0, 1], or `then` illegal.
    pub fn gated(probability: f64, then: Self) -> Result<Self, DistError> {
        Self::Gated { probability, then: Box::new(then) }.checked()
    }

    /// 1 with probability p, else 0.
    ///
    /// # Errors
    /// p outside [0, 1].
    pub fn bernoulli(p: f64) -> Result<Self, DistError> {
        Self::Bernoulli { p }.checked()
    }

    /// Failures before the first success.
    ///
    /// # Errors
    /// p outside 1e-15..=1.
    pub fn geometric(p: f64) -> Result<Self, DistError> {
        Self::Geometric { p }.checked()
    }

    /// Successes in n trials.
    ///
    /// # Errors
    /// n above 1e6 or p outside [0, 1].
    pub fn binomial(n: u64, p: f64) -> Result<Self, DistError> {
        Self::Binomial { n, p }.checked()
    }

    /// Poisson.
    ///
    /// # Errors
    /// Mean outside 0..=1e6.
    pub fn poisson(mean: f64) -> Result<Self, DistError> {
        Self::Poisson { mean }.checked()
    }
}
