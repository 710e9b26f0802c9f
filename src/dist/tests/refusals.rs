//! Parameters the constructors refuse.

use crate::dist::Distribution as D;

#[test]
fn illegal_parameters_are_refused_with_a_sentence() {
    let nan = f64::NAN;
    let inf = f64::INFINITY;
    let unit = || D::Uniform { min: 0.0, max: 1.0 };
    let refused = [
        D::constant(nan),
        D::uniform(1.0, 1.0),
        D::uniform(-inf, 1.0),
        D::uniform(-1e308, 1e308),
        D::triangular(2.0, 1.0, 5.0),
        D::pert(0.0, 6.0, 5.0),
        D::pert(0.0, nan, 5.0),
        D::exponential(0.0),
        D::exponential(-1.0),
        D::gamma(0.0, 1.0),
        D::gamma(1.0, inf),
        D::gamma_mean_shape(-1.0, 2.0),
        D::gamma_mean_shape(1.0, nan),
        D::erlang(0, 1.0),
        D::lognormal(0.0, -0.1),
        D::lognormal_median(0.0, 0.5),
        D::lognormal_mean_sd(1.0, nan),
        D::normal(0.0, -1.0),
        D::normal(nan, 1.0),
        D::clipped(unit(), 1.0, 0.0),
        D::clipped(unit(), nan, 0.0),
        D::clipped(unit(), inf, inf),
        D::truncated(unit(), 2.0, 3.0),
        D::truncated(unit(), 0.5, 0.5),
        D::weibull(-1.0, 1.0),
        D::beta(1.0, 0.0, 0.0, 1.0),
        D::beta(1.0, 1.0, 1.0, 0.0),
        D::table(vec![]),
        D::table(vec![(1.0, 0.0)]),
        D::table(vec![(1.0, -1.0), (2.0, 3.0)]),
        D::table(vec![(nan, 1.0)]),
        D::mixture(vec![]),
        D::mixture(vec![(0.0, unit())]),
        D::mixture(vec![(1.0, D::Normal { mean: 0.0, sd: 0.0 })]),
        D::gated(1.5, unit()),
        D::bernoulli(-0.1),
        D::geometric(0.0),
        D::binomial(3, nan),
        D::poisson(-1.0),
    ];
    for (index, result) in refused.into_iter().enumerate() {
        let error = result.expect_err(&format!("case {index}"));
        assert!(error.to_string().len() > 15, "{error}");
    }
}

#[test]
fn the_sentence_names_the_place_the_value_and_the_range() {
    let error = D::mixture(vec![(1.0, D::Triangular { min: 1.0, mode: 0.0, max: 2.0 })]).expect_err("mode");
    assert_eq!(error.to_string(), "mixture part 1: mode is 0; it must be between min (1) and max (2)");
}

#[test]
fn an_unsorted_table_made_by_hand_is_refused() {
    assert!(D::Table { points: vec![(2.0, 1.0), (1.0, 1.0)] }.validate().is_err());
}

#[test]
fn endless_nesting_is_refused() {
    let mut law = D::Constant(1.0);
    for _ in 0..20 {
        law = D::Gated { probability: 0.5, then: Box::new(law) };
    }
    assert!(law.validate().is_err());
}
