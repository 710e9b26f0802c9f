//! Keeping out of the calendar what cannot change anyone's course.
//!
//! Most violations open no dispute ([`super::clusters`] draws them) and most deliveries are not short. Where nothing can change a flow
//! (no hold) and nothing reads it but the final counts, all of it is drawn when it starts, only what opens a dispute is put
//! on the calendar, and the rest is counted when the replication ends. The draws, their addresses and the results are those of
//! the plain way, which an observed replication still goes: a trace equals its batch, and a test compares the two.

use super::address::{Answer, DISPUTE_STRIDE};
use super::draws::Draws;
use super::happening::{Cause, Observer};
use super::plan::{FlowPlan, Plan};
use super::world::{FIXED_SERIES, World, day_of};
use crate::kernel::{Time, below, round_half_up};

/// Deliveries looked at together: as many as a stream has words at hand.
const TOGETHER: usize = 128;

/// A short delivery over which a dispute opens: when, and its ordinal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matter {
    pub at: Time,
    pub ordinal: u64,
    pub severity: f64,
}

/// The deliveries that were drawn ahead. Indices are those of the plan's flows.
#[derive(Debug, Clone)]
pub(super) struct Ahead {
    amounts: Vec<Vec<i64>>,
    /// What had been delivered after each delivery, up to the end of the replication.
    totals: Vec<Vec<i64>>,
    /// Places of short deliveries.
    short: Vec<Vec<u32>>,
    /// Those over which a dispute opens.
    pub matters: Vec<Vec<Matter>>,
    next: Vec<usize>,
    /// Day of each delivery, by flow.
    days: Vec<Vec<u32>>,
    /// The number of the first flow's trajectory.
    first_series: usize,
    /// Room for work, kept so that none has to be cleared.
    levels: [f64; TOGETHER],
}

/// The daily trajectory of a flow that ran ahead: from 0, it comes to each total on the day beside it.
#[derive(Debug, Clone, Copy)]
pub struct Deliveries<'w> {
    /// Which trajectory.
    pub series: usize,
    /// Days, from 0, in order of time; there may be more of them than totals.
    pub days: &'w [u32],
    /// Totals on them.
    pub totals: &'w [i64],
}

/// What of a flow had been delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Delivered {
    pub deliveries: usize,
    pub total: i64,
    pub short: i64,
}

impl Ahead {
    pub(super) fn new(plan: &Plan) -> Self {
        let flows = plan.flows.len();
        let day = |t: &Time| day_of(&plan.midnights, *t) as u32;
        let room = || plan.flows.iter().map(|f| Vec::with_capacity(f.times.len())).collect();
        Self {
            amounts: room(),
            totals: room(),
            short: plan.flows.iter().map(|f| Vec::with_capacity(f.times.len())).collect(),
            matters: (0..flows).map(|_| Vec::with_capacity(MATTERS)).collect(),
            next: vec![0; flows],
            days: plan.flows.iter().map(|f| f.times.iter().map(day).collect()).collect(),
            first_series: FIXED_SERIES + plan.parties.len(),
            levels: [0.0; TOGETHER],
        }
    }

    /// Forgets the trajectories of the last replication.
    pub(super) fn begin(&mut self) {
        self.totals.iter_mut().for_each(Vec::clear);
    }

    /// The trajectories of the flows of which something was delivered.
    pub(super) fn deliveries(&self) -> impl Iterator<Item = Deliveries<'_>> {
        let flows = (self.first_series..).zip(self.days.iter().zip(&self.totals));
        flows.filter(|(_, (_, totals))| !totals.is_empty()).map(|(series, (days, totals))| Deliveries {
            series,
            days,
            totals,
        })
    }
}

/// Room for what matters of a flow.
const MATTERS: usize = 256;

/// Whether a flow can run ahead, given whether its share can ever be reduced and whether anything reads kept deliveries.
pub fn flow_can(plan: &FlowPlan, is_steady: bool, has_trust: bool) -> bool {
    let judged_daily = plan.short.is_none_or(|s| s.window == 1);
    plan.correlation.is_none() && plan.opens_with.is_none() && judged_daily && is_steady && !has_trust
}

