//! Alleged violations in a world: when their processes start, what pushes them, and what those that are seen do.
//!
//! The intensity of process j at time t is
//! `b_j · f · (1 + (m_j − 1) e^(−(t−t₀)/ε_j)) + Σ_i n_ij Σ_{t_i<t} β_j e^(−β_j (t−t_i))`
//! with background b, shared factor f, early multiple m decaying with mean ε, branching n_ij and memory 1/β_j: the exponential kernel of
//! Hawkes (1971, Biometrika 58:83). How they are drawn is in [`super::clusters`].

use super::address::DISPUTE_STRIDE;
use super::clusters::{Early, named};
use super::happening::{Cause, Happening, Observer};
use super::plan::{Fact, StreamId};
use super::world::World;
use crate::kernel::{NEVER, Time};

/// What the push of a counted violation is named by besides its stream.
pub(super) const COUNTED: u64 = 1 << 41;

impl<O: Observer> World<'_, O> {
    pub(super) fn launch_violations(&mut self) {
        if self.plan.history.is_none() {
            (0..self.processes.len()).for_each(|index| self.clusters.runs_from(index, self.now));
        }
        for index in 0..self.plan.violations.len() {
            // One that nobody counted in the known past runs already.
            if !self.processes[index].is_running {
                self.draw_process(index);
            }
        }
        self.violations_are_drawn();
    }

    /// Says from when on each process will run, where there is a known past: from when nobody counted it, or from the end.
    pub(super) fn set_violation_starts(&mut self) {
        let Some(history) = &self.plan.history else { return };
        (0..self.processes.len()).for_each(|index| self.clusters.runs_from(index, history.as_of));
        for fact in &history.facts {
            if let Fact::Uncounted { process } = fact.what {
                self.clusters.runs_from(process, fact.at);
            }
        }
    }

    /// Starts one process in the known past.
    pub(super) fn launch_violation(&mut self, index: usize) {
        self.draw_process(index);
        self.violations_are_drawn();
    }

    fn draw_process(&mut self, index: usize) {
        self.processes[index].is_running = true;
        self.draw_background(index, self.now);
        let left = std::mem::take(&mut self.processes[index].left);
        let name = self.left_name(index);
        self.clusters.push(&mut self.draws, index, left, (self.now, name));
    }

    fn left_name(&self, index: usize) -> u64 {
        self.clusters.left(self.draws.streams.tag(self.plan.violations[index].count_stream as usize))
    }

    /// Draws the violations of a process that no other brings on, from a time on.
    fn draw_background(&mut self, index: usize, since: Time) {
        let background = self.background(index);
        let early = self.plan.violations[index].early.map(|(times, decay)| Early {
            excess: (self.num(times) - 1.0) * libm::exp(-((since - self.started) as f64) / decay),
            decay,
        });
        self.clusters.draw_own(&mut self.draws, index, (background, early), since);
    }

    /// The background rate of a process in this replication.
    pub(super) fn background(&self, index: usize) -> f64 {
        let loading = self.plan.shared.map_or(0.0, |s| self.num(s.violations));
        self.num(self.plan.violations[index].rate) * libm::exp(loading * self.factor)
    }

    /// Brings on violations of a process that runs, as many as `offspring` in the mean. The stream of what does so and a number name it.
    pub(super) fn excite(&mut self, index: usize, offspring: f64, (stream, number): (StreamId, u64)) {
        if !self.processes[index].is_running {
            return;
        }
        // An event may push several processes.
        let process = self.draws.streams.tag(self.plan.violations[index].time_stream as usize);
        let name = named(named(self.draws.streams.tag(stream as usize), number), process);
        self.clusters.push(&mut self.draws, index, offspring, (self.now, name));
        self.violations_are_drawn();
    }

    /// New violations were drawn: what they bring on comes, too, and the calendar is set to what is seen next.
    fn violations_are_drawn(&mut self) {
        self.clusters.grow(&self.draws);
        self.clusters.arrange();
        for index in 0..self.plan.violations.len() {
            self.set_next_violation(index);
        }
    }

    #[inline]
    fn set_next_violation(&mut self, index: usize) {
        let next = self.clusters.peek(index).map_or(NEVER, |violation| violation.at);
        self.set(self.plan.violations[index].timer, next);
    }

    /// Draws anew what comes after a time, as the new draws have it, given what came by then.
    pub(super) fn renew_violations(&mut self, at: Time) {
        if !self.processes.iter().any(|process| process.is_running) {
            return;
        }
        let left = self.clusters.forget_after(&self.draws, at);
        for (index, left) in left.into_iter().enumerate() {
            if self.processes[index].is_running {
                // That very second has been.
                self.draw_background(index, at + 1);
            }
            let name = self.left_name(index);
            self.clusters.push(&mut self.draws, index, left, (at, name));
        }
        self.violations_are_drawn();
    }

    /// A violation that is seen.
    pub(super) fn violation_happens(&mut self, index: usize) {
        let Some(violation) = self.clusters.take(index) else { return };
        if O::SEES {
            let process = &mut self.processes[index];
            process.count += 1;
            process.deaths += violation.harm.deaths;
            process.injuries += violation.harm.injuries;
            process.bursts += i64::from(violation.harm.is_burst);
            process.confirmed += i64::from(violation.harm.is_confirmed);
            self.violations += 1;
        }
        if violation.harm.is_burst {
            self.burst();
        }
        if O::SEES {
            self.note(Happening::Violation { process: index as u32, deaths: violation.harm.deaths as u64 });
        }
        let plan = &self.plan.violations[index];
        let claimant = plan.claimed_by.filter(|_| violation.opens && !self.in_past);
        if let Some(claimant) = claimant {
            let base = violation.ordinal * DISPUTE_STRIDE;
            let cause = Cause::Violation(index as u32);
            self.dispute(cause, claimant, violation.severity, plan.dispute_stream, base);
        }
        if !self.is_over {
            self.set_next_violation(index);
        }
    }

    /// A short delivery that counts as a violation of its owner.
    pub(super) fn short_violation(&mut self, process: Option<usize>) {
        self.violations += 1;
        if let Some(process) = process {
            self.processes[process].count += 1;
        }
    }
}
