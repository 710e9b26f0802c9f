//! Pages of HTML: read back with an XML parser that knows nothing of how they were written.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use handover::batch::{Sample, Worker};
use handover::model::plan::{CAPTIVES, PRISONERS};
use handover::report::document::Run;
use handover::report::html::{self, Batch, Origin};
use handover::report::schedule::Schedule;
use handover::scenario::load::Loaded;
use roxmltree::{Document, Node, ParsingOptions};
use serde_json::{Value, json};

use crate::program::*;
use crate::support::{loaded, shipped};

fn parsed(page: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(page, options).unwrap_or_else(|error| panic!("{error}"))
}

fn all<'a, 'i>(of: Node<'a, 'i>, name: &str) -> Vec<Node<'a, 'i>> {
    of.descendants().filter(|node| node.tag_name().name() == name).collect()
}

fn words(node: Node<'_, '_>) -> String {
    node.descendants().filter_map(|inner| inner.text().filter(|_| inner.is_text())).collect()
}

fn by_id<'a, 'i>(document: &'a Document<'i>, id: &str) -> Node<'a, 'i> {
    let found = document.descendants().find(|node| node.attribute("id") == Some(id));
    found.unwrap_or_else(|| panic!("nothing is called {id}"))
}

/// What holds of every page: nothing is loaded, nothing runs, and whoever does not see it is told the same.
fn check(page: &str) {
    let document = parsed(page);
    loads_nothing(page, &document);
    let ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(known.len(), ids.len(), "a name is given twice");
    for node in document.descendants() {
        for name in node.attribute("aria-labelledby").into_iter().flat_map(str::split_whitespace) {
            assert!(known.contains(name), "{name} labels something and is not there");
        }
        assert!(!node.attributes().any(|a| a.name().starts_with("on") || a.name() == "style"), "{node:?}");
    }
    assert_eq!(document.root_element().attribute("lang"), Some("en"));
    assert_eq!([all(document.root(), "main").len(), all(document.root(), "h1").len()], [1, 1]);
    headings_do_not_skip(&document);
    for table in all(document.root(), "table") {
        let caption = all(table, "caption");
        assert!(caption.len() == 1 && !words(caption[0]).is_empty());
        let width = all(all(table, "thead")[0], "th").len();
        for row in all(all(table, "tbody")[0], "tr") {
            assert_eq!(row.children().filter(Node::is_element).count(), width, "{}", words(row));
        }
        for head in all(table, "th") {
            assert!(head.attribute("scope").is_some() && !words(head).is_empty(), "{}", words(table));
        }
    }
    for drawing in all(document.root(), "svg") {
        if drawing.attribute("aria-hidden") != Some("true") {
            assert_eq!(drawing.attribute("role"), Some("img"));
            let told: Vec<String> = ["title", "desc"].map(|name| words(all(drawing, name)[0])).to_vec();
            assert!(told.iter().all(|text| text.len() > 5), "{told:?}");
        }
    }
    for figure in all(document.root(), "figure") {
        let command = words(all(figure, "code").pop().expect("a figure without its command"));
        assert!(command.starts_with("handover "), "{command}");
        assert!(!all(all(figure, "table")[0], "td").is_empty(), "no figures in {}", words(figure));
    }
}

fn loads_nothing(page: &str, document: &Document<'_>) {
    for node in document.descendants() {
        let name = node.tag_name().name();
        assert!(
            !["script", "link", "img", "iframe", "object", "embed", "base", "form", "use", "image"]
                .contains(&name)
        );
        for attribute in node.attributes() {
            assert!(
                !["src", "srcset", "data", "action", "xlink:href"].contains(&attribute.name()),
                "{attribute:?}"
            );
            if attribute.name() == "href" {
                let target = attribute.value().strip_prefix('#').expect("a link that leaves the page");
                by_id(document, target);
            }
        }
    }
    let style = words(all(document.root(), "style")[0]);
    assert!(!style.contains("url(") && !style.contains("@import"));
    let elsewhere = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    assert!(!elsewhere.contains("http://") && !elsewhere.contains("https://"));
    assert!(page.contains("default-src 'none'") || page.contains("default-src &#39;none&#39;"));
}

