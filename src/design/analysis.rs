//! What designs of analyses of sensitivity must say, and which command takes which design.

use super::file::{Method, RandomNumbers};
use super::layout::{Build, Design};
use super::sobol::{MOST_COORDINATES, MOST_POINTS};
use crate::scenario::diagnostic::{Diagnostic, Faults};
use crate::scenario::source::Span;

/// Morris trajectories where the file names no number.
pub(super) const TRAJECTORIES: u64 = 20;
/// Levels of each parameter where the file names no number (Morris 1991 takes 4).
pub(super) const LEVELS: u64 = 4;
/// Scrambles of Sobol's indices where the file names no number: enough for an interval that is not dominated by Student's quantile.
pub(super) const SCRAMBLES: u64 = 8;

impl Build<'_> {
    /// Numbers from which no honest analysis can be made.
    pub(super) fn check_analysis(&mut self) {
        let choice = &self.file.design;
        let independent = self.file.random_numbers == RandomNumbers::Independent;
        if choice.method.value == Method::Morris {
            self.check_trajectories();
        } else {
            self.check_rows();
        }
        if independent {
            let message = "an analysis of sensitivity runs its points on the same random numbers";
            let help = "leave random_numbers out: with numbers of their own, the luck of every point would pass for an effect";
            self.fault("S207", choice.method.span, message, help);
        }
    }

    fn check_trajectories(&mut self) {
        let choice = &self.file.design;
        if let Some(n) = choice.trajectories.filter(|n| n.value < 2) {
            let message = "one trajectory has no spread";
            self.fault("S207", n.span, message, "take at least 2; 10 to 50 are usual");
        }
        if let Some(n) = choice.levels.filter(|n| n.value < 2 || n.value % 2 == 1 || n.value > 1_000) {
            let message = format!("trajectories cannot move on {} levels", n.value);
            self.fault("S207", n.span, message, "take an even number up to 1,000; 4 is usual");
        }
    }

    fn check_rows(&mut self) {
        let choice = &self.file.design;
        if let Some(n) = choice.scrambles.filter(|n| n.value < 2) {
            let message = "one scramble gives no interval";
            self.fault("S207", n.span, message, "take at least 2; 8 or more are worth their cost");
        }
        if let Some(n) = choice.points.filter(|n| n.value > 0 && !n.value.is_power_of_two()) {
            let above = n.value.checked_next_power_of_two().unwrap_or(MOST_POINTS);
            let message = format!("{} points are not balanced: indices take a power of two", n.value);
            self.fault("S207", n.span, message, &format!("take {} or {above}", above / 2));
        }
        if let Some(n) = choice.points.filter(|n| n.value > MOST_POINTS) {
            let message = format!("a scramble has at most {MOST_POINTS} points");
            self.fault("S203", n.span, message, "take several scrambles of fewer points");
        }
        if 2 * self.file.parameter.entries.len() > MOST_COORDINATES {
            let message = format!("indices can be had for at most {} parameters", MOST_COORDINATES / 2);
            self.fault("S203", choice.method.span, message, "screen them first: method = \"morris\"");
        }
    }
}

impl Design {
    /// Whether a sweep may take it.
    ///
    /// # Errors
    /// A fault at its method where it is meant for an analysis.
    pub fn check_sweep(&self) -> Result<(), Faults> {
        if !self.method.is_analysis() {
            return Ok(());
        }
        let message = format!(
            "a design by `{}` is for an analysis of sensitivity, not for a sweep",
            self.method.as_str()
        );
        let help = "run `handover sensitivity SCENARIO DESIGN.toml --outcome NAME`, or choose another method: grid, latin hypercube, sobol, table";
        refuse("S206", self.method_span, message, help)
    }

    /// Whether an analysis of sensitivity may take it.
    ///
    /// # Errors
    /// A fault at its method where it is meant for a sweep, and one at its variants where there are several.
    pub fn check_use_in_analysis(&self) -> Result<(), Faults> {
        if !self.method.is_analysis() {
            let message = format!(
                "a design by `{}` is for a sweep, not for an analysis of sensitivity",
                self.method.as_str()
            );
            let help = "run `handover sweep SCENARIO DESIGN.toml --out DIR`, or choose method = \"morris\" or \"sobol indices\"";
            return refuse("S206", self.method_span, message, help);
        }
        match self.variants.get(1) {
            Some(second) => {
                let message = "an analysis of sensitivity is of one variant";
                refuse("S207", second.span, message.to_string(), "keep one, or say which by --variant NAME")
            }
            None => Ok(()),
        }
    }
}

fn refuse(code: &'static str, span: Span, message: String, help: &str) -> Result<(), Faults> {
    let mut faults = Faults::new();
    faults.push(Diagnostic::new(code, span, message).help(help));
    Err(faults)
}
