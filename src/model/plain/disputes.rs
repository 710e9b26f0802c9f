//! The suspensions of a replication, one after another.

use super::course::{Course, MediationCourse, attempt, coin};
use crate::kernel::stream::BLOCK;
use crate::kernel::{NEVER, Time, after};
use crate::model::ahead::{Ahead, End};
use crate::model::clusters::Clusters;
use crate::model::draws::{Draws, happens};
use crate::model::plan::Plan;
use crate::model::subjects::{SUBJECTS, Subject};
use crate::model::world::MANY;

/// A dispute, for which the truce is suspended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dispute {
    pub at: Time,
    /// When its suspension ends, and when it is settled; [`NEVER`] if not.
    pub lifted_at: Time,
    pub settled_at: Time,
    pub subject: Subject,
}

/// Something over which a dispute may open, unless the truce is suspended already.
#[derive(Debug, Clone, Copy)]
struct Matter {
    at: Time,
    ordinal: u64,
    source: u32,
}

/// Disputes by subject: how many, and for how long the truce was suspended over them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    pub number: [i64; SUBJECTS.len()],
    pub held_s: [i64; SUBJECTS.len()],
    pub suspended_s: i64,
    pub settled: i64,
    /// Of those over which the truce was suspended no longer though they were not settled.
    pub open_files: i64,
}

/// The disputes of one replication.
#[derive(Debug, Clone)]
pub(super) struct Disputes {
    pub list: Vec<Dispute>,
    /// As if every suspension ran its course.
    pub totals: Totals,
    /// Mediation attempts that ended.
    pub attempts: i64,
    /// The end of the replication, where mediation failed for good.
    pub collapse: Option<End>,
    /// In the order of their sources' timers, and of their ordinals.
    matters: Vec<Matter>,
    /// The first block of words of each: its coin, and its first four attempts.
    words: Vec<[[u64; BLOCK]; 2]>,
    /// Of those over which a dispute opens, their times with their places; the least is the first to happen. In groups, without gaps.
    keys: Vec<[u64; GROUP]>,
}

/// Matters whose words are made together.
const GROUP: usize = 6;
/// In a matter's key: bits of its place.
const PLACE: u32 = 24;
const _: () = assert!(NEVER >> (63 - PLACE) <= 1, "a key holds any time");

/// Where in a matter's first block its coin stands, and where its attempts begin.
const COIN: usize = coin(0) as usize;
const ATTEMPTS: usize = attempt(0, 0) as usize;
const _: () = assert!(COIN < ATTEMPTS && ATTEMPTS < BLOCK && attempt(1, 0) % BLOCK as u64 == ATTEMPTS as u64);

impl Disputes {
    pub(super) fn new() -> Self {
        Self {
            list: Vec::with_capacity(MANY),
            totals: Totals::default(),
            attempts: 0,
            collapse: None,
            matters: Vec::with_capacity(MANY),
            words: vec![[[0; BLOCK]; 2]; MANY.next_multiple_of(GROUP) / 2],
            keys: Vec::with_capacity(MANY / GROUP + 1),
        }
    }

    /// Opens disputes and mediates them: over what happens by `last`, in attempts that end by `until`.
    #[inline]
    pub(super) fn open(
        &mut self,
        course: &Course<'_>,
        draws: &mut Draws<'_>,
        (clusters, ahead): (&Clusters, &Ahead),
        (until, last): (Time, Time),
    ) {
        self.list.clear();
        self.totals = Totals::default();
        self.attempts = 0;
        self.collapse = None;
        self.gather(course, draws.plan(), clusters, ahead);
        self.toss(course, draws, last);
        let mut from = 0;
        while let Some(place) = self.next(from)
            && self.collapse.is_none()
        {
            let free_at = self.mediate(course, draws, place, until);
            // Whoever suspends a suspended truce changes nothing.
            from = (key(self.matters[place].at, place) + 1).max(key(free_at, 0));
        }
    }

    /// What may open a dispute.
    #[inline]
    fn gather(&mut self, course: &Course<'_>, plan: &Plan, clusters: &Clusters, ahead: &Ahead) {
        self.matters.clear();
        let processes = clusters.processes();
        for index in &course.suspending {
            let matter = |at, ordinal| Matter { at, ordinal, source: *index as u32 };
            if let Some(flow) = index.checked_sub(processes) {
                let times = &plan.flows[flow].times;
                let short = ahead.short(flow).iter();
                self.matters.extend(short.map(|place| matter(times[*place as usize], u64::from(*place))));
            } else {
                self.matters.extend(clusters.seen(*index).iter().map(|v| matter(v.at, v.ordinal)));
            }
        }
        assert!(self.matters.len() >> PLACE == 0, "fewer than 2^24 matters");
    }

