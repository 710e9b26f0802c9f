//! `manifest.json`: what was run, by what, and which files there are.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_128;

use super::fault::Fault;
use super::{file, rows::Format};
use crate::batch::shard::Shard;
use crate::kernel::stream::SAMPLING_VERSION;
use crate::scenario::load::{Loaded, load};
use crate::scenario::source::Sources;

/// The format this version writes, and the newest it reads.
pub const FORMAT: u64 = 1;

/// What `manifest.json` says. Nothing in it depends on the clock; `platform` and `command` tell who ran it and change no figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`] of the version that wrote it.
    pub format: u64,
    /// The scenario as it was read.
    pub scenario: Scenario,
    /// Which variant of it.
    pub variant: String,
    /// Overrides, as given to `--set`.
    pub overrides: Vec<String>,
    /// Root seed.
    pub seed: u64,
    /// First replication.
    pub first: u64,
    /// How many are in here.
    pub replications: u64,
    /// How many were asked for: the same when complete, unless a precision was reached before.
    pub planned: u64,
    /// The batch this is a part of, where it is one.
    pub whole: Option<Whole>,
    /// Which part of it, where it is a shard.
    pub shard: Option<Shard>,
    /// The precision to run to, as given to `--precision`.
    pub precision: Vec<String>,
    /// The format of the rows, where there are any.
    pub rows: Option<Format>,
    /// False for a run that was interrupted.
    pub complete: bool,
    /// Version of the program.
    pub version: String,
    /// Version of the samplers and the layout of draws.
    pub sampling_version: u64,
    /// Processor and operating system.
    pub platform: String,
    /// The command line.
    pub command: Vec<String>,
    /// What was merged, in the order of indices; empty for a run.
    pub parts: Vec<Part>,
    /// The other files.
    pub files: BTreeMap<String, Record>,
}

/// A scenario with its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// Where it was read from.
    pub file: String,
    /// Its name.
    pub name: String,
    /// Digest of the resolved plan.
    pub digest: String,
    /// Its text.
    pub text: String,
}

/// The range of a whole batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Whole {
    /// First replication.
    pub first: u64,
    /// How many.
    pub replications: u64,
}

impl Whole {
    /// The replications.
    pub fn range(self) -> Range<u64> {
        self.first..self.first.saturating_add(self.replications)
    }
}

/// A result that was merged into another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// First replication.
    pub first: u64,
    /// How many.
    pub replications: u64,
    /// Which shard it was, if it was one.
    pub shard: Option<Shard>,
    /// Where it ran.
    pub platform: String,
    /// Its command line.
    pub command: Vec<String>,
}

/// A file's length and the XXH3-128 of its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Length in bytes.
    pub bytes: u64,
    /// 32 hexadecimal digits.
    pub xxh3: String,
}

impl Manifest {
    /// The manifest of a run that is about to begin.
    pub fn new(
        loaded: &Loaded,
        file: &Path,
        text: &str,
        overrides: &[String],
        seed: u64,
        range: Range<u64>,
    ) -> Self {
        Self {
            format: FORMAT,
            scenario: Scenario {
                file: file.display().to_string(),
                name: loaded.plan.name.clone(),
                digest: loaded.digest.clone(),
                text: text.to_string(),
            },
            variant: loaded.variant.clone(),
            overrides: overrides.to_vec(),
            seed,
            first: range.start,
            replications: 0,
            planned: range.end - range.start,
            whole: None,
            shard: None,
            precision: Vec::new(),
            rows: None,
            complete: false,
            version: env!("CARGO_PKG_VERSION").to_string(),
            sampling_version: u64::from(SAMPLING_VERSION),
            platform: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
            command: std::env::args().collect(),
            parts: Vec::new(),
            files: BTreeMap::new(),
        }
    }

    /// The replications that are in here.
    pub fn range(&self) -> Range<u64> {
        self.first..self.first + self.replications
    }

    /// Whether two manifests belong to one and the same run, so that one can go on with the other's work.
    pub fn is_same_run(&self, other: &Self) -> bool {
        let run = |m: &Self| (m.scenario.digest.clone(), m.seed, m.first, m.planned, m.whole, m.shard);
        let way = |m: &Self| (m.precision.clone(), m.rows, m.version.clone(), m.sampling_version);
        run(self) == run(other) && way(self) == way(other) && self.variant == other.variant
    }

