use super::super::source::Sources;
use super::*;

/// The tree of a text and its faults, rendered in short.
fn parsed(text: &str) -> (Option<Node>, Vec<String>) {
    let sources = Sources::from_text("a.toml", text);
    let mut faults = Faults::new();
    let node = parse(&sources, 0, &mut faults);
    (
        node,
        faults
            .into_sorted()
            .iter()
            .map(|fault| crate::scenario::diagnostic::short(fault, &sources))
            .collect(),
    )
}

/// A tree as text, each value with line and column.
fn shown(node: &Node, sources: &Sources) -> String {
    let (line, column) = sources.line_column(node.span);
    let value = match &node.kind {
        Kind::Table(table) => {
            let one = |(key, entry): (&String, &Entry)| format!("{key}={}", shown(&entry.node, sources));
            format!("{{{}}}", table.iter().map(one).collect::<Vec<_>>().join(" "))
        }
        Kind::Array(items) => {
            format!("[{}]", items.iter().map(|item| shown(item, sources)).collect::<Vec<_>>().join(" "))
        }
        _ => sources.slice(node.span).to_string(),
    };
    format!("{value}@{line}:{column}")
}

#[test]
fn every_value_knows_its_place() {
    let sources = Sources::from_text(
        "a.toml",
        "'é' = \"ü\"\n[a.b]\nc.d = 1\n\te = [1, {f = 2.5}]\n[[g]]\n[[g]]\nh = true\n",
    );
    let mut faults = Faults::new();
    let node = parse(&sources, 0, &mut faults).expect("sound TOML");
    let expected = "{a={b={c={d=1@3:7}@3:1 e=[1@4:7 {f=2.5@4:15}@4:10]@4:6}@2:1}@2:2 \
                    g=[{}@5:1 {h=true@7:5}@6:1]@5:1 é=\"ü\"@1:7}@1:1";
    assert_eq!(shown(&node, &sources), expected);
}

#[test]
fn syntax_errors_are_all_reported_once_a_line() {
    let (node, faults) = parsed("a = \nb = x\nc = \"open\nd = 1\nd = 2\n[e\n");
    assert!(node.is_none());
    assert_eq!(
        faults,
        [
            "a.toml:1:5: error[S005]: this is not valid TOML: a value is missing",
            "a.toml:2:5: error[S005]: this is not valid TOML: text must stand in quotes",
            "a.toml:3:10: error[S005]: this is not valid TOML: invalid basic string, expected `\"`",
            "a.toml:5:1: error[S006]: the key `d` is written twice in one table",
            "a.toml:6:3: error[S005]: this is not valid TOML: unclosed table, expected `]`",
        ]
    );
}

#[test]
fn duplicates_and_large_numbers_do_not_stop_the_reading() {
    let (node, faults) = parsed("a = 1\na = 2\n[q]\n[q]\nb = 99999999999999999999\nc = -1e999\n");
    assert!(node.is_some());
    assert_eq!(
        faults,
        [
            "a.toml:2:1: error[S006]: the key `a` is written twice in one table",
            "a.toml:4:2: error[S006]: the key `q` is written twice in one table",
            "a.toml:5:5: error[S008]: this number is too large to be held",
            "a.toml:6:5: error[S008]: this number is too large to be held",
        ]
    );
}

#[test]
fn deep_nesting_is_refused_before_it_can_overflow_the_stack() {
    let n = 100_000;
    let mixed: String = "a.a = [{b.b.b = [".repeat(n);
    for text in [
        "[".repeat(n),
        "a = {b = ".repeat(n),
        mixed,
        format!("a = [\"]\", {}", "[".repeat(n)),
        format!("a{} = 1", ".a".repeat(n)),
        format!("[a{}]", ".a".repeat(n)),
        format!("{}a = 1", format!("a{} = {{", ".a".repeat(30)).repeat(70)),
        format!("# [\n'''\n[[[[[''' = {}", "[\n".repeat(n)),
    ] {
        let (node, faults) = parsed(&text);
        assert!(node.is_none());
        assert_eq!(faults.len(), 1);
        assert!(faults[0].contains("S007"), "{}", faults[0]);
    }
}

#[test]
fn what_only_looks_deep_is_read() {
    let in_text = format!(
        "a = \"{0}\"\nb = '{0}' # {0}\nc = '''\n{0}\n'''\nd = \"\"\"\n\\\"{0}\n\"\"\"\n",
        "[{.".repeat(100)
    );
    let floats = format!("a = [{}]", "1.5, ".repeat(1000));
    let flat = "[[a.b]]\nc.d = [[1.5], {e.f = 2.5}]\n".repeat(200);
    let deep = format!("a = {}1{}", "[".repeat(60), "]".repeat(60));
    for text in [in_text, floats, flat, deep] {
        let (node, faults) = parsed(&text);
        assert!(node.is_some() && faults.is_empty(), "{faults:?}");
    }
}

