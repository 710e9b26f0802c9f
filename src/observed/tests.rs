//! Windows of moments, and what a name stands for.

use super::read::read;
use super::*;
use crate::scenario::source::Sources;

fn history(rows: &str) -> History {
    let head = "kind,when,earliest,latest,round,tranche,side,party,name,count,confidence,source\n";
    let sources = Sources::from_text("h.csv", format!("{head}{rows}"));
    read(&sources, 0).unwrap_or_else(|faults| panic!("{}", faults.render(&sources, false)))
}

fn window(cells: &str) -> (String, String, String) {
    let read = history(&format!("start,{cells},,,,,,,high,x\n"));
    let when = read.rows[0].when.unwrap();
    (when.earliest.to_string(), when.best.to_string(), when.latest.to_string())
}

fn three(a: &str, b: &str, c: &str) -> (String, String, String) {
    (a.into(), b.into(), c.into())
}

#[test]
fn a_moment_is_a_window_with_an_estimate() {
    let exact = "2025-01-19T11:15:00";
    assert_eq!(window("2025-01-19T11:15,,"), three(exact, exact, exact));
    assert_eq!(
        window("2025-01-19,,"),
        three("2025-01-19T00:00:00", "2025-01-19T12:00:00", "2025-01-19T23:59:59")
    );
    assert_eq!(
        window(",2025-01-19T10:00,2025-01-21T10:00"),
        three("2025-01-19T10:00:00", "2025-01-20T10:00:00", "2025-01-21T10:00:00")
    );
    assert_eq!(
        window("2025-01-19T11:15,2025-01-19T10:00,2025-01-20"),
        three("2025-01-19T10:00:00", exact, "2025-01-20T23:59:59")
    );
    // A day within bounds: the middle of what is left of it.
    assert_eq!(window("2025-01-19,2025-01-19T18:00,2025-01-20T06:00").1, "2025-01-19T20:59:59".to_string());
}

#[test]
fn names_are_called_as_a_scenario_calls_them_or_left_out() {
    let mut read = history(
        "release,2025-01-19,,,1,,captives,,civilian women,3,high,x\n\
         release,2025-01-20,,,1,,prisoners,,minors,90,high,x\n\
         milestone,2025-01-21,,,,,,,tents,,high,x\n",
    );
    read.call(&[("civilian women".into(), "women".into()), ("tents".into(), "none".into())]);
    let names: Vec<&str> = read.rows.iter().map(|r| r.name.as_ref().unwrap().value.as_str()).collect();
    assert_eq!(names, ["women", "minors"]);
}

#[test]
fn a_round_is_its_tranche_unless_another_is_named() {
    let read = history(
        "release,2025-01-19,,,1,,captives,,,3,high,x\n\
         release,2025-01-20,,,3,besides,captives,,,3,high,x\n\
         release,2025-01-21,,,4,3,captives,,,3,high,x\n",
    );
    let of: Vec<Option<&str>> = read.rows.iter().map(|r| r.of_tranche().map(|t| t.value.as_str())).collect();
    assert_eq!(of, [Some("1"), None, Some("3")]);
}

#[test]
fn every_column_and_kind_stands_at_its_number() {
    assert!(COLUMNS.iter().enumerate().all(|(at, (column, ..))| *column as usize == at));
    assert!(KINDS.iter().enumerate().all(|(at, kind)| kind.kind as usize == at));
}
