//! Text as HTML.

/// Appends it so that it is text in HTML, inside of a quoted attribute too.
pub(super) fn push(out: &mut String, text: &str) {
    text.chars().for_each(|c| push_char(out, c));
}

/// The same for one character.
pub(super) fn push_char(out: &mut String, c: char) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        other => out.push(other),
    }
}

/// A text without markup as one paragraph, its lines kept.
pub(super) fn paragraph(text: &str) -> String {
    let mut out = String::from("<p>");
    for (at, line) in text.lines().enumerate() {
        if at > 0 {
            out.push_str("<br>");
        }
        push(&mut out, line);
    }
    out.push_str("</p>");
    out
}

/// Appends a link to an address that somebody wrote; what is no address that may be followed stays text.
pub(super) fn push_link(out: &mut String, address: &str, words: &str) {
    match super::clean::allowed_address(address) {
        Some(address) => {
            out.push_str("<a href=\"");
            push(out, &address);
            out.push_str("\">");
            push(out, words);
            out.push_str("</a>");
        }
        None => push(out, words),
    }
}
