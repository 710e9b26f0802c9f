//! Alleged violations, drawn ahead as clusters.
//!
//! A mutually exciting process with exponential kernels is a sum of clusters (Hawkes and Oakes 1974, Journal of Applied Probability
//! 11:493): violations of a process's own come at its background rate, and each, whoever brought it on, brings on a Poisson number of further
//! ones, after exponential times. Nothing that the truce does changes any of it, so all of it is drawn when a process starts or an
//! event pushes it. Only what can change the course of the truce is then put on the calendar: a violation over which a dispute opens,
//! and a burst; the rest is counted when the replication ends. An observed replication shows every violation at its time, from the very same draws.
//!
//! Own violations: blocks of 2^22 seconds from the start of the process (shorter ones for horizons below 12 days), in each a Poisson number
//! of times, even over the block. So a longer horizon adds violations and moves none, and a higher rate moves none either. Every violation
//! that another brought on has a *name*, a hash of its lineage, and one block of words at that name ([`offspring`]): so
//! whether and how others come moves nothing of it.

mod marks;
mod offspring;

use super::ahead::End;
use super::draws::{Draws, happens};
use super::plan::{Plan, ViolationPlan};
use crate::dist::{Distribution, Prob, Sampler};
use crate::kernel::stream::BLOCK;
use crate::kernel::{NEVER, Time, after};
use marks::{Limits, Room};
pub(super) use offspring::named;
use offspring::{Offspring, Source, Sprout, TOGETHER, add_sprouts};

/// A block of own violations has 2^22 seconds, 48.5 days; where the horizon is shorter than this power of two, the least that is longer.
const BLOCK_BITS: u32 = 22;
const SHORT_BITS: u32 = 20;
/// Places that a block of own violations has, by how many bits they are counted.
const PLACES: u32 = 26;
/// The block whose places the early violations have; time has fewer.
const EARLY: u64 = (1 << 11) - 1;
/// Ordinals of violations that were drawn anew lie above this bit.
const RENEWALS_FROM: u32 = 40;
/// What the push of what was left of the past is named by, and how often violations were drawn anew.
const LEFT: u64 = 1 << 40;

/// A violation that is seen: one over which a dispute opens, or a burst; in an observed replication, any.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Violation {
    pub at: Time,
    pub ordinal: u64,
    /// Whether a dispute opens over it, and if so, how grave it is taken to be.
    pub opens: bool,
    pub severity: f64,
    pub harm: Harm,
}

impl Violation {
    /// Of violations of one process in the same second those come first that change nothing.
    fn order(&self) -> (Time, bool, u64) {
        (self.at, self.opens || self.harm.is_burst, self.ordinal)
    }
}

/// What a violation did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Harm {
    pub deaths: i64,
    pub injuries: i64,
    pub is_burst: bool,
    pub is_confirmed: bool,
}

impl Harm {
    /// Deaths, injuries, bursts, confirmed.
    fn amounts(&self) -> [i64; 4] {
        [self.deaths, self.injuries, i64::from(self.is_burst), i64::from(self.is_confirmed)]
    }
}

/// A process, and its violations in one replication.
#[derive(Debug, Clone)]
struct Process {
    in_block: InBlock,
    offspring: Offspring,
    limits: Limits,
    /// From when on it runs.
    from: Time,
    /// When each comes; those after the horizon do not count.
    times: Vec<Time>,
    /// Those that did something.
    harms: Vec<(Time, Harm)>,
    /// Those that are seen, by time, and how many of them have been.
    seen: Vec<Violation>,
    next: usize,
    /// How many of `times` are in `pushes` with what they still bring on.
    folded: usize,
}

/// How much more than later own violations come at first: this multiple of the background at the time from which they are drawn (at least
/// -1), and its mean decay.
#[derive(Debug, Clone, Copy)]
pub(super) struct Early {
    pub excess: f64,
    pub decay: f64,
}

/// The law of how many own violations come in a block, made once where the rate is fixed.
#[derive(Debug, Clone)]
struct InBlock {
    mean: f64,
    sampler: Option<Sampler>,
}

/// Something that brought violations on from outside: when, on which process, and how many are expected.
#[derive(Debug, Clone, Copy)]
struct Push {
    at: Time,
    target: usize,
    expected: f64,
}

