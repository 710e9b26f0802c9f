use std::cmp::Ordering;

use proptest::prelude::*;

use crate::stats::wide::*;

/// Two factors, and the upper and lower half of their product; by Python.
#[rustfmt::skip]
const PRODUCTS: [(u128, u128, u128, u128); 12] = [
    (0xcb91ce375bc8fbbcbde5c0994164d839, 0x6, 0x4, 0xc56ad54c26b5e66c73628397885d1156),
    (0xa3fc1ea36f17fd374c6a53877, 0x7, 0x0, 0x47be4d67809a7ec8316e848b41),
    (0x1cfb1, 0x30bcace73f1f65a8de5271007814e8a2, 0x5846, 0xef29c70c6d91b3d8d15ffa80d731d602),
    (0x35b73993fd4235992edcf451a1afe87, 0x478c281d687c966c, 0xf03399654d9161, 0xcdc3f7cf0ea437889b817837f5ea7af4),
    (0xea959, 0x126a1e48cc11d357c30d8b7628dbd25e, 0x10dfc, 0x1cddbf0045841404613cb912d37030ae),
    (0x9e306, 0xf8eb18b90074513021da8978206f5c66, 0x99d02, 0x2aefa3d40168c5d4683de17dc1209c64),
    (0x0, 0xfb7ff337f5cae3bf, 0x0, 0x0),
    (0xdf561, 0x504b74ba4a0fe75d, 0x0, 0x460cb90c34646082bab3d),
    (0x8a0a8, 0xf0e3cd972e81d66d, 0x0, 0x81e4ae2b6dc565ea0d788),
    (0xf770c, 0x6a3753915c76f18a0585a01c4c7d6df0, 0x66aa2, 0x97f4e7c3c6f0cdddc159243b550bb740),
    (0xef901, 0x10acff0043892dfc, 0x0, 0xf9ae46b7f231350b49fc),
    (0xd14125844d25deb3, 0x4, 0x0, 0x34504961134977acc),
];

/// Dividend and divisor as upper and lower halves, and the nearest f64, by Python's `float(Fraction(a, b))`.
#[rustfmt::skip]
const RATIOS: [(u128, u128, u128, u128, f64); 34] = [
    (0x0, 0xd18a669a5af84e6b4f59672710e6d8e6, 0x0, 0x2c92247b121dc5, 2.220121926609062e+22),
    (0x0, 0xb465325278f845f57b3120df2f4d4c86, 0x0, 0x3a, 4.1342496875624956e+36),
    (0x0, 0xf06313ff9a01fe8, 0x0, 0x1, 1.0826069112699044e+18),
    (0x0, 0x8c8f95ef04a012e8677fd139d84a1d3a, 0xbf64ef773ec28d00252f615d75b1e24, 0x9419cf4d60597bdc5dbe44096b384309, 3.4531548824819635e-38),
    (0x0, 0x1e90d59faba827, 0x0, 0x79, 71103276715541.48),
    (0x0, 0x347293edfde416, 0x0, 0x5ad38332f05a58296818, 3.441868151366048e-08),
    (0xcc170c31c7eec61bbf9703c096fabb7b, 0x1ba95a54767d5274c68deb5d403a960a, 0x0, 0x12ef6edc14ed57, 1.732004707502928e+61),
    (0x0, 0x0, 0x0, 0x1, 0.0),
    (0x0, 0xeb07c30d5cd5061c9c5f319e834c1b69, 0x0, 0x15c, 8.977266701610171e+35),
    (0x0, 0xb3de08fec983704, 0x0, 0x5119cdccaf9b74f84ffcbf4217921e6c, 7.514281327669354e-21),
    (0x0, 0xcc7c6d82d6f2efc, 0x0, 0x1, 9.209232805980526e+17),
    (0x0, 0x160db7b89c4e56, 0x0, 0x1ef67aff297d0e, 0.7122603395099204),
    (0x0, 0x18dbdb85a5cd2, 0x0, 0x1, 437320957975762.0),
    (0xd3881a5058056ed0980dc6ffbd953dc2, 0x3cc217790825c7cc67e84707ec717f15, 0x0, 0x29a96f74a677c6, 8.158980022703169e+60),
    (0xcd08606af8a36939ef, 0xea83854afaa30fac0e42d43c2547f19c, 0x0, 0x3501d6a34d3e558d2adb, 5.141477552327728e+36),
    (0x0, 0x1769cbfb368220, 0x0, 0xe580c35ea161d90921fdac3af325ffbe, 2.1602998297903541e-23),
    (0xd80f0b97522634f16f, 0x5f7cc5d86f3f02402b37d8171b4c24c2, 0x0, 0x74012425d75a4b78dc3d, 2.475692503805985e+36),
    (0x0, 0x10b5d0f9dba1db, 0x0, 0xb0577cf7fcf6f5cb2afc, 5.648161719906229e-09),
    (0x0, 0x785737974a807546462731417aa286ac, 0x0, 0x1cd0258170f9e6e053f7, 1175608527158291.5),
    (0xefa080c6a52dece95a, 0xf5b67e6e8820e3bdfd06f9f6d2723248, 0x0, 0x2e1c56a68b41de28123c, 6.907700161525838e+36),
    (0x0, 0x1f7aaad9, 0x0, 0x320c9983e2c328, 3.748919177928433e-08),
    (0x5b0f13b0c65fb8a2cb8f1137c938c68d, 0x1027e5d35c7fe05880b91b2ede0d0fc5, 0x5d09dd294e424b92, 0xc277af3208c9196da9fd1ce996655f23, 1.8054241620977865e+19),
    (0xfb1ff91ac50e2b9943cdc3567c55dde1, 0xd5d1cbd047e5eb8dab163406b4581e37, 0xa6523995570f0cbe, 0xf20f678df4f6717c4b39e336b74acffb, 2.785235382529298e+19),
    (0x0, 0x1b422094a6300c, 0x0, 0x1, 7672532071493644.0),
    (0x0, 0x20000000000001, 0x0, 0x1, 9007199254740992.0),
    (0x0, 0x20000000000003, 0x0, 0x1, 9007199254740996.0),
    (0x0, 0x40000000000002, 0x0, 0x1, 1.8014398509481984e+16),
    (0x2000000, 0x10000000000000000000000001, 0x0, 0x10000000000000000000000000, 9007199254740994.0),
    (0x2000000, 0xfffffffffffffffffffffffff, 0x0, 0x10000000000000000000000000, 9007199254740992.0),
    (0xffffffffffffffffffffffffffffffff, 0xffffffffffffffffffffffffffffffff, 0x0, 0x1, 1.157920892373162e+77),
    (0xffffffffffffffffffffffffffffffff, 0xffffffffffffffffffffffffffffffff, 0xffffffffffffffffffffffffffffffff, 0xffffffffffffffffffffffffffffffff, 1.0),
    (0x0, 0x1, 0xffffffffffffffffffffffffffffffff, 0xffffffffffffffffffffffffffffffff, 8.636168555094445e-78),
    (0x80000000000000000000000000000000, 0x0, 0x0, 0x3, 1.9298681539552698e+76),
    (0x172ebad6ddc73c86d67c5faa71c, 0x245689c1079502400000000000000000, 0x0, 0x13426172c74d822b878fe800000001, 1e+35),
];

