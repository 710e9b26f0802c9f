//! Each round close up: its steps as bars, holds as shaded spans, handovers with the number of people.

use super::Seen;
use super::course::{Leg, held_within, legs_begun};
use crate::model::happening::Happening;
use crate::model::plan::{Due, STEPS};
use crate::report::html::chart::axis::Axis;
use crate::report::html::chart::lanes::{Item, Lane, Lanes};
use crate::report::html::markup::Markup;
use crate::report::html::page::{Cell, Figure, Sign, Table, signs};
use crate::report::html::{capital, people, tranche_words};
use crate::report::quantity::{duration, number};

const KEY: &[(Sign, &str)] = &[
    (Sign::Patch("c1 stepbar"), "a step, from the end of the one before, waiting included"),
    (Sign::Mark("c1 dot"), "people change hands, with their number where there is room"),
    (Sign::Patch("held"), "held"),
    (Sign::Due, "due"),
];

pub(super) fn draw(out: &mut Markup, seen: &Seen<'_>) {
    let legs = legs_begun(seen);
    let mut tranches: Vec<usize> = legs.iter().map(|leg| leg.tranche).collect();
    tranches.dedup();
    if tranches.is_empty() {
        return out.words("p", &[], "No round was begun.");
    }
    let is_of_nobody = |tranche: usize| {
        legs.iter().filter(|leg| leg.tranche == tranche).all(|leg| leg.people == 0 && leg.done.is_some())
    };
    let (nobody, tranches): (Vec<usize>, Vec<usize>) = tranches.into_iter().partition(|t| is_of_nobody(*t));
    signs(out, KEY);
    out.element("div", &[("class", &"figures")], |out| {
        for tranche in tranches {
            let of_round: Vec<&Leg> = legs.iter().filter(|leg| leg.tranche == tranche).collect();
            round(out, seen, tranche, &of_round);
        }
    });
    for tranche in nobody {
        let name = capital(&tranche_words(&seen.loaded.plan.tranches[tranche].name));
        out.words("p", &[("class", &"note")], format_args!("{name}: nobody was left to release on it."));
    }
}