/// The violations of all processes in one replication. Indices are those of the plan.
#[derive(Debug, Clone)]
pub(super) struct Clusters {
    /// The logarithm of a block's length.
    block_bits: u32,
    processes: Vec<Process>,
    pushes: Vec<Push>,
    /// How often violations to come were drawn anew: places and names of the new ones are their own.
    renewals: u64,
    /// What is still to be grown.
    sprouts: Vec<Sprout>,
    /// Room for the words of those that are grown together.
    blocks: [[[u64; BLOCK]; 2]; TOGETHER / 2],
    /// Whether every violation is seen.
    sees_all: bool,
    room: Room,
}

/// Room for the violations that are seen of a process.
const MANY: usize = 1024;

impl Clusters {
    pub(super) fn new(plan: &Plan, draws: &Draws<'_>, sees_all: bool) -> Self {
        let block_bits = block_bits(plan.horizon);
        let expected = expected(plan, 1 << block_bits);
        let process = |(plan_of, expected): (&ViolationPlan, &f64)| {
            let room = (4.0 * expected).min(1e6) as usize + MANY;
            Process {
                in_block: InBlock::of(plan, plan_of, 1 << block_bits),
                offspring: Offspring::of(plan_of, draws),
                limits: Limits::of(plan_of, draws, sees_all),
                from: NEVER,
                times: Vec::with_capacity(room),
                harms: Vec::with_capacity(room),
                seen: Vec::with_capacity(if sees_all { room } else { MANY }),
                next: 0,
                folded: 0,
            }
        };
        Self {
            block_bits,
            processes: plan.violations.iter().zip(&expected).map(process).collect(),
            pushes: Vec::with_capacity(MANY),
            renewals: 0,
            sprouts: Vec::with_capacity((2.0 * expected.iter().sum::<f64>()).min(1e6) as usize + MANY),
            blocks: [[[0; BLOCK]; 2]; TOGETHER / 2],
            sees_all,
            room: Room::EMPTY,
        }
    }

    /// Forgets the last replication. No process runs.
    #[inline]
    pub(super) fn begin(&mut self, draws: &Draws<'_>) {
        let plan = draws.plan();
        for (process, plan_of) in self.processes.iter_mut().zip(&plan.violations) {
            process.from = NEVER;
            process.times.clear();
            process.harms.clear();
            process.seen.clear();
            process.next = 0;
            process.folded = 0;
            process.offspring.renew(draws);
            if !plan.drawn.is_empty() {
                process.limits = Limits::of(plan_of, draws, self.sees_all);
            }
        }
        self.renewals = 0;
        self.pushes.clear();
    }

    /// How many processes there are.
    #[inline]
    pub(super) fn processes(&self) -> usize {
        self.processes.len()
    }

    /// From when on a process runs: what would come before is on record, or never came.
    #[inline]
    pub(super) fn runs_from(&mut self, index: usize, from: Time) {
        self.processes[index].from = from;
    }

    /// From when on a process runs.
    pub(super) fn start_of(&self, index: usize) -> Time {
        self.processes[index].from
    }

    /// Draws a process's own violations from a time on: at a background rate, with an early excess or want.
    #[inline]
    pub(super) fn draw_own(
        &mut self,
        draws: &mut Draws<'_>,
        index: usize,
        (background, early): (f64, Option<Early>),
        since: Time,
    ) {
        if background <= 0.0 {
            return;
        }
        let (mut block, mut start) = (0, since);
        while start <= draws.plan().horizon {
            let from = self.processes[index].times.len();
            self.times_of_a_block(draws, index, background, (block, start));
            if let Some(want) = early.filter(|early| early.excess < 0.0) {
                self.thin(draws, index, want, (block, since, from));
            }
            self.mark(draws, index, self.first(block), from);
            (block, start) = (block + 1, start.saturating_add(1 << self.block_bits));
        }
        if let Some(early) = early.filter(|early| early.excess > 0.0) {
            self.draw_early(draws, index, background * early.excess * early.decay, (since, early.decay));
        }
    }

    /// The ordinal of the first violation of a block.
    #[inline]
    fn first(&self, block: u64) -> u64 {
        (self.renewals << RENEWALS_FROM) + (block << PLACES)
    }

    /// The name of what was left of the past when violations were drawn.
    pub(super) fn left(&self, tag: u64) -> u64 {
        named(tag, LEFT + self.renewals)
    }

