//! The program as scripts and people meet it: exit statuses, streams, documents, folders, pipes and Ctrl-C.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::program::*;

// ---- usage ----

#[test]
fn a_wrong_command_line_is_status_2_on_standard_error() {
    for args in [
        &["bogus"][..],
        &["check"],
        &["check", "x.toml", "--replications", "3"],
        &["run", "x.toml", "--threads", "0"],
        &["run", "x.toml", "-n", "many"],
        &["run", "x.toml", "--format", "xml"],
        &["run", "x.toml", "--seed", "-1"],
        &["trace", "x.toml"],
        &["explain"],
    ] {
        fails(args, 2);
    }
    for args in [["-n", "abc"], ["-n", "-5"], ["--seed", "1.5"], ["--first", "x"]] {
        let said = fails(&[&["run", "x.toml"][..], &args].concat(), 2);
        assert!(said.contains("write a whole number, zero or above"), "{said}");
    }
    let r0 = scenario("reference-r0.toml");
    for set in ["", "=3", "term", "term=", "term..x=3"] {
        for verb in ["check", "run"] {
            assert!(fails(&[verb, &r0, "--set", set], 2).contains("error[S020]"), "{set}");
        }
    }
    fails(&["check", &r0, "--set", "term=soon"], 1);
    assert!(fails(&["run", &r0, "-n", "0"], 2).contains("help:"));
    fails(&["run", &r0, "-n", "2", "--first", "18446744073709551615"], 2);
}

#[test]
fn without_a_command_it_says_what_there_is() {
    let output = run(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout), "");
    let said = text(&output.stderr);
    for verb in ["check", "run", "resume", "merge", "trace", "explain", "schema"] {
        assert!(said.contains(&format!("\n  {verb} ")), "{said}");
    }
}

#[test]
fn help_and_version_are_results() {
    let (help, quiet) = succeeds(&["--help"]);
    assert!(help.contains("Usage:") && quiet.is_empty());
    for verb in ["check", "run", "resume", "merge", "trace", "explain", "schema"] {
        assert!(succeeds(&[verb, "--help"]).0.contains("Usage:"));
    }
    let (version, _) = succeeds(&["--version"]);
    assert_eq!(version, format!("handover {}\n", env!("CARGO_PKG_VERSION")));
}

// ---- check ----

#[test]
fn check_takes_the_file_and_every_variant() {
    let (all, quiet) = succeeds(&["check", &scenario("gaza-2025-phase-one.toml")]);
    assert_eq!(quiet, "");
    let text = std::fs::read_to_string(scenario("gaza-2025-phase-one.toml")).unwrap();
    let is_variant = |line: &&str| line.starts_with("[variant.") && line.matches('.').count() == 1;
    let variants = text.lines().map(|line| line.split(']').next().unwrap_or("")).filter(is_variant);
    let variants: BTreeSet<&str> = variants.collect();
    assert!(variants.len() > 5);
    for name in variants {
        let name = name.trim_start_matches("[variant.");
        assert!(all.contains(&format!(": {name} is sound")), "{name} is not in\n{all}");
    }
    assert!(all.contains(": base is sound"));
    let (one, _) = succeeds(&["check", &scenario("gaza-2025-phase-one.toml"), "--variant", "strict"]);
    assert_eq!(one.lines().count(), 1);
    assert!(all.contains(one.trim_end()));
}

#[test]
fn every_shipped_scenario_is_sound() {
    for name in names_in(&root().join("scenarios")) {
        if name.ends_with(".toml") {
            succeeds(&["check", &scenario(&name)]);
        }
    }
}

#[test]
fn check_answers_a_broken_file_with_its_message_and_status_1() {
    let bad = root().join("tests/bad");
    for name in names_in(&bad) {
        let Some(stem) = name.strip_suffix(".toml") else { continue };
        let output = program(&["check", &name]).current_dir(&bad).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert_eq!(text(&output.stdout), "", "{name}");
        let expected = std::fs::read_to_string(bad.join(format!("{stem}.txt"))).unwrap();
        assert_eq!(text(&output.stderr), expected, "{name}");
    }
}

