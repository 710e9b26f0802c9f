//! The day of each release to come: a strip of intervals a leg, with the day on which it is due.

use super::document::Asked;
use super::{View, shown_share, words};
use crate::report::html::chart::axis::Axis;
use crate::report::html::chart::rows::{Row, Rows, Shape};
use crate::report::html::markup::Markup;
use crate::report::html::page::{Cell, Figure, Sign, Table};
use crate::report::quantity::several;

/// The medians of both sides, in words.
pub(super) fn names(labels: &[String; 2]) -> [String; 2] {
    labels.each_ref().map(|label| format!("median, {label}"))
}

/// What the signs say.
pub(super) fn key([captives, prisoners]: &[String; 2]) -> Vec<(Sign, &str)> {
    let medians =
        [(Sign::Line("c1 stroke"), captives.as_str()), (Sign::Line("c2 stroke"), prisoners.as_str())];
    medians.into_iter().chain(KEY.iter().copied()).collect()
}

const KEY: &[(Sign, &str)] = &[
    (Sign::Patch("c1 fill inner"), "50% of replications"),
    (Sign::Patch("c1 fill between"), "80%"),
    (Sign::Patch("c1 fill outer"), "90%"),
    (Sign::Due, "due"),
];

/// How many days after the last due one the axis goes on.
const BEYOND: i64 = 14;

/// The legs among questions.
fn legs(questions: &[Asked]) -> impl Iterator<Item = &Asked> {
    questions.iter().filter(|asked| asked.unit == "day")
}

/// A day as people read it: beyond the last asked about it is later, or never.
fn day(asked: &Asked, value: f64) -> String {
    if value > asked.by_day as f64 { "later or never".to_string() } else { format!("{value:.0}") }
}

/// The chart of the legs; none where none is to come.
pub(super) fn chart(today: i64, questions: &[Asked]) -> Option<Rows> {
    let known: Vec<&Asked> = legs(questions).filter(|asked| asked.quantiles().is_some()).collect();
    let last = known.iter().map(|asked| asked.by_day + 1).max()?;
    let due = known.iter().filter_map(|asked| asked.due_day.max(asked.observed)).max();
    let high = due.map_or(last, |due| (due + BEYOND).min(last)).max(today + 6);
    let rows = known.iter().filter_map(|asked| row(asked)).collect();
    Some(Rows { axis: Axis::numbers(today as f64, high as f64, "day"), rows })
}

fn row(asked: &Asked) -> Option<Row> {
    let quantiles = asked.quantiles()?;
    let [p05, _, _, p50, _, _, p95] = quantiles;
    let mut text = format!("median {}; 90% {} to {}", day(asked, p50), day(asked, p05), day(asked, p95));
    if let Some(by_due) = &asked.by_due_day {
        text.push_str(&format!("; by its due day {}", shown_share(by_due)));
    }
    let due = asked.due_day.map(|due| format!("due {due}"));
    let seen = asked.observed.map(|seen| match day(asked, seen as f64).as_str() {
        "later or never" => "not on record".to_string(),
        day => format!("came {day}"),
    });
    Some(Row {
        label: words(&asked.name, &asked.label),
        text,
        aside: [due, seen].into_iter().flatten().collect::<Vec<_>>().join(", "),
        class: if asked.name.starts_with("captives") { "c1" } else { "c2" },
        shape: Shape::Strip {
            quantiles,
            due: asked.due_day.map(|due| due as f64),
            seen: asked.observed.map(|seen| seen as f64),
        },
    })
}

fn table(title: &str, questions: &[Asked]) -> Table {
    let head =
        ["leg", "due", "5%", "25%", "median", "75%", "95%", "done by its due day", "later or never", "came"];
    let mut table = Table::new(format!("{title}: days"), &head);
    for asked in legs(questions) {
        let Some([p05, _, p25, p50, p75, _, p95]) = asked.quantiles() else { continue };
        let cell = |value: f64| Cell::figure(day(asked, value), value);
        let whole = |value: Option<i64>| value.map_or(Cell::plain("–"), |value| cell(value as f64));
        let share =
            |share: &Option<super::Share>| Cell::plain(share.as_ref().map_or("–".to_string(), shown_share));
        let mut row = vec![Cell::words(words(&asked.name, &asked.label)), whole(asked.due_day)];
        row.extend([p05, p25, p50, p75, p95].map(cell));
        row.extend([share(&asked.by_due_day), share(&asked.later_or_never), whole(asked.observed)]);
        table.rows.push(row);
    }
    table
}

impl View<'_> {
    pub(super) fn legs(&self, out: &mut Markup, today: i64, questions: &[Asked], from: &str) {
        let Some(chart) = chart(today, questions) else {
            return out.words(
                "p",
                &[("class", &"note")],
                "No release that the agreement dates is still to come.",
            );
        };
        let title = format!("Day of each leg{from}");
        let is_tested = legs(questions).any(|asked| asked.observed.is_some());
        let names = names(self.labels);
        let mut key = key(&names);
        key.extend(is_tested.then_some((Sign::Mark("seen"), "came")));
        let id = format!("legs-{today}");
        let figure = Figure {
            id: id.clone(),
            title: title.clone(),
            about: "A strip that reaches the right edge goes on beyond it; later or never counts as the day after the last that was asked about."
                .to_string(),
            key: &key,
            command: self.command(),
            place: if self.verb == "forecast" { "questions" } else { "targets" }.to_string(),
            table: table(&title, questions),
            is_wide: false,
        };
        let told = format!(
            "Strips of intervals for {}; the table below has their figures.",
            several(chart.rows.len() as u64, "leg")
        );
        figure.draw(out, |out| chart.draw(out, &format!("{id}-chart"), &title, &told));
    }
}
