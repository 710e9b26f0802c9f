//! How a round runs, what may go wrong, how parties answer, who settles, and how the truce ends.

use super::*;

table! {
    /// One attempt to carry out a tranche, step by step. A step that is absent takes no time and never fails.
    pub struct Round {
        /// Which leg comes first.
        pub legs: Legs = Legs::CaptivesFirst,
        /// What a round waits for besides its due time.
        pub waits_for: WaitsFor = WaitsFor::PreviousCaptiveLeg,
        /// What happens to later due times when a round starts late.
        pub catch_up: CatchUp = CatchUp::Keep,
        /// How late a leg may be before it counts as missed.
        pub grace: Duration = Duration::implied(86_400.0),
        /// What follows when a leg is later than that.
        pub missed: Option<Missed>,
        /// Names due ahead of each round.
        pub list: Option<List>,
        /// The check of the names.
        pub check: Option<Step>,
        /// Assembly of the people to be released.
        pub staging: Option<Step>,
        /// Notice to the intermediary, and its convoy.
        pub transit: Option<Step>,
        /// The handover to the intermediary.
        pub handover: Option<Handover>,
        /// From the intermediary to confirmed custody.
        pub custody: Option<Step>,
        /// Identification of remains.
        pub identification: Option<Identification>,
        /// The release of the other side's people.
        pub reciprocal: Option<Handover>,
    }
}

choice! {
    /// What happens to later due times when a round starts late.
    pub enum CatchUp {
        /// They keep their date.
        Keep = "keep",
        /// They move by as much.
        Shift = "shift",
        /// They are drawn together so that the last keeps its date.
        Compress = "compress",
    }
}

choice! {
    /// What a hold does to a step under way.
    pub enum WhenHeld {
        /// It lets it finish.
        Finish = "finish",
        /// It interrupts it: people go back, and the step is done again.
        Repeat = "repeat",
    }
}

table! {
    /// The names proposed for a round.
    pub struct List {
        /// How long before the round may begin they are due; where its window opens with something that happens, they are due then.
        pub lead: Duration = Duration::implied(86_400.0),
        /// They may be late.
        pub late: Option<Late>,
        /// What follows when they are late.
        pub missed: Option<Missed>,
        /// Names proposed beyond the people to be released.
        pub surplus: Option<Law<Count>>,
        /// The chance that a name is refused.
        pub refused: Param<Probability> = Param::implied(0.0),
        /// How long a substitute takes where a name was refused.
        pub substitution: Option<Law<Seconds>>,
        /// A name may be missing at the place of assembly.
        pub missing: Option<Late>,
    }
}

/// A step: how long it takes, or a table with more than that.
#[derive(Debug, Clone, schemars::JsonSchema)]
#[schemars(untagged)]
pub enum Step {
    /// Its duration.
    Takes(Box<Law<Seconds>>),
    /// More than its duration.
    Table(Box<StepTable>),
}

impl Read for Step {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        if node.get("takes").is_some() {
            StepTable::read(node, r).map(|t| Self::Table(Box::new(t)))
        } else {
            Law::read(node, r).map(|law| Self::Takes(Box::new(law)))
        }
    }
}

table! {
    /// A step of a round.
    pub struct StepTable {
        /// How long it takes.
        pub takes: Law<Seconds>,
        /// What a hold does to it when it is under way.
        pub when_held: WhenHeld = WhenHeld::Finish,
    }
}

table! {
    /// A step in which people change hands.
    pub struct Handover {
        /// How long it takes: at one site, or one trip.
        pub takes: Law<Seconds>,
        /// The hours of the day in which it can start.
        pub window: Option<Window>,
        /// The local hour at which it starts on its day at the earliest.
        pub hour: Option<Law<Seconds>>,
        /// At how many sites, one after another.
        pub sites: Option<Law<Count>>,
        /// The time between two sites.
        pub gap: Option<Law<Seconds>>,
        /// Vehicles that run in parallel.
        pub vehicles: Option<At<u64>>,
        /// People one vehicle carries.
        pub capacity: Option<At<u64>>,
        /// The time before a vehicle runs again.
        pub turnaround: Option<Law<Seconds>>,
        /// What a hold does to it when it is under way.
        pub when_held: WhenHeld = WhenHeld::Finish,
        /// A part of the people may be withheld.
        pub withheld: Option<Withheld>,
    }
}

