//! How long the truce lasts and how it stands at the end.

use super::fans::{days_of, marks};
use super::tell::{share, share_words};
use crate::model::world::ENDINGS;
use crate::report::html::Batch;
use crate::report::html::chart::axis::Axis;
use crate::report::html::chart::rows::{Row, Rows, Shape};
use crate::report::html::chart::steps::{Band, Course, Steps};
use crate::report::html::markup::Markup;
use crate::report::html::page::{Cell, Figure, Sign, Table};
use crate::report::quantity::percent;
use crate::stats::Interval;

pub(super) fn draw(out: &mut Markup, batch: &Batch<'_>) {
    out.element("div", &[("class", &"figures")], |out| {
        survival(out, batch);
        endings(out, batch);
    });
}

/// Share of replications in which the truce has not collapsed by the end of each day.
fn survival(out: &mut Markup, batch: &Batch<'_>) {
    let days: Vec<(f64, Interval)> = days_of(batch, "alive")
        .iter()
        .filter_map(|d| {
            // The mean of a flag times their number is a whole number again.
            let alive = (d.mean? * d.n as f64).round() as u64;
            share(alive, d.n)
        })
        .collect();
    let Some((last, within)) = days.last().copied() else { return };
    let id = "survival";
    let title = "Share of replications without a collapse";
    let told = format!(
        "Share of replications in which the truce has not collapsed, over {} days. At the end: {} (95% interval {} to {}).",
        days.len(),
        percent(last),
        percent(within.low),
        percent(within.high)
    );
    let mut table = Table::new(
        "Not collapsed by the end of each day: share and its 95% interval",
        &["day", "share", "from", "to"],
    );
    for (day, (share, i)) in days.iter().enumerate() {
        let cell = |value: f64| Cell::figure(percent(value), value);
        table.rows.push(vec![
            Cell::figure((day + 1).to_string(), (day + 1) as f64),
            cell(*share),
            cell(i.low),
            cell(i.high),
        ]);
    }
    let chart = Steps {
        axis: Axis::shares("share"),
        bands: vec![Band {
            class: "c4 fill inner",
            after: 0,
            days: days.iter().map(|(_, i)| (i.low, i.high)).collect(),
        }],
        lines: vec![Course {
            class: "c4 stroke",
            after: 0,
            days: days.iter().map(|(share, _)| *share).collect(),
        }],
        dots: Vec::new(),
        days: days.len(),
        marks: marks(batch),
    };
    let figure = Figure {
        id: id.to_string(),
        title: title.to_string(),
        about: "By the end of each day. A term that runs out without a successor is no collapse.".to_string(),
        key: &[
            (Sign::Line("c4 stroke"), "share"),
            (Sign::Patch("c4 fill inner"), "its 95% interval, day by day"),
        ],
        command: batch.command_for_days(),
        place: "trajectories.json, alive".to_string(),
        table,
        is_wide: false,
    };
    figure.draw(out, |out| chart.draw(out, id, title, &told));
}

/// What the endings mean, in the order of the model's list.
fn meaning(ending: &str) -> &'static str {
    match ending {
        "collapsed" => "collapsed",
        "next_phase" => "in the next phase",
        "extended" => "extended",
        "expired" => "term over, no successor",
        _ => "inside the term",
    }
}

fn endings(out: &mut Markup, batch: &Batch<'_>) {
    let id = "endings";
    let title = "The truce when a replication ends";
    let of = batch.run.replications;
    let mut table = Table::new(
        "How the truce stands at the end: replications, share and its 95% interval",
        &["ending", "replications", "share", "from", "to"],
    );
    let (mut rows, mut told) = (Vec::new(), Vec::new());
    for (name, n) in ENDINGS.iter().zip(batch.sample.endings) {
        let Some((value, i)) = share(n, of) else { continue };
        let cell = |value: f64| Cell::figure(percent(value), value);
        let count = Cell::figure(n.to_string(), n as f64);
        table.rows.push(vec![Cell::plain(meaning(name)), count, cell(value), cell(i.low), cell(i.high)]);
        told.push(format!("{}: {}", meaning(name), share_words(n, of)));
        rows.push(Row {
            label: meaning(name).to_string(),
            text: share_words(n, of),
            aside: String::new(),
            class: "c4",
            shape: Shape::Bar { value, interval: Some((i.low, i.high)) },
        });
    }
    let chart = Rows { axis: Axis::shares("share of replications"), rows };
    let about = format!("{}.", told.join("; "));
    let figure = Figure {
        id: id.to_string(),
        title: title.to_string(),
        about: "Each replication ends in exactly one of these states.".to_string(),
        key: &[(Sign::Patch("c4 bar"), "share"), (Sign::Line("whisker"), "its 95% interval")],
        command: batch.command(),
        place: "endings".to_string(),
        table,
        is_wide: false,
    };
    figure.draw(out, |out| chart.draw(out, id, title, &about));
}
