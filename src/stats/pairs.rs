//! Two outcomes of the same replication: paired comparison and twin replications.

use super::encoding::{Decoder, Encoder, Malformed, ensure};
use super::interval::{Interval, fisher, student, tail_of};
use super::moments::{Moments, mean, pairs_of, spread, standard_error, variance};
use super::special::normal_quantile;
use super::wide::{U256, ratio, signed_ratio};

/// Exact power sums of pairs of values.
///
/// Kept are the sums and squares of both, and the squares of the differences. The sum of products follows
/// from `2xy = x^2 + y^2 - (y - x)^2` without any rounding, and so needs no signed wide integer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    first: Moments,
    second: Moments,
    gaps: U256,
}

impl Pairs {
    /// No pairs yet.
    pub fn new() -> Self {
        Pairs::default()
    }

    /// Records one pair.
    #[inline]
    pub fn record(&mut self, first: i64, second: i64) {
        self.first.record(first);
        self.second.record(second);
        let gap = u128::from(first.abs_diff(second));
        self.gaps.accumulate(gap * gap);
    }

    /// Adds all pairs another accumulator has recorded.
    ///
    /// # Panics
    /// If the counts add up to 2^64.
    pub fn merge(&mut self, other: &Pairs) {
        self.first.merge(&other.first);
        self.second.merge(&other.second);
        self.gaps = self.gaps.wrapping_add(other.gaps);
    }

    /// Writes all that was recorded.
    pub fn encode(&self, out: &mut Encoder) {
        self.first.encode(out);
        self.second.encode(out);
        out.widest(self.gaps);
    }

    /// Reads what [`Pairs::encode`] wrote.
    ///
    /// # Errors
    /// [`Malformed`] for what no pairs can have left.
    pub fn decode(from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let pairs =
            Pairs { first: Moments::decode(from)?, second: Moments::decode(from)?, gaps: from.widest()? };
        let apart = pairs.first.sum.abs_diff(pairs.second.sum);
        let scaled = pairs.gaps.checked_times(pairs.first.n);
        ensure(pairs.first.n == pairs.second.n)?;
        ensure(scaled.is_some_and(|scaled| scaled.checked_sub(U256::product(apart, apart)).is_some()))?;
        Ok(pairs)
    }

    /// How many pairs were recorded.
    pub fn count(&self) -> u64 {
        self.first.n
    }

    /// The mean of the first outcome, correctly rounded. `None` without pairs.
    pub fn first_mean(&self) -> Option<f64> {
        self.first.mean()
    }

    /// The mean of the second outcome, correctly rounded. `None` without pairs.
    pub fn second_mean(&self) -> Option<f64> {
        self.second.mean()
    }

    /// The sample variance of the first outcome. `None` below two pairs.
    pub fn first_variance(&self) -> Option<f64> {
        variance(self.count(), self.first.spread())
    }

    /// The sample variance of the second outcome. `None` below two pairs.
    pub fn second_variance(&self) -> Option<f64> {
        variance(self.count(), self.second.spread())
    }

    /// The mean of second minus first, correctly rounded. `None` without pairs.
    pub fn mean_difference(&self) -> Option<f64> {
        let (x, y) = (self.first.sum, self.second.sum);
        mean(self.count(), y < x, x.abs_diff(y))
    }

    /// The sample variance of second minus first, correctly rounded. `None` below two pairs.
    pub fn difference_variance(&self) -> Option<f64> {
        variance(self.count(), self.difference_spread())
    }

    /// The standard error of [`Pairs::mean_difference`]. `None` below two pairs.
    pub fn difference_se(&self) -> Option<f64> {
        standard_error(self.count(), self.difference_spread())
    }

    /// Student's paired confidence interval for the mean difference. `None` below two pairs, or if
    /// `confidence` is not between 0 and 1.
    pub fn difference_interval(&self, confidence: f64) -> Option<Interval> {
        student(self.mean_difference()?, self.difference_se()?, self.count(), confidence)
    }

