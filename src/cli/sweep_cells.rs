//! Running the cells of a sweep: each is taken up where its file left off, and kept after every pass.

use std::collections::BTreeSet;
use std::io;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use super::Failure;
use super::args::SweepArgs;
use super::batch::refuse;
use super::output::Output;
use crate::batch::cell::CellSample;
use crate::batch::parallel::Control;
use crate::batch::sweeping::passes;
use crate::batch::threads::{self, Gatherer};
use crate::design::{Cell, Cells};
use crate::model::plan::Plan;
use crate::report::sweep::command;
use crate::results::Fault;
use crate::results::sweep::{Folder, Key};

/// What can stop a sweep.
#[derive(Debug)]
pub(super) enum Trouble {
    /// A cell could not be kept.
    Unwritten(Fault),
    /// A fault of our own in a cell.
    Broken { cell: usize, replication: u64, message: String },
}

/// The cells to run, and what has come of it.
pub(super) struct Work<'a> {
    cells: &'a Cells<'a>,
    folder: &'a Folder,
    /// Where replications are counted for those who look on, and the sweep is asked to stop.
    shown: &'a Control,
    /// One cell for each scenario and seed: equal cells run once.
    different: Vec<usize>,
    record: Mutex<Record>,
}

#[derive(Default)]
struct Record {
    /// Cells of which anything was run.
    ran: BTreeSet<usize>,
    damaged: Vec<Fault>,
    trouble: Option<Trouble>,
}

impl<'a> Work<'a> {
    pub(super) fn new(cells: &'a Cells<'a>, folder: &'a Folder, shown: &'a Control) -> Self {
        let mut seen = BTreeSet::new();
        let mut is_new = |cell: &Cell| seen.insert((cell.digest.clone(), cell.seed));
        let different =
            cells.list.iter().enumerate().filter(|(_, cell)| is_new(cell)).map(|(i, _)| i).collect();
        Self { cells, folder, shown, different, record: Mutex::default() }
    }

    /// How many replications there are to do, those done before included.
    pub(super) fn total(&self) -> u64 {
        (self.different.len() as u64).saturating_mul(self.cells.design.replications)
    }

    /// Brings every cell to its end, pass by pass.
    pub(super) fn run(&self, threads: usize) -> Result<(), Trouble> {
        for (pass, upto) in passes(self.cells.design.replications).into_iter().enumerate() {
            let make = || Runner { work: self, upto, is_first: pass == 0 };
            let all = 0..self.different.len() as u64;
            let ran = threads::run(&make, all, 1, threads, &self.shown.stop, &AtomicU64::new(0));
            if let Some(trouble) = self.record().trouble.take() {
                return Err(trouble);
            }
            if let Err(broken) = ran {
                let cell = self.different.get(broken.replication as usize).copied().unwrap_or(0);
                return Err(Trouble::Broken { cell, replication: 0, message: broken.message });
            }
            if self.shown.stop.load(Relaxed) {
                break;
            }
        }
        Ok(())
    }

    /// How many cells were run, at least in part, and how many were there already.
    pub(super) fn counts(&self) -> (u64, u64) {
        let record = self.record();
        let ran_like = |cell: &&Cell| {
            let same = |i: &usize| {
                let one = &self.cells.list[*i];
                one.digest == cell.digest && one.seed == cell.seed
            };
            record.ran.iter().any(same)
        };
        let ran = if record.ran.len() == self.different.len() {
            self.cells.list.len()
        } else if record.ran.is_empty() {
            0
        } else {
            self.cells.list.iter().filter(ran_like).count()
        };
        (ran as u64, (self.cells.list.len() - ran) as u64)
    }

    /// Says which files were damaged and run again.
    pub(super) fn damaged(&self, output: &Output) {
        for fault in &self.record().damaged {
            output.remark(&format!("warning: {}; that cell was run again", fault.message));
        }
    }

