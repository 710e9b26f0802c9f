//! Names due ahead of a round: late or not, refused and substituted. Names are not people released.

use super::address::{DISPUTE_STRIDE, Names};
use super::happening::{Cause, Happening, Observer};
use super::people::pick;
use super::plan::{CAPTIVES, Fill, ListPlan, PRISONERS, Side, StepKind};
use super::world::{DelayCause, LegState, World};
use crate::dist::{Distribution, Prob};
use crate::kernel::{NEVER, Time, after};

const STRIDE: u64 = 8;

/// Strata of how late names were, and of how long substitutes took to be found.
const STRATA: u64 = 8;

/// How names came that were due in the known past.
#[derive(Debug, Clone, Copy, Default)]
struct Coming {
    /// How late; zero where they were in time.
    late: f64,
    /// How long substitutes took to be found, where names were refused.
    substitution: Option<f64>,
}

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

    /// Names that were due in the known past. Where no fact tells that they came they are drawn from when they were due, each way in
    /// proportion to the chance that then nobody has come by now. What was answered to late ones, and alleged of them, is on record.
    pub(super) fn names_of_past(&mut self, tranche: usize) {
        let plan = self.plan;
        let (Some(list), Some(timer)) = (&plan.list, plan.tranches[tranche].list_timer) else { return };
        let round = &self.rounds[tranche];
        if round.has_begun || round.from >= NEVER {
            return;
        }
        if !round.list_is_due {
            let due = (round.from - list.lead).max(round.known);
            if due >= self.now {
                return;
            }
            self.rounds[tranche].list_is_due = true;
            let names = self.names_on(tranche, list);
            let coming = self.coming_of_past(tranche, list, due, names);
            let came = after(due, coming.late);
            self.counts.lists_late += i64::from(coming.late > 0.0);
            if came > self.now {
                self.draw_fault(tranche);
                return self.set(timer, came);
            }
            self.deliver_names(tranche, names);
            if let Some(takes) = coming.substitution {
                self.counts.names_refused += (self.refused(tranche, list, names) as i64).max(1);
                self.rounds[tranche].list_at = after(came, takes);
            } else {
                self.rounds[tranche].list_at = came;
            }
        }
        let at = std::mem::replace(&mut self.rounds[tranche].list_at, NEVER);
        self.draw_fault(tranche);
        self.drop_fault_of_names(tranche);
        self.rounds[tranche].list_at = at;
    }

    /// How names came that were due at a time, if nobody has come by now.
    fn coming_of_past(&mut self, tranche: usize, list: &ListPlan, due: Time, names: u32) -> Coming {
        let plan = self.plan;
        let late = plan.parties[plan.tranches[tranche].list_owner].list_late;
        let p_late = late.map_or(0.0, |late| self.num(late.probability));
        let p_refused = list.refused.map_or(0.0, |p| 1.0 - libm::pow(1.0 - self.num(p), f64::from(names)));
        let (stream, places) =
            (plan.shared_streams.names, super::address::names_of_past(plan.tranches[tranche].place));
        let mut ways = [Coming::default(); 4 * STRATA as usize];
        let mut weights = [0.0; 4 * STRATA as usize];
        for (number, (way, weight)) in ways.iter_mut().zip(&mut weights).enumerate() {
            let (kind, stratum) = (number as u64 / STRATA, number as u64 % STRATA);
            let (is_late, is_refused) = (kind & 1 == 1, kind & 2 == 2);
            let of = |is: bool, p: f64| if is { p } else { 1.0 - p };
            let chance = of(is_late, p_late) * of(is_refused, p_refused);
            if chance <= 0.0 {
                continue;
            }
            let place = places + 2 * number as u64;
            if let Some(late) = late.filter(|_| is_late) {
                let u = (stratum as f64 + self.uniform(stream, place)) / STRATA as f64;
                way.late = self.law_of(late.by).map_or(0.0, |law| law.quantile(Prob::from_lower(u)));
            }
            if is_refused {
                let word = self.draws.word(stream, place + 1);
                way.substitution = Some(list.substitution.map_or(0.0, |law| self.value(law, word)));
            }
            let ready = after(due, way.late + way.substitution.unwrap_or(0.0));
            *weight = chance * self.is_pending(tranche, ready);
        }
        let uniform = self.uniform(stream, places + 255);
        ways[pick(&weights, uniform)]
    }

    /// Names on the list of a tranche: of the people, and beyond them.
    fn names_on(&mut self, tranche: usize, list: &ListPlan) -> u32 {
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