fn headings_do_not_skip(document: &Document<'_>) {
    let mut level = 0;
    for node in document.descendants() {
        let rank = ["h1", "h2", "h3", "h4"].iter().position(|h| *h == node.tag_name().name());
        if let Some(rank) = rank.map(|rank| rank + 1) {
            assert!(rank <= level + 1, "{} follows a heading of rank {level}", words(node));
            level = rank;
        }
    }
}

/// The sample of parts given as first and last replication plus one.
fn sample(loaded: &Loaded, parts: &[(u64, u64)]) -> Sample {
    let mut whole = Sample::new(&loaded.plan);
    for (first, end) in parts {
        let mut worker = Worker::new(&loaded.plan, 1);
        worker.run(*first..*end);
        whole.merge(worker.sample());
    }
    whole
}

fn page_of(loaded: &Loaded, sample: &Sample) -> String {
    let origin = Origin { file: "it's a file.toml".to_string(), is_complete: true, ..Origin::default() };
    let run = Run { seed: 1, first: 0, replications: sample.summary.replications() };
    html::batch(&Batch { loaded, run, sample, origin: &origin })
}

#[test]
fn every_shipped_scenario_has_a_sound_page() {
    for entry in std::fs::read_dir(root().join("scenarios")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if !name.ends_with(".toml") {
            continue;
        }
        let loaded = loaded(&shipped(&name), None, &[]);
        let sample = sample(&loaded, &[(0, 60)]);
        check(&page_of(&loaded, &sample));
        let trace = handover::report::trace::record(&loaded.plan, 1, 7);
        check(&html::replication(&loaded, &trace, &Origin::default(), 1, 7));
    }
}

#[test]
fn a_page_of_almost_nothing_is_sound() {
    let loaded = loaded(&shipped("first-exchange.toml"), None, &[]);
    check(&page_of(&loaded, &sample(&loaded, &[(0, 1)])));
    check(&page_of(&loaded, &sample(&loaded, &[])));
}

#[test]
fn the_page_is_the_same_bytes_however_the_batch_was_cut() {
    let loaded = loaded(&shipped("first-exchange.toml"), None, &[]);
    let whole = page_of(&loaded, &sample(&loaded, &[(0, 300)]));
    assert_eq!(whole, page_of(&loaded, &sample(&loaded, &[(200, 300), (0, 37), (37, 200)])));
    assert_ne!(whole, page_of(&loaded, &sample(&loaded, &[(0, 299)])));
}

fn written(name: &str, scenario_file: &str, more: &[&str]) -> (PathBuf, String) {
    let folder = folder(name);
    let out = folder.join("result").display().to_string();
    succeeds(&[&["run", scenario_file, "-n", "400", "--quiet", "--out", &out][..], more].concat());
    let (page, _) = succeeds(&["report", &out]);
    (PathBuf::from(out), page)
}

/// The exact values in the cells of a row, in order.
fn values(row: Node<'_, '_>) -> Vec<f64> {
    all(row, "data").iter().map(|cell| cell.attribute("value").unwrap().parse().unwrap()).collect()
}

#[test]
fn the_page_holds_the_figures_of_the_summary() {
    let (result, page) = written("page-figures", &scenario("reference-r0.toml"), &[]);
    check(&page);
    let document = parsed(&page);
    let summary = read_json(&result.join("summary.json"));
    let rows: Vec<Vec<f64>> =
        all(by_id(&document, "outcomes"), "tr").into_iter().skip(1).map(values).collect();
    let mut told = 0;
    for (name, outcome) in summary["outcomes"].as_object().unwrap() {
        let is_zero = (&outcome["min"], &outcome["max"]) == (&json!(0), &json!(0));
        if outcome["n"] == 0 || is_zero || !outcome["counts"].is_null() {
            continue;
        }
        told += 1;
        let figures: Vec<f64> =
            ["mean", "lo", "hi"].iter().filter_map(|key| outcome[*key].as_f64()).collect();
        assert!(rows.iter().any(|row| row.starts_with(&figures)), "{name}: {figures:?}");
    }
    assert_eq!(rows.len(), told);
    let endings: Vec<Vec<f64>> =
        all(by_id(&document, "endings"), "tr").into_iter().skip(1).map(values).collect();
    for (name, count) in summary["endings"].as_object().unwrap() {
        let share = &summary["ending_shares"][name];
        let row: Vec<f64> = [count, &share["share"], &share["lo"], &share["hi"]]
            .iter()
            .map(|v| v.as_f64().unwrap())
            .collect();
        assert!(endings.contains(&row), "{name}: {row:?} among {endings:?}");
    }
    assert!(page.contains(summary["digest"].as_str().unwrap()));
}

