//! What keeps a step of a leg from starting: slowing, names, remains that are not located, and hours of the day.

use super::address::{self, More};
use super::happening::Observer;
use super::plan::{Side, StepKind, StepPlan, TransferPlan};
use super::world::{DelayCause, World, day_of};
use crate::kernel::{NEVER, Time, after};

impl<O: Observer> World<'_, O> {
    /// The earliest time a step can start, if that is later than now.
    #[inline]
    pub(super) fn earliest(
        &mut self,
        tranche: usize,
        side: Side,
        step: &StepPlan,
    ) -> Option<(Time, DelayCause)> {
        if self.slowed_until > self.now {
            let queues = &self.plan.tranches[tranche].leg[side].queues;
            let slowed = queues.iter().map(|q| self.queues[*q as usize].slowed_until).max().unwrap_or(0);
            if slowed > self.now {
                return Some((slowed, DelayCause::Slowed));
            }
        }
        if self.legs[2 * tranche + side].step == 0 && side == self.first_side(tranche) {
            let names = self.rounds[tranche].list_at;
            if names > self.now {
                // Without a time the names have not come: their arrival sets the leg's timer. Those that come at this very
                // instant, after the leg has asked, delay nothing.
                let come_now = self.plan.tranches[tranche]
                    .list_timer
                    .is_some_and(|t| self.calendar.time_of(t as usize) == self.now);
                return Some((names, if come_now { DelayCause::None } else { DelayCause::List }));
            }
        }
        let transfer = step.transfer.as_deref()?;
        let fixed = self.past.legs.get(2 * tranche + side).copied().unwrap_or_default();
        let located = fixed.located.unwrap_or_else(|| self.located(tranche, side));
        if located > self.now {
            return Some((located, DelayCause::Locating));
        }
        let opens = fixed.opens.unwrap_or_else(|| self.opens((tranche, side), step.kind, transfer));
        if fixed.opens.is_some_and(|opens| opens <= self.now) {
            self.past.legs[2 * tranche + side].opens = None; // it was that of the first portion
        }
        (opens > self.now).then_some((opens, DelayCause::Window))
    }

    /// When a transfer can start by the hours of the day. The drawn hour is for its first portion alone.
    fn opens(&mut self, (tranche, side): (usize, Side), kind: StepKind, transfer: &TransferPlan) -> Time {
        let leg = &self.legs[2 * tranche + side];
        let is_first = leg.arrived == 0 && leg.in_past == 0;
        let hour = transfer.hour.filter(|_| is_first);
        let hour =
            hour.map(|law| self.draw(law, self.plan.shared_streams.more, self.hour_place(tranche, kind)));
        self.opens_at(transfer, self.now, hour)
    }

    /// When a transfer can start that is ready at a time and has an hour of its own.
    pub(super) fn opens_at(&self, transfer: &TransferPlan, ready: Time, hour: Option<f64>) -> Time {
        let mut opens = ready;
        if let Some(hour) = hour {
            let day = day_of(&self.plan.midnights, ready);
            opens = opens.max(self.plan.local(day, after(0, hour)));
        }
        match transfer.window {
            Some(window) => self.within(window, opens),
            None => opens,
        }
    }

    /// Where the hour of a transfer is drawn.
    fn hour_place(&self, tranche: usize, kind: StepKind) -> u64 {
        let lane = if kind == StepKind::Handover { More::HandoverHour } else { More::ReciprocalHour };
        self.more(tranche, lane)
    }

    /// The first time from `time` on that lies inside a daily window.
    pub(super) fn within(&self, (from, to): (Time, Time), time: Time) -> Time {
        let plan = self.plan;
        let day = day_of(&plan.midnights, time);
        if time < plan.local(day, from) {
            plan.local(day, from)
        } else if time <= plan.local(day, to) {
            time
        } else if day + 1 < plan.midnights.len() {
            plan.local(day + 1, from)
        } else {
            NEVER
        }
    }

    pub(super) fn more(&self, tranche: usize, lane: More) -> u64 {
        self.plan.tranches[tranche].place * u64::from(address::MORE_STRIDE) + lane as u64
    }
}
