//! Sensitivity: estimators against functions whose indices are known, and `sensitivity` as scripts meet it.

use handover::design::saltelli;
use handover::design::sobol::Scramble;
use handover::design::trajectory::Trajectory;
use handover::stats::Estimate;
use handover::stats::effects::{Effect, Walk, effects};
use handover::stats::estimate::Noisy;
use handover::stats::indices::{Indices, indices};
use serde_json::Value;

use crate::program::{fails, folder, json, scenario, succeeds};

/// The indices of a function of the unit cube, from so many scrambles of so many rows.
fn indices_of(f: impl Fn(&[f64]) -> f64, inputs: usize, rows: usize, scrambles: u64) -> Indices {
    let block = |number| {
        let scramble = Scramble::new(1, number);
        let at = |point| f(&saltelli::point(&scramble, inputs, point));
        Noisy::exact((0..rows * (inputs + 2)).map(at).collect())
    };
    indices(&(0..scrambles).map(block).collect::<Vec<Noisy>>(), inputs).unwrap()
}

/// The estimate is close to the truth, and its interval holds it.
fn agrees(what: &str, estimate: &Estimate, truth: f64, within: f64) {
    let interval = estimate.interval.unwrap();
    // Twice as wide: of some thirty intervals at 95 percent one or two miss by a little.
    let reach = interval.high - interval.low + 1e-6;
    assert!((estimate.value - truth).abs() < within, "{what}: {estimate:?}, not {truth}");
    assert!((estimate.value - truth).abs() < reach, "{what}: {estimate:?}, not {truth}");
}

#[test]
fn indices_of_ishigami_are_those_published() {
    let ishigami = |u: &[f64]| {
        let x = [u[0], u[1], u[2]].map(|u| std::f64::consts::PI * (2.0 * u - 1.0));
        let (s, t) = (libm::sin(x[0]), libm::sin(x[1]));
        s + 7.0 * t * t + 0.1 * x[2] * x[2] * x[2] * x[2] * s
    };
    let found = indices_of(ishigami, 3, 2_048, 8);
    agrees("mean", &found.mean, 3.5, 0.01);
    agrees("variance", &found.variance, 13.84459, 0.1);
    for (input, (first, total)) in [(0.31391, 0.55759), (0.44241, 0.44241), (0.0, 0.24368)].iter().enumerate()
    {
        agrees("first", &found.inputs[input].first, *first, 0.01);
        agrees("total", &found.inputs[input].total, *total, 0.01);
    }
    assert_eq!((found.dummy.first.value, found.dummy.total.value), (0.0, 0.0));
    assert!(found.noise.abs() < 1e-12);
}

#[test]
fn indices_of_the_g_function_are_those_published() {
    let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];
    let g =
        |u: &[f64]| u.iter().zip(a).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product::<f64>();
    let found = indices_of(g, 8, 4_096, 8);
    let first = [0.71619, 0.17905, 0.02368, 0.00716];
    let total = [0.78714, 0.24220, 0.03432, 0.01046];
    for input in 0..4 {
        agrees("first", &found.inputs[input].first, first[input], 0.01);
        agrees("total", &found.inputs[input].total, total[input], 0.01);
    }
}

#[test]
fn intervals_of_indices_cover_the_truth_about_as_often_as_they_say() {
    // The sum of an input and twice another, and their product: V = 1/12 + 4/12 + 1/144, and means of 1/2 in the product.
    let f = |u: &[f64]| u[0] + 2.0 * u[1] + u[0] * u[1];
    let (one, two, both) = (1.5_f64 * 1.5 / 12.0, 2.5_f64 * 2.5 / 12.0, 1.0 / 144.0);
    let variance = one + two + both;
    let mut covered = 0;
    for trial in 0..200 {
        let block = |number| {
            let scramble = Scramble::new(trial + 10, number);
            Noisy::exact((0..16 * 4).map(|p| f(&saltelli::point(&scramble, 2, p))).collect())
        };
        let found = indices(&(0..8).map(block).collect::<Vec<Noisy>>(), 2).unwrap();
        let holds = |e: &Estimate, truth: f64| e.interval.is_some_and(|i| i.low <= truth && truth <= i.high);
        covered += i32::from(holds(&found.inputs[0].first, one / variance));
        covered += i32::from(holds(&found.inputs[1].total, (two + both) / variance));
    }
    // Of 400, 380 are expected; rows of 16 are few, and ratios lean a little.
    assert!((352..=398).contains(&covered), "{covered}");
}

