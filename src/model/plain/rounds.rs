//! The rounds of a replication, one after another, along its suspensions.

use super::course::{Course, LegCourse};
use super::disputes::Disputes;
use crate::kernel::{NEVER, Time, whole_seconds};
use crate::model::ahead::End;
use crate::model::draws::Draws;
use crate::model::plan::{PRISONERS, Side};
use crate::model::world::{DELAY_CAUSES, DelayCause};

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
    /// Legs carried out: the first so many, as they come one after another.
    pub carried_out: usize,
    /// Legs by what first delayed them, but for those that nothing did.
    pub delayed_by: [i64; DELAY_CAUSES.len()],
    /// Rounds that started and steps that ended.
    pub events: i64,
    pub longest_staged: Time,
    /// When the last leg ended.
    pub ended: Option<End>,
    /// How long steps take, once they begin: drawn, and in whole seconds.
    drawn: Vec<f64>,
    takes: Vec<Time>,
    /// Promises whose time has come, and when that of the next one comes.
    passed: usize,
    next_due: Time,
    /// The suspension that is under way, or next.
    suspension: usize,
}

/// A leg that was not carried out.
const OPEN: LegEnd = LegEnd { finished: NEVER, cause: DelayCause::None };

impl Rounds {
    pub(super) fn new(course: &Course<'_>) -> Self {
        Self {
            legs: vec![OPEN; course.legs.len()],
            sides: Default::default(),
            carried_out: 0,
            delayed_by: [0; DELAY_CAUSES.len()],
            events: 0,
            longest_staged: 0,
            ended: None,
            drawn: vec![0.0; course.durations.room()],
            takes: vec![0; course.durations.room()],
            passed: 0,
            next_due: NEVER,
            suspension: 0,
        }
    }

    /// Walks the rounds as far as they come by `last`.
    #[inline(never)]
    pub(super) fn walk(&mut self, course: &Course<'_>, disputes: &Disputes, last: Time) {
        self.legs.fill(OPEN);
        self.sides = Default::default();
        self.delayed_by = Default::default();
        (self.carried_out, self.longest_staged, self.suspension) = (0, 0, 0);
        (self.passed, self.next_due) = (0, course.dues.first().map_or(NEVER, |(due, ..)| *due));
        // Until `clear_until` no step has to wait.
        let (mut at, mut clear_until, mut staged) = (0, Time::MIN, NEVER);
        // Steps that began, and steps that ended: the first so many.
        let (mut begun, mut done) = (0, 0);
        for step in &course.steps {
            let leg = &course.legs[step.leg];
            if step.begins_leg {
                if leg.is_first {
                    at = at.max(leg.from);
                    if at > last {
                        break;
                    }
                    self.begin_round(step.leg, leg, at);
                }
                staged = if leg.side == PRISONERS { at } else { NEVER };
            }
            if at > clear_until {
                match self.wait(course, disputes, at, step.leg) {
                    Some(clear) => (at, clear_until) = clear,
                    None => break,
                }
            }
            begun += 1;
            at += self.takes[step.place];
            if at > last {
                break;
            }
            done += 1;
            if step.releases {
                self.release(course, step.leg, leg, at, staged);
            }
            if step.stages {
                staged = at;
            }
        }
        let is_through = done == course.steps.len();
        self.ended = course.legs.last().filter(|_| is_through).map(|leg| End::at(at, leg.timer));
        self.events = course.events_by_step[begun].rounds + course.events_by_step[done].steps;
    }

    /// Draws how long steps take. Nothing of it depends on what came before, so all are drawn at once.
    #[inline]
    pub(super) fn draw(&mut self, course: &Course<'_>, draws: &mut Draws<'_>) {
        let Self { drawn, takes, .. } = self;
        if let Some((stream, row)) = &course.durations.row
            && let words = draws.streams.words_from(*stream, 0, row.words())
            && words.len() == row.words()
        {
            row.sample(words, drawn);
        } else {
            let each = course.durations.each(draws);
            course.steps.iter().zip(each).for_each(|(step, duration)| drawn[step.place] = duration);
        }
        whole_seconds(drawn, takes);
    }

    #[inline]
    fn begin_round(&mut self, index: usize, leg: &LegCourse, at: Time) {
        if at > leg.due {
            self.blame(index, DelayCause::Before);
        }
        if leg.owed_before > 0 {
            self.promise(PRISONERS, leg.owed_before);
        }
    }

    /// Waits out a suspension. Returns when a leg goes on, and until when no step after that has to wait; None where it goes on no more.
    #[inline(never)]
    fn wait(
        &mut self,
        course: &Course<'_>,
        disputes: &Disputes,
        mut at: Time,
        index: usize,
    ) -> Option<(Time, Time)> {
        let (from, to) = disputes.suspension(&mut self.suspension, at);
        // What a leg does at the very instant at which a suspension begins comes first.
        if from < at {
            self.blame(index, DelayCause::Suspension);
            if to >= NEVER {
                return None;
            }
            at = to;
        }
        if at > course.term_end {
            self.blame(index, DelayCause::Expiry);
            return None;
        }
        let (next, _) = disputes.suspension(&mut self.suspension, at);
        Some((at, next.min(course.term_end)))
    }

    #[inline(never)]
    fn blame(&mut self, index: usize, cause: DelayCause) {
        if self.legs[index].cause == DelayCause::None {
            self.legs[index].cause = cause;
            self.delayed_by[cause as usize] += 1;
        }
    }

    /// The people of a leg are released.
    #[inline]
    fn release(&mut self, course: &Course<'_>, index: usize, leg: &LegCourse, at: Time, staged: Time) {
        if at >= self.next_due {
            self.pass_dues(course, at);
        }
        self.legs[index].finished = at;
        self.carried_out = index + 1;
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
    #[inline(never)]
    fn pass_dues(&mut self, course: &Course<'_>, now: Time) {
        self.next_due = NEVER;
        for (due, side, people) in &course.dues[self.passed..] {
            if *due > now {
                self.next_due = *due;
                return;
            }
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
        if end >= self.next_due {
            self.pass_dues(course, end);
        }
        let mut to_come = course.undated;
        for (_, side, people) in &course.dues[self.passed..] {
            to_come[*side] += people;
        }
        for leg in course.legs[self.carried_out..].iter().filter(|leg| leg.due < course.deadline) {
            self.sides[leg.side].delay_person_s += leg.people * (course.deadline - leg.due);
        }
        for (index, side) in self.sides.iter_mut().enumerate() {
            side.custody_person_s += (course.people[index] - side.released) * course.deadline;
            side.unmet = (side.promised + to_come[index] - side.released).max(0);
        }
    }

    /// When all captives promised were back, and when everybody was released.
    #[inline]
    pub(super) fn completed(&self, course: &Course<'_>) -> (Time, Time) {
        let finished = |index: Option<usize>| index.map_or(NEVER, |index| self.legs[index].finished);
        (finished(course.last_captives), finished(course.legs.len().checked_sub(1)))
    }

    /// Releases: of which side, when, and how many people.
    pub(super) fn releases(&self, course: &Course<'_>) -> impl Iterator<Item = (Side, Time, i64)> {
        let legs = course.legs.iter().zip(&self.legs);
        let carried_out = legs.filter(|(_, end)| end.finished < NEVER);
        carried_out.map(|(leg, end)| (leg.side, end.finished, leg.people))
    }
}
