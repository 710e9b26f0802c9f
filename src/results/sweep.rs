//! The folder of a sweep. It is worked in again and again: cells that are finished are found by what they are, whatever changed around
//! them, and only the others run.
//!
//! `cells/KEY-N.cell` holds the statistics of one cell of `N` replications, as far as they have come. The key is a hash of the
//! resolved scenario, the seed, the first replication and the sampling version, so a comment in a file changes no key, and a changed
//! value changes those of its cells only. Files are replaced in one step; one that is damaged is run again.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use twox_hash::XxHash3_128;

use super::fault::Fault;
use super::file;
use crate::batch::cell::CellSample;
use crate::kernel::stream::SAMPLING_VERSION;
use crate::model::plan::Plan;
use crate::stats::{Decoder, Encoder};

const MAGIC: &[u8; 8] = b"HNDVCELL";
/// The format of a cell's file. It is part of the key.
const FORMAT: u32 = 1;
/// The format of the manifest this version writes, and the newest it reads.
pub const MANIFEST_FORMAT: u64 = 1;
const CELLS: &str = "cells";
const LOCK: &str = "lock";
/// What the manifest calls itself.
pub const KIND: &str = "sweep";

/// What a cell is, as far as its results depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key<'a> {
    /// Digest of the resolved scenario.
    pub digest: &'a str,
    /// Root seed.
    pub seed: u64,
    /// First replication.
    pub first: u64,
}

impl Key<'_> {
    fn name(&self) -> String {
        let mut out = Encoder::new();
        self.head(&mut out);
        format!("{:032x}", XxHash3_128::oneshot(out.bytes()))
    }

    fn head(&self, out: &mut Encoder) {
        out.raw(MAGIC);
        out.raw(&FORMAT.to_le_bytes());
        out.text(self.digest);
        out.unsigned(self.seed);
        out.unsigned(u64::from(SAMPLING_VERSION));
        out.unsigned(self.first);
    }
}

/// A sweep's folder.
#[derive(Debug)]
pub struct Folder {
    at: PathBuf,
    /// The cells there are, by key: for how many replications each.
    known: BTreeMap<String, Vec<u64>>,
    _lock: Option<File>,
}

