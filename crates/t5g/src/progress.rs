//! Shows how far runs are: a bar on a terminal, lines elsewhere. Everything on standard error.

use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use t5g_queue::{Launcher, RunId, RunView, Step};
use tokio::task::JoinHandle;

use crate::console;

/// How often a bar moves at most.
const REDRAW: Duration = Duration::from_millis(200);

/// Follows runs, one task each.
pub(crate) struct Watcher {
    launcher: Launcher,
    /// Several sources may be refreshed at once: a bar each, one below the other.
    bars: MultiProgress,
    followers: Mutex<Vec<JoinHandle<()>>>,
}

impl Watcher {
    /// Follows runs of that launcher.
    pub(crate) fn new(launcher: Launcher) -> Self {
        Self { launcher, bars: MultiProgress::new(), followers: Mutex::default() }
    }

    /// Shows that run until it ends.
    pub(crate) fn follow(&self, name: &str, run: RunId) {
        let bar = std::io::stderr().is_terminal().then(|| self.bars.add(bar(name)));
        let show = follow(self.launcher.clone(), name.to_owned(), run, bar);
        self.followers.lock().unwrap_or_else(PoisonError::into_inner).push(tokio::spawn(show));
    }

    /// Lets what is shown be shown to its end.
    pub(crate) async fn finish(self) {
        for follower in self.followers.into_inner().unwrap_or_else(PoisonError::into_inner) {
            // One that follows a run which was stopped meanwhile ends with it.
            if tokio::time::timeout(2 * REDRAW, follower).await.is_err() {
                tracing::debug!("a progress bar was left behind");
            }
        }
    }
}

async fn follow(launcher: Launcher, name: String, run: RunId, bar: Option<ProgressBar>) {
    let mut told = String::new();
    loop {
        match launcher.run(run).await {
            Ok(Some(view)) => {
                match &bar {
                    Some(bar) => draw(bar, &view.progress),
                    None => tell(&name, &view, &mut told),
                }
                if view.state.is_final() {
                    break;
                }
            }
            Ok(None) => break,
            Err(error) => tracing::debug!(%error, "how far it is cannot be seen now"),
        }
        tokio::time::sleep(REDRAW).await;
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

fn bar(name: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_prefix(name.to_owned());
    // The template is a literal that a test reads; without it the bar looks plain.
    if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
        bar.set_style(style);
    }
    bar
}

const TEMPLATE: &str = "{prefix:12} {elapsed:>4} {wide_bar} {pos}/{len} {msg:40!}";

fn draw(bar: &ProgressBar, step: &Step) {
    if let Some(total) = step.total {
        bar.set_length(total);
    }
    bar.set_position(step.done);
    bar.set_message(console::harmless(&step.message).replace(['\n', '\t'], " "));
}

/// A line for each new stretch of work.
fn tell(name: &str, view: &RunView, told: &mut String) {
    let message = &view.progress.message;
    if !message.is_empty() && message != told {
        told.clone_from(message);
        let total = view.progress.total.map(|total| format!(" ({total})")).unwrap_or_default();
        console::complain(&format!("{name}: {message}{total}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bars_template_can_be_read() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }
}
