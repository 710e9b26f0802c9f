//! Keeping out of the calendar what cannot change anyone's course.
//!
//! Most violations open no dispute and most deliveries are not short. Where nothing can change such a process (no excitation, no hold
//! on the flow) and nothing reads it but the final counts, all of it is drawn when it starts, only what opens a dispute is put
//! on the calendar, and the rest is counted when the replication ends. The draws, their addresses and the results are those of
//! the plain way, which an observed replication still goes: a trace equals its batch, and a test compares the two.

use super::address::{Answer, DISPUTE_STRIDE};
use super::happening::{Cause, Observer};
use super::plan::{FlowPlan, Plan, ViolationPlan};
use super::world::{Change, FIXED_SERIES, World, day_of, threshold};
use crate::kernel::{Time, after};

/// Violations, or deliveries, looked at together: as many as a stream has words at hand.
const TOGETHER: usize = 64;

/// Something drawn ahead that matters: when, and its ordinal.
#[derive(Debug, Clone, Copy)]
struct Matter {
    at: Time,
    ordinal: u64,
    severity: f64,
}

/// What was drawn ahead. Indices are those of the plan's processes and flows.
#[derive(Debug, Clone)]
pub(super) struct Ahead {
    times: Vec<Vec<Time>>,
    amounts: Vec<Vec<i64>>,
    short: Vec<Vec<Time>>,
    matters: Vec<Vec<Matter>>,
    next: Vec<usize>,
    /// Day of each delivery, by flow.
    days: Vec<Vec<u32>>,
}

impl Ahead {
    pub(super) fn new(plan: &Plan) -> Self {
        let (processes, flows) = (plan.violations.len(), plan.flows.len());
        let day = |t: &Time| day_of(&plan.midnights, *t) as u32;
        Self {
            times: plan.violations.iter().map(|v| Vec::with_capacity(room(plan, v))).collect(),
            amounts: plan.flows.iter().map(|f| Vec::with_capacity(f.times.len())).collect(),
            short: plan.flows.iter().map(|f| Vec::with_capacity(f.times.len())).collect(),
            matters: (0..processes + flows).map(|_| Vec::with_capacity(MATTERS)).collect(),
            next: vec![0; processes + flows],
            days: plan.flows.iter().map(|f| f.times.iter().map(day).collect()).collect(),
        }
    }
}

/// Room for what matters of a process or flow.
const MATTERS: usize = 256;

/// Room for the times of a process: twice as many as are expected, and some.
fn room(plan: &Plan, process: &ViolationPlan) -> usize {
    (2.0 * plan.numbers[process.rate.0 as usize] * plan.horizon as f64).min(1e6) as usize + MATTERS
}

/// Whether a violation process can run ahead.
pub fn violation_can(plan: &ViolationPlan, observes_history: bool) -> bool {
    !plan.is_excited
        && plan.early.is_none()
        && plan.excites.is_empty()
        && plan.harm.is_none()
        && plan.confirmed.is_none()
        && !observes_history
}

/// Whether a flow can run ahead, given whether its share can ever be reduced and whether anything reads kept deliveries.
pub fn flow_can(plan: &FlowPlan, is_steady: bool, has_trust: bool) -> bool {
    let judged_daily = plan.short.is_none_or(|s| s.window == 1);
    plan.correlation.is_none() && plan.opens_with.is_none() && judged_daily && is_steady && !has_trust
}

