//! The statistics of one outcome.

use super::MISSING;
use super::bins::{Bins, Grid};
use super::encoding::{Decoder, Encoder, Malformed, ensure};
use super::histogram::{Histogram, PAGE, bin_at_rank, rank};
use super::interval::{Interval, order_ranks, student, wilson};
use super::moments::{Moments, square, standard_error, variance};
use super::wide::U256;

/// The most bins a tally's histogram has. Beyond that range the bins become 2, 4, 8 ... wide.
pub const MOST_BINS: usize = 65_536;

/// Values that are recorded together: fewer than a byte can count.
pub(super) const COLUMN: usize = 64;

/// Bins whose counts fit one register, a byte each.
const PACKED: u64 = 8;

/// Values below this in size can be squared and added up 2^48 times in 128 bits.
const EASY: u64 = 1 << 40;
/// And below this a column of them in 64 bits.
const SMALL: u64 = 1 << 29;

/// The exact distribution of one outcome, in integers only.
///
/// A value inside bins of width 1 is told exactly by its bin, so recording it is one increment, and the sums
/// follow when they are asked for. Other values also go into exact power sums and extremes of their own.
/// Figures therefore cost a pass over the filled bins (at most [`MOST_BINS`]): ask for them at the end, not
/// after each value.
///
/// Two tallies are equal exactly if all their integers are, and if their bins are the same. Every `i64` may
/// be recorded, fewer than 2^64 times in all. Memory: 512 bytes for each touched group of 256 bins, so at
/// most 128 kB, and 2 kB for the table of groups; a bin counted more than 65,535 times adds some 20 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    grid: Grid,
    /// [`Grid::exact_bins`], at hand for the hot path.
    exact: u64,
    /// Whether bins are wider than 1, and values inside them below [`EASY`] in size.
    is_easy: bool,
    n: u64,
    cells: Histogram,
    rest: Rest,
}

/// What the bins do not tell: values outside them, and the exact size of values in bins wider than 1.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rest {
    moments: Moments,
    min: i64,
    max: i64,
    below: u64,
    above: u64,
}

impl Rest {
    const EMPTY: Rest = Rest { moments: Moments::EMPTY, min: i64::MAX, max: i64::MIN, below: 0, above: 0 };

    fn record(&mut self, value: i64, bins: Bins) {
        self.moments.record(value);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.below += u64::from(value < bins.low);
        self.above += u64::from(value > bins.high);
    }

    fn record_times(&mut self, value: i64, count: u64, bins: Bins) {
        self.moments.record_many(value, count);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.below += if value < bins.low { count } else { 0 };
        self.above += if value > bins.high { count } else { 0 };
    }

    fn merge(&mut self, other: &Rest) {
        self.moments.merge(&other.moments);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.below += other.below;
        self.above += other.above;
    }

    fn encode(&self, out: &mut Encoder) {
        self.moments.encode(out);
        if self.moments.n > 0 {
            out.signed(self.min);
            out.signed(self.max);
            out.unsigned(self.below);
            out.unsigned(self.above);
        }
    }

    fn decode(from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let moments = Moments::decode(from)?;
        if moments.n == 0 {
            return Ok(Rest::EMPTY);
        }
        let (min, max) = (from.signed()?, from.signed()?);
        let (below, above) = (from.unsigned()?, from.unsigned()?);
        ensure(min <= max && below.checked_add(above).is_some_and(|outside| outside <= moments.n))?;
        Ok(Rest { moments, min, max, below, above })
    }
}

/// The sum of the squares of values below [`EASY`] in size, but for those that are missing.
#[inline]
fn sum_of_squares(values: &[i64; COLUMN], min: i64, max: i64) -> u128 {
    let there = |value: &i64| if *value == MISSING { 0 } else { *value };
    match min.unsigned_abs().max(max.unsigned_abs()) < SMALL {
        true => {
            // Below 2^31 in size, so that the processor can multiply several at once.
            let square = |value: &i64| i64::from(there(value) as i32).pow(2) as u64;
            u128::from(values.iter().map(square).sum::<u64>())
        }
        false => values.iter().map(|value| square(there(value))).sum(),
    }
}

