//! A leg that is late has come as far as its steps let it: how far is drawn given that nobody has come. Each against an independent
//! simulation that throws away what has ended too early, beside a wrong model.

use handover::dist::{Distribution, Prob};
use handover::forecast::question::Asker;
use handover::forecast::{Ask, Question};
use handover::kernel::stream::Domain;
use handover::model::happening::{Cause, Happening, Recorder};
use handover::model::plan::StepKind;
use handover::model::world::World;
use handover::scenario::load::Loaded;

use crate::ages::{nobody_by, uniforms};
use crate::conditioning::{SMALL, counts};

const N: u64 = 20_000;
const HANDOVER: &str = "handover = { takes = { lognormal = { median = \"6d\", sigma = 0.5 } } }";

type Uniforms<'a> = &'a mut dyn FnMut() -> f64;

/// The small scenario with another handover and what comes before it.
fn with(round: &str) -> String {
    SMALL.replace(HANDOVER, round)
}

fn lognormal(median: f64, sigma: f64) -> Distribution {
    Distribution::lognormal_median(median, sigma).unwrap()
}

fn exponential(mean: f64) -> Distribution {
    Distribution::exponential(mean).unwrap()
}

fn draw(law: &Distribution, uniform: Uniforms) -> f64 {
    law.quantile(Prob::from_lower(uniform()))
}

/// The share of simulated courses in which something is true, among those that are possible.
fn among(mut course: impl FnMut(Uniforms) -> Option<bool>) -> (f64, f64) {
    let mut uniform = uniforms();
    let (mut possible, mut is) = (0.0, 0.0);
    for _ in 0..300_000 {
        if let Some(so) = course(&mut uniform) {
            possible += 1.0;
            is += f64::from(u8::from(so));
        }
    }
    (is / possible, possible)
}

/// The share of simulated waits that are over by `later`, among those longer than `age`.
fn over_by(age: f64, later: f64, mut wait: impl FnMut(Uniforms) -> f64) -> (f64, f64) {
    among(|uniform| {
        let wait = wait(uniform);
        (wait > age).then_some(wait <= later)
    })
}

fn agrees(found: f64, (exact, of): (f64, f64), wrong: f64) {
    let se = (exact * (1.0 - exact) * (1.0 / N as f64 + 1.0 / of)).sqrt();
    assert!((found - exact).abs() < 4.5 * se, "{found}, and not {exact} (standard error {se})");
    assert!(
        (found - wrong).abs() > 6.0 * se,
        "{found} is that of the wrong model, {wrong}; right is {exact}"
    );
}

/// The chance that the first people of a side have come by the end of a day.
fn come_by(known: &Loaded, side: usize, day: i64) -> f64 {
    counts(&known.plan, &Asker::new(&known.plan).leg(0, side, 40), N).below(day + 1) as f64 / N as f64
}

/// A dispute over a fault of a class in the first round is opened.
fn is_over(what: &Happening, class: u32) -> bool {
    matches!(what, Happening::DisputeOpened { cause, .. } if *cause == Cause::Fault(0, class))
}

/// How often something happens in the first replications.
fn share_that_see(known: &Loaded, is_it: impl Fn(&Happening) -> bool) -> f64 {
    let sees = |replication: &u64| {
        let mut world = World::new(&known.plan, 1, Domain::Main, Recorder::default());
        world.run(*replication);
        world.observer().seen.iter().any(|(_, what)| is_it(what))
    };
    (0..N).filter(sees).count() as f64 / N as f64
}

#[test]
fn two_steps_are_longer_together_than_the_past() {
    let known =
        nobody_by(&with(&format!("transit = {{ exponential = {{ mean = \"3d\" }} }}\n{HANDOVER}")), &[], "9");
    let (transit, handover) = (exponential(3.0), lognormal(6.0, 0.5));
    let exact = over_by(8.0, 11.0, |u| draw(&transit, u) + draw(&handover, u));
    // The wrong model: transit as ever, and the handover given that it has not ended.
    let (wrong, _) = among(|u| {
        let first = draw(&transit, u);
        let rest = handover.quantile_after((8.0 - first).max(0.0), Prob::from_lower(u()));
        Some(first + rest <= 11.0)
    });
    agrees(come_by(&known, 0, 12), exact, wrong);
}

