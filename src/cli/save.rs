//! Results in a folder. The folder appears whole, by one rename, with its manifest inside.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::Value;

use super::Failure;
use super::output::Output;

/// Files of a result, by name.
pub(super) type Files<'a> = [(&'a str, &'a Value)];

/// Refuses a folder that cannot be made, before any work is done for it.
pub(super) fn check_free(folder: &Path, output: &Output) -> Result<(), Failure> {
    if folder.exists() {
        output.complain(&format!(
            "error: `{}` exists already; results are never mixed or overwritten",
            folder.display()
        ));
        output.complain("help: name a new folder, or move the old one away");
        return Err(Failure::Environment);
    }
    let staging = staging(folder);
    if let Ok(mut begun) = BEGUN.lock() {
        *begun = Some(staging.clone());
    }
    let probe = fs::create_dir_all(&staging);
    probe.map_err(|error| complain(&staging, &error, output))
}

/// Writes the files and lets the folder appear.
pub(super) fn save(folder: &Path, files: &Files<'_>, output: &Output) -> Result<(), Failure> {
    let staging = staging(folder);
    let written = write_all(&staging, files).and_then(|()| fs::rename(&staging, folder));
    written.map_err(|error| {
        discard(folder);
        complain(folder, &error, output)
    })
}

/// Removes what was begun for a folder that will not appear.
pub(super) fn discard(folder: &Path) {
    let _ = fs::remove_dir_all(staging(folder));
}

/// What was begun by this process, so that a second interrupt can clear it away.
static BEGUN: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Removes whatever folder this process has begun.
pub(super) fn discard_begun() {
    if let Ok(Some(staging)) = BEGUN.try_lock().map(|mut begun| begun.take()) {
        let _ = fs::remove_dir_all(staging);
    }
}

fn staging(folder: &Path) -> PathBuf {
    let name = folder.file_name().map_or_else(|| "result".into(), |n| n.to_string_lossy().into_owned());
    folder.with_file_name(format!(".{name}.{}.part", std::process::id()))
}

fn write_all(staging: &Path, files: &Files<'_>) -> io::Result<()> {
    fs::create_dir_all(staging)?;
    for (name, value) in files {
        let mut file = File::create(staging.join(name))?;
        file.write_all(format!("{value:#}\n").as_bytes())?;
        file.sync_all()?;
    }
    Ok(())
}

fn complain(path: &Path, error: &io::Error, output: &Output) -> Failure {
    output.complain(&format!("error: `{}` could not be written: {error}", path.display()));
    output.complain("help: choose a folder that can be written and has room; nothing half-written was left");
    Failure::Environment
}
