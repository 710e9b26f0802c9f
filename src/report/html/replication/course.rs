//! The whole course on one axis of days: the truce, each leg, holds by queue, disputes and mediation, milestones, talks, events from
//! outside, and the density of alleged violations.

use super::Seen;
use crate::model::happening::Happening;
use crate::model::plan::{CAPTIVES, Due};
use crate::report::html::chart::axis::Axis;
use crate::report::html::chart::lanes::{Item, Lane, Lanes};
use crate::report::html::markup::Markup;
use crate::report::html::page::{Cell, Figure, Sign, Table};
use crate::report::html::{people, tranche_words};
use crate::report::quantity::number;

const KEY: &[(Sign, &str)] = &[
    (Sign::Patch("c1 stepbar"), "captives' leg under way"),
    (Sign::Patch("c2 stepbar"), "prisoners' leg under way"),
    (
        Sign::Mark("c1 dot"),
        "people released, with their number; dispute opened, attempt settled, or something done",
    ),
    (Sign::Mark("c3 hollow"), "attempt of a mediator not settled, or something missed"),
    (Sign::Patch("held"), "held"),
    (Sign::Patch("stopped"), "truce suspended"),
    (Sign::Due, "due"),
    (Sign::Line("stopline"), "an end: term, truce, or a file left open (upright)"),
];

pub(super) fn draw(out: &mut Markup, seen: &Seen<'_>) {
    let lanes = lanes(seen);
    let names: Vec<&str> = lanes.iter().map(|lane| lane.label.as_str()).collect();
    let (id, title) = ("course-chart", "The course of the replication");
    let about = format!(
        "A timeline over {} days with these lanes: {}. The tables below list the releases and every event.",
        seen.day(seen.end()),
        names.join(", ")
    );
    let chart = Lanes { axis: axis(seen), behind: suspensions(seen), width: 1_150.0, margin: 66.0, lanes };
    let figure = Figure {
        id: id.to_string(),
        title: title.to_string(),
        about: "Time runs from left to right, in days after the agreed start; day 1 begins at the left edge or a little before it."
            .to_string(),
        key: KEY,
        command: seen.command(),
        place: "all lines".to_string(),
        table: legs_table(seen),
        is_wide: true,
    };
    figure.draw(out, |out| chart.draw(out, id, title, &about));
}

fn axis(seen: &Seen<'_>) -> Axis {
    let midnights = &seen.loaded.plan.midnights;
    let last = seen.day(seen.end());
    let step = [1, 2, 5, 7, 14, 28].into_iter().find(|step| last / step <= 16).unwrap_or(56);
    let days = (1..=last).filter(|day| *day == 1 || day % step == 0);
    let ticks = days.map(|day| ((midnights[day - 1] as f64).max(0.0), day.to_string())).collect();
    Axis { low: 0.0, high: seen.end() as f64, ticks, label: "beginning of day".to_string() }
}

/// Spans between a beginning and an end among what was seen; one open at the end lasts until then.
pub(super) fn spans(
    seen: &Seen<'_>,
    begins: impl Fn(&Happening) -> bool,
    ends: impl Fn(&Happening) -> bool,
) -> Vec<(f64, f64)> {
    let (mut list, mut open) = (Vec::new(), None);
    for (time, what) in &seen.trace.seen {
        if begins(what) {
            open.get_or_insert(*time);
        } else if ends(what)
            && let Some(from) = open.take()
        {
            list.push((from as f64, *time as f64));
        }
    }
    list.extend(open.map(|from| (from as f64, seen.end() as f64)));
    list
}

fn suspensions(seen: &Seen<'_>) -> Vec<(f64, f64)> {
    spans(seen, |what| matches!(what, Happening::Suspended), |what| matches!(what, Happening::Resumed))
}

fn lanes(seen: &Seen<'_>) -> Vec<Lane> {
    let mut list = vec![truce(seen)];
    list.extend(legs(seen));
    list.extend(queues(seen));
    list.extend(disputes(seen));
    list.extend(violations(seen));
    list.extend(obligations(seen));
    list
}

/// The marks that a choice of happenings leaves.
fn marks(seen: &Seen<'_>, choose: impl Fn(f64, &Happening) -> Option<Item>) -> Vec<Item> {
    seen.trace.seen.iter().filter_map(|(time, what)| choose(*time as f64, what)).collect()
}

fn lane(label: impl Into<String>, class: &'static str, items: Vec<Item>) -> Option<Lane> {
    (!items.is_empty()).then(|| Lane { label: label.into(), class, items })
}

