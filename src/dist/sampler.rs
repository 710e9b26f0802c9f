//! A law compiled for speed.

#[cfg(target_arch = "x86_64")]
use super::curve::Table;
use super::curve::{Curve, within};
use super::law::Distribution;
use super::prob::Prob;
use super::steps::Steps;

/// A distribution compiled for speed: one 64-bit word in, one variate out, monotone non-decreasing in the word.
///
/// Smooth laws are tables of cubics within about 1e-6 of the exact quantile (relative to its local scale); the rare
/// words beyond the table, and segments no cubic fits, use [`Distribution::quantile`] itself. Discrete laws compare
/// integers exactly.
#[derive(Debug, Clone)]
pub struct Sampler {
    law: Distribution,
    plan: Plan,
}

/// How a law is sampled.
#[derive(Debug, Clone)]
enum Plan {
    Constant(f64),
    Uniform {
        min: f64,
        width: f64,
        max: f64,
    },
    /// 0 below the threshold, else 1.
    Coin(u64),
    Steps(Steps),
    /// A smooth law, kept within two bounds (infinite where it is not clipped).
    Curve {
        curve: Curve,
        bounds: (f64, f64),
    },
    Clip {
        inner: Box<Sampler>,
        min: f64,
        max: f64,
    },
    Gate {
        gate: Gate,
        inner: Box<Sampler>,
    },
    Exact,
}

/// Zero below a threshold; the words above it are stretched over all words again.
#[derive(Debug, Clone, Copy)]
struct Gate {
    threshold: u64,
    shift: u32,
    /// floor(2^127 / (count of open words << shift)).
    factor: u64,
}

impl Gate {
    /// None when no word, or every word, is open.
    fn new(probability: f64) -> Option<Self> {
        let threshold = u64::try_from(Prob::from_upper(probability).words()).ok().filter(|t| *t > 0)?;
        let open = threshold.wrapping_neg();
        let shift = (open - 1).leading_zeros().min(63);
        let factor = (1_u128 << 127) / (u128::from(open) << shift);
        Some(Self { threshold, shift, factor: u64::try_from(factor).unwrap_or(u64::MAX) })
    }

    /// (word - threshold + half a step) 2^64 / open, by one multiplication; exact and monotone, up to its last bits.
    #[inline]
    fn stretch(self, word: u64) -> u64 {
        let half = (1_u64 << self.shift) >> 1;
        let scaled = (word.wrapping_sub(self.threshold) << self.shift) | half;
        ((u128::from(scaled) * u128::from(self.factor)) >> 63) as u64
    }
}

impl Sampler {
    /// Compiles a law that passed [`Distribution::validate`].
    #[must_use]
    pub fn new(d: &Distribution) -> Self {
        Self { law: d.clone(), plan: Plan::new(d) }
    }

    /// The variate at a word.
    #[inline]
    #[must_use]
    pub fn sample(&self, word: u64) -> f64 {
        if let Plan::Curve { curve, bounds } = &self.plan {
            let value = curve.at(word);
            if !value.is_nan() {
                return within(value, *bounds);
            }
        }
        self.sample_otherwise(word)
    }

    /// The variates at many words, each what [`Sampler::sample`] gives; returns how many there were, at most as many as there is room.
    #[inline]
    pub fn sample_all(&self, words: &[u64], values: &mut [f64]) -> usize {
        let words = &words[..words.len().min(values.len())];
        match &self.plan {
            Plan::Curve { curve, bounds } if curve.at_all(words, *bounds, values) => words.len(),
            _ => self.sample_all_otherwise(words, values),
        }
    }

    /// The same one by one, where not every word is read off a table of cubics.
    #[inline(never)]
    fn sample_all_otherwise(&self, words: &[u64], values: &mut [f64]) -> usize {
        let pairs = values.iter_mut().zip(words);
        pairs.map(|(value, word)| *value = self.sample(*word)).count()
    }

    /// What is not read off a table of cubics.
    #[inline(never)]
    fn sample_otherwise(&self, word: u64) -> f64 {
        match &self.plan {
            Plan::Curve { curve, bounds } => {
                let law = if let Distribution::Clipped { of, .. } = &self.law { of } else { &self.law };
                within(curve.solve(law, word), *bounds)
            }
            Plan::Steps(steps) => steps.at(word),
            Plan::Uniform { min, width, max } => {
                let u = ((word >> 11) as i64 as f64 + 0.5) * (1.0 / 9_007_199_254_740_992.0);
                (min + width * u).min(*max)
            }
            Plan::Coin(zeros) => f64::from(u8::from(word >= *zeros)),
            Plan::Constant(value) => *value,
            Plan::Clip { inner, min, max } => inner.sample(word).max(*min).min(*max),
            Plan::Gate { gate, .. } if word < gate.threshold => 0.0,
            Plan::Gate { gate, inner } => inner.sample(gate.stretch(word)),
            Plan::Exact => self.law.quantile(Prob::from_word(word)),
        }
    }

    /// The table it is read off, if it is, and the bounds within which values are kept.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn table(&self) -> Option<(&Table, (f64, f64))> {
        match &self.plan {
            Plan::Curve { curve, bounds } => Some((curve.table(), *bounds)),
            _ => None,
        }
    }

    /// The law this sampler was made from.
    #[must_use]
    pub fn distribution(&self) -> &Distribution {
        &self.law
    }

    /// The share of words that need the slow exact quantile: 0 for closed forms, about 2e-6 for smooth laws.
    #[must_use]
    pub fn solved_share(&self) -> f64 {
        match &self.plan {
            Plan::Curve { curve, .. } => curve.solved_share(),
            Plan::Clip { inner, .. } | Plan::Gate { inner, .. } => inner.solved_share(),
            Plan::Exact => 1.0,
            _ => 0.0,
        }
    }
}

impl Plan {
    fn new(d: &Distribution) -> Self {
        match d {
            Distribution::Constant(value) => Self::Constant(*value),
            Distribution::Uniform { min, max } => Self::Uniform { min: *min, width: max - min, max: *max },
            Distribution::Bernoulli { p } => match u64::try_from(Prob::from_upper(*p).words()) {
                Ok(zeros) => Self::Coin(zeros),
                Err(_) => Self::Constant(0.0),
            },
            Distribution::Gated { probability, then } if then.support().0 >= 0.0 => gated(*probability, then),
            _ if d.is_discrete() => Steps::new(d).map_or(Self::Exact, Self::Steps),
            Distribution::Clipped { of, min, max } => match Sampler::new(of) {
                Sampler { plan: Self::Curve { curve, .. }, law }
                    if !matches!(law, Distribution::Clipped { .. }) =>
                {
                    Self::Curve { curve, bounds: (*min, *max) }
                }
                inner => Self::Clip { inner: Box::new(inner), min: *min, max: *max },
            },
            _ => Self::Curve { curve: Curve::new(d), bounds: (f64::NEG_INFINITY, f64::INFINITY) },
        }
    }
}

fn gated(probability: f64, then: &Distribution) -> Plan {
    match Gate::new(probability) {
        Some(gate) => Plan::Gate { gate, inner: Box::new(Sampler::new(then)) },
        None if probability > 0.5 => Plan::new(then),
        None => Plan::Constant(0.0),
    }
}
