//! Latin hypercubes with random access (McKay, Beckman and Conover 1979): in every coordinate, each of `n` equal strata holds one
//! point.

use crate::kernel::stream::{Domain, StreamName, Streams};

/// Rounds of the permutation. Four make a good cipher of wide words; small ones need more.
const ROUNDS: u64 = 8;

/// One coordinate of a hypercube of `n` points: its order of strata and the place within each.
///
/// It is made from the design's seed and the coordinate's name, so another coordinate moves nothing here. Row `i` depends on
/// `n`: a hypercube of twice the size is another hypercube.
pub struct Coordinate {
    order: Streams,
    place: Streams,
    n: u64,
    /// Bits of each half of the permuted word.
    half: u32,
}

impl Coordinate {
    /// The coordinate called `name` of a hypercube of `n` points.
    pub fn new(name: &str, seed: u64, n: u64) -> Coordinate {
        let streams = |purpose| {
            let name = StreamName { purpose, entity: name.to_string() };
            Streams::new(&[name], seed, Domain::Main)
        };
        let bits = u64::BITS - n.saturating_sub(1).leading_zeros();
        let (mut order, mut place) = (streams("design order"), streams("design place"));
        order.begin(n);
        place.begin(n);
        Coordinate { order, place, n, half: bits.div_ceil(2).max(1) }
    }

    /// The stratum of a row: a permutation of 0 to n - 1.
    ///
    /// A Feistel network permutes the smallest suitable power of four; rows that leave the range walk on until they are back in
    /// it (Black and Rogaway 2002, "Ciphers with arbitrary finite domains"), which keeps it a permutation.
    pub fn stratum(&mut self, row: u64) -> u64 {
        let mut at = row;
        loop {
            at = self.permuted(at);
            if at < self.n {
                return at;
            }
        }
    }

    fn permuted(&mut self, word: u64) -> u64 {
        let mask = (1 << self.half) - 1;
        let (mut left, mut right) = (word >> self.half, word & mask);
        for round in 0..ROUNDS {
            let mixed = self.order.word(0, (round << 32) | right) >> (u64::BITS - self.half);
            (left, right) = (right, left ^ mixed);
        }
        (left << self.half) | right
    }

    /// The coordinate of a row, from 0 to below 1.
    pub fn at(&mut self, row: u64) -> f64 {
        let within = (self.place.word(0, row) >> 11) as f64 / (1_u64 << 53) as f64;
        let value = (self.stratum(row) as f64 + within) / self.n as f64;
        // Rounding must not carry a point over the edge of the last stratum.
        value.min(1.0 - f64::EPSILON / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stratum_holds_one_point() {
        for n in [1, 2, 3, 7, 16, 100, 1_000, 4_097] {
            for name in ["a", "fault.probability"] {
                let mut coordinate = Coordinate::new(name, 9, n);
                let mut strata: Vec<u64> =
                    (0..n).map(|row| (coordinate.at(row) * n as f64).floor() as u64).collect();
                strata.sort_unstable();
                assert!(strata.iter().copied().eq(0..n), "{name}, {n} points");
            }
        }
    }

    #[test]
    fn seed_name_and_size_each_make_another_order() {
        let order = |name, seed, n| {
            let mut coordinate = Coordinate::new(name, seed, n);
            (0..64).map(|row| coordinate.stratum(row)).collect::<Vec<u64>>()
        };
        let base = order("a", 1, 64);
        assert_eq!(base, order("a", 1, 64));
        for other in [order("b", 1, 64), order("a", 2, 64), order("a", 1, 65)] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn orders_of_three_are_all_about_equally_frequent() {
        // Over 6,000 names, each of the six orders has expectation 1,000 and standard deviation 29.
        let mut counts = std::collections::BTreeMap::new();
        for name in 0..6_000 {
            let mut coordinate = Coordinate::new(&name.to_string(), 1, 3);
            let order: Vec<u64> = (0..3).map(|row| coordinate.stratum(row)).collect();
            *counts.entry(order).or_insert(0_i64) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|n| (n - 1_000).abs() < 150), "{counts:?}");
    }
}
