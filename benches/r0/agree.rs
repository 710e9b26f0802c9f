//! Every hand-written loop is the same model as the engine: each named mean agrees within four standard errors of the difference, and
//! a loop with one number wrong would not.

#[path = "mod.rs"]
mod r0;

use handover::batch::Worker;
use r0::{Figure, NAMES, OUTCOMES, Sums, ahead, engine, floor, plain};
use rand::{SeedableRng, rngs::SmallRng, rngs::StdRng};
use rand_chacha::ChaCha8Rng;

const REPLICATIONS: u64 = 40_000;

fn of_engine(replications: u64) -> [Figure; OUTCOMES] {
    let plan = engine::r0();
    let mut worker = Worker::new(&plan, 1);
    worker.run(0..replications);
    engine::figures(&plan, worker.sample())
}

fn agree(what: &str, sums: &Sums, engine: &[Figure; OUTCOMES]) {
    for ((name, a), b) in NAMES.iter().zip(sums.figures()).zip(engine) {
        let z = (a.mean - b.mean) / (a.se * a.se + b.se * b.se).sqrt();
        assert!(z.abs() < 4.0, "{what}, {name}: {} against {}, {z:.2} standard errors", a.mean, b.mean);
    }
}

#[test]
fn hand_written_loops_agree_with_the_engine_in_every_mean() {
    let engine = of_engine(REPLICATIONS);
    let mut sums = [(); 5].map(|()| Sums::default());
    floor::run(&mut SmallRng::seed_from_u64(2), REPLICATIONS, &mut sums[0]);
    floor::run(&mut ChaCha8Rng::seed_from_u64(3), REPLICATIONS, &mut sums[1]);
    floor::run(&mut StdRng::seed_from_u64(4), REPLICATIONS, &mut sums[2]);
    ahead::run(&mut SmallRng::seed_from_u64(5), REPLICATIONS, &mut sums[3]);
    plain::run(6, REPLICATIONS, &mut sums[4]);
    let names = ["floor", "floor on ChaCha8", "floor on ChaCha12", "without an event list", "plain"];
    for (what, sums) in names.iter().zip(&sums) {
        agree(what, sums, &engine);
    }
}

#[test]
fn a_model_that_settles_a_little_more_often_would_be_noticed() {
    let engine = of_engine(4_000);
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/reference-r0.toml"));
    let wrong = text.expect("it ships").replace("settles = 0.7", "settles = 0.75");
    let plan = engine::plan("wrong", &wrong);
    let mut worker = Worker::new(&plan, 7);
    worker.run(0..4_000);
    let wrong = engine::figures(&plan, worker.sample());
    let furthest = wrong.iter().zip(&engine).map(|(a, b)| {
        let z = (a.mean - b.mean) / (a.se * a.se + b.se * b.se).sqrt();
        z.abs()
    });
    assert!(furthest.fold(0.0, f64::max) > 4.0);
}
