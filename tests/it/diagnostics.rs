//! Broken scenarios and what is said of them, word for word: one file a kind of fault in `tests/bad`, with its message beside it.
//!
//! `BLESS=1 cargo test --test it diagnostics` writes the messages anew; what changed is then read in the diff.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use handover::batch::Worker;
use handover::scenario::codes::CODES;
use handover::scenario::diagnostic::Diagnostic;
use handover::scenario::load::{load, variants};
use handover::scenario::source::Sources;

/// Codes that no text can trigger: a file that is not there or too large to keep here, `--set` and `--variant`.
const NOT_OF_A_FILE: [&str; 7] = ["S001", "S003", "S020", "S021", "S022", "S023", "S123"];

/// Codes of a file as a whole, which have no line.
const OF_THE_WHOLE_FILE: [&str; 2] = ["S002", "S004"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad")
}

/// The broken scenarios, by name.
fn files() -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = all.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    assert!(files.len() > 100, "only {} broken scenarios are left", files.len());
    files
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// The faults of a file, and what `check` says of it when it is called by its bare name.
fn faults_of(path: &Path) -> (Vec<Diagnostic>, String) {
    let name = format!("{}.toml", stem(path));
    let text = match Sources::read_file(path) {
        Ok(sources) => sources.text(0).to_string(),
        Err(error) => {
            let message = error.to_string().replace(&path.display().to_string(), &name);
            return (Vec::new(), message + "\n");
        }
    };
    let mut sources = Sources::from_text(name, text);
    let Err(faults) = load(&mut sources, None, &[]) else { panic!("{} is sound", path.display()) };
    let rendered = faults.clone().render(&sources, false).trim_end().to_string() + "\n";
    (faults.into_sorted(), rendered)
}

#[test]
fn every_broken_scenario_is_answered_word_for_word() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for path in files() {
        let (_, said) = faults_of(&path);
        let expected = path.with_extension("txt");
        if bless {
            std::fs::write(&expected, &said).unwrap();
        } else if std::fs::read_to_string(&expected).ok().as_deref() != Some(said.as_str()) {
            wrong.push(format!("---- {}\n{said}", stem(&path)));
        }
    }
    assert!(wrong.is_empty(), "BLESS=1 accepts what is said now:\n{}", wrong.join("\n"));
}

#[test]
fn no_message_is_left_without_its_scenario() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        assert!(path.with_extension("toml").exists(), "{} answers nothing", path.display());
    }
}

#[test]
fn every_file_has_the_fault_it_is_named_after() {
    for path in files() {
        let name = stem(&path);
        let (_, said) = faults_of(&path);
        if let Some(code) = name.split('-').next().filter(|code| *code != "many") {
            assert!(said.contains(&format!("error[{code}]")), "{name} says\n{said}");
        } else {
            assert!(said.matches("error[").count() > 3, "{name} has few faults\n{said}");
        }
    }
}

/// Codes as they stand in quotes in the sources of the crate.
fn raised(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "tests") {
                raised(&path, codes);
            }
        } else if path.file_name().is_some_and(|name| name != "codes.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            for piece in text.split('"') {
                let digits = piece.strip_prefix('S').unwrap_or("");
                if digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    codes.insert(piece.to_string());
                }
            }
        }
    }
}

#[test]
fn codes_are_listed_raised_and_shown_one_to_one() {
    let listed: BTreeSet<String> = CODES.iter().map(|code| code.code.to_string()).collect();
    let mut in_sources = BTreeSet::new();
    raised(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut in_sources);
    assert_eq!(listed, in_sources, "codes that are explained, and codes that are raised");
    let shown: BTreeSet<String> = files()
        .iter()
        .filter_map(|path| stem(path).split('-').next().map(str::to_string))
        .filter(|code| code != "many")
        .collect();
    // From S200 on they belong to designs and histories, whose broken ones are in `tests/bad-designs` and `tests/bad-histories`.
    let of_scenario = |code: &&String| !NOT_OF_A_FILE.contains(&code.as_str()) && code.as_str() < "S200";
    let of_files: BTreeSet<String> = listed.iter().filter(of_scenario).cloned().collect();
    assert_eq!(of_files, shown, "codes a file can trigger, and codes of the files in tests/bad");
}

