//! The daily course of one quantity over all replications.

use super::bins::{Bins, Grid};
use super::daily::Daily;
use super::encoding::{Decoder, Encoder, Malformed, ensure};
use super::histogram::{bin_at_rank, rank};
use super::interval::order_ranks;
use super::moments::{Moments, is_possible, square, variance};
use super::wide::U256;

/// The most bins a day has.
pub const MOST_DAY_BINS: usize = 4_096;
/// The most cells (days times bins) a trajectory has, unless there are more than half as many days.
pub const MOST_CELLS: usize = 1 << 20;

/// For each day, the exact histogram and the exact power sums of a quantity that changes now and then.
///
/// What is stored are differences from one day to the next, so a replication costs as many steps as the
/// quantity has changes. All arithmetic on them wraps: a running sum that starts at zero is right again
/// whenever the true value fits, and it does for all values of `i64` and fewer than 2^63 replications.
///
/// The bins follow from the days and the range alone: of width 1 if no more than `min(MOST_DAY_BINS,
/// MOST_CELLS / days)` (never fewer than 2) are needed, else the smallest power of two that fits. Memory: 8
/// bytes for each cell, so at most 8 MB, plus 64 bytes for each day.
#[derive(Clone, Debug)]
pub struct Trajectory {
    grid: Grid,
    /// [`Grid::count`] and [`Grid::exact_bins`], at hand for the hot path.
    bins: usize,
    exact: u64,
    /// The bins ever touched lie in this range; all others are left out of passes over the cells.
    reach: Reach,
    /// Day by day, the change of each bin's count.
    cells: Vec<i64>,
    /// Day by day, the change of the power sums.
    steps: Vec<Step>,
}

/// Which bins were reached and left again on the same day is no part of what was recorded.
impl PartialEq for Trajectory {
    fn eq(&self, other: &Self) -> bool {
        (self.grid, &self.cells, &self.steps) == (other.grid, &other.cells, &other.steps)
    }
}

impl Eq for Trajectory {}

/// A range of bins, both ends included; empty where the first is beyond the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    pub first: usize,
    last: usize,
}

impl Reach {
    pub(super) const NONE: Reach = Reach { first: usize::MAX, last: 0 };

    #[inline]
    pub(super) fn include(&mut self, bin: usize) {
        self.first = self.first.min(bin);
        self.last = self.last.max(bin);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first > self.last
    }

    pub(super) fn merge(&mut self, other: Reach) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }

    pub(super) fn of<'a, T>(&self, cells: &'a mut [T]) -> &'a mut [T] {
        if self.is_empty() { &mut [] } else { &mut cells[self.first..=self.last] }
    }
}

/// The change from one day to the next of what the bins do not tell of the power sums, modulo 2^64, 2^128 and 2^256: all of them where
/// bins are wider than 1, else how far the sums over values outside are from those over the end bins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Step {
    n: u64,
    sum: i128,
    /// Squares of values below [`EASY`] in size, and of the others.
    squares: i128,
    large_squares: U256,
}

/// Values below this in size have squares that can be added up 2^63 times in 128 bits.
const EASY: u64 = 1 << 31;

#[inline]
pub(super) fn is_easy(value: i64) -> bool {
    value.unsigned_abs() < EASY
}

impl Step {
    fn enter(&mut self, value: i64) {
        self.n = self.n.wrapping_add(1);
        self.sum = self.sum.wrapping_add(i128::from(value));
        if is_easy(value) {
            self.squares = self.squares.wrapping_add(i128::from(value * value));
        } else {
            self.large_squares = self.large_squares.wrapping_add(U256::from(square(value)));
        }
    }

    fn leave(&mut self, value: i64) {
        self.n = self.n.wrapping_sub(1);
        self.sum = self.sum.wrapping_sub(i128::from(value));
        if is_easy(value) {
            self.squares = self.squares.wrapping_sub(i128::from(value * value));
        } else {
            self.large_squares = self.large_squares.wrapping_sub(U256::from(square(value)));
        }
    }

    /// A value leaves and another enters.
    #[inline]
    fn change(&mut self, from: i64, to: i64) {
        if is_easy(from) && is_easy(to) {
            self.sum = self.sum.wrapping_add(i128::from(to - from));
            self.squares = self.squares.wrapping_add(i128::from(to * to - from * from));
        } else {
            self.leave(from);
            self.enter(to);
        }
    }

    /// So many values below [`EASY`] in size, their sum and that of their squares.
    pub(super) fn of(n: u64, sum: i128, squares: i128) -> Self {
        Step { n, sum, squares, ..Step::default() }
    }

