//! What can be wrong with a folder of results, or with writing one.

use std::fmt;
use std::io;
use std::path::Path;

/// Whose fault it is; the exit status follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was read is not what it should be.
    Data,
    /// It could not be read or written, or something stands in the way.
    Environment,
}

/// A fault and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Whose fault it is.
    pub kind: Kind,
    /// What is wrong, naming the file or folder.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Fault {
    /// A fault of what was read.
    pub fn data(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { kind: Kind::Data, message: message.into(), help: help.into() }
    }

    /// A fault of the place.
    pub fn environment(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { kind: Kind::Environment, message: message.into(), help: help.into() }
    }

    /// A file or folder that could not be written.
    pub fn unwritten(path: &Path, error: &io::Error) -> Self {
        Self::environment(
            format!("`{}` could not be written: {error}", path.display()),
            "choose a folder that can be written and has room",
        )
    }

    /// A file or folder that could not be read.
    pub fn unread(path: &Path, error: &io::Error) -> Self {
        Self::environment(
            format!("`{}` could not be read: {error}", path.display()),
            "see that it is there and readable",
        )
    }

    /// A file that is not what was once written.
    pub fn damaged(path: &Path, what: &str) -> Self {
        Self::data(
            format!("`{}` is damaged: {what}", path.display()),
            "take it from a copy, or run that part again: the same command gives the same bytes",
        )
    }

    /// A file of a format this version does not know yet.
    pub fn newer(path: &Path, found: u64, known: u64) -> Self {
        Self::data(
            format!("`{}` has format {found}; this version reads formats up to {known}", path.display()),
            "use the version that wrote it, or a newer one",
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\nhelp: {}", self.message, self.help)
    }
}

impl std::error::Error for Fault {}
