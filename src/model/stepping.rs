//! A replication in parts: to a moment, looked at, cloned, and on to its end.
//!
//! Draws are looked up by address, so a clone of a world at some moment is a snapshot of it: gone on with, it ends as the
//! uninterrupted run does, bit for bit.

use super::happening::Observer;
use super::world::World;
use crate::kernel::Time;

impl<O: Observer> World<'_, O> {
    /// Begins a replication without letting anything happen.
    pub fn start_run(&mut self, replication: u64) {
        self.reset(replication);
        self.begin();
    }

    /// Lets the next thing happen; false when the replication is over.
    #[inline]
    pub fn step(&mut self) -> bool {
        if self.is_over {
            return false;
        }
        let Some((time, timer)) = self.take_next() else { return false };
        let (now, event) = (self.now, self.plan.timers[timer]);
        assert!(time >= now || now == 0, "time never goes back, and {event:?} is set for {time} at {now}");
        // What rings later at the same instant may have a lower number, where it was set only then.
        self.last_rung = if time == now { self.last_rung.max(timer as u32) } else { timer as u32 };
        self.now = time;
        self.happen(self.plan.timers[timer]);
        true
    }

    /// What happens next, taken off the calendar. Where the clock of the collapse has been set to a time before which it does not ring,
    /// that is put right.
    #[inline]
    fn take_next(&mut self) -> Option<(Time, usize)> {
        let mut next = self.calendar.take()?;
        while self.is_too_early(next.1) {
            self.seek_collapse();
            next = self.calendar.take()?;
        }
        Some(next)
    }

    /// What happens next, left on the calendar.
    pub(super) fn peek_next(&mut self) -> Option<(Time, usize)> {
        while let Some((_, timer)) = self.calendar.peek()
            && self.is_too_early(timer)
        {
            self.seek_collapse();
        }
        self.calendar.peek()
    }

    /// Whether a timer is the clock of the collapse, and rings only for the time to be sought.
    #[inline]
    fn is_too_early(&self, timer: usize) -> bool {
        self.collapse.is_unsought() && self.plan.ending.as_ref().is_some_and(|e| e.timer as usize == timer)
    }

    /// Lets everything happen up to a moment, itself included; false when the replication is over by then.
    pub fn advance_to(&mut self, moment: Time) -> bool {
        while !self.is_over && self.peek_next().is_some_and(|(time, _)| time <= moment) {
            self.step();
        }
        !self.is_over
    }

    /// Goes on to the end of the replication.
    pub fn finish_run(&mut self) {
        while self.step() {}
        self.finish();
    }

    /// The observer, to be made ready for the next replication.
    pub fn observer_mut(&mut self) -> &mut O {
        &mut self.observer
    }
}
