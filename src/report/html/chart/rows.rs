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
    /// A forecast: quantiles at 5, 10, 25, 50, 75, 90 and 95 percent, what was due, and what was observed.
    Strip {
        /// The quantiles.
        quantiles: [f64; 7],
        /// What the schedule says.
        due: Option<f64>,
        /// What came.
        seen: Option<f64>,
    },
    /// A bar around zero, and a point with its interval.
    Around {
        /// From and to.
        bar: (f64, f64),
        /// The figure.
        value: f64,
        /// Its interval.
        interval: Option<(f64, f64)>,
    },
    /// A part of a whole: both from zero, each with its interval.
    Part {
        /// The part.
        part: Figure,
        /// The whole.
        whole: Figure,
    },
    /// Nothing: the text says why.
    Nothing,
}

/// A figure and its interval.
type Figure = (f64, Option<(f64, f64)>);

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
const TOP: f64 = 6.0;
const ROW: f64 = 42.0;
/// How far above the end of its row the middle of what is drawn lies.
const UP: f64 = 14.0;
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
        let (width, height) = self.size();
        drawing(out, &Frame { id, title, about, width, height }, |out| self.inside(out));
    }

    /// Width and height.
    pub(crate) fn size(&self) -> (f64, f64) {
        (WIDTH, self.bottom() + FOOT)
    }

    /// What is on the drawing.
    pub(crate) fn inside(&self, out: &mut Markup) {
        let x = Scale::new(&self.axis, LEFT, RIGHT);
        self.frame(out, &x, self.bottom());
        let mut top = TOP;
        for row in &self.rows {
            row.draw(out, &x, top, self.height());
            top += self.height();
        }
    }

    /// Names and figures stand in one line if they all can, else in two everywhere.
    fn height(&self) -> f64 {
        let second = if self.rows.iter().any(Row::is_long) { 16.0 } else { 0.0 };
        // Room for the mark of what is due, above its strip.
        let due = if self.rows.iter().any(Row::is_strip) { 7.0 } else { 0.0 };
        ROW + second + due
    }

    /// The middle of what is drawn of a row.
    fn middle(&self, row: usize) -> f64 {
        TOP + self.height() * (row + 1) as f64 - UP
    }

    fn bottom(&self) -> f64 {
        TOP + self.height() * self.rows.len() as f64
    }

    fn frame(&self, out: &mut Markup, x: &Scale, bottom: f64) {
        let last = self.axis.ticks.len().saturating_sub(1);
        for (place, (value, words)) in self.axis.ticks.iter().enumerate() {
            let at = x.at(*value);
            let class = if *value == 0.0 { "zero" } else { "grid" };
            // Only beside what is drawn: a line through names and figures makes them hard to read.
            for row in 0..self.rows.len() {
                let middle = self.middle(row);
                line(out, class, (at, middle - 10.0), (at, middle + 10.0));
            }
            line(out, class, (at, bottom - 4.0), (at, bottom));
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
    fn is_strip(&self) -> bool {
        matches!(self.shape, Shape::Strip { .. })
    }

    fn is_long(&self) -> bool {
        let characters = self.label.chars().count() + self.text.chars().count() + 3;
        !self.aside.is_empty() || characters as f64 * CHARACTER > RIGHT - LEFT - INDENT
    }

    fn draw(&self, out: &mut Markup, x: &Scale, top: f64, height: f64) {
        label(out, "", (LEFT + INDENT, top + 13.0), &self.label);
        if height >= ROW + 16.0 {
            label(out, "tick num end", (RIGHT, top + 13.0), &self.aside);
            label(out, "tick num", (LEFT + INDENT, top + 29.0), &self.text);
        } else {
            label(out, "tick num end", (RIGHT, top + 13.0), &self.text);
        }
        let middle = top + height - UP;
        match self.shape {
            Shape::Bar { value, interval } => self.bar(out, x, middle, value, interval),
            Shape::Box(quantiles) => self.quantiles(out, x, middle, quantiles),
            Shape::Point { value, interval, joint } => self.point(out, x, middle, value, [joint, interval]),
            Shape::Strip { quantiles, due, seen } => self.strip(out, x, middle, quantiles, [due, seen]),
            Shape::Around { bar: (low, high), value, interval } => {
                let class = format!("{} fill inner", self.class);
                rect(out, &class, (x.at(low), middle - 7.0), (x.at(high), middle + 7.0));
                if let Some(ends) = interval {
                    whisker(out, "whisker", x, middle, ends, 4.0);
                }
                circle(out, &format!("{} dot", self.class), (x.at(value), middle), 4.0);
            }
            Shape::Part { part, whole } => self.part(out, x, middle, part, whole),
            Shape::Nothing => {}
        }
    }

    fn strip(
        &self,
        out: &mut Markup,
        x: &Scale,
        middle: f64,
        [p05, p10, p25, p50, p75, p90, p95]: [f64; 7],
        [due, seen]: [Option<f64>; 2],
    ) {
        for (kind, low, high) in [("outer", p05, p95), ("between", p10, p90), ("inner", p25, p75)] {
            let class = format!("{} fill {kind}", self.class);
            rect(out, &class, (x.at(low), middle - 6.0), (x.at(high), middle + 6.0));
        }
        let class = format!("{} stroke", self.class);
        line(out, &class, (x.at(p50), middle - 8.0), (x.at(p50), middle + 8.0));
        if let Some(due) = due {
            super::lanes::due(out, x.at(due), middle - 16.0);
        }
        if let Some(seen) = seen {
            circle(out, "seen", (x.at(seen), middle), 4.2);
        }
    }

    fn part(&self, out: &mut Markup, x: &Scale, middle: f64, part: Figure, whole: Figure) {
        for ((value, interval), kind, shift) in [(whole, "outer", 3.5), (part, "inner", -3.5)] {
            let class = format!("{} fill {kind}", self.class);
            let (zero, end) = (x.at(0.0), x.at(value));
            rect(out, &class, (zero.min(end), middle - 7.0), (zero.max(end), middle + 7.0));
            if let Some(ends) = interval {
                whisker(out, "joint", x, middle + shift, ends, 2.5);
            }
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
            Self::Strip { quantiles, due, seen } => quantiles.into_iter().chain(due).chain(seen).collect(),
            Self::Around { bar, value, interval } => ends(interval).chain([bar.0, bar.1, value]).collect(),
            Self::Part { part, whole } => {
                ends(part.1).chain(ends(whole.1)).chain([part.0, whole.0]).collect()
            }
            Self::Nothing => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers that an attribute has, in order.
    fn attribute(text: &str, element: &str, name: &str) -> Vec<f64> {
        let opening = format!("<{element} ");
        let of_kind = text.split(opening.as_str()).skip(1);
        let value = |rest: &str| rest.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?.parse().ok();
        of_kind.filter_map(value).collect()
    }

    #[test]
    fn no_line_of_the_grid_crosses_names_or_figures() {
        let row = |aside: &str, shape| Row {
            label: "a name".to_string(),
            text: "its figures".to_string(),
            aside: aside.to_string(),
            class: "c1",
            shape,
        };
        let strip = Shape::Strip { quantiles: [1.0; 7], due: Some(2.0), seen: None };
        let bar = Shape::Bar { value: 3.0, interval: None };
        for rows in [vec![row("", bar), row("", bar)], vec![row("more", strip), row("more", strip)]] {
            let mut out = Markup::new();
            Rows { axis: Axis::numbers(0.0, 5.0, "x"), rows }.draw(&mut out, "a", "title", "about");
            let text = out.into_string();
            // Of texts above the axis; ticks and the axis' label stand below it.
            let bottom = attribute(&text, "line", "y2").into_iter().fold(0.0, f64::max);
            let baselines: Vec<f64> =
                attribute(&text, "text", "y").into_iter().filter(|y| *y < bottom).collect();
            assert!(baselines.len() >= 4);
            let grid = text.split("<line ").skip(1).filter(|line| line.contains("\"grid\""));
            let mut lines = 0;
            for line in grid.map(|line| format!("<line {line}")) {
                let (from, to) = (attribute(&line, "line", "y1")[0], attribute(&line, "line", "y2")[0]);
                lines += 1;
                // Letters reach some ten units up from their baseline, and three below.
                let is_crossed = |y: &f64| from < *y && to > *y - 9.0;
                assert!(!baselines.iter().any(is_crossed), "{from} to {to} among {baselines:?}");
            }
            assert!(lines > 4, "there is a grid");
        }
    }
}