table! {
    /// A leg carried out in part.
    pub struct Withheld {
        /// The chance of it, per leg.
        pub probability: Param<Probability>,
        /// The share withheld, rounded to whole people.
        pub share: Law<Probability>,
        /// What becomes of those withheld.
        pub then: WithheldThen = WithheldThen::CarriedOver,
    }
}

choice! {
    /// What becomes of people withheld from a leg.
    pub enum WithheldThen {
        /// They come with the next tranche.
        CarriedOver = "carried over",
        /// They stay owed.
        LeftOwed = "left owed",
    }
}

table! {
    /// Identification of remains after their handover.
    pub struct Identification {
        /// How long it takes.
        pub takes: Law<Seconds>,
        /// The chance that one set is not the person named.
        pub mismatch: Param<Probability> = Param::implied(0.0),
        /// The time until the right remains are handed over.
        pub replacement: Option<Law<Seconds>>,
        /// What follows a mismatch.
        pub missed: Option<Missed>,
        /// What a hold does to it when it is under way.
        pub when_held: WhenHeld = WhenHeld::Finish,
    }
}

table! {
    /// Procedural faults alleged in a round: at most one a round, of one class.
    pub struct Fault {
        /// The chance that a fault is alleged in a round.
        pub probability: Param<Probability>,
        /// The classes; shares are taken among those possible in the round.
        pub class: Named<FaultClass>,
    }
}

table! {
    /// A class of procedural fault. An allegation, never a finding.
    pub struct FaultClass {
        /// Its share among the classes.
        pub share: Param<NonNegative>,
        /// The party it is alleged against.
        pub against: At<String>,
        /// The party that alleges it; default: the other side's first.
        pub claimed_by: Option<At<String>>,
        /// The step at whose end it is alleged.
        pub at: FaultStep = FaultStep::Handover,
        /// How grave it is taken to be, from 0 to 1.
        pub severity: Param<Probability> = Param::implied(0.5),
        /// Only possible where the round returns remains.
        pub remains_only: At<bool> = At::implied(false),
    }
}

choice! {
    /// The step at which a fault is alleged.
    pub enum FaultStep {
        /// When the names arrive.
        List = "list",
        /// After the check of names.
        Check = "check",
        /// After the people are assembled.
        Staging = "staging",
        /// After the convoy.
        Transit = "transit",
        /// After the handover.
        Handover = "handover",
        /// After custody is confirmed.
        Custody = "custody",
        /// After identification.
        Identification = "identification",
        /// After the other side's release.
        Reciprocal = "reciprocal",
    }
}

