//! ChaCha with eight rounds (Bernstein 2008, "ChaCha, a variant of Salsa20"), eight blocks side by side.
//!
//! A replication draws a few words from each of many streams, so what costs is not bytes but blocks nobody reads. Here the eight
//! lanes of one call may be blocks of eight different streams. `rand_chacha` stays as the reference it is tested against.

/// Blocks made by one call.
pub(super) const LANES: usize = 8;
/// Words of 64 bits in a block.
pub(super) const BLOCK: usize = 8;
/// Blocks made where eight are too many.
pub(super) const FEW: usize = 4;
/// Words of 64 bits made by one call.
pub(super) const BATCH: usize = LANES * BLOCK;

/// One word of 32 bits of the state, lane by lane.
type Row = [u32; LANES];

/// "expand 32-byte k", the first row of every ChaCha state.
const CONSTANTS: [u32; 4] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574];
/// Rows of the block counter and of the stream number, low halves first.
const COUNTER: usize = 12;
const STREAM: usize = 14;

/// What eight lanes start from: constants, key, block counter, stream number.
#[derive(Debug, Clone)]
pub(super) struct Start([Row; 16]);

impl Start {
    /// Eight lanes under a key of zeros, at block 0 of stream 0.
    pub(super) fn new() -> Self {
        let mut rows = [[0; LANES]; 16];
        for (row, constant) in rows.iter_mut().zip(CONSTANTS) {
            *row = [constant; LANES];
        }
        Self(rows)
    }

    /// Gives a lane its key and block.
    pub(super) fn put(&mut self, lane: usize, key: &[u32; 8], block: u64) {
        for (row, word) in self.0[4..COUNTER].iter_mut().zip(key) {
            row[lane] = *word;
        }
        self.0[COUNTER][lane] = block as u32;
        self.0[COUNTER + 1][lane] = (block >> 32) as u32;
    }

    /// Gives all lanes one key and successive blocks.
    #[inline]
    pub(super) fn spread(&mut self, key: &[u32; 8], first: u64) {
        for (row, word) in self.0[4..COUNTER].iter_mut().zip(key) {
            *row = [*word; LANES];
        }
        let blocks: [u64; LANES] = std::array::from_fn(|lane| first + lane as u64);
        self.0[COUNTER] = blocks.map(|block| block as u32);
        self.0[COUNTER + 1] = blocks.map(|block| (block >> 32) as u32);
    }

    /// Turns every lane to a stream number.
    #[inline]
    pub(super) fn turn_to(&mut self, stream: u64) {
        self.0[STREAM] = [stream as u32; LANES];
        self.0[STREAM + 1] = [(stream >> 32) as u32; LANES];
    }

    /// Makes eight blocks, one after another in the order of their lanes.
    #[inline]
    pub(super) fn fill(&self, words: &mut [u64; BATCH]) {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            #[allow(
                unsafe_code,
                reason = "three quarters of the time of eight lanes compiled by the portable way"
            )]
            // SAFETY: the only condition of calling `avx2::fill` is that the processor has AVX2, which was just asked.
            unsafe {
                avx2::fill(&self.0, words);
            }
            return;
        }
        fill(&self.0, words);
    }
}

#[inline(always)]
fn fill(start: &[Row; 16], words: &mut [u64; BATCH]) {
    let mut x = *start;
    for _ in 0..4 {
        quarter(&mut x, [0, 4, 8, 12]);
        quarter(&mut x, [1, 5, 9, 13]);
        quarter(&mut x, [2, 6, 10, 14]);
        quarter(&mut x, [3, 7, 11, 15]);
        quarter(&mut x, [0, 5, 10, 15]);
        quarter(&mut x, [1, 6, 11, 12]);
        quarter(&mut x, [2, 7, 8, 13]);
        quarter(&mut x, [3, 4, 9, 14]);
    }
    for (row, first) in x.iter_mut().zip(start) {
        *row = add(*row, *first);
    }
    for (lane, block) in words.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
        *block = std::array::from_fn(|j| u64::from(x[2 * j][lane]) | (u64::from(x[2 * j + 1][lane]) << 32));
    }
}

#[inline(always)]
fn quarter(x: &mut [Row; 16], [a, b, c, d]: [usize; 4]) {
    x[a] = add(x[a], x[b]);
    x[d] = mix::<16>(x[d], x[a]);
    x[c] = add(x[c], x[d]);
    x[b] = mix::<12>(x[b], x[c]);
    x[a] = add(x[a], x[b]);
    x[d] = mix::<8>(x[d], x[a]);
    x[c] = add(x[c], x[d]);
    x[b] = mix::<7>(x[b], x[c]);
}

#[inline(always)]
fn add(a: Row, b: Row) -> Row {
    std::array::from_fn(|lane| a[lane].wrapping_add(b[lane]))
}

