//! Tests of the laws and their samplers.

mod laws;
mod moments;
mod reference;
mod reference_rows;
mod refusals;
mod residual;
mod sampling;
mod stability;
