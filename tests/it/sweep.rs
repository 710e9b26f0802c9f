//! `sweep`, `regret` and `choose` as scripts meet them: caching by content, going on after a break, tables, exit statuses.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_handover");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn scenario(name: &str) -> String {
    root().join("scenarios").join(name).display().to_string()
}

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("handover-sweep-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn run(args: &[&str]) -> Output {
    Command::new(PROGRAM).args(args).stdin(Stdio::null()).output().unwrap()
}

fn succeeds(args: &[&str]) -> String {
    let output = run(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn fails(args: &[&str], status: i32) -> String {
    let output = run(args);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{args:?}: {said}");
    assert!(output.stdout.is_empty() && said.starts_with("error"), "{args:?}: {said}");
    said
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&succeeds(&[args, &["--format", "json"]].concat())).unwrap()
}

const DESIGN: &str = "format = 1\nreplications = 200\nvariants = [\"base\"]\n[design]\nmethod = \"grid\"\n[parameter]\n\
                      \"fault.probability\" = { from = 0.1, to = 0.5, steps = 3 }\n\
                      \"mediation.settles\" = { values = [0.6, 0.9] }\n";

/// A sweep of the first exchange in a folder of its own.
struct Sweep {
    folder: PathBuf,
    scenario: PathBuf,
    design: PathBuf,
    out: PathBuf,
}

impl Sweep {
    fn new(name: &str, design: &str) -> Self {
        let folder = folder(name);
        let sweep = Self {
            scenario: folder.join("scenario.toml"),
            design: folder.join("design.toml"),
            out: folder.join("out"),
            folder,
        };
        std::fs::copy(scenario("first-exchange.toml"), &sweep.scenario).unwrap();
        std::fs::write(&sweep.design, design).unwrap();
        sweep
    }

    fn command(&self) -> Vec<String> {
        let path = |p: &Path| p.display().to_string();
        vec!["sweep".into(), path(&self.scenario), path(&self.design), "--out".into(), path(&self.out)]
    }

    /// Runs it; cells run now, cells found finished.
    fn counts(&self, more: &[&str]) -> (u64, u64) {
        let command = self.command();
        let args: Vec<&str> = command.iter().map(String::as_str).chain(more.iter().copied()).collect();
        let document = json(&args);
        (document["cells_run"].as_u64().unwrap(), document["cells_reused"].as_u64().unwrap())
    }

    fn change(&self, path: &Path, from: &str, to: &str) {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains(from), "{from}");
        std::fs::write(path, text.replace(from, to)).unwrap();
    }

    fn table(&self) -> Vec<u8> {
        ["table.csv", "table.json"].map(|name| std::fs::read(self.out.join(name)).unwrap()).concat()
    }

    fn cells(&self) -> Vec<PathBuf> {
        let mut files: Vec<_> =
            std::fs::read_dir(self.out.join("cells")).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        files
    }
}

