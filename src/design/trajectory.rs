//! Morris's trajectories (Morris 1991, "Factorial sampling plans for preliminary computational experiments", Technometrics 33):
//! from a random point of a grid, every input is moved once, in random order, by a fixed step; each move gives one elementary
//! effect.

use crate::kernel::stream::{Domain, StreamName, Streams};

/// One trajectory over some inputs on a grid of an even number of levels from 0 to 1.
///
/// The step is `levels / (2 (levels - 1))`, with which every level is left and reached equally often.
#[derive(Clone, Debug)]
pub struct Trajectory {
    from: Vec<f64>,
    /// Signed step of each input.
    steps: Vec<f64>,
    /// Inputs in the order in which they move.
    order: Vec<usize>,
}

/// A move of one input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// Which input.
    pub input: usize,
    /// By how much of its range, with its sign.
    pub step: f64,
}

impl Trajectory {
    /// A trajectory by its number; those of other numbers or seeds are independent.
    pub fn new(seed: u64, number: u64, inputs: usize, levels: u64) -> Trajectory {
        let name = StreamName { purpose: "design trajectory", entity: String::new() };
        let mut streams = Streams::new(&[name], seed, Domain::Main);
        streams.begin(number);
        // A word chooses among n by its upper bits; the bias is below 2^-50.
        let mut choose = |position: usize, n: u64| {
            ((u128::from(streams.word(0, position as u64)) * u128::from(n)) >> 64) as u64
        };
        let last = levels.max(2) - 1;
        let half = levels.max(2) / 2;
        let step = half as f64 / last as f64;
        let (mut from, mut steps) = (Vec::new(), Vec::new());
        for input in 0..inputs {
            let low = choose(3 * input, half);
            let falls = choose(3 * input + 1, 2) == 1;
            from.push(if falls { low + half } else { low } as f64 / last as f64);
            steps.push(if falls { -step } else { step });
        }
        let mut order: Vec<usize> = (0..inputs).collect();
        for place in (1..inputs).rev() {
            let with = choose(3 * place + 2, place as u64 + 1);
            order.swap(place, with as usize);
        }
        Trajectory { from, steps, order }
    }

    /// The point after so many moves.
    pub fn point(&self, moves: usize) -> Vec<f64> {
        let mut point = self.from.clone();
        for input in self.order.iter().take(moves) {
            point[*input] += self.steps[*input];
        }
        point
    }

    /// Its moves, in order.
    pub fn moves(&self) -> Vec<Move> {
        self.order.iter().map(|input| Move { input: *input, step: self.steps[*input] }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_moves_once_within_the_grid() {
        for levels in [2, 4, 6, 10] {
            for number in 0..50 {
                let trajectory = Trajectory::new(3, number, 5, levels);
                let mut moved: Vec<usize> = trajectory.moves().iter().map(|m| m.input).collect();
                moved.sort_unstable();
                assert!(moved.into_iter().eq(0..5));
                for place in 0..=5 {
                    for share in trajectory.point(place) {
                        let level = share * (levels - 1) as f64;
                        assert!((level - level.round()).abs() < 1e-9);
                        assert!((-1e-9..=1.0 + 1e-9).contains(&share));
                    }
                }
            }
        }
    }

    #[test]
    fn levels_and_orders_are_about_equally_frequent() {
        let (mut levels, mut first) = ([0; 4], [0; 3]);
        for number in 0..6_000 {
            let trajectory = Trajectory::new(1, number, 3, 4);
            levels[(trajectory.point(0)[1] * 3.0).round() as usize] += 1;
            first[trajectory.moves()[0].input] += 1;
        }
        // Standard deviations are 34 and 37.
        assert!(levels.iter().all(|n| (*n - 1_500_i32).abs() < 170), "{levels:?}");
        assert!(first.iter().all(|n| (*n - 2_000_i32).abs() < 180), "{first:?}");
    }
}
