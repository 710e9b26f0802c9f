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
        Self { sentence: format!("{name} is {value}; it must be {legal}") }
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

impl fmt::Display for DistError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for DistError {}
