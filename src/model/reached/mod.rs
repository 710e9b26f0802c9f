//! How far a leg had come of which nobody has come when the known past ends.
//!
//! What it went through is a sum of waits: names late and replaced, a round that could not begin yet, steps, remains not located, an hour
//! of the day, the transfer. Known is only that the sum is longer than the past. The law of the parts given that has no closed form, but
//! can be drawn from exactly, by rejection: time is cut into cells, every wait is rounded up to whole cells, the rounded course is drawn
//! given that *its* sum is longer (backward sums over cells, then forward), durations are drawn inside their cells, and the course stands if
//! the sum of these is longer too (Devroye 1986, II.3). Rounding up only adds courses, so all that is right can be proposed.
//!
//! Only which wait is under way, and since when, is kept: what is left of it is then drawn as of anything whose age is known.

use crate::kernel::Time;
use crate::model::happening::Observer;
use crate::model::law::LawId;
use crate::model::plan::{Side, StepKind};
use crate::model::world::{LegState, World, other};

mod proposal;
mod rounded;
mod waits;

/// Cells that the known past of a leg is cut into.
const CELLS: usize = 64;

/// Waits that a leg can go through: two of names, a start and a duration of each of three steps and a name missing among them, remains, the
/// start of the transfer and the transfer.
const MOST: usize = 12;

/// Strata of the hour of a transfer.
const HOURS: usize = 16;

/// Courses proposed before the last one is taken as it is. One in two or three stands where the past is anything like what the scenario
/// expects.
const PROPOSALS: u64 = 500;

/// Something that a leg goes through.
#[derive(Debug, Clone, Copy)]
enum Stretch {
    /// It can start no earlier than at a time, and at no time at which it is held.
    Starts { since: Time },
    /// With a chance, something takes so long. `silent` is the chance that its end left no trace on record; under way when a hold began,
    /// it is done again when that ends (`back`).
    Lasts {
        what: Lasting,
        chance: f64,
        takes: Option<LawId>,
        pace: f64,
        silent: f64,
        back: Option<(Time, Time)>,
    },
    /// All remains on it are located.
    Located,
    /// Its people move.
    Moves,
}

/// What takes time before people move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lasting {
    /// Names are late.
    Names,
    /// Substitutes for names are sought.
    Substitutes,
    /// A pause between sites or trips.
    Pause,
    /// A step, by its number in the leg.
    Step(u16),
    /// A name is missing at that step.
    Missing(u16),
}

/// What is under way when the known past ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum UnderWay {
    /// A wait.
    Lasts(Lasting),
    /// Nothing: a step, by its number, cannot start yet.
    Nothing(u16),
    /// The transfer cannot start before all remains are located, at a time.
    Remains(u16, Time),
    /// Nor before an hour, which comes at a time.
    Hour(u16, Time),
    /// The transfer.
    Moves(u16),
}

/// How far a leg had come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reached {
    pub what: UnderWay,
    /// Since when that is under way.
    pub since: Time,
    /// When its names came, and when they were complete, as far as that is over.
    pub named: Option<Time>,
    pub complete: Option<Time>,
    /// Whether names were refused.
    pub is_refused: bool,
    /// When people had been assembled.
    pub staged: Option<Time>,
}

/// What of the waits of a leg the known past has fixed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Waits {
    /// A name is missing at the step under way, which is over but for that.
    pub is_missing: bool,
    /// When the last of its remains are located.
    pub located: Option<Time>,
    /// When its transfer begins by its hour.
    pub opens: Option<Time>,
}

/// A leg to be drawn.
struct Course {
    tranche: usize,
    side: Side,
    from: Time,
    until: Time,
    /// Seconds in a cell.
    cell: f64,
    stretches: [Stretch; MOST],
    len: usize,
    /// The number of the step that moves people, and its place among the plan's.
    moves: (u16, usize),
    /// Uniforms drawn so far.
    drawn: u64,
    /// By stretch and cell: how likely the rounded course outlasts the past from there. Not a number where it is not known yet.
    outlasts: [[f64; CELLS]; MOST],
    /// By stretch and cell: how likely its wait is longer than so many cells.
    longer: [[f64; CELLS + 1]; MOST],
}

