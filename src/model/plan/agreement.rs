//! What was promised: parties, cohorts and key, tranches with their legs and steps, milestones, flows, talks, the term.

use serde::Serialize;

use super::super::law::LawId;
use super::*;

/// A party.
#[derive(Debug, Clone, Serialize)]
pub struct PartyPlan {
    /// Its name.
    pub name: String,
    /// Its name in output.
    pub label: String,
    /// Its side: 0 captives, 1 prisoners, none for guarantors.
    pub side: Option<Side>,
    /// The party that answers for the other side: its first.
    pub opponent: Option<usize>,
    /// How late its lists are.
    pub list_late: Option<LatePlan>,
    /// Factor on its steps' durations; none where it is 1.
    pub pace: Option<Num>,
    /// How it answers.
    pub response: ResponsePlan,
}

/// A cohort.
#[derive(Debug, Clone, Serialize)]
pub struct CohortPlan {
    /// Its name.
    pub name: String,
    /// Its category, by its place among those of the plan.
    pub category: Option<usize>,
    /// The party that holds it.
    pub holder: usize,
    /// The side that holds it.
    pub side: Side,
    /// How many people.
    pub people: u32,
    /// All of them are dead from the start, and known to be.
    pub remains: bool,
    /// Chance that one is alive, where that is not known.
    pub living: Option<Num>,
    /// Rate of death in custody, per person and second.
    pub dies: Option<Num>,
    /// Timer of deaths.
    pub death_timer: Option<u32>,
    /// Time until each set of remains is located.
    pub located: Option<LawId>,
    /// What a living one obliges the other side to.
    pub key: Vec<KeyPlan>,
    /// What one returned dead obliges the other side to.
    pub remains_key: Vec<KeyPlan>,
    /// Shares going elsewhere and abroad.
    pub goes: [Option<Num>; 2],
    /// Stream of its own draws.
    pub stream: StreamId,
}

/// One component of the key: what it obliges to, toward one cohort.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct KeyPlan {
    /// The cohort owed.
    pub owed: usize,
    /// People for each one released.
    pub each: u32,
    /// Added for the last one: the remainder of a group total.
    pub last: u32,
}

/// A bundle.
#[derive(Debug, Clone, Serialize)]
pub struct BundlePlan {
    /// Its name.
    pub name: String,
    /// What makes it owed.
    pub owed_on: OwedOn,
    /// Who is released: cohort and people.
    pub release: Vec<(usize, u32)>,
}

/// What makes a bundle owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum OwedOn {
    /// The first release from a cohort.
    First(usize),
    /// The last release from a cohort.
    Last(usize),
    /// Something else that happens.
    Event(Trigger),
}

impl OwedOn {
    /// The cohort whose release makes the bundle owed.
    pub fn cohort(self) -> Option<usize> {
        match self {
            Self::First(cohort) | Self::Last(cohort) => Some(cohort),
            Self::Event(_) => None,
        }
    }
}

/// People of one cohort in one leg.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ItemPlan {
    /// The cohort.
    pub cohort: usize,
    /// People stated; 0 where they follow from the key or a rule.
    pub people: u32,
}

/// When a tranche is due.
#[derive(Debug, Clone, Copy, Serialize)]
pub enum Due {
    /// At a time.
    At(Time),
    /// From a trigger on, with a deadline after it.
    After(Trigger, Time),
    /// No date.
    Undated,
}

/// Something a time can be counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Trigger {
    /// The actual start.
    Start,
    /// A tranche carried out.
    Tranche(usize),
    /// A milestone met.
    Milestone(usize),
}

/// What a tranche waits for besides its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum WaitsFor {
    /// Nothing.
    DueTime,
    /// The captive leg of the tranche before.
    CaptiveLeg,
    /// Both legs of the tranche before.
    Round,
}

/// Which leg comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Legs {
    /// Captives, then prisoners.
    CaptivesFirst,
    /// At once.
    Simultaneous,
    /// Prisoners, then captives.
    PrisonersFirst,
}

/// How the people of a captive leg are found.
#[derive(Debug, Clone, Serialize)]
pub enum Fill {
    /// As stated.
    Stated,
    /// All captives no tranche names.
    Rest,
    /// A number, by a rule over the leg's items in order.
    Number {
        /// How many.
        people: u32,
        /// Chance that the order is broken, with what follows.
        broken: Option<(Num, Option<MissedPlan>)>,
        /// Weights by item, for the random rule.
        weights: Vec<Num>,
    },
    /// An extra round: advances people of later tranches.
    Extra {
        /// How many.
        people: u32,
    },
}

