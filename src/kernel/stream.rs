//! Addressed random numbers: a draw is looked up, never consumed.
//!
//! A stream is one ChaCha8 key. Its 256 bits are four words: the root seed, two words of the 128-bit XXH3 hash of the stream's
//! name (a purpose and an entity's name), and a word that separates domains. The replication is ChaCha's 64-bit stream number,
//! and the position within the stream is the block counter. So the word at (seed, name, replication, position) is the same
//! whatever else the scenario holds and in whatever order draws are asked for; making it costs one block of eight
//! words, shared by the positions around it.

use std::collections::BTreeMap;

use twox_hash::XxHash3_128;

pub use super::chacha::BLOCK;
use super::chacha::{PAIR, Pair, TOGETHER, fill, fill_few};

/// Number of the layout of draws and of the samplers. It is printed with every result; numbers under an unchanged seed move
/// only when it does.
pub const SAMPLING_VERSION: u32 = 2;

/// Blocks at hand around the last position asked for.
const NEAR_BLOCKS: usize = 8;
/// Pairs of them.
const NEAR_PAIRS: usize = NEAR_BLOCKS / 2;
/// Their words.
const NEAR: u64 = (NEAR_BLOCKS * BLOCK) as u64;
/// Words at hand after a leap; of so many streams that more would not fit the caches, always.
const FEW: u64 = PAIR as u64;
/// So many streams.
const MANY: usize = 4096;
/// Replications over which it is learnt how many words of a stream are asked for.
const LEARNING: u32 = 64;

/// What a block costs that was not made when the replication began, in blocks that were.
const MISSING: u32 = 8;

/// What separates draws that must never coincide although seed, name and replication do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// The replication itself.
    Main = 0,
    /// The second run of a replication under the same unknown parameters, which splits the two kinds of uncertainty.
    Twin = 1,
    /// Particles of splitting, whose numbers are no replications of a batch.
    Split = 2,
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
        XxHash3_128::oneshot(text.as_bytes())
    }

    /// The 256-bit ChaCha key of this stream under a root seed.
    pub fn key(&self, seed: u64, domain: Domain) -> [u32; 8] {
        let name = self.hash();
        let words =
            [seed, name as u64, (name >> 64) as u64, (u64::from(SAMPLING_VERSION) << 32) | domain as u64];
        std::array::from_fn(|half| (words[half / 2] >> (32 * (half % 2))) as u32)
    }
}

/// The words of one stream that are at hand: those from `first` on, `ready` of them.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    first: u64,
    ready: u64,
    /// Where the first of them stands.
    base: usize,
}

/// All streams of a plan, positioned at one replication.
///
/// A stream's words are made when first asked for, eight blocks at once. Most replications of a plan ask the same streams for about
/// as many words; so after some replications the blocks that are nearly always wanted are made when the replication begins,
/// those of several streams side by side. That changes when a word is made, never which word it is.
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
    keys: Vec<[u32; 8]>,
    windows: Vec<Window>,
    /// What the windows are when a replication begins.
    fresh: Vec<Window>,
    /// Blocks made when a replication begins; their words stand behind those of the streams.
    usual: Vec<Pair>,
    /// `near` of each stream, then those of `usual`.
    words: Vec<u64>,
    /// Words that a stream has room for.
    near: usize,
    habits: Habits,
    replication: u64,
    /// Words asked for since the replication began, by stream and position, where they are to outlast a turn to another.
    memory: Option<BTreeMap<(usize, u64), u64>>,
    /// Streams whose words are not remembered.
    passing: Vec<bool>,
}

impl Streams {
    /// Streams of these names, in this order, under a root seed.
    pub fn new(names: &[StreamName], seed: u64, domain: Domain) -> Self {
        let near = if names.len() < MANY { NEAR } else { FEW } as usize;
        let fresh = empty_windows(names.len(), near);
        // As many blocks as streams have near ones, at most: room for them is made now, so that nothing allocates later.
        let own = names.len() * near;
        let mut words = Vec::with_capacity(2 * own + PAIR);
        words.resize(own, 0);
        Self {
            keys: names.iter().map(|name| name.key(seed, domain)).collect(),
            windows: fresh.clone(),
            words,
            near,
            habits: Habits::new(names.len()),
            fresh,
            usual: Vec::with_capacity(own / PAIR + 1),
            replication: 0,
            memory: None,
            passing: vec![false; names.len()],
        }
    }

