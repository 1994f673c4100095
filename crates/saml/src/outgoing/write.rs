//! Writing XML. What we write is small and regular, so text and attributes are all there is to it.

use chrono::{DateTime, SecondsFormat, Utc};

/// One element: its attributes that have a value, and its contents, which are XML already.
pub(super) fn element(name: &str, attributes: &[(&str, Option<&str>)], contents: &str) -> String {
    let mut xml = format!("<{name}");
    for (key, value) in attributes.iter().filter_map(|(key, value)| value.map(|value| (key, value))) {
        xml.push(' ');
        xml.push_str(key);
        xml.push_str("=\"");
        xml.push_str(&escaped(value));
        xml.push('"');
    }
    if contents.is_empty() {
        xml.push_str("/>");
    } else {
        xml.push('>');
        xml.push_str(contents);
        xml.push_str("</");
        xml.push_str(name);
        xml.push('>');
    }
    xml
}

/// One element with nothing but text.
pub(super) fn text(name: &str, contents: &str) -> String {
    element(name, &[], &escaped(contents))
}

/// Text that means itself, in an element and in an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            '\t' => escaped.push_str("&#9;"),
            // XML has no way to write the other control characters.
            other if other.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
