//! Tables of cubics read four words at a time, where the processor has AVX2: the operations of [`Curve::at`](super::curve::Curve::at),
//! each on four lanes, so that values are equal to the last bit.

#![allow(
    unsafe_code,
    reason = "2,300 of 29,400 instructions of a replication of reference-r0; tests hold every bit to reading word by word"
)]

use std::arch::x86_64::*;

use super::curve::{Cell, OCTAVES, SEGMENTS, SIDE, Table};

/// Words read together.
const LANES: usize = 4;

/// Reads the values at words, kept within bounds, where that can be done: where there are four words or more, room for all, and a
/// processor that has AVX2. The answer is whether none has to be solved.
#[inline]
pub(super) fn read(cells: &Table, bounds: (f64, f64), words: &[u64], values: &mut [f64]) -> Option<bool> {
    let values = values.get_mut(..words.len())?;
    if words.len() < LANES || !is_x86_feature_detected!("avx2") {
        return None;
    }
    // SAFETY: the only condition of calling `read_all` is that the processor has AVX2, which was just asked.
    Some(unsafe { read_all(cells, bounds, words, values) })
}

#[target_feature(enable = "avx2")]
fn read_all(cells: &Table, bounds: (f64, f64), words: &[u64], values: &mut [f64]) -> bool {
    let mut unread = _mm256_setzero_pd();
    let (cells, bounds) = ([cells; LANES], [_mm256_set1_pd(bounds.0), _mm256_set1_pd(bounds.1)]);
    let (whole, _) = words.as_chunks::<LANES>();
    let (places, _) = values.as_chunks_mut::<LANES>();
    for (words, places) in whole.iter().zip(places) {
        *places = doubles(read_four(cells, bounds, register(words), &mut unread));
    }
    // Where fewer than four are left, the last four once more.
    if !words.len().is_multiple_of(LANES)
        && let (Some(words), Some(places)) = (words.last_chunk(), values.last_chunk_mut())
    {
        *places = doubles(read_four(cells, bounds, register(words), &mut unread));
    }
    _mm256_movemask_pd(unread) == 0
}

/// Four values, each off a table of its own; marks in `unread` which of them are not told by it.
#[inline]
#[target_feature(enable = "avx2")]
fn read_four(
    tables: [&Table; LANES],
    [min, max]: [__m256d; 2],
    words: __m256i,
    unread: &mut __m256d,
) -> __m256d {
    let ([a, b, c, d], t) = locate(words);
    let [c0, c1, c2, c3] = turned([&tables[0][a], &tables[1][b], &tables[2][c], &tables[3][d]]);
    let value = _mm256_add_pd(_mm256_mul_pd(c3, t), c2);
    let value = _mm256_add_pd(_mm256_mul_pd(value, t), c1);
    let value = _mm256_add_pd(_mm256_mul_pd(value, t), c0);
    *unread = _mm256_or_pd(*unread, _mm256_cmp_pd::<_CMP_UNORD_Q>(value, value));
    // Both give their second operand where neither is less.
    _mm256_min_pd(max, _mm256_max_pd(min, value))
}

/// The tables of four places side by side, and the bounds within which values are kept.
#[derive(Debug, Clone)]
pub(super) struct Four<'s> {
    tables: [&'s Table; LANES],
    min: [f64; LANES],
    max: [f64; LANES],
    factors: [f64; LANES],
    /// All bits where there is a table, none where there is none.
    is_there: [u64; LANES],
}

/// A table, the bounds within which its values are kept, and a factor on them.
pub(super) type Scaled<'s> = (&'s Table, (f64, f64), f64);

