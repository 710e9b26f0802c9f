//! A probability carried from both ends.

/// 2^-64, the width of one word.
const WORD: f64 = 1.0 / 18_446_744_073_709_551_616.0;

/// A probability kept accurate near both ends: `lower` = p and `upper` = 1 - p, each to full relative precision.
///
/// A single `f64` near 1 cannot tell 1 - 1e-17 from 1; the pair can, so upper tails are as exact as lower ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prob {
    lower: f64,
    upper: f64,
}

impl Prob {
    /// Probability zero.
    pub(super) const ZERO: Self = Self { lower: 0.0, upper: 1.0 };
    /// Probability one.
    pub(super) const ONE: Self = Self { lower: 1.0, upper: 0.0 };

    /// The point (w + 1/2) / 2^64 of a uniform word: strictly inside (0, 1), non-decreasing in `word`.
    #[must_use]
    pub fn from_word(word: u64) -> Self {
        Self { lower: (word as f64 + 0.5) * WORD, upper: (!word as f64 + 0.5) * WORD }
    }

    /// From p itself; values outside [0, 1] are moved to the nearer end and NaN to 0.
    #[must_use]
    pub fn from_lower(p: f64) -> Self {
        let lower = p.max(0.0).min(1.0);
        Self { lower, upper: 1.0 - lower }
    }

    /// From 1 - p; values outside [0, 1] are moved to the nearer end and NaN to 0.
    #[must_use]
    pub fn from_upper(q: f64) -> Self {
        Self::from_lower(q).flip()
    }

    /// From both halves, each computed on its own so that both keep their relative precision.
    pub(super) fn pair(lower: f64, upper: f64) -> Self {
        Self { lower: lower.max(0.0).min(1.0), upper: upper.max(0.0).min(1.0) }
    }

    /// p.
    #[must_use]
    pub fn lower(self) -> f64 {
        self.lower
    }

    /// 1 - p.
    #[must_use]
    pub fn upper(self) -> f64 {
        self.upper
    }

    /// 1 - p as a probability.
    pub(super) fn flip(self) -> Self {
        Self { lower: self.upper, upper: self.lower }
    }

    /// Whether the lower half is the small, precise one.
    pub(super) fn is_low(self) -> bool {
        self.lower <= 0.5
    }

    /// Whether a cdf value `at` has reached this target (F(x) >= p), compared on the precise side.
    pub(super) fn reached_by(self, at: Self) -> bool {
        if self.is_low() { at.lower >= self.lower } else { at.upper <= self.upper }
    }

    /// Number of words whose point lies at or below p: round(p 2^64), up to 2^64 inclusive.
    pub(super) fn words(self) -> u128 {
        let count = |p: f64| (p / WORD + 0.5) as u128;
        if self.is_low() { count(self.lower) } else { (1 << 64) - count(self.upper) }
    }

    /// The mass from `self` up to `to` (two values of one cdf), without cancellation in either tail; never negative.
    pub(super) fn mass_to(self, to: Self) -> f64 {
        let mass = if self.upper < 0.5 { self.upper - to.upper } else { to.lower - self.lower };
        mass.max(0.0)
    }

    /// -ln(1 - p): the standard exponential quantile.
    pub(super) fn hazard(self) -> f64 {
        if self.is_low() { -libm::log1p(-self.lower) } else { -libm::log(self.upper) }
    }
}
