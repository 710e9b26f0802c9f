//! 256-bit unsigned integers, as far as exact variances need them.
//!
//! With fewer than 2^64 values of 64 bits, `n * sum(x^2)` and `(sum x)^2` stay below 2^256, so a variance is
//! one exact integer over another and nothing cancels.

/// An unsigned integer below 2^256: `high * 2^128 + low`. Ordered as the number it stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct U256 {
    high: u128,
    low: u128,
}

impl From<u128> for U256 {
    fn from(low: u128) -> Self {
        U256 { high: 0, low }
    }
}

impl U256 {
    /// Zero.
    pub const ZERO: U256 = U256 { high: 0, low: 0 };

    /// The number `high * 2^128 + low`.
    pub const fn new(high: u128, low: u128) -> Self {
        U256 { high, low }
    }

    /// 32 bytes, least significant first.
    pub const fn to_le_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        let (low, high) = bytes.split_at_mut(16);
        low.copy_from_slice(&self.low.to_le_bytes());
        high.copy_from_slice(&self.high.to_le_bytes());
        bytes
    }

    /// The number of 32 bytes, least significant first.
    pub const fn from_le_bytes(bytes: [u8; 32]) -> Self {
        let mut halves = [[0; 16]; 2];
        let (low, high) = bytes.split_at(16);
        halves[0].copy_from_slice(low);
        halves[1].copy_from_slice(high);
        U256 { high: u128::from_le_bytes(halves[1]), low: u128::from_le_bytes(halves[0]) }
    }

    /// The exact product of two 128-bit numbers, by the schoolbook method on 64-bit halves (Knuth, The Art of
    /// Computer Programming vol. 2, 4.3.1, algorithm M).
    pub const fn product(a: u128, b: u128) -> Self {
        let (a1, a0) = halves(a);
        let (b1, b0) = halves(b);
        let (c1, low) = halves(a0 * b0);
        let (m1, m0) = halves(a1 * b0 + c1);
        let (n1, middle) = halves(a0 * b1 + m0);
        U256 { high: a1 * b1 + m1 + n1, low: (middle << 64) | low }
    }

    /// The exact product with a 64-bit number; `None` at 2^256 or more.
    pub fn checked_times(self, factor: u64) -> Option<Self> {
        let factor = u128::from(factor);
        let low = U256::product(self.low, factor);
        let high = U256::product(self.high, factor);
        if high.high != 0 {
            return None;
        }
        Some(U256 { high: low.high.checked_add(high.low)?, low: low.low })
    }

    /// The sum modulo 2^256.
    pub const fn wrapping_add(self, other: Self) -> Self {
        let (low, carry) = self.low.overflowing_add(other.low);
        U256 { high: self.high.wrapping_add(other.high).wrapping_add(carry as u128), low }
    }

    /// The difference modulo 2^256.
    pub const fn wrapping_sub(self, other: Self) -> Self {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        U256 { high: self.high.wrapping_sub(other.high).wrapping_sub(borrow as u128), low }
    }

    /// The sum; `None` at 2^256 or more.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let sum = self.wrapping_add(other);
        (sum >= self).then_some(sum)
    }

    /// The difference; `None` below zero.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        (self >= other).then(|| self.wrapping_sub(other))
    }

    /// Adds a 128-bit number in place, modulo 2^256. The hot path of recording.
    #[inline]
    pub fn accumulate(&mut self, value: u128) {
        let (low, carry) = self.low.overflowing_add(value);
        self.low = low;
        self.high = self.high.wrapping_add(u128::from(carry));
    }

    /// Whether the number is zero.
    pub fn is_zero(self) -> bool {
        self == U256::ZERO
    }

    /// How many bits the number needs; 0 for zero.
    pub const fn bits(self) -> u32 {
        if self.high == 0 { 128 - self.low.leading_zeros() } else { 256 - self.high.leading_zeros() }
    }

    /// The nearest `f64`, ties to even.
    pub fn to_f64(self) -> f64 {
        ratio(self, U256::from(1))
    }

    /// The number times 2^`count`, modulo 2^256; `count` below 256.
    const fn shifted_left(self, count: u32) -> Self {
        match count {
            0 => self,
            1..128 => {
                let carried = self.low >> (128 - count);
                U256 { high: (self.high << count) | carried, low: self.low << count }
            }
            _ => U256 { high: self.low << (count - 128), low: 0 },
        }
    }
}

/// The upper and the lower 64 bits, each in a u128 so that products of them are exact.
const fn halves(x: u128) -> (u128, u128) {
    (x >> 64, x & (u64::MAX as u128))
}

/// The quotient as the nearest `f64`, ties to even: correctly rounded, one rounding only. NaN when `divisor`
/// is zero.
///
/// Restoring long division of the two numbers, both shifted until their top bit is set, gives 63 bits of
/// quotient; a non-zero remainder sets the last of them, so that the single conversion to `f64` rounds as the
/// full quotient would.
pub fn ratio(dividend: U256, divisor: U256) -> f64 {
    if divisor.is_zero() {
        return f64::NAN;
    }
    if dividend.is_zero() {
        return 0.0;
    }
    let scale = dividend.bits() as i32 - divisor.bits() as i32;
    let quotient = long_division(
        dividend.shifted_left(256 - dividend.bits()),
        divisor.shifted_left(256 - divisor.bits()),
    );
    libm::ldexp(quotient as f64, scale - 62)
}

/// `dividend / divisor * 2^62` for two numbers with the top bit set, rounded down, its last bit set if
/// inexact.
fn long_division(dividend: U256, divisor: U256) -> u64 {
    let mut rest = dividend;
    let mut carry = false;
    let mut quotient = 0_u64;
    for _ in 0..63 {
        quotient <<= 1;
        if carry || rest >= divisor {
            rest = rest.wrapping_sub(divisor);
            quotient |= 1;
        }
        carry = rest.bits() == 256;
        rest = rest.shifted_left(1);
    }
    let inexact = carry || !rest.is_zero();
    quotient | u64::from(inexact)
}

/// `numerator / divisor` for a signed numerator given as sign and size; correctly rounded.
pub fn signed_ratio(negative: bool, size: U256, divisor: U256) -> f64 {
    let value = ratio(size, divisor);
    // A zero keeps its plain sign: -0.0 would print differently.
    if negative && !size.is_zero() { -value } else { value }
}
