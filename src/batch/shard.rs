//! Parts of a batch that may run anywhere: disjoint ranges of whole chunks.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::CHUNK;

/// One of `count` parts of a batch; `index` from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shard {
    /// Which part, from 1.
    pub index: u64,
    /// Of how many.
    pub count: u64,
}

impl Shard {
    /// The part's replications. The batch is cut into chunks of [`CHUNK`] from its first replication on, and part `i` of `N` gets
    /// the chunks from `floor((i - 1) C / N)` to `floor(i C / N)` of `C`: consecutive, and as even as whole chunks can be. With
    /// fewer chunks than parts some parts are empty.
    pub fn part_of(self, whole: Range<u64>) -> Range<u64> {
        let length = whole.end - whole.start;
        let chunks = u128::from(length.div_ceil(CHUNK));
        let cut = |parts: u64| {
            // At most `chunks`, so the product is at most `length` rounded up to a chunk.
            let chunk = (chunks * u128::from(parts) / u128::from(self.count)) as u64;
            whole.start + chunk.saturating_mul(CHUNK).min(length)
        };
        cut(self.index - 1)..cut(self.index)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

/// The text is not `I/N` with 1 <= I <= N.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAShard;

impl fmt::Display for NotAShard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a shard is written I/N, with I from 1 to N")
    }
}

impl std::error::Error for NotAShard {}

impl FromStr for Shard {
    type Err = NotAShard;

    fn from_str(text: &str) -> Result<Self, NotAShard> {
        let (index, count) = text.split_once('/').ok_or(NotAShard)?;
        let number = |text: &str| {
            let is_plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<u64>().ok().filter(|_| is_plain).ok_or(NotAShard)
        };
        let shard = Shard { index: number(index)?, count: number(count)? };
        if (1..=shard.count).contains(&shard.index) { Ok(shard) } else { Err(NotAShard) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_disjoint_whole_chunks_that_make_the_whole() {
        for (first, length) in [(0, 10_000), (7, 1_024), (5, 1), (0, 65_537), (100, 0)] {
            let whole = first..first + length;
            for count in 1..=64 {
                let mut at = whole.start;
                for index in 1..=count {
                    let part = Shard { index, count }.part_of(whole.clone());
                    assert_eq!(part.start, at, "{index}/{count} of {whole:?}");
                    assert!(part.end == whole.end || (part.end - first).is_multiple_of(CHUNK));
                    let even = length as f64 / count as f64;
                    assert!((part.end - part.start) as f64 <= even + CHUNK as f64);
                    at = part.end;
                }
                assert_eq!(at, whole.end);
            }
        }
    }

    #[test]
    fn the_largest_ranges_do_not_overflow() {
        let whole = 1..u64::MAX;
        let last = Shard { index: u64::MAX, count: u64::MAX }.part_of(whole.clone());
        assert_eq!(last.end, whole.end);
    }

    #[test]
    fn a_shard_is_read_strictly() {
        assert_eq!("3/8".parse(), Ok(Shard { index: 3, count: 8 }));
        for bad in ["", "3", "0/8", "9/8", "1/0", "+1/2", "1/2/3", "-1/2", "1/ 2", "a/b"] {
            assert_eq!(bad.parse::<Shard>(), Err(NotAShard), "{bad}");
        }
    }
}
