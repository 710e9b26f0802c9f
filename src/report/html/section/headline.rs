//! Cards with the figures that are asked for first.

use super::tell::{Mean, quantile_interval, share_words};
use crate::model::plan::{CAPTIVES, PRISONERS, Side};
use crate::report::html::markup::Markup;
use crate::report::html::page::{Card, Cell, cards};
use crate::report::html::{Batch, capital, people};
use crate::report::quantity::several;
use crate::report::table::{Show, shown};
use crate::stats::Tally;
use crate::stats::interval::CONFIDENCE;

pub(super) fn draw(out: &mut Markup, batch: &Batch<'_>) {
    let horizon = (batch.loaded.plan.horizon + 86_399) / 86_400;
    out.words(
        "p",
        &[("class", &"note")],
        format_args!(
            "Each figure is followed by its 95% interval, which is simulation error alone. The simulation looks up to day {horizon}. What \
             the figures depend on and what they leave out is said under How sure the figures are, and Limits."
        ),
    );
    if !batch.origin.is_complete {
        out.words(
            "p",
            &[("class", &"warn")],
            format_args!(
                "The run was interrupted: in here are {} of {}.",
                batch.run.replications,
                several(batch.origin.planned, "replication")
            ),
        );
    }
    let mut list: Vec<Card> = Vec::new();
    list.extend([CAPTIVES, PRISONERS].into_iter().filter_map(|side| released(batch, side)));
    let all_captives =
        format!("Every release of {} carried out in the term", people(&batch.loaded.plan, CAPTIVES));
    list.extend(chance(batch, "captives_completed", &all_captives));
    list.extend(chance(batch, "completed", "Every agreed release of both sides carried out in the term"));
    list.extend(median(batch, "completion_s", "Time to the last agreed release, where all are carried out"));
    list.extend(chance(batch, "collapsed", "Truce collapsed by the end of the simulation"));
    list.extend(mean(batch, "disputes", "Disputes opened"));
    list.extend(mean(batch, "suspended_s", "Time suspended"));
    cards(out, &list);
}

fn released(batch: &Batch<'_>, side: Side) -> Option<Card> {
    let plan = &batch.loaded.plan;
    let name = ["captives_released", "prisoners_released"][side];
    let (_, tally) = batch.outcome(name)?;
    let held: u64 = plan.cohorts.iter().filter(|c| c.side == side).map(|c| u64::from(c.people)).sum();
    if held == 0 {
        return None;
    }
    let mean = Mean::of(batch, name)?;
    let quantile = |percent| tally.quantile(percent).map_or(0.0, |v| v as f64);
    Some(Card {
        name: format!("{} released, mean", capital(&people(plan, side))),
        figure: Cell::figure(
            format!("{} of {}", shown(Show::Number, mean.value), shown(Show::Number, held as f64)),
            mean.value,
        ),
        lines: vec![
            interval_line(&mean),
            format!(
                "5% to 95% of replications: {} to {}",
                shown(Show::Number, quantile(5)),
                shown(Show::Number, quantile(95))
            ),
            format!(
                "median {} ({})",
                shown(Show::Number, quantile(50)),
                median_interval(Show::Number, tally)
            ),
        ],
    })
}

fn interval_line(mean: &Mean) -> String {
    match mean.interval {
        Some(i) => format!("95% interval {} to {}", shown(mean.show, i.low), shown(mean.show, i.high)),
        None => TOO_FEW.to_string(),
    }
}

const TOO_FEW: &str = "too few replications for an interval";

fn median_interval(show: Show, tally: &Tally) -> String {
    match tally.quantile_interval(50, 100, CONFIDENCE) {
        (None, None) => TOO_FEW.to_string(),
        _ => format!("95% interval {}", quantile_interval(show, tally, 50)),
    }
}

fn chance(batch: &Batch<'_>, name: &str, words: &str) -> Option<Card> {
    let mean = Mean::of(batch, name)?;
    let (_, tally) = batch.outcome(name)?;
    let hits = u64::try_from(tally.sum()).unwrap_or(0);
    Some(Card {
        name: words.to_string(),
        figure: Cell::figure(shown(Show::Share, mean.value), mean.value),
        lines: vec![
            interval_line(&mean),
            format!("in {} of {}", shown(Show::Number, hits as f64), several(tally.count(), "replication")),
        ],
    })
}

fn median(batch: &Batch<'_>, name: &str, words: &str) -> Option<Card> {
    let (_, tally) = batch.outcome(name)?;
    let value = tally.quantile(50)? as f64;
    let quantile = |percent| tally.quantile(percent).map_or(0.0, |v| v as f64);
    Some(Card {
        name: format!("{words}, median"),
        figure: Cell::figure(shown(Show::Time, value), value),
        lines: vec![
            median_interval(Show::Time, tally),
            format!("5% to 95%: {} to {}", shown(Show::Time, quantile(5)), shown(Show::Time, quantile(95))),
            format!("exists in {} of replications", share_words(tally.count(), batch.run.replications)),
        ],
    })
}

fn mean(batch: &Batch<'_>, name: &str, words: &str) -> Option<Card> {
    let mean = Mean::of(batch, name)?;
    let (_, tally) = batch.outcome(name)?;
    if (tally.min(), tally.max()) == (Some(0), Some(0)) {
        return None;
    }
    let quantile = |percent| tally.quantile(percent).map_or(0.0, |v| v as f64);
    Some(Card {
        name: format!("{words}, mean"),
        figure: Cell::figure(shown(mean.show, mean.value), mean.value),
        lines: vec![
            interval_line(&mean),
            format!(
                "5% to 95% of replications: {} to {}",
                shown(mean.show, quantile(5)),
                shown(mean.show, quantile(95))
            ),
        ],
    })
}
