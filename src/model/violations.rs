//! Alleged violations: marked point processes that excite themselves and each other.
//!
//! The intensity of process j at time t is
//! `b_j · f · (1 + (m_j − 1) e^(−(t−t₀)/ε_j)) + Σ_i n_ij Σ_{t_i<t} β_j e^(−β_j (t−t_i))`
//! with background b, shared factor f, early multiple m decaying with mean ε, branching n_ij and memory 1/β_j: the exponential kernel of
//! Hawkes (1971, Biometrika 58:83). Each event spends a unit-exponential budget at the integrated intensity (the time-rescaling
//! theorem); when another process excites this one, what is unspent carries over. One uniform an event, no thinning.

use super::address::DISPUTE_STRIDE;
use super::draws::threshold;
use super::happening::{Cause, Happening, Observer};
use super::plan::{HarmPlan, ViolationPlan};
use super::recent::Recent;
use super::world::{ProcessState, World};
use crate::kernel::{NEVER, after};

/// Newton steps on a concave function from the left converge without overshooting; this many are never needed.
const MOST_STEPS: u32 = 100;

impl<O: Observer> World<'_, O> {
    pub(super) fn launch_violations(&mut self) {
        for index in 0..self.plan.violations.len() {
            // One that nobody counted in the known past runs already.
            if !self.processes[index].is_running {
                self.launch_violation(index);
            }
        }
    }

    pub(super) fn launch_violation(&mut self, index: usize) {
        let background = self.background(index);
        let process = &mut self.processes[index];
        process.background = background;
        process.since = self.now;
        process.is_running = true;
        if self.runs_ahead(self.plan.violations[index].runs_ahead) {
            self.draw_violations_ahead(index);
        } else {
            self.next_violation(index);
        }
    }

    /// The background rate of a process in this replication.
    pub(super) fn background(&self, index: usize) -> f64 {
        let loading = self.plan.shared.map_or(0.0, |s| self.num(s.violations));
        self.num(self.plan.violations[index].rate) * libm::exp(loading * self.factor)
    }

    /// Draws the budget of the next violation and sets its time.
    #[inline]
    fn next_violation(&mut self, index: usize) {
        let plan = &self.plan.violations[index];
        let gap_stream = plan.gap_stream;
        let ordinal = self.processes[index].next;
        let budget = self.draw(self.plan.unit_exponential, gap_stream, ordinal);
        self.processes[index].next += 1;
        self.processes[index].budget = budget;
        self.seek(index);
    }

    /// Sets the time of the next violation: at which the integrated intensity from now on reaches the budget.
    ///
    /// Where the intensity decays that takes Newton's steps, and each of them stays before the time sought. So one step is done, and the
    /// timer set to where it leads; the rest only if nothing excites the process anew before then.
    fn seek(&mut self, index: usize) {
        let plan = &self.plan.violations[index];
        let process = &self.processes[index];
        if plan.early.is_none() && process.excess == 0.0 {
            let rings = if process.background > 0.0 {
                after(self.now, process.budget / process.background)
            } else {
                NEVER
            };
            self.processes[index].is_sought = false;
            return self.set(plan.timer, rings);
        }
        let early = self.early(index);
        let process = &mut self.processes[index];
        process.early = early;
        process.wait = 0.0;
        process.steps = 0;
        process.is_sought = true;
        let timer = plan.timer;
        self.seek_on(index);
        self.set(timer, self.processes[index].rings);
    }

    /// One more of Newton's steps toward the next violation.
    fn seek_on(&mut self, index: usize) {
        let plan = &self.plan.violations[index];
        let process = &self.processes[index];
        let (intensity, wait) = (Intensity::of(plan, process), process.wait);
        let missing = process.budget - intensity.integral(wait, libm::expm1);
        let rate = intensity.at(wait);
        let left = (self.plan.horizon - process.since) as f64 + 1.0;
        if rate <= 0.0 || missing / rate > left && intensity.steady == 0.0 {
            self.processes[index].is_sought = false;
            self.processes[index].rings = NEVER;
            return;
        }
        let step = missing / rate;
        let process = &mut self.processes[index];
        process.wait += step;
        process.steps += 1;
        process.is_sought = step >= 1e-3 && process.steps < MOST_STEPS;
        process.rings = if process.is_sought {
            // Whole seconds are cut off, so that the timer never rings too late.
            process.since.saturating_add(process.wait as i64).min(NEVER)
        } else {
            after(process.since, process.wait)
        };
    }

    /// What the early multiple adds to the intensity now.
    fn early(&mut self, index: usize) -> f64 {
        let age = (self.now - self.started) as f64;
        let Some((times, decay)) = self.plan.violations[index].early else { return 0.0 };
        let size = self.processes[index].background * (self.num(times) - 1.0);
        size * self.decays.early.at(-age / decay, libm::exp)
    }

    /// Adds `offspring` expected events to a process.
    pub(super) fn excite(&mut self, index: usize, offspring: f64) {
        if !self.processes[index].is_running {
            return;
        }
        self.spend(index);
        self.processes[index].excess += offspring / self.plan.violations[index].memory;
        self.seek(index);
    }

    /// Spends the budget of a process up to now and lets its excitation decay.
    fn spend(&mut self, index: usize) {
        let plan = &self.plan.violations[index];
        let since = self.processes[index].since;
        let elapsed = (self.now - since) as f64;
        if elapsed <= 0.0 {
            return;
        }
        let intensity = Intensity::of(plan, &self.processes[index]);
        let spent = intensity.integral(elapsed, |x| self.decays.expm1.at(x, libm::expm1));
        let now = self.now;
        let process = &mut self.processes[index];
        process.budget = (process.budget - spent).max(0.0);
        process.excess *= self.decays.exp.at(-elapsed / plan.memory, libm::exp);
        process.since = now;
    }

    /// A violation is alleged.
    pub(super) fn violation_happens(&mut self, index: usize) {
        if self.runs_ahead(self.plan.violations[index].runs_ahead) {
            return self.violation_ahead_matters(index);
        }
        if self.processes[index].is_sought {
            // Nothing excited it before the time the first step led to: now the rest of the way.
            while self.processes[index].is_sought {
                self.seek_on(index);
            }
            return self.set(self.plan.violations[index].timer, self.processes[index].rings);
        }
        let plan = &self.plan.violations[index];
        let ordinal = self.processes[index].next - 1;
        if plan.is_excited || plan.early.is_some() {
            self.spend(index);
        }
        self.processes[index].since = self.now;
        self.processes[index].count += 1;
        self.violations += 1;
        let (deaths, opens) = match &plan.harm {
            Some(harm) => self.do_harm(index, harm, ordinal),
            None => (0, plan.opens),
        };
        self.confirm_violation(index, ordinal);
        self.note(Happening::Violation { process: index as u32, deaths });
        self.answer_violation(index, ordinal, opens);
        if self.is_over {
            return;
        }
        if self.plan.violations[index].excites.is_empty() {
            return self.next_violation(index);
        }
        for place in 0..self.plan.violations[index].excites.len() {
            let (target, offspring) = self.plan.violations[index].excites[place];
            let offspring = self.num(offspring);
            if target == index {
                self.processes[index].excess += offspring / self.plan.violations[index].memory;
            } else {
                self.excite(target, offspring);
            }
        }
        self.next_violation(index);
    }

    /// Whether the claimant opens a dispute over a violation. The coin is looked at first: where even the gravest violation would not
    /// open one, the severity is never drawn.
    #[inline]
    fn answer_violation(&mut self, index: usize, ordinal: u64, opens: super::plan::Num) {
        let plan = &self.plan.violations[index];
        let Some(claimant) = plan.claimed_by.filter(|_| !self.in_past) else { return };
        let most = self.num(opens);
        if most <= 0.0 {
            return;
        }
        let (stream, by_severity, law) = (plan.mark_stream, plan.by_severity, plan.severity);
        let coin = self.draws.word(stream, 2 * ordinal + 1);
        if most < 1.0 && coin >= threshold(most) {
            return;
        }
        let severity = self.draw(law, stream, 2 * ordinal);
        let p = if by_severity { most * severity } else { most };
        if p >= 1.0 || coin < threshold(p) {
            let dispute_stream = self.plan.violations[index].dispute_stream;
            self.dispute(
                Cause::Violation(index as u32),
                claimant,
                severity,
                dispute_stream,
                ordinal * DISPUTE_STRIDE,
            );
        }
    }

    /// Deaths and injuries; returns the deaths and the chance of a dispute.
    fn do_harm(&mut self, index: usize, harm: &HarmPlan, ordinal: u64) -> (u64, super::plan::Num) {
        let stream = self.plan.violations[index].harm_stream;
        let base = 8 * ordinal;
        let mut opens = self.plan.violations[index].opens;
        let mut deaths = 0.0;
        if self.hit(harm.burst, stream, base) {
            deaths = harm.burst_deaths.map_or(0.0, |law| self.draw(law, stream, base + 1));
            opens = harm.burst_opens.unwrap_or(opens);
            self.processes[index].bursts += 1;
            self.burst();
        } else if self.hit(harm.fatal, stream, base + 2) {
            deaths = 1.0 + harm.further_deaths.map_or(0.0, |law| self.draw(law, stream, base + 3));
            opens = harm.fatal_opens.unwrap_or(opens);
        }
        let injuries = harm.injuries.map_or(0.0, |law| self.draw(law, stream, base + 4));
        let deaths = (deaths + 0.5) as u64;
        self.processes[index].deaths += deaths as i64;
        self.processes[index].injuries += (injuries + 0.5) as i64;
        (deaths, opens)
    }

    fn confirm_violation(&mut self, index: usize, ordinal: u64) {
        let plan = &self.plan.violations[index];
        if let Some(p) = plan.confirmed {
            let stream = plan.harm_stream;
            let confirmed = self.hit(p, stream, 8 * ordinal + 5);
            self.processes[index].confirmed += i64::from(confirmed);
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

/// Exponentials that processes share.
#[derive(Debug, Clone)]
pub(super) struct Decays {
    exp: Recent,
    expm1: Recent,
    early: Recent,
}

impl Decays {
    pub(super) const NONE: Self = Self { exp: Recent::NONE, expm1: Recent::NONE, early: Recent::NONE };
}

/// An intensity that only decays from now on.
struct Intensity {
    steady: f64,
    early: f64,
    early_decay: f64,
    excess: f64,
    memory: f64,
}

impl Intensity {
    /// The intensity of a process since it was last looked at.
    fn of(plan: &ViolationPlan, process: &ProcessState) -> Self {
        Self {
            steady: process.background,
            early: process.early,
            early_decay: plan.early.map_or(1.0, |(_, decay)| decay),
            excess: process.excess,
            memory: plan.memory,
        }
    }

    fn at(&self, wait: f64) -> f64 {
        if wait == 0.0 {
            return self.steady + self.early + self.excess;
        }
        let left = |size: f64, decay: f64| if size == 0.0 { 0.0 } else { size * libm::exp(-wait / decay) };
        self.steady + left(self.early, self.early_decay) + left(self.excess, self.memory)
    }

    /// The integral over the next `wait` seconds, by a given e^x - 1.
    fn integral(&self, wait: f64, mut expm1: impl FnMut(f64) -> f64) -> f64 {
        let mut spent = |size: f64, decay: f64| {
            if size == 0.0 || wait == 0.0 { 0.0 } else { size * decay * expm1(-wait / decay) }
        };
        self.steady * wait - spent(self.early, self.early_decay) - spent(self.excess, self.memory)
    }
}
