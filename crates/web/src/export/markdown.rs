//! A Markdown table. Text from outside stays text: no markup, no line of its own, no turned writing direction.

use crate::export::Cell;

/// Punctuation that means something to Markdown or to what reads Markdown.
const SPECIAL: &str = "\\`*_{}[]()#+!|~$=^@:";

pub(super) fn heading<'a>(out: &mut Vec<u8>, headings: impl Iterator<Item = &'a str>) {
    let cells: Vec<_> = headings.map(|heading| heading.replace('|', "\\|")).collect();
    line(out, &cells);
    line(out, &vec!["---".to_owned(); cells.len()]);
}

pub(super) fn row(out: &mut Vec<u8>, cells: &[Cell]) {
    line(out, &cells.iter().map(cell).collect::<Vec<_>>());
}

fn line(out: &mut Vec<u8>, cells: &[String]) {
    out.extend_from_slice(b"| ");
    out.extend_from_slice(cells.join(" | ").as_bytes());
    out.extend_from_slice(b" |\n");
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Missing => "—".to_owned(),
        Cell::Link { words, to } => format!("[{}](<{}>)", escaped(words), address(to)),
        ours if ours.is_ours() => ours.words(),
        other => escaped(&other.words()),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for next in text.chars() {
        match next {
            _ if turns(next) => {}
            _ if next.is_whitespace() || next.is_control() => out.push(' '),
            // Also for readers that know tags and no escapes.
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            _ if SPECIAL.contains(next) => out.extend(['\\', next]),
            _ => out.push(next),
        }
    }
    out
}

/// Whether it changes the direction of what follows, beyond its own cell.
const fn turns(next: char) -> bool {
    matches!(next, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// An address between `<` and `>`; what would end it, or the cell, is written in percent.
fn address(to: &str) -> String {
    let mut out = String::with_capacity(to.len());
    for next in to.chars() {
        match next {
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '|' => out.push_str("%7C"),
            '\\' => out.push_str("%5C"),
            _ if next.is_control() || next.is_whitespace() => out.push_str("%20"),
            _ => out.push(next),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_stays_text_and_a_row_stays_a_line() {
        let mut out = Vec::new();
        let hostile = "<img src=x onerror=1>|\n# [x](javascript:1) `c` \u{202e}rtl \u{0}*b*";
        row(&mut out, &[Cell::text(hostile), Cell::link("a]b", Some("https://x.example/> |".to_owned()))]);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "| &lt;img src\\=x onerror\\=1&gt;\\| \\# \\[x\\]\\(javascript\\:1\\) \\`c\\` rtl  \\*b\\* | [a\\]b](<https://x.example/%3E%20%7C>) |\n"
        );
    }
}
