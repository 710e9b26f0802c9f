//! Running to a precision: where it stops depends on the plan, the seed and the targets alone.

use std::process::Stdio;
use std::time::Duration;

use crate::program::*;

fn run(more: &[&str]) -> serde_json::Value {
    let truce = scenario("analytic-truce.toml");
    json(&[&["run", &truce, "--format", "json"][..], more].concat())
}

#[test]
fn it_stops_at_the_first_look_that_meets_every_target() {
    let both = run(&["--precision", "completed=0.01", "--precision", "captives_released=0.05"]);
    let n = both["replications"].as_u64().unwrap();
    assert!(n.is_multiple_of(1_024) && n > 1_024, "{n}");
    let precision = &both["precision"];
    assert_eq!((&precision["met"], precision["targets"].as_array().unwrap().len()), (&true.into(), 2));
    for target in precision["targets"].as_array().unwrap() {
        let name = target["outcome"].as_str().unwrap();
        let half = (both["outcomes"][name]["hi"].as_f64().unwrap()
            - both["outcomes"][name]["lo"].as_f64().unwrap())
            / 2.0;
        assert!(
            (half - target["reached"].as_f64().unwrap()).abs() < 1e-12
                && half <= target["half_width"].as_f64().unwrap()
        );
    }
    // The look before was not enough for both: the larger of the two is what each would take alone.
    let alone = ["completed=0.01", "captives_released=0.05"]
        .map(|t| run(&["--precision", t])["replications"].as_u64().unwrap());
    assert_eq!(n, alone[0].max(alone[1]));
    // Apart from that section it is the run of so many replications.
    let mut plain = both.clone();
    plain.as_object_mut().unwrap().remove("precision");
    assert_eq!(plain, run(&["-n", &n.to_string()]));
}

#[test]
fn the_same_number_at_any_thread_count() {
    let with = |threads| run(&["--precision", "completion_s=1h", "--threads", threads]);
    let one = with("1");
    assert_eq!(one, with("2"));
    assert_eq!(one, with("7"));
}

#[test]
fn what_was_never_seen_stops_nothing() {
    // No collapse can happen, so no number of replications tells how rare it is; the interval is narrow all the same.
    let document = run(&["--set", "ending=none", "--precision", "collapsed=0.01", "-n", "20000"]);
    assert_eq!(document["replications"], 20_000);
    assert_eq!(
        (&document["precision"]["met"], &document["precision"]["most"]),
        (&false.into(), &20_000.into())
    );
    assert!(document["precision"]["targets"][0]["reached"].as_f64().unwrap() < 0.01);
    let truce = scenario("analytic-truce.toml");
    let (_, said) = succeeds(&["run", &truce, "--precision", "completed=0.00001", "-n", "3000"]);
    assert!(said.contains("was not reached in 3,000 replications"), "{said}");
}

#[test]
fn a_target_that_makes_no_sense_is_refused_with_all_others() {
    let truce = scenario("analytic-truce.toml");
    let said = fails(
        &[
            "run",
            &truce,
            "--precision",
            "complete=0.1",
            "--precision",
            "completed=-1",
            "--precision",
            "completed",
        ],
        2,
    );
    assert_eq!(said.matches("error:").count(), 3, "{said}");
    assert!(said.contains("did you mean `completed`"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_resumed_run_stops_where_the_uninterrupted_one_does() {
    let folder = folder("precision-resume");
    let truce = scenario("analytic-truce.toml");
    let out = folder.join("r").display().to_string();
    let args = [
        "run",
        &truce,
        "--precision",
        "completed=0.002",
        "--threads",
        "1",
        "--quiet",
        "--checkpoint",
        "0.02",
        "--out",
        &out,
    ];
    let begin = |args: &[&str]| program(args).stdout(Stdio::null()).spawn().unwrap();
    let mut child = begin(&args);
    for kill in 0..5 {
        std::thread::sleep(Duration::from_millis(120));
        assert!(kill > 0 || child.try_wait().unwrap().is_none(), "the run was too short to be killed");
        child.kill().unwrap();
        child.wait().unwrap();
        child = begin(&["resume", &out, "--quiet", "--checkpoint", "0.02"]);
    }
    assert!(child.wait().unwrap().success());
    let whole = folder.join("whole").display().to_string();
    succeeds(&["run", &truce, "--precision", "completed=0.002", "--quiet", "--out", &whole]);
    for name in ["summary.json", "statistics.bin", "trajectories.json"] {
        let read = |folder: &str| std::fs::read(std::path::Path::new(folder).join(name)).unwrap();
        assert!(read(&out) == read(&whole), "{name}");
    }
}
