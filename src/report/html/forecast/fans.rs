//! Fans by day: what is known as a line, what is forecast as a median in bands, what was observed as dots.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::View;
use crate::report::html::capital;
use crate::report::html::chart::axis::Axis;
use crate::report::html::chart::steps::{Band, Course, Dot, Steps};
use crate::report::html::markup::Markup;
use crate::report::html::page::{Cell, Figure, Sign, Table};
use crate::report::quantity::number;

/// A series by day, as the documents hold it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(crate) struct Fan {
    #[serde(default)]
    pub label: String,
    pub unit: String,
    pub days: Vec<Day>,
    #[serde(default)]
    pub observed: Vec<Seen>,
}

/// One day of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Day {
    pub mean: f64,
    pub p05: f64,
    pub p10: f64,
    pub p25: f64,
    pub p50: f64,
    pub p75: f64,
    pub p90: f64,
    pub p95: f64,
    pub on_paper: Option<f64>,
}

/// What was observed by the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(crate) struct Seen {
    pub day: i64,
    pub value: f64,
    pub alternative: Option<f64>,
}

/// A fan as it is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FanOn<'a> {
    /// The series' name.
    pub name: &'a str,
    /// The series.
    pub fan: &'a Fan,
    /// The last known day.
    pub today: i64,
}

/// Classes of the bands of 90, 80 and 50 percent and of the median, by colour.
type Classes = [&'static str; 4];
const COLOURS: [Classes; 4] = [
    ["c1 fill outer", "c1 fill between", "c1 fill inner", "c1 stroke"],
    ["c2 fill outer", "c2 fill between", "c2 fill inner", "c2 stroke"],
    ["c3 fill outer", "c3 fill between", "c3 fill inner", "c3 stroke"],
    ["c4 fill outer", "c4 fill between", "c4 fill inner", "c4 stroke"],
];

/// A fan's name in words: "captives released", "deliveries: trucks".
pub(super) fn title(name: &str, fan: &Fan) -> String {
    let name = if fan.label.is_empty() { name } else { &fan.label };
    let words = match name.split_once('.') {
        Some(("flow", flow)) => format!("deliveries: {flow}"),
        Some(("violations", process)) => format!("violations alleged: {process}"),
        Some((side, "released")) => format!("{side} released"),
        _ => name.replace('.', " "),
    };
    capital(&words.replace('_', " "))
}

impl FanOn<'_> {
    fn classes(&self) -> Classes {
        let place = ["captives", "prisoners", "flow"].iter().position(|word| self.name.starts_with(word));
        COLOURS[place.unwrap_or(3)]
    }

    fn is_of_people(&self) -> bool {
        self.fan.unit == "people"
    }

    /// How many days are known: of people those to the as-of day, of what the record tells only in totals those before anything has to be
    /// simulated.
    fn known(&self) -> usize {
        let past = usize::try_from(self.today).unwrap_or(0).min(self.fan.days.len());
        if self.is_of_people() {
            return past;
        }
        self.fan.days.iter().take(past).take_while(|day| day.p05 == day.p95).count()
    }

    /// What was observed within the days that are drawn.
    fn seen(&self) -> impl Iterator<Item = &Seen> {
        let last = self.fan.days.len() as i64;
        self.fan.observed.iter().filter(move |seen| (1..=last).contains(&seen.day))
    }

    /// The chart.
    pub(crate) fn chart(&self) -> Steps {
        let (days, known) = (&self.fan.days, self.known());
        let [outer, mid, inner, stroke] = self.classes();
        let band = |class, low: fn(&Day) -> f64, high: fn(&Day) -> f64| Band {
            class,
            after: 0,
            days: days.iter().map(|day| (low(day), high(day))).collect(),
        };
        let course = |class, after: usize, days: Vec<f64>| Course { class, after, days };
        let begins = known.saturating_sub(1);
        let median = days.iter().skip(begins).map(|day| day.p50).collect();
        let mut lines = vec![course(stroke, begins, median)];
        let paper: Vec<f64> = days.iter().skip(known).map_while(|day| day.on_paper).collect();
        if !paper.is_empty() {
            lines.push(course("agreed", known, paper));
        }
        if known > 0 {
            lines.push(course("past", 0, days.iter().take(known).map(|day| day.p50).collect()));
        }
        if self.is_of_people() && !self.fan.observed.is_empty() {
            lines.push(course("seenline", known, self.steps()));
        }
        let tops = days.iter().map(|day| day.p95).chain(days.iter().filter_map(|day| day.on_paper));
        let greatest = tops.chain(self.seen().map(|seen| seen.value)).fold(0.0, f64::max);
        Steps {
            axis: Axis::numbers(0.0, greatest, self.label()),
            bands: vec![
                band(outer, |d| d.p05, |d| d.p95),
                band(mid, |d| d.p10, |d| d.p90),
                band(inner, |d| d.p25, |d| d.p75),
            ],
            lines,
            dots: self.dots(),
            days: days.len(),
            marks: vec![(self.today as f64 + 0.5, format!("known to day {}", self.today))],
        }
    }

    fn label(&self) -> &'static str {
        match self.fan.unit.as_str() {
            "people" => "people",
            "amount" => "delivered",
            _ => "alleged",
        }
    }

    /// What was observed, carried on from day to day up to the last that the record speaks of.
    fn steps(&self) -> Vec<f64> {
        let mut at = self.fan.days.get(self.known().saturating_sub(1)).map_or(0.0, |day| day.p50);
        let last = self.seen().map(|seen| seen.day).max().unwrap_or(0);
        let by_day: BTreeMap<i64, f64> = self.seen().map(|seen| (seen.day, seen.value)).collect();
        let mut step = |day: i64| {
            at = by_day.get(&day).copied().unwrap_or(at);
            at
        };
        (self.today + 1..=last).map(&mut step).collect()
    }

    fn dots(&self) -> Vec<Dot> {
        let dot = |class, day: i64, value| Dot { class, day: day as f64, value };
        let others = self.seen().filter_map(|s| s.alternative.map(|value| dot("otherseen", s.day, value)));
        others.chain(self.seen().map(|seen| dot("seen", seen.day, seen.value))).collect()
    }

    /// The signs of the chart and what they stand for.
    pub(crate) fn key(&self) -> Vec<(Sign, &'static str)> {
        let [outer, mid, inner, stroke] = self.classes();
        let mut key = vec![
            (Sign::Line(stroke), "median"),
            (Sign::Patch(inner), "50% of replications"),
            (Sign::Patch(mid), "80%"),
            (Sign::Patch(outer), "90%"),
        ];
        if self.known() > 0 {
            key.insert(0, (Sign::Line("past"), "on record"));
        }
        if self.fan.days.iter().any(|day| day.on_paper.is_some()) {
            key.push((Sign::Line("agreed"), "schedule on paper"));
        }
        if self.seen().next().is_some() {
            key.push((Sign::Mark("seen"), "observed"));
        }
        if self.seen().any(|seen| seen.alternative.is_some()) {
            key.push((Sign::Mark("otherseen"), "by another source"));
        }
        key
    }

    /// What the chart shows, in a sentence for everybody.
    fn about(&self) -> &'static str {
        match (self.fan.unit.as_str(), self.fan.observed.is_empty()) {
            ("people", true) => {
                "By the end of each day. Up to the as-of day what is on record; after it, what the replications do."
            }
            ("people", false) => {
                "By the end of each day. Up to the as-of day what was on record; after it the forecast, and the record of what came."
            }
            ("amount", _) => {
                "Total since day 1. The record gives totals of spans, not of days, so days before the as-of day may be simulated, too."
            }
            _ => {
                "Total since day 1, as the process's counter counts. What nobody had counted by the as-of day is simulated; another counter counts otherwise."
            }
        }
    }

    /// The last day in words, for who does not see the chart.
    pub(crate) fn told(&self) -> String {
        let Some(last) = self.fan.days.last() else { return "There are no days.".to_string() };
        let seen = self.seen().max_by_key(|seen| seen.day);
        let seen = seen.map_or(String::new(), |seen| {
            format!(" Last observed: {} by day {}.", number(seen.value), seen.day)
        });
        format!(
            "Fan over {} days, known to day {}. On the last day the median is {}, and 90% of replications lie from {} to {}.{seen}",
            self.fan.days.len(),
            self.today,
            number(last.p50),
            number(last.p05),
            number(last.p95)
        )
    }

    fn table(&self, title: &str) -> Table {
        let has_paper = self.fan.days.iter().any(|day| day.on_paper.is_some());
        let has_seen = !self.fan.observed.is_empty();
        let mut head = vec!["day", "5%", "10%", "25%", "median", "75%", "90%", "95%", "mean"];
        head.extend(has_paper.then_some("on paper"));
        head.extend(has_seen.then_some("observed"));
        let mut table = Table::new(format!("{title}: by the end of each day"), &head);
        for (place, d) in self.fan.days.iter().enumerate() {
            let day = place as i64 + 1;
            let mut row = vec![Cell::figure(day.to_string(), day as f64)];
            let figures = [d.p05, d.p10, d.p25, d.p50, d.p75, d.p90, d.p95, d.mean];
            row.extend(figures.map(|v| Cell::figure(number(v), v)));
            row.extend(has_paper.then(|| Cell::maybe(number, d.on_paper)));
            if has_seen {
                row.push(seen_cell(self.seen().filter(|seen| seen.day == day)));
            }
            table.rows.push(row);
        }
        table
    }
}

