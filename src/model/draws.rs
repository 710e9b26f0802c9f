//! The draws of one replication: the plan's numbers as drawn for it, and variates looked up by their address.

use super::law::LawId;
use super::plan::{Num, Plan, StreamId};
use crate::dist::{Distribution, Prob};
use crate::kernel::stream::{Domain, Streams};

/// Streams and numbers of a plan, turned to one replication.
#[derive(Debug, Clone)]
pub(super) struct Draws<'p> {
    plan: &'p Plan,
    pub streams: Streams,
    pub numbers: Vec<f64>,
    /// Laws whose parameters are drawn, as they are in this replication.
    dynamic: Vec<Option<Distribution>>,
    /// Numbers to run under instead of drawing them; empty for none.
    given: Vec<f64>,
}

impl<'p> Draws<'p> {
    pub(super) fn new(plan: &'p Plan, seed: u64, domain: Domain) -> Self {
        Self {
            plan,
            streams: Streams::new(&plan.streams, seed, domain),
            numbers: plan.numbers.clone(),
            dynamic: vec![None; if plan.drawn.is_empty() { 0 } else { plan.laws.len() }],
            given: Vec::new(),
        }
    }

    /// The plan whose draws these are.
    #[inline]
    pub(super) fn plan(&self) -> &'p Plan {
        self.plan
    }

    /// Takes these numbers instead of drawing them; none of them: draws again.
    pub(super) fn give(&mut self, numbers: &[f64]) {
        self.given.clear();
        self.given.extend_from_slice(numbers);
    }

    /// Draws the numbers that are drawn once per replication, and makes the laws that depend on them.
    pub(super) fn draw_numbers(&mut self) {
        let plan = self.plan;
        self.numbers.copy_from_slice(if self.given.is_empty() { &plan.numbers } else { &self.given });
        if self.given.is_empty() {
            for drawn in &plan.drawn {
                let value = self.draw(drawn.law, drawn.stream, 0);
                self.numbers[drawn.num.0 as usize] = value;
            }
        }
        for (law, slot) in plan.laws.iter().zip(&mut self.dynamic) {
            if law.sampler.is_none() {
                *slot = law.form.renew(&self.numbers, slot.take()).ok();
            }
        }
    }

    /// A number of the plan, as drawn for this replication.
    #[inline]
    pub(super) fn num(&self, num: Num) -> f64 {
        self.numbers[num.0 as usize]
    }

    /// The 64 bits at an address.
    #[inline]
    pub(super) fn word(&mut self, stream: StreamId, position: u64) -> u64 {
        self.streams.word(stream as usize, position)
    }

    /// A draw from a law at an address.
    #[inline]
    pub(super) fn draw(&mut self, law: LawId, stream: StreamId, position: u64) -> f64 {
        let word = self.word(stream, position);
        self.value(law, word)
    }

    /// The value of a law at a word.
    #[inline]
    pub(super) fn value(&self, law: LawId, word: u64) -> f64 {
        match &self.plan.laws[law.0 as usize].sampler {
            Some(sampler) => sampler.sample(word),
            None => self.dynamic_value(law, word),
        }
    }

    /// The values of a law at words, of which there are no more than there is room.
    #[inline]
    pub(super) fn values(&self, law: LawId, words: &[u64], values: &mut [f64]) {
        match &self.plan.laws[law.0 as usize].sampler {
            Some(sampler) => {
                sampler.sample_all(words, values);
            }
            None => {
                let pairs = values.iter_mut().zip(words);
                pairs.for_each(|(value, word)| *value = self.dynamic_value(law, *word));
            }
        }
    }

    /// A law as it is in this replication.
    pub(super) fn law(&self, law: LawId) -> Option<&Distribution> {
        match &self.plan.laws[law.0 as usize].sampler {
            Some(sampler) => Some(sampler.distribution()),
            None => self.dynamic[law.0 as usize].as_ref(),
        }
    }

    #[cold]
    fn dynamic_value(&self, law: LawId, word: u64) -> f64 {
        let law =
            self.dynamic[law.0 as usize].as_ref().expect("drawn laws are made when the replication begins");
        law.quantile(Prob::from_word(word))
    }

    /// Whether an event of a given probability happens at an address.
    #[inline]
    pub(super) fn hit(&mut self, probability: Num, stream: StreamId, position: u64) -> bool {
        self.chance(self.num(probability), stream, position)
    }

    /// Whether an event of probability `p` happens at an address.
    #[inline]
    pub(super) fn chance(&mut self, p: f64, stream: StreamId, position: u64) -> bool {
        // What is certain asks for no word.
        if p > 0.0 && p < 1.0 { happens(p, self.word(stream, position)) } else { p >= 1.0 }
    }

    /// A uniform in (0, 1) at an address.
    pub(super) fn uniform(&mut self, stream: StreamId, position: u64) -> f64 {
        (self.word(stream, position) >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0) + 5.5e-17
    }
}

