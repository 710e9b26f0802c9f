//! Who is released, and custody. Persons are conserved: a person is held by a cohort until released from it, and a release is
//! counted once.

use super::address;
use super::happening::{Cause, Happening, Observer};
use super::plan::{CAPTIVES, Due, Fill, PRISONERS, Side, TransferPlan};
use super::world::{LegState, World};
use crate::dist::{Distribution, Prob};
use crate::kernel::{NEVER, Time};

/// Positions of a cohort's stream: who is alive; deaths from 1 on; locating.
const LIVING: u64 = 0;
pub(super) const LOCATING: u64 = 1 << 20;

impl<O: Observer> World<'_, O> {
    /// Draws how many of each cohort are alive: fixed at time zero, known later.
    pub(super) fn learn_conditions(&mut self) {
        let plan = self.plan;
        for (index, cohort) in plan.cohorts.iter().enumerate() {
            let living = match cohort.living {
                Some(p) => self.binomial(cohort.people, self.num(p), cohort.stream, LIVING),
                None if cohort.remains => 0,
                None => cohort.people,
            };
            self.living[index] = living;
            self.living_left[index] = living;
        }
    }

    /// A binomial count from one word.
    pub(super) fn binomial(&mut self, n: u32, p: f64, stream: u32, position: u64) -> u32 {
        if n == 0 || p <= 0.0 {
            return 0;
        }
        let word = self.draws.word(stream, position);
        let law = Distribution::binomial(u64::from(n), p.min(1.0));
        law.map_or(0, |law| law.quantile(Prob::from_word(word)) as u32)
    }

    /// People of a cohort that no tranche but this one is to release.
    fn unassigned(&self, cohort: usize, tranche: usize) -> u32 {
        let elsewhere: u32 = self.lookup.takes_from[cohort]
            .iter()
            .map(|t| *t as usize)
            .filter(|t| {
                *t != tranche && (self.rounds[*t].is_agreed || self.plan.tranches[*t].extension.is_some())
            })
            .flat_map(|t| self.plan.tranches[t].leg[CAPTIVES].items.range())
            .filter(|i| self.plan.items[*i].cohort == cohort)
            .map(|i| self.items[i] - self.item_done[i])
            .sum();
        (self.plan.cohorts[cohort].people - self.released[cohort]).saturating_sub(elsewhere)
    }

    /// Fills a captive leg whose people are not stated one by one.
    pub(super) fn fill(&mut self, tranche: usize) {
        let plan = self.plan;
        let slots = plan.tranches[tranche].leg[CAPTIVES].items.range();
        match &plan.tranches[tranche].fill {
            Fill::Stated => {}
            Fill::Rest => {
                for item in slots {
                    self.items[item] =
                        self.unassigned(plan.items[item].cohort, tranche) + self.item_done[item];
                }
                self.promise_rest(tranche);
            }
            Fill::Number { broken, weights, .. } if weights.is_empty() => {
                let place = plan.tranches[tranche].place * u64::from(address::MORE_STRIDE)
                    + address::More::Order as u64;
                let is_broken = broken.is_some_and(|(p, _)| self.hit(p, plan.shared_streams.more, place));
                let order = self.fill_in_order(tranche, self.rounds[tranche].number, is_broken);
                if let (true, Some((_, Some(missed)))) = (order, broken) {
                    let base = plan.tranches[tranche].place * address::DISPUTE_STRIDE;
                    let owner = plan.tranches[tranche].leg[CAPTIVES].owner;
                    self.missed(
                        *missed,
                        owner,
                        Cause::Order(tranche as u32),
                        plan.shared_streams.order_dispute,
                        base,
                    );
                }
            }
            Fill::Number { weights, .. } => {
                self.fill_by_weight(tranche, self.rounds[tranche].number, weights)
            }
            Fill::Extra { people } => self.advance(tranche, *people),
        }
        self.note_shortfall(tranche);
        self.promise_categories(tranche);
    }

    /// Fills what is left of a captive leg that was carried out in part in the known past.
    pub(super) fn fill_on(&mut self, tranche: usize) {
        match &self.plan.tranches[tranche].fill {
            Fill::Number { weights, .. } if !weights.is_empty() => {
                let left = self.rounds[tranche].number.saturating_sub(self.legs[2 * tranche].released);
                self.fill_by_weight(tranche, left, weights);
                self.note_shortfall(tranche);
            }
            Fill::Number { .. } | Fill::Rest => self.fill(tranche),
            _ => {}
        }
    }

    /// A number that could not be filled stays owed: the leg is never fully carried out.
    fn note_shortfall(&mut self, tranche: usize) {
        if let Fill::Number { .. } = self.plan.tranches[tranche].fill {
            let items = self.plan.tranches[tranche].leg[CAPTIVES].items.range();
            let filled: u32 = items.map(|i| self.items[i]).sum();
            self.undone[CAPTIVES] += i64::from(filled < self.rounds[tranche].number);
        }
    }

    /// Takes people cohort by cohort; where the order is broken, the first cohort that has anyone comes last. Returns whether
    /// that changed who comes.
    fn fill_in_order(&mut self, tranche: usize, people: u32, is_broken: bool) -> bool {
        let slots = self.plan.tranches[tranche].leg[CAPTIVES].items.range();
        let first = slots.clone().find(|i| self.unassigned(self.plan.items[*i].cohort, tranche) > 0);
        let passed_over = first.filter(|_| is_broken);
        let mut left = people;
        let order = slots.clone().filter(|i| Some(*i) != passed_over).chain(passed_over);
        for item in order {
            // Those carried over from an earlier round are on the leg already and come first; those who came in the known past, too.
            let carried = self.items[item].min(left);
            let to_come = self.unassigned(self.plan.items[item].cohort, tranche);
            let more = (to_come + self.item_done[item]).saturating_sub(carried);
            let take = carried + more.min(left - carried);
            self.items[item] = take;
            left -= take;
        }
        passed_over.is_some_and(|item| {
            let had = self.unassigned(self.plan.items[item].cohort, tranche) + self.items[item];
            self.items[item] < had.min(people)
        })
    }

    fn fill_by_weight(&mut self, tranche: usize, people: u32, weights: &[super::plan::Num]) {
        let plan = self.plan;
        let slots = plan.tranches[tranche].leg[CAPTIVES].items.range();
        let mut weight = std::mem::take(&mut self.weights);
        for person in 0..people {
            let left = |world: &Self, i: usize| {
                world.unassigned(plan.items[i].cohort, tranche).saturating_sub(world.items[i])
            };
            weight.clear();
            weight.extend(slots.clone().zip(weights).map(|(i, w)| f64::from(left(self, i)) * self.num(*w)));
            if weight.iter().sum::<f64>() <= 0.0 {
                break;
            }
            let position = (plan.tranches[tranche].place << 16) + u64::from(person);
            let chosen = pick(&weight, self.uniform(plan.shared_streams.composition, position));
            self.items[slots.start + chosen] += 1;
        }
        self.weights = weight;
    }

    /// An extra round takes people of later tranches that have not begun; totals never change.
    fn advance(&mut self, extra: usize, people: u32) {
        let takes_last =
            self.plan.mediation.as_ref().and_then(|m| m.settlement.as_ref()).is_some_and(|s| s.takes_last);
        let mut left = people;
        for step in 0..self.plan.stated_tranches {
            let tranche = if takes_last { self.plan.stated_tranches - 1 - step } else { step };
            if !self.is_to_come(tranche) {
                continue;
            }
            left -= self.advance_number(extra, tranche, left);
            for item in self.plan.tranches[tranche].leg[CAPTIVES].items.range() {
                let take = left.min(self.items[item]);
                if self.add_to_extra(extra, self.plan.items[item].cohort, take) {
                    self.items[item] -= take;
                    self.categories.moves(item, None, take);
                    left -= take;
                }
            }
        }
    }

    fn is_to_come(&self, tranche: usize) -> bool {
        self.rounds[tranche].is_agreed && !self.rounds[tranche].has_begun
    }

    /// Whether any captives of later tranches are left to advance.
    pub(super) fn can_advance(&self) -> bool {
        let left = |t: usize| {
            self.rounds[t].number > 0
                || self.plan.tranches[t].leg[CAPTIVES].items.range().any(|i| self.items[i] > 0)
        };
        (0..self.plan.stated_tranches).any(|t| self.is_to_come(t) && left(t))
    }

    /// Takes people of a tranche that states only a number, in its agreed order; returns how many.
    fn advance_number(&mut self, extra: usize, tranche: usize, most: u32) -> u32 {
        let mut taken = 0;
        for item in self.plan.tranches[tranche].leg[CAPTIVES].items.range() {
            let cohort = self.plan.items[item].cohort;
            let take = self.unassigned(cohort, tranche).min(most - taken).min(self.rounds[tranche].number);
            if take > 0 && self.add_to_extra(extra, cohort, take) {
                self.rounds[tranche].number -= take;
                self.categories.moves(item, None, take);
                taken += take;
            }
        }
        taken
    }

    fn add_to_extra(&mut self, extra: usize, cohort: usize, people: u32) -> bool {
        let mut own = self.plan.tranches[extra].leg[CAPTIVES].items.range();
        let Some(own) = own.find(|i| self.plan.items[*i].cohort == cohort) else { return false };
        self.items[own] += people;
        true
    }

    /// How many "the rest" are now.
    pub(super) fn rest_of(&self, tranche: usize) -> u32 {
        let items = self.plan.tranches[tranche].leg[CAPTIVES].items.range();
        items.map(|i| self.unassigned(self.plan.items[i].cohort, tranche)).sum()
    }

    /// Counts the people on a leg when it begins. No more can be released than are held.
    pub(super) fn gather(&mut self, tranche: usize, side: Side) {
        let plan = self.plan;
        let mut people = 0;
        let mut released = 0;
        let mut is_short = false;
        for item in plan.tranches[tranche].leg[side].items.range() {
            let cohort = plan.items[item].cohort;
            let free = plan.cohorts[cohort].people - self.released[cohort];
            let held = free.saturating_sub(self.on_other_legs(tranche, side, cohort));
            if self.items[item] > held + self.item_done[item] {
                // More are owed than are held: that part is never carried out.
                self.items[item] = held + self.item_done[item];
                is_short = true;
            }
            people += self.items[item];
            released += self.item_done[item];
        }
        self.undone[side] += i64::from(is_short);
        self.legs[2 * tranche + side].people = people;
        self.legs[2 * tranche + side].released = released;
    }

    /// People of a cohort on other legs that have begun and not released them yet: they cannot be on this one too.
    fn on_other_legs(&self, tranche: usize, side: Side, cohort: usize) -> u32 {
        self.under_way[side]
            .iter()
            .filter(|t| **t as usize != tranche)
            .flat_map(|t| self.plan.tranches[*t as usize].leg[side].items.range())
            .filter(|i| self.plan.items[*i].cohort == cohort)
            .map(|i| self.items[i] - self.item_done[i])
            .sum()
    }

    /// Releases people of a leg, in the order of its items.
    #[inline]
    pub(super) fn release(&mut self, tranche: usize, side: Side, people: u32) {
        let plan = self.plan;
        let mut left = people;
        let buried = self.rounds[tranche].dead[side];
        for item in plan.tranches[tranche].leg[side].items.range() {
            let take = left.min(self.items[item] - self.item_done[item]);
            if take > 0 {
                self.item_done[item] += take;
                left -= take;
                self.free(tranche, side, plan.items[item].cohort, take);
            }
        }
        let index = 2 * tranche + side;
        self.legs[index].released += people;
        let staged = self.legs[index].staged;
        if staged < NEVER {
            self.counts.longest_staged = self.counts.longest_staged.max(self.now - staged);
        }
        let remains = self.rounds[tranche].dead[side] - buried;
        self.note(Happening::Released { tranche: tranche as u32, side: side as u8, people, remains });
        let leg = &self.legs[index];
        if leg.released + leg.withheld == leg.people {
            self.leg_is_carried_out(tranche, side);
        }
    }

    /// The last person of a leg is released.
    pub(super) fn leg_is_carried_out(&mut self, tranche: usize, side: Side) {
        let index = 2 * tranche + side;
        self.legs[index].finished = self.now;
        if side == CAPTIVES && !self.rounds[tranche].is_owed_ahead && self.legs[index].people > 0 {
            self.owe_stated(tranche);
        }
        let left_owed = self.legs[index].withheld > 0 && !self.carry_over(tranche, side);
        if !left_owed {
            self.undone[side] -= 1;
        }
        if self.undone[CAPTIVES] == 0 && side == CAPTIVES && self.captives_at == NEVER {
            self.captives_at = self.now;
        }
        let second_is_empty = side == CAPTIVES && self.owes_nothing(tranche);
        if self.completed_at == NEVER && (self.undone == [0, 0] || (self.undone == [0, 1] && second_is_empty))
        {
            self.completed_at = self.now;
        }
    }

    /// The prisoners' leg of a tranche exists but nothing came to be owed on it.
    fn owes_nothing(&self, tranche: usize) -> bool {
        let leg = &self.plan.tranches[tranche].leg[PRISONERS];
        !leg.absent
            && self.legs[2 * tranche + PRISONERS].state == LegState::AwaitsOther
            && leg.items.range().all(|i| self.items[i] == self.item_done[i])
    }

    /// Ends the replication where the scenario says that completion does.
    pub(super) fn stop_if_complete(&mut self) {
        if self.plan.stops_at_completion && self.undone == [0, 0] {
            self.is_over = true;
        }
    }

    /// People of one cohort are released.
    fn free(&mut self, tranche: usize, side: Side, cohort: usize, people: u32) {
        self.pass_dues();
        let before = self.released[cohort];
        self.released[cohort] += people;
        let living = people.min(self.living_left[cohort]);
        self.living_left[cohort] -= living;
        self.bury(tranche, side, people - living);
        self.count_release(tranche, side, people);
        if side == CAPTIVES && !self.rounds[tranche].is_owed_ahead {
            self.oblige(tranche, cohort, living, people - living, self.living_left[cohort] == 0);
            self.bring_bundles(tranche, cohort, before, before + people);
        }
        self.update_deaths(cohort);
    }

    /// A release that is a fact; gives how many of them were dead. What it obliges to is added where the tranche has a leg for it.
    pub(super) fn free_observed(&mut self, tranche: usize, side: Side, cohort: usize, people: u32) -> u32 {
        self.pass_dues();
        let before = self.released[cohort];
        self.released[cohort] += people;
        let living = people.min(self.living_left[cohort]);
        self.living_left[cohort] -= living;
        self.count_release(tranche, side, people);
        if side == CAPTIVES && !self.plan.tranches[tranche].leg[PRISONERS].absent {
            self.oblige(tranche, cohort, living, people - living, self.living_left[cohort] == 0);
            self.bring_bundles(tranche, cohort, before, before + people);
        }
        people - living
    }

    /// A release that is a fact, in no tranche of the agreement.
    pub(super) fn release_outside_tranches(&mut self, side: Side, cohort: usize, people: u32) {
        self.pass_dues();
        self.released[cohort] += people;
        let living = people.min(self.living_left[cohort]);
        self.living_left[cohort] -= living;
        let n = i64::from(people);
        let before = self.sides[side].released;
        self.note(Happening::ReleasedBesides { side: side as u8, people, remains: people - living });
        self.sides[side].released += n;
        self.sides[side].custody_person_s += n * self.now.min(self.term_end).max(0);
        self.change(side, before, before + n);
    }

    /// Remains handed over: confirmed by identification, or at once where there is none.
    fn bury(&mut self, tranche: usize, side: Side, dead: u32) {
        self.rounds[tranche].dead[side] += dead;
        if dead > 0 && !self.plan.identifies {
            self.counts.confirmed += i64::from(dead);
        }
    }

    fn count_release(&mut self, tranche: usize, side: Side, people: u32) {
        let n = i64::from(people);
        let due = self.rounds[tranche].due;
        let end = self.term_end.min(self.plan.horizon);
        let counts = &mut self.sides[side];
        let before = counts.released;
        counts.released += n;
        counts.custody_person_s += n * self.now.min(self.term_end).max(0);
        counts.delay_person_s += n * (self.now.min(end) - due).max(0);
        self.change(side, before, before + n);
        if side == CAPTIVES {
            self.update_hazard(); // it may depend on the share still to come
        }
    }

    // ---- people withheld ----

    /// How many are withheld from a leg.
    pub(super) fn withhold(&mut self, tranche: usize, side: Side, transfer: &TransferPlan) -> u32 {
        let Some((probability, share, _)) = transfer.withheld else { return 0 };
        let place = 2 * self.plan.tranches[tranche].place;
        let stream = self.plan.shared_streams.withheld[side];
        if !self.hit(probability, stream, place) {
            return 0;
        }
        let share = self.draw(share, stream, place + 1);
        let people = self.legs[2 * tranche + side].people - self.legs[2 * tranche + side].released;
        let withheld = ((share * f64::from(people) + 0.5) as u32).min(people.saturating_sub(1));
        self.counts.withdrawn += i64::from(withheld);
        self.note(Happening::Withheld { tranche: tranche as u32, side: side as u8, people: withheld });
        withheld
    }

    /// Moves those withheld to the next tranche that can take them; false where they stay owed.
    fn carry_over(&mut self, tranche: usize, side: Side) -> bool {
        let plan = self.plan;
        let transfer =
            plan.tranches[tranche].leg[side].steps.range().find_map(|s| plan.steps[s].transfer.as_deref());
        if !transfer.and_then(|t| t.withheld).is_some_and(|(_, _, carried)| carried) {
            return false;
        }
        let next = (tranche + 1..plan.stated_tranches)
            .find(|t| self.rounds[*t].is_agreed && !self.rounds[*t].has_begun);
        let Some(next) = next else { return false };
        let mut all_moved = true;
        for item in plan.tranches[tranche].leg[side].items.range() {
            let left = self.items[item] - self.item_done[item];
            let cohort = plan.items[item].cohort;
            let mut slots = plan.tranches[next].leg[side].items.range();
            match slots.find(|i| plan.items[*i].cohort == cohort) {
                Some(slot) => {
                    self.items[item] -= left;
                    self.items[slot] += left;
                    self.categories.moves(item, Some(slot), left);
                    if side == CAPTIVES {
                        self.rounds[next].number += left;
                    }
                }
                None => all_moved &= left == 0,
            }
        }
        all_moved
    }

    /// Whether all living people of a cohort are back.
    pub(super) fn are_living_back(&self, cohort: usize) -> bool {
        self.living_left[cohort] == 0
    }

    /// The end of an undated or dated tranche's promise, for reports.
    pub(super) fn delay_of(&self, tranche: usize, side: Side) -> Option<Time> {
        let finished = self.legs[2 * tranche + side].finished;
        let due = match self.plan.tranches[tranche].due {
            Due::Undated => return None,
            _ => self.rounds[tranche].due,
        };
        (finished < NEVER && due < NEVER).then(|| finished - due)
    }
}

/// The index chosen by a uniform among weights.
pub(super) fn pick(weights: &[f64], uniform: f64) -> usize {
    let mut left = uniform * weights.iter().sum::<f64>();
    let last = weights.iter().rposition(|w| *w > 0.0).unwrap_or(0);
    for (index, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return index;
        }
    }
    last
}
