//! Daily trajectories as fans: releases against the agreed schedule, trust by party, deliveries by flow.

use crate::model::plan::{CAPTIVES, FlowPlan, PRISONERS, Side};
use crate::report::html::chart::axis::Axis;
use crate::report::html::chart::steps::{Band, Course, Steps};
use crate::report::html::markup::Markup;
use crate::report::html::page::{Cell, Figure, Sign, Table};
use crate::report::html::{Batch, people};
use crate::report::quantity::number;
use crate::report::schedule::Schedule;
use crate::stats::DaySummary;

/// A fan of one series.
struct Fan<'a> {
    id: String,
    title: String,
    about: String,
    series: &'a str,
    /// By how much values are divided.
    unit: f64,
    label: String,
    class: &'static str,
    /// What was promised by the end of each day, if anything was, and what that is called.
    promised: Option<(Vec<f64>, &'static str)>,
    /// A fixed top of the axis.
    top: Option<f64>,
}

/// Days on which charts with a fixed horizon end, and the end of the term.
pub(super) fn marks(batch: &Batch<'_>) -> Vec<(f64, String)> {
    let plan = &batch.loaded.plan;
    let end = plan.term.as_ref().map(|term| term.end).filter(|end| *end < plan.horizon);
    let words =
        if plan.term.as_ref().is_some_and(|t| t.renewal.is_some()) { "first term ends" } else { "term ends" };
    end.map(|end| (crate::model::world::day_of(&plan.midnights, end) as f64 + 1.0, words.to_string()))
        .into_iter()
        .collect()
}

pub(super) fn days_of(batch: &Batch<'_>, series: &str) -> Vec<DaySummary> {
    let plan = &batch.loaded.plan;
    let place = plan.series.iter().position(|s| s.name == series);
    place.map_or_else(Vec::new, |place| batch.sample.trajectories[place].summaries())
}

impl Fan<'_> {
    fn draw(&self, out: &mut Markup, batch: &Batch<'_>) {
        let days = days_of(batch, self.series);
        let at = |value: Option<i64>| value.map_or(0.0, |v| v as f64 / self.unit);
        let ranges = |low: fn(&DaySummary) -> Option<i64>, high: fn(&DaySummary) -> Option<i64>| {
            days.iter().map(|d| (at(low(d)), at(high(d)))).collect::<Vec<(f64, f64)>>()
        };
        let outer = ranges(|d| d.p05, |d| d.p95);
        let promised = self.promised.as_ref().map(|(days, _)| days.as_slice()).unwrap_or_default();
        let greatest =
            outer.iter().map(|(_, high)| *high).chain(promised.iter().copied()).fold(0.0, f64::max);
        let mut lines = Vec::new();
        let mean = days.iter().map(|d| d.mean.unwrap_or(0.0) / self.unit).collect();
        lines.push(Course { class: class(self.class, "mean"), after: 0, days: mean });
        lines.push(Course {
            class: class(self.class, "stroke"),
            after: 0,
            days: days.iter().map(|d| at(d.p50)).collect(),
        });
        // On top: where all goes as agreed, median and schedule are the same line.
        if !promised.is_empty() {
            lines.push(Course { class: "agreed", after: 0, days: promised.to_vec() });
        }
        let chart = Steps {
            axis: Axis::numbers(0.0, self.top.unwrap_or(greatest), &self.label),
            bands: vec![
                Band { class: class(self.class, "fill outer"), after: 0, days: outer },
                Band { class: class(self.class, "fill inner"), after: 0, days: ranges(|d| d.p25, |d| d.p75) },
            ],
            lines,
            dots: Vec::new(),
            days: days.len(),
            marks: marks(batch),
        };
        let key = self.key();
        let figure = Figure {
            id: self.id.clone(),
            title: self.title.clone(),
            about: self.about.clone(),
            key: &key,
            command: batch.command_for_days(),
            place: format!("trajectories.json, {}", self.series),
            table: self.table(&days, promised),
            is_wide: false,
        };
        let told = self.told(&days, promised);
        figure.draw(out, |out| chart.draw(out, &self.id, &self.title, &told));
    }

    fn key(&self) -> Vec<(Sign, &'static str)> {
        let mut key = vec![
            (Sign::Patch(class(self.class, "fill outer")), "5% to 95% of replications"),
            (Sign::Patch(class(self.class, "fill inner")), "25% to 75%"),
            (Sign::Line(class(self.class, "stroke")), "median"),
            (Sign::Line(class(self.class, "mean")), "mean"),
        ];
        if let Some((_, words)) = &self.promised {
            key.push((Sign::Line("agreed"), words));
        }
        key
    }

    /// The last day in words, for who does not see the chart.
    fn told(&self, days: &[DaySummary], promised: &[f64]) -> String {
        let Some(last) = days.last() else { return "There are no days.".to_string() };
        let at = |value: Option<i64>| number(value.map_or(0.0, |v| v as f64 / self.unit));
        let promised =
            promised.last().map(|p| format!("; promised by then: {}", number(*p))).unwrap_or_default();
        format!(
            "Fan over {} days. On the last day the median is {}, 5% to 95% of replications lie from {} to {}{promised}. The table below \
             has every day.",
            days.len(),
            at(last.p50),
            at(last.p05),
            at(last.p95)
        )
    }

    fn table(&self, days: &[DaySummary], promised: &[f64]) -> Table {
        let mut head = vec!["day", "5%", "25%", "median", "75%", "95%", "mean", "standard error"];
        if let Some((_, words)) = &self.promised {
            head.push(words);
        }
        let mut table = Table::new(format!("{}: at the end of each day", self.title), &head);
        for (day, d) in days.iter().enumerate() {
            let quantile = |value: Option<i64>| Cell::maybe(number, value.map(|v| v as f64 / self.unit));
            let se = d.sd.map(|sd| sd / self.unit / (d.n as f64).sqrt());
            let mut row = vec![
                Cell::figure((day + 1).to_string(), (day + 1) as f64),
                quantile(d.p05),
                quantile(d.p25),
                quantile(d.p50),
                quantile(d.p75),
                quantile(d.p95),
                Cell::maybe(number, d.mean.map(|mean| mean / self.unit)),
                Cell::maybe(|v| format!("{v:.3}"), se),
            ];
            row.extend(promised.get(day).map(|p| Cell::figure(number(*p), *p)));
            table.rows.push(row);
        }
        table
    }
}

