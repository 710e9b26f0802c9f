//! Forecasts: a snapshot gone on with, exact conditionals, uncertain pasts, and the engine scored on its own histories.

use std::fmt::Write;

use handover::forecast::backtest::{Cases, Scored, score};
use handover::forecast::cases::Case;
use handover::forecast::course::{Course, answer};
use handover::forecast::gather::{Asked, merged};
use handover::forecast::question::Asker;
use handover::forecast::targets::{Target, targets};
use handover::forecast::{Answered, Ask, Question};
use handover::kernel::Time;
use handover::kernel::stream::Domain;
use handover::model::happening::{Happening, Recorder, Unobserved};
use handover::model::plan::Plan;
use handover::model::world::World;
use handover::observed::{History, fit, read::read};
use handover::scenario::load::{Loaded, Script};
use handover::scenario::source::{Sources, Span};

use crate::support::{ends_of_days, loaded, shipped};

/// A scenario that knows a history's past to the end of a day.
pub fn knowing(scenario: &str, history: &str, day: &str) -> (Loaded, History) {
    let mut sources = Sources::from_text("scenario.toml", scenario);
    let script = Script::open(&mut sources, &[]).unwrap();
    let number = sources.add("history.csv", history).unwrap();
    let read = read(&sources, number).unwrap_or_else(|f| panic!("{}", f.render(&sources, false)));
    let loaded = script.load_with(None, &[], &|file, faults| {
        let day = fit::as_of(day, Span::IMPLIED, &file.start, faults)?;
        fit::past(&read, day, file, faults)
    });
    (loaded.unwrap_or_else(|f| panic!("{}", f.render(&sources, false))), read)
}

pub fn asked(plan: &Plan, questions: &[Question], seed: u64, n: u64) -> Vec<Answered> {
    let mut asked = Asked::new(plan, seed, questions);
    asked.run(0..n);
    merged(questions, [asked.into_answers()])
}

fn square(x: f64) -> f64 {
    x * x
}

/// Mean and standard error of a question over replications.
fn mean(plan: &Plan, question: &Question, n: u64) -> (f64, f64) {
    let counts = asked(plan, std::slice::from_ref(question), 1, n).remove(0).answers;
    let mean = counts.mean().unwrap();
    let spread: f64 = counts.cells().map(|(v, k)| k as f64 * square(v as f64 - mean)).sum();
    (mean, (spread / n as f64 / n as f64).sqrt())
}

fn question<'q>(list: &'q [Question], name: &str) -> &'q Question {
    list.iter().find(|q| q.name == name).unwrap_or_else(|| {
        let names: Vec<&str> = list.iter().map(|q| q.name.as_str()).collect();
        panic!("there is no {name} among {names:?}")
    })
}

// ---- a snapshot ----

#[test]
fn a_snapshot_gone_on_with_is_the_uninterrupted_run() {
    for name in [
        "analytic-truce.toml",
        "exchange-2011-two-stage.toml",
        "first-exchange.toml",
        "gaza-2023-november.toml",
        "gaza-2025-as-of-16.toml",
        "gaza-2025-as-of-day-14.toml",
        "gaza-2025-phase-one.toml",
        "reference-r0.toml",
        "yemen-2020.toml",
    ] {
        let plan = loaded(&shipped(name), None, &[]).plan;
        for replication in [0, 3, 11] {
            let mut whole = World::new(&plan, 1, Domain::Main, Recorder::default());
            whole.run(replication);
            let mut quiet = World::new(&plan, 1, Domain::Main, Unobserved);
            quiet.run(replication);
            let days =
                |world: &World<'_, Unobserved>| ends_of_days(&plan, world.changes(), world.deliveries());
            // What nobody looks at is drawn ahead and added up; what somebody looks at happens.
            assert_eq!(days(&quiet), ends_of_days(&plan, whole.changes(), whole.deliveries()), "{name}");
            for day in [1, 4, 16, 40] {
                let moment = plan.midnights[day.min(plan.midnights.len() - 1)];
                let snapshot = snapshot(&plan, Recorder::default(), replication, moment);
                assert_eq!(outcomes(&snapshot), outcomes(&whole), "{name}, {replication}, day {day}");
                assert_eq!(snapshot.changes(), whole.changes());
                assert_eq!(format!("{:?}", snapshot.observer().seen), format!("{:?}", whole.observer().seen));
                let snapshot = self::snapshot(&plan, Unobserved, replication, moment);
                assert_eq!(outcomes(&snapshot), outcomes(&quiet));
                assert_eq!(snapshot.changes(), quiet.changes());
                assert_eq!(days(&snapshot), days(&quiet));
            }
        }
    }
}