#[test]
fn the_noise_of_replications_is_taken_out() {
    // An input that matters and one that does not, seen through noise of the same variance as the signal, in 8 groups. Without
    // its removal half of the variance would be noise, and the idle input's total index about a half.
    let mut state = 9_u64;
    let mut noise = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    };
    let block = |number| {
        let scramble = Scramble::new(5, number);
        let signal: Vec<f64> = (0..256 * 4).map(|p| saltelli::point(&scramble, 2, p)[0]).collect();
        let groups: Vec<Vec<f64>> =
            (0..8).map(|_| signal.iter().map(|x| x + 8.0_f64.sqrt() * noise()).collect()).collect();
        Noisy::of_groups(&[25; 8], groups)
    };
    let blocks: Vec<Noisy> = (0..64).map(block).collect();
    let found = indices(&blocks, 2).unwrap();
    assert!((found.noise - 0.5).abs() < 0.03, "{found:?}");
    agrees("variance", &found.variance, 1.0 / 12.0, 0.01);
    agrees("first", &found.inputs[0].first, 1.0, 0.08);
    agrees("total", &found.inputs[0].total, 1.0, 0.08);
    agrees("idle first", &found.inputs[1].first, 0.0, 0.08);
    agrees("idle total", &found.inputs[1].total, 0.0, 0.08);
    assert!(found.inputs[1].raw[1] > 0.4, "with the noise in: {found:?}");
}

#[test]
fn what_hardly_varies_has_no_indices() {
    let blocks = |value: f64| vec![Noisy::exact(vec![value; 64]); 8];
    let flat = indices(&blocks(0.3), 2).unwrap_err();
    assert!(flat.variance.value.abs() < 1e-20 && (flat.mean.value - 0.3).abs() < 1e-12);
    assert!(indices(&blocks(0.0), 2).is_err());
    // Too few scrambles to know the variance at all.
    assert!(indices(&[Noisy::exact((0..64).map(f64::from).collect())], 2).is_err());
}

fn effects_of(f: impl Fn(&[f64]) -> f64, inputs: usize, trajectories: u64) -> Vec<Effect> {
    let walk = |number| {
        let trajectory = Trajectory::new(1, number, inputs, 4);
        let values = (0..=inputs).map(|place| f(&trajectory.point(place))).collect();
        let moves = trajectory.moves().into_iter().map(|m| (m.input, m.step)).collect();
        Walk { values: Noisy::exact(values), moves }
    };
    effects(&(0..trajectories).map(walk).collect::<Vec<Walk>>(), inputs)
}

#[test]
fn effects_of_a_linear_function_are_its_slopes_and_do_not_spread() {
    let found = effects_of(|u| 3.0 * u[0] - 2.0 * u[1] + 0.5, 3, 20);
    for (effect, slope) in found.iter().zip([3.0, -2.0, 0.0_f64]) {
        assert!((effect.mu.value - slope).abs() < 1e-12, "{effect:?}");
        assert!((effect.mu_star.value - slope.abs()).abs() < 1e-12, "{effect:?}");
        assert!(effect.sigma.value < 1e-12 && effect.luck == Some(0.0), "{effect:?}");
        assert!((effect.falls + effect.rises - slope).abs() < 1e-12, "{effect:?}");
    }
}

#[test]
fn effects_that_depend_on_another_input_spread() {
    // f = x y: the effect of x is y, which is 0, 1/3, 2/3 or 1 and equally likely each: mean 1/2, variance 5/36.
    let found = effects_of(|u| u[0] * u[1], 2, 400);
    for effect in &found {
        agrees("mu", &effect.mu, 0.5, 0.08);
        agrees("sigma", &effect.sigma, (5.0_f64 / 36.0).sqrt(), 0.05);
        assert_eq!(effect.falls, 0.0);
    }
    // A swing up and down again has no mu, but a mu*.
    let found = effects_of(|u| (2.0 * u[0] - 1.0).abs(), 1, 400);
    assert!(found[0].mu_star.value > 0.4 && found[0].falls < 0.0 && found[0].rises > 0.0, "{found:?}");
}

// ---- from the command line ----

