//! Where the values of a parameter lie on the axis of a response.

use std::collections::BTreeSet;

use super::Line;
use crate::report::html::chart::axis::Axis;

/// The values of a parameter: by size where all are numbers of one unit, else side by side.
pub(super) struct Places {
    /// Place and word of each value, in order.
    pub levels: Vec<(f64, String)>,
    unit: Option<String>,
    is_log: bool,
}

/// Most values that are named one by one, and most characters that their names take together.
const NAMED: usize = 8;
const CHARACTERS: usize = 44;
/// From this ratio of the greatest value to the least on, places go by powers of ten.
const LOG_FROM: f64 = 10.0;

impl Places {
    /// The values that a parameter has in some lines.
    pub(super) fn of(parameter: &str, lines: &[&Line]) -> Self {
        let words: BTreeSet<&String> =
            lines.iter().filter_map(|line| line.parameters.get(parameter)).collect();
        let sizes: Option<Vec<(f64, &str)>> = words.iter().map(|word| size(word)).collect();
        let sizes = sizes.filter(|s| s.first().is_some_and(|(_, unit)| s.iter().all(|(_, u)| u == unit)));
        let mut levels: Vec<(f64, String)> =
            words.iter().enumerate().map(|(rank, word)| (rank as f64, (*word).clone())).collect();
        let mut is_log = false;
        if let Some(sizes) = &sizes {
            let least = sizes.iter().map(|(value, _)| *value).fold(f64::INFINITY, f64::min);
            let most = sizes.iter().map(|(value, _)| *value).fold(f64::NEG_INFINITY, f64::max);
            is_log = least > 0.0 && most >= LOG_FROM * least && is_bunched(sizes, least, most);
            for (level, (value, _)) in levels.iter_mut().zip(sizes) {
                level.0 = if is_log { libm::log10(*value) } else { *value };
            }
        }
        levels.sort_by(|a, b| a.0.total_cmp(&b.0));
        let unit = sizes.and_then(|sizes| Some(sizes.first()?.1.to_string()));
        Self { levels, unit, is_log }
    }

    /// The place of a value.
    pub(super) fn at(&self, word: &str) -> f64 {
        self.levels.iter().find(|(_, level)| level == word).map_or(0.0, |(at, _)| *at)
    }

    /// The axis, with names where there is room for them.
    pub(super) fn axis(&self, label: &str) -> Axis {
        let low = self.levels.first().map_or(0.0, |l| l.0);
        let high = self.levels.last().map_or(1.0, |l| l.0).max(low + 1e-12);
        let words = |ticks: Vec<(f64, String)>, label: String| Axis { low, high, ticks, label };
        match &self.unit {
            _ if self.are_named() => words(self.levels.clone(), label.to_string()),
            None => words(
                (1..)
                    .zip(&self.levels)
                    .map(|(number, (at, _))| (*at, f64::to_string(&f64::from(number))))
                    .collect(),
                label.to_string(),
            ),
            Some(unit) => {
                let unit = if unit.is_empty() { String::new() } else { format!(" ({unit})") };
                words(self.round(low, high), format!("{label}{unit}"))
            }
        }
    }

    /// Round values within the range.
    fn round(&self, low: f64, high: f64) -> Vec<(f64, String)> {
        if !self.is_log {
            let mut ticks = Axis::numbers(low, high, "").ticks;
            ticks.retain(|(at, _)| (low..=high).contains(at));
            return ticks;
        }
        let powers = (low.floor() as i32)..=(high.ceil() as i32);
        let all = powers.flat_map(|power| [1, 2, 5].map(|times| format!("{times}e{power}")));
        let valued = all.filter_map(|word| word.parse::<f64>().ok());
        valued
            .map(|value| (libm::log10(value), value.to_string()))
            .filter(|(at, _)| (low..=high).contains(at))
            .collect()
    }

