//! Rows as NDJSON and CSV, written a few at a time as fast as the client takes them: however many there are, only
//! these few are in memory.

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt as _;
use serde_json::Value;

use super::collection::Collection;
use super::fields::{Fields, Picked, members};
use super::rows::Row;
use super::view::View;
use crate::api::accept::Format;
use crate::export::{csv, defused};
use crate::text::neutral;

/// Rows written at a time: about a millisecond of work.
const CHUNK: usize = 100;

/// What all chunks are written from.
struct Source<C: Collection> {
    format: Format,
    view: View,
    fields: Fields,
    places: Vec<C::Place>,
}

/// The answer's body.
pub(super) fn body<C: Collection>(format: Format, view: View, fields: Fields, places: Vec<C::Place>) -> Body {
    let head = match format {
        Format::Csv => csv_line(fields.names::<C::Row>().into_iter().map(str::to_owned)),
        _ => Vec::new(),
    };
    let source = Arc::new(Source::<C> { format, view, fields, places });
    let chunks = futures_util::stream::unfold((source, 0, head), |(source, begin, head)| async move {
        if begin >= source.places.len() && head.is_empty() {
            return None;
        }
        let end = (begin + CHUNK).min(source.places.len());
        // What cannot be written ends the answer before its end, so that nobody takes it for whole.
        let chunk = source.write(begin, end, head).map(Bytes::from);
        Some((chunk, (source, end, Vec::new())))
    });
    // What compresses it asks once more after the end.
    Body::from_stream(chunks.fuse())
}

impl<C: Collection> Source<C> {
    fn write(&self, begin: usize, end: usize, mut text: Vec<u8>) -> Result<Vec<u8>, serde_json::Error> {
        let places = self.places.get(begin..end).unwrap_or_default();
        let mut rows = places.iter().filter_map(|place| C::row(&self.view, place));
        rows.try_for_each(|row| line(self.format, &self.fields, &row, &mut text))?;
        Ok(text)
    }
}

/// Rows that are all here already, as one text.
pub(super) fn whole<R: Row>(
    format: Format,
    fields: &Fields,
    rows: &[R],
) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = match format {
        Format::Csv => csv_line(fields.names::<R>().into_iter().map(str::to_owned)),
        _ => Vec::new(),
    };
    rows.iter().try_for_each(|row| line(format, fields, row, &mut text))?;
    Ok(text)
}

fn line<R: Row>(
    format: Format,
    fields: &Fields,
    row: &R,
    out: &mut Vec<u8>,
) -> Result<(), serde_json::Error> {
    if format == Format::Csv {
        let members = members(row)?;
        csv(out, fields.names::<R>().iter().map(|name| cell(members.get(*name))));
    } else {
        serde_json::to_writer(&mut *out, &Picked { row, fields })?;
        out.push(b'\n');
    }
    Ok(())
}

fn csv_line(cells: impl Iterator<Item = String>) -> Vec<u8> {
    let mut line = Vec::new();
    csv(&mut line, cells);
    line
}

/// A value as one cell.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => defused(text),
        Some(Value::Array(items)) => {
            let all: Vec<_> = items
                .iter()
                .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
                .collect();
            defused(&all.join("; "))
        }
        // A number may begin as a formula does.
        Some(other) => neutral(&other.to_string()).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formula_begins_in_one() {
        let cells = [
            json!("a"),
            json!(null),
            json!(-3),
            json!("=1+1"),
            json!("say \"x\", twice\n"),
            json!(["@a", "b"]),
        ];
        let line = csv_line(cells.iter().map(|value| cell(Some(value))));
        assert_eq!(line, b"a,,-3,'=1+1,\"say \"\"x\"\", twice\n\",\"'@a; b\"\r\n");
    }
}
