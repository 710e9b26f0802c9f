//! Interrupt and resume: whatever moment a process ends at, going on gives the bytes of an uninterrupted run.

#![cfg(unix)]

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::program::*;

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A fixed sequence of delays that looks like none.
struct Delays(u64);

impl Delays {
    fn next(&mut self, most: Duration) -> Duration {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        most.mul_f64((self.0 >> 40) as f64 / (1_u64 << 24) as f64)
    }
}

fn same_files(a: &Path, b: &Path) {
    assert_eq!(names_in(a), names_in(b));
    for name in names_in(a) {
        let [mut one, mut two] = [a, b].map(|folder| std::fs::read(folder.join(&name)).unwrap());
        if name == "manifest.json" {
            // The command names the folder; all else is the same.
            let without = |bytes: &[u8]| {
                let mut value: serde_json::Value = serde_json::from_slice(bytes).unwrap();
                value.as_object_mut().unwrap().remove("command");
                value.to_string().into_bytes()
            };
            (one, two) = (without(&one), without(&two));
        }
        assert!(one == two, "{name} differs");
    }
}

/// Kills a run and every attempt to go on with it, until one comes through; counts the kills that cut something short.
fn killed_and_resumed(
    folder: &Path,
    name: &str,
    more: &[&str],
    delays: &mut Delays,
    most: Duration,
) -> usize {
    let out = folder.join(name);
    let r0 = scenario("reference-r0.toml");
    let path = shown(&out);
    let run =
        [&["run", &r0, "--threads", "2", "--checkpoint", "0", "--quiet", "--out", &path][..], more].concat();
    let mut kills = 0;
    loop {
        let is_begun = out.exists() || folder.join(format!("{name}.partial")).exists();
        let again = ["resume", &path, "--quiet", "--checkpoint", "0", "--threads", "2"];
        let mut command = program(if is_begun { &again } else { &run });
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let pause = delays.next(most);
        let begun = Instant::now();
        while begun.elapsed() < pause && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        let was_running = child.try_wait().unwrap().is_none();
        let _ = child.kill();
        let output = child.wait_with_output().unwrap();
        assert!(was_running || output.status.code() == Some(0), "{}", text(&output.stderr));
        assert!(!out.exists() || out.join("manifest.json").exists(), "it appeared without its manifest");
        if output.status.code() == Some(0) {
            return kills;
        }
        kills += 1;
    }
}

#[test]
fn fifty_kills_at_any_moment_leave_the_bytes_of_an_uninterrupted_run() {
    let folder = folder("kills");
    let mut delays = Delays(2_026);
    let mut kills = 0;
    let mut round = 0;
    let kinds =
        [&["-n", "9000", "--rows", "parquet"][..], &["-n", "8000", "--rows", "csv"], &["-n", "12000"]];
    let mut most = Vec::new();
    for (kind, more) in kinds.iter().enumerate() {
        let r0 = scenario("reference-r0.toml");
        let whole = shown(&folder.join(format!("whole-{kind}")));
        let begun = Instant::now();
        succeeds(
            &[&["run", &r0, "--threads", "2", "--checkpoint", "0", "--quiet", "--out", &whole][..], more]
                .concat(),
        );
        // From the first moment of a run to its last: being prepared, under way, being published.
        most.push(begun.elapsed());
    }
    while kills < 50 {
        let kind = round % kinds.len();
        let name = format!("killed-{round}");
        kills += killed_and_resumed(&folder, &name, kinds[kind], &mut delays, most[kind]);
        same_files(&folder.join(format!("whole-{kind}")), &folder.join(&name));
        round += 1;
        assert!(round < 100, "only {kills} kills hit a run");
    }
    // Nothing is left over but results; what was being prepared when it was killed may be, under a hidden name.
    assert!(names_in(&folder).iter().all(|name| !name.ends_with(".partial")), "{:?}", names_in(&folder));
}

