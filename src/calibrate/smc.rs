//! Approximate Bayesian computation by sequential Monte Carlo (Toni et al. 2009, J. R. Soc. Interface 6; Beaumont et al. 2009, Biometrika 96),
//! with tolerances that adapt to the population (Del Moral, Doucet and Jasra 2012, Statistics and Computing 22).
//!
//! A particle is a place in the unit cube: each coordinate is the share of the parameter's prior below its value, so the prior is even
//! over the cube whatever it is. A generation moves particles of the last one by a normal kernel kept within the cube, whose variance is
//! twice that of the last generation, and accepts what comes within the tolerance. The weight of what is accepted is the prior's density, 1,
//! over the density it was proposed with: the sum over the last generation of weight times kernel.
//!
//! Proposals are numbered, each is a function of the seed and its number, and they are accepted in the order of their numbers. The first
//! to finish is not accepted first: that would favour parameters under which a simulation is quick.

use crate::dist::{Distribution, Prob};
use crate::kernel::stream::{Domain, StreamName, Streams};

/// Proposals that are simulated together. A constant: how many threads there are must not show.
pub const BLOCK: usize = 64;

/// The share of its effective size that a population keeps at the next tolerance.
pub const KEEP: f64 = 0.5;

/// How a posterior is sampled.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Particles of a generation.
    pub particles: usize,
    /// Parameters.
    pub dimensions: usize,
    /// The most simulations, all generations together.
    pub most: u64,
    /// The tolerance to reach.
    pub tolerance: f64,
    /// Seed of the proposals.
    pub seed: u64,
    /// What each statistic's deviation is divided by; `None` takes the spread under the prior.
    pub scales: Option<Vec<f64>>,
}

/// A place to be simulated.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Its number, over all generations; the simulation's draws are addressed by it.
    pub number: u64,
    /// The share of each prior below the parameter.
    pub place: Vec<f64>,
}

/// A place that came within the tolerance.
#[derive(Debug, Clone, PartialEq)]
pub struct Particle {
    /// The share of each prior below the parameter.
    pub place: Vec<f64>,
    /// Its weight; those of a population sum to 1.
    pub weight: f64,
    /// How far its statistics are from those observed.
    pub distance: f64,
}

/// One generation, in figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Generation {
    /// Its tolerance; infinite for the first, which is drawn from the prior.
    pub tolerance: f64,
    /// How many simulations it took.
    pub simulations: u64,
    /// The effective sample size of its weights, 1 / Σ w² (Kong, Liu and Wong 1994).
    pub ess: f64,
}

/// Why no further generation was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The tolerance asked for is reached.
    Reached,
    /// There are no simulations left.
    Budget,
    /// Too few places of the prior could be simulated at all.
    Empty,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The last generation that is whole.
    pub particles: Vec<Particle>,
    /// All generations that are whole.
    pub generations: Vec<Generation>,
    /// Simulations of all, those of an unfinished generation included.
    pub simulations: u64,
    /// What deviations were divided by.
    pub scales: Vec<f64>,
    /// Why it ended.
    pub ended: Ended,
}

/// The effective sample size of weights that sum to 1.
pub fn ess(weights: impl Iterator<Item = f64>) -> f64 {
    let squares: f64 = weights.map(|w| w * w).sum();
    if squares > 0.0 { 1.0 / squares } else { 0.0 }
}

/// The distance of statistics: the root of the mean squared deviation, each in its scale.
pub fn distance(observed: &[f64], simulated: &[f64], scales: &[f64]) -> f64 {
    let off = observed.iter().zip(simulated).zip(scales).map(|((o, s), scale)| (s - o) / scale);
    let sum: f64 = off.map(|d| d * d).sum();
    (sum / observed.len().max(1) as f64).sqrt()
}

/// A simulator: the statistics of every proposal of a block, in order.
pub type Simulate<'f, E> = dyn FnMut(&[Proposal]) -> Result<Vec<Option<Vec<f64>>>, E> + 'f;

/// Samples the posterior. `simulate` gives the statistics of each proposal, in order; `None` where a place cannot be simulated, which
/// takes it out of the prior.
///
/// # Errors
/// The first error of `simulate`.
pub fn run<E>(settings: &Settings, observed: &[f64], simulate: &mut Simulate<'_, E>) -> Result<Found, E> {
    let mut search = Search { settings, observed, used: 0, scales: Vec::new() };
    let Some(mut found) = search.first(simulate)? else {
        return Ok(search.found(Vec::new(), Vec::new(), Ended::Empty));
    };
    let mut generations = vec![Generation {
        tolerance: f64::INFINITY,
        simulations: search.used,
        ess: ess(found.iter().map(|p| p.weight)),
    }];
    let ended = loop {
        let current = generations.last().map_or(f64::INFINITY, |g| g.tolerance);
        if current <= settings.tolerance {
            break Ended::Reached;
        }
        let tolerance = next_tolerance(&found).max(settings.tolerance);
        let before = search.used;
        let Some(population) = search.next(&found, generations.len(), tolerance, simulate)? else {
            break Ended::Budget;
        };
        found = population;
        let ess = ess(found.iter().map(|p| p.weight));
        generations.push(Generation { tolerance, simulations: search.used - before, ess });
    };
    Ok(search.found(found, generations, ended))
}

