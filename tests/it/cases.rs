//! The case studies in `docs/cases` are those that the scenarios and the engine give today, to the byte.

#[path = "../../examples/cases/mod.rs"]
mod studies;

use std::collections::BTreeSet;

use crate::program::{names_in, root};

#[test]
fn the_case_studies_are_those_of_today() {
    let written = studies::all(root());
    let folder = root().join(studies::FOLDER);
    for (name, text) in &written {
        let stands = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(
            stands == *text,
            "{name} is stale: run `cargo run --release --example cases` and read what changed"
        );
    }
    let names: BTreeSet<String> = names_in(&folder).into_iter().collect();
    assert_eq!(names, written.keys().cloned().collect(), "a file that no run writes");
    for (name, text) in written {
        if name.ends_with(".svg") {
            picture(&name, &text);
        } else {
            page(&name, &text, &names);
        }
    }
}

/// A picture is sound, is told to whoever does not see it, and loads nothing.
fn picture(name: &str, text: &str) {
    let document = roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let drawing = document.root_element();
    assert_eq!(drawing.attribute("role"), Some("img"), "{name}");
    for part in ["title", "desc"] {
        let told =
            drawing.children().find(|node| node.tag_name().name() == part).and_then(|node| node.text());
        assert!(told.is_some_and(|told| told.len() > 10), "{name} has no {part}");
    }
    assert!(!text.contains("href") && !text.contains("url(") && !text.contains("<script"), "{name}");
}

/// A page states its limits and shows pictures that are there.
fn page(name: &str, text: &str, names: &BTreeSet<String>) {
    assert!(text.contains("## What this page cannot show"), "{name}");
    assert!(text.contains("A few rounds validate nothing."), "{name}");
    for shown in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(names.contains(shown), "{name} shows {shown}, which is not there");
    }
}
