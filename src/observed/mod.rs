//! Histories: what happened in an exchange, as dated events with a window, a confidence and a source each.
//!
//! ```text
//! history.csv ─► records ─► rows ─► History ──fit (scenario, as-of)──► scenario::past::Past ─► Plan.history
//!                (csv)      (cells)  (check)                            the same facts a scenario's [history] gives
//! ```
//!
//! A [`History`] is read without any scenario: [`read::read`] gives it or every fault of the file. [`fit`] takes what was known at
//! the end of a day and says it in a scenario's own terms; the scenario's resolution then finds what does not fit, at its place in
//! the history. The format is described in `docs/histories.md`.

mod cells;
mod check;
mod columns;
pub mod fit;
pub mod frame;
pub mod names;
pub mod read;

pub use columns::{COLUMNS, Column, KINDS, Kind};

use jiff::civil::{Date, DateTime};

use crate::scenario::source::{At, Span};

/// One exchange as it was recorded.
#[derive(Debug, Clone)]
pub struct History {
    /// What the exchange is called.
    pub case: Option<At<String>>,
    /// The zone of its clocks, where the file says so.
    pub zone: Option<At<String>>,
    /// The last day of which the record is complete.
    pub known_to: Date,
    /// The events, in order of time.
    pub rows: Vec<Row>,
}

/// When something happened, by local clocks: the best estimate and the window it lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// The best estimate: as stated, or the middle of the window.
    pub best: DateTime,
    /// It cannot have been before.
    pub earliest: DateTime,
    /// It cannot have been later.
    pub latest: DateTime,
    /// Where it is written.
    pub span: Span,
}

impl When {
    /// The day of the best estimate.
    pub fn day(&self) -> Date {
        self.best.date()
    }

    /// Whether the moment is not known to the minute.
    pub fn is_uncertain(&self) -> bool {
        self.earliest < self.latest
    }
}

/// How far a row is to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// One source of unclear standing, or an inference.
    Low,
    /// One good source, or several that differ in detail.
    Medium,
    /// Several sources that agree, or a first-hand one.
    High,
}

/// One event. Which cells a kind of event has is said in [`KINDS`].
#[derive(Debug, Clone)]
pub struct Row {
    /// Whether all of its cells could be read; else it is compared with no other.
    pub is_read: bool,
    /// What kind of event.
    pub kind: Kind,
    /// Where its kind is written.
    pub span: Span,
    /// Its name in other records.
    pub id: Option<At<String>>,
    /// When it happened; none for what has not.
    pub when: Option<When>,
    /// When it was due.
    pub due: Option<When>,
    /// When it ended, or to when something was prolonged.
    pub until: Option<When>,
    /// The round, as the record counts rounds.
    pub round: Option<At<String>>,
    /// The tranche it carries out, as the agreement numbers them.
    pub tranche: Option<At<String>>,
    /// Whose people: 0 captives, 1 prisoners.
    pub side: Option<At<usize>>,
    /// Who did it, owes it or alleges it.
    pub party: Option<At<String>>,
    /// Against whom.
    pub against: Option<At<String>>,
    /// What it is called: a cohort, milestone, flow, subject.
    pub name: Option<At<String>>,
    /// What a dispute held.
    pub held: Option<At<String>>,
    /// Who counted.
    pub reporter: Option<At<String>>,
    /// How many.
    pub count: Option<At<u64>>,
    /// How many by another source.
    pub other_count: Option<At<u64>>,
    /// Remains confirmed to be the persons named.
    pub confirmed: Option<At<u64>>,
    /// Killed.
    pub killed: Option<At<u64>>,
    /// Injured.
    pub injured: Option<At<u64>>,
    /// Out of how many.
    pub of: Option<At<u64>>,
    /// Days a rate is for.
    pub days: Option<At<u64>>,
    /// A daily mean.
    pub per_day: Option<At<f64>>,
    /// What was promised a day.
    pub target: Option<At<f64>>,
    /// Whether it ends its leg.
    pub complete: Option<At<bool>>,
    /// How far it is to be believed.
    pub confidence: Option<Confidence>,
    /// Where it comes from.
    pub source: String,
    /// Anything else.
    pub note: String,
}

impl Row {
    /// The moment of a row, for rows that must have one.
    pub fn day(&self) -> Option<Date> {
        self.when.as_ref().map(When::day)
    }

    /// Whether people covered by the agreement are released or handed over.
    pub fn is_release(&self) -> bool {
        matches!(self.kind, Kind::Release | Kind::Remains)
    }

    /// Whether a figure is of several days.
    pub fn is_span(&self) -> bool {
        self.when.as_ref().zip(self.until.as_ref()).is_some_and(|(when, until)| until.day() != when.day())
    }

    /// Who counted: the reporter, or the source where none is named. One counter's figures are one series.
    pub fn counter(&self) -> &str {
        self.reporter.as_ref().map_or(self.source.as_str(), |reporter| reporter.value.as_str())
    }

