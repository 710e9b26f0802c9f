//! Which tranches something concerns, found beforehand: a plan lists tranches, and looking through all of them whenever something happens
//! would make a long agreement cost the square of its length.

use super::plan::{CAPTIVES, Due, OwedOn, Plan, Trigger};

/// Lists of tranches by what they depend on.
#[derive(Debug, Clone)]
pub(super) struct Lookup {
    /// Tranches whose due time counts from something, in the order of that and then of the tranches.
    by_trigger: Vec<(Trigger, u32)>,
    /// By cohort: tranches whose captive leg may take people of it.
    pub(super) takes_from: Vec<Vec<u32>>,
    /// Whether any due time counts from something that happens.
    pub(super) has_triggers: bool,
}

impl Lookup {
    pub(super) fn new(plan: &Plan) -> Self {
        let mut by_trigger: Vec<(Trigger, u32)> = Vec::new();
        let mut takes_from = vec![Vec::new(); plan.cohorts.len()];
        for (index, tranche) in plan.tranches.iter().enumerate() {
            if let Due::After(trigger, _) = tranche.due {
                by_trigger.push((trigger, index as u32));
            }
            for item in tranche.leg[CAPTIVES].items.range() {
                let list = &mut takes_from[plan.items[item].cohort];
                if list.last() != Some(&(index as u32)) {
                    list.push(index as u32);
                }
            }
        }
        by_trigger.sort_unstable();
        let milestones = plan.milestones.iter().any(|m| matches!(m.due, Due::After(..)));
        let bundles = plan.bundles.iter().any(|b| matches!(b.owed_on, OwedOn::Event(_)));
        Self { has_triggers: milestones || bundles || !by_trigger.is_empty(), by_trigger, takes_from }
    }

    /// The places, in the order by trigger, of the tranches whose due time counts from something; [`Self::counting`] reads them.
    pub(super) fn count_from(&self, what: Trigger) -> std::ops::Range<usize> {
        let from = self.by_trigger.partition_point(|(trigger, _)| *trigger < what);
        let to = self.by_trigger.partition_point(|(trigger, _)| *trigger <= what);
        from..to
    }

    /// A tranche by its place in the order of [`Self::count_from`].
    pub(super) fn counting(&self, place: usize) -> usize {
        self.by_trigger[place].1 as usize
    }
}
