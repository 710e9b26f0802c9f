use super::*;

fn fault(start: usize, end: usize) -> Diagnostic {
    Diagnostic::new("S010", Span::new(0, start..end), "something is wrong")
}

fn shown(text: &str, fault: Diagnostic) -> String {
    fault.render(&Sources::from_text("a.toml", text), false)
}

#[test]
fn places_labels_and_help() {
    let first = fault(4, 5).label("this").also(Span::new(0, 10..11), "and this").help("do\nthat\u{1b}[31m");
    assert_eq!(
        shown("a = 1\nb = 2\n", first),
        "error[S010]: something is wrong
 --> a.toml:1:5
  |
1 | a = 1
  |     ^ this
  |
 ::: a.toml:2:5
  |
2 | b = 2
  |     - and this
  |
  = help: do
          that␛[31m"
    );
}

#[test]
fn places_without_text() {
    assert_eq!(shown("a = 1", Diagnostic::new("S010", Span::IMPLIED, "wrong")), "error[S010]: wrong");
    assert_eq!(shown("a = 1", fault(0, 0)), "error[S010]: something is wrong\n--> a.toml");
}

/// A span of several lines is marked on its first.
#[test]
fn spans_are_cut_to_their_line_and_to_characters() {
    assert!(shown("a = [\n1,\n]\n", fault(4, 10)).contains("1 | a = [\n  |     ^"));
    assert!(shown("é = 1\r\n", fault(1, 1)).contains(":1:1"));
    assert!(shown("a = 1", fault(5, 5)).contains("1 | a = 1\n  |      ^"));
    for (start, end) in [(3, 1), (9, 99), (4_000_000, 5_000_000)] {
        assert!(shown("a = 1", fault(start, end)).contains("error[S010]"));
    }
}

#[test]
fn long_lines_do_not_flood_the_terminal() {
    let widest = |text: &str| text.lines().map(|line| line.chars().count()).max();
    let long = format!("a = '{}' ; '{}'", "x".repeat(1000), "y".repeat(1000));
    let text = shown(&long, fault(1007, 1008).label("here"));
    assert!(text.contains("a.toml:1:1008") && text.contains("here"), "{text}");
    assert!(widest(&text) < Some(200), "{text}");
    let whole = shown(&long, fault(4, long.len()));
    assert!(widest(&whole) < Some(200), "{whole}");
    let longer = format!("a = '{}' ; '{}'", "x".repeat(100_000), "y".repeat(100_000));
    assert_eq!(
        shown(&longer, fault(100_007, 100_008).label("here")),
        "error[S010]: something is wrong
--> a.toml:1:100008
 = note: here (at `; 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy`, in a line too long to show)"
    );
}

#[test]
fn faults_are_sorted_told_once_and_counted() {
    let mut faults = Faults::new();
    faults.push(Diagnostic::new("S010", Span::IMPLIED, "nowhere"));
    faults.push(fault(4, 5));
    faults.push(fault(0, 1));
    faults.push(fault(4, 5));
    assert_eq!((faults.len(), faults.is_empty()), (4, false));
    let starts: Vec<u32> = faults.clone().into_sorted().iter().map(|fault| fault.span.start).collect();
    assert_eq!(starts, [0, 4, 0]);
    let sources = Sources::from_text("a.toml", "a = 1");
    let lines: Vec<String> = faults.into_sorted().iter().map(|fault| short(fault, &sources)).collect();
    assert_eq!(lines[1..], ["a.toml:1:5: error[S010]: something is wrong", "error[S010]: nowhere"]);
    let many: Vec<Diagnostic> = (0..250).map(|_| fault(0, 1)).collect();
    let text = render(&many, &sources, false);
    assert_eq!(text.matches("error[S010]").count(), SHOWN);
    assert!(text.ends_with("\n\nand 150 more\n"));
}

#[test]
fn styled_text_has_colours_and_plain_text_none() {
    let sources = Sources::from_text("a.toml", "a = 1");
    assert!(fault(0, 1).render(&sources, true).contains('\u{1b}'));
    assert!(!fault(0, 1).render(&sources, false).contains('\u{1b}'));
}
