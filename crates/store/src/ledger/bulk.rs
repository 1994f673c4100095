//! Statements with many parameters, and bounds for text from outside. Knows no table.

use std::fmt::Write as _;

use sqlx::AssertSqlSafe;

use super::{Arg, Tx};
use crate::StoreError;

/// Parameters of one statement; PostgreSQL allows 65,535, SQLite 32,766.
pub(crate) const MAX_PARAMETERS: usize = 2_000;

/// Inserts rows of `WIDTH` columns, many a statement: `head` comes before the values, `tail` after them.
pub async fn insert<const WIDTH: usize>(
    tx: &mut Tx,
    head: &'static str,
    rows: Vec<[Arg; WIDTH]>,
    tail: &'static str,
) -> Result<(), StoreError> {
    for chunk in rows.chunks((MAX_PARAMETERS / WIDTH).max(1)) {
        // Only our own words and numbers: nothing from outside becomes SQL.
        let sql = AssertSqlSafe(format!("{head} VALUES {} {tail}", rows_of_places(chunk.len(), WIDTH)));
        tx.execute(sql, &chunk.concat()).await?;
    }
    Ok(())
}

/// `$3,$4` for two parameters of which the first is the third.
pub fn places(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(",")
}

/// `($1,$2),($3,$4)` for two rows of two.
fn rows_of_places(rows: usize, width: usize) -> String {
    let mut text = String::with_capacity(rows * width * 6);
    for parameter in 0..rows * width {
        let lead = match (parameter, parameter % width) {
            (0, _) => "(",
            (_, 0) => "),(",
            _ => ",",
        };
        // Writing to a string cannot fail.
        write!(text, "{lead}${}", parameter + 1).unwrap_or_default();
    }
    text + ")"
}

/// The text's first `limit` bytes, whole characters; an ellipsis says that something was cut.
pub fn bounded(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(limit);
    format!("{}…", text.get(..end).unwrap_or_default())
}

/// The text without control characters and marks that turn the direction of writing around: it will stand on
/// pages, in terminals and in exports.
pub(super) fn printable(text: &str) -> String {
    let obeyed = |c: char| {
        c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
    };
    text.chars().map(|c| if obeyed(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_on_over_the_rows() {
        assert_eq!(places(3, 2), "$3,$4");
        assert_eq!(rows_of_places(1, 1), "($1)");
        assert_eq!(rows_of_places(2, 3), "($1,$2,$3),($4,$5,$6)");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(bounded("héllo", 2), "h…");
        assert_eq!(bounded("héllo", 6), "héllo");
    }
}
