//! What may go wrong and what follows: answers, faults, violations, outside events, mediation, trust, endings.

use serde::Serialize;

use super::super::law::LawId;
use super::*;

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
    /// Times of violations known by their count.
    pub count_stream: StreamId,
    /// How many come in a block of time, and when.
    pub time_stream: StreamId,
    /// The early ones.
    pub early_stream: StreamId,
    /// How many each brings on.
    pub number_stream: StreamId,
    /// Severity and coin.
    pub mark_stream: StreamId,
    /// Harm.
    pub harm_stream: StreamId,
    /// Disputes over it.
    pub dispute_stream: StreamId,
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
    /// Effect of the share of their stages that are over.
    pub progress_effect: Num,
    /// Effect of trust.
    pub trust_effect: Num,
    /// Chance of a counter-offer.
    pub counter_offer: Num,
    /// Its length.
    pub counter_length: Time,
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
