//! What was known at the end of a day, in a scenario's own terms.
//!
//! Names are looked up when the scenario is resolved, so that each one that does not fit is told at its cell. What a scenario leaves
//! out altogether (no violations, no flows, no milestones, no talks) it has no use for, and such rows are passed over.

use jiff::civil::{Date, DateTime, Time};

use super::frame;
use super::{History, Kind, Row, When};
use crate::scenario::diagnostic::{Diagnostic, Faults};
use crate::scenario::moment::Calendar;
use crate::scenario::past::Past;
use crate::scenario::read::Named;
use crate::scenario::schema::{
    Condition, DisputeFact, FlowFact, History as Facts, MilestoneFact, Release, ReleaseFact, Scenario, Side,
    ViolationsFact,
};
use crate::scenario::source::{At, Span};

/// The end of a local day, up to which the past is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// The day; day 1 is the date of the agreed start.
    pub day: i64,
    /// Where it is written.
    pub span: Span,
}

/// Reads a day, `16`, or a date, `2025-02-03`, by a scenario's calendar.
pub fn as_of(text: &str, span: Span, calendar: &Calendar, faults: &mut Faults) -> Option<AsOf> {
    let text = text.trim();
    let date = |text: &str| text.parse::<jiff::civil::Date>().ok().filter(|_| text.len() == 10);
    let day = match text.parse::<i64>() {
        Ok(day) => Some(day),
        Err(_) => date(text).map(|date| calendar.day_of_date(date)),
    };
    if let Some(day) = day.filter(|day| (1..=36_525).contains(day)) {
        return Some(AsOf { day, span });
    }
    let (message, help) = match (day, text.get(..10).filter(|start| date(start).is_some())) {
        (Some(_), _) => {
            let first = calendar.date_of_day(1).map_or(String::new(), |date| format!(", {date}"));
            let message = format!("`{text}` lies outside the scenario, which begins with day 1{first}");
            (message, "write a day from 1 up, or the date of one".to_string())
        }
        (None, Some(day)) => (
            format!("`{text}` is more than a day: the past is known to the end of a local day"),
            format!("write the day alone: `--as-of {day}`; what happened on it counts as known"),
        ),
        (None, None) => (
            format!("`{text}` is neither a day of the scenario nor a date of one"),
            "write a day from 1, the date of the agreed start, or a date: `--as-of 16`, `--as-of 2025-02-03`"
                .to_string(),
        ),
    };
    faults.push(Diagnostic::new("S310", span, message).help(help));
    None
}

/// The part of a history that was known at the end of a day, for a scenario. Where faults are reported it is what can still be said, so
/// that its resolution finds the others; none where it is of another time altogether.
pub fn past(history: &History, as_of: AsOf, file: &Scenario, faults: &mut Faults) -> Option<Past> {
    let taken = vec![0; file.cohort.entries.len()];
    let mut fit = Fit { history, file, as_of, faults, windows: Vec::new(), taken };
    let is_sound = fit.check_frame();
    frame::check(history, as_of, file, fit.faults);
    let is_within = frame::is_within(history, as_of, file, fit.faults);
    // What else is wrong is judged by the part of the record that there is.
    let last = fit.file.start.day_of_date(history.known_to);
    fit.as_of.day = as_of.day.min(last).max(1);
    let past = fit.past();
    (is_sound && is_within).then_some(past)
}

struct Fit<'a> {
    history: &'a History,
    file: &'a Scenario,
    as_of: AsOf,
    faults: &'a mut Faults,
    windows: Vec<(Span, [String; 2])>,
    /// People already released, by cohort.
    taken: Vec<u64>,
}

