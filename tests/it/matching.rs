//! What is said where a history, an as-of day or an event does not fit a scenario, and what is taken to hold where a record is silent.

use handover::forecast::cases::{Case, Said};
use handover::forecast::question::Asker;
use handover::forecast::remarks::of_forecast;
use handover::observed::{fit, read::read};
use handover::report::words::sides;
use handover::scenario::load::Script;
use handover::scenario::source::{Sources, Span};

use crate::forecasting::knowing;
use crate::program::{fails, folder, scenario};

const BERLIN: &str = r#"
format = 1
name = "matching"
start = "2024-03-25T06:00[Europe/Berlin]"
term = "20d"
horizon = "40d"
[party]
A = { side = "captives" }
B = { side = "prisoners" }
[cohort]
c = { held_by = "A", people = 6 }
r = { held_by = "A", people = 3, condition = "remains" }
p = { held_by = "B", people = 12 }
[key]
c = { per_person = { p = 2 } }
[tranche]
1 = { day = 1, at = "10:00", release = { c = 3 } }
2 = { day = 3, at = "10:00", release = { c = 3 } }
3 = { day = 8, at = "10:00", release = { r = 3 } }
[round]
handover = { takes = "5h" }
reciprocal = { takes = "30h" }
[flow.aid]
owner = "B"
target = 10
level = 12
"#;

const HEAD: &str = "kind,when,until,round,side,name,count,confidence,source
start,2024-03-25T06:00,,,,,,high,s
";

/// What is said of rows below [`HEAD`], matched to a scenario as of a day.
fn refusal(rows: &str, as_of: &str) -> String {
    let mut sources = Sources::from_text("scenario.toml", BERLIN);
    let script = Script::open(&mut sources, &[]).unwrap();
    let number = sources.add("history.csv", format!("{HEAD}{rows}")).unwrap();
    let history = read(&sources, number).unwrap_or_else(|f| panic!("{}", f.render(&sources, false)));
    let day = sources.add("--as-of", as_of).unwrap();
    let loaded = script.load_with(None, &[], &|file, faults| {
        let as_of = fit::as_of(as_of, Span::new(day, 0..as_of.len()), &file.start, faults)?;
        fit::past(&history, as_of, file, faults)
    });
    loaded.map_or_else(|faults| faults.render(&sources, false), |_| String::new())
}

const LONG: &str = "known_to,2024-06-30,,,,,,,\n";

#[test]
fn an_as_of_day_is_a_day_of_the_scenario() {
    for (as_of, says) in [
        ("2024-04-01T10:00", "is more than a day"),
        ("2024-04-01T10:00", "`--as-of 2024-04-01`"),
        ("2024-03-01", "which begins with day 1, 2024-03-25"),
        ("0", "which begins with day 1, 2024-03-25"),
        ("2024-06-01", "which looks at day 1 (2024-03-25) to day 40 (2024-05-03)"),
        ("april", "neither a day of the scenario nor a date"),
    ] {
        let said = refusal(LONG, as_of);
        assert!(said.contains("error[S310]") && said.contains(says), "{as_of}: {said}");
        assert_eq!(said.matches("error[").count(), 1, "{as_of}: {said}");
    }
    assert_eq!(refusal(LONG, "2024-04-01"), "");
}

#[test]
fn all_that_does_not_fit_is_told_at_once() {
    let rows = "release,2024-03-25,,1,captives,zzz,3,high,s
release,2024-03-26,,7,captives,c,3,high,s
release,2024-03-27,,9,prisoners,p,3,high,s
release,2024-03-28,,2,prisoners,c,3,high,s
";
    let said = refusal(&format!("{rows}{LONG}"), "5");
    for line in [3, 4, 5, 6] {
        assert!(said.contains(&format!("--> history.csv:{line}:")), "line {line} of\n{said}");
    }
    // A day beyond the record is one fault more, and hides no other.
    let said = refusal(rows, "9");
    assert!(said.contains("error[S310]: the record ends with day 4"), "{said}");
    for line in [3, 4, 5, 6] {
        assert!(said.contains(&format!("--> history.csv:{line}:")), "line {line} of\n{said}");
    }
}

#[test]
fn times_that_no_clock_shows_are_refused() {
    // In the night to the 31st of March 2024 the clocks went from 2 to 3. Nobody can have read that time, whether it is known by then or not.
    for as_of in ["3", "10"] {
        let said = refusal(&format!("release,2024-03-31T02:30,,2,captives,c,3,high,s\n{LONG}"), as_of);
        let times = said.matches("error[S053]: no clock shows 2024-03-31T02:30:00").count();
        assert_eq!(times, 1, "as of {as_of}: {said}");
    }
    assert_eq!(refusal(&format!("release,2024-03-31T03:30,,2,captives,c,3,high,s\n{LONG}"), "10"), "");
    assert_eq!(refusal(&format!("release,2024-03-31,,2,captives,c,3,high,s\n{LONG}"), "10"), "");
}

