//! The JSON Schema of a whole file: the scenario, and its variants, each of which is a part of one.

use schemars::schema_for;
use serde_json::{Map, Value, json};

use super::Scenario;

/// What the name of a definition begins with that stands for a part of a table.
const PART: &str = "PartOf";

/// The schema of a scenario file, variants included.
///
/// ```
/// let schema = handover::scenario::schema::file_schema();
/// assert!(schema["properties"]["variant"]["additionalProperties"].is_object());
/// assert_eq!(schema["$defs"]["PartOfRound"]["required"], serde_json::Value::Null);
/// ```
pub fn file_schema() -> Value {
    let mut schema = schema_for!(Scenario).to_value();
    let mut parts = Parts { defs: schema["$defs"].clone(), made: Map::new() };
    let variant = parts.part_of(&json!({
        "type": "object",
        "description": "A change of the file: the keys named here merge into it, an inline table or any other value replaces \
                        what is there, and \"none\" removes a key.",
        "properties": schema["properties"],
        "additionalProperties": false,
    }));
    let about = "Named changes of the file, each of which can be run in its place: `--variant NAME`.";
    schema["properties"]["variant"] =
        json!({ "type": "object", "description": about, "additionalProperties": variant });
    if let Some(defs) = schema["$defs"].as_object_mut() {
        defs.append(&mut parts.made);
    }
    schema
}

/// Definitions with every key optional, made as they are needed.
struct Parts {
    defs: Value,
    made: Map<String, Value>,
}

impl Parts {
    /// The same schema with every key of its tables optional, and removable by "none".
    fn part_of(&mut self, schema: &Value) -> Value {
        let Some(object) = schema.as_object() else { return schema.clone() };
        let mut part = object.clone();
        part.remove("required");
        part.remove("default");
        if let Some(name) = object.get("$ref").and_then(Value::as_str) {
            part.insert("$ref".into(), self.reference(name).into());
        }
        // A part of one choice may be a part of another, too.
        for word in ["anyOf", "oneOf"] {
            if let Some(choices) = part.remove(word) {
                let choices: Vec<Value> =
                    choices.as_array().into_iter().flatten().map(|c| self.part_of(c)).collect();
                part.insert("anyOf".into(), choices.into());
            }
        }
        if let Some(Value::Object(properties)) = object.get("properties") {
            let parts = properties.iter().map(|(key, value)| (key.clone(), self.removable(value)));
            part.insert("properties".into(), Value::Object(parts.collect()));
        }
        if let Some(value) = object.get("additionalProperties").filter(|value| value.is_object()) {
            part.insert("additionalProperties".into(), self.removable(value));
        }
        Value::Object(part)
    }

    fn removable(&mut self, schema: &Value) -> Value {
        let part = self.part_of(schema);
        let mut choice = Map::new();
        if let Some(about) = part.get("description") {
            choice.insert("description".into(), about.clone());
        }
        choice.insert("anyOf".into(), json!([part, { "const": "none", "description": "Removes this key." }]));
        Value::Object(choice)
    }

    /// Where the part of a definition is found.
    fn reference(&mut self, name: &str) -> String {
        let bare = name.rsplit('/').next().unwrap_or(name);
        let made = format!("{PART}{bare}");
        if !self.made.contains_key(&made) {
            // Put there before it is known, since a definition may name itself.
            self.made.insert(made.clone(), Value::Null);
            let part = self.part_of(&self.defs[bare].clone());
            self.made.insert(made.clone(), part);
        }
        format!("#/$defs/{made}")
    }
}
