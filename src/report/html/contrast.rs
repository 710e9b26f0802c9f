//! The page of a comparison: the paired differences of each later variant from the first, as a forest of points with their intervals.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::chart::axis::Axis;
use super::chart::rows::{Row, Rows, Shape};
use super::command::quoted;
use super::markup::Markup;
use super::page::{Card, Cell, Figure, Section, Sign, Table, Title, cards, facts, page};
use super::{FOOT, Origin, outcome_words};
use crate::report::quantity::{duration, number, several};
use crate::report::table::{Show, show_of, shown};

/// What the document of a comparison says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Contrasts {
    /// The scenario.
    pub scenario: Named,
    /// The variants; all later ones are held against the first.
    pub variants: Vec<Variant>,
    /// Root seed.
    pub seed: u64,
    /// First replication.
    pub first: u64,
    /// How many.
    pub replications: u64,
    /// What follows from the number of differences.
    pub multiplicity: String,
    /// Each later variant against the first.
    pub pairs: Vec<Pair>,
    /// What should be known before the figures are used.
    pub warnings: Vec<String>,
    /// What the figures do not say.
    pub limits: Vec<String>,
    /// Version of the samplers and the layout of draws.
    pub sampling_version: u64,
}

/// Something with a name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Named {
    /// Its name.
    pub name: String,
}

/// A variant that was run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Variant {
    /// Its name.
    pub variant: String,
    /// Digest of its scenario.
    pub scenario_digest: String,
    /// Digest of its outcomes.
    pub digest: String,
}

/// Two variants.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Pair {
    /// The first.
    pub a: String,
    /// The other.
    pub b: String,
    /// Differences by outcome: the other less the first.
    pub outcomes: BTreeMap<String, Difference>,
    /// The same by ending.
    pub endings: BTreeMap<String, Difference>,
}

/// A difference; null where there are too few replications.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Difference {
    /// Replications in which both have the outcome.
    pub n: u64,
    /// Mean of the first in them.
    pub a_mean: Option<f64>,
    /// Mean of the other.
    pub b_mean: Option<f64>,
    /// Mean difference.
    pub difference: Option<f64>,
    /// Lower end of its interval.
    pub lo: Option<f64>,
    /// Upper end.
    pub hi: Option<f64>,
    /// Ends of the interval that holds together with all others.
    pub joint_lo: Option<f64>,
    /// Its upper end.
    pub joint_hi: Option<f64>,
    /// Correlation of the two under the same random numbers.
    pub correlation: Option<f64>,
    /// How many times as many replications would be needed without them.
    pub variance_ratio: Option<f64>,
}

/// The page of a comparison. `flags` are the outcomes that are 0 or 1.
pub fn comparison(of: &Contrasts, flags: &BTreeSet<String>, origin: &Origin) -> String {
    let names: Vec<&str> = of.variants.iter().map(|v| v.variant.as_str()).collect();
    let title = Title {
        heading: of.scenario.name.clone(),
        lead: format!(
            "comparison of {}, {} each, seed {}",
            names.join(", "),
            several(of.replications, "replication"),
            of.seed
        ),
        about: vec![
            "All variants ran on the same random numbers, so that they differ by their terms and not by chance. A difference is the other \
             variant less the first."
                .to_string(),
        ],
    };
    let view = View { of, flags, origin };
    let sections = [
        Section { id: "headline", heading: "In short", inside: Box::new(|out| view.headline(out)) },
        Section { id: "differences", heading: "Differences", inside: Box::new(|out| view.forests(out)) },
        Section { id: "outcomes", heading: "All differences", inside: Box::new(|out| view.tables(out)) },
        Section {
            id: "limits",
            heading: "Limits",
            inside: Box::new(|out| {
                out.element("ul", &[], |out| of.limits.iter().for_each(|limit| out.words("li", &[], limit)));
            }),
        },
        Section { id: "origin", heading: "Where it comes from", inside: Box::new(|out| view.facts(out)) },
    ];
    page(&title, &sections, FOOT)
}