impl Tally {
    /// An empty tally whose histogram covers `bins`: width 1 up to [`MOST_BINS`] values, else the smallest
    /// power of two that fits.
    pub fn new(bins: Bins) -> Self {
        let grid = Grid::new(bins, MOST_BINS);
        let Bins { low, high } = grid.range();
        let exact = grid.exact_bins();
        Tally {
            grid,
            exact,
            is_easy: exact == 0 && low.unsigned_abs() < EASY && high.unsigned_abs() < EASY,
            n: 0,
            cells: Histogram::new(grid.count()),
            rest: Rest::EMPTY,
        }
    }

    /// Records one value. A value outside the bins is counted in the nearest end bin; all else about it stays
    /// exact.
    #[inline]
    pub fn record(&mut self, value: i64) {
        self.n += 1;
        let offset = self.grid.offset(value);
        if offset < self.exact { self.cells.record(offset as usize) } else { self.record_rest(value) }
    }

    /// Records as many values as a column has, but for those that are [`MISSING`]: the same as one after another, but quicker. What they have
    /// in common is found first; then no branch hangs on a single one.
    #[inline(always)]
    pub(super) fn record_column(&mut self, values: &[i64; COLUMN]) {
        let first = values[0];
        // `all` is no less than any offset.
        let (mut all, mut differ) = (0, 0);
        for value in values {
            all |= self.grid.offset(*value);
            differ |= value ^ first;
        }
        if differ == 0 {
            if first != MISSING {
                self.record_times(first, COLUMN as u64);
            }
        } else if all < PAGE as u64 && all < self.exact {
            self.n += COLUMN as u64;
            self.count_low(values, all);
        } else {
            self.record_scattered(values);
        }
    }

    /// Counts in the first page of exact bins.
    #[inline(always)]
    fn count_low(&mut self, values: &[i64; COLUMN], all: u64) {
        let mut offsets = [0; COLUMN];
        for (offset, value) in offsets.iter_mut().zip(values) {
            *offset = self.grid.offset(*value);
        }
        if all <= 1 {
            let ones: u64 = offsets.iter().sum();
            self.cells.add(0, COLUMN as u64 - ones);
            self.cells.add(1, ones);
        } else if all < PACKED {
            self.count_packed(&offsets);
        } else {
            self.cells.record_low(&offsets);
        }
    }

    /// Records values of which some are missing, or lie far apart.
    #[inline(always)]
    fn record_scattered(&mut self, values: &[i64; COLUMN]) {
        // Missing ones are the lowest there are, so they are never the largest.
        let (mut n, mut sum, mut min, mut max) = (0, 0_i64, i64::MAX, MISSING);
        for value in values {
            let is_there = *value != MISSING;
            n += u64::from(is_there);
            sum = sum.wrapping_add(if is_there { *value } else { 0 });
            min = min.min(if is_there { *value } else { i64::MAX });
            max = max.max(*value);
        }
        let Bins { low, high } = self.grid.range();
        let is_inside = n > 0 && low <= min && max <= high;
        if is_inside && self.is_easy {
            let squares = sum_of_squares(values, min, max);
            let moments = Moments { n, sum: i128::from(sum), squares: U256::from(squares) };
            self.rest.merge(&Rest { moments, min, max, below: 0, above: 0 });
        }
        match is_inside && (self.exact > 0 || self.is_easy) {
            true => self.count_scattered(values, n),
            false => {
                let values = values.iter().filter(|value| **value != MISSING);
                values.for_each(|value| self.record(*value));
            }
        }
    }

