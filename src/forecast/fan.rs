//! Fans: what has been released, delivered and alleged by the end of each day, as questions, and what a history tells of it.

use super::question::{Asker, SIDES};
use super::targets::Target;
use super::{Answered, Ask, Days, Question, Unit};
use crate::kernel::Time;
use crate::model::plan::{CAPTIVES, PRISONERS, Plan, Side};
use crate::score::Counts;

/// What grows from day to day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Series {
    /// People of a side released.
    Released(Side),
    /// What a flow has delivered.
    Delivered(usize),
    /// Violations of a process.
    Violations(usize),
}

impl Series {
    /// Those a plan has.
    pub fn all(plan: &Plan) -> Vec<Series> {
        let sides = [CAPTIVES, PRISONERS].into_iter();
        let sides = sides.filter(|side| plan.cohorts.iter().any(|cohort| cohort.side == *side));
        let flows = (0..plan.flows.len()).map(Series::Delivered);
        let violations = (0..plan.violations.len()).map(Series::Violations);
        sides.map(Series::Released).chain(flows).chain(violations).collect()
    }

    /// Its name, in output.
    pub fn name(self, plan: &Plan) -> String {
        match self {
            Series::Released(side) => format!("{}.released", SIDES[side]),
            Series::Delivered(flow) => format!("flow.{}", plan.flows[flow].name),
            Series::Violations(process) => format!("violations.{}", plan.violations[process].name),
        }
    }

    /// What a question asks of a series from the first day on; none for other questions.
    fn of(question: &Question, start: Time) -> Option<Series> {
        match question.ask {
            Ask::Released { side, .. } => Some(Series::Released(side)),
            Ask::Delivered { flow, from, .. } if from == start => Some(Series::Delivered(flow)),
            Ask::Violations { process, .. } => Some(Series::Violations(process)),
            _ => None,
        }
    }

    fn question(self, asker: &Asker<'_>, day: i64) -> Question {
        match self {
            Series::Released(side) => asker.released(side, day),
            Series::Delivered(flow) => asker.delivered(flow, (1, day)),
            Series::Violations(process) => asker.violations(process, day),
        }
    }
}

/// A series with its answers, day by day.
#[derive(Debug, Clone, PartialEq)]
pub struct Fan {
    /// Which.
    pub series: Series,
    /// Its name.
    pub name: String,
    /// What it counts.
    pub unit: Unit,
    /// By the end of each day, from day 1.
    pub days: Vec<Counts>,
}

/// What a record tells of a series at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The day.
    pub day: i64,
    /// What was observed.
    pub value: i64,
    /// By another source.
    pub other: Option<i64>,
}

/// The last day of the fans: a week after the last due day, the term, or the as-of day, and within what is simulated.
pub fn last_day(plan: &Plan) -> i64 {
    let days = Days::of(plan);
    let due = (0..plan.stated_tranches).filter_map(|tranche| days.due(tranche)).map(|at| days.day(at));
    let today = days.day(Asker::new(plan).as_of - 1);
    let end = due.chain([days.of_term(), today]).max().unwrap_or(1);
    (end + WEEK).clamp(1, days.last().clamp(1, MOST_DAYS))
}

const WEEK: i64 = 7;
/// So many days of all series are counted for every replication at most.
const MOST_DAYS: i64 = 1_000;

/// The questions of all fans: series by series, day by day.
pub fn questions(plan: &Plan) -> Vec<Question> {
    let (asker, last) = (Asker::new(plan), last_day(plan));
    let of_series = |series: &Series| (1..=last).map(|day| series.question(&asker, day)).collect::<Vec<_>>();
    Series::all(plan).iter().flat_map(of_series).collect()
}

/// The answers to [`questions`] as fans.
pub fn fans(plan: &Plan, answered: Vec<Answered>) -> Vec<Fan> {
    let mut answers = answered.into_iter();
    let days = last_day(plan) as usize;
    let fan = |series: Series| {
        let of_days: Vec<Answered> = answers.by_ref().take(days).collect();
        let unit = of_days.first().map_or(Unit::Count, |first| first.question.unit());
        let days = of_days.into_iter().map(|answered| answered.answers).collect();
        Fan { series, name: series.name(plan), unit, days }
    };
    Series::all(plan).into_iter().map(fan).collect()
}

/// What targets tell of a series, by day: the figures that stand for it. What another source or reporter says of the same day stands
/// beside them; of a day for which no figure stands, it is left to the targets.
pub fn seen(plan: &Plan, targets: &[Target], series: Series) -> Vec<Seen> {
    let start = plan.midnights[0];
    let is_of = |target: &&Target| Series::of(&target.question, start) == Some(series);
    let (others, first): (Vec<&Target>, Vec<&Target>) =
        targets.iter().filter(is_of).partition(|target| target.is_alternative);
    let mut list: Vec<Seen> = Vec::new();
    for target in first {
        let (day, value) = (target.question.by_day, target.observed);
        let beside = others.iter().filter(|other| other.question.by_day == day).map(|other| other.observed);
        let apart = target.other.into_iter().chain(beside).filter(|other| *other != value);
        let mut said: Vec<Option<i64>> = apart.map(Some).collect();
        if said.is_empty() {
            said.push(None);
        }
        list.extend(said.into_iter().map(|other| Seen { day, value, other }));
    }
    list.sort_by_key(|seen| (seen.day, seen.value, seen.other));
    list.dedup();
    list
}
