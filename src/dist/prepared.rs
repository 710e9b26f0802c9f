//! A quantile function with everything that does not depend on p computed once, for the building of tables.

use super::beta::StandardBeta;
use super::gamma::StandardGamma;
use super::law::Distribution;
use super::prob::Prob;
use super::quantile;

/// A law whose inverse is about to be asked for many times.
#[derive(Debug)]
pub(super) enum Prepared<'a> {
    Gamma {
        gamma: StandardGamma,
        scale: f64,
    },
    Beta {
        beta: StandardBeta,
        min: f64,
        max: f64,
    },
    Truncated {
        of: Box<Prepared<'a>>,
        below: Prob,
        mass: f64,
        end: Prob,
        min: f64,
        max: f64,
    },
    /// Anything else; `true` when its inverse is a search that profits from a guess.
    Other(&'a Distribution, bool),
}

impl<'a> Prepared<'a> {
    /// Prepares a law.
    pub(super) fn new(law: &'a Distribution) -> Self {
        match law {
            Distribution::Gamma { shape, scale } => {
                Self::Gamma { gamma: StandardGamma::new(*shape), scale: *scale }
            }
            Distribution::Beta { a, b, min, max } => {
                Self::Beta { beta: StandardBeta::new(*a, *b), min: *min, max: *max }
            }
            Distribution::Pert { min, mode, max } => {
                let (a, b) = Distribution::pert_shapes(*min, *mode, *max);
                Self::Beta { beta: StandardBeta::new(a, b), min: *min, max: *max }
            }
            Distribution::Truncated { of, min, max } if !of.is_discrete() => {
                let (below, end) = (of.split_below(*min), of.split(*max));
                let of = Box::new(Self::new(of));
                Self::Truncated { of, below, mass: below.mass_to(end), end, min: *min, max: *max }
            }
            _ => Self::Other(law, searches(law)),
        }
    }

    /// Whether guesses are of use.
    pub(super) fn searches(&self) -> bool {
        match self {
            Self::Gamma { .. } | Self::Beta { .. } => true,
            Self::Truncated { of, .. } => of.searches(),
            Self::Other(_, searches) => *searches,
        }
    }

    /// The quantile; the same number as [`Distribution::quantile_near`], for p inside (0, 1).
    pub(super) fn quantile(&self, p: Prob, guess: Option<f64>) -> f64 {
        match self {
            Self::Gamma { gamma, scale } => scale * gamma.quantile(p, guess.map(|g| g / scale)),
            Self::Beta { beta, min, max } => quantile::scaled_beta(beta, *min, *max, p, guess),
            Self::Truncated { of, below, mass, end, min, max } => {
                let inner = Prob::pair(below.lower() + mass * p.lower(), end.upper() + mass * p.upper());
                of.quantile(inner, guess).max(*min).min(*max)
            }
            Self::Other(law, _) => law.quantile_near(p, guess),
        }
    }
}

fn searches(law: &Distribution) -> bool {
    match law {
        Distribution::Mixture { .. } | Distribution::Truncated { .. } => true,
        Distribution::Gated { then, .. } => searches(then),
        Distribution::Clipped { of, .. } => searches(of),
        Distribution::Gamma { .. } | Distribution::Beta { .. } | Distribution::Pert { .. } => true,
        _ => false,
    }
}
