//! Outcomes of one replication: what each holds, and how it is read off the world when the replication is over.

use serde::Serialize;

use super::happening::Observer;
use super::plan::{CAPTIVES, CLASSES, OutcomeSpec, PRISONERS, Plan, SeriesSpec, Side};
use super::world::{DELAY_CAUSES, Ending, MilestoneState, Phase, World};
use crate::kernel::{DAY, NEVER};

/// The value of an outcome that does not exist in a replication.
pub const MISSING: i64 = crate::stats::MISSING;

/// What an outcome holds. Indices refer to the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // each is described by its line in `specs`
pub enum Measure {
    Released(Side),
    CaptivesCompleted,
    Completed,
    CompletionS,
    Violations,
    Disputes,
    Suspensions,
    SuspendedS,
    MediationAttempts,
    Collapsed,
    CollapseS,
    FlowDelivered,
    Events,
    StartS,
    CohortReleased(usize),
    CategoryReleased(usize),
    StillHeld(Side),
    Elsewhere(Side),
    Abroad(Side),
    DiedInCustody,
    RemainsConfirmed,
    Mismatches,
    OutsideReleased,
    DelayPersonS(Side),
    CustodyPersonS(Side),
    GreatestBalance(Side),
    CategoryBalance(Side, usize),
    Unmet(Side),
    LongestStagedS,
    SentBack,
    WithheldPeople,
    LegDelayS(usize, Side),
    LegDone(usize, Side),
    DelayedBy(usize),
    Faults,
    ListsLate,
    NamesProposed,
    NamesRefused,
    ViolationsOf(usize),
    DeathsOf(usize),
    InjuriesOf(usize),
    ConfirmedOf(usize),
    BurstsOf(usize),
    Holds,
    HeldS(usize),
    LongestHoldS(usize),
    HeldADay(usize),
    Settled,
    OpenFiles,
    OpenDisputes,
    ExtraRounds,
    FlowOf(usize),
    FlowShare(usize),
    ShortWindows(usize),
    FlowRegion(usize, usize),
    MilestonesMet,
    MilestonesLate,
    MilestonesMissed,
    MilestoneS(usize),
    TalksStarted,
    TalksAgreed,
    TalksStages,
    LeastTrust(usize),
    CollapsedInTerm,
    CollapsedInExtension,
    CollapsedInLimbo,
    Extended,
    NextPhase,
    Renewals,
}

impl Measure {
    /// Whether it is 0 or 1: its mean is a share.
    pub const fn is_flag(self) -> bool {
        matches!(
            self,
            Self::CaptivesCompleted
                | Self::Completed
                | Self::Collapsed
                | Self::LegDone(..)
                | Self::HeldADay(_)
                | Self::TalksStarted
                | Self::TalksAgreed
                | Self::CollapsedInTerm
                | Self::CollapsedInExtension
                | Self::CollapsedInLimbo
                | Self::Extended
                | Self::NextPhase
        )
    }
}

/// The outcomes of a plan, in order: the contract's first, then those of the mechanisms it has.
pub fn specs(plan: &Plan) -> Vec<OutcomeSpec> {
    let mut list = Specs { plan, list: Vec::new() };
    list.core();
    list.people();
    list.rounds();
    list.breaches();
    list.obligations();
    list.endings();
    list.list
}

struct Specs<'a> {
    plan: &'a Plan,
    list: Vec<OutcomeSpec>,
}

