//! The plan: a resolved scenario as dense plain data.
//!
//! Entities are numbered in the order of their names (tranches of their numbers), so a plan does not depend on the order of the
//! file. Numbers that may be drawn once per replication are reached through [`Num`], an index into [`Plan::numbers`].

use std::ops::Range;

use serde::Serialize;

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

/// A party.
#[derive(Debug, Clone, Serialize)]
pub struct PartyPlan {
    /// Its name.
    pub name: String,
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

/// How an answer is chosen.
#[derive(Debug, Clone, Copy, Serialize)]
pub enum AnswerRule {
    /// By weights, mildest first: absorb, protest, slow, hold, suspend, withdraw.
    Odds([Num; 6]),
    /// Always the same.
    Always(u8),
    /// In kind: a share passes; the rest is answered by severity, in thirds: protest, hold, suspend.
    Proportional(Num),
}

/// How a party answers a breach.
#[derive(Debug, Clone, Serialize)]
pub struct ResponsePlan {
    /// How an answer is chosen.
    pub rule: AnswerRule,
    /// Weights of its own queues when it holds, by class.
    pub holds: [Option<Num>; 5],
    /// How long it slows a step.
    pub slows_by: Option<LawId>,
    /// Effects on the log-odds of acting: severity, trust, memory; none where all are zero.
    pub effects: Option<[Num; 3]>,
    /// Whether a hold with nothing due lapses.
    pub lapses: bool,
}

/// A cohort.
#[derive(Debug, Clone, Serialize)]
pub struct CohortPlan {
    /// Its name.
    pub name: String,
    /// Its category, for output.
    pub category: Option<String>,
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
    /// The cohort that brings it.
    pub with: usize,
    /// By its first release rather than its last.
    pub first: bool,
    /// Who is released: cohort and people.
    pub release: Vec<(usize, u32)>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
    /// The extension of the term it belongs to; 0 for none.
    pub extension: u32,
    /// The two legs.
    pub leg: [LegPlan; 2],
    /// The chance stream position of this tranche: its number less one.
    pub place: u64,
    /// Timer of its list.
    pub list_timer: Option<u32>,
    /// Party whose list it is.
    pub list_owner: usize,
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

/// The words for the steps, by number.
pub const STEPS: [&str; 8] =
    ["list", "check", "staging", "transit", "handover", "custody", "identification", "reciprocal"];

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
    /// Side that holds them.
    pub side: Option<Side>,
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
    /// It tells who is alive.
    pub reveals: bool,
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
    /// Length.
    pub takes: LawId,
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

/// Faults alleged in a round.
#[derive(Debug, Clone, Serialize)]
pub struct FaultPlan {
    /// Chance per round.
    pub probability: Num,
    /// Classes.
    pub classes: Vec<FaultClassPlan>,
    /// Stream.
    pub stream: StreamId,
}

/// A class of fault.
#[derive(Debug, Clone, Serialize)]
pub struct FaultClassPlan {
    /// Its name.
    pub name: String,
    /// Its share.
    pub share: Num,
    /// Against whom.
    pub against: usize,
    /// Who alleges it.
    pub claimed_by: usize,
    /// At which step.
    pub at: StepKind,
    /// Severity.
    pub severity: Num,
    /// Only with remains.
    pub remains_only: bool,
}

/// A violation process.
#[derive(Debug, Clone, Serialize)]
pub struct ViolationPlan {
    /// The party it is alleged against.
    pub party: usize,
    /// Its name, the party's.
    pub name: String,
    /// Background rate.
    pub rate: Num,
    /// Early excess: times, mean decay in seconds.
    pub early: Option<(Num, f64)>,
    /// What one of its events adds to each process: (process, mean number of offspring).
    pub excites: Vec<(usize, Num)>,
    /// Mean memory, seconds.
    pub memory: f64,
    /// Whether its intensity can change other than by its own early decay.
    pub is_excited: bool,
    /// Severity.
    pub severity: LawId,
    /// Chance of a dispute.
    pub opens: Num,
    /// Times the severity.
    pub by_severity: bool,
    /// Harm, where any is described.
    pub harm: Option<HarmPlan>,
    /// Chance of being confirmed.
    pub confirmed: Option<Num>,
    /// Who answers.
    pub claimed_by: Option<usize>,
    /// Whose count it is.
    pub counted_by: Option<String>,
    /// Timer.
    pub timer: u32,
    /// Streams: gaps; severity and coin; harm.
    pub gap_stream: StreamId,
    /// Severity and coin.
    pub mark_stream: StreamId,
    /// Harm.
    pub harm_stream: StreamId,
    /// Disputes over it.
    pub dispute_stream: StreamId,
    /// Nothing changes its course, and only those over which a dispute opens change anyone's: see `model::ahead`.
    pub runs_ahead: bool,
}

/// Harm done by violations.
#[derive(Debug, Clone, Serialize)]
pub struct HarmPlan {
    /// Chance of a fatal one.
    pub fatal: Num,
    /// Deaths beyond the first.
    pub further_deaths: Option<LawId>,
    /// Injuries.
    pub injuries: Option<LawId>,
    /// Chance that a fatal one opens a dispute.
    pub fatal_opens: Option<Num>,
    /// Chance of a burst.
    pub burst: Num,
    /// Deaths in a burst.
    pub burst_deaths: Option<LawId>,
    /// Chance that a burst opens a dispute.
    pub burst_opens: Option<Num>,
}

/// What an outside event moves.
#[derive(Debug, Clone, Default, Serialize)]
pub struct EffectPlan {
    /// Trust of a party.
    pub trust: Vec<(usize, Num)>,
    /// Log hazard, log-odds of settling, log-odds of an extension.
    pub pulse: Option<[Num; 3]>,
    /// Violations brought on, by process.
    pub violations: Vec<(usize, Num)>,
    /// Mean decay, seconds; none: it stays.
    pub decays: Option<f64>,
}

/// An outside event.
#[derive(Debug, Clone, Serialize)]
pub struct ExternalPlan {
    /// Its name.
    pub name: String,
    /// Its date, or none where it comes at a rate.
    pub at: Option<Time>,
    /// Its rate.
    pub rate: Option<Num>,
    /// What it does.
    pub effect: EffectPlan,
    /// A dispute: chance, claimant, severity.
    pub dispute: Option<(Num, usize, Num)>,
    /// Timer.
    pub timer: u32,
    /// Stream.
    pub stream: StreamId,
    /// Disputes over it.
    pub dispute_stream: StreamId,
}

/// Another front.
#[derive(Debug, Clone, Serialize)]
pub struct FrontPlan {
    /// Its name.
    pub name: String,
    /// Rate at which its truce breaks.
    pub breaks: Num,
    /// When it expires.
    pub expires: Option<Time>,
    /// Chance that it is renewed.
    pub renewed: Num,
    /// Loading of its log hazard on the shared factor.
    pub shared: Num,
    /// What its end does.
    pub effect: EffectPlan,
    /// Timers: break, expiry.
    pub timer: u32,
    /// Timer of its expiry.
    pub expiry_timer: u32,
    /// Stream.
    pub stream: StreamId,
}

/// Loadings on the shared factor.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct SharedPlan {
    /// Log collapse hazard.
    pub collapse: Num,
    /// Log background rates.
    pub violations: Num,
    /// Log-odds of an extension.
    pub extension: Num,
    /// Log-odds of settling.
    pub settles: Num,
    /// Stream.
    pub stream: StreamId,
}

/// A mediator.
#[derive(Debug, Clone, Serialize)]
pub struct MediatorPlan {
    /// Its name.
    pub name: String,
    /// Files at once.
    pub files: u32,
    /// Chance of being available on a day; none where always.
    pub available: Option<Num>,
    /// Speed.
    pub speed: Num,
    /// Added log-odds.
    pub leverage: Num,
    /// Stream of its availability.
    pub stream: StreamId,
}

/// Mediation.
#[derive(Debug, Clone, Serialize)]
pub struct MediationPlan {
    /// Mediators, fastest stated speed first, then by name.
    pub mediators: Vec<MediatorPlan>,
    /// Servers: which mediator each belongs to.
    pub servers: Vec<usize>,
    /// First of the servers' timers, which are consecutive.
    pub first_timer: u32,
    /// Length of an attempt.
    pub takes: LawId,
    /// Chance that one settles.
    pub settles: Num,
    /// Attempts per file.
    pub attempts: u32,
    /// What becomes of an unsettled file.
    pub unsettled: Unsettled,
    /// A hold stays while its file is open.
    pub keeps_hold: bool,
    /// What a settlement may contain.
    pub settlement: Option<SettlementPlan>,
    /// Whether log-odds of settling ever move.
    pub moves: bool,
}

/// What becomes of a file no attempt settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Unsettled {
    /// It stays open.
    OpenFile,
    /// The answer grows.
    Escalates,
    /// The truce collapses.
    Collapse,
}

