//! Dots stacked in bins of equal width, beside the height that evenness would give.

use super::axis::{Axis, Scale};
use super::{Frame, circle, drawing, label, line};
use crate::report::html::markup::Markup;

/// A chart of dots in bins from 0 to 1.
#[derive(Debug, Clone)]
pub(crate) struct Bins {
    /// The dots: where each lies, and its class.
    pub dots: Vec<(f64, &'static str)>,
}

/// How many bins there are.
pub(crate) const BINS: usize = 10;
const WIDTH: f64 = 440.0;
const LEFT: f64 = 14.0;
const RIGHT: f64 = WIDTH - 14.0;
const FOOT: f64 = 40.0;
const TOP: f64 = 20.0;
const RADIUS: f64 = 4.2;
/// Height of a dot with the gap above it.
const STEP: f64 = 10.0;
/// The most dots a bin stacks in one column; beyond, they come to stand beside each other.
const COLUMN: usize = 16;

/// The bin of a value between 0 and 1.
pub(crate) fn bin(value: f64) -> usize {
    ((value.clamp(0.0, 1.0) * BINS as f64) as usize).min(BINS - 1)
}

impl Bins {
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
        let bottom = self.bottom();
        let axis = Axis::shares("transform: where what was observed lies in the forecast");
        let x = Scale::new(&axis, LEFT, RIGHT);
        for (value, words) in &axis.ticks {
            line(out, "axis", (x.at(*value), bottom), (x.at(*value), bottom + 4.0));
            let class = ["tick num", "tick num mid", "tick num end"]
                [usize::from(*value > 0.0) + usize::from(*value >= 1.0)];
            label(out, class, (x.at(*value), bottom + 17.0), words);
        }
        label(out, "tick end", (RIGHT, bottom + 34.0), &axis.label);
        line(out, "axis", (LEFT, bottom), (RIGHT, bottom));
        let even = bottom - STEP * self.dots.len() as f64 / BINS as f64 / self.columns() as f64;
        line(out, "agreed", (LEFT, even), (RIGHT, even));
        let mut heights = [0_usize; BINS];
        for (value, class) in &self.dots {
            let bin = bin(*value);
            let (row, column) = (heights[bin] / self.columns(), heights[bin] % self.columns());
            heights[bin] += 1;
            let shift = (column as f64 - (self.columns() - 1) as f64 / 2.0) * 2.2 * RADIUS;
            let middle = x.at((bin as f64 + 0.5) / BINS as f64);
            circle(out, class, (middle + shift, bottom - STEP * (row as f64 + 0.5)), RADIUS);
        }
    }

    fn most(&self) -> usize {
        let mut heights = [0; BINS];
        self.dots.iter().for_each(|(value, _)| heights[bin(*value)] += 1);
        heights.into_iter().max().unwrap_or(0)
    }

    fn columns(&self) -> usize {
        self.most().div_ceil(COLUMN).max(1)
    }

    fn bottom(&self) -> f64 {
        TOP + STEP * self.most().div_ceil(self.columns()).max(4) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dot_has_its_bin() {
        assert_eq!([0.0, 0.0999, 0.1, 0.95, 1.0, 7.0, -1.0].map(bin), [0, 0, 1, 9, 9, 9, 0]);
        let bins = Bins { dots: vec![(0.05, "c1 dot"); 40] };
        assert_eq!((bins.columns(), bins.most()), (3, 40));
        let mut out = Markup::new();
        bins.draw(&mut out, "a", "b", "c");
        assert_eq!(out.into_string().matches("<circle").count(), 40);
    }
}
