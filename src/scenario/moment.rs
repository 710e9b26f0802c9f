//! Times of day, and the calendar of the agreed start.
//!
//! Everything inside the engine is in seconds after the agreed start. A [`Calendar`] says which second a local time of a
//! local day is, exactly, also across changes of the clocks.

use std::borrow::Cow;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan, Zoned};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use super::diagnostic::Diagnostic;
use super::read::{Read, Reader};
use super::reading::{nearest, schema_of};
use super::source::Span;
use super::tree::{Kind, Node};

/// A time of day: `"16:00"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hour {
    /// Seconds after midnight, as clocks show them.
    pub seconds: i64,
}

/// A part of the day: `"08:30-17:00"`, the end after the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// When it opens.
    pub from: Hour,
    /// When it closes.
    pub to: Hour,
}

impl Hour {
    /// `hour:minute`, for defaults.
    pub const fn of(hour: i64, minute: i64) -> Hour {
        Hour { seconds: hour * 3600 + minute * 60 }
    }

    /// Two digits, a colon, two digits; `24:00` ends the day.
    pub fn parse(text: &str) -> Option<Hour> {
        let (hour, minute) = text.trim().split_once(':')?;
        let number = |part: &str, digits: std::ops::RangeInclusive<usize>| {
            let sound = digits.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            sound.then(|| part.parse::<i64>().ok()).flatten()
        };
        let time = Hour::of(number(hour, 1..=2)?, number(minute, 2..=2)?);
        let fits = number(minute, 2..=2)? < 60 && time <= Hour::of(24, 0);
        fits.then_some(time)
    }
}

impl std::fmt::Display for Hour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.seconds / 3600, self.seconds / 60 % 60)
    }
}

impl Read for Hour {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        let text = text_of(node, "a time of day, \"16:00\"", r)?;
        Hour::parse(text).or_else(|| {
            let fault = Diagnostic::new("S034", node.span, format!("`{text}` is not a time of day"));
            r.refuse(fault.help("times of day are written \"08:30\", from \"00:00\" to \"24:00\""))
        })
    }

    fn to_json(&self) -> Option<Value> {
        Some(self.to_string().into())
    }
}

impl Read for Window {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        let text = text_of(node, "a part of the day, \"08:30-17:00\"", r)?;
        let Some((from, to)) = text.split_once('-').and_then(|(a, b)| Hour::parse(a).zip(Hour::parse(b)))
        else {
            let fault = Diagnostic::new("S034", node.span, format!("`{text}` is not a part of the day"));
            return r.refuse(fault.help("windows are written \"08:30-17:00\""));
        };
        if from < to {
            return Some(Window { from, to });
        }
        let fault = Diagnostic::new("S035", node.span, "this window ends before it begins");
        r.refuse(fault.label(format!("{to} is not after {from}")).help("a window lies within one day"))
    }

    fn to_json(&self) -> Option<Value> {
        Some(format!("{}-{}", self.from, self.to).into())
    }
}

/// The text of a value; a date or time without quotes is told to put them on.
fn text_of<'n>(node: &'n Node, expected: &str, r: &mut Reader<'_>) -> Option<&'n str> {
    match &node.kind {
        Kind::String(text) => Some(text),
        Kind::Datetime(text) => {
            let fault = Diagnostic::new("S012", node.span, format!("`{}` must be {expected}", r.path()));
            r.refuse(fault.label("this needs quotes").help(format!("write \"{text}\"")))
        }
        _ => r.wrong_kind(node, expected),
    }
}

/// The agreed start, and the local days counted from it: day 1 is its calendar day.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// The agreed start.
    pub start: Zoned,
    /// Where it is written.
    pub span: Span,
}

/// The years a start may lie in. Calendars reach far beyond both ends, so no horizon runs out of days.
pub const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// The last day that is ever asked for, some 1000 years after the start.
pub const LAST_DAY: i64 = 400_000;

/// Why a local time is not a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAMoment {
    /// The code of the fault.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: String,
}

fn refuse<T>(
    code: &'static str,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Result<T, NotAMoment> {
    Err(NotAMoment { code, message: message.into(), help: help.into() })
}

const START_HELP: &str = "write local time and zone, \"2025-01-19T08:30[Asia/Jerusalem]\"";
const LOCAL_HELP: &str = "write local date and time, \"2025-02-01T16:00\"";
const TWICE_HELP: &str = "say which by its offset from UTC, \"2025-10-26T01:30+02:00[Asia/Jerusalem]\"";

