//! A quantile function as a table of cubics, fine towards both ends.
//!
//! The distance of a word from the nearer end is split into octaves (by its leading zeros) and each octave into equal
//! segments (by the next bits). A segment holds a cubic through the exact quantile at t = 0, 1/3, 2/3, 1, checked at
//! t = 1/6 and 5/6, where the cubic's error is greatest. t itself has only 32 bits: a cubic whose slope is not below
//! [`LEAST_SLOPE`] then moves by more than its rounding error from one t to the next (the last addition, of c0, rounds
//! monotonely whatever its size), which makes the evaluated function monotone without any clamping.

use std::sync::Arc;

use super::guess::Trail;
use super::law::Distribution;
use super::mixture;
use super::prepared::Prepared;
use super::prob::Prob;

/// Octaves tabulated on each side; deeper words (about 1 in 2^20) are solved.
pub(super) const OCTAVES: usize = 20;
/// Segments in an octave.
pub(super) const SEGMENTS: usize = 16;
/// Cells on a side: the tabulated ones, and one octave of solved ones for all deeper words.
pub(super) const SIDE: usize = (OCTAVES + 1) * SEGMENTS;
/// Largest error of a cell, relative to the law's spread or the local change in an octave, whichever is larger; never
/// more than 10 times this relative to the value itself.
const TOLERANCE: f64 = 1e-6;
/// Least slope of a cubic over the size of its terms in t (2^-16): half a step of t, 2^-33, then moves it by 2^-49.
const LEAST_SLOPE: f64 = 1.0 / 65_536.0;
/// Bits of a word that count when it is solved: few enough that neighbours differ by more than the solver's noise.
const SOLVED_BITS: u32 = 38;

/// Coefficients c0..c3 of a cubic in t; a NaN in c3 says "solve". So aligned, no cell lies across two lines of the cache.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
pub(super) struct Cell(pub [f64; 4]);
/// The cells of a curve.
pub(super) type Table = [Cell; 2 * SIDE];
/// The cell of all words that are solved.
const SOLVE: Cell = Cell([0.0, 0.0, 0.0, f64::NAN]);

/// The table. The lower side comes first, each side from its middle (u = 1/2) outwards by octave. A clone shares it.
#[derive(Debug, Clone)]
pub(super) struct Curve {
    cells: Arc<Table>,
    /// The quantile at each cell's inner (t = 0) and outer ends, only for solving.
    ends: Arc<[(f64, f64)]>,
    /// Whether words beyond the table are interpolated between octaves, for either side.
    ladders: [bool; 2],
}

/// Where a word falls: the cell and the 32 bits of t.
#[inline]
fn locate(word: u64) -> (usize, u64) {
    let mirror = (word as i64 >> 63) as u64;
    let depth = word ^ mirror;
    // | 1: spares the case of zero, which is far below the table anyway.
    let zeros = (depth | 1).leading_zeros();
    let rest = depth << zeros << 1;
    let octave = (zeros as usize - 1).min(OCTAVES);
    let cell = (mirror as usize & SIDE) + octave * SEGMENTS + (rest >> 60) as usize;
    (cell, rest << 4 >> 32)
}

impl Curve {
    /// Tabulates the quantile of `law`.
    pub(super) fn new(law: &Distribution) -> Self {
        let mut table = Draft {
            cells: Box::new([SOLVE; 2 * SIDE]),
            ends: vec![(0.0, 0.0); 2 * SIDE].into(),
            ladders: [false; 2],
        };
        let spread = law.quantile(Prob::from_upper(0.25)) - law.quantile(Prob::from_lower(0.25));
        let inverse = Prepared::new(law);
        for upper in [false, true] {
            let side = Side { law, inverse: &inverse, upper, spread };
            side.fill(&mut table);
        }
        Self { cells: table.cells.into(), ends: table.ends.into(), ladders: table.ladders }
    }

    /// A table of any cells, for reading alone.
    #[cfg(all(test, target_arch = "x86_64"))]
    pub(super) fn of_cells(cells: Arc<Table>) -> Self {
        Self { cells, ends: Arc::new([]), ladders: [false; 2] }
    }