/// The differences of one outcome, each later variant against the first, as a chart of its own.
pub fn differences(of: &Contrasts, flags: &BTreeSet<String>, title: &str, outcome: &str) -> Option<String> {
    let show = show_of(outcome, flags.contains(outcome));
    let found = of.pairs.iter().filter_map(|pair| pair.outcomes.get(outcome).map(|d| (pair, d)));
    let rows: Vec<Row> = found.map(|(pair, d)| row(&pair.b.replace('-', " "), show, d)).collect();
    let (low, high) = Rows::extent(&rows);
    let chart = Rows { axis: axis(show, low, high), rows };
    (!chart.rows.is_empty()).then(|| super::picture::rows_alone(title, chart, KEY))
}

struct View<'a> {
    of: &'a Contrasts,
    flags: &'a BTreeSet<String>,
    origin: &'a Origin,
}

/// A group of figures: its place on the page, its title, and whether an outcome belongs to it.
type Group = (&'static str, &'static str, fn(&str) -> bool);

/// Figures by unit and subject; each takes the outcomes it knows.
const GROUPS: [Group; 6] = [
    ("shares", "Shares of replications", |_| true),
    ("captives", "People held as captives", |name| name.starts_with("captives_")),
    ("prisoners", "People held as prisoners", |name| name.starts_with("prisoners_")),
    ("times", "Times", |name| !name.starts_with("tranche.")),
    ("delays", "Delays by tranche", |name| name.starts_with("tranche.")),
    ("counts", "Counts", |name| COUNTS.contains(&name)),
];

const COUNTS: [&str; 9] = [
    "disputes",
    "violations",
    "suspensions",
    "holds",
    "mediation_attempts",
    "settled",
    "open_files",
    "faults",
    "lists_late",
];

const KEY: &[(Sign, &str)] = &[
    (Sign::Mark("c1 dot"), "difference"),
    (Sign::Patch("c1 fill inner"), "its 95% interval, taken alone"),
    (Sign::Line("joint"), "the interval that holds together with all others"),
];