#[test]
fn products() {
    for (a, b, high, low) in PRODUCTS {
        assert_eq!(U256::product(a, b), U256::new(high, low));
        assert_eq!(U256::product(b, a), U256::new(high, low));
    }
}

#[test]
fn ratios_are_correctly_rounded() {
    for (a, b, c, d, expected) in RATIOS {
        assert_eq!(ratio(U256::new(a, b), U256::new(c, d)), expected, "{a:x} {b:x} / {c:x} {d:x}");
    }
}

#[test]
fn limits_are_noticed() {
    let most = U256::new(u128::MAX, u128::MAX);
    assert_eq!(most.checked_add(U256::from(1)), None);
    assert_eq!(U256::ZERO.checked_sub(U256::from(1)), None);
    assert_eq!(U256::new(1 << 64, 0).checked_times(1 << 63), Some(U256::new(1 << 127, 0)));
    assert_eq!(U256::new(1 << 64, 0).checked_times(u64::MAX), Some(U256::new(u128::from(u64::MAX) << 64, 0)));
    assert_eq!(U256::new(1 << 65, 0).checked_times(u64::MAX), None);
    assert_eq!(most.checked_times(2), None);
    assert!(ratio(most, U256::ZERO).is_nan());
    assert!(signed_ratio(true, U256::ZERO, most).is_sign_positive());
    assert_eq!(
        (U256::ZERO.bits(), U256::from(1).bits(), U256::new(1, 0).bits(), most.bits()),
        (0, 1, 129, 256)
    );
}

proptest! {
    #[test]
    fn small_ratios_match_the_machine(a in 0_u64..1 << 53, b in 1_u64..1 << 53) {
        prop_assert_eq!(ratio(U256::from(u128::from(a)), U256::from(u128::from(b))), a as f64 / b as f64);
    }

    #[test]
    fn conversion_matches_the_machine(a: u128, shift in 0_u32..128) {
        prop_assert_eq!(U256::from(a >> shift).to_f64(), (a >> shift) as f64);
    }

    #[test]
    fn products_distribute(a: u128, b in 0_u128..1 << 127, c in 0_u128..1 << 127) {
        prop_assert_eq!(U256::product(a, b + c), U256::product(a, b).wrapping_add(U256::product(a, c)));
    }

    #[test]
    fn times_is_the_product(a: u128, b: u64) {
        prop_assert_eq!(U256::from(a).checked_times(b), Some(U256::product(a, u128::from(b))));
    }

    #[test]
    fn difference_undoes_sum(a: (u128, u128), b: (u128, u128)) {
        let (a, b) = (U256::new(a.0, a.1), U256::new(b.0, b.1));
        prop_assert_eq!(a.wrapping_add(b).wrapping_sub(b), a);
        prop_assert_eq!(a.checked_sub(b).is_some(), a.cmp(&b) != Ordering::Less);
    }

    #[test]
    fn accumulating_is_adding(a: (u128, u128), b: u128) {
        let mut sum = U256::new(a.0, a.1);
        sum.accumulate(b);
        prop_assert_eq!(sum, U256::new(a.0, a.1).wrapping_add(U256::from(b)));
    }
}
