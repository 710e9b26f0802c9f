//! Theory: closed forms, each with a tolerance of four standard errors and a wrong model that lies more than six away.

use handover::dist::Distribution;

use crate::support::{batch, batch_of, loaded, shipped};

/// A frame with two sides and nothing else; each test adds the mechanism it is about.
const FRAME: &str = r#"
format = 1
name = "frame"
start = "2025-01-01T00:00[UTC]"
term = "42d"
horizon = "42d"
[party]
holders = { side = "captives" }
authority = { side = "prisoners" }
"#;

fn with(more: &str) -> String {
    format!("{FRAME}{more}")
}

fn normal_cdf(x: f64) -> f64 {
    Distribution::normal(0.0, 1.0).unwrap().cdf(x)
}

#[test]
fn the_analytic_truce_meets_its_closed_form() {
    let batch = batch(&shipped("analytic-truce.toml"), &[], 60_000);
    // The wrong models: no collapse at all; rounds of 4 days each counted from day 1; collapse within the whole term.
    let (m, h): (f64, f64) = (0.25, 0.005);
    let all = |rate: f64| Distribution::gamma(8.0, 1.0 / rate).unwrap().cdf(42.0);
    batch.agrees("completed", 0.714_435_151_7, all(m));
    batch.agrees("captives_released", 7.043_349_416_2, 7.5);
    batch.agrees("collapsed", 0.140_866_988_3, 1.0 - libm::exp(-42.0 * h));
    assert!((libm::pow(m / (m + h), 8.0) * all(m + h) - 0.714_435_151_7).abs() < 1e-9);
}

#[test]
fn halving_the_hazard_moves_completion_by_the_exact_difference() {
    let text = shipped("analytic-truce.toml");
    assert_eq!(text.matches("\"4d\"").count(), 1);
    assert_eq!(text.matches("\"0.005/day\"").count(), 1);
    let batch = batch(&text.replace("0.005/day", "0.0025/day"), &[], 60_000);
    batch.agrees("completed", 0.714_435_151_7 + 0.051_521_300_2, 0.714_435_151_7);
}

#[test]
fn slower_rounds_complete_as_rarely_as_they_should() {
    let batch = batch(&shipped("analytic-truce.toml").replace("\"4d\"", "\"15d\""), &[], 100_000);
    batch.agrees("completed", 6.796_8e-3, 1.2e-2);
}

#[test]
fn without_collapse_reference_r0_counts_forty_two_violations_and_the_normal_tail_of_deliveries() {
    let batch = batch(&shipped("reference-r0.toml"), &["mediation.settles=1"], 20_000);
    let short = 42.0 * normal_cdf(-1.875);
    batch.agrees("violations", 42.0 + short, 42.0);
    batch.agrees("short.aid", short, 42.0 * normal_cdf(-2.0));
    let all =
        42.0 * Distribution::clipped(Distribution::normal(600.0, 80.0).unwrap(), 0.0, 900.0).unwrap().mean();
    batch.agrees("flow_delivered", all, all * 1.002);
    assert_eq!(batch.mean("collapsed"), 0.0);
}

#[test]
fn violations_without_excitation_are_poisson() {
    let text = with("[violation.holders]\nrate = \"0.5/day\"\n");
    let batch = batch(&text, &[], 40_000);
    batch.agrees("violations", 21.0, 20.5);
    let variance = batch.tally("violations").variance().unwrap();
    // The variance of a sample variance of a Poisson count: (mean + 2 mean^2) / n.
    let se = ((21.0 + 2.0 * 21.0 * 21.0) / 40_000.0_f64).sqrt();
    assert!((variance - 21.0).abs() < 4.0 * se, "variance {variance}");
}

/// Mean number of events of an exponential Hawkes process that starts empty (Hawkes 1971; integrated mean intensity).
fn hawkes_mean(background: f64, branching: f64, memory: f64, time: f64) -> f64 {
    let gap = 1.0 - branching;
    background / gap * (time - branching * memory / gap * (1.0 - libm::exp(-gap * time / memory)))
}

