//! What can be typed.

use std::path::PathBuf;

use super::shard::ShardArg;
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
    /// Check a scenario file and every variant in it, or a history (CSV)
    Check(CheckArgs),
    /// Run replications of a scenario and summarise them
    Run(RunArgs),
    /// Go on with a run that was interrupted or cut short
    Resume(ResumeArgs),
    /// Add up the parts of a batch to the whole
    Merge(MergeArgs),
    /// Compare variants on the same random numbers
    Compare(CompareArgs),
    /// Run a scenario over the points of a design
    Sweep(SweepArgs),
    /// Regret and robustness of the variants of a sweep
    Regret(RegretArgs),
    /// Which parameters of a design matter: Morris's effects or Sobol's indices
    Sensitivity(SensitivityArgs),
    /// Choose the best of several variants by one outcome, with a guarantee
    Choose(ChooseArgs),
    /// The probability of a rare ending, by splitting or by integrating the hazard of collapse
    Rare(RareArgs),
    /// Forecast what comes next from what was known at the end of a day
    Forecast(ForecastArgs),
    /// Score forecasts against what happened
    Backtest(BacktestArgs),
    /// Fit parameters to what happened, and write a scenario with what was learnt
    Calibrate(CalibrateArgs),
    /// Show one replication, event by event
    Trace(TraceArgs),
    /// Make one self-contained page of HTML from a folder of results
    Report(ReportArgs),
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
    /// How many replications; default: 10000. With --precision the most that are run; default: 10000000
    #[arg(long, short = 'n', value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub replications: Option<u64>,
    /// Root seed
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = whole, allow_negative_numbers = true)]
    pub seed: u64,
    /// First replication
    #[arg(long, value_name = "K", default_value_t = 0, value_parser = whole, allow_negative_numbers = true)]
    pub first: u64,
    /// Threads; default: all the machine has. Results never depend on it
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub threads: Option<u32>,
    /// A table for people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Also write manifest, summary, exact statistics and daily trajectories to a new folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Also write one row per replication to the folder
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub rows: Option<RowsFormat>,
    /// Run one of N disjoint parts, to be merged: I/N; auto, auto/N read I (and N) from the scheduler's variables
    #[arg(long, value_name = "I/N", value_parser = super::shard::parse)]
    pub shard: Option<ShardArg>,
    /// Run until the 95% interval of an outcome's mean is this narrow: its half-width, as 0.005, 0.5% or 30m. May be repeated
    #[arg(long, value_name = "OUTCOME=HALFWIDTH")]
    pub precision: Vec<String>,
    /// Where the folder holds this very run, go on with it; where it is finished, only print it
    #[arg(long)]
    pub resume: bool,
    /// Seconds between two checkpoints in the folder; results never depend on it
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub checkpoint: f64,
}

#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// The folder that was given to `run --out`
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Threads; default: all the machine has. Results never depend on it
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub threads: Option<u32>,
    /// A table for people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Seconds between two checkpoints in the folder; results never depend on it
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub checkpoint: f64,
}

#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    /// The folders of the parts, in any order
    #[arg(value_name = "DIR", required = true)]
    pub folders: Vec<PathBuf>,
    /// The new folder for the whole
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Also merge where shards are missing at either end; the result can be merged again
    #[arg(long)]
    pub partial: bool,
    /// A table for people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

fn whole(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "write a whole number, zero or above, such as 10000".to_string())
}

fn seconds(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|s| (0.0..=1e6).contains(s));
    number.ok_or_else(|| "write a number of seconds from 0 to 1000000".to_string())
}

/// Which replications, on how many threads.
#[derive(Debug, Args)]
pub(super) struct RangeArgs {
    /// How many replications
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10_000, value_parser = whole, allow_negative_numbers = true)]
    pub replications: u64,
    /// Root seed
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = whole, allow_negative_numbers = true)]
    pub seed: u64,
    /// First replication
    #[arg(long, value_name = "K", default_value_t = 0, value_parser = whole, allow_negative_numbers = true)]
    pub first: u64,
    /// Threads; default: all the machine has. Results never depend on it
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub threads: Option<u32>,
}

#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// The scenario file
    pub scenario: PathBuf,
    /// The variants, with commas between; each later one is compared with the first. `base` is the file as it stands
    #[arg(long, value_name = "A,B,...", value_delimiter = ',', required = true)]
    pub variants: Vec<String>,
    /// Change one value in every variant: a dotted path and a value as in the file
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
    #[command(flatten)]
    pub range: RangeArgs,
    /// A table for people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Show every outcome in the table
    #[arg(long)]
    pub all: bool,
    /// Also write manifest and comparison to a new folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// A scenario with a past observed outside it.
