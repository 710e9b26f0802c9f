use super::super::diagnostic::render;
use super::*;

const BASE: &str = "start = 1\n[check]\nlognormal = { median = \"3h\", sigma = 1.2 }\n[list]\nitems = [{ a = 1 }, { a = 2 }]\n";

/// A tree with `arguments` applied, shown as one line, or the faults.
fn applied(arguments: &[&str]) -> Result<String, String> {
    let mut sources = Sources::from_text("a.toml", BASE);
    let mut faults = Faults::new();
    let mut root = tree::parse(&sources, 0, &mut faults).expect("sound TOML");
    for argument in arguments {
        let before = faults.len();
        assert_eq!(set(&mut root, argument, &mut sources, &mut faults), faults.len() == before);
    }
    let faults = faults.into_sorted();
    if faults.is_empty() { Ok(shown(&root)) } else { Err(render(&faults, &sources, false)) }
}

fn shown(node: &Node) -> String {
    match &node.kind {
        Kind::Table(table) => {
            let entries: Vec<String> =
                table.iter().map(|(key, entry)| format!("{key}={}", shown(&entry.node))).collect();
            format!("{{{}}}", entries.join(" "))
        }
        Kind::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(" ")),
        Kind::String(text) | Kind::Datetime(text) => format!("'{text}'"),
        Kind::Integer(n) => n.to_string(),
        Kind::Float(x) => x.to_string(),
        Kind::Boolean(flag) => flag.to_string(),
    }
}

fn one(argument: &str) -> String {
    applied(&[argument]).unwrap_or_else(|fault| fault)
}

#[test]
fn values_are_toml_or_else_text() {
    let rest = "check={lognormal={median='3h' sigma=1.2}} list={items=[{a=1} {a=2}]}";
    for (value, shown) in [
        ("2", "2"),
        (" 2.5 ", "2.5"),
        ("true", "true"),
        ("\"2h\"", "'2h'"),
        ("2h30m", "'2h30m'"),
        ("0.1/day", "'0.1/day'"),
        ("2025-01-19T08:30[Asia/Jerusalem]", "'2025-01-19T08:30[Asia/Jerusalem]'"),
        ("[1, 2]", "[1 2]"),
        ("a=b", "'a=b'"),
    ] {
        assert_eq!(one(&format!("start={value}")), format!("{{{rest} start={shown}}}"));
    }
    assert_eq!(one("start=none"), format!("{{{rest}}}"));
}

#[test]
fn paths_go_into_tables_and_arrays_and_make_what_is_missing() {
    assert_eq!(one("check.lognormal.sigma=2"), BASE_WITH.replace("sigma=1.2", "sigma=2"));
    assert_eq!(
        one("check={uniform={min=1}}"),
        BASE_WITH.replace("lognormal={median='3h' sigma=1.2}", "uniform={min=1}")
    );
    assert_eq!(one("list.items.1.a=7"), BASE_WITH.replace("{a=2}", "{a=7}"));
    assert_eq!(one("list.items.0=7"), BASE_WITH.replace("{a=1}", "7"));
    assert_eq!(one("new.\"a b.c\".'d'=7"), BASE_WITH.replace("start", "new={a b.c={d=7}} start"));
    assert_eq!(applied(&["start=none", "start=3"]), Ok(BASE_WITH.replace("start=1", "start=3")));
}

const BASE_WITH: &str = "{check={lognormal={median='3h' sigma=1.2}} list={items=[{a=1} {a=2}]} start=1}";

#[test]
fn faults_are_shown_in_the_argument() {
    assert_eq!(
        one("start.x.y=1"),
        "error[S022]: `start` is a whole number
 --> --set 'start.x.y=1':1:7
  |
1 | start.x.y=1
  |       ^ so there is nothing of this name in it
  |
 ::: a.toml:1:9
  |
1 | start = 1
  |         - its value is set here
  |
  = help: set the whole value, or leave out what stands after it

"
    );
    assert_eq!(
        one("list.items.2.a=1"),
        "error[S021]: there is no item `2` in this array
 --> --set 'list.items.2.a=1':1:12
  |
1 | list.items.2.a=1
  |            ^
  |
  = help: its 2 items are numbered from 0 to 1

"
    );
    assert_eq!(
        one("start"),
        "error[S020]: this is not PATH=VALUE
 --> --set 'start':1:6
  |
1 | start
  |      ^ there is no `=`
  |
  = help: write --set 'mediation.files_at_once=2'

"
    );
}

#[test]
fn malformed_arguments() {
    for argument in
        ["", "=", "=1", "a.=1", ".a=1", "a b=1", "a=", "a= ", "'a=1", "a\"b\"=1", "a..b=1", "é√=1"]
    {
        assert!(one(argument).contains("error[S020]"), "{argument}: {}", one(argument));
    }
    assert!(one(&format!("{}a=1", "a.".repeat(70))).contains("error[S020]"));
    assert!(one(&format!("a={}", "[".repeat(100_000))).contains("error[S007]"));
    assert!(one("start={a = }").contains("error[S005]"));
    assert!(one("start=[1").contains("error[S005]"));
}
