//! What a known past leaves of promises: people who came in another round, holds that stand, milestones nobody has met yet.

use handover::forecast::backtest::{Cases, Scored, coverage, score};
use handover::forecast::cases::{Case, Said};
use handover::forecast::question::Asker;
use handover::forecast::targets::{Target, targets};
use handover::forecast::{Ask, Question};
use handover::model::plan::Plan;
use handover::scenario::load::Loaded;

use crate::forecasting::{asked, knowing};

fn mean(plan: &Plan, name: &str, n: u64) -> f64 {
    let all = Asker::new(plan).all();
    let question = all.iter().find(|question| question.name == name);
    let question = question.unwrap_or_else(|| panic!("no {name}")).clone();
    asked(plan, &[question], 5, n).remove(0).answers.mean().unwrap()
}

fn legs(plan: &Plan) -> Vec<String> {
    let legs = Asker::new(plan).all().into_iter().filter(|q| matches!(q.ask, Ask::LegDay { .. }));
    legs.map(|question| question.name).collect()
}

// ---- people who came in another round ----

/// Three women on day 1, three soldiers on day 8, two prisoners for each of them, of a cohort for the women and one for the soldiers.
const ORDER: &str = r#"
format = 1
name = "order"
start = "2024-06-01T06:00[UTC]"
term = "20d"
horizon = "40d"
[party]
A = { side = "captives" }
B = { side = "prisoners" }
[cohort]
women = { held_by = "A", people = 3 }
soldiers = { held_by = "A", people = 3 }
p = { held_by = "B", people = 6 }
q = { held_by = "B", people = 6 }
[key]
women = { per_person = { p = 2 } }
soldiers = { per_person = { q = 2 } }
[tranche]
1 = { day = 1, at = "10:00", release = { women = 3 } }
2 = { day = 8, at = "10:00", release = { soldiers = 3 } }
[round]
handover = { takes = "5h" }
reciprocal = { takes = "3h" }
"#;

const RELEASES: &str = "kind,when,round,side,name,count,confidence,source
start,2024-06-01T06:00,,,,,high,s
";

fn ordered(rows: &str, day: &str) -> Loaded {
    let text = format!("{RELEASES}{rows}known_to,2024-06-30,,,,,,\n");
    knowing(ORDER, &text, day).0
}

#[test]
fn people_who_change_places_between_rounds_all_come_back() {
    // The soldiers came first; that day they were as many as the women, who come on the soldiers' day with the prisoners for women.
    let known = ordered(
        "release,2024-06-01T15:00,1,captives,soldiers,3,high,s\nrelease,2024-06-01T18:00,1,prisoners,q,6,high,s\n",
        "3",
    );
    let plan = &known.plan;
    assert_eq!(legs(plan), ["captives.2.day", "prisoners.2.day"]);
    for (day, captives, prisoners) in [(7, 3.0, 6.0), (8, 6.0, 12.0), (20, 6.0, 12.0)] {
        assert_eq!(mean(plan, &format!("captives.released_by_day_{day}"), 20), captives);
        assert_eq!(mean(plan, &format!("prisoners.released_by_day_{day}"), 20), prisoners);
    }
    // Six were promised; the wrong model has three back and calls that all.
    assert_eq!(Asker::new(plan).paper.captives_promised(), 6);
    assert_eq!(mean(plan, "promised_captives_back_by_day_20", 20), 1.0);
    let early = Question {
        name: "early".into(),
        ask: Ask::PromisedBack { people: 6, by: 7 * 86_400 - 21_600 },
        by_day: 7,
    };
    assert_eq!(asked(plan, &[early], 5, 20).remove(0).answers.mean(), Some(0.0));
}