impl Drop for Sweep {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn only_cells_whose_content_changed_run_again() {
    let sweep = Sweep::new("cache", DESIGN);
    assert_eq!(sweep.counts(&[]), (6, 0));
    let table = sweep.table();
    assert_eq!(sweep.counts(&[]), (0, 6));
    // Comments, units and order are no content.
    sweep.change(&sweep.scenario, "format = 1\n", "# another comment\nformat = 1\n");
    sweep.change(&sweep.scenario, "\"16h\"", "\"960m\"");
    sweep.change(&sweep.design, "[design]", "# a comment\n[design]");
    assert_eq!(sweep.counts(&[]), (0, 6));
    assert_eq!(sweep.table(), table);
    // One value of one parameter: the three cells that have it.
    sweep.change(&sweep.design, "[0.6, 0.9]", "[0.6, 0.8]");
    assert_eq!(sweep.counts(&[]), (3, 3));
    // One step more of the other.
    sweep.change(&sweep.design, "[0.6, 0.8]", "[0.6, 0.8, 0.7]");
    assert_eq!(sweep.counts(&[]), (3, 6));
    // A value of the scenario that every cell has.
    sweep.change(&sweep.scenario, "\"960m\"", "\"961m\"");
    assert_eq!(sweep.counts(&[]), (9, 0));
    // Another seed, another range.
    assert_eq!(sweep.counts(&["--seed", "2"]), (9, 0));
    assert_eq!(sweep.counts(&["--first", "5"]), (9, 0));
    assert_eq!(sweep.counts(&[]), (0, 9));
}

#[test]
fn more_replications_go_on_from_those_there_are() {
    let sweep = Sweep::new("more", DESIGN);
    sweep.counts(&["--replications", "150"]);
    sweep.counts(&["--replications", "700"]);
    let grown = sweep.table();
    let fresh = Sweep::new("more-fresh", DESIGN);
    fresh.counts(&["--replications", "700", "--threads", "7"]);
    assert_eq!(grown, fresh.table());
    // Fewer than there are: those of before are still there.
    assert_eq!(sweep.counts(&["--replications", "150"]), (0, 6));
}

#[test]
fn a_damaged_cell_is_run_again_and_said() {
    let sweep = Sweep::new("damaged", DESIGN);
    sweep.counts(&[]);
    let table = sweep.table();
    let cells = sweep.cells();
    let bytes = std::fs::read(&cells[0]).unwrap();
    std::fs::write(&cells[0], &bytes[..bytes.len() / 2]).unwrap();
    let mut flipped = std::fs::read(&cells[1]).unwrap();
    flipped[100] ^= 1;
    std::fs::write(&cells[1], flipped).unwrap();
    std::fs::write(&cells[2], "").unwrap();
    let command = sweep.command();
    let output = run(&command.iter().map(String::as_str).collect::<Vec<_>>());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.matches("is damaged").count(), 3, "{said}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("3 run now, 3 found finished"));
    assert_eq!(sweep.table(), table);
    assert_eq!(sweep.counts(&[]), (0, 6));
}

#[cfg(unix)]
#[test]
fn killed_at_any_moment_it_ends_with_the_same_table() {
    let design = DESIGN.replace("replications = 200", "replications = 3000");
    let whole = Sweep::new("unkilled", &design);
    whole.counts(&["--threads", "1"]);
    let sweep = Sweep::new("killed", &design);
    let command = sweep.command();
    for kill in 0..12_u64 {
        let mut child =
            Command::new(PROGRAM).args(&command).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(15 + 23 * (kill * 7 % 12)));
        let _ = child.kill();
        let _ = child.wait();
    }
    sweep.counts(&[]);
    assert_eq!(sweep.table(), whole.table());
    assert!(sweep.cells().iter().all(|path| path.extension().is_some_and(|e| e == "cell")));
}

#[test]
fn a_cell_replays_by_the_command_in_its_row() {
    let sweep =
        Sweep::new("replay", &DESIGN.replace("[design]", "random_numbers = \"independent\"\n[design]"));
    sweep.counts(&[]);
    let cells = std::fs::read_to_string(sweep.out.join("cells.csv")).unwrap();
    for line in cells.lines().skip(1) {
        let (rest, command) = line.split_once(",handover ").unwrap();
        let fields: Vec<&str> = rest.split(',').collect();
        let digest = fields[fields.len() - 1];
        let args: Vec<&str> = command.trim_end_matches('"').split(' ').collect();
        let document = json(&args);
        assert_eq!(document["digest"], digest, "{command}");
        assert_eq!(document["scenario"]["digest"], fields[fields.len() - 2]);
    }
    let seeds: std::collections::BTreeSet<&str> =
        cells.lines().skip(1).map(|line| line.split(',').nth(6).unwrap()).collect();
    assert_eq!(seeds.len(), 6, "independent cells have seeds of their own");
}

#[test]
fn the_tidy_table_has_a_row_a_cell_and_outcome_with_the_figures_of_run() {
    let sweep = Sweep::new("table", DESIGN);
    sweep.counts(&[]);
    let rows: Value = serde_json::from_slice(&std::fs::read(sweep.out.join("table.json")).unwrap()).unwrap();
    let rows = rows.as_array().unwrap();
    let csv = std::fs::read_to_string(sweep.out.join("table.csv")).unwrap();
    assert_eq!(csv.lines().count(), rows.len() + 1);
    assert!(
        csv.starts_with("cell,point,scramble,variant,fault.probability,mediation.settles,outcome,n,mean,")
    );
    let path = sweep.scenario.display().to_string();
    let run = json(&[
        "run",
        &path,
        "--set",
        "fault.probability=0.3",
        "--set",
        "mediation.settles=0.9",
        "-n",
        "200",
    ]);
    let of_cell = |row: &&Value| {
        row["parameters"]["fault.probability"] == "0.3" && row["parameters"]["mediation.settles"] == "0.9"
    };
    let mut seen = 0;
    for row in rows.iter().filter(of_cell) {
        let name = row["outcome"].as_str().unwrap();
        if let Some(ending) = name.strip_prefix("ending.") {
            let count = row["mean"].as_f64().unwrap() * 200.0;
            assert_eq!(count.round() as u64, run["endings"][ending].as_u64().unwrap(), "{name}");
            assert!((count - count.round()).abs() < 1e-9, "{name}");
            continue;
        }
        for key in ["n", "mean", "sd", "se", "lo", "hi", "min", "max", "p05", "p25", "p50", "p75", "p95"] {
            assert_eq!(row[key], run["outcomes"][name][key], "{name}: {key}");
        }
        seen += 1;
    }
    assert_eq!(seen, run["outcomes"].as_object().unwrap().len());
}

