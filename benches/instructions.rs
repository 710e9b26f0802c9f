//! Work to count instructions of: one case, so many times. `scripts/instructions.sh` runs it under callgrind with two counts, whose
//! difference is free of what happens once.
//!
//! `instructions list` names the cases; `instructions CASE COUNT` runs one.

mod r0;

use std::hint::black_box;

use handover::batch::Worker;
use handover::dist::{Distribution, Sampler};
use handover::kernel::calendar::Calendar;
use handover::kernel::stream::{Domain, StreamName, Streams};
use handover::kernel::{NEVER, Time};
use r0::draws::Draws;
use r0::engine;

/// A case: its name, and what it does a number of times.
type Case = (&'static str, fn(u64));

const CASES: [Case; 13] = [
    ("calendar-hold-10", |n| hold(10, n)),
    ("calendar-hold-100", |n| hold(100, n)),
    ("calendar-hold-10000", |n| hold(10_000, n)),
    ("calendar-cancel-and-schedule-100", cancel),
    ("stream-buffer", |n| words(n, true)),
    ("stream-next-word", |n| words(n, false)),
    ("sampler-exponential", |n| sample(&Distribution::exponential(36.0), n)),
    ("sampler-lognormal", |n| sample(&Distribution::lognormal_median(2.0, 0.8), n)),
    ("sampler-gamma", |n| sample(&Distribution::gamma(2.0, 3.0), n)),
    ("sampler-beta", |n| sample(&Distribution::beta(2.0, 5.0, 0.0, 1.0), n)),
    ("sampler-normal", |n| sample(&Distribution::normal(600.0, 80.0), n)),
    ("draws-of-reference-r0", |n| {
        Draws::new(1).expect("legal laws").run(0, n);
    }),
    ("replication-of-reference-r0", |n| {
        let plan = engine::r0();
        Worker::new(&plan, 1).run(0..n);
    }),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    match arguments.as_slice() {
        [list] if list == "list" => CASES.iter().for_each(|(name, _)| println!("{name}")),
        [case, count] => {
            let (_, run) = CASES.iter().find(|(name, _)| name == case).expect("`list` names the cases");
            run(count.parse().expect("a number of times"));
        }
        _ => CASES.iter().for_each(|(_, run)| run(1)),
    }
}

fn hold(pending: usize, times: u64) {
    let mut calendar = Calendar::new(pending);
    for timer in 0..pending {
        calendar.set(timer, (timer * 7_919 % pending) as Time);
    }
    for turn in 0..times {
        let (now, timer) = calendar.take().expect("every timer is set again");
        calendar.set(timer, now + (turn as Time * 104_729) % 5_000);
    }
}

fn cancel(times: u64) {
    let mut calendar = Calendar::new(100);
    for turn in 0..times {
        let timer = (turn * 37 % 100) as usize;
        calendar.set(timer, NEVER);
        calendar.set(timer, (turn * 7_919 % 5_000) as Time);
    }
    black_box(calendar.peek());
}

fn words(times: u64, new_buffer: bool) {
    let mut streams =
        Streams::new(&[StreamName { purpose: "bench", entity: String::new() }], 1, Domain::Main);
    // Which words a replication asks for is learnt first.
    for replication in 0..100 {
        streams.begin(replication);
        (0..64).for_each(|position| {
            black_box(streams.word(0, position));
        });
    }
    let stride = if new_buffer { 64 } else { 1 };
    for turn in 0..times {
        black_box(streams.word(0, turn * stride));
    }
}

fn sample(law: &Result<Distribution, handover::dist::DistError>, times: u64) {
    let sampler = Sampler::new(law.as_ref().expect("legal parameters"));
    let mut word = 0_u64;
    for _ in 0..times {
        word = word.wrapping_add(0x9E37_79B9_7F4A_7C15);
        black_box(sampler.sample(word));
    }
}
