//! Whether as many people are held as tranches release, and as the key and the bundles are sure to oblige to release.

use super::Resolver;
use crate::model::plan::*;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::source::Span;

/// People owed by cohort.
type Owed = Vec<u64>;

impl Resolver<'_> {
    /// No cohort releases more than it holds.
    pub(super) fn check_totals(&mut self, plans: &[TranchePlan], cohorts: &[CohortPlan]) {
        for (index, cohort) in cohorts.iter().enumerate() {
            let items = plans.iter().flat_map(|t| t.leg.iter()).flat_map(|l| l.items.range());
            let total: u64 = items
                .filter(|i| self.items[*i].cohort == index)
                .map(|i| u64::from(self.items[i].people))
                .sum();
            if total > u64::from(cohort.people) {
                let span = self.file.cohort.entries[index].1.people.span;
                let message = format!(
                    "tranches release {total} people of `{}`, which has {}",
                    cohort.name, cohort.people
                );
                self.fault(
                    "S103",
                    span,
                    message,
                    format!("release at most {}, or enlarge the cohort", cohort.people),
                );
            }
        }
        let numbers: u64 = plans
            .iter()
            .map(|t| if let Fill::Number { people, .. } = t.fill { u64::from(people) } else { 0 })
            .sum();
        let stated: u64 = plans
            .iter()
            .flat_map(|t| t.leg[CAPTIVES].items.range())
            .map(|i| u64::from(self.items[i].people))
            .sum();
        let all: u64 = cohorts.iter().filter(|c| c.side == CAPTIVES).map(|c| u64::from(c.people)).sum();
        if numbers + stated > all && numbers > 0 {
            let message = format!("tranches release {} captives, and {all} are held", numbers + stated);
            self.fault(
                "S103",
                self.file.tranche.span,
                message,
                "lower a tranche's `people`, or enlarge a cohort",
            );
        }
    }

    /// Refuses a cohort that holds fewer people than are owed of it when all that was promised is carried out. What may turn out
    /// lower is counted at its least: who is dead or alive, whom a rule picks, tranches of an extension, and what a ceiling may
    /// leave. What is on record overrides the key, so a known past is not judged.
    pub(super) fn check_owed(&mut self, plan: &Plan) {
        if plan.history.is_some() {
            return;
        }
        let (least, most) = self.claims(plan);
        let ceiling = plan.key_ceiling.map_or(u64::MAX, u64::from);
        for (index, cohort) in plan.cohorts.iter().enumerate().filter(|(_, c)| c.side == PRISONERS) {
            let others: u64 = most.iter().sum::<u64>() - most[index];
            let claimed = least[index].min(ceiling.saturating_sub(others));
            let owed = claimed + self.stated_in_return(plan, index);
            if claimed > 0 && owed > u64::from(cohort.people) {
                self.refuse_owed(index, owed, cohort);
            }
        }
    }

    fn refuse_owed(&mut self, index: usize, owed: u64, cohort: &CohortPlan) {
        let file = self.file;
        let message = format!(
            "the other side is owed at least {owed} people of `{}`, and {} are held",
            cohort.name, cohort.people
        );
        let mut fault = Diagnostic::new("S103", file.cohort.entries[index].1.people.span, message);
        for span in self.claimants(&cohort.name) {
            fault = fault.also(span, "owed by this");
        }
        let help = format!(
            "hold at least {owed} of them, owe fewer, or put a `key_ceiling` on what the key obliges to"
        );
        self.faults.push(fault.help(help));
    }

    /// Where the key, the bundles and the tranches name a cohort of prisoners.
    fn claimants(&self, cohort: &str) -> Vec<Span> {
        let file = self.file;
        let keys = file.key.iter().flat_map(|(_, key)| [&key.per_person, &key.group, &key.remains]);
        let bundles = file.bundle.iter().map(|(_, bundle)| &bundle.release);
        let stated = file.tranche.iter().map(|(_, tranche)| &tranche.reciprocal);
        let named = keys.chain(bundles).chain(stated).flat_map(|list| list.iter());
        named
            .filter(|(name, people)| name.value == cohort && people.value > 0)
            .map(|(name, _)| name.span)
            .collect()
    }

    /// People of a cohort that tranches release in return whatever the key says.
    fn stated_in_return(&self, plan: &Plan, cohort: usize) -> u64 {
        let sure = plan.tranches[..plan.stated_tranches].iter().filter(|t| t.extension.is_none());
        let items = sure.flat_map(|t| t.leg[PRISONERS].items.range());
        items.filter(|i| self.items[*i].cohort == cohort).map(|i| u64::from(self.items[i].people)).sum()
    }

    /// The least and the most that key and bundles come to, by cohort owed.
    fn claims(&self, plan: &Plan) -> (Owed, Owed) {
        let (mut least, mut most) = (vec![0; plan.cohorts.len()], vec![0; plan.cohorts.len()]);
        let sure = self.surely_released(plan);
        for (cohort, sure) in plan.cohorts.iter().zip(&sure).filter(|(c, _)| c.side == CAPTIVES) {
            let (alive, dead) = (owed_alive(cohort, *sure), owed_dead(cohort, *sure));
            let all = u64::from(cohort.people);
            for owed in 0..plan.cohorts.len() {
                least[owed] += match condition(cohort) {
                    Some(true) => alive(owed),
                    Some(false) => dead(owed),
                    None => owed_either(cohort, *sure, owed),
                };
                most[owed] += owed_alive(cohort, all)(owed).max(owed_dead(cohort, all)(owed));
            }
        }
        for bundle in &plan.bundles {
            let comes = match bundle.owed_on {
                OwedOn::First(cohort) => sure[cohort] > 0,
                OwedOn::Last(cohort) => sure[cohort] == u64::from(plan.cohorts[cohort].people),
                OwedOn::Event(Trigger::Tranche(tranche)) => plan.tranches[tranche].extension.is_none(),
                // One that waits for what never happens stays promised.
                OwedOn::Event(_) => true,
            };
            for (cohort, people) in &bundle.release {
                least[*cohort] += if comes { u64::from(*people) } else { 0 };
                most[*cohort] += u64::from(*people);
            }
        }
        (least, most)
    }

    /// How many of each cohort of captives the promised tranches are sure to release.
    fn surely_released(&self, plan: &Plan) -> Owed {
        let stated = &plan.tranches[..plan.stated_tranches];
        let named = |tranche: &TranchePlan, cohort: usize| -> u64 {
            let items = tranche.leg[CAPTIVES].items.range().filter(|i| self.items[*i].cohort == cohort);
            items.map(|i| u64::from(self.items[i].people)).sum()
        };
        let picked = |tranche: &&TranchePlan| match tranche.fill {
            Fill::Number { people, .. } => u64::from(people),
            _ => 0,
        };
        let later = || stated.iter().filter(|t| t.extension.is_some());
        let has_rest = stated.iter().any(|t| t.extension.is_none() && matches!(t.fill, Fill::Rest));
        let of = |(cohort, plan): (usize, &CohortPlan)| {
            if has_rest {
                // The rest and all numbers together are everybody whom no extension keeps.
                let kept: u64 =
                    later().map(|t| named(t, cohort)).sum::<u64>() + later().map(|t| picked(&t)).sum::<u64>();
                return u64::from(plan.people).saturating_sub(kept);
            }
            stated.iter().filter(|t| t.extension.is_none()).map(|t| named(t, cohort)).sum()
        };
        plan.cohorts.iter().enumerate().map(of).collect()
    }
}

