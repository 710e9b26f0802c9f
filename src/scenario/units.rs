//! Quantities as written, with their unit in the value: `"2h30m"`, `"0.5/day"`, `"25%"`.
//!
//! Inside the engine a duration is a number of seconds and a rate a number per second. A bare number is refused where a
//! duration or a rate is meant, since nobody can tell by looking at `3` whether it is hours or days.

use std::fmt::Debug;
use std::marker::PhantomData;

use serde_json::{Value, json};

use super::source::Span;
use super::tree::{Kind, Node};

/// The longest duration that may be written, in days.
pub const LONGEST_DAYS: f64 = 1_000_000.0;

/// The highest rate that may be written, per second.
pub const FASTEST: f64 = 1000.0;

/// Why a value is not a quantity of the unit asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code of the fault.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: String,
}

fn refuse<T>(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { code, message: message.into(), help: help.into() })
}

/// Which laws may give a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discrete {
    /// Only laws without gaps: a duration is never binomial.
    Never,
    /// Any law.
    Allowed,
    /// Only laws over whole numbers, and tables of such.
    Only,
}

/// A unit a quantity may carry. The implementing types are names only and hold nothing.
pub trait Unit: Copy + Debug + Default + 'static {
    /// What it is, with the article: "a duration".
    const NAME: &'static str;
    /// The name of its JSON schema.
    const SCHEMA: &'static str;
    /// How one is written.
    const EXAMPLE: &'static str;
    /// The lowest and highest value that means anything, in the base unit.
    const LEGAL: (f64, f64);
    /// The same in words.
    const LEGAL_TEXT: &'static str;
    /// Which laws may give it.
    const DISCRETE: Discrete;
    /// True where a bare number would not say what it counts.
    const HAS_UNIT: bool = false;

    /// The value in the base unit.
    fn parse(node: &Node) -> Result<f64, Refusal>;

    /// The JSON schema of one as written.
    fn schema() -> Value;

    /// A value of the base unit as one would write it.
    fn show(value: f64) -> String;
}

/// Durations; base unit the second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seconds;

/// Rates; base unit one per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PerSecond;

/// Plain finite numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Number;

/// Plain finite numbers, zero or above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NonNegative;

/// Probabilities: `0.25` or `"25%"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Probability;

/// Counts of people or of anything else: whole numbers, zero or above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count;

/// A quantity that is known: never drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<U> {
    /// In the base unit.
    pub value: f64,
    /// Where it is written.
    pub span: Span,
    /// Its unit.
    pub unit: PhantomData<U>,
}

/// A known duration, in seconds.
pub type Duration = Known<Seconds>;

/// A known rate, per second.
pub type Rate = Known<PerSecond>;

/// A known probability.
pub type Chance = Known<Probability>;

impl<U> Known<U> {
    /// A quantity written at `span`.
    pub fn new(value: f64, span: Span) -> Known<U> {
        Known { value, span, unit: PhantomData }
    }

    /// A default, in the base unit.
    pub fn implied(value: f64) -> Known<U> {
        Known::new(value, Span::IMPLIED)
    }
}

impl<U> PartialEq for Known<U> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

pub(crate) const DURATION_UNITS: [(&str, f64); 5] =
    [("w", 604_800.0), ("d", 86_400.0), ("h", 3600.0), ("m", 60.0), ("s", 1.0)];
pub(crate) const RATE_UNITS: [(&str, f64); 5] =
    [("week", 604_800.0), ("day", 86_400.0), ("hour", 3600.0), ("minute", 60.0), ("second", 1.0)];

const DURATION_HELP: &str = "durations are written \"30s\", \"40m\", \"1.5h\", \"2d\", \"1w\" or \"2h30m\"";
const RATE_HELP: &str = "rates are written \"0.5/day\": per second, minute, hour, day or week";

