use proptest::prelude::*;

use crate::stats::{Bins, DaySummary, Tally, Trajectory};

const DAYS: usize = 9;

/// One replication: the start, the changes as (day, new value) in order of days, and perhaps a day on which
/// it ends.
#[derive(Clone, Debug)]
struct Course {
    start: i64,
    changes: Vec<(usize, i64)>,
    end: Option<usize>,
}

impl Course {
    /// The value at the end of a day, read off the description.
    fn at(&self, day: usize) -> Option<i64> {
        if self.end.is_some_and(|end| day >= end) {
            return None;
        }
        let mut reached = self.changes.iter().filter(|change| change.0 <= day);
        Some(reached.next_back().map_or(self.start, |change| change.1))
    }

    fn record(&self, into: &mut Trajectory) {
        into.start(self.start);
        let mut value = self.start;
        for (day, to) in self.changes.iter().filter(|change| self.end.is_none_or(|end| change.0 < end)) {
            into.change(*day, value, *to);
            value = *to;
        }
        if let Some(end) = self.end {
            into.stop(end, value);
        }
    }
}

fn trajectory_of(bins: Bins, courses: &[Course]) -> Trajectory {
    let mut all = Trajectory::new(DAYS, bins);
    courses.iter().for_each(|course| course.record(&mut all));
    all
}

/// A day's summary from the day's values, written down one by one.
fn brute_force(bins: Bins, width: i64, courses: &[Course], day: usize) -> DaySummary {
    let values: Vec<i64> = courses.iter().filter_map(|course| course.at(day)).collect();
    let mut exact = Tally::new(bins);
    values.iter().for_each(|value| exact.record(*value));
    let mut edges: Vec<i64> = values
        .iter()
        .map(|v| bins.low + (v.clamp(&bins.low, &bins.high) - bins.low) / width * width)
        .collect();
    edges.sort_unstable();
    let quantile = |percent: usize| edges.get((percent * edges.len()).div_ceil(100).max(1) - 1).copied();
    DaySummary {
        n: values.len() as u64,
        mean: exact.mean(),
        sd: exact.sd(),
        p05: quantile(5),
        p25: quantile(25),
        p50: quantile(50),
        p75: quantile(75),
        p95: quantile(95),
        min_bin: edges.first().copied(),
        max_bin: edges.last().copied(),
    }
}

#[test]
fn a_small_course_by_hand() {
    let mut course = Trajectory::new(4, Bins::new(0, 9));
    course.start(0);
    course.start(4);
    course.change(1, 0, 3);
    course.change(1, 3, 6);
    course.stop(3, 6);
    let days = course.summaries();
    let figures = |d: &DaySummary| (d.n, d.mean, d.p05, d.p95);
    assert_eq!(figures(&days[0]), (2, Some(2.0), Some(0), Some(4)));
    assert_eq!(figures(&days[1]), (2, Some(5.0), Some(4), Some(6)));
    assert_eq!(days[1], days[2]);
    assert_eq!(figures(&days[3]), (1, Some(4.0), Some(4), Some(4)));
    // Divided by n - 1: with n it would be 2 and 1.
    assert_eq!((days[0].sd, days[1].sd, days[3].sd), (Some(8_f64.sqrt()), Some(2_f64.sqrt()), None));
}

#[test]
fn bins_follow_from_days_and_range() {
    let width = |days, high| Trajectory::new(days, Bins::new(0, high)).bin_width();
    assert_eq!(
        (
            width(100, 4_095),
            width(100, 4_096),
            width(256, 4_095),
            width(257, 4_095),
            width(1_000, 2_095),
            width(1_000, 2_096)
        ),
        (1, 2, 1, 2, 2, 4)
    );
    assert_eq!(width(1 << 20, 1), 1);
    assert_eq!(Trajectory::new(0, Bins::new(0, 9)).summaries(), []);
}

#[test]
fn extreme_values_stay_exact() {
    let mut course = Trajectory::new(2, Bins::new(0, 9));
    (0..3).for_each(|_| course.start(i64::MIN));
    course.change(1, i64::MIN, i64::MAX);
    let days = course.summaries();
    assert_eq!((days[0].mean, days[0].sd), (Some(i64::MIN as f64), Some(0.0)));
    assert_eq!((days[1].min_bin, days[1].max_bin), (Some(0), Some(9)));
    course.stop(1, i64::MIN);
    course.stop(1, i64::MIN);
    assert_eq!((course.summaries()[1].n, course.summaries()[1].mean), (1, Some(i64::MAX as f64)));
}

fn some_course() -> impl Strategy<Value = Course> {
    let changes = prop::collection::vec((0_usize..DAYS + 2, -20_i64..9_000), 0..7);
    (-20_i64..9_000, changes, prop::option::of(0_usize..DAYS + 2)).prop_map(|(start, mut changes, end)| {
        changes.sort_by_key(|change| change.0);
        Course { start, changes, end }
    })
}

/// Values by the day, on most days one, now and then none or several, some of them far out.
fn some_daily_course() -> impl Strategy<Value = Vec<(usize, i64)>> {
    let value =
        prop_oneof![8 => -20_i64..9_100, 1 => Just(i64::MAX), 1 => Just(1 << 31), 1 => Just(-(1 << 40))];
    let step = prop_oneof![8 => Just(1_usize), 1 => Just(0), 1 => Just(2)];
    prop::collection::vec((step, value), 0..2 * DAYS).prop_map(|steps| {
        let days = steps.iter().scan(0, |day, (step, _)| {
            *day += step;
            Some(*day)
        });
        days.zip(steps.iter().map(|(_, value)| *value)).collect()
    })
}

proptest! {
    #[test]
    fn equals_a_record_of_every_day(courses in prop::collection::vec(some_course(), 0..30), high in prop_oneof![Just(50_i64), Just(4_000), Just(9_000)]) {
        let bins = Bins::new(0, high);
        let found = trajectory_of(bins, &courses);
        let width = found.bin_width() as i64;
        let expected: Vec<_> = (0..DAYS).map(|day| brute_force(bins, width, &courses, day)).collect();
        prop_assert_eq!(found.summaries(), expected);
    }

    #[test]
    fn courses_are_changes_one_by_one(courses in prop::collection::vec(some_daily_course(), 0..6), high in prop_oneof![Just(50_i64), Just(9_000), Just(1 << 40)]) {
        let mut singly = Trajectory::new(DAYS, Bins::new(0, high));
        let mut at_once = singly.clone();
        let mut daily = at_once.daily();
        for values in &courses {
            singly.start(3);
            at_once.start(3);
            let mut from = 3;
            values.iter().for_each(|(day, to)| singly.change(*day, std::mem::replace(&mut from, *to), *to));
            daily.course(&mut at_once, 3, values.iter().copied());
        }
        daily.add_to(&mut at_once);
        prop_assert_eq!(&at_once, &singly);
        prop_assert_eq!(at_once.summaries(), singly.summaries());
        // Added once, it is gone.
        daily.add_to(&mut at_once);
        prop_assert_eq!(at_once, singly);
    }

    #[test]
    fn any_split_in_any_order_merges_to_the_whole(courses in prop::collection::vec(some_course(), 0..30), at in 0_usize..30) {
        let bins = Bins::new(0, 3_000);
        let whole = trajectory_of(bins, &courses);
        let (head, tail) = courses.split_at(at.min(courses.len()));
        let mut turned = tail.to_vec();
        turned.reverse();
        let mut merged = trajectory_of(bins, &turned);
        merged.merge(&trajectory_of(bins, head));
        prop_assert_eq!(merged, whole);
    }
}