    /// The interval for the difference of two proportions from the same replications, where both outcomes are flags: Wald's after half a
    /// replication is added to each of the four cells (Agresti and Min, 2005, Statistics in Medicine 24). Unlike Student's it does
    /// not shrink to a point where no replication differed. `None` without pairs, or if `confidence` is not between 0 and 1.
    pub fn flag_difference_interval(&self, confidence: f64) -> Option<Interval> {
        let reach = -normal_quantile(tail_of(confidence)?);
        let n = self.count() as f64 + 2.0;
        let change = signed_ratio(self.second.sum < self.first.sum, self.gap_of_sums(), U256::from(1));
        let spread = self.gaps.to_f64() + 1.0 - change * change / n;
        let half = reach * spread.max(0.0).sqrt() / n;
        (self.count() > 0).then(|| Interval { low: change / n - half, high: change / n + half })
    }

    /// The sample covariance (divisor n - 1), correctly rounded. `None` below two pairs.
    pub fn covariance(&self) -> Option<f64> {
        let (negative, size) = self.double_codeviation();
        let divisor = U256::from(pairs_of(self.count())?).checked_times(2)?;
        Some(signed_ratio(negative, size, divisor))
    }

    /// Pearson's correlation, within a few units in the last place and never outside -1 to 1. `None` below
    /// two pairs, or where one outcome does not vary.
    pub fn correlation(&self) -> Option<f64> {
        let (x, y) = (self.first.spread(), self.second.spread());
        if x.is_zero() || y.is_zero() {
            return None;
        }
        if self.gaps.is_zero() {
            return Some(1.0);
        }
        let (negative, size) = self.double_codeviation();
        // Roots before the product: the product of two spreads would need 512 bits.
        let value = signed_ratio(negative, size, U256::from(2)) / (x.to_f64().sqrt() * y.to_f64().sqrt());
        Some(value.clamp(-1.0, 1.0))
    }

    /// How many times the variance of the difference of two independent outcomes exceeds that of the paired
    /// difference: `(var x + var y) / var(y - x)`, correctly rounded. Above 1, pairing saves replications by
    /// that factor. `None` where the difference does not vary.
    pub fn variance_ratio(&self) -> Option<f64> {
        let paired = self.difference_spread();
        (!paired.is_zero()).then(|| ratio(self.unpaired_spread(), paired))
    }

    /// The interval of [`Pairs::variance_ratio`] that follows from Fisher's interval of the correlation, the two variances taken
    /// as they are. `None` below four pairs, or where an outcome or the difference does not vary, or if `confidence` is not
    /// between 0 and 1. Fisher's z (1921, Metron 1) rests on near normality: it is a guide to whether pairing helps, no more.
    pub fn variance_ratio_interval(&self, confidence: f64) -> Option<Interval> {
        self.variance_ratio()?;
        let correlation = self.correlation()?;
        let z = fisher(correlation, self.count(), confidence)?;
        let (x, y) = (self.first_variance()?, self.second_variance()?);
        let shared = 2.0 * (x.sqrt() * y.sqrt()) / (x + y);
        let ratio = |z: f64| 1.0 / (1.0 - shared * libm::tanh(z));
        Some(Interval { low: ratio(z.low), high: ratio(z.high) })
    }

    /// The size of the sum of second minus first.
    fn gap_of_sums(&self) -> U256 {
        U256::from(self.first.sum.abs_diff(self.second.sum))
    }

    /// Whether the two outcomes were equal in every pair.
    pub fn is_equal_throughout(&self) -> bool {
        self.gaps.is_zero()
    }

    /// The spread of second minus first, exactly.
    fn difference_spread(&self) -> U256 {
        spread(self.count(), self.first.sum.abs_diff(self.second.sum), self.gaps)
    }

    /// The spread of the first plus that of the second; each is below 2^254.
    fn unpaired_spread(&self) -> U256 {
        self.first.spread().wrapping_add(self.second.spread())
    }

    /// `2 (n sum(xy) - sum(x) sum(y))` as sign (true: negative) and size.
    fn double_codeviation(&self) -> (bool, U256) {
        let (both, gap) = (self.unpaired_spread(), self.difference_spread());
        match both.checked_sub(gap) {
            Some(size) => (false, size),
            None => (true, gap.wrapping_sub(both)),
        }
    }
}
