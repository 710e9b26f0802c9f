//! Writing markup: every element is closed, every text escaped. What comes out is HTML that is also well-formed XML.

use std::fmt::{self, Display, Write};

/// Attributes by name.
pub(super) type Attributes<'a> = [(&'a str, &'a dyn Display)];

/// Elements of HTML that have no end tag.
const VOID: [&str; 4] = ["meta", "br", "hr", "wbr"];

/// A document as it is written.
#[derive(Debug, Clone, Default)]
pub(super) struct Markup {
    text: String,
}

impl Markup {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// What was written.
    pub(super) fn into_string(self) -> String {
        self.text
    }

    /// Text, escaped.
    pub(super) fn text(&mut self, text: impl Display) {
        let _ = write!(Escape(&mut self.text), "{text}");
    }

    /// An element around what `inside` writes.
    pub(super) fn element(
        &mut self,
        name: &str,
        attributes: &Attributes<'_>,
        inside: impl FnOnce(&mut Self),
    ) {
        self.open(name, attributes);
        inside(self);
        if !VOID.contains(&name) {
            let _ = write!(self.text, "</{name}>");
        }
    }

    /// An element around a text.
    pub(super) fn words(&mut self, name: &str, attributes: &Attributes<'_>, text: impl Display) {
        self.element(name, attributes, |out| out.text(text));
    }

    /// An element with nothing inside.
    pub(super) fn empty(&mut self, name: &str, attributes: &Attributes<'_>) {
        self.element(name, attributes, |_| {});
    }

    /// A style sheet of the program's own; not for text from anywhere else.
    pub(super) fn style(&mut self, sheet: &'static str) {
        let _ = write!(self.text, "<style>{sheet}</style>");
    }

    /// Line breaks between blocks keep the file readable.
    pub(super) fn line(&mut self) {
        self.text.push('\n');
    }

    fn open(&mut self, name: &str, attributes: &Attributes<'_>) {
        let _ = write!(self.text, "<{name}");
        for (attribute, value) in attributes {
            let _ = write!(self.text, " {attribute}=\"");
            let _ = write!(Escape(&mut self.text), "{value}");
            self.text.push('"');
        }
        self.text.push_str(if VOID.contains(&name) { "/>" } else { ">" });
    }
}

/// Lets nothing through that could end a text or an attribute, and no character that XML forbids.
struct Escape<'a>(&'a mut String);

impl Write for Escape<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\t' | '\n' => self.0.push(character),
                // Control characters, and marks that could make a text read in another order than it is written.
                c if c.is_control() || is_invisible(c) => self.0.push('\u{fffd}'),
                c => self.0.push(c),
            }
        }
        Ok(())
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_a_text_or_an_attribute() {
        let mut out = Markup::new();
        out.words("p", &[("title", &"\"><script>'")], "</p><script>&\u{0}\u{202e}");
        assert_eq!(
            out.into_string(),
            "<p title=\"&quot;&gt;&lt;script&gt;&#39;\">&lt;/p&gt;&lt;script&gt;&amp;\u{fffd}\u{fffd}</p>"
        );
    }

    #[test]
    fn elements_nest_and_close() {
        let mut out = Markup::new();
        out.element("ul", &[], |out| {
            out.words("li", &[("value", &3)], 1.5);
            out.empty("br", &[]);
            out.empty("td", &[]);
        });
        assert_eq!(out.into_string(), "<ul><li value=\"3\">1.5</li><br/><td></td></ul>");
    }
}
