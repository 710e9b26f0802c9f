//! The hazard of collapse as a function of time: constant but for what pulses add to its logarithm while they decay.
//!
//! A unit-exponential budget is spent at the integrated hazard; what is unspent carries over every change. Most changes come long before
//! the budget is spent, and each puts off or brings forward that time: so with a pulse under way only a time is told by which the budget
//! is surely not spent yet, and the exact one is sought ([`Hazard::seek`]) when nothing has changed by then.

mod factor;

use super::world::Pulse;
use crate::kernel::fading::{Fading, height};
use crate::kernel::{NEVER, Time, after};
use factor::{Factor, Piece, Reached};

/// A budget spent at a hazard.
#[derive(Debug, Clone, Default)]
pub(super) struct Hazard {
    budget: f64,
    /// Integral up to `since`.
    spent: f64,
    /// Per second, without pulses.
    rate: f64,
    since: Time,
    /// What the replication's pulses add to the logarithm. Pulses are only ever added, of which this many are known.
    pulses: usize,
    parts: Vec<Fading>,
    factor: Factor,
    /// Its integral up to `since`.
    passed: f64,
    /// Where the budget is spent, while the time has not been sought.
    unsought: Option<Piece>,
}

impl Hazard {
    /// With room for so many pulses.
    pub(super) fn with_room(pulses: usize) -> Self {
        Self { factor: Factor::with_room(), parts: Vec::with_capacity(pulses), ..Self::default() }
    }

    /// Stops, with a full budget.
    pub(super) fn begin(&mut self, budget: f64, now: Time) {
        (self.budget, self.spent, self.rate) = (budget, 0.0, 0.0);
        (self.since, self.pulses, self.passed) = (now, 0, 0.0);
        self.parts.clear();
        self.factor.begin(now as f64);
        self.unsought = None;
    }

    /// A stopped hazard with a full budget.
    pub(super) fn new(budget: f64, now: Time) -> Self {
        let mut hazard = Self::default();
        hazard.begin(budget, now);
        hazard
    }

    /// Whether it stands at this rate under this many pulses.
    pub(super) fn is(&self, rate: f64, pulses: usize) -> bool {
        self.rate == rate && self.pulses == pulses
    }

    /// Changes the rate and the pulses that act; returns a time before which the budget is not spent: [`NEVER`] if it is not by
    /// `horizon`, and without pulses the very time at which it is.
    pub(super) fn change(&mut self, now: Time, rate: f64, pulses: &[Pulse], horizon: Time) -> Time {
        let passed = self.factor.up_to(&self.parts, now as f64);
        self.factor.keep(now as f64, passed);
        let spent = self.rate * (passed - self.passed);
        self.budget = (self.budget - spent).max(0.0);
        self.spent += spent;
        self.since = now;
        self.rate = rate;
        self.passed = passed;
        if self.pulses != pulses.len() {
            self.parts.extend(pulses[self.pulses..].iter().filter_map(part));
            self.pulses = pulses.len();
            self.passed = 0.0;
            self.factor.begin(now as f64);
        }
        self.rings(horizon)
    }

    /// Takes another budget for the time from `at` on; returns what [`Hazard::change`] does.
    pub(super) fn renew(&mut self, at: Time, budget: f64, horizon: Time) -> Time {
        self.spent = self.spent(at);
        self.passed = self.factor.up_to(&self.parts, at as f64);
        self.since = at;
        self.budget = budget;
        self.rings(horizon)
    }

    /// The integral up to a time at or after the last change.
    pub(super) fn spent(&self, now: Time) -> f64 {
        let passed = self.factor.up_to(&self.parts, now as f64);
        self.spent + self.rate * (passed - self.passed)
    }

    /// The hazard at a time, per second.
    pub(super) fn now(&self, now: Time) -> f64 {
        self.rate * factor::level(&self.parts, now as f64)
    }

    /// Whether the time told last is only one before which the budget is not spent.
    #[inline]
    pub(super) fn is_unsought(&self) -> bool {
        self.unsought.is_some()
    }

    /// When the budget is spent, if nothing changes any more.
    ///
    /// # Panics
    /// If that has been told already.
    pub(super) fn seek(&mut self) -> Time {
        let piece = self.unsought.take().expect("a time that has not been sought");
        after(0, piece.instant(&self.parts))
    }

    fn rings(&mut self, horizon: Time) -> Time {
        self.unsought = None;
        if self.rate <= 0.0 {
            return NEVER;
        }
        let (at, left) = (self.since as f64, self.budget / self.rate);
        let most = height(&self.parts, at);
        if self.pulses > 0 && most * (horizon as f64 - at).max(0.0) < 0.999 * left {
            return NEVER;
        }
        match self.factor.reaches(&self.parts, self.passed + left, horizon) {
            None => NEVER,
            Some(Reached::At(at)) => after(0, at),
            Some(Reached::Within(piece)) => {
                // A second less, for what rounding leaves to chance.
                let not_before = piece.from.max(at + 0.999 * left / most) as Time - 1;
                self.unsought = Some(piece);
                if self.parts.is_empty() { self.seek() } else { not_before.max(self.since) }
            }
        }
    }
}