#[test]
fn excited_violations_have_the_mean_of_a_hawkes_process() {
    let text = with(
        "[violation.holders]\nrate = \"2/day\"\nexcites = { holders = 0.35, authority = 0.15 }\nmemory = \"3d\"\n\
         [violation.authority]\nrate = \"2/day\"\nexcites = { authority = 0.35, holders = 0.15 }\nmemory = \"3d\"\n",
    );
    let batch = batch(&text, &[], 6_000);
    let exact = hawkes_mean(2.0, 0.5, 3.0, 42.0);
    batch.agrees("violations.holders", exact, 2.0 * 42.0 / 0.5); // the wrong one forgets that it starts empty
    batch.agrees("violations.authority", exact, hawkes_mean(2.0, 0.35, 3.0, 42.0)); // or forgets the other side
}

#[test]
fn excited_violations_vary_as_branching_says_in_the_long_run() {
    let text = with("[violation.holders]\nrate = \"2/day\"\nexcites = { holders = 0.5 }\nmemory = \"6h\"\n");
    let batch = batch(&text, &[], 8_000);
    let tally = batch.tally("violations");
    let ratio = tally.variance().unwrap() / tally.mean().unwrap();
    // 1 / (1 - n)^2 = 4 in the limit; 42 days are 168 memories, and the edge takes off less than 2 percent.
    assert!((3.6..4.2).contains(&ratio), "variance ratio {ratio}");
}

#[test]
fn an_early_excess_adds_its_integral() {
    let text = with("[violation.holders]\nrate = \"1/day\"\nearly = { times = 3, decays = \"2d\" }\n");
    let batch = batch(&text, &[], 30_000);
    batch.agrees("violations", 42.0 + 2.0 * 2.0 * (1.0 - libm::exp(-21.0)), 42.0 + 3.0 * 2.0);
}

#[test]
fn a_constant_hazard_collapses_as_one_minus_the_exponential() {
    let batch = batch(&with("[ending]\ncollapse = \"0.01/day\"\n"), &[], 60_000);
    batch.agrees("collapsed", 1.0 - libm::exp(-0.42), 0.42);
    // Mean time given collapse before T: 1/h - T e^{-hT} / (1 - e^{-hT}).
    let (h, t) = (0.01 / 86_400.0, 42.0 * 86_400.0);
    let exact = 1.0 / h - t * libm::exp(-h * t) / (1.0 - libm::exp(-h * t));
    batch.agrees("collapse_s", exact, t / 2.0);
}

/// Mean number in an M/M/k system (Erlang 1917).
fn erlang_in_system(load: f64, servers: u32) -> f64 {
    let k = f64::from(servers);
    let mut term = 1.0;
    let mut sum = 0.0;
    for n in 0..servers {
        sum += term;
        term *= load / f64::from(n + 1);
    }
    let tail = term / (1.0 - load / k);
    let waits = tail / (sum + tail);
    load + waits * load / (k - load)
}

#[test]
fn files_wait_for_mediators_as_erlang_says() {
    for (servers, wrong) in [(1, 2), (2, 1), (3, 2)] {
        // One file every 12 hours on average, each taking 8: a load of 2/3 of a mediator, times the number.
        let rate = 2.0 * f64::from(servers);
        let text = with(&format!(
            "[violation.holders]\nrate = \"{rate}/day\"\nopens_dispute = 1\n\
             [mediation]\nfiles_at_once = {servers}\ntakes = {{ exponential = {{ mean = \"8h\" }} }}\nsettles = 1\n"
        ));
        let batch = batch(&text, &[], 20_000);
        let day = &batch.sample.trajectories[3].summaries()[40];
        let (mean, se) = (day.mean.unwrap(), day.sd.unwrap() / (day.n as f64).sqrt());
        let load = rate * 8.0 / 24.0;
        let exact = erlang_in_system(load, servers);
        assert!((mean - exact).abs() < 4.0 * se, "{servers} mediators: {mean} against {exact}, se {se}");
        if load < f64::from(wrong) {
            assert!((mean - erlang_in_system(load, wrong)).abs() > 6.0 * se);
        }
    }
}

#[test]
fn attempts_until_a_file_is_settled_are_geometric() {
    let text = with(
        "[violation.holders]\nrate = \"0.2/day\"\nopens_dispute = 1\n\
         [mediation]\nfiles_at_once = 50\nattempts = 1000\ntakes = \"1s\"\nsettles = 0.4\n",
    );
    let batch = batch(&text, &[], 30_000);
    batch.agrees("mediation_attempts", 0.2 * 42.0 / 0.4, 0.2 * 42.0 * 0.6 / 0.4);
}

