//! Small services the other modules share: scenarios from text, batches, figures by name.

use std::collections::BTreeMap;

use handover::batch::{Sample, Worker};
use handover::model::plan::Plan;
use handover::model::world::{Change, Deliveries};
use handover::report::trace::{self, Trace};
use handover::scenario::load::{Loaded, load};
use handover::scenario::source::Sources;
use handover::stats::Tally;

/// A batch with its plan.
pub struct Batch {
    pub loaded: Loaded,
    pub sample: Sample,
}

/// Loads a scenario that must be sound.
pub fn loaded(text: &str, variant: Option<&str>, sets: &[&str]) -> Loaded {
    let mut sources = Sources::from_text("test.toml", text);
    let sets: Vec<String> = sets.iter().map(|s| (*s).to_string()).collect();
    load(&mut sources, variant, &sets).unwrap_or_else(|faults| panic!("{}", faults.render(&sources, false)))
}

/// The text of a shipped scenario.
pub fn shipped(name: &str) -> String {
    let path = format!("{}/scenarios/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The daily trajectories of a replication, however they were taken down: by trajectory and day, where it stands at the day's end, if
/// elsewhere than the day before.
pub fn ends_of_days<'w>(
    plan: &Plan,
    changes: &[Change],
    deliveries: impl Iterator<Item = Deliveries<'w>>,
) -> BTreeMap<(usize, u32), i64> {
    let mut ends: BTreeMap<(usize, u32), i64> = BTreeMap::new();
    ends.extend(changes.iter().map(|change| ((change.series as usize, change.day), change.to)));
    for flow in deliveries {
        ends.extend(flow.days.iter().zip(flow.totals).map(|(day, total)| ((flow.series, *day), *total)));
    }
    let mut stands: Vec<i64> = plan.series.iter().map(|series| series.start).collect();
    ends.retain(|(series, _), end| std::mem::replace(&mut stands[*series], *end) != *end);
    ends
}

/// Runs replications 0 to n under seed 1.
pub fn batch(text: &str, sets: &[&str], n: u64) -> Batch {
    batch_of(loaded(text, None, sets), n)
}

/// Runs replications 0 to n of a loaded scenario under seed 1.
pub fn batch_of(loaded: Loaded, n: u64) -> Batch {
    let mut worker = Worker::new(&loaded.plan, 1);
    worker.run(0..n);
    let sample = worker.into_sample();
    Batch { loaded, sample }
}

/// One replication, seen.
pub fn traced(text: &str, replication: u64) -> (Loaded, Trace) {
    let loaded = loaded(text, None, &[]);
    let trace = trace::record(&loaded.plan, 1, replication);
    (loaded, trace)
}

impl Batch {
    pub fn tally(&self, name: &str) -> &Tally {
        let place = self.loaded.plan.outcomes.iter().position(|o| o.name == name);
        &self.sample.summary.tallies()[place.unwrap_or_else(|| panic!("there is no outcome {name}"))]
    }

    pub fn mean(&self, name: &str) -> f64 {
        self.tally(name).mean().unwrap_or_else(|| panic!("{name} exists in no replication"))
    }

    pub fn se(&self, name: &str) -> f64 {
        self.tally(name).se().unwrap_or(0.0)
    }

    /// How many standard errors the mean lies from a value.
    pub fn z(&self, name: &str, exact: f64) -> f64 {
        (self.mean(name) - exact) / self.se(name)
    }

    /// The mean agrees with a value within four standard errors, and would not with a wrong one.
    pub fn agrees(&self, name: &str, exact: f64, wrong: f64) {
        let (z, z_wrong) = (self.z(name, exact), self.z(name, wrong));
        assert!(z.abs() < 4.0, "{name}: mean {} is {z:.2} standard errors from {exact}", self.mean(name));
        assert!(
            z_wrong.abs() > 6.0,
            "{name}: the wrong model's {wrong} is only {z_wrong:.2} standard errors away"
        );
    }
}
