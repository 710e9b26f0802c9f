//! The same integer operations on registers of 32 bytes, two blocks in each.

#![allow(unsafe_code, reason = "rows and words are read and written as registers")]

use std::arch::x86_64::*;

use super::{Ask, CONSTANTS, MIDDLE, NEAR_END, PAIR, Pair, TOGETHER, refine};

/// For each byte of a word of 32 bits, where it comes from when the word is turned left by 16 bits, and by 8.
const BY_16: [u8; 32] = turned([2, 3, 0, 1]);
const BY_8: [u8; 32] = turned([3, 0, 1, 2]);

const fn turned(bytes: [u8; 4]) -> [u8; 32] {
    let mut all = [0; 32];
    let mut at = 0;
    while at < 32 {
        all[at] = bytes[at % 4] + (at as u8 / 4 % 4) * 4;
        at += 1;
    }
    all
}

#[inline(always)]
fn register<T: Copy>(row: &T) -> __m256i {
    const { assert!(size_of::<T>() == size_of::<__m256i>()) };
    // SAFETY: both are 32 bytes (asserted above), every pattern of bits is a valid register, and the copy asks for no alignment.
    unsafe { std::mem::transmute_copy(row) }
}

#[inline(always)]
fn words(register: __m256i) -> [u64; 4] {
    // SAFETY: both are 32 bytes, and every pattern of bits is a valid array of integers.
    unsafe { std::mem::transmute(register) }
}

#[target_feature(enable = "avx2")]
pub(super) fn fill(pairs: &[Pair], stream: u64, words: &mut [[u64; PAIR]]) {
    let (many, rest) = pairs.as_chunks::<TOGETHER>();
    let (places, last) = words[..pairs.len()].as_chunks_mut::<TOGETHER>();
    many.iter().zip(places).for_each(|(pairs, words)| fill_pairs(pairs, stream, words));
    if let (Some(pairs), Some(words)) = (rest.as_array(), last.as_mut_array()) {
        fill_pairs::<2>(pairs, stream, words);
    } else if let (Some(pairs), Some(words)) = (rest.as_array(), last.as_mut_array()) {
        fill_pairs::<1>(pairs, stream, words);
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn fill_pairs<const N: usize>(pairs: &[Pair; N], stream: u64, words: &mut [[u64; PAIR]; N]) {
    let number = _mm256_set_epi64x(stream as i64, 0, stream as i64, 0);
    let start = |i: usize| {
        let Pair(rows) = &pairs[i];
        let last = _mm256_or_si256(register(&rows[3]), number);
        [register(&rows[0]), register(&rows[1]), register(&rows[2]), last]
    };
    if fill_some(&start, words) {
        pairs.iter().zip(words).for_each(|(pair, words)| refine(pair, stream, words));
    }
}

#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn fill_few<const N: usize>(asks: &[[Ask<'_>; 2]; N], stream: u64, words: &mut [[u64; PAIR]; N]) {
    let constants = _mm256_broadcastsi128_si256(half(&CONSTANTS));
    let start = |i: usize| {
        let [(first, a), (last, b)] = asks[i];
        let ((first, _), (last, _)) = (first.as_chunks::<4>(), last.as_chunks::<4>());
        [
            constants,
            _mm256_set_m128i(half(&last[0]), half(&first[0])),
            _mm256_set_m128i(half(&last[1]), half(&first[1])),
            _mm256_set_epi64x(stream as i64, b as i64, stream as i64, a as i64),
        ]
    };
    if fill_some(&start, words) {
        words.iter_mut().zip(asks).for_each(|(words, asks)| refine(&Pair::new(*asks), stream, words));
    }
}

#[inline(always)]
fn half(row: &[u32; 4]) -> __m128i {
    // SAFETY: both are 16 bytes, every pattern of bits is a valid register, and the copy asks for no alignment.
    unsafe { std::mem::transmute_copy(row) }
}

/// Makes pairs of blocks from what each starts from, with the middle as every lower half; returns whether an upper half lies near an end.
#[inline]
#[target_feature(enable = "avx2")]
fn fill_some<const N: usize>(start: &impl Fn(usize) -> [__m256i; 4], places: &mut [[u64; PAIR]; N]) -> bool {
    let starts: [_; N] = std::array::from_fn(start);
    let mut sets = starts;
    // Hidden from the compiler, which would make two instructions of one.
    let turns = [register(std::hint::black_box(&BY_16)), register(std::hint::black_box(&BY_8))];
    for _ in 0..4 {
        quarter(&mut sets, turns);
        for x in &mut sets {
            x[1] = _mm256_shuffle_epi32::<0b00_11_10_01>(x[1]);
            x[2] = _mm256_shuffle_epi32::<0b01_00_11_10>(x[2]);
            x[3] = _mm256_shuffle_epi32::<0b10_01_00_11>(x[3]);
        }
        quarter(&mut sets, turns);
        for x in &mut sets {
            x[1] = _mm256_shuffle_epi32::<0b10_01_00_11>(x[1]);
            x[2] = _mm256_shuffle_epi32::<0b01_00_11_10>(x[2]);
            x[3] = _mm256_shuffle_epi32::<0b00_11_10_01>(x[3]);
        }
    }
    let (middle, near) = (_mm256_set1_epi32(MIDDLE as i32), _mm256_set1_epi32(NEAR_END as i32));
    let mut least = _mm256_set1_epi32(-1);
    for ((x, start), places) in sets.iter().zip(starts).zip(places) {
        let (places, _) = places.as_chunks_mut::<4>();
        for (row, (end, start)) in x.iter().zip(&start).enumerate() {
            let halves = _mm256_add_epi32(*end, *start);
            least = _mm256_min_epu32(least, _mm256_add_epi32(halves, near));
            let (first, last) =
                (_mm256_unpacklo_epi32(middle, halves), _mm256_unpackhi_epi32(middle, halves));
            places[row] = words(_mm256_permute2x128_si256::<0x20>(first, last));
            places[4 + row] = words(_mm256_permute2x128_si256::<0x31>(first, last));
        }
    }
    // Moved by 2^16, what is within 2^16 of an end is below 2^17.
    let is_near = _mm256_cmpeq_epi32(_mm256_srli_epi32::<17>(least), _mm256_setzero_si256());
    _mm256_movemask_epi8(is_near) != 0
}

/// The quarter rounds of all sets, step by step.
#[inline]
#[target_feature(enable = "avx2")]
fn quarter<const N: usize>(sets: &mut [[__m256i; 4]; N], [by_16, by_8]: [__m256i; 2]) {
    for x in sets.iter_mut() {
        x[0] = _mm256_add_epi32(x[0], x[1]);
        x[3] = _mm256_shuffle_epi8(_mm256_xor_si256(x[3], x[0]), by_16);
    }
    for x in sets.iter_mut() {
        x[2] = _mm256_add_epi32(x[2], x[3]);
        x[1] = turn::<12, 20>(_mm256_xor_si256(x[1], x[2]));
    }
    for x in sets.iter_mut() {
        x[0] = _mm256_add_epi32(x[0], x[1]);
        x[3] = _mm256_shuffle_epi8(_mm256_xor_si256(x[3], x[0]), by_8);
    }
    for x in sets.iter_mut() {
        x[2] = _mm256_add_epi32(x[2], x[3]);
        x[1] = turn::<7, 25>(_mm256_xor_si256(x[1], x[2]));
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn turn<const LEFT: i32, const RIGHT: i32>(x: __m256i) -> __m256i {
    _mm256_or_si256(_mm256_slli_epi32::<LEFT>(x), _mm256_srli_epi32::<RIGHT>(x))
}