/// All that was observed on a day: one figure, or several in words.
fn seen_cell<'s>(seen: impl Iterator<Item = &'s Seen>) -> Cell {
    let mut values: Vec<f64> = Vec::new();
    for value in seen.flat_map(|seen| std::iter::once(seen.value).chain(seen.alternative)) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    match values.as_slice() {
        [] => Cell::plain("–"),
        [one] => Cell::figure(number(*one), *one),
        several => Cell::plain(several.iter().map(|v| number(*v)).collect::<Vec<_>>().join(" or ")),
    }
}

impl View<'_> {
    /// The fans of people, or those of everything else.
    pub(super) fn fans(
        &self,
        out: &mut Markup,
        today: i64,
        fans: &BTreeMap<String, Fan>,
        is_people: bool,
        from: &str,
    ) {
        for (name, fan) in fans.iter().filter(|(_, fan)| (fan.unit == "people") == is_people) {
            let on = FanOn { name, fan, today };
            let title = format!("{}{from}", title(name, fan));
            let id = format!("{}-{today}", name.replace(['.', '_', ' '], "-"));
            let key = on.key();
            let figure = Figure {
                id: id.clone(),
                title: title.clone(),
                about: on.about().to_string(),
                key: &key,
                command: self.command(),
                place: format!("fans.{name}"),
                table: on.table(&title),
                is_wide: false,
            };
            let told = on.told();
            figure.draw(out, |out| on.chart().draw(out, &format!("{id}-chart"), &title, &told));
        }
    }
}