#[test]
fn ctrl_c_saves_and_resume_goes_on_to_the_same_bytes() {
    let folder = folder("ctrl-c");
    let r0 = scenario("reference-r0.toml");
    for rows in ["parquet", "csv", "jsonl"] {
        let out = folder.join(rows);
        // Long enough to be interrupted: sixty chunks at least.
        let run = ["run", &r0, "-n", "60000", "--threads", "1", "--rows", rows, "--out"].map(str::to_string);
        let run: Vec<&str> = run.iter().map(String::as_str).collect();
        let child = program(&run).arg(&out).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(250));
        interrupt(&child);
        let output = ended(child);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{said}");
        assert!(said.contains("handover resume") && text(&output.stdout).is_empty(), "{said}");
        let manifest = read_json(&out.join("manifest.json"));
        assert_eq!((&manifest["complete"], &manifest["planned"]), (&false.into(), &60_000.into()));
        let done = manifest["replications"].as_u64().unwrap();
        assert!(done > 0 && done < 60_000 && done.is_multiple_of(1_024));
        // Until it is finished it is no part of anything.
        let merged = shown(&folder.join("merged"));
        assert!(fails(&["merge", &shown(&out), "--out", &merged], 1).contains("is not finished"));
        assert!(fails(&["run", &r0, "-n", "5", "--out", &shown(&out)], 2).contains("handover resume"));
        succeeds(&["resume", &shown(&out), "--threads", "2"]);
        let whole = folder.join(format!("{rows}-whole"));
        succeeds(&["run", &r0, "-n", "60000", "--quiet", "--rows", rows, "--out", &shown(&whole)]);
        same_files(&whole, &out);
    }
}

#[test]
fn resuming_a_finished_run_says_so() {
    let folder = folder("finished");
    let out = shown(&folder.join("r"));
    let r0 = scenario("reference-r0.toml");
    let (first, _) = succeeds(&["run", &r0, "-n", "1500", "--out", &out, "--format", "json"]);
    let before = std::fs::read(folder.join("r/manifest.json")).unwrap();
    let (again, said) = succeeds(&["resume", &out, "--format", "json"]);
    assert!(said.contains("is finished: 1,500 replications"), "{said}");
    assert_eq!(first, again);
    assert_eq!(before, std::fs::read(folder.join("r/manifest.json")).unwrap());
    assert_eq!(names_in(&folder), ["r"]);
    // The same by `run --resume`, which refuses another run.
    let (again, _) = succeeds(&["run", &r0, "-n", "1500", "--out", &out, "--format", "json", "--resume"]);
    assert_eq!(first, again);
    assert!(fails(&["run", &r0, "-n", "1501", "--out", &out, "--resume"], 2).contains("another run"));
    assert!(
        fails(&["run", &r0, "-n", "1500", "--seed", "2", "--out", &out, "--resume"], 2)
            .contains("another run")
    );
}

#[test]
fn two_processes_do_not_work_in_one_folder() {
    let folder = folder("two");
    let out = folder.join("r");
    let r0 = scenario("reference-r0.toml");
    let mut command = program(&["run", &r0, "-n", "2000000000", "--threads", "1", "--out"]);
    let child = command.arg(&out).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while !folder.join("r.partial").exists() {
        assert!(begun.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(5));
    }
    for args in [&["resume", &shown(&out)][..], &["run", &r0, "-n", "5", "--out", &shown(&out)]] {
        let said = fails(args, 2);
        assert!(said.contains("another process is at work"), "{said}");
    }
    let merged = shown(&folder.join("merged"));
    let said = fails(&["merge", &shown(&folder.join("r.partial")), "--out", &merged], 1);
    assert!(
        said.contains("under way") && said.contains(&format!("handover resume {}`", shown(&out))),
        "{said}"
    );
    interrupt(&child);
    assert_eq!(ended(child).status.code(), Some(130));
    // The lock went with its process.
    let mut command = program(&["resume", &shown(&out), "--threads", "1"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(600));
    interrupt(&child);
    let output = ended(child);
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("going on after"));
}
