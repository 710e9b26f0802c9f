//! What holds at the end of each day: bands and lines that are level within a day and step between days.

use std::fmt::Write;

use super::axis::{Axis, Scale};
use super::{At, Frame, circle, drawing, label, line, path};
use crate::report::html::markup::Markup;

/// A band between two values a day.
#[derive(Debug, Clone)]
pub(crate) struct Band {
    /// Its class.
    pub class: &'static str,
    /// How many days pass before its first.
    pub after: usize,
    /// From and to, day by day.
    pub days: Vec<(f64, f64)>,
}

/// A line through one value a day.
#[derive(Debug, Clone)]
pub(crate) struct Course {
    /// Its class.
    pub class: &'static str,
    /// How many days pass before its first.
    pub after: usize,
    /// Day by day.
    pub days: Vec<f64>,
}

/// A mark on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Dot {
    /// Its class.
    pub class: &'static str,
    /// The day, from 1.
    pub day: f64,
    /// The value.
    pub value: f64,
}

/// A chart over days.
#[derive(Debug, Clone)]
pub(crate) struct Steps {
    /// The vertical axis.
    pub axis: Axis,
    /// Bands, the widest first.
    pub bands: Vec<Band>,
    /// Lines on top of them.
    pub lines: Vec<Course>,
    /// Marks on top of all.
    pub dots: Vec<Dot>,
    /// How many days there are.
    pub days: usize,
    /// Days after which something ends, with its name.
    pub marks: Vec<(f64, String)>,
}

const WIDTH: f64 = 440.0;
const HEIGHT: f64 = 260.0;
const RIGHT: f64 = WIDTH - 12.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = HEIGHT - 38.0;

impl Steps {
    /// Draws it.
    pub(crate) fn draw(&self, out: &mut Markup, id: &str, title: &str, about: &str) {
        let (width, height) = Self::SIZE;
        drawing(out, &Frame { id, title, about, width, height }, |out| self.inside(out));
    }

    /// Width and height.
    pub(crate) const SIZE: (f64, f64) = (WIDTH, HEIGHT);

    /// What is on the drawing.
    pub(crate) fn inside(&self, out: &mut Markup) {
        let days = Axis::days(self.days);
        let (x, y) = (Scale::new(&days, self.axis.gutter(), RIGHT), Scale::new(&self.axis, BOTTOM, TOP));
        for band in &self.bands {
            path(out, band.class, &around(&band.days, band.after, &x, &y));
        }
        // Nothing shines through a band: grid and marks lie over it.
        self.frame(out, &days, &x, &y);
        for course in &self.lines {
            path(out, course.class, &along(&course.days, course.after, &x, &y));
        }
        for dot in &self.dots {
            circle(out, dot.class, (x.at(dot.day), y.at(dot.value)), 3.6);
        }
    }

    fn frame(&self, out: &mut Markup, days: &Axis, x: &Scale, y: &Scale) {
        let left = x.places.0;
        for (value, words) in &self.axis.ticks {
            line(out, "grid", (left, y.at(*value)), (RIGHT, y.at(*value)));
            label(out, "tick num end", (left - 6.0, y.at(*value) + 4.0), words);
        }
        label(out, "tick", (2.0, TOP - 10.0), &self.axis.label);
        line(out, "axis", (left, BOTTOM), (RIGHT, BOTTOM));
        for (day, words) in &days.ticks {
            line(out, "axis", (x.at(*day), BOTTOM), (x.at(*day), BOTTOM + 4.0));
            label(out, "tick num mid", (x.at(*day), BOTTOM + 18.0), words);
        }
        label(out, "tick end", (RIGHT, HEIGHT - 5.0), &days.label);
        for (day, words) in &self.marks {
            let at = x.at(*day);
            line(out, "term", (at, TOP), (at, BOTTOM));
            let (class, shift) = if at > WIDTH / 2.0 { ("small end", -4.0) } else { ("small", 4.0) };
            label(out, class, (at + shift, TOP - 4.0), words);
        }
    }
}

/// The cell of a day, from 0: half a day to either side of its number.
fn cell(day: usize, x: &Scale) -> (f64, f64) {
    (x.at(day as f64 + 0.5), x.at(day as f64 + 1.5))
}

fn along(days: &[f64], after: usize, x: &Scale, y: &Scale) -> String {
    let mut course = String::new();
    let mut last = None;
    for (day, value) in days.iter().enumerate() {
        let (from, level) = (cell(after + day, x).0, y.at(*value));
        if last.is_none() {
            let _ = write!(course, "M{} {}", At(from), At(level));
        } else if last != Some(level) {
            let _ = write!(course, "H{}V{}", At(from), At(level));
        }
        last = Some(level);
    }
    if !days.is_empty() {
        let _ = write!(course, "H{}", At(cell(after + days.len() - 1, x).1));
    }
    course
}

fn around(days: &[(f64, f64)], after: usize, x: &Scale, y: &Scale) -> String {
    let top: Vec<f64> = days.iter().map(|(_, high)| *high).collect();
    let mut course = along(&top, after, x, y);
    for (day, (low, _)) in days.iter().enumerate().rev() {
        let (from, to) = cell(after + day, x);
        let level = At(y.at(*low));
        // Going back along the lower edge.
        let _ = write!(course, "H{}V{level}H{}", At(to), At(from));
    }
    course.push('Z');
    course
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_is_level_within_a_day() {
        let axis = Axis { low: 0.0, high: 10.0, ticks: Vec::new(), label: String::new() };
        let days = Axis { low: 0.5, high: 3.5, ticks: Vec::new(), label: String::new() };
        let (x, y) = (Scale::new(&days, 0.0, 30.0), Scale::new(&axis, 100.0, 0.0));
        assert_eq!(along(&[1.0, 1.0, 5.0], 0, &x, &y), "M0 90H20V50H30");
        assert_eq!(around(&[(0.0, 1.0), (2.0, 3.0)], 0, &x, &y), "M0 90H10V70H20H20V80H10H10V100H0Z");
        assert_eq!(along(&[1.0, 5.0], 1, &x, &y), "M10 90H20V50H30", "a day later");
    }
}
