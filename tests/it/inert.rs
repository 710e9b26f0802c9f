//! Nothing inert: every key of the scenario language moves something, in the direction it should.
//!
//! One row a key at least: a scenario in which its mechanism is at work, one change, the outcome that must move and whither. Keys
//! of output change what is printed. A key without a row fails, and so does a word of a choice that no row uses.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use handover::report::document::Run;
use handover::report::{table, trace};
use handover::scenario::load::load;
use handover::scenario::schema::Scenario;
use handover::scenario::source::Sources;
use serde_json::{Map, Value};

use crate::support::{Batch, batch_of, loaded};

/// Replications of each of the two scenarios of a row.
const REPLICATIONS: u64 = 2_500;

/// How many standard errors of the difference a mean must move.
const CLEARLY: f64 = 5.0;

/// Three rounds of two cohorts in three weeks, and nothing that goes wrong.
const EXCHANGE: &str = r#"
format = 1
name = "exchange"
start = "2025-01-01T00:00[UTC]"
term = "20d"
horizon = "30d"
[party]
holders = { side = "captives" }
authority = { side = "prisoners" }
others = { side = "neither" }
[cohort]
women = { held_by = "holders", people = 6 }
men = { held_by = "holders", people = 6 }
sentenced = { held_by = "authority", people = 60 }
detained = { held_by = "authority", people = 60 }
[key]
women = { per_person = { sentenced = 5 } }
men = { per_person = { detained = 5 } }
[tranche]
1 = { day = 2, at = "08:00", release = { women = 3 } }
2 = { day = 8, at = "08:00", release = { women = 3, men = 2 } }
3 = { day = 14, at = "08:00", release = { men = 4 } }
[round]
check = { exponential = { mean = "4h" } }
staging = "1h"
transit = "1h"
handover = { takes = "1h" }
custody = "30m"
reciprocal = { takes = "6h" }
"#;

/// The same with alleged violations, holds, mediation, trust and a hazard of collapse.
const BREACHES: &str = r#"
format = 1
name = "exchange"
start = "2025-01-01T00:00[UTC]"
term = "20d"
horizon = "30d"
[party]
holders = { side = "captives" }
authority = { side = "prisoners" }
others = { side = "neither" }
[cohort]
women = { held_by = "holders", people = 6 }
men = { held_by = "holders", people = 6 }
sentenced = { held_by = "authority", people = 60 }
detained = { held_by = "authority", people = 60 }
[key]
women = { per_person = { sentenced = 5 } }
men = { per_person = { detained = 5 } }
[tranche]
1 = { day = 2, at = "08:00", release = { women = 3 } }
2 = { day = 8, at = "08:00", release = { women = 3, men = 2 } }
3 = { day = 14, at = "08:00", release = { men = 4 } }
[round]
check = { exponential = { mean = "4h" } }
staging = "1h"
transit = "1h"
handover = { takes = "1h" }
custody = "30m"
reciprocal = { takes = "6h" }
[violation.holders]
rate = "0.5/day"
severity = 0.8
opens_dispute = 0.5
[response.authority]
policy = "strict"
[mediation]
takes = { exponential = { mean = "24h" } }
settles = 0.7
[trust]
base = 0.5
up = 0.1
down = 0.2
[ending]
collapse = "0.02/day"
"#;

/// Overrides that put a mechanism to work.
type Sets = &'static [&'static str];

