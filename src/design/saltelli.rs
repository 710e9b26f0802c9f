//! The points from which Sobol's indices are estimated (Saltelli and others 2010, "Variance based sensitivity analysis of model
//! output", Computer Physics Communications 181): each row is two points A and B of one scrambled Sobol point of twice as many
//! coordinates, and for every input i the point A with its i-th coordinate from B.
//!
//! A row has a dummy input too, a coordinate that nothing reads. Its point is A with another dummy, which is A itself; so it is
//! reckoned with but not run again.

use super::sobol::Scramble;

/// The coordinates of a point, by its number: rows in order, and in each A, B, then one an input.
///
/// # Panics
/// Where the scramble does not reach so far.
pub fn point(scramble: &Scramble, inputs: usize, number: usize) -> Vec<f64> {
    let (row, which) = ((number / (inputs + 2)) as u64, number % (inputs + 2));
    let coordinate = |input: usize| {
        let is_from_b = which == 1 || which == input + 2;
        scramble.at(row, if is_from_b { inputs + input } else { input })
    };
    (0..inputs).map(coordinate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_point_after_the_first_two_differs_from_the_first_in_one_coordinate() {
        let scramble = Scramble::new(1, 0);
        for row in 0..16 {
            let at = |which| point(&scramble, 3, 5 * row + which);
            let (a, b) = (at(0), at(1));
            for input in 0..3 {
                let mut mixed = a.clone();
                mixed[input] = b[input];
                assert_eq!(at(2 + input), mixed);
            }
        }
    }
}