    /// Reads the words of matters, and finds out over which of those by `last` a dispute opens. No branch hangs on a single one.
    #[inline]
    fn toss(&mut self, course: &Course<'_>, draws: &Draws<'_>, last: Time) {
        let Self { matters, words, keys, .. } = self;
        keys.clear();
        let Some(end) = matters.len().checked_sub(1) else { return };
        if words.len() < matters.len().next_multiple_of(GROUP) / 2 {
            words.resize(matters.len().next_multiple_of(GROUP) / 2, [[0; BLOCK]; 2]);
        }
        let sources = &course.sources;
        for (group, words) in words.as_chunks_mut().0.iter_mut().enumerate().take(end / GROUP + 1) {
            let some = |i: usize| &matters[end.min(group * GROUP + i)];
            let ask = |i: usize| (sources[some(i).source as usize].stream as usize, coin(some(i).ordinal));
            draws.streams.blocks::<{ GROUP / 2 }>(ask, words);
            let words = words.as_flattened();
            let mut some_keys = [u64::MAX; GROUP];
            for (i, some_key) in some_keys.iter_mut().enumerate() {
                let (matter, place) = (some(i), group * GROUP + i);
                let opens = happens(sources[matter.source as usize].opens, words[i][COIN]);
                let counts = opens & (matter.at <= last) & (place <= end);
                *some_key = if counts { key(matter.at, place) } else { u64::MAX };
            }
            keys.push(some_keys);
        }
    }

    /// The place of the matter that comes first, from a key on.
    #[inline]
    fn next(&self, from: u64) -> Option<usize> {
        // Below `from` a difference wraps: what is least after that is least from there on.
        let least = |keys: &[u64; GROUP]| {
            let [a, b, c, d, e, f] = keys.map(|key| key.wrapping_sub(from));
            a.min(b).min(c.min(d)).min(e.min(f))
        };
        let mut beyond = u64::MAX - from;
        for keys in &self.keys {
            beyond = beyond.min(least(keys));
        }
        let least = from + beyond;
        (least < u64::MAX).then_some(least as usize % (1 << PLACE))
    }

    /// By how much the last dispute's suspension outlasted the end of the replication, and its subject. One follows another, so no other can.
    #[inline]
    pub(super) fn beyond(&self, end: Time) -> Option<(i64, Subject)> {
        self.list.last().map(|last| ((last.lifted_at - end).max(0), last.subject))
    }

    /// Takes a dispute through its attempts; returns when its suspension ends.
    #[inline]
    fn mediate(&mut self, course: &Course<'_>, draws: &mut Draws<'_>, place: usize, until: Time) -> Time {
        let matter = self.matters[place];
        let words = &self.words[place / 2][place % 2];
        let source = course.sources[matter.source as usize];
        let mut dispute =
            Dispute { at: matter.at, lifted_at: NEVER, settled_at: NEVER, subject: source.subject };
        let mut at = matter.at;
        if let Some(mediation) = &course.mediation {
            for number in 0..mediation.attempts.max(1) {
                let [duration, result] = match words[ATTEMPTS..].as_chunks::<2>().0.get(number as usize) {
                    Some(words) => *words,
                    None => {
                        let position = attempt(matter.ordinal, number);
                        [position, position + 1].map(|p| draws.word(source.stream, p))
                    }
                };
                let takes = mediation.takes.sample(duration);
                at = after(at, takes / mediation.speed);
                if at > until {
                    break;
                }
                self.attempts += 1;
                if happens(mediation.settles, result) {
                    (dispute.settled_at, dispute.lifted_at) = (at, at);
                    break;
                }
                if number + 1 >= mediation.attempts {
                    match mediation.collapses {
                        true => {
                            self.collapse =
                                Some(collapse(at, matter.at, (source.timer, matter.ordinal), mediation))
                        }
                        false => dispute.lifted_at = at,
                    }
                }
            }
        }
        let (is_settled, subject) = (i64::from(dispute.settled_at < NEVER), source.subject as usize);
        self.totals.number[subject] += 1;
        self.totals.held_s[subject] += dispute.lifted_at - dispute.at;
        self.totals.suspended_s += dispute.lifted_at - dispute.at;
        self.totals.settled += is_settled;
        self.totals.open_files += i64::from(dispute.lifted_at < NEVER) - is_settled;
        self.list.push(dispute);
        dispute.lifted_at
    }

    /// The suspension under way at a time or next after it, from the `from`-th on.
    #[inline]
    pub(super) fn suspension(&self, from: &mut usize, at: Time) -> (Time, Time) {
        while let Some(dispute) = self.list.get(*from) {
            if dispute.lifted_at > at {
                return (dispute.at, dispute.lifted_at);
            }
            *from += 1;
        }
        (NEVER, NEVER)
    }
}

/// The key of a matter.
#[inline]
fn key(at: Time, place: usize) -> u64 {
    (at as u64) << PLACE | place as u64
}

/// A collapse over a matter. Where mediation takes no time at all, what led to it has rung at the same instant.
fn collapse(at: Time, opened_at: Time, (timer, ordinal): (u32, u64), mediation: &MediationCourse<'_>) -> End {
    match at == opened_at {
        true => End { at, timer, below: ordinal + 1 },
        false => End::at(at, mediation.timer),
    }
}
