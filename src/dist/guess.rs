//! First guesses for a row of neighbouring quantiles.

/// How many known points the extrapolation uses.
const KEPT: usize = 5;

/// The last few known (abscissa, value) pairs, extrapolated by Lagrange's polynomial in Newton's divided differences.
#[derive(Debug, Default)]
pub(super) struct Trail {
    /// Newest first.
    known: Vec<(f64, f64)>,
}

impl Trail {
    /// Notes one more point; abscissas must differ.
    pub(super) fn push(&mut self, x: f64, value: f64) {
        self.known.truncate(KEPT - 1);
        self.known.insert(0, (x, value));
    }

    /// The extrapolated value at `x`, once enough points are known.
    pub(super) fn at(&self, x: f64) -> Option<f64> {
        if self.known.len() < KEPT {
            return None;
        }
        // Neville's scheme, in place.
        let mut row: [f64; KEPT] = std::array::from_fn(|i| self.known[i].1);
        for span in 1..KEPT {
            for i in 0..KEPT - span {
                let (near, far) = (self.known[i].0, self.known[i + span].0);
                row[i] = ((x - far) * row[i] - (x - near) * row[i + 1]) / (near - far);
            }
        }
        Some(row[0])
    }
}
