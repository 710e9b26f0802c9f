//! What a course is measured by: when something can start that was ready at a time, and how likely remains are not located, or people not
//! moved, by another.

use super::Course;
use crate::kernel::{NEVER, Time};
use crate::model::happening::Observer;
use crate::model::law::LawId;
use crate::model::plan::{Legs, Queue, Side};
use crate::model::world::{Phase, World, other};

impl<O: Observer> World<'_, O> {
    /// When something could start that was ready at a time and that a suspension, and holds of some queues, keep from starting. None
    /// while one stands that had begun by then; or whenever it began, for what is on record as held (`is_kept`). One that has ended kept
    /// it if it had begun by then.
    pub(in crate::model) fn start_beside_holds(
        &self,
        queues: &[Queue],
        ready: Time,
        is_kept: bool,
    ) -> Option<Time> {
        let mut start = ready;
        loop {
            let before = start;
            if self.suspended > 0 && (is_kept || self.suspended_since <= start) {
                return None;
            }
            if self.suspended_since <= start && start < self.resumed {
                start = self.resumed;
            }
            for queue in queues {
                let queue = &self.queues[*queue as usize];
                if queue.holds > 0 && (is_kept || queue.since <= start) {
                    return None;
                }
                if queue.holds == 0 && queue.since <= start && start < queue.ended {
                    start = queue.ended;
                }
            }
            if start == before {
                return Some(start);
            }
        }
    }

    /// When a leg went on at a stretch, ready for it at a time, and not before another; none where it has not.
    pub(super) fn starts(&self, course: &Course, stretch: usize, since: Time, ready: Time) -> Option<Time> {
        let ready = ready.max(since);
        if self.phase == Phase::Limbo && ready >= self.term_end {
            return None;
        }
        let leg = &self.plan.tranches[course.tranche].leg[course.side];
        let step = &self.plan.steps[leg.steps.from as usize + course.next_step(stretch) as usize];
        // People who have not come while their release is held are those held.
        let is_kept = step.transfer.is_some() && !step.repeats;
        let start = self.start_beside_holds(&leg.queues, ready, is_kept)?;
        (start < course.until).then_some(start)
    }

    /// The hold or suspension of a leg that ended last, or still stands: from when to when.
    pub(super) fn sent_back(&self, course: &Course) -> Option<(Time, Time)> {
        let queues = self.plan.tranches[course.tranche].leg[course.side].queues.iter();
        let holds = queues.map(|queue| &self.queues[*queue as usize]);
        let spans = holds.map(|of| (of.since, if of.holds > 0 { NEVER } else { of.ended }));
        let until = if self.suspended > 0 { NEVER } else { self.resumed };
        let last = spans.chain([(self.suspended_since, until)]).max_by_key(|(_, until)| *until)?;
        (last.0 < last.1 && last.1 > course.from).then_some(last)
    }

    // ---- remains ----

    /// Sets of remains on a leg that are yet to be located: the law of a cohort, and how many of them.
    fn sets_to_locate(&self, tranche: usize, side: Side) -> impl Iterator<Item = (LawId, u32)> {
        let plan = self.plan;
        plan.tranches[tranche].leg[side].items.range().filter_map(move |item| {
            let law = plan.cohorts[plan.items[item].cohort].located?;
            Some((law, self.items[item] - self.item_done[item])).filter(|(_, sets)| *sets > 0)
        })
    }

    pub(super) fn has_remains_to_locate(&self, tranche: usize, side: Side) -> bool {
        self.sets_to_locate(tranche, side).next().is_some()
    }

    /// How likely not all remains on a leg are located by a time.
    pub(super) fn unlocated(&self, course: &Course, by: Time) -> f64 {
        let seconds = (by - self.started) as f64;
        let log: f64 = self
            .sets_to_locate(course.tranche, course.side)
            .map(|(law, sets)| {
                let sf = self.law_of(law).map_or(0.0, |law| law.sf(seconds));
                f64::from(sets) * libm::log1p(-sf)
            })
            .sum();
        -libm::expm1(log)
    }

    /// The first whole second by which remains on a leg are not all located with no more than a chance.
    pub(super) fn located_by(&self, course: &Course, chance: f64) -> Time {
        let (mut low, mut high) = (self.started - 1, self.started.saturating_add(1));
        while high < NEVER && self.unlocated(course, high) > chance {
            (low, high) = (high, self.started.saturating_add(2 * (high - self.started)).min(NEVER));
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.unlocated(course, middle) > chance { low = middle } else { high = middle }
        }
        high
    }

    // ---- the transfer ----

    /// The law of the hour of a leg's transfer; it is for the first portion alone.
    pub(super) fn hour_of(&self, course: &Course) -> Option<LawId> {
        let transfer = self.plan.steps[course.moves.1].transfer.as_deref()?;
        transfer.hour.filter(|_| self.legs[2 * course.tranche + course.side].in_past == 0)
    }

    /// When a transfer began that was ready at a time, and how likely nobody has come on it by now.
    pub(super) fn unmoved(&self, course: &Course, ready: Time, hour: Option<f64>) -> (Time, f64) {
        let (tranche, side) = (course.tranche, course.side);
        let Some(transfer) = self.plan.steps[course.moves.1].transfer.as_deref() else { return (ready, 0.0) };
        let mut opens = self.opens_at(transfer, ready, hour);
        if opens >= course.until {
            return (opens, 1.0);
        }
        let lasts = |seconds: Time| self.transfer_outlasts((tranche, side), course.moves.1, seconds as f64);
        // Not over when a hold began that sent people back, it is done again when that ends.
        let mut before = 1.0;
        let is_again = self.plan.steps[course.moves.1].repeats;
        if let Some((since, until)) = self.sent_back(course).filter(|(since, _)| is_again && opens < *since) {
            before = lasts(since - opens);
            if until >= course.until {
                return (NEVER, before);
            }
            opens = self.opens_at(transfer, until, hour);
            if opens >= course.until {
                return (opens, before);
            }
        }
        let other = other(side);
        let begins_other = self.rounds[tranche].legs == Legs::Simultaneous
            && side == self.first_side(tranche)
            && self.people_left(tranche, other) > 0;
        let beside = if begins_other { self.leg_outlasts(tranche, other, opens, course.until) } else { 1.0 };
        (opens, before * beside * lasts(course.until - opens))
    }

    /// How likely it is that of two legs whose transfers began at a time one came when the course ends, to a sixteenth of it, and the
    /// other (`pending`) has not come by now, given that neither had by then.
    pub(super) fn together(&self, course: &Course, pending: Side, began: Time) -> f64 {
        let (tranche, came) = (course.tranche, course.until);
        let lasts = |side: Side, until: Time| {
            if side == course.side {
                self.transfer_outlasts((tranche, side), course.moves.1, (until - began) as f64)
            } else {
                self.leg_outlasts(tranche, side, began, until)
            }
        };
        let around = ((came - course.from) / 16).max(900);
        let first = other(pending);
        let moved = lasts(first, (came - around).max(began)) - lasts(first, came + around);
        // The course has seen to it that its own leg had not come by then, and the other neither where somebody is left on it.
        let seen = if first == course.side { lasts(first, came) } else { 1.0 };
        let waits = lasts(pending, self.now) / lasts(pending, came).max(f64::MIN_POSITIVE);
        (moved / seen.max(f64::MIN_POSITIVE)).min(1.0) * waits
    }

    /// How likely nobody has come by a time on a leg that is ready for its transfer at another, over the middles of strata of its hour.
    pub(in crate::model) fn leg_outlasts(&self, tranche: usize, side: Side, from: Time, until: Time) -> f64 {
        let (_, step) = self.moving_step(tranche, side);
        let Some(transfer) = self.plan.steps[step].transfer.as_deref() else { return 1.0 };
        let unmoved = |hour: Option<f64>| {
            let opens = self.opens_at(transfer, from, hour);
            self.transfer_outlasts((tranche, side), step, until.saturating_sub(opens) as f64)
        };
        let Some(law) = transfer.hour else { return unmoved(None) };
        let middle = |stratum: usize| (stratum as f64 + 0.5) / super::HOURS as f64;
        let strata = (0..super::HOURS).map(|stratum| unmoved(Some(self.quantile(law, middle(stratum)))));
        strata.sum::<f64>() / super::HOURS as f64
    }

    /// How likely none of the portions of a transfer that begin at once ends within so many seconds.
    fn transfer_outlasts(&self, (tranche, side): (usize, Side), step: usize, seconds: f64) -> f64 {
        let step = &self.plan.steps[step];
        let one = self.outlasts(step.takes, seconds / self.pace_of(tranche, side));
        let lift = step.transfer.as_deref().and_then(|transfer| transfer.lift);
        let trips = lift.map_or(1, |(vehicles, capacity)| {
            vehicles.min(self.people_left(tranche, side).div_ceil(capacity)).max(1)
        });
        libm::pow(one, f64::from(trips))
    }

    /// People on a leg who have not come.
    fn people_left(&self, tranche: usize, side: Side) -> u32 {
        self.plan.tranches[tranche].leg[side].items.range().map(|i| self.items[i] - self.item_done[i]).sum()
    }

    /// How likely a duration is longer than so many seconds.
    pub(in crate::model) fn outlasts(&self, law: LawId, seconds: f64) -> f64 {
        if seconds <= 0.0 { 1.0 } else { self.law_of(law).map_or(0.0, |law| law.sf(seconds)) }
    }
}
