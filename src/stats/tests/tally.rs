use proptest::prelude::*;

use crate::stats::tally::COLUMN;
use crate::stats::{Bins, MISSING, Tally};

use super::near;

fn tally_of(bins: Bins, values: &[i64]) -> Tally {
    let mut tally = Tally::new(bins);
    values.iter().for_each(|value| tally.record(*value));
    tally
}

/// Values, mean, variance and standard error, by Python's fractions.
type Case = (&'static [i64], f64, f64, f64);
#[rustfmt::skip]
const MOMENTS: [Case; 6] = [
    (&[1099511627777, 1099511627778, 1099511627780], 1099511627778.3333, 2.3333333333333335, 0.8819171036881969),
    (&[i64::MIN, i64::MAX], -0.5, 1.7014118346046923e+38, 9.223372036854776e+18),
    (&[i64::MAX, i64::MAX, i64::MAX, i64::MAX - 1], 9.223372036854776e+18, 0.25, 0.25),
    (&[1000000000000000000, 1000000000000000001, 1000000000000000004, 1000000000000000009, 1000000000000000016, 1000000000000000025, 1000000000000000036], 1e+18, 182.0, 5.0990195135927845),
    (&[-5, 7, 0, 0, 3], 1.0, 19.5, 1.9748417658131499),
    (&[1, 2], 1.5, 0.5, 0.5),
];

#[test]
fn moments_match_python_whatever_the_bins() {
    let bins = [
        Bins::FLAG,
        Bins::new(-10, 10),
        Bins::new(i64::MIN, i64::MAX),
        Bins::new(1 << 40, (1 << 40) + 9),
        Bins::new(0, 1 << 60),
    ];
    for ((values, mean, variance, se), bins) in MOMENTS.iter().flat_map(|case| bins.map(|bins| (*case, bins)))
    {
        let tally = tally_of(bins, values);
        assert_eq!(
            (tally.mean(), tally.variance(), tally.se()),
            (Some(mean), Some(variance), Some(se)),
            "{values:?} {bins:?}"
        );
        assert_eq!(tally.sd(), Some(variance.sqrt()));
        assert_eq!((tally.min(), tally.max()), (values.iter().min().copied(), values.iter().max().copied()));
    }
}

#[test]
fn nothing_is_known_of_nothing() {
    let none = Tally::new(Bins::new(0, 9));
    assert_eq!((none.count(), none.mean(), none.variance(), none.se()), (0, None, None, None));
    assert_eq!(
        (none.min(), none.max(), none.quantile(50), none.proportion_interval(0.9)),
        (None, None, None, None)
    );
    assert_eq!((none.quantile_interval(1, 2, 0.9), none.count_at_least(-3)), ((None, None), Some(0)));
    let one = tally_of(Bins::new(0, 9), &[4]);
    assert_eq!((one.mean(), one.variance(), one.mean_interval(0.9)), (Some(4.0), None, None));
}

#[test]
fn fifth_percentile_takes_the_rank_up() {
    // ceil(0.05 * 21) = 2, where rounding down or to the nearest would give 1.
    let tally = tally_of(Bins::new(0, 99), &(1..=21).collect::<Vec<_>>());
    assert_eq!(tally.quantile(5), Some(2));
    // ceil(0.05 * 20) = 1: not one further.
    let tally = tally_of(Bins::new(0, 99), &(1..=20).collect::<Vec<_>>());
    assert_eq!(
        (tally.quantile(5), tally.quantile(50), tally.quantile(95), tally.quantile(100)),
        (Some(1), Some(10), Some(19), Some(20))
    );
    assert_eq!((tally.quantile(0), tally.quantile(300), tally.quantile_at(1, 0)), (Some(1), Some(20), None));
}

#[test]
fn bins_widen_by_doubling_and_only_when_needed() {
    let width = |low, high| Tally::new(Bins::new(low, high)).bin_width();
    assert_eq!(
        (width(0, 65_535), width(0, 65_536), width(-1, 65_534), width(0, 131_071), width(0, 131_072)),
        (1, 2, 1, 2, 4)
    );
    assert_eq!((width(i64::MIN, i64::MAX), width(7, 3)), (1 << 48, 1));
    let wide = tally_of(Bins::new(0, 131_071), &[5, 7, 131_070]);
    assert_eq!(wide.histogram().collect::<Vec<_>>(), [(4, 2, 1), (6, 2, 1), (131_070, 2, 1)]);
    // The lower edge 4 is below the least value.
    assert_eq!((wide.quantile(1), wide.quantile(50)), (Some(5), Some(6)));
}

#[test]
fn values_outside_count_in_the_end_bins_only() {
    let tally = tally_of(Bins::new(10, 12), &[3, 10, 11, 12, 40, 50]);
    assert_eq!(tally.histogram().collect::<Vec<_>>(), [(10, 1, 2), (11, 1, 1), (12, 1, 3)]);
    assert_eq!((tally.min(), tally.max(), tally.sum(), tally.outside()), (Some(3), Some(50), 126, (1, 2)));
    assert_eq!(
        [3, 4, 10, 11, 12, 13, 14, 50, 51].map(|x| tally.count_at_least(x)),
        [Some(6), None, Some(5), Some(4), Some(3), Some(2), None, None, Some(0)]
    );
}

#[test]
fn cells_that_wrap_lose_nothing() {
    let mut tally = Tally::new(Bins::FLAG);
    (0..200_000).for_each(|k| tally.record(i64::from(k % 4 == 0)));
    assert_eq!(tally.histogram().collect::<Vec<_>>(), [(0, 1, 150_000), (1, 1, 50_000)]);
    for _ in 0..30 {
        tally.merge(&tally.clone());
    }
    assert_eq!(tally.histogram().map(|row| row.2).collect::<Vec<_>>(), [150_000 << 30, 50_000 << 30]);
    assert_eq!((tally.count(), tally.mean()), (200_000 << 30, Some(0.25)));
}

#[test]
fn intervals_of_a_tally() {
    let tally = tally_of(Bins::new(0, 99), &[12, 15, 11, 18, 14, 14, 13, 17, 16, 10]);
    // scipy.stats.t.interval(0.9, 9, mean, sem)
    let found = tally.mean_interval(0.9).unwrap();
    assert!(near(found.low, 12.503269558031786, 1e-12) && near(found.high, 15.496730441968214, 1e-12));
    // Ranks 2 and 9 of ten.
    assert_eq!(tally.quantile_interval(1, 2, 0.95), (Some(11), Some(17)));
    assert_eq!(tally.quantile_interval(95, 100, 0.95), (Some(16), None));
    assert_eq!(tally.proportion_interval(0.95), None);
    let flags = tally_of(Bins::FLAG, &[0; 10]).proportion_interval(0.95).unwrap();
    assert!(flags.low == 0.0 && near(flags.high, 0.27753279986288926, 1e-12));
}

#[test]
#[should_panic(expected = "same bins")]
fn different_bins_do_not_merge() {
    Tally::new(Bins::new(0, 1)).merge(&Tally::new(Bins::new(0, 2)));
}

fn some_bins() -> impl Strategy<Value = Bins> {
    let range = |low: i64, span: i64| Bins::new(low, low + span);
    prop_oneof![
        (-300_i64..300, 0_i64..600).prop_map(move |(low, span)| range(low, span)),
        (-300_i64..300, 65_000_i64..300_000).prop_map(move |(low, span)| range(low, span)),
        Just(Bins::new(i64::MIN, i64::MAX)),
        Just(Bins::new(i64::MAX - 3, i64::MAX)),
    ]
}

fn some_value() -> impl Strategy<Value = i64> {
    prop_oneof![8 => -400_i64..700, 4 => 0_i64..300_000, 1 => any::<i64>(), 1 => Just(i64::MAX), 1 => Just(i64::MIN)]
}

/// The lower edge of the bin of a value, by division.
fn edge(bins: Bins, width: u64, value: i64) -> i64 {
    let (low, width) = (i128::from(bins.low), i128::from(width));
    let inside = i128::from(value.clamp(bins.low, bins.high)) - low;
    (low + inside / width * width) as i64
}

proptest! {
    #[test]
    fn any_split_in_any_order_merges_to_the_whole(
        bins in some_bins(),
        parts in prop::collection::vec(prop::collection::vec(some_value(), 0..40), 1..6),
        turn in 0_usize..6,
    ) {
        let whole = tally_of(bins, &parts.concat());
        let mut merged = Tally::new(bins);
        for k in 0..parts.len() {
            let mut part = parts[(k + turn) % parts.len()].clone();
            part.reverse();
            merged.merge(&tally_of(bins, &part));
        }
        prop_assert_eq!(merged, whole);
    }

    #[test]
    fn one_value_more_or_other_is_another_tally(bins in some_bins(), values in prop::collection::vec(some_value(), 1..40), more in some_value()) {
        let whole = tally_of(bins, &values);
        let mut longer = whole.clone();
        longer.record(more);
        prop_assert_ne!(&longer, &whole);
        let mut other = tally_of(bins, &values[1..]);
        other.record(more);
        prop_assert_eq!(other == whole, more == values[0]);
    }

    #[test]
    fn quantiles_are_those_of_the_sorted_binned_values(bins in some_bins(), values in prop::collection::vec(some_value(), 1..80), num in 0_u64..=1000) {
        let tally = tally_of(bins, &values);
        let (min, max) = (*values.iter().min().unwrap(), *values.iter().max().unwrap());
        let mut sorted: Vec<i64> = values.iter().map(|v| edge(bins, tally.bin_width(), *v)).collect();
        sorted.sort_unstable();
        let reaching = (1..=sorted.len()).find(|k| 1000 * *k as u64 >= num * sorted.len() as u64).unwrap();
        prop_assert_eq!(tally.quantile_at(num, 1000), Some(sorted[reaching - 1].clamp(min, max)));
    }

    #[test]
    fn small_moments_match_plain_integers(bins in some_bins(), values in prop::collection::vec(-1000_i64..1000, 2..60)) {
        let tally = tally_of(bins, &values);
        let n = values.len() as i128;
        let sum: i128 = values.iter().map(|v| i128::from(*v)).sum();
        // n^2 times the sum of squared deviations, deviation by deviation.
        let squares: i128 = values.iter().map(|v| (n * i128::from(*v) - sum).pow(2)).sum();
        prop_assert_eq!(tally.mean(), Some(sum as f64 / n as f64));
        prop_assert_eq!(tally.variance(), Some(squares as f64 / (n * n * (n - 1)) as f64));
        prop_assert!(near(tally.se().unwrap(), tally.sd().unwrap() / (n as f64).sqrt(), 1e-15));
    }

    #[test]
    fn counts_from_a_value_up_are_right_or_refused(bins in some_bins(), values in prop::collection::vec(some_value(), 0..60), x in some_value()) {
        let tally = tally_of(bins, &values);
        let expected = values.iter().filter(|v| **v >= x).count() as u64;
        let found = tally.count_at_least(x);
        prop_assert!(found.is_none_or(|count| count == expected));
        prop_assert!(found.is_some() || tally.bin_width() > 1 || x < bins.low || x > bins.high);
    }

    #[test]
    fn histogram_counts_every_value_once(bins in some_bins(), values in prop::collection::vec(some_value(), 0..60)) {
        let tally = tally_of(bins, &values);
        let mut expected = std::collections::BTreeMap::new();
        values.iter().for_each(|v| *expected.entry(edge(bins, tally.bin_width(), *v)).or_insert(0_u64) += 1);
        let found: Vec<_> = tally.histogram().map(|(edge, _, count)| (edge, count)).collect();
        prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
    }
}

/// Bins that are recorded in different ways, and values for them: inside, at the ends, outside.
fn columns() -> impl Strategy<Value = (Bins, Vec<i64>)> {
    let bins = [
        Bins::FLAG,
        Bins::new(0, 2),
        Bins::new(-3, 6),
        Bins::new(5, 5),
        Bins::new(-40, 1_000),
        Bins::new(0, 3_628_800),
        Bins::new(-(1 << 39), 1 << 39),
        Bins::new(1 << 50, (1 << 50) + (1 << 20)),
        Bins::new(i64::MIN, i64::MAX),
    ];
    let column = |bins: Bins| {
        let Bins { low, high } = bins;
        let few = low..=high.min(low.saturating_add(7));
        let value = prop_oneof![8 => few, 8 => low..=high, 1 => any::<i64>(), 1 => Just(high), 1 => Just(MISSING), 1 => Just(high.saturating_add(1))];
        (
            Just(bins),
            prop_oneof![prop::collection::vec(value, 0..80), prop::collection::vec(low..=high, 0..80)],
        )
    };
    prop::sample::select(bins.to_vec()).prop_flat_map(column)
}

proptest! {
    #[test]
    fn a_column_in_one_go_is_its_values_one_by_one(columns in prop::collection::vec(columns(), 1..3), times in 1..70_usize) {
        for (bins, values) in columns {
            let mut at_once = tally_of(bins, &values);
            let mut singly = at_once.clone();
            for _ in 0..times {
                let (columns, rest) = values.as_chunks::<COLUMN>();
                columns.iter().for_each(|column| at_once.record_column(column));
                rest.iter().filter(|value| **value != MISSING).for_each(|value| at_once.record(*value));
                values.iter().filter(|value| **value != MISSING).for_each(|value| singly.record(*value));
            }
            prop_assert_eq!(at_once, singly);
        }
    }
}
