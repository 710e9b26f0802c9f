//! Comparison: exact zeros, closed forms under common random numbers, and the command.

use handover::batch::paired::{self, Comparison};
use handover::batch::parallel::Control;
use handover::report::comparison::{Report, report};
use handover::report::document::Run;
use handover::scenario::load::Loaded;
use serde_json::Value;

use crate::support::{batch_of, loaded, shipped};

fn compared(variants: &[Loaded], n: u64, threads: usize) -> Comparison {
    let plans: Vec<_> = variants.iter().map(|v| &v.plan).collect();
    paired::compare(&plans, 1, 0..n, threads, &Control::default()).unwrap()
}

fn run(replications: u64) -> Run {
    Run { seed: 1, first: 0, replications }
}

fn outcome<'d>(document: &'d Value, pair: usize, name: &str) -> &'d Value {
    &document["pairs"][pair]["outcomes"][name]
}

fn document(variants: &[Loaded], n: u64) -> Value {
    report(variants, &compared(variants, n, 2), run(n)).document()
}

#[test]
fn a_variant_against_itself_differs_by_nothing() {
    let text = shipped("gaza-2025-phase-one.toml");
    let variants = [loaded(&text, None, &[]), loaded(&text, None, &[])];
    let document = document(&variants, 300);
    let pair = &document["pairs"][0];
    for outcomes in [&pair["outcomes"], &pair["endings"]] {
        for (name, row) in outcomes.as_object().unwrap() {
            if row["n"].as_u64() > Some(1) {
                for key in ["difference", "se", "lo", "hi", "joint_lo", "joint_hi"] {
                    assert_eq!(row[key].as_f64(), Some(0.0), "{name}: {key}");
                }
            }
            assert!(row["variance_ratio"].is_null(), "{name}");
            let correlation = &row["correlation"];
            assert!(correlation.is_null() || *correlation == 1.0, "{name}: {correlation}");
        }
    }
}

/// One round that lasts an exponential time and nothing else.
fn one_round(mean: &str) -> Loaded {
    let text = "format = 1\nname = \"One round\"\nstart = \"2025-01-01T00:00[UTC]\"\nterm = \"300d\"\nhorizon = \"300d\"\n\
                [party]\nholders = { side = \"captives\" }\n[cohort]\npeople = { held_by = \"holders\", people = 1 }\n\
                [tranche]\n1 = { day = 1, release = { people = 1 } }\n\
                [round.handover]\ntakes = { exponential = { mean = \"10d\" } }\n";
    loaded(&text.replace("10d", mean), None, &[])
}

#[test]
fn exponentials_of_rate_one_and_four_fifths_pair_as_theory_says() {
    // In units of the first mean: the second exceeds the first by 1/4, with variance 1/16 where both are the same quantile and
    // 1 + 1.5625 where they are independent; so the ratio is 41.
    let unit = 10.0 * 86_400.0;
    let n = 40_000;
    let document = document(&[one_round("10d"), one_round("12.5d")], n);
    let row = outcome(&document, 0, "completion_s");
    let figure = |key: &str| row[key].as_f64().unwrap();
    assert_eq!(row["n"].as_u64(), Some(n));
    let se = 0.25 / (n as f64).sqrt();
    assert!((figure("difference") / unit - 0.25).abs() < 4.0 * se, "{row}");
    assert!((figure("se") / unit / se - 1.0).abs() < 0.05, "{row}");
    assert!((figure("variance_ratio") / 41.0 - 1.0).abs() < 1e-3, "{row}");
    assert!(figure("correlation") > 0.999_999);
}

#[test]
fn half_the_hazard_completes_the_analytic_truce_more_often_by_the_closed_form() {
    let text = shipped("analytic-truce.toml");
    let calm = text.replace("0.005/day", "0.0025/day");
    let variants = [loaded(&text, None, &[]), loaded(&calm, None, &[])];
    let document = document(&variants, 60_000);
    let row = outcome(&document, 0, "completed");
    let (difference, se) = (row["difference"].as_f64().unwrap(), row["se"].as_f64().unwrap());
    assert!((difference - 0.0515213002).abs() < 4.0 * se, "{row}");
    // The wrong model, in which the hazard acts on the finished too, gives 0.07372.
    assert!((difference - 0.07372).abs() > 6.0 * se, "{row}");
    assert!(row["variance_ratio"].as_f64() > Some(3.0), "{row}");
}

#[test]
fn threads_and_order_change_no_bit_and_each_side_is_a_batch_of_its_own() {
    let text = shipped("gaza-2025-phase-one.toml");
    let variants = [loaded(&text, None, &[]), loaded(&text, Some("strict"), &[])];
    let one = compared(&variants, 3_000, 1);
    assert_eq!(one, compared(&variants, 3_000, 7));
    for (loaded, side) in variants.iter().zip(&one.sides) {
        let alone = batch_of(loaded.clone(), 3_000);
        assert_eq!(alone.sample.summary, side.summary);
        assert_eq!(alone.sample.endings, side.endings);
    }
}

#[test]
fn outcomes_are_matched_by_name_and_those_of_one_side_are_named() {
    let text = shipped("first-exchange.toml");
    let without = loaded(&text, None, &["fault=none"]);
    let variants = [loaded(&text, None, &[]), without];
    let gathered = compared(&variants, 200, 1);
    let found: Report<'_> = report(&variants, &gathered, run(200));
    let contrast = &found.contrasts[0];
    assert!(contrast.unshared[0].contains(&"faults".to_string()), "{:?}", contrast.unshared);
    assert!(found.warnings().iter().any(|w| w.starts_with("only base has") && w.contains("faults")));
    let places = &gathered.against[0].shared;
    assert!(places.iter().any(|s| s.first != s.other), "the lists are shifted against one another");
    for shared in places {
        assert_eq!(
            variants[0].plan.outcomes[shared.first].name,
            variants[1].plan.outcomes[shared.other].name
        );
    }
}

#[test]
fn joint_intervals_hold_the_single_ones() {
    let text = shipped("first-exchange.toml");
    let variants = [loaded(&text, None, &[]), loaded(&text, None, &["fault.probability=0.5"])];
    let gathered = compared(&variants, 2_000, 2);
    let found = report(&variants, &gathered, run(2_000));
    let contrast = &found.contrasts[0];
    assert_eq!(found.differences, contrast.outcomes.len() + contrast.endings.len());
    for row in contrast.outcomes.iter().chain(&contrast.endings) {
        if let (Some(alone), Some(joint)) = (row.interval, row.joint) {
            assert!(joint.low <= alone.low && alone.high <= joint.high, "{}", row.name);
        }
    }
    assert!(contrast.outcomes.iter().any(|row| row.name == "disputes" && row.is_distinguished()));
}
