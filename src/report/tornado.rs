//! Tornado charts in text: one line a parameter, the longest bars on top.

/// Columns of the longest bar, or of both halves together.
const WIDTH: usize = 40;

/// A bar of two parts of a whole, both from the left: the first filled, the rest hollow. Sizes are on the scale of `longest`;
/// what is below zero shows nothing.
pub fn nested(inner: f64, outer: f64, longest: f64) -> String {
    let columns = |size: f64| scaled(size, longest, WIDTH);
    let filled = columns(inner);
    let hollow = columns(outer).saturating_sub(filled);
    format!("|{}{}", "#".repeat(filled), "-".repeat(hollow))
}

/// A bar around zero: what falls to the left, what rises to the right. Both are sizes, on the scale of `longest`.
pub fn centred(falls: f64, rises: f64, longest: f64) -> String {
    let half = WIDTH / 2;
    let columns = |size: f64| scaled(size, longest, half);
    let left = format!("{}{}", " ".repeat(half - columns(falls)), "#".repeat(columns(falls)));
    format!("{left}|{}", "#".repeat(columns(rises)))
}

/// So many of `most` columns; anything above zero that is worth a quarter of one shows.
fn scaled(size: f64, longest: f64, most: usize) -> usize {
    let share = size / longest;
    if share.is_finite() && share > 0.0 { ((share * most as f64 + 0.75) as usize).min(most) } else { 0 }
}

/// The places of figures from the largest down; equal ones stay in order, and what is no number comes last.
pub fn order(figures: &[f64]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..figures.len()).collect();
    let key = |place: usize| if figures[place].is_nan() { f64::NEG_INFINITY } else { figures[place] };
    places.sort_by(|a, b| key(*b).total_cmp(&key(*a)));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_figures() {
        assert_eq!(nested(0.5, 1.0, 1.0), format!("|{}{}", "#".repeat(20), "-".repeat(20)));
        assert_eq!(nested(-0.1, 0.0, 1.0), "|");
        assert_eq!(nested(0.1, 0.0, 0.0), "|");
        assert_eq!(nested(f64::NAN, f64::NAN, 1.0), "|");
        assert_eq!(centred(1.0, 0.5, 1.0), format!("{}|{}", "#".repeat(20), "#".repeat(10)));
        assert_eq!(centred(0.0, 0.0, 1.0), format!("{}|", " ".repeat(20)));
    }

    #[test]
    fn the_largest_comes_first() {
        assert_eq!(order(&[0.1, f64::NAN, 0.7, -0.2]), [2, 0, 3, 1]);
    }
}
