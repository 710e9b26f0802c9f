//! Histories: broken ones and what is said of them, word for word; sound ones of other kinds of exchanges; fits to scenarios.
//!
//! `BLESS=1 cargo test --test it histories` writes the messages anew; what changed is then read in the diff.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use handover::observed::{History, Kind, fit, read::read};
use handover::scenario::codes::CODES;
use handover::scenario::diagnostic::Faults;
use handover::scenario::load::{Loaded, Script};
use handover::scenario::source::{Sources, Span};

use crate::support::shipped;

/// Reads a history, or says what is wrong with it.
fn history(name: &str, text: &str) -> Result<History, String> {
    let sources = Sources::from_text(name, text);
    read(&sources, 0).map_err(|faults| faults.render(&sources, false).trim_end().to_string() + "\n")
}

/// A scenario that knows a history's past up to a day, or what does not fit.
fn fitted(scenario: &str, (name, text): (&str, &str), as_of: &str, sets: &[&str]) -> Result<Loaded, String> {
    let rendered =
        |faults: Faults, sources: &Sources| faults.render(sources, false).trim_end().to_string() + "\n";
    let mut sources = Sources::from_text("scenario.toml", scenario);
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_string()).collect();
    let script = Script::open(&mut sources, &sets).map_err(|f| rendered(f, &sources))?;
    let number = sources.add(name, text).unwrap();
    let history = read(&sources, number).map_err(|f| rendered(f, &sources))?;
    let day = sources.add("--as-of", as_of).unwrap();
    let observed = |file: &_, faults: &mut Faults| {
        let file: &handover::scenario::schema::Scenario = file;
        let day = fit::as_of(as_of, Span::new(day, 0..as_of.len()), &file.start, faults)?;
        fit::past(&history, day, file, faults)
    };
    script.load_with(None, &[], &observed).map_err(|f| rendered(f, &sources))
}

fn broken() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad-histories");
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = all.filter(|path| path.extension().is_some_and(|e| e == "csv")).collect();
    files.sort();
    files
}