#[test]
fn a_later_variant_is_held_against_the_first_as_compare_does() {
    let folder = folder("differences");
    let design = folder.join("design.toml").display().to_string();
    let text = "format = 1\nreplications = 640\nvariants = [\"base\", \"strict\"]\n[design]\nmethod = \"grid\"\n[parameter]\n\
                \"mediation.settles\" = { values = [0.6, 0.9] }\n";
    std::fs::write(&design, text).unwrap();
    let (reference, out) = (scenario("gaza-2025-phase-one.toml"), folder.join("out"));
    succeeds(&["sweep", &reference, &design, "--out", &out.display().to_string(), "--quiet"]);
    let rows: Vec<Value> = serde_json::from_slice(&std::fs::read(out.join("table.json")).unwrap()).unwrap();
    let compared = json(&[
        "compare",
        &reference,
        "--variants",
        "base,strict",
        "--set",
        "mediation.settles=0.6",
        "-n",
        "640",
        "--quiet",
    ]);
    let paired = &compared["pairs"][0]["outcomes"];
    for outcome in ["captives_released", "disputes", "collapsed"] {
        let find = |variant: &str| {
            rows.iter()
                .find(|r| r["point"] == 0 && r["variant"] == variant && r["outcome"] == outcome)
                .unwrap()
        };
        assert!(find("base")["difference"].is_null());
        let (row, pair) = (find("strict"), &paired[outcome]);
        let figure = |value: &Value| value.as_f64().unwrap();
        assert!((figure(&row["difference"]) - figure(&pair["difference"])).abs() < 1e-9, "{outcome}");
        // Two estimates of one standard error, from 32 groups and from 640 pairs: within half of each other.
        let ratio = figure(&row["difference_se"]) / figure(&pair["se"]);
        assert!((0.5..2.0).contains(&ratio), "{outcome}: {ratio}");
        assert!(row["difference_lo"].as_f64() < row["difference"].as_f64());
    }
    let page = out.join("page.html").display().to_string();
    succeeds(&["report", &out.display().to_string(), "--out", &page]);
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("id=\"difference-0-0\"") && page.contains("minus that of base"));
}

#[test]
fn nothing_is_touched_where_something_else_is() {
    let sweep = Sweep::new("other", DESIGN);
    std::fs::create_dir(&sweep.out).unwrap();
    std::fs::write(sweep.out.join("thesis.txt"), "two years of work").unwrap();
    let command = sweep.command();
    let args: Vec<&str> = command.iter().map(String::as_str).collect();
    assert!(fails(&args, 1).contains("is not the folder of a sweep"));
    std::fs::write(sweep.out.join("manifest.json"), "{\"format\": 99, \"kind\": \"sweep\"}").unwrap();
    assert!(fails(&args, 1).contains("has format 99"));
    std::fs::write(sweep.out.join("manifest.json"), "{\"form").unwrap();
    assert!(fails(&args, 1).contains("is damaged"));
    assert_eq!(std::fs::read_dir(&sweep.out).unwrap().count(), 2);
    let file = sweep.folder.join("file");
    std::fs::write(&file, "").unwrap();
    let nowhere = file.join("out").display().to_string();
    let mut elsewhere = args.clone();
    elsewhere[4] = &nowhere;
    fails(&elsewhere, 2);
    // A faulty design is refused before a folder is made.
    std::fs::remove_dir_all(&sweep.out).unwrap();
    sweep.change(&sweep.design, "to = 0.5", "to = 1.5");
    assert!(fails(&args, 1).contains("design.toml:"));
    assert!(!sweep.out.exists());
}

