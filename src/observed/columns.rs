//! The columns of a history, the kinds of events, and which cells each kind has.

/// In the column `tranche`: a round besides the agreement's tranches.
pub(super) const BESIDES: &str = "besides";

/// A column, by its place in [`COLUMNS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // each is described by its line in `COLUMNS`
pub enum Column {
    Kind,
    Id,
    When,
    Earliest,
    Latest,
    Due,
    Until,
    Round,
    Tranche,
    Side,
    Party,
    Against,
    Name,
    Held,
    Count,
    OtherCount,
    Confirmed,
    Killed,
    Injured,
    Of,
    Days,
    PerDay,
    Target,
    Complete,
    Reporter,
    Confidence,
    Source,
    Note,
}

use Column as C;

/// Every column: its word, and what stands in it.
pub const COLUMNS: [(Column, &str, &str); 28] = [
    (C::Kind, "kind", "what kind of event the row tells"),
    (C::Id, "id", "its name in other records"),
    (C::When, "when", "local date, or date and time"),
    (C::Earliest, "earliest", "it cannot have been before"),
    (C::Latest, "latest", "it cannot have been later"),
    (C::Due, "due", "when it was due"),
    (C::Until, "until", "when it ended, or to when something runs"),
    (C::Round, "round", "the round, as the record counts"),
    (C::Tranche, "tranche", "the tranche of the agreement it carries out, or `besides`"),
    (C::Side, "side", "whose people: `captives` or `prisoners`"),
    (C::Party, "party", "who did, owes or alleges it"),
    (C::Against, "against", "against whom"),
    (C::Name, "name", "a cohort, milestone, flow, subject"),
    (C::Held, "held", "what a dispute held: a class of obligations, or `truce`"),
    (C::Count, "count", "how many"),
    (C::OtherCount, "other_count", "how many by another source"),
    (C::Confirmed, "confirmed", "remains confirmed"),
    (C::Killed, "killed", "killed"),
    (C::Injured, "injured", "injured"),
    (C::Of, "of", "out of how many"),
    (C::Days, "days", "for how many days"),
    (C::PerDay, "per_day", "a daily mean"),
    (C::Target, "target", "promised a day"),
    (C::Complete, "complete", "whether it ends its leg: `yes` or `no`"),
    (C::Reporter, "reporter", "who counted"),
    (C::Confidence, "confidence", "`high`, `medium` or `low`"),
    (C::Source, "source", "where it comes from"),
    (C::Note, "note", "anything else"),
];

/// The kinds of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // each is described by its line in `KINDS`
pub enum Kind {
    Case,
    Zone,
    KnownTo,
    Agreement,
    Start,
    Term,
    List,
    Release,
    Remains,
    Replacement,
    Outside,
    Dispute,
    Milestone,
    Flow,
    Violations,
    Talks,
    Extension,
    Expiry,
    NextPhase,
    Collapse,
    End,
    Rate,
    Note,
}

/// A kind of event: its word, the cells it must have and those it may have, and what it says.
pub struct KindOfEvent {
    /// Which.
    pub kind: Kind,
    /// Its word.
    pub word: &'static str,
    /// Cells it must have.
    pub must: &'static [Column],
    /// Cells it may have besides those of every kind.
    pub may: &'static [Column],
    /// What it says.
    pub about: &'static str,
}

const fn kind(
    kind: Kind,
    word: &'static str,
    must: &'static [Column],
    may: &'static [Column],
    about: &'static str,
) -> KindOfEvent {
    KindOfEvent { kind, word, must, may, about }
}

/// Cells that any row may have.
pub(super) const OF_ALL: [Column; 7] =
    [C::Kind, C::Id, C::Earliest, C::Latest, C::Confidence, C::Source, C::Note];

