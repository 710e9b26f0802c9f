use std::collections::BTreeSet;

use super::*;

/// The codes that a source file names in quotes.
fn named(source: &str) -> BTreeSet<&str> {
    let quoted = source.split('"');
    quoted
        .filter(|word| {
            word.len() == 4 && word.starts_with('S') && word[1..].bytes().all(|b| b.is_ascii_digit())
        })
        .collect()
}

#[test]
fn codes_are_unique_and_in_order() {
    assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
    assert!(CODES.iter().all(|code| !code.title.is_empty() && code.about.len() > 20));
}

#[test]
fn every_code_in_use_is_listed_and_every_listed_one_is_in_use() {
    let sources = [
        include_str!("../law.rs"),
        include_str!("../law_reading.rs"),
        include_str!("../moment.rs"),
        include_str!("../overrides.rs"),
        include_str!("../read.rs"),
        include_str!("../reading.rs"),
        include_str!("../source.rs"),
        include_str!("../tree.rs"),
        include_str!("../units.rs"),
    ];
    let used: BTreeSet<&str> = sources.iter().flat_map(|source| named(source)).collect();
    let listed: BTreeSet<&str> = CODES.iter().map(|code| code.code).filter(|code| *code < "S100").collect();
    assert_eq!(used, listed);
}

#[test]
fn a_code_is_found_in_either_case() {
    assert_eq!(find("s010").map(|code| code.title), Some("unknown key"));
    assert_eq!(find("S999"), None);
}