/// What a settlement may contain.
#[derive(Debug, Clone, Serialize)]
pub struct SettlementPlan {
    /// An extra round takes people of the last tranches rather than of the next.
    pub takes_last: bool,
    /// Chance of an extra round, time after the settlement, tranches kept for it.
    pub extra: Option<(Num, Time, Vec<usize>)>,
    /// Chance that the next tranche is brought forward, and by how much.
    pub acceleration: Option<(Num, Time)>,
    /// Chance that later legs become simultaneous.
    pub simultaneous: Num,
}

/// Trust.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct TrustPlan {
    /// Base.
    pub base: Num,
    /// Share of the way up.
    pub up: Num,
    /// Share down.
    pub down: Num,
    /// Mean time of return, seconds.
    pub returns: Option<f64>,
}

/// Endings.
#[derive(Debug, Clone, Serialize)]
pub struct EndingPlan {
    /// Hazard within the term.
    pub collapse: Num,
    /// Effects on the log hazard: trust, open files, burst, value; none where all are zero.
    pub effects: Option<[Num; 4]>,
    /// How long a burst counts, seconds.
    pub burst_lasts: Time,
    /// Decision at expiry.
    pub at_term: Option<AtTermPlan>,
    /// Hazard in limbo.
    pub limbo: Option<Num>,
    /// Hazard in an extension or next phase.
    pub later: Option<Num>,
    /// Timers: collapse, end of a burst.
    pub timer: u32,
    /// Timer of the end of a burst.
    pub burst_timer: Option<u32>,
    /// Stream.
    pub stream: StreamId,
}

