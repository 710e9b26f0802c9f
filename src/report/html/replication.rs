//! The page of one replication: its course as lanes, each round close up, and every event in a table.

mod course;
mod rounds;

use super::markup::Markup;
use super::page::{Cell, Section, Table, Title, facts, page};
use super::{FOOT, Origin, command, outcome_words};
use crate::model::outcome::MISSING;
use crate::model::world::day_of;
use crate::report::document::limits;
use crate::report::quantity::number;
use crate::report::table::{show_of, shown};
use crate::report::trace::{Trace, describe};
use crate::scenario::load::Loaded;

/// A replication as its page needs it.
#[derive(Debug, Clone, Copy)]
struct Seen<'a> {
    loaded: &'a Loaded,
    trace: &'a Trace,
    origin: &'a Origin,
    seed: u64,
    number: u64,
}

/// The page of replication `number`.
pub fn replication(loaded: &Loaded, trace: &Trace, origin: &Origin, seed: u64, number: u64) -> String {
    let seen = Seen { loaded, trace, origin, seed, number };
    let title = Title {
        heading: loaded.plan.name.clone(),
        lead: format!("variant {}, seed {seed}, replication {number}", loaded.variant),
        about: vec![format!(
            "One possible course of events under the scenario's assumptions, of as many as there are replications: it shows how the model \
             works, not what will happen. Ending: {}.",
            trace.ending.replace('_', " ")
        )],
    };
    let sections = [
        Section { id: "course", heading: "The course", inside: Box::new(|out| course::draw(out, &seen)) },
        Section { id: "rounds", heading: "Each round", inside: Box::new(|out| rounds::draw(out, &seen)) },
        Section { id: "events", heading: "Every event", inside: Box::new(|out| seen.events(out)) },
        Section { id: "outcomes", heading: "Outcomes", inside: Box::new(|out| seen.outcomes(out)) },
        Section {
            id: "limits",
            heading: "Limits",
            inside: Box::new(|out| {
                let limits = limits([loaded]);
                out.element("ul", &[], |out| limits.iter().for_each(|limit| out.words("li", &[], limit)));
            }),
        },
        Section { id: "origin", heading: "Where it comes from", inside: Box::new(|out| seen.facts(out)) },
    ];
    page(&title, &sections, FOOT)
}

impl Seen<'_> {
    /// The command that shows it.
    fn command(&self) -> String {
        command::trace(self.origin, &self.loaded.variant, self.seed, self.number)
    }

    /// When the replication ends.
    fn end(&self) -> i64 {
        self.trace.seen.last().map_or(self.loaded.plan.horizon, |(time, _)| *time).max(1)
    }

    fn day(&self, time: i64) -> usize {
        day_of(&self.loaded.plan.midnights, time) + 1
    }

    fn events(&self, out: &mut Markup) {
        let mut table = Table::new(
            "What happened, in order. A star marks what the outcome events counts",
            &["number", "day", "local time", "what", "counted"],
        );
        for (place, (time, what)) in self.trace.seen.iter().enumerate() {
            table.rows.push(vec![
                Cell::plain((place + 1).to_string()),
                Cell::plain(self.day(*time).to_string()),
                Cell::plain(self.loaded.calendar.local_text(*time)),
                Cell::words(describe(&self.loaded.plan, what)),
                Cell::plain(if what.is_counted() { "*" } else { "" }),
            ]);
        }
        table.draw(out);
    }

    fn outcomes(&self, out: &mut Markup) {
        let mut table = Table::new(
            "Outcomes of this replication; those that do not exist in it are left out",
            &["outcome", "value"],
        );
        for (spec, value) in self.loaded.plan.outcomes.iter().zip(&self.trace.outcomes) {
            let known = spec.measure.words();
            if *value == MISSING {
                continue;
            }
            if !known.is_empty() {
                let word = usize::try_from(*value).ok().and_then(|v| known.get(v)).unwrap_or(&"–");
                table.rows.push(vec![
                    Cell::plain(outcome_words(&spec.name, show_of(&spec.name, false))),
                    Cell::words(word.replace('_', " ")),
                ]);
                continue;
            }
            let show = show_of(&spec.name, false);
            let text = if spec.measure.is_flag() {
                ["no", "yes"][usize::from(*value != 0)].to_string()
            } else {
                shown(show, *value as f64)
            };
            table
                .rows
                .push(vec![Cell::plain(outcome_words(&spec.name, show)), Cell::figure(text, *value as f64)]);
        }
        table.draw(out);
    }

    fn facts(&self, out: &mut Markup) {
        let loaded = self.loaded;
        let overrides =
            if self.origin.overrides.is_empty() { "none".into() } else { self.origin.overrides.join(", ") };
        facts(
            out,
            &[
                ("Scenario", loaded.plan.name.clone()),
                ("File", self.origin.file.clone()),
                ("Variant", loaded.variant.clone()),
                ("Overrides", overrides),
                ("Digest of the scenario", loaded.digest.clone()),
                ("Seed", self.seed.to_string()),
                ("Replication", self.number.to_string()),
                ("Events seen", number(self.trace.seen.len() as f64)),
                ("Digest of the replication", self.trace.digest.clone()),
                ("Program", format!("handover {}", self.origin.version)),
            ],
        );
        out.words("h3", &[], "To replay it");
        out.words("pre", &[], self.command());
        out.words("h3", &[], "To make this page again");
        out.words("pre", &[], format_args!("{} --format html", self.command()));
    }
}
