//! `choose`: the best of several variants by one outcome, with a guarantee.

use std::sync::Arc;

use super::args::{Best, ChooseArgs, Format};
use super::batch::threads;
use super::compare::load_variants;
use super::output::Output;
use super::progress::{self, Live};
use super::{Failure, Outcome, complain_broken, interrupt, read_file};
use crate::batch::selecting::{self, Answer, FIRST_STAGE, Question, Trouble};
use crate::model::plan::Plan;
use crate::report::choice::Choice;
use crate::report::table::is_time;
use crate::scenario::load::Loaded;
use crate::scenario::read::{listing, nearest};
use crate::scenario::source::Span;
use crate::scenario::tree::{Kind, Node};
use crate::scenario::units::{Seconds, Unit};

pub(super) fn choose(args: &ChooseArgs, output: &Output) -> Outcome {
    if args.variants.len() < 2 {
        output.complain("error: there is nothing to choose from: --variants names fewer than two");
        output.complain("help: write --variants base,NAME; `base` is the file as it stands");
        return Err(Failure::Environment);
    }
    let indifference = indifference(args, output)?;
    check_numbers(args, output)?;
    let mut sources = read_file(&args.scenario, output)?;
    let variants = load_variants(&mut sources, &args.variants, &args.sets, output)?;
    let places: Result<Vec<usize>, Failure> =
        variants.iter().map(|v| place(v, &args.outcome, output)).collect();
    let question = Question {
        plans: variants.iter().map(|v| &v.plan).collect(),
        places: places?,
        highest: args.best == Best::Highest,
        indifference,
        confidence: args.confidence,
        batch: args.batch,
        seed: args.seed,
        first: args.first,
        most: args.most,
    };
    let live = Arc::new(Live::default());
    interrupt::watch(&live);
    let threads = threads(args.threads);
    let answer =
        progress::during(output, &live, args.most, || selecting::select(&question, threads, &live.control));
    let answer = answer.map_err(|trouble| complain(args, &variants, &trouble, output))?;
    show(args, &variants, &question, &answer, output)
}

fn show(
    args: &ChooseArgs,
    variants: &[Loaded],
    question: &Question<'_>,
    answer: &Answer,
    output: &Output,
) -> Outcome {
    let choice = Choice {
        variants,
        outcome: args.outcome.clone(),
        is_flag: variants[0].plan.outcomes[question.places[0]].measure.is_flag(),
        highest: question.highest,
        indifference: question.indifference,
        confidence: question.confidence,
        batch: question.batch,
        first_stage: FIRST_STAGE,
        seed: question.seed,
        first: question.first,
        chosen: answer.chosen,
        batches: &answer.batches,
        exits: &answer.exits,
    };
    match args.format {
        Format::Json => output.print(&format!("{:#}\n", choice.document())),
        Format::Text => output.print(&choice.render()),
    }
}

/// An amount of an outcome: a duration for a time, a share with or without % for a flag, else a number.
pub(super) fn amount(text: &str, outcome: &str) -> Option<f64> {
    let text = text.trim();
    if is_time(outcome) && text != "0" {
        let node = Node { span: Span::IMPLIED, kind: Kind::String(text.to_string()) };
        return Seconds::parse(&node).ok();
    }
    let number = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok().map(|p| p / 100.0),
        None => text.parse::<f64>().ok(),
    };
    number.filter(|n| n.is_finite())
}

fn indifference(args: &ChooseArgs, output: &Output) -> Result<f64, Failure> {
    let text = &args.indifference;
    match amount(text, &args.outcome) {
        Some(value) if value > 0.0 => Ok(value),
        Some(_) => {
            output
                .complain(&format!("error: --indifference {text} leaves no difference that does not matter"));
            output.complain(
                "help: give the smallest difference worth telling, above zero: means that differ by less than any amount cannot be told \
                 apart in any number of runs",
            );
            Err(Failure::Environment)
        }
        None => {
            let (what, example) =
                if is_time(&args.outcome) { ("a duration", "6h") } else { ("a number", "0.02") };
            output.complain(&format!(
                "error: --indifference {text} is not {what}, as `{}` needs",
                args.outcome
            ));
            output.complain(&format!("help: write --indifference {example}, say"));
            Err(Failure::Environment)
        }
    }
}

fn check_numbers(args: &ChooseArgs, output: &Output) -> Result<(), Failure> {
    let least = 1.0 / args.variants.len() as f64;
    if !(args.confidence > least && args.confidence < 1.0) {
        output.complain(&format!("error: --confidence {} cannot be had", args.confidence));
        output.complain(&format!(
            "help: of {} variants, guessing is right with {least:.2}; ask for more than that and less than 1",
            args.variants.len()
        ));
        return Err(Failure::Environment);
    }
    let least = FIRST_STAGE.checked_mul(args.batch);
    match least {
        Some(least)
            if args.batch > 0 && args.most >= least && args.first.checked_add(args.most).is_some() =>
        {
            Ok(())
        }
        _ => {
            output.complain("error: --batch, --most and --first do not fit together");
            output.complain(&format!(
                "help: --batch is at least 1, and --most at least {FIRST_STAGE} batches, the first stage; --first and --most together stay within \
                 the largest index"
            ));
            Err(Failure::Environment)
        }
    }
}

/// The place of an outcome in a variant's plan.
fn place(loaded: &Loaded, name: &str, output: &Output) -> Result<usize, Failure> {
    place_of(&loaded.plan, &loaded.variant, name, output)
}

/// The place of an outcome that has a mean; one whose values are words by number has none.
pub(super) fn place_of(plan: &Plan, variant: &str, name: &str, output: &Output) -> Result<usize, Failure> {
    let quantities = || plan.outcomes.iter().enumerate().filter(|(_, o)| o.measure.words().is_empty());
    let names = || quantities().map(|(_, o)| o.name.as_str());
    quantities().find(|(_, o)| o.name == name).map(|(place, _)| place).ok_or_else(|| {
        output.complain(&match plan.outcomes.iter().any(|o| o.name == name) {
            true => format!("error: `{name}` has words for values, and no mean"),
            false => format!("error: variant `{variant}` has no outcome `{name}`"),
        });
        let help = nearest(name, names()).map(|near| format!("did you mean `{near}`?"));
        output.complain(&format!("help: {}", help.unwrap_or_else(|| listing("outcomes are", names()))));
        Failure::Environment
    })
}

fn complain(args: &ChooseArgs, variants: &[Loaded], trouble: &Trouble, output: &Output) -> Failure {
    match trouble {
        Trouble::Broken(broken) => complain_broken(broken, &args.scenario, args.seed, output),
        Trouble::Missing { plan, replication } => {
            output.complain(&format!(
                "error: `{}` does not exist in replication {replication} of variant `{}`",
                args.outcome, variants[*plan].variant
            ));
            output.complain(
                "help: choose by an outcome that every replication has; in place of a time that may never come, take the flag that says \
                 whether it does",
            );
            Failure::Environment
        }
        Trouble::Unsound => {
            output.complain("error: this selection cannot be made with these numbers");
            output.complain(
                "help: give at least two variants, an indifference above zero and a confidence below 1",
            );
            Failure::Environment
        }
        Trouble::Stopped => {
            output.remark("interrupted; nothing was selected");
            Failure::Interrupted
        }
    }
}
