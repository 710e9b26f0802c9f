//! The event calendar: a tournament over numbered timers.
//!
//! Leaves hold the pending time of each timer packed with the timer's number; each inner node holds the smallest of its four
//! children. The next event is at the root; setting, moving or cancelling a timer replays one path of log4(n) steps without
//! a branch that depends on the data. Cancelling costs what setting costs, nothing stale stays behind, and memory is fixed by
//! the number of timers.

use super::{NEVER, Time};

/// Bits of a packed key that hold the timer number.
const TIMER_BITS: u32 = 24;
/// Most timers a calendar can have.
pub const MAX_TIMERS: usize = 1 << TIMER_BITS;
/// Added to times so that packed keys of negative times order rightly.
const OFFSET: i64 = 1 << 38;
const IDLE: u64 = u64::MAX;

/// Pending times of a fixed set of timers.
///
/// ```
/// use handover::kernel::{NEVER, calendar::Calendar};
/// let mut calendar = Calendar::new(3);
/// calendar.set(2, 5);
/// calendar.set(1, 5);
/// calendar.set(0, 9);
/// assert_eq!(calendar.peek(), Some((5, 1))); // same time: the lower timer first
/// calendar.set(1, NEVER);
/// assert_eq!(calendar.peek(), Some((5, 2)));
/// ```
#[derive(Debug, Clone)]
pub struct Calendar {
    /// A complete tree, the root at [`ROOT`], leaves from `leaves` on. Four siblings stand side by side, from a multiple of four on, so that
    /// they share a line of the cache.
    keys: Vec<u64>,
    leaves: usize,
    /// The timer taken last, whose path is replayed only once it is known whether it is set again.
    taken: usize,
}

const NONE: usize = usize::MAX;

/// Siblings.
const FOUR: usize = 4;
/// Where the root stands: its children follow it. The parent of a node at n is at n / 4 + 2.
const ROOT: usize = FOUR - 1;

impl Calendar {
    /// A calendar of `timers` idle timers.
    ///
    /// # Panics
    /// If `timers` is more than [`MAX_TIMERS`].
    pub fn new(timers: usize) -> Self {
        assert!(timers <= MAX_TIMERS, "a calendar holds at most {MAX_TIMERS} timers");
        // Each inner node puts four in the place of one.
        let inner = timers.saturating_sub(1).div_ceil(FOUR - 1).max(1);
        let leaves = ROOT + inner;
        Self { keys: vec![IDLE; (leaves + timers).next_multiple_of(FOUR)], leaves, taken: NONE }
    }

    /// Makes every timer idle.
    pub fn clear(&mut self) {
        self.keys.fill(IDLE);
        self.taken = NONE;
    }

    /// Sets the timer's pending time; [`NEVER`] makes it idle.
    #[inline]
    pub fn set(&mut self, timer: usize, time: Time) {
        let key = if time >= NEVER { IDLE } else { (((time + OFFSET) as u64) << TIMER_BITS) | timer as u64 };
        if timer == self.taken {
            self.taken = NONE;
        }
        self.replay(timer, key);
    }

    /// Puts a key at a leaf and replays its path to the root.
    #[inline]
    fn replay(&mut self, timer: usize, key: u64) {
        let mut node = self.leaves + timer;
        let mut best = key;
        let families = self.keys.as_chunks_mut::<FOUR>().0;
        while node > ROOT {
            let family = &mut families[node / FOUR];
            let place = node % FOUR;
            family[place] = best;
            // What was just written is not read again: nothing waits for it.
            let [a, b, c] = [1, 2, 3].map(|other| family[place ^ other]);
            best = best.min(a.min(b).min(c));
            node = node / FOUR + 2;
        }
        self.keys[ROOT] = best;
    }

    /// Takes the earliest event off the calendar.
    ///
    /// Most events set their own timer again, so its path is replayed then, or here when the next event is asked for. The replay
    /// mends every node above it, so what is set in between may rest on the old value.
    #[inline]
    pub fn take(&mut self) -> Option<(Time, usize)> {
        if self.taken != NONE {
            let timer = std::mem::replace(&mut self.taken, NONE);
            self.replay(timer, IDLE);
        }
        let next = unpack(self.keys[ROOT]);
        if let Some((_, timer)) = next {
            self.keys[self.leaves + timer] = IDLE;
            self.taken = timer;
        }
        next
    }

    /// The pending time of a timer, [`NEVER`] if idle.
    #[inline]
    pub fn time_of(&self, timer: usize) -> Time {
        unpack(self.keys[self.leaves + timer]).map_or(NEVER, |(time, _)| time)
    }

    /// The earliest event as (time, timer), left in place.
    pub fn peek(&mut self) -> Option<(Time, usize)> {
        if self.taken != NONE {
            let timer = std::mem::replace(&mut self.taken, NONE);
            self.replay(timer, IDLE);
        }
        unpack(self.keys[ROOT])
    }
}

#[inline]
fn unpack(key: u64) -> Option<(Time, usize)> {
    let timer = (key & (MAX_TIMERS as u64 - 1)) as usize;
    (key != IDLE).then_some(((key >> TIMER_BITS) as i64 - OFFSET, timer))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A plain sorted list, the obvious calendar to agree with.
    fn oracle_next(pending: &[Time]) -> Option<(Time, usize)> {
        pending.iter().enumerate().filter(|(_, t)| **t < NEVER).map(|(i, t)| (*t, i)).min()
    }

    #[test]
    fn agrees_with_a_sorted_list_under_sets_moves_and_cancels() {
        for timers in [1, 2, 3, 4, 5, 8, 17, 100] {
            let mut calendar = Calendar::new(timers);
            let mut pending = vec![NEVER; timers];
            let mut state = 88_172_645_463_325_252_u64;
            for _ in 0..5_000 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let timer = (state >> 8) as usize % timers;
                let time = if state & 3 == 0 { NEVER } else { (state >> 40) as i64 % 50 - 10 };
                calendar.set(timer, time);
                pending[timer] = time;
                assert_eq!(calendar.peek(), oracle_next(&pending));
                assert_eq!(calendar.time_of(timer), time);
            }
        }
    }

    #[test]
    fn taking_and_setting_again_agrees_with_a_sorted_list() {
        for timers in [1, 2, 5, 64, 100] {
            let mut calendar = Calendar::new(timers);
            let mut pending = vec![NEVER; timers];
            let mut state = 1_181_783_497_276_652_981_u64;
            let mut random = || {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state
            };
            for _ in 0..5_000 {
                let taken = calendar.take();
                assert_eq!(taken, oracle_next(&pending));
                if let Some((_, timer)) = taken {
                    pending[timer] = NEVER;
                }
                for _ in 0..random() % 4 {
                    // Often the timer just taken, so that the postponed replay is met by every kind of set.
                    let timer =
                        taken.filter(|_| random() % 2 == 0).map_or(random() as usize % timers, |(_, t)| t);
                    let time = if random() % 4 == 0 { NEVER } else { (random() % 1_000) as i64 };
                    calendar.set(timer, time);
                    pending[timer] = time;
                }
            }
        }
    }

    #[test]
    fn simultaneous_events_come_in_timer_order_whatever_the_order_of_setting() {
        let mut calendar = Calendar::new(5);
        for timer in [3, 0, 4, 1, 2] {
            calendar.set(timer, 7);
        }
        let mut order = Vec::new();
        while let Some((_, timer)) = calendar.peek() {
            order.push(timer);
            calendar.set(timer, NEVER);
        }
        assert_eq!(order, [0, 1, 2, 3, 4]);
    }
}
