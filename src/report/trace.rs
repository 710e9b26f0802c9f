//! One replication as a list of what happened.

use serde_json::{Map, Value, json};

use super::quantity::{plural, several};
use crate::kernel::Time;
use crate::kernel::stream::Domain;
use crate::model::happening::{ANSWERS, Cause, Happening, Recorder};
use crate::model::plan::{CAPTIVES, CLASSES, PRISONERS, Plan, STEPS};
use crate::model::world::{ENDINGS, World};
use crate::scenario::load::Loaded;
use crate::stats::{Bins, MISSING, Summary};

/// A replication with everything that was seen of it.
#[derive(Debug, Clone)]
pub struct Trace {
    /// What happened, in order.
    pub seen: Vec<(Time, Happening)>,
    /// Its outcomes, in the plan's order.
    pub outcomes: Vec<i64>,
    /// How the truce stood.
    pub ending: &'static str,
    /// The digest a batch of this replication alone would have.
    pub digest: String,
}

/// Runs one replication and keeps what happens.
pub fn record(plan: &Plan, seed: u64, replication: u64) -> Trace {
    let mut world = World::new(plan, seed, Domain::Main, Recorder::default());
    world.run(replication);
    let mut outcomes = Vec::new();
    world.outcomes(&mut outcomes);
    let bins: Vec<Bins> = plan.outcomes.iter().map(|o| Bins::new(o.low, o.high)).collect();
    let mut summary = Summary::new(&bins);
    summary.record(replication, &outcomes);
    Trace {
        seen: world.observer().seen.clone(),
        outcomes,
        ending: ENDINGS[world.ending() as usize],
        digest: summary.digest().to_string(),
    }
}

/// A trace as lines: day, local time, what happened.
pub fn lines(loaded: &Loaded, trace: &Trace) -> Vec<String> {
    let plan = &loaded.plan;
    let line = |(time, what): &(Time, Happening)| {
        let day = crate::model::world::day_of(&plan.midnights, *time) + 1;
        let local = loaded.calendar.local_text(*time);
        let mark = if what.is_counted() { '*' } else { ' ' };
        format!("day {day:>3}  {local} {mark} {}", describe(plan, what))
    };
    trace.seen.iter().map(line).collect()
}

/// A trace as a document.
pub fn document(loaded: &Loaded, seed: u64, replication: u64, trace: &Trace) -> Value {
    let plan = &loaded.plan;
    let events: Vec<Value> = trace
        .seen
        .iter()
        .map(|(time, what)| {
            json!({ "time_s": time, "local": loaded.calendar.local_text(*time), "what": describe(plan, what), "counted": what.is_counted() })
        })
        .collect();
    let outcomes: Map<String, Value> = plan
        .outcomes
        .iter()
        .zip(&trace.outcomes)
        .map(|(spec, value)| (spec.name.clone(), if *value == MISSING { Value::Null } else { json!(value) }))
        .collect();
    json!({
        "scenario": { "name": plan.name, "digest": loaded.digest },
        "variant": loaded.variant,
        "overrides": loaded.overrides,
        "seed": seed,
        "replication": replication,
        "ending": trace.ending,
        "events": events,
        "outcomes": outcomes,
        "digest": trace.digest,
    })
}

/// Who holds the people of a side, where the word for them is the same on both.
fn whose(plan: &Plan, side: usize) -> String {
    if plan.labels[0] != plan.labels[1] {
        return String::new();
    }
    let mut holders: Vec<usize> = plan.cohorts.iter().filter(|c| c.side == side).map(|c| c.holder).collect();
    holders.dedup();
    match holders[..] {
        [holder] => format!(" held by {}", plan.parties[holder].label),
        _ => format!(" of the {} side", if side == CAPTIVES { "captives'" } else { "prisoners'" }),
    }
}

/// People of a side, counted, by the scenario's word for them.
pub fn people_in_words(plan: &Plan, side: usize, n: u64) -> String {
    several(n, &plan.labels[side]) + &whose(plan, side)
}