    #[inline]
    fn times_of_a_block(
        &mut self,
        draws: &mut Draws<'_>,
        index: usize,
        background: f64,
        (block, start): (u64, Time),
    ) {
        let mean = background * (1_i64 << self.block_bits) as f64;
        let stream = draws.plan().violations[index].time_stream as usize;
        let mut position = self.first(block);
        let process = &mut self.processes[index];
        let count = process.in_block.at(mean, draws.streams.word(stream, position));
        position += 1;
        let shift = u64::BITS - self.block_bits;
        let times = &mut process.times;
        let end = times.len() + count as usize;
        while times.len() < end {
            // Up to three too many: whole groups take one branch that cannot be foreseen, odd ends another.
            let words = draws.streams.words_from(stream, position, (end - times.len()).next_multiple_of(4));
            times.extend(words.iter().map(|word| start + (word >> shift) as Time));
            position += words.len() as u64;
        }
        times.truncate(end);
    }

    /// Takes away own violations of a block while fewer come than later: those that were thinned out never come.
    #[cold]
    fn thin(
        &mut self,
        draws: &mut Draws<'_>,
        index: usize,
        want: Early,
        (block, since, from): (u64, Time, usize),
    ) {
        let stream = draws.plan().violations[index].early_stream;
        for (ordinal, at) in (self.first(block)..).zip(&mut self.processes[index].times[from..]) {
            let missing = -want.excess * libm::exp(-((*at - since) as f64) / want.decay);
            if happens(missing, draws.word(stream, ordinal)) {
                *at = NEVER;
            }
        }
    }

    /// Draws early violations of a process: so many are expected from a time on, fewer and fewer with a mean decay.
    fn draw_early(
        &mut self,
        draws: &mut Draws<'_>,
        index: usize,
        expected: f64,
        (since, decay): (Time, f64),
    ) {
        let stream = draws.plan().violations[index].early_stream;
        let count = poisson(expected, draws.word(stream, 0));
        let from = self.processes[index].times.len();
        for place in 1..=count {
            let wait = draws.draw(draws.plan().unit_exponential, stream, place);
            self.processes[index].times.push(after(since, wait * decay));
        }
        self.mark(draws, index, self.first(EARLY), from);
    }

    /// Brings on violations of a process from outside: so many are expected. The name tells one push from all others.
    pub(super) fn push(
        &mut self,
        draws: &mut Draws<'_>,
        target: usize,
        expected: f64,
        (at, name): (Time, u64),
    ) {
        if expected <= 0.0 || expected.is_nan() {
            return;
        }
        self.pushes.push(Push { at, target, expected });
        let count = poisson(expected, Self::pushed_by(draws, name));
        add_sprouts(&mut self.sprouts, name, count, (at, Source::Push(target)));
    }

    /// Puts what is seen in order of time; for when all that comes at an instant has been drawn.
    pub(super) fn arrange(&mut self) {
        for process in &mut self.processes {
            process.seen[process.next..].sort_unstable_by_key(Violation::order);
        }
    }

    /// The next violation of a process that is seen.
    #[inline]
    pub(super) fn peek(&self, index: usize) -> Option<&Violation> {
        let process = &self.processes[index];
        process.seen.get(process.next)
    }

    /// Takes it.
    #[inline]
    pub(super) fn take(&mut self, index: usize) -> Option<Violation> {
        let violation = self.peek(index).copied();
        self.processes[index].next += 1;
        violation
    }

    /// All violations of a process that are seen.
    #[inline]
    pub(super) fn seen(&self, index: usize) -> &[Violation] {
        &self.processes[index].seen
    }

    /// The end of a replication at an instant, as a process saw it: of what it shows in that very second only what was taken has happened.
    pub(super) fn end_at(&self, index: usize, at: Time, timer: u32) -> End {
        let process = &self.processes[index];
        let last = process.next.checked_sub(1).and_then(|last| process.seen.get(last));
        let below = last.filter(|violation| violation.at == at).map_or(0, |violation| violation.ordinal + 1);
        End { at, timer, below }
    }

    /// Violations of a process in the very second of the end that did not happen any more.
    fn missed(&self, index: usize, end: End) -> impl Iterator<Item = &Violation> {
        let is_missed = move |violation: &&Violation| {
            violation.at == end.at
                && violation.ordinal >= end.below
                && (violation.opens || violation.harm.is_burst)
        };
        self.processes[index].seen.iter().filter(is_missed)
    }

    /// How many violations of a process had happened when the replication ended.
    #[inline]
    pub(super) fn count_by(&self, plan: &Plan, index: usize, end: End) -> i64 {
        let is_due = plan.violations[index].timer <= end.timer;
        let last = if is_due { end.at } else { end.at - 1 };
        // The sign of a difference: nothing narrower than what processors have long had for whole numbers.
        let later = self.processes[index].times.iter().map(|at| (last - *at) as u64 >> 63).sum::<u64>();
        let count = self.processes[index].times.len() as i64 - later as i64;
        if is_due && end.below < u64::MAX { count - self.missed(index, end).count() as i64 } else { count }
    }