impl<O: Observer> World<'_, O> {
    /// An observed replication shows every violation and delivery as it happens, so it goes the plain way.
    #[inline]
    pub(super) fn runs_ahead(&self, plan_says: bool) -> bool {
        plan_says && !O::SEES
    }

    // ---- violations ----

    pub(super) fn draw_violations_ahead(&mut self, index: usize) {
        let plan = self.plan;
        let process = &plan.violations[index];
        let background = self.processes[index].background;
        let mut times = std::mem::take(&mut self.ahead.times[index]);
        times.clear();
        self.ahead.matters[index].clear();
        if background > 0.0 {
            let most = process.claimed_by.map_or(0.0, |_| self.num(process.opens));
            let mut at = self.now;
            while at <= plan.horizon {
                let from = times.len();
                at = self.times_of_a_window(process, background, at, &mut times);
                if at > plan.horizon {
                    times.pop();
                }
                self.toss(index, from, &times, most);
            }
        }
        self.ahead.times[index] = times;
        self.ahead.next[index] = 0;
        self.schedule_matter(index, process.timer);
    }

    /// Adds the times of the violations whose gaps are at hand, up to the first past the horizon; returns the last.
    fn times_of_a_window(
        &mut self,
        process: &ViolationPlan,
        background: f64,
        from: Time,
        times: &mut Vec<Time>,
    ) -> Time {
        let plan = self.plan;
        let law = plan.unit_exponential.0 as usize;
        let sampler = plan.laws[law].sampler.as_ref().expect("the unit exponential is known");
        let words = self.streams.words_from(process.gap_stream as usize, times.len() as u64);
        let mut gaps = [0.0; TOGETHER];
        let count = sampler.sample_all(words, &mut gaps);
        let mut at = from;
        for gap in &gaps[..count] {
            at = after(at, gap / background);
            times.push(at);
            if at > plan.horizon {
                break;
            }
        }
        at
    }

    /// Looks at the coins of violations from the `from`-th on; keeps those over which a dispute opens. No branch hangs on a single
    /// coin: those that may open one are gathered first.
    fn toss(&mut self, index: usize, from: usize, times: &[Time], most: f64) {
        if most <= 0.0 {
            return;
        }
        let stream = self.plan.violations[index].mark_stream as usize;
        let below = if most >= 1.0 { u64::MAX } else { threshold(most) };
        let mut next = from;
        while next < times.len() {
            let coins = self.streams.words_from(stream, 2 * next as u64 + 1).step_by(2);
            let (mut candidates, mut found) = ([(0, 0); TOGETHER], 0);
            for (ordinal, coin) in (next..times.len()).zip(coins) {
                candidates[found % TOGETHER] = (ordinal, coin);
                found += usize::from(coin < below || most >= 1.0);
                next = ordinal + 1;
            }
            self.judge_ahead(index, &candidates[..found], times, most);
        }
    }

    /// Which of the violations whose coins say that a dispute may open are grave enough.
    fn judge_ahead(&mut self, index: usize, candidates: &[(usize, u64)], times: &[Time], most: f64) {
        let process = &self.plan.violations[index];
        for (ordinal, coin) in candidates {
            let ordinal = *ordinal as u64;
            let severity = self.draw(process.severity, process.mark_stream, 2 * ordinal);
            let p = if process.by_severity { most * severity } else { most };
            if p >= 1.0 || *coin < threshold(p) {
                let at = times[ordinal as usize];
                self.ahead.matters[index].push(Matter { at, ordinal, severity });
            }
        }
    }

    /// A violation drawn ahead over which a dispute opens.
    pub(super) fn violation_ahead_matters(&mut self, index: usize) {
        let plan = self.plan;
        let process = &plan.violations[index];
        let matter = self.ahead.matters[index][self.ahead.next[index]];
        self.ahead.next[index] += 1;
        if let Some(claimant) = process.claimed_by {
            let base = matter.ordinal * DISPUTE_STRIDE;
            self.dispute(
                Cause::Violation(index as u32),
                claimant,
                matter.severity,
                process.dispute_stream,
                base,
            );
        }
        self.schedule_matter(index, process.timer);
    }

    fn schedule_matter(&mut self, place: usize, timer: u32) {
        if let Some(matter) = self.ahead.matters[place].get(self.ahead.next[place]) {
            let at = matter.at;
            self.set(timer, at);
        }
    }

    // ---- deliveries ----

    pub(super) fn draw_deliveries_ahead(&mut self, index: usize) {
        let plan = self.plan;
        let flow = &plan.flows[index];
        let place = plan.violations.len() + index;
        let mut amounts = std::mem::take(&mut self.ahead.amounts[index]);
        amounts.clear();
        self.ahead.matters[place].clear();
        self.ahead.short[index].clear();
        let below = flow.short.map_or(f64::NEG_INFINITY, |s| self.num(s.below));
        while amounts.len() < flow.times.len() {
            let from = amounts.len();
            self.amounts_of_a_window(index, from, below, &mut amounts);
        }
        self.ahead.amounts[index] = amounts;
        self.ahead.next[place] = 0;
        self.find_disputed_days(index, place);
        self.schedule_matter(place, flow.timer);
    }

    fn amounts_of_a_window(&mut self, index: usize, from: usize, below: f64, amounts: &mut Vec<i64>) {
        let plan = self.plan;
        let flow = &plan.flows[index];
        let Some(sampler) = &plan.laws[flow.level.0 as usize].sampler else {
            return self.amount_of_a_drawn_law(index, from, below, amounts);
        };
        let words = self.streams.words_from(flow.stream as usize, from as u64);
        let mut levels = [0.0; TOGETHER];
        let left = flow.times.len() - from;
        let count = sampler.sample_all(words.take(left), &mut levels);
        if !flow.factor.is_empty() {
            for (level, factor) in levels[..count].iter_mut().zip(&flow.factor[from..]) {
                *level *= self.numbers[factor.0 as usize];
            }
        }
        // Each day is written where the next short one belongs, and kept there if it is short: no branch hangs on a level.
        let (mut short, mut found) = ([0; TOGETHER], 0);
        for (day, level) in (from..).zip(&levels[..count]) {
            short[found % TOGETHER] = day as Time;
            found += usize::from(*level < below);
        }
        self.ahead.short[index].extend_from_slice(&short[..found]);
        amounts.extend(levels[..count].iter().map(|level| (level + 0.5) as i64));
    }

    #[cold]
    fn amount_of_a_drawn_law(&mut self, index: usize, day: usize, below: f64, amounts: &mut Vec<i64>) {
        let flow = &self.plan.flows[index];
        let factor = flow.factor.get(day).map_or(1.0, |f| self.num(*f));
        let level = self.draw(flow.level, flow.stream, day as u64) * factor;
        if level < below {
            self.ahead.short[index].push(day as Time);
        }
        amounts.push((level + 0.5) as i64);
    }

    /// Of the short days, those over which a dispute opens.
    fn find_disputed_days(&mut self, index: usize, place: usize) {
        let flow = &self.plan.flows[index];
        let Some(short) = flow.short else { return };
        if self.plan.parties[flow.owner].opponent.is_none() {
            return;
        }
        for at in 0..self.ahead.short[index].len() {
            let day = self.ahead.short[index][at] as u64;
            let base = day * DISPUTE_STRIDE;
            if self.hit(short.opens, flow.dispute_stream, base + Answer::Opens as u64) {
                let severity = self.num(short.severity);
                let at = flow.times[day as usize];
                self.ahead.matters[place].push(Matter { at, ordinal: day, severity });
            }
        }
    }

    pub(super) fn delivery_ahead_matters(&mut self, index: usize) {
        let plan = self.plan;
        let flow = &plan.flows[index];
        let place = plan.violations.len() + index;
        let matter = self.ahead.matters[place][self.ahead.next[place]];
        self.ahead.next[place] += 1;
        if let Some(claimant) = plan.parties[flow.owner].opponent {
            let base = matter.ordinal * DISPUTE_STRIDE;
            self.dispute(Cause::Short(index as u32), claimant, matter.severity, flow.dispute_stream, base);
        }
        self.schedule_matter(place, flow.timer);
    }

    // ---- the end ----

    /// Counts what was drawn ahead and had happened by the time the replication ended.
    pub(super) fn count_what_ran_ahead(&mut self) {
        if O::SEES || self.started > self.now {
            return;
        }
        for index in 0..self.plan.violations.len() {
            if self.plan.violations[index].runs_ahead {
                self.count_violations(index);
            }
        }
        for index in 0..self.plan.flows.len() {
            if self.plan.flows[index].runs_ahead {
                self.count_deliveries(index);
            }
        }
    }

    fn count_violations(&mut self, index: usize) {
        let times = &self.ahead.times[index];
        let is_early = self.now < self.plan.horizon;
        let count = if is_early { times.partition_point(|t| self.is_past(*t, index)) } else { times.len() };
        self.processes[index].count += count as i64;
        self.violations += count as i64;
        self.counts.events += count as i64;
    }

    /// Whether a violation at a time had happened when the replication ended at `now`: at the very instant of its end, those that
    /// rank before what ended it, and the one that ended it.
    fn is_past(&self, time: Time, index: usize) -> bool {
        time < self.now || (time == self.now && self.plan.violations[index].timer <= self.ended_by)
    }

    fn count_deliveries(&mut self, index: usize) {
        let flow = &self.plan.flows[index];
        let happened = |t: &Time| *t < self.now || (*t == self.now && flow.timer <= self.ended_by);
        let days = flow.times.partition_point(happened);
        let mut total = 0;
        let series = (FIXED_SERIES + self.plan.parties.len() + index) as u32;
        let amounts = self.ahead.amounts[index][..days].iter().zip(&self.ahead.days[index]);
        self.changes.extend(amounts.map(|(amount, day)| {
            let from = total;
            total += amount;
            Change { series, day: *day, from, to: total }
        }));
        let short = self.ahead.short[index].partition_point(|day| (*day as usize) < days) as i64;
        self.flows[index].total = total;
        self.flows[index].short = short;
        self.counts.events += days as i64;
        if flow.in_total {
            self.flow_total += total;
        }
        if let Some(plan) = flow.short.filter(|s| s.is_violation) {
            self.violations += short;
            if let Some(process) = plan.violation {
                self.processes[process].count += short;
            }
        }
    }
}
