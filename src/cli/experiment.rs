//! The texts an experiment is made of, scenario and design, and reading them.

use std::path::Path;

use super::output::Output;
use super::{Failure, read_file};
use crate::design::Design;
use crate::scenario::diagnostic::Faults;
use crate::scenario::load::Script;
use crate::scenario::source::{Sources, Span};

/// The texts of an experiment, as read.
pub(super) struct Texts {
    pub(super) sources: Sources,
    pub(super) design: u16,
    pub(super) table: Option<u16>,
}

/// Reads a scenario and a design, and makes script and design of them.
pub(super) fn open(
    scenario: &Path,
    design: &Path,
    sets: &[String],
    output: &Output,
) -> Result<(Texts, Script, Design), Failure> {
    let mut sources = read_file(scenario, output)?;
    let read = read_file(design, output)?;
    let number = sources.add(read.name(0), read.text(0)).unwrap_or(Span::IMPLIED.source);
    let mut table = None;
    let script = Script::open(&mut sources, sets).map_err(|faults| complain(faults, &sources, output))?;
    let beside = design.parent().unwrap_or(Path::new(""));
    let mut read_table = |sources: &mut Sources, name: &str| {
        let read = Sources::read_file(&beside.join(name)).map_err(|error| error.message)?;
        let number = sources.add(read.name(0), read.text(0)).ok_or("there are too many texts")?;
        table = Some(number);
        Ok(number)
    };
    let design = Design::read(&mut sources, number, &mut read_table);
    let design = design.map_err(|faults| complain(faults, &sources, output))?;
    Ok((Texts { sources, design: number, table }, script, design))
}

/// Says what is wrong with scenario or design.
pub(super) fn complain(faults: Faults, sources: &Sources, output: &Output) -> Failure {
    output.complain(faults.render(sources, output.is_styled()).trim_end());
    Failure::Scenario
}
