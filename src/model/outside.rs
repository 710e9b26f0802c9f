//! Events and fronts beyond the agreement, the shared factor, and the pulses they leave.
//!
//! A pulse jumps at once and decays exponentially. Where it moves odds, its level at that instant counts; where it moves the
//! hazard of collapse, the hazard is integrated along its decay (`hazard`).

use super::address::{Answer, DISPUTE_STRIDE};
use super::clock::Clock;
use super::happening::{Cause, Happening, Observer};
use super::plan::{EffectPlan, StreamId};
use super::world::{Pulse, World};
use crate::dist::{Distribution, Prob};
use crate::kernel::{NEVER, Time};

/// What a pulse moves.
#[derive(Debug, Clone, Copy)]
pub(super) enum Moves {
    Settling = 1,
    Extension = 2,
}

/// What violations that an event brings on are named by: this, and which occurrence of it.
const BROUGHT_ON: u64 = 1 << 40;

impl<O: Observer> World<'_, O> {
    pub(super) fn draw_factor(&mut self) {
        if let Some(shared) = &self.plan.shared {
            let word = self.draws.word(shared.stream, 0);
            self.factor = Distribution::Normal { mean: 0.0, sd: 1.0 }.quantile(Prob::from_word(word));
        }
    }

    pub(super) fn launch_outside(&mut self) {
        for index in 0..self.plan.externals.len() {
            match (self.plan.externals[index].at, self.plan.externals[index].rate) {
                (Some(at), _) if at >= self.now => self.set(self.plan.externals[index].timer, at),
                (Some(_), _) if self.plan.history.is_some() => {} // it happened in the known past
                (Some(at), _) => {
                    let external = &self.plan.externals[index];
                    self.apply(&external.effect, at, (external.stream, BROUGHT_ON));
                }
                (None, Some(_)) => self.next_external(index),
                (None, None) => {}
            }
        }
        self.launch_fronts();
    }

    /// Sets the dated events that fall into the known past.
    pub(super) fn launch_past_outside(&mut self) {
        for external in &self.plan.externals {
            if let Some(at) = external.at.filter(|at| *at >= self.now) {
                self.set(external.timer, at);
            }
        }
    }

    /// A dated event of the known past. What it brought on and which disputes it opened is on record; its pulse, and what it still
    /// excites when the past ends, are not.
    fn external_was(&mut self, index: usize) {
        let plan = self.plan;
        let effect = &plan.externals[index].effect;
        self.note(Happening::External { event: index as u32 });
        self.move_trust_by(effect);
        self.push_pulse(effect, self.now);
        for (process, offspring) in &effect.violations {
            if self.processes[*process].is_running {
                // Nobody counts it, so it runs.
                self.excite(*process, self.num(*offspring), (plan.externals[index].stream, BROUGHT_ON));
                continue;
            }
            let memory = plan.violations[*process].memory;
            let left = libm::exp(-((self.clusters.start_of(*process) - self.now) as f64) / memory);
            self.processes[*process].left += self.num(*offspring) * left;
        }
    }

    fn next_external(&mut self, index: usize) {
        let plan = &self.plan.externals[index];
        let Some(rate) = plan.rate else { return };
        let (stream, timer) = (plan.stream, plan.timer);
        let budget = self.draw(self.plan.unit_exponential, stream, self.external_count[index]);
        self.external_clocks[index] = Clock::new(budget, self.now);
        let rate = self.num(rate);
        let rings = self.external_clocks[index].set_rate(self.now, rate);
        self.set(timer, rings);
    }

    pub(super) fn external_happens(&mut self, index: usize) {
        if self.in_past {
            return self.external_was(index);
        }
        let plan = self.plan;
        let external = &plan.externals[index];
        let ordinal = self.external_count[index];
        self.external_count[index] += 1;
        self.note(Happening::External { event: index as u32 });
        self.apply(&external.effect, self.now, (external.stream, BROUGHT_ON + ordinal));
        self.update_hazard();
        if let Some((p, claimant, severity)) = external.dispute {
            let base = ordinal * DISPUTE_STRIDE;
            if self.hit(p, external.dispute_stream, base + Answer::Opens as u64) {
                let severity = self.num(severity);
                self.dispute(
                    Cause::External(index as u32),
                    claimant,
                    severity,
                    external.dispute_stream,
                    base,
                );
            }
        }
        if external.at.is_none() && !self.is_over {
            self.next_external(index);
        }
    }

    fn launch_fronts(&mut self) {
        for index in 0..self.plan.fronts.len() {
            let plan = &self.plan.fronts[index];
            let (stream, timer, expiry_timer, expires) =
                (plan.stream, plan.timer, plan.expiry_timer, plan.expires);
            let rate = self.num(plan.breaks) * libm::exp(self.num(plan.shared) * self.factor);
            let budget = self.draw(self.plan.unit_exponential, stream, 0);
            let rings = Clock::new(budget, self.now).set_rate(self.now, rate);
            self.set(timer, rings);
            if let Some(expires) = expires.filter(|e| *e >= self.now) {
                self.set(expiry_timer, expires);
            }
        }
    }

    pub(super) fn front_breaks(&mut self, index: usize) {
        let plan = self.plan;
        self.set(plan.fronts[index].expiry_timer, NEVER);
        self.note(Happening::FrontEnded { front: index as u32 });
        self.apply(&plan.fronts[index].effect, self.now, (plan.fronts[index].stream, BROUGHT_ON));
        self.update_hazard();
    }

    pub(super) fn front_expires(&mut self, index: usize) {
        let plan = &self.plan.fronts[index];
        if !self.hit(plan.renewed, plan.stream, 1) {
            self.set(plan.timer, NEVER);
            self.front_breaks(index);
        }
    }

    /// What an event moves that happened at a time, as far as it is left by now. Violations that it brings on have a name from it.
    fn apply(&mut self, effect: &EffectPlan, at: Time, name: (StreamId, u64)) {
        self.move_trust_by(effect);
        self.push_pulse(effect, at);
        for (process, offspring) in &effect.violations {
            let age = (self.now - at) as f64;
            let left = if age > 0.0 { libm::exp(-age / self.plan.violations[*process].memory) } else { 1.0 };
            self.excite(*process, self.num(*offspring) * left, name);
        }
    }

    fn move_trust_by(&mut self, effect: &EffectPlan) {
        for (party, by) in &effect.trust {
            self.shift_trust(*party, self.num(*by));
        }
    }

    fn push_pulse(&mut self, effect: &EffectPlan, since: Time) {
        if let Some(pulse) = effect.pulse {
            let size = pulse.map(|p| self.num(p));
            self.pulses.push(Pulse { size, decay: effect.decays, since });
        }
    }

    /// What all pulses add to log-odds now.
    pub(super) fn pulse(&self, moves: Moves) -> f64 {
        let level = |p: &Pulse| {
            let left = p.decay.map_or(1.0, |decay| libm::exp(-((self.now - p.since) as f64) / decay));
            p.size[moves as usize] * left
        };
        self.pulses.iter().map(level).sum()
    }

    /// What moves the log-odds that a file is settled.
    pub(super) fn settling_shift(&self) -> f64 {
        let shared = self.plan.shared.map_or(0.0, |s| self.num(s.settles) * self.factor);
        self.pulse(Moves::Settling) + shared
    }
}
