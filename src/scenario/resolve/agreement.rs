//! Parties, cohorts, the key, tranches with their legs and steps.

use super::Resolver;
use crate::kernel::Time;
use crate::model::address::EXTRA_PLACE;
use crate::model::plan::*;
use crate::scenario::read::{Named, resolve_name};
use crate::scenario::schema::{self, CompositionRule, Condition, Release};
use crate::scenario::source::At;

impl Resolver<'_> {
    pub(super) fn parties(&mut self) -> Vec<PartyPlan> {
        let file = self.file;
        let side_of = |side: schema::Side| match side {
            schema::Side::Captives => Some(CAPTIVES),
            schema::Side::Prisoners => Some(PRISONERS),
            schema::Side::Neither => None,
        };
        let first = |side| file.party.entries.iter().position(|(_, p)| side_of(p.side) == Some(side));
        let mut parties = Vec::new();
        for (name, party) in &file.party.entries {
            let side = side_of(party.side);
            let late = party.list_late.as_ref().or(file.round.list.as_ref().and_then(|l| l.late.as_ref()));
            parties.push(PartyPlan {
                name: name.value.clone(),
                label: party.label.as_ref().map_or_else(|| name.value.clone(), |l| l.value.clone()),
                side,
                opponent: side.and_then(|s| first(1 - s)),
                list_late: late.map(|l| self.late(l)),
                pace: self.num_unless(&party.pace, 1.0),
                response: self.response(&name.value, side),
            });
        }
        for (name, _) in &file.response.entries {
            self.party(name);
        }
        parties
    }

    pub(super) fn cohorts(&mut self, parties: &[PartyPlan]) -> Vec<CohortPlan> {
        let file = self.file;
        let mut cohorts: Vec<CohortPlan> = Vec::new();
        for (name, cohort) in &file.cohort.entries {
            let holder = self.party(&cohort.held_by);
            let side = parties.get(holder).and_then(|p| p.side);
            if side.is_none() && parties.get(holder).is_some_and(|p| p.name == cohort.held_by.value) {
                let message = format!("`{}` is on neither side, so it holds nobody", cohort.held_by.value);
                self.fault(
                    "S102",
                    cohort.held_by.span,
                    message,
                    "name a party whose `side` is \"captives\" or \"prisoners\"",
                );
            }
            self.check_condition(cohort);
            let [elsewhere, abroad] = self.destinations(cohort);
            cohorts.push(CohortPlan {
                name: name.value.clone(),
                category: None,
                holder,
                side: side.unwrap_or(CAPTIVES),
                people: self.people(&cohort.people),
                remains: cohort.condition == Condition::Remains,
                living: cohort.living.as_ref().map(|p| self.num(p)),
                dies: cohort.dies.as_ref().map(|p| self.num(p)),
                death_timer: None,
                located: cohort.located.as_ref().map(|l| self.law(l)),
                key: Vec::new(),
                remains_key: Vec::new(),
                goes: [elsewhere, abroad],
                stream: self.stream("cohort", &name.value),
            });
        }
        self.keys(&mut cohorts);
        cohorts
    }

    /// Categories by name, with their cohorts; each cohort learns its own.
    pub(super) fn categories(&mut self, cohorts: &mut [CohortPlan]) -> Vec<(String, Vec<usize>)> {
        let file = self.file;
        let named = |c: usize| file.cohort.entries[c].1.category.as_ref().map(|c| c.value.as_str());
        let mut names: Vec<&str> = (0..cohorts.len()).filter_map(named).collect();
        names.sort_unstable();
        names.dedup();
        for (index, cohort) in cohorts.iter_mut().enumerate() {
            cohort.category = named(index).and_then(|name| names.binary_search(&name).ok());
        }
        let of =
            |category: usize| (0..cohorts.len()).filter(|c| cohorts[*c].category == Some(category)).collect();
        names.iter().enumerate().map(|(index, name)| ((*name).to_string(), of(index))).collect()
    }

    pub(super) fn people(&mut self, people: &At<u64>) -> u32 {
        if people.value > 10_000_000 {
            self.fault(
                "S103",
                people.span,
                "more people than the simulation counts",
                "give at most 10,000,000 in one place",
            );
        }
        u32::try_from(people.value).unwrap_or(0)
    }

    fn check_condition(&mut self, cohort: &schema::Cohort) {
        match (&cohort.condition, &cohort.living) {
            (Condition::Unknown, None) => {
                let help = "give `living`, the chance that one of them is alive, for example `living = 0.8`";
                self.fault(
                    "S116",
                    cohort.span,
                    "the condition is unknown, so how many are alive must be stated as a chance",
                    help,
                );
            }
            (Condition::Living | Condition::Remains, Some(living)) => {
                self.fault(
                    "S116",
                    living.span,
                    "`living` is for people of unknown condition",
                    "write `condition = \"unknown\"` or leave `living` out",
                );
            }
            _ => {}
        }
        if let (Some(located), Condition::Living) = (&cohort.located, &cohort.condition) {
            self.fault(
                "S116",
                located.span,
                "`located` is for remains",
                "leave it out, or write `condition = \"remains\"`",
            );
        }
    }

    fn destinations(&mut self, cohort: &schema::Cohort) -> [Option<Num>; 2] {
        let mut shares = [None, None];
        let mut total = 0.0;
        for (name, share) in &cohort.goes.entries {
            total += share.known().unwrap_or(0.0);
            match name.value.as_str() {
                "elsewhere" => shares[0] = Some(self.num(share)),
                "abroad" => shares[1] = Some(self.num(share)),
                "home" => {}
                other => {
                    let message = format!("`{other}` is not a destination");
                    self.fault("S114", name.span, message, "destinations are home, elsewhere and abroad");
                }
            }
        }
        if total > 1.0 + 1e-9 {
            self.fault(
                "S114",
                cohort.goes.span,
                format!("the shares add up to {total}, more than 1"),
                "give shares that add up to at most 1",
            );
        }
        shares
    }

    // ---- tranches ----

    /// The numbers of the tranches, in order.
    pub(super) fn tranche_order(&self) -> Vec<u64> {
        let mut order: Vec<u64> =
            self.file.tranche.entries.iter().filter_map(|(name, _)| name.value.parse().ok()).collect();
        order.sort_unstable();
        order
    }

    /// Tranches in order of their number, then rounds kept for settlements; and how many are stated.
    pub(super) fn tranches(
        &mut self,
        parties: &[PartyPlan],
        cohorts: &[CohortPlan],
        bundles: &[BundlePlan],
    ) -> (Vec<TranchePlan>, usize) {
        let file = self.file;
        let mut numbered = Vec::new();
        for (name, tranche) in &file.tranche.entries {
            match name.value.parse::<u64>() {
                Ok(_) if name.value.starts_with(['0', '+']) && name.value != "0" => {
                    let message = format!("tranche `{}` is not written as a plain number", name.value);
                    self.fault(
                        "S107",
                        name.span,
                        message,
                        "write it without leading zeros or a sign: `[tranche.1]`",
                    );
                }
                Ok(number) if (1..=1 << 20).contains(&number) => numbered.push((number, name, tranche)),
                _ => {
                    let message = format!("`{}` is not a tranche's number", name.value);
                    self.fault(
                        "S107",
                        name.span,
                        message,
                        "number tranches from 1 as the agreement does: `[tranche.1]`",
                    );
                }
            }
        }
        numbered.sort_by_key(|(number, ..)| *number);
        let order: Vec<u64> = numbered.iter().map(|(number, ..)| *number).collect();
        let mut plans: Vec<TranchePlan> = Vec::new();
        for (number, name, tranche) in &numbered {
            let plan = self.tranche(*number, name, tranche, &order, parties, cohorts, bundles);
            plans.push(plan);
        }
        self.check_totals(&plans, cohorts);
        self.fill_rest(&mut plans, cohorts);
        let stated = plans.len();
        self.extra_rounds(&mut plans, parties, cohorts, bundles);
        link(&mut plans, stated);
        (plans, stated)
    }

    #[allow(clippy::too_many_arguments)] // the tranche as written, and everything it may name
    fn tranche(
        &mut self,
        number: u64,
        name: &At<String>,
        tranche: &schema::Tranche,
        order: &[u64],
        parties: &[PartyPlan],
        cohorts: &[CohortPlan],
        bundles: &[BundlePlan],
    ) -> TranchePlan {
        let before = self.faults.len();
        let (fill, mut people) = self.who(tranche, cohorts);
        for (name, stated) in &tranche.reciprocal.entries {
            let Some(cohort) = self.cohort(name) else { continue };
            if cohorts[cohort].side != PRISONERS {
                let message = format!("`{}` is not held by the prisoners' side", name.value);
                self.fault("S104", name.span, message, "put captives under `release`");
            }
            let stated = self.people(stated);
            people.push((cohort, stated));
        }
        // Whom a tranche names and nobody knows is a fault of its own.
        let named = tranche.reciprocal.len()
            + if let Some(Release::People(list)) = &tranche.release { list.len() } else { 0 };
        let is_sound = self.faults.len() == before && named <= people.len();
        let legs = tranche.legs.unwrap_or(self.file.round.legs);
        let waits = tranche.waits_for.unwrap_or(self.file.round.waits_for);
        let due = self.due(tranche.day.as_ref(), tranche.at, tranche.within.as_ref(), order);
        let is_none = people.iter().all(|(_, stated)| *stated == 0);
        if is_sound
            && is_none
            && (matches!(fill, Fill::Stated) || matches!(fill, Fill::Number { people: 0, .. }))
        {
            let help = "say who: `release = { women = 3 }`, `release = \"rest\"`, or `people` with `from`";
            self.fault("S108", tranche.span, format!("tranche {number} releases nobody"), help);
        }
        let place = number - 1;
        TranchePlan {
            number,
            name: name.value.clone(),
            due,
            waits_for: match waits {
                schema::WaitsFor::DueTime => WaitsFor::DueTime,
                schema::WaitsFor::PreviousCaptiveLeg => WaitsFor::CaptiveLeg,
                schema::WaitsFor::PreviousRound => WaitsFor::Round,
            },
            followers: Vec::new(),
            has_before: false,
            legs: legs_of(legs),
            fill,
            extension: tranche.extension.as_ref().map(extension_of),
            leg: self.legs(&people, parties, cohorts, bundles),
            place,
            list_timer: None,
            list_owner: 0,
        }
        .with_list_owner()
    }

    /// Who a tranche releases: the rule, and people by cohort.
    fn who(&mut self, tranche: &schema::Tranche, cohorts: &[CohortPlan]) -> (Fill, Vec<(usize, u32)>) {
        match (&tranche.release, &tranche.people) {
            (Some(_), Some(people)) => {
                let span = people.span;
                self.fault(
                    "S109",
                    span,
                    "both `release` and `people` are given",
                    "state people by cohort, or a number and the cohorts it may come from",
                );
                (Fill::Stated, Vec::new())
            }
            (Some(Release::Rest(_)), None) => {
                let all =
                    (0..cohorts.len()).filter(|c| cohorts[*c].side == CAPTIVES).map(|c| (c, 0)).collect();
                (Fill::Rest, all)
            }
            (Some(Release::People(list)), None) => (Fill::Stated, self.stated(list)),
            (None, Some(people)) => self.number(tranche, people, cohorts),
            (None, None) => (Fill::Stated, Vec::new()),
        }
    }

    fn stated(&mut self, list: &Named<At<u64>>) -> Vec<(usize, u32)> {
        let mut stated = Vec::new();
        for (name, people) in &list.entries {
            if let Some(cohort) = self.cohort(name) {
                stated.push((cohort, self.people(people)));
            }
        }
        stated
    }

    fn number(
        &mut self,
        tranche: &schema::Tranche,
        people: &At<u64>,
        cohorts: &[CohortPlan],
    ) -> (Fill, Vec<(usize, u32)>) {
        let Some(from) = &tranche.from else {
            self.fault(
                "S116",
                people.span,
                "a number without cohorts it may come from",
                "add `from = [\"women\", \"elderly\"]`, in the agreed order",
            );
            return (Fill::Rest, Vec::new());
        };
        let mut pool: Vec<(usize, u32)> = Vec::new();
        if from.is_empty() {
            self.fault(
                "S116",
                people.span,
                "a number without cohorts it may come from",
                "name at least one under `from`",
            );
        }
        for name in from {
            if let Some(cohort) = self.cohort(name) {
                if cohorts[cohort].side != CAPTIVES {
                    self.fault(
                        "S104",
                        name.span,
                        "the rule fills captive legs only",
                        "state prisoners by cohort",
                    );
                }
                if pool.iter().any(|(c, _)| *c == cohort) {
                    self.fault(
                        "S109",
                        name.span,
                        format!("`{}` is named twice", name.value),
                        "name each cohort once, in the agreed order",
                    );
                    continue;
                }
                pool.push((cohort, 0));
            }
        }
        let composition = tranche.composition.as_ref();
        let rule = composition.map_or(CompositionRule::Fixed, |c| c.rule);
        let broken = composition
            .filter(|_| rule == CompositionRule::Choice)
            .map(|c| (self.num(&c.breaks_order), c.broken.as_ref().map(|m| self.missed(m))));
        for (name, _) in composition.iter().flat_map(|c| &c.weights.entries) {
            let known = from.iter().map(|n| n.value.as_str());
            resolve_name(name, known, "cohort under `from`", self.faults);
        }
        let mut weights = Vec::new();
        if let (CompositionRule::Weighted, Some(composition)) = (rule, composition) {
            for name in from {
                let weight = composition.weights.get(&name.value);
                let weight = match weight {
                    Some(weight) => self.num(weight),
                    None => self.constant(1.0),
                };
                weights.push(weight);
            }
        }
        let people = self.people(people);
        (Fill::Number { people, broken, weights }, pool)
    }

    /// When something is due, from the keys a tranche and a milestone share.
    pub(super) fn due(
        &mut self,
        day: Option<&At<i64>>,
        at: Option<crate::scenario::moment::Hour>,
        within: Option<&schema::Within>,
        order: &[u64],
    ) -> Due {
        match (day, within) {
            (Some(day), None) => Due::At(self.time_of(day, at)),
            (None, Some(within)) => {
                let by = (within.by.value + 0.5) as Time;
                self.trigger(&within.after, order).map_or(Due::Undated, |trigger| Due::After(trigger, by))
            }
            (Some(day), Some(within)) => {
                // Either may be at fault besides.
                self.time_of(day, at);
                self.trigger(&within.after, order);
                self.fault(
                    "S109",
                    within.span,
                    "due both on a day and within a time of something",
                    "give one of `day` and `within`",
                );
                Due::Undated
            }
            (None, None) => Due::Undated,
        }
    }

    pub(super) fn trigger(&mut self, after: &At<String>, order: &[u64]) -> Option<Trigger> {
        if after.value == "start" {
            return Some(Trigger::Start);
        }
        if let Some(number) = after.value.strip_prefix("tranche ") {
            let found = number.trim().parse::<u64>().ok().and_then(|n| order.iter().position(|o| *o == n));
            if found.is_none() {
                let known: Vec<String> = order.iter().map(|n| format!("\"tranche {n}\"")).collect();
                let help = match known.len() {
                    0 => "the file has no tranches".to_string(),
                    1..=20 => format!("name one of this file: {}", known.join(", ")),
                    more => format!(
                        "name one of the {more} of this file, from {} to {}",
                        known[0],
                        known[more - 1]
                    ),
                };
                self.fault("S107", after.span, format!("there is no {}", after.value), help);
            }
            return found.map(Trigger::Tranche);
        }
        self.milestone(after).map(Trigger::Milestone)
    }

    // ---- checks and what follows from all tranches ----

    /// "The rest": what no other tranche names. Numbers left to a rule are taken off when the round begins.
    fn fill_rest(&mut self, plans: &mut [TranchePlan], cohorts: &[CohortPlan]) {
        for tranche in 0..plans.len() {
            if !matches!(plans[tranche].fill, Fill::Rest) {
                continue;
            }
            for item in plans[tranche].leg[CAPTIVES].items.range() {
                let cohort = self.items[item].cohort;
                let named: u32 = plans
                    .iter()
                    .flat_map(|t| t.leg[CAPTIVES].items.range())
                    .filter(|i| *i != item && self.items[*i].cohort == cohort)
                    .map(|i| self.items[i].people)
                    .sum();
                let by_rule = plans.iter().any(|t| matches!(t.fill, Fill::Number { .. }));
                if !by_rule {
                    self.items[item].people = cohorts[cohort].people.saturating_sub(named);
                }
            }
        }
    }

    fn extra_rounds(
        &mut self,
        plans: &mut Vec<TranchePlan>,
        parties: &[PartyPlan],
        cohorts: &[CohortPlan],
        bundles: &[BundlePlan],
    ) {
        let settlement = self.file.mediation.as_ref().and_then(|m| m.settlement.as_ref());
        let Some(extra) = settlement.and_then(|s| s.extra_round.as_ref()) else { return };
        let captives: Vec<(usize, u32)> =
            (0..cohorts.len()).filter(|c| cohorts[*c].side == CAPTIVES).map(|c| (c, 0)).collect();
        for index in 0..extra.most.value.min(64) {
            plans.push(
                TranchePlan {
                    number: EXTRA_PLACE + index + 1,
                    name: format!("extra{}", index + 1),
                    due: Due::Undated,
                    waits_for: WaitsFor::DueTime,
                    followers: Vec::new(),
                    has_before: true,
                    legs: legs_of(self.file.round.legs),
                    fill: Fill::Extra { people: extra.people.value.min(10_000_000) as u32 },
                    extension: None,
                    leg: self.legs(&captives, parties, cohorts, bundles),
                    place: EXTRA_PLACE + index,
                    list_timer: None,
                    list_owner: 0,
                }
                .with_list_owner(),
            );
        }
    }

    pub(super) fn list(&mut self) -> Option<ListPlan> {
        let list = self.file.round.list.as_ref()?;
        Some(ListPlan {
            lead: (list.lead.value + 0.5) as Time,
            missed: list.missed.as_ref().map(|m| self.missed(m)),
            surplus: list.surplus.as_ref().map(|l| self.law(l)),
            refused: self.num_unless(&list.refused, 0.0),
            substitution: list.substitution.as_ref().map(|l| self.law(l)),
            missing: list.missing.as_ref().map(|l| self.late(l)),
        })
    }

    pub(super) fn outsiders(&mut self) -> Vec<OutsidePlan> {
        let file = self.file;
        let mut outsiders = Vec::new();
        for (name, outside) in &file.outside.entries {
            let holder = self.party(&outside.held_by);
            outsiders.push(OutsidePlan {
                name: name.value.clone(),
                holder,
                people: self.people(&outside.people),
                due: self.time_of(&outside.day, outside.at),
                takes: outside.takes.as_ref().map(|l| self.law(l)),
                timer: 0,
                stream: self.stream("outside", &name.value),
            });
        }
        outsiders
    }
}

