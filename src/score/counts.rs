//! A distribution over whole numbers as counts.

use std::collections::BTreeMap;

/// How often each whole number came up. Adding and merging are additions, so the order never matters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    cells: BTreeMap<i64, u64>,
    n: u64,
}

impl Counts {
    /// None yet.
    pub fn new() -> Counts {
        Counts::default()
    }

    /// One more value.
    pub fn record(&mut self, value: i64) {
        self.add(value, 1);
    }

    /// A value so many times more.
    pub fn add(&mut self, value: i64, times: u64) {
        if times > 0 {
            *self.cells.entry(value).or_default() += times;
            self.n += times;
        }
    }

    /// Adds another distribution's counts.
    pub fn merge(&mut self, other: &Counts) {
        other.cells().for_each(|(value, count)| self.add(value, count));
    }

    /// How many values.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Values and how often they came up, from the smallest.
    pub fn cells(&self) -> impl Iterator<Item = (i64, u64)> {
        self.cells.iter().map(|(value, count)| (*value, *count))
    }

    /// How many are smaller.
    pub fn below(&self, value: i64) -> u64 {
        self.cells.range(..value).map(|(_, count)| count).sum()
    }

    /// How many are equal.
    pub fn at(&self, value: i64) -> u64 {
        self.cells.get(&value).copied().unwrap_or(0)
    }

    /// The smallest value that at least `num/den` of all do not exceed.
    pub fn quantile(&self, num: u64, den: u64) -> Option<i64> {
        let rank = (u128::from(self.n) * u128::from(num)).div_ceil(u128::from(den.max(1))).max(1);
        let mut reached = 0_u128;
        self.cells().find_map(|(value, count)| {
            reached += u128::from(count);
            (reached >= rank).then_some(value)
        })
    }

    /// The value of a rank, from 1 for the smallest.
    pub fn at_rank(&self, rank: u64) -> Option<i64> {
        let mut reached = 0;
        self.cells().find_map(|(value, count)| {
            reached += count;
            (rank > 0 && reached >= rank).then_some(value)
        })
    }

    /// The mean.
    pub fn mean(&self) -> Option<f64> {
        let sum: i128 = self.cells().map(|(value, count)| i128::from(value) * i128::from(count)).sum();
        (self.n > 0).then(|| sum as f64 / self.n as f64)
    }
}

impl Counts {
    /// The standard error of the mean; none of fewer than two.
    pub fn standard_error(&self) -> Option<f64> {
        let (mean, n) = (self.mean()?, self.n as f64);
        let squares: f64 = self.cells().map(|(v, k)| k as f64 * (v as f64 - mean) * (v as f64 - mean)).sum();
        (self.n > 1).then(|| libm::sqrt(squares / (n - 1.0) / n))
    }
}

impl FromIterator<i64> for Counts {
    fn from_iter<I: IntoIterator<Item = i64>>(values: I) -> Counts {
        let mut counts = Counts::new();
        values.into_iter().for_each(|value| counts.record(value));
        counts
    }
}
