//! What a past observed outside the file says beyond the table `[history]`: extensions, replacements, an expiry, windows of uncertain
//! moments, and from when on nobody counted violations.

use twox_hash::XxHash3_64;

use super::Resolver;
use crate::kernel::Time;
use crate::model::plan::*;
use crate::scenario::past::Past;
use crate::scenario::source::{At, Span};

/// Facts and where they are written.
type Facts = Vec<(FactPlan, Span)>;

impl Resolver<'_> {
    /// The end of the term as the known past left it.
    pub(super) fn last_known_end(&mut self, agreed: Time) -> Time {
        let Some(past) = self.past else { return agreed };
        if past.expired.is_some() {
            return Time::MAX;
        }
        past.extensions.iter().map(|[_, until]| self.moment(until)).fold(agreed, Time::max)
    }

    pub(super) fn past_facts(&mut self, past: &Past, plan: &Plan, started: Time, facts: &mut Facts) {
        for [at, until] in &past.extensions {
            if plan.term.is_none() {
                continue; // a scenario without a term has nothing to prolong
            }
            let until = self.moment(until);
            self.add(at, Fact::Extended { until }, facts);
        }
        for [at, tranche] in past.lists.iter().filter(|_| plan.list.is_some()) {
            let Some(tranche) = self.tranche_named(tranche, &plan.tranches[..plan.stated_tranches]) else {
                continue;
            };
            // Names that came ahead of the truce were there when it began.
            let time = self.moment(at).max(started);
            facts.push((FactPlan::new(time, Fact::Listed { tranche }), at.span));
        }
        for (at, sets) in &past.replacements {
            let sets = u32::try_from(*sets).unwrap_or(u32::MAX);
            self.add(at, Fact::Replaced { sets }, facts);
        }
        if let Some(at) = past.expired.as_ref().filter(|_| plan.term.is_some()) {
            self.add(at, Fact::Expired, facts);
        }
        if let Some((at, agreed)) = past.talks_ended.as_ref().filter(|_| plan.talks.is_some()) {
            self.add(at, Fact::TalksEnded { agreed: *agreed }, facts);
        }
        for process in 0..plan.violations.len() {
            let counted = facts.iter().filter_map(|(fact, _)| match fact.what {
                Fact::Violations { process: p, .. } if p == process => Some(fact.at),
                _ => None,
            });
            let since = counted.max().unwrap_or(started);
            facts.push((FactPlan::new(since, Fact::Uncounted { process }), Span::IMPLIED));
        }
    }

    fn add(&mut self, at: &At<String>, what: Fact, facts: &mut Facts) {
        let time = self.moment(at);
        facts.push((FactPlan::new(time, what), at.span));
    }

    /// Gives uncertain facts their windows, within the known past.
    pub(super) fn place_windows(&mut self, (started, as_of): (Time, Time), facts: &mut Facts) {
        let Some(past) = self.past else { return };
        for (fact, span) in facts {
            let found = past.windows.iter().find(|(of, _)| of == span);
            let Some((_, bounds)) = found.filter(|_| !span.is_implied()) else { continue };
            let [first, last] = bounds.clone().map(|text| self.moment(&At::new(text, *span)));
            let last = last.min(as_of);
            let span = (first.max(started).min(last), last);
            // Rows of one leg with one window are one event, whoever was released; sixteen places for as many pasts.
            let place = match &fact.what {
                Fact::Released { tranche, side, .. } => serde_json::to_vec(&(tranche, side, first, last)),
                what => serde_json::to_vec(&(fact.at, what)),
            };
            let place = XxHash3_64::oneshot(&place.unwrap_or_default()) >> 20 << 4;
            fact.window = Some(FactWindow { span, place, after: None });
        }
    }
}

/// Says of each uncertain fact which one it cannot come before; whether there are any.
fn link_windows(facts: &mut [FactPlan]) -> bool {
    for number in 0..facts.len() {
        let before =
            (0..number).rev().find(|earlier| is_answered(&facts[*earlier].what, &facts[number].what));
        if let Some(window) = &mut facts[number].window {
            window.after = before;
        }
    }
    facts.iter().any(|fact| fact.window.is_some())
}

