#![allow(unreachable_pub, reason = "the macros declare public items, here in a private module")]

use super::super::law::{Law, Param};
use super::super::moment::{Hour, Window};
use super::super::source::Sources;
use super::super::tree;
use super::super::units::{Duration, Probability, Seconds};
use super::*;

table! {
    /// How disputes are settled.
    pub struct Mediation {
        /// How many files the
        /// mediators keep open.
        pub files_at_once: At<u64> = At::implied(2_u64),
        /// How a file ends.
        pub settles: Settle,
        /// A pause after each.
        pub pause: Option<Duration>,
        /// The order of legs.
        pub legs: At<Legs> = At::implied(Legs::CaptivesFirst),
        /// When work is done.
        pub hours: Window = Window { from: Hour::of(8, 30), to: Hour::of(17, 0) },
        /// How long it takes.
        pub takes: Law<Seconds> = Law::implied(5400.0),
        /// Rounds.
        pub r#type: Option<Named<At<u64>>>,
    }
}

table! {
    /// A settlement.
    pub struct Settle {
        /// The odds.
        pub probability: Param<Probability>,
        /// The names of sides.
        pub sides: Vec<At<String>> = Vec::new(),
    }
}

choice! {
    /// Who goes first.
    pub enum Legs {
        /// Captives, then prisoners.
        CaptivesFirst = "captives first",
        /// At one time.
        Simultaneous = "simultaneous",
    }
}

fn read<T: Read>(text: &str) -> (Option<T>, String) {
    let sources = Sources::from_text("a.toml", text);
    let mut faults = Faults::new();
    let node = tree::parse(&sources, 0, &mut faults);
    let value = node.and_then(|node| T::read(&node, &mut Reader::new(&mut faults)));
    (value, faults.render(&sources, false))
}

