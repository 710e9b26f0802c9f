//! A batch from its first replication, or from a checkpoint, to its end: how `run` and `resume` do their work.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::args::Format;
use super::output::Output;
use super::progress::{self, Live};
use super::{Failure, Outcome, interrupt, targets};
use crate::batch::Sample;
use crate::batch::parallel::{self, Batch, Broken, Threads};
use crate::batch::precision::{Target, is_look, next_look};
use crate::report::document::{self, Interrupted, Run};
use crate::report::quantity::several;
use crate::report::table;
use crate::results::manifest::{Manifest, Record};
use crate::results::rows::{self, Layout};
use crate::results::{Fault, State, Work, file};
use crate::scenario::load::Loaded;

/// How often a terminal is told of the precision so far.
const REFRESH: Duration = Duration::from_secs(1);

/// What is to be run, and how.
pub(super) struct Job {
    pub(super) loaded: Loaded,
    pub(super) manifest: Manifest,
    pub(super) targets: Vec<Target>,
    pub(super) threads: usize,
    pub(super) checkpoint: Duration,
    pub(super) format: Format,
}

/// Where results are kept while it runs.
pub(super) struct Kept {
    work: Work,
    rows: Option<(rows::Writer, Layout)>,
}

/// Why it stopped before its end.
enum Stop {
    Broken(Broken),
    Fault(Fault),
}

impl Job {
    /// An empty state, and a new folder for the results if one is wanted.
    pub(super) fn begin(&self, out: Option<&std::path::Path>) -> Result<(State, Option<Kept>), Fault> {
        let plan = &self.loaded.plan;
        let Some(folder) = out else {
            // Only a folder holds daily trajectories.
            return Ok((State { row_bytes: 0, sample: Sample::without_days(plan) }, None));
        };
        let state = State { row_bytes: 0, sample: Sample::new(plan) };
        if let Some(format) = self.manifest.rows {
            format.check()?;
        }
        let statistics = state.to_bytes(&self.manifest.identity(), &self.loaded.plan);
        let manifest = self.manifest.to_bytes();
        let work = Work::begin(folder, &[(file::STATISTICS, &statistics), (file::MANIFEST, &manifest)])?;
        let kept = self.open_rows(work, &state)?;
        Ok((state, Some(kept)))
    }

    /// Goes on in a folder from its last checkpoint.
    pub(super) fn go_on(&self, work: Work) -> Result<(State, Kept), Fault> {
        let state = State::read(&work.path(file::STATISTICS), &self.manifest.identity(), &self.loaded.plan)?;
        let done = state.sample.summary.replications();
        if done > self.manifest.planned {
            return Err(Fault::damaged(
                &work.path(file::STATISTICS),
                "it holds more replications than were asked for",
            ));
        }
        let kept = self.open_rows(work, &state)?;
        Ok((state, kept))
    }

    fn open_rows(&self, work: Work, state: &State) -> Result<Kept, Fault> {
        let end = self.manifest.first + state.sample.summary.replications();
        let rows = match Layout::of(&self.manifest, &self.loaded) {
            Some(layout) => Some((rows::Writer::open(&work, &layout, end, state.row_bytes)?, layout)),
            None => None,
        };
        Ok(Kept { work, rows })
    }

    /// Runs what is left, keeps it, and prints the result.
    pub(super) fn carry_out(&self, mut state: State, mut kept: Option<Kept>, output: &Output) -> Outcome {
        let live = Arc::new(Live::default());
        live.control.done.store(state.sample.summary.replications(), Relaxed);
        interrupt::watch(&live);
        let result = progress::during(output, &live, self.manifest.planned, || {
            self.drive(&mut state, &mut kept, &live, output)
        });
        let place = kept.as_ref().map(|kept| kept.work.at().to_path_buf());
        let folder = kept.as_ref().map(|kept| kept.work.folder().to_path_buf());
        let ended = result.and_then(|is_complete| match kept {
            Some(kept) => self.publish(&state, kept, is_complete).map(|()| is_complete).map_err(Stop::Fault),
            None => Ok(is_complete),
        });
        let is_complete = ended.map_err(|stop| {
            self.complain(&stop, output);
            if let (Some(place), Some(folder)) = (place, &folder) {
                output.complain(&format!(
                    "note: what was finished is kept in `{}`; `handover resume {}` goes on from there",
                    place.display(),
                    folder.display()
                ));
            }
            Failure::Environment
        })?;
        let done = state.sample.summary.replications();
        if let Some(folder) = &folder {
            output.remark(&format!("written to {}", folder.display()));
        }
        if !is_complete {
            output.remark(&format!("interrupted after {}", several(done, "replication")));
            match &folder {
                Some(folder) => {
                    output.remark(&format!("`handover resume {}` goes on with it", folder.display()));
                }
                None if done > 0 => self.print_part(&state, output)?,
                None => {}
            }
            return Err(Failure::Interrupted);
        }
        self.warn_of_targets(&state, output);
        self.print(&state, output)
    }