#[test]
fn a_leg_takes_the_sum_of_its_steps() {
    let text = with(
        "[cohort]\nwomen = { held_by = \"holders\", people = 3 }\nsentenced = { held_by = \"authority\", people = 90 }\n\
         [key]\nwomen = { per_person = { sentenced = 30 } }\n[tranche]\n1 = { day = 2, release = { women = 3 } }\n\
         [round]\ncheck = { lognormal = { median = \"1h\", sigma = 0.5 } }\nstaging = { gamma = { shape = 2, scale = \"20m\" } }\n\
         transit = { weibull = { shape = 2, scale = \"2h\" } }\nhandover = { takes = { triangular = { min = \"10m\", mode = \"30m\", max = \"2h\" } } }\n\
         custody = { uniform = { min = \"15m\", max = \"90m\" } }\nreciprocal = { takes = { exponential = { mean = \"3h\" } } }\n",
    );
    let batch = batch(&text, &[], 40_000);
    let hours = libm::exp(0.125) + 2.0 / 3.0 + 2.0 * libm::tgamma(1.5) + (10.0 + 30.0 + 120.0) / 180.0;
    batch.agrees("tranche.1.captives_delay_s", hours * 3600.0, (hours + 0.875) * 3600.0);
    let all = hours + (15.0 + 90.0) / 120.0 + 3.0;
    batch.agrees("tranche.1.prisoners_delay_s", all * 3600.0, (all - 0.875) * 3600.0);
    assert_eq!(batch.mean("prisoners_released"), 90.0);
}

#[test]
fn correlated_deliveries_keep_their_mean_and_add_up_as_an_autoregression() {
    let text = with(
        "[flow.aid]\nowner = \"authority\"\ntarget = 600\ncorrelation = 0.5\nlevel = { normal = { mean = 600, sd = 60, clip = { min = 0 } } }\nhour = \"20:00\"\n",
    );
    let batch = batch(&text, &[], 40_000);
    batch.agrees("flow_delivered", 42.0 * 600.0, 42.0 * 598.0);
    let (days, rho) = (42.0, 0.5_f64);
    let mut pairs = days;
    for lag in 1..42 {
        pairs += 2.0 * (days - f64::from(lag)) * libm::pow(rho, f64::from(lag));
    }
    let exact = 3600.0 * pairs + 42.0 / 12.0; // rounding to whole trucks adds 1/12 a day
    let variance = batch.tally("flow_delivered").variance().unwrap();
    let se = exact * (2.0 / 40_000.0_f64).sqrt();
    assert!((variance - exact).abs() < 4.0 * se, "variance {variance} against {exact}");
    assert!((variance - 3600.0 * days).abs() > 6.0 * se);
}

#[test]
fn mismatches_of_remains_are_binomial() {
    let text = with(
        "[cohort]\nremains = { held_by = \"holders\", people = 8, condition = \"remains\" }\n[tranche]\n1 = { day = 2, release = \"rest\" }\n\
         [round]\nidentification = { takes = \"12h\", mismatch = 0.15, replacement = \"37h\" }\n",
    );
    let batch = batch(&text, &[], 30_000);
    batch.agrees("mismatches", 8.0 * 0.15, 1.0 - libm::pow(0.85, 8.0));
    let variance = batch.tally("mismatches").variance().unwrap();
    assert!((variance - 8.0 * 0.15 * 0.85).abs() < 0.05, "{variance}");
    assert_eq!(batch.mean("remains_confirmed"), 8.0); // after replacement
}

#[test]
fn deaths_in_custody_thin_a_cohort_exponentially() {
    let text = with("[cohort]\nill = { held_by = \"holders\", people = 20, dies = \"0.01/day\" }\n");
    let batch = batch(&text, &[], 20_000);
    batch.agrees("died_in_custody", 20.0 * (1.0 - libm::exp(-0.42)), 20.0 * 0.42);
}

#[test]
fn a_slipped_start_has_the_mean_of_its_law() {
    let text = with("[start_delay]\nprobability = 0.25\nby = { exponential = { mean = \"12h\" } }\n");
    let batch = batch(&text, &[], 40_000);
    batch.agrees("start_s", 0.25 * 12.0 * 3600.0, 0.3 * 12.0 * 3600.0);
}