#[test]
fn what_cannot_be_read_is_told_from_what_is_wrong() {
    assert!(fails(&["check", "no-such-file.toml"], 2).contains("S001"));
    assert!(fails(&["check", &scenario("")], 2).contains("directory"));
    let bad = root().join("tests/bad").join("S013-unknown-side.toml").display().to_string();
    for args in [&["check", &bad][..], &["run", &bad], &["trace", &bad, "-k", "0"]] {
        assert!(fails(args, 1).contains("S013"));
    }
    let r0 = scenario("reference-r0.toml");
    assert!(fails(&["check", &r0, "--variant", "strict"], 1).contains("S123"));
    assert!(fails(&["check", &r0, "--set", "mediation.setles=1"], 1).contains("did you mean `settles`"));
    assert!(
        fails(&["run", &r0, "--set", "mediation.settles=2"], 1).contains("--set 'mediation.settles=2':1:19")
    );
    fails(&["run", &r0, "--set", "nothing"], 2);
}

#[test]
fn the_same_fault_in_every_variant_is_said_once() {
    let folder = folder("once");
    let path = folder.join("broken.toml");
    let text = std::fs::read_to_string(scenario("gaza-2025-phase-one.toml")).unwrap();
    std::fs::write(&path, text.replacen("side = \"captives\"", "side = \"captive\"", 1)).unwrap();
    let said = fails(&["check", &path.display().to_string()], 1);
    assert_eq!(said.matches("error[").count(), 1, "{said}");
}

// ---- explain, schema ----

#[test]
fn every_code_is_explained_in_either_case() {
    for code in handover::scenario::codes::CODES {
        let (said, _) = succeeds(&["explain", &code.code.to_lowercase()]);
        assert!(said.starts_with(&format!("{}: {}\n\n", code.code, code.title)) && said.ends_with(".\n"));
    }
    assert!(fails(&["explain", "S999"], 2).contains("S999"));
}

#[test]
fn the_schema_is_json_for_editors() {
    let schema = json(&["schema"]);
    assert!(schema["$schema"].as_str().unwrap().starts_with("https://json-schema.org/"));
    assert!(schema["properties"]["tranche"].is_object());
    assert!(schema["$defs"]["Mediation"]["properties"]["settles"]["description"].is_string());
}

/// A variant is a part of a scenario: nothing in it must be there, and every key may be removed.
#[test]
fn the_schema_lets_a_variant_change_and_remove_what_it_likes() {
    let schema = json(&["schema"]);
    assert_eq!(schema["required"], serde_json::json!(["format", "name", "start", "party"]));
    let variant = &schema["properties"]["variant"]["additionalProperties"];
    assert!(variant["required"].is_null() && variant["additionalProperties"] == false);
    for key in schema["properties"].as_object().unwrap().keys().filter(|key| *key != "variant") {
        let choices = variant["properties"][key]["anyOf"].as_array().unwrap();
        assert!(choices.iter().any(|choice| choice["const"] == "none"), "{key}");
    }
    let mut parts = 0;
    for (name, part) in schema["$defs"].as_object().unwrap() {
        if name.starts_with("PartOf") {
            parts += 1;
            assert!(part["required"].is_null(), "{name}");
            let whole = &schema["$defs"][name.trim_start_matches("PartOf")];
            assert_eq!(
                part["properties"].as_object().map(|p| p.len()),
                whole["properties"].as_object().map(|p| p.len())
            );
        }
    }
    assert!(parts > 50, "{parts}");
    // What a key takes in the file it takes in a variant: every reference leads somewhere.
    let text = schema.to_string();
    for name in text.split("#/$defs/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(schema["$defs"][name].is_object(), "{name}");
    }
}

// ---- run ----

/// Keys of the document beyond the contract's.
const EXTENSIONS: [&str; 6] =
    ["overrides", "ending_shares", "parameters", "sampling_version", "inputs", "limits"];

