//! Declaring what is read: structs by [`table!`], sets of words by [`choice!`]; looking names up; and the JSON schema of it
//! all, which says what the reader does because it is made from the same declarations.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::diagnostic::{Diagnostic, Faults};
use super::read::{Named, Reader};
use super::source::At;
use super::tree::{Kind, Node};
use super::units::{Known, Unit};

/// Declares a struct that is read from a table.
///
/// A field is `pub x: T,` (required), `pub x: Option<T>,` or `pub x: T = default,`. The struct gets a field `span`, the
/// place of its table; `Debug` and `Clone`; [`Read`](super::read::Read), which reports unknown and missing keys; and
/// `JsonSchema`, with the doc comments as descriptions and the defaults where they can be written.
macro_rules! table {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident {
            $( $(#[doc = $field_doc:literal])* pub $field:ident : $type:ty $(= $default:expr)? ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            /// Where the table is written.
            #[allow(dead_code, reason = "not every table's place is asked for")]
            pub span: $crate::scenario::source::Span,
            $( $(#[doc = $field_doc])* pub $field: $type, )*
        }

        impl $crate::scenario::read::Read for $name {
            fn read(
                node: &$crate::scenario::tree::Node,
                r: &mut $crate::scenario::read::Reader<'_>,
            ) -> Option<Self> {
                let mut keys = $crate::scenario::read::Keys::of_fields(node, &[$(stringify!($field)),*], r)?;
                $( let $field = $crate::scenario::reading::read_field!(keys, r, $field, $type $(, $default)?); )*
                keys.finish(r);
                Some($name { span: node.span, $( $field: $field? ),* })
            }
        }

        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                let mut object = $crate::scenario::reading::ObjectSchema::new(&[$($doc),*]);
                $( $crate::scenario::reading::schema_field!(
                    object, generator, $field, $type, [$($field_doc),*] $(, $default)?
                ); )*
                object.finish()
            }
        }
    };
}

/// One field of [`table!`], read.
macro_rules! read_field {
    ($keys:ident, $r:ident, $field:ident, $type:ty) => {
        $keys.field::<$type>(stringify!($field).trim_start_matches("r#"), $r)
    };
    ($keys:ident, $r:ident, $field:ident, $type:ty, $default:expr) => {
        $keys.field_or::<$type>(stringify!($field).trim_start_matches("r#"), || $default, $r)
    };
}

/// One field of [`table!`], described.
macro_rules! schema_field {
    ($object:ident, $generator:ident, $field:ident, $type:ty, [$($doc:literal),*]) => {
        let required = !<$type as $crate::scenario::read::Read>::OPTIONAL;
        let schema = $generator.subschema_for::<$type>();
        $object.field(stringify!($field), &[$($doc),*], schema, required);
    };
    ($object:ident, $generator:ident, $field:ident, $type:ty, [$($doc:literal),*], $default:expr) => {
        let schema = $generator.subschema_for::<$type>();
        $object.field(stringify!($field), &[$($doc),*], schema, false);
        let default: $type = $default;
        $object.default_of(stringify!($field), $crate::scenario::read::Read::to_json(&default));
    };
}

/// Declares an enum that is read from one of a set of words: `pub enum Legs { CaptivesFirst = "captives first" }`.
///
/// It is `Copy` and ordered as declared; `ALL` lists it and `as_str` gives the word.
macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident {
            $( $(#[doc = $word_doc:literal])* $variant:ident = $word:literal ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $( $(#[doc = $word_doc])* $variant, )*
        }

        impl $name {
            /// Every choice, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The words, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word as written in a scenario.
            pub fn as_str(self) -> &'static str {
                match self { $( $name::$variant => $word, )* }
            }
        }

        impl $crate::scenario::read::Read for $name {
            fn read(
                node: &$crate::scenario::tree::Node,
                r: &mut $crate::scenario::read::Reader<'_>,
            ) -> Option<Self> {
                let number = $crate::scenario::read::read_choice(node, $name::WORDS, r)?;
                $name::ALL.get(number).copied()
            }

            fn to_json(&self) -> Option<::serde_json::Value> {
                Some(self.as_str().into())
            }
        }

        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                let words: &[(&str, &[&str])] = &[ $( ($word, &[$($word_doc),*]), )* ];
                $crate::scenario::reading::choice_schema(&[$($doc),*], words)
            }
        }
    };
}

pub(crate) use {choice, read_field, schema_field, table};

/// `intro` and the words, shortened if they are many.
pub fn listing<'w>(intro: &str, words: impl Iterator<Item = &'w str>) -> String {
    let words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    match words.len() {
        0 => "there is nothing to choose from".into(),
        1..=20 => format!("{intro} {}", words.join(", ")),
        more => format!("{intro} {} and {} more", words[..20].join(", "), more - 20),
    }
}

/// The candidate most like `name`, if any is like it at all.
pub fn nearest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    alike(name, candidates, 0.8)
}

