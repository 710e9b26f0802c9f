//! Order and accuracy of the samplers.

use super::laws;
use crate::dist::{Distribution as D, Prob, Sampler};

/// A spread of words from a fixed multiplicative sequence.
fn scattered(count: u64) -> impl Iterator<Item = u64> {
    (0..count).map(|i| {
        let w = (i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (w ^ (w >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
    })
}

/// Ordered words: the ends, every segment joint with its neighbours, runs of adjacent words and scattered ones.
fn ordered() -> Vec<u64> {
    let mut words: Vec<u64> = (0..40).collect();
    for octave in 0..63_u32 {
        for segment in 0..16_u64 {
            let start = 1_u64 << (62 - octave);
            let joint = start + (start >> 4) * segment;
            words.extend((0..8).map(|i| joint.saturating_add(i).saturating_sub(4)));
            words.extend((0..6).map(|i| joint.saturating_add(i << 25).saturating_sub(3 << 25)));
        }
    }
    words.extend(scattered(20_000));
    words.extend(scattered(300).flat_map(|w| (0..12).map(move |i| w.saturating_add(i << 20))));
    words.extend(words.clone().iter().map(|w| !w));
    words.sort_unstable();
    words
}

#[test]
fn samples_never_decrease_and_stay_in_the_support() {
    let words = ordered();
    for (name, law) in laws::all() {
        let sampler = Sampler::new(&law);
        let (low, high) = law.support();
        let mut last = f64::NEG_INFINITY;
        for word in &words {
            let x = sampler.sample(*word);
            assert!(x.is_finite() && low <= x && x <= high, "{name}: {x} at {word} outside {low} {high}");
            assert!(x >= last, "{name}: {x:e} after {last:e} at {word:#x}");
            last = x;
        }
    }
}

#[test]
fn many_words_at_once_are_words_one_by_one() {
    let words = ordered();
    for (name, law) in laws::all() {
        let sampler = Sampler::new(&law);
        let (mut from, mut turn) = (0, 0);
        while from < words.len() {
            // Runs of every length, more and less room than words, and words far from each other side by side.
            let run: Vec<u64> =
                (0..turn % 14).map(|i| words[(from + i * (turn % 3 * 1_000 + 1)) % words.len()]).collect();
            let mut values = vec![f64::NAN; (run.len() + turn % 5).saturating_sub(2)];
            let count = sampler.sample_all(&run, &mut values);
            assert_eq!(count, run.len().min(values.len()), "{name}");
            for (word, value) in run.iter().zip(&values) {
                let alone = sampler.sample(*word);
                assert_eq!(
                    value.to_bits(),
                    alone.to_bits(),
                    "{name}: {value:e}, not {alone:e}, at {word:#x}"
                );
            }
            assert!(values[count..].iter().all(|value| value.is_nan()), "{name}: more than was asked for");
            (from, turn) = (from + run.len().max(1), turn + 1);
        }
    }
}

#[test]
fn samples_agree_with_the_exact_quantile() {
    for (name, law) in laws::all() {
        let sampler = Sampler::new(&law);
        let mut errors: Vec<f64> = scattered(4001)
            .map(|word| {
                let exact = law.quantile(Prob::from_word(word));
                (sampler.sample(word) - exact).abs() / exact.abs().max(1e-12)
            })
            .collect();
        errors.sort_by(f64::total_cmp);
        assert!(errors[2000] <= 2e-6, "{name}: median error {}", errors[2000]);
        let most = if name == "gamma 0.1" { 1e-5 } else { 2e-6 };
        assert!(errors[3960] <= most, "{name}: 99% error {}", errors[3960]);
    }
}

#[test]
fn smooth_laws_are_hardly_ever_solved() {
    for (name, law) in laws::all().into_iter().filter(|(_, law)| !law.is_discrete()) {
        let share = Sampler::new(&law).solved_share();
        println!("{name} solved {share:e}");
        let most = if name.starts_with("mixture") || name.starts_with("gated") {
            0.06
        } else if name == "gamma 0.1" {
            0.2
        } else {
            0.004
        };
        assert!(share < most, "{name}: {share}");
    }
}

#[test]
fn a_gate_opens_for_its_share_of_words() {
    let law = D::gated(0.25, D::Uniform { min: 0.0, max: 1.0 }).expect("legal");
    let sampler = Sampler::new(&law);
    let threshold = 3_u64 << 62;
    assert_eq!(sampler.sample(threshold - 1), 0.0);
    assert!(sampler.sample(threshold) < 1e-15);
    assert!((sampler.sample(threshold + (1 << 61)) - 0.5).abs() < 1e-12);
    assert!(sampler.sample(u64::MAX) > 1.0 - 1e-12);
}

#[test]
fn steps_split_the_words_exactly() {
    let sampler = Sampler::new(&D::table(vec![(1.0, 1.0), (2.0, 2.0), (3.0, 1.0)]).expect("legal"));
    let quarter = 1_u64 << 62;
    let seen = [quarter - 1, quarter, 3 * quarter - 1, 3 * quarter].map(|w| sampler.sample(w));
    assert_eq!(seen, [1.0, 2.0, 2.0, 3.0]);
    let coin = Sampler::new(&D::bernoulli(0.25).expect("legal"));
    assert_eq!([3 * quarter - 1, 3 * quarter].map(|w| coin.sample(w)), [0.0, 1.0]);
}
