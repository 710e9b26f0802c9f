//! Every mean, probability and quantile of the document has its interval, and the intervals cover what they should.

use handover::batch::Worker;
use serde_json::Value;

use crate::program::*;
use crate::support::{loaded, shipped};

fn bounds(value: &Value) -> (Option<f64>, Option<f64>) {
    (value["lo"].as_f64(), value["hi"].as_f64())
}

#[test]
fn no_figure_stands_alone() {
    let document = json(&["run", &scenario("gaza-2025-phase-one.toml"), "-n", "400", "--format", "json"]);
    for (name, outcome) in document["outcomes"].as_object().unwrap() {
        let exists = &outcome["exists"];
        let (low, high) = bounds(exists);
        let share = exists["share"].as_f64().unwrap();
        assert!(low.unwrap() <= share && share <= high.unwrap() && low < high, "{name}");
        if let Some(mean) = outcome["mean"].as_f64().filter(|_| outcome["n"].as_u64() > Some(1)) {
            let (low, high) = bounds(outcome);
            assert!(low.unwrap() <= mean && mean <= high.unwrap(), "{name}");
        }
        for percent in ["p05", "p25", "p50", "p75", "p95"] {
            let (low, high) = bounds(&outcome["quantile_intervals"][percent]);
            let Some(quantile) = outcome[percent].as_f64() else { continue };
            assert!(
                low.is_none_or(|low| low <= quantile) && high.is_none_or(|high| quantile <= high),
                "{name}"
            );
        }
    }
    for (name, share) in document["ending_shares"].as_object().unwrap() {
        let (low, high) = bounds(share);
        assert!(low < high && high > Some(0.0), "{name}");
        assert_eq!(share["share"].as_f64().unwrap(), document["endings"][name].as_f64().unwrap() / 400.0);
    }
}

#[test]
fn nothing_seen_has_an_upper_bound_and_few_values_an_open_end() {
    let r0 = scenario("reference-r0.toml");
    let document = json(&[
        "run",
        &r0,
        "-n",
        "40",
        "--set",
        "ending=none",
        "--set",
        "mediation.settles=1",
        "--format",
        "json",
    ]);
    let collapsed = &document["outcomes"]["collapsed"];
    assert_eq!(bounds(collapsed).0, Some(0.0));
    // 0 of 40: z^2 / (n + z^2) with z = 1.96.
    assert!((bounds(collapsed).1.unwrap() - 3.8415 / 43.8415).abs() < 1e-4);
    assert_eq!(bounds(&document["ending_shares"]["collapsed"]), bounds(collapsed));
    assert_eq!(bounds(&document["outcomes"]["collapse_s"]["exists"]).0, Some(0.0));
    let events = &document["outcomes"]["events"]["quantile_intervals"];
    assert!(events["p05"]["lo"].is_null() && events["p05"]["hi"].is_i64(), "{events}");
    assert!(events["p95"]["hi"].is_null() && events["p95"]["lo"].is_i64(), "{events}");
    assert!(events["p50"]["lo"].is_i64() && events["p50"]["hi"].is_i64());
}

#[test]
fn trajectories_carry_intervals_too() {
    let folder = folder("trajectory-intervals");
    let out = folder.join("r");
    succeeds(&[
        "run",
        &scenario("reference-r0.toml"),
        "-n",
        "500",
        "--quiet",
        "--out",
        &out.display().to_string(),
    ]);
    let days = read_json(&out.join("trajectories.json"));
    for day in days["captives_released"].as_array().unwrap() {
        let (low, high) = bounds(day);
        let mean = day["mean"].as_f64().unwrap();
        assert!(low.unwrap() <= mean && mean <= high.unwrap());
        let (low, high) = bounds(&day["quantile_intervals"]["p50"]);
        let median = day["p50"].as_f64().unwrap();
        assert!(low.unwrap() <= median && median <= high.unwrap());
    }
}

#[test]
fn a_days_interval_is_that_of_its_values() {
    // The interval of a day's quantile, from the changes, equals the one a tally of the day's values gives.
    let loaded = loaded(&shipped("analytic-truce.toml"), None, &[]);
    let place = loaded.plan.series.iter().position(|s| s.name == "captives_released").unwrap();
    let last = loaded.plan.outcomes.iter().position(|o| o.name == "captives_released").unwrap();
    let mut worker = Worker::new(&loaded.plan, 5);
    worker.run(0..700);
    let sample = worker.into_sample();
    let days = sample.trajectories[place].quantile_intervals(&[5, 50, 95], 0.95);
    let tally = &sample.summary.tallies()[last];
    let at_end: Vec<_> = [5, 50, 95].map(|percent| tally.quantile_interval(percent, 100, 0.95)).to_vec();
    assert_eq!(*days.last().unwrap(), at_end);
}
