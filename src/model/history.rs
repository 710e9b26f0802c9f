//! Observed history: facts rebuild the state at the end of the known past, then the simulation goes on.
//!
//! While the past is replayed nothing is drawn but what is hidden. What happened overrides key and schedule. A wait under way when the
//! past ends, of age a, continues as F⁻¹(F(a) + (1 − F(a)) u) with the very word it would have had.

use super::address::{self, DISPUTE_STRIDE};
use super::filed::Filed;
use super::happening::{Answered, Cause, Happening, Observer};
use super::past::runs_before;
use super::plan::{CAPTIVES, Fact, FactPlan, Fill, Held, Legs, PRISONERS, Side, TransferPlan};
use super::reached::{Lasting, Reached, UnderWay, Waits};
use super::subjects::Subject;
use super::world::{DelayCause, Dispute, LegState, World, other};
use crate::kernel::{NEVER, Time, after};

impl<O: Observer> World<'_, O> {
    pub(super) fn begin_past(&mut self) {
        let Some(history) = &self.plan.history else { return };
        if let Some(timer) = self.plan.start_timer {
            self.set(timer, history.started);
        }
        self.set(history.as_of_timer, history.as_of);
        self.past.legs.fill(Waits::default());
        self.past.files.clear();
        self.past.has_waited = false;
        self.draw_moments();
        self.choose_counted();
        self.plan_pushes();
        self.next_fact();
    }

    /// What happens in the known past without standing in its facts: trust returns, dated events, people outside the agreement, and
    /// deliveries of days that are not on record.
    pub(super) fn launch_past(&mut self) {
        self.set_violation_starts();
        self.launch_midnights(self.now + 1);
        self.launch_mediation();
        self.launch_past_outside();
        self.launch_outsiders();
        self.launch_past_flows();
    }

    fn next_fact(&mut self) {
        let Some(history) = &self.plan.history else { return };
        let at = self.past.time_of(history, self.fact).min(self.next_push());
        self.set(history.timer, at);
    }

    pub(super) fn facts_happen(&mut self) {
        let plan = self.plan;
        let Some(history) = &plan.history else { return };
        if self.next_push() <= self.now {
            self.push();
            return self.next_fact();
        }
        let FactPlan { what: fact, at, .. } = &history.facts[self.past.number_of(self.fact)];
        self.fact += 1;
        match fact {
            Fact::Released { tranche, side, people, completes, confirmed } => {
                self.was_released(*tranche, *side, people, *completes, *confirmed);
            }
            Fact::Disputed { claimant, held, ordinal, .. } => self.was_disputed(*claimant, *held, *ordinal),
            Fact::Ended { ordinal } => self.was_settled(*ordinal),
            Fact::Met(milestone) => self.meet_milestone(*milestone),
            Fact::Violations { process, count, killed, since } => {
                self.were_counted(*process, (*count, *killed), (*since, *at))
            }
            Fact::Delivered { flow, index, amount } => {
                self.flows[*flow].index = *index as u32 + 1;
                self.flows[*flow].score = self.score_of(*flow, *index, *amount as f64);
                self.deliver(*flow, *amount as f64);
            }
            Fact::TalksStarted => self.talks_start(),
            other => self.rarer_fact(other),
        }
        self.next_fact();
    }

    fn was_released(
        &mut self,
        tranche: Option<usize>,
        side: Side,
        people: &[(usize, u32)],
        completes: bool,
        confirmed: u32,
    ) {
        self.counts.confirmed += i64::from(confirmed);
        let Some(tranche) = tranche else {
            for (cohort, n) in people {
                self.release_outside_tranches(side, *cohort, *n);
            }
            return;
        };
        let index = 2 * tranche + side;
        if !self.rounds[tranche].has_begun {
            self.rounds[tranche].has_begun = true;
            // Its names must have come, and what was said of them is on record.
            self.rounds[tranche].list_is_due = true;
            self.rounds[tranche].list_at = self.now;
            self.note(Happening::RoundStarted { tranche: tranche as u32 });
            let second = &self.plan.tranches[tranche].leg[other(side)];
            if !second.absent && self.legs[2 * tranche + other(side)].state == LegState::Dormant {
                self.legs[2 * tranche + other(side)].state = LegState::AwaitsOther;
            }
        }
        self.pass_dues();
        let total: u32 = people.iter().map(|(_, n)| n).sum();
        let mut remains = 0;
        for (cohort, n) in people {
            remains += self.take_from_leg(tranche, side, *cohort, *n);
        }
        if side == CAPTIVES && matches!(self.plan.tranches[tranche].fill, Fill::Number { .. } | Fill::Rest) {
            self.promise_categories(tranche);
        }
        self.legs[index].released += total;
        self.legs[index].parts += u32::from(self.legs[index].came != self.now);
        self.legs[index].came = self.now;
        self.legs[index].people = self.legs[index].people.max(self.legs[index].released);
        self.note(Happening::Released { tranche: tranche as u32, side: side as u8, people: total, remains });
        if completes {
            self.close_items(tranche, side);
            self.legs[index].people = self.legs[index].released;
            self.leg_is_carried_out(tranche, side);
            self.leg_was_done(tranche, side);
        }
    }

    /// People released by a fact: from the leg's items where it has their cohort.
    fn take_from_leg(&mut self, tranche: usize, side: Side, cohort: usize, people: u32) -> u32 {
        let plan = self.plan;
        let mut items = plan.tranches[tranche].leg[side].items.range();
        if let Some(item) = items.find(|i| plan.items[*i].cohort == cohort) {
            self.item_done[item] += people;
            self.items[item] = self.items[item].max(self.item_done[item]);
        }
        self.free_observed(tranche, side, cohort, people)
    }

    /// Whatever the leg stated, it is over with what happened.
    fn close_items(&mut self, tranche: usize, side: Side) {
        for item in self.plan.tranches[tranche].leg[side].items.range() {
            self.items[item] = self.item_done[item];
        }
    }

    fn leg_was_done(&mut self, tranche: usize, side: Side) {
        let steps = self.plan.tranches[tranche].leg[side].steps;
        self.legs[2 * tranche + side].state = LegState::Done;
        self.legs[2 * tranche + side].step = (steps.to - steps.from) as u16;
        self.note(Happening::LegDone { tranche: tranche as u32, side: side as u8 });
        self.keep(self.plan.tranches[tranche].leg[side].owner, self.is_in_time(tranche, 2 * tranche + side));
        self.leg_ends_for_others(tranche, side);
    }

    fn was_disputed(&mut self, claimant: usize, held: Held, ordinal: u64) {
        let Some(history) = &self.plan.history else { return };
        let answer = match held {
            Held::Nothing => Answered::Protest,
            Held::Queue(_) => Answered::Hold,
            Held::Truce => Answered::Suspend,
        };
        let number = self.disputes.len() as u32;
        let cause = Cause::Observed(ordinal as u32);
        self.counts.disputes += 1;
        self.subjects.disputes[Subject::Record as usize] += 1;
        self.claims[claimant] += 1;
        self.change_open(1);
        self.note(Happening::DisputeOpened { cause, claimant: claimant as u32, answer });
        let (stream, base) = (history.stream, ordinal * DISPUTE_STRIDE);
        self.disputes.push(Dispute {
            claimant: claimant as u32,
            answer,
            queue: 0,
            stream,
            base,
            attempts: 0,
            subject: Subject::Record,
            held_since: self.now,
            holds: false,
            is_open: true,
            served: NEVER,
            age: 0.0,
        });
        self.observed.push((ordinal, number));
        self.past.files.push(Filed::new(self.now, held));
        self.file(number);
        self.breach(claimant, 0.5);
        match held {
            Held::Nothing => {}
            Held::Queue(queue) => {
                self.counts.holds += 1;
                self.begin_hold(number, queue);
            }
            Held::Truce => self.suspend(number),
        }
    }

    fn was_settled(&mut self, ordinal: u64) {
        let found = self.observed.iter().find(|(o, _)| *o == ordinal).map(|(_, number)| *number);
        if let Some(number) = found {
            self.counts.settled += 1;
            self.past.files[number as usize].ended = self.now;
            self.close_file(number);
            self.settle(number);
        }
    }

    /// Violations known by their count: their times are drawn, because what they still excite depends on them.
    fn were_counted(&mut self, process: usize, (count, killed): (u64, u64), (since, until): (Time, Time)) {
        self.processes[process].count += count as i64;
        self.processes[process].deaths += killed as i64;
        self.violations += count as i64;
        let stream = self.plan.violations[process].count_stream;
        let first = self.processes[process].counted;
        self.processes[process].counted += count;
        for ordinal in first..first + count {
            let uniform = self.uniform(stream, self.past.counted.place(ordinal));
            let at = since as f64 + uniform * (self.now - since) as f64;
            self.excite_from_past((process, until), at);
        }
    }

    /// What a violation at a moment, counted up to a time, leaves where processes start that it excites; those that run by now felt it at its moment (`push`).
    fn excite_from_past(&mut self, (source, counted_to): (usize, Time), at: f64) {
        let plan = self.plan;
        let Some(history) = &plan.history else { return };
        let excited = plan.violations[source].excites.iter();
        for (target, offspring) in excited.filter(|(target, _)| !runs_before(history, *target, counted_to)) {
            let memory = plan.violations[*target].memory;
            let age = self.clusters.start_of(*target) as f64 - at;
            self.processes[*target].left += self.num(*offspring) * libm::exp(-age / memory);
        }
    }

    /// The known past ends: every mechanism starts from the state the facts left.
    pub(super) fn past_ends(&mut self) {
        self.note(Happening::PastEnds);
        self.choose_mediation();
        self.in_past = false;
        self.carry_promises();
        let on_record = self.disputes.len();
        self.launch();
        self.resume_rounds();
        for number in 0..on_record {
            if self.disputes[number].is_open {
                self.resume_mediation(number as u32);
            }
        }
    }

    /// Legs under way when the past ended.
    fn resume_rounds(&mut self) {
        for tranche in 0..self.plan.tranches.len() {
            if !self.rounds[tranche].has_begun {
                continue;
            }
            for side in [CAPTIVES, PRISONERS] {
                let state = self.legs[2 * tranche + side].state;
                let first_done = self.legs[2 * tranche + other(side)].state == LegState::Done;
                let pending = match state {
                    LegState::AwaitsOther => first_done,
                    LegState::Dormant => !self.plan.tranches[tranche].leg[side].absent,
                    _ => false,
                };
                if pending {
                    let since = self.legs[2 * tranche + other(side)].finished;
                    self.resume_leg(tranche, side, since);
                }
            }
        }
    }

    // ---- legs under way ----

    /// Whether a round could begin in the known past of which nobody has come.
    pub(super) fn was_ready(&self, tranche: usize) -> bool {
        let round = &self.rounds[tranche];
        let is_now = self.plan.history.as_ref().is_some_and(|history| history.as_of == self.now);
        is_now && round.is_agreed && round.is_next && !round.has_begun && round.from < self.now
    }

    /// Takes a round that could begin in the known past, and its names, as far as they had come.
    pub(super) fn resume_round(&mut self, tranche: usize) {
        let side = self.first_side(tranche);
        let due = self.names_were_due(tranche);
        if due.is_none() && self.plan.list.is_some() && !self.rounds[tranche].list_is_due {
            return; // they are due now
        }
        let mut since = self.ready_since(tranche);
        if due.is_none() {
            since = since.max(self.rounds[tranche].list_at);
        }
        let names = self.plan.list.as_ref().zip(due).map(|(list, due)| (due, self.names_on(tranche, list)));
        let reached = self.reach((tranche, side), 0, since, names, false);
        self.take_to(tranche, side, reached);
        match names {
            Some(names) => self.names_so_far(tranche, names, reached),
            None => self.draw_fault(tranche),
        }
        if self.legs[2 * tranche + side].step > 0 {
            self.note(Happening::RoundStarted { tranche: tranche as u32 });
        }
    }

    /// A leg that could have gone on since a time.
    fn resume_leg(&mut self, tranche: usize, side: Side, since: Time) {
        let index = 2 * tranche + side;
        self.legs[index].in_past = self.legs[index].released;
        if side == CAPTIVES {
            self.fill_on(tranche);
        }
        self.gather(tranche, side);
        if self.legs[index].people > self.legs[index].released {
            let from = self.resume_steps(tranche, side, since);
            if self.rounds[tranche].fault == 0 {
                self.draw_fault(tranche);
            }
            if from > self.now {
                self.under_way[side].push(tranche as u32);
                return self.delay(tranche, side, from, DelayCause::None);
            }
        }
        self.begin_leg(tranche, side);
    }

    /// Takes a leg as far as it had come; returns when it goes on. Where some of its people have come it is at its transfer: between portions,
    /// or with the rest since it was ready.
    fn resume_steps(&mut self, tranche: usize, side: Side, since: Time) -> Time {
        let leg = self.legs[2 * tranche + side];
        let (moves, place) = self.moving_step(tranche, side);
        let transfer = self.plan.steps[place].transfer.as_deref();
        let pauses = leg.came < NEVER && transfer.is_some_and(|of| of.lift.is_some() || of.sites.is_some());
        let is_begun_first = side == self.first_side(tranche) && leg.released > 0;
        let since = match pauses {
            true => leg.came,
            false if is_begun_first => self.ready_since(tranche),
            false => since,
        };
        let first = if leg.released > 0 { moves } else { 0 };
        let came = self.legs[2 * tranche + other(side)].finished;
        let is_together = self.rounds[tranche].legs == Legs::Simultaneous && leg.released == 0;
        let reached = if is_together && came < self.now {
            let began = self.began_together(tranche, side, came);
            self.reach_beside((tranche, side), began)
        } else {
            self.reach((tranche, side), first, since, None, pauses)
        };
        self.take_to(tranche, side, reached);
        let mut from = self.now;
        if let (UnderWay::Lasts(Lasting::Pause), Some(transfer)) = (reached.what, transfer) {
            from = self.end_of_pause(tranche, side, transfer);
        }
        // A part that came ahead of its day does not bring the rest forward.
        let due = self.rounds[tranche].from;
        if is_begun_first && due < NEVER { from.max(due) } else { from }
    }

    /// How far a leg had come whose transfer began with that of the other, at a time; one that was first had come through its hour.
    fn reach_beside(&mut self, (tranche, side): (usize, Side), began: Time) -> Reached {
        let (moves, _) = self.moving_step(tranche, side);
        if side != self.first_side(tranche) {
            return self.reach((tranche, side), moves, began, None, false);
        }
        match self.start_beside_holds(&self.plan.tranches[tranche].leg[side].queues, began, true) {
            Some(since) => Reached::moving(moves, since),
            None => Reached { what: UnderWay::Nothing(moves), ..Reached::moving(moves, self.now) },
        }
    }

    /// When a pause between portions ends that was under way when the known past did.
    fn end_of_pause(&mut self, tranche: usize, side: Side, transfer: &TransferPlan) -> Time {
        let came = self.legs[2 * tranche + side].came;
        let position = address::portion(self.plan.tranches[tranche].place, 0, 0) + 1;
        let word = self.draws.word(self.plan.shared_streams.portions[side], position);
        let pause = transfer.turnaround.or(transfer.gap);
        after(came, pause.map_or(0.0, |law| self.residual(law, (self.now - came) as f64, word))).max(self.now)
    }
}
