//! A row as a JSON object, members in the order of the columns.

use std::io;

use crate::export::cell::iso;
use crate::export::{Cell, Field};

pub(super) fn object(out: &mut Vec<u8>, fields: &[Field], cells: &[Cell]) -> io::Result<()> {
    out.push(b'{');
    for (place, (field, cell)) in fields.iter().zip(cells).enumerate() {
        if place > 0 {
            out.push(b',');
        }
        serde_json::to_writer(&mut *out, field.key)?;
        out.push(b':');
        value(out, cell)?;
    }
    out.push(b'}');
    Ok(())
}

fn value(out: &mut Vec<u8>, cell: &Cell) -> io::Result<()> {
    match cell {
        Cell::Missing => out.extend_from_slice(b"null"),
        Cell::Text(text) | Cell::Link { words: text, .. } => serde_json::to_writer(out, text)?,
        Cell::Number(number) => serde_json::to_writer(out, number)?,
        Cell::Flag(flag) => serde_json::to_writer(out, flag)?,
        Cell::Time(at) => serde_json::to_writer(out, &iso(*at))?,
        Cell::List(texts) => serde_json::to_writer(out, texts)?,
    }
    Ok(())
}
