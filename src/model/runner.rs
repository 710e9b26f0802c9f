//! Replications, run the quickest way that gives their results: plain plans without a calendar, all others event by event.

use super::happening::Unobserved;
use super::plain::Plain;
use super::plan::Plan;
use super::world::{Change, Deliveries, Ending, World};
use crate::kernel::stream::Domain;

/// Runs replications of a plan one at a time. Made once a thread and used for many.
#[derive(Debug, Clone)]
pub struct Runner<'p>(Way<'p>);

#[derive(Debug, Clone)]
enum Way<'p> {
    Plain(Box<Plain<'p>>),
    Events(Box<World<'p, Unobserved>>),
}

impl<'p> Runner<'p> {
    /// A runner of a plan under a root seed. Changes of the daily trajectories may be left out, where nobody asks for them.
    pub fn new(plan: &'p Plan, seed: u64, domain: Domain, keeps_changes: bool) -> Self {
        let plain = Plain::new(plan, seed, domain, keeps_changes);
        Self(match plain {
            Some(plain) => Way::Plain(Box::new(plain)),
            None => return Self::event_by_event(plan, seed, domain),
        })
    }

    /// A runner that goes event by event, whatever the plan: the same results, more slowly.
    pub fn event_by_event(plan: &'p Plan, seed: u64, domain: Domain) -> Self {
        Self(Way::Events(Box::new(World::new(plan, seed, domain, Unobserved))))
    }

    /// Whether the plan is plain: its replications need no calendar.
    pub fn is_plain(&self) -> bool {
        matches!(self.0, Way::Plain(_))
    }

    /// Runs a replication and adds its outcomes to `values`, in the plan's order; [`super::outcome::MISSING`] where one does not exist.
    #[inline]
    pub fn run(&mut self, replication: u64, values: &mut Vec<i64>) {
        match &mut self.0 {
            Way::Plain(plain) => plain.run(replication, values),
            Way::Events(world) => {
                world.run(replication);
                world.outcomes(values);
            }
        }
    }

    /// Runs a replication under numbers drawn elsewhere: the twin of one whose numbers these are.
    pub fn run_under(&mut self, replication: u64, numbers: &[f64], values: &mut Vec<i64>) {
        match &mut self.0 {
            // A plain plan draws none.
            Way::Plain(plain) => plain.run(replication, values),
            Way::Events(world) => {
                world.run_under(replication, numbers);
                world.outcomes(values);
            }
        }
    }

    /// The numbers of the last replication, with those drawn for it.
    pub fn numbers(&self) -> &[f64] {
        match &self.0 {
            Way::Plain(plain) => plain.numbers(),
            Way::Events(world) => world.numbers(),
        }
    }

    /// How the truce stood when the last replication ended.
    pub fn ending(&self) -> Ending {
        match &self.0 {
            Way::Plain(plain) => plain.ending(),
            Way::Events(world) => world.ending(),
        }
    }

    /// Daily trajectories of flows in the last replication that [`Runner::changes`] leaves out, since nothing could change them.
    pub fn deliveries(&self) -> impl Iterator<Item = Deliveries<'_>> {
        let (plain, world) = match &self.0 {
            Way::Plain(plain) => (Some(plain.deliveries()), None),
            Way::Events(world) => (None, Some(world.deliveries())),
        };
        plain.into_iter().flatten().chain(world.into_iter().flatten())
    }

    /// Changes of the other daily trajectories in the last replication: of each in order of time.
    pub fn changes(&self) -> &[Change] {
        match &self.0 {
            Way::Plain(plain) => plain.changes(),
            Way::Events(world) => world.changes(),
        }
    }
}
