use super::super::diagnostic::{Faults, short};
use super::super::source::Sources;
use super::super::tree;
use super::super::units::{Count, Seconds};
use super::*;
use crate::scenario::read::{Keys, Read, Reader};
use crate::scenario::units::Unit;

/// The law written as `value` under the key `v`, or the faults in short.
fn read<T: Read>(value: &str) -> Result<T, Vec<String>> {
    let sources = Sources::from_text("a", format!("v = {value}"));
    let mut faults = Faults::new();
    let node = tree::parse(&sources, 0, &mut faults).expect("sound TOML");
    let mut r = Reader::new(&mut faults);
    let read = Keys::of(&node, &mut r).and_then(|mut keys| keys.field("v", &mut r));
    let faults: Vec<String> = faults.into_sorted().iter().map(|fault| short(fault, &sources)).collect();
    assert_eq!(read.is_some(), faults.is_empty(), "{value}: {faults:?}");
    read.ok_or(faults)
}

fn support<U: Unit>(value: &str) -> (f64, f64) {
    let law: Law<U> = read(value).unwrap_or_else(|faults| panic!("{value}: {faults:?}"));
    (law.support().low, law.support().high)
}

/// The codes of the faults in a law, each with its column.
fn codes<U: Unit>(value: &str) -> Vec<String> {
    let faults = read::<Law<U>>(value).err().unwrap_or_default();
    let part = |fault: &String| {
        fault.split(':').nth(2).zip(fault.split(['[', ']']).nth(1)).map(|(c, s)| format!("{s}@{c}"))
    };
    faults.iter().filter_map(part).collect()
}

#[test]
fn every_law_of_a_duration_is_read() {
    let all = f64::INFINITY;
    for (value, low, high) in [
        ("'2h'", 7200.0, 7200.0),
        ("{ uniform = { min = '1h', max = '3h' } }", 3600.0, 10800.0),
        ("{ triangular = { min = '1h', mode = '2h', max = '3h' } }", 3600.0, 10800.0),
        ("{ pert = { min = '1h', mode = '2h', max = '3h' } }", 3600.0, 10800.0),
        ("{ exponential = { mean = '4d' } }", 0.0, all),
        ("{ erlang = { shape = 3, mean = '2h' } }", 0.0, all),
        ("{ gamma = { shape = 2, scale = '3h' } }", 0.0, all),
        ("{ gamma = { shape = 0.5, mean = '3h' } }", 0.0, all),
        ("{ lognormal = { median = '3h', sigma = 1.2 } }", 0.0, all),
        ("{ lognormal = { mean = '3h', sd = '1h' } }", 0.0, all),
        ("{ normal = { mean = '3h', sd = '1h', clip = { min = '0s' } } }", 0.0, all),
        ("{ normal = { mean = '3h', sd = '1h', truncate = { min = '1h', max = '5h' } } }", 3600.0, 18000.0),
        ("{ weibull = { shape = 1.5, scale = '1h' } }", 0.0, all),
        ("{ beta = { a = 2, b = 3, min = '1h', max = '2h' } }", 3600.0, 7200.0),
        ("{ table = { values = ['1h', '3h'], weights = [1, 0.5] } }", 3600.0, 10800.0),
        ("{ table = { values = ['3h', '1h'] } }", 3600.0, 10800.0),
        (
            "{ mixture = [{ weight = 1, law = '1h' }, { weight = 2, law = { exponential = { mean = '1h' } } }] }",
            0.0,
            all,
        ),
        ("{ gated = { probability = '25%', then = '2h' } }", 0.0, 7200.0),
    ] {
        assert_eq!(support::<Seconds>(value), (low, high), "{value}");
    }
}

