//! The statistics of all outcomes of a run.

use super::bins::Bins;
use super::digest::{Digest, hash_bytes};
use super::encoding::{Decoder, Encoder, Malformed, ensure};
use super::tally::{COLUMN, Tally};

/// Stands for an outcome that does not exist in a replication. It is hashed like any value, but not tallied.
pub const MISSING: i64 = i64::MIN;

/// Outcomes that are taken out of rows together.
const TOGETHER: usize = 8;

/// One [`Tally`] per outcome, the number of replications, and a digest of all they yielded.
///
/// Equal for equal sets of replications, however they were split, ordered and merged.
#[derive(Clone, Debug)]
pub struct Summary {
    replications: u64,
    tallies: Vec<Tally>,
    digest: Digest,
    /// Room for the bytes to hash, of two replications in turn, kept so that recording allocates nothing; no part of the summary's value.
    scratch: [Vec<u8>; 2],
}

impl PartialEq for Summary {
    fn eq(&self, other: &Self) -> bool {
        let figures = |s: &Summary| (s.replications, s.digest);
        figures(self) == figures(other) && self.tallies == other.tallies
    }
}

impl Eq for Summary {}

impl Summary {
    /// An empty summary with one tally per entry of `bins`, in that order.
    pub fn new(bins: &[Bins]) -> Self {
        Summary {
            replications: 0,
            tallies: bins.iter().copied().map(Tally::new).collect(),
            digest: Digest::default(),
            scratch: [(); 2].map(|()| vec![0; 8 * (bins.len() + 1)]),
        }
    }

    /// Records the outcomes of replication `index`, in the order of the bins; [`MISSING`] where there is
    /// none.
    ///
    /// The digest grows by the 256-bit hash of `8 * (1 + values)` bytes: the index as a u64, then every value
    /// as an i64 in two's complement (missing ones too), all little-endian. See [`hash_bytes`] for the hash.
    ///
    /// # Panics
    /// If there are not as many values as tallies.
    pub fn record(&mut self, index: u64, values: &[i64]) {
        assert_eq!(values.len(), self.tallies.len(), "one value per outcome");
        self.replications += 1;
        for (tally, value) in self.tallies.iter_mut().zip(values) {
            if *value != MISSING {
                tally.record(*value);
            }
        }
        let [bytes, _] = &mut self.scratch;
        lay_out(index, values, bytes);
        self.digest.add(hash_bytes(bytes));
    }

    /// Records replications `first`, `first + 1` and so on, whose outcomes stand one after another in `rows`: the same as
    /// [`Summary::record`] of each, but tally by tally, so that each is looked up once.
    ///
    /// # Panics
    /// If the rows are not whole, or there are no tallies.
    #[inline]
    pub fn record_rows(&mut self, first: u64, rows: &[i64]) {
        let width = self.tallies.len();
        assert_eq!(rows.len() % width, 0, "one value per outcome");
        if rows.is_empty() {
            return;
        }
        self.hash_rows(first, rows, width);
        self.replications += (rows.len() / width) as u64;
        let (mut whole, rest) = (rows.chunks_exact(COLUMN * width), rows.len() % (COLUMN * width));
        for rows in &mut whole {
            self.record_columns(rows, width);
        }
        if rest > 0 {
            for (place, tally) in self.tallies.iter_mut().enumerate() {
                let values = whole.remainder()[place..].iter().step_by(width);
                values.filter(|value| **value != MISSING).for_each(|value| tally.record(*value));
            }
        }
    }

    /// Records as many rows as a column has values.
    fn record_columns(&mut self, rows: &[i64], width: usize) {
        #[cfg(target_arch = "x86_64")]
        #[allow(unsafe_code, reason = "a thirtieth of the time of a replication of reference-r0")]
        // SAFETY: the only condition of either call is that the processor has what is asked just before.
        unsafe {
            if std::arch::is_x86_feature_detected!("avx512f")
                && std::arch::is_x86_feature_detected!("avx512vl")
            {
                return self.record_columns_by_avx512(rows, width);
            }
            if std::arch::is_x86_feature_detected!("avx2") {
                return self.record_columns_by_avx2(rows, width);
            }
        }
        self.record_each_column(rows, width);
    }

    /// The same, compiled for registers of eight values, or of four with more that can be done to them.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512vl")]
    fn record_columns_by_avx512(&mut self, rows: &[i64], width: usize) {
        self.record_each_column(rows, width);
    }

