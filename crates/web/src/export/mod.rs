//! Rows as files: CSV, TSV, JSON, JSON lines, Markdown. Pure: typed cells in, bytes out, one row at a time, so that
//! whoever sends them needs memory for one piece only. Knows no card and no request.

mod cell;
mod delimited;
mod format;
mod json;
mod markdown;

use std::io;

use bytes::Bytes;

pub(crate) use cell::Cell;
pub(crate) use delimited::{csv, defused};
pub(crate) use format::Format;

/// How much is put together before it is handed on, in bytes.
const PIECE: usize = 32 * 1024;

/// A column of the file: its key for programs, its heading for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    /// As JSON names it.
    pub(crate) key: &'static str,
    /// As tables head it.
    pub(crate) heading: &'static str,
}

/// Writes rows in one format.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    format: Format,
    fields: Vec<Field>,
    rows: usize,
}

impl Writer {
    /// For rows with these columns.
    pub(crate) fn new(format: Format, fields: Vec<Field>) -> Self {
        Self { format, fields, rows: 0 }
    }

    /// What stands before the first row.
    pub(crate) fn begin(&self, out: &mut Vec<u8>) {
        let headings = || self.fields.iter().map(|field| field.heading);
        match self.format {
            Format::Csv => delimited::csv_heading(out, headings()),
            Format::Tsv => delimited::tsv_heading(out, headings()),
            Format::Json => out.extend_from_slice(b"["),
            Format::Ndjson => {}
            Format::Markdown => markdown::heading(out, headings()),
        }
    }

    /// The next row: a cell for each column.
    pub(crate) fn row(&mut self, out: &mut Vec<u8>, cells: &[Cell]) -> io::Result<()> {
        match self.format {
            Format::Csv => delimited::csv_row(out, cells),
            Format::Tsv => delimited::tsv_row(out, cells),
            Format::Json => {
                out.extend_from_slice(if self.rows == 0 { b"\n" } else { b",\n" });
                json::object(out, &self.fields, cells)?;
            }
            Format::Ndjson => {
                json::object(out, &self.fields, cells)?;
                out.push(b'\n');
            }
            Format::Markdown => markdown::row(out, cells),
        }
        self.rows += 1;
        Ok(())
    }

    /// What stands after the last row.
    pub(crate) fn end(&self, out: &mut Vec<u8>) {
        if self.format == Format::Json {
            out.extend_from_slice(if self.rows == 0 { b"]\n" } else { b"\n]\n" });
        }
    }

    /// The whole file, piece by piece; rows are asked for only when their piece is.
    pub(crate) fn pieces<R>(self, rows: R) -> impl Iterator<Item = io::Result<Bytes>>
    where
        R: Iterator<Item = Vec<Cell>>,
    {
        Pieces { writer: self, rows, state: State::Begin }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Begin,
    Rows,
    Over,
}

struct Pieces<R> {
    writer: Writer,
    rows: R,
    state: State,
}

impl<R: Iterator<Item = Vec<Cell>>> Iterator for Pieces<R> {
    type Item = io::Result<Bytes>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::Over {
            return None;
        }
        let mut out = Vec::with_capacity(PIECE + 4_096);
        if self.state == State::Begin {
            self.writer.begin(&mut out);
            self.state = State::Rows;
        }
        while out.len() < PIECE {
            let Some(cells) = self.rows.next() else {
                self.writer.end(&mut out);
                self.state = State::Over;
                break;
            };
            if let Err(error) = self.writer.row(&mut out, &cells) {
                self.state = State::Over;
                return Some(Err(error));
            }
        }
        (!out.is_empty()).then(|| Ok(out.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [Field; 2] = [Field { key: "a", heading: "A, a" }, Field { key: "b", heading: "B|b" }];

    fn file(format: Format, rows: Vec<Vec<Cell>>) -> String {
        let pieces = Writer::new(format, FIELDS.to_vec()).pieces(rows.into_iter());
        let bytes: Vec<u8> = pieces.flat_map(|piece| piece.unwrap().to_vec()).collect();
        String::from_utf8(bytes).unwrap()
    }

    fn two() -> Vec<Vec<Cell>> {
        vec![
            vec![Cell::text("=1+1"), Cell::Number(-3)],
            vec![Cell::Missing, Cell::link("x|y", Some("https://example.com/(1)".to_owned()))],
        ]
    }

    #[test]
    fn each_format_says_the_same_rows() {
        assert_eq!(file(Format::Csv, two()), "\"A, a\",B|b\r\n'=1+1,-3\r\n,x|y\r\n");
        assert_eq!(file(Format::Tsv, two()), "A, a\tB|b\n'=1+1\t-3\n\tx|y\n");
        assert_eq!(
            file(Format::Json, two()),
            "[\n{\"a\":\"=1+1\",\"b\":-3},\n{\"a\":null,\"b\":\"x|y\"}\n]\n"
        );
        assert_eq!(file(Format::Ndjson, two()), "{\"a\":\"=1+1\",\"b\":-3}\n{\"a\":null,\"b\":\"x|y\"}\n");
        assert_eq!(
            file(Format::Markdown, two()),
            "| A, a | B\\|b |\n| --- | --- |\n| \\=1\\+1 | -3 |\n| — | [x\\|y](<https://example.com/(1)>) |\n"
        );
    }

    #[test]
    fn a_file_without_rows_is_whole() {
        assert_eq!(file(Format::Json, Vec::new()), "[]\n");
        assert_eq!(file(Format::Ndjson, Vec::new()), "");
        assert_eq!(file(Format::Csv, Vec::new()), "\"A, a\",B|b\r\n");
    }

    #[test]
    fn pieces_stay_small_however_many_rows_there_are() {
        let rows = (0..5_000).map(|n| vec![Cell::Number(n), Cell::text("x".repeat(100))]);
        let writer = Writer::new(Format::Csv, FIELDS.to_vec());
        let sizes: Vec<_> = writer.pieces(rows).map(|piece| piece.unwrap().len()).collect();
        assert!(sizes.len() > 10, "{sizes:?}");
        assert!(sizes.iter().all(|size| *size < PIECE + 200), "{sizes:?}");
    }
}
