//! Pages of HTML: one file each, which loads nothing, runs nothing, and prints.
//!
//! | module | what it does |
//! |---|---|
//! | `markup` | elements and escaped text |
//! | `page` | head, sections, figures, tables, cards |
//! | `chart` | charts as drawings that the style sheet themes |
//! | `picture` | charts that stand alone, as files of their own |
//! | `command` | the command line under each figure |
//! | `section` | the sections of a batch's page |
//! | `replication` | the page of one replication |
//! | `contrast` | the page of a comparison |
//! | `forecast` | the pages of a forecast and of a back-test |
//! | `sensitivity` | the page of an analysis of sensitivity |
//! | `sweep` | the page of a sweep |
//!
//! The drawings are written here and not by a library: `docs/report.md` says what was measured.

mod chart;
mod command;
mod contrast;
mod forecast;
mod markup;
mod page;
mod picture;
mod replication;
mod section;
mod sensitivity;
mod sweep;

pub use contrast::{Contrasts, comparison, differences};
pub use forecast::{Backtest, Forecast, Past, backtest, forecast};
pub use picture::{Chance, Strip, chances, strips};
pub use replication::replication;
pub use sensitivity::{Analysis, sensitivity};
pub use sweep::{Line, Swept, sweep};

use super::document::Run;
use super::table::Show;
use crate::batch::Sample;
use crate::model::plan::OutcomeSpec;
use crate::report::quantity::several;
use crate::report::words::people;
use crate::scenario::load::Loaded;
use crate::stats::Tally;
use page::Title;

/// Where a result comes from. It changes no figure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The scenario's file, as it was named.
    pub file: String,
    /// Overrides, as given to `--set`.
    pub overrides: Vec<String>,
    /// Version of the program that ran it.
    pub version: String,
    /// Processor and operating system.
    pub platform: String,
    /// The command line.
    pub command: Vec<String>,
    /// How many replications were planned.
    pub planned: u64,
    /// Whether all that was to be run was.
    pub is_complete: bool,
    /// How many parts were merged; 0 for a run.
    pub parts: usize,
}

/// A batch as its page needs it.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// The scenario.
    pub loaded: &'a Loaded,
    /// What was run.
    pub run: Run,
    /// What came of it.
    pub sample: &'a Sample,
    /// Where it comes from.
    pub origin: &'a Origin,
}

/// The page of a batch.
pub fn batch(batch: &Batch<'_>) -> String {
    let plan = &batch.loaded.plan;
    let title = Title {
        heading: plan.name.clone(),
        lead: batch.lead(),
        about: batch.loaded.about.iter().cloned().collect(),
    };
    page::page(&title, &section::all(batch), FOOT)
}

/// An outcome's name in words: "tranche 1, captives delay" for `tranche.1.captives_delay_s`.
fn outcome_words(name: &str, show: Show) -> String {
    let words = super::table::words(name, show);
    match words.strip_prefix("tranche.").and_then(|rest| rest.split_once('.')) {
        Some((tranche, what)) => format!("{}, {}", tranche_words(tranche), what.replace('.', ", ")),
        None => words.replace('.', ", "),
    }
}

/// A tranche's name in words: extra rounds are called so.
fn tranche_words(name: &str) -> String {
    match name.strip_prefix("extra") {
        Some(number) if !number.is_empty() => format!("extra round {number}"),
        _ => format!("tranche {name}"),
    }
}

/// A word with a capital letter.
fn capital(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The last line of every page.
const FOOT: &str = "This page is one file: it loads nothing, runs nothing, and can be kept, sent and printed. In print, the tables under the figures are left out.";

impl<'a> Batch<'a> {
    fn lead(&self) -> String {
        let variant = match self.loaded.variant.as_str() {
            crate::scenario::load::BASE => String::new(),
            name => format!("variant {name}, "),
        };
        format!(
            "{variant}{} of a simulation, seed {}",
            several(self.run.replications, "replication"),
            self.run.seed
        )
    }

    fn outcomes(&self) -> impl Iterator<Item = (&'a OutcomeSpec, &'a Tally)> {
        self.loaded.plan.outcomes.iter().zip(self.sample.summary.tallies())
    }

    /// An outcome by its name, if the plan has it.
    fn outcome(&self, name: &str) -> Option<(&'a OutcomeSpec, &'a Tally)> {
        self.outcomes().find(|(spec, _)| spec.name == name)
    }

    /// Names of the outcomes that begin with a word and a dot and have no further dot.
    fn names_under(&self, word: &str) -> Vec<String> {
        let of_word = |name: &&str| name.strip_prefix(word).and_then(|rest| rest.strip_prefix('.')).is_some();
        self.outcomes().map(|(spec, _)| spec.name.as_str()).filter(of_word).map(str::to_string).collect()
    }

    /// The command for what `summary.json` holds.
    fn command(&self) -> String {
        format!("{} --format json", command::run(self.origin, &self.loaded.variant, &self.run))
    }

    /// The command for the daily trajectories.
    fn command_for_days(&self) -> String {
        format!("{} --out DIR", command::run(self.origin, &self.loaded.variant, &self.run))
    }
}
