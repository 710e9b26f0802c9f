//! Quantiles against baked reference values.

use super::reference_rows::ROWS;
use crate::dist::{Distribution as D, Prob};

/// Largest relative error of a smooth quantile.
const WITHIN: f64 = 4e-14;

/// Reads "family(1.0, 2.0)".
fn law(text: &str) -> D {
    let (family, rest) = text.split_once('(').expect("a call");
    let list = rest.trim_end_matches(')').split(", ").filter(|t| !t.is_empty());
    let v: Vec<f64> = list.map(|t| t.parse().expect("a number")).collect();
    let made = match family {
        "gamma" => D::gamma(v[0], v[1]),
        "beta" => D::beta(v[0], v[1], v[2], v[3]),
        "lognormal" => D::lognormal(v[0], v[1]),
        "normal" => D::normal(v[0], v[1]),
        "weibull" => D::weibull(v[0], v[1]),
        "truncated_normal" => D::truncated(D::Normal { mean: 1.0, sd: 2.0 }, 0.0, 4.0),
        "triangular" => D::triangular(v[0], v[1], v[2]),
        "pert" => D::pert(v[0], v[1], v[2]),
        "poisson" => D::poisson(v[0]),
        "binomial" => D::binomial(v[0] as u64, v[1]),
        "geometric" => D::geometric(v[0]),
        other => panic!("{other}"),
    };
    made.expect("legal")
}

fn error(got: f64, want: f64) -> f64 {
    (got - want).abs() / want.abs()
}

#[test]
fn quantiles_match_the_reference_in_both_tails() {
    let mut worst = (0.0, "");
    for row in ROWS {
        let d = law(row.law);
        let p = if row.upper { Prob::from_upper(row.p) } else { Prob::from_lower(row.p) };
        let got = d.quantile(p);
        // Near a bound cut at 0 only absolute digits of the parent are left; 0 itself is exact.
        let off = if got == row.x || ((got - row.x).abs() < 1e-15 && row.law == "truncated_normal()") {
            0.0
        } else {
            error(got, row.x)
        };
        assert!(off <= WITHIN, "{} {} {}: {} not {}", row.law, row.upper, row.p, d.quantile(p), row.x);
        if off > worst.0 {
            worst = (off, row.law);
        }
    }
    println!("worst quantile error {worst:?}");
}

#[test]
fn cdf_inverts_the_reference_quantiles() {
    let smooth = |text: &str| ["gamma", "logn", "weib", "beta"].iter().any(|name| text.starts_with(name));
    for row in ROWS.iter().filter(|row| smooth(row.law) && law(row.law).support().0 == 0.0 && row.x < 0.9) {
        let d = law(row.law);
        let p = if row.upper { d.sf(row.x) } else { d.cdf(row.x) };
        assert!(error(p, row.p) < 2e-13, "{} {}: {p} not {}", row.law, row.upper, row.p);
    }
}

#[test]
fn counts_are_the_smallest_value_reaching_p() {
    for row in ROWS.iter().filter(|row| law(row.law).is_discrete()) {
        let d = law(row.law);
        if row.upper {
            assert!(d.sf(row.x) <= row.p && (row.x == 0.0 || d.sf(row.x - 1.0) > row.p), "{}", row.law);
        } else {
            assert!(d.cdf(row.x) >= row.p && (row.x == 0.0 || d.cdf(row.x - 1.0) < row.p), "{}", row.law);
        }
    }
}

#[test]
fn deep_tails_stay_finite_and_ordered() {
    for shape in [0.001, 0.01, 0.4, 1.0, 3.0, 40.0, 1e4, 1e6] {
        let d = D::gamma(shape, 1.0).expect("legal");
        let mut last = 0.0;
        for power in (1..=300).rev() {
            let x = d.quantile(Prob::from_lower(libm::pow(10.0, -f64::from(power))));
            assert!(x >= last && x.is_finite(), "shape {shape} power {power}: {x} after {last}");
            last = x;
        }
        for power in 1..=300 {
            let x = d.quantile(Prob::from_upper(libm::pow(10.0, -f64::from(power))));
            assert!(x >= last && x.is_finite(), "shape {shape} power {power}: {x} after {last}");
            last = x;
        }
    }
}

#[test]
fn cdf_of_quantile_is_the_probability_for_many_shapes() {
    let shapes = [0.01, 0.3, 0.4, 0.6, 1.0, 1.7, 5.0, 8.5, 60.0, 3000.0];
    let mut laws: Vec<D> = shapes.iter().map(|a| D::Gamma { shape: *a, scale: 1.0 }).collect();
    for a in shapes {
        laws.extend(shapes.iter().map(|b| D::Beta { a, b: *b, min: 0.0, max: 1.0 }));
    }
    for law in laws {
        for power in -12..=-1 {
            let p = libm::pow(10.0, f64::from(power)) * 4.9;
            let x = law.quantile(Prob::from_lower(p));
            if x > 1e-290 && x < 0.9 {
                assert!(error(law.cdf(x), p) < 2e-11, "{law:?} {p} {x} {}", error(law.cdf(x), p));
            }
        }
    }
}
