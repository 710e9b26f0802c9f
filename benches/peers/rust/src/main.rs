//! `reference-r0` on ixa: plans that are closures, state in a data plugin, a context a replication.
//!
//! The protocol is that of `python/model.py`: a number of replications a line in, a line of JSON out.

use std::io::BufRead;

use ixa::prelude::*;
use rand_distr::{Beta, Exp, Gamma, LogNormal, Normal};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Map, Value, json};

const HORIZON: f64 = 1_008.0;
const DUE: [f64; 8] = [16.0, 160.0, 328.0, 496.0, 664.0, 832.0, 952.0, 1_000.0];
const CAPTIVES: [f64; 8] = [3.0, 4.0, 3.0, 3.0, 3.0, 3.0, 7.0, 7.0];
const PRISONERS: [f64; 8] = [172.0, 230.0, 172.0, 172.0, 172.0, 172.0, 403.0, 407.0];

define_rng!(Violations);
define_rng!(Aid);
define_rng!(Rounds);
define_rng!(Talks);

struct Laws {
    gap: Exp<f64>,
    severity: Beta<f64>,
    aid: Normal<f64>,
    check: LogNormal<f64>,
    handover: Gamma<f64>,
    reciprocal: LogNormal<f64>,
    attempt: Exp<f64>,
}

struct Truce {
    laws: Laws,
    round: usize,
    stage: usize,
    stage_waits: bool,
    since: Option<f64>,
    failures: u32,
    suspensions: u32,
    violations: u32,
    attempts: u32,
    events: u32,
    captives: f64,
    prisoners: f64,
    suspended: f64,
    aid: f64,
    completion: f64,
    collapse: f64,
}

fn truce() -> Truce {
    Truce {
        laws: Laws {
            gap: Exp::new(1.0 / 48.0).expect("positive"),
            severity: Beta::new(2.0, 5.0).expect("positive"),
            aid: Normal::new(600.0, 80.0).expect("finite"),
            check: LogNormal::new(2.0_f64.ln(), 0.8).expect("finite"),
            handover: Gamma::new(2.0, 3.0).expect("positive"),
            reciprocal: LogNormal::new(6.0_f64.ln(), 0.7).expect("finite"),
            attempt: Exp::new(1.0 / 36.0).expect("positive"),
        },
        round: 0,
        stage: 0,
        stage_waits: false,
        since: None,
        failures: 0,
        suspensions: 0,
        violations: 0,
        attempts: 0,
        events: 0,
        captives: 0.0,
        prisoners: 0.0,
        suspended: 0.0,
        aid: 0.0,
        completion: 0.0,
        collapse: 0.0,
    }
}

define_data_plugin!(TrucePlugin, Truce, truce());

fn schedule_violation(context: &mut Context) {
    let gap = context.get_data(TrucePlugin).laws.gap;
    let at = context.get_current_time() + context.sample_distr(Violations, gap);
    context.add_plan(at, |context| {
        schedule_violation(context);
        let severity = context.get_data(TrucePlugin).laws.severity;
        let severity = context.sample_distr(Violations, severity);
        context.get_data_mut(TrucePlugin).events += 1;
        breach(context, severity);
    });
}

fn breach(context: &mut Context, severity: f64) {
    let hits = context.sample_bool(Violations, 0.3 * severity);
    let now = context.get_current_time();
    let truce = context.get_data_mut(TrucePlugin);
    truce.violations += 1;
    if hits && truce.since.is_none() {
        truce.suspensions += 1;
        truce.since = Some(now);
        truce.failures = 0;
        schedule_attempt(context);
    }
}

fn schedule_attempt(context: &mut Context) {
    let attempt = context.get_data(TrucePlugin).laws.attempt;
    let at = context.get_current_time() + context.sample_distr(Talks, attempt);
    context.add_plan(at, attempt_ends);
}

fn attempt_ends(context: &mut Context) {
    let settles = context.sample_bool(Talks, 0.7);
    let now = context.get_current_time();
    let truce = context.get_data_mut(TrucePlugin);
    truce.events += 1;
    truce.attempts += 1;
    if settles {
        truce.suspended += truce.since.take().map_or(0.0, |since| now - since);
        if truce.stage_waits {
            start_stage(context);
        }
        return;
    }
    truce.failures += 1;
    if truce.failures == 3 {
        truce.collapse = now;
        context.abort();
    } else {
        schedule_attempt(context);
    }
}

