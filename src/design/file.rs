//! The design file as written.

use crate::scenario::diagnostic::{Diagnostic, Faults};
use crate::scenario::overrides::Change;
use crate::scenario::read::{Read, Reader, choice, table};
use crate::scenario::source::{At, Sources, Span};
use crate::scenario::tree::{Entry, Kind, Node};

table! {
    /// A design of experiments over a scenario: which values its parameters take, and how often each point is run.
    pub struct DesignFile {
        /// Version of this file format: 1.
        pub format: At<u64>,
        /// What the design is about, in a sentence or two.
        pub about: Option<At<String>>,
        /// The variants of the scenario run at every point. Default: the file as it stands.
        pub variants: Option<Vec<At<String>>>,
        /// Replications of each variant at each point. Default: 1,000.
        pub replications: Option<At<u64>>,
        /// Root seed of the replications. Default: 1.
        pub seed: Option<At<u64>>,
        /// First replication. Default: 0.
        pub first: Option<At<u64>>,
        /// Whether all cells share their random numbers.
        pub random_numbers: RandomNumbers = RandomNumbers::Shared,
        /// How points are chosen.
        pub design: Choice,
        /// What varies, by its path as `--set` takes it, in quotes.
        pub parameter: Parameters = Parameters::default(),
        /// The points of a table, each a table of values by path.
        pub point: Option<Vec<Node>>,
    }
}

choice! {
    /// Which cells share their random numbers.
    pub enum RandomNumbers {
        /// All cells: their differences are paired, and surest.
        Shared = "shared",
        /// None: every cell has a seed of its own, made from the design's seed and the cell's scenario.
        Independent = "independent",
    }
}

choice! {
    /// How points are chosen.
    pub enum Method {
        /// Every combination of the values of every parameter.
        Grid = "grid",
        /// A Latin hypercube.
        Latin = "latin hypercube",
        /// Scrambled Sobol points.
        Sobol = "sobol",
        /// The points that are listed.
        Table = "table",
        /// Morris's trajectories of one change at a time: for an analysis of sensitivity.
        Morris = "morris",
        /// The points that Sobol's indices of sensitivity are estimated from.
        Indices = "sobol indices",
    }
}

impl Method {
    /// Whether it serves an analysis of sensitivity rather than a sweep.
    pub fn is_analysis(self) -> bool {
        matches!(self, Method::Morris | Method::Indices)
    }
}

table! {
    /// How points are chosen.
    pub struct Choice {
        /// The method.
        pub method: At<Method>,
        /// How many points; for Sobol points and indices, in each scramble.
        pub points: Option<At<u64>>,
        /// How many independent scrambles. Default: 1; for indices 8.
        pub scrambles: Option<At<u64>>,
        /// How many of Morris's trajectories. Default: 20.
        pub trajectories: Option<At<u64>>,
        /// On how many levels of each parameter they move, an even number. Default: 4.
        pub levels: Option<At<u64>>,
        /// Seed of the points, apart from that of the replications. Default: 1.
        pub seed: Option<At<u64>>,
        /// A CSV file of points, whose first line names the paths; beside the design file.
        pub file: Option<At<String>>,
    }
}

choice! {
    /// How a range is spaced.
    pub enum Scale {
        /// Evenly.
        Linear = "linear",
        /// Evenly in the logarithm.
        Log = "log",
    }
}

table! {
    /// The values of one parameter: a range, or a list.
    pub struct Values {
        /// The lower end of the range.
        pub from: Option<Node>,
        /// The upper end of the range.
        pub to: Option<Node>,
        /// How many values of the range a grid takes, its ends included.
        pub steps: Option<At<u64>>,
        /// How the range is spaced.
        pub scale: Scale = Scale::Linear,
        /// Whether only whole numbers are meant.
        pub whole: bool = false,
        /// The values, any that the scenario takes, in place of a range.
        pub values: Option<Node>,
    }
}

/// What varies: every path with its place, and its values.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    /// In the order of the paths.
    pub entries: Vec<(At<String>, Values)>,
}

impl Read for Parameters {
    fn read(node: &Node, r: &mut Reader<'_>) -> Option<Self> {
        let Kind::Table(table) = &node.kind else { return r.wrong_kind(node, "a table of paths") };
        let mut entries = Vec::new();
        let mut is_sound = true;
        for (path, entry) in table.iter() {
            let values = if is_torn(entry) {
                r.refuse(torn(path, entry))
            } else {
                r.within(path, |r| Values::read(&entry.node, r))
            };
            match values {
                Some(values) => entries.push((At::new(path.clone(), entry.key_span), values)),
                None => is_sound = false,
            }
        }
        is_sound.then_some(Parameters { entries })
    }
}

impl schemars::JsonSchema for Parameters {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Parameters".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let values = generator.subschema_for::<Values>();
        let object = serde_json::json!({ "type": "object", "additionalProperties": values });
        schemars::Schema::try_from(object).unwrap_or_default()
    }
}

/// Whether a path was written without quotes, so that TOML made tables of its parts.
fn is_torn(entry: &Entry) -> bool {
    let known = ["from", "to", "steps", "scale", "whole", "values"];
    match &entry.node.kind {
        Kind::Table(table) => {
            let is_table = |e: &Entry| matches!(e.node.kind, Kind::Table(_));
            table.iter().any(|(key, e)| !known.contains(&key.as_str()) && is_table(e))
        }
        _ => false,
    }
}

fn torn(path: &str, entry: &Entry) -> Diagnostic {
    let message = format!("`{path}` is only a part of a path");
    let help = "put the whole path in quotes: \"fault.probability\" = { from = 0.1, to = 0.5 }";
    Diagnostic::new("S205", entry.key_span, message).help(help)
}

/// The path of a key as a change of no value yet, each part with its place. `None` means that a fault has been reported.
pub(crate) fn path_of(key: &At<String>, sources: &Sources, faults: &mut Faults) -> Option<Change> {
    let written = sources.slice(key.span);
    let quote = usize::from(written.starts_with(['"', '\'']));
    // A key with escapes is not what stands in the text; its places are then those of the whole key.
    let is_plain = written.get(quote..quote + key.value.len()) == Some(key.value.as_str());
    let at = key.span.start as usize + if is_plain { quote } else { 0 };
    let change = Change::of_path(&key.value, key.span.source, at, faults)?;
    Some(if is_plain { change } else { change.at_place(key.span) })
}

/// The text of a node as it is written, for `--set`.
pub(super) fn text_of(node: &Node, sources: &Sources) -> String {
    let written = sources.slice(node.span);
    match &node.kind {
        // Quotes are needed only where the bare text would be read as something else.
        Kind::String(text) if reads_as_text(text) => text.clone(),
        _ if written.is_empty() => super::quantity::argument(node),
        _ => written.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

/// Whether `--set PATH=` followed by this text gives this very text.
fn reads_as_text(text: &str) -> bool {
    let mut faults = Faults::new();
    let is_bare = !text.is_empty() && text.trim() == text && !text.starts_with(['{', '[', '"', '\'']);
    let mut read = || crate::scenario::overrides::value_of_text(text, 0, Span::IMPLIED.source, &mut faults);
    is_bare && matches!(read().map(|node| node.kind), Some(Kind::String(read)) if read == text)
}
