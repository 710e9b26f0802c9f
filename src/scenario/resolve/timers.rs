//! Numbers the timers of a plan in the order of rank, entity and ordinal: the written order of simultaneous events.

use crate::model::ahead;
use crate::model::happening::Answered;
use crate::model::plan::*;

/// Gives every event of a plan its timer.
pub(super) fn assign(plan: &mut Plan) {
    let mut events = events(plan);
    events.sort_unstable();
    let place = |event: Event| events.binary_search(&event).ok().map(|i| i as u32);
    let must = |event: Event| place(event).unwrap_or_default();
    plan.start_timer = place(Event::Start);
    plan.horizon_timer = must(Event::Horizon);
    plan.midnight_timer = place(Event::Midnight);
    if let Some(term) = &mut plan.term {
        term.timer = must(Event::Term);
    }
    for (index, tranche) in plan.tranches.iter_mut().enumerate() {
        let number = index as u32;
        tranche.list_timer = place(Event::List(number));
        for side in [CAPTIVES, PRISONERS] {
            let leg = &mut tranche.leg[side];
            leg.timer = must(Event::Leg(number, side as u8));
            leg.grace_timer = place(Event::LegMissed(number, side as u8));
            leg.replacement_timer = place(Event::Replacement(number, side as u8));
        }
    }
    for (index, cohort) in plan.cohorts.iter_mut().enumerate() {
        cohort.death_timer = place(Event::Death(index as u32));
    }
    assign_obligations(plan, &must);
    assign_breaches(plan, &must, &place);
    plan.timers = events.clone();
}

fn assign_obligations(plan: &mut Plan, must: &impl Fn(Event) -> u32) {
    for (index, outside) in plan.outsiders.iter_mut().enumerate() {
        outside.timer = must(Event::Outside(index as u32));
    }
    for (index, milestone) in plan.milestones.iter_mut().enumerate() {
        milestone.timer = must(Event::Milestone(index as u32));
        milestone.grace_timer = must(Event::MilestoneMissed(index as u32));
    }
    for (index, flow) in plan.flows.iter_mut().enumerate() {
        flow.timer = must(Event::Flow(index as u32));
    }
    if let Some(talks) = &mut plan.talks {
        talks.timer = must(Event::TalksStart);
        talks.end_timer = must(Event::TalksEnd);
        talks.check_timer = must(Event::TalksMissed);
    }
    if let Some(history) = &mut plan.history {
        history.timer = must(Event::Fact);
        history.as_of_timer = must(Event::AsOf);
    }
}

fn assign_breaches(plan: &mut Plan, must: &impl Fn(Event) -> u32, place: &impl Fn(Event) -> Option<u32>) {
    for (index, violation) in plan.violations.iter_mut().enumerate() {
        violation.timer = must(Event::Violation(index as u32));
    }
    for (index, event) in plan.externals.iter_mut().enumerate() {
        event.timer = must(Event::External(index as u32));
    }
    for (index, front) in plan.fronts.iter_mut().enumerate() {
        front.timer = must(Event::FrontBreaks(index as u32));
        front.expiry_timer = must(Event::FrontExpires(index as u32));
    }
    if let Some(mediation) = &mut plan.mediation {
        mediation.first_timer = must(Event::Mediation(0));
    }
    if let Some(ending) = &mut plan.ending {
        ending.timer = must(Event::Collapse);
        ending.burst_timer = place(Event::BurstOver);
    }
}

/// Decides which deliveries can be drawn ahead.
pub(super) fn choose_ahead(plan: &mut Plan) {
    let has_history = plan.history.is_some();
    let can_suspend = plan.parties.iter().any(|p| can_answer(&p.response, Answered::Suspend))
        || plan.mediation.as_ref().is_some_and(|m| m.unsettled == Unsettled::Escalates);
    let has_limbo = plan.term.as_ref().is_some_and(|t| t.end < plan.horizon);
    // Deliveries due before a late start never happen, so where it can slip they are not drawn ahead.
    let starts_on_time = plan.start_delay.is_none();
    let steady: Vec<bool> = plan.flows.iter().map(|f| is_steady(plan, f, can_suspend, has_limbo)).collect();
    for (flow, steady) in plan.flows.iter_mut().zip(steady) {
        flow.runs_ahead =
            starts_on_time && !has_history && ahead::flow_can(flow, steady, plan.trust.is_some());
    }
}

