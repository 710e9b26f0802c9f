//! Calibration: simulation-based calibration on a shipped scenario, threads, the file that is written, and what is said of bad priors.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use handover::batch::parallel::Control;
use handover::calibrate::known;
use handover::calibrate::prior::Priors;
use handover::calibrate::problem::{Answers, Problem, evaluate};
use handover::calibrate::rewrite::{Replacement, rewrite};
use handover::calibrate::smc::{Ended, Found, Proposal, Settings, run};
use handover::forecast::question::Asker;
use handover::observed::read::read;
use handover::scenario::codes::CODES;
use handover::scenario::load::{Loaded, Script, load};
use handover::scenario::source::{Sources, Span};

use crate::program::{fails, folder, json, run as ran, scenario, succeeds};
use crate::support::shipped;

const PRIORS: &str = r#"format = 1
[parameter]
"round.handover.takes.exponential.mean" = { from = "1d", to = "16d", scale = "log" }
"ending.collapse" = { from = "0.002/day", to = "0.1/day", scale = "log" }
"#;

struct Texts {
    sources: Sources,
    script: Script,
    loaded: Loaded,
    priors: Priors,
}

fn texts(scenario: &str, name: &str, priors: &str) -> Result<Texts, String> {
    let mut sources = Sources::from_text("scenario.toml", scenario);
    let number = sources.add(name, priors).unwrap();
    let script = Script::open(&mut sources, &[]).unwrap();
    let loaded = script.load(None, &[]).unwrap();
    let priors = Priors::read(&sources, number, &script, None);
    let priors = priors.map_err(|f| f.render(&sources, false).trim_end().to_string() + "\n")?;
    Ok(Texts { sources, script, loaded, priors })
}

/// How many came by day 20, and whether the truce has collapsed by then: few enough answers to be met exactly.
fn asked(loaded: &Loaded) -> Answers {
    let asker = Asker::new(&loaded.plan);
    let questions = vec![asker.released(0, 20), asker.collapsed(20)];
    Answers { questions, observed: vec![0, 0] }
}

fn problem<'a>(texts: &'a Texts, answers: &'a [Answers], seed: u64) -> Problem<'a> {
    Problem {
        script: &texts.script,
        variant: None,
        priors: &texts.priors,
        histories: &[],
        answers,
        seed,
        first: 0,
    }
}

fn sampled(problem: &Problem<'_>, particles: usize, threads: usize) -> Found {
    let scales = Some(vec![1.0; 2]);
    let settings =
        Settings { particles, dimensions: 2, most: 200_000, tolerance: 0.0, seed: problem.seed, scales };
    let control = Control::default();
    let mut simulate = |block: &[Proposal]| evaluate(problem, block, threads, &control);
    run(&settings, &problem.observed(), &mut simulate).unwrap()
}

