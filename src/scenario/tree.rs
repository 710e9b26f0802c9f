//! The tree of values a TOML text holds, every key and value with its place.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{Diagnostic, Faults};
use super::source::{LARGEST, Sources, Span};

/// How many tables and arrays may stand inside one another.
pub const DEEPEST: usize = 64;

/// One value.
#[derive(Clone, Debug)]
pub struct Node {
    /// An inline value's text; a table's `[header]`; for a table made by a dotted key, that part of the key.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A table, however written.
    Table(Table),
    /// An array, `[[header]]` arrays included.
    Array(Vec<Node>),
    /// Text.
    String(String),
    /// A whole number.
    Integer(i64),
    /// Any other number, `inf` and `nan` included.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A date, a time or both, as written.
    Datetime(String),
}

impl Node {
    /// The value of a key, where this is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Table(table) => table.entries.get(key).map(|entry| &entry.node),
            _ => None,
        }
    }
}

impl Kind {
    /// The kind's name with its article, for messages.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Table(_) => "a table",
            Kind::Array(_) => "an array",
            Kind::String(_) => "a string",
            Kind::Integer(_) => "a whole number",
            Kind::Float(_) => "a number",
            Kind::Boolean(_) => "true or false",
            Kind::Datetime(_) => "a date or time",
        }
    }
}

/// A table: names and values, sorted by name.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The entries.
    pub entries: BTreeMap<String, Entry>,
    /// Written as `{ … }`, so that as a patch it replaces a value instead of merging into it.
    pub inline: bool,
    /// Keys whose values could not be held. That is a fault already, so they are not missing besides.
    pub lost: BTreeSet<String>,
    /// Keys that a change removed, each with the place of the removal and whether it ever stood here.
    pub removed: BTreeMap<String, Removed>,
}

/// A key that a change removed.
#[derive(Clone, Copy, Debug)]
pub struct Removed {
    /// Where the change names it.
    pub span: Span,
    /// It stood here before that or an earlier change.
    pub was_there: bool,
}

impl Table {
    /// Takes a key out and remembers it, so that removing what never was can be told from a misspelt name.
    pub(super) fn remove_key(&mut self, key: &str, span: Span) {
        let was_there = self.entries.remove(key).is_some();
        let known = self.removed.entry(key.to_string()).or_insert(Removed { span, was_there });
        known.was_there |= was_there;
    }
}

/// A key's place and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub node: Node,
}

impl Deref for Table {
    type Target = BTreeMap<String, Entry>;

    fn deref(&self) -> &Self::Target {
        &self.entries
    }
}

impl DerefMut for Table {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.entries
    }
}

/// Parses text `source`. Every syntax error is reported; with any, nothing is returned, since what a damaged text seems to
/// lack cannot be told from what it lacks. A duplicate key alone does not stop the reading.
pub fn parse(sources: &Sources, source: u16, faults: &mut Faults) -> Option<Node> {
    let text = sources.text(source);
    if let Some(fault) = too_long(text, source).or_else(|| too_deep(text, source)) {
        faults.push(fault);
        return None;
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    let damaged = report_syntax(&errors, text, 0, source, faults);
    // What is wrong with the file as a whole is shown at its first line.
    let first_line = text.find('\n').unwrap_or(text.len()).max(1);
    let root = Spanned::new(0..first_line, DeValue::Table(table.into_inner()));
    let node = Conversion { text, source, offset: 0, faults }.node(&root, 0);
    node.filter(|_| !damaged)
}

/// Parses one value, which stands at byte `offset` of text `source`.
pub(super) fn parse_value(text: &str, offset: usize, source: u16, faults: &mut Faults) -> Option<Node> {
    if let Some(mut fault) = too_deep(text, source) {
        fault.span = shifted(fault.span, offset);
        faults.push(fault);
        return None;
    }
    let (value, errors) = DeValue::parse_recoverable(text);
    report_syntax(&errors, text, offset, source, faults);
    // The conversion sees a value at depth 1, as if it stood in a table, so that `{` marks it as inline.
    let node = Conversion { text, source, offset, faults }.node(&value, 1);
    node.filter(|_| errors.is_empty())
}

fn shifted(span: Span, by: usize) -> Span {
    Span::new(span.source, span.start as usize + by..span.end as usize + by)
}

fn too_long(text: &str, source: u16) -> Option<Diagnostic> {
    let message =
        format!("this text is too large for a scenario: {} bytes; the limit is {LARGEST}", text.len());
    (text.len() as u64 > LARGEST).then(|| Diagnostic::new("S003", Span::new(source, 0..0), message))
}

/// Reports syntax errors, the first of each line: what follows it there is mostly its echo. True if the text is damaged.
fn report_syntax(
    errors: &[toml::de::Error],
    text: &str,
    offset: usize,
    source: u16,
    faults: &mut Faults,
) -> bool {
    let place = |error: &toml::de::Error| error.span().unwrap_or(text.len()..text.len());
    let mut places: Vec<_> = errors.iter().map(|error| (place(error), error.message())).collect();
    places.sort_by_key(|(range, _)| range.start);
    let mut heard_to = None;
    for (range, message) in places {
        let mut fault = syntax_fault(message, range.clone(), text, source);
        if fault.code == "S005" {
            if heard_to.is_some_and(|end| range.start <= end) {
                continue;
            }
            heard_to = Some(line_end(text, range.start));
        }
        fault.span = shifted(fault.span, offset);
        faults.push(fault);
    }
    heard_to.is_some()
}

fn line_end(text: &str, from: usize) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or(&[]);
    from + length_until(rest, b'\n')
}

