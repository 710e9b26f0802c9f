//! Violations drawn as clusters are the mutually exciting processes of the model description: against a simulation that knows only their
//! intensity and accepts or refuses candidates (Ogata 1981, thinning). And what one assumption adds or takes away moves nothing else.

use handover::kernel::stream::Domain;
use handover::kernel::{DAY, Time};
use handover::model::happening::{Happening, Recorder, Unobserved};
use handover::model::world::World;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::program::{folder, json};
use crate::support::{Batch, batch, loaded};

/// A process of two: rate a day, what it brings on of either, memory, early multiple and its decay, in days.
#[derive(Debug, Clone, Copy)]
struct Process {
    rate: f64,
    excites: [f64; 2],
    memory: f64,
    early: (f64, f64),
}

const NAMES: [&str; 2] = ["authority", "holders"];
const TWO: [Process; 2] = [
    Process { rate: 1.5, excites: [0.3, 0.1], memory: 4.0, early: (4.0, 3.0) },
    Process { rate: 0.8, excites: [0.5, 0.2], memory: 1.0, early: (0.25, 6.0) },
];
/// An event brings on so many violations of the second, so many days after the start; the first day is day 1.
const PUSH: (f64, f64) = (4.0, 6.0);

fn scenario(processes: &[Process; 2], days: u64) -> String {
    let mut text = format!(
        "format = 1\nname = \"two\"\nstart = \"2025-01-01T00:00[UTC]\"\nterm = \"{days}d\"\nhorizon = \"{days}d\"\n\
         [party]\nholders = {{ side = \"captives\" }}\nauthority = {{ side = \"prisoners\" }}\n\
         [event]\npush = {{ day = {}, at = \"00:00\", effect = {{ violations = {{ holders = {} }} }} }}\n",
        PUSH.0 + 1.0,
        PUSH.1
    );
    for (name, Process { rate, excites, memory, early: (times, decays) }) in NAMES.iter().zip(processes) {
        text += &format!(
            "[violation.{name}]\nrate = \"{rate}/day\"\nmemory = \"{memory}d\"\n\
             excites = {{ authority = {}, holders = {} }}\nearly = {{ times = {times}, decays = \"{decays}d\" }}\n",
            excites[0], excites[1]
        );
    }
    text
}

/// Counts of both by a day, by thinning: an intensity only falls between events, but where there are fewer early ones than later.
fn thinned(processes: &[Process; 2], days: f64, random: &mut StdRng) -> [f64; 2] {
    let (mut at, mut excess, mut counts, mut is_pushed) = (0.0, [0.0; 2], [0.0; 2], false);
    let own = |p: &Process, at: f64| p.rate * (1.0 + (p.early.0 - 1.0) * libm::exp(-at / p.early.1));
    loop {
        let bound =
            |i: usize, at: f64, excess: &[f64; 2]| own(&processes[i], at).max(processes[i].rate) + excess[i];
        let most = bound(0, at, &excess) + bound(1, at, &excess);
        let mut wait = -libm::log1p(-random.random::<f64>()) / most;
        let meets_push = !is_pushed && at + wait > PUSH.0;
        if meets_push {
            wait = PUSH.0 - at;
        }
        at += wait;
        if at > days {
            return counts;
        }
        for (excess, process) in excess.iter_mut().zip(processes) {
            *excess *= libm::exp(-wait / process.memory);
        }
        if meets_push {
            is_pushed = true;
            excess[1] += PUSH.1 / processes[1].memory;
            continue;
        }
        let rates = [0, 1].map(|i| own(&processes[i], at) + excess[i]);
        let mark = random.random::<f64>() * most;
        if mark >= rates[0] + rates[1] {
            continue;
        }
        let source = usize::from(mark >= rates[0]);
        counts[source] += 1.0;
        for target in 0..2 {
            excess[target] += processes[source].excites[target] / processes[target].memory;
        }
    }
}

/// Mean and variance, each with its standard error.
fn moments(values: &[f64]) -> [(f64, f64); 2] {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let central = |power: i32| values.iter().map(|x| libm::pow(x - mean, f64::from(power))).sum::<f64>() / n;
    let (second, fourth) = (central(2), central(4));
    [(mean, (second / n).sqrt()), (second, ((fourth - second * second) / n).sqrt())]
}

