//! Outcomes of a plain replication: a list of facts, and where in it each outcome of the plan is found.

use super::Close;
use super::course::Course;
use super::disputes::Disputes;
use super::rounds::Rounds;
use crate::kernel::{NEVER, Time};
use crate::model::ahead::Delivered;
use crate::model::outcome::{MISSING, Measure};
use crate::model::plan::{CAPTIVES, PRISONERS, Plan};
use crate::model::subjects::SUBJECTS;
use crate::model::world::DELAY_CAUSES;

// Places of the facts that every plan has; two for two sides, the captives' first.
const ZERO: usize = 0;
const COLLAPSED: usize = 1;
const COLLAPSE_S: usize = 2;
const COLLAPSED_IN_LIMBO: usize = 3;
const COLLAPSED_IN_TERM: usize = 4;
const DISPUTES: usize = 5;
const SUSPENDED_S: usize = 6;
const ATTEMPTS: usize = 7;
const SETTLED: usize = 8;
const OPEN_FILES: usize = 9;
const OPEN_DISPUTES: usize = 10;
const CAPTIVES_COMPLETED: usize = 11;
const COMPLETED: usize = 12;
const COMPLETION_S: usize = 13;
const LONGEST_STAGED_S: usize = 14;
const EVENTS: usize = 15;
const VIOLATIONS: usize = 16;
const FLOW: usize = 17;
const RELEASED: usize = 18;
const STILL_HELD: usize = 20;
const UNMET: usize = 22;
const DELAY_PERSON_S: usize = 24;
const CUSTODY_PERSON_S: usize = 26;
const GREATEST_BALANCE: usize = 28;
const DELAYED_BY: usize = 30;
const DISPUTES_OVER: usize = DELAYED_BY + DELAY_CAUSES.len();
const HELD_OVER_S: usize = DISPUTES_OVER + SUBJECTS.len();
/// From here on: processes, flows (three each), legs (three each), cohorts.
const LISTS: usize = HELD_OVER_S + SUBJECTS.len();

/// The facts of one replication.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    facts: Vec<i64>,
    /// By outcome of the plan: its fact.
    places: Vec<u32>,
    /// By flow: promised a delivery.
    targets: Vec<f64>,
    flows_from: usize,
    legs_from: usize,
    cohorts_from: usize,
    /// By leg: cohorts of its people, with how many.
    cohorts: Vec<Vec<(usize, i64)>>,
    /// People in all, by side.
    people: [i64; 2],
}

impl Facts {
    /// None where the plan has an outcome that no plain course can tell.
    pub(super) fn of(plan: &Plan, course: &Course<'_>) -> Option<Self> {
        let flows_from = LISTS + plan.violations.len();
        let legs_from = flows_from + 3 * plan.flows.len();
        let cohorts_from = legs_from + 3 * course.legs.len();
        let is_one_a_side = !plan.outcomes.iter().any(|o| matches!(o.measure, Measure::CohortReleased(_)));
        let items = |leg: &super::course::LegCourse| {
            let items = plan.tranches[leg.tranche].leg[leg.side].items.range().map(|i| plan.items[i]);
            items.map(|item| (item.cohort, i64::from(item.people))).collect()
        };
        let mut facts = Self {
            facts: vec![0; cohorts_from + plan.cohorts.len()],
            places: Vec::new(),
            targets: plan.flows.iter().map(|f| plan.numbers[f.target.0 as usize]).collect(),
            flows_from,
            legs_from,
            cohorts_from,
            cohorts: if is_one_a_side { Vec::new() } else { course.legs.iter().map(items).collect() },
            people: course.people,
        };
        let places = plan.outcomes.iter().map(|outcome| Some(facts.place(outcome.measure, course)? as u32));
        facts.places = places.collect::<Option<_>>()?;
        Some(facts)
    }

