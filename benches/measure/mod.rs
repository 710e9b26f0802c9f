//! Measuring several things side by side: turns A B C A B C ..., CPU time of the thread, medians with their range.
//!
//! A machine that others use is faster one minute and slower the next. Ratios are therefore taken within a round, between turns that
//! stand seconds apart, and the median is over rounds.

// Each bench uses a part of this module.
#![allow(dead_code, unreachable_pub)]

use rustix::time::{ClockId, clock_gettime};

/// Something measured in turns.
pub struct Contestant<'a> {
    /// What it is called.
    pub name: String,
    /// Does a number of units of work.
    pub run: Box<dyn FnMut(u64) + 'a>,
    /// Units in one turn.
    units: u64,
    /// Seconds of CPU time a unit, by round.
    pub seconds: Vec<f64>,
}

impl<'a> Contestant<'a> {
    /// A contestant that has not run yet.
    pub fn new(name: impl Into<String>, run: impl FnMut(u64) + 'a) -> Self {
        Self { name: name.into(), run: Box::new(run), units: 1, seconds: Vec::new() }
    }

    /// Finds how many units make a turn of at least `seconds`; warms up on the way.
    fn calibrate(&mut self, seconds: f64) {
        loop {
            let took = cpu(|| (self.run)(self.units));
            if took >= seconds {
                return;
            }
            let wanted = (self.units as f64 * seconds / took.max(1e-7) * 1.1) as u64;
            self.units = wanted.clamp(self.units + 1, 16 * self.units.max(1));
        }
    }
}

/// How long to measure.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Rounds; the first is not counted.
    pub rounds: usize,
    /// CPU seconds of a turn.
    pub turn: f64,
}

impl Effort {
    /// From the command line: all of it under `cargo bench`, a taste of it under `cargo test`.
    pub fn from_arguments(full: Self) -> Self {
        if std::env::args().any(|a| a == "--bench") { full } else { Self { rounds: 1, turn: 0.0 } }
    }

    /// Whether figures mean something.
    pub fn is_full(self) -> bool {
        self.rounds > 1
    }
}

/// Measures contestants in turns.
pub fn interleave(contestants: &mut [Contestant<'_>], effort: Effort) {
    for contestant in contestants.iter_mut() {
        contestant.calibrate(effort.turn);
    }
    for _ in 0..effort.rounds {
        for contestant in contestants.iter_mut() {
            let took = cpu(|| (contestant.run)(contestant.units));
            contestant.seconds.push(took / contestant.units as f64);
        }
    }
}

/// A median with the range it lies in.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

impl Spread {
    /// Of a list of figures.
    pub fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let middle = figures.len() / 2;
        let median = if figures.len() % 2 == 1 {
            figures[middle]
        } else {
            0.5 * (figures[middle - 1] + figures[middle])
        };
        Self { median, least: figures[0], most: figures[figures.len() - 1] }
    }

    /// Of a contestant, times a factor.
    pub fn scaled(contestant: &Contestant<'_>, factor: f64) -> Self {
        Self::of(contestant.seconds.iter().map(|s| s * factor).collect())
    }

    /// Of the ratio of two contestants, round by round.
    pub fn ratio(over: &Contestant<'_>, under: &Contestant<'_>) -> Self {
        Self::of(over.seconds.iter().zip(&under.seconds).map(|(a, b)| a / b).collect())
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = if self.median >= 100.0 { 0 } else { 2 };
        write!(f, "{:.digits$} ({:.digits$} to {:.digits$})", self.median, self.least, self.most)
    }
}

/// CPU seconds of this thread that a piece of work takes.
pub fn cpu(work: impl FnOnce()) -> f64 {
    between(ClockId::ThreadCPUTime, work)
}

/// CPU seconds of the whole process that a piece of work takes.
pub fn cpu_of_all_threads(work: impl FnOnce()) -> f64 {
    between(ClockId::ProcessCPUTime, work)
}

/// Seconds on the wall that a piece of work takes.
pub fn wall(work: impl FnOnce()) -> f64 {
    between(ClockId::Monotonic, work)
}

fn between(clock: ClockId, work: impl FnOnce()) -> f64 {
    let seconds = || {
        let now = clock_gettime(clock);
        now.tv_sec as f64 + 1e-9 * now.tv_nsec as f64
    };
    let before = seconds();
    work();
    seconds() - before
}
