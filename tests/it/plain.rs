//! Plain plans run without a calendar: every outcome and every trajectory is that of the run event by event, to the last bit. Scenarios
//! are generated, among them dense ones in which a minute holds many things, so that rounds, disputes, attempts at mediation, the
//! hazard and the end of the term meet at the same second.

use std::collections::BTreeMap;
use std::fmt::Write;

use handover::kernel::stream::Domain;
use handover::model::plan::Plan;
use handover::model::runner::Runner;
use proptest::prelude::*;

use crate::support::{ends_of_days, loaded, shipped};

#[derive(Debug, Clone)]
struct Plain {
    tranches: u64,
    absent: usize,
    prisoners_first: bool,
    undated: bool,
    staging: bool,
    custody: bool,
    paced: bool,
    stops: bool,
    term: usize,
    hazard: usize,
    mediation: usize,
    policies: [bool; 2],
    short: bool,
    by_severity: bool,
    excited: bool,
    early: bool,
    /// How many seconds a step, an attempt or a gap takes on average.
    scale: f64,
}

fn plain() -> impl Strategy<Value = Plain> {
    let shape = (1_u64..6, 0_usize..4, any::<[bool; 6]>(), 0_usize..3, 0_usize..3, 0_usize..5);
    let rest = (any::<[bool; 6]>(), prop_oneof![Just(4.0), Just(60.0), Just(7_200.0), Just(40_000.0)]);
    (shape, rest).prop_map(|((tranches, absent, a, term, hazard, mediation), (b, scale))| Plain {
        tranches,
        absent,
        prisoners_first: a[0],
        undated: a[1],
        staging: a[2],
        custody: a[3],
        paced: a[4],
        stops: a[5],
        term,
        hazard,
        mediation,
        policies: [b[0], b[1]],
        short: b[2],
        by_severity: b[3],
        excited: b[4],
        early: b[5],
        scale,
    })
}

/// The scenario of a shape. Days hold the time of some thirty steps.
fn scenario(p: &Plain) -> String {
    let step = |share: f64| format!("{{ exponential = {{ mean = \"{}s\" }} }}", p.scale * share);
    let horizon = (40.0 * p.scale) as i64;
    let term = match p.term {
        0 => String::new(),
        1 => format!("term = \"{}s\"\n", horizon / 2),
        _ => format!("term = \"{horizon}s\"\n"),
    };
    let mut text = format!(
        "format = 1\nname = \"plain\"\nstart = \"2025-03-20T08:30[UTC]\"\n{term}horizon = \"{horizon}s\"\n"
    );
    if p.stops {
        text += "stops_at = \"completion\"\n";
    }
    let pace = if p.paced { ", pace = 1.7" } else { "" };
    let _ = write!(
        text,
        "[party]\nholders = {{ side = \"captives\"{pace} }}\nauthority = {{ side = \"prisoners\" }}\n\
         [cohort]\nwomen = {{ held_by = \"holders\", people = 40 }}\nmen = {{ held_by = \"holders\", people = 40 }}\n\
         prisoners = {{ held_by = \"authority\", people = 400 }}\n[tranche]\n"
    );
    for t in 0..p.tranches {
        let day = if p.undated { String::new() } else { "day = 1, at = \"08:30\", ".to_string() };
        let captives = if t % 2 == 0 { "women = 3, men = 1" } else { "men = 2" };
        let people = match p.absent {
            0 => format!("release = {{ {captives} }}, reciprocal = {{ prisoners = {} }}", 10 + t),
            1 if t == 1 => format!("reciprocal = {{ prisoners = {} }}", 10 + t),
            2 if t == 0 => format!("release = {{ {captives} }}"),
            3 => format!("release = {{ {captives} }}"),
            _ => format!("release = {{ {captives} }}, reciprocal = {{ prisoners = {} }}", 7 + t),
        };
        let _ = writeln!(text, "{} = {{ {day}{people} }}", t + 1);
    }
    let legs = if p.prisoners_first { "prisoners first" } else { "captives first" };
    let _ = writeln!(
        text,
        "[round]\nwaits_for = \"previous round\"\nlegs = \"{legs}\"\ncheck = {}\nhandover = {{ takes = {} }}",
        step(0.5),
        step(1.0)
    );
    if p.absent != 3 {
        let _ = writeln!(text, "reciprocal = {{ takes = {} }}", step(0.3));
    }
    if p.staging {
        let _ = writeln!(text, "staging = {}", step(0.7));
    }
    if p.custody {
        let _ = writeln!(text, "custody = {}", step(0.4));
    }
    let rate = 86_400.0 / (4.0 * p.scale);
    for party in ["holders", "authority"] {
        let _ = writeln!(
            text,
            "[violation.{party}]\nrate = \"{rate}/day\"\nseverity = {{ beta = {{ a = 2, b = 5 }} }}\nopens_dispute = 0.7"
        );
        if p.by_severity {
            text += "by_severity = true\n";
        }
        if p.excited {
            let _ =
                writeln!(text, "excites = {{ holders = 0.4, authority = 0.2 }}\nmemory = \"{}s\"", p.scale);
        }
        if p.early {
            let times = if party == "holders" { 3.0 } else { 0.2 };
            let _ = writeln!(text, "early = {{ times = {times}, decays = \"{}s\" }}", 5.0 * p.scale);
        }
    }
    text += "[flow.aid]\nowner = \"authority\"\ntarget = 600\nlevel = { normal = { mean = 600, sd = 80, clip = { min = 0 } } }\n\
             hour = \"08:31\"\nwhile_held = 1\nwhile_suspended = 1\n";
    if p.term == 1 {
        text += "in_limbo = 1\n";
    }
    if p.short {
        text += "short = { below = 600, is_violation = true, severity = 0.5, opens_dispute = 0.5 }\n";
    }
    for (party, suspends) in ["holders", "authority"].into_iter().zip(p.policies) {
        let policy = if suspends { "suspending" } else { "absorbing" };
        let _ = writeln!(text, "[response.{party}]\npolicy = \"{policy}\"");
    }
    let unsettled = ["collapse", "open file", "escalates", "collapse", ""][p.mediation];
    if p.mediation < 4 {
        let _ = writeln!(
            text,
            "[mediation]\nfiles_at_once = 1\ntakes = {}\nsettles = 0.6\nattempts = {}\nunsettled = \"{unsettled}\"",
            step(if p.mediation == 3 { 0.1 } else { 1.0 }),
            1 + p.tranches % 3
        );
    }
    if p.hazard > 0 {
        let _ = writeln!(text, "[ending]\ncollapse = \"{}/day\"", 0.2 * rate);
        if p.hazard == 2 && p.term == 1 {
            let _ = writeln!(text, "limbo = {{ collapse = \"{}/day\" }}", 0.5 * rate);
        }
    }
    text
}

