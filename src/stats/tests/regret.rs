use crate::stats::Interval;
use crate::stats::regret::{Bounded, Robustness, Table, robustness};

/// Means of three variants (rows) at three points, more is better. By hand:
///
/// | | point 0 | point 1 | point 2 | | regrets | largest | mean | worst | mean | reach 5 |
/// |---|---|---|---|---|---|---|---|---|---|---|
/// | A | 10 | 2 | 6 | | 0, 7, 0 | 7 at 1 | 7/3 | 2 at 1 | 6 | 2 of 3 |
/// | B | 7 | 9 | 1 | | 3, 0, 5 | 5 at 2 | 8/3 | 1 at 2 | 17/3 | 2 of 3 |
/// | C | 8 | 6 | 5 | | 2, 3, 1 | 3 at 1 | 2 | 5 at 2 | 19/3 | 3 of 3 |
const MEANS: [[f64; 3]; 3] = [[10.0, 2.0, 6.0], [7.0, 9.0, 1.0], [8.0, 6.0, 5.0]];

fn bounded(value: f64, reach: f64) -> Bounded {
    Bounded { value, interval: Interval { low: value - reach, high: value + reach } }
}

fn found(reach: f64, threshold: Option<f64>) -> Vec<Robustness> {
    let table = Table {
        variants: 3,
        points: 3,
        mean: &|v, p| bounded(MEANS[v][p], reach),
        lead: &|u, v, p| bounded(MEANS[u][p] - MEANS[v][p], reach),
    };
    robustness(&table, threshold).unwrap()
}

#[test]
fn a_table_of_three_by_three_is_as_reckoned_by_hand() {
    let found = found(0.0, Some(5.0));
    let regrets: Vec<Vec<f64>> = found.iter().map(|r| r.regrets.iter().map(|b| b.value).collect()).collect();
    assert_eq!(regrets, [[0.0, 7.0, 0.0], [3.0, 0.0, 5.0], [2.0, 3.0, 1.0]]);
    let largest: Vec<(f64, usize)> = found.iter().map(|r| (r.max_regret.value, r.max_regret_at)).collect();
    assert_eq!(largest, [(7.0, 1), (5.0, 2), (3.0, 1)]);
    let worst: Vec<(f64, usize)> = found.iter().map(|r| (r.worst.value, r.worst_at)).collect();
    assert_eq!(worst, [(2.0, 1), (1.0, 2), (5.0, 2)]);
    let means: Vec<(f64, f64)> = found.iter().map(|r| (r.mean_regret.value, r.mean.value)).collect();
    assert_eq!(means, [(7.0 / 3.0, 6.0), (8.0 / 3.0, 17.0 / 3.0), (2.0, 19.0 / 3.0)]);
    let satisfied: Vec<f64> = found.iter().map(|r| r.satisfied.unwrap().value).collect();
    assert_eq!(satisfied, [2.0 / 3.0, 2.0 / 3.0, 1.0]);
}

#[test]
fn what_is_not_sure_widens_every_figure() {
    let found = found(1.5, Some(5.0));
    let ends = |b: Bounded| (b.interval.low, b.interval.high);
    // A is best at point 0 by 2: at the worst its regret there is 0, since 2 - 1.5 is above zero.
    assert_eq!(ends(found[0].regrets[0]), (0.0, 0.0));
    // At point 2 it leads C by 1 only: C may be better by 0.5.
    assert_eq!(ends(found[0].regrets[2]), (0.0, 0.5));
    assert_eq!(ends(found[0].max_regret), (5.5, 8.5));
    assert_eq!(ends(found[2].max_regret), (1.5, 4.5));
    // C reaches 5 surely at points 0 only: 6 - 1.5 and 5 - 1.5 lie below.
    assert_eq!(ends(found[2].satisfied.unwrap()), (1.0 / 3.0, 1.0));
    assert_eq!(ends(found[1].worst), (-0.5, 2.5));
}

#[test]
fn nothing_to_judge_gives_nothing() {
    let zero = |_, _| bounded(0.0, 0.0);
    let lead = |_, _, _| bounded(0.0, 0.0);
    let table = Table { variants: 2, points: 0, mean: &zero, lead: &lead };
    assert!(robustness(&table, None).is_none());
}