impl Fit<'_> {
    fn fault(&mut self, code: &'static str, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.faults.push(Diagnostic::new(code, span, message).help(help));
    }

    /// The zone, the scenario's own history, the days between which the record runs. Whether the facts can be judged at all.
    fn check_frame(&mut self) -> bool {
        let mut is_sound = true;
        if let Some(own) = &self.file.history {
            let help = "take a scenario without `[history]`, or say `--set history=none`";
            self.fault("S309", own.as_of_day.span, "this scenario has a history of its own", help);
            is_sound = false;
        }
        let zone = self.file.start.start.time_zone().iana_name().unwrap_or("").to_string();
        if let Some(of_history) = self.history.zone.clone().filter(|z| z.value != zone) {
            let message = format!(
                "this history runs on the clocks of `{}`, the scenario on those of `{zone}`",
                of_history.value
            );
            self.fault(
                "S309",
                of_history.span,
                message,
                "give both the same zone, and the history its times in it",
            );
            is_sound = false;
        }
        let last = self.file.start.day_of_date(self.history.known_to);
        if self.as_of.day > last {
            let message = format!("the record ends with day {last}, {}", self.history.known_to);
            self.fault("S310", self.as_of.span, message, "take a day of the record");
        }
        let ended = self.history.ended().and_then(|row| row.when.map(|when| (row, when)));
        if let Some((row, when)) = ended.filter(|(_, when)| self.is_known(when)) {
            let message =
                format!("by then the exchange was over: {} on {}", row.kind.about().word, when.day());
            self.fault("S310", self.as_of.span, message, "take an earlier day");
            is_sound = false;
        }
        // Without a row that says when it began, it began as agreed.
        if self.history.started().is_some_and(|when| !self.is_known(when)) {
            let help = "take a later day, or correct the row of kind `start`";
            self.fault("S310", self.as_of.span, "the exchange had not begun by the end of this day", help);
            is_sound = false;
        }
        is_sound
    }

    fn is_known(&self, when: &When) -> bool {
        self.file.start.day_of_date(when.day()) <= self.as_of.day
    }

    /// Disputes, milestones and talks ahead of the truce are in how it started; a scenario tells nothing of that time.
    fn is_before_the_start(&self, row: &Row, when: &When) -> bool {
        let is_ahead = self.history.started().is_some_and(|start| when.best < start.best);
        is_ahead && matches!(row.kind, Kind::Dispute | Kind::Milestone | Kind::Talks)
    }

    /// Whether a row had happened by the end of the day.
    fn is_past(&self, row: &Row) -> bool {
        row.when.is_some_and(|when| self.is_known(&when))
    }

    fn past(&mut self) -> Past {
        let at_once = |fit: &mut Self, when: &When| fit.moment(when);
        let mut facts = unwritten_history(self.as_of);
        let rows: Vec<&Row> = self.history.rows.iter().filter(|row| self.is_past(row)).collect();
        let mut past_of_talks = None;
        let mut extensions = Vec::new();
        let mut lists = Vec::new();
        let mut replacements = Vec::new();
        let mut expired = None;
        facts.started = self.history.started().copied().filter(|w| self.is_known(w)).map(|w| text_of(&w));
        for row in rows {
            let Some(when) = row.when.filter(|when| !self.is_before_the_start(row, when)) else { continue };
            match row.kind {
                Kind::Release | Kind::Remains => facts.release.extend(self.release(row, &when)),
                Kind::Dispute => facts.dispute.extend(self.dispute(row, &when)),
                Kind::Milestone if !self.file.milestone.is_empty() => {
                    let at = at_once(self, &when);
                    facts.milestone.extend(row.name.clone().map(|name| MilestoneFact {
                        span: row.span,
                        name,
                        at,
                    }));
                }
                Kind::Flow if !self.file.flow.is_empty() => {
                    // Where two report the same day, the first stands.
                    let fact = self.delivery(row, &when);
                    let is_new =
                        |f: &FlowFact| !facts.flow.iter().any(|o| o.name == f.name && o.day == f.day);
                    let fact = fact.filter(is_new);
                    facts.flow.extend(fact);
                }
                Kind::Talks if self.file.talks.is_some() => {
                    let at = at_once(self, &when);
                    match row.name.as_ref().map(|name| name.value.as_str()) {
                        Some("started") => facts.talks_started = Some(at),
                        Some(word) => past_of_talks = Some((at, word == "agreed")),
                        None => {}
                    }
                }
                Kind::Extension => {
                    let at = at_once(self, &when);
                    extensions.extend(row.until.map(|until| [at, text_of(&to_its_end(until))]));
                }
                Kind::List => lists.extend(row.of_tranche().map(|tranche| [text_of(&when), tranche.clone()])),
                Kind::Replacement => {
                    let at = at_once(self, &when);
                    replacements.push((at, row.count.as_ref().map_or(0, |count| count.value)));
                }
                Kind::Expiry => expired = Some(at_once(self, &when)),
                _ => {}
            }
        }
        if !self.file.violation.is_empty() {
            facts.violations = self.violations();
        }
        Past {
            history: facts,
            windows: std::mem::take(&mut self.windows),
            extensions,
            lists,
            replacements,
            expired,
            talks_ended: past_of_talks,
        }
    }

    /// The moment of a fact, and its window where it has one.
    fn moment(&mut self, when: &When) -> At<String> {
        if when.is_uncertain() {
            self.windows.push((when.span, [when.earliest.to_string(), when.latest.to_string()]));
        }
        text_of(when)
    }

    fn dispute(&mut self, row: &Row, when: &When) -> Option<DisputeFact> {
        let until = row.until.filter(|until| self.is_known(until));
        // One that is known by its day alone and was over that morning began before it was over.
        let when = until.map_or(*when, |until| no_later(*when, &until));
        let until = until.map(|until| When { best: until.best.max(when.best), ..until });
        Some(DisputeFact {
            span: row.span,
            claimed_by: row.party.clone()?,
            from: self.moment(&when),
            until: until.map(|until| self.moment(&until)),
            held: row.held.clone(),
        })
    }

    /// The delivery of one day; longer spans are figures to compare with, not facts to replay.
    fn delivery(&self, row: &Row, when: &When) -> Option<FlowFact> {
        let day = u64::try_from(self.file.start.day_of_date(when.day())).ok()?;
        let (name, delivered) = (row.name.clone()?, row.count?);
        (!row.is_span()).then_some(FlowFact { span: row.span, name, day: At::new(day, when.span), delivered })
    }

    // ---- releases ----

    fn release(&mut self, row: &Row, when: &When) -> Option<ReleaseFact> {
        let (count, side) = (row.count?, row.side?);
        let people = match &row.name {
            Some(name) => vec![(name.clone(), count)],
            None => self.spread(row, side.value, count),
        };
        for (name, people) in &people {
            if let Some(at) = self.cohort(&name.value) {
                self.taken[at] += people.value;
            }
        }
        if let Some((name, at)) = row.name.as_ref().and_then(|n| Some((n, self.cohort(&n.value)?)))
            && self.side_of(at) != Some(side.value)
        {
            let message =
                format!("`{}` is not a cohort of the side `{}`", name.value, super::read::SIDES[side.value]);
            self.fault(
                "S309",
                name.span,
                message,
                "check the side, or call the cohort as the scenario does: `--match`",
            );
        } else if let Some((name, at)) = row.name.as_ref().and_then(|n| Some((n, self.cohort(&n.value)?))) {
            self.check_condition(row.kind, name, at);
        }
        Some(ReleaseFact {
            span: row.span,
            tranche: row.of_tranche().cloned(),
            at: self.moment(when),
            people: Named { span: count.span, entries: people },
            completes: At::new(self.completes(row), row.span),
            confirmed: row.confirmed,
        })
    }

    /// The living are released, remains are handed over; of whom it is not known, and of whom some may die in custody, either may be told.
    fn check_condition(&mut self, kind: Kind, name: &At<String>, cohort: usize) {
        let of = &self.file.cohort.entries[cohort].1;
        let (told, held, instead) = match (kind, &of.condition) {
            (Kind::Release, Condition::Remains) => ("living people", "remains", "remains"),
            (Kind::Remains, Condition::Living) if of.dies.is_none() => {
                ("remains", "living people", "release")
            }
            _ => return,
        };
        let message = format!("this row tells of {told}, and `{}` are {held} in the scenario", name.value);
        let help = format!(
            "write a row of kind `{instead}`, name the cohort that is meant, or correct its `condition` in the scenario"
        );
        self.fault("S309", name.span, message, help);
    }

    /// Whether a release ends its leg: as stated, or where no later row of the record is of the same leg.
    fn completes(&self, row: &Row) -> bool {
        if let Some(stated) = &row.complete {
            return stated.value;
        }
        let mut of_leg = self.history.rows.iter().filter(|r| r.leg().is_some() && r.leg() == row.leg());
        of_leg.next_back().is_none_or(|last| last.span == row.span)
    }

    fn cohort(&self, name: &str) -> Option<usize> {
        self.file.cohort.entries.iter().position(|(n, _)| n.value == name)
    }

    fn side_of(&self, cohort: usize) -> Option<usize> {
        let holder = &self.file.cohort.entries[cohort].1.held_by.value;
        let party = self.file.party.entries.iter().find(|(name, _)| name.value == *holder)?;
        match party.1.side {
            Side::Captives => Some(0),
            Side::Prisoners => Some(1),
            _ => None,
        }
    }

    /// People of no stated cohort: first those the tranche states, then the others in the scenario's order, as far as they go.
    fn spread(&mut self, row: &Row, side: usize, count: At<u64>) -> Vec<(At<String>, At<u64>)> {
        let is_of_kind = |at: usize| {
            let is_dead = self.file.cohort.entries[at].1.condition == Condition::Remains;
            self.side_of(at) == Some(side) && is_dead == (row.kind == Kind::Remains)
        };
        let named = self.stated(row);
        let mut order: Vec<usize> =
            (0..self.file.cohort.entries.len()).filter(|at| is_of_kind(*at)).collect();
        order.sort_by_key(|at| named.iter().position(|n| n == at).unwrap_or(usize::MAX));
        let mut left = count.value;
        let mut people = Vec::new();
        for at in &order {
            let (name, cohort) = &self.file.cohort.entries[*at];
            let part = left.min(cohort.people.value.saturating_sub(self.taken[*at]));
            left -= part;
            if part > 0 {
                people.push((At::new(name.value.clone(), row.span), At::new(part, count.span)));
            }
        }
        if left > 0 {
            let what = if row.kind == Kind::Remains { "remains" } else { "people" };
            let message =
                format!("the scenario holds {left} {what} fewer on this side than are released by then");
            self.fault(
                "S309",
                count.span,
                message,
                "check the count, name the cohort, or enlarge it in the scenario",
            );
        }
        people
    }

    /// Cohorts the row's tranche states.
    fn stated(&self, row: &Row) -> Vec<usize> {
        let tranche = row.of_tranche().and_then(|t| self.file.tranche.get(&t.value));
        let Some(tranche) = tranche else { return Vec::new() };
        let mut names: Vec<&str> = Vec::new();
        if let Some(Release::People(people)) = &tranche.release {
            names.extend(people.entries.iter().map(|(name, _)| name.value.as_str()));
        }
        names.extend(tranche.from.iter().flatten().map(|name| name.value.as_str()));
        names.extend(tranche.reciprocal.entries.iter().map(|(name, _)| name.value.as_str()));
        names.iter().filter_map(|name| self.cohort(name)).collect()
    }

    // ---- violations ----

    /// The counts of one counter for each process.
    fn violations(&self) -> Vec<ViolationsFact> {
        let rows = self.history.of(Kind::Violations).filter(|row| self.is_past(row) && self.is_counted(row));
        let fact = |row: &Row| {
            let (against, count, when) = (row.against.clone()?, row.count?, row.when?);
            let day = u64::try_from(self.file.start.day_of_date(when.day())).unwrap_or(0);
            let killed = row.killed.unwrap_or(At::implied(0_u64));
            Some(ViolationsFact { span: row.span, against, to_day: At::new(day, when.span), count, killed })
        };
        rows.filter_map(fact).collect()
    }

    fn is_counted(&self, row: &Row) -> bool {
        let process = row.against.as_ref().and_then(|against| self.file.violation.get(&against.value));
        let by = process.and_then(|process| process.counted_by.as_ref());
        self.history.is_followed(row, by.map(|by| by.value.as_str()))
    }
}

