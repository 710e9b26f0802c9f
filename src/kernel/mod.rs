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
mod exponential;
pub mod fading;
pub mod stream;
mod whole;

pub use whole::{below, round_half_up, whole_seconds};

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