#[test]
fn a_step_before_the_transfer_may_be_under_way() {
    // At the end of day 4, three days after it was due: in how many courses transit is not over.
    let known =
        nobody_by(&with(&format!("transit = {{ exponential = {{ mean = \"3d\" }} }}\n{HANDOVER}")), &[], "4");
    let (transit, handover) = (exponential(3.0), lognormal(6.0, 0.5));
    let exact = among(|u| {
        let first = draw(&transit, u);
        (first + draw(&handover, u) > 3.0).then_some(first > 3.0)
    });
    let ended = |what: &Happening| {
        matches!(what, Happening::StepEnded { tranche: 0, side: 0, step: StepKind::Transit })
    };
    agrees(share_that_see(&known, ended), exact, 1.0);
}

/// Names, three steps, a name missing, an hour of its own, and a party that takes half as long again.
const LONG: &str = r#"
list = { lead = "1d", late = { probability = 0.3, by = { exponential = { mean = "2d" } } }, refused = 0.1, substitution = { exponential = { mean = "1d" } }, missing = { probability = 0.4, by = { exponential = { mean = "2d" } } } }
check = { exponential = { mean = "20h" } }
staging = { lognormal = { median = "8h", sigma = 0.6 } }
transit = { weibull = { shape = 1.5, scale = "12h" } }
handover = { hour = { uniform = { min = "6h", max = "20h" } }, takes = { lognormal = { median = "12h", sigma = 0.7 } } }
"#;

/// The long course: hours from when it was due until its people have come.
fn long(u: Uniforms) -> f64 {
    let mut names = -24.0;
    if u() < 0.3 {
        names += draw(&exponential(48.0), u);
    }
    if u() > libm::pow(0.9, 3.0) {
        names += draw(&exponential(24.0), u);
    }
    let mut at = names.max(0.0) + 1.5 * draw(&exponential(20.0), u) + 1.5 * draw(&lognormal(8.0, 0.6), u);
    if u() < 0.4 {
        at += draw(&exponential(48.0), u);
    }
    at += 1.5 * draw(&Distribution::weibull(1.5, 12.0).unwrap(), u);
    // Day 2 begins when it is due, so days begin at whole multiples of 24 hours.
    let hour = 24.0 * (at / 24.0).floor() + 6.0 + 14.0 * u();
    at.max(hour) + 1.5 * draw(&lognormal(12.0, 0.7), u)
}

#[test]
fn names_steps_and_hours_are_drawn_together() {
    let scenario = with(LONG).replace("{ side = \"captives\" }", "{ side = \"captives\", pace = 1.5 }");
    for (day, later) in [("3", 5), ("7", 9), ("11", 14)] {
        let age = (day.parse::<f64>().unwrap() - 1.0) * 24.0;
        let known = nobody_by(&scenario, &[], day);
        let exact = over_by(age, (f64::from(later) - 1.0) * 24.0, long);
        let (fresh, _) = among(|u| Some(long(u) <= (f64::from(later) - 1.0) * 24.0 - age));
        agrees(come_by(&known, 0, i64::from(later)), exact, fresh);
    }
}

#[test]
fn a_hold_delays_the_steps_that_had_not_begun() {
    // Transit ends on day 4. A hold from day 3 to day 7 lets it finish and keeps the handover from starting.
    let known = |from: &str, until: &str| {
        let row = format!("dispute,2025-01-{from}T00:00,,,{until},,,holders,,,captives");
        nobody_by(&with(&format!("transit = \"2d\"\n{HANDOVER}")), &[&row], "9")
    };
    let law = lognormal(6.0, 0.5);
    let given = |age: f64| (law.cdf(age + 3.0) - law.cdf(age)) / law.sf(age);
    let never = f64::from(u32::MAX);
    agrees(come_by(&known("03", "2025-01-07T00:00"), 0, 12), (given(3.0), never), given(6.0));
    // One that began when the handover was under way let it finish.
    agrees(come_by(&known("05", "2025-01-07T00:00"), 0, 12), (given(6.0), never), given(3.0));
    // People who have not come while a hold of their release stands are those held.
    for from in ["03", "06"] {
        let kept = come_by(&known(from, ""), 0, 12);
        assert!(kept < 0.01, "{kept}");
    }
}

