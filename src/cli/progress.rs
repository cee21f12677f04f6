//! A progress bar on stderr.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Frames done, rate and time left; nothing where there is no terminal.
#[derive(Debug)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new(is_shown: bool) -> Self {
        let target = if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        // The template is fixed; were it wrong, indicatif's own would do.
        let template = "{msg}{wide_bar} {pos}/{len} frames, {per_sec}, {eta} left";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.with_key("per_sec", |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = write!(out, "{:.1} frames/s", state.per_sec());
        }));
        Self(bar)
    }

    /// So many more are done.
    pub(super) fn advance(&self, more: usize) {
        self.0.inc(more as u64);
    }

    /// What is being done at this moment.
    pub(super) fn say(&self, what: String) {
        self.0.set_message(what + " ");
    }

    /// Says something without the bar in its way.
    pub(super) fn above(&self, say: impl FnOnce()) {
        self.0.suspend(say);
    }

    /// Bytes done, rate and time left.
    pub(super) fn bytes(is_shown: bool) -> Self {
        let progress = Self::new(is_shown);
        let template = "{wide_bar} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        progress.0.set_style(style);
        progress
    }

    pub(super) fn set(&self, done: usize, total: usize) {
        self.0.set_length(total as u64);
        self.0.set_position(done as u64);
    }
}

impl Drop for Progress {
    /// The bar is gone before results and errors are printed.
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