impl Specs<'_> {
    fn add(&mut self, name: impl Into<String>, measure: Measure, high: i64) {
        self.list.push(OutcomeSpec { name: name.into(), measure, low: 0, high: high.max(1) });
    }

    fn add_signed(&mut self, name: String, measure: Measure, low: i64, high: i64) {
        self.list.push(OutcomeSpec { name, measure, low, high });
    }

    fn people_of(&self, side: Side) -> i64 {
        self.plan.cohorts.iter().filter(|c| c.side == side).map(|c| i64::from(c.people)).sum()
    }

    /// A count without a natural bound, from its expected size: wide enough that bins of width 1 serve in ordinary runs.
    const COUNT: i64 = 65_535;

    fn core(&mut self) {
        let horizon = self.plan.horizon;
        self.add("captives_released", Measure::Released(CAPTIVES), self.people_of(CAPTIVES));
        self.add("prisoners_released", Measure::Released(PRISONERS), self.people_of(PRISONERS));
        self.add("captives_completed", Measure::CaptivesCompleted, 1);
        self.add("completed", Measure::Completed, 1);
        self.add("completion_s", Measure::CompletionS, horizon);
        self.add("violations", Measure::Violations, Self::COUNT);
        self.add("disputes", Measure::Disputes, Self::COUNT);
        self.add("suspensions", Measure::Suspensions, Self::COUNT);
        self.add("suspended_s", Measure::SuspendedS, horizon);
        self.add("mediation_attempts", Measure::MediationAttempts, Self::COUNT);
        self.add("collapsed", Measure::Collapsed, 1);
        self.add("collapse_s", Measure::CollapseS, horizon);
        self.add("flow_delivered", Measure::FlowDelivered, self.flow_bound());
        self.add("events", Measure::Events, Self::COUNT);
    }

    fn flow_bound(&self) -> i64 {
        self.plan.flows.iter().map(|f| self.flow_bound_of(f)).sum::<i64>().max(1)
    }

    /// Four times what is promised is more than arrives in any ordinary run; beyond it only the histogram is coarse.
    fn flow_bound_of(&self, flow: &super::plan::FlowPlan) -> i64 {
        let target = self.plan.numbers[flow.target.0 as usize];
        (4.0 * target * flow.times.len() as f64) as i64
    }

    fn people(&mut self) {
        let plan = self.plan;
        let (horizon, days) = (plan.horizon, plan.horizon / DAY + 1);
        if plan.start_timer.is_some() {
            self.add("start_s", Measure::StartS, horizon);
        }
        for (index, cohort) in plan.cohorts.iter().enumerate() {
            if plan.cohorts.iter().filter(|c| c.side == cohort.side).count() > 1 {
                self.add(
                    format!("released.{}", cohort.name),
                    Measure::CohortReleased(index),
                    i64::from(cohort.people),
                );
            }
        }
        for (index, (category, cohorts)) in plan.categories.iter().enumerate() {
            let people = cohorts.iter().map(|c| i64::from(plan.cohorts[*c].people)).sum();
            self.add(format!("released_category.{category}"), Measure::CategoryReleased(index), people);
        }
        for (side, word) in [(CAPTIVES, "captives"), (PRISONERS, "prisoners")] {
            let people = self.people_of(side);
            if people == 0 {
                continue;
            }
            self.add(format!("{word}_still_held"), Measure::StillHeld(side), people);
            self.add(format!("{word}_unmet"), Measure::Unmet(side), people);
            self.add(format!("{word}_delay_person_s"), Measure::DelayPersonS(side), people * days * DAY);
            self.add(format!("{word}_custody_person_s"), Measure::CustodyPersonS(side), people * days * DAY);
            self.add(format!("{word}_greatest_balance"), Measure::GreatestBalance(side), people);
            for (index, (category, cohorts)) in plan.categories.iter().enumerate() {
                let of_side = cohorts.iter().filter(|c| plan.cohorts[**c].side == side);
                let people: i64 = of_side.map(|c| i64::from(plan.cohorts[*c].people)).sum();
                if people > 0 {
                    let name = format!("{word}_greatest_balance.{category}");
                    self.add(name, Measure::CategoryBalance(side, index), people);
                }
            }
            if plan.cohorts.iter().any(|c| c.side == side && c.goes[0].is_some()) {
                self.add(format!("{word}_elsewhere"), Measure::Elsewhere(side), people);
            }
            if plan.cohorts.iter().any(|c| c.side == side && c.goes[1].is_some()) {
                self.add(format!("{word}_abroad"), Measure::Abroad(side), people);
            }
        }
        if plan.cohorts.iter().any(|c| c.dies.is_some()) {
            self.add("died_in_custody", Measure::DiedInCustody, Self::COUNT);
        }
        if plan.cohorts.iter().any(|c| c.remains || c.living.is_some() || c.dies.is_some()) {
            self.add(
                "remains_confirmed",
                Measure::RemainsConfirmed,
                self.people_of(CAPTIVES) + self.people_of(PRISONERS),
            );
        }
        if plan.identifies {
            self.add("mismatches", Measure::Mismatches, self.people_of(CAPTIVES));
        }
        if !plan.outsiders.is_empty() {
            let people = plan.outsiders.iter().map(|o| i64::from(o.people)).sum();
            self.add("outside_released", Measure::OutsideReleased, people);
        }
    }

    fn rounds(&mut self) {
        let plan = self.plan;
        let horizon = plan.horizon;
        for (index, tranche) in plan.tranches.iter().enumerate() {
            for (side, word) in [(CAPTIVES, "captives"), (PRISONERS, "prisoners")] {
                if tranche.leg[side].absent {
                    continue;
                }
                let name = |what: &str| format!("tranche.{}.{word}_{what}", tranche.name);
                self.add(name("done"), Measure::LegDone(index, side), 1);
                if !matches!(tranche.due, super::plan::Due::Undated) {
                    self.add_signed(name("delay_s"), Measure::LegDelayS(index, side), -horizon, horizon);
                }
            }
        }
        for (cause, word) in DELAY_CAUSES.iter().enumerate().skip(1) {
            self.add(format!("delayed_by.{word}"), Measure::DelayedBy(cause), 2 * plan.tranches.len() as i64);
        }
        if plan
            .tranches
            .iter()
            .any(|t| t.leg.iter().any(|l| l.steps.range().any(|s| plan.steps[s].kind as u8 == 2)))
            || plan.tranches.iter().any(|t| !t.leg[PRISONERS].absent)
        {
            self.add("longest_staged_s", Measure::LongestStagedS, horizon);
        }
        if plan.has_repeats {
            self.add("sent_back", Measure::SentBack, Self::COUNT);
        }
        if plan.steps.iter().any(|s| s.transfer.as_ref().is_some_and(|t| t.withheld.is_some())) {
            self.add("withheld", Measure::WithheldPeople, Self::COUNT);
        }
        if let Some(list) = &plan.list {
            self.add("lists_late", Measure::ListsLate, plan.tranches.len() as i64);
            self.add("names_proposed", Measure::NamesProposed, Self::COUNT);
            if list.refused.is_some() {
                self.add("names_refused", Measure::NamesRefused, Self::COUNT);
            }
        }
        if plan.fault.is_some() {
            self.add("faults", Measure::Faults, plan.tranches.len() as i64);
        }
    }

    fn breaches(&mut self) {
        let plan = self.plan;
        for (index, process) in plan.violations.iter().enumerate() {
            let name = |what: &str| format!("{what}.{}", process.name);
            self.add(name("violations"), Measure::ViolationsOf(index), Self::COUNT);
            if process.harm.is_some() {
                self.add(name("deaths"), Measure::DeathsOf(index), Self::COUNT);
                self.add(name("injuries"), Measure::InjuriesOf(index), Self::COUNT);
                self.add(name("bursts"), Measure::BurstsOf(index), Self::COUNT);
            }
            if process.confirmed.is_some() {
                self.add(name("confirmed"), Measure::ConfirmedOf(index), Self::COUNT);
            }
        }
        for (class, word) in CLASSES {
            let class = class as usize;
            if plan.parties.iter().any(|p| p.response.can_hold(class)) {
                self.add(format!("held_s.{word}"), Measure::HeldS(class), plan.horizon);
                self.add(format!("longest_hold_s.{word}"), Measure::LongestHoldS(class), plan.horizon);
                self.add(format!("held_a_day.{word}"), Measure::HeldADay(class), 1);
            }
        }
        if plan.parties.iter().any(|p| (0..5).any(|c| p.response.can_hold(c))) {
            self.add("holds", Measure::Holds, Self::COUNT);
        }
        if let Some(mediation) = &plan.mediation {
            self.add("settled", Measure::Settled, Self::COUNT);
            self.add("open_files", Measure::OpenFiles, Self::COUNT);
            self.add("open_disputes", Measure::OpenDisputes, Self::COUNT);
            if mediation.settlement.as_ref().is_some_and(|s| s.extra.is_some()) {
                self.add("extra_rounds", Measure::ExtraRounds, Self::COUNT);
            }
        }
        if plan.trust.is_some() {
            for (index, party) in plan.parties.iter().enumerate().filter(|(_, p)| p.side.is_some()) {
                self.add(format!("least_trust.{}", party.name), Measure::LeastTrust(index), 1_000_000);
            }
        }
    }

    fn obligations(&mut self) {
        let plan = self.plan;
        for (index, flow) in plan.flows.iter().enumerate() {
            let bound = self.flow_bound_of(flow);
            self.add(format!("flow.{}", flow.name), Measure::FlowOf(index), bound);
            self.add(format!("flow_share.{}", flow.name), Measure::FlowShare(index), 4_000_000);
            if flow.short.is_some() {
                self.add(
                    format!("short.{}", flow.name),
                    Measure::ShortWindows(index),
                    flow.times.len() as i64,
                );
            }
            for (place, (region, _)) in flow.region.iter().enumerate() {
                self.add(format!("flow.{}.{region}", flow.name), Measure::FlowRegion(index, place), bound);
            }
        }
        if !plan.milestones.is_empty() {
            let all = plan.milestones.len() as i64;
            self.add("milestones_met", Measure::MilestonesMet, all);
            self.add("milestones_late", Measure::MilestonesLate, all);
            self.add("milestones_missed", Measure::MilestonesMissed, all);
            for (index, milestone) in plan.milestones.iter().enumerate() {
                self.add(format!("milestone_s.{}", milestone.name), Measure::MilestoneS(index), plan.horizon);
            }
        }
        if plan.talks.is_some() {
            self.add("talks_started", Measure::TalksStarted, 1);
            self.add("talks_agreed", Measure::TalksAgreed, 1);
            if plan.talks.as_ref().is_some_and(|t| t.stages > 1) {
                let stages = plan.talks.as_ref().map_or(1, |t| t.stages);
                self.add("talks_stages", Measure::TalksStages, i64::from(stages));
            }
        }
    }

    fn endings(&mut self) {
        let plan = self.plan;
        if plan.term.is_some() && plan.ending.is_some() {
            self.add("collapsed_in_term", Measure::CollapsedInTerm, 1);
            self.add("collapsed_in_extension", Measure::CollapsedInExtension, 1);
            self.add("collapsed_in_limbo", Measure::CollapsedInLimbo, 1);
        }
        if plan.ending.as_ref().is_some_and(|e| e.at_term.is_some()) {
            self.add("extended", Measure::Extended, 1);
        }
        if plan.talks.is_some() {
            self.add("next_phase", Measure::NextPhase, 1);
        }
        if plan.term.as_ref().is_some_and(|t| t.renewal.is_some()) {
            self.add(
                "renewals",
                Measure::Renewals,
                i64::from(plan.term.as_ref().and_then(|t| t.renewal.as_ref()).map_or(0, |r| r.most)),
            );
        }
    }
}

