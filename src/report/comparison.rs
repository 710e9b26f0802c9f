//! Variants against the first of them, on the same random numbers: figures and the JSON document. The table is in `contrast_table`.

use serde_json::{Map, Value, json};

use super::document::{CONFIDENCE, Run, limits};
use crate::batch::paired::{Against, Comparison};
use crate::kernel::stream::SAMPLING_VERSION;
use crate::model::plan::Plan;
use crate::model::world::ENDINGS;
use crate::scenario::load::Loaded;
use crate::stats::{Interval, Pairs, Summary};

/// One outcome, or one ending, of two variants.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// Its name.
    pub name: String,
    /// Whether it is 0 or 1.
    pub is_flag: bool,
    /// The replications in which both have it.
    pub pairs: &'a Pairs,
    /// In how many replications the first and the other have it.
    pub exists: [u64; 2],
    /// The 95 percent interval of the difference, taken alone.
    pub interval: Option<Interval>,
    /// The wider interval that holds for all differences of the comparison together.
    pub joint: Option<Interval>,
    /// The interval of the variance ratio at the joint confidence.
    pub ratio: Option<Interval>,
}

/// Two variants.
#[derive(Debug, Clone)]
pub struct Contrast<'a> {
    /// The first variant.
    pub first: &'a Loaded,
    /// The other.
    pub other: &'a Loaded,
    /// Outcomes both have, in the order of the first.
    pub outcomes: Vec<Row<'a>>,
    /// Endings.
    pub endings: Vec<Row<'a>>,
    /// Names of outcomes that only the first and only the other have.
    pub unshared: [Vec<String>; 2],
}

/// A whole comparison.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// The variants, the first of which all others are held against.
    pub variants: &'a [Loaded],
    /// Their summaries.
    pub comparison: &'a Comparison,
    /// What was run.
    pub run: Run,
    /// Every later variant against the first.
    pub contrasts: Vec<Contrast<'a>>,
    /// How many differences there are.
    pub differences: usize,
    /// The confidence of each joint interval, so that all of them hold together at 95 percent (Bonferroni).
    pub each: f64,
}

/// Works out every figure of a comparison.
pub fn report<'a>(variants: &'a [Loaded], comparison: &'a Comparison, run: Run) -> Report<'a> {
    let differences: usize = comparison.against.iter().map(|a| a.outcomes.len() + a.endings.len()).sum();
    let each = 1.0 - (1.0 - CONFIDENCE) / differences.max(1) as f64;
    let contrasts = comparison.against.iter().enumerate();
    let contrasts =
        contrasts.map(|(index, against)| contrast(variants, comparison, index + 1, against, each));
    Report { variants, comparison, run, contrasts: contrasts.collect(), differences, each }
}

fn contrast<'a>(
    variants: &'a [Loaded],
    comparison: &'a Comparison,
    other: usize,
    against: &'a Against,
    each: f64,
) -> Contrast<'a> {
    let (a, b) = (&variants[0], &variants[other]);
    let is_same = a.digest == b.digest;
    let exists = |side: usize, place: usize| count(&comparison.sides[side].summary, place);
    let outcomes = against.shared.iter().zip(&against.outcomes).map(|(shared, pairs)| {
        let spec = &a.plan.outcomes[shared.first];
        let exists = [exists(0, shared.first), exists(other, shared.other)];
        row(spec.name.clone(), spec.measure.is_flag(), pairs, exists, is_same, each)
    });
    let all = |side: usize| comparison.sides[side].summary.replications();
    let endings = ENDINGS
        .iter()
        .zip(&against.endings)
        .map(|(name, pairs)| row((*name).to_string(), true, pairs, [all(0), all(other)], is_same, each));
    Contrast {
        first: a,
        other: b,
        outcomes: outcomes.collect(),
        endings: endings.collect(),
        unshared: [unshared(&a.plan, &b.plan), unshared(&b.plan, &a.plan)],
    }
}

fn count(summary: &Summary, place: usize) -> u64 {
    summary.tallies()[place].count()
}

fn row(name: String, is_flag: bool, pairs: &Pairs, exists: [u64; 2], is_same: bool, each: f64) -> Row<'_> {
    // A variant against itself differs by nothing, for certain.
    let interval = |confidence| {
        if is_flag && !is_same {
            pairs.flag_difference_interval(confidence)
        } else {
            pairs.difference_interval(confidence)
        }
    };
    let (alone, joint) = (interval(CONFIDENCE), interval(each));
    Row { name, is_flag, pairs, exists, interval: alone, joint, ratio: pairs.variance_ratio_interval(each) }
}