#[test]
fn every_message_says_where_and_how_to_mend_it() {
    let mut wanting = BTreeSet::new();
    for path in files() {
        let (faults, said) = faults_of(&path);
        if faults.is_empty() {
            let code = OF_THE_WHOLE_FILE.iter().find(|code| said.contains(&format!("error[{code}]")));
            assert!(code.is_some(), "{said}");
        }
        for fault in faults {
            if fault.help.as_ref().is_none_or(|help| help.trim().is_empty()) {
                wanting.insert(format!("{} without help: {} ({})", fault.code, fault.message, stem(&path)));
            }
            if !has_place(&said, &path) || fault.span.is_implied() {
                wanting.insert(format!(
                    "{} without a place: {} ({})",
                    fault.code,
                    fault.message,
                    stem(&path)
                ));
            }
        }
    }
    let list: Vec<String> = wanting.into_iter().collect();
    assert!(list.is_empty(), "{} messages fall short:\n{}", list.len(), list.join("\n"));
}

/// Whether every message shows a line and a column.
fn has_place(said: &str, path: &Path) -> bool {
    let name = format!("> {}.toml:", stem(path));
    let messages = said.split("error[").skip(1);
    messages.into_iter().all(|message| {
        message.split(&name).nth(1).is_some_and(|place| {
            let mut parts = place.lines().next().unwrap_or("").split(':');
            let mut is_number = || parts.next().is_some_and(|part| part.parse::<u32>().is_ok());
            is_number() && is_number()
        })
    })
}

#[test]
fn every_code_can_be_explained_and_tells_more_than_its_title() {
    for code in CODES {
        assert!(code.about.len() > code.title.len(), "{}", code.code);
        assert!(
            code.title.chars().next().is_some_and(|c| !c.is_uppercase() || code.title.starts_with("TOML")),
            "{}",
            code.title
        );
        assert!(code.about.ends_with('.'), "{}", code.code);
    }
}

// ---- keys without effect, and laws without room ----

const BURSTS: &str = r#"
format = 1
name = "bursts"
start = "2025-01-19T08:30[UTC]"
term = "20d"
[party]
holders = { side = "captives" }
authority = { side = "prisoners" }
[violation.holders]
rate = "1/day"
burst = 0.1
burst_deaths = 5
[variant.none]
violation.holders.burst = 0
[variant.idle]
violation.holders.fatal_opens_dispute = 0.5
"#;

/// The codes of what is wrong with a variant of a text under overrides.
fn codes_of(text: &str, variant: Option<&str>, sets: &[&str]) -> Vec<&'static str> {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_string()).collect();
    match load(&mut Sources::from_text("text.toml", text), variant, &sets) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.into_sorted().iter().map(|fault| fault.code).collect(),
    }
}

#[test]
fn a_change_may_switch_off_what_the_file_says_but_adds_no_idle_key() {
    let of = |variant, sets: &[&str]| codes_of(BURSTS, variant, sets);
    assert!(of(None, &[]).is_empty());
    assert!(of(Some("none"), &[]).is_empty());
    assert!(of(None, &["violation.holders.burst=none"]).is_empty());
    assert_eq!(of(Some("idle"), &[]), ["S128"]);
    assert_eq!(of(None, &["violation.holders.burst=none", "violation.holders.burst_deaths=6"]), ["S128"]);
    let idle = BURSTS.replace("burst = 0.1\n", "");
    assert_eq!(codes_of(&idle, None, &[]), ["S128"]);
    assert_eq!(codes_of(&idle, Some("none"), &[]), ["S128"]);
    assert!(codes_of(&idle, None, &["violation.holders.burst=0.1"]).is_empty());
}

#[test]
fn each_of_several_changes_is_judged_by_what_it_found() {
    let of = |variant, sets: &[&str]| codes_of(BURSTS, variant, sets);
    let deaths = "violation.holders.burst_deaths=6";
    // Written while there are bursts, and idle only since the next change takes them away.
    assert!(of(None, &[deaths, "violation.holders.burst=none"]).is_empty());
    // Written when there are none any more.
    assert_eq!(of(None, &["violation.holders.burst=none", deaths]), ["S128"]);
    // Idle when written, and at work since a later change.
    let idle = BURSTS.replace("burst = 0.1\nburst_deaths = 5\n", "");
    assert!(codes_of(&idle, None, &[deaths, "violation.holders.burst=0.2"]).is_empty());
    // What a variant writes may be switched off like what the file writes.
    let variant =
        idle + "[variant.bursts]\nviolation.holders = { rate = \"1/day\", burst = 0.2, burst_deaths = 7 }\n";
    assert!(codes_of(&variant, Some("bursts"), &["violation.holders.burst=none"]).is_empty());
}

