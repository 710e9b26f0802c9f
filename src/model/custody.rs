//! Remains and their identification, deaths in custody, and people outside the agreement.

use super::address;
use super::happening::{Cause, Happening, Observer};
use super::people::LOCATING;
use super::plan::{Side, StepPlan};
use super::world::World;
use crate::kernel::{Time, after};

const DEATHS: u64 = 1;

impl<O: Observer> World<'_, O> {
    /// When the remains on a leg are all located.
    pub(super) fn located(&mut self, tranche: usize, side: Side) -> Time {
        let plan = self.plan;
        let mut latest = Time::MIN;
        for item in plan.tranches[tranche].leg[side].items.range() {
            let cohort = &plan.cohorts[plan.items[item].cohort];
            let Some(law) = cohort.located else { continue };
            let first = self.released[plan.items[item].cohort];
            for set in first..first + self.items[item] - self.item_done[item] {
                let time = self.draw(law, cohort.stream, LOCATING + u64::from(set));
                latest = latest.max(after(self.started, time));
            }
        }
        latest
    }

    /// Identification ends: some sets may not be the persons named.
    pub(super) fn identify(&mut self, tranche: usize, side: Side, step: &StepPlan) {
        let Some(plan) = step.identification else { return };
        let dead = self.rounds[tranche].dead[side];
        let place = self.plan.tranches[tranche].place;
        let stream = self.plan.shared_streams.mismatch;
        let wrong = self.binomial(dead, self.num(plan.mismatch), stream, 2 * place);
        self.counts.confirmed += i64::from(dead - wrong);
        self.note(Happening::Confirmed { tranche: tranche as u32, people: dead - wrong });
        if wrong == 0 {
            return;
        }
        self.counts.mismatches += i64::from(wrong);
        self.rounds[tranche].wrong_sets = wrong;
        self.note(Happening::Mismatch { tranche: tranche as u32, sets: wrong });
        if let (Some(law), Some(timer)) =
            (plan.replacement, self.plan.tranches[tranche].leg[side].replacement_timer)
        {
            let takes = self.draw(law, stream, 2 * place + 1);
            self.set(timer, after(self.now, takes));
        }
        if let Some(missed) = plan.missed {
            let owner = self.plan.tranches[tranche].leg[side].owner;
            let cause = Cause::Mismatch(tranche as u32);
            let base = place * address::DISPUTE_STRIDE;
            self.missed(missed, owner, cause, self.plan.shared_streams.mismatch_dispute, base);
        }
    }

    /// The right remains are handed over, and confirmed.
    pub(super) fn replacement_arrives(&mut self, tranche: usize, _side: Side) {
        let people = std::mem::take(&mut self.rounds[tranche].wrong_sets);
        self.counts.confirmed += i64::from(people);
        self.note(Happening::Confirmed { tranche: tranche as u32, people });
    }

    // ---- deaths in custody, people outside the agreement ----

    /// The hazard of a death in a cohort follows the number of living people still held.
    pub(super) fn update_deaths(&mut self, cohort: usize) {
        let Some(rate) = self.plan.cohorts[cohort].dies else { return };
        if let Some(timer) = self.plan.death_timer(cohort)
            && !self.in_past
        {
            let rate = self.num(rate) * f64::from(self.living_left[cohort]);
            let rings = self.deaths[cohort].set_rate(self.now, rate);
            self.set(timer, rings);
        }
    }

    pub(super) fn launch_deaths(&mut self) {
        for cohort in 0..self.plan.cohorts.len() {
            if self.plan.cohorts[cohort].dies.is_some() {
                self.renew_death(cohort, 0);
            }
        }
    }

    pub(super) fn renew_death(&mut self, cohort: usize, ordinal: u64) {
        let budget =
            self.draw(self.plan.unit_exponential, self.plan.cohorts[cohort].stream, DEATHS + ordinal);
        self.deaths[cohort] = super::clock::Clock::new(budget, self.now);
        self.update_deaths(cohort);
    }

    pub(super) fn death_happens(&mut self, cohort: usize) {
        self.living[cohort] -= 1;
        self.living_left[cohort] -= 1;
        self.counts.died += 1;
        self.note(Happening::DiedInCustody { cohort: cohort as u32 });
        let died = u64::from(self.plan.cohorts[cohort].people - self.living[cohort]);
        self.renew_death(cohort, died);
    }

    pub(super) fn launch_outsiders(&mut self) {
        for index in 0..self.plan.outsiders.len() {
            let plan = &self.plan.outsiders[index];
            let (law, stream, due, timer) =
                (plan.takes, plan.stream, plan.due + self.day_shift(), plan.timer);
            let takes = law.map_or(0.0, |law| self.draw(law, stream, 0));
            let when = after(due, takes);
            if when >= self.now {
                self.set(timer, when);
            } else {
                // Expected before the known past ended, and not on record otherwise: taken as having happened.
                self.outsiders_released(index);
            }
        }
    }

    pub(super) fn outsiders_released(&mut self, index: usize) {
        let people = self.plan.outsiders[index].people;
        self.counts.outside += i64::from(people);
        self.note(Happening::OutsideReleased { outside: index as u32, people });
    }
}
