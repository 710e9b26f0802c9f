//! Observed facts, checked against the plan: nothing impossible, nothing after the last known day.

use super::Resolver;
use super::past::excitation;
use crate::kernel::Time;
use crate::model::plan::*;
use crate::scenario::read::resolve_name;
use crate::scenario::schema::{DisputeFact, History, ReleaseFact};
use crate::scenario::source::{At, Span};

impl Resolver<'_> {
    pub(super) fn history(&mut self, plan: &Plan) -> Option<HistoryPlan> {
        let history = self.past.map(|past| &past.history).or(self.file.history.as_ref())?;
        let day = i64::try_from(history.as_of_day.value).unwrap_or(i64::MAX - 1);
        let as_of = self.time_of(
            &At::new(day.saturating_add(1), history.as_of_day.span),
            Some(crate::scenario::moment::Hour::of(0, 0)),
        );
        let started = history.started.as_ref().map_or(0, |at| self.moment(at));
        if history.as_of_day.value == 0 {
            self.fault("S111", history.as_of_day.span, "days count from 1", "write `as_of_day = 1` or later");
        }
        let before = self.faults.len();
        if let Some(at) = &history.started {
            let day_one = self.calendar.offset_of_day(1, 0).unwrap_or(0);
            if started > as_of || started < day_one {
                let agreed = self.calendar.date_of_day(1).map_or(String::new(), |date| format!(", {date}"));
                let help = match (self.past, started < day_one) {
                    (Some(_), true) => format!(
                        "correct this row, or take the scenario of this exchange: this one's was agreed to start on day 1{agreed}"
                    ),
                    (Some(_), false) => "correct this row, or take a later day".to_string(),
                    (None, true) => {
                        format!(
                            "day 1 is the date of the agreed `start`{agreed}: correct this moment, or that one"
                        )
                    }
                    (None, false) => "correct this moment, or raise `as_of_day`".to_string(),
                };
                self.fault("S115", at.span, "the truce started outside the known past", help);
            }
        }
        let is_over = plan.term.as_ref().is_some_and(|t| as_of > self.last_known_end(t.end));
        if is_over || as_of > self.horizon {
            let help = match self.past {
                Some(_) if is_over => {
                    "take an earlier day, or tell in the history what followed: an `extension`, or the `expiry`"
                }
                _ => "take an earlier day; what follows a term is simulated",
            };
            self.fault("S115", history.as_of_day.span, "the known past ends after the term", help);
        }
        let is_placed = self.faults.len() == before;
        let mut facts = Vec::new();
        let delivered = self.deliveries(history, plan, &mut facts);
        self.releases(history, plan, &mut facts);
        self.disputes(history, &mut facts);
        self.other_facts(history, plan, started, &mut facts);
        if let Some(past) = self.past {
            self.past_facts(past, plan, started, &mut facts);
        }
        if is_placed {
            self.check_times(&facts, started, as_of);
        }
        self.place_windows((started, as_of), &mut facts);
        let mut facts: Vec<FactPlan> = facts.into_iter().map(|(fact, _)| fact).collect();
        facts.sort_by_key(|f| f.at);
        let moments = self.moments(plan, &mut facts);
        let excitation = self.past.and_then(|_| excitation(plan, &facts, as_of));
        Some(HistoryPlan {
            moments,
            excitation,
            as_of,
            started,
            facts,
            moved: Vec::new(),
            timer: 0,
            as_of_timer: 0,
            stream: self.stream("history", ""),
            delivered,
        })
    }

    fn check_times(&mut self, facts: &[(FactPlan, Span)], started: Time, as_of: Time) {
        for (fact, span) in facts {
            if fact.at > as_of {
                self.fault(
                    "S115",
                    *span,
                    "this happened after the last known day",
                    if self.past.is_some() {
                        "check the date of this row"
                    } else {
                        "raise `as_of_day`, or take the fact out"
                    },
                );
            } else if fact.at < started {
                self.fault(
                    "S115",
                    *span,
                    "this happened before the truce started",
                    if self.past.is_some() {
                        "check the date, and that of the row of kind `start`"
                    } else {
                        "check the date, or state when the truce `started`"
                    },
                );
            }
        }
    }

    fn releases(&mut self, history: &History, plan: &Plan, facts: &mut Vec<(FactPlan, Span)>) {
        let mut released = vec![0_u64; plan.cohorts.len()];
        let mut done: Vec<(usize, usize, Time)> = Vec::new();
        for fact in &history.release {
            let at = self.moment(&fact.at);
            if fact.people.is_empty() {
                let help = "name who was released: `people = { women = 3 }`";
                self.fault("S115", fact.people.span, "a release of nobody", help);
            }
            let tranche = fact
                .tranche
                .as_ref()
                .and_then(|t| self.tranche_named(t, &plan.tranches[..plan.stated_tranches]));
            let mut of_side = [Vec::new(), Vec::new()];
            for (name, people) in &fact.people.entries {
                let Some(cohort) = self.cohort(name) else { continue };
                let count = u32::try_from(people.value).unwrap_or(u32::MAX);
                released[cohort] += u64::from(count);
                let held = plan.cohorts[cohort].people;
                if released[cohort] > u64::from(held) {
                    let message = format!(
                        "{} people of `{}` are released by then, and {held} were held",
                        released[cohort], name.value
                    );
                    self.fault("S115", people.span, message, "check the count, or enlarge the cohort");
                }
                of_side[plan.cohorts[cohort].side].push((cohort, count));
            }
            for (side, people) in of_side.into_iter().enumerate().filter(|(_, p)| !p.is_empty()) {
                if let Some(tranche) = tranche {
                    if done.iter().any(|(t, s, before)| (*t, *s) == (tranche, side) && *before <= at) {
                        let help = "write `completes = false` on all but the last release of a leg";
                        self.fault("S115", fact.at.span, "this leg had been carried out by then", help);
                    }
                    if fact.completes.value {
                        done.push((tranche, side, at));
                    }
                }
                let confirmed = self.confirmed(fact, &people, plan);
                let what =
                    Fact::Released { tranche, side, people, completes: fact.completes.value, confirmed };
                facts.push((FactPlan::new(at, what), fact.at.span));
            }
        }
    }

    /// Remains confirmed: as stated, or all that were handed over.
    fn confirmed(&mut self, fact: &ReleaseFact, people: &[(usize, u32)], plan: &Plan) -> u32 {
        let dead: u32 = people.iter().filter(|(c, _)| plan.cohorts[*c].remains).map(|(_, n)| n).sum();
        match &fact.confirmed {
            Some(confirmed) if confirmed.value > u64::from(dead) => {
                let message =
                    format!("{} sets of remains are confirmed, out of {dead} handed over", confirmed.value);
                self.fault("S115", confirmed.span, message, "confirm at most what was handed over");
                dead
            }
            Some(confirmed) => confirmed.value as u32,
            None => dead,
        }
    }

    fn disputes(&mut self, history: &History, facts: &mut Vec<(FactPlan, Span)>) {
        for (ordinal, fact) in history.dispute.iter().enumerate() {
            let claimant = self.party(&fact.claimed_by);
            let from = self.moment(&fact.from);
            let until = fact.until.as_ref().map(|at| (self.moment(at), at.span));
            let held = self.held(fact, claimant);
            let ordinal = ordinal as u64;
            let what = Fact::Disputed { claimant, held, until: until.map(|(at, _)| at), ordinal };
            facts.push((FactPlan::new(from, what), fact.from.span));
            if let Some((at, span)) = until {
                if at < from {
                    self.fault("S115", span, "the dispute ends before it begins", "check both dates");
                }
                facts.push((FactPlan::new(at, Fact::Ended { ordinal }), span));
            }
        }
    }

    fn held(&mut self, fact: &DisputeFact, claimant: usize) -> Held {
        let Some(word) = &fact.held else { return Held::Nothing };
        let words = CLASSES.iter().map(|(_, word)| *word).chain(["truce"]);
        match resolve_name(word, words, "queue", self.faults) {
            Some(class) if class < CLASSES.len() => {
                let side = self.file.party.entries.get(claimant).map(|(_, p)| p.side);
                let of_other = matches!(
                    (side, class),
                    (Some(crate::scenario::schema::Side::Captives), 1)
                        | (Some(crate::scenario::schema::Side::Prisoners), 0)
                );
                if of_other {
                    self.fault(
                        "S121",
                        word.span,
                        format!("this party does not release {}", word.value),
                        "a party holds only what it owes itself",
                    );
                }
                Held::Queue(queue(claimant, CLASSES[class].0))
            }
            Some(_) => Held::Truce,
            None => Held::Nothing,
        }
    }

    fn other_facts(
        &mut self,
        history: &History,
        plan: &Plan,
        started: Time,
        facts: &mut Vec<(FactPlan, Span)>,
    ) {
        for (number, fact) in history.milestone.iter().enumerate() {
            let at = self.moment(&fact.at);
            if history.milestone[..number].iter().any(|f| f.name.value == fact.name.value) {
                let message = format!("`{}` is met twice", fact.name.value);
                self.fault("S115", fact.name.span, message, "keep one of them");
            }
            if let Some(milestone) = self.milestone(&fact.name) {
                facts.push((FactPlan::new(at, Fact::Met(milestone)), fact.at.span));
            }
        }
        self.counted(history, plan, started, facts);
        if let Some(text) = &history.talks_started {
            let at = self.moment(text);
            facts.push((FactPlan::new(at, Fact::TalksStarted), text.span));
        }
    }

    /// Deliveries on record, by flow and day of the flow.
    fn deliveries(
        &mut self,
        history: &History,
        plan: &Plan,
        facts: &mut Vec<(FactPlan, Span)>,
    ) -> Vec<Vec<Option<u64>>> {
        let mut delivered: Vec<Vec<Option<u64>>> =
            plan.flows.iter().map(|flow| vec![None; flow.times.len()]).collect();
        for fact in &history.flow {
            let flow =
                resolve_name(&fact.name, plan.flows.iter().map(|f| f.name.as_str()), "flow", self.faults);
            let Some(flow) = flow else { continue };
            let hour = self.file.flow.entries[flow].1.hour.seconds;
            let day = i64::try_from(fact.day.value).unwrap_or(i64::MAX);
            let at = self.calendar.offset_of_day(day, hour);
            let index = at.and_then(|at| plan.flows[flow].times.binary_search(&at).ok());
            match at.zip(index) {
                Some((_, index)) if delivered[flow][index].is_some() => self.fault(
                    "S115",
                    fact.day.span,
                    format!("`{}` has two records of this day", fact.name.value),
                    "keep one of them",
                ),
                Some((at, index)) => {
                    delivered[flow][index] = Some(fact.delivered.value.min(u64::from(u32::MAX)));
                    let what = Fact::Delivered {
                        flow,
                        index,
                        amount: fact.delivered.value.min(u64::from(u32::MAX)),
                    };
                    facts.push((FactPlan::new(at, what), fact.day.span));
                }
                None => self.fault(
                    "S115",
                    fact.day.span,
                    "the flow does not run on this day",
                    "check the day against the flow's `from_day` and `to_day`",
                ),
            }
        }
        delivered
    }

    /// Cumulative counts become counts since the one before.
    fn counted(&mut self, history: &History, plan: &Plan, started: Time, facts: &mut Vec<(FactPlan, Span)>) {
        let mut rows: Vec<_> = history.violations.iter().collect();
        rows.sort_by_key(|f| f.to_day.value);
        let mut before = vec![(0_u64, 0_u64, started); plan.violations.len()];
        for fact in rows {
            let Some(process) = self.process(&fact.against, &plan.violations) else { continue };
            let day = At::new(
                i64::try_from(fact.to_day.value).unwrap_or(i64::MAX).saturating_add(1),
                fact.to_day.span,
            );
            let at = self.time_of(&day, Some(crate::scenario::moment::Hour::of(0, 0)));
            let (count, killed, since) = before[process];
            if at == since && count > 0 {
                let message = format!(
                    "two counts for `{}` to the end of day {}",
                    fact.against.value, fact.to_day.value
                );
                self.fault("S115", fact.to_day.span, message, "keep one of them");
                continue;
            }
            if fact.count.value < count || fact.killed.value < killed {
                self.fault(
                    "S115",
                    fact.count.span,
                    "a cumulative count falls",
                    "counts run from the start of the truce",
                );
                continue;
            }
            let what = Fact::Violations {
                process,
                count: fact.count.value - count,
                killed: fact.killed.value - killed,
                since,
            };
            before[process] = (fact.count.value, fact.killed.value, at);
            facts.push((FactPlan::new(at, what), fact.to_day.span));
        }
    }
}
