//! The house: which folder may use which, and what no file may hold.

use std::path::{Path, PathBuf};

fn sources(folder: &Path, list: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, list);
        } else if path.extension().is_some_and(|e| e == "rs") {
            list.push(path);
        }
    }
}

/// What each folder may use. Nothing points upward.
const MAY_USE: [(&str, &[&str]); 14] = [
    ("kernel", &[]),
    ("dist", &[]),
    ("stats", &[]),
    ("model", &["kernel", "dist", "stats"]),
    ("scenario", &["model", "kernel", "dist"]),
    ("batch", &["model", "kernel", "stats"]),
    ("design", &["scenario", "kernel", "stats"]),
    ("observed", &["scenario"]),
    ("score", &["kernel", "stats"]),
    ("forecast", &["batch", "observed", "score", "model", "kernel", "scenario", "stats"]),
    (
        "calibrate",
        &["forecast", "observed", "design", "batch", "dist", "model", "kernel", "scenario", "stats"],
    ),
    (
        "report",
        &[
            "calibrate",
            "forecast",
            "observed",
            "score",
            "batch",
            "design",
            "model",
            "kernel",
            "scenario",
            "stats",
        ],
    ),
    ("results", &["batch", "model", "kernel", "scenario", "stats"]),
    (
        "cli",
        &[
            "results",
            "batch",
            "report",
            "calibrate",
            "forecast",
            "observed",
            "design",
            "scenario",
            "model",
            "kernel",
            "stats",
        ],
    ),
];

#[test]
fn dependencies_point_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (folder, allowed) in MAY_USE {
        let mut files = Vec::new();
        sources(&root.join(folder), &mut files);
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            for line in text.lines().filter(|l| !l.trim_start().starts_with("//")) {
                for piece in line.split("crate::").skip(1) {
                    let used: String =
                        piece.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    let is_known = MAY_USE.iter().any(|(name, _)| *name == used);
                    if is_known && used != folder {
                        assert!(allowed.contains(&used.as_str()), "{} uses {used}: {line}", file.display());
                    }
                }
            }
        }
    }
}

#[test]
fn the_portable_part_names_no_thread_file_or_clock() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for folder in ["kernel", "dist", "stats", "model"] {
        let mut files = Vec::new();
        sources(&root.join(folder), &mut files);
        for file in files.iter().filter(|f| !f.to_string_lossy().contains("/tests")) {
            let text = std::fs::read_to_string(file).unwrap();
            for banned in ["std::thread", "std::fs", "std::time", "println!", "eprintln!", "HashMap"] {
                assert!(!text.contains(banned), "{} names {banned}", file.display());
            }
        }
    }
}

#[test]
fn no_room_without_a_purpose() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    for file in files.iter().filter(|f| !f.to_string_lossy().contains("/tests")) {
        let stem = file.file_stem().unwrap().to_string_lossy();
        assert!(
            !["util", "utils", "common", "misc", "helpers", "types"].contains(&stem.as_ref()),
            "{}",
            file.display()
        );
        let text = std::fs::read_to_string(file).unwrap();
        assert!(text.starts_with("//!"), "{} does not say what it is for", file.display());
        assert!(text.lines().count() <= 600, "{} has grown too long", file.display());
    }
}
