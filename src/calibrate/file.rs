//! The file of priors as written. Its parameters are those of a design: paths as `--set` takes them, with ranges.

use crate::design::file::Scale;
use crate::scenario::read::{Named, table};
use crate::scenario::source::At;
use crate::scenario::tree::Node;
use crate::scenario::units::{Duration, Known, Number};

table! {
    /// What is to be learnt: parameters by their path in quotes, as `--set` takes it.
    pub struct PriorsFile {
        /// Version of this file format: 1.
        pub format: At<u64>,
        /// What the calibration is about, in a sentence or two.
        pub about: Option<At<String>>,
        /// Parameters that are fitted to histories by simulation.
        pub parameter: Named<PriorRange> = Named::default(),
        /// Probabilities learnt from counts of cases, in closed form.
        pub share: Named<Share> = Named::default(),
        /// Rates learnt from counts over time, in closed form.
        pub rate: Named<Counted> = Named::default(),
    }
}

table! {
    /// The prior of a parameter: even over a range, or over its logarithm; empty for the law that the scenario gives the parameter.
    pub struct PriorRange {
        /// The lower end of the range.
        pub from: Option<Node>,
        /// The upper end of the range.
        pub to: Option<Node>,
        /// How the range is spaced.
        pub scale: Scale = Scale::Linear,
        /// Whether only whole numbers are meant.
        pub whole: bool = false,
    }
}

table! {
    /// A probability, its prior Beta(a, b), and in how many of how many cases it came true.
    pub struct Share {
        /// The first parameter of the prior. Default: 1, as for the even one.
        pub a: Known<Number> = Known::implied(1.0),
        /// The second parameter of the prior. Default: 1.
        pub b: Known<Number> = Known::implied(1.0),
        /// In how many cases it came true.
        pub hits: At<u64>,
        /// Of how many.
        pub of: At<u64>,
    }
}

table! {
    /// A rate, its prior a Gamma of a shape over an exposure, and how many events there were in how long.
    pub struct Counted {
        /// The shape of the prior: as if so many events had been seen.
        pub shape: Known<Number>,
        /// In how long: the mean of the prior is the shape over this.
        pub over: Duration,
        /// How many events there were.
        pub count: At<u64>,
        /// In how long.
        pub exposure: Duration,
    }
}
