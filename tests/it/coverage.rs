//! Coverage of the 95 percent intervals, against a scenario with closed forms: over many batches, how often the truth lies inside, with a
//! fixed number of replications and after stopping at a precision.
//!
//! `cargo test --release --test it -- --ignored --nocapture coverage` prints the table of `docs/results.md`.

use handover::batch::precision::{Target, interval_of_mean, next_look};
use handover::batch::{Sample, Worker};
use handover::model::plan::Plan;
use handover::stats::Tally;

use crate::support::{loaded, shipped};

/// Rates a day: rounds that end, and collapse.
const ROUNDS: f64 = 0.25;
const COLLAPSE: f64 = 0.005;
const DAYS: f64 = 42.0;

/// The distribution function of a sum of `k` exponential times.
fn erlang(k: u32, rate: f64, t: f64) -> f64 {
    let (mut term, mut sum) = (libm::exp(-rate * t), 0.0);
    for i in 0..k {
        sum += term;
        term *= rate * t / f64::from(i + 1);
    }
    1.0 - sum
}

/// P(the k-th round ends by day t and before a collapse).
fn done(k: u32, t: f64) -> f64 {
    libm::pow(ROUNDS / (ROUNDS + COLLAPSE), f64::from(k)) * erlang(k, ROUNDS + COLLAPSE, t)
}

/// The time in seconds by which a share of the exchanges that are completed in time are.
fn completion_quantile(share: f64) -> f64 {
    let (mut low, mut high) = (0.0, DAYS);
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if done(8, middle) < share * done(8, DAYS) { low = middle } else { high = middle }
    }
    low * 86_400.0
}

fn tally<'s>(plan: &Plan, sample: &'s Sample, name: &str) -> (&'s Tally, bool) {
    let place = plan.outcomes.iter().position(|o| o.name == name).unwrap();
    (&sample.summary.tallies()[place], plan.outcomes[place].measure.is_flag())
}

fn mean_covers(plan: &Plan, sample: &Sample, name: &str, truth: f64) -> bool {
    let (tally, is_flag) = tally(plan, sample, name);
    interval_of_mean(tally, is_flag).is_some_and(|i| i.low <= truth && truth <= i.high)
}

fn quantile_covers(plan: &Plan, sample: &Sample, percent: u32) -> bool {
    let (tally, _) = tally(plan, sample, "completion_s");
    let width = tally.bin_width() as i64;
    let truth = completion_quantile(f64::from(percent) / 100.0) as i64 / width * width;
    let (low, high) = tally.quantile_interval(u64::from(percent), 100, 0.95);
    low.is_none_or(|low| low <= truth) && high.is_none_or(|high| truth <= high)
}

/// Runs batches of their own replications and counts, by name, how many of them cover the truth.
fn covered(batches: u64, run: impl Fn(&Plan, u64) -> Sample) -> Vec<(String, f64)> {
    let loaded = loaded(&shipped("analytic-truce.toml"), None, &[]);
    let plan = &loaded.plan;
    let rounds: f64 = (1..=8).map(|k| done(k, DAYS)).sum();
    let truths = [("completed", done(8, DAYS)), ("collapsed", 0.1408669883), ("captives_released", rounds)];
    assert!((truths[0].1 - 0.7144351517).abs() < 1e-9 && (truths[2].1 - 7.0433494162).abs() < 1e-9);
    let percents = [5, 25, 50, 75, 95];
    let mut hits = vec![0_u64; truths.len() + percents.len()];
    for batch in 0..batches {
        let sample = run(plan, batch * 1_000_000);
        let means = truths.iter().map(|(name, truth)| mean_covers(plan, &sample, name, *truth));
        let quantiles = percents.iter().map(|percent| quantile_covers(plan, &sample, *percent));
        hits.iter_mut().zip(means.chain(quantiles)).for_each(|(hits, is_hit)| *hits += u64::from(is_hit));
    }
    let names = truths.iter().map(|(name, _)| (*name).to_string());
    let names = names.chain(percents.iter().map(|p| format!("completion_s p{p:02}")));
    names.zip(hits.iter().map(|hits| *hits as f64 / batches as f64)).collect()
}

fn fixed(n: u64) -> impl Fn(&Plan, u64) -> Sample {
    move |plan, first| {
        let mut worker = Worker::new(plan, 1);
        worker.run(first..first + n);
        worker.into_sample()
    }
}

/// Stops as `--precision NAME=HALF` does.
fn sequential(name: &'static str, half_width: f64) -> impl Fn(&Plan, u64) -> Sample {
    move |plan, first| {
        let outcome = plan.outcomes.iter().position(|o| o.name == name).unwrap();
        let target = Target { outcome, half_width, is_flag: plan.outcomes[outcome].measure.is_flag() };
        let mut worker = Worker::new(plan, 1);
        let mut done = 0;
        loop {
            let look = next_look(done, 1_000_000);
            worker.run(first + done..first + look);
            done = look;
            if target.is_met(worker.sample()) || done == 1_000_000 {
                return worker.into_sample();
            }
        }
    }
}

#[test]
fn intervals_cover_what_they_say() {
    // 500 batches at 95 percent: the share has a standard error of 0.0097.
    for (name, share) in covered(500, fixed(200)) {
        let low = if name.contains(" p") { 0.92 } else { 0.915 };
        assert!((low..=0.995).contains(&share), "{name}: {share}");
    }
}

#[test]
#[ignore = "takes a minute or two; run in release"]
fn coverage_over_two_thousand_batches() {
    let print = |what: &str, shares: &[(String, f64)]| {
        for (name, share) in shares {
            println!("{what:<44} {name:<20} {:.2} %", share * 100.0);
        }
    };
    for n in [100, 500, 2_000] {
        let shares = covered(2_000, fixed(n));
        print(&format!("{n} replications"), &shares);
        for (name, share) in &shares {
            // Intervals of quantiles hold at least what they say.
            let most = if name.contains(" p") { 0.985 } else { 0.965 };
            assert!((0.935..=most).contains(share), "{n}, {name}: {share}");
        }
    }
    for (name, half) in
        [("completed", 0.02), ("completed", 0.01), ("collapsed", 0.01), ("captives_released", 0.08)]
    {
        let shares = covered(2_000, sequential(name, half));
        let own: Vec<_> = shares.into_iter().filter(|(other, _)| other == name).collect();
        print(&format!("stopped at {name} = {half}"), &own);
        assert!((0.935..=0.965).contains(&own[0].1), "{name} = {half}: {}", own[0].1);
    }
}
