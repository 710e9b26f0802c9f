//! What rows say of each other: order, doubles, contradictions, and what cannot be.

use jiff::civil::DateTime;

use super::columns::Kind;
use super::{Row, When};
use crate::scenario::diagnostic::{Diagnostic, Faults};
use crate::scenario::source::{At, Span};

/// Checks every row by itself.
pub(super) fn rows(rows: &[Row], faults: &mut Faults) {
    let mut check = Check { rows, faults };
    for row in rows {
        check.row(row);
    }
}

/// Checks rows against the others.
pub(super) fn together(rows: &[Row], faults: &mut Faults) {
    let mut check = Check { rows, faults };
    check.order();
    check.doubles();
    check.once();
}

/// Checks what follows from all the rows of a record.
pub(super) fn whole(rows: &[Row], faults: &mut Faults) {
    let mut check = Check { rows, faults };
    check.frame();
    check.legs();
    check.remains();
    check.counts();
    check.milestones();
    check.extensions();
    check.talks();
}

struct Check<'a> {
    rows: &'a [Row],
    faults: &'a mut Faults,
}

impl<'a> Check<'a> {
    fn fault(&mut self, code: &'static str, span: Span, message: impl Into<String>, help: &str) {
        self.faults.push(Diagnostic::new(code, span, message).help(help));
    }

