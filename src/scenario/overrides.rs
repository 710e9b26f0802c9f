//! `--set PATH=VALUE`, and the points of a design: changes to the tree, laid over the scenario file and its variant.

use super::diagnostic::{Diagnostic, Faults};
use super::source::{Sources, Span};
use super::tree::{self, DEEPEST, Entry, Kind, Node, Table};

/// One part of a path and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    name: String,
    span: Span,
}

/// A change of one value: a path and what to put there, each with its place in a text.
#[derive(Clone, Debug)]
pub struct Change {
    path: Vec<Part>,
    value: Node,
}

impl Change {
    /// Reads `argument`, `PATH=VALUE`, as a text of its own. `None` means that a fault has been reported.
    ///
    /// PATH is dotted, with quotes around parts that need them; a number picks an item of an array. VALUE is any TOML value;
    /// what is none is taken as text, and so are dates and times, which no key takes bare: `--set start.wait=2h` and
    /// `tranche.1.at=20:00` need no quotes. A bare `1` or `true` is text where the key takes text.
    pub fn of_argument(argument: &str, sources: &mut Sources, faults: &mut Faults) -> Option<Change> {
        let Some(source) = sources.add(format!("--set '{}'", brief(argument)), argument) else {
            faults.push(Diagnostic::new("S023", Span::IMPLIED, "there are too many --set arguments"));
            return None;
        };
        let (path, value) = split(argument, source, faults)?;
        Some(Change { path, value })
    }

    /// Reads a path that stands alone, from byte `at` of text `source` on, to be used with [`Change::to`]. `None` means that a
    /// fault has been reported.
    pub fn of_path(text: &str, source: u16, at: usize, faults: &mut Faults) -> Option<Change> {
        match (Path { text, source, at: 0, offset: at, alone: true }).parse() {
            Ok((path, _)) => {
                let span = Span::new(source, at..at + text.len());
                Some(Change { path, value: Node { span, kind: Kind::Boolean(false) } })
            }
            Err(fault) => {
                faults.push(*fault);
                None
            }
        }
    }

    /// The same path with another value.
    pub fn to(&self, value: Node) -> Change {
        Change { path: self.path.clone(), value }
    }

    /// The same change with all its parts at one place, where their own places are not known.
    pub fn at_place(mut self, span: Span) -> Change {
        self.path.iter_mut().for_each(|part| part.span = span);
        self
    }

    /// Applies the change. A table `{ … }` replaces what was there and `none` removes the key, by the rule of [`tree::merge`].
    /// Missing tables are made on the way; a name that nothing knows is found by the reader, which shows it where the change is
    /// written.
    pub fn apply(&self, root: &mut Node, faults: &mut Faults) {
        apply(root, &self.path, &self.value, faults);
    }

    /// What stands at the path.
    pub fn find<'n>(&self, root: &'n Node) -> Option<&'n Node> {
        self.path.iter().try_fold(root, |node, part| match &node.kind {
            Kind::Array(items) => items.get(part.name.parse::<usize>().ok()?),
            _ => node.get(&part.name),
        })
    }

    /// Where the path is written.
    pub fn place(&self) -> Span {
        let last = self.path.last().map_or(Span::IMPLIED, |part| part.span);
        self.path.first().map_or(last, |part| Span { end: last.end, ..part.span })
    }
}

/// Applies `argument`, `PATH=VALUE`, to the tree. False means that a fault has been reported.
#[cfg(test)]
pub(super) fn set(root: &mut Node, argument: &str, sources: &mut Sources, faults: &mut Faults) -> bool {
    let before = faults.len();
    if let Some(change) = Change::of_argument(argument, sources, faults) {
        change.apply(root, faults);
    }
    faults.len() == before
}

/// The argument as a name: of one line, and not too long for one.
fn brief(argument: &str) -> String {
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    let more = if argument.chars().nth(80).is_some() { "…" } else { "" };
    argument.chars().take(80).map(shown).chain(more.chars()).collect()
}

fn split(argument: &str, source: u16, faults: &mut Faults) -> Option<(Vec<Part>, Node)> {
    match (Path { text: argument, source, at: 0, offset: 0, alone: false }).parse() {
        Ok((path, at)) => value(argument, at, source, faults).map(|value| (path, value)),
        Err(fault) => {
            faults.push(*fault);
            None
        }
    }
}

/// Reads PATH up to the `=`, or, where it stands alone, to its end.
struct Path<'a> {
    text: &'a str,
    source: u16,
    at: usize,
    /// Where in the source `text` begins.
    offset: usize,
    alone: bool,
}

