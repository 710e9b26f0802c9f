//! The one place where anything is printed.

use std::io::{self, IsTerminal, Write};

use super::Failure;

/// Standard output and standard error, as people expect them to behave.
pub(super) struct Output {
    is_quiet: bool,
    is_styled: bool,
}

impl Output {
    pub(super) fn new(is_quiet: bool) -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|t| t == "dumb");
        Self { is_quiet, is_styled: io::stderr().is_terminal() && !no_color && !is_dumb }
    }

    /// Whether messages may carry colour.
    pub(super) fn is_styled(&self) -> bool {
        self.is_styled
    }

    /// Whether progress may be shown.
    pub(super) fn shows_progress(&self) -> bool {
        !self.is_quiet && io::stderr().is_terminal()
    }

    /// Prints a result. A reader that has gone away is no fault; a full disk is.
    pub(super) fn print(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.complain(&format!("error: the result could not be written to standard output: {error}"));
                Err(Failure::Environment)
            }
            _ => Ok(()),
        }
    }

    /// Says what went wrong.
    pub(super) fn complain(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Says something useful that is not an error.
    pub(super) fn remark(&self, text: &str) {
        if !self.is_quiet {
            self.complain(text);
        }
    }
}
