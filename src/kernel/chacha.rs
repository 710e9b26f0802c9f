//! ChaCha with eight rounds (Bernstein 2008, "ChaCha, a variant of Salsa20"), two blocks side by side and several such pairs at a time.
//!
//! A replication draws a few words from each of many streams, so what costs is not bytes but blocks nobody reads. Here any blocks
//! of any streams are made together. `rand_chacha` stays as the reference they are tested against.
//!
//! **Half a word is drawn, the other half where it matters.** A word of 64 bits has the 32 bits of ChaCha's keystream at its place as its
//! upper half. Its lower half is the middle, 2^31, unless the upper half lies within 2^16 of either end: then it is the 32 bits at the same
//! place of a second keystream, which is that of block numbers from 2^63 on. So 32 bits make a variate, and in the tails 64; a probability is met
//! to within 2^-33, and where it is below 2^-16 to within 2^-64.

/// Words in a block.
pub const BLOCK: usize = 16;
/// Words in two blocks.
pub(super) const PAIR: usize = 2 * BLOCK;

/// Pairs made at a time: as many as registers hold beside what is being worked on. What is short of that costs hardly less.
pub(super) const TOGETHER: usize = 3;

/// The lower half of a word whose upper half is not near an end.
const MIDDLE: u32 = 1 << 31;
/// How near an end an upper half has to be for the lower half to be drawn.
const NEAR_END: u32 = 1 << 16;
/// In the upper half of a block's number: the keystream of lower halves.
const LOWER: u32 = 1 << 31;

/// A row of four words of 32 bits, of either block.
type Row = [u32; 8];

/// "expand 32-byte k", the first row of every ChaCha state.
const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];

/// What two blocks start from, but for the stream number: constants, the key's two rows, block counters.
#[derive(Debug, Clone)]
pub(super) struct Pair([Row; 4]);

impl Pair {
    /// Two blocks, each of a key.
    #[inline]
    pub(super) fn new(asks: [(&[u32; 8], u64); 2]) -> Self {
        let row = |of: &dyn Fn(&[u32; 8], u64) -> [u32; 4]| {
            let [[a, b, c, d], [e, f, g, h]] = asks.map(|(key, block)| of(key, block));
            [a, b, c, d, e, f, g, h]
        };
        Self([
            row(&|_, _| CONSTANTS),
            row(&|key, _| [key[0], key[1], key[2], key[3]]),
            row(&|key, _| [key[4], key[5], key[6], key[7]]),
            row(&|_, block| [block as u32, (block >> 32) as u32, 0, 0]),
        ])
    }
}

/// A block that is asked for: its key and its number.
pub(super) type Ask<'k> = (&'k [u32; 8], u64);

/// Makes pairs of blocks of a stream number, each block in the order of its words. There may be more room than pairs.
#[inline]
pub(super) fn fill(pairs: &[Pair], stream: u64, words: &mut [[u64; PAIR]]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        #[allow(
            unsafe_code,
            reason = "six blocks at a time in registers; the portable way makes them one pair after another"
        )]
        // SAFETY: the only condition of calling `avx2::fill` is that the processor has AVX2, which was just asked.
        return unsafe { avx2::fill(pairs, stream, words) };
    }
    pairs.iter().zip(words).for_each(|(pair, words)| fill_portably(pair, stream, words));
}

/// Makes a few pairs of blocks that were not thought of before: what they start from goes into registers without a turn to memory, on
/// which everything would have to wait.
#[inline]
pub(super) fn fill_few<'k, const PAIRS: usize>(
    asks: impl Fn(usize) -> [Ask<'k>; 2],
    stream: u64,
    words: &mut [[u64; PAIR]; PAIRS],
) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        #[allow(unsafe_code, reason = "as in `fill`")]
        // SAFETY: the only condition of calling `avx2::fill_few` is that the processor has AVX2, which was just asked.
        return unsafe { avx2::fill_few(asks, stream, words) };
    }
    words.iter_mut().enumerate().for_each(|(i, words)| fill_portably(&Pair::new(asks(i)), stream, words));
}

