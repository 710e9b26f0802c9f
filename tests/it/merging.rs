//! Shards and their merge: byte for byte the whole, or a refusal that names what is wrong.

use handover::kernel::stream::SAMPLING_VERSION;
use std::path::{Path, PathBuf};

use crate::program::*;

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Runs one part of a batch of 5,000.
fn part(folder: &Path, name: &str, more: &[&str]) -> String {
    let out = shown(&folder.join(name));
    let r0 = scenario("reference-r0.toml");
    succeeds(&[&["run", &r0, "-n", "5000", "--quiet", "--out", &out][..], more].concat());
    out
}

fn shards(folder: &Path, count: usize, more: &[&str]) -> Vec<String> {
    let one = |index: usize| {
        let shard = format!("{index}/{count}");
        part(folder, &format!("{index}-of-{count}"), &[&["--shard", &shard][..], more].concat())
    };
    (1..=count).map(one).collect()
}

fn merge(folder: &Path, parts: &[String], name: &str, more: &[&str]) -> PathBuf {
    let out = folder.join(name);
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    succeeds(&[&["merge", "--quiet", "--out", &shown(&out)][..], more, &parts].concat());
    out
}

fn same_files(a: &Path, b: &Path) {
    assert_eq!(names_in(a), names_in(b));
    for name in names_in(a).iter().filter(|name| *name != "manifest.json") {
        assert!(
            std::fs::read(a.join(name)).unwrap() == std::fs::read(b.join(name)).unwrap(),
            "{name} differs"
        );
    }
}

#[test]
fn any_number_of_shards_in_any_order_gives_the_bytes_of_the_whole() {
    for rows in [&[][..], &["--rows", "csv"], &["--rows", "jsonl"], &["--rows", "parquet"]] {
        let folder = folder(&format!("shards-{}", rows.last().unwrap_or(&"none")));
        let whole = part(&folder, "whole", rows);
        // More shards than the five chunks leave some of them empty.
        let counts: &[usize] = if rows.is_empty() { &[1, 2, 3, 7] } else { &[3] };
        for &count in counts {
            let mut parts = shards(&folder, count, rows);
            parts.reverse();
            let middle = parts.len() / 2;
            parts.rotate_left(middle);
            let merged = merge(&folder, &parts, &format!("merged-{count}"), &[]);
            same_files(Path::new(&whole), &merged);
        }
        assert!(names_in(&folder).iter().all(|name| !name.starts_with('.')), "{:?}", names_in(&folder));
    }
}

