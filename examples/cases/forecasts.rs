//! Forecasts from days of a history, scored, as `handover backtest` makes them.

use std::path::Path;

use handover::forecast::backtest::{Cases, score};
use handover::forecast::cases::Case;
use handover::forecast::fan;
use handover::forecast::gather::{Asked, merged};
use handover::forecast::joint::{joint, pairs};
use handover::forecast::targets::{remarks, targets};
use handover::forecast::{Answered, Question};
use handover::model::plan::Plan;
use handover::observed::{History, fit, read::read};
use handover::report::backtest::{Tested, about_days, document};
use handover::report::document::Run;
use handover::report::fan::shown;
use handover::report::html::Backtest;
use handover::scenario::load::{Loaded, Script};
use handover::scenario::source::{Sources, Span};
use serde_json::Value;

use super::{REPLICATIONS, SEED};

/// A scenario with a history and the other cases.
pub(super) struct Record {
    script: Script,
    /// The history.
    pub history: History,
    /// The scenario without any past.
    pub parameters: Loaded,
    others: Vec<Case>,
}

/// What was run.
pub(super) const RUN: Run = Run { seed: SEED, first: 0, replications: REPLICATIONS };

fn text(root: &Path, name: &str) -> String {
    let path = root.join("scenarios").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn history(root: &Path, name: &str) -> History {
    let mut sources = Sources::from_text("", "");
    let number = sources.add(name, text(root, name)).expect("there is room for a text");
    read(&sources, number).unwrap_or_else(|faults| panic!("{}", faults.render(&sources, false)))
}

impl Record {
    pub(super) fn open(root: &Path, scenario: &str, own: &str, others: &[&str]) -> Self {
        let mut sources = Sources::from_text(scenario, text(root, scenario));
        let script = Script::open(&mut sources, &[]);
        let script = script.unwrap_or_else(|faults| panic!("{}", faults.render(&sources, false)));
        let parameters = script.load(None, &[]);
        let parameters = parameters.unwrap_or_else(|faults| panic!("{}", faults.render(&sources, false)));
        let others = others.iter().map(|name| Case::of(&history(root, name), None, None)).collect();
        Self { script, history: history(root, own), parameters, others }
    }

    /// The scenario that knows the past to the end of a day.
    pub(super) fn as_of(&self, day: i64) -> Loaded {
        let known = self.script.load_with(None, &[], &|file, faults| {
            let day = fit::as_of(&day.to_string(), Span::IMPLIED, &file.start, faults)?;
            fit::past(&self.history, day, file, faults)
        });
        known.unwrap_or_else(|faults| panic!("{}", faults.render(&Sources::default(), false)))
    }

    /// The back-test from some days: its document, and what its pictures are made of.
    pub(super) fn backtest(&self, days: &[i64]) -> (Value, Backtest) {
        let tested: Vec<Tested> = days.iter().map(|day| self.test(*day)).collect();
        let document = document(&tested);
        let backtest = Backtest::read(document.clone()).expect("our own document");
        (document, backtest)
    }

    fn test(&self, day: i64) -> Tested {
        let loaded = self.as_of(day);
        let targets = targets(&loaded.plan, &loaded.calendar, &self.history);
        let mut questions: Vec<Question> = targets.iter().map(|target| target.question.clone()).collect();
        let pairs = pairs(&loaded.plan, &targets);
        questions.extend(pairs.iter().map(|pair| pair.question.clone()));
        questions.extend(fan::questions(&loaded.plan));
        let mut answered = ask(&loaded.plan, &questions);
        let fans = fan::fans(&loaded.plan, answered.split_off(targets.len() + pairs.len()));
        let (answered, apart) = answered.split_at(targets.len());
        let date = loaded.calendar.date_of_day(day);
        let others = (!self.others.is_empty()).then(|| Case::pooled(&self.others));
        let cases = Cases { so_far: Case::of(&self.history, date, Some(&loaded.plan)), others };
        Tested {
            scored: score(&loaded.plan, &targets, answered, &cases, (SEED, day)),
            joint: joint(&loaded.plan, &pairs, apart, &cases),
            remarks: remarks(&loaded.plan, &self.history, &handover::report::words::sides(&loaded.plan)),
            name: loaded.plan.name.clone(),
            variant: loaded.variant.clone(),
            labels: handover::report::words::sides(&loaded.plan),
            day,
            date: date.map(|date| date.to_string()).unwrap_or_default(),
            run: RUN,
            parameters_digest: self.parameters.digest.clone(),
            is_sourced: loaded.is_sourced(),
            asked: about_days(&loaded.plan, &targets),
            fans: shown(&loaded.plan, fans, day, |series| fan::seen(&loaded.plan, &targets, series)),
        }
    }
}

/// Asks every replication.
pub(super) fn ask(plan: &Plan, questions: &[Question]) -> Vec<Answered> {
    let mut asked = Asked::new(plan, SEED, questions);
    asked.run(0..REPLICATIONS);
    merged(questions, [asked.into_answers()])
}