#[test]
fn a_hold_sends_back_only_what_was_under_way() {
    // Steps that are done again after a hold; one hold from the 4th to the 6th, or from the 7th to the 8th.
    let round = "check = { takes = { exponential = { mean = \"1d\" } }, when_held = \"repeat\" }\ntransit = { takes = { lognormal = { median = \"2d\", sigma = 0.5 } }, when_held = \"repeat\" }\nhandover = { takes = { lognormal = { median = \"3d\", sigma = 0.5 } }, when_held = \"repeat\" }";
    let (check, transit, handover) = (exponential(1.0), lognormal(2.0, 0.5), lognormal(3.0, 0.5));
    let step = |law: &Distribution, from: f64, (since, until): (f64, f64), u: Uniforms| {
        let from = if from >= since && from < until { until } else { from };
        let end = from + draw(law, u);
        if from < since && end > since { until + draw(law, u) } else { end }
    };
    for (day, later, since, until) in [("6", 8, 3.0, 5.0), ("9", 11, 3.0, 5.0), ("8", 10, 6.0, 7.5)] {
        let held = (since, until);
        let come = |u: Uniforms| {
            let after_check = step(&check, 1.0, held, u);
            let after_transit = step(&transit, after_check, held, u);
            step(&handover, after_transit, held, u)
        };
        let now: f64 = day.parse().unwrap();
        let row = if since < 4.0 {
            "2025-01-04T00:00,,,2025-01-06T00:00"
        } else {
            "2025-01-07T00:00,,,2025-01-08T12:00"
        };
        let known = nobody_by(&with(round), &[&format!("dispute,{row},,,holders,,,captives")], day);
        let exact = over_by(now, f64::from(later), come);
        // The wrong model: nothing had begun before the hold ended.
        let anew = |u: Uniforms| until + draw(&check, u) + draw(&transit, u) + draw(&handover, u);
        let (wrong, _) = over_by(now, f64::from(later), anew);
        agrees(come_by(&known, 0, i64::from(later)), exact, wrong);
    }
}

#[test]
fn what_would_have_been_alleged_is_on_record() {
    // A fault in nine rounds of ten, over the check or over the handover; three days after it was due nothing is on record.
    let fault = "[fault]\nprobability = 0.9\nclass.paper = { share = 2, against = \"holders\", at = \"check\" }\nclass.scene = { share = 1, against = \"holders\", at = \"handover\" }\n";
    let round = format!("check = {{ exponential = {{ mean = \"2d\" }} }}\n{HANDOVER}");
    let answers =
        "[response.holders]\nodds = { protest = 1 }\n[response.authority]\nodds = { protest = 1 }\n";
    let scenario = format!("{}{fault}{answers}", with(&round));
    let (check, handover) = (exponential(2.0), lognormal(6.0, 0.5));
    let course = |u: Uniforms, sees: bool| {
        let first = draw(&check, u);
        let (is_alleged, of_check) = (u() < 0.9, u() < 2.0 / 3.0);
        if first + draw(&handover, u) <= 3.0 || (sees && first <= 3.0 && is_alleged && of_check) {
            return None;
        }
        Some((first, is_alleged, of_check))
    };
    let known = nobody_by(&scenario, &[], "4");
    let scene = |what: &Happening| is_over(what, 1);
    let exact = among(|u| course(u, true).map(|(_, is_alleged, of_check)| is_alleged && !of_check));
    agrees(share_that_see(&known, scene), exact, 0.3);
    let paper = |what: &Happening| is_over(what, 0);
    let exact = among(|u| course(u, true).map(|(_, is_alleged, of_check)| is_alleged && of_check));
    let (blind, _) = among(|u| {
        course(u, false).map(|(first, is_alleged, of_check)| first > 3.0 && is_alleged && of_check)
    });
    agrees(share_that_see(&known, paper), exact, blind);
}

#[test]
fn a_round_half_carried_out_can_still_be_disputed() {
    let fault = "[fault]\nprobability = 0.8\nclass.scene = { share = 1, against = \"holders\", at = \"handover\" }\nclass.late = { share = 1, against = \"holders\", at = \"reciprocal\" }\n";
    let answers =
        "[response.holders]\nodds = { protest = 1 }\n[response.authority]\nodds = { protest = 1 }\n";
    let scenario =
        format!("{SMALL}{fault}{answers}").replace("median = \"5h\", sigma", "median = \"5d\", sigma");
    let rows = ["release,2025-01-04T12:00,,,,1,captives,,,captives,,3,,yes"];
    let known = nobody_by(&scenario, &rows, "4");
    let late = |what: &Happening| is_over(what, 0) || is_over(what, 1);
    // 0.8 · ½ of all, out of those in which no fault of the handover was alleged.
    agrees(share_that_see(&known, late), (0.4 / 0.6, f64::from(u32::MAX)), 0.4);
}

