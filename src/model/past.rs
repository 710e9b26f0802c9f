//! What of the known past is not known exactly: moments within a window are drawn, each at its own address, in a few pasts of which
//! one is taken by its weight (`particles`); processes nobody counted run unanswered; and the rarer facts.

use super::filed::Filed;
use super::happening::{Happening, Observer};
use super::particles::{Counted, PARTICLES};
use super::plan::{ExtensionOf, Fact, FactPlan, HistoryPlan, Num};
use super::reached::Waits;
use super::violations::COUNTED;
use super::world::{Phase, World};
use crate::kernel::{NEVER, Time};

/// The facts in the order in which a replication holds them to have happened; empty where every moment is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Moments {
    order: Vec<(Time, u32)>,
    /// Moments of each fact in each particle.
    pub(super) drawn: Vec<[Time; PARTICLES]>,
    pub(super) counted: Counted,
    /// Counted violations that excite a process which runs uncounted at their moment, or soon after: moment, source, target; in order. And
    /// how many of them have happened.
    pub(super) pushes: Vec<(Time, u32, u32)>,
    pub(super) pushed: usize,
    /// Disputes on record, by their numbers; whether one of them waited for a mediator; whether where they were at work is drawn.
    pub(super) files: Vec<Filed>,
    pub(super) has_waited: bool,
    pub(super) is_queue_drawn: bool,
    /// By leg; empty where nothing is known.
    pub(super) legs: Vec<Waits>,
}

impl Moments {
    pub(super) fn new(history: Option<&HistoryPlan>, processes: usize, legs: usize) -> Self {
        let facts = history.filter(|h| h.moments.is_some()).map_or(0, |h| h.facts.len());
        let counted = Counted::new(history.and_then(|h| h.excitation.as_ref()), processes);
        let legs = vec![Waits::default(); if history.is_some() { legs } else { 0 }];
        Self {
            order: Vec::with_capacity(facts),
            drawn: Vec::with_capacity(facts),
            counted,
            pushes: Vec::new(),
            pushed: 0,
            files: Vec::new(),
            has_waited: false,
            is_queue_drawn: false,
            legs,
        }
    }

    /// When the next fact happens, given how many have; never after the last.
    pub(super) fn time_of(&self, history: &HistoryPlan, done: usize) -> Time {
        let at = if history.moments.is_some() {
            self.order.get(done).map(|(at, _)| *at)
        } else {
            history.facts.get(done).map(|fact| fact.at)
        };
        at.unwrap_or(NEVER)
    }

    /// Which fact that is.
    pub(super) fn number_of(&self, done: usize) -> usize {
        self.order.get(done).map_or(done, |(_, number)| *number as usize)
    }
}

