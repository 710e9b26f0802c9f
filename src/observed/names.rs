//! Whether the names of a history are those of a scenario, for a use that does not replay the facts and so would not look them up.

use super::{History, Kind, Row};
use crate::scenario::diagnostic::Faults;
use crate::scenario::read::resolve_name;
use crate::scenario::schema::Scenario;
use crate::scenario::source::At;

/// Tells every name that matches nothing, at its cell. What a scenario leaves out altogether it has no use for, and such rows are passed
/// over; so are figures of a flow over several days, which are no facts.
pub fn check(history: &History, file: &Scenario, faults: &mut Faults) {
    let mut check = Check { file, faults };
    let starts = history.started().map(|start| start.best);
    let is_ahead = |row: &Row| starts.zip(row.when).is_some_and(|(start, when)| when.best < start);
    for row in history.rows.iter().filter(|row| row.is_release() || !is_ahead(row)) {
        check.row(row);
    }
}

struct Check<'a> {
    file: &'a Scenario,
    faults: &'a mut Faults,
}

impl Check<'_> {
    fn row(&mut self, row: &Row) {
        let file = self.file;
        match row.kind {
            Kind::Release | Kind::Remains => {
                self.name(&row.name, names(&file.cohort.entries), "cohort");
                self.name(&row.of_tranche().cloned(), names(&file.tranche.entries), "tranche");
            }
            Kind::Dispute => self.name(&row.party, names(&file.party.entries), "party"),
            Kind::Milestone if !file.milestone.is_empty() => {
                self.name(&row.name, names(&file.milestone.entries), "milestone");
            }
            Kind::Flow if !file.flow.is_empty() && !row.is_span() => {
                self.name(&row.name, names(&file.flow.entries), "flow");
            }
            Kind::Violations if !file.violation.is_empty() => {
                self.name(&row.against, names(&file.violation.entries), "violation process");
            }
            _ => {}
        }
    }

    fn name<'n>(&mut self, cell: &Option<At<String>>, known: impl Iterator<Item = &'n str>, what: &str) {
        if let Some(cell) = cell {
            resolve_name(cell, known, what, self.faults);
        }
    }
}

fn names<T>(entries: &[(At<String>, T)]) -> impl Iterator<Item = &str> {
    entries.iter().map(|(name, _)| name.value.as_str())
}
