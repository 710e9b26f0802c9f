//! Parts that fade exponentially, what is left of them together, and the exponential of that: at several times side by side.
//!
//! Every sum is taken in the order of the parts, so that the results are those of one time after another, whatever registers the
//! processor has.

use super::exponential::exponentials;

/// A part that fades: `size · e^(−(t − since) / decay)` from `since` on. With an infinite decay it stays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fading {
    /// What it is at first.
    pub size: f64,
    /// When it begins to fade, in seconds.
    pub since: f64,
    /// After how many seconds an e-th is left.
    pub decay: f64,
}

impl Fading {
    #[inline(always)]
    fn exponent(&self, at: f64) -> f64 {
        -(at - self.since) / self.decay
    }
}

/// At each time, the exponential of what is left of all parts together. Eight times come cheapest.
pub fn levels<const N: usize>(parts: &[Fading], times: &[f64; N]) -> [f64; N] {
    #[cfg(target_arch = "x86_64")]
    #[allow(
        unsafe_code,
        reason = "15 instructions an exponential, or 8, instead of 75; the code is that of the portable way"
    )]
    // SAFETY: the only condition of either call is that the processor has what is asked just before.
    unsafe {
        if std::arch::is_x86_feature_detected!("avx512f") && std::arch::is_x86_feature_detected!("avx512dq") {
            return levels_by_avx512(parts, times);
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            return levels_by_avx2(parts, times);
        }
    }
    levels_side_by_side(parts, times)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq")]
fn levels_by_avx512<const N: usize>(parts: &[Fading], times: &[f64; N]) -> [f64; N] {
    levels_side_by_side(parts, times)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn levels_by_avx2<const N: usize>(parts: &[Fading], times: &[f64; N]) -> [f64; N] {
    levels_side_by_side(parts, times)
}

#[inline(always)]
fn levels_side_by_side<const N: usize>(parts: &[Fading], times: &[f64; N]) -> [f64; N] {
    let mut sums = [0.0; N];
    for part in parts {
        let left = exponentials(&times.map(|at| part.exponent(at)));
        sums.iter_mut().zip(left).for_each(|(sum, left)| *sum += part.size * left);
    }
    exponentials(&sums)
}

/// What [`levels`] cannot exceed from a time on, at which all parts have begun: parts only fade, and those below zero may fade at once.
pub fn height(parts: &[Fading], at: f64) -> f64 {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        #[allow(unsafe_code, reason = "as for `levels`")]
        // SAFETY: the only condition of the call is that the processor has AVX2, which was just asked.
        return libm::exp(unsafe { rise_by_avx2(parts, at) });
    }
    libm::exp(rise_side_by_side(parts, at))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn rise_by_avx2(parts: &[Fading], at: f64) -> f64 {
    rise_side_by_side(parts, at)
}

/// What is left of the parts above zero.
#[inline(always)]
fn rise_side_by_side(parts: &[Fading], at: f64) -> f64 {
    /// Parts looked at side by side.
    const SOME: usize = 4;
    let mut sum = 0.0;
    for some in parts.chunks(SOME) {
        let mut exponents = [0.0; SOME];
        exponents.iter_mut().zip(some).for_each(|(exponent, part)| *exponent = part.exponent(at));
        let left = exponentials(&exponents);
        some.iter().zip(left).for_each(|(part, left)| sum += (part.size * left).max(0.0));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: [Fading; 6] = [
        Fading { size: 1.5, since: 0.0, decay: 3.0 },
        Fading { size: -0.7, since: 1.0, decay: 40.0 },
        Fading { size: 0.25, since: 2.0, decay: f64::INFINITY },
        Fading { size: 2.0, since: 2.0, decay: 0.001 },
        Fading { size: 0.0, since: 2.5, decay: 1.0 },
        Fading { size: -1e-3, since: 3.0, decay: 1e9 },
    ];

    /// One time after another, one part after another.
    fn alone(parts: &[Fading], at: f64, of: impl Fn(f64) -> f64) -> f64 {
        libm::exp(parts.iter().map(|p| of(p.size * libm::exp(-(at - p.since) / p.decay))).sum())
    }

    #[test]
    fn side_by_side_is_to_the_last_bit_what_it_is_alone() {
        let bits = |levels: [f64; 8]| levels.map(f64::to_bits);
        for step in 0..if cfg!(miri) { 3 } else { 2_000 } {
            let times = std::array::from_fn(|lane| 3.0 + f64::from(step) * 0.1 + lane as f64 * 0.013);
            for parts in (0..=PARTS.len()).map(|n| &PARTS[..n]) {
                let expected = times.map(|at| alone(parts, at, |left| left).to_bits());
                assert_eq!(bits(levels(parts, &times)), expected);
                assert_eq!(bits(levels_side_by_side(parts, &times)), expected);
                #[cfg(target_arch = "x86_64")]
                if std::arch::is_x86_feature_detected!("avx2") {
                    #[allow(unsafe_code, reason = "the way by AVX2, where AVX-512 hides it")]
                    // SAFETY: the processor has AVX2.
                    let found = unsafe { levels_by_avx2(parts, &times) };
                    assert_eq!(bits(found), expected);
                }
                let expected = alone(parts, times[0], |left| left.max(0.0)).to_bits();
                assert_eq!(height(parts, times[0]).to_bits(), expected);
                assert_eq!(libm::exp(rise_side_by_side(parts, times[0])).to_bits(), expected);
            }
        }
    }

    #[test]
    fn nothing_later_lies_above_the_height() {
        for step in 0..if cfg!(miri) { 2 } else { 100 } {
            let at = 3.0 + f64::from(step) * 0.2;
            let most = height(&PARTS, at);
            assert!(
                (0..if cfg!(miri) { 5 } else { 200 })
                    .all(|later| levels(&PARTS, &[at + f64::from(later) * 0.5])[0] <= most)
            );
        }
    }

    #[test]
    fn nothing_at_all_leaves_one() {
        assert_eq!(levels(&[], &[0.0, 5.0]), [1.0, 1.0]);
        assert_eq!(height(&[], 5.0), 1.0);
    }
}
