//! From the scenario as written to a plan. Resolution never stops early: every fault of the file is reported in one go.

mod agreement;
mod assumptions;
mod carried;
mod checks;
mod history;
mod key;
mod legs;
mod numbers;
mod obligations;
mod owed;
mod past;
mod timers;

use std::collections::BTreeMap;

use super::diagnostic::{Diagnostic, Faults};
use super::moment::Calendar;
use super::past::Past;
use super::read::resolve_name;
use super::schema::{Effect, Late, Missed, Scenario, StopsAt, Term};
use super::source::{At, Span};
use crate::kernel::stream::StreamName;
use crate::kernel::{DAY, NEVER, Time};
use crate::model::address::SharedStreams;
use crate::model::law::{LawForm, LawPlan};
use crate::model::plan::*;
use crate::model::specs;

/// The longest horizon: a century.
const LONGEST: Time = 36_525 * DAY;

/// Builds the plan of a scenario; none where that has faults. Without parties there is nobody to whom anything could belong.
pub(super) fn resolve(scenario: &Scenario, past: Option<&Past>, faults: &mut Faults) -> Option<Plan> {
    let before = faults.len();
    if scenario.party.is_empty() {
        Resolver::new(scenario, past, faults).check_format();
        return None;
    }
    let plan = Resolver::new(scenario, past, faults).run();
    (faults.len() == before).then_some(plan)
}

/// What resolution needs at hand: the file, the faults, and the lists that grow as it goes.
struct Resolver<'a> {
    file: &'a Scenario,
    /// What was observed outside the file, in place of its own history.
    past: Option<&'a Past>,
    faults: &'a mut Faults,
    calendar: &'a Calendar,
    horizon: Time,
    numbers: Vec<f64>,
    drawn: Vec<DrawnNumber>,
    laws: Vec<LawPlan>,
    streams: Vec<StreamName>,
    stream_ids: BTreeMap<StreamName, StreamId>,
    items: Vec<ItemPlan>,
    steps: Vec<StepPlan>,
    /// Steps already made, by side and whether remains may be on the leg.
    step_slices: [Option<Slice>; 4],
    /// Spectral radius of the branching of violations.
    branching: f64,
}

impl<'a> Resolver<'a> {
    fn new(file: &'a Scenario, past: Option<&'a Past>, faults: &'a mut Faults) -> Self {
        Self {
            file,
            past,
            faults,
            calendar: &file.start,
            horizon: 0,
            numbers: Vec::new(),
            drawn: Vec::new(),
            laws: Vec::new(),
            streams: Vec::new(),
            stream_ids: BTreeMap::new(),
            items: Vec::new(),
            steps: Vec::new(),
            step_slices: [None; 4],
            branching: 0.0,
        }
    }

