//! Cells of a row: what is written in them, read as dates, numbers and words.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use super::columns::{COLUMNS, Column};
use super::{Confidence, When};
use crate::scenario::diagnostic::{Diagnostic, Faults};
use crate::scenario::read::nearest;
use crate::scenario::source::{At, Span};

/// The cells of one record by column, and where faults go.
pub(super) struct Cells<'a> {
    record: &'a [At<String>],
    places: &'a [Option<usize>],
    pub(super) faults: &'a mut Faults,
}

impl<'a> Cells<'a> {
    pub(super) fn new(
        record: &'a [At<String>],
        places: &'a [Option<usize>],
        faults: &'a mut Faults,
    ) -> Cells<'a> {
        Cells { record, places, faults }
    }

    /// What stands in a column, without the blanks around it; none where it is empty.
    pub(super) fn text(&self, column: Column) -> Option<At<String>> {
        let cell = self.record.get(self.places[column as usize]?)?;
        let text = cell.value.trim();
        (!text.is_empty()).then(|| At::new(text.to_string(), cell.span))
    }

    /// The place of a column's cell, or of the row where there is no such column.
    pub(super) fn place(&self, column: Column) -> Span {
        let cell = self.places[column as usize].and_then(|at| self.record.get(at));
        cell.or(self.record.first()).map_or(Span::IMPLIED, |cell| cell.span)
    }

    pub(super) fn fault(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.faults.push(Diagnostic::new(code, span, message).help(help));
    }

    /// A word of a set, by its place in it.
    pub(super) fn word(&mut self, column: Column, words: &[&str]) -> Option<At<usize>> {
        let cell = self.text(column)?;
        let found = words.iter().position(|word| *word == cell.value);
        if found.is_none() {
            let message = format!("`{}` is not a word for `{}`", cell.value, column.word());
            let help = match nearest(&cell.value, words.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write one of: {}", words.join(", ")),
            };
            self.fault("S302", cell.span, message, help);
        }
        found.map(|place| At::new(place, cell.span))
    }

    /// A whole number of people, trucks or events.
    pub(super) fn count(&mut self, column: Column) -> Option<At<u64>> {
        let cell = self.text(column)?;
        let is_plain = cell.value.bytes().all(|byte| byte.is_ascii_digit());
        let value = cell.value.parse::<u64>().ok().filter(|n| is_plain && *n < 1_000_000_000);
        if value.is_none() {
            let message = format!("`{}` is not a whole number below a thousand millions", cell.value);
            self.fault("S304", cell.span, message, "write digits alone: no sign, comma or unit");
        }
        value.map(|value| At::new(value, cell.span))
    }

    /// A number from zero up.
    pub(super) fn number(&mut self, column: Column) -> Option<At<f64>> {
        let cell = self.text(column)?;
        let is_plain = cell.value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let value = cell.value.parse::<f64>().ok().filter(|n| is_plain && (0.0..1e12).contains(n));
        if value.is_none() {
            let message = format!("`{}` is not a number from zero up", cell.value);
            self.fault("S304", cell.span, message, "write digits, with a point before decimals");
        }
        value.map(|value| At::new(value, cell.span))
    }

    pub(super) fn yes(&mut self, column: Column) -> Option<At<bool>> {
        self.word(column, &["yes", "no"]).map(|word| word.map(|place| place == 0))
    }

    pub(super) fn confidence(&mut self) -> Option<Confidence> {
        let levels = [Confidence::Low, Confidence::Medium, Confidence::High];
        self.word(Column::Confidence, &["low", "medium", "high"]).map(|word| levels[word.value])
    }

    /// A local date, or date and time, as the window it stands for.
    pub(super) fn moment(&mut self, column: Column) -> Option<When> {
        let cell = self.text(column)?;
        let found = window_of(&cell.value);
        match found {
            Some((earliest, best, latest)) => Some(When { best, earliest, latest, span: cell.span }),
            None => {
                let message = format!("`{}` is not a local date, or date and time", cell.value);
                let help =
                    "write \"2025-01-19\" or \"2025-01-19T17:15\": a day that exists, hours from 00 to 23";
                self.fault("S304", cell.span, message, help);
                None
            }
        }
    }

    /// When the row happened: its estimate within its window.
    pub(super) fn when(&mut self) -> Option<When> {
        let said = self.moment(Column::When);
        let (earliest, latest) = (self.moment(Column::Earliest), self.moment(Column::Latest));
        let has_bounds = earliest.is_some() || latest.is_some();
        let (low, high) = match (said, earliest, latest) {
            (None, Some(low), Some(high)) => (low, high),
            (Some(said), low, high) => (low.unwrap_or(said), high.unwrap_or(said)),
            (None, None, None) => return None,
            (None, ..) => {
                let place = self.place(if earliest.is_some() { Column::Earliest } else { Column::Latest });
                let help = "give `when`, or both `earliest` and `latest`";
                self.fault("S303", place, "half a window does not say when it was", help);
                return None;
            }
        };
        if low.earliest > high.latest {
            self.fault(
                "S305",
                low.span,
                "this window ends before it begins",
                "`earliest` is not after `latest`",
            );
            return None;
        }
        // A date without a time is a day within the bounds; its estimate is the middle of what is left of it.
        let (lower, upper) = match said {
            Some(said) => (low.earliest.max(said.earliest), high.latest.min(said.latest)),
            None => (low.earliest, high.latest),
        };
        if lower > upper {
            let place = self.place(Column::When);
            self.fault(
                "S305",
                place,
                "this lies outside its own window",
                "`when` is from `earliest` to `latest`",
            );
            return None;
        }
        let best =
            said.filter(|said| !has_bounds || !said.is_uncertain()).map_or(middle(lower, upper), |s| s.best);
        let span = said.map_or(low.span, |said| said.span);
        Some(When { best, earliest: low.earliest, latest: high.latest, span })
    }

    /// Whether a column is filled.
    pub(super) fn is_filled(&self, column: Column) -> bool {
        self.text(column).is_some()
    }

    /// Columns that are filled.
    pub(super) fn filled(&self) -> Vec<Column> {
        COLUMNS.iter().map(|(column, ..)| *column).filter(|c| self.is_filled(*c)).collect()
    }
}

/// Half way between two moments, to the second.
fn middle(from: DateTime, to: DateTime) -> DateTime {
    let seconds = from.duration_until(to).as_secs();
    from.checked_add((seconds / 2).seconds()).unwrap_or(from)
}

/// The first, the likeliest and the last moment a text can mean.
fn window_of(text: &str) -> Option<(DateTime, DateTime, DateTime)> {
    let is_date = text.len() == 10;
    if is_date {
        let date: Date = text.parse().ok()?;
        return Some((date.at(0, 0, 0, 0), date.at(12, 0, 0, 0), date.at(23, 59, 59, 0)));
    }
    let is_whole = text.get(10..11).is_some_and(|between| between == "T" || between == " ");
    let time: DateTime = text.parse().ok().filter(|_| is_whole && !text.ends_with(['Z', 'z']))?;
    (time.subsec_nanosecond() == 0).then_some((time, time, time))
}
