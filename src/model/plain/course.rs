//! Which plans are plain, and what of them is fixed before any replication.

use crate::dist::{Row, Sampler};
use crate::kernel::{NEVER, Time};
use crate::model::disputes::shifted;
use crate::model::draws::Draws;
use crate::model::plan::*;
use crate::model::subjects::Subject;
use crate::model::{address, happening::Answered, happening::Cause};

/// What is fixed of a plain plan.
#[derive(Debug, Clone)]
pub(super) struct Course<'p> {
    pub term_end: Time,
    /// The end of the term, or the horizon where that comes first.
    pub deadline: Time,
    pub first_leg_timer: u32,
    /// Legs in the order in which they are carried out: one after another.
    pub legs: Vec<LegCourse>,
    /// The last leg on which captives come home.
    pub last_captives: Option<usize>,
    pub steps: Vec<StepCourse>,
    /// Events by how many steps were taken.
    pub events_by_step: Vec<Events>,
    pub durations: Durations<'p>,
    /// Promises by their due times: time, side, people.
    pub dues: Vec<(Time, Side, i64)>,
    /// People promised without a date, by side.
    pub undated: [i64; 2],
    /// People in all, by side.
    pub people: [i64; 2],
    /// What disputes are about: processes, then flows, as [`crate::model::ahead`] numbers them.
    pub sources: Vec<Source>,
    /// Those whose claimant suspends the truce; otherwise it lets everything pass. In the order in which they come at one instant.
    pub suspending: Vec<usize>,
    /// Whether violations bring on others, so that they are not drawn in the order of their ordinals.
    pub has_offspring: bool,
    pub mediation: Option<MediationCourse<'p>>,
}

/// A leg.
#[derive(Debug, Clone)]
pub(super) struct LegCourse {
    pub tranche: usize,
    pub side: Side,
    pub timer: u32,
    /// Whether a round begins with it, and then when at the earliest.
    pub is_first: bool,
    pub from: Time,
    pub due: Time,
    pub people: i64,
    /// Prisoners who become owed when it begins, and when its people are released.
    pub owed_before: i64,
    pub owed_after: i64,
}

/// A step of a leg.
#[derive(Debug, Clone)]
pub(super) struct StepCourse {
    /// Its leg, and whether it is the first of it.
    pub leg: usize,
    pub begins_leg: bool,
    /// Whether the people of the leg are released at its end.
    pub releases: bool,
    /// Whether people are assembled at its end.
    pub stages: bool,
    /// Where its duration stands among all.
    pub place: usize,
}

/// Events of the first so many steps: rounds that start with one of them, and ends of steps that are counted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Events {
    pub rounds: i64,
    pub steps: i64,
}

/// How long a step takes.
#[derive(Debug, Clone)]
struct Duration<'p> {
    law: &'p Sampler,
    pace: f64,
    stream: usize,
    position: u64,
}

/// How long the steps take.
#[derive(Debug, Clone, Default)]
pub(super) struct Durations<'p> {
    /// Step by step.
    steps: Vec<Duration<'p>>,
    /// Where all steps draw from the first words of one stream: it, and their laws with factors by the place of the word.
    pub row: Option<(usize, Row<'p>)>,
}

/// Words of a stream that are asked for at once.
const AT_ONCE: u64 = 64;

impl<'p> Durations<'p> {
    fn of(steps: Vec<Duration<'p>>) -> Self {
        Self { row: row(&steps), steps }
    }

    /// By step: where in the room of [`Durations::room`] its duration stands.
    fn place(&self, step: usize) -> usize {
        if self.row.is_some() { self.steps[step].position as usize } else { step }
    }

    /// How many durations there is to be room for.
    pub(super) fn room(&self) -> usize {
        self.row.as_ref().map_or(self.steps.len(), |(_, row)| row.words())
    }

    /// The durations in seconds, one by one.
    pub(super) fn each(&self, draws: &mut Draws<'_>) -> impl Iterator<Item = f64> {
        self.steps
            .iter()
            .map(|step| step.law.sample(draws.streams.word(step.stream, step.position)) * step.pace)
    }
}

/// Laws and factors by the place of their words, where all are among the first of one stream.
fn row<'p>(steps: &[Duration<'p>]) -> Option<(usize, Row<'p>)> {
    let stream = steps.first()?.stream;
    if steps.iter().any(|step| step.stream != stream || step.position >= AT_ONCE) {
        return None;
    }
    Some((stream, Row::new(steps.iter().map(|step| (step.position as usize, step.law, step.pace)).collect())))
}

