//! Milestones, flows and talks.

use super::Resolver;
use crate::kernel::Time;
use crate::model::plan::*;
use crate::scenario::schema::{self, MilestoneClass};
use crate::scenario::source::{At, Span};

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Resolver<'_> {
    pub(super) fn milestones(
        &mut self,
        cohorts: &[CohortPlan],
        tranches: &[TranchePlan],
    ) -> Vec<MilestonePlan> {
        let file = self.file;
        let order: Vec<u64> = tranches.iter().map(|t| t.number).collect();
        let mut plans = Vec::new();
        for (name, milestone) in &file.milestone.entries {
            let owner = self.party(&milestone.owner);
            let class = match milestone.class {
                MilestoneClass::Movement => Some(Class::Movement),
                MilestoneClass::Aid => Some(Class::Aid),
                MilestoneClass::Lists => None,
            };
            plans.push(MilestonePlan {
                name: name.value.clone(),
                owner,
                queue: class.map(|c| queue(owner, c)),
                due: self.due(milestone.day.as_ref(), milestone.at, milestone.within.as_ref(), &order),
                requires: self.requires(milestone.requires.as_ref(), cohorts, tranches),
                takes: milestone.takes.as_ref().map(|l| self.law(l)),
                late: milestone.late.as_ref().map(|l| self.late(l)),
                never: self.num(&milestone.never),
                grace: (milestone.grace.value + 0.5) as Time,
                missed: milestone.missed.as_ref().map(|m| self.missed(m)),
                timer: 0,
                grace_timer: 0,
                stream: self.stream("milestone", &name.value),
                dispute_stream: self.stream("dispute.milestone", &name.value),
            });
        }
        plans
    }

    fn requires(
        &mut self,
        requires: Option<&schema::Requires>,
        _cohorts: &[CohortPlan],
        tranches: &[TranchePlan],
    ) -> RequiresPlan {
        let Some(requires) = requires else { return RequiresPlan::default() };
        RequiresPlan {
            released: requires.released.iter().filter_map(|name| self.cohort(name)).collect(),
            tranches: requires
                .tranches
                .iter()
                .filter_map(|name| self.tranche_named(name, tranches))
                .collect(),
            milestones: requires.milestones.iter().filter_map(|name| self.milestone(name)).collect(),
        }
    }

    pub(super) fn tranche_named(&mut self, name: &At<String>, tranches: &[TranchePlan]) -> Option<usize> {
        let names = tranches.iter().map(|t| t.name.as_str());
        crate::scenario::read::resolve_name(name, names, "tranche", self.faults)
    }

    pub(super) fn flows(&mut self, violations: &[ViolationPlan]) -> Vec<FlowPlan> {
        let file = self.file;
        let mut plans = Vec::new();
        for (name, flow) in &file.flow.entries {
            let owner = self.party(&flow.owner);
            let (first_day, times) = self.delivery_times(flow);
            if let Some(whole) = &flow.part_of {
                let all = file.flow.entries.iter().map(|(n, _)| n.value.as_str());
                crate::scenario::read::resolve_name(whole, all, "flow", self.faults);
            }
            plans.push(FlowPlan {
                name: name.value.clone(),
                owner,
                queue: queue(owner, Class::Aid),
                target: self.num(&flow.target),
                level: self.law(&flow.level),
                correlation: self.correlation(&flow.correlation),
                factor: self.weekday_factors(flow, first_day, times.len()),
                opens_with: flow.opens_with.as_ref().and_then(|m| self.milestone(m)),
                in_total: flow.part_of.is_none(),
                region: flow
                    .region
                    .entries
                    .iter()
                    .map(|(n, share)| (n.value.clone(), self.num(share)))
                    .collect(),
                shares: [
                    self.num(&flow.while_held),
                    self.num(&flow.while_suspended),
                    self.num(&flow.in_limbo),
                ],
                short: flow.short.as_ref().map(|s| self.short(s, owner, violations)),
                times,
                timer: 0,
                stream: self.stream("flow", &name.value),
                dispute_stream: self.stream("dispute.flow", &name.value),
                runs_ahead: false,
            });
        }
        plans
    }

    fn correlation(
        &mut self,
        correlation: &crate::scenario::law::Param<crate::scenario::units::Probability>,
    ) -> Option<Num> {
        if correlation.support().high >= 1.0 {
            self.fault("S118", correlation.span, "a correlation of 1 never changes", "give a value below 1");
        }
        self.num_unless(correlation, 0.0)
    }

    fn short(&mut self, short: &schema::Short, owner: usize, violations: &[ViolationPlan]) -> ShortPlan {
        ShortPlan {
            below: self.num(&short.below),
            window: u32::try_from(short.window.value).unwrap_or(u32::MAX).max(1),
            is_violation: short.is_violation.value,
            opens: self.num(&short.opens_dispute),
            severity: self.num(&short.severity),
            violation: violations.iter().position(|v| v.party == owner),
        }
    }

    /// The first day whose delivery lies after the agreed start, and the times from it on.
    fn delivery_times(&mut self, flow: &schema::Flow) -> (i64, Vec<Time>) {
        let first = flow.from_day.value.max(1) as i64;
        let last_day = flow.to_day.as_ref().map_or(i64::MAX, |d| i64::try_from(d.value).unwrap_or(i64::MAX));
        if last_day < first {
            self.fault(
                "S109",
                flow.span,
                "the flow ends before it begins",
                "give a `to_day` not before `from_day`",
            );
        }
        let (mut first_day, mut times) = (first, Vec::new());
        for day in first..=last_day {
            let Some(time) = self.calendar.offset_of_day(day, flow.hour.seconds) else { break };
            if time > self.horizon {
                break;
            }
            if time >= 0 {
                times.push(time);
            } else {
                first_day = day + 1;
            }
        }
        (first_day, times)
    }

    fn weekday_factors(&mut self, flow: &schema::Flow, first_day: i64, days: usize) -> Vec<Num> {
        if flow.weekday.is_empty() {
            return Vec::new();
        }
        let one = self.constant(1.0);
        let mut by_weekday = [one; 7];
        for (name, factor) in &flow.weekday.entries {
            match crate::scenario::read::resolve_name(name, WEEKDAYS.into_iter(), "weekday", self.faults) {
                Some(place) => by_weekday[place] = self.num(factor),
                None => continue,
            }
        }
        (0..days as i64)
            .map(|d| {
                let weekday = self
                    .calendar
                    .date_of_day(first_day + d)
                    .map_or(0, |date| date.weekday().to_monday_zero_offset());
                by_weekday[weekday as usize % 7]
            })
            .collect()
    }

    pub(super) fn talks(&mut self) -> Option<TalksPlan> {
        let talks = self.file.talks.as_ref()?;
        let owner = self.party(&talks.owner);
        let from = self.midnight_of(&talks.from_day);
        let start_by = self.end_of(&talks.start_by);
        let agree_by = self.end_of(&talks.agree_by);
        if !(1..=1_000).contains(&talks.stages.value) {
            let message = format!("{} stages of talks", talks.stages.value);
            self.fault("S116", talks.stages.span, message, "talks go through 1 to 1000 stages");
        }
        if agree_by < start_by || start_by < from {
            self.order_fault(talks.span);
        }
        Some(TalksPlan {
            owner,
            queue: queue(owner, Class::Talks),
            from,
            start_by,
            agree_by,
            starts: self.num(&talks.starts),
            takes: self.law(&talks.takes),
            stages: u32::try_from(talks.stages.value).unwrap_or(u32::MAX),
            agrees: self.num(&talks.agrees),
            missed: talks.missed.as_ref().map(|m| self.missed(m)),
            timer: 0,
            end_timer: 0,
            check_timer: 0,
            stream: self.stream("talks", ""),
        })
    }

    fn order_fault(&mut self, span: Span) {
        self.fault(
            "S109",
            span,
            "talks must be able to start before they must have started, and that before they must agree",
            "order the days: from_day, start_by, agree_by",
        );
    }

    fn midnight_of(&mut self, day: &At<i64>) -> Time {
        self.time_of(day, Some(crate::scenario::moment::Hour::of(0, 0))).max(0)
    }

    fn end_of(&mut self, day: &At<i64>) -> Time {
        let next = At::new(day.value.saturating_add(1), day.span);
        self.time_of(&next, Some(crate::scenario::moment::Hour::of(0, 0)))
    }
}
