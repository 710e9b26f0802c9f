//! Discrete laws as a cumulative table of words.

use super::law::Distribution;
use super::prob::Prob;

/// More values than this are not tabulated.
const MOST_VALUES: usize = 1 << 17;
/// A long geometric has a closed inverse, quicker than the building of its table.
const MOST_GEOMETRIC: f64 = 8192.0;

/// A step function of the word: value i for words in [bounds[i-1], bounds[i]).
#[derive(Debug, Clone)]
pub(super) struct Steps {
    values: Vec<f64>,
    /// First word beyond each value; one entry fewer than values.
    bounds: Vec<u64>,
    /// For each leading part of a word, the index of the first value it can have. So few, for laws of few values, that they stay in the nearest cache.
    guide: Vec<u32>,
    shift: u32,
}

impl Steps {
    /// Tabulates a discrete law; none if it has too many values.
    pub(super) fn new(law: &Distribution) -> Option<Self> {
        let mut atoms = Vec::new();
        collect_atoms(law, &mut atoms).then_some(())?;
        atoms.sort_by(f64::total_cmp);
        atoms.dedup();
        let (mut values, mut bounds) = (Vec::new(), Vec::new());
        let mut reached = 0_u128;
        for value in atoms {
            let next = law.split(value).words();
            if next > reached {
                values.push(value);
                bounds.push(next.min(u128::from(u64::MAX)) as u64);
                reached = next;
            }
        }
        bounds.pop();
        (!values.is_empty()).then(|| Self::guided(values, bounds))
    }

    fn guided(values: Vec<f64>, bounds: Vec<u64>) -> Self {
        let bits = (values.len() * 8).next_power_of_two().clamp(256, 1 << 14).ilog2();
        let shift = 64 - bits;
        let mut index = 0;
        let first = |part: u64| {
            while index < bounds.len() && bounds[index] <= part << shift {
                index += 1;
            }
            index as u32
        };
        let guide = (0..1_u64 << bits).map(first).collect();
        Self { values, bounds, guide, shift }
    }

    /// The value at a word.
    #[inline]
    pub(super) fn at(&self, word: u64) -> f64 {
        let mut index = self.guide[(word >> self.shift) as usize] as usize;
        while self.bounds.get(index).is_some_and(|bound| word >= *bound) {
            index += 1;
        }
        self.values[index]
    }
}

/// Adds every value the law can take at some word (others may be among them); false when there are too many.
fn collect_atoms(law: &Distribution, into: &mut Vec<f64>) -> bool {
    match law {
        Distribution::Constant(v) => into.push(*v),
        Distribution::Bernoulli { .. } => into.extend([0.0, 1.0]),
        Distribution::Table { points } => into.extend(points.iter().map(|p| p.0)),
        Distribution::Mixture { parts } => return parts.iter().all(|p| collect_atoms(&p.1, into)),
        Distribution::Gated { then, .. } => {
            into.push(0.0);
            return collect_atoms(then, into);
        }
        Distribution::Clipped { of, min, max } => {
            let from = into.len();
            let few = collect_atoms(of, into);
            into[from..].iter_mut().for_each(|v| *v = v.max(*min).min(*max));
            return few;
        }
        Distribution::Truncated { of, min, max } if !is_integer_law(of) => {
            let mut inner = Vec::new();
            let few = collect_atoms(of, &mut inner);
            into.extend(inner.into_iter().filter(|v| *min <= *v && *v <= *max));
            return few;
        }
        _ => return collect_integers(law, into),
    }
    into.len() <= MOST_VALUES
}

fn is_integer_law(law: &Distribution) -> bool {
    matches!(
        law,
        Distribution::Poisson { .. } | Distribution::Binomial { .. } | Distribution::Geometric { .. }
    )
}

/// All integers from the law's value at the first word to that at the last.
fn collect_integers(law: &Distribution, into: &mut Vec<f64>) -> bool {
    let first = libm::ceil(law.quantile(Prob::from_word(0)));
    let last = libm::floor(law.quantile(Prob::from_word(u64::MAX)));
    let count = last - first + 1.0;
    let most =
        if matches!(law, Distribution::Geometric { .. }) { MOST_GEOMETRIC } else { MOST_VALUES as f64 };
    if count.is_nan() || count > most {
        return false;
    }
    into.extend((0..count as u32).map(|i| first + f64::from(i)));
    into.len() <= MOST_VALUES
}
