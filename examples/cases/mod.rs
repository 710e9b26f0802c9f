//! Case studies: pages of Markdown with pictures, whose every figure comes from a run. The prose stands in templates beside this file;
//! what it says of figures is chosen by the figures.

mod contrast;
mod forecasts;
mod markdown;
mod november;
mod phase_one;

use std::collections::BTreeMap;
use std::path::Path;

/// Where the pages go.
pub(crate) const FOLDER: &str = "docs/cases";
/// Replications of every run, from the first under seed 1.
const REPLICATIONS: u64 = 2_000;
const SEED: u64 = 1;

/// All files of the case studies, by name.
pub(crate) fn all(root: &Path) -> BTreeMap<String, String> {
    let write = [phase_one::pages, november::pages, contrast::pages];
    std::thread::scope(|scope| {
        let parts = write.map(|pages| scope.spawn(move || pages(root)));
        parts.into_iter().flat_map(|part| part.join().expect("a page could not be made")).collect()
    })
}

/// A template with its places filled in; every place must be, and every figure must have a place.
fn filled(template: &str, figures: &[(&str, String)]) -> String {
    let mut text = template.to_string();
    for (name, figure) in figures {
        let place = format!("{{{{{name}}}}}");
        assert!(text.contains(&place), "no place for {name}");
        text = text.replace(&place, figure);
    }
    assert!(!text.contains("{{"), "a place is left open: {}", &text[text.find("{{").unwrap_or(0)..]);
    text
}
