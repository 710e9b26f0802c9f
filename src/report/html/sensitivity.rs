//! The page of an analysis of sensitivity: a tornado an outcome, Morris's effects or Sobol's indices with their intervals.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::chart::axis::Axis;
use super::chart::rows::{Row, Rows, Shape};
use super::command::quoted;
use super::contrast::{axis, drawn, signed};
use super::markup::Markup;
use super::page::{Cell, Figure, Section, Sign, Table, Title, facts, page};
use super::{FOOT, Origin, capital, outcome_words};
use crate::report::quantity::{number, several};
use crate::report::table::{Show, show_of, shown};

/// What the document of an analysis says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Analysis {
    scenario: Named,
    method: String,
    design: String,
    about: Option<String>,
    cells: u64,
    replications: u64,
    replications_in_all: u64,
    seed: u64,
    first: u64,
    outcomes: BTreeMap<String, Of>,
    notes: Vec<String>,
    limits: Vec<String>,
    sampling_version: u64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Named {
    name: String,
    variant: String,
    digest: String,
}

/// What was found of one outcome.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Of {
    mean: Option<Estimate>,
    noise_share: Option<f64>,
    #[serde(default)]
    parameters: BTreeMap<String, Parameter>,
    dummy: Option<Parameter>,
    #[serde(default)]
    order: Vec<String>,
    refused: Option<String>,
}

/// The figures of one parameter: effects, or indices.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Parameter {
    mu: Option<Estimate>,
    mu_star: Option<Estimate>,
    sigma: Option<Estimate>,
    luck: Option<f64>,
    falls: Option<f64>,
    rises: Option<f64>,
    first: Option<Estimate>,
    total: Option<Estimate>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
struct Estimate {
    value: Option<f64>,
    lo: Option<f64>,
    hi: Option<f64>,
}

impl Estimate {
    fn interval(self) -> Option<(f64, f64)> {
        self.lo.zip(self.hi)
    }

    fn told(self, show: impl Fn(f64) -> String) -> String {
        match (self.value, self.interval()) {
            (Some(value), Some((low, high))) => format!("{} ({} to {})", show(value), show(low), show(high)),
            (Some(value), None) => show(value),
            _ => "none".to_string(),
        }
    }
}

/// The page of an analysis. `flags` are the outcomes that are 0 or 1; `design` is the design's file.
pub fn sensitivity(of: &Analysis, design: &str, flags: &BTreeSet<String>, origin: &Origin) -> String {
    let view = View { of, design, flags, origin };
    let title = Title {
        heading: of.scenario.name.clone(),
        lead: format!(
            "sensitivity, {} of {} each, seed {}",
            several(of.cells, "cell"),
            several(of.replications, "replication"),
            of.seed
        ),
        about: of.about.iter().cloned().chain([format!("{}.", of.design)]).collect(),
    };
    let sections = [
        Section {
            id: "outcomes",
            heading: "What matters to what",
            inside: Box::new(|out| view.outcomes(out)),
        },
        Section { id: "reading", heading: "How to read it", inside: Box::new(|out| list(out, &of.notes)) },
        Section { id: "limits", heading: "Limits", inside: Box::new(|out| list(out, &of.limits)) },
        Section { id: "origin", heading: "Where it comes from", inside: Box::new(|out| view.facts(out)) },
    ];
    page(&title, &sections, FOOT)
}

fn list(out: &mut Markup, lines: &[String]) {
    out.element("ul", &[], |out| lines.iter().for_each(|line| out.words("li", &[], line)));
}

struct View<'a> {
    of: &'a Analysis,
    design: &'a str,
    flags: &'a BTreeSet<String>,
    origin: &'a Origin,
}

