//! Outcomes of a plain replication: a list of facts, and where in it each outcome of the plan is found.

use std::ops::Range;

use super::Close;
use super::course::Course;
use super::disputes::Disputes;
use super::rounds::Rounds;
use crate::kernel::{NEVER, Time};
use crate::model::ahead::Delivered;
use crate::model::outcome::{MISSING, Measure};
use crate::model::plan::{CAPTIVES, PRISONERS, Plan};
use crate::model::subjects::SUBJECTS;
use crate::model::world::{DELAY_CAUSES, DelayCause};

// Places of the facts that every plan has, as far as can be in the order in which plans have their outcomes; two for two sides, the captives' first.
const RELEASED: usize = 0;
const CAPTIVES_COMPLETED: usize = 2;
const COMPLETED: usize = 3;
const COMPLETION_S: usize = 4;
const VIOLATIONS: usize = 5;
const DISPUTES: usize = 6;
const SUSPENSIONS: usize = 7;
const SUSPENDED_S: usize = 8;
const ATTEMPTS: usize = 9;
const COLLAPSED: usize = 10;
const COLLAPSE_S: usize = 11;
const FLOW: usize = 12;
const EVENTS: usize = 13;
/// Five of either side: still held, unmet, delay, custody, greatest balance.
const SIDES: usize = 14;
const OF_A_SIDE: usize = 5;
const DELAYED_BY: usize = SIDES + 2 * OF_A_SIDE;
const LONGEST_STAGED_S: usize = DELAYED_BY + DELAY_CAUSES.len();
const COLLAPSED_IN_LIMBO: usize = LONGEST_STAGED_S + 1;
const COLLAPSED_IN_TERM: usize = COLLAPSED_IN_LIMBO + 1;
const ZERO: usize = COLLAPSED_IN_TERM + 1;
const SETTLED: usize = ZERO + 1;
const OPEN_FILES: usize = SETTLED + 1;
const OPEN_DISPUTES: usize = OPEN_FILES + 1;
const DISPUTES_OVER: usize = OPEN_DISPUTES + 1;
const HELD_OVER_S: usize = DISPUTES_OVER + SUBJECTS.len();
/// From here on: processes, flows (three each), legs (three each), cohorts.
const LISTS: usize = HELD_OVER_S + SUBJECTS.len();

/// The facts of one replication.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    facts: Vec<i64>,
    /// Where the outcomes of the plan are found, in their order.
    pieces: Vec<Piece>,
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

/// Where some outcomes are found that come one after another.
#[derive(Debug, Clone)]
enum Piece {
    /// They are facts that stand side by side.
    Row(Range<usize>),
    /// Each is somewhere.
    Each(Vec<u32>),
}

/// Fewer facts side by side are not worth a row.
const ROW: usize = 8;

