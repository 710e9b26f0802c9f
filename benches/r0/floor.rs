//! The floor: the fastest event loop we know how to write for this model alone.
//!
//! Next times live in locals. The two violation processes have the same law and no outcome tells them apart, so they are one of
//! twice the rate. Deliveries come at known hours. What can be told at the end from how far the rounds came is told there. But every
//! happening is visited in order of time, and every variate that the description names is drawn; what leaves such things out is in `ahead`.

use rand::Rng;

use super::variates::{beta_two_five, exponential, gamma_two, lognormal, normal, uniform};
use super::{
    AID_HOUR, ATTEMPT, ATTEMPTS, CAPTIVES, Counts, DUE, GAP, HORIZON, OPENS, PRISONERS, SETTLES, SHORT,
    SHORT_SEVERITY, Sums,
};

const NEVER: f64 = f64::INFINITY;
/// Stages of all rounds.
const STAGES: usize = 24;
/// Captives and prisoners released once so many stages have ended.
const RELEASED: [(f64, f64); STAGES + 1] = released();

const fn released() -> [(f64, f64); STAGES + 1] {
    let mut table = [(0.0, 0.0); STAGES + 1];
    let mut stage = 0;
    while stage < STAGES {
        let (captives, prisoners) = table[stage];
        table[stage + 1] = match stage % 3 {
            0 => (captives, prisoners),
            1 => (captives + CAPTIVES[stage / 3], prisoners),
            _ => (captives, prisoners + PRISONERS[stage / 3]),
        };
        stage += 1;
    }
    table
}

/// Runs replications one after another on one stream of random numbers.
pub fn run<R: Rng>(rng: &mut R, replications: u64, sums: &mut Sums) {
    for _ in 0..replications {
        sums.add(&replicate(rng));
    }
}

#[inline(always)]
fn least(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// Rounds, suspension and mediation of one replication.
struct Course {
    /// Stages begun and ended.
    begun: usize,
    ended: usize,
    /// When the stage under way ends, or the next may start.
    stage: f64,
    /// When the attempt under way ends; never without a suspension.
    attempt: f64,
    since: f64,
    suspended: f64,
    suspensions: u32,
    attempts: u32,
    failures: u32,
}

#[inline]
fn replicate<R: Rng>(rng: &mut R) -> Counts {
    let mut c = Counts::default();
    let mut course = Course {
        begun: 0,
        ended: 0,
        stage: DUE[0],
        attempt: NEVER,
        since: 0.0,
        suspended: 0.0,
        suspensions: 0,
        attempts: 0,
        failures: 0,
    };
    let (mut poisson, mut short, mut deliveries) = (0, 0, 0);
    let mut violation = 0.5 * GAP * exponential(rng);
    let mut delivery = AID_HOUR;
    loop {
        let mut stop = least(least(course.stage, course.attempt), delivery);
        while violation < stop {
            poisson += 1;
            let hits = uniform(rng) < OPENS * beta_two_five(rng);
            if hits && course.attempt == NEVER {
                course.suspend(rng, violation);
                stop = least(stop, course.attempt);
            }
            violation += 0.5 * GAP * exponential(rng);
        }
        if stop == delivery {
            if delivery >= HORIZON {
                break;
            }
            let amount = 600.0 + 80.0 * normal(rng);
            c.aid += amount.clamp(0.0, 900.0);
            deliveries += 1;
            if amount < SHORT {
                short += 1;
                if uniform(rng) < OPENS * SHORT_SEVERITY && course.attempt == NEVER {
                    course.suspend(rng, delivery);
                }
            }
            delivery = least(delivery + 24.0, HORIZON);
        } else if stop == course.stage {
            if course.advance(rng) {
                c.completion = stop;
            }
        } else if course.attempt_ends(rng) {
            c.collapse = stop;
            break;
        }
    }
    if course.attempt < NEVER {
        course.suspended += least(stop_of(&c), HORIZON) - course.since;
    }
    (c.captives, c.prisoners) = RELEASED[course.ended];
    c.violations = poisson + short;
    c.suspensions = course.suspensions;
    c.suspended = course.suspended;
    c.attempts = course.attempts;
    c.events = poisson + deliveries + course.attempts + (course.ended + course.begun.div_ceil(3)) as u32;
    c
}

/// When the replication ended.
#[inline(always)]
fn stop_of(c: &Counts) -> f64 {
    if c.collapse > 0.0 { c.collapse } else { HORIZON }
}

impl Course {
    #[inline]
    fn suspend<R: Rng>(&mut self, rng: &mut R, now: f64) {
        self.suspensions += 1;
        self.failures = 0;
        self.since = now;
        self.attempt = now + ATTEMPT * exponential(rng);
    }

    /// A stage ends, or one may start; says whether the last one ended. While suspended none starts: what is due waits.
    #[inline(always)]
    fn advance<R: Rng>(&mut self, rng: &mut R) -> bool {
        let now = self.stage;
        self.stage = NEVER;
        if self.begun > self.ended {
            self.ended = self.begun;
            if self.ended == STAGES {
                return true;
            }
            if self.ended.is_multiple_of(3) && DUE[self.ended / 3] > now {
                self.stage = DUE[self.ended / 3];
                return false;
            }
        }
        if self.attempt == NEVER {
            self.start_stage(rng, now);
        }
        false
    }

    #[inline(always)]
    fn start_stage<R: Rng>(&mut self, rng: &mut R, now: f64) {
        let takes = match self.begun % 3 {
            0 => lognormal(rng, 2.0, 0.8),
            1 => gamma_two(rng, 3.0),
            _ => lognormal(rng, 6.0, 0.7),
        };
        self.begun += 1;
        self.stage = now + takes;
    }

    /// An attempt ends; says whether the truce collapses.
    #[inline]
    fn attempt_ends<R: Rng>(&mut self, rng: &mut R) -> bool {
        let now = self.attempt;
        self.attempts += 1;
        if uniform(rng) < SETTLES {
            self.suspended += now - self.since;
            self.attempt = NEVER;
            if self.stage == NEVER && self.ended < STAGES {
                self.start_stage(rng, now);
            }
            return false;
        }
        self.failures += 1;
        if self.failures < ATTEMPTS {
            self.attempt = now + ATTEMPT * exponential(rng);
        }
        self.failures == ATTEMPTS
    }
}