#[test]
fn nothing_happens_after_the_moment_gone_on_to() {
    let plan = loaded(&shipped("gaza-2025-phase-one.toml"), None, &[]).plan;
    let mut world = World::new(&plan, 1, Domain::Main, Recorder::default());
    for replication in 0..60 {
        world.observer_mut().seen.clear();
        world.start_run(replication);
        // Something happens at every midnight, so that moments have to lie between them.
        for moment in (0..plan.horizon).step_by(600) {
            world.advance_to(moment);
            let last = world.observer().seen.last();
            assert!(last.is_none_or(|(at, _)| *at <= moment), "{replication}: {last:?} after {moment}");
        }
    }
}

/// A replication run to a moment, cloned, the first one spoilt by another replication, and the clone gone on with.
fn snapshot<O: handover::model::happening::Observer + Clone>(
    plan: &Plan,
    observer: O,
    replication: u64,
    moment: Time,
) -> World<'_, O> {
    let mut world = World::new(plan, 1, Domain::Main, observer);
    world.start_run(replication);
    world.advance_to(moment);
    let mut snapshot = world.clone();
    world.run(replication + 1);
    snapshot.finish_run();
    snapshot
}

fn outcomes<O: handover::model::happening::Observer>(world: &World<'_, O>) -> Vec<i64> {
    let mut values = Vec::new();
    world.outcomes(&mut values);
    values
}

// ---- histories of the engine's own ----

const COLUMNS: &str = "kind,when,until,round,side,party,against,name,held,count,target,confidence,source\n";

/// One replication as a history, by the second.
fn history_of(loaded: &Loaded, seed: u64, replication: u64) -> String {
    let plan = &loaded.plan;
    let mut world = World::new(plan, seed, Domain::Main, Recorder::default());
    world.run(replication);
    let at = |time: Time| loaded.calendar.at(time).unwrap().datetime().to_string();
    let mut rows: Vec<(Time, String)> = Vec::new();
    let mut violations = vec![Vec::new(); plan.violations.len()];
    let cohort = |side: u8| plan.cohorts.iter().position(|c| c.side == usize::from(side)).unwrap();
    for (time, what) in &world.observer().seen {
        let (time, when) = (*time, at(*time));
        match what {
            Happening::TruceStarted => rows.push((time, format!("start,{when},,,,,,,,,"))),
            Happening::Released { tranche, side, people, .. } => {
                let round = &plan.tranches[*tranche as usize].name;
                let (name, side) =
                    (&plan.cohorts[cohort(*side)].name, ["captives", "prisoners"][usize::from(*side)]);
                rows.push((time, format!("release,{when},,{round},{side},,,{name},,{people},")));
            }
            Happening::Delivered { flow, amount } => {
                let name = &plan.flows[*flow as usize].name;
                rows.push((time, format!("flow,{},,,,,,{name},,{amount},", &when[..10])));
            }
            Happening::Violation { process, .. } => violations[*process as usize].push(time),
            Happening::Collapsed => rows.push((time, format!("collapse,{when},,,,,,,,,"))),
            _ => {}
        }
    }
    let last = *plan.midnights.iter().rfind(|m| **m <= plan.horizon).unwrap();
    let end =
        rows.iter().filter(|(_, row)| row.starts_with("collapse")).map(|(t, _)| *t).next().unwrap_or(last);
    for (process, times) in violations.iter().enumerate() {
        for midnight in plan.midnights.iter().filter(|m| **m > 0 && **m <= end).step_by(4) {
            let count = times.iter().filter(|t| *t <= midnight).count();
            let name = &plan.violations[process].name;
            rows.push((
                midnight - 1,
                format!("violations,{},,,,,{name},,,{count},", &at(midnight - 1)[..10]),
            ));
        }
    }
    rows.sort_by_key(|(time, _)| *time);
    let mut text = COLUMNS.to_string();
    for (_, row) in rows {
        writeln!(text, "{row},high,simulated").unwrap();
    }
    writeln!(text, "known_to,{},,,,,,,,,,,", &at(last - 1)[..10]).unwrap();
    text
}

