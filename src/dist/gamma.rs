//! The standard gamma law (scale 1): incomplete gamma functions and their inverse.

use super::incomplete::{deviance, stirling_error};
use super::log_solve::{self, Point};
use super::normal;
use super::prob::Prob;

/// 2 pi.
const TAU: f64 = std::f64::consts::TAU;
/// Below this x the leading term of the series is exact and logarithms of ratios would overflow.
const TINY: f64 = 1e-280;

/// A gamma law of one shape, with the constants that depend on the shape only.
#[derive(Debug, Clone, Copy)]
pub(super) struct StandardGamma {
    shape: f64,
    stirling: f64,
    scale: f64,
}

impl StandardGamma {
    /// For shape > 0.
    pub(super) fn new(shape: f64) -> Self {
        Self { shape, stirling: stirling_error(shape), scale: 1.0 / (TAU * shape).sqrt() }
    }

    /// x^a e^-x / Gamma(a + 1), by Loader's saddle-point form.
    fn prefactor(&self, x: f64) -> f64 {
        self.scale * libm::exp(-self.stirling - deviance(self.shape, x))
    }

    /// P(X <= x) from both ends.
    pub(super) fn split(&self, x: f64) -> Prob {
        if x <= TINY {
            return Prob::from_lower(self.tiny_lower(x));
        }
        if x == f64::INFINITY { Prob::ONE } else { self.split_with(x, self.prefactor(x)) }
    }

    /// P(X <= x) for x so small that one term is exact: x^a / Gamma(a + 1).
    fn tiny_lower(&self, x: f64) -> f64 {
        if x <= 0.0 { 0.0 } else { libm::exp(self.shape * libm::log(x) - libm::lgamma(self.shape + 1.0)) }
    }

    /// DLMF 8.11.4 (series) below the mean, 8.9.2 (continued fraction) above it.
    fn split_with(&self, x: f64, prefactor: f64) -> Prob {
        if x < self.shape + 1.0 {
            Prob::from_lower(prefactor * self.series(x))
        } else {
            Prob::from_upper(prefactor * self.shape * self.fraction(x))
        }
    }

    /// Sum of x^n / ((a+1)...(a+n)).
    fn series(&self, x: f64) -> f64 {
        let (mut sum, mut term, mut a) = (1.0, 1.0, self.shape);
        for _ in 0..20_000 {
            a += 1.0;
            term *= x / a;
            sum += term;
            if term < sum * 1e-17 {
                break;
            }
        }
        sum
    }

    /// The continued fraction of Gamma(a, x) e^x x^-a, by Lentz's modified method (Thompson and Barnett 1986).
    fn fraction(&self, x: f64) -> f64 {
        let mut b = x + 1.0 - self.shape;
        let mut c = 1e300;
        let mut d = 1.0 / b;
        let mut value = d;
        for i in 1..20_000 {
            let i = f64::from(i);
            let an = i * (self.shape - i);
            b += 2.0;
            d = 1.0 / nonzero(an * d + b);
            c = nonzero(b + an / c);
            let change = c * d;
            value *= change;
            if (change - 1.0).abs() < 3e-16 {
                break;
            }
        }
        value
    }

    /// The quantile; `guess` only saves iterations.
    pub(super) fn quantile(&self, p: Prob, guess: Option<f64>) -> f64 {
        let start = guess.filter(|g| *g > TINY && g.is_finite()).unwrap_or_else(|| self.start(p));
        if start <= TINY {
            return start;
        }
        log_solve::solve(p, start, |x| self.look(x))
    }

    fn look(&self, x: f64) -> Point {
        let x = x.max(TINY);
        let prefactor = self.prefactor(x);
        Point { at: self.split_with(x, prefactor), flow: prefactor * self.shape, bend: self.shape - x }
    }

    /// A first guess: Wilson and Hilferty 1931 in the middle, the leading terms of either tail elsewhere.
    fn start(&self, p: Prob) -> f64 {
        let a = self.shape;
        let c = 1.0 / (9.0 * a);
        let root = 1.0 - c + normal::quantile(p) * c.sqrt();
        if a >= 1.0 && root > 0.3 {
            return a * root * root * root;
        }
        let low = libm::exp((libm::log(p.lower()) + libm::lgamma(a + 1.0)) / a);
        if p.is_low() { low } else { low.max(-libm::log(p.upper()) - libm::lgamma(a)) }
    }
}

/// Keeps Lentz's recurrences away from division by zero.
pub(super) fn nonzero(x: f64) -> f64 {
    if x.abs() < 1e-300 { 1e-300 } else { x }
}
