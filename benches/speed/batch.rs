//! A batch of `reference-r0`: one thread and two, and what statistics and trajectories add. Throughput is in replications.

use crate::r0::engine;
use criterion::{Criterion, Throughput};
use handover::batch::Worker;
use handover::batch::parallel::{CHUNK, Control, run};
use handover::kernel::stream::Domain;
use handover::model::runner::Runner;

pub fn threads(c: &mut Criterion) {
    let plan = engine::r0();
    let count = 32 * CHUNK;
    let mut group = c.benchmark_group("threads");
    group.throughput(Throughput::Elements(count));
    for threads in [1, 2] {
        group.bench_function(threads.to_string(), |b| {
            b.iter(|| run(&plan, 1, 0..count, threads, &Control::default()).expect("no invariant breaks"));
        });
    }
}

pub fn statistics(c: &mut Criterion) {
    let plan = engine::r0();
    let count = CHUNK;
    let mut group = c.benchmark_group("statistics");
    group.throughput(Throughput::Elements(count));
    let (mut runner, mut values) = (Runner::new(&plan, 1, Domain::Main, false), Vec::new());
    let mut next = 0;
    let mut range = || {
        next += count;
        next - count..next
    };
    group.bench_function("none", |b| {
        b.iter(|| {
            for replication in range() {
                values.clear();
                runner.run(replication, &mut values);
            }
        });
    });
    let mut recorded = Worker::without_days(&plan, 1);
    group.bench_function("outcomes", |b| b.iter(|| recorded.run(range())));
    let mut worker = Worker::new(&plan, 1);
    group.bench_function("outcomes and trajectories", |b| b.iter(|| worker.run(range())));
}
