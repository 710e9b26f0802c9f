//! A clock that rings once its hazard has spent a unit-exponential budget.

use crate::kernel::{NEVER, Time};

/// Spends a budget at a rate that is constant between changes; what is unspent carries over a change, so one uniform serves the
/// whole wait (Lewis and Shedler 1979 call it time rescaling; no thinning, no rejection).
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock {
    budget: f64,
    rate: f64,
    since: Time,
}

impl Clock {
    /// A stopped clock with a full budget.
    pub fn new(budget: f64, now: Time) -> Self {
        Self { budget, rate: 0.0, since: now }
    }

    /// Changes the rate (per second) and returns when the clock now rings, [`NEVER`] if it does not.
    pub fn set_rate(&mut self, now: Time, rate: f64) -> Time {
        self.spend(now);
        self.rate = rate;
        self.rings()
    }

    /// When it rings at the current rate.
    pub fn rings(&self) -> Time {
        if self.rate <= 0.0 {
            return NEVER;
        }
        crate::kernel::after(self.since, self.budget / self.rate)
    }

    fn spend(&mut self, now: Time) {
        self.budget = (self.budget - self.rate * (now - self.since) as f64).max(0.0);
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_rate_rings_after_budget_over_rate() {
        let mut clock = Clock::new(2.0, 100);
        assert_eq!(clock.set_rate(100, 0.01), 300);
    }

    #[test]
    fn what_is_unspent_carries_over_a_change_of_rate() {
        let mut clock = Clock::new(2.0, 0);
        clock.set_rate(0, 0.01);
        assert_eq!(clock.set_rate(100, 0.0), NEVER); // 1 spent, 1 left
        assert_eq!(clock.set_rate(1_000, 0.1), 1_010);
    }
}