    /// Runs until the end, until the precision is reached, or until it is interrupted. True if it is complete.
    fn drive(
        &self,
        state: &mut State,
        kept: &mut Option<Kept>,
        live: &Live,
        output: &Output,
    ) -> Result<bool, Stop> {
        let planned = self.manifest.planned;
        let threads =
            Threads::new(self.threads).map_err(|error| Stop::Fault(no_threads(self.threads, &error)))?;
        let mut last = Instant::now();
        loop {
            let done = state.sample.summary.replications();
            if done == planned || self.is_precise(state, done) {
                self.keep(state, kept)?;
                return Ok(true);
            }
            if live.control.stop.load(Relaxed) {
                self.keep(state, kept)?;
                return Ok(false);
            }
            let goal = if self.targets.is_empty() { planned } else { next_look(done, planned) };
            let checkpoint = kept.is_some().then(|| last + self.checkpoint);
            let refresh = output.shows_progress().then(|| Instant::now() + REFRESH);
            let until = [checkpoint, refresh].into_iter().flatten().min();
            let keeps_days = kept.is_some();
            let batch = Batch { keeps_days, until, ..self.batch(&threads, live) };
            self.advance(state, kept, &batch, done..goal)?;
            live.tell(self.headline(state));
            if checkpoint.is_some_and(|due| Instant::now() >= due) {
                self.keep(state, kept)?;
                last = Instant::now();
            }
        }
    }

    /// Runs a range, counted from the first replication, or a prefix of it, and adds it up. At least one chunk, however short
    /// the time, so that the work always gets on.
    fn advance(
        &self,
        state: &mut State,
        kept: &mut Option<Kept>,
        batch: &Batch<'_>,
        range: std::ops::Range<u64>,
    ) -> Result<(), Stop> {
        let first = self.manifest.first;
        let range = first + range.start..first + range.end;
        let rows = kept.as_mut().and_then(|kept| kept.rows.as_mut());
        let result = match rows {
            None => batch.run(range),
            Some((writer, layout)) => {
                batch.run_with_rows(range, &|rows| layout.prepare(rows), &mut |rows| writer.take(rows))
            }
        };
        let part = result.map_err(|failure| match failure {
            parallel::Failure::Broken(broken) => Stop::Broken(broken),
            parallel::Failure::Rows(error) => Stop::Fault(self.rows_unwritten(kept, &error)),
        })?;
        state.sample.merge(&part);
        Ok(())
    }