#[test]
fn the_fan_holds_the_days_of_the_trajectory() {
    let (result, page) = written("page-fan", &scenario("first-exchange.toml"), &[]);
    let document = parsed(&page);
    let days = &read_json(&result.join("trajectories.json"))["captives_released"];
    let rows: Vec<Vec<f64>> =
        all(by_id(&document, "releases-captives"), "tr").into_iter().skip(1).map(values).collect();
    assert_eq!(rows.len(), days.as_array().unwrap().len());
    for (row, day) in rows.iter().zip(days.as_array().unwrap()) {
        let figures: Vec<f64> = ["day", "p05", "p25", "p50", "p75", "p95", "mean"]
            .iter()
            .map(|key| day[*key].as_f64().unwrap())
            .collect();
        assert_eq!(row[..7], figures);
    }
    assert_eq!(rows.last().unwrap()[8], 16.0, "all are due by the end");
}

#[test]
fn names_that_look_like_markup_stay_text() {
    let folder = folder("page-hostile");
    let name = r#"<script>alert('x')</script> & "quotes" </title>"#;
    let text = shipped("first-exchange.toml").replacen("\"A first exchange\"", &format!("'''{name}'''"), 1);
    assert!(text.contains("<script>"));
    let file = folder.join("it's <b>.toml");
    std::fs::write(&file, text).unwrap();
    let (_, page) =
        written("page-hostile-result", &file.display().to_string(), &["--set", "fault.probability=0.5"]);
    check(&page);
    let document = parsed(&page);
    assert_eq!(words(all(document.root(), "h1")[0]), name);
    assert!(!page.contains("<script") && !page.contains("<b>"));
    assert!(page.contains("it&#39;\\&#39;&#39;s &lt;b&gt;.toml"), "the command is quoted for a shell");
    let (trace, _) = succeeds(&["trace", &file.display().to_string(), "-k", "1", "--format", "html"]);
    check(&trace);
    assert!(!trace.contains("<script"));
}

#[test]
fn the_page_of_a_replication_lists_every_event() {
    for (name, number) in [("gaza-2025-phase-one.toml", "3"), ("first-exchange.toml", "0")] {
        let base = ["trace", &scenario(name), "-k", number, "--format"];
        let document = json(&[&base[..], &["json"]].concat());
        let (page, _) = succeeds(&[&base[..], &["html"]].concat());
        check(&page);
        let page = parsed(&page);
        let rows = all(by_id(&page, "events"), "tr");
        let events = document["events"].as_array().unwrap();
        assert_eq!(rows.len() - 1, events.len());
        for (row, event) in rows.iter().skip(1).zip(events) {
            let text = words(*row);
            assert!(
                text.contains(event["what"].as_str().unwrap())
                    && text.contains(event["local"].as_str().unwrap())
            );
        }
        // Every release is a mark with its number in the round's figure.
        let released = events.iter().filter_map(|event| {
            let what = event["what"].as_str()?.strip_suffix(" released")?;
            what.strip_suffix(" captives").or(what.strip_suffix(" captive"))
        });
        let numbers: u64 = released.filter_map(|text| text.rsplit(' ').next()?.parse::<u64>().ok()).sum();
        let rounds = by_id(&page, "rounds");
        let of_captives =
            all(rounds, "tr").into_iter().filter(|row| words(*row).starts_with("captives: released"));
        assert_eq!(of_captives.map(|row| values(row)[0] as u64).sum::<u64>(), numbers);
    }
}

