//! Without an event list: what cannot change anyone's course is drawn in bulk and counted.
//!
//! Only the breaches whose coin says yes can suspend the truce. So all violations and deliveries of a replication are drawn first, the few
//! that matter are put in order, suspensions follow from them alone, and the rounds are walked along the suspensions. A severity is drawn
//! only where its coin could open a dispute.

use rand::Rng;

use super::variates::{beta_two_five, exponential, gamma_two, lognormal, normal, uniform};
use super::{
    AID_HOUR, ATTEMPT, ATTEMPTS, CAPTIVES, Counts, DELIVERIES, DUE, GAP, HORIZON, OPENS, PRISONERS, SETTLES,
    SHORT, SHORT_SEVERITY, Sums,
};

/// Most violations of a party; the mean is 21.
const MOST: usize = 128;

/// Memory that replications share.
pub struct Scratch {
    times: [[f64; MOST]; 2],
    amounts: [f64; DELIVERIES],
    short: Vec<usize>,
    /// Times of breaches that suspend the truce unless it is suspended already.
    matters: Vec<f64>,
    /// Suspensions, as (from, to).
    holds: Vec<(f64, f64)>,
}

impl Scratch {
    /// Empty.
    pub fn new() -> Self {
        let list = || Vec::with_capacity(2 * MOST);
        Self {
            times: [[0.0; MOST]; 2],
            amounts: [0.0; DELIVERIES],
            short: Vec::with_capacity(DELIVERIES),
            matters: list(),
            holds: Vec::with_capacity(2 * MOST),
        }
    }
}

/// Runs replications one after another on one stream of random numbers.
pub fn run<R: Rng>(rng: &mut R, replications: u64, sums: &mut Sums) {
    let mut scratch = Scratch::new();
    for _ in 0..replications {
        sums.add(&replicate(rng, &mut scratch));
    }
}

#[inline]
fn replicate<R: Rng>(rng: &mut R, scratch: &mut Scratch) -> Counts {
    let mut c = Counts::default();
    scratch.matters.clear();
    let drawn = [draw_violations(rng, scratch, 0), draw_violations(rng, scratch, 1)];
    draw_deliveries(rng, scratch);
    scratch.matters.sort_unstable_by(f64::total_cmp);
    let end = suspend(rng, &mut c, &scratch.matters, &mut scratch.holds);
    walk_rounds(rng, &mut c, &scratch.holds, end);
    count(&mut c, scratch, drawn, end);
    c
}

/// Draws the violations of a party up to the horizon; says how many.
#[inline]
fn draw_violations<R: Rng>(rng: &mut R, scratch: &mut Scratch, party: usize) -> usize {
    let times = &mut scratch.times[party];
    let (mut at, mut count) = (GAP * exponential(rng), 0);
    while at < HORIZON && count < MOST {
        times[count] = at;
        count += 1;
        at += GAP * exponential(rng);
    }
    for time in &times[..count] {
        let coin = uniform(rng);
        if coin < OPENS && coin < OPENS * beta_two_five(rng) {
            scratch.matters.push(*time);
        }
    }
    count
}

#[inline]
fn draw_deliveries<R: Rng>(rng: &mut R, scratch: &mut Scratch) {
    scratch.short.clear();
    for (day, place) in scratch.amounts.iter_mut().enumerate() {
        let amount = 600.0 + 80.0 * normal(rng);
        *place = amount.clamp(0.0, 900.0);
        if amount < SHORT {
            scratch.short.push(day);
            if uniform(rng) < OPENS * SHORT_SEVERITY {
                scratch.matters.push(delivery(day));
            }
        }
    }
}

#[inline]
fn delivery(day: usize) -> f64 {
    24.0 * day as f64 + AID_HOUR
}

/// Suspensions follow from what matters; says when the replication ends.
#[inline]
fn suspend<R: Rng>(rng: &mut R, c: &mut Counts, matters: &[f64], holds: &mut Vec<(f64, f64)>) -> f64 {
    holds.clear();
    let mut free_from = 0.0;
    for from in matters {
        if *from < free_from {
            continue;
        }
        c.suspensions += 1;
        let mut at = *from;
        for failures in 1..=ATTEMPTS {
            at += ATTEMPT * exponential(rng);
            if at >= HORIZON {
                break;
            }
            c.attempts += 1;
            if uniform(rng) < SETTLES {
                break;
            }
            if failures == ATTEMPTS {
                c.collapse = at;
            }
        }
        free_from = at;
        holds.push((*from, at));
        c.suspended += at.min(HORIZON) - from;
        if c.collapse > 0.0 {
            return at;
        }
    }
    HORIZON
}

#[inline]
fn walk_rounds<R: Rng>(rng: &mut R, c: &mut Counts, holds: &[(f64, f64)], end: f64) {
    let (mut now, mut hold) = (0.0_f64, 0);
    let mut after_holds = |at: f64| {
        while hold < holds.len() && holds[hold].1 <= at {
            hold += 1;
        }
        if hold < holds.len() && holds[hold].0 <= at { holds[hold].1 } else { at }
    };
    for round in 0..8 {
        now = after_holds(now.max(DUE[round]));
        if now >= end {
            return;
        }
        c.events += 1;
        now += lognormal(rng, 2.0, 0.8);
        if now >= end {
            return;
        }
        c.events += 1;
        now = after_holds(now) + gamma_two(rng, 3.0);
        if now >= end {
            return;
        }
        c.events += 1;
        c.captives += CAPTIVES[round];
        now = after_holds(now) + lognormal(rng, 6.0, 0.7);
        if now >= end {
            return;
        }
        c.events += 1;
        c.prisoners += PRISONERS[round];
    }
    c.completion = now;
}

/// Counts what was drawn ahead and had happened by the end.
#[inline]
fn count(c: &mut Counts, scratch: &Scratch, drawn: [usize; 2], end: f64) {
    let (mut violations, mut days) = (drawn[0] + drawn[1], DELIVERIES);
    if end < HORIZON {
        let of = |party: usize| scratch.times[party][..drawn[party]].partition_point(|t| *t <= end);
        violations = of(0) + of(1);
        days = (0..DELIVERIES).take_while(|day| delivery(*day) <= end).count();
    }
    c.aid = scratch.amounts[..days].iter().sum();
    let short = scratch.short.iter().filter(|day| **day < days).count();
    c.violations = (violations + short) as u32;
    c.events += violations as u32 + days as u32 + c.attempts;
}
