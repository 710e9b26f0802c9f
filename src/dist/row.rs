//! Laws side by side, each read at the word of its own place.

#[cfg(target_arch = "x86_64")]
use super::lanes::{self, Four};
use super::sampler::Sampler;

/// Words that are looked at together: a row has a multiple of these.
const LANES: usize = 4;

/// Laws by the place of the word that each is read at; there may be places without.
#[derive(Debug, Clone, Default)]
pub struct Row<'s> {
    laws: Vec<Place<'s>>,
    words: usize,
    /// The tables of those that are read off one, four by four, with the place of the first.
    #[cfg(target_arch = "x86_64")]
    fours: Vec<(usize, Four<'s>)>,
    /// All others.
    #[cfg(target_arch = "x86_64")]
    rest: Vec<Place<'s>>,
}

/// The place of a word, the law that is read at it, and a factor on the variate.
type Place<'s> = (usize, &'s Sampler, f64);

impl<'s> Row<'s> {
    /// Laws, each at its place, with factors.
    #[must_use]
    pub fn new(laws: Vec<Place<'s>>) -> Self {
        let words = laws.iter().map(|(place, ..)| place + 1).max().unwrap_or(0).next_multiple_of(LANES);
        Self {
            words,
            #[cfg(target_arch = "x86_64")]
            fours: (0..words).step_by(LANES).filter_map(|from| Some((from, four(&laws, from)?))).collect(),
            #[cfg(target_arch = "x86_64")]
            rest: laws.iter().copied().filter(|(_, law, _)| law.table().is_none()).collect(),
            laws,
        }
    }

    /// How many words the row takes.
    #[must_use]
    pub fn words(&self) -> usize {
        self.words
    }

    /// The variates at words, each what [`Sampler::sample`] gives at that of its place, times its factor. What stands at places without a law becomes zero or stays.
    ///
    /// # Panics
    /// If there are not as many words, and as much room, as the row takes.
    #[inline]
    pub fn sample(&self, words: &[u64], values: &mut [f64]) {
        let (words, values) = (&words[..self.words], &mut values[..self.words]);
        #[cfg(target_arch = "x86_64")]
        if lanes::read_fours(&self.fours, words, values) {
            return sample_each(&self.rest, words, values);
        }
        sample_each(&self.laws, words, values);
    }
}

fn sample_each(laws: &[Place<'_>], words: &[u64], values: &mut [f64]) {
    laws.iter().for_each(|(place, law, factor)| values[*place] = law.sample(words[*place]) * factor);
}

/// The tables of the laws of four places; None where none of them has one.
#[cfg(target_arch = "x86_64")]
fn four<'s>(laws: &[Place<'s>], from: usize) -> Option<Four<'s>> {
    let at = |place: usize| {
        let (_, law, factor) = laws.iter().find(|(of, ..)| *of == place)?;
        law.table().map(|(table, bounds)| (table, bounds, *factor))
    };
    Four::new(std::array::from_fn(|lane| at(from + lane)))
}

#[cfg(test)]
mod tests {
    use super::super::law::Distribution;
    use super::*;

    #[test]
    fn a_row_gives_what_each_law_gives_at_its_word() {
        let laws = [
            Distribution::LogNormal { mu: 1.0, sigma: 0.8 },
            Distribution::Gamma { shape: 2.0, scale: 3.0 },
            Distribution::Uniform { min: 1.0, max: 2.0 },
            Distribution::Constant(7.0),
            Distribution::Clipped {
                of: Box::new(Distribution::Normal { mean: 0.0, sd: 1.0 }),
                min: -0.5,
                max: 0.25,
            },
        ];
        let samplers = laws.map(|law| Sampler::new(&law));
        // Places without a law, groups of four without any, one of a law without a table alone; and the last law at the very end.
        let places = [(5, 0), (6, 1), (4, 4), (13, 2), (18, 0), (17, 3), (23, 1), (20, 4)];
        let factor = |place: usize| if place.is_multiple_of(2) { 1.0 } else { 0.3 };
        let row =
            Row::new(places.iter().map(|(place, law)| (*place, &samplers[*law], factor(*place))).collect());
        assert_eq!(row.words(), 24);
        let mut state = 1_u64;
        for round in 0..if cfg!(miri) { 20 } else { 2000 } {
            let mut word = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                state ^ state >> 29
            };
            let mut words: Vec<u64> = (0..24).map(|_| word()).collect();
            // Now and then one beyond the tables.
            if round % 7 == 0 {
                words[round % 24] >>= 40;
            }
            let mut values = vec![f64::NAN; 24];
            row.sample(&words, &mut values);
            for (place, law) in places {
                let alone = samplers[law].sample(words[place]) * factor(place);
                assert_eq!(
                    values[place].to_bits(),
                    alone.to_bits(),
                    "{place}: {} not {alone}",
                    values[place]
                );
            }
        }
    }

    #[test]
    fn an_empty_row_takes_no_words() {
        let row = Row::new(Vec::new());
        assert_eq!(row.words(), 0);
        row.sample(&[], &mut []);
    }
}
