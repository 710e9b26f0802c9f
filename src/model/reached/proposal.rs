//! Proposals: a course drawn through the cells of the rounded one, and whether it stands.

use super::{CELLS, Course, HOURS, Lasting, Reached, Stretch, UnderWay};
use crate::dist::Prob;
use crate::kernel::{NEVER, Time};
use crate::model::address;
use crate::model::happening::Observer;
use crate::model::law::LawId;
use crate::model::people::pick;
use crate::model::plan::StepKind;
use crate::model::world::World;

/// A wait as it was proposed, in seconds from the beginning of the course.
struct Wait {
    /// When it was over; none while it is under way, or cannot be.
    end: Option<f64>,
    since: f64,
    is_held: bool,
    came_to_it: bool,
    stands: bool,
}

impl Wait {
    fn over(end: f64, came_to_it: bool, stands: bool) -> Self {
        Wait { end: Some(end), since: end, is_held: false, came_to_it, stands }
    }

    fn under_way(since: f64) -> Self {
        Wait { end: None, since, is_held: false, came_to_it: true, stands: true }
    }
}

impl<O: Observer> World<'_, O> {
    /// Draws a course that begins at a cell (at their end, one that is not rounded), and whether it stands.
    pub(super) fn propose(&mut self, course: &mut Course, mut at: usize) -> (Reached, bool) {
        let (mut seconds, mut stands) = (0.0, true);
        let mut reached = Reached {
            what: UnderWay::Nothing(course.moves.0),
            since: course.until,
            named: None,
            complete: None,
            is_refused: false,
            staged: None,
        };
        for stretch in 0..course.len {
            let begun = course.time(seconds);
            reached.since = begun;
            match course.stretches[stretch] {
                Stretch::Starts { since } => {
                    let Some(time) = self.starts(course, stretch, since, begun) else {
                        reached.what = UnderWay::Nothing(course.next_step(stretch));
                        return (reached, stands);
                    };
                    if at < CELLS {
                        let rounded = self.starts(course, stretch, since, course.edge(at));
                        at = rounded.map_or(CELLS, |time| course.cells_to(time));
                    }
                    // The fraction of a second stays where nothing moved the start.
                    seconds = if time > begun { (time - course.from) as f64 } else { seconds };
                }
                Stretch::Lasts { what, .. } => {
                    let wait = self.propose_wait(course, stretch, &mut at, seconds);
                    stands &= wait.stands;
                    let Some(end) = wait.end else {
                        reached.since = course.time(wait.since);
                        reached.what = match wait.is_held {
                            true => UnderWay::Nothing(course.next_step(stretch)),
                            false => UnderWay::Lasts(what),
                        };
                        return (reached, stands);
                    };
                    seconds = end;
                    let staging = self.is_staging(course, what);
                    reached.ends(what, course.time(seconds), wait.came_to_it, staging);
                }
                Stretch::Located => match self.propose_location(course, stretch, &mut at) {
                    Ok(located) => seconds = f64::max(seconds, located),
                    Err(later) => {
                        reached.what = UnderWay::Remains(course.moves.0, later);
                        return (reached, stands);
                    }
                },
                Stretch::Moves => {
                    let (opens, is_right) = self.propose_transfer(course, at, seconds);
                    reached.since = opens;
                    reached.what = if opens >= NEVER {
                        UnderWay::Nothing(course.moves.0)
                    } else if opens >= course.until {
                        UnderWay::Hour(course.moves.0, opens)
                    } else {
                        UnderWay::Moves(course.moves.0)
                    };
                    return (reached, stands && is_right);
                }
            }
        }
        (reached, stands)
    }

    /// Draws a wait that begins after so many seconds.
    fn propose_wait(&mut self, course: &mut Course, stretch: usize, at: &mut usize, seconds: f64) -> Wait {
        let Stretch::Lasts { chance, takes, pace, silent, back, .. } = course.stretches[stretch] else {
            return Wait::over(seconds, false, true);
        };
        let held = back.filter(|(since, _)| course.edge(*at) < *since || course.time(seconds) < *since);
        if let Some((since, until)) = held.filter(|_| *at < CELLS) {
            return self.propose_before(course, stretch, at, (seconds, since, until));
        }
        let left = course.length() - seconds;
        if *at >= CELLS {
            // The rounded course is through: what remains is as it comes.
            let comes = self.next(course) < chance;
            let p = self.next(course);
            let end = seconds + takes.map_or(0.0, |law| self.quantile(law, p) * pace);
            if let Some((_, until)) = held.filter(|(since, _)| end > (*since - course.from) as f64) {
                return self.propose_again(course, stretch, at, until);
            }
            if comes && end - seconds > left {
                return Wait::under_way(seconds);
            }
            return Wait::over(if comes { end } else { seconds }, comes, self.next(course) < silent);
        }
        let whole = self.outlasting(course, stretch, *at);
        let next = if chance < 1.0 { self.outlasting(course, stretch + 1, *at) } else { 0.0 };
        let mut uniform = self.next(course) * whole - (1.0 - chance) * silent * next;
        if uniform < 0.0 {
            return Wait::over(seconds, false, true);
        }
        uniform /= chance.max(f64::MIN_POSITIVE);
        let longest = course.longer[stretch][CELLS - *at];
        uniform -= longest;
        if uniform < 0.0 {
            // Longer than what the rounded course has left, which is less than what is left: it may still have ended, with the rounded course
            // through.
            let longer = takes.map_or(0.0, |law| self.outlasts(law, left / pace));
            let upper = longest * self.next(course);
            if upper < longer {
                return Wait::under_way(seconds);
            }
            *at = CELLS;
            let took = takes.map_or(0.0, |law| self.quantile_above(law, upper) * pace);
            return Wait::over(seconds + took.min(left), true, self.next(course) < silent);
        }
        let cells = self.pick_cell(course, stretch, 0, *at, uniform / silent.max(f64::MIN_POSITIVE));
        let took = self.within_cell(course, stretch, cells, takes, pace);
        *at += cells;
        Wait::over(seconds + took.min(left), true, true)
    }

    /// Draws a step that begins after so many seconds and before a hold sent back whoever was at it: over before, or done again.
    fn propose_before(
        &mut self,
        course: &mut Course,
        stretch: usize,
        at: &mut usize,
        (seconds, since, until): (f64, Time, Time),
    ) -> Wait {
        let Stretch::Lasts { takes, pace, silent, .. } = course.stretches[stretch] else {
            return Wait::over(seconds, false, true);
        };
        let mut upper = 1.0;
        if course.edge(*at) < since {
            let most = course.cells_before(*at, since);
            let sent = course.longer[stretch][most] * self.outlasting_again(course, stretch, until);
            let uniform = self.next(course) * self.outlasting(course, stretch, *at) - sent;
            if uniform >= 0.0 {
                let cells = self
                    .pick_cell(course, stretch, 0, *at, uniform / silent.max(f64::MIN_POSITIVE))
                    .min(most);
                let took = self.within_cell(course, stretch, cells, takes, pace);
                *at += cells;
                return Wait::over(seconds + took, true, true);
            }
            upper = course.longer[stretch][most];
            *at = if until < course.until { course.cells_to(until) } else { CELLS };
        }
        // The rounded course does it again; this one may have been over in time.
        let upper = upper * self.next(course);
        let end = seconds + takes.map_or(0.0, |law| self.quantile_above(law, upper) * pace);
        if end > (since - course.from) as f64 {
            return self.propose_again(course, stretch, at, until);
        }
        if *at < CELLS {
            let uniform = self.next(course) * self.outlasting(course, stretch, *at);
            let longest = course.longer[stretch][CELLS - *at];
            if uniform < longest {
                *at = CELLS;
            } else {
                let spent = (uniform - longest) / silent.max(f64::MIN_POSITIVE);
                *at += self.pick_cell(course, stretch, 0, *at, spent);
                return Wait::over(end, true, true);
            }
        }
        Wait::over(end, true, self.next(course) < silent)
    }

    /// A step that is done again from the end of a hold on.
    fn propose_again(&mut self, course: &mut Course, stretch: usize, at: &mut usize, from: Time) -> Wait {
        if from >= course.until {
            return Wait { is_held: true, ..Wait::under_way(course.length()) };
        }
        self.propose_wait(course, stretch, at, (from - course.from) as f64)
    }

    /// The cell in which a wait ends, by a uniform that is to be spent on their chances.
    fn pick_cell(
        &mut self,
        course: &mut Course,
        stretch: usize,
        offset: usize,
        at: usize,
        mut uniform: f64,
    ) -> usize {
        let mut last = 0;
        for cells in 0..=CELLS - at {
            let chance = self.outlasting_by(course, stretch, offset, (at, cells));
            if chance > 0.0 {
                last = cells;
                uniform -= chance;
                if uniform < 0.0 {
                    break;
                }
            }
        }
        last
    }

    /// A duration that ends in a cell.
    fn within_cell(
        &mut self,
        course: &mut Course,
        stretch: usize,
        cells: usize,
        takes: Option<LawId>,
        pace: f64,
    ) -> f64 {
        let Some(law) = takes else { return 0.0 };
        if cells == 0 {
            return 0.0;
        }
        let (above, below) = (course.longer[stretch][cells - 1], course.longer[stretch][cells]);
        let upper = above + (below - above) * self.next(course);
        let took = self.quantile_above(law, upper) * pace;
        took.clamp(course.cell * (cells - 1) as f64, course.cell * cells as f64)
    }

    /// Draws when the last remains on a leg were located, in seconds from the beginning of the course, or when they will be.
    fn propose_location(&mut self, course: &mut Course, stretch: usize, at: &mut usize) -> Result<f64, Time> {
        if *at >= CELLS {
            let chance = self.next(course);
            let time = self.located_by(course, chance);
            return if time < course.until { Ok((time - course.from) as f64) } else { Err(time) };
        }
        let uniform = self.next(course) * self.outlasting(course, stretch, *at);
        let later = course.longer[stretch][CELLS];
        if uniform < later {
            let chance = later * self.next(course);
            return Err(self.located_by(course, chance).max(course.until));
        }
        let cells = self.pick_cell(course, stretch, *at, *at, uniform - later);
        let above = if cells == 0 { 1.0 } else { course.longer[stretch][*at + cells - 1] };
        let below = course.longer[stretch][*at + cells];
        let chance = above + (below - above) * self.next(course);
        *at += cells;
        let time = self.located_by(course, chance).min(course.edge(*at));
        Ok((time - course.from) as f64)
    }

    /// Draws when a transfer began that is ready after so many seconds, and whether it stands that it is not over.
    fn propose_transfer(&mut self, course: &mut Course, at: usize, seconds: f64) -> (Time, bool) {
        let ready = course.time(seconds);
        let hour = self.hour_of(course);
        let bounds = if at < CELLS { self.hours(course, at) } else { [1.0; HOURS] };
        let taken = self.next(course);
        let stratum = pick(&bounds, taken);
        let inside = self.next(course);
        let hour = hour.map(|law| self.quantile(law, (stratum as f64 + inside) / HOURS as f64));
        let (opens, chance) = self.unmoved(course, ready, hour);
        (opens, self.next(course) * bounds[stratum] < chance)
    }

    /// Whether something that lasts is assembly, or what belongs to it.
    fn is_staging(&self, course: &Course, what: Lasting) -> bool {
        let (Lasting::Step(number) | Lasting::Missing(number)) = what else { return false };
        let from = self.plan.tranches[course.tranche].leg[course.side].steps.from;
        self.plan.steps[from as usize + number as usize].kind == StepKind::Staging
    }

    /// The next uniform.
    pub(super) fn next(&mut self, course: &mut Course) -> f64 {
        let place = self.plan.tranches[course.tranche].place;
        let position = address::reached(place, course.side, course.drawn);
        course.drawn += 1;
        let stream = self.plan.history.as_ref().map_or(0, |history| history.stream);
        self.uniform(stream, position)
    }

    /// What a law exceeds with a chance.
    fn quantile_above(&self, law: LawId, upper: f64) -> f64 {
        self.law_of(law).map_or(0.0, |law| law.quantile(Prob::from_upper(upper)))
    }

    pub(super) fn quantile(&self, law: LawId, p: f64) -> f64 {
        self.law_of(law).map_or(0.0, |law| law.quantile(Prob::from_lower(p)))
    }
}
