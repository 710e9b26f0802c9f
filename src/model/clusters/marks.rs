//! What a violation does, and whether a dispute opens over it.

use super::{Clusters, Harm, Process, Violation};
use crate::kernel::Time;
use crate::model::draws::{Draws, happens, threshold};
use crate::model::plan::{HarmPlan, Num, StreamId, ViolationPlan};

/// Violations looked at together: as many as a stream has words at hand.
const TOGETHER: usize = 128;

/// Room for work, kept so that none has to be cleared: of violations over which a dispute may open, their places, the words that
/// their severities are drawn by, and their coins.
#[derive(Debug, Clone)]
pub(super) struct Room {
    places: [u32; TOGETHER],
    severities: [u64; TOGETHER],
    coins: [u64; TOGETHER],
    levels: [f64; TOGETHER],
    /// Which of them open one.
    opening: [u32; TOGETHER],
}

impl Room {
    pub(super) const EMPTY: Self = Self {
        places: [0; TOGETHER],
        severities: [0; TOGETHER],
        coins: [0; TOGETHER],
        levels: [0.0; TOGETHER],
        opening: [0; TOGETHER],
    };

    /// Notes a violation over which a dispute may open, in place of the one before if that was none.
    #[inline(always)]
    fn note(&mut self, found: usize, place: u32, [severity, coin]: [u64; 2]) {
        self.places[found % TOGETHER] = place;
        self.severities[found % TOGETHER] = severity;
        self.coins[found % TOGETHER] = coin;
    }
}

/// The words that a violation's marks are drawn by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    pub severity: u64,
    /// Whether a dispute opens.
    pub coin: u64,
    /// Burst, its deaths; fatal, further deaths; injuries; confirmed.
    pub harm: [u64; HARMS],
}

impl Marks {
    #[inline(always)]
    fn of([severity, coin]: [u64; COINS], harm: &[u64; HARM_STRIDE]) -> Self {
        Self { severity, coin, harm: std::array::from_fn(|i| harm[i]) }
    }
}

/// Words of harm.
pub(super) const HARMS: usize = 6;
/// Places of harm that an own violation has.
const HARM_STRIDE: usize = 8;
/// Severity and coin.
const COINS: usize = 2;
/// Own violations whose words are fetched together.
const ROWS: usize = 16;

/// The words of some violations, from an ordinal on, each with `N` places in a stream of which some are used; returns of how many, one or more.
fn rows<const N: usize>(
    draws: &mut Draws<'_>,
    stream: StreamId,
    ordinal: u64,
    rows: &mut [[u64; N]],
    used: usize,
) -> usize {
    let position = N as u64 * ordinal;
    let at_hand = draws.streams.words_from(stream as usize, position, N * rows.len()).as_chunks().0;
    if at_hand.is_empty() {
        let places = rows[0].iter_mut().zip(position..).take(used);
        places.for_each(|(word, position)| *word = draws.word(stream, position));
        return 1;
    }
    rows[..at_hand.len()].copy_from_slice(at_hand);
    at_hand.len()
}

/// Words from which on a violation of a process does nothing, nor opens a dispute.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Limits {
    opens: u64,
    burst: u64,
    fatal: u64,
    confirmed: u64,
    /// There are none: any has to be looked at.
    are_none: bool,
}

impl Limits {
    pub(super) fn of(plan: &ViolationPlan, draws: &Draws<'_>, sees_all: bool) -> Self {
        let mut are_none = sees_all || plan.harm.as_ref().is_some_and(|harm| harm.injuries.is_some());
        let mut limit = |p: Option<Num>| {
            let p = p.map_or(0.0, |p| draws.num(p));
            are_none |= p >= 1.0;
            if p > 0.0 && p < 1.0 { threshold(p) } else { 0 }
        };
        let (opens, confirmed) = (limit(plan.claimed_by.map(|_| plan.opens)), limit(plan.confirmed));
        let [burst, fatal] =
            plan.harm.as_ref().map_or([0; 2], |harm| [limit(Some(harm.burst)), limit(Some(harm.fatal))]);
        Self { opens, burst, fatal, confirmed, are_none }
    }