table! {
    /// Kinetic violations alleged against one party, as one named reporter counts them.
    pub struct Violation {
        /// The background rate.
        pub rate: Param<PerSecond>,
        /// A higher rate at the start, settling.
        pub early: Option<Early>,
        /// How many further violations one of this party's brings on, by the party they are alleged against.
        pub excites: Named<Param<NonNegative>> = Named::default(),
        /// How long what excites this party's violations goes on, on average.
        pub memory: Duration = Duration::implied(259_200.0),
        /// How grave one is taken to be, from 0 to 1.
        pub severity: Law<Probability> = Law::implied(0.5),
        /// The chance that one opens a dispute.
        pub opens_dispute: Param<Probability> = Param::implied(0.0),
        /// Whether that chance is multiplied by the severity.
        pub by_severity: At<bool> = At::implied(false),
        /// The chance that one is fatal.
        pub fatal: Param<Probability> = Param::implied(0.0),
        /// Deaths beyond the first in a fatal one, rounded to whole people.
        pub further_deaths: Option<Law<NonNegative>>,
        /// Injuries in each, rounded to whole people.
        pub injuries: Option<Law<NonNegative>>,
        /// The chance that a fatal one opens a dispute, where it differs.
        pub fatal_opens_dispute: Option<Param<Probability>>,
        /// The chance that one is a burst: many killed in one night.
        pub burst: Param<Probability> = Param::implied(0.0),
        /// Deaths in a burst, rounded to whole people.
        pub burst_deaths: Option<Law<NonNegative>>,
        /// The chance that a burst opens a dispute, where it differs.
        pub burst_opens_dispute: Option<Param<Probability>>,
        /// The chance that one is confirmed by a third party.
        pub confirmed: Param<Probability> = Param::implied(0.0),
        /// The party that answers; default: the other side's first.
        pub claimed_by: Option<At<String>>,
        /// Whose count this is: the reporter and its definition.
        pub counted_by: Option<At<String>>,
    }
}

table! {
    /// A background that starts higher and settles.
    pub struct Early {
        /// How many times the settled rate at the start.
        pub times: Param<NonNegative>,
        /// The mean time over which the excess decays.
        pub decays: Duration,
    }
}

table! {
    /// An event from outside: dated, or at random.
    pub struct External {
        /// The day it happens.
        pub day: Option<At<i64>>,
        /// The local hour.
        pub at: Option<Hour>,
        /// Or the rate at which it happens.
        pub rate: Option<Param<PerSecond>>,
        /// What it does.
        pub effect: Effect,
        /// A dispute it may open.
        pub dispute: Option<ExternalDispute>,
    }
}

table! {
    /// What an outside event moves. A pulse jumps at once and decays; without `decays` it stays.
    pub struct Effect {
        /// Trust of a party, added at once.
        pub trust: Named<Param<Number>> = Named::default(),
        /// Log of the collapse hazard.
        pub collapse: Param<Number> = Param::implied(0.0),
        /// Log-odds that a file is settled.
        pub settles: Param<Number> = Param::implied(0.0),
        /// Log-odds of an extension.
        pub extension: Param<Number> = Param::implied(0.0),
        /// Violations it brings on in all, by the party they are alleged against.
        pub violations: Named<Param<NonNegative>> = Named::default(),
        /// The mean time over which a pulse decays.
        pub decays: Option<Duration>,
    }
}

table! {
    /// A dispute opened by an outside event.
    pub struct ExternalDispute {
        /// The chance.
        pub probability: Param<Probability>,
        /// The party that opens it.
        pub claimed_by: At<String>,
        /// How grave it is taken to be, from 0 to 1.
        pub severity: Param<Probability> = Param::implied(0.5),
    }
}

table! {
    /// A truce on another front, which may break or run out.
    pub struct Front {
        /// The rate at which it breaks.
        pub breaks: Param<PerSecond>,
        /// The day it expires.
        pub expires: Option<At<i64>>,
        /// The chance that it is renewed then.
        pub renewed: Param<Probability> = Param::implied(1.0),
        /// How its log hazard moves with the shared factor.
        pub shared: Param<Number> = Param::implied(0.0),
        /// What its end does here.
        pub effect: Effect,
    }
}

table! {
    /// How several risks move with one hidden factor.
    pub struct Shared {
        /// Log of the collapse hazard.
        pub collapse: Param<Number> = Param::implied(0.0),
        /// Log of each background rate of violations.
        pub violations: Param<Number> = Param::implied(0.0),
        /// Log-odds of an extension.
        pub extension: Param<Number> = Param::implied(0.0),
        /// Log-odds that a file is settled.
        pub settles: Param<Number> = Param::implied(0.0),
    }
}

