//! What `forecast` and `backtest` share: a scenario, a history, and the plan that knows the history's past to the end of a day.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use serde_json::{Value, json};

use super::args::PastArgs;
use super::batch::threads;
use super::output::Output;
use super::progress::{self, Live};
use super::{Failure, failure_of, interrupt, read_file};
use crate::forecast::gather::{Asked, merged};
use crate::forecast::{Answered, Question};
use crate::kernel::stream::SAMPLING_VERSION;
use crate::observed::{History, fit, read::read};
use crate::report::document::Run;
use crate::report::quantity::several;
use crate::scenario::diagnostic::Faults;
use crate::scenario::load::{Loaded, Script};
use crate::scenario::source::{Sources, Span};

/// A scenario and a history, both read.
pub(super) struct Opened {
    pub(super) sources: Sources,
    script: Script,
    pub(super) history: History,
    /// The scenario as it stands, without any past: what is fixed before a forecast is made.
    pub(super) parameters: Loaded,
    live: Arc<Live>,
}

/// Reads both files and the scenario's parameters, or reports every fault.
pub(super) fn open(args: &PastArgs, output: &Output) -> Result<Opened, Failure> {
    let mut sources = read_file(&args.scenario.scenario, output)?;
    let script =
        Script::open(&mut sources, &args.scenario.sets).map_err(|f| complain(f, &sources, output))?;
    let parameters = script.load(args.scenario.variant.as_deref(), &[]);
    let parameters = parameters.map_err(|f| complain(f, &sources, output))?;
    let (mut history, sources) = read_history(&args.history, sources, output)?;
    if let Some(name) = history.call(&args.names).first() {
        output.complain(&format!("error: --match: no row of the history bears the name `{name}`"));
        output.complain("help: write HISTORY=SCENARIO, with the name as it stands in the history");
        return Err(Failure::Environment);
    }
    let live = Arc::new(Live::default());
    interrupt::watch(&live);
    Ok(Opened { sources, script, history, parameters, live })
}

/// Reads a history into the texts at hand.
pub(super) fn read_history(
    path: &std::path::Path,
    mut sources: Sources,
    output: &Output,
) -> Result<(History, Sources), Failure> {
    let file = read_file(path, output)?;
    let Some(number) = sources.add(file.name(0), file.text(0)) else {
        output.complain("error: there are more texts than can be told apart");
        return Err(Failure::Environment);
    };
    match read(&sources, number) {
        Ok(history) => Ok((history, sources)),
        Err(faults) => Err(complain(faults, &sources, output)),
    }
}

fn complain(faults: Faults, sources: &Sources, output: &Output) -> Failure {
    let failure = failure_of(&faults);
    output.complain(faults.render(sources, output.is_styled()).trim_end());
    failure
}

impl Opened {
    /// The plan that knows the past to the end of a day, and that day.
    pub(super) fn as_of(
        &mut self,
        args: &PastArgs,
        text: &str,
        output: &Output,
    ) -> Result<(Loaded, i64), Failure> {
        let Some(number) = self.sources.add("--as-of", text) else {
            output.complain("error: there are more texts than can be told apart");
            return Err(Failure::Environment);
        };
        let span = Span::new(number, 0..text.len());
        let history = &self.history;
        let loaded = self.script.load_with(args.scenario.variant.as_deref(), &[], &|file, faults| {
            let as_of = fit::as_of(text, span, &file.start, faults)?;
            fit::past(history, as_of, file, faults)
        });
        let loaded = loaded.map_err(|faults| complain(faults, &self.sources, output))?;
        let as_of = loaded.plan.history.as_ref().map_or(0, |history| history.as_of);
        let day = crate::forecast::Days::of(&loaded.plan).day(as_of - 1);
        Ok((loaded, day))
    }
}

/// Asks every replication of a run. Status 130 where it was interrupted: a part of a forecast is none.
pub(super) fn ask(
    args: &PastArgs,
    opened: &Opened,
    loaded: &Loaded,
    questions: &[Question],
    run: Run,
    output: &Output,
) -> Result<Vec<Answered>, Failure> {
    let live = &opened.live;
    live.control.done.store(0, Relaxed);
    let range = run.first..run.first + run.replications;
    let make = || Asked::new(&loaded.plan, run.seed, questions);
    let control = &live.control;
    let threads = threads(args.range.threads);
    let parts = progress::during(output, live, run.replications, || {
        crate::batch::threads::run(&make, range, 64, threads, &control.stop, &control.done)
    });
    let parts =
        parts.map_err(|broken| super::complain_broken(&broken, &args.scenario.scenario, run.seed, output))?;
    if control.done.load(Relaxed) < run.replications {
        output.remark(&format!("interrupted after {}", several(control.done.load(Relaxed), "replication")));
        return Err(Failure::Interrupted);
    }
    Ok(merged(questions, parts.into_iter().map(Asked::into_answers)))
}

/// What made a document: enough to make it again.
pub(super) fn manifest(kind: &str, args: &PastArgs, opened: &Opened, run: &Run, as_of: &[String]) -> Value {
    json!({
        "format": 1,
        "kind": kind,
        "scenario": {
            "file": args.scenario.scenario.display().to_string(),
            "name": opened.parameters.plan.name,
            "text": opened.sources.text(0),
        },
        "variant": opened.parameters.variant,
        "overrides": args.scenario.sets,
        "history": { "file": args.history.display().to_string(), "match": args.names },
        "as_of": as_of,
        "parameters_digest": opened.parameters.digest,
        "seed": run.seed,
        "first": run.first,
        "replications": run.replications,
        "version": env!("CARGO_PKG_VERSION"),
        "sampling_version": SAMPLING_VERSION,
        "platform": format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
        "command": std::env::args().collect::<Vec<_>>(),
    })
}