#[test]
fn remains_are_no_living_people() {
    let said = refusal(&format!("release,2024-03-26,,3,captives,r,3,high,s\n{LONG}"), "5");
    assert!(said.contains("this row tells of living people, and `r` are remains"), "{said}");
    let said = refusal(&format!("remains,2024-03-26,,3,captives,c,3,high,s\n{LONG}"), "5");
    assert!(said.contains("this row tells of remains, and `c` are living people"), "{said}");
    assert_eq!(refusal(&format!("remains,2024-03-26,,3,captives,r,3,high,s\n{LONG}"), "5"), "");
}

#[test]
fn a_term_runs_out_when_it_ends() {
    let said = refusal(&format!("expiry,2024-04-01,,,,,,high,s\n{LONG}"), "12");
    assert!(
        said.contains("error[S311]: by this record the term ran out on day 8, and it ends on day 21"),
        "{said}"
    );
    assert_eq!(refusal(&format!("expiry,2024-04-14T06:00,,,,,,high,s\n{LONG}"), "25"), "");
    let later = "extension,2024-04-12,2024-04-20T06:00,,,,,high,s\nexpiry,2024-04-20T06:00,,,,,,high,s\n";
    assert_eq!(refusal(&format!("{later}{LONG}"), "30"), "");
}

#[test]
fn persistence_takes_the_scenarios_target_where_the_record_tells_none() {
    // 12 a day on two days; over the next ten days 120.
    let rows = "flow,2024-03-25,,,,aid,12,high,s\nflow,2024-03-26,,,,aid,12,high,s\n";
    let (known, record) = knowing(BERLIN, &format!("{HEAD}{rows}{LONG}"), "3");
    let asker = Asker::new(&known.plan);
    let said = Case::of(&record, known.calendar.date_of_day(3), Some(&known.plan))
        .says(&asker.paper, &asker.delivered(0, (4, 13)));
    let Some(Said::Counts(counts)) = said else { panic!("persistence says nothing of flows") };
    assert_eq!(counts.cells().collect::<Vec<_>>(), [(120, 1)]);
}

#[test]
fn a_forecast_says_what_it_takes_for_granted_and_looks_at_no_later_row() {
    let scenario = BERLIN.replace("horizon", "start_delay = { probability = 0.5, by = \"2d\" }\nhorizon");
    let silent = "kind,when,until,round,side,name,count,confidence,source\n";
    let later = "release,2024-03-29,,1,captives,c,3,high,s\n";
    let said_as_of = |day: &str| {
        let (known, record) = knowing(&scenario, &format!("{silent}{later}{LONG}"), day);
        of_forecast(
            &known.plan,
            &record,
            known.calendar.date_of_day(day.parse().unwrap()),
            &sides(&known.plan),
        )
    };
    let said = said_as_of("3");
    assert!(
        said.iter()
            .any(|line| line.contains("no row of kind `start`: the truce is taken to have begun as agreed"))
    );
    assert!(said.iter().any(|line| line.contains("no row that tells a release of captives")), "{said:?}");
    assert!(
        said.iter().all(|line| !line.contains("is asked")),
        "a forecast asks of what is to come: {said:?}"
    );
    // People are called as the scenario calls them.
    let (known, record) = knowing(&scenario, &format!("{silent}{later}{LONG}"), "3");
    let called = ["hostages".to_string(), "detainees".to_string()];
    let said = of_forecast(&known.plan, &record, known.calendar.date_of_day(3), &called);
    assert!(said.iter().any(|line| line.contains("tells a release of hostages")), "{said:?}");
    assert!(said.iter().all(|line| !line.contains("captives") && !line.contains("prisoners")), "{said:?}");
    // By day 5 the record has one.
    assert!(said_as_of("5").iter().all(|line| !line.contains("a release of captives")));
}

#[test]
fn who_changed_places_is_told() {
    let rows = "release,2024-03-25T15:00,,1,captives,c,2,high,s\n";
    let (known, record) = knowing(BERLIN, &format!("{HEAD}{rows}{LONG}"), "2");
    let said = of_forecast(&known.plan, &record, known.calendar.date_of_day(2), &sides(&known.plan));
    let words =
        "Of `c`, 1 did not come in round 1, which promised them: they are taken to come with round 2.";
    assert!(said.iter().any(|line| line == words), "{said:?}");
}

#[test]
fn events_that_cannot_be_are_refused_with_what_can() {
    let file = scenario("first-exchange.toml");
    let said = |event: &str| fails(&["rare", &file, "--event", event], 2);
    assert!(said("completed>=2").contains("`completed>=2` cannot happen: `completed` is 0 or 1"));
    assert!(said("captives_released=>9").contains("did you mean \"captives_released>=9\"?"));
    let unknown = said("nosuch>=9");
    assert!(unknown.contains("has no outcome `nosuch`") && !unknown.contains("a mean"), "{unknown}");
}

#[test]
fn priors_are_refused_by_the_numbers_that_stand_in_their_file() {
    let folder = folder("priors-ends");
    let priors = folder.join("priors.toml");
    std::fs::write(&priors, "format = 1\n[parameter]\n\"fault.probability\" = { from = -0.5, to = 1.5 }\n")
        .unwrap();
    let said = fails(&["calibrate", &scenario("first-exchange.toml"), &priors.display().to_string()], 1);
    assert!(
        said.contains("-0.5 is not a probability") && said.contains("1.5 is not a probability"),
        "{said}"
    );
}
