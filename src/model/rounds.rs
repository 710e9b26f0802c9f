//! When a round begins and how its legs go through their steps.
//!
//! A leg is a sequence of steps. Before each step it is asked whether the leg is held (then it waits, and goes on when the hold
//! ends) and whether something else sets an earliest time (names, located remains, a slowed step, hours of the day). A step
//! under way finishes unless it says that a hold interrupts it.

use super::address;
use super::happening::{Happening, Observer};
use super::plan::{CAPTIVES, CatchUp, Due, Legs, PRISONERS, Side, StepKind, StepPlan, Trigger, WaitsFor};
use super::world::{DelayCause, LegState, Phase, World, other};
use crate::kernel::{NEVER, Time, after};

impl<O: Observer> World<'_, O> {
    /// Fixes due times at the start of the truce.
    pub(super) fn set_dues(&mut self) {
        let shift = self.day_shift();
        for index in 0..self.plan.tranches.len() {
            self.rounds[index].known = self.started;
            match self.plan.tranches[index].due {
                Due::At(time) => {
                    let due = time + shift;
                    self.rounds[index].due = due;
                    self.rounds[index].from = due;
                }
                Due::After(Trigger::Start, by) => {
                    self.rounds[index].due = self.started + by;
                    self.rounds[index].from = self.started;
                }
                Due::After(..) => {}
                Due::Undated => self.rounds[index].from = self.started,
            }
            if self.rounds[index].is_agreed {
                self.promise(index);
            }
        }
    }

    /// How far due days move with the actual start.
    pub(super) fn day_shift(&self) -> Time {
        if self.plan.days_from_actual { self.started } else { 0 }
    }

    /// Asks for every tranche that waits for nothing.
    pub(super) fn launch_rounds(&mut self) {
        for tranche in 0..self.plan.tranches.len() {
            if self.rounds[tranche].is_agreed {
                if self.was_ready(tranche) {
                    self.set_grace(tranche);
                    self.ask(tranche);
                    self.set_list(tranche);
                    continue;
                }
                if self.plan.history.is_some() {
                    self.names_of_past(tranche);
                }
                self.set_list(tranche);
                self.set_grace(tranche);
                self.ask(tranche);
            }
        }
    }

    /// The side whose leg comes first in a tranche.
    pub(super) fn first_side(&self, tranche: usize) -> Side {
        let plan = &self.plan.tranches[tranche];
        let first = if self.rounds[tranche].legs == Legs::PrisonersFirst { PRISONERS } else { CAPTIVES };
        if plan.leg[first].absent { other(first) } else { first }
    }

    /// Begins a round, or sets the time at which it begins, once nothing stands before it.
    pub(super) fn ask(&mut self, tranche: usize) {
        let round = &self.rounds[tranche];
        if !round.is_agreed || !round.is_next || round.has_begun || round.from >= NEVER {
            return;
        }
        if round.from <= self.now {
            self.begin_round(tranche);
        } else {
            let side = self.first_side(tranche);
            let from = round.from;
            self.legs[2 * tranche + side].state = LegState::AwaitsDue;
            self.set(self.plan.tranches[tranche].leg[side].timer, from);
        }
    }

    fn begin_round(&mut self, tranche: usize) {
        let was_ready = self.was_ready(tranche);
        let begins = if was_ready { self.ready_since(tranche) } else { self.now };
        self.rounds[tranche].has_begun = true;
        self.fill(tranche);
        if self.plan.list.is_none() && !was_ready {
            self.draw_fault(tranche);
        }
        self.catch_up(tranche, begins);
        let first = self.first_side(tranche);
        let legs = self.rounds[tranche].legs;
        if legs != Legs::CaptivesFirst || self.plan.tranches[tranche].leg[CAPTIVES].absent {
            self.owe_ahead(tranche);
        }
        if was_ready {
            self.resume_round(tranche);
        }
        if self.moves_nobody(tranche) {
            self.rounds[tranche].fault = 0;
        }
        if begins > self.rounds[tranche].due {
            self.blame(2 * tranche + first, DelayCause::Before);
        }
        self.legs[2 * tranche + other(first)].state = LegState::AwaitsOther;
        self.begin_leg(tranche, first);
    }

    /// Whether nobody is to move in a round.
    fn moves_nobody(&self, tranche: usize) -> bool {
        let legs = &self.plan.tranches[tranche].leg;
        legs.iter().flat_map(|leg| leg.items.range()).all(|i| self.items[i] == self.item_done[i])
    }

    /// Simultaneous legs transfer people at the same time: the second begins when the first one's transfer does, and a hold on
    /// either stops both.
    fn begin_other_with_transfer(&mut self, tranche: usize, side: Side, age: f64) {
        let waits = self.legs[2 * tranche + other(side)].state == LegState::AwaitsOther;
        if waits
            && self.rounds[tranche].legs == Legs::Simultaneous
            && !self.plan.tranches[tranche].leg[other(side)].absent
        {
            if age > 0.0 {
                // One that began in the known past had the other begin then.
                let reached = self.reach((tranche, other(side)), 0, self.now - age as Time, None, false);
                self.take_to(tranche, other(side), reached);
            }
            self.begin_leg(tranche, other(side));
        }
    }

    /// What holds a leg at a step: its own queues, and those of a leg that is to move with it.
    fn held_at(&self, tranche: usize, side: Side, step: &StepPlan) -> Option<DelayCause> {
        let own = self.held_by(tranche, side);
        if own.is_none() && self.holding == 0 {
            return None;
        }
        let is_paired = step.transfer.is_some() && self.rounds[tranche].legs == Legs::Simultaneous;
        if own.is_none() && is_paired && !self.plan.tranches[tranche].leg[other(side)].absent {
            return self.held_by(tranche, other(side));
        }
        own
    }

    /// Later due times, when this round begins late: now, or in the known past.
    fn catch_up(&mut self, tranche: usize, begins: Time) {
        let late = begins - self.rounds[tranche].due;
        if self.plan.catch_up == CatchUp::Keep || late <= 0 || self.rounds[tranche].due >= NEVER {
            return;
        }
        let last = (tranche + 1..self.plan.stated_tranches).rev().find(|t| self.rounds[*t].due < NEVER);
        let Some(last) = last else { return };
        let (from, end) = (self.rounds[tranche].due, self.rounds[last].due);
        for later in tranche + 1..=last {
            let due = self.rounds[later].due;
            if due >= NEVER || self.rounds[later].has_begun {
                continue;
            }
            let moved = match self.plan.catch_up {
                CatchUp::Shift => due + late,
                // What is left of the calendar is drawn together; the last keeps its date.
                _ if self.now < end => end - (end - due) * (end - self.now) / (end - from).max(1),
                _ => due,
            };
            self.move_due(later, moved);
        }
    }

    /// Moves a tranche's due time, and what hangs on it.
    pub(super) fn move_due(&mut self, tranche: usize, due: Time) {
        let round = &mut self.rounds[tranche];
        // A round with a window may begin before it is due: only its deadline moves.
        round.from = if round.from < round.due { round.from.min(due) } else { due };
        round.due = due;
        self.set_list(tranche);
        self.set_grace(tranche);
        let side = self.first_side(tranche);
        if self.legs[2 * tranche + side].state == LegState::AwaitsDue {
            self.set(self.plan.tranches[tranche].leg[side].timer, due.max(self.now));
        }
    }

    pub(super) fn set_grace(&mut self, tranche: usize) {
        let grace = self.plan.leg_grace;
        let due = self.rounds[tranche].due;
        for side in [CAPTIVES, PRISONERS] {
            if let Some(timer) = self.plan.tranches[tranche].leg[side].grace_timer
                && due < NEVER
                && self.legs[2 * tranche + side].state != LegState::Done
                && due + grace > self.now
            {
                self.set(timer, due + grace);
            }
        }
    }

    pub(super) fn begin_leg(&mut self, tranche: usize, side: Side) {
        self.gather(tranche, side);
        let leg = &mut self.legs[2 * tranche + side];
        if side == PRISONERS {
            leg.staged = self.now - leg.age as Time;
        }
        if leg.people == leg.released {
            // Nobody is to move on it: nothing was owed, or it happened already.
            self.leg_is_carried_out(tranche, side);
            return self.end_leg(tranche, side);
        }
        self.under_way[side].push(tranche as u32);
        self.go_on(tranche, side);
    }

    /// A leg's timer: its due time has come, what delayed it is over, or its step ends.
    #[inline]
    pub(super) fn leg_goes_on(&mut self, tranche: usize, side: Side) {
        match self.legs[2 * tranche + side].state {
            LegState::Running => self.step_ends(tranche, side),
            LegState::AwaitsDue => self.begin_round(tranche),
            LegState::Delayed => self.go_on(tranche, side),
            _ => {}
        }
    }

    /// Takes a leg as far as it can go now.
    pub(super) fn go_on(&mut self, tranche: usize, side: Side) {
        let plan = self.plan;
        let steps = plan.tranches[tranche].leg[side].steps;
        let index = 2 * tranche + side;
        let mut at = steps.from as usize + self.legs[index].step as usize;
        if at < steps.to as usize
            && plan.steps[at].kind == StepKind::Identification
            && self.rounds[tranche].dead[side] == 0
        {
            self.legs[index].step += 1; // nobody to identify
            at += 1;
        }
        if at >= steps.to as usize {
            return self.end_leg(tranche, side);
        }
        let step = &plan.steps[at];
        // A step that was under way when the known past ended is not kept from starting.
        if self.legs[index].age <= 0.0 {
            if let Some(cause) = self.held_at(tranche, side, step) {
                return self.wait(tranche, side, cause);
            }
            if let Some((until, cause)) = self.earliest(tranche, side, step) {
                return self.delay(tranche, side, until, cause);
            }
        }
        self.start_step(tranche, side, step);
    }

    /// Whether a leg is held, and by what.
    #[inline]
    pub(super) fn held_by(&self, tranche: usize, side: Side) -> Option<DelayCause> {
        if self.suspended > 0 {
            return Some(DelayCause::Suspension);
        }
        if self.phase == Phase::Limbo {
            return Some(DelayCause::Expiry);
        }
        if self.holding == 0 {
            return None;
        }
        let queues = &self.plan.tranches[tranche].leg[side].queues;
        queues.iter().any(|q| self.queues[*q as usize].holds > 0).then_some(DelayCause::Hold)
    }

    fn wait(&mut self, tranche: usize, side: Side, cause: DelayCause) {
        let index = 2 * tranche + side;
        self.legs[index].state = LegState::Held;
        self.blame(index, cause);
        self.held.push(index as u32);
        self.note(Happening::LegWaits { tranche: tranche as u32, side: side as u8 });
    }

    pub(super) fn delay(&mut self, tranche: usize, side: Side, until: Time, cause: DelayCause) {
        let index = 2 * tranche + side;
        self.legs[index].state = LegState::Delayed;
        self.blame(index, cause);
        self.set(self.plan.tranches[tranche].leg[side].timer, until);
    }

    pub(super) fn blame(&mut self, leg: usize, cause: DelayCause) {
        if self.legs[leg].cause == DelayCause::None {
            self.legs[leg].cause = cause;
            self.delayed_by[cause as usize] += 1;
        }
    }

    /// A hold or a suspension has ended: every leg that waited tries again, in the order of tranches.
    pub(super) fn wake(&mut self) {
        if self.held.is_empty() {
            return;
        }
        std::mem::swap(&mut self.held, &mut self.held_scratch);
        self.held_scratch.sort_unstable();
        for place in 0..self.held_scratch.len() {
            let index = self.held_scratch[place] as usize;
            if self.legs[index].state == LegState::Held && !self.is_over {
                self.go_on(index / 2, index % 2);
            }
        }
        self.held_scratch.clear();
    }

    #[inline]
    fn start_step(&mut self, tranche: usize, side: Side, step: &StepPlan) {
        let index = 2 * tranche + side;
        if self.legs[index].step == 0 && self.legs[index].attempt == 0 && side == self.first_side(tranche) {
            self.note(Happening::RoundStarted { tranche: tranche as u32 });
        }
        self.legs[index].state = LegState::Running;
        if let Some(transfer) = step.transfer.as_deref() {
            let age = self.legs[index].age;
            self.start_transfer(tranche, side, step, transfer);
            return self.begin_other_with_transfer(tranche, side, age);
        }
        let mut takes = if self.is_name_missing(index) {
            0.0 // people are assembled but for that
        } else {
            self.step_time(tranche, side, step)
        };
        if step.kind == StepKind::Staging {
            takes += self.name_missing(tranche, side);
        }
        self.set(self.plan.tranches[tranche].leg[side].timer, after(self.now, takes));
    }

    /// The duration of a step's present attempt, at its own address.
    #[inline]
    pub(super) fn step_time(&mut self, tranche: usize, side: Side, step: &StepPlan) -> f64 {
        let attempt = u64::from(self.legs[2 * tranche + side].attempt);
        let place = self.plan.tranches[tranche].place;
        let pace = self.pace_of(tranche, side);
        let age = std::mem::take(&mut self.legs[2 * tranche + side].age) / pace;
        let takes = if attempt == 0 {
            let position = place * u64::from(step.stride) + u64::from(step.lane);
            let word = self.draws.word(step.stream, position);
            // A step begun in the known past: what is left of it.
            if age > 0.0 { self.residual(step.takes, age, word) - age } else { self.value(step.takes, word) }
        } else {
            let position = address::again(place, attempt, step.kind as u64);
            self.draw(step.takes, self.plan.shared_streams.again, position)
        };
        self.paced(tranche, side, takes)
    }

    /// How many times as long as stated the steps of a leg take.
    pub(super) fn pace_of(&self, tranche: usize, side: Side) -> f64 {
        let owner = self.plan.tranches[tranche].leg[side].owner;
        self.plan.parties[owner].pace.map_or(1.0, |pace| self.num(pace)).max(f64::MIN_POSITIVE)
    }

    #[inline]
    pub(super) fn paced(&self, tranche: usize, side: Side, takes: f64) -> f64 {
        let owner = self.plan.tranches[tranche].leg[side].owner;
        self.plan.parties[owner].pace.map_or(takes, |pace| takes * self.num(pace))
    }

    // ---- ends ----

    #[inline]
    fn step_ends(&mut self, tranche: usize, side: Side) {
        let index = 2 * tranche + side;
        let at = self.plan.tranches[tranche].leg[side].steps.from as usize + self.legs[index].step as usize;
        let step = &self.plan.steps[at];
        if let Some(transfer) = step.transfer.as_deref()
            && !self.portion_arrives(tranche, side, step, transfer)
        {
            return;
        }
        if !step.is_implied {
            self.note(Happening::StepEnded { tranche: tranche as u32, side: side as u8, step: step.kind });
        }
        self.legs[index].step += 1;
        self.legs[index].attempt = 0;
        self.legs[index].state = LegState::Delayed; // between steps nothing is under way that a hold could interrupt
        self.after_step(tranche, side, step);
        if !self.is_over {
            self.go_on(tranche, side);
        }
    }

    /// What the end of a step brings, before the next can start.
    #[inline]
    fn after_step(&mut self, tranche: usize, side: Side, step: &StepPlan) {
        match step.kind {
            StepKind::Staging => self.legs[2 * tranche + side].staged = self.now,
            StepKind::Identification => self.identify(tranche, side, step),
            _ => {}
        }
        if self.rounds[tranche].fault > 0 {
            self.fault_strikes(tranche, step.kind);
        }
    }

    pub(super) fn end_leg(&mut self, tranche: usize, side: Side) {
        let index = 2 * tranche + side;
        if let Some(place) = self.under_way[side].iter().position(|t| *t == tranche as u32) {
            self.under_way[side].swap_remove(place);
        }
        self.legs[index].state = LegState::Done;
        self.note(Happening::LegDone { tranche: tranche as u32, side: side as u8 });
        self.cancel_grace(tranche, side);
        if self.plan.trust.is_some() {
            self.keep(self.plan.tranches[tranche].leg[side].owner, self.is_in_time(tranche, index));
        }
        let second = &self.plan.tranches[tranche].leg[other(side)];
        if self.legs[2 * tranche + other(side)].state == LegState::AwaitsOther {
            if second.absent || (second.items.is_empty()) {
                self.legs[2 * tranche + other(side)].state = LegState::Done;
            } else {
                self.begin_leg(tranche, other(side));
            }
        }
        if !self.is_over {
            self.leg_ends_for_others(tranche, side);
        }
    }

    /// What waits for the end of a leg.
    pub(super) fn leg_ends_for_others(&mut self, tranche: usize, side: Side) {
        self.followers_go(tranche, side);
        self.requirements_changed();
        self.stop_if_complete();
    }

    pub(super) fn is_in_time(&self, tranche: usize, leg: usize) -> bool {
        self.legs[leg].finished <= self.rounds[tranche].due.saturating_add(self.plan.leg_grace)
    }

    fn cancel_grace(&mut self, tranche: usize, side: Side) {
        if let Some(timer) = self.plan.tranches[tranche].leg[side].grace_timer {
            self.set(timer, NEVER);
        }
    }

    /// Both legs carried out.
    pub(super) fn is_round_done(&self, tranche: usize) -> bool {
        let plan = &self.plan.tranches[tranche];
        [CAPTIVES, PRISONERS]
            .iter()
            .all(|side| plan.leg[*side].absent || self.legs[2 * tranche + side].state == LegState::Done)
    }

    fn followers_go(&mut self, tranche: usize, side: Side) {
        let plan = self.plan;
        let captives_done = side == CAPTIVES || plan.tranches[tranche].leg[CAPTIVES].absent;
        let round_done = self.is_round_done(tranche);
        for &follower in &plan.tranches[tranche].followers {
            let ready = match plan.tranches[follower].waits_for {
                WaitsFor::CaptiveLeg => captives_done,
                WaitsFor::Round => round_done,
                WaitsFor::DueTime => false,
            };
            if ready && !self.rounds[follower].is_next {
                self.rounds[follower].is_next = true;
                if !self.in_past {
                    self.ask(follower);
                }
            }
        }
        if round_done && !self.rounds[tranche].has_ended {
            self.rounds[tranche].has_ended = true;
            self.trigger(Trigger::Tranche(tranche));
        }
    }

    /// Something happened that due times may count from.
    pub(super) fn trigger(&mut self, what: Trigger) {
        if !self.lookup.has_triggers {
            return;
        }
        for place in self.lookup.count_from(what) {
            let tranche = self.lookup.counting(place);
            let Due::After(_, by) = self.plan.tranches[tranche].due else { continue };
            self.rounds[tranche].from = self.now;
            self.rounds[tranche].known = self.now;
            self.rounds[tranche].due = self.now + by;
            if !self.in_past {
                self.set_list(tranche);
                self.set_grace(tranche);
                self.ask(tranche);
            }
        }
        self.milestones_triggered(what);
        self.bundles_triggered(what);
    }

    /// A leg is not done although its grace has run out.
    pub(super) fn leg_is_missed(&mut self, tranche: usize, side: Side) {
        let Some(missed) = self.plan.leg_missed else { return };
        if self.legs[2 * tranche + side].state == LegState::Done || !self.rounds[tranche].is_agreed {
            return;
        }
        let owner = self.plan.tranches[tranche].leg[side].owner;
        let stream = self.plan.shared_streams.leg_dispute[side];
        let base = self.plan.tranches[tranche].place * address::DISPUTE_STRIDE;
        let cause = super::happening::Cause::LateLeg(tranche as u32, side as u8);
        self.missed(missed, owner, cause, stream, base);
    }

    /// Steps under way that a hold interrupts: people go back, and the step is done again when the hold ends.
    pub(super) fn interrupt(&mut self) {
        if !self.plan.has_repeats {
            return;
        }
        for index in 0..self.legs.len() {
            let (tranche, side) = (index / 2, index % 2);
            let running = matches!(self.legs[index].state, LegState::Running);
            let at =
                self.plan.tranches[tranche].leg[side].steps.from as usize + self.legs[index].step as usize;
            if !running || !self.plan.steps[at].repeats {
                continue;
            }
            if let Some(cause) = self.held_by(tranche, side) {
                self.send_back(tranche, side);
                self.wait(tranche, side, cause);
            }
        }
    }

    fn send_back(&mut self, tranche: usize, side: Side) {
        let index = 2 * tranche + side;
        let leg = &mut self.legs[index];
        let people = leg.people - leg.withheld - leg.released;
        leg.attempt += 1;
        leg.begun = leg.arrived;
        self.trips[index].clear();
        self.counts.sent_back += i64::from(people);
        self.set(self.plan.tranches[tranche].leg[side].timer, NEVER);
        self.note(Happening::SentBack { tranche: tranche as u32, side: side as u8, people });
    }
}
