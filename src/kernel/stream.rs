//! Addressed random numbers: a draw is looked up, never consumed.
//!
//! A stream is one ChaCha8 key. Its 256 bits are four words: the root seed, two words of the 128-bit XXH3 hash of the stream's
//! name (a purpose and an entity's name), and a word that separates domains. The replication is ChaCha's 64-bit stream number,
//! and the position within the stream is the block counter. So the word at (seed, name, replication, position) is the same
//! whatever else the scenario holds and in whatever order draws are asked for; making it costs one block of eight
//! words, shared by the positions around it.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_128;

use super::chacha::{BATCH, BLOCK, FEW, LANES, Start, fill_four};

/// Number of the layout of draws and of the samplers. It is printed with every result; numbers under an unchanged seed move
/// only when it does.
pub const SAMPLING_VERSION: u32 = 1;

/// Words of 64 bits at hand around the last position asked for.
const NEAR: u64 = BATCH as u64;
/// Words at hand after a leap.
const NEAR_LEAP: u64 = (FEW * BLOCK) as u64;
/// Replications over which it is learnt how many words of a stream are asked for.
const LEARNING: u32 = 64;

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
        xxh3_128(text.as_bytes())
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
/// eight streams' blocks side by side. That changes when a word is made, never which word it is.
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
    /// What is made when a replication begins; its words stand behind those of the streams.
    batches: Vec<Start>,
    /// One batch for each stream, then one for each of `batches`.
    words: Vec<u64>,
    single: Start,
    habits: Habits,
    replication: u64,
    /// Words asked for since the replication began, by stream and position, where they are to outlast a turn to another.
    memory: Option<BTreeMap<(usize, u64), u64>>,
}

impl Streams {
    /// Streams of these names, in this order, under a root seed.
    pub fn new(names: &[StreamName], seed: u64, domain: Domain) -> Self {
        let fresh = empty_windows(names.len());
        // As many batches as streams, at most: room for them is made now, so that nothing allocates later.
        let mut words = Vec::with_capacity(2 * names.len() * BATCH);
        words.resize(names.len() * BATCH, 0);
        Self {
            keys: names.iter().map(|name| name.key(seed, domain)).collect(),
            windows: fresh.clone(),
            words,
            habits: Habits::new(names.len()),
            fresh,
            batches: Vec::with_capacity(names.len()),
            single: Start::new(),
            replication: 0,
            memory: None,
        }
    }

    /// From the next replication on, remembers every word asked for, so that [`Streams::turn_to`] can be used.
    pub fn remember(&mut self) {
        self.fresh = empty_windows(self.keys.len());
        self.batches.clear();
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
            self.settle_batches();
        }
        self.windows.copy_from_slice(&self.fresh);
        let from = self.keys.len() * BATCH;
        for (start, words) in self.batches.iter_mut().zip(self.words[from..].as_chunks_mut().0) {
            start.turn_to(replication);
            start.fill(words);
        }
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

    /// The blocks of words that hold some positions of streams, wherever they lie. They are made anew, and not remembered.
    pub fn blocks(&mut self, asks: [(usize, u64); FEW]) -> [[u64; BLOCK]; FEW] {
        let mut blocks = [[0; BLOCK]; FEW];
        let asks = asks.map(|(stream, position)| (&self.keys[stream], position / BLOCK as u64));
        if !fill_four(asks, self.replication, &mut blocks) {
            for (lane, (key, block)) in asks.into_iter().enumerate() {
                self.single.put(lane, key, block);
            }
            self.single.turn_to(self.replication);
            let mut words = [0; BATCH];
            self.single.fill(&mut words);
            blocks.copy_from_slice(&words.as_chunks().0[..FEW]);
        }
        blocks
    }

    /// Makes the words around a position and returns the one at it: many where draws come one after another, few after a leap.
    #[inline(never)]
    fn make(&mut self, stream: usize, position: u64) -> u64 {
        if self.memory.is_some() {
            return self.recall(stream, position);
        }
        let window = self.windows[stream];
        let goes_on = window.ready > 0 && position.wrapping_sub(window.first + window.ready) < NEAR_LEAP;
        if self.habits.left == 0 && !goes_on && self.make_few(stream, position) {
            return self.word(stream, position);
        }
        let (first, base) = (position / NEAR * NEAR, stream * BATCH);
        self.single.spread(&self.keys[stream], first / BLOCK as u64);
        self.single.turn_to(self.replication);
        let words = self.words[base..].first_chunk_mut().expect("every stream has a batch of its own");
        self.single.fill(words);
        let ready = self.habits.asked(stream, position);
        self.windows[stream] = Window { first, ready, base };
        self.words[base + (position - first) as usize]
    }

