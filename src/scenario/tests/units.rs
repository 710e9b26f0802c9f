use super::super::source::Span;
use super::*;

fn text(text: &str) -> Node {
    Node { span: Span::IMPLIED, kind: Kind::String(text.into()) }
}

fn number(value: f64) -> Node {
    Node { span: Span::IMPLIED, kind: Kind::Float(value) }
}

fn code<U: Unit>(node: Node) -> &'static str {
    U::parse(&node).map_or_else(|no| no.code, |_| "fine")
}

#[test]
fn durations() {
    for (written, seconds) in [
        ("30s", 30.0),
        ("40m", 2400.0),
        ("1.5h", 5400.0),
        ("2d", 172_800.0),
        ("1w", 604_800.0),
        ("2h30m", 9000.0),
        (" 1d 2h ", 93_600.0),
        ("0s", 0.0),
        ("1000000d", 8.64e10),
    ] {
        assert_eq!(Seconds::parse(&text(written)), Ok(seconds), "{written}");
    }
}

#[test]
fn durations_refused() {
    for (written, expected) in [
        ("3", "S030"),
        ("3h5", "S030"),
        ("", "S031"),
        (" ", "S031"),
        ("h", "S031"),
        ("1.h", "S031"),
        (".5h", "S031"),
        ("1..5h", "S031"),
        ("1e3h", "S033"),
        ("1,5h", "S030"),
        ("2h-3h", "S031"),
        ("30m2h", "S031"),
        ("1h1h", "S031"),
        ("2hours", "S033"),
        ("2 h é", "S031"),
        ("-2h", "S032"),
        ("-inf", "S032"),
        ("NaN", "S032"),
        ("1000001d", "S032"),
    ] {
        assert_eq!(code::<Seconds>(text(written)), expected, "{written}");
    }
    assert_eq!(code::<Seconds>(text(&format!("{}d", "9".repeat(400)))), "S032");
    assert_eq!(code::<Seconds>(number(3.0)), "S030");
}

#[test]
fn rates() {
    assert_eq!(PerSecond::parse(&text("0.5/day")), Ok(0.5 / 86_400.0));
    assert_eq!(PerSecond::parse(&text("5 / hour")), Ok(5.0 / 3600.0));
    assert_eq!(PerSecond::parse(&text("2/week")), Ok(2.0 / 604_800.0));
    for (written, expected) in [
        ("5", "S031"),
        ("5/", "S030"),
        ("5/d", "S033"),
        ("5/day/2", "S031"),
        ("-1/day", "S032"),
        ("9999/second", "S032"),
    ] {
        assert_eq!(code::<PerSecond>(text(written)), expected, "{written}");
    }
    assert_eq!(code::<PerSecond>(number(0.5)), "S030");
}

#[test]
fn probabilities_numbers_and_counts() {
    assert_eq!(Probability::parse(&text("25%")), Ok(0.25));
    assert_eq!(Probability::parse(&number(1.0)), Ok(1.0));
    assert_eq!(code::<Probability>(number(1.1)), "S032");
    assert_eq!(code::<Probability>(number(f64::NAN)), "S032");
    assert_eq!(code::<Probability>(text("101%")), "S032");
    assert_eq!(code::<Probability>(text("-1%")), "S032");
    assert_eq!(code::<Probability>(text("0.5")), "S031");
    assert_eq!(code::<Number>(number(f64::INFINITY)), "S032");
    assert_eq!(code::<Number>(text("1")), "S012");
    assert_eq!(code::<NonNegative>(number(-0.1)), "S032");
    assert_eq!(code::<Count>(number(1.0)), "S036");
}

#[test]
fn durations_are_shown_as_they_are_written() {
    for (seconds, written) in
        [(0.0, "0s"), (9000.0, "2h30m"), (93_600.0, "1d2h"), (0.5, "0.5s"), (61.0, "1m1s")]
    {
        assert_eq!(show_duration(seconds), written);
        assert_eq!(duration(written), Ok(seconds));
    }
}
