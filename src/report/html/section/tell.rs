//! Figures in words, and the two charts that most sections need: means with their intervals, and quantiles.

use crate::report::document::interval;
use crate::report::html::Batch;
use crate::report::html::chart::axis::Axis;
use crate::report::html::chart::rows::{Row, Rows, Shape};
use crate::report::html::markup::Markup;
use crate::report::html::page::{Cell, Figure, Sign, Table};
use crate::report::quantity::percent;
use crate::report::table::{Show, show_of, shown};
use crate::stats::interval::{CONFIDENCE, wilson};
use crate::stats::{Interval, Tally};

/// The quantiles that are shown.
pub(super) const QUANTILES: [u32; 5] = [5, 25, 50, 75, 95];

/// "12 to 34".
pub(super) fn range(show: Show, low: f64, high: f64) -> String {
    format!("{} to {}", shown(show, low), shown(show, high))
}

/// A share of replications with Wilson's interval: the share, and "12% to 34%".
pub(super) fn share(n: u64, of: u64) -> Option<(f64, Interval)> {
    wilson(n, of, CONFIDENCE).map(|interval| (n as f64 / of as f64, interval))
}

/// "83% (82% to 84%)".
pub(super) fn share_words(n: u64, of: u64) -> String {
    share(n, of).map_or_else(
        || "–".to_string(),
        |(share, i)| format!("{} ({} to {})", percent(share), percent(i.low), percent(i.high)),
    )
}

/// A value in the unit in which it is drawn.
pub(crate) fn drawn(show: Show, value: f64) -> f64 {
    match show {
        Show::Millionths => value / 1e6,
        Show::Days => value / 86_400.0,
        _ => value,
    }
}

/// What the mean of an outcome is, with its interval where there is one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mean {
    /// How it is shown.
    pub show: Show,
    /// The mean.
    pub value: f64,
    /// Its interval.
    pub interval: Option<Interval>,
}

impl Mean {
    /// The mean of an outcome that exists in some replication.
    pub(super) fn of(batch: &Batch<'_>, name: &str) -> Option<Self> {
        let (spec, tally) = batch.outcome(name)?;
        let is_flag = spec.measure.is_flag();
        let value = tally.mean()?;
        Some(Self { show: show_of(name, is_flag), value, interval: interval(tally, is_flag) })
    }

    /// "1.2 (1.1 to 1.3)".
    pub(super) fn words(&self) -> String {
        let value = shown(self.show, self.value);
        self.interval.map_or(value.clone(), |i| format!("{value} ({})", range(self.show, i.low, i.high)))
    }

    fn bar(&self) -> Shape {
        let ends = |i: Interval| (drawn(self.show, i.low), drawn(self.show, i.high));
        Shape::Bar { value: drawn(self.show, self.value), interval: self.interval.map(ends) }
    }
}

/// An axis for values of a kind.
pub(super) fn axis(show: Show, low: f64, high: f64, label: &str) -> Axis {
    match show {
        Show::Share => Axis::shares(label),
        Show::Time => Axis::times(low, high),
        _ => Axis::numbers(low, high, label),
    }
}

/// What a figure of outcomes is called, of which outcomes it is, and in which class it is drawn.
#[derive(Debug, Clone)]
pub(super) struct Subject<'a> {
    /// Unique on the page.
    pub id: &'a str,
    /// Its name.
    pub title: &'a str,
    /// What it shows.
    pub about: &'a str,
    /// What the values are.
    pub unit: &'a str,
    /// The outcomes: name, words for it, class.
    pub outcomes: Vec<(String, String, &'static str)>,
}

impl Subject<'_> {
    fn figure(&self, batch: &Batch<'_>, key: fn(&str) -> Key, table: Table) -> Figure<'static> {
        let names: Vec<&str> = self.outcomes.iter().map(|(name, ..)| name.as_str()).collect();
        let place = match names.as_slice() {
            [one] => format!("outcomes.{one}"),
            [first, .., last] => format!("outcomes.{first} to outcomes.{last}"),
            [] => "outcomes".to_string(),
        };
        Figure {
            id: self.id.to_string(),
            title: self.title.to_string(),
            about: self.about.to_string(),
            key: key(self.outcomes.first().map_or("c1", |(.., class)| class)),
            command: batch.command(),
            place,
            table,
            is_wide: false,
        }
    }
}

type Key = &'static [(Sign, &'static str)];

/// The signs of a figure of means, in the colour of its first row.
const fn mean_key(colour: &str) -> Key {
    match colour.as_bytes() {
        b"c2" => &[(Sign::Patch("c2 bar"), "mean over replications"), (Sign::Line("whisker"), ITS_INTERVAL)],
        _ => &[(Sign::Patch("c1 bar"), "mean over replications"), (Sign::Line("whisker"), ITS_INTERVAL)],
    }
}

const ITS_INTERVAL: &str = "its 95% interval";
const OUTER: &str = "5% to 95% of replications";

/// The signs of a figure of quantiles, in the colour of its first row.
const fn box_key(colour: &str) -> Key {
    match colour.as_bytes() {
        b"c2" => &[
            (Sign::Patch("c2 fill outer"), OUTER),
            (Sign::Patch("c2 fill inner"), "25% to 75%"),
            (Sign::Line("c2 stroke"), "median"),
        ],
        _ => &[
            (Sign::Patch("c1 fill outer"), OUTER),
            (Sign::Patch("c1 fill inner"), "25% to 75%"),
            (Sign::Line("c1 stroke"), "median"),
        ],
    }
}

