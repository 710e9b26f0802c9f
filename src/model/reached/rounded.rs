//! A course with all its waits rounded up to whole cells: how likely it outlasts the past, from each stretch and cell on.

use super::{CELLS, Course, HOURS, Stretch};
use crate::kernel::Time;
use crate::model::happening::Observer;
use crate::model::world::World;

impl<O: Observer> World<'_, O> {
    /// How likely every wait is longer than so many cells.
    pub(super) fn measure_waits(&self, course: &mut Course) {
        for number in 0..course.len {
            for cells in 0..=CELLS {
                let seconds = course.cell * cells as f64;
                course.longer[number][cells] = match course.stretches[number] {
                    Stretch::Lasts { takes: Some(takes), pace, .. } => self.outlasts(takes, seconds / pace),
                    Stretch::Located => self.unlocated(course, course.edge(cells)),
                    _ => 0.0,
                };
            }
        }
    }
    /// How likely the course outlasts the past from a stretch on that begins after so many cells.
    pub(super) fn outlasting(&self, course: &mut Course, stretch: usize, at: usize) -> f64 {
        if at >= CELLS {
            return 1.0;
        }
        if course.outlasts[stretch][at].is_nan() {
            course.outlasts[stretch][at] = self.outlasting_from(course, stretch, at);
        }
        course.outlasts[stretch][at]
    }

    fn outlasting_from(&self, course: &mut Course, stretch: usize, at: usize) -> f64 {
        match course.stretches[stretch] {
            Stretch::Starts { since } => match self.starts(course, stretch, since, course.edge(at)) {
                Some(time) => {
                    let at = course.cells_to(time);
                    self.outlasting(course, stretch + 1, at)
                }
                None => 1.0,
            },
            Stretch::Lasts { chance, silent, back, .. } => {
                let skipped = if chance < 1.0 { self.outlasting(course, stretch + 1, at) } else { 0.0 };
                let held = back.filter(|(since, _)| course.edge(at) < *since);
                let most = held.map_or(CELLS - at, |(since, _)| course.cells_before(at, since));
                let again = held.map_or(1.0, |(_, until)| self.outlasting_again(course, stretch, until));
                let mut lasting = course.longer[stretch][most] * again;
                for cells in 0..=most {
                    lasting += silent * self.outlasting_by(course, stretch, 0, (at, cells));
                }
                (1.0 - chance) * silent * skipped + chance * lasting
            }
            Stretch::Located => {
                let mut lasting = course.longer[stretch][CELLS];
                for cells in 0..=CELLS - at {
                    lasting += self.outlasting_by(course, stretch, at, (at, cells));
                }
                lasting
            }
            Stretch::Moves => self.hours(course, at).iter().sum::<f64>() / HOURS as f64,
        }
    }

    /// The same of a wait that is done again from a time on.
    pub(super) fn outlasting_again(&self, course: &mut Course, stretch: usize, from: Time) -> f64 {
        if from >= course.until {
            return 1.0;
        }
        let at = course.cells_to(from);
        self.outlasting(course, stretch, at)
    }

    /// The same where the wait ends in the cell `at + cells`: one of remains counts from the beginning of the course (`offset` is `at`), any
    /// other from `at` (`offset` is 0).
    pub(super) fn outlasting_by(
        &self,
        course: &mut Course,
        stretch: usize,
        offset: usize,
        (at, cells): (usize, usize),
    ) -> f64 {
        let longer = &course.longer[stretch];
        let chance = if cells == 0 {
            1.0 - longer[offset]
        } else {
            longer[offset + cells - 1] - longer[offset + cells]
        };
        if chance > 0.0 { chance * self.outlasting(course, stretch + 1, at + cells) } else { 0.0 }
    }

    /// By strata of its hour: how likely a transfer that is ready after so many cells is not over by now, the hour being the latest of
    /// its stratum.
    pub(super) fn hours(&self, course: &Course, at: usize) -> [f64; HOURS] {
        let ready = course.edge(at);
        let Some(hour) = self.hour_of(course) else { return [self.unmoved(course, ready, None).1; HOURS] };
        std::array::from_fn(|stratum| {
            let latest = self.quantile(hour, (stratum + 1) as f64 / HOURS as f64);
            if latest.is_finite() { self.unmoved(course, ready, Some(latest)).1 } else { 1.0 }
        })
    }
}