/// The classes that fans use, put together once.
fn class(colour: &'static str, kind: &'static str) -> &'static str {
    match (colour, kind) {
        ("c1", "fill outer") => "c1 fill outer",
        ("c1", "fill inner") => "c1 fill inner",
        ("c1", "mean") => "c1 mean",
        ("c1", _) => "c1 stroke",
        ("c2", "fill outer") => "c2 fill outer",
        ("c2", "fill inner") => "c2 fill inner",
        ("c2", "mean") => "c2 mean",
        ("c2", _) => "c2 stroke",
        (_, "fill outer") => "c3 fill outer",
        (_, "fill inner") => "c3 fill inner",
        (_, "mean") => "c3 mean",
        (_, _) => "c3 stroke",
    }
}

/// Cumulative releases of each side against the agreed schedule.
pub(super) fn releases(out: &mut Markup, batch: &Batch<'_>) {
    let schedule = Schedule::of(&batch.loaded.plan);
    out.words("p", &[("class", &"note")], about_schedule(batch, &schedule));
    out.element("div", &[("class", &"figures")], |out| {
        for (side, class) in [(CAPTIVES, "c1"), (PRISONERS, "c2")] {
            release(out, batch, &schedule, side, class);
        }
    });
}

fn release(out: &mut Markup, batch: &Batch<'_>, schedule: &Schedule, side: Side, class: &'static str) {
    let plan = &batch.loaded.plan;
    let held: u32 = plan.cohorts.iter().filter(|c| c.side == side).map(|c| c.people).sum();
    if held == 0 {
        return;
    }
    let word = ["captives", "prisoners"][side];
    let series = format!("{word}_released");
    let days = plan.midnights.iter().filter(|m| **m <= plan.horizon).count();
    let ends = (0..days).map(|day| plan.midnights.get(day + 1).copied().unwrap_or(plan.horizon));
    let promised = ends.map(|end| schedule.by(side, end - 1)).collect();
    let is_dated = schedule.in_all(side) > 0.0;
    Fan {
        id: format!("releases-{word}"),
        title: format!("Releases of {}", people(plan, side)),
        about: format!("People released by the end of each day, of {} held.", number(f64::from(held))),
        series: &series,
        unit: 1.0,
        label: "people".to_string(),
        class,
        promised: is_dated.then_some((promised, "agreed schedule")),
        top: None,
    }
    .draw(out, batch);
}

