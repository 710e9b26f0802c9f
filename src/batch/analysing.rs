//! Running the cells of an analysis of sensitivity: of each only the sums of a few outcomes are kept, by group of replications.
//!
//! Cells come in blocks (scrambles, trajectories). All cells of a block run the same replications, so that what differs between
//! them is not luck; blocks run different ones, so that they are independent and their spread is an honest error.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::parallel::{Broken, Control};
use super::threads::{self, Gatherer};
use crate::kernel::stream::Domain;
use crate::model::happening::Unobserved;
use crate::model::plan::Plan;
use crate::model::world::World;
use crate::stats::MISSING;
use crate::stats::estimate::Noisy;

/// Groups of replications in a cell, as many as it has replications where those are fewer.
pub const GROUPS: u64 = 16;

/// What is run.
pub struct Question<'q> {
    /// The plan of a cell; `None` where it cannot be had, which ends the analysis.
    pub plan: &'q (dyn Fn(usize) -> Option<Plan> + Sync),
    /// How many cells there are.
    pub cells: usize,
    /// How many of them are a block.
    pub block: usize,
    /// Replications of a cell.
    pub replications: u64,
    /// Root seed.
    pub seed: u64,
    /// First replication of the first block.
    pub first: u64,
    /// The outcomes, by name.
    pub outcomes: &'q [String],
}

/// Why there are no figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A fault of our own, in a cell.
    Broken(usize, Broken),
    /// A cell has no such outcome, or not in this replication.
    Missing {
        /// In which cell.
        cell: usize,
        /// Which outcome, by its place in the question.
        outcome: usize,
        /// In which replication; `None` where the cell's plan does not have it.
        replication: Option<u64>,
    },
    /// Asked to stop.
    Stopped,
}

impl Question<'_> {
    /// The replications that a block runs.
    pub fn range(&self, block: usize) -> Range<u64> {
        let from = self.first + block as u64 * self.replications;
        from..from + self.replications
    }

    fn groups(&self) -> u64 {
        GROUPS.min(self.replications)
    }
}

/// Runs every cell; by outcome, by block, the values of its cells. Replications done are counted in `control`.
///
/// # Errors
/// [`Trouble`], that of the first cell that has any.
pub fn run(question: &Question<'_>, threads: usize, control: &Control) -> Result<Vec<Vec<Noisy>>, Trouble> {
    let make = || Cells { question, control, done: Vec::new(), trouble: None, at: 0 };
    let range = 0..question.cells as u64;
    let workers = threads::run(&make, range, 1, threads, &control.stop, &AtomicU64::new(0));
    let workers = workers.map_err(|broken| Trouble::Broken(broken.replication as usize, broken))?;
    let troubles = workers.iter().filter_map(|w| w.trouble.clone());
    if let Some((_, trouble)) = troubles.min_by_key(|(cell, _)| *cell) {
        return Err(trouble);
    }
    let mut sums: Vec<(usize, Vec<Vec<i128>>)> = workers.into_iter().flat_map(|w| w.done).collect();
    if sums.len() < question.cells {
        return Err(Trouble::Stopped);
    }
    sums.sort_unstable_by_key(|(cell, _)| *cell);
    let values = |outcome: usize| {
        sums.chunks(question.block).map(|block| noisy(question, outcome, block)).collect::<Vec<Noisy>>()
    };
    Ok((0..question.outcomes.len()).map(values).collect())
}

/// The values of an outcome in the cells of one block.
fn noisy(question: &Question<'_>, outcome: usize, block: &[(usize, Vec<Vec<i128>>)]) -> Noisy {
    let groups = question.groups();
    let counts: Vec<u64> =
        (0..groups).map(|group| (question.replications - group).div_ceil(groups)).collect();
    let of_group = |group: usize| {
        block.iter().map(|(_, sums)| sums[outcome][group] as f64 / counts[group] as f64).collect()
    };
    Noisy::of_groups(&counts, (0..groups as usize).map(of_group).collect())
}

/// Runs cells and keeps their sums.
struct Cells<'q> {
    question: &'q Question<'q>,
    control: &'q Control,
    /// By cell: by outcome, by group.
    done: Vec<(usize, Vec<Vec<i128>>)>,
    trouble: Option<(usize, Trouble)>,
    at: u64,
}

impl Cells<'_> {
    fn cell(&self, cell: usize) -> Result<Vec<Vec<i128>>, Trouble> {
        let question = self.question;
        let plan = (question.plan)(cell).ok_or(Trouble::Stopped)?;
        let place = |outcome: usize| {
            let name = &question.outcomes[outcome];
            let found = plan.outcomes.iter().position(|o| o.name == *name);
            found.ok_or(Trouble::Missing { cell, outcome, replication: None })
        };
        let places = (0..question.outcomes.len()).map(place).collect::<Result<Vec<usize>, Trouble>>()?;
        let mut world = World::new(&plan, question.seed, Domain::Main, Unobserved);
        let mut values = Vec::with_capacity(plan.outcomes.len());
        let mut sums = vec![vec![0_i128; question.groups() as usize]; places.len()];
        for (number, replication) in (0..).zip(question.range(cell / question.block)) {
            world.run(replication);
            values.clear();
            world.outcomes(&mut values);
            for (outcome, (place, sums)) in places.iter().zip(&mut sums).enumerate() {
                if values[*place] == MISSING {
                    return Err(Trouble::Missing { cell, outcome, replication: Some(replication) });
                }
                sums[(number % question.groups()) as usize] += i128::from(values[*place]);
            }
        }
        Ok(sums)
    }
}

impl Gatherer for Cells<'_> {
    fn run(&mut self, cells: Range<u64>) {
        for cell in cells {
            self.at = cell;
            match self.cell(cell as usize) {
                Ok(sums) => self.done.push((cell as usize, sums)),
                Err(trouble) => {
                    // Cells are taken in order, and those taken are finished: the first trouble is the same on any number of threads.
                    self.trouble.get_or_insert((cell as usize, trouble));
                    self.control.stop.store(true, Relaxed);
                }
            }
            self.control.done.fetch_add(self.question.replications, Relaxed);
        }
    }

    fn at(&self) -> u64 {
        self.at
    }
}
