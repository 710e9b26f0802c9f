//! A batch on several threads. Threads take chunks of fixed size from a counter; each fills a sample of its own, and the samples are
//! added at the end. Since addition of integers commutes, neither the number of threads nor the order of chunks can show.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use super::{Sample, Worker};
use crate::model::plan::Plan;

/// Replications in a chunk: small enough to stop soon, large enough that taking one costs nothing.
pub const CHUNK: u64 = 1_024;

/// What other threads may read or set while a batch runs.
#[derive(Debug, Default)]
pub struct Control {
    /// Replications done.
    pub done: AtomicU64,
    /// Set to stop after the chunks under way.
    pub stop: AtomicBool,
}

/// A fault of our own: a replication broke an invariant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which replication.
    pub replication: u64,
    /// What the invariant said.
    pub message: String,
}

/// Runs replications on `threads` threads.
///
/// A stopped batch holds a prefix-free set of whole chunks; [`Control::done`] says how many replications.
///
/// # Errors
/// [`Broken`] where a replication panicked.
pub fn run(
    plan: &Plan,
    seed: u64,
    range: Range<u64>,
    threads: usize,
    control: &Control,
) -> Result<Sample, Broken> {
    let next = AtomicU64::new(range.start);
    let work = || {
        let mut worker = Worker::new(plan, seed);
        let outcome = catch_unwind(AssertUnwindSafe(|| take_chunks(&mut worker, &next, range.end, control)));
        match outcome {
            Ok(()) => Ok(worker.into_sample()),
            Err(panic) => Err(Broken { replication: worker.at(), message: message_of(&*panic) }),
        }
    };
    let results: Vec<Result<Sample, Broken>> = if threads <= 1 {
        vec![work()]
    } else {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        match pool {
            Ok(pool) => pool.broadcast(|_| work()),
            Err(error) => return Err(Broken { replication: range.start, message: error.to_string() }),
        }
    };
    let mut whole = Sample::new(plan);
    for result in results {
        whole.merge(&result?);
    }
    Ok(whole)
}

fn take_chunks(worker: &mut Worker<'_>, next: &AtomicU64, end: u64, control: &Control) {
    while !control.stop.load(Relaxed) {
        let from = next.fetch_add(CHUNK, Relaxed);
        if from >= end {
            return;
        }
        let to = from.saturating_add(CHUNK).min(end);
        worker.run(from..to);
        control.done.fetch_add(to - from, Relaxed);
    }
}

fn message_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_string());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown".to_string())
}
