//! Prints the digests.

fn main() {
    print!("{}", portability::digests());
}
