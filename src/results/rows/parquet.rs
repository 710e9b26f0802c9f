//! Rows as Apache Parquet.
//!
//! A Parquet file ends with the index of all its row groups, so one that was cut short cannot be read. While a run is under way every
//! row group is therefore a small file of its own, in a folder beside; at the end their columns are copied, still compressed, into one file.
//! Row groups have a size that follows from the number of outcomes alone, so the bytes do not depend on how often work was interrupted.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{Compression, ConvertedType, Encoding, Repetition, Type as Physical, ZstdLevel};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnPath, Type, TypePtr};

use super::super::fault::Fault;
use super::Layout;
use crate::batch::{CHUNK, Rows};
use crate::stats::MISSING;

/// The most values of a row group: 32 MiB before they are compressed.
const MOST_VALUES: u64 = 1 << 22;
/// Index and digest stand before the outcomes.
const LEADING: usize = 2;

/// Rows in a group: the largest power of two with at most [`MOST_VALUES`] values, between one chunk and 2^20.
fn group_rows(outcomes: usize) -> u64 {
    let most = MOST_VALUES / (outcomes as u64 + LEADING as u64);
    let power = 1_u64 << most.max(1).ilog2();
    power.clamp(CHUNK, 1 << 20)
}

fn other(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(inner) => io::Error::other(inner),
        },
        error => io::Error::other(error),
    }
}

/// The schema and the properties of every file of a layout.
#[derive(Debug)]
struct Shape {
    schema: TypePtr,
    properties: WriterPropertiesPtr,
}

impl Shape {
    fn new(layout: &Layout) -> io::Result<Self> {
        Ok(Self { schema: schema(&layout.names).map_err(other)?, properties: Arc::new(properties(layout)) })
    }
}

fn schema(names: &[String]) -> Result<TypePtr, ParquetError> {
    let column = |name: &str, physical, repetition, converted| {
        let builder = Type::primitive_type_builder(name, physical).with_repetition(repetition);
        builder.with_converted_type(converted).build().map(Arc::new)
    };
    let mut fields = vec![
        column("replication", Physical::INT64, Repetition::REQUIRED, ConvertedType::UINT_64)?,
        column("digest", Physical::BYTE_ARRAY, Repetition::REQUIRED, ConvertedType::UTF8)?,
    ];
    for name in names {
        fields.push(column(name, Physical::INT64, Repetition::OPTIONAL, ConvertedType::NONE)?);
    }
    Type::group_type_builder("replications").with_fields(fields).build().map(Arc::new)
}

fn properties(layout: &Layout) -> WriterProperties {
    let note = |key: &str, value: String| KeyValue::new(format!("handover.{key}"), value);
    let (index, digest) = (ColumnPath::from("replication"), ColumnPath::from("digest"));
    WriterProperties::builder()
        // Neither version nor date: the same rows give the same bytes.
        .set_created_by("handover".to_string())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(None)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_column_dictionary_enabled(index.clone(), false)
        .set_column_encoding(index.clone(), Encoding::DELTA_BINARY_PACKED)
        .set_column_statistics_enabled(index, EnabledStatistics::Chunk)
        .set_column_dictionary_enabled(digest, false)
        .set_key_value_metadata(Some(vec![
            note("scenario_digest", layout.digest.clone()),
            note("seed", layout.seed.to_string()),
        ]))
        .build()
}

/// A file of rows being written.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    groups: PathBuf,
    shape: Shape,
    group_rows: u64,
    first: u64,
    /// Rows of the group that is not full yet.
    open: Rows,
}

impl Writer {
    /// Begins a file, or goes on with the rows up to replication `end`.
    pub(super) fn open(path: &Path, layout: &Layout, end: u64) -> Result<Self, Fault> {
        let unwritten = |error: io::Error| Fault::unwritten(path, &error);
        let mut writer = Self {
            path: path.to_path_buf(),
            groups: beside(path, ".groups"),
            shape: Shape::new(layout).map_err(unwritten)?,
            group_rows: group_rows(layout.names.len()),
            first: layout.first,
            open: Rows::new(layout.first, layout.names.len()),
        };
        if !writer.groups.exists() && end > layout.first {
            writer.split().map_err(|error| Fault::damaged(path, &error.to_string()))?;
        }
        fs::create_dir_all(&writer.groups).map_err(unwritten)?;
        remove(path).map_err(unwritten)?;
        writer.go_on(layout, end)?;
        // All the room it will ever need: growing would take twice as much.
        writer.open.reserve(writer.group_rows as usize - writer.open.len());
        Ok(writer)
    }

    /// Takes a complete file apart again into its groups.
    fn split(&self) -> io::Result<()> {
        let file = File::open(&self.path)?;
        let reader = SerializedFileReader::new(file.try_clone()?).map_err(other)?;
        let whole = beside(&self.groups, ".new");
        remove_folder(&whole)?;
        fs::create_dir(&whole)?;
        for group in 0..reader.num_row_groups() {
            let to = create(&whole.join(group_name(group as u64)))?;
            let mut writer = self.writer(to)?;
            copy_group(&mut writer, &file, &reader, group).map_err(other)?;
            finish(writer)?;
        }
        fs::rename(&whole, &self.groups)
    }