    /// The bytes of `manifest.json`.
    pub fn to_bytes(&self) -> Vec<u8> {
        // By way of a value, so that keys are sorted as in every other document.
        let value = serde_json::to_value(self).unwrap_or_default();
        format!("{value:#}\n").into_bytes()
    }

    /// Reads the manifest of a folder.
    ///
    /// # Errors
    /// A [`Fault`] where the folder is not a result, or the manifest is damaged or of a newer format.
    pub fn read(folder: &Path) -> Result<Self, Fault> {
        let path = folder.join(file::MANIFEST);
        let bytes = std::fs::read(&path).map_err(|error| no_manifest(folder, &path, &error))?;
        let damaged =
            |error: &serde_json::Error| Fault::damaged(&path, &format!("it is not a manifest ({error})"));
        let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(|error| damaged(&error))?;
        match value.get("format").and_then(serde_json::Value::as_u64) {
            Some(format) if format > FORMAT => return Err(Fault::newer(&path, format, FORMAT)),
            Some(1..) => {}
            _ => return Err(Fault::damaged(&path, "it names no format")),
        }
        let manifest: Manifest = serde_json::from_value(value).map_err(|error| damaged(&error))?;
        let fits = manifest.first.checked_add(manifest.planned.max(manifest.replications)).is_some();
        if fits && manifest.replications <= manifest.planned {
            Ok(manifest)
        } else {
            Err(Fault::damaged(&path, "its ranges are impossible"))
        }
    }

    /// Loads the scenario it holds, which must resolve to the plan it was run with.
    ///
    /// # Errors
    /// A [`Fault`] where it does not, because of damage or of another version.
    pub fn load(&self, folder: &Path) -> Result<Loaded, Fault> {
        let path = folder.join(file::MANIFEST);
        if self.sampling_version != u64::from(SAMPLING_VERSION) {
            return Err(Fault::data(
                format!(
                    "`{}` was drawn with sampling version {}; this program has {SAMPLING_VERSION}",
                    folder.display(),
                    self.sampling_version
                ),
                format!("use version {} of the program, which wrote it", self.version),
            ));
        }
        let mut sources = Sources::from_text(self.scenario.file.clone(), self.scenario.text.clone());
        let loaded = load(&mut sources, Some(&self.variant), &self.overrides);
        let loaded = loaded.map_err(|faults| {
            let first = faults.render(&sources, false);
            Fault::damaged(&path, &format!("its scenario is no longer sound\n{}", first.trim_end()))
        })?;
        if loaded.digest == self.scenario.digest {
            return Ok(loaded);
        }
        if self.version == env!("CARGO_PKG_VERSION") {
            return Err(Fault::damaged(&path, "its scenario's text does not have the digest it states"));
        }
        Err(Fault::data(
            format!(
                "`{}` was written by version {}, which resolves its scenario otherwise",
                folder.display(),
                self.version
            ),
            format!("use version {} of the program", self.version),
        ))
    }
}

fn no_manifest(folder: &Path, path: &Path, error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::NotFound if folder.is_dir() => Fault::data(
            format!("`{}` is not a result: it has no {}", folder.display(), file::MANIFEST),
            "name a folder that `run --out` or `merge --out` wrote",
        ),
        io::ErrorKind::NotFound if super::folder::partial_of(folder).is_dir() => Fault::environment(
            format!("there is no folder `{}` yet: its run was not finished", folder.display()),
            format!(
                "`handover resume {}` goes on with it; what is there so far lies in `{0}.partial`",
                folder.display()
            ),
        ),
        io::ErrorKind::NotFound => Fault::environment(
            format!("there is no folder `{}`", folder.display()),
            "name a folder that `run --out` or `merge --out` wrote",
        ),
        io::ErrorKind::NotADirectory => Fault::data(
            format!("`{}` is not a result: it is no folder", folder.display()),
            "name a folder that `run --out` or `merge --out` wrote",
        ),
        _ => Fault::unread(path, error),
    }
}

impl Record {
    /// Measures a file.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let (mut hash, mut bytes) = (XxHash3_128::new(), 0);
        let mut buffer = vec![0; 1 << 18];
        loop {
            let n = file.read(&mut buffer)?;
            if n == 0 {
                return Ok(Self { bytes, xxh3: format!("{:032x}", hash.finish_128()) });
            }
            hash.write(&buffer[..n]);
            bytes += n as u64;
        }
    }
}
