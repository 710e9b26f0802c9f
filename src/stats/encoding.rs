//! Accumulators as bytes, exactly: how a part of a batch is kept on disk and read back to be added to others.
//!
//! Small numbers are LEB128 varints (seven bits a byte, least significant first, the top bit set on all but the last); signed
//! ones are zigzag-mapped before. Wide sums have a fixed length, least significant byte first. Equal accumulators give equal bytes.

use super::wide::U256;

/// What was read cannot have been written by [`Encoder`] for these bins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the encoded statistics are malformed")
    }
}

impl std::error::Error for Malformed {}

/// Writes numbers, one after another.
#[derive(Clone, Debug, Default)]
pub struct Encoder {
    bytes: Vec<u8>,
}

impl Encoder {
    /// Nothing written yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A number, in as many bytes as it needs.
    pub fn unsigned(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// A signed number; numbers near zero are short.
    pub fn signed(&mut self, value: i64) {
        self.unsigned(((value << 1) ^ (value >> 63)) as u64);
    }

    /// A number of 128 bits in two's complement.
    pub fn wide(&mut self, value: i128) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// A number of 256 bits.
    pub fn widest(&mut self, value: U256) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// A text, its length in bytes before it.
    pub fn text(&mut self, text: &str) {
        self.unsigned(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// What was written so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Reads what an [`Encoder`] wrote, in the same order.
#[derive(Clone, Debug)]
pub struct Decoder<'b> {
    rest: &'b [u8],
}

impl<'b> Decoder<'b> {
    /// From the first byte on.
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next bytes as they are.
    ///
    /// # Errors
    /// [`Malformed`] if there are not so many.
    pub fn raw(&mut self, length: usize) -> Result<&'b [u8], Malformed> {
        let (head, tail) = self.rest.split_at_checked(length).ok_or(Malformed)?;
        self.rest = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.raw(N)?.try_into().map_err(|_| Malformed)
    }

    /// A number.
    ///
    /// # Errors
    /// [`Malformed`] at the end, beyond 64 bits, or where it is longer than it need be.
    pub fn unsigned(&mut self) -> Result<u64, Malformed> {
        let mut value = 0_u64;
        for place in 0..10 {
            let [byte] = self.array()?;
            let bits = u64::from(byte & 0x7f);
            if (place == 9 && bits > 1) || (place > 0 && byte == 0) {
                return Err(Malformed);
            }
            value |= bits << (7 * place);
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Malformed)
    }

    /// A signed number.
    ///
    /// # Errors
    /// As [`Decoder::unsigned`].
    pub fn signed(&mut self) -> Result<i64, Malformed> {
        let coded = self.unsigned()?;
        Ok((coded >> 1) as i64 ^ -((coded & 1) as i64))
    }

    /// A number of 128 bits.
    ///
    /// # Errors
    /// [`Malformed`] at the end.
    pub fn wide(&mut self) -> Result<i128, Malformed> {
        Ok(i128::from_le_bytes(self.array()?))
    }

    /// A number of 256 bits.
    ///
    /// # Errors
    /// [`Malformed`] at the end.
    pub fn widest(&mut self) -> Result<U256, Malformed> {
        Ok(U256::from_le_bytes(self.array()?))
    }

    /// A text.
    ///
    /// # Errors
    /// [`Malformed`] at the end, or if it is not UTF-8.
    pub fn text(&mut self) -> Result<&'b str, Malformed> {
        let length = self.count()?;
        std::str::from_utf8(self.raw(length)?).map_err(|_| Malformed)
    }

    /// A number of things that follow, each at least a byte long: never more than there are bytes, so that it is safe to make
    /// room for them.
    ///
    /// # Errors
    /// [`Malformed`] where there are fewer bytes.
    pub fn count(&mut self) -> Result<usize, Malformed> {
        usize::try_from(self.unsigned()?).ok().filter(|n| *n <= self.rest.len()).ok_or(Malformed)
    }

    /// Checks that all was read.
    ///
    /// # Errors
    /// [`Malformed`] if something is left.
    pub fn end(&self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed) }
    }
}

/// Goes on if a condition holds that every written accumulator meets.
pub(super) fn ensure(holds: bool) -> Result<(), Malformed> {
    if holds { Ok(()) } else { Err(Malformed) }
}
