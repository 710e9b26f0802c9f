//! How long what is pending had been under way when the known past ended, and what that leaves of it.
//!
//! A duration of which `age` has passed, T given T > age, is F⁻¹(F(age) + (1 − F(age)) u).

use super::happening::Observer;
use super::law::LawId;
use super::plan::{CAPTIVES, PRISONERS, Queue, WaitsFor};
use super::world::World;
use crate::dist::Prob;
use crate::kernel::{NEVER, Time};

impl<O: Observer> World<'_, O> {
    /// How long something has been under way that was ready at a time and that a suspension, and holds of some queues, keep from
    /// starting; zero where it is not.
    pub(super) fn age_beside_holds(&self, queues: &[Queue], ready: Time) -> f64 {
        let start = self.start_beside_holds(queues, ready, true).unwrap_or(self.now);
        (self.now - start).max(0) as f64
    }

    /// Since when the first leg of a round could go on: since it was due, or since the round before it let it begin.
    pub(super) fn ready_since(&self, tranche: usize) -> Time {
        let sides = match self.plan.tranches[tranche].waits_for {
            WaitsFor::CaptiveLeg => &[CAPTIVES][..],
            WaitsFor::Round => &[CAPTIVES, PRISONERS][..],
            WaitsFor::DueTime => &[][..],
        };
        let before =
            (0..self.plan.tranches.len()).filter(|t| self.plan.tranches[*t].followers.contains(&tranche));
        let ends = before.flat_map(|t| sides.iter().map(move |side| self.legs[2 * t + side].finished));
        let round = &self.rounds[tranche];
        ends.filter(|end| *end < NEVER).fold(round.from.max(round.known), Time::max)
    }

    /// A duration of which `age` seconds have passed, from the word it would have had.
    pub(super) fn residual(&self, law: LawId, age: f64, word: u64) -> f64 {
        if age <= 0.0 {
            return self.value(law, word);
        }
        let p = Prob::from_word(word);
        self.law_of(law).map_or(age, |law| law.quantile_after(age, p))
    }
}
