//! Faults found in a scenario: collected while reading goes on, shown together in rustc's look.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str};

use super::source::{Sources, Span, line_column};

/// How many faults are shown in full.
pub const SHOWN: usize = 100;

/// Lines are cut to about this many columns around the place that is marked.
const WIDEST: usize = 160;

/// Longer lines, in bytes, are not shown.
const WIDEST_SHOWN: usize = 4096;

/// One fault: what is wrong, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its code, listed in [`super::codes::CODES`].
    pub code: &'static str,
    /// What is wrong, in one line.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What is said under the carets; may be empty.
    pub label: String,
    /// Other places that matter, each with what it is.
    pub also: Vec<(Span, String)>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A fault at `span`.
    pub fn new(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { code, message: message.into(), span, label: String::new(), also: Vec::new(), help: None }
    }

    /// Says something under the carets.
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = label.into();
        self
    }

    /// Shows another place.
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Diagnostic {
        self.also.push((span, label.into()));
        self
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// Says "did you mean", if there is something near.
    pub fn suggest(self, nearest: Option<&str>) -> Diagnostic {
        match nearest {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self,
        }
    }

    /// Text for a person: several lines, with the source.
    pub fn render(&self, sources: &Sources, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        renderer.term_width(WIDEST).render(&[self.group(sources)])
    }

    fn group<'a>(&'a self, sources: &'a Sources) -> Group<'a> {
        let title = Level::ERROR.primary_title(self.message.as_str()).id(self.code);
        let mut group =
            show(title.elements(std::iter::empty::<Origin<'a>>()), sources, self.span, &self.label, true);
        for (span, label) in &self.also {
            group = show(group, sources, *span, label, false);
        }
        match &self.help {
            Some(help) => group.element(Level::HELP.message(normalize_untrusted_str(help))),
            None => group,
        }
    }
}

/// Adds one place to a report. An implied place has no text; one that is empty and at the very start is the whole text.
fn show<'a>(group: Group<'a>, sources: &'a Sources, span: Span, label: &'a str, primary: bool) -> Group<'a> {
    if span.is_implied() {
        return group;
    }
    let name = sources.name(span.source);
    if span.end == 0 {
        return group.element(Origin::path(name));
    }
    let (line, column) = sources.line_column(span);
    let (text, mark) = marked_line(sources.text(span.source), span);
    if text.len() > WIDEST_SHOWN {
        return unshown(group, Origin::path(name).line(line).char_column(column), &text[mark.start..], label);
    }
    let kind = if primary { AnnotationKind::Primary } else { AnnotationKind::Context };
    let mark = kind.span(mark);
    let mark = if label.is_empty() { mark } else { mark.label(label) };
    group.element(Snippet::source(text).line_start(line).path(name).annotation(mark))
}

/// A place in a line too long to be shown: what stands there, and the label as a note.
fn unshown<'a>(group: Group<'a>, origin: Origin<'a>, there: &'a str, label: &str) -> Group<'a> {
    let there: String = there.chars().take(40).collect();
    let note = normalize_untrusted_str(&format!("{label} (at `{there}`, in a line too long to show)"));
    group.element(origin).element(Level::NOTE.message(note.trim().to_string()))
}

/// The line on which `span` starts, and the part of it that `span` covers. The renderer is given no more than this line, so
/// that its work does not grow with the file.
fn marked_line(text: &str, span: Span) -> (&str, std::ops::Range<usize>) {
    let start = text.floor_char_boundary(span.start as usize);
    let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let to = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let line = text[from..to].trim_end_matches('\r');
    let start = (start - from).min(line.len());
    let end = text.floor_char_boundary(span.end as usize).saturating_sub(from).clamp(start, line.len());
    (line, start..end)
}

/// The way out of a fault that names none of its own.
fn way_out(code: &str) -> String {
    match code {
        "S005" => "text stands in quotes, lists in `[ ]`, tables in `{ }`, and commas separate their parts",
        "S007" => "take levels out of it",
        "S011" => "add the key; `handover schema` lists those of each table",
        "S012" => "write a value of the kind named",
        "S022" => "set the whole value, or leave out what stands after it",
        "S040" => "keep one of them",
        "S042" => "order them: min, mode, max",
        "S043" => "give a value above zero",
        "S044" => "give zero or more",
        "S045" => "give at least one a weight above zero",
        "S046" => "give one weight for each value, or none at all",
        _ => return format!("`handover explain {code}` says more"),
    }
    .to_string()
}

/// The faults found so far.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    list: Vec<Diagnostic>,
}

impl Faults {
    /// None yet.
    pub fn new() -> Faults {
        Faults::default()
    }

    /// One more.
    pub fn push(&mut self, mut fault: Diagnostic) {
        fault.help.get_or_insert_with(|| way_out(fault.code));
        self.list.push(fault);
    }

    /// True when nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether one of them has this code.
    pub fn has(&self, code: &str) -> bool {
        self.list.iter().any(|fault| fault.code == code)
    }

    /// Whether one of them has this help.
    pub(super) fn says(&self, help: &str) -> bool {
        self.list.iter().any(|fault| fault.help.as_deref() == Some(help))
    }

    /// How many, repetitions included.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// In the order of the text, each once; those without a place come last.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by(|a, b| (a.span, a.code, &a.message).cmp(&(b.span, b.code, &b.message)));
        self.list.dedup_by(|a, b| (a.span, a.code, &a.message) == (b.span, b.code, &b.message));
        self.list
    }

    /// All of them as text for a person, at most [`SHOWN`] in full.
    pub fn render(self, sources: &Sources, styled: bool) -> String {
        render(&self.into_sorted(), sources, styled)
    }
}

/// Renders faults already sorted, at most [`SHOWN`] in full, with a closing line that counts them.
pub fn render(faults: &[Diagnostic], sources: &Sources, styled: bool) -> String {
    let mut text = String::new();
    for fault in faults.iter().take(SHOWN) {
        text.push_str(&fault.render(sources, styled));
        text.push_str("\n\n");
    }
    if faults.len() > SHOWN {
        text.push_str(&format!("and {} more\n", faults.len() - SHOWN));
    }
    text
}

/// One line per fault, `file:line:col: error[CODE]: message`, for editors and logs.
pub fn short(fault: &Diagnostic, sources: &Sources) -> String {
    let Diagnostic { code, message, span, .. } = fault;
    if span.is_implied() {
        return format!("error[{code}]: {message}");
    }
    let (line, column) = line_column(sources.text(span.source), span.start as usize);
    format!("{}:{line}:{column}: error[{code}]: {message}", sources.name(span.source))
}

#[cfg(test)]
#[path = "tests/diagnostic.rs"]
mod tests;