fn syntax_fault(message: &str, range: std::ops::Range<usize>, text: &str, source: u16) -> Diagnostic {
    let span = Span::new(source, range.start..range.end.max(range.start));
    if message.starts_with("duplicate key") {
        let key = text.get(range).unwrap_or("");
        return Diagnostic::new("S006", span, format!("the key `{key}` is written twice in one table"))
            .label("written again here")
            .help("keep one; a table may be opened by one `[header]` only");
    }
    // The parser's words for a value it does not understand fit badly where there is none.
    let message = match message.strip_prefix("string values must be quoted") {
        Some(_) if range.is_empty() || text.as_bytes().get(range.start) == Some(&b'\n') => {
            "a value is missing"
        }
        Some(_) => "text must stand in quotes",
        None => message,
    };
    Diagnostic::new("S005", span, format!("this is not valid TOML: {message}")).label("here")
}

/// Turns the parser's tree into ours.
struct Conversion<'a> {
    text: &'a str,
    source: u16,
    /// Where in the source `text` begins.
    offset: usize,
    faults: &'a mut Faults,
}

impl Conversion<'_> {
    fn node(&mut self, value: &Spanned<DeValue<'_>>, depth: usize) -> Option<Node> {
        let span = self.place(value.span());
        if depth > DEEPEST {
            self.faults.push(deep_fault(span));
            return None;
        }
        let kind = match value.get_ref() {
            DeValue::Table(table) => Kind::Table(self.table(table, value.span().start, depth)),
            DeValue::Array(array) => {
                let items: Vec<_> = array.iter().map(|item| self.node(item, depth + 1)).collect();
                Kind::Array(items.into_iter().collect::<Option<_>>()?)
            }
            DeValue::String(text) => Kind::String(text.to_string()),
            DeValue::Integer(number) => self.integer(number.as_str(), number.radix(), span)?,
            DeValue::Float(number) => self.float(number.as_str(), span)?,
            DeValue::Boolean(flag) => Kind::Boolean(*flag),
            DeValue::Datetime(moment) => Kind::Datetime(moment.to_string()),
        };
        Some(Node { span, kind })
    }

    fn place(&self, range: std::ops::Range<usize>) -> Span {
        shifted(Span::new(self.source, range), self.offset)
    }

    fn table(&mut self, table: &DeTable<'_>, start: usize, depth: usize) -> Table {
        let inline = depth > 0 && self.text.as_bytes().get(start) == Some(&b'{');
        let mut entries = BTreeMap::new();
        let mut lost = BTreeSet::new();
        for (key, value) in table.iter() {
            let key_span = self.place(key.span());
            match self.node(value, depth + 1) {
                Some(node) => drop(entries.insert(key.get_ref().to_string(), Entry { key_span, node })),
                None => drop(lost.insert(key.get_ref().to_string())),
            }
        }
        Table { entries, inline, lost, removed: BTreeMap::new() }
    }

    fn integer(&mut self, digits: &str, radix: u32, span: Span) -> Option<Kind> {
        let number = i64::from_str_radix(digits, radix).ok();
        self.fits(number, span).map(Kind::Integer)
    }

    fn float(&mut self, digits: &str, span: Span) -> Option<Kind> {
        let overflown = |x: &f64| x.is_infinite() && !digits.contains("inf");
        let number = digits.parse::<f64>().ok().filter(|x| !overflown(x));
        let mantissa = digits.split(['e', 'E']).next().unwrap_or("");
        if number == Some(0.0) && mantissa.contains(|c: char| ('1'..='9').contains(&c)) {
            let fault = Diagnostic::new("S008", span, "this number is too small to be told from zero");
            self.faults.push(fault.help("write 0, or a number of at least 1e-307"));
            return None;
        }
        self.fits(number, span).map(Kind::Float)
    }

    /// A syntax error in a number yields no digits; it has been reported already, so only sound ones are reported here.
    fn fits<T>(&mut self, number: Option<T>, span: Span) -> Option<T> {
        if number.is_none() {
            let fault = Diagnostic::new("S008", span, "this number is too large to be held");
            self.faults.push(fault.help("whole numbers reach to 9223372036854775807, others to 1.7e308"));
        }
        number
    }
}