    /// Whether each value can stand on the axis by its own name.
    fn are_named(&self) -> bool {
        let characters: usize = self.levels.iter().map(|(_, word)| word.chars().count() + 2).sum();
        let ends = self.levels.last().map_or(0.0, |l| l.0) - self.levels.first().map_or(0.0, |l| l.0);
        let gaps = self.levels.windows(2).map(|pair| pair[1].0 - pair[0].0);
        let is_even = gaps.fold(f64::INFINITY, f64::min) * NAMED as f64 >= ends;
        self.levels.len() <= NAMED && characters <= CHARACTERS && is_even
    }

    /// What the numbers on the axis stand for, where they stand for words, and how it is divided.
    pub(super) fn about(&self) -> String {
        if self.unit.is_none() && !self.are_named() {
            let list = (1..).zip(&self.levels).map(|(number, (_, word))| format!("{number}: {word}"));
            return format!(" Values: {}.", list.collect::<Vec<String>>().join("; "));
        }
        if self.is_log { " The axis of the parameter is logarithmic.".to_string() } else { String::new() }
    }
}

/// Whether the values lie closer to their least, as those do that go by ratios.
fn is_bunched(sizes: &[(f64, &str)], least: f64, most: f64) -> bool {
    let mut values: Vec<f64> = sizes.iter().map(|(value, _)| *value).collect();
    values.sort_by(f64::total_cmp);
    let median = values[values.len() / 2];
    (median - (least * most).sqrt()).abs() < (median - (least + most) / 2.0).abs()
}

/// A number and its unit: "2.5 h" is 2.5 and "h".
fn size(word: &str) -> Option<(f64, &str)> {
    let word = word.trim().trim_matches('"');
    let end = word.find(|c: char| !(c.is_ascii_digit() || ".-+eE".contains(c))).unwrap_or(word.len());
    let (number, unit) = word.split_at(end);
    number.parse().ok().filter(|value: &f64| value.is_finite()).map(|value| (value, unit.trim()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn places(values: &[&str]) -> Places {
        let line = |value: &&str| Line {
            cell: 0,
            variant: "base".to_string(),
            parameters: BTreeMap::from([("x".to_string(), (*value).to_string())]),
            outcome: "completed".to_string(),
            n: 1,
            mean: None,
            lo: None,
            hi: None,
            difference: None,
            difference_lo: None,
            difference_hi: None,
        };
        let lines: Vec<Line> = values.iter().map(line).collect();
        Places::of("x", &lines.iter().collect::<Vec<&Line>>())
    }

    fn ticks(values: &[&str]) -> Vec<String> {
        places(values).axis("x").ticks.into_iter().map(|(_, words)| words).collect()
    }

    #[test]
    fn levels_are_told_apart_from_their_units() {
        assert_eq!(size("2.5 h"), Some((2.5, "h")));
        assert_eq!(size("\"90m\""), Some((90.0, "m")));
        assert_eq!(size("20%"), Some((20.0, "%")));
        assert_eq!(size("0.3"), Some((0.3, "")));
        assert_eq!(size("strict"), None);
    }

    #[test]
    fn axes_name_levels_where_there_is_room_and_round_values_where_there_is_none() {
        assert_eq!(ticks(&["8h", "16h", "24h"]), ["8h", "16h", "24h"]);
        let many: Vec<String> = (0..24).map(|i| format!("0.{}", 61_003 + 1_507 * i)).collect();
        assert_eq!(ticks(&many.iter().map(String::as_str).collect::<Vec<&str>>())[0], "0.7");
        let rates = ["0.00051/day", "0.00052/day", "0.0011/day", "0.0062/day"];
        assert_eq!(ticks(&rates), ["0.001", "0.002", "0.005"]);
        assert_eq!(places(&rates).axis("x").label, "x (/day)");
        let odds = ["{ absorb = 0.6, protest = 0.4 }", "{ absorb = 0.1, protest = 0.9 }"];
        assert_eq!(ticks(&odds), ["1", "2"]);
        assert!(places(&odds).about().starts_with(" Values: 1: { absorb = 0.1,"));
    }
}