impl Course {
    /// Seconds of it that are past.
    fn length(&self) -> f64 {
        (self.until - self.from) as f64
    }

    /// The whole second at so many seconds from its beginning.
    fn time(&self, seconds: f64) -> Time {
        self.from + seconds as Time
    }

    /// The end of so many cells.
    fn edge(&self, cells: usize) -> Time {
        self.time(self.cell * cells as f64)
    }

    /// Cells up to a time, rounded up.
    fn cells_to(&self, time: Time) -> usize {
        let cells = ((time - self.from) as f64 / self.cell).ceil();
        (cells.max(0.0) as usize).min(CELLS)
    }

    /// Whether nothing comes before the transfer that is drawn.
    fn is_certain(&self) -> bool {
        let is_drawn = |stretch: &Stretch| matches!(stretch, Stretch::Lasts { .. } | Stretch::Located);
        !self.stretches[..self.len].iter().any(is_drawn)
    }

    /// Whole cells from a cell to a time.
    fn cells_before(&self, at: usize, time: Time) -> usize {
        (((time - self.edge(at)) as f64 / self.cell) as usize).min(CELLS - at)
    }

    fn add(&mut self, stretch: Stretch) {
        self.stretches[self.len] = stretch;
        self.len += 1;
    }

    /// The step that comes next after a stretch.
    fn next_step(&self, stretch: usize) -> u16 {
        let step = |stretch: &Stretch| match stretch {
            Stretch::Lasts { what: Lasting::Step(step) | Lasting::Missing(step), .. } => Some(*step),
            _ => None,
        };
        self.stretches[stretch..self.len].iter().find_map(step).unwrap_or(self.moves.0)
    }
}

impl Reached {
    /// At its transfer since a time.
    pub(super) fn moving(step: u16, since: Time) -> Self {
        let what = UnderWay::Moves(step);
        Reached { what, since, named: None, complete: None, is_refused: false, staged: None }
    }

    /// Something has ended, at which it may have come to something or not.
    fn ends(&mut self, what: Lasting, at: Time, came_to_it: bool, is_staging: bool) {
        match what {
            Lasting::Names => self.named = Some(at),
            Lasting::Substitutes => (self.complete, self.is_refused) = (Some(at), came_to_it),
            Lasting::Step(_) | Lasting::Missing(_) if is_staging => self.staged = Some(at),
            _ => {}
        }
    }
}