    fn run(mut self) -> Plan {
        let file = self.file;
        self.check_format();
        let before = self.faults.len();
        self.horizon = self.horizon();
        let has_frame = self.faults.len() == before;
        let unit = self.constant(1.0);
        let unit_exponential =
            self.push_law(LawForm::Exponential { mean: unit }, file.name.span, "unit exponential");
        let parties = self.parties();
        let mut cohorts = self.cohorts(&parties);
        let order = self.tranche_order();
        let bundles = self.bundles(&cohorts, &order);
        let shared_streams = self.shared_streams();
        let list = self.list();
        let (tranches, stated_tranches) = self.tranches(&parties, &cohorts, &bundles);
        let term = self.term();
        let violations = self.violations(&parties);
        let mut plan = Plan {
            name: file.name.value.clone(),
            labels: [file.label.captive.value.clone(), file.label.prisoner.value.clone()],
            stops_at_completion: file.stops_at == StopsAt::Completion,
            days_from_actual: file.days_from == super::schema::DaysFrom::ActualStart,
            start_delay: file.start_delay.as_ref().map(|l| self.late(l)),
            start_stream: self.stream("start", ""),
            start_timer: None,
            horizon: self.horizon,
            horizon_timer: 0,
            midnights: self.midnights(),
            clock_changes: Vec::new(),
            midnight_timer: None,
            term,
            parties,
            captives_in_all: cohorts.iter().filter(|c| c.side == CAPTIVES).map(|c| i64::from(c.people)).sum(),
            key_ceiling: file.key_ceiling.as_ref().map(|c| u32::try_from(c.value).unwrap_or(u32::MAX)),
            bundles,
            stated_tranches,
            leg_missed: file.round.missed.as_ref().map(|m| self.missed(m)),
            leg_grace: (file.round.grace.value + 0.5) as Time,
            catch_up: match file.round.catch_up {
                super::schema::CatchUp::Keep => CatchUp::Keep,
                super::schema::CatchUp::Shift => CatchUp::Shift,
                super::schema::CatchUp::Compress => CatchUp::Compress,
            },
            outsiders: self.outsiders(),
            milestones: self.milestones(&cohorts, &tranches),
            flows: self.flows(&violations),
            talks: self.talks(),
            fault: self.round_faults(),
            externals: self.externals(&violations),
            fronts: self.fronts(&violations),
            shared: self.shared(),
            mediation: self.mediation(&tranches, stated_tranches),
            trust: self.trust(),
            ending: self.ending(),
            history: None,
            has_repeats: self.steps.iter().any(|s| s.repeats),
            identifies: file.round.identification.is_some(),
            categories: self.categories(&mut cohorts),
            cohorts,
            tranches,
            violations,
            list,
            numbers: Vec::new(),
            drawn: Vec::new(),
            laws: Vec::new(),
            streams: Vec::new(),
            items: Vec::new(),
            steps: Vec::new(),
            timers: Vec::new(),
            outcomes: Vec::new(),
            series: Vec::new(),
            shared_streams,
            unit_exponential,
        };
        plan.clock_changes = self.clock_changes(&plan.midnights);
        self.check_unused_steps();
        // Against a frame that is at fault everything else would be, too.
        if has_frame {
            plan.history = self.history(&plan);
            self.carry_promises(&mut plan);
            self.check_whole(&plan);
        }
        plan.numbers = self.numbers;
        plan.drawn = self.drawn;
        plan.laws = self.laws;
        plan.streams = self.streams;
        plan.items = self.items;
        plan.steps = self.steps;
        timers::assign(&mut plan);
        timers::choose_ahead(&mut plan);
        plan.outcomes = specs::outcomes(&plan);
        plan.series = specs::series(&plan);
        plan
    }

    // ---- services ----

    fn fault(&mut self, code: &'static str, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.faults.push(Diagnostic::new(code, span, message.into()).help(help.into()));
    }

    fn party(&mut self, name: &At<String>) -> usize {
        let names = self.file.party.entries.iter().map(|(n, _)| n.value.as_str());
        resolve_name(name, names, "party", self.faults).unwrap_or(0)
    }

    fn cohort(&mut self, name: &At<String>) -> Option<usize> {
        let names = self.file.cohort.entries.iter().map(|(n, _)| n.value.as_str());
        resolve_name(name, names, "cohort", self.faults)
    }

    fn milestone(&mut self, name: &At<String>) -> Option<usize> {
        let names = self.file.milestone.entries.iter().map(|(n, _)| n.value.as_str());
        resolve_name(name, names, "milestone", self.faults)
    }

    fn stream(&mut self, purpose: &'static str, entity: &str) -> StreamId {
        let name = StreamName { purpose, entity: entity.to_string() };
        let next = self.streams.len() as StreamId;
        let found = *self.stream_ids.entry(name.clone()).or_insert(next);
        if found == next {
            self.streams.push(name);
        }
        found
    }

    /// Seconds after the agreed start of an hour on a day; by default the hour of the start.
    fn time_of(&mut self, day: &At<i64>, at: Option<super::moment::Hour>) -> Time {
        let start = self.calendar.start.time();
        let of_start =
            i64::from(start.hour()) * 3600 + i64::from(start.minute()) * 60 + i64::from(start.second());
        let seconds = at.map_or(of_start, |h| h.seconds);
        let time = self.calendar.offset_of_day(day.value, seconds);
        match time {
            Some(time) if day.value >= 1 && time <= LONGEST => time,
            _ => {
                let message = format!("day {} cannot be placed on the calendar", day.value);
                self.fault(
                    "S111",
                    day.span,
                    message,
                    "day 1 is the date of the agreed start; give a day from 1 up, within a century",
                );
                0
            }
        }
    }

