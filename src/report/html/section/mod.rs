//! The sections of a batch's page, in reading order. Each is left out where the scenario has nothing for it.

mod causes;
mod delays;
mod facts;
mod fans;
mod headline;
mod known;
mod outcomes;
mod tell;
mod truce;

pub(super) use tell::drawn;

use super::Batch;
use super::page::Section;

/// All sections that a batch has something for. Where no replication is over, there are no figures.
pub(super) fn all<'a>(batch: &'a Batch<'a>) -> Vec<Section<'a>> {
    let always = [
        Some(Section {
            id: "headline",
            heading: "In short",
            inside: Box::new(|out| headline::draw(out, batch)),
        }),
        Some(Section {
            id: "releases",
            heading: "Releases by day",
            inside: Box::new(|out| fans::releases(out, batch)),
        }),
        Some(Section { id: "truce", heading: "The truce", inside: Box::new(|out| truce::draw(out, batch)) }),
        delays::has(batch).then(|| Section {
            id: "delays",
            heading: "Delays",
            inside: Box::new(|out| delays::draw(out, batch)),
        }),
        causes::has(batch).then(|| Section {
            id: "disputes",
            heading: "Disputes and holds",
            inside: Box::new(|out| causes::draw(out, batch)),
        }),
        Some(Section {
            id: "balance",
            heading: "Exposed balance",
            inside: Box::new(|out| causes::balance(out, batch)),
        }),
        fans::has_trust(batch).then(|| Section {
            id: "trust",
            heading: "Trust",
            inside: Box::new(|out| fans::trust(out, batch)),
        }),
        fans::has_flows(batch).then(|| Section {
            id: "flows",
            heading: "Deliveries",
            inside: Box::new(|out| fans::flows(out, batch)),
        }),
        Some(Section {
            id: "sureness",
            heading: "How sure the figures are",
            inside: Box::new(|out| known::draw(out, batch)),
        }),
        Some(Section { id: "limits", heading: "Limits", inside: Box::new(|out| known::limits(out, batch)) }),
        Some(Section {
            id: "outcomes",
            heading: "All outcomes",
            inside: Box::new(|out| outcomes::draw(out, batch)),
        }),
        Some(Section {
            id: "origin",
            heading: "Where it comes from",
            inside: Box::new(|out| facts::draw(out, batch)),
        }),
    ];
    let has_figures = |section: &Section<'_>| {
        batch.run.replications > 0 || ["headline", "limits", "origin"].contains(&section.id)
    };
    always.into_iter().flatten().filter(has_figures).collect()
}