/// By how many standard errors a batch's means and variances of both lie from those of a simulation.
fn distances(batch: &Batch, replications: u64, simulated: &[[f64; 2]]) -> Vec<f64> {
    let mut all = Vec::new();
    for (i, name) in NAMES.iter().enumerate() {
        let [(mean, mean_se), (variance, variance_se)] =
            moments(&simulated.iter().map(|counts| counts[i]).collect::<Vec<_>>());
        let share = (simulated.len() as f64 / replications as f64).sqrt();
        let tally = batch.tally(&format!("violations.{name}"));
        let joint = |se: f64| se * (1.0 + share * share).sqrt();
        all.push((tally.mean().unwrap() - mean) / joint(mean_se));
        all.push((tally.variance().unwrap() - variance) / joint(variance_se));
    }
    all
}

#[test]
fn clusters_are_the_processes_of_their_intensity() {
    let simulate = |processes: &[Process; 2], days: f64| -> Vec<[f64; 2]> {
        let mut random = StdRng::seed_from_u64(3);
        (0..12_000).map(|_| thinned(processes, days, &mut random)).collect()
    };
    // Two blocks of own violations, one that is cut off, and a short one.
    for days in [60, 20, 7] {
        let batch = batch(&scenario(&TWO, days), &[], 24_000);
        let right = distances(&batch, 24_000, &simulate(&TWO, days as f64));
        assert!(right.iter().all(|z| z.abs() < 4.0), "day {days}: {right:?}");
        let mut other = TWO;
        other[0].excites = TWO[1].excites;
        other[1].excites = TWO[0].excites;
        let wrong = distances(&batch, 24_000, &simulate(&other, days as f64));
        assert!(wrong.iter().any(|z| z.abs() > 6.0), "day {days}: {wrong:?}");
        let mut other = TWO;
        other[0].memory = TWO[1].memory;
        other[1].memory = TWO[0].memory;
        let wrong = distances(&batch, 24_000, &simulate(&other, days as f64));
        assert!(days > 20 || wrong.iter().any(|z| z.abs() > 6.0), "day {days}: {wrong:?}");
    }
}

/// When violations of a process are alleged in a replication.
fn times(text: &str, sets: &[&str], replication: u64, process: u32) -> Vec<Time> {
    let loaded = loaded(text, None, sets);
    let mut world = World::new(&loaded.plan, 1, Domain::Main, Recorder::default());
    world.run(replication);
    let is_its =
        |what: &Happening| matches!(what, Happening::Violation { process: of, .. } if *of == process);
    world.observer_mut().seen.iter().filter(|(_, what)| is_its(what)).map(|(at, _)| *at).collect()
}

#[test]
fn what_one_assumption_adds_moves_no_other_violation() {
    for replication in 0..20 {
        let (short, long) = (scenario(&TWO, 20), scenario(&TWO, 60));
        for process in [0, 1] {
            let of = |text: &str, sets: &[&str]| times(text, sets, replication, process);
            let base = of(&long, &[]);
            let until: Vec<Time> = base.iter().copied().filter(|at| *at <= 20 * DAY).collect();
            assert_eq!(of(&short, &[]), until, "a longer horizon");
            let contains = |more: &[Time], fewer: &[Time]| {
                let mut more = more.iter();
                fewer.iter().all(|at| more.any(|of| of == at))
            };
            let excites = |by: f64| format!("violation.authority.excites.authority={by}");
            assert!(contains(&of(&long, &["violation.holders.rate=1.2/day"]), &base), "a higher rate");
            let without = of(&long, &["violation.holders.excites={ authority = 0, holders = 0 }"]);
            assert!(contains(&base, &without), "clusters left out");
            // One more offspring where its word says so: whoever came before comes still, if the shares stay.
            let both = [excites(0.45), "violation.authority.excites.holders=0.15".to_string()];
            assert!(contains(&of(&long, &[&both[0], &both[1]]), &base), "larger clusters");
            let push = of(&long, &["event.push.effect.violations.holders=9"]);
            assert!(contains(&push, &base), "a greater push");
        }
    }
}

/// A frame in which violations are all there is.
fn alleged(more: &str) -> String {
    format!(
        "format = 1\nname = \"alleged\"\nstart = \"2025-01-01T00:00[UTC]\"\nterm = \"42d\"\nhorizon = \"42d\"\n\
         [party]\nholders = {{ side = \"captives\" }}\nauthority = {{ side = \"prisoners\" }}\n{more}"
    )
}