#[test]
fn who_did_not_come_goes_with_the_next_round_or_stays_owed() {
    let two = "release,2024-06-01T15:00,1,captives,women,2,high,s\nrelease,2024-06-01T18:00,1,prisoners,p,4,high,s\n";
    let known = ordered(two, "3");
    assert_eq!(mean(&known.plan, "captives.released_by_day_8", 20), 6.0);
    assert_eq!(mean(&known.plan, "prisoners.released_by_day_8", 20), 12.0);

    // Nobody is left to go with: the sixth stays promised, and never comes.
    let last = "release,2024-06-08T15:00,2,captives,soldiers,3,high,s\nrelease,2024-06-08T18:00,2,prisoners,q,6,high,s\n";
    let known = ordered(&format!("{two}{last}"), "9");
    assert_eq!(Asker::new(&known.plan).paper.captives_promised(), 6);
    assert_eq!(mean(&known.plan, "promised_captives_back_by_day_20", 20), 0.0);

    // A round that goes on has not left anybody behind.
    let text = RELEASES.replace(",count", ",count,complete").replace(",,,,,high", ",,,,,,high");
    let part = "release,2024-06-01T15:00,1,captives,women,2,no,high,s\n";
    let text = format!("{text}{part}known_to,2024-06-30,,,,,,,\n");
    let known = knowing(ORDER, &text, "3").0;
    assert_eq!(mean(&known.plan, "captives.released_by_day_7", 20), 3.0);
    assert_eq!(mean(&known.plan, "captives.released_by_day_8", 20), 6.0);
}

#[test]
fn who_came_early_is_not_promised_a_second_time() {
    // Three women of five are promised on day 1 and two on day 8: a fourth on day 1 leaves one, though nobody else is short.
    let scenario = ORDER
        .replace("women = { held_by = \"A\", people = 3 }", "women = { held_by = \"A\", people = 9 }")
        .replace("release = { soldiers = 3 }", "release = { women = 2, soldiers = 3 }")
        .replace("p = { held_by = \"B\", people = 6 }", "p = { held_by = \"B\", people = 18 }");
    let rows = "release,2024-06-01T15:00,1,captives,women,4,high,s\n";
    let text = format!("{RELEASES}{rows}known_to,2024-06-30,,,,,,\n");
    let known = knowing(&scenario, &text, "3").0;
    assert_eq!(
        mean(&known.plan, "captives.released_by_day_20", 20),
        8.0,
        "nine in the model that forgets it"
    );
    assert_eq!(Asker::new(&known.plan).paper.captives_promised(), 8);
}

#[test]
fn who_is_promised_nowhere_stands_for_one_who_did_not_come() {
    let scenario = ORDER.replace("p = { held_by", "elderly = { held_by = \"A\", people = 3 }\np = { held_by");
    for round in ["1", ""] {
        let women =
            if round.is_empty() { "release,2024-06-01T16:00,1,captives,women,1,high,s\n" } else { "" };
        let others = if round.is_empty() { 2 } else { 3 };
        let rows = format!("release,2024-06-01T15:00,{round},captives,elderly,{others},high,s\n{women}");
        let text = format!("{RELEASES}{rows}known_to,2024-06-30,,,,,,\n");
        let known = knowing(&scenario, &text, "3").0;
        assert_eq!(Asker::new(&known.plan).paper.captives_promised(), 6, "round `{round}`");
        assert_eq!(mean(&known.plan, "captives.released_by_day_20", 20), 6.0, "round `{round}`");
    }
}

// ---- holds and lags at the as-of day ----

const HELD: &str = r#"
format = 1
name = "held"
start = "2024-06-01T00:00[UTC]"
term = "60d"
horizon = "60d"
[party]
A = { side = "captives" }
B = { side = "prisoners" }
[cohort]
c = { held_by = "A", people = 4 }
p = { held_by = "B", people = 8 }
[tranche]
1 = { day = 40, release = { c = 4 }, reciprocal = { p = 8 } }
[round]
handover = { takes = "2h" }
reciprocal = { takes = "2h" }
[mediation]
takes = "3d"
settles = 1
attempts = 1
"#;

