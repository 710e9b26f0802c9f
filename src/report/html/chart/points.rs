//! Points over the levels of a parameter, each with its interval, and curves through those that belong together.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::axis::{Axis, Scale};
use super::{At, Frame, circle, drawing, label, line, path};
use crate::report::html::markup::Markup;

/// A point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    /// Where it is on the horizontal axis.
    pub at: f64,
    /// Its height.
    pub value: f64,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// Its class.
    pub class: &'static str,
    /// How far to the side it is drawn, so that points at one value stay apart.
    pub aside: f64,
    /// The curve it is on, if it is on one.
    pub curve: Option<usize>,
}

/// A chart of points.
#[derive(Debug, Clone)]
pub(crate) struct Points {
    /// The horizontal axis.
    pub across: Axis,
    /// The vertical axis.
    pub up: Axis,
    /// The points.
    pub points: Vec<Point>,
}

const WIDTH: f64 = 440.0;
const HEIGHT: f64 = 260.0;
const RIGHT: f64 = WIDTH - 24.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = HEIGHT - 42.0;

impl Points {
    /// Draws it.
    pub(crate) fn draw(&self, out: &mut Markup, id: &str, title: &str, about: &str) {
        let x = Scale::new(&self.across, self.up.gutter() + 16.0, RIGHT - 16.0);
        let y = Scale::new(&self.up, BOTTOM, TOP);
        drawing(out, &Frame { id, title, about, width: WIDTH, height: HEIGHT }, |out| {
            self.frame(out, &x, &y);
            self.curves(out, &x, &y);
            for point in &self.points {
                let at = x.at(point.at) + point.aside;
                if let Some((low, high)) = point.interval {
                    line(out, "joint", (at, y.at(low)), (at, y.at(high)));
                }
                circle(out, &format!("{} dot", point.class), (at, y.at(point.value)), 4.0);
            }
        });
    }

    /// Straight lines from point to point of each curve, in the order of the points.
    fn curves(&self, out: &mut Markup, x: &Scale, y: &Scale) {
        let mut courses: BTreeMap<usize, (&str, String)> = BTreeMap::new();
        for point in &self.points {
            let Some(curve) = point.curve else { continue };
            let (_, course) = courses.entry(curve).or_insert((point.class, String::new()));
            let sign = if course.is_empty() { 'M' } else { 'L' };
            let _ = write!(course, "{sign}{} {}", At(x.at(point.at) + point.aside), At(y.at(point.value)));
        }
        for (class, course) in courses.values() {
            path(out, &format!("{class} curve"), course);
        }
    }

    fn frame(&self, out: &mut Markup, x: &Scale, y: &Scale) {
        let left = self.up.gutter();
        for (value, words) in &self.up.ticks {
            line(out, "grid", (left, y.at(*value)), (RIGHT, y.at(*value)));
            label(out, "tick num end", (left - 6.0, y.at(*value) + 4.0), words);
        }
        label(out, "tick", (2.0, TOP - 12.0), &self.up.label);
        line(out, "axis", (left, BOTTOM), (RIGHT, BOTTOM));
        for (value, words) in &self.across.ticks {
            line(out, "axis", (x.at(*value), BOTTOM), (x.at(*value), BOTTOM + 4.0));
            label(out, "tick num mid", (x.at(*value), BOTTOM + 18.0), words);
        }
        label(out, "tick end", (RIGHT, HEIGHT - 6.0), &self.across.label);
    }
}