/// Each of these once took time that grew with its square, or might.
#[test]
fn megabytes_of_junk_are_refused_in_little_time() {
    for text in [
        "%$ &@! = = ]\n".repeat(400_000),
        "%$ &@! = = ]".repeat(400_000),
        "\"\n".repeat(2_500_000),
        "=".repeat(5_000_000),
        "k=1\n".repeat(1_200_000),
        "[k]\n".repeat(1_200_000),
        format!("a=[{}]", "x ".repeat(2_500_000)),
        "\0".repeat(5_000_000),
    ] {
        let sources = Sources::from_text("a.toml", text);
        let mut faults = Faults::new();
        parse(&sources, 0, &mut faults);
        assert!(!faults.is_empty());
        let rendered = faults.render(&sources, false);
        assert!(rendered.len() < 40_000, "{} bytes", rendered.len());
    }
}

#[test]
fn a_text_over_the_limit_is_refused() {
    let (node, faults) = parsed(&" ".repeat(LARGEST as usize + 1));
    assert!(node.is_none() && faults[0].contains("S003"));
}

/// `base` with `patch` laid over it, the patch being the table `p` of a second text.
fn merged(base: &str, patch: &str) -> String {
    let mut sources = Sources::from_text("a.toml", base);
    sources.add("patch", patch);
    let mut faults = Faults::new();
    let mut base = parse(&sources, 0, &mut faults).expect("a sound base");
    let patch = parse(&sources, 1, &mut faults).expect("a sound patch");
    let Kind::Table(table) = &patch.kind else { panic!("a text is a table") };
    merge(&mut base, &table["p"].node);
    plain(&base, &sources)
}

fn plain(node: &Node, sources: &Sources) -> String {
    shown(node, sources)
        .split_inclusive('@')
        .map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':'))
        .collect::<String>()
        .replace('@', "")
}

#[test]
fn headers_and_dotted_keys_merge_and_all_else_replaces() {
    let base = "[a]\nx = 'u'\nlaw = { lognormal = { median = 'm', sigma = 's' } }\n[b]\ny = ['q']\n";
    let law = "law={lognormal={median='m' sigma='s'}}";
    assert_eq!(merged(base, "[p.a]\nx = 'v'"), format!("{{a={{{law} x='v'}} b={{y=['q']}}}}"));
    assert_eq!(
        merged(base, "[p]\na.x = 'v'\nb.z = 'w'"),
        format!("{{a={{{law} x='v'}} b={{y=['q'] z='w'}}}}")
    );
    assert_eq!(merged(base, "[p]\na.law = { uniform = 'v' }"), "{a={law={uniform='v'} x='u'} b={y=['q']}}");
    assert_eq!(
        merged(base, "[p]\na.law.lognormal.median = 'v'"),
        format!("{{a={{{} x='u'}} b={{y=['q']}}}}", law.replace("'m'", "'v'"))
    );
    assert_eq!(merged(base, "[p]\na = { r.s = 'v' }"), "{a={r={s='v'}} b={y=['q']}}");
    assert_eq!(merged(base, "[p]\nb.y = ['v']"), format!("{{a={{{law} x='u'}} b={{y=['v']}}}}"));
    assert_eq!(
        merged(base, "p = { a.x = 'v', b = { z = 'w' } }"),
        format!("{{a={{{law} x='v'}} b={{z='w'}}}}")
    );
    assert_eq!(merged(base, "[p.a.x]\nk = 'v'"), format!("{{a={{{law} x={{k='v'}}}} b={{y=['q']}}}}"));
}

#[test]
fn none_removes_but_is_text_inside_a_replacing_value() {
    let base = "[a]\nx = 'u'\ny = 'w'\n";
    assert_eq!(merged(base, "[p]\na.x = 'none'\nq.r = 'none'"), "{a={y='w'} q={}}");
    assert_eq!(merged(base, "p.a = 'none'"), "{}");
    assert_eq!(merged(base, "p.a = { x = 'none' }"), "{a={x='none'}}");
}

/// A small generator of its own, so that the texts are the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

const SAMPLE: &str = "name = \"é\"\nstart = 2025-01-19T08:30:00\n[a.b]\nc = { d = [1, 2.5], 'e' = \"\"\"x\"\"\" }\n[[f]]\ng.h = true\n";

#[test]
fn no_bytes_panic() {
    let mut dice = Dice(7);
    let alphabet: Vec<char> = "[]{}=.,#\"'\\\n\r\t 019-+_:eainfTZ\u{0}\u{7f}\u{feff}é😀".chars().collect();
    for round in 0..10_000 {
        let mut text: Vec<char> = if round % 2 == 0 { SAMPLE.chars().collect() } else { Vec::new() };
        for _ in 0..=dice.roll(12) {
            let at = dice.roll(text.len() + 1);
            match dice.roll(3) {
                0 if at < text.len() => drop(text.remove(at)),
                _ => text.insert(at, alphabet[dice.roll(alphabet.len())]),
            }
        }
        survive(text.into_iter().collect());
    }
}

fn survive(text: String) {
    let mut sources = Sources::from_text("a.toml", text.as_str());
    let mut faults = Faults::new();
    let mut node = parse(&sources, 0, &mut faults);
    if let Some(root) = &mut node {
        super::super::overrides::set(root, &text, &mut sources, &mut faults);
        merge(root, &root.clone());
    }
    assert!(node.is_some() || !faults.is_empty(), "{text:?}");
    faults.render(&sources, text.len().is_multiple_of(2));
}