table! {
    /// How a party answers.
    pub struct Response {
        /// A named policy.
        pub policy: Option<Policy>,
        /// Or its odds outright.
        pub odds: Option<Odds>,
        /// Which of its own queues it holds, by weight: captives, prisoners, movement, aid, talks.
        pub holds: Named<Param<NonNegative>> = Named::default(),
        /// By how much it slows its next step, when it slows.
        pub slows_by: Option<Law<Seconds>>,
        /// The share of breaches it lets pass, for the proportional policy.
        pub generosity: Param<Probability> = Param::implied(0.33),
        /// How the log-odds of acting rise with severity above one half.
        pub severity_effect: Param<Number> = Param::implied(0.0),
        /// How the log-odds of acting fall with trust above its base.
        pub trust_effect: Param<Number> = Param::implied(0.0),
        /// How the log-odds of acting rise with each dispute it opened before.
        pub memory_effect: Param<Number> = Param::implied(0.0),
        /// Whether a hold with nothing due waits for the next step or lapses.
        pub nothing_due: NothingDue = NothingDue::Waits,
    }
}

choice! {
    /// A named policy.
    pub enum Policy {
        /// Lets everything pass; no dispute.
        Absorbing = "absorbing",
        /// Answers in kind, letting a share pass.
        Proportional = "proportional",
        /// Holds at every breach.
        Strict = "strict",
        /// Suspends the truce at every breach.
        Suspending = "suspending",
        /// Leaves the truce at the first breach.
        EndsOnFirstBreach = "ends on first breach",
    }
}

table! {
    /// The odds of each answer, as weights.
    pub struct Odds {
        /// Lets it pass: no dispute.
        pub absorb: Param<NonNegative> = Param::implied(0.0),
        /// Protests in words.
        pub protest: Param<NonNegative> = Param::implied(0.0),
        /// Slows its next step.
        pub slow: Param<NonNegative> = Param::implied(0.0),
        /// Holds one of its own queues.
        pub hold: Param<NonNegative> = Param::implied(0.0),
        /// Suspends the truce.
        pub suspend: Param<NonNegative> = Param::implied(0.0),
        /// Withdraws: the truce collapses.
        pub withdraw: Param<NonNegative> = Param::implied(0.0),
    }
}

choice! {
    /// What a hold does on a queue with nothing due.
    pub enum NothingDue {
        /// It waits for the next step.
        Waits = "waits",
        /// It lapses at once.
        Lapses = "lapses",
    }
}

table! {
    /// Who settles disputes.
    pub struct Mediation {
        /// Disputes handled at once, where no mediators are named.
        pub files_at_once: At<u64> = At::implied(1_u64),
        /// Mediators by name.
        pub mediator: Named<Mediator> = Named::default(),
        /// How long one attempt takes.
        pub takes: Law<Seconds>,
        /// The chance that an attempt settles the file.
        pub settles: Param<Probability>,
        /// How many attempts a file gets.
        pub attempts: At<u64> = At::implied(1_u64),
        /// What becomes of a file that no attempt settled.
        pub unsettled: Unsettled = Unsettled::OpenFile,
        /// Whether a hold stays while its file is open.
        pub open_file_keeps_hold: At<bool> = At::implied(true),
        /// What a settlement may contain.
        pub settlement: Option<Settlement>,
    }
}

choice! {
    /// What becomes of a file that no attempt settled.
    pub enum Unsettled {
        /// It stays open.
        OpenFile = "open file",
        /// The answer grows: protest to hold, hold to suspension, suspension to collapse.
        Escalates = "escalates",
        /// The truce collapses.
        Collapse = "collapse",
    }
}

table! {
    /// A mediator.
    pub struct Mediator {
        /// Files it handles at once.
        pub files: At<u64> = At::implied(1_u64),
        /// The chance that it is available on a day.
        pub available: Param<Probability> = Param::implied(1.0),
        /// How fast it works: 2 halves the time.
        pub speed: Param<NonNegative> = Param::implied(1.0),
        /// Added to the log-odds that an attempt settles.
        pub leverage: Param<Number> = Param::implied(0.0),
    }
}