fn truce(seen: &Seen<'_>) -> Lane {
    let started = |what: &Happening| matches!(what, Happening::TruceStarted);
    let mut items: Vec<Item> = spans(seen, started, |what| matches!(what, Happening::Collapsed))
        .into_iter()
        .map(|(from, to)| Item::Bar(from, to, "in force".to_string()))
        .collect();
    items.extend(marks(seen, |at, what| {
        let word = match what {
            Happening::Collapsed => "collapse",
            Happening::Expired => "term over",
            Happening::Extended => "extended",
            Happening::CounterOffer => "counter-offer",
            Happening::NextPhase => "next phase",
            Happening::Renewed { .. } => "renewed",
            Happening::PastEnds => "known past ends",
            _ => return None,
        };
        Some(Item::End(at, word.to_string()))
    }));
    Lane { label: "truce".to_string(), class: "c4", items }
}

/// When a leg was begun and carried out, as far as it was.
pub(super) struct Leg {
    pub tranche: usize,
    pub side: usize,
    pub begun: i64,
    pub done: Option<i64>,
    pub people: u64,
}

/// The legs that were begun, in the order of tranches.
pub(super) fn legs_begun(seen: &Seen<'_>) -> Vec<Leg> {
    let mut list: Vec<Leg> = Vec::new();
    for (time, what) in &seen.trace.seen {
        let (tranche, side) = match what {
            Happening::RoundStarted { tranche } => {
                let first = usize::from(seen.loaded.plan.tranches[*tranche as usize].leg[CAPTIVES].absent);
                (*tranche as usize, first)
            }
            Happening::StepEnded { tranche, side, .. }
            | Happening::Released { tranche, side, .. }
            | Happening::LegWaits { tranche, side }
            | Happening::LegDone { tranche, side } => (*tranche as usize, usize::from(*side)),
            _ => continue,
        };
        let place =
            list.iter().position(|leg| (leg.tranche, leg.side) == (tranche, side)).unwrap_or_else(|| {
                let begun = began(seen, &list, tranche, side).unwrap_or(*time);
                list.push(Leg { tranche, side, begun, done: None, people: 0 });
                list.len() - 1
            });
        match what {
            Happening::Released { people, .. } => list[place].people += u64::from(*people),
            Happening::LegDone { .. } => list[place].done = Some(*time),
            _ => {}
        }
    }
    list.sort_by_key(|leg| (leg.tranche, leg.side));
    list
}

/// When a leg that shows itself for the first time began: with its round, or when the other leg was carried out.
fn began(seen: &Seen<'_>, known: &[Leg], tranche: usize, side: usize) -> Option<i64> {
    let other = known.iter().find(|leg| leg.tranche == tranche && leg.side != side)?;
    let simultaneous =
        matches!(seen.loaded.plan.tranches[tranche].legs, crate::model::plan::Legs::Simultaneous);
    if simultaneous { Some(other.begun) } else { other.done }
}

fn legs(seen: &Seen<'_>) -> Vec<Lane> {
    let plan = &seen.loaded.plan;
    let begun = legs_begun(seen);
    let lane = |leg: &Leg| {
        let tranche = &plan.tranches[leg.tranche];
        let end = leg.done.unwrap_or(seen.end());
        let mut items = vec![Item::Bar(leg.begun as f64, end as f64, String::new())];
        items.extend(held_within(seen, leg).into_iter().map(|(from, to)| Item::Held(from, to)));
        if let Due::At(due) = tranche.due {
            items.push(Item::Due(due as f64));
        }
        let at = leg.done.unwrap_or(leg.begun) as f64;
        items.push(match leg.done {
            Some(_) => Item::Dot(at, number(leg.people as f64)),
            None => Item::Ring(end as f64, format!("{} by the end", number(leg.people as f64))),
        });
        let label = format!("{}, {}", tranche_words(&tranche.name), people(plan, leg.side));
        Lane { label, class: ["c1", "c2"][leg.side], items }
    };
    let has_people = |leg: &&Leg| leg.people > 0 || leg.done.is_none();
    begun.iter().filter(has_people).map(lane).collect()
}

/// Holds on the queues of a leg while it was under way.
pub(super) fn held_within(seen: &Seen<'_>, leg: &Leg) -> Vec<(f64, f64)> {
    let queues = &seen.loaded.plan.tranches[leg.tranche].leg[leg.side].queues;
    let (from, to) = (leg.begun as f64, leg.done.unwrap_or(seen.end()) as f64);
    let all = queues.iter().flat_map(|queue| holds(seen, *queue));
    all.map(|(a, b)| (a.max(from), b.min(to))).filter(|(a, b)| a < b).collect()
}

fn holds(seen: &Seen<'_>, of: u32) -> Vec<(f64, f64)> {
    spans(
        seen,
        |what| matches!(what, Happening::HoldBegan { queue } if *queue == of),
        |what| matches!(what, Happening::HoldEnded { queue } if *queue == of),
    )
}

fn queues(seen: &Seen<'_>) -> Vec<Lane> {
    let mut held: Vec<u32> = Vec::new();
    for (_, what) in &seen.trace.seen {
        if let Happening::HoldBegan { queue } = what
            && !held.contains(queue)
        {
            held.push(*queue);
        }
    }
    held.sort_unstable();
    let name =
        |queue: u32| format!("held: {}", crate::report::trace::describe_queue(&seen.loaded.plan, queue));
    let spans = |queue: u32| holds(seen, queue).into_iter().map(|(from, to)| Item::Held(from, to)).collect();
    held.into_iter().filter_map(|queue| lane(name(queue), "c3", spans(queue))).collect()
}

