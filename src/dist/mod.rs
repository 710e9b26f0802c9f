//! Probability distributions and their samplers.
//!
//! Every variate is made from exactly one 64-bit uniform word by a monotone non-decreasing inverse, so two scenarios
//! that read the same words stay comparable draw by draw (common random numbers). All arithmetic is integer work or
//! plain IEEE operations plus `libm`, so results are bit-equal on x86-64, aarch64 and wasm32.
//!
//! [`Distribution`] is the plain description with exact quantities (moments, cdf, quantile); [`Sampler`] is the same
//! law compiled to tables for speed.

// `max` then `min`, unlike `clamp`, neither panics on crossed bounds nor lets NaN through.
#![allow(clippy::manual_clamp)]

mod beta;
mod cdf;
mod construct;
mod curve;
mod discrete;
mod error;
mod gamma;
mod guess;
mod incomplete;
#[cfg(target_arch = "x86_64")]
mod lanes;
mod law;
mod log_solve;
mod mixture;
mod moments;
mod normal;
mod prepared;
mod prob;
mod quantile;
mod row;
mod sampler;
mod steps;
mod validate;
mod window;

#[cfg(test)]
mod tests;

pub use error::DistError;
pub use law::Distribution;
pub use prob::Prob;
pub use row::Row;
pub use sampler::Sampler;