#[test]
fn the_schedule_is_what_happens_when_all_goes_as_agreed() {
    for name in [
        "t01_captives_first",
        "t12_group_key",
        "t13_bundles",
        "t14_ceiling",
        "t15_rest",
        "t16_composition_fixed",
    ] {
        let text =
            std::fs::read_to_string(root().join("tests/timelines").join(format!("{name}.toml"))).unwrap();
        let loaded = loaded(&text, None, &[]);
        let schedule = Schedule::of(&loaded.plan);
        let sample = sample(&loaded, &[(0, 1)]);
        let figure = |name: &str| {
            let place = loaded.plan.outcomes.iter().position(|o| o.name == name).unwrap();
            sample.summary.tallies()[place].mean().unwrap()
        };
        let agreed = [schedule.in_all(CAPTIVES), schedule.in_all(PRISONERS)];
        assert_eq!(agreed, [figure("captives_released"), figure("prisoners_released")], "{name}");
    }
    let loaded = loaded(&shipped("gaza-2025-phase-one.toml"), None, &[]);
    let schedule = Schedule::of(&loaded.plan);
    let by_day = |day: usize| schedule.by(CAPTIVES, loaded.plan.midnights[day] - 1);
    // Three on day 1, four on day 7, then three each week, and the rest.
    assert_eq!([1, 6, 7, 13, 14, 21, 28].map(by_day), [3.0, 3.0, 7.0, 7.0, 10.0, 13.0, 16.0]);
    assert_eq!(schedule.in_all(CAPTIVES), 33.0);
}

/// A comparison as `compare --out` writes it, in the smallest form.
fn comparison(folder: &Path) {
    let difference = |value: f64| {
        json!({
            "n": 50, "a_n": 50, "b_n": 50, "a_mean": 0.5, "b_mean": 0.5 + value, "difference": value, "se": 0.01,
            "lo": value - 0.02, "hi": value + 0.02, "joint_lo": value - 0.03, "joint_hi": value + 0.03,
            "correlation": 0.9, "variance_ratio": 8.0, "variance_ratio_lo": 6.0, "variance_ratio_hi": 11.0
        })
    };
    let document = json!({
        "scenario": { "name": "A first exchange" }, "seed": 1, "first": 0, "replications": 50, "confidence": 0.95,
        "variants": [{ "variant": "base", "scenario_digest": "00", "digest": "01" }, { "variant": "base", "scenario_digest": "00", "digest": "01" }],
        "differences": 2, "multiplicity": "2 differences are compared.", "warnings": ["<b>mind</b> the gap"], "limits": ["A limit."],
        "sampling_version": 1,
        "pairs": [{
            "a": "base", "b": "base", "only_a": [], "only_b": [],
            "outcomes": { "completed": difference(0.125), "captives_released": difference(-0.25) },
            "endings": { "collapsed": difference(0.0) }
        }]
    });
    let text = shipped("first-exchange.toml");
    let manifest = json!({
        "format": 1, "kind": "comparison", "scenario": { "file": "first.toml", "name": "A first exchange", "text": text },
        "overrides": [], "seed": 1, "first": 0, "replications": 50, "complete": true, "version": "0.1.0", "sampling_version": 1,
        "platform": "x", "command": ["handover", "compare"]
    });
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("manifest.json"), manifest.to_string()).unwrap();
    std::fs::write(folder.join("comparison.json"), document.to_string()).unwrap();
}

#[test]
fn a_comparison_is_a_forest_of_differences() {
    let folder = folder("page-comparison").join("result");
    comparison(&folder);
    let (page, _) = succeeds(&["report", &folder.display().to_string()]);
    check(&page);
    assert!(
        page.contains("+12.5 points")
            && page.contains("−0.25")
            && page.contains("handover compare first.toml --variants base,base")
    );
    let document = parsed(&page);
    assert!(all(by_id(&document, "shares-0"), "circle").len() >= 2, "a point, and the one in the key");
    std::fs::write(folder.join("comparison.json"), "{\"pairs\": 3}").unwrap();
    assert!(fails(&["report", &folder.display().to_string()], 1).contains("is damaged"));
}

