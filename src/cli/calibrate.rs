//! `calibrate`: parameters fitted to histories, and a scenario with what was learnt.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::args::{CalibrateArgs, Format};
use super::batch::threads;
use super::experiment::complain;
use super::output::Output;
use super::past::read_history;
use super::progress::{self, Live};
use super::{Failure, Outcome, interrupt, range, read_file, report};
use crate::batch::parallel::Broken;
use crate::calibrate::known;
use crate::calibrate::prior::Priors;
use crate::calibrate::problem::{Answers, Problem, evaluate};
use crate::calibrate::rewrite::{Replacement, rewrite};
use crate::calibrate::smc::{self, Ended, Found, Proposal, Settings};
use crate::observed::History;
use crate::report::calibration::Calibration;
use crate::scenario::load::{self, Loaded, Script};
use crate::scenario::source::{Sources, Span};

/// Everything that was read.
struct Opened {
    sources: Sources,
    script: Script,
    loaded: Loaded,
    priors: Priors,
    histories: Vec<History>,
    answers: Vec<Answers>,
    as_of: Option<i64>,
}

pub(super) fn calibrate(args: &CalibrateArgs, output: &Output) -> Outcome {
    let opened = open(args, output)?;
    let found = match opened.priors.parameters.is_empty() {
        true => None,
        false => Some(sample(args, &opened, output)?),
    };
    let new = match &args.out {
        Some(_) => Some(renewed(args, &opened, found.as_ref(), output)?),
        None => None,
    };
    let histories: Vec<String> = args.history.iter().map(|path| path.display().to_string()).collect();
    let calibration = Calibration {
        loaded: &opened.loaded,
        priors: &opened.priors,
        histories: &histories,
        answers: &opened.answers,
        as_of: opened.as_of,
        seed: args.seed,
        first: args.first,
        found: found.as_ref(),
        written: new.as_ref().map_or(&[], |new| &new.written),
        calibrated_digest: new.as_ref().map(|new| new.digest.as_str()),
    };
    if let (Some(new), Some(path)) = (&new, &args.out) {
        report::write(&new.text, Some(path), output)?;
    }
    match args.format {
        Format::Json => output.print(&format!("{:#}\n", calibration.document())),
        Format::Text => output.print(&calibration.text()),
    }
}

fn open(args: &CalibrateArgs, output: &Output) -> Result<Opened, Failure> {
    let variant = args.scenario.variant.as_deref();
    let mut sources = read_file(&args.scenario.scenario, output)?;
    let file = match &args.priors {
        Some(path) => {
            let file = read_file(path, output)?;
            Some(sources.add(file.name(0), file.text(0)).unwrap_or(Span::IMPLIED.source))
        }
        None => None,
    };
    let script =
        Script::open(&mut sources, &args.scenario.sets).map_err(|f| complain(f, &sources, output))?;
    let loaded = script.load(variant, &[]).map_err(|f| complain(f, &sources, output))?;
    let number = match file {
        Some(number) => number,
        None => {
            let text = priors_of(&loaded, output)?;
            sources.add("the priors of the scenario", text).unwrap_or(Span::IMPLIED.source)
        }
    };
    let priors =
        Priors::read(&sources, number, &script, variant).map_err(|f| complain(f, &sources, output))?;
    if priors.parameters.is_empty() != args.history.is_empty() {
        let (what, help) = match args.history.is_empty() {
            true => {
                ("what is in [parameter] is fitted to histories, and none is named", "add --history FILE")
            }
            false => (
                "nothing is fitted to this history",
                "name parameters in [parameter], or leave --history out",
            ),
        };
        output.complain(&format!("error: {what}\nhelp: {help}"));
        return Err(Failure::Environment);
    }
    let mut opened =
        Opened { sources, script, loaded, priors, histories: Vec::new(), answers: Vec::new(), as_of: None };
    for path in &args.history {
        opened = with_history(args, opened, path, output)?;
    }
    check_settings(args, &opened, output)?;
    Ok(opened)
}

/// A file of priors that names every number which the scenario gives as a law.
fn priors_of(loaded: &Loaded, output: &Output) -> Result<String, Failure> {
    let paths: BTreeSet<&str> = loaded.plan.drawn.iter().map(|number| number.path.as_str()).collect();
    if paths.is_empty() {
        output.complain("error: the scenario gives no number as a law, so it has no priors");
        output.complain("help: give laws to the numbers that are to be learnt, or name a file of priors");
        return Err(Failure::Environment);
    }
    let line = |path: &&str| format!("{} = {{}}\n", toml_key(path));
    Ok(format!("format = 1\n[parameter]\n{}", paths.iter().map(line).collect::<String>()))
}