/// The daily trajectories of a plan, in the order of [`super::world::Series`], then trust by party, then flows.
pub fn series(plan: &Plan) -> Vec<SeriesSpec> {
    let people = |side| {
        plan.cohorts.iter().filter(|c| c.side == side).map(|c| i64::from(c.people)).sum::<i64>().max(1)
    };
    let spec = |name: &str, start, high| SeriesSpec { name: name.to_string(), start, low: 0, high };
    let mut list = vec![
        spec("captives_released", 0, people(CAPTIVES)),
        spec("prisoners_released", 0, people(PRISONERS)),
        spec("alive", 1, 1),
        spec("open_disputes", 0, 255),
    ];
    let base = plan.trust.map_or(0, |t| (plan.numbers[t.base.0 as usize] * 1e6 + 0.5) as i64);
    list.extend(plan.parties.iter().map(|p| spec(&format!("trust.{}", p.name), base, 1_000_000)));
    list.extend(plan.flows.iter().map(|f| {
        let high = (4.0 * plan.numbers[f.target.0 as usize] * f.times.len() as f64) as i64;
        spec(&format!("flow.{}", f.name), 0, high.max(1))
    }));
    list
}

impl<O: Observer> World<'_, O> {
    /// Reads the outcomes of the last replication into `values`, in the plan's order; [`MISSING`] where one does not exist.
    pub fn outcomes(&self, values: &mut Vec<i64>) {
        values.clear();
        for spec in &self.plan.outcomes {
            values.push(self.measure(spec.measure));
        }
    }

    fn measure(&self, measure: Measure) -> i64 {
        let counts = &self.counts;
        match measure {
            Measure::Released(side) => self.sides[side].released,
            Measure::CaptivesCompleted => flag(self.captives_at <= self.deadline()),
            Measure::Completed => flag(self.is_completed()),
            Measure::CompletionS => {
                if self.is_completed() {
                    self.completed_at
                } else {
                    MISSING
                }
            }
            Measure::Violations => self.violations,
            Measure::Disputes => counts.disputes,
            Measure::Suspensions => counts.suspensions,
            Measure::SuspendedS => counts.suspended_s,
            Measure::MediationAttempts => counts.attempts,
            Measure::Collapsed => flag(self.phase == Phase::Collapsed),
            Measure::CollapseS => time_or_missing(self.collapse_at),
            Measure::FlowDelivered => self.flow_total,
            Measure::Events => counts.events,
            other => self.measure_of_mechanism(other),
        }
    }

    fn measure_of_mechanism(&self, measure: Measure) -> i64 {
        let counts = &self.counts;
        match measure {
            Measure::StartS => time_or_missing(self.started),
            Measure::CohortReleased(cohort) => i64::from(self.released[cohort]),
            Measure::CategoryReleased(index) => self.category_released(index),
            Measure::StillHeld(side) => {
                self.of_side(side, |world, c| world.plan.cohorts[c].people - world.released[c])
            }
            Measure::Elsewhere(side) => self.going(side, 0),
            Measure::Abroad(side) => self.going(side, 1),
            Measure::DiedInCustody => counts.died,
            Measure::RemainsConfirmed => counts.confirmed,
            Measure::Mismatches => counts.mismatches,
            Measure::OutsideReleased => counts.outside,
            Measure::DelayPersonS(side) => self.sides[side].delay_person_s,
            Measure::CustodyPersonS(side) => self.sides[side].custody_person_s,
            Measure::GreatestBalance(side) => self.sides[side].greatest_balance,
            Measure::CategoryBalance(side, category) => self.categories.greatest[2 * category + side],
            Measure::Unmet(side) => {
                (self.sides[side].promised + self.sides[side].to_come - self.sides[side].released).max(0)
            }
            Measure::LongestStagedS => counts.longest_staged,
            Measure::SentBack => counts.sent_back,
            Measure::WithheldPeople => counts.withdrawn,
            Measure::LegDelayS(tranche, side) => self.delay_of(tranche, side).unwrap_or(MISSING),
            Measure::LegDone(tranche, side) => flag(self.legs[2 * tranche + side].finished < NEVER),
            Measure::DelayedBy(cause) => {
                self.legs.iter().filter(|l| l.cause as usize == cause).count() as i64
            }
            Measure::Faults => counts.faults,
            Measure::ListsLate => counts.lists_late,
            Measure::NamesProposed => counts.names_proposed,
            Measure::NamesRefused => counts.names_refused,
            Measure::ViolationsOf(process) => self.processes[process].count,
            Measure::DeathsOf(process) => self.processes[process].deaths,
            Measure::InjuriesOf(process) => self.processes[process].injuries,
            Measure::ConfirmedOf(process) => self.processes[process].confirmed,
            Measure::BurstsOf(process) => self.processes[process].bursts,
            other => self.measure_of_answers(other),
        }
    }

    fn measure_of_answers(&self, measure: Measure) -> i64 {
        let counts = &self.counts;
        match measure {
            Measure::Holds => counts.holds,
            Measure::HeldS(class) => self.of_class(class).map(|q| q.held_s).sum(),
            Measure::LongestHoldS(class) => self.of_class(class).map(|q| q.longest_s).max().unwrap_or(0),
            Measure::HeldADay(class) => flag(self.of_class(class).any(|q| q.longest_s >= DAY)),
            Measure::Settled => counts.settled,
            Measure::OpenFiles => self.open_files,
            Measure::OpenDisputes => self.open_disputes,
            Measure::ExtraRounds => counts.extra_rounds,
            Measure::FlowOf(flow) => self.flows[flow].total,
            Measure::FlowShare(flow) => self.flow_share(flow),
            Measure::ShortWindows(flow) => self.flows[flow].short,
            Measure::FlowRegion(flow, region) => {
                let share = self.num(self.plan.flows[flow].region[region].1);
                (self.flows[flow].total as f64 * share + 0.5) as i64
            }
            Measure::MilestonesMet => {
                self.milestones.iter().filter(|m| matches!(m, MilestoneState::Met(_))).count() as i64
            }
            Measure::MilestonesLate => self.milestones_late(),
            Measure::MilestonesMissed => self.milestones_missed(),
            Measure::MilestoneS(milestone) => match self.milestones[milestone] {
                MilestoneState::Met(at) => at,
                _ => MISSING,
            },
            Measure::TalksStarted => flag(self.talks.started.is_some()),
            Measure::TalksAgreed => flag(self.talks.agreed),
            Measure::TalksStages => i64::from(self.talks.stages),
            Measure::LeastTrust(party) => self.least_trust[party],
            Measure::CollapsedInTerm => {
                flag(matches!(self.collapsed_in, Some(Phase::Holding | Phase::NotBegun)))
            }
            Measure::CollapsedInExtension => {
                flag(matches!(self.collapsed_in, Some(Phase::Extended | Phase::NextPhase)))
            }
            Measure::CollapsedInLimbo => flag(self.collapsed_in == Some(Phase::Limbo)),
            Measure::Extended => flag(self.was_extended),
            Measure::NextPhase => flag(self.ending() == Ending::NextPhase),
            Measure::Renewals => counts.renewals,
            _ => MISSING,
        }
    }

    /// The end of the term, or the horizon where there is none.
    fn deadline(&self) -> i64 {
        self.term_end.min(self.plan.horizon)
    }

    fn is_completed(&self) -> bool {
        self.completed_at <= self.deadline()
    }

    fn of_side(&self, side: Side, count: impl Fn(&Self, usize) -> u32) -> i64 {
        let cohorts = (0..self.plan.cohorts.len()).filter(|c| self.plan.cohorts[*c].side == side);
        cohorts.map(|c| i64::from(count(self, c))).sum()
    }

    fn category_released(&self, index: usize) -> i64 {
        self.plan.categories[index].1.iter().map(|cohort| i64::from(self.released[*cohort])).sum()
    }

    /// People of a side gone to a destination: the stated share of each cohort's releases, rounded to whole people.
    fn going(&self, side: Side, destination: usize) -> i64 {
        self.of_side(side, |world, cohort| {
            let share = world.plan.cohorts[cohort].goes[destination].map_or(0.0, |p| world.num(p));
            (f64::from(world.released[cohort]) * share + 0.5) as u32
        })
    }

    fn of_class(&self, class: usize) -> impl Iterator<Item = &super::world::QueueState> {
        self.queues.iter().skip(class).step_by(CLASSES.len())
    }

    /// What arrived over what was promised by now, in millionths.
    fn flow_share(&self, flow: usize) -> i64 {
        let plan = &self.plan.flows[flow];
        let due = plan.times.iter().filter(|t| **t <= self.now).count() as f64;
        let target = self.num(plan.target) * due;
        if target > 0.0 { (self.flows[flow].total as f64 / target * 1e6 + 0.5) as i64 } else { MISSING }
    }

    fn milestones_late(&self) -> i64 {
        let late = |(index, state): (usize, &MilestoneState)| {
            let due = self.milestone_due[index].saturating_add(self.plan.milestones[index].grace);
            matches!(state, MilestoneState::Met(at) if *at > due)
        };
        self.milestones.iter().enumerate().filter(|m| late(*m)).count() as i64
    }

    fn milestones_missed(&self) -> i64 {
        let missed = |(index, state): (usize, &MilestoneState)| {
            !matches!(state, MilestoneState::Met(_))
                && self.milestone_due[index].saturating_add(self.plan.milestones[index].grace) <= self.now
        };
        self.milestones.iter().enumerate().filter(|m| missed(*m)).count() as i64
    }
}

fn flag(is: bool) -> i64 {
    i64::from(is)
}

fn time_or_missing(time: i64) -> i64 {
    if time >= NEVER { MISSING } else { time }
}