/// Alive, dead, or not known before the release.
fn condition(cohort: &CohortPlan) -> Option<bool> {
    match (cohort.remains, cohort.living.is_some() || cohort.dies.is_some()) {
        (true, _) => Some(false),
        (false, false) => Some(true),
        (false, true) => None,
    }
}

/// What so many living people of a cohort oblige to: each their share, the last of all the remainder too.
fn owed_alive(cohort: &CohortPlan, people: u64) -> impl Fn(usize) -> u64 {
    let is_all = people > 0 && people == u64::from(cohort.people);
    move |owed| {
        let keys = cohort.key.iter().filter(|key| key.owed == owed);
        keys.map(|key| u64::from(key.each) * people + if is_all { u64::from(key.last) } else { 0 }).sum()
    }
}

fn owed_dead(cohort: &CohortPlan, people: u64) -> impl Fn(usize) -> u64 {
    move |owed| {
        let keys = cohort.remains_key.iter().filter(|key| key.owed == owed);
        keys.map(|key| u64::from(key.each) * people).sum()
    }
}

/// The least that people of unknown condition oblige to: each may be alive or dead, and the remainder may be lost.
fn owed_either(cohort: &CohortPlan, people: u64, owed: usize) -> u64 {
    let each = |keys: &[KeyPlan]| -> u64 {
        keys.iter().filter(|key| key.owed == owed).map(|key| u64::from(key.each)).sum()
    };
    each(&cohort.key).min(each(&cohort.remains_key)) * people
}
