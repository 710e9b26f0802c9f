//! `reference-r0` written by hand, several ways. None of them is general: each knows this one model and no other.
//!
//! | module | what it is |
//! |---|---|
//! | [`floor`] | one loop over a handful of next times, every happening visited in order of time, every variate of the description drawn |
//! | [`ahead`] | no event list: what cannot change anyone's course is drawn in bulk and counted |
//! | [`plain`] | ordinary code: a `BinaryHeap` of events, `rand_distr`, `StdRng` |
//! | [`draws`] | no model at all: the draws of the engine's run, with the engine's streams and samplers |
//!
//! They sum the same named outcomes, so that a test can hold them to the engine within standard errors. They promise nothing that the
//! engine promises: floating time, floating sums, one stream of random numbers that everything shares.

// Each bench uses a part of this module.
#![allow(dead_code, unreachable_pub)]
// The platform's own `exp` and `ln` are faster, and nothing here is a result.
#![allow(clippy::disallowed_methods)]

pub mod ahead;
pub mod draws;
pub mod engine;
pub mod floor;
pub mod plain;
pub mod variates;

/// Hours until the simulation stops looking.
pub const HORIZON: f64 = 1_008.0;
/// When each round is due, in hours.
pub const DUE: [f64; 8] = [16.0, 160.0, 328.0, 496.0, 664.0, 832.0, 952.0, 1_000.0];
/// Captives of each round.
pub const CAPTIVES: [f64; 8] = [3.0, 4.0, 3.0, 3.0, 3.0, 3.0, 7.0, 7.0];
/// Prisoners of each round.
pub const PRISONERS: [f64; 8] = [172.0, 230.0, 172.0, 172.0, 172.0, 172.0, 403.0, 407.0];
/// Mean hours between violations of a party.
pub const GAP: f64 = 48.0;
/// Hour of the day of a delivery; the first is on day 0.
pub const AID_HOUR: f64 = 20.0;
/// Deliveries within the horizon.
pub const DELIVERIES: usize = 42;
/// A delivery below this is short.
pub const SHORT: f64 = 450.0;
/// Chance that a violation of severity 1 suspends the truce.
pub const OPENS: f64 = 0.3;
/// Severity of a short delivery.
pub const SHORT_SEVERITY: f64 = 0.5;
/// Mean hours of a mediation attempt.
pub const ATTEMPT: f64 = 36.0;
/// Chance that an attempt succeeds.
pub const SETTLES: f64 = 0.7;
/// The failure with this number is the collapse.
pub const ATTEMPTS: u32 = 3;

/// The outcomes that every implementation names, in this order.
pub const NAMES: [&str; OUTCOMES] = [
    "captives_released",
    "prisoners_released",
    "completed",
    "completion_s",
    "violations",
    "disputes",
    "suspensions",
    "suspended_s",
    "mediation_attempts",
    "collapsed",
    "collapse_s",
    "flow_delivered",
    "events",
];
/// How many outcomes there are.
pub const OUTCOMES: usize = 13;
const COMPLETED: usize = 2;
const COMPLETION: usize = 3;
const COLLAPSED: usize = 9;
const COLLAPSE: usize = 10;

/// What one replication counts, in hours where it is a time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub captives: f64,
    pub prisoners: f64,
    /// When the last prisoners of the last round were released; 0 for not.
    pub completion: f64,
    pub violations: u32,
    pub suspensions: u32,
    pub suspended: f64,
    pub attempts: u32,
    /// When the truce collapsed; 0 for not.
    pub collapse: f64,
    pub aid: f64,
    pub events: u32,
}

/// Sums and sums of squares of the outcomes over replications.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    replications: f64,
    sum: [f64; OUTCOMES],
    square: [f64; OUTCOMES],
}

/// A mean with its standard error.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    pub mean: f64,
    pub se: f64,
}

impl Sums {
    /// Adds one replication. What does not exist adds zero.
    #[inline]
    pub fn add(&mut self, c: &Counts) {
        let suspensions = f64::from(c.suspensions);
        let values = [
            c.captives,
            c.prisoners,
            f64::from(u8::from(c.completion > 0.0)),
            3_600.0 * c.completion,
            f64::from(c.violations),
            suspensions,
            suspensions,
            3_600.0 * c.suspended,
            f64::from(c.attempts),
            f64::from(u8::from(c.collapse > 0.0)),
            3_600.0 * c.collapse,
            c.aid,
            f64::from(c.events),
        ];
        self.replications += 1.0;
        for (index, value) in values.iter().enumerate() {
            self.sum[index] += value;
            self.square[index] += value * value;
        }
    }

    /// Means with standard errors, in the order of [`NAMES`]; times over the replications in which they exist.
    pub fn figures(&self) -> [Figure; OUTCOMES] {
        std::array::from_fn(|index| {
            let n = match index {
                COMPLETION => self.sum[COMPLETED],
                COLLAPSE => self.sum[COLLAPSED],
                _ => self.replications,
            };
            let mean = self.sum[index] / n;
            let variance = (self.square[index] - n * mean * mean) / (n - 1.0);
            Figure { mean, se: (variance / n).sqrt() }
        })
    }
}