impl View<'_> {
    fn show(&self, name: &str) -> Show {
        show_of(name, self.flags.contains(name))
    }

    fn command(&self) -> String {
        let names: Vec<String> = self.of.variants.iter().map(|v| v.variant.clone()).collect();
        let mut line =
            format!("handover compare {} --variants {}", quoted(&self.origin.file), quoted(&names.join(",")));
        for set in &self.origin.overrides {
            line.push_str(&format!(" --set {}", quoted(set)));
        }
        let (seed, first, n) = (self.of.seed, self.of.first, self.of.replications);
        format!("{line} --seed {seed} --first {first} --replications {n} --format json")
    }

    fn headline(&self, out: &mut Markup) {
        out.words("p", &[("class", &"note")], &self.of.multiplicity);
        for warning in &self.of.warnings {
            out.words("p", &[("class", &"warn")], warning);
        }
        let mut list = Vec::new();
        for pair in &self.of.pairs {
            for (name, says) in [
                ("captives_released", "captives released"),
                ("prisoners_released", "prisoners released"),
                ("completed", "all agreed releases carried out"),
                ("collapsed", "truce collapsed"),
            ] {
                list.extend(pair.outcomes.get(name).and_then(|d| self.card(pair, name, says, d)));
            }
        }
        cards(out, &list);
    }

    fn card(&self, pair: &Pair, name: &str, says: &str, d: &Difference) -> Option<Card> {
        let show = self.show(name);
        let value = d.difference?;
        let mut lines = vec![interval_words(show, d.lo, d.hi, "95% interval")];
        lines.push(interval_words(show, d.joint_lo, d.joint_hi, "together with all others"));
        let mean = |value: Option<f64>| value.map_or("–".to_string(), |v| shown(show, v));
        lines.push(format!("{}: {}; {}: {}", pair.a, mean(d.a_mean), pair.b, mean(d.b_mean)));
        Some(Card {
            name: format!("{} against {}: {says}", pair.b, pair.a),
            figure: Cell::figure(signed(show, value), value),
            lines,
        })
    }

    fn forests(&self, out: &mut Markup) {
        for (number, pair) in self.of.pairs.iter().enumerate() {
            out.words("h3", &[], format_args!("{} against {}", pair.b, pair.a));
            out.element("div", &[("class", &"figures")], |out| {
                for (group, title, _) in GROUPS {
                    let rows = self.members(pair, group);
                    if !rows.is_empty() {
                        self.forest(out, pair, &format!("{group}-{number}"), title, &rows);
                    }
                }
            });
        }
    }

    /// The differences of a group that are not exactly zero, with the words for them.
    fn members<'p>(&self, pair: &'p Pair, group: &str) -> Vec<(String, Show, &'p Difference)> {
        let takes =
            GROUPS.iter().find(|(name, ..)| *name == group).map_or((|_| false) as fn(&str) -> bool, |g| g.2);
        let fits = |name: &str, show: Show| match group {
            "shares" => show == Show::Share && !name.starts_with("tranche."),
            "times" | "delays" => show == Show::Time && takes(name),
            _ => show == Show::Number && takes(name),
        };
        let is_told = |d: &Difference| d.difference.is_some() && (d.lo, d.hi) != (Some(0.0), Some(0.0));
        let named = pair.outcomes.iter().map(|(name, d)| (name.clone(), self.show(name), d));
        let named = named.filter(|(name, show, d)| fits(name, *show) && is_told(d));
        let mut list: Vec<_> = named.map(|(name, show, d)| (outcome_words(&name, show), show, d)).collect();
        if group == "shares" {
            let endings = pair.endings.iter().filter(|(_, d)| is_told(d));
            list.extend(
                endings.map(|(name, d)| (format!("ends {}", name.replace('_', " ")), Show::Share, d)),
            );
        }
        list
    }

    fn forest(
        &self,
        out: &mut Markup,
        pair: &Pair,
        id: &str,
        title: &str,
        members: &[(String, Show, &Difference)],
    ) {
        let rows: Vec<Row> = members.iter().map(|(name, show, d)| row(name, *show, d)).collect();
        let (low, high) = Rows::extent(&rows);
        let axis = axis(members[0].1, low, high);
        let told: Vec<String> = rows.iter().map(|row| format!("{}: {}", row.label, row.text)).collect();
        let about = format!("Points with intervals around a line at zero. {}.", told.join("; "));
        let title = format!("{title}: {} less {}", pair.b, pair.a);
        let figure = Figure {
            id: id.to_string(),
            title: title.clone(),
            about: "Differences on the same random numbers. Those that are exactly zero are left out."
                .to_string(),
            key: KEY,
            command: self.command(),
            place: "pairs".to_string(),
            table: table(&title, members),
            is_wide: false,
        };
        let chart = Rows { axis, rows };
        figure.draw(out, |out| chart.draw(out, id, &title, &about));
    }

    fn tables(&self, out: &mut Markup) {
        for pair in &self.of.pairs {
            let endings = pair
                .endings
                .iter()
                .map(|(name, d)| (format!("ends {}", name.replace('_', " ")), Show::Share, d));
            let outcomes =
                pair.outcomes.iter().filter(|(name, _)| !name.ends_with("_delayed_by")).map(|(name, d)| {
                    let show = self.show(name);
                    (outcome_words(name, show), show, d)
                });
            let members: Vec<_> = endings.chain(outcomes).collect();
            table(&format!("{} against {}", pair.b, pair.a), &members).draw(out);
        }
    }

    fn facts(&self, out: &mut Markup) {
        let of = self.of;
        let last = of.first + of.replications.saturating_sub(1);
        let mut list = vec![
            ("Scenario", of.scenario.name.clone()),
            ("File", self.origin.file.clone()),
            (
                "Overrides",
                if self.origin.overrides.is_empty() {
                    "none".into()
                } else {
                    self.origin.overrides.join(", ")
                },
            ),
            ("Seed", of.seed.to_string()),
            (
                "Replications",
                format!("{} of each, from {} to {last}", number(of.replications as f64), of.first),
            ),
            ("Sampling version", of.sampling_version.to_string()),
            ("Program", format!("handover {}", self.origin.version)),
            ("Platform", self.origin.platform.clone()),
        ];
        for variant in &of.variants {
            let digests = format!(
                "{}: scenario {}, result {}",
                variant.variant, variant.scenario_digest, variant.digest
            );
            list.push(("Variant", digests));
        }
        facts(out, &list);
        out.words("h3", &[], "To get the same figures again");
        out.words("pre", &[], self.command());
    }
}