    /// The word that was given before, or else the present replication's; it alone is at hand then, so that all others are asked for here.
    #[cold]
    fn recall(&mut self, stream: usize, position: u64) -> u64 {
        let known = self.memory.as_ref().and_then(|memory| memory.get(&(stream, position)).copied());
        let word = known.unwrap_or_else(|| {
            let [block, ..] = self.blocks([(stream, position); FEW]);
            block[position as usize % BLOCK]
        });
        if let Some(memory) = &mut self.memory {
            memory.insert((stream, position), word);
        }
        let base = stream * BATCH;
        self.words[base] = word;
        self.windows[stream] = Window { first: position, ready: 1, base };
        word
    }

    /// Makes the four blocks around a position, where that is quicker than more.
    fn make_few(&mut self, stream: usize, position: u64) -> bool {
        let (first, base) = (position / NEAR_LEAP * NEAR_LEAP, stream * BATCH);
        let key = &self.keys[stream];
        let asks = std::array::from_fn(|i| (key, first / BLOCK as u64 + i as u64));
        let blocks = self.words[base..].as_chunks_mut().0.first_chunk_mut();
        let is_made = fill_four(asks, self.replication, blocks.expect("every stream has a batch of its own"));
        if is_made {
            self.windows[stream] = Window { first, ready: NEAR_LEAP, base };
        }
        is_made
    }

    /// Gives the blocks that are nearly always asked for their lanes, stream after stream.
    fn settle_batches(&mut self) {
        let mut lane = 0;
        for (stream, count) in self.habits.blocks().into_iter().enumerate().filter(|(_, count)| *count > 0) {
            let window = &mut self.fresh[stream];
            window.base = self.keys.len() * BATCH + lane * BLOCK;
            window.ready = (count * BLOCK) as u64;
            for block in 0..count {
                if lane % LANES == 0 {
                    self.batches.push(Start::new());
                }
                self.batches[lane / LANES].put(lane % LANES, &self.keys[stream], block as u64);
                lane += 1;
            }
        }
        self.words.resize((self.keys.len() + self.batches.len()) * BATCH, 0);
    }
}

/// Windows in which nothing is at hand.
fn empty_windows(streams: usize) -> Vec<Window> {
    (0..streams).map(|stream| Window { base: stream * BATCH, ..Window::default() }).collect()
}

/// How many of its first blocks a replication asks of each stream, counted over the first replications.
#[derive(Debug, Clone)]
struct Habits {
    /// Replications still to be counted.
    left: u32,
    /// By stream: blocks asked for in this replication.
    deepest: Vec<usize>,
    /// By stream: replications by blocks asked for.
    counts: Vec<[u32; LANES + 1]>,
}

impl Habits {
    fn new(streams: usize) -> Self {
        // One more than is counted: nothing was asked for before the first.
        Self { left: LEARNING + 1, deepest: vec![0; streams], counts: vec![[0; LANES + 1]; streams] }
    }

    /// A position had to be made. Returns how many words are to be ready: while it is being learnt, none beyond this block.
    fn asked(&mut self, stream: usize, position: u64) -> u64 {
        if self.left == 0 {
            return NEAR;
        }
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

    /// By stream: the number of blocks to make when a replication begins. Lanes come by eights, used or not, and a block that is missing
    /// costs eight of its own: so the last eight are filled up, or done without.
    fn blocks(&self) -> Vec<usize> {
        let mut most: Vec<usize> = (0..self.counts.len()).map(|stream| self.enough(stream)).collect();
        let mut least = most.clone();
        let over = most.iter().sum::<usize>() % LANES;
        if over > 0 {
            let lost: u32 = (0..over).map(|_| self.take_one(&mut least)).sum();
            let gained: u32 = (over..LANES).map(|_| self.give_one(&mut most)).sum();
            if lost + gained < LEARNING {
                return least;
            }
        }
        most
    }

    /// How many blocks of a stream pay, a lane costing an eighth of what a missing block does.
    fn enough(&self, stream: usize) -> usize {
        let cost = |blocks: usize| {
            let missing: u32 = self.counts[stream][blocks + 1..].iter().sum();
            blocks as u32 * LEARNING + LANES as u32 * missing
        };
        (0..=LANES).min_by_key(|blocks| cost(*blocks)).unwrap_or(0)
    }

    /// Takes the lane that fewest replications miss; returns how many.
    fn take_one(&self, blocks: &mut [usize]) -> u32 {
        let missed = |(stream, blocks): (usize, &usize)| (*blocks > 0).then(|| (self.counts[stream][*blocks], stream));
        let Some((missed, stream)) = blocks.iter().enumerate().filter_map(missed).min() else { return 0 };
        blocks[stream] -= 1;
        missed
    }

    /// Adds the lane that most replications miss; returns how many.
    fn give_one(&self, blocks: &mut [usize]) -> u32 {
        let missed = |(stream, blocks): (usize, &usize)| Some((*self.counts[stream].get(*blocks + 1)?, stream));
        let Some((missed, stream)) = blocks.iter().enumerate().filter_map(missed).max() else { return 0 };
        blocks[stream] += 1;
        missed
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
        streams.remember();
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
        assert!(!used.batches.is_empty());
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