impl Folder {
    /// Opens a folder to work in, or makes it. Nobody else works in it as long as this lives.
    ///
    /// # Errors
    /// A [`Fault`] where it is something other than a sweep's folder, another process is at work in it, or it cannot be written.
    pub fn work_in(at: &Path) -> Result<Self, Fault> {
        let is_new = refuse_others(at)?;
        let unwritten = |error: io::Error| Fault::unwritten(at, &error);
        fs::create_dir_all(at.join(CELLS)).map_err(unwritten)?;
        let lock = File::options().create(true).write(true).truncate(false).open(at.join(LOCK));
        let lock = lock.map_err(unwritten)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let message = format!("another process is at work in `{}`", at.display());
                return Err(Fault::environment(message, "wait for it, or end it; then go on"));
            }
            Err(TryLockError::Error(error)) => return Err(unwritten(error)),
        }
        let mut folder = Self { at: at.to_path_buf(), known: BTreeMap::new(), _lock: Some(lock) };
        if !is_new {
            folder.look(true)?;
        }
        Ok(folder)
    }

    /// Opens a folder to read.
    ///
    /// # Errors
    /// A [`Fault`] where it cannot be read.
    pub fn read(at: &Path) -> Result<Self, Fault> {
        let mut folder = Self { at: at.to_path_buf(), known: BTreeMap::new(), _lock: None };
        folder.look(false)?;
        Ok(folder)
    }

    /// Sees which cells there are, and sweeps out what a process that was killed was writing.
    fn look(&mut self, sweeps: bool) -> Result<(), Fault> {
        let cells = self.at.join(CELLS);
        let entries = match fs::read_dir(&cells) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(Fault::unread(&cells, &error)),
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(".new") && sweeps {
                let _ = fs::remove_file(entry.path());
            }
            let parts = name.strip_suffix(".cell").and_then(|stem| stem.split_once('-'));
            if let Some((key, Ok(n))) = parts.map(|(key, n)| (key, n.parse::<u64>())) {
                self.known.entry(key.to_string()).or_default().push(n);
            }
        }
        Ok(())
    }

    fn path(&self, key: &str, replications: u64) -> PathBuf {
        self.at.join(CELLS).join(format!("{key}-{replications}.cell"))
    }

    /// How many files of cells there are.
    pub fn len(&self) -> usize {
        self.known.values().map(Vec::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The furthest that a cell has come, up to so many replications: an unfinished one, or one that was finished for fewer. `None`
    /// where nothing usable is there. The faults of damaged files are added to `damaged`.
    pub fn find(
        &self,
        key: &Key<'_>,
        replications: u64,
        plan: &Plan,
        damaged: &mut Vec<Fault>,
    ) -> Option<CellSample> {
        let name = key.name();
        let known = self.known.get(&name).map(Vec::as_slice).unwrap_or_default();
        // What was kept since the folder was opened is not listed.
        let now = Some(replications).filter(|n| !known.contains(n) && self.path(&name, *n).exists());
        let mut best: Option<CellSample> = None;
        for n in known.iter().copied().chain(now).filter(|n| *n <= replications) {
            match read_cell(&self.path(&name, n), key, plan) {
                Ok(sample) if sample.replications() > n => {}
                Ok(sample) if best.as_ref().is_some_and(|b| b.replications() >= sample.replications()) => {}
                Ok(sample) => best = Some(sample),
                Err(fault) => damaged.push(fault),
            }
        }
        best
    }

    /// Whether there is a file for a cell of just so many replications, however far it has come.
    pub fn is_kept(&self, key: &Key<'_>, replications: u64) -> bool {
        self.known.get(&key.name()).is_some_and(|known| known.contains(&replications))
    }

    /// Keeps a cell as far as it has come.
    ///
    /// # Errors
    /// A [`Fault`] where it cannot be written; what was there before still is then.
    pub fn keep(
        &self,
        key: &Key<'_>,
        replications: u64,
        plan: &Plan,
        sample: &CellSample,
    ) -> Result<(), Fault> {
        let mut out = Encoder::new();
        key.head(&mut out);
        sample.encode(plan, &mut out);
        let hash = XxHash3_128::oneshot(out.bytes());
        out.raw(&hash.to_le_bytes());
        replace(&self.path(&key.name(), replications), |file| file.write_all(out.bytes()))
    }

    /// Writes a file of the folder in one step.
    ///
    /// # Errors
    /// A [`Fault`] where it cannot be written; the old one is still there then.
    pub fn write(
        &self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Fault> {
        replace(&self.at.join(name), write)
    }
}

/// Whether a folder is new. Refuses one that is there and is no sweep's.
fn refuse_others(at: &Path) -> Result<bool, Fault> {
    let entries = match fs::read_dir(at) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(Fault::unread(at, &error)),
    };
    let names: Vec<String> =
        entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    // A process killed in its first moment leaves these and no manifest.
    if names.iter().all(|name| [CELLS, LOCK].contains(&name.as_str()) || name.ends_with(".new")) {
        return Ok(false);
    }
    manifest(at).map(|_| false)
}

/// The manifest of a sweep's folder.
///
/// # Errors
/// A [`Fault`] where there is none, it is damaged, of a newer format, or that of something else.
pub fn manifest(at: &Path) -> Result<serde_json::Value, Fault> {
    let path = at.join(file::MANIFEST);
    let not_one = |what: &str| {
        let message = format!("`{}` is not the folder of a sweep: {what}", at.display());
        Fault::data(message, "name a new folder, or one that `sweep --out` wrote")
    };
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound && at.is_dir() => {
            return Err(not_one(&format!("it has no {}", file::MANIFEST)));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let message = format!("there is no folder `{}`", at.display());
            return Err(Fault::environment(message, "name one that `sweep --out` wrote"));
        }
        Err(error) => return Err(Fault::unread(&path, &error)),
    };
    let value: serde_json::Value = serde_json::from_slice(&bytes)
        .map_err(|error| Fault::damaged(&path, &format!("it is not a manifest ({error})")))?;
    if value.get("kind").and_then(serde_json::Value::as_str) != Some(KIND) {
        return Err(not_one("its manifest is that of something else"));
    }
    match value.get("format").and_then(serde_json::Value::as_u64) {
        Some(format) if format > MANIFEST_FORMAT => Err(Fault::newer(&path, format, MANIFEST_FORMAT)),
        Some(1..) => Ok(value),
        _ => Err(Fault::damaged(&path, "it names no format")),
    }
}

/// Replaces a file in one step: a reader sees the old one or the new one.
fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Fault> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    let written = File::create(&new).and_then(|file| {
        let mut buffer = BufWriter::new(file);
        write(&mut buffer)?;
        buffer.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    });
    written.and_then(|()| fs::rename(&new, path)).map_err(|error| {
        let _ = fs::remove_file(&new);
        Fault::unwritten(path, &error)
    })
}

fn read_cell(path: &Path, key: &Key<'_>, plan: &Plan) -> Result<CellSample, Fault> {
    let bytes = fs::read(path).map_err(|error| Fault::unread(path, &error))?;
    let torn = || Fault::damaged(path, "it is not what was written");
    let (body, hash) = bytes.split_at_checked(bytes.len().saturating_sub(16)).ok_or_else(torn)?;
    let mut head = Encoder::new();
    key.head(&mut head);
    let rest = body
        .strip_prefix(head.bytes())
        .filter(|_| XxHash3_128::oneshot(body).to_le_bytes() == hash)
        .ok_or_else(torn)?;
    let mut from = Decoder::new(rest);
    let sample = CellSample::decode(plan, &mut from).map_err(|_| torn())?;
    from.end().map_err(|_| torn())?;
    Ok(sample)
}