/// The lowest tolerance at which the effective size is still [`KEEP`] of what it was (Del Moral et al. 2012, with one simulation a
/// particle). Where ties leave it where it is, the next distance below; where all are alike, half of it.
fn next_tolerance(particles: &[Particle]) -> f64 {
    let mut sorted: Vec<(f64, f64)> = particles.iter().map(|p| (p.distance, p.weight)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let worst = sorted.last().map_or(0.0, |(distance, _)| *distance);
    let wanted = KEEP * ess(particles.iter().map(|p| p.weight));
    let (mut sum, mut squares) = (0.0, 0.0);
    let enough = sorted.iter().find(|(_, weight)| {
        sum += weight;
        squares += weight * weight;
        sum * sum / squares >= wanted
    });
    let is_below = |(distance, _): &&(f64, f64)| *distance < worst;
    let below = enough.filter(is_below).or_else(|| sorted.iter().rev().find(is_below));
    below.map_or(worst / 2.0, |(distance, _)| *distance)
}

struct Search<'s> {
    settings: &'s Settings,
    observed: &'s [f64],
    used: u64,
    scales: Vec<f64>,
}

impl Search<'_> {
    fn found(self, particles: Vec<Particle>, generations: Vec<Generation>, ended: Ended) -> Found {
        Found { particles, generations, simulations: self.used, scales: self.scales, ended }
    }

    /// Simulates block after block, in the order of numbers, until `enough` says so. False where no simulations are left.
    fn blocks<E>(
        &mut self,
        propose: &mut dyn FnMut(u64) -> Vec<f64>,
        simulate: &mut Simulate<'_, E>,
        enough: &mut dyn FnMut(Vec<f64>, Option<Vec<f64>>) -> bool,
    ) -> Result<bool, E> {
        let mut index = 0;
        loop {
            let size = (self.settings.most.saturating_sub(self.used)).min(BLOCK as u64);
            if size == 0 {
                return Ok(false);
            }
            let block: Vec<Proposal> =
                (0..size).map(|k| Proposal { number: self.used + k, place: propose(index + k) }).collect();
            let simulated = simulate(&block)?;
            (self.used, index) = (self.used + size, index + size);
            for (proposal, statistics) in block.into_iter().zip(simulated) {
                if enough(proposal.place, statistics) {
                    return Ok(true);
                }
            }
        }
    }

    /// The first generation: the prior itself. From it come the scales.
    fn first<E>(&mut self, simulate: &mut Simulate<'_, E>) -> Result<Option<Vec<Particle>>, E> {
        let (wanted, dimensions) = (self.settings.particles, self.settings.dimensions);
        let mut streams = streams(self.settings.seed, 0);
        let mut propose = |index: u64| {
            streams.begin(index);
            (0..dimensions as u64).map(|k| Prob::from_word(streams.word(0, k)).lower()).collect()
        };
        let mut drawn: Vec<(Vec<f64>, Vec<f64>)> = Vec::new();
        let is_whole = self.blocks(&mut propose, simulate, &mut |place, statistics| {
            drawn.extend(statistics.map(|statistics| (place, statistics)));
            drawn.len() >= wanted
        })?;
        let statistics: Vec<&[f64]> = drawn.iter().map(|(_, s)| s.as_slice()).collect();
        self.scales =
            self.settings.scales.clone().unwrap_or_else(|| spreads(&statistics, self.observed.len()));
        if !is_whole {
            return Ok(None);
        }
        let weight = 1.0 / drawn.len() as f64;
        let particle = |(place, statistics): (Vec<f64>, Vec<f64>)| Particle {
            distance: distance(self.observed, &statistics, &self.scales),
            place,
            weight,
        };
        Ok(Some(drawn.into_iter().map(particle).collect()))
    }

    /// A further generation; `None` where simulations ran out before it was whole.
    fn next<E>(
        &mut self,
        last: &[Particle],
        generation: usize,
        tolerance: f64,
        simulate: &mut Simulate<'_, E>,
    ) -> Result<Option<Vec<Particle>>, E> {
        let kernel = Kernel::of(last, self.settings.dimensions);
        let mut streams = streams(self.settings.seed, generation);
        let mut propose = |index: u64| {
            streams.begin(index);
            kernel.moved(|position| Prob::from_word(streams.word(0, position)))
        };
        let (wanted, observed, scales) = (self.settings.particles, self.observed, self.scales.clone());
        let mut particles: Vec<Particle> = Vec::new();
        let is_whole = self.blocks(&mut propose, simulate, &mut |place, statistics| {
            if let Some(statistics) = statistics {
                let distance = distance(observed, &statistics, &scales);
                if distance <= tolerance {
                    particles.push(Particle { weight: 1.0 / kernel.density(&place), place, distance });
                }
            }
            particles.len() >= wanted
        })?;
        let sum: f64 = particles.iter().map(|p| p.weight).sum();
        particles.iter_mut().for_each(|p| p.weight /= sum);
        Ok(is_whole.then_some(particles))
    }
}

