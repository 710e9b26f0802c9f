//! Command lines that make a figure again.

use super::{Origin, Past};
use crate::report::document::Run;
use crate::scenario::load::BASE;

/// The scenario as it is named on a command line: file, variant, overrides.
fn scenario(origin: &Origin, variant: &str) -> String {
    let mut line = quoted(&origin.file);
    if variant != BASE {
        line.push_str(&format!(" --variant {}", quoted(variant)));
    }
    for set in &origin.overrides {
        line.push_str(&format!(" --set {}", quoted(set)));
    }
    line
}

/// Runs the batch again.
pub(super) fn run(origin: &Origin, variant: &str, run: &Run) -> String {
    format!(
        "handover run {} --seed {} --first {} --replications {}",
        scenario(origin, variant),
        run.seed,
        run.first,
        run.replications
    )
}

/// Shows one replication.
pub(super) fn trace(origin: &Origin, variant: &str, seed: u64, replication: u64) -> String {
    format!("handover trace {} --seed {seed} --replication {replication}", scenario(origin, variant))
}

/// Makes a forecast or a back-test again.
pub(super) fn past(verb: &str, origin: &Origin, variant: &str, run: &Run, past: &Past) -> String {
    let mut line =
        format!("handover {verb} {} --history {}", scenario(origin, variant), quoted(&past.history));
    for (from, to) in &past.names {
        line.push_str(&format!(" --match {}", quoted(&format!("{from}={to}"))));
    }
    line.push_str(&format!(" --as-of {}", quoted(&past.as_of.join(","))));
    if !past.cases.is_empty() {
        line.push_str(&format!(" --cases {}", quoted(&past.cases.join(","))));
    }
    let Run { seed, first, replications } = *run;
    format!("{line} --seed {seed} --first {first} --replications {replications} --format json")
}

/// A word as a POSIX shell takes it, quoted only where it must be.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+%@".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) && !word.starts_with('~') {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_are_quoted_where_a_shell_would_change_them() {
        for (word, shown) in [
            ("scenarios/a.toml", "scenarios/a.toml"),
            ("fault.probability=0.6", "fault.probability=0.6"),
            ("my file.toml", "'my file.toml'"),
            ("it's", "'it'\\''s'"),
            ("", "''"),
            ("$(x)", "'$(x)'"),
        ] {
            assert_eq!(quoted(word), shown);
        }
    }
}
