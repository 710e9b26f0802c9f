//! Loading a scenario: text, variant and overrides to a plan with its digest.

use twox_hash::XxHash3_128;

use super::diagnostic::{Diagnostic, Faults};
use super::past::Past;
use super::read::{Named, Read, Reader, nearest};
use super::resolve::resolve;
use super::schema::{Mark, Scenario};
use super::source::{Sources, Span};
use super::tree::{self, Kind, Node};
use super::{idle, moment::Calendar, overrides::Change, readable};
use crate::model::plan::Plan;

/// The variant that is the file as it stands.
pub const BASE: &str = "base";

/// A scenario ready to run.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The plan.
    pub plan: Plan,
    /// Digest of the resolved plan: indifferent to comments, order and units.
    pub digest: String,
    /// Which variant it is.
    pub variant: String,
    /// The overrides it was loaded under, as typed.
    pub overrides: Vec<String>,
    /// Where numbers come from, by path.
    pub marks: Named<Mark>,
    /// The calendar, for showing times as dates.
    pub calendar: Calendar,
    /// What the scenario is about.
    pub about: Option<String>,
}

/// Names of the variants a file defines, without the base.
pub fn variants(sources: &Sources) -> Result<Vec<String>, Faults> {
    let mut faults = Faults::new();
    let root = tree::parse(sources, 0, &mut faults);
    match root {
        Some(root) if faults.is_empty() => Ok(variant_names(&root)),
        _ => Err(faults),
    }
}

