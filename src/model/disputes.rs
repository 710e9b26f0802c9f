//! Which answer a party gives to a breach, and what holds and suspensions do.
//!
//! A breach is an allegation; nothing here decides whether it is justified. The answer is drawn by one uniform over answers
//! ordered from mild to grave, so a rise in the odds of acting turns a milder answer into a graver one and never the reverse.

use super::address::Answer;
use super::happening::{Answered, Cause, Happening, Observer};
use super::people::pick;
use super::plan::{AnswerRule, CLASSES, Fill, MissedPlan, Queue, ResponsePlan, StepKind, StreamId, queue};
use super::reached::kind_bit;
use super::subjects::Subject;
use super::world::{Dispute, LegState, QueueState, Series, World};
use crate::kernel::{NEVER, after};

const BY_NUMBER: [Answered; 6] = [
    Answered::Absorb,
    Answered::Protest,
    Answered::Slow,
    Answered::Hold,
    Answered::Suspend,
    Answered::Withdraw,
];

impl<O: Observer> World<'_, O> {
    // ---- procedural faults ----

    /// Draws whether a fault is alleged in a round, and of which class, given that none was of steps that were over when the known past
    /// ended.
    pub(super) fn draw_fault(&mut self, tranche: usize) {
        let plan = self.plan;
        let Some(fault) = &plan.fault else { return };
        let place = 2 * plan.tranches[tranche].place;
        let over = self.rounds[tranche].over;
        let probability = match over {
            0 => self.num(fault.probability),
            _ => {
                let alleged = self.fault_chance(tranche, over);
                (self.fault_chance(tranche, u8::MAX) - alleged) / (1.0 - alleged).max(f64::MIN_POSITIVE)
            }
        };
        if !self.chance(probability, fault.stream, place) {
            return;
        }
        let mut weights = std::mem::take(&mut self.weights);
        weights.clear();
        weights.extend((0..fault.classes.len()).map(|class| {
            let is_over = over & kind_bit(fault.classes[class].at) != 0;
            if is_over { 0.0 } else { self.fault_share(tranche, class) }
        }));
        if weights.iter().sum::<f64>() > 0.0 {
            let class = pick(&weights, self.uniform(fault.stream, place + 1));
            self.rounds[tranche].fault = class as u32 + 1;
            if fault.classes[class].at == StepKind::List && self.rounds[tranche].list_at <= self.now {
                self.fault_strikes(tranche, StepKind::List);
            }
        }
        self.weights = weights;
    }

    /// The share of a class among the faults of a round, out of those possible; zero for one that is not.
    fn fault_share(&self, tranche: usize, class: usize) -> f64 {
        let fault = self.plan.fault.as_ref().expect("asked only where faults exist");
        if self.is_possible(tranche, class) { self.num(fault.classes[class].share) } else { 0.0 }
    }

    /// How likely a fault is alleged of a round at the end of one of some kinds of steps, given as bits.
    pub(super) fn fault_chance(&self, tranche: usize, kinds: u8) -> f64 {
        let Some(fault) = &self.plan.fault else { return 0.0 };
        let (mut some, mut all) = (0.0, 0.0);
        for (class, plan) in fault.classes.iter().enumerate() {
            let share = self.fault_share(tranche, class);
            all += share;
            some += if kinds & kind_bit(plan.at) != 0 { share } else { 0.0 };
        }
        if all > 0.0 { self.num(fault.probability) * some / all } else { 0.0 }
    }

    /// A class is possible where its step exists in the round, and remains are returned if it is about them.
    fn is_possible(&self, tranche: usize, class: usize) -> bool {
        let class = &self.plan.fault.as_ref().expect("asked only where faults exist").classes[class];
        if class.remains_only && !self.returns_remains(tranche) {
            return false;
        }
        match class.at {
            StepKind::List => self.plan.list.is_some(),
            step => self.plan.tranches[tranche]
                .leg
                .iter()
                .any(|leg| leg.steps.range().any(|s| self.plan.steps[s].kind == step)),
        }
    }

    /// Whether a round can return remains: a cohort on it has some left. Where a rule or "the rest" has not filled it yet, any cohort
    /// it may take from counts.
    fn returns_remains(&self, tranche: usize) -> bool {
        let plan = &self.plan.tranches[tranche];
        let is_open = !self.rounds[tranche].has_begun && !matches!(plan.fill, Fill::Stated);
        let items = plan.leg.iter().flat_map(|leg| leg.items.range());
        items.filter(|i| is_open || self.items[*i] > 0).any(|i| {
            let cohort = self.plan.items[i].cohort;
            self.living_left[cohort] < self.plan.cohorts[cohort].people - self.released[cohort]
        })
    }

    /// The fault of a round is alleged, if its step is the one that just ended.
    pub(super) fn fault_strikes(&mut self, tranche: usize, step: StepKind) {
        let plan = self.plan;
        let Some(fault) = &plan.fault else { return };
        let number = self.rounds[tranche].fault;
        if number == 0 || fault.classes[number as usize - 1].at != step {
            return;
        }
        self.rounds[tranche].fault = 0;
        self.counts.faults += 1;
        self.subjects.faults[number as usize - 1] += 1;
        let class = &fault.classes[number as usize - 1];
        let base = plan.tranches[tranche].place * super::address::DISPUTE_STRIDE;
        let cause = Cause::Fault(tranche as u32, number - 1);
        let severity = self.num(class.severity);
        self.dispute(cause, class.claimed_by, severity, plan.shared_streams.fault_dispute, base);
    }

    /// An obligation of a party is missed: the other side may open a dispute.
    pub(super) fn missed(
        &mut self,
        missed: MissedPlan,
        owner: usize,
        cause: Cause,
        stream: StreamId,
        base: u64,
    ) {
        let Some(claimant) = self.plan.parties[owner].opponent else { return };
        if self.hit(missed.opens, stream, base + Answer::Opens as u64) {
            let severity = self.num(missed.severity);
            self.dispute(cause, claimant, severity, stream, base);
        }
    }

    // ---- answers ----

    /// A breach opens a dispute, unless its claimant lets it pass.
    pub(super) fn dispute(
        &mut self,
        cause: Cause,
        claimant: usize,
        severity: f64,
        stream: StreamId,
        base: u64,
    ) {
        if self.is_over {
            return;
        }
        let answer = self.answer(claimant, severity, stream, base);
        // A suspension on top of a suspension changes nothing and is no dispute of its own.
        if answer == Answered::Absorb || (answer == Answered::Suspend && self.suspended > 0) {
            return;
        }
        self.breach(claimant, severity);
        self.open(cause, claimant, answer, stream, base);
    }

    fn answer(&mut self, claimant: usize, severity: f64, stream: StreamId, base: u64) -> Answered {
        let plan = self.plan;
        let response = &plan.parties[claimant].response;
        let odds = match response.rule {
            AnswerRule::Always(number) if response.effects.is_none() => {
                return BY_NUMBER[usize::from(number)];
            }
            AnswerRule::Always(number) => {
                std::array::from_fn(|i| f64::from(u8::from(i == usize::from(number))))
            }
            AnswerRule::Odds(odds) => odds.map(|o| self.num(o)),
            AnswerRule::Proportional(generosity) => proportional(self.num(generosity), severity),
        };
        let odds = self.moved(response, claimant, severity, odds);
        let uniform = self.uniform(stream, base + Answer::Kind as u64);
        BY_NUMBER[pick(&odds, uniform)]
    }

    /// Moves the odds of acting (anything but letting it pass) by severity, trust and what went before.
    fn moved(&self, response: &ResponsePlan, claimant: usize, severity: f64, mut odds: [f64; 6]) -> [f64; 6] {
        let Some([by_severity, by_trust, by_memory]) = response.effects else { return odds };
        let total: f64 = odds.iter().sum();
        let acting = 1.0 - odds[0] / total;
        if acting <= 0.0 || acting >= 1.0 {
            return odds;
        }
        let shift = self.num(by_severity) * (severity - 0.5)
            - self.num(by_trust) * self.trust_above_base(claimant)
            + self.num(by_memory) * f64::from(self.claims[claimant]);
        let moved = from_logit(logit(acting) + shift);
        for weight in &mut odds[1..] {
            *weight *= moved / (acting * total);
        }
        odds[0] = 1.0 - moved;
        odds
    }

    fn open(&mut self, cause: Cause, claimant: usize, answer: Answered, stream: StreamId, base: u64) {
        self.counts.disputes += 1;
        self.subjects.disputes[Subject::of(cause) as usize] += 1;
        self.claims[claimant] += 1;
        self.change_open(1);
        self.note(Happening::DisputeOpened { cause, claimant: claimant as u32, answer });
        let number = self.disputes.len() as u32;
        self.disputes.push(Dispute {
            claimant: claimant as u32,
            answer,
            queue: 0,
            stream,
            base,
            attempts: 0,
            subject: Subject::of(cause),
            held_since: self.now,
            holds: false,
            is_open: true,
            served: NEVER,
            age: 0.0,
        });
        self.act(number);
        if !self.is_over {
            self.file(number);
        }
    }

    pub(super) fn change_open(&mut self, by: i64) {
        let before = self.open_disputes;
        self.open_disputes += by;
        self.change(Series::Disputes as usize, before, before + by);
    }

    /// Does what the answer of a dispute says.
    fn act(&mut self, number: u32) {
        match self.disputes[number as usize].answer {
            Answered::Absorb | Answered::Protest => {}
            Answered::Slow => self.slow(number),
            Answered::Hold => self.hold(number),
            Answered::Suspend => self.suspend(number),
            Answered::Withdraw => self.collapse_now(),
        }
    }

    /// The queue of its own that a party holds or slows.
    fn choose_queue(&mut self, number: u32) -> Queue {
        let dispute = self.disputes[number as usize];
        let claimant = dispute.claimant as usize;
        let plan = self.plan;
        let holds = &plan.parties[claimant].response.holds;
        let weights = holds.map(|w| w.map_or(0.0, |w| self.num(w)));
        let chosen = if weights.iter().filter(|w| **w > 0.0).count() > 1 {
            let uniform = self.uniform(dispute.stream, dispute.base + Answer::Queue as u64);
            pick(&weights, uniform)
        } else {
            pick(&weights, 0.5)
        };
        queue(claimant, CLASSES[chosen].0)
    }

    fn slow(&mut self, number: u32) {
        let dispute = self.disputes[number as usize];
        let Some(law) = self.plan.parties[dispute.claimant as usize].response.slows_by else { return };
        let queue = self.choose_queue(number) as usize;
        let by = self.draw(law, dispute.stream, dispute.base + Answer::Slow as u64);
        self.queues[queue].slowed_until = self.queues[queue].slowed_until.max(after(self.now, by));
        self.slowed_until = self.slowed_until.max(self.queues[queue].slowed_until);
    }

    fn hold(&mut self, number: u32) {
        let queue = self.choose_queue(number);
        self.counts.holds += 1;
        let claimant = self.disputes[number as usize].claimant as usize;
        if self.plan.parties[claimant].response.lapses && !self.is_anything_due(queue) {
            return;
        }
        self.begin_hold(number, queue);
        self.talks_rate_changes();
        self.interrupt();
    }

    pub(super) fn begin_hold(&mut self, number: u32, queue: Queue) {
        let dispute = &mut self.disputes[number as usize];
        dispute.queue = queue;
        dispute.holds = true;
        dispute.held_since = self.now;
        let state = &mut self.queues[queue as usize];
        state.holds += 1;
        if state.holds == 1 {
            state.since = self.now;
            self.holding += 1;
        }
        self.note(Happening::HoldBegan { queue });
    }

    /// Whether a leg on a queue has been asked for and is not carried out.
    fn is_anything_due(&self, queue: Queue) -> bool {
        (0..self.legs.len()).any(|index| {
            let leg = &self.plan.tranches[index / 2].leg[index % 2];
            let active =
                matches!(self.legs[index].state, LegState::Held | LegState::Delayed | LegState::Running)
                    || (self.legs[index].state == LegState::AwaitsOther && self.rounds[index / 2].has_begun);
            active && leg.queues.contains(&queue)
        })
    }

    pub(super) fn suspend(&mut self, number: u32) {
        self.disputes[number as usize].holds = true;
        self.disputes[number as usize].held_since = self.now;
        self.counts.suspensions += 1;
        self.suspended += 1;
        if self.suspended == 1 {
            self.suspended_since = self.now;
        }
        self.note(Happening::Suspended);
        self.interrupt();
        self.talks_rate_changes();
    }

    // ---- ends ----

    /// Lifts what a dispute holds.
    pub(super) fn lift(&mut self, number: u32) {
        let dispute = self.disputes[number as usize];
        if !dispute.holds {
            return;
        }
        self.disputes[number as usize].holds = false;
        self.count_held(number);
        if dispute.answer == Answered::Suspend {
            self.suspended -= 1;
            if self.suspended == 0 {
                self.counts.suspended_s += self.now - self.suspended_since;
                self.resumed = self.now;
                self.note(Happening::Resumed);
            }
        } else {
            self.end_hold(dispute.queue);
        }
        self.talks_rate_changes();
        self.wake();
        self.milestones_wake();
    }

    fn end_hold(&mut self, queue: Queue) {
        let state = &mut self.queues[queue as usize];
        state.holds -= 1;
        if state.holds == 0 {
            close_queue(state, self.now);
            self.holding -= 1;
            self.note(Happening::HoldEnded { queue });
        }
    }

    /// A dispute is settled: what it held is lifted.
    pub(super) fn settle(&mut self, number: u32) {
        self.disputes[number as usize].is_open = false;
        self.change_open(-1);
        self.lift(number);
    }

    /// An answer grows: protest or slowing to a hold, a hold to a suspension, a suspension to the collapse.
    pub(super) fn escalate(&mut self, number: u32) {
        let dispute = self.disputes[number as usize];
        let next = match dispute.answer {
            Answered::Absorb | Answered::Protest | Answered::Slow => Answered::Hold,
            Answered::Hold => Answered::Suspend,
            Answered::Suspend | Answered::Withdraw => return self.collapse_now(),
        };
        if next == Answered::Suspend && dispute.holds {
            self.disputes[number as usize].holds = false;
            self.count_held(number);
            self.end_hold(dispute.queue);
        }
        self.disputes[number as usize].answer = next;
        self.act(number);
    }

    pub(super) fn close_queues(&mut self) {
        let now = self.now;
        for state in self.queues.iter_mut().filter(|q| q.holds > 0) {
            close_queue(state, now);
        }
    }
}

fn close_queue(state: &mut QueueState, now: i64) {
    let held = now - state.since;
    state.held_s += held;
    state.longest_s = state.longest_s.max(held);
    state.ended = now;
}

/// In kind: a share passes; the rest is answered by the third of the scale that the severity falls in.
fn proportional(generosity: f64, severity: f64) -> [f64; 6] {
    let mut odds = [generosity, 0.0, 0.0, 0.0, 0.0, 0.0];
    let answer = if severity < 1.0 / 3.0 {
        Answered::Protest
    } else if severity < 2.0 / 3.0 {
        Answered::Hold
    } else {
        Answered::Suspend
    };
    odds[answer as usize] = 1.0 - generosity;
    odds
}

/// Log-odds of a probability in (0, 1).
pub(super) fn logit(p: f64) -> f64 {
    libm::log(p) - libm::log1p(-p)
}

/// The probability of log-odds.
pub(super) fn from_logit(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// A probability moved on the scale of log-odds; 0 and 1 stay.
pub(super) fn shifted(p: f64, by: f64) -> f64 {
    if by == 0.0 || p <= 0.0 || p >= 1.0 { p } else { from_logit(logit(p) + by) }
}