// ---- exact conditionals ----

/// The truce of the closed forms, known to have carried out so many rounds by the end of a day.
fn rounds_done(rounds: u64, day: i64) -> Loaded {
    let scenario = shipped("analytic-truce.toml");
    let plan = loaded(&scenario, None, &[]);
    let date = |day: i64| plan.calendar.date_of_day(day).unwrap();
    let mut text = format!("{COLUMNS}start,{}T00:00,,,,,,,,,,high,test\n", date(1));
    let names: Vec<String> = plan.plan.tranches.iter().map(|t| t.name.clone()).collect();
    for name in &names[..rounds as usize] {
        writeln!(text, "release,{}T01:00:0{name},,{name},captives,,,,,1,,high,test", date(day)).unwrap();
    }
    writeln!(text, "known_to,{},,,,,,,,,,,", date(42)).unwrap();
    knowing(&scenario, &text, &day.to_string()).0
}

#[test]
fn the_chance_of_the_rest_is_the_exact_conditional() {
    // Eight rounds of mean 4 days under a hazard of 0.005 a day: with j done at day s the rest is (m/(m+h))^(8-j) GammaCDF(42-s; 8-j, m+h).
    for (done, day, exact, wrong) in
        [(3, 14, 0.7602715604, 0.7144351517), (5, 35, 0.2500599221, 0.7144351517)]
    {
        let known = rounds_done(done, day);
        let all = Asker::new(&known.plan).all();
        let (p, se) = mean(&known.plan, question(&all, "captives.released_by_day_42"), 1);
        assert!(p >= done as f64 && se >= 0.0);
        let question = Question {
            name: "all".into(),
            ask: Ask::PromisedBack { people: 8, by: 42 * 86_400 },
            by_day: 42,
        };
        let (p, se) = mean(&known.plan, &question, 40_000);
        assert!((p - exact).abs() < 4.0 * se, "{done} by day {day}: {p} and {exact}");
        assert!((p - wrong).abs() > 8.0 * se);
    }
}

#[test]
fn forecasts_from_simulated_pasts_average_to_the_forecast_from_none() {
    // The tower property: the mean of day-14 forecasts is 0.7144351517.
    let scenario = shipped("analytic-truce.toml");
    let free = loaded(&scenario, None, &[]);
    let all = |plan: &Plan| Question {
        name: "all".into(),
        ask: Ask::PromisedBack { people: 8, by: plan.horizon },
        by_day: 42,
    };
    let (pasts, each) = (400, 100);
    let mut shares = Vec::new();
    for past in 0..pasts {
        let mut world = World::new(&free.plan, 9, Domain::Main, Recorder::default());
        world.run(past);
        let over = world.observer().seen.last().unwrap().0;
        if over <= 14 * 86_400 {
            shares.push(outcomes(&world)[3] as f64); // collapsed, or all done, by then
            continue;
        }
        let (known, _) = knowing(&scenario, &history_of(&free, 9, past), "14");
        shares.push(mean(&known.plan, &all(&known.plan), each).0);
    }
    let n = shares.len() as f64;
    let mean = shares.iter().sum::<f64>() / n;
    let sd = (shares.iter().map(|s| square(s - mean)).sum::<f64>() / (n - 1.0)).sqrt();
    assert!((mean - 0.7144351517).abs() < 4.0 * sd / n.sqrt(), "{mean} after {sd}");
    assert!(sd > 0.1, "forecasts differ by what was known");
}

// ---- calibration ----

