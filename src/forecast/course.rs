//! The course of one replication, as far as questions ask about it.
//!
//! When a leg was carried out is asked of the world itself: remains count at their handover, before their identification ends.

use super::question::Ask;
use super::{Days, Question};
use crate::kernel::{NEVER, Time};
use crate::model::happening::{Happening, Observer, side_of};
use crate::model::plan::{CAPTIVES, CLASSES, Class, Fact, PRISONERS, Plan, Queue, Side};
use crate::model::world::World;

/// What happened when, by what questions ask for.
#[derive(Debug, Clone, Default)]
pub struct Course {
    released: [Vec<(Time, i64)>; 2],
    /// By side: what held its releases up, a queue or (none) a suspension; from when, and to when.
    held: [Vec<(Option<Queue>, Time, Time)>; 2],
    /// Tranches of whose remains some were not the person named.
    mismatches: Vec<usize>,
    talks: [Time; 2],
    collapsed: Time,
    delivered: Vec<Vec<(Time, i64)>>,
    violations: Vec<Vec<Time>>,
    milestones: Vec<Time>,
}

impl Course {
    /// An empty course of a plan.
    pub fn new(plan: &Plan) -> Course {
        let mut course = Course {
            delivered: vec![Vec::new(); plan.flows.len()],
            violations: vec![Vec::new(); plan.violations.len()],
            milestones: vec![NEVER; plan.milestones.len()],
            ..Course::default()
        };
        course.clear();
        course
    }

    /// Forgets a replication.
    pub fn clear(&mut self) {
        self.released.iter_mut().for_each(Vec::clear);
        self.held.iter_mut().for_each(Vec::clear);
        self.mismatches.clear();
        self.talks = [NEVER; 2];
        self.collapsed = NEVER;
        self.delivered.iter_mut().for_each(Vec::clear);
        self.violations.iter_mut().for_each(Vec::clear);
        self.milestones.fill(NEVER);
    }

    fn answer(&self, plan: &Plan, question: &Question, leg: impl Fn(usize, Side) -> Time) -> i64 {
        let day_of = |tranche: usize, side: Side, last: i64| match leg(tranche, side) {
            at if at >= NEVER => last + 1,
            at => Days::of(plan).day(at).min(last + 1),
        };
        match &question.ask {
            Ask::LegDay { tranche, side, last } => day_of(*tranche, *side, *last),
            Ask::Apart { legs: [one, other], last } => {
                (day_of(one.0, one.1, *last) - day_of(other.0, other.1, *last)).abs()
            }
            Ask::Released { side, by } => self.released_by(*side, *by),
            Ask::LagOver { tranches, lag, by } => {
                let lags = |tranche: &usize| {
                    let (captives, prisoners) = (leg(*tranche, CAPTIVES), leg(*tranche, PRISONERS));
                    captives < NEVER && captives + lag < *by && prisoners > captives + lag
                };
                i64::from(tranches.iter().any(lags))
            }
            Ask::PromisedBack { people, by } => i64::from(self.released_by(CAPTIVES, *by) >= *people),
            Ask::Held { side, from, by } => {
                i64::from(self.held[*side].iter().any(|(_, began, ended)| began <= by && ended >= from))
            }
            Ask::Mismatch { from, by } => {
                let handed_over = |tranche: &usize| {
                    let at = leg(*tranche, CAPTIVES);
                    at > *from && at <= *by
                };
                i64::from(self.mismatches.iter().any(handed_over))
            }
            Ask::TalksStarted { by } => i64::from(self.talks[0] <= *by),
            Ask::TalksAgreed { by } => i64::from(self.talks[1] <= *by),
            Ask::Collapsed { by } => i64::from(self.collapsed <= *by),
            Ask::Delivered { flow, from, by } => {
                self.delivered[*flow].iter().filter(|(at, _)| at > from && at <= by).map(|(_, n)| n).sum()
            }
            Ask::Violations { process, by } => {
                counted(plan, *process, *by)
                    + self.violations[*process].iter().filter(|at| *at <= by).count() as i64
            }
            Ask::Milestone { milestone, by } => i64::from(self.milestones[*milestone] <= *by),
        }
    }

    /// Something holds releases from now on; a second dispute over what is held already adds nothing.
    fn hold(&mut self, what: Option<Queue>, at: Time) {
        for side in sides_held_by(what) {
            let held = &mut self.held[side];
            if held.iter().all(|(of, _, ended)| *of != what || *ended < NEVER) {
                held.push((what, at, NEVER));
            }
        }
    }

    fn release_hold(&mut self, what: Option<Queue>, at: Time) {
        for side in sides_held_by(what) {
            let open = self.held[side].iter_mut().find(|(of, _, ended)| *of == what && *ended == NEVER);
            if let Some((_, _, ended)) = open {
                *ended = at;
            }
        }
    }

    fn released_by(&self, side: usize, by: Time) -> i64 {
        self.released[side].iter().filter(|(at, _)| *at <= by).map(|(_, people)| people).sum()
    }
}

/// Whose releases a held queue, or a suspension, holds.
fn sides_held_by(what: Option<Queue>) -> impl Iterator<Item = Side> {
    let classes = [(CAPTIVES, Class::Captives), (PRISONERS, Class::Prisoners)];
    let is_held =
        move |class: Class| what.is_none_or(|queue| queue as usize % CLASSES.len() == class as usize);
    classes.into_iter().filter(move |(_, class)| is_held(*class)).map(|(side, _)| side)
}

/// The answer of a replication that has run to a question.
pub fn answer(world: &World<'_, Course>, plan: &Plan, question: &Question) -> i64 {
    world.observer().answer(plan, question, |tranche, side| world.carried_out(tranche, side))
}

/// Violations of a process that the known past counted by a moment.
fn counted(plan: &Plan, process: usize, by: Time) -> i64 {
    let facts = plan.history.iter().flat_map(|history| &history.facts);
    let counts = facts.filter(|fact| fact.at <= by).filter_map(|fact| match fact.what {
        Fact::Violations { process: of, count, .. } if of == process => Some(count as i64),
        _ => None,
    });
    counts.sum()
}

impl Observer for Course {
    const SEES: bool = true;

    fn see(&mut self, at: Time, what: Happening) {
        match what {
            Happening::Released { side, people, .. } | Happening::ReleasedBesides { side, people, .. } => {
                self.released[side_of(side)].push((at, i64::from(people)));
            }
            Happening::HoldBegan { queue } => self.hold(Some(queue), at),
            Happening::HoldEnded { queue } => self.release_hold(Some(queue), at),
            Happening::Suspended => self.hold(None, at),
            Happening::Resumed => self.release_hold(None, at),
            Happening::Mismatch { tranche, .. } => self.mismatches.push(tranche as usize),
            Happening::TalksStarted => self.talks[0] = self.talks[0].min(at),
            Happening::TalksEnded { agreed: true } => self.talks[1] = self.talks[1].min(at),
            Happening::Collapsed => self.collapsed = at,
            Happening::Delivered { flow, amount } => self.delivered[flow as usize].push((at, amount as i64)),
            Happening::Violation { process, .. } => self.violations[process as usize].push(at),
            Happening::MilestoneMet { milestone } => self.milestones[milestone as usize] = at,
            _ => {}
        }
    }
}