/// What a pulse adds to the logarithm of the hazard, if anything.
fn part(pulse: &Pulse) -> Option<Fading> {
    let [size, ..] = pulse.size;
    let fading = Fading { size, since: pulse.since as f64, decay: pulse.decay.unwrap_or(f64::INFINITY) };
    (size != 0.0).then_some(fading)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pulse(size: f64, decay: Option<f64>) -> Pulse {
        Pulse { size: [size, 0.0, 0.0], decay, since: 0 }
    }

    impl Hazard {
        /// When the budget is spent after a change, told at once.
        fn rings_after(&mut self, now: Time, rate: f64, pulses: &[Pulse], horizon: Time) -> Time {
            let not_before = self.change(now, rate, pulses, horizon);
            self.sought(not_before)
        }

        fn sought(&mut self, not_before: Time) -> Time {
            if !self.is_unsought() {
                return not_before;
            }
            let rings = self.seek();
            assert!(not_before <= rings && !self.is_unsought(), "{not_before} is after {rings}");
            rings
        }
    }

    #[test]
    fn a_constant_hazard_spends_its_budget_evenly_and_carries_the_rest() {
        let mut hazard = Hazard::new(2.0, 0);
        assert_eq!(hazard.rings_after(0, 0.01, &[], 1_000_000), 200);
        assert_eq!(hazard.rings_after(100, 0.0, &[], 1_000_000), NEVER);
        assert_eq!(hazard.rings_after(1_000, 0.1, &[], 1_000_000), 1_010);
    }

    #[test]
    fn what_is_spent_is_known_and_a_new_budget_counts_from_its_time() {
        let pulses = [pulse(1.0, Some(86_400.0))];
        let mut hazard = Hazard::new(f64::INFINITY, 0);
        assert_eq!(hazard.rings_after(0, 1e-6, &pulses, 1 << 40), NEVER);
        let whole = hazard.spent(300_000);
        assert_eq!(hazard.rings_after(100_000, 1e-6, &pulses, 1 << 40), NEVER);
        assert!((hazard.spent(300_000) - whole).abs() < 1e-12 && whole > 0.3);
        let left = whole - hazard.spent(200_000);
        let not_before = hazard.renew(200_000, left, 1 << 40);
        let rings = hazard.sought(not_before);
        assert!((rings - 300_000).abs() <= 1, "{rings}");
        let mut idle = Hazard::new(f64::INFINITY, 0);
        assert_eq!(idle.rings_after(0, 0.5, &[], 1 << 40), NEVER);
        assert_eq!(idle.spent(10), 5.0);
    }

    #[test]
    fn a_pulse_that_stays_multiplies_the_hazard() {
        let mut hazard = Hazard::new(1.0, 0);
        let rings = hazard.rings_after(0, 0.001, &[pulse(libm::log(2.0), None)], 1_000_000);
        assert_eq!(rings, 500);
    }

    #[test]
    fn a_decaying_pulse_is_integrated_along_its_decay() {
        // The integral of exp(a e^{-t/d}) over t from 0 to T, by a fine sum.
        let (size, decay, rate) = (2.0, 5.0 * 86_400.0, 1e-6);
        let exact = |to: f64| {
            let n = 200_000;
            let h = to / f64::from(n);
            (0..n)
                .map(|i| libm::exp(size * libm::exp(-(f64::from(i) + 0.5) * h / decay)) * h * rate)
                .sum::<f64>()
        };
        for days in [1.0, 10.0, 60.0] {
            let budget = exact(days * 86_400.0);
            let rings = Hazard::new(budget, 0).rings_after(0, rate, &[pulse(size, Some(decay))], 1 << 40);
            assert!((rings as f64 - days * 86_400.0).abs() <= 1.0, "{days}: {rings}");
        }
    }

    #[test]
    fn a_budget_that_cannot_be_spent_by_the_horizon_is_not_sought() {
        // At its height the hazard would spend 1e-6 e^2 500,000 = 3.7 by the horizon.
        let pulses = [pulse(2.0, Some(86_400.0)), pulse(-1.0, Some(86_400.0))];
        assert_eq!(Hazard::new(3.8, 0).rings_after(0, 1e-6, &pulses, 500_000), NEVER);
        assert!(Hazard::new(0.5, 0).rings_after(0, 1e-6, &pulses, 500_000) < 500_000);
    }

    #[test]
    fn budget_carries_over_a_change_in_the_middle_of_a_decay() {
        let pulses = [pulse(1.5, Some(3.0 * 86_400.0))];
        let whole = Hazard::new(0.7, 0).rings_after(0, 2e-6, &pulses, 1 << 40);
        let mut cut = Hazard::new(0.7, 0);
        cut.rings_after(0, 2e-6, &pulses, 1 << 40);
        assert!((cut.rings_after(50_000, 2e-6, &pulses, 1 << 40) - whole).abs() <= 1);
    }

    #[test]
    fn the_time_told_at_first_is_never_after_the_one_sought_and_seeking_changes_nothing() {
        let mut state = 1_u64;
        let mut next = |upper: f64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            upper * (state >> 11) as f64 / 9_007_199_254_740_992.0
        };
        let (mut told, mut far) = (0, 0);
        for _ in 0..if cfg!(miri) { 5 } else { 500 } {
            let (mut hazard, mut pulses, mut now) = (Hazard::new(0.01 + next(3.0), 0), Vec::new(), 0);
            let horizon = 5_000_000;
            for _ in 0..40 {
                now += next(200_000.0) as Time;
                if next(1.0) < 0.3 {
                    let decay = (next(1.0) < 0.9).then_some(10.0 + next(600_000.0));
                    pulses.push(Pulse { since: now, ..pulse(next(3.0) - 1.5, decay) });
                }
                let rate = next(4e-7);
                let mut twin = hazard.clone();
                let rings = twin.rings_after(now, rate, &pulses, horizon);
                let not_before = hazard.change(now, rate, &pulses, horizon);
                told += i32::from(hazard.is_unsought());
                far += i32::from(hazard.is_unsought() && not_before < rings - 1_000);
                let later = now + next(1e6) as Time;
                assert_eq!(hazard.spent(later).to_bits(), twin.spent(later).to_bits());
                if rings <= now {
                    break;
                }
            }
        }
        assert!(told > far && (cfg!(miri) || far > 100), "{told}, {far}");
    }
}
