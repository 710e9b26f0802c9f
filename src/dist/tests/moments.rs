//! Means and variances against references and against quadrature of the sampler.

use super::laws;
use crate::dist::{Distribution as D, Prob, Sampler};

/// (law, mean, variance); mpmath quadrature at 40 digits, counts by scipy sums.
fn references() -> Vec<(D, f64, f64)> {
    let normal = || Box::new(D::Normal { mean: 1.0, sd: 2.0 });
    let unit = || Box::new(D::Normal { mean: 0.0, sd: 1.0 });
    let lognormal = || Box::new(D::LogNormal { mu: 0.5, sigma: 0.9 });
    let gamma = || Box::new(D::Gamma { shape: 2.3, scale: 1.0 });
    let exponential = || Box::new(D::Exponential { mean: 3.0 });
    let weibull = D::Weibull { shape: 0.81, scale: 3.0 };
    let beta = Box::new(D::Beta { a: 2.0, b: 3.5, min: 0.0, max: 1.0 });
    let truncated = |of, min, max| D::Truncated { of, min, max };
    let clipped = |of, min, max| D::Clipped { of, min, max };
    vec![
        (weibull.clone(), 3.36933353474752, 17.561074276677374),
        (truncated(normal(), 0.0, 4.0), 1.7125457683541194, 1.1209926006049005),
        (truncated(lognormal(), 1.0, 6.0), 2.455884732572535, 1.5035703038981858),
        (truncated(gamma(), 1.0, 6.0), 2.535556440548423, 1.3375773113425709),
        (clipped(normal(), 0.0, 4.0), 1.3369795272774028, 1.8136319608382785),
        (clipped(lognormal(), 1.0, 6.0), 2.3027032620466623, 2.4942474070042424),
        (clipped(gamma(), 1.0, 6.0), 2.335821186725998, 1.7774332821146197),
        (clipped(exponential(), 1.0, 6.0), 2.7435880820115295, 3.3613705952381525),
        (truncated(exponential(), 1.0, 6.0), 2.835717409695069, 1.8230330983881846),
        (truncated(Box::new(weibull), 1.0, 6.0), 2.827111825933314, 1.8789316851760218),
        (truncated(beta, 0.25, 0.75), 0.444044851013907, 0.016670252431161003),
        (truncated(unit(), 8.0, f64::INFINITY), 8.121368112236112, 0.014324883443340911),
        (truncated(Box::new(D::Poisson { mean: 5.0 }), 2.0, 8.0), 4.822831970382172, 2.937259707291037),
        (truncated(Box::new(D::Binomial { n: 10, p: 0.3 }), 2.0, 5.0), 3.214709371293, 1.0060944291767102),
        (truncated(Box::new(D::Geometric { p: 0.2 }), 1.0, 6.0), 2.8683320322664585, 2.6659838689375044),
    ]
}

#[test]
fn moments_match_the_reference() {
    for (law, mean, variance) in references() {
        law.validate().expect("legal");
        assert!((law.mean() / mean - 1.0).abs() < 1e-12, "{law:?} mean {} not {mean}", law.mean());
        let off = (law.variance() / variance - 1.0).abs();
        assert!(off < 1e-9, "{law:?} variance {} not {variance}", law.variance());
    }
}

/// Mean and variance of the sampler: midpoints of 1024 steps in each octave of either side.
fn quadrature(sampler: &Sampler, centre: f64) -> (f64, f64) {
    let (mut first, mut second) = (0.0, 0.0);
    for octave in 0..63_u32 {
        let start = 1_u64 << (62 - octave);
        let steps = start.min(1024);
        let stride = start / steps;
        let weight = stride as f64 / 18_446_744_073_709_551_616.0;
        for step in 0..steps {
            let depth = start + step * stride + stride / 2;
            for word in [depth, !depth] {
                let d = sampler.sample(word) - centre;
                first += weight * d;
                second += weight * d * d;
            }
        }
    }
    (centre + first, second - first * first)
}

#[test]
fn sampled_moments_are_the_laws_own() {
    for (name, law) in laws::all() {
        let (mean, variance) = quadrature(&Sampler::new(&law), law.mean());
        let scale = law.mean().abs().max(1e-3 * law.variance().sqrt());
        // A jump inside a step of the quadrature costs up to 2^-12 of its height.
        let rough = if law.is_discrete() || jumps(name) { 1e-3 } else { 1e-6 };
        assert!((mean - law.mean()).abs() <= rough * scale, "{name}: mean {mean} not {}", law.mean());
        let off = (variance - law.variance()).abs();
        assert!(
            off <= 4.0 * rough * law.variance() + 1e-30,
            "{name}: variance {variance} not {}",
            law.variance()
        );
    }
}

/// Laws with a jump or a kink of infinite slope inside (0, 1).
fn jumps(name: &str) -> bool {
    name.starts_with("gated") || name.starts_with("mixture")
}

#[test]
fn discrete_means_are_exact_sums_over_the_steps() {
    for (name, law) in laws::all().into_iter().filter(|(_, law)| law.is_discrete()) {
        let (mut mean, mut last) = (0.0, 0.0);
        let mut x = law.quantile(Prob::from_word(0));
        for _ in 0..3000 {
            let reached = law.cdf(x);
            mean += x * (reached - last);
            last = reached;
            if law.sf(x) <= 0.0 {
                break;
            }
            x = law.quantile_after(x, Prob::from_lower(1e-13)).max(x);
        }
        if law.sf(x) < 1e-15 {
            assert!(
                (mean - law.mean()).abs() <= 1e-9 * law.mean().abs().max(1.0),
                "{name}: {mean} {}",
                law.mean()
            );
        }
    }
}