    /// Counts values inside the bins, but for those that are missing. First their bins, which needs no branch; then the counts, whose places are so
    /// far apart that each has to be fetched.
    #[inline(always)]
    fn count_scattered(&mut self, values: &[i64; COLUMN], n: u64) {
        self.n += n;
        let bin = |value: &i64| (self.grid.offset(*value) >> self.grid.shift()) as u32;
        let (mut bins, mut count) = ([0_u32; COLUMN], 0);
        if n == COLUMN as u64 {
            bins.iter_mut().zip(values).for_each(|(place, value)| *place = bin(value));
            count = COLUMN;
        } else {
            for value in values {
                bins[count % COLUMN] = bin(value);
                count += usize::from(*value != MISSING);
            }
        }
        bins[..count].iter().for_each(|bin| self.cells.record(*bin as usize));
    }

    /// Counts in the first [`PACKED`] bins, in the bytes of one register.
    #[inline(always)]
    fn count_packed(&mut self, offsets: &[u64]) {
        const ONE: [u64; PACKED as usize] = {
            let mut ones = [1; PACKED as usize];
            let mut bin = 1;
            while bin < ones.len() {
                ones[bin] = ones[bin - 1] << 8;
                bin += 1;
            }
            ones
        };
        let counts: u64 = offsets.iter().map(|offset| ONE[(offset % PACKED) as usize]).sum();
        for (bin, count) in counts.to_le_bytes().into_iter().enumerate().filter(|(_, count)| *count > 0) {
            self.cells.add(bin, u64::from(count));
        }
    }

    /// Records one value `count` times.
    fn record_times(&mut self, value: i64, count: u64) {
        self.n += count;
        let offset = self.grid.offset(value);
        if offset < self.exact {
            return self.cells.add(offset as usize, count);
        }
        let bins = self.grid.range();
        self.rest.record_times(value, count, bins);
        if value >= bins.low && value <= bins.high {
            self.cells.add(self.grid.bin(value), count);
        }
    }

    /// Records a value that its bin alone would not tell.
    fn record_rest(&mut self, value: i64) {
        let bins = self.grid.range();
        self.rest.record(value, bins);
        if value >= bins.low && value <= bins.high {
            self.cells.record(self.grid.bin(value));
        }
    }

    /// Records one value so many times.
    pub fn record_many(&mut self, value: i64, count: u64) {
        let mut one = Tally::new(self.bins());
        one.record(value);
        for place in 0..u64::BITS - count.leading_zeros() {
            if count >> place & 1 == 1 {
                self.merge(&one);
            }
            let twice = one.clone();
            one.merge(&twice);
        }
    }

    /// Adds all that another tally has recorded.
    ///
    /// # Panics
    /// If the bins differ, or the counts add up to 2^64.
    pub fn merge(&mut self, other: &Tally) {
        assert_eq!(self.grid, other.grid, "only tallies over the same bins can be merged");
        self.n = self.n.checked_add(other.n).expect("fewer than 2^64 values");
        self.cells.merge(&other.cells);
        self.rest.merge(&other.rest);
    }

    /// Writes all that was recorded: the range of the bins, the number of values, what the bins do not tell, and
    /// each filled bin as its distance from the one after the last filled one, and its count.
    pub fn encode(&self, out: &mut Encoder) {
        let Bins { low, high } = self.bins();
        out.signed(low);
        out.signed(high);
        out.unsigned(self.n);
        self.rest.encode(out);
        out.unsigned(self.cells.iter().count() as u64);
        let mut next = 0;
        for (bin, count) in self.cells.iter() {
            out.unsigned((bin - next) as u64);
            out.unsigned(count);
            next = bin + 1;
        }
    }

