//! Progress on standard error, on a terminal only.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::output::Output;
use crate::batch::parallel::Control;

/// Shows progress while `work` runs, where it may be shown.
pub(super) fn during<T: Send>(
    output: &Output,
    control: &Arc<Control>,
    total: u64,
    work: impl FnOnce() -> T + Send,
) -> T {
    if !output.shows_progress() {
        return work();
    }
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template(
        "{bar:30} {human_pos} of {human_len} replications, {per_sec}, {eta} left",
    ) {
        bar.set_style(style);
    }
    let result = std::thread::scope(|scope| {
        let task = scope.spawn(work);
        while !task.is_finished() {
            bar.set_position(control.done.load(Relaxed));
            std::thread::sleep(Duration::from_millis(50));
        }
        task.join()
    });
    bar.finish_and_clear();
    match result {
        Ok(value) => value,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