/// A tranche.
#[derive(Debug, Clone, Serialize)]
pub struct TranchePlan {
    /// Its stated number; extra rounds have numbers of their own space.
    pub number: u64,
    /// Its name in output.
    pub name: String,
    /// When it is due.
    pub due: Due,
    /// What it waits for.
    pub waits_for: WaitsFor,
    /// Tranches that wait for this one.
    pub followers: Vec<usize>,
    /// Whether one stands before it.
    pub has_before: bool,
    /// Which leg comes first.
    pub legs: Legs,
    /// How the captive leg is filled.
    pub fill: Fill,
    /// The extension of the term it belongs to.
    pub extension: Option<ExtensionOf>,
    /// The two legs.
    pub leg: [LegPlan; 2],
    /// The chance stream position of this tranche: its number less one.
    pub place: u64,
    /// Timer of its list.
    pub list_timer: Option<u32>,
    /// Party whose list it is.
    pub list_owner: usize,
}

impl TranchePlan {
    /// The side whose people the tranche states: the captives', unless nobody of theirs moves on it.
    pub fn promised_side(&self) -> Side {
        if self.leg[CAPTIVES].absent { PRISONERS } else { CAPTIVES }
    }
}

/// An extension of the term to which tranches belong: they exist only if it is agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ExtensionOf {
    /// The n-th renewal, from 1.
    Renewal(u32),
    /// The extension decided when the term runs out, or by talks that go on.
    Extended,
    /// The counter-offer that replaces the term.
    CounterOffer,
}

/// One leg of a tranche.
#[derive(Debug, Clone, Serialize)]
pub struct LegPlan {
    /// Its people.
    pub items: Slice,
    /// Its steps.
    pub steps: Slice,
    /// The queues that can hold it.
    pub queues: Vec<Queue>,
    /// The first owner.
    pub owner: usize,
    /// Its timer.
    pub timer: u32,
    /// Timer of the check that it is not late beyond grace.
    pub grace_timer: Option<u32>,
    /// Timer of replacements of remains.
    pub replacement_timer: Option<u32>,
    /// Nobody moves on it.
    pub absent: bool,
}

/// The steps of a round, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum StepKind {
    /// Names arrive (a place for faults; not a step of a leg).
    List = 0,
    /// Check of names.
    Check = 1,
    /// Assembly.
    Staging = 2,
    /// Notice and convoy.
    Transit = 3,
    /// Handover of captives.
    Handover = 4,
    /// Confirmation of custody.
    Custody = 5,
    /// Identification of remains.
    Identification = 6,
    /// Release of prisoners.
    Reciprocal = 7,
}

/// A step of a leg.
#[derive(Debug, Clone, Serialize)]
pub struct StepPlan {
    /// Which step.
    pub kind: StepKind,
    /// How long it takes.
    pub takes: LawId,
    /// Interrupted by a hold and done again.
    pub repeats: bool,
    /// Where people change hands, and what that needs; none for a plain step.
    pub transfer: Option<Box<TransferPlan>>,
    /// Identification only.
    pub identification: Option<IdentificationPlan>,
    /// Stream of its first attempt's duration.
    pub stream: StreamId,
    /// Places per tranche in that stream, and this step's place.
    pub stride: u32,
    /// This step's place.
    pub lane: u32,
    /// Not stated by the scenario: it takes no time and is no event.
    pub is_implied: bool,
}

/// What a transfer of people needs beyond a duration.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TransferPlan {
    /// Hours of the day in which it can start, seconds after midnight.
    pub window: Option<(Time, Time)>,
    /// Earliest hour of the day.
    pub hour: Option<LawId>,
    /// Number of sites.
    pub sites: Option<LawId>,
    /// Time between sites.
    pub gap: Option<LawId>,
    /// Vehicles in parallel, and people each carries.
    pub lift: Option<(u32, u32)>,
    /// Time before a vehicle runs again.
    pub turnaround: Option<LawId>,
    /// A part may be withheld: chance, share, carried over.
    pub withheld: Option<(Num, LawId, bool)>,
}

/// What identification of remains may find.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct IdentificationPlan {
    /// Chance that a set is not the person named.
    pub mismatch: Num,
    /// Time until the right remains are handed over.
    pub replacement: Option<LawId>,
    /// What follows.
    pub missed: Option<MissedPlan>,
}

/// The names due ahead of each round.
#[derive(Debug, Clone, Serialize)]
pub struct ListPlan {
    /// How long before the due time.
    pub lead: Time,
    /// What follows a late list.
    pub missed: Option<MissedPlan>,
    /// Names beyond the people.
    pub surplus: Option<LawId>,
    /// Chance that a name is refused.
    pub refused: Option<Num>,
    /// Time a substitution takes.
    pub substitution: Option<LawId>,
    /// A name missing at assembly.
    pub missing: Option<LatePlan>,
}

/// People outside the agreement.
#[derive(Debug, Clone, Serialize)]
pub struct OutsidePlan {
    /// Their name.
    pub name: String,
    /// The party that holds them.
    pub holder: usize,
    /// How many.
    pub people: u32,
    /// When they are expected.
    pub due: Time,
    /// How much later they come.
    pub takes: Option<LawId>,
    /// Timer.
    pub timer: u32,
    /// Stream.
    pub stream: StreamId,
}