impl Calendar {
    /// Parses `"2025-01-19T08:30[Asia/Jerusalem]"`. A time that the clocks skip, or show twice, is refused; the latter may
    /// be told apart by an offset: `"2025-10-26T01:30+02:00[Asia/Jerusalem]"`.
    pub fn parse(text: &str, span: Span) -> Result<Calendar, NotAMoment> {
        let Some((local, zone)) = text.trim().strip_suffix(']').and_then(|text| text.split_once('[')) else {
            return refuse("S051", format!("`{text}` is not a local time with its zone"), START_HELP);
        };
        let zone = zone_called(zone)?;
        let time = local_time(local)?;
        if !YEARS.contains(&time.year()) {
            let help = format!("the agreed start lies in the years {} to {}", YEARS.start(), YEARS.end());
            return refuse("S054", format!("the year {} is out of range", time.year()), help);
        }
        let start = if has_offset(local) { with_offset(text)? } else { unique(time, &zone)? };
        Ok(Calendar { start, span })
    }

    /// Seconds after the agreed start of the time of day `seconds` (0 to 86,400, as clocks show it) on `day`.
    ///
    /// Where the clocks skip that time, it counts as so much later (02:30 becomes 03:30); where they show it twice, the
    /// first counts: jiff's "compatible" rule, which is RFC 5545's. `None` beyond the calendar (see [`LAST_DAY`]).
    pub fn offset_of_day(&self, day: i64, seconds: i64) -> Option<i64> {
        let date = self.date_of_day(day)?;
        let (date, seconds) = if seconds == 86_400 { (date.tomorrow().ok()?, 0) } else { (date, seconds) };
        let (hour, minute) = (i8::try_from(seconds.div_euclid(3600)).ok()?, seconds / 60 % 60);
        let time = Time::new(hour, minute as i8, (seconds % 60) as i8, 0).ok()?;
        let moment = self.start.time_zone().to_zoned(date.to_datetime(time)).ok()?;
        Some(self.since_start(moment.timestamp()))
    }

    /// Seconds after the agreed start of a local date-time, `"2025-02-01T16:00"`, in the start's zone.
    pub fn offset_of(&self, local: &str) -> Result<i64, NotAMoment> {
        let time = local_time(local).map_err(|no| NotAMoment { help: LOCAL_HELP.into(), ..no })?;
        let moment = unique(time, self.start.time_zone())?;
        Ok(self.since_start(moment.timestamp()))
    }

    /// Whether the clocks of the start's zone go forward over a local time, so that none shows it.
    pub fn skips(&self, local: DateTime) -> bool {
        let found = self.start.time_zone().to_ambiguous_timestamp(local);
        matches!(found.offset(), AmbiguousOffset::Gap { .. })
    }

    /// When each local day from day 1 to `days` begins, in seconds after the agreed start: day 1 at or before it. Where the
    /// clocks skip midnight, the day begins with its first moment. `None` beyond the calendar.
    pub fn midnights(&self, days: i64) -> Option<Vec<i64>> {
        (1..=days).map(|day| self.offset_of_day(day, 0)).collect()
    }

    /// The local date of `day`; day 1 is the start's. `None` beyond the calendar.
    pub fn date_of_day(&self, day: i64) -> Option<Date> {
        let within = (-LAST_DAY..=LAST_DAY).contains(&day);
        within.then(|| self.start.date().checked_add((day - 1).days()).ok()).flatten()
    }

    /// Which day a local date is.
    pub fn day_of_date(&self, date: Date) -> i64 {
        let days = self.start.date().until(date).map_or(0, |span| span.get_days());
        i64::from(days) + 1
    }

    /// The local date and time at `offset` seconds after the agreed start: `2025-01-19 08:30`.
    pub fn local_text(&self, offset: i64) -> String {
        match self.at(offset) {
            Some(moment) => moment.strftime("%Y-%m-%d %H:%M").to_string(),
            None => format!("{offset} s after the start"),
        }
    }

    /// The local moment at `offset` seconds after the agreed start.
    pub fn at(&self, offset: i64) -> Option<Zoned> {
        let second = self.start.timestamp().as_second().checked_add(offset)?;
        Timestamp::from_second(second).ok().map(|moment| moment.to_zoned(self.start.time_zone().clone()))
    }

    fn since_start(&self, moment: Timestamp) -> i64 {
        moment.as_second() - self.start.timestamp().as_second()
    }
}

/// Two calendars are the same if they start at the same moment in the same zone.
impl PartialEq for Calendar {
    fn eq(&self, other: &Self) -> bool {
        self.start == other.start && self.start.time_zone() == other.start.time_zone()
    }
}

