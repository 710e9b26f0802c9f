//! The standard beta law on [0, 1]: incomplete beta function and its inverse.

use super::gamma::nonzero;
use super::incomplete::{deviance, stirling_error};
use super::log_solve::{self, Point};
use super::normal;
use super::prob::Prob;

/// Below this x the leading term of the series is exact and logarithms of ratios would overflow.
const TINY: f64 = 1e-280;

/// A point of [0, 1] with its complement, both to full relative precision.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    /// x.
    pub(super) x: f64,
    /// 1 - x.
    pub(super) rest: f64,
}

/// A beta law, with the constants that depend on its shapes only.
#[derive(Debug, Clone, Copy)]
pub(super) struct StandardBeta {
    a: f64,
    b: f64,
    constant: f64,
    scale: f64,
}

impl StandardBeta {
    /// For a, b > 0.
    pub(super) fn new(a: f64, b: f64) -> Self {
        let n = a + b;
        let constant = stirling_error(n) - stirling_error(a) - stirling_error(b);
        Self { a, b, constant, scale: (a * b / (n * std::f64::consts::TAU)).sqrt() }
    }

    /// x^a (1-x)^b / B(a, b), by Loader's saddle-point form of the binomial.
    fn prefactor(&self, s: Share) -> f64 {
        let n = self.a + self.b;
        let fall = deviance(self.a, n * s.x) + deviance(self.b, n * s.rest);
        self.scale * libm::exp(self.constant - fall)
    }

    /// I_x(a, b) from both ends.
    pub(super) fn split(&self, s: Share) -> Prob {
        if s.x <= TINY {
            return Prob::from_lower(self.tiny(self.a, s.x));
        }
        if s.rest <= TINY {
            return Prob::from_upper(self.tiny(self.b, s.rest));
        }
        self.split_with(s, self.prefactor(s))
    }

    /// x^a / (a B(a, b)) for x so small that one term is exact.
    fn tiny(&self, shape: f64, x: f64) -> f64 {
        if x <= 0.0 { 0.0 } else { libm::exp(shape * libm::log(x) - libm::log(shape) - self.ln_beta()) }
    }

    fn ln_beta(&self) -> f64 {
        libm::lgamma(self.a) + libm::lgamma(self.b) - libm::lgamma(self.a + self.b)
    }

    /// The continued fraction on the side where it converges fast (DLMF 8.17.22 and 8.17.4).
    fn split_with(&self, s: Share, prefactor: f64) -> Prob {
        let (a, b) = (self.a, self.b);
        if s.x < (a + 1.0) / (a + b + 2.0) {
            Prob::from_lower(prefactor / a * fraction(a, b, s.x))
        } else {
            Prob::from_upper(prefactor / b * fraction(b, a, s.rest))
        }
    }

    /// The quantile; `guess` only saves iterations.
    pub(super) fn quantile(&self, p: Prob, guess: Option<Share>) -> Share {
        let odds = guess.map(|s| s.x / s.rest).filter(|o| *o > TINY && *o < 1.0 / TINY);
        let start = odds.unwrap_or_else(|| self.start(p));
        if start <= TINY {
            return Share { x: start, rest: 1.0 };
        }
        if start >= 1.0 / TINY {
            return Share { x: 1.0, rest: 1.0 / start };
        }
        share(log_solve::solve(p, start, |odds| self.look(odds)))
    }

    /// The law at x/(1-x) = odds.
    fn look(&self, odds: f64) -> Point {
        let s = share(odds.clamp(TINY, 1.0 / TINY));
        let prefactor = self.prefactor(s);
        Point { at: self.split_with(s, prefactor), flow: prefactor, bend: self.a * s.rest - self.b * s.x }
    }

    /// A first guess in odds: normal on the logit scale, or the leading term of the tail asked for.
    fn start(&self, p: Prob) -> f64 {
        let (a, b) = (self.a, self.b);
        if a.min(b) >= 1.0 {
            return a / b * libm::exp(normal::quantile(p) * (1.0 / a + 1.0 / b).sqrt());
        }
        let edge = |p: f64, shape: f64| libm::exp((libm::log(p * shape) + self.ln_beta()) / shape);
        if p.is_low() {
            let x = edge(p.lower(), a);
            if x < 0.9 { x / (1.0 - x) } else { 1.0 }
        } else {
            let rest = edge(p.upper(), b);
            if rest < 0.9 { (1.0 - rest) / rest } else { 1.0 }
        }
    }
}

fn share(odds: f64) -> Share {
    Share { x: odds / (1.0 + odds), rest: 1.0 / (1.0 + odds) }
}

/// The continued fraction DLMF 8.17.22 by Lentz's modified method (Thompson and Barnett 1986).
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut c = 1.0;
    let mut d = 1.0 / nonzero(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for m in 1..10_000 {
        let m = f64::from(m);
        let two = a + 2.0 * m;
        let even = m * (b - m) * x / ((two - 1.0) * two);
        d = 1.0 / nonzero(1.0 + even * d);
        c = nonzero(1.0 + even / c);
        value *= c * d;
        let odd = -(a + m) * (a + b + m) * x / (two * (two + 1.0));
        d = 1.0 / nonzero(1.0 + odd * d);
        c = nonzero(1.0 + odd / c);
        let change = c * d;
        value *= change;
        if (change - 1.0).abs() < 3e-16 {
            break;
        }
    }
    value
}