#[test]
fn removing_a_key_that_is_none_is_a_fault_and_one_that_is_not_written_is_none() {
    let said = |text: &str, variant, sets: &[&str]| {
        let sets: Vec<String> = sets.iter().map(|set| (*set).to_string()).collect();
        let faults = load(&mut Sources::from_text("text.toml", text), variant, &sets).map(|_| ()).err();
        faults.map_or(Vec::new(), |faults| {
            let told = |fault: &Diagnostic| (fault.code, fault.help.clone().unwrap_or_default());
            faults.into_sorted().iter().map(told).collect::<Vec<_>>()
        })
    };
    let meant = |name: &str| vec![("S010", format!("did you mean `{name}`?"))];
    assert_eq!(said(BURSTS, None, &["violation.holders.brst=none"]), meant("burst"));
    assert_eq!(said(BURSTS, None, &["violation.holder=none"]), meant("holders"));
    assert_eq!(said(BURSTS, None, &["horizn=none"]), meant("horizon"));
    let variant = |line: &str| format!("{BURSTS}[variant.less]\n{line}\n");
    assert_eq!(said(&variant("violation.holders.brst = \"none\""), Some("less"), &[]), meant("burst"));
    assert_eq!(said(&variant("round.list.led = \"none\""), Some("less"), &[]), meant("lead"));
    assert_eq!(
        said(
            BURSTS,
            None,
            &[
                "violation.holders.severity={ beta = { a = 2, b = 5 } }",
                "violation.holders.severity.bta=none"
            ]
        ),
        [("S041", "did you mean `beta`?".to_string())]
    );
    for set in ["horizon=none", "violation.holders.fatal=none", "violation.holders=none", "ending=none"] {
        assert_eq!(said(BURSTS, None, &[set]), [], "{set}");
        assert_eq!(said(BURSTS, None, &[set, set]), [], "{set} twice");
    }
    assert_eq!(said(&variant("violation.holders = \"none\""), Some("less"), &["violation.holders=none"]), []);
}

// ---- what is owed, and when ----

const OWED: &str = r#"
format = 1
name = "owed"
start = "2025-01-19T08:30[UTC]"
term = "20d"
[party]
holders = { side = "captives" }
authority = { side = "prisoners" }
[cohort]
women = { held_by = "holders", people = 4 }
men = { held_by = "holders", people = 2 }
freed = { held_by = "authority", people = 40 }
others = { held_by = "authority", people = 50 }
[key]
women = { per_person = { freed = 10 } }
men = { group = { others = 41 } }
[bundle]
more = { release = { others = 9 }, with = "men" }
[tranche]
1 = { day = 1, release = { women = 2 } }
2 = { day = 9, release = "rest" }
[ending]
collapse = "0.001/day"
"#;

#[test]
fn fewer_prisoners_than_are_sure_to_be_owed_is_a_fault() {
    let of = |sets: &[&str]| codes_of(OWED, None, sets);
    assert!(of(&[]).is_empty());
    assert_eq!(of(&["cohort.freed.people=39"]), ["S103"]);
    assert_eq!(of(&["cohort.others.people=49"]), ["S103"]);
    assert_eq!(of(&["cohort.others.people=49", "cohort.freed.people=39"]), ["S103"; 2]);
    // What a tranche releases in return comes on top.
    assert_eq!(of(&["tranche.1.reciprocal={ freed = 1 }"]), ["S103"]);
    let rule = "tranche.2={ day = 9, people = 4, from = [\"men\", \"women\"] }";
    assert!(of(&[rule, "cohort.freed.people=20"]).is_empty(), "whom a rule picks is not sure");
    assert_eq!(of(&[rule, "cohort.freed.people=19"]), ["S103"], "two women are");
}

