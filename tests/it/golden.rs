//! Results under an unchanged seed. They move only with the sampling version, under *Results* in the changelog;
//! `BLESS=1 cargo test` rewrites them.

use std::fmt::Write;

use crate::support::{batch_of, loaded, shipped, traced};

fn compare(file: &str, found: &str) {
    let path = format!("{}/tests/golden/{file}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(std::path::Path::new(&path).parent().unwrap()).unwrap();
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{file} moved: results may move only with the sampling version");
}

#[test]
fn digests_of_every_shipped_scenario() {
    let mut found = String::new();
    let folder = format!("{}/scenarios", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|n| n.ends_with(".toml"))
        .collect();
    names.sort();
    for name in names {
        let batch = batch_of(loaded(&shipped(&name), None, &[]), 500);
        writeln!(found, "{name} {}", batch.sample.summary.digest()).unwrap();
    }
    compare("digests.txt", &found);
}

#[test]
fn a_readable_trace() {
    let (loaded, trace) = traced(&shipped("first-exchange.toml"), 0);
    let mut text = handover::report::trace::lines(&loaded, &trace).join("\n");
    text.push('\n');
    compare("first-exchange-0.txt", &text);
}
