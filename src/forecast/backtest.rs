//! Forecasts held against what happened, beside the baselines.

use super::Answered;
use super::cases::{Case, Said};
use super::decided::decided;
use super::paper::Paper;
use super::question::Unit;
use super::targets::Target;
use crate::kernel::stream::{Domain, StreamName, Streams};
use crate::model::plan::Plan;
use crate::score::{Counts, brier, crps, interval, log_score, pit, pit_of_event};
use crate::stats::Interval;
use crate::stats::interval::{CONFIDENCE, wilson};

/// The shares of the intervals whose coverage is told, in percent.
pub const SHARES: [u64; 4] = [50, 80, 90, 95];

/// The names of the baselines.
pub const BASELINES: [&str; 3] = ["paper_schedule", "persistence", "climatology"];

/// What was forecast of one target.
#[derive(Debug, Clone, PartialEq)]
pub enum Foretold {
    /// A distribution.
    Number(Counts),
    /// The probability of an event, and the interval that the number of replications leaves it.
    Event(f64, Option<Interval>),
}

/// One target scored.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// Its name.
    pub name: String,
    /// What its numbers count.
    pub unit: Unit,
    /// What happened.
    pub observed: i64,
    /// Whether this is another source's figure of a target scored already.
    pub is_alternative: bool,
    /// Whether the known past had given the answer already.
    pub is_decided: bool,
    /// What was forecast.
    pub foretold: Foretold,
    /// The score: `crps` of a number, `brier` of an event.
    pub rule: &'static str,
    /// Its value; lower is better.
    pub value: f64,
    /// The logarithmic score of an event, under the stated floor.
    pub log: Option<f64>,
    /// The same rule's value for each baseline; none where it says nothing.
    pub baselines: [Option<f64>; 3],
    /// The randomised probability integral transform.
    pub pit: f64,
    /// The central intervals of [`SHARES`]; none for events.
    pub intervals: Option<[(i64, i64); 4]>,
}

impl Scored {
    /// Whether what happened lies in the interval of a share; for events, whether the transform lies in its middle.
    pub fn is_in(&self, place: usize) -> bool {
        match &self.intervals {
            Some(intervals) => (intervals[place].0..=intervals[place].1).contains(&self.observed),
            None => self.is_in_by_pit(place),
        }
    }

    /// Whether it counts in coverage and comparisons: the first figure of something that was open.
    pub fn counts(&self) -> bool {
        !self.is_alternative && !self.is_decided
    }

    /// The same by the randomised transform, which is exact also for few whole numbers.
    pub fn is_in_by_pit(&self, place: usize) -> bool {
        let tail = (100 - SHARES[place]) as f64 / 200.0;
        (tail..=1.0 - tail).contains(&self.pit)
    }
}

/// The cases that baselines are made of.
#[derive(Debug, Clone, Default)]
pub struct Cases {
    /// The history itself, up to the as-of day.
    pub so_far: Case,
    /// Others, pooled; none where there are none.
    pub others: Option<Case>,
}

/// The floor under probabilities in the logarithmic score: half a replication of one more than there were.
pub fn floor(replications: u64) -> f64 {
    0.5 / (replications as f64 + 1.0)
}

/// Scores every target. `day` and `seed` address the uniforms of the transforms.
pub fn score(
    plan: &Plan,
    targets: &[Target],
    answered: &[Answered],
    cases: &Cases,
    (seed, day): (u64, i64),
) -> Vec<Scored> {
    let paper = Paper::of(plan);
    let mut list = Vec::new();
    for (target, answered) in targets.iter().zip(answered) {
        let said = [
            paper.says(&target.question),
            cases.so_far.says(&paper, &target.question),
            cases.others.as_ref().and_then(|case| case.says(&paper, &target.question)),
        ];
        let u = uniform(&target.question.name, seed, day);
        let is_decided = decided(&paper, &target.question).is_some();
        let first = one(target, &answered.answers, &said, (target.observed, target.is_alternative), u);
        let other = target.other.and_then(|other| one(target, &answered.answers, &said, (other, true), u));
        list.extend(first.into_iter().chain(other).map(|scored| Scored { is_decided, ..scored }));
    }
    list
}