#[test]
fn what_may_yet_be_delivered_is_no_fault() {
    let few = ["cohort.freed.people=20", "cohort.others.people=20"];
    let of = |sets: &[&str]| codes_of(OWED, None, &[sets, &few].concat());
    assert_eq!(of(&[]), ["S103"; 2]);
    assert!(of(&["key_ceiling=20"]).is_empty());
    assert_eq!(of(&["key_ceiling=80"]), ["S103"; 2], "30 of 80 are left at least for each");
    assert!(of(&["key_ceiling=60"]).is_empty(), "the one may eat up what the other would need");
    let unknown = ["cohort.women.condition=unknown", "cohort.women.living=0.5"];
    assert_eq!(of(&unknown), ["S103"], "women may all be dead");
    let dying = ["cohort.men.dies=0.1/day", "cohort.women.dies=0.1/day"];
    assert!(of(&dying).is_empty());
    let fewer = [&dying[..], &["cohort.others.people=8"]].concat();
    assert_eq!(codes_of(OWED, None, &fewer), ["S103"], "the bundle is owed for the dead, too");
    let later = "tranche.2.extension=extended";
    assert!(of(&[later, "ending.at_term={ extended = 0.5 }", "bundle=none"]).is_empty());
    let known = "history={ as_of_day = 1 }";
    assert!(of(&[known]).is_empty(), "what is on record overrides the key");
}

#[test]
fn a_date_is_refused_only_where_nothing_can_come_of_it() {
    let of = |sets: &[&str]| codes_of(OWED, None, sets);
    let late = "tranche.2.day=22";
    assert_eq!(of(&[late]), ["S128"]);
    assert!(of(&["tranche.2.day=21"]).is_empty(), "the very end of the term is within it");
    for rescue in [
        "term=30d",
        "ending.at_term={ extended = 0.1 }",
        "ending.at_term={ counter_offer = 0.1 }",
        "talks={ owner = \"authority\", start_by = 5, agree_by = 9, starts = \"0.1/day\", takes = \"2d\", agrees = 0.1 }",
        "mediation={ takes = \"2h\", settles = 0.5, settlement = { acceleration = { probability = 0.5, by = \"3d\" } } }",
        "term={ length = \"20d\", renewal = { steps = [\"1d\"], most = 2, probability = 0.1 } }",
    ] {
        let answers = "response.authority.policy=strict";
        let faults = of(&[rescue, late]);
        assert!(faults.is_empty() || of(&[rescue, late, answers]).is_empty(), "{rescue}: {faults:?}");
    }
    assert_eq!(
        of(&[
            "term={ length = \"20d\", renewal = { steps = [\"12h\"], most = 1, probability = 0.1 } }",
            late
        ]),
        ["S128"]
    );
    // Looking less far switches off what comes later; to write what comes later is another thing.
    assert!(of(&["horizon=5d"]).is_empty());
    assert_eq!(
        of(&["horizon=5d", "event.late={ day = 7, effect = { collapse = 1, decays = \"1d\" } }"]),
        ["S128"]
    );
    assert_eq!(of(&["horizon=5d", "term=6d"]), ["S128"]);
}

#[test]
fn faults_of_form_do_not_hide_faults_of_names() {
    let text = OWED.replace("day = 9", "day = \"nine\"").replace("women = 2", "womn = 2");
    assert_eq!(codes_of(&text, None, &[]), ["S014", "S012"]);
    // What is at fault is missing for no one else.
    let text = OWED.replace("people = 4 }", "people = \"four\" }");
    assert_eq!(codes_of(&text, None, &[]), ["S012"]);
    let text = OWED.replace("name = \"owed\"", "nam = \"owed\"").replace("with = \"men\"", "with = \"man\"");
    assert_eq!(codes_of(&text, None, &[]), ["S010", "S014"]);
}

#[test]
fn text_times_and_quantities_need_no_quotes_in_an_override() {
    let flow = "flow.aid={ owner = \"authority\", target = 9, level = 9 }";
    for set in ["flow.aid.hour=20:00", "term=4d", "name=5", "term=3w", "violation.holders.rate=0.5/day"] {
        assert_eq!(codes_of(BURSTS, None, &[flow, set]), [""; 0], "{set}");
    }
    assert_eq!(codes_of(BURSTS, None, &["horizon=1e400"]), ["S008"]);
    assert_eq!(codes_of(BURSTS, None, &["violation.holders.burst=1e-400"]), ["S008"]);
}

