//! The outcomes of single replications, kept for those who ask for one row each.

use crate::stats::Digest;

/// Outcomes of consecutive replications, row by row in the order of their indices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    first: u64,
    width: usize,
    values: Vec<i64>,
}

/// One replication's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'r> {
    /// The replication.
    pub replication: u64,
    /// Its outcomes in the plan's order, [`crate::stats::MISSING`] where there is none.
    pub values: &'r [i64],
}

impl Row<'_> {
    /// The digest a batch of this replication alone would have.
    pub fn digest(&self) -> Digest {
        Digest::of_replication(self.replication, self.values)
    }
}

impl Rows {
    /// No rows yet, of `width` outcomes; the first will be that of replication `first`.
    pub fn new(first: u64, width: usize) -> Self {
        Self { first, width, values: Vec::new() }
    }

    /// Adds the outcomes of the next replications, one after another.
    ///
    /// # Panics
    /// If the rows are not whole.
    pub fn extend(&mut self, values: &[i64]) {
        assert_eq!(values.len() % self.width.max(1), 0, "one value per outcome");
        self.values.extend_from_slice(values);
    }

    /// Adds rows that follow on the last, as many as there are up to replication `end`.
    ///
    /// # Panics
    /// If they do not follow.
    pub fn append(&mut self, other: &Rows, end: u64) {
        let skip = self.end().checked_sub(other.first).map(|skip| skip as usize * self.width);
        let skip = skip.filter(|skip| *skip <= other.values.len() && self.width == other.width);
        let skip = skip.expect("rows come in the order of their indices");
        let rows = end.min(other.end()).saturating_sub(self.end()) as usize;
        self.values.extend_from_slice(&other.values[skip..skip + rows * self.width]);
    }

    /// Forgets the rows from replication `end` on.
    pub fn truncate(&mut self, end: u64) {
        let keep = usize::try_from(end.saturating_sub(self.first)).unwrap_or(usize::MAX);
        self.values.truncate(keep.saturating_mul(self.width));
    }

    /// Forgets all rows, but keeps their room; the next one is that after the last.
    pub fn restart(&mut self) {
        self.first = self.end();
        self.values.clear();
    }

    /// Makes room for so many more rows.
    pub fn reserve(&mut self, rows: usize) {
        self.values.reserve_exact(rows * self.width);
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The replication of the first row.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The replication after the last row.
    pub fn end(&self) -> u64 {
        self.first + self.len() as u64
    }

    /// The rows in order.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        let rows = self.values.chunks_exact(self.width.max(1));
        rows.zip(self.first..).map(|(values, replication)| Row { replication, values })
    }

    /// The values of one outcome, row by row.
    pub fn column(&self, outcome: usize) -> impl Iterator<Item = i64> {
        self.values.iter().skip(outcome).step_by(self.width.max(1)).copied()
    }
}
