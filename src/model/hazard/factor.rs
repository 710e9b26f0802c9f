//! The integral of what pulses multiply a hazard by.
//!
//! `exp(Σ size e^(−age/decay))` has no integral in closed form, so it is taken by five-point Gauss-Legendre quadrature over pieces much
//! shorter than the decay (Abramowitz and Stegun 25.4.30), which leaves an error far below a second.

use crate::kernel::Time;
use crate::kernel::fading::{Fading, levels};

/// Abscissae and weights of five-point Gauss-Legendre quadrature on [-1, 1].
const POINTS: [f64; 5] =
    [0.0, -0.538_469_310_105_683_1, 0.538_469_310_105_683_1, -0.906_179_845_938_664, 0.906_179_845_938_664];
/// How many are looked at together: levels come cheapest in eights.
const TOGETHER: usize = 8;
const WEIGHTS: [f64; 5] = [
    0.568_888_888_888_888_9,
    0.478_628_670_499_366_5,
    0.478_628_670_499_366_5,
    0.236_926_885_056_189_1,
    0.236_926_885_056_189_1,
];

/// After this many mean decays a pulse has left a ten-millionth of its size.
const GONE: f64 = 16.0;

/// Room for pieces: more than a replication has.
const PIECES: usize = 512;

/// The integral does not depend on the rate, which changes far more often than pulses are added: so pieces that were integrated once are
/// kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Factor {
    origin: f64,
    /// Where each piece ends, and the integral from the origin up to there.
    pieces: Vec<(f64, f64)>,
}

/// Where the integral reaches a sum.
#[derive(Debug, Clone)]
pub(super) enum Reached {
    /// At this time.
    At(f64),
    Within(Piece),
}

/// A piece in which the integral reaches a sum.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub from: f64,
    length: f64,
    /// What it reaches beyond what it is at the beginning of the piece.
    sum: f64,
}

impl Factor {
    pub(super) fn with_room() -> Self {
        Self { origin: 0.0, pieces: Vec::with_capacity(PIECES) }
    }

    pub(super) fn begin(&mut self, origin: f64) {
        self.origin = origin;
        self.pieces.clear();
    }

    /// The last time up to which the integral is known, and what it is there.
    fn end(&self) -> (f64, f64) {
        self.pieces.last().copied().unwrap_or((self.origin, 0.0))
    }

    /// Keeps what the integral is at a time, where it is not known so far.
    pub(super) fn keep(&mut self, at: f64, sum: f64) {
        if at > self.end().0 {
            self.pieces.push((at, sum));
        }
    }

    /// The integral from the origin up to a time.
    pub(super) fn up_to(&self, parts: &[Fading], to: f64) -> f64 {
        let known = self.pieces.partition_point(|(end, _)| *end <= to);
        let (mut at, mut sum) = known.checked_sub(1).map_or((self.origin, 0.0), |last| self.pieces[last]);
        while at < to {
            let Some(length) = length(parts, at) else { return sum + level(parts, at) * (to - at) };
            let next = (at + length).min(to);
            sum += over(parts, at, next);
            at = next;
        }
        sum
    }

    /// Where the integral reaches a sum; none if it does not by the end of the piece that holds the horizon.
    pub(super) fn reaches(&mut self, parts: &[Fading], sum: f64, horizon: Time) -> Option<Reached> {
        loop {
            let (at, known) = self.end();
            if known >= sum {
                break;
            }
            let Some(length) = length(parts, at) else {
                // Nothing decays any more: the rest is constant.
                return Some(Reached::At(at + (sum - known) / level(parts, at)));
            };
            if at > horizon as f64 {
                return None;
            }
            self.pieces.push((at + length, known + over(parts, at, at + length)));
        }
        let last = self.pieces.partition_point(|(_, known)| *known < sum);
        let (from, known) = last.checked_sub(1).map_or((self.origin, 0.0), |before| self.pieces[before]);
        let end = self.pieces.get(last).map_or(from, |(end, _)| *end);
        Some(Reached::Within(Piece { from, length: end - from, sum: sum - known }))
    }
}

impl Piece {
    /// The instant at which the integral reaches the sum: Newton's steps, kept inside a bracket.
    pub(super) fn instant(&self, parts: &[Fading]) -> f64 {
        let (mut low, mut high) = (0.0, self.length);
        let mut at = 0.5 * self.length;
        for _ in 0..60 {
            let over = over(parts, self.from, self.from + at) - self.sum;
            if over < 0.0 {
                low = at
            } else {
                high = at
            }
            let step = over / level(parts, self.from + at);
            if step.abs() < 1e-3 {
                break;
            }
            let next = at - step;
            at = if next > low && next < high { next } else { 0.5 * (low + high) };
        }
        self.from + at
    }
}

fn over(parts: &[Fading], from: f64, to: f64) -> f64 {
    let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
    let mut times = [middle; TOGETHER];
    times.iter_mut().zip(POINTS).for_each(|(time, x)| *time = middle + half * x);
    let levels = levels(parts, &times);
    WEIGHTS.iter().zip(levels).map(|(w, level)| w * level).sum::<f64>() * half
}

/// What pulses multiply the hazard by at a time.
pub(super) fn level(parts: &[Fading], at: f64) -> f64 {
    levels(parts, &[at])[0]
}

/// The length of the next piece to integrate over: short against the decay of each pulse still under way while it is large, longer as
/// little of it is left.
fn length(parts: &[Fading], at: f64) -> Option<f64> {
    let length = |part: &Fading| match (at - part.since) / part.decay {
        _ if part.decay == f64::INFINITY => None,
        age if age < 2.0 => Some(0.5 * part.decay),
        age if age < 6.0 => Some(part.decay),
        age if age < GONE => Some(4.0 * part.decay),
        _ => None,
    };
    parts.iter().filter_map(length).min_by(f64::total_cmp)
}
