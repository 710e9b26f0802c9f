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
    percent_to(share, 0)
}

/// A share and the ends of its interval, as finely as the interval is wide: whole percents from two points on, tenths or hundredths where
/// it is narrower, so that an interval never looks like a single figure.
pub fn percents(share: f64, low: f64, high: f64) -> [String; 3] {
    let decimals = match high - low {
        width if width >= 0.02 => 0,
        width if width >= 0.002 => 1,
        _ => 2,
    };
    [share, low, high].map(|value| percent_to(value, decimals))
}

fn percent_to(share: f64, decimals: usize) -> String {
    let unit = [1.0, 0.1, 0.01][decimals.min(2)];
    let p = share * 100.0;
    if p > 0.0 && p <= unit / 2.0 {
        format!("<{unit}%")
    } else if p >= 100.0 - unit / 2.0 && p < 100.0 {
        format!(">{:.decimals$}%", 100.0 - unit)
    } else if p == 0.0 || p == 100.0 {
        format!("{p:.0}%")
    } else {
        format!("{p:.decimals$}%")
    }
}

/// A count of things in words: "1 replication", "10,000 replications".
pub fn several(n: u64, thing: &str) -> String {
    let things = if n == 1 { thing.to_string() } else { plural(thing) };
    format!("{} {things}", number(n as f64))
}

/// Several of what a word names. Where more words follow, the first is the one that changes: "prisoners of war".
pub fn plural(thing: &str) -> String {
    let follow = [" of ", " in ", " from ", " under ", " on ", " at ", " for "];
    if let Some(place) = follow.iter().filter_map(|word| thing.find(word)).min() {
        return plural(&thing[..place]) + &thing[place..];
    }
    let of_their_own = [("person", "people"), ("woman", "women"), ("man", "men"), ("child", "children")];
    for (one, several) in of_their_own {
        if let Some(before) =
            thing.strip_suffix(one).filter(|before| before.is_empty() || before.ends_with(' '))
        {
            return format!("{before}{several}");
        }
    }
    let hisses = ["s", "x", "z", "ch", "sh"].iter().any(|ending| thing.ends_with(ending));
    let stem = thing.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    match stem {
        Some(stem) => format!("{stem}ies"),
        None if hisses => format!("{thing}es"),
        None => format!("{thing}s"),
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
        assert_eq!([percent(0.005), percent(0.995)], ["<1%", ">99%"]);
        assert_eq!(percent(1.0), "100%");
    }

    #[test]
    fn an_interval_of_shares_is_as_fine_as_it_is_wide() {
        assert_eq!(percents(0.83, 0.80, 0.86), ["83%", "80%", "86%"]);
        assert_eq!(percents(0.9712, 0.9678, 0.9743), ["97.1%", "96.8%", "97.4%"]);
        assert_eq!(percents(0.0, 0.0, 0.00038), ["0%", "0%", "0.04%"]);
        assert_eq!(percents(0.9999, 0.99964, 0.99998), ["99.99%", "99.96%", ">99.99%"]);
        assert_eq!(percents(0.00004, 0.00001, 0.0002), ["<0.01%", "<0.01%", "0.02%"]);
    }

    #[test]
    fn several_things_are_called_as_people_call_them() {
        let cases = [
            ("captive", "captives"),
            ("prisoner of war", "prisoners of war"),
            ("detainee under 18", "detainees under 18"),
            ("missing person", "missing people"),
            ("woman", "women"),
            ("human", "humans"),
            ("body", "bodies"),
            ("day", "days"),
        ];
        for (one, many) in cases {
            assert_eq!(plural(one), many);
        }
        assert_eq!(
            [several(1, "prisoner of war"), several(2, "prisoner of war")],
            ["1 prisoner of war", "2 prisoners of war"]
        );
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(number(1_234_567.0), "1,234,567");
        assert_eq!(number(33.0), "33");
        assert_eq!(number(12.34), "12.3");
    }
}