/// Disputes as they are opened, and the files that stay open.
fn disputes(seen: &Seen<'_>) -> Vec<Lane> {
    let items = marks(seen, |at, what| match what {
        Happening::DisputeOpened { .. } => Some(Item::Dot(at, String::new())),
        Happening::FileOpen => Some(Item::End(at, String::new())),
        _ => None,
    });
    lane("disputes", "c2", items).into_iter().chain(mediators(seen)).collect()
}

/// The ends of attempts, mediator by mediator.
fn mediators(seen: &Seen<'_>) -> Vec<Lane> {
    let named = seen.loaded.plan.mediation.iter().flat_map(|mediation| &mediation.mediators);
    let lanes = named.enumerate().filter_map(|(number, of)| {
        let items = marks(seen, |at, what| match what {
            Happening::AttemptEnded { mediator, settled } if *mediator as usize == number => {
                let kind = if *settled { Item::Dot } else { Item::Ring };
                Some(kind(at, String::new()))
            }
            _ => None,
        });
        lane(format!("attempts: {}", of.name.replace('_', " ")), "c3", items)
    });
    lanes.collect()
}

/// Alleged violations by party, as bars of their number a day.
fn violations(seen: &Seen<'_>) -> Vec<Lane> {
    let plan = &seen.loaded.plan;
    let mut counts = vec![vec![0_u32; seen.day(seen.end()) + 1]; plan.violations.len()];
    for (time, what) in &seen.trace.seen {
        if let Happening::Violation { process, .. } = what {
            counts[*process as usize][seen.day(*time)] += 1;
        }
    }
    let most = counts.iter().flatten().copied().max().unwrap_or(0).max(1);
    let bar = |(day, n): (usize, &u32)| {
        let (from, to) =
            (plan.midnights[day - 1] as f64, plan.midnights.get(day).map_or(seen.end(), |m| *m) as f64);
        Item::Height(from.max(0.0), to, f64::from(*n) / f64::from(most))
    };
    let lanes = plan.violations.iter().zip(&counts).filter_map(|(process, days)| {
        let bars = days.iter().enumerate().filter(|(_, n)| **n > 0).map(bar).collect();
        lane(format!("alleged: {}", process.name.replace('_', " ")), "c2", bars)
    });
    lanes.collect()
}

fn obligations(seen: &Seen<'_>) -> Vec<Lane> {
    let plan = &seen.loaded.plan;
    let milestones = marks(seen, |at, what| match what {
        Happening::MilestoneMet { .. } => Some(Item::Dot(at, String::new())),
        Happening::MilestoneMissed { .. } => Some(Item::Ring(at, String::new())),
        _ => None,
    });
    let talking = spans(
        seen,
        |what| matches!(what, Happening::TalksStarted),
        |what| matches!(what, Happening::TalksEnded { .. }),
    );
    let talks = talking.into_iter().map(|(from, to)| Item::Bar(from, to, "talks".to_string())).collect();
    let outside = marks(seen, |at, what| match what {
        Happening::External { .. } | Happening::FrontEnded { .. } => Some(Item::Dot(at, String::new())),
        Happening::OutsideReleased { people, .. } => Some(Item::Dot(at, format!("{people} released"))),
        _ => None,
    });
    let short = plan.flows.iter().enumerate().filter_map(|(index, flow)| {
        let found = marks(seen, |at, what| {
            matches!(what, Happening::Short { flow } if *flow as usize == index)
                .then(|| Item::Ring(at, String::new()))
        });
        lane(format!("short: {}", flow.name.replace('_', " ")), "c3", found)
    });
    let first = [
        lane("milestones", "c3", milestones),
        lane("talks", "c4", talks),
        lane("from outside", "c4", outside),
    ];
    first.into_iter().flatten().chain(short).collect()
}

fn legs_table(seen: &Seen<'_>) -> Table {
    let plan = &seen.loaded.plan;
    let mut table = Table::new(
        "Legs that were begun",
        &["leg", "due", "begun", "last person released", "people released", "times held"],
    );
    let local = |time: i64| Cell::plain(seen.loaded.calendar.local_text(time));
    for leg in legs_begun(seen) {
        let tranche = &plan.tranches[leg.tranche];
        let due = if let Due::At(due) = tranche.due { local(due) } else { Cell::plain("–") };
        table.rows.push(vec![
            Cell::plain(format!("{}, {}", tranche_words(&tranche.name), people(plan, leg.side))),
            due,
            local(leg.begun),
            leg.done.map_or_else(|| Cell::plain("not carried out"), local),
            Cell::figure(number(leg.people as f64), leg.people as f64),
            Cell::plain(held_within(seen, &leg).len().to_string()),
        ]);
    }
    table
}
