//! Keys without effect: what is written but can never matter, since what it belongs to is not there.
//!
//! A variant or an override may switch a mechanism off and leave its keys idle; that is what switching off is, and no fault.
//! Refused are keys that were idle from the moment they were written: in the file as it stands, or in one change of several.

mod agreement;
mod assumptions;
mod dates;

use super::diagnostic::{Diagnostic, Faults};
use super::law::Param;
use super::read::{Read, Reader};
use super::schema::Scenario;
use super::source::Span;
use super::tree::{Entry, Kind, Node};

/// Reports the keys of `root`, read as `file`, that have no effect; `stages` are the file before any change and after each but
/// the last.
pub(super) fn check(file: &Scenario, root: &Node, stages: &[Node], faults: &mut Faults) {
    let found = search(file, root);
    if found.is_empty() {
        return;
    }
    let before: Vec<(&Node, Vec<Idle>)> = stages
        .iter()
        .filter_map(|stage| {
            let file = Scenario::read(stage, &mut Reader::new(&mut Faults::new()))?;
            Some((stage, search(&file, stage)))
        })
        .collect();
    for idle in found {
        let place = idle.entry_in(root).map_or(Span::IMPLIED, |entry| entry.key_span);
        let had_effect = before.iter().any(|(stage, idle_then)| {
            idle.entry_in(stage).is_some_and(|entry| entry.key_span == place)
                && !idle_then.iter().any(|other| other.path == idle.path)
        });
        if !had_effect {
            faults.push(Diagnostic::new(idle.code, place, idle.message).help(idle.help));
        }
    }
}

fn search(file: &Scenario, root: &Node) -> Vec<Idle> {
    let mut search = Search { file, root, found: Vec::new() };
    search.agreement();
    search.assumptions();
    search.dates();
    search.found
}

/// A key that is written and has no effect.
struct Idle {
    code: &'static str,
    path: Vec<String>,
    message: String,
    help: String,
}

impl Idle {
    fn entry_in<'n>(&self, root: &'n Node) -> Option<&'n Entry> {
        let (last, parents) = self.path.split_last()?;
        let table = parents.iter().try_fold(root, |node, part| child(node, part))?;
        match &table.kind {
            Kind::Table(table) => table.get(last),
            _ => None,
        }
    }
}

/// What stands under a key of a table, or under a number in an array.
fn child<'n>(node: &'n Node, part: &str) -> Option<&'n Node> {
    match &node.kind {
        Kind::Array(items) => items.get(part.parse::<usize>().ok()?),
        _ => node.get(part),
    }
}

struct Search<'a> {
    file: &'a Scenario,
    root: &'a Node,
    found: Vec<Idle>,
}

impl Search<'_> {
    /// The key at `path`, if it is written, needs `has` to be true; `why` says what is not there, `help` the way out.
    fn needs(&mut self, path: &[&str], has: bool, why: &str, help: &str) {
        let key = path.last().copied().unwrap_or_default();
        self.refuse("S128", path, has, format!("`{key}` has no effect: {why}"), help);
    }

    /// The same with a code and a message of its own.
    fn refuse(&mut self, code: &'static str, path: &[&str], has: bool, message: String, help: &str) {
        let idle =
            Idle { code, path: path.iter().map(|p| (*p).to_string()).collect(), message, help: help.into() };
        if !has && idle.entry_in(self.root).is_some() {
            self.found.push(idle);
        }
    }
}

/// Whether a number may be other than zero.
fn moves<U>(number: &Param<U>) -> bool {
    number.known() != Some(0.0)
}

/// Whether a number is given that may be other than zero.
fn any<U>(number: Option<&Param<U>>) -> bool {
    number.is_some_and(moves)
}