/// A path as a key in quotes.
fn toml_key(path: &str) -> String {
    format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Reads a history as it stood at the end of the as-of day.
fn with_history(
    args: &CalibrateArgs,
    mut opened: Opened,
    path: &std::path::Path,
    output: &Output,
) -> Result<Opened, Failure> {
    let (mut history, sources) = read_history(path, opened.sources, output)?;
    opened.sources = sources;
    let unknown = history.call(&args.names);
    if let Some(name) = unknown.first().filter(|_| args.history.len() == 1) {
        output.complain(&format!("error: --match: no row of the history bears the name `{name}`"));
        output.complain("help: write HISTORY=SCENARIO, with the name as it stands in the history");
        return Err(Failure::Environment);
    }
    let as_of = match &args.as_of {
        Some(text) => {
            let number = opened.sources.add("--as-of", text.as_str()).unwrap_or(Span::IMPLIED.source);
            Some((text.as_str(), Span::new(number, 0..text.len())))
        }
        None => None,
    };
    known::check(&history, as_of, &opened.script, args.scenario.variant.as_deref())
        .map_err(|f| complain(f, &opened.sources, output))?;
    let known = known::read(&history, as_of, &opened.loaded);
    let (history, day, answers) = known.map_err(|f| complain(f, &opened.sources, output))?;
    opened.as_of = day;
    opened.answers.push(answers);
    opened.histories.push(history);
    Ok(opened)
}

fn check_settings(args: &CalibrateArgs, opened: &Opened, output: &Output) -> Outcome {
    let (least, most) = (10, 1_000_000);
    let fault = if !(least..=most).contains(&args.particles) {
        Some(format!("--particles {} is not from {least} to {most}", args.particles))
    } else if !(args.tolerance >= 0.0 && args.tolerance.is_finite()) {
        Some(format!("--tolerance {} is no distance", args.tolerance))
    } else if args.most <= args.particles {
        Some(format!("--most {} leaves no simulations beyond the first {}", args.most, args.particles))
    } else {
        None
    };
    if let Some(fault) = fault {
        output.complain(&format!("error: {fault}"));
        output.complain("help: 500 particles, 50,000 simulations and a tolerance of 0, which none may reach, are where to begin");
        return Err(Failure::Environment);
    }
    let all = args.most.saturating_mul(opened.histories.len().max(1) as u64);
    range::planned(args.seed, args.first, all, output).map(|_| ())
}

/// Why there is no sample.
enum Trouble {
    Broken(Broken),
    Stopped,
}

fn sample(args: &CalibrateArgs, opened: &Opened, output: &Output) -> Result<Found, Failure> {
    let problem = Problem {
        script: &opened.script,
        variant: args.scenario.variant.as_deref(),
        priors: &opened.priors,
        histories: &opened.histories,
        answers: &opened.answers,
        seed: args.seed,
        first: args.first,
    };
    let settings = Settings {
        particles: args.particles as usize,
        dimensions: opened.priors.parameters.len(),
        most: args.most,
        tolerance: args.tolerance,
        seed: args.seed,
        scales: None,
    };
    let live = Arc::new(Live::default());
    interrupt::watch(&live);
    let threads = threads(args.threads);
    let mut simulate = |block: &[Proposal]| {
        let done = evaluate(&problem, block, threads, &live.control).map_err(Trouble::Broken)?;
        if done.len() < block.len() { Err(Trouble::Stopped) } else { Ok(done) }
    };
    let observed = problem.observed();
    let found = progress::during(output, &live, args.most, || smc::run(&settings, &observed, &mut simulate));
    match found {
        Ok(found) if found.ended == Ended::Empty => {
            output.complain("error: too few places of the priors give a scenario that can be run and asked the same questions");
            output.complain("help: narrow the priors, or allow more simulations with --most");
            Err(Failure::Scenario)
        }
        Ok(found) => Ok(found),
        Err(Trouble::Broken(broken)) => {
            let each = opened.histories.len().max(1) as u64;
            let replication = args.first + broken.replication * each;
            let broken = Broken { replication, ..broken };
            Err(super::complain_broken(&broken, &args.scenario.scenario, args.seed, output))
        }
        Err(Trouble::Stopped) => {
            output.remark("interrupted; nothing was learnt");
            Err(Failure::Interrupted)
        }
    }
}

/// A scenario with what was learnt in it.
struct New {
    text: String,
    written: Vec<&'static str>,
    digest: String,
}

fn renewed(
    args: &CalibrateArgs,
    opened: &Opened,
    found: Option<&Found>,
    output: &Output,
) -> Result<New, Failure> {
    if found.is_some_and(|found| found.generations.len() < 2) {
        output.complain(
            "error: the simulations ran out before anything was learnt, so there is nothing to write",
        );
        output.complain("help: allow more with --most, or leave --out out");
        return Err(Failure::Environment);
    }
    let particles = found.map_or(&[] as &[_], |found| &found.particles);
    let parameters = opened.priors.parameters.iter().enumerate();
    let sampled = parameters.map(|(k, p)| Replacement::of_sample(p, particles, k));
    let replacements: Vec<Replacement> =
        sampled.chain(opened.priors.exact.iter().map(Replacement::of_exact)).collect();
    let variant = args.scenario.variant.as_deref();
    let head = head(args, opened);
    let write = |laws: bool| {
        rewrite(&opened.sources, &opened.script, variant, &replacements, laws, &head)
            .map_err(|faults| complain(faults, &opened.sources, output))
    };
    let name = args.out.as_deref().map_or(String::new(), |path| path.display().to_string());
    let (text, drawn) = write(!args.means)?;
    let written = drawn.iter().map(|law| if *law { "law" } else { "mean" }).collect();
    match checked(&name, &text, variant) {
        Ok(digest) => Ok(New { text, written, digest }),
        // A key whose place in the scenario leaves no room for a law: every parameter stands by its mean then.
        Err(_) if drawn.contains(&true) => {
            let (text, drawn) = write(false)?;
            let digest = checked(&name, &text, variant).map_err(|said| refuse(&said, output))?;
            output.remark("the scenario does not take these laws; the means are written instead");
            Ok(New { text, written: vec!["mean"; drawn.len()], digest })
        }
        Err(said) => Err(refuse(&said, output)),
    }
}

fn refuse(said: &str, output: &Output) -> Failure {
    output.complain(said.trim_end());
    output.complain("help: with what was learnt in it the scenario is not sound, so it was not written");
    Failure::Scenario
}

/// Loads the new text and every variant of it; the digest of the variant asked for, or what is wrong.
fn checked(name: &str, text: &str, variant: Option<&str>) -> Result<String, String> {
    let mut sources = Sources::from_text(name, text);
    let names = load::variants(&sources).map_err(|f| f.render(&sources, false))?;
    for name in &names {
        load::load(&mut sources, Some(name), &[]).map_err(|f| f.render(&sources, false))?;
    }
    let loaded = load::load(&mut sources, variant, &[]).map_err(|f| f.render(&sources, false))?;
    Ok(loaded.digest)
}

/// What the new file says of itself.
fn head(args: &CalibrateArgs, opened: &Opened) -> Vec<String> {
    let name = |path: &std::path::Path| {
        path.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned())
    };
    let histories: Vec<String> = args.history.iter().map(|path| name(path)).collect();
    let scenario = name(&args.scenario.scenario);
    let mut line = match &args.priors {
        Some(priors) => format!("Calibrated from {scenario} with the priors of {}", name(priors)),
        None => format!("Calibrated from {scenario} with its own laws as priors"),
    };
    if !histories.is_empty() {
        line.push_str(&format!(", to {}", histories.join(", ")));
    }
    if let Some(day) = opened.as_of {
        line.push_str(&format!(" as of day {day}"));
    }
    if let Some(variant) = &args.scenario.variant {
        line.push_str(&format!(", variant {variant}"));
    }
    for set in &args.scenario.sets {
        line.push_str(&format!(", under --set {set}, which is not in this file"));
    }
    let paths: Vec<&str> = opened
        .priors
        .parameters
        .iter()
        .map(|p| p.path.as_str())
        .chain(opened.priors.exact.iter().map(|e| e.path.as_str()))
        .collect();
    vec![format!("{line}; seed {}.", args.seed), format!("Learnt: {}.", paths.join(", "))]
}