impl Path<'_> {
    /// The parts and the place after the `=`. Boxed, since a fault is large and rare.
    fn parse(mut self) -> Result<(Vec<Part>, usize), Box<Diagnostic>> {
        let mut parts = Vec::new();
        loop {
            parts.push(self.part()?);
            if parts.len() > DEEPEST {
                return Err(self.fault(self.at, "this path has too many parts"));
            }
            match self.next() {
                Some('.') => self.at += 1,
                Some('=') if !self.alone => return Ok((parts, self.at + 1)),
                Some(_) if self.alone => return Err(self.fault(self.at, "expected `.` here")),
                Some(_) => return Err(self.fault(self.at, "expected `.` or `=` here")),
                None if self.alone => return Ok((parts, self.at)),
                None => return Err(self.fault(self.at, "there is no `=`")),
            }
        }
    }

    fn next(&mut self) -> Option<char> {
        self.at += self.text[self.at..].len() - self.text[self.at..].trim_start().len();
        self.text[self.at..].chars().next()
    }

    fn part(&mut self) -> Result<Part, Box<Diagnostic>> {
        match self.next() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote),
            _ => self.bare(),
        }
    }

    fn quoted(&mut self, quote: char) -> Result<Part, Box<Diagnostic>> {
        let from = self.at + 1;
        let Some(length) = self.text[from..].find(quote) else {
            return Err(self.fault(self.at, "this quote is never closed"));
        };
        let span = self.place(self.at..from + length + 1);
        self.at = from + length + 1;
        Ok(Part { name: self.text[from..from + length].to_string(), span })
    }

    fn bare(&mut self) -> Result<Part, Box<Diagnostic>> {
        let rest = &self.text[self.at..];
        let length =
            rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
        if length == 0 {
            return Err(self.fault(self.at, "a name is missing here"));
        }
        let span = self.place(self.at..self.at + length);
        self.at += length;
        Ok(Part { name: rest[..length].to_string(), span })
    }

    fn fault(&self, at: usize, label: &str) -> Box<Diagnostic> {
        let end = self.text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
        let (what, help) = match self.alone {
            true => ("this is not a path", "write \"mediation.files_at_once\", say"),
            false => ("this is not PATH=VALUE", "write --set 'mediation.files_at_once=2'"),
        };
        Box::new(Diagnostic::new("S020", self.place(at..end.max(1)), what).label(label).help(help))
    }

    fn place(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.source, range.start + self.offset..range.end + self.offset)
    }
}

/// Parses VALUE.
fn value(argument: &str, at: usize, source: u16, faults: &mut Faults) -> Option<Node> {
    let text = argument[at..].trim();
    if text.is_empty() {
        let fault = Diagnostic::new("S020", Span::new(source, at - 1..at), "this is not PATH=VALUE");
        faults.push(fault.label("a value is missing after this").help("to remove a key, write PATH=none"));
        return None;
    }
    value_of_text(text, argument.len() - argument[at..].trim_start().len(), source, faults)
}

/// Parses a value that stands at byte `from` of text `source`. What does not even look like TOML's brackets and quotes may be
/// plain text.
pub fn value_of_text(text: &str, from: usize, source: u16, faults: &mut Faults) -> Option<Node> {
    if text.starts_with(['{', '[', '"', '\'']) {
        return tree::parse_value(text, from, source, faults);
    }
    let plain = || {
        let span = Span::new(source, from..from + text.len());
        Node { span, kind: Kind::String(text.to_string()) }
    };
    let mut unheeded = Faults::new();
    let parsed = tree::parse_value(text, from, source, &mut unheeded);
    if unheeded.has("S008") && !unheeded.has("S005") {
        return tree::parse_value(text, from, source, faults);
    }
    Some(parsed.filter(|node| !matches!(node.kind, Kind::Datetime(_))).unwrap_or_else(plain))
}

fn apply(root: &mut Node, path: &[Part], value: &Node, faults: &mut Faults) {
    let Some((last, parents)) = path.split_last() else { return };
    let mut at = root;
    for (depth, part) in parents.iter().enumerate() {
        match step(at, &path[..=depth], part, faults) {
            Some(next) => at = next,
            None => return,
        }
    }
    match &mut at.kind {
        Kind::Table(table) => put(table, last, value),
        _ => {
            if let Some(place) = step(at, path, last, faults) {
                *place = value.clone();
            }
        }
    }
}

/// Sets, or by the value `none` removes, one key.
fn put(table: &mut Table, key: &Part, value: &Node) {
    if tree::is_removal(value) {
        table.remove_key(&key.name, key.span);
    } else {
        table.insert(key.name.clone(), Entry { key_span: key.span, node: value.clone() });
    }
}

/// One part down: into a table, which is made if it is not there, or into an array.
fn step<'n>(node: &'n mut Node, so_far: &[Part], part: &Part, faults: &mut Faults) -> Option<&'n mut Node> {
    let (written, found) = (node.span, node.kind.name());
    match &mut node.kind {
        Kind::Table(table) => {
            let fresh = || Node { span: part.span, kind: Kind::Table(Table::default()) };
            let entry = table.entries.entry(part.name.clone());
            Some(&mut entry.or_insert_with(|| Entry { key_span: part.span, node: fresh() }).node)
        }
        Kind::Array(items) => item(items, part, faults),
        _ => {
            let parents: Vec<&str> =
                so_far[..so_far.len() - 1].iter().map(|part| part.name.as_str()).collect();
            let fault = Diagnostic::new("S022", part.span, format!("`{}` is {found}", parents.join(".")));
            let fault = fault.label("so there is nothing of this name in it");
            faults.push(fault.also(written, "its value is set here"));
            None
        }
    }
}

fn item<'n>(items: &'n mut [Node], part: &Part, faults: &mut Faults) -> Option<&'n mut Node> {
    let length = items.len();
    let found = part.name.parse::<usize>().ok().and_then(|at| items.get_mut(at));
    if found.is_none() {
        let fault =
            Diagnostic::new("S021", part.span, format!("there is no item `{}` in this array", part.name));
        faults.push(fault.help(match length {
            0 => "the array is empty".into(),
            _ => format!("its {length} items are numbered from 0 to {}", length - 1),
        }));
    }
    found
}

#[cfg(test)]
#[path = "tests/overrides.rs"]
mod tests;
