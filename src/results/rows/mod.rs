//! One row per replication: its index, its digest, its outcomes. Rows come chunk by chunk in the order of indices and go to the file at
//! once, so that no more of them is in memory than a chunk a thread and, for Parquet, one row group.

#[cfg(feature = "parquet")]
mod parquet;
mod text;

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::folder::Work;
use super::manifest::Manifest;
use super::read::Stored;
use crate::batch::Rows;
use crate::scenario::load::Loaded;

/// The formats of a file of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Apache Parquet, compressed with Zstandard.
    Parquet,
    /// Comma-separated values with a line of names.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

impl Format {
    /// The name of the file.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Parquet => "rows.parquet",
            Self::Csv => "rows.csv",
            Self::Jsonl => "rows.jsonl",
        }
    }

    /// Refuses a format this program was built without.
    ///
    /// # Errors
    /// A [`Fault`] for Parquet without the feature of that name.
    pub fn check(self) -> Result<(), Fault> {
        if self != Self::Parquet || cfg!(feature = "parquet") {
            return Ok(());
        }
        Err(Fault::environment(
            "this program was built without Parquet",
            "build it with the feature `parquet`, or ask for --rows csv or jsonl",
        ))
    }
}

/// What a file of rows looks like.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Its format.
    pub format: Format,
    /// The names of the outcomes, in the plan's order.
    pub names: Vec<String>,
    /// Digest of the resolved plan.
    pub digest: String,
    /// Root seed.
    pub seed: u64,
    /// The first replication.
    pub first: u64,
}

impl Layout {
    /// The layout of a run's rows, if it has any.
    pub fn of(manifest: &Manifest, loaded: &Loaded) -> Option<Self> {
        Some(Self {
            format: manifest.rows?,
            names: loaded.plan.outcomes.iter().map(|o| o.name.clone()).collect(),
            digest: manifest.scenario.digest.clone(),
            seed: manifest.seed,
            first: manifest.first,
        })
    }

    /// Makes rows ready to be written. May be done on any thread.
    pub fn prepare(&self, rows: Rows) -> Prepared {
        match self.format {
            Format::Parquet => Prepared::Rows(rows),
            Format::Csv => Prepared::Text(text::csv(&rows)),
            Format::Jsonl => Prepared::Text(text::jsonl(&rows, &self.names)),
        }
    }
}

/// Rows ready to be written.
#[derive(Debug)]
pub enum Prepared {
    /// Lines.
    Text(Vec<u8>),
    /// Rows as they are.
    Rows(Rows),
}

/// A file of rows being written.
#[derive(Debug)]
pub enum Writer {
    /// CSV or JSON Lines.
    Text(text::Writer),
    /// Parquet.
    #[cfg(feature = "parquet")]
    Parquet(Box<parquet::Writer>),
}

impl Writer {
    /// Begins a file, or goes on with one that holds the rows up to replication `end`, which for text are `bytes` long.
    ///
    /// # Errors
    /// A [`Fault`] where it cannot be written, or does not hold what it should.
    pub fn open(work: &Work, layout: &Layout, end: u64, bytes: u64) -> Result<Self, Fault> {
        layout.format.check()?;
        let path = work.path(layout.format.file_name());
        match layout.format {
            #[cfg(feature = "parquet")]
            Format::Parquet => Ok(Self::Parquet(Box::new(parquet::Writer::open(&path, layout, end)?))),
            #[cfg(not(feature = "parquet"))]
            Format::Parquet => unreachable!("refused above"),
            Format::Csv | Format::Jsonl if end == layout.first => Ok(Self::Text(
                text::Writer::begin(&path, layout).map_err(|error| Fault::unwritten(&path, &error))?,
            )),
            Format::Csv | Format::Jsonl => Ok(Self::Text(text::Writer::go_on(&path, bytes)?)),
        }
    }

    /// Writes the rows that come next.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub fn take(&mut self, rows: Prepared) -> io::Result<()> {
        match (self, rows) {
            (Self::Text(writer), Prepared::Text(lines)) => writer.write(&lines),
            #[cfg(feature = "parquet")]
            (Self::Parquet(writer), Prepared::Rows(rows)) => writer.write(&rows),
            _ => Err(io::Error::other("rows prepared for another format")),
        }
    }

    /// Makes sure that all rows so far outlast the process; gives the length of a text file.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub fn keep(&mut self) -> io::Result<u64> {
        match self {
            Self::Text(writer) => writer.keep(),
            #[cfg(feature = "parquet")]
            Self::Parquet(writer) => writer.keep().map(|()| 0),
        }
    }

    /// Completes the file.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Self::Text(mut writer) => writer.keep().map(|_| ()),
            #[cfg(feature = "parquet")]
            Self::Parquet(writer) => writer.finish(),
        }
    }
}

/// Writes the rows of parts, which follow on one another, as one file: the bytes it would have had as a whole. Gives the length of a
/// text file.
///
/// # Errors
/// A [`Fault`] where a part's file is damaged, or the whole cannot be written.
pub fn merge(work: &Work, layout: &Layout, parts: &[Stored]) -> Result<u64, Fault> {
    let path = work.path(layout.format.file_name());
    let unwritten = |error: io::Error| Fault::unwritten(&path, &error);
    let mut writer = Writer::open(work, layout, layout.first, 0)?;
    for part in parts {
        let name = layout.format.file_name();
        let from = part.folder.join(name);
        let record = part
            .manifest
            .files
            .get(name)
            .ok_or_else(|| Fault::damaged(&from, "the manifest does not list it"))?;
        super::read::check_file(&part.folder, name, record)?;
        append(&mut writer, layout, &from, part.manifest.range()).map_err(|error| match error {
            Append::Read(what) => Fault::damaged(&from, &what),
            Append::Write(error) => unwritten(error),
        })?;
    }
    let bytes = writer.keep().map_err(unwritten)?;
    writer.finish().map_err(unwritten)?;
    Ok(bytes)
}

/// Why a file of rows could not be added to another.
enum Append {
    Read(String),
    Write(io::Error),
}

#[cfg_attr(not(feature = "parquet"), allow(unused_variables, reason = "text is copied as it is"))]
fn append(writer: &mut Writer, layout: &Layout, from: &Path, range: Range<u64>) -> Result<(), Append> {
    let file = File::open(from).map_err(|error| Append::Read(error.to_string()))?;
    match writer {
        Writer::Text(writer) => {
            let mut lines =
                text::body(file, layout.format).map_err(|error| Append::Read(error.to_string()))?;
            writer.copy(&mut lines).map_err(Append::Write)
        }
        #[cfg(feature = "parquet")]
        Writer::Parquet(writer) => parquet::read(file, layout, range, &mut |rows| writer.write(&rows))
            .map_err(|failure| match failure {
                parquet::ReadFailure::Read(what) => Append::Read(what),
                parquet::ReadFailure::Taken(error) => Append::Write(error),
            }),
    }
}
