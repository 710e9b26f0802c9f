//! Several plans run on the same random numbers, replication by replication, so that their differences can be told exactly.

use std::ops::Range;

use crate::kernel::stream::Domain;
use crate::model::happening::Unobserved;
use crate::model::plan::Plan;
use crate::model::world::{ENDINGS, World};
use crate::stats::{Bins, MISSING, Pairs, Summary};

/// An outcome that two plans share, by its place in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// Its place in the first plan.
    pub first: usize,
    /// Its place in the other plan.
    pub other: usize,
}

/// What is kept of one plan of several.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// Outcomes and the digest, equal to those of a batch of this plan alone.
    pub summary: Summary,
    /// Replications by ending, in the order of [`ENDINGS`].
    pub endings: [u64; 5],
}

/// The pairs of the first plan with one other.
#[derive(Debug, Clone, PartialEq)]
pub struct Against {
    /// The outcomes both have.
    pub shared: Vec<Shared>,
    /// By shared outcome, the replications in which both have it; the first plan's value first.
    pub outcomes: Vec<Pairs>,
    /// By ending: 1 where the replication ended so.
    pub endings: Vec<Pairs>,
}

/// The exact statistics of several plans over a set of replications, and of the others against the first.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// By plan.
    pub sides: Vec<Side>,
    /// By plan after the first.
    pub against: Vec<Against>,
}

impl Comparison {
    /// Empty statistics. Outcomes are matched by name: plans need not have the same mechanisms.
    pub fn new(plans: &[&Plan]) -> Self {
        let side = |plan: &&Plan| {
            let bins: Vec<Bins> = plan.outcomes.iter().map(|o| Bins::new(o.low, o.high)).collect();
            Side { summary: Summary::new(&bins), endings: [0; 5] }
        };
        let against = |plan: &&Plan| {
            let shared = shared(plans[0], plan);
            let outcomes = vec![Pairs::new(); shared.len()];
            Against { shared, outcomes, endings: vec![Pairs::new(); ENDINGS.len()] }
        };
        Self { sides: plans.iter().map(side).collect(), against: plans.iter().skip(1).map(against).collect() }
    }

    /// Adds the statistics of other replications of the same plans.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.sides.iter_mut().zip(&other.sides) {
            mine.summary.merge(&theirs.summary);
            for (mine, theirs) in mine.endings.iter_mut().zip(theirs.endings) {
                *mine += theirs;
            }
        }
        for (mine, theirs) in self.against.iter_mut().zip(&other.against) {
            let pairs = mine.outcomes.iter_mut().chain(&mut mine.endings);
            for (mine, theirs) in pairs.zip(theirs.outcomes.iter().chain(&theirs.endings)) {
                mine.merge(theirs);
            }
        }
    }
}

/// The quantities that two plans share, in the order of the first. An outcome whose values are words by number has no
/// difference.
fn shared(first: &Plan, other: &Plan) -> Vec<Shared> {
    let find = |name: &str| other.outcomes.iter().position(|o| o.name == name);
    let named = first.outcomes.iter().enumerate().filter(|(_, o)| o.measure.words().is_empty());
    named.filter_map(|(place, o)| Some(Shared { first: place, other: find(&o.name)? })).collect()
}

/// Runs replications of several plans side by side.
pub struct PairedWorker<'p> {
    worlds: Vec<World<'p, Unobserved>>,
    values: Vec<Vec<i64>>,
    comparison: Comparison,
    at: u64,
}

impl<'p> PairedWorker<'p> {
    /// A worker for some plans under a root seed.
    ///
    /// # Panics
    /// If there is no plan.
    pub fn new(plans: &[&'p Plan], seed: u64) -> Self {
        let world = |plan: &&'p Plan| World::new(plan, seed, Domain::Main, Unobserved);
        Self {
            worlds: plans.iter().map(world).collect(),
            values: vec![Vec::new(); plans.len()],
            comparison: Comparison::new(plans),
            at: 0,
        }
    }

    /// Runs a range of replications.
    pub fn run(&mut self, replications: Range<u64>) {
        for replication in replications {
            self.at = replication;
            self.step(replication);
        }
    }

    fn step(&mut self, replication: u64) {
        let runs = self.worlds.iter_mut().zip(&mut self.values).zip(&mut self.comparison.sides);
        for ((world, values), side) in runs {
            world.run(replication);
            values.clear();
            world.outcomes(values);
            side.summary.record(replication, values);
            side.endings[world.ending() as usize] += 1;
        }
        let first_ending = self.worlds[0].ending() as usize;
        for (index, against) in self.comparison.against.iter_mut().enumerate() {
            let (first, other) = (&self.values[0], &self.values[index + 1]);
            for (shared, pairs) in against.shared.iter().zip(&mut against.outcomes) {
                let (a, b) = (first[shared.first], other[shared.other]);
                if a != MISSING && b != MISSING {
                    pairs.record(a, b);
                }
            }
            let ending = self.worlds[index + 1].ending() as usize;
            for (place, pairs) in against.endings.iter_mut().enumerate() {
                pairs.record(i64::from(place == first_ending), i64::from(place == ending));
            }
        }
    }

    /// The replication under way, for reporting a fault of our own.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// What was gathered.
    pub fn into_comparison(self) -> Comparison {
        self.comparison
    }
}

#[cfg(feature = "cli")]
impl super::threads::Gatherer for PairedWorker<'_> {
    fn run(&mut self, replications: Range<u64>) {
        PairedWorker::run(self, replications);
    }

    fn at(&self) -> u64 {
        self.at
    }
}

/// Runs replications of several plans on `threads` threads.
///
/// # Errors
/// [`Broken`](super::parallel::Broken) where a replication panicked.
#[cfg(feature = "cli")]
pub fn compare(
    plans: &[&Plan],
    seed: u64,
    range: Range<u64>,
    threads: usize,
    control: &super::parallel::Control,
) -> Result<Comparison, super::parallel::Broken> {
    let make = || PairedWorker::new(plans, seed);
    let mut whole = Comparison::new(plans);
    for worker in
        super::threads::run(&make, range, super::parallel::CHUNK, threads, &control.stop, &control.done)?
    {
        whole.merge(&worker.into_comparison());
    }
    Ok(whole)
}
