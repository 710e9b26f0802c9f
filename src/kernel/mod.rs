//! A discrete-event kernel that knows nothing of truces.
//!
//! # What it promises
//! 1. Time is whole seconds in an `i64`; [`NEVER`] is later than any event and is never reached.
//! 2. Every event belongs to a *timer*, and a timer holds at most one pending time. Setting it again replaces that time.
//! 3. Events come out in the order of (time, timer number). The model numbers its timers by (rank, entity address, ordinal), so
//!    what happens first among simultaneous events is written down once and never depends on insertion.
//! 4. A draw is a pure function of (root seed, stream name, replication, position): see [`stream`].
//! 5. After the first replication nothing allocates.

pub mod calendar;
mod chacha;
pub mod stream;

/// Seconds since the agreed start of the truce. May be negative (the agreement can precede the start).
pub type Time = i64;

/// Later than every event: a timer set to it is idle.
pub const NEVER: Time = i64::MAX >> 24;

/// Seconds in a day of 24 hours.
pub const DAY: Time = 86_400;

/// Adds a drawn duration to a time; anything at or beyond [`NEVER`] stays there.
#[inline]
pub fn after(now: Time, seconds: f64) -> Time {
    // `as` saturates, so an overflowing or infinite draw becomes a time that is never reached.
    let whole = (seconds + 0.5) as i64;
    now.saturating_add(whole).min(NEVER)
}

/// Rounds durations, none of them below zero, to whole seconds as [`after`] does; what is at or beyond [`NEVER`] becomes that. Without a
/// branch, and several at once: nearly all of them lie below 2^52, where the last bit of a sum with 2^52 is worth one.
#[inline]
pub fn whole_seconds(durations: &[f64], whole: &mut [Time]) {
    const ONES: f64 = 4_503_599_627_370_496.0;
    for (whole, duration) in whole.iter_mut().zip(durations) {
        let seconds = duration + 0.5;
        let seconds = if seconds < NEVER as f64 { seconds } else { NEVER as f64 };
        let nearest = seconds + ONES;
        let above = i64::from(nearest - ONES > seconds);
        *whole = (nearest.to_bits() - ONES.to_bits()) as i64 - above;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_seconds_are_those_that_after_adds() {
        let near = |x: f64| [x.next_down(), x, x.next_up()];
        let mut durations: Vec<f64> = vec![0.0, 0.3, 1e-300, f64::MAX, f64::INFINITY, 1e15, 5e15, 1e18];
        for whole in [1_u64, 2, 3, 86_399, 86_400, 3_628_800, (1 << 31) - 1, 1 << 31, 1 << 38] {
            durations.extend(near(whole as f64));
            durations.extend(near(whole as f64 - 0.5));
        }
        durations.extend(near(NEVER as f64));
        durations.extend(near(NEVER as f64 - 0.5));
        let mut whole = vec![0; durations.len()];
        whole_seconds(&durations, &mut whole);
        for (duration, whole) in durations.iter().zip(whole) {
            assert_eq!(whole, after(0, *duration), "{duration}");
        }
    }
}
