//! Digests of three shipped scenarios, from the portable library alone: no threads, files or clocks.

use std::fmt::Write;
use std::sync::LazyLock;

use handover::batch::Worker;
use handover::scenario::load::load;
use handover::scenario::source::Sources;

/// As in `tests/golden/digests.txt`.
const REPLICATIONS: u64 = 500;
const SEED: u64 = 1;

const SCENARIOS: [(&str, &str); 3] = [
    ("analytic-truce.toml", include_str!("../../../scenarios/analytic-truce.toml")),
    ("gaza-2025-phase-one.toml", include_str!("../../../scenarios/gaza-2025-phase-one.toml")),
    ("reference-r0.toml", include_str!("../../../scenarios/reference-r0.toml")),
];

static DIGESTS: LazyLock<String> = LazyLock::new(|| {
    let mut lines = String::new();
    for (name, text) in SCENARIOS {
        // Writing to a string cannot fail.
        let _ = match digest(name, text) {
            Ok(digest) => writeln!(lines, "{name} {digest}"),
            Err(faults) => writeln!(lines, "{name} does not load:\n{faults}"),
        };
    }
    lines
});

fn digest(name: &str, text: &str) -> Result<String, String> {
    let mut sources = Sources::from_text(name, text);
    let loaded = load(&mut sources, None, &[]).map_err(|faults| faults.render(&sources, false))?;
    let mut worker = Worker::new(&loaded.plan, SEED);
    worker.run(0..REPLICATIONS);
    Ok(worker.into_sample().summary.digest().to_string())
}

/// A line `name digest` for every scenario.
pub fn digests() -> &'static str {
    &DIGESTS
}

/// Where the text of [`digests`] starts in memory, for a host that is not written in Rust.
#[unsafe(no_mangle)]
pub extern "C" fn digests_start() -> *const u8 {
    digests().as_ptr()
}

/// How many bytes it has.
#[unsafe(no_mangle)]
pub extern "C" fn digests_length() -> usize {
    digests().len()
}