const DISPUTES: &str = "kind,when,until,round,side,name,party,held,count,confidence,source
start,2024-06-01T00:00,,,,,,,,high,s
";

fn held(rows: &str, day: &str) -> (Loaded, Vec<Target>) {
    let text = format!("{DISPUTES}{rows}");
    let (known, record) = knowing(HELD, &text, day);
    let list = targets(&known.plan, &known.calendar, &record);
    (known, list)
}

fn seen(list: &[Target], name: &str) -> i64 {
    list.iter().find(|target| target.question.name == name).unwrap_or_else(|| panic!("no {name}")).observed
}

#[test]
fn a_hold_that_stands_at_the_as_of_day_is_one_by_then() {
    let name = "releases_of_prisoners_held_by_day_60";
    let rest = "release,2024-07-10T02:00,,1,captives,c,,,4,high,s\nrelease,2024-07-20T03:00,,1,prisoners,p,,,8,high,s\nknown_to,2024-07-30,,,,,,,,,\n";
    for (until, day, is_held) in [
        ("2024-07-20T00:00", "25", true),
        ("", "25", true),
        ("2024-06-20T00:00", "25", false),
        ("2024-06-20T00:00", "15", true),
        ("2024-06-20T00:00", "3", false),
    ] {
        let row = format!("dispute,2024-06-10T00:00,{until},,,x,B,prisoners,,high,s\n");
        let (known, list) = held(&format!("{row}{rest}"), day);
        let seen_held = until != "2024-06-20T00:00" || day != "25";
        assert_eq!(seen(&list, name), i64::from(seen_held), "{until} from {day}");
        assert_eq!(mean(&known.plan, name, 10), f64::from(u8::from(is_held)), "{until} from {day}");
        // Captives are held by nobody.
        assert_eq!(seen(&list, "releases_of_captives_held_by_day_60"), 0);
        assert_eq!(mean(&known.plan, "releases_of_captives_held_by_day_60", 10), 0.0);
    }
}

#[test]
fn a_lag_of_a_day_is_one_as_soon_as_the_day_is_over() {
    // The captives come on day 40 at 02:00, the prisoners on day 50: by the end of day 41 they lag, by the end of day 40 not yet.
    let rest = "release,2024-07-10T02:00,,1,captives,c,,,4,high,s\nrelease,2024-07-20T03:00,,1,prisoners,p,,,8,high,s\nknown_to,2024-07-30,,,,,,,,,\n";
    for (day, lags) in [(40, 0), (41, 1)] {
        let scenario = HELD.replace("term = \"60d\"", &format!("term = \"{day}d\""));
        let (known, record) = knowing(&scenario, &format!("{DISPUTES}{rest}"), "30");
        let list = targets(&known.plan, &known.calendar, &record);
        assert_eq!(seen(&list, &format!("prisoners_lag_over_24h_by_day_{day}")), lags, "by day {day}");
    }
    // From day 45 it is on record; the forecast says so, and to the day.
    let (known, list) = held(rest, "45");
    assert_eq!(seen(&list, "prisoners_lag_over_24h_by_day_60"), 1);
    assert_eq!(mean(&known.plan, "prisoners_lag_over_24h_by_day_60", 10), 1.0);
    for (day, lags) in [(40, 0.0), (41, 1.0)] {
        let ask = Ask::LagOver { tranches: vec![0], lag: 86_400, by: day * 86_400 };
        let question = Question { name: "lag".into(), ask, by_day: day };
        assert_eq!(asked(&known.plan, &[question], 5, 3).remove(0).answers.mean(), Some(lags));
    }
}

// ---- milestones ----