    fn late(&mut self, late: &Late) -> LatePlan {
        LatePlan { probability: self.num(&late.probability), by: self.law(&late.by) }
    }

    fn missed(&mut self, missed: &Missed) -> MissedPlan {
        MissedPlan { opens: self.num(&missed.opens_dispute), severity: self.num(&missed.severity) }
    }

    fn effect(&mut self, effect: &Effect, violations: &[ViolationPlan]) -> EffectPlan {
        let trust = effect.trust.entries.iter().map(|(name, by)| (self.party(name), self.num(by))).collect();
        let parts = [&effect.collapse, &effect.settles, &effect.extension];
        let is_still = parts.iter().all(|p| p.known() == Some(0.0));
        let pulse = (!is_still).then(|| parts.map(|p| self.num(p)));
        let mut brought = Vec::new();
        for (name, by) in &effect.violations.entries {
            if let Some(process) = self.process(name, violations) {
                brought.push((process, self.num(by)));
            }
        }
        let decays = effect.decays.as_ref().map(|d| self.positive(d.value, d.span));
        EffectPlan { trust, pulse, violations: brought, decays }
    }

    fn process(&mut self, name: &At<String>, violations: &[ViolationPlan]) -> Option<usize> {
        resolve_name(name, violations.iter().map(|v| v.name.as_str()), "violation process", self.faults)
    }

    // ---- the frame ----

    fn check_format(&mut self) {
        let format = &self.file.format;
        if format.value != 1 {
            let message = format!("format {} is not known to this version", format.value);
            self.fault("S100", format.span, message, "write `format = 1`");
        }
        if self.file.party.is_empty() {
            self.fault(
                "S117",
                self.file.party.span,
                "no party is named",
                "name the parties: `[party.holders]` with `side = \"captives\"`",
            );
        }
    }

    fn term_end(&mut self) -> Option<Time> {
        match self.file.term.as_ref()? {
            Term::Length(length) => Some(self.whole(length.value, length.span)),
            Term::Table(table) => match (&table.length, &table.until) {
                (Some(length), None) => Some(self.whole(length.value, length.span)),
                (None, Some(until)) => {
                    let end = self.moment(until);
                    Some(self.whole(end as f64, until.span))
                }
                (Some(_), Some(until)) => {
                    self.fault(
                        "S109",
                        until.span,
                        "the term has both a length and an end",
                        "give one of `length` and `until`",
                    );
                    None
                }
                (None, None) => {
                    self.fault(
                        "S109",
                        table.span,
                        "the term has neither a length nor an end",
                        "give `length = \"42d\"` or `until = \"2025-03-02T08:30\"`",
                    );
                    None
                }
            },
        }
    }

    /// A local date and time as seconds after the agreed start.
    fn moment(&mut self, text: &At<String>) -> Time {
        match self.calendar.offset_of(&text.value) {
            Ok(time) => time,
            Err(fault) => {
                self.fault(fault.code, text.span, fault.message, fault.help);
                0
            }
        }
    }

    fn whole(&mut self, seconds: f64, span: Span) -> Time {
        if seconds < 1.0 || seconds > LONGEST as f64 {
            self.fault(
                "S112",
                span,
                "a span of time outside the simulation's range",
                "give at least one second and at most a century",
            );
            return DAY;
        }
        (seconds + 0.5) as Time
    }

    fn horizon(&mut self) -> Time {
        let term = self.term_end();
        match (&self.file.horizon, term) {
            (Some(horizon), _) => {
                let (value, span) = (horizon.value, horizon.span);
                self.whole(value, span)
            }
            (None, Some(term)) => (term + 48 * DAY).clamp(1, LONGEST),
            (None, None) if self.file.term.is_some() => DAY,
            (None, None) => {
                let help =
                    "give `horizon = \"90d\"`, or a `term` (the horizon is then the term plus 48 days)";
                self.fault(
                    "S112",
                    self.file.name.span,
                    "without a term the simulation needs a horizon",
                    help,
                );
                DAY
            }
        }
    }

