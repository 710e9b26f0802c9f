//! Replications of plain plans, without a calendar.
//!
//! In many plans nothing that rounds do changes when disputes open, and disputes do nothing but suspend the truce. Then a replication
//! needs no events: violations and deliveries are drawn ahead ([`super::clusters`], [`super::ahead`]), the few over which disputes open give the
//! suspensions one after another ([`disputes`]), and the rounds are walked along these ([`rounds`]). Draws, addresses and results are
//! those of [`super::world::World`], bit for bit: which plans are plain ([`course`]) is chosen so that this can be so, and tests
//! over generated scenarios hold the two to each other.

mod course;
mod disputes;
mod facts;
mod rounds;

use super::ahead::{Ahead, Deliveries, End};
use super::clusters::{Clusters, Early};
use super::draws::Draws;
use super::hazard::Hazard;
use super::plan::{Plan, Side};
use super::world::{Change, Ending, MANY_CHANGES, Series, day_of};
use crate::kernel::stream::Domain;
use crate::kernel::{NEVER, Time};
use course::Course;
use disputes::Disputes;
use facts::Facts;
use rounds::Rounds;

/// A plain plan's replications, one at a time. Made once a thread and used for many.
#[derive(Debug, Clone)]
pub(super) struct Plain<'p> {
    plan: &'p Plan,
    course: Course<'p>,
    draws: Draws<'p>,
    clusters: Clusters,
    ahead: Ahead,
    disputes: Disputes,
    rounds: Rounds,
    facts: Facts,
    ending: Ending,
    /// Whether changes of the daily trajectories are wanted.
    keeps_changes: bool,
    changes: Vec<Change>,
}

/// How a replication ends.
#[derive(Debug, Clone, Copy)]
struct Close {
    end: End,
    is_collapsed: bool,
    /// Whether the term had run out.
    in_limbo: bool,
}

impl<'p> Plain<'p> {
    /// None where the plan is not plain.
    pub(super) fn new(plan: &'p Plan, seed: u64, domain: Domain, keeps_changes: bool) -> Option<Self> {
        let course = Course::of(plan)?;
        let facts = Facts::of(plan, &course)?;
        let draws = Draws::new(plan, seed, domain);
        Some(Self {
            plan,
            clusters: Clusters::new(plan, &draws, false),
            draws,
            ahead: Ahead::new(plan),
            disputes: Disputes::new(),
            rounds: Rounds::new(&course),
            course,
            facts,
            ending: Ending::Ongoing,
            keeps_changes,
            changes: Vec::with_capacity(if keeps_changes { MANY_CHANGES } else { 0 }),
        })
    }

    /// Runs a replication and adds its outcomes to `values`.
    #[inline]
    pub(super) fn run(&mut self, replication: u64, values: &mut Vec<i64>) {
        self.draws.streams.begin(replication);
        self.rounds.draw(&self.course, &mut self.draws);
        self.draw_ahead();
        let mut close = self.limit();
        self.open_disputes(close.end.at, close.end.at);
        if let Some(end) = self.disputes.collapse {
            close = Close { end, is_collapsed: true, in_limbo: end.at > self.course.term_end };
        }
        // What a leg does at the very instant of the end comes before whatever ends it but mediation.
        let last =
            if close.end.timer < self.course.first_leg_timer { close.end.at - 1 } else { close.end.at };
        self.rounds.walk(&self.course, &self.disputes, last);
        if let Some(end) = self.rounds.ended.filter(|_| self.plan.stops_at_completion) {
            self.open_disputes(end.at, end.at - 1);
            close = Close { end, is_collapsed: false, in_limbo: false };
        }
        self.close(close);
        self.facts.read(values);
    }

    #[inline]
    fn open_disputes(&mut self, until: Time, last: Time) {
        let Self { course, draws, clusters, ahead, .. } = self;
        self.disputes.open(course, draws, (clusters, ahead), (until, last));
    }

    /// The numbers of the plan.
    pub(super) fn numbers(&self) -> &[f64] {
        &self.draws.numbers
    }

    /// How the truce stood when the last replication ended.
    pub(super) fn ending(&self) -> Ending {
        self.ending
    }

