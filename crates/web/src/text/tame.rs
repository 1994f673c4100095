//! The first pass over foreign HTML. A parser of HTML does what the standard asks, which takes quadratic time for some
//! texts: thousands of elements inside each other, thousands of attributes, thousands of unlike formats that are
//! opened again in every paragraph. This pass looks at each byte a bounded number of times and leaves only elements
//! that are allowed, without attributes, and not too many of them, so that the parser has nothing to suffer from.
//! It is not what makes the text safe: the allow-list in `clean.rs` is.

use super::clean::{ELEMENTS, HIDDEN};
use crate::view::text::after_element;

/// The most tags of one text.
const TAGS: usize = 4_000;
/// The longest tag, in bytes. What is longer is shown as text.
const TAG: usize = 4_096;

/// Elements that have a place of their own in tables.
const OF_TABLES: [&str; 7] = ["table", "tbody", "td", "tfoot", "th", "thead", "tr"];

/// The HTML with allowed elements only, and whether something was left out at the end.
pub(super) fn tame(html: &str) -> (String, bool) {
    let (mut out, mut rest, mut tags) = (String::with_capacity(html.len()), html, 0);
    let mut in_link = false;
    while let Some((text, inner)) = rest.split_once('<') {
        out.push_str(text);
        if inner.starts_with(['!', '?']) {
            rest = after_comment(inner);
            continue;
        }
        let Some(tag) = Tag::read(inner) else {
            out.push_str("&lt;");
            rest = inner;
            continue;
        };
        tags += 1;
        if tags > TAGS {
            return (out, true);
        }
        rest = if let Some(after) = tag.end.and_then(|end| inner.get(end + 1..)) {
            tag.write(after, &mut in_link, &mut out)
        } else {
            out.push_str("&lt;");
            inner
        };
    }
    out.push_str(rest);
    (out, false)
}

/// Behind a comment or a declaration; a comment without an end takes everything.
fn after_comment(inner: &str) -> &str {
    let end = if inner.starts_with("!--") { "-->" } else { ">" };
    inner.split_once(end).map_or("", |(_, after)| after)
}

/// What stands behind a `<`.
struct Tag<'a> {
    closes: bool,
    name: &'a str,
    /// All up to the `>`, or up to where the patience ends.
    body: &'a str,
    /// Where the `>` is.
    end: Option<usize>,
}

impl<'a> Tag<'a> {
    /// `None` if no tag begins there.
    fn read(inner: &'a str) -> Option<Self> {
        let closes = inner.starts_with('/');
        let named = inner.strip_prefix('/').unwrap_or(inner);
        let length = named.bytes().take(TAG).take_while(u8::is_ascii_alphanumeric).count();
        let (name, _) = named.split_at_checked(length)?;
        name.starts_with(|c: char| c.is_ascii_alphabetic()).then(|| {
            let end = end_of_tag(inner);
            Self { closes, name, body: end.and_then(|end| inner.get(..end)).unwrap_or_default(), end }
        })
    }

    /// Writes what may stay of it, and gives what is left to read. No link goes on in another one, or into a table:
    /// parsers that keep to the standard would take such a link out, and find it elsewhere when they read the result.
    fn write<'b>(&self, after: &'b str, in_link: &mut bool, out: &mut String) -> &'b str {
        let name = self.name.to_ascii_lowercase();
        match name.as_str() {
            hidden if HIDDEN.contains(&hidden) => {
                return if self.closes { after } else { after_element(after, hidden) };
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                out.push_str(if self.closes { "</strong></p>" } else { "<p><strong>" });
            }
            "img" => push_quoted(
                out,
                attribute(self.body, "alt").filter(|alt| !alt.is_empty()).unwrap_or("[image]"),
            ),
            "a" if self.closes => end_link(in_link, out),
            "a" => {
                if let Some(address) = attribute(self.body, "href") {
                    end_link(in_link, out);
                    out.push_str("<a href=\"");
                    push_quoted(out, address);
                    out.push_str("\">");
                    *in_link = true;
                }
            }
            known if ELEMENTS.contains(&known) => {
                if OF_TABLES.contains(&known) {
                    end_link(in_link, out);
                }
                out.push_str(if self.closes { "</" } else { "<" });
                out.push_str(known);
                out.push('>');
            }
            _ => {}
        }
        after
    }
}

/// Ends the link that is open, if one is.
fn end_link(in_link: &mut bool, out: &mut String) {
    if std::mem::take(in_link) {
        out.push_str("</a>");
    }
}

/// Where the tag ends; a `>` in quotes does not end it. `None` if that is not within [`TAG`] bytes.
fn end_of_tag(tag: &str) -> Option<usize> {
    let (mut quote, mut value_begins) = (None, false);
    for (at, byte) in tag.bytes().enumerate().take(TAG) {
        match quote {
            Some(open) if open == byte => quote = None,
            Some(_) => {}
            None if byte == b'>' => return Some(at),
            None if value_begins && matches!(byte, b'"' | b'\'') => quote = Some(byte),
            None => value_begins = byte == b'=' || (value_begins && byte.is_ascii_whitespace()),
        }
    }
    None
}

/// The value of an attribute as it is written; the first one of that name.
fn attribute<'a>(body: &'a str, wanted: &str) -> Option<&'a str> {
    let separates = |c: char| c.is_ascii_whitespace() || c == '/';
    let mut rest = body.split_once(|c: char| c.is_ascii_whitespace())?.1;
    loop {
        rest = rest.trim_start_matches(separates);
        let length = rest.find(|c: char| separates(c) || c == '=').unwrap_or(rest.len());
        let (name, tail) = rest.split_at_checked(length)?;
        if rest.is_empty() {
            return None;
        }
        let value;
        (value, rest) = match tail.trim_start().strip_prefix('=') {
            Some(tail) => value_of(tail.trim_start()),
            None => ("", tail),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value.trim());
        }
    }
}

/// The value that a text begins with, and what follows it.
fn value_of(text: &str) -> (&str, &str) {
    match text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        Some(quote) => {
            let inner = text.strip_prefix(quote).unwrap_or(text);
            inner.split_once(quote).unwrap_or((inner, ""))
        }
        None => text.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((text, "")),
    }
}

/// For a place in quotes, entities left as they are.
fn push_quoted(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("&quot;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
}
