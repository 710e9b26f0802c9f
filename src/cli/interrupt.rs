//! Ctrl-C: the first asks the batch to stop after the chunks under way, the second ends the program at once.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use crate::batch::parallel::Control;

pub(super) fn watch(control: &Arc<Control>) {
    let control = Arc::clone(control);
    // Where no handler can be set the default stays: the program ends at once.
    let _ = ctrlc::set_handler(move || {
        if control.stop.swap(true, Relaxed) {
            super::save::discard_begun();
            std::process::exit(130);
        }
    });
}
