//! Whether a history's time is the scenario's: the term it tells of, its extensions, and dates that cannot be meant.

use super::fit::AsOf;
use super::{History, Kind, Row, When};
use crate::scenario::diagnostic::{Diagnostic, Faults};
use crate::scenario::schema::{Scenario, Term};
use crate::scenario::source::Span;

/// A record may go on for years after what is simulated; a date later than this is a slip of the pen.
const MOST_DAYS_BEYOND: i64 = 5 * 366;

const DAY: f64 = 86_400.0;

/// Checks the time of a history against a scenario's; what happened after the as-of day is not looked at, what was agreed before is.
pub fn check(history: &History, as_of: AsOf, file: &Scenario, faults: &mut Faults) {
    let frame = Frame { history, as_of, file };
    frame.dates(faults);
    frame.clocks(faults);
    if let Some(end) = frame.term_end() {
        frame.term(end, faults);
        frame.extensions(end, faults);
        frame.expiry(end, faults);
    }
}

/// Whether the scenario looks at an as-of day of the record to its end.
pub fn is_within(history: &History, as_of: AsOf, file: &Scenario, faults: &mut Faults) -> bool {
    Frame { history, as_of, file }.is_within(faults)
}

struct Frame<'a> {
    history: &'a History,
    as_of: AsOf,
    file: &'a Scenario,
}

/// A day and where it is written.
type Day = (i64, Span);

