//! Fans as a document and as text: quantiles by the end of each day, what was due on paper, and what was observed.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::document::CONFIDENCE;
use super::quantity::number;
use super::words;
use crate::forecast::fan::{Fan, Seen, Series};
use crate::forecast::paper::Paper;
use crate::model::plan::Plan;
use crate::score::Counts;
use crate::stats::Interval;
use crate::stats::interval::{order_ranks, student};

/// The quantiles of a forecast number, by name and percent: the ends of its 90, 80 and 50 percent intervals, and the median.
pub const QUANTILES: [(&str, u64); 7] =
    [("p05", 5), ("p10", 10), ("p25", 25), ("p50", 50), ("p75", 75), ("p90", 90), ("p95", 95)];

/// A fan with what it is held against.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The fan.
    pub fan: Fan,
    /// Its name in the scenario's words.
    pub label: String,
    /// By the end of each day after the known past, what the schedule says; empty where there is none.
    pub on_paper: Vec<(i64, i64)>,
    /// What was observed; empty in a forecast.
    pub seen: Vec<Seen>,
}

/// Fans with the schedule on paper after the known past, which ends with a day.
pub fn shown(plan: &Plan, fans: Vec<Fan>, today: i64, seen: impl Fn(Series) -> Vec<Seen>) -> Vec<Shown> {
    let paper = Paper::of(plan);
    let sides = words::sides(plan);
    let one = |fan: Fan| {
        let label = words::labelled(&fan.name, &sides);
        let on_paper = match fan.series {
            Series::Released(side) => {
                (today + 1..=fan.days.len() as i64).map(|day| (day, paper.released(side, day, 0))).collect()
            }
            _ => Vec::new(),
        };
        Shown { seen: seen(fan.series), on_paper, fan, label }
    };
    fans.into_iter().map(one).collect()
}

/// The interval that the number of replications leaves a mean.
pub fn mean_interval(counts: &Counts) -> Option<Interval> {
    student(counts.mean()?, counts.standard_error()?, counts.n(), CONFIDENCE)
}

/// The order-statistic interval of a quantile; a side for which there are too few values is none.
pub fn quantile_interval(counts: &Counts, percent: u64) -> (Option<i64>, Option<i64>) {
    let (low, high) = order_ranks(counts.n(), percent, 100, CONFIDENCE);
    (low.and_then(|rank| counts.at_rank(rank)), high.and_then(|rank| counts.at_rank(rank)))
}

/// The mean and the quantiles of a distribution by name, with their intervals; an end for which there are too few values is null.
pub fn numbers(counts: &Counts, entry: &mut Map<String, Value>) {
    let of_mean = mean_interval(counts);
    entry.insert("mean".into(), json!(counts.mean()));
    entry.insert(
        "mean_interval".into(),
        json!({ "lo": of_mean.map(|i| i.low), "hi": of_mean.map(|i| i.high) }),
    );
    let mut intervals = Map::new();
    for (name, percent) in QUANTILES {
        entry.insert(name.into(), json!(counts.quantile(percent, 100)));
        let (low, high) = quantile_interval(counts, percent);
        intervals.insert(name.into(), json!({ "lo": low, "hi": high }));
    }
    entry.insert("quantile_intervals".into(), Value::Object(intervals));
}

/// Fans by name.
pub fn document(list: &[Shown]) -> Value {
    Value::Object(list.iter().map(|shown| (shown.fan.name.clone(), one(shown))).collect())
}

fn one(shown: &Shown) -> Value {
    let day = |(place, counts): (usize, &Counts)| {
        let mut entry = Map::new();
        let day = place as i64 + 1;
        entry.insert("day".into(), json!(day));
        numbers(counts, &mut entry);
        if let Some((_, people)) = shown.on_paper.iter().find(|(of, _)| *of == day) {
            entry.insert("on_paper".into(), json!(people));
        }
        Value::Object(entry)
    };
    let seen: Vec<Value> = shown
        .seen
        .iter()
        .map(|seen| json!({ "day": seen.day, "value": seen.value, "alternative": seen.other }))
        .collect();
    json!({
        "label": shown.label,
        "unit": shown.fan.unit,
        "days": shown.fan.days.iter().enumerate().map(day).collect::<Vec<_>>(),
        "observed": seen,
    })
}

/// Rows of a fan drawn in text, and characters across.
const ROWS: i64 = 10;
const ACROSS: i64 = 40;

/// Fans drawn with characters, from the last known day on.
pub fn text(list: &[Shown], today: i64) -> String {
    let mut text = String::new();
    for shown in list {
        let days = shown.fan.days.len() as i64;
        let step = ((days - today + ROWS - 1) / ROWS).max(1);
        let rows: Vec<i64> = (today.max(1)..=days).filter(|day| (days - day) % step == 0).collect();
        let counts = |day: i64| &shown.fan.days[day as usize - 1];
        let most = rows.iter().filter_map(|day| counts(*day).quantile(95, 100)).max().unwrap_or(0);
        if most <= 0 {
            continue;
        }
        let _ = writeln!(text, "{} by the end of a day", shown.label);
        for day in rows {
            let [low, left, middle, right, high] =
                [5, 25, 50, 75, 95].map(|percent| counts(day).quantile(percent, 100).unwrap_or(0));
            let (from, to) = quantile_interval(counts(day), 50);
            let end = |end: Option<i64>| end.map_or_else(|| "-".to_string(), |end| number(end as f64));
            let _ = writeln!(
                text,
                "  {day:>4}  {}  {} ({} to {})",
                strip([low, left, middle, right, high], most),
                number(middle as f64),
                end(from),
                end(to)
            );
        }
    }
    if !text.is_empty() {
        text += "  . 90% of replications, = the middle half, | the median, which stands at the right with its 95% interval\n";
    }
    text
}

/// One row of a fan.
fn strip(quantiles: [i64; 5], most: i64) -> String {
    let place =
        |value: i64| (i128::from(value.clamp(0, most)) * i128::from(ACROSS) / i128::from(most)) as i64;
    let [low, left, middle, right, high] = quantiles.map(place);
    let mark = |at: i64| match at {
        at if at == middle => '|',
        at if (left..=right).contains(&at) => '=',
        at if (low..=high).contains(&at) => '.',
        _ => ' ',
    };
    (0..=ACROSS).map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::strip;

    #[test]
    fn a_strip_stands_where_its_quantiles_are() {
        assert_eq!(strip([0, 10, 20, 30, 40], 40), "..........==========|==========..........");
        assert_eq!(strip([40; 5], 40).trim_start(), "|");
        assert_eq!(strip([0; 5], 40).trim_end(), "|");
    }
}
