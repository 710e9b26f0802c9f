use proptest::prelude::*;

use crate::stats::groups::GROUPS;
use crate::stats::{Decoder, Encoder, Groups};

use super::near;

fn groups_of(values: &[(u64, i64)]) -> Groups {
    let mut groups = Groups::default();
    values.iter().for_each(|(index, value)| groups.record(*index, *value));
    groups
}

#[test]
fn a_contrast_is_that_of_the_group_means() {
    // Group g of the first holds g and g + 2, of the second g + 5 and g + 7 + (g mod 2): means g + 1 and g + 6 + (g mod 2) / 2.
    let all = 0..2 * GROUPS as u64;
    let group = |index: u64| (index % GROUPS as u64) as i64;
    let late = |index: u64| i64::from(index >= GROUPS as u64);
    let first: Vec<(u64, i64)> = all.clone().map(|i| (i, group(i) + 2 * late(i))).collect();
    let second: Vec<(u64, i64)> = all.map(|i| (i, group(i) + 5 + late(i) * (2 + group(i) % 2))).collect();
    let contrast = Groups::contrast(&groups_of(&first), &groups_of(&second)).unwrap();
    // Differences 5 and 5.5, half of the groups each: mean 5.25, sample variance 0.0625 * 32 / 31.
    assert!(near(contrast.difference, 5.25, 1e-15));
    assert!(near(contrast.se, (0.0625_f64 / 31.0).sqrt(), 1e-14));
    let interval = contrast.interval(0.95).unwrap();
    assert!(near(interval.high - 5.25, 2.0395134463964077 * contrast.se, 1e-12));
}

#[test]
fn a_group_without_a_value_leaves_no_contrast() {
    let all: Vec<(u64, i64)> = (0..GROUPS as u64).map(|i| (i, 1)).collect();
    let (whole, short) = (groups_of(&all), groups_of(&all[1..]));
    assert!(Groups::contrast(&whole, &whole).is_some());
    assert!(Groups::contrast(&whole, &short).is_none());
    assert!(Groups::contrast(&short, &whole).is_none());
}

proptest! {
    #[test]
    fn any_split_merges_to_the_whole_and_survives_a_file(
        values in prop::collection::vec((0_u64..99, any::<i64>()), 0..80),
        at in 0_usize..80,
    ) {
        let (head, tail) = values.split_at(at.min(values.len()));
        let whole = groups_of(&values);
        let mut merged = groups_of(tail);
        merged.merge(&groups_of(head));
        prop_assert_eq!(&merged, &whole);
        let mut out = Encoder::new();
        whole.encode(&mut out);
        let bytes = out.into_bytes();
        prop_assert_eq!(Groups::decode(&mut Decoder::new(&bytes)), Ok(whole));
        if !bytes.is_empty() {
            prop_assert!(Groups::decode(&mut Decoder::new(&bytes[..bytes.len() - 1])).is_err());
        }
    }
}
