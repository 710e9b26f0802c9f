//! The scenario's text with posteriors in the place of parameters. Everything else stays as it was written, comments too.

use super::prior::{Exact, Parameter};
use super::smc::Particle;
use super::summary::at_share;
use crate::design::quantity::Quantity;
use crate::dist::Distribution;
use crate::scenario::diagnostic::{Diagnostic, Faults};
use crate::scenario::load::Script;
use crate::scenario::overrides::Change;
use crate::scenario::source::{Sources, Span};
use crate::scenario::tree::{Entry, Kind, Node, Table};

/// Pieces of a law that is made of a sample: even between neighbouring quantiles, each as likely as the others.
const PIECES: usize = 10;

/// A parameter that is replaced: where, by which law, and by which mean where it takes none.
#[derive(Debug, Clone)]
pub struct Replacement {
    /// Its path.
    pub path: String,
    change: Change,
    mean: String,
    law: Option<String>,
}

impl Replacement {
    /// By the posterior of a population, whose coordinate `k` the parameter is.
    pub fn of_sample(parameter: &Parameter, particles: &[Particle], k: usize) -> Replacement {
        let quantity = parameter.quantity();
        let mut sorted: Vec<(f64, f64)> =
            particles.iter().map(|p| (parameter.value(p.place[k]), p.weight)).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mean: f64 = sorted.iter().map(|(value, weight)| value * weight).sum();
        let whole = if parameter.is_whole() { (mean + 0.5).floor() } else { mean };
        Replacement {
            path: parameter.path.clone(),
            change: parameter.change.clone(),
            mean: quoted(quantity, whole),
            law: if parameter.is_whole() { None } else { pieces(quantity, &sorted) },
        }
    }

    /// By a posterior in closed form.
    pub fn of_exact(exact: &Exact) -> Replacement {
        let value = |x: f64| quoted(&exact.quantity, x * exact.size);
        let law = match &exact.law {
            Distribution::Beta { a, b, .. } => Some(format!("{{ beta = {{ a = {a}, b = {b} }} }}")),
            Distribution::Gamma { shape, scale } => {
                Some(format!("{{ gamma = {{ shape = {shape}, scale = {} }} }}", value(*scale)))
            }
            _ => None,
        };
        let mean = value(exact.law.mean());
        Replacement { path: exact.path.clone(), change: exact.change.clone(), mean, law }
    }
}

fn quoted(quantity: &Quantity, value: f64) -> String {
    let text = quantity.written(value);
    if *quantity == Quantity::Number { text } else { format!("\"{text}\"") }
}

/// A mixture of even laws between the quantiles of a sample. Its quantiles are the sample's.
fn pieces(quantity: &Quantity, sorted: &[(f64, f64)]) -> Option<String> {
    let ends: Vec<f64> = (0..=PIECES).map(|k| at_share(sorted, k as f64 / PIECES as f64)).collect();
    let written: Vec<String> = ends.iter().map(|end| quoted(quantity, *end)).collect();
    let parts = written.windows(2).zip(ends.windows(2)).map(|(text, ends)| match text[0] == text[1] {
        true => format!("{{ weight = 1, law = {} }}", text[0]),
        false if ends[0] < ends[1] => {
            format!("{{ weight = 1, law = {{ uniform = {{ min = {}, max = {} }} }} }}", text[0], text[1])
        }
        false => String::new(),
    });
    let parts: Vec<String> = parts.collect();
    (!parts.iter().any(String::is_empty)).then(|| format!("{{ mixture = [{}] }}", parts.join(", ")))
}

/// Rewrites the scenario's text. With `laws`, a parameter that may be drawn once per replication gets its law, others their mean.
/// `lines` are said in comments at the top. Gives back the text, and which parameters got a law.
///
/// # Errors
/// A parameter that is written nowhere in the file, or in more than one piece of it.
pub fn rewrite(
    sources: &Sources,
    script: &Script,
    variant: Option<&str>,
    replacements: &[Replacement],
    laws: bool,
    lines: &[String],
) -> Result<(String, Vec<bool>), Faults> {
    let mut faults = Faults::new();
    let mut edits: Vec<(Span, &str)> = Vec::new();
    let mut drawn = Vec::new();
    for replacement in replacements {
        let law =
            replacement.law.as_deref().filter(|_| laws && may_be_drawn(script, variant, &replacement.change));
        drawn.push(law.is_some());
        match place(script, variant, &replacement.change) {
            Some(span) => edits.push((span, law.unwrap_or(&replacement.mean))),
            None => {
                let message = format!("`{}` is not written in the scenario as one value", replacement.path);
                let fault = Diagnostic::new("S324", replacement.change.place(), message);
                faults.push(fault.help("write the key in the scenario file first, as a number or a law on one line; or leave out --out"));
            }
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut text = sources.text(0).to_string();
    for (span, value) in edits {
        text.replace_range(span.start as usize..span.end as usize, value);
    }
    let plain = |line: &String| format!("# {}\n", line.replace(char::is_control, " "));
    let head: String = lines.iter().map(plain).collect();
    Ok((head + &text, drawn))
}

/// Where a parameter's value stands in the scenario's file.
fn place(script: &Script, variant: Option<&str>, change: &Change) -> Option<Span> {
    let node = script.written(variant, change)?;
    let is_whole = !matches!(&node.kind, Kind::Table(table) if !table.inline);
    (node.span.source == 0 && is_whole).then_some(node.span)
}

/// Whether a parameter is a number, which a law gives once per replication, and not a law itself, which gives a number each time it is
/// needed. A number refuses a law whose own parameter is drawn; a law does not.
fn may_be_drawn(script: &Script, variant: Option<&str>, change: &Change) -> bool {
    let table = |key: &str, node: Node| {
        let mut table = Table { inline: true, ..Table::default() };
        table.insert(key.to_string(), Entry { key_span: change.place(), node });
        Node { span: change.place(), kind: Kind::Table(table) }
    };
    let drawn = table(
        "exponential",
        table(
            "mean",
            table("exponential", table("mean", Node { span: change.place(), kind: Kind::Integer(1) })),
        ),
    );
    script.load(variant, &[change.to(drawn)]).err().is_some_and(|faults| faults.has("S048"))
}
