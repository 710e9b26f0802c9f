//! Where in a scenario a key is valid: for a message about one that stands in the wrong table.

use schemars::schema_for;
use serde_json::Value;

use super::Scenario;
use crate::scenario::read::joined;

/// How many names lead to the deepest key that is looked for.
const DEEPEST: usize = 6;

/// Every path at which `key` is valid, names of the scenario's own entities as `NAME`. Parameters of laws are left out: they
/// stand anywhere.
pub fn places_of(key: &str) -> Vec<String> {
    let schema = schema_for!(Scenario).to_value();
    let mut search = Search { key, defs: &schema["$defs"], found: Vec::new() };
    search.look(&schema, "", 0);
    search.found.sort();
    search.found.dedup();
    search.found
}

struct Search<'a> {
    key: &'a str,
    defs: &'a Value,
    found: Vec<String>,
}

impl Search<'_> {
    fn look(&mut self, schema: &Value, path: &str, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let name = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/"));
        if let Some(name) = name.filter(|name| !is_of_law(name)) {
            self.look(&self.defs[name], path, depth);
        }
        for choice in ["anyOf", "oneOf"].iter().filter_map(|word| schema[word].as_array()).flatten() {
            self.look(choice, path, depth);
        }
        if schema["additionalProperties"].is_object() {
            self.look(&schema["additionalProperties"], &joined(path, "NAME"), depth + 1);
        }
        if schema["items"].is_object() {
            self.look(&schema["items"], path, depth);
        }
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            let path = joined(path, name);
            if name == self.key {
                self.found.push(path.clone());
            }
            self.look(schema, &path, depth + 1);
        }
    }
}

fn is_of_law(definition: &str) -> bool {
    definition.ends_with("OrLaw")
}
