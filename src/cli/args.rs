//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Simulates staged exchanges of captives and prisoners under a truce.
#[derive(Debug, Parser)]
#[command(name = "handover", version, about, max_term_width = 100)]
pub(super) struct Cli {
    /// Say nothing on standard error but errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Check a scenario file and every variant in it
    Check(CheckArgs),
    /// Run replications of a scenario and summarise them
    Run(RunArgs),
    /// Show one replication, event by event
    Trace(TraceArgs),
    /// Explain the code of an error, for example S014
    Explain {
        /// The code
        code: String,
    },
    /// Print the JSON Schema of the scenario file, for editors
    Schema,
}

#[derive(Debug, Args)]
pub(super) struct ScenarioArg {
    /// The scenario file
    pub scenario: PathBuf,
    /// A variant of the scenario; `base` is the file as it stands
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,
    /// Change one value: a dotted path and a value as in the file, where text, dates, times and quantities may go without
    /// their quotes (tranche.1.at=20:00, round.legs=simultaneous); `none` removes the key
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub scenario: ScenarioArg,
}

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    pub scenario: ScenarioArg,
    /// How many replications
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10_000)]
    pub replications: u64,
    /// Root seed
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// First replication
    #[arg(long, value_name = "K", default_value_t = 0)]
    pub first: u64,
    /// Threads; default: all the machine has. Results never depend on it
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub threads: Option<u32>,
    /// A table for people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Also write manifest, summary and daily trajectories to a new folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct TraceArgs {
    #[command(flatten)]
    pub scenario: ScenarioArg,
    /// Which replication
    #[arg(long, short = 'k', value_name = "K")]
    pub replication: u64,
    /// Root seed
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Lines for people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}