#[test]
fn remains_may_not_be_located_yet() {
    let scenario = with("handover = { takes = { lognormal = { median = \"2d\", sigma = 0.5 } } }").replace(
        "captives = { held_by = \"holders\", people = 6 }",
        "captives = { held_by = \"holders\", people = 6, condition = \"remains\", located = { exponential = { mean = \"4d\" } } }",
    );
    let scenario = scenario.replace("per_person = { prisoners", "remains = { prisoners");
    let known = nobody_by(&scenario, &[], "9");
    let (located, law) = (exponential(4.0), lognormal(2.0, 0.5));
    let course = |u: Uniforms| {
        let last = (0..3).map(|_| draw(&located, u)).fold(1.0, f64::max);
        last + draw(&law, u)
    };
    let exact = over_by(9.0, 12.0, course);
    // The wrong model: located as ever, and the handover given that it has not ended.
    let (wrong, _) = among(|u| {
        let last = (0..3).map(|_| draw(&located, u)).fold(1.0, f64::max);
        Some(last + law.quantile_after((9.0 - last).max(0.0), Prob::from_lower(u())) <= 12.0)
    });
    agrees(come_by(&known, 0, 12), exact, wrong);
}

#[test]
fn a_pause_and_the_trip_after_it_are_longer_than_the_past() {
    let handover = "handover = { vehicles = 1, capacity = 1, turnaround = { exponential = { mean = \"2d\" } }, takes = { lognormal = { median = \"3d\", sigma = 0.4 } } }";
    let rows = ["release,2025-01-04T12:00,,,,1,captives,,,captives,,1,,no"];
    let known = nobody_by(&with(handover), &rows, "9");
    let (pause, law) = (exponential(2.0), lognormal(3.0, 0.4));
    let exact = over_by(5.5, 7.5, |u| draw(&pause, u) + draw(&law, u));
    let (wrong, _) = among(|u| {
        let pause = draw(&pause, u);
        Some(pause + law.quantile_after((5.5 - pause).max(0.0), Prob::from_lower(u())) <= 7.5)
    });
    let question =
        Question { name: "two".into(), ask: Ask::Released { side: 0, by: 11 * 86_400 }, by_day: 11 };
    let found = 1.0 - counts(&known.plan, &question, N).below(2) as f64 / N as f64;
    agrees(found, exact, wrong);
}

#[test]
fn legs_at_the_same_time_are_both_longer_than_the_past() {
    let round =
        format!("legs = \"simultaneous\"\ntransit = {{ exponential = {{ mean = \"3d\" }} }}\n{HANDOVER}");
    let scenario = with(&round).replace("median = \"5h\", sigma = 0.3", "median = \"5d\", sigma = 0.4");
    let known = nobody_by(&scenario, &[], "9");
    let (transit, captives, prisoners) = (exponential(3.0), lognormal(6.0, 0.5), lognormal(5.0, 0.4));
    let course = |u: Uniforms| {
        let first = draw(&transit, u);
        (first + draw(&captives, u), first + draw(&prisoners, u))
    };
    let exact = among(|u| {
        let (captives, prisoners) = course(u);
        (captives > 8.0 && prisoners > 8.0).then_some(captives <= 11.0)
    });
    let (wrong, _) = over_by(8.0, 11.0, |u| course(u).0);
    agrees(come_by(&known, 0, 12), exact, wrong);
}

