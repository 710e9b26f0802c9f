//! Questions whose answer the known past has given already.

use super::paper::Paper;
use super::{Ask, Question};
use crate::kernel::Time;
use crate::model::plan::{CAPTIVES, CLASSES, Class, Fact, FactPlan, Held, PRISONERS, Side};

/// The answer that is known at the end of the known past, whatever follows; none where something is open.
pub fn decided(paper: &Paper<'_>, question: &Question) -> Option<i64> {
    let yes = |is: bool| is.then_some(1);
    match &question.ask {
        Ask::Released { side, .. } => yes(paper.left(*side) == 0).map(|_| paper.back(*side)),
        Ask::PromisedBack { people, .. } => yes(paper.back(CAPTIVES) >= *people),
        Ask::Held { side, .. } => yes(is_held(paper, *side)),
        Ask::LagOver { tranches, lag, .. } => {
            yes(tranches.iter().any(|tranche| has_lagged(paper, *tranche, *lag)))
        }
        Ask::TalksStarted { .. } => yes(facts(paper).any(|fact| matches!(fact.what, Fact::TalksStarted))),
        Ask::TalksAgreed { .. } => facts(paper).find_map(|fact| match fact.what {
            Fact::TalksEnded { agreed } => Some(i64::from(agreed)),
            _ => None,
        }),
        Ask::Milestone { milestone, .. } => {
            yes(facts(paper).any(|fact| matches!(fact.what, Fact::Met(met) if met == *milestone)))
        }
        _ => None,
    }
}

fn facts<'p>(paper: &Paper<'p>) -> impl Iterator<Item = &'p FactPlan> {
    paper.plan.history.iter().flat_map(|history| &history.facts)
}

/// Whether a dispute of the known past holds releases of a side where that ends.
fn is_held(paper: &Paper<'_>, side: Side) -> bool {
    let class = if side == CAPTIVES { Class::Captives } else { Class::Prisoners };
    facts(paper).any(|fact| match fact.what {
        Fact::Disputed { held: Held::Truce, until: None, .. } => true,
        Fact::Disputed { held: Held::Queue(queue), until: None, .. } => {
            queue as usize % CLASSES.len() == class as usize
        }
        _ => false,
    })
}

/// Whether a tranche's captives had come longer ago than a lag, of whose prisoners the last has not.
fn has_lagged(paper: &Paper<'_>, tranche: usize, lag: Time) -> bool {
    let last = |of: Side| {
        facts(paper).find_map(|fact| match fact.what {
            Fact::Released { tranche: Some(t), side, completes: true, .. } if t == tranche && side == of => {
                Some(fact.window.map_or(fact.at, |window| window.span.1))
            }
            _ => None,
        })
    };
    last(CAPTIVES).is_some_and(|at| at + lag < paper.as_of()) && last(PRISONERS).is_none()
}
