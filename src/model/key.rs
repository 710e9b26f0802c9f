//! The exchange key: what the release of captives obliges the other side to, and bundles that something else makes owed.

use super::happening::Observer;
use super::plan::{CAPTIVES, KeyPlan, OwedOn, PRISONERS, Trigger};
use super::world::{LegState, World};

impl<O: Observer> World<'_, O> {
    /// Puts what a round obliges to on the other leg before anyone is released, where that leg does not come second.
    pub(super) fn owe_ahead(&mut self, tranche: usize) {
        let plan = self.plan;
        let mut left = std::mem::take(&mut self.living_scratch);
        left.clone_from(&self.living_left);
        for item in plan.tranches[tranche].leg[CAPTIVES].items.range() {
            let cohort = plan.items[item].cohort;
            let people = self.items[item] - self.item_done[item];
            let living = people.min(left[cohort]);
            left[cohort] -= living;
            self.oblige(tranche, cohort, living, people - living, left[cohort] == 0);
            self.bring_bundles(tranche, cohort, self.released[cohort], self.released[cohort] + people);
        }
        self.living_scratch = left;
        self.owe_stated(tranche);
        self.rounds[tranche].is_owed_ahead = true;
    }

    /// People stated beyond the key become owed.
    pub(super) fn owe_stated(&mut self, tranche: usize) {
        let plan = self.plan;
        if plan.tranches[tranche].leg[CAPTIVES].absent {
            return;
        }
        for item in plan.tranches[tranche].leg[PRISONERS].items.range() {
            self.owe_people(plan.items[item].cohort, plan.items[item].people);
        }
    }

    /// Adds what the release of some of a cohort obliges to.
    pub(super) fn oblige(&mut self, tranche: usize, cohort: usize, living: u32, dead: u32, is_last: bool) {
        let plan = self.plan;
        for key in &plan.cohorts[cohort].key {
            let last = if is_last && living > 0 { key.last } else { 0 };
            self.owe(tranche, key, key.each * living + last);
        }
        for key in &plan.cohorts[cohort].remains_key {
            self.owe(tranche, key, key.each * dead);
        }
    }

    fn owe(&mut self, tranche: usize, key: &KeyPlan, people: u32) {
        let people = self.under_ceiling(people);
        self.add_to_leg(tranche, key.owed, people);
    }

    /// What the ceiling of the key leaves of a claim.
    fn under_ceiling(&mut self, people: u32) -> u32 {
        let people = match self.plan.key_ceiling {
            Some(ceiling) => people.min(ceiling.saturating_sub(self.key_owed)),
            None => people,
        };
        self.key_owed += people;
        people
    }

    fn add_to_leg(&mut self, tranche: usize, cohort: usize, people: u32) {
        let side = self.plan.cohorts[cohort].side;
        let mut items = self.plan.tranches[tranche].leg[side].items.range();
        if let Some(item) = items.find(|i| self.plan.items[*i].cohort == cohort) {
            self.items[item] += people;
            self.owe_people(cohort, people);
        }
    }

    /// Bundles that come with the first or the last release from a cohort, on the other leg of the same tranche.
    pub(super) fn bring_bundles(&mut self, tranche: usize, cohort: usize, before: u32, now: u32) {
        let plan = self.plan;
        let all = plan.cohorts[cohort].people;
        for bundle in &plan.bundles {
            let comes = match bundle.owed_on {
                OwedOn::First(with) => with == cohort && before == 0 && now > 0,
                OwedOn::Last(with) => with == cohort && before < all && now == all,
                OwedOn::Event(_) => false,
            };
            if comes {
                for (owed, people) in &bundle.release {
                    self.owe(tranche, &KeyPlan { owed: *owed, each: 1, last: 0 }, *people);
                }
            }
        }
    }

    /// Bundles that something else makes owed: their people go on the next leg of their side that has not begun. Where none is
    /// left they stay promised, and the exchange is never wholly carried out.
    pub(super) fn bundles_triggered(&mut self, what: Trigger) {
        let plan = self.plan;
        for bundle in plan.bundles.iter().filter(|b| b.owed_on == OwedOn::Event(what)) {
            let next = self.next_to_begin();
            for (cohort, people) in &bundle.release {
                let people = self.under_ceiling(*people);
                match next {
                    Some(tranche) => self.add_to_leg(tranche, *cohort, people),
                    None if people > 0 => {
                        self.owe_people(*cohort, people);
                        self.undone[PRISONERS] += 1;
                        self.completed_at = crate::kernel::NEVER;
                    }
                    None => {}
                }
            }
        }
    }

    /// The first agreed tranche whose prisoners have not been gathered yet.
    fn next_to_begin(&self) -> Option<usize> {
        (0..self.plan.tranches.len()).find(|t| {
            let state = self.legs[2 * t + PRISONERS].state;
            self.rounds[*t].is_agreed
                && !self.plan.tranches[*t].leg[PRISONERS].absent
                && matches!(state, LegState::Dormant | LegState::AwaitsDue | LegState::AwaitsOther)
        })
    }
}