/// A sweep as `sweep --out` writes it, as far as the page needs it.
#[test]
fn a_sweep_is_a_response_to_each_parameter() {
    let folder = folder("page-sweep").join("result");
    std::fs::create_dir_all(&folder).unwrap();
    let manifest = json!({
        "format": 1, "kind": "sweep", "scenario": { "file": "first.toml", "name": "A <b> sweep", "text": shipped("first-exchange.toml") },
        "design": { "file": "a design.toml", "text": "", "table": null }, "overrides": [], "variants": ["base"], "replications": 20,
        "seed": 3, "first": 0, "random_numbers": "shared", "complete": true, "version": "0.1.0", "sampling_version": 1,
        "platform": "x", "command": ["handover", "sweep"]
    });
    let line = |(cell, chance, outcome): (u64, &str, &str)| {
        let mean = 0.5 + cell as f64 / 8.0;
        json!({
            "cell": cell, "point": cell, "scramble": null, "variant": "base", "parameters": { "fault.probability": chance, "round.check": "2h" },
            "outcome": outcome, "n": 20, "mean": mean, "sd": 0.1, "se": 0.05, "lo": mean - 0.125, "hi": mean + 0.125, "min": 0, "p50": 1
        })
    };
    let lines =
        [(0, "5%", "completed"), (1, "10%", "completed"), (2, "40%", "completed"), (0, "5%", "events")]
            .map(line);
    std::fs::write(folder.join("manifest.json"), manifest.to_string()).unwrap();
    std::fs::write(folder.join("table.json"), json!(lines).to_string()).unwrap();
    let (page, _) = succeeds(&["report", &folder.display().to_string()]);
    check(&page);
    let document = parsed(&page);
    let figure = by_id(&document, "response-2-0");
    let drawing = all(figure, "svg").into_iter().find(|svg| svg.attribute("role") == Some("img")).unwrap();
    let across: Vec<f64> =
        all(drawing, "circle").iter().map(|point| point.attribute("cx").unwrap().parse().unwrap()).collect();
    assert_eq!(across.len(), 3);
    let curves: Vec<&str> = all(drawing, "path").iter().map(|path| path.attribute("d").unwrap()).collect();
    assert_eq!(
        curves.iter().map(|course| course.matches('L').count()).collect::<Vec<_>>(),
        [2],
        "{curves:?}"
    );
    let gap = |a: usize, b: usize| across[b] - across[a];
    assert!(
        (gap(0, 2) / gap(0, 1) - 7.0).abs() < 0.1,
        "5, 10 and 40 percent lie where they belong: {across:?}"
    );
    assert_eq!(values(all(figure, "tr")[2]), [0.625, 0.5, 0.75, 20.0]);
    assert!(page.contains("One variant was run: there is nothing to hold against it."));
    assert!(!page.contains("Sources dispute"), "an invented scenario has none");
    assert!(page.contains("20 replications each"));
    assert!(page.contains("handover sweep first.toml &#39;a design.toml&#39; --variants base --seed 3 --first 0 --replications 20 --out DIR"));
    std::fs::write(folder.join("table.json"), "[{}]").unwrap();
    assert!(fails(&["report", &folder.display().to_string()], 1).contains("is damaged"));
}

#[test]
fn what_is_no_result_is_refused_by_name() {
    let folder = folder("page-bad");
    let shown = |name: &str| folder.join(name).display().to_string();
    assert!(fails(&["report", &shown("nowhere")], 2).contains("there is no folder"));
    std::fs::create_dir(folder.join("empty")).unwrap();
    assert!(fails(&["report", &shown("empty")], 1).contains("is not a result"));
    std::fs::write(folder.join("file"), "x").unwrap();
    assert!(fails(&["report", &shown("file")], 1).contains("is no folder"));
    succeeds(&["run", &scenario("first-exchange.toml"), "-n", "50", "--quiet", "--out", &shown("r")]);
    let statistics = std::fs::read(folder.join("r/statistics.bin")).unwrap();
    std::fs::write(folder.join("r/statistics.bin"), &statistics[..statistics.len() / 2]).unwrap();
    assert!(fails(&["report", &shown("r"), "--out", &shown("page.html")], 1).contains("is damaged"));
    assert!(!folder.join("page.html").exists());
    std::fs::write(folder.join("r/statistics.bin"), &statistics).unwrap();
    assert!(
        fails(&["report", &shown("r"), "--out", &shown("no/such/page.html")], 2)
            .contains("could not be written")
    );
    succeeds(&["report", &shown("r"), "--out", &shown("page.html")]);
    assert_eq!(names_in(&folder), ["empty", "file", "page.html", "r"]);
    let mut manifest: Value = read_json(&folder.join("r/manifest.json"));
    manifest["format"] = json!(99);
    std::fs::write(folder.join("r/manifest.json"), manifest.to_string()).unwrap();
    assert!(fails(&["report", &shown("r")], 1).contains("format 99"));
    manifest["kind"] = json!("weather forecast");
    std::fs::write(folder.join("r/manifest.json"), manifest.to_string()).unwrap();
    assert!(fails(&["report", &shown("r")], 1).contains("weather forecast"));
}

