//! Results on disk: what a folder holds, that it is whole or not there, and what is said of one that is damaged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use handover::results;
use serde_json::Value;

use crate::program::*;

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Writes a small result with rows of a format.
fn written(folder: &Path, name: &str, rows: &str, more: &[&str]) -> PathBuf {
    let out = folder.join(name);
    let r0 = scenario("reference-r0.toml");
    let base =
        ["run", &r0, "-n", "2100", "--quiet", "--out", &shown(&out), "--rows", rows].map(str::to_string);
    let base: Vec<&str> = base.iter().map(String::as_str).collect();
    succeeds(&[&base[..], more].concat());
    out
}

fn bytes_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    names_in(folder)
        .into_iter()
        .map(|name| (name.clone(), std::fs::read(folder.join(name)).unwrap()))
        .collect()
}

#[test]
fn every_row_is_the_replication_a_trace_shows() {
    let folder = folder("rows-replay");
    let out = written(&folder, "r", "jsonl", &["--first", "40"]);
    let text = std::fs::read_to_string(out.join("rows.jsonl")).unwrap();
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 2_100);
    assert!(rows.iter().zip(40..).all(|(row, index)| row["replication"] == index));
    for index in [0, 1, 1_023, 1_024, 2_099] {
        let row = &rows[index];
        let number = row["replication"].to_string();
        let trace = json(&["trace", &scenario("reference-r0.toml"), "-k", &number, "--format", "json"]);
        assert_eq!(row["digest"], trace["digest"]);
        for (name, value) in trace["outcomes"].as_object().unwrap() {
            assert_eq!(row[name], *value, "{name} of {number}");
        }
        assert_eq!(row.as_object().unwrap().len(), trace["outcomes"].as_object().unwrap().len() + 2);
    }
}

#[test]
fn rows_are_the_same_bytes_whatever_the_threads() {
    let folder = folder("rows-threads");
    for rows in ["csv", "jsonl", "parquet"] {
        let one = written(&folder, &format!("{rows}-1"), rows, &["--threads", "1"]);
        let three = written(&folder, &format!("{rows}-3"), rows, &["--threads", "3", "--checkpoint", "0"]);
        let (mut one, mut three) = (bytes_of(&one), bytes_of(&three));
        // The command names its folder and threads; nothing else may differ.
        one.remove("manifest.json");
        three.remove("manifest.json");
        assert!(one.contains_key(&format!("rows.{rows}")));
        assert!(one == three, "{rows}");
    }
}

