//! A history's text to its rows, with every fault of the file in one go.

use super::cells::Cells;
use super::columns::{COLUMNS, Column, KINDS, Kind, OF_ALL};
use super::{History, Row, check};
use crate::scenario::csv;
use crate::scenario::diagnostic::{Diagnostic, Faults};
use crate::scenario::read::nearest;
use crate::scenario::source::{At, Sources, Span};

/// The words of the column `side`, by number of the side.
pub const SIDES: [&str; 2] = ["captives", "prisoners"];

/// Reads text `source` as a history.
///
/// # Errors
/// Every fault of the file, each at its cell.
pub fn read(sources: &Sources, source: u16) -> Result<History, Faults> {
    let mut faults = Faults::new();
    let Some(records) = csv::records(sources.text(source), source, "S300", &mut faults) else {
        return Err(faults);
    };
    let Some((head, records)) = records.split_first() else {
        let fault = Diagnostic::new("S301", Span::new(source, 0..0), "this history is empty");
        faults.push(fault.help("its first line names the columns: kind,when,side,count,confidence,source"));
        return Err(faults);
    };
    if let Some(between) = separator(head) {
        let message = format!("the cells of this file are set apart by {between}, not by commas");
        let fault = Diagnostic::new("S300", head[0].span, message);
        let help = "save it as CSV with commas, in UTF-8; a spreadsheet asks for the separator when it exports, or takes that of its region";
        // What its quotes look like follows from that.
        let mut faults = Faults::new();
        faults.push(fault.help(help));
        return Err(faults);
    }
    let places = columns_of(head, &mut faults);
    let (mut rows, mut read) = (Vec::new(), 0);
    for record in records {
        read += usize::from(record.iter().any(|cell| !cell.value.trim().is_empty()));
        if is_whole(record, head.len(), &mut faults) {
            rows.extend(row_of(record, &places, &mut faults));
        }
    }
    if rows.is_empty() && faults.is_empty() {
        let fault = Diagnostic::new("S301", head[0].span, "this history has columns and no rows");
        faults.push(fault.help("tell one event a row"));
    }
    check::rows(&rows, &mut faults);
    check::together(&rows, &mut faults);
    // Rows that could not be read would be missed by those that rest on them.
    if rows.len() == read && rows.iter().all(|row| row.is_read) {
        check::whole(&rows, &mut faults);
    }
    match history_of(rows) {
        Some(history) if faults.is_empty() => Ok(history),
        None if faults.is_empty() => {
            let fault = Diagnostic::new("S303", head[0].span, "no row of this history has a date");
            faults.push(fault.help("give a row a `when`, or say to when the record is complete: `known_to`"));
            Err(faults)
        }
        _ => Err(faults),
    }
}

fn history_of(rows: Vec<Row>) -> Option<History> {
    let name = |kind: Kind| rows.iter().find(|r| r.kind == kind).and_then(|r| r.name.clone());
    let stated = rows.iter().find(|r| r.kind == Kind::KnownTo).and_then(Row::day);
    let last = rows.iter().flat_map(|r| r.when.iter().chain(until_of(r))).map(|w| w.day()).max();
    // Base rates of other truces have no dates; a file of nothing else is known to no day in particular.
    let of_rates = rows.iter().all(|r| matches!(r.kind, Kind::Rate | Kind::Case | Kind::Zone | Kind::Note));
    let known_to = stated.or(last).or(of_rates.then_some(jiff::civil::Date::ZERO))?;
    Some(History { case: name(Kind::Case), zone: name(Kind::Zone), known_to, rows })
}

/// Ends that lie in the past of the record; the end of a term or of an extension may lie beyond it.
fn until_of(row: &Row) -> Option<&super::When> {
    row.until.as_ref().filter(|_| matches!(row.kind, Kind::Dispute | Kind::Flow))
}

/// What sets the cells of a file apart that has no commas between the names of its columns.
fn separator(head: &[At<String>]) -> Option<&'static str> {
    let [line] = head else { return None };
    let is_name = |cell: &&str| COLUMNS.iter().any(|(_, word, _)| *word == cell.trim().trim_matches('"'));
    let found = [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")];
    found.into_iter().find(|(by, _)| line.value.split(*by).filter(is_name).count() > 1).map(|(_, word)| word)
}