impl Resolver<'_> {
    /// How the moments of uncertain facts are drawn; none where there are none.
    pub(super) fn moments(&mut self, plan: &Plan, facts: &mut [FactPlan]) -> Option<MomentsPlan> {
        if !link_windows(facts) {
            return None;
        }
        let waits =
            (0..plan.stated_tranches).filter_map(|tranche| self.wait_of(plan, tranche, facts)).collect();
        Some(MomentsPlan { stream: self.stream("history.moment", ""), waits, disputes: disputes(facts) })
    }

    /// The wait of a round's prisoners for its captives, where a moment of it is uncertain, captives came first, the wait is one step in one
    /// portion, and no dispute held the prisoners meanwhile.
    fn wait_of(&self, plan: &Plan, tranche: usize, facts: &[FactPlan]) -> Option<WaitPlan> {
        let leg = |of: Side, whole: bool| {
            facts.iter().rposition(|fact| {
                matches!(fact.what, Fact::Released { tranche: Some(t), side, completes, .. } if t == tranche && side == of && (completes || !whole))
            })
        };
        let (captives, prisoners) = (leg(CAPTIVES, true)?, leg(PRISONERS, true));
        if prisoners.is_none() && leg(PRISONERS, false).is_some() {
            return None; // some have come
        }
        let is_uncertain =
            facts[captives].window.is_some() || prisoners.is_some_and(|fact| facts[fact].window.is_some());
        let until = prisoners.map_or(Time::MAX, |fact| facts[fact].at);
        let queues = &plan.tranches[tranche].leg[PRISONERS].queues;
        let held = facts.iter().any(|fact| match fact.what {
            Fact::Disputed { held: Held::Queue(queue), until: ended, .. } => {
                queues.contains(&queue)
                    && fact.at <= until
                    && ended.is_none_or(|ended| ended >= facts[captives].at)
            }
            Fact::Disputed { held: Held::Truce, .. } => true,
            _ => false,
        });
        let steps = &self.steps[plan.tranches[tranche].leg[PRISONERS].steps.range()];
        let mut stated = steps.iter().filter(|step| !step.is_implied);
        let transfer = stated.next()?.transfer.as_deref()?;
        let is_one_wait = stated.next().is_none()
            && transfer.lift.is_none()
            && transfer.sites.is_none()
            && !plan.tranches[tranche].leg[PRISONERS].items.is_empty()
            && plan.tranches[tranche].legs == Legs::CaptivesFirst;
        (is_uncertain && !held && is_one_wait).then_some(WaitPlan { tranche, captives, prisoners })
    }
}

/// Disputes whose beginning or end is uncertain, by fact.
fn disputes(facts: &[FactPlan]) -> Vec<(usize, Option<usize>)> {
    let end_of = |ordinal: u64| {
        facts.iter().position(|fact| matches!(fact.what, Fact::Ended { ordinal: of } if of == ordinal))
    };
    let dispute = |(number, fact): (usize, &FactPlan)| {
        let Fact::Disputed { ordinal, .. } = fact.what else { return None };
        let end = end_of(ordinal);
        let is_uncertain = fact.window.is_some() || end.is_some_and(|end| facts[end].window.is_some());
        is_uncertain.then_some((number, end))
    };
    facts.iter().enumerate().filter_map(dispute).collect()
}

/// More violations than these are not weighed by their moments: so many say the same of what they excite.
const MOST_WEIGHED: u64 = 4_096;

/// After so many memories nothing is left of what a violation excited.
const FORGOTTEN: f64 = 20.0;

/// The counts whose violations still excite something at the end of the known past.
pub(super) fn excitation(plan: &Plan, facts: &[FactPlan], as_of: Time) -> Option<ExcitationPlan> {
    let memory = plan.violations.iter().map(|v| v.memory).fold(0.0, f64::max);
    let counts = |fact: &FactPlan| match fact.what {
        Fact::Violations { process, count, .. } => Some((process, count)),
        _ => None,
    };
    let excites = |process: usize| !plan.violations[process].excites.is_empty();
    let is_felt = facts.iter().any(|fact| {
        counts(fact).is_some_and(|(process, count)| count > 0 && excites(process))
            && (as_of - fact.at) as f64 <= FORGOTTEN * memory
    });
    let all: u64 = facts.iter().filter_map(counts).map(|(_, count)| count).sum();
    if !is_felt || all > MOST_WEIGHED {
        return None;
    }
    let numbers = (0..facts.len()).filter(|number| counts(&facts[*number]).is_some()).collect();
    let last = |process: usize| {
        let of = facts.iter().filter(|fact| counts(fact).is_some_and(|(p, _)| p == process));
        of.map(|fact| fact.at).max().map(|at| (process, at))
    };
    let counted = (0..plan.violations.len()).filter_map(last).collect();
    Some(ExcitationPlan { facts: numbers, counted, violations: all as usize })
}

/// Whether the second fact follows from the first: the second leg of a tranche, the end of a dispute.
fn is_answered(first: &Fact, second: &Fact) -> bool {
    match (first, second) {
        (
            Fact::Released { tranche: Some(a), side: x, .. },
            Fact::Released { tranche: Some(b), side: y, .. },
        ) => a == b && x != y,
        (Fact::Disputed { ordinal: a, .. }, Fact::Ended { ordinal: b }) => a == b,
        _ => false,
    }
}
