//! A few pasts of which one is taken by its weight: importance resampling of one out of a fixed number (Rubin 1988).
//!
//! Moments within windows and moments of violations known by their count are drawn evenly, each past at addresses of its own. The
//! first are weighed by the waits between legs and by how long disputes lasted, the second by the likelihood of the mutually exciting
//! processes: Σ log λ(tᵢ) − ∫ λ (Daley and Vere-Jones 2003, 7.2). Neither depends on the other, so each is taken by a uniform of its own.

use super::happening::Observer;
use super::past::Moments;
use super::people::pick;
use super::plan::{ExcitationPlan, Fact, HistoryPlan, MomentsPlan, PRISONERS, WaitPlan};
use super::world::World;
use crate::kernel::Time;

/// How many pasts a replication draws, to take one of them by its weight.
pub(super) const PARTICLES: usize = 16;

/// Where the uniform that takes one is; moments lie far below.
const CHOICE: u64 = 1 << 56;

/// Waits are weighed by the probability of half an hour around them: hours on record are no finer.
const AROUND: f64 = 900.0;

/// Times of violations known only by their count: places of the first past, and how far those of the next one are.
const COUNTED: u64 = 1 << 40;
const APART: u64 = 1 << 44;

/// Violations known by their count, in one past after another, to be weighed.
#[derive(Debug, Clone, Default)]
pub(super) struct Counted {
    /// Moments since the start, and the process.
    times: Vec<(f64, u32)>,
    /// By process: what excites it now.
    excess: Vec<f64>,
    /// By process: how many were counted so far.
    next: Vec<u64>,
    /// Which past was taken.
    taken: u64,
}

impl Counted {
    pub(super) fn new(plan: Option<&ExcitationPlan>, processes: usize) -> Self {
        let Some(plan) = plan else { return Self::default() };
        Self {
            times: Vec::with_capacity(plan.violations),
            excess: Vec::with_capacity(processes),
            next: Vec::with_capacity(processes),
            taken: 0,
        }
    }

    /// Where the moment of a process's violation of an ordinal is, in the past that was taken.
    pub(super) fn place(&self, ordinal: u64) -> u64 {
        COUNTED + self.taken * APART + ordinal
    }
}

