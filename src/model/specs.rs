//! Which outcomes and trajectories a plan has, with their names and the ranges their histograms separate.

use super::outcome::Measure;
use super::plan::{CAPTIVES, CLASSES, OutcomeSpec, PRISONERS, Plan, SeriesSpec, Side};
use super::subjects::SUBJECTS;
use super::world::DELAY_CAUSES;
use crate::kernel::DAY;

/// The outcomes of a plan, in order: the contract's first, then those of the mechanisms it has.
pub fn outcomes(plan: &Plan) -> Vec<OutcomeSpec> {
    let mut list = Specs { plan, list: Vec::new() };
    list.core();
    list.people();
    list.rounds();
    list.breaches();
    list.subjects();
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
                self.add(name("delayed_by"), Measure::FirstCause(index, side), DELAY_CAUSES.len() as i64 - 1);
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
        if let Some(fault) = &plan.fault {
            self.add("faults", Measure::Faults, plan.tranches.len() as i64);
            for (index, class) in fault.classes.iter().enumerate() {
                self.add(
                    format!("faults.{}", class.name),
                    Measure::FaultsOf(index),
                    plan.tranches.len() as i64,
                );
            }
        }
    }

    /// What disputes are over, where they can be over more than one thing.
    fn subjects(&mut self) {
        let plan = self.plan;
        let possible: Vec<_> =
            SUBJECTS.into_iter().filter(|(subject, _)| subject.is_possible(plan)).collect();
        if possible.len() < 2 {
            return;
        }
        for (subject, word) in &possible {
            self.add(format!("disputes_over.{word}"), Measure::DisputesOver(*subject), Self::COUNT);
        }
        for (subject, word) in &possible {
            self.add(format!("held_over_s.{word}"), Measure::HeldOverS(*subject), plan.horizon);
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
            self.add("term_extended", Measure::Extended, 1);
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
