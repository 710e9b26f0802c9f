//! `explain` and `schema`.

use super::output::Output;
use super::{Failure, Outcome};
use crate::scenario::codes;
use crate::scenario::read::nearest;
use crate::scenario::schema::file_schema;

pub(super) fn explain(code: &str, output: &Output) -> Outcome {
    match codes::find(code) {
        Some(found) => output.print(&format!("{}: {}\n\n{}\n", found.code, found.title, found.about)),
        None => {
            let hint = nearest(&code.to_uppercase(), codes::CODES.iter().map(|c| c.code));
            let hint = hint.map(|h| format!("; did you mean {h}?")).unwrap_or_default();
            output.complain(&format!("error: there is no code `{code}`{hint}"));
            Err(Failure::Environment)
        }
    }
}

pub(super) fn schema(output: &Output) -> Outcome {
    match serde_json::to_string_pretty(&file_schema()) {
        Ok(text) => output.print(&(text + "\n")),
        Err(error) => {
            output.complain(&format!("error: the schema could not be written: {error}"));
            Err(Failure::Environment)
        }
    }
}
