//! Work over a range of replications on several threads, for whatever gathers something exact from it.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use super::parallel::Broken;

/// What runs replications and keeps what it needs of them.
pub trait Gatherer: Send {
    /// Runs a range of replications.
    fn run(&mut self, replications: Range<u64>);

    /// The replication under way, for reporting a fault of our own.
    fn at(&self) -> u64;
}

/// Runs a range in chunks on `threads` threads, each with a gatherer of its own, and gives them all back. Threads take chunks
/// in order and finish those they took, so what is done is a prefix of the range, by `done` longer than before.
///
/// # Errors
/// [`Broken`] where a replication panicked.
pub fn run<G: Gatherer>(
    make: &(impl Fn() -> G + Sync),
    range: Range<u64>,
    chunk: u64,
    threads: usize,
    stop: &AtomicBool,
    done: &AtomicU64,
) -> Result<Vec<G>, Broken> {
    let next = AtomicU64::new(range.start);
    let work = || {
        let mut gatherer = make();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            take_chunks(&mut gatherer, (&next, range.end, chunk), stop, done);
        }));
        match outcome {
            Ok(()) => Ok(gatherer),
            Err(panic) => Err(Broken { replication: gatherer.at(), message: message_of(&*panic) }),
        }
    };
    // No thread without a chunk to run: making a gatherer costs memory.
    let chunks = (range.end - range.start).div_ceil(chunk.max(1));
    let threads = threads.min(usize::try_from(chunks).unwrap_or(usize::MAX)).max(1);
    if threads == 1 {
        return Ok(vec![work()?]);
    }
    std::thread::scope(|scope| {
        let tasks: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let joined = tasks.into_iter().map(|task| {
            let lost = |_| Broken { replication: range.start, message: "a thread was lost".to_string() };
            task.join().map_err(lost).and_then(|done| done)
        });
        joined.collect()
    })
}

fn take_chunks<G: Gatherer>(
    gatherer: &mut G,
    (next, end, chunk): (&AtomicU64, u64, u64),
    stop: &AtomicBool,
    done: &AtomicU64,
) {
    while !stop.load(Relaxed) {
        let from = next.fetch_add(chunk, Relaxed);
        if from >= end {
            return;
        }
        let to = from.saturating_add(chunk).min(end);
        gatherer.run(from..to);
        done.fetch_add(to - from, Relaxed);
    }
}

fn message_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_string());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown".to_string())
}
