//! `--precision OUTCOME=HALFWIDTH`: read against the outcomes of the plan, and told in the document.

use serde_json::{Value, json};

use super::Failure;
use super::output::Output;
use crate::batch::Sample;
use crate::batch::precision::{LEAST, Target};
use crate::model::plan::Plan;
use crate::scenario::read::nearest;

/// Reads all targets, complaining of every one that is wrong.
pub(super) fn read(texts: &[String], plan: &Plan, output: &Output) -> Result<Vec<Target>, Failure> {
    let mut targets = Vec::new();
    let mut is_sound = true;
    for text in texts {
        match target(text, plan) {
            Ok(target) => targets.push(target),
            Err((what, help)) => {
                output.complain(&format!("error: --precision {text}: {what}\nhelp: {help}"));
                is_sound = false;
            }
        }
    }
    if is_sound { Ok(targets) } else { Err(Failure::Environment) }
}

fn target(text: &str, plan: &Plan) -> Result<Target, (String, String)> {
    let example = "write --precision completed=0.005, or --precision completion_s=30m";
    let (name, width) = text.rsplit_once('=').ok_or(("there is no `=`".to_string(), example.to_string()))?;
    let names = || plan.outcomes.iter().map(|o| o.name.as_str());
    let Some(outcome) = names().position(|known| known == name) else {
        let help = nearest(name, names())
            .map_or("`run --format json` lists the outcomes".into(), |n| format!("did you mean `{n}`?"));
        return Err((format!("there is no outcome `{name}`"), help));
    };
    if !plan.outcomes[outcome].measure.words().is_empty() {
        return Err((format!("the values of `{name}` are words, which have no mean"), example.to_string()));
    }
    let is_flag = plan.outcomes[outcome].measure.is_flag();
    let half_width = half_width(width).filter(|half| half.is_finite() && *half > 0.0);
    match half_width {
        Some(half_width) => Ok(Target { outcome, half_width, is_flag }),
        None => Err((
            format!("`{width}` is not a half-width: a number above 0, perhaps with %, s, m, h or d"),
            example.to_string(),
        )),
    }
}

/// A number, perhaps with a unit: a percentage or a length of time.
fn half_width(text: &str) -> Option<f64> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || ".eE-+".contains(c))).unwrap_or(text.len());
    let number: f64 = text[..end].parse().ok()?;
    let unit = match &text[end..] {
        "" | "s" => 1.0,
        "%" => 0.01,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    Some(number * unit)
}

/// What the document says of a batch that ran to a precision: the rule, what was reached, and why it stopped.
pub(super) fn report(targets: &[Target], plan: &Plan, sample: &Sample, most: u64) -> Value {
    let is_met = targets.iter().all(|target| target.is_met(sample));
    let entry = |target: &Target| {
        json!({
            "outcome": plan.outcomes[target.outcome].name,
            "half_width": target.half_width,
            "reached": target.reached(sample),
            "met": target.is_met(sample),
        })
    };
    json!({
        "targets": targets.iter().map(entry).collect::<Vec<_>>(),
        "least": LEAST.min(most),
        "most": most,
        "looks": "after 1024 replications, then a quarter more each time in whole chunks of 1024",
        "stopped": if is_met { "every target was met" } else { "the most replications were run" },
        "met": is_met,
    })
}

#[cfg(test)]
mod tests {
    use super::half_width;

    #[test]
    fn half_widths_take_units() {
        let cases = [
            ("0.005", 0.005),
            ("1e-3", 1e-3),
            ("0.5%", 0.005),
            ("30m", 1_800.0),
            ("2h", 7_200.0),
            ("1d", 86_400.0),
            ("15s", 15.0),
        ];
        for (text, value) in cases {
            assert!((half_width(text).unwrap() - value).abs() < 1e-12, "{text}");
        }
        for bad in ["", "h", "2x", "1 h", "nan", "inf", "2hh"] {
            assert_eq!(half_width(bad), None, "{bad}");
        }
    }
}