    /// What those did that had happened when the replication ended: deaths, injuries, bursts, confirmed.
    pub(super) fn harm_by(&self, plan: &Plan, index: usize, end: End) -> [i64; 4] {
        let had_happened = |(at, _): &&(Time, Harm)| end.has_had(*at, plan.violations[index].timer);
        let mut sums = [0; 4];
        for (_, harm) in self.processes[index].harms.iter().filter(had_happened) {
            sums.iter_mut().zip(harm.amounts()).for_each(|(sum, amount)| *sum += amount);
        }
        if plan.violations[index].timer <= end.timer {
            for violation in self.missed(index, end) {
                sums.iter_mut().zip(violation.harm.amounts()).for_each(|(sum, amount)| *sum -= amount);
            }
        }
        sums
    }

    /// Forgets all violations after a time, so that they can be drawn anew; returns for each process how many of those that had been brought on
    /// by then were expected to come later. What violations before an earlier renewal still bring on is in its pushes.
    pub(super) fn forget_after(&mut self, draws: &Draws<'_>, at: Time) -> Vec<f64> {
        let plan = draws.plan();
        let mut expected = vec![0.0; self.processes.len()];
        let mut add = |target: usize, offspring: f64, since: Time| {
            let age = (at - since).max(0) as f64;
            expected[target] += offspring * libm::exp(-age / plan.violations[target].memory);
        };
        for push in &self.pushes {
            add(push.target, push.expected, push.at);
        }
        self.pushes.clear();
        for (process, plan) in self.processes.iter_mut().zip(&plan.violations) {
            process.times.retain(|time| *time <= at);
            process.harms.retain(|(time, _)| *time <= at);
            process.seen.retain(|violation| violation.at <= at);
            for (target, offspring) in &plan.excites {
                let anew = &process.times[process.folded..];
                anew.iter().for_each(|since| add(*target, draws.num(*offspring), *since));
            }
            process.folded = process.times.len();
        }
        self.renewals += 1;
        expected
    }
}

impl InBlock {
    fn of(plan: &Plan, process: &ViolationPlan, block_s: Time) -> Self {
        let is_drawn = plan.drawn.iter().any(|drawn| drawn.num == process.rate);
        let loading = plan.shared.map_or(0.0, |shared| plan.numbers[shared.violations.0 as usize]);
        let mean = plan.numbers[process.rate.0 as usize] * block_s as f64;
        let is_fixed = !is_drawn && loading == 0.0 && mean > 0.0;
        Self { mean, sampler: is_fixed.then(|| Sampler::new(&Distribution::Poisson { mean })) }
    }

    /// The number at a word.
    #[inline]
    fn at(&self, mean: f64, word: u64) -> u64 {
        match &self.sampler {
            Some(sampler) if mean == self.mean => sampler.sample(word) as u64,
            _ => poisson(mean, word),
        }
    }
}

/// The Poisson number of a mean above zero at a word.
fn poisson(mean: f64, word: u64) -> u64 {
    Distribution::Poisson { mean }.quantile(Prob::from_word(word)) as u64
}

/// The logarithm of a block's length.
fn block_bits(horizon: Time) -> u32 {
    match horizon < 1 << SHORT_BITS {
        true => u64::BITS - (horizon.max(1) as u64).leading_zeros(),
        false => BLOCK_BITS,
    }
}

/// Violations to be expected of each process: its own by the end of the last block, and those brought on, generation by generation.
fn expected(plan: &Plan, block_s: Time) -> Vec<f64> {
    let number = |num: super::plan::Num| plan.numbers[num.0 as usize];
    let blocks = (plan.horizon / block_s + 1) as f64;
    let own = |v: &ViolationPlan| {
        let early = v.early.map_or(0.0, |(times, decay)| (number(times) - 1.0).max(0.0) * decay);
        number(v.rate) * (blocks * block_s as f64 + early)
    };
    let mut generation: Vec<f64> = plan.violations.iter().map(own).collect();
    let mut all = generation.clone();
    for _ in 0..GENERATIONS {
        let mut next = vec![0.0; all.len()];
        for (process, expected) in plan.violations.iter().zip(&generation) {
            process.excites.iter().for_each(|(target, by)| next[*target] += number(*by) * expected);
        }
        all.iter_mut().zip(&next).for_each(|(all, next)| *all += next);
        generation = next;
    }
    all
}

/// After so many the rest does not matter for how much room is made.
const GENERATIONS: usize = 30;