impl Frame<'_> {
    fn day(&self, when: &When) -> i64 {
        self.file.start.day_of_date(when.day())
    }

    /// The last day of the agreed term, as the scenario has it.
    fn term_end(&self) -> Option<Day> {
        let calendar = &self.file.start;
        let (offset, span) = match self.file.term.as_ref()? {
            Term::Length(length) => (length.value as i64, length.span),
            Term::Table(table) => match (&table.length, &table.until) {
                (Some(length), _) => (length.value as i64, length.span),
                (None, until) => {
                    let until = until.as_ref()?;
                    (calendar.offset_of(&until.value).ok()?, until.span)
                }
            },
        };
        Some((calendar.day_of_date(calendar.at(offset)?.date()), span))
    }

    /// Days count from the agreed start in one file and from the actual one in another: by so much they may differ.
    fn slip(&self) -> i64 {
        1 + self.history.started().map_or(0, |start| (self.day(start) - 1).abs())
    }

    fn term(&self, (end, span): Day, faults: &mut Faults) {
        let Some((row, when)) = self.row(Kind::Term) else { return };
        let told = self.day(&when);
        if (told - end).abs() > self.slip() {
            let message =
                format!("the term of this record ends on day {told}, that of the scenario on day {end}");
            let help = format!(
                "give the scenario the term that was agreed, `--set 'term.until=\"{}\"'`, or correct this row",
                when.best
            );
            let fault = Diagnostic::new("S311", row.when.map_or(row.span, |w| w.span), message);
            faults.push(fault.also(span, "the scenario's term").help(help));
        }
    }

    fn row(&self, kind: Kind) -> Option<(&Row, When)> {
        self.history.of(kind).find_map(|row| Some((row, row.when?)))
    }

    /// A renewable term is prolonged by its steps: an extension that ends between two of them was not foreseen.
    fn extensions(&self, (end, _): Day, faults: &mut Faults) {
        let Some(Term::Table(table)) = &self.file.term else { return };
        let Some(renewal) = table.renewal.as_ref().filter(|renewal| !renewal.steps.is_empty()) else {
            return;
        };
        let steps: Vec<i64> = renewal.steps.iter().map(|s| (s.value / DAY).round() as i64).collect();
        let ends = (0..).scan(end, |at, step: usize| {
            *at += steps[step.min(steps.len() - 1)].max(1);
            Some(*at)
        });
        let ends: Vec<i64> = ends.take(renewal.most.value.min(1_000) as usize).collect();
        for row in self.history.of(Kind::Extension) {
            let Some((when, until)) = row.when.zip(row.until) else { continue };
            let told = self.day(&until);
            let is_known = self.day(&when) <= self.as_of.day;
            if is_known && ends.iter().all(|end| (end - told).abs() > self.slip()) {
                let message = format!(
                    "the term is prolonged to day {told}, which no step of the scenario's renewal reaches"
                );
                let help =
                    "give the scenario the steps that were agreed, `term.renewal.steps`, or correct this row";
                let fault = Diagnostic::new("S311", until.span, message);
                faults.push(fault.also(renewal.span, "the scenario's steps").help(help));
            }
        }
    }

    /// A term runs out when the record, or the scenario, says that it ends.
    fn expiry(&self, (end, span): Day, faults: &mut Faults) {
        let Some((row, when)) = self.row(Kind::Expiry) else { return };
        if self.day(&when) > self.as_of.day {
            return;
        }
        let extensions = self.history.of(Kind::Extension).filter_map(|row| row.until);
        let end = extensions.map(|until| self.day(&until)).max().unwrap_or(end);
        let told = self.day(&when);
        if (told - end).abs() > self.slip() {
            let message = format!("by this record the term ran out on day {told}, and it ends on day {end}");
            let help = "correct this row, or give the scenario the term that was agreed; what ended a truce ahead of its term is an `end` or a `collapse`";
            let fault = Diagnostic::new("S311", row.when.map_or(row.span, |w| w.span), message);
            faults.push(fault.also(span, "the scenario's term").help(help));
        }
    }

    /// Whether the as-of day is one that the scenario looks at to its end.
    fn is_within(&self, faults: &mut Faults) -> bool {
        let (day, last) = (self.as_of.day, self.last());
        let is_of_record = day <= self.file.start.day_of_date(self.history.known_to);
        if day <= last || !is_of_record {
            return true;
        }
        let date =
            |day: i64| self.file.start.date_of_day(day).map_or(String::new(), |date| format!(" ({date})"));
        let message = format!(
            "day {day} lies beyond the scenario, which looks at day 1{} to day {last}{}",
            date(1),
            date(last)
        );
        let fault = Diagnostic::new("S310", self.as_of.span, message);
        faults.push(fault.help("take an earlier day, or a longer `horizon`"));
        false
    }

    /// The last day that the scenario looks at to its end.
    fn last(&self) -> i64 {
        let stated = self.file.horizon.as_ref().and_then(|horizon| {
            let end = self.file.start.at(horizon.value as i64)?;
            Some(self.file.start.day_of_date(end.date()))
        });
        let end = stated.or_else(|| Some(self.term_end()?.0 + 48));
        end.map_or(i64::MAX, |day| (day - 1).max(1))
    }

    /// Times that no clock of the scenario's zone shows: the clocks go forward over them.
    fn clocks(&self, faults: &mut Faults) {
        for row in &self.history.rows {
            for when in [&row.when, &row.due, &row.until].into_iter().flatten() {
                if !when.is_uncertain() && self.file.start.skips(when.best) {
                    let message =
                        format!("no clock shows {} there: the clocks go forward over it", when.best);
                    let help = "choose a time before or after, or give the date alone";
                    faults.push(Diagnostic::new("S053", when.span, message).help(help));
                }
            }
        }
    }

    /// The last day that the scenario looks at.
    fn horizon(&self) -> i64 {
        let stated = self.file.horizon.as_ref().map(|horizon| (horizon.value / DAY) as i64 + 1);
        stated.or_else(|| Some(self.term_end()?.0 + 48)).unwrap_or(1)
    }

    fn dates(&self, faults: &mut Faults) {
        let last = self.horizon() + MOST_DAYS_BEYOND;
        for row in &self.history.rows {
            for when in [&row.when, &row.due, &row.until].into_iter().flatten() {
                let latest = self.file.start.day_of_date(when.latest.date());
                if latest.max(self.day(when)) > last {
                    let message =
                        format!("{} is years after all that the scenario looks at", when.latest.date());
                    let help = format!("correct the date; the scenario's horizon is day {}", self.horizon());
                    faults.push(Diagnostic::new("S312", when.span, message).help(help));
                }
            }
        }
    }
}