fn streams(seed: u64, generation: usize) -> Streams {
    let name = StreamName { purpose: "calibrate.propose", entity: generation.to_string() };
    Streams::new(&[name], seed, Domain::Main)
}

/// The spread of each statistic: the median absolute deviation from its median (Prangle 2017, Bayesian Analysis 12), else the mean one,
/// else 1 for what never varies.
fn spreads(simulated: &[&[f64]], statistics: usize) -> Vec<f64> {
    let of = |k: usize| {
        let mut values: Vec<f64> = simulated.iter().map(|s| s[k]).collect();
        let middle = median(&mut values);
        let mut off: Vec<f64> = values.iter().map(|v| (v - middle).abs()).collect();
        let mean = off.iter().sum::<f64>() / off.len().max(1) as f64;
        let deviation = median(&mut off);
        if deviation > 0.0 {
            deviation
        } else if mean > 0.0 {
            mean
        } else {
            1.0
        }
    };
    (0..statistics).map(of).collect()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// A normal kernel round each particle of a population, kept within the unit cube: per coordinate the normal law given that it lies
/// from 0 to 1. Its variance is twice the population's (Beaumont et al. 2009).
struct Kernel<'p> {
    from: &'p [Particle],
    /// Cumulative weights.
    below: Vec<f64>,
    sd: Vec<f64>,
    /// By particle, by coordinate: the normal law's share below 0, and that within the cube.
    within: Vec<Vec<(f64, f64)>>,
}

const STANDARD: Distribution = Distribution::Normal { mean: 0.0, sd: 1.0 };

impl<'p> Kernel<'p> {
    fn of(from: &'p [Particle], dimensions: usize) -> Kernel<'p> {
        let sd: Vec<f64> = (0..dimensions).map(|k| (2.0 * spread(from, k)).sqrt().max(1e-6)).collect();
        let part = |at: f64, sd: f64| {
            let low = STANDARD.cdf(-at / sd);
            (low, STANDARD.cdf((1.0 - at) / sd) - low)
        };
        let within = from.iter().map(|p| p.place.iter().zip(&sd).map(|(at, sd)| part(*at, *sd)).collect());
        let below = from.iter().scan(0.0, |sum, p| {
            *sum += p.weight;
            Some(*sum)
        });
        Kernel { from, below: below.collect(), within: within.collect(), sd }
    }

    /// A particle chosen by weight, moved: one uniform each.
    fn moved(&self, mut uniform: impl FnMut(u64) -> Prob) -> Vec<f64> {
        let total = self.below.last().copied().unwrap_or(1.0);
        let share = uniform(0).lower() * total;
        let chosen = self.below.partition_point(|below| *below <= share).min(self.from.len() - 1);
        let place = self.from[chosen].place.iter().zip(&self.sd).zip(&self.within[chosen]);
        (1..)
            .zip(place)
            .map(|(position, ((at, sd), (low, inside)))| {
                let p = low + uniform(position).lower() * inside;
                let moved = at + sd * STANDARD.quantile(Prob::from_lower(p));
                // Rounding may step over an end.
                moved.clamp(0.0, 1.0)
            })
            .collect()
    }

    /// The density with which a place is proposed.
    fn density(&self, place: &[f64]) -> f64 {
        let of = |(from, within): (&Particle, &Vec<(f64, f64)>)| {
            let mut log = 0.0;
            let mut parts = 1.0;
            for (((at, to), sd), (_, inside)) in from.place.iter().zip(place).zip(&self.sd).zip(within) {
                let z = (to - at) / sd;
                log -= 0.5 * z * z;
                parts *= sd * inside;
            }
            from.weight * libm::exp(log) / parts
        };
        let sum: f64 = self.from.iter().zip(&self.within).map(of).sum();
        // Beyond what a number holds: so far from all that it was hardly proposed.
        sum.max(f64::MIN_POSITIVE)
    }
}

/// The weighted variance of a coordinate.
fn spread(particles: &[Particle], k: usize) -> f64 {
    let mean: f64 = particles.iter().map(|p| p.weight * p.place[k]).sum();
    particles.iter().map(|p| p.weight * (p.place[k] - mean) * (p.place[k] - mean)).sum()
}
