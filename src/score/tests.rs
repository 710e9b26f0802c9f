//! The scorer against closed forms, brute force, and forecasts that are right.

use super::*;
use crate::kernel::stream::{Domain, StreamName, Streams};
use crate::stats::special::normal_quantile;

/// Steps of a thousandth: a standard normal as counts.
fn normal(mean: f64, sd: f64) -> Counts {
    (0..20_000)
        .map(|k| ((mean + sd * normal_quantile((f64::from(k) + 0.5) / 2e4)) * 1e3).round() as i64)
        .collect()
}

/// A million uniforms are never needed.
fn uniforms(n: u64) -> Vec<f64> {
    let name = StreamName { purpose: "score.tests", entity: String::new() };
    let mut streams = Streams::new(&[name], 11, Domain::Main);
    streams.begin(0);
    (0..n).map(|k| (streams.word(0, k) >> 11) as f64 / 9_007_199_254_740_992.0).collect()
}

#[test]
fn the_variogram_score_sees_what_hangs_together() {
    let counts = |values: &[i64]| values.iter().copied().collect::<Counts>();
    // One pair, seen four apart: the forecast says four, or nine or one with even chances.
    let exact = |values: &[i64]| variogram([(&counts(values), 4)]).unwrap();
    assert_eq!((exact(&[4]), exact(&[9, 1]), exact(&[9])), (0.0, 0.0, 1.0));
    // Two days that move together: forecast as such, and as if each moved by itself.
    let (together, apart) = (counts(&[0]), counts(&[0, 0, 4, 4]));
    assert_eq!(variogram([(&together, 0), (&together, 0)]), Some(0.0));
    assert_eq!(variogram([(&apart, 0), (&together, 0)]), Some(0.5));
    assert_eq!((variogram([]), variogram([(&Counts::new(), 0)])), (None, None));
    // Proper: of distances drawn from a law no other law scores better on average.
    let law = counts(&[0, 1, 1, 4]);
    let expected = |said: &Counts| {
        law.cells().map(|(seen, n)| n as f64 * variogram([(said, seen)]).unwrap()).sum::<f64>()
    };
    for other in [counts(&[0]), counts(&[1]), counts(&[4]), counts(&[0, 4]), counts(&[1, 1, 4, 4])] {
        assert!(expected(&law) <= expected(&other) + 1e-12);
    }
}

#[test]
fn the_error_of_a_mean_is_that_of_its_counts() {
    let counts: Counts = [1, 2, 3, 4].into_iter().collect();
    assert!((counts.standard_error().unwrap() - (5.0_f64 / 3.0 / 4.0).sqrt()).abs() < 1e-15);
    assert_eq!([1].into_iter().collect::<Counts>().standard_error(), None);
}

#[test]
fn the_crps_of_a_normal_is_the_closed_form() {
    // Gneiting and Raftery (2007), eq. 21: z (2 Phi(z) - 1) + 2 phi(z) - 1/sqrt(pi).
    let forecast = normal(0.0, 1.0);
    let exact = |z: f64| {
        let density = libm::exp(-z * z / 2.0) / (2.0 * std::f64::consts::PI).sqrt();
        z * (2.0 * (0.5 * libm::erfc(-z / 2.0_f64.sqrt())) - 1.0) + 2.0 * density
            - 1.0 / std::f64::consts::PI.sqrt()
    };
    assert!((exact(0.0) - 0.23369).abs() < 1e-5);
    for z in [-2.5, -1.0, 0.0, 0.3, 1.7, 4.0] {
        let found = crps(&forecast, (z * 1e3) as i64).unwrap() / 1e3;
        assert!((found - exact(z)).abs() < 2e-4, "{z}: {found} and {}", exact(z));
    }
    let mean = uniforms(20_000)
        .into_iter()
        .map(|u| crps(&forecast, (normal_quantile(u) * 1e3).round() as i64).unwrap());
    let mean = mean.sum::<f64>() / 20_000.0 / 1e3;
    assert!((mean - 0.56419).abs() < 0.01, "{mean}");
}

#[test]
fn the_crps_of_a_point_is_the_distance_and_brute_force_agrees() {
    for (x, y) in [(3, 3), (3, 10), (-5, 2), (0, -7)] {
        assert_eq!(crps(&Counts::from_iter([x]), y), Some((x - y).abs() as f64));
    }
    assert_eq!(crps(&Counts::new(), 1), None);
    for (seed, y) in [(1, -3), (2, 0), (3, 5), (4, 11), (5, 30)] {
        let values: Vec<i64> =
            uniforms(40 + seed).iter().skip(seed as usize).map(|u| (u * u * 20.0) as i64).collect();
        let forecast: Counts = values.iter().copied().collect();
        let share = |t: i64| values.iter().filter(|v| **v <= t).count() as f64 / values.len() as f64;
        let brute: f64 = (-10..40).map(|t| brier(share(t), y <= t)).sum();
        let found = crps(&forecast, y).unwrap();
        assert!((found - brute).abs() < 1e-9, "{found} and {brute}");
        // The kernel form E|X - y| - E|X - X'| / 2 says the same.
        let n = values.len() as f64;
        let to_y = values.iter().map(|v| (v - y).abs() as f64).sum::<f64>() / n;
        let pairs = values.iter().flat_map(|a| values.iter().map(move |b| (a - b).abs() as f64)).sum::<f64>();
        assert!((found - (to_y - pairs / (2.0 * n * n))).abs() < 1e-9);
    }
}

