//! Every outcome with all that is known of it.

use super::known::is_told;
use super::tell::{Mean, quantile_interval, share_words};
use crate::report::html::markup::Markup;
use crate::report::html::page::{Cell, Table};
use crate::report::html::{Batch, outcome_words};
use crate::report::table::{Show, shown};

pub(super) fn draw(out: &mut Markup, batch: &Batch<'_>) {
    let mut table = Table::new(
        "Mean, its 95% interval, quantiles, and the share of replications in which the outcome exists",
        &["outcome", "mean", "from", "to", "5%", "median", "its 95% interval", "95%", "exists in"],
    );
    let mut zero = 0;
    for (spec, tally) in batch.outcomes().filter(|(spec, _)| !spec.name.ends_with("_delayed_by")) {
        zero += usize::from(tally.count() > 0 && !is_told(tally));
        if let Some(mean) = Mean::of(batch, &spec.name).filter(|_| is_told(tally)) {
            table.rows.push(row(batch, &spec.name, &mean, tally));
        }
    }
    out.words(
        "p",
        &[("class", &"note")],
        "What each outcome holds is written in the model description. Times are counted from the agreed start; a delay from the due time.",
    );
    table.draw(out);
    if zero > 0 {
        let words = format!(
            "{zero} outcomes that are zero in every replication are left out; summary.json has them."
        );
        out.words("p", &[("class", &"note")], words);
    }
}

fn row(batch: &Batch<'_>, name: &str, mean: &Mean, tally: &crate::stats::Tally) -> Vec<Cell> {
    let show = mean.show;
    let figure = |value: Option<f64>| Cell::maybe(|v| shown(show, v), value);
    // The quantiles of a share say nothing that the share does not.
    let quantile = |percent| {
        if show == Show::Share { Cell::plain("") } else { figure(tally.quantile(percent).map(|v| v as f64)) }
    };
    let of_median = if show == Show::Share { String::new() } else { quantile_interval(show, tally, 50) };
    let exists = if tally.count() == batch.run.replications {
        "all".to_string()
    } else {
        share_words(tally.count(), batch.run.replications)
    };
    vec![
        Cell::plain(outcome_words(name, show)),
        figure(Some(mean.value)),
        figure(mean.interval.map(|i| i.low)),
        figure(mean.interval.map(|i| i.high)),
        quantile(5),
        quantile(50),
        Cell::plain(of_median),
        quantile(95),
        Cell::plain(exists),
    ]
}