/// Rounds whose waits forget their age, prisoners whose release does not, an uneven flow, violations, a hazard: what is known at
/// the end of a day is all that the future depends on.
const OWN: &str = r#"
format = 1
name = "own histories"
start = "2025-01-01T00:00[UTC]"
term = "30d"
horizon = "30d"
[party]
holders = { side = "captives" }
authority = { side = "prisoners" }
[cohort]
captives = { held_by = "holders", people = 15 }
prisoners = { held_by = "authority", people = 150 }
[key]
captives = { per_person = { prisoners = 10 } }
[tranche]
1 = { day = 2, release = { captives = 3 } }
2 = { day = 8, release = { captives = 3 } }
3 = { day = 14, release = { captives = 3 } }
4 = { day = 20, release = { captives = 3 } }
5 = { day = 26, release = { captives = 3 } }
[round]
handover = { takes = { exponential = { mean = "1.5d" } } }
reciprocal = { takes = { lognormal = { median = "20h", sigma = 0.9 } } }
[flow.aid]
owner = "authority"
target = 100
level = { normal = { mean = 90, sd = 25, clip = { min = 0, max = 300 } } }
correlation = 0.6
[violation.authority]
rate = "2/day"
[ending]
collapse = "0.01/day"
"#;

/// Targets of `histories` histories of the engine's own, scored from day 10 by forecasts of `each` replications.
fn scored_on_own(histories: u64, each: u64) -> Vec<(Vec<Scored>, Vec<Scored>)> {
    let free = loaded(OWN, None, &[]);
    let mut all = Vec::new();
    for replication in 0..histories {
        let text = history_of(&free, 77, replication);
        if text.lines().any(|row| row.starts_with("collapse") && row[9..19] <= *"2025-01-10") {
            continue;
        }
        let (known, history) = knowing(OWN, &text, "10");
        let targets: Vec<Target> = targets(&known.plan, &known.calendar, &history);
        let questions: Vec<Question> = targets.iter().map(|t| t.question.clone()).collect();
        let cases = Cases {
            so_far: Case::of(&history, known.calendar.date_of_day(10), Some(&known.plan)),
            others: None,
        };
        let of_seed = |seed| {
            let answered = asked(&known.plan, &questions, seed, each);
            score(&known.plan, &targets, &answered, &cases, (1_000 + replication, 10))
        };
        all.push((of_seed(replication + 1), of_seed(replication + 1_000_001)));
    }
    all
}

#[test]
fn the_engine_is_calibrated_on_its_own_histories() {
    let all = scored_on_own(260, 250);
    assert!(all.len() > 200);
    // Names that stand in (nearly) every history; those of days with releases differ from one to the next.
    for name in [
        "captives.3.day",
        "captives.5.day",
        "prisoners.2.day",
        "prisoners.4.day",
        "captives.released_by_day_30",
        "prisoners.released_by_day_30",
        "collapsed_by_day_30",
        "prisoners_lag_over_24h_by_day_30",
        "flow.aid.day_11",
        "violations.authority.by_day_13",
    ] {
        let found = |of: &dyn Fn(&Scored) -> f64| -> Vec<f64> {
            let named = all.iter().filter_map(|(one, _)| one.iter().find(|s| s.name == name));
            named.map(of).collect()
        };
        let mut pits = found(&|s| s.pit);
        let n = pits.len() as f64;
        assert!(n > 60.0, "{name} in {n} histories");
        pits.sort_by(f64::total_cmp);
        let distance =
            pits.iter().enumerate().map(|(k, p)| ((k as f64 + 0.5) / n - p).abs()).fold(0.0, f64::max);
        assert!(distance < 1.95 / n.sqrt(), "{name}: {distance} in {n}");
        let inside = pits.iter().filter(|p| (0.05..=0.95).contains(*p)).count() as f64 / n;
        assert!((inside - 0.9).abs() < 4.0 * (0.09 / n).sqrt(), "{name}: {inside} of {n}");
        // Against itself under another seed: no skill.
        let pairs = all.iter().filter_map(|(one, other)| {
            let of = |list: &[Scored]| list.iter().find(|s| s.name == name).map(|s| s.value);
            Some(of(one)? - of(other)?)
        });
        let gaps: Vec<f64> = pairs.collect();
        let mean = gaps.iter().sum::<f64>() / n;
        let sd = (gaps.iter().map(|g| square(g - mean)).sum::<f64>() / (n - 1.0)).sqrt();
        assert!(mean.abs() <= 4.0 * sd / n.sqrt() + 1e-12, "{name}: {mean}, sd {sd}");
    }
}

