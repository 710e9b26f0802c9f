//! Names due ahead of a round: late or not, refused and substituted. Names are not people released.

use super::address::{DISPUTE_STRIDE, Names};
use super::happening::{Cause, Happening, Observer};
use super::plan::{CAPTIVES, Fill, ListPlan, PRISONERS, Side, StepKind};
use super::world::{DelayCause, LegState, World};
use crate::dist::{Distribution, Prob};
use crate::kernel::{NEVER, after};

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

    fn list_arrives(&mut self, tranche: usize, list: &ListPlan) {
        let stream = self.plan.shared_streams.names;
        let people = self.names_due(tranche);
        let surplus =
            list.surplus.map_or(0.0, |law| self.draw(law, stream, self.name_place(tranche, Names::Surplus)));
        let names = people + (surplus + 0.5) as u32;
        self.counts.names_proposed += i64::from(names);
        self.note(Happening::ListDelivered { tranche: tranche as u32, names });
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
    fn names_due(&self, tranche: usize) -> u32 {
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
        let Some(p) = list.refused else { return };
        let stream = self.plan.shared_streams.names;
        let word = self.draws.word(stream, self.name_place(tranche, Names::Refused));
        let refused = Distribution::binomial(u64::from(names), self.num(p))
            .map_or(0.0, |d| d.quantile(Prob::from_word(word)));
        if refused > 0.0 {
            self.counts.names_refused += refused as i64;
            let takes = list
                .substitution
                .map_or(0.0, |law| self.draw(law, stream, self.name_place(tranche, Names::Substitution)));
            self.rounds[tranche].list_at = after(self.now, takes);
        }
    }

    /// Time lost at assembly over a missing name.
    pub(super) fn name_missing(&mut self, tranche: usize) -> f64 {
        let Some(missing) = self.plan.list.as_ref().and_then(|l| l.missing) else { return 0.0 };
        let stream = self.plan.shared_streams.names;
        if !self.hit(missing.probability, stream, self.name_place(tranche, Names::Missing)) {
            return 0.0;
        }
        self.draw(missing.by, stream, self.name_place(tranche, Names::MissingBy))
    }
}
