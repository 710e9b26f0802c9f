//! What is wrong with a parameter, in a sentence.

use std::fmt;

/// Why a distribution was refused: names the value, says what it was and what would be legal.
#[derive(Debug, Clone, PartialEq)]
pub struct DistError {
    sentence: String,
}

impl DistError {
    /// A refusal worded "`name` is `value`; it must be `legal`".
    pub(super) fn value(name: &str, value: f64, legal: &str) -> Self {
        Self { sentence: format!("{name} is {}; it must be {legal}", shown(value)) }
    }

    /// A refusal with its own sentence.
    pub(super) fn sentence(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into() }
    }

    /// The same refusal, with the place inside a compound law put first.
    pub(super) fn within(self, place: &str) -> Self {
        Self { sentence: format!("{place}: {}", self.sentence) }
    }
}

/// A number in a sentence: six significant digits, with an exponent where it would be long.
pub(super) fn shown(value: f64) -> String {
    let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    let is_short = value == 0.0 || (1e-4..1e9).contains(&value.abs()) || !value.is_finite();
    if is_short { rounded.to_string() } else { format!("{rounded:e}") }
}

impl fmt::Display for DistError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for DistError {}