fn fill_portably(pair: &Pair, stream: u64, words: &mut [u64; PAIR]) {
    if fill_pair(pair, stream, words) {
        refine(pair, stream, words);
    }
}

/// Makes a pair with the middle as every lower half; returns whether an upper half lies near an end.
fn fill_pair(pair: &Pair, stream: u64, words: &mut [u64; PAIR]) -> bool {
    let mut is_near = false;
    for (word, half) in words.iter_mut().zip(halves(pair, stream)) {
        *word = (u64::from(half) << 32) | u64::from(MIDDLE);
        is_near |= is_near_end(half);
    }
    is_near
}

#[inline]
fn is_near_end(half: u32) -> bool {
    half.wrapping_add(NEAR_END) < 2 * NEAR_END
}

/// Gives words near an end their lower halves.
#[cold]
fn refine(Pair(rows): &Pair, stream: u64, words: &mut [u64; PAIR]) {
    let lower = [0, LOWER, 0, 0, 0, LOWER, 0, 0];
    let pair = Pair([rows[0], rows[1], rows[2], combine(rows[3], lower, |a, b| a | b)]);
    for (word, half) in words.iter_mut().zip(halves(&pair, stream)) {
        if is_near_end((*word >> 32) as u32) {
            *word = (*word >> 32 << 32) | u64::from(half);
        }
    }
}

/// The keystream of a pair, block after block.
fn halves(Pair(rows): &Pair, stream: u64) -> [u32; PAIR] {
    let (low, high) = (stream as u32, (stream >> 32) as u32);
    let stream = [0, 0, low, high, 0, 0, low, high];
    let start = [rows[0], rows[1], rows[2], combine(rows[3], stream, |a, b| a | b)];
    let mut x = start;
    for _ in 0..4 {
        quarter(&mut x);
        shift(&mut x, 1);
        quarter(&mut x);
        shift(&mut x, 3);
    }
    std::array::from_fn(|i| {
        let (block, row, place) = (i / BLOCK, i % BLOCK / 4, i % 4);
        x[row][4 * block + place].wrapping_add(start[row][4 * block + place])
    })
}

/// The four quarter rounds of either block, on columns.
#[inline(always)]
fn quarter(x: &mut [Row; 4]) {
    for (to, by, turned, bits) in [(0, 1, 3, 16), (2, 3, 1, 12), (0, 1, 3, 8), (2, 3, 1, 7)] {
        x[to] = combine(x[to], x[by], u32::wrapping_add);
        x[turned] = combine(x[turned], x[to], |a, b| (a ^ b).rotate_left(bits));
    }
}

/// Turns rows 1 to 3 so that diagonals become columns (by 1), or columns diagonals again (by 3).
#[inline(always)]
fn shift(x: &mut [Row; 4], by: usize) {
    for (row, words) in x.iter_mut().enumerate() {
        let old = *words;
        *words = std::array::from_fn(|i| old[(i & 4) | ((i + row * by) & 3)]);
    }
}

#[inline(always)]
fn combine(a: Row, b: Row, with: impl Fn(u32, u32) -> u32) -> Row {
    std::array::from_fn(|i| with(a[i], b[i]))
}