    fn add(&mut self, other: &Step) {
        self.n = self.n.wrapping_add(other.n);
        self.sum = self.sum.wrapping_add(other.sum);
        self.squares = self.squares.wrapping_add(other.squares);
        self.large_squares = self.large_squares.wrapping_add(other.large_squares);
    }

    fn subtract(&mut self, other: &Step) {
        self.n = self.n.wrapping_sub(other.n);
        self.sum = self.sum.wrapping_sub(other.sum);
        self.squares = self.squares.wrapping_sub(other.squares);
        self.large_squares = self.large_squares.wrapping_sub(other.large_squares);
    }

    fn encode(&self, out: &mut Encoder) {
        out.signed(self.n as i64);
        out.wide(self.sum);
        out.wide(self.squares);
        out.widest(self.large_squares);
    }

    fn decode(from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let (n, sum) = (from.signed()? as u64, from.wide()?);
        Ok(Step { n, sum, squares: from.wide()?, large_squares: from.widest()? })
    }

    fn moments(&self) -> Moments {
        let size = U256::from(self.squares.unsigned_abs());
        let large = self.large_squares;
        let squares = if self.squares < 0 { large.wrapping_sub(size) } else { large.wrapping_add(size) };
        Moments { n: self.n, sum: self.sum, squares }
    }
}

/// The distribution of the quantity at the end of one day, over the replications in which it existed then.
///
/// Quantiles and extremes are lower edges of bins; values outside the bins count in the end bins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DaySummary {
    /// In how many replications the quantity existed.
    pub n: u64,
    /// The mean, correctly rounded, whatever the bins. `None` if `n` is 0.
    pub mean: Option<f64>,
    /// The sample standard deviation (divisor n - 1), whatever the bins. `None` below two.
    pub sd: Option<f64>,
    /// The 5 % quantile: the first bin at which the running count reaches `ceil(0.05 n)`.
    pub p05: Option<i64>,
    /// The 25 % quantile.
    pub p25: Option<i64>,
    /// The median.
    pub p50: Option<i64>,
    /// The 75 % quantile.
    pub p75: Option<i64>,
    /// The 95 % quantile.
    pub p95: Option<i64>,
    /// The lowest non-empty bin.
    pub min_bin: Option<i64>,
    /// The highest non-empty bin.
    pub max_bin: Option<i64>,
}

impl Trajectory {
    /// An empty trajectory over days 0 to `days - 1`.
    pub fn new(days: usize, bins: Bins) -> Self {
        let most = MOST_DAY_BINS.min(MOST_CELLS / days.max(1));
        let grid = Grid::new(bins, most);
        let bins = grid.count();
        let (cells, steps) = (vec![0; days * bins], vec![Step::default(); days]);
        Trajectory { grid, bins, exact: grid.exact_bins(), reach: Reach::NONE, cells, steps }
    }

    /// A replication begins: from day 0 on the quantity has this value.
    pub fn start(&mut self, value: i64) {
        self.start_many(value, 1);
    }

    /// From `day` on, the quantity of one replication, which did not exist, is at `value`.
    pub(super) fn enter(&mut self, day: usize, value: i64) {
        let step = &mut self.steps[day];
        let bin = self.grid.bin(value);
        if self.exact == 0 {
            step.enter(value);
        } else if self.grid.edge(bin) != value {
            step.change(self.grid.edge(bin), value);
        }
        let cell = &mut self.cells[day * self.bins + bin];
        *cell = cell.wrapping_add(1);
        self.reach.include(bin);
    }

    /// Several replications begin with the same value.
    pub fn start_many(&mut self, value: i64, replications: u64) {
        let Some(step) = self.steps.first_mut() else { return };
        let bin = self.grid.bin(value);
        if self.exact == 0 {
            (0..replications).for_each(|_| step.enter(value));
        } else if self.grid.edge(bin) != value {
            (0..replications).for_each(|_| step.change(self.grid.edge(bin), value));
        }
        self.cells[bin] = self.cells[bin].wrapping_add_unsigned(replications);
        self.reach.include(bin);
    }

    /// From `day` on, the quantity of one replication is `to`; up to then it was `from`. Several changes on
    /// one day may be reported one by one, each starting from where the last ended. A day beyond the last is
    /// ignored.
    #[inline]
    pub fn change(&mut self, day: usize, from: i64, to: i64) {
        let Some(step) = self.steps.get_mut(day) else { return };
        let (old, new) = (self.grid.offset(from), self.grid.offset(to));
        let cells = &mut self.cells[day * self.bins..][..self.bins];
        if old < self.exact && new < self.exact {
            cells[old as usize] = cells[old as usize].wrapping_sub(1);
            cells[new as usize] = cells[new as usize].wrapping_add(1);
            self.reach.include(new as usize);
            return;
        }
        if self.exact == 0 {
            step.change(from, to);
        } else {
            self.change_outside(day, from, to);
        }
        let (old, new) = (self.grid.bin(from), self.grid.bin(to));
        let cells = &mut self.cells[day * self.bins..][..self.bins];
        cells[old] = cells[old].wrapping_sub(1);
        cells[new] = cells[new].wrapping_add(1);
        self.reach.include(new);
    }