#[test]
fn discrete_laws_give_counts_and_numbers_only() {
    for value in [
        "{ bernoulli = { probability = 0.5 } }",
        "{ geometric = { mean = 2 } }",
        "{ binomial = { n = 10, probability = 0.5 } }",
        "{ poisson = { mean = 3.5 } }",
    ] {
        assert_eq!(support::<Count>(value).0, 0.0);
        assert_eq!(support::<Number>(value).0, 0.0);
        assert_eq!(codes::<Seconds>(value), ["S049@7"]);
    }
    assert_eq!(codes::<Count>("{ uniform = { min = 1, max = 3 } }"), ["S049@7"]);
    assert_eq!(codes::<Count>("{ table = { values = [1, 2.5] } }"), ["S036@30"]);
    assert_eq!(support::<Probability>("{ beta = { a = 1, b = 2 } }"), (0.0, 1.0));
    assert_eq!(support::<Number>("{ normal = { mean = 1, sd = 2 } }").0, f64::NEG_INFINITY);
}

#[test]
fn faults_in_laws() {
    for (value, expected) in [
        ("{}", vec!["S040@5"]),
        ("{ min = '1h', max = '2h' }", vec!["S040@5"]),
        ("{ unifrom = { min = '1h', max = '2h' } }", vec!["S041@7"]),
        ("3", vec!["S030@5"]),
        ("true", vec!["S012@5"]),
        ("{ uniform = '1h' }", vec!["S012@17"]),
        ("{ uniform = { min = '3h', maxx = 2 } }", vec!["S010@31"]),
        ("{ uniform = { min = '3h', max = '2h' } }", vec!["S042@25"]),
        ("{ pert = { min = '3h', mode = '2h', max = '1h' } }", vec!["S042@22", "S042@35"]),
        ("{ erlang = { shape = 2.5, mean = '1h' } }", vec!["S043@26"]),
        ("{ erlang = { shape = 0, mean = 1 } }", vec!["S043@26", "S030@36"]),
        ("{ gamma = { shape = 0, scale = '1h' } }", vec!["S043@25"]),
        ("{ gamma = { shape = 1, scale = '1h', mean = '1h' } }", vec!["S040@28"]),
        ("{ gamma = { shape = 1 } }", vec!["S011@15"]),
        ("{ lognormal = { median = '0s', sigma = -1 } }", vec!["S043@30", "S044@44"]),
        ("{ lognormal = { mean = '1h', sigma = 1 } }", vec!["S011@19", "S010@34"]),
        ("{ normal = { mean = '3h', sd = '1h' } }", vec!["S047@5"]),
        ("{ normal = { mean = '3h', sd = '1h', clip = { max = '9h' } } }", vec!["S047@5"]),
        ("{ normal = { mean = '3h', sd = '1h', clip = {} } }", vec!["S011@49"]),
        (
            "{ normal = { mean = '3h', sd = '1h', clip = {min='1h'}, truncate = {min='1h'} } }",
            vec!["S040@77"],
        ),
        ("{ normal = { mean = '3h', sd = '1h', truncate = { min = '12h' } } }", vec!["S050@61"]),
        ("{ normal = { mean = '3h', sd = '1h', truncate = { min = '2h', max = '1h' } } }", vec!["S042@61"]),
        ("{ weibull = { shape = -1, scale = '1h' } }", vec!["S043@27"]),
        ("{ beta = { a = 0, b = 0 } }", vec!["S011@14", "S043@20", "S043@27"]),
        ("{ beta = { a = 1, b = 1 } }", vec!["S011@14"]),
        ("{ table = { values = [] } }", vec!["S046@26"]),
        ("{ table = { values = ['1h'], weights = [1, 2] } }", vec!["S046@44"]),
        ("{ table = { values = ['1h', '2h'], weights = [0, 0.0] } }", vec!["S045@50"]),
        ("{ table = { values = ['1h', '2h'], weights = [1e308, 1e308] } }", vec!["S045@50"]),
        ("{ table = { values = ['1h', '2'], weights = [-1, nan] } }", vec!["S030@33", "S032@50", "S032@54"]),
        ("{ mixture = [] }", vec!["S046@17"]),
        ("{ mixture = [{ weight = 0, law = '1h' }] }", vec!["S045@17"]),
        ("{ mixture = [{ law = 3 }, 7] }", vec!["S011@18", "S030@26", "S012@31"]),
        ("{ gated = { probability = 2, then = 3 } }", vec!["S032@31", "S030@41"]),
    ] {
        assert_eq!(codes::<Seconds>(value), expected, "{value}");
    }
    assert_eq!(codes::<Number>("{ binomial = { n = 9999999999, probability = 0.5 } }"), ["S032@24"]);
    assert_eq!(codes::<Number>("{ binomial = { n = -1, probability = 0.5 } }"), ["S032@24"]);
}

