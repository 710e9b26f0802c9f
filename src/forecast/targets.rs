//! What a history tells after the as-of day, as questions with their answers.

use std::collections::BTreeSet;

use jiff::ToSpan;

use super::Days;
use super::question::{Asker, LONG_LAG, Question, SIDES};
use crate::model::plan::{CAPTIVES, PRISONERS, Plan, Side};
use crate::observed::{History, Kind, Row, When};
use crate::scenario::moment::Calendar;
use crate::scenario::source::At;

/// A question, and what happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// What is asked; its name says which reporter's figure is meant where several count.
    pub question: Question,
    /// What happened.
    pub observed: i64,
    /// What happened by another source, or at the other end of the day's window.
    pub other: Option<i64>,
    /// Whether the figure is that of another reporter than the one who stands for the series: an alternative.
    pub is_alternative: bool,
}

/// Every question a history answers about the time after the as-of day.
///
/// Of a side whose releases the record does not tell nothing is asked: see [`remarks`].
pub fn targets(plan: &Plan, calendar: &Calendar, history: &History) -> Vec<Target> {
    let mut told =
        Told { plan, calendar, history, asker: Asker::new(plan), days: Days::of(plan), list: Vec::new() };
    told.legs();
    told.releases();
    told.events();
    told.talks();
    told.flows();
    told.violations();
    told.milestones();
    told.list
}

/// What a reader must know of the record: what it is silent on, so that it is not asked; and whose counts are followed. The people of both
/// sides are called by the words given.
pub fn remarks(plan: &Plan, history: &History, sides: &[String; 2]) -> Vec<String> {
    let mut said = silences(plan, history, sides);
    said.extend(counters(plan, history));
    said
}

/// Whose counts are followed where several count.
pub(super) fn counters(plan: &Plan, history: &History) -> Vec<String> {
    let mut said = Vec::new();
    for process in &plan.violations {
        let counters = history.counters(&process.name);
        let by = process.counted_by.as_deref();
        if let (Some(followed), 2..) = (history.counter_of(&process.name, by), counters.len()) {
            said.push(format!(
                "{} counters of violations of {} do not form one series: those of {followed} are followed, the others' are alternatives; `--set violation.{}.counted_by=NAME` follows another.",
                counters.len(), process.name, process.name
            ));
        }
    }
    said
}

/// What the record is silent on.
fn silences(plan: &Plan, history: &History, sides: &[String; 2]) -> Vec<String> {
    let mut said = Vec::new();
    for side in [CAPTIVES, PRISONERS].into_iter().filter(|side| plan.cohorts.iter().any(|c| c.side == *side))
    {
        let word = &sides[side];
        if !history.tells_releases_of(side) {
            said.push(format!(
                "The record has no row that tells a release of {word}, notes apart: nothing about their releases is asked, for silence is not \"none\"."
            ));
        } else if !history.tells_legs_of(side) {
            said.push(format!(
                "No row of the record says which round a release of {word} belongs to: the days of their legs are not asked."
            ));
        }
    }
    said
}

struct Told<'a> {
    plan: &'a Plan,
    calendar: &'a Calendar,
    history: &'a History,
    asker: Asker<'a>,
    days: Days<'a>,
    list: Vec<Target>,
}

impl<'a> Told<'a> {
    fn day(&self, when: &When) -> i64 {
        self.calendar.day_of_date(when.day())
    }

    fn day_of(&self, row: &Row) -> Option<i64> {
        row.when.as_ref().map(|when| self.day(when))
    }

    fn today(&self) -> i64 {
        self.days.day(self.asker.as_of - 1)
    }

    /// The last day that both the record and the simulation reach.
    fn last(&self) -> i64 {
        self.calendar.day_of_date(self.history.known_to).min(self.days.last())
    }

    /// The day to whose end yes-or-no questions look: that of the term, as far as the record goes.
    fn end(&self) -> i64 {
        let term = self.days.of_term();
        if term > self.today() { term.min(self.last()) } else { self.last() }
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &'a Row> + use<'a> {
        self.history.of(kind)
    }

    fn push(&mut self, question: Question, observed: i64, other: Option<i64>) {
        let other = other.filter(|other| *other != observed);
        self.list.push(Target { question, observed, other, is_alternative: false });
    }

    /// The rows of a leg, in order.
    fn rows_of(&self, tranche: usize, side: Side) -> Vec<&'a Row> {
        let name = &self.plan.tranches[tranche].name;
        let is_of = |row: &&Row| {
            let of_side = row.side.as_ref().is_some_and(|s| s.value == side);
            row.is_release() && of_side && row.of_tranche().is_some_and(|t| t.value == *name)
        };
        self.history.rows.iter().filter(is_of).collect()
    }

    /// When a leg was carried out, if the record says so.
    fn done(&self, tranche: usize, side: Side) -> Option<When> {
        let rows = self.rows_of(tranche, side);
        let last = rows.last()?;
        last.when.filter(|_| last.complete.as_ref().is_none_or(|complete| complete.value))
    }