    /// From the next replication on, remembers every word asked for, so that [`Streams::turn_to`] can be used; but for those of some streams,
    /// which are always the present replication's.
    pub fn remember(&mut self, passing: impl IntoIterator<Item = usize>) {
        passing.into_iter().for_each(|stream| self.passing[stream] = true);
        self.fresh = empty_windows(self.keys.len(), self.near);
        self.usual.clear();
        self.memory = Some(BTreeMap::new());
    }

    /// Turns to another replication in the midst of one: words asked for before stay what they were, all others are those of the other.
    pub fn turn_to(&mut self, replication: u64) {
        self.replication = replication;
        self.windows.copy_from_slice(&self.fresh);
    }

    /// Forgets the word at a position of a stream, so that it is the present replication's when next asked for.
    pub fn forget(&mut self, stream: usize, position: u64) {
        if let Some(memory) = &mut self.memory {
            memory.remove(&(stream, position));
            self.windows[stream] = self.fresh[stream];
        }
    }

    /// Turns to a replication, and makes the words that nearly every replication asks for.
    pub fn begin(&mut self, replication: u64) {
        self.replication = replication;
        if let Some(memory) = &mut self.memory {
            memory.clear();
            return self.windows.copy_from_slice(&self.fresh);
        }
        if self.habits.left > 0 && self.habits.replication_ends() {
            self.settle();
        }
        self.windows.copy_from_slice(&self.fresh);
        let from = self.keys.len() * self.near;
        fill(&self.usual, replication, self.words[from..].as_chunks_mut().0);
    }

    /// The 64 random bits at a position of a stream.
    #[inline]
    pub fn word(&mut self, stream: usize, position: u64) -> u64 {
        let window = self.windows[stream];
        let p = position.wrapping_sub(window.first);
        if p < window.ready {
            return self.words[window.base + p as usize];
        }
        self.make(stream, position)
    }

    /// The words from a position on, as many as are at hand (one or more), at most so many: for draws one after another.
    #[inline]
    pub fn words_from(&mut self, stream: usize, position: u64, most: usize) -> &[u64] {
        if position.wrapping_sub(self.windows[stream].first) >= self.windows[stream].ready {
            self.make(stream, position);
        }
        let window = self.windows[stream];
        let (from, to) = ((position - window.first) as usize, window.ready as usize);
        let to = to.min(from.saturating_add(most));
        &self.words[window.base..][from.min(to)..to]
    }

    /// Makes the blocks of words that hold positions of streams, the i-th as asked for, wherever they lie. They are made anew, and not
    /// remembered.
    #[inline]
    pub fn blocks<const PAIRS: usize>(
        &self,
        asks: impl Fn(usize) -> (usize, u64),
        words: &mut [[[u64; BLOCK]; 2]; PAIRS],
    ) {
        // A loop, since closures that make arrays are not always compiled into it.
        let mut blocks = [[(&self.keys[0], 0); 2]; PAIRS];
        for (i, block) in blocks.as_flattened_mut().iter_mut().enumerate() {
            let (stream, position) = asks(i);
            *block = (&self.keys[stream], position / BLOCK as u64);
        }
        let words = words.as_flattened_mut().as_flattened_mut().as_chunks_mut::<PAIR>().0;
        if let Some(words) = words.as_mut_array() {
            fill_few(&blocks, self.replication, words);
        }
    }

    /// A number that tells a stream from others by its name, whatever the seed.
    pub fn tag(&self, stream: usize) -> u64 {
        let key = &self.keys[stream];
        u64::from(key[2]) | (u64::from(key[3]) << 32)
    }

    /// Makes the words around a position and returns the one at it: many where draws come one after another, few after a leap.
    #[inline(never)]
    fn make(&mut self, stream: usize, position: u64) -> u64 {
        if self.memory.is_some() && !self.passing[stream] {
            return self.recall(stream, position);
        }
        let window = self.windows[stream];
        // What a replication asks for beyond what nearly all ask for is seldom much.
        let is_usual = window.base >= self.keys.len() * self.near;
        let goes_on = window.ready > 0 && position.wrapping_sub(window.first + window.ready) < FEW;
        let is_learning = self.habits.left > 0;
        let ready = if goes_on && !is_usual || is_learning { self.near as u64 } else { FEW };
        let (first, base) = (position / ready * ready, stream * self.near);
        let (key, block) = (&self.keys[stream], first / BLOCK as u64);
        let pair = |i: usize| [(key, block + 2 * i as u64), (key, block + 2 * i as u64 + 1)];
        let words = self.words[base..].as_chunks_mut().0;
        if ready == FEW {
            if let Some(words) = words.first_chunk_mut() {
                fill_few::<1>(&[pair(0)], self.replication, words);
            }
        } else {
            let pairs = std::array::from_fn::<_, NEAR_PAIRS, _>(|i| Pair::new(pair(i)));
            fill(&pairs, self.replication, words);
        }
        let ready = if is_learning { self.habits.asked(stream, position) } else { ready };
        self.windows[stream] = Window { first, ready, base };
        self.words[base + (position - first) as usize]
    }