const PARAMETERS: &str = "[parameter]\n\"round.handover.takes.exponential.mean\" = { from = \"2d\", to = \"6d\" }\n\
                          \"ending.collapse\" = { from = \"0.001/day\", to = \"0.02/day\" }\n";

/// A design in a folder of this test's own.
fn design(name: &str, head: &str, parameters: &str) -> String {
    let path = folder(&format!("sensitivity-{name}")).join("design.toml");
    std::fs::write(&path, format!("format = 1\n{head}{parameters}")).unwrap();
    path.display().to_string()
}

/// The chance that all eight rounds of the analytic truce are done by its end, given mean and hazard of a design's point.
fn truce(u: &[f64]) -> f64 {
    let (mean, hazard) = (2.0 + 4.0 * u[0], 0.001 + 0.019 * u[1]);
    let (rate, x) = (1.0 / mean, 42.0 * (1.0 / mean + hazard));
    let terms = (0..8).scan(1.0, |term, j| {
        let now = *term;
        *term *= x / f64::from(j + 1);
        Some(now)
    });
    libm::pow(rate / (rate + hazard), 8.0) * (1.0 - libm::exp(-x) * terms.sum::<f64>())
}

fn estimate(value: &Value) -> Estimate {
    let figure = |key: &str| value[key].as_f64().unwrap();
    let interval = handover::stats::Interval { low: figure("lo"), high: figure("hi") };
    Estimate { value: figure("value"), se: value["se"].as_f64(), interval: Some(interval) }
}

#[test]
fn indices_of_the_analytic_truce_are_those_of_its_closed_form() {
    let head = "replications = 200\n[design]\nmethod = \"sobol indices\"\npoints = 64\n";
    let design = design("truce", head, PARAMETERS);
    let scenario = scenario("analytic-truce.toml");
    let found = json(&["sensitivity", &scenario, &design, "--outcome", "completed", "--format", "json"]);
    let exact = indices_of(truce, 2, 8_192, 8);
    let outcome = &found["outcomes"]["completed"];
    agrees("mean", &estimate(&outcome["mean"]), exact.mean.value, 0.02);
    agrees("variance", &estimate(&outcome["variance"]), exact.variance.value, 0.005);
    let paths = ["round.handover.takes.exponential.mean", "ending.collapse"];
    for (path, index) in paths.iter().zip(&exact.inputs) {
        agrees(path, &estimate(&outcome["parameters"][path]["first"]), index.first.value, 0.06);
        agrees(path, &estimate(&outcome["parameters"][path]["total"]), index.total.value, 0.06);
    }
    let noise = outcome["noise_share"].as_f64().unwrap();
    assert!(noise > 0.0 && noise < 0.2, "{noise}");
    assert_eq!(outcome["dummy"]["total"]["value"].as_f64(), Some(0.0));
    assert_eq!(outcome["order"][0].as_str(), Some(paths[0]));
    assert_eq!(found["replications_in_all"].as_u64(), Some(8 * 64 * 4 * 200));
}

#[test]
fn threads_change_no_byte() {
    let indices = "replications = 20\n[design]\nmethod = \"sobol indices\"\npoints = 8\nscrambles = 4\n";
    let morris = "replications = 20\n[design]\nmethod = \"morris\"\ntrajectories = 6\n";
    for (name, head) in [("threads-indices", indices), ("threads-morris", morris)] {
        let design = design(name, head, PARAMETERS);
        for format in ["json", "text"] {
            let with = |threads: &str| {
                let scenario = scenario("analytic-truce.toml");
                let args =
                    ["sensitivity", &scenario, &design, "--outcome", "captives_released", "--format", format];
                succeeds(&[&args[..], &["--threads", threads]].concat()).0
            };
            let one = with("1");
            assert_eq!(one, with("2"));
            assert_eq!(one, with("7"));
        }
    }
}

#[test]
fn the_designs_that_ship_run() {
    let shipped = [("analytic-truce", "truce-indices"), ("gaza-2025-phase-one", "reference-screening")];
    for (file, design) in shipped {
        let design =
            crate::program::root().join(format!("examples/designs/{design}.toml")).display().to_string();
        let scenario = scenario(&format!("{file}.toml"));
        let args = ["sensitivity", &scenario, &design, "--outcome", "captives_released", "-n", "20"];
        let found = json(&[&args[..], &["--format", "json"]].concat());
        assert!(found["outcomes"]["captives_released"]["order"].as_array().unwrap().len() >= 2);
    }
}

