//! November 2023, forecast anew at the end of every day, and what came.

use std::path::Path;

use handover::forecast::Days;
use handover::forecast::question::Asker;
use handover::model::plan::CAPTIVES;
use handover::observed::{Kind, Row};
use handover::report::document::limits;
use handover::report::forecast::probability;
use handover::report::html::{Chance, Strip, chances, strips};
use handover::report::quantity::{number, percents};
use handover::score::Counts;

use super::forecasts::{RUN, Record, ask};
use super::markdown::{picture, table};

const SCENARIO: &str = "gaza-2023-november.toml";
const HISTORY: &str = "histories/gaza-2023-november.csv";

/// What was forecast at the end of a day.
struct Foretold {
    day: i64,
    date: String,
    known: i64,
    /// Captives released by the end of the next day, and by the day of the last release.
    tomorrow: Counts,
    last: Counts,
    /// Whether the truce has ended by the end of the next day, and by the end of the day on which it did.
    ended_tomorrow: Counts,
    ended: Counts,
}

pub(super) fn pages(root: &Path) -> Vec<(String, String)> {
    let record = Record::open(root, SCENARIO, HISTORY, &[]);
    let calendar = &record.parameters.calendar;
    let day_of = |row: &Row| row.day().map(|date| calendar.day_of_date(date));
    let released = |day: i64| -> i64 {
        let of_side =
            record.history.rows.iter().filter(|row| {
                row.is_release() && row.side.as_ref().is_some_and(|side| side.value == CAPTIVES)
            });
        let by = of_side.filter(|row| day_of(row).is_some_and(|at| at <= day));
        by.filter_map(|row| row.count.as_ref()).map(|count| count.value as i64).sum()
    };
    let days = record.history.rows.iter().filter(|row| row.is_release()).filter_map(day_of);
    let (first, last) = days.fold((i64::MAX, 0), |(a, b), day| (a.min(day), b.max(day)));
    let ended = record.history.of(Kind::Collapse).find_map(day_of).unwrap_or(last + 1);
    let told: Vec<Foretold> =
        (first..=last).map(|day| foretell(&record, day, last, ended, released(day))).collect();
    // At the end of the last day nothing of it is left to forecast.
    let ahead: Vec<&Foretold> = told.iter().filter(|t| t.day < last).collect();
    let name = |what: &str| format!("november-{what}.svg");
    let date = |day: i64| calendar.date_of_day(day).map(|date| date.to_string()).unwrap_or_default();
    let page = super::filled(
        include_str!("november.md"),
        &[
            ("digest", format!("`{}`", record.parameters.digest)),
            ("replications", number(RUN.replications as f64)),
            ("seed", RUN.seed.to_string()),
            ("last", date(last)),
            ("end", date(ended)),
            ("released", released(last).to_string()),
            (
                "next_picture",
                picture(
                    &name("next-day"),
                    "Strips of captives released by the end of the next day, with what came",
                ),
            ),
            ("next", next(&told, &released)),
            (
                "last_picture",
                picture(
                    &name("last-day"),
                    "Strips of captives released by the day of the last release, with what came",
                ),
            ),
            ("all", all(&ahead, released(last))),
            (
                "end_picture",
                picture(&name("end"), "Probabilities of the truce having ended, forecast from each day"),
            ),
            ("ends", ends(&told, ended)),
            ("reading", reading(&told, &released, &ahead, released(last))),
            (
                "limits",
                limits([&record.parameters]).iter().map(|l| format!("- {l}")).collect::<Vec<_>>().join("\n"),
            ),
            (
                "command",
                format!(
                    "handover backtest scenarios/{SCENARIO} --history scenarios/{HISTORY} --as-of {} \\\n    -n {} --seed {} --out DIR\nhandover report DIR --out page.html",
                    (first..=last).map(|day| day.to_string()).collect::<Vec<_>>().join(","),
                    RUN.replications,
                    RUN.seed
                ),
            ),
        ],
    );
    let tomorrow = strips(
        "Captives released by the end of the next day",
        "people",
        &ahead.iter().map(|t| strip(t, &t.tomorrow, released(t.day + 1))).collect::<Vec<_>>(),
    );
    let by_last = strips(
        &format!("Captives released by {}", date(last)),
        "people",
        &ahead.iter().map(|t| strip(t, &t.last, released(last))).collect::<Vec<_>>(),
    );
    let end = chances(
        &format!("Truce over by the end of {}", date(ended)),
        &told.iter().map(|t| chance_row(t, &t.ended)).collect::<Vec<_>>(),
    );
    vec![
        ("november-2023-day-by-day.md".to_string(), page),
        (name("next-day"), tomorrow),
        (name("last-day"), by_last),
        (name("end"), end),
    ]
}

