use proptest::prelude::*;

use crate::stats::digest::NotADigest;
use crate::stats::{Bins, Digest, MISSING, Summary};

const BINS: [Bins; 3] = [Bins::FLAG, Bins::new(0, 100), Bins::new(0, 1 << 20)];

fn summary_of(rows: &[(u64, [i64; 3])]) -> Summary {
    let mut summary = Summary::new(&BINS);
    rows.iter().for_each(|(index, values)| summary.record(*index, values));
    summary
}

/// Digests by Python's `xxhash`: `(xxh3_128(b, seed=1) << 128) | xxh3_128(b, seed=0)`, summed modulo 2^256.
#[test]
fn digests_match_the_published_hash() {
    let mut one = Summary::new(&BINS);
    one.record(7, &[1, -2, MISSING]);
    assert_eq!(one.digest().to_string(), "fd75f568db3c09a2f14829d5290d9baf4e73acb3c0f302e1c5a8e838ddb5ae50");
    let mut short = Summary::new(&BINS[..2]);
    (0..100).for_each(|i: i64| short.record(i as u64, &[i, -i]));
    assert_eq!(
        short.digest().to_string(),
        "cca4bdcc62647be68c91265debd5a9f5868c22aa8fd66284ca1f65ccd0f4994a"
    );
    let mut long = Summary::new(&[Bins::FLAG; 40]);
    for i in 0..100 {
        let values: Vec<i64> = (0..40).map(|k| i * i - 50 * k + 3 * i * k).collect();
        long.record(i as u64, &values);
    }
    assert_eq!(long.digest().to_string(), "24000c2a86de70afedd026d4ca3b0bd8962458412938b56f4b84be2d5900e83a");
}

#[test]
fn missing_outcomes_are_hashed_but_not_tallied() {
    let summary = summary_of(&[(0, [1, MISSING, 3]), (1, [MISSING, MISSING, 5])]);
    assert_eq!(summary.replications(), 2);
    assert_eq!(summary.tallies().iter().map(|t| t.count()).collect::<Vec<_>>(), [1, 0, 2]);
    assert_ne!(summary.digest(), summary_of(&[(0, [1, MISSING, 3])]).digest());
}

proptest! {
    #[test]
    fn rows_in_one_go_are_rows_one_by_one(
        rows in prop::collection::vec((0_i64..3, prop_oneof![Just(MISSING), -3_i64..105, Just(i64::MAX)], -5_i64..1 << 43), 0..40),
        first in 0_u64..1 << 40,
        is_constant: bool,
    ) {
        let row = |at: usize| if is_constant { rows[0] } else { rows[at] };
        let values: Vec<[i64; 3]> = (0..rows.len()).map(row).map(|(a, b, c)| [a, b, c]).collect();
        let mut at_once = Summary::new(&BINS);
        at_once.record_rows(first, values.as_flattened());
        let singly: Vec<(u64, [i64; 3])> = (first..).zip(values).collect();
        prop_assert_eq!(at_once, summary_of(&singly));
    }
}

#[test]
fn digest_carries_through_all_words() {
    let mut sum = Digest([u64::MAX, u64::MAX, u64::MAX, 5]);
    sum.add([1, 0, 0, 0]);
    assert_eq!(sum, Digest([0, 0, 0, 6]));
    sum.merge(&Digest([0, 0, 0, u64::MAX - 5]));
    assert_eq!(sum, Digest([0; 4]));
}

#[test]
fn digest_text_is_read_strictly() {
    let text = format!("{:0>64}", "1f");
    assert_eq!(text.parse(), Ok(Digest([31, 0, 0, 0])));
    assert_eq!(text.to_uppercase().parse(), Ok(Digest([31, 0, 0, 0])));
    for wrong in [
        "",
        "1f",
        &text[1..],
        &format!("+{}", &text[1..]),
        &format!("0{text}"),
        &text.replace('f', "g"),
        &"é".repeat(32),
    ] {
        assert_eq!(wrong.parse::<Digest>(), Err(NotADigest), "{wrong}");
    }
}

#[test]
#[should_panic(expected = "one value per outcome")]
fn values_must_be_complete() {
    Summary::new(&BINS).record(0, &[1, 2]);
}

fn some_rows() -> impl Strategy<Value = Vec<(u64, [i64; 3])>> {
    let value = prop_oneof![4 => -5_i64..200, 1 => Just(MISSING), 1 => any::<i64>()];
    prop::collection::vec((any::<u64>(), [value.clone(), value.clone(), value]), 0..40)
}

proptest! {
    #[test]
    fn any_split_in_any_order_merges_to_the_whole(rows in some_rows(), shuffled in any::<u64>(), at in 0_usize..40) {
        let whole = summary_of(&rows);
        let mut mixed = rows.clone();
        mixed.sort_by_key(|row| row.0.wrapping_mul(shuffled | 1));
        let (head, tail) = mixed.split_at(at.min(mixed.len()));
        let mut merged = summary_of(tail);
        merged.merge(&summary_of(head));
        prop_assert_eq!(&merged, &whole);
        prop_assert_eq!(merged.digest().to_string(), whole.digest().to_string());
    }

    #[test]
    fn values_swapped_between_replications_show_in_the_digest(a in any::<[i64; 3]>(), b in any::<[i64; 3]>()) {
        prop_assume!(a != b);
        prop_assert_ne!(summary_of(&[(0, a), (1, b)]).digest(), summary_of(&[(0, b), (1, a)]).digest());
    }

    #[test]
    fn digest_text_round_trips(words: [u64; 4]) {
        prop_assert_eq!(Digest(words).to_string().parse(), Ok(Digest(words)));
    }
}
