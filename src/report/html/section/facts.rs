//! What was run, by what, and how to run it again.

use crate::kernel::stream::SAMPLING_VERSION;
use crate::report::html::Batch;
use crate::report::html::command::{quoted, trace};
use crate::report::html::markup::Markup;
use crate::report::html::page::facts;
use crate::report::quantity::number;

pub(super) fn draw(out: &mut Markup, batch: &Batch<'_>) {
    let (loaded, run, origin) = (batch.loaded, &batch.run, batch.origin);
    let overrides =
        if origin.overrides.is_empty() { "none".to_string() } else { origin.overrides.join(", ") };
    let last = run.first + run.replications.saturating_sub(1);
    let mut list = vec![
        ("Scenario", loaded.plan.name.clone()),
        ("File", origin.file.clone()),
        ("Variant", loaded.variant.clone()),
        ("Overrides", overrides),
        ("Digest of the scenario", loaded.digest.clone()),
        ("Seed", run.seed.to_string()),
        ("Replications", format!("{}, from {} to {last}", number(run.replications as f64), run.first)),
        ("Digest of the result", batch.sample.summary.digest().to_string()),
        ("Sampling version", SAMPLING_VERSION.to_string()),
        ("Program", format!("handover {}", origin.version)),
        ("Platform", origin.platform.clone()),
    ];
    if origin.parts > 0 {
        list.push(("Merged from", format!("{} parts", origin.parts)));
    }
    for party in loaded.plan.parties.iter().filter(|p| p.label != p.name) {
        list.push(("Party", format!("{}: {}", party.name, party.label)));
    }
    facts(out, &list);
    out.words("h3", &[], "The command that wrote the result");
    let words: Vec<String> = origin.command.iter().map(|word| quoted(word)).collect();
    out.words("pre", &[], words.join(" "));
    out.words("h3", &[], "To get the same figures again");
    out.words("pre", &[], batch.command());
    out.words(
        "p",
        &[("class", &"note")],
        "The same scenario, seed and replications give the same digest on any machine and any number of threads. File names are as they were \
         given to the program, from the folder in which it ran.",
    );
    out.words("h3", &[], "To look at a single replication");
    out.words(
        "pre",
        &[],
        format_args!("{} --format html", trace(origin, &loaded.variant, run.seed, run.first)),
    );
}