/// The people of one release; of the dead it is their remains that come.
fn released(plan: &Plan, side: u8, people: u32, remains: u32) -> String {
    let counted = |n: u32| people_in_words(plan, usize::from(side), u64::from(n));
    match (people - remains, remains) {
        (living, 0) => counted(living),
        (0, dead) => format!("remains of {}", counted(dead)),
        (living, dead) => format!("{} and remains of {}", counted(living), counted(dead)),
    }
}

/// What happened, in words.
pub fn describe(plan: &Plan, what: &Happening) -> String {
    let tranche = |t: &u32| plan.tranches[*t as usize].name.clone();
    let people = |side: &u8| {
        format!("{}{}", plural(&plan.labels[usize::from(*side)]), whose(plan, usize::from(*side)))
    };
    let counted = |n: &u32, side: &u8| people_in_words(plan, usize::from(*side), u64::from(*n));
    match what {
        Happening::RoundStarted { tranche: t } => format!("round {} begins", tranche(t)),
        Happening::StepEnded { tranche: t, side, step } => {
            format!("round {}, {}: {} ends", tranche(t), people(side), STEPS[*step as usize])
        }
        Happening::Released { tranche: t, side, people: n, remains } => {
            format!("round {}: {} released", tranche(t), released(plan, *side, *n, *remains))
        }
        Happening::ReleasedBesides { side, people: n, remains } => {
            format!("{} released besides the agreed rounds", released(plan, *side, *n, *remains))
        }
        Happening::LegWaits { tranche: t, side } => {
            format!("round {}: release of {} is held up", tranche(t), people(side))
        }
        Happening::LegDone { tranche: t, side } => {
            format!("round {}: release of {} carried out", tranche(t), people(side))
        }
        Happening::Withheld { tranche: t, side, people: n } => {
            format!("round {}: {} withheld", tranche(t), counted(n, side))
        }
        Happening::SentBack { tranche: t, side, people: n } => {
            format!("round {}: {} sent back", tranche(t), counted(n, side))
        }
        Happening::ListDelivered { tranche: t, names } => {
            format!("round {}: list of {} delivered", tranche(t), several(u64::from(*names), "name"))
        }
        Happening::Confirmed { tranche: t, people } => {
            format!("round {}: {} of remains confirmed", tranche(t), several(u64::from(*people), "set"))
        }
        Happening::Mismatch { tranche: t, sets } => {
            let of = several(u64::from(*sets), "set");
            format!("round {}: {of} of remains not of the person named", tranche(t))
        }
        Happening::ExtraRound { tranche: t } => format!("extra round {} agreed", tranche(t)),
        Happening::BroughtForward { tranche: t } => format!("round {} brought forward", tranche(t)),
        Happening::DisputeOpened { cause, claimant, answer } => {
            format!(
                "{} opens a dispute over {}: {}",
                plan.parties[*claimant as usize].label,
                describe_cause(plan, cause),
                ANSWERS[*answer as usize]
            )
        }
        other => describe_other(plan, other),
    }
}