fn deliver(context: &mut Context) {
    let aid = context.get_data(TrucePlugin).laws.aid;
    let amount = context.sample_distr(Aid, aid);
    let truce = context.get_data_mut(TrucePlugin);
    truce.events += 1;
    truce.aid += amount.clamp(0.0, 900.0);
    if amount < 450.0 {
        breach(context, 0.5);
    }
    let at = context.get_current_time() + 24.0;
    context.add_plan(at, deliver);
}

fn start_stage(context: &mut Context) {
    let truce = context.get_data_mut(TrucePlugin);
    truce.stage_waits = truce.since.is_some();
    if truce.stage_waits {
        return;
    }
    truce.events += u32::from(truce.stage == 0);
    let (stage, check, handover, reciprocal) =
        (truce.stage, truce.laws.check, truce.laws.handover, truce.laws.reciprocal);
    let takes = match stage {
        0 => context.sample_distr(Rounds, check),
        1 => context.sample_distr(Rounds, handover),
        _ => context.sample_distr(Rounds, reciprocal),
    };
    let at = context.get_current_time() + takes;
    context.add_plan(at, stage_ends);
}

fn stage_ends(context: &mut Context) {
    let now = context.get_current_time();
    let truce = context.get_data_mut(TrucePlugin);
    truce.events += 1;
    truce.stage += 1;
    if truce.stage == 2 {
        truce.captives += CAPTIVES[truce.round];
    }
    if truce.stage < 3 {
        return start_stage(context);
    }
    truce.prisoners += PRISONERS[truce.round];
    truce.round += 1;
    truce.stage = 0;
    if truce.round == DUE.len() {
        truce.completion = now;
    } else {
        let due = DUE[truce.round].max(now);
        context.add_plan(due, start_stage);
    }
}

fn replicate(seed: u64) -> [f64; 13] {
    let mut context = Context::new();
    context.init_random(seed);
    schedule_violation(&mut context);
    schedule_violation(&mut context);
    context.add_plan(20.0, deliver);
    context.add_plan(DUE[0], start_stage);
    context.add_plan(HORIZON, |context| context.abort());
    context.execute();
    let end = context.get_current_time();
    let t = context.get_data(TrucePlugin);
    let suspended = t.suspended + t.since.map_or(0.0, |since| end - since);
    [
        t.captives,
        t.prisoners,
        f64::from(u8::from(t.completion > 0.0)),
        3_600.0 * t.completion,
        f64::from(t.violations),
        f64::from(t.suspensions),
        f64::from(t.suspensions),
        3_600.0 * suspended,
        f64::from(t.attempts),
        f64::from(u8::from(t.collapse > 0.0)),
        3_600.0 * t.collapse,
        t.aid,
        f64::from(t.events),
    ]
}

const NAMES: [&str; 13] = [
    "captives_released",
    "prisoners_released",
    "completed",
    "completion_s",
    "violations",
    "disputes",
    "suspensions",
    "suspended_s",
    "mediation_attempts",
    "collapsed",
    "collapse_s",
    "flow_delivered",
    "events",
];

/// Mean and standard error by name; times over the replications in which they exist.
fn figures(replications: f64, sum: &[f64; 13], square: &[f64; 13]) -> Value {
    let mut by_name = Map::new();
    for (index, name) in NAMES.iter().enumerate() {
        let n = match *name {
            "completion_s" => sum[2],
            "collapse_s" => sum[9],
            _ => replications,
        };
        let mean = sum[index] / n;
        let se = ((square[index] / n - mean * mean) / (n - 1.0)).sqrt();
        by_name.insert((*name).to_string(), json!([mean, se]));
    }
    Value::Object(by_name)
}

fn seconds() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 + 1e-9 * now.tv_nsec as f64
}

fn main() {
    let mut seed = 0;
    let mut next = || {
        seed += 1;
        replicate(seed)
    };
    for _ in 0..500 {
        next();
    }
    let (mut replications, mut sum, mut square) = (0.0, [0.0; 13], [0.0; 13]);
    for line in std::io::stdin().lock().lines() {
        let count: u64 = line.ok().and_then(|l| l.trim().parse().ok()).expect("a number of replications");
        let before = seconds();
        for _ in 0..count {
            for (index, value) in next().into_iter().enumerate() {
                sum[index] += value;
                square[index] += value * value;
            }
        }
        let cpu = seconds() - before;
        replications += count as f64;
        println!("{}", json!({ "cpu": cpu, "outcomes": figures(replications, &sum, &square) }));
    }
}
