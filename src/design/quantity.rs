//! Ranges of quantities as written, and the value at a place between their ends, written so that the scenario reads it back.

use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::source::Span;
use crate::scenario::tree::{Kind, Node};
use crate::scenario::units::{DURATION_UNITS, PerSecond, RATE_UNITS, Seconds, Unit};

/// What a range is of, and the unit in which its values are written.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantity {
    /// A plain number.
    Number,
    /// A percentage.
    Percent,
    /// A duration: the unit's name, and its seconds.
    Duration(&'static str, f64),
    /// A rate: the name of the unit of time, and its seconds.
    Rate(&'static str, f64),
}

impl Quantity {
    /// What is added to a number of this unit.
    pub fn unit(&self) -> String {
        match self {
            Quantity::Number => String::new(),
            Quantity::Percent => "%".to_string(),
            Quantity::Duration(unit, _) => (*unit).to_string(),
            Quantity::Rate(unit, _) => format!("/{unit}"),
        }
    }

    /// A value in this unit as it would be read from a text, at a place.
    pub fn node(&self, value: f64, span: Span) -> Node {
        let text = self.written(value);
        let kind = match self {
            Quantity::Number => match text.parse::<i64>() {
                Ok(whole) => Kind::Integer(whole),
                Err(_) => Kind::Float(text.parse().unwrap_or(value)),
            },
            _ => Kind::String(text),
        };
        Node { span, kind }
    }

    fn name(&self) -> &'static str {
        match self {
            Quantity::Number => "a plain number",
            Quantity::Percent => "a percentage",
            Quantity::Duration(..) => "a duration",
            Quantity::Rate(..) => "a rate",
        }
    }

    /// The quantity a value is of, in the unit it is written in, and its size in that unit.
    fn of(node: &Node) -> Option<(Quantity, f64)> {
        match &node.kind {
            Kind::Integer(n) => Some((Quantity::Number, *n as f64)),
            Kind::Float(x) if x.is_finite() => Some((Quantity::Number, *x)),
            Kind::String(text) => Quantity::of_text(text.trim(), node),
            _ => None,
        }
    }

    fn of_text(text: &str, node: &Node) -> Option<(Quantity, f64)> {
        if let Some(number) = text.strip_suffix('%') {
            return number.trim().parse().ok().map(|x| (Quantity::Percent, x));
        }
        if let Ok(rate) = PerSecond::parse(node) {
            let (name, size) = RATE_UNITS.iter().find(|(name, _)| text.ends_with(name))?;
            return Some((Quantity::Rate(name, *size), rate * size));
        }
        let seconds = Seconds::parse(node).ok()?;
        let (name, size) = DURATION_UNITS.iter().find(|(name, _)| text.ends_with(name))?;
        Some((Quantity::Duration(name, *size), seconds / size))
    }

    /// The size in this unit of what is `size` in another unit of the same kind; `None` for another kind.
    fn converted(&self, size: f64, other: &Quantity) -> Option<f64> {
        match (self, other) {
            (Quantity::Number, Quantity::Number) | (Quantity::Percent, Quantity::Percent) => Some(size),
            (Quantity::Duration(_, mine), Quantity::Duration(_, theirs)) => Some(size * theirs / mine),
            (Quantity::Rate(_, mine), Quantity::Rate(_, theirs)) => Some(size * mine / theirs),
            _ => None,
        }
    }

    /// A value in this unit, as it is written.
    pub fn written(&self, value: f64) -> String {
        let number = significant(value);
        match self {
            Quantity::Number => number,
            Quantity::Percent => format!("{number}%"),
            Quantity::Duration(unit, _) => format!("{number}{unit}"),
            Quantity::Rate(unit, _) => format!("{number}/{unit}"),
        }
    }
}

/// Six significant digits, without an exponent and without trailing zeros: more than any assumption has, and readable. What is
/// run is what is written, so a cell is repeated exactly from its text.
fn significant(value: f64) -> String {
    let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    // Adding zero turns -0 into 0.
    format!("{}", rounded + 0.0)
}

/// How a range is spaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// Evenly.
    Linear,
    /// Evenly in the logarithm.
    Log,
}

/// A range between two quantities of one kind.
#[derive(Clone, Debug)]
pub struct Range {
    quantity: Quantity,
    from: f64,
    to: f64,
    spacing: Spacing,
    whole: bool,
    ends: [Span; 2],
}

impl Range {
    /// The range from one value to another.
    ///
    /// # Errors
    /// The fault, where an end is no quantity, the two differ in kind, they are out of order, a logarithmic range starts at
    /// zero or below, or one of whole numbers has an end that is none.
    pub fn new(from: &Node, to: &Node, spacing: Spacing, whole: bool) -> Result<Range, Box<Diagnostic>> {
        let read = |node: &Node| {
            let no = || fault(node.span, "a range needs a number, a duration, a rate or a percentage here");
            Quantity::of(node).ok_or_else(|| {
                Box::new(no().help("write from = \"2d\", to = \"8d\", say; other values go into `values`"))
            })
        };
        let ((quantity, low), (other, high)) = (read(from)?, read(to)?);
        let Some(high) = quantity.converted(high, &other) else {
            let message = format!("the range begins with {} and ends with {}", quantity.name(), other.name());
            return Err(Box::new(fault(to.span, message).help("write both ends alike")));
        };
        if low >= high {
            let fault = fault(from.span, "this range ends where it begins, or before");
            return Err(Box::new(fault.also(to.span, "its end").help("let `from` be below `to`")));
        }
        if spacing == Spacing::Log && low <= 0.0 {
            let fault = fault(from.span, "a logarithmic range cannot begin at zero or below");
            return Err(Box::new(fault.help("begin above zero, or take scale = \"linear\"")));
        }
        for (node, size) in [(from, low), (to, high)] {
            if whole && size.fract() != 0.0 {
                let fault = fault(node.span, "a range of whole numbers has a whole number at either end");
                return Err(Box::new(
                    fault.help("write it without a decimal point, or leave out whole = true"),
                ));
            }
        }
        Ok(Range { quantity, from: low, to: high, spacing, whole, ends: [from.span, to.span] })
    }