// ---- forecasts, back-tests, sensitivity ----

const FORECAST: [&str; 7] = ["--history", "", "--as-of", "16", "-n", "150", "--quiet"];

/// What a verb of forecasts wrote, with its page.
fn foretold(verb: &str, as_of: &str) -> (Value, String) {
    let out =
        folder(&format!("page-{verb}-{}", as_of.replace(',', "-"))).join("result").display().to_string();
    let scenario = scenario("gaza-2025-as-of-16.toml");
    let history = root().join("scenarios/histories/gaza-2025-phase-one.csv").display().to_string();
    let mut more = FORECAST;
    (more[1], more[3]) = (&history, as_of);
    succeeds(&[&[verb, &scenario][..], &more, &["--out", &out]].concat());
    let (page, _) = succeeds(&["report", &out]);
    (read_json(&Path::new(&out).join(format!("{verb}.json"))), page)
}

/// The rows of the table of a figure.
fn rows_of<'a, 'i>(document: &'a Document<'i>, id: &str) -> Vec<Node<'a, 'i>> {
    all(by_id(document, id), "tr").into_iter().skip(1).collect()
}

#[test]
fn the_page_of_a_forecast_holds_its_document() {
    let (document, page) = foretold("forecast", "16");
    check(&page);
    let read = parsed(&page);
    for (name, fan) in document["fans"].as_object().unwrap() {
        let id = format!("{}-16", name.replace(['.', '_'], "-"));
        let rows = rows_of(&read, &id);
        let days = fan["days"].as_array().unwrap();
        assert_eq!(rows.len(), days.len(), "{name}");
        for (row, day) in rows.iter().zip(days) {
            let keys = ["day", "p05", "p10", "p25", "p50", "p75", "p90", "p95", "mean"];
            let figures: Vec<f64> = keys.iter().map(|key| day[*key].as_f64().unwrap()).collect();
            assert_eq!(values(*row)[..9], figures, "{name}");
        }
    }
    // What is known is one line; what is not is a band.
    let days = document["fans"]["captives.released"]["days"].as_array().unwrap();
    let width = |day: usize| days[day - 1]["p95"].as_i64().unwrap() - days[day - 1]["p05"].as_i64().unwrap();
    assert_eq!([1, 7, 14, 16].map(width), [0; 4]);
    assert!(width(42) > 0);
    assert_eq!(days[15]["p50"], 13, "3, 4, 3 and 3 captives by day 16");
    // The schedule on paper is told of the days to come alone, and ends with what was agreed.
    assert_eq!(days[15]["on_paper"], Value::Null);
    assert_eq!([20, 41].map(|place| days[place]["on_paper"].as_i64().unwrap()), [16, 33]);
    // Nobody had counted violations by then: nothing of them is drawn as on record.
    let drawn = |id: &str| {
        all(by_id(&read, id), "path").iter().filter(|p| p.attribute("class") == Some("past")).count()
    };
    assert_eq!([drawn("captives-released-16"), drawn("violations-authority-16")], [1, 0]);
    let events = rows_of(&read, "events-16");
    let asked = document["questions"].as_array().unwrap();
    let told: Vec<&Value> = asked.iter().filter(|q| q["unit"] == "event").collect();
    assert_eq!(events.len(), told.len());
    for (row, question) in events.iter().zip(told) {
        let figures = ["probability", "lo", "hi"].map(|key| question[key].as_f64().unwrap());
        assert_eq!(values(*row), figures, "a probability stands with its interval");
    }
    // Asked day by day or by itself, the answer is the same.
    for question in asked.iter().filter(|q| q["unit"] == "people") {
        let side = question["name"].as_str().unwrap().split('.').next().unwrap();
        let day = &document["fans"][format!("{side}.released")]["days"]
            [question["by_day"].as_u64().unwrap() as usize - 1];
        for key in ["mean", "p05", "p10", "p25", "p50", "p75", "p90", "p95", "quantile_intervals"] {
            assert_eq!(day[key], question[key], "{}", question["name"]);
        }
    }
    let legs = rows_of(&read, "legs-16");
    assert_eq!(legs.len(), asked.iter().filter(|q| q["unit"] == "day").count());
    assert!(page.contains(document["parameters_digest"].as_str().unwrap()));
    assert!(page.contains("A few rounds validate nothing."));
    assert!(!page.contains("class=\"seen\""), "a forecast shows nothing of what came");
}