impl Unit for Seconds {
    const NAME: &'static str = "a duration";
    const SCHEMA: &'static str = "Duration";
    const EXAMPLE: &'static str = "\"2h30m\"";
    const LEGAL: (f64, f64) = (0.0, f64::INFINITY);
    const LEGAL_TEXT: &'static str = "zero or longer";
    const DISCRETE: Discrete = Discrete::Never;
    const HAS_UNIT: bool = true;

    fn parse(node: &Node) -> Result<f64, Refusal> {
        match &node.kind {
            Kind::String(text) => duration(text),
            Kind::Integer(_) | Kind::Float(_) => {
                let help = format!(
                    "write \"{}h\", say; every duration carries its unit: s, m, h, d or w",
                    bare_number(&node.kind)
                );
                refuse("S030", "this duration has no unit", help)
            }
            other => wrong_kind::<Self, _>(other),
        }
    }

    fn schema() -> Value {
        let pattern = r"^ *([0-9]+(\.[0-9]+)? *[smhdw] *)+$";
        json!({ "type": "string", "pattern": pattern, "examples": ["30s", "40m", "2h30m", "1.5d"] })
    }

    fn show(value: f64) -> String {
        show_duration(value)
    }
}

impl Unit for PerSecond {
    const NAME: &'static str = "a rate";
    const SCHEMA: &'static str = "Rate";
    const EXAMPLE: &'static str = "\"0.5/day\"";
    const LEGAL: (f64, f64) = (0.0, f64::INFINITY);
    const LEGAL_TEXT: &'static str = "zero or above";
    const DISCRETE: Discrete = Discrete::Never;
    const HAS_UNIT: bool = true;

    fn parse(node: &Node) -> Result<f64, Refusal> {
        match &node.kind {
            Kind::String(text) => rate(text),
            Kind::Integer(_) | Kind::Float(_) => {
                let number = bare_number(&node.kind);
                let help = format!(
                    "write \"{number}/day\", say; every rate says per what: second, minute, hour, day or week"
                );
                refuse("S030", "this rate has no unit", help)
            }
            other => wrong_kind::<Self, _>(other),
        }
    }

    fn schema() -> Value {
        let pattern = r"^ *[0-9]+(\.[0-9]+)? */ *(second|minute|hour|day|week) *$";
        json!({ "type": "string", "pattern": pattern, "examples": ["0.5/day", "5/hour", "2/week"] })
    }

    fn show(value: f64) -> String {
        format!("{}/day", value * 86_400.0)
    }
}

impl Unit for Number {
    const NAME: &'static str = "a number";
    const SCHEMA: &'static str = "Number";
    const EXAMPLE: &'static str = "1.5";
    const LEGAL: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);
    const LEGAL_TEXT: &'static str = "finite";
    const DISCRETE: Discrete = Discrete::Allowed;

    fn parse(node: &Node) -> Result<f64, Refusal> {
        plain::<Self>(node)
    }

    fn schema() -> Value {
        json!({ "type": "number" })
    }

    fn show(value: f64) -> String {
        value.to_string()
    }
}

impl Unit for NonNegative {
    const NAME: &'static str = "a number";
    const SCHEMA: &'static str = "NonNegative";
    const EXAMPLE: &'static str = "1.5";
    const LEGAL: (f64, f64) = (0.0, f64::INFINITY);
    const LEGAL_TEXT: &'static str = "zero or above";
    const DISCRETE: Discrete = Discrete::Allowed;

    fn parse(node: &Node) -> Result<f64, Refusal> {
        plain::<Self>(node)
    }

    fn schema() -> Value {
        json!({ "type": "number", "minimum": 0 })
    }

    fn show(value: f64) -> String {
        value.to_string()
    }
}

impl Unit for Probability {
    const NAME: &'static str = "a probability";
    const SCHEMA: &'static str = "Probability";
    const EXAMPLE: &'static str = "0.25 or \"25%\"";
    const LEGAL: (f64, f64) = (0.0, 1.0);
    const LEGAL_TEXT: &'static str = "between 0 and 1";
    const DISCRETE: Discrete = Discrete::Never;

