//! Outcomes of one replication: what each holds, and how it is read off the world when the replication is over. Which of them a
//! plan has stands in [`specs`](super::specs).

use serde::Serialize;

use super::happening::Observer;
use super::plan::{CLASSES, Side};
use super::subjects::Subject;
use super::world::{DELAY_CAUSES, Ending, MilestoneState, Phase, World};
use crate::kernel::{DAY, NEVER};

/// The value of an outcome that does not exist in a replication.
pub const MISSING: i64 = crate::stats::MISSING;

/// What an outcome holds. Indices refer to the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // each is described by its line in `specs`
pub enum Measure {
    Released(Side),
    CaptivesCompleted,
    Completed,
    CompletionS,
    Violations,
    Disputes,
    Suspensions,
    SuspendedS,
    MediationAttempts,
    Collapsed,
    CollapseS,
    FlowDelivered,
    Events,
    StartS,
    CohortReleased(usize),
    CategoryReleased(usize),
    StillHeld(Side),
    Elsewhere(Side),
    Abroad(Side),
    DiedInCustody,
    RemainsConfirmed,
    Mismatches,
    OutsideReleased,
    DelayPersonS(Side),
    CustodyPersonS(Side),
    GreatestBalance(Side),
    CategoryBalance(Side, usize),
    Unmet(Side),
    LongestStagedS,
    SentBack,
    WithheldPeople,
    LegDelayS(usize, Side),
    LegDone(usize, Side),
    DelayedBy(usize),
    FirstCause(usize, Side),
    Faults,
    FaultsOf(usize),
    DisputesOver(Subject),
    HeldOverS(Subject),
    ListsLate,
    NamesProposed,
    NamesRefused,
    ViolationsOf(usize),
    DeathsOf(usize),
    InjuriesOf(usize),
    ConfirmedOf(usize),
    BurstsOf(usize),
    Holds,
    HeldS(usize),
    LongestHoldS(usize),
    HeldADay(usize),
    Settled,
    OpenFiles,
    OpenDisputes,
    ExtraRounds,
    FlowOf(usize),
    FlowShare(usize),
    ShortWindows(usize),
    FlowRegion(usize, usize),
    MilestonesMet,
    MilestonesLate,
    MilestonesMissed,
    MilestoneS(usize),
    TalksStarted,
    TalksAgreed,
    TalksStages,
    LeastTrust(usize),
    CollapsedInTerm,
    CollapsedInExtension,
    CollapsedInLimbo,
    Extended,
    NextPhase,
    Renewals,
}

impl Measure {
    /// The words that its values stand for, by number; none where it is a quantity.
    pub const fn words(self) -> &'static [&'static str] {
        if let Self::FirstCause(..) = self { &DELAY_CAUSES } else { &[] }
    }

    /// Whether it is 0 or 1: its mean is a share.
    pub const fn is_flag(self) -> bool {
        matches!(
            self,
            Self::CaptivesCompleted
                | Self::Completed
                | Self::Collapsed
                | Self::LegDone(..)
                | Self::HeldADay(_)
                | Self::TalksStarted
                | Self::TalksAgreed
                | Self::CollapsedInTerm
                | Self::CollapsedInExtension
                | Self::CollapsedInLimbo
                | Self::Extended
                | Self::NextPhase
        )
    }
}

