use super::smc::{Ended, Found, Particle, Proposal, Settings, distance, run};
use super::summary::{Summary, of_weighted};
use super::{conjugate, problem};
use crate::dist::{Distribution, Prob};
use crate::kernel::stream::{Domain, StreamName, Streams};
use crate::stats::interval::CONFIDENCE;

/// The sum of eight Poisson counts under a rate whose prior is Gamma(2, 1), of which a place is a share.
fn simulated(seed: u64, proposal: &Proposal) -> f64 {
    let rate = prior().quantile(Prob::from_lower(proposal.place[0]));
    let name = StreamName { purpose: "test", entity: String::new() };
    let mut streams = Streams::new(&[name], seed, Domain::Main);
    streams.begin(proposal.number);
    let Ok(count) = Distribution::poisson(8.0 * rate) else { return 0.0 };
    count.quantile(Prob::from_word(streams.word(0, 0)))
}

fn prior() -> Distribution {
    Distribution::gamma(2.0, 1.0).unwrap()
}

fn toy(seed: u64, particles: usize, tolerance: f64, observed: f64) -> Found {
    let settings =
        Settings { particles, dimensions: 1, most: 2_000_000, tolerance, seed, scales: Some(vec![1.0]) };
    let mut simulate = |block: &[Proposal]| -> Result<Vec<Option<Vec<f64>>>, ()> {
        Ok(block.iter().map(|p| Some(vec![simulated(seed, p)])).collect())
    };
    run(&settings, &[observed], &mut simulate).unwrap()
}

fn summary(found: &Found) -> Summary {
    let value = |p: &Particle| prior().quantile(Prob::from_lower(p.place[0]));
    let values: Vec<f64> = found.particles.iter().map(value).collect();
    let weights: Vec<f64> = found.particles.iter().map(|p| p.weight).collect();
    of_weighted(&values, &weights, CONFIDENCE)
}

/// Whether a figure is within `z` standard errors of what it should be; the interval is 1.96 on either side.
fn is_near(figure: super::summary::Figure, exact: f64, z: f64) -> bool {
    let interval = figure.interval.unwrap();
    (figure.value - exact).abs() <= z / 1.96 * (interval.high - interval.low) / 2.0
}

#[test]
fn at_tolerance_zero_the_posterior_is_exact() {
    let found = toy(1, 4_000, 0.0, 12.0);
    assert_eq!(found.ended, Ended::Reached);
    assert!(found.generations.len() >= 3, "{:?}", found.generations);
    assert!(found.particles.iter().all(|p| p.distance == 0.0));
    let summary = summary(&found);
    // Gamma(14) over 9: 14/9 and the root of 14 over 9.
    assert!(is_near(summary.mean, 1.555_556, 3.5), "{summary:?}");
    assert!(is_near(summary.sd, 0.415_740, 3.5), "{summary:?}");
    let exact = Distribution::gamma(14.0, 1.0 / 9.0).unwrap();
    for (found, p) in summary.quantiles.iter().zip(super::summary::QUANTILES) {
        let (low, high) = (found.interval.unwrap().low, found.interval.unwrap().high);
        let exact = exact.quantile(Prob::from_lower(p));
        let reach = high - low;
        assert!((low - reach..=high + reach).contains(&exact), "{p}: {found:?}, {exact}");
    }
    // The errors are small enough for a wrong weight to show: leaving weights out narrows the posterior.
    let plain: Vec<f64> = vec![1.0 / found.particles.len() as f64; found.particles.len()];
    let values: Vec<f64> =
        found.particles.iter().map(|p| prior().quantile(Prob::from_lower(p.place[0]))).collect();
    let wrong = of_weighted(&values, &plain, CONFIDENCE);
    assert!(!is_near(wrong.sd, 0.415_740, 3.5), "{wrong:?}");
}

#[test]
fn a_tolerance_widens_the_posterior_by_as_much_as_it_should() {
    let found = toy(2, 4_000, 4.0, 12.0);
    assert_eq!(found.generations.last().unwrap().tolerance, 4.0);
    let summary = summary(&found);
    assert!(is_near(summary.sd, 0.4995, 3.5), "{summary:?}");
    assert!(!is_near(summary.sd, 0.4157, 3.5), "{summary:?}");
}

