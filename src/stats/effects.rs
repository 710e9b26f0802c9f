//! Elementary effects (Morris 1991; mu* by Campolongo, Cariboni and Saltelli 2007, "An effective screening design for
//! sensitivity analysis of large models", Environmental Modelling & Software 22).

use super::estimate::{Estimate, Noisy, mean, variance};

/// One trajectory: the values at its points, and which input each move between them changes, by how much of its range.
#[derive(Clone, Debug)]
pub struct Walk {
    /// Values in the order of the points, one more than moves.
    pub values: Noisy,
    /// Input and signed step of every move.
    pub moves: Vec<(usize, f64)>,
}

/// What moving one input over its whole range does, by the elementary effects of all trajectories.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Their mean: falls and rises cancel.
    pub mu: Estimate,
    /// The mean of their sizes.
    pub mu_star: Estimate,
    /// Their standard deviation: zero where the input acts alone and in proportion.
    pub sigma: Estimate,
    /// The part of that standard deviation that is the luck of the replications; `None` where there are too few of them to tell.
    pub luck: Option<f64>,
    /// The mean of the negative effects, others counting zero; with `rises` it adds up to mu.
    pub falls: f64,
    /// The mean of the positive effects, others counting zero.
    pub rises: f64,
}

/// The effects of every input. Trajectories are independent, so intervals come from their spread; an input that no trajectory moves
/// has figures that are no numbers.
pub fn effects(walks: &[Walk], inputs: usize) -> Vec<Effect> {
    let mut found: Vec<Vec<f64>> = vec![Vec::new(); inputs];
    let mut noise: Vec<Vec<f64>> = vec![Vec::new(); inputs];
    for walk in walks {
        for (place, (input, step)) in walk.moves.iter().enumerate() {
            let effect = |values: &[f64]| (values[place + 1] - values[place]) / step;
            let square = walk.values.form(|values| effect(values) * effect(values));
            found[*input].push(effect(walk.values.values()));
            noise[*input].push(square.raw - square.freed);
        }
    }
    let tells_noise = walks.iter().all(|walk| walk.values.tells_noise());
    let all = found.iter().zip(&noise);
    all.map(|(effects, noise)| effect(effects, Some(noise).filter(|_| tells_noise))).collect()
}

fn effect(effects: &[f64], noise: Option<&Vec<f64>>) -> Effect {
    let part =
        |keep: fn(f64) -> bool| effects.iter().filter(|e| keep(**e)).sum::<f64>() / effects.len() as f64;
    let sizes: Vec<f64> = effects.iter().map(|e| e.abs()).collect();
    Effect {
        mu: Estimate::of_mean(effects),
        mu_star: Estimate::of_mean(&sizes),
        sigma: spread(effects),
        luck: noise.map(|noise| mean(noise).max(0.0).sqrt()),
        falls: part(|e| e < 0.0),
        rises: part(|e| e > 0.0),
    }
}

/// The standard deviation, with its error by the jackknife (Tukey 1958); the interval does not reach below zero, where no standard
/// deviation lies.
fn spread(values: &[f64]) -> Estimate {
    let n = values.len() as f64;
    let Some(whole) = variance(values) else { return Estimate::with_se(f64::NAN, None, 0) };
    let sd = whole.sqrt();
    if values.len() < 3 {
        return Estimate::with_se(sd, None, values.len());
    }
    let middle = mean(values);
    let squares = whole * (n - 1.0);
    // Leaving out a value that is off by d takes d^2 n / (n - 1) from the sum of squares.
    let without = |x: &f64| {
        let left = squares - (x - middle) * (x - middle) * n / (n - 1.0);
        (left.max(0.0) / (n - 2.0)).sqrt()
    };
    let left: Vec<f64> = values.iter().map(without).collect();
    let se = variance(&left).map(|v| (v * (n - 1.0) * (n - 1.0) / n).sqrt());
    let mut estimate = Estimate::with_se(sd, se, values.len());
    if let Some(interval) = &mut estimate.interval {
        interval.low = interval.low.max(0.0);
    }
    estimate
}