#[test]
fn plain_ranges_and_parts_of_parts_merge_too() {
    let folder = folder("ranges");
    let whole = part(&folder, "whole", &["--rows", "csv"]);
    let range = |name: &str, first: &str, n: &str| {
        let out = shown(&folder.join(name));
        let r0 = scenario("reference-r0.toml");
        succeeds(&["run", &r0, "--first", first, "-n", n, "--rows", "csv", "--quiet", "--out", &out]);
        out
    };
    let parts = [range("c", "3333", "1667"), range("a", "0", "1"), range("b", "1", "3332")];
    same_files(Path::new(&whole), &merge(&folder, &parts, "merged", &[]));
    let parts = shards(&folder, 4, &["--rows", "csv"]);
    let left = merge(&folder, &parts[..2], "left", &["--partial"]);
    let right = merge(&folder, &parts[2..], "right", &["--partial"]);
    let all = merge(&folder, &[shown(&right), shown(&left)], "all", &[]);
    same_files(Path::new(&whole), &all);
    let manifest = read_json(&all.join("manifest.json"));
    assert_eq!(manifest["parts"].as_array().unwrap().len(), 4);
    assert_eq!(
        (&manifest["whole"], &manifest["shard"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
}

#[test]
fn a_merge_prints_the_document_of_the_whole() {
    let folder = folder("merge-prints");
    let whole = part(&folder, "whole", &[]);
    let parts = shards(&folder, 2, &[]);
    let out = shown(&folder.join("merged"));
    let (printed, _) = succeeds(&["merge", &parts[1], &parts[0], "--out", &out, "--format", "json"]);
    assert_eq!(printed, std::fs::read_to_string(Path::new(&whole).join("summary.json")).unwrap());
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let folder = folder("misfits");
    let parts = shards(&folder, 4, &[]);
    let refused = |parts: &[&String]| {
        let out = shown(&folder.join("merged"));
        let parts: Vec<&str> = parts.iter().map(|part| part.as_str()).collect();
        let said = fails(&[&["merge", "--out", &out][..], &parts].concat(), 1);
        assert!(!folder.join("merged").exists() && said.contains("help:"), "{said}");
        said
    };
    let [a, b, c, d] = [&parts[0], &parts[1], &parts[2], &parts[3]];
    let said = refused(&[a, b, d]);
    assert!(said.contains("shard 3/4 missing: replications 2048 to 3071"), "{said}");
    let said = refused(&[b]);
    assert!(said.contains("shard 1/4") && said.contains("shards 3/4, 4/4"), "{said}");
    let said = refused(&[a, b, c, d, b]);
    assert!(said.contains(b) && said.contains("named twice"), "{said}");
    let copy = folder.join("copy");
    std::fs::create_dir(&copy).unwrap();
    for name in names_in(Path::new(b)) {
        std::fs::copy(Path::new(b).join(&name), copy.join(&name)).unwrap();
    }
    let copy = shown(&copy);
    let said = refused(&[a, b, c, d, &copy]);
    assert!(
        said.contains(b) && said.contains(&copy) && said.contains("both hold replications 1024 to 2047"),
        "{said}"
    );
    let other_seed = part(&folder, "seed", &["--shard", "2/4", "--seed", "9"]);
    let said = refused(&[a, &other_seed, c, d]);
    assert!(said.contains(&other_seed) && said.contains("seed 9 instead of 1"), "{said}");
    let other_scenario = part(&folder, "set", &["--shard", "2/4", "--set", "mediation.settles=0.5"]);
    assert!(refused(&[a, &other_scenario, c, d]).contains("scenario digest"));
    let other_whole = part(&folder, "more", &["--first", "1500"]);
    assert!(refused(&[a, b, &other_whole]).contains("overlap"));
    let rows = part(&folder, "rows", &["--shard", "2/4", "--rows", "csv"]);
    assert!(refused(&[a, &rows, c, d]).contains("rows"));
    // With --partial a hole in the middle is still a hole.
    let out = shown(&folder.join("merged"));
    let said = fails(&["merge", "--partial", "--out", &out, a, d], 1);
    assert!(said.contains("shards 2/4, 3/4 missing"), "{said}");
}

#[test]
fn another_version_is_refused() {
    let folder = folder("versions");
    let parts = shards(&folder, 2, &[]);
    let path = Path::new(&parts[1]).join("manifest.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let sampling = format!("\"sampling_version\": {SAMPLING_VERSION}");
    assert!(text.contains(&version) && text.contains(&sampling));
    std::fs::write(&path, text.replace(&version, "\"version\": \"0.0.9\"")).unwrap();
    let out = shown(&folder.join("merged"));
    let said = fails(&["merge", "--out", &out, &parts[0], &parts[1]], 1);
    assert!(said.contains("version 0.0.9 instead of"), "{said}");
    std::fs::write(&path, text.replace(&sampling, "\"sampling_version\": 99")).unwrap();
    let said = fails(&["merge", "--out", &out, &parts[0], &parts[1]], 1);
    assert!(said.contains("sampling version 99"), "{said}");
}

#[test]
fn a_scheduler_says_which_shard_it_is() {
    let folder = folder("scheduler");
    let r0 = scenario("reference-r0.toml");
    let out = shown(&folder.join("r"));
    let mut command = program(&["run", &r0, "-n", "5000", "--shard", "auto/4", "--out", &out]);
    let output = command.env("SLURM_ARRAY_TASK_ID", "3").output().unwrap();
    assert!(text(&output.stderr).contains("shard 3/4, by SLURM_ARRAY_TASK_ID"), "{}", text(&output.stderr));
    assert_eq!(read_json(&folder.join("r/manifest.json"))["first"], 2_048);
}