#[test]
fn a_leg_at_the_same_time_began_before_the_other_came() {
    // Captives came five days after they were due; their prisoners, whose leg began with theirs, have not three days later.
    let scenario = with(&format!("legs = \"simultaneous\"\n{HANDOVER}"))
        .replace("median = \"5h\", sigma = 0.3", "median = \"8d\", sigma = 0.4");
    let rows = ["release,2025-01-07T00:00,,,,1,captives,,,captives,,3,,yes"];
    let known = nobody_by(&scenario, &rows, "9");
    let law = lognormal(8.0, 0.4);
    let given = |age: f64| (law.cdf(age + 3.0) - law.cdf(age)) / law.sf(age);
    agrees(come_by(&known, 1, 12), (given(8.0), f64::from(u32::MAX)), given(3.0));
    // With a step before: began some time before the captives came.
    let known = nobody_by(
        &scenario.replace("handover = {", "transit = { exponential = { mean = \"3d\" } }\nhandover = {"),
        &rows,
        "9",
    );
    let (transit, captives) = (exponential(3.0), lognormal(6.0, 0.5));
    let exact = among(|u| {
        let first = draw(&transit, u);
        let (came, others) = (first + draw(&captives, u), first + draw(&law, u));
        ((came - 5.0).abs() < 0.15 && others > 8.0).then_some(others <= 11.0)
    });
    agrees(come_by(&known, 1, 12), exact, given(3.0));
    // Prisoners came first: the captives' transfer had begun, too.
    let rows = ["release,2025-01-07T00:00,,,,1,prisoners,,,prisoners,,30,,yes"];
    let scenario = scenario
        .replace("median = \"8d\", sigma = 0.4", "median = \"3d\", sigma = 0.5")
        .replace("handover = {", "transit = { exponential = { mean = \"3d\" } }\nhandover = {");
    let known = nobody_by(&scenario, &rows, "9");
    let prisoners = lognormal(3.0, 0.5);
    let exact = among(|u| {
        let first = draw(&transit, u);
        let (came, others) = (first + draw(&captives, u), first + draw(&prisoners, u));
        ((others - 5.0).abs() < 0.15 && came > 8.0).then_some(came <= 10.0)
    });
    let anew = among(|u| Some(draw(&transit, u) + draw(&captives, u) <= 5.0)).0;
    agrees(come_by(&known, 0, 11), exact, anew);
}

#[test]
fn sites_on_record_are_not_done_again() {
    // Three sites, each of which takes two days; one person came at each of two of them.
    let handover = "handover = { sites = 3, takes = { lognormal = { median = \"2d\", sigma = 0.4 } } }";
    let rows = [
        "release,2025-01-04T00:00,,,,1,captives,,,captives,,1,,no",
        "release,2025-01-06T00:00,,,,1,captives,,,captives,,1,,no",
    ];
    let known = nobody_by(
        &with(handover)
            .replace("captives = 3 } }\n2", "captives = 5 } }\n2")
            .replace("people = 6 }", "people = 8 }"),
        &rows,
        "7",
    );
    let law = lognormal(2.0, 0.4);
    let given = (law.cdf(3.0) - law.cdf(2.0)) / law.sf(2.0);
    // The last site has all who are left.
    agrees(come_by(&known, 0, 8), (given, f64::from(u32::MAX)), given * law.cdf(1.0));
    // Of one, two or three sites alike, after one of them there are two or three.
    let some =
        handover.replace("sites = 3", "sites = { table = { values = [1, 2, 3], weights = [1, 1, 1] } }");
    let known = nobody_by(&with(&some), &rows[..1], "5");
    let (one, two) = (
        given,
        among(|u| {
            let first = law.quantile_after(2.0, Prob::from_lower(u()));
            Some(first + draw(&law, u) <= 3.0)
        })
        .0,
    );
    agrees(come_by(&known, 0, 6), ((one + two) / 2.0, f64::from(u32::MAX)), one);
}

#[test]
fn a_past_that_cannot_be_ends_at_once() {
    // Two days of steps for sure, and nobody has come after eight.
    let known = nobody_by(&with("transit = \"1d\"\nhandover = { takes = \"1d\" }"), &[], "9");
    assert!(come_by(&known, 0, 10) > 0.999);
}

#[test]
fn who_still_waits_says_when_the_others_came() {
    // All captives came at some time of four days; their prisoners, who take about five days, have not by the end of day 9.
    let scenario = SMALL.replace("median = \"5h\", sigma = 0.3", "median = \"5d\", sigma = 0.25");
    let rows = ["release,,2025-01-02T00:00,2025-01-06T00:00,,1,captives,,,captives,,3,,yes"];
    let known = nobody_by(&scenario, &rows, "9");
    let law = lognormal(5.0, 0.25);
    let exact = among(|u| {
        let came = 1.0 + 4.0 * u();
        let prisoners = came + draw(&law, u);
        (prisoners > 9.0).then_some(prisoners <= 10.0)
    });
    let (wrong, _) = among(|u| {
        let came = 1.0 + 4.0 * u();
        Some(came + law.quantile_after(9.0 - came, Prob::from_lower(u())) <= 10.0)
    });
    agrees(come_by(&known, 1, 10), exact, wrong);
}
