//! The scenario file as written: one struct a table, doc comments as the editor's hover text, defaults beside the keys.
//!
//! Nothing here is checked across tables; that is the work of [`super::resolve`].

mod agreement;
mod assumptions;
mod file;
mod history;
mod places;

pub use agreement::*;
pub use assumptions::*;
pub use file::file_schema;
pub use history::*;
pub use places::places_of;

use super::diagnostic::{Diagnostic, Faults};
use super::law::{Law, Param};
use super::moment::{Calendar, Hour, Window};
use super::read::{Named, Read, Reader, choice, table};
use super::source::{At, Span};
use super::tree::{Kind, Node, Table};
use super::units::{Count, Duration, NonNegative, Number, PerSecond, Probability, Seconds};

/// A table as it is when nothing of it is written.
///
/// # Panics
/// If the table has a key without a default; those that are used so have none, which a test shows.
pub fn unwritten<T: Read>() -> T {
    let node = Node { span: Span::IMPLIED, kind: Kind::Table(Table::default()) };
    T::read(&node, &mut Reader::new(&mut Faults::new())).expect("every key has a default")
}

table! {
    /// A staged exchange of captives and prisoners under a truce, and the assumptions under which it is simulated.
    pub struct Scenario {
        /// Version of this file format: 1.
        pub format: At<u64>,
        /// A short name, printed with every result.
        pub name: At<String>,
        /// What the scenario is about, in a sentence or two.
        pub about: Option<At<String>>,
        /// The agreed start of the truce, local, with its zone: "2025-01-19T08:30[Asia/Jerusalem]". Time zero; its date is day 1.
        pub start: Calendar,
        /// How long the truce is agreed for. Absent: a process without a fixed term.
        pub term: Option<Term>,
        /// Where the simulation stops looking, counted from the agreed start. Default: the term plus 48 days.
        pub horizon: Option<Duration>,
        /// Whether a replication goes on to the horizon or stops once every tranche is carried out.
        pub stops_at: StopsAt = StopsAt::Horizon,
        /// Whether due days count from the agreed start or from the actual one.
        pub days_from: DaysFrom = DaysFrom::AgreedStart,
        /// The actual start may slip.
        pub start_delay: Option<Late>,
        /// What the people are called in output; it changes no number.
        pub label: Labels = unwritten(),
        /// Who is bound by the truce, holds people, or owns an obligation.
        pub party: Named<Party>,
        /// Who is to be released, under one rule each.
        pub cohort: Named<Cohort> = Named::default(),
        /// What one released person obliges the other side to release, by cohort.
        pub key: Named<Key> = Named::default(),
        /// The most people the key can oblige to release in all.
        pub key_ceiling: Option<At<u64>>,
        /// People released with a cohort or an event rather than per person.
        pub bundle: Named<Bundle> = Named::default(),
        /// What the agreement promises, by its own number.
        pub tranche: Named<Tranche> = Named::default(),
        /// People outside the agreement who are released on a channel of their own.
        pub outside: Named<Outside> = Named::default(),
        /// Obligations that are not releases: withdrawals, openings, returns, status lists.
        pub milestone: Named<Milestone> = Named::default(),
        /// Deliveries per day: aid and its parts, patients, people returning.
        pub flow: Named<Flow> = Named::default(),
        /// Talks on the next phase.
        pub talks: Option<Talks>,
        /// One attempt to carry out a tranche, step by step.
        pub round: Round = unwritten(),
        /// Procedural faults alleged in a round.
        pub fault: Option<Fault>,
        /// Kinetic violations alleged against a party.
        pub violation: Named<Violation> = Named::default(),
        /// Events from outside: statements, visits, shipments, operations elsewhere.
        pub event: Named<External> = Named::default(),
        /// A truce on another front.
        pub front: Named<Front> = Named::default(),
        /// A hidden factor, standard normal, drawn once a replication and shared by several risks.
        pub shared: Option<Shared>,
        /// How each party answers a fault, a violation or a missed obligation.
        pub response: Named<Response> = Named::default(),
        /// Who settles disputes, how fast and how well.
        pub mediation: Option<Mediation>,
        /// Trust of each side in the other.
        pub trust: Option<Trust>,
        /// Collapse, expiry, extension and limbo.
        pub ending: Option<Ending>,
        /// What has happened already.
        pub history: Option<History>,
        /// Where numbers come from, by their path in this file.
        pub mark: Named<Mark> = Named::default(),
    }
}

choice! {
    /// When a replication stops.
    pub enum StopsAt {
        /// At the horizon, or at the collapse.
        Horizon = "horizon",
        /// Once every tranche is carried out, at the end of the term, or at the collapse.
        Completion = "completion",
    }
}

choice! {
    /// What due days count from.
    pub enum DaysFrom {
        /// The start that was agreed.
        AgreedStart = "agreed start",
        /// The start that happens; due times move with it.
        ActualStart = "actual start",
    }
}

table! {
    /// Something that is late with a probability, by a drawn time.
    pub struct Late {
        /// The chance of being late at all.
        pub probability: Param<Probability>,
        /// By how much, given that it is late.
        pub by: Law<Seconds>,
    }
}

table! {
    /// What follows when an obligation is missed: a dispute with a probability, of a severity.
    pub struct Missed {
        /// The chance that the other side opens a dispute over it.
        pub opens_dispute: Param<Probability>,
        /// How grave it is taken to be, from 0 to 1.
        pub severity: Param<Probability> = Param::implied(0.5),
    }
}

table! {
    /// What people are called in output.
    pub struct Labels {
        /// One held by the non-state side: hostage, captive, detainee.
        pub captive: At<String> = At::implied("captive".to_string()),
        /// One held by the state side: prisoner, detainee.
        pub prisoner: At<String> = At::implied("prisoner".to_string()),
    }
}

table! {
    /// Where a number comes from.
    pub struct Mark {
        /// The kind of support it has.
        pub basis: Basis,
        /// How many observations stand behind it.
        pub n: Option<At<u64>>,
        /// The source, in words.
        pub source: Option<At<String>>,
    }
}

choice! {
    /// The kind of support a number has.
    pub enum Basis {
        /// Estimated from data.
        Estimated = "estimated",
        /// Taken from a publication.
        Literature = "literature",
        /// Judgment.
        Judgment = "judgment",
    }
}
