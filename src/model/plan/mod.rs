//! The plan: a resolved scenario as dense plain data.
//!
//! Entities are numbered in the order of their names (tranches of their numbers), so a plan does not depend on the order of the
//! file. Numbers that may be drawn once per replication are reached through [`Num`], an index into [`Plan::numbers`].

mod agreement;
mod assumptions;
mod history;

use std::ops::Range;

use serde::Serialize;

pub use agreement::*;
pub use assumptions::*;
pub use history::*;

use super::law::{LawId, LawPlan};

use crate::kernel::Time;

use crate::kernel::stream::StreamName;

/// A side of the exchange, as an index into pairs.
pub type Side = usize;

/// The side that holds captives.
pub const CAPTIVES: Side = 0;

/// The side that holds prisoners.
pub const PRISONERS: Side = 1;

/// A number of the model: an index into [`Plan::numbers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Num(pub u32);

/// A slice of one of the plan's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Slice {
    /// First index.
    pub from: u32,
    /// One past the last.
    pub to: u32,
}

impl Slice {
    /// As a range of indices.
    #[inline]
    pub fn range(self) -> Range<usize> {
        self.from as usize..self.to as usize
    }

    /// Whether it is empty.
    pub fn is_empty(self) -> bool {
        self.from == self.to
    }
}

/// A stream of random numbers: an index into [`Plan::streams`].
pub type StreamId = u32;

/// A number drawn once per replication.
#[derive(Debug, Clone, Serialize)]
pub struct DrawnNumber {
    /// Which number.
    pub num: Num,
    /// Its law; all parameters known.
    pub law: LawId,
    /// Its own stream, named by its path in the scenario.
    pub stream: StreamId,
    /// Its path, for reports.
    pub path: String,
}

/// Late with a probability, by a drawn time.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct LatePlan {
    /// Chance of being late.
    pub probability: Num,
    /// Seconds late.
    pub by: LawId,
}

/// A dispute that a missed obligation may open.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct MissedPlan {
    /// Chance of a dispute.
    pub opens: Num,
    /// Severity in [0, 1].
    pub severity: Num,
}

/// A class of obligations that can be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Class {
    /// Release of captives.
    Captives = 0,
    /// Release of prisoners.
    Prisoners = 1,
    /// Withdrawals, returns, crossings.
    Movement = 2,
    /// Deliveries.
    Aid = 3,
    /// Talks.
    Talks = 4,
}

/// The classes in order, with the words used for them.
pub const CLASSES: [(Class, &str); 5] = [
    (Class::Captives, "captives"),
    (Class::Prisoners, "prisoners"),
    (Class::Movement, "movement"),
    (Class::Aid, "aid"),
    (Class::Talks, "talks"),
];

/// A queue of obligations: owner and class. `owner * 5 + class`.
pub type Queue = u32;

/// The queue of an owner and a class.
pub fn queue(owner: usize, class: Class) -> Queue {
    (owner * CLASSES.len() + class as usize) as Queue
}

/// The words for the steps, by number.
pub const STEPS: [&str; 8] =
    ["list", "check", "staging", "transit", "handover", "custody", "identification", "reciprocal"];

/// What a timer stands for. The order of variants is the rank among simultaneous events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Event {
    /// The truce starts.
    Start,
    /// The next fact of the history.
    Fact,
    /// The known past ends.
    AsOf,
    /// An outside event.
    External(u32),
    /// Another front's truce breaks.
    FrontBreaks(u32),
    /// Another front's truce expires.
    FrontExpires(u32),
    /// A mediation attempt ends.
    Mediation(u32),
    /// Talks start.
    TalksStart,
    /// Talks end.
    TalksEnd,
    /// A milestone is met.
    Milestone(u32),
    /// A leg of a tranche goes on: tranche and side.
    Leg(u32, u8),
    /// Names of a tranche are due or arrive.
    List(u32),
    /// Replacement of remains.
    Replacement(u32, u8),
    /// A death in custody.
    Death(u32),
    /// People outside the agreement are released.
    Outside(u32),
    /// A violation.
    Violation(u32),
    /// A delivery.
    Flow(u32),
    /// A leg is late beyond grace.
    LegMissed(u32, u8),
    /// A milestone is late beyond grace.
    MilestoneMissed(u32),
    /// Talks have not started in time.
    TalksMissed,
    /// A burst no longer counts.
    BurstOver,
    /// Local midnight.
    Midnight,
    /// The truce collapses.
    Collapse,
    /// The term runs out.
    Term,
    /// The simulation stops looking.
    Horizon,
}

/// One outcome of a replication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomeSpec {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub measure: super::outcome::Measure,
    /// Smallest value its histogram separates.
    pub low: i64,
    /// Largest.
    pub high: i64,
}