#[test]
fn a_shared_factor_multiplies_rates_by_its_lognormal_mean() {
    let text = with("[violation.holders]\nrate = \"1/day\"\n[shared]\nviolations = 0.5\n");
    let batch = batch(&text, &[], 60_000);
    batch.agrees("violations", 42.0 * libm::exp(0.125), 42.0);
}

#[test]
fn a_prisoner_hold_of_a_day_has_its_closed_form() {
    // Eight rounds far enough apart that no hold reaches the next; every fault is alleged by the authority.
    let mut text = with(
        "[cohort]\ncaptives = { held_by = \"holders\", people = 8 }\nprisoners = { held_by = \"authority\", people = 80 }\n\
         [key]\ncaptives = { per_person = { prisoners = 10 } }\n[tranche]\n",
    )
    .replace("42d", "1600d");
    for round in 0..8 {
        text += &format!("{} = {{ day = {}, release = {{ captives = 1 }} }}\n", round + 1, 1 + 200 * round);
    }
    text += "[round]\nhandover = { takes = \"1h\" }\nreciprocal = { takes = \"1h\" }\n\
             [fault]\nprobability = 0.5\n[fault.class]\nconduct = { share = 1, against = \"holders\", at = \"handover\" }\n\
             [response.authority]\nodds = { protest = 0.35, hold = 0.65 }\nholds = { prisoners = 0.5, movement = 0.3, aid = 0.2 }\n\
             [mediation]\nfiles_at_once = 10\nsettles = 1\ntakes = { lognormal = { median = \"16h\", sigma = 1.17 } }\n";
    let batch = batch(&text, &[], 30_000);
    let long = 1.0 - normal_cdf(libm::log(24.0 / 16.0) / 1.17);
    let q = 0.5 * 0.65 * 0.5 * long;
    let exact = 1.0 - libm::pow(1.0 - q, 8.0);
    batch.agrees("held_a_day.prisoners", exact, 1.0 - libm::pow(1.0 - q / 0.5, 8.0));
}

#[test]
fn unknown_parameters_show_as_their_share_of_the_variance() {
    // A rate uniform on 0.5 to 1.5 a day: variance of the count is its mean plus T^2 times the rate's variance.
    let text = with("[violation.holders]\nrate = { uniform = { min = \"0.5/day\", max = \"1.5/day\" } }\n");
    let batch = batch(&text, &[], 40_000);
    batch.agrees("violations", 42.0, 41.0);
    let of_rate = 42.0 * 42.0 / 12.0;
    let exact = of_rate / (of_rate + 42.0);
    let pairs =
        &batch.sample.twins[batch.loaded.plan.outcomes.iter().position(|o| o.name == "violations").unwrap()];
    let share = handover::report::document::parameter_share(pairs).unwrap();
    assert!((share - exact).abs() < 0.02, "share {share} against {exact}");
}

#[test]
fn what_is_not_known_is_drawn_as_its_law_says_and_nothing_else_moves() {
    let known = batch_of(loaded(&shipped("reference-r0.toml"), None, &[]), 2_000);
    let drawn = batch_of(
        loaded(
            &shipped("reference-r0.toml"),
            None,
            &["mediation.settles={ uniform = { min = 0.7, max = 0.7000001 } }"],
        ),
        2_000,
    );
    // A law with hardly any spread changes hardly any coin, and no other draw at all.
    assert_eq!(known.mean("violations"), drawn.mean("violations"));
    assert_eq!(known.mean("flow_delivered"), drawn.mean("flow_delivered"));
}

#[test]
fn talks_start_and_agree_at_their_rates() {
    let text = with(
        "[talks]\nowner = \"authority\"\nstart_by = 16\nagree_by = 35\nstarts = \"0.05/day\"\ntakes = { exponential = { mean = \"10d\" } }\nagrees = 0.4\n",
    );
    let batch = batch(&text, &[], 40_000);
    batch.agrees("talks_started", 1.0 - libm::exp(-2.1), 1.0 - libm::exp(-0.8));
    // Agreed by day 42: start ~ rate a, length ~ rate b: 0.4 times the two-stage distribution function.
    let (a, b, t): (f64, f64, f64) = (0.05, 0.1, 42.0);
    let both = 1.0 - (b * libm::exp(-a * t) - a * libm::exp(-b * t)) / (b - a);
    batch.agrees("talks_agreed", 0.4 * both, 0.4 * (1.0 - libm::exp(-2.1)));
}