#[test]
fn a_forecast_that_forgets_the_past_is_not_calibrated() {
    // The same targets forecast from no history at all: the test above has the power to see it.
    let free = loaded(OWN, None, &[]);
    let mut pits = Vec::new();
    for replication in 0..150 {
        let text = history_of(&free, 77, replication);
        if text.contains("collapse") {
            continue;
        }
        let (known, history) = knowing(OWN, &text, "10");
        let all = targets(&known.plan, &known.calendar, &history);
        let Some(target) = all.iter().find(|t| t.question.name == "captives.2.day") else { continue };
        let answers = asked(&free.plan, std::slice::from_ref(&target.question), 5, 300).remove(0).answers;
        pits.push(handover::score::pit(&answers, target.observed, 0.5).unwrap());
    }
    let low = pits.iter().filter(|p| **p < 0.5).count() as f64 / pits.len() as f64;
    assert!(low < 0.2, "{low} of {}", pits.len());
}

// ---- an uncertain past ----

#[test]
fn each_replication_draws_the_moments_it_does_not_know() {
    let text = "kind,when,earliest,latest,round,side,party,name,held,until,count,confidence,source\n\
                start,2025-01-01T00:00,,,,,,,,,,high,x\n\
                release,,2025-01-03T06:00,2025-01-03T18:00,1,captives,,captives,,,3,low,x\n\
                release,2025-01-03,,,1,prisoners,,prisoners,,,30,low,x\n\
                release,2025-01-09T12:00,,,2,captives,,captives,,,3,high,x\n\
                known_to,2025-01-30,,,,,,,,,,,\n";
    let own = OWN.replace("median = \"20h\", sigma = 0.9", "median = \"3h\", sigma = 0.3");
    let (known, _) = knowing(&own, text, "10");
    let moments = |replication: u64| {
        let mut world = World::new(&known.plan, 4, Domain::Main, Recorder::default());
        world.run(replication);
        let done = |side: u8| {
            let of = |(at, what): &(Time, Happening)| match what {
                Happening::LegDone { tranche: 0, side: s } if *s == side => Some(*at),
                _ => None,
            };
            world.observer().seen.iter().find_map(of).unwrap()
        };
        (done(0), done(1))
    };
    let hour = 3_600;
    let day = 2 * 24 * hour;
    let (mut sum, mut near) = (0.0, 0_u32);
    for replication in 0..400 {
        let (captives, prisoners) = moments(replication);
        assert!((day + 6 * hour..=day + 18 * hour).contains(&captives));
        assert!((captives..=day + 24 * hour).contains(&prisoners), "prisoners never came first");
        sum += (captives - day) as f64 / hour as f64;
        near += u32::from((hour..=6 * hour).contains(&(prisoners - captives)));
    }
    // Exact: captives even from 6 to 18, prisoners even over what is left of the day, weighed by the law of the wait between them.
    let wait = handover::dist::Distribution::lognormal_median(3.0, 0.3).unwrap();
    let (mut all, mut hours) = (0.0, 0.0);
    for c in 0..240 {
        let captives = 6.0 + (f64::from(c) + 0.5) / 20.0;
        for p in 0..240 {
            let lag = (24.0 - captives) * (f64::from(p) + 0.5) / 240.0;
            let weight = wait.cdf(lag + 0.25) - wait.cdf(lag - 0.25);
            all += weight;
            hours += weight * captives;
        }
    }
    let (exact, found) = (hours / all, sum / 400.0);
    // One of sixteen is a little nearer to the even draw than the exact law is.
    assert!((found - exact).abs() < 4.0 * 3.46 / 20.0, "{found} and {exact}");
    assert!(exact > 12.9 && found > 12.4, "{found}: not the even draw, whose mean is 12");
    assert!(f64::from(near) > 0.9 * 400.0, "{near} waits of 400 are as long as the scenario holds likely");
    assert_eq!(moments(7), moments(7));
    // Another row moves no other moment.
    let more = text.replace("known_to", "note,2025-01-12,,,,,,,,,,low,x\nknown_to");
    let (other, _) = knowing(&own, &more, "10");
    assert_eq!(other.digest, known.digest);
}

