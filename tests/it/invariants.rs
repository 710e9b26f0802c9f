//! Properties over generated scenarios: features on and off at random, with random numbers. Whatever a scenario says, persons are
//! conserved, nothing starts while it is held, absorbing ends absorb and time never goes back.

use std::fmt::Write;

use handover::model::happening::Happening;
use handover::model::plan::Plan;
use handover::report::trace;
use proptest::prelude::*;

use crate::support::loaded;

/// What a generated scenario has.
#[derive(Debug, Clone)]
struct Features {
    tranches: u64,
    people: u64,
    each: u64,
    legs: usize,
    waits: usize,
    on: [bool; 10],
    policy: usize,
    fault: f64,
    hours: f64,
}

fn features() -> impl Strategy<Value = Features> {
    (
        1_u64..7,
        1_u64..5,
        0_u64..40,
        0_usize..3,
        0_usize..3,
        any::<[bool; 10]>(),
        0_usize..6,
        0.0..1.0,
        0.1..60.0,
    )
        .prop_map(|(tranches, people, each, legs, waits, on, policy, fault, hours)| Features {
            tranches,
            people,
            each,
            legs,
            waits,
            on,
            policy,
            fault,
            hours,
        })
}

fn scenario(f: &Features) -> String {
    let captives = f.tranches * f.people;
    let legs = ["captives first", "simultaneous", "prisoners first"][f.legs];
    let waits = ["due time", "previous captive leg", "previous round"][f.waits];
    let policy =
        ["absorbing", "proportional", "strict", "suspending", "ends on first breach", "strict"][f.policy];
    let mut text = format!(
        "format = 1\nname = \"generated\"\nstart = \"2025-03-20T08:30[Asia/Jerusalem]\"\nterm = \"42d\"\nhorizon = \"60d\"\n\
         [party]\nholders = {{ side = \"captives\" }}\nauthority = {{ side = \"prisoners\" }}\n\
         [cohort]\ncaptives = {{ held_by = \"holders\", people = {captives}{} }}\nprisoners = {{ held_by = \"authority\", people = {} }}\n\
         [key]\ncaptives = {{ per_person = {{ prisoners = {} }} }}\n[tranche]\n",
        if f.on[0] { ", dies = \"0.01/day\"" } else { "" },
        captives * f.each + 1,
        f.each,
    );
    for t in 0..f.tranches {
        let _ =
            writeln!(text, "{} = {{ day = {}, release = {{ captives = {} }} }}", t + 1, 1 + 6 * t, f.people);
    }
    let held = if f.on[1] { ", when_held = \"repeat\"" } else { "" };
    let sites = if f.on[2] { ", sites = { table = { values = [1, 2, 3] } }, gap = \"2h\"" } else { "" };
    let window = if f.on[3] { ", window = \"08:30-17:00\"" } else { "" };
    let _ = writeln!(
        text,
        "[round]\nlegs = \"{legs}\"\nwaits_for = \"{waits}\"\ncheck = {{ exponential = {{ mean = \"1h\" }} }}\n\
         handover = {{ takes = {{ exponential = {{ mean = \"{}h\" }} }}{held}{sites}{window} }}\n\
         reciprocal = {{ takes = {{ exponential = {{ mean = \"2h\" }} }}{held} }}",
        f.hours
    );
    if f.on[4] {
        text += "list = { late = { probability = 0.5, by = { exponential = { mean = \"9h\" } } } }\n";
    }
    let _ = writeln!(
        text,
        "[fault]\nprobability = {:.3}\nclass = {{ a = {{ share = 1, against = \"holders\" }}, b = {{ share = 1, against = \"authority\", at = \"reciprocal\" }} }}\n\
         [response]\nauthority = {{ policy = \"{policy}\" }}\nholders = {{ policy = \"{policy}\" }}",
        f.fault
    );
    if f.on[5] {
        text += "[mediation]\ntakes = { exponential = { mean = \"20h\" } }\nsettles = 0.6\nattempts = 2\nunsettled = \"escalates\"\n";
    }
    if f.on[6] {
        text += "[violation.holders]\nrate = \"1/day\"\nexcites = { holders = 0.4 }\nopens_dispute = 0.05\n";
    }
    if f.on[7] {
        text += "[ending]\ncollapse = \"0.01/day\"\nat_term = { extended = 0.5 }\nlimbo = { collapse = \"0.1/day\" }\n";
    }
    if f.on[8] {
        text += "[trust]\nbase = 0.5\nup = 0.05\ndown = 0.2\nreturns = \"10d\"\n";
    }
    if f.on[9] {
        text += "[flow.aid]\nowner = \"authority\"\ntarget = 100\nlevel = { normal = { mean = 100, sd = 20, clip = { min = 0 } } }\nshort = { below = 80, opens_dispute = 0.1 }\n";
    }
    text
}