/// Whether an event of probability `p` happens at a word. Small words hit first.
#[inline]
pub(super) fn happens(p: f64, word: u64) -> bool {
    /// With it as the upper bits of a floating-point number, the lower ones are a whole number.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    // The upper half of a word nearly always decides: it is one below the rounded upper half of the threshold, or one above. No branch hangs
    // on which.
    let upper = (p * 4_294_967_296.0 + WHOLE).to_bits().wrapping_sub(WHOLE.to_bits());
    let below = (word >> 32).wrapping_sub(upper) as i64;
    if (-1..=1).contains(&below) || !(0.0..1.0).contains(&p) { happens_exactly(p, word) } else { below < 0 }
}

#[cold]
fn happens_exactly(p: f64, word: u64) -> bool {
    p >= 1.0 || (p > 0.0 && word < threshold(p))
}

/// The word below which an event of probability `p` in (0, 1) happens.
#[inline]
pub(super) fn threshold(p: f64) -> u64 {
    // The whole part of 2^64 p: its mantissa, moved right by as much as p lies below 1/2.
    let bits = p.to_bits();
    let below = 1022_u64.wrapping_sub(bits >> 52);
    if below < 64 { (bits << 11 | 1 << 63) >> below } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_the_whole_part_of_the_probability_times_all_words() {
        let mut p = 1.0_f64.next_down();
        while p > 1e-310 {
            for p in [p, p.next_down(), p * 0.7, f64::MIN_POSITIVE, 5e-324] {
                assert_eq!(threshold(p), (p * 18_446_744_073_709_551_616.0) as u64, "{p}");
            }
            p *= 0.37;
        }
    }

    #[test]
    fn an_event_happens_at_words_below_its_threshold() {
        let near = |p: f64| [p, p.next_up(), p.next_down(), -p];
        let mut probabilities: Vec<f64> =
            [0.5, 0.3, 1.0 / 3.0, 1e-9, 1e-19, 1.0].into_iter().flat_map(near).collect();
        probabilities.extend([0.0, 5e-324, 2.0, 1e9, f64::INFINITY, f64::NEG_INFINITY, f64::NAN]);
        for p in probabilities {
            let limit = if p > 0.0 && p < 1.0 { threshold(p) } else { 0 };
            let half = limit >> 32 << 32;
            let around =
                |word: u64| (0..3).flat_map(move |by| [word.wrapping_add(by), word.wrapping_sub(by)]);
            let words = [
                limit,
                half,
                half.wrapping_add(1 << 32),
                half.wrapping_sub(1 << 32),
                half | 1 << 31,
                0,
                1 << 63,
            ];
            for word in words.into_iter().flat_map(around) {
                let expected = p >= 1.0 || (p > 0.0 && word < (p * 18_446_744_073_709_551_616.0) as u64);
                assert_eq!(happens(p, word), expected, "{p} {word:#x}");
            }
        }
    }
}
