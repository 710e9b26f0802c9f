//! Count, sum and sum of squares, exact for every `i64` and every count below 2^64.

use super::encoding::{Decoder, Encoder, Malformed, ensure};
use super::wide::{U256, ratio, signed_ratio};

/// The first two power sums of some values.
///
/// Fewer than 2^64 values of at most 2^63 in size: the sum stays below 2^127 and fits an i128, the squares
/// stay below 2^190. Only the count could overflow, and merging checks it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moments {
    pub(crate) n: u64,
    pub(crate) sum: i128,
    pub(crate) squares: U256,
}

impl Moments {
    pub(crate) const EMPTY: Moments = Moments { n: 0, sum: 0, squares: U256::ZERO };

    #[inline]
    pub(crate) fn record(&mut self, value: i64) {
        self.n += 1;
        self.sum += i128::from(value);
        self.squares.accumulate(square(value));
    }

    pub(crate) fn record_many(&mut self, value: i64, count: u64) {
        self.n += count;
        self.sum += i128::from(value) * i128::from(count);
        self.squares = self.squares.wrapping_add(U256::product(square(value), u128::from(count)));
    }

    pub(crate) fn merge(&mut self, other: &Moments) {
        self.n = self.n.checked_add(other.n).expect("fewer than 2^64 values");
        self.sum += other.sum;
        self.squares = self.squares.wrapping_add(other.squares);
    }

    pub(super) fn encode(&self, out: &mut Encoder) {
        out.unsigned(self.n);
        out.wide(self.sum);
        out.widest(self.squares);
    }

    /// Reads what [`Moments::encode`] wrote, and refuses what no values can have summed to.
    pub(super) fn decode(from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let moments = Moments { n: from.unsigned()?, sum: from.wide()?, squares: from.widest()? };
        ensure(is_possible(moments.n, moments.sum.unsigned_abs(), moments.squares))?;
        Ok(moments)
    }

    /// The mean, correctly rounded; `None` without values.
    pub(crate) fn mean(&self) -> Option<f64> {
        mean(self.n, self.sum < 0, self.sum.unsigned_abs())
    }

    /// `n^2` times the mean squared deviation.
    pub(crate) fn spread(&self) -> U256 {
        spread(self.n, self.sum.unsigned_abs(), self.squares)
    }
}

/// The square of a value; at most 2^126.
#[inline]
pub(crate) fn square(value: i64) -> u128 {
    let size = u128::from(value.unsigned_abs());
    size * size
}

/// The mean of `n` values with this sum, given as sign and size; correctly rounded.
pub(crate) fn mean(n: u64, negative: bool, sum: u128) -> Option<f64> {
    (n > 0).then(|| signed_ratio(negative, U256::from(sum), U256::from(u128::from(n))))
}

/// `n * sum(x^2) - (sum x)^2`, exactly. Not negative, by the inequality of Cauchy and Schwarz.
pub(crate) fn spread(n: u64, sum: u128, squares: U256) -> U256 {
    let scaled = squares.checked_times(n).expect("fewer than 2^64 values of 64 bits");
    scaled.checked_sub(U256::product(sum, sum)).expect("power sums of real values")
}

/// Whether `n` values can have this sum and these squares: nothing overflows, and the spread is not negative.
pub(super) fn is_possible(n: u64, sum: u128, squares: U256) -> bool {
    let reaches = |size: u128, power: u32| size <= u128::from(n) << power;
    let spread = squares.checked_times(n).and_then(|scaled| scaled.checked_sub(U256::product(sum, sum)));
    reaches(sum, 63) && squares <= U256::product(1 << 126, u128::from(n)) && spread.is_some()
}

/// `n (n - 1)`, by which a spread gives the variance; `None` below two values.
pub(crate) fn pairs_of(n: u64) -> Option<u128> {
    (n >= 2).then(|| u128::from(n) * u128::from(n - 1))
}

/// The sample variance (divisor n - 1) from a spread; correctly rounded. `None` below two values.
pub(crate) fn variance(n: u64, spread: U256) -> Option<f64> {
    Some(ratio(spread, U256::from(pairs_of(n)?)))
}

/// The standard error of the mean from a spread: the root of `variance / n`, which is rounded only once
/// before it. `None` below two values.
pub(crate) fn standard_error(n: u64, spread: U256) -> Option<f64> {
    Some(ratio(spread, U256::product(pairs_of(n)?, u128::from(n))).sqrt())
}
