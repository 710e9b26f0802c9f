//! ChaCha with eight rounds (Bernstein 2008, "ChaCha, a variant of Salsa20"), two blocks side by side and several such pairs at a time.
//!
//! A replication draws a few words from each of many streams, so what costs is not bytes but blocks nobody reads. Here any blocks
//! of any streams are made together. `rand_chacha` stays as the reference they are tested against.
//!
//! **Half a word is drawn, the other half where it matters.** A word of 64 bits has the 32 bits of ChaCha's keystream at its place as its
//! upper half. Its lower half is the middle, 2^31, unless the upper half lies within 2^16 of either end: then it is the 32 bits at the same
//! place of a second keystream, which is that of block numbers from 2^63 on. So 32 bits make a variate, and in the tails 64; a probability is met
//! to within 2^-33, and where it is below 2^-16 to within 2^-64.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

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
    #[allow(
        unsafe_code,
        reason = "six or twelve blocks at a time in registers; the portable way makes them one pair after another"
    )]
    // SAFETY: the only condition of calling either is that the processor has what it is named after, which is asked just before.
    unsafe {
        if std::arch::is_x86_feature_detected!("avx512f") {
            return avx512::fill(pairs, stream, words);
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            return avx2::fill(pairs, stream, words);
        }
    }
    pairs.iter().zip(words).for_each(|(pair, words)| fill_portably(pair, stream, words));
}

/// Makes a few pairs of blocks that were not thought of before: what they start from goes into registers without a turn to memory, on
/// which everything would have to wait.
#[inline]
pub(super) fn fill_few<const PAIRS: usize>(
    asks: &[[Ask<'_>; 2]; PAIRS],
    stream: u64,
    words: &mut [[u64; PAIR]; PAIRS],
) {
    #[cfg(target_arch = "x86_64")]
    #[allow(unsafe_code, reason = "as in `fill`")]
    // SAFETY: as in `fill`.
    unsafe {
        if std::arch::is_x86_feature_detected!("avx512f") {
            return avx512::fill_few(asks, stream, words);
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            return avx2::fill_few(asks, stream, words);
        }
    }
    words.iter_mut().zip(asks).for_each(|(words, asks)| fill_portably(&Pair::new(*asks), stream, words));
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

/// Gives words near an end, if there are any, their lower halves.
#[cold]
fn refine(Pair(rows): &Pair, stream: u64, words: &mut [u64; PAIR]) {
    if !words.iter().any(|word| is_near_end((*word >> 32) as u32)) {
        return;
    }
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
                _ => fill_few(&[0, 2, 4, 6].map(|i| [(&key, i), (&key, i + 1)]), stream, &mut words),
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
                    fill_few(&[[ask(0), ask(1)]], stream, &mut few);
                    assert_eq!(few, [plain], "as asked for without having been thought of");
                    for (j, block) in words.as_chunks::<BLOCK>().0.iter().enumerate() {
                        let (key, number) = &asks[2 * i + j];
                        assert_eq!(*block, reference(key, stream, *number), "{count} pairs, block {number}");
                    }
                }
            }
        }
    }

    /// Where there are wider registers, nothing else would come by these.
    #[cfg(target_arch = "x86_64")]
    #[test]
    #[allow(unsafe_code, reason = "calls what needs AVX2")]
    fn registers_of_32_bytes_hold_the_same_blocks() {
        if !std::arch::is_x86_feature_detected!("avx2") {
            return;
        }
        let key = |i: u64| std::array::from_fn(|j| (i as u32 * 8 + j as u32).wrapping_mul(0x9e37_79b9));
        let asks: Vec<([u32; 8], u64)> = (0..14).map(|i| (key(i), i << (4 * i))).collect();
        let ask = |i: usize| [0, 1].map(|j| (&asks[2 * i + j].0, asks[2 * i + j].1));
        let pairs: [Pair; 7] = std::array::from_fn(|i| Pair::new(ask(i)));
        // In 3,000 streams some words lie near an end; Miri has no time for them.
        for stream in 0..if cfg!(miri) { 3 } else { 3000 } {
            let mut plain = [[0; PAIR]; 7];
            pairs.iter().zip(&mut plain).for_each(|(pair, words)| fill_portably(pair, stream, words));
            let (mut all, mut few, mut two) = ([[0; PAIR]; 7], [[0; PAIR]; 3], [[0; PAIR]; 2]);
            // SAFETY: the processor has AVX2.
            unsafe {
                avx2::fill(&pairs, stream, &mut all);
                avx2::fill_few(&[0, 1, 2].map(ask), stream, &mut few);
                avx2::fill(&pairs[..2], stream, &mut two);
            }
            assert!(all == plain && few == plain[..3] && two == plain[..2], "{stream}");
        }
    }
}