fn about_schedule(batch: &Batch<'_>, schedule: &Schedule) -> String {
    let plan = &batch.loaded.plan;
    let mut text = "The agreed schedule counts the people of each tranche, and those the key makes owed for them, at the tranche's due time: \
                    what would happen if everything happened when it is due."
        .to_string();
    for side in [CAPTIVES, PRISONERS] {
        if schedule.undated[side] > 0.0 {
            text.push_str(&format!(
                " {} {} belong to tranches without a date and are not in it.",
                number(schedule.undated[side]),
                people(plan, side)
            ));
        }
    }
    if schedule.conditional > 0 {
        text.push_str(&format!(
            " {} tranches exist only if the term is prolonged and are not in it.",
            schedule.conditional
        ));
    }
    if plan.cohorts.iter().any(|c| c.living.is_some()) {
        text.push_str(" Where it is not known who is alive, the key counts by the assumed chance.");
    }
    text
}

/// Whether the scenario has trust.
pub(super) fn has_trust(batch: &Batch<'_>) -> bool {
    batch.loaded.plan.trust.is_some()
}

/// Trust by party.
pub(super) fn trust(out: &mut Markup, batch: &Batch<'_>) {
    let note = "Trust is a number of the model between 0 and 1 that kept and broken promises move; it is no measurement of anybody.";
    out.words("p", &[("class", &"note")], note);
    out.element("div", &[("class", &"figures")], |out| {
        for (index, party) in batch.loaded.plan.parties.iter().enumerate().filter(|(_, p)| p.side.is_some()) {
            Fan {
                id: format!("trust-{index}"),
                title: format!("Trust of {}", party.label),
                about: "At the end of each day.".to_string(),
                series: &format!("trust.{}", party.name),
                unit: 1e6,
                label: "trust".to_string(),
                class: if party.side == Some(CAPTIVES) { "c1" } else { "c2" },
                promised: None,
                top: Some(1.0),
            }
            .draw(out, batch);
        }
    });
}

/// Whether the scenario has flows.
pub(super) fn has_flows(batch: &Batch<'_>) -> bool {
    !batch.loaded.plan.flows.is_empty()
}

/// Cumulative deliveries against what was promised.
pub(super) fn flows(out: &mut Markup, batch: &Batch<'_>) {
    out.element("div", &[("class", &"figures")], |out| {
        for (index, flow) in batch.loaded.plan.flows.iter().enumerate() {
            Fan {
                id: format!("flow-{index}"),
                title: format!("Deliveries: {}", flow.name.replace('_', " ")),
                about: format!(
                    "Total by the end of each day; {} promised a day, for the agreed term.",
                    number(batch.loaded.plan.numbers[flow.target.0 as usize])
                ),
                series: &format!("flow.{}", flow.name),
                unit: 1.0,
                label: "delivered".to_string(),
                class: "c3",
                promised: Some((promised(batch, flow), "promised")),
                top: None,
            }
            .draw(out, batch);
        }
    });
}

fn promised(batch: &Batch<'_>, flow: &FlowPlan) -> Vec<f64> {
    let plan = &batch.loaded.plan;
    let target = plan.numbers[flow.target.0 as usize];
    let days = plan.midnights.iter().filter(|m| **m <= plan.horizon).count();
    let ends = (0..days).map(|day| plan.midnights.get(day + 1).copied().unwrap_or(plan.horizon));
    // What was agreed holds for the agreed term.
    let term = plan.term.as_ref().map_or(plan.horizon, |term| term.end);
    let due = |end: i64| flow.times.iter().filter(|time| **time < end.min(term)).count();
    ends.map(|end| target * due(end) as f64).collect()
}