const AWAITED: &str = r#"
format = 1
name = "awaited"
start = "2024-06-01T00:00[UTC]"
term = "60d"
horizon = "90d"
[party]
A = { side = "captives" }
B = { side = "prisoners" }
[cohort]
c = { held_by = "A", people = 4 }
[tranche]
1 = { day = 59, release = { c = 4 } }
[round]
handover = { takes = "2h" }
[milestone.n]
owner = "B"
day = 5
takes = { lognormal = { median = "10d", sigma = 0.5 } }
never = 0.3
[milestone.fixed]
owner = "B"
day = 5
late = { probability = 0.3, by = "30d" }
takes = "36h"
[milestone.late]
owner = "B"
day = 5
late = { probability = 0.4, by = { exponential = { mean = "10d" } } }
takes = { exponential = { mean = "10d" } }
never = 0.2
[milestone.after]
owner = "B"
requires = { milestones = ["n"] }
takes = { lognormal = { median = "10d", sigma = 0.5 } }
never = 0.3
"#;

fn silent(day: &str) -> Loaded {
    let text = "kind,when,name,confidence,source\nstart,2024-06-01T00:00,,high,s\nknown_to,2024-08-15,,,\n";
    knowing(AWAITED, text, day).0
}

fn met(plan: &Plan, milestone: usize, day: i64, n: u64) -> f64 {
    let ask = Ask::Milestone { milestone, by: day * 86_400 };
    let question = Question { name: "met".into(), ask, by_day: day };
    asked(plan, &[question], 5, n).remove(0).answers.mean().unwrap()
}

fn place(plan: &Plan, name: &str) -> usize {
    plan.milestones.iter().position(|m| m.name == name).unwrap()
}

/// The chance that a lognormal act of median 10 days takes longer than so many.
fn outlasts(days: f64) -> f64 {
    0.5 * libm::erfc(libm::log(days / 10.0) / 0.5 / 2.0_f64.sqrt())
}

/// The same of the act that is late with a chance of 0.4 by another exponential of mean 10 days.
fn late_outlasts(days: f64) -> f64 {
    let x = days / 10.0;
    libm::exp(-x) * (1.0 + 0.4 * x)
}

fn posterior(never: f64, (to_now, to_then): (f64, f64)) -> f64 {
    (1.0 - never) * (to_now - to_then) / (never + (1.0 - never) * to_now)
}

#[test]
fn silence_says_that_a_milestone_is_late_or_never_comes() {
    // Day 5 begins 4 days after the start: at the end of day 25 the act has been awaited for 21 days, by day 30 for 26.
    let n = 20_000;
    let plan = silent("25").plan;
    for (name, day, exact, wrong) in [
        ("n", 60, posterior(0.3, (outlasts(21.0), outlasts(56.0))), 0.7 * (1.0 - outlasts(35.0))),
        ("n", 30, posterior(0.3, (outlasts(21.0), outlasts(26.0))), 0.7 * (1.0 - outlasts(5.0))),
        (
            "late",
            60,
            posterior(0.2, (late_outlasts(21.0), late_outlasts(56.0))),
            0.8 * (1.0 - late_outlasts(35.0)),
        ),
        (
            "late",
            30,
            posterior(0.2, (late_outlasts(21.0), late_outlasts(26.0))),
            0.8 * (1.0 - late_outlasts(5.0)),
        ),
    ] {
        let p = met(&plan, place(&plan, name), day, n);
        let se = (exact * (1.0 - exact) / n as f64).sqrt();
        assert!((p - exact).abs() < 4.0 * se, "{name} by {day}: {p} and {exact}");
        assert!((wrong - exact).abs() > 6.0 * se, "{name} by {day}: the wrong model says {wrong}");
    }
    assert!((posterior(0.3, (outlasts(21.0), outlasts(56.0))) - 0.138).abs() < 0.001);
    // An act of 36 hours that has not come in 21 days is the late one: it comes 31 and a half days after day 5 began, on day 36.
    let fixed = place(&plan, "fixed");
    assert_eq!((met(&plan, fixed, 35, 200), met(&plan, fixed, 36, 200)), (0.0, 1.0));
}

