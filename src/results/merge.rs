//! Parts of a batch, added up to the whole. Every reason why they are not one whole is named in one go.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::fault::Fault;
use super::manifest::{Manifest, Part, Whole};
use super::read::{Stored, open};
use super::state::State;
use crate::batch::Sample;
use crate::batch::shard::Shard;

/// Parts that make a whole, in the order of their indices.
#[derive(Debug)]
pub struct Merged {
    /// The parts.
    pub parts: Vec<Stored>,
    /// The manifest of the whole, but for its files and its command.
    pub manifest: Manifest,
    /// The statistics of the whole, but for the length of its rows.
    pub state: State,
}

/// Opens parts, checks that they fit, and adds them up. With `partial`, parts at either end may be missing.
///
/// # Errors
/// Every fault found.
pub fn merge(folders: &[PathBuf], partial: bool) -> Result<Merged, Vec<Fault>> {
    let mut faults = twice(folders);
    let mut parts = Vec::new();
    for folder in folders {
        match open(folder) {
            Ok(stored) => parts.push(stored),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        // An empty shard stands before the one that begins where it does.
        parts.sort_by_key(|part| (part.manifest.first, part.manifest.replications, part.manifest.shard));
        faults.extend(unfinished(&parts));
        faults.extend(strangers(&parts));
    }
    if faults.is_empty() {
        faults.extend(overlaps(&parts));
        faults.extend(gaps(&parts, partial));
    }
    if faults.is_empty() { Ok(add(parts)) } else { Err(faults) }
}

fn add(parts: Vec<Stored>) -> Merged {
    let mut sample = Sample::new(&parts[0].loaded.plan);
    parts.iter().for_each(|part| sample.merge(&part.state.sample));
    let range = extent(&parts);
    let whole = whole_of(&parts).filter(|whole| whole.range() != range);
    let manifest = Manifest {
        replications: range.end - range.start,
        planned: range.end - range.start,
        whole,
        shard: None,
        parts: parts.iter().flat_map(|part| listed(&part.manifest)).collect(),
        precision: Vec::new(),
        ..parts[0].manifest.clone()
    };
    Merged { manifest, state: State { row_bytes: 0, sample }, parts }
}

/// A part as it is listed in the whole; what was merged itself is listed by its own parts.
fn listed(manifest: &Manifest) -> Vec<Part> {
    if !manifest.parts.is_empty() {
        return manifest.parts.clone();
    }
    vec![Part {
        first: manifest.first,
        replications: manifest.replications,
        shard: manifest.shard,
        platform: manifest.platform.clone(),
        command: manifest.command.clone(),
    }]
}

/// The batch the parts are parts of, where one of them knows; those that do agree.
fn whole_of(parts: &[Stored]) -> Option<Whole> {
    parts.iter().find_map(|part| part.manifest.whole)
}

fn extent(parts: &[Stored]) -> Range<u64> {
    let end = parts.iter().map(|part| part.manifest.range().end).max();
    parts[0].manifest.first..end.unwrap_or(0)
}

/// The same folder named twice, whatever way.
fn twice(folders: &[PathBuf]) -> Vec<Fault> {
    let place = |folder: &Path| folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let mut seen: Vec<PathBuf> = Vec::new();
    let mut faults = Vec::new();
    for folder in folders {
        let place = place(folder);
        if seen.contains(&place) {
            faults
                .push(Fault::data(format!("`{}` is named twice", folder.display()), "name every part once"));
        }
        seen.push(place);
    }
    faults
}

fn unfinished(parts: &[Stored]) -> Vec<Fault> {
    let broken_off = parts.iter().filter(|part| !part.manifest.complete);
    broken_off
        .map(|part| {
            let folder = part.folder.display();
            Fault::data(
                format!(
                    "`{folder}` is not finished: {} of {} replications",
                    part.manifest.replications, part.manifest.planned
                ),
                format!("`handover resume {folder}` goes on with it"),
            )
        })
        .collect()
}

/// Parts that belong to another run than the first.
fn strangers(parts: &[Stored]) -> Vec<Fault> {
    let Some((first, others)) = parts.split_first() else { return Vec::new() };
    others.iter().filter_map(|part| stranger(first, part)).collect()
}

fn stranger(first: &Stored, part: &Stored) -> Option<Fault> {
    let (a, b) = (&first.manifest, &part.manifest);
    let mut differ = Vec::new();
    let mut compare = |what: &str, a: String, b: String| {
        if a != b {
            differ.push(format!("{what} {b} instead of {a}"));
        }
    };
    compare("scenario", a.scenario.name.clone(), b.scenario.name.clone());
    compare("scenario digest", a.scenario.digest.clone(), b.scenario.digest.clone());
    compare("variant", a.variant.clone(), b.variant.clone());
    compare("seed", a.seed.to_string(), b.seed.to_string());
    compare("version", a.version.clone(), b.version.clone());
    compare("sampling version", a.sampling_version.to_string(), b.sampling_version.to_string());
    if let (Some(a), Some(b)) = (a.whole, b.whole) {
        compare("whole batch", span(&a.range()), span(&b.range()));
    }
    let rows =
        |of: &Manifest| of.rows.map_or("none".to_string(), |format| format!("{format:?}").to_lowercase());
    compare("rows", rows(a), rows(b));
    (!differ.is_empty()).then(|| {
        let message = format!(
            "`{}` is no part of the same batch as `{}`: {}",
            part.folder.display(),
            first.folder.display(),
            differ.join(", ")
        );
        Fault::data(message, "merge parts of one scenario, variant, seed and version")
    })
}

fn overlaps(parts: &[Stored]) -> Vec<Fault> {
    let filled: Vec<&Stored> = parts.iter().filter(|part| part.manifest.replications > 0).collect();
    let mut faults = Vec::new();
    let mut furthest: Option<&Stored> = None;
    for part in filled {
        if let Some(before) = furthest.filter(|before| before.manifest.range().end > part.manifest.first) {
            let both = part.manifest.first..before.manifest.range().end.min(part.manifest.range().end);
            faults.push(Fault::data(
                format!(
                    "`{}` and `{}` overlap: both hold {}",
                    before.folder.display(),
                    part.folder.display(),
                    span(&both)
                ),
                "leave one of them out: a replication counts once",
            ));
        }
        if furthest.is_none_or(|before| part.manifest.range().end > before.manifest.range().end) {
            furthest = Some(part);
        }
    }
    faults
}

/// Ranges that no part holds, between the parts and, unless `partial`, up to the ends of the whole batch.
fn gaps(parts: &[Stored], partial: bool) -> Vec<Fault> {
    if parts.is_empty() {
        return Vec::new();
    }
    let extent = extent(parts);
    let wanted = whole_of(parts).filter(|_| !partial).map_or(extent, |whole| whole.range());
    let mut missing = Vec::new();
    let mut at = wanted.start;
    for part in parts {
        if part.manifest.first > at {
            missing.push(at..part.manifest.first);
        }
        at = at.max(part.manifest.range().end);
    }
    if at < wanted.end {
        missing.push(at..wanted.end);
    }
    let shards = shards_in(parts, &missing);
    missing.iter().map(|gap| gap_fault(gap, &shards)).collect()
}

fn gap_fault(gap: &Range<u64>, shards: &[(Shard, Range<u64>)]) -> Fault {
    let within: Vec<String> = shards
        .iter()
        .filter(|(_, range)| range.start < gap.end && gap.start < range.end)
        .map(|(shard, _)| shard.to_string())
        .collect();
    if within.is_empty() {
        let help = format!("run them with --first {} --replications {}", gap.start, gap.end - gap.start);
        return Fault::data(format!("{} are missing", span(gap)), help);
    }
    let (which, list) = (if within.len() == 1 { "shard" } else { "shards" }, within.join(", "));
    Fault::data(
        format!("{which} {list} missing: {}", span(gap)),
        format!("run --shard {list} and name the result too, or merge what there is with --partial"),
    )
}

/// The shards of the whole batch that hold something of the missing ranges, if all parts were cut the same way.
fn shards_in(parts: &[Stored], missing: &[Range<u64>]) -> Vec<(Shard, Range<u64>)> {
    let cuts = || {
        parts.iter().flat_map(|part| listed(&part.manifest)).map(|part| part.shard.map(|shard| shard.count))
    };
    let (Some(Some(count)), Some(whole)) = (cuts().next(), whole_of(parts)) else {
        return Vec::new();
    };
    if missing.is_empty() || cuts().any(|other| other != Some(count)) || count > 1_000_000 {
        return Vec::new();
    }
    let all = (1..=count).map(|index| Shard { index, count });
    all.map(|shard| (shard, shard.part_of(Whole::range(whole))))
        .filter(|(_, range)| !range.is_empty())
        .collect()
}

/// A range as people read it.
fn span(range: &Range<u64>) -> String {
    match range.end.saturating_sub(range.start) {
        0 => "no replications".to_string(),
        1 => format!("replication {}", range.start),
        _ => format!("replications {} to {}", range.start, range.end - 1),
    }
}