fn deep_fault(span: Span) -> Diagnostic {
    Diagnostic::new("S007", span, format!("tables and arrays are nested more than {DEEPEST} deep"))
        .label("the limit is passed here")
}

/// Finds the first place where brackets and dotted keys nest too deep, without recursion, before any parser sees them.
fn too_deep(text: &str, source: u16) -> Option<Diagnostic> {
    let mut depth = Depth::default();
    let mut at = 0;
    while at < text.len() {
        at += depth.step(&text.as_bytes()[at..]);
        if depth.open.len() + depth.dots > DEEPEST {
            return Some(deep_fault(Span::new(source, at.saturating_sub(1)..at.min(text.len()))));
        }
    }
    None
}

/// The open brackets, each with the count of key dots on the way to it, and that count at the place being read. A number's
/// dot in an array is counted too, until the next comma: one too many never matters at this limit.
#[derive(Default)]
struct Depth {
    open: Vec<usize>,
    dots: usize,
    in_value: bool,
}

impl Depth {
    /// Takes one token (or byte) in; gives its length.
    fn step(&mut self, rest: &[u8]) -> usize {
        match rest[0] {
            b'[' | b'{' => self.enter(),
            b']' | b'}' => self.leave(),
            b'.' if !self.in_value => self.dots += 1,
            b'=' => self.in_value = true,
            b',' => self.next_item(),
            b'\n' if self.open.is_empty() => self.next_item(),
            b'#' => return length_until(rest, b'\n'),
            b'"' | b'\'' => return string_length(rest),
            _ => {}
        }
        1
    }

    fn enter(&mut self) {
        self.open.push(self.dots);
        self.in_value = false;
    }

    fn leave(&mut self) {
        self.open.pop();
        self.in_value = true;
    }

    fn next_item(&mut self) {
        self.dots = self.open.last().copied().unwrap_or(0);
        self.in_value = false;
    }
}

fn length_until(rest: &[u8], end: u8) -> usize {
    rest.iter().position(|byte| *byte == end).unwrap_or(rest.len())
}

/// The length of the string that `rest` starts with, as TOML's lexer sees it: one-line strings end at a line's end.
fn string_length(rest: &[u8]) -> usize {
    let quote = rest[0];
    let long = rest.starts_with(&[quote; 3]);
    let mut at = if long { 3 } else { 1 };
    while let Some(&byte) = rest.get(at) {
        match byte {
            b'\\' if quote == b'"' => at += 1,
            b'\n' if !long => return at,
            _ if byte == quote && !long => return at + 1,
            _ if byte == quote && rest[at..].starts_with(&[quote; 3]) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    rest.len()
}

/// Lays `patch` over `base`. The rule, for variants and overrides alike:
///
/// - a table opened by a `[header]` or made by a dotted key *merges*: what it names is changed, the rest stays;
/// - any other value, an inline table `{ … }` or an array too, *replaces* what was there, whole;
/// - the string `"none"` *removes* the key (not inside a replacing value, where it is only text).
///
/// Replacing makes a change of law safe: `check = { uniform = … }` over a lognormal leaves no second tag behind.
///
/// The patch as a whole merges, however it is written, so that `[variant]` may hold `late = { round.legs = "…" }`.
pub fn merge(base: &mut Node, patch: &Node) {
    match (&mut base.kind, &patch.kind) {
        (Kind::Table(old), Kind::Table(new)) => merge_tables(old, new),
        _ => *base = without_removals(patch),
    }
}

fn merge_tables(old: &mut Table, new: &Table) {
    for (key, entry) in new.iter() {
        match old.get_mut(key) {
            _ if is_removal(&entry.node) => old.remove_key(key, entry.key_span),
            Some(held) => {
                let replaces = matches!(&entry.node.kind, Kind::Table(table) if table.inline);
                if replaces {
                    held.node = entry.node.clone()
                } else {
                    merge(&mut held.node, &entry.node)
                }
                held.key_span = entry.key_span;
            }
            None => {
                let added = Entry { key_span: entry.key_span, node: without_removals(&entry.node) };
                old.insert(key.clone(), added);
            }
        }
    }
}

/// True for the string that, as a patch, removes a key.
pub fn is_removal(node: &Node) -> bool {
    matches!(&node.kind, Kind::String(text) if text == "none")
}

fn without_removals(patch: &Node) -> Node {
    let mut node = patch.clone();
    if let Kind::Table(table) = &mut node.kind
        && !table.inline
    {
        let removals: Vec<(String, Span)> = table
            .iter()
            .filter(|(_, entry)| is_removal(&entry.node))
            .map(|(key, entry)| (key.clone(), entry.key_span))
            .collect();
        for (key, span) in removals {
            table.entries.remove(&key);
            table.remove_key(&key, span);
        }
        for entry in table.values_mut() {
            entry.node = without_removals(&entry.node);
        }
    }
    node
}

#[cfg(test)]
#[path = "tests/tree.rs"]
mod tests;
