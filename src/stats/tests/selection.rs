use crate::stats::selection::Selection;
use crate::stats::special::normal_quantile;

/// Standard normals from a splitmix64 sequence, by inversion.
struct Normals(u64);

impl Normals {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        normal_quantile(((z >> 11) as f64 + 0.5) / (1_u64 << 53) as f64)
    }
}

/// Ten normal systems of variance 1 whose correlation is `shared`; the best, whose place is `best`, is better by a quarter. The
/// right one selected?, and observations in all.
fn slippage(seed: u64, shared: f64, best: usize) -> (bool, u64) {
    let mut normals = Normals(seed);
    let mut selection = Selection::new(10, 0.25, 0.95, 20).unwrap();
    let mut total = 0;
    while selection.chosen().is_none() {
        total += selection.survivors().count() as u64;
        let common = normals.next() * shared.sqrt();
        let mut observations: Vec<f64> =
            (0..10).map(|_| common + normals.next() * (1.0 - shared).sqrt()).collect();
        observations[best] += 0.25;
        selection.feed(&observations);
    }
    (selection.chosen() == Some(best), total)
}

fn share_and_cost(shared: f64) -> (f64, f64) {
    let trials = 300;
    let all: Vec<(bool, u64)> =
        (0..trials).map(|k| slippage(1 + 7_919 * k, shared, (k % 10) as usize)).collect();
    let right = all.iter().filter(|(right, _)| *right).count();
    let cost: u64 = all.iter().map(|(_, cost)| cost).sum();
    (right as f64 / trials as f64, cost as f64 / trials as f64)
}

#[test]
fn the_best_is_selected_as_often_as_promised_and_common_luck_makes_it_cheap() {
    let (independent, dear) = share_and_cost(0.0);
    let (common, cheap) = share_and_cost(0.9);
    // Not significantly below 0.95 over 300 trials: above 0.95 - 1.645 standard deviations.
    assert!(independent > 0.929, "{independent}");
    assert!(common > 0.929, "{common}");
    // The first stage alone takes 200.
    assert!((900.0..1_700.0).contains(&dear), "{dear}");
    assert!((200.0..260.0).contains(&cheap), "{cheap}");
}

#[test]
fn equal_systems_end_with_the_first() {
    let mut selection = Selection::new(3, 1.0, 0.95, 5).unwrap();
    for k in 0..5 {
        selection.feed(&[f64::from(k); 3]);
    }
    // Nothing ever differed, so nothing more can be learnt.
    assert_eq!((selection.chosen(), selection.taken()), (Some(0), 5));
    assert!((0..3).all(|system| selection.exit(system).is_none()));
}

#[test]
fn what_never_showed_is_not_taken_for_impossible() {
    let mut selection = Selection::new(2, 0.01, 0.95, 5).unwrap().with_least_variance(0.001);
    for _ in 0..5 {
        selection.feed(&[0.0, 0.0]);
    }
    assert_eq!(selection.chosen(), None);
    assert!(selection.most() > 5);
}

#[test]
fn the_constants_are_those_of_the_paper() {
    // k = 2, alpha = 0.05, n0 = 10: eta = ((2 * 0.05)^(-2/9) - 1) / 2 = 0.33405, h^2 = 2 * eta * 9 = 6.01296; with unit variance of the
    // difference and delta = 0.5, N = floor(6.01296 / 0.25) = 24, and the procedure ends by observation 25.
    let mut selection = Selection::new(2, 0.5, 0.95, 10).unwrap();
    // Ten differences of mean 0 and sample variance 10 * 0.9 / 9 = 1.
    let unit = 0.9_f64.sqrt();
    for k in 0..10 {
        let gap = if k % 2 == 0 { unit } else { -unit };
        selection.feed(&[gap, 0.0]);
    }
    assert_eq!(selection.most(), 25);
}

#[test]
fn senseless_questions_are_refused() {
    assert!(Selection::new(1, 1.0, 0.95, 10).is_none());
    assert!(Selection::new(2, 0.0, 0.95, 10).is_none());
    assert!(Selection::new(2, 1.0, 1.0, 10).is_none());
    assert!(Selection::new(4, 1.0, 0.25, 10).is_none());
    assert!(Selection::new(2, 1.0, 0.95, 1).is_none());
}