/// The uniform of a target's transform, from its name: the same whatever else is scored.
fn uniform(name: &str, seed: u64, day: i64) -> f64 {
    let stream = StreamName { purpose: "score.pit", entity: name.to_string() };
    let mut streams = Streams::new(&[stream], seed, Domain::Main);
    streams.begin(day.unsigned_abs());
    ((streams.word(0, 0) >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
}

fn one(
    target: &Target,
    answers: &Counts,
    said: &[Option<Said>; 3],
    (observed, is_alternative): (i64, bool),
    u: f64,
) -> Option<Scored> {
    let unit = target.question.unit();
    let value_of = |said: &Option<Said>| match said.as_ref()? {
        Said::Probability(p) => Some(brier(*p, observed == 1)),
        Said::Counts(counts) => crps(counts, observed),
    };
    let baselines = [value_of(&said[0]), value_of(&said[1]), value_of(&said[2])];
    let name = target.question.name.clone();
    if unit == Unit::Event {
        let (n, happened) = (answers.n(), observed == 1);
        let p = answers.at(1) as f64 / n as f64;
        return (n > 0).then(|| Scored {
            name,
            unit,
            observed,
            is_alternative,
            is_decided: false,
            foretold: Foretold::Event(p, wilson(answers.at(1), n, CONFIDENCE)),
            rule: "brier",
            value: brier(p, happened),
            log: Some(log_score(p, happened, Some(floor(n)))),
            baselines,
            pit: pit_of_event(p, happened, u),
            intervals: None,
        });
    }
    let of = |share: u64| interval(answers, share);
    Some(Scored {
        name,
        unit,
        observed,
        is_alternative,
        is_decided: false,
        foretold: Foretold::Number(answers.clone()),
        rule: "crps",
        value: crps(answers, observed)?,
        log: None,
        baselines,
        pit: pit(answers, observed, u)?,
        intervals: Some([of(50)?, of(80)?, of(90)?, of(95)?]),
    })
}

/// How many of the numbers lay in the intervals of each share, of how many; alternatives, and what was decided already, do not count.
pub fn coverage(scored: &[Scored]) -> [(u64, u64, u64); 4] {
    let numbers: Vec<&Scored> = scored.iter().filter(|s| s.intervals.is_some() && s.counts()).collect();
    std::array::from_fn(|place| {
        let hits = numbers.iter().filter(|s| s.is_in(place)).count() as u64;
        let by_pit = numbers.iter().filter(|s| s.is_in_by_pit(place)).count() as u64;
        (hits, by_pit, numbers.len() as u64)
    })
}

/// The units scores are added up in: days, people, trucks and violations do not mix.
pub const UNITS: [(Unit, &str); 5] = [
    (Unit::Day, "day"),
    (Unit::People, "people"),
    (Unit::Amount, "amount"),
    (Unit::Count, "count"),
    (Unit::Event, "event"),
];

/// The forecast beside a baseline, over the targets of one unit that have both scores.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Beside {
    /// Targets.
    pub targets: u64,
    /// On which the forecast scored better.
    pub better: u64,
    /// On which both scored alike.
    pub equal: u64,
    /// The sums of the scores: of the forecast, and of the baseline.
    pub sums: (f64, f64),
}

/// Compares the forecast with a baseline; alternatives, and what was decided already, do not count.
pub fn against(scored: &[Scored], baseline: usize, unit: Unit) -> Beside {
    let mut all = Beside::default();
    for s in scored.iter().filter(|s| s.unit == unit && s.counts()) {
        if let Some(theirs) = s.baselines[baseline] {
            all.targets += 1;
            all.better += u64::from(s.value < theirs);
            all.equal += u64::from(s.value == theirs);
            all.sums = (all.sums.0 + s.value, all.sums.1 + theirs);
        }
    }
    all
}
