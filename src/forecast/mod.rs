//! Forecasts: what comes next, given what was known at the end of a day; and how they did.
//!
//! ```text
//! Plan with its past ─► World, seen ─► Course ─answer─► Counts a question ─► report
//! History after the day ─► questions with what was observed ─► score against baselines ─► report
//! ```
//!
//! A [`Question`] asks for one whole number (a day, people, a flag). A [`course::Course`] is what a question needs of one replication.
//! The answers of all replications are [`Counts`], merged by addition, so no split or thread changes them. [`targets`] turns what a
//! history tells after the as-of day into questions with their answers; [`paper`] and [`cases`] make the baselines; [`backtest`] scores.
//! [`fan`] asks day by day.

pub mod backtest;
pub mod cases;
pub mod course;
pub mod decided;
pub mod fan;
pub mod gather;
pub mod joint;
pub mod paper;
pub mod question;
pub mod remarks;
pub mod targets;

pub use question::{Ask, Question, Unit};

use crate::kernel::{DAY, Time};
use crate::model::plan::{Due, Plan};
use crate::score::Counts;

/// A question with the answers of all replications.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// What was asked.
    pub question: Question,
    /// How often each answer came up.
    pub answers: Counts,
}

/// Days by a plan's calendar.
#[derive(Debug, Clone, Copy)]
pub struct Days<'p> {
    plan: &'p Plan,
}

impl<'p> Days<'p> {
    /// The days of a plan.
    pub fn of(plan: &'p Plan) -> Days<'p> {
        Days { plan }
    }

    /// The local day, from 1, on which a moment falls.
    pub fn day(self, at: Time) -> i64 {
        crate::model::world::day_of(&self.plan.midnights, at.max(self.plan.midnights[0])) as i64 + 1
    }

    /// The end of a local day.
    pub fn end(self, day: i64) -> Time {
        let midnights = &self.plan.midnights;
        let at = usize::try_from(day).unwrap_or(0).min(midnights.len() - 1);
        midnights[at]
    }

    /// The last whole day within the term as it is known to run, or within the horizon where there is none. A term that ends within the
    /// last hour of a day has that day, too ("23:59").
    pub fn of_term(self) -> i64 {
        let end = self
            .term_end()
            .map_or(self.plan.horizon, |end| end.saturating_add(DAY / 24).min(self.plan.horizon));
        let day = self.day(end);
        if self.end(day) <= end { day } else { (day - 1).max(1) }
    }

    /// The end of the term, with extensions of the known past.
    pub fn term_end(self) -> Option<Time> {
        let agreed = self.plan.term.as_ref()?.end;
        let facts = self.plan.history.iter().flat_map(|history| &history.facts);
        let prolonged = facts.filter_map(|fact| match fact.what {
            crate::model::plan::Fact::Extended { until } => Some(until),
            _ => None,
        });
        Some(prolonged.max().unwrap_or(agreed))
    }

    /// The last day that is simulated to its end.
    pub fn last(self) -> i64 {
        let day = self.day(self.plan.horizon);
        if self.end(day) <= self.plan.horizon { day } else { (day - 1).max(1) }
    }

    /// When a tranche is due; none where it has no date.
    pub fn due(self, tranche: usize) -> Option<Time> {
        let shift = match &self.plan.history {
            Some(history) if self.plan.days_from_actual => history.started,
            _ => 0,
        };
        match self.plan.tranches[tranche].due {
            Due::At(at) => Some(at + shift),
            _ => None,
        }
    }

    /// Seconds as days.
    pub fn days(seconds: Time) -> f64 {
        seconds as f64 / DAY as f64
    }
}

#[cfg(test)]
mod tests;