    fn parse(node: &Node) -> Result<f64, Refusal> {
        match &node.kind {
            Kind::String(text) => percentage(text),
            _ => plain::<Self>(node),
        }
    }

    fn schema() -> Value {
        json!({ "anyOf": [
            { "type": "number", "minimum": 0, "maximum": 1 },
            { "type": "string", "pattern": r"^ *[0-9]+(\.[0-9]+)? *% *$" },
        ] })
    }

    fn show(value: f64) -> String {
        value.to_string()
    }
}

impl Unit for Count {
    const NAME: &'static str = "a count";
    const SCHEMA: &'static str = "Count";
    const EXAMPLE: &'static str = "12";
    const LEGAL: (f64, f64) = (0.0, f64::INFINITY);
    const LEGAL_TEXT: &'static str = "a whole number, zero or above";
    const DISCRETE: Discrete = Discrete::Only;

    fn parse(node: &Node) -> Result<f64, Refusal> {
        count(node).map(|n| n as f64)
    }

    fn schema() -> Value {
        json!({ "type": "integer", "minimum": 0 })
    }

    fn show(value: f64) -> String {
        value.to_string()
    }
}

/// A number as it may stand before a unit, without a sign.
fn bare_number(kind: &Kind) -> String {
    match kind {
        Kind::Integer(n) => n.unsigned_abs().to_string(),
        Kind::Float(x) if x.is_finite() => x.abs().to_string(),
        _ => "2".to_string(),
    }
}

/// A whole number, zero or above.
pub fn count(node: &Node) -> Result<u64, Refusal> {
    match node.kind {
        Kind::Integer(n) => u64::try_from(n).or_else(|_| out_of_range::<Count, _>(n)),
        Kind::Float(x) => not_whole(x),
        ref other => wrong_kind::<Count, _>(other),
    }
}

/// A number with a decimal point where things are counted.
pub fn not_whole<T>(x: f64) -> Result<T, Refusal> {
    if !x.is_finite() {
        return refuse("S036", format!("{x} is not a whole number"), "write a whole number, such as 12");
    }
    let (below, above) = (brief(x.floor()), brief(x.ceil()));
    if below == above {
        let help = format!("write {below}, without decimal point or exponent");
        return refuse("S036", format!("{below} is written as a number with decimals"), help);
    }
    let help = format!("this is counted whole: write {below} or {above}");
    refuse("S036", format!("{} is not a whole number", brief(x)), help)
}

/// A number in a message: six significant digits, with an exponent where it would be long.
pub(super) fn brief(value: f64) -> String {
    let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    match value.abs() {
        0.0 => "0".into(),
        size if (1e-4..1e9).contains(&size) => rounded.to_string(),
        _ if value.is_finite() => format!("{rounded:e}"),
        _ => value.to_string(),
    }
}

fn plain<U: Unit>(node: &Node) -> Result<f64, Refusal> {
    match node.kind {
        Kind::Integer(n) => within::<U>(n as f64),
        Kind::Float(x) => within::<U>(x),
        ref other => wrong_kind::<U, _>(other),
    }
}

fn within<U: Unit>(value: f64) -> Result<f64, Refusal> {
    let (low, high) = U::LEGAL;
    if value.is_finite() && low <= value && value <= high {
        return Ok(value);
    }
    out_of_range::<U, _>(brief(value))
}

fn out_of_range<U: Unit, T>(value: impl std::fmt::Display) -> Result<T, Refusal> {
    refuse("S032", format!("{value} is not {}", U::NAME), format!("it must be {}", U::LEGAL_TEXT))
}

fn wrong_kind<U: Unit, T>(found: &Kind) -> Result<T, Refusal> {
    let message = format!("expected {}, found {}", U::NAME, found.name());
    refuse("S012", message, format!("write {}, say", U::EXAMPLE))
}

