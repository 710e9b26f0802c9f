//! What is kept of one cell of a sweep.

use std::ops::Range;

use crate::kernel::stream::Domain;
use crate::model::happening::Unobserved;
use crate::model::plan::Plan;
use crate::model::world::World;
use crate::stats::groups::Contrast;
use crate::stats::{Bins, Decoder, Encoder, Groups, MISSING, Malformed, Summary, Tally};

/// The exact statistics of some replications of one cell: outcomes and endings, and sums by group, from which cells on the same
/// random numbers are compared with one another long after they ran.
#[derive(Debug, Clone, PartialEq)]
pub struct CellSample {
    /// Outcomes and the digest, equal to those of a batch of this scenario alone.
    pub summary: Summary,
    /// Replications by ending, in the order of [`crate::model::world::ENDINGS`].
    pub endings: [u64; 5],
    /// By outcome: sums by group of replications.
    pub groups: Vec<Groups>,
}

impl CellSample {
    /// Nothing recorded yet.
    pub fn new(plan: &Plan) -> Self {
        let bins = bins(plan);
        Self { groups: vec![Groups::default(); bins.len()], summary: Summary::new(&bins), endings: [0; 5] }
    }

    /// Runs replications on top of what was recorded; `at` is told each before it runs.
    pub fn run(&mut self, plan: &Plan, seed: u64, replications: Range<u64>, mut at: impl FnMut(u64)) {
        let mut world = World::new(plan, seed, Domain::Main, Unobserved);
        let mut values = Vec::with_capacity(plan.outcomes.len());
        for replication in replications {
            at(replication);
            world.run(replication);
            values.clear();
            world.outcomes(&mut values);
            self.summary.record(replication, &values);
            self.endings[world.ending() as usize] += 1;
            for (groups, value) in self.groups.iter_mut().zip(&values) {
                if *value != MISSING {
                    groups.record(replication, *value);
                }
            }
        }
    }

    /// How many replications were recorded.
    pub fn replications(&self) -> u64 {
        self.summary.replications()
    }

    /// The outcome at a place of the plan.
    pub fn tally(&self, place: usize) -> &Tally {
        &self.summary.tallies()[place]
    }

    /// The second sample's mean of an outcome minus the first's, both on the same random numbers. `None` where either has too few
    /// replications for a standard error.
    pub fn contrast(first: (&Self, usize), second: (&Self, usize)) -> Option<Contrast> {
        Groups::contrast(&first.0.groups[first.1], &second.0.groups[second.1])
    }

    /// Writes all that was recorded.
    pub fn encode(&self, plan: &Plan, out: &mut Encoder) {
        self.endings.iter().for_each(|n| out.unsigned(*n));
        self.summary.encode(plan.outcomes.iter().map(|o| o.name.as_str()), out);
        self.groups.iter().for_each(|groups| groups.encode(out));
    }

    /// Reads what [`CellSample::encode`] wrote for the same plan.
    ///
    /// # Errors
    /// [`Malformed`] for a sample of another plan, or for what no replications can have left.
    pub fn decode(plan: &Plan, from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let mut sample = Self::new(plan);
        for n in &mut sample.endings {
            *n = from.unsigned()?;
        }
        let names = plan.outcomes.iter().map(|o| o.name.as_str());
        sample.summary = Summary::decode(names, &bins(plan), from)?;
        for (groups, tally) in sample.groups.iter_mut().zip(sample.summary.tallies()) {
            *groups = Groups::decode(from)?;
            if groups.count() != tally.count() {
                return Err(Malformed);
            }
        }
        let ended = sample.endings.iter().try_fold(0_u64, |sum, n| sum.checked_add(*n));
        if ended == Some(sample.replications()) { Ok(sample) } else { Err(Malformed) }
    }
}

fn bins(plan: &Plan) -> Vec<Bins> {
    plan.outcomes.iter().map(|o| Bins::new(o.low, o.high)).collect()
}