/// The same integer operations on registers.
#[cfg(target_arch = "x86_64")]
mod avx2 {
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
    pub(super) fn fill_few<'k, const N: usize>(
        asks: impl Fn(usize) -> [Ask<'k>; 2],
        stream: u64,
        words: &mut [[u64; PAIR]; N],
    ) {
        let constants = _mm256_broadcastsi128_si256(half(&CONSTANTS));
        let start = |i: usize| {
            let [(first, a), (last, b)] = asks(i);
            let ((first, _), (last, _)) = (first.as_chunks::<4>(), last.as_chunks::<4>());
            [
                constants,
                _mm256_set_m128i(half(&last[0]), half(&first[0])),
                _mm256_set_m128i(half(&last[1]), half(&first[1])),
                _mm256_set_epi64x(stream as i64, b as i64, stream as i64, a as i64),
            ]
        };
        if fill_some(&start, words) {
            words.iter_mut().enumerate().for_each(|(i, words)| refine(&Pair::new(asks(i)), stream, words));
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
    fn fill_some<const N: usize>(
        start: &impl Fn(usize) -> [__m256i; 4],
        places: &mut [[u64; PAIR]; N],
    ) -> bool {
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
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::*;

    /// The words of a block, by the reference.
    fn reference(key: &[u32; 8], stream: u64, block: u64) -> [u64; BLOCK] {
        let keystream = |block: u64| -> [u32; BLOCK] {
            let mut bytes = [0; 32];
            for (bytes, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(key) {
                *bytes = word.to_le_bytes();
            }
            let mut generator = ChaCha8Rng::from_seed(bytes);
            generator.set_stream(stream);
            generator.set_word_pos(u128::from(block) * 16);
            std::array::from_fn(|_| generator.next_u32())
        };
        let (upper, lower) = (keystream(block), keystream(block | 1 << 63));
        std::array::from_fn(|i| {
            let is_near = upper[i] < 0x1_0000 || upper[i] >= 0xffff_0000;
            u64::from(upper[i]) << 32 | u64::from(if is_near { lower[i] } else { 0x8000_0000 })
        })
    }

    #[test]
    fn a_word_near_either_end_has_a_lower_half_of_its_own() {
        let key = [1, 2, 3, 4, 5, 6, 7, 8];
        let mut found = [0; 2];
        for stream in 0..3000 {
            let mut words = [[0; PAIR]; 4];
            let pairs: [Pair; 4] =
                std::array::from_fn(|i| Pair::new([(&key, 2 * i as u64), (&key, 2 * i as u64 + 1)]));
            match stream % 2 {
                0 => fill(&pairs, stream, &mut words),
                _ => fill_few(|i| [0, 1].map(|j| (&key, 2 * i as u64 + j)), stream, &mut words),
            }
            for (place, word) in words.iter().flatten().enumerate() {
                let upper = word >> 32;
                if (0x1_0000..0xffff_0000).contains(&upper) {
                    assert_eq!(*word as u32, MIDDLE);
                    continue;
                }
                let (block, place) = (place / BLOCK, place % BLOCK);
                assert_eq!(*word, reference(&key, stream, block as u64)[place]);
                found[usize::from(upper > 0x1_0000)] += 1;
            }
        }
        // 384,000 words, of which one in 65,536 lies near each end.
        assert!(found.iter().all(|n| (1..20).contains(n)), "{found:?}");
    }

    #[test]
    fn every_block_is_the_published_generator_however_many_are_made_together() {
        let blocks = [0, 1, 7, 8, 1 << 20, u64::from(u32::MAX), 1 << 32, (1 << 49) + 3];
        let key = |i: usize| std::array::from_fn(|j| ((i * 8 + j) as u32 + 5).wrapping_mul(0x9e37_79b9));
        let asks: Vec<([u32; 8], u64)> = (0..14).map(|i| (key(i), blocks[i * 5 % 8])).collect();
        let pair = |i: usize| Pair::new([0, 1].map(|j| (&asks[2 * i + j].0, asks[2 * i + j].1)));
        for stream in [0, 1, 731, u64::from(u32::MAX) + 5, u64::MAX] {
            for count in 0..=7 {
                let pairs: Vec<Pair> = (0..count).map(pair).collect();
                let mut words = vec![[0; PAIR]; count + 2];
                fill(&pairs, stream, &mut words);
                let mut plain = [0; PAIR];
                for (i, words) in words[..count].iter().enumerate() {
                    fill_portably(&pairs[i], stream, &mut plain);
                    assert_eq!(*words, plain, "the two ways of compiling it");
                    let ask = |j: usize| (&asks[2 * i + j].0, asks[2 * i + j].1);
                    let mut few = [[0; PAIR]];
                    fill_few(|_| [ask(0), ask(1)], stream, &mut few);
                    assert_eq!(few, [plain], "as asked for without having been thought of");
                    for (j, block) in words.as_chunks::<BLOCK>().0.iter().enumerate() {
                        let (key, number) = &asks[2 * i + j];
                        assert_eq!(*block, reference(key, stream, *number), "{count} pairs, block {number}");
                    }
                }
            }
        }
    }
}
