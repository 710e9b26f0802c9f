//! The table of a comparison for people.

use std::fmt::Write;

use super::comparison::{Contrast, Report, Row};
use super::document::limits;
use super::quantity::{duration, number};
use super::table::{Show, overrides, show_of, shown, words};
use crate::stats::Interval;

/// What most readers ask first. The other outcomes are shown on request.
const HEADLINE: [&str; 14] = [
    "captives_released",
    "prisoners_released",
    "remains_confirmed",
    "captives_completed",
    "completed",
    "completion_s",
    "collapse_s",
    "disputes",
    "suspensions",
    "suspended_s",
    "violations",
    "captives_delay_person_s",
    "prisoners_delay_person_s",
    "flow_delivered",
];

/// The whole comparison as text; with `is_whole` every outcome, else those that most readers ask first.
pub fn render(report: &Report<'_>, is_whole: bool) -> String {
    let mut text = String::new();
    head(&mut text, report);
    for contrast in &report.contrasts {
        pair(&mut text, contrast, is_whole);
    }
    foot(&mut text, report);
    text
}

fn head(text: &mut String, report: &Report<'_>) {
    let run = &report.run;
    let _ = writeln!(text, "{}", report.variants[0].plan.name);
    overrides(text, &report.variants[0].overrides);
    let _ = writeln!(
        text,
        "{}, {} to {}, seed {}, the same random numbers in every variant\n",
        super::quantity::several(run.replications, "replication"),
        run.first,
        (run.first + run.replications).saturating_sub(1),
        run.seed,
    );
}

fn pair(text: &mut String, contrast: &Contrast<'_>, is_whole: bool) {
    let (a, b) = (&contrast.first.variant, &contrast.other.variant);
    let _ = writeln!(text, "{b} against {a}  (difference: {b} minus {a}; shares in percentage points)");
    if contrast.first.digest == contrast.other.digest {
        let _ = writeln!(text, "  The two are the same scenario: every difference is exactly 0.\n");
        return;
    }
    let _ = writeln!(
        text,
        "{:<38} {:>9} {:>9} {:>10}    {:<20} {:<20} {:>6} {:>6}  both exist in",
        "Outcome",
        column(a),
        column(b),
        "difference",
        "95% interval",
        "joint interval",
        "corr.",
        "gain"
    );
    let mut equal = 0;
    for row in &contrast.endings {
        line(text, row, &format!("ends {}", row.name.replace('_', " ")), &mut equal);
    }
    let shown = |row: &&Row<'_>| is_whole || HEADLINE.contains(&row.name.as_str());
    for row in contrast.outcomes.iter().filter(shown) {
        let show = show_of(&row.name, row.is_flag);
        line(text, row, &words(&row.name, show), &mut equal);
    }
    remarks(text, contrast, is_whole, equal);
}

/// A variant's name as the head of a column.
fn column(name: &str) -> String {
    if name.chars().count() <= 9 { name.to_string() } else { name.chars().take(8).chain(['…']).collect() }
}

fn remarks(text: &mut String, contrast: &Contrast<'_>, is_whole: bool, equal: usize) {
    if equal > 0 {
        let _ = writeln!(text, "  ({equal} more are the same in every replication)");
    }
    let left = contrast.outcomes.iter().filter(|row| !HEADLINE.contains(&row.name.as_str())).count();
    if !is_whole && left > 0 {
        let _ = writeln!(text, "  ({left} outcomes more with --all)");
    }
    for (names, variant) in contrast.unshared.iter().zip([&contrast.first.variant, &contrast.other.variant]) {
        if !names.is_empty() {
            let _ =
                writeln!(text, "  Only {variant} has, so there is no difference of: {}", names.join(", "));
        }
    }
    text.push('\n');
}

fn line(text: &mut String, row: &Row<'_>, name: &str, equal: &mut usize) {
    if row.pairs.is_equal_throughout() {
        *equal += 1;
        return;
    }
    let show = show_of(&row.name, row.is_flag);
    let or_dash = |value: Option<String>| value.unwrap_or_else(|| "-".to_string());
    let mean = |value: Option<f64>| or_dash(value.map(|v| shown(show, v)));
    let interval = |interval: Option<Interval>| {
        or_dash(interval.map(|i| format!("{} to {}", signed(show, i.low), signed(show, i.high))))
    };
    let all = row.exists[0].max(row.exists[1]).max(1);
    let exists = if row.pairs.count() == all { String::new() } else { number(row.pairs.count() as f64) };
    let line = format!(
        "  {name:<36} {:>9} {:>9} {:>10} {:<2} {:<20} {:<20} {:>6} {:>6}  {exists}",
        mean(row.pairs.first_mean()),
        mean(row.pairs.second_mean()),
        or_dash(row.pairs.mean_difference().map(|d| signed(show, d))),
        if row.is_distinguished() { "*" } else { "" },
        interval(row.interval),
        interval(row.joint),
        or_dash(row.pairs.correlation().map(|c| format!("{c:.2}"))),
        or_dash(row.pairs.variance_ratio().map(gain)),
    );
    let _ = writeln!(text, "{}", line.trim_end());
}

/// A ratio with the digits that matter.
fn gain(ratio: f64) -> String {
    if ratio >= 9.95 { format!("{ratio:.0}x") } else { format!("{ratio:.1}x") }
}

/// A difference with its sign; shares in percentage points.
pub(super) fn signed(show: Show, value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "+" };
    let size = value.abs();
    let text = match show {
        Show::Share if size > 0.0 && size < 0.005 => "<1".to_string(),
        Show::Share => format!("{:.0}", 100.0 * size),
        Show::Time => duration(size),
        _ if size > 0.0 && size < 0.005 => "<0.01".to_string(),
        _ => shown(show, size),
    };
    if value == 0.0 { "0".to_string() } else { format!("{sign}{text}") }
}

fn foot(text: &mut String, report: &Report<'_>) {
    let hurt = report.contrasts.iter().flat_map(|c| {
        let rows = c.endings.iter().chain(&c.outcomes);
        rows.filter(|r| r.is_hurt()).map(move |r| (c, r))
    });
    for (contrast, row) in hurt {
        if let (Some(ratio), Some(within)) = (row.pairs.variance_ratio(), row.ratio) {
            let _ = writeln!(
                text,
                "Pairing hurts {} in {}: gain {ratio:.2} ({:.2} to {:.2}); runs under two seeds would tell the difference better.",
                row.name.replace('_', " "),
                contrast.other.variant,
                within.low,
                within.high
            );
        }
    }
    let _ = writeln!(text, "{}", report.multiplicity());
    let _ = writeln!(
        text,
        "* the joint interval leaves out zero. corr. and gain: the correlation of the two under the same random numbers, and how many times\n\
         as many replications would be needed without them."
    );
    for limit in limits(report.variants) {
        let _ = writeln!(text, "{limit}");
    }
}