    /// Whether one of the words lies below its limit. No branch hangs on a single one.
    #[inline(always)]
    pub(super) fn are_below(&self, marks: &Marks) -> bool {
        let [burst, _, fatal, _, _, confirmed] = marks.harm;
        self.are_none
            | (marks.coin < self.opens)
            | (burst < self.burst)
            | (fatal < self.fatal)
            | (confirmed < self.confirmed)
    }
}

impl Clusters {
    /// Marks the violations of a process from the `from`-th on, whose ordinals go on from `first`: what they do, over which of them a
    /// dispute opens, and what they bring on.
    #[inline]
    pub(super) fn mark(&mut self, draws: &mut Draws<'_>, index: usize, first: u64, from: usize) {
        let process = &draws.plan().violations[index];
        if process.harm.is_some() || process.confirmed.is_some() || self.sees_all {
            self.judge_each(draws, index, first, from);
        } else {
            self.toss(draws, index, first, from);
        }
        if !process.excites.is_empty() {
            self.sprout_each(draws, index, first, from);
        }
    }

    fn judge_each(&mut self, draws: &mut Draws<'_>, index: usize, first: u64, from: usize) {
        let plan = draws.plan();
        let (plan_of, process) = (&plan.violations[index], &mut self.processes[index]);
        let does_harm = plan_of.harm.is_some() || plan_of.confirmed.is_some();
        let (mut coins, mut harms) = ([[0; COINS]; ROWS], [[0; HARM_STRIDE]; ROWS]);
        let end = process.times.len();
        let mut next = from;
        while next < end {
            let ordinal = first + (next - from) as u64;
            let most = ROWS.min(end - next);
            let mut count = rows(draws, plan_of.mark_stream, ordinal, &mut coins[..most], COINS);
            if does_harm {
                count = rows(draws, plan_of.harm_stream, ordinal, &mut harms[..count], HARMS);
            }
            let marks = |i: usize| Marks::of(coins[i], &harms[i]);
            // Most do nothing. Those that may are picked first, so that no branch hangs on a single one.
            let (mut close, mut found) = ([0; ROWS], 0);
            for (i, at) in process.times[next..][..count].iter().enumerate() {
                close[found % ROWS] = i;
                found += usize::from((*at <= plan.horizon) & process.limits.are_below(&marks(i)));
            }
            for i in &close[..found] {
                let when = (process.times[next + i], ordinal + *i as u64);
                process.judge(draws, (plan_of, self.sees_all), when, &marks(*i));
            }
            next += count;
        }
    }

    /// Looks at the coins of harmless violations; keeps those over which a dispute opens. No branch hangs on a single coin: those that
    /// may open one are gathered first.
    #[inline]
    fn toss(&mut self, draws: &mut Draws<'_>, index: usize, first: u64, from: usize) {
        let process = &draws.plan().violations[index];
        let most = process.claimed_by.map_or(0.0, |_| draws.num(process.opens));
        if most <= 0.0 {
            return;
        }
        // The last word that may open one; where not even the first does, none is found grave enough.
        let last = if most >= 1.0 { u64::MAX } else { threshold(most).saturating_sub(1) };
        let stream = process.mark_stream as usize;
        let end = self.processes[index].times.len();
        let mut next = from;
        while next < end {
            // Two words a violation: what its severity is drawn by, and its coin.
            let position = 2 * (first + (next - from) as u64);
            let words = draws.streams.words_from(stream, position, 2 * (end - next));
            let single;
            let marks = match words.len() {
                1 => {
                    single = [[position, position + 1].map(|p| draws.streams.word(stream, p))];
                    &single[..]
                }
                _ => words.as_chunks().0,
            };
            let mut found = 0;
            for (i, mark) in marks.iter().enumerate() {
                self.room.note(found, (next + i) as u32, *mark);
                found += usize::from(mark[1] <= last);
            }
            next += marks.len();
            self.weigh(draws, (index, first, from), found, most);
        }
    }