#[test]
fn regret_is_shown_for_every_variant_and_point() {
    let design = "format = 1\nreplications = 400\nvariants = [\"base\", \"strict\", \"simultaneous-legs\"]\n[design]\nmethod = \"grid\"\n\
                  [parameter]\n\"mediation.settles\" = { from = 0.6, to = 0.9, steps = 2 }\n";
    let sweep = Sweep::new("regret", design);
    std::fs::copy(scenario("gaza-2025-phase-one.toml"), &sweep.scenario).unwrap();
    sweep.counts(&[]);
    let out = sweep.out.display().to_string();
    let judged = ["regret", &out, "--outcome", "completed", "--best", "highest", "--threshold", "70%"];
    let document = json(&judged);
    for variant in document["variants"].as_array().unwrap() {
        let regrets = variant["regrets"].as_array().unwrap();
        assert_eq!(regrets.len(), 2);
        for figure in
            regrets.iter().chain([&variant["max_regret"], &variant["mean_regret"], &variant["worst"]])
        {
            let of = |key: &str| figure[key].as_f64().unwrap();
            assert!(of("lo") <= of("value") && of("value") <= of("hi"), "{figure}");
        }
    }
    // At each point somebody is the best.
    for point in 0..2 {
        let least = document["variants"]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v["regrets"][point]["value"].as_f64().unwrap());
        assert_eq!(least.fold(f64::INFINITY, f64::min), 0.0);
    }
    // The regret is the difference of the means in the table, and its interval knows the pairing.
    let text = succeeds(&judged);
    assert!(text.contains("largest regret") && text.contains("Bonferroni"), "{text}");
    assert!(
        fails(&["regret", &out, "--outcome", "complete", "--best", "lowest"], 2).contains("did you mean")
    );
    // A cell that is gone leaves nothing to judge.
    std::fs::remove_file(&sweep.cells()[0]).unwrap();
    assert!(
        fails(&["regret", &out, "--outcome", "completed", "--best", "highest"], 1).contains("not finished")
    );
    assert!(
        fails(&["regret", "/nowhere/at/all", "--outcome", "completed", "--best", "highest"], 2)
            .contains("no folder")
    );
}

#[test]
fn choosing_is_the_same_on_any_number_of_threads_and_says_what_it_rests_on() {
    let path = scenario("gaza-2025-phase-one.toml");
    let args = [
        "choose",
        &path,
        "--variants",
        "base,strict",
        "--outcome",
        "captives_released",
        "--best",
        "highest",
        "--indifference",
        "0.4",
    ];
    let document = json(&args);
    assert_eq!(document["selected"], "base");
    assert_eq!(document, json(&[&args[..], &["--threads", "5"]].concat()));
    let text = succeeds(&args);
    assert!(text.contains("at least 95%") && text.contains("leans in its favour"), "{text}");
    // The means are those of a comparison over the same replications.
    let n = document["variants"][0]["replications"].as_u64().unwrap().to_string();
    let compared = json(&["compare", &path, "--variants", "base,strict", "-n", &n]);
    let mean = document["variants"][0]["mean"]["value"].as_f64().unwrap();
    let same = compared["pairs"][0]["outcomes"]["captives_released"]["a_mean"].as_f64().unwrap();
    assert!((mean - same).abs() < 1e-9);
}

#[test]
fn what_cannot_be_chosen_is_refused() {
    let path = scenario("gaza-2025-phase-one.toml");
    let choose = |outcome: &'static str, indifference: &'static str, variants: &'static str| {
        vec![
            "choose",
            "--variants",
            variants,
            "--outcome",
            outcome,
            "--best",
            "lowest",
            "--indifference",
            indifference,
        ]
    };
    let said = |args: Vec<&str>| {
        let mut args = args;
        args.push(&path);
        fails(&args, 2)
    };
    assert!(said(choose("disputes", "0", "base,strict")).contains("leaves no difference"));
    assert!(said(choose("disputes", "-1", "base,strict")).contains("leaves no difference"));
    assert!(said(choose("disputes", "many", "base,strict")).contains("is not a number"));
    assert!(said(choose("suspended_s", "3", "base,strict")).contains("is not a duration"));
    assert!(said(choose("completion_s", "3h", "base,strict")).contains("does not exist in replication"));
    assert!(said(choose("dispute", "1", "base,strict")).contains("did you mean `disputes`"));
    assert!(said(choose("disputes", "1", "base")).contains("fewer than two"));
}
