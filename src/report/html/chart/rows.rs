//! One row an item: its name and its figures as text, and beneath them a bar, a box of quantiles or a point with its interval.

use super::axis::{Axis, Scale};
use super::{Frame, circle, drawing, label, line, rect};
use crate::report::html::markup::Markup;

/// What is drawn of an item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    /// A bar from zero, and the interval of its end.
    Bar {
        /// The figure.
        value: f64,
        /// Its interval.
        interval: Option<(f64, f64)>,
    },
    /// Quantiles at 5, 25, 50, 75 and 95 percent.
    Box([f64; 5]),
    /// A point with its interval, and a wider one where there is one.
    Point {
        /// The figure.
        value: f64,
        /// Its interval.
        interval: Option<(f64, f64)>,
        /// The interval that holds together with all others.
        joint: Option<(f64, f64)>,
    },
    /// Nothing: the text says why.
    Nothing,
}

/// One item.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Its name.
    pub label: String,
    /// Its figures.
    pub text: String,
    /// More of them, at the end of the name's line; there all names and figures stand in two lines.
    pub aside: String,
    /// Its class.
    pub class: &'static str,
    /// What is drawn.
    pub shape: Shape,
}

/// A chart of rows on one axis.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    /// The horizontal axis.
    pub axis: Axis,
    /// The rows, from the top.
    pub rows: Vec<Row>,
}

const WIDTH: f64 = 440.0;
const LEFT: f64 = 6.0;
/// How far names stand off the line they begin at.
const INDENT: f64 = 5.0;
const RIGHT: f64 = WIDTH - 14.0;
const ROW: f64 = 42.0;
const FOOT: f64 = 38.0;
/// Width of a character, about, for telling whether label and text fit in one line.
const CHARACTER: f64 = 7.5;

impl Rows {
    /// The least and the greatest value that is drawn; zero among them.
    pub(crate) fn extent(rows: &[Row]) -> (f64, f64) {
        let values = rows.iter().flat_map(|row| row.shape.values());
        values.fold((0.0, 0.0), |(low, high), value| (f64::min(low, value), f64::max(high, value)))
    }

    /// Draws it.
    pub(crate) fn draw(&self, out: &mut Markup, id: &str, title: &str, about: &str) {
        // Names and figures stand in one line if they all can, else in two everywhere.
        let height = if self.rows.iter().any(Row::is_long) { ROW + 16.0 } else { ROW };
        let bottom = 6.0 + height * self.rows.len() as f64;
        let x = Scale::new(&self.axis, LEFT, RIGHT);
        let frame = Frame { id, title, about, width: WIDTH, height: bottom + FOOT };
        drawing(out, &frame, |out| {
            self.frame(out, &x, bottom);
            let mut top = 6.0;
            for row in &self.rows {
                row.draw(out, &x, top, height);
                top += height;
            }
        });
    }

    fn frame(&self, out: &mut Markup, x: &Scale, bottom: f64) {
        let last = self.axis.ticks.len().saturating_sub(1);
        for (place, (value, words)) in self.axis.ticks.iter().enumerate() {
            let at = x.at(*value);
            let class = if *value == 0.0 { "zero" } else { "grid" };
            line(out, class, (at, 4.0), (at, bottom));
            let (class, at) = match place {
                0 => ("tick num", at - 4.0),
                p if p == last => ("tick num end", at + 6.0),
                _ => ("tick num mid", at),
            };
            label(out, class, (at, bottom + 15.0), words);
        }
        line(out, "axis", (LEFT, bottom), (RIGHT, bottom));
        label(out, "tick end", (RIGHT + 6.0, bottom + 32.0), &self.axis.label);
    }
}

impl Row {
    fn is_long(&self) -> bool {
        let characters = self.label.chars().count() + self.text.chars().count() + 3;
        !self.aside.is_empty() || characters as f64 * CHARACTER > RIGHT - LEFT - INDENT
    }

    fn draw(&self, out: &mut Markup, x: &Scale, top: f64, height: f64) {
        label(out, "", (LEFT + INDENT, top + 13.0), &self.label);
        if height > ROW {
            label(out, "tick num end", (RIGHT, top + 13.0), &self.aside);
            label(out, "tick num", (LEFT + INDENT, top + 29.0), &self.text);
        } else {
            label(out, "tick num end", (RIGHT, top + 13.0), &self.text);
        }
        let middle = top + height - 14.0;
        match self.shape {
            Shape::Bar { value, interval } => self.bar(out, x, middle, value, interval),
            Shape::Box(quantiles) => self.quantiles(out, x, middle, quantiles),
            Shape::Point { value, interval, joint } => self.point(out, x, middle, value, [joint, interval]),
            Shape::Nothing => {}
        }
    }

    fn bar(&self, out: &mut Markup, x: &Scale, middle: f64, value: f64, interval: Option<(f64, f64)>) {
        let (zero, end) = (x.at(0.0), x.at(value));
        let class = format!("{} bar", self.class);
        rect(out, &class, (zero.min(end), middle - 6.0), (zero.max(end), middle + 6.0));
        if let Some((low, high)) = interval {
            whisker(out, "whisker", x, middle, (low, high), 5.0);
        }
    }

    fn quantiles(&self, out: &mut Markup, x: &Scale, middle: f64, [p05, p25, p50, p75, p95]: [f64; 5]) {
        let (outer, inner) = (format!("{} fill outer", self.class), format!("{} fill inner", self.class));
        rect(out, &outer, (x.at(p05), middle - 6.0), (x.at(p95), middle + 6.0));
        rect(out, &inner, (x.at(p25), middle - 6.0), (x.at(p75), middle + 6.0));
        let class = format!("{} stroke", self.class);
        line(out, &class, (x.at(p50), middle - 8.0), (x.at(p50), middle + 8.0));
    }

    fn point(
        &self,
        out: &mut Markup,
        x: &Scale,
        middle: f64,
        value: f64,
        [joint, interval]: [Option<(f64, f64)>; 2],
    ) {
        if let Some(ends) = joint {
            whisker(out, "joint", x, middle, ends, 3.0);
        }
        if let Some((low, high)) = interval {
            let class = format!("{} fill inner", self.class);
            rect(out, &class, (x.at(low), middle - 4.0), (x.at(high), middle + 4.0));
        }
        circle(out, &format!("{} dot", self.class), (x.at(value), middle), 4.5);
    }
}

fn whisker(out: &mut Markup, class: &str, x: &Scale, middle: f64, (low, high): (f64, f64), half: f64) {
    let (from, to) = (x.at(low), x.at(high));
    line(out, class, (from, middle), (to, middle));
    for at in [from, to] {
        line(out, class, (at, middle - half), (at, middle + half));
    }
}

impl Shape {
    fn values(self) -> Vec<f64> {
        let ends = |interval: Option<(f64, f64)>| interval.into_iter().flat_map(|(low, high)| [low, high]);
        match self {
            Self::Bar { value, interval } => ends(interval).chain([value]).collect(),
            Self::Box(quantiles) => quantiles.to_vec(),
            Self::Point { value, interval, joint } => {
                ends(interval).chain(ends(joint)).chain([value]).collect()
            }
            Self::Nothing => Vec::new(),
        }
    }
}