    fn legs(&mut self) {
        let last = self.last();
        let tells = |side: Side| self.history.tells_legs_of(side);
        for (tranche, side) in self.asker.legs_to_come().into_iter().filter(|(_, side)| tells(*side)) {
            let is_due = self.days.due(tranche).is_some_and(|due| self.days.day(due) <= last);
            let done = self.done(tranche, side);
            let is_agreed = self.asker.paper.is_agreed(tranche);
            if done.is_none() && !(is_due && is_agreed) {
                continue;
            }
            let question = self.asker.leg(tranche, side, last);
            let day = |at: jiff::civil::DateTime| self.calendar.day_of_date(at.date()).min(last + 1);
            let observed = done.map_or(last + 1, |when| day(when.best));
            let other = done
                .map(|when| if day(when.latest) == observed { day(when.earliest) } else { day(when.latest) });
            self.push(question, observed, other);
        }
    }

    /// People of a side released by the end of a day, by one source or the other.
    fn released(&self, side: Side, day: i64) -> (i64, i64) {
        let rows = self.history.rows.iter().filter(|row| {
            row.is_release()
                && row.side.as_ref().is_some_and(|s| s.value == side)
                && self.day_of(row).is_some_and(|at| at <= day)
        });
        let number = |cell: &Option<At<u64>>| cell.as_ref().map(|count| count.value as i64);
        rows.fold((0, 0), |(one, other), row| {
            let count = number(&row.count).unwrap_or(0);
            (one + count, other + number(&row.other_count).unwrap_or(count))
        })
    }

    fn releases(&mut self) {
        let (today, end, last) = (self.today(), self.end(), self.last());
        for side in [CAPTIVES, PRISONERS] {
            if !self.plan.cohorts.iter().any(|c| c.side == side) || !self.history.tells_releases_of(side) {
                continue;
            }
            let of_side = self
                .history
                .rows
                .iter()
                .filter(|r| r.is_release() && r.side.as_ref().is_some_and(|s| s.value == side));
            let days: BTreeSet<i64> = of_side.filter_map(|row| self.day_of(row)).chain([end]).collect();
            for day in days.into_iter().filter(|day| *day > today && *day <= last) {
                let (observed, other) = self.released(side, day);
                self.push(self.asker.released(side, day), observed, Some(other));
            }
        }
    }

    fn events(&mut self) {
        let (today, end, last) = (self.today(), self.end(), self.last());
        if end <= today {
            return;
        }
        let people = self.asker.paper.captives_promised();
        let lagging: Vec<usize> = self
            .asker
            .legs_to_come()
            .iter()
            .filter(|(_, side)| *side == PRISONERS)
            .map(|(t, _)| *t)
            .collect();
        let lagged = lagging.iter().any(|tranche| self.lagged(*tranche, end));
        for question in self.asker.events(end, people, lagging) {
            if !self.is_told(&question.ask) {
                continue;
            }
            let observed = match question.ask {
                super::Ask::PromisedBack { .. } => self.released(CAPTIVES, end).0 >= people,
                super::Ask::Held { side, .. } => self.was_held(side, end),
                super::Ask::Collapsed { .. } => self.any(Kind::Collapse, end, |_| true),
                super::Ask::Mismatch { .. } => self.any(Kind::Remains, end, |row| {
                    row.confirmed
                        .as_ref()
                        .zip(row.count.as_ref())
                        .is_some_and(|(right, all)| right.value < all.value)
                }),
                _ => lagged,
            };
            self.push(question, i64::from(observed), None);
        }
        if last > end {
            let collapsed = self.any(Kind::Collapse, last, |_| true);
            self.push(self.asker.collapsed(last), i64::from(collapsed), None);
        }
    }

    /// Whether the record tells releases at all, where a question is about them: silence is not "none".
    fn is_told(&self, ask: &super::Ask) -> bool {
        match ask {
            super::Ask::PromisedBack { .. } | super::Ask::Mismatch { .. } => {
                self.history.tells_releases_of(CAPTIVES)
            }
            super::Ask::LagOver { .. } => {
                [CAPTIVES, PRISONERS].iter().all(|s| self.history.tells_legs_of(*s))
            }
            _ => true,
        }
    }

    /// Whether a row of a kind, as it is asked for, falls between the as-of day and the end of another.
    fn any(&self, kind: Kind, day: i64, is_meant: impl Fn(&Row) -> bool) -> bool {
        let today = self.today();
        self.of(kind).any(|row| self.day_of(row).is_some_and(|at| at > today && at <= day) && is_meant(row))
    }

