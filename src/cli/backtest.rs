//! `backtest`: forecasts from several days of a history, scored against what came after.

use super::args::{BacktestArgs, Format};
use super::batch::refuse;
use super::compare::save;
use super::output::Output;
use super::past::{Opened, ask, manifest, open, read_history};
use super::{Failure, Outcome};
use crate::forecast::backtest::{Cases, score};
use crate::forecast::cases::Case;
use crate::forecast::fan;
use crate::forecast::joint::{joint, pairs};
use crate::forecast::remarks::assumed;
use crate::forecast::targets::{remarks, targets};
use crate::report::backtest::{self, Tested, about_days};
use crate::report::document::Run;
use crate::report::fan::shown;
use crate::report::words;
use crate::results::{Work, file};
use crate::scenario::load::Loaded;
use crate::scenario::source::Sources;

pub(super) fn backtest(args: &BacktestArgs, output: &Output) -> Outcome {
    let run = args.past.range.planned(output)?;
    let mut opened = open(&args.past, output)?;
    let others = other_cases(args, output)?;
    let begun = args.past.out.as_deref().map(Work::begin_at_once).transpose();
    let begun = begun.map_err(|fault| refuse(&fault, output))?;
    let tested = match test_all(args, &mut opened, others.as_ref(), run, output) {
        Ok(tested) => tested,
        Err(failure) => {
            begun.into_iter().for_each(Work::discard);
            return Err(failure);
        }
    };
    let document = backtest::document(&tested);
    if let Some(work) = begun {
        let mut manifest = manifest("backtest", &args.past, &opened, &run, &args.as_of);
        manifest["cases"] = args.cases.iter().map(|path| path.display().to_string()).collect();
        save(work, &[(file::MANIFEST, &manifest), ("backtest.json", &document)], output)?;
    }
    match args.past.format {
        Format::Json => output.print(&format!("{document:#}\n")),
        Format::Text => output.print(&backtest::text(&tested)),
    }
}

/// Every as-of day once: a day named twice, by number and date say, is scored once and says so.
fn test_all(
    args: &BacktestArgs,
    opened: &mut Opened,
    others: Option<&Case>,
    run: Run,
    output: &Output,
) -> Result<Vec<Tested>, Failure> {
    let mut tested: Vec<Tested> = Vec::new();
    for text in &args.as_of {
        let (loaded, day) = opened.as_of(&args.past, text, output)?;
        if tested.iter().any(|before| before.day == day) {
            output.remark(&format!("note: --as-of names day {day} twice (`{text}`); it is scored once"));
            continue;
        }
        tested.push(test(args, (&loaded, day), opened, others, run, output)?);
    }
    Ok(tested)
}

/// The other cases, pooled; none where none are named.
fn other_cases(args: &BacktestArgs, output: &Output) -> Result<Option<Case>, Failure> {
    let mut cases = Vec::new();
    for path in &args.cases {
        let (history, _) = read_history(path, Sources::default(), output)?;
        cases.push(Case::of(&history, None, None));
    }
    Ok((!cases.is_empty()).then(|| Case::pooled(&cases)))
}

fn test(
    args: &BacktestArgs,
    (loaded, day): (&Loaded, i64),
    opened: &Opened,
    others: Option<&Case>,
    run: Run,
    output: &Output,
) -> Result<Tested, Failure> {
    let targets = targets(&loaded.plan, &loaded.calendar, &opened.history);
    let sides = words::sides(&loaded.plan);
    let mut remarks = remarks(&loaded.plan, &opened.history, &sides);
    remarks.extend(assumed(&loaded.plan, &opened.history, &sides));
    if targets.is_empty() {
        remarks.iter().for_each(|remark| output.remark(remark));
        output.complain(&format!("error: the record tells nothing after day {day} that could be scored"));
        output.complain("help: take an earlier day, or a history that goes on for longer");
        return Err(Failure::Scenario);
    }
    let pairs = pairs(&loaded.plan, &targets);
    let mut questions: Vec<_> = targets.iter().map(|target| target.question.clone()).collect();
    questions.extend(pairs.iter().map(|pair| pair.question.clone()));
    questions.extend(fan::questions(&loaded.plan));
    let mut answered = ask(&args.past, opened, loaded, &questions, run, output)?;
    let fans = fan::fans(&loaded.plan, answered.split_off(targets.len() + pairs.len()));
    let (answered, apart) = answered.split_at(targets.len());
    let date = loaded.calendar.date_of_day(day);
    let cases =
        Cases { so_far: Case::of(&opened.history, date, Some(&loaded.plan)), others: others.cloned() };
    Ok(Tested {
        scored: score(&loaded.plan, &targets, answered, &cases, (run.seed, day)),
        joint: joint(&loaded.plan, &pairs, apart, &cases),
        remarks,
        name: loaded.plan.name.clone(),
        variant: loaded.variant.clone(),
        labels: words::sides(&loaded.plan),
        day,
        date: date.map(|date| date.to_string()).unwrap_or_default(),
        run,
        parameters_digest: opened.parameters.digest.clone(),
        is_sourced: loaded.is_sourced(),
        asked: about_days(&loaded.plan, &targets),
        fans: shown(&loaded.plan, fans, day, |series| fan::seen(&loaded.plan, &targets, series)),
    })
}