impl<O: Observer> World<'_, O> {
    /// Draws how far a leg had come that goes on from its step `first` since a time, or since a pause after it (`pauses`). With the time at
    /// which they were due, its names too, of which there are so many.
    pub(super) fn reach(
        &mut self,
        leg: (usize, Side),
        first: u16,
        since: Time,
        names: Option<(Time, u32)>,
        pauses: bool,
    ) -> Reached {
        let mut course = self.course(leg, (since, self.now), names);
        self.add_names(&mut course, names);
        if pauses {
            self.add_pause(&mut course);
        }
        course.add(Stretch::Starts { since });
        self.add_steps(&mut course, first);
        if course.is_certain() && self.hour_of(&course).is_none() {
            return self.propose(&mut course, CELLS).0;
        }
        self.measure_waits(&mut course);
        for _ in 0..PROPOSALS {
            let (reached, stands) = self.propose(&mut course, 0);
            if stands {
                return reached;
            }
        }
        self.propose(&mut course, 0).0
    }

    /// Draws when both legs of a round began to move people at the same time, of which one came at a time and the other has not come: given
    /// that the first had not come just before, and that the other still has not.
    pub(super) fn began_together(&mut self, tranche: usize, pending: Side, came: Time) -> Time {
        let side = self.first_side(tranche);
        let ready = self.ready_since(tranche);
        let listed = self.plan.list.as_ref().map_or(Time::MIN, |_| self.rounds[tranche].list_at.min(came));
        let since = ready.max(listed).min(came);
        let mut course = self.course((tranche, side), (since, came), None);
        course.add(Stretch::Starts { since });
        self.add_steps(&mut course, 0);
        let is_certain = course.is_certain() && self.hour_of(&course).is_none();
        let from = if is_certain { CELLS } else { 0 };
        if !is_certain {
            self.measure_waits(&mut course);
        }
        for _ in 0..PROPOSALS {
            let (reached, stands) = self.propose(&mut course, from);
            if !matches!(reached.what, UnderWay::Moves(_)) || !stands {
                continue;
            }
            if is_certain || self.next(&mut course) < self.together(&course, pending, reached.since) {
                return reached.since;
            }
        }
        since
    }

    fn course(
        &self,
        (tranche, side): (usize, Side),
        (since, until): (Time, Time),
        names: Option<(Time, u32)>,
    ) -> Course {
        let from = names.map_or(since, |(due, _)| due).min(until);
        Course {
            tranche,
            side,
            from,
            until,
            cell: (until - from) as f64 / CELLS as f64,
            stretches: [Stretch::Moves; MOST],
            len: 0,
            moves: self.moving_step(tranche, side),
            drawn: 0,
            outlasts: [[f64::NAN; CELLS]; MOST],
            longer: [[0.0; CELLS + 1]; MOST],
        }
    }

    /// The first step of a leg in which people move: its number, and its place among the plan's steps.
    pub(super) fn moving_step(&self, tranche: usize, side: Side) -> (u16, usize) {
        let steps = self.plan.tranches[tranche].leg[side].steps;
        let moves = steps.range().find(|step| self.plan.steps[*step].transfer.is_some());
        let place = moves.unwrap_or(steps.from as usize);
        ((place - steps.from as usize) as u16, place)
    }

    // ---- what a leg goes through ----

    fn add_names(&self, course: &mut Course, names: Option<(Time, u32)>) {
        let (Some((_, number)), Some(list)) = (names, &self.plan.list) else { return };
        let late = self.plan.parties[self.plan.tranches[course.tranche].list_owner].list_late;
        // Late names may have opened a dispute, which would be on record.
        let (is_late, opens) = (
            late.map_or(0.0, |late| self.num(late.probability)),
            list.missed.map_or(0.0, |missed| self.num(missed.opens)),
        );
        course.add(Stretch::Lasts {
            what: Lasting::Names,
            chance: is_late * (1.0 - opens) / (1.0 - is_late * opens).max(f64::MIN_POSITIVE),
            takes: late.map(|late| late.by),
            pace: 1.0,
            silent: self.silence(course.tranche, 0, kind_bit(StepKind::List)),
            back: None,
        });
        let taken = list.refused.map_or(1.0, |refused| libm::pow(1.0 - self.num(refused), f64::from(number)));
        course.add(Stretch::Lasts {
            what: Lasting::Substitutes,
            chance: 1.0 - taken,
            takes: list.substitution,
            pace: 1.0,
            silent: 1.0,
            back: None,
        });
    }

    fn add_pause(&self, course: &mut Course) {
        let transfer = self.plan.steps[course.moves.1].transfer.as_deref();
        let takes = transfer.and_then(|transfer| transfer.turnaround.or(transfer.gap));
        let what = Lasting::Pause;
        course.add(Stretch::Lasts { what, chance: 1.0, takes, pace: 1.0, silent: 1.0, back: None });
    }

    /// The steps from one on up to the transfer; between them it can be held.
    fn add_steps(&self, course: &mut Course, first: u16) {
        let steps = self.plan.tranches[course.tranche].leg[course.side].steps;
        let pace = self.pace_of(course.tranche, course.side);
        let mut over = self.over_before(course.tranche, course.side, first);
        for number in first..course.moves.0 {
            let step = &self.plan.steps[steps.from as usize + number as usize];
            let silent = self.silence(course.tranche, over, kind_bit(step.kind));
            over |= kind_bit(step.kind);
            let missing = self.plan.list.as_ref().and_then(|list| list.missing);
            let missing = missing.filter(|_| step.kind == StepKind::Staging);
            let takes = Some(step.takes);
            let what = Lasting::Step(number);
            let at_its_end = if missing.is_some() { 1.0 } else { silent };
            let back = self.sent_back(course).filter(|_| step.repeats);
            course.add(Stretch::Lasts { what, chance: 1.0, takes, pace, silent: at_its_end, back });
            if let Some(missing) = missing {
                let (what, chance, takes) =
                    (Lasting::Missing(number), self.num(missing.probability), Some(missing.by));
                course.add(Stretch::Lasts { what, chance, takes, pace: 1.0, silent, back: None });
            }
            course.add(Stretch::Starts { since: Time::MIN });
        }
        if self.has_remains_to_locate(course.tranche, course.side) {
            course.add(Stretch::Located);
        }
        course.add(Stretch::Moves);
    }

    // ---- what would be on record ----

    /// Steps of a round that were over before a step of a leg, as bits of their kinds.
    fn over_before(&self, tranche: usize, side: Side, step: u16) -> u8 {
        let kinds = |side: Side, steps: usize| {
            let range = self.plan.tranches[tranche].leg[side].steps.range();
            range.take(steps).fold(0, |bits, step| bits | kind_bit(self.plan.steps[step].kind))
        };
        let names = if self.plan.list.is_some() { kind_bit(StepKind::List) } else { 0 };
        let is_second = self.legs[2 * tranche + other(side)].state == LegState::Done;
        let before = if is_second { kinds(other(side), usize::MAX) } else { 0 };
        names | before | kinds(side, step as usize)
    }

    /// How likely no fault was alleged at the end of a step, given that none was at those that are over.
    fn silence(&self, tranche: usize, over: u8, step: u8) -> f64 {
        let chance = |bits: u8| 1.0 - self.fault_chance(tranche, bits);
        chance(over | step) / chance(over).max(f64::MIN_POSITIVE)
    }

    /// Takes a leg to where it was reached: it goes on from there.
    pub(super) fn take_to(&mut self, tranche: usize, side: Side, reached: Reached) {
        let index = 2 * tranche + side;
        let age = (self.now - reached.since) as f64;
        let (step, age) = match reached.what {
            UnderWay::Lasts(Lasting::Step(step) | Lasting::Missing(step)) | UnderWay::Moves(step) => {
                (step, age)
            }
            UnderWay::Nothing(step) | UnderWay::Remains(step, _) | UnderWay::Hour(step, _) => (step, 0.0),
            UnderWay::Lasts(Lasting::Pause) => (self.moving_step(tranche, side).0, 0.0),
            UnderWay::Lasts(Lasting::Names | Lasting::Substitutes) => (0, 0.0),
        };
        self.legs[index].step = step;
        self.legs[index].age = age;
        self.legs[index].staged = reached.staged.unwrap_or(self.legs[index].staged);
        self.past.legs[index] = Waits {
            is_missing: matches!(reached.what, UnderWay::Lasts(Lasting::Missing(_))),
            located: match reached.what {
                UnderWay::Remains(_, time) => Some(time),
                UnderWay::Hour(..) | UnderWay::Moves(_) => Some(self.now),
                _ => None,
            },
            opens: match reached.what {
                UnderWay::Hour(_, time) => Some(time),
                _ => None,
            },
        };
        self.rounds[tranche].over |= match reached.what {
            UnderWay::Lasts(Lasting::Names) => 0,
            _ => self.over_before(tranche, side, step),
        };
    }
}

/// The bit of a kind of step.
pub(super) fn kind_bit(kind: StepKind) -> u8 {
    1 << kind as u8
}
