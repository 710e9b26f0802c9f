//! The same integer operations on registers of 64 bytes, two pairs of blocks in each, with turns of single words as instructions.

#![allow(unsafe_code, reason = "rows and words are read and written as registers")]

use std::arch::x86_64::*;

use super::{Ask, CONSTANTS, MIDDLE, NEAR_END, PAIR, Pair, refine};

/// Registers of each row that are worked on side by side.
const SIDE_BY_SIDE: usize = 3;

/// The four rows of two pairs of blocks.
type Rows = [__m512i; 4];

#[target_feature(enable = "avx512f")]
pub(super) fn fill(pairs: &[Pair], stream: u64, words: &mut [[u64; PAIR]]) {
    let number = stream_in_each(stream);
    let start = |pair: [usize; 2]| {
        let [Pair(first), Pair(last)] = pair.map(|i| &pairs[i]);
        let row = |i: usize| _mm512_inserti64x4::<1>(_mm512_castsi256_si512(two(&first[i])), two(&last[i]));
        [row(0), row(1), row(2), _mm512_or_si512(row(3), number)]
    };
    let mut is_near = false;
    for (i, words) in words[..pairs.len()].chunks_mut(2 * SIDE_BY_SIDE).enumerate() {
        let (from, last) = (2 * SIDE_BY_SIDE * i, pairs.len() - 1);
        let start = |i: usize| start([from + 2 * i, last.min(from + 2 * i + 1)]);
        is_near |= match words.len() {
            1 | 2 => fill_some::<1>(start, words),
            3 | 4 => fill_some::<2>(start, words),
            _ => fill_some::<SIDE_BY_SIDE>(start, words),
        };
    }
    if is_near {
        pairs.iter().zip(words).for_each(|(pair, words)| refine(pair, stream, words));
    }
}

#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn fill_few<const N: usize>(asks: &[[Ask<'_>; 2]; N], stream: u64, words: &mut [[u64; PAIR]; N]) {
    let constants = _mm512_broadcast_i32x4(one(&CONSTANTS));
    let start = |i: usize| {
        // An odd one is made twice.
        let ([a, b], [c, d]) = (asks[2 * i], asks[(N - 1).min(2 * i + 1)]);
        let key = |half: usize| {
            let [a, b, c, d] = [a, b, c, d].map(|(key, _)| one(&key.as_chunks::<4>().0[half]));
            let (first, last) = (_mm256_set_m128i(b, a), _mm256_set_m128i(d, c));
            _mm512_inserti64x4::<1>(_mm512_castsi256_si512(first), last)
        };
        let [a, b, c, d] = [a, b, c, d].map(|(_, number)| number as i64);
        let number = stream as i64;
        [constants, key(0), key(1), _mm512_set_epi64(number, d, number, c, number, b, number, a)]
    };
    let is_near = match N {
        1 | 2 => fill_some::<1>(start, words),
        3 | 4 => fill_some::<2>(start, words),
        5 | 6 => fill_some::<3>(start, words),
        _ => panic!("a few are no more than six pairs"),
    };
    if is_near {
        words.iter_mut().zip(asks).for_each(|(words, asks)| refine(&Pair::new(*asks), stream, words));
    }
}

