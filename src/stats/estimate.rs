//! Means and ratios of independent parts, with their intervals; and forms of noisy values freed of their noise.

use super::interval::{CONFIDENCE, Interval, student};

/// A figure with its error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Its standard error; absent below two independent parts.
    pub se: Option<f64>,
    /// Its 95 percent interval.
    pub interval: Option<Interval>,
}

impl Estimate {
    /// The mean of independent values, with Student's interval. Not a number without values.
    pub fn of_mean(values: &[f64]) -> Estimate {
        let value = mean(values);
        Estimate::with_se(value, variance(values).map(|v| (v / values.len() as f64).sqrt()), values.len())
    }

    /// The ratio of the means of paired values, with the interval of its linearisation `(a - r b) / mean b` (Cochran 1977, "Sampling
    /// techniques", chapter 6). Not a number where the lower mean is zero.
    pub fn of_ratio(above: &[f64], below: &[f64]) -> Estimate {
        let base = mean(below);
        let ratio = mean(above) / base;
        let off: Vec<f64> = above.iter().zip(below).map(|(a, b)| (a - ratio * b) / base).collect();
        let se = variance(&off).map(|v| (v / off.len() as f64).sqrt());
        Estimate::with_se(ratio, se, off.len())
    }

    /// A figure whose standard error comes from so many independent parts.
    pub fn with_se(value: f64, se: Option<f64>, parts: usize) -> Estimate {
        let interval = se.and_then(|se| student(value, se, parts as u64, CONFIDENCE));
        Estimate { value, se, interval }
    }
}

/// The mean; not a number without values.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The sample variance; `None` below two values.
pub fn variance(values: &[f64]) -> Option<f64> {
    let middle = mean(values);
    let squares: f64 = values.iter().map(|x| (x - middle) * (x - middle)).sum();
    (values.len() > 1).then(|| squares / (values.len() - 1) as f64)
}

/// Values of several cells, each a mean of replications and known also by group of them. The groups are independent of one
/// another; within a group the cells share their luck.
#[derive(Clone, Debug, PartialEq)]
pub struct Noisy {
    /// Share of the replications in each group; the shares add up to 1.
    shares: Vec<f64>,
    /// By group, by cell.
    groups: Vec<Vec<f64>>,
    mean: Vec<f64>,
    is_exact: bool,
}

/// A quadratic form of noisy values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Form {
    /// Of the means as they are: it holds the noise too.
    pub raw: f64,
    /// Freed of the noise; the raw form where the noise is not known.
    pub freed: f64,
}

impl Noisy {
    /// Values without noise.
    pub fn exact(values: Vec<f64>) -> Noisy {
        Noisy { shares: vec![1.0], mean: values.clone(), groups: vec![values], is_exact: true }
    }

    /// Values by group of so many replications, none of them empty.
    pub fn of_groups(counts: &[u64], groups: Vec<Vec<f64>>) -> Noisy {
        let all: u64 = counts.iter().sum();
        let shares: Vec<f64> = counts.iter().map(|n| *n as f64 / all as f64).collect();
        let cells = groups.first().map_or(0, Vec::len);
        let of_cell =
            |cell: usize| shares.iter().zip(&groups).map(|(share, group)| share * group[cell]).sum();
        Noisy { mean: (0..cells).map(of_cell).collect(), shares, groups, is_exact: false }
    }

    /// Whether it can be told how noisy they are: not from a single group.
    pub fn tells_noise(&self) -> bool {
        self.is_exact || self.groups.len() > 1
    }

    /// The means of all replications, by cell.
    pub fn values(&self) -> &[f64] {
        &self.mean
    }

    /// A quadratic form of the values. Products of different groups are free of noise in expectation, those of one group are not; so
    /// the latter are taken out: with shares w, `(Q(mean) - sum w^2 Q(group)) / (1 - sum w^2)` (the U-statistic of Hoeffding 1948).
    pub fn form(&self, form: impl Fn(&[f64]) -> f64) -> Form {
        let raw = form(&self.mean);
        let own: f64 = self.shares.iter().map(|w| w * w).sum();
        if self.groups.len() < 2 {
            return Form { raw, freed: raw };
        }
        let within: f64 = self.shares.iter().zip(&self.groups).map(|(w, group)| w * w * form(group)).sum();
        Form { raw, freed: (raw - within) / (1.0 - own) }
    }
}
