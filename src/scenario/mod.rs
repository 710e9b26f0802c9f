//! Scenario text in, a plan out, or every fault of the file at once.
//!
//! | file | what it does |
//! |---|---|
//! | `source` | named texts and places in them |
//! | `csv` | records of a CSV text, every field with its place |
//! | `tree` | TOML as a tree of located values; variants are merged here |
//! | `overrides` | `--set PATH=VALUE` |
//! | `units`, `law` (with `law_reading`, `law_schema`), `moment` | quantities, distributions, dates and hours as written |
//! | `read` | the reading of tables, with suggestions for unknown names |
//! | `schema` | the tables of the file format, with their defaults |
//! | `resolve` | from the tables to a [`crate::model::plan::Plan`] |
//! | `past` | facts observed outside the file, for `resolve` |
//! | `idle` | keys that can never matter |
//! | `diagnostic`, `codes` | how a fault is shown and explained |

pub mod codes;
pub mod csv;
pub mod diagnostic;
mod idle;
pub mod law;
mod law_reading;
mod law_schema;
pub mod load;
pub mod moment;
pub mod overrides;
pub mod past;
pub mod read;
mod readable;
pub mod reading;
mod resolve;
pub mod schema;
pub mod source;
pub mod tree;
pub mod units;
