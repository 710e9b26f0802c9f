//! The page of a sweep: how the figures asked for first respond to each parameter of the design.

mod curves;
mod places;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::chart::axis::Axis;
use super::chart::points::{Point, Points};
use super::command::quoted;
use super::markup::Markup;
use super::page::{Cell, Figure, Section, Table, Title, facts, page};
use super::{FOOT, Origin, contrast, outcome_words};
use crate::report::document::limits_of;
use crate::report::quantity::{number, several};
use crate::report::table::{Show, show_of, shown};
use curves::Curves;
use places::Places;

/// One outcome in one cell, as the table of a sweep has it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Line {
    /// The cell's number.
    pub cell: u64,
    /// Its variant.
    pub variant: String,
    /// The value of each parameter, by path, as it was written.
    pub parameters: BTreeMap<String, String>,
    /// The outcome.
    pub outcome: String,
    /// In how many replications it exists.
    pub n: u64,
    /// Its mean; null where it exists in none.
    pub mean: Option<f64>,
    /// Lower end of the mean's interval.
    pub lo: Option<f64>,
    /// Upper end.
    pub hi: Option<f64>,
    /// The mean minus that of the first variant at the same point; missing for the first.
    #[serde(default)]
    pub difference: Option<f64>,
    /// Lower end of the difference's interval.
    #[serde(default)]
    pub difference_lo: Option<f64>,
    /// Upper end.
    #[serde(default)]
    pub difference_hi: Option<f64>,
}

impl Line {
    /// The difference from the first variant, in the place of the mean.
    fn as_difference(&self) -> Option<Line> {
        let mean = Some(self.difference?);
        Some(Line { mean, lo: self.difference_lo, hi: self.difference_hi, ..self.clone() })
    }
}

/// What the points of a figure are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Drawn {
    Means,
    Differences,
}

impl Drawn {
    fn id(self) -> &'static str {
        match self {
            Self::Means => "response",
            Self::Differences => "difference",
        }
    }

    /// What a point shows, for people.
    fn words(self) -> &'static str {
        match self {
            Self::Means => "Mean of each cell, with its 95% interval.",
            Self::Differences => "Difference of each cell from the first variant, with its 95% interval.",
        }
    }

    fn shown(self, show: Show, value: f64) -> String {
        match self {
            Self::Means => shown(show, value),
            Self::Differences => contrast::signed(show, value),
        }
    }

    /// The value as it is drawn.
    fn place(self, show: Show, value: f64) -> f64 {
        match self {
            Self::Means => super::section::drawn(show, value),
            Self::Differences => contrast::drawn(show, value),
        }
    }

    /// The axis of means begins at zero where that does not squeeze what the cells differ in; that of differences has zero on it.
    fn axis(self, show: Show, points: &[Point]) -> Axis {
        let ends = points.iter().flat_map(|p| p.interval.map_or([p.value; 2], |(low, high)| [low, high]));
        let (low, high) =
            ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        if self == Self::Differences {
            return contrast::axis(show, low.min(0.0), high.max(0.0));
        }
        let is_far = low > 0.5 * high && high > low;
        let low = if is_far { low } else { low.min(0.0) };
        match show {
            Show::Share => Axis::shares("share"),
            Show::Time => Axis::times(low, high.max(0.0)),
            _ => Axis::numbers(low, high.max(0.0), "mean"),
        }
    }
}

/// What a figure is about.
#[derive(Debug, Clone, Copy)]
struct Asked<'a> {
    drawn: Drawn,
    outcome: &'a str,
    show: Show,
}

/// What a sweep was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swept {
    /// Name of the scenario.
    pub name: String,
    /// File of the design.
    pub design: String,
    /// Replications of each cell.
    pub replications: u64,
    /// Root seed.
    pub seed: u64,
    /// First replication.
    pub first: u64,
    /// Whether cells share their random numbers, in the design's word.
    pub random_numbers: String,
    /// Whether the scenario names sources.
    pub is_sourced: bool,
}

/// Outcomes whose responses are drawn.
const DRAWN: [&str; 6] =
    ["captives_released", "prisoners_released", "completed", "collapsed", "disputes", "suspended_s"];
/// Most cells in the table under a figure.
const MOST_ROWS: usize = 500;

