//! The rounds of a replication, one after another, along its suspensions.

use super::course::{Course, LegCourse};
use super::disputes::Disputes;
use crate::kernel::{NEVER, Time, whole_seconds};
use crate::model::ahead::End;
use crate::model::draws::Draws;
use crate::model::plan::{CAPTIVES, PRISONERS, Side};
use crate::model::world::DelayCause;

/// What came of a leg.
#[derive(Debug, Clone, Copy)]
pub(super) struct LegEnd {
    /// When its people were released.
    pub finished: Time,
    pub cause: DelayCause,
}

/// What is known of one side's people.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct People {
    pub released: i64,
    pub promised: i64,
    pub greatest_balance: i64,
    pub delay_person_s: i64,
    pub custody_person_s: i64,
    pub unmet: i64,
}

/// The rounds of one replication.
#[derive(Debug, Clone)]
pub(super) struct Rounds {
    pub legs: Vec<LegEnd>,
    pub sides: [People; 2],
    /// Rounds that started and steps that ended.
    pub events: i64,
    pub longest_staged: Time,
    /// When the last leg ended.
    pub ended: Option<End>,
    /// By step: how long it takes, once it begins.
    takes: Vec<Time>,
    room: Room,
    /// Promises whose time has come.
    passed: usize,
}

/// Room for work on the durations of a course, in their order.
#[derive(Debug, Clone)]
struct Room {
    words: Vec<u64>,
    levels: Vec<f64>,
    whole: Vec<Time>,
}

/// A leg that was not carried out.
const OPEN: LegEnd = LegEnd { finished: NEVER, cause: DelayCause::None };

impl Rounds {
    pub(super) fn new(course: &Course<'_>) -> Self {
        Self {
            legs: vec![OPEN; course.legs.len()],
            sides: Default::default(),
            events: 0,
            longest_staged: 0,
            ended: None,
            takes: vec![0; course.steps.len()],
            room: Room {
                words: vec![0; course.durations.steps.len()],
                levels: vec![0.0; course.durations.steps.len()],
                whole: vec![0; course.durations.steps.len()],
            },
            passed: 0,
        }
    }

    /// Walks the rounds as far as they come by `last`.
    #[inline]
    pub(super) fn walk(&mut self, course: &Course<'_>, disputes: &Disputes, last: Time) {
        self.legs.fill(OPEN);
        self.sides = Default::default();
        (self.events, self.longest_staged, self.ended, self.passed) = (0, 0, None, 0);
        self.draw(course);
        let mut walk = Walk { at: 0, last, suspension: 0 };
        for (index, leg) in course.legs.iter().enumerate() {
            if self.walk_leg(course, disputes, &mut walk, index, leg).is_none() {
                return;
            }
        }
        self.ended = course.legs.last().map(|leg| End::at(walk.at, leg.timer));
    }

    /// Reads the words by which it is drawn how long steps take: long before they are looked at four at a time, which the processor cannot
    /// do while they are on their way to memory one by one.
    #[inline]
    pub(super) fn prepare(&mut self, course: &Course<'_>, draws: &mut Draws<'_>) {
        read_words(course, draws, &mut self.room.words);
    }

    /// Draws how long steps take. Nothing of it depends on what came before, so all are drawn at once.
    #[inline]
    fn draw(&mut self, course: &Course<'_>) {
        let Room { words, levels, whole } = &mut self.room;
        let mut from = 0;
        for (law, count) in &course.durations.laws {
            let range = from..from + count;
            law.sample_all(&words[range.clone()], &mut levels[range.clone()]);
            from = range.end;
        }
        for (level, pace) in levels.iter_mut().zip(&course.durations.paces) {
            *level *= pace;
        }
        whole_seconds(levels, whole);
        for (whole, step) in whole.iter().zip(&course.durations.steps) {
            self.takes[*step as usize] = *whole;
        }
    }

    /// Takes a leg to its end; None if that does not come.
    #[inline]
    fn walk_leg(
        &mut self,
        course: &Course<'_>,
        disputes: &Disputes,
        walk: &mut Walk,
        index: usize,
        leg: &LegCourse,
    ) -> Option<()> {
        if leg.is_first {
            walk.go_to(walk.at.max(leg.from))?;
            if walk.at > leg.due {
                self.legs[index].cause = DelayCause::Before;
            }
            if leg.owed_before > 0 {
                self.promise(PRISONERS, leg.owed_before);
            }
        }
        let mut staged = if leg.side == PRISONERS { walk.at } else { NEVER };
        for place in leg.steps.clone() {
            self.wait(course, disputes, walk, index)?;
            self.events += i64::from(leg.is_first && place == leg.steps.start);
            walk.go_to(walk.at + self.takes[place])?;
            let step = &course.steps[place];
            if step.releases {
                self.release(course, index, leg, walk.at, staged);
            }
            if step.stages {
                staged = walk.at;
            }
            self.events += i64::from(step.is_counted);
        }
        Some(())
    }

