//! `rare`: the probability of a rare ending, by splitting or by integrating the hazard of collapse.

use std::sync::Arc;

use super::args::{Format, ProgressBy, RareArgs, RareMethod};
use super::batch::threads;
use super::choose::{amount, place_of};
use super::output::Output;
use super::progress::{self, Live};
use super::{Failure, Outcome, complain_broken, interrupt, load_or_report, read};
use crate::batch::rare::{self, Method, Question};
use crate::batch::splitting::{MOST_EFFORT, MOST_REPEATS, MOST_STAGES};
use crate::model::copies::{Condition, Progress, can_be_cut};
use crate::model::outcome::Measure;
use crate::model::plan::{CAPTIVES, PRISONERS, Plan, Side};
use crate::report::rare::Rarity;
use crate::scenario::load::Loaded;

/// Levels taken where none are named.
const LEVELS: i64 = 40;

pub(super) fn rare(args: &RareArgs, output: &Output) -> Outcome {
    check_numbers(args, output)?;
    let mut sources = read(&args.scenario, output)?;
    let scenario = &args.scenario;
    let loaded = load_or_report(&mut sources, scenario.variant.as_deref(), &scenario.sets, output)?;
    let condition = condition(args, &loaded, output)?;
    let method = method(args, &loaded, &condition, output)?;
    let levels = match &method {
        Method::Splitting { progress, levels } => Some((name_of(*progress), levels.clone())),
        Method::Hazard => None,
    };
    let question = Question {
        plan: &loaded.plan,
        seed: args.seed,
        first: args.first,
        repeats: args.repeats,
        effort: args.effort,
        condition,
        method,
    };
    let live = Arc::new(Live::default());
    interrupt::watch(&live);
    let threads = threads(args.threads);
    let found =
        progress::during(output, &live, args.repeats, || rare::run(&question, threads, &live.control));
    let found = found.map_err(|broken| complain_broken(&broken, &scenario.scenario, args.seed, output))?;
    let Some(repeats) = found else {
        output.remark("interrupted; nothing was estimated");
        return Err(Failure::Interrupted);
    };
    let rarity = Rarity {
        loaded: &loaded,
        event: args.event.clone(),
        intact: args.without_collapse,
        levels,
        seed: args.seed,
        first: args.first,
        effort: args.effort,
        repeats,
    };
    match args.format {
        Format::Json => output.print(&format!("{:#}\n", rarity.document())),
        Format::Text => output.print(&rarity.render()),
    }
}

fn refuse(output: &Output, error: &str, help: &str) -> Failure {
    output.complain(&format!("error: {error}"));
    output.complain(&format!("help: {help}"));
    Failure::Environment
}

fn check_numbers(args: &RareArgs, output: &Output) -> Outcome {
    let last = args.first.checked_add(args.repeats);
    if args.repeats < 2 || last.is_none_or(|last| last > MOST_REPEATS) {
        let help = format!(
            "take at least 2, since only repeats show the error; with --first at most {MOST_REPEATS}"
        );
        return Err(refuse(
            output,
            &format!("--repeats {} gives no interval, or is too many", args.repeats),
            &help,
        ));
    }
    if args.effort == 0 || args.effort > MOST_EFFORT {
        let help = format!("take from 1 to {MOST_EFFORT}; 1000 is usual");
        return Err(refuse(output, &format!("--effort {} cannot be had", args.effort), &help));
    }
    Ok(())
}

/// The event: `NAME` for a flag, `NAME>=AMOUNT` or `NAME<=AMOUNT` for a quantity.
fn condition(args: &RareArgs, loaded: &Loaded, output: &Output) -> Result<Condition, Failure> {
    let text = args.event.trim();
    let cut = |sign: &str| text.split_once(sign).map(|(name, bound)| (name.trim(), bound.trim()));
    for (wrong, right) in [("=>", ">="), ("=<", "<=")] {
        if let Some((name, bound)) = cut(wrong) {
            let help = format!("did you mean \"{name}{right}{bound}\"?");
            return Err(refuse(output, &format!("`{wrong}` is no comparison"), &help));
        }
    }
    let (name, least, most) = match (cut(">="), cut("<=")) {
        (Some((name, bound)), _) => (name, Some(bound), None),
        (_, Some((name, bound))) => (name, None, Some(bound)),
        _ => (text, None, None),
    };
    let place = place_of(&loaded.plan, &loaded.variant, name, output)?;
    let measure = loaded.plan.outcomes[place].measure;
    if least.is_none() && most.is_none() && !measure.is_flag() {
        let help = format!("write --event \"{name}>=AMOUNT\" or \"{name}<=AMOUNT\"");
        return Err(refuse(output, &format!("`{name}` is a quantity, not an event"), &help));
    }
    let bound = |text: Option<&str>, otherwise: f64| match text {
        None => Ok(otherwise),
        Some(text) => amount(text, name).ok_or_else(|| {
            let help = "give a number, or for a time a duration: \"completion_s<=30d\"";
            refuse(output, &format!("`{text}` is no amount of `{name}`"), help)
        }),
    };
    let least = bound(least, if most.is_none() { 1.0 } else { f64::MIN })?;
    let most = bound(most, f64::MAX)?;
    // `as` saturates; what does not exist is never within bounds.
    let (at_least, at_most) = (least.ceil() as i64, most.floor() as i64);
    if let Measure::Released(side) = measure {
        let held = held(&loaded.plan, side);
        if at_least > held || at_most < 0 {
            let error = format!("`{}` cannot happen: {held} people of that side are held", args.event);
            return Err(refuse(output, &error, &format!("ask for an amount from 0 to {held}")));
        }
    }
    if measure.is_flag() && (at_least > 1 || at_most < 0) {
        let error = format!("`{}` cannot happen: `{name}` is 0 or 1", args.event);
        return Err(refuse(
            output,
            &error,
            &format!("write --event {name}, or \"{name}<=0\" for its contrary"),
        ));
    }
    Ok(Condition { measure, at_least, at_most, intact: args.without_collapse })
}