    fn batch<'b>(&'b self, threads: &'b Threads, live: &'b Live) -> Batch<'b> {
        Batch {
            plan: &self.loaded.plan,
            seed: self.manifest.seed,
            threads,
            control: &live.control,
            keeps_days: false,
            until: None,
        }
    }

    fn rows_unwritten(&self, kept: &Option<Kept>, error: &std::io::Error) -> Fault {
        let name = self.manifest.rows.map_or("rows", |format| format.file_name());
        let path = kept.as_ref().map_or_else(|| name.into(), |kept| kept.work.path(name));
        Fault::unwritten(&path, error)
    }

    /// Writes a checkpoint: first the rows, then the statistics that count on them.
    fn keep(&self, state: &mut State, kept: &mut Option<Kept>) -> Result<(), Stop> {
        let Some(kept_now) = kept else { return Ok(()) };
        if let Some((writer, _)) = &mut kept_now.rows {
            match writer.keep() {
                Ok(bytes) => state.row_bytes = bytes,
                Err(error) => return Err(Stop::Fault(self.rows_unwritten(kept, &error))),
            }
        }
        let statistics = state.to_bytes(&self.manifest.identity(), &self.loaded.plan);
        kept_now.work.write(file::STATISTICS, &statistics).map_err(Stop::Fault)
    }

    /// Writes all files and lets the folder appear.
    fn publish(&self, state: &State, kept: Kept, is_complete: bool) -> Result<(), Fault> {
        let Kept { work, rows } = kept;
        if let Some((writer, layout)) = rows {
            let path = work.path(layout.format.file_name());
            writer.finish().map_err(|error| Fault::unwritten(&path, &error))?;
        }
        let manifest = Manifest {
            replications: state.sample.summary.replications(),
            complete: is_complete,
            ..self.manifest.clone()
        };
        write_documents(&work, &self.loaded, manifest, state, self.summary(state))?;
        work.publish()
    }

    fn run(&self, state: &State) -> Run {
        Run {
            seed: self.manifest.seed,
            first: self.manifest.first,
            replications: state.sample.summary.replications(),
        }
    }

    fn summary(&self, state: &State) -> Value {
        let mut summary = document::summary(&self.loaded, &self.run(state), &state.sample);
        if let (false, Value::Object(entries)) = (self.targets.is_empty(), &mut summary) {
            let report =
                targets::report(&self.targets, &self.loaded.plan, &state.sample, self.manifest.planned);
            entries.insert("precision".into(), report);
        }
        summary
    }

    /// Prints the result in the form asked for.
    pub(super) fn print(&self, state: &State, output: &Output) -> Outcome {
        match self.format {
            Format::Json => output.print(&format!("{:#}\n", self.summary(state))),
            Format::Text => output.print(&table::render(&self.loaded, &self.run(state), &state.sample)),
        }
    }

    /// Prints what was finished before an interrupt, marked as that: it is kept nowhere else.
    fn print_part(&self, state: &State, output: &Output) -> Outcome {
        let mark = Interrupted { planned: self.manifest.planned, run: self.run(state) };
        match self.format {
            Format::Json => {
                let mut summary = self.summary(state);
                mark.mark(&mut summary);
                output.print(&format!("{summary:#}\n"))
            }
            Format::Text => {
                let table = table::render(&self.loaded, &self.run(state), &state.sample);
                output.print(&format!("{mark}{table}"))
            }
        }
    }

    fn is_precise(&self, state: &State, done: u64) -> bool {
        !self.targets.is_empty()
            && is_look(done, self.manifest.planned)
            && self.targets.iter().all(|target| target.is_met(&state.sample))
    }

    /// The half-width so far of the target that is furthest off, or of an outcome everybody asks for.
    fn headline(&self, state: &State) -> Option<String> {
        let off = |target: &&Target| {
            target.reached(&state.sample).map_or(f64::INFINITY, |half| half / target.half_width)
        };
        let furthest = self.targets.iter().max_by(|a, b| off(a).total_cmp(&off(b)));
        let specs = &self.loaded.plan.outcomes;
        let completed = || specs.iter().position(|o| o.name == "completed");
        let outcome = furthest.map(|target| target.outcome).or_else(completed)?;
        let spec = &specs[outcome];
        Some(table::half_width(&spec.name, spec.measure.is_flag(), &state.sample.summary.tallies()[outcome]))
    }

    fn warn_of_targets(&self, state: &State, output: &Output) {
        for target in self.targets.iter().filter(|target| !target.is_met(&state.sample)) {
            output.remark(&format!(
                "note: the precision of {} was not reached in {}",
                self.loaded.plan.outcomes[target.outcome].name,
                several(state.sample.summary.replications(), "replication")
            ));
        }
    }

    fn complain(&self, stop: &Stop, output: &Output) {
        match stop {
            Stop::Fault(fault) => output.complain(&fault.to_string()),
            Stop::Broken(broken) => {
                output.complain(&format!(
                    "error: replication {} broke a rule of the engine: {}",
                    broken.replication, broken.message
                ));
                output.complain(&format!(
                    "help: this is our fault; replay it with `handover trace {} --replication {} --seed {}`",
                    self.manifest.scenario.file, broken.replication, self.manifest.seed
                ));
            }
        }
    }
}

/// Writes the documents of a result, with the manifest last: it lists the others.
pub(super) fn write_documents(
    work: &Work,
    loaded: &Loaded,
    mut manifest: Manifest,
    state: &State,
    summary: Value,
) -> Result<(), Fault> {
    let trajectories = document::trajectories(loaded, &state.sample);
    work.write(file::STATISTICS, &state.to_bytes(&manifest.identity(), &loaded.plan))?;
    work.write(file::SUMMARY, format!("{summary:#}\n").as_bytes())?;
    work.write(file::TRAJECTORIES, format!("{trajectories:#}\n").as_bytes())?;
    let rows = manifest.rows.map(|format| format.file_name());
    for name in [file::STATISTICS, file::SUMMARY, file::TRAJECTORIES].into_iter().chain(rows) {
        let path = work.path(name);
        let record = Record::of_file(&path).map_err(|error| Fault::unread(&path, &error))?;
        manifest.files.insert(name.to_string(), record);
    }
    work.write(file::MANIFEST, &manifest.to_bytes())
}

fn no_threads(count: usize, error: &std::io::Error) -> Fault {
    Fault::environment(
        format!("{count} threads could not be started: {error}"),
        "ask for fewer with --threads",
    )
}

/// All the machine has.
pub(super) fn threads(asked: Option<u32>) -> usize {
    asked.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), |t| t as usize)
}

/// Says what is wrong with a folder of results.
pub(super) fn refuse(fault: &Fault, output: &Output) -> Failure {
    output.complain(&fault.to_string());
    match fault.kind {
        crate::results::Kind::Data => Failure::Scenario,
        crate::results::Kind::Environment => Failure::Environment,
    }
}
