//! Baselines from records: the rounds so far, and other cases.
//!
//! A [`Case`] is what a record says of delays and rates; of the history up to the as-of day it makes *persistence* (what comes is as
//! what came), of other histories pooled *climatology*. Shares of few cases have half a case added to each side (Jeffreys's prior).

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};

use super::decided::decided;
use super::paper::Paper;
use super::question::{LONG_LAG, SIDES};
use super::{Ask, Question};
use crate::model::plan::{CAPTIVES, PRISONERS, Plan, Side};
use crate::observed::{History, Kind, Row};
use crate::score::Counts;

/// What a baseline says to a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// The probability of an event.
    Probability(f64),
    /// A distribution.
    Counts(Counts),
}

/// Delays and rates of one or more records.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Case {
    /// Days from due to done, by side.
    pub delays: [Vec<i64>; 2],
    /// Rounds whose prisoners followed by more than a day, and all.
    pub lags: (u64, u64),
    /// By side: times its releases were held or the truce suspended.
    pub held: [u64; 2],
    /// Collapses.
    pub collapses: u64,
    /// Days under the truce.
    pub days: f64,
    /// Sets of remains that were not the person named, and all.
    pub wrong: (u64, u64),
    /// Milestones and talks done by their day, and all that were due.
    pub kept: (u64, u64),
    /// Daily deliveries over the target.
    pub flow: Vec<f64>,
    /// Daily deliveries by the name of their flow, where the record tells no target: the scenario's stands for it. Of the record itself
    /// alone; what another exchange delivered is of another size.
    pub daily: BTreeMap<String, Vec<f64>>,
    /// Violations a day.
    pub violations: Vec<f64>,
    /// Of so many truces, how many had failed by so many days.
    pub failed: Vec<(u64, u64, u64)>,
}

impl Case {
    /// What a history says up to the end of a day; of all its days where none is given. Of several who count violations those are followed by
    /// whom a plan counts, else the first.
    pub fn of(history: &History, to: Option<Date>, plan: Option<&Plan>) -> Case {
        let to = to.unwrap_or(history.known_to).min(history.known_to);
        let rows: Vec<&Row> = history.rows.iter().filter(|r| r.day().is_none_or(|day| day <= to)).collect();
        let mut case = Case::default();
        case.read_legs(&rows);
        case.read_days(history, to);
        for row in &rows {
            if row.kind != Kind::Violations || is_followed(row, history, plan) {
                case.read_row(row, history, to);
            }
        }
        case
    }