/// A moment that cannot be later than another.
fn no_later(when: When, than: &When) -> When {
    let best = when.best.min(than.best).max(when.earliest);
    When { best, latest: when.latest.min(than.latest).max(best), ..when }
}

/// What was prolonged to a day, of which no hour is told, lasts to the end of that day.
fn to_its_end(until: When) -> When {
    let day = until.day();
    let is_of_one_day = until.is_uncertain() && until.earliest.date() == day && until.latest <= end_of(day);
    if is_of_one_day { When { best: end_of(day), ..until } } else { until }
}

/// The midnight after a day.
fn end_of(day: Date) -> DateTime {
    day.tomorrow().unwrap_or(day).to_datetime(Time::midnight())
}

/// The best estimate of a moment, as a scenario writes it.
fn text_of(when: &When) -> At<String> {
    let best: DateTime = when.best;
    At::new(best.to_string(), when.span)
}

fn unwritten_history(as_of: AsOf) -> Facts {
    Facts {
        span: as_of.span,
        as_of_day: At::new(u64::try_from(as_of.day).unwrap_or(0), as_of.span),
        started: None,
        release: Vec::new(),
        dispute: Vec::new(),
        milestone: Vec::new(),
        violations: Vec::new(),
        flow: Vec::new(),
        talks_started: None,
    }
}
