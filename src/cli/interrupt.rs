//! Ctrl-C: the first asks the batch to stop after the chunks under way, the second ends the program at once. What was kept by then
//! can be gone on with either way.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::progress::Live;

pub(super) fn watch(live: &Arc<Live>) {
    let live = Arc::clone(live);
    // Where no handler can be set the default stays: the program ends at once.
    let _ = ctrlc::set_handler(move || {
        if live.control.stop.swap(true, Relaxed) {
            std::process::exit(130);
        }
    });
}
