//! The command line: parse, dispatch, exit status. Results go to standard output, everything else to standard error.

mod args;
mod backtest;
mod batch;
mod calibrate;
mod check;
mod choose;
mod compare;
mod experiment;
mod explain;
mod forecast;
mod interrupt;
mod merge;
mod output;
mod past;
mod progress;
mod range;
mod rare;
mod regret;
mod report;
mod resume;
mod run;
mod sensitivity;
mod shard;
mod sweep;
mod sweep_cells;
mod targets;
mod trace;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use crate::batch::parallel::Broken;
use crate::scenario::diagnostic::Faults;
use crate::scenario::load::{self, Loaded};
use crate::scenario::source::Sources;
use args::{Cli, Verb};
use output::Output;

/// Why a command did not succeed. What is to be said has been said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// The scenario or the data is at fault: exit status 1.
    Scenario,
    /// Usage, environment, or our own fault: exit status 2.
    Environment,
    /// Interrupted: exit status 130.
    Interrupted,
}

type Outcome = Result<(), Failure>;

/// Runs the command given on the command line.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // `--help` and `--version` are no failure.
            let code = if error.use_stderr() { 2 } else { 0 };
            return match error.print() {
                Err(lost) if lost.kind() != std::io::ErrorKind::BrokenPipe => {
                    Output::new(false).complain(&format!("error: this text could not be written: {lost}"));
                    ExitCode::from(2)
                }
                _ => ExitCode::from(code),
            };
        }
    };
    let output = Output::new(cli.quiet);
    let outcome = match &cli.verb {
        Verb::Check(args) => check::check(args, &output),
        Verb::Run(args) => run::run(args, &output),
        Verb::Resume(args) => resume::resume(args, &output),
        Verb::Merge(args) => merge::merge(args, &output),
        Verb::Choose(args) => choose::choose(args, &output),
        Verb::Sweep(args) => sweep::sweep(args, &output),
        Verb::Sensitivity(args) => sensitivity::sensitivity(args, &output),
        Verb::Rare(args) => rare::rare(args, &output),
        Verb::Regret(args) => regret::regret(args, &output),
        Verb::Compare(args) => compare::compare(args, &output),
        Verb::Forecast(args) => forecast::forecast(args, &output),
        Verb::Backtest(args) => backtest::backtest(args, &output),
        Verb::Calibrate(args) => calibrate::calibrate(args, &output),
        Verb::Trace(args) => trace::trace(args, &output),
        Verb::Report(args) => report::report(args, &output),
        Verb::Explain { code } => explain::explain(code, &output),
        Verb::Schema => explain::schema(&output),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Scenario) => ExitCode::from(1),
        Err(Failure::Environment) => ExitCode::from(2),
        Err(Failure::Interrupted) => ExitCode::from(130),
    }
}

/// Reads a scenario's text.
fn read(scenario: &args::ScenarioArg, output: &Output) -> Result<Sources, Failure> {
    read_file(&scenario.scenario, output)
}

/// Reads a file as a text, or says why not.
fn read_file(path: &Path, output: &Output) -> Result<Sources, Failure> {
    Sources::read_file(path).map_err(|error| {
        output.complain(&error.to_string());
        if error.content { Failure::Scenario } else { Failure::Environment }
    })
}

/// Says that a replication broke a rule of the engine, and how to replay it.
fn complain_broken(broken: &Broken, scenario: &Path, seed: u64, output: &Output) -> Failure {
    output.complain(&format!(
        "error: replication {} broke a rule of the engine: {}",
        broken.replication, broken.message
    ));
    output.complain(&format!(
        "help: this is our fault; replay it with `handover trace {} --replication {} --seed {seed}` and the same variant and changes",
        scenario.display(),
        broken.replication
    ));
    Failure::Environment
}

/// Loads a variant of a scenario, reporting every fault.
fn load_or_report(
    sources: &mut Sources,
    variant: Option<&str>,
    sets: &[String],
    output: &Output,
) -> Result<Loaded, Failure> {
    load::load(sources, variant, sets).map_err(|faults| {
        let failure = failure_of(&faults);
        output.complain(faults.render(sources, output.is_styled()).trim_end());
        failure
    })
}

/// A `--set` that is not PATH=VALUE is wrong usage; every other fault is the scenario's.
fn failure_of(faults: &Faults) -> Failure {
    if faults.has("S020") { Failure::Environment } else { Failure::Scenario }
}
