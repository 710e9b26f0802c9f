//! How long what is pending had been under way when the known past ended, and what that leaves of it.
//!
//! A duration of which `age` has passed, T given T > age, is F⁻¹(F(age) + (1 − F(age)) u). What a leg had to wait for before its people
//! could move (names, an hour of the day) is drawn from when it began, in a few strata of which one is taken in proportion to the
//! chance that then nobody has come by now.

use super::address;
use super::happening::Observer;
use super::law::LawId;
use super::particles::PARTICLES;
use super::people::pick;
use super::plan::{CAPTIVES, PRISONERS, Queue, Side, StepPlan, TransferPlan, WaitsFor};
use super::world::World;
use crate::dist::Prob;
use crate::kernel::{NEVER, Time, after};

impl<O: Observer> World<'_, O> {
    /// How long a leg has been under way that could go on since a time. A hold that still stands is what keeps it; one that ended
    /// since then kept it from starting for as long as it stood.
    pub(super) fn age_since(&self, tranche: usize, side: Side, since: Time) -> f64 {
        self.age_beside_holds(&self.plan.tranches[tranche].leg[side].queues, since)
    }

    /// The same of anything that a suspension, and holds of some queues, keep from starting.
    pub(super) fn age_beside_holds(&self, queues: &[Queue], since: Time) -> f64 {
        let mut began = since;
        let mut is_kept = self.suspended > 0;
        if self.suspended_since <= began && began < self.resumed {
            began = self.resumed;
        }
        for queue in queues {
            let queue = &self.queues[*queue as usize];
            is_kept |= queue.holds > 0;
            if queue.holds == 0 && queue.since <= began && began < queue.ended {
                began = queue.ended;
            }
        }
        if is_kept || began >= self.now { 0.0 } else { (self.now - began) as f64 }
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
        ends.filter(|end| *end < NEVER).fold(self.rounds[tranche].from, Time::max)
    }

    /// How long the first leg of a round has been under way that was due in the known past, whose names had come by a time, and of which
    /// nobody has come.
    fn age_with_names(&self, tranche: usize, names: Time) -> f64 {
        let round = &self.rounds[tranche];
        if round.has_begun || !round.is_next || round.from >= self.now || names > self.now {
            return 0.0;
        }
        self.age_since(tranche, self.first_side(tranche), self.ready_since(tranche).max(names))
    }

    /// The same with the names that this replication has.
    pub(super) fn age_of_late(&self, tranche: usize) -> f64 {
        self.age_with_names(tranche, self.rounds[tranche].list_at)
    }

    // ---- what is left ----

    /// How long a step of a leg still takes that has been under way for `age`. Of its steps up to the one that moves people none is known to
    /// have ended: those before it are drawn as ever, and that one given that it has not ended yet.
    pub(super) fn rest_of_step(&mut self, leg: usize, step: &StepPlan, age: f64, word: u64) -> f64 {
        if step.transfer.is_some() || !self.moves_later(leg, self.legs[leg].step as usize) {
            return self.residual(step.takes, age, word) - age;
        }
        let takes = self.value(step.takes, word);
        self.legs[leg].age = (age - takes).max(0.0) * self.pace_of(leg / 2, leg % 2);
        (takes - age).max(0.0)
    }

    /// Whether a step after one of a leg moves its people.
    fn moves_later(&self, leg: usize, step: usize) -> bool {
        let steps = self.plan.tranches[leg / 2].leg[leg % 2].steps;
        let next = steps.from as usize + step + 1;
        let mut later = (next..steps.to as usize).map(|step| &self.plan.steps[step]);
        later.any(|step| step.transfer.is_some() && !step.is_implied)
    }

    /// A duration of which `age` seconds have passed, from the word it would have had.
    pub(super) fn residual(&self, law: LawId, age: f64, word: u64) -> f64 {
        if age <= 0.0 {
            return self.value(law, word);
        }
        let p = Prob::from_word(word);
        self.law_of(law).map_or(age, |law| law.quantile_after(age, p))
    }

    /// When the next site or trip of a leg begins on which some have come: after the pause. None where a leg moves its people at once, and
    /// where nobody has come.
    pub(super) fn next_portion_from(&mut self, tranche: usize, side: Side) -> Option<Time> {
        let plan = self.plan;
        let leg = self.legs[2 * tranche + side];
        let mut steps = plan.tranches[tranche].leg[side].steps.range();
        let transfer = steps.find_map(|step| plan.steps[step].transfer.as_deref())?;
        if leg.came >= NEVER || (transfer.lift.is_none() && transfer.sites.is_none()) {
            return None;
        }
        let position = address::portion(plan.tranches[tranche].place, 0, 0) + 1;
        let stream = plan.shared_streams.portions[side];
        let pause = transfer.turnaround.or(transfer.gap).map_or(0.0, |law| self.draw(law, stream, position));
        Some(after(leg.came, pause))
    }

    // ---- what had to be waited for ----

    /// How likely it is that nobody has come by now on the first leg of a round, if its names had come by a time.
    pub(super) fn is_pending(&mut self, tranche: usize, names: Time) -> f64 {
        let plan = self.plan;
        let side = self.first_side(tranche);
        let mut age = self.age_with_names(tranche, names);
        let steps = plan.tranches[tranche].leg[side].steps.range();
        for (number, at) in steps.enumerate() {
            let step = &plan.steps[at];
            if age <= 0.0 {
                return 1.0;
            }
            if let Some(transfer) = step.transfer.as_deref().filter(|_| !step.is_implied) {
                let ready = self.now - age as Time;
                let strata = self.openings(tranche, side, step, transfer, ready);
                return strata.iter().map(|(_, chance)| chance).sum::<f64>() / PARTICLES as f64;
            }
            if !self.moves_later(2 * tranche + side, number) {
                return self.lasts_for(tranche, side, step, age);
            }
            let position = plan.tranches[tranche].place * u64::from(step.stride) + u64::from(step.lane);
            let takes = self.draw(step.takes, step.stream, position);
            age -= self.paced(tranche, side, takes);
        }
        1.0
    }

    /// When a transfer began that was ready in the known past and has an hour of its own.
    pub(super) fn opened(
        &mut self,
        (tranche, side): (usize, Side),
        step: &StepPlan,
        transfer: &TransferPlan,
        ready: Time,
    ) -> Time {
        let strata = self.openings(tranche, side, step, transfer, ready);
        let position = address::of_past(self.hour_place(tranche, step.kind));
        let uniform = self.uniform(self.plan.shared_streams.more, position);
        strata[pick(&strata.map(|(_, chance)| chance), uniform)].0
    }

    /// By strata of its hour: when a transfer began that was ready in the known past, and how likely it is not over by now.
    fn openings(
        &mut self,
        tranche: usize,
        side: Side,
        step: &StepPlan,
        transfer: &TransferPlan,
        ready: Time,
    ) -> [(Time, f64); PARTICLES] {
        let uniform = self.uniform(self.plan.shared_streams.more, self.hour_place(tranche, step.kind));
        let trips = self.first_trips(tranche, side, transfer);
        let hour = transfer.hour.filter(|_| self.legs[2 * tranche + side].in_past == 0);
        let stratum = |number: usize| {
            let p = Prob::from_lower((number as f64 + uniform) / PARTICLES as f64);
            let hour = hour.and_then(|law| self.law_of(law)).map(|law| law.quantile(p));
            let opens = self.opens_at(transfer, ready, hour);
            let chance = self.lasts_for(tranche, side, step, (self.now - opens) as f64);
            (opens, libm::pow(chance, f64::from(trips)))
        };
        if hour.is_none() { [stratum(0); PARTICLES] } else { std::array::from_fn(stratum) }
    }

    /// Trips that begin at once.
    fn first_trips(&self, tranche: usize, side: Side, transfer: &TransferPlan) -> u32 {
        let Some((vehicles, capacity)) = transfer.lift else { return 1 };
        let leg = &self.legs[2 * tranche + side];
        let people =
            if self.rounds[tranche].has_begun { leg.people - leg.released } else { self.names_due(tranche) };
        vehicles.min(people.div_ceil(capacity)).max(1)
    }

    /// How likely a step takes longer than so many seconds.
    fn lasts_for(&self, tranche: usize, side: Side, step: &StepPlan, seconds: f64) -> f64 {
        self.outlasts(step.takes, seconds / self.pace_of(tranche, side))
    }

    /// How likely a duration is longer than so many seconds.
    pub(super) fn outlasts(&self, law: LawId, seconds: f64) -> f64 {
        if seconds <= 0.0 { 1.0 } else { self.law_of(law).map_or(0.0, |law| law.sf(seconds)) }
    }
}