    /// Reads what [`Tally::encode`] wrote for a tally over `bins`.
    ///
    /// # Errors
    /// [`Malformed`] if the bins differ, or for what no values can have left.
    pub fn decode(bins: Bins, from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let mut tally = Tally::new(bins);
        ensure(Bins::new(from.signed()?, from.signed()?) == tally.bins())?;
        tally.n = from.unsigned()?;
        tally.rest = Rest::decode(from)?;
        let (mut next, mut total) = (0_usize, tally.rest.below.checked_add(tally.rest.above));
        for _ in 0..from.count()? {
            let gap = usize::try_from(from.unsigned()?).map_err(|_| Malformed)?;
            let bin = next.checked_add(gap).filter(|bin| *bin < tally.grid.count()).ok_or(Malformed)?;
            let count = from.unsigned()?;
            ensure(count > 0)?;
            tally.cells.add(bin, count);
            (next, total) = (bin + 1, total.and_then(|total| total.checked_add(count)));
        }
        // Bins of width 1 leave to `rest` what lies outside them; wider ones leave it everything.
        let left = if tally.exact > 0 { tally.rest.below + tally.rest.above } else { tally.n };
        ensure(total == Some(tally.n) && tally.rest.moments.n == left)?;
        Ok(tally)
    }

    /// How many values were recorded.
    pub fn count(&self) -> u64 {
        self.n
    }

    /// The power sums of all values.
    fn moments(&self) -> Moments {
        let mut moments = self.rest.moments;
        self.told().for_each(|(value, count)| moments.record_many(value, count));
        moments
    }

    /// The values that their bins tell exactly, and their counts, from the lowest up.
    fn told(&self) -> impl Iterator<Item = (i64, u64)> {
        let cells = (self.exact > 0).then(|| self.cells.iter());
        cells.into_iter().flatten().map(|(bin, count)| (self.grid.edge(bin), count))
    }

    /// All bins and their counts, from the lowest up; what lies outside comes as an entry of its own for the
    /// end bin.
    fn counts(&self) -> impl Iterator<Item = (usize, u64)> {
        let ends = [(0, self.rest.below), (self.grid.count() - 1, self.rest.above)];
        let [first, last] = ends.map(|end| Some(end).filter(|(_, count)| *count > 0).into_iter());
        first.chain(self.cells.iter()).chain(last)
    }

    /// The sum of the values.
    pub fn sum(&self) -> i128 {
        self.moments().sum
    }

    /// The arithmetic mean, correctly rounded. `None` without values.
    pub fn mean(&self) -> Option<f64> {
        self.moments().mean()
    }

    /// The sample variance `(n sum(x^2) - (sum x)^2) / (n (n - 1))`, correctly rounded. `None` below two
    /// values.
    pub fn variance(&self) -> Option<f64> {
        variance(self.count(), self.moments().spread())
    }

    /// The sample standard deviation: the root of [`Tally::variance`]. `None` below two values.
    pub fn sd(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }

    /// The standard error of the mean, `sd / sqrt(n)`, as the root of the correctly rounded `variance / n`.
    /// `None` below two values.
    pub fn se(&self) -> Option<f64> {
        standard_error(self.count(), self.moments().spread())
    }

    /// The smallest value, exact even outside the bins.
    pub fn min(&self) -> Option<i64> {
        let least = self.told().next().map(|(value, _)| value);
        (self.n > 0).then(|| least.map_or(self.rest.min, |value| value.min(self.rest.min)))
    }

    /// The largest value, exact even outside the bins.
    pub fn max(&self) -> Option<i64> {
        let largest = self.told().last().map(|(value, _)| value);
        (self.n > 0).then(|| largest.map_or(self.rest.max, |value| value.max(self.rest.max)))
    }

    /// The `percent` quantile; see [`Tally::quantile_at`].
    pub fn quantile(&self, percent: u32) -> Option<i64> {
        self.quantile_at(u64::from(percent), 100)
    }

    /// The `num/den` quantile: the lower edge of the first bin at which the running count reaches `ceil(n *
    /// num / den)`, kept within the smallest and the largest value. `None` without values or if `den` is 0.
    ///
    /// With bins of width 1 and all values inside them this is definition 1 of Hyndman and Fan (1996),
    /// "Sample Quantiles in Statistical Packages", The American Statistician 50: the inverse of the empirical
    /// distribution.
    pub fn quantile_at(&self, num: u64, den: u64) -> Option<i64> {
        self.at_rank(rank(self.count(), num, den)?)
    }