#[test]
fn the_document_has_the_keys_of_the_contract() {
    let document = json(&["run", &scenario("reference-r0.toml"), "-n", "64", "--format", "json"]);
    let found = keys(&document);
    let contract = "scenario variant seed first replications endings outcomes digest".split(' ').collect();
    let missing: Vec<_> =
        found.symmetric_difference(&contract).filter(|key| !EXTENSIONS.contains(key)).collect();
    assert!(missing.is_empty(), "keys that are missing or unknown: {missing:?}");
    assert_eq!(keys(&document["scenario"]), ["digest", "name"].into());
    let endings = ["collapsed", "expired", "extended", "next_phase", "ongoing"];
    assert_eq!(keys(&document["endings"]), endings.into());
    let sum: u64 = endings.iter().map(|e| document["endings"][e].as_u64().unwrap()).sum();
    assert_eq!(sum, 64);
    assert_eq!((&document["variant"], &document["seed"]), (&Value::from("base"), &Value::from(1)));
    assert_eq!((&document["first"], &document["replications"]), (&Value::from(0), &Value::from(64)));
    let names = "captives_released prisoners_released completed completion_s violations disputes suspensions suspended_s \
                 mediation_attempts collapsed collapse_s flow_delivered events";
    // The contract's figures, and the extensions: intervals and `parameter_variance_share`.
    let figures: BTreeSet<&str> =
        "n mean sd se min max p05 p25 p50 p75 p95 lo hi exists quantile_intervals".split(' ').collect();
    for name in names.split(' ') {
        let mut found = keys(&document["outcomes"][name]);
        found.remove("parameter_variance_share");
        assert_eq!(found, figures, "{name}");
    }
    for word in [document["digest"].as_str(), document["scenario"]["digest"].as_str()] {
        let word = word.unwrap();
        assert!(word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit()), "{word}");
    }
}

#[test]
fn what_does_not_exist_is_null() {
    let sets = ["--set", "ending=none", "--set", "mediation.settles=1"];
    let r0 = scenario("reference-r0.toml");
    let document = json(&[&["run", &r0, "-n", "9", "--format", "json"][..], &sets].concat());
    let collapse = &document["outcomes"]["collapse_s"];
    assert_eq!(collapse["n"], 0);
    assert!(
        ["mean", "sd", "se", "min", "max", "p50"].iter().all(|figure| collapse[figure].is_null()),
        "{collapse}"
    );
}

#[test]
fn the_document_is_the_same_bytes_whatever_the_threads() {
    for (name, n) in [("reference-r0.toml", "6000"), ("gaza-2025-phase-one.toml", "150")] {
        let args = ["run", &scenario(name), "-n", n, "--format", "json"].map(str::to_string);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let with = |threads| succeeds(&[&args[..], &["--threads", threads]].concat()).0;
        let one = with("1");
        assert_eq!(one, with("2"), "{name}");
        assert_eq!(one, with("7"), "{name}");
        assert_eq!(one, succeeds(&args).0, "{name}");
    }
}

#[test]
fn halves_are_halves_of_the_whole() {
    let r0 = scenario("reference-r0.toml");
    let part = |first, n| json(&["run", &r0, "--first", first, "-n", n, "--format", "json"]);
    let (whole, one, two) = (part("0", "1000"), part("0", "500"), part("500", "500"));
    assert_eq!(two["first"], 500);
    for name in ["captives_released", "violations", "collapsed", "events"] {
        let sum =
            |d: &Value| d["outcomes"][name]["mean"].as_f64().unwrap() * d["replications"].as_f64().unwrap();
        assert!((sum(&whole) - sum(&one) - sum(&two)).abs() < 1e-6, "{name}");
        let least = |d: &Value| d["outcomes"][name]["min"].as_i64().unwrap();
        assert_eq!(least(&whole), least(&one).min(least(&two)));
    }
    let number = |d: &Value| d["digest"].as_str().unwrap().to_string();
    assert_eq!(sum_of_hex(&number(&one), &number(&two)), number(&whole));
}

/// The wrapping sum of two numbers of 256 bits, as hex.
fn sum_of_hex(a: &str, b: &str) -> String {
    let mut carry = 0;
    let mut digits: Vec<char> = Vec::new();
    for (a, b) in a.chars().rev().zip(b.chars().rev()) {
        let sum = a.to_digit(16).unwrap() + b.to_digit(16).unwrap() + carry;
        carry = sum / 16;
        digits.push(char::from_digit(sum % 16, 16).unwrap());
    }
    digits.into_iter().rev().collect()
}

#[test]
fn seeds_variants_and_overrides_make_other_results_and_say_so() {
    let name = scenario("gaza-2025-phase-one.toml");
    let of = |more: &[&str]| json(&[&["run", &name, "-n", "50", "--format", "json"], more].concat());
    let base = of(&[]);
    let seed = of(&["--seed", "2"]);
    assert_ne!(base["digest"], seed["digest"]);
    assert_eq!(base["scenario"], seed["scenario"]);
    let variant = of(&["--variant", "strict"]);
    assert_eq!(variant["variant"], "strict");
    assert_ne!(base["scenario"]["digest"], variant["scenario"]["digest"]);
    let set = of(&["--set", "mediation.settles=0.5"]);
    assert_ne!(base["scenario"]["digest"], set["scenario"]["digest"]);
    assert_eq!(base, of(&["--variant", "base"]));
}

