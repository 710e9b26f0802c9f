//! The page around everything: head, navigation, sections, figures with their tables, footer.

use super::markup::Markup;

/// The style sheets, light and dark, for screen and print: of drawings, and of the page around them.
const SHEET: &str = concat!(include_str!("chart.css"), include_str!("style.css"));
/// Nothing is loaded from anywhere, and nothing runs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// A section: the name its link has, its heading, what writes it.
pub(super) struct Section<'a> {
    /// Name of its anchor.
    pub id: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// Writes what is in it.
    pub inside: Box<dyn Fn(&mut Markup) + 'a>,
}

/// What stands at the top.
#[derive(Debug, Clone)]
pub(super) struct Title {
    /// The heading.
    pub heading: String,
    /// What kind of page it is, and of what.
    pub lead: String,
    /// Paragraphs beneath.
    pub about: Vec<String>,
}

/// A whole page.
pub(super) fn page(title: &Title, sections: &[Section<'_>], foot: &str) -> String {
    let mut out = Markup::new();
    out.element("html", &[("lang", &"en")], |out| {
        head(out, title);
        out.element("body", &[], |out| {
            out.words("a", &[("class", &"skip"), ("href", &"#content")], "Skip to the content");
            out.line();
            out.element("header", &[], |out| heading(out, title));
            out.element("nav", &[("aria-label", &"Contents")], |out| contents(out, sections));
            out.line();
            out.element("main", &[("id", &"content")], |out| {
                sections.iter().for_each(|section| section.draw(out));
            });
            out.words("footer", &[], foot);
        });
    });
    out.line();
    format!("<!DOCTYPE html>\n{}", out.into_string())
}

fn head(out: &mut Markup, title: &Title) {
    out.element("head", &[], |out| {
        out.empty("meta", &[("charset", &"utf-8")]);
        out.empty("meta", &[("http-equiv", &"Content-Security-Policy"), ("content", &POLICY)]);
        out.empty("meta", &[("name", &"viewport"), ("content", &"width=device-width, initial-scale=1")]);
        out.empty("meta", &[("name", &"color-scheme"), ("content", &"light dark")]);
        out.words("title", &[], format_args!("{}: {}", title.heading, title.lead));
        out.style(SHEET);
    });
    out.line();
}

fn heading(out: &mut Markup, title: &Title) {
    out.words("h1", &[], &title.heading);
    out.words("p", &[("class", &"lead")], &title.lead);
    for paragraph in &title.about {
        out.words("p", &[], paragraph);
    }
}

fn contents(out: &mut Markup, sections: &[Section<'_>]) {
    out.element("ul", &[], |out| {
        for section in sections {
            let link = format!("#{}", section.id);
            out.element("li", &[], |out| out.words("a", &[("href", &link)], section.heading));
        }
    });
}

impl Section<'_> {
    fn draw(&self, out: &mut Markup) {
        let name = format!("{}-heading", self.id);
        out.element("section", &[("id", &self.id), ("aria-labelledby", &name)], |out| {
            out.words("h2", &[("id", &name)], self.heading);
            (self.inside)(out);
        });
        out.line();
    }
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    text: String,
    value: Option<f64>,
    is_words: bool,
}

impl Cell {
    /// A figure as people read it, with its exact value for programs.
    pub(super) fn figure(text: impl Into<String>, value: f64) -> Self {
        Self { text: text.into(), value: Some(value), is_words: false }
    }

    /// A figure where there is one.
    pub(super) fn maybe(text: impl Fn(f64) -> String, value: Option<f64>) -> Self {
        value.map_or_else(|| Self::plain("–"), |value| Self::figure(text(value), value))
    }

    /// A short text.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), value: None, is_words: false }
    }

    /// Text that may run over several lines.
    pub(super) fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), value: None, is_words: true }
    }

    fn draw(&self, out: &mut Markup) {
        match self.value.filter(|value| value.is_finite()) {
            Some(value) => out.words("data", &[("value", &value)], &self.text),
            None => out.text(&self.text),
        }
    }
}

/// A table whose first column names its rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    /// What it shows.
    pub caption: String,
    /// Names of its columns.
    pub head: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows yet.
    pub(super) fn new(caption: impl Into<String>, head: &[&str]) -> Self {
        let head = head.iter().map(|name| (*name).to_string()).collect();
        Self { caption: caption.into(), head, rows: Vec::new() }
    }

    /// Writes it, in a region that can be scrolled where the page is narrow.
    pub(super) fn draw(&self, out: &mut Markup) {
        let region: [(&str, &dyn std::fmt::Display); 4] =
            [("class", &"scroll"), ("tabindex", &"0"), ("role", &"region"), ("aria-label", &self.caption)];
        out.element("div", &region, |out| {
            out.element("table", &[], |out| {
                out.words("caption", &[], &self.caption);
                out.element("thead", &[], |out| {
                    out.element("tr", &[], |out| {
                        for (place, name) in self.head.iter().enumerate() {
                            let is_words = |row: &Vec<Cell>| row.get(place).is_some_and(|cell| cell.is_words);
                            let class =
                                if self.rows.first().is_some_and(is_words) { "words" } else { "figure" };
                            out.words("th", &[("scope", &"col"), ("class", &class)], name);
                        }
                    });
                });
                out.element("tbody", &[], |out| self.rows.iter().for_each(|row| draw_row(out, row)));
            });
        });
        out.line();
    }
}