    /// Which of the violations whose coins say that a dispute may open are grave enough.
    #[inline]
    fn weigh(
        &mut self,
        draws: &Draws<'_>,
        (index, first, from): (usize, u64, usize),
        candidates: usize,
        most: f64,
    ) {
        let horizon = draws.plan().horizon;
        let plan = &draws.plan().violations[index];
        let Room { levels, places, severities, coins, opening } = &mut self.room;
        draws.values(plan.severity, &severities[..candidates], levels);
        let process = &mut self.processes[index];
        let mut found = 0;
        for (i, (coin, severity)) in coins.iter().zip(&levels[..candidates]).enumerate() {
            let p = if plan.by_severity { most * severity } else { most };
            opening[found % TOGETHER] = i as u32;
            found += usize::from(happens(p, *coin));
        }
        for i in &opening[..found] {
            let (place, severity) = (places[*i as usize], levels[*i as usize]);
            let at = process.times[place as usize];
            if at <= horizon {
                let ordinal = first + u64::from(place) - from as u64;
                let harm = Harm::default();
                process.seen.push(Violation { at, ordinal, opens: true, severity, harm });
            }
        }
    }
}

impl Process {
    /// What a violation does, and whether it is seen.
    #[inline(never)]
    pub(super) fn judge(
        &mut self,
        draws: &Draws<'_>,
        (plan, sees_all): (&ViolationPlan, bool),
        (at, ordinal): (Time, u64),
        marks: &Marks,
    ) {
        let (harm, opens) = match &plan.harm {
            Some(harm) => harm_of(draws, harm, plan.opens, &marks.harm),
            None => (Harm::default(), plan.opens),
        };
        let is_confirmed = plan.confirmed.is_some_and(|p| happens(draws.num(p), marks.harm[5]));
        let harm = Harm { is_confirmed, ..harm };
        let severity = severity_if_disputed(draws, plan, opens, marks);
        if harm != Harm::default() {
            self.harms.push((at, harm));
        }
        if sees_all || severity.is_some() || harm.is_burst {
            let (opens, severity) = (severity.is_some(), severity.unwrap_or(0.0));
            self.seen.push(Violation { at, ordinal, opens, severity, harm });
        }
    }
}

/// How grave a violation is taken to be, if a dispute opens over it. The coin is looked at first: where even the gravest violation would not
/// open one, the severity is never drawn.
#[inline]
fn severity_if_disputed(
    draws: &Draws<'_>,
    process: &ViolationPlan,
    opens: Num,
    marks: &Marks,
) -> Option<f64> {
    let most = process.claimed_by.map_or(0.0, |_| draws.num(opens));
    if !happens(most, marks.coin) {
        return None;
    }
    let severity = draws.value(process.severity, marks.severity);
    let p = if process.by_severity { most * severity } else { most };
    happens(p, marks.coin).then_some(severity)
}

/// Deaths and injuries, and the chance of a dispute.
#[inline]
fn harm_of(draws: &Draws<'_>, plan: &HarmPlan, opens: Num, words: &[u64; HARMS]) -> (Harm, Num) {
    let [burst, burst_deaths, fatal, further_deaths, injuries, _] = *words;
    let (mut harm, mut opens, mut deaths) = (Harm::default(), opens, 0.0);
    if happens(draws.num(plan.burst), burst) {
        deaths = plan.burst_deaths.map_or(0.0, |law| draws.value(law, burst_deaths));
        opens = plan.burst_opens.unwrap_or(opens);
        harm.is_burst = true;
    } else if happens(draws.num(plan.fatal), fatal) {
        deaths = 1.0 + plan.further_deaths.map_or(0.0, |law| draws.value(law, further_deaths));
        opens = plan.fatal_opens.unwrap_or(opens);
    }
    harm.deaths = (deaths + 0.5) as i64;
    harm.injuries = plan.injuries.map_or(0, |law| (draws.value(law, injuries) + 0.5) as i64);
    (harm, opens)
}
