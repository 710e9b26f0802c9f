//! What people and programs read of a batch or a replication. Nothing here draws a random number.

pub mod choice;
pub mod comparison;
pub mod contrast_table;
pub mod document;
pub mod quantity;
pub mod rare;
pub mod robustness;
pub mod sensitivity;
pub mod sweep;
pub mod table;
pub mod tornado;
pub mod trace;