fn draw_row(out: &mut Markup, cells: &[Cell]) {
    out.element("tr", &[], |out| {
        for (place, cell) in cells.iter().enumerate() {
            match (place, cell.is_words) {
                (0, _) => out.element("th", &[("scope", &"row")], |out| cell.draw(out)),
                (_, true) => out.element("td", &[("class", &"words")], |out| cell.draw(out)),
                (_, false) => out.element("td", &[], |out| cell.draw(out)),
            }
        }
    });
    out.line();
}

/// How a sign in a key looks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sign {
    /// A filled patch of a class.
    Patch(&'static str),
    /// A line of a class.
    Line(&'static str),
    /// A round mark of a class.
    Mark(&'static str),
    /// The triangle of a due time.
    Due,
}

/// A figure: a chart, what it means, its key, its figures as a table, and the command that makes it again.
#[derive(Debug, Clone)]
pub(super) struct Figure<'a> {
    /// Unique on the page.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What it shows, for everybody.
    pub about: String,
    /// The signs used.
    pub key: &'a [(Sign, &'a str)],
    /// The command.
    pub command: String,
    /// Where in its result the figures are.
    pub place: String,
    /// The figures.
    pub table: Table,
    /// Whether it needs the whole width.
    pub is_wide: bool,
}

impl Figure<'_> {
    /// Writes it around the chart.
    pub(super) fn draw(&self, out: &mut Markup, chart: impl FnOnce(&mut Markup)) {
        let name = format!("{}-name", self.id);
        out.element("figure", &[("id", &self.id), ("aria-labelledby", &name)], |out| {
            out.element("figcaption", &[], |out| {
                out.words("h3", &[("id", &name)], &self.title);
                out.words("p", &[], &self.about);
            });
            self.chart(out, chart);
            signs(out, self.key);
            out.element("details", &[("class", &"data")], |out| {
                out.words("summary", &[], format_args!("{} as a table", self.title));
                self.table.draw(out);
            });
            out.element("p", &[("class", &"command")], |out| {
                out.text("Made again by ");
                out.words("code", &[], &self.command);
                out.text(format_args!(" ({})", self.place));
            });
        });
        out.line();
    }

    fn chart(&self, out: &mut Markup, chart: impl FnOnce(&mut Markup)) {
        if self.is_wide {
            let label = format!("{}, chart", self.title);
            let region: [(&str, &dyn std::fmt::Display); 4] =
                [("class", &"scroll wide"), ("tabindex", &"0"), ("role", &"region"), ("aria-label", &label)];
            out.element("div", &region, chart);
        } else {
            chart(out);
        }
    }
}

/// Writes a key.
pub(super) fn signs(out: &mut Markup, key: &[(Sign, &str)]) {
    if key.is_empty() {
        return;
    }
    out.element("ul", &[("class", &"key")], |out| {
        for (sign, words) in key {
            out.element("li", &[], |out| {
                sign.draw(out);
                out.text(words);
            });
        }
    });
}

impl Sign {
    fn draw(self, out: &mut Markup) {
        out.element("svg", &[("viewBox", &"0 0 30 14"), ("aria-hidden", &"true")], |out| self.inside(out));
    }

    /// Draws it in a field of 30 by 14.
    pub(super) fn inside(self, out: &mut Markup) {
        match self {
            Self::Patch(class) => super::chart::rect(out, class, (1.0, 2.0), (29.0, 12.0)),
            Self::Line(class) => super::chart::line(out, class, (1.0, 7.0), (29.0, 7.0)),
            Self::Mark(class) => super::chart::circle(out, class, (15.0, 7.0), 4.5),
            Self::Due => super::chart::lanes::due(out, 15.0, 0.0),
        }
    }
}

/// A card with one headline figure.
#[derive(Debug, Clone)]
pub(super) struct Card {
    /// What it is.
    pub name: String,
    /// The figure.
    pub figure: Cell,
    /// Its interval, and what else belongs to it.
    pub lines: Vec<String>,
}

/// Writes cards.
pub(super) fn cards(out: &mut Markup, list: &[Card]) {
    out.element("ul", &[("class", &"cards")], |out| {
        for card in list {
            out.element("li", &[], |out| {
                out.words("h3", &[], &card.name);
                out.element("p", &[("class", &"big")], |out| card.figure.draw(out));
                card.lines.iter().for_each(|line| out.words("p", &[], line));
            });
            out.line();
        }
    });
}

/// Writes terms and what is said of each.
pub(super) fn facts(out: &mut Markup, list: &[(&str, String)]) {
    out.element("dl", &[("class", &"facts")], |out| {
        for (term, words) in list {
            out.words("dt", &[], term);
            out.words("dd", &[], words);
        }
    });
}
