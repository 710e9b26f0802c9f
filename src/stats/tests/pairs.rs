use proptest::prelude::*;

use crate::stats::Pairs;

use super::near;

fn pairs_of(pairs: &[(i64, i64)]) -> Pairs {
    let mut all = Pairs::new();
    pairs.iter().for_each(|(x, y)| all.record(*x, *y));
    all
}

#[test]
fn figures_match_numpy() {
    let pairs = pairs_of(&[(3, 2), (1, 7), (4, 1), (1, 8), (5, 2), (9, 8), (2, 1), (6, 8)]);
    assert_eq!((pairs.count(), pairs.mean_difference()), (8, Some(0.75)));
    assert!(near(pairs.difference_se().unwrap(), 1.3725627750411167, 1e-14));
    assert!(near(pairs.covariance().unwrap(), 109.0 / 56.0, 1e-15));
    assert!(near(pairs.correlation().unwrap(), 0.20965531907301216, 1e-14));
    assert!(near(pairs.variance_ratio().unwrap(), 1.2582938388625593, 1e-14));
    assert!(near(pairs.first_variance().unwrap(), 7.553571428571429, 1e-15));
    assert!(near(pairs.second_variance().unwrap(), 11.410714285714286, 1e-15));
}

#[test]
fn large_values_match_python() {
    let far = 1_i64 << 62;
    let pairs = pairs_of(&[(far, -far), (-far, far), (far + 5, 17)]);
    assert_eq!(pairs.covariance(), Some(-2.1267647932558654e37));
    assert_eq!(pairs.mean_difference(), Some(-1.5372286728091292e18));
    let ends = pairs_of(&[(i64::MIN, i64::MAX), (i64::MAX, i64::MIN)]);
    assert_eq!((ends.correlation(), ends.mean_difference()), (Some(-1.0), Some(0.0)));
}

#[test]
fn what_does_not_vary_has_no_correlation() {
    let flat = pairs_of(&[(1, 5), (1, 6)]);
    assert_eq!((flat.correlation(), flat.covariance(), flat.variance_ratio()), (None, Some(0.0), Some(1.0)));
    let shifted = pairs_of(&[(1, 5), (2, 6), (9, 13)]);
    assert_eq!(
        (shifted.correlation(), shifted.variance_ratio(), shifted.difference_se()),
        (Some(1.0), None, Some(0.0))
    );
    assert_eq!((Pairs::new().mean_difference(), pairs_of(&[(1, 2)]).difference_se()), (None, None));
}

#[test]
fn a_flag_that_never_differed_keeps_an_interval() {
    let mut pairs = Pairs::new();
    (0..998).for_each(|_| pairs.record(1, 1));
    // Agresti and Min with n = 1000 after the addition: 0 -+ 1.96 / 1000.
    let interval = pairs.flag_difference_interval(0.95).unwrap();
    assert!(near(interval.high, 1.959963984540054e-3, 1e-12) && interval.low == -interval.high);
    assert!(pairs.is_equal_throughout());
    (0..20).for_each(|_| pairs.record(0, 1));
    // 20 more of 1018 came true only in the second: (20 -+ z sqrt(21 - 400 / 1020)) / 1020.
    let interval = pairs.flag_difference_interval(0.95).unwrap();
    let half = 1.959963984540054 * (21.0_f64 - 400.0 / 1020.0).sqrt() / 1020.0;
    assert!(
        near(interval.low, 20.0 / 1020.0 - half, 1e-12) && near(interval.high, 20.0 / 1020.0 + half, 1e-12)
    );
}

#[test]
fn the_interval_of_the_variance_ratio_tells_help_from_harm() {
    let (mut helped, mut hurt) = (Pairs::new(), Pairs::new());
    for k in 0..400_i64 {
        let (x, noise) = (k * 7919 % 997, k * 104_729 % 313);
        helped.record(x, x + noise);
        hurt.record(x, noise - x);
    }
    let (good, bad) =
        (helped.variance_ratio_interval(0.95).unwrap(), hurt.variance_ratio_interval(0.95).unwrap());
    assert!(
        good.low > 1.0
            && good.low < helped.variance_ratio().unwrap()
            && helped.variance_ratio().unwrap() < good.high
    );
    assert!(bad.high < 1.0 && bad.low > 0.0);
}

proptest! {
    #[test]
    fn any_split_merges_to_the_whole(pairs in prop::collection::vec(any::<(i64, i64)>(), 0..60), at in 0_usize..60) {
        let (head, tail) = pairs.split_at(at.min(pairs.len()));
        let mut merged = pairs_of(tail);
        merged.merge(&pairs_of(head));
        prop_assert_eq!(merged, pairs_of(&pairs));
    }

    #[test]
    fn figures_match_plain_integers(pairs in prop::collection::vec((-999_i64..999, -999_i64..999), 2..50)) {
        let found = pairs_of(&pairs);
        let n = pairs.len() as i64;
        let (x, y) = pairs.iter().fold((0, 0), |sums, pair| (sums.0 + pair.0, sums.1 + pair.1));
        let cross: i64 = pairs.iter().map(|p| (n * p.0 - x) * (n * p.1 - y)).sum();
        let gaps: i64 = pairs.iter().map(|p| (n * (p.1 - p.0) - (y - x)).pow(2)).sum();
        let divisor = (n * n * (n - 1)) as f64;
        prop_assert_eq!(found.covariance(), Some(cross as f64 / divisor));
        prop_assert_eq!(found.difference_variance(), Some(gaps as f64 / divisor));
        prop_assert_eq!(found.mean_difference(), Some((y - x) as f64 / n as f64));
    }
}