/// Puts outcomes together whose facts stand side by side.
fn pieces(places: &[usize]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for row in places.chunk_by(|a, b| a + 1 == *b) {
        match pieces.last_mut() {
            _ if row.len() >= ROW => pieces.push(Piece::Row(row[0]..row[0] + row.len())),
            Some(Piece::Each(places)) => places.extend(row.iter().map(|place| *place as u32)),
            _ => pieces.push(Piece::Each(row.iter().map(|place| *place as u32).collect())),
        }
    }
    pieces
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
            pieces: Vec::new(),
            targets: plan.flows.iter().map(|f| plan.numbers[f.target.0 as usize]).collect(),
            flows_from,
            legs_from,
            cohorts_from,
            cohorts: if is_one_a_side { Vec::new() } else { course.legs.iter().map(items).collect() },
            people: course.people,
        };
        let places = plan.outcomes.iter().map(|outcome| facts.place(outcome.measure, course));
        facts.pieces = pieces(&places.collect::<Option<Vec<_>>>()?);
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
            Measure::Disputes => DISPUTES,
            Measure::Suspensions => SUSPENSIONS,
            Measure::SuspendedS => SUSPENDED_S,
            Measure::MediationAttempts => ATTEMPTS,
            Measure::Collapsed => COLLAPSED,
            Measure::CollapseS => COLLAPSE_S,
            Measure::FlowDelivered => FLOW,
            Measure::Events => EVENTS,
            Measure::CohortReleased(cohort) => self.cohorts_from + cohort,
            Measure::StillHeld(side) => SIDES + OF_A_SIDE * side,
            Measure::Unmet(side) => SIDES + OF_A_SIDE * side + 1,
            Measure::DelayPersonS(side) => SIDES + OF_A_SIDE * side + 2,
            Measure::CustodyPersonS(side) => SIDES + OF_A_SIDE * side + 3,
            Measure::GreatestBalance(side) => SIDES + OF_A_SIDE * side + 4,
            Measure::LongestStagedS => LONGEST_STAGED_S,
            // In the order in which the plan has them.
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
        let totals = &disputes.totals;
        facts[DISPUTES] = disputes.list.len() as i64;
        facts[SUSPENSIONS] = disputes.list.len() as i64;
        facts[SUSPENDED_S] = totals.suspended_s;
        facts[SETTLED] = totals.settled;
        facts[OPEN_DISPUTES] = disputes.list.len() as i64 - totals.settled;
        facts[OPEN_FILES] = totals.open_files;
        facts[DISPUTES_OVER..][..SUBJECTS.len()].copy_from_slice(&totals.number);
        facts[HELD_OVER_S..][..SUBJECTS.len()].copy_from_slice(&totals.held_s);
        if let Some((beyond, subject)) = disputes.beyond(end) {
            facts[SUSPENDED_S] -= beyond;
            facts[HELD_OVER_S + subject as usize] -= beyond;
        }
        facts[ATTEMPTS] = disputes.attempts;
        facts[EVENTS] += disputes.attempts;
    }

    // A function of its own, as those of the hot loop are that are called once: all in one would be too much for the registers.
    #[inline(never)]
    pub(super) fn rounds(&mut self, course: &Course<'_>, rounds: &Rounds) {
        let facts = &mut self.facts;
        for (index, side) in rounds.sides.iter().enumerate() {
            facts[RELEASED + index] = side.released;
            let held = self.people[index] - side.released;
            let of_side =
                [held, side.unmet, side.delay_person_s, side.custody_person_s, side.greatest_balance];
            facts[SIDES + OF_A_SIDE * index..][..OF_A_SIDE].copy_from_slice(&of_side);
        }
        let of_legs = facts[self.legs_from..self.cohorts_from].as_chunks_mut::<3>().0;
        for ((place, leg), end) in of_legs.iter_mut().zip(&course.legs).zip(&rounds.legs) {
            let is_done = end.finished < NEVER;
            let delay = if is_done && leg.due < NEVER { end.finished - leg.due } else { MISSING };
            *place = [i64::from(is_done), delay, end.cause as i64];
        }
        facts[DELAYED_BY..][..DELAY_CAUSES.len()].copy_from_slice(&rounds.delayed_by);
        let delayed: i64 = rounds.delayed_by.iter().sum();
        facts[DELAYED_BY + DelayCause::None as usize] = course.legs.len() as i64 - delayed;
        let (captives, all) = rounds.completed(course);
        facts[CAPTIVES_COMPLETED] = i64::from(captives <= course.deadline);
        facts[COMPLETED] = i64::from(all <= course.deadline);
        facts[COMPLETION_S] = if all <= course.deadline { all } else { MISSING };
        facts[LONGEST_STAGED_S] = rounds.longest_staged;
        facts[EVENTS] += rounds.events;
        for (cohort, people) in self.cohorts.iter().take(rounds.carried_out).flatten() {
            facts[self.cohorts_from + cohort] += people;
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
    #[inline(never)]
    pub(super) fn read(&self, values: &mut Vec<i64>) {
        for piece in &self.pieces {
            match piece {
                Piece::Row(row) => values.extend_from_slice(&self.facts[row.clone()]),
                Piece::Each(places) => {
                    let from = values.len();
                    values.resize(from + places.len(), 0);
                    for (value, place) in values[from..].iter_mut().zip(places) {
                        *value = self.facts[*place as usize];
                    }
                }
            }
        }
    }
}

const _: () = assert!(CAPTIVES == 0 && PRISONERS == 1, "facts of two sides stand side by side");
