//! The days of all legs together: whether a forecast knows which of them are late together.

use super::backtest::Cases;
use super::cases::Said;
use super::question::Asker;
use super::targets::Target;
use super::{Answered, Ask, Question};
use crate::model::plan::{Plan, Side};
use crate::score::{Counts, variogram};

/// No more legs than these are looked at in pairs.
const MOST_LEGS: usize = 40;

/// The variogram score of the days of legs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Joint {
    /// Legs.
    pub legs: usize,
    /// Pairs of them.
    pub pairs: usize,
    /// The score; lower is better.
    pub value: f64,
    /// Of each baseline, where it says something of every pair.
    pub baselines: [Option<f64>; 3],
}

/// Two legs and how far apart their days were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// How far apart they are.
    pub question: Question,
    /// How far apart they were.
    pub observed: i64,
}

/// Every two legs whose days are targets.
pub fn pairs(plan: &Plan, targets: &[Target]) -> Vec<Pair> {
    let asker = Asker::new(plan);
    let leg = |target: &Target| match target.question.ask {
        Ask::LegDay { tranche, side, last } => Some(((tranche, side), last, target.observed)),
        _ => None,
    };
    let legs: Vec<((usize, Side), i64, i64)> = targets.iter().filter_map(leg).take(MOST_LEGS).collect();
    let mut pairs = Vec::new();
    for (place, (one, last, observed)) in legs.iter().enumerate() {
        for (other, _, seen) in &legs[place + 1..] {
            let question = asker.apart([*one, *other], *last);
            pairs.push(Pair { question, observed: (observed - seen).abs() });
        }
    }
    pairs
}

/// Scores pairs together; none where there is none.
pub fn joint(plan: &Plan, pairs: &[Pair], answered: &[Answered], cases: &Cases) -> Option<Joint> {
    let paper = Asker::new(plan).paper;
    let of = |says: &dyn Fn(usize) -> Option<Counts>| -> Option<f64> {
        let said: Option<Vec<Counts>> = (0..pairs.len()).map(says).collect();
        let said = said?;
        variogram(said.iter().zip(pairs.iter().map(|pair| pair.observed)))
    };
    let counts = |said: Option<Said>| match said? {
        Said::Counts(counts) => Some(counts),
        Said::Probability(_) => None,
    };
    let question = |at: usize| &pairs[at].question;
    Some(Joint {
        // n legs make n (n − 1) / 2 pairs.
        legs: (1 + 8 * pairs.len()).isqrt().div_ceil(2),
        pairs: pairs.len(),
        value: of(&|at| answered.get(at).map(|a| a.answers.clone()))?,
        baselines: [
            of(&|at| counts(paper.says(question(at)))),
            of(&|at| counts(cases.so_far.says(&paper, question(at)))),
            of(&|at| counts(cases.others.as_ref()?.says(&paper, question(at)))),
        ],
    })
}