    /// Its cells.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn table(&self) -> &Table {
        &self.cells
    }

    /// The quantile at a word, or NaN where it has to be solved.
    #[inline]
    pub(super) fn at(&self, word: u64) -> f64 {
        let (cell, bits) = locate(word);
        let t = (bits as i64 as f64 + 0.5) * (1.0 / 4_294_967_296.0);
        let Cell(c) = &self.cells[cell];
        ((c[3] * t + c[2]) * t + c[1]) * t + c[0]
    }

    /// The quantiles at words, kept within bounds; false where one of them has to be solved, and then they are not to be used.
    #[inline]
    pub(super) fn at_all(&self, words: &[u64], bounds: (f64, f64), values: &mut [f64]) -> bool {
        #[cfg(target_arch = "x86_64")]
        if let Some(is_read_off) = super::lanes::read(&self.cells, bounds, words, values) {
            return is_read_off;
        }
        let mut is_read_off = true;
        for (value, word) in values.iter_mut().zip(words) {
            let read = self.at(*word);
            is_read_off &= !read.is_nan();
            *value = within(read, bounds);
        }
        is_read_off
    }

    /// The exact quantile at a word, kept within its cell.
    #[cold]
    #[inline(never)]
    pub(super) fn solve(&self, law: &Distribution, word: u64) -> f64 {
        let cell = locate(word).0;
        let (low, high) = self.ends[cell];
        let (upper, beyond) = (cell >= SIDE, cell % SIDE >= OCTAVES * SEGMENTS);
        if beyond && self.ladders[usize::from(upper)] {
            return ladder(law, upper, if upper { !word } else { word }).max(low).min(high);
        }
        let known = !beyond && matches!(law, Distribution::Mixture { .. });
        let p = coarse(word);
        let x = if known { mixture::quantile_within(law, p, low, high) } else { law.quantile(p) };
        x.max(low).min(high)
    }

    /// The share of words that have to be solved.
    pub(super) fn solved_share(&self) -> f64 {
        let octave = |cell: usize| ((cell % SIDE) / SEGMENTS) as i32;
        let weight = |cell: usize| libm::ldexp(1.0, -octave(cell) - 2) / SEGMENTS as f64;
        (0..2 * SIDE).filter(|c| self.cells[*c].0[3].is_nan()).map(weight).sum()
    }
}

/// Keeps a value within bounds, by one instruction each.
#[inline]
pub(super) fn within(value: f64, (min, max): (f64, f64)) -> f64 {
    let value = if value < min { min } else { value };
    if value > max { max } else { value }
}

/// The probability of a word with only its leading bits (counted from the nearer end) kept, and set to their middle.
fn coarse(word: u64) -> Prob {
    let mirror = (word as i64 >> 63) as u64;
    let depth = word ^ mirror;
    let lost = 64_u32.saturating_sub((depth | 1).leading_zeros() + SOLVED_BITS);
    let kept = if lost == 0 { depth } else { (depth >> lost << lost) | (1 << (lost - 1)) };
    Prob::from_word(kept ^ mirror)
}

/// A word beyond the table, `depth` words from its end: linear between the exact quantiles at the octave's ends, which
/// are forced into order from the outermost inwards. In total this touches one word in a million, so its cost (some
/// forty quantiles) and its error (a few per cent of the change in one octave) vanish.
fn ladder(law: &Distribution, upper: bool, depth: u64) -> f64 {
    let octave = 63 - (depth | 1).leading_zeros() as i32;
    let (low, high) = law.support();
    let rung = |from: f64, j: i32| {
        let share = libm::ldexp(1.0, j - 64);
        if upper {
            law.quantile(Prob::from_upper(share)).min(from)
        } else {
            law.quantile(Prob::from_lower(share)).max(from)
        }
    };
    let from = (0..=octave).fold(if upper { high } else { low }, rung);
    let to = rung(from, octave + 1);
    let t = libm::ldexp(depth as f64, -octave) - 1.0;
    let x = from + (to - from) * t.max(0.0);
    if upper { x.max(to) } else { x.min(to) }
}

/// A table that is being made.
struct Draft {
    cells: Box<[Cell; 2 * SIDE]>,
    ends: Box<[(f64, f64)]>,
    ladders: [bool; 2],
}

/// The building of one side.
struct Side<'a> {
    law: &'a Distribution,
    inverse: &'a Prepared<'a>,
    upper: bool,
    spread: f64,
}

