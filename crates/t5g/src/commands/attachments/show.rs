//! How far a file is: a bar on a terminal, a line now and then elsewhere.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

use super::fetch::Fetched;
use crate::console;

/// Bytes between two lines, where there is no bar.
const STRETCH: u64 = 128 << 20;
const TEMPLATE: &str = "{prefix:24!} {elapsed:>4} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";

/// Shows one file.
#[derive(Debug)]
pub(super) struct Show {
    name: String,
    size: Option<u64>,
    bar: Option<ProgressBar>,
    told: AtomicU64,
}

impl Show {
    pub(super) fn begin(name: &str, size: Option<u64>) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(size.unwrap_or(0)).with_prefix(console::harmless(name));
            // The template is a literal that a test reads; without it the bar looks plain.
            if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
                bar.set_style(style);
            }
            bar
        });
        Self { name: name.to_owned(), size, bar, told: AtomicU64::new(0) }
    }

    /// So many of its bytes are here.
    pub(super) fn at(&self, bytes: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(bytes);
        } else if bytes >= self.told.load(Ordering::Relaxed).saturating_add(STRETCH) {
            self.told.store(bytes, Ordering::Relaxed);
            let of = self.size.map(|size| format!(" of {size}")).unwrap_or_default();
            console::complain(&format!("{}: {bytes}{of} bytes", self.name));
        }
    }

    /// It goes on after this happened.
    pub(super) fn again(&self, why: &str) {
        let text = format!("{}: {why}; going on", self.name);
        match &self.bar {
            Some(bar) => bar.suspend(|| console::complain(&text)),
            None => console::complain(&text),
        }
    }

    pub(super) fn end(&self, result: &Result<Fetched>) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        match result {
            Ok(fetched) => console::complain(&format!("{}: {}", self.name, fetched.word())),
            Err(error) => console::complain(&format!("{}: {}", self.name, console::chain(error))),
        }
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
