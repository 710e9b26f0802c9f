//! Words of reports: the scenario's own for the people of both sides, and one of a thing that is one.

use crate::program::{folder, scenario, succeeds};

const LABELS: [&str; 4] = ["--set", "label.captive=\"detainee\"", "--set", "label.prisoner=\"soldier\""];

fn history(name: &str) -> String {
    format!("{}/scenarios/histories/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn forecasts_and_backtests_call_people_as_the_scenario_does() {
    let (of, record) = (scenario("gaza-2023-november.toml"), history("gaza-2023-november.csv"));
    for (verb, file) in [("forecast", "forecast.json"), ("backtest", "backtest.json")] {
        let out = folder(&format!("words-{verb}")).join("out").display().to_string();
        let args = [verb, &of, "--history", &record, "--as-of", "4", "-n", "20", "--out", &out];
        let (text, _) = succeeds(&[&args[..], &LABELS].concat());
        let (page, _) = succeeds(&["report", &out]);
        // What the program shows to people: the command and the places in the document are names.
        let shown = page
            .lines()
            .flat_map(|line| line.split('<').filter_map(|part| part.split_once('>')).map(|(_, said)| said))
            .filter(|said| {
                !said.contains("handover ") && !said.contains("fans.") && !said.contains("label.")
            });
        for said in text.lines().chain(shown) {
            let said = said.to_lowercase();
            assert!(!said.contains("captive") && !said.contains("prisoner"), "{verb}: {said}");
        }
        for words in ["detainees", "soldiers"] {
            assert!(text.contains(words) && page.contains(words), "{verb}");
        }
        let document = std::fs::read_to_string(std::path::Path::new(&out).join(file)).unwrap();
        let document: serde_json::Value = serde_json::from_str(&document).unwrap();
        // Names are for programs and stay; labels are for people.
        let list = if verb == "forecast" { "questions" } else { "targets" };
        let asked = document[list].as_array().unwrap();
        let named =
            asked.iter().find(|of| of["name"].as_str().unwrap().starts_with("captives.released")).unwrap();
        assert!(named["label"].as_str().unwrap().starts_with("detainees.released"), "{named:#}");
        assert_eq!(document["labels"], serde_json::json!(["detainees", "soldiers"]));
        assert_eq!(document["fans"]["captives.released"]["label"], "detainees.released");
    }
}

#[test]
fn one_replication_is_told_as_one() {
    let folder = folder("words-one");
    let first = scenario("first-exchange.toml");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let out = folder.join("out").display().to_string();
    let grid = "format = 1\nreplications = 1\n[design]\nmethod = \"grid\"\n[parameter]\n\"fault.probability\" = { values = [0.1] }\n";
    let screening = "format = 1\nreplications = 1\n[design]\nmethod = \"morris\"\ntrajectories = 2\n[parameter]\n\"fault.probability\" = { from = 0.1, to = 0.5 }\n";
    let (grid, screening) = (write("grid.toml", grid), write("screening.toml", screening));
    let rare = [
        "rare",
        &first,
        "--event",
        "collapsed",
        "--set",
        "ending.collapse=\"0.001/day\"",
        "--effort",
        "1",
        "--repeats",
        "2",
    ];
    for args in [
        &["sweep", &first, &grid, "--out", &out][..],
        &["sensitivity", &first, &screening, "--outcome", "disputes"],
        &rare,
    ] {
        let (text, _) = succeeds(args);
        assert!(text.contains("1 replication") || text.contains("1 particle "), "{text}");
        let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for wrong in [" 1 replications", " 1 cells", " 1 repeats", " 1 particles"] {
            assert!(!said.contains(wrong), "{wrong}: {text}");
        }
    }
    let run = handover::report::document::Run { seed: 1, first: 4, replications: 1 };
    let cut = handover::report::document::Interrupted { planned: 1_000, run };
    assert_eq!(cut.to_string(), "INTERRUPTED after 1 of 1,000 replications; this is replication 4.\n\n");
}
