//! The order in which the cells of a sweep run: in passes, so that whenever it stops every cell has come about equally far.

/// Below so many replications a cell runs in one go.
const AT_ONCE: u64 = 512;

/// How far every cell is brought by each pass: an eighth, a quarter, a half and all of its replications. Stopped in the midst of a pass, no
/// cell has more than twice the replications of another, once the first pass is through. Each pass costs a file a cell.
pub fn passes(replications: u64) -> Vec<u64> {
    if replications <= AT_ONCE {
        return vec![replications];
    }
    vec![replications / 8, replications / 4, replications / 2, replications]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_end_with_the_whole_and_never_go_back() {
        for replications in [1, 511, 512, 513, 1_000, 1 << 40] {
            let passes = passes(replications);
            assert_eq!(passes.last(), Some(&replications));
            assert!(passes.windows(2).all(|pair| pair[0] < pair[1] && pair[1] <= 2 * pair[0] + 2));
        }
    }
}