const OF_EFFECTS: &[(Sign, &str)] = &[
    (Sign::Patch("c1 fill inner"), "mean of the falls and of the rises that moving it brings"),
    (Sign::Mark("c1 dot"), "their sum, mu"),
    (Sign::Line("whisker"), "its 95% interval"),
];
const OF_INDICES: &[(Sign, &str)] = &[
    (Sign::Patch("c1 fill inner"), "first order: alone"),
    (Sign::Patch("c1 fill outer"), "total: with the others"),
    (Sign::Line("joint"), "95% intervals"),
];
/// The name of the row of the input that nothing reads.
const DUMMY: &str = "dummy: nothing reads it";

impl View<'_> {
    fn is_of_effects(&self) -> bool {
        self.of.method == "morris"
    }

    fn command(&self) -> String {
        let of = self.of;
        let mut line = format!("handover sensitivity {} {}", quoted(&self.origin.file), quoted(self.design));
        for name in of.outcomes.keys() {
            line.push_str(&format!(" --outcome {}", quoted(name)));
        }
        for set in &self.origin.overrides {
            line.push_str(&format!(" --set {}", quoted(set)));
        }
        let variant = quoted(&of.scenario.variant);
        format!(
            "{line} --variant {variant} --seed {} --first {} --replications {} --format json",
            of.seed, of.first, of.replications
        )
    }

    fn outcomes(&self, out: &mut Markup) {
        for (name, found) in self.of.outcomes.iter().filter(|(_, found)| found.refused.is_some()) {
            let words = capital(&outcome_words(name, self.show(name)));
            let why = found.refused.as_deref().unwrap_or_default();
            out.words("p", &[("class", &"warn")], format_args!("{words}: {why}"));
        }
        out.element("div", &[("class", &"figures")], |out| {
            let told = self.of.outcomes.iter().filter(|(_, found)| found.refused.is_none());
            for (number, (name, found)) in told.enumerate() {
                self.tornado(out, number, name, found);
            }
        });
    }

    fn show(&self, name: &str) -> Show {
        show_of(name, self.flags.contains(name))
    }

    fn tornado(&self, out: &mut Markup, number: usize, name: &str, found: &Of) {
        let show = self.show(name);
        let named =
            found.order.iter().filter_map(|path| found.parameters.get(path).map(|p| (path.as_str(), p)));
        let members: Vec<(&str, &Parameter)> = named.chain(found.dummy.iter().map(|d| (DUMMY, d))).collect();
        let rows: Vec<Row> = members
            .iter()
            .filter_map(|(path, p)| if self.is_of_effects() { effect(path, show, p) } else { index(path, p) })
            .collect();
        let (low, high) = Rows::extent(&rows);
        let axis = if self.is_of_effects() {
            axis(show, low, high)
        } else {
            Axis::numbers(low, high, "share of the variance over the design")
        };
        let title = capital(&outcome_words(name, show));
        let told: Vec<String> = rows.iter().map(|row| format!("{}: {}", row.label, row.text)).collect();
        let id = format!("tornado-{number}");
        let figure = Figure {
            id: id.clone(),
            title: title.clone(),
            about: self.about(show, found),
            key: if self.is_of_effects() { OF_EFFECTS } else { OF_INDICES },
            command: self.command(),
            place: format!("outcomes.{name}"),
            table: self.table(&title, show, &members),
            is_wide: false,
        };
        let about = format!("From the one that matters most down. {}.", told.join("; "));
        let chart = Rows { axis, rows };
        figure.draw(out, |out| chart.draw(out, &format!("{id}-chart"), &title, &about));
    }

    fn about(&self, show: Show, found: &Of) -> String {
        if self.is_of_effects() {
            return "What moving a parameter over its range does to the mean, the one that matters most on top. mu* is the mean size of it; what is no \
                    larger than luck is the noise of the replications."
                .to_string();
        }
        let mean = found.mean.map_or("none".to_string(), |mean| mean.told(|x| shown(show, x)));
        let noise = crate::report::quantity::percent(found.noise_share.unwrap_or_default().clamp(0.0, 1.0));
        format!(
            "Shares of the variance over the design, the parameter that matters most on top. Mean over the design {mean}; {noise} of the variance of \
             the cells' means was noise, and is taken out. What is no larger than the dummy is noise."
        )
    }

    fn table(&self, title: &str, show: Show, members: &[(&str, &Parameter)]) -> Table {
        let cells = |estimate: Option<Estimate>, show: &dyn Fn(f64) -> String| {
            let e = estimate.unwrap_or_default();
            [e.value, e.lo, e.hi].map(|v| Cell::maybe(show, v))
        };
        let effects = ["parameter", "mu*", "from", "to", "mu", "from", "to", "sigma", "from", "to", "luck"];
        let indices = ["parameter", "first order", "from", "to", "total", "from", "to"];
        let head: &[&str] = if self.is_of_effects() { &effects } else { &indices };
        let mut table = Table::new(format!("{title}: with 95% intervals"), head);
        for (path, p) in members {
            let mut row = vec![Cell::words(*path)];
            if self.is_of_effects() {
                let size = |v: f64| size(show, v);
                row.extend(cells(p.mu_star, &size));
                row.extend(cells(p.mu, &|v| signed(show, v)));
                row.extend(cells(p.sigma, &size));
                row.push(Cell::maybe(size, p.luck));
            } else {
                row.extend(cells(p.first, &share));
                row.extend(cells(p.total, &share));
            }
            table.rows.push(row);
        }
        table
    }

    fn facts(&self, out: &mut Markup) {
        let of = self.of;
        let overrides =
            if self.origin.overrides.is_empty() { "none".into() } else { self.origin.overrides.join(", ") };
        facts(
            out,
            &[
                ("Scenario", of.scenario.name.clone()),
                ("File", self.origin.file.clone()),
                ("Variant", of.scenario.variant.clone()),
                ("Digest of the scenario", of.scenario.digest.clone()),
                ("Design", self.design.to_string()),
                ("Overrides", overrides),
                ("Seed", of.seed.to_string()),
                ("Replications in all", number(of.replications_in_all as f64)),
                ("Sampling version", of.sampling_version.to_string()),
                ("Program", format!("handover {}", self.origin.version)),
                ("Platform", self.origin.platform.clone()),
            ],
        );
        out.words("h3", &[], "To get the same figures again");
        out.words("pre", &[], self.command());
    }
}

