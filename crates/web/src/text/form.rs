//! Which of the three forms a text has. Documents do not say.

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A document of Jira Cloud, as JSON.
    Adf,
    /// HTML that Jira rendered.
    Html,
    /// Wiki markup; plain text is wiki markup too.
    Wiki,
}

/// Elements that a rendered text has at least one of. A text that only names one, such as a log, is rare.
const MARKS: [&str; 22] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "span",
    "strong",
    "table",
    "ul",
];
/// Elements that nobody writes and somebody may try.
const HOSTILE: [&str; 8] = ["script", "style", "svg", "iframe", "object", "embed", "math", "form"];
/// What stands for a character in HTML.
const ENTITIES: [&str; 6] = ["amp;", "lt;", "gt;", "quot;", "nbsp;", "#"];

impl Form {
    /// The form of a text, by how it begins and what stands in it.
    pub(super) fn of(text: &str) -> Self {
        if text.starts_with('{') && text.contains("\"type\"") && text.contains("\"doc\"") {
            return Self::Adf;
        }
        let (part, _) = super::cut_at(text, super::WHOLE);
        let is_html =
            part.split('<').skip(1).any(starts_element) || part.split('&').skip(1).any(starts_entity);
        if is_html { Self::Html } else { Self::Wiki }
    }
}

/// Whether that is a known element after its `<`.
fn starts_element(after: &str) -> bool {
    let name = after.strip_prefix('/').unwrap_or(after);
    let end = name.bytes().take(12).position(|byte| !byte.is_ascii_alphanumeric());
    let Some((name, rest)) = end.and_then(|end| name.split_at_checked(end)) else { return false };
    rest.starts_with(['>', '/', ' ', '\t', '\r', '\n'])
        && MARKS.iter().chain(&HOSTILE).any(|known| known.eq_ignore_ascii_case(name))
}

fn starts_entity(after: &str) -> bool {
    ENTITIES.iter().any(|entity| after.starts_with(entity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_apart() {
        for (text, form) in [
            ("<p>Hello</p>", Form::Html),
            ("one<br/>two", Form::Html),
            ("rock &amp; roll", Form::Html),
            ("x <IMG SRC=y onerror=z>", Form::Html),
            ("<script>", Form::Html),
            ("*bold* and a < b", Form::Wiki),
            ("ssh <host> & exit", Form::Wiki),
            ("", Form::Wiki),
            ("{code}\"type\"{code}", Form::Wiki),
            (r#"{"version":1,"type":"doc","content":[]}"#, Form::Adf),
        ] {
            assert_eq!(Form::of(text), form, "{text}");
        }
    }
}