    /// A fault of a row against an earlier one.
    fn against(
        &mut self,
        code: &'static str,
        (span, earlier): (Span, Span),
        message: impl Into<String>,
        help: &str,
    ) {
        let fault = Diagnostic::new(code, span, message).also(earlier, "the other row");
        self.faults.push(fault.help(help));
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &'a Row> + use<'a> {
        self.rows.iter().filter(move |row| row.kind == kind)
    }

    // ---- one row ----

    fn row(&mut self, row: &Row) {
        if let (Some(when), Some(until)) = (&row.when, &row.until)
            && until.latest < when.earliest
        {
            self.fault("S305", until.span, "this ends before it begins", "check both dates");
        }
        let people = matches!(row.kind, Kind::Release | Kind::Remains | Kind::Replacement | Kind::Outside);
        for count in [&row.count, &row.of, &row.days].into_iter().flatten() {
            if count.value == 0 && (people || row.kind == Kind::Rate && !is_same(count, &row.count)) {
                self.fault(
                    "S305",
                    count.span,
                    "nobody at all",
                    "give a number from 1 up, or take the row out",
                );
            }
        }
        self.at_most(&row.confirmed, &row.count, "more are confirmed than were handed over");
        if row.kind == Kind::Rate {
            self.at_most(&row.count, &row.of, "more failed than there were");
        }
        if row.is_read && row.kind == Kind::Flow && row.count.is_none() && row.per_day.is_none() {
            self.fault("S303", row.span, "a flow without an amount", "give `count`, the whole, or `per_day`");
        }
        if row.is_read
            && row.kind == Kind::Violations
            && [&row.count, &row.killed, &row.injured].iter().all(|c| c.is_none())
        {
            self.fault(
                "S303",
                row.span,
                "violations without a number",
                "give `count`, `killed` or `injured`",
            );
        }
        if let Some(zone) = row.name.as_ref().filter(|_| row.kind == Kind::Zone)
            && let Err(fault) = crate::scenario::moment::zone_called(&zone.value)
        {
            self.fault(fault.code, zone.span, fault.message, &fault.help);
        }
        if let Some(id) = row.name.as_ref().filter(|_| row.kind == Kind::Talks)
            && !["started", "agreed", "ended"].contains(&id.value.as_str())
        {
            let message = format!("talks are `started`, `agreed` or `ended`, not `{}`", id.value);
            self.fault("S302", id.span, message, "use one of the three words, or a row of kind `note`");
        }
    }

    fn at_most(&mut self, part: &Option<At<u64>>, whole: &Option<At<u64>>, message: &str) {
        if let (Some(part), Some(whole)) = (part, whole)
            && part.value > whole.value
        {
            self.fault(
                "S305",
                part.span,
                format!("{message}: {} of {}", part.value, whole.value),
                "check both numbers",
            );
        }
    }

    // ---- order and doubles ----

    fn order(&mut self) {
        let mut last: Option<&When> = None;
        for when in self.rows.iter().filter(|r| r.kind != Kind::KnownTo).filter_map(|r| r.when.as_ref()) {
            match last {
                Some(before) if when.day() < before.day() => {
                    let message = format!("{} stands below {}", when.day(), before.day());
                    self.against("S307", (when.span, before.span), message, "sort the rows by `when`");
                }
                _ => last = Some(when),
            }
        }
    }

    fn doubles(&mut self) {
        let rows = self.rows;
        for (at, row) in rows.iter().enumerate() {
            if let Some(id) = &row.id
                && let Some(other) =
                    rows[..at].iter().filter_map(|r| r.id.as_ref()).find(|o| o.value == id.value)
            {
                let message = format!("the id `{}` is there twice", id.value);
                self.against("S306", (id.span, other.span), message, "give each row an id of its own");
            }
            let is_compared = row.is_read && !matches!(row.kind, Kind::Note | Kind::Case | Kind::Zone);
            let same = |other: &&Row| is_compared && other.is_read && is_same_event(other, row);
            if let Some(other) = rows[..at].iter().find(same) {
                let message = if counts_of(other) == counts_of(row) {
                    "this event is told twice"
                } else {
                    "two rows of the same event with different numbers"
                };
                let help = "keep one; a second source's number goes to `other_count`, a second counter has its own `reporter`";
                self.against("S306", (row.span, other.span), message, help);
            }
        }
    }

    fn once(&mut self) {
        for kind in [Kind::Case, Kind::Zone, Kind::KnownTo, Kind::Start, Kind::Term, Kind::NextPhase] {
            let word = kind.about().word;
            let mut of_kind = self.of(kind);
            let Some(first) = of_kind.next() else { continue };
            for other in of_kind {
                // The same event twice has been told.
                if !is_same_event(first, other) || matches!(kind, Kind::Case | Kind::Zone) {
                    let message = format!("a second row of kind `{word}`");
                    self.against(
                        "S308",
                        (other.span, first.span),
                        message,
                        "there is one in a history; keep one",
                    );
                }
            }
        }
    }

    // ---- the frame: nothing before the start, nothing after the end ----

    fn frame(&mut self) {
        let starts = self.of(Kind::Start).filter_map(|r| r.when).next();
        let mut over: Option<(&Row, When)> = None;
        for row in self.rows {
            let Some(when) = row.when else { continue };
            if let Some(start) = &starts
                && is_under_the_truce(row.kind)
                && when.latest < start.earliest
            {
                let message = "this happened before the truce began";
                self.against("S308", (when.span, start.span), message, "check both dates");
            }
            if let Some((end, ended)) = over
                && (is_under_the_truce(row.kind) || matches!(row.kind, Kind::Collapse | Kind::End))
                && when.earliest > ended.latest
                && row.kind != Kind::Flow
                && row.kind != Kind::Violations
            {
                let message = format!("this happened after the {} of the truce", end.kind.about().word);
                self.against(
                    "S308",
                    (when.span, ended.span),
                    message,
                    "check both dates, or tell it in a `note`",
                );
            }
            if matches!(row.kind, Kind::Collapse | Kind::End) && over.is_none() {
                over = Some((row, when));
            }
        }
        self.known_to();
    }

    fn known_to(&mut self) {
        let Some(stated) = self.of(Kind::KnownTo).find_map(|r| r.when) else { return };
        for row in self.rows.iter().filter(|r| r.kind != Kind::KnownTo && r.kind != Kind::Term) {
            if let Some(when) = row.when.filter(|w| w.day() > stated.day()) {
                let message = "this happened after the last day of the record";
                self.against(
                    "S308",
                    (when.span, stated.span),
                    message,
                    "correct `known_to`, or take the row out",
                );
            }
        }
    }

    // ---- legs, remains, counts ----

    /// Nothing follows on a leg that a row said was complete.
    fn legs(&mut self) {
        let releases: Vec<&Row> = self.rows.iter().filter(|r| r.is_release()).collect();
        for (at, row) in releases.iter().enumerate() {
            let Some(tranche) = row.of_tranche() else { continue };
            let is_leg = |other: &&&Row| {
                other.of_tranche().is_some_and(|t| t.value == tranche.value)
                    && side_of(other) == side_of(row)
                    && other.complete.as_ref().is_some_and(|c| c.value)
                    && other.when.map(|w| w.latest) < row.when.map(|w| w.earliest)
            };
            if let Some(before) = releases[..at].iter().find(is_leg) {
                let message = format!("this leg of round {} was complete by then", tranche.value);
                let help = "write `complete` as `yes` on the last row of a leg only";
                self.against("S308", (row.span, before.span), message, help);
            }
        }
    }

    /// No more remains are replaced than were wrong.
    fn remains(&mut self) {
        let mut wrong = 0_u64;
        for row in self.rows {
            let (count, confirmed) = (value(&row.count), row.confirmed.as_ref());
            match row.kind {
                Kind::Remains => wrong += count - confirmed.map_or(count, |c| c.value).min(count),
                Kind::Replacement if count > wrong => {
                    let message = format!("{count} are replaced, and {wrong} were not confirmed by then");
                    let help = "give the `remains` row the number that was `confirmed`";
                    self.fault("S308", row.span, message, help);
                }
                Kind::Replacement => wrong -= count,
                _ => {}
            }
        }
    }

    /// Cumulative counts of one reporter never fall.
    fn counts(&mut self) {
        let rows: Vec<&Row> = self.of(Kind::Violations).collect();
        for (at, row) in rows.iter().enumerate() {
            let is_series = |other: &&&Row| {
                text(&other.against) == text(&row.against) && other.counter() == row.counter()
            };
            let Some(before) = rows[..at].iter().rev().find(is_series) else { continue };
            for (now, then) in
                [(&row.count, &before.count), (&row.killed, &before.killed), (&row.injured, &before.injured)]
            {
                if let (Some(now), Some(then)) = (now, then)
                    && now.value < then.value
                {
                    let message = format!("a cumulative count falls from {} to {}", then.value, now.value);
                    let help = "counts run from the start of the truce; another counter has its own `reporter`, or where none is named its own `source`";
                    self.against("S308", (now.span, then.span), message, help);
                }
            }
        }
    }

    fn milestones(&mut self) {
        let met: Vec<&Row> = self.of(Kind::Milestone).filter(|r| r.when.is_some()).collect();
        for (at, row) in met.iter().enumerate() {
            let same = met[..at]
                .iter()
                .find(|other| text(&other.name) == text(&row.name) && !is_same_event(other, row));
            if let Some(other) = same {
                let message = format!("`{}` is met twice", text(&row.name));
                self.against("S308", (row.span, other.span), message, "keep the day on which it was met");
            }
        }
    }

    fn extensions(&mut self) {
        let mut end: Option<When> = self.of(Kind::Term).find_map(|r| r.when);
        for row in self.of(Kind::Extension) {
            let (Some(when), Some(until)) = (row.when, row.until) else { continue };
            if let Some(before) = end.filter(|end| until.latest <= end.earliest) {
                let message = "this extension ends no later than the term it prolongs";
                self.against(
                    "S308",
                    (until.span, before.span),
                    message,
                    "`until` is the new end of the term",
                );
            } else if let Some(before) = end.filter(|end| when.earliest > end.latest) {
                let message = "this extension was agreed after the term had run out";
                let help = "check both dates; a new truce has a history of its own";
                self.against("S308", (when.span, before.span), message, help);
            }
            end = Some(until);
        }
    }

    fn talks(&mut self) {
        let moment = |word: &str| {
            let mut rows = self.rows.iter().filter(|r| r.kind == Kind::Talks && text(&r.name) == word);
            rows.find_map(|r| r.when)
        };
        let (started, ends) = (moment("started"), [moment("agreed"), moment("ended")]);
        for end in ends.into_iter().flatten() {
            if let Some(started) = started.filter(|started| end.latest < started.earliest) {
                let message = "talks end here before they have started";
                self.against("S308", (end.span, started.span), message, "check both dates");
            }
        }
    }
}

/// Whether a kind of event happens under a truce only.
fn is_under_the_truce(kind: Kind) -> bool {
    use Kind::*;
    matches!(kind, Release | Remains | Replacement | Flow | Violations | Extension | Expiry | NextPhase)
}

fn text(cell: &Option<At<String>>) -> &str {
    cell.as_ref().map_or("", |cell| cell.value.as_str())
}

fn value(cell: &Option<At<u64>>) -> u64 {
    cell.as_ref().map_or(0, |cell| cell.value)
}

fn is_same(count: &At<u64>, cell: &Option<At<u64>>) -> bool {
    cell.as_ref().is_some_and(|cell| cell.span == count.span)
}

fn side_of(row: &Row) -> Option<usize> {
    row.side.as_ref().map(|side| side.value)
}

type Numbers = [Option<u64>; 4];

fn counts_of(row: &Row) -> (Numbers, Option<u64>) {
    let of = |cell: &Option<At<u64>>| cell.as_ref().map(|c| c.value);
    let daily = row.per_day.as_ref().map(|d| d.value.to_bits());
    ([of(&row.count), of(&row.confirmed), of(&row.killed), of(&row.injured)], daily)
}

fn is_same_event(a: &Row, b: &Row) -> bool {
    let when = |w: &Option<When>| -> Option<(DateTime, DateTime)> { w.map(|w| (w.earliest, w.latest)) };
    let words = |row: &Row| {
        let cells = [&row.round, &row.tranche, &row.party, &row.against, &row.name, &row.held, &row.reporter];
        cells.map(|cell| text(cell).to_string())
    };
    a.kind == b.kind
        && when(&a.when) == when(&b.when)
        && when(&a.until) == when(&b.until)
        && side_of(a) == side_of(b)
        && words(a) == words(b)
        && (a.kind != Kind::Violations || a.counter() == b.counter())
        && (a.kind != Kind::Rate || a.days == b.days)
}
