//! Where mediation was at work in the known past, when a dispute on record had to wait for a mediator who was at another.
//!
//! When a file was given up is not on record, and frees the mediator. So the queue is gone through a few times, each open file with a
//! course of failed attempts of its own given that none settled it, and one of these pasts is taken by its weight: how likely the disputes
//! that ended did so when they did, and that the others were not settled.

use super::attempts::Failed;
use super::happening::Observer;
use super::particles::PARTICLES;
use super::people::pick;
use super::plan::Held;
use super::world::World;
use crate::kernel::{NEVER, Time};

/// Where the uniform that takes one is; attempts lie below.
const CHOICE: u64 = (1 << 58) - 1;

/// A dispute on record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filed {
    pub opened: Time,
    pub ended: Time,
    pub held: Held,
    /// In the past gone through last: since when a mediator was at work on it, what had failed by its end, when it was given up.
    since: Time,
    failed: Failed,
    given_up: Time,
    is_over: bool,
}

impl Filed {
    pub(super) fn new(opened: Time, held: Held) -> Self {
        let failed = Failed::default();
        Self { opened, ended: NEVER, held, since: NEVER, failed, given_up: NEVER, is_over: false }
    }
}

impl<O: Observer> World<'_, O> {
    /// Takes one of several pasts of the mediators; only where a file has waited, and they are always there.
    pub(super) fn choose_mediation(&mut self) {
        let Some(plan) = &self.plan.mediation else { return };
        let are_there = plan.mediators.iter().all(|mediator| mediator.available.is_none());
        self.past.is_queue_drawn = self.past.has_waited && are_there;
        if !self.past.is_queue_drawn {
            return;
        }
        let weights: [f64; PARTICLES] = std::array::from_fn(|particle| self.go_through_files(particle));
        let stream = self.plan.history.as_ref().map_or(0, |history| history.stream);
        let taken = pick(&weights, self.uniform(stream, CHOICE));
        self.go_through_files(taken);
    }

    /// Goes through the queue in one past, and leaves who was at work on what; returns its weight.
    fn go_through_files(&mut self, particle: usize) -> f64 {
        self.servers.fill(None);
        self.files.clear();
        for file in &mut self.past.files {
            *file = Filed { ended: file.ended, ..Filed::new(file.opened, file.held) };
        }
        let (mut opened, mut weight) = (0, 1.0);
        loop {
            let over = |file: &Filed| if file.is_over { NEVER } else { file.ended.min(file.given_up) };
            let begun = &self.past.files[..opened];
            let ending = (0..opened).min_by_key(|number| over(&begun[*number]));
            let ends = ending.map_or(NEVER, |number| over(&begun[number]));
            let opens = self.past.files.get(opened).map_or(NEVER, |file| file.opened);
            let now = ends.min(opens);
            if now > self.now {
                return weight;
            }
            if let Some(number) = ending.filter(|_| ends <= opens) {
                self.past.files[number].is_over = true;
                self.files.retain(|file| *file != number as u32);
                match self.server_of(number as u32) {
                    Some(server) => self.servers[server] = None,
                    None => weight = 0.0, // nobody was at work on it
                }
            } else {
                self.files.push(opened as u32);
                opened += 1;
            }
            weight *= self.start_files(now, particle);
        }
    }

    /// Mediators who are free begin on files that wait; how likely what is known of these is then.
    fn start_files(&mut self, now: Time, particle: usize) -> f64 {
        let mut weight = 1.0;
        while let Some(server) = self.servers.iter().position(Option::is_none)
            && !self.files.is_empty()
        {
            let number = self.files.remove(0);
            self.servers[server] = Some(number);
            let file = self.past.files[number as usize];
            let has_ended = file.ended < NEVER;
            let until = if has_ended { file.ended } else { self.now };
            weight *= self.lasts(server, (until - now) as f64, has_ended, file.held);
            let mut file = Filed { since: now, ..file };
            if !has_ended {
                let dispute = self.disputes[number as usize];
                let age = (self.now - now) as f64;
                file.failed =
                    self.failed_by(server, age, (dispute.stream, dispute.base), file.held, particle + 1);
                if self.is_given_up(file.failed) {
                    file.given_up = now + file.failed.seconds as Time;
                }
            }
            self.past.files[number as usize] = file;
        }
        weight
    }

    /// What had failed at a dispute, and since when a mediator was at work on it, in the past that was taken.
    pub(super) fn filed(&self, number: u32) -> Option<(Time, Failed)> {
        let file = self.past.files.get(number as usize).filter(|_| self.past.is_queue_drawn)?;
        (file.since < NEVER).then_some((file.since, file.failed))
    }
}