    /// Where an outcome is found.
    fn place(&self, measure: Measure, course: &Course<'_>) -> Option<usize> {
        let leg = |tranche: usize, side: usize| {
            let place = course.legs.iter().position(|leg| (leg.tranche, leg.side) == (tranche, side))?;
            Some(self.legs_from + 3 * place)
        };
        Some(match measure {
            Measure::Released(side) => RELEASED + side,
            Measure::CaptivesCompleted => CAPTIVES_COMPLETED,
            Measure::Completed => COMPLETED,
            Measure::CompletionS => COMPLETION_S,
            Measure::Violations => VIOLATIONS,
            Measure::Disputes | Measure::Suspensions => DISPUTES,
            Measure::SuspendedS => SUSPENDED_S,
            Measure::MediationAttempts => ATTEMPTS,
            Measure::Collapsed => COLLAPSED,
            Measure::CollapseS => COLLAPSE_S,
            Measure::FlowDelivered => FLOW,
            Measure::Events => EVENTS,
            Measure::CohortReleased(cohort) => self.cohorts_from + cohort,
            Measure::StillHeld(side) => STILL_HELD + side,
            Measure::Unmet(side) => UNMET + side,
            Measure::DelayPersonS(side) => DELAY_PERSON_S + side,
            Measure::CustodyPersonS(side) => CUSTODY_PERSON_S + side,
            Measure::GreatestBalance(side) => GREATEST_BALANCE + side,
            Measure::LongestStagedS => LONGEST_STAGED_S,
            Measure::LegDone(tranche, side) => leg(tranche, side)?,
            Measure::LegDelayS(tranche, side) => leg(tranche, side)? + 1,
            Measure::FirstCause(tranche, side) => leg(tranche, side)? + 2,
            Measure::DelayedBy(cause) => DELAYED_BY + cause,
            Measure::DisputesOver(subject) => DISPUTES_OVER + subject as usize,
            Measure::HeldOverS(subject) => HELD_OVER_S + subject as usize,
            Measure::ViolationsOf(process) => LISTS + process,
            Measure::FlowOf(flow) => self.flows_from + 3 * flow,
            Measure::FlowShare(flow) => self.flows_from + 3 * flow + 1,
            Measure::ShortWindows(flow) => self.flows_from + 3 * flow + 2,
            Measure::Settled => SETTLED,
            Measure::OpenFiles => OPEN_FILES,
            Measure::OpenDisputes => OPEN_DISPUTES,
            Measure::CollapsedInTerm => COLLAPSED_IN_TERM,
            Measure::CollapsedInLimbo => COLLAPSED_IN_LIMBO,
            Measure::CollapsedInExtension => ZERO,
            _ => return None,
        })
    }

    /// Forgets the last replication.
    #[inline]
    pub(super) fn begin(&mut self) {
        self.facts.fill(0);
    }

    #[inline]
    pub(super) fn collapse(&mut self, close: Close) {
        let facts = &mut self.facts;
        facts[COLLAPSED] = i64::from(close.is_collapsed);
        facts[COLLAPSE_S] = if close.is_collapsed { close.end.at } else { MISSING };
        facts[COLLAPSED_IN_LIMBO] = i64::from(close.is_collapsed && close.in_limbo);
        facts[COLLAPSED_IN_TERM] = i64::from(close.is_collapsed && !close.in_limbo);
    }

    #[inline]
    pub(super) fn disputes(&mut self, disputes: &Disputes, end: Time) {
        let facts = &mut self.facts;
        for dispute in &disputes.list {
            let held = dispute.lifted_at.min(end) - dispute.at;
            let is_settled = i64::from(dispute.settled_at < NEVER);
            facts[DISPUTES] += 1;
            facts[SUSPENDED_S] += held;
            facts[SETTLED] += is_settled;
            facts[OPEN_DISPUTES] += 1 - is_settled;
            facts[OPEN_FILES] += i64::from(dispute.lifted_at < NEVER) - is_settled;
            facts[DISPUTES_OVER + dispute.subject as usize] += 1;
            facts[HELD_OVER_S + dispute.subject as usize] += held;
        }
        facts[ATTEMPTS] = disputes.attempts;
        facts[EVENTS] += disputes.attempts;
    }

