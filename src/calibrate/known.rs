//! A history as it stood at the end of a day: nothing that came later is told by it, not even that something came.

use std::cell::RefCell;

use super::problem::Answers;
use crate::forecast::Days;
use crate::observed::fit::AsOf;
use crate::observed::{History, Row, fit, frame, names};
use crate::scenario::diagnostic::{Diagnostic, Faults};
use crate::scenario::load::{Loaded, Script};
use crate::scenario::source::Span;

/// Checks a history against a scenario as a forecast does: its term, its extensions and its dates (as a whole, for all of them are compared),
/// the day to which it is known, and its names.
///
/// # Errors
/// Every fault, at its cell.
pub fn check(
    history: &History,
    as_of: Option<(&str, Span)>,
    script: &Script,
    variant: Option<&str>,
) -> Result<(), Faults> {
    let found = RefCell::new(Faults::new());
    script.load_with(variant, &[], &|file, _| {
        let mut faults = found.borrow_mut();
        let last = AsOf { day: file.start.day_of_date(history.known_to), span: Span::IMPLIED };
        // A day that is none is told where the history is read.
        let day = as_of.and_then(|(text, span)| fit::as_of(text, span, &file.start, &mut Faults::new()));
        let stated = day.filter(|day| day.day <= last.day);
        let day = stated.unwrap_or(last);
        frame::check(history, day, file, &mut faults);
        // A record may go on beyond the scenario; a day that is asked for may not.
        if stated.is_some() {
            frame::is_within(history, day, file, &mut faults);
        }
        let on_record = file.start.date_of_day(day.day).map(|date| history.to_the_end_of(date));
        names::check(on_record.as_ref().unwrap_or(history), file, &mut faults);
        None
    })?;
    let faults = found.into_inner();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// Reads a history for a scenario, to the end of a day where one is given as text with its place: what was on record, the day, and what it
/// answers.
///
/// # Errors
/// A day that is none or beyond the record, clocks of another zone, and a record that answers nothing.
pub fn read(
    history: &History,
    as_of: Option<(&str, Span)>,
    loaded: &Loaded,
) -> Result<(History, Option<i64>, Answers), Faults> {
    let mut faults = Faults::new();
    let calendar = &loaded.calendar;
    let zone = calendar.start.time_zone().iana_name().unwrap_or("").to_string();
    if let Some(of_history) = history.zone.as_ref().filter(|z| z.value != zone) {
        let message = format!(
            "this history runs on the clocks of `{}`, the scenario on those of `{zone}`",
            of_history.value
        );
        let fault = Diagnostic::new("S309", of_history.span, message);
        faults.push(fault.help("give both the same zone, and the history its times in it"));
    }
    let mut known = history.clone();
    let mut day = None;
    if let Some((text, span)) = as_of {
        let Some(as_of) = fit::as_of(text, span, calendar, &mut faults) else { return Err(faults) };
        day = Some(as_of.day);
        let last = calendar.day_of_date(history.known_to);
        if as_of.day > last {
            let message = format!("the record ends with day {last}, {}", history.known_to);
            faults.push(Diagnostic::new("S310", span, message).help("take a day of the record"));
        }
        if let Some(date) = calendar.date_of_day(as_of.day) {
            known = history.to_the_end_of(date);
        }
    }
    let answers = Answers::of(loaded, &known);
    let days = 1..=Days::of(&loaded.plan).last();
    let is_of_now = |row: &Row| row.day().is_some_and(|date| days.contains(&calendar.day_of_date(date)));
    if answers.questions.is_empty() || !known.rows.iter().any(is_of_now) {
        let span = history.rows.first().map_or(Span::IMPLIED, |row| row.span);
        let fault =
            Diagnostic::new("S325", span, "this history answers nothing that the scenario could be asked");
        faults.push(
            fault.help("take a later --as-of day, or a history of the exchange that the scenario describes"),
        );
    }
    if faults.is_empty() { Ok((known, day, answers)) } else { Err(faults) }
}