    /// Finds the groups that hold the rows up to `end`, reads the last one back if it is not full, and removes what follows.
    fn go_on(&mut self, layout: &Layout, end: u64) -> Result<(), Fault> {
        let (full, begun) = ((end - self.first) / self.group_rows, (end - self.first) % self.group_rows);
        for group in 0..full {
            let path = self.groups.join(group_name(group));
            if !path.exists() {
                return Err(Fault::damaged(&path, "it is missing"));
            }
        }
        self.open = Rows::new(self.first + full * self.group_rows, layout.names.len());
        if begun > 0 {
            let path = self.groups.join(group_name(full));
            let damaged = |what: String| Fault::damaged(&path, &what);
            let file = File::open(&path).map_err(|error| damaged(error.to_string()))?;
            let mut take = |rows: Rows| {
                self.open.append(&rows, u64::MAX);
                Ok(())
            };
            let any = Range { start: self.first + full * self.group_rows, end: u64::MAX };
            read(file, layout, any, &mut take).map_err(|failure| damaged(failure.to_string()))?;
            self.open.truncate(end);
            if self.open.end() != end {
                return Err(damaged("it holds fewer rows than the checkpoint says".into()));
            }
        }
        let kept = full + u64::from(begun > 0);
        let names = fs::read_dir(&self.groups).map_err(|error| Fault::unread(&self.groups, &error))?;
        for entry in names.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let group = name.strip_suffix(".parquet").and_then(|digits| digits.parse::<u64>().ok());
            if group.is_none_or(|group| group >= kept || group_name(group) != name) {
                remove(&entry.path()).map_err(|error| Fault::unwritten(&entry.path(), &error))?;
            }
        }
        Ok(())
    }

    pub(super) fn write(&mut self, rows: &Rows) -> io::Result<()> {
        while self.open.end() < rows.end() {
            let full = self.open.first() + self.group_rows;
            self.open.append(rows, full);
            if self.open.end() == full {
                self.write_group(&self.open)?;
                self.open.restart();
            }
        }
        Ok(())
    }

    /// Writes the group that is not full, so that nothing is only in memory.
    pub(super) fn keep(&mut self) -> io::Result<()> {
        if self.open.is_empty() { Ok(()) } else { self.write_group(&self.open) }
    }

    fn write_group(&self, rows: &Rows) -> io::Result<()> {
        let path = self.groups.join(group_name((rows.first() - self.first) / self.group_rows));
        let new = beside(&path, ".new");
        let mut writer = self.writer(create(&new)?)?;
        let mut group = writer.next_row_group().map_err(other)?;
        write_columns(&mut group, rows).map_err(other)?;
        group.close().map_err(other)?;
        finish(writer)?;
        fs::rename(&new, &path)
    }

    fn writer(&self, to: BufWriter<File>) -> io::Result<SerializedFileWriter<BufWriter<File>>> {
        let shape = &self.shape;
        SerializedFileWriter::new(to, shape.schema.clone(), shape.properties.clone()).map_err(other)
    }

    /// Joins the groups to one file.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.keep()?;
        let rows = self.open.end() - self.first;
        let new = beside(&self.path, ".new");
        let mut writer = self.writer(create(&new)?)?;
        for group in 0..rows.div_ceil(self.group_rows) {
            let file = File::open(self.groups.join(group_name(group)))?;
            let reader = SerializedFileReader::new(file.try_clone()?).map_err(other)?;
            copy_group(&mut writer, &file, &reader, 0).map_err(other)?;
        }
        finish(writer)?;
        fs::rename(&new, &self.path)?;
        // Renamed first: a folder of groups that is there is always complete.
        let done = beside(&self.groups, ".done");
        remove_folder(&done)?;
        fs::rename(&self.groups, &done)?;
        remove_folder(&done)
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(ending);
    PathBuf::from(name)
}

fn group_name(group: u64) -> String {
    format!("{group:010}.parquet")
}

