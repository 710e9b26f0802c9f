//! CSV as spreadsheets write it, every field with its place in the text, so that a fault can point at the cell. The usual readers
//! give the place of a record at best.

use super::diagnostic::{Diagnostic, Faults};
use super::source::{At, Span};

/// The records of a CSV text by RFC 4180, every field with its place; empty lines are left out. A quote that is never closed is
/// reported under `code`.
pub fn records(
    text: &str,
    source: u16,
    code: &'static str,
    faults: &mut Faults,
) -> Option<Vec<Vec<At<String>>>> {
    let mut records = Vec::new();
    let mut record: Vec<At<String>> = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    while at < text.len() {
        let (value, end) = match field(text, at) {
            Some(found) => found,
            None => {
                let fault =
                    Diagnostic::new(code, Span::new(source, at..at + 1), "this quote is never closed");
                faults.push(fault.help("close it, and double the quotes inside it"));
                return None;
            }
        };
        if let Some((place, message)) = stray_quote(&text[at..end]) {
            let fault = Diagnostic::new(code, Span::new(source, at + place..end), message);
            faults.push(fault.help("put the whole cell in double quotes, and double the quotes inside it"));
        }
        record.push(At::new(value, Span::new(source, at..end)));
        at = end;
        let rest = &text[at..];
        if rest.starts_with(',') {
            at += 1;
            // A comma at the very end leaves an empty field behind it.
            if at == text.len() {
                record.push(At::new(String::new(), Span::new(source, at - 1..at)));
            }
            continue;
        }
        at += if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) };
        finish(&mut records, &mut record);
    }
    finish(&mut records, &mut record);
    Some(records)
}

fn finish(records: &mut Vec<Vec<At<String>>>, record: &mut Vec<At<String>>) {
    let is_blank = matches!(record.as_slice(), [only] if only.value.trim().is_empty());
    if !record.is_empty() && !is_blank {
        records.push(std::mem::take(record));
    }
    record.clear();
}

/// A quote within a cell that is not in quotes, or text after the closing one, and where it is.
fn stray_quote(cell: &str) -> Option<(usize, &'static str)> {
    let Some(inside) = cell.strip_prefix('"') else {
        return cell.find('"').map(|place| (place, "a quote within a cell that does not begin with one"));
    };
    let mut rest = inside;
    loop {
        let close = rest.find('"')?;
        rest = &rest[close + 1..];
        match rest.strip_prefix('"') {
            Some(after) => rest = after,
            None => {
                return (!rest.trim().is_empty())
                    .then(|| (cell.len() - rest.len(), "text behind the quote that closes this cell"));
            }
        }
    }
}

/// The field that begins at byte `at`: its value and where it ends. `None` if its quote is never closed.
fn field(text: &str, at: usize) -> Option<(String, usize)> {
    let rest = &text[at..];
    if !rest.starts_with('"') {
        let length = rest.find([',', '\n', '\r']).unwrap_or(rest.len());
        return Some((rest[..length].to_string(), at + length));
    }
    let mut value = String::new();
    let mut from = 1;
    loop {
        let close = from + rest[from..].find('"')?;
        value.push_str(&rest[from..close]);
        if !rest[close + 1..].starts_with('"') {
            // What stands between the closing quote and the comma belongs to the field, so that it is seen to be wrong.
            let after = &rest[close + 1..];
            let length = after.find([',', '\n', '\r']).unwrap_or(after.len());
            value.push_str(after[..length].trim_end());
            return Some((value, at + close + 1 + length));
        }
        value.push('"');
        from = close + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::source::Sources;

    fn read(text: &str) -> Vec<Vec<String>> {
        let records = records(text, 0, "S204", &mut Faults::new()).unwrap();
        records.into_iter().map(|r| r.into_iter().map(|f| f.value).collect()).collect()
    }

    #[test]
    fn fields_are_read_by_the_rules_of_csv() {
        assert_eq!(read("a,b\r\n1,\"x, \"\"y\"\"\"\r\n\r\n2,3"), [["a", "b"], ["1", "x, \"y\""], ["2", "3"]]);
        assert_eq!(read("a,b\n1,\n"), [["a", "b"], ["1", ""]]);
        assert_eq!(read("a,b\n1,"), [["a", "b"], ["1", ""]]);
        assert_eq!(read("\u{feff}a\n\"1\n2\"\n"), [["a"], ["1\n2"]]);
        assert!(records("a\n\"1", 0, "S204", &mut Faults::new()).is_none());
    }

    #[test]
    fn every_field_knows_its_place() {
        let mut sources = Sources::from_text("a", "");
        let source = sources.add("points.csv", "a,b\n10,200\n").unwrap();
        let records = records(sources.text(source), source, "S204", &mut Faults::new()).unwrap();
        assert_eq!(sources.line_column(records[1][1].span), (2, 4));
        assert_eq!(sources.slice(records[1][1].span), "200");
    }
}
