//! What a batch keeps, and the worker that fills it.

use std::ops::Range;

use super::Rows;
use crate::kernel::stream::Domain;
use crate::model::plan::Plan;
use crate::model::runner::Runner;
use crate::stats::{Bins, Daily, Pairs, Summary, Trajectory};

/// Every fourth replication is run twice under the same unknown parameters, where there are any.
const TWIN_EVERY: u64 = 4;
/// Replications whose outcomes are recorded together: few enough that their rows stay in the processor's nearest cache.
const ROWS: u64 = 64;

/// The accumulated statistics of a set of replications of one plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Outcomes and the digest.
    pub summary: Summary,
    /// Replications by ending, in the order of [`crate::model::world::ENDINGS`].
    pub endings: [u64; 5],
    /// Daily trajectories, in the plan's order; none where nobody asks for them.
    pub trajectories: Vec<Trajectory>,
    /// By outcome: pairs of a replication and its twin, which has the same drawn parameters and fresh draws otherwise. Their
    /// covariance is the variance due to the parameters. Empty where none are drawn.
    pub twins: Vec<Pairs>,
}

impl Sample {
    /// An empty sample of a plan.
    pub fn new(plan: &Plan) -> Self {
        let bins: Vec<Bins> = plan.outcomes.iter().map(|o| Bins::new(o.low, o.high)).collect();
        let days = plan.midnights.iter().filter(|m| **m <= plan.horizon).count();
        let trajectories =
            plan.series.iter().map(|s| Trajectory::new(days, Bins::new(s.low, s.high))).collect();
        let twins = if plan.drawn.is_empty() { Vec::new() } else { vec![Pairs::new(); bins.len()] };
        Self { summary: Summary::new(&bins), endings: [0; 5], trajectories, twins }
    }

    /// An empty sample of a plan without its daily trajectories.
    pub fn without_days(plan: &Plan) -> Self {
        Self { trajectories: Vec::new(), ..Self::new(plan) }
    }

    /// Adds another sample of the same plan.
    pub fn merge(&mut self, other: &Self) {
        self.summary.merge(&other.summary);
        for (mine, theirs) in self.endings.iter_mut().zip(other.endings) {
            *mine += theirs;
        }
        for (mine, theirs) in self.trajectories.iter_mut().zip(&other.trajectories) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.twins.iter_mut().zip(&other.twins) {
            mine.merge(theirs);
        }
    }
}

/// Runs replications one after another into a sample of its own.
///
/// ```
/// use handover::batch::Worker;
/// use handover::scenario::{load::load, source::Sources};
/// # let text = std::fs::read_to_string("scenarios/analytic-truce.toml").unwrap();
/// let mut sources = Sources::from_text("analytic-truce.toml", &text);
/// let plan = load(&mut sources, None, &[]).map_err(|_| "faults").unwrap().plan;
/// let mut whole = Worker::new(&plan, 1);
/// whole.run(0..100);
/// let (mut first, mut second) = (Worker::new(&plan, 1), Worker::new(&plan, 1));
/// second.run(40..100);
/// first.run(0..40);
/// let mut merged = second.into_sample();
/// merged.merge(&first.into_sample());
/// assert_eq!(merged, whole.into_sample());
/// ```
pub struct Worker<'p> {
    plan: &'p Plan,
    runner: Runner<'p>,
    twin: Option<Runner<'p>>,
    sample: Sample,
    /// By trajectory, what was noted for it and not added yet.
    daily: Vec<Daily>,
    /// Outcomes of the replications not recorded yet, one after another.
    values: Vec<i64>,
    twin_values: Vec<i64>,
    rows: Option<Rows>,
    at: u64,
}

impl<'p> Worker<'p> {
    /// A worker for a plan under a root seed.
    pub fn new(plan: &'p Plan, seed: u64) -> Self {
        let runner = Runner::new(plan, seed, Domain::Main, true);
        Self::of(plan, seed, runner, Sample::new(plan))
    }