/// Conditions that must all hold.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RequiresPlan {
    /// Cohorts all back.
    pub released: Vec<usize>,
    /// Tranches carried out.
    pub tranches: Vec<usize>,
    /// Milestones met.
    pub milestones: Vec<usize>,
}

/// A milestone.
#[derive(Debug, Clone, Serialize)]
pub struct MilestonePlan {
    /// Its name.
    pub name: String,
    /// Who owes it.
    pub owner: usize,
    /// The queue that can hold it; none for lists.
    pub queue: Option<Queue>,
    /// When it is due.
    pub due: Due,
    /// What it requires.
    pub requires: RequiresPlan,
    /// How long it takes.
    pub takes: Option<LawId>,
    /// It may be late.
    pub late: Option<LatePlan>,
    /// Chance that it is never met.
    pub never: Num,
    /// Seconds of grace.
    pub grace: Time,
    /// What follows when it is missed.
    pub missed: Option<MissedPlan>,
    /// Timers: of the act, of the check that it is not missed.
    pub timer: u32,
    /// Timer of the check that it is not missed.
    pub grace_timer: u32,
    /// Stream.
    pub stream: StreamId,
    /// Disputes over missing it.
    pub dispute_stream: StreamId,
}

/// A flow.
#[derive(Debug, Clone, Serialize)]
pub struct FlowPlan {
    /// Its name.
    pub name: String,
    /// Who owes it.
    pub owner: usize,
    /// Its queue.
    pub queue: Queue,
    /// Promised a day.
    pub target: Num,
    /// Delivered a day.
    pub level: LawId,
    /// Correlation with the day before; none where it is 0.
    pub correlation: Option<Num>,
    /// Factors by day of the run; empty where all are 1.
    pub factor: Vec<Num>,
    /// Times of delivery.
    pub times: Vec<Time>,
    /// Milestone that opens it.
    pub opens_with: Option<usize>,
    /// Whether it counts in the total.
    pub in_total: bool,
    /// Regions and shares.
    pub region: Vec<(String, Num)>,
    /// Shares that still arrive: while held, while suspended, in limbo.
    pub shares: [Num; 3],
    /// When it is short.
    pub short: Option<ShortPlan>,
    /// Timer.
    pub timer: u32,
    /// Stream of levels.
    pub stream: StreamId,
    /// Stream of disputes over short windows.
    pub dispute_stream: StreamId,
    /// Nothing changes what arrives, and only days on which a dispute opens change anyone's course: see `model::ahead`.
    pub runs_ahead: bool,
}

/// When a flow is short.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ShortPlan {
    /// Below this a day.
    pub below: Num,
    /// Days in a window.
    pub window: u32,
    /// Also a violation.
    pub is_violation: bool,
    /// Chance of a dispute; with `by_severity` times the severity.
    pub opens: Num,
    /// Severity.
    pub severity: Num,
    /// The violation process it counts with.
    pub violation: Option<usize>,
}

/// Talks on the next phase.
#[derive(Debug, Clone, Serialize)]
pub struct TalksPlan {
    /// Who must open them.
    pub owner: usize,
    /// Their queue.
    pub queue: Queue,
    /// Times: from, to start by, to agree by.
    pub from: Time,
    /// To start by.
    pub start_by: Time,
    /// To agree by.
    pub agree_by: Time,
    /// Rate of starting.
    pub starts: Num,
    /// Length of a stage.
    pub takes: LawId,
    /// Stages they go through.
    pub stages: u32,
    /// Chance of agreement.
    pub agrees: Num,
    /// What follows when they are not started in time.
    pub missed: Option<MissedPlan>,
    /// Timers: start, end, check.
    pub timer: u32,
    /// Timer of their end.
    pub end_timer: u32,
    /// Timer of the check that they have started.
    pub check_timer: u32,
    /// Stream.
    pub stream: StreamId,
}

/// A term renewed in steps.
#[derive(Debug, Clone, Serialize)]
pub struct RenewalPlan {
    /// Lengths of the steps; the last one repeats.
    pub steps: Vec<Time>,
    /// Only where every captive promised by then is back.
    pub if_delivered: bool,
    /// Most steps.
    pub most: u32,
    /// Chance of each.
    pub probability: Num,
    /// Chance that its list is accepted.
    pub list_accepted: Num,
    /// How long before the end of the term its names are due.
    pub list_lead: Time,
    /// They may be late.
    pub list_late: Option<LatePlan>,
}

/// The term.
#[derive(Debug, Clone, Serialize)]
pub struct TermPlan {
    /// When it ends.
    pub end: Time,
    /// Renewal in steps.
    pub renewal: Option<RenewalPlan>,
    /// Prolonged while talks go on.
    pub while_talks: bool,
    /// Timer.
    pub timer: u32,
    /// Stream of decisions.
    pub stream: StreamId,
}

/// What later due times do when a round starts late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum CatchUp {
    /// Keep their date.
    Keep,
    /// Move by as much.
    Shift,
    /// Are drawn together.
    Compress,
}
