//! Steps in which people change hands: in one portion, at several sites one after another, or by trips of vehicles.

use super::address::{self, More};
use super::happening::Observer;
use super::plan::{Side, StepKind, StepPlan, TransferPlan};
use super::world::{LegState, World};
use crate::kernel::{NEVER, Time, after};

impl<O: Observer> World<'_, O> {
    pub(super) fn start_transfer(
        &mut self,
        tranche: usize,
        side: Side,
        step: &StepPlan,
        transfer: &TransferPlan,
    ) {
        let index = 2 * tranche + side;
        if self.legs[index].portions == 0 {
            let withheld = self.withhold(tranche, side, transfer);
            self.legs[index].withheld = withheld;
            self.legs[index].portions = self.portions(tranche, side, step.kind, transfer);
        }
        if transfer.lift.is_some() {
            return self.fly(tranche, side, step, transfer);
        }
        let portion = u64::from(self.legs[index].arrived);
        let takes = if portion == 0 {
            self.step_time(tranche, side, step)
        } else {
            self.portion_time((tranche, side), step, portion, 0.0)
        };
        self.legs[index].begun = self.legs[index].arrived + 1;
        self.set(self.plan.tranches[tranche].leg[side].timer, after(self.now, takes));
    }

    /// How long a site or trip takes of which `age` has passed.
    fn portion_time(
        &mut self,
        (tranche, side): (usize, Side),
        step: &StepPlan,
        portion: u64,
        age: f64,
    ) -> f64 {
        let place = self.plan.tranches[tranche].place;
        let attempt = u64::from(self.legs[2 * tranche + side].attempt);
        let position = address::portion(place, attempt, portion);
        let word = self.draws.word(self.plan.shared_streams.portions[side], position);
        let takes = self.residual(step.takes, age / self.pace_of(tranche, side), word);
        self.paced(tranche, side, takes)
    }

    pub(super) fn portions(
        &mut self,
        tranche: usize,
        side: Side,
        kind: StepKind,
        transfer: &TransferPlan,
    ) -> u32 {
        let leg = &self.legs[2 * tranche + side];
        let people = leg.people - leg.withheld - leg.in_past;
        if let Some((_, capacity)) = transfer.lift {
            return people.div_ceil(capacity).max(1);
        }
        let Some(law) = transfer.sites else { return 1 };
        let parts = leg.parts;
        let lane = if kind == StepKind::Handover { More::HandoverSites } else { More::ReciprocalSites };
        let word = self.draws.word(self.plan.shared_streams.more, self.more(tranche, lane));
        // More sites than those at which people came in the known past, since some are left.
        let least = if parts > 0 { f64::from(parts) + 0.5 } else { 0.0 };
        let sites = (self.residual(law, least, word) + 0.5) as u32;
        sites.saturating_sub(parts).clamp(1, people.max(1))
    }

    /// Starts trips with the vehicles that are free. `trips` holds, by vehicle, when its trip arrives.
    pub(super) fn fly(&mut self, tranche: usize, side: Side, step: &StepPlan, transfer: &TransferPlan) {
        let (vehicles, _) = transfer.lift.expect("only called for lifts");
        let index = 2 * tranche + side;
        if self.legs[index].begun == 0 {
            self.trips[index].clear();
        }
        // Those under way when the known past ended began when the leg did, and none of them has arrived.
        let began = self.now - std::mem::take(&mut self.legs[index].age) as Time;
        while self.trips[index].len() < vehicles as usize
            && self.legs[index].begun < self.legs[index].portions
        {
            let arrives = self.trip(tranche, side, step, transfer, began);
            self.trips[index].push(arrives);
        }
        for vehicle in 0..self.trips[index].len() {
            // A vehicle whose next trip was refused while the leg was held.
            if self.trips[index][vehicle] >= NEVER && self.legs[index].begun < self.legs[index].portions {
                self.trips[index][vehicle] = self.trip(tranche, side, step, transfer, self.now);
            }
        }
        self.await_trip(tranche, side);
    }

    pub(super) fn trip(
        &mut self,
        tranche: usize,
        side: Side,
        step: &StepPlan,
        transfer: &TransferPlan,
        from: Time,
    ) -> Time {
        let index = 2 * tranche + side;
        let portion = u64::from(self.legs[index].begun);
        self.legs[index].begun += 1;
        let from = transfer.window.map_or(from, |window| self.within(window, from));
        let age = (self.now - from).max(0) as f64;
        after(from, self.portion_time((tranche, side), step, portion, age))
    }

    pub(super) fn await_trip(&mut self, tranche: usize, side: Side) {
        let next = self.trips[2 * tranche + side].iter().copied().min().unwrap_or(NEVER);
        self.set(self.plan.tranches[tranche].leg[side].timer, next);
    }

    /// A portion has arrived; returns whether the transfer is over.
    pub(super) fn portion_arrives(
        &mut self,
        tranche: usize,
        side: Side,
        step: &StepPlan,
        transfer: &TransferPlan,
    ) -> bool {
        let index = 2 * tranche + side;
        let (arrived, portions) = (self.legs[index].arrived, self.legs[index].portions);
        let people = self.legs[index].people - self.legs[index].withheld - self.legs[index].in_past;
        // The first portions carry the remainder, so that all carry nearly the same.
        let share = match transfer.lift {
            Some((_, capacity)) => {
                capacity.min(people + self.legs[index].in_past - self.legs[index].released)
            }
            None => people / portions + u32::from(arrived < people % portions),
        };
        self.legs[index].arrived += 1;
        self.release(tranche, side, share);
        if self.legs[index].arrived == portions {
            return true;
        }
        match transfer.lift {
            Some(_) => self.vehicle_returns(tranche, side, step, transfer),
            None => self.next_site(tranche, side, transfer),
        }
        false
    }

    pub(super) fn next_site(&mut self, tranche: usize, side: Side, transfer: &TransferPlan) {
        let index = 2 * tranche + side;
        let Some(gap) = transfer.gap else { return self.go_on(tranche, side) };
        let place = self.plan.tranches[tranche].place;
        let (attempt, portion) = (u64::from(self.legs[index].attempt), u64::from(self.legs[index].arrived));
        let position = address::portion(place, attempt, portion) + 1;
        let gap = self.draw(gap, self.plan.shared_streams.portions[side], position);
        self.legs[index].state = LegState::Delayed;
        self.set(self.plan.tranches[tranche].leg[side].timer, after(self.now, gap));
    }

    pub(super) fn vehicle_returns(
        &mut self,
        tranche: usize,
        side: Side,
        step: &StepPlan,
        transfer: &TransferPlan,
    ) {
        let index = 2 * tranche + side;
        let vehicle = self.trips[index].iter().position(|t| *t == self.now).unwrap_or(0);
        self.trips[index][vehicle] = NEVER;
        if self.legs[index].begun < self.legs[index].portions && self.held_by(tranche, side).is_none() {
            let place = self.plan.tranches[tranche].place;
            let portion = u64::from(self.legs[index].begun);
            let position = address::portion(place, u64::from(self.legs[index].attempt), portion) + 1;
            let streams = self.plan.shared_streams.portions[side];
            let pause = transfer.turnaround.map_or(0.0, |law| self.draw(law, streams, position));
            let from = after(self.now, pause);
            self.trips[index][vehicle] = self.trip(tranche, side, step, transfer, from);
        }
        match self.trips[index].iter().all(|t| *t >= NEVER) {
            true => self.go_on(tranche, side), // held: it waits there, and all vehicles start again
            false if self.held_by(tranche, side).is_some() => self.await_trip(tranche, side),
            false => self.fly(tranche, side, step, transfer),
        }
    }
}
