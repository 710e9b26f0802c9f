//! Charts as scalable drawings. They carry classes instead of colours, so that the page's style sheet themes them, and a title and a
//! description for those who do not see them. What a chart shows stands beside it as a table, too.

pub(super) mod axis;
pub(super) mod bins;
pub(super) mod lanes;
pub(super) mod points;
pub(super) mod rows;
pub(super) mod steps;

use std::fmt::{self, Display};

use super::markup::Markup;

/// What a drawing is called and how large it is, in its own units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// A name in a few words.
    pub title: &'a str,
    /// What it shows, in a sentence or two.
    pub about: &'a str,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// Writes a drawing with its title and description.
pub(super) fn drawing(out: &mut Markup, frame: &Frame<'_>, inside: impl FnOnce(&mut Markup)) {
    let (title, about) = (format!("{}-title", frame.id), format!("{}-about", frame.id));
    let names = format!("{title} {about}");
    let view = format!("0 0 {} {}", At(frame.width), At(frame.height));
    out.element(
        "svg",
        &[
            ("xmlns", &"http://www.w3.org/2000/svg"),
            ("viewBox", &view),
            ("role", &"img"),
            ("aria-labelledby", &names),
        ],
        |out| {
            out.words("title", &[("id", &title)], frame.title);
            out.words("desc", &[("id", &about)], frame.about);
            inside(out);
        },
    );
}

/// A coordinate: at most one decimal, so that files stay small.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct At(pub f64);

impl Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 * 10.0).round() as i64;
        let sign = if tenths < 0 { "-" } else { "" };
        match (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10) {
            (whole, 0) => write!(f, "{sign}{whole}"),
            (whole, tenth) => write!(f, "{sign}{whole}.{tenth}"),
        }
    }
}

/// A straight line.
pub(super) fn line(out: &mut Markup, class: &str, from: (f64, f64), to: (f64, f64)) {
    let (x1, y1, x2, y2) = (At(from.0), At(from.1), At(to.0), At(to.1));
    out.empty("line", &[("class", &class), ("x1", &x1), ("y1", &y1), ("x2", &x2), ("y2", &y2)]);
}

/// A rectangle from a corner to the one opposite, never thinner than a hair.
pub(super) fn rect(out: &mut Markup, class: &str, from: (f64, f64), to: (f64, f64)) {
    let (width, height) = ((to.0 - from.0).max(0.6), (to.1 - from.1).max(0.6));
    out.empty(
        "rect",
        &[
            ("class", &class),
            ("x", &At(from.0)),
            ("y", &At(from.1)),
            ("width", &At(width)),
            ("height", &At(height)),
        ],
    );
}

/// A circle.
pub(super) fn circle(out: &mut Markup, class: &str, at: (f64, f64), radius: f64) {
    out.empty("circle", &[("class", &class), ("cx", &At(at.0)), ("cy", &At(at.1)), ("r", &At(radius))]);
}

/// A piece of text.
pub(super) fn label(out: &mut Markup, class: &str, at: (f64, f64), text: impl Display) {
    out.words("text", &[("class", &class), ("x", &At(at.0)), ("y", &At(at.1))], text);
}

/// A path.
pub(super) fn path(out: &mut Markup, class: &str, course: &str) {
    out.empty("path", &[("class", &class), ("d", &course)]);
}

#[cfg(test)]
mod tests {
    use super::At;

    #[test]
    fn coordinates_are_short_and_never_minus_zero() {
        for (value, text) in
            [(1.0, "1"), (-0.04, "0"), (2.26, "2.3"), (-3.25, "-3.3"), (-0.5, "-0.5"), (10.96, "11")]
        {
            assert_eq!(At(value).to_string(), text);
        }
    }
}