impl Ahead {
    /// Draws all deliveries of a flow, and those over which a dispute opens.
    pub(super) fn draw_deliveries(&mut self, draws: &mut Draws<'_>, index: usize) {
        self.draw_amounts(draws, index);
        self.find_disputed(draws, index);
    }

    /// Draws all deliveries of a flow.
    pub(super) fn draw_amounts(&mut self, draws: &mut Draws<'_>, index: usize) {
        let flow = &draws.plan().flows[index];
        self.amounts[index].clear();
        self.short[index].clear();
        let limit = flow.short.map_or(f64::NEG_INFINITY, |s| draws.num(s.below));
        while self.amounts[index].len() < flow.times.len() {
            self.amounts_of_a_window(draws, index, limit);
        }
    }

    /// Which deliveries of a flow were short.
    #[inline]
    pub(super) fn short(&self, index: usize) -> &[u32] {
        &self.short[index]
    }

    fn amounts_of_a_window(&mut self, draws: &mut Draws<'_>, index: usize, limit: f64) {
        let flow = &draws.plan().flows[index];
        let Some(sampler) = &draws.plan().laws[flow.level.0 as usize].sampler else {
            return self.amount_of_a_drawn_law(draws, index, limit);
        };
        let amounts = &mut self.amounts[index];
        let from = amounts.len();
        let words = draws.streams.words_from(flow.stream as usize, from as u64, flow.times.len() - from);
        let levels = &mut self.levels;
        let count = sampler.sample_all(words, levels);
        if !flow.factor.is_empty() {
            for (level, factor) in levels[..count].iter_mut().zip(&flow.factor[from..]) {
                *level *= draws.num(*factor);
            }
        }
        for (levels, first) in levels[..count].chunks(64).zip((from as u32..).step_by(64)) {
            let mut short = below(levels, limit);
            while short != 0 {
                self.short[index].push(first + short.trailing_zeros());
                short &= short - 1;
            }
        }
        amounts.resize(from + count, 0);
        round_half_up(&levels[..count], &mut amounts[from..]);
    }

    #[cold]
    fn amount_of_a_drawn_law(&mut self, draws: &mut Draws<'_>, index: usize, limit: f64) {
        let flow = &draws.plan().flows[index];
        let place = self.amounts[index].len();
        let factor = flow.factor.get(place).map_or(1.0, |f| draws.num(*f));
        let level = draws.draw(flow.level, flow.stream, place as u64) * factor;
        if level < limit {
            self.short[index].push(place as u32);
        }
        self.amounts[index].push((level + 0.5) as i64);
    }

    /// Of the short deliveries, those over which a dispute opens.
    fn find_disputed(&mut self, draws: &mut Draws<'_>, index: usize) {
        let plan = draws.plan();
        let flow = &plan.flows[index];
        let matters = &mut self.matters[index];
        matters.clear();
        let Some(short) = flow.short.filter(|_| plan.parties[flow.owner].opponent.is_some()) else { return };
        for place in &self.short[index] {
            let ordinal = u64::from(*place);
            let position = ordinal * DISPUTE_STRIDE + Answer::Opens as u64;
            if draws.hit(short.opens, flow.dispute_stream, position) {
                let (at, severity) = (flow.times[*place as usize], draws.num(short.severity));
                matters.push(Matter { at, ordinal, severity });
            }
        }
    }

    /// What of a flow had been delivered when the replication ended.
    pub(super) fn delivered_by(&self, plan: &Plan, index: usize, end: End) -> Delivered {
        let flow = &plan.flows[index];
        let deliveries = match flow.times.last().is_some_and(|last| *last < end.at) {
            true => flow.times.len(),
            false => flow.times.partition_point(|t| end.has_had(*t, flow.timer)),
        };
        let total = self.amounts[index][..deliveries].iter().sum();
        let short = self.short[index].partition_point(|place| (*place as usize) < deliveries) as i64;
        Delivered { deliveries, total, short }
    }