impl<O: Observer> World<'_, O> {
    /// Draws the moments of uncertain facts in each of the particles, even over what is left of the window after the fact they cannot
    /// come before, and takes one particle by its weight.
    pub(super) fn draw_moments(&mut self) {
        let plan = self.plan;
        let Some(history) = &plan.history else { return };
        let Some(moments) = &history.moments else { return };
        self.past.drawn.clear();
        self.past.order.clear();
        for fact in &history.facts {
            let mut drawn = [fact.at; PARTICLES];
            if let Some(window) = fact.window {
                let (first, last) = window.span;
                for (particle, at) in drawn.iter_mut().enumerate() {
                    let before =
                        window.after.and_then(|n| self.past.drawn.get(n)).map_or(first, |d| d[particle]);
                    let first = before.clamp(first, last.max(first));
                    let u = self.uniform(moments.stream, window.place + particle as u64);
                    *at = first + ((last - first).max(0) as f64 * u) as Time;
                }
            }
            self.past.drawn.push(drawn);
        }
        let particle = self.choose_moments(history, moments);
        for (number, drawn) in self.past.drawn.iter().enumerate() {
            self.past.order.push((drawn[particle], number as u32));
        }
        self.past.order.sort_unstable();
    }

    // ---- counted violations and processes that run uncounted ----

    /// Puts the moments of counted violations in order that excite processes which run before their count ends.
    pub(super) fn plan_pushes(&mut self) {
        let plan = self.plan;
        let Some(history) = &plan.history else { return };
        self.past.pushes.clear();
        self.past.pushed = 0;
        for (number, fact) in history.facts.iter().enumerate() {
            let Fact::Violations { process, count, since, .. } = fact.what else { continue };
            let excited = &plan.violations[process].excites;
            let runs = |excited: &&(usize, Num)| runs_before(history, excited.0, fact.at);
            if count == 0 || !excited.iter().any(|excited| runs(&excited)) {
                continue;
            }
            let earlier = history.facts[..number].iter().map(|fact| match fact.what {
                Fact::Violations { process: of, count, .. } if of == process => count,
                _ => 0,
            });
            let first: u64 = earlier.sum();
            for ordinal in first..first + count {
                let place = self.past.counted.place(ordinal);
                let uniform = self.uniform(plan.violations[process].count_stream, place);
                let at = since + (uniform * (fact.at - since) as f64) as Time;
                for (target, _) in excited.iter().filter(runs) {
                    self.past.pushes.push((at, process as u32, *target as u32));
                }
            }
        }
        self.past.pushes.sort_unstable();
    }

    /// When the next of them happens.
    pub(super) fn next_push(&self) -> Time {
        self.past.pushes.get(self.past.pushed).map_or(NEVER, |(at, ..)| *at)
    }

    /// One of them excites what runs by now, or will.
    pub(super) fn push(&mut self) {
        let (_, source, target) = self.past.pushes[self.past.pushed];
        self.past.pushed += 1;
        let (source, target) = (source as usize, target as usize);
        let excited = self.plan.violations[source].excites.iter().find(|(of, _)| *of == target);
        let offspring = excited.map_or(0.0, |(_, offspring)| self.num(*offspring));
        if self.processes[target].is_running {
            let name = (self.plan.violations[source].count_stream, COUNTED | self.past.pushed as u64);
            return self.excite(target, offspring, name);
        }
        let memory = self.plan.violations[target].memory;
        let ahead = (self.clusters.start_of(target) - self.now) as f64;
        self.processes[target].left += offspring * libm::exp(-ahead / memory);
    }

    pub(super) fn rarer_fact(&mut self, fact: &Fact) {
        match fact {
            Fact::TalksEnded { agreed } => self.talks_were_ended(*agreed),
            Fact::Extended { until } => self.term_was_extended(*until),
            Fact::Expired => self.term_had_expired(),
            Fact::Listed { tranche } => {
                self.rounds[*tranche].list_is_due = true;
                self.rounds[*tranche].list_at = self.now;
            }
            Fact::Replaced { sets } => self.counts.confirmed += i64::from(*sets),
            Fact::Uncounted { process } => self.runs_uncounted(*process),
            _ => {}
        }
    }

    fn talks_were_ended(&mut self, agreed: bool) {
        let Some(plan) = &self.plan.talks else { return };
        if self.talks.started.is_none() {
            self.talks_start();
        }
        self.talks.stages = plan.stages;
        self.talks.are_over = true;
        self.talks.agreed = agreed;
        self.note(Happening::TalksEnded { agreed });
    }

    /// A renewable term moves by its steps, as many as fit and one at least; another moves at once.
    fn term_was_extended(&mut self, until: Time) {
        let plan = self.plan;
        let Some(term) = &plan.term else { return };
        self.phase = Phase::Extended;
        self.was_extended = true;
        let steps = term.renewal.as_ref().map_or(&[][..], |r| &r.steps);
        let mut end = self.term_end;
        self.term_end = until;
        self.set(term.timer, until);
        if steps.is_empty() {
            self.note(Happening::Extended);
            return self.agree_tranches(ExtensionOf::Extended);
        }
        loop {
            let step = self.counts.renewals as usize;
            end += steps[step.min(steps.len() - 1)];
            self.counts.renewals += 1;
            self.note(Happening::Renewed { step: self.counts.renewals as u32 });
            self.agree_tranches(ExtensionOf::Renewal(self.counts.renewals as u32));
            let next = steps[(step + 1).min(steps.len() - 1)];
            if next <= 0 || end.saturating_add(next) > until {
                break;
            }
        }
    }

    /// The term ran out in the known past and nothing followed.
    pub(super) fn term_had_expired(&mut self) {
        if self.phase != Phase::Limbo {
            self.phase = Phase::Limbo;
            self.note(Happening::Expired);
        }
    }

    /// Nothing is known of a process from now on: it runs, and excites, from what was counted before.
    fn runs_uncounted(&mut self, process: usize) {
        self.launch_violation(process);
    }
}

/// Whether a process runs in the known past, uncounted, from before a time on.
pub(super) fn runs_before(history: &HistoryPlan, process: usize, time: Time) -> bool {
    let is_it = |fact: &FactPlan| {
        matches!(fact.what, Fact::Uncounted { process: of } if of == process) && fact.at < time
    };
    history.facts.iter().any(is_it)
}