    fn term(&mut self) -> Option<TermPlan> {
        let end = self.term_end()?;
        let (renewal, while_talks) = match self.file.term.as_ref()? {
            Term::Length(_) => (None, false),
            Term::Table(table) => (table.renewal.as_ref().map(|r| self.renewal(r)), table.while_talks.value),
        };
        Some(TermPlan { end, renewal, while_talks, timer: 0, stream: self.stream("term", "") })
    }

    fn renewal(&mut self, renewal: &super::schema::Renewal) -> RenewalPlan {
        if renewal.list_late.is_none() && renewal.list_lead.value > 0.0 {
            let help = "say how late they may be, `list_late = { probability = 0.2, by = \"6h\" }`, or leave `list_lead` out";
            self.fault("S116", renewal.list_lead.span, "names that are never late need no lead", help);
        }
        RenewalPlan {
            steps: self.steps_of(renewal),
            if_delivered: renewal.if_delivered.value,
            most: u32::try_from(renewal.most.value).unwrap_or(u32::MAX),
            probability: self.num(&renewal.probability),
            list_accepted: self.num(&renewal.list_accepted),
            list_lead: (renewal.list_lead.value + 0.5) as Time,
            list_late: renewal.list_late.as_ref().map(|l| self.late(l)),
        }
    }

    /// Days that are not 24 hours long, and where in them the clock jumps.
    fn clock_changes(&self, midnights: &[Time]) -> Vec<(usize, Time, Time)> {
        let mut changes = Vec::new();
        for day in 0..midnights.len().saturating_sub(1) {
            if midnights[day + 1] - midnights[day] == DAY {
                continue;
            }
            let shift = |s: Time| {
                self.calendar.offset_of_day(day as i64 + 1, s).map_or(0, |t| t - midnights[day] - s)
            };
            // Clocks change on the quarter of an hour.
            if let Some(from) = (0..96).map(|quarter| quarter * 900).find(|s| shift(*s) != 0) {
                changes.push((day, from, shift(DAY - 1)));
            }
        }
        changes
    }

    fn steps_of(&mut self, renewal: &super::schema::Renewal) -> Vec<Time> {
        if renewal.steps.is_empty() {
            self.fault(
                "S109",
                renewal.span,
                "a renewal without steps",
                "give their lengths: `steps = [\"2d\", \"1d\"]`",
            );
            return vec![DAY];
        }
        renewal.steps.iter().map(|s| self.whole(s.value, s.span)).collect()
    }

    /// Local midnights from day 1 to past the horizon.
    fn midnights(&mut self) -> Vec<Time> {
        let days = self.horizon / DAY + 4;
        match self.calendar.midnights(days) {
            Some(midnights) => midnights,
            None => {
                self.fault(
                    "S112",
                    self.file.name.span,
                    "the horizon runs past the calendar's last year",
                    "shorten the horizon or move the start",
                );
                vec![0, NEVER]
            }
        }
    }

    fn shared_streams(&mut self) -> SharedStreams {
        SharedStreams {
            main: self.stream("round", ""),
            more: self.stream("round.more", ""),
            again: self.stream("round.again", ""),
            portions: [self.stream("round.portion", "captives"), self.stream("round.portion", "prisoners")],
            names: self.stream("list", ""),
            withheld: [self.stream("withheld", "captives"), self.stream("withheld", "prisoners")],
            composition: self.stream("composition", ""),
            mismatch: self.stream("mismatch", ""),
            further: self.stream("violation.further", ""),
            fault_dispute: self.stream("dispute", "fault"),
            leg_dispute: [self.stream("dispute", "late captives"), self.stream("dispute", "late prisoners")],
            list_dispute: self.stream("dispute", "list"),
            mismatch_dispute: self.stream("dispute", "mismatch"),
            order_dispute: self.stream("dispute", "order"),
            talks_dispute: self.stream("dispute", "talks"),
        }
    }
}
