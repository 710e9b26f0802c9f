//! The texts a scenario is read from, and places in them.
//!
//! Text 0 is the scenario file. Every `--set` argument is a text of its own, so that a fault in an override is shown with
//! a caret under the override, not under the line of the file it replaced.

use std::fmt;
use std::ops::Deref;

/// The largest scenario text that is read, in bytes.
pub const LARGEST: u64 = 16 * 1024 * 1024;

/// A range of bytes in one of the [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Which text.
    pub source: u16,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// Stands for "written nowhere": the place of a default.
    pub const IMPLIED: Span = Span { source: u16::MAX, start: 0, end: 0 };

    /// The bytes `range` of text `source`. Texts are at most [`LARGEST`] long, so offsets fit.
    pub fn new(source: u16, range: std::ops::Range<usize>) -> Span {
        let fit = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { source, start: fit(range.start), end: fit(range.end) }
    }

    /// True for what a `--set` says.
    pub fn is_of_override(&self) -> bool {
        self.source > 0 && !self.is_implied()
    }

    /// True for a value that no text holds.
    pub fn is_implied(&self) -> bool {
        *self == Span::IMPLIED
    }
}

impl Default for Span {
    fn default() -> Self {
        Span::IMPLIED
    }
}

/// A value and where it was written.
#[derive(Clone, Copy, Debug, Default)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Its place, or [`Span::IMPLIED`].
    pub span: Span,
}

impl<T> At<T> {
    /// A value written at `span`.
    pub fn new(value: T, span: Span) -> At<T> {
        At { value, span }
    }

    /// A value nobody wrote: a default.
    pub fn implied(value: impl Into<T>) -> At<T> {
        At { value: value.into(), span: Span::IMPLIED }
    }

    /// The same place with another value.
    pub fn map<V>(self, change: impl FnOnce(T) -> V) -> At<V> {
        At { value: change(self.value), span: self.span }
    }
}

impl<T> Deref for At<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Two values are the same if they say the same, wherever they stand.
impl<T: PartialEq> PartialEq for At<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

#[derive(Clone, Debug)]
struct Source {
    name: String,
    text: String,
}

/// The named texts of one scenario.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    list: Vec<Source>,
}

impl Sources {
    /// A scenario given as text, called `name` in messages.
    pub fn from_text(name: impl Into<String>, text: impl Into<String>) -> Sources {
        Sources { list: vec![Source { name: name.into(), text: text.into() }] }
    }

    /// Adds a text and gives its number; `None` when there are already as many as a [`Span`] can tell apart.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> Option<u16> {
        let number = u16::try_from(self.list.len()).ok().filter(|n| *n < Span::IMPLIED.source)?;
        self.list.push(Source { name: name.into(), text: text.into() });
        Some(number)
    }

    /// The name of text `source`; empty for one that is not there.
    pub fn name(&self, source: u16) -> &str {
        self.list.get(usize::from(source)).map_or("", |s| &s.name)
    }

    /// The whole of text `source`; empty for one that is not there.
    pub fn text(&self, source: u16) -> &str {
        self.list.get(usize::from(source)).map_or("", |s| &s.text)
    }

    /// What is written at `span`; empty for a span outside the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.source).get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Line and column of the start of `span`, both from 1, columns in characters.
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        line_column(self.text(span.source), span.start as usize)
    }

    /// Reads a scenario file, refusing what cannot be one before reading it.
    #[cfg(feature = "cli")]
    pub fn read_file(path: &std::path::Path) -> Result<Sources, LoadError> {
        let name = path.display().to_string();
        let bytes = read_bytes(path, &name)?;
        let text = decode(bytes, &name)?;
        if text.trim().is_empty() {
            return Err(LoadError::new("S004", format!("{name} is empty")));
        }
        Ok(Sources::from_text(name, text))
    }
}

/// Line and column, from 1, of byte `offset`; an offset inside a character counts as its start.
pub(super) fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(offset)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

/// Why a scenario file could not be read at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// The code, for `handover explain`.
    pub code: &'static str,
    /// What is wrong, with the file's name.
    pub message: String,
    /// True where the file's content is at fault, false where it could not be opened.
    pub content: bool,
}

impl LoadError {
    #[cfg(feature = "cli")]
    fn new(code: &'static str, message: String) -> LoadError {
        LoadError { code, message, content: code != "S001" }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}", self.code, self.message)
    }
}

impl std::error::Error for LoadError {}

#[cfg(feature = "cli")]
fn read_bytes(path: &std::path::Path, name: &str) -> Result<Vec<u8>, LoadError> {
    use std::io::Read;
    let refuse =
        |why: std::io::Error| LoadError::new("S001", format!("cannot read {name}: {}", reason(&why)));
    let about = std::fs::metadata(path).map_err(refuse)?;
    if about.is_dir() {
        return Err(LoadError::new(
            "S001",
            format!("cannot read {name}: it is a directory, not a scenario file"),
        ));
    }
    if about.len() > LARGEST {
        return Err(too_large(name, about.len()));
    }
    let file = std::fs::File::open(path).map_err(refuse)?;
    let mut bytes = Vec::new();
    // A pipe or a device says length 0 and may never end; one byte more than allowed is enough to know.
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(refuse)?;
    if bytes.len() as u64 > LARGEST { Err(too_large(name, bytes.len() as u64)) } else { Ok(bytes) }
}

#[cfg(feature = "cli")]
fn reason(why: &std::io::Error) -> String {
    match why.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => why.to_string(),
    }
}

#[cfg(feature = "cli")]
fn too_large(name: &str, length: u64) -> LoadError {
    let message = format!(
        "{name} is too large for a scenario: at least {length} bytes; the limit is {LARGEST} (16 MiB)"
    );
    LoadError::new("S003", message)
}

#[cfg(feature = "cli")]
fn decode(bytes: Vec<u8>, name: &str) -> Result<String, LoadError> {
    if is_utf16(&bytes) {
        let message = format!(
            "{name} is not UTF-8 text: it looks like UTF-16 from its first bytes on (line 1): save it as UTF-8"
        );
        return Err(LoadError::new("S002", message));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let (before, byte) = (&error.as_bytes()[..good], error.as_bytes()[good]);
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let begins = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(&before[begins..]).chars().count() + 1;
        let hint = match byte {
            0xa0.. => format!(
                "; it looks like Latin-1 or Windows-1252, where this byte is `{}`: save it as UTF-8",
                char::from(byte)
            ),
            _ => "; it looks like Windows-1252 or another old encoding: save it as UTF-8".to_string(),
        };
        let message = format!(
            "{name} is not UTF-8 text: bad byte at offset {good} (line {line}, column {column}){hint}"
        );
        LoadError::new("S002", message)
    })
}

/// UTF-16, by its mark, or by the zeros that Latin letters have in it.
#[cfg(feature = "cli")]
fn is_utf16(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(64)];
    let zeros = head.iter().filter(|byte| **byte == 0).count();
    head.starts_with(&[0xff, 0xfe])
        || head.starts_with(&[0xfe, 0xff])
        || (zeros > 1 && 3 * zeros > head.len())
}

#[cfg(test)]
#[path = "tests/source.rs"]
mod tests;
