//! The same scenario, seed and index give the same outcome, bit for bit, however the work is cut.

use handover::batch::parallel::{self, Control};
use handover::batch::{Sample, Worker};
use handover::report::trace;

use crate::support::{batch, loaded, shipped};

const SCENARIOS: [&str; 4] =
    ["analytic-truce.toml", "reference-r0.toml", "gaza-2025-phase-one.toml", "gaza-2025-as-of-day-14.toml"];

#[test]
fn one_two_and_seven_threads_give_one_sample() {
    for name in SCENARIOS {
        let loaded = loaded(&shipped(name), None, &[]);
        let run = |threads| parallel::run(&loaded.plan, 7, 0..6_000, threads, &Control::default()).unwrap();
        let one = run(1);
        assert_eq!(one, run(2), "{name}");
        assert_eq!(one, run(7), "{name}");
    }
}

#[test]
fn any_split_in_any_order_gives_the_whole() {
    for name in SCENARIOS {
        let loaded = loaded(&shipped(name), None, &[]);
        let part = |range: std::ops::Range<u64>| {
            let mut worker = Worker::new(&loaded.plan, 3);
            worker.run(range);
            worker.into_sample()
        };
        let whole = part(100..400);
        let mut merged = Sample::new(&loaded.plan);
        for range in [350..400, 100..101, 101..350] {
            merged.merge(&part(range));
        }
        assert_eq!(whole, merged, "{name}");
        assert_ne!(whole.summary.digest(), part(100..399).summary.digest());
    }
}

#[test]
fn a_worker_forgets_one_replication_before_the_next() {
    for name in SCENARIOS {
        let loaded = loaded(&shipped(name), None, &[]);
        let mut forth = Worker::new(&loaded.plan, 1);
        (0..200).for_each(|k| forth.run(k..k + 1));
        let mut back = Worker::new(&loaded.plan, 1);
        (0..200).rev().for_each(|k| back.run(k..k + 1));
        assert_eq!(forth.sample(), back.sample(), "{name}");
    }
}

#[test]
fn a_trace_is_the_run_the_batch_counted() {
    // The batch draws quiet violations and deliveries ahead; the trace goes event by event. They must agree on every outcome.
    for name in SCENARIOS {
        let loaded = loaded(&shipped(name), None, &[]);
        for replication in 0..150 {
            let mut worker = Worker::new(&loaded.plan, 1);
            worker.run(replication..replication + 1);
            let trace = trace::record(&loaded.plan, 1, replication);
            let tallies = worker.sample().summary.tallies();
            for (spec, (value, tally)) in loaded.plan.outcomes.iter().zip(trace.outcomes.iter().zip(tallies))
            {
                let counted = tally.min().unwrap_or(handover::stats::MISSING);
                assert_eq!(*value, counted, "{name}, replication {replication}, {}", spec.name);
            }
            assert_eq!(trace.digest, worker.sample().summary.digest().to_string());
        }
    }
}

#[test]
fn replications_and_seeds_differ() {
    let loaded = loaded(&shipped("reference-r0.toml"), None, &[]);
    let digests: std::collections::BTreeSet<String> =
        (0..300).map(|k| trace::record(&loaded.plan, 1, k).digest).collect();
    assert_eq!(digests.len(), 300);
    assert_ne!(trace::record(&loaded.plan, 1, 0).outcomes, trace::record(&loaded.plan, 2, 0).outcomes);
}

#[test]
fn order_comments_and_units_leave_the_digest_and_the_results() {
    let text = shipped("reference-r0.toml");
    let first = batch(&text, &[], 300);
    let other = text
        .replace("median = \"2h\"", "median = \"120m\"")
        .replace("mean = \"36h\"", "mean = \"1.5d\"")
        .replace("format = 1\n", "# a comment\nformat = 1\n");
    let moved = other.find("[mediation]").map(|at| format!("{}\n{}", &other[..at], &other[at..])).unwrap();
    let (head, tail) = moved.split_at(moved.find("[violation.holders]").unwrap());
    let (violations, rest) = tail.split_at(tail.find("[flow.aid]").unwrap());
    let second = batch(&format!("{head}{rest}\n{violations}"), &[], 300);
    assert_eq!(first.loaded.digest, second.loaded.digest);
    assert_eq!(first.sample, second.sample);
    let changed = batch(&text, &["mediation.settles=0.71"], 300);
    assert_ne!(first.loaded.digest, changed.loaded.digest);
}
