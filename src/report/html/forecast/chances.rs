//! Probabilities with their intervals, and in a back-test whether it happened.

use super::document::Asked;
use super::{View, shown_share, words};
use crate::report::html::chart::axis::Axis;
use crate::report::html::chart::rows::{Row, Rows, Shape};
use crate::report::html::markup::Markup;
use crate::report::html::page::{Cell, Figure, Sign, Table};
use crate::report::quantity::several;

const KEY: &[(Sign, &str)] = &[
    (Sign::Mark("c4 dot"), "probability"),
    (Sign::Patch("c4 fill inner"), "its 95% interval, simulation error alone"),
];

/// The events among questions.
fn events(questions: &[Asked]) -> impl Iterator<Item = &Asked> {
    questions.iter().filter(|asked| asked.unit == "event" && asked.share.probability.is_some())
}

fn happened(asked: &Asked) -> Option<&'static str> {
    asked.observed.map(|seen| if seen == 1 { "happened" } else { "did not happen" })
}

/// The chart of probabilities.
fn chart(questions: &[Asked]) -> Rows {
    let row = |asked: &Asked| {
        let share = &asked.share;
        Row {
            label: words(&asked.name, &asked.label),
            text: shown_share(share),
            aside: happened(asked).unwrap_or_default().to_string(),
            class: "c4",
            shape: Shape::Point {
                value: share.probability.unwrap_or_default(),
                interval: share.lo.zip(share.hi),
                joint: None,
            },
        }
    };
    Rows { axis: Axis::shares("probability"), rows: events(questions).map(row).collect() }
}

fn table(title: &str, questions: &[Asked]) -> Table {
    let is_tested = events(questions).any(|asked| asked.observed.is_some());
    let mut head = vec!["event", "probability", "from", "to"];
    head.extend(is_tested.then_some("what came"));
    let mut table = Table::new(format!("{title}: with 95% intervals"), &head);
    for asked in events(questions) {
        let cell = |value: Option<f64>| Cell::maybe(|v| format!("{:.1}%", 100.0 * v), value);
        let share = &asked.share;
        let mut row = vec![
            Cell::words(words(&asked.name, &asked.label)),
            cell(share.probability),
            cell(share.lo),
            cell(share.hi),
        ];
        row.extend(is_tested.then(|| Cell::plain(happened(asked).unwrap_or("–"))));
        table.rows.push(row);
    }
    table
}

impl View<'_> {
    pub(super) fn chances(&self, out: &mut Markup, today: i64, questions: &[Asked], from: &str) {
        let chart = chart(questions);
        if chart.rows.is_empty() {
            return out.words("p", &[("class", &"note")], "No yes-or-no question is asked.");
        }
        let (title, id) = (format!("Probabilities{from}"), format!("events-{today}"));
        let figure = Figure {
            id: id.clone(),
            title: title.clone(),
            about: "Shares of replications. An interval of 95% says how far the share may lie from that of infinitely many replications, no more."
                .to_string(),
            key: KEY,
            command: self.command(),
            place: if self.verb == "forecast" { "questions" } else { "targets" }.to_string(),
            table: table(&title, questions),
            is_wide: false,
        };
        let told = format!(
            "Points with intervals for {}; the table below has their figures.",
            several(chart.rows.len() as u64, "event")
        );
        figure.draw(out, |out| chart.draw(out, &format!("{id}-chart"), &title, &told));
    }
}
