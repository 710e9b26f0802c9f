//! Timelines written by hand: every delay is fixed, so what must happen when can be worked out on paper. Each file under
//! `tests/timelines` opens with what is expected of replication 0:
//!
//! ```text
//! #= D3 11:30 round 2: * captive* released     this happens on day 3 at 11:30 (`*` stands for anything)
//! #! D3 09:00 captive* released                this does not
//! #s 41400 attempt ends                        this happens 41,400 seconds after the agreed start
//! #o completion_s = 48600                      this outcome has this value
//! #e expired                                   this is how the truce stands at the end
//! ```

use handover::model::outcome::MISSING;
use handover::report::trace::{self, Trace, describe};
use handover::scenario::load::Loaded;

use crate::support::loaded;

/// Whether `pattern`, in which `*` stands for anything, occurs in `text`.
fn occurs(pattern: &str, text: &str) -> bool {
    let mut rest = text;
    pattern.split('*').all(|piece| match rest.find(piece) {
        Some(at) => {
            rest = &rest[at + piece.len()..];
            true
        }
        None => false,
    })
}

fn happens(loaded: &Loaded, trace: &Trace, pattern: &str, when: impl Fn(i64) -> bool) -> bool {
    trace.seen.iter().any(|(time, what)| when(*time) && occurs(pattern, &describe(&loaded.plan, what)))
}

/// What an expectation line says, if it does not hold.
fn failure(loaded: &Loaded, trace: &Trace, line: &str) -> Option<String> {
    let (kind, rest) = line.strip_prefix('#')?.split_once(' ')?;
    let holds = match kind {
        "=" | "!" => {
            let mut words = rest.splitn(3, ' ');
            let day: i64 = words.next()?.strip_prefix('D')?.parse().ok()?;
            let clock = words.next()?;
            let date = loaded.calendar.date_of_day(day)?;
            let local = format!("{date} {clock}");
            let pattern = words.next().unwrap_or("").trim();
            happens(loaded, trace, pattern, |t| loaded.calendar.local_text(t) == local) == (kind == "=")
        }
        "s" => {
            let (time, pattern) = rest.split_once(' ')?;
            let time: i64 = time.parse().ok()?;
            happens(loaded, trace, pattern, |t| t == time)
        }
        "o" => {
            let (name, value) = rest.split_once(" = ")?;
            let place = loaded.plan.outcomes.iter().position(|o| o.name == name);
            let found = place.map(|p| trace.outcomes[p]).filter(|v| *v != MISSING);
            found == value.trim().parse().ok() && found.is_some()
        }
        "e" => trace.ending == rest.trim(),
        _ => true,
    };
    (!holds).then(|| line.to_string())
}

#[test]
fn every_hand_written_timeline_holds() {
    let folder = format!("{}/tests/timelines", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 100);
    let (mut failures, mut checked) = (Vec::new(), 0);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let loaded = loaded(&text, None, &[]);
        let trace = trace::record(&loaded.plan, 1, 0);
        for line in text.lines().take_while(|l| l.starts_with('#')) {
            checked += 1;
            if let Some(line) = failure(&loaded, &trace, line) {
                let seen = trace::lines(&loaded, &trace).join("\n    ");
                failures.push(format!("{}: {line}\n    {seen}", file.file_name().unwrap().to_string_lossy()));
            }
        }
    }
    assert!(checked > 250, "{checked} expectations");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn an_expectation_that_does_not_hold_is_noticed() {
    let text = crate::support::shipped("first-exchange.toml");
    let loaded = loaded(&text, None, &[]);
    let trace = trace::record(&loaded.plan, 1, 0);
    for line in [
        "#= D1 03:00 truce starts",
        "#! D1 08:30 truce starts",
        "#s 5 truce",
        "#o collapsed = 7",
        "#e ongoing",
    ] {
        assert_eq!(failure(&loaded, &trace, line).as_deref(), Some(line));
    }
    assert_eq!(failure(&loaded, &trace, "#= D1 08:30 the truce starts"), None);
}