#[test]
fn silence_says_nothing_of_what_could_not_begin() {
    // Before day 5, and while what it requires has not come, an act is as likely as ever.
    let n = 20_000;
    let plan = silent("3").plan;
    let exact = 0.7 * (1.0 - outlasts(26.0));
    let p = met(&plan, place(&plan, "n"), 30, n);
    assert!((p - exact).abs() < 4.0 * (exact * (1.0 - exact) / n as f64).sqrt(), "{p} and {exact}");

    // Met on day 20, it lets the next begin: 6 days of silence at the end of day 26, not 22.
    let text = "kind,when,name,confidence,source\nstart,2024-06-01T00:00,,high,s\nmilestone,2024-06-21T00:00,n,high,s\nknown_to,2024-08-15,,,\n";
    let plan = knowing(AWAITED, text, "26").0.plan;
    let exact = posterior(0.3, (outlasts(6.0), outlasts(20.0)));
    let p = met(&plan, place(&plan, "after"), 40, n);
    assert!((p - exact).abs() < 4.0 * (exact * (1.0 - exact) / n as f64).sqrt(), "{p} and {exact}");
}

// ---- what is decided, and baselines ----

#[test]
fn what_is_decided_at_the_as_of_day_counts_in_no_coverage() {
    // Both legs came on day 1; after that only the second round's people are open, and of them the record tells day 8 and the term.
    let rows = "release,2024-06-01T15:00,1,captives,women,3,high,s\nrelease,2024-06-01T18:00,1,prisoners,p,6,high,s\nrelease,2024-06-08T15:00,2,captives,soldiers,3,high,s\nrelease,2024-06-09T18:00,2,prisoners,q,6,high,s\n";
    let text = format!("{RELEASES}{rows}known_to,2024-06-30,,,,,,\n");
    let scored_from = |day: &str| {
        let (known, record) = knowing(ORDER, &text, day);
        let list = targets(&known.plan, &known.calendar, &record);
        let questions: Vec<Question> = list.iter().map(|target| target.question.clone()).collect();
        let answered = asked(&known.plan, &questions, 5, 50);
        let cases = Cases {
            so_far: Case::of(&record, known.calendar.date_of_day(day.parse().unwrap()), Some(&known.plan)),
            others: None,
        };
        score(&known.plan, &list, &answered, &cases, (5, 1))
    };
    let decided = |scored: &[Scored]| -> Vec<String> {
        scored.iter().filter(|s| s.is_decided).map(|s| s.name.clone()).collect()
    };
    assert_eq!(decided(&scored_from("3")), [""; 0]);
    let from_eight = scored_from("8");
    assert_eq!(decided(&from_eight), ["captives.released_by_day_20", "promised_captives_back_by_day_20"]);
    // Open: the prisoners of day 9, their day, and the total by the term. The wrong model counts the captives' six as a fourth.
    assert_eq!(coverage(&from_eight).map(|(_, _, n)| n), [3; 4]);
}

#[test]
fn persistence_foretells_what_has_not_happened_by_jeffreyss_predictive() {
    // Nothing held in 10 days: in the next 10 nothing comes with (10 / 20)^½, not with exp(−½).
    let text = format!("{RELEASES}known_to,2024-06-30,,,,,,\n");
    let (known, record) = knowing(ORDER, &text, "10");
    let case = Case::of(&record, known.calendar.date_of_day(10), Some(&known.plan));
    let asker = Asker::new(&known.plan);
    let name = "releases_of_captives_held_by_day_20";
    let question = asker.events(20, 6, vec![]).into_iter().find(|q| q.name == name).unwrap();
    let Some(Said::Probability(p)) = case.says(&asker.paper, &question) else { panic!("nothing is said") };
    assert!((p - (1.0 - 0.5_f64.sqrt())).abs() < 1e-12, "{p}");
    assert!((p - (1.0 - libm::exp(-0.5))).abs() > 0.05, "the wrong model's 0.393 is too sure of it");
}
