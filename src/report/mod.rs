//! What people and programs read of a batch or a replication. Nothing here draws a random number.

pub mod backtest;
pub mod calibration;
pub mod choice;
pub mod comparison;
pub mod contrast_table;
pub mod document;
pub mod fan;
pub mod forecast;
pub mod html;
pub mod quantity;
pub mod rare;
pub mod robustness;
pub mod schedule;
pub mod sensitivity;
pub mod sweep;
pub mod table;
pub mod tornado;
pub mod trace;
pub mod words;