impl Side<'_> {
    /// Fills all cells from the outermost inwards, so that each quantile is guessed from its outer neighbours.
    fn fill(&self, curve: &mut Draft) {
        let base = if self.upper { SIDE } else { 0 };
        let mut trail = Trail::default();
        let mut edge = self.exact(depth(OCTAVES - 1, 0, 0.0), &mut trail);
        self.bound_deep_cells(edge, &mut curve.ends[base + OCTAVES * SEGMENTS..base + SIDE]);
        curve.ladders[usize::from(self.upper)] = self.ends_at_a_bound(edge);
        for octave in (0..OCTAVES).rev() {
            for segment in 0..SEGMENTS {
                let values = self.nodes(octave, segment, edge, &mut trail);
                edge = values[3];
                let index = base + octave * SEGMENTS + segment;
                curve.ends[index] = (values[0].min(edge), values[0].max(edge));
                curve.cells[index] = self.cell(octave, segment, &values);
            }
        }
    }

    fn bound_deep_cells(&self, edge: f64, ends: &mut [(f64, f64)]) {
        let (low, high) = self.law.support();
        ends.fill(if self.upper { (edge, high) } else { (low, edge) });
    }

    /// Whether the last millionth of probability ends at a bound where the solver's rounding would show (a cut through
    /// a law's density, or a finite end all but reached): there order matters more than the last digits.
    fn ends_at_a_bound(&self, edge: f64) -> bool {
        let (low, high) = self.law.support();
        let end = if self.upper { high } else { low };
        let cut = match self.law {
            Distribution::Truncated { of, .. } => {
                let (wide_low, wide_high) = of.support();
                if self.upper { wide_high > high } else { wide_low < low }
            }
            _ => false,
        };
        cut || (end.is_finite() && (edge - end).abs() <= 1e-9 * end.abs())
    }

    /// The exact quantile at a depth (distance from this side's end), noted on the trail.
    fn exact(&self, depth: f64, trail: &mut Trail) -> f64 {
        if !self.inverse.searches() {
            return self.inverse.quantile(self.prob(depth), None);
        }
        let value = self.inverse.quantile(self.prob(depth), trail.at(depth));
        trail.push(depth, value);
        value
    }

    fn prob(&self, depth: f64) -> Prob {
        if self.upper { Prob::from_upper(depth) } else { Prob::from_lower(depth) }
    }

    /// The quantile at the four nodes of a segment, forced into order against the solver's rounding.
    fn nodes(&self, octave: usize, segment: usize, edge: f64, trail: &mut Trail) -> [f64; 4] {
        let mut values = [edge; 4];
        for j in 1..4 {
            let exact = self.exact(depth(octave, segment, j as f64 / 3.0), trail);
            values[j] = if self.upper { exact.min(values[j - 1]) } else { exact.max(values[j - 1]) };
        }
        values
    }

    /// A cubic, else a straight line, else "solve".
    fn cell(&self, octave: usize, segment: usize, values: &[f64; 4]) -> Cell {
        let candidates = [cubic(values).filter(is_steep), Some(line(values[0], values[3]))];
        let fits = |cell: &Cell| self.fits(octave, segment, values, cell);
        candidates.into_iter().flatten().find(fits).unwrap_or(SOLVE)
    }

    /// Whether the cell is near enough to the exact quantile where a cubic is worst.
    fn fits(&self, octave: usize, segment: usize, values: &[f64; 4], cell: &Cell) -> bool {
        let local = (values[3] - values[0]).abs() * SEGMENTS as f64;
        let size = values[0].abs().max(values[3].abs());
        let tolerance = TOLERANCE * local.max(self.spread).min(10.0 * size);
        [1.0 / 6.0, 5.0 / 6.0].into_iter().all(|t| {
            let value = evaluate(cell, t);
            let exact = self.inverse.quantile(self.prob(depth(octave, segment, t)), Some(value));
            (value - exact).abs() <= tolerance
        })
    }
}

/// Distance from the end at a place in a segment, as a probability: 2^-(octave + 2) (1 + (segment + t)/16).
fn depth(octave: usize, segment: usize, t: f64) -> f64 {
    libm::ldexp(1.0 + (segment as f64 + t) / SEGMENTS as f64, -(octave as i32) - 2)
}

fn evaluate(Cell(c): &Cell, t: f64) -> f64 {
    ((c[3] * t + c[2]) * t + c[1]) * t + c[0]
}

/// The cubic through four equally spaced values (Newton's forward differences, expanded).
fn cubic(v: &[f64; 4]) -> Option<Cell> {
    let (a, b, c) = (v[1] - v[0], v[2] - v[0], v[3] - v[0]);
    let cell = [v[0], 9.0 * a - 4.5 * b + c, 18.0 * b - 22.5 * a - 4.5 * c, 13.5 * (a - b) + 4.5 * c];
    cell.iter().all(|x| x.is_finite()).then_some(Cell(cell))
}

/// Whether the cubic's slope keeps one sign on [0, 1], far enough from zero to be safe from rounding.
fn is_steep(Cell(c): &Cell) -> bool {
    let slope = |t: f64| c[1] + (2.0 * c[2] + 3.0 * c[3] * t) * t;
    let turn = if c[3] == 0.0 { 0.0 } else { (-c[2] / (3.0 * c[3])).clamp(0.0, 1.0) };
    let slopes = [slope(0.0), slope(turn), slope(1.0)];
    let least = LEAST_SLOPE * (c[1].abs() + c[2].abs() + c[3].abs());
    least > 0.0 && (slopes.iter().all(|s| *s >= least) || slopes.iter().all(|s| *s <= -least))
}

/// A straight line; rounding is monotone, so it needs no slope, only not to pass its far end.
fn line(from: f64, to: f64) -> Cell {
    let mut rise = to - from;
    while (rise > 0.0 && from + rise > to) || (rise < 0.0 && from + rise < to) {
        rise *= 1.0 - f64::EPSILON;
    }
    Cell([from, rise, 0.0, 0.0])
}