fn foretell(record: &Record, day: i64, last: i64, ended: i64, known: i64) -> Foretold {
    let loaded = record.as_of(day);
    let asker = Asker::new(&loaded.plan);
    let reached = Days::of(&loaded.plan).last();
    let by = |day: i64| day.min(reached);
    let questions = [
        asker.released(CAPTIVES, by(day + 1)),
        asker.released(CAPTIVES, by(last)),
        asker.collapsed(by(day + 1)),
        asker.collapsed(by(ended)),
    ];
    let mut answers = ask(&loaded.plan, &questions).into_iter().map(|answered| answered.answers);
    let mut next = || answers.next().unwrap_or_default();
    let date = loaded.calendar.date_of_day(day).map(|date| date.to_string()).unwrap_or_default();
    Foretold { day, date, known, tomorrow: next(), last: next(), ended_tomorrow: next(), ended: next() }
}

fn quantiles(counts: &Counts) -> [f64; 7] {
    [5, 10, 25, 50, 75, 90, 95].map(|percent| counts.quantile(percent, 100).unwrap_or(0) as f64)
}

fn strip(told: &Foretold, counts: &Counts, seen: i64) -> Strip {
    let quantiles = quantiles(counts);
    let [p05, _, _, p50, _, _, p95] = quantiles;
    Strip {
        label: format!("from {}", told.date),
        text: format!("{} ({} to {}); came {seen}", number(p50), number(p05), number(p95)),
        quantiles,
        seen: Some(seen as f64),
    }
}

fn share(counts: &Counts) -> String {
    match probability(counts) {
        (p, Some(i)) => {
            let [p, low, high] = percents(p, i.low, i.high);
            format!("{p} ({low} to {high})")
        }
        _ => "–".to_string(),
    }
}

fn chance_row(told: &Foretold, counts: &Counts) -> Chance {
    let (value, interval) = probability(counts);
    Chance {
        label: format!("from {}", told.date),
        text: share(counts),
        value,
        interval: interval.map(|i| (i.low, i.high)),
    }
}

fn is_inside(counts: &Counts, seen: i64) -> bool {
    let [p05, .., p95] = quantiles(counts);
    (p05..=p95).contains(&(seen as f64))
}

fn row(told: &Foretold, counts: &Counts, seen: i64) -> Vec<String> {
    let [p05, _, _, p50, _, _, p95] = quantiles(counts);
    vec![
        told.date.clone(),
        told.known.to_string(),
        number(p50),
        format!("{} to {}", number(p05), number(p95)),
        seen.to_string(),
        if is_inside(counts, seen) { "yes" } else { "no" }.to_string(),
    ]
}

const HEAD: [&str; 6] = ["as of the end of", "released so far", "median", "90% interval", "came", "inside"];

fn next(told: &[Foretold], released: &dyn Fn(i64) -> i64) -> String {
    let rows: Vec<_> = told.iter().map(|t| row(t, &t.tomorrow, released(t.day + 1))).collect();
    table(&HEAD, &rows)
}

fn all(ahead: &[&Foretold], seen: i64) -> String {
    table(&HEAD, &ahead.iter().map(|t| row(t, &t.last, seen)).collect::<Vec<_>>())
}

fn ends(told: &[Foretold], ended: i64) -> String {
    let row = |t: &Foretold| {
        let came = if t.day + 1 >= ended { "it had" } else { "it had not" };
        vec![t.date.clone(), share(&t.ended_tomorrow), came.to_string(), share(&t.ended)]
    };
    let head = [
        "as of the end of",
        "over by the end of the next day",
        "what came",
        "over by the day on which it was",
    ];
    table(&head, &told.iter().map(row).collect::<Vec<_>>())
}

/// What the figures say, in a few sentences that they choose.
fn reading(
    told: &[Foretold],
    released: &dyn Fn(i64) -> i64,
    ahead: &[&Foretold],
    by_last_day: i64,
) -> String {
    let inside = told.iter().filter(|t| is_inside(&t.tomorrow, released(t.day + 1))).count();
    let by_last = ahead.iter().filter(|t| is_inside(&t.last, by_last_day)).count();
    let p = |t: &Foretold| probability(&t.ended).0;
    let moved = told.first().zip(told.last()).map_or(String::new(), |(first, last)| {
        let (way, why) = if p(last) < p(first) {
            ("fell", "; each renewal that came left one occasion fewer to end on")
        } else {
            ("did not fall", "")
        };
        format!(
            " The probability that the truce would be over by the day on which it was {way} over the week, from {} to {}{why}.",
            share(&first.ended),
            share(&last.ended)
        )
    });
    format!(
        "Of {} forecasts of the next day {inside} held what came in their 90 percent intervals; of {} forecasts of the last day, {by_last}.{moved}",
        told.len(),
        ahead.len()
    )
}
