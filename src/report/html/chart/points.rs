//! Points over the levels of a parameter, each with its interval.

use super::axis::{Axis, Scale};
use super::{Frame, circle, drawing, label, line};
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

const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 290.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = WIDTH - 24.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = HEIGHT - 42.0;

impl Points {
    /// Draws it.
    pub(crate) fn draw(&self, out: &mut Markup, id: &str, title: &str, about: &str) {
        let x = Scale::new(&self.across, LEFT + 16.0, RIGHT - 8.0);
        let y = Scale::new(&self.up, BOTTOM, TOP);
        drawing(out, &Frame { id, title, about, width: WIDTH, height: HEIGHT }, |out| {
            self.frame(out, &x, &y);
            for point in &self.points {
                let at = x.at(point.at);
                if let Some((low, high)) = point.interval {
                    line(out, "joint", (at, y.at(low)), (at, y.at(high)));
                }
                circle(out, &format!("{} dot", point.class), (at, y.at(point.value)), 4.0);
            }
        });
    }

    fn frame(&self, out: &mut Markup, x: &Scale, y: &Scale) {
        for (value, words) in &self.up.ticks {
            line(out, "grid", (LEFT, y.at(*value)), (RIGHT, y.at(*value)));
            label(out, "tick num end", (LEFT - 6.0, y.at(*value) + 4.0), words);
        }
        label(out, "tick", (2.0, TOP - 12.0), &self.up.label);
        line(out, "axis", (LEFT, BOTTOM), (RIGHT, BOTTOM));
        for (value, words) in &self.across.ticks {
            line(out, "axis", (x.at(*value), BOTTOM), (x.at(*value), BOTTOM + 4.0));
            label(out, "tick num mid", (x.at(*value), BOTTOM + 18.0), words);
        }
        label(out, "tick end", (RIGHT, HEIGHT - 6.0), &self.across.label);
    }
}
