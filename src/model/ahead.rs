//! Keeping out of the calendar what cannot change anyone's course.
//!
//! Most violations open no dispute and most deliveries are not short. Where nothing can change such a process (no excitation, no hold
//! on the flow) and nothing reads it but the final counts, all of it is drawn when it starts, only what opens a dispute is put
//! on the calendar, and the rest is counted when the replication ends. The draws, their addresses and the results are those of
//! the plain way, which an observed replication still goes: a trace equals its batch, and a test compares the two.

use super::address::{Answer, DISPUTE_STRIDE};
use super::draws::{Draws, threshold};
use super::happening::{Cause, Observer};
use super::plan::{FlowPlan, Plan, ViolationPlan};
use super::world::{Change, FIXED_SERIES, World, day_of};
use crate::kernel::{Time, whole_seconds};

/// Violations, or deliveries, looked at together: as many as a stream has words at hand.
const TOGETHER: usize = 64;

/// Something drawn ahead that matters: when, and its ordinal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matter {
    pub at: Time,
    pub ordinal: u64,
    pub severity: f64,
}

/// What was drawn ahead. Indices are those of the plan's processes and flows.
#[derive(Debug, Clone)]
pub(super) struct Ahead {
    times: Vec<Vec<Time>>,
    amounts: Vec<Vec<i64>>,
    /// Places of short deliveries.
    short: Vec<Vec<u32>>,
    /// Of each process and then of each flow: that over which a dispute opens.
    pub matters: Vec<Vec<Matter>>,
    next: Vec<usize>,
    /// Day of each delivery, by flow.
    days: Vec<Vec<u32>>,
    room: Room,
}

/// Room for work, kept so that none has to be cleared.
#[derive(Debug, Clone)]
struct Room {
    levels: [f64; TOGETHER],
    ends: [Time; TOGETHER],
    /// Places of short deliveries, or ordinals of violations over which a dispute may open.
    places: [u32; TOGETHER],
    /// The words by which the severities of these violations are drawn, and their coins.
    severities: [u64; TOGETHER],
    coins: [u64; TOGETHER],
}

impl Room {
    const EMPTY: Self = Self {
        levels: [0.0; TOGETHER],
        ends: [0; TOGETHER],
        places: [0; TOGETHER],
        severities: [0; TOGETHER],
        coins: [0; TOGETHER],
    };