#[test]
fn the_page_of_a_backtest_shows_what_came() {
    let (document, page) = foretold("backtest", "16,28");
    check(&page);
    let read = parsed(&page);
    for tested in document["backtests"].as_array().unwrap() {
        let day = tested["as_of"]["day"].as_i64().unwrap();
        let targets = tested["targets"].as_array().unwrap();
        let people = |t: &&Value| t["unit"] == "people" && t["alternative"] == false;
        for target in targets.iter().filter(people) {
            let name = target["name"].as_str().unwrap().split('.').next().unwrap();
            let rows = rows_of(&read, &format!("{name}-released-{day}"));
            let by = target["by_day"].as_u64().unwrap() as usize;
            assert!(words(rows[by - 1]).ends_with(&seen_words(target, targets)), "{target}");
        }
        let legs: Vec<&Value> =
            targets.iter().filter(|t| t["unit"] == "day" && t["alternative"] == false).collect();
        let rows = rows_of(&read, &format!("legs-{day}"));
        assert_eq!(rows.len(), legs.len());
        for (row, target) in rows.iter().zip(legs) {
            assert_eq!(values(*row).last().copied(), target["observed"].as_f64());
        }
        let counted = targets.iter().filter(|t| t["alternative"] == false).count();
        let figure = by_id(&read, &format!("transforms-{day}"));
        let drawing =
            all(figure, "svg").into_iter().find(|svg| svg.attribute("role") == Some("img")).unwrap();
        assert_eq!(all(drawing, "circle").len(), counted, "one dot a figure");
    }
    assert!(page.contains("plausibility check, not validation"));
    let all_covered = &document["coverage"]["90"];
    assert!(page.contains(&format!("{} of {}", all_covered["in"], all_covered["of"])));
}

/// What the table of a fan says of a target's day: one figure, or both sources'.
fn seen_words(target: &Value, targets: &[Value]) -> String {
    let number = |value: &Value| handover::report::quantity::number(value.as_f64().unwrap());
    let other = targets.iter().find(|t| t["alternative"] == true && t["name"] == target["name"]);
    match other {
        Some(other) => format!("{} or {}", number(&target["observed"]), number(&other["observed"])),
        None => number(&target["observed"]),
    }
}

#[test]
fn the_page_of_one_backtest_and_of_bad_documents() {
    let (_, page) = foretold("backtest", "28");
    check(&page);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("it/page-backtest-28/result");
    // A score of all legs together is told where a document has one.
    let mut document = read_json(&folder.join("backtest.json"));
    let legs = document["joint"]["legs"].as_u64().unwrap();
    assert!(page.contains(&format!("Days of all {legs} legs together, variogram score: ")));
    let mut page_with = |joint: Value| {
        document["joint"] = joint;
        std::fs::write(folder.join("backtest.json"), document.to_string()).unwrap();
        succeeds(&["report", &folder.display().to_string()]).0
    };
    assert!(!page_with(Value::Null).contains("legs together"));
    let page = page_with(json!({
        "rule": "variogram", "legs": 6, "value": 1.5, "baselines": { "paper_schedule": 2.25, "climatology": null }
    }));
    assert!(page.contains(
        "Days of all 6 legs together, variogram score: 1.500; beside “everything on its day” 2.250."
    ));
    std::fs::write(folder.join("backtest.json"), "{\"targets\": 3}").unwrap();
    assert!(fails(&["report", &folder.display().to_string()], 1).contains("is damaged"));
}

