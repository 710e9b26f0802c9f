//! The laws the tests run over.

use crate::dist::{DistError, Distribution as D};

/// One of each kind, and the compositions that once went wrong elsewhere.
pub(super) fn all() -> Vec<(&'static str, D)> {
    let smooth = smooth_laws().into_iter().chain(composed_laws()).chain(count_laws());
    smooth.map(|(name, law)| (name, law.unwrap_or_else(|e| panic!("{name}: {e}")))).collect()
}

type Named = (&'static str, Result<D, DistError>);

fn smooth_laws() -> Vec<Named> {
    vec![
        ("constant", D::constant(2.5)),
        ("uniform", D::uniform(1.0, 3.0)),
        ("uniform negative", D::uniform(-3.0, 1.0)),
        ("triangular", D::triangular(1.0, 2.0, 5.0)),
        ("triangular edge", D::triangular(0.0, 0.0, 5.0)),
        ("pert", D::pert(1.0, 2.0, 5.0)),
        ("pert narrow", D::pert(100.0, 100.2, 101.0)),
        ("exponential", D::exponential(3.0)),
        ("gamma 0.1", D::gamma(0.1, 1.0)),
        ("gamma 0.4", D::gamma(0.4, 2.0)),
        ("gamma 2.3", D::gamma(2.3, 2.0)),
        ("gamma 40", D::gamma(40.0, 0.1)),
        ("erlang 3", D::erlang(3, 6.0)),
        ("lognormal 0.4", D::lognormal(0.5, 0.4)),
        ("lognormal 1.2", D::lognormal_median(2.0, 1.2)),
        ("lognormal tiny", D::lognormal(1.0, 1e-5)),
        ("normal", D::normal(1.0, 2.0)),
        ("normal 0", D::normal(0.0, 2.0)),
        ("normal far", D::normal(1000.0, 0.01)),
        ("weibull 0.81", D::weibull(0.81, 3.0)),
        ("weibull 3", D::weibull(3.0, 3.0)),
        ("beta 0.4 0.6", D::beta(0.4, 0.6, 0.0, 1.0)),
        ("beta 2 3.5", D::beta(2.0, 3.5, -1.0, 4.0)),
    ]
}

fn lognormal() -> D {
    D::LogNormal { mu: 0.5, sigma: 0.9 }
}

fn composed_laws() -> Vec<Named> {
    let normal = D::Normal { mean: 1.0, sd: 2.0 };
    let gamma = D::Gamma { shape: 2.3, scale: 1.0 };
    let inf = f64::INFINITY;
    vec![
        ("clipped normal", D::clipped(normal.clone(), 0.0, 4.0)),
        ("clipped lognormal", D::clipped(lognormal(), 1.0, 6.0)),
        ("clipped one side", D::clipped(normal.clone(), 0.0, inf)),
        ("clipped poisson", D::clipped(D::Poisson { mean: 5.0 }, 2.5, 8.0)),
        ("truncated normal", D::truncated(normal.clone(), 0.0, 4.0)),
        ("truncated tail", D::truncated(D::Normal { mean: 0.0, sd: 1.0 }, 8.0, inf)),
        ("truncated lognormal", D::truncated(lognormal(), 1.0, 6.0)),
        ("truncated gamma", D::truncated(gamma.clone(), 1.0, 6.0)),
        ("truncated poisson", D::truncated(D::Poisson { mean: 5.0 }, 2.0, 8.0)),
        ("mixture", D::mixture(vec![(0.3, lognormal()), (0.7, D::LogNormal { mu: 2.0, sigma: 0.4 })])),
        ("mixture gap", D::mixture(vec![(3.0, D::Uniform { min: 0.0, max: 1.0 }), (7.0, normal_near_9())])),
        ("mixture atom", D::mixture(vec![(0.3, D::Constant(1.0)), (0.7, gamma.clone())])),
        ("mixture counts", D::mixture(vec![(0.3, D::Constant(1.5)), (0.7, D::Poisson { mean: 5.0 })])),
        ("gated lognormal", D::gated(0.3, lognormal())),
        ("gated rare", D::gated(1e-6, gamma)),
        ("gated never", D::gated(0.0, lognormal())),
        ("gated always", D::gated(1.0, lognormal())),
        ("gated normal", D::gated(0.6, normal)),
        ("gated poisson", D::gated(0.6, D::Poisson { mean: 2.0 })),
    ]
}

fn normal_near_9() -> D {
    D::Truncated { of: Box::new(D::Normal { mean: 9.0, sd: 1.0 }), min: 7.0, max: 11.0 }
}

fn count_laws() -> Vec<Named> {
    vec![
        ("table", D::table(vec![(3.0, 2.0), (-1.0, 1.0), (7.5, 0.5), (4.0, 0.0)])),
        ("bernoulli", D::bernoulli(0.3)),
        ("bernoulli 0", D::bernoulli(0.0)),
        ("bernoulli 1", D::bernoulli(1.0)),
        ("geometric", D::geometric(0.2)),
        ("geometric rare", D::geometric(1e-4)),
        ("geometric sure", D::geometric(1.0)),
        ("binomial", D::binomial(10, 0.3)),
        ("binomial large", D::binomial(1000, 0.02)),
        ("binomial none", D::binomial(0, 0.3)),
        ("binomial sure", D::binomial(4, 1.0)),
        ("poisson 0", D::poisson(0.0)),
        ("poisson 0.3", D::poisson(0.3)),
        ("poisson 5", D::poisson(5.0)),
        ("poisson 200", D::poisson(200.0)),
    ]
}
