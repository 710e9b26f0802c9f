//! Progress on standard error, on a terminal only.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressState, ProgressStyle};

use super::output::Output;
use crate::batch::parallel::Control;

/// What a run tells while it is under way.
#[derive(Debug, Default)]
pub(super) struct Live {
    /// How far it is, and whether it shall stop.
    pub(super) control: Control,
    /// The precision so far, in words.
    headline: Mutex<String>,
}

impl Live {
    /// Tells the precision so far.
    pub(super) fn tell(&self, headline: Option<String>) {
        *self.headline.lock().unwrap_or_else(PoisonError::into_inner) = headline.unwrap_or_default();
    }

    fn headline(&self) -> String {
        self.headline.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Shows progress while `work` runs, where it may be shown.
pub(super) fn during<T: Send>(
    output: &Output,
    live: &Live,
    total: u64,
    work: impl FnOnce() -> T + Send,
) -> T {
    if !output.shows_progress() {
        return work();
    }
    let bar = ProgressBar::new(total).with_position(live.control.done.load(Relaxed));
    // Rate and time left count from here, not from what an earlier process did.
    bar.reset_eta();
    let style = "{bar:30} {human_pos} of {human_len} replications, {speed}, {eta} left{msg}";
    if let Ok(style) = ProgressStyle::with_template(style) {
        // Whole replications: a rate with four decimals tells nobody more.
        let speed = |state: &ProgressState, text: &mut dyn std::fmt::Write| {
            let _ = write!(text, "{}/s", HumanCount(state.per_sec() as u64));
        };
        bar.set_style(style.with_key("speed", speed));
    }
    let result = std::thread::scope(|scope| {
        let task = scope.spawn(work);
        while !task.is_finished() {
            bar.set_position(live.control.done.load(Relaxed));
            let headline = live.headline();
            bar.set_message(if headline.is_empty() { headline } else { format!("; {headline}") });
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
