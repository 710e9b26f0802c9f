//! The schedule on paper, and what records say.

use super::cases::{Case, Said};
use super::paper::Paper;
use super::question::Asker;
use super::*;
use crate::observed::read::read;
use crate::scenario::load::load;
use crate::scenario::source::Sources;

fn plan(name: &str) -> Plan {
    let path = format!("{}/scenarios/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut sources = Sources::from_text(name, std::fs::read_to_string(path).unwrap());
    load(&mut sources, None, &[]).unwrap_or_else(|f| panic!("{}", f.render(&sources, false))).plan
}

fn case(name: &str) -> Case {
    let path = format!("{}/scenarios/histories/{name}", env!("CARGO_MANIFEST_DIR"));
    let sources = Sources::from_text(name, std::fs::read_to_string(path).unwrap());
    Case::of(&read(&sources, 0).unwrap_or_else(|f| panic!("{}", f.render(&sources, false))), None, None)
}

#[test]
fn the_schedule_on_paper_is_the_agreements_with_its_key() {
    let plan = plan("first-exchange.toml");
    let paper = Paper::of(&plan);
    // 3 and 3 women at 20 each, 4 and 6 elderly at 30 each.
    let by = |day| [paper.released(0, day, 0), paper.released(1, day, 0)];
    assert_eq!([by(1), by(7), by(21), by(35)], [[3, 60], [6, 120], [10, 240], [16, 420]]);
    assert_eq!(paper.released(0, 21, 1), 6);
}

#[test]
fn november_2023_says_what_its_rows_say() {
    let case = case("gaza-2023-november.csv");
    assert_eq!(case.delays, [vec![0; 7], vec![0; 7]]);
    assert_eq!((case.lags, case.held, case.collapses, case.days), ((0, 7), [1, 0], 1, 8.0));
    assert_eq!(case.flow, [0.685]);
    let two = Case::pooled([&case, &case]);
    assert_eq!((two.lags, two.days), ((0, 14), 16.0));
}

#[test]
fn shares_of_few_cases_are_never_none_or_all() {
    let plan = plan("first-exchange.toml");
    let case = case("gaza-2023-november.csv");
    let asker = Asker::new(&plan);
    for question in asker.events(42, 16, vec![0, 1]) {
        if let Some(Said::Probability(p)) = case.says(&asker.paper, &question)
            && !matches!(question.ask, Ask::PromisedBack { .. })
        {
            assert!(p > 0.0 && p < 1.0, "{}: {p}", question.name);
        }
    }
}

#[test]
fn days_count_from_the_start_and_terms_end_with_a_whole_day() {
    let plan = plan("first-exchange.toml");
    let days = Days::of(&plan);
    assert_eq!((days.day(0), days.of_term(), days.last()), (1, 42, 90));
    assert_eq!(days.day(days.end(7) - 1), 7);
    assert_eq!(days.day(days.end(7)), 8);
}