fn unshared(one: &Plan, other: &Plan) -> Vec<String> {
    let lacks = |name: &str| other.outcomes.iter().all(|o| o.name != name);
    one.outcomes.iter().filter(|o| lacks(&o.name)).map(|o| o.name.clone()).collect()
}

impl Row<'_> {
    /// Whether zero lies outside the joint interval.
    pub fn is_distinguished(&self) -> bool {
        self.joint.is_some_and(|i| i.low > 0.0 || i.high < 0.0)
    }

    /// Whether the same random numbers make the difference less sure than fresh ones would.
    pub fn is_hurt(&self) -> bool {
        self.ratio.is_some_and(|ratio| ratio.high < 1.0)
    }

    fn document(&self) -> Value {
        json!({
            "n": self.pairs.count(),
            "a_n": self.exists[0],
            "b_n": self.exists[1],
            "a_mean": self.pairs.first_mean(),
            "b_mean": self.pairs.second_mean(),
            "difference": self.pairs.mean_difference(),
            "se": self.pairs.difference_se(),
            "lo": self.interval.map(|i| i.low),
            "hi": self.interval.map(|i| i.high),
            "joint_lo": self.joint.map(|i| i.low),
            "joint_hi": self.joint.map(|i| i.high),
            "correlation": self.pairs.correlation(),
            "variance_ratio": self.pairs.variance_ratio(),
            "variance_ratio_lo": self.ratio.map(|i| i.low),
            "variance_ratio_hi": self.ratio.map(|i| i.high),
        })
    }
}

impl Contrast<'_> {
    /// What should be known before the figures are used.
    pub fn warnings(&self) -> Vec<String> {
        let mut list = Vec::new();
        let (a, b) = (&self.first.variant, &self.other.variant);
        for row in self.endings.iter().chain(&self.outcomes).filter(|row| row.is_hurt()) {
            if let (Some(ratio), Some(within)) = (row.pairs.variance_ratio(), row.ratio) {
                list.push(format!(
                    "{b} against {a}: the shared random numbers make the difference of `{}` less sure, not surer: variance ratio {ratio:.2} \
                     ({:.2} to {:.2}); compare two runs under different seeds instead",
                    row.name, within.low, within.high
                ));
            }
        }
        for (names, has, lacks) in [(&self.unshared[0], a, b), (&self.unshared[1], b, a)] {
            if !names.is_empty() {
                list.push(format!("only {has} has, and {lacks} lacks: {}", names.join(", ")));
            }
        }
        list
    }

    fn document(&self) -> Value {
        let rows = |rows: &[Row<'_>]| -> Map<String, Value> {
            rows.iter().map(|row| (row.name.clone(), row.document())).collect()
        };
        json!({
            "a": self.first.variant,
            "b": self.other.variant,
            "outcomes": rows(&self.outcomes),
            "endings": rows(&self.endings),
            "only_a": self.unshared[0],
            "only_b": self.unshared[1],
        })
    }
}

impl Report<'_> {
    /// Every warning.
    pub fn warnings(&self) -> Vec<String> {
        self.contrasts.iter().flat_map(Contrast::warnings).collect()
    }

    /// How many comparisons there are and what follows from that.
    pub fn multiplicity(&self) -> String {
        format!(
            "{} differences are compared. Each 95% interval is right 19 times in 20 taken alone; the joint intervals hold all together with 95% \
             confidence (Bonferroni).",
            self.differences
        )
    }

    /// The document of a comparison: the second minus the first, over the replications in which both have the outcome.
    pub fn document(&self) -> Value {
        let sides = self.variants.iter().zip(&self.comparison.sides);
        let variants: Vec<Value> = sides
            .map(|(loaded, side)| {
                let digest = side.summary.digest().to_string();
                json!({ "variant": loaded.variant, "scenario_digest": loaded.digest, "digest": digest })
            })
            .collect();
        json!({
            "scenario": { "name": self.variants[0].plan.name },
            "variants": variants,
            "overrides": self.variants[0].overrides,
            "seed": self.run.seed,
            "first": self.run.first,
            "replications": self.run.replications,
            "confidence": CONFIDENCE,
            "differences": self.differences,
            "joint_confidence_each": self.each,
            "multiplicity": self.multiplicity(),
            "pairs": self.contrasts.iter().map(Contrast::document).collect::<Vec<Value>>(),
            "warnings": self.warnings(),
            "limits": limits(self.variants),
            "sampling_version": SAMPLING_VERSION,
        })
    }
}