#[derive(Debug, Args)]
pub(super) struct PastArgs {
    #[command(flatten)]
    pub scenario: ScenarioArg,
    /// The history: a CSV file of dated events
    #[arg(long, value_name = "FILE")]
    pub history: PathBuf,
    /// Call a name of the history as the scenario does; `none` leaves its rows out
    #[arg(long = "match", value_name = "NAME=NAME", value_delimiter = ',', value_parser = pair)]
    pub names: Vec<(String, String)>,
    #[command(flatten)]
    pub range: RangeArgs,
    /// A table for people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Also write manifest and document to a new folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ForecastArgs {
    #[command(flatten)]
    pub past: PastArgs,
    /// The day to whose end the past is known: a day of the scenario, or a date
    #[arg(long, value_name = "DAY|DATE")]
    pub as_of: String,
}

#[derive(Debug, Args)]
pub(super) struct BacktestArgs {
    #[command(flatten)]
    pub past: PastArgs,
    /// The days to whose ends the past is known, with commas between
    #[arg(long, value_name = "DAY|DATE,...", value_delimiter = ',', required = true)]
    pub as_of: Vec<String>,
    /// Histories of other cases, of which the baseline of climatology is made
    #[arg(long, value_name = "FILE,...", value_delimiter = ',')]
    pub cases: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct CalibrateArgs {
    #[command(flatten)]
    pub scenario: ScenarioArg,
    /// The file of priors: what is to be learnt. Without one, every number that the scenario gives as a law, that law being its prior
    pub priors: Option<PathBuf>,
    /// The histories, CSV files of dated events, with commas between
    #[arg(long, value_name = "FILE,...", value_delimiter = ',')]
    pub history: Vec<PathBuf>,
    /// Call a name of the histories as the scenario does; `none` leaves its rows out
    #[arg(long = "match", value_name = "NAME=NAME", value_delimiter = ',', value_parser = pair)]
    pub names: Vec<(String, String)>,
    /// Learn only from what was on record at the end of this day: a day of the scenario, or a date
    #[arg(long, value_name = "DAY|DATE")]
    pub as_of: Option<String>,
    /// Particles of a generation
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = whole, allow_negative_numbers = true)]
    pub particles: u64,
    /// The most simulations, all generations together
    #[arg(long, value_name = "N", default_value_t = 50_000, value_parser = whole, allow_negative_numbers = true)]
    pub most: u64,
    /// The tolerance to reach, in spreads of the statistics under the prior
    #[arg(long, value_name = "D", default_value_t = 0.0, allow_negative_numbers = true)]
    pub tolerance: f64,
    /// Root seed
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = whole, allow_negative_numbers = true)]
    pub seed: u64,
    /// First replication
    #[arg(long, value_name = "K", default_value_t = 0, value_parser = whole, allow_negative_numbers = true)]
    pub first: u64,
    /// Threads; default: all the machine has. Results never depend on it
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub threads: Option<u32>,
    /// A table for people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Also write the scenario with what was learnt in it
    #[arg(long, value_name = "FILE.toml")]
    pub out: Option<PathBuf>,
    /// Write the means, in place of laws that are drawn once per replication
    #[arg(long)]
    pub means: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (from, to) = text.split_once('=').unwrap_or(("", ""));
    if from.trim().is_empty() || to.trim().is_empty() {
        return Err("write HISTORY=SCENARIO, or NAME=none".to_string());
    }
    Ok((from.trim().to_string(), to.trim().to_string()))
}