#[test]
fn overrides_are_shown_wherever_a_result_is() {
    let name = scenario("first-exchange.toml");
    let sets = ["--set", "fault.probability=0.6", "--set", "term=5w"];
    for args in [
        &["run", &name, "-n", "20"][..],
        &["compare", &name, "--variants", "base,base", "-n", "20"],
        &["trace", &name, "-k", "0"],
    ] {
        let (shown, _) = succeeds(&[args, &sets].concat());
        assert!(shown.contains("--set fault.probability=0.6") && shown.contains("--set term=5w"), "{shown}");
        let (plain, _) = succeeds(args);
        assert!(!plain.contains("--set"), "{plain}");
        let document = json(&[args, &sets, &["--format", "json"]].concat());
        assert_eq!(document["overrides"], serde_json::json!(["fault.probability=0.6", "term=5w"]));
        assert_eq!(json(&[args, &["--format", "json"]].concat())["overrides"], serde_json::json!([]));
    }
}

#[test]
fn what_sources_dispute_is_spoken_of_only_where_there_are_sources() {
    let disputed = |name: &str| succeeds(&["run", &scenario(name), "-n", "20"]).0.contains("Sources dispute");
    assert!(disputed("gaza-2025-phase-one.toml"));
    assert!(!disputed("first-exchange.toml"));
}

#[test]
fn traces_tell_the_two_sides_apart_and_the_dead_from_the_living() {
    let (yemen, _) = succeeds(&["trace", &scenario("yemen-2023.toml"), "-k", "0"]);
    assert!(yemen.contains("detainees held by holders released"), "{yemen}");
    assert!(yemen.contains("detainees held by authority released"), "{yemen}");
    let gaza = scenario("gaza-2025-phase-one.toml");
    let remains = (0..20).map(|k| succeeds(&["trace", &gaza, "-k", &k.to_string()]).0);
    assert!(remains.into_iter().any(|trace| trace.contains("remains of 4 captives released")));
    assert!(succeeds(&["check", &scenario("exchange-2011-two-stage.toml")]).0.contains(" 1 captive, "));
}

#[test]
fn text_is_for_people_and_a_trace_is_a_story() {
    let name = scenario("first-exchange.toml");
    let (table, said) = succeeds(&["run", &name, "-n", "200"]);
    assert!(said.is_empty() && table.contains("200 replications") && table.contains("digest "), "{table}");
    let (trace, _) = succeeds(&["trace", &name, "--replication", "3"]);
    assert!(trace.contains("the truce starts") && trace.contains("\nending: "));
    let document = json(&["trace", &name, "-k", "3", "--format", "json"]);
    let alone = json(&["run", &name, "--first", "3", "-n", "1", "--format", "json"]);
    assert_eq!(document["digest"], alone["digest"]);
    assert!(trace.contains(document["digest"].as_str().unwrap()));
    let counted = document["events"].as_array().unwrap().iter().filter(|e| e["counted"] == true).count();
    assert_eq!(document["outcomes"]["events"], counted);
}

// ---- --out ----

#[test]
fn out_writes_a_manifest_a_summary_and_trajectories() {
    let folder = folder("out");
    let out = folder.join("deep").join("result");
    let path = out.display().to_string();
    let r0 = scenario("reference-r0.toml");
    let set = ["--set", "mediation.settles=0.6"];
    let args =
        [&["run", &r0, "-n", "40", "--first", "7", "--format", "json", "--out", &path][..], &set].concat();
    let (printed, said) = succeeds(&args);
    assert!(said.contains(&path), "{said}");
    assert_eq!(names_in(&out), ["manifest.json", "statistics.bin", "summary.json", "trajectories.json"]);
    assert_eq!(names_in(out.parent().unwrap()), ["result"], "nothing else may be left there");
    let summary = std::fs::read_to_string(out.join("summary.json")).unwrap();
    assert_eq!(summary, printed);
    let manifest = read_json(&out.join("manifest.json"));
    assert_eq!(manifest["complete"], true);
    assert_eq!((&manifest["first"], &manifest["replications"]), (&Value::from(7), &Value::from(40)));
    assert_eq!(manifest["overrides"][0], "mediation.settles=0.6");
    assert_eq!(manifest["scenario"]["text"], std::fs::read_to_string(&r0).unwrap());
    assert!(manifest["sampling_version"].is_u64() && manifest["version"].is_string());
    let days = read_json(&out.join("trajectories.json"));
    assert_eq!(days["captives_released"].as_array().unwrap()[0]["n"], 40);
    let (_, said) =
        succeeds(&["run", &r0, "-n", "4", "--quiet", "--out", &folder.join("quiet").display().to_string()]);
    assert_eq!(said, "");
}

