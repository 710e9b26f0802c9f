//! Designs of experiments: which points of the space of parameters are run, and the scenario at each.
//!
//! | file | what it does |
//! |---|---|
//! | `file` | the design file as written, and reading it |
//! | `quantity` | ranges of durations, rates, shares and numbers, and the value at a place in one |
//! | `latin`, `sobol` | points of the unit cube, any of them by its number |
//! | `listed` | tables of points, inline or as CSV |
//! | `trajectory`, `saltelli` | points for analyses of sensitivity: Morris's trajectories, and the rows of Sobol's indices |
//! | `analysis` | what designs of such analyses must say |
//! | `layout` | from the file to points |
//! | `cells` | a point and a variant resolved to a plan; every fault before anything runs |

mod analysis;
pub mod cells;
pub mod file;
pub mod latin;
pub mod layout;
mod listed;
pub mod quantity;
pub mod saltelli;
pub mod sobol;
pub mod trajectory;

pub use cells::{Cell, Cells};
pub use layout::{Design, Level, Parameter, Point};
