//! What people see: data on standard output, everything else on standard error. Text from outside is made
//! harmless for terminals here.

use std::io::{self, Write};

use anyhow::Result;
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

/// Prints data, as it is.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Prints a value as JSON.
pub(crate) fn print_json(value: &impl Serialize) -> Result<()> {
    print(&(serde_json::to_string_pretty(value)? + "\n"))
}

/// Tells something on standard error, terminal escapes taken out. If even that is gone, nobody can be told.
pub(crate) fn complain(text: &str) {
    if writeln!(io::stderr().lock(), "{}", harmless(text)).is_err() {
        tracing::debug!("standard error is closed");
    }
}

/// The text without what a terminal would obey: control characters (new lines and tabs stay), and marks that
/// turn the direction of writing around.
pub(crate) fn harmless(text: &str) -> String {
    let obeyed = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
    };
    text.chars().map(|c| if obeyed(c) { '\u{fffd}' } else { c }).collect()
}

/// The error and its causes in one line. A cause that the error before it quotes already is not said again.
pub(crate) fn chain(error: &anyhow::Error) -> String {
    let mut told: Vec<String> = Vec::new();
    for cause in error.chain().map(ToString::to_string) {
        if !told.last().is_some_and(|before| before.contains(&cause)) {
            told.push(cause);
        }
    }
    told.join(": ")
}

/// Lines of cells, each column as wide as its widest cell on a terminal, where some characters take two places.
pub(crate) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let rows: Vec<[String; N]> =
        rows.iter().map(|row| row.clone().map(|cell| harmless(&cell).replace(['\n', '\t'], " "))).collect();
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    let line = |row: &[String; N]| {
        let padded = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width.saturating_sub(cell.width()))));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

/// Whether the reader of our output went away.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_taken_out() {
        assert_eq!(
            harmless("a\u{1b}]0;x\u{7}b\u{9b}2J\u{202e}c\r\nd\té"),
            "a\u{fffd}]0;x\u{fffd}b\u{fffd}2J\u{fffd}c\u{fffd}\nd\té"
        );
    }

    #[test]
    fn a_cause_is_told_once() {
        let error = anyhow::anyhow!("refused").context("no connection: refused").context("not started");
        assert_eq!(chain(&error), "not started: no connection: refused");
    }

    #[test]
    fn columns_line_up_and_no_cell_breaks_its_line() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        assert_eq!(table(&[row("é", "x"), row("long", "y\nz")]), "é     x\nlong  y z\n");
        assert_eq!(table(&[row("日本", "x"), row("long", "y")]), "日本  x\nlong  y\n");
    }
}