#[test]
fn parameters_may_be_drawn_once_removed() {
    let law: Law<Seconds> =
        read("{ lognormal = { median = { uniform = { min = '2h', max = '4h' } }, sigma = 1.2 } }")
            .expect("sound");
    assert_eq!(law.path, "v");
    let Form::LogNormalMedian { median, sigma } = &law.form else { panic!("{law:?}") };
    assert_eq!((median.path.as_str(), sigma.path.as_str()), ("v.lognormal.median", "v.lognormal.sigma"));
    assert_eq!((median.known(), sigma.known()), (None, Some(1.2)));
    let nested =
        "{ exponential = { mean = { uniform = { min = '2h', max = { exponential = { mean = '1h' } } } } } }";
    assert_eq!(codes::<Seconds>(nested), ["S048@62"]);
}

#[test]
fn a_drawn_parameter_must_always_be_legal() {
    let refused = |value: &str| read::<Param<Probability>>(value).err().unwrap_or_default().concat();
    assert_eq!(refused("{ uniform = { min = 0.1, max = '30%' } }"), "");
    assert_eq!(refused("{ normal = { mean = 0.5, sd = 0.1, truncate = { min = 0, max = 1 } } }"), "");
    let unbounded = refused("{ normal = { mean = 0.5, sd = 0.1 } }");
    assert_eq!(unbounded, "a:1:5: error[S047]: this law can give what is not a probability");
    assert!(refused("{ exponential = { mean = 0.1 } }").contains("S047"));
    for (value, expected) in [
        ("{ uniform = { min = { uniform = { min = '1h', max = '3h' } }, max = '2h' } }", vec!["S042@25"]),
        ("{ uniform = { min = { uniform = { min = '1h', max = '2h' } }, max = '2h' } }", vec![]),
        ("{ gamma = { shape = { uniform = { min = 0, max = 2 } }, scale = '2h' } }", vec!["S043@25"]),
        ("{ gamma = { shape = { exponential = { mean = 2 } }, scale = '2h' } }", vec![]),
        ("{ gamma = { shape = { exponential = { mean = 0 } }, scale = '2h' } }", vec!["S043@25"]),
        ("{ lognormal = { median = '1h', sigma = { normal = { mean = 1, sd = 1 } } } }", vec!["S044@44"]),
        ("{ erlang = { shape = { uniform = { min = 1, max = 2 } }, mean = '2h' } }", vec!["S043@26"]),
    ] {
        assert_eq!(codes::<Seconds>(value), expected, "{value}");
    }
}

#[test]
fn paths_and_places_of_the_parts_of_a_mixture() {
    let law: Law<Seconds> = read("{ mixture = [{ weight = 1, law = '1h' }] }").expect("sound");
    let Form::Mixture { parts } = &law.form else { panic!("{law:?}") };
    assert_eq!(parts[0].0.path, "v.mixture.0.weight");
    assert_eq!(parts[0].1.path, "v.mixture.0.law");
    assert_eq!((parts[0].1.span.start, parts[0].1.span.end), (37, 41));
    assert_eq!(law.span.start, 4);
}

#[test]
fn a_default_learns_its_path() {
    let law = Law::<Seconds>::implied(60.0).placed("a.b");
    let Form::Constant(value) = &law.form else { panic!("{law:?}") };
    assert_eq!((law.path.as_str(), value.path.as_str(), value.known()), ("a.b", "a.b", Some(60.0)));
    assert_eq!(law.to_json(), Some("1m".into()));
}
