//! The hazard of collapse as a function of time: constant but for what pulses add to its logarithm while they decay.
//!
//! A unit-exponential budget is spent at the integrated hazard; what is unspent carries over every change. With a pulse under way the
//! integral of `rate · exp(Σ size e^(−age/decay))` has no closed form, so it is taken by five-point Gauss-Legendre quadrature
//! over pieces much shorter than the decay (Abramowitz and Stegun 25.4.30), which leaves an error far below a second.

use super::world::Pulse;
use crate::kernel::{NEVER, Time, after};

/// Abscissae and weights of five-point Gauss-Legendre quadrature on [-1, 1].
const POINTS: [(f64, f64); 5] = [
    (0.0, 0.568_888_888_888_888_9),
    (-0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
    (0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
    (-0.906_179_845_938_664, 0.236_926_885_056_189_1),
    (0.906_179_845_938_664, 0.236_926_885_056_189_1),
];

/// After this many mean decays a pulse has left a ten-millionth of its size.
const GONE: f64 = 16.0;

/// A budget spent at a hazard.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hazard {
    budget: f64,
    /// Integral up to `since`.
    spent: f64,
    /// Per second, without pulses.
    rate: f64,
    since: Time,
    /// How many of the replication's pulses act; pulses are only ever added.
    pulses: usize,
}

impl Hazard {
    /// A stopped hazard with a full budget.
    pub(super) fn new(budget: f64, now: Time) -> Self {
        Self { budget, since: now, ..Self::default() }
    }

    /// Whether it stands at this rate under this many pulses.
    pub(super) fn is(&self, rate: f64, pulses: usize) -> bool {
        self.rate == rate && self.pulses == pulses
    }

    /// Changes the rate and the pulses that act; returns when the budget is now spent, [`NEVER`] if it is not by `horizon`.
    pub(super) fn change(&mut self, now: Time, rate: f64, pulses: &[Pulse], horizon: Time) -> Time {
        let spent = self.integral(&pulses[..self.pulses], self.since as f64, now as f64);
        self.budget = (self.budget - spent).max(0.0);
        self.spent += spent;
        self.since = now;
        self.rate = rate;
        self.pulses = pulses.len();
        self.rings(pulses, horizon)
    }

    /// Takes another budget for the time from `at` on; returns when that is spent.
    pub(super) fn renew(&mut self, at: Time, budget: f64, pulses: &[Pulse], horizon: Time) -> Time {
        self.spent = self.spent(at, pulses);
        self.since = at;
        self.budget = budget;
        self.rings(&pulses[..self.pulses], horizon)
    }

    /// The integral up to a time at or after the last change.
    pub(super) fn spent(&self, now: Time, pulses: &[Pulse]) -> f64 {
        self.spent + self.integral(&pulses[..self.pulses], self.since as f64, now as f64)
    }

    /// The hazard at a time, per second.
    pub(super) fn now(&self, now: Time, pulses: &[Pulse]) -> f64 {
        self.value(&pulses[..self.pulses], now as f64)
    }

    fn rings(&self, pulses: &[Pulse], horizon: Time) -> Time {
        if self.rate <= 0.0 {
            return NEVER;
        }
        let mut left = self.budget;
        let mut at = self.since as f64;
        if !pulses.is_empty() && self.height(pulses, at) * (horizon as f64 - at).max(0.0) < 0.999 * left {
            return NEVER;
        }
        while let Some(piece) = piece(pulses, at) {
            if at > horizon as f64 {
                return NEVER;
            }
            let spent = self.over(pulses, at, at + piece);
            if spent >= left {
                return after(0, self.within(pulses, at, piece, left));
            }
            left -= spent;
            at += piece;
        }
        // Nothing decays any more: the rest is constant.
        let now = self.value(pulses, at);
        after(0, at + left / now)
    }

    /// The instant within a piece at which a budget that it exceeds is spent: Newton's steps, kept inside a bracket.
    fn within(&self, pulses: &[Pulse], from: f64, piece: f64, budget: f64) -> f64 {
        let (mut low, mut high) = (0.0, piece);
        let mut at = 0.5 * piece;
        for _ in 0..60 {
            let over = self.over(pulses, from, from + at) - budget;
            if over < 0.0 {
                low = at
            } else {
                high = at
            }
            let step = over / self.value(pulses, from + at);
            if step.abs() < 1e-3 {
                break;
            }
            let next = at - step;
            at = if next > low && next < high { next } else { 0.5 * (low + high) };
        }
        from + at
    }

    fn integral(&self, pulses: &[Pulse], from: f64, to: f64) -> f64 {
        let mut at = from;
        let mut sum = 0.0;
        while at < to {
            let Some(piece) = piece(pulses, at) else { return sum + self.value(pulses, at) * (to - at) };
            let next = (at + piece).min(to);
            sum += self.over(pulses, at, next);
            at = next;
        }
        sum
    }

    fn over(&self, pulses: &[Pulse], from: f64, to: f64) -> f64 {
        let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
        POINTS.iter().map(|(x, w)| w * self.value(pulses, middle + half * x)).sum::<f64>() * half
    }

    /// What the hazard cannot exceed from a time on: pulses only fade, and those that lower it may fade at once.
    fn height(&self, pulses: &[Pulse], at: f64) -> f64 {
        let log: f64 = pulses.iter().map(|p| (p.size[0] * left_of(p, at)).max(0.0)).sum();
        self.rate * libm::exp(log)
    }

    fn value(&self, pulses: &[Pulse], at: f64) -> f64 {
        let log: f64 = pulses.iter().map(|p| p.size[0] * left_of(p, at)).sum();
        self.rate * libm::exp(log)
    }
}

/// The share of a pulse that is left.
fn left_of(pulse: &Pulse, at: f64) -> f64 {
    pulse.decay.map_or(1.0, |decay| libm::exp(-(at - pulse.since as f64) / decay))
}

/// The length of the next piece to integrate over: short against the decay of each pulse still under way while it is large, longer as
/// little of it is left.
fn piece(pulses: &[Pulse], at: f64) -> Option<f64> {
    let length = |p: &Pulse| {
        let decay = p.decay.filter(|_| p.size[0] != 0.0)?;
        match (at - p.since as f64) / decay {
            age if age < 2.0 => Some(0.5 * decay),
            age if age < 6.0 => Some(decay),
            age if age < GONE => Some(4.0 * decay),
            _ => None,
        }
    };
    pulses.iter().filter_map(length).min_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pulse(size: f64, decay: Option<f64>) -> Pulse {
        Pulse { size: [size, 0.0, 0.0], decay, since: 0 }
    }

    #[test]
    fn a_constant_hazard_spends_its_budget_evenly_and_carries_the_rest() {
        let mut hazard = Hazard::new(2.0, 0);
        assert_eq!(hazard.change(0, 0.01, &[], 1_000_000), 200);
        assert_eq!(hazard.change(100, 0.0, &[], 1_000_000), NEVER);
        assert_eq!(hazard.change(1_000, 0.1, &[], 1_000_000), 1_010);
    }

    #[test]
    fn what_is_spent_is_known_and_a_new_budget_counts_from_its_time() {
        let pulses = [pulse(1.0, Some(86_400.0))];
        let mut hazard = Hazard::new(f64::INFINITY, 0);
        assert_eq!(hazard.change(0, 1e-6, &pulses, 1 << 40), NEVER);
        let whole = hazard.spent(300_000, &pulses);
        assert_eq!(hazard.change(100_000, 1e-6, &pulses, 1 << 40), NEVER);
        assert!((hazard.spent(300_000, &pulses) - whole).abs() < 1e-12 && whole > 0.3);
        let left = whole - hazard.spent(200_000, &pulses);
        let rings = hazard.renew(200_000, left, &pulses, 1 << 40);
        assert!((rings - 300_000).abs() <= 1, "{rings}");
        let mut idle = Hazard::new(f64::INFINITY, 0);
        assert_eq!(idle.change(0, 0.5, &[], 1 << 40), NEVER);
        assert_eq!(idle.spent(10, &[]), 5.0);
    }

    #[test]
    fn a_pulse_that_stays_multiplies_the_hazard() {
        let mut hazard = Hazard::new(1.0, 0);
        let rings = hazard.change(0, 0.001, &[pulse(libm::log(2.0), None)], 1_000_000);
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
            let rings = Hazard::new(budget, 0).change(0, rate, &[pulse(size, Some(decay))], 1 << 40);
            assert!((rings as f64 - days * 86_400.0).abs() <= 1.0, "{days}: {rings}");
        }
    }

    #[test]
    fn a_budget_that_cannot_be_spent_by_the_horizon_is_not_sought() {
        // At its height the hazard would spend 1e-6 e^2 500,000 = 3.7 by the horizon.
        let pulses = [pulse(2.0, Some(86_400.0)), pulse(-1.0, Some(86_400.0))];
        assert_eq!(Hazard::new(3.8, 0).change(0, 1e-6, &pulses, 500_000), NEVER);
        assert!(Hazard::new(0.5, 0).change(0, 1e-6, &pulses, 500_000) < 500_000);
    }

    #[test]
    fn budget_carries_over_a_change_in_the_middle_of_a_decay() {
        let pulses = [pulse(1.5, Some(3.0 * 86_400.0))];
        let whole = Hazard::new(0.7, 0).change(0, 2e-6, &pulses, 1 << 40);
        let mut cut = Hazard::new(0.7, 0);
        cut.change(0, 2e-6, &pulses, 1 << 40);
        assert!((cut.change(50_000, 2e-6, &pulses, 1 << 40) - whole).abs() <= 1);
    }
}
