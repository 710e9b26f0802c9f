//! Sums by group of replications, from which any two sets of figures made on the same random numbers can be compared later.

use super::encoding::{Decoder, Encoder, Malformed, ensure};
use super::interval::{Interval, student};
use super::wide::{U256, signed_ratio};

/// How many groups there are.
pub const GROUPS: usize = 32;

/// Exact counts and sums of one outcome in [`GROUPS`] groups: a replication belongs to the group of its index modulo 32.
///
/// Means of groups are nearly normal and nearly independent (batch means: Law and Kelton; Schmeiser 1982, Operations Research 30),
/// and two runs on the same random numbers share the luck of each group. So the groups of two runs give the interval of their
/// difference with the pairing in it, although neither kept its values. It costs a t quantile of 2.04 instead of 1.96.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    n: [u64; GROUPS],
    sum: [i128; GROUPS],
}

impl Default for Groups {
    fn default() -> Self {
        Groups { n: [0; GROUPS], sum: [0; GROUPS] }
    }
}

/// A difference of two means and how well it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contrast {
    /// The second mean minus the first.
    pub difference: f64,
    /// Its standard error, from the spread between groups.
    pub se: f64,
}

impl Contrast {
    /// Student's interval with 31 degrees of freedom; `None` if `confidence` is not between 0 and 1.
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        student(self.difference, self.se, GROUPS as u64, confidence)
    }
}

impl Groups {
    /// Records the value of the replication of this index.
    #[inline]
    pub fn record(&mut self, index: u64, value: i64) {
        let group = (index % GROUPS as u64) as usize;
        self.n[group] += 1;
        self.sum[group] += i128::from(value);
    }

    /// Adds all that another has recorded.
    pub fn merge(&mut self, other: &Groups) {
        for group in 0..GROUPS {
            self.n[group] += other.n[group];
            self.sum[group] += other.sum[group];
        }
    }

    /// How many values were recorded.
    pub fn count(&self) -> u64 {
        self.n.iter().sum()
    }

    /// The mean of all values, correctly rounded. `None` without values.
    pub fn mean(&self) -> Option<f64> {
        mean(self.sum.iter().sum(), self.count())
    }

    /// The mean of `second` minus that of `first`, with the standard error that the pairing leaves. `None` where a group of
    /// either has no value. Where the outcome exists in other replications of one than of the other, it is the difference of two
    /// means over different replications, as good as such a difference is.
    pub fn contrast(first: &Groups, second: &Groups) -> Option<Contrast> {
        let difference = second.mean()? - first.mean()?;
        let gaps: Option<Vec<f64>> = (0..GROUPS)
            .map(|g| Some(mean(second.sum[g], second.n[g])? - mean(first.sum[g], first.n[g])?))
            .collect();
        let gaps = gaps?;
        let middle = gaps.iter().sum::<f64>() / GROUPS as f64;
        let squares: f64 = gaps.iter().map(|gap| (gap - middle) * (gap - middle)).sum();
        let count = GROUPS as f64;
        Some(Contrast { difference, se: (squares / (count - 1.0) / count).sqrt() })
    }

    /// Writes all that was recorded.
    pub fn encode(&self, out: &mut Encoder) {
        for (n, sum) in self.n.iter().zip(self.sum) {
            out.unsigned(*n);
            if *n > 0 {
                out.wide(sum);
            }
        }
    }

    /// Reads what [`Groups::encode`] wrote.
    ///
    /// # Errors
    /// [`Malformed`] at the end, or for what no values can have left.
    pub fn decode(from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let mut groups = Groups::default();
        let mut all = 0_u64;
        for (n, sum) in groups.n.iter_mut().zip(&mut groups.sum) {
            *n = from.unsigned()?;
            *sum = if *n > 0 { from.wide()? } else { 0 };
            all = all.checked_add(*n).ok_or(Malformed)?;
            // No value is larger than 2^63.
            ensure(sum.unsigned_abs() <= u128::from(*n) << 63)?;
        }
        Ok(groups)
    }
}

fn mean(sum: i128, n: u64) -> Option<f64> {
    (n > 0).then(|| signed_ratio(sum < 0, U256::from(sum.unsigned_abs()), U256::from(u128::from(n))))
}
