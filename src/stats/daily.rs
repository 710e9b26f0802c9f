//! Values that stand for one day: what a quantity that changes every day leaves behind.
//!
//! A [`Trajectory`] writes down what changes, so a value that stands for one day takes two steps, one where it comes and one where it
//! goes. Where the next change is known, both can be written down in one.

use super::bins::Grid;
use super::trajectory::{Reach, Step, Trajectory, is_easy};

/// How often a quantity had each value for one day and then another, until it is added to a [`Trajectory`]. Memory: 8 bytes for each cell
/// of the trajectory, of which those never counted in are never touched, and 32 for each day.
#[derive(Clone, Debug)]
pub struct Daily {
    grid: Grid,
    bins: usize,
    /// Values by less than this above the lowest can be noted.
    limit: u64,
    reach: Reach,
    /// Day by day, how often a value in each bin stood.
    cells: Vec<u64>,
    /// Day by day, the sums over the values and over their squares, where the bins do not tell them.
    sums: Vec<(i128, i128)>,
}

impl Daily {
    /// For a trajectory over so many days, with the bins of this grid.
    pub(super) fn new(days: usize, grid: Grid) -> Self {
        let (bins, range) = (grid.count(), grid.range());
        let is_easy = grid.shift() == 0 || (is_easy(range.low) && is_easy(range.high));
        let limit = if is_easy { grid.offset(range.high) + 1 } else { 0 };
        Daily { grid, bins, limit, reach: Reach::NONE, cells: vec![0; days * bins], sums: vec![(0, 0); days] }
    }

    /// A quantity of one replication that stood at `from` comes, in the order of time, to other values, as (day, value): the same as
    /// [`Trajectory::change`] to each, once all that is noted here has been added.
    pub fn course(&mut self, of: &mut Trajectory, from: i64, mut values: impl Iterator<Item = (usize, i64)>) {
        let (grid, bins, limit, days) = (self.grid, self.bins, self.limit, self.sums.len());
        let Some((mut since, mut value)) = values.next().filter(|(day, _)| *day < days) else { return };
        let mut reach = Reach::NONE;
        of.stop(since, from);
        for (day, next) in values.take_while(|(day, _)| *day < days) {
            let offset = grid.offset(value);
            if day == since + 1 && offset < limit {
                let bin = (offset >> grid.shift()) as usize;
                self.cells[since * bins + bin] += 1;
                if grid.shift() > 0 {
                    let (sum, squares) = &mut self.sums[since];
                    *sum += i128::from(value);
                    *squares += i128::from(value * value);
                }
                reach.include(bin);
            } else if day != since {
                of.enter(since, value);
                of.stop(day, value);
            }
            (since, value) = (day, next);
        }
        of.enter(since, value);
        self.reach.merge(reach);
    }

    /// Adds all to the trajectory it is for; nothing is left here.
    pub fn add_to(&mut self, into: &mut Trajectory) {
        if self.reach.is_empty() {
            return;
        }
        for (day, (sum, squares)) in self.sums.iter_mut().enumerate() {
            let cells = self.reach.of(&mut self.cells[day * self.bins..][..self.bins]);
            let mut n = 0;
            for (bin, count) in (self.reach.first..).zip(cells).filter(|(_, count)| **count != 0) {
                n += *count;
                into.stood(day, bin, std::mem::take(count));
            }
            if self.grid.shift() > 0 && n > 0 {
                into.stood_in_all(day, Step::of(n, std::mem::take(sum), std::mem::take(squares)));
            }
        }
        self.reach = Reach::NONE;
    }
}
