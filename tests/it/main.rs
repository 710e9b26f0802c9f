//! Evidence, in reading order. Each module opens with the kind of evidence it gives.

#![allow(unreachable_pub, reason = "the modules of a test share their services")]

mod program;
mod support;

mod ages;
mod analytic;
mod architecture;
mod calibrating;
mod cases;
mod cli;
mod clusters;
mod common_random;
mod compare;
mod conditioning;
mod converting;
mod coverage;
mod designs;
mod determinism;
mod diagnostics;
mod forecasting;
mod golden;
mod histories;
mod inert;
mod intervals;
mod invariants;
mod matching;
mod merging;
mod outcome_names;
mod pages;
mod plain;
mod precision;
mod promises;
mod rare;
mod results;
mod resuming;
mod sensitivity;
mod steps;
mod sweep;
mod timeline;
mod tour;
mod words;
