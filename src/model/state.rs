//! The parts of a replication's state, as plain data.

use super::clock::Clock;
use super::happening::Answered;
use super::plan::{Legs, Queue, StreamId};
use super::subjects::Subject;
use crate::kernel::{NEVER, Time};

/// State of the truce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Agreed, not begun.
    NotBegun,
    /// In force, within the term.
    Holding,
    /// In force, extended or under a counter-offer.
    Extended,
    /// The term ran out; nothing followed.
    Limbo,
    /// In the next phase.
    NextPhase,
    /// Over.
    Collapsed,
}

/// How the truce stood when the replication ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Collapsed.
    Collapsed = 0,
    /// In the next phase.
    NextPhase = 1,
    /// Extended.
    Extended = 2,
    /// The term ended without a successor.
    Expired = 3,
    /// Inside the term.
    Ongoing = 4,
}

/// The endings' names, in order.
pub const ENDINGS: [&str; 5] = ["collapsed", "next_phase", "extended", "expired", "ongoing"];

/// The trajectories every plan has, by number; trust by party and the flows follow them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Series {
    /// Captives released so far.
    Captives = 0,
    /// Prisoners released so far.
    Prisoners = 1,
    /// Whether the truce has not collapsed.
    Alive = 2,
    /// Disputes open.
    Disputes = 3,
}

/// Trajectories before those of trust.
pub const FIXED_SERIES: usize = 4;

/// A change of a daily trajectory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Which trajectory.
    pub series: u32,
    /// The day, from 0.
    pub day: u32,
    /// The value before.
    pub from: i64,
    /// The value after.
    pub to: i64,
}

/// Where a leg stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LegState {
    /// Not asked for yet.
    Dormant,
    /// Waits for its due time.
    AwaitsDue,
    /// Waits for the other leg.
    AwaitsOther,
    /// Held: goes on when the hold ends.
    Held,
    /// Waits for a time (list, window, hour, slowing, pause).
    Delayed,
    /// A step is under way.
    Running,
    /// Carried out.
    Done,
}

/// Why a leg was first delayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DelayCause {
    None = 0,
    Hold = 1,
    Suspension = 2,
    List = 3,
    /// The hours of the day.
    Window = 4,
    Slowed = 5,
    Before = 6,
    Locating = 7,
    Expiry = 8,
}

/// The words for causes of delay, by number.
pub(super) const DELAY_CAUSES: [&str; 9] =
    ["none", "hold", "suspension", "list", "window", "slowed", "round_before", "locating", "expiry"];

/// One leg of a tranche.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leg {
    pub state: LegState,
    pub cause: DelayCause,
    pub step: u16,
    pub attempt: u16,
    /// Portions of the transfer (sites, trips): in all, begun, arrived.
    pub portions: u32,
    pub begun: u32,
    pub arrived: u32,
    /// People on the leg, and of them released.
    pub people: u32,
    pub released: u32,
    pub withheld: u32,
    /// Since when people are staged, and when the last was released.
    pub staged: Time,
    pub finished: Time,
    /// How long it had been ready for its present step when the known past ended; people released on it by then, and when the last of
    /// them were.
    pub age: f64,
    pub in_past: u32,
    pub came: Time,
    /// Sites or trips by which they came.
    pub parts: u32,
}

pub(super) const LEG: Leg = Leg {
    state: LegState::Dormant,
    cause: DelayCause::None,
    step: 0,
    attempt: 0,
    portions: 0,
    begun: 0,
    arrived: 0,
    people: 0,
    released: 0,
    withheld: 0,
    staged: NEVER,
    finished: NEVER,
    age: 0.0,
    in_past: 0,
    came: NEVER,
    parts: 0,
};

/// One tranche's round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Round {
    /// When it is due; [`NEVER`] without a date.
    pub due: Time,
    /// When it can begin at the earliest, and since when that is known.
    pub from: Time,
    pub known: Time,
    pub legs: Legs,
    /// Whether it belongs to what was agreed (an extension's tranches join when it is).
    pub is_agreed: bool,
    pub has_begun: bool,
    /// Both legs are carried out.
    pub has_ended: bool,
    /// What stands before it is done.
    pub is_next: bool,
    /// When its names are delivered.
    pub list_at: Time,
    pub list_is_due: bool,
    /// Class of its fault, plus one.
    pub fault: u32,
    /// Steps that were over when the known past ended, as bits of their kinds: no fault is alleged of them any more.
    pub over: u8,
    /// Dead returned on its captive and prisoner legs, and of them sets that were not the person named.
    pub dead: [u32; 2],
    pub wrong_sets: u32,
    /// What it obliges to is already on the other leg.
    pub is_owed_ahead: bool,
    /// People still to be found by the rule of a tranche that states a number.
    pub number: u32,
}

/// A dispute.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dispute {
    pub claimant: u32,
    pub answer: Answered,
    pub queue: Queue,
    /// Its draws: stream and first position.
    pub stream: StreamId,
    pub base: u64,
    pub attempts: u32,
    pub subject: Subject,
    pub holds: bool,
    pub held_since: Time,
    pub is_open: bool,
    /// Since when mediation was at work on it in the known past, and the age of the present attempt when that ended.
    pub served: Time,
    pub age: f64,
}

/// Plain counts of one replication.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub events: i64,
    pub disputes: i64,
    pub suspensions: i64,
    pub suspended_s: i64,
    pub attempts: i64,
    pub settled: i64,
    pub unsettled: i64,
    pub holds: i64,
    pub sent_back: i64,
    pub longest_staged: i64,
    pub confirmed: i64,
    pub mismatches: i64,
    pub names_proposed: i64,
    pub names_refused: i64,
    pub lists_late: i64,
    pub died: i64,
    pub outside: i64,
    pub extra_rounds: i64,
    pub renewals: i64,
    pub faults: i64,
    pub withdrawn: i64,
}

/// What is known of one side's people.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SideCounts {
    pub released: i64,
    pub delay_person_s: i64,
    pub custody_person_s: i64,
    pub greatest_balance: i64,
    /// Promised by now: due, or owed by the key.
    pub promised: i64,
    /// Promised for later, or without a date.
    pub to_come: i64,
}

/// A queue's holds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct QueueState {
    pub holds: u32,
    pub since: Time,
    pub held_s: i64,
    pub longest_s: i64,
    pub slowed_until: Time,
    /// When the last hold ended.
    pub ended: Time,
}

/// A violation process.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ProcessState {
    pub count: i64,
    pub deaths: i64,
    pub injuries: i64,
    pub confirmed: i64,
    pub bursts: i64,
    /// Violations counted in the known past.
    pub counted: u64,
    /// How many violations what was counted in the known past still brings on when the process starts, in the mean.
    pub left: f64,
    pub is_running: bool,
}

/// A flow.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FlowState {
    pub index: u32,
    pub total: i64,
    /// Normal score of the day before, where days are correlated.
    pub score: Option<f64>,
    pub window: f64,
    pub in_window: u32,
    pub short: i64,
    pub is_open: bool,
}

/// Where a milestone stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MilestoneState {
    Dormant,
    Pending,
    Running,
    /// It never comes: so it was held when the known past ended, and is not asked again.
    GivenUp,
    Met(Time),
}

/// A pulse of an outside event: what it adds to log hazard, log-odds of settling and of an extension.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pulse {
    pub size: [f64; 3],
    pub decay: Option<f64>,
    pub since: Time,
}

/// Talks.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TalksState {
    pub clock: Clock,
    pub started: Option<Time>,
    /// Stages that are over.
    pub stages: u32,
    pub agreed: bool,
    pub are_over: bool,
}