    fn record(&self) -> std::sync::MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings one cell up to so many replications.
    fn bring(&self, index: usize, upto: u64, is_first: bool) -> Result<(), Trouble> {
        let cell = &self.cells.list[index];
        let design = self.cells.design;
        let Ok(loaded) = self.cells.load(cell.point, cell.variant) else {
            let message = "a cell that was sound is so no longer".to_string();
            return Err(Trouble::Broken { cell: index, replication: 0, message });
        };
        let key = key_of(self.cells, cell);
        let mut damaged = Vec::new();
        let found = self.folder.find(&key, design.replications, &loaded.plan, &mut damaged);
        let mut sample = found.unwrap_or_else(|| CellSample::new(&loaded.plan));
        if is_first {
            self.shown.done.fetch_add(sample.replications(), Relaxed);
            self.record().damaged.extend(damaged);
        }
        let done = sample.replications();
        let is_kept = self.folder.is_kept(&key, design.replications);
        if done < upto {
            self.record().ran.insert(index);
            self.run_cell(index, &loaded.plan, &mut sample, upto)?;
            self.shown.done.fetch_add(upto - done, Relaxed);
        } else if is_kept || done < design.replications {
            return Ok(());
        }
        self.folder.keep(&key, design.replications, &loaded.plan, &sample).map_err(Trouble::Unwritten)
    }

    fn run_cell(&self, index: usize, plan: &Plan, sample: &mut CellSample, upto: u64) -> Result<(), Trouble> {
        let cell = &self.cells.list[index];
        let first = self.cells.design.first;
        let range = first + sample.replications()..first + upto;
        let mut at = range.start;
        let run = AssertUnwindSafe(|| sample.run(plan, cell.seed, range, |replication| at = replication));
        catch_unwind(run).map_err(|panic| {
            let text = panic.downcast_ref::<&str>().map(|s| (*s).to_string());
            let message = text.or_else(|| panic.downcast_ref::<String>().cloned());
            Trouble::Broken { cell: index, replication: at, message: message.unwrap_or_default() }
        })
    }
}

/// One thread's hands: takes cells by their number and brings each up to the end of the pass.
struct Runner<'w, 'a> {
    work: &'w Work<'a>,
    upto: u64,
    is_first: bool,
}

impl Gatherer for Runner<'_, '_> {
    fn run(&mut self, numbers: Range<u64>) {
        for number in numbers {
            let index = self.work.different[number as usize];
            if let Err(trouble) = self.work.bring(index, self.upto, self.is_first) {
                self.work.record().trouble.get_or_insert(trouble);
                self.work.shown.stop.store(true, Relaxed);
            }
        }
    }

    fn at(&self) -> u64 {
        0
    }
}

pub(super) fn key_of<'c>(cells: &Cells<'_>, cell: &'c Cell) -> Key<'c> {
    Key { digest: &cell.digest, seed: cell.seed, first: cells.design.first }
}

/// A finished cell: its plan and its statistics.
pub(super) fn finished(cells: &Cells<'_>, folder: &Folder, cell: &Cell) -> io::Result<(Plan, CellSample)> {
    let gone = |what: &str| io::Error::other(format!("cell {} is {what}", cell.number));
    let loaded = cells.load(cell.point, cell.variant).map_err(|_| gone("no longer sound"))?;
    let wanted = cells.design.replications;
    let found = folder.find(&key_of(cells, cell), wanted, &loaded.plan, &mut Vec::new());
    let sample = found
        .filter(|sample| sample.replications() == wanted)
        .ok_or_else(|| gone("not finished, or damaged"))?;
    Ok((loaded.plan, sample))
}

pub(super) fn complain(trouble: &Trouble, args: &SweepArgs, cells: &Cells<'_>, output: &Output) -> Failure {
    match trouble {
        Trouble::Unwritten(fault) => {
            let failure = refuse(fault, output);
            output.remark("finished cells are kept; the same command goes on with them");
            failure
        }
        Trouble::Broken { cell, replication, message } => {
            let cell = &cells.list[*cell];
            output.complain(&format!(
                "error: replication {replication} of cell {} broke a rule of the engine: {message}",
                cell.number
            ));
            let command = command(cells, cell, &args.scenario.display().to_string(), &args.sets);
            output.complain(&format!("help: this is our fault; the cell is run alone by `{command}`"));
            Failure::Environment
        }
    }
}
