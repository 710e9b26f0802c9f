//! The suspensions of a replication, one after another.

use super::course::{Course, MediationCourse};
use crate::kernel::stream::BLOCK;
use crate::kernel::{NEVER, Time, after};
use crate::model::ahead::{Ahead, End};
use crate::model::clusters::Clusters;
use crate::model::draws::{Draws, happens};
use crate::model::subjects::Subject;
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

/// Something over which a dispute opens, unless the truce is suspended already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Matter {
    at: Time,
    timer: u32,
    ordinal: u64,
    source: u32,
}

/// The disputes of one replication.
#[derive(Debug, Clone, Default)]
pub(super) struct Disputes {
    pub list: Vec<Dispute>,
    /// Mediation attempts that ended.
    pub attempts: i64,
    /// The end of the replication, where mediation failed for good.
    pub collapse: Option<End>,
    matters: Vec<Matter>,
}

impl Disputes {
    pub(super) fn new() -> Self {
        Self { list: Vec::with_capacity(MANY), matters: Vec::with_capacity(MANY), ..Self::default() }
    }

    /// Opens disputes and mediates them: over what happens by `last`, in attempts that end by `until`.
    #[inline]
    pub(super) fn open(
        &mut self,
        course: &Course<'_>,
        draws: &mut Draws<'_>,
        words: &mut AttemptWords,
        (clusters, ahead): (&Clusters, &Ahead),
        (until, last): (Time, Time),
    ) {
        self.list.clear();
        self.attempts = 0;
        self.collapse = None;
        self.gather(course, clusters, ahead, last);
        let mut free_at = Time::MIN;
        words.from = usize::MAX;
        for index in 0..self.matters.len() {
            let matter = self.matters[index];
            // Whoever suspends a suspended truce changes nothing.
            if matter.at >= free_at && self.collapse.is_none() {
                let words = words.of(index, &self.matters, course, draws);
                free_at = self.mediate(course, draws, matter, words, until);
            }
        }
    }

    /// What may open a dispute, in the order in which it happens.
    #[inline]
    fn gather(&mut self, course: &Course<'_>, clusters: &Clusters, ahead: &Ahead, last: Time) {
        self.matters.clear();
        let processes = clusters.processes();
        for (index, source) in course.sources.iter().enumerate().filter(|(_, s)| s.suspends) {
            let matter = |at, ordinal| Matter { at, timer: source.timer, ordinal, source: index as u32 };
            if index < processes {
                let seen = clusters.seen(index).iter().filter(|v| v.at <= last);
                self.matters.extend(seen.map(|v| matter(v.at, v.ordinal)));
            } else {
                let matters = ahead.matters[index - processes].iter().take_while(|m| m.at <= last);
                self.matters.extend(matters.map(|m| matter(m.at, m.ordinal)));
            }
        }
        self.matters.sort_unstable();
    }

    /// Takes a dispute through its attempts; returns when its suspension ends.
    #[inline]
    fn mediate(
        &mut self,
        course: &Course<'_>,
        draws: &mut Draws<'_>,
        matter: Matter,
        words: &[u64],
        until: Time,
    ) -> Time {
        let source = course.sources[matter.source as usize];
        let mut dispute =
            Dispute { at: matter.at, lifted_at: NEVER, settled_at: NEVER, subject: source.subject };
        let mut at = matter.at;
        if let Some(mediation) = &course.mediation {
            for attempt in 0..mediation.attempts.max(1) {
                let [duration, result] = match words.as_chunks::<2>().0.get(attempt as usize) {
                    Some(words) => *words,
                    None => {
                        let position = MediationCourse::position(matter.ordinal, attempt);
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
                if attempt + 1 >= mediation.attempts {
                    match mediation.collapses {
                        true => self.collapse = Some(collapse(at, &matter, mediation)),
                        false => dispute.lifted_at = at,
                    }
                }
            }
        }
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

/// The words of the first four attempts over each of four matters: they are wanted together.
#[derive(Debug, Clone)]
pub(super) struct AttemptWords {
    /// The first of these matters.
    from: usize,
    blocks: [[[u64; BLOCK]; 2]; 2],
}

impl AttemptWords {
    pub(super) const NONE: Self = Self { from: usize::MAX, blocks: [[[0; BLOCK]; 2]; 2] };

    #[inline]
    fn of(&mut self, index: usize, matters: &[Matter], course: &Course<'_>, draws: &mut Draws<'_>) -> &[u64] {
        let from = index / 4 * 4;
        if self.from != from {
            self.from = from;
            let last = matters.len() - 1;
            let ask = |i: usize| {
                let matter = matters[last.min(from + i)];
                let stream = course.sources[matter.source as usize].stream;
                (stream as usize, MediationCourse::position(matter.ordinal, 0))
            };
            draws.streams.blocks(&[[ask(0), ask(1)], [ask(2), ask(3)]], &mut self.blocks);
        }
        // Attempts begin in the midst of a block.
        &self.blocks.as_flattened()[index % 4][MediationCourse::position(0, 0) as usize % BLOCK..]
    }
}

/// A collapse over a matter. Where mediation takes no time at all, what led to it has rung at the same instant.
fn collapse(at: Time, matter: &Matter, mediation: &MediationCourse<'_>) -> End {
    match at == matter.at {
        true => End { at, timer: matter.timer, below: matter.ordinal + 1 },
        false => End::at(at, mediation.timer),
    }
}
