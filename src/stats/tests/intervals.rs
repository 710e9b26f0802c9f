use crate::stats::interval::*;

use super::near;

/// Hits, count, confidence and both ends, from scipy's `binomtest(...).proportion_ci(method="wilson")`.
const WILSON: [(u64, u64, f64, f64, f64); 8] = [
    (0, 10, 0.95, 0.0, 0.27753279986288926),
    (10, 10, 0.95, 0.7224672001371109, 1.0),
    (1, 10, 0.95, 0.017876213095072896, 0.4041500267952385),
    (3, 10, 0.99, 0.07956631652306578, 0.6799753207988974),
    (500, 1000, 0.95, 0.4690696003681042, 0.5309303996318958),
    (7, 100000, 0.95, 3.390903779016497e-05, 0.000144498696957113),
    (0, 1000000000, 0.95, 0.0, 3.841458805937319e-09),
    (999999, 1000000, 0.9, 0.9999955175615293, 0.9999997769077477),
];

#[test]
fn wilson_intervals() {
    for (hits, n, confidence, low, high) in WILSON {
        let found = wilson(hits, n, confidence).unwrap();
        assert!(near(found.low, low, 1e-12) && near(found.high, high, 1e-12), "{hits} of {n}: {found:?}");
    }
}

#[test]
fn wilson_touches_the_ends_exactly() {
    for n in 1..2_000 {
        assert_eq!(wilson(0, n, 0.95).unwrap().low, 0.0);
        assert_eq!(wilson(n, n, 0.95).unwrap().high, 1.0);
    }
}

#[test]
fn wilson_refuses_nonsense() {
    assert_eq!(wilson(0, 0, 0.95), None);
    assert_eq!(wilson(3, 2, 0.95), None);
    assert_eq!(wilson(1, 2, 1.0), None);
    assert_eq!(wilson(1, 2, f64::NAN), None);
}

#[test]
fn student_interval_has_n_minus_one_degrees_of_freedom() {
    // scipy.stats.t.interval(0.95, df=9, loc=2, scale=0.5)
    let found = student(2.0, 0.5, 10, 0.95).unwrap();
    assert!(
        near(found.low, 0.8689214186008973, 1e-12) && near(found.high, 3.1310785813991027, 1e-12),
        "{found:?}"
    );
    assert_eq!(student(2.0, 0.5, 1, 0.95), None);
    assert_eq!(student(2.0, 0.5, 10, 0.0), None);
}
