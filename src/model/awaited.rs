//! Milestones that could have been met in the known past and were not: for how long, and what that says of their being late or never met.
//!
//! After an age a of silence, with p the chance of never, q that of late, and S the chance that an act takes longer than a, one never
//! comes with p / (p + (1 − p) S), where S = (1 − q) S_T(a) + q P(T + L > a) (Bayes). The words are those that would have decided anyway.

use super::happening::Observer;
use super::people::pick;
use super::plan::{Due, LatePlan, MilestonePlan};
use super::world::{MilestoneState, World};
use crate::dist::Prob;
use crate::kernel::{NEVER, Time};

/// Places of a milestone's stream.
const LATE: u64 = 0;
const LATE_BY: u64 = 1;
const TAKES: u64 = 2;
const NEVER_MET: u64 = 3;

/// Strata of the duration of an act that is late: P(T + L > a) is the mean over their middles, exact where the act takes a fixed time.
const STRATA: usize = 32;

impl<O: Observer> World<'_, O> {
    /// How long an act that starts now still takes, from where the known past ends as much as is left of it; none where it never comes.
    pub(super) fn wait_for_milestone(&mut self, index: usize) -> Option<f64> {
        let age = self.age_of_milestone(index);
        let plan = &self.plan.milestones[index];
        if age > 0.0 {
            return self.rest_of_milestone(index, age);
        }
        if self.hit(plan.never, plan.stream, NEVER_MET) {
            return None;
        }
        let mut wait = plan.takes.map_or(0.0, |law| self.draw(law, plan.stream, TAKES));
        if let Some(late) = plan.late
            && self.hit(late.probability, plan.stream, LATE)
        {
            wait += self.draw(late.by, plan.stream, LATE_BY);
        }
        Some(wait)
    }

    fn rest_of_milestone(&mut self, index: usize, age: f64) -> Option<f64> {
        let plan = &self.plan.milestones[index];
        let never = self.num(plan.never);
        let is_late = plan.late.map_or(0.0, |late| self.num(late.probability));
        let in_time = (1.0 - is_late) * plan.takes.map_or(0.0, |law| self.outlasts(law, age));
        let (strata, late) = self.late_strata(plan, age);
        let silent = in_time + is_late * late;
        if self.chance(never / (never + (1.0 - never) * silent), plan.stream, NEVER_MET) {
            self.milestones[index] = MilestoneState::GivenUp;
            return None;
        }
        let comes_late = silent > 0.0 && self.chance(is_late * late / silent, plan.stream, LATE);
        let whole = match plan.late {
            Some(of) if comes_late => self.late_in_all(of, &strata, age, plan),
            _ => {
                let word = self.draws.word(plan.stream, TAKES);
                plan.takes.map_or(0.0, |law| self.residual(law, age, word))
            }
        };
        Some((whole - age).max(0.0))
    }

    /// Durations of the act in even strata, each with the chance that the lateness beside it lasts beyond the age; and their mean.
    fn late_strata(&self, plan: &MilestonePlan, age: f64) -> ([(f64, f64); STRATA], f64) {
        let mut strata = [(0.0, 0.0); STRATA];
        let Some(late) = plan.late else { return (strata, 0.0) };
        let takes = plan.takes.and_then(|law| self.law_of(law));
        for (place, (act, chance)) in strata.iter_mut().enumerate() {
            let middle = (place as f64 + 0.5) / STRATA as f64;
            *act = takes.map_or(0.0, |law| law.quantile(Prob::from_lower(middle)));
            *chance = self.outlasts(late.by, age - *act);
        }
        let mean = strata.iter().map(|(_, chance)| chance).sum::<f64>() / STRATA as f64;
        (strata, mean)
    }

    /// The whole wait for one that comes late: a stratum of the act in proportion to its chance, and the lateness given its age.
    fn late_in_all(
        &mut self,
        late: LatePlan,
        strata: &[(f64, f64); STRATA],
        age: f64,
        plan: &MilestonePlan,
    ) -> f64 {
        let chances = strata.map(|(_, chance)| chance);
        let (act, _) = strata[pick(&chances, self.uniform(plan.stream, TAKES))];
        let by = self.draws.word(plan.stream, LATE_BY);
        act + self.residual(late.by, age - act, by)
    }

    // ---- ages ----

    /// How long an act has been under way where the known past ends: since its day, since what it requires was true, or since a hold
    /// that kept it ended. Zero for one that starts later.
    fn age_of_milestone(&self, index: usize) -> f64 {
        let plan = &self.plan.milestones[index];
        if self.plan.history.as_ref().is_none_or(|history| history.as_of != self.now) {
            return 0.0;
        }
        let from = match plan.due {
            Due::At(time) => time + self.day_shift(),
            Due::After(_, by) if self.milestone_due[index] < NEVER => self.milestone_due[index] - by,
            Due::After(..) | Due::Undated => self.started,
        };
        let began = from.max(self.started).max(self.required_since(plan));
        self.age_beside_holds(plan.queue.as_slice(), began)
    }

    /// Since when all that a milestone requires has been true.
    fn required_since(&self, plan: &MilestonePlan) -> Time {
        let requires = &plan.requires;
        let of_leg = |leg: usize| Some(self.legs[leg].finished).filter(|at| *at < NEVER);
        let of_tranches = requires.tranches.iter().flat_map(|t| [2 * t, 2 * t + 1]).filter_map(of_leg);
        let of_milestones = requires.milestones.iter().filter_map(|m| match self.milestones[*m] {
            MilestoneState::Met(at) => Some(at),
            _ => None,
        });
        // The last of a cohort came with the last leg that released some of it.
        let legs = (0..self.legs.len()).filter(|leg| {
            let items = self.plan.tranches[leg / 2].leg[leg % 2].items.range();
            let came = |item: usize| {
                self.item_done[item] > 0 && requires.released.contains(&self.plan.items[item].cohort)
            };
            items.into_iter().any(came)
        });
        of_tranches.chain(of_milestones).chain(legs.filter_map(of_leg)).max().unwrap_or(0)
    }
}
