//! The engine and the hand-written loops behind the protocol of the peers: a number of replications a line in, a line of JSON out.
//! `peers/run.py` starts it, once for each of `handover`, `floor`, `ahead` and `plain`.

#[path = "../measure/mod.rs"]
mod measure;
#[path = "../r0/mod.rs"]
mod r0;

use std::io::BufRead;

use handover::batch::Worker;
use measure::cpu;
use r0::{Figure, NAMES, OUTCOMES, Sums, ahead, engine, floor, plain};
use rand::{SeedableRng, rngs::SmallRng};
use serde_json::{Map, Value, json};

const WARM_UP: u64 = 2_000;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("handover") => serve_engine(),
        Some("floor") => {
            let mut rng = SmallRng::seed_from_u64(11);
            serve_loop(|n, sums| floor::run(&mut rng, n, sums));
        }
        Some("ahead") => {
            let mut rng = SmallRng::seed_from_u64(12);
            serve_loop(|n, sums| ahead::run(&mut rng, n, sums));
        }
        Some("plain") => {
            let mut seed = 13;
            serve_loop(|n, sums| {
                seed += 1;
                plain::run(seed, n, sums);
            });
        }
        // Cargo's own runs of all targets.
        _ => (),
    }
}

fn serve_engine() {
    let plan = engine::r0();
    let mut worker = Worker::without_days(&plan, 1);
    worker.run(0..WARM_UP);
    let mut next = WARM_UP;
    serve(|count| {
        let took = cpu(|| worker.run(next..next + count));
        next += count;
        (took, engine::figures(&plan, worker.sample()))
    });
}

fn serve_loop(mut run: impl FnMut(u64, &mut Sums)) {
    let mut sums = Sums::default();
    run(WARM_UP, &mut sums);
    serve(|count| {
        let took = cpu(|| run(count, &mut sums));
        (took, sums.figures())
    });
}

fn serve(mut turn: impl FnMut(u64) -> (f64, [Figure; OUTCOMES])) {
    for line in std::io::stdin().lock().lines() {
        let count = line.ok().and_then(|l| l.trim().parse().ok()).expect("a number of replications");
        let (cpu, figures) = turn(count);
        let by_name: Map<String, Value> =
            NAMES.iter().zip(figures).map(|(name, f)| ((*name).to_string(), json!([f.mean, f.se]))).collect();
        println!("{}", json!({ "cpu": cpu, "outcomes": by_name }));
    }
}
