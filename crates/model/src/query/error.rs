//! What can be wrong with a query, in words for who typed it, and where.

use std::ops::Range;

use crate::query::{CONDITIONS, DEPTH, LENGTH};

/// A query that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct QueryError {
    /// The place in the text, in characters; empty at the end of it if something is missing there.
    pub at: Range<usize>,
    /// What is wrong there.
    pub problem: Problem,
}

impl QueryError {
    pub(super) fn new(at: Range<usize>, problem: Problem) -> Self {
        Self { at, problem }
    }
}

/// What is wrong. Texts of the query are cut to 80 characters; they are hostile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// More than [`LENGTH`] characters, typed or in canonical form.
    #[error("The filter is longer than {} characters", LENGTH)]
    TooLong,
    /// More than [`DEPTH`] levels.
    #[error("Parentheses and negations nest deeper than {} levels", DEPTH)]
    TooDeep,
    /// Parentheses or OR where only conditions are taken that all must hold.
    #[error(
        "This list's filter has neither parentheses nor OR: all conditions must hold; a comma gives a choice"
    )]
    NoGroups,
    /// More than [`CONDITIONS`] words and values.
    #[error("The filter has more than {} words and values", CONDITIONS)]
    TooMany,
    /// A quote that nothing closes.
    #[error("This quote is not closed: put another \" at the end of the phrase")]
    OpenQuote,
    /// Quotes around nothing.
    #[error("There is nothing between these quotes")]
    EmptyQuotes,
    /// A parenthesis that nothing closes.
    #[error("This parenthesis is not closed")]
    OpenParenthesis,
    /// A parenthesis that nothing opened.
    #[error("No parenthesis is open here: put text with parentheses in \"quotes\"")]
    StrayParenthesis,
    /// An operator without a condition beside it, or parentheses around nothing.
    #[error("A condition is missing here: put AND, OR and NOT in \"quotes\" to search for the words")]
    MissingCondition,
    /// A field that does not exist.
    #[error("There is no field {name:?}{}: put text with a colon in \"quotes\"", or_mean(.suggestion.as_deref()))]
    UnknownField {
        /// What stood before the colon.
        name: String,
        /// A field of a similar name.
        suggestion: Option<String>,
    },
    /// A field or a comma without a value after it.
    #[error(
        "A value is missing after {field}: or a comma, such as {field}:{example}; values with blanks need \"quotes\""
    )]
    MissingValue {
        /// The field.
        field: &'static str,
        /// What could stand there.
        example: String,
    },
    /// A value that the field cannot have.
    #[error("{value:?} is no value of {field}{}. It takes {expected}", or_mean(.suggestion.as_deref()))]
    UnknownValue {
        /// The field.
        field: &'static str,
        /// What stood there.
        value: String,
        /// A value of a similar name.
        suggestion: Option<String>,
        /// What the field takes.
        expected: String,
    },
    /// `<` or `>` before what has no order, or before several values.
    #[error("{field} cannot be compared with < or > here: they stand before one severity, number or day")]
    NoOrder {
        /// The field.
        field: &'static str,
    },
}

impl Problem {
    /// What to write instead, if something similar is known.
    pub fn suggestion(&self) -> Option<&str> {
        match self {
            Self::UnknownField { suggestion, .. } | Self::UnknownValue { suggestion, .. } => {
                suggestion.as_deref()
            }
            _ => None,
        }
    }
}

fn or_mean(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |word| format!(" (did you mean {word}?)"))
}

/// The most similar of the words, if it is similar at all.
pub fn similar(text: &str, words: impl Iterator<Item = String>) -> Option<String> {
    let text = text.to_lowercase();
    let likeness = |word: String| (strsim::jaro_winkler(&text, &word), word);
    let best = words.map(likeness).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(likeness, _)| *likeness > 0.8).map(|(_, word)| word)
}

/// Cuts what an error repeats.
pub fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}