/// What a change must do.
#[derive(Clone, Copy)]
enum Does {
    /// Raise the mean of an outcome.
    Raise(&'static str),
    /// Lower the mean of an outcome.
    Lower(&'static str),
    /// Change what is printed: the table of a batch or a trace.
    Show,
    /// Be refused with a code.
    Refuse(&'static str),
}

struct Row {
    /// Table and key, as the JSON Schema names them.
    key: &'static str,
    base: &'static str,
    sets: &'static [Sets],
    change: &'static str,
    does: Does,
}

const fn up(
    key: &'static str,
    base: &'static str,
    sets: &'static [Sets],
    change: &'static str,
    outcome: &'static str,
) -> Row {
    Row { key, base, sets, change, does: Does::Raise(outcome) }
}

const fn down(
    key: &'static str,
    base: &'static str,
    sets: &'static [Sets],
    change: &'static str,
    outcome: &'static str,
) -> Row {
    Row { key, base, sets, change, does: Does::Lower(outcome) }
}

const fn shows(key: &'static str, base: &'static str, sets: &'static [Sets], change: &'static str) -> Row {
    Row { key, base, sets, change, does: Does::Show }
}

const fn refused(
    key: &'static str,
    base: &'static str,
    sets: &'static [Sets],
    change: &'static str,
    code: &'static str,
) -> Row {
    Row { key, base, sets, change, does: Does::Refuse(code) }
}

#[test]
fn every_key_moves_what_it_should() {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut complaints = Vec::new();
        while let Some(row) = ROWS.get(next.fetch_add(1, Relaxed)) {
            if let Err(complaint) = check(row) {
                complaints.push(format!("{}, with {}: {complaint}", row.key, row.change));
            }
        }
        complaints
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut complaints: Vec<String> = std::thread::scope(|scope| {
        let tasks: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        tasks.into_iter().flat_map(|task| task.join().unwrap()).collect()
    });
    complaints.sort();
    assert!(
        complaints.is_empty(),
        "{} of {} rows fail:\n{}",
        complaints.len(),
        ROWS.len(),
        complaints.join("\n")
    );
}

/// Whether a row's change does what it says.
fn check(row: &Row) -> Result<(), String> {
    let before: Vec<&str> = row.sets.iter().flat_map(|sets| sets.iter().copied()).collect();
    let after: Vec<&str> = before.iter().copied().chain([row.change]).collect();
    let (sign, outcome) = match row.does {
        Does::Raise(outcome) => (1.0, outcome),
        Does::Lower(outcome) => (-1.0, outcome),
        Does::Show => {
            let is_shown = printed(row.base, &before)? != printed(row.base, &after)?;
            return is_shown.then_some(()).ok_or("nothing that is printed changes".into());
        }
        Does::Refuse(code) => return refusal(row.base, &after, code),
    };
    let (before, after) = (sound(row.base, &before, REPLICATIONS)?, sound(row.base, &after, REPLICATIONS)?);
    let place = |sample: &Batch| sample.loaded.plan.outcomes.iter().any(|o| o.name == outcome);
    if !place(&before) || !place(&after) {
        return Err(format!("there is no outcome {outcome} to compare"));
    }
    let mean = |sample: &Batch| sample.tally(outcome).mean().ok_or(format!("{outcome} never exists"));
    let moved = sign * (mean(&after)? - mean(&before)?);
    let error = before.se(outcome).hypot(after.se(outcome));
    if moved > CLEARLY * error {
        return Ok(());
    }
    Err(format!("{outcome} goes from {} to {}, standard error {error}", mean(&before)?, mean(&after)?))
}

fn sound(base: &str, sets: &[&str], n: u64) -> Result<Batch, String> {
    let mut sources = Sources::from_text("row.toml", base);
    let owned: Vec<String> = sets.iter().map(|s| (*s).to_string()).collect();
    match load(&mut sources, None, &owned) {
        Ok(loaded) => Ok(batch_of(loaded, n)),
        Err(faults) => Err(faults.render(&sources, false)),
    }
}

fn refusal(base: &str, sets: &[&str], code: &str) -> Result<(), String> {
    let mut sources = Sources::from_text("row.toml", base);
    let owned: Vec<String> = sets.iter().map(|s| (*s).to_string()).collect();
    match load(&mut sources, None, &owned) {
        Ok(_) => Err("it is not refused".into()),
        Err(faults) if faults.clone().into_sorted().iter().any(|f| f.code == code) => Ok(()),
        Err(_) => Err(format!("it is refused, but not with {code}")),
    }
}

/// A scenario's table and one trace.
fn printed(base: &str, sets: &[&str]) -> Result<String, String> {
    let few = sound(base, sets, 50)?;
    let run = Run { seed: 1, first: 0, replications: 50 };
    // What was asked for on the command line is printed, too, and would differ in any case.
    let table = table::render(&few.loaded, &run, &few.sample);
    let mut text: String =
        table.split_inclusive('\n').filter(|line| !line.starts_with("with --set ")).collect();
    for line in trace::lines(&few.loaded, &trace::record(&few.loaded.plan, 1, 1)) {
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}

// ---- all together ----

/// The overrides of some rows at once, chosen by a number; rows of one mechanism often refuse each other, which is fine.
fn together(number: usize) -> (&'static str, Vec<&'static str>) {
    let mut state = number as u64;
    let mut choose = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let base = if choose() % 2 == 0 { EXCHANGE } else { BREACHES };
    let rows: Vec<&Row> = (0..2 + choose() % 4).map(|_| &ROWS[choose() % ROWS.len()]).collect();
    let sets =
        rows.iter().flat_map(|row| row.sets.iter().flat_map(|s| s.iter().copied()).chain([row.change]));
    (base, sets.collect())
}

/// Runs a combination; says whether it was sound, or which rule of the engine it broke.
fn keeps_the_rules(base: &str, sets: &[&str], n: u64) -> Result<bool, String> {
    let attempt = || match sound(base, sets, n) {
        Err(_) => Ok(false),
        Ok(batch) => {
            for outcome in &batch.loaded.plan.outcomes {
                let least = batch.tally(&outcome.name).min();
                if !outcome.name.ends_with("delay_s") && least.is_some_and(|least| least < 0) {
                    return Err(format!("{} falls to {least:?}", outcome.name));
                }
            }
            Ok(true)
        }
    };
    std::panic::catch_unwind(attempt).unwrap_or_else(|_| Err("it panics".into()))
}

/// Combinations that once broke a rule.
#[rustfmt::skip]
const ONCE_BROKEN: &[(&str, &[&str])] = &[
    (EXCHANGE, &["cohort.men.dies=0.000001/day", "cohort.detained.people=9", "round.reciprocal.takes=8d"]),
    (EXCHANGE, &["cohort.men.dies=0.000001/day", "cohort.detained.people=9", "round.reciprocal.takes=8d", "round.handover.withheld={ probability = 0.5, share = 0.3 }"]),
    (BREACHES, &["mediation.settlement={ extra_round = { probability = 0.5, people = 1, after = \"2d\" } }", "round.handover.withheld={ probability = 0.5, share = 0.3 }"]),
    (BREACHES, &["history={ as_of_day = 5 }", "cohort.men.people=12", "tranche.1={ day = 2, people = 3, from = [\"women\", \"men\"], composition = { rule = \"choice\", breaks_order = 1, broken = { opens_dispute = 1 } } }"]),
    (EXCHANGE, &["start_delay={ probability = 1, by = \"2d\" }", "flow={ aid = { owner = \"authority\", target = 100, level = 50, in_limbo = 1, short = { below = 80, opens_dispute = 1 } } }"]),
    (EXCHANGE, &["response={ holders = { policy = \"strict\" } }", "round.staging={ takes = \"2d\", when_held = \"repeat\" }", "tranche.3={ release = { men = 4 } }", "fault={ probability = 0.4, class = { conduct = { share = 1, against = \"holders\", at = \"reciprocal\", claimed_by = \"holders\" } } }"]),
];

#[test]
fn what_once_broke_a_rule_keeps_it() {
    let broken: Vec<String> = ONCE_BROKEN
        .iter()
        .filter_map(|(base, sets)| match keeps_the_rules(base, sets, 2_000) {
            Ok(is_sound) => (!is_sound).then(|| format!("it is refused now: {sets:#?}")),
            Err(rule) => Some(format!("{rule}: {sets:#?}")),
        })
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn mechanisms_together_break_no_rule() {
    let (mut ran, mut broken) = (0, Vec::new());
    for number in 0..2_500 {
        let (base, sets) = together(number);
        match keeps_the_rules(base, &sets, 40) {
            Ok(is_sound) => ran += usize::from(is_sound),
            Err(rule) => broken.push(format!(
                "{rule}: {} with {sets:#?}",
                if base == EXCHANGE { "EXCHANGE" } else { "BREACHES" }
            )),
        }
    }
    assert!(broken.is_empty(), "{} combinations break a rule:\n{}", broken.len(), broken.join("\n"));
    assert!(ran > 400, "only {ran} combinations were sound");
}

// ---- completeness ----

fn schema() -> Value {
    serde_json::to_value(schemars::schema_for!(Scenario)).unwrap()
}

fn properties(table: &Value) -> impl Iterator<Item = (&String, &Value)> {
    table.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

/// Every table of the file's schema with its keys, as `Table.key`; laws, which have no table of their own, as `Law.…`.
fn keys(schema: &Value) -> BTreeSet<String> {
    let mut keys: BTreeSet<String> = properties(schema).map(|(key, _)| format!("Scenario.{key}")).collect();
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        if name.ends_with("OrLaw") {
            laws(definition, "Law", &mut keys);
        } else {
            keys.extend(properties(definition).map(|(key, _)| format!("{name}.{key}")));
        }
    }
    keys
}

/// Laws are written out wherever they may stand: their names, their parameters, and the bounds and parts inside.
fn laws(node: &Value, path: &str, keys: &mut BTreeSet<String>) {
    for (key, value) in properties(node) {
        let path = format!("{path}.{key}");
        laws(value, &path, keys);
        keys.insert(path);
    }
    for choice in node.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
        laws(choice, path, keys);
    }
    if let Some(items) = node.get("items") {
        laws(items, path, keys);
    }
}

#[test]
fn every_key_of_the_schema_has_a_row_and_every_row_a_key() {
    let keys = keys(&schema());
    let rows: BTreeSet<String> = ROWS.iter().map(|row| row.key.to_string()).collect();
    let untested: Vec<_> = keys.difference(&rows).collect();
    assert!(untested.is_empty(), "keys without a row: {untested:?}");
    let stale: Vec<_> = rows.difference(&keys).collect();
    assert!(stale.is_empty(), "rows whose key is gone: {stale:?}");
    assert!(keys.len() > 300, "the schema has only {} keys; is it still walked?", keys.len());
}

#[test]
fn every_word_of_every_choice_is_used_in_a_row() {
    let schema = schema();
    let texts: Vec<&str> = ROWS
        .iter()
        .flat_map(|row| row.sets.iter().flat_map(|sets| sets.iter()).chain([&row.change, &row.base]))
        .copied()
        .collect();
    let is_used = |word: &str| {
        texts.iter().any(|text| text.contains(&format!("\"{word}\"")) || text.ends_with(&format!("={word}")))
    };
    let mut words = 0;
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        for choice in definition.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
            let word =
                choice["const"].as_str().unwrap_or_else(|| panic!("{name} has a choice that is no word"));
            assert!(is_used(word), "no row uses {name} \"{word}\"");
            words += 1;
        }
    }
    assert!(words > 40, "only {words} words were found");
}

#[test]
fn rows_that_change_nothing_are_noticed() {
    let (down, up) = (
        down("", EXCHANGE, &[], "tranche.3.day=14", "completion_s"),
        up("", EXCHANGE, &[], "tranche.3.day=10", "completion_s"),
    );
    assert!(check(&down).is_err(), "a change to the same day moved something");
    assert!(check(&up).is_err(), "an earlier day made completion later");
    assert!(check(&shows("", EXCHANGE, &[], "tranche.3.day=14")).is_err());
    assert!(check(&refused("", EXCHANGE, &[], "tranche.3.day=14", "S100")).is_err());
    assert_eq!(loaded(EXCHANGE, None, &[]).plan.stated_tranches, 3);
}

// ---- the rows ----

#[rustfmt::skip]
const BUNDLED: Sets = &[r#"bundle={ extra = { release = { detained = 20 }, with = "women" } }"#];
#[rustfmt::skip]
const NUMBERED: Sets = &["cohort.men.people=12", r#"tranche.1={ day = 2, people = 3, from = ["women", "men"] }"#];
#[rustfmt::skip]
const COMPOSED: Sets = &["cohort.men.people=12", r#"tranche.1={ day = 2, people = 3, from = ["women", "men"], composition = { rule = "choice", breaks_order = 0.2, broken = { opens_dispute = 0.2 } } }"#];
#[rustfmt::skip]
const WITHIN: Sets = &[r#"milestone={ opening = { owner = "authority", within = { after = "tranche 1", by = "1d" }, takes = "2d12h" } }"#];
#[rustfmt::skip]
const OUTSIDE: Sets = &[r#"ending={ collapse = "0.1/day" }"#, r#"outside={ workers = { held_by = "holders", people = 5, day = 2 } }"#];
#[rustfmt::skip]
const OPENING: Sets = &[r#"milestone={ opening = { owner = "authority", day = 3, takes = "2d" } }"#];
#[rustfmt::skip]
const HELD_OPENING: Sets = &["response.authority.holds={ movement = 1 }", "mediation=none", "ending=none", r#"milestone={ opening = { owner = "authority", day = 3 } }"#];
#[rustfmt::skip]
const REQUIRING: Sets = &[r#"milestone={ first = { owner = "authority", day = 9 }, opening = { owner = "authority", day = 3, requires = {} } }"#];
#[rustfmt::skip]
const AID: Sets = &[r#"flow={ aid = { owner = "authority", target = 100, level = { normal = { mean = 100, sd = 30, clip = { min = 0 } } } } }"#];
#[rustfmt::skip]
const AID_AND_FUEL: Sets = &[r#"flow={ aid = { owner = "authority", target = 100, level = 100 }, fuel = { owner = "authority", target = 10, level = 10 } }"#];
#[rustfmt::skip]
const TALKS: Sets = &[r#"talks={ owner = "authority", start_by = 10, agree_by = 18, starts = "0.1/day", takes = { exponential = { mean = "8d" } }, agrees = 0.5 }"#];
#[rustfmt::skip]
const LIMBO: Sets = &[r#"ending={ collapse = "0/day", limbo = { collapse = "0.5/day" } }"#];
#[rustfmt::skip]
const REMAINS: Sets = &["cohort.women.condition=remains", "key.women={ remains = { sentenced = 5 } }"];
#[rustfmt::skip]
const LISTED: Sets = &[r#"round.list={ late = { probability = 0.5, by = "2d" }, refused = 0.1, substitution = "36h" }"#];
#[rustfmt::skip]
const HELD_CAPTIVES: Sets = &[r#"violation={ authority = { rate = "1/day", opens_dispute = 1 } }"#, r#"response={ holders = { policy = "strict" } }"#, "ending=none", "trust=none", "mediation.settles=1"];
#[rustfmt::skip]
const VEHICLES: Sets = &[r#"round.reciprocal={ takes = "1h", vehicles = 1, capacity = 5 }"#];
#[rustfmt::skip]
const WITHHELD: Sets = &["round.handover.withheld={ probability = 0.5, share = 0.3 }"];
#[rustfmt::skip]
const FAULTS: Sets = &["mediation=none", "response.authority.policy=suspending", r#"fault={ probability = 0.4, class = { conduct = { share = 1, against = "holders", at = "reciprocal" } } }"#, "violation=none", "ending=none"];
#[rustfmt::skip]
const VIOLATIONS: Sets = &["mediation=none", r#"violation={ holders = { rate = "0.3/day", fatal = 0.2, opens_dispute = 0.1 } }"#, "ending=none"];
#[rustfmt::skip]
const SPEECH: Sets = &[r#"event={ speech = { day = 3, effect = {}, dispute = { probability = 0.4, claimed_by = "authority" } } }"#];
#[rustfmt::skip]
const SUSPENDING: Sets = &["violation=none", "mediation=none", "ending=none", "response.authority.policy=suspending"];
#[rustfmt::skip]
const AT_TERM: Sets = &[r#"ending={ collapse = "0.005/day", at_term = { extended = 0.3, length = "4d" }, limbo = { collapse = "0.5/day" } }"#];
#[rustfmt::skip]
const FRONT: Sets = &[r#"front={ north = { breaks = "0.02/day", expires = 5, effect = { collapse = 2 } } }"#];
#[rustfmt::skip]
const ODDS: Sets = &[r#"response.authority={ odds = { absorb = 1, protest = 1, slow = 0.001, hold = 1 }, slows_by = "2d" }"#, "violation.holders.opens_dispute=1"];
#[rustfmt::skip]
const DISPUTED: Sets = &["violation.holders.opens_dispute=1", "ending.collapse=0/day"];
#[rustfmt::skip]
const SETTLING: Sets = &["violation.holders.opens_dispute=1", "ending.collapse=0/day", "mediation.settles=1", r#"mediation.settlement={ extra_round = { probability = 0.2, people = 1, after = "2d" }, acceleration = { probability = 0.2, by = "2d" } }"#];
#[rustfmt::skip]
const ENVOY: Sets = &["violation.holders.opens_dispute=1", "ending.collapse=0/day", "violation.holders.rate=2/day", "mediation.mediator={ envoy = { available = 0.6, speed = 2 } }"];
#[rustfmt::skip]
const LATE_START: Sets = &[r#"start_delay={ probability = 0.5, by = { exponential = { mean = "2d" } } }"#];
#[rustfmt::skip]
const LATE_LEGS: Sets = &["violation=none", "round.grace=4h", "round.missed={ opens_dispute = 0.3 }"];
#[rustfmt::skip]
const MARKED: Sets = &[r#"mark={ key = { basis = "judgment" } }"#];
#[rustfmt::skip]
const PAST: Sets = &["history={ as_of_day = 5 }"];
#[rustfmt::skip]
const PAST_RELEASE: Sets = &[r#"history={ as_of_day = 5, release = [{ tranche = "1", at = "2025-01-02T12:00", people = { women = 2 } }] }"#];
#[rustfmt::skip]
const PAST_DISPUTE: Sets = &[r#"history={ as_of_day = 5, dispute = [{ claimed_by = "authority", from = "2025-01-03T00:00", held = "prisoners" }] }"#];
#[rustfmt::skip]
const PAST_MILESTONE: Sets = &[r#"history={ as_of_day = 5, milestone = [{ name = "opening", at = "2025-01-03T00:00" }] }"#, r#"milestone={ opening = { owner = "authority", day = 3, never = 1 }, crossing = { owner = "authority", day = 3, never = 1 } }"#];
#[rustfmt::skip]
const PAST_VIOLATIONS: Sets = &[r#"history={ as_of_day = 5, violations = [{ against = "holders", to_day = 3, count = 10, killed = 2 }] }"#, r#"violation={ holders = { rate = "0.2/day", fatal = 0.1, excites = { holders = 0.8 }, memory = "2d" }, authority = { rate = "0.2/day" } }"#, "ending=none"];
#[rustfmt::skip]
const PAST_FLOW: Sets = &[r#"history={ as_of_day = 5, flow = [{ name = "aid", day = 2, delivered = 50 }] }"#, r#"flow={ aid = { owner = "authority", target = 100, level = 100 }, fuel = { owner = "authority", target = 10, level = 10 } }"#];
#[rustfmt::skip]
const TAIL: Sets = &["round.grace=15h", "round.missed={ opens_dispute = 1 }"];

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // ---- the scenario ----
    shows("Scenario.about", EXCHANGE, &[&["about=Three rounds"]], "about=Four rounds"),
    up("Scenario.bundle", EXCHANGE, &[], r#"bundle={ extra = { release = { detained = 9 }, with = "women" } }"#, "prisoners_released"),
    down("Scenario.cohort", EXCHANGE, &[], r#"cohort={ women = { held_by = "holders", people = 6 }, men = { held_by = "holders", people = 6, dies = "0.000001/day" }, sentenced = { held_by = "authority", people = 60 }, detained = { held_by = "authority", people = 9 } }"#, "prisoners_released"),
    up("Scenario.days_from", EXCHANGE, &[&[r#"start_delay={ probability = 1, by = "3d" }"#]], "days_from=actual start", "completion_s"),
    up("Scenario.ending", EXCHANGE, &[], r#"ending={ collapse = "0.1/day" }"#, "collapsed"),
    up("Scenario.event", BREACHES, &[], "event={ speech = { day = 3, effect = { collapse = 3 } } }", "collapsed"),
    up("Scenario.fault", EXCHANGE, &[], r#"fault={ probability = 0.5, class = { conduct = { share = 1, against = "holders" } } }"#, "disputes"),
    up("Scenario.flow", EXCHANGE, &[], r#"flow={ aid = { owner = "authority", target = 100, level = 90 } }"#, "flow_delivered"),
    refused("Scenario.format", EXCHANGE, &[], "format=2", "S100"),
    up("Scenario.front", BREACHES, &[], r#"front={ north = { breaks = "0.2/day", effect = { collapse = 3 } } }"#, "collapsed"),
    up("Scenario.history", EXCHANGE, &[], "history={ as_of_day = 5 }", "tranche.1.captives_delay_s"),
    down("Scenario.horizon", EXCHANGE, &[], "horizon=10d", "captives_released"),
    down("Scenario.key", EXCHANGE, &[], "key=none", "prisoners_released"),
    down("Scenario.key_ceiling", EXCHANGE, &[], "key_ceiling=30", "prisoners_released"),
    shows("Scenario.label", EXCHANGE, &[], r#"label={ captive = "hostage" }"#),
    shows("Scenario.mark", EXCHANGE, &[], r#"mark={ key = { basis = "judgment" } }"#),
    up("Scenario.mediation", BREACHES, &[], "mediation=none", "held_s.prisoners"),
    up("Scenario.milestone", EXCHANGE, &[], r#"milestone={ opening = { owner = "authority", day = 3 } }"#, "events"),
    shows("Scenario.name", EXCHANGE, &[], "name=another"),
    up("Scenario.outside", EXCHANGE, &[], r#"outside={ workers = { held_by = "holders", people = 5, day = 2 } }"#, "events"),
    up("Scenario.party", EXCHANGE, &[], r#"party={ holders = { side = "captives", pace = 3 }, authority = { side = "prisoners" } }"#, "completion_s"),
    up("Scenario.response", BREACHES, &[], r#"response={ authority = { policy = "suspending" } }"#, "suspensions"),
    down("Scenario.round", EXCHANGE, &[], "round=none", "completion_s"),
    up("Scenario.shared", BREACHES, &[], "shared={ violations = 1 }", "violations"),
    down("Scenario.start", EXCHANGE, &[], "start=2025-01-01T06:00[UTC]", "completion_s"),
    up("Scenario.start_delay", EXCHANGE, &[], r#"start_delay={ probability = 1, by = "3d" }"#, "tranche.1.captives_delay_s"),
    down("Scenario.stops_at", EXCHANGE, &[&[r#"ending={ collapse = "0.05/day", limbo = { collapse = "0.1/day" } }"#]], "stops_at=completion", "collapsed"),
    up("Scenario.talks", EXCHANGE, &[], r#"talks={ owner = "authority", start_by = 5, agree_by = 15, starts = "1/day", takes = "5d", agrees = 0.5 }"#, "events"),
    down("Scenario.term", EXCHANGE, &[], "term=10d", "captives_released"),
    down("Scenario.tranche", EXCHANGE, &[], "tranche={ 1 = { day = 2, release = { women = 3 } } }", "captives_released"),
    down("Scenario.trust", BREACHES, &[&["ending.trust_effect=6"]], "trust={ base = 0.5, up = 0.5, down = 0 }", "collapsed"),
    up("Scenario.violation", EXCHANGE, &[], r#"violation={ holders = { rate = "1/day" } }"#, "violations"),
    // ---- what is agreed ----
    down("Party.side", EXCHANGE, &[&["party.others.side=prisoners", "response.authority.policy=absorbing", r#"flow={ aid = { owner = "others", target = 100, level = 50, short = { below = 90, opens_dispute = 1 } } }"#]], "party.others.side=captives", "disputes"),
    shows("Party.label", EXCHANGE, &[], "party.holders.label=The movement"),
    up("Party.list_late", EXCHANGE, &[&[r#"round.list={ lead = "1d" }"#]], r#"party.holders.list_late={ probability = 0.5, by = "1d" }"#, "lists_late"),
    up("Party.pace", EXCHANGE, &[], "party.authority.pace=2", "tranche.1.prisoners_delay_s"),
    up("Cohort.held_by", EXCHANGE, &[&[r#"party.others={ side = "captives", pace = 5 }"#, r#"cohort.spare={ held_by = "others", people = 1 }"#]], "cohort.women.held_by=others", "tranche.1.captives_delay_s"),
    down("Cohort.people", EXCHANGE, &[&["cohort.men.dies=0.000001/day"]], "cohort.detained.people=10", "prisoners_released"),
    shows("Cohort.category", EXCHANGE, &[], "cohort.women.category=civilians"),
    up("Cohort.condition", EXCHANGE, &[&["key=none", "cohort.men.condition=remains"]], "cohort.women.condition=remains", "remains_confirmed"),
    up("Cohort.living", EXCHANGE, &[&["cohort.women.condition=unknown", "cohort.women.living=0.3"]], "cohort.women.living=0.8", "prisoners_released"),
    up("Cohort.dies", EXCHANGE, &[&["cohort.women.dies=0.001/day"]], "cohort.women.dies=0.05/day", "died_in_custody"),
    up("Cohort.located", EXCHANGE, &[&["key=none", "cohort.women.condition=remains"]], "cohort.women.located=5d", "tranche.1.captives_delay_s"),
    up("Cohort.goes", EXCHANGE, &[&["cohort.women.goes={ abroad = 0.2 }"]], "cohort.women.goes={ abroad = 0.8 }", "captives_abroad"),
    up("Key.per_person", EXCHANGE, &[], "key.women.per_person={ sentenced = 8 }", "prisoners_released"),
    up("Key.group", EXCHANGE, &[], "key.women.group={ detained = 13 }", "prisoners_released"),
    up("Key.remains", EXCHANGE, &[&["key.women=none", "cohort.women.condition=remains"]], "key.women={ remains = { sentenced = 4 } }", "prisoners_released"),
    up("Bundle.release", EXCHANGE, &[BUNDLED], "bundle.extra.release={ detained = 29 }", "prisoners_released"),
    up("Bundle.with", EXCHANGE, &[BUNDLED], "bundle.extra.with=men", "prisoners_custody_person_s"),
    up("Bundle.after", EXCHANGE, &[&[r#"bundle={ extra = { release = { detained = 20 }, after = "start" } }"#]], "bundle.extra.after=tranche 2", "prisoners_custody_person_s"),
    down("Bundle.when", EXCHANGE, &[BUNDLED], "bundle.extra.when=first", "prisoners_custody_person_s"),
    down("Tranche.day", EXCHANGE, &[], "tranche.3.day=10", "completion_s"),
    up("Tranche.at", EXCHANGE, &[], r#"tranche.3.at="20:00""#, "completion_s"),
    up("Tranche.within", EXCHANGE, &[&[r#"milestone={ opening = { owner = "authority", day = 16 } }"#, "tranche.3={ release = { men = 4 } }"]], r#"tranche.3.within={ after = "opening", by = "1d" }"#, "completion_s"),
    down("Tranche.release", EXCHANGE, &[], "tranche.3.release={ men = 1 }", "captives_released"),
    up("Tranche.people", EXCHANGE, &[NUMBERED], "tranche.1.people=5", "captives_released"),
    up("Tranche.from", EXCHANGE, &[NUMBERED], r#"tranche.1.from=["men", "women"]"#, "released.men"),
    up("Tranche.composition", EXCHANGE, &[NUMBERED], r#"tranche.1.composition={ rule = "choice", breaks_order = 1 }"#, "released.men"),
    up("Tranche.reciprocal", EXCHANGE, &[], "tranche.1.reciprocal={ detained = 20 }", "prisoners_released"),
    up("Tranche.legs", EXCHANGE, &[], "tranche.1.legs=prisoners first", "tranche.1.captives_delay_s"),
    down("Tranche.waits_for", EXCHANGE, &[&["tranche.1.day=10"]], "tranche.2.waits_for=due time", "tranche.2.captives_delay_s"),
    down("Tranche.extension", EXCHANGE, &[AT_TERM], "tranche.3.extension=extended", "captives_released"),
    down("Tranche.extension", EXCHANGE, &[AT_TERM, &["ending.at_term.counter_offer=0.3"]], "tranche.3.extension=counter-offer", "captives_released"),
    down("Tranche.extension", EXCHANGE, &[&[r#"term={ length = "20d", renewal = { steps = ["5d"], most = 1, probability = 0.5 } }"#]], "tranche.3.extension=1", "captives_released"),
    up("Within.after", EXCHANGE, &[WITHIN], "milestone.opening.within.after=tranche 2", "milestone_s.opening"),
    down("Within.by", EXCHANGE, &[WITHIN], "milestone.opening.within.by=3d", "milestones_late"),
    up("Composition.rule", EXCHANGE, &[COMPOSED], r#"tranche.1.composition={ rule = "weighted" }"#, "released.men"),
    up("Composition.breaks_order", EXCHANGE, &[COMPOSED], "tranche.1.composition.breaks_order=0.8", "released.men"),
    up("Composition.broken", EXCHANGE, &[COMPOSED], "tranche.1.composition.broken={ opens_dispute = 0.9 }", "disputes"),
    up("Composition.weights", EXCHANGE, &[COMPOSED, &[r#"tranche.1.composition={ rule = "weighted" }"#]], "tranche.1.composition.weights={ women = 9 }", "released.women"),
    shows("Outside.held_by", EXCHANGE, &[OUTSIDE], "outside.workers.held_by=authority"),
    up("Outside.people", EXCHANGE, &[OUTSIDE], "outside.workers.people=6", "outside_released"),
    down("Outside.day", EXCHANGE, &[OUTSIDE], "outside.workers.day=15", "outside_released"),
    down("Outside.at", EXCHANGE, &[&[r#"ending={ collapse = "1/day" }"#, r#"outside={ workers = { held_by = "holders", people = 5, day = 2 } }"#]], r#"outside.workers.at="18:00""#, "outside_released"),
    down("Outside.takes", EXCHANGE, &[OUTSIDE], "outside.workers.takes=10d", "outside_released"),
    down("Milestone.owner", BREACHES, &[HELD_OPENING], "milestone.opening.owner=others", "milestones_missed"),
    down("Milestone.class", BREACHES, &[HELD_OPENING], "milestone.opening.class=lists", "milestones_missed"),
    up("Milestone.day", EXCHANGE, &[OPENING], "milestone.opening.day=6", "milestone_s.opening"),
    up("Milestone.at", EXCHANGE, &[OPENING], r#"milestone.opening.at="17:00""#, "milestone_s.opening"),
    up("Milestone.within", EXCHANGE, &[&[r#"milestone={ opening = { owner = "authority" } }"#]], r#"milestone.opening.within={ after = "tranche 2", by = "1d" }"#, "milestone_s.opening"),
    up("Milestone.requires", EXCHANGE, &[OPENING], r#"milestone.opening.requires={ tranches = ["3"] }"#, "milestone_s.opening"),
    up("Milestone.takes", EXCHANGE, &[OPENING], "milestone.opening.takes=5d", "milestone_s.opening"),
    up("Milestone.late", EXCHANGE, &[OPENING], r#"milestone.opening.late={ probability = 0.5, by = "4d" }"#, "milestone_s.opening"),
    down("Milestone.never", EXCHANGE, &[OPENING], "milestone.opening.never=0.5", "milestones_met"),
    down("Milestone.grace", EXCHANGE, &[OPENING], "milestone.opening.grace=3d", "milestones_late"),
    up("Milestone.missed", EXCHANGE, &[OPENING], "milestone.opening.missed={ opens_dispute = 0.7 }", "disputes"),
    up("Requires.released", EXCHANGE, &[REQUIRING], r#"milestone.opening.requires.released=["men"]"#, "milestone_s.opening"),
    up("Requires.tranches", EXCHANGE, &[REQUIRING], r#"milestone.opening.requires.tranches=["2"]"#, "milestone_s.opening"),
    up("Requires.milestones", EXCHANGE, &[REQUIRING], r#"milestone.opening.requires.milestones=["first"]"#, "milestone_s.opening"),
    up("Flow.owner", BREACHES, &[AID, &["response.authority.holds={ aid = 1 }"]], "flow.aid.owner=others", "flow_delivered"),
    down("Flow.target", EXCHANGE, &[AID], "flow.aid.target=200", "flow_share.aid"),
    up("Flow.level", EXCHANGE, &[AID], "flow.aid.level=150", "flow_delivered"),
    up("Flow.correlation", EXCHANGE, &[AID, &["flow.aid.short={ below = 80, window = 7 }"]], "flow.aid.correlation=0.8", "short.aid"),
    down("Flow.weekday", EXCHANGE, &[AID], "flow.aid.weekday={ fri = 0.2 }", "flow_delivered"),
    up("Flow.hour", EXCHANGE, &[&["horizon=19d12h"], AID], r#"flow.aid.hour="10:00""#, "flow_delivered"),
    down("Flow.from_day", EXCHANGE, &[AID], "flow.aid.from_day=11", "flow_delivered"),
    down("Flow.to_day", EXCHANGE, &[AID], "flow.aid.to_day=11", "flow_delivered"),
    down("Flow.opens_with", EXCHANGE, &[OPENING, AID], "flow.aid.opens_with=opening", "flow_delivered"),
    down("Flow.part_of", EXCHANGE, &[AID_AND_FUEL], "flow.fuel.part_of=aid", "flow_delivered"),
    up("Flow.region", EXCHANGE, &[AID, &["flow.aid.region={ north = 0.2 }"]], "flow.aid.region={ north = 0.5 }", "flow.aid.north"),
    up("Flow.while_held", BREACHES, &[AID, &["response.authority.holds={ aid = 1 }"]], "flow.aid.while_held=0.5", "flow_delivered"),
    up("Flow.while_suspended", BREACHES, &[AID, &["response.authority.policy=suspending"]], "flow.aid.while_suspended=0.5", "flow_delivered"),
    up("Flow.in_limbo", EXCHANGE, &[AID], "flow.aid.in_limbo=0.5", "flow_delivered"),
    up("Flow.short", EXCHANGE, &[AID], "flow.aid.short={ below = 80, opens_dispute = 0.5 }", "disputes"),
    up("Short.below", EXCHANGE, &[AID, &["flow.aid.in_limbo=1", "flow.aid.short={ below = 80 }"]], "flow.aid.short.below=100", "short.aid"),
    down("Short.window", EXCHANGE, &[AID, &["flow.aid.in_limbo=1", "flow.aid.short={ below = 80 }"]], "flow.aid.short.window=5", "short.aid"),
    up("Short.is_violation", EXCHANGE, &[AID, &["flow.aid.in_limbo=1", "flow.aid.short={ below = 80 }"]], "flow.aid.short.is_violation=true", "violations"),
    up("Short.opens_dispute", EXCHANGE, &[AID, &["flow.aid.in_limbo=1", "flow.aid.short={ below = 80 }"]], "flow.aid.short.opens_dispute=0.5", "disputes"),
    down("Short.severity", BREACHES, &[AID, &["flow.aid.in_limbo=1", "flow.aid.short={ below = 80 }", "violation=none", "flow.aid.short.opens_dispute=1"]], "flow.aid.short.severity=1", "least_trust.holders"),
    up("Talks.owner", BREACHES, &[TALKS, &["response.authority.holds={ talks = 1 }"]], "talks.owner=holders", "talks_started"),
    up("Talks.start_by", BREACHES, &[TALKS, &[r#"ending={ collapse = "0.02/day", trust_effect = 10 }"#, "trust={ base = 0.3, up = 0.9, down = 0 }", "tranche=none", "talks.agrees=0"]], "talks.start_by=2", "collapsed"),
    up("Talks.agree_by", BREACHES, &[TALKS, &[r#"ending={ collapse = "0.02/day", trust_effect = 10 }"#, "trust={ base = 0.3, up = 0.9, down = 0 }", "tranche=none", "talks.agrees=1", "talks.start_by=1", "talks.starts=1/day", "talks.takes=5d"]], "talks.agree_by=2", "collapsed"),
    down("Talks.from_day", EXCHANGE, &[TALKS], "talks.from_day=9", "talks_started"),
    up("Talks.starts", EXCHANGE, &[TALKS], "talks.starts=0.3/day", "talks_started"),
    down("Talks.takes", EXCHANGE, &[TALKS], "talks.takes=20d", "talks_agreed"),
    down("Talks.stages", EXCHANGE, &[TALKS], "talks.stages=3", "talks_agreed"),
    up("Talks.agrees", EXCHANGE, &[TALKS], "talks.agrees=0.9", "talks_agreed"),
    up("Talks.missed", EXCHANGE, &[TALKS], "talks.missed={ opens_dispute = 0.5 }", "disputes"),
    down("TermTable.length", EXCHANGE, &[&[r#"term={ length = "20d" }"#]], "term.length=10d", "captives_released"),
    down("TermTable.until", EXCHANGE, &[&[r#"term={ until = "2025-01-21T00:00" }"#]], r#"term.until="2025-01-11T00:00""#, "captives_released"),
    down("TermTable.renewal", EXCHANGE, &[LIMBO, &[r#"term={ length = "20d" }"#]], r#"term.renewal={ steps = ["5d"], most = 1, probability = 0.8 }"#, "collapsed"),
    down("TermTable.while_talks", EXCHANGE, &[LIMBO, &[r#"term={ length = "20d" }"#], TALKS], "term.while_talks=true", "collapsed"),
    down("Renewal.steps", EXCHANGE, &[LIMBO, &[r#"term={ length = "20d", renewal = { steps = ["2d"], most = 2, probability = 0.5 } }"#]], r#"term.renewal.steps=["5d"]"#, "collapsed"),
    up("Renewal.most", EXCHANGE, &[LIMBO, &[r#"term={ length = "20d", renewal = { steps = ["2d"], most = 2, probability = 0.5 } }"#, "term.renewal.probability=0.9"]], "term.renewal.most=4", "renewals"),
    up("Renewal.probability", EXCHANGE, &[LIMBO, &[r#"term={ length = "20d", renewal = { steps = ["2d"], most = 2, probability = 0.5 } }"#]], "term.renewal.probability=0.9", "renewals"),
    down("Renewal.list_accepted", EXCHANGE, &[LIMBO, &[r#"term={ length = "20d", renewal = { steps = ["2d"], most = 2, probability = 0.5 } }"#]], "term.renewal.list_accepted=0.5", "renewals"),
    down("Renewal.list_late", EXCHANGE, &[LIMBO, &[r#"term={ length = "20d", renewal = { steps = ["2d"], most = 2, probability = 0.9, list_late = { probability = 0.1, by = "6h" } } }"#]], r#"term.renewal.list_late={ probability = 0.8, by = "6h" }"#, "renewals"),
    up("Renewal.list_lead", EXCHANGE, &[LIMBO, &[r#"term={ length = "20d", renewal = { steps = ["2d"], most = 2, probability = 0.9, list_late = { probability = 0.6, by = "6h" } } }"#]], "term.renewal.list_lead=8h", "renewals"),
    up("Renewal.if_delivered", EXCHANGE, &[&[r#"term={ length = "10d", renewal = { steps = ["2d"], most = 2, probability = 0.5 } }"#, "round.check=12d"]], "term.renewal.if_delivered=false", "renewals"),
    // ---- rounds ----
    up("Round.legs", EXCHANGE, &[], "round.legs=prisoners first", "tranche.1.captives_delay_s"),
    down("Round.waits_for", EXCHANGE, &[&["tranche.1.day=10"]], "round.waits_for=due time", "tranche.2.captives_delay_s"),
    up("Round.catch_up", EXCHANGE, &[&[r#"start_delay={ probability = 1, by = "5d" }"#]], "round.catch_up=shift", "completion_s"),
    up("Round.grace", EXCHANGE, &[&["round.missed={ opens_dispute = 0.5 }"]], "round.grace=6h", "disputes"),
    up("Round.missed", EXCHANGE, &[&["round.grace=6h"]], "round.missed={ opens_dispute = 0.5 }", "disputes"),
    up("Round.list", EXCHANGE, &[], r#"round.list={ lead = "1d" }"#, "events"),
    up("Round.check", EXCHANGE, &[], "round.check=1d", "tranche.1.captives_delay_s"),
    up("Round.staging", EXCHANGE, &[], "round.staging=1d", "tranche.1.captives_delay_s"),
    up("Round.transit", EXCHANGE, &[], "round.transit=1d", "tranche.1.captives_delay_s"),
    up("Round.handover", EXCHANGE, &[], r#"round.handover={ takes = "1d" }"#, "tranche.1.captives_delay_s"),
    up("Round.custody", EXCHANGE, &[], "round.custody=1d", "tranche.1.prisoners_delay_s"),
    up("Round.identification", EXCHANGE, &[REMAINS], r#"round.identification={ takes = "1d" }"#, "tranche.1.prisoners_delay_s"),
    up("Round.reciprocal", EXCHANGE, &[], r#"round.reciprocal={ takes = "1d" }"#, "tranche.1.prisoners_delay_s"),
    down("List.lead", EXCHANGE, &[LISTED], "round.list.lead=3d", "tranche.3.captives_delay_s"),
    up("List.late", EXCHANGE, &[LISTED], r#"round.list.late={ probability = 0.9, by = "2d" }"#, "lists_late"),
    up("List.missed", EXCHANGE, &[LISTED], "round.list.missed={ opens_dispute = 0.5 }", "disputes"),
    up("List.surplus", EXCHANGE, &[LISTED], "round.list.surplus=2", "names_proposed"),
    up("List.refused", EXCHANGE, &[LISTED], "round.list.refused=0.5", "names_refused"),
    up("List.substitution", EXCHANGE, &[LISTED], "round.list.substitution=5d", "tranche.3.captives_delay_s"),
    up("List.missing", EXCHANGE, &[LISTED], r#"round.list.missing={ probability = 0.9, by = "12h" }"#, "tranche.1.captives_delay_s"),
    up("StepTable.takes", EXCHANGE, &[&[r#"round.staging={ takes = "1h" }"#]], "round.staging.takes=3h", "tranche.1.captives_delay_s"),
    up("StepTable.when_held", BREACHES, &[HELD_CAPTIVES, &[r#"round.staging={ takes = "2d" }"#]], "round.staging.when_held=repeat", "captives_custody_person_s"),
    up("Handover.takes", EXCHANGE, &[], "round.handover.takes=5h", "tranche.1.captives_delay_s"),
    up("Handover.window", EXCHANGE, &[], "round.handover.window=06:00-10:00", "tranche.1.captives_delay_s"),
    up("Handover.hour", EXCHANGE, &[], "round.handover.hour=20h", "tranche.1.captives_delay_s"),
    up("Handover.sites", EXCHANGE, &[], "round.handover.sites=3", "tranche.1.captives_delay_s"),
    up("Handover.gap", EXCHANGE, &[&["round.handover.sites=3"]], "round.handover.gap=2h", "tranche.1.captives_delay_s"),
    down("Handover.vehicles", EXCHANGE, &[VEHICLES], "round.reciprocal.vehicles=3", "tranche.1.prisoners_delay_s"),
    down("Handover.capacity", EXCHANGE, &[VEHICLES], "round.reciprocal.capacity=15", "tranche.1.prisoners_delay_s"),
    up("Handover.turnaround", EXCHANGE, &[VEHICLES], "round.reciprocal.turnaround=2h", "tranche.1.prisoners_delay_s"),
    up("Handover.when_held", BREACHES, &[HELD_CAPTIVES, &["round.handover.takes=2d"]], "round.handover.when_held=repeat", "captives_custody_person_s"),
    down("Handover.withheld", EXCHANGE, &[], r#"round.handover.withheld={ probability = 0.5, share = 0.5, then = "left owed" }"#, "captives_released"),
    up("Withheld.probability", EXCHANGE, &[WITHHELD], "round.handover.withheld.probability=0.9", "withheld"),
    up("Withheld.share", EXCHANGE, &[WITHHELD], "round.handover.withheld.share=0.7", "withheld"),
    down("Withheld.then", EXCHANGE, &[WITHHELD], "round.handover.withheld.then=left owed", "captives_released"),
    up("Identification.takes", EXCHANGE, &[REMAINS, &[r#"round.identification={ takes = "1d", mismatch = 0.3, replacement = "40d" }"#]], "round.identification.takes=2d", "tranche.1.prisoners_delay_s"),
    up("Identification.mismatch", EXCHANGE, &[REMAINS, &[r#"round.identification={ takes = "1d", mismatch = 0.3, replacement = "40d" }"#]], "round.identification.mismatch=0.6", "mismatches"),
    up("Identification.replacement", EXCHANGE, &[REMAINS, &[r#"round.identification={ takes = "1d", mismatch = 0.3, replacement = "40d" }"#]], "round.identification.replacement=1d", "remains_confirmed"),
    up("Identification.missed", EXCHANGE, &[REMAINS, &[r#"round.identification={ takes = "1d", mismatch = 0.3, replacement = "40d" }"#]], "round.identification.missed={ opens_dispute = 0.8 }", "disputes"),
    up("Identification.when_held", BREACHES, &[HELD_CAPTIVES, REMAINS, &[r#"round.identification={ takes = "2d" }"#]], "round.identification.when_held=repeat", "prisoners_custody_person_s"),
    // ---- breaches ----
    up("Fault.probability", BREACHES, &[FAULTS], "fault.probability=0.9", "faults"),
    down("Fault.class", BREACHES, &[FAULTS], r#"fault.class={ conduct = { share = 1, against = "authority" } }"#, "suspensions"),
    up("FaultClass.share", BREACHES, &[FAULTS, &[r#"fault.class={ conduct = { share = 1, against = "holders", at = "reciprocal" }, delay = { share = 1, against = "authority" } }"#]], "fault.class.conduct.share=9", "suspensions"),
    down("FaultClass.against", BREACHES, &[FAULTS], "fault.class.conduct.against=authority", "suspensions"),
    down("FaultClass.claimed_by", BREACHES, &[FAULTS], "fault.class.conduct.claimed_by=holders", "suspensions"),
    down("FaultClass.at", BREACHES, &[FAULTS], "fault.class.conduct.at=check", "captives_released"),
    down("FaultClass.severity", BREACHES, &[FAULTS], "fault.class.conduct.severity=1", "least_trust.authority"),
    down("FaultClass.remains_only", BREACHES, &[FAULTS, &["cohort.men.dies=0.001/day"]], "fault.class.conduct.remains_only=true", "faults"),
    up("Violation.rate", BREACHES, &[VIOLATIONS], "violation.holders.rate=0.5/day", "violations"),
    up("Violation.early", BREACHES, &[VIOLATIONS], r#"violation.holders.early={ times = 5, decays = "3d" }"#, "violations"),
    up("Violation.excites", BREACHES, &[VIOLATIONS], "violation.holders.excites={ holders = 0.5 }", "violations"),
    down("Violation.memory", BREACHES, &[VIOLATIONS, &["violation.holders.excites={ holders = 0.5 }"]], "violation.holders.memory=30d", "violations"),
    down("Violation.severity", BREACHES, &[VIOLATIONS, &["violation.holders.opens_dispute=1"]], "violation.holders.severity=1", "least_trust.authority"),
    up("Violation.opens_dispute", BREACHES, &[VIOLATIONS], "violation.holders.opens_dispute=0.3", "disputes"),
    down("Violation.by_severity", BREACHES, &[VIOLATIONS], "violation.holders.by_severity=true", "disputes"),
    up("Violation.fatal", BREACHES, &[VIOLATIONS], "violation.holders.fatal=0.5", "deaths.holders"),
    up("Violation.further_deaths", BREACHES, &[VIOLATIONS], "violation.holders.further_deaths={ poisson = { mean = 2 } }", "deaths.holders"),
    up("Violation.injuries", BREACHES, &[VIOLATIONS], "violation.holders.injuries=2", "injuries.holders"),
    up("Violation.fatal_opens_dispute", BREACHES, &[VIOLATIONS], "violation.holders.fatal_opens_dispute=0.9", "disputes"),
    up("Violation.burst", BREACHES, &[VIOLATIONS], "violation.holders.burst=0.2", "bursts.holders"),
    up("Violation.burst_deaths", BREACHES, &[VIOLATIONS, &["violation.holders.burst=0.2"]], "violation.holders.burst_deaths=20", "deaths.holders"),
    up("Violation.burst_opens_dispute", BREACHES, &[VIOLATIONS, &["violation.holders.burst=0.2"]], "violation.holders.burst_opens_dispute=0.9", "disputes"),
    up("Violation.confirmed", BREACHES, &[VIOLATIONS, &["violation.holders.confirmed=0.2"]], "violation.holders.confirmed=0.6", "confirmed.holders"),
    down("Violation.claimed_by", BREACHES, &[VIOLATIONS], "violation.holders.claimed_by=others", "held_s.prisoners"),
    shows("Violation.counted_by", BREACHES, &[VIOLATIONS], "violation.holders.counted_by=a monitor"),
    up("Early.times", BREACHES, &[VIOLATIONS, &[r#"violation.holders.early={ times = 3, decays = "2d" }"#]], "violation.holders.early.times=8", "violations"),
    up("Early.decays", BREACHES, &[VIOLATIONS, &[r#"violation.holders.early={ times = 3, decays = "2d" }"#]], "violation.holders.early.decays=8d", "violations"),
    down("External.day", BREACHES, &[SUSPENDING, SPEECH], "event.speech.day=13", "suspended_s"),
    down("External.at", BREACHES, &[SUSPENDING, SPEECH, &["event.speech.dispute.probability=1"]], r#"event.speech.at="18:00""#, "suspended_s"),
    up("External.rate", BREACHES, &[SUSPENDING, &[r#"event={ speech = { rate = "0.1/day", effect = {} } }"#]], "event.speech.rate=0.3/day", "events"),
    up("External.effect", BREACHES, &[SPEECH], "event.speech.effect={ collapse = 3 }", "collapsed"),
    up("External.dispute", BREACHES, &[SUSPENDING, &["event={ speech = { day = 3, effect = {} } }"]], r#"event.speech.dispute={ probability = 0.4, claimed_by = "authority" }"#, "suspensions"),
    up("ExternalDispute.probability", BREACHES, &[SUSPENDING, SPEECH], "event.speech.dispute.probability=0.8", "suspensions"),
    down("ExternalDispute.claimed_by", BREACHES, &[SUSPENDING, SPEECH], "event.speech.dispute.claimed_by=holders", "suspensions"),
    down("ExternalDispute.severity", BREACHES, &[SUSPENDING, SPEECH], "event.speech.dispute.severity=1", "least_trust.authority"),
    down("Effect.trust", BREACHES, &[SUSPENDING, SPEECH], "event.speech.effect.trust={ holders = -0.3 }", "least_trust.holders"),
    up("Effect.collapse", BREACHES, &[SPEECH], "event.speech.effect.collapse=3", "collapsed"),
    up("Effect.settles", BREACHES, &[SPEECH], "event.speech.effect.settles=3", "settled"),
    up("Effect.extension", BREACHES, &[AT_TERM, SPEECH], "event.speech.effect.extension=2", "term_extended"),
    up("Effect.violations", BREACHES, &[SPEECH], "event.speech.effect.violations={ holders = 5 }", "violations"),
    down("Effect.decays", BREACHES, &[SPEECH, &["event.speech.effect.collapse=3"]], "event.speech.effect.decays=1d", "collapsed"),
    up("Front.breaks", BREACHES, &[FRONT], "front.north.breaks=0.5/day", "collapsed"),
    up("Front.expires", BREACHES, &[&[r#"front={ north = { breaks = "0.02/day", expires = 29, renewed = 0, effect = { collapse = 2 } } }"#]], "front.north.expires=2", "collapsed"),
    down("Front.renewed", BREACHES, &[FRONT, &["front.north.renewed=0"]], "front.north.renewed=1", "collapsed"),
    up("Front.shared", EXCHANGE, &[&[r#"front={ north = { breaks = "0.002/day", effect = {} } }"#]], "front.north.shared=2", "events"),
    up("Front.effect", BREACHES, &[FRONT, &["front.north.breaks=0.2/day"]], "front.north.effect={ collapse = 4 }", "collapsed"),
    up("Shared.collapse", BREACHES, &[&["ending.collapse=0.001/day", "shared={}"]], "shared.collapse=2", "collapsed"),
    up("Shared.violations", BREACHES, &[&["shared={}"]], "shared.violations=1", "violations"),
    up("Shared.extension", BREACHES, &[AT_TERM, &["ending.at_term.extended=0.05", "shared={}"]], "shared.extension=2", "term_extended"),
    up("Shared.settles", BREACHES, &[&["mediation.settles=0.1", "shared={}"]], "shared.settles=3", "settled"),
    // ---- answers and who settles ----
    up("Response.policy", BREACHES, &[], "response.authority.policy=suspending", "suspensions"),
    up("Response.odds", BREACHES, &[&["response.authority={}"]], "response.authority.odds={ hold = 1 }", "delayed_by.hold"),
    down("Response.holds", BREACHES, &[], "response.authority.holds={ prisoners = 1, aid = 1 }", "held_s.prisoners"),
    up("Response.slows_by", BREACHES, &[ODDS, &["response.authority.odds={ slow = 1 }"]], "response.authority.slows_by=10d", "prisoners_custody_person_s"),
    down("Response.generosity", BREACHES, &[&["response.authority.policy=proportional"]], "response.authority.generosity=0.8", "disputes"),
    up("Response.severity_effect", BREACHES, &[ODDS], "response.authority.severity_effect=5", "disputes"),
    down("Response.trust_effect", BREACHES, &[ODDS, &["trust={ base = 0.2, up = 0.9, down = 0 }"]], "response.authority.trust_effect=5", "disputes"),
    up("Response.memory_effect", BREACHES, &[ODDS], "response.authority.memory_effect=1", "disputes"),
    down("Response.nothing_due", BREACHES, &[], "response.authority.nothing_due=lapses", "held_s.prisoners"),
    down("Odds.absorb", BREACHES, &[ODDS], "response.authority.odds.absorb=5", "disputes"),
    down("Odds.protest", BREACHES, &[ODDS], "response.authority.odds.protest=9", "held_s.prisoners"),
    up("Odds.slow", BREACHES, &[ODDS], "response.authority.odds.slow=9", "delayed_by.slowed"),
    up("Odds.hold", BREACHES, &[ODDS], "response.authority.odds.hold=9", "held_s.prisoners"),
    up("Odds.suspend", BREACHES, &[ODDS], "response.authority.odds.suspend=1", "suspensions"),
    up("Odds.withdraw", BREACHES, &[ODDS], "response.authority.odds.withdraw=1", "collapsed"),
    up("Mediation.files_at_once", BREACHES, &[DISPUTED, &["violation.holders.rate=2/day"]], "mediation.files_at_once=3", "settled"),
    up("Mediation.mediator", BREACHES, &[DISPUTED, &["violation.holders.rate=2/day"]], "mediation.mediator={ envoy = { speed = 3 } }", "settled"),
    up("Mediation.takes", BREACHES, &[DISPUTED], "mediation.takes=2d", "held_s.prisoners"),
    up("Mediation.settles", BREACHES, &[DISPUTED], "mediation.settles=0.95", "settled"),
    up("Mediation.attempts", BREACHES, &[DISPUTED], "mediation.attempts=5", "settled"),
    up("Mediation.unsettled", BREACHES, &[DISPUTED], "mediation.unsettled=collapse", "collapsed"),
    down("Mediation.open_file_keeps_hold", BREACHES, &[DISPUTED], "mediation.open_file_keeps_hold=false", "held_s.prisoners"),
    down("Mediation.settlement", BREACHES, &[DISPUTED], r#"mediation.settlement={ acceleration = { probability = 1, by = "3d" } }"#, "captives_custody_person_s"),
    up("Mediator.files", BREACHES, &[ENVOY], "mediation.mediator.envoy.files=3", "settled"),
    up("Mediator.available", BREACHES, &[ENVOY], "mediation.mediator.envoy.available=0.9", "settled"),
    up("Mediator.speed", BREACHES, &[ENVOY], "mediation.mediator.envoy.speed=4", "settled"),
    up("Mediator.leverage", BREACHES, &[ENVOY], "mediation.mediator.envoy.leverage=3", "settled"),
    up("Settlement.extra_round", BREACHES, &[DISPUTED, &["mediation.settlement={}"]], r#"mediation.settlement.extra_round={ probability = 1, people = 2, after = "1d" }"#, "events"),
    down("Settlement.acceleration", BREACHES, &[DISPUTED, &["mediation.settlement={}"]], r#"mediation.settlement.acceleration={ probability = 1, by = "3d" }"#, "captives_custody_person_s"),
    down("Settlement.simultaneous", BREACHES, &[DISPUTED, &["mediation.settlement={}", "round.custody=2d"]], "mediation.settlement.simultaneous=0.9", "prisoners_custody_person_s"),
    up("ExtraRound.probability", BREACHES, &[SETTLING], "mediation.settlement.extra_round.probability=0.9", "extra_rounds"),
    down("ExtraRound.people", BREACHES, &[SETTLING], "mediation.settlement.extra_round.people=4", "captives_custody_person_s"),
    up("ExtraRound.after", BREACHES, &[SETTLING, &["mediation.settlement.extra_round.probability=1", "mediation.settlement.extra_round.people=4"]], "mediation.settlement.extra_round.after=12d", "captives_custody_person_s"),
    up("ExtraRound.most", BREACHES, &[SETTLING], "mediation.settlement.extra_round.most=3", "extra_rounds"),
    up("ExtraRound.takes_from", BREACHES, &[SETTLING, &["mediation.settlement.extra_round.probability=1", "mediation.settlement.extra_round.people=4"]], "mediation.settlement.extra_round.takes_from=next", "captives_custody_person_s"),
    down("Acceleration.probability", BREACHES, &[SETTLING], "mediation.settlement.acceleration.probability=0.9", "captives_custody_person_s"),
    down("Acceleration.by", BREACHES, &[SETTLING, &["mediation.settlement.acceleration.probability=1"]], "mediation.settlement.acceleration.by=5d", "captives_custody_person_s"),
    up("Trust.base", BREACHES, &[DISPUTED], "trust.base=0.8", "least_trust.authority"),
    up("Trust.up", BREACHES, &[DISPUTED], "trust.up=0.5", "least_trust.authority"),
    down("Trust.down", BREACHES, &[DISPUTED], "trust.down=0.6", "least_trust.authority"),
    up("Trust.returns", BREACHES, &[DISPUTED], "trust.returns=1d", "least_trust.authority"),
    // ---- the end ----
    up("Ending.collapse", BREACHES, &[], "ending.collapse=0.05/day", "collapsed"),
    down("Ending.trust_effect", BREACHES, &[&["violation=none", "trust={ base = 0.2, up = 0.5, down = 0 }"]], "ending.trust_effect=5", "collapsed"),
    up("Ending.open_file_effect", BREACHES, &[&["mediation.settles=0"]], "ending.open_file_effect=1", "collapsed"),
    up("Ending.burst_effect", BREACHES, &[&["violation.holders.burst=0.3"]], "ending.burst_effect=2", "collapsed"),
    up("Ending.burst_lasts", BREACHES, &[&["violation.holders.burst=0.3", "ending.burst_effect=2"]], "ending.burst_lasts=10d", "collapsed"),
    up("Ending.value_effect", BREACHES, &[], "ending.value_effect=2", "collapsed"),
    down("Ending.at_term", BREACHES, &[AT_TERM, &["ending.at_term=none"]], r#"ending.at_term={ extended = 0.8, length = "10d" }"#, "collapsed"),
    up("Ending.limbo", BREACHES, &[], r#"ending.limbo={ collapse = "0.5/day" }"#, "collapsed"),
    up("Ending.later_collapse", BREACHES, &[&[r#"ending.at_term={ extended = 1, length = "10d" }"#]], "ending.later_collapse=0.3/day", "collapsed"),
    up("AtTerm.extended", BREACHES, &[AT_TERM], "ending.at_term.extended=0.7", "term_extended"),
    down("AtTerm.length", BREACHES, &[AT_TERM], "ending.at_term.length=10d", "collapsed"),
    up("AtTerm.progress_effect", BREACHES, &[AT_TERM, TALKS, &["talks.stages=4", "talks.takes=3d"]], "ending.at_term.progress_effect=4", "term_extended"),
    up("AtTerm.talks_effect", BREACHES, &[AT_TERM, TALKS, &["talks.takes=100d"]], "ending.at_term.talks_effect=2", "term_extended"),
    up("AtTerm.trust_effect", BREACHES, &[AT_TERM, &["violation=none", "trust={ base = 0.2, up = 0.5, down = 0 }"]], "ending.at_term.trust_effect=5", "term_extended"),
    up("AtTerm.counter_offer", BREACHES, &[AT_TERM], "ending.at_term.counter_offer=0.6", "term_extended"),
    down("AtTerm.counter_length", BREACHES, &[AT_TERM, &["ending.at_term.counter_offer=0.5"], &["ending.at_term.counter_length=4d"]], "ending.at_term.counter_length=10d", "collapsed"),
    up("Limbo.collapse", BREACHES, &[AT_TERM, &["ending.limbo.collapse=0.1/day"]], "ending.limbo.collapse=2/day", "collapsed"),
    // ---- small tables ----
    up("Late.probability", EXCHANGE, &[LATE_START], "start_delay.probability=0.8", "start_s"),
    up("Late.by", EXCHANGE, &[LATE_START], "start_delay.by=4d", "start_s"),
    up("Missed.opens_dispute", BREACHES, &[LATE_LEGS], "round.missed.opens_dispute=0.7", "disputes"),
    down("Missed.severity", BREACHES, &[LATE_LEGS], "round.missed.severity=1", "least_trust.authority"),
    shows("Labels.captive", EXCHANGE, &[&[r#"label={ captive = "hostage" }"#]], "label.captive=detainee"),
    shows("Labels.prisoner", EXCHANGE, &[&[r#"label={ captive = "hostage" }"#]], "label.prisoner=detainee"),
    shows("Mark.basis", EXCHANGE, &[MARKED], "mark.key.basis=estimated"),
    shows("Mark.n", EXCHANGE, &[MARKED], "mark.key.n=8"),
    shows("Mark.source", EXCHANGE, &[MARKED], "mark.key.source=the appendix"),
    // ---- what has happened already ----
    up("History.as_of_day", EXCHANGE, &[PAST], "history.as_of_day=7", "tranche.1.captives_delay_s"),
    up("History.started", EXCHANGE, &[PAST], r#"history.started="2025-01-02T00:00""#, "start_s"),
    down("History.release", EXCHANGE, &[PAST], r#"history.release=[{ tranche = "1", at = "2025-01-02T12:00", people = { women = 3 } }]"#, "tranche.1.captives_delay_s"),
    up("History.dispute", EXCHANGE, &[PAST], r#"history.dispute=[{ claimed_by = "authority", from = "2025-01-03T00:00" }]"#, "disputes"),
    up("History.milestone", EXCHANGE, &[PAST, &[r#"milestone={ opening = { owner = "authority", day = 3, never = 1 } }"#]], r#"history.milestone=[{ name = "opening", at = "2025-01-03T00:00" }]"#, "milestones_met"),
    up("History.violations", BREACHES, &[PAST], r#"history.violations=[{ against = "holders", to_day = 3, count = 10 }]"#, "violations"),
    up("History.flow", EXCHANGE, &[PAST, AID], r#"history.flow=[{ name = "aid", day = 2, delivered = 180 }]"#, "flow_delivered"),
    up("History.talks_started", EXCHANGE, &[PAST, TALKS], r#"history.talks_started="2025-01-03T00:00""#, "talks_started"),
    up("ReleaseFact.tranche", EXCHANGE, &[PAST_RELEASE], r#"history.release.0.tranche="2""#, "tranche.1.captives_delay_s"),
    up("ReleaseFact.at", EXCHANGE, &[PAST_RELEASE], r#"history.release.0.at="2025-01-04T12:00""#, "tranche.1.captives_delay_s"),
    // Who did not come goes with the next round, or on its own where the leg goes on: all are back, sooner.
    down("ReleaseFact.people", EXCHANGE, &[PAST_RELEASE], "history.release.0.people={ women = 3 }", "captives_custody_person_s"),
    down("ReleaseFact.completes", EXCHANGE, &[PAST_RELEASE], "history.release.0.completes=false", "captives_custody_person_s"),
    down("ReleaseFact.confirmed", EXCHANGE, &[PAST_RELEASE, &["cohort.women.condition=remains", "key.women=none"]], "history.release.0.confirmed=1", "remains_confirmed"),
    down("DisputeFact.claimed_by", BREACHES, &[&[r#"history={ as_of_day = 5, dispute = [{ claimed_by = "authority", from = "2025-01-03T00:00" }] }"#, "violation=none", "ending=none"]], "history.dispute.0.claimed_by=holders", "least_trust.holders"),
    down("DisputeFact.from", BREACHES, &[PAST_DISPUTE, &["violation=none", "ending=none", "mediation.settles=1"]], r#"history.dispute.0.from="2025-01-04T00:00""#, "held_s.prisoners"),
    down("DisputeFact.until", BREACHES, &[PAST_DISPUTE, &["violation=none", "ending=none"]], r#"history.dispute.0.until="2025-01-04T00:00""#, "held_s.prisoners"),
    up("DisputeFact.held", BREACHES, &[PAST_DISPUTE, &["violation=none", "ending=none"]], "history.dispute.0.held=truce", "suspended_s"),
    shows("MilestoneFact.name", EXCHANGE, &[PAST_MILESTONE], "history.milestone.0.name=crossing"),
    up("MilestoneFact.at", EXCHANGE, &[PAST_MILESTONE], r#"history.milestone.0.at="2025-01-05T00:00""#, "milestone_s.opening"),
    down("ViolationsFact.against", BREACHES, &[PAST_VIOLATIONS], "history.violations.0.against=authority", "violations.holders"),
    up("ViolationsFact.to_day", BREACHES, &[PAST_VIOLATIONS], "history.violations.0.to_day=5", "violations"),
    up("ViolationsFact.count", BREACHES, &[PAST_VIOLATIONS], "history.violations.0.count=20", "violations"),
    up("ViolationsFact.killed", BREACHES, &[PAST_VIOLATIONS], "history.violations.0.killed=9", "deaths.holders"),
    up("FlowFact.name", EXCHANGE, &[PAST_FLOW], "history.flow.0.name=fuel", "flow.fuel"),
    shows("FlowFact.day", EXCHANGE, &[PAST_FLOW], "history.flow.0.day=3"),
    up("FlowFact.delivered", EXCHANGE, &[PAST_FLOW], "history.flow.0.delivered=80", "flow_delivered"),
    // ---- laws: of the check of names, whose mean shows in a delay and whose tail in disputes over lateness; and of deaths ----
    up("Law.uniform.min", EXCHANGE, &[&[r#"round.check={ uniform = { min = "1h", max = "9h" } }"#]], "round.check.uniform.min=5h", "tranche.1.captives_delay_s"),
    up("Law.uniform.max", EXCHANGE, &[&[r#"round.check={ uniform = { min = "1h", max = "9h" } }"#]], "round.check.uniform.max=15h", "tranche.1.captives_delay_s"),
    up("Law.triangular.min", EXCHANGE, &[&[r#"round.check={ triangular = { min = "0h", mode = "6h", max = "9h" } }"#]], "round.check.triangular.min=5h", "tranche.1.captives_delay_s"),
    up("Law.triangular.mode", EXCHANGE, &[&[r#"round.check={ triangular = { min = "1h", mode = "2h", max = "9h" } }"#]], "round.check.triangular.mode=7h", "tranche.1.captives_delay_s"),
    up("Law.triangular.max", EXCHANGE, &[&[r#"round.check={ triangular = { min = "1h", mode = "2h", max = "9h" } }"#]], "round.check.triangular.max=20h", "tranche.1.captives_delay_s"),
    up("Law.pert.min", EXCHANGE, &[&[r#"round.check={ pert = { min = "0h", mode = "6h", max = "9h" } }"#]], "round.check.pert.min=5h", "tranche.1.captives_delay_s"),
    up("Law.pert.mode", EXCHANGE, &[&[r#"round.check={ pert = { min = "1h", mode = "2h", max = "9h" } }"#]], "round.check.pert.mode=7h", "tranche.1.captives_delay_s"),
    up("Law.pert.max", EXCHANGE, &[&[r#"round.check={ pert = { min = "1h", mode = "2h", max = "9h" } }"#]], "round.check.pert.max=20h", "tranche.1.captives_delay_s"),
    up("Law.exponential.mean", EXCHANGE, &[&[r#"round.check={ exponential = { mean = "4h" } }"#]], "round.check.exponential.mean=8h", "tranche.1.captives_delay_s"),
    down("Law.erlang.shape", EXCHANGE, &[TAIL, &[r#"round.check={ erlang = { shape = 1, mean = "4h" } }"#]], "round.check.erlang.shape=6", "disputes"),
    up("Law.erlang.mean", EXCHANGE, &[&[r#"round.check={ erlang = { shape = 2, mean = "4h" } }"#]], "round.check.erlang.mean=8h", "tranche.1.captives_delay_s"),
    up("Law.gamma.shape", EXCHANGE, &[&[r#"round.check={ gamma = { shape = 2, scale = "2h" } }"#]], "round.check.gamma.shape=3", "tranche.1.captives_delay_s"),
    up("Law.gamma.scale", EXCHANGE, &[&[r#"round.check={ gamma = { shape = 2, scale = "2h" } }"#]], "round.check.gamma.scale=4h", "tranche.1.captives_delay_s"),
    up("Law.gamma.mean", EXCHANGE, &[&[r#"round.check={ gamma = { shape = 2, mean = "4h" } }"#]], "round.check.gamma.mean=8h", "tranche.1.captives_delay_s"),
    up("Law.lognormal.median", EXCHANGE, &[&[r#"round.check={ lognormal = { median = "4h", sigma = 0.5 } }"#]], "round.check.lognormal.median=6h", "tranche.1.captives_delay_s"),
    up("Law.lognormal.sigma", EXCHANGE, &[&[r#"round.check={ lognormal = { median = "4h", sigma = 0.5 } }"#]], "round.check.lognormal.sigma=1", "tranche.1.captives_delay_s"),
    up("Law.lognormal.mean", EXCHANGE, &[&[r#"round.check={ lognormal = { mean = "4h", sd = "1h" } }"#]], "round.check.lognormal.mean=6h", "tranche.1.captives_delay_s"),
    up("Law.lognormal.sd", EXCHANGE, &[TAIL, &[r#"round.check={ lognormal = { mean = "4h", sd = "1h" } }"#]], "round.check.lognormal.sd=6h", "disputes"),
    up("Law.normal.mean", EXCHANGE, &[&[r#"round.check={ normal = { mean = "6h", sd = "3h", clip = { min = "1h", max = "11h" } } }"#]], "round.check.normal.mean=8h", "tranche.1.captives_delay_s"),
    up("Law.normal.sd", EXCHANGE, &[&[r#"round.check={ normal = { mean = "4h", sd = "1h", clip = { min = "0h" } } }"#]], "round.check.normal.sd=9h", "tranche.1.captives_delay_s"),
    up("Law.normal.clip", EXCHANGE, &[&[r#"round.check={ normal = { mean = "6h", sd = "3h", clip = { min = "1h", max = "11h" } } }"#]], r#"round.check.normal.clip={ min = "5h", max = "11h" }"#, "tranche.1.captives_delay_s"),
    up("Law.normal.truncate", EXCHANGE, &[&[r#"round.check={ normal = { mean = "6h", sd = "3h", truncate = { min = "1h", max = "11h" } } }"#]], r#"round.check.normal.truncate={ min = "5h", max = "11h" }"#, "tranche.1.captives_delay_s"),
    up("Law.normal.clip.min", EXCHANGE, &[&[r#"round.check={ normal = { mean = "6h", sd = "3h", clip = { min = "1h", max = "11h" } } }"#]], "round.check.normal.clip.min=5h", "tranche.1.captives_delay_s"),
    down("Law.normal.clip.max", EXCHANGE, &[&[r#"round.check={ normal = { mean = "6h", sd = "3h", clip = { min = "1h", max = "11h" } } }"#]], "round.check.normal.clip.max=7h", "tranche.1.captives_delay_s"),
    up("Law.normal.truncate.min", EXCHANGE, &[&[r#"round.check={ normal = { mean = "6h", sd = "3h", truncate = { min = "1h", max = "11h" } } }"#]], "round.check.normal.truncate.min=5h", "tranche.1.captives_delay_s"),
    down("Law.normal.truncate.max", EXCHANGE, &[&[r#"round.check={ normal = { mean = "6h", sd = "3h", truncate = { min = "1h", max = "11h" } } }"#]], "round.check.normal.truncate.max=7h", "tranche.1.captives_delay_s"),
    up("Law.weibull.shape", EXCHANGE, &[&[r#"round.check={ weibull = { shape = 1, scale = "4h" } }"#]], "round.check.weibull.shape=0.5", "tranche.1.captives_delay_s"),
    up("Law.weibull.scale", EXCHANGE, &[&[r#"round.check={ weibull = { shape = 1, scale = "4h" } }"#]], "round.check.weibull.scale=6h", "tranche.1.captives_delay_s"),
    up("Law.beta.a", EXCHANGE, &[&[r#"round.check={ beta = { a = 2, b = 2, min = "1h", max = "9h" } }"#]], "round.check.beta.a=6", "tranche.1.captives_delay_s"),
    down("Law.beta.b", EXCHANGE, &[&[r#"round.check={ beta = { a = 2, b = 2, min = "1h", max = "9h" } }"#]], "round.check.beta.b=6", "tranche.1.captives_delay_s"),
    up("Law.beta.min", EXCHANGE, &[&[r#"round.check={ beta = { a = 2, b = 2, min = "1h", max = "9h" } }"#]], "round.check.beta.min=4h", "tranche.1.captives_delay_s"),
    up("Law.beta.max", EXCHANGE, &[&[r#"round.check={ beta = { a = 2, b = 2, min = "1h", max = "9h" } }"#]], "round.check.beta.max=20h", "tranche.1.captives_delay_s"),
    up("Law.table.values", EXCHANGE, &[&[r#"round.check={ table = { values = ["1h", "9h"] } }"#]], r#"round.check.table.values=["1h", "20h"]"#, "tranche.1.captives_delay_s"),
    up("Law.table.weights", EXCHANGE, &[&[r#"round.check={ table = { values = ["1h", "9h"], weights = [1, 1] } }"#]], "round.check.table.weights=[1, 9]", "tranche.1.captives_delay_s"),
    up("Law.gated.probability", EXCHANGE, &[&[r#"round.check={ gated = { probability = 0.5, then = "8h" } }"#]], "round.check.gated.probability=0.9", "tranche.1.captives_delay_s"),
    up("Law.gated.then", EXCHANGE, &[&[r#"round.check={ gated = { probability = 0.5, then = "8h" } }"#]], "round.check.gated.then=20h", "tranche.1.captives_delay_s"),
    up("Law.mixture.weight", EXCHANGE, &[&[r#"round.check={ mixture = [{ weight = 1, law = "1h" }, { weight = 1, law = "9h" }] }"#]], "round.check.mixture.1.weight=9", "tranche.1.captives_delay_s"),
    up("Law.mixture.law", EXCHANGE, &[&[r#"round.check={ mixture = [{ weight = 1, law = "1h" }, { weight = 1, law = "9h" }] }"#]], "round.check.mixture.1.law=20h", "tranche.1.captives_delay_s"),
    up("Law.bernoulli.probability", BREACHES, &[VIOLATIONS, &["violation.holders.further_deaths={ bernoulli = { probability = 0.2 } }"]], "violation.holders.further_deaths.bernoulli.probability=0.9", "deaths.holders"),
    up("Law.geometric.mean", BREACHES, &[VIOLATIONS, &["violation.holders.further_deaths={ geometric = { mean = 1 } }"]], "violation.holders.further_deaths.geometric.mean=3", "deaths.holders"),
    up("Law.binomial.n", BREACHES, &[VIOLATIONS, &["violation.holders.further_deaths={ binomial = { n = 4, probability = 0.3 } }"]], "violation.holders.further_deaths.binomial.n=9", "deaths.holders"),
    up("Law.binomial.probability", BREACHES, &[VIOLATIONS, &["violation.holders.further_deaths={ binomial = { n = 4, probability = 0.3 } }"]], "violation.holders.further_deaths.binomial.probability=0.8", "deaths.holders"),
    up("Law.poisson.mean", BREACHES, &[VIOLATIONS, &["violation.holders.further_deaths={ poisson = { mean = 1 } }"]], "violation.holders.further_deaths.poisson.mean=3", "deaths.holders"),
    up("Law.uniform", EXCHANGE, &[], r#"round.check={ uniform = { min = "10h", max = "12h" } }"#, "tranche.1.captives_delay_s"),
    up("Law.triangular", EXCHANGE, &[], r#"round.check={ triangular = { min = "10h", mode = "11h", max = "12h" } }"#, "tranche.1.captives_delay_s"),
    up("Law.pert", EXCHANGE, &[], r#"round.check={ pert = { min = "10h", mode = "11h", max = "12h" } }"#, "tranche.1.captives_delay_s"),
    up("Law.exponential", EXCHANGE, &[], r#"round.check={ exponential = { mean = "11h" } }"#, "tranche.1.captives_delay_s"),
    up("Law.erlang", EXCHANGE, &[], r#"round.check={ erlang = { shape = 2, mean = "11h" } }"#, "tranche.1.captives_delay_s"),
    up("Law.gamma", EXCHANGE, &[], r#"round.check={ gamma = { shape = 2, mean = "11h" } }"#, "tranche.1.captives_delay_s"),
    up("Law.lognormal", EXCHANGE, &[], r#"round.check={ lognormal = { median = "11h", sigma = 0.5 } }"#, "tranche.1.captives_delay_s"),
    up("Law.normal", EXCHANGE, &[], r#"round.check={ normal = { mean = "11h", sd = "1h", clip = { min = "0h" } } }"#, "tranche.1.captives_delay_s"),
    up("Law.weibull", EXCHANGE, &[], r#"round.check={ weibull = { shape = 2, scale = "11h" } }"#, "tranche.1.captives_delay_s"),
    up("Law.beta", EXCHANGE, &[], r#"round.check={ beta = { a = 2, b = 2, min = "8h", max = "12h" } }"#, "tranche.1.captives_delay_s"),
    up("Law.table", EXCHANGE, &[], r#"round.check={ table = { values = ["11h", "12h"] } }"#, "tranche.1.captives_delay_s"),
    up("Law.mixture", EXCHANGE, &[], r#"round.check={ mixture = [{ weight = 1, law = "11h" }] }"#, "tranche.1.captives_delay_s"),
    up("Law.gated", EXCHANGE, &[], r#"round.check={ gated = { probability = 0.9, then = "11h" } }"#, "tranche.1.captives_delay_s"),
    up("Law.bernoulli", BREACHES, &[VIOLATIONS], "violation.holders.further_deaths={ bernoulli = { probability = 0.5 } }", "deaths.holders"),
    up("Law.geometric", BREACHES, &[VIOLATIONS], "violation.holders.further_deaths={ geometric = { mean = 1 } }", "deaths.holders"),
    up("Law.binomial", BREACHES, &[VIOLATIONS], "violation.holders.further_deaths={ binomial = { n = 2, probability = 0.5 } }", "deaths.holders"),
    up("Law.poisson", BREACHES, &[VIOLATIONS], "violation.holders.further_deaths={ poisson = { mean = 1 } }", "deaths.holders"),
    up("Round.legs", BREACHES, &[&["round.custody=2d"]], "round.legs=prisoners first", "tranche.1.captives_delay_s"),
    down("Round.legs", BREACHES, &[&["round.custody=2d"]], "round.legs=simultaneous", "tranche.1.prisoners_delay_s"),
    down("Round.waits_for", EXCHANGE, &[&["tranche.1.day=7", "round.reciprocal.takes=4d", "round.waits_for=previous round"]], "round.waits_for=previous captive leg", "tranche.2.captives_delay_s"),
    down("Round.catch_up", EXCHANGE, &[&[r#"start_delay={ probability = 1, by = "5d" }"#, "round.catch_up=shift"]], "round.catch_up=compress", "completion_s"),
    up("Round.catch_up", EXCHANGE, &[&[r#"start_delay={ probability = 1, by = "5d" }"#]], "round.catch_up=compress", "captives_custody_person_s"),
    up("FaultClass.at", EXCHANGE, &[REMAINS, &["round.list={}", r#"round.identification={ takes = "1d" }"#, r#"fault={ probability = 0, class = { conduct = { share = 1, against = "holders", at = "list" } } }"#]], "fault.probability=0.5", "faults"),
    up("FaultClass.at", EXCHANGE, &[REMAINS, &["round.list={}", r#"round.identification={ takes = "1d" }"#, r#"fault={ probability = 0, class = { conduct = { share = 1, against = "holders", at = "check" } } }"#]], "fault.probability=0.5", "faults"),
    up("FaultClass.at", EXCHANGE, &[REMAINS, &["round.list={}", r#"round.identification={ takes = "1d" }"#, r#"fault={ probability = 0, class = { conduct = { share = 1, against = "holders", at = "staging" } } }"#]], "fault.probability=0.5", "faults"),
    up("FaultClass.at", EXCHANGE, &[REMAINS, &["round.list={}", r#"round.identification={ takes = "1d" }"#, r#"fault={ probability = 0, class = { conduct = { share = 1, against = "holders", at = "transit" } } }"#]], "fault.probability=0.5", "faults"),
    up("FaultClass.at", EXCHANGE, &[REMAINS, &["round.list={}", r#"round.identification={ takes = "1d" }"#, r#"fault={ probability = 0, class = { conduct = { share = 1, against = "holders", at = "handover" } } }"#]], "fault.probability=0.5", "faults"),
    up("FaultClass.at", EXCHANGE, &[REMAINS, &["round.list={}", r#"round.identification={ takes = "1d" }"#, r#"fault={ probability = 0, class = { conduct = { share = 1, against = "holders", at = "custody" } } }"#]], "fault.probability=0.5", "faults"),
    up("FaultClass.at", EXCHANGE, &[REMAINS, &["round.list={}", r#"round.identification={ takes = "1d" }"#, r#"fault={ probability = 0, class = { conduct = { share = 1, against = "holders", at = "identification" } } }"#]], "fault.probability=0.5", "faults"),
    up("FaultClass.at", EXCHANGE, &[REMAINS, &["round.list={}", r#"round.identification={ takes = "1d" }"#, r#"fault={ probability = 0, class = { conduct = { share = 1, against = "holders", at = "reciprocal" } } }"#]], "fault.probability=0.5", "faults"),
    up("Response.policy", BREACHES, &[], "response.authority.policy=ends on first breach", "collapsed"),
    down("Response.policy", BREACHES, &[], "response.authority.policy=proportional", "disputes"),
    up("Response.policy", BREACHES, &[&["response.authority.policy=absorbing"]], "response.authority.policy=strict", "delayed_by.hold"),
    up("Mediation.unsettled", BREACHES, &[DISPUTED], "mediation.unsettled=escalates", "suspensions"),
    down("Milestone.class", BREACHES, &[&["response.authority.holds={ aid = 1 }", "mediation=none", "ending=none", r#"milestone={ opening = { owner = "authority", day = 8, class = "aid" } }"#]], "milestone.opening.class=movement", "milestones_missed"),
    shows("Mark.basis", EXCHANGE, &[MARKED], "mark.key.basis=literature"),
    up("ExternalDispute.claimed_by", BREACHES, &[SUSPENDING, SPEECH, &["party.others.side=captives", r#"violation.authority={ rate = "0/day", claimed_by = "others" }"#, r#"response.others={ policy = "suspending" }"#, "event.speech.dispute.claimed_by=holders"]], "event.speech.dispute.claimed_by=others", "suspensions"),
    up("Bundle.when", EXCHANGE, &[BUNDLED, &["bundle.extra.when=first"]], "bundle.extra.when=all", "prisoners_custody_person_s"),
    down("Round.catch_up", EXCHANGE, &[&[r#"start_delay={ probability = 1, by = "5d" }"#, "round.catch_up=shift"]], "round.catch_up=keep", "completion_s"),
    down("Composition.rule", EXCHANGE, &[COMPOSED, &["tranche.1.composition.breaks_order=0.8"]], r#"tranche.1.composition={ rule = "fixed" }"#, "released.men"),
    down("Cohort.condition", EXCHANGE, &[&["key=none", "cohort.men.condition=remains", "cohort.women.condition=remains"]], "cohort.women.condition=living", "remains_confirmed"),
    down("Scenario.days_from", EXCHANGE, &[&[r#"start_delay={ probability = 1, by = "3d" }"#, "days_from=actual start"]], "days_from=agreed start", "completion_s"),
    down("Round.legs", EXCHANGE, &[&["round.legs=prisoners first"]], "round.legs=captives first", "tranche.1.captives_delay_s"),
    up("Response.nothing_due", BREACHES, &[&["response.authority.nothing_due=lapses"]], "response.authority.nothing_due=waits", "held_s.prisoners"),
    up("Scenario.stops_at", EXCHANGE, &[&[r#"ending={ collapse = "0.05/day", limbo = { collapse = "0.1/day" } }"#, "stops_at=completion"]], "stops_at=horizon", "collapsed"),
    down("ExtraRound.takes_from", BREACHES, &[SETTLING, &["mediation.settlement.extra_round.probability=1", "mediation.settlement.extra_round.people=4", "mediation.settlement.extra_round.takes_from=next"]], "mediation.settlement.extra_round.takes_from=last", "captives_custody_person_s"),
    down("Mediation.unsettled", BREACHES, &[DISPUTED, &["mediation.unsettled=collapse"]], "mediation.unsettled=open file", "collapsed"),
    down("StepTable.when_held", BREACHES, &[HELD_CAPTIVES, &[r#"round.staging={ takes = "2d", when_held = "repeat" }"#]], "round.staging.when_held=finish", "captives_custody_person_s"),
    up("Withheld.then", EXCHANGE, &[WITHHELD, &["round.handover.withheld.then=left owed"]], "round.handover.withheld.then=carried over", "captives_released"),
];