#[inline(always)]
fn mix<const BITS: u32>(a: Row, b: Row) -> Row {
    std::array::from_fn(|lane| (a[lane] ^ b[lane]).rotate_left(BITS))
}

/// Makes the blocks of some keys, four at a time, where that is quicker than eight; false, and nothing made, where it is not.
#[inline]
pub(super) fn fill_four(asks: [(&[u32; 8], u64); FEW], stream: u64, blocks: &mut [[u64; BLOCK]; FEW]) -> bool {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        #[allow(
            unsafe_code,
            reason = "two fifths of the time of eight lanes, where four blocks are all that is asked for"
        )]
        // SAFETY: the only condition of calling `avx2::fill_four` is that the processor has AVX2, which was just asked.
        unsafe {
            avx2::fill_four(asks, stream, blocks);
        }
        return true;
    }
    let _ = (asks, stream, blocks);
    false
}

/// The same integer operations on registers of eight lanes.
#[cfg(target_arch = "x86_64")]
mod avx2 {
    #![allow(unsafe_code, reason = "a row of eight lanes is read and written as one register")]

    use std::arch::x86_64::*;

    use super::{BATCH, BLOCK, CONSTANTS, FEW, Row};

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
    fn register<T: Copy>(lanes: &T) -> __m256i {
        const { assert!(size_of::<T>() == size_of::<__m256i>()) };
        // SAFETY: both are 32 bytes (asserted above), every pattern of bits is a valid register, and the copy asks for no alignment.
        unsafe { std::mem::transmute_copy(lanes) }
    }

    #[inline(always)]
    fn lanes(register: __m256i) -> [u64; 4] {
        // SAFETY: both are 32 bytes, and every pattern of bits is a valid array of integers.
        unsafe { std::mem::transmute(register) }
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn fill(start: &[Row; 16], words: &mut [u64; BATCH]) {
        let mut x: [__m256i; 16] = std::array::from_fn(|row| register(&start[row]));
        for _ in 0..4 {
            quarter(&mut x, [0, 4, 8, 12]);
            quarter(&mut x, [1, 5, 9, 13]);
            quarter(&mut x, [2, 6, 10, 14]);
            quarter(&mut x, [3, 7, 11, 15]);
            quarter(&mut x, [0, 5, 10, 15]);
            quarter(&mut x, [1, 6, 11, 12]);
            quarter(&mut x, [2, 7, 8, 13]);
            quarter(&mut x, [3, 4, 9, 14]);
        }
        for (row, first) in x.iter_mut().zip(start) {
            *row = _mm256_add_epi32(*row, register(first));
        }
        let (halves, _) = words.as_chunks_mut::<4>();
        for (half, rows) in x.as_chunks::<8>().0.iter().enumerate() {
            for (lane, words) in columns(rows).into_iter().enumerate() {
                halves[2 * lane + half] = lanes(words);
            }
        }
    }

    /// Rows become columns: what lane `l` has in each of eight rows, by lane.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn columns(rows: &[__m256i; 8]) -> [__m256i; 8] {
        // By words of 32 bits, then of 64, then by halves: lanes 0 and 4 together, 1 and 5, ...
        let pair = |i: usize| (_mm256_unpacklo_epi32(rows[i], rows[i + 1]), _mm256_unpackhi_epi32(rows[i], rows[i + 1]));
        let four = |i: usize| {
            let ((low_a, high_a), (low_b, high_b)) = (pair(i), pair(i + 2));
            [
                _mm256_unpacklo_epi64(low_a, low_b),
                _mm256_unpackhi_epi64(low_a, low_b),
                _mm256_unpacklo_epi64(high_a, high_b),
                _mm256_unpackhi_epi64(high_a, high_b),
            ]
        };
        let (first, last) = (four(0), four(4));
        std::array::from_fn(|lane| match lane < 4 {
            true => _mm256_permute2x128_si256::<0x20>(first[lane], last[lane]),
            false => _mm256_permute2x128_si256::<0x31>(first[lane - 4], last[lane - 4]),
        })
    }

