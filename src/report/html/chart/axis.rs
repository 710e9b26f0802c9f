//! Axes: a range of values, round places in it, and their words.

use crate::report::quantity::{number, percent};

/// What an axis runs over.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axis {
    /// The value at its beginning.
    pub low: f64,
    /// The value at its end.
    pub high: f64,
    /// Places to name, with their words.
    pub ticks: Vec<(f64, String)>,
    /// What the values are.
    pub label: String,
}

impl Axis {
    /// Shares from 0 to 1.
    pub(crate) fn shares(label: &str) -> Self {
        let ticks = (0..=4).map(|i| f64::from(i) / 4.0).map(|share| (share, percent(share))).collect();
        Self { low: 0.0, high: 1.0, ticks, label: label.to_string() }
    }

    /// Numbers, widened to round ones.
    pub(crate) fn numbers(low: f64, high: f64, label: &str) -> Self {
        let step = step(high - low, 5.0);
        Self::stepped(low, high, step, label, |value| tick(value, step))
    }

    /// Times in seconds, in the unit that suits their length.
    pub(crate) fn times(low: f64, high: f64) -> Self {
        let (unit, word) = match high - low {
            span if span >= 3.0 * 86_400.0 => (86_400.0, "days"),
            span if span >= 3.0 * 3_600.0 => (3_600.0, "hours"),
            _ => (60.0, "minutes"),
        };
        let step = step((high - low) / unit, 5.0);
        Self::stepped(low, high, step * unit, word, |value| tick(value / unit, step))
    }

    /// Days from the first to the last, each a cell of its own.
    pub(crate) fn days(last: usize) -> Self {
        let step = [1, 2, 7, 14, 28, 56, 112].into_iter().find(|step| last / step <= 10).unwrap_or(365);
        // Every other day is an odd one; weeks end on multiples of seven, beside the first day.
        let is_named =
            |day: &usize| if step == 2 { day % 2 == 1 } else { *day == 1 || day.is_multiple_of(step) };
        let ticks = (1..=last).filter(is_named).map(|day| (day as f64, day.to_string())).collect();
        Self { low: 0.5, high: last as f64 + 0.5, ticks, label: "day".to_string() }
    }

    /// Room for the words of the axis where it stands upright.
    pub(crate) fn gutter(&self) -> f64 {
        let longest = self.ticks.iter().map(|(_, words)| words.chars().count()).max().unwrap_or(0);
        (15.0 + 8.0 * longest as f64).max(40.0)
    }

    fn stepped(low: f64, high: f64, step: f64, label: &str, words: impl Fn(f64) -> String) -> Self {
        let (first, last) = ((low / step + 1e-6).floor(), (high / step - 1e-6).ceil());
        let count = (last - first).clamp(1.0, 50.0) as i64;
        let place = |i: i64| (first + i as f64) * step;
        let ticks = (0..=count).map(|i| (place(i), words(place(i)))).collect();
        Self { low: place(0), high: place(count), ticks, label: label.to_string() }
    }
}

/// The round step (1, 2 or 5 times a power of ten) that cuts a span into about so many.
fn step(span: f64, about: f64) -> f64 {
    let wanted = if span.is_finite() && span > 0.0 { span / about } else { 1.0 / about };
    let mut power = 1.0;
    while power > wanted {
        power /= 10.0;
    }
    while power * 10.0 <= wanted {
        power *= 10.0;
    }
    [1.0, 2.0, 5.0, 10.0].map(|times| times * power).into_iter().find(|s| *s >= wanted).unwrap_or(power)
}

/// A multiple of a step, with the decimals that the step has.
fn tick(value: f64, step: f64) -> String {
    if step >= 1.0 || (value / step).round() == 0.0 {
        return number(value.round());
    }
    let decimals = (-libm::log10(step) - 1e-6).ceil().clamp(0.0, 12.0) as usize;
    format!("{value:.decimals$}")
}

/// Where the values of an axis lie on the drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    /// The axis' range.
    pub values: (f64, f64),
    /// Where its ends are drawn.
    pub places: (f64, f64),
}

impl Scale {
    /// An axis laid from one place to another.
    pub(crate) fn new(axis: &Axis, from: f64, to: f64) -> Self {
        Self { values: (axis.low, axis.high), places: (from, to) }
    }

    /// The place of a value; beyond the ends it stays at the end.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let share = (value - self.values.0) / (self.values.1 - self.values.0);
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        self.places.0 + share * (self.places.1 - self.places.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, word)| word.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_and_cover_the_range() {
        assert_eq!(words(&Axis::numbers(0.0, 33.0, "")), ["0", "10", "20", "30", "40"]);
        assert_eq!(words(&Axis::numbers(0.0, 1_904.0, "")), ["0", "500", "1,000", "1,500", "2,000"]);
        assert_eq!(words(&Axis::numbers(0.0, 0.0, "")), ["0", "0.2"]);
        assert_eq!(words(&Axis::times(-3_600.0, 10.0 * 86_400.0)), ["-5", "0", "5", "10"]);
        let axis = Axis::numbers(-0.37, 0.52, "");
        assert!(axis.low <= -0.37 && axis.high >= 0.52);
    }

    #[test]
    fn days_are_cut_into_weeks_where_there_are_many() {
        assert_eq!(words(&Axis::days(3)), ["1", "2", "3"]);
        assert_eq!(words(&Axis::days(12)), ["1", "3", "5", "7", "9", "11"]);
        assert_eq!(words(&Axis::days(42)), ["1", "7", "14", "21", "28", "35", "42"]);
        assert_eq!(words(&Axis::days(90)), ["1", "14", "28", "42", "56", "70", "84"]);
    }

    #[test]
    fn nothing_is_drawn_outside() {
        let scale = Scale::new(&Axis::shares(""), 10.0, 20.0);
        assert_eq!(
            [scale.at(-1.0), scale.at(0.5), scale.at(7.0), scale.at(f64::NAN)],
            [10.0, 15.0, 20.0, 10.0]
        );
    }
}