/// Decision at expiry.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct AtTermPlan {
    /// Chance of an extension.
    pub extended: Num,
    /// Its length.
    pub length: Time,
    /// Effect of talks started.
    pub talks_effect: Num,
    /// Effect of trust.
    pub trust_effect: Num,
    /// Chance of a counter-offer.
    pub counter_offer: Num,
    /// Its length.
    pub counter_length: Time,
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

/// A fact of the observed history.
#[derive(Debug, Clone, Serialize)]
pub struct FactPlan {
    /// When.
    pub at: Time,
    /// What.
    pub what: Fact,
}

/// What was observed.
#[derive(Debug, Clone, Serialize)]
pub enum Fact {
    /// People released in a leg of a tranche: tranche, side, cohort and people, whether it completes the leg, remains confirmed.
    Released {
        /// Tranche; none for people released outside any.
        tranche: Option<usize>,
        /// Side.
        side: Side,
        /// Cohort and people.
        people: Vec<(usize, u32)>,
        /// Ends the leg.
        completes: bool,
        /// Remains confirmed.
        confirmed: u32,
    },
    /// A dispute opened.
    Disputed {
        /// Who opened it.
        claimant: usize,
        /// What was held: a queue, the truce, or nothing.
        held: Held,
        /// When it ended.
        until: Option<Time>,
        /// Its number among the facts.
        ordinal: u64,
    },
    /// A dispute of the facts ended.
    Ended {
        /// Its number among the facts.
        ordinal: u64,
    },
    /// A milestone met.
    Met(usize),
    /// Violations counted.
    Violations {
        /// The process.
        process: usize,
        /// How many more than at the count before.
        count: u64,
        /// Deaths, likewise.
        killed: u64,
        /// Since when.
        since: Time,
    },
    /// A delivery.
    Delivered {
        /// The flow.
        flow: usize,
        /// Which of its days.
        index: usize,
        /// How much.
        amount: u64,
    },
    /// Talks started.
    TalksStarted,
}

/// What a dispute of the facts held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Held {
    /// Words only.
    Nothing,
    /// A queue.
    Queue(Queue),
    /// The truce.
    Truce,
}

/// Observed history.
#[derive(Debug, Clone, Serialize)]
pub struct HistoryPlan {
    /// End of the last known day.
    pub as_of: Time,
    /// The actual start.
    pub started: Time,
    /// Facts in order of time.
    pub facts: Vec<FactPlan>,
    /// Timer of the facts.
    pub timer: u32,
    /// Timer of the end of the known past.
    pub as_of_timer: u32,
    /// Stream of mediation of disputes still open.
    pub stream: StreamId,
}

/// What a timer stands for. The order of variants is the rank among simultaneous events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Event {
    /// The next fact of the history.
    Fact,
    /// The known past ends.
    AsOf,
    /// The truce starts.
    Start,
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
    /// What follows a leg late beyond grace, and the grace.
    pub leg_missed: Option<(MissedPlan, Time)>,
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

impl Plan {
    /// The timer of deaths in a cohort.
    pub fn death_timer(&self, cohort: usize) -> Option<u32> {
        self.cohorts[cohort].death_timer
    }
}

impl ResponsePlan {
    /// Whether the party ever holds its queue of a class.
    pub fn can_hold(&self, class: usize) -> bool {
        let holds = match self.rule {
            AnswerRule::Always(answer) => answer == 3,
            AnswerRule::Odds(_) | AnswerRule::Proportional(_) => true,
        };
        holds && self.holds[class].is_some()
    }
}
