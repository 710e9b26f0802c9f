//! Reading a tree into structs, going on after every fault so that all are found in one pass.
//!
//! A struct is declared with [`table!`], a set of words with [`choice!`]; everything else implements [`Read`] directly.
//! A key that may be either a word or a table is one such case:
//!
//! ```ignore
//! enum Release { Rest, Numbers(Named<At<u64>>) }          // release = "rest"   or   release = { women = 3 }
//!
//! impl Read for Release {
//!     fn read(node: &Node, r: &mut Reader) -> Option<Self> {
//!         match &node.kind {
//!             Kind::String(text) if text == "rest" => Some(Release::Rest),
//!             Kind::Table(_) => Read::read(node, r).map(Release::Numbers),
//!             _ => r.wrong_kind(node, "\"rest\" or a table of counts"),
//!         }
//!     }
//! }
//! ```

use serde_json::Value;

use super::diagnostic::{Diagnostic, Faults};
pub use super::reading::{alike, listing, nearest, read_choice, resolve_name};
pub(crate) use super::reading::{choice, table};
use super::source::{At, Span};
use super::tree::{Kind, Node, Table};
use super::units::{self, Known, Refusal, Unit};

/// The faults found so far and the dotted path of the value being read.
pub struct Reader<'a> {
    /// Where faults go.
    pub faults: &'a mut Faults,
    path: String,
    /// What is read, with its article, for messages about its outermost table.
    what: &'static str,
    /// Paths at which a key is valid, for one that stands in the wrong table.
    places: fn(&str) -> Vec<String>,
    /// True inside the law of a parameter, where no further parameter may be drawn.
    pub(super) in_drawn: bool,
}

impl<'a> Reader<'a> {
    /// A reader at the root of a scenario.
    pub fn new(faults: &'a mut Faults) -> Reader<'a> {
        Reader { places: super::schema::places_of, ..Reader::of("a scenario", faults) }
    }

    /// A reader at the root of something else, named with its article.
    pub fn of(what: &'static str, faults: &'a mut Faults) -> Reader<'a> {
        Reader { faults, path: String::new(), what, places: |_| Vec::new(), in_drawn: false }
    }

    /// The dotted path of the value being read, as `--set` would take it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Reports a fault.
    pub fn fault(&mut self, fault: Diagnostic) {
        self.faults.push(fault);
    }

    /// Reports a fault and gives `None`, for `return r.refuse(…)`.
    pub fn refuse<T>(&mut self, fault: Diagnostic) -> Option<T> {
        self.faults.push(fault);
        None
    }

    /// Reports that `node` is not `expected` ("a table"), and gives `None`.
    pub fn wrong_kind<T>(&mut self, node: &Node, expected: &str) -> Option<T> {
        let found = node.kind.name();
        let fault = Diagnostic::new("S012", node.span, format!("`{}` must be {expected}", self.path));
        self.refuse(fault.label(format!("this is {found}")))
    }

    /// Passes a parsed quantity on, or reports why it is none.
    pub fn quantity<T>(&mut self, parsed: Result<T, Refusal>, span: Span) -> Option<T> {
        parsed.map_err(|no| self.fault(Diagnostic::new(no.code, span, no.message).help(no.help))).ok()
    }

