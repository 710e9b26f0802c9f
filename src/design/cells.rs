//! A point and a variant are a cell. Every cell is resolved before anything runs, so that no fault shows up half-way.

use std::collections::BTreeMap;

use twox_hash::XxHash3_64;

use super::file::RandomNumbers;
use super::layout::{Design, Point};
use crate::scenario::diagnostic::{Diagnostic, Faults};
use crate::scenario::load::{Loaded, Script};
use crate::scenario::overrides::Change;
use crate::scenario::source::Span;

/// One variant at one point.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Its number: points in order, and at each the variants in order.
    pub number: u64,
    /// Its point's place among the points.
    pub point: usize,
    /// Its variant's place among the variants.
    pub variant: usize,
    /// Digest of its resolved scenario.
    pub digest: String,
    /// The root seed of its replications.
    pub seed: u64,
}

/// All cells of a design over a scenario.
#[derive(Debug, Clone)]
pub struct Cells<'a> {
    script: &'a Script,
    /// The design.
    pub design: &'a Design,
    /// Its points.
    pub points: Vec<Point>,
    /// Its cells.
    pub list: Vec<Cell>,
    /// The name of the scenario.
    pub name: String,
    /// Whether the scenario names sources.
    pub is_sourced: bool,
}

impl<'a> Cells<'a> {
    /// Resolves every cell of a sweep.
    ///
    /// # Errors
    /// The faults of every cell, each kind once a place, at the value in the design that brings it about; and a design that is meant
    /// for an analysis of sensitivity.
    pub fn resolve(script: &'a Script, design: &'a Design) -> Result<Cells<'a>, Faults> {
        design.check_sweep()?;
        Self::resolve_all(script, design)
    }

    /// Resolves every cell of an analysis of sensitivity.
    ///
    /// # Errors
    /// As for a sweep; and a design that is meant for one.
    pub fn of_analysis(script: &'a Script, design: &'a Design) -> Result<Cells<'a>, Faults> {
        design.check_use_in_analysis()?;
        Self::resolve_all(script, design)
    }

    fn resolve_all(script: &'a Script, design: &'a Design) -> Result<Cells<'a>, Faults> {
        let mut cells = Cells {
            script,
            design,
            points: design.all(),
            list: Vec::new(),
            name: String::new(),
            is_sourced: false,
        };
        let mut trouble = Trouble::default();
        // A scenario that is wrong by itself, or a variant that is not there, is told once and not for each point.
        for name in &design.variants {
            match script.load(Some(&name.value), &[]) {
                Ok(loaded) => {
                    cells.is_sourced |= loaded.is_sourced();
                    cells.name = loaded.plan.name;
                }
                Err(faults) => trouble.add(faults, name.span, None),
            }
        }
        trouble.finish()?;
        let mut trouble = Trouble::default();
        for point in 0..cells.points.len() {
            for variant in 0..design.variants.len() {
                match cells.load(point, variant) {
                    Ok(loaded) => {
                        let (number, digest) = (cells.list.len() as u64, loaded.digest);
                        let seed = cell_seed(design, &digest);
                        cells.list.push(Cell { number, point, variant, digest, seed });
                    }
                    Err(faults) => trouble.add(faults, Span::IMPLIED, Some(cells.place(point, variant))),
                }
            }
        }
        trouble.finish()?;
        Ok(cells)
    }

    /// The scenario of a variant at a point.
    ///
    /// # Errors
    /// Its faults.
    pub fn load(&self, point: usize, variant: usize) -> Result<Loaded, Faults> {
        self.script.load(Some(&self.design.variants[variant].value), &self.changes(point))
    }

    fn changes(&self, point: usize) -> Vec<Change> {
        let pairs = self.design.parameters.iter().zip(&self.points[point].levels);
        pairs.map(|(parameter, level)| parameter.change.to(level.node.clone())).collect()
    }

    /// The name of a cell's variant.
    pub fn variant_of(&self, cell: &Cell) -> &str {
        &self.design.variants[cell.variant].value
    }

    /// The `--set` arguments that make a point, one a parameter.
    pub fn sets(&self, point: usize) -> Vec<String> {
        let pairs = self.design.parameters.iter().zip(&self.points[point].levels);
        pairs.map(|(parameter, level)| format!("{}={}", parameter.path, level.text)).collect()
    }

    fn place(&self, point: usize, variant: usize) -> String {
        let mut place = self.sets(point).join(", ");
        if self.design.variants.len() > 1 {
            place.push_str(&format!(", variant {}", self.design.variants[variant].value));
        }
        place
    }

    /// How many different scenarios there are among the cells. Fewer than cells means that some parameter changes nothing.
    pub fn distinct(&self) -> usize {
        let digests: std::collections::BTreeSet<&str> = self.list.iter().map(|c| c.digest.as_str()).collect();
        digests.len()
    }
}

/// The root seed of a cell: the design's own where cells are paired, else one made of it and of what the cell is.
fn cell_seed(design: &Design, digest: &str) -> u64 {
    match design.random_numbers {
        RandomNumbers::Shared => design.root_seed,
        RandomNumbers::Independent => XxHash3_64::oneshot_with_seed(design.root_seed, digest.as_bytes()),
    }
}

/// Faults of many cells, each kind once a place.
#[derive(Default)]
struct Trouble {
    found: BTreeMap<(Span, &'static str), (Diagnostic, u64)>,
}

impl Trouble {
    fn add(&mut self, faults: Faults, otherwise: Span, place: Option<String>) {
        for mut fault in faults.into_sorted() {
            if !otherwise.is_implied() && fault.code == "S123" {
                fault.span = otherwise;
            }
            if fault.code == "S036" {
                fault.help = Some("a count takes whole numbers: add whole = true to the range".to_string());
            }
            let key = (fault.span, fault.code);
            let known = self.found.entry(key).or_insert_with(|| {
                if let Some(place) = place.as_ref().filter(|place| !place.is_empty()) {
                    fault.message = format!("{} (at {place})", fault.message);
                }
                (fault, 0)
            });
            known.1 += 1;
        }
    }

    fn finish(self) -> Result<(), Faults> {
        if self.found.is_empty() {
            return Ok(());
        }
        let mut faults = Faults::new();
        for (mut fault, cells) in self.found.into_values() {
            if cells > 1 {
                fault.message = format!("{}, and in {} cells more", fault.message, cells - 1);
            }
            faults.push(fault);
        }
        Err(faults)
    }
}