fn describe_other(plan: &Plan, what: &Happening) -> String {
    match what {
        Happening::OutsideReleased { outside, people } => {
            let plan_of = &plan.outsiders[*outside as usize];
            let holder = &plan.parties[plan_of.holder].label;
            let who = if *people == 1 { "person" } else { "people" };
            format!("{people} {who} outside the agreement released by {holder} ({})", plan_of.name)
        }
        Happening::DiedInCustody { cohort } => {
            format!("a person of {} died in custody", plan.cohorts[*cohort as usize].name)
        }
        Happening::Violation { process, deaths: 0 } => {
            format!("violation alleged against {}", plan.violations[*process as usize].name)
        }
        Happening::Violation { process, deaths } => {
            format!("violation alleged against {}, {deaths} killed", plan.violations[*process as usize].name)
        }
        Happening::Delivered { flow, amount } => {
            format!("{amount} of {} delivered", plan.flows[*flow as usize].name)
        }
        Happening::Short { flow } => format!("delivery of {} is short", plan.flows[*flow as usize].name),
        Happening::HoldBegan { queue } => format!("{} held", describe_queue(plan, *queue)),
        Happening::HoldEnded { queue } => format!("hold on {} lifted", describe_queue(plan, *queue)),
        Happening::AttemptEnded { mediator, settled } => {
            let name = plan
                .mediation
                .as_ref()
                .map_or("mediators", |m| m.mediators[*mediator as usize].name.as_str());
            format!("{name}: attempt ends, {}", if *settled { "settled" } else { "not settled" })
        }
        Happening::MilestoneMet { milestone } => {
            format!("milestone {} met", plan.milestones[*milestone as usize].name)
        }
        Happening::MilestoneMissed { milestone } => {
            format!("milestone {} missed", plan.milestones[*milestone as usize].name)
        }
        Happening::External { event } => format!("outside event: {}", plan.externals[*event as usize].name),
        Happening::FrontEnded { front } => {
            format!("truce on another front ends: {}", plan.fronts[*front as usize].name)
        }
        Happening::Renewed { step } => format!("term renewed, step {step}"),
        Happening::TalksAdvanced { stage } => format!("stage {stage} of the talks is over"),
        Happening::TalksEnded { agreed } => {
            format!("talks end, {}", if *agreed { "agreed" } else { "without agreement" })
        }
        other => describe_plain(other).to_string(),
    }
}

const fn describe_plain(what: &Happening) -> &'static str {
    match what {
        Happening::TruceStarted => "the truce starts",
        Happening::PastEnds => "the known past ends; from here on it is simulated",
        Happening::Suspended => "the truce is suspended",
        Happening::Resumed => "the suspension ends",
        Happening::FileOpen => "a file stays open",
        Happening::LegsSimultaneous => "later legs become simultaneous",
        Happening::TalksStarted => "talks start",
        Happening::Extended => "the truce is extended",
        Happening::CounterOffer => "a counter-offer replaces the term",
        Happening::NextPhase => "the next phase begins",
        Happening::Expired => "the term runs out without a successor",
        Happening::Collapsed => "the truce collapses",
        _ => "the simulation stops looking",
    }
}

pub(super) fn describe_queue(plan: &Plan, queue: u32) -> String {
    let (owner, class) = (queue as usize / CLASSES.len(), queue as usize % CLASSES.len());
    format!("{} of {}", CLASSES[class].1, plan.parties[owner].label)
}

fn describe_cause(plan: &Plan, cause: &Cause) -> String {
    let tranche = |t: &u32| &plan.tranches[*t as usize].name;
    match cause {
        Cause::Fault(t, class) => {
            let name = plan.fault.as_ref().map_or("a fault", |f| f.classes[*class as usize].name.as_str());
            format!("{name} in round {}", tranche(t))
        }
        Cause::Violation(process) => {
            format!("a violation alleged against {}", plan.violations[*process as usize].name)
        }
        Cause::LateLeg(t, side) if usize::from(*side) == CAPTIVES => {
            format!("late {}{} in round {}", plural(&plan.labels[0]), whose(plan, CAPTIVES), tranche(t))
        }
        Cause::LateLeg(t, _) => {
            format!("late {}{} in round {}", plural(&plan.labels[1]), whose(plan, PRISONERS), tranche(t))
        }
        Cause::LateList(t) => format!("the late list of round {}", tranche(t)),
        Cause::Mismatch(t) => format!("remains in round {}", tranche(t)),
        Cause::Order(t) => format!("the order of release in round {}", tranche(t)),
        Cause::Short(flow) => format!("short {}", plan.flows[*flow as usize].name),
        Cause::Milestone(m) => format!("milestone {}", plan.milestones[*m as usize].name),
        Cause::Talks => "talks not started".to_string(),
        Cause::External(event) => format!("outside event {}", plan.externals[*event as usize].name),
        Cause::Observed(number) => format!("what is on record (dispute {})", number + 1),
    }
}