    /// The same, compiled for registers of four values.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn record_columns_by_avx2(&mut self, rows: &[i64], width: usize) {
        self.record_each_column(rows, width);
    }

    /// Several outcomes are taken out of the rows together.
    #[inline(always)]
    fn record_each_column(&mut self, rows: &[i64], width: usize) {
        let mut columns = [[0; COLUMN]; TOGETHER];
        for (group, tallies) in self.tallies.chunks_mut(TOGETHER).enumerate() {
            // The last group goes back so far that it is whole; where there are too few outcomes for one, they are taken one by one.
            let from = (group * TOGETHER).min(width.saturating_sub(TOGETHER));
            for (place, row) in rows.chunks_exact(width).enumerate().take(COLUMN) {
                let some = &row[from..width.min(from + TOGETHER)];
                match some.as_array::<TOGETHER>() {
                    Some(some) => (0..TOGETHER).for_each(|i| columns[i][place] = some[i]),
                    None => (columns.iter_mut().zip(some)).for_each(|(column, value)| column[place] = *value),
                }
            }
            // No closure: it would be compiled for the narrower registers.
            for (tally, column) in tallies.iter_mut().zip(&columns[group * TOGETHER - from..]) {
                tally.record_column(column);
            }
        }
    }

    /// Adds the hashes of replications to the digest. The bytes of each are laid out while the one before is hashed: what is read in other
    /// pieces than it was written in would have to wait.
    fn hash_rows(&mut self, first: u64, rows: &[i64], width: usize) {
        let [now, next] = &mut self.scratch;
        let mut rows = rows.chunks_exact(width).zip(first..);
        let Some((values, index)) = rows.next() else { return };
        lay_out(index, values, now);
        for (values, index) in rows {
            lay_out(index, values, next);
            self.digest.add(hash_bytes(now));
            std::mem::swap(now, next);
        }
        self.digest.add(hash_bytes(now));
    }

    /// Adds all that another summary has recorded.
    ///
    /// # Panics
    /// If the two differ in the number of outcomes or in their bins, or count 2^64 replications together.
    pub fn merge(&mut self, other: &Summary) {
        assert_eq!(
            self.tallies.len(),
            other.tallies.len(),
            "only summaries of the same outcomes can be merged"
        );
        self.replications =
            self.replications.checked_add(other.replications).expect("fewer than 2^64 replications");
        self.digest.merge(&other.digest);
        for (mine, theirs) in self.tallies.iter_mut().zip(&other.tallies) {
            mine.merge(theirs);
        }
    }

    /// Writes all that was recorded; each tally after its name.
    pub fn encode<'n>(&self, names: impl Iterator<Item = &'n str>, out: &mut Encoder) {
        out.unsigned(self.replications);
        self.digest.encode(out);
        out.unsigned(self.tallies.len() as u64);
        for (name, tally) in names.zip(&self.tallies) {
            out.text(name);
            tally.encode(out);
        }
    }

    /// Reads what [`Summary::encode`] wrote for tallies of these names over these bins.
    ///
    /// # Errors
    /// [`Malformed`] if names or bins differ, or for what no replications can have left.
    pub fn decode<'n>(
        names: impl Iterator<Item = &'n str>,
        bins: &[Bins],
        from: &mut Decoder<'_>,
    ) -> Result<Self, Malformed> {
        let mut summary = Summary::new(bins);
        summary.replications = from.unsigned()?;
        summary.digest = Digest::decode(from)?;
        ensure(from.count()? == bins.len())?;
        for ((name, bins), tally) in names.zip(bins).zip(&mut summary.tallies) {
            ensure(from.text()? == name)?;
            *tally = Tally::decode(*bins, from)?;
            ensure(tally.count() <= summary.replications)?;
        }
        Ok(summary)
    }

    /// How many replications were recorded.
    pub fn replications(&self) -> u64 {
        self.replications
    }

    /// The tallies, in the order of the bins given at the start.
    pub fn tallies(&self) -> &[Tally] {
        &self.tallies
    }

    /// The digest of all replications recorded.
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

/// The bytes of a replication that are hashed: its index and its outcomes.
fn lay_out(index: u64, values: &[i64], bytes: &mut [u8]) {
    let (head, tail) = bytes.split_at_mut(8);
    head.copy_from_slice(&index.to_le_bytes());
    for (bytes, value) in tail.chunks_exact_mut(8).zip(values) {
        bytes.copy_from_slice(&value.to_le_bytes());
    }
}