/// What the events of one replication must obey.
fn obeys(plan: &Plan, seen: &[(i64, Happening)]) -> Result<(), TestCaseError> {
    let all: [u64; 2] =
        [0, 1].map(|s| plan.cohorts.iter().filter(|c| c.side == s).map(|c| u64::from(c.people)).sum());
    let mut released = [0_u64; 2];
    let mut holds = vec![0_i64; plan.parties.len() * 5];
    let mut suspended = false;
    let mut last = i64::MIN;
    let mut is_over = false;
    for (time, what) in seen {
        prop_assert!(*time >= last, "time goes back at {time}");
        prop_assert!(!is_over, "something happens after the end: {what:?}");
        last = *time;
        match what {
            Happening::Released { side, people, .. } => {
                released[usize::from(*side)] += u64::from(*people);
                prop_assert!(
                    released[usize::from(*side)] <= all[usize::from(*side)],
                    "more released than held"
                );
            }
            Happening::RoundStarted { tranche } => {
                prop_assert!(!suspended, "a round starts while the truce is suspended");
                let legs = &plan.tranches[*tranche as usize].leg;
                let first =
                    if plan.tranches[*tranche as usize].legs == handover::model::plan::Legs::PrisonersFirst {
                        1
                    } else {
                        0
                    };
                for queue in &legs[first].queues {
                    prop_assert!(holds[*queue as usize] == 0, "a round starts while it is held");
                }
            }
            Happening::HoldBegan { queue } => holds[*queue as usize] += 1,
            Happening::HoldEnded { queue } => holds[*queue as usize] = 0,
            Happening::Suspended => suspended = true,
            Happening::Resumed => suspended = false,
            Happening::Collapsed | Happening::Ended => is_over = true,
            _ => {}
        }
    }
    prop_assert!(is_over, "the replication does not end");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn rules_hold_in_generated_scenarios(features in features()) {
        let loaded = loaded(&scenario(&features), None, &[]);
        for replication in 0..6 {
            let trace = trace::record(&loaded.plan, 1, replication);
            obeys(&loaded.plan, &trace.seen)?;
            let value = |name: &str| {
                let place = loaded.plan.outcomes.iter().position(|o| o.name == name);
                trace.outcomes[place.unwrap_or_else(|| panic!("no outcome {name}"))]
            };
            let captives = (features.tranches * features.people) as i64;
            prop_assert_eq!(value("captives_released") + value("captives_still_held"), captives);
            if value("completed") == 1 {
                prop_assert_eq!(value("captives_completed"), 1);
                prop_assert_eq!(value("captives_released"), captives);
                // One who died in custody obliges to nothing under this key.
                let dead = if features.on[0] { value("died_in_custody") } else { 0 };
                let owed = captives * features.each as i64;
                let released = value("prisoners_released");
                prop_assert!(released <= owed && released >= owed - dead * features.each as i64);
            }
            let mut worker = handover::batch::Worker::new(&loaded.plan, 1);
            worker.run(replication..replication + 1);
            prop_assert_eq!(worker.sample().summary.digest().to_string(), trace.digest);
        }
    }
}

#[test]
fn a_world_that_breaks_the_rules_is_caught() {
    let text = scenario(&Features {
        tranches: 2,
        people: 2,
        each: 3,
        legs: 0,
        waits: 1,
        on: [false; 10],
        policy: 2,
        fault: 0.0,
        hours: 1.0,
    });
    let loaded = loaded(&text, None, &[]);
    let seen = trace::record(&loaded.plan, 1, 0).seen;
    assert!(obeys(&loaded.plan, &seen).is_ok());
    let twice: Vec<_> = seen.iter().chain(&seen).copied().collect();
    assert!(obeys(&loaded.plan, &twice).is_err());
    let backward: Vec<_> = seen.iter().rev().copied().collect();
    assert!(obeys(&loaded.plan, &backward).is_err());
    let mut too_many = seen.clone();
    too_many.insert(1, (0, Happening::Released { tranche: 0, side: 0, people: 5, remains: 0 }));
    assert!(obeys(&loaded.plan, &too_many).is_err());
    let mut held = seen;
    held.insert(1, (0, Happening::Suspended));
    assert!(obeys(&loaded.plan, &held).is_err());
}
