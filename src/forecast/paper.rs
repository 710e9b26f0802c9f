//! The schedule as agreed: who comes when, if everything comes on its day.
//!
//! Tranches of an extension are on paper once the extension is agreed: before that neither their people nor their days are.

use super::cases::Said;
use super::decided::decided;
use super::{Ask, Days, Question, Unit};
use crate::kernel::Time;
use crate::model::plan::{CAPTIVES, Fill, KeyPlan, OwedOn, PRISONERS, Plan, Side};
use crate::model::standing::Standing;
use crate::score::Counts;

/// The schedule of a plan after its known past.
#[derive(Debug, Clone)]
pub struct Paper<'p> {
    /// The plan.
    pub plan: &'p Plan,
    standing: Standing,
    as_of: Time,
    /// People of the known past, by side.
    known: [i64; 2],
    /// People to come, by stated tranche and side.
    people: Vec<[i64; 2]>,
}

impl<'p> Paper<'p> {
    /// The schedule of a plan after its known past.
    pub fn of(plan: &'p Plan) -> Paper<'p> {
        let standing = Standing::of(plan);
        let mut known = [0; 2];
        for (cohort, left) in plan.cohorts.iter().zip(&standing.left) {
            known[cohort.side] += i64::from(cohort.people - left);
        }
        let as_of = plan.history.as_ref().map_or(0, |history| history.as_of);
        let mut paper = Paper { plan, standing, as_of, known, people: Vec::new() };
        let to_come = paper.captives_to_come();
        paper.people = paper.with_prisoners(&to_come);
        paper
    }

    /// Captives to come by tranche, as cohort and number: first those who are stated, then those whom a rule is to choose, in its
    /// order, last "the rest".
    fn captives_to_come(&self) -> Vec<Vec<(usize, i64)>> {
        let mut left: Vec<i64> = self.standing.left.iter().map(|n| i64::from(*n)).collect();
        let mut lists = vec![Vec::new(); self.plan.stated_tranches];
        for turn in 0..3 {
            for (tranche, list) in lists.iter_mut().enumerate() {
                let is_done = self.standing.tranches[tranche].done[CAPTIVES];
                if !is_done && turn_of(&self.plan.tranches[tranche].fill) == turn {
                    *list = self.captives_of(tranche, &mut left);
                }
            }
        }
        lists
    }

    fn captives_of(&self, tranche: usize, left: &mut [i64]) -> Vec<(usize, i64)> {
        let plan = &self.plan.tranches[tranche];
        let is_stated = matches!(plan.fill, Fill::Stated);
        let mut to_find = match plan.fill {
            Fill::Number { .. } => i64::from(self.standing.tranches[tranche].number),
            _ => i64::MAX,
        };
        let items = plan.leg[CAPTIVES].items.range();
        let take = |item: usize| {
            let cohort = self.plan.items[item].cohort;
            let most = if is_stated { i64::from(self.standing.open[item]) } else { to_find };
            let n = most.min(left[cohort]).max(0);
            left[cohort] -= n;
            to_find -= n;
            (cohort, n)
        };
        items.map(take).filter(|(_, n)| *n > 0).collect()
    }

    /// Adds what the captives to come oblige to, to what is owed already.
    fn with_prisoners(&self, captives: &[Vec<(usize, i64)>]) -> Vec<[i64; 2]> {
        let mut left: Vec<i64> = self.standing.left.iter().map(|n| i64::from(*n)).collect();
        let mut people = Vec::new();
        for (tranche, list) in captives.iter().enumerate() {
            let mut of_tranche = [0, self.open(tranche, PRISONERS)];
            for (cohort, n) in list {
                left[*cohort] -= n;
                of_tranche[CAPTIVES] += n;
                of_tranche[PRISONERS] += self.owed(*cohort, *n, left[*cohort] == 0);
            }
            if self.standing.tranches[tranche].done[PRISONERS] {
                of_tranche[PRISONERS] = 0;
            }
            people.push(of_tranche);
        }
        people
    }

    fn open(&self, tranche: usize, side: Side) -> i64 {
        let items = self.plan.tranches[tranche].leg[side].items.range();
        items.map(|item| i64::from(self.standing.open[item])).sum()
    }

    /// What the release of some of a cohort obliges to, with the bundles that come with the last of it.
    fn owed(&self, cohort: usize, people: i64, is_last: bool) -> i64 {
        if people == 0 {
            return 0;
        }
        let of = &self.plan.cohorts[cohort];
        let key = if of.remains { &of.remains_key } else { &of.key };
        let last = |k: &KeyPlan| if is_last { i64::from(k.last) } else { 0 };
        let by_key: i64 = key.iter().map(|k| i64::from(k.each) * people + last(k)).sum();
        let bundles = self.plan.bundles.iter().filter(|b| is_last && b.owed_on == OwedOn::Last(cohort));
        by_key + bundles.flat_map(|b| &b.release).map(|(_, n)| i64::from(*n)).sum::<i64>()
    }

    // ---- what is to come ----

    /// Whether anybody is left to move on a leg that is still to come.
    pub fn is_to_come(&self, tranche: usize, side: Side) -> bool {
        let standing = &self.standing.tranches[tranche];
        let leg = &self.plan.tranches[tranche].leg[side];
        if leg.absent || standing.done[side] {
            return false;
        }
        if standing.begun[side] {
            return true; // the record says that it goes on
        }
        let some_left = leg.items.range().any(|i| self.standing.left[self.plan.items[i].cohort] > 0);
        let captives = self.people[tranche][CAPTIVES];
        if side == CAPTIVES {
            captives > 0
        } else {
            some_left && (captives > 0 || self.open(tranche, side) > 0)
        }
    }

    /// Whether a tranche is part of what is agreed by now.
    pub fn is_agreed(&self, tranche: usize) -> bool {
        self.standing.tranches[tranche].is_agreed
    }

    /// Captives whom the present term promises, with those who are back: tranches of the agreement, and of extensions that are agreed;
    /// those who did not come in their round are still promised.
    pub fn captives_promised(&self) -> i64 {
        let agreed = (0..self.people.len()).filter(|tranche| self.is_agreed(*tranche));
        let to_come: i64 = agreed.map(|tranche| self.people[tranche][CAPTIVES]).sum();
        self.known[CAPTIVES] + to_come + i64::from(self.standing.owed[CAPTIVES])
    }

    /// The end of the known past.
    pub fn as_of(&self) -> Time {
        self.as_of
    }

    /// People of a side who are back.
    pub fn back(&self, side: Side) -> i64 {
        self.known[side]
    }

    /// People of a side who are still held.
    pub fn left(&self, side: Side) -> i64 {
        let cohorts = self.plan.cohorts.iter().zip(&self.standing.left).filter(|(c, _)| c.side == side);
        cohorts.map(|(_, left)| i64::from(*left)).sum()
    }

    /// The last day of the known past.
    pub fn today(&self) -> i64 {
        Days::of(self.plan).day(self.as_of - 1)
    }

    /// The day a tranche is due.
    fn due(&self, tranche: usize) -> Option<i64> {
        let days = Days::of(self.plan);
        self.standing.tranches[tranche].due.or_else(|| days.due(tranche)).map(|due| days.day(due))
    }

    /// The day of a leg that comes so many days after it is due, at the earliest tomorrow; the day after the last asked about where
    /// its extension is not agreed. None where it has no date.
    pub fn day(&self, tranche: usize, delay: i64, last: i64) -> Option<i64> {
        if !self.is_agreed(tranche) {
            return Some(last + 1);
        }
        let tomorrow = Days::of(self.plan).day(self.as_of);
        Some((self.due(tranche)? + delay).clamp(tomorrow.min(last + 1), last + 1))
    }

    /// The days between two legs that come as late as each other.
    pub fn apart(&self, [one, other]: [(usize, Side); 2], delay: i64, last: i64) -> Option<i64> {
        Some((self.day(one.0, delay, last)? - self.day(other.0, delay, last)?).abs())
    }

    /// People of a side released by the end of a day, each tranche so many days after it is due.
    pub fn released(&self, side: Side, day: i64, delay: i64) -> i64 {
        let has_come = |tranche: &usize| self.day(*tranche, delay, day).is_some_and(|at| at <= day);
        let come = (0..self.people.len()).filter(has_come).map(|tranche| self.people[tranche][side]);
        self.known[side] + come.sum::<i64>()
    }

    /// Sets of remains still to come.
    pub fn remains(&self) -> f64 {
        let left = self.plan.cohorts.iter().zip(&self.standing.left);
        left.filter(|(c, _)| c.remains).map(|(_, n)| f64::from(*n)).sum()
    }

    /// What the schedule says to a question.
    pub fn says(&self, question: &Question) -> Option<Said> {
        let point = |value: i64| Some(Said::Counts(Counts::from_iter([value])));
        let p = |is: bool| Some(Said::Probability(if is { 1.0 } else { 0.0 }));
        if let Some(answer) = decided(self, question) {
            return if question.unit() == Unit::Event { p(answer == 1) } else { point(answer) };
        }
        match &question.ask {
            Ask::LegDay { tranche, last, .. } => point(self.day(*tranche, 0, *last)?),
            Ask::Apart { legs, last } => point(self.apart(*legs, 0, *last)?),
            Ask::Released { side, .. } => point(self.released(*side, question.by_day, 0)),
            Ask::PromisedBack { people, .. } => p(self.released(CAPTIVES, question.by_day, 0) >= *people),
            Ask::TalksStarted { by } => p(self.plan.talks.as_ref()?.start_by <= *by),
            Ask::TalksAgreed { by } => p(self.plan.talks.as_ref()?.agree_by <= *by),
            Ask::Milestone { .. } => p(true),
            Ask::Delivered { flow, from, by } => {
                let plan = &self.plan.flows[*flow];
                let run = plan.times.iter().filter(|t| *t > from && *t <= by).count() as f64;
                point((self.plan.numbers[plan.target.0 as usize] * run).round() as i64)
            }
            Ask::Violations { .. } => point(0),
            Ask::LagOver { .. } | Ask::Held { .. } | Ask::Mismatch { .. } | Ask::Collapsed { .. } => p(false),
        }
    }
}

/// Who is chosen when: those stated, those by a rule, the rest.
fn turn_of(fill: &Fill) -> usize {
    match fill {
        Fill::Number { .. } => 1,
        Fill::Rest => 2,
        _ => 0,
    }
}