/// A figure of means with their intervals. Nothing where no outcome exists.
pub(super) fn means(out: &mut Markup, batch: &Batch<'_>, subject: &Subject<'_>) {
    let found = |(name, words, class): &(String, String, &'static str)| {
        Some((Mean::of(batch, name)?, words.clone(), *class))
    };
    let list: Vec<(Mean, String, &'static str)> = subject.outcomes.iter().filter_map(found).collect();
    let Some(show) = list.first().map(|(mean, ..)| mean.show) else { return };
    let mut table = Table::new(
        format!("{}: mean over replications and its 95% interval", subject.title),
        &["item", "mean", "from", "to"],
    );
    let mut rows = Vec::new();
    for (mean, words, class) in &list {
        let figure = |value: Option<f64>| Cell::maybe(|v| shown(show, v), value);
        let ends = mean.interval;
        table.rows.push(vec![
            Cell::plain(words.clone()),
            figure(Some(mean.value)),
            figure(ends.map(|i| i.low)),
            figure(ends.map(|i| i.high)),
        ]);
        let (label, text) = (words.clone(), mean.words());
        rows.push(Row { label, text, aside: String::new(), class, shape: mean.bar() });
    }
    let (mut low, high) = Rows::extent(&rows);
    // An interval may begin below zero where no value can; the axis does not.
    if list.iter().all(|(mean, ..)| mean.value >= 0.0) {
        low = 0.0;
    }
    let told: Vec<String> =
        list.iter().map(|(mean, words, _)| format!("{words}: {}", mean.words())).collect();
    let chart = Rows { axis: axis(show, low, high, subject.unit), rows };
    let about = format!("Bars of means with 95% intervals. {}.", told.join("; "));
    let figure = subject.figure(batch, mean_key, table);
    figure.draw(out, |out| chart.draw(out, subject.id, subject.title, &about));
}

/// The five quantiles of an outcome.
pub(super) fn quantiles(tally: &Tally) -> Option<[f64; 5]> {
    let mut values = [0.0; 5];
    for (value, percent) in values.iter_mut().zip(QUANTILES) {
        *value = tally.quantile(percent)? as f64;
    }
    Some(values)
}

/// A figure of quantiles. Nothing where no outcome exists.
pub(super) fn boxes(out: &mut Markup, batch: &Batch<'_>, subject: &Subject<'_>) {
    let mut table = Table::new(
        format!("{}: quantiles over the replications in which there is a value", subject.title),
        &["item", "5%", "25%", "median", "its 95% interval", "75%", "95%", "exists in"],
    );
    let (mut rows, mut told, mut kind) = (Vec::new(), Vec::new(), None);
    for (name, words, class) in &subject.outcomes {
        let Some((spec, tally)) = batch.outcome(name) else { continue };
        let show = show_of(name, spec.measure.is_flag());
        kind.get_or_insert(show);
        let row = one_box(batch, show, words, class, tally);
        told.push([format!("{words}: {}", row.text), row.aside.clone()].join(" ").trim_end().to_string());
        table.rows.push(box_cells(batch, show, words, tally));
        rows.push(row);
    }
    let Some(show) = kind else { return };
    let (low, high) = Rows::extent(&rows);
    let chart = Rows { axis: axis(show, low, high, subject.unit), rows };
    let about = format!("Boxes of quantiles. {}.", told.join("; "));
    let figure = subject.figure(batch, box_key, table);
    figure.draw(out, |out| chart.draw(out, subject.id, subject.title, &about));
}

fn one_box(batch: &Batch<'_>, show: Show, words: &str, class: &'static str, tally: &Tally) -> Row {
    let label = words.to_string();
    let Some(values) = quantiles(tally) else {
        let text = "in no replication".to_string();
        return Row { label, text, aside: String::new(), class, shape: Shape::Nothing };
    };
    let [p05, _, p50, _, p95] = values;
    let text = format!("median {}; 5% to 95%: {}", shown(show, p50), range(show, p05, p95));
    let is_all = tally.count() == batch.run.replications;
    let share = share_words(tally.count(), batch.run.replications);
    let aside = if is_all { String::new() } else { format!("in {share} of replications") };
    Row { label, text, aside, class, shape: Shape::Box(values.map(|value| drawn(show, value))) }
}

fn box_cells(batch: &Batch<'_>, show: Show, words: &str, tally: &Tally) -> Vec<Cell> {
    let quantile =
        |percent| Cell::maybe(|v| shown(show, v), tally.quantile(percent).map(|value| value as f64));
    vec![
        Cell::plain(words),
        quantile(5),
        quantile(25),
        quantile(50),
        Cell::plain(quantile_interval(show, tally, 50)),
        quantile(75),
        quantile(95),
        Cell::plain(share_words(tally.count(), batch.run.replications)),
    ]
}

/// The order-statistic interval of a quantile in words; a side that too few replications can tell is open.
pub(super) fn quantile_interval(show: Show, tally: &Tally, percent: u32) -> String {
    let (low, high) = tally.quantile_interval(u64::from(percent), 100, CONFIDENCE);
    let end = |value: Option<i64>| value.map_or_else(|| "…".to_string(), |v| shown(show, v as f64));
    if low.is_none() && high.is_none() { "–".to_string() } else { format!("{} to {}", end(low), end(high)) }
}

/// An entity's name or an outcome's word as people read it.
pub(super) fn plain(word: &str) -> String {
    word.replace('_', " ")
}