fn variant_names(root: &Node) -> Vec<String> {
    match root.get("variant").map(|n| &n.kind) {
        Some(Kind::Table(table)) => table.entries.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

/// A scenario's text and its overrides, read once, from which any number of plans are resolved.
#[derive(Debug, Clone)]
pub struct Script {
    root: Node,
    sets: Vec<Change>,
    /// The overrides as typed.
    overrides: Vec<String>,
    /// Faults of the overrides, told with those of every plan.
    faults: Faults,
}

impl Script {
    /// Reads a scenario and its overrides.
    ///
    /// # Errors
    /// Every fault of syntax in the file.
    pub fn open(sources: &mut Sources, sets: &[String]) -> Result<Script, Faults> {
        let mut faults = Faults::new();
        let Some(root) = tree::parse(sources, 0, &mut faults) else { return Err(faults) };
        let overrides = sets.to_vec();
        let sets = sets.iter().filter_map(|set| Change::of_argument(set, sources, &mut faults)).collect();
        Ok(Script { root, sets, overrides, faults })
    }

    /// What stands at the path of a change in a variant, under the overrides; `None` where nothing is written.
    pub fn written(&self, variant: Option<&str>, change: &Change) -> Option<Node> {
        let mut faults = Faults::new();
        let mut root = self.root.clone();
        if let Some(patch) = choose_variant(&mut root, variant, &mut faults) {
            tree::merge(&mut root, &patch);
        }
        for set in &self.sets {
            set.apply(&mut root, &mut faults);
        }
        change.find(&root).cloned()
    }

    /// Resolves a variant under the overrides and then the changes given.
    ///
    /// # Errors
    /// Every fault of the file, the variant, the overrides and the changes.
    pub fn load(&self, variant: Option<&str>, changes: &[Change]) -> Result<Loaded, Faults> {
        self.load_with(variant, changes, &|_, _| None)
    }

    /// The same with a past observed outside the file, made from the file as it then stands.
    ///
    /// # Errors
    /// Every fault of the file, the variant, the overrides, the changes and the past.
    pub fn load_with(
        &self,
        variant: Option<&str>,
        changes: &[Change],
        observed: &dyn Fn(&Scenario, &mut Faults) -> Option<Past>,
    ) -> Result<Loaded, Faults> {
        let mut faults = self.faults.clone();
        let mut root = self.root.clone();
        let patch = choose_variant(&mut root, variant, &mut faults);
        // The tree before each change, so that every change can be judged by what it found.
        let mut stages = Vec::new();
        if let Some(patch) = patch {
            stages.push(root.clone());
            tree::merge(&mut root, &patch);
        }
        for change in self.sets.iter().chain(changes) {
            stages.push(root.clone());
            change.apply(&mut root, &mut faults);
        }
        let file = Scenario::read(&root, &mut Reader::new(&mut faults));
        let Some(file) = file.filter(|_| faults.is_empty()) else {
            readable::check_names(&root, &mut faults);
            return Err(faults);
        };
        check_marks(&file, &[&self.root, &root], &mut faults);
        idle::check(&file, &root, &stages, &mut faults);
        let past = observed(&file, &mut faults);
        let plan = resolve(&file, past.as_ref(), &mut faults);
        match plan {
            Some(plan) if faults.is_empty() => Ok(Loaded {
                digest: digest(&plan),
                plan,
                variant: variant.unwrap_or(BASE).to_string(),
                overrides: self.overrides.clone(),
                marks: file.mark,
                calendar: file.start,
                about: file.about.map(|a| a.value),
            }),
            _ => Err(faults),
        }
    }
}

impl Loaded {
    /// Whether the scenario names sources, which may dispute a figure.
    pub fn is_sourced(&self) -> bool {
        !self.marks.is_empty() || self.plan.violations.iter().any(|process| process.counted_by.is_some())
    }
}

/// Loads a variant of a scenario under overrides.
///
/// # Errors
/// Every fault of the file, the variant and the overrides.
pub fn load(sources: &mut Sources, variant: Option<&str>, sets: &[String]) -> Result<Loaded, Faults> {
    Script::open(sources, sets)?.load(variant, &[])
}

/// Takes the variants out of the tree and returns the one asked for.
fn choose_variant(root: &mut Node, variant: Option<&str>, faults: &mut Faults) -> Option<Node> {
    let names = variant_names(root);
    let Kind::Table(table) = &mut root.kind else { return None };
    let variants = table.entries.remove("variant");
    if variants.as_ref().is_some_and(|entry| !are_tables(entry, faults)) {
        return None;
    }
    let variant = variant.filter(|v| *v != BASE)?;
    if let Some(entry) = variants
        && let Kind::Table(mut all) = entry.node.kind
        && let Some(found) = all.entries.remove(variant)
    {
        return Some(found.node);
    }
    let message = format!("there is no variant `{variant}`");
    let known = if names.is_empty() {
        "the file has no variants".to_string()
    } else {
        format!("variants: {}", names.join(", "))
    };
    let suggestion =
        nearest(variant, names.iter().map(String::as_str)).map_or(known, |n| format!("did you mean `{n}`?"));
    faults.push(Diagnostic::new("S123", Span::IMPLIED, message).help(suggestion));
    None
}

/// Whether variants are a table of tables, none of them called as the file itself is.
fn are_tables(variants: &tree::Entry, faults: &mut Faults) -> bool {
    let before = faults.len();
    let mut refuse = |entry: &tree::Entry, path: &str| {
        let fault = Diagnostic::new("S012", entry.node.span, format!("`{path}` must be a table"));
        faults.push(
            fault.label(format!("this is {}", entry.node.kind.name())).help("open it by `[variant.NAME]`"),
        );
    };
    let Kind::Table(all) = &variants.node.kind else {
        refuse(variants, "variant");
        return false;
    };
    for (name, entry) in all.iter().filter(|(_, entry)| !matches!(entry.node.kind, Kind::Table(_))) {
        refuse(entry, &format!("variant.{name}"));
    }
    if let Some(entry) = all.get(BASE) {
        let message = format!("no variant can be called `{BASE}`: that is the file as it stands");
        faults.push(Diagnostic::new("S015", entry.key_span, message).help("give the variant another name"));
    }
    faults.len() == before
}

/// A mark must point at something the file says, before or after the variant and the overrides.
fn check_marks(file: &Scenario, trees: &[&Node], faults: &mut Faults) {
    let says = |path: &str| {
        trees.iter().any(|root| path.split('.').try_fold(*root, |node, part| node.get(part)).is_some())
    };
    for (path, _) in &file.mark.entries {
        if !says(&path.value) {
            let message = format!("`{}` is not a path of this file", path.value);
            let help =
                "mark a key by its dotted path: [mark] \"fault.probability\" = { basis = \"estimated\" }";
            faults.push(Diagnostic::new("S124", path.span, message).help(help));
        }
    }
}

/// XXH3-128 of the plan written as JSON. The plan holds only what a result depends on.
fn digest(plan: &Plan) -> String {
    let text = serde_json::to_vec(plan).unwrap_or_default();
    let [high, low] = [1, 0].map(|seed| XxHash3_128::oneshot_with_seed(seed, &text));
    format!("{high:032x}{low:032x}")
}
