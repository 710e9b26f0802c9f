//! How the truce ends: the hazard of collapse, the decision when the term runs out, extension, limbo and the next phase.

use super::disputes::shifted;
use super::happening::{Happening, Observer};
use super::outside::Moves;
use super::plan::{AtTermPlan, EndingPlan, ExtensionOf, RenewalPlan, StreamId, TermPlan};
use super::world::{Phase, Series, World};
use crate::kernel::{NEVER, Time, after};

/// Places of the stream of endings.
pub(super) const BUDGET: u64 = 0;

/// Places of the stream of the term: two for each step of a renewal from 0 on, two for each decision, two for a step's names.
const DECISIONS: u64 = 1 << 20;
const STEP_NAMES: u64 = 1 << 21;

impl<O: Observer> World<'_, O> {
    pub(super) fn launch_ending(&mut self) {
        let Some(ending) = &self.plan.ending else { return };
        let budget = self.budget(ending);
        self.collapse.begin(budget, self.now);
        self.update_hazard();
    }

    /// What the hazard of collapse may spend before it strikes.
    fn budget(&mut self, ending: &EndingPlan) -> f64 {
        if self.is_spared {
            return f64::INFINITY;
        }
        self.draw(self.plan.unit_exponential, ending.stream, BUDGET)
    }

    /// A new budget, from the replication whose draws are those of the day: given that the old one is not yet spent, the rest of a unit
    /// exponential is a unit exponential.
    pub(super) fn new_budget(&mut self, ending: &EndingPlan) -> f64 {
        self.draws.streams.forget(ending.stream as usize, BUDGET);
        self.budget(ending)
    }

    /// Takes the hazard anew after something it depends on has changed.
    pub(super) fn update_hazard(&mut self) {
        let Some(ending) = &self.plan.ending else { return };
        if self.in_past || self.phase == Phase::NotBegun || self.is_over {
            return;
        }
        let rate = self.hazard(ending);
        if !self.collapse.is(rate, self.pulses.len()) {
            let rings = self.collapse.change(self.now, rate, &self.pulses, self.plan.horizon);
            self.set(ending.timer, rings);
        }
    }

    /// Sets the clock of the collapse to the time at which it rings, which has not been sought so far.
    #[cold]
    pub(super) fn seek_collapse(&mut self) {
        let Some(ending) = &self.plan.ending else { return };
        let rings = self.collapse.seek();
        self.set(ending.timer, rings);
    }

    fn hazard(&self, ending: &EndingPlan) -> f64 {
        let base = match self.phase {
            Phase::Limbo => ending.limbo.map_or(0.0, |h| self.num(h)),
            Phase::Extended | Phase::NextPhase => self.num(ending.later.unwrap_or(ending.collapse)),
            _ => self.num(ending.collapse),
        };
        let mut log = self.plan.shared.map_or(0.0, |s| self.num(s.collapse) * self.factor);
        if let Some([trust, open_files, burst, value]) = ending.effects {
            log -= self.num(trust) * self.mean_trust_above_base();
            log += self.num(open_files) * self.open_files as f64;
            log +=
                if self.now < self.burst_until && self.burst_until < NEVER { self.num(burst) } else { 0.0 };
            log += self.num(value) * self.captives_to_come();
        }
        if log == 0.0 { base } else { base * libm::exp(log) }
    }

    /// The share of captives promised that are still to come.
    fn captives_to_come(&self) -> f64 {
        let all = self.plan.captives_in_all as f64;
        if all > 0.0 { 1.0 - self.sides[0].released as f64 / all } else { 0.0 }
    }

    /// A burst counts for a while.
    pub(super) fn burst(&mut self) {
        let Some(ending) = &self.plan.ending else { return };
        let Some(timer) = ending.burst_timer else { return };
        self.burst_until = self.now + ending.burst_lasts;
        self.set(timer, self.burst_until);
        self.update_hazard();
    }

    /// The truce collapses; the replication ends.
    pub(super) fn collapse_now(&mut self) {
        if self.is_over {
            return;
        }
        self.collapsed_in = Some(self.phase);
        self.collapse_at = self.now;
        self.phase = Phase::Collapsed;
        self.is_over = true;
        self.change(Series::Alive as usize, 1, 0);
        self.note(Happening::Collapsed);
    }

    // ---- the term ----

    /// The term runs out: next phase, prolongation, renewal, extension, counter-offer, or nothing.
    pub(super) fn term_ends(&mut self) {
        let plan = self.plan;
        let Some(term) = &plan.term else { return };
        if self.in_past {
            return self.term_had_expired(); // what prolonged it would stand in the facts
        }
        if self.plan.stops_at_completion {
            self.is_over = true;
            return;
        }
        if matches!(self.phase, Phase::Limbo | Phase::NextPhase) {
            return;
        }
        if self.talks.agreed {
            return self.enter(Phase::NextPhase, Happening::NextPhase, NEVER);
        }
        if let Some(renewal) = &term.renewal
            && self.renews(term, renewal)
        {
            return self.renew(renewal);
        }
        if term.while_talks && self.talks.started.is_some() && !self.talks.are_over {
            return self.enter(Phase::Extended, Happening::Extended, NEVER);
        }
        match plan.ending.as_ref().and_then(|e| e.at_term) {
            Some(at_term) => self.decide(term, at_term),
            None => self.expire(),
        }
    }

    fn renews(&mut self, term: &TermPlan, renewal: &RenewalPlan) -> bool {
        let step = self.counts.renewals as u64;
        let p = shifted(self.num(renewal.probability), self.extension_shift());
        step < u64::from(renewal.most)
            && (!renewal.if_delivered || self.undone[0] == 0)
            && self.chance(p, term.stream, 2 * step)
            && self.has_names(renewal, term.stream, step)
            && self.hit(renewal.list_accepted, term.stream, 2 * step + 1)
    }

    /// Whether the names for a step have come when the term runs out.
    fn has_names(&mut self, renewal: &RenewalPlan, stream: StreamId, step: u64) -> bool {
        let Some(late) = renewal.list_late else { return true };
        let place = STEP_NAMES + 2 * step;
        !self.hit(late.probability, stream, place)
            || after(0, self.draw(late.by, stream, place + 1)) <= renewal.list_lead
    }

    /// One more step of the term; the tranches that belong to it are promised.
    fn renew(&mut self, renewal: &RenewalPlan) {
        self.counts.renewals += 1;
        let step = self.counts.renewals as u32;
        self.phase = Phase::Extended;
        self.was_extended = true;
        self.note(Happening::Renewed { step });
        let length = renewal.steps[(step as usize - 1).min(renewal.steps.len() - 1)];
        self.term_end = self.now + length;
        if let Some(term) = &self.plan.term {
            self.set(term.timer, self.term_end);
        }
        self.update_hazard();
        self.agree_tranches(ExtensionOf::Renewal(step));
    }

    /// The tranches of an extension become part of what is promised.
    pub(super) fn agree_tranches(&mut self, extension: ExtensionOf) {
        for tranche in 0..self.plan.stated_tranches {
            let is_new = !self.rounds[tranche].is_agreed;
            if is_new && self.plan.tranches[tranche].extension == Some(extension) {
                self.rounds[tranche].is_agreed = true;
                self.rounds[tranche].known = self.now;
                self.promise(tranche);
                if self.in_past {
                    continue; // what came of it is on record; the rest is asked for when the known past ends
                }
                self.set_list(tranche);
                self.set_grace(tranche);
                self.ask(tranche);
            }
        }
    }

    fn decide(&mut self, term: &TermPlan, at_term: AtTermPlan) {
        let place = DECISIONS + 2 * self.decisions;
        self.decisions += 1;
        let talks = if self.talks.started.is_some() { self.num(at_term.talks_effect) } else { 0.0 };
        let progress = self.num(at_term.progress_effect) * self.talks_progress();
        let trust = self.num(at_term.trust_effect) * self.mean_trust_above_base();
        let p = shifted(self.num(at_term.extended), talks + progress + trust + self.extension_shift());
        if self.chance(p, term.stream, place) {
            self.enter(Phase::Extended, Happening::Extended, self.now + at_term.length);
        } else if self.hit(at_term.counter_offer, term.stream, place + 1) {
            self.enter(Phase::Extended, Happening::CounterOffer, self.now + at_term.counter_length);
        } else {
            self.expire();
        }
    }

    fn extension_shift(&self) -> f64 {
        let shared = self.plan.shared.map_or(0.0, |s| self.num(s.extension) * self.factor);
        self.pulse(Moves::Extension) + shared
    }

    fn enter(&mut self, phase: Phase, what: Happening, until: Time) {
        self.phase = phase;
        self.was_extended |= phase == Phase::Extended;
        self.note(what);
        if let Some(term) = &self.plan.term {
            self.set(term.timer, until);
        }
        self.update_hazard();
        match what {
            Happening::Extended => self.agree_tranches(ExtensionOf::Extended),
            Happening::CounterOffer => self.agree_tranches(ExtensionOf::CounterOffer),
            _ => {}
        }
    }

    fn expire(&mut self) {
        self.phase = Phase::Limbo;
        self.note(Happening::Expired);
        self.talks_rate_changes();
        self.update_hazard();
    }

    /// Talks that prolonged the truce have ended.
    pub(super) fn talks_ended(&mut self) {
        if self.phase == Phase::Extended && self.plan.term.as_ref().is_some_and(|t| t.while_talks) {
            if self.talks.agreed {
                self.enter(Phase::NextPhase, Happening::NextPhase, NEVER);
            } else {
                self.expire();
            }
        } else if self.phase == Phase::Limbo && self.talks.agreed {
            self.enter(Phase::NextPhase, Happening::NextPhase, NEVER);
            self.wake();
            self.milestones_wake();
        }
    }
}