/// A size without a sign: shares in percentage points.
fn size(show: Show, value: f64) -> String {
    signed(show, value).trim_start_matches('+').to_string()
}

fn share(value: f64) -> String {
    format!("{:.3}", if value.abs() < 0.0005 { 0.0 } else { value })
}

fn effect(path: &str, show: Show, p: &Parameter) -> Option<Row> {
    let place = |value: f64| drawn(show, value);
    let mu = p.mu?;
    // The axis says which unit it is.
    let bare = |v: f64| size(show, v).trim_end_matches(" points").to_string();
    let star = p.mu_star?.told(bare);
    let luck = p.luck.map(|luck| format!("; luck {}", bare(luck))).unwrap_or_default();
    Some(Row {
        label: path.to_string(),
        text: format!("mu* {star}{luck}"),
        aside: String::new(),
        class: "c1",
        shape: Shape::Around {
            bar: (place(p.falls?), place(p.rises?)),
            value: place(mu.value?),
            interval: mu.interval().map(|(low, high)| (place(low), place(high))),
        },
    })
}

fn index(path: &str, p: &Parameter) -> Option<Row> {
    let (first, total) = (p.first?, p.total?);
    Some(Row {
        label: path.to_string(),
        text: format!("first {}; total {}", first.told(share), total.told(share)),
        aside: String::new(),
        class: if path == DUMMY { "c4" } else { "c1" },
        shape: Shape::Part {
            part: (first.value?, first.interval()),
            whole: (total.value?, total.interval()),
        },
    })
}