#[test]
fn a_sensitivity_is_a_tornado_beside_its_noise() {
    for (name, design, shipped_scenario) in [
        ("sobol", "truce-indices", "analytic-truce.toml"),
        ("morris", "reference-screening", "gaza-2025-phase-one.toml"),
    ] {
        let out = folder(&format!("page-sensitivity-{name}")).join("result").display().to_string();
        let design = root().join("examples/designs").join(format!("{design}.toml")).display().to_string();
        let scenario = scenario(shipped_scenario);
        let base =
            ["sensitivity", &scenario, &design, "--outcome", "completed", "--outcome", "captives_released"];
        let (printed, _) =
            succeeds(&[&base[..], &["-n", "5", "--quiet", "--format", "json", "--out", &out]].concat());
        let document = read_json(&Path::new(&out).join("sensitivity.json"));
        assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), document, "printed and kept alike");
        let (page, _) = succeeds(&["report", &out]);
        check(&page);
        let read = parsed(&page);
        let found = document["outcomes"].as_object().unwrap();
        for (number, outcome) in found.values().filter(|o| o["refused"].is_null()).enumerate() {
            let rows = rows_of(&read, &format!("tornado-{number}"));
            let order = outcome["order"].as_array().unwrap();
            let is_sobol = name == "sobol";
            assert_eq!(rows.len(), order.len() + usize::from(is_sobol), "the dummy is the last row");
            for (row, path) in rows.iter().zip(order) {
                let figures = &outcome["parameters"][path.as_str().unwrap()];
                let first = &figures[if is_sobol { "first" } else { "mu_star" }];
                assert!(words(*row).starts_with(path.as_str().unwrap()));
                let told = ["value", "lo", "hi"].map(|key| first[key].as_f64().unwrap());
                assert_eq!(values(*row)[..3], told);
            }
            assert_eq!(words(*rows.last().unwrap()).contains("dummy"), is_sobol);
        }
        assert!(fails(&[&base[..], &["-n", "5", "--out", &out]].concat(), 2).contains("result"));
    }
}

#[test]
fn limits_name_sources_only_where_there_are_any() {
    let disputed = "Sources dispute some figures";
    for (name, is_sourced) in [("first-exchange.toml", false), ("gaza-2025-phase-one.toml", true)] {
        let loaded = loaded(&shipped(name), None, &[]);
        assert_eq!(page_of(&loaded, &sample(&loaded, &[(0, 20)])).contains(disputed), is_sourced, "{name}");
        let trace = handover::report::trace::record(&loaded.plan, 1, 7);
        let page = html::replication(&loaded, &trace, &Origin::default(), 1, 7);
        assert_eq!(page.contains(disputed), is_sourced, "{name}");
    }
}

#[test]
fn a_label_of_several_words_has_its_plural_in_the_right_place() {
    let text = shipped("first-exchange.toml").replacen(
        "[party]",
        "[label]\ncaptive = \"prisoner of war\"\n\n[party]",
        1,
    );
    let loaded = loaded(&text, None, &[]);
    let page = page_of(&loaded, &sample(&loaded, &[(0, 20)]));
    assert!(page.contains("prisoners of war") && !page.contains("prisoner of wars"));
}

#[test]
fn one_replication_is_one() {
    let out = folder("page-one").join("result").display().to_string();
    succeeds(&["run", &scenario("first-exchange.toml"), "-n", "1", "--quiet", "--out", &out]);
    let (_, said) = succeeds(&["resume", &out]);
    assert!(said.contains("is finished: 1 replication;"), "{said}");
}

#[test]
fn a_run_that_was_not_finished_is_pointed_to() {
    let folder = folder("page-unfinished");
    std::fs::create_dir(folder.join("big.partial")).unwrap();
    let said = fails(&["report", &folder.join("big").display().to_string()], 2);
    assert!(said.contains("handover resume") && said.contains("big.partial"), "{said}");
}

#[test]
fn bands_and_their_swatches_are_of_one_opaque_colour() {
    // A band lies over wider ones: were it translucent, no swatch would be of its colour.
    let sheet = std::fs::read_to_string(root().join("src/report/html/chart.css")).unwrap();
    for (class, colour) in [("outer", "o"), ("between", "b"), ("inner", "i")] {
        assert!(sheet.contains(&format!("\n.{class}{{fill:var(--{colour})}}\n")), "{class}");
        for number in 1..=4 {
            assert_eq!(
                sheet.matches(&format!("--c{number}{colour}:#")).count(),
                2,
                "{class}, by day and in the dark"
            );
        }
    }
}