impl<O: Observer> World<'_, O> {
    /// Adds the outcomes of the last replication to `values`, in the plan's order; [`MISSING`] where one does not exist.
    pub fn outcomes(&self, values: &mut Vec<i64>) {
        values.extend(self.plan.outcomes.iter().map(|spec| self.measure(spec.measure)));
    }

    pub(super) fn measure(&self, measure: Measure) -> i64 {
        let counts = &self.counts;
        match measure {
            Measure::Released(side) => self.sides[side].released,
            Measure::CaptivesCompleted => flag(self.captives_at <= self.deadline()),
            Measure::Completed => flag(self.is_completed()),
            Measure::CompletionS => {
                if self.is_completed() {
                    self.completed_at
                } else {
                    MISSING
                }
            }
            Measure::Violations => self.violations,
            Measure::Disputes => counts.disputes,
            Measure::Suspensions => counts.suspensions,
            Measure::SuspendedS => counts.suspended_s,
            Measure::MediationAttempts => counts.attempts,
            Measure::Collapsed => flag(self.phase == Phase::Collapsed),
            Measure::CollapseS => time_or_missing(self.collapse_at),
            Measure::FlowDelivered => self.flow_total,
            Measure::Events => counts.events,
            Measure::LegDelayS(tranche, side) => self.delay_of(tranche, side).unwrap_or(MISSING),
            Measure::LegDone(tranche, side) => flag(self.legs[2 * tranche + side].finished < NEVER),
            Measure::DelayedBy(cause) => self.delayed_by[cause],
            other => self.measure_of_mechanism(other),
        }
    }

    fn measure_of_mechanism(&self, measure: Measure) -> i64 {
        let counts = &self.counts;
        match measure {
            Measure::StartS => time_or_missing(self.started),
            Measure::CohortReleased(cohort) => i64::from(self.released[cohort]),
            Measure::CategoryReleased(index) => self.category_released(index),
            Measure::StillHeld(side) => {
                self.of_side(side, |world, c| world.plan.cohorts[c].people - world.released[c])
            }
            Measure::Elsewhere(side) => self.going(side, 0),
            Measure::Abroad(side) => self.going(side, 1),
            Measure::DiedInCustody => counts.died,
            Measure::RemainsConfirmed => counts.confirmed,
            Measure::Mismatches => counts.mismatches,
            Measure::OutsideReleased => counts.outside,
            Measure::DelayPersonS(side) => self.sides[side].delay_person_s,
            Measure::CustodyPersonS(side) => self.sides[side].custody_person_s,
            Measure::GreatestBalance(side) => self.sides[side].greatest_balance,
            Measure::CategoryBalance(side, category) => self.categories.greatest[2 * category + side],
            Measure::Unmet(side) => {
                (self.sides[side].promised + self.sides[side].to_come - self.sides[side].released).max(0)
            }
            Measure::LongestStagedS => counts.longest_staged,
            Measure::SentBack => counts.sent_back,
            Measure::WithheldPeople => counts.withdrawn,
            Measure::Faults => counts.faults,
            Measure::FaultsOf(class) => self.subjects.faults[class],
            Measure::DisputesOver(subject) => self.subjects.disputes[subject as usize],
            Measure::HeldOverS(subject) => self.subjects.held_s[subject as usize],
            Measure::FirstCause(tranche, side) => self.legs[2 * tranche + side].cause as i64,
            Measure::ListsLate => counts.lists_late,
            Measure::NamesProposed => counts.names_proposed,
            Measure::NamesRefused => counts.names_refused,
            Measure::ViolationsOf(process) => self.processes[process].count,
            Measure::DeathsOf(process) => self.processes[process].deaths,
            Measure::InjuriesOf(process) => self.processes[process].injuries,
            Measure::ConfirmedOf(process) => self.processes[process].confirmed,
            Measure::BurstsOf(process) => self.processes[process].bursts,
            other => self.measure_of_answers(other),
        }
    }

    fn measure_of_answers(&self, measure: Measure) -> i64 {
        let counts = &self.counts;
        match measure {
            Measure::Holds => counts.holds,
            Measure::HeldS(class) => self.of_class(class).map(|q| q.held_s).sum(),
            Measure::LongestHoldS(class) => self.of_class(class).map(|q| q.longest_s).max().unwrap_or(0),
            Measure::HeldADay(class) => flag(self.of_class(class).any(|q| q.longest_s >= DAY)),
            Measure::Settled => counts.settled,
            Measure::OpenFiles => self.open_files,
            Measure::OpenDisputes => self.open_disputes,
            Measure::ExtraRounds => counts.extra_rounds,
            Measure::FlowOf(flow) => self.flows[flow].total,
            Measure::FlowShare(flow) => self.flow_share(flow),
            Measure::ShortWindows(flow) => self.flows[flow].short,
            Measure::FlowRegion(flow, region) => {
                let share = self.num(self.plan.flows[flow].region[region].1);
                (self.flows[flow].total as f64 * share + 0.5) as i64
            }
            Measure::MilestonesMet => {
                self.milestones.iter().filter(|m| matches!(m, MilestoneState::Met(_))).count() as i64
            }
            Measure::MilestonesLate => self.milestones_late(),
            Measure::MilestonesMissed => self.milestones_missed(),
            Measure::MilestoneS(milestone) => match self.milestones[milestone] {
                MilestoneState::Met(at) => at,
                _ => MISSING,
            },
            Measure::TalksStarted => flag(self.talks.started.is_some()),
            Measure::TalksAgreed => flag(self.talks.agreed),
            Measure::TalksStages => i64::from(self.talks.stages),
            Measure::LeastTrust(party) => self.least_trust[party],
            Measure::CollapsedInTerm => {
                flag(matches!(self.collapsed_in, Some(Phase::Holding | Phase::NotBegun)))
            }
            Measure::CollapsedInExtension => {
                flag(matches!(self.collapsed_in, Some(Phase::Extended | Phase::NextPhase)))
            }
            Measure::CollapsedInLimbo => flag(self.collapsed_in == Some(Phase::Limbo)),
            Measure::Extended => flag(self.was_extended),
            Measure::NextPhase => flag(self.ending() == Ending::NextPhase),
            Measure::Renewals => counts.renewals,
            _ => MISSING,
        }
    }

    /// The end of the term, or the horizon where there is none.
    fn deadline(&self) -> i64 {
        self.term_end.min(self.plan.horizon)
    }

    fn is_completed(&self) -> bool {
        self.completed_at <= self.deadline()
    }

    fn of_side(&self, side: Side, count: impl Fn(&Self, usize) -> u32) -> i64 {
        let cohorts = (0..self.plan.cohorts.len()).filter(|c| self.plan.cohorts[*c].side == side);
        cohorts.map(|c| i64::from(count(self, c))).sum()
    }

    fn category_released(&self, index: usize) -> i64 {
        self.plan.categories[index].1.iter().map(|cohort| i64::from(self.released[*cohort])).sum()
    }

    /// People of a side gone to a destination: the stated share of each cohort's releases, rounded to whole people.
    fn going(&self, side: Side, destination: usize) -> i64 {
        self.of_side(side, |world, cohort| {
            let share = world.plan.cohorts[cohort].goes[destination].map_or(0.0, |p| world.num(p));
            (f64::from(world.released[cohort]) * share + 0.5) as u32
        })
    }

    fn of_class(&self, class: usize) -> impl Iterator<Item = &super::world::QueueState> {
        self.queues.iter().skip(class).step_by(CLASSES.len())
    }

    /// What arrived over what was promised by now, in millionths.
    fn flow_share(&self, flow: usize) -> i64 {
        let plan = &self.plan.flows[flow];
        let due = plan.times.partition_point(|t| *t <= self.now) as f64;
        let target = self.num(plan.target) * due;
        if target > 0.0 { (self.flows[flow].total as f64 / target * 1e6 + 0.5) as i64 } else { MISSING }
    }

    fn milestones_late(&self) -> i64 {
        let late = |(index, state): (usize, &MilestoneState)| {
            let due = self.milestone_due[index].saturating_add(self.plan.milestones[index].grace);
            matches!(state, MilestoneState::Met(at) if *at > due)
        };
        self.milestones.iter().enumerate().filter(|m| late(*m)).count() as i64
    }

    fn milestones_missed(&self) -> i64 {
        let missed = |(index, state): (usize, &MilestoneState)| {
            !matches!(state, MilestoneState::Met(_))
                && self.milestone_due[index].saturating_add(self.plan.milestones[index].grace) <= self.now
        };
        self.milestones.iter().enumerate().filter(|m| missed(*m)).count() as i64
    }
}

fn flag(is: bool) -> i64 {
    i64::from(is)
}

fn time_or_missing(time: i64) -> i64 {
    if time >= NEVER { MISSING } else { time }
}