/// What a leg went through: each step with its beginning and end.
struct Course {
    steps: Vec<(i64, i64, &'static str)>,
    releases: Vec<(i64, u32)>,
    waits: Vec<i64>,
}

fn course(seen: &Seen<'_>, leg: &Leg) -> Course {
    let mut course = Course { steps: Vec::new(), releases: Vec::new(), waits: Vec::new() };
    let mut last = leg.begun;
    let is_leg = |t: u32, s: u8| (t as usize, usize::from(s)) == (leg.tranche, leg.side);
    for (time, what) in &seen.trace.seen {
        match what {
            Happening::StepEnded { tranche, side, step } if is_leg(*tranche, *side) => {
                course.steps.push((last, *time, STEPS[*step as usize]));
                last = *time;
            }
            Happening::Released { tranche, side, people, .. } if is_leg(*tranche, *side) => {
                course.releases.push((*time, *people));
            }
            Happening::LegWaits { tranche, side } if is_leg(*tranche, *side) => course.waits.push(*time),
            _ => {}
        }
    }
    course
}

fn round(out: &mut Markup, seen: &Seen<'_>, tranche: usize, legs: &[&Leg]) {
    let plan = &seen.loaded.plan;
    let of = &plan.tranches[tranche];
    let courses: Vec<Course> = legs.iter().map(|leg| course(seen, leg)).collect();
    let begins = legs.iter().map(|leg| leg.begun).min().unwrap_or(0);
    let ends = legs.iter().map(|leg| leg.done.unwrap_or(seen.end())).max().unwrap_or(begins);
    let due = if let Due::At(due) = of.due { Some(due) } else { None };
    // A due time long before the round would squeeze the round itself.
    let near = due.filter(|due| (begins - due).abs() <= (ends - begins).max(3_600));
    let from = near.map_or(begins, |due| due.min(begins));
    let lanes =
        legs.iter().zip(&courses).flat_map(|(leg, course)| lanes_of(seen, leg, course, near)).collect();
    let axis = hours(from, ends.max(from + 600));
    let id = format!("round-{}", of.name.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    let title = capital(&tranche_words(&of.name));
    let about = told(seen, begins, due, legs);
    let chart = Lanes { axis, lanes, behind: Vec::new(), width: 470.0, margin: 20.0 };
    let figure = Figure {
        id: id.clone(),
        title: title.clone(),
        about: about.clone(),
        key: &[],
        command: seen.command(),
        place: format!("lines of round {}", of.name),
        table: table(seen, &title, legs, &courses),
        is_wide: false,
    };
    figure.draw(out, |out| chart.draw(out, &id, &title, &about));
}

/// Hours from a beginning, or days where there are many.
fn hours(from: i64, to: i64) -> Axis {
    let relative = Axis::times(0.0, (to - from) as f64);
    let shift = |(place, words): (f64, String)| (place + from as f64, words);
    Axis {
        low: relative.low + from as f64,
        high: relative.high + from as f64,
        ticks: relative.ticks.into_iter().map(shift).collect(),
        label: format!("{} from the left edge", relative.label),
    }
}

/// A lane of steps, and one of releases beneath it.
fn lanes_of(seen: &Seen<'_>, leg: &Leg, course: &Course, due: Option<i64>) -> [Lane; 2] {
    let bar = |(from, to, word): &(i64, i64, &str)| Item::Bar(*from as f64, *to as f64, (*word).to_string());
    let mut items: Vec<Item> = course.steps.iter().map(bar).collect();
    let last = course.steps.last().map_or(leg.begun, |(_, to, _)| *to);
    // A round on record has no steps, only its beginning and its end.
    items.extend(
        leg.done
            .filter(|_| course.steps.is_empty())
            .map(|done| Item::Bar(leg.begun as f64, done as f64, String::new())),
    );
    if leg.done.is_none() {
        items.push(Item::Bar(last as f64, seen.end() as f64, "not carried out".to_string()));
    }
    items.extend(held_within(seen, leg).into_iter().map(|(from, to)| Item::Held(from, to)));
    items.extend(due.map(|due| Item::Due(due as f64)));
    let class = ["c1", "c2"][leg.side];
    let releases = course.releases.iter().map(|(time, people)| Item::Dot(*time as f64, people.to_string()));
    [
        Lane { label: people(&seen.loaded.plan, leg.side), class, items },
        Lane { label: "released".to_string(), class, items: releases.collect() },
    ]
}

/// The round in a sentence or two.
fn told(seen: &Seen<'_>, begins: i64, due: Option<i64>, legs: &[&Leg]) -> String {
    let local = |time: i64| seen.loaded.calendar.local_text(time);
    let mut text = format!("Begins {}", local(begins));
    if let Some(due) = due {
        text.push_str(&format!(", due {}", local(due)));
    }
    for leg in legs {
        let n = number(leg.people as f64);
        let side = people(&seen.loaded.plan, leg.side);
        match leg.done {
            Some(done) => text.push_str(&format!("; {n} {side} released, the last at {}", local(done))),
            None => text.push_str(&format!("; {n} {side} released, the leg is not carried out")),
        }
    }
    text.push('.');
    text
}

fn table(seen: &Seen<'_>, title: &str, legs: &[&Leg], courses: &[Course]) -> Table {
    let mut table = Table::new(
        format!("{title}: steps, waiting included, and releases"),
        &["leg and what", "from", "to", "length", "people"],
    );
    let local = |time: i64| Cell::plain(seen.loaded.calendar.local_text(time));
    for (leg, course) in legs.iter().zip(courses) {
        let side = people(&seen.loaded.plan, leg.side);
        let begins = Cell::plain(format!("{side}: leg begins"));
        table.rows.push(vec![begins, local(leg.begun), Cell::plain(""), Cell::plain(""), Cell::plain("")]);
        for (from, to, step) in &course.steps {
            let length = Cell::figure(duration((to - from) as f64), (to - from) as f64);
            table.rows.push(vec![
                Cell::plain(format!("{side}: {step}")),
                local(*from),
                local(*to),
                length,
                Cell::plain(""),
            ]);
        }
        for time in &course.waits {
            let what = Cell::plain(format!("{side}: held up"));
            table.rows.push(vec![what, local(*time), Cell::plain(""), Cell::plain(""), Cell::plain("")]);
        }
        for (time, people) in &course.releases {
            let what = Cell::plain(format!("{side}: released"));
            let people = Cell::figure(people.to_string(), f64::from(*people));
            table.rows.push(vec![what, local(*time), Cell::plain(""), Cell::plain(""), people]);
        }
    }
    table
}
