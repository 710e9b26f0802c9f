//! `trace`: one replication, event by event.

use super::args::{Format, TraceArgs};
use super::output::Output;
use super::{Outcome, load_or_report, read};
use crate::model::outcome::MISSING;
use crate::report::trace;

pub(super) fn trace(args: &TraceArgs, output: &Output) -> Outcome {
    let mut sources = read(&args.scenario, output)?;
    let loaded = load_or_report(&mut sources, args.scenario.variant.as_deref(), &args.scenario.sets, output)?;
    let trace = trace::record(&loaded.plan, args.seed, args.replication);
    match args.format {
        Format::Json => {
            let document = trace::document(&loaded, args.seed, args.replication, &trace);
            output.print(&format!("{document:#}\n"))
        }
        Format::Text => {
            let sets: String = loaded.overrides.iter().map(|set| format!(", --set {set}")).collect();
            let mut text = format!(
                "{}, variant {}{sets}, seed {}, replication {} (* counts as an event)\n",
                loaded.plan.name, loaded.variant, args.seed, args.replication
            );
            for line in trace::lines(&loaded, &trace) {
                text.push_str(&line);
                text.push('\n');
            }
            text.push_str(&format!("\nending: {}\n", trace.ending.replace('_', " ")));
            for (spec, value) in loaded.plan.outcomes.iter().zip(&trace.outcomes) {
                if *value != MISSING {
                    text.push_str(&format!("  {:<40} {value}\n", spec.name));
                }
            }
            text.push_str(&format!("digest {}\n", trace.digest));
            output.print(&text)
        }
    }
}