/// Whether nothing can ever reduce what arrives.
fn is_steady(plan: &Plan, flow: &FlowPlan, can_suspend: bool, has_limbo: bool) -> bool {
    let is_one = |num: Num| plan.numbers[num.0 as usize] == 1.0 && !plan.drawn.iter().any(|d| d.num == num);
    let can_hold = plan.parties[flow.owner].response.can_hold(Class::Aid as usize);
    let [held, suspended, limbo] = flow.shares;
    (!can_hold || is_one(held)) && (!can_suspend || is_one(suspended)) && (!has_limbo || is_one(limbo))
}

fn can_answer(response: &ResponsePlan, answer: Answered) -> bool {
    match response.rule {
        AnswerRule::Always(number) => number == answer as u8,
        AnswerRule::Odds(_) | AnswerRule::Proportional(_) => true,
    }
}

fn events(plan: &Plan) -> Vec<Event> {
    let mut events = vec![Event::Horizon];
    let number = |n: usize| 0..n as u32;
    if plan.start_delay.is_some() || plan.history.is_some() {
        events.push(Event::Start);
    }
    if plan.term.is_some() {
        events.push(Event::Term);
    }
    if has_midnights(plan) {
        events.push(Event::Midnight);
    }
    for (index, tranche) in plan.tranches.iter().enumerate() {
        tranche_events(plan, index as u32, tranche, &mut events);
    }
    for (index, cohort) in plan.cohorts.iter().enumerate() {
        if cohort.dies.is_some() {
            events.push(Event::Death(index as u32));
        }
    }
    events.extend(number(plan.outsiders.len()).map(Event::Outside));
    events
        .extend(number(plan.milestones.len()).flat_map(|m| [Event::Milestone(m), Event::MilestoneMissed(m)]));
    events.extend(number(plan.flows.len()).map(Event::Flow));
    events.extend(number(plan.violations.len()).map(Event::Violation));
    events.extend(number(plan.externals.len()).map(Event::External));
    events.extend(number(plan.fronts.len()).flat_map(|f| [Event::FrontBreaks(f), Event::FrontExpires(f)]));
    if plan.talks.is_some() {
        events.extend([Event::TalksStart, Event::TalksEnd, Event::TalksMissed]);
    }
    if let Some(mediation) = &plan.mediation {
        events.extend(number(mediation.servers.len()).map(Event::Mediation));
    }
    if let Some(ending) = &plan.ending {
        events.push(Event::Collapse);
        if ending.effects.is_some() {
            events.push(Event::BurstOver);
        }
    }
    if plan.history.is_some() {
        events.extend([Event::Fact, Event::AsOf]);
    }
    events
}

fn tranche_events(plan: &Plan, index: u32, tranche: &TranchePlan, events: &mut Vec<Event>) {
    if plan.list.is_some() {
        events.push(Event::List(index));
    }
    for side in [CAPTIVES, PRISONERS] {
        if tranche.leg[side].absent {
            continue;
        }
        events.push(Event::Leg(index, side as u8));
        if plan.leg_missed.is_some() {
            events.push(Event::LegMissed(index, side as u8));
        }
        if tranche.leg[side].steps.range().any(|s| plan.steps[s].identification.is_some()) {
            events.push(Event::Replacement(index, side as u8));
        }
    }
}

/// Whether anything happens at local midnight: trust returning, mediators coming and going.
fn has_midnights(plan: &Plan) -> bool {
    plan.trust.is_some_and(|t| t.returns.is_some())
        || plan.mediation.as_ref().is_some_and(|m| m.mediators.iter().any(|m| m.available.is_some()))
}
