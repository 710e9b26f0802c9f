//! Calibration: what histories and counts teach about named parameters of a scenario.
//!
//! ```text
//! priors.toml, scenario ─► Parameter (prior)  ─┐
//! history ─► targets (questions, observed) ────┴─► smc: places of the unit cube ─► simulate ─► population ─► summary
//! counts ─► conjugate (exact) ─────────────────────────────────────────────────────────────────────────────► summary
//! posterior ─► rewrite ─► a scenario's text
//! ```
//!
//! | file | what it does |
//! |---|---|
//! | `smc` | approximate Bayesian computation by sequential Monte Carlo, of any simulator |
//! | `summary` | figures of a weighted sample, with their Monte Carlo intervals |
//! | `conjugate` | posteriors in closed form |
//! | `file`, `laws`, `prior` | priors: as written, laws of the scenario, parameters with a prior |
//! | `known` | a history as it stood at the end of a day |
//! | `problem` | the simulator: a scenario at a place, asked what the history answers |
//! | `rewrite` | the scenario's text with a posterior in it |

pub mod conjugate;
pub mod file;
pub mod known;
mod laws;
pub mod prior;
pub mod problem;
pub mod rewrite;
pub mod smc;
pub mod summary;

#[cfg(test)]
mod tests;