    /// Several cases as one.
    pub fn pooled<'c>(cases: impl IntoIterator<Item = &'c Case>) -> Case {
        let mut all = Case::default();
        for case in cases {
            for side in [CAPTIVES, PRISONERS] {
                all.delays[side].extend(&case.delays[side]);
                all.held[side] += case.held[side];
            }
            for (sum, part) in
                [(&mut all.lags, case.lags), (&mut all.wrong, case.wrong), (&mut all.kept, case.kept)]
            {
                *sum = (sum.0 + part.0, sum.1 + part.1);
            }
            all.collapses += case.collapses;
            all.days += case.days;
            all.flow.extend(&case.flow);
            all.violations.extend(&case.violations);
            all.failed.extend(&case.failed);
        }
        all
    }

    fn read_legs(&mut self, rows: &[&Row]) {
        let name = |row: &Row| row.round.as_ref().or(row.tranche.as_ref()).map(|cell| cell.value.clone());
        let releases: Vec<&&Row> = rows.iter().filter(|r| r.is_release() && name(r).is_some()).collect();
        let mut rounds: Vec<String> = releases.iter().filter_map(|row| name(row)).collect();
        rounds.dedup();
        rounds.sort();
        rounds.dedup();
        for round in rounds {
            let last = |side: Side| -> Option<&&&Row> {
                let is_leg = |row: &&&&Row| {
                    name(row).as_ref() == Some(&round) && row.side.as_ref().is_some_and(|s| s.value == side)
                };
                releases.iter().rfind(is_leg)
            };
            for side in [CAPTIVES, PRISONERS] {
                if let Some((done, due)) = last(side).and_then(|row| row.when.zip(row.due)) {
                    self.delays[side].push(days_between(due.best, done.best));
                }
            }
            if let Some((a, b)) =
                last(CAPTIVES).and_then(|r| r.when).zip(last(PRISONERS).and_then(|r| r.when))
            {
                let lag = a.best.duration_until(b.best).as_secs();
                self.lags.0 += u64::from(lag > LONG_LAG);
                self.lags.1 += 1;
            }
        }
    }

    fn read_days(&mut self, history: &History, to: Date) {
        let Some(start) = history.started() else { return };
        let end = history.ended().and_then(|row| row.when).map_or(to, |when| when.day().min(to));
        self.days = (days_between(start.best, end.at(23, 59, 59, 0)) + 1).max(1) as f64;
    }

    fn read_row(&mut self, row: &Row, history: &History, to: Date) {
        match row.kind {
            Kind::Dispute => {
                let held = row.held.as_ref().map_or("", |held| held.value.as_str());
                for side in [CAPTIVES, PRISONERS] {
                    self.held[side] += u64::from(held == SIDES[side] || held == "truce");
                }
            }
            Kind::Collapse => self.collapses += 1,
            Kind::Remains => {
                let count = row.count.as_ref().map_or(0, |c| c.value);
                self.wrong.0 += count - row.confirmed.as_ref().map_or(count, |c| c.value).min(count);
                self.wrong.1 += count;
            }
            Kind::Milestone | Kind::Talks => {
                if let Some(due) = row.due.filter(|due| due.day() <= to) {
                    self.kept.0 += u64::from(row.when.is_some_and(|when| when.day() <= due.day()));
                    self.kept.1 += 1;
                }
            }
            Kind::Flow if row.until.is_none_or(|until| until.day() <= to) => {
                let days = row.until.zip(row.when).map_or(1, |(u, w)| days_between(w.best, u.best) + 1);
                let daily = row.count.as_ref().map(|c| c.value as f64 / days as f64);
                let Some(mean) = daily.or(row.per_day.map(|d| d.value)).filter(|_| days == 1) else { return };
                match (row.target.filter(|target| target.value > 0.0), &row.name) {
                    (Some(target), _) => self.flow.push(mean / target.value),
                    (None, Some(name)) => self.daily.entry(name.value.clone()).or_default().push(mean),
                    (None, None) => {}
                }
            }
            Kind::Violations => {
                if let Some(((count, when), start)) = row.count.zip(row.when).zip(history.started()) {
                    let days = (days_between(start.best, when.best) + 1).max(1);
                    self.violations.push(count.value as f64 / days as f64);
                }
            }
            Kind::Rate => {
                if let (Some(count), Some(of), Some(days)) = (row.count, row.of, row.days) {
                    self.failed.push((days.value, count.value, of.value));
                }
            }
            _ => {}
        }
    }

    /// The chance of an event that came `times` in the days on record, in so many days: a Poisson process whose rate is not known, under
    /// Jeffreys's prior. Given k events in a time T its rate is Gamma(k + ½, T), and nothing comes for s with (T / (T + s))^(k + ½).
    fn within(&self, times: u64, days: f64) -> Option<f64> {
        let none = |all: f64| libm::pow(all / (all + days), times as f64 + 0.5);
        (self.days > 0.0).then(|| 1.0 - none(self.days))
    }

    /// The chance that a truce fails in so many days: by the rates of others where there are any.
    fn fails_within(&self, days: f64) -> Option<f64> {
        let nearest = self.failed.iter().min_by(|a, b| gap(a.0, days).total_cmp(&gap(b.0, days)));
        match nearest {
            Some((of_days, failed, all)) => {
                let hazard = -libm::log1p(-share((*failed, *all))) / (*of_days).max(1) as f64;
                Some(-libm::expm1(-hazard * days))
            }
            None => self.within(self.collapses, days),
        }
    }

    /// What this record says to a question about what is on paper; none where it says nothing.
    pub fn says(&self, paper: &Paper<'_>, question: &Question) -> Option<Said> {
        let plan = paper.plan;
        if decided(paper, question).is_some() {
            return paper.says(question);
        }
        let ahead = (question.by_day - paper.today()).max(0) as f64;
        let p = match &question.ask {
            Ask::LegDay { tranche, side, last } => {
                let day = |delay: &i64| paper.day(*tranche, *delay, *last);
                return counts(self.delays[*side].iter().filter_map(day));
            }
            Ask::Apart { legs, last } => {
                // One delay for all rounds: which are late together.
                let delays = self.delays[CAPTIVES].iter().chain(&self.delays[PRISONERS]);
                return counts(delays.filter_map(|delay| paper.apart(*legs, *delay, *last)));
            }
            Ask::Released { side, .. } => {
                return counts(self.delays[*side].iter().map(|d| paper.released(*side, question.by_day, *d)));
            }
            Ask::PromisedBack { people, .. } => {
                let delays = &self.delays[CAPTIVES];
                let hits = delays
                    .iter()
                    .filter(|d| paper.released(CAPTIVES, question.by_day, **d) >= *people)
                    .count();
                (!delays.is_empty()).then(|| share((hits as u64, delays.len() as u64)))?
            }
            Ask::LagOver { tranches, .. } => {
                (self.lags.1 > 0).then(|| 1.0 - libm::pow(1.0 - share(self.lags), tranches.len() as f64))?
            }
            Ask::Held { side, .. } => self.within(self.held[*side], ahead)?,
            Ask::Mismatch { .. } => {
                let sets = paper.remains();
                (self.wrong.1 > 0).then(|| 1.0 - libm::pow(1.0 - share(self.wrong), sets))?
            }
            Ask::TalksStarted { .. } | Ask::TalksAgreed { .. } | Ask::Milestone { .. } => {
                (self.kept.1 > 0).then(|| share(self.kept))?
            }
            Ask::Collapsed { .. } => self.fails_within(ahead)?,
            Ask::Delivered { flow, from, by } => {
                let target = plan.numbers[plan.flows[*flow].target.0 as usize];
                let run = plan.flows[*flow].times.iter().filter(|t| *t > from && *t <= by).count() as f64;
                let daily = self.daily.get(&plan.flows[*flow].name).into_iter().flatten();
                let days: Vec<f64> =
                    self.flow.iter().map(|share| share * target).chain(daily.copied()).collect();
                // Days differ, and a sum of days is close to its mean: one amount for all of them.
                let mean = days.iter().sum::<f64>() / days.len() as f64;
                return (!days.is_empty())
                    .then(|| Said::Counts(Counts::from_iter([(mean * run).round() as i64])));
            }
            Ask::Violations { .. } => {
                let day = question.by_day as f64;
                return counts(self.violations.iter().map(|rate| (rate * day).round() as i64));
            }
        };
        Some(Said::Probability(p))
    }
}

/// Whether a row is of the series of counts that is followed.
fn is_followed(row: &Row, history: &History, plan: Option<&Plan>) -> bool {
    let is_about = |name: &str| row.against.as_ref().is_some_and(|against| against.value == name);
    let process = plan.and_then(|plan| plan.violations.iter().find(|process| is_about(&process.name)));
    history.is_followed(row, process.and_then(|process| process.counted_by.as_deref()))
}

fn counts(values: impl Iterator<Item = i64>) -> Option<Said> {
    let counts: Counts = values.collect();
    (counts.n() > 0).then_some(Said::Counts(counts))
}

fn gap(a: u64, b: f64) -> f64 {
    (a as f64 - b).abs()
}

/// A share with half a case added to each side.
fn share((hits, all): (u64, u64)) -> f64 {
    (hits as f64 + 0.5) / (all as f64 + 1.0)
}

fn days_between(from: DateTime, to: DateTime) -> i64 {
    from.date().until(to.date()).map_or(0, |span| i64::from(span.get_days()))
}