impl<O: Observer> World<'_, O> {
    /// Takes a particle with a chance in proportion to the likelihood of the waits between legs and of the durations of disputes. All
    /// alike where none is possible.
    pub(super) fn choose_moments(&mut self, history: &HistoryPlan, moments: &MomentsPlan) -> usize {
        let mut weights = [1.0_f64; PARTICLES];
        for wait in &moments.waits {
            for (particle, weight) in weights.iter_mut().enumerate() {
                *weight *= self.waited(wait, particle, history.as_of);
            }
        }
        for (opened, ended) in &moments.disputes {
            let Fact::Disputed { held, .. } = history.facts[*opened].what else { continue };
            for (particle, weight) in weights.iter_mut().enumerate() {
                let lasted = match ended {
                    Some(ended) => self.past.between(particle, *opened, *ended),
                    None => (history.as_of - self.past.moment(particle, *opened)) as f64,
                };
                *weight *= self.lasts(0, lasted, ended.is_some(), held);
            }
        }
        if moments.waits.is_empty() && moments.disputes.is_empty() {
            return 0;
        }
        let uniform = self.uniform(moments.stream, CHOICE);
        pick(&weights, uniform)
    }

    /// How likely prisoners wait for captives as long as they do in a particle, or longer where they have not come.
    fn waited(&self, wait: &WaitPlan, particle: usize, as_of: Time) -> f64 {
        let from = self.past.moment(particle, wait.captives);
        let lasts = |until: Time| self.leg_outlasts(wait.tranche, PRISONERS, from, until);
        match wait.prisoners {
            Some(prisoners) => {
                let came = self.past.moment(particle, prisoners);
                (lasts(came - AROUND as Time) - lasts(came + AROUND as Time)).max(0.0)
            }
            None => lasts(as_of),
        }
    }

    /// Takes one of the pasts of the violations that are known by their count.
    pub(super) fn choose_counted(&mut self) {
        self.past.counted.taken = 0;
        let plan = self.plan;
        let Some(history) = &plan.history else { return };
        let Some(excitation) = &history.excitation else { return };
        let mut logs = [0.0_f64; PARTICLES];
        for (particle, log) in logs.iter_mut().enumerate() {
            self.draw_counted(history, excitation, particle as u64);
            *log = self.likelihood(history, excitation);
        }
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights = logs.map(|log| if most.is_finite() { libm::exp(log - most) } else { 1.0 });
        let stream = plan.violations[excitation.counted[0].0].count_stream;
        let uniform = self.uniform(stream, CHOICE);
        self.past.counted.taken = pick(&weights, uniform) as u64;
    }

    /// Draws the moments of one past, in order.
    fn draw_counted(&mut self, history: &HistoryPlan, excitation: &ExcitationPlan, particle: u64) {
        let mut counted = std::mem::take(&mut self.past.counted);
        counted.times.clear();
        counted.next.clear();
        counted.next.resize(self.plan.violations.len(), 0);
        counted.taken = particle;
        for number in &excitation.facts {
            let fact = &history.facts[*number];
            let Fact::Violations { process, count, since, .. } = fact.what else { continue };
            let stream = self.plan.violations[process].count_stream;
            for _ in 0..count {
                let uniform = self.uniform(stream, counted.place(counted.next[process]));
                counted.next[process] += 1;
                counted.times.push((since as f64 + uniform * (fact.at - since) as f64, process as u32));
            }
        }
        counted.times.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        self.past.counted = counted;
    }

    /// Σ log λ(tᵢ) − ∫ λ of what was counted, as far as it depends on the moments: the integral of the background does not.
    fn likelihood(&mut self, history: &HistoryPlan, excitation: &ExcitationPlan) -> f64 {
        let mut counted = std::mem::take(&mut self.past.counted);
        counted.excess.clear();
        counted.excess.resize(self.plan.violations.len(), 0.0);
        let (mut log, mut last) = (0.0, history.started as f64);
        for (at, process) in &counted.times {
            self.decay(excitation, &mut counted.excess, at - last);
            last = *at;
            let process = *process as usize;
            let rate = self.unexcited(process, at - history.started as f64) + counted.excess[process];
            log += libm::log(rate.max(f64::MIN_POSITIVE));
            log -= self.excite_counted(excitation, &mut counted.excess, process, *at);
        }
        self.past.counted = counted;
        log
    }

    fn decay(&self, excitation: &ExcitationPlan, excess: &mut [f64], elapsed: f64) {
        for (target, _) in &excitation.counted {
            if excess[*target] > 0.0 {
                excess[*target] *= libm::exp(-elapsed / self.plan.violations[*target].memory);
            }
        }
    }

    /// Excites those that are counted; returns how many more violations that lets expect up to the end of their counts.
    fn excite_counted(&self, excitation: &ExcitationPlan, excess: &mut [f64], source: usize, at: f64) -> f64 {
        let mut expected = 0.0;
        for (target, offspring) in &self.plan.violations[source].excites {
            let until =
                excitation.counted.iter().find(|(process, _)| process == target).map(|(_, until)| *until);
            let Some(until) = until else { continue };
            let (offspring, memory) = (self.num(*offspring), self.plan.violations[*target].memory);
            excess[*target] += offspring / memory;
            expected -= offspring * libm::expm1(-(until as f64 - at).max(0.0) / memory);
        }
        expected
    }

    /// What the intensity of a process is so long after the start, but for excitation.
    fn unexcited(&self, process: usize, age: f64) -> f64 {
        let plan = &self.plan.violations[process];
        let background = self.background(process);
        let early =
            plan.early.map_or(0.0, |(times, decay)| (self.num(times) - 1.0) * libm::exp(-age / decay));
        background * (1.0 + early)
    }
}

impl Moments {
    /// Seconds from one fact to another in a past.
    fn between(&self, particle: usize, first: usize, second: usize) -> f64 {
        (self.moment(particle, second) - self.moment(particle, first)) as f64
    }

    fn moment(&self, particle: usize, fact: usize) -> Time {
        self.drawn[fact][particle]
    }
}
