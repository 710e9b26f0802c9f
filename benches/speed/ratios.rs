//! Ratios from one interleaved run: the engine, the loops written by hand, and what each part costs. The last thing `cargo bench` prints.

use std::hint::black_box;

use crate::measure::{Contestant, Effort, Spread, cpu_of_all_threads, interleave, wall};
use crate::r0::engine;
use crate::r0::{Sums, ahead, draws::Draws, floor, plain};
use handover::batch::Worker;
use handover::batch::parallel::{Control, run};
use handover::kernel::Time;
use handover::kernel::stream::Domain;
use handover::model::happening::{Happening, Observer};
use handover::model::plan::Plan;
use handover::model::runner::Runner;
use handover::model::world::World;
use rand::{SeedableRng, rngs::SmallRng};
use rand_chacha::ChaCha8Rng;

const FULL: Effort = Effort { rounds: 21, turn: 0.03 };

/// Measures and prints.
pub fn run_and_print() {
    let effort = Effort::from_arguments(FULL);
    let plan = engine::r0();
    let reference = engine::shipped("gaza-2025-phase-one");
    let events = [mean_events(&plan), mean_events(&reference)];
    let mut field = field(&plan, &reference);
    interleave(&mut field, effort);
    let threads = two_threads(&plan, effort);
    if effort.is_full() {
        print_costs(&field, events);
        print_ratios(&field, events, threads);
    }
}

/// Looks at what happens and keeps nothing: with an observer nothing is drawn ahead.
struct Passer;

impl Observer for Passer {
    const SEES: bool = true;
    fn see(&mut self, time: Time, what: Happening) {
        black_box((time, what));
    }
}

/// Replications of which nothing is kept.
struct Bare<'p>(Runner<'p>, Vec<i64>);

impl Bare<'_> {
    fn run(&mut self, replication: u64) {
        self.1.clear();
        self.0.run(replication, &mut self.1);
        black_box(&self.1);
    }
}

fn mean_events(plan: &Plan) -> f64 {
    let mut worker = Worker::new(plan, 1);
    worker.run(0..2_000);
    engine::events(plan, worker.sample())
}

/// Runs successive replications.
fn successive<'a>(mut run: impl FnMut(std::ops::Range<u64>) + 'a) -> impl FnMut(u64) + 'a {
    let mut next = 0;
    move |count| {
        run(next..next + count);
        next += count;
    }
}

const ENGINE: usize = 0;
const FLOOR: usize = 1;
const AHEAD: usize = 2;
const FLOOR_CHACHA: usize = 3;
const PLAIN: usize = 4;
const DRAWS: usize = 5;
const BARE: usize = 6;
const DAYS: usize = 7;
const CALENDAR: usize = 9;
const REFERENCE: usize = 10;

fn field<'a>(plan: &'a Plan, reference: &'a Plan) -> Vec<Contestant<'a>> {
    let mut worker = Worker::without_days(plan, 1);
    let mut with_days = Worker::new(plan, 1);
    let (mut small, mut bulk, mut chacha) =
        (SmallRng::seed_from_u64(1), SmallRng::seed_from_u64(2), ChaCha8Rng::seed_from_u64(1));
    let mut sums = [(); 4].map(|()| Sums::default());
    let [mut a, mut b, mut c, mut d] = std::mem::take(&mut sums);
    let mut draws = Draws::new(1).expect("legal laws");
    let mut bare = Bare(Runner::new(plan, 1, Domain::Main, false), Vec::new());
    let mut events = Bare(Runner::event_by_event(plan, 1, Domain::Main), Vec::new());
    let mut seen = World::new(plan, 1, Domain::Main, Passer);
    let mut of_reference = Worker::without_days(reference, 1);
    vec![
        Contestant::new("Handover: every outcome, exact statistics", successive(move |r| worker.run(r))),
        Contestant::new("floor: hand-written loop", move |n| floor::run(&mut small, n, &mut a)),
        Contestant::new("hand-written, no event list", move |n| ahead::run(&mut bulk, n, &mut b)),
        Contestant::new("floor on ChaCha8", move |n| floor::run(&mut chacha, n, &mut c)),
        Contestant::new(
            "plain: `BinaryHeap`, `rand_distr`",
            successive(move |r| {
                plain::run(r.start, r.end - r.start, &mut d);
            }),
        ),
        Contestant::new(
            "Handover's draws alone",
            successive(move |r| {
                draws.run(r.start, r.end - r.start);
            }),
        ),
        Contestant::new("Handover, no statistics", successive(move |r| r.for_each(|k| bare.run(k)))),
        Contestant::new("Handover, daily trajectories too", successive(move |r| with_days.run(r))),
        Contestant::new(
            "Handover event by event, no statistics",
            successive(move |r| r.for_each(|k| events.run(k))),
        ),
        Contestant::new(
            "Handover, everything on the calendar",
            successive(move |r| r.for_each(|k| seen.run(k))),
        ),
        Contestant::new("Handover, `gaza-2025-phase-one`", successive(move |r| of_reference.run(r))),
    ]
}

