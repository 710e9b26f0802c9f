//! How late each leg of each tranche is, and what held it up first.

use super::tell::{self, Subject, plain, share, share_words};
use crate::model::plan::Side;
use crate::report::html::chart::axis::Axis;
use crate::report::html::chart::rows::{Row, Rows, Shape};
use crate::report::html::markup::Markup;
use crate::report::html::page::{Cell, Figure, Sign, Table};
use crate::report::html::{Batch, people};
use crate::report::quantity::percent;

const SIDES: [&str; 2] = ["captives", "prisoners"];

/// Whether any leg has a date.
pub(super) fn has(batch: &Batch<'_>) -> bool {
    (0..2).any(|side| !legs(batch, side).is_empty())
}

/// The dated legs of a side that are delayed or done in some replication: outcome, words, class.
fn legs(batch: &Batch<'_>, side: Side) -> Vec<(String, String, &'static str)> {
    let stated = &batch.loaded.plan.tranches[..batch.loaded.plan.stated_tranches];
    let name = |tranche: &str| format!("tranche.{tranche}.{}_delay_s", SIDES[side]);
    stated
        .iter()
        .map(|tranche| (name(&tranche.name), format!("tranche {}", tranche.name), ["c1", "c2"][side]))
        .filter(|(name, ..)| batch.outcome(name).is_some())
        .collect()
}

pub(super) fn draw(out: &mut Markup, batch: &Batch<'_>) {
    out.words(
        "p",
        &[("class", &"note")],
        "The delay of a leg is the time from the tranche's due time to the release of its last person; it exists where that happens. A leg \
         that is never carried out has no delay, so a delay is only worth as much as the share of replications beside it.",
    );
    out.element("div", &[("class", &"figures")], |out| {
        for side in 0..2 {
            let title = format!("Delay of each release of {}", people(&batch.loaded.plan, side));
            let subject = Subject {
                id: ["delay-captives", "delay-prisoners"][side],
                title: &title,
                about: "From due time to the last person's release: median and quantiles over the replications in which it happens.",
                unit: "",
                outcomes: legs(batch, side),
            };
            tell::boxes(out, batch, &subject);
        }
        first_causes(out, batch);
        causes(out, batch);
    });
}

/// Legs by the first thing they waited for.
fn causes(out: &mut Markup, batch: &Batch<'_>) {
    let names = batch.names_under("delayed_by").into_iter();
    let seen = names.filter(|name| batch.outcome(name).is_some_and(|(_, tally)| tally.sum() != 0));
    let words = |name: &str| cause_words(name.trim_start_matches("delayed_by."));
    let subject = Subject {
        id: "delay-causes",
        title: "Legs by the first thing they waited for",
        about: "Mean number of legs per replication, both sides together. Causes that never came first are left out.",
        unit: "legs",
        outcomes: seen.map(|name| (name.clone(), words(&name), "c1")).collect(),
    };
    tell::means(out, batch, &subject);
}

fn cause_words(cause: &str) -> String {
    match cause {
        "window" => "hours of the day".to_string(),
        "list" => "names".to_string(),
        "round_before" => "the round before, or a later start".to_string(),
        "slowed" => "slowed on purpose".to_string(),
        "locating" => "locating remains".to_string(),
        "expiry" => "the term is over".to_string(),
        other => plain(other),
    }
}

/// What each leg waited for first, where the result tells it leg by leg.
fn first_causes(out: &mut Markup, batch: &Batch<'_>) {
    let of = batch.run.replications;
    let mut table = Table::new(
        "First cause of waiting by leg: share of replications and its 95% interval",
        &["leg", "cause", "share", "from", "to"],
    );
    let (mut rows, mut told) = (Vec::new(), Vec::new());
    for (name, words, class) in legs_by_cause(batch) {
        let Some((spec, tally)) = batch.outcome(&name) else { continue };
        let known =
            |value: i64| usize::try_from(value).ok().and_then(|v| spec.measure.words().get(v).copied());
        let mut seen: Vec<(u64, &str)> = tally
            .histogram()
            .filter_map(|(value, _, n)| Some((n, known(value)?)))
            .filter(|(_, w)| *w != "none")
            .collect();
        seen.sort_by_key(|(n, word)| (std::cmp::Reverse(*n), *word));
        for (n, word) in &seen {
            let Some((value, i)) = share(*n, of) else { continue };
            let cell = |value: f64| Cell::figure(percent(value), value);
            table.rows.push(vec![
                Cell::plain(words.clone()),
                Cell::words(cause_words(word)),
                cell(value),
                cell(i.low),
                cell(i.high),
            ]);
        }
        let Some((n, word)) = seen.first() else { continue };
        let Some((value, i)) = share(*n, of) else { continue };
        let text = format!("{}: {}", cause_words(word), share_words(*n, of));
        told.push(format!("{words}, {text}"));
        let shape = Shape::Bar { value, interval: Some((i.low, i.high)) };
        rows.push(Row { label: words, text, aside: String::new(), class, shape });
    }
    if rows.is_empty() {
        return;
    }
    let (id, title) = ("first-causes", "What most often holds up each leg first");
    let chart = Rows { axis: Axis::shares("share of replications"), rows };
    let about = format!("{}.", told.join("; "));
    let figure = Figure {
        id: id.to_string(),
        title: title.to_string(),
        about: "The most frequent first cause of waiting, and in which share of replications it comes first. The table has every cause."
            .to_string(),
        key: &[(Sign::Patch("c1 bar"), "share"), (Sign::Line("whisker"), "its 95% interval")],
        command: batch.command(),
        place: "outcomes.tranche.N.SIDE_delayed_by, counts".to_string(),
        table,
        is_wide: false,
    };
    figure.draw(out, |out| chart.draw(out, id, title, &about));
}

fn legs_by_cause(batch: &Batch<'_>) -> Vec<(String, String, &'static str)> {
    let stated = &batch.loaded.plan.tranches[..batch.loaded.plan.stated_tranches];
    let mut list = Vec::new();
    for tranche in stated {
        for side in 0..2 {
            let name = format!("tranche.{}.{}_delayed_by", tranche.name, SIDES[side]);
            let words = format!("tranche {}, {}", tranche.name, people(&batch.loaded.plan, side));
            list.push((name, words, ["c1", "c2"][side]));
        }
    }
    list
}