fn method(
    args: &RareArgs,
    loaded: &Loaded,
    condition: &Condition,
    output: &Output,
) -> Result<Method, Failure> {
    let is_collapse = matches!(
        condition.measure,
        Measure::Collapsed
            | Measure::CollapsedInTerm
            | Measure::CollapsedInExtension
            | Measure::CollapsedInLimbo
    );
    let is_splitting = !args.levels.is_empty() || args.progress.is_some();
    let has_hazard = loaded.plan.ending.is_some();
    let default =
        if is_collapse && has_hazard && !is_splitting { RareMethod::Hazard } else { RareMethod::Splitting };
    match args.method.unwrap_or(default) {
        RareMethod::Hazard if is_splitting => {
            let help = "leave out --levels and --progress, or take --method splitting";
            Err(refuse(output, "hazard integration has no levels", help))
        }
        RareMethod::Hazard => {
            if !has_hazard {
                let help = "take --method splitting";
                return Err(refuse(output, "this scenario has no hazard of collapse to integrate", help));
            }
            if !can_be_cut(condition.measure) {
                let error = format!(
                    "`{}` is only known when a replication is over, so it cannot be integrated",
                    args.event
                );
                return Err(refuse(output, &error, "take --method splitting"));
            }
            Ok(Method::Hazard)
        }
        RareMethod::Splitting => splitting(args, loaded, condition, output),
    }
}

fn splitting(
    args: &RareArgs,
    loaded: &Loaded,
    condition: &Condition,
    output: &Output,
) -> Result<Method, Failure> {
    let natural = match condition.measure {
        Measure::Released(CAPTIVES) => ProgressBy::Captives,
        Measure::Released(PRISONERS) => ProgressBy::Prisoners,
        Measure::Disputes => ProgressBy::Disputes,
        Measure::Violations => ProgressBy::Violations,
        Measure::Collapsed | Measure::CollapsedInTerm if loaded.plan.ending.is_some() => ProgressBy::Hazard,
        _ => ProgressBy::Rounds,
    };
    let by = args.progress.unwrap_or(natural);
    let plan = &loaded.plan;
    let bound = (condition.at_least > 0 && by == natural && natural != ProgressBy::Rounds)
        .then_some(condition.at_least);
    let (progress, last) = match by {
        ProgressBy::Rounds => (Progress::Rounds, plan.stated_tranches as i64),
        ProgressBy::Captives => (Progress::Captives, bound.unwrap_or(held(plan, CAPTIVES))),
        ProgressBy::Prisoners => (Progress::Prisoners, bound.unwrap_or(held(plan, PRISONERS))),
        ProgressBy::Disputes => (Progress::Disputes, bound.unwrap_or(0)),
        ProgressBy::Violations => (Progress::Violations, bound.unwrap_or(0)),
        ProgressBy::Hazard => (Progress::Hazard, 0),
    };
    let levels = if args.levels.is_empty() { spaced(last) } else { args.levels.clone() };
    let is_rising = levels.windows(2).all(|pair| pair[0] < pair[1]) && levels.iter().all(|l| l.is_finite());
    if !is_rising || levels.len() as u64 >= MOST_STAGES {
        let help = format!("write fewer than {MOST_STAGES} rising numbers: --levels 1,2,4,8");
        return Err(refuse(output, "these levels do not rise", &help));
    }
    if levels.is_empty() && last == 0 {
        let help = "name some: --levels 2,4,8 (for the hazard, multiples of what the scenario states)";
        return Err(refuse(output, &format!("there are no natural levels of {}", name_of(progress)), help));
    }
    Ok(Method::Splitting { progress, levels })
}

fn held(plan: &Plan, side: Side) -> i64 {
    plan.cohorts.iter().filter(|c| c.side == side).map(|c| i64::from(c.people)).sum()
}

/// Whole levels from 1 up to below the last, so many as are worth having.
fn spaced(last: i64) -> Vec<f64> {
    let between = (last - 1).max(0);
    let count = between.min(LEVELS);
    // The k-th of `count` even steps up to `between`; for few levels each whole number once.
    (1..=count).map(|k| (i128::from(k) * i128::from(between) / i128::from(count)) as f64).collect()
}

fn name_of(progress: Progress) -> &'static str {
    match progress {
        Progress::Rounds => "rounds",
        Progress::Captives => "captives",
        Progress::Prisoners => "prisoners",
        Progress::Disputes => "disputes",
        Progress::Violations => "violations",
        Progress::Hazard => "hazard",
    }
}
