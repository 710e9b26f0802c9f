//! A fingerprint of a set of replications that does not depend on their order.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use super::encoding::{Decoder, Encoder, Malformed};
use twox_hash::XxHash3_128;

/// The seed of the lower 128 bits of a replication's hash.
pub const SEED_LOW: u64 = 0;
/// The seed of the upper 128 bits of a replication's hash.
pub const SEED_HIGH: u64 = 1;

/// What longer inputs are hashed with under [`SEED_HIGH`]: it follows from the seed, but not without work.
static SECRET_HIGH: LazyLock<Box<[u8]>> = LazyLock::new(|| XxHash3_128::with_seed(SEED_HIGH).into_secret());

/// A 256-bit sum, modulo 2^256, of the hashes of replications. `.0[0]` is the least significant word.
///
/// Addition commutes, so the digest of a union is the sum of the digests, in any order. It shows accidental
/// differences; it is no protection against somebody who searches for a collision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Digest(pub [u64; 4]);

impl Digest {
    /// Adds one 256-bit number, least significant word first, modulo 2^256.
    #[inline]
    pub fn add(&mut self, words: [u64; 4]) {
        let mut carry = false;
        for (sum, word) in self.0.iter_mut().zip(words) {
            (*sum, carry) = add_with_carry(*sum, word, carry);
        }
    }

    /// The digest of one replication: what [`Summary::record`](super::Summary::record) adds for it.
    pub fn of_replication(index: u64, values: &[i64]) -> Digest {
        let mut bytes = Vec::with_capacity(8 * (values.len() + 1));
        bytes.extend_from_slice(&index.to_le_bytes());
        values.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
        Digest(hash_bytes(&bytes))
    }

    pub(super) fn encode(&self, out: &mut Encoder) {
        self.0.iter().for_each(|word| out.raw(&word.to_le_bytes()));
    }

    pub(super) fn decode(from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let mut words = [0; 4];
        for word in &mut words {
            *word = u64::from_le_bytes(from.raw(8)?.try_into().map_err(|_| Malformed)?);
        }
        Ok(Digest(words))
    }

    /// Adds the digest of other replications, modulo 2^256.
    pub fn merge(&mut self, other: &Digest) {
        self.add(other.0);
    }
}

/// One word of a longer addition.
#[inline]
fn add_with_carry(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(u64::from(carry));
    (sum, first | second)
}

/// The 256-bit hash of some bytes: XXH3-128 with seed [`SEED_LOW`] gives the lower 128 bits, XXH3-128 with
/// seed [`SEED_HIGH`] the upper. Words least significant first.
///
/// Source: XXH3 as published in xxHash 0.8 (Y. Collet, <https://github.com/Cyan4973/xxHash>), equal on all
/// platforms.
#[inline]
pub fn hash_bytes(bytes: &[u8]) -> [u64; 4] {
    let low = XxHash3_128::oneshot_with_seed(SEED_LOW, bytes);
    let high = XxHash3_128::oneshot_with_seed_and_secret(SEED_HIGH, &SECRET_HIGH, bytes);
    let high = high.unwrap_or_else(|_| XxHash3_128::oneshot_with_seed(SEED_HIGH, bytes));
    [low as u64, (low >> 64) as u64, high as u64, (high >> 64) as u64]
}

impl fmt::Display for Digest {
    /// 64 lower-case hexadecimal digits, most significant first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().rev().try_for_each(|word| write!(f, "{word:016x}"))
    }
}

/// The text is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADigest;

impl fmt::Display for NotADigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a digest is 64 hexadecimal digits")
    }
}

impl std::error::Error for NotADigest {}

impl FromStr for Digest {
    type Err = NotADigest;

    /// Reads what `Display` writes; upper-case digits are taken too. Anything else is [`NotADigest`].
    fn from_str(text: &str) -> Result<Self, NotADigest> {
        // Checked first: from_str_radix would let a leading '+' pass.
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(NotADigest);
        }
        let word = |at: usize| u64::from_str_radix(&text[at..at + 16], 16).map_err(|_| NotADigest);
        Ok(Digest([word(48)?, word(32)?, word(16)?, word(0)?]))
    }
}
