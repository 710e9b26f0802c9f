//! What is promised by now, and the exposed balance: people promised minus people released, by side and by category.
//!
//! People of a tranche are promised at its due time, people of the key when they become owed. Where a rule finds the people of a
//! tranche, their number is promised when due and their categories once the holder has filled it.

use super::happening::Observer;
use super::plan::{CAPTIVES, Fill, PRISONERS};
use super::world::World;
use crate::kernel::{NEVER, Time};

/// Promises and balance of each category.
#[derive(Debug, Clone, Default)]
pub(super) struct Categories {
    /// Of each item of a leg: how many of its people are counted as promised to their category.
    pub counted: Vec<i64>,
    /// People promised by now, by category and side.
    pub promised: Vec<i64>,
    /// The greatest balance so far, by category and side.
    pub greatest: Vec<i64>,
}

impl Categories {
    pub(super) fn new(categories: usize, items: usize) -> Self {
        Self {
            counted: vec![0; if categories > 0 { items } else { 0 }],
            promised: vec![0; 2 * categories],
            greatest: vec![0; 2 * categories],
        }
    }

    pub(super) fn clear(&mut self) {
        self.counted.fill(0);
        self.promised.fill(0);
        self.greatest.fill(0);
    }

    /// People counted with one item move to another, or leave it to be counted where they came from.
    pub(super) fn moves(&mut self, from: usize, to: Option<usize>, people: u32) {
        if self.counted.is_empty() {
            return;
        }
        self.counted[from] -= i64::from(people);
        if let Some(to) = to {
            self.counted[to] += i64::from(people);
        }
    }
}

impl<O: Observer> World<'_, O> {
    /// A tranche becomes part of what is promised.
    pub(super) fn promise(&mut self, tranche: usize) {
        let plan = &self.plan.tranches[tranche];
        for side in [CAPTIVES, PRISONERS] {
            self.undone[side] += i64::from(!plan.leg[side].absent);
        }
        self.captives_at = NEVER;
        self.completed_at = NEVER;
        let people = match plan.fill {
            Fill::Number { people, .. } => people,
            _ => plan.leg[plan.promised_side()].items.range().map(|i| self.items[i]).sum(),
        };
        self.promise_people(tranche, people);
    }

    fn promise_people(&mut self, tranche: usize, people: u32) {
        let plan = &self.plan.tranches[tranche];
        let due = self.rounds[tranche].due;
        if due >= NEVER {
            self.sides[plan.promised_side()].to_come += i64::from(people);
        } else if people > 0 && !matches!(plan.fill, Fill::Extra { .. }) {
            let entry = (due, tranche as u32, people);
            if self.due_order.last().is_none_or(|last| *last <= entry) {
                return self.due_order.push(entry);
            }
            let place = self.due_order.partition_point(|e| *e <= entry);
            self.due_order.insert(place, entry);
        }
    }

    /// "The rest" beside tranches that leave their people to a rule: how many they are is known once the holder has filled it.
    pub(super) fn promise_rest(&mut self, tranche: usize) {
        let items = self.plan.tranches[tranche].leg[CAPTIVES].items;
        if items.range().all(|i| self.plan.items[i].people == 0) {
            self.promise_people(tranche, items.range().map(|i| self.items[i]).sum());
        }
    }

    /// People of a cohort become owed now.
    pub(super) fn owe_people(&mut self, cohort: usize, people: u32) {
        self.raise_promised(self.plan.cohorts[cohort].side, people);
        self.promise_category(cohort, i64::from(people));
    }

    fn raise_promised(&mut self, side: usize, people: u32) {
        let side = &mut self.sides[side];
        side.promised += i64::from(people);
        side.greatest_balance = side.greatest_balance.max(side.promised - side.released);
    }

    fn promise_category(&mut self, cohort: usize, people: i64) {
        let plan = self.plan;
        let side = plan.cohorts[cohort].side;
        let Some(category) = plan.cohorts[cohort].category else { return };
        let of_side = plan.categories[category].1.iter().filter(|c| plan.cohorts[**c].side == side);
        let released: i64 = of_side.map(|c| i64::from(self.released[*c])).sum();
        let place = 2 * category + side;
        self.categories.promised[place] += people;
        let balance = self.categories.promised[place] - released;
        self.categories.greatest[place] = self.categories.greatest[place].max(balance);
    }

    /// Counts the people of a tranche that is due as promised to their categories, as far as it is known who they are.
    pub(super) fn promise_categories(&mut self, tranche: usize) {
        let plan = self.plan;
        let is_due = self.rounds[tranche].due <= self.now;
        if plan.categories.is_empty() || !is_due || matches!(plan.tranches[tranche].fill, Fill::Extra { .. })
        {
            return;
        }
        for item in plan.tranches[tranche].leg[plan.tranches[tranche].promised_side()].items.range() {
            let more = i64::from(self.items[item]) - self.categories.counted[item];
            self.categories.counted[item] += more;
            self.promise_category(plan.items[item].cohort, more);
        }
    }

    /// Promises whose due time has come.
    pub(super) fn pass_dues(&mut self) {
        while let Some((due, tranche, people)) = self.due_order.get(self.due_passed).copied() {
            if due > self.now {
                break;
            }
            self.due_passed += 1;
            self.raise_promised(self.plan.tranches[tranche as usize].promised_side(), people);
            self.promise_categories(tranche as usize);
        }
    }

    /// Balances and custody of those not released by the end.
    pub(super) fn close_balances(&mut self) {
        self.pass_dues();
        for (_, tranche, people) in &self.due_order[self.due_passed..] {
            let side = self.plan.tranches[*tranche as usize].promised_side();
            self.sides[side].to_come += i64::from(*people);
        }
        let end = self.term_end.min(self.plan.horizon);
        for side in [CAPTIVES, PRISONERS] {
            let all: i64 =
                self.plan.cohorts.iter().filter(|c| c.side == side).map(|c| i64::from(c.people)).sum();
            let left = all - self.sides[side].released;
            self.sides[side].custody_person_s += left * end;
        }
        for tranche in 0..self.plan.tranches.len() {
            self.close_delays(tranche, end);
        }
    }

    /// People promised by a tranche and not released wait until the end of the term.
    fn close_delays(&mut self, tranche: usize, end: Time) {
        let due = self.rounds[tranche].due;
        if due >= end || !self.rounds[tranche].is_agreed {
            return;
        }
        for side in [CAPTIVES, PRISONERS] {
            let items = self.plan.tranches[tranche].leg[side].items.range();
            let left: u32 = items.map(|i| self.items[i] - self.item_done[i]).sum();
            self.sides[side].delay_person_s += i64::from(left) * (end - due);
        }
    }
}
