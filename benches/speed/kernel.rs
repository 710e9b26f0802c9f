//! The kernel's parts: the calendar at several sizes, words and buffers of streams, every sampler.

use criterion::{BatchSize, Criterion, Throughput};
use handover::dist::{DistError, Distribution, Sampler};
use handover::kernel::calendar::Calendar;
use handover::kernel::stream::{Domain, StreamName, Streams};
use handover::kernel::{NEVER, Time};
use std::hint::black_box;

/// Numbers that look random and are the same in every run.
struct Xorshift(u64);

impl Xorshift {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

fn times(count: usize) -> Vec<Time> {
    let mut random = Xorshift(88_172_645_463_325_252);
    (0..count).map(|_| (random.next() >> 40) as Time).collect()
}

/// The timers 0 to count in a mixed order.
fn order(count: usize) -> Vec<usize> {
    let mut random = Xorshift(1_181_783_497_276_652_981);
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, (random.next() % (last as u64 + 1)) as usize);
    }
    order
}

pub fn calendar(c: &mut Criterion) {
    for pending in [10, 100, 10_000] {
        let (times, order) = (times(pending), order(pending));
        let empty = Calendar::new(pending);
        let mut full = empty.clone();
        for (timer, time) in times.iter().enumerate() {
            full.set(timer, *time);
        }
        let mut group = c.benchmark_group(format!("calendar/{pending}"));
        group.throughput(Throughput::Elements(pending as u64));
        let schedule = |mut calendar: Calendar| {
            for timer in &order {
                calendar.set(*timer, times[*timer]);
            }
            calendar
        };
        let pop = |mut calendar: Calendar| {
            while let Some(event) = calendar.take() {
                black_box(event);
            }
            calendar
        };
        let cancel = |mut calendar: Calendar| {
            for timer in &order {
                calendar.set(*timer, NEVER);
            }
            calendar
        };
        group.bench_function("schedule", |b| {
            b.iter_batched(|| empty.clone(), schedule, BatchSize::SmallInput)
        });
        group.bench_function("pop", |b| b.iter_batched(|| full.clone(), pop, BatchSize::SmallInput));
        group.bench_function("cancel", |b| b.iter_batched(|| full.clone(), cancel, BatchSize::SmallInput));
        // What a simulation does most: take the next event, set its timer again.
        group.throughput(Throughput::Elements(1));
        let mut held = full.clone();
        let mut random = Xorshift(9);
        group.bench_function("hold", |b| {
            b.iter(|| {
                let (now, timer) = held.take().expect("every timer is set again");
                held.set(timer, now + (random.next() >> 50) as Time);
            });
        });
    }
}

pub fn streams(c: &mut Criterion) {
    let names: Vec<StreamName> =
        (0..8).map(|i| StreamName { purpose: "bench", entity: i.to_string() }).collect();
    let mut streams = Streams::new(&names, 1, Domain::Main);
    let mut group = c.benchmark_group("stream");
    let mut replication = 0;
    group.bench_function("first word of a stream", |b| {
        b.iter(|| {
            replication += 1;
            streams.begin(replication);
            streams.word(0, 0)
        });
    });
    let mut position = 0;
    group.bench_function("next word, buffers included", |b| {
        b.iter(|| {
            position += 1;
            streams.word(0, position)
        });
    });
    group.bench_function("word at hand", |b| b.iter(|| streams.word(1, black_box(7))));
}

/// One of every law.
fn laws() -> Result<Vec<(&'static str, Distribution)>, DistError> {
    let normal = || Distribution::normal(600.0, 80.0);
    Ok(vec![
        ("constant", Distribution::constant(3.0)?),
        ("uniform", Distribution::uniform(1.0, 5.0)?),
        ("triangular", Distribution::triangular(1.0, 2.0, 6.0)?),
        ("pert", Distribution::pert(1.0, 2.0, 6.0)?),
        ("exponential", Distribution::exponential(36.0)?),
        ("gamma, shape 2", Distribution::gamma(2.0, 3.0)?),
        ("gamma, shape 0.4", Distribution::gamma(0.4, 3.0)?),
        ("erlang", Distribution::erlang(3, 12.0)?),
        ("lognormal", Distribution::lognormal_median(2.0, 0.8)?),
        ("normal", normal()?),
        ("clipped normal", Distribution::clipped(normal()?, 0.0, 900.0)?),
        ("truncated normal", Distribution::truncated(normal()?, 450.0, 900.0)?),
        ("weibull", Distribution::weibull(1.5, 10.0)?),
        ("beta", Distribution::beta(2.0, 5.0, 0.0, 1.0)?),
        ("table", Distribution::table(vec![(1.0, 2.0), (2.0, 1.0), (7.0, 4.0)])?),
        ("mixture", Distribution::mixture(vec![(0.7, Distribution::exponential(2.0)?), (0.3, normal()?)])?),
        ("gated", Distribution::gated(0.2, Distribution::exponential(2.0)?)?),
        ("bernoulli", Distribution::bernoulli(0.3)?),
        ("geometric", Distribution::geometric(0.2)?),
        ("binomial", Distribution::binomial(40, 0.3)?),
        ("poisson", Distribution::poisson(12.0)?),
    ])
}

pub fn samplers(c: &mut Criterion) {
    let mut random = Xorshift(4);
    let words: Vec<u64> = (0..1_024).map(|_| random.next()).collect();
    let mut group = c.benchmark_group("sampler");
    group.throughput(Throughput::Elements(words.len() as u64));
    for (name, law) in laws().expect("legal parameters") {
        let sampler = Sampler::new(&law);
        group.bench_function(name, |b| b.iter(|| words.iter().map(|w| sampler.sample(*w)).sum::<f64>()));
    }
}
