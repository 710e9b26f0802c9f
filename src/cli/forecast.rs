//! `forecast`: what comes next, from what was known at the end of a day.

use super::Outcome;
use super::args::{ForecastArgs, Format};
use super::batch::refuse;
use super::compare::save;
use super::output::Output;
use super::past::{ask, manifest, open};
use crate::forecast::fan;
use crate::forecast::question::Asker;
use crate::forecast::remarks::of_forecast;
use crate::report::fan::shown;
use crate::report::forecast::{self, Told};
use crate::report::words;
use crate::results::{Work, file};

pub(super) fn forecast(args: &ForecastArgs, output: &Output) -> Outcome {
    let run = args.past.range.planned(output)?;
    let mut opened = open(&args.past, output)?;
    let (loaded, day) = opened.as_of(&args.past, &args.as_of, output)?;
    let begun = args.past.out.as_deref().map(Work::begin_at_once).transpose();
    let begun = begun.map_err(|fault| refuse(&fault, output))?;
    let mut questions = Asker::new(&loaded.plan).all();
    let own = questions.len();
    questions.extend(fan::questions(&loaded.plan));
    let sides = words::sides(&loaded.plan);
    let remarks = of_forecast(&loaded.plan, &opened.history, loaded.calendar.date_of_day(day), &sides);
    let mut answered = match ask(&args.past, &opened, &loaded, &questions, run, output) {
        Ok(answered) => answered,
        Err(failure) => {
            begun.into_iter().for_each(Work::discard);
            return Err(failure);
        }
    };
    let fans = fan::fans(&loaded.plan, answered.split_off(own));
    let fans = shown(&loaded.plan, fans, day, |_| Vec::new());
    let told = Told {
        loaded: &loaded,
        parameters: &opened.parameters,
        history: &opened.history,
        day,
        run,
        answered: &answered,
        remarks: &remarks,
        fans: &fans,
    };
    let document = forecast::document(&told);
    if let Some(work) = begun {
        let manifest = manifest("forecast", &args.past, &opened, &run, std::slice::from_ref(&args.as_of));
        save(work, &[(file::MANIFEST, &manifest), ("forecast.json", &document)], output)?;
    }
    match args.past.format {
        Format::Json => output.print(&format!("{document:#}\n")),
        Format::Text => output.print(&forecast::text(&told)),
    }
}
