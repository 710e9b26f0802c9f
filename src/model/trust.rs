//! Trust of each party in the other side, in millionths.
//!
//! It rises with each obligation the other side keeps and falls with each breach over which the party opens a dispute; at a
//! daily tick it is drawn toward its base. Between these it is constant.

use super::happening::Observer;
use super::world::{FIXED_SERIES, World};
use crate::kernel::DAY;

/// Full trust.
const FULL: i64 = 1_000_000;

impl<O: Observer> World<'_, O> {
    pub(super) fn begin_trust(&mut self) {
        let Some(plan) = self.plan.trust else { return };
        self.trust_base = (self.num(plan.base) * FULL as f64 + 0.5) as i64;
        self.trust.fill(self.trust_base);
        self.least_trust.fill(self.trust_base);
    }

    /// Trust above its base, as a fraction.
    pub(super) fn trust_above_base(&self, party: usize) -> f64 {
        (self.trust[party] - self.trust_base) as f64 / FULL as f64
    }

    /// Mean over the parties of both sides of trust above its base.
    pub(super) fn mean_trust_above_base(&self) -> f64 {
        if self.plan.trust.is_none() {
            return 0.0;
        }
        let (mut sum, mut parties) = (0, 0);
        for (party, trust) in self.plan.parties.iter().zip(&self.trust) {
            if party.side.is_some() {
                sum += trust - self.trust_base;
                parties += 1;
            }
        }
        if parties == 0 { 0.0 } else { sum as f64 / (parties * FULL) as f64 }
    }

    /// A party carried out an obligation; kept in time, it raises the other side's trust.
    pub(super) fn keep(&mut self, owner: usize, in_time: bool) {
        let Some(plan) = self.plan.trust else { return };
        let up = self.num(plan.up);
        let side = self.plan.parties[owner].side;
        if !in_time || up <= 0.0 {
            return;
        }
        for party in 0..self.trust.len() {
            let theirs = self.plan.parties[party].side;
            if theirs.is_some() && theirs != side {
                let rise = up * (FULL - self.trust[party]) as f64;
                self.move_trust(party, self.trust[party] + (rise + 0.5) as i64);
            }
        }
        self.update_hazard();
    }

    /// A breach over which a party opens a dispute lowers its trust.
    pub(super) fn breach(&mut self, claimant: usize, severity: f64) {
        let Some(plan) = self.plan.trust else { return };
        let fall = self.num(plan.down) * severity * self.trust[claimant] as f64;
        self.move_trust(claimant, self.trust[claimant] - (fall + 0.5) as i64);
        self.update_hazard();
    }

    /// An outside event moves trust at once.
    pub(super) fn shift_trust(&mut self, party: usize, by: f64) {
        if self.plan.trust.is_some() {
            let by = libm::rint(by * FULL as f64) as i64;
            self.move_trust(party, self.trust[party] + by);
        }
    }

    /// The daily tick toward the base.
    pub(super) fn trust_returns(&mut self) {
        let Some(returns) = self.plan.trust.and_then(|t| t.returns) else { return };
        let share = -libm::expm1(-(DAY as f64) / returns);
        for party in 0..self.trust.len() {
            let gap = (self.trust_base - self.trust[party]) as f64;
            self.move_trust(party, self.trust[party] + libm::rint(share * gap) as i64);
        }
    }

    fn move_trust(&mut self, party: usize, to: i64) {
        let to = to.clamp(0, FULL);
        let from = std::mem::replace(&mut self.trust[party], to);
        self.least_trust[party] = self.least_trust[party].min(to);
        if from != to {
            self.change(FIXED_SERIES + party, from, to);
        }
    }
}