#[test]
fn a_law_without_room_is_the_value_itself() {
    let digest = |law: &str| {
        let sets = [format!("violation.holders.further_deaths={law}"), "violation.holders.fatal=0.5".into()];
        let loaded = load(&mut Sources::from_text("text.toml", BURSTS), None, &sets);
        loaded.map(|loaded| loaded.digest).map_err(|faults| faults.into_sorted())
    };
    let plain = digest("3");
    assert!(plain.is_ok());
    for law in [
        "{ uniform = { min = 3, max = 3 } }",
        "{ pert = { min = 3, mode = 3, max = 3 } }",
        "{ triangular = { min = 3, mode = 3, max = 3 } }",
        "{ beta = { a = 2, b = 2, min = 3, max = 3 } }",
        "{ lognormal = { median = 3, sigma = 0 } }",
        "{ lognormal = { mean = 3, sd = 0 } }",
        "{ normal = { mean = 2, sd = 0, clip = { min = 3 } } }",
        "{ normal = { mean = 3, sd = 0, truncate = { min = 1 } } }",
    ] {
        assert_eq!(digest(law), plain, "{law}");
    }
    assert_eq!(digest("{ exponential = { mean = 0 } }"), digest("0"));
    assert_eq!(digest("{ gamma = { shape = 2, mean = 0 } }"), digest("0"));
}

// ---- mutations ----

/// What a mutated scenario may do: be refused with a message, or run.
fn try_out(text: &str) -> Result<(), String> {
    let attempt = || {
        let mut sources = Sources::from_text("mutant.toml", text);
        if let Err(faults) = variants(&sources) {
            assert!(!faults.is_empty(), "refused without a fault");
        }
        match load(&mut sources, None, &[]) {
            Err(faults) => {
                assert!(!faults.is_empty(), "refused without a fault");
                assert!(faults.render(&sources, true).contains("error"));
            }
            Ok(loaded) => {
                let mut worker = Worker::new(&loaded.plan, 1);
                worker.run(0..2);
            }
        }
    };
    catch_unwind(AssertUnwindSafe(attempt)).map_err(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        said.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_string())).unwrap_or_default()
    })
}

/// Mutants of a scenario, `stride` apart: lines lost, lines swapped, the end lost, characters replaced.
fn mutants(text: &str, stride: usize) -> Vec<(String, String)> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut list = Vec::new();
    let says_something = |at: &usize| !lines[*at].trim().is_empty() && !lines[*at].starts_with('#');
    for (count, at) in (0..lines.len()).filter(says_something).enumerate() {
        let mut fewer = lines.clone();
        fewer.remove(at);
        if count % stride == 0 {
            list.push((format!("line {} lost", at + 1), fewer.join("\n")));
        }
        if count % stride == stride / 2 && at + 1 < lines.len() {
            let mut swapped = lines.clone();
            swapped.swap(at, at + 1);
            list.push((format!("lines {} and {} swapped", at + 1, at + 2), swapped.join("\n")));
        }
    }
    for at in (0..text.len()).step_by(97).filter(|at| text.is_char_boundary(*at)) {
        if at / 97 % stride.div_ceil(2) == 0 {
            list.push((format!("cut at byte {at}"), text[..at].to_string()));
        }
    }
    const INSTEAD: [char; 16] =
        ['0', '9', '"', '[', ']', '{', '}', '=', '.', ',', '\n', '#', '-', 'é', '\u{0}', '\u{202e}'];
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    for (count, place) in places.iter().step_by(61 * stride).enumerate() {
        let old = text[*place..].chars().next().unwrap();
        let new = INSTEAD[(count * 7 + place) % INSTEAD.len()];
        let (before, after) = (&text[..*place], &text[place + old.len_utf8()..]);
        list.push((format!("{old:?} at byte {place} is {new:?}"), format!("{before}{new}{after}")));
    }
    list
}

#[test]
fn no_mutation_of_a_shipped_scenario_makes_it_panic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    let mut tried = 0;
    let mut wrong = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        // Long files are mutated more sparsely, so that all together take some seconds.
        let stride = 3 + text.len() / 3_000;
        for (what, mutant) in mutants(&text, stride) {
            tried += 1;
            if let Err(panic) = try_out(&mutant) {
                wrong.push(format!("{}, {what}: {panic}", stem(&path)));
            }
        }
    }
    assert!(tried > 500, "only {tried} mutants were tried");
    assert!(wrong.is_empty(), "{} of {tried} mutants panic:\n{}", wrong.len(), wrong.join("\n"));
}
