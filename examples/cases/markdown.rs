//! Tables, numbers and names as the pages show them.

use handover::report::quantity::{number, percents};
use serde_json::Value;

/// A table of Markdown.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(head.iter().map(|cell| (*cell).to_string()).collect());
    text.push_str(&line(head.iter().map(|_| "---".to_string()).collect()));
    rows.iter().for_each(|row| text.push_str(&line(row.clone())));
    text.trim_end().to_string()
}

/// Points of a list.
pub(super) fn list(lines: &[Value]) -> String {
    lines.iter().filter_map(Value::as_str).map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n")
}

/// A number of a document, if it is one.
pub(super) fn figure(value: &Value) -> String {
    value.as_f64().map_or("–".to_string(), number)
}

/// A probability with its interval: "83% (82% to 84%)".
pub(super) fn chance(of: &Value) -> String {
    match (of["probability"].as_f64(), of["lo"].as_f64(), of["hi"].as_f64()) {
        (Some(p), Some(low), Some(high)) => {
            let [p, low, high] = percents(p, low, high);
            format!("{p} ({low} to {high})")
        }
        _ => "–".to_string(),
    }
}

/// A score.
pub(super) fn score(value: &Value) -> String {
    match value.as_f64() {
        Some(v) if v.abs() < 100.0 => format!("{v:.3}"),
        Some(v) => number(v),
        None => "–".to_string(),
    }
}

/// A question's name in words.
pub(super) fn words(name: &str) -> String {
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        [side, tranche, "day"] => format!("tranche {tranche}, {side}"),
        ["milestone", rest @ ..] => format!("milestone: {}", rest.join(" ").replace('_', " ")),
        _ => name.replace(['_', '.'], " "),
    }
}

/// "a", "a and b", "a, b and c".
pub(super) fn and(list: &[String]) -> String {
    match list {
        [] => "none".to_string(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

/// A picture, with what it shows for who does not see it.
pub(super) fn picture(file: &str, about: &str) -> String {
    format!("![{about}]({file})")
}
