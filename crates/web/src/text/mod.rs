//! Long texts of other people as HTML that is safe to show: Jira's wiki markup, HTML that Jira rendered, and
//! documents of Jira Cloud (ADF). Pure functions. Whatever form a text has, one allow-list decides in the end; time
//! and result are bounded whatever the text is.

mod adf;
mod bidi;
mod clean;
mod escape;
mod form;
mod tame;
#[cfg(test)]
mod tests;
mod wiki;

use minijinja::Value;
use serde::{Serialize, Serializer};

pub(crate) use bidi::neutral;
use form::Form;

use crate::view::text::excerpt;

/// The most of a text that a page of its own shows, in bytes. Jira's own limit is 32,767 characters.
pub(crate) const WHOLE: usize = 64 << 10;
/// The most of it in a report, where many stand under each other.
pub(crate) const SHORT: usize = 3 << 10;

/// HTML that went through the allow-list. Only this room makes it, and templates show it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SafeHtml(String);

impl Serialize for SafeHtml {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::from_safe_string(self.0.clone()).serialize(serializer)
    }
}

/// A text as a page shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Rich {
    /// Empty if the text shows nothing.
    pub html: SafeHtml,
    /// Whether the text goes on.
    pub cut: bool,
}

/// The text as safe HTML, of at most `limit` bytes of it.
pub(crate) fn rich(source: &str, limit: usize) -> Rich {
    let source = source.trim();
    let (part, cut) = cut_at(source, limit);
    let (html, cut) = match Form::of(source) {
        Form::Adf => match adf::html(source, limit) {
            Some((html, longer)) => (html, longer),
            None => (escape::paragraph(part), cut),
        },
        Form::Html => {
            let (html, longer) = tame::tame(part);
            (html, cut || longer)
        }
        Form::Wiki => (wiki::html(part), cut),
    };
    Rich { html: SafeHtml(neutral(&clean::clean(&html)).into_owned()), cut }
}

/// The words of the text in one line, at most `limit` characters, an ellipsis where it was cut. Plain text: it is
/// escaped where it is shown.
pub(crate) fn words(source: &str, limit: usize) -> String {
    // Markup takes room; what is looked at is a few times what is shown.
    let source = source.trim();
    let (part, cut) = cut_at(source, limit.saturating_mul(16).saturating_add(1_024));
    let line = match Form::of(source) {
        Form::Adf => adf::html(source, limit.saturating_mul(8))
            .map_or_else(|| excerpt(part, limit), |(html, _)| excerpt(&html, limit)),
        Form::Html => excerpt(part, limit),
        Form::Wiki => excerpt(&wiki::html(part), limit),
    };
    let line = neutral(&line).into_owned();
    if cut && !line.ends_with('…') { line + "…" } else { line }
}

/// At most `limit` bytes of it, between characters, and whether there was more.
fn cut_at(text: &str, limit: usize) -> (&str, bool) {
    let end = text.floor_char_boundary(limit);
    (text.get(..end).unwrap_or(text), end < text.len())
}