/// Whatever can be said of a replication.
fn told(
    plan: &Plan,
    runner: &mut Runner<'_>,
    replication: u64,
) -> (Vec<i64>, u8, BTreeMap<(usize, u32), i64>) {
    let mut values = Vec::new();
    runner.run(replication, &mut values);
    (values, runner.ending() as u8, ends_of_days(plan, runner.changes(), runner.deliveries()))
}

/// How many of some replications were compared; fails where one differs.
fn compare(text: &str, sets: &[&str], replications: u64) -> Result<(), TestCaseError> {
    let loaded = loaded(text, None, sets);
    let plan = &loaded.plan;
    let mut quick = Runner::new(plan, 5, Domain::Main, true);
    prop_assert!(quick.is_plain(), "not plain:\n{text}");
    let mut slow = Runner::event_by_event(plan, 5, Domain::Main);
    for replication in 0..replications {
        let (a, b) = (told(plan, &mut quick, replication), told(plan, &mut slow, replication));
        for ((spec, x), y) in plan.outcomes.iter().zip(&a.0).zip(&b.0) {
            prop_assert_eq!(x, y, "{} of replication {} of\n{}", &spec.name, replication, text);
        }
        prop_assert_eq!(a, b, "replication {} of\n{}", replication, text);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn plain_plans_end_as_they_do_event_by_event(shape in plain()) {
        compare(&scenario(&shape), &[], 150)?;
    }
}

#[test]
fn the_check_scenarios_end_as_they_do_event_by_event() {
    for (name, sets) in [
        ("reference-r0.toml", &[][..]),
        ("reference-r0.toml", &["violation.holders.rate=9/day", "mediation.takes.exponential.mean=10m"][..]),
        ("analytic-truce.toml", &[][..]),
        ("analytic-truce.toml", &["ending.collapse=0.3/day"][..]),
    ] {
        compare(&shipped(name), sets, 3_000).unwrap();
    }
}

/// What would be lost if a plan passed for plain that is not: each of these changes the course of rounds or disputes.
#[test]
fn what_a_plain_course_leaves_out_makes_a_plan_go_event_by_event() {
    let text = shipped("reference-r0.toml");
    for set in [
        "round.waits_for=due time",
        "round.legs=simultaneous",
        "round.catch_up=shift",
        "round.list.late.probability=0.5",
        "response.holders.policy=proportional",
        "violation.holders.fatal=0.1",
        "flow.aid.while_suspended=0.5",
        "round.handover.window=08:00-18:00",
        "round.handover.when_held=repeat",
        "term=20d",
        "mediation.settles={ beta = { a = 7, b = 3 } }",
    ] {
        let sets: &[&str] = match set {
            "round.list.late.probability=0.5" => &[set, "round.list.late.by.exponential.mean=9h"],
            // Where deliveries go on in limbo, a shorter term leaves a plan plain: legs wait for good.
            "term=20d" => &["term=20d", "flow.aid.in_limbo=0.5"],
            _ => &[set],
        };
        let loaded = loaded(&text, None, sets);
        assert!(!Runner::new(&loaded.plan, 1, Domain::Main, true).is_plain(), "{set}");
    }
}
