//! Equal bins over a range of integers.

/// The range a histogram covers, both ends included. Values outside are counted in the end bins.
///
/// A `high` below `low` is taken as equal to `low`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bins {
    /// The lower edge of the first bin.
    pub low: i64,
    /// The last value that still belongs to the last bin.
    pub high: i64,
}

impl Bins {
    /// The range from `low` to `high`, both included.
    pub const fn new(low: i64, high: i64) -> Self {
        Bins { low, high }
    }

    /// The range of a flag: 0 or 1.
    pub const FLAG: Bins = Bins { low: 0, high: 1 };
}

/// [`Bins`] with their width settled: the smallest power of two that needs no more bins than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Grid {
    low: i64,
    high: i64,
    shift: u32,
}

impl Grid {
    /// Bins of equal width over the range, at most `most` of them (at least two are always allowed).
    pub(crate) fn new(bins: Bins, most: usize) -> Self {
        let high = bins.high.max(bins.low);
        let span = distance(bins.low, high);
        let most = most.max(2) as u64;
        let shift = (0..64).find(|shift| span >> shift < most).unwrap_or(63);
        Grid { low: bins.low, high, shift }
    }

    /// The bin a value falls into; the end bins take what lies outside.
    #[inline]
    pub(crate) fn bin(&self, value: i64) -> usize {
        (distance(self.low, value.max(self.low).min(self.high)) >> self.shift) as usize
    }

    /// The lower edge of a bin.
    pub(crate) fn edge(&self, bin: usize) -> i64 {
        self.low.wrapping_add(((bin as u64) << self.shift) as i64)
    }

    /// The width of every bin, a power of two.
    pub(crate) fn width(&self) -> u64 {
        1 << self.shift
    }

    /// By how many bits an offset is moved right to give its bin.
    #[inline]
    pub(crate) fn shift(&self) -> u32 {
        self.shift
    }

    /// How many bins there are.
    pub(crate) fn count(&self) -> usize {
        self.bin(self.high) + 1
    }

    /// How far a value lies above the lower end, for telling in one comparison whether it is inside bins of
    /// width 1: a value below the range wraps to a distance at or beyond [`Grid::exact_bins`].
    #[inline]
    pub(crate) fn offset(&self, value: i64) -> u64 {
        distance(self.low, value)
    }

    /// How many bins tell their values exactly: all of them where they are 1 wide, else none.
    pub(crate) fn exact_bins(&self) -> u64 {
        if self.shift == 0 { self.count() as u64 } else { 0 }
    }

    /// The range covered.
    pub(crate) fn range(&self) -> Bins {
        Bins { low: self.low, high: self.high }
    }
}

/// `high - low`; for `high >= low` the wrapped difference read as unsigned is right over the whole of i64.
#[inline]
fn distance(low: i64, high: i64) -> u64 {
    high.wrapping_sub(low) as u64
}