    /// The value of the given rank (1 is the smallest), as fine as the bins are.
    fn at_rank(&self, rank: u64) -> Option<i64> {
        let bin = bin_at_rank(self.counts(), rank)?;
        Some(self.grid.edge(bin).max(self.min()?).min(self.max()?))
    }

    /// A distribution-free confidence interval for the `num/den` quantile: the two order statistics named by
    /// [`order_ranks`], as fine as the bins are. A side for which there are too few values is open: `None`.
    pub fn quantile_interval(&self, num: u64, den: u64, confidence: f64) -> (Option<i64>, Option<i64>) {
        let (low, high) = order_ranks(self.count(), num, den, confidence);
        (low.and_then(|rank| self.at_rank(rank)), high.and_then(|rank| self.at_rank(rank)))
    }

    /// Student's confidence interval for the mean, with n - 1 degrees of freedom. `None` below two values, or
    /// if `confidence` is not between 0 and 1. It rests on the mean being nearly normal: trust it from some
    /// tens of values.
    pub fn mean_interval(&self, confidence: f64) -> Option<Interval> {
        student(self.mean()?, self.se()?, self.count(), confidence)
    }

    /// Wilson's confidence interval for the probability of a flag; see [`wilson`]. `None` without values, or
    /// if a value other than 0 and 1 was recorded, or if `confidence` is not between 0 and 1.
    pub fn proportion_interval(&self, confidence: f64) -> Option<Interval> {
        if self.min()? < 0 || self.max()? > 1 {
            return None;
        }
        // With nothing but 0 and 1, the sum is the number of ones.
        wilson(self.sum() as u64, self.count(), confidence)
    }

    /// How many values are at least `x`. `None` where the bins cannot tell: `x` lies inside a bin wider than
    /// 1, or beyond the range of the bins with recorded values on either side of it.
    pub fn count_at_least(&self, x: i64) -> Option<u64> {
        if self.max().is_none_or(|max| x > max) {
            return Some(0);
        }
        if self.min().is_some_and(|min| x <= min) {
            return Some(self.n);
        }
        let Bins { low, high } = self.bins();
        if x > high {
            (x - 1 == high).then_some(self.rest.above)
        } else {
            self.count_from_edge(x).filter(|_| x >= low)
        }
    }

    /// How many values are at least `x`, if `x` is the lower edge of a bin.
    fn count_from_edge(&self, x: i64) -> Option<u64> {
        let from = self.grid.bin(x);
        let higher = self.cells.iter().filter(|(bin, _)| *bin >= from).map(|(_, count)| count);
        (self.grid.edge(from) == x).then(|| higher.sum::<u64>() + self.rest.above)
    }

    /// The non-empty bins from the lowest up: lower edge, width, count. The end bins also hold what lies
    /// outside.
    pub fn histogram(&self) -> impl Iterator<Item = (i64, u64, u64)> {
        let mut rows: Vec<(i64, u64, u64)> = Vec::new();
        for (bin, count) in self.counts() {
            let edge = self.grid.edge(bin);
            match rows.last_mut().filter(|row| row.0 == edge) {
                Some(row) => row.2 += count,
                None => rows.push((edge, self.grid.width(), count)),
            }
        }
        rows.into_iter()
    }

    /// The range of the bins.
    pub fn bins(&self) -> Bins {
        self.grid.range()
    }

    /// The width of a bin: how fine quantiles are.
    pub fn bin_width(&self) -> u64 {
        self.grid.width()
    }

    /// How many values lie below and above the range of the bins. Quantiles that fall among them are only
    /// bounds.
    pub fn outside(&self) -> (u64, u64) {
        (self.rest.below, self.rest.above)
    }
}