#[test]
fn csv_and_json_lines_say_the_same() {
    let folder = folder("rows-formats");
    let csv = written(&folder, "csv", "csv", &[]);
    let jsonl = written(&folder, "jsonl", "jsonl", &[]);
    let csv = std::fs::read_to_string(csv.join("rows.csv")).unwrap();
    let jsonl = std::fs::read_to_string(jsonl.join("rows.jsonl")).unwrap();
    let names: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    assert_eq!(names[..2], ["replication", "digest"]);
    let mut missing = 0;
    for (line, object) in csv.lines().skip(1).zip(jsonl.lines()) {
        let object: Value = serde_json::from_str(object).unwrap();
        for (name, cell) in names.iter().zip(line.split(',')) {
            let other = match &object[*name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                value => value.to_string(),
            };
            missing += usize::from(cell.is_empty());
            assert_eq!(cell, other, "{name}");
        }
    }
    assert!(missing > 0, "no replication without a collapse?");
    assert_eq!(csv.lines().count(), jsonl.lines().count() + 1);
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_holds_what_csv_holds() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    let folder = folder("rows-parquet");
    let csv = written(&folder, "csv", "csv", &[]);
    let parquet = written(&folder, "parquet", "parquet", &[]);
    let csv = std::fs::read_to_string(csv.join("rows.csv")).unwrap();
    let file = std::fs::File::open(parquet.join("rows.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let mut lines = csv.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut count = 0;
    for (row, line) in reader.get_row_iter(None).unwrap().zip(lines) {
        let row = row.unwrap();
        let cells: Vec<(&String, String)> = row
            .get_column_iter()
            .map(|(name, field)| {
                let text = match field {
                    Field::Null => String::new(),
                    Field::Str(text) => text.clone(),
                    Field::Long(number) => number.to_string(),
                    Field::ULong(number) => number.to_string(),
                    other => panic!("{other:?}"),
                };
                (name, text)
            })
            .collect();
        assert!(cells.iter().map(|(name, _)| name.as_str()).eq(names.iter().copied()));
        assert!(cells.iter().map(|(_, text)| text.as_str()).eq(line.split(',')), "{line}");
        count += 1;
    }
    assert_eq!(count, 2_100);
    let metadata = reader.metadata();
    let column = metadata.row_group(0).column(5);
    assert!(format!("{:?}", column.compression()).starts_with("ZSTD"));
    let notes = metadata.file_metadata().key_value_metadata().unwrap();
    assert!(notes.iter().any(|note| note.key == "handover.scenario_digest"));
}

#[test]
fn a_result_is_read_back_to_the_last_integer() {
    let folder = folder("read-back");
    let out = folder.join("r");
    let name = scenario("gaza-2025-phase-one.toml");
    let drawn = "mediation.settles={ beta = { a = 15, b = 3 } }";
    let path = shown(&out);
    let args = ["run", &name, "-n", "300", "--quiet", "--variant", "strict", "--set", drawn, "--out", &path];
    succeeds(&args);
    let stored = results::open(&out).unwrap();
    let mut worker = handover::batch::Worker::new(&stored.loaded.plan, 1);
    worker.run(0..300);
    assert_eq!(stored.state.sample, worker.into_sample());
    assert!(!stored.loaded.plan.drawn.is_empty(), "twins are among what is read back");
}

#[test]
fn the_manifest_lists_every_file_with_its_checksum() {
    let folder = folder("manifest");
    let out = written(&folder, "r", "csv", &["--shard", "1/2", "--set", "mediation.settles=0.6"]);
    let manifest = read_json(&out.join("manifest.json"));
    let files = manifest["files"].as_object().unwrap();
    let mut listed: Vec<String> = files.keys().cloned().collect();
    listed.push("manifest.json".into());
    listed.sort();
    assert_eq!(listed, names_in(&out));
    for (name, record) in files {
        assert_eq!(record["bytes"], std::fs::metadata(out.join(name)).unwrap().len(), "{name}");
    }
    assert_eq!((&manifest["shard"]["index"], &manifest["shard"]["count"]), (&1.into(), &2.into()));
    assert_eq!(manifest["whole"]["replications"], 2_100);
    assert_eq!((&manifest["first"], &manifest["replications"]), (&0.into(), &1_024.into()));
    assert_eq!(manifest["complete"], true);
    assert!(manifest["command"].as_array().unwrap().iter().any(|word| word == "--shard"));
}

// ---- what is wrong with a folder ----

/// Changes a file of a result and tells what `merge` says of it.
fn said_after(
    folder: &Path,
    result: &Path,
    file: &str,
    change: impl Fn(Vec<u8>) -> Option<Vec<u8>>,
) -> String {
    let path = result.join(file);
    let before = std::fs::read(&path).unwrap();
    match change(before.clone()) {
        Some(bytes) => std::fs::write(&path, bytes).unwrap(),
        None => std::fs::remove_file(&path).unwrap(),
    }
    let out = shown(&folder.join("merged"));
    let said = fails(&["merge", &shown(result), "--out", &out], 1);
    assert!(said.contains("help:") && said.contains(file), "{file}: {said}");
    assert!(!folder.join("merged").exists());
    std::fs::write(&path, before).unwrap();
    said
}

#[test]
fn every_damage_is_found_and_named() {
    let folder = folder("damaged");
    let result = written(&folder, "r", "csv", &[]);
    let damaged = |file, change: &dyn Fn(Vec<u8>) -> Option<Vec<u8>>| {
        let said = said_after(&folder, &result, file, change);
        assert!(said.contains("is damaged"), "{said}");
        said
    };
    for file in ["statistics.bin", "summary.json", "trajectories.json", "rows.csv"] {
        assert!(damaged(file, &|_| None).contains("missing"));
        for cut in [0, 1, 11, 100] {
            assert!(damaged(file, &|bytes| Some(bytes[..cut].to_vec())).contains("bytes"), "{file} {cut}");
        }
        damaged(file, &|mut bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            Some(bytes)
        });
    }
    for cut in [0, 1, 50, 700] {
        damaged("manifest.json", &|bytes| Some(bytes[..cut].to_vec()));
    }
    let changed = |from: &'static str, to: &'static str| {
        move |bytes: Vec<u8>| Some(String::from_utf8(bytes).unwrap().replacen(from, to, 1).into_bytes())
    };
    damaged("manifest.json", &changed("\"format\": 1", "\"format\": \"one\""));
    damaged("manifest.json", &changed("\"replications\": 2100", "\"replications\": 2099"));
    damaged("manifest.json", &changed("mean = \\\"36h\\\"", "mean = \\\"37h\\\""));
    damaged("manifest.json", &changed("\"first\": 0", "\"first\": 18446744073709551615"));
    damaged("manifest.json", &changed("\"rows.csv\": {", "\"../rows.csv\": {"));
    // A seed that was altered is not that of the statistics.
    let path = result.join("manifest.json");
    let before = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, before.replacen("\"seed\": 1", "\"seed\": 2", 1)).unwrap();
    let said = fails(&["merge", &shown(&result), "--out", &shown(&folder.join("m"))], 1);
    assert!(said.contains("belongs to another run"), "{said}");
    std::fs::write(&path, before).unwrap();
    succeeds(&["merge", &shown(&result), "--out", &shown(&folder.join("sound"))]);
}

