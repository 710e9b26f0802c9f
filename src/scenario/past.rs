//! What was observed outside a scenario file, in the scenario's own terms: facts for [`super::load::Script::load_with`].
//!
//! It is the table `[history]` of a scenario, and what that table does not say: windows of uncertain facts, extensions of the term,
//! remains confirmed later, a term that ran out. Every text keeps the place where it was written.

use super::schema::History;
use super::source::{At, Span};

/// Observed facts up to the end of a day.
#[derive(Debug, Clone)]
pub struct Past {
    /// What a scenario's own table can say.
    pub history: History,
    /// Facts whose moment is uncertain: where the moment is written, and the first and last it can be.
    pub windows: Vec<(Span, [String; 2])>,
    /// Extensions of the term: when they were agreed, and to when the term then ran.
    pub extensions: Vec<[At<String>; 2]>,
    /// Names that came: when, and of which tranche.
    pub lists: Vec<[At<String>; 2]>,
    /// Remains handed over in place of wrong ones: when, and how many.
    pub replacements: Vec<(At<String>, u64)>,
    /// The term ran out and nothing followed.
    pub expired: Option<At<String>>,
    /// Talks that came to an end: when, and whether they agreed.
    pub talks_ended: Option<(At<String>, bool)>,
}
