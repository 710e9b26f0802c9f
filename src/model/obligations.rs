//! Milestones, deliveries and talks.

use super::address::{Answer, DISPUTE_STRIDE};
use super::happening::{Cause, Happening, Observer};
use super::plan::{Due, FlowPlan, MissedPlan, Num, RequiresPlan, ShortPlan, Trigger};
use super::world::{FIXED_SERIES, MilestoneState, Phase, World};
use crate::dist::{Distribution, Prob};
use crate::kernel::{NEVER, Time, after};

/// Places of the stream of talks.
const TALKS_BUDGET: u64 = 0;
const TALKS_TAKE: u64 = 1;
const TALKS_AGREE: u64 = 2;
/// Durations of the stages after the first.
const TALKS_STAGE: u64 = 8;

impl<O: Observer> World<'_, O> {
    pub(super) fn launch_obligations(&mut self) {
        self.launch_milestones();
        self.launch_flows();
        self.launch_talks();
        self.launch_deaths();
        if self.plan.history.is_none() {
            self.launch_outsiders(); // with a history they have been since the start
        }
    }

    // ---- milestones ----

    fn launch_milestones(&mut self) {
        for index in 0..self.plan.milestones.len() {
            if self.milestones[index] != MilestoneState::Dormant {
                continue;
            }
            match self.plan.milestones[index].due {
                Due::At(time) => {
                    let due = time + self.day_shift();
                    self.expect_milestone(index, due, due);
                }
                Due::After(Trigger::Start, by) => {
                    self.expect_milestone(index, self.started, self.started + by)
                }
                Due::After(_, by) if self.milestone_due[index] < NEVER => {
                    // What it counts from happened in the known past.
                    let due = self.milestone_due[index];
                    self.expect_milestone(index, due - by, due);
                }
                Due::After(..) => {}
                Due::Undated => self.expect_milestone(index, self.now, NEVER),
            }
        }
    }

    /// From `from` on a milestone can be met; it is missed when it is not by its due time plus grace.
    fn expect_milestone(&mut self, index: usize, from: Time, due: Time) {
        let plan = &self.plan.milestones[index];
        let (timer, grace_timer, grace) = (plan.timer, plan.grace_timer, plan.grace);
        self.milestones[index] = MilestoneState::Pending;
        self.milestone_due[index] = due;
        if due < NEVER && due + grace >= self.now {
            self.set(grace_timer, due + grace);
        }
        if from <= self.now {
            self.try_milestone(index);
        } else {
            self.set(timer, from);
        }
    }

    pub(super) fn milestones_triggered(&mut self, what: Trigger) {
        for index in 0..self.plan.milestones.len() {
            if let Due::After(trigger, by) = self.plan.milestones[index].due
                && trigger == what
                && self.milestones[index] == MilestoneState::Dormant
            {
                if self.in_past {
                    self.milestone_due[index] = self.now + by;
                } else {
                    self.expect_milestone(index, self.now, self.now + by);
                }
            }
        }
    }

    pub(super) fn milestone_goes_on(&mut self, index: usize) {
        match self.milestones[index] {
            MilestoneState::Pending => self.try_milestone(index),
            MilestoneState::Running => self.meet_milestone(index),
            _ => {}
        }
    }

    /// Starts the act, if its time has come, what it requires is true and nothing holds it.
    fn try_milestone(&mut self, index: usize) {
        let plan = &self.plan.milestones[index];
        let from = match plan.due {
            Due::At(time) => time + self.day_shift(),
            _ => self.now,
        };
        let held = self.suspended > 0 || plan.queue.is_some_and(|q| self.queues[q as usize].holds > 0);
        if from > self.now || held || self.phase == Phase::Limbo || !self.are_met(&plan.requires) {
            return;
        }
        let timer = plan.timer;
        let Some(wait) = self.wait_for_milestone(index) else { return };
        self.milestones[index] = MilestoneState::Running;
        self.set(timer, after(self.now, wait));
    }

    fn are_met(&self, requires: &RequiresPlan) -> bool {
        requires.released.iter().all(|c| self.are_living_back(*c))
            && requires.tranches.iter().all(|t| self.is_round_done(*t))
            && requires.milestones.iter().all(|m| matches!(self.milestones[*m], MilestoneState::Met(_)))
    }

    pub(super) fn meet_milestone(&mut self, index: usize) {
        let plan = &self.plan.milestones[index];
        let (owner, grace_timer) = (plan.owner, plan.grace_timer);
        let in_time = self.now <= self.milestone_due[index].saturating_add(plan.grace);
        self.milestones[index] = MilestoneState::Met(self.now);
        self.note(Happening::MilestoneMet { milestone: index as u32 });
        self.set(grace_timer, NEVER);
        self.keep(owner, in_time);
        self.requirements_changed();
        self.trigger(Trigger::Milestone(index));
        self.open_flows(index);
    }

    /// Something was met or released: milestones that waited for it may start.
    pub(super) fn requirements_changed(&mut self) {
        if self.in_past {
            return;
        }
        for index in 0..self.plan.milestones.len() {
            if self.milestones[index] == MilestoneState::Pending {
                self.try_milestone(index);
            }
        }
    }

    pub(super) fn milestones_wake(&mut self) {
        self.requirements_changed();
    }

    pub(super) fn milestone_is_missed(&mut self, index: usize) {
        if matches!(self.milestones[index], MilestoneState::Met(_)) {
            return;
        }
        let plan = &self.plan.milestones[index];
        self.note(Happening::MilestoneMissed { milestone: index as u32 });
        if let Some(missed) = plan.missed {
            self.missed(missed, plan.owner, Cause::Milestone(index as u32), plan.dispute_stream, 0);
        }
    }

    // ---- flows ----

    fn launch_flows(&mut self) {
        for index in 0..self.plan.flows.len() {
            let opens_with = self.plan.flows[index].opens_with;
            self.flows[index].is_open =
                opens_with.is_none_or(|m| matches!(self.milestones[m], MilestoneState::Met(_)));
            if self.runs_ahead(self.plan.flows[index].runs_ahead) {
                self.draw_deliveries_ahead(index);
            } else {
                self.next_delivery(index);
            }
        }
    }

    fn open_flows(&mut self, milestone: usize) {
        for index in 0..self.plan.flows.len() {
            if self.plan.flows[index].opens_with == Some(milestone) {
                self.flows[index].is_open = true;
            }
        }
    }

    /// Sets the days of the known past that are not on record.
    pub(super) fn launch_past_flows(&mut self) {
        for index in 0..self.plan.flows.len() {
            let opens_with = self.plan.flows[index].opens_with;
            self.flows[index].is_open = opens_with.is_none();
            let first = self.plan.flows[index].times.partition_point(|t| *t < self.now);
            self.next_unrecorded(index, first);
        }
    }

    /// Sets the first day from a place on whose delivery is not known.
    fn next_unrecorded(&mut self, index: usize, from: usize) {
        let Some(history) = &self.plan.history else { return };
        let times = &self.plan.flows[index].times;
        let next = (from..times.len()).find(|p| history.delivered[index][*p].is_none());
        let at = next.map_or(NEVER, |p| times[p]);
        self.set(self.plan.flows[index].timer, if at < history.as_of { at } else { NEVER });
    }

    /// A day of the known past without a record: what arrived is not known, so it is drawn; nobody answers it any more. With correlation
    /// it is drawn given the days around it that are known.
    fn unrecorded_delivery(&mut self, index: usize) {
        let plan = self.plan;
        let Some(history) = &plan.history else { return };
        let flow = &plan.flows[index];
        let place = flow.times.partition_point(|t| *t < self.now);
        if self.flows[index].is_open {
            let drawn = match flow.correlation {
                None => self.draw(flow.level, flow.stream, place as u64),
                Some(correlation) => {
                    let known = &history.delivered[index];
                    let ahead = (place + 1..known.len()).find_map(|p| Some((p, known[p]?)));
                    let ahead =
                        ahead.and_then(|(p, a)| Some((p - place, self.score_of(index, p, a as f64)?)));
                    let (mean, sd) = between(self.num(correlation), self.flows[index].score, ahead);
                    let score = mean + sd * self.fresh_score(flow, place);
                    self.flows[index].score = Some(score);
                    self.level_at(flow, score)
                }
            };
            let factor = flow.factor.get(place).map_or(1.0, |f| self.num(*f));
            self.deliver(index, drawn * factor);
        }
        self.next_unrecorded(index, place + 1);
    }

    /// Sets the next delivery, on the first of its days from now on.
    fn next_delivery(&mut self, index: usize) {
        let times = &self.plan.flows[index].times;
        let mut place = self.flows[index].index as usize;
        while place < times.len() && times[place] < self.now {
            place += 1;
        }
        self.flows[index].index = place as u32;
        let next = times.get(place).copied().unwrap_or(NEVER);
        self.set(self.plan.flows[index].timer, next);
    }

    pub(super) fn delivery_happens(&mut self, index: usize) {
        if self.in_past {
            return self.unrecorded_delivery(index);
        }
        if self.runs_ahead(self.plan.flows[index].runs_ahead) {
            return self.delivery_ahead_matters(index);
        }
        let plan = &self.plan.flows[index];
        let place = self.flows[index].index as usize;
        self.flows[index].index += 1;
        if self.flows[index].is_open {
            let level = self.level(plan, index, place);
            self.deliver(index, level);
            self.judge(index, place, level);
        }
        if !self.is_over {
            self.next_delivery(index);
        }
    }

    /// What arrives on a day, before rounding. With correlation, the normal scores of successive days are an AR(1) process with
    /// unit variance, so every day keeps the stated law.
    fn level(&mut self, plan: &FlowPlan, index: usize, place: usize) -> f64 {
        let drawn = match plan.correlation {
            None => self.draw(plan.level, plan.stream, place as u64),
            Some(correlation) => self.correlated(plan, index, place, correlation),
        };
        let factor = plan.factor.get(place).map_or(1.0, |f| self.num(*f));
        let held = self.queues[plan.queue as usize].holds > 0;
        let mut share = 1.0;
        for (applies, num) in
            [held, self.suspended > 0, self.phase == Phase::Limbo].into_iter().zip(plan.shares)
        {
            if applies {
                share *= self.num(num);
            }
        }
        drawn * factor * share
    }

    fn correlated(&mut self, plan: &FlowPlan, index: usize, place: usize, correlation: Num) -> f64 {
        let (mean, sd) = between(self.num(correlation), self.flows[index].score, None);
        let score = mean + sd * self.fresh_score(plan, place);
        self.flows[index].score = Some(score);
        self.level_at(plan, score)
    }

    /// A standard normal score at a day's own address.
    fn fresh_score(&mut self, plan: &FlowPlan, place: usize) -> f64 {
        let word = self.draws.word(plan.stream, place as u64);
        UNIT_NORMAL.quantile(Prob::from_word(word))
    }

    /// The level of a day with a normal score: the stated law's quantile at the score's own probability.
    fn level_at(&self, plan: &FlowPlan, score: f64) -> f64 {
        let p = if score < 0.0 {
            Prob::from_lower(UNIT_NORMAL.cdf(score))
        } else {
            Prob::from_upper(UNIT_NORMAL.sf(score))
        };
        self.law_of(plan.level).map_or(0.0, |law| law.quantile(p))
    }

    /// The normal score of a day whose delivery is known: the middle of the probability of what is rounded to it.
    pub(super) fn score_of(&self, index: usize, place: usize, amount: f64) -> Option<f64> {
        let plan = &self.plan.flows[index];
        plan.correlation?;
        let factor = plan.factor.get(place).map_or(1.0, |f| self.num(*f));
        let law = self.law_of(plan.level)?;
        if factor <= 0.0 {
            return None;
        }
        let (from, to) = ((amount - 0.5) / factor, (amount + 0.5) / factor);
        let lower = 0.5 * (law.cdf(from) + law.cdf(to));
        let upper = 0.5 * (law.sf(from) + law.sf(to));
        // A delivery outside the law's range lies at its edge.
        let p =
            if lower < 0.5 { Prob::from_lower(lower.max(1e-9)) } else { Prob::from_upper(upper.max(1e-9)) };
        Some(UNIT_NORMAL.quantile(p))
    }

    pub(super) fn deliver(&mut self, index: usize, level: f64) {
        let amount = (level + 0.5) as i64;
        let before = self.flows[index].total;
        self.flows[index].total += amount;
        if self.plan.flows[index].in_total {
            self.flow_total += amount;
        }
        self.change(FIXED_SERIES + self.plan.parties.len() + index, before, before + amount);
        self.note(Happening::Delivered { flow: index as u32, amount: amount as u64 });
    }

    /// Judges a window of deliveries once, at its end.
    fn judge(&mut self, index: usize, place: usize, level: f64) {
        let Some(short) = self.plan.flows[index].short else { return };
        let flow = &mut self.flows[index];
        flow.window += level;
        flow.in_window += 1;
        if flow.in_window < short.window {
            return;
        }
        let mean = flow.window / f64::from(flow.in_window);
        flow.window = 0.0;
        flow.in_window = 0;
        if mean < self.num(short.below) {
            self.is_short(index, place, short);
        } else {
            self.keep(self.plan.flows[index].owner, true);
        }
    }

    fn is_short(&mut self, index: usize, place: usize, short: ShortPlan) {
        self.flows[index].short += 1;
        self.note(Happening::Short { flow: index as u32 });
        if short.is_violation {
            self.short_violation(short.violation);
        }
        let missed = MissedPlan { opens: short.opens, severity: short.severity };
        let (owner, stream) = (self.plan.flows[index].owner, self.plan.flows[index].dispute_stream);
        self.missed(missed, owner, Cause::Short(index as u32), stream, place as u64 * DISPUTE_STRIDE);
    }

    // ---- talks ----

    fn launch_talks(&mut self) {
        let Some(plan) = &self.plan.talks else { return };
        if self.talks.are_over {
            return;
        }
        if self.talks.started.is_some() {
            return self.expect_agreement();
        }
        let budget = self.draw(self.plan.unit_exponential, plan.stream, TALKS_BUDGET);
        let from = (plan.from + self.day_shift()).max(self.now);
        self.talks.clock = super::clock::Clock::new(budget, from);
        let start_by = plan.start_by + self.day_shift();
        if start_by >= self.now {
            self.set(plan.check_timer, start_by);
        }
        self.talks_rate_changes();
    }

    /// Talks start at their rate unless their queue is held or the truce suspended.
    pub(super) fn talks_rate_changes(&mut self) {
        let Some(plan) = &self.plan.talks else { return };
        if self.talks.started.is_some() || self.in_past || self.phase == Phase::NotBegun {
            return;
        }
        let held =
            self.suspended > 0 || self.phase == Phase::Limbo || self.queues[plan.queue as usize].holds > 0;
        let rate = if held { 0.0 } else { self.num(plan.starts) };
        let from = self.now.max(plan.from + self.day_shift());
        let rings = self.talks.clock.set_rate(from, rate);
        self.set(plan.timer, rings);
    }

    pub(super) fn talks_start(&mut self) {
        let Some(plan) = &self.plan.talks else { return };
        self.talks.started = Some(self.now);
        self.note(Happening::TalksStarted);
        self.keep(plan.owner, self.now <= plan.start_by + self.day_shift());
        if !self.in_past {
            self.expect_agreement();
        }
    }

    fn expect_agreement(&mut self) {
        let Some(plan) = &self.plan.talks else { return };
        let started = self.talks.started.unwrap_or(self.now);
        let word = self.draws.word(plan.stream, TALKS_TAKE);
        let takes = self.residual(plan.takes, (self.now - started) as f64, word);
        self.set(plan.end_timer, after(started, takes).max(self.now));
    }

    /// A stage of the talks is over: the next one begins, or the last decides.
    pub(super) fn talks_end(&mut self) {
        let Some(plan) = &self.plan.talks else { return };
        self.talks.stages += 1;
        if self.talks.stages < plan.stages {
            self.note(Happening::TalksAdvanced { stage: self.talks.stages });
            let takes = self.draw(plan.takes, plan.stream, TALKS_STAGE + u64::from(self.talks.stages));
            return self.set(plan.end_timer, after(self.now, takes));
        }
        let agreed = self.hit(plan.agrees, plan.stream, TALKS_AGREE);
        self.talks.are_over = true;
        self.talks.agreed = agreed;
        self.note(Happening::TalksEnded { agreed });
        self.keep(plan.owner, agreed && self.now <= plan.agree_by + self.day_shift());
        self.talks_ended();
    }

    /// The share of the stages of the talks that are over.
    pub(super) fn talks_progress(&self) -> f64 {
        let stages = self.plan.talks.as_ref().map_or(1, |t| t.stages);
        f64::from(self.talks.stages) / f64::from(stages)
    }

    pub(super) fn talks_are_missed(&mut self) {
        let Some(plan) = &self.plan.talks else { return };
        if let (None, Some(missed)) = (self.talks.started, plan.missed) {
            let stream = self.plan.shared_streams.talks_dispute;
            self.missed(missed, plan.owner, Cause::Talks, stream, Answer::Opens as u64);
        }
    }
}