#[test]
fn a_table_is_read_with_its_defaults() {
    let (value, faults) = read::<Mediation>("settles = { probability = \"25%\" }");
    assert_eq!(faults, "");
    let value = value.unwrap();
    assert_eq!(value.files_at_once.value, 2);
    assert_eq!(value.settles.probability.known(), Some(0.25));
    assert_eq!(value.settles.probability.path, "settles.probability");
    assert_eq!(value.takes.path, "takes");
    assert_eq!(value.legs.as_str(), "captives first");
    assert_eq!(value.hours.to, Hour::of(17, 0));
    assert!(value.pause.is_none() && value.r#type.is_none() && value.settles.sides.is_empty());
}

/// The faults of a text, one line each.
fn faults<T: Read>(text: &str) -> Vec<String> {
    let sources = Sources::from_text("a.toml", text);
    let mut faults = Faults::new();
    let node = tree::parse(&sources, 0, &mut faults).expect("sound TOML");
    T::read(&node, &mut Reader::new(&mut faults));
    faults.into_sorted().iter().map(|fault| crate::scenario::diagnostic::short(fault, &sources)).collect()
}

#[test]
fn all_faults_are_found_in_one_pass() {
    let text = "\
# a comment
files_at_onse = 3
settles = { probability = 2, sides = [\"a\", 3, true] }
pause = 3
legs = 'captive first'
hours = '17:00-08:00'
[takes]
normal = { mean = \"3h\", sd = \"1h\" }
[type]
a = -1
b = 1.5
' c' = 2
";
    assert_eq!(
        faults::<Mediation>(text),
        [
            "a.toml:2:1: error[S010]: `files_at_onse` is not a key of a scenario",
            "a.toml:3:27: error[S032]: 2 is not a probability",
            "a.toml:3:44: error[S012]: `settles.sides.1` must be a string",
            "a.toml:3:47: error[S012]: `settles.sides.2` must be a string",
            "a.toml:4:9: error[S030]: this duration has no unit",
            "a.toml:5:8: error[S013]: `captive first` is not a value of `legs`",
            "a.toml:6:9: error[S035]: this window ends before it begins",
            "a.toml:7:1: error[S047]: this law can give what is not a duration",
            "a.toml:10:5: error[S032]: -1 is not a count",
            "a.toml:11:5: error[S036]: 1.5 is not a whole number",
            "a.toml:12:1: error[S015]: this name cannot be used",
        ]
    );
}

#[test]
fn what_is_missing_is_asked_for_where_it_belongs() {
    assert_eq!(faults::<Mediation>("# nothing"), ["a.toml:1:1: error[S011]: `settles` is missing"]);
    assert_eq!(
        faults::<Mediation>("[settles]"),
        ["a.toml:1:1: error[S011]: `settles.probability` is missing"]
    );
    assert_eq!(faults::<Mediation>("settles = 3"), ["a.toml:1:11: error[S012]: `settles` must be a table"]);
}

#[test]
fn a_fault_is_shown_with_its_line_and_what_to_do() {
    let (_, faults) = read::<Settle>("probability = 0.5\n\nsidse = []\n");
    assert_eq!(
        faults,
        "error[S010]: `sidse` is not a key of a scenario
 --> a.toml:3:1
  |
3 | sidse = []
  | ^^^^^ unknown key
  |
  = help: did you mean `sides`?

"
    );
    let (_, faults) = read::<Settle>("probability = 0.5\nq = 1\n");
    assert!(faults.contains("= help: the keys here are `probability`, `sides`"), "{faults}");
}

#[test]
fn names_are_sorted_and_found() {
    let (named, _) = read::<Named<At<u64>>>("b = 1\na = 2\n'c d' = 3");
    let named = named.expect("sound");
    assert_eq!(named.names().collect::<Vec<_>>(), ["a", "b", "c d"]);
    assert_eq!(named.get("b").map(|n| n.value), Some(1));
    assert!(named.get("x").is_none() && named.len() == 3 && !named.is_empty());
    assert_eq!(named.iter().map(|(name, _)| name.span.start).collect::<Vec<_>>(), [6, 0, 12]);
}

#[test]
fn names_are_looked_up_with_a_suggestion() {
    let mut faults = Faults::new();
    let sources = Sources::from_text("a.toml", "by = 'wimen'");
    let name = At::new("wimen".to_string(), Span::new(0, 5..12));
    assert_eq!(resolve_name(&At::implied("b"), ["a", "b"].into_iter(), "cohort", &mut faults), Some(1));
    assert_eq!(resolve_name(&name, ["women", "elderly"].into_iter(), "cohort", &mut faults), None);
    assert_eq!(
        faults.render(&sources, false),
        "error[S014]: there is no cohort called `wimen`
 --> a.toml:1:6
  |
1 | by = 'wimen'
  |      ^^^^^^^
  |
  = help: did you mean `women`?

"
    );
    assert_eq!(nearest("xyz", ["women", "elderly"].into_iter()), None);
    assert_eq!(nearest("Lognormal", ["normal", "lognormal"].into_iter()), Some("lognormal"));
    assert_eq!(nearest(&"x".repeat(1_000_000), ["x"].into_iter()), None);
}

#[test]
fn paths_are_quoted_where_set_needs_it() {
    assert_eq!(joined("a", "b c"), "a.\"b c\"");
    assert_eq!(joined("", "é-1"), "\"é-1\"");
    assert_eq!(joined("a.b", "c_d-1"), "a.b.c_d-1");
}

#[test]
fn the_schema_says_what_the_reader_does() {
    let schema = schemars::schema_for!(Mediation).to_value();
    let properties = &schema["properties"];
    assert_eq!(schema["required"], serde_json::json!(["settles"]));
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(properties["files_at_once"]["description"], "How many files the mediators keep open.");
    assert_eq!(properties["files_at_once"]["default"], 2);
    assert_eq!(properties["legs"]["default"], "captives first");
    assert_eq!(properties["hours"]["default"], "08:30-17:00");
    assert_eq!(properties["takes"]["default"], "1h30m");
    assert_eq!(properties["type"]["type"], "object");
    assert_eq!(schema["$defs"]["Legs"]["oneOf"][1]["const"], "simultaneous");
    assert!(!schema.to_string().contains("null"), "{schema:#}");
}

/// Every place of a sound text overwritten, in turn, by what may hurt there: a value is read or a fault is told.
#[test]
fn no_damage_goes_untold() {
    let sound = "files_at_once = 3\nsettles = { probability = { uniform = { min = 0.1, max = '20%' } }, sides = ['a'] }\n\
                 pause = '2h30m'\nhours = '08:30-17:00'\n[takes]\nmixture = [{ weight = 1, law = '1h' }]\n[type]\né = 1\n";
    assert_eq!(faults::<Mediation>(&sound.replace("é", "e")), [""; 0]);
    for at in (0..sound.len()).filter(|at| sound.is_char_boundary(*at)) {
        for damage in ["", "'", "\"", "[", "}", "=", ".", "-", "9", "none", "%", "\n", "é"] {
            let rest = sound[at..].chars().next().map_or(0, char::len_utf8);
            let (value, told) =
                read::<Mediation>(&format!("{}{damage}{}", &sound[..at], &sound[at + rest..]));
            assert!(value.is_some() || !told.is_empty());
        }
    }
}
