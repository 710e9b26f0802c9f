//! Multilevel splitting with fixed effort (Kahn and Harris 1951; L'Ecuyer, Demers and Tuffin 2007, "Rare events, splitting, and
//! quasi-Monte Carlo", ACM TOMACS 17) for any process that can be stopped at a level and gone on with.
//!
//! Stage by stage the same number of particles runs until the next level or the end. Those that reach it are the ancestors of the next
//! stage: each has as many descendants as any other, or one more, by a random order. Nothing is killed by rank, so ties need no rule.
//! The estimate is the sum over stages of the product of the fractions that got there with the fraction that ended so without
//! reaching the next level: it is unbiased, wherever the levels lie and even where the event does not lead through all of them, since
//! every stage's particles stand for the law of states at their level with the weight reached so far. Levels of one repeat
//! depend on each other, so its error is known only from other repeats.

use crate::kernel::stream::Streams;

/// Most repeats, first ones included.
pub const MOST_REPEATS: u64 = 1 << 24;
/// Most stages.
pub const MOST_STAGES: u64 = 1 << 11;
/// Most particles of a stage.
pub const MOST_EFFORT: u64 = 1 << 28;

/// Where a particle's draws live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address {
    /// The repeat.
    pub repeat: u64,
    /// The stage within it.
    pub stage: u64,
    /// The particle within that.
    pub particle: u64,
}

impl Address {
    /// The number of a replication that belongs to this particle alone; it has two.
    pub fn replication(self, second: bool) -> u64 {
        (self.repeat << 40) | (self.stage << 29) | (self.particle << 1) | u64::from(second)
    }
}

/// How far a particle went.
#[derive(Debug, Clone)]
pub enum Course<S> {
    /// It reached the level, in this state.
    Reached(S),
    /// It ended before, with the event or without.
    Ended(bool),
}

/// A process that is split.
pub trait Process {
    /// A state at a level.
    type State;

    /// Runs a particle, from the beginning or from a state at the level before, until its progress reaches a level or, without one, to
    /// its end. Its draws are those of its address, but for what the state has fixed.
    fn run(
        &mut self,
        from: Option<&Self::State>,
        address: Address,
        level: Option<f64>,
    ) -> Course<Self::State>;
}

/// What came of one stage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stage {
    /// Particles that reached the next level.
    pub reached: u64,
    /// Particles that ended with the event before it.
    pub hits: u64,
}

/// What came of one repeat.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeat {
    /// The estimate of the probability.
    pub estimate: f64,
    /// By stage: one more than levels, those after all were lost included.
    pub stages: Vec<Stage>,
}

impl Repeat {
    /// The product of the fractions that reached each of the first levels.
    pub fn weight(&self, levels: usize, effort: u64) -> f64 {
        self.stages.iter().take(levels).map(|s| s.reached as f64 / effort as f64).product()
    }
}

/// One repeat with so many particles a stage. `order` has one stream, turned to this repeat.
pub fn repeat<P: Process>(
    process: &mut P,
    levels: &[f64],
    effort: u64,
    repeat: u64,
    order: &mut Streams,
) -> Repeat {
    let mut stages = vec![Stage::default(); levels.len() + 1];
    let mut ancestors: Vec<P::State> = Vec::new();
    let (mut weight, mut estimate) = (1.0, 0.0);
    for (number, stage) in stages.iter_mut().enumerate() {
        let mut reached = Vec::new();
        for particle in 0..effort {
            let from = ancestors.get(particle as usize % ancestors.len().max(1));
            let address = Address { repeat, stage: number as u64, particle };
            match process.run(from, address, levels.get(number).copied()) {
                Course::Reached(state) => reached.push(state),
                Course::Ended(so) => stage.hits += u64::from(so),
            }
        }
        stage.reached = reached.len() as u64;
        estimate += weight * stage.hits as f64 / effort as f64;
        weight *= stage.reached as f64 / effort as f64;
        if reached.is_empty() {
            break;
        }
        shuffle(&mut reached, number as u64, order);
        ancestors = reached;
    }
    Repeat { estimate, stages }
}

