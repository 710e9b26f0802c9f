//! Runs replications and counts their answers.

use std::ops::Range;

use super::course::{Course, answer};
use super::{Answered, Question};
use crate::kernel::stream::Domain;
use crate::model::plan::Plan;
use crate::model::world::World;
use crate::score::Counts;

/// Answers to questions, replication after replication.
pub struct Asked<'p> {
    plan: &'p Plan,
    questions: &'p [Question],
    world: World<'p, Course>,
    answers: Vec<Counts>,
    at: u64,
}

impl<'p> Asked<'p> {
    /// For a plan under a root seed.
    pub fn new(plan: &'p Plan, seed: u64, questions: &'p [Question]) -> Asked<'p> {
        let world = World::new(plan, seed, Domain::Main, Course::new(plan));
        Asked { plan, questions, world, answers: vec![Counts::new(); questions.len()], at: 0 }
    }

    /// Runs a range of replications.
    pub fn run(&mut self, replications: Range<u64>) {
        for replication in replications {
            self.at = replication;
            self.world.observer_mut().clear();
            self.world.run(replication);
            for (question, counts) in self.questions.iter().zip(&mut self.answers) {
                counts.record(answer(&self.world, self.plan, question));
            }
        }
    }

    /// The replication under way, for reporting a fault of our own.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// What was answered.
    pub fn into_answers(self) -> Vec<Counts> {
        self.answers
    }
}

/// Questions with the answers of several gatherers, added up.
pub fn merged(questions: &[Question], parts: impl IntoIterator<Item = Vec<Counts>>) -> Vec<Answered> {
    let mut sums = vec![Counts::new(); questions.len()];
    for part in parts {
        sums.iter_mut().zip(&part).for_each(|(sum, counts)| sum.merge(counts));
    }
    questions.iter().cloned().zip(sums).map(|(question, answers)| Answered { question, answers }).collect()
}

#[cfg(feature = "cli")]
impl crate::batch::threads::Gatherer for Asked<'_> {
    fn run(&mut self, replications: Range<u64>) {
        Asked::run(self, replications);
    }

    fn at(&self) -> u64 {
        self.at
    }
}
