//! How the cost of an event grows with the size of a scenario: a generator of scenarios, and a table for `docs/performance.md`.
//!
//! `cargo bench --bench growth` measures; `cargo bench --bench growth -- tranches 100` prints the scenario of a case instead.
//!
//! Each axis varies one thing and holds the rest. Where a thing brings events of its own, their number grows with it, and what is
//! measured is still the cost of one. Theory: the calendar is a tournament, so an event costs log2 of the number of timers there and
//! nothing else may grow.

mod measure;
mod r0;

use std::fmt::Write;

use handover::batch::Worker;
use handover::model::plan::Plan;
use measure::{Contestant, Effort, Spread, cpu, interleave};
use r0::engine;

const FULL: Effort = Effort { rounds: 7, turn: 0.1 };
/// More than the theory's growth times this is called out.
const TOLERANCE: f64 = 1.25;

/// What an axis may cost.
#[derive(Debug, Clone, Copy)]
enum Theory {
    Flat,
    Logarithmic,
}

/// One thing that varies.
struct Axis {
    name: &'static str,
    about: &'static str,
    sizes: &'static [f64],
    theory: Theory,
    scenario: fn(f64) -> String,
}

const AXES: [Axis; 7] = [
    Axis {
        name: "pending",
        about: "events pending: outside events at a rate, each with a timer that is always set",
        sizes: &[10.0, 100.0, 1_000.0, 10_000.0, 100_000.0],
        theory: Theory::Logarithmic,
        scenario: pending,
    },
    Axis {
        name: "tranches",
        about: "tranches of one person each, all pending from the start",
        sizes: &[10.0, 100.0, 1_000.0, 10_000.0],
        theory: Theory::Logarithmic,
        scenario: tranches,
    },
    Axis {
        name: "cohorts",
        about: "cohorts of one person each, each with a tranche",
        sizes: &[10.0, 100.0, 1_000.0],
        theory: Theory::Logarithmic,
        scenario: cohorts,
    },
    Axis {
        name: "processes",
        about: "violation processes, each exciting itself (0.3)",
        sizes: &[2.0, 20.0, 200.0],
        theory: Theory::Logarithmic,
        scenario: |n| processes(n, 0.3),
    },
    Axis {
        name: "quiet processes",
        about: "violation processes without excitation, drawn ahead",
        sizes: &[2.0, 20.0, 200.0],
        theory: Theory::Flat,
        scenario: |n| processes(n, 0.0),
    },
    Axis {
        name: "branching",
        about: "further violations that one brings on, two processes, the same number in all",
        sizes: &[0.1, 0.3, 0.6, 0.9],
        theory: Theory::Flat,
        scenario: branching,
    },
    Axis {
        name: "horizon",
        about: "days until the simulation stops looking, at constant rates",
        sizes: &[42.0, 420.0, 3_650.0],
        theory: Theory::Flat,
        scenario: horizon,
    },
];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    if let [name, size] = words.as_slice() {
        let axis = AXES.iter().find(|a| a.name == name).expect("an axis of the table");
        return print!("{}", (axis.scenario)(size.parse().expect("a size")));
    }
    let effort = Effort::from_arguments(FULL);
    if effort.is_full() {
        println!(
            "| axis | size | load, ms | events a replication | nanoseconds an event | growth | theory |"
        );
        println!("|---|---|---|---|---|---|---|");
    }
    for axis in AXES.iter().filter(|a| words.is_empty() || words.iter().any(|w| w == a.name)) {
        measure_axis(axis, effort);
    }
}

fn measure_axis(axis: &Axis, effort: Effort) {
    // A taste under `cargo test`: the smallest case of each axis loads and runs.
    let sizes = if effort.is_full() { axis.sizes } else { &axis.sizes[..1] };
    let (plans, loads): (Vec<Plan>, Vec<f64>) = sizes.iter().map(|s| load(axis, *s)).unzip();
    let events: Vec<f64> = plans.iter().map(mean_events).collect();
    let mut field: Vec<Contestant<'_>> = plans
        .iter()
        .map(|plan| {
            let (mut worker, mut next) = (Worker::new(plan, 1), 0);
            Contestant::new(plan.name.clone(), move |n| {
                worker.run(next..next + n);
                next += n;
            })
        })
        .collect();
    interleave(&mut field, effort);
    if !effort.is_full() {
        return;
    }
    let costs: Vec<Spread> = field.iter().zip(&events).map(|(c, e)| Spread::scaled(c, 1e9 / e)).collect();
    for (index, size) in sizes.iter().enumerate() {
        let growth = costs[index].median / costs[0].median;
        let allowed = match axis.theory {
            Theory::Flat => 1.0,
            Theory::Logarithmic => size.log2() / sizes[0].log2(),
        };
        let mark = if growth > TOLERANCE * allowed { " **above**" } else { "" };
        let title = if index == 0 { format!("{}: {}", axis.name, axis.about) } else { String::new() };
        println!(
            "| {title} | {size} | {:.1} | {:.0} | {} | {growth:.2}{mark} | {allowed:.2} |",
            loads[index], events[index], costs[index]
        );
    }
}