#[test]
fn violations_nobody_counted_are_those_assumed() {
    let text = format!("{COLUMNS}start,2025-01-01T00:00,,,,,,,,,,high,x\nknown_to,2025-01-30,,,,,,,,,,,\n");
    let scenario = OWN
        .replace("rate = \"2/day\"", "rate = \"2/day\"\nexcites = { authority = 0.5 }\nmemory = \"3d\"")
        .replace("0.01/day", "0/day");
    let by = |plan: &Plan| Question {
        name: "v".into(),
        ask: Ask::Violations { process: 0, by: plan.midnights[20] },
        by_day: 20,
    };
    let free = loaded(&scenario, None, &[]).plan;
    let (known, _) = knowing(&scenario, &text, "10");
    let (assumed, se) = mean(&free, &by(&free), 3_000);
    let (drawn, other_se) = mean(&known.plan, &by(&known.plan), 3_000);
    assert!((assumed - drawn).abs() < 4.0 * se.hypot(other_se), "{assumed} and {drawn}");
}

#[test]
fn a_leg_begun_in_the_past_is_finished_and_nobody_moves_twice() {
    let text = "kind,when,round,side,name,count,complete,confidence,source\n\
                start,2025-01-01T00:00,,,,,,high,x\n\
                release,2025-01-02T10:00,1,captives,captives,1,no,high,x\n\
                release,2025-01-08T10:00,2,captives,captives,1,no,high,x\n\
                known_to,2025-01-30,,,,,,,\n";
    let own = OWN.replace("0.01/day", "0/day");
    for more in ["", ", sites = 2", ", vehicles = 1, capacity = 1"] {
        let handover = format!("handover = {{ takes = {{ exponential = {{ mean = \"4h\" }} }}{more} }}");
        let own = own.replace("handover = { takes = { exponential = { mean = \"1.5d\" } } }", &handover);
        let (known, _) = knowing(&own, text, "9");
        for replication in 0..20 {
            let mut world = World::new(&known.plan, 1, Domain::Main, Course::new(&known.plan));
            world.run(replication);
            let values = outcomes(&world);
            let of = |name: &str| values[known.plan.outcomes.iter().position(|o| o.name == name).unwrap()];
            let by = Question {
                name: String::new(),
                ask: Ask::Released { side: 0, by: known.plan.horizon },
                by_day: 30,
            };
            assert_eq!((of("captives_released"), answer(&world, &known.plan, &by)), (15, 15), "{more}");
            assert_eq!(of("captives_completed"), 1, "{more}");
        }
    }
}

// ---- extensions ----

#[test]
fn extensions_of_the_past_are_replayed_and_what_ran_out_is_over() {
    let (scenario, history) =
        (shipped("gaza-2023-november.toml"), shipped("histories/gaza-2023-november.csv"));
    // By the end of 30 November the truce had been prolonged twice, by three steps of a day in all.
    let (known, record) = knowing(&scenario, &history, "2023-11-30");
    let mut world = World::new(&known.plan, 1, Domain::Main, Recorder::default());
    world.run(0);
    let renewed = world.observer().seen.iter().filter(|(at, what)| {
        matches!(what, Happening::Renewed { .. }) && *at <= known.plan.history.as_ref().unwrap().as_of
    });
    assert_eq!(renewed.count(), 3);
    let list = targets(&known.plan, &known.calendar, &record);
    assert!(list.iter().any(|t| t.question.name.starts_with("collapsed_by_day") && t.observed == 1));
    // After 1 March 2025 nothing followed: limbo, and the hazard of limbo.
    let (scenario, history) =
        (shipped("gaza-2025-as-of-16.toml"), shipped("histories/gaza-2025-phase-one.csv"));
    let scenario = scenario.replacen(
        "judgment, no count on record by day 16",
        "Palestinian security sources to Al Jazeera",
        1,
    );
    let (known, _) = knowing(&scenario, &history, "50");
    let all = Asker::new(&known.plan).all();
    let (p, _) = mean(&known.plan, question(&all, "collapsed_by_day_90"), 400);
    assert!(p > 0.8, "{p}");
}

// ---- questions and courses ----

