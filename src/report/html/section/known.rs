//! Simulation error beside what is not known: parameters that are drawn, inputs and the support they have, limits.

use super::tell::{Mean, plain};
use crate::report::document::parameter_share;
use crate::report::html::markup::Markup;
use crate::report::html::page::{Cell, Table};
use crate::report::html::{Batch, outcome_words};
use crate::report::quantity::percent;
use crate::report::table::shown;
use crate::stats::Tally;

/// Outcomes that are asked for first, where the scenario has them.
const HEADLINES: [&str; 9] = [
    "captives_released",
    "prisoners_released",
    "captives_completed",
    "completed",
    "completion_s",
    "collapsed",
    "collapse_s",
    "disputes",
    "suspended_s",
];

pub(super) fn draw(out: &mut Markup, batch: &Batch<'_>) {
    let drawn = &batch.loaded.plan.drawn;
    if drawn.is_empty() {
        out.words(
            "p",
            &[],
            "Parameters are taken as known. The intervals are simulation error alone: more replications make them narrower, and nothing here \
             shows what a different value of a parameter would do.",
        );
    } else {
        out.words(
            "p",
            &[],
            format_args!(
                "{} parameters are not known and are drawn once per replication. The simulation error of a mean shrinks with more replications; \
                 the spread that is due to those parameters does not. Both stand side by side below.",
                drawn.len()
            ),
        );
    }
    errors(out, batch);
    parameters(out, batch);
    marks(out, batch);
}

/// Standard error of the mean beside the standard deviation, and beside what of it the parameters make where any is drawn.
fn errors(out: &mut Markup, batch: &Batch<'_>) {
    let is_drawn = !batch.loaded.plan.drawn.is_empty();
    let mut head = vec!["outcome", "mean", "95% interval from", "to"];
    head.extend(["simulation error (standard error of the mean)", "standard deviation between replications"]);
    if is_drawn {
        head.extend(["part of it due to drawn parameters", "share of the variance"]);
    }
    let caption = if is_drawn {
        "Simulation error beside parameter uncertainty"
    } else {
        "Simulation error beside the spread between replications"
    };
    let mut table = Table::new(caption, &head);
    for name in HEADLINES {
        let (Some(mean), Some((_, tally))) = (Mean::of(batch, name), batch.outcome(name)) else { continue };
        let figure = |value: Option<f64>| Cell::maybe(|v| shown(mean.show, v), value);
        let mut row = vec![
            Cell::plain(outcome_words(name, mean.show)),
            figure(Some(mean.value)),
            figure(mean.interval.map(|i| i.low)),
            figure(mean.interval.map(|i| i.high)),
            spread(&mean, tally.se()),
            spread(&mean, tally.sd()),
        ];
        if is_drawn {
            let share = share_due(batch, name);
            let due = share.zip(tally.sd()).map(|(share, sd)| share.max(0.0).sqrt() * sd);
            row.push(spread(&mean, due));
            row.push(Cell::maybe(|share| percent(share.clamp(0.0, 1.0)), share));
        }
        table.rows.push(row);
    }
    table.draw(out);
    if is_drawn {
        out.words(
            "p",
            &[("class", &"note")],
            "The part due to drawn parameters is estimated from twins: every fourth replication is run again with the same parameters and all \
             other draws fresh.",
        );
    }
}

/// A spread in the outcome's unit; that of a share in points.
fn spread(mean: &Mean, value: Option<f64>) -> Cell {
    use crate::report::table::Show;
    match mean.show {
        Show::Share => Cell::maybe(|v| format!("{:.1} points", v * 100.0), value),
        show => Cell::maybe(|v| shown(show, v), value),
    }
}

fn share_due(batch: &Batch<'_>, name: &str) -> Option<f64> {
    let place = batch.loaded.plan.outcomes.iter().position(|o| o.name == name)?;
    batch.sample.twins.get(place).and_then(parameter_share)
}

fn parameters(out: &mut Markup, batch: &Batch<'_>) {
    if batch.loaded.plan.drawn.is_empty() {
        return;
    }
    out.words("h3", &[], "Parameters drawn once per replication");
    out.element("ul", &[], |out| {
        for drawn in &batch.loaded.plan.drawn {
            out.element("li", &[], |out| out.words("code", &[], &drawn.path));
        }
    });
}

/// Where the inputs come from, as the scenario marks them, and whose counts it takes.
fn marks(out: &mut Markup, batch: &Batch<'_>) {
    let counters =
        batch.loaded.plan.violations.iter().filter_map(|v| Some((&v.name, v.counted_by.as_ref()?)));
    out.words("h3", &[], "Inputs and the support they have");
    if batch.loaded.marks.iter().next().is_none() {
        out.words("p", &[], "The scenario does not say where its numbers come from.");
    } else {
        let mut table = Table::new(
            "Inputs that the scenario marks as estimated from data, taken from the literature, or judgment",
            &["input", "basis", "observations", "source"],
        );
        for (path, mark) in batch.loaded.marks.iter() {
            table.rows.push(vec![
                Cell::words(path.value.clone()),
                Cell::plain(mark.basis.as_str()),
                mark.n
                    .as_ref()
                    .map_or_else(|| Cell::plain("–"), |n| Cell::figure(n.value.to_string(), n.value as f64)),
                Cell::words(mark.source.as_ref().map_or("–", |source| source.value.as_str())),
            ]);
        }
        table.draw(out);
    }
    for (party, counter) in counters {
        let words =
            format!("Whose count of violations alleged against {} is followed: {counter}.", plain(party));
        out.words("p", &[], words);
    }
}

/// What every page says of its own limits.
pub(super) fn limits(out: &mut Markup, batch: &Batch<'_>) {
    let limits = crate::report::document::limits([batch.loaded]);
    out.element("ul", &[], |out| limits.iter().for_each(|limit| out.words("li", &[], limit)));
}

/// Whether a tally tells anything beyond zero.
pub(super) fn is_told(tally: &Tally) -> bool {
    tally.count() > 0 && (tally.min(), tally.max()) != (Some(0), Some(0))
}