/// A random order, so that each ancestor is as likely as any other to have one descendant more.
fn shuffle<S>(states: &mut [S], stage: u64, order: &mut Streams) {
    for place in (1..states.len()).rev() {
        let word = order.word(0, (stage << 32) | place as u64);
        let with = (u128::from(word) * (place as u128 + 1)) >> 64;
        states.swap(place, with as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::stream::{Domain, StreamName};
    use crate::stats::estimate::Estimate;

    /// A gambler who wins each game with probability `p`, from 1 until nothing or `goal` is left.
    struct Gambler {
        p: f64,
        goal: f64,
    }

    /// Steele, Lea and Flood's splitmix64: an independent source of words for this test.
    fn word(state: &mut u64) -> u64 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    impl Process for Gambler {
        type State = f64;

        fn run(&mut self, from: Option<&f64>, address: Address, level: Option<f64>) -> Course<f64> {
            let mut capital = from.copied().unwrap_or(1.0);
            let mut seed = address.replication(false);
            let mut state = word(&mut seed);
            loop {
                if level.is_some_and(|level| capital >= level) {
                    return Course::Reached(capital);
                }
                if capital <= 0.0 || capital >= self.goal {
                    return Course::Ended(capital > 0.0);
                }
                let wins = (word(&mut state) >> 11) as f64 / 9_007_199_254_740_992.0 < self.p;
                capital += if wins { 1.0 } else { -1.0 };
            }
        }
    }

    fn order() -> Streams {
        Streams::new(&[StreamName { purpose: "test", entity: String::new() }], 1, Domain::Split)
    }

    fn estimates(p: f64, goal: f64, levels: &[f64], effort: u64, repeats: u64) -> Vec<f64> {
        let mut order = order();
        (0..repeats)
            .map(|number| {
                order.begin(number);
                repeat(&mut Gambler { p, goal }, levels, effort, number, &mut order).estimate
            })
            .collect()
    }

    #[test]
    fn the_gamblers_fortune_has_its_known_probability() {
        for (p, goal, exact) in
            [(0.4, 20.0, 1.504_095_6e-4), (0.3, 20.0, 5.826_436_9e-8), (0.3, 30.0, 1.217_966_0e-11)]
        {
            let levels: Vec<f64> = (2..goal as i32).map(f64::from).collect();
            let found = Estimate::of_mean(&estimates(p, goal, &levels, 500, 60));
            let z = (found.value - exact) / found.se.unwrap();
            assert!(z.abs() < 3.0, "p {p}, goal {goal}: {found:?}, z {z}");
            assert!(found.se.unwrap() < 0.1 * exact, "{found:?}");
        }
    }

    #[test]
    fn levels_that_are_jumped_over_or_lie_beyond_the_event_do_no_harm() {
        // Levels at the goal and past it are never reached before the event; halves are passed together with the next whole.
        let levels = [1.5, 2.0, 2.5, 3.5, 5.0, 5.25, 7.0, 9.0, 10.0, 11.0];
        let (p, exact) = (0.4, (1.5 - 1.0) / (libm::pow(1.5, 10.0) - 1.0));
        let found = Estimate::of_mean(&estimates(p, 10.0, &levels, 300, 60));
        let z = (found.value - exact) / found.se.unwrap();
        assert!(z.abs() < 3.0, "{found:?}, z {z}");
    }

    #[test]
    fn without_levels_it_is_plain_simulation() {
        let mut order = order();
        order.begin(0);
        let one = repeat(&mut Gambler { p: 0.5, goal: 4.0 }, &[], 4_000, 0, &mut order);
        // The chance is a quarter; its standard deviation 0.007.
        assert!((one.estimate - 0.25).abs() < 0.03, "{one:?}");
        assert_eq!(one.stages.len(), 1);
    }

    #[test]
    fn a_population_that_dies_out_estimates_zero() {
        let levels: Vec<f64> = (2..40).map(f64::from).collect();
        let mut order = order();
        order.begin(0);
        let one = repeat(&mut Gambler { p: 0.1, goal: 40.0 }, &levels, 3, 0, &mut order);
        assert_eq!(one.estimate, 0.0);
        assert_eq!(one.stages.len(), 39);
    }

    #[test]
    fn no_two_particles_share_a_replication() {
        let mut seen = std::collections::BTreeSet::new();
        for repeat in [0, 1, MOST_REPEATS - 1] {
            for stage in [0, 1, MOST_STAGES - 1] {
                for particle in [0, 1, MOST_EFFORT - 1] {
                    for second in [false, true] {
                        assert!(seen.insert(Address { repeat, stage, particle }.replication(second)));
                    }
                }
            }
        }
    }
}