/// An axis of differences.
pub(super) fn axis(show: Show, low: f64, high: f64) -> Axis {
    match show {
        Show::Share => Axis::numbers(low, high, "percentage points"),
        Show::Time => Axis::times(low, high),
        _ => Axis::numbers(low, high, "difference"),
    }
}

/// The value as it is drawn: shares in percentage points.
pub(super) fn drawn(show: Show, value: f64) -> f64 {
    if show == Show::Share { value * 100.0 } else { value }
}

pub(super) fn signed(show: Show, value: f64) -> String {
    let text = match show {
        Show::Share => format!("{:.1} points", value * 100.0),
        Show::Time => duration(value),
        Show::Millionths => format!("{:.3}", value / 1e6),
        Show::Days => number(value / 86_400.0),
        Show::Number => number(value),
    };
    if value > 0.0 { format!("+{text}") } else { text.replace('-', "−") }
}

/// The same without the unit of shares.
fn bare(show: Show, value: f64) -> String {
    signed(show, value).trim_end_matches(" points").to_string()
}

fn interval_words(show: Show, low: Option<f64>, high: Option<f64>, what: &str) -> String {
    match low.zip(high) {
        Some((low, high)) => format!("{what} {} to {}", bare(show, low), signed(show, high)),
        None => format!("{what}: too few replications"),
    }
}

fn row(name: &str, show: Show, d: &Difference) -> Row {
    let value = d.difference.unwrap_or(0.0);
    let ends =
        |low: Option<f64>, high: Option<f64>| low.zip(high).map(|(l, h)| (drawn(show, l), drawn(show, h)));
    let interval =
        d.lo.zip(d.hi).map(|(l, h)| format!(" ({} to {})", bare(show, l), bare(show, h))).unwrap_or_default();
    Row {
        label: name.to_string(),
        text: format!("{}{interval}", signed(show, value)),
        aside: String::new(),
        class: "c1",
        shape: Shape::Point {
            value: drawn(show, value),
            interval: ends(d.lo, d.hi),
            joint: ends(d.joint_lo, d.joint_hi),
        },
    }
}

fn table(caption: &str, members: &[(String, Show, &Difference)]) -> Table {
    let mut table = Table::new(
        format!(
            "{caption}: means, difference, its 95% interval alone and together with all others, correlation, variance ratio"
        ),
        &[
            "outcome",
            "first",
            "other",
            "difference",
            "from",
            "to",
            "jointly from",
            "to",
            "correlation",
            "variance ratio",
            "in both",
        ],
    );
    for (name, show, d) in members {
        let mean = |value: Option<f64>| Cell::maybe(|v| shown(*show, v), value);
        let end = |value: Option<f64>| Cell::maybe(|v| signed(*show, v), value);
        let plain = |value: Option<f64>| Cell::maybe(|v| format!("{v:.2}"), value);
        table.rows.push(vec![
            Cell::plain(name.clone()),
            mean(d.a_mean),
            mean(d.b_mean),
            end(d.difference),
            end(d.lo),
            end(d.hi),
            end(d.joint_lo),
            end(d.joint_hi),
            plain(d.correlation),
            plain(d.variance_ratio),
            Cell::figure(d.n.to_string(), d.n as f64),
        ]);
    }
    table
}