/// One thread over two: seconds on the wall, and CPU seconds.
fn two_threads(plan: &Plan, effort: Effort) -> [Spread; 2] {
    let count = if effort.is_full() { 32_768 } else { 64 };
    let turn = |threads| {
        let work = || {
            run(plan, 1, 0..count, threads, &Control::default()).expect("no invariant breaks");
        };
        let mut on_wall = 0.0;
        let cpu = cpu_of_all_threads(|| on_wall = wall(work));
        (on_wall, cpu)
    };
    let rounds: Vec<_> = (0..effort.rounds.min(9)).map(|_| (turn(1), turn(2))).collect();
    [
        Spread::of(rounds.iter().map(|(one, two)| one.0 / two.0).collect()),
        Spread::of(rounds.iter().map(|(one, two)| two.1 / one.1).collect()),
    ]
}

fn print_costs(field: &[Contestant<'_>], events: [f64; 2]) {
    println!("\nCPU time of one thread, turn by turn; median (range) of {} rounds\n", FULL.rounds);
    println!("| `reference-r0` | microseconds a replication | nanoseconds an event |");
    println!("|---|---|---|");
    for (index, contestant) in field.iter().enumerate() {
        let events = if index == REFERENCE { events[1] } else { events[0] };
        let cost = Spread::scaled(contestant, 1e6);
        println!("| {} | {cost} | {:.1} |", contestant.name, 1e3 * cost.median / events);
    }
}

fn print_ratios(field: &[Contestant<'_>], events: [f64; 2], threads: [Spread; 2]) {
    println!("\n| ratio | measured | wanted |");
    println!("|---|---|---|");
    let ratio = |over: usize, under: usize| Spread::ratio(&field[over], &field[under]);
    let row = |what: &str, spread: Spread, wanted: &str| println!("| {what} | {spread} | {wanted} |");
    row("speed over the floor", ratio(FLOOR, ENGINE), "1.0; then 1.9");
    row("floor over plain code", ratio(PLAIN, FLOOR), "3.5");
    row("no event list over the floor", ratio(FLOOR, AHEAD), "");
    row("floor on ChaCha8 over the floor", ratio(FLOOR, FLOOR_CHACHA), "");
    row("cost over its draws alone", ratio(ENGINE, DRAWS), "");
    row("cost over the draws, without statistics", ratio(BARE, DRAWS), "");
    row("cost with statistics over none", ratio(ENGINE, BARE), "at most 1.15");
    row("cost with daily trajectories too over statistics alone", ratio(DAYS, ENGINE), "at most 1.25");
    let an_event = Spread::of(
        field[REFERENCE]
            .seconds
            .iter()
            .zip(&field[CALENDAR].seconds)
            .map(|(a, b)| a / b * events[0] / events[1])
            .collect(),
    );
    row(
        "cost of an event, `gaza-2025-phase-one` over `reference-r0` on the calendar",
        an_event,
        "at most 1.5",
    );
    row("two threads over one, by the clock on the wall", threads[0], "1.9 on an idle machine");
    row("CPU time, two threads over one", threads[1], "1.0");
}
