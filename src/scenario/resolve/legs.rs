//! Legs of tranches and the steps of a round.

use super::Resolver;
use crate::model::address::{MAIN_STRIDE, MORE_STRIDE, More};
use crate::model::plan::*;
use crate::scenario::schema::{Handover, Step, WhenHeld, WithheldThen};

impl Resolver<'_> {
    pub(super) fn legs(
        &mut self,
        people: &[(usize, u32)],
        parties: &[PartyPlan],
        cohorts: &[CohortPlan],
        bundles: &[BundlePlan],
    ) -> [LegPlan; 2] {
        let mut of_side = [Vec::new(), Vec::new()];
        for (cohort, stated) in people {
            add(&mut of_side[cohorts[*cohort].side], *cohort, *stated);
        }
        if self.withholds() {
            for (cohort, plan) in cohorts.iter().enumerate() {
                if !of_side[plan.side].is_empty() {
                    add(&mut of_side[plan.side], cohort, 0);
                }
            }
        }
        for (cohort, _) in of_side[CAPTIVES].clone() {
            for owed in owed_by(cohort, cohorts, bundles) {
                add(&mut of_side[PRISONERS], owed, 0);
            }
        }
        if !of_side.iter().all(Vec::is_empty) {
            for owed in owed_by_events(bundles) {
                add(&mut of_side[PRISONERS], owed, 0);
            }
        }
        let [captives, prisoners] = of_side;
        [self.leg(CAPTIVES, &captives, parties, cohorts), self.leg(PRISONERS, &prisoners, parties, cohorts)]
    }

    pub(super) fn withholds(&self) -> bool {
        let round = &self.file.round;
        [&round.handover, &round.reciprocal].iter().any(|h| h.as_ref().is_some_and(|h| h.withheld.is_some()))
    }

    pub(super) fn leg(
        &mut self,
        side: Side,
        people: &[(usize, u32)],
        parties: &[PartyPlan],
        cohorts: &[CohortPlan],
    ) -> LegPlan {
        let from = self.items.len() as u32;
        self.items
            .extend(people.iter().map(|(cohort, people)| ItemPlan { cohort: *cohort, people: *people }));
        let items = Slice { from, to: self.items.len() as u32 };
        let class = if side == CAPTIVES { Class::Captives } else { Class::Prisoners };
        let mut owners: Vec<usize> = people.iter().map(|(c, _)| cohorts[*c].holder).collect();
        owners.sort_unstable();
        owners.dedup();
        let default_owner = parties.iter().position(|p| p.side == Some(side)).unwrap_or(0);
        let has_dead = people
            .iter()
            .any(|(c, _)| cohorts[*c].remains || cohorts[*c].living.is_some() || cohorts[*c].dies.is_some());
        LegPlan {
            items,
            steps: if people.is_empty() { Slice::default() } else { self.leg_steps(side, has_dead) },
            queues: owners.iter().map(|o| queue(*o, class)).collect(),
            owner: owners.first().copied().unwrap_or(default_owner),
            timer: 0,
            grace_timer: None,
            replacement_timer: None,
            absent: people.is_empty(),
        }
    }

    /// The steps of a leg. They are the same for every tranche, so they are made once.
    pub(super) fn leg_steps(&mut self, side: Side, has_dead: bool) -> Slice {
        let key = 2 * side + usize::from(has_dead);
        if let Some(slice) = self.step_slices[key] {
            return slice;
        }
        let from = self.steps.len() as u32;
        if side == CAPTIVES {
            self.captive_steps(has_dead);
        } else {
            let reciprocal = self.file.round.reciprocal.as_ref();
            self.transfer_step(StepKind::Reciprocal, reciprocal);
        }
        let slice = Slice { from, to: self.steps.len() as u32 };
        self.step_slices[key] = Some(slice);
        slice
    }

    pub(super) fn captive_steps(&mut self, has_dead: bool) {
        let round = &self.file.round;
        self.plain_step(StepKind::Check, round.check.as_ref());
        self.plain_step(StepKind::Staging, round.staging.as_ref());
        self.plain_step(StepKind::Transit, round.transit.as_ref());
        self.transfer_step(StepKind::Handover, round.handover.as_ref());
        self.plain_step(StepKind::Custody, round.custody.as_ref());
        if let (true, Some(identification)) = (has_dead, &round.identification) {
            let takes = self.law(&identification.takes);
            let mut step = self.step(StepKind::Identification, takes, identification.when_held);
            step.identification = Some(IdentificationPlan {
                mismatch: self.num(&identification.mismatch),
                replacement: identification.replacement.as_ref().map(|l| self.law(l)),
                missed: identification.missed.as_ref().map(|m| self.missed(m)),
            });
            self.steps.push(step);
        }
    }

    /// The laws of `[round]` are checked also where no tranche takes the step; nothing of it stays in the plan.
    pub(super) fn check_unused_steps(&mut self) {
        let sizes =
            [self.numbers.len(), self.laws.len(), self.streams.len(), self.steps.len(), self.drawn.len()];
        self.captive_steps(true);
        self.transfer_step(StepKind::Reciprocal, self.file.round.reciprocal.as_ref());
        let [numbers, laws, streams, steps, drawn] = sizes;
        self.numbers.truncate(numbers);
        self.laws.truncate(laws);
        self.streams.truncate(streams);
        self.steps.truncate(steps);
        self.drawn.truncate(drawn);
    }

    pub(super) fn plain_step(&mut self, kind: StepKind, step: Option<&Step>) {
        let (law, when_held) = match step {
            None => return,
            Some(Step::Takes(law)) => (&**law, WhenHeld::Finish),
            Some(Step::Table(table)) => (&table.takes, table.when_held),
        };
        let takes = self.law(law);
        let step = self.step(kind, takes, when_held);
        self.steps.push(step);
    }

    /// A transfer is always there: without one in the file people change hands at once.
    pub(super) fn transfer_step(&mut self, kind: StepKind, handover: Option<&Handover>) {
        let Some(handover) = handover else {
            let zero = self.constant(0.0);
            let takes = self.push_law(
                crate::model::law::LawForm::Constant(zero),
                self.file.name.span,
                "an implied step",
            );
            let mut step = self.step(kind, takes, WhenHeld::Finish);
            step.transfer = Some(Box::new(TransferPlan::default()));
            step.is_implied = true;
            self.steps.push(step);
            return;
        };
        let takes = self.law(&handover.takes);
        let mut step = self.step(kind, takes, handover.when_held);
        step.transfer = Some(Box::new(self.transfer(handover)));
        self.steps.push(step);
    }

    pub(super) fn transfer(&mut self, handover: &Handover) -> TransferPlan {
        let lift = match (&handover.vehicles, &handover.capacity) {
            (Some(vehicles), Some(capacity)) if vehicles.value > 0 && capacity.value > 0 => {
                Some((vehicles.value.min(1_000) as u32, capacity.value.min(10_000_000) as u32))
            }
            (None, None) => None,
            (vehicles, capacity) => {
                let help = "give both, each at least 1: `vehicles = 3, capacity = 120`";
                let zero = [vehicles, capacity].into_iter().flatten().find(|n| n.value == 0);
                let span = zero.or(vehicles.as_ref()).or(capacity.as_ref()).map_or(handover.span, |n| n.span);
                self.fault("S116", span, "a lift needs vehicles and their capacity", help);
                None
            }
        };
        if let (Some(_), Some(sites)) = (lift, &handover.sites) {
            self.fault(
                "S109",
                sites.span,
                "both sites and vehicles are given",
                "a handover goes site by site, or by vehicles",
            );
        }
        TransferPlan {
            window: handover.window.as_ref().map(|w| (w.from.seconds, w.to.seconds)),
            hour: handover.hour.as_ref().map(|l| self.law(l)),
            sites: handover.sites.as_ref().map(|l| self.law(l)),
            gap: handover.gap.as_ref().map(|l| self.law(l)),
            lift,
            turnaround: handover.turnaround.as_ref().map(|l| self.law(l)),
            withheld: handover
                .withheld
                .as_ref()
                .map(|w| (self.num(&w.probability), self.law(&w.share), w.then == WithheldThen::CarriedOver)),
        }
    }

    pub(super) fn step(
        &mut self,
        kind: StepKind,
        takes: crate::model::law::LawId,
        when_held: WhenHeld,
    ) -> StepPlan {
        let (stream, stride, lane) = match kind {
            StepKind::Check => ("round", MAIN_STRIDE, 0),
            StepKind::Handover => ("round", MAIN_STRIDE, 1),
            StepKind::Reciprocal => ("round", MAIN_STRIDE, 2),
            StepKind::Custody => ("round", MAIN_STRIDE, 3),
            StepKind::Staging => ("round.more", MORE_STRIDE, More::Staging as u32),
            StepKind::Transit => ("round.more", MORE_STRIDE, More::Transit as u32),
            StepKind::List | StepKind::Identification => {
                ("round.more", MORE_STRIDE, More::Identification as u32)
            }
        };
        StepPlan {
            kind,
            takes,
            repeats: when_held == WhenHeld::Repeat,
            transfer: None,
            identification: None,
            stream: self.stream(stream, ""),
            stride,
            lane,
            is_implied: false,
        }
    }
}

fn add(list: &mut Vec<(usize, u32)>, cohort: usize, people: u32) {
    match list.iter_mut().find(|(c, _)| *c == cohort) {
        Some((_, stated)) => *stated += people,
        None => list.push((cohort, people)),
    }
}

/// Every cohort the release of one can oblige to.
pub(super) fn owed_by(cohort: usize, cohorts: &[CohortPlan], bundles: &[BundlePlan]) -> Vec<usize> {
    let keys = cohorts[cohort].key.iter().chain(&cohorts[cohort].remains_key).map(|k| k.owed);
    let with = bundles.iter().filter(|b| b.owed_on.cohort() == Some(cohort));
    keys.chain(with.flat_map(|b| b.release.iter().map(|(c, _)| *c))).collect()
}

/// Every cohort that something other than a release can make owed: any tranche may be the next to begin then.
fn owed_by_events(bundles: &[BundlePlan]) -> Vec<usize> {
    let of_events = bundles.iter().filter(|b| b.owed_on.cohort().is_none());
    of_events.flat_map(|b| b.release.iter().map(|(c, _)| *c)).collect()
}