/// A time zone by its IANA name.
///
/// # Errors
/// Where there is none of that name.
pub fn zone_called(name: &str) -> Result<TimeZone, NotAMoment> {
    // Old names such as `EST` or `Israel` are left out: a place says more, and its rules are kept up.
    if (name.contains('/') || name == "UTC")
        && let Ok(zone) = TimeZone::get(name)
    {
        return Ok(zone);
    }
    let known: Vec<String> = jiff::tz::db().available().map(|zone| zone.to_string()).collect();
    let help = match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "zones have IANA names, such as `Asia/Jerusalem`".to_string(),
    };
    refuse("S052", format!("there is no time zone `{name}`"), help)
}

/// A date and a time of day, both there, to the second.
fn local_time(text: &str) -> Result<DateTime, NotAMoment> {
    let whole = text.contains(['T', 't', ' ']) && !text.ends_with(['Z', 'z']);
    match text.trim().parse::<DateTime>() {
        Ok(time) if whole && time.subsec_nanosecond() == 0 => Ok(time),
        Ok(_) => refuse("S051", format!("`{text}` is not a date with a time of day"), START_HELP),
        Err(_) => match impossible(text) {
            Some(why) => refuse("S051", format!("`{text}` is no moment: {why}"), START_HELP),
            None => refuse("S051", format!("`{text}` is not a date with a time of day"), START_HELP),
        },
    }
}

/// What is not there on any calendar or clock, in a text that has the form of a date and a time.
fn impossible(text: &str) -> Option<String> {
    let (date, time) = text.trim().split_once(['T', 't', ' '])?;
    let mut date = date.splitn(3, '-').map(|part| part.parse::<i16>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let mut time = time.split(':').map(|part| part.get(..2).and_then(|two| two.parse::<u8>().ok()));
    let (hour, minute) = (time.next()??, time.next()??);
    let first = match i8::try_from(month).ok().and_then(|month| Date::new(year, month, 1).ok()) {
        Some(first) => first,
        None => return Some(format!("there is no month {month}")),
    };
    let days = i16::from(first.days_in_month());
    if !(1..=days).contains(&day) {
        return Some(format!("month {month} of {year} has {days} days"));
    }
    if hour > 23 {
        return Some(format!("hours go from 00 to 23, not to {hour}"));
    }
    (minute > 59).then(|| format!("minutes go from 00 to 59, not to {minute}"))
}

fn has_offset(local: &str) -> bool {
    local.split_once(['T', 't', ' ']).is_some_and(|(_, time)| time.contains(['+', '-']))
}

fn with_offset(text: &str) -> Result<Zoned, NotAMoment> {
    let wrong = |_| NotAMoment {
        code: "S051",
        message: format!(
            "`{text}` is no moment: clocks there never show this time with this offset from UTC"
        ),
        help: TWICE_HELP.into(),
    };
    text.trim().parse::<Zoned>().map_err(wrong)
}

/// The only moment that clocks in `zone` show as `time`.
fn unique(time: DateTime, zone: &TimeZone) -> Result<Zoned, NotAMoment> {
    let found = zone.to_ambiguous_zoned(time);
    match found.unambiguous() {
        Ok(moment) => Ok(moment),
        Err(_) if matches!(zone.to_ambiguous_timestamp(time).offset(), AmbiguousOffset::Gap { .. }) => {
            refuse(
                "S053",
                format!("no clock shows {time} there: the clocks go forward over it"),
                "choose a time before or after",
            )
        }
        Err(_) => refuse("S053", format!("clocks show {time} there twice, since they go back"), TWICE_HELP),
    }
}

impl Read for Calendar {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        let text = text_of(node, "a local time with its zone, \"2025-01-19T08:30[Asia/Jerusalem]\"", r)?;
        let refused = |no: NotAMoment, r: &mut Reader<'_>| {
            r.fault(Diagnostic::new(no.code, node.span, no.message).help(no.help))
        };
        Calendar::parse(text, node.span).map_err(|no| refused(no, r)).ok()
    }
}

macro_rules! text_schema {
    ($type:ty, $name:literal, $pattern:literal, $example:literal) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                schema_of(json!({ "type": "string", "pattern": $pattern, "examples": [$example] }))
            }
        }
    };
}

text_schema!(Hour, "TimeOfDay", "^ *[0-9]{1,2}:[0-9]{2} *$", "16:00");
text_schema!(Window, "Window", "^ *[0-9]{1,2}:[0-9]{2} *- *[0-9]{1,2}:[0-9]{2} *$", "08:30-17:00");
text_schema!(Calendar, "Start", r"^.+\[.+\] *$", "2025-01-19T08:30[Asia/Jerusalem]");

#[cfg(test)]
#[path = "tests/moment.rs"]
mod tests;