#[test]
fn violations_in_the_second_of_a_collapse_count_in_a_batch_as_in_a_trace() {
    let text = alleged(
        "[violation.authority]\nrate = \"2000/day\"\nopens_dispute = 0.001\nfatal = 0.5\n\
         [violation.holders]\nrate = \"2000/day\"\nopens_dispute = 0.001\nfatal = 0.5\n\
         [response.authority]\nodds = { withdraw = 1 }\n[response.holders]\nodds = { withdraw = 1 }\n",
    );
    let loaded = loaded(&text, None, &[]);
    let mut batch = World::new(&loaded.plan, 1, Domain::Main, Unobserved);
    let mut trace = World::new(&loaded.plan, 1, Domain::Main, Recorder::default());
    for replication in 0..400 {
        let (mut counted, mut shown) = (Vec::new(), Vec::new());
        batch.run(replication);
        batch.outcomes(&mut counted);
        trace.run(replication);
        trace.outcomes(&mut shown);
        assert_eq!(counted, shown, "replication {replication}");
    }
}

/// The chance that there are so many violations, by splitting at several levels and by plain simulation: they agree.
fn splits_as_it_runs(name: &str, more: &str, least: u32, levels: &str) {
    let path = folder(name).join("scenario.toml");
    std::fs::write(&path, alleged(more)).unwrap();
    let (path, event) = (path.display().to_string(), format!("violations>={least}"));
    let found = json(&[
        "rare",
        &path,
        "--event",
        &event,
        "--progress",
        "violations",
        "--levels",
        levels,
        "--effort",
        "300",
        "--repeats",
        "20",
        "--format",
        "json",
    ]);
    let figure = |key: &str| found["probability"][key].as_f64().unwrap();
    let batch = batch(&alleged(more), &[], 20_000);
    let p = batch.tally("violations").count_at_least(i64::from(least)).unwrap() as f64 / 20_000.0;
    let se = (p * (1.0 - p) / 20_000.0 + figure("se") * figure("se")).sqrt();
    assert!((figure("value") - p).abs() < 4.0 * se, "{name}: {} and {p}, error {se}", figure("value"));
}

#[test]
fn copies_draw_later_violations_anew_as_the_past_has_it() {
    // Where what the past brings on were counted once more at each level, twice as many replications would get there.
    let excited = "[violation.authority]\nrate = \"0.3/day\"\nearly = { times = 4, decays = \"6d\" }\nmemory = \"4d\"\n\
         excites = { authority = 0.5, holders = 0.2 }\n\
         [violation.holders]\nrate = \"0.1/day\"\nmemory = \"2d\"\nexcites = { holders = 0.3, authority = 0.3 }\n\
         [event]\nnews = { rate = \"0.05/day\", effect = { violations = { holders = 4 } } }\n";
    splits_as_it_runs("splitting-excited", excited, 100, "50,55,60,65,70,75");
    // And where later ones were answered as earlier ones had been, five times as many.
    let answered = "[violation.authority]\nrate = \"0.25/day\"\nopens_dispute = 1\n\
         [response.holders]\nodds = { absorb = 0.3, protest = 0.5, withdraw = 0.2 }\n";
    splits_as_it_runs("splitting-answered", answered, 15, "2,4,6,8,10,12,14");
}

#[test]
fn a_short_memory_outlasts_no_known_past() {
    // What was excited a thousand memories ago is nothing, whoever counts the rest.
    let history = folder("short-memory").join("history.csv");
    let scenario = history.with_file_name("scenario.toml");
    let text = alleged(
        "[violation.authority]\nrate = \"1/day\"\nmemory = \"10m\"\nexcites = { authority = 0.3, holders = 0.3 }\n\
         [violation.holders]\nrate = \"1/day\"\nmemory = \"10m\"\nexcites = { holders = 0.3 }\n",
    );
    std::fs::write(&scenario, text).unwrap();
    std::fs::write(&history, HISTORY).unwrap();
    let (scenario, history) = (scenario.display().to_string(), history.display().to_string());
    let found = json(&[
        "forecast",
        &scenario,
        "--history",
        &history,
        "--as-of",
        "20",
        "--replications",
        "50",
        "--format",
        "json",
    ]);
    assert_eq!(found["replications"], 50);
}

const HISTORY: &str = "kind,when,earliest,latest,due,round,side,name,count,confidence,source\n\
    case,,,,,,,An invented case,,,\nzone,,,,,,,UTC,,,\n\
    start,2025-01-01T00:00,,,2025-01-01T00:00,,,,,high,agency\nknown_to,2025-01-25,,,,,,,,,\n";
