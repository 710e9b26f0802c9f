//! The law of what is left after an age.

use super::laws;
use crate::dist::{Distribution as D, Prob};

const TAILS: [f64; 5] = [1e-12, 1e-3, 0.4, 0.9, 0.999_999];

#[test]
fn exponential_forgets_its_age() {
    let d = D::exponential(3.0).expect("legal");
    for age in [0.0, 1.0, 100.0, 1e5] {
        for u in TAILS {
            let (left, fresh) =
                (d.quantile_after(age, Prob::from_lower(u)) - age, d.quantile(Prob::from_lower(u)));
            assert!((left - fresh).abs() <= 1e-15 * age + 1e-14 * fresh, "{age} {u}: {left} {fresh}");
        }
    }
}

#[test]
fn weibull_has_its_closed_form() {
    let d = D::weibull(0.81, 3.0).expect("legal");
    for age in [0.5_f64, 20.0, 1e5] {
        for u in TAILS {
            let want = 3.0 * libm::pow(libm::pow(age / 3.0, 0.81) - libm::log1p(-u), 1.0 / 0.81);
            assert!((d.quantile_after(age, Prob::from_lower(u)) / want - 1.0).abs() < 1e-14);
        }
    }
}

#[test]
fn the_residual_has_the_conditional_probability() {
    for (name, law) in laws::all().into_iter().filter(|(_, law)| !law.is_discrete()) {
        for far in [0.5, 1e-3, 1e-9] {
            let age = law.quantile(Prob::from_upper(far));
            let x = law.quantile_after(age, Prob::from_lower(0.3));
            assert!(x >= age, "{name}");
            if law.sf(age) > 0.0 && law.split(x).upper() > 0.0 && !name.contains("clipped") {
                let ratio = law.sf(x) / law.sf(age);
                let jump = (law.support().1.is_finite() && far < 1e-6)
                    || name.starts_with("mixture")
                    || name.starts_with("gated");
                assert!((ratio - 0.7).abs() < 1e-5 || jump, "{name} {far}: {ratio}");
            }
        }
    }
}

#[test]
fn ages_before_and_beyond_the_law() {
    let uniform = D::uniform(1.0, 2.0).expect("legal");
    assert_eq!(uniform.quantile_after(0.0, Prob::from_lower(0.5)), 1.5);
    assert_eq!(uniform.quantile_after(7.0, Prob::from_lower(0.5)), 7.0);
    for law in [D::normal(0.0, 1.0), D::lognormal(0.0, 0.4), D::gamma(2.0, 1.0)] {
        let law = law.expect("legal");
        let mut last = 0.0;
        for age in [1.0, 30.0, 36.0, 37.0, 40.0, 660.0, 680.0, 1e3, 1e6] {
            let x = law.quantile_after(age, Prob::from_lower(0.5));
            assert!(x > age && x > last && x.is_finite(), "{law:?} {age} {x}");
            last = x;
        }
    }
}