    /// What courses that change every day can be noted in.
    pub fn daily(&self) -> Daily {
        Daily::new(self.days(), self.grid)
    }

    /// Several values in a bin came on one day and went on the next.
    pub(super) fn stood(&mut self, day: usize, bin: usize, count: u64) {
        let cell = day * self.bins + bin;
        self.cells[cell] = self.cells[cell].wrapping_add_unsigned(count);
        if let Some(next) = self.cells.get_mut(cell + self.bins) {
            *next = next.wrapping_sub_unsigned(count);
        }
        self.reach.include(bin);
    }

    /// The power sums of all of them.
    pub(super) fn stood_in_all(&mut self, day: usize, values: Step) {
        self.steps[day].add(&values);
        if let Some(next) = self.steps.get_mut(day + 1) {
            next.subtract(&values);
        }
    }

    /// The power sums of a change from or to a value outside bins of width 1: from what the end bin tells to what is true.
    #[cold]
    fn change_outside(&mut self, day: usize, from: i64, to: i64) {
        let (old, new) = (self.grid.edge(self.grid.bin(from)), self.grid.edge(self.grid.bin(to)));
        self.steps[day].change(from, old);
        self.steps[day].change(new, to);
    }

    /// From `day` on, the quantity of one replication, last at `value`, no longer exists. A day beyond the
    /// last is ignored.
    pub fn stop(&mut self, day: usize, value: i64) {
        let Some(step) = self.steps.get_mut(day) else { return };
        let bin = self.grid.bin(value);
        if self.exact == 0 {
            step.leave(value);
        } else {
            step.change(value, self.grid.edge(bin));
        }
        let cell = &mut self.cells[day * self.bins + bin];
        *cell = cell.wrapping_sub(1);
    }

    /// Adds all that another trajectory has recorded.
    ///
    /// # Panics
    /// If the days or the bins differ.
    pub fn merge(&mut self, other: &Trajectory) {
        let shape = |t: &Trajectory| (t.grid, t.steps.len());
        assert_eq!(shape(self), shape(other), "only trajectories over the same days and bins can be merged");
        for (mine, theirs) in self.steps.iter_mut().zip(&other.steps) {
            mine.add(theirs);
        }
        self.reach.merge(other.reach);
        let days = self.cells.chunks_exact_mut(self.bins).zip(other.cells.chunks_exact(self.bins));
        for (mine, theirs) in days {
            add_counts(mine, theirs, other.reach);
        }
    }

    /// Writes all that was recorded: the range of the bins, the number of days, and for each day the change of what the
    /// bins do not tell of the power sums, and of each bin that changed, as its distance from the one after the last, and the
    /// change.
    pub fn encode(&self, out: &mut Encoder) {
        let Bins { low, high } = self.grid.range();
        out.signed(low);
        out.signed(high);
        out.unsigned(self.days() as u64);
        for (step, cells) in self.steps.iter().zip(self.cells.chunks_exact(self.bins)) {
            step.encode(out);
            let changed = || cells.iter().enumerate().filter(|(_, change)| **change != 0);
            out.unsigned(changed().count() as u64);
            let mut next = 0;
            for (bin, change) in changed() {
                out.unsigned((bin - next) as u64);
                out.signed(*change);
                next = bin + 1;
            }
        }
    }

    /// Reads what [`Trajectory::encode`] wrote for a trajectory over these days and bins.
    ///
    /// # Errors
    /// [`Malformed`] if days or bins differ, or for what no replications can have left.
    pub fn decode(days: usize, bins: Bins, from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let mut all = Trajectory::new(days, bins);
        ensure(Bins::new(from.signed()?, from.signed()?) == all.grid.range())?;
        ensure(from.unsigned()? == days as u64)?;
        for day in 0..days {
            all.steps[day] = Step::decode(from)?;
            let mut next = 0_usize;
            for _ in 0..from.count()? {
                let gap = usize::try_from(from.unsigned()?).map_err(|_| Malformed)?;
                let bin = next.checked_add(gap).filter(|bin| *bin < all.bins).ok_or(Malformed)?;
                all.cells[day * all.bins + bin] = from.signed()?;
                all.reach.include(bin);
                next = bin + 1;
            }
        }
        ensure(all.is_possible())?;
        Ok(all)
    }

