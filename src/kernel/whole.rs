//! Work on several numbers at once: rounding to whole ones, and which lie below a limit.

use super::{NEVER, Time};

/// Rounds durations, none of them below zero, to whole seconds as [`after`](super::after) does; what is at or beyond [`NEVER`] becomes that.
///
/// # Panics
/// If there is not as much room as there are durations.
#[inline]
pub fn whole_seconds(durations: &[f64], whole: &mut [Time]) {
    if !round_small(durations, whole, NEVER as f64) {
        round_each(durations, whole);
        whole.iter_mut().for_each(|whole| *whole = (*whole).min(NEVER));
    }
}

/// Adds a half to values and leaves out what is behind the point, kept within the range of the integers.
///
/// # Panics
/// If there is not as much room as there are values.
#[inline]
pub fn round_half_up(values: &[f64], whole: &mut [i64]) {
    if !round_small(values, whole, MOST) {
        round_each(values, whole);
    }
}

/// Which values lie below a limit: a bit for each, the first at the bottom.
///
/// # Panics
/// If there are more than 64.
#[inline]
pub fn below(values: &[f64], limit: f64) -> u64 {
    assert!(values.len() <= 64, "a bit for each value");
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        #[allow(unsafe_code, reason = "one instruction and a half a number instead of six")]
        // SAFETY: the only condition of calling `avx2::below` is that the processor has AVX2, which was just asked.
        return unsafe { avx2::below(values, limit) };
    }
    below_each(values, limit, 0)
}

/// The same one by one, the bit of the first at `from`.
#[inline]
fn below_each(values: &[f64], limit: f64, from: usize) -> u64 {
    values.iter().zip(from..).fold(0, |bits, (value, place)| bits | u64::from(*value < limit) << place)
}

fn round_each(values: &[f64], whole: &mut [i64]) {
    whole.iter_mut().zip(values).for_each(|(whole, value)| *whole = (value + 0.5) as i64);
}

/// What can be rounded in registers lies below this.
const MOST: f64 = (1_u64 << 51) as f64;

/// Rounds values, four at a time; false where one is negative or rounds to the limit or more, which is [`MOST`] at most, or where the
/// processor has no AVX2.
#[inline]
fn round_small(values: &[f64], whole: &mut [i64], limit: f64) -> bool {
    assert_eq!(values.len(), whole.len(), "as much room as there are values");
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        #[allow(unsafe_code, reason = "an instruction and a half a number instead of seven or more")]
        // SAFETY: the only condition of calling `avx2::round` is that the processor has AVX2, which was just asked.
        return unsafe { avx2::round(values, whole, limit) };
    }
    false
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    #![allow(unsafe_code, reason = "numbers are read and written as registers")]

    use std::arch::x86_64::*;

    /// From here on the last bit of a floating-point number is worth one or more.
    const ONES: f64 = 4_503_599_627_370_496.0;

    #[target_feature(enable = "avx2")]
    pub(super) fn below(values: &[f64], limit: f64) -> u64 {
        let (fours, rest) = values.as_chunks::<4>();
        let mut bits = super::below_each(rest, limit, 4 * fours.len());
        for (place, four) in fours.iter().enumerate() {
            let value = _mm256_set_pd(four[3], four[2], four[1], four[0]);
            let is_below = _mm256_cmp_pd::<_CMP_LT_OQ>(value, _mm256_set1_pd(limit));
            bits |= (_mm256_movemask_pd(is_below) as u64) << (4 * place);
        }
        bits
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn round(values: &[f64], whole: &mut [i64], limit: f64) -> bool {
        let ((fours, rest), (places, last)) = (values.as_chunks::<4>(), whole.as_chunks_mut::<4>());
        let mut are_small = _mm256_castsi256_pd(_mm256_set1_epi64x(-1));
        for (values, places) in fours.iter().zip(places) {
            let value = _mm256_set_pd(values[3], values[2], values[1], values[0]);
            let value = _mm256_floor_pd(_mm256_add_pd(value, _mm256_set1_pd(0.5)));
            let is_small = _mm256_and_pd(
                _mm256_cmp_pd::<_CMP_GE_OQ>(value, _mm256_setzero_pd()),
                _mm256_cmp_pd::<_CMP_LT_OQ>(value, _mm256_set1_pd(limit)),
            );
            are_small = _mm256_and_pd(are_small, is_small);
            // A whole number below 2^52 stands in the lower bits of its sum with 2^52.
            let bits = _mm256_castpd_si256(_mm256_add_pd(value, _mm256_set1_pd(ONES)));
            let bits = _mm256_xor_si256(bits, _mm256_castpd_si256(_mm256_set1_pd(ONES)));
            // SAFETY: both are 32 bytes, and every pattern of bits is a valid array of integers.
            *places = unsafe { std::mem::transmute::<__m256i, [i64; 4]>(bits) };
        }
        let are_all = _mm256_movemask_pd(are_small) == 0b1111
            && rest.iter().all(|value| (0.0..limit).contains(&(value + 0.5)));
        if are_all {
            super::round_each(rest, last);
        }
        are_all
    }
}

#[cfg(test)]
mod tests {
    use super::super::after;
    use super::*;

    fn numbers() -> Vec<f64> {
        let near = |x: f64| [x.next_down(), x, x.next_up()];
        let mut all: Vec<f64> = vec![0.0, 0.3, 1e-300, f64::MAX, f64::INFINITY, 1e15, 5e15, 1e18];
        for whole in [1_u64, 2, 3, 86_399, 86_400, 3_628_800, (1 << 31) - 1, 1 << 31, 1 << 32, 1 << 38] {
            all.extend(near(whole as f64));
            all.extend(near(whole as f64 - 0.5));
        }
        all.extend(near(NEVER as f64));
        all.extend(near(NEVER as f64 - 0.5));
        all
    }

    #[test]
    fn whole_seconds_are_those_that_after_adds_however_many_come_together() {
        let numbers = numbers();
        for count in [1, 2, 5, numbers.len()] {
            for durations in numbers.chunks(count) {
                let mut whole = vec![0; durations.len()];
                whole_seconds(durations, &mut whole);
                for (duration, whole) in durations.iter().zip(whole) {
                    assert_eq!(whole, after(0, *duration), "{duration}");
                }
            }
        }
    }

    #[test]
    fn what_lies_below_a_limit_is_told_by_its_bit() {
        let numbers = numbers();
        for count in [0, 1, 3, 4, 7, 39] {
            for limit in [0.0, 2.0, 86_399.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
                let bits = below(&numbers[..count], limit);
                for (place, number) in numbers[..count].iter().enumerate() {
                    assert_eq!(bits >> place & 1 == 1, *number < limit, "{number} below {limit}");
                }
                assert_eq!(bits >> count, 0);
            }
        }
        assert_eq!(below(&[-1.0; 64], 0.0), u64::MAX);
    }

    #[test]
    fn any_number_is_rounded_as_it_is_alone() {
        let both = numbers().into_iter().flat_map(|x| [x, -x]).chain([f64::NAN]);
        for value in both {
            for values in [[value, 1.0, 2.5], [1.0, value, 2.5], [1.0, 2.5, value]] {
                let mut whole = [0; 3];
                round_half_up(&values, &mut whole);
                assert_eq!(whole, values.map(|value| (value + 0.5) as i64), "{value}");
            }
        }
    }
}
