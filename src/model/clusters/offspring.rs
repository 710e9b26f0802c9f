//! Violations that others brought on.
//!
//! A violation that another brought on has the block of words at its name, whichever processes the two belong to:
//!
//! | word | draw |
//! |---|---|
//! | 0 | whose violation it is |
//! | 1 | after how long it comes |
//! | 2, 3 | severity; does a dispute open? |
//! | 4 to 9 | harm, as of own violations |
//! | 10 | how many it brings on itself |
//!
//! Its name is a hash of the name of what brought it on and its place among what that brought on. The name of an own
//! violation is a hash of its process's name and its ordinal. Names have 60 bits, so that two of a replication are alike with a chance of less
//! than a millionth of a millionth; they would then have the same words, and nothing else would go wrong.

use super::marks::{HARMS, Marks};
use super::{Clusters, Process, poisson};
use crate::kernel::stream::BLOCK;
use crate::kernel::{Time, after};
use crate::model::draws::Draws;
use crate::model::plan::{Num, ViolationPlan};

/// Which process a violation came of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    /// A violation of a process, which may bring on those of any that it excites.
    Process(usize),
    /// A push from outside on a process.
    Push(usize),
}

/// A violation that is to come of another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sprout {
    name: u64,
    /// When it was brought on.
    at: Time,
    source: Source,
}

/// Sprouts whose words are made together.
pub(super) const TOGETHER: usize = 8;

/// Words of a violation that another brought on.
const OF_WHOM: usize = 0;
const DELAY: usize = 1;
const SEVERITY: usize = 2;
const COIN: usize = 3;
const HARM: usize = 4;
const NUMBER: usize = HARM + HARMS;

/// Names have so many bits.
const NAME_BITS: u32 = 60;
/// Ordinals of violations that others brought on: this bit, and as many of the name.
const BROUGHT_ON: u64 = 1 << 39;
const ORDINAL_BITS: u32 = 38;

/// What the violations of a process bring on.
#[derive(Debug, Clone)]
pub(super) struct Offspring {
    /// What the names of its own violations begin with.
    tag: u64,
    /// By process that it excites: how many violations of it are expected.
    targets: Vec<(usize, Num)>,
    means: Vec<f64>,
    mean: f64,
    /// The first word at which the number is above 0, 1, and so on; empty where there are too many.
    above: Vec<u64>,
    /// The first of them: words below the last of these need no more.
    nearest: [u64; NEAREST],
    /// The first word at which it is not one of the first target's, or of the second's, and so on.
    beyond: Vec<u64>,
}

/// Few violations bring on as many as this.
const NEAREST: usize = 4;
/// A mean number beyond which numbers are not tabulated.
const MOST_TABULATED: f64 = 16.0;
const WORDS: f64 = 18_446_744_073_709_551_616.0;

impl Offspring {
    pub(super) fn of(plan: &ViolationPlan, draws: &Draws<'_>) -> Self {
        Self {
            tag: draws.streams.tag(plan.time_stream as usize),
            targets: plan.excites.clone(),
            means: vec![f64::NAN; plan.excites.len()],
            mean: 0.0,
            above: Vec::with_capacity(128),
            nearest: [u64::MAX; NEAREST],
            beyond: Vec::with_capacity(plan.excites.len()),
        }
    }

    /// Takes the numbers of a replication.
    #[inline]
    pub(super) fn renew(&mut self, draws: &Draws<'_>) {
        let is_same = self.targets.iter().zip(&self.means).all(|((_, num), mean)| draws.num(*num) == *mean);
        if !is_same {
            self.tabulate(draws);
        }
    }

    #[cold]
    fn tabulate(&mut self, draws: &Draws<'_>) {
        for ((_, num), mean) in self.targets.iter().zip(&mut self.means) {
            *mean = draws.num(*num);
        }
        self.mean = self.means.iter().sum();
        self.above.clear();
        self.beyond.clear();
        let mut reached = 0.0;
        for mean in &self.means {
            reached += mean;
            self.beyond.push((reached / self.mean * WORDS) as u64);
        }
        if self.mean > MOST_TABULATED {
            self.nearest = [0; NEAREST];
            return;
        }
        let (mut chance, mut reached) = (libm::exp(-self.mean), 0.0);
        for number in 1.. {
            reached += chance;
            let word = (reached * WORDS) as u64;
            self.above.push(word);
            chance *= self.mean / f64::from(number);
            if word == u64::MAX || (chance < 1e-17 && f64::from(number) > self.mean) {
                break;
            }
        }
        self.nearest = std::array::from_fn(|i| self.above.get(i).copied().unwrap_or(u64::MAX));
    }

    /// How many violations one brings on, at a word. No branch hangs on whether it is one or none.
    #[inline]
    fn number(&self, word: u64) -> u64 {
        let number = self.nearest.iter().map(|above| u64::from(word >= *above)).sum();
        if number < NEAREST as u64 { number } else { self.great_number(word) }
    }

    #[cold]
    fn great_number(&self, word: u64) -> u64 {
        match self.above.first() {
            Some(_) => self.above.iter().filter(|above| word >= **above).count() as u64,
            None if self.mean > 0.0 => poisson(self.mean, word),
            None => 0,
        }
    }