impl<'s> Four<'s> {
    /// None where no place has a table.
    pub(super) fn new(places: [Option<Scaled<'s>>; LANES]) -> Option<Self> {
        let any = places.iter().flatten().next()?.0;
        Some(Self {
            tables: places.map(|place| place.map_or(any, |(table, ..)| table)),
            min: places.map(|place| place.map_or(0.0, |(_, (min, _), _)| min)),
            max: places.map(|place| place.map_or(0.0, |(_, (_, max), _)| max)),
            factors: places.map(|place| place.map_or(0.0, |(.., factor)| factor)),
            is_there: places.map(|place| if place.is_some() { u64::MAX } else { 0 }),
        })
    }
}

/// Reads the values at words, each four at their place, times their factors; zero where there is no table. False where one has to be
/// solved, or where the processor has no AVX2; then values are not to be used.
#[inline]
pub(super) fn read_fours(fours: &[(usize, Four<'_>)], words: &[u64], values: &mut [f64]) -> bool {
    // SAFETY: the only condition of calling `read_all_fours` is that the processor has AVX2, which is asked first.
    is_x86_feature_detected!("avx2") && unsafe { read_all_fours(fours, words, values) }
}

#[target_feature(enable = "avx2")]
fn read_all_fours(fours: &[(usize, Four<'_>)], words: &[u64], values: &mut [f64]) -> bool {
    let mut unread = _mm256_setzero_pd();
    for (from, four) in fours {
        let Some(words) = words.get(*from..).and_then(|words| words.first_chunk()) else { return false };
        let Some(places) = values.get_mut(*from..).and_then(|places| places.first_chunk_mut()) else {
            return false;
        };
        let is_there = register(&four.is_there);
        let is_told = _mm256_castsi256_pd(is_there);
        let bounds = [_mm256_castsi256_pd(register(&four.min)), _mm256_castsi256_pd(register(&four.max))];
        let factors = _mm256_castsi256_pd(register(&four.factors));
        let mut unread_here = _mm256_setzero_pd();
        // Without a table the word is nothing, so that always the same cell is fetched.
        let words = _mm256_and_si256(register::<u64>(words), is_there);
        let values = read_four(four.tables, bounds, words, &mut unread_here);
        *places = doubles(_mm256_and_pd(_mm256_mul_pd(values, factors), is_told));
        unread = _mm256_or_pd(unread, _mm256_and_pd(unread_here, is_told));
    }
    _mm256_movemask_pd(unread) == 0
}

/// Where words fall: their cells, and t. The leading bit and the segment are read off the upper half of a word as a floating-point number.
#[inline]
#[target_feature(enable = "avx2")]
fn locate(words: __m256i) -> ([usize; LANES], __m256d) {
    /// 2^52 as bits: with it as the upper bits, the lower ones are a whole number.
    const WHOLE: i64 = 0x4330_0000_0000_0000;
    /// The upper 16 bits of 2^30 without its sign: exponent and leading bits of the mantissa.
    const TOP: i64 = (1023 + 30) << 4;
    /// By how much a word is moved left so that what follows its segment stands at the top, if its upper half lies in [1, 2).
    const MOVE: i64 = 36 + 1023;
    let whole = |bits: __m256i| {
        let bits = _mm256_or_si256(bits, _mm256_set1_epi64x(WHOLE));
        _mm256_sub_pd(_mm256_castsi256_pd(bits), _mm256_set1_pd(4_503_599_627_370_496.0))
    };
    let mirror = _mm256_cmpgt_epi64(_mm256_setzero_si256(), words);
    let depth = _mm256_xor_si256(words, mirror);
    let upper = _mm256_castpd_si256(whole(_mm256_srli_epi64::<32>(depth)));
    let top = _mm256_srli_epi64::<48>(upper);
    let segment = _mm256_and_si256(top, _mm256_set1_epi64x(SEGMENTS as i64 - 1));
    // Octaves count down as the exponent grows, segments up.
    let from_top = _mm256_sub_epi64(_mm256_set1_epi64x(TOP), top);
    let cell = _mm256_add_epi64(from_top, _mm256_add_epi64(segment, segment));
    let deepest = _mm256_set1_epi64x((OCTAVES * SEGMENTS) as i64);
    let cell = _mm256_min_epi32(cell, deepest);
    let cell = _mm256_add_epi64(cell, _mm256_and_si256(mirror, _mm256_set1_epi64x(SIDE as i64)));
    let by = _mm256_sub_epi64(_mm256_set1_epi64x(MOVE), _mm256_srli_epi64::<4>(top));
    // Always below 64 where the table tells; that the compiler sees it spares two instructions.
    let by = _mm256_and_si256(by, _mm256_set1_epi64x(63));
    let bits = _mm256_srli_epi64::<32>(_mm256_sllv_epi64(depth, by));
    let t = _mm256_add_pd(whole(bits), _mm256_set1_pd(0.5));
    let t = _mm256_mul_pd(t, _mm256_set1_pd(1.0 / 4_294_967_296.0));
    (numbers(cell).map(|cell| cell as usize), t)
}

/// The coefficients of four cells: c0 of all, c1 of all, c2, c3.
#[inline]
#[target_feature(enable = "avx2")]
fn turned(cells: [&Cell; LANES]) -> [__m256d; 4] {
    let [a, b, c, d] = cells.map(|Cell(cell)| _mm256_castsi256_pd(register(cell)));
    let (even_ab, odd_ab) = (_mm256_unpacklo_pd(a, b), _mm256_unpackhi_pd(a, b));
    let (even_cd, odd_cd) = (_mm256_unpacklo_pd(c, d), _mm256_unpackhi_pd(c, d));
    [
        _mm256_permute2f128_pd::<0x20>(even_ab, even_cd),
        _mm256_permute2f128_pd::<0x20>(odd_ab, odd_cd),
        _mm256_permute2f128_pd::<0x31>(even_ab, even_cd),
        _mm256_permute2f128_pd::<0x31>(odd_ab, odd_cd),
    ]
}

#[inline(always)]
fn register<T: Copy>(four: &[T; LANES]) -> __m256i {
    const { assert!(size_of::<[T; LANES]>() == size_of::<__m256i>()) };
    // SAFETY: both are 32 bytes (asserted above), every pattern of bits is a valid register, and the copy asks for no alignment.
    unsafe { std::mem::transmute_copy(four) }
}

#[inline(always)]
fn numbers(register: __m256i) -> [u64; LANES] {
    // SAFETY: both are 32 bytes, and every pattern of bits is a valid array of integers.
    unsafe { std::mem::transmute(register) }
}

#[inline(always)]
fn doubles(register: __m256d) -> [f64; LANES] {
    // SAFETY: both are 32 bytes, and every pattern of bits is a valid array of floating-point numbers.
    unsafe { std::mem::transmute(register) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::dist::curve::{Curve, within};

    /// Words of every octave, on both sides, in every segment, from one end of t to the other; and the ends of all words.
    fn words() -> Vec<u64> {
        let mut words = vec![0, 1, u64::MAX, 1 << 63, (1 << 63) - 1];
        for octave in 0..63 {
            for segment in 0..16_u64 {
                let joint = (1_u64 << (62 - octave)) + ((1_u64 << (62 - octave)) >> 4) * segment;
                let scattered = joint | (segment.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8 >> octave.min(50));
                words.extend([joint, joint.wrapping_sub(1), scattered, !joint, !scattered]);
            }
        }
        words
    }

    #[test]
    fn values_read_four_at_a_time_are_those_read_one_by_one() {
        let cell = |i: usize, j: usize| ((i * 4 + j) * 7_919 % 1_009) as f64 / 1_009.0 - 0.5;
        // All words beyond the table have one cell on either side; which of them is all the same.
        let is_beyond = |i: usize| i % SIDE >= OCTAVES * SEGMENTS;
        let cells: Arc<Table> = Arc::new(std::array::from_fn(|i| match is_beyond(i) {
            true => Cell([0.25, 0.0, 0.0, 0.0]),
            false => Cell(std::array::from_fn(|j| cell(i, j))),
        }));
        let (curve, words) = (Curve::of_cells(Arc::clone(&cells)), words());
        for (bounds, count) in [((f64::NEG_INFINITY, f64::INFINITY), 4), ((-0.25, 0.5), 7), ((0.1, 0.1), 9)] {
            for words in words.chunks(count).filter(|words| words.len() >= LANES) {
                let mut values = vec![f64::NAN; words.len() + 1];
                let Some(is_read) = read(&cells, bounds, words, &mut values) else { return };
                assert!(is_read && values[words.len()].is_nan());
                for (word, value) in words.iter().zip(&values) {
                    let alone = within(curve.at(*word), bounds);
                    assert_eq!(value.to_bits(), alone.to_bits(), "{value}, not {alone}, at {word:#x}");
                }
            }
        }
    }

    #[test]
    fn what_has_to_be_solved_is_told_and_what_cannot_be_read_is_not() {
        let cells = Arc::new([Cell([0.0, 0.0, 0.0, f64::NAN]); 2 * SIDE]);
        let bounds = (0.0, 1.0);
        let mut values = [0.5; 6];
        assert_eq!(read(&cells, bounds, &[7; 3], &mut values), None);
        assert_eq!(read(&cells, bounds, &[7; 7], &mut values), None);
        assert_eq!(values, [0.5; 6]);
        assert_ne!(read(&cells, bounds, &[7; 6], &mut values), Some(true));
    }
}