    /// The value at `share` of the way, from 0 at `from` to 1 at `to`: for grids.
    pub fn at(&self, share: f64) -> Node {
        let value = self.between(share, self.from, self.to);
        self.node(if self.whole { (value + 0.5).floor() } else { value }, share)
    }

    /// The value of a random share from 0 to below 1. On a linear scale whole numbers are equally likely, both ends included.
    pub fn drawn(&self, share: f64) -> Node {
        if !self.whole {
            return self.at(share);
        }
        let value = self.between(share, self.from, self.to + 1.0);
        self.node(value.floor().min(self.to), share)
    }

    fn between(&self, share: f64, from: f64, to: f64) -> f64 {
        // The ends are hit exactly.
        match self.spacing {
            _ if share <= 0.0 => from,
            _ if share >= 1.0 => to,
            Spacing::Linear => from + share * (to - from),
            Spacing::Log => from * libm::pow(to / from, share),
        }
    }

    /// A value as it would be read from the text; its place is the nearer end of the range.
    fn node(&self, value: f64, share: f64) -> Node {
        self.quantity.node(value, self.ends[usize::from(share >= 0.5)])
    }

    /// The value of a random share as a number, in the unit of the range.
    pub fn number(&self, share: f64) -> f64 {
        if !self.whole {
            return self.between(share, self.from, self.to);
        }
        self.between(share, self.from, self.to + 1.0).floor().min(self.to)
    }

    /// What the range is of.
    pub fn quantity(&self) -> &Quantity {
        &self.quantity
    }

    /// Whether only whole numbers are meant.
    pub fn is_whole(&self) -> bool {
        self.whole
    }
}

fn fault(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new("S201", span, message)
}

/// A value as `--set` takes it.
pub fn argument(node: &Node) -> String {
    match &node.kind {
        Kind::String(text) => text.clone(),
        Kind::Integer(n) => n.to_string(),
        // A float keeps its point, so that it is read back as one.
        Kind::Float(x) if x.fract() == 0.0 && x.is_finite() => format!("{x:.1}"),
        Kind::Float(x) => x.to_string(),
        Kind::Boolean(flag) => flag.to_string(),
        Kind::Datetime(text) => text.clone(),
        Kind::Table(_) | Kind::Array(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Node {
        Node { span: Span::IMPLIED, kind: Kind::String(text.to_string()) }
    }

    fn number(x: f64) -> Node {
        Node { span: Span::IMPLIED, kind: Kind::Float(x) }
    }

    fn whole(n: i64) -> Node {
        Node { span: Span::IMPLIED, kind: Kind::Integer(n) }
    }

    fn values(from: Node, to: Node, spacing: Spacing, is_whole: bool, steps: u32) -> Vec<String> {
        let range = Range::new(&from, &to, spacing, is_whole).unwrap();
        (0..steps).map(|k| argument(&range.at(f64::from(k) / f64::from(steps - 1)))).collect()
    }

    #[test]
    fn values_are_written_in_the_unit_of_the_first_end() {
        use Spacing::{Linear, Log};
        let found = values(text("12h"), text("2d"), Linear, false, 4);
        assert_eq!(found, ["12h", "24h", "36h", "48h"]);
        assert_eq!(values(text("0.01/day"), text("1/day"), Log, false, 3), ["0.01/day", "0.1/day", "1/day"]);
        assert_eq!(values(text("7/week"), text("2/day"), Linear, false, 2), ["7/week", "14/week"]);
        assert_eq!(values(text("10%"), text("20%"), Linear, false, 3), ["10%", "15%", "20%"]);
        assert_eq!(values(number(0.1), number(0.4), Linear, false, 4), ["0.1", "0.2", "0.3", "0.4"]);
        assert_eq!(values(whole(0), whole(1), Linear, false, 3), ["0", "0.5", "1"]);
        assert_eq!(values(whole(1), whole(4), Linear, true, 4), ["1", "2", "3", "4"]);
    }

    #[test]
    fn drawn_whole_numbers_are_equally_likely() {
        let range = Range::new(&whole(2), &whole(5), Spacing::Linear, true).unwrap();
        let drawn: Vec<String> = (0..8).map(|k| argument(&range.drawn(f64::from(k) / 8.0))).collect();
        assert_eq!(drawn, ["2", "2", "3", "3", "4", "4", "5", "5"]);
    }

    #[test]
    fn what_is_no_range_is_refused() {
        use Spacing::{Linear, Log};
        let refused = |from: &Node, to: &Node, spacing, whole| Range::new(from, to, spacing, whole).is_err();
        assert!(refused(&text("2d"), &number(3.0), Linear, false));
        assert!(refused(&text("2d"), &text("3/day"), Linear, false));
        assert!(refused(&text("2d"), &text("24h"), Linear, false));
        assert!(refused(&number(0.0), &number(1.0), Log, false));
        assert!(refused(&number(0.5), &number(2.0), Linear, true));
        assert!(refused(&text("strict"), &text("lenient"), Linear, false));
    }
}