/// The page of a sweep. `flags` are the outcomes that are 0 or 1.
pub fn sweep(of: &Swept, lines: &[Line], flags: &BTreeSet<String>, origin: &Origin) -> String {
    let view = View::new(of, lines, flags, origin);
    let title = Title {
        heading: of.name.clone(),
        lead: format!(
            "sweep of {}, {} each, seed {}",
            several(view.cells() as u64, "cell"),
            several(of.replications, "replication"),
            of.seed
        ),
        about: vec![format!(
            "Parameters varied: {}. Each point is the mean of one cell with its 95% interval, which is simulation error alone.",
            view.parameters.join(", ")
        )],
    };
    let sections = [
        Section {
            id: "responses",
            heading: "Responses",
            inside: Box::new(|out| view.responses(out, Drawn::Means, view.lines)),
        },
        Section {
            id: "differences",
            heading: "Differences between variants",
            inside: Box::new(|out| view.differences(out)),
        },
        Section {
            id: "limits",
            heading: "Limits",
            inside: Box::new(|out| {
                let limits = limits_of(of.is_sourced);
                out.element("ul", &[], |out| limits.iter().for_each(|limit| out.words("li", &[], limit)));
            }),
        },
        Section { id: "origin", heading: "Where it comes from", inside: Box::new(|out| view.facts(out)) },
    ];
    page(&title, &sections, FOOT)
}

struct View<'a> {
    of: &'a Swept,
    lines: &'a [Line],
    flags: &'a BTreeSet<String>,
    origin: &'a Origin,
    parameters: Vec<String>,
    variants: Vec<String>,
}

impl<'a> View<'a> {
    fn new(of: &'a Swept, lines: &'a [Line], flags: &'a BTreeSet<String>, origin: &'a Origin) -> Self {
        let parameters: BTreeSet<String> =
            lines.iter().flat_map(|line| line.parameters.keys().cloned()).collect();
        let mut variants: Vec<String> = Vec::new();
        for line in lines {
            if !variants.contains(&line.variant) {
                variants.push(line.variant.clone());
            }
        }
        Self { of, lines, flags, origin, parameters: parameters.into_iter().collect(), variants }
    }

    fn cells(&self) -> usize {
        self.lines.iter().map(|line| line.cell).collect::<BTreeSet<u64>>().len()
    }

    fn command(&self) -> String {
        let mut line = format!("handover sweep {} {}", quoted(&self.origin.file), quoted(&self.of.design));
        for set in &self.origin.overrides {
            line.push_str(&format!(" --set {}", quoted(set)));
        }
        let (seed, first, n) = (self.of.seed, self.of.first, self.of.replications);
        let variants = quoted(&self.variants.join(","));
        format!("{line} --variants {variants} --seed {seed} --first {first} --replications {n} --out DIR")
    }

    fn differences(&self, out: &mut Markup) {
        let lines: Vec<Line> = self.lines.iter().filter_map(Line::as_difference).collect();
        let Some(first) = self.variants.first().filter(|_| !lines.is_empty()) else {
            return out.words(
                "p",
                &[("class", &"note")],
                "One variant was run: there is nothing to hold against it.",
            );
        };
        out.words(
            "p",
            &[("class", &"note")],
            format_args!("Each point is the mean of a cell minus that of {first} at the same point, with its 95% interval: above zero, more than {first}."),
        );
        self.responses(out, Drawn::Differences, &lines);
    }

    fn responses(&self, out: &mut Markup, drawn: Drawn, all: &[Line]) {
        if self.parameters.len() > 1 {
            out.words(
                "p",
                &[("class", &"note")],
                "Several parameters vary at once: points above one value of a parameter differ by the others.",
            );
        }
        for (number, outcome) in DRAWN.iter().enumerate() {
            let lines: Vec<&Line> =
                all.iter().filter(|line| line.outcome == *outcome && line.mean.is_some()).collect();
            if lines.is_empty() {
                continue;
            }
            let show = show_of(outcome, self.flags.contains(*outcome));
            out.words("h3", &[], capital_words(outcome, show));
            out.element("div", &[("class", &"figures")], |out| {
                for (place, parameter) in self.parameters.iter().enumerate() {
                    self.response(
                        out,
                        &format!("{}-{number}-{place}", drawn.id()),
                        Asked { drawn, outcome, show },
                        parameter,
                        &lines,
                    );
                }
            });
        }
    }