/// Something that disputes are about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    pub timer: u32,
    pub stream: StreamId,
    pub subject: Subject,
    /// With which probability a dispute opens over one: of violations only those are given over which one does.
    pub opens: f64,
}

/// Mediation of one file at a time.
#[derive(Debug, Clone)]
pub(super) struct MediationCourse<'p> {
    pub timer: u32,
    pub takes: &'p Sampler,
    pub speed: f64,
    pub settles: f64,
    pub attempts: u64,
    /// Whether the truce collapses after the last failed attempt; otherwise the suspension ends and the file stays open.
    pub collapses: bool,
}

impl<'p> Course<'p> {
    /// None where the plan is not plain.
    pub(super) fn of(plan: &'p Plan) -> Option<Self> {
        is_plain(plan).then_some(())?;
        let term_end = plan.term.as_ref().map_or(NEVER, |t| t.end);
        let (sources, suspending) = sources(plan)?;
        let mut course = Self {
            term_end,
            deadline: term_end.min(plan.horizon),
            first_leg_timer: 0,
            legs: Vec::new(),
            last_captives: None,
            steps: Vec::new(),
            events_by_step: vec![Events::default()],
            durations: Durations::default(),
            dues: Vec::new(),
            undated: [0; 2],
            people: [CAPTIVES, PRISONERS].map(|side| {
                plan.cohorts.iter().filter(|c| c.side == side).map(|c| i64::from(c.people)).sum()
            }),
            sources,
            suspending,
            has_offspring: plan.violations.iter().any(|v| !v.excites.is_empty()),
            mediation: match &plan.mediation {
                Some(mediation) => Some(mediation_course(plan, mediation)?),
                None => None,
            },
        };
        let mut durations = Vec::new();
        for index in 0..plan.tranches.len() {
            course.add_round(plan, index, &mut durations)?;
        }
        course.durations = Durations::of(durations);
        for (index, step) in course.steps.iter_mut().enumerate() {
            step.place = course.durations.place(index);
        }
        course.first_leg_timer = course.legs.iter().map(|l| l.timer).min()?;
        course.dues.sort_unstable();
        people_suffice(plan).then_some(course)
    }

    fn add_round(&mut self, plan: &'p Plan, index: usize, durations: &mut Vec<Duration<'p>>) -> Option<()> {
        let tranche = &plan.tranches[index];
        let (due, from) = match tranche.due {
            Due::At(time) => (time, time),
            Due::After(Trigger::Start, by) => (by, 0),
            Due::After(..) => return None,
            Due::Undated => (NEVER, 0),
        };
        let order = match tranche.legs {
            Legs::CaptivesFirst => [CAPTIVES, PRISONERS],
            Legs::PrisonersFirst => [PRISONERS, CAPTIVES],
            Legs::Simultaneous => return None,
        };
        let people = |side: Side| {
            tranche.leg[side].items.range().map(|i| i64::from(plan.items[i].people)).sum::<i64>()
        };
        let promised = tranche.promised_side();
        match due < NEVER {
            true => self.dues.push((due, promised, people(promised))),
            false => self.undated[promised] += people(promised),
        }
        let owed = if tranche.leg[CAPTIVES].absent { 0 } else { people(PRISONERS) };
        let mut is_first = true;
        for side in order.into_iter().filter(|side| !tranche.leg[*side].absent) {
            let leg = &tranche.leg[side];
            let steps = self.steps.len();
            for (place, step) in leg.steps.range().enumerate() {
                let pace = plan.parties[leg.owner].pace.map_or(1.0, |pace| plan.numbers[pace.0 as usize]);
                let step = &plan.steps[step];
                durations.push(duration(plan, step, tranche.place, pace)?);
                self.steps.push(step_course(step, self.legs.len(), place == 0)?);
                self.count_events(is_first && place == 0, !step.is_implied);
            }
            let releases = self.steps[steps..].iter().filter(|s| s.releases).count();
            if releases != 1 || people(side) == 0 {
                return None;
            }
            let is_ahead = order[0] == PRISONERS;
            self.legs.push(LegCourse {
                tranche: index,
                side,
                timer: leg.timer,
                is_first,
                from,
                due,
                people: people(side),
                owed_before: if is_first && is_ahead { owed } else { 0 },
                owed_after: if side == CAPTIVES && !is_ahead { owed } else { 0 },
            });
            if side == CAPTIVES {
                self.last_captives = Some(self.legs.len() - 1);
            }
            is_first = false;
        }
        (!is_first).then_some(())
    }