    /// Whether a dispute held releases of a side at any time after the as-of day, be it since before; those ahead of the start are not
    /// replayed.
    fn was_held(&self, side: Side, end: i64) -> bool {
        let today = self.today();
        let start = self.history.started().map(|start| start.best);
        self.of(Kind::Dispute).any(|row| {
            let Some(when) = row.when else { return false };
            let holds =
                row.held.as_ref().is_some_and(|held| held.value == SIDES[side] || held.value == "truce");
            let was_open = row.until.is_none_or(|until| self.day(&until) > today);
            let is_replayed = start.is_none_or(|start| when.best >= start);
            let day = self.day(&when);
            holds && is_replayed && day <= end && (day > today || was_open)
        })
    }

    /// Whether by the end of a day the prisoners of a tranche had not come a day after its captives.
    fn lagged(&self, tranche: usize, end: i64) -> bool {
        let Some(captives) = self.done(tranche, CAPTIVES) else { return false };
        let a_day_later = captives.best.saturating_add(LONG_LAG.seconds());
        let had_time = self.calendar.day_of_date(a_day_later.date()) <= end;
        had_time && self.done(tranche, PRISONERS).is_none_or(|prisoners| prisoners.best > a_day_later)
    }

    fn talks(&mut self) {
        let Some(talks) = &self.plan.talks else { return };
        let (today, last) = (self.today(), self.last());
        let by = |word: &str| {
            let of_word = |row: &&Row| row.name.as_ref().is_some_and(|name| name.value == word);
            self.of(Kind::Talks).filter(of_word).filter_map(|row| self.day_of(row)).min()
        };
        let (started, agreed) = (by("started"), by("agreed"));
        for (is_agreed, at, due) in [(false, started, talks.start_by), (true, agreed, talks.agree_by)] {
            let day = self.days.day(due - 1);
            let day = if day > today { day } else { self.end() };
            if day > today && day <= last && at.is_none_or(|at| at > today) {
                self.push(self.asker.talks(is_agreed, day), i64::from(at.is_some_and(|at| at <= day)), None);
            }
        }
    }

    /// Calls a question by its reporter where another of the same name is there.
    fn told_apart(&self, question: Question, row: &Row) -> Question {
        let is_taken = self.list.iter().any(|target| target.question.name == question.name);
        let name = format!("{} ({})", question.name, row.counter());
        if is_taken { Question { name, ..question } } else { question }
    }

    /// A figure that a reporter gives; an alternative where another one's stands already.
    fn report(&mut self, question: Question, row: &Row, observed: i64, is_alternative: bool) {
        let question = self.told_apart(question, row);
        let other =
            row.other_count.as_ref().map(|count| count.value as i64).filter(|other| *other != observed);
        self.list.push(Target { question, observed, other, is_alternative });
    }

    fn flows(&mut self) {
        let (today, last) = (self.today(), self.last());
        let mut spans: Vec<(usize, &str, i64, i64)> = Vec::new();
        for row in self.of(Kind::Flow) {
            let name = row.name.as_ref().map_or("", |name| name.value.as_str());
            let Some(flow) = self.plan.flows.iter().position(|f| f.name == name) else { continue };
            let Some(first) = self.day_of(row).filter(|day| *day >= 1) else { continue };
            let end = row.until.as_ref().map_or(first, |until| self.day(until));
            if end <= today || end > last {
                continue;
            }
            let daily =
                row.per_day.as_ref().map(|mean| (mean.value * (end - first + 1) as f64).round() as i64);
            let Some(observed) = row.count.as_ref().map(|count| count.value as i64).or(daily) else {
                continue;
            };
            // Where reporters tell of the same days, the first stands.
            let by = row.counter();
            let is_alternative =
                spans.iter().any(|(f, other, a, b)| *f == flow && *other != by && *a <= end && first <= *b);
            if !is_alternative {
                spans.push((flow, by, first, end));
            }
            self.report(self.asker.delivered(flow, (first, end)), row, observed, is_alternative);
        }
    }

    fn violations(&mut self) {
        let (today, last) = (self.today(), self.last());
        for row in self.of(Kind::Violations) {
            let against = row.against.as_ref().map_or("", |against| against.value.as_str());
            let Some(process) = self.plan.violations.iter().position(|v| v.name == against) else { continue };
            let Some(day) = self.day_of(row).filter(|day| *day > today && *day <= last) else { continue };
            let Some(count) = &row.count else { continue };
            let by = self.plan.violations[process].counted_by.as_deref();
            let is_alternative = !self.history.is_followed(row, by);
            self.report(self.asker.violations(process, day), row, count.value as i64, is_alternative);
        }
    }

    fn milestones(&mut self) {
        let (today, last) = (self.today(), self.last());
        for row in self.of(Kind::Milestone) {
            let name = row.name.as_ref().map_or("", |name| name.value.as_str());
            let Some(milestone) = self.plan.milestones.iter().position(|m| m.name == name) else { continue };
            let Some(due) = row.due.as_ref().map(|due| self.day(due)) else { continue };
            let met = self.day_of(row);
            if due > today && due <= last && met.is_none_or(|met| met > today) {
                let is_met = met.is_some_and(|met| met <= due);
                self.push(self.asker.milestone(milestone, due), i64::from(is_met), None);
            }
        }
    }
}
