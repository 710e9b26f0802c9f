//! Copies of a replication, gone on with under new draws; and a hazard of collapse that is only integrated. What the estimation of rare
//! endings needs of the model.
//!
//! **What a copy keeps and what it draws anew.** Every word drawn so far is remembered by its address and given again when it is
//! asked for again, so whatever the past has fixed stays fixed: people's conditions, parameters, the hours and durations of what is
//! under way. Words not asked for yet come from the copy's own replication. Two pending quantities are drawn anew. The budget of the
//! hazard of collapse is a unit exponential, of which, given that it is not yet spent, the rest is a unit exponential again. Violations to come
//! are Poisson processes given those that came: own ones at their rate, and those that the past brings on at what is left of its excitation. Other
//! pending durations stay as they are: their residual laws depend on their ages, and to keep them is exact.

use super::happening::Observer;
use super::outcome::{MISSING, Measure};
use super::world::{Phase, World};
use crate::kernel::Time;

/// Something that a replication may end with: an outcome within bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// The outcome.
    pub measure: Measure,
    /// Its least value.
    pub at_least: i64,
    /// Its greatest value.
    pub at_most: i64,
    /// Whether the truce must not have collapsed, too.
    pub intact: bool,
}

/// How far a replication has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Rounds carried out.
    Rounds,
    /// Captives released.
    Captives,
    /// Prisoners released.
    Prisoners,
    /// Disputes opened.
    Disputes,
    /// Violations so far.
    Violations,
    /// The hazard of collapse, as a multiple of what the scenario states for the term.
    Hazard,
}

impl<O: Observer> World<'_, O> {
    /// Keeps what is drawn, so that [`World::turn_to`] can be used. For worlds that have run nothing yet.
    pub fn remember(&mut self) {
        let passing = self
            .plan
            .violations
            .iter()
            .flat_map(|v| [v.time_stream, v.early_stream, v.number_stream, v.mark_stream, v.harm_stream]);
        let passing = passing.chain([self.plan.shared_streams.further]).map(|stream| stream as usize);
        self.draws.streams.remember(passing);
    }

    /// Lets the hazard of collapse never strike in the replications that follow; it is only integrated.
    pub fn spare(&mut self) {
        self.is_spared = true;
    }

    /// Goes on under another replication's draws from now on.
    pub fn turn_to(&mut self, replication: u64) {
        self.draws.streams.turn_to(replication);
        self.renew_violations(self.now);
        self.renew_collapse(self.now);
    }

    /// Goes on under another replication's draws from the next event on, which is to happen when it was to happen.
    pub fn turn_before_next(&mut self, replication: u64) {
        self.draws.streams.turn_to(replication);
        let next = self.peek_next();
        self.renew_violations(next.map_or(self.now, |(time, _)| time));
        let is_collapse =
            |timer: usize| self.plan.ending.as_ref().is_some_and(|ending| ending.timer as usize == timer);
        if let Some((time, _)) = next.filter(|(_, timer)| !is_collapse(*timer)) {
            self.renew_collapse(time);
        }
    }

    /// A new budget for the hazard of collapse, whose clock has not rung by this time.
    fn renew_collapse(&mut self, at: Time) {
        let Some(ending) = &self.plan.ending else { return };
        if self.in_past || self.phase == Phase::NotBegun || self.is_over {
            return;
        }
        let budget = self.new_budget(ending);
        let rings = self.collapse.renew(at, budget, self.plan.horizon);
        self.set(ending.timer, rings);
    }

    /// The integral of the hazard of collapse up to now.
    pub fn hazard_spent(&self) -> f64 {
        self.collapse.spent(self.now)
    }

    /// How far the replication has come.
    pub fn progress(&self, progress: Progress) -> f64 {
        match progress {
            Progress::Rounds => self.rounds.iter().filter(|round| round.has_ended).count() as f64,
            Progress::Captives => self.sides[0].released as f64,
            Progress::Prisoners => self.sides[1].released as f64,
            Progress::Disputes => self.counts.disputes as f64,
            Progress::Violations => self.violations as f64,
            Progress::Hazard => match &self.plan.ending {
                Some(ending) if self.num(ending.collapse) > 0.0 => {
                    self.collapse.now(self.now) / self.num(ending.collapse)
                }
                _ => 0.0,
            },
        }
    }

    /// Whether a closed replication ended so.
    pub fn ended_so(&self, condition: &Condition) -> bool {
        let is_intact = self.phase != Phase::Collapsed;
        is_within(self.measure(condition.measure), condition) && (is_intact || !condition.intact)
    }

    /// Whether the replication would end so if the truce collapsed now. For measures that [`can_be_cut`] allows.
    pub fn would_end_so(&self, condition: &Condition) -> bool {
        let flag = |is: bool| i64::from(is);
        let value = match condition.measure {
            Measure::Collapsed => 1,
            Measure::NextPhase => 0,
            Measure::CollapsedInTerm => flag(matches!(self.phase, Phase::Holding | Phase::NotBegun)),
            Measure::CollapsedInExtension => flag(matches!(self.phase, Phase::Extended | Phase::NextPhase)),
            Measure::CollapsedInLimbo => flag(self.phase == Phase::Limbo),
            other => self.measure(other),
        };
        !condition.intact && is_within(value, condition)
    }
}

fn is_within(value: i64, condition: &Condition) -> bool {
    value != MISSING && (condition.at_least..=condition.at_most).contains(&value)
}

/// Whether an outcome's value, if the truce collapsed at an instant, is that of the last event before: it changes with events and not
/// with time alone, and nothing is added to it when a replication is closed.
pub fn can_be_cut(measure: Measure) -> bool {
    matches!(
        measure,
        Measure::Released(_)
            | Measure::CaptivesCompleted
            | Measure::Completed
            | Measure::CompletionS
            | Measure::Violations
            | Measure::Disputes
            | Measure::Suspensions
            | Measure::MediationAttempts
            | Measure::Collapsed
            | Measure::StartS
            | Measure::CohortReleased(_)
            | Measure::CategoryReleased(_)
            | Measure::StillHeld(_)
            | Measure::DiedInCustody
            | Measure::RemainsConfirmed
            | Measure::OutsideReleased
            | Measure::LegDone(..)
            | Measure::Faults
            | Measure::FaultsOf(_)
            | Measure::ViolationsOf(_)
            | Measure::Settled
            | Measure::OpenDisputes
            | Measure::ExtraRounds
            | Measure::FlowDelivered
            | Measure::MilestonesMet
            | Measure::TalksStarted
            | Measure::TalksAgreed
            | Measure::TalksStages
            | Measure::CollapsedInTerm
            | Measure::CollapsedInExtension
            | Measure::CollapsedInLimbo
            | Measure::Extended
            | Measure::NextPhase
            | Measure::Renewals
    )
}
