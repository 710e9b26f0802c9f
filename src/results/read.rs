//! Reading a finished result.

use std::path::{Path, PathBuf};

use super::fault::Fault;
use super::file;
use super::manifest::{Manifest, Record};
use super::state::{Identity, State};
use crate::scenario::load::Loaded;

/// A result that was read and found whole.
#[derive(Debug)]
pub struct Stored {
    /// Where it lies.
    pub folder: PathBuf,
    /// Its manifest.
    pub manifest: Manifest,
    /// Its scenario.
    pub loaded: Loaded,
    /// Its statistics.
    pub state: State,
}

/// Opens a result: the manifest, the scenario in it, and the statistics, each checked against the others.
///
/// # Errors
/// A [`Fault`] where the folder is not a result, a file is missing, damaged or of a newer format.
pub fn open(folder: &Path) -> Result<Stored, Fault> {
    let manifest = Manifest::read(folder)?;
    refuse_under_way(folder, &manifest)?;
    for (name, record) in manifest.files.iter().filter(|(name, _)| is_small(name)) {
        check_file(folder, name, record)?;
    }
    let loaded = manifest.load(folder)?;
    let state = State::read(&folder.join(file::STATISTICS), &identity(&manifest), &loaded.plan)?;
    if state.sample.summary.replications() != manifest.replications {
        return Err(Fault::damaged(
            &folder.join(file::MANIFEST),
            "it states another number of replications than the statistics",
        ));
    }
    Ok(Stored { folder: folder.to_path_buf(), manifest, loaded, state })
}

/// A manifest that lists no files was never published: its folder is being worked in, or was left by a process that was killed.
fn refuse_under_way(folder: &Path, manifest: &Manifest) -> Result<(), Fault> {
    if !manifest.files.is_empty() {
        return Ok(());
    }
    let name = folder.display().to_string();
    let goal = name.trim_end_matches('/').strip_suffix(".partial").unwrap_or(&name).to_string();
    Err(Fault::data(
        format!("`{name}` is not finished: the run is under way, or was cut short"),
        format!("wait for it, or go on with it by `handover resume {goal}`"),
    ))
}

/// Rows may be long; who reads them checks them.
fn is_small(name: &str) -> bool {
    !name.starts_with("rows.")
}

/// Checks a file against what the manifest says of it.
///
/// # Errors
/// A [`Fault`] where it is missing, cut short, or changed.
pub(super) fn check_file(folder: &Path, name: &str, record: &Record) -> Result<(), Fault> {
    let path = folder.join(name);
    // A manifest names files of its own folder only.
    if Path::new(name).file_name().is_none_or(|plain| plain != name) {
        return Err(Fault::damaged(&folder.join(file::MANIFEST), "it names a file outside its folder"));
    }
    let found = Record::of_file(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Fault::damaged(&path, "it is missing"),
        _ => Fault::unread(&path, &error),
    })?;
    if found.bytes != record.bytes {
        let what = format!("it has {} bytes, the manifest says {}", found.bytes, record.bytes);
        return Err(Fault::damaged(&path, &what));
    }
    if found == *record { Ok(()) } else { Err(Fault::damaged(&path, "its checksum is not the manifest's")) }
}

/// Whose statistics a manifest's are.
pub(super) fn identity(manifest: &Manifest) -> Identity {
    Identity {
        digest: manifest.scenario.digest.clone(),
        seed: manifest.seed,
        sampling_version: manifest.sampling_version,
        first: manifest.first,
    }
}

impl Manifest {
    /// Whose statistics lie beside this manifest.
    pub fn identity(&self) -> Identity {
        identity(self)
    }
}
