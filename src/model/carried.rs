//! What the known past leaves of promises where people came in another round than they were promised in.

use super::happening::Observer;
use super::plan::MovedPlan;
use super::world::World;

impl<O: Observer> World<'_, O> {
    /// Moves people between the legs that are still to come; how many are promised stays what it was.
    pub(super) fn carry_promises(&mut self) {
        let Some(history) = &self.plan.history else { return };
        for moved in &history.moved {
            match *moved {
                MovedPlan::Early { item, people } => {
                    self.items[item] = self.items[item].saturating_sub(people);
                    self.categories.moves(item, None, people);
                }
                MovedPlan::Carried { from, to, people } => {
                    self.items[to] += people;
                    self.categories.moves(from, Some(to), people);
                }
                // The record says that their round was over, and the parties went on from there: no leg is left undone.
                MovedPlan::Owed { .. } => {}
            }
        }
    }
}
