//! Probabilities of rare endings of a plan, by splitting or by integrating the hazard of collapse. Every repeat is addressed by its own
//! number and gives one estimate, so neither threads nor splits of the range change anything.

use std::ops::Range;

use super::parallel::{Broken, Control};
use super::splitting::{self, Address, Course, Process, Repeat};
use super::threads::{self, Gatherer};
use crate::kernel::Time;
use crate::kernel::stream::{Domain, StreamName, Streams};
use crate::model::copies::{Condition, Progress};
use crate::model::happening::{Happening, Observer};
use crate::model::plan::Plan;
use crate::model::world::World;

/// How it is estimated.
#[derive(Debug, Clone, PartialEq)]
pub enum Method {
    /// Multilevel splitting.
    Splitting {
        /// By what progress is measured.
        progress: Progress,
        /// Levels of it, rising.
        levels: Vec<f64>,
    },
    /// Conditional Monte Carlo: the hazard of collapse never strikes but is integrated, so that each replication gives the
    /// conditional probability given all else (Asmussen and Glynn 2007, "Stochastic simulation", chapter V.4).
    Hazard,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// Root seed.
    pub seed: u64,
    /// First repeat.
    pub first: u64,
    /// How many repeats.
    pub repeats: u64,
    /// Particles of each stage of a repeat, or replications of a repeat.
    pub effort: u64,
    /// The event.
    pub condition: Condition,
    /// How it is estimated.
    pub method: Method,
}

/// Runs every repeat; in order. `None` where it was stopped.
///
/// # Errors
/// [`Broken`] where a repeat broke a rule of the engine.
pub fn run(
    question: &Question<'_>,
    threads: usize,
    control: &Control,
) -> Result<Option<Vec<Repeat>>, Broken> {
    let make = || Repeats { question, done: Vec::new(), at: 0 };
    let range = question.first..question.first + question.repeats;
    let workers = threads::run(&make, range, 1, threads, &control.stop, &control.done)?;
    let mut all: Vec<(u64, Repeat)> = workers.into_iter().flat_map(|w| w.done).collect();
    all.sort_unstable_by_key(|(number, _)| *number);
    let is_whole = all.len() as u64 == question.repeats;
    Ok(is_whole.then(|| all.into_iter().map(|(_, repeat)| repeat).collect()))
}

/// Sees everything and keeps nothing: so nothing is drawn ahead of its time, and every count is up to date at any event.
#[derive(Debug, Clone, Copy, Default)]
struct Watching;

impl Observer for Watching {
    const SEES: bool = true;
    fn see(&mut self, _: Time, _: Happening) {}
}

struct Repeats<'q> {
    question: &'q Question<'q>,
    done: Vec<(u64, Repeat)>,
    at: u64,
}

impl Gatherer for Repeats<'_> {
    fn run(&mut self, repeats: Range<u64>) {
        for number in repeats {
            self.at = number;
            let repeat = match &self.question.method {
                Method::Splitting { progress, levels } => split(self.question, *progress, levels, number),
                Method::Hazard => integrate(self.question, number),
            };
            self.done.push((number, repeat));
        }
    }

    fn at(&self) -> u64 {
        self.at
    }
}

// ---- hazard integration ----

/// The mean conditional probability of the replications of one repeat.
fn integrate(question: &Question<'_>, repeat: u64) -> Repeat {
    let mut world = World::new(question.plan, question.seed, Domain::Main, Watching);
    world.spare();
    let from = repeat * question.effort;
    let sum: f64 =
        (from..from + question.effort).map(|k| conditional(&mut world, k, &question.condition)).sum();
    Repeat { estimate: sum / question.effort as f64, stages: Vec::new() }
}

/// The probability of the event given all of a replication but when the hazard of collapse strikes. It strikes between two events with
/// probability `exp(-H) - exp(-H')`, where H is its integral up to them, and then the replication ends as it stands.
fn conditional(world: &mut World<'_, Watching>, replication: u64, condition: &Condition) -> f64 {
    world.start_run(replication);
    let (mut probability, mut spent) = (0.0, world.hazard_spent());
    let mut so = world.would_end_so(condition);
    while world.step() {
        let now = world.hazard_spent();
        if so {
            probability += libm::exp(-spent) * -libm::expm1(spent - now);
        }
        spent = now;
        so = world.would_end_so(condition);
    }
    world.finish_run();
    if world.ended_so(condition) { probability + libm::exp(-spent) } else { probability }
}