#[test]
fn every_broken_history_is_answered_word_for_word() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for path in broken() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let is_fitted = ("S309".."S320").contains(&&name[..4]);
        let said = if is_fitted {
            fitted(&shipped("first-exchange.toml"), (&name, &text), "20", &[]).map(|_| ()).unwrap_err()
        } else {
            history(&name, &text).map(|_| ()).unwrap_err()
        };
        if !name.starts_with("many") {
            assert!(said.contains(&format!("error[{}]", &name[..4])), "{name}: {said}");
        }
        assert!(said.contains(&format!("--> {name}:")) || said.contains("--> --as-of:"), "{name}: {said}");
        assert!(said.contains("= help:"), "{name}: {said}");
        if bless {
            std::fs::write(path.with_extension("txt"), &said).unwrap();
        } else if std::fs::read_to_string(path.with_extension("txt")).ok().as_deref() != Some(said.as_str()) {
            wrong.push(format!("---- {name}\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "BLESS=1 accepts what is said now:\n{}", wrong.join("\n"));
    let shown: BTreeSet<String> =
        broken().iter().map(|p| p.file_name().unwrap().to_string_lossy()[..4].to_string()).collect();
    for code in CODES.iter().filter(|code| ("S300".."S320").contains(&code.code)) {
        assert!(shown.contains(code.code), "no broken history shows {}", code.code);
    }
}

#[test]
fn all_faults_of_a_history_are_told_at_once() {
    let text = "kind,when,side,count,confidence,source\n\
                release,2025-01-20,captives,3,high,a\n\
                release,2025-01-19,captives,none,high,a\n\
                relese,2025-01-21,captives,3,high,a\n\
                release,2025-01-22,captives,0,sure,a\n\
                release,2025-02-30,captives,1,high,\n";
    let said = history("many.csv", text).unwrap_err();
    for code in ["S302", "S303", "S304", "S305", "S307"] {
        assert!(said.contains(&format!("error[{code}]")), "{code}\n{said}");
    }
    assert_eq!(said.matches("--> many.csv:").count(), said.matches("error[").count(), "{said}");
    assert!(said.contains("--> many.csv:4:1"), "{said}");
}

const HEAD: &str = "kind,when,earliest,latest,due,until,round,tranche,side,party,name,held,count,other_count,confirmed,complete,confidence,source\n";

#[test]
fn exchanges_of_other_kinds_are_read() {
    // An all-for-all swap in one day, with no truce around it.
    let swap = format!(
        "{HEAD}release,2019-09-07,,,,,1,,captives,,,,35,,,,high,press\nrelease,2019-09-07,,,,,1,,prisoners,,,,35,,,,high,press\n"
    );
    assert_eq!(history("swap.csv", &swap).unwrap().rows.len(), 2);
    // Staged returns of remains, one wrong and replaced; no end, and no fixed term.
    let remains = format!(
        "{HEAD}start,2025-10-10T12:00,,,,,,,,,,,,,,,high,press\n\
         remains,2025-10-13,,,,,1,,captives,,,,4,,4,no,high,press\n\
         remains,2025-10-14,,,,,1,,captives,,,,4,,3,no,high,press\n\
         replacement,2025-10-16,,,,,1,,,,,,1,,,,medium,press\n\
         remains,,2025-11-01T10:00,2025-11-03,,,1,,captives,,,,3,,3,no,low,press\n\
         known_to,2025-12-01,,,,,,,,,,,,,,,,\n"
    );
    let read = history("remains.csv", &remains).unwrap();
    assert_eq!(read.known_to.to_string(), "2025-12-01");
    assert!(read.ended().is_none() && read.of(Kind::Term).next().is_none());
    assert!(read.of(Kind::Remains).last().unwrap().when.unwrap().is_uncertain());
    // Prolonged twice, then over without a collapse.
    let twice = format!(
        "{HEAD}start,2023-11-24T07:00,,,,,,,,,,,,,,,high,press\n\
         extension,2023-11-27,,,,2023-11-30T07:00,,,,,,,,,,,high,press\n\
         term,2023-11-28T07:00,,,,,,,,,,,,,,,high,press\n\
         extension,2023-11-30T06:50,,,,2023-12-01T07:00,,,,,,,,,,,high,press\n\
         end,2023-12-01T07:00,,,,,,,,,an understanding,,,,,,high,press\n"
    );
    assert_eq!(history("twice.csv", &twice).unwrap().of(Kind::Extension).count(), 2);
}

#[test]
fn a_spreadsheet_file_is_read_with_its_marks() {
    let text = "\u{feff}kind,when,side,count,confidence,source,note\r\n\
                start,2025-01-19 11:15,,,high,\"a, b\",\"he said \"\"now\"\"\"\r\n\
                release,2025-01-19T17:15,captives,3,high,c,\r\n,,,,,,\r\n";
    let read = history("sheet.csv", text).unwrap();
    assert_eq!((read.rows.len(), read.rows[0].note.as_str()), (2, "he said \"now\""));
}

#[test]
fn what_was_known_is_the_scenarios_own_history() {
    // The same facts, once in the scenario and once in a file of their own, give the same plan but for processes nobody counted.
    let scenario = "format = 1\nname = \"x\"\nstart = \"2025-01-01T00:00[UTC]\"\nterm = \"20d\"\nhorizon = \"30d\"\n\
        [party]\nholders = { side = \"captives\" }\nauthority = { side = \"prisoners\" }\n\
        [cohort]\nwomen = { held_by = \"holders\", people = 6 }\nsentenced = { held_by = \"authority\", people = 60 }\n\
        [key]\nwomen = { per_person = { sentenced = 5 } }\n\
        [tranche]\n1 = { day = 2, at = \"08:00\", release = { women = 3 } }\n2 = { day = 8, at = \"08:00\", release = { women = 3 } }\n\
        [round]\nhandover = { takes = { exponential = { mean = \"1d\" } } }\nreciprocal = { takes = \"6h\" }\n\
        [mediation]\ntakes = { exponential = { mean = \"1d\" } }\nsettles = 0.9\n";
    let own = format!(
        "{scenario}[history]\nas_of_day = 4\nstarted = \"2025-01-01T00:00\"\n\
         release = [{{ tranche = \"1\", at = \"2025-01-02T10:00\", people = {{ women = 3 }} }}]\n\
         dispute = [{{ claimed_by = \"authority\", from = \"2025-01-02T11:00\", held = \"prisoners\" }}]\n"
    );
    let file = format!(
        "{HEAD}start,2025-01-01T00:00,,,,,,,,,,,,,,,high,press\n\
         release,2025-01-02T10:00,,,,,1,,captives,,,,3,,,,high,press\n\
         dispute,2025-01-02T11:00,,,,2025-01-06T00:00,,,,authority,,prisoners,,,,,high,press\n\
         release,2025-01-09T10:00,,,,,2,,captives,,women,,3,,,,high,press\n"
    );
    let mut sources = Sources::from_text("own.toml", own);
    let own = handover::scenario::load::load(&mut sources, None, &[]).unwrap();
    let read = fitted(scenario, ("file.csv", &file), "4", &[]).unwrap_or_else(|said| panic!("{said}"));
    assert_eq!(own.digest, read.digest);
    // The date of the same day says the same.
    assert_eq!(own.digest, fitted(scenario, ("file.csv", &file), "2025-01-04", &[]).unwrap().digest);
    assert_ne!(own.digest, fitted(scenario, ("file.csv", &file), "7", &[]).unwrap().digest);
}

#[test]
fn every_shipped_history_fits_its_scenario_on_every_day_of_its_record() {
    for (scenario, name, days, sets) in [
        ("gaza-2025-phase-one.toml", "gaza-2025-phase-one.csv", 1..=42, &["flow=none"][..]),
        ("gaza-2025-as-of-16.toml", "gaza-2025-phase-one.csv", 1..=58, &[]),
        ("gaza-2023-november.toml", "gaza-2023-november.csv", 2..=8, &[]),
        ("exchange-2011-two-stage.toml", "exchange-2011-two-stage.csv", 1..=61, &[]),
        ("yemen-2020.toml", "yemen-2020.csv", 1..=2, &[]),
    ] {
        if !Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(scenario).exists() {
            continue;
        }
        let text = shipped(&format!("histories/{name}"));
        let mut counter = vec!["violation.authority.counted_by=Palestinian security sources to Al Jazeera"];
        counter.extend(sets);
        let sets = if scenario.starts_with("gaza-2025") { counter } else { sets.to_vec() };
        for day in days {
            let loaded = fitted(&shipped(scenario), (name, &text), &day.to_string(), &sets);
            let loaded = loaded.unwrap_or_else(|said| panic!("{scenario}, day {day}\n{said}"));
            let mut worker = handover::batch::Worker::new(&loaded.plan, 1);
            worker.run(0..3);
        }
    }
}

/// A small generator of our own: the same mutations on every machine.
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize
}

/// A history with a few cells exchanged, emptied or spoilt, and rows doubled or dropped.
fn mutated(text: &str, state: &mut u64) -> String {
    let mut rows: Vec<Vec<String>> =
        text.lines().map(|line| line.split(',').map(str::to_string).collect()).collect();
    for _ in 0..1 + next(state) % 4 {
        let (a, b) = (1 + next(state) % (rows.len() - 1), 1 + next(state) % (rows.len() - 1));
        let column = next(state) % rows[a].len();
        let words = [
            "",
            "0",
            "-1",
            "99999999999",
            "2025-02-30",
            "captives",
            "besides",
            "2024-01-01",
            "\u{202e}",
            "\"",
            "1e9",
            "none",
        ];
        match next(state) % 6 {
            0 => rows[a][column] = words[next(state) % words.len()].to_string(),
            1 if column < rows[b].len() => rows[a][column] = rows[b][column].clone(),
            2 => rows.swap(a, b),
            3 => rows.insert(a, rows[b].clone()),
            4 if rows.len() > 4 => drop(rows.remove(a)),
            _ => rows[a][column].insert(0, '9'),
        }
    }
    rows.iter().map(|row| row.join(",") + "\n").collect()
}

#[test]
fn a_start_on_another_date_is_told_by_its_row() {
    let text = "kind,when,confidence,source\nstart,2025-01-10T09:00,high,press\nknown_to,2025-03-01,,\n";
    let said = fitted(&shipped("first-exchange.toml"), ("history.csv", text), "20", &[]).unwrap_err();
    assert!(said.contains("error[S115]") && said.contains("--> history.csv:2:7"), "{said}");
    assert!(said.contains("correct this row") && said.contains("day 1, 2025-01-19"), "{said}");
    assert!(!said.contains("as_of_day"), "{said}");
}

#[test]
fn a_misspelt_kind_is_told_by_itself() {
    // What the row would have told is missing from the others: that is no fault of theirs.
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad-histories/S302-a-kind-that-others-rest-on.csv");
    let said = history("h.csv", &std::fs::read_to_string(path).unwrap()).unwrap_err();
    assert!(said.contains("did you mean `remains`?") && said.matches("error[").count() == 1, "{said}");
}

#[test]
fn no_mutation_of_a_shipped_history_makes_it_panic() {
    let mut state = 7;
    let mut sound = 0;
    for (scenario, name, days) in [
        ("gaza-2025-as-of-16.toml", "gaza-2025-phase-one.csv", 1..60),
        ("gaza-2023-november.toml", "gaza-2023-november.csv", 1..9),
        ("yemen-2020.toml", "yemen-2020.csv", 1..3),
        ("exchange-2011-two-stage.toml", "exchange-2011-two-stage.csv", 1..62),
    ] {
        let (scenario, text) = (shipped(scenario), shipped(&format!("histories/{name}")));
        for _ in 0..60 {
            let text = mutated(&text, &mut state);
            let day = (days.start + next(&mut state) % days.len()).to_string();
            if let Ok(loaded) = fitted(&scenario, (name, &text), &day, &[]) {
                let mut worker = handover::batch::Worker::new(&loaded.plan, 1);
                worker.run(0..2);
                sound += 1;
            }
        }
    }
    assert!(sound > 10, "only {sound} mutations were sound");
}
