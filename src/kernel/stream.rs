//! Addressed random numbers: a draw is looked up, never consumed.
//!
//! A stream is one ChaCha8 key. Its 256 bits are four words: the root seed, two words of the 128-bit XXH3 hash of the stream's
//! name (a purpose and an entity's name), and a word that separates domains. The replication is ChaCha's 64-bit stream number,
//! and the position within the stream is the block counter. So the word at (seed, name, replication, position) is the same
//! whatever else the scenario holds and in whatever order draws are asked for; making it costs one buffer of 32 words, shared
//! by the positions around it.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use xxhash_rust::xxh3::xxh3_128;

/// Number of the layout of draws and of the samplers. It is printed with every result; numbers under an unchanged seed move
/// only when it does.
pub const SAMPLING_VERSION: u32 = 1;

/// Words of 64 bits in one buffer of a stream (four ChaCha blocks, what the generator makes at once).
const BUFFER: u64 = 32;
const STALE: u64 = u64::MAX;

/// What separates draws that must never coincide although seed, name and replication do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// The replication itself.
    Main = 0,
    /// The second run of a replication under the same unknown parameters, which splits the two kinds of uncertainty.
    Twin = 1,
}

/// The name of a stream: what the draws are for, and the name of the entity they belong to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StreamName {
    /// What the draws are for; one of a fixed list in the model.
    pub purpose: &'static str,
    /// The entity's own name; empty where the purpose has only one stream.
    pub entity: String,
}

impl StreamName {
    fn hash(&self) -> u128 {
        let mut text = String::with_capacity(self.purpose.len() + self.entity.len() + 1);
        text.push_str(self.purpose);
        text.push('\0');
        text.push_str(&self.entity);
        xxh3_128(text.as_bytes())
    }

    /// The 256-bit ChaCha key of this stream under a root seed.
    pub fn key(&self, seed: u64, domain: Domain) -> [u8; 32] {
        let name = self.hash();
        let words =
            [seed, name as u64, (name >> 64) as u64, (u64::from(SAMPLING_VERSION) << 32) | domain as u64];
        let mut key = [0; 32];
        for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        key
    }
}

/// One stream at one replication, with the buffer around the last position asked for.
#[derive(Debug, Clone)]
struct Stream {
    key: [u8; 32],
    chunk: u64,
    words: [u64; BUFFER as usize],
}

impl Stream {
    #[inline(never)]
    fn refill(&mut self, replication: u64, chunk: u64) {
        let mut generator = ChaCha8Rng::from_seed(self.key);
        generator.set_stream(replication);
        generator.set_word_pos(u128::from(chunk) * u128::from(BUFFER) * 2);
        let mut bytes = [0; 8 * BUFFER as usize];
        generator.fill_bytes(&mut bytes);
        for (word, bytes) in self.words.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        self.chunk = chunk;
    }
}

/// All streams of a plan, positioned at one replication.
///
/// ```
/// use handover::kernel::stream::{Domain, StreamName, Streams};
/// let name = |entity: &str| StreamName { purpose: "violation", entity: entity.into() };
/// let mut alone = Streams::new(&[name("north")], 1, Domain::Main);
/// let mut both = Streams::new(&[name("east"), name("north")], 1, Domain::Main);
/// alone.begin(731);
/// both.begin(731);
/// assert_eq!(alone.word(0, 40), both.word(1, 40)); // another entity moves nothing
/// ```
#[derive(Debug, Clone)]
pub struct Streams {
    streams: Vec<Stream>,
    replication: u64,
}

impl Streams {
    /// Streams of these names, in this order, under a root seed.
    pub fn new(names: &[StreamName], seed: u64, domain: Domain) -> Self {
        let stream = |name: &StreamName| Stream { key: name.key(seed, domain), chunk: STALE, words: [0; 32] };
        Self { streams: names.iter().map(stream).collect(), replication: 0 }
    }

    /// Turns to a replication. Costs one write a stream; buffers are made when first asked for.
    pub fn begin(&mut self, replication: u64) {
        self.replication = replication;
        for stream in &mut self.streams {
            stream.chunk = STALE;
        }
    }

    /// The 64 random bits at a position of a stream.
    #[inline]
    pub fn word(&mut self, stream: usize, position: u64) -> u64 {
        let stream = &mut self.streams[stream];
        if stream.chunk != position / BUFFER {
            stream.refill(self.replication, position / BUFFER);
        }
        stream.words[(position % BUFFER) as usize]
    }

    /// The words from a position to the end of its buffer: for draws one after another.
    #[inline]
    pub fn words_from(&mut self, stream: usize, position: u64) -> &[u64] {
        let stream = &mut self.streams[stream];
        if stream.chunk != position / BUFFER {
            stream.refill(self.replication, position / BUFFER);
        }
        &stream.words[(position % BUFFER) as usize..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<StreamName> {
        (0..count).map(|i| StreamName { purpose: "test", entity: i.to_string() }).collect()
    }

    #[test]
    fn the_generator_is_the_published_one() {
        // First words of ChaCha8 under the zero key and stream, the known answer of its published test vectors.
        let mut generator = ChaCha8Rng::from_seed([0; 32]);
        assert_eq!(generator.next_u32().to_le_bytes(), [0x3e, 0x00, 0xef, 0x2f]);
        assert_eq!(generator.next_u32().to_le_bytes(), [0x89, 0x5f, 0x40, 0xd6]);
    }

    #[test]
    fn the_order_of_asking_changes_no_word() {
        let mut forward = Streams::new(&names(2), 9, Domain::Main);
        let mut backward = forward.clone();
        forward.begin(5);
        backward.begin(5);
        let positions = [0, 31, 32, 33, 1 << 40, 7];
        let ahead: Vec<u64> = positions.iter().map(|p| forward.word(1, *p)).collect();
        let back: Vec<u64> = positions.iter().rev().map(|p| backward.word(1, *p)).collect();
        assert!(ahead.iter().eq(back.iter().rev()));
    }

    #[test]
    fn seed_replication_name_and_domain_each_matter() {
        let word = |seed, replication, stream, domain| {
            let mut streams = Streams::new(&names(3), seed, domain);
            streams.begin(replication);
            streams.word(stream, 0)
        };
        let base = word(1, 0, 0, Domain::Main);
        for other in [
            word(2, 0, 0, Domain::Main),
            word(1, 1, 0, Domain::Main),
            word(1, 0, 1, Domain::Main),
            word(1, 0, 0, Domain::Twin),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn words_never_change() {
        let mut streams = Streams::new(&names(1), 1, Domain::Main);
        streams.begin(0);
        let first = [streams.word(0, 0), streams.word(0, 1), streams.word(0, 32)];
        assert_eq!(
            first.map(|w| format!("{w:016x}")).join(" "),
            "f633dbc44ce51772 59b0801e18bff1e0 4f49ee1b47e8ce8c"
        );
    }
}