    /// Does `work` as inside the law of a drawn parameter.
    pub(super) fn drawn<T>(&mut self, work: impl FnOnce(&mut Reader<'a>) -> T) -> T {
        self.in_drawn = true;
        let done = work(self);
        self.in_drawn = false;
        done
    }

    /// Does `work` with `part` added to the path.
    pub fn within<T>(&mut self, part: &str, work: impl FnOnce(&mut Reader<'a>) -> T) -> T {
        let length = self.path.len();
        self.path = joined(&self.path, part);
        let done = work(self);
        self.path.truncate(length);
        done
    }
}

/// `part` added to a dotted path, in quotes where TOML would need them.
pub fn joined(path: &str, part: &str) -> String {
    let bare = !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let part = if bare { part.to_string() } else { format!("{part:?}") };
    if path.is_empty() { part } else { format!("{path}.{part}") }
}

/// What can be read from a tree.
pub trait Read: Sized {
    /// True for types that read a missing key without a fault.
    const OPTIONAL: bool = false;

    /// Reads `node`. `None` means that a fault has been reported.
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self>;

    /// What stands for a key that is not there: a fault, unless the type is an `Option`.
    fn missing(key: &str, table: &Node, r: &mut Reader<'_>) -> Option<Self> {
        let fault = missing_key(key, table.span, r);
        r.refuse(fault)
    }

    /// Tells a default the path at which it stands.
    fn placed(self, _path: &str) -> Self {
        self
    }

    /// A default as it would be written, for the JSON schema.
    fn to_json(&self) -> Option<Value> {
        None
    }
}

fn missing_key(key: &str, table: Span, r: &Reader<'_>) -> Diagnostic {
    let path = joined(r.path(), key);
    Diagnostic::new("S011", table, format!("`{path}` is missing")).label(format!("`{key}` belongs here"))
}

impl<T: Read> Read for Option<T> {
    const OPTIONAL: bool = true;

    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        T::read(node, r).map(Some)
    }

    fn missing(_: &str, _: &Node, _: &mut Reader<'_>) -> Option<Self> {
        Some(None)
    }

    fn placed(self, path: &str) -> Self {
        self.map(|value| value.placed(path))
    }

    fn to_json(&self) -> Option<Value> {
        self.as_ref().and_then(T::to_json)
    }
}

impl<T: Read> Read for At<T> {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        T::read(node, r).map(|value| At::new(value, node.span))
    }

    fn placed(self, path: &str) -> Self {
        self.map(|value| value.placed(path))
    }

    fn to_json(&self) -> Option<Value> {
        self.value.to_json()
    }
}

/// The tree itself, for parts that are read later, such as variants.
impl Read for Node {
    fn read(node: &Node, _: &mut Reader<'_>) -> Option<Self> {
        Some(node.clone())
    }
}

impl Read for String {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        match &node.kind {
            Kind::String(text) => Some(text.clone()),
            // On the command line a word stands without quotes, and `1` may be meant as one.
            Kind::Integer(number) if node.span.is_of_override() => Some(number.to_string()),
            Kind::Boolean(flag) if node.span.is_of_override() => Some(flag.to_string()),
            Kind::Integer(number) => {
                let fault = Diagnostic::new("S012", node.span, format!("`{}` must be a string", r.path()));
                r.refuse(fault.label("this is a whole number").help(format!("write \"{number}\", in quotes")))
            }
            _ => r.wrong_kind(node, "a string"),
        }
    }

    fn to_json(&self) -> Option<Value> {
        Some(self.as_str().into())
    }
}

impl Read for bool {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        match node.kind {
            Kind::Boolean(flag) => Some(flag),
            _ => r.wrong_kind(node, "true or false, without quotes"),
        }
    }

    fn to_json(&self) -> Option<Value> {
        Some((*self).into())
    }
}

impl Read for u64 {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        r.quantity(units::count(node), node.span)
    }

    fn to_json(&self) -> Option<Value> {
        Some((*self).into())
    }
}

impl Read for i64 {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        match node.kind {
            Kind::Integer(number) => Some(number),
            Kind::Float(number) => r.quantity(units::not_whole(number), node.span),
            _ => r.wrong_kind(node, "a whole number"),
        }
    }

    fn to_json(&self) -> Option<Value> {
        Some((*self).into())
    }
}

impl Read for f64 {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        r.quantity(units::Number::parse(node), node.span)
    }

    fn to_json(&self) -> Option<Value> {
        Some((*self).into())
    }
}

impl<U: Unit> Read for Known<U> {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        r.quantity(U::parse(node), node.span).map(|value| Known::new(value, node.span))
    }

    fn to_json(&self) -> Option<Value> {
        Some(written::<U>(self.value))
    }
}

/// A quantity as JSON: a number where it is written as one, else text with its unit.
pub(super) fn written<U: Unit>(value: f64) -> Value {
    let text = U::show(value);
    text.parse::<f64>().map_or(Value::from(text), Value::from)
}

