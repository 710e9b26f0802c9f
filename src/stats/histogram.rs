//! A sparse histogram: pages of 256 bins, allocated when first touched.

use std::collections::BTreeMap;

/// Bins on one page.
pub(super) const PAGE: usize = 256;

/// Counts by bin. A bin's count is its 16-bit cell plus 2^16 times its entry in `wraps`.
///
/// Narrow cells keep the pages in the processor's cache, and seldom wrap. A page exists only once a bin of it
/// has been counted, so equal counts always mean equal contents, and the derived `==` is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Histogram {
    pages: Vec<Option<Box<[u16; PAGE]>>>,
    wraps: BTreeMap<usize, u64>,
}

impl Histogram {
    /// An empty histogram with room for bins 0 to `bins - 1`.
    pub(crate) fn new(bins: usize) -> Self {
        Histogram { pages: vec![None; bins.div_ceil(PAGE)], wraps: BTreeMap::new() }
    }

    /// Counts one value in a bin.
    #[inline]
    pub(crate) fn record(&mut self, bin: usize) {
        let Some(page) = &mut self.pages[bin / PAGE] else { return self.add(bin, 1) };
        let cell = &mut page[bin % PAGE];
        *cell = cell.wrapping_add(1);
        if *cell == 0 {
            note_wrap(&mut self.wraps, bin, 1);
        }
    }

    /// Counts values in bins of the first page.
    #[inline]
    pub(crate) fn record_low(&mut self, bins: &[u64]) {
        let page = self.pages[0].get_or_insert_with(|| Box::new([0; PAGE]));
        for bin in bins {
            let cell = &mut page[*bin as u8 as usize];
            *cell = cell.wrapping_add(1);
            if *cell == 0 {
                note_wrap(&mut self.wraps, *bin as usize, 1);
            }
        }
    }

    /// Counts `count` values in a bin.
    pub(crate) fn add(&mut self, bin: usize, count: u64) {
        if count == 0 {
            return;
        }
        let page = self.pages[bin / PAGE].get_or_insert_with(|| Box::new([0; PAGE]));
        let sum = u64::from(page[bin % PAGE]) + (count & u64::from(u16::MAX));
        page[bin % PAGE] = sum as u16;
        let wraps = (count >> 16) + (sum >> 16);
        if wraps > 0 {
            note_wrap(&mut self.wraps, bin, wraps);
        }
    }

    /// Adds the counts of a histogram with as many bins.
    pub(crate) fn merge(&mut self, other: &Histogram) {
        other.iter().for_each(|(bin, count)| self.add(bin, count));
    }

    /// The non-empty bins and their counts, from the lowest up.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, u64)> {
        let filled = self.pages.iter().enumerate().filter_map(|(at, page)| Some((at, page.as_deref()?)));
        let cells = filled
            .flat_map(|(at, page)| page.iter().enumerate().map(move |(k, cell)| (at * PAGE + k, *cell)));
        cells.map(|(bin, cell)| (bin, self.count(bin, cell))).filter(|(_, count)| *count > 0)
    }

    /// The full count of a bin whose cell reads `cell`.
    fn count(&self, bin: usize, cell: u16) -> u64 {
        let wraps = self.wraps.get(&bin).copied().unwrap_or(0);
        u64::from(cell) + (wraps << 16)
    }
}

/// Notes that a bin's cell has wrapped `times` more.
#[cold]
fn note_wrap(wraps: &mut BTreeMap<usize, u64>, bin: usize, times: u64) {
    *wraps.entry(bin).or_default() += times;
}

/// The rank, from 1 to `n`, of the `num/den` quantile: `ceil(n * num / den)`. `None` if `n` or `den` is zero.
pub(crate) fn rank(n: u64, num: u64, den: u64) -> Option<u64> {
    if n == 0 || den == 0 {
        return None;
    }
    let rank = (u128::from(n) * u128::from(num)).div_ceil(u128::from(den));
    Some(rank.clamp(1, u128::from(n)) as u64)
}

/// The first bin at which the running count of `(bin, count)` reaches `rank`.
pub(crate) fn bin_at_rank(counts: impl IntoIterator<Item = (usize, u64)>, rank: u64) -> Option<usize> {
    let mut reached = 0_u64;
    counts.into_iter().find_map(|(bin, count)| {
        reached += count;
        (reached >= rank).then_some(bin)
    })
}
