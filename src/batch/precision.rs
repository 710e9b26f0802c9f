//! Running until an interval is narrow enough.
//!
//! A batch looks at its intervals after fixed numbers of replications, counted in the order of indices, and stops at the first
//! look at which every target is met. When to look never depends on threads, time or what was seen, so neither does where it
//! stops.

use super::{CHUNK, Sample};
use crate::stats::{Interval, Tally, interval::CONFIDENCE};

/// The fewest replications a batch with a target runs.
pub const LEAST: u64 = CHUNK;
/// The most replications, where none are stated.
pub const MOST: u64 = 10_000_000;
/// A mean is not trusted to be nearly normal before so many values differ from the commonest one.
const LEAST_VARIED: u64 = 30;

/// An outcome whose 95 percent interval shall be at most twice `half_width` wide.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The outcome, by its place in the plan.
    pub outcome: usize,
    /// Half the width of the interval of its mean, in the outcome's unit.
    pub half_width: f64,
    /// Whether it is a flag, whose mean is a probability.
    pub is_flag: bool,
}

impl Target {
    /// Whether the target is met.
    ///
    /// A flag that was the same in every replication is not: nothing was seen of the rarer answer. Nor is a mean while fewer
    /// than 30 values differ from the commonest one.
    pub fn is_met(&self, sample: &Sample) -> bool {
        let tally = &sample.summary.tallies()[self.outcome];
        let least = if self.is_flag { 1 } else { LEAST_VARIED };
        self.reached(sample).is_some_and(|half| half <= self.half_width) && varied(tally) >= least
    }

    /// Half the width of the interval so far; `None` where there is none yet.
    pub fn reached(&self, sample: &Sample) -> Option<f64> {
        let tally = &sample.summary.tallies()[self.outcome];
        interval_of_mean(tally, self.is_flag).map(|i| (i.high - i.low) / 2.0)
    }
}

/// The 95 percent interval of an outcome's mean: Wilson's for a flag, Student's otherwise.
pub fn interval_of_mean(tally: &Tally, is_flag: bool) -> Option<Interval> {
    if is_flag { tally.proportion_interval(CONFIDENCE) } else { tally.mean_interval(CONFIDENCE) }
}

/// How many values lie outside the fullest bin.
fn varied(tally: &Tally) -> u64 {
    tally.count() - tally.histogram().map(|(_, _, count)| count).max().unwrap_or(0)
}

/// The number of replications at the first look after `done`: 1,024, then a quarter more each time, in whole chunks; at the
/// latest `most`.
pub fn next_look(done: u64, most: u64) -> u64 {
    let mut look = LEAST;
    while look <= done && look < most {
        look = (look.saturating_add(look / 4)).div_ceil(CHUNK).saturating_mul(CHUNK);
    }
    look.min(most)
}

/// Whether there is a look after `done` replications.
pub fn is_look(done: u64, most: u64) -> bool {
    done > 0 && (done == most || next_look(done - 1, most) == done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_whole_chunks_a_quarter_apart_and_end_at_the_most() {
        let mut looks = vec![next_look(0, 1_000_000)];
        while *looks.last().unwrap() < 1_000_000 {
            looks.push(next_look(*looks.last().unwrap(), 1_000_000));
        }
        assert_eq!(looks[..6], [1_024, 2_048, 3_072, 4_096, 5_120, 7_168]);
        assert_eq!(looks.len(), 28);
        for pair in looks.windows(2).filter(|pair| pair[1] < 1_000_000) {
            assert!(pair[0].is_multiple_of(CHUNK) && pair[1] <= pair[0] + pair[0] / 4 + CHUNK);
            assert!(is_look(pair[0], 1_000_000) && !is_look(pair[0] + 1, 1_000_000));
        }
        assert!(is_look(1_000_000, 1_000_000) && !is_look(0, 5) && is_look(5, 5));
    }

    #[test]
    fn the_schedule_does_not_depend_on_where_one_stands() {
        for done in (0..200_000).step_by(512) {
            let next = next_look(done, 10_000_000);
            assert!(next > done && is_look(next, 10_000_000));
            assert!((done + 1..next).step_by(97).all(|k| !is_look(k, 10_000_000)));
        }
    }
}
