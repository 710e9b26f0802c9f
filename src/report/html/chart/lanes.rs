//! Lanes along one axis of time: spans, bars, marks and counts.

use super::axis::{Axis, Scale};
use super::{At, Frame, circle, drawing, label, line, path, rect};
use crate::report::html::markup::Markup;

/// What stands in a lane.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Item {
    /// A bar from one time to another, with a word where there is room.
    Bar(f64, f64, String),
    /// A span in which something is held.
    Held(f64, f64),
    /// A height between 0 and 1 from one time to another.
    Height(f64, f64, f64),
    /// A round mark with a number or a word beside it.
    Dot(f64, String),
    /// The same, hollow.
    Ring(f64, String),
    /// When something is due.
    Due(f64),
    /// An end.
    End(f64, String),
}

/// A lane.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    /// Its name.
    pub label: String,
    /// Its class.
    pub class: &'static str,
    /// What stands in it, in drawing order.
    pub items: Vec<Item>,
}

/// A chart of lanes.
#[derive(Debug, Clone)]
pub(crate) struct Lanes {
    /// The axis of time.
    pub axis: Axis,
    /// The lanes, from the top.
    pub lanes: Vec<Lane>,
    /// Spans behind all lanes, in which the truce is suspended.
    pub behind: Vec<(f64, f64)>,
    /// Width of the drawing.
    pub width: f64,
    /// Room to the right of the axis, for words beside the last marks.
    pub margin: f64,
}

const LANE: f64 = 28.0;
const TOP: f64 = 8.0;
const FOOT: f64 = 38.0;
/// How far a word stands off its mark.
const BESIDE: f64 = 7.0;

impl Lanes {
    /// Draws it.
    pub(crate) fn draw(&self, out: &mut Markup, id: &str, title: &str, about: &str) {
        let bottom = TOP + LANE * self.lanes.len() as f64;
        let right = self.width - self.margin;
        let gutter = self.gutter();
        let x = Scale::new(&self.axis, gutter, right);
        let frame = Frame { id, title, about, width: self.width, height: bottom + FOOT };
        drawing(out, &frame, |out| {
            for place in 0..self.lanes.len() {
                let top = TOP + LANE * place as f64;
                rect(out, "lane", (gutter, top + 3.0), (right, top + LANE - 3.0));
            }
            self.ticks(out, &x, bottom);
            for (from, to) in &self.behind {
                rect(out, "stopped", (x.at(*from), TOP), (x.at(*to), bottom));
            }
            for (place, lane) in self.lanes.iter().enumerate() {
                lane.draw(out, &x, TOP + LANE * place as f64, gutter, self.width);
            }
        });
    }

    /// Room for the lanes' names.
    fn gutter(&self) -> f64 {
        let longest = self.lanes.iter().map(|lane| lane.label.chars().count()).max().unwrap_or(0);
        20.0 + 6.9 * longest as f64
    }

    fn ticks(&self, out: &mut Markup, x: &Scale, bottom: f64) {
        for (value, words) in &self.axis.ticks {
            let at = x.at(*value);
            line(out, "grid", (at, TOP), (at, bottom));
            label(out, "tick num mid", (at, bottom + 15.0), words);
        }
        label(out, "tick end", (self.width - self.margin + 6.0, bottom + 32.0), &self.axis.label);
    }
}

impl Lane {
    fn draw(&self, out: &mut Markup, x: &Scale, top: f64, gutter: f64, right: f64) {
        label(out, "end", (gutter - 8.0, top + LANE / 2.0 + 4.5), &self.label);
        self.items.iter().for_each(|item| self.item(out, x, top, item));
        self.words(out, x, top + LANE / 2.0 + 4.0, right);
    }

    /// The words beside marks: to the right, or to the left, or nowhere, so that none lies on another or on a mark.
    fn words(&self, out: &mut Markup, x: &Scale, line: f64, right: f64) {
        let mut marks: Vec<(f64, &str)> =
            self.items.iter().filter_map(|item| item.mark()).map(|(at, words)| (x.at(at), words)).collect();
        marks.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut taken = f64::NEG_INFINITY;
        for (place, (at, words)) in marks.iter().enumerate() {
            let needs = 7.0 * words.chars().count() as f64 + 2.0;
            let next = marks.get(place + 1).map_or(right, |(at, _)| at - 5.0);
            if !words.is_empty() && at + BESIDE + needs <= next {
                label(out, "small", (at + BESIDE, line), words);
                taken = at + BESIDE + needs;
            } else {
                if !words.is_empty() && at - BESIDE - needs >= taken {
                    label(out, "small end", (at - BESIDE, line), words);
                }
                taken = at + BESIDE;
            }
        }
    }

    fn item(&self, out: &mut Markup, x: &Scale, top: f64, item: &Item) {
        let (upper, lower, middle) = (top + 5.0, top + LANE - 5.0, top + LANE / 2.0);
        match item {
            Item::Bar(from, to, words) => {
                let class = format!("{} stepbar", self.class);
                rect(out, &class, (x.at(*from), upper + 2.0), (x.at(*to), lower - 2.0));
                if x.at(*to) - x.at(*from) > 6.5 * words.chars().count() as f64 + 6.0 {
                    label(out, "mid onbar", ((x.at(*from) + x.at(*to)) / 2.0, middle + 4.0), words);
                }
            }
            Item::Held(from, to) => {
                rect(out, "held", (x.at(*from), top + 3.0), (x.at(*to), top + LANE - 3.0))
            }
            Item::Height(from, to, share) => {
                let class = format!("{} bar", self.class);
                let height = (lower - upper) * share.clamp(0.0, 1.0);
                rect(out, &class, (x.at(*from), lower - height), (x.at(*to), lower));
            }
            Item::Dot(at, _) => circle(out, &format!("{} dot", self.class), (x.at(*at), middle), 4.5),
            Item::Ring(at, _) => circle(out, &format!("{} hollow", self.class), (x.at(*at), middle), 4.5),
            Item::Due(at) => due(out, x.at(*at), top),
            Item::End(at, _) => line(out, "stopline", (x.at(*at), top + 2.0), (x.at(*at), top + LANE - 2.0)),
        }
    }
}

impl Item {
    /// Where a mark is, and the word beside it.
    fn mark(&self) -> Option<(f64, &str)> {
        match self {
            Self::Dot(at, words) | Self::Ring(at, words) | Self::End(at, words) => Some((*at, words)),
            _ => None,
        }
    }
}

/// A small triangle that points down at the time something is due.
pub(in crate::report::html) fn due(out: &mut Markup, at: f64, top: f64) {
    let (left, right) = (At(at - 4.0), At(at + 4.0));
    let (upper, lower) = (At(top + 3.0), At(top + 10.0));
    path(out, "duemark", &format!("M{left} {upper}H{right}L{} {lower}Z", At(at)));
}
