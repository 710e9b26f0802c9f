//! The exchange key and bundles.

use super::Resolver;
use crate::model::plan::*;
use crate::scenario::read::Named;
use crate::scenario::schema::{self, BundleWhen};
use crate::scenario::source::At;

impl Resolver<'_> {
    pub(super) fn keys(&mut self, cohorts: &mut [CohortPlan]) {
        let file = self.file;
        for (name, key) in &file.key.entries {
            let Some(index) = self.cohort(name) else { continue };
            let size = cohorts[index].people.max(1);
            let (side, remains) = (cohorts[index].side, cohorts[index].remains);
            if side != CAPTIVES {
                let help = "the key says what the release of captives obliges to; name a cohort that the captives' side holds";
                self.fault(
                    "S104",
                    name.span,
                    format!("`{}` is not held by the captives' side", name.value),
                    help,
                );
            }
            if remains && !(key.per_person.is_empty() && key.group.is_empty()) {
                let help = "put what each one returned obliges to under `remains`";
                self.fault(
                    "S105",
                    key.span,
                    format!("`{}` are remains: the key for living people does not apply", name.value),
                    help,
                );
            }
            let mut living = Vec::new();
            let mut dead = Vec::new();
            for (owed, each) in self.owed(&key.per_person, side, cohorts) {
                living.push(KeyPlan { owed, each, last: 0 });
            }
            for (owed, total) in self.owed(&key.group, side, cohorts) {
                living.push(KeyPlan { owed, each: total / size, last: total % size });
            }
            for (owed, each) in self.owed(&key.remains, side, cohorts) {
                dead.push(KeyPlan { owed, each, last: 0 });
            }
            cohorts[index].key = living;
            cohorts[index].remains_key = dead;
        }
    }

    /// People owed by cohort; they must be held by the other side.
    pub(super) fn owed(
        &mut self,
        list: &Named<At<u64>>,
        side: Side,
        cohorts: &[CohortPlan],
    ) -> Vec<(usize, u32)> {
        let mut owed = Vec::new();
        for (name, people) in &list.entries {
            let Some(cohort) = self.cohort(name) else { continue };
            if cohorts[cohort].side == side {
                let message = format!("`{}` is held by the same side", name.value);
                self.fault(
                    "S104",
                    name.span,
                    message,
                    "the key obliges the other side: name a cohort that it holds",
                );
            }
            let people = self.people(people);
            owed.push((cohort, people));
        }
        owed
    }

    pub(super) fn bundles(&mut self, cohorts: &[CohortPlan], order: &[u64]) -> Vec<BundlePlan> {
        let file = self.file;
        let mut bundles = Vec::new();
        for (name, bundle) in &file.bundle.entries {
            let release = self.owed(&bundle.release, CAPTIVES, cohorts);
            if let Some(owed_on) = self.owed_on(bundle, cohorts, order) {
                bundles.push(BundlePlan { name: name.value.clone(), owed_on, release });
            }
        }
        bundles
    }

    /// What makes a bundle owed: a release of captives, or something else.
    fn owed_on(&mut self, bundle: &schema::Bundle, cohorts: &[CohortPlan], order: &[u64]) -> Option<OwedOn> {
        match (&bundle.with, &bundle.after) {
            (Some(with), None) => {
                let cohort = self.cohort(with)?;
                if cohorts[cohort].side != CAPTIVES {
                    let message = format!("`{}` is not held by the captives' side", with.value);
                    let help = "a bundle comes with the release of captives; name a cohort that the captives' side holds";
                    self.fault("S104", with.span, message, help);
                }
                Some(match bundle.when {
                    Some(BundleWhen::First) => OwedOn::First(cohort),
                    Some(BundleWhen::All) | None => OwedOn::Last(cohort),
                })
            }
            (None, Some(after)) => {
                if bundle.when.is_some() {
                    let help = "leave `when` out, or name a cohort under `with`";
                    self.fault(
                        "S109",
                        after.span,
                        "`when` says which release of a cohort, and none is named",
                        help,
                    );
                }
                self.trigger(after, order).map(OwedOn::Event)
            }
            (with, _) => {
                let message = match with {
                    Some(_) => "the bundle comes both with a release and after something else",
                    None => "nothing says when the bundle becomes owed",
                };
                let help =
                    "give `with`, a cohort of captives, or `after`: \"start\", \"tranche 3\", or a milestone";
                self.fault("S109", bundle.span, message, help);
                None
            }
        }
    }
}
