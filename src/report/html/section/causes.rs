//! What disputes are over, what they hold, what is alleged; and the exposed balance.

use super::tell::{self, Subject, plain};
use crate::report::html::markup::Markup;
use crate::report::html::{Batch, people};

/// Whether anything can be disputed, held or alleged.
pub(super) fn has(batch: &Batch<'_>) -> bool {
    ["disputes", "violations", "faults", "suspensions"].iter().any(|name| is_seen(batch, name))
}

fn is_seen(batch: &Batch<'_>, name: &str) -> bool {
    batch.outcome(name).is_some_and(|(_, tally)| tally.max().is_some_and(|max| max != 0))
}

/// Outcomes under a word that are not always zero, each with the rest of its name as words.
fn under(batch: &Batch<'_>, word: &str, class: &'static str) -> Vec<(String, String, &'static str)> {
    let names = batch.names_under(word).into_iter().filter(|name| is_seen(batch, name));
    names.map(|name| (name.clone(), plain(&name[word.len() + 1..]), class)).collect()
}

/// The same for outcomes by what a dispute is over.
fn over(batch: &Batch<'_>, word: &str) -> Vec<(String, String, &'static str)> {
    let mut list = under(batch, word, "c1");
    for (_, words, _) in &mut list {
        if let Some((_, said)) = SUBJECTS.iter().find(|(subject, _)| subject == words) {
            *words = (*said).to_string();
        }
    }
    list
}

/// What a dispute is over, where the word in the outcome's name does not say it.
const SUBJECTS: [(&str, &str); 8] = [
    ("fault", "procedural fault"),
    ("violation", "alleged violation"),
    ("late leg", "late release"),
    ("mismatch", "remains not of the person named"),
    ("order", "order of release"),
    ("milestone", "missed milestone"),
    ("talks", "talks not begun in time"),
    ("event", "outside event"),
];

/// The first of several outcomes that are not always zero.
fn of(batch: &Batch<'_>, list: &[(&str, &str)], class: &'static str) -> Vec<(String, String, &'static str)> {
    let seen = list.iter().filter(|(name, _)| is_seen(batch, name));
    seen.map(|(name, words)| ((*name).to_string(), (*words).to_string(), class)).collect()
}

pub(super) fn draw(out: &mut Markup, batch: &Batch<'_>) {
    out.words(
        "p",
        &[("class", &"note")],
        "Faults and violations are alleged and modelled, not verified. Time held is the time for which a queue of obligations could not go on; \
         two holds at once count twice where they are counted by what they are over.",
    );
    let counts = [
        ("disputes", "disputes opened"),
        ("holds", "answers that were a hold"),
        ("suspensions", "suspensions"),
        ("mediation_attempts", "mediation attempts"),
        ("settled", "files settled"),
        ("open_files", "files left open"),
        ("faults", "procedural faults alleged"),
        ("lists_late", "late lists"),
    ];
    let held = under(batch, "held_s", "c1")
        .into_iter()
        .map(|(name, words, class)| (name, format!("held: {words}"), class));
    let mut held: Vec<_> = held.collect();
    held.extend(of(batch, &[("suspended_s", "truce suspended")], "c1"));
    let figures = [
        Subject {
            id: "counts",
            title: "How often",
            about: "Mean number per replication.",
            unit: "per replication",
            outcomes: of(batch, &counts, "c1"),
        },
        Subject {
            id: "disputes-over",
            title: "What disputes are over",
            about: "Mean number of disputes per replication, by subject.",
            unit: "disputes per replication",
            outcomes: over(batch, "disputes_over"),
        },
        Subject {
            id: "held-over",
            title: "Time held, by what the dispute is over",
            about: "Mean time per replication for which such disputes held a queue or suspended the truce.",
            unit: "",
            outcomes: over(batch, "held_over_s"),
        },
        Subject {
            id: "held-class",
            title: "Time held, by what is held",
            about: "Mean time per replication, summed over queues.",
            unit: "",
            outcomes: held,
        },
        Subject {
            id: "fault-classes",
            title: "Alleged procedural faults by class",
            about: "Mean number per replication.",
            unit: "per replication",
            outcomes: under(batch, "faults", "c2"),
        },
        Subject {
            id: "violations-by",
            title: "Alleged violations by the party they are alleged against",
            about: "Mean number per replication, as the scenario's source counts them.",
            unit: "per replication",
            outcomes: under(batch, "violations", "c2"),
        },
    ];
    out.element("div", &[("class", &"figures")], |out| {
        figures.iter().for_each(|subject| tell::means(out, batch, subject));
    });
}

/// The greatest balance of each side, and by category.
pub(super) fn balance(out: &mut Markup, batch: &Batch<'_>) {
    out.words(
        "p",
        &[("class", &"note")],
        "The exposed balance is the number of people promised by then less those released by then: a number becomes promised at its due time, \
         people of the key when they become owed. Below is its greatest value in each replication.",
    );
    out.element("div", &[("class", &"figures")], |out| {
        for (side, word) in ["captives", "prisoners"].into_iter().enumerate() {
            balance_of(out, batch, word, &people(&batch.loaded.plan, side), ["c1", "c2"][side]);
        }
    });
}

fn balance_of(out: &mut Markup, batch: &Batch<'_>, word: &str, label: &str, class: &'static str) {
    let name = format!("{word}_greatest_balance");
    let mut outcomes = vec![(name.clone(), "greatest balance".to_string(), class)];
    let by_category = batch.names_under(&name).into_iter();
    outcomes.extend(by_category.map(|full| {
        let category = plain(&full[name.len() + 1..]);
        (full, format!("greatest balance, {category}"), class)
    }));
    outcomes.push((format!("{word}_unmet"), "promised and not released at the end".to_string(), class));
    let subject = Subject {
        id: &format!("balance-{word}"),
        title: &format!("Exposed balance of {label}"),
        about: "People promised and not yet released: at the worst moment of each replication, and at its end.",
        unit: "people",
        outcomes,
    };
    tell::boxes(out, batch, &subject);
}
