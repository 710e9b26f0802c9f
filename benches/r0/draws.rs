//! The random draws of the engine's run of `reference-r0`, and nothing else: its streams, its samplers, no model.
//!
//! What is drawn is what a run that draws ahead needs: how many violations in a block of time, when each comes, its coin, a severity where the coin is
//! below 0.3, a delivery a day, three durations a round, and the mediation of an average replication.

use std::hint::black_box;

use handover::dist::{DistError, Distribution, Sampler};
use handover::kernel::stream::{Domain, StreamName, Streams};

use super::{ATTEMPT, DELIVERIES, GAP, OPENS};

/// Streams of the times of two processes, their marks, the rounds, the deliveries and mediation.
const STREAMS: usize = 7;
/// Hours in a block of violations.
const BLOCK_HOURS: f64 = 4_194_304.0 / 3_600.0;
/// Mediation attempts of an average replication, rounded.
const MEDIATED: u64 = 4;

/// Streams and samplers, made once.
pub struct Draws {
    streams: Streams,
    number: Sampler,
    severity: Sampler,
    aid: Sampler,
    stages: [Sampler; 3],
    attempt: Sampler,
}

impl Draws {
    /// Makes the tables.
    ///
    /// # Errors
    /// Never, for these laws.
    pub fn new(seed: u64) -> Result<Self, DistError> {
        let name = |i: usize| StreamName { purpose: "bench", entity: i.to_string() };
        let names: Vec<StreamName> = (0..STREAMS).map(name).collect();
        let table = |law: Distribution| Sampler::new(&law);
        Ok(Self {
            streams: Streams::new(&names, seed, Domain::Main),
            number: table(Distribution::poisson(BLOCK_HOURS / GAP)?),
            severity: table(Distribution::beta(2.0, 5.0, 0.0, 1.0)?),
            aid: table(Distribution::clipped(Distribution::normal(600.0, 80.0)?, 0.0, 900.0)?),
            stages: [
                table(Distribution::lognormal_median(2.0, 0.8)?),
                table(Distribution::gamma(2.0, 3.0)?),
                table(Distribution::lognormal_median(6.0, 0.7)?),
            ],
            attempt: table(Distribution::exponential(ATTEMPT)?),
        })
    }

    /// The draws of replications, with a sum that keeps them from being left out.
    pub fn run(&mut self, from: u64, replications: u64) -> f64 {
        let mut sum = 0.0;
        for replication in from..from + replications {
            self.streams.begin(replication);
            sum += self.violations(0)
                + self.violations(1)
                + self.deliveries()
                + self.rounds()
                + self.mediation();
        }
        black_box(sum)
    }

    fn violations(&mut self, party: usize) -> f64 {
        let mut values = [0.0; 64];
        let number = self.number.sample(self.streams.word(party, 0)) as u64;
        let (mut at, mut last) = (1, 0);
        while at <= number {
            let words = self.streams.words_from(party, at, (number + 1 - at) as usize);
            last = words.iter().fold(last, |last, word| last.max(word >> 42));
            at += words.len() as u64;
        }
        let coin_below = (OPENS * 18_446_744_073_709_551_616.0) as u64;
        let (mut words, mut found) = ([0; 64], 0);
        for ordinal in 0..number {
            words[found % 64] = self.streams.word(2 + party, 2 * ordinal);
            found += usize::from(self.streams.word(2 + party, 2 * ordinal + 1) < coin_below);
        }
        let read = self.severity.sample_all(&words[..found.min(64)], &mut values);
        last as f64 + values[..read].iter().sum::<f64>()
    }

    fn deliveries(&mut self) -> f64 {
        let (mut sum, mut day) = (0.0, 0);
        while day < DELIVERIES {
            let mut amounts = [0.0; 64];
            let words = self.streams.words_from(4, day as u64, DELIVERIES - day);
            let read = self.aid.sample_all(words, &mut amounts);
            sum += amounts[..read].iter().sum::<f64>();
            day += read;
        }
        sum
    }

    fn rounds(&mut self) -> f64 {
        let mut sum = 0.0;
        for (stage, table) in self.stages.iter().enumerate() {
            let words: [u64; 8] =
                std::array::from_fn(|round| self.streams.word(5, 4 * round as u64 + stage as u64));
            let mut takes = [0.0; 8];
            table.sample_all(&words, &mut takes);
            sum += takes.iter().sum::<f64>();
        }
        sum
    }

    fn mediation(&mut self) -> f64 {
        let mut sum = 0.0;
        for attempt in 0..MEDIATED {
            sum += self.attempt.sample(self.streams.word(6, 2 * attempt));
            sum += (self.streams.word(6, 2 * attempt + 1) >> 63) as f64;
        }
        sum
    }
}