#[test]
fn ranks_of_true_parameters_of_the_analytic_truce_are_even() {
    let texts = texts(&shipped("analytic-truce.toml"), "priors.toml", PRIORS).unwrap();
    let (cases, draws) = (64_u64, 3_u64);
    let mut ranks = [[0_u64; 4]; 2];
    for case in 0..cases {
        // True places over an even lattice of the prior (Kronecker, by the plastic number): the ranks are as even as for random ones.
        let truth = [0.754_877_666_2, 0.569_840_290_9].map(|step: f64| (0.5 + case as f64 * step).fract());
        let mut answers = [asked(&texts.loaded)];
        let happened = problem(&texts, &answers, 9_000 + case)
            .simulate(&Proposal { number: 0, place: truth.to_vec() })
            .unwrap();
        answers[0].observed = happened.iter().map(|x| *x as i64).collect();
        let found = sampled(&problem(&texts, &answers, case), 24, 2);
        assert_eq!(found.ended, Ended::Reached);
        for (k, ranks) in ranks.iter_mut().enumerate() {
            // Draws of the posterior at shares that are independent of it: golden-ratio points, shifted by the case.
            let below = (0..draws).filter(|draw| {
                let mut share = (0.618_033_988_7 * (case * draws + draw) as f64 + 0.37 * k as f64).fract();
                let drawn = found.particles.iter().find(|p| {
                    share -= p.weight;
                    share < 0.0
                });
                drawn.or(found.particles.last()).unwrap().place[k] < truth[k]
            });
            ranks[below.count()] += 1;
        }
    }
    // Pearson's statistic of four classes: its 0.999 quantile at 3 degrees of freedom.
    let expected = cases as f64 / 4.0;
    for ranks in ranks {
        let off: f64 = ranks.iter().map(|n| (*n as f64 - expected) * (*n as f64 - expected) / expected).sum();
        assert!(off < 16.27, "{ranks:?}");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_sample() {
    let texts = texts(&shipped("analytic-truce.toml"), "priors.toml", PRIORS).unwrap();
    let mut answers = [asked(&texts.loaded)];
    answers[0].observed = vec![5, 0];
    let problem = problem(&texts, &answers, 3);
    let one = sampled(&problem, 60, 1);
    assert!(one.particles.iter().all(|p| p.distance == 0.0));
    assert_eq!(one, sampled(&problem, 60, 2));
    assert_eq!(one, sampled(&problem, 60, 7));
}

#[test]
fn what_came_after_the_day_is_not_told() {
    let text = "kind,when,due,round,side,name,count,complete,confidence,source\n\
                start,2025-01-01T00:00,,,,,,,high,a\n\
                release,2025-01-05T09:00,,1,captives,people,1,,high,a\n\
                release,2025-01-09T09:00,,2,captives,people,1,,high,a\n\
                release,2025-01-12T09:00,,3,captives,people,1,,high,a\n\
                known_to,2025-02-11,,,,,,,,\n";
    let loaded = load(&mut Sources::from_text("a.toml", shipped("analytic-truce.toml")), None, &[]).unwrap();
    let answers = |text: &str| {
        let mut sources = Sources::from_text("scenario.toml", shipped("analytic-truce.toml"));
        let number = sources.add("history.csv", text).unwrap();
        let history = read(&sources, number).unwrap_or_else(|f| panic!("{}", f.render(&sources, false)));
        known::read(&history, Some(("10", Span::IMPLIED)), &loaded).unwrap().2
    };
    let found = answers(text);
    // Another future, up to the same record: the same answers.
    let other = text.replace("release,2025-01-12T09:00,,3", "release,2025-01-29T09:00,,3");
    assert_eq!(found, answers(&other));
    let collapsed = text.replace("known_to", "collapse,2025-01-20T09:00,,,,,,,high,a\nknown_to");
    assert_eq!(found, answers(&collapsed));
    assert!(found.questions.iter().all(|q| q.by_day <= 10), "{found:?}");
}

// ---- the command ----

fn example(name: &str) -> String {
    format!("{}/examples/priors/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn digest_of_backtest(scenario: &str) -> String {
    let history = example("truce-history.csv");
    let arguments =
        ["backtest", scenario, "--history", &history, "--as-of", "20", "-n", "200", "--format", "json"];
    json(&arguments)["parameters_digest"].as_str().unwrap().to_string()
}

#[test]
fn a_calibrated_scenario_runs_and_changes_the_digest_of_forecasts() {
    let folder = folder("calibrated");
    let at = |name: &str| folder.join(name).display().to_string();
    let file = scenario("analytic-truce.toml");
    let (priors, history) = (example("truce.toml"), example("truce-history.csv"));
    let calibrate = |out: &str, more: &[&str]| {
        let mut arguments = vec!["calibrate", &file, &priors, "--history", &history, "--as-of", "20"];
        arguments.extend(["--particles", "60", "--most", "1500", "--format", "json", "--out", out]);
        arguments.extend(more);
        (json(&arguments), std::fs::read_to_string(out).unwrap())
    };
    let one = at("one.toml");
    let (document, text) = calibrate(&one, &["--threads", "1"]);
    for threads in ["2", "7"] {
        let other = calibrate(&at(&format!("{threads}.toml")), &["--threads", threads]);
        assert_eq!((&document, &text), (&other.0, &other.1));
    }
    // The rest of the file stays as it was written.
    let (head, rest) = text.split_once("# The analytic truce").unwrap();
    assert!(head.contains("Calibrated from analytic-truce.toml") && head.contains("as of day 20"), "{head}");
    assert!(rest.contains("[ending]") && rest.contains("mixture"), "{text}");
    succeeds(&["check", &one]);
    succeeds(&["run", &one, "-n", "100"]);
    // Freeze: the digest that forecasts print is that of the file that was written.
    assert_eq!(digest_of_backtest(&one), document["parameters_digest"].as_str().unwrap());
    assert_ne!(digest_of_backtest(&one), digest_of_backtest(&file));
    assert_eq!(digest_of_backtest(&file), document["prior_digest"].as_str().unwrap());
    for parameter in document["parameters"].as_array().unwrap() {
        assert_eq!(parameter["written_as"], "law");
        let interval = &parameter["posterior"]["mean"]["interval"];
        assert!(interval[0].as_f64().unwrap() < interval[1].as_f64().unwrap());
    }
    assert!(document["sample"]["effective_sample_size"].as_f64().unwrap() > 10.0);
    // Means in place of laws.
    let plain = at("plain.toml");
    let (_, text) = calibrate(&plain, &["--means"]);
    assert!(!text.contains("mixture"), "{text}");
    succeeds(&["check", &plain]);
}

#[test]
fn counts_are_learnt_from_exactly_and_need_no_history() {
    let folder = folder("counted");
    let at = |name: &str| folder.join(name).display().to_string();
    let (priors, file, out) = (at("priors.toml"), scenario("analytic-truce.toml"), at("out.toml"));
    let text = "format = 1\n[rate]\n\"ending.collapse\" = { shape = 2, over = \"1d\", count = 12, exposure = \"8d\" }\n";
    std::fs::write(&priors, text).unwrap();
    let document = json(&["calibrate", &file, &priors, "--format", "json", "--out", &out]);
    let posterior = &document["parameters"][0]["posterior"];
    assert!((posterior["mean"]["value"].as_f64().unwrap() - 14.0 / 9.0).abs() < 1e-9);
    assert!((posterior["sd"]["value"].as_f64().unwrap() - 14.0_f64.sqrt() / 9.0).abs() < 1e-9);
    assert!(posterior["mean"]["interval"].is_null());
    let written = std::fs::read_to_string(&out).unwrap();
    assert!(written.contains("collapse = { gamma = { shape = 14, scale = \"0.111111/day\" } }"), "{written}");
    let (said, _) = succeeds(&["calibrate", &file, &priors]);
    assert!(said.contains("Gamma(2) over 1 days, 12 in 8 days in closed form"), "{said}");
    // What is fitted needs a history, and a history something to fit.
    fails(&["calibrate", &file, &example("truce.toml")], 2);
    fails(&["calibrate", &file, &priors, "--history", &example("truce-history.csv")], 2);
    let few = ["--particles", "20", "--most", "21", "--out", &out];
    let history = example("truce-history.csv");
    let mut arguments = vec!["calibrate", &file, &priors, "--history", &history];
    let fitted = example("truce.toml");
    arguments[2] = &fitted;
    arguments.extend(few);
    assert_eq!(ran(&arguments).status.code(), Some(2));
}

// ---- laws of the scenario as priors ----

#[test]
fn a_law_of_the_scenario_is_a_prior() {
    let text = shipped("analytic-truce.toml")
        .replace("mean = \"4d\"", "mean = { uniform = { min = \"2d\", max = \"6d\" } }");
    let priors = "format = 1\n[parameter]\n\"round.handover.takes.exponential.mean\" = {}\n";
    let texts = texts(&text, "priors.toml", priors).unwrap();
    let parameter = &texts.priors.parameters[0];
    assert!((parameter.value(0.5) - 4.0).abs() < 1e-9 && parameter.quantity().unit() == "d");
    let at = texts.priors.parameters[0].node(0.5);
    assert_eq!(handover::design::quantity::argument(&at), "4d");
}

#[test]
fn without_a_file_the_laws_of_the_scenario_are_the_priors() {
    let folder = folder("own-priors");
    let at = |name: &str| folder.join(name).display().to_string();
    let (file, named, history) = (at("scenario.toml"), at("priors.toml"), example("truce-history.csv"));
    let text = shipped("analytic-truce.toml")
        .replace("mean = \"4d\"", "mean = { uniform = { min = \"2d\", max = \"12d\" } }")
        .replace("collapse = \"0.005/day\"", "collapse = { exponential = { mean = \"0.01/day\" } }");
    std::fs::write(&file, &text).unwrap();
    let priors =
        "format = 1\n[parameter]\n\"ending.collapse\" = {}\n\"round.handover.takes.exponential.mean\" = {}\n";
    std::fs::write(&named, priors).unwrap();
    let more = ["--history", &history, "--particles", "60", "--most", "1500", "--format", "json"];
    let own = json(&[&["calibrate", file.as_str()][..], &more].concat());
    assert_eq!(own, json(&[&["calibrate", &file, &named][..], &more].concat()));
    assert_eq!(own["parameters"].as_array().unwrap().len(), 2);
    let out = at("learnt.toml");
    succeeds(&[&["calibrate", &file][..], &more, &["--out", &out]].concat());
    let learnt = std::fs::read_to_string(&out).unwrap();
    assert!(learnt.contains("with its own laws as priors"), "{learnt}");
    let said = fails(&["calibrate", &scenario("analytic-truce.toml"), "--history", &history], 2);
    assert!(said.contains("gives no number as a law"), "{said}");
}

// ---- a history and its scenario ----

/// What is said of a history before anything is fitted to it.
fn said_of_history(rows: &str, as_of: Option<&str>) -> Result<(), String> {
    let mut texts = texts(
        &shipped("first-exchange.toml"),
        "priors.toml",
        "format = 1\n[parameter]\n\"fault.probability\" = { from = 0.1, to = 0.5 }\n",
    )
    .unwrap();
    let head = "kind,when,until,round,side,party,against,name,count,confidence,source\n";
    let number = texts.sources.add("history.csv", format!("{head}{rows}")).unwrap();
    let history =
        read(&texts.sources, number).unwrap_or_else(|f| panic!("{}", f.render(&texts.sources, false)));
    let as_of = as_of.map(|text| (text, Span::IMPLIED));
    known::check(&history, as_of, &texts.script, None).map_err(|faults| faults.render(&texts.sources, false))
}

#[test]
fn the_reference_can_be_calibrated_to_its_history() {
    let (file, history) =
        (scenario("gaza-2025-as-of-16.toml"), scenario("histories/gaza-2025-phase-one.csv"));
    let calibrate = ["calibrate", &file, "--history", &history, "--as-of", "28"];
    let document =
        json(&[&calibrate[..], &["--particles", "10", "--most", "20", "--format", "json"]].concat());
    assert_eq!(document["parameters"].as_array().unwrap().len(), 3);
    // Spans of a flow that the scenario does not have are passed over by all, and that is told.
    let backtest = ["backtest", &file, "--history", &history, "--as-of", "28", "-n", "20"];
    assert!(succeeds(&backtest).0.contains("these are passed over: `fuel`"));
}

#[test]
fn a_history_is_checked_against_the_scenario_it_is_fitted_by() {
    let release = "release,2025-01-20,,1,captives,,,women,2,high,a\n";
    let name = |from: &str, to: &str| release.replace(from, to);
    for (rows, code, place) in [
        (format!("{release}term,2025-09-01,,,,,,,,high,a\n"), "S311", "history.csv:3:"),
        (format!("{release}note,2131-01-21,,,,,,,,high,a\n"), "S312", "history.csv:3:"),
        (name("women", "womem"), "S014", "history.csv:2:"),
        (name(",1,captives", ",9,captives"), "S014", "history.csv:2:"),
        ("dispute,2025-01-21,,,,nobody,,,,high,a\n".to_string(), "S014", "history.csv:2:"),
    ] {
        let said = said_of_history(&rows, None).unwrap_err();
        assert!(said.contains(&format!("error[{code}]")) && said.contains(place), "{said}");
        assert_eq!(said.matches("error[").count(), 1, "{said}");
    }
    assert_eq!(said_of_history(release, None), Ok(()));
    // What came after the as-of day is not known, whatever it is called.
    let later = format!("{release}{}", name("2025-01-20", "2025-01-26").replace("women", "womem"));
    assert!(said_of_history(&later, None).is_err());
    assert_eq!(said_of_history(&later, Some("2025-01-22")), Ok(()));
    // A record may go on beyond the scenario; a day that is asked for may not.
    let long = format!("{release}note,2027-01-21,,,,,,,,high,a\n");
    assert_eq!(said_of_history(&long, None), Ok(()));
    let said = said_of_history(&long, Some("2027-01-20")).unwrap_err();
    assert!(said.contains("error[S310]") && said.contains("lies beyond the scenario"), "{said}");
}

// ---- what is said of bad priors ----

fn said_of(name: &str, text: &str) -> Result<(), String> {
    let texts = texts(&shipped("first-exchange.toml"), name, text)?;
    let rendered = |faults: handover::scenario::diagnostic::Faults, sources: &Sources| {
        faults.render(sources, false).trim_end().to_string() + "\n"
    };
    let replacements: Vec<Replacement> =
        texts.priors.parameters.iter().map(|p| Replacement::of_sample(p, &[], 0)).collect();
    rewrite(&texts.sources, &texts.script, None, &replacements, false, &[])
        .map_err(|faults| rendered(faults, &texts.sources))?;
    let mut sources = texts.sources;
    let history = "kind,when,side,count,confidence,source\nrelease,2031-01-05,captives,1,high,a\n";
    let number = sources.add("history.csv", history).unwrap();
    let history = read(&sources, number).unwrap();
    known::read(&history, None, &texts.loaded).map_err(|faults| rendered(faults, &sources))?;
    Ok(())
}

fn broken() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad-priors");
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = all.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
}

#[test]
fn every_broken_file_of_priors_is_answered_word_for_word() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for path in broken() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let Err(said) = said_of(&name, &text) else { panic!("{name} is sound") };
        assert!(said.contains(&format!("error[{}]", &name[..4])), "{name}: {said}");
        assert!(
            said.contains(&format!("--> {name}:")) || said.contains("--> history.csv:"),
            "{name}: {said}"
        );
        if bless {
            std::fs::write(path.with_extension("txt"), &said).unwrap();
        } else if std::fs::read_to_string(path.with_extension("txt")).ok().as_deref() != Some(said.as_str()) {
            wrong.push(format!("---- {name}\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "BLESS=1 accepts what is said now:\n{}", wrong.join("\n"));
    let shown: BTreeSet<String> =
        broken().iter().map(|p| p.file_name().unwrap().to_string_lossy()[..4].to_string()).collect();
    for code in CODES.iter().filter(|code| code.code >= "S320") {
        assert!(shown.contains(code.code), "{} has none", code.code);
    }
}
