//! How long mediation takes by all its attempts, for disputes of the known past: each settles with its chance, and a failed one is followed at
//! once by the next.
//!
//! The sum of several attempts has no closed form in general. It is taken over a few courses of attempts, each attempt at a stratum of
//! its own of their law.

use super::address;
use super::disputes::shifted;
use super::happening::Observer;
use super::people::pick;
use super::plan::{Held, Unsettled};
use super::world::World;
use crate::dist::{Distribution, Prob};

/// Courses of attempts.
const COURSES: usize = 16;

/// Attempts that are told apart; whatever comes after so many is as after the last of them.
const MOST: usize = 16;

/// Durations are weighed by the probability of half an hour around them: hours on record are no finer.
const AROUND: f64 = 900.0;

/// The law of attempts as one mediator makes them.
#[derive(Clone, Copy)]
struct Attempts<'a> {
    takes: &'a Distribution,
    speed: f64,
    settles: f64,
    most: usize,
}

/// Of a dispute that is still open: attempts that have failed, and when the last of them did, after its opening.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Failed {
    pub attempts: usize,
    pub seconds: f64,
}

impl<O: Observer> World<'_, O> {
    fn attempts_law(&self, server: usize) -> Option<Attempts<'_>> {
        let plan = self.plan.mediation.as_ref()?;
        let mediator = &plan.mediators[*plan.servers.get(server)?];
        let settles = self.num(plan.settles);
        let shift = if plan.moves { self.num(mediator.leverage) + self.settling_shift() } else { 0.0 };
        Some(Attempts {
            takes: self.law_of(plan.takes)?,
            speed: self.num(mediator.speed),
            settles: shifted(settles, shift),
            most: (plan.attempts as usize).min(MOST),
        })
    }

    /// Whether a dispute can stand as it does after its last attempt has failed.
    fn can_stay_open(&self, held: Held) -> bool {
        self.plan.mediation.as_ref().is_some_and(|plan| {
            let is_told_apart = plan.attempts as usize <= MOST;
            let is_possible = plan.unsettled == Unsettled::OpenFile
                && match held {
                    Held::Nothing => true,
                    Held::Queue(_) => plan.keeps_hold,
                    Held::Truce => false,
                };
            is_possible || !is_told_apart
        })
    }

    /// How likely a dispute lasts so long, or longer where it is still open, from when a mediator begins.
    pub(super) fn lasts(&self, server: usize, seconds: f64, has_ended: bool, held: Held) -> f64 {
        let Some(law) = self.attempts_law(server) else { return 1.0 };
        let (low, high) = if has_ended { (seconds - AROUND, seconds + AROUND) } else { (0.0, seconds) };
        let (mut began, mut settled, mut failing) = ([0.0; COURSES], 0.0, 1.0);
        for attempt in 0..law.most {
            let ends =
                |began: &f64| law.cdf(high - began) - if has_ended { law.cdf(low - began) } else { 0.0 };
            let ends = began.iter().map(ends).sum::<f64>() / COURSES as f64;
            settled += failing * law.settles * ends;
            failing *= 1.0 - law.settles;
            if attempt + 1 == law.most && !has_ended && !self.can_stay_open(held) {
                settled += failing * ends; // it would have been given up
            }
            for (course, began) in began.iter_mut().enumerate() {
                *began += law.quantile((stratum(course, attempt) as f64 + 0.5) / COURSES as f64);
            }
            if began.iter().all(|began| *began > high) {
                break;
            }
        }
        if has_ended { settled } else { (1.0 - settled).max(0.0) }
    }

    /// Mediation goes on that was at work on a dispute when the known past ended, with as many attempts behind it as are likely by now. A
    /// file that still waits for a mediator goes on waiting.
    pub(super) fn resume_mediation(&mut self, number: u32) {
        let dispute = self.disputes[number as usize];
        let (server, known) = (self.server_of(number), self.filed(number));
        let (since, failed) = match (known, server) {
            (Some(known), _) => known,
            (None, Some(server)) => {
                let held = match (dispute.holds, dispute.answer) {
                    (false, _) => Held::Nothing,
                    (true, super::happening::Answered::Suspend) => Held::Truce,
                    (true, _) => Held::Queue(dispute.queue),
                };
                let age = (self.now - dispute.served) as f64;
                let draws = (dispute.stream, dispute.base);
                (dispute.served, self.failed_by(server, age, draws, held, 0))
            }
            (None, None) => return,
        };
        let all = self.plan.mediation.as_ref().map_or(0, |plan| plan.attempts);
        self.disputes[number as usize].attempts = (failed.attempts as u32).min(all);
        if self.is_given_up(failed) {
            if let Some(server) = server {
                self.servers[server] = None;
            }
            self.give_up(number);
            return self.take_files();
        }
        if let Some(server) = server {
            self.disputes[number as usize].age = (self.now - since) as f64 - failed.seconds;
            self.start_attempt(server, number);
        }
    }

    /// Whether all attempts have failed.
    pub(super) fn is_given_up(&self, failed: Failed) -> bool {
        let all = self.plan.mediation.as_ref().map_or(0, |plan| plan.attempts);
        failed.attempts > 0 && failed.attempts as u32 >= all
    }

    /// Draws how many attempts of a mediator had failed at a dispute after so long, given that none has settled it; in one of several pasts.
    pub(super) fn failed_by(
        &mut self,
        server: usize,
        age: f64,
        (stream, base): (u32, u64),
        held: Held,
        particle: usize,
    ) -> Failed {
        let stays = self.can_stay_open(held);
        let mut uniforms = [[0.0; COURSES]; MOST];
        let most = self.attempts_law(server).map_or(0, |law| law.most);
        if most == 0 || (most == 1 && !stays) {
            return Failed::default();
        }
        for (attempt, uniforms) in uniforms[..most].iter_mut().enumerate() {
            for (course, uniform) in uniforms.iter_mut().enumerate() {
                let place = address::failed_of_past(particle, base, (attempt * COURSES + course) as u64);
                *uniform = self.uniform(stream, place);
            }
        }
        let taken = self.uniform(stream, address::failed_of_past(particle, base, (MOST * COURSES) as u64));
        let Some(law) = self.attempts_law(server) else { return Failed::default() };
        let mut ways = [Failed::default(); COURSES * (MOST + 1)];
        let mut weights = [0.0; COURSES * (MOST + 1)];
        for course in 0..COURSES {
            let (mut failed, mut weight) = (Failed::default(), 1.0);
            for (attempt, uniforms) in uniforms[..most].iter().enumerate() {
                let place = course * (MOST + 1) + attempt;
                let over = law.cdf(age - failed.seconds);
                (ways[place], weights[place]) = (failed, weight * (1.0 - over));
                weight *= over * (1.0 - law.settles);
                let u = (stratum(course, attempt) as f64 + uniforms[course]) / COURSES as f64;
                failed = Failed { attempts: attempt + 1, seconds: failed.seconds + law.quantile(over * u) };
            }
            let place = course * (MOST + 1) + most;
            (ways[place], weights[place]) = (failed, if stays { weight } else { 0.0 });
        }
        ways[pick(&weights, taken)]
    }
}

impl Attempts<'_> {
    fn cdf(&self, seconds: f64) -> f64 {
        if seconds <= 0.0 { 0.0 } else { self.takes.cdf(seconds * self.speed) }
    }

    fn quantile(&self, u: f64) -> f64 {
        self.takes.quantile(Prob::from_lower(u)) / self.speed
    }
}

/// The stratum of an attempt in a course: another order of them for each attempt, so that courses mix short attempts with long ones.
fn stratum(course: usize, attempt: usize) -> usize {
    const STEPS: [usize; 8] = [1, 7, 3, 11, 5, 13, 9, 15];
    (course * STEPS[attempt % 8] + 5 * attempt) % COURSES
}