#[test]
fn statistics_with_a_forged_checksum_do_not_panic() {
    use twox_hash::XxHash3_128;
    let folder = folder("forged");
    let result = folder.join("r");
    let truce = scenario("analytic-truce.toml");
    succeeds(&["run", &truce, "-n", "300", "--quiet", "--out", &shown(&result)]);
    let path = result.join("statistics.bin");
    let before = std::fs::read(&path).unwrap();
    let manifest = handover::results::Manifest::read(&result).unwrap();
    let loaded = manifest.load(&result).unwrap();
    let state = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        handover::results::State::read(&path, &manifest.identity(), &loaded.plan)
    };
    assert!(state(&before).is_ok());
    let (mut refused, mut taken) = (0, 0);
    for place in (0..before.len() - 16).step_by(before.len() / 400) {
        for flip in [0x01, 0x80, 0xff] {
            let mut bytes = before.clone();
            bytes[place] ^= flip;
            let end = bytes.len() - 16;
            let hash = XxHash3_128::oneshot(&bytes[..end]).to_le_bytes();
            bytes[end..].copy_from_slice(&hash);
            match state(&bytes) {
                Err(_) => refused += 1,
                // What passes for statistics must behave like statistics.
                Ok(state) => {
                    taken += 1;
                    let run = handover::report::document::Run { seed: 1, first: 0, replications: 300 };
                    let _ = handover::report::document::summary(&loaded, &run, &state.sample);
                    let _ = handover::report::document::trajectories(&loaded, &state.sample);
                }
            }
        }
    }
    assert!(refused > taken, "{refused} refused, {taken} taken");
    std::fs::write(&path, before).unwrap();
}

#[test]
fn a_newer_format_is_told_from_damage() {
    let folder = folder("newer");
    let result = written(&folder, "r", "csv", &[]);
    let newer = |bytes: Vec<u8>| {
        Some(String::from_utf8(bytes).unwrap().replacen("\"format\": 1", "\"format\": 2", 1).into_bytes())
    };
    let said = said_after(&folder, &result, "manifest.json", newer);
    assert!(said.contains("format 2") && said.contains("formats up to 1"), "{said}");
    let resumed = fails(&["resume", &shown(&folder.join("nothing"))], 2);
    assert!(resumed.contains("neither"), "{resumed}");
    // The statistics have a format of their own, told before the checksum.
    let mut bytes = std::fs::read(result.join("statistics.bin")).unwrap();
    bytes[8] = 9;
    std::fs::write(folder.join("newer.bin"), &bytes).unwrap();
    let manifest = handover::results::Manifest::read(&result).unwrap();
    let loaded = manifest.load(&result).unwrap();
    let fault = handover::results::State::read(&folder.join("newer.bin"), &manifest.identity(), &loaded.plan);
    assert!(fault.unwrap_err().to_string().contains("format 9"));
}