/// Every kind of event.
pub const KINDS: [KindOfEvent; 23] = [
    kind(Kind::Case, "case", &[C::Name], &[], "what the exchange is called"),
    kind(Kind::Zone, "zone", &[C::Name], &[], "the IANA zone of its clocks"),
    kind(
        Kind::KnownTo,
        "known_to",
        &[C::When],
        &[],
        "the last day of which the record is complete; default: its last day",
    ),
    kind(
        Kind::Agreement,
        "agreement",
        &[C::When],
        &[C::Name, C::Count, C::OtherCount, C::Until, C::Due],
        "an agreement was reached; how many people it covers",
    ),
    kind(Kind::Start, "start", &[C::When], &[C::Due], "the truce, or the exchange, began"),
    kind(
        Kind::Term,
        "term",
        &[C::When],
        &[C::Name],
        "the end of the agreed term; without it the truce has no fixed term",
    ),
    kind(
        Kind::List,
        "list",
        &[C::When],
        &[C::Due, C::Party, C::Name, C::Round, C::Tranche, C::Count],
        "names were delivered",
    ),
    kind(
        Kind::Release,
        "release",
        &[C::When, C::Side, C::Count],
        &[C::Round, C::Tranche, C::Party, C::Name, C::Due, C::OtherCount, C::Complete],
        "living people were released, of one cohort or of any",
    ),
    kind(
        Kind::Remains,
        "remains",
        &[C::When, C::Side, C::Count],
        &[C::Round, C::Tranche, C::Party, C::Name, C::Due, C::OtherCount, C::Complete, C::Confirmed],
        "remains were handed over; of them confirmed",
    ),
    kind(
        Kind::Replacement,
        "replacement",
        &[C::When, C::Count],
        &[C::Side, C::Round, C::Tranche, C::Party, C::Name, C::Due],
        "remains were handed over in place of ones that were not the person named",
    ),
    kind(
        Kind::Outside,
        "outside",
        &[C::When, C::Count],
        &[C::Name, C::Party, C::Round, C::Side, C::Due, C::OtherCount],
        "people outside the agreement were released",
    ),
    kind(
        Kind::Dispute,
        "dispute",
        &[C::When, C::Party],
        &[C::Until, C::Against, C::Name, C::Held, C::Round, C::Tranche],
        "a party opened a dispute; without `until` it was still open",
    ),
    kind(
        Kind::Milestone,
        "milestone",
        &[C::Name],
        &[C::When, C::Due, C::Party, C::Until],
        "an obligation was met; without `when` it was not",
    ),
    kind(
        Kind::Flow,
        "flow",
        &[C::Name, C::When],
        &[C::Until, C::Count, C::OtherCount, C::PerDay, C::Target, C::Party, C::Reporter],
        "what arrived on a day, or from `when` to the end of `until`",
    ),
    kind(
        Kind::Violations,
        "violations",
        &[C::When, C::Against],
        &[C::Count, C::OtherCount, C::Killed, C::Injured, C::Reporter, C::Party, C::Name],
        "alleged violations from the start to the end of the day, as one reporter counts",
    ),
    kind(
        Kind::Talks,
        "talks",
        &[C::Name],
        &[C::When, C::Due, C::Party],
        "talks on what follows: `started`, `agreed` or `ended`; without `when` they were not",
    ),
    kind(
        Kind::Extension,
        "extension",
        &[C::When, C::Until],
        &[C::Name, C::Count, C::Party],
        "the term was prolonged",
    ),
    kind(Kind::Expiry, "expiry", &[C::When], &[], "the term ran out and nothing followed"),
    kind(Kind::NextPhase, "next_phase", &[C::When], &[], "the next phase began"),
    kind(Kind::Collapse, "collapse", &[C::When], &[C::Party, C::Killed, C::Injured], "fighting resumed"),
    kind(Kind::End, "end", &[C::When], &[C::Name], "the process was over without a collapse"),
    kind(
        Kind::Rate,
        "rate",
        &[C::Name, C::Count, C::Of, C::Days],
        &[C::Reporter],
        "of so many truces elsewhere, how many had failed within so many days",
    ),
    kind(
        Kind::Note,
        "note",
        &[],
        &[
            C::When,
            C::Due,
            C::Until,
            C::Round,
            C::Tranche,
            C::Side,
            C::Party,
            C::Against,
            C::Name,
            C::Held,
            C::Count,
            C::OtherCount,
            C::Confirmed,
            C::Killed,
            C::Injured,
            C::Of,
            C::Days,
            C::PerDay,
            C::Target,
            C::Reporter,
        ],
        "kept for the record; nothing is done with it",
    ),
];

impl Kind {
    /// What the kind is.
    pub fn about(self) -> &'static KindOfEvent {
        &KINDS[self as usize]
    }

    /// Whether the row speaks of the file and not of an event, so that it needs no source.
    pub fn is_of_the_file(self) -> bool {
        matches!(self, Kind::Case | Kind::Zone | Kind::KnownTo)
    }
}

impl Column {
    /// Its word.
    pub fn word(self) -> &'static str {
        COLUMNS[self as usize].1
    }
}