/// One daily trajectory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeriesSpec {
    /// Its name.
    pub name: String,
    /// Its value before anything changes.
    pub start: i64,
    /// Smallest value its histogram separates.
    pub low: i64,
    /// Largest.
    pub high: i64,
}

/// A resolved scenario.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// The scenario's name.
    pub name: String,
    /// What captives and prisoners are called.
    pub labels: [String; 2],
    /// Whether a replication stops at completion.
    pub stops_at_completion: bool,
    /// Whether due times move with the actual start.
    pub days_from_actual: bool,
    /// How the start may slip.
    pub start_delay: Option<LatePlan>,
    /// Stream of the start.
    pub start_stream: StreamId,
    /// Timer of the start.
    pub start_timer: Option<u32>,
    /// Where the simulation stops looking.
    pub horizon: Time,
    /// Its timer.
    pub horizon_timer: u32,
    /// Local midnights that begin days 1, 2, ...; the last is past the horizon.
    pub midnights: Vec<Time>,
    /// Days on which the clocks change: day from 0, seconds after midnight by the clock from which on, seconds to add.
    pub clock_changes: Vec<(usize, Time, Time)>,
    /// Timer of midnights, where anything happens at them.
    pub midnight_timer: Option<u32>,
    /// The term.
    pub term: Option<TermPlan>,
    /// Numbers, by [`Num`].
    pub numbers: Vec<f64>,
    /// Those drawn once per replication.
    pub drawn: Vec<DrawnNumber>,
    /// Laws, by [`LawId`].
    pub laws: Vec<LawPlan>,
    /// Streams, by [`StreamId`].
    #[serde(skip)]
    pub streams: Vec<StreamName>,
    /// Parties.
    pub parties: Vec<PartyPlan>,
    /// Cohorts.
    pub cohorts: Vec<CohortPlan>,
    /// Categories that cohorts name, in order, each with its cohorts.
    pub categories: Vec<(String, Vec<usize>)>,
    /// Captives in all.
    pub captives_in_all: i64,
    /// Ceiling of the key.
    pub key_ceiling: Option<u32>,
    /// Bundles.
    pub bundles: Vec<BundlePlan>,
    /// Tranches in order of number, extra rounds last.
    pub tranches: Vec<TranchePlan>,
    /// How many of them are tranches of the agreement.
    pub stated_tranches: usize,
    /// People of legs.
    pub items: Vec<ItemPlan>,
    /// Steps of legs.
    pub steps: Vec<StepPlan>,
    /// Whether rounds have an identification step; without one, remains are confirmed at their handover.
    pub identifies: bool,
    /// Whether any step is interrupted by a hold.
    pub has_repeats: bool,
    /// The list step.
    pub list: Option<ListPlan>,
    /// What follows a leg late beyond grace.
    pub leg_missed: Option<MissedPlan>,
    /// The grace of legs, seconds.
    pub leg_grace: Time,
    /// What later due times do when a round is late.
    pub catch_up: CatchUp,
    /// People outside the agreement.
    pub outsiders: Vec<OutsidePlan>,
    /// Milestones.
    pub milestones: Vec<MilestonePlan>,
    /// Flows.
    pub flows: Vec<FlowPlan>,
    /// Talks.
    pub talks: Option<TalksPlan>,
    /// Faults.
    pub fault: Option<FaultPlan>,
    /// Violation processes.
    pub violations: Vec<ViolationPlan>,
    /// Outside events.
    pub externals: Vec<ExternalPlan>,
    /// Other fronts.
    pub fronts: Vec<FrontPlan>,
    /// Shared factor.
    pub shared: Option<SharedPlan>,
    /// Mediation.
    pub mediation: Option<MediationPlan>,
    /// Trust.
    pub trust: Option<TrustPlan>,
    /// Endings.
    pub ending: Option<EndingPlan>,
    /// History.
    pub history: Option<HistoryPlan>,
    /// What each timer stands for.
    pub timers: Vec<Event>,
    /// Outcomes, in order.
    pub outcomes: Vec<OutcomeSpec>,
    /// Daily trajectories, in order: the first four are fixed (see `world::Series`), then trust by party, then flows.
    pub series: Vec<SeriesSpec>,
    /// Streams that all rounds share.
    pub shared_streams: super::address::SharedStreams,
    /// The law of a unit exponential.
    pub unit_exponential: LawId,
}

impl Plan {
    /// The instant at which the local clock shows `seconds` after midnight on a day (from 0).
    pub fn local(&self, day: usize, seconds: Time) -> Time {
        let change = self.clock_changes.iter().find(|(d, from, _)| *d == day && seconds >= *from);
        self.midnights[day] + seconds + change.map_or(0, |(_, _, shift)| *shift)
    }

    /// The timer of deaths in a cohort.
    pub fn death_timer(&self, cohort: usize) -> Option<u32> {
        self.cohorts[cohort].death_timer
    }
}