#[test]
fn what_is_no_result_is_told_so() {
    let folder = folder("no-result");
    std::fs::create_dir(folder.join("empty")).unwrap();
    std::fs::write(folder.join("file"), "mine").unwrap();
    let out = shown(&folder.join("m"));
    let place = |name: &str| shown(&folder.join(name));
    assert!(fails(&["merge", &place("empty"), "--out", &out], 1).contains("is not a result"));
    assert!(fails(&["merge", &place("file"), "--out", &out], 1).contains("is not a result"));
    assert!(fails(&["merge", &place("none"), "--out", &out], 2).contains("there is no folder"));
    assert!(fails(&["resume", &place("empty")], 1).contains("is not a result"));
    assert!(fails(&["resume", &place("file")], 1).contains("is not a result"));
    // All at once, and the worst decides the status.
    let said = fails(&["merge", &place("empty"), &place("none"), &place("file"), "--out", &out], 1);
    assert_eq!(said.matches("error:").count(), 3, "{said}");
    assert_eq!(names_in(&folder), ["empty", "file"]);
}

// ---- writing ----

#[test]
fn options_that_need_a_folder_or_each_other_say_so() {
    let r0 = scenario("reference-r0.toml");
    for args in [&["--rows", "csv"][..], &["--resume"], &["--precision", "completed=0.01", "--shard", "1/2"]]
    {
        let said = fails(&[&["run", &r0, "-n", "5"][..], args].concat(), 2);
        assert!(said.contains("help:"), "{said}");
    }
    for args in
        [&["--rows", "xml"][..], &["--shard", "3/2"], &["--checkpoint", "-1"], &["--checkpoint", "soon"]]
    {
        fails(&[&["run", &r0, "-n", "5"][..], args].concat(), 2);
    }
    let said = fails(&["run", &r0, "-n", "5", "--shard", "auto"], 2);
    assert!(said.contains("SLURM_ARRAY_TASK_ID"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn no_room_loses_no_finished_work() {
    // A limit on the size of files stands in for a full disk: the write fails half-way.
    let folder = folder("no-room");
    for (rows, limit) in [("csv", 3_000), ("jsonl", 12_000), ("parquet", 2_000)] {
        let out = folder.join(rows);
        let command = format!(
            "trap '' XFSZ; ulimit -f {limit}; exec \"$HANDOVER\" run scenarios/reference-r0.toml -n 20000 --quiet \
             --checkpoint 0 --rows {rows} --out '{}'",
            out.display()
        );
        let output = shell(&command);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{rows}: {said}");
        assert!(said.contains("could not be written") && said.contains("handover resume"), "{rows}: {said}");
        assert!(!out.exists());
        let (_, said) = succeeds(&["resume", &shown(&out)]);
        let done: u64 =
            said.split("going on after ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        assert!(done > 0, "{rows}: nothing was kept: {said}");
        let whole = folder.join(format!("{rows}-whole"));
        let r0 = scenario("reference-r0.toml");
        succeeds(&["run", &r0, "-n", "20000", "--quiet", "--rows", rows, "--out", &shown(&whole)]);
        let name = format!("rows.{rows}");
        assert!(
            std::fs::read(out.join(&name)).unwrap() == std::fs::read(whole.join(&name)).unwrap(),
            "{rows}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_said_before_any_work() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder("unwritable");
    let closed = folder.join("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o555)).unwrap();
    // The superuser may write anywhere; then there is nothing to see here.
    if std::fs::write(closed.join("probe"), "").is_err() {
        let r0 = scenario("reference-r0.toml");
        let said = fails(&["run", &r0, "-n", "2000000000", "--out", &shown(&closed.join("r"))], 2);
        assert!(said.contains("could not be written"), "{said}");
    }
    let r0 = scenario("reference-r0.toml");
    let said = fails(&["run", &r0, "-n", "2000000000", "--out", "/proc/handover/r"], 2);
    assert!(said.contains("could not be written"), "{said}");
}