    /// Keeps a violation in the `found`-th place.
    #[inline]
    fn keep(&mut self, found: usize, ordinal: usize, [severity, coin]: [u64; 2]) {
        let place = found % TOGETHER;
        (self.places[place], self.severities[place], self.coins[place]) = (ordinal as u32, severity, coin);
    }
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
        let (processes, flows) = (plan.violations.len(), plan.flows.len());
        let day = |t: &Time| day_of(&plan.midnights, *t) as u32;
        Self {
            times: plan.violations.iter().map(|v| Vec::with_capacity(room(plan, v))).collect(),
            amounts: plan.flows.iter().map(|f| Vec::with_capacity(f.times.len())).collect(),
            short: plan.flows.iter().map(|f| Vec::with_capacity(f.times.len())).collect(),
            matters: (0..processes + flows).map(|_| Vec::with_capacity(MATTERS)).collect(),
            next: vec![0; processes + flows],
            days: plan.flows.iter().map(|f| f.times.iter().map(day).collect()).collect(),
            room: Room::EMPTY,
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

impl Ahead {
    /// Draws a process from a time on: when its violations come, and those over which a dispute opens.
    pub(super) fn draw_violations(
        &mut self,
        draws: &mut Draws<'_>,
        index: usize,
        background: f64,
        from: Time,
    ) {
        let plan = draws.plan();
        let process = &plan.violations[index];
        self.times[index].clear();
        self.matters[index].clear();
        if background <= 0.0 {
            return;
        }
        let most = process.claimed_by.map_or(0.0, |_| draws.num(process.opens));
        let mut at = from;
        while at <= plan.horizon {
            let first = self.times[index].len();
            at = self.times_of_a_window(draws, index, background, at);
            if at > plan.horizon {
                self.times[index].pop();
            }
            self.toss(draws, index, first, most);
        }
    }

    /// Adds the times of violations whose gaps are at hand, up to the first past the horizon; returns the last. Not many more gaps
    /// are read than are likely to be needed.
    fn times_of_a_window(
        &mut self,
        draws: &mut Draws<'_>,
        index: usize,
        background: f64,
        from: Time,
    ) -> Time {
        let plan = draws.plan();
        let times = &mut self.times[index];
        let likely = (plan.horizon - from) as f64 * background;
        let stream = plan.violations[index].gap_stream as usize;
        let words = draws.streams.words_from(stream, times.len() as u64, likely as usize + SPARE);
        let law = plan.unit_exponential.0 as usize;
        let sampler = plan.laws[law].sampler.as_ref().expect("the unit exponential is known");
        let Room { levels: gaps, ends, .. } = &mut self.room;
        let count = sampler.sample_all(words, gaps);
        let (gaps, ends) = (&mut gaps[..count], &mut ends[..count]);
        gaps.iter_mut().for_each(|gap| *gap /= background);
        whole_seconds(gaps, ends);
        // All are added up, also those past the horizon: no branch hangs on a single gap.
        let (mut at, mut within) = (from, 0);
        for end in ends.iter_mut() {
            at += *end;
            *end = at;
            within += usize::from(at <= plan.horizon);
        }
        let found = count.min(within + 1);
        times.extend_from_slice(&ends[..found]);
        ends[found - 1]
    }

    /// Looks at the coins of violations from the `first`-th on; keeps those over which a dispute opens. No branch hangs on a single
    /// coin: those that may open one are gathered first.
    fn toss(&mut self, draws: &mut Draws<'_>, index: usize, first: usize, most: f64) {
        if most <= 0.0 {
            return;
        }
        let stream = draws.plan().violations[index].mark_stream as usize;
        let below = if most >= 1.0 { u64::MAX } else { threshold(most) };
        let (mut next, end) = (first, self.times[index].len());
        while next < end {
            // Two words a violation: what its severity is drawn by, and its coin.
            let words = draws.streams.words_from(stream, 2 * next as u64, 2 * (end - next));
            let mut found = 0;
            for mark in words.as_chunks().0 {
                self.room.keep(found, next, *mark);
                found += usize::from(mark[1] < below || most >= 1.0);
                next += 1;
            }
            if words.len() < 2 {
                let position = 2 * next as u64;
                let mark = [position, position + 1].map(|p| draws.streams.word(stream, p));
                self.room.keep(0, next, mark);
                found = usize::from(mark[1] < below || most >= 1.0);
                next += 1;
            }
            self.judge(draws, index, found, most);
        }
    }

    /// Which of the violations whose coins say that a dispute may open are grave enough.
    fn judge(&mut self, draws: &Draws<'_>, index: usize, candidates: usize, most: f64) {
        let process = &draws.plan().violations[index];
        let Room { levels, places, severities, coins, .. } = &mut self.room;
        draws.values(process.severity, &severities[..candidates], levels);
        for ((place, coin), severity) in places.iter().zip(coins).zip(&levels[..candidates]) {
            let p = if process.by_severity { most * severity } else { most };
            if p >= 1.0 || *coin < threshold(p) {
                let at = self.times[index][*place as usize];
                self.matters[index].push(Matter { at, ordinal: u64::from(*place), severity: *severity });
            }
        }
    }

    /// Draws all deliveries of a flow, and those over which a dispute opens.
    pub(super) fn draw_deliveries(&mut self, draws: &mut Draws<'_>, index: usize) {
        let flow = &draws.plan().flows[index];
        self.amounts[index].clear();
        self.short[index].clear();
        let below = flow.short.map_or(f64::NEG_INFINITY, |s| draws.num(s.below));
        while self.amounts[index].len() < flow.times.len() {
            self.amounts_of_a_window(draws, index, below);
        }
        self.find_disputed(draws, index);
    }

    fn amounts_of_a_window(&mut self, draws: &mut Draws<'_>, index: usize, below: f64) {
        let flow = &draws.plan().flows[index];
        let Some(sampler) = &draws.plan().laws[flow.level.0 as usize].sampler else {
            return self.amount_of_a_drawn_law(draws, index, below);
        };
        let amounts = &mut self.amounts[index];
        let from = amounts.len();
        let words = draws.streams.words_from(flow.stream as usize, from as u64, flow.times.len() - from);
        let Room { levels, places: short, .. } = &mut self.room;
        let count = sampler.sample_all(words, levels);
        if !flow.factor.is_empty() {
            for (level, factor) in levels[..count].iter_mut().zip(&flow.factor[from..]) {
                *level *= draws.num(*factor);
            }
        }
        // Each place is written where the next short one belongs, and kept there if it is short: no branch hangs on a level.
        let mut found = 0;
        for (place, level) in (from as u32..).zip(&levels[..count]) {
            short[found % TOGETHER] = place;
            found += usize::from(*level < below);
        }
        self.short[index].extend_from_slice(&short[..found]);
        amounts.extend(levels[..count].iter().map(|level| (level + 0.5) as i64));
    }

    #[cold]
    fn amount_of_a_drawn_law(&mut self, draws: &mut Draws<'_>, index: usize, below: f64) {
        let flow = &draws.plan().flows[index];
        let place = self.amounts[index].len();
        let factor = flow.factor.get(place).map_or(1.0, |f| draws.num(*f));
        let level = draws.draw(flow.level, flow.stream, place as u64) * factor;
        if level < below {
            self.short[index].push(place as u32);
        }
        self.amounts[index].push((level + 0.5) as i64);
    }

    /// Of the short deliveries, those over which a dispute opens.
    fn find_disputed(&mut self, draws: &mut Draws<'_>, index: usize) {
        let plan = draws.plan();
        let flow = &plan.flows[index];
        let matters = &mut self.matters[plan.violations.len() + index];
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

    /// How many violations of a process had happened when the replication ended.
    pub(super) fn violations_by(&self, plan: &Plan, index: usize, end: End) -> usize {
        let times = &self.times[index];
        match end.at < plan.horizon {
            true => times.partition_point(|t| end.has_had(*t, plan.violations[index].timer)),
            false => times.len(),
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

    /// Adds the changes of a flow's trajectory by so many deliveries.
    pub(super) fn changes_by(&self, plan: &Plan, index: usize, deliveries: usize, changes: &mut Vec<Change>) {
        let mut total = 0;
        let series = (FIXED_SERIES + plan.parties.len() + index) as u32;
        let amounts = self.amounts[index][..deliveries].iter().zip(&self.days[index]);
        changes.extend(amounts.map(|(amount, day)| {
            let from = total;
            total += amount;
            Change { series, day: *day, from, to: total }
        }));
    }
}

/// More gaps than are likely, so that seldom a second window is needed.
const SPARE: usize = 6;

/// When a replication ended, and the greatest number of a timer that had rung at that instant.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub at: Time,
    pub timer: u32,
}

impl End {
    /// Whether what a timer stood for at a time had happened: at the very instant of the end, what ranks no later than what did.
    #[inline]
    pub(super) fn has_had(self, time: Time, timer: u32) -> bool {
        time < self.at || (time == self.at && timer <= self.timer)
    }
}

impl<O: Observer> World<'_, O> {
    /// An observed replication shows every violation and delivery as it happens, so it goes the plain way.
    #[inline]
    pub(super) fn runs_ahead(&self, plan_says: bool) -> bool {
        plan_says && !O::SEES
    }

    pub(super) fn draw_violations_ahead(&mut self, index: usize) {
        let background = self.processes[index].background;
        self.ahead.draw_violations(&mut self.draws, index, background, self.now);
        self.ahead.next[index] = 0;
        self.schedule_matter(index, self.plan.violations[index].timer);
    }

    pub(super) fn draw_deliveries_ahead(&mut self, index: usize) {
        self.ahead.draw_deliveries(&mut self.draws, index);
        let place = self.plan.violations.len() + index;
        self.ahead.next[place] = 0;
        self.schedule_matter(place, self.plan.flows[index].timer);
    }

    fn schedule_matter(&mut self, place: usize, timer: u32) {
        if let Some(matter) = self.ahead.matters[place].get(self.ahead.next[place]) {
            let at = matter.at;
            self.set(timer, at);
        }
    }

    fn next_matter(&mut self, place: usize) -> Matter {
        self.ahead.next[place] += 1;
        self.ahead.matters[place][self.ahead.next[place] - 1]
    }

    /// A violation drawn ahead over which a dispute opens.
    pub(super) fn violation_ahead_matters(&mut self, index: usize) {
        let process = &self.plan.violations[index];
        let matter = self.next_matter(index);
        if let Some(claimant) = process.claimed_by {
            let base = matter.ordinal * DISPUTE_STRIDE;
            let cause = Cause::Violation(index as u32);
            self.dispute(cause, claimant, matter.severity, process.dispute_stream, base);
        }
        self.schedule_matter(index, process.timer);
    }

    /// A short delivery drawn ahead over which a dispute opens.
    pub(super) fn delivery_ahead_matters(&mut self, index: usize) {
        let plan = self.plan;
        let flow = &plan.flows[index];
        let place = plan.violations.len() + index;
        let matter = self.next_matter(place);
        if let Some(claimant) = plan.parties[flow.owner].opponent {
            let base = matter.ordinal * DISPUTE_STRIDE;
            self.dispute(Cause::Short(index as u32), claimant, matter.severity, flow.dispute_stream, base);
        }
        self.schedule_matter(place, flow.timer);
    }

    /// Counts what was drawn ahead and had happened by the time the replication ended.
    pub(super) fn count_what_ran_ahead(&mut self) {
        if O::SEES || self.started > self.now {
            return;
        }
        let end = End { at: self.now, timer: self.last_rung };
        for index in 0..self.plan.violations.len() {
            if self.plan.violations[index].runs_ahead {
                let count = self.ahead.violations_by(self.plan, index, end) as i64;
                self.processes[index].count += count;
                self.violations += count;
                self.counts.events += count;
            }
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
        self.ahead.changes_by(self.plan, index, delivered.deliveries, &mut self.changes);
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