    /// Counts the events of one more step.
    fn count_events(&mut self, begins_round: bool, is_counted: bool) {
        let before = self.events_by_step.last().copied().unwrap_or_default();
        self.events_by_step.push(Events {
            rounds: before.rounds + i64::from(begins_round),
            steps: before.steps + i64::from(is_counted),
        });
    }
}

/// Whether nothing that a plain course leaves out is in a plan. Every part of a plan is named here, so that a new one is thought about.
fn is_plain(plan: &Plan) -> bool {
    let Plan {
        name: _,
        labels: _,
        stops_at_completion: _,
        days_from_actual: _,
        start_delay,
        start_stream: _,
        start_timer,
        horizon: _,
        horizon_timer: _,
        midnights: _,
        clock_changes: _,
        midnight_timer,
        term,
        numbers: _,
        drawn,
        laws: _,
        streams: _,
        parties: _,
        cohorts,
        categories,
        captives_in_all: _,
        key_ceiling: _,
        bundles,
        tranches,
        stated_tranches: _,
        items: _,
        steps: _,
        identifies,
        has_repeats,
        list,
        leg_missed,
        leg_grace: _,
        catch_up,
        outsiders,
        milestones,
        flows,
        talks,
        fault,
        violations,
        externals,
        fronts,
        shared,
        mediation: _,
        trust,
        ending,
        history,
        timers: _,
        outcomes: _,
        series: _,
        shared_streams: _,
        unit_exponential: _,
    } = plan;
    let starts_as_agreed = start_delay.is_none() && start_timer.is_none() && history.is_none();
    let nothing_else = midnight_timer.is_none()
        && drawn.is_empty()
        && categories.is_empty()
        && bundles.is_empty()
        && list.is_none()
        && leg_missed.is_none()
        && outsiders.is_empty()
        && milestones.is_empty()
        && talks.is_none()
        && fault.is_none()
        && externals.is_empty()
        && fronts.is_empty()
        && shared.is_none()
        && trust.is_none()
        && !identifies
        && !has_repeats
        && *catch_up == CatchUp::Keep;
    let ahead = violations.iter().all(|v| v.harm.is_none() && v.confirmed.is_none())
        && flows.iter().all(|f| f.runs_ahead);
    let term_expires = term.as_ref().is_none_or(|t| t.renewal.is_none());
    let ending_is_steady = ending.as_ref().is_none_or(|e| e.effects.is_none() && e.at_term.is_none());
    starts_as_agreed
        && nothing_else
        && ahead
        && term_expires
        && ending_is_steady
        && cohorts.iter().all(cohort_is_plain)
        && are_one_after_another(tranches)
}

fn cohort_is_plain(cohort: &CohortPlan) -> bool {
    let knows_all = !cohort.remains && cohort.living.is_none() && cohort.dies.is_none();
    let obliges_nothing = cohort.key.is_empty() && cohort.remains_key.is_empty();
    knows_all && obliges_nothing && cohort.located.is_none()
}

/// Whether each round waits for both legs of the one before.
fn are_one_after_another(tranches: &[TranchePlan]) -> bool {
    tranches.iter().enumerate().all(|(index, tranche)| {
        let follows = match index {
            0 => !tranche.has_before,
            _ => tranche.has_before && waits_for_all(tranche, &tranches[index - 1]),
        };
        let next = (index + 1 < tranches.len()).then_some(index + 1);
        let is_stated = tranche.extension.is_none() && matches!(tranche.fill, Fill::Stated);
        follows && is_stated && tranche.followers.iter().copied().eq(next)
    })
}

/// Whether a round waits for both legs of the one before; the captives' is all where it is the only one, or the second.
fn waits_for_all(tranche: &TranchePlan, before: &TranchePlan) -> bool {
    let is_last = before.leg.iter().any(|leg| leg.absent) || before.legs == Legs::PrisonersFirst;
    match tranche.waits_for {
        WaitsFor::Round => true,
        WaitsFor::CaptiveLeg => is_last,
        WaitsFor::DueTime => false,
    }
}

/// Whether all who are stated are held, so that no leg is ever short of people.
fn people_suffice(plan: &Plan) -> bool {
    let mut left: Vec<i64> = plan.cohorts.iter().map(|c| i64::from(c.people)).collect();
    for tranche in &plan.tranches {
        for (side, leg) in tranche.leg.iter().enumerate() {
            for item in leg.items.range().map(|i| plan.items[i]) {
                left[item.cohort] -= i64::from(item.people);
                if leg.absent || plan.cohorts[item.cohort].side != side {
                    return false;
                }
            }
        }
    }
    left.iter().all(|people| *people >= 0)
}

