//! Evidence, in reading order. Each module opens with the kind of evidence it gives.

#![allow(unreachable_pub, reason = "the modules of a test share their services")]

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