#[test]
fn a_course_answers_as_the_outcomes_do() {
    let loaded = loaded(&shipped("gaza-2025-phase-one.toml"), None, &[]);
    let plan = &loaded.plan;
    let of = |name: &str| plan.outcomes.iter().position(|o| o.name == name).unwrap();
    let (captives, collapsed, violations) =
        (of("captives_released"), of("collapsed"), of("violations.authority"));
    let ask = |ask: Ask| Question { name: String::new(), ask, by_day: 90 };
    for replication in 0..40 {
        let mut world = World::new(plan, 1, Domain::Main, Course::new(plan));
        world.run(replication);
        let values = outcomes(&world);
        let answer = |question: Ask| answer(&world, plan, &ask(question));
        assert_eq!(answer(Ask::Released { side: 0, by: plan.horizon }), values[captives]);
        assert_eq!(answer(Ask::Collapsed { by: plan.horizon }), values[collapsed]);
        let process = plan.violations.iter().position(|v| v.name == "authority").unwrap();
        assert_eq!(answer(Ask::Violations { process, by: plan.horizon }), values[violations]);
    }
}

// ---- the program ----

const HISTORY: &str = "scenarios/histories/gaza-2025-phase-one.csv";

fn program(args: &[&str]) -> serde_json::Value {
    let scenario = crate::program::scenario("gaza-2025-as-of-16.toml");
    let history = format!("{}/{HISTORY}", env!("CARGO_MANIFEST_DIR"));
    let mut all =
        vec![args[0], scenario.as_str(), "--history", history.as_str(), "-n", "120", "--format", "json"];
    all.extend(&args[1..]);
    serde_json::from_str(&crate::program::succeeds(&all).0).unwrap()
}

#[test]
fn a_forecast_is_the_same_on_any_number_of_threads_and_by_day_or_date() {
    let one = program(&["forecast", "--as-of", "16", "--threads", "1"]);
    assert_eq!(one, program(&["forecast", "--as-of", "2025-02-03", "--threads", "3"]));
    assert_eq!(one["as_of"]["day"], 16);
    for question in one["questions"].as_array().unwrap() {
        let has = |key: &str| question[key].is_number();
        assert!(
            has("probability") && has("lo") && has("hi")
                || has("mean") && has("p05") && has("p50") && has("p95")
        );
    }
    assert_ne!(one["questions"], program(&["forecast", "--as-of", "16", "--seed", "2"])["questions"]);
}

#[test]
fn a_backtest_has_the_documents_shape() {
    let rates = format!("{}/scenarios/histories/base-rates.csv", env!("CARGO_MANIFEST_DIR"));
    let one = program(&["backtest", "--as-of", "16", "--cases", &rates]);
    assert_eq!(one["parameters_digest"], program(&["backtest", "--as-of", "20",])["parameters_digest"]);
    let targets = one["targets"].as_array().unwrap();
    for target in targets {
        let forecast = &target["forecast"];
        assert!(
            forecast["probability"].is_number()
                || ["mean", "p05", "p50", "p95"].iter().all(|k| forecast[k].is_number())
        );
        assert!(
            target["score"]["value"].is_number() && target["pit"].is_number() && target["in90"].is_boolean()
        );
        assert!(target["baselines"].as_object().unwrap().len() == 3);
    }
    // What happened, as the case notes tell it.
    let seen =
        |name: &str| targets.iter().find(|t| t["name"] == name).map(|t| t["observed"].as_i64().unwrap());
    for (name, observed) in [
        ("captives.4.day", 21),
        ("captives.5.day", 28),
        ("captives.6.day", 35),
        ("captives.8.day", 40),
        ("captives.released_by_day_21", 16),
        ("captives.released_by_day_28", 19),
        ("captives.released_by_day_33", 23),
        ("captives.released_by_day_35", 29),
        ("captives.released_by_day_40", 33),
        ("prisoners_lag_over_24h_by_day_42", 1),
        ("prisoners.released_by_day_42", 1_777),
        ("promised_captives_back_by_day_42", 1),
        ("releases_of_captives_held_by_day_42", 1),
        ("releases_of_prisoners_held_by_day_42", 1),
        ("mismatch_by_day_42", 1),
        ("talks_agreed_by_day_35", 0),
        ("collapsed_by_day_42", 0),
        ("collapsed_by_day_59", 1),
        ("violations.authority.by_day_42", 962),
        ("violations.authority.by_day_31", 266),
        ("flow.trucks.days_1_to_42", 18_900),
    ] {
        assert_eq!(seen(name), Some(observed), "{name}");
    }
    let other =
        targets.iter().find(|t| t["name"] == "prisoners.released_by_day_42" && t["alternative"] == true);
    assert_eq!(other.unwrap()["observed"], 1_778);
    assert!(one["coverage"]["90"]["of"].as_u64().unwrap() > 20);
    let several = program(&["backtest", "--as-of", "16,2025-02-10"]);
    assert_eq!(several["backtests"].as_array().unwrap().len(), 2);
}

