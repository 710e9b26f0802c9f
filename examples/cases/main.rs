//! Writes the case studies in `docs/cases`: `cargo run --release --example cases`. The same scenarios give the same bytes.
//! With `--check` nothing is written; the exit status says whether the pages are those of today.

#[path = "mod.rs"]
mod cases;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_check = std::env::args().any(|arg| arg == "--check");
    let mut stale = 0;
    for (name, text) in cases::all(root) {
        let path = root.join(cases::FOLDER).join(&name);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        stale += 1;
        println!("{} {}", if is_check { "stale:" } else { "written:" }, path.display());
        if !is_check {
            let folder = path.parent().unwrap_or(root);
            std::fs::create_dir_all(folder).expect("the folder can be made");
            std::fs::write(&path, text).expect("the page can be written");
        }
    }
    if is_check && stale > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
