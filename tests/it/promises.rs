//! What a known past leaves of promises: people who came in another round, holds that stand, milestones nobody has met yet.

use handover::forecast::question::Asker;
use handover::forecast::{Ask, Question};
use handover::model::plan::Plan;
use handover::scenario::load::Loaded;

use crate::forecasting::{asked, knowing};

fn mean(plan: &Plan, name: &str, n: u64) -> f64 {
    let all = Asker::new(plan).all();
    let question = all.iter().find(|question| question.name == name);
    let question = question.unwrap_or_else(|| panic!("no {name}")).clone();
    asked(plan, &[question], 5, n).remove(0).answers.mean().unwrap()
}

fn legs(plan: &Plan) -> Vec<String> {
    let legs = Asker::new(plan).all().into_iter().filter(|q| matches!(q.ask, Ask::LegDay { .. }));
    legs.map(|question| question.name).collect()
}

// ---- people who came in another round ----

/// Three women on day 1, three soldiers on day 8, two prisoners for each of them, of a cohort for the women and one for the soldiers.
const ORDER: &str = r#"
format = 1
name = "order"
start = "2024-06-01T06:00[UTC]"
term = "20d"
horizon = "40d"
[party]
A = { side = "captives" }
B = { side = "prisoners" }
[cohort]
women = { held_by = "A", people = 3 }
soldiers = { held_by = "A", people = 3 }
p = { held_by = "B", people = 6 }
q = { held_by = "B", people = 6 }
[key]
women = { per_person = { p = 2 } }
soldiers = { per_person = { q = 2 } }
[tranche]
1 = { day = 1, at = "10:00", release = { women = 3 } }
2 = { day = 8, at = "10:00", release = { soldiers = 3 } }
[round]
handover = { takes = "5h" }
reciprocal = { takes = "3h" }
"#;

const RELEASES: &str = "kind,when,round,side,name,count,confidence,source
start,2024-06-01T06:00,,,,,high,s
";

fn ordered(rows: &str, day: &str) -> Loaded {
    let text = format!("{RELEASES}{rows}known_to,2024-06-30,,,,,,\n");
    knowing(ORDER, &text, day).0
}

#[test]
fn people_who_change_places_between_rounds_all_come_back() {
    // The soldiers came first; that day they were as many as the women, who come on the soldiers' day with the prisoners for women.
    let known = ordered(
        "release,2024-06-01T15:00,1,captives,soldiers,3,high,s\nrelease,2024-06-01T18:00,1,prisoners,q,6,high,s\n",
        "3",
    );
    let plan = &known.plan;
    assert_eq!(legs(plan), ["captives.2.day", "prisoners.2.day"]);
    for (day, captives, prisoners) in [(7, 3.0, 6.0), (8, 6.0, 12.0), (20, 6.0, 12.0)] {
        assert_eq!(mean(plan, &format!("captives.released_by_day_{day}"), 20), captives);
        assert_eq!(mean(plan, &format!("prisoners.released_by_day_{day}"), 20), prisoners);
    }
    // Six were promised; the wrong model has three back and calls that all.
    assert_eq!(Asker::new(plan).paper.captives_promised(), 6);
    assert_eq!(mean(plan, "promised_captives_back_by_day_20", 20), 1.0);
    let early = Question {
        name: "early".into(),
        ask: Ask::PromisedBack { people: 6, by: 7 * 86_400 - 21_600 },
        by_day: 7,
    };
    assert_eq!(asked(plan, &[early], 5, 20).remove(0).answers.mean(), Some(0.0));
}

#[test]
fn who_did_not_come_goes_with_the_next_round_or_stays_owed() {
    let two = "release,2024-06-01T15:00,1,captives,women,2,high,s\nrelease,2024-06-01T18:00,1,prisoners,p,4,high,s\n";
    let known = ordered(two, "3");
    assert_eq!(mean(&known.plan, "captives.released_by_day_8", 20), 6.0);
    assert_eq!(mean(&known.plan, "prisoners.released_by_day_8", 20), 12.0);

    // Nobody is left to go with: the sixth stays promised, and never comes.
    let last = "release,2024-06-08T15:00,2,captives,soldiers,3,high,s\nrelease,2024-06-08T18:00,2,prisoners,q,6,high,s\n";
    let known = ordered(&format!("{two}{last}"), "9");
    assert_eq!(Asker::new(&known.plan).paper.captives_promised(), 6);
    assert_eq!(mean(&known.plan, "promised_captives_back_by_day_20", 20), 0.0);

    // A round that goes on has not left anybody behind.
    let text = RELEASES.replace(",count", ",count,complete").replace(",,,,,high", ",,,,,,high");
    let part = "release,2024-06-01T15:00,1,captives,women,2,no,high,s\n";
    let text = format!("{text}{part}known_to,2024-06-30,,,,,,,\n");
    let known = knowing(ORDER, &text, "3").0;
    assert_eq!(mean(&known.plan, "captives.released_by_day_7", 20), 3.0);
    assert_eq!(mean(&known.plan, "captives.released_by_day_8", 20), 6.0);
}

#[test]
fn who_came_early_is_not_promised_a_second_time() {
    // Three women of five are promised on day 1 and two on day 8: a fourth on day 1 leaves one, though nobody else is short.
    let scenario = ORDER
        .replace("women = { held_by = \"A\", people = 3 }", "women = { held_by = \"A\", people = 9 }")
        .replace("release = { soldiers = 3 }", "release = { women = 2, soldiers = 3 }")
        .replace("p = { held_by = \"B\", people = 6 }", "p = { held_by = \"B\", people = 18 }");
    let rows = "release,2024-06-01T15:00,1,captives,women,4,high,s\n";
    let text = format!("{RELEASES}{rows}known_to,2024-06-30,,,,,,\n");
    let known = knowing(&scenario, &text, "3").0;
    assert_eq!(
        mean(&known.plan, "captives.released_by_day_20", 20),
        8.0,
        "nine in the model that forgets it"
    );
    assert_eq!(Asker::new(&known.plan).paper.captives_promised(), 8);
}

