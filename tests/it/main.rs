//! Evidence, in reading order. Each module opens with the kind of evidence it gives.

mod support;

mod analytic;
mod architecture;
mod cli;
mod common_random;
mod determinism;
mod diagnostics;
mod golden;
mod inert;
mod invariants;
mod timeline;
mod tour;