#[derive(Debug, Args)]
pub(super) struct SweepArgs {
    /// The scenario file
    pub scenario: PathBuf,
    /// The design file
    pub design: PathBuf,
    /// The folder of the sweep; one that is there is gone on with
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The variants run at every point, in place of the design's
    #[arg(long, value_name = "A,B,...", value_delimiter = ',')]
    pub variants: Vec<String>,
    /// Change one value in every cell: a dotted path and a value as in the file
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
    /// Replications of a cell, in place of the design's
    #[arg(long, short = 'n', value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub replications: Option<u64>,
    /// Root seed, in place of the design's
    #[arg(long, value_name = "S", value_parser = whole, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// First replication, in place of the design's
    #[arg(long, value_name = "K", value_parser = whole, allow_negative_numbers = true)]
    pub first: Option<u64>,
    /// Threads; default: all the machine has. Results never depend on it
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub threads: Option<u32>,
    /// A table for people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(super) struct SensitivityArgs {
    /// The scenario file
    pub scenario: PathBuf,
    /// The design file, by method "morris" or "sobol indices"
    pub design: PathBuf,
    /// An outcome to analyse; may be repeated
    #[arg(long, value_name = "NAME", required = true)]
    pub outcome: Vec<String>,
    /// The variant, in place of the design's
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,
    /// Change one value in every cell: a dotted path and a value as in the file
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
    /// Replications of a cell, in place of the design's
    #[arg(long, short = 'n', value_name = "N")]
    pub replications: Option<u64>,
    /// Root seed, in place of the design's
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// First replication, in place of the design's
    #[arg(long, value_name = "K")]
    pub first: Option<u64>,
    /// Threads; default: all the machine has. Results never depend on it
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub threads: Option<u32>,
    /// A table for people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Also write manifest and document to a new folder, of which `report` makes a page
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct RegretArgs {
    /// The folder of a finished sweep of several variants
    #[arg(value_name = "DIR")]
    pub sweep: PathBuf,
    /// The outcome to judge by
    #[arg(long, value_name = "NAME")]
    pub outcome: String,
    /// Whether the highest or the lowest mean is best
    #[arg(long, value_enum)]
    pub best: Best,
    /// What a mean must reach (or, where the lowest is best, stay within) to be good enough
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    pub threshold: Option<String>,
    /// Show every point
    #[arg(long)]
    pub all: bool,
    /// A table for people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(super) struct ChooseArgs {
    /// The scenario file
    pub scenario: PathBuf,
    /// The variants to choose from, with commas between; `base` is the file as it stands
    #[arg(long, value_name = "A,B,...", value_delimiter = ',', required = true)]
    pub variants: Vec<String>,
    /// The outcome to choose by
    #[arg(long, value_name = "NAME")]
    pub outcome: String,
    /// Whether the highest or the lowest mean is best
    #[arg(long, value_enum)]
    pub best: Best,
    /// The smallest difference worth telling: 0.02 or 2% for a share, 6h for a time, else a number
    #[arg(long, value_name = "D", allow_hyphen_values = true)]
    pub indifference: String,
    /// The chance of selecting the best, where it is better by the indifference or more
    #[arg(long, value_name = "P", default_value_t = 0.95)]
    pub confidence: f64,
    /// Change one value in every variant: a dotted path and a value as in the file
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub sets: Vec<String>,
    /// Root seed
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = whole, allow_negative_numbers = true)]
    pub seed: u64,
    /// First replication
    #[arg(long, value_name = "K", default_value_t = 0, value_parser = whole, allow_negative_numbers = true)]
    pub first: u64,
    /// Replications of a batch, whose mean is one observation
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = whole, allow_negative_numbers = true)]
    pub batch: u64,
    /// The most replications of a variant
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = whole, allow_negative_numbers = true)]
    pub most: u64,
    /// Threads; default: all the machine has. Results never depend on it
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub threads: Option<u32>,
    /// A table for people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Best {
    Highest,
    Lowest,
}

#[derive(Debug, Args)]
pub(super) struct RareArgs {
    #[command(flatten)]
    pub scenario: ScenarioArg,
    /// The event: an outcome that is 0 or 1 (completed, collapsed), or a quantity with a bound, in quotes ("captives_released>=30")
    #[arg(long, value_name = "NAME")]
    pub event: String,
    /// The truce must not have collapsed, too
    #[arg(long)]
    pub without_collapse: bool,
    /// How; default: hazard for a collapse, else splitting
    #[arg(long, value_enum, value_name = "METHOD")]
    pub method: Option<RareMethod>,
    /// What splitting goes by; default: the quantity asked for, else rounds
    #[arg(long, value_enum, value_name = "WHAT")]
    pub progress: Option<ProgressBy>,
    /// Levels of it, rising, with commas between; default: every whole number, or 40 of them
    #[arg(long, value_name = "L,L,...", value_delimiter = ',', value_parser = level)]
    pub levels: Vec<f64>,
    /// Independent repeats, from whose spread the interval comes
    #[arg(long, value_name = "R", default_value_t = 20)]
    pub repeats: u64,
    /// Particles of each stage of a repeat; replications of a repeat where the hazard is integrated
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub effort: u64,
    /// Root seed
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// First repeat
    #[arg(long, value_name = "K", default_value_t = 0)]
    pub first: u64,
    /// Threads; default: all the machine has. Results never depend on it
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub threads: Option<u32>,
    /// A table for people, or one JSON document
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RareMethod {
    Splitting,
    Hazard,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ProgressBy {
    Rounds,
    Captives,
    Prisoners,
    Disputes,
    Violations,
    Hazard,
}

#[derive(Debug, Args)]
pub(super) struct TraceArgs {
    #[command(flatten)]
    pub scenario: ScenarioArg,
    /// Which replication
    #[arg(long, short = 'k', value_name = "K", value_parser = whole, allow_negative_numbers = true)]
    pub replication: u64,
    /// Root seed
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = whole, allow_negative_numbers = true)]
    pub seed: u64,
    /// Lines for people, one JSON document, or a page of HTML
    #[arg(long, value_enum, default_value_t = TraceFormat::Text)]
    pub format: TraceFormat,
    /// Write to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TraceFormat {
    Text,
    Json,
    Html,
}

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// The folder of results
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Write the page to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RowsFormat {
    Parquet,
    Csv,
    Jsonl,
}

impl From<RowsFormat> for crate::results::rows::Format {
    fn from(format: RowsFormat) -> Self {
        match format {
            RowsFormat::Parquet => Self::Parquet,
            RowsFormat::Csv => Self::Csv,
            RowsFormat::Jsonl => Self::Jsonl,
        }
    }
}

fn level(text: &str) -> Result<f64, String> {
    let number = text.trim().parse().ok().filter(|level: &f64| level.is_finite());
    number.ok_or_else(|| "a level is a number, such as 2 or 1.5".to_string())
}