/// Where each column stands in the records.
fn columns_of(head: &[At<String>], faults: &mut Faults) -> Vec<Option<usize>> {
    let mut places = vec![None; COLUMNS.len()];
    let mut misspelt: Vec<(usize, usize)> = Vec::new();
    let place_of = |name: &str| COLUMNS.iter().position(|(_, word, _)| *word == name);
    for (at, cell) in head.iter().enumerate() {
        let name = cell.value.trim();
        let Some(column) = place_of(name) else {
            let fault = Diagnostic::new("S301", cell.span, format!("there is no column `{name}`"));
            let words = COLUMNS.iter().map(|(_, word, _)| *word);
            let Some(near) = nearest(name, words.clone()) else {
                faults.push(fault.help(format!("columns are: {}", words.collect::<Vec<_>>().join(", "))));
                continue;
            };
            faults.push(fault.help(format!("did you mean `{near}`?")));
            misspelt.extend(place_of(near).map(|column| (column, at)));
            continue;
        };
        if places[column].is_some() {
            let fault = Diagnostic::new("S301", cell.span, format!("the column `{name}` is there twice"));
            faults.push(fault.help("keep one of them"));
        } else {
            places[column] = Some(at);
        }
    }
    // The rows are checked by the columns that are meant, so that they have no more faults than their own.
    for (column, at) in misspelt {
        places[column] = places[column].or(Some(at));
    }
    for column in [Column::Kind, Column::Confidence, Column::Source] {
        if places[column as usize].is_none() {
            let message = format!("the column `{}` is missing", column.word());
            let fault = Diagnostic::new("S301", head[0].span, message);
            faults.push(fault.help("every history says what happened, how sure that is, and who says so"));
        }
    }
    places
}

fn is_whole(record: &[At<String>], columns: usize, faults: &mut Faults) -> bool {
    if record.len() != columns {
        let span = record.first().map_or(Span::IMPLIED, |cell| cell.span);
        let message = format!("this row has {} cells for {columns} columns", record.len());
        let help = "give one cell a column; put text with commas in double quotes";
        faults.push(Diagnostic::new("S300", span, message).help(help));
    }
    record.len() == columns
}

fn row_of(record: &[At<String>], places: &[Option<usize>], faults: &mut Faults) -> Option<Row> {
    let mut cells = Cells::new(record, places, faults);
    if cells.filled().is_empty() {
        return None; // a line of commas, as spreadsheets leave them
    }
    let words = KINDS.map(|kind| kind.word);
    let kind = match cells.word(Column::Kind, &words) {
        Some(found) => found.map(|at| KINDS[at].kind),
        None if cells.is_filled(Column::Kind) || places[Column::Kind as usize].is_none() => return None,
        None => {
            let help = format!("kinds are: {}", words.join(", "));
            cells.fault("S303", cells.place(Column::Kind), "this row does not say what happened", help);
            return None;
        }
    };
    let before = cells.faults.len();
    check_cells(&mut cells, &kind, places);
    let side = cells.word(Column::Side, &SIDES);
    let row = Row {
        is_read: true,
        kind: kind.value,
        span: kind.span,
        id: cells.text(Column::Id),
        when: cells.when(),
        due: cells.moment(Column::Due),
        until: cells.moment(Column::Until),
        round: cells.text(Column::Round),
        tranche: cells.text(Column::Tranche),
        side,
        party: cells.text(Column::Party),
        against: cells.text(Column::Against),
        name: cells.text(Column::Name),
        held: cells.text(Column::Held),
        reporter: cells.text(Column::Reporter),
        count: cells.count(Column::Count),
        other_count: cells.count(Column::OtherCount),
        confirmed: cells.count(Column::Confirmed),
        killed: cells.count(Column::Killed),
        injured: cells.count(Column::Injured),
        of: cells.count(Column::Of),
        days: cells.count(Column::Days),
        per_day: cells.number(Column::PerDay),
        target: cells.number(Column::Target),
        complete: cells.yes(Column::Complete),
        confidence: cells.confidence(),
        source: cells.text(Column::Source).map(|c| c.value).unwrap_or_default(),
        note: cells.text(Column::Note).map(|c| c.value).unwrap_or_default(),
    };
    Some(Row { is_read: cells.faults.len() == before, ..row })
}

/// A kind's cells: those it needs are filled, and no others are.
fn check_cells(cells: &mut Cells<'_>, kind: &At<Kind>, places: &[Option<usize>]) {
    let about = kind.value.about();
    let mut must = about.must.to_vec();
    if !kind.value.is_of_the_file() {
        must.extend([Column::Confidence, Column::Source]);
    }
    let has_window = cells.is_filled(Column::Earliest) && cells.is_filled(Column::Latest);
    for column in must {
        let stands_for = column == Column::When && has_window;
        // A column that is missing has been told once for all rows.
        let is_told =
            places[column as usize].is_none() && matches!(column, Column::Confidence | Column::Source);
        if !cells.is_filled(column) && !stands_for && !is_told {
            let place = if places[column as usize].is_some() { cells.place(column) } else { kind.span };
            let message = format!("a row of kind `{}` needs `{}`", about.word, column.word());
            let help = format!("{}: {}", column.word(), COLUMNS[column as usize].2);
            cells.fault("S303", place, message, help);
        }
    }
    for column in cells.filled() {
        let is_known =
            OF_ALL.contains(&column) || about.must.contains(&column) || about.may.contains(&column);
        if !is_known {
            let message = format!("a row of kind `{}` has no use for `{}`", about.word, column.word());
            let used: Vec<&str> = about.must.iter().chain(about.may).map(|c| c.word()).collect();
            let help = format!("empty the cell; this kind uses {}", used.join(", "));
            cells.fault("S303", cells.place(column), message, help);
        }
    }
}
