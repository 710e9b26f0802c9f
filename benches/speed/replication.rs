//! One replication after another: every shipped scenario, and `reference-r0` written by hand. Throughput is in counted events.

use crate::r0::{Sums, ahead, draws::Draws, engine, floor, plain};
use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use handover::batch::Worker;
use rand::{SeedableRng, rngs::SmallRng};
use rand_chacha::ChaCha8Rng;

/// Replications in one iteration, so that what a batch does once does not count.
const CHUNK: u64 = 16;

pub fn scenarios(c: &mut Criterion) {
    let mut group = c.benchmark_group("replication");
    for name in engine::shipped_names() {
        let plan = engine::shipped(&name);
        let mut worker = Worker::new(&plan, 1);
        worker.run(0..500);
        group
            .throughput(Throughput::Elements((CHUNK as f64 * engine::events(&plan, worker.sample())) as u64));
        let mut next = 500;
        group.bench_function(name.as_str(), |b| {
            b.iter(|| {
                worker.run(next..next + CHUNK);
                next += CHUNK;
            });
        });
    }
}

pub fn by_hand(c: &mut Criterion) {
    let mut group = c.benchmark_group("reference-r0 by hand");
    // 113.74 events a replication.
    group.throughput(Throughput::Elements(113 * CHUNK));
    loop_of(&mut group, "floor", |sums, rng| floor::run(rng, CHUNK, sums));
    loop_of(&mut group, "without an event list", |sums, rng| ahead::run(rng, CHUNK, sums));
    let (mut sums, mut chacha) = (Sums::default(), ChaCha8Rng::seed_from_u64(1));
    group.bench_function("floor on ChaCha8", |b| b.iter(|| floor::run(&mut chacha, CHUNK, &mut sums)));
    let mut seed = 0;
    group.bench_function("plain, with a binary heap", |b| {
        b.iter(|| {
            seed += 1;
            plain::run(seed, CHUNK, &mut sums);
        });
    });
    let mut draws = Draws::new(1).expect("legal laws");
    let mut from = 0;
    group.bench_function("the engine's draws alone", |b| {
        b.iter(|| {
            from += CHUNK;
            draws.run(from, CHUNK)
        });
    });
}

fn loop_of(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, run: impl Fn(&mut Sums, &mut SmallRng)) {
    let (mut sums, mut rng) = (Sums::default(), SmallRng::seed_from_u64(1));
    group.bench_function(name, |b| b.iter(|| run(&mut sums, &mut rng)));
}