const UNIT_NORMAL: Distribution = Distribution::Normal { mean: 0.0, sd: 1.0 };

/// Mean and standard deviation of a score of an AR(1) process of unit variance, given the one before and one a number of steps
/// ahead, as far as they are known (the conditional normal law of a Gaussian Markov chain).
fn between(rho: f64, before: Option<f64>, ahead: Option<(usize, f64)>) -> (f64, f64) {
    let square = rho * rho;
    match (before, ahead) {
        (None, None) => (0.0, 1.0),
        (Some(x), None) => (rho * x, (1.0 - square).sqrt()),
        (None, Some((steps, y))) => {
            let reach = libm::pow(rho, steps as f64);
            (reach * y, (1.0 - reach * reach).sqrt())
        }
        (Some(x), Some((steps, y))) => {
            let reach = libm::pow(rho, steps as f64);
            let left = 1.0 - reach * reach;
            let all = 1.0 - reach * reach * square;
            ((rho * left * x + reach * (1.0 - square) * y) / all, ((1.0 - square) * left / all).sqrt())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::between;

    /// The covariance of three neighbours of an AR(1) chain, inverted by hand: x given its neighbours has mean ρ(a + b)/(1 + ρ²) and
    /// variance (1 − ρ²)/(1 + ρ²).
    #[test]
    fn a_day_between_two_known_ones() {
        let (mean, sd) = between(0.6, Some(1.0), Some((1, -0.2)));
        assert!((mean - 0.6 * 0.8 / 1.36).abs() < 1e-12);
        assert!((sd * sd - 0.64 / 1.36).abs() < 1e-12);
    }

    /// Drawn one after another toward a known end, the first of two days has the law it has given both ends at once: with ρ = ½ and ends
    /// 1 and 2 three steps apart, mean (ρ(1 − ρ⁴) + 2ρ²(1 − ρ²))/(1 − ρ⁶).
    #[test]
    fn a_longer_gap() {
        let (mean, sd) = between(0.5, Some(1.0), Some((2, 2.0)));
        assert!((mean - (0.46875 + 0.375) / 0.984375).abs() < 1e-12);
        assert!((sd * sd - 0.75 * 0.9375 / 0.984375).abs() < 1e-12);
        assert_eq!(between(0.5, None, None), (0.0, 1.0));
        let (mean, sd) = between(0.5, None, Some((2, 2.0)));
        assert!((mean - 0.5).abs() < 1e-12 && (sd * sd - 0.9375).abs() < 1e-12);
    }
}