fn duration(text: &str) -> Result<f64, Refusal> {
    refuse_sign::<Seconds>(text)?;
    let mut rest = text.trim();
    let mut total = 0.0;
    let mut last = f64::INFINITY;
    while !rest.is_empty() || last.is_infinite() {
        let (number, after) =
            leading_number(rest).ok_or_else(|| malformed::<Seconds>(text, DURATION_HELP))?;
        let (name, after) = leading_word(after);
        let size = unit_size(name, &DURATION_UNITS, "a duration", DURATION_HELP)?;
        if size >= last {
            return refuse(
                "S031",
                format!("`{text}` repeats or mixes up its units"),
                "go from large to small: 2h30m",
            );
        }
        (total, last, rest) = (total + number * size, size, after);
    }
    if total <= LONGEST_DAYS * 86_400.0 {
        return Ok(total);
    }
    refuse("S032", format!("`{text}` is too long"), format!("the longest duration is {LONGEST_DAYS} days"))
}

fn rate(text: &str) -> Result<f64, Refusal> {
    refuse_sign::<PerSecond>(text)?;
    let bad = || malformed::<PerSecond>(text, RATE_HELP);
    let (number, after) = leading_number(text.trim()).ok_or_else(bad)?;
    let (name, after) = leading_word(after.strip_prefix('/').ok_or_else(bad)?.trim_start());
    let size = unit_size(name, &RATE_UNITS, "a rate", RATE_HELP)?;
    if !after.is_empty() {
        return Err(bad());
    }
    if number / size <= FASTEST {
        return Ok(number / size);
    }
    refuse("S032", format!("`{text}` is too fast"), format!("the highest rate is {FASTEST}/second"))
}

fn percentage(text: &str) -> Result<f64, Refusal> {
    let help = "probabilities are written 0.25 or \"25%\"";
    refuse_sign::<Probability>(text)?;
    match leading_number(text.trim()) {
        Some((number, "%")) => within::<Probability>(number / 100.0),
        Some((_, "")) => refuse("S031", format!("`{text}` is in quotes but has no %"), help),
        _ => Err(malformed::<Probability>(text, help)),
    }
}

/// Signs, `inf` and `nan` are told apart from mere misspelling: their writer meant a number that is not allowed.
fn refuse_sign<U: Unit>(text: &str) -> Result<(), Refusal> {
    let text = text.trim();
    let word = text.trim_start_matches(['-', '+']).to_ascii_lowercase();
    let number = text.starts_with('-') && word.starts_with(|c: char| c.is_ascii_digit());
    if number || word.starts_with("inf") || word.starts_with("nan") {
        return out_of_range::<U, _>(format!("`{text}`"));
    }
    Ok(())
}

fn malformed<U: Unit>(text: &str, help: &str) -> Refusal {
    Refusal { code: "S031", message: format!("`{text}` is not {}", U::NAME), help: help.into() }
}

/// Digits, perhaps with a decimal point and more digits; then what follows, without the spaces between.
fn leading_number(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.starts_with('.') || digits.ends_with('.') {
        return None;
    }
    Some((digits.parse().ok()?, rest.trim_start()))
}

fn leading_word(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

fn unit_size(name: &str, units: &[(&str, f64)], what: &str, help: &str) -> Result<f64, Refusal> {
    match units.iter().find(|(unit, _)| *unit == name) {
        Some((_, size)) => Ok(*size),
        None if name.is_empty() => refuse("S030", format!("{what} needs its unit"), help),
        None => refuse("S033", format!("`{name}` is not a unit of {what}"), help),
    }
}

/// Seconds as one would write them: `2h30m`.
pub fn show_duration(seconds: f64) -> String {
    let mut rest = seconds;
    let mut text = String::new();
    for (name, size) in &DURATION_UNITS[1..4] {
        let whole = (rest / size).floor();
        if whole >= 1.0 {
            text.push_str(&format!("{whole}{name}"));
            rest -= whole * size;
        }
    }
    if rest != 0.0 || text.is_empty() {
        text.push_str(&format!("{rest}s"));
    }
    text
}

#[cfg(test)]
#[path = "tests/units.rs"]
mod tests;
