//! What disputes are over, and how many of them and how long a hold or suspension goes back to each.

use serde::Serialize;

use super::happening::{Cause, Observer};
use super::plan::{Fill, Num, Plan};
use super::world::World;

/// What a dispute is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Subject {
    /// An alleged procedural fault.
    Fault = 0,
    /// An alleged violation.
    Violation = 1,
    /// A leg late beyond grace.
    LateLeg = 2,
    /// Names that came late.
    LateList = 3,
    /// Remains that are not the person named.
    Mismatch = 4,
    /// An order of release that was broken.
    Order = 5,
    /// A short delivery.
    Short = 6,
    /// A milestone missed.
    Milestone = 7,
    /// Talks that did not start in time.
    Talks = 8,
    /// An outside event.
    Event = 9,
    /// Not known: it stands in the observed history.
    Record = 10,
}

/// The subjects with their words in names of outcomes.
pub const SUBJECTS: [(Subject, &str); 11] = [
    (Subject::Fault, "fault"),
    (Subject::Violation, "violation"),
    (Subject::LateLeg, "late_leg"),
    (Subject::LateList, "late_list"),
    (Subject::Mismatch, "mismatch"),
    (Subject::Order, "order"),
    (Subject::Short, "short_delivery"),
    (Subject::Milestone, "milestone"),
    (Subject::Talks, "talks"),
    (Subject::Event, "event"),
    (Subject::Record, "record"),
];

impl Subject {
    /// The subject of a cause.
    pub fn of(cause: Cause) -> Self {
        match cause {
            Cause::Fault(..) => Self::Fault,
            Cause::Violation(_) => Self::Violation,
            Cause::LateLeg(..) => Self::LateLeg,
            Cause::LateList(_) => Self::LateList,
            Cause::Mismatch(_) => Self::Mismatch,
            Cause::Order(_) => Self::Order,
            Cause::Short(_) => Self::Short,
            Cause::Milestone(_) => Self::Milestone,
            Cause::Talks => Self::Talks,
            Cause::External(_) => Self::Event,
            Cause::Observed(_) => Self::Record,
        }
    }

    /// Whether a plan has anything of the kind that can open a dispute.
    pub fn is_possible(self, plan: &Plan) -> bool {
        let can = |p: Num| plan.numbers[p.0 as usize] > 0.0 || plan.drawn.iter().any(|d| d.num == p);
        match self {
            Self::Fault => plan.fault.is_some(),
            Self::Violation => plan.violations.iter().any(|v| {
                let harm = v.harm.as_ref();
                let others = harm.map_or([None, None], |h| [h.fatal_opens, h.burst_opens]);
                can(v.opens) || others.into_iter().flatten().any(can)
            }),
            Self::LateLeg => plan.leg_missed.is_some_and(|m| can(m.opens)),
            Self::LateList => plan.list.as_ref().and_then(|l| l.missed).is_some_and(|m| can(m.opens)),
            Self::Mismatch => {
                let missed = plan.steps.iter().filter_map(|s| s.identification?.missed);
                missed.into_iter().any(|m| can(m.opens))
            }
            Self::Order => plan.tranches.iter().any(|t| match &t.fill {
                Fill::Number { broken: Some((p, Some(missed))), .. } => can(*p) && can(missed.opens),
                _ => false,
            }),
            Self::Short => plan.flows.iter().filter_map(|f| f.short).any(|s| can(s.opens)),
            Self::Milestone => plan.milestones.iter().filter_map(|m| m.missed).any(|m| can(m.opens)),
            Self::Talks => plan.talks.as_ref().and_then(|t| t.missed).is_some_and(|m| can(m.opens)),
            Self::Event => plan.externals.iter().filter_map(|e| e.dispute).any(|(p, ..)| can(p)),
            Self::Record => {
                let disputed =
                    |f: &super::plan::FactPlan| matches!(f.what, super::plan::Fact::Disputed { .. });
                plan.history.as_ref().is_some_and(|h| h.facts.iter().any(disputed))
            }
        }
    }
}

/// Counts by subject.
#[derive(Debug, Clone, Default)]
pub(super) struct Subjects {
    pub disputes: [i64; SUBJECTS.len()],
    /// Time for which disputes over it held a queue or suspended the truce; of two at once, each counts.
    pub held_s: [i64; SUBJECTS.len()],
    /// Procedural faults by class.
    pub faults: Vec<i64>,
}

impl Subjects {
    pub(super) fn new(plan: &Plan) -> Self {
        Self { faults: vec![0; plan.fault.as_ref().map_or(0, |f| f.classes.len())], ..Self::default() }
    }

    pub(super) fn clear(&mut self) {
        self.disputes.fill(0);
        self.held_s.fill(0);
        self.faults.fill(0);
    }
}

impl<O: Observer> World<'_, O> {
    /// What a dispute holds is lifted, or the replication is over.
    pub(super) fn count_held(&mut self, number: u32) {
        let dispute = &self.disputes[number as usize];
        self.subjects.held_s[dispute.subject as usize] += self.now - dispute.held_since;
    }

    /// Counts what disputes still hold when the replication is over.
    pub(super) fn close_subjects(&mut self) {
        for number in 0..self.disputes.len() {
            if self.disputes[number].holds {
                self.count_held(number as u32);
            }
        }
    }
}