    /// Waits out a suspension; None where the leg goes on no more.
    #[inline]
    fn wait(
        &mut self,
        course: &Course<'_>,
        disputes: &Disputes,
        walk: &mut Walk,
        index: usize,
    ) -> Option<()> {
        let (from, to) = disputes.suspension(&mut walk.suspension, walk.at);
        // What a leg does at the very instant at which a suspension begins comes first.
        if from < walk.at {
            self.blame(index, DelayCause::Suspension);
            if to >= NEVER {
                return None;
            }
            walk.at = to;
        }
        if walk.at > course.term_end {
            self.blame(index, DelayCause::Expiry);
            return None;
        }
        Some(())
    }

    #[inline]
    fn blame(&mut self, index: usize, cause: DelayCause) {
        if self.legs[index].cause == DelayCause::None {
            self.legs[index].cause = cause;
        }
    }

    /// The people of a leg are released.
    #[inline]
    fn release(&mut self, course: &Course<'_>, index: usize, leg: &LegCourse, at: Time, staged: Time) {
        self.pass_dues(course, at);
        self.legs[index].finished = at;
        let side = &mut self.sides[leg.side];
        side.released += leg.people;
        side.custody_person_s += leg.people * at.min(course.term_end);
        side.delay_person_s += leg.people * (at.min(course.deadline) - leg.due).max(0);
        if staged < NEVER {
            self.longest_staged = self.longest_staged.max(at - staged);
        }
        if leg.owed_after > 0 {
            self.promise(PRISONERS, leg.owed_after);
        }
    }

    /// Promises whose due time has come.
    #[inline]
    fn pass_dues(&mut self, course: &Course<'_>, now: Time) {
        while let Some((_, side, people)) = course.dues.get(self.passed).filter(|(due, ..)| *due <= now) {
            self.passed += 1;
            self.promise(*side, *people);
        }
    }

    #[inline]
    fn promise(&mut self, side: Side, people: i64) {
        let side = &mut self.sides[side];
        side.promised += people;
        side.greatest_balance = side.greatest_balance.max(side.promised - side.released);
    }

    /// The replication is over: balances and custody of those not released.
    #[inline]
    pub(super) fn close(&mut self, course: &Course<'_>, end: Time) {
        self.pass_dues(course, end);
        let mut to_come = course.undated;
        for (_, side, people) in &course.dues[self.passed..] {
            to_come[*side] += people;
        }
        for (index, leg) in course.legs.iter().enumerate() {
            if self.legs[index].finished >= NEVER && leg.due < course.deadline {
                self.sides[leg.side].delay_person_s += leg.people * (course.deadline - leg.due);
            }
        }
        for (index, side) in self.sides.iter_mut().enumerate() {
            side.custody_person_s += (course.people[index] - side.released) * course.deadline;
            side.unmet = (side.promised + to_come[index] - side.released).max(0);
        }
    }

    /// When all captives promised were back, and when everybody was released.
    #[inline]
    pub(super) fn completed(&self, course: &Course<'_>) -> (Time, Time) {
        let (mut captives, mut all) = (None, None);
        for (leg, end) in course.legs.iter().zip(&self.legs) {
            all = all.max(Some(end.finished));
            if leg.side == CAPTIVES {
                captives = captives.max(Some(end.finished));
            }
        }
        (captives.unwrap_or(NEVER), all.unwrap_or(NEVER))
    }

    /// Releases of a side: when, and how many people.
    pub(super) fn releases(&self, course: &Course<'_>, side: Side) -> impl Iterator<Item = (Time, i64)> {
        let legs = course.legs.iter().zip(&self.legs);
        let carried_out = legs.filter(move |(leg, end)| leg.side == side && end.finished < NEVER);
        carried_out.map(|(leg, end)| (end.finished, leg.people))
    }
}

/// Reads the words by which durations are drawn.
#[inline]
fn read_words(course: &Course<'_>, draws: &mut Draws<'_>, words: &mut [u64]) {
    let places = &course.durations.words;
    if let Some((stream, most)) = course.durations.shared
        && let row = draws.streams.words_from(stream, 0, most)
        && row.len() == most
    {
        for (word, (_, position)) in words.iter_mut().zip(places) {
            *word = row[*position as usize];
        }
        return;
    }
    for (word, (stream, position)) in words.iter_mut().zip(places) {
        *word = draws.streams.word(*stream, *position);
    }
}

/// How far the rounds have come.
struct Walk {
    at: Time,
    /// After this nothing happens.
    last: Time,
    suspension: usize,
}

impl Walk {
    #[inline]
    fn go_to(&mut self, at: Time) -> Option<()> {
        self.at = at;
        (at <= self.last).then_some(())
    }
}
