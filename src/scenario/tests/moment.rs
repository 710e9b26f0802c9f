use super::super::diagnostic::Faults;
use super::super::source::Sources;
use super::super::tree;
use super::*;

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

fn calendar(text: &str) -> Calendar {
    Calendar::parse(text, Span::IMPLIED).expect("a sound start")
}

fn code(text: &str) -> &'static str {
    Calendar::parse(text, Span::IMPLIED).map_or_else(|no| no.code, |_| "fine")
}

#[test]
fn days_are_counted_in_local_time() {
    let calendar = calendar("2025-01-19T08:30[Asia/Jerusalem]");
    assert_eq!(calendar.offset_of_day(1, 8 * HOUR + 1800), Some(0));
    assert_eq!(calendar.offset_of_day(2, 0), Some(15 * HOUR + 1800));
    assert_eq!(calendar.offset_of_day(1, DAY), calendar.offset_of_day(2, 0));
    assert_eq!(calendar.offset_of("2025-01-25T08:30"), Ok(6 * DAY));
    assert_eq!(calendar.midnights(2), Some(vec![-(8 * HOUR + 1800), 15 * HOUR + 1800]));
    assert_eq!(calendar.local_text(6 * DAY), "2025-01-25 08:30");
    assert_eq!(calendar.day_of_date(calendar.date_of_day(42).expect("in the calendar")), 42);
}

/// On 28 March 2025 clocks in Israel went from 02:00 to 03:00.
#[test]
fn the_clocks_go_forward() {
    let calendar = calendar("2025-03-27T00:00[Asia/Jerusalem]");
    assert_eq!(calendar.offset_of_day(2, HOUR), Some(25 * HOUR));
    assert_eq!(calendar.offset_of_day(2, 3 * HOUR), Some(26 * HOUR));
    assert_eq!(calendar.offset_of_day(2, 2 * HOUR + 1800), Some(26 * HOUR + 1800), "02:30 counts as 03:30");
    assert_eq!(calendar.midnights(3), Some(vec![0, 24 * HOUR, 47 * HOUR]));
    assert_eq!(calendar.local_text(26 * HOUR), "2025-03-28 03:00");
    assert_eq!(calendar.offset_of("2025-03-28T02:30").map_err(|no| no.code), Err("S053"));
    assert_eq!(code("2025-03-28T02:30[Asia/Jerusalem]"), "S053");
}

/// On 26 October 2025 they went from 02:00 back to 01:00.
#[test]
fn the_clocks_go_back() {
    assert_eq!(code("2025-10-26T01:30[Asia/Jerusalem]"), "S053");
    let first = calendar("2025-10-26T01:30+03:00[Asia/Jerusalem]");
    let second = calendar("2025-10-26T01:30+02:00[Asia/Jerusalem]");
    assert_eq!(second.start.timestamp().as_second() - first.start.timestamp().as_second(), HOUR);
    assert_eq!(second.offset_of_day(1, HOUR + 1800), Some(-HOUR), "of two, the first counts");
    assert_eq!(first.midnights(2), Some(vec![-HOUR - 1800, 23 * HOUR + 1800]));
}

#[test]
fn starts_refused() {
    for (text, expected) in [
        ("2025-01-19T08:30", "S051"),
        ("2025-01-19[Asia/Jerusalem]", "S051"),
        ("2025-01-19T08:30Z[Asia/Jerusalem]", "S051"),
        ("2025-01-19T08:30:00.5[Asia/Jerusalem]", "S051"),
        ("2025-02-30T08:30[Asia/Jerusalem]", "S051"),
        ("2025-01-19T08:30+05:00[Asia/Jerusalem]", "S051"),
        ("2025-01-19T08:30[Asia/Jerusalm]", "S052"),
        ("2025-01-19T08:30[]", "S052"),
        ("2025-01-19T08:30[+02:00]", "S052"),
        ("1899-12-31T23:00[UTC]", "S054"),
        ("9999-12-31T23:00[UTC]", "S054"),
        ("]", "S051"),
        ("[", "S051"),
        ("", "S051"),
    ] {
        assert_eq!(code(text), expected, "{text}");
    }
    let help = Calendar::parse("2025-01-19T08:30[Asia/Jerusalm]", Span::IMPLIED).map_err(|no| no.help);
    assert_eq!(help, Err("did you mean `Asia/Jerusalem`?".into()));
}

#[test]
fn nothing_beyond_the_calendar_panics() {
    let calendar = calendar("2200-12-31T23:59[Pacific/Kiritimati]");
    for day in [i64::MIN, -LAST_DAY - 1, LAST_DAY + 1, i64::MAX] {
        assert_eq!(calendar.offset_of_day(day, 0), None);
    }
    assert!(calendar.offset_of_day(LAST_DAY, 86_400).is_some());
    assert_eq!(calendar.offset_of_day(1, i64::MAX), None);
    assert_eq!(calendar.offset_of_day(1, -1), None);
    assert_eq!(calendar.local_text(i64::MAX), format!("{} s after the start", i64::MAX));
    assert_eq!(calendar.midnights(LAST_DAY + 1), None);
}

fn read<T: Read>(value: &str) -> Result<T, Vec<&'static str>> {
    let sources = Sources::from_text("a", format!("v = {value}"));
    let mut faults = Faults::new();
    let node = tree::parse(&sources, 0, &mut faults).expect("sound TOML");
    let mut r = Reader::new(&mut faults);
    let read = super::super::read::Keys::of(&node, &mut r).and_then(|mut keys| keys.field("v", &mut r));
    read.ok_or_else(|| faults.into_sorted().iter().map(|fault| fault.code).collect())
}

#[test]
fn times_of_day_and_windows() {
    assert_eq!(read("'16:00'"), Ok(Hour::of(16, 0)));
    assert_eq!(read("'24:00'"), Ok(Hour::of(24, 0)));
    assert_eq!(read("'08:30 - 17:00'"), Ok(Window { from: Hour::of(8, 30), to: Hour::of(17, 0) }));
    for bad in ["'24:01'", "'8'", "'08:60'", "'08:3'", "'+8:30'", "'é:00'", "''"] {
        assert_eq!(read::<Hour>(bad), Err(vec!["S034"]), "{bad}");
    }
    assert_eq!(read::<Hour>("16:00:00"), Err(vec!["S012"]));
    assert_eq!(read::<Window>("'17:00-08:00'"), Err(vec!["S035"]));
    assert_eq!(read::<Window>("'08:00-08:00'"), Err(vec!["S035"]));
    assert_eq!(read::<Window>("'08:00'"), Err(vec!["S034"]));
    assert_eq!(read::<Calendar>("2025-01-19T08:30:00"), Err(vec!["S012"]));
}