#[test]
fn out_never_mixes_results_and_leaves_nothing_half_written() {
    let folder = folder("refused");
    let r0 = scenario("reference-r0.toml");
    let before = names_in(&folder);
    let said = fails(&["run", &r0, "-n", "4", "--out", &folder.display().to_string()], 2);
    assert!(said.contains("exists already") && said.contains("help:"), "{said}");
    std::fs::write(folder.join("file"), "mine").unwrap();
    for name in ["file", "file/result"] {
        let said = fails(&["run", &r0, "-n", "4", "--out", &folder.join(name).display().to_string()], 2);
        assert!(said.contains("help:"), "{said}");
    }
    assert_eq!(std::fs::read_to_string(folder.join("file")).unwrap(), "mine");
    let bad = root().join("tests/bad/S013-unknown-side.toml").display().to_string();
    fails(&["run", &bad, "--out", &folder.join("never").display().to_string()], 1);
    fails(&["run", &r0, "-n", "0", "--out", &folder.join("never").display().to_string()], 2);
    assert_eq!(before.len() + 1, names_in(&folder).len(), "{:?}", names_in(&folder));
}

// ---- streams ----

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_fault() {
    for command in [
        "schema",
        "trace scenarios/gaza-2025-phase-one.toml -k 1",
        "check scenarios/gaza-2025-phase-one.toml",
    ] {
        // The status of the left side, which POSIX shells do not give, goes round the pipe.
        let output =
            shell(&format!("{{ {{ \"$HANDOVER\" {command}; echo $? >&3; }} | head -1 >/dev/null; }} 3>&1"));
        assert_eq!(text(&output.stdout), "0\n", "{command}");
        assert_eq!(text(&output.stderr), "", "{command}");
    }
    let output = shell("\"$HANDOVER\" schema | :; \"$HANDOVER\" schema | head -1");
    assert_eq!((text(&output.stdout), text(&output.stderr)), ("{\n".into(), String::new()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_fault_and_says_so() {
    for command in [
        "schema",
        "--help",
        "explain S014",
        "check scenarios/first-exchange.toml",
        "run scenarios/first-exchange.toml -n 5",
    ] {
        let output = shell(&format!("\"$HANDOVER\" {command} > /dev/full"));
        assert_eq!(output.status.code(), Some(2), "{command}");
        assert!(text(&output.stderr).contains("could not be written"), "{command}");
    }
}

#[test]
fn what_is_not_a_terminal_gets_no_colour_and_no_progress() {
    let bad = root().join("tests/bad/S013-unknown-side.toml").display().to_string();
    assert!(!fails(&["check", &bad], 1).contains('\u{1b}'));
    let output = program(&["run", &scenario("reference-r0.toml"), "-n", "3000"]).output().unwrap();
    assert_eq!(text(&output.stderr), "");
}

/// Runs a command on a terminal, where the machine has `script` to make one; gives what the terminal shows.
#[cfg(target_os = "linux")]
fn on_a_terminal(command: &str, environment: &[(&str, &str)]) -> Option<String> {
    let mut script = Command::new("script");
    script.args(["-qec", command, "/dev/null"]).stdin(Stdio::null()).current_dir(root());
    script.env("HANDOVER", PROGRAM).env("TERM", "xterm").env_remove("NO_COLOR");
    script.envs(environment.iter().copied());
    script.output().ok().map(|output| text(&output.stdout))
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_colour_unless_it_asks_for_none() {
    let command = "\"$HANDOVER\" check tests/bad/S013-unknown-side.toml";
    let Some(shown) = on_a_terminal(command, &[]) else { return };
    assert!(shown.contains('\u{1b}') && shown.contains("S013"), "{shown}");
    for environment in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let shown = on_a_terminal(command, &[environment]).unwrap();
        assert!(!shown.contains('\u{1b}') && shown.contains("S013"), "{shown}");
    }
    assert!(
        on_a_terminal(command, &[("NO_COLOR", "")]).unwrap().contains('\u{1b}'),
        "an empty NO_COLOR asks for nothing"
    );
    let run = "\"$HANDOVER\" run scenarios/reference-r0.toml -n 20000 > /dev/null";
    let shown = on_a_terminal(run, &[]).unwrap();
    assert!(shown.contains("replications"));
    // A rate is in whole replications.
    for rate in shown.split("/s, ").filter_map(|before| before.rsplit("replications, ").next()) {
        assert!(!rate.contains('.') || rate.contains('\u{1b}'), "{rate}");
    }
    assert_eq!(on_a_terminal(&format!("{run} --quiet"), &[]).unwrap(), "");
}

// ---- Ctrl-C ----

#[cfg(unix)]
#[test]
fn an_interrupted_run_saves_what_was_finished() {
    let folder = folder("interrupted");
    let out = folder.join("result");
    let r0 = scenario("reference-r0.toml");
    let mut command =
        program(&["run", &r0, "-n", "2000000000", "--threads", "2", "--format", "json", "--out"]);
    let child = command.arg(&out).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(1_500));
    interrupt(&child);
    let output = ended(child);
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("interrupted after"));
    assert_eq!(names_in(&folder), ["result"]);
    let (manifest, summary) = (read_json(&out.join("manifest.json")), read_json(&out.join("summary.json")));
    assert_eq!(manifest["complete"], false);
    let done = summary["replications"].as_u64().unwrap();
    assert!(done > 0 && manifest["replications"] == done);
    // What was saved is what a run of that many gives.
    if done <= 60_000 {
        let again = json(&["run", &r0, "-n", &done.to_string(), "--format", "json"]);
        assert_eq!(again, summary);
    }
    assert!(read_json(&out.join("trajectories.json"))["alive"].is_array());
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_without_a_folder_prints_what_was_finished_and_says_so() {
    // To a file, since nobody reads a pipe before the program has ended.
    let printed = folder("part").join("summary.json");
    let mut command =
        program(&["run", &scenario("reference-r0.toml"), "-n", "2000000000", "--format", "json"]);
    command.stdout(std::fs::File::create(&printed).unwrap());
    let child = command.stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(1_000));
    interrupt(&child);
    let output = ended(child);
    assert_eq!(output.status.code(), Some(130));
    assert!(text(&output.stderr).contains("interrupted after"), "{}", text(&output.stderr));
    let mut part = read_json(&printed);
    let done = part["replications"].as_u64().unwrap();
    assert!(done > 0);
    let mark = part.as_object_mut().unwrap().remove("interrupted").unwrap();
    assert_eq!(mark, serde_json::json!({ "planned": 2_000_000_000_u64, "finished": done }));
    // The part is without a gap: a run of so many gives the same.
    if done <= 60_000 {
        let r0 = scenario("reference-r0.toml");
        assert_eq!(json(&["run", &r0, "-n", &done.to_string(), "--format", "json"]), part);
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_table_says_which_replications_it_covers() {
    let gaza = scenario("gaza-2025-phase-one.toml");
    for more in [&["run", &gaza][..], &["compare", &gaza, "--variants", "base,strict"]] {
        let args = [more, &["-n", "2000000000", "--first", "7", "--threads", "2"]].concat();
        let child = program(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(1_500));
        interrupt(&child);
        let output = ended(child);
        assert_eq!(output.status.code(), Some(130));
        let shown = text(&output.stdout);
        assert!(shown.starts_with("INTERRUPTED after "), "{shown}");
        assert!(shown.contains("of 2,000,000,000 replications; these are replications 7 to "), "{shown}");
    }
}

#[cfg(unix)]
#[test]
fn a_second_interrupt_leaves_what_can_be_gone_on_with() {
    let folder = folder("twice");
    let out = folder.join("result");
    let mut command = program(&[
        "run",
        &scenario("gaza-2025-phase-one.toml"),
        "-n",
        "2000000000",
        "--threads",
        "1",
        "--out",
    ]);
    let child = command.arg(&out).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(1_000));
    interrupt(&child);
    std::thread::sleep(Duration::from_millis(2));
    let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).stderr(Stdio::null()).status();
    let output = ended(child);
    assert_eq!(output.status.code(), Some(130));
    let names = names_in(&folder);
    assert!(names == ["result.partial"] || names == ["result"], "{names:?}");
}