/// The candidate most like `name`, if its likeness, from 0 to 1, is at least this (Jaro and Winkler's measure).
pub fn alike<'c>(name: &str, candidates: impl Iterator<Item = &'c str>, least: f64) -> Option<&'c str> {
    // A name as long as a book would take as long to compare.
    let name: String = name.chars().take(80).flat_map(char::to_lowercase).collect();
    let score = |word: &str| strsim::jaro_winkler(&name, &word.to_lowercase());
    let scored = candidates.map(|word| (score(word), word)).filter(|(score, _)| *score >= least);
    scored.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, word)| word)
}

/// The word of a choice among `words`, by number; an unknown one is a fault with a suggestion.
pub fn read_choice(node: &Node, words: &[&'static str], r: &mut Reader<'_>) -> Option<usize> {
    let Kind::String(text) = &node.kind else {
        return r.wrong_kind(node, &listing("one of", words.iter().copied()));
    };
    if let Some(number) = words.iter().position(|word| word == text) {
        return Some(number);
    }
    let fault = Diagnostic::new("S013", node.span, format!("`{text}` is not a value of `{}`", r.path()));
    let choices = listing("choose from", words.iter().copied());
    r.refuse(match nearest(text, words.iter().copied()) {
        Some(word) => fault.help(format!("did you mean `{word}`? {choices}")),
        None => fault.help(choices),
    })
}

/// Looks `name` up among `names`, which are `what` ("cohort"); an unknown one is a fault with a suggestion.
pub fn resolve_name<'n>(
    name: &At<String>,
    names: impl Iterator<Item = &'n str>,
    what: &str,
    faults: &mut Faults,
) -> Option<usize> {
    let names: Vec<&str> = names.collect();
    let found = names.iter().position(|known| *known == name.value);
    // Where none is declared, one fault says so for all that refer to one.
    let nothing = format!("this scenario declares no {what}");
    if found.is_none() && !(names.is_empty() && faults.says(&nothing)) {
        let fault = Diagnostic::new("S014", name.span, format!("there is no {what} called `{}`", name.value));
        faults.push(match nearest(name, names.iter().copied()) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None if names.is_empty() => fault.help(nothing),
            None => fault.help(listing("declared are", names.iter().copied())),
        });
    }
    found
}

/// The schema of a [`table!`], field by field.
pub struct ObjectSchema {
    about: String,
    properties: Map<String, Value>,
    required: Vec<Value>,
}

impl ObjectSchema {
    /// Starts with the struct's doc comment.
    pub fn new(doc: &[&str]) -> ObjectSchema {
        ObjectSchema { about: paragraph(doc), properties: Map::new(), required: Vec::new() }
    }

    /// Adds a field.
    pub fn field(&mut self, name: &str, doc: &[&str], mut schema: Schema, required: bool) {
        let name = name.trim_start_matches("r#");
        if !doc.is_empty() {
            schema.insert("description".into(), paragraph(doc).into());
        }
        self.properties.insert(name.into(), without_null(schema.to_value()));
        if required {
            self.required.push(name.into());
        }
    }

    /// Tells the default of a field added before.
    pub fn default_of(&mut self, name: &str, default: Option<Value>) {
        let property = self.properties.get_mut(name.trim_start_matches("r#")).and_then(Value::as_object_mut);
        if let (Some(property), Some(default)) = (property, default) {
            property.insert("default".into(), default);
        }
    }

    /// The whole schema.
    pub fn finish(self) -> Schema {
        let object = json!({
            "type": "object",
            "description": self.about,
            "properties": self.properties,
            "required": self.required,
            "additionalProperties": false,
        });
        schema_of(object)
    }
}

/// The schema of a [`choice!`].
pub fn choice_schema(doc: &[&str], words: &[(&str, &[&str])]) -> Schema {
    let one = |(word, doc): &(&str, &[&str])| json!({ "const": word, "description": paragraph(doc) });
    let words: Vec<Value> = words.iter().map(one).collect();
    schema_of(json!({ "description": paragraph(doc), "oneOf": words }))
}

/// TOML has no null: an optional key is left out, so the schema that stands for `Option` says too much.
fn without_null(mut schema: Value) -> Value {
    if let Some(kinds) = schema.get_mut("type").and_then(Value::as_array_mut) {
        kinds.retain(|kind| kind != "null");
        if let [kind] = kinds.as_slice() {
            schema["type"] = kind.clone();
        }
    }
    if let Some(choices) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        choices.retain(|choice| *choice != json!({ "type": "null" }));
    }
    schema
}

/// Doc comment lines as one paragraph.
fn paragraph(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ").trim().to_string()
}

pub(super) fn schema_of(value: Value) -> Schema {
    Schema::try_from(value).unwrap_or_default()
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Named_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        schema_of(json!({ "type": "object", "additionalProperties": generator.subschema_for::<T>() }))
    }
}

impl JsonSchema for Node {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Anything".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        Schema::default()
    }
}

impl<U: Unit> JsonSchema for Known<U> {
    fn schema_name() -> Cow<'static, str> {
        U::SCHEMA.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schema_of(U::schema())
    }
}