    fn response(&self, out: &mut Markup, id: &str, asked: Asked<'_>, parameter: &str, lines: &[&Line]) {
        let Asked { drawn, outcome, show } = asked;
        let places = Places::of(parameter, lines);
        let curves = Curves::of(parameter, &self.variants, lines);
        let mut points: Vec<Point> =
            lines.iter().filter_map(|line| point(asked, parameter, &places, &curves, line)).collect();
        points.sort_by(|a, b| a.at.total_cmp(&b.at));
        let up = drawn.axis(show, &points);
        let title = match drawn {
            Drawn::Means => format!("{} by {parameter}", capital_words(outcome, show)),
            Drawn::Differences => format!("{}, difference by {parameter}", capital_words(outcome, show)),
        };
        let about = format!(
            "Points with 95% intervals over {} values of {parameter}, from {} to {}.",
            places.levels.len(),
            places.levels.first().map_or("–", |(_, word)| word.as_str()),
            places.levels.last().map_or("–", |(_, word)| word.as_str())
        );
        let key = curves.key();
        let figure = Figure {
            id: id.to_string(),
            title: title.clone(),
            about: format!("{}{}{}", drawn.words(), curves.about(), places.about()),
            key: &key,
            command: self.command(),
            place: format!("table.csv, {outcome}; cells.csv has the command of each cell"),
            table: self.table(&title, drawn, show, lines),
            is_wide: false,
        };
        let chart = Points { across: places.axis(parameter), up, points };
        figure.draw(out, |out| chart.draw(out, id, &title, &about));
    }

    fn table(&self, title: &str, drawn: Drawn, show: Show, lines: &[&Line]) -> Table {
        let mut head = vec!["cell", "variant"];
        head.extend(self.parameters.iter().map(String::as_str));
        head.extend([if drawn == Drawn::Means { "mean" } else { "difference" }, "from", "to", "exists in"]);
        let cut = if lines.len() > MOST_ROWS {
            format!(", the first {MOST_ROWS} cells; table.csv has all")
        } else {
            String::new()
        };
        let mut table = Table::new(format!("{title}: by cell, with 95% intervals{cut}"), &head);
        for line in lines.iter().take(MOST_ROWS) {
            let figure = |value: Option<f64>| Cell::maybe(|v| drawn.shown(show, v), value);
            let mut row = vec![Cell::plain(line.cell.to_string()), Cell::plain(line.variant.clone())];
            row.extend(
                self.parameters
                    .iter()
                    .map(|path| Cell::plain(line.parameters.get(path).map_or("–", String::as_str))),
            );
            row.extend([
                figure(line.mean),
                figure(line.lo),
                figure(line.hi),
                Cell::figure(line.n.to_string(), line.n as f64),
            ]);
            table.rows.push(row);
        }
        table
    }

    fn facts(&self, out: &mut Markup) {
        let overrides =
            if self.origin.overrides.is_empty() { "none".into() } else { self.origin.overrides.join(", ") };
        facts(
            out,
            &[
                ("Scenario", self.of.name.clone()),
                ("File", self.origin.file.clone()),
                ("Design", self.of.design.clone()),
                ("Variants", self.variants.join(", ")),
                ("Overrides", overrides),
                ("Cells", number(self.cells() as f64)),
                ("Replications of each", number(self.of.replications as f64)),
                ("Seed", self.of.seed.to_string()),
                ("First replication", self.of.first.to_string()),
                ("Random numbers", self.of.random_numbers.clone()),
                ("Program", format!("handover {}", self.origin.version)),
                ("Platform", self.origin.platform.clone()),
            ],
        );
        out.words("h3", &[], "To get the same figures again");
        out.words("pre", &[], self.command());
    }
}

fn capital_words(outcome: &str, show: Show) -> String {
    super::capital(&outcome_words(outcome, show))
}

fn point(asked: Asked<'_>, parameter: &str, places: &Places, curves: &Curves, line: &Line) -> Option<Point> {
    let place = |value: f64| asked.drawn.place(asked.show, value);
    let (class, aside, curve) = curves.place(line);
    Some(Point {
        at: places.at(line.parameters.get(parameter)?),
        value: place(line.mean?),
        interval: line.lo.zip(line.hi).map(|(low, high)| (place(low), place(high))),
        class,
        aside,
        curve,
    })
}
