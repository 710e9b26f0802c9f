//! Laws and parameters in the JSON Schema.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::law::{Law, Param};
use super::law_reading::tags;
use super::reading::schema_of;
use super::units::{NonNegative, Number, Probability, Unit};

impl<U: Unit> JsonSchema for Param<U> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Law::<U>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Law<U>>()
    }
}

impl<U: Unit> JsonSchema for Law<U> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}OrLaw", U::SCHEMA).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let laws: Map<String, Value> =
            tags::<U>().map(|tag| (tag.to_string(), law_schema::<U>(tag, generator))).collect();
        schema_of(json!({
            "description": format!("{}, such as {}, or a law it is drawn from", U::NAME, U::EXAMPLE),
            "anyOf": [
                U::schema(),
                { "type": "object", "properties": laws, "additionalProperties": false, "minProperties": 1, "maxProperties": 1 },
            ],
        }))
    }
}

/// The schema of one law's parameters.
fn law_schema<U: Unit>(tag: &str, generator: &mut SchemaGenerator) -> Value {
    let own = generator.subschema_for::<Law<U>>().to_value();
    let number = generator.subschema_for::<Law<Number>>().to_value();
    let weight = generator.subschema_for::<Law<NonNegative>>().to_value();
    let chance = generator.subschema_for::<Law<Probability>>().to_value();
    let ends = object(&[], &[("min", &own), ("max", &own)]);
    match tag {
        "uniform" => object(&[("min", &own), ("max", &own)], &[]),
        "triangular" | "pert" => object(&[("min", &own), ("mode", &own), ("max", &own)], &[]),
        "exponential" => object(&[("mean", &own)], &[]),
        "erlang" => object(&[("shape", &json!({ "type": "integer", "minimum": 1 })), ("mean", &own)], &[]),
        "gamma" => object(&[("shape", &number)], &[("scale", &own), ("mean", &own)]),
        "lognormal" => object(&[], &[("median", &own), ("sigma", &number), ("mean", &own), ("sd", &own)]),
        "normal" => object(&[("mean", &own), ("sd", &own)], &[("clip", &ends), ("truncate", &ends)]),
        "weibull" => object(&[("shape", &number), ("scale", &own)], &[]),
        "beta" => object(&[("a", &number), ("b", &number)], &[("min", &own), ("max", &own)]),
        "table" => object(
            &[("values", &list(own))],
            &[("weights", &list(json!({ "type": "number", "minimum": 0 })))],
        ),
        "mixture" => list(object(&[("weight", &weight), ("law", &own)], &[])),
        "gated" => object(&[("probability", &chance), ("then", &own)], &[]),
        "bernoulli" => object(&[("probability", &chance)], &[]),
        "binomial" => {
            object(&[("n", &json!({ "type": "integer", "minimum": 0 })), ("probability", &chance)], &[])
        }
        _ => object(&[("mean", &weight)], &[]),
    }
}

fn list(of: Value) -> Value {
    json!({ "type": "array", "items": of, "minItems": 1 })
}

fn object(required: &[(&str, &Value)], optional: &[(&str, &Value)]) -> Value {
    let all = required.iter().chain(optional);
    let properties: Map<String, Value> =
        all.map(|(key, schema)| (key.to_string(), (*schema).clone())).collect();
    let required: Vec<&str> = required.iter().map(|(key, _)| *key).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}