#[test]
fn ranks_of_what_was_true_are_even() {
    // Talts et al. 2018: the rank of the true value among independent draws of the posterior is even, over the prior.
    let (cases, draws) = (160_u64, 7_u64);
    let mut ranks = vec![0_u64; draws as usize + 1];
    let name = StreamName { purpose: "test.sbc", entity: String::new() };
    let mut streams = Streams::new(&[name], 5, Domain::Main);
    for case in 0..cases {
        streams.begin(case);
        let place = vec![Prob::from_word(streams.word(0, 0)).lower()];
        let truth = place[0];
        let observed = simulated(1_000 + case, &Proposal { number: u64::MAX, place });
        let found = toy(case, 60, 0.0, observed);
        assert_eq!(found.ended, Ended::Reached);
        let below = (1..=draws).filter(|k| {
            let mut share = Prob::from_word(streams.word(0, *k)).lower();
            let drawn = found.particles.iter().find(|p| {
                share -= p.weight;
                share < 0.0
            });
            drawn.or(found.particles.last()).unwrap().place[0] < truth
        });
        ranks[below.count()] += 1;
    }
    assert!(is_even(&ranks), "{ranks:?}");
}

/// Pearson's statistic of eight classes, below its 0.999 quantile at 7 degrees of freedom.
fn is_even(ranks: &[u64]) -> bool {
    let expected = ranks.iter().sum::<u64>() as f64 / ranks.len() as f64;
    ranks.iter().map(|n| (*n as f64 - expected) * (*n as f64 - expected) / expected).sum::<f64>() < 24.32
}

#[test]
fn what_cannot_be_simulated_is_outside_the_prior() {
    let settings =
        Settings { particles: 200, dimensions: 1, most: 20_000, tolerance: 0.0, seed: 1, scales: None };
    let mut simulate = |block: &[Proposal]| -> Result<Vec<Option<Vec<f64>>>, ()> {
        Ok(block.iter().map(|p| (p.place[0] < 0.5).then(|| vec![(p.place[0] * 8.0).floor()])).collect())
    };
    let found = run(&settings, &[3.0], &mut simulate).unwrap();
    assert_eq!(found.ended, Ended::Reached);
    assert!(found.particles.iter().all(|p| (0.375..0.5).contains(&p.place[0])));
    let mut nothing =
        |block: &[Proposal]| -> Result<Vec<Option<Vec<f64>>>, ()> { Ok(vec![None; block.len()]) };
    assert_eq!(run(&settings, &[3.0], &mut nothing).unwrap().ended, Ended::Empty);
    // A value that is out of reach uses the simulations up, and the last whole generation stands.
    let mut constant =
        |block: &[Proposal]| -> Result<Vec<Option<Vec<f64>>>, ()> { Ok(vec![Some(vec![1.0]); block.len()]) };
    assert_eq!(run(&settings, &[3.0], &mut constant).unwrap().ended, Ended::Budget);
    let few = Settings { most: 10, ..settings };
    assert_eq!(run(&few, &[1.0], &mut constant).unwrap().ended, Ended::Empty);
}

#[test]
fn closed_forms_are_those_of_the_books() {
    // Beta(1 + 3, 1 + 9): mean 4/14, variance 40 / (14^2 15).
    let law = conjugate::share(1.0, 1.0, 3, 12).unwrap();
    let found = conjugate::summary(&law, 1.0);
    assert!((found.mean.value - 4.0 / 14.0).abs() < 1e-12);
    assert!((found.sd.value - (40.0_f64 / (196.0 * 15.0)).sqrt()).abs() < 1e-12);
    // Gamma(2) over 1 with 12 in 8: the posterior that the sampler is held to above.
    let law = conjugate::rate(2.0, 1.0, 12, 8.0).unwrap();
    let found = conjugate::summary(&law, 1.0);
    assert!((found.mean.value - 14.0 / 9.0).abs() < 1e-12);
    assert!((found.sd.value - 14.0_f64.sqrt() / 9.0).abs() < 1e-12);
    assert!((law.cdf(found.quantiles[2].value) - 0.95).abs() < 1e-9);
    assert!(conjugate::share(0.0, 1.0, 0, 1).is_err() && conjugate::rate(-1.0, 1.0, 0, 1.0).is_err());
}

#[test]
fn a_distance_is_in_units_of_the_scales() {
    assert_eq!(distance(&[1.0, 2.0], &[4.0, 2.0], &[3.0, 1.0]), 0.5_f64.sqrt());
    assert_eq!(distance(&[], &[], &[]), 0.0);
    let none = problem::Answers { questions: Vec::new(), observed: Vec::new() };
    assert!(none.questions.is_empty());
}