table! {
    /// What a settlement may contain besides lifting the hold.
    pub struct Settlement {
        /// An extra round that advances people of later tranches.
        pub extra_round: Option<ExtraRound>,
        /// A later tranche is brought forward.
        pub acceleration: Option<Acceleration>,
        /// The chance that later legs become simultaneous.
        pub simultaneous: Param<Probability> = Param::implied(0.0),
    }
}

table! {
    /// An extra round agreed in a settlement.
    pub struct ExtraRound {
        /// The chance, per settlement.
        pub probability: Param<Probability>,
        /// How many people of the next tranches it advances.
        pub people: At<u64>,
        /// Whose people it advances.
        pub takes_from: TakesFrom = TakesFrom::Last,
        /// How long after the settlement it is due.
        pub after: Duration,
        /// The most extra rounds.
        pub most: At<u64> = At::implied(1_u64),
    }
}

choice! {
    /// Whose people an extra round advances.
    pub enum TakesFrom {
        /// Those of the next tranches not yet begun.
        Next = "next",
        /// Those of the last ones.
        Last = "last",
    }
}

table! {
    /// A tranche brought forward in a settlement.
    pub struct Acceleration {
        /// The chance, per settlement.
        pub probability: Param<Probability>,
        /// By how much the next tranche not yet begun is brought forward.
        pub by: Duration,
    }
}

table! {
    /// Trust of each party in the other side, between 0 and 1.
    pub struct Trust {
        /// Where it starts, and what it is drawn back to.
        pub base: Param<Probability>,
        /// The share of the way to 1 it rises with each obligation kept.
        pub up: Param<Probability>,
        /// The share it falls with each breach that opens a dispute, times its severity.
        pub down: Param<Probability>,
        /// The mean time over which it is drawn back to its base; default: it is not.
        pub returns: Option<Duration>,
    }
}

table! {
    /// Collapse, expiry, extension and limbo.
    pub struct Ending {
        /// The hazard of collapse within the term.
        pub collapse: Param<PerSecond>,
        /// How the log hazard falls with trust above its base.
        pub trust_effect: Param<Number> = Param::implied(0.0),
        /// How the log hazard rises with each open file.
        pub open_file_effect: Param<Number> = Param::implied(0.0),
        /// How the log hazard rises after a burst.
        pub burst_effect: Param<Number> = Param::implied(0.0),
        /// For how long.
        pub burst_lasts: Duration = Duration::implied(172_800.0),
        /// How the log hazard moves with the share of captives still to come.
        pub value_effect: Param<Number> = Param::implied(0.0),
        /// What happens when the term runs out.
        pub at_term: Option<AtTerm>,
        /// After a term without successor.
        pub limbo: Option<Limbo>,
        /// The hazard of collapse in an extension or a next phase; default: as within the term.
        pub later_collapse: Option<Param<PerSecond>>,
    }
}

table! {
    /// The decision when the term runs out.
    pub struct AtTerm {
        /// The chance of an extension, at base trust and with talks not started.
        pub extended: Param<Probability> = Param::implied(0.0),
        /// How long it lasts.
        pub length: Duration = Duration::implied(1_209_600.0),
        /// Added to its log-odds where talks have started.
        pub talks_effect: Param<Number> = Param::implied(0.0),
        /// Added to its log-odds where every stage of the talks is over; in proportion where some are.
        pub progress_effect: Param<Number> = Param::implied(0.0),
        /// How its log-odds rise with trust above its base.
        pub trust_effect: Param<Number> = Param::implied(0.0),
        /// Where no extension is agreed: the chance that a counter-offer replaces the term.
        pub counter_offer: Param<Probability> = Param::implied(0.0),
        /// How long the counter-offer's term lasts.
        pub counter_length: Duration = Duration::implied(4_320_000.0),
    }
}

table! {
    /// The time after a term without successor.
    pub struct Limbo {
        /// The hazard of collapse.
        pub collapse: Param<PerSecond>,
    }
}