    /// Changes of the daily trajectories in the last replication, where they are kept; but for those of [`Plain::deliveries`].
    pub(super) fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Daily trajectories of flows in the last replication, where they are kept.
    pub(super) fn deliveries(&self) -> impl Iterator<Item = Deliveries<'_>> {
        self.ahead.deliveries()
    }

    #[inline]
    fn draw_ahead(&mut self) {
        self.clusters.begin(&self.draws);
        for (index, process) in self.plan.violations.iter().enumerate() {
            let background = self.draws.num(process.rate);
            let early =
                process.early.map(|(times, decay)| Early { excess: self.draws.num(times) - 1.0, decay });
            self.clusters.runs_from(index, 0);
            self.clusters.draw_own(&mut self.draws, index, (background, early), 0);
        }
        if self.course.has_offspring {
            self.clusters.grow(&self.draws);
            self.clusters.arrange();
        }
        for index in 0..self.plan.flows.len() {
            self.ahead.draw_amounts(&mut self.draws, index);
        }
    }

    /// How the replication ends at the latest, whatever becomes of disputes and rounds: by the hazard of collapse, or by time.
    #[inline]
    fn limit(&mut self) -> Close {
        let plan = self.plan;
        let term = plan.term.as_ref().filter(|t| plan.stops_at_completion && t.end <= plan.horizon);
        let end = match term {
            Some(term) => End::at(term.end, term.timer),
            None => End::at(plan.horizon, plan.horizon_timer),
        };
        let in_time = Close { end, is_collapsed: false, in_limbo: false };
        let Some(ending) = &plan.ending else { return in_time };
        let budget = self.draws.draw(plan.unit_exponential, ending.stream, super::ending::BUDGET);
        let mut hazard = Hazard::new(budget, 0);
        let mut rings = NEVER;
        let rate = self.draws.num(ending.collapse);
        if !hazard.is(rate, 0) {
            rings = hazard.change(0, rate, &[], plan.horizon);
        }
        // At the very instant at which the term ends the hazard strikes first.
        let in_limbo = self.course.term_end < rings;
        if in_limbo && self.course.term_end <= end.at && term.is_none() {
            let rate = ending.limbo.map_or(0.0, |h| self.draws.num(h));
            if !hazard.is(rate, 0) {
                rings = hazard.change(self.course.term_end, rate, &[], plan.horizon);
            }
        }
        match rings <= end.at {
            true => Close { end: End::at(rings, ending.timer), is_collapsed: true, in_limbo },
            false => in_time,
        }
    }

    #[inline]
    fn close(&mut self, close: Close) {
        let plan = self.plan;
        let at = close.end.at;
        self.ending = match () {
            () if close.is_collapsed => Ending::Collapsed,
            () if plan.term.is_some() && at >= self.course.term_end => Ending::Expired,
            () => Ending::Ongoing,
        };
        self.rounds.close(&self.course, at);
        self.facts.begin();
        self.facts.collapse(close);
        self.facts.disputes(&self.disputes, at);
        self.facts.rounds(&self.course, &self.rounds);
        self.changes.clear();
        for index in 0..plan.violations.len() {
            // Only of the process over whose violation it ends something in that very second is still to come.
            let is_its = plan.violations[index].timer == close.end.timer;
            let end = if is_its { close.end } else { End::at(at, close.end.timer) };
            self.facts.violations(index, self.clusters.count_by(plan, index, end));
        }
        for index in 0..plan.flows.len() {
            let delivered = self.ahead.delivered_by(plan, index, close.end);
            self.facts.flow(plan, index, delivered, at);
            if self.keeps_changes {
                self.ahead.add_up(index, delivered.deliveries);
            }
        }
        if self.keeps_changes {
            self.note_changes(at, close.is_collapsed);
        }
    }

    fn note_changes(&mut self, end: Time, is_collapsed: bool) {
        let mut released = [0; 2];
        for (side, at, people) in self.rounds.releases(&self.course) {
            let before = released[side];
            released[side] += people;
            change(self.plan, &mut self.changes, side, at, before, released[side]);
        }
        let mut open = 0;
        for dispute in &self.disputes.list {
            for (at, by) in [(dispute.at, 1), (dispute.settled_at, -1)] {
                if at < NEVER {
                    change(self.plan, &mut self.changes, Series::Disputes as usize, at, open, open + by);
                    open += by;
                }
            }
        }
        if is_collapsed {
            change(self.plan, &mut self.changes, Series::Alive as usize, end, 1, 0);
        }
    }
}

fn change(plan: &Plan, changes: &mut Vec<Change>, series: Side, at: Time, from: i64, to: i64) {
    let day = day_of(&plan.midnights, at) as u32;
    changes.push(Change { series: series as u32, day, from, to });
}
