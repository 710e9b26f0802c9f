//! What can still be said of a file that cannot be read whole: names that nothing declares.
//!
//! Tables with a fault of form are taken out, and what is left is read and its names are looked up, so that a misspelt value
//! does not hide a misspelt name. Only faults that no missing part can bring about are told.

use std::collections::BTreeSet;

use super::diagnostic::Faults;
use super::read::{Read, Reader};
use super::resolve::resolve;
use super::schema::Scenario;
use super::source::Span;
use super::tree::{Entry, Kind, Node, Table};

/// Faults of one reference, which do not depend on what else the file holds, but for the names it declares.
const OF_A_NAME: [&str; 3] = ["S014", "S107", "S114"];

/// Adds the faults of names in what can be read of `root` to the faults of its form.
pub(super) fn check_names(root: &Node, faults: &mut Faults) {
    let mut rest = root.clone();
    let mut lost = BTreeSet::new();
    let Some(file) = readable_part(&mut rest, &mut lost) else { return };
    let mut found = Faults::new();
    let _ = resolve(&file, None, &mut found);
    for fault in found.into_sorted() {
        let names_lost = lost.iter().any(|name| fault.message.contains(&format!("`{name}`")))
            || lost.iter().any(|name| fault.message == format!("there is no tranche {name}"));
        let of_none = fault.help.as_deref().is_some_and(|help| help.starts_with("this scenario declares no"));
        if OF_A_NAME.contains(&fault.code) && !names_lost && !of_none {
            faults.push(fault);
        }
    }
}

/// Takes out what cannot be read until the rest can be; `lost` are the keys on the way to what was taken.
fn readable_part(root: &mut Node, lost: &mut BTreeSet<String>) -> Option<Scenario> {
    for _ in 0..100 {
        stand_in(root);
        let mut faults = Faults::new();
        if let Some(file) = Scenario::read(root, &mut Reader::new(&mut faults)) {
            return Some(file);
        }
        let spans: Vec<Span> = faults.into_sorted().iter().map(|fault| fault.span).collect();
        let taken = spans.iter().filter(|span| take_out(root, **span, 0, lost)).count();
        if taken == 0 {
            return None;
        }
    }
    None
}

/// Puts something in the place of what every scenario must have, so that a scenario without it can be looked at.
fn stand_in(root: &mut Node) {
    let text = |text: &str| Kind::String(text.to_string());
    let needed = [
        ("format", Kind::Integer(1)),
        ("name", text("unnamed")),
        ("start", text("2025-01-01T00:00[UTC]")),
        ("party", Kind::Table(Table::default())),
    ];
    let Kind::Table(table) = &mut root.kind else { return };
    for (key, kind) in needed {
        let node = || Node { span: Span::IMPLIED, kind };
        table
            .entries
            .entry(key.to_string())
            .or_insert_with(|| Entry { key_span: Span::IMPLIED, node: node() });
    }
}

/// How deep the tables stand that are taken out whole: `[party.NAME]`, `[round.handover]`, but never all parties.
const WHOLE: usize = 2;

/// Takes out the entry at `span`, or that holds it: the entry itself near the root, the entity deeper down.
fn take_out(node: &mut Node, span: Span, depth: usize, lost: &mut BTreeSet<String>) -> bool {
    let Kind::Table(table) = &mut node.kind else { return false };
    let keys: Vec<String> = table.entries.keys().cloned().collect();
    for key in keys {
        let Some(entry) = table.entries.get_mut(&key) else { continue };
        let is_here = entry.key_span == span || entry.node.span == span;
        let is_table = matches!(entry.node.kind, Kind::Table(_));
        if is_here || (depth + 1 >= WHOLE && holds(&entry.node, span)) {
            lost.insert(key.clone());
            table.entries.remove(&key);
            return true;
        }
        if is_table && take_out(&mut entry.node, span, depth + 1, lost) {
            return true;
        }
        if !is_table && holds(&entry.node, span) {
            table.entries.remove(&key);
            return true;
        }
    }
    false
}

/// Whether `span` is that of a key or value anywhere in `node`, or lies within the text of a value.
fn holds(node: &Node, span: Span) -> bool {
    let covers = |outer: Span| {
        outer.source == span.source
            && outer.start <= span.start
            && span.end <= outer.end
            && !outer.is_implied()
    };
    if node.span == span || (covers(node.span) && !matches!(node.kind, Kind::Table(_))) {
        return true;
    }
    match &node.kind {
        Kind::Table(table) => {
            (table.inline && covers(node.span))
                || table.entries.values().any(|entry| entry.key_span == span || holds(&entry.node, span))
        }
        Kind::Array(items) => items.iter().any(|item| holds(item, span)),
        _ => false,
    }
}