impl<T: Read> Read for Vec<T> {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        let Kind::Array(items) = &node.kind else { return r.wrong_kind(node, "an array") };
        let read = |(at, item): (usize, &Node)| r.within(&at.to_string(), |r| T::read(item, r));
        all(items.iter().enumerate().map(read))
    }

    fn to_json(&self) -> Option<Value> {
        self.iter().map(T::to_json).collect()
    }
}

/// Everything, or `None` if anything is missing; unlike `collect`, it goes on after the first `None`.
pub(super) fn all<T>(parts: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let parts: Vec<Option<T>> = parts.collect();
    parts.into_iter().collect()
}

/// A table of `NAME = T`, sorted by name.
#[derive(Clone, Debug)]
pub struct Named<T> {
    /// The table's place.
    pub span: Span,
    /// The names, each with its place, and what they name.
    pub entries: Vec<(At<String>, T)>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Named { span: Span::IMPLIED, entries: Vec::new() }
    }
}

impl<T> Named<T> {
    /// What `name` names.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.entries.iter().find(|(key, _)| key.value == name).map(|(_, value)| value)
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(key, _)| key.value.as_str())
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = &(At<String>, T)> {
        self.entries.iter()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<T: Read> Read for Named<T> {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        let Kind::Table(table) = &node.kind else { return r.wrong_kind(node, "a table of names") };
        for (name, removed) in table.removed.iter().filter(|(_, removed)| !removed.was_there) {
            let message = format!("`{}` has no `{name}`", r.path());
            let fault = Diagnostic::new("S010", removed.span, message);
            let fault = fault.label("there is nothing of this name to remove");
            r.fault(match nearest(name, table.keys().map(String::as_str)) {
                Some(near) => fault.help(format!("did you mean `{near}`?")),
                None => fault.help(listing("there are", table.keys().map(String::as_str))),
            });
        }
        let read = |(name, entry): (&String, &super::tree::Entry)| {
            let name = usable_name(name, entry.key_span, r);
            let value = r.within(name.as_deref().map_or("", |n| n), |r| T::read(&entry.node, r));
            Some((name?, value?))
        };
        Some(Named { span: node.span, entries: all(table.iter().map(read))? })
    }
}

/// Names stand in reports and paths, so they must be visible.
fn usable_name(name: &str, span: Span, r: &mut Reader<'_>) -> Option<At<String>> {
    let visible = !name.trim().is_empty() && name.trim() == name && !name.chars().any(char::is_control);
    if visible && name.len() <= 64 {
        return Some(At::new(name.to_string(), span));
    }
    let fault = Diagnostic::new("S015", span, "this name cannot be used");
    r.refuse(fault.help("a name has 1 to 64 visible characters and no space at either end"))
}

/// A table being read key by key. It remembers which keys were asked for; [`Keys::finish`] reports the others.
pub struct Keys<'n> {
    node: &'n Node,
    table: &'n Table,
    asked: Vec<&'static str>,
    /// Keys that must be given and are not, with what to say of it. One that is only misspelt is said once, as that.
    missing: Vec<(&'static str, Diagnostic)>,
}