    /// Takes down a flow's trajectory up to so many deliveries.
    pub(super) fn add_up(&mut self, index: usize, deliveries: usize) {
        let totals = &mut self.totals[index];
        totals.clear();
        let mut total = 0;
        totals.extend(self.amounts[index][..deliveries].iter().map(|amount| {
            total += amount;
            total
        }));
    }
}

/// When a replication ended, and the greatest number of a timer that had rung at that instant.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub at: Time,
    pub timer: u32,
    /// Of violations over which disputes open, or bursts, in that very second those of lower ordinals had happened.
    pub below: u64,
}

impl End {
    /// An end that came over no violation.
    #[inline]
    pub(super) fn at(at: Time, timer: u32) -> Self {
        Self { at, timer, below: u64::MAX }
    }

    /// Whether what a timer stood for at a time had happened: at the very instant of the end, what ranks no later than what did.
    #[inline]
    pub(super) fn has_had(self, time: Time, timer: u32) -> bool {
        time < self.at || (time == self.at && timer <= self.timer)
    }
}

impl<O: Observer> World<'_, O> {
    /// An observed replication shows every delivery as it happens, so it goes the plain way.
    #[inline]
    pub(super) fn runs_ahead(&self, plan_says: bool) -> bool {
        plan_says && !O::SEES
    }

    pub(super) fn draw_deliveries_ahead(&mut self, index: usize) {
        self.ahead.draw_deliveries(&mut self.draws, index);
        self.ahead.next[index] = 0;
        self.schedule_delivery(index);
    }

    fn schedule_delivery(&mut self, index: usize) {
        if let Some(matter) = self.ahead.matters[index].get(self.ahead.next[index]) {
            self.set(self.plan.flows[index].timer, matter.at);
        }
    }

    /// A short delivery drawn ahead over which a dispute opens.
    pub(super) fn delivery_ahead_matters(&mut self, index: usize) {
        let plan = self.plan;
        let flow = &plan.flows[index];
        let matter = self.ahead.matters[index][self.ahead.next[index]];
        self.ahead.next[index] += 1;
        if let Some(claimant) = plan.parties[flow.owner].opponent {
            let base = matter.ordinal * DISPUTE_STRIDE;
            self.dispute(Cause::Short(index as u32), claimant, matter.severity, flow.dispute_stream, base);
        }
        self.schedule_delivery(index);
    }

    /// Counts what was drawn ahead and had happened by the time the replication ended.
    pub(super) fn count_what_ran_ahead(&mut self) {
        if O::SEES || self.started > self.now {
            return;
        }
        let end = End::at(self.now, self.last_rung);
        for index in 0..self.plan.violations.len() {
            let end = self.clusters.end_at(index, end.at, end.timer);
            let count = self.clusters.count_by(self.plan, index, end);
            let [deaths, injuries, bursts, confirmed] = self.clusters.harm_by(self.plan, index, end);
            let process = &mut self.processes[index];
            process.count += count;
            process.deaths += deaths;
            process.injuries += injuries;
            process.bursts += bursts;
            process.confirmed += confirmed;
            self.violations += count;
            self.counts.events += count;
        }
        for index in 0..self.plan.flows.len() {
            if self.plan.flows[index].runs_ahead {
                self.count_deliveries(index, end);
            }
        }
    }

    fn count_deliveries(&mut self, index: usize, end: End) {
        let flow = &self.plan.flows[index];
        let delivered = self.ahead.delivered_by(self.plan, index, end);
        self.ahead.add_up(index, delivered.deliveries);
        self.flows[index].total = delivered.total;
        self.flows[index].short = delivered.short;
        self.counts.events += delivered.deliveries as i64;
        if flow.in_total {
            self.flow_total += delivered.total;
        }
        if let Some(plan) = flow.short.filter(|s| s.is_violation) {
            self.violations += delivered.short;
            if let Some(process) = plan.violation {
                self.processes[process].count += delivered.short;
            }
        }
    }
}