    /// The word that was given before, or else the present replication's; it alone is at hand then, so that all others are asked for here.
    #[cold]
    fn recall(&mut self, stream: usize, position: u64) -> u64 {
        let known = self.memory.as_ref().and_then(|memory| memory.get(&(stream, position)).copied());
        let word = known.unwrap_or_else(|| {
            let mut blocks = [[[0; BLOCK]; 2]];
            self.blocks(|_| (stream, position), &mut blocks);
            blocks[0][0][position as usize % BLOCK]
        });
        if let Some(memory) = &mut self.memory {
            memory.insert((stream, position), word);
        }
        let base = stream * self.near;
        self.words[base] = word;
        self.windows[stream] = Window { first: position, ready: 1, base };
        word
    }

    /// Gives the blocks that are nearly always asked for their places, stream after stream.
    fn settle(&mut self) {
        let (mut count, mut waits) = (0, None);
        for (key, (stream, blocks)) in self.keys.iter().zip(self.habits.blocks().iter().enumerate()) {
            if *blocks > 0 {
                let base = self.keys.len() * self.near + count * BLOCK;
                self.fresh[stream] = Window { first: 0, ready: (*blocks * BLOCK) as u64, base };
            }
            for ask in (0..*blocks as u64).map(|block| (key, block)) {
                match waits.take() {
                    Some(first) => self.usual.push(Pair::new([first, ask])),
                    None => waits = Some(ask),
                }
                count += 1;
            }
        }
        // The last of an odd number comes twice.
        self.usual.extend(waits.map(|last| Pair::new([last, last])));
        self.words.resize(self.keys.len() * self.near + self.usual.len() * PAIR, 0);
    }
}

/// Windows in which nothing is at hand.
fn empty_windows(streams: usize, near: usize) -> Vec<Window> {
    (0..streams).map(|stream| Window { base: stream * near, ..Window::default() }).collect()
}

/// How many of its first blocks a replication asks of each stream, counted over the first replications.
#[derive(Debug, Clone)]
struct Habits {
    /// Replications still to be counted.
    left: u32,
    /// By stream: blocks asked for in this replication.
    deepest: Vec<usize>,
    /// By stream: replications by blocks asked for.
    counts: Vec<[u32; NEAR_BLOCKS + 1]>,
}

impl Habits {
    fn new(streams: usize) -> Self {
        // One more than is counted: nothing was asked for before the first.
        let left = if streams < MANY { LEARNING + 1 } else { 0 };
        Self { left, deepest: vec![0; streams], counts: vec![[0; NEAR_BLOCKS + 1]; streams] }
    }

    /// A position had to be made. Returns how many words are to be ready: while it is being learnt, none beyond this block.
    fn asked(&mut self, stream: usize, position: u64) -> u64 {
        if position < NEAR {
            self.deepest[stream] = self.deepest[stream].max(block_of(position) + 1);
        }
        (block_of(position % NEAR) as u64 + 1) * BLOCK as u64
    }

    /// Counts a replication; returns whether it was the last to be counted.
    fn replication_ends(&mut self) -> bool {
        for (deepest, counts) in self.deepest.iter_mut().zip(&mut self.counts) {
            counts[std::mem::take(deepest)] += 1;
        }
        self.left -= 1;
        self.left == 0
    }

    /// By stream: how many of its blocks to make when a replication begins. As they are made several at a time, room that is left is filled.
    /// What was counted of a single replication is not needed any more, so its room is taken.
    fn blocks(&mut self) -> &[usize] {
        let mut all = std::mem::take(&mut self.deepest);
        all.iter_mut().enumerate().for_each(|(stream, blocks)| *blocks = self.blocks_of(stream));
        while !all.iter().sum::<usize>().is_multiple_of(2 * TOGETHER) {
            let most_missed = (0..all.len()).max_by_key(|stream| self.missing(*stream, all[*stream]));
            match most_missed.filter(|stream| self.missing(*stream, all[*stream]) > 0) {
                Some(stream) => all[stream] += 1,
                None => break,
            }
        }
        self.deepest = all;
        &self.deepest
    }

