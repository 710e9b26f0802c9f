//! Handover simulates staged exchanges of captives and prisoners under a truce.
//!
//! An agreement and explicit assumptions, written as a scenario file, become a deterministic discrete-event simulation, run as
//! parallel Monte Carlo batches with exact, mergeable statistics.
//!
//! ```
//! use handover::batch::Worker;
//! use handover::scenario::{load::load, source::Sources};
//!
//! let text = r#"
//! format = 1
//! name = "Three people, one truce"
//! start = "2025-01-19T08:30[Asia/Jerusalem]"
//! term = "10d"
//! horizon = "10d"
//! [party.holders]
//! side = "captives"
//! [cohort.people]
//! held_by = "holders"
//! people = 3
//! [tranche.1]
//! day = 2
//! release = { people = 3 }
//! [round]
//! handover = { takes = { exponential = { mean = "2d" } } }
//! "#;
//! let mut sources = Sources::from_text("three.toml", text);
//! let loaded = load(&mut sources, None, &[]).map_err(|f| f.render(&sources, false)).unwrap();
//! let mut worker = Worker::new(&loaded.plan, 1);
//! worker.run(0..2_000);
//! let released = worker.sample().summary.tallies()[0].mean().unwrap();
//! // The handover starts on day 2 and has nine days until the simulation stops looking.
//! let exact = 3.0 * (1.0 - libm::exp(-9.0 / 2.0));
//! assert!((released - exact).abs() < 0.03);
//! ```
//!
//! # In reading order
//! [`kernel`] orders events and addresses random numbers; [`dist`] turns a word into a variate; [`model`] holds the plan and the
//! rules; [`stats`] sums exactly; [`scenario`] reads files; [`batch`] runs many replications; [`design`] says which scenarios an
//! experiment runs; [`calibrate`] fits parameters to what happened; [`report`] shows them; `results` keeps them on disk.
//! Without the feature `cli` the crate has no threads, files or clocks and builds for `wasm32-unknown-unknown`.

pub mod batch;
pub mod calibrate;
#[cfg(feature = "cli")]
pub mod cli;
pub mod design;
pub mod dist;
pub mod forecast;
pub mod kernel;
pub mod model;
pub mod observed;
pub mod report;
#[cfg(feature = "cli")]
pub mod results;
pub mod scenario;
pub mod score;
pub mod stats;