#[test]
fn the_brier_score_is_its_parts() {
    let forecasts: Vec<(f64, bool)> =
        uniforms(600).chunks(2).map(|u| ((u[0] * 8.0).floor() / 8.0, u[1] < 0.4)).collect();
    let mean = forecasts.iter().map(|(p, hit)| brier(*p, *hit)).sum::<f64>() / forecasts.len() as f64;
    let parts = murphy(&forecasts).unwrap();
    assert!((mean - (parts.reliability - parts.resolution + parts.uncertainty)).abs() < 1e-12);
    assert_eq!(murphy(&[]), None);
}

#[test]
fn an_impossible_event_scores_infinity_without_a_stated_floor() {
    assert_eq!(log_score(0.0, true, None), f64::INFINITY);
    assert_eq!(log_score(1.0, false, None), f64::INFINITY);
    assert_eq!(log_score(1.0, true, None), 0.0);
    assert!((log_score(0.0, true, Some(1e-3)) - libm::log(1e3)).abs() < 1e-12);
    assert!((log_score(0.25, true, None) - libm::log(4.0)).abs() < 1e-12);
}

#[test]
fn no_other_forecast_is_expected_to_score_better_than_the_truth() {
    let truth = Counts::from_iter([0, 0, 1, 1, 1, 2, 3, 3, 5, 9]);
    let expected = |forecast: &Counts| {
        truth.cells().map(|(y, k)| k as f64 * crps(forecast, y).unwrap()).sum::<f64>() / truth.n() as f64
    };
    let best = expected(&truth);
    for (from, to) in [(0, 1), (1, 0), (3, 2), (9, 5), (5, 9), (2, 30)] {
        let mut other = Counts::new();
        truth.cells().for_each(|(v, k)| other.add(v, k - u64::from(v == from)));
        other.record(to);
        assert!(expected(&other) > best, "{from} to {to}");
    }
    for p in [0.1, 0.29, 0.31, 0.9] {
        let brier_of = |q: f64| 0.3 * brier(q, true) + 0.7 * brier(q, false);
        let log_of = |q: f64| 0.3 * log_score(q, true, None) + 0.7 * log_score(q, false, None);
        assert!(brier_of(p) > brier_of(0.3) && log_of(p) > log_of(0.3));
    }
}

#[test]
fn the_randomised_transform_of_a_right_forecast_is_uniform_and_the_plain_one_is_not() {
    // Poisson(2) against itself, 3,000 times: Kolmogorov's distance is below 1.95/sqrt(n) but in one case of a thousand.
    let mut forecast = Counts::new();
    let mut p = libm::exp(-2.0);
    let mut shares = Vec::new();
    for k in 0..20_i64 {
        forecast.add(k, (p * 1e12) as u64);
        shares.push(p);
        p *= 2.0 / (k as f64 + 1.0);
    }
    let u = uniforms(6_000);
    let draw = |mut u: f64| {
        shares
            .iter()
            .position(|p| {
                u -= p;
                u < 0.0
            })
            .unwrap_or(19) as i64
    };
    let distance = |mut v: Vec<f64>| {
        v.sort_by(f64::total_cmp);
        let n = v.len() as f64;
        v.iter().enumerate().map(|(k, x)| ((k as f64 + 0.5) / n - x).abs()).fold(0.0, f64::max)
    };
    let fair = u.chunks(2).map(|u| pit(&forecast, draw(u[0]), u[1]).unwrap()).collect();
    let plain = u.chunks(2).map(|u| pit(&forecast, draw(u[0]), 1.0).unwrap()).collect();
    let limit = 1.95 / 3_000.0_f64.sqrt();
    assert!(distance(fair) < limit && distance(plain) > 2.0 * limit);
}

#[test]
fn events_are_transformed_as_numbers_that_are_0_or_1() {
    let forecast = Counts::from_iter([0, 0, 0, 1]);
    for (u, hit) in [(0.2, true), (0.7, false), (0.5, true)] {
        let as_number = pit(&forecast, i64::from(hit), u).unwrap();
        assert!((as_number - pit_of_event(0.25, hit, u)).abs() < 1e-12);
    }
}

#[test]
fn central_intervals_hold_their_share() {
    let forecast: Counts = (1..=100).collect();
    assert_eq!(interval(&forecast, 90), Some((5, 95)));
    assert_eq!(interval(&forecast, 50), Some((25, 75)));
    assert_eq!(interval(&Counts::from_iter([4]), 95), Some((4, 4)));
    assert_eq!(interval(&Counts::new(), 90), None);
}