/// Makes pairs of blocks from what each two start from, with the middle as every lower half; returns whether an upper half lies near an end.
#[inline]
#[target_feature(enable = "avx512f")]
fn fill_some<const N: usize>(start: impl Fn(usize) -> Rows, places: &mut [[u64; PAIR]]) -> bool {
    let starts: [Rows; N] = std::array::from_fn(start);
    let mut sets = starts;
    for _ in 0..4 {
        quarter(&mut sets);
        for x in &mut sets {
            x[1] = _mm512_shuffle_epi32::<0b00_11_10_01>(x[1]);
            x[2] = _mm512_shuffle_epi32::<0b01_00_11_10>(x[2]);
            x[3] = _mm512_shuffle_epi32::<0b10_01_00_11>(x[3]);
        }
        quarter(&mut sets);
        for x in &mut sets {
            x[1] = _mm512_shuffle_epi32::<0b10_01_00_11>(x[1]);
            x[2] = _mm512_shuffle_epi32::<0b01_00_11_10>(x[2]);
            x[3] = _mm512_shuffle_epi32::<0b00_11_10_01>(x[3]);
        }
    }
    let near = _mm512_set1_epi32(NEAR_END as i32);
    let mut least = _mm512_set1_epi32(-1);
    for (i, (x, start)) in sets.iter().zip(&starts).enumerate() {
        let [a, b, c, d] = [0, 1, 2, 3].map(|row| _mm512_add_epi32(x[row], start[row]));
        for halves in [a, b, c, d] {
            least = _mm512_min_epu32(least, _mm512_add_epi32(halves, near));
        }
        let (upper, lower) = (words_of([a, b]), words_of([c, d]));
        for (pair, first) in [(2 * i, 0), (2 * i + 1, 2)] {
            if let Some(words) = places.get_mut(pair) {
                let (eights, _) = words.as_chunks_mut::<8>();
                eights[0] = eight_of(upper[first]);
                eights[1] = eight_of(lower[first]);
                eights[2] = eight_of(upper[first + 1]);
                eights[3] = eight_of(lower[first + 1]);
            }
        }
    }
    // Moved by 2^16, what is within 2^16 of an end is below 2^17.
    _mm512_cmplt_epu32_mask(least, _mm512_set1_epi32(2 * NEAR_END as i32)) != 0
}

/// The words whose upper halves two rows are, the eight of each block together.
#[inline]
#[target_feature(enable = "avx512f")]
fn words_of(rows: [__m512i; 2]) -> [__m512i; 4] {
    let middle = _mm512_set1_epi32(MIDDLE as i32);
    // By block, the first two words of a row and the last two; then the former of the first two blocks and the latter of these, and so on.
    let [[a, b], [c, d]] = rows.map(|halves| {
        let (first, last) = (_mm512_unpacklo_epi32(middle, halves), _mm512_unpackhi_epi32(middle, halves));
        [
            _mm512_shuffle_i64x2::<0b01_00_01_00>(first, last),
            _mm512_shuffle_i64x2::<0b11_10_11_10>(first, last),
        ]
    });
    [
        _mm512_shuffle_i64x2::<0b10_00_10_00>(a, c),
        _mm512_shuffle_i64x2::<0b11_01_11_01>(a, c),
        _mm512_shuffle_i64x2::<0b10_00_10_00>(b, d),
        _mm512_shuffle_i64x2::<0b11_01_11_01>(b, d),
    ]
}

/// The quarter rounds of all sets, step by step.
#[inline]
#[target_feature(enable = "avx512f")]
fn quarter<const N: usize>(sets: &mut [Rows; N]) {
    for x in sets.iter_mut() {
        x[0] = _mm512_add_epi32(x[0], x[1]);
        x[3] = _mm512_rol_epi32::<16>(_mm512_xor_si512(x[3], x[0]));
    }
    for x in sets.iter_mut() {
        x[2] = _mm512_add_epi32(x[2], x[3]);
        x[1] = _mm512_rol_epi32::<12>(_mm512_xor_si512(x[1], x[2]));
    }
    for x in sets.iter_mut() {
        x[0] = _mm512_add_epi32(x[0], x[1]);
        x[3] = _mm512_rol_epi32::<8>(_mm512_xor_si512(x[3], x[0]));
    }
    for x in sets.iter_mut() {
        x[2] = _mm512_add_epi32(x[2], x[3]);
        x[1] = _mm512_rol_epi32::<7>(_mm512_xor_si512(x[1], x[2]));
    }
}

/// The stream's number where each block has it.
#[inline]
#[target_feature(enable = "avx512f")]
fn stream_in_each(stream: u64) -> __m512i {
    let stream = stream as i64;
    _mm512_set_epi64(stream, 0, stream, 0, stream, 0, stream, 0)
}

#[inline(always)]
fn one(row: &[u32; 4]) -> __m128i {
    // SAFETY: both are 16 bytes, every pattern of bits is a valid register, and the copy asks for no alignment.
    unsafe { std::mem::transmute_copy(row) }
}

#[inline(always)]
fn two(row: &[u32; 8]) -> __m256i {
    // SAFETY: both are 32 bytes, every pattern of bits is a valid register, and the copy asks for no alignment.
    unsafe { std::mem::transmute_copy(row) }
}

#[inline(always)]
fn eight_of(register: __m512i) -> [u64; 8] {
    // SAFETY: both are 64 bytes, and every pattern of bits is a valid array of integers.
    unsafe { std::mem::transmute(register) }
}
