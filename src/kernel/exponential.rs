//! Exponentials of several numbers at once, equal to the last bit to [`libm::exp`] of each.
//!
//! The same operations in the same order (FreeBSD's `e_exp.c`, which libm follows: reduction by multiples of ln 2, then a rational
//! approximation), but with choices in place of branches, so that the compiler does them side by side.

const LN2_HIGH: f64 = 0.693_147_180_369_123_8;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
const PER_LN2: f64 = std::f64::consts::LOG2_E;
const P: [f64; 5] = [
    0.166_666_666_666_666_02,
    -2.777_777_777_701_559_3e-3,
    6.613_756_321_437_934e-5,
    -1.653_390_220_546_525_2e-6,
    4.138_136_797_057_238_5e-8,
];

/// The least number whose upper half, as bits, is this.
const fn from_upper(upper: u64) -> f64 {
    f64::from_bits(upper << 32)
}

/// From here on numbers are reduced by the nearest multiple of ln 2.
const REDUCED: f64 = from_upper(0x3fd6_2e43);
/// Below it, but for zero, and from here on other rules hold.
const TINY: f64 = from_upper(0x3e30_0001);
const HUGE: f64 = from_upper(0x4086_232b);

/// 1.5 · 2^52: what is added to it and taken away again has become whole.
const WHOLE: f64 = 6_755_399_441_055_744.0;

/// The exponential of each number. Callers are compiled for wide registers.
#[inline(always)]
pub(super) fn exponentials<const N: usize>(x: &[f64; N]) -> [f64; N] {
    let (mut results, mut are_usual) = ([0.0; N], true);
    for (result, x) in results.iter_mut().zip(x) {
        *result = usual(*x);
        let size = x.abs();
        are_usual &= (size < HUGE) & ((size >= TINY) | (*x == 0.0));
    }
    if are_usual { results } else { x.map(libm::exp) }
}

/// The exponential of zero, or of a number from [`TINY`] to below [`HUGE`] in size.
#[inline(always)]
fn usual(x: f64) -> f64 {
    let multiple = truncated(PER_LN2 * x + 0.5_f64.copysign(x));
    let multiple = if x.abs() < REDUCED { 0.0 } else { multiple };
    let (high, low) = (x - multiple * LN2_HIGH, multiple * LN2_LOW);
    let rest = high - low;
    let square = rest * rest;
    let [p1, p2, p3, p4, p5] = P;
    let c = rest - square * (p1 + square * (p2 + square * (p3 + square * (p4 + square * p5))));
    let y = 1.0 + (rest * c / (2.0 - c) - low + high);
    // 2^multiple: the whole number stands in the lower bits of the sum.
    y * f64::from_bits((multiple + (WHOLE + 1023.0)).to_bits() << 52)
}

/// Leaves out what is behind the point of a number that is below 2^51 in size.
#[inline(always)]
fn truncated(x: f64) -> f64 {
    let size = x.abs();
    let near = (size + WHOLE) - WHOLE;
    (if near > size { near - 1.0 } else { near }).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_are_those_of_each_number_alone() {
        let mut numbers =
            vec![0.0, 5e-324, 1e-300, 707.0, 709.0, 709.7, 710.0, 745.2, 1e9, f64::INFINITY, f64::NAN];
        let half = std::f64::consts::LN_2 / 2.0;
        for near in [TINY, REDUCED, HUGE, half, 3.0 * half, from_upper(0x3ff0_a2b2)] {
            numbers.extend([near.next_down(), near, near.next_up()]);
        }
        for k in 0..1022 {
            // Where the nearest multiple of ln 2 changes.
            let joint = (f64::from(k) + 0.5) / PER_LN2;
            numbers.extend([joint.next_down(), joint, joint.next_up()]);
        }
        let mut state = 1_u64;
        for _ in 0..if cfg!(miri) { 2_000 } else { 200_000 } {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Every size from 2^-32 to 2^10.
            numbers.push(f64::from_bits((991 + (state >> 58) % 42) << 52 | state >> 12));
        }
        let numbers: Vec<f64> = numbers.iter().flat_map(|x| [*x, -*x]).collect();
        for six in numbers.chunks(6) {
            let mut x = [1.0; 6];
            x[..six.len()].copy_from_slice(six);
            for (x, found) in x.iter().zip(exponentials(&x)) {
                let expected = libm::exp(*x);
                assert!(found.to_bits() == expected.to_bits() || x.is_nan(), "{x}: {found} not {expected}");
            }
        }
    }

    #[test]
    fn a_number_that_is_none_has_no_exponential() {
        assert!(exponentials(&[1.0, f64::NAN])[1].is_nan());
    }
}