    fn blocks_of(&self, stream: usize) -> usize {
        let cost = |blocks: usize| blocks as u32 * LEARNING + MISSING * self.missing(stream, blocks);
        (0..=NEAR_BLOCKS).rev().min_by_key(|blocks| cost(*blocks)).unwrap_or(0)
    }

    /// In how many replications so many blocks of a stream were too few.
    fn missing(&self, stream: usize, blocks: usize) -> u32 {
        self.counts[stream][blocks + 1..].iter().sum()
    }
}

fn block_of(position: u64) -> usize {
    (position / BLOCK as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<StreamName> {
        (0..count).map(|i| StreamName { purpose: "test", entity: i.to_string() }).collect()
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
    fn what_was_asked_for_outlasts_a_turn_and_the_rest_is_the_others() {
        let word = |replication, stream, position| {
            let mut streams = Streams::new(&names(2), 4, Domain::Main);
            streams.begin(replication);
            streams.word(stream, position)
        };
        let mut streams = Streams::new(&names(2), 4, Domain::Main);
        streams.remember([]);
        streams.begin(7);
        let asked = [(0, 3), (1, 70), (0, 4), (0, 3), (1, 1 << 40)];
        for (stream, position) in asked {
            assert_eq!(streams.word(stream, position), word(7, stream, position));
        }
        streams.turn_to(8);
        for (stream, position) in asked {
            assert_eq!(streams.word(stream, position), word(7, stream, position));
            assert_eq!(streams.word(stream, position + 100), word(8, stream, position + 100));
        }
        assert_eq!(streams.words_from(0, 3, 1), [word(7, 0, 3)]);
        assert_eq!(streams.words_from(0, 5, 1), [word(8, 0, 5)]);
        let mut copy = streams.clone();
        copy.turn_to(9);
        copy.forget(0, 3);
        assert_eq!(copy.word(0, 3), word(9, 0, 3));
        assert_eq!(copy.word(0, 5), word(8, 0, 5));
        streams.begin(10);
        assert_eq!(streams.word(0, 3), word(10, 0, 3));
    }

    #[test]
    fn what_was_learnt_changes_no_word() {
        // Three streams asked for much, little and now and then; the last replications find their blocks made beforehand.
        let ask = |streams: &mut Streams, replication: u64| -> Vec<u64> {
            streams.begin(replication);
            let mut words: Vec<u64> = (0..45 + replication % 30).map(|p| streams.word(0, p)).collect();
            words.extend((0..5).map(|p| streams.word(1, p)));
            words.extend((0..replication % 2).map(|p| streams.word(2, 64 * replication + p)));
            for p in 40..49 {
                words.extend(streams.words_from(0, p, 1));
            }
            words
        };
        let mut used = Streams::new(&names(3), 4, Domain::Main);
        for replication in 0..200 {
            let mut new = Streams::new(&names(3), 4, Domain::Main);
            assert_eq!(ask(&mut used, replication), ask(&mut new, replication), "{replication}");
        }
        assert!(!used.usual.is_empty());
    }

    #[test]
    fn streams_in_great_number_have_the_same_words() {
        let mut all = Streams::new(&names(MANY), 4, Domain::Main);
        let mut few = Streams::new(&names(3), 4, Domain::Main);
        for replication in 0..3 {
            all.begin(replication);
            few.begin(replication);
            for position in (0..200).chain([1 << 40, 7]) {
                assert_eq!(all.word(2, position), few.word(2, position));
                assert_eq!(all.words_from(1, position, 5)[0], few.word(1, position));
            }
        }
        assert!(all.words.len() < MANY * NEAR as usize && all.usual.is_empty());
    }

    #[test]
    fn words_never_change() {
        let mut streams = Streams::new(&names(1), 1, Domain::Main);
        streams.begin(0);
        let first = [streams.word(0, 0), streams.word(0, 1), streams.word(0, 32)];
        assert_eq!(
            first.map(|w| format!("{w:016x}")).join(" "),
            "8fbf912280000000 89d094d880000000 90f4a39d80000000"
        );
    }
}