fn duration<'p>(plan: &'p Plan, step: &StepPlan, tranche: u64, pace: f64) -> Option<Duration<'p>> {
    Some(Duration {
        law: plan.laws[step.takes.0 as usize].sampler.as_ref()?,
        pace,
        stream: step.stream as usize,
        position: tranche * u64::from(step.stride) + u64::from(step.lane),
    })
}

fn step_course(step: &StepPlan, leg: usize, begins_leg: bool) -> Option<StepCourse> {
    let is_whole = step.transfer.as_ref().is_none_or(|t| {
        let TransferPlan { window, hour, sites, gap, lift, turnaround, withheld } = t.as_ref();
        window.is_none()
            && hour.is_none()
            && sites.is_none()
            && gap.is_none()
            && lift.is_none()
            && turnaround.is_none()
            && withheld.is_none()
    });
    let is_other = matches!(step.kind, StepKind::List | StepKind::Identification);
    (is_whole && !is_other && !step.repeats && step.identification.is_none()).then_some(())?;
    Some(StepCourse {
        leg,
        begins_leg,
        releases: step.transfer.is_some(),
        stages: step.kind == StepKind::Staging,
        place: 0,
    })
}

/// What disputes can be about, and which of them suspend the truce, by timer.
fn sources(plan: &Plan) -> Option<(Vec<Source>, Vec<usize>)> {
    let violations = plan.violations.iter().enumerate().map(|(i, v)| {
        let subject = Subject::of(Cause::Violation(i as u32));
        (Source { timer: v.timer, stream: v.dispute_stream, subject, opens: 1.0 }, v.claimed_by)
    });
    let flows = plan.flows.iter().enumerate().map(|(i, f)| {
        let subject = Subject::of(Cause::Short(i as u32));
        let opens = f.short.map_or(0.0, |short| plan.numbers[short.opens.0 as usize]);
        let source = Source { timer: f.timer, stream: f.dispute_stream, subject, opens };
        (source, plan.parties[f.owner].opponent)
    });
    let (mut sources, mut suspending) = (Vec::new(), Vec::new());
    for (index, (source, claimant)) in violations.chain(flows).enumerate() {
        let answers = |answer: Answered| claimant.is_some_and(|c| always(plan, c) == Some(answer as u8));
        if answers(Answered::Suspend) {
            suspending.push(index);
        } else if claimant.is_some() && !answers(Answered::Absorb) {
            return None;
        }
        sources.push(source);
    }
    suspending.sort_by_key(|index| sources[*index].timer);
    Some((sources, suspending))
}

/// The answer that a party always gives.
fn always(plan: &Plan, party: usize) -> Option<u8> {
    let response = &plan.parties[party].response;
    match response.rule {
        AnswerRule::Always(answer) if response.effects.is_none() => Some(answer),
        _ => None,
    }
}

fn mediation_course<'p>(plan: &'p Plan, mediation: &'p MediationPlan) -> Option<MediationCourse<'p>> {
    let is_always_there = mediation.mediators.iter().all(|m| m.available.is_none());
    // While one suspension lasts no other dispute opens, so only the first mediator is ever asked.
    let mediator = &mediation.mediators[*mediation.servers.first()?];
    let number = |num: Num| plan.numbers[num.0 as usize];
    let settles = number(mediation.settles);
    (is_always_there && mediation.settlement.is_none()).then_some(())?;
    Some(MediationCourse {
        timer: mediation.first_timer,
        takes: plan.laws[mediation.takes.0 as usize].sampler.as_ref()?,
        speed: number(mediator.speed),
        settles: if mediation.moves { shifted(settles, number(mediator.leverage) + 0.0) } else { settles },
        attempts: u64::from(mediation.attempts),
        collapses: mediation.unsettled != Unsettled::OpenFile,
    })
}

/// Position of the coin that tells whether a dispute opens, in the stream of its cause.
#[inline]
pub(super) const fn coin(ordinal: u64) -> u64 {
    ordinal * address::DISPUTE_STRIDE + address::Answer::Opens as u64
}

/// Position of an attempt's duration in the stream of its cause; its result is the next.
#[inline]
pub(super) const fn attempt(ordinal: u64, attempt: u64) -> u64 {
    address::attempt(ordinal * address::DISPUTE_STRIDE, attempt)
}