impl<'n> Keys<'n> {
    /// Starts on a table; reports a fault if `node` is none.
    pub fn of(node: &'n Node, r: &mut Reader<'_>) -> Option<Keys<'n>> {
        match &node.kind {
            Kind::Table(table) => Some(Keys { node, table, asked: Vec::new(), missing: Vec::new() }),
            _ => r.wrong_kind(node, "a table"),
        }
    }

    /// The same for a table of these keys. Where only its duration is given, the fault says how to write it.
    pub fn of_fields(node: &'n Node, fields: &[&str], r: &mut Reader<'_>) -> Option<Keys<'n>> {
        match &node.kind {
            Kind::String(text) if fields.contains(&"takes") => {
                let fault = Diagnostic::new("S012", node.span, format!("`{}` must be a table", r.path()));
                let help = format!("write {{ takes = {text:?} }}");
                r.refuse(fault.label(format!("this is {}", node.kind.name())).help(help))
            }
            _ => Keys::of(node, r),
        }
    }

    fn ask(&mut self, key: &'static str) {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
    }

    /// Reads a key; what is missing is a fault, or `Some(None)` for an `Option`.
    pub fn field<T: Read>(&mut self, key: &'static str, r: &mut Reader<'_>) -> Option<T> {
        self.ask(key);
        match self.table.get(key) {
            Some(entry) => r.within(key, |r| T::read(&entry.node, r)),
            None if self.table.lost.contains(key) => None,
            None if T::OPTIONAL => T::missing(key, self.node, r),
            None => {
                self.missing.push((key, missing_key(key, self.node.span, r)));
                None
            }
        }
    }

    /// Reads a key that has a default.
    pub fn field_or<T: Read>(
        &mut self,
        key: &'static str,
        default: impl FnOnce() -> T,
        r: &mut Reader<'_>,
    ) -> Option<T> {
        if self.table.contains_key(key) || self.table.lost.contains(key) {
            return self.field(key, r);
        }
        self.ask(key);
        Some(default().placed(&joined(r.path(), key)))
    }

    /// Says that keys belong here which are not read, since what they go with is at fault.
    pub(super) fn leave(&mut self, keys: &[&'static str]) {
        keys.iter().for_each(|key| self.ask(key));
    }

    /// Which of two keys is there; a fault unless it is exactly one.
    pub fn either(
        &mut self,
        one: &'static str,
        other: &'static str,
        r: &mut Reader<'_>,
    ) -> Option<&'static str> {
        self.leave(&[one, other]);
        match (self.table.get(one), self.table.get(other)) {
            (Some(_), None) => Some(one),
            (None, Some(_)) => Some(other),
            (Some(a), Some(b)) => {
                let message = format!("`{}` takes `{one}` or `{other}`, not both", r.path());
                r.refuse(Diagnostic::new("S040", a.key_span, message).also(b.key_span, "the other one"))
            }
            (None, None) if [one, other].iter().any(|key| self.table.lost.contains(*key)) => None,
            (None, None) => {
                let message = format!("`{}` needs `{one}` or `{other}`", r.path());
                r.refuse(Diagnostic::new("S011", self.node.span, message))
            }
        }
    }

    /// Reports every key that nobody asked for, written or removed by a change, and every key that must be there and is not.
    pub fn finish(mut self, r: &mut Reader<'_>) {
        let written = self.table.iter().map(|(key, entry)| (key, entry.key_span, "unknown key"));
        let gone =
            self.table.removed.iter().filter(|(key, of)| !of.was_there && !self.table.contains_key(*key));
        let gone = gone.map(|(key, of)| (key, of.span, "there is nothing of this name to remove"));
        for (key, span, label) in written.chain(gone).filter(|(key, ..)| !self.asked.contains(&key.as_str()))
        {
            let place = if r.path().is_empty() { r.what.into() } else { format!("`{}`", r.path()) };
            let fault = Diagnostic::new("S010", span, format!("`{key}` is not a key of {place}"));
            r.fault(fault.label(label).help(self.way_out(key, r)));
            if let Some(meant) = nearest(key, self.asked.iter().copied()) {
                self.missing.retain(|(missing, _)| *missing != meant);
            }
        }
        self.missing.into_iter().for_each(|(_, fault)| r.fault(fault));
    }

    /// What may have been meant by a key that is none here: one spelt much like it, the same in another table, one spelt a
    /// little like it, or any that is one.
    fn way_out(&self, key: &str, r: &Reader<'_>) -> String {
        let here = || self.asked.iter().copied();
        if let Some(name) = alike(key, here(), 0.92) {
            return format!("did you mean `{name}`?");
        }
        let elsewhere: Vec<String> = (r.places)(key).iter().map(|path| format!("`{path}`")).collect();
        if (1..=3).contains(&elsewhere.len()) {
            return format!("it is a key of another table: {}", elsewhere.join(" or "));
        }
        match nearest(key, here()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => listing("the keys here are", here()),
        }
    }
}

#[cfg(test)]
#[path = "tests/read.rs"]
mod tests;