#[test]
fn a_backtest_scores_a_day_once_and_all_legs_together() {
    let one = program(&["backtest", "--as-of", "16"]);
    let joint = &one["joint"];
    assert_eq!((joint["legs"].as_u64(), joint["pairs"].as_u64()), (Some(10), Some(45)));
    assert!(joint["value"].is_number() && joint["baselines"]["paper_schedule"].is_number());
    assert_eq!((one["episodes"].as_u64(), one["across_episodes"].is_null()), (Some(1), true));
    let statements: Vec<&str> =
        one["statements"].as_array().unwrap().iter().filter_map(|s| s.as_str()).collect();
    assert!(statements.iter().any(|said| said.contains("no interval across episodes can be given")));
    assert!(statements.iter().any(|said| said.contains("do not form one series")));
    // By number and by date it is the same day: the document is that of one.
    let args = |days: &'static str| ["backtest", "--as-of", days];
    assert_eq!(program(&args("16,2025-02-03,16")), one);
    // Counts of two reporters are on record by then.
    assert_eq!(program(&args("37"))["as_of"]["day"], 37);
}

#[test]
fn every_number_of_a_forecast_carries_its_interval() {
    let scenario = crate::program::scenario("gaza-2025-as-of-16.toml");
    let history = format!("{}/{HISTORY}", env!("CARGO_MANIFEST_DIR"));
    let args = ["forecast", scenario.as_str(), "--history", history.as_str(), "--as-of", "37", "-n", "200"];
    let text = crate::program::succeeds(&args).0;
    let shown = |head: &str| -> Vec<&str> {
        let lines = text.lines().skip_while(|line| !line.starts_with(head)).skip(1);
        lines.take_while(|line| line.starts_with("  ") && !line.starts_with("  later:")).collect()
    };
    let fan = "captives.released by the end";
    for (head, figures) in [("Round", 4), ("Released in all", 4), ("Event", 1), ("Amount", 4), (fan, 1)] {
        let lines = shown(head);
        assert!(!lines.is_empty(), "{head}\n{text}");
        for line in lines {
            assert_eq!(line.matches(" (").count(), figures, "{line}");
        }
    }
    let document = program(&["forecast", "--as-of", "37"]);
    for question in document["questions"].as_array().unwrap() {
        let of_mean = &question["mean_interval"];
        assert!(question["probability"].is_number() || of_mean["lo"].as_f64() <= question["mean"].as_f64());
    }
}

#[test]
fn what_cannot_be_forecast_is_status_1_with_its_place() {
    let scenario = crate::program::scenario("gaza-2025-as-of-16.toml");
    let history = format!("{}/{HISTORY}", env!("CARGO_MANIFEST_DIR"));
    let fails = |args: &[&str], status| {
        let mut all = vec!["forecast", scenario.as_str(), "--history", history.as_str(), "-n", "5"];
        all.extend(args);
        crate::program::fails(&all, status)
    };
    assert!(fails(&["--as-of", "soon"], 1).contains("--as-of:1:1"));
    assert!(fails(&["--as-of", "59"], 1).contains("error[S310]"));
    assert!(fails(&["--as-of", "16", "--match", "women=womn"], 1).contains("did you mean `women`"));
    fails(&["--as-of", "16", "--match", "women"], 2);
    fails(&["--as-of", "16", "--match", "wimen=women"], 2);
    fails(&["--as-of", "16", "-n", "0"], 2);
}

#[test]
fn check_reads_histories_too() {
    let folder = format!("{}/scenarios/histories", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path().display().to_string();
        assert!(crate::program::succeeds(&["check", &path]).0.contains("sound"), "{path}");
    }
    let bad = format!("{}/tests/bad-histories/S307-out-of-order.csv", env!("CARGO_MANIFEST_DIR"));
    assert!(crate::program::fails(&["check", &bad], 1).contains("error[S307]"));
}
