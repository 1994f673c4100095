//! The last guard of every log line: no secret of the settings in it, nothing that breaks a line or that a terminal
//! would obey. Texts from upstreams were cleaned where they came in; this holds for whatever was forgotten.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::Value;
use t5g_config::Secret;

/// Shorter secrets would blank out ordinary words; nobody issues them.
const SHORTEST_SECRET: usize = 6;

/// The private key within the settings of single sign-on, whole and line by line: whoever quotes one quotes a part.
pub(super) fn private_key(saml_settings: &Secret) -> Vec<Secret> {
    let read: Option<Value> = serde_json::from_str(saml_settings.expose()).ok();
    let key = read.as_ref().and_then(|read| read.pointer("/sp/privateKey")).and_then(Value::as_str);
    let key = key.unwrap_or_default();
    let lines = key.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
    std::iter::once(key).chain(lines).map(Secret::new).collect()
}

/// See the file's head.
#[derive(Debug, Default)]
pub(super) struct Guard {
    /// Each in the forms in which it might show, the longest first: one may be part of another.
    hidden: Vec<Hidden>,
}

struct Hidden(String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(Secret::MASK)
    }
}

impl Guard {
    pub(super) fn of(secrets: &[Secret]) -> Self {
        let known = secrets.iter().map(Secret::expose).filter(|secret| secret.len() >= SHORTEST_SECRET);
        let mut hidden: Vec<String> = known.flat_map(forms).collect();
        hidden.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        hidden.dedup();
        Self { hidden: hidden.into_iter().map(Hidden).collect() }
    }

    /// The text without secrets.
    fn masked<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for Hidden(secret) in &self.hidden {
            if text.contains(secret.as_str()) {
                text = Cow::Owned(text.replace(secret.as_str(), Secret::MASK));
            }
        }
        text
    }

    /// For a line of text: control characters are shown, not obeyed.
    pub(super) fn line<'a>(&self, text: &'a str) -> Cow<'a, str> {
        shown(self.masked(text), |c| c.is_control() || turns(c))
    }

    /// For a text in JSON, which has its own way to write most control characters; those above ASCII would be obeyed by
    /// some terminals.
    pub(super) fn json<'a>(&self, text: &'a str) -> Cow<'a, str> {
        shown(self.masked(text), |c| (c.is_control() && c >= '\u{7f}') || turns(c))
    }
}

/// A secret as it is, as part of an address, and as it looks when it is quoted.
fn forms(secret: &str) -> [String; 3] {
    let quoted = format!("{secret:?}");
    let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&quoted);
    let encoded = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    [secret.to_owned(), encoded, inner.to_owned()]
}

/// Marks that turn the direction of writing around, and ends of lines that are no control characters.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2028}' | '\u{2029}')
}

fn shown(text: Cow<'_, str>, hide: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&hide) {
        return text;
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' if hide(c) => shown.push_str("\\n"),
            '\r' if hide(c) => shown.push_str("\\r"),
            '\t' if hide(c) => shown.push_str("\\t"),
            _ if hide(c) => {
                // Writing into a text cannot fail.
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            _ => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_show_in_any_form() {
        let secrets = ["s3cret/\"x\"", "s3cret/\"x\"-longer", "short"].map(Secret::new);
        let guard = Guard::of(&secrets);
        assert_eq!(guard.line("a s3cret/\"x\" b"), "a *** b");
        assert_eq!(guard.line("a s3cret/\"x\"-longer b"), "a *** b", "the longest first");
        assert_eq!(guard.line("?key=s3cret%2F%22x%22&a"), "?key=***&a");
        assert_eq!(guard.line(&format!("{:?}", secrets.first().unwrap().expose())), "\"***\"");
        assert_eq!(guard.line("short words stay"), "short words stay");
        assert!(!format!("{guard:?}").contains("s3cret"));
    }

    #[test]
    fn nothing_breaks_a_line_or_is_obeyed() {
        let guard = Guard::default();
        assert_eq!(
            guard.line("a\nb\r\t\u{1b}[31m\u{9b}1m\u{202e}c\0"),
            "a\\nb\\r\\t\\u{1b}[31m\\u{9b}1m\\u{202e}c\\u{0}"
        );
        assert_eq!(
            guard.json("a\n\u{1b}\u{9b}\u{2028}"),
            "a\n\u{1b}\\u{9b}\\u{2028}",
            "JSON writes the rest itself"
        );
        assert!(matches!(guard.line("Übung — ok"), Cow::Borrowed("Übung — ok")));
    }
}
