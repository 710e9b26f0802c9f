//! Selecting the best of several plans by an outcome, with the same random numbers for all: batches of replications are run only
//! for those still in question.

use std::ops::Range;

use super::parallel::{Broken, Control};
use super::threads::{self, Gatherer};
use crate::kernel::stream::Domain;
use crate::model::happening::Unobserved;
use crate::model::plan::Plan;
use crate::model::world::World;
use crate::stats::MISSING;
use crate::stats::interval::wilson;
use crate::stats::selection::{Exit, Selection};

/// Batches of the first stage.
pub const FIRST_STAGE: u64 = 20;

/// Batches run at once after the first stage. Fixed, so that what is run depends on nothing but the results.
const WAVE: u64 = 16;

/// What is to be selected.
#[derive(Debug, Clone)]
pub struct Question<'p> {
    /// The plans.
    pub plans: Vec<&'p Plan>,
    /// The outcome's place in each plan.
    pub places: Vec<usize>,
    /// Whether a high mean is best.
    pub highest: bool,
    /// The difference of means that is worth telling, in the outcome's unit.
    pub indifference: f64,
    /// The confidence.
    pub confidence: f64,
    /// Replications of a batch.
    pub batch: u64,
    /// Root seed.
    pub seed: u64,
    /// First replication.
    pub first: u64,
    /// The most replications of a plan.
    pub most: u64,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The plan selected; `None` where the most replications were taken before.
    pub chosen: Option<usize>,
    /// By plan: the means of its batches, in order.
    pub batches: Vec<Vec<f64>>,
    /// By plan: how it was dropped, if it was; counted in batches.
    pub exits: Vec<Option<Exit>>,
    /// Replications taken of those still there at the end.
    pub replications: u64,
}

/// Why nothing was found.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// A fault of our own.
    Broken(Broken),
    /// The outcome does not exist in every replication.
    Missing {
        /// In which plan.
        plan: usize,
        /// In which replication.
        replication: u64,
    },
    /// The question makes no sense; the procedure says which limits it has.
    Unsound,
    /// Asked to stop.
    Stopped,
}

/// Runs the procedure of Kim and Nelson on batch means.
///
/// # Errors
/// [`Trouble`].
pub fn select(question: &Question<'_>, threads: usize, control: &Control) -> Result<Answer, Trouble> {
    let systems = question.plans.len();
    let selection = Selection::new(systems, question.indifference, question.confidence, FIRST_STAGE);
    let mut selection = selection.ok_or(Trouble::Unsound)?.with_least_variance(unseen_variance(question));
    let mut batches: Vec<Vec<f64>> = vec![Vec::new(); systems];
    let mut wave = FIRST_STAGE;
    while selection.chosen().is_none()
        && (selection.taken() + wave).saturating_mul(question.batch) <= question.most
    {
        let there: Vec<usize> = selection.survivors().collect();
        let from = question.first + selection.taken() * question.batch;
        let range = from..from + wave * question.batch;
        for sums in gather(question, &there, range, threads, control)? {
            let mut observations = vec![0.0; systems];
            for (system, sum) in there.iter().zip(&sums) {
                let mean = *sum as f64 / question.batch as f64;
                observations[*system] = if question.highest { mean } else { -mean };
                if selection.chosen().is_none() && selection.exit(*system).is_none() {
                    batches[*system].push(mean);
                }
            }
            selection.feed(&observations);
        }
        wave = WAVE;
    }
    Ok(Answer {
        chosen: selection.chosen(),
        batches,
        exits: (0..systems).map(|system| selection.exit(system)).collect(),
        replications: selection.taken() * question.batch,
    })
}

/// A flag that differed in no replication of the first stage may still differ in some: the variance of a batch that Wilson's upper
/// bound for "none of so many" allows. What is no flag has no such bound.
fn unseen_variance(question: &Question<'_>) -> f64 {
    let specs = question.plans.iter().zip(&question.places).map(|(plan, place)| &plan.outcomes[*place]);
    let is_flag = specs.clone().all(|spec| spec.measure.is_flag());
    let seen = FIRST_STAGE * question.batch;
    let bound = wilson(0, seen, question.confidence).map_or(0.0, |interval| interval.high);
    if is_flag { bound / question.batch as f64 } else { 0.0 }
}

/// The sums of every batch of a range, by system, in the order of the batches.
fn gather(
    question: &Question<'_>,
    there: &[usize],
    range: Range<u64>,
    threads: usize,
    control: &Control,
) -> Result<Vec<Vec<i128>>, Trouble> {
    let wanted = (range.end - range.start) / question.batch;
    let make = || Batches::new(question, there);
    let workers = threads::run(&make, range, question.batch, threads, &control.stop, &control.done)
        .map_err(Trouble::Broken)?;
    let mut missing: Vec<(u64, usize)> = workers.iter().filter_map(|w| w.missing).collect();
    missing.sort_unstable();
    if let Some((replication, plan)) = missing.first() {
        return Err(Trouble::Missing { plan: *plan, replication: *replication });
    }
    let mut sums: Vec<(u64, Vec<i128>)> = workers.into_iter().flat_map(|w| w.sums).collect();
    sums.sort_unstable();
    if sums.len() as u64 == wanted {
        Ok(sums.into_iter().map(|(_, sums)| sums).collect())
    } else {
        Err(Trouble::Stopped)
    }
}

/// Runs batches of several plans and keeps one outcome's sum of each.
struct Batches<'p> {
    there: Vec<(usize, usize)>,
    worlds: Vec<World<'p, Unobserved>>,
    values: Vec<i64>,
    sums: Vec<(u64, Vec<i128>)>,
    /// The first replication without the outcome, and in which plan.
    missing: Option<(u64, usize)>,
    at: u64,
}

impl<'p> Batches<'p> {
    fn new(question: &Question<'p>, there: &[usize]) -> Self {
        let world =
            |system: &usize| World::new(question.plans[*system], question.seed, Domain::Main, Unobserved);
        Self {
            there: there.iter().map(|system| (*system, question.places[*system])).collect(),
            worlds: there.iter().map(world).collect(),
            values: Vec::new(),
            sums: Vec::new(),
            missing: None,
            at: 0,
        }
    }
}

impl Gatherer for Batches<'_> {
    fn run(&mut self, replications: Range<u64>) {
        let start = replications.start;
        let mut sums = vec![0; self.there.len()];
        for replication in replications {
            self.at = replication;
            for ((world, (system, place)), sum) in self.worlds.iter_mut().zip(&self.there).zip(&mut sums) {
                world.run(replication);
                self.values.clear();
                world.outcomes(&mut self.values);
                let value = self.values[*place];
                if value == MISSING {
                    self.missing.get_or_insert((replication, *system));
                } else {
                    *sum += i128::from(value);
                }
            }
        }
        self.sums.push((start, sums));
    }

    fn at(&self) -> u64 {
        self.at
    }
}