    /// The tranche of a release: as stated, else the round; none for a round besides the tranches.
    pub fn of_tranche(&self) -> Option<&At<String>> {
        let named = self.tranche.as_ref().or(self.round.as_ref())?;
        (named.value != columns::BESIDES).then_some(named)
    }

    /// The leg that a release is of: its tranche and its side.
    pub fn leg(&self) -> Option<(&str, usize)> {
        let (tranche, side) = self.of_tranche().zip(self.side)?;
        self.is_release().then_some((tranche.value.as_str(), side.value))
    }
}

impl History {
    /// The rows of a kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.kind == kind)
    }

    /// Whether any row tells people of a side released: a record that does not is silent on them.
    pub fn tells_releases_of(&self, side: usize) -> bool {
        self.rows.iter().any(|row| row.is_release() && row.side.is_some_and(|s| s.value == side))
    }

    /// Whether any such row says to which tranche of the agreement it belongs.
    pub fn tells_legs_of(&self, side: usize) -> bool {
        let is_of = |row: &&Row| row.is_release() && row.side.is_some_and(|s| s.value == side);
        self.rows.iter().filter(is_of).any(|row| row.of_tranche().is_some())
    }

    /// Everyone who counted violations against a party, in the order in which they first did.
    pub fn counters(&self, against: &str) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        let rows = self.of(Kind::Violations).filter(|row| row.count.is_some());
        for row in rows.filter(|row| row.against.as_ref().is_some_and(|a| a.value == against)) {
            if !found.contains(&row.counter()) {
                found.push(row.counter());
            }
        }
        found
    }

    /// Whose counts of violations against a party are followed: those of whom the scenario counts by, else of the first who counted.
    /// Everyone else's are alternatives, which contradict nothing.
    pub fn counter_of(&self, against: &str, counted_by: Option<&str>) -> Option<&str> {
        let by = counted_by.unwrap_or("").to_lowercase();
        let found = self.counters(against);
        let named = |name: &&&str| !name.is_empty() && by.contains(&name.to_lowercase());
        found.iter().find(named).or(found.first()).copied()
    }

    /// Whether a row is of the counts of violations that are followed.
    pub fn is_followed(&self, row: &Row, counted_by: Option<&str>) -> bool {
        let against = row.against.as_ref();
        against.is_some_and(|a| self.counter_of(&a.value, counted_by) == Some(row.counter()))
    }

    /// The part that was on record at the end of a day: nothing that came later is told by it, not even that something came.
    pub fn to_the_end_of(&self, day: Date) -> History {
        let is_later = |when: &Option<When>| when.as_ref().is_some_and(|when| when.day() > day);
        let mut known = self.clone();
        known.known_to = known.known_to.min(day);
        // What was due is known whether or not it came; a leg that goes on later is not complete.
        for row in &mut known.rows {
            if row.kind == Kind::Milestone && is_later(&row.when) {
                row.when = None;
            }
            let goes_on = |other: &Row| is_later(&other.when) && other.leg() == row.leg();
            if row.leg().is_some() && self.rows.iter().any(goes_on) {
                row.complete = Some(At::implied(false));
            }
        }
        known.rows.retain(|row| !is_later(&row.when));
        known
    }

    /// When the truce began.
    pub fn started(&self) -> Option<&When> {
        self.of(Kind::Start).find_map(|row| row.when.as_ref())
    }

    /// When it was over: by a collapse, or an end of another kind.
    pub fn ended(&self) -> Option<&Row> {
        self.rows.iter().find(|row| matches!(row.kind, Kind::Collapse | Kind::End))
    }

    /// Calls names as a scenario does; what is to be called `none` is left out. Gives back the names that no row has.
    pub fn call<'n>(&mut self, names: &'n [(String, String)]) -> Vec<&'n str> {
        let mut unknown = Vec::new();
        for (from, to) in names {
            let is_meant = |cell: &Option<At<String>>| cell.as_ref().is_some_and(|c| c.value == *from);
            // A round names the tranche where nothing else does.
            let tranche = |r: &Row| if r.tranche.is_some() { r.tranche.clone() } else { r.round.clone() };
            let bears =
                |r: &Row| is_meant(&tranche(r)) || [&r.name, &r.party, &r.against].into_iter().any(is_meant);
            if !self.rows.iter().any(bears) {
                unknown.push(from.as_str());
            }
            if to == "none" {
                self.rows.retain(|row| !bears(row));
                continue;
            }
            for row in &mut self.rows {
                let tranche = if row.tranche.is_some() { &mut row.tranche } else { &mut row.round };
                for cell in [&mut row.name, &mut row.party, &mut row.against, tranche] {
                    if let Some(cell) = cell.as_mut().filter(|c| c.value == *from) {
                        cell.value.clone_from(to);
                    }
                }
            }
        }
        unknown
    }
}

#[cfg(test)]
mod tests;
