//! The simulator of a calibration: a scenario at a place of its priors, asked what the histories answer.

use super::prior::Priors;
use super::smc::Proposal;
use crate::forecast::Question;
use crate::forecast::course::{Course, answer};
use crate::forecast::targets::{Target, targets};
use crate::kernel::stream::Domain;
use crate::model::world::World;
use crate::observed::History;
use crate::scenario::diagnostic::Faults;
use crate::scenario::load::{Loaded, Script};
use crate::scenario::overrides::Change;

/// What one history answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// The questions.
    pub questions: Vec<Question>,
    /// What happened.
    pub observed: Vec<i64>,
}

impl Answers {
    /// All that a history answers about the exchange that a scenario describes, from the end of the past that the scenario itself knows on.
    pub fn of(loaded: &Loaded, history: &History) -> Answers {
        let (questions, observed) = targets(&loaded.plan, &loaded.calendar, history)
            .into_iter()
            .map(|Target { question, observed, .. }| (question, observed))
            .unzip();
        Answers { questions, observed }
    }
}

/// A scenario with parameters to be fitted, and the histories they are fitted to.
#[derive(Debug, Clone, Copy)]
pub struct Problem<'a> {
    /// The scenario.
    pub script: &'a Script,
    /// Its variant.
    pub variant: Option<&'a str>,
    /// What is to be learnt.
    pub priors: &'a Priors,
    /// The histories; what each of them answers at a place must be asked alike everywhere.
    pub histories: &'a [History],
    /// What they answer, one a history. There may be answers without a history, for what was simulated.
    pub answers: &'a [Answers],
    /// Root seed of the replications.
    pub seed: u64,
    /// The first replication.
    pub first: u64,
}

impl Problem<'_> {
    /// What happened, all histories one after another.
    pub fn observed(&self) -> Vec<f64> {
        self.answers.iter().flat_map(|a| a.observed.iter().map(|x| *x as f64)).collect()
    }

    /// The scenario at a place.
    ///
    /// # Errors
    /// Its faults.
    pub fn load(&self, place: &[f64]) -> Result<Loaded, Faults> {
        let parts = self.priors.parameters.iter().zip(place);
        let changes = self.priors.settled().into_iter().chain(parts.map(|(p, at)| p.change.to(p.node(*at))));
        self.script.load(self.variant, &changes.collect::<Vec<Change>>())
    }

    /// What a proposal answers: one replication for each history. `None` where the scenario does not take it, or where it changes
    /// what is asked.
    pub fn simulate(&self, proposal: &Proposal) -> Option<Vec<f64>> {
        let loaded = self.load(&proposal.place).ok()?;
        let mut asked = self.histories.iter().zip(self.answers);
        if asked.any(|(history, answers)| Answers::of(&loaded, history) != *answers) {
            return None;
        }
        let plan = &loaded.plan;
        let mut world = World::new(plan, self.seed, Domain::Main, Course::new(plan));
        let mut statistics = Vec::new();
        let each = self.answers.len() as u64;
        for (number, answers) in (0..).zip(self.answers) {
            world.observer_mut().clear();
            world.run(self.first.wrapping_add(proposal.number.wrapping_mul(each)).wrapping_add(number));
            statistics.extend(answers.questions.iter().map(|question| answer(&world, plan, question) as f64));
        }
        Some(statistics)
    }
}

#[cfg(feature = "cli")]
pub use on_threads::evaluate;

#[cfg(feature = "cli")]
mod on_threads {
    use std::ops::Range;
    use std::sync::atomic::AtomicU64;

    use super::{Problem, Proposal};
    use crate::batch::parallel::{Broken, Control};
    use crate::batch::threads::{self, Gatherer};

    /// Statistics by the place of a proposal.
    type Simulated = Vec<(u64, Option<Vec<f64>>)>;

    struct Evaluator<'a> {
        problem: &'a Problem<'a>,
        proposals: &'a [Proposal],
        done: Simulated,
        at: u64,
    }

    impl Gatherer for Evaluator<'_> {
        fn run(&mut self, places: Range<u64>) {
            for place in places {
                let proposal = &self.proposals[place as usize];
                self.at = proposal.number;
                self.done.push((place, self.problem.simulate(proposal)));
            }
        }

        fn at(&self) -> u64 {
            self.at
        }
    }

    /// Simulates proposals on threads; what comes back is in their order, whoever was first. Fewer than asked for where the control
    /// said to stop.
    ///
    /// # Errors
    /// Where a replication broke a rule of the engine; it is named by the number of its proposal.
    pub fn evaluate(
        problem: &Problem<'_>,
        proposals: &[Proposal],
        threads: usize,
        control: &Control,
    ) -> Result<Vec<Option<Vec<f64>>>, Broken> {
        let make = || Evaluator { problem, proposals, done: Vec::new(), at: 0 };
        let range = 0..proposals.len() as u64;
        let workers = threads::run(&make, range, 1, threads, &control.stop, &AtomicU64::new(0))?;
        let mut all: Simulated = workers.into_iter().flat_map(|worker| worker.done).collect();
        all.sort_unstable_by_key(|(place, _)| *place);
        control.done.fetch_add(all.len() as u64, std::sync::atomic::Ordering::Relaxed);
        Ok(all.into_iter().map(|(_, statistics)| statistics).collect())
    }
}
