//! A batch on several threads. Threads take chunks of fixed size from a counter; each fills a sample of its own, and the samples are
//! added at the end. Since addition of integers commutes, neither the number of threads nor the order of chunks can show. Rows of
//! single replications, where they are wanted, are handed over in the order of their indices.

use std::io;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

pub use super::CHUNK;
use super::{Rows, Sample, Worker};
use crate::model::plan::Plan;

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

/// Why a batch did not come to its end.
#[derive(Debug)]
pub enum Failure {
    /// A fault of our own.
    Broken(Broken),
    /// Its rows could not be written.
    Rows(io::Error),
}

/// Threads to run on, made once and used for every range: a batch that stops now and then to be kept shall not begin anew each
/// time.
#[derive(Debug)]
pub struct Threads(Option<rayon::ThreadPool>);

impl Threads {
    /// So many threads; with one the work is done on the thread that asks for it.
    ///
    /// # Errors
    /// Where the system gives no more threads.
    pub fn new(count: usize) -> io::Result<Self> {
        if count <= 1 {
            return Ok(Self(None));
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build();
        pool.map(|pool| Self(Some(pool))).map_err(io::Error::other)
    }

    fn each<T: Send>(&self, work: impl Fn() -> T + Sync) -> Vec<T> {
        match &self.0 {
            None => vec![work()],
            Some(pool) => pool.broadcast(|_| work()),
        }
    }
}

/// What is to be run, and how.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'b> {
    /// The plan.
    pub plan: &'b Plan,
    /// Root seed.
    pub seed: u64,
    /// On which threads.
    pub threads: &'b Threads,
    /// Where others look and stop it.
    pub control: &'b Control,
    /// Whether daily trajectories are wanted.
    pub keeps_days: bool,
    /// When to stop taking chunks, so that what was done can be kept.
    pub until: Option<Instant>,
}

/// Runs replications on `threads` threads.
///
/// A stopped batch holds the whole chunks of a prefix of the range; [`Control::done`] says how many replications.
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
    let broken = |error: io::Error| Broken { replication: range.start, message: error.to_string() };
    let threads = &Threads::new(threads).map_err(broken)?;
    let batch = Batch { plan, seed, threads, control, keeps_days: true, until: None };
    batch.run(range.clone()).map_err(|failure| match failure {
        Failure::Broken(broken) => broken,
        Failure::Rows(error) => broken(error),
    })
}

impl Batch<'_> {
    /// Runs a range of replications, or as much of it as comes before the stop: always a prefix of whole chunks.
    ///
    /// # Errors
    /// [`Failure::Broken`] where a replication panicked.
    pub fn run(&self, range: Range<u64>) -> Result<Sample, Failure> {
        let next = AtomicU64::new(range.start);
        self.on_threads(|worker| {
            while let Some(chunk) = self.take_chunk(&next, &range) {
                worker.run(chunk.clone());
                self.control.done.fetch_add(chunk.end - chunk.start, Relaxed);
            }
            Ok(())
        })
    }

    /// The same, handing over the rows of each chunk. `prepare` is called on any thread and in any order, `take` on one thread at
    /// a time and in the order of the indices. No more rows are held than those of one chunk a thread.
    ///
    /// # Errors
    /// [`Failure`] where a replication panicked or `take` failed.
    pub fn run_with_rows<P: Send>(
        &self,
        range: Range<u64>,
        prepare: &(dyn Fn(Rows) -> P + Sync),
        take: &mut (dyn FnMut(P) -> io::Result<()> + Send),
    ) -> Result<Sample, Failure> {
        let next = AtomicU64::new(range.start);
        let queue = Queue::new(range.start, take);
        self.on_threads(|worker| {
            let _open = Barrier(&queue);
            while let Some(chunk) = self.take_chunk(&next, &range) {
                worker.keep_rows(chunk.start);
                worker.run(chunk.clone());
                if !queue.hand_over(chunk.clone(), prepare(worker.take_rows()))? {
                    return Ok(());
                }
                self.control.done.fetch_add(chunk.end - chunk.start, Relaxed);
            }
            Ok(())
        })
    }

    /// The next chunk of a range. Time ends no batch before its first chunk, so that however short it is the work gets on.
    fn take_chunk(&self, next: &AtomicU64, range: &Range<u64>) -> Option<Range<u64>> {
        let is_late = || self.until.is_some_and(|until| Instant::now() >= until);
        if self.control.stop.load(Relaxed) || (next.load(Relaxed) > range.start && is_late()) {
            return None;
        }
        // Stops at the end rather than running past the largest index.
        let take = |from: u64| (from < range.end).then(|| from.saturating_add(CHUNK).min(range.end));
        let from = next.fetch_update(Relaxed, Relaxed, take).ok()?;
        take(from).map(|to| from..to)
    }

    /// Lets every thread work, and adds up what they did.
    fn on_threads(
        &self,
        work: impl Fn(&mut Worker<'_>) -> Result<(), Failure> + Sync,
    ) -> Result<Sample, Failure> {
        let one = || {
            let mut worker = match self.keeps_days {
                true => Worker::new(self.plan, self.seed),
                false => Worker::without_days(self.plan, self.seed),
            };
            match catch_unwind(AssertUnwindSafe(|| work(&mut worker))) {
                Ok(Ok(())) => Ok(worker.into_sample()),
                Ok(Err(failure)) => Err(failure),
                Err(panic) => {
                    Err(Failure::Broken(Broken { replication: worker.at(), message: message_of(&*panic) }))
                }
            }
        };
        let mut whole =
            if self.keeps_days { Sample::new(self.plan) } else { Sample::without_days(self.plan) };
        for result in self.threads.each(one) {
            whole.merge(&result?);
        }
        Ok(whole)
    }
}

/// Where threads wait for their turn to hand over rows.
struct Queue<'t, P> {
    turn: Mutex<Turn<'t, P>>,
    changed: Condvar,
}

struct Turn<'t, P> {
    /// The replication whose chunk comes next.
    next: u64,
    /// A thread has given up: nobody need wait for its chunk.
    is_broken: bool,
    take: &'t mut (dyn FnMut(P) -> io::Result<()> + Send),
}

impl<'t, P> Queue<'t, P> {
    fn new(next: u64, take: &'t mut (dyn FnMut(P) -> io::Result<()> + Send)) -> Self {
        Self { turn: Mutex::new(Turn { next, is_broken: false, take }), changed: Condvar::new() }
    }

    /// Waits for the chunk's turn and hands it over. False where another thread has given up.
    fn hand_over(&self, chunk: Range<u64>, rows: P) -> Result<bool, Failure> {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = self.changed.wait_while(turn, |turn| turn.next != chunk.start && !turn.is_broken);
        let mut turn = waiting.unwrap_or_else(PoisonError::into_inner);
        if turn.is_broken {
            return Ok(false);
        }
        let taken = (turn.take)(rows);
        turn.next = chunk.end;
        turn.is_broken = taken.is_err();
        self.changed.notify_all();
        taken.map(|()| true).map_err(Failure::Rows)
    }
}

/// Opens the queue for the others if its thread panics.
struct Barrier<'q, 't, P>(&'q Queue<'t, P>);

impl<P> Drop for Barrier<'_, '_, P> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.turn.lock().unwrap_or_else(PoisonError::into_inner).is_broken = true;
            self.0.changed.notify_all();
        }
    }
}

fn message_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_string());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown".to_string())
}
