//! Numbers as people read them.

/// Seconds as a length of time: "2d 3h", "40m", "15s".
pub fn duration(seconds: f64) -> String {
    let sign = if seconds < 0.0 { "-" } else { "" };
    let s = seconds.abs();
    if s < 90.0 {
        return format!("{sign}{s:.0}s");
    }
    let minutes = (s / 60.0).round() as i64;
    let (days, hours, rest) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        (0, 0) => format!("{sign}{rest}m"),
        (0, _) => format!("{sign}{hours}h {rest:02}m"),
        _ => format!("{sign}{days}d {hours:02}h"),
    }
}

/// A share as a whole percent; what is possible but rounds to 0 or 100 says so.
pub fn percent(share: f64) -> String {
    let p = share * 100.0;
    if p > 0.0 && p < 0.5 {
        "<1%".to_string()
    } else if p > 99.5 && p < 100.0 {
        ">99%".to_string()
    } else {
        format!("{p:.0}%")
    }
}

/// A count or an amount: as many decimals as it needs.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if size >= 1_000.0 {
        grouped(value.round() as i64)
    } else if size >= 100.0 || value == value.round() {
        format!("{value:.0}")
    } else if size >= 10.0 {
        format!("{value:.1}")
    } else if size < 0.01 {
        format!("{value:.4}")
    } else {
        format!("{value:.2}")
    }
}

fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_read_plainly() {
        let cases = [
            (40.0, "40s"),
            (2_400.0, "40m"),
            (7_500.0, "2h 05m"),
            (187_200.0, "2d 04h"),
            (-5_400.0, "-1h 30m"),
        ];
        for (seconds, text) in cases {
            assert_eq!(duration(seconds), text);
        }
    }

    #[test]
    fn a_rare_share_is_not_shown_as_never() {
        assert_eq!(percent(0.0), "0%");
        assert_eq!(percent(0.004), "<1%");
        assert_eq!(percent(0.83), "83%");
        assert_eq!(percent(0.999), ">99%");
        assert_eq!(percent(1.0), "100%");
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(number(1_234_567.0), "1,234,567");
        assert_eq!(number(33.0), "33");
        assert_eq!(number(12.34), "12.3");
    }
}