fn create(path: &Path) -> io::Result<BufWriter<File>> {
    Ok(BufWriter::with_capacity(1 << 18, File::create(path)?))
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn finish(writer: SerializedFileWriter<BufWriter<File>>) -> io::Result<()> {
    let mut buffer = writer.into_inner().map_err(other)?;
    buffer.flush()?;
    buffer.get_ref().sync_all()
}

/// Copies a group's columns as they are.
fn copy_group(
    to: &mut SerializedFileWriter<BufWriter<File>>,
    file: &File,
    from: &SerializedFileReader<File>,
    group: usize,
) -> Result<(), ParquetError> {
    let about = from.metadata().row_group(group);
    let mut copy = to.next_row_group()?;
    for column in about.columns() {
        let close = ColumnCloseResult {
            bytes_written: column.compressed_size() as u64,
            rows_written: about.num_rows() as u64,
            metadata: column.clone(),
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        copy.append_column(file, close)?;
    }
    copy.close().map(|_| ())
}

fn write_columns(
    group: &mut SerializedRowGroupWriter<'_, BufWriter<File>>,
    rows: &Rows,
) -> Result<(), ParquetError> {
    let no_column = || ParquetError::General("a column is missing".into());
    let indices: Vec<i64> = (rows.first()..rows.end()).map(|index| index as i64).collect();
    let mut column = group.next_column()?.ok_or_else(no_column)?;
    column.typed::<Int64Type>().write_batch(&indices, None, None)?;
    column.close()?;
    let mut column = group.next_column()?.ok_or_else(no_column)?;
    let digests: Vec<ByteArray> =
        rows.iter().map(|row| ByteArray::from(row.digest().to_string().as_str())).collect();
    column.typed::<ByteArrayType>().write_batch(&digests, None, None)?;
    column.close()?;
    let mut outcome = 0;
    while let Some(mut column) = group.next_column()? {
        let levels: Vec<i16> = rows.column(outcome).map(|value| i16::from(value != MISSING)).collect();
        let values: Vec<i64> = rows.column(outcome).filter(|value| *value != MISSING).collect();
        column.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
        column.close()?;
        outcome += 1;
    }
    Ok(())
}

/// Why rows could not be read and passed on.
#[derive(Debug)]
pub(super) enum ReadFailure {
    /// The file is not what it should be.
    Read(String),
    /// The rows were not taken.
    Taken(io::Error),
}

impl std::fmt::Display for ReadFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(what) => f.write_str(what),
            Self::Taken(error) => error.fmt(f),
        }
    }
}

impl From<ParquetError> for ReadFailure {
    fn from(error: ParquetError) -> Self {
        Self::Read(error.to_string())
    }
}

/// Passes on the rows of a file, group by group. They must begin at the start of the range and not go beyond it; where its end is
/// known, they must reach it.
pub(super) fn read(
    file: File,
    layout: &Layout,
    range: Range<u64>,
    take: &mut dyn FnMut(Rows) -> io::Result<()>,
) -> Result<(), ReadFailure> {
    let wrong = |what: &str| Err(ReadFailure::Read(what.to_string()));
    let reader = SerializedFileReader::new(file)?;
    let columns = reader.metadata().file_metadata().schema_descr();
    let names = || columns.columns().iter().skip(LEADING).map(|column| column.name());
    if columns.num_columns() != layout.names.len() + LEADING
        || !names().eq(layout.names.iter().map(String::as_str))
    {
        return wrong("its columns are not the outcomes of the scenario");
    }
    let mut next = range.start;
    for group in 0..reader.num_row_groups() {
        let rows = read_group(&*reader.get_row_group(group)?, layout.names.len())?;
        if rows.first() != next || rows.end() > range.end {
            return wrong("its rows are not those the manifest states");
        }
        next = rows.end();
        take(rows).map_err(ReadFailure::Taken)?;
    }
    if range.end == u64::MAX || next == range.end { Ok(()) } else { wrong("rows are missing at its end") }
}

fn read_group(group: &dyn RowGroupReader, outcomes: usize) -> Result<Rows, ReadFailure> {
    let count = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
    let mut indices = Vec::with_capacity(count);
    let (read, _, _) = int64(group.get_column_reader(0)?)?.read_records(count, None, None, &mut indices)?;
    let first = indices.first().map_or(0, |index| *index as u64);
    let in_order = indices.iter().zip(first..).all(|(index, expected)| *index as u64 == expected);
    if read != count || !in_order {
        return Err(ReadFailure::Read("its rows are not in the order of their indices".into()));
    }
    let mut values = vec![MISSING; count * outcomes];
    for outcome in 0..outcomes {
        let (mut found, mut levels) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut column = int64(group.get_column_reader(outcome + LEADING)?)?;
        let mut done = 0;
        while done < count {
            let (read, _, _) = column.read_records(count - done, Some(&mut levels), None, &mut found)?;
            if read == 0 {
                return Err(ReadFailure::Read("a column is too short".into()));
            }
            done += read;
        }
        let mut present = found.into_iter();
        for (row, _) in levels.iter().enumerate().filter(|(_, level)| **level > 0) {
            values[row * outcomes + outcome] = present.next().unwrap_or(MISSING);
        }
    }
    let mut rows = Rows::new(first, outcomes);
    rows.extend(&values);
    Ok(rows)
}

fn int64(column: ColumnReader) -> Result<ColumnReaderImpl<Int64Type>, ReadFailure> {
    match column {
        ColumnReader::Int64ColumnReader(column) => Ok(column),
        _ => Err(ReadFailure::Read("a column is not of whole numbers".into())),
    }
}
