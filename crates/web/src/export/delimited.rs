//! CSV as RFC 4180 has it, and TSV for the clipboard. Spreadsheets take a cell that begins like a formula for one and
//! run it; such cells of text from outside get an apostrophe in front, which spreadsheets show as text.

use crate::export::Cell;
use crate::text::neutral;

/// What a formula, or what a spreadsheet makes one of, begins with. Wide forms count: some programs fold them.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The text with nothing in it that a spreadsheet would run, or a terminal obey on which the file is printed.
pub(crate) fn defused(text: &str) -> String {
    let text = neutral(text).into_owned();
    // Blanks in front are dropped by some programs before they look.
    if text.trim_start_matches(' ').starts_with(FORMULA) { format!("'{text}") } else { text }
}

fn words(cell: &Cell) -> String {
    if cell.is_ours() { cell.words() } else { defused(&cell.words()) }
}

pub(super) fn csv_heading<'a>(out: &mut Vec<u8>, headings: impl Iterator<Item = &'a str>) {
    csv(out, headings.map(str::to_owned));
}

pub(super) fn csv_row(out: &mut Vec<u8>, cells: &[Cell]) {
    csv(out, cells.iter().map(words));
}

/// A line of CSV; its texts were defused.
pub(crate) fn csv(out: &mut Vec<u8>, cells: impl Iterator<Item = String>) {
    for (place, text) in cells.enumerate() {
        if place > 0 {
            out.push(b',');
        }
        // A semicolon or tab separates cells where the reader's country has it so.
        if text.contains(['"', ',', ';', '\t', '\r', '\n']) {
            out.push(b'"');
            out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(text.as_bytes());
        }
    }
    out.extend_from_slice(b"\r\n");
}

pub(super) fn tsv_heading<'a>(out: &mut Vec<u8>, headings: impl Iterator<Item = &'a str>) {
    tsv(out, headings.map(str::to_owned));
}

pub(super) fn tsv_row(out: &mut Vec<u8>, cells: &[Cell]) {
    tsv(out, cells.iter().map(words));
}

/// Has no quotes: what would separate becomes a blank.
fn tsv(out: &mut Vec<u8>, cells: impl Iterator<Item = String>) {
    let cells: Vec<_> = cells.map(|text| text.replace(['\t', '\r', '\n'], " ")).collect();
    out.extend_from_slice(cells.join("\t").as_bytes());
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> String {
        let mut out = Vec::new();
        csv_row(&mut out, &[Cell::text(text)]);
        String::from_utf8(out).unwrap().trim_end_matches("\r\n").to_owned()
    }

    #[test]
    fn what_begins_like_a_formula_is_text() {
        for (text, wanted) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1", "'+1"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("  =1", "'  =1"),
            ("＝1", "'＝1"),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
        ] {
            assert_eq!(line(text), wanted, "{text:?}");
        }
        assert_eq!(line("a=b"), "a=b");
        let mut out = Vec::new();
        csv_row(&mut out, &[Cell::Number(-5), Cell::List(vec!["=1".to_owned(), "b".to_owned()])]);
        assert_eq!(out, b"-5,\"'=1; b\"\r\n");
    }

    #[test]
    fn what_a_terminal_obeys_is_taken_out() {
        assert_eq!(
            line("a\u{1b}]0 x\u{7}\u{9b}2J\u{202e}b\u{0}"),
            "a\u{fffd}]0 x\u{fffd}\u{fffd}2J\u{fffd}b\u{fffd}"
        );
        let mut out = Vec::new();
        tsv_row(&mut out, &[Cell::text("\u{1b}[2J=1")]);
        assert_eq!(out, "\u{fffd}[2J=1\n".as_bytes());
    }

    #[test]
    fn quotes_and_line_ends_stay_inside_their_cell() {
        assert_eq!(line("a\"b\r\nc,d"), "\"a\"\"b\r\nc,d\"");
        let mut out = Vec::new();
        tsv_row(&mut out, &[Cell::text("a\tb\r\nc"), Cell::text("\"d\"")]);
        assert_eq!(out, b"a b  c\t\"d\"\n");
    }
}
