//! `trace`: one replication, event by event.

use super::args::{TraceArgs, TraceFormat};
use super::output::Output;
use super::{Outcome, load_or_report, read, report};
use crate::model::outcome::MISSING;
use crate::report::html::{self, Origin};
use crate::report::trace::{self, Trace};
use crate::scenario::load::Loaded;

pub(super) fn trace(args: &TraceArgs, output: &Output) -> Outcome {
    let mut sources = read(&args.scenario, output)?;
    let loaded = load_or_report(&mut sources, args.scenario.variant.as_deref(), &args.scenario.sets, output)?;
    let trace = trace::record(&loaded.plan, args.seed, args.replication);
    let text = match args.format {
        TraceFormat::Json => {
            let document = trace::document(&loaded, args.seed, args.replication, &trace);
            format!("{document:#}\n")
        }
        TraceFormat::Text => lines(args, &loaded, &trace),
        TraceFormat::Html => html::replication(&loaded, &trace, &origin(args), args.seed, args.replication),
    };
    report::write(&text, args.out.as_deref(), output)
}

fn lines(args: &TraceArgs, loaded: &Loaded, trace: &Trace) -> String {
    let sets: String = loaded.overrides.iter().map(|set| format!(", --set {set}")).collect();
    let mut text = format!(
        "{}, variant {}{sets}, seed {}, replication {} (* counts as an event)\n",
        loaded.plan.name, loaded.variant, args.seed, args.replication
    );
    for line in trace::lines(loaded, trace) {
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
    text
}

/// Where the page's figures come from. The command line itself is left out: the page names the one that replays it.
fn origin(args: &TraceArgs) -> Origin {
    Origin {
        file: args.scenario.scenario.display().to_string(),
        overrides: args.scenario.sets.clone(),
        version: env!("CARGO_PKG_VERSION").to_string(),
        is_complete: true,
        ..Origin::default()
    }
}