    /// Whether every day's counts and power sums can be those of replications.
    fn is_possible(&self) -> bool {
        let mut counts = vec![0_i64; self.bins];
        let mut total = Step::default();
        self.steps.iter().zip(self.cells.chunks_exact(self.bins)).all(|(step, changes)| {
            total.add(step);
            add_counts(&mut counts, changes, self.reach);
            let n: i128 = counts.iter().map(|count| i128::from(*count)).sum();
            let fits = counts.iter().all(|count| *count >= 0) && n <= i128::from(i64::MAX);
            // Far from where sums would overflow; then they may be formed and looked at.
            fits && total.sum.unsigned_abs() < 1 << 126
                && (if self.exact > 0 { total.n == 0 } else { i128::from(total.n) == n })
                && {
                    let moments = self.moments(&total, &counts);
                    is_possible(moments.n, moments.sum.unsigned_abs(), moments.squares)
                }
        })
    }

    /// For every day, the distribution-free intervals of some quantiles, by [`order_ranks`], as fine as the bins are. A side for
    /// which there are too few values is `None`.
    pub fn quantile_intervals(
        &self,
        percents: &[u32],
        confidence: f64,
    ) -> Vec<Vec<(Option<i64>, Option<i64>)>> {
        let mut counts = vec![0_i64; self.bins];
        // The ranks depend on nothing but the number of values, which seldom changes from day to day.
        let mut ranks = Vec::new();
        let mut ranked = None;
        let days = self.cells.chunks_exact(self.bins);
        days.map(|changes| {
            add_counts(&mut counts, changes, self.reach);
            let n: u64 = filled(&counts, self.reach).map(|(_, count)| count).sum();
            if ranked != Some(n) {
                ranks = percents.iter().map(|p| order_ranks(n, u64::from(*p), 100, confidence)).collect();
                ranked = Some(n);
            }
            let at =
                |rank: Option<u64>| Some(self.grid.edge(bin_at_rank(filled(&counts, self.reach), rank?)?));
            ranks.iter().map(|(low, high)| (at(*low), at(*high))).collect()
        })
        .collect()
    }

    /// How many days there are.
    pub fn days(&self) -> usize {
        self.steps.len()
    }

    /// The width of a bin: how fine quantiles are.
    pub fn bin_width(&self) -> u64 {
        self.grid.width()
    }

    /// The summary of every day, from day 0 on. Takes one pass over all cells.
    pub fn summaries(&self) -> Vec<DaySummary> {
        let mut counts = vec![0_i64; self.grid.count()];
        let mut total = Step::default();
        let days = self.steps.iter().zip(self.cells.chunks_exact(self.grid.count()));
        days.map(|(step, changes)| {
            total.add(step);
            add_counts(&mut counts, changes, self.reach);
            self.summary(&self.moments(&total, &counts), &counts)
        })
        .collect()
    }

    /// The power sums of one day: of what its bins tell, and of the rest.
    fn moments(&self, rest: &Step, counts: &[i64]) -> Moments {
        let mut moments = rest.moments();
        if self.exact > 0 {
            let told = filled(counts, self.reach).map(|(bin, count)| (self.grid.edge(bin), count));
            told.for_each(|(value, count)| moments.record_many(value, count));
        }
        moments
    }

    /// The summary of one day from its power sums and its histogram.
    fn summary(&self, moments: &Moments, counts: &[i64]) -> DaySummary {
        let n = moments.n;
        let at_rank = |rank: u64| Some(self.grid.edge(bin_at_rank(filled(counts, self.reach), rank)?));
        let quantile = |percent: u64| at_rank(rank(n, percent, 100)?);
        DaySummary {
            n,
            mean: moments.mean(),
            sd: variance(n, moments.spread()).map(f64::sqrt),
            p05: quantile(5),
            p25: quantile(25),
            p50: quantile(50),
            p75: quantile(75),
            p95: quantile(95),
            min_bin: quantile(0),
            max_bin: quantile(100),
        }
    }
}

/// The non-empty bins of a day. A negative count would mean that a change was reported from a value never
/// reached.
fn filled(counts: &[i64], reach: Reach) -> impl Iterator<Item = (usize, u64)> {
    debug_assert!(counts.iter().all(|count| *count >= 0), "a change starts from the value reported last");
    let reached = counts.iter().enumerate().take(reach.last + 1).skip(reach.first);
    reached.filter(|(_, count)| **count > 0).map(|(bin, count)| (bin, *count as u64))
}

/// Adds counts bin by bin, as far as bins were touched. Zeros are left alone, so that untouched memory stays untouched.
fn add_counts(into: &mut [i64], from: &[i64], reach: Reach) {
    let reached = reach.of(into).iter_mut().zip(from.iter().skip(reach.first));
    for (mine, theirs) in reached.filter(|(_, theirs)| **theirs != 0) {
        *mine = mine.wrapping_add(*theirs);
    }
}