/// The plan of a case, and the milliseconds it took from text to plan.
fn load(axis: &Axis, size: f64) -> (Plan, f64) {
    let text = (axis.scenario)(size);
    let mut plan = None;
    let took = cpu(|| plan = Some(engine::plan(axis.name, &text)));
    (plan.expect("just loaded"), 1e3 * took)
}

/// Mean counted events of a replication; fewer replications where each has many.
fn mean_events(plan: &Plan) -> f64 {
    let mut worker = Worker::new(plan, 7);
    worker.run(0..1);
    let first = engine::events(plan, worker.sample());
    worker.run(1..(100_000.0 / first.max(1.0)).clamp(2.0, 2_000.0) as u64);
    engine::events(plan, worker.sample())
}

// ---- the generator ----

/// What every generated scenario begins with.
fn head(name: &str, days: f64) -> String {
    format!(
        "format = 1\nname = \"{name}\"\nstart = \"2025-01-01T00:00[UTC]\"\nterm = \"{days}d\"\nhorizon = \"{days}d\"\n\
         [party]\nholders = {{ side = \"captives\" }}\nauthority = {{ side = \"prisoners\" }}\n"
    )
}

/// Adds a line to a scenario.
fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    text.write_fmt(line).and_then(|()| text.write_char('\n')).expect("a string takes every line");
}

/// One cohort and one tranche, for scenarios that are about something else.
const ONE_EXCHANGE: &str = "[cohort]\npeople = { held_by = \"holders\", people = 1 }\n\
    [tranche]\n1 = { day = 1, release = { people = 1 } }\n\
    [round.handover]\ntakes = { exponential = { mean = \"6h\" } }\n";

fn pending(count: f64) -> String {
    let mut text = head("Pending", 42.0) + ONE_EXCHANGE;
    line(&mut text, format_args!("[event]"));
    for number in 0..count as u32 {
        line(&mut text, format_args!("e{number:06} = {{ rate = \"0.2/day\", effect = {{}} }}"));
    }
    text
}

/// The day and hour at which the i-th of n tranches is due, spread over 40 days.
fn due(index: u32, count: u32) -> String {
    let minutes = u64::from(index) * 40 * 24 * 60 / u64::from(count);
    let (day, minute) = (minutes / 1_440, minutes % 1_440);
    format!("day = {}, at = \"{:02}:{:02}\"", day + 1, minute / 60, minute % 60)
}

fn tranches(count: f64) -> String {
    let count = count as u32;
    let mut text = head("Tranches", 42.0);
    line(&mut text, format_args!("[cohort]\npeople = {{ held_by = \"holders\", people = {count} }}"));
    line(&mut text, format_args!("[round]\nwaits_for = \"due time\"\n[round.handover]"));
    line(&mut text, format_args!("takes = {{ exponential = {{ mean = \"6h\" }} }}\n[tranche]"));
    for index in 0..count {
        let due = due(index, count);
        line(&mut text, format_args!("{} = {{ {due}, release = {{ people = 1 }} }}", index + 1));
    }
    text
}

fn cohorts(count: f64) -> String {
    let count = count as u32;
    let mut text = head("Cohorts", 42.0);
    line(&mut text, format_args!("[cohort]"));
    for index in 0..count {
        line(&mut text, format_args!("c{index:04} = {{ held_by = \"holders\", people = 1 }}"));
    }
    line(&mut text, format_args!("[round]\nwaits_for = \"due time\"\n[round.handover]"));
    line(&mut text, format_args!("takes = {{ exponential = {{ mean = \"6h\" }} }}\n[tranche]"));
    for index in 0..count {
        let due = due(index, count);
        line(&mut text, format_args!("{} = {{ {due}, release = {{ c{index:04} = 1 }} }}", index + 1));
    }
    text
}

fn processes(count: f64, excites: f64) -> String {
    let mut text = head("Processes", 42.0);
    for number in 0..count as u32 {
        line(&mut text, format_args!("p{number:03} = {{ side = \"neither\" }}"));
    }
    text += ONE_EXCHANGE;
    for number in 0..count as u32 {
        line(&mut text, format_args!("[violation.p{number:03}]\nrate = \"1/day\""));
        if excites > 0.0 {
            line(&mut text, format_args!("memory = \"2d\"\nexcites = {{ p{number:03} = {excites} }}"));
        }
    }
    text
}

fn branching(ratio: f64) -> String {
    excited("Branching", 42.0, 5.0, ratio)
}

fn horizon(days: f64) -> String {
    let mut text = excited("Horizon", days, 2.0, 0.3);
    text += "[flow.aid]\nowner = \"authority\"\ntarget = 600\nlevel = { normal = { mean = 600, sd = 80, clip = { min = 0, max = 900 } } }\n";
    text
}

/// Two processes that excite themselves, with so many violations a day in all from each.
fn excited(name: &str, days: f64, a_day: f64, ratio: f64) -> String {
    let mut text = head(name, days) + ONE_EXCHANGE;
    for party in ["holders", "authority"] {
        let rate = a_day * (1.0 - ratio);
        line(&mut text, format_args!("[violation.{party}]\nrate = \"{rate:.4}/day\"\nmemory = \"1d\""));
        line(&mut text, format_args!("excites = {{ {party} = {ratio} }}"));
    }
    text
}