    /// Whose violation comes, at a word.
    #[inline]
    fn whose(&self, word: u64) -> usize {
        let last = self.targets.len() - 1;
        let place = self.beyond[..last].iter().filter(|beyond| word >= **beyond).count();
        self.targets[place].0
    }
}

impl Clusters {
    /// The number word of a push of a name.
    pub(super) fn pushed_by(draws: &Draws<'_>, name: u64) -> u64 {
        let mut blocks = [[[0; BLOCK]; 2]];
        draws.streams.blocks(|_| address(draws, name), &mut blocks);
        blocks[0][0][NUMBER]
    }

    /// Adds the sprouts of own violations of a process, from the `from`-th on, whose ordinals go on from `first`.
    pub(super) fn sprout_each(&mut self, draws: &mut Draws<'_>, index: usize, first: u64, from: usize) {
        let plan = draws.plan();
        let stream = plan.violations[index].number_stream as usize;
        let Process { times, offspring, .. } = &self.processes[index];
        let mut next = from;
        while next < times.len() {
            let position = first + (next - from) as u64;
            let words = draws.streams.words_from(stream, position, times.len() - next);
            for ((ordinal, word), at) in (position..).zip(words).zip(&times[next..]) {
                let number = if *at <= plan.horizon { offspring.number(*word) } else { 0 };
                let when = (*at, Source::Process(index));
                add_sprouts(&mut self.sprouts, named(offspring.tag, ordinal), number, when);
            }
            next += words.len();
        }
    }

    /// Lets all that is to come of others come, generation by generation.
    pub(in crate::model) fn grow(&mut self, draws: &Draws<'_>) {
        let mut blocks = std::mem::take(&mut self.blocks);
        while !self.sprouts.is_empty() {
            let from = self.sprouts.len().saturating_sub(TOGETHER);
            let count = self.sprouts.len() - from;
            let mut some = [self.sprouts[from]; TOGETHER];
            some[..count].copy_from_slice(&self.sprouts[from..]);
            self.sprouts.truncate(from);
            let ask = |i: usize| address(draws, some[i].name);
            // The last few, without those that would come twice.
            match blocks.first_chunk_mut::<1>() {
                Some(blocks) if count <= 2 => draws.streams.blocks(ask, blocks),
                _ => draws.streams.blocks(ask, &mut blocks),
            }
            let blocks = &blocks.as_flattened()[..count];
            let mut delays = [0.0; TOGETHER];
            let words =
                std::array::from_fn::<_, TOGETHER, _>(|i| blocks.get(i).map_or(0, |words| words[DELAY]));
            draws.values(draws.plan().unit_exponential, &words[..count], &mut delays);
            for ((sprout, words), delay) in some.iter().zip(blocks).zip(delays) {
                self.come(draws, sprout, words, delay);
            }
        }
        self.blocks = blocks;
    }

    #[inline]
    fn come(&mut self, draws: &Draws<'_>, sprout: &Sprout, words: &[u64; BLOCK], delay: f64) {
        let plan = draws.plan();
        let index = match sprout.source {
            Source::Process(source) => self.processes[source].offspring.whose(words[OF_WHOM]),
            Source::Push(target) => target,
        };
        let (plan_of, process) = (&plan.violations[index], &mut self.processes[index]);
        let at = after(sprout.at, delay * plan_of.memory);
        if at > plan.horizon || at < process.from {
            return;
        }
        process.times.push(at);
        let harm = std::array::from_fn(|i| words[HARM + i]);
        let marks = Marks { severity: words[SEVERITY], coin: words[COIN], harm };
        if process.limits.are_below(&marks) {
            let ordinal = BROUGHT_ON | (sprout.name & ((1 << ORDINAL_BITS) - 1));
            process.judge(draws, (plan_of, self.sees_all), (at, ordinal), &marks);
        }
        let number = process.offspring.number(words[NUMBER]);
        add_sprouts(&mut self.sprouts, sprout.name, number, (at, Source::Process(index)));
    }
}

/// Adds the sprouts of something that brings on so many.
#[inline]
pub(super) fn add_sprouts(sprouts: &mut Vec<Sprout>, parent: u64, count: u64, (at, source): (Time, Source)) {
    // The first is put down in any case, so that no branch hangs on whether there is one.
    let before = sprouts.len();
    sprouts.push(Sprout { name: named(parent, 0), at, source });
    sprouts.truncate(before + count.min(1) as usize);
    for place in 1..count {
        sprouts.push(Sprout { name: named(parent, place), at, source });
    }
}

/// Where the words of a name are.
#[inline]
fn address(draws: &Draws<'_>, name: u64) -> (usize, u64) {
    (draws.plan().shared_streams.further as usize, (name & ((1 << NAME_BITS) - 1)) * BLOCK as u64)
}

/// The name of the n-th of what something brought on: the mixing function of SplitMix64 (Steele, Lea and Flood 2014).
#[inline]
pub(in crate::model) fn named(parent: u64, n: u64) -> u64 {
    let mut z = parent.wrapping_add((n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