    /// A worker that keeps no daily trajectories: quicker, where nobody asks for them.
    pub fn without_days(plan: &'p Plan, seed: u64) -> Self {
        let runner = Runner::new(plan, seed, Domain::Main, false);
        Self::of(plan, seed, runner, Sample::without_days(plan))
    }

    fn of(plan: &'p Plan, seed: u64, runner: Runner<'p>, sample: Sample) -> Self {
        let twin = (!plan.drawn.is_empty()).then(|| Runner::new(plan, seed, Domain::Twin, false));
        Self {
            plan,
            runner,
            twin,
            daily: sample.trajectories.iter().map(Trajectory::daily).collect(),
            sample,
            values: Vec::with_capacity(plan.outcomes.len() * ROWS as usize),
            twin_values: Vec::with_capacity(plan.outcomes.len()),
            rows: None,
            at: 0,
        }
    }

    /// Runs a range of replications.
    pub fn run(&mut self, replications: Range<u64>) {
        let mut first = replications.start;
        while first < replications.end {
            let end = replications.end.min(first.saturating_add(ROWS));
            self.values.clear();
            for replication in first..end {
                self.run_one(replication);
            }
            self.sample.summary.record_rows(first, &self.values);
            if let Some(rows) = &mut self.rows {
                rows.extend(&self.values);
            }
            for (trajectory, series) in self.sample.trajectories.iter_mut().zip(&self.plan.series) {
                trajectory.start_many(series.start, end - first);
            }
            first = end;
        }
    }

    fn run_one(&mut self, replication: u64) {
        self.at = replication;
        self.runner.run(replication, &mut self.values);
        self.sample.endings[self.runner.ending() as usize] += 1;
        self.record_changes();
        if replication.is_multiple_of(TWIN_EVERY) {
            self.run_twin(replication);
        }
    }

    fn record_changes(&mut self) {
        if self.sample.trajectories.is_empty() {
            return;
        }
        let trajectories = &mut self.sample.trajectories;
        for change in self.runner.changes() {
            trajectories[change.series as usize].change(change.day as usize, change.from, change.to);
        }
        for flow in self.runner.deliveries() {
            let course = flow.days.iter().zip(flow.totals).map(|(day, total)| (*day as usize, *total));
            self.daily[flow.series].course(&mut trajectories[flow.series], 0, course);
        }
    }

    fn run_twin(&mut self, replication: u64) {
        let Some(twin) = &mut self.twin else { return };
        self.twin_values.clear();
        twin.run_under(replication, self.runner.numbers(), &mut self.twin_values);
        let missing = crate::stats::MISSING;
        let last = &self.values[self.values.len() - self.twin_values.len()..];
        for (pairs, (a, b)) in self.sample.twins.iter_mut().zip(last.iter().zip(&self.twin_values)) {
            if *a != missing && *b != missing {
                pairs.record(*a, *b);
            }
        }
    }

    /// Keeps a row of every replication run from here on; the next one run is `first`.
    pub fn keep_rows(&mut self, first: u64) {
        self.rows = Some(Rows::new(first, self.plan.outcomes.len()));
    }

    /// The rows kept since [`Worker::keep_rows`]; empty if none were to be kept.
    pub fn take_rows(&mut self) -> Rows {
        self.rows.take().unwrap_or_else(|| Rows::new(0, self.plan.outcomes.len()))
    }

    /// The replication under way, for reporting a fault of our own.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// What was accumulated so far.
    pub fn sample(&mut self) -> &Sample {
        self.add_daily();
        &self.sample
    }

    /// What was accumulated.
    pub fn into_sample(mut self) -> Sample {
        self.add_daily();
        self.sample
    }

    fn add_daily(&mut self) {
        for (trajectory, daily) in self.sample.trajectories.iter_mut().zip(&mut self.daily) {
            daily.add_to(trajectory);
        }
    }
}