// ---- splitting ----

fn split(question: &Question<'_>, progress: Progress, levels: &[f64], number: u64) -> Repeat {
    let mut world = World::new(question.plan, question.seed, Domain::Split, Watching);
    world.remember();
    let name = StreamName { purpose: "splitting order", entity: String::new() };
    let mut order = Streams::new(&[name], question.seed, Domain::Split);
    order.begin(number);
    let mut particles = Particles { world, condition: question.condition, progress };
    splitting::repeat(&mut particles, levels, question.effort, number, &mut order)
}

/// A replication just before the event that takes it to a level. Descendants let that event happen under draws of their own, so
/// that what it sets going (the next round, say) is theirs and not their ancestor's.
#[derive(Clone)]
struct Entry<'p> {
    world: World<'p, Watching>,
    level: f64,
    /// Whether the level is reached by the next event, rather than from the very beginning.
    is_before: bool,
}

struct Particles<'p> {
    world: World<'p, Watching>,
    condition: Condition,
    progress: Progress,
}

/// How a particle sets out: what is needed to let it go the same way again.
#[derive(Clone, Copy)]
enum Start<'s, 'p> {
    Fresh(u64),
    /// From a state on, under draws of its own.
    From(&'s Entry<'p>, u64),
    /// From the event before a state on, which happens under its own draws.
    Anew(&'s Entry<'p>, u64),
    /// From the event before a state on, which happens as it did; its own draws come after it.
    Kept(&'s Entry<'p>, u64),
}

impl<'p> Particles<'p> {
    /// Sets out; how many events have happened then.
    fn set_out(&mut self, start: Start<'_, 'p>) -> usize {
        match start {
            Start::Fresh(replication) => {
                self.world.start_run(replication);
                0
            }
            Start::From(entry, replication) => {
                self.world.clone_from(&entry.world);
                self.world.turn_to(replication);
                0
            }
            Start::Anew(entry, replication) => {
                self.world.clone_from(&entry.world);
                self.world.turn_before_next(replication);
                self.world.step();
                1
            }
            Start::Kept(entry, replication) => {
                self.world.clone_from(&entry.world);
                self.world.step();
                self.world.turn_to(replication);
                1
            }
        }
    }

    /// The state before the last of so many events since a particle set out in this way.
    fn before(&mut self, start: Start<'_, 'p>, events: usize, level: f64) -> Entry<'p> {
        match (start, events) {
            (Start::Kept(entry, _), 1) => return Entry { level, ..entry.clone() },
            (Start::Anew(entry, replication), 1) => {
                let mut world = entry.world.clone();
                world.turn_before_next(replication);
                return Entry { world, level, is_before: true };
            }
            _ => {}
        }
        let done = self.set_out(start);
        for _ in done + 1..events {
            self.world.step();
        }
        Entry { world: self.world.clone(), level, is_before: events > 0 }
    }

    /// How a descendant sets out. The event that takes it to the level happens under its own draws; where it does not take it there (a
    /// matter of chance), it happens as it did. That is a step of Metropolis with the law of the event as proposal, which leaves the
    /// law of states at the level as it is.
    fn descend<'s>(&mut self, entry: &'s Entry<'p>, address: Address) -> (Start<'s, 'p>, usize) {
        let own = address.replication(false);
        let start = if entry.is_before { Start::Anew(entry, own) } else { Start::From(entry, own) };
        let events = self.set_out(start);
        if !entry.is_before || self.world.progress(self.progress) >= entry.level {
            return (start, events);
        }
        let kept = Start::Kept(entry, address.replication(true));
        (kept, self.set_out(kept))
    }
}

impl<'p> Process for Particles<'p> {
    type State = Entry<'p>;

    fn run(&mut self, from: Option<&Entry<'p>>, address: Address, level: Option<f64>) -> Course<Entry<'p>> {
        let (start, mut events) = match from {
            None => {
                let fresh = Start::Fresh(address.replication(false));
                (fresh, self.set_out(fresh))
            }
            Some(entry) => self.descend(entry, address),
        };
        loop {
            if let Some(level) = level.filter(|level| self.world.progress(self.progress) >= *level) {
                return Course::Reached(self.before(start, events, level));
            }
            if !self.world.step() {
                self.world.finish_run();
                return Course::Ended(self.world.ended_so(&self.condition));
            }
            events += 1;
        }
    }
}