    #[inline]
    pub(super) fn rounds(&mut self, course: &Course<'_>, rounds: &Rounds) {
        let facts = &mut self.facts;
        for (index, side) in rounds.sides.iter().enumerate() {
            facts[RELEASED + index] = side.released;
            facts[STILL_HELD + index] = self.people[index] - side.released;
            facts[UNMET + index] = side.unmet;
            facts[DELAY_PERSON_S + index] = side.delay_person_s;
            facts[CUSTODY_PERSON_S + index] = side.custody_person_s;
            facts[GREATEST_BALANCE + index] = side.greatest_balance;
        }
        let of_legs = facts[self.legs_from..self.cohorts_from].as_chunks_mut::<3>().0;
        let mut causes = [0; DELAY_CAUSES.len()];
        for ((place, leg), end) in of_legs.iter_mut().zip(&course.legs).zip(&rounds.legs) {
            let is_done = end.finished < NEVER;
            let delay = if is_done && leg.due < NEVER { end.finished - leg.due } else { MISSING };
            *place = [i64::from(is_done), delay, end.cause as i64];
            causes[end.cause as usize] += 1;
        }
        facts[DELAYED_BY..][..DELAY_CAUSES.len()].copy_from_slice(&causes);
        let (captives, all) = rounds.completed(course);
        facts[CAPTIVES_COMPLETED] = i64::from(captives <= course.deadline);
        facts[COMPLETED] = i64::from(all <= course.deadline);
        facts[COMPLETION_S] = if all <= course.deadline { all } else { MISSING };
        facts[LONGEST_STAGED_S] = rounds.longest_staged;
        facts[EVENTS] += rounds.events;
        let of_legs = self.cohorts.iter().zip(&rounds.legs);
        for (cohorts, _) in of_legs.filter(|(_, end)| end.finished < NEVER) {
            for (cohort, people) in cohorts {
                facts[self.cohorts_from + cohort] += people;
            }
        }
    }

    #[inline]
    pub(super) fn violations(&mut self, process: usize, count: i64) {
        self.facts[LISTS + process] += count;
        self.facts[VIOLATIONS] += count;
        self.facts[EVENTS] += count;
    }

    #[inline]
    pub(super) fn flow(&mut self, plan: &Plan, index: usize, delivered: Delivered, end: Time) {
        let flow = &plan.flows[index];
        let Delivered { deliveries, total, short } = delivered;
        let place = self.flows_from + 3 * index;
        let due = match flow.times.last().is_some_and(|last| *last <= end) {
            true => flow.times.len(),
            false => flow.times.partition_point(|t| *t <= end),
        };
        let target = self.targets[index] * due as f64;
        self.facts[place] = total;
        self.facts[place + 1] =
            if target > 0.0 { (total as f64 / target * 1e6 + 0.5) as i64 } else { MISSING };
        self.facts[place + 2] = short;
        self.facts[EVENTS] += deliveries as i64;
        if flow.in_total {
            self.facts[FLOW] += total;
        }
        if let Some(plan) = flow.short.filter(|s| s.is_violation) {
            self.facts[VIOLATIONS] += short;
            if let Some(process) = plan.violation {
                self.facts[LISTS + process] += short;
            }
        }
    }

    /// Adds the outcomes, in the plan's order.
    #[inline]
    pub(super) fn read(&self, values: &mut Vec<i64>) {
        let from = values.len();
        values.resize(from + self.places.len(), 0);
        for (value, place) in values[from..].iter_mut().zip(&self.places) {
            *value = self.facts[*place as usize];
        }
    }
}

const _: () = assert!(CAPTIVES == 0 && PRISONERS == 1, "facts of two sides stand side by side");