impl TranchePlan {
    fn with_list_owner(mut self) -> Self {
        self.list_owner =
            if self.leg[CAPTIVES].absent { self.leg[PRISONERS].owner } else { self.leg[CAPTIVES].owner };
        self
    }
}

fn extension_of(extension: &schema::ExtensionOf) -> ExtensionOf {
    match extension {
        schema::ExtensionOf::Renewal(step) => {
            ExtensionOf::Renewal(u32::try_from(step.value).unwrap_or(u32::MAX))
        }
        schema::ExtensionOf::Decision(schema::AtTermDecision::Extended) => ExtensionOf::Extended,
        schema::ExtensionOf::Decision(schema::AtTermDecision::CounterOffer) => ExtensionOf::CounterOffer,
    }
}

fn legs_of(legs: schema::Legs) -> Legs {
    match legs {
        schema::Legs::CaptivesFirst => Legs::CaptivesFirst,
        schema::Legs::Simultaneous => Legs::Simultaneous,
        schema::Legs::PrisonersFirst => Legs::PrisonersFirst,
    }
}

/// Each stated tranche follows the one before it, where it waits for it.
fn link(plans: &mut [TranchePlan], stated: usize) {
    for tranche in 1..stated {
        if plans[tranche].waits_for != WaitsFor::DueTime {
            plans[tranche].has_before = true;
            plans[tranche - 1].followers.push(tranche);
        }
    }
}
