//! Rows as CSV (RFC 4180, lines end with LF) and as JSON Lines.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::super::fault::Fault;
use super::{Format, Layout};
use crate::batch::Rows;
use crate::stats::MISSING;

/// Lines of CSV; what is missing is empty.
pub(super) fn csv(rows: &Rows) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.len() * 256);
    for row in rows.iter() {
        // Writing to a vector does not fail.
        let _ = write!(out, "{},{}", row.replication, row.digest());
        for value in row.values {
            out.push(b',');
            if *value != MISSING {
                integer(&mut out, *value);
            }
        }
        out.push(b'\n');
    }
    out
}

/// Lines of JSON; what is missing is null.
pub(super) fn jsonl(rows: &Rows, names: &[String]) -> Vec<u8> {
    let keys: Vec<String> =
        names.iter().map(|name| format!(",{}:", serde_json::Value::from(name.as_str()))).collect();
    let mut out = Vec::with_capacity(rows.len() * 1_024);
    for row in rows.iter() {
        let _ = write!(out, "{{\"replication\":{},\"digest\":\"{}\"", row.replication, row.digest());
        for (key, value) in keys.iter().zip(row.values) {
            out.extend_from_slice(key.as_bytes());
            if *value == MISSING { out.extend_from_slice(b"null") } else { integer(&mut out, *value) }
        }
        out.extend_from_slice(b"}\n");
    }
    out
}

/// Decimal digits, without the formatter's detours.
fn integer(out: &mut Vec<u8>, value: i64) {
    let mut digits = [0_u8; 20];
    let (mut at, mut rest) = (digits.len(), value.unsigned_abs());
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

fn header(layout: &Layout) -> String {
    if layout.format != Format::Csv {
        return String::new();
    }
    let quoted = |name: &String| {
        let is_plain = !name.contains(['"', ',', '\n', '\r']);
        if is_plain { format!(",{name}") } else { format!(",\"{}\"", name.replace('"', "\"\"")) }
    };
    let names: String = layout.names.iter().map(quoted).collect();
    format!("replication,digest{names}\n")
}

/// A text file that grows at its end.
#[derive(Debug)]
pub struct Writer {
    file: File,
    bytes: u64,
}

impl Writer {
    /// An empty file, with its line of names if it has one.
    pub(super) fn begin(path: &Path, layout: &Layout) -> io::Result<Self> {
        let mut writer = Self { file: File::create(path)?, bytes: 0 };
        writer.write(header(layout).as_bytes())?;
        Ok(writer)
    }

    /// Goes on after the first `bytes` of a file; what follows them was not kept.
    pub(super) fn go_on(path: &Path, bytes: u64) -> Result<Self, Fault> {
        let unread = |error: io::Error| Fault::unread(path, &error);
        let mut file = File::options().read(true).write(true).open(path).map_err(unread)?;
        if file.metadata().map_err(unread)?.len() < bytes {
            return Err(Fault::damaged(path, "it is shorter than the checkpoint says"));
        }
        let cut = file.set_len(bytes).and_then(|()| file.seek(SeekFrom::Start(bytes)));
        cut.map_err(|error| Fault::unwritten(path, &error))?;
        Ok(Self { file, bytes })
    }

    pub(super) fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        self.file.write_all(lines)?;
        self.bytes += lines.len() as u64;
        Ok(())
    }

    pub(super) fn keep(&mut self) -> io::Result<u64> {
        self.file.sync_data()?;
        Ok(self.bytes)
    }

    pub(super) fn copy(&mut self, lines: &mut dyn Read) -> io::Result<()> {
        self.bytes += io::copy(lines, &mut self.file)?;
        Ok(())
    }
}

/// A file's lines without the line of names.
pub(super) fn body(file: File, format: Format) -> io::Result<BufReader<File>> {
    let mut lines = BufReader::with_capacity(1 << 18, file);
    if format == Format::Csv {
        // A name in quotes may hold a line break, so the end of the line is the first one outside quotes.
        let mut is_quoted = false;
        loop {
            let mut line = Vec::new();
            if lines.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            is_quoted ^= line.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
            if !is_quoted {
                break;
            }
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Rows {
        let mut rows = Rows::new(7, 3);
        rows.extend(&[0, -12, MISSING]);
        rows.extend(&[i64::MAX, i64::MIN + 1, 100]);
        rows
    }

    #[test]
    fn csv_leaves_what_is_missing_empty() {
        let text = String::from_utf8(csv(&rows())).unwrap();
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
        assert_eq!((lines[0][0], &lines[0][2..]), ("7", &["0", "-12", ""][..]));
        assert_eq!(lines[1][2..], ["9223372036854775807", "-9223372036854775807", "100"]);
        assert_eq!(lines[0][1], crate::stats::Digest::of_replication(7, &[0, -12, MISSING]).to_string());
    }

    #[test]
    fn json_lines_are_objects_with_null_for_what_is_missing() {
        let names = ["a", "b \"x\"", "c"].map(String::from);
        let text = String::from_utf8(jsonl(&rows(), &names)).unwrap();
        let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!((&first["replication"], &first["b \"x\""]), (&7.into(), &(-12).into()));
        assert!(first["c"].is_null() && first["digest"].is_string());
        assert_eq!(text.lines().count(), 2);
    }
}
