//! Names due ahead of a round: late or not, refused and substituted. Names are not people released.

use super::address::{DISPUTE_STRIDE, Names};
use super::happening::{Cause, Happening, Observer};
use super::plan::{CAPTIVES, Fill, ListPlan, PRISONERS, Side, StepKind};
use super::reached::{Lasting, Reached, UnderWay, kind_bit};
use super::world::{DelayCause, LegState, World};
use crate::dist::{Distribution, Prob};
use crate::kernel::{NEVER, Time, after};

const STRIDE: u64 = 8;

impl<O: Observer> World<'_, O> {
    /// Sets when a tranche's names are due: the lead before the round may begin. A round without a date, one whose window opens
    /// with something that happens, or one with less time than the lead, has them due at once.
    pub(super) fn set_list(&mut self, tranche: usize) {
        let (Some(list), Some(timer)) = (&self.plan.list, self.plan.tranches[tranche].list_timer) else {
            return;
        };
        let round = &mut self.rounds[tranche];
        if round.list_is_due || round.from >= NEVER {
            return;
        }
        let at = (round.from - list.lead).max(self.now);
        self.set(timer, at);
    }

    /// A list's timer: it is due, or it arrives.
    pub(super) fn list_goes_on(&mut self, tranche: usize) {
        let plan = self.plan;
        let Some(list) = &plan.list else { return };
        if self.rounds[tranche].list_is_due {
            return self.list_arrives(tranche, list);
        }
        self.rounds[tranche].list_is_due = true;
        self.draw_fault(tranche);
        let late = self.lateness(tranche);
        if late <= 0.0 {
            return self.list_arrives(tranche, list);
        }
        self.counts.lists_late += 1;
        self.names_are_late(tranche);
        let at = after(self.now, late);
        if let Some(timer) = plan.tranches[tranche].list_timer {
            self.set(timer, at);
        }
        if let Some(missed) = list.missed {
            let owner = plan.tranches[tranche].list_owner;
            let base = plan.tranches[tranche].place * DISPUTE_STRIDE;
            self.missed(
                missed,
                owner,
                Cause::LateList(tranche as u32),
                plan.shared_streams.list_dispute,
                base,
            );
        }
    }

    fn lateness(&mut self, tranche: usize) -> f64 {
        let Some(late) = self.plan.parties[self.plan.tranches[tranche].list_owner].list_late else {
            return 0.0;
        };
        let stream = self.plan.shared_streams.names;
        if !self.hit(late.probability, stream, self.name_place(tranche, Names::Late)) {
            return 0.0;
        }
        self.draw(late.by, stream, self.name_place(tranche, Names::By))
    }

    fn name_place(&self, tranche: usize, lane: Names) -> u64 {
        self.plan.tranches[tranche].place * STRIDE + lane as u64
    }

    /// Names of a round that were due in the known past although it could not begin yet: late or not, refused or not, as they would be.
    pub(super) fn names_of_past(&mut self, tranche: usize) {
        let Some(list) = &self.plan.list else { return };
        if self.rounds[tranche].has_begun {
            return;
        }
        if self.rounds[tranche].list_is_due {
            self.rounds[tranche].over |= kind_bit(StepKind::List);
            return self.draw_fault(tranche);
        }
        if let Some(due) = self.names_were_due(tranche) {
            let names = self.names_on(tranche, list);
            let side = self.first_side(tranche);
            let reached = self.reach((tranche, side), 0, NEVER, Some((due, names)), false);
            self.names_so_far(tranche, (due, names), reached);
        }
    }

    /// When the names of a round were due, if that was in the known past and nothing else is known of them.
    pub(super) fn names_were_due(&self, tranche: usize) -> Option<Time> {
        let list = self.plan.list.as_ref()?;
        let round = &self.rounds[tranche];
        let due = (round.from - list.lead).max(round.known);
        (round.from < NEVER && !round.list_is_due && due < self.now).then_some(due)
    }

    /// Names that were due came as they did, or are still to come. What was answered to late ones, and alleged of those that came, is on
    /// record.
    pub(super) fn names_so_far(&mut self, tranche: usize, (due, names): (Time, u32), reached: Reached) {
        let plan = self.plan;
        let (Some(list), Some(timer)) = (&plan.list, plan.tranches[tranche].list_timer) else { return };
        let stream = plan.shared_streams.names;
        self.rounds[tranche].list_is_due = true;
        let Some(named) = reached.named else {
            let late = plan.parties[plan.tranches[tranche].list_owner].list_late;
            let word = self.draws.word(stream, self.name_place(tranche, Names::By));
            let age = (self.now - due) as f64;
            let late = late.map_or(age, |late| self.residual(late.by, age, word));
            self.counts.lists_late += 1;
            self.draw_fault(tranche);
            return self.set(timer, after(due, late).max(self.now));
        };
        self.counts.lists_late += i64::from(named > due);
        self.deliver_names(tranche, names);
        let is_sought = reached.what == UnderWay::Lasts(Lasting::Substitutes);
        if reached.is_refused || is_sought {
            self.counts.names_refused += (self.refused(tranche, list, names) as i64).max(1);
        }
        self.rounds[tranche].list_at = match list.substitution.filter(|_| is_sought) {
            Some(law) => {
                let word = self.draws.word(stream, self.name_place(tranche, Names::Substitution));
                after(named, self.residual(law, (self.now - named) as f64, word)).max(self.now)
            }
            None => reached.complete.unwrap_or(named),
        };
        self.rounds[tranche].over |= kind_bit(StepKind::List);
        self.draw_fault(tranche);
    }

    /// Names on the list of a tranche: of the people, and beyond them.
    pub(super) fn names_on(&mut self, tranche: usize, list: &ListPlan) -> u32 {
        let stream = self.plan.shared_streams.names;
        let surplus =
            list.surplus.map_or(0.0, |law| self.draw(law, stream, self.name_place(tranche, Names::Surplus)));
        self.names_due(tranche) + (surplus + 0.5) as u32
    }

    fn deliver_names(&mut self, tranche: usize, names: u32) {
        self.counts.names_proposed += i64::from(names);
        self.note(Happening::ListDelivered { tranche: tranche as u32, names });
    }

    fn list_arrives(&mut self, tranche: usize, list: &ListPlan) {
        let names = self.names_on(tranche, list);
        self.deliver_names(tranche, names);
        self.rounds[tranche].list_at = self.now;
        self.refuse_names(tranche, list, names);
        if self.rounds[tranche].fault > 0 {
            self.fault_strikes(tranche, StepKind::List);
        }
        self.names_came(tranche);
    }

    /// Names have come: a leg that waits for them goes on, at once or when a substitute is found.
    fn names_came(&mut self, tranche: usize) {
        let side = self.first_side(tranche);
        if self.awaits_names(tranche, side) {
            let at = self.rounds[tranche].list_at.max(self.now);
            if at > self.now {
                self.blame(2 * tranche + side, DelayCause::List);
            }
            self.set(self.plan.tranches[tranche].leg[side].timer, at);
        }
    }

    fn awaits_names(&self, tranche: usize, side: Side) -> bool {
        let leg = &self.legs[2 * tranche + side];
        leg.state == LegState::Delayed && leg.step == 0
    }

    /// Names due at this very instant turn out to be late: the leg that asked for them a moment ago does wait.
    fn names_are_late(&mut self, tranche: usize) {
        let side = self.first_side(tranche);
        if self.awaits_names(tranche, side) {
            self.blame(2 * tranche + side, DelayCause::List);
        }
    }

    /// How many names a list has: the people to be released, as far as they are fixed.
    pub(super) fn names_due(&self, tranche: usize) -> u32 {
        match self.plan.tranches[tranche].fill {
            Fill::Number { .. } if !self.rounds[tranche].has_begun => self.rounds[tranche].number,
            Fill::Extra { people } if !self.rounds[tranche].has_begun => people,
            Fill::Rest if !self.rounds[tranche].has_begun => self.rest_of(tranche),
            // A round of prisoners alone has their names.
            _ => {
                let leg = &self.plan.tranches[tranche].leg;
                let named = if leg[CAPTIVES].absent { &leg[PRISONERS] } else { &leg[CAPTIVES] };
                named.items.range().map(|i| self.items[i]).sum()
            }
        }
    }

    /// Each name may be refused; one or more refused take one substitution.
    fn refuse_names(&mut self, tranche: usize, list: &ListPlan, names: u32) {
        let stream = self.plan.shared_streams.names;
        let refused = self.refused(tranche, list, names);
        if refused > 0.0 {
            self.counts.names_refused += refused as i64;
            let takes = list
                .substitution
                .map_or(0.0, |law| self.draw(law, stream, self.name_place(tranche, Names::Substitution)));
            self.rounds[tranche].list_at = after(self.now, takes);
        }
    }

    /// How many names of a list are refused.
    fn refused(&mut self, tranche: usize, list: &ListPlan, names: u32) -> f64 {
        let Some(p) = list.refused else { return 0.0 };
        let word = self.draws.word(self.plan.shared_streams.names, self.name_place(tranche, Names::Refused));
        let law = Distribution::binomial(u64::from(names), self.num(p));
        law.map_or(0.0, |law| law.quantile(Prob::from_word(word)))
    }

    /// Whether a leg went on from the known past with a name missing at assembly.
    pub(super) fn is_name_missing(&self, leg: usize) -> bool {
        self.past.legs.get(leg).is_some_and(|waits| waits.is_missing)
    }

    /// Time lost at assembly over a missing name.
    pub(super) fn name_missing(&mut self, tranche: usize, side: Side) -> f64 {
        let Some(missing) = self.plan.list.as_ref().and_then(|l| l.missing) else { return 0.0 };
        let stream = self.plan.shared_streams.names;
        let index = 2 * tranche + side;
        if self.is_name_missing(index) {
            self.past.legs[index].is_missing = false;
            let age = std::mem::take(&mut self.legs[index].age);
            let word = self.draws.word(stream, self.name_place(tranche, Names::MissingBy));
            return self.residual(missing.by, age, word) - age;
        }
        if !self.hit(missing.probability, stream, self.name_place(tranche, Names::Missing)) {
            return 0.0;
        }
        self.draw(missing.by, stream, self.name_place(tranche, Names::MissingBy))
    }
}
