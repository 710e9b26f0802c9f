//! Which points of a response belong together: those of one variant whose other parameters are the same.

use std::collections::{BTreeMap, BTreeSet};

use super::Line;
use crate::report::html::page::Sign;

/// The curves of one outcome over one parameter.
pub(super) struct Curves {
    parameter: String,
    variants: Vec<String>,
    /// What the points of each curve have in common, with its number. Empty where no two points have it in common.
    common: BTreeMap<Common, usize>,
}

/// A variant's place, and the values of the other parameters in words.
type Common = (usize, String);

const CLASSES: [&str; 4] = ["c1", "c2", "c3", "c4"];
const MARKS: [&str; 4] = ["c1 dot", "c2 dot", "c3 dot", "c4 dot"];
/// Within how much room points at one value stand side by side, and how much one takes at most.
const ROOM: f64 = 24.0;
const STEP: f64 = 7.0;

impl Curves {
    /// Sorts the lines of an outcome by all that is not the parameter, in the order in which they come.
    pub(super) fn of(parameter: &str, variants: &[String], lines: &[&Line]) -> Self {
        let mut common: BTreeMap<Common, usize> = BTreeMap::new();
        let mut levels: BTreeSet<(usize, &str)> = BTreeSet::new();
        for line in lines {
            let number = common.len();
            let number = *common.entry(others(parameter, variants, line)).or_insert(number);
            levels.insert((number, line.parameters.get(parameter).map_or("", String::as_str)));
        }
        let is_curve = levels.len() > common.len();
        if !is_curve {
            common.clear();
        }
        Self { parameter: parameter.to_string(), variants: variants.to_vec(), common }
    }

    /// Class, distance to the side and curve of a point.
    pub(super) fn place(&self, line: &Line) -> (&'static str, f64, Option<usize>) {
        let curve = self.common.get(&others(&self.parameter, &self.variants, line)).copied();
        let variant = self.variants.iter().position(|name| *name == line.variant).unwrap_or(0);
        let colour = if self.is_named() { curve.unwrap_or(0) } else { variant };
        let (number, of) = match curve {
            Some(curve) => (curve, self.common.len()),
            None => (variant, self.variants.len()),
        };
        let step = (ROOM / of as f64).min(STEP);
        let aside = (number as f64 - (of as f64 - 1.0) / 2.0) * step;
        (CLASSES[colour % CLASSES.len()], aside, curve)
    }

    /// Whether each curve has a colour of its own, by what its points have in common.
    fn is_named(&self) -> bool {
        self.variants.len() == 1 && (2..=CLASSES.len()).contains(&self.common.len())
    }

    /// A sentence on what the lines join, and on how points at one value are told apart without colours.
    pub(super) fn about(&self) -> &'static str {
        match self.common.len() {
            0 if self.variants.len() > 1 => {
                " At one value the variants stand side by side, in the order of the key."
            }
            0 => "",
            1 => " A line joins them.",
            _ if self.is_named() => {
                " A line joins cells that differ in this parameter alone; at one value they stand side by side, in the order of the key."
            }
            _ => {
                " A line joins cells that differ in this parameter alone; cells at one value stand side by side."
            }
        }
    }

    /// The signs used.
    pub(super) fn key(&self) -> Vec<(Sign, &str)> {
        let mut key: Vec<(Sign, &str)> = Vec::new();
        if self.is_named() {
            let mut named: Vec<(&usize, &str)> =
                self.common.iter().map(|((_, others), number)| (number, others.as_str())).collect();
            named.sort_unstable();
            key.extend(named.into_iter().map(|(number, others)| (Sign::Mark(MARKS[*number]), others)));
        } else if self.variants.len() > 1 {
            let named = self.variants.iter().enumerate();
            key.extend(named.map(|(place, name)| (Sign::Mark(MARKS[place % MARKS.len()]), name.as_str())));
        } else {
            key.push((Sign::Mark(MARKS[0]), "mean of a cell"));
        }
        key.push((Sign::Line("joint"), "its 95% interval (upright)"));
        key
    }
}

/// The place of a line's variant, for the order, and the values of its other parameters in words.
fn others(parameter: &str, variants: &[String], line: &Line) -> Common {
    let variant = variants.iter().position(|name| *name == line.variant).unwrap_or(0);
    let rest = line.parameters.iter().filter(|(path, _)| *path != parameter);
    let words: Vec<String> = rest.map(|(path, value)| format!("{path} = {value}")).collect();
    (variant, words.join(", "))
}