#[test]
fn screening_puts_what_matters_on_top_and_draws_it() {
    let head = "replications = 100\n[design]\nmethod = \"morris\"\ntrajectories = 20\n";
    let design = design("morris", head, PARAMETERS);
    let scenario = scenario("analytic-truce.toml");
    let args = ["sensitivity", &scenario, &design, "--outcome", "completed"];
    let found = json(&[&args[..], &["--format", "json"]].concat());
    let outcome = &found["outcomes"]["completed"];
    assert_eq!(outcome["order"][0].as_str(), Some("round.handover.takes.exponential.mean"));
    for path in ["round.handover.takes.exponential.mean", "ending.collapse"] {
        let effect = &outcome["parameters"][path];
        let mu = effect["mu"]["value"].as_f64().unwrap();
        assert!(
            mu < 0.0
                && (effect["falls"].as_f64().unwrap() + effect["rises"].as_f64().unwrap() - mu).abs() < 1e-9
        );
        assert!(effect["luck"].as_f64().unwrap() > 0.0);
    }
    let text = succeeds(&args).0;
    assert!(text.contains("falls and rises") && text.contains("####") && text.contains("mu*"), "{text}");
}

#[test]
fn one_replication_a_point_cannot_tell_its_luck() {
    let design =
        design("lonely", "replications = 1\n[design]\nmethod = \"morris\"\ntrajectories = 10\n", PARAMETERS);
    let scenario = scenario("analytic-truce.toml");
    let args = ["sensitivity", &scenario, &design, "--outcome", "captives_released"];
    let found = json(&[&args[..], &["--format", "json"]].concat());
    let effect = &found["outcomes"]["captives_released"]["parameters"]["ending.collapse"];
    assert!(effect["luck"].is_null() && effect["mu_star"]["value"].is_number(), "{effect:#}");
    assert!(succeeds(&args).0.contains("One replication a point cannot tell it"));
}

#[test]
fn an_outcome_that_does_not_vary_is_told_and_the_others_are_shown() {
    let head = "replications = 20\n[design]\nmethod = \"sobol indices\"\npoints = 8\nscrambles = 4\n";
    let design = design("flat", head, PARAMETERS);
    let scenario = scenario("analytic-truce.toml");
    let both = ["sensitivity", &scenario, &design, "--outcome", "disputes", "--outcome", "captives_released"];
    let found = json(&[&both[..], &["--format", "json"]].concat());
    assert!(found["outcomes"]["disputes"]["refused"].as_str().unwrap().contains("the same at every point"));
    assert!(found["outcomes"]["captives_released"]["refused"].is_null());
    let output = crate::program::run(&["sensitivity", &scenario, &design, "--outcome", "disputes"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("no indices"));
}

#[test]
fn designs_of_the_wrong_command_and_outcomes_that_cannot_be_are_refused() {
    let scenario = scenario("analytic-truce.toml");
    let grid = design("grid", "[design]\nmethod = \"sobol\"\npoints = 8\n", PARAMETERS);
    let said = fails(&["sensitivity", &scenario, &grid, "--outcome", "completed"], 1);
    assert!(said.contains("error[S206]") && said.contains("handover sweep"), "{said}");
    let morris = design("refused", "replications = 5\n[design]\nmethod = \"morris\"\n", PARAMETERS);
    let out = folder("sensitivity-out").join("out").display().to_string();
    let said = fails(&["sweep", &scenario, &morris, "--out", &out], 1);
    assert!(said.contains("error[S206]") && said.contains("handover sensitivity"), "{said}");
    let said = fails(&["sensitivity", &scenario, &morris, "--outcome", "complete"], 2);
    assert!(said.contains("did you mean"), "{said}");
    let said = fails(&["sensitivity", &scenario, &morris, "--outcome", "completion_s"], 2);
    assert!(said.contains("does not exist in replication"), "{said}");
    let said = fails(&["sensitivity", &scenario, &morris, "--outcome", "completed", "-n", "0"], 2);
    assert!(said.contains("nothing to run"), "{said}");
    let two = design("variants", "variants = [\"base\", \"x\"]\n[design]\nmethod = \"morris\"\n", PARAMETERS);
    let said = fails(&["sensitivity", &scenario, &two, "--outcome", "completed"], 1);
    assert!(said.contains("error[S207]") && said.contains("one variant"), "{said}");
}
