//! Tables of points: inline, or as CSV.

use super::file::{path_of, text_of};
use super::layout::{Level, Parameter};
use crate::scenario::csv;
use crate::scenario::diagnostic::{Diagnostic, Faults};
use crate::scenario::overrides::value_of_text;
use crate::scenario::source::{At, Sources, Span};
use crate::scenario::tree::{Kind, Node};

/// Paths and, by row, one value a path.
pub(super) struct Listed {
    pub(super) parameters: Vec<Parameter>,
    pub(super) rows: Vec<Vec<Level>>,
}

/// The points of `[[point]]` tables: each names the same paths.
pub(super) fn inline(points: &[Node], sources: &Sources, faults: &mut Faults) -> Option<Listed> {
    let before = faults.len();
    let tables: Vec<_> = points.iter().filter_map(|node| table_of(node, faults).map(|t| (node, t))).collect();
    let (_, first) = tables.first()?;
    let names: Vec<&String> = first.keys().collect();
    let parameters = first.iter().filter_map(|(name, entry)| {
        let key = At::new(name.clone(), entry.key_span);
        Some(Parameter { path: name.clone(), change: path_of(&key, sources, faults)? })
    });
    let parameters: Vec<Parameter> = parameters.collect();
    let mut rows = Vec::new();
    for (node, table) in &tables {
        for (name, entry) in table.iter().filter(|(name, _)| !names.contains(name)) {
            let message = format!("the first point has no `{name}`");
            let fault = Diagnostic::new("S204", entry.key_span, message);
            faults.push(fault.help("every point gives a value to the same paths, each in quotes"));
        }
        for name in names.iter().filter(|name| !table.contains_key(**name)) {
            let fault = Diagnostic::new("S204", node.span, format!("this point gives no value to `{name}`"));
            faults.push(fault.help("every point gives a value to the same paths"));
        }
        let level =
            |name: &&String| table.get(*name).map(|e| level(e.node.clone(), text_of(&e.node, sources)));
        rows.push(names.iter().filter_map(level).collect());
    }
    (faults.len() == before).then_some(Listed { parameters, rows })
}

fn table_of<'n>(node: &'n Node, faults: &mut Faults) -> Option<&'n crate::scenario::tree::Table> {
    match &node.kind {
        Kind::Table(table) if !table.is_empty() => Some(table),
        Kind::Table(_) => {
            let fault = Diagnostic::new("S204", node.span, "this point gives no value to anything");
            faults.push(fault.help("name paths in quotes: \"fault.probability\" = 0.3"));
            None
        }
        other => {
            let fault =
                Diagnostic::new("S012", node.span, format!("a point is a table, not {}", other.name()));
            faults.push(fault.help("write [[point]] and below it \"fault.probability\" = 0.3, say"));
            None
        }
    }
}

fn level(node: Node, text: String) -> Level {
    Level { text, node }
}

/// The points of a CSV text, whose first line names the paths.
pub(super) fn csv(source: u16, sources: &Sources, faults: &mut Faults) -> Option<Listed> {
    let before = faults.len();
    let mut records = csv::records(sources.text(source), source, "S204", faults)?.into_iter();
    let Some(head) = records.next() else {
        let fault = Diagnostic::new("S004", Span::new(source, 0..0), "this table of points is empty");
        faults.push(fault.help("its first line names the paths, the others give the values"));
        return None;
    };
    let mut parameters: Vec<Parameter> = Vec::new();
    for field in &head {
        if parameters.iter().any(|p| p.path == field.value) {
            let fault =
                Diagnostic::new("S204", field.span, format!("the column `{}` is there twice", field.value));
            faults.push(fault.help("keep one of them"));
        }
        if let Some(change) = path_of(field, sources, faults) {
            parameters.push(Parameter { path: field.value.clone(), change });
        }
    }
    let mut rows = Vec::new();
    for record in records {
        if record.len() != head.len() {
            let span = record.first().map_or(Span::IMPLIED, |field| field.span);
            let message = format!("this line has {} values for {} columns", record.len(), head.len());
            faults.push(Diagnostic::new("S204", span, message).help("give one value a column"));
            continue;
        }
        let value = |field: &At<String>, faults: &mut Faults| {
            if field.value.trim().is_empty() {
                let fault = Diagnostic::new("S204", field.span, "a value is missing here");
                faults.push(fault.help("write the value as `--set` takes it"));
                return None;
            }
            let mut node = value_of_text(field.value.trim(), field.span.start as usize, source, faults)?;
            node.span = field.span;
            Some(level(node, field.value.trim().to_string()))
        };
        rows.push(record.iter().filter_map(|field| value(field, faults)).collect());
    }
    (faults.len() == before).then_some(Listed { parameters, rows })
}