    /// A register holds one row of two blocks, so that four quarter rounds are one; two such sets keep the processor busy.
    #[target_feature(enable = "avx2")]
    pub(super) fn fill_four(asks: [(&[u32; 8], u64); FEW], stream: u64, blocks: &mut [[u64; BLOCK]; FEW]) {
        let [a, b, c, d] = asks;
        let starts = [rows_of_two([a, b], stream), rows_of_two([c, d], stream)];
        let mut sets = starts;
        for _ in 0..4 {
            sets.iter_mut().for_each(|x| quarter(x, [0, 1, 2, 3]));
            for x in &mut sets {
                x[1] = _mm256_shuffle_epi32::<0b00_11_10_01>(x[1]);
                x[2] = _mm256_shuffle_epi32::<0b01_00_11_10>(x[2]);
                x[3] = _mm256_shuffle_epi32::<0b10_01_00_11>(x[3]);
            }
            sets.iter_mut().for_each(|x| quarter(x, [0, 1, 2, 3]));
            for x in &mut sets {
                x[1] = _mm256_shuffle_epi32::<0b10_01_00_11>(x[1]);
                x[2] = _mm256_shuffle_epi32::<0b01_00_11_10>(x[2]);
                x[3] = _mm256_shuffle_epi32::<0b00_11_10_01>(x[3]);
            }
        }
        for ((set, start), two) in sets.iter().zip(&starts).zip(blocks.as_chunks_mut::<2>().0) {
            for row in 0..4 {
                let [first, second, first_of_next, second_of_next] =
                    lanes(_mm256_add_epi32(set[row], start[row]));
                [two[0][2 * row], two[0][2 * row + 1]] = [first, second];
                [two[1][2 * row], two[1][2 * row + 1]] = [first_of_next, second_of_next];
            }
        }
    }

    /// The four rows from which two blocks start, side by side.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn rows_of_two(asks: [(&[u32; 8], u64); 2], stream: u64) -> [__m256i; 4] {
        let upper = asks.map(|(key, _)| [key[0], key[1], key[2], key[3]]);
        let lower = asks.map(|(key, _)| [key[4], key[5], key[6], key[7]]);
        let last = asks
            .map(|(_, block)| [block as u32, (block >> 32) as u32, stream as u32, (stream >> 32) as u32]);
        [[CONSTANTS; 2], upper, lower, last].map(|row| register(&row))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn quarter<const N: usize>(x: &mut [__m256i; N], [a, b, c, d]: [usize; 4]) {
        x[a] = _mm256_add_epi32(x[a], x[b]);
        x[d] = _mm256_shuffle_epi8(_mm256_xor_si256(x[d], x[a]), register(&BY_16));
        x[c] = _mm256_add_epi32(x[c], x[d]);
        x[b] = turn::<12, 20>(_mm256_xor_si256(x[b], x[c]));
        x[a] = _mm256_add_epi32(x[a], x[b]);
        x[d] = _mm256_shuffle_epi8(_mm256_xor_si256(x[d], x[a]), register(&BY_8));
        x[c] = _mm256_add_epi32(x[c], x[d]);
        x[b] = turn::<7, 25>(_mm256_xor_si256(x[b], x[c]));
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

    /// The eight words of a block, by the reference.
    fn reference(key: &[u32; 8], stream: u64, block: u64) -> [u64; BLOCK] {
        let mut bytes = [0; 32];
        for (bytes, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(key) {
            *bytes = word.to_le_bytes();
        }
        let mut generator = ChaCha8Rng::from_seed(bytes);
        generator.set_stream(stream);
        generator.set_word_pos(u128::from(block) * 16);
        std::array::from_fn(|_| generator.next_u64())
    }

    #[test]
    fn four_blocks_are_the_published_generator() {
        let keys: [[u32; 8]; FEW] = std::array::from_fn(|key| {
            std::array::from_fn(|i| ((key * 8 + i) as u32 + 5).wrapping_mul(0x9e37_79b9))
        });
        for stream in [0, 731, 1 << 40, u64::MAX] {
            let asks: [u64; FEW] = [0, u64::from(u32::MAX), (1 << 49) + 1, 7];
            let asks = std::array::from_fn(|i| (&keys[i], asks[i]));
            let mut blocks = [[0; BLOCK]; FEW];
            if fill_four(asks, stream, &mut blocks) {
                for ((key, block), made) in asks.into_iter().zip(blocks) {
                    assert_eq!(made, reference(key, stream, block), "block {block}");
                }
            }
        }
    }

    #[test]
    fn every_lane_is_the_published_generator() {
        let blocks = [0, 1, 7, 8, 1 << 20, u64::from(u32::MAX), 1 << 32, (1 << 49) + 3];
        for stream in [0, 1, 731, u64::from(u32::MAX) + 5, u64::MAX] {
            let mut start = Start::new();
            let keys: [[u32; 8]; LANES] = std::array::from_fn(|lane| {
                std::array::from_fn(|i| ((lane * 8 + i) as u32).wrapping_mul(0x9e37_79b9))
            });
            for (lane, block) in blocks.into_iter().enumerate() {
                start.put(lane, &keys[lane], block);
            }
            start.turn_to(stream);
            let mut words = [0; BATCH];
            start.fill(&mut words);
            let mut plain = [0; BATCH];
            fill(&start.0, &mut plain);
            assert_eq!(words, plain, "the two ways of compiling it");
            for (lane, block) in blocks.into_iter().enumerate() {
                assert_eq!(words.as_chunks::<BLOCK>().0[lane], reference(&keys[lane], stream, block), "lane {lane}");
            }
        }
    }
}
