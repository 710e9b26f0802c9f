//! How an agreement stands where the known past ends, before anything is simulated.

use super::happening::Unobserved;
use super::plan::{CAPTIVES, Event, MovedPlan, PRISONERS, Plan, Side};
use super::world::{LegState, World};
use crate::kernel::stream::Domain;
use crate::kernel::{NEVER, Time};

const SIDES: [Side; 2] = [CAPTIVES, PRISONERS];

/// One tranche where the known past ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrancheStanding {
    /// Whether it is part of what is promised: those of an extension only once that is agreed.
    pub is_agreed: bool,
    /// When it is due, where that is known by then.
    pub due: Option<Time>,
    /// By side, whether the leg was carried out.
    pub done: [bool; 2],
    /// By side, whether somebody was released on the leg.
    pub begun: [bool; 2],
    /// People a rule is still to choose, where it states a number.
    pub number: u32,
}

/// What was agreed and what of it is still to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// By tranche.
    pub tranches: Vec<TrancheStanding>,
    /// By cohort, people still held.
    pub left: Vec<u32>,
    /// By item of the plan, people who are stated or came to be owed, and have not come.
    pub open: Vec<u32>,
    /// By side, people who did not come in a round that is over and for whom no round is left.
    pub owed: [u32; 2],
}

impl Standing {
    /// Of a plan, from the facts it knows; of one without any, as agreed. Uncertain moments change nothing of it.
    pub fn of(plan: &Plan) -> Standing {
        let mut world = World::new(plan, 0, Domain::Main, Unobserved);
        world.reset(0);
        if plan.history.is_some() {
            world.begin();
            let is_past = |timer: usize| !matches!(plan.timers[timer], Event::AsOf);
            while world.peek_next().is_some_and(|(_, timer)| is_past(timer)) && world.step() {}
            world.carry_promises();
        }
        let left = plan.cohorts.iter().zip(&world.released).map(|(c, gone)| c.people - gone).collect();
        let tranches = (0..plan.tranches.len()).map(|tranche| world.tranche_standing(tranche)).collect();
        let open =
            world.items.iter().zip(&world.item_done).map(|(all, gone)| all.saturating_sub(*gone)).collect();
        let mut owed = [0; 2];
        for moved in plan.history.iter().flat_map(|history| &history.moved) {
            if let MovedPlan::Owed { side, people } = moved {
                owed[*side] += people;
            }
        }
        Standing { tranches, left, open, owed }
    }
}

impl<O: super::happening::Observer> World<'_, O> {
    fn tranche_standing(&self, tranche: usize) -> TrancheStanding {
        let round = &self.rounds[tranche];
        let leg = |side: Side| &self.legs[2 * tranche + side];
        TrancheStanding {
            is_agreed: round.is_agreed,
            due: Some(round.due).filter(|due| *due < NEVER),
            done: SIDES.map(|side| leg(side).state == LegState::Done),
            begun: SIDES.map(|side| leg(side).released > 0),
            number: round.number.saturating_sub(leg(CAPTIVES).released),
        }
    }

    /// When the last of a leg's people were released or handed over; [`NEVER`] where that has not happened. Remains count at their
    /// handover, whatever their identification says later.
    pub fn carried_out(&self, tranche: usize, side: Side) -> Time {
        self.legs[2 * tranche + side].finished
    }
}
