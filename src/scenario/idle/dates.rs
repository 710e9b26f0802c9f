//! Dates at which nothing can happen any more: after the simulation stops looking, or after the truce can last. A key is refused
//! only where that is certain; whatever may still prolong the truce or bring something forward is given the benefit.

use super::{Search, moves};
use crate::kernel::{DAY, Time};
use crate::scenario::moment::Hour;
use crate::scenario::schema::*;
use crate::scenario::source::At;

const UNSEEN: &str = "the simulation stops looking before that";
const LOOK_LONGER: &str = "lengthen `horizon`, or leave this out";

impl Search<'_> {
    pub(super) fn dates(&mut self) {
        let Some(horizon) = self.horizon() else { return };
        self.term_beyond(horizon);
        self.unseen(horizon);
        // What is on record may have happened at other times than those agreed.
        if self.file.history.is_none() {
            self.undone(horizon, self.lasts(horizon));
        }
    }

    /// Seconds after the agreed start at which the simulation stops looking; none where that is a fault of its own.
    fn horizon(&self) -> Option<Time> {
        match &self.file.horizon {
            Some(horizon) => Some(horizon.value as Time),
            None => self.term_end().map(|end| end + 48 * DAY),
        }
    }

    fn term_end(&self) -> Option<Time> {
        match self.file.term.as_ref()? {
            Term::Length(length) => Some(length.value as Time),
            Term::Table(table) => match (&table.length, &table.until) {
                (Some(length), None) => Some(length.value as Time),
                (None, Some(until)) => self.file.start.offset_of(&until.value).ok(),
                _ => None,
            },
        }
    }

    fn time_of(&self, day: &At<i64>, at: Option<Hour>) -> Option<Time> {
        let start = self.file.start.start.time();
        let of_start =
            i64::from(start.hour()) * 3600 + i64::from(start.minute()) * 60 + i64::from(start.second());
        self.file.start.offset_of_day(day.value, at.map_or(of_start, |hour| hour.seconds))
    }

    fn is_by(&self, limit: Time, day: &At<i64>, at: Option<Hour>) -> bool {
        self.time_of(day, at).is_none_or(|time| time <= limit)
    }

    /// The latest time at which anything can begin: beyond it the truce is over, or in limbo without any way out.
    fn lasts(&self, horizon: Time) -> Time {
        let Some(end) = self.term_end() else { return horizon };
        let at_term = self.file.ending.as_ref().and_then(|ending| ending.at_term.as_ref());
        let prolonged = at_term.is_some_and(|at| moves(&at.extended) || moves(&at.counter_offer));
        // Talks may lead to the next phase, out of limbo too.
        if prolonged || self.file.talks.is_some() {
            return horizon;
        }
        end.saturating_add(self.renewed_by()).min(horizon)
    }

    /// How long all steps of a renewal last together.
    fn renewed_by(&self) -> Time {
        let Some(Term::Table(table)) = &self.file.term else { return 0 };
        let Some(renewal) = &table.renewal else { return 0 };
        let Some(last) = renewal.steps.last() else { return 0 };
        let most = renewal.most.value;
        let stated: f64 = renewal.steps.iter().take(most as usize).map(|step| step.value).sum();
        (stated + last.value * most.saturating_sub(renewal.steps.len() as u64) as f64) as Time
    }

    fn term_beyond(&mut self, horizon: Time) {
        let runs_out = self.term_end().is_none_or(|end| end <= horizon);
        let help = "lengthen `horizon`, or leave it out: it is then the term plus 48 days";
        self.needs(&["term"], runs_out, "the simulation stops looking before the term runs out", help);
    }

    /// What happens by itself is only lost where nobody looks any more.
    fn unseen(&mut self, horizon: Time) {
        let file = self.file;
        for (name, event) in &file.event.entries {
            let seen = event.day.as_ref().is_none_or(|day| self.is_by(horizon, day, event.at));
            self.needs(&["event", &name.value, "day"], seen, UNSEEN, LOOK_LONGER);
        }
        for (name, front) in &file.front.entries {
            let seen =
                front.expires.as_ref().is_none_or(|day| self.is_by(horizon, day, Some(Hour::of(0, 0))));
            self.needs(&["front", &name.value, "expires"], seen, UNSEEN, LOOK_LONGER);
        }
        for (name, outside) in &file.outside.entries {
            let seen = self.is_by(horizon, &outside.day, outside.at);
            self.needs(&["outside", &name.value, "day"], seen, UNSEEN, LOOK_LONGER);
        }
        for (name, flow) in &file.flow.entries {
            let first = At::new(i64::try_from(flow.from_day.value).unwrap_or(i64::MAX), flow.from_day.span);
            let seen = self.is_by(horizon, &first, Some(flow.hour));
            self.needs(&["flow", &name.value, "from_day"], seen, UNSEEN, LOOK_LONGER);
        }
        if let Some(talks) = &file.talks {
            let seen = self.is_by(horizon, &talks.from_day, Some(Hour::of(0, 0)));
            self.needs(&["talks", "from_day"], seen, UNSEEN, LOOK_LONGER);
            let next = At::new(talks.start_by.value.saturating_add(1), talks.start_by.span);
            let seen = self.is_by(horizon, &next, Some(Hour::of(0, 0)));
            self.needs(
                &["talks", "missed"],
                seen,
                "the simulation stops looking before `start_by`",
                LOOK_LONGER,
            );
        }
    }

    /// Tranches and milestones that can never be carried out, since nothing begins so late.
    fn undone(&mut self, horizon: Time, lasts: Time) {
        let file = self.file;
        let why =
            if lasts < horizon { "after the truce can last" } else { "after the simulation stops looking" };
        let help = match lasts < horizon {
            true => "date it earlier, or lengthen the term, or let it be renewed or extended",
            false => "date it earlier, or lengthen `horizon`",
        };
        let message = |what: String, day: i64| {
            format!("{what} is due on day {day}, {why}, so it can never be carried out")
        };
        for (name, tranche) in &file.tranche.entries {
            let Some(day) = tranche.day.as_ref().filter(|_| !self.comes_forward()) else { continue };
            let message = message(format!("tranche {}", name.value), day.value);
            let in_time = self.is_by(lasts, day, tranche.at);
            self.refuse("S128", &["tranche", &name.value, "day"], in_time, message, help);
        }
        for (name, milestone) in &file.milestone.entries {
            let Some(day) = &milestone.day else { continue };
            let message = message(format!("milestone `{}`", name.value), day.value);
            let in_time = self.is_by(lasts, day, milestone.at);
            self.refuse("S128", &["milestone", &name.value, "day"], in_time, message, help);
        }
    }

    /// Whether a settlement may release people of a later tranche before it is due.
    fn comes_forward(&self) -> bool {
        let settlement = self.file.mediation.as_ref().and_then(|mediation| mediation.settlement.as_ref());
        settlement.is_some_and(|settled| settled.acceleration.is_some() || settled.extra_round.is_some())
    }
}
