//! All of `cargo bench`: the kernel, replications, batches (criterion), and a table of ratios from one interleaved run.
//!
//! `cargo bench` runs everything; `cargo bench -- calendar` what has this in its name; `cargo bench -- ratios` the table alone.

#![allow(unreachable_pub)]

mod batch;
mod kernel;
#[path = "../measure/mod.rs"]
mod measure;
#[path = "../r0/mod.rs"]
mod r0;
mod ratios;
mod replication;

use std::time::Duration;

use criterion::Criterion;

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1_500))
        .sample_size(20)
        .configure_from_args();
    kernel::calendar(&mut criterion);
    kernel::streams(&mut criterion);
    kernel::samplers(&mut criterion);
    replication::scenarios(&mut criterion);
    replication::by_hand(&mut criterion);
    batch::threads(&mut criterion);
    batch::statistics(&mut criterion);
    criterion.final_summary();
    // A filter that names something else asks for that alone.
    let filter = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    if filter.is_none_or(|f| "ratios".contains(&f)) {
        ratios::run_and_print();
    }
}
