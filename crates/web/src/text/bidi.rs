//! Characters that turn the direction of the text around them, or that no text has. Pages isolate each text with
//! `dir="auto"`; inside of it nobody may turn words around so that they read as others.

use std::borrow::Cow;

/// Embeddings, overrides and isolates, and control characters other than tabs and line ends. The plain marks of
/// direction (LRM, RLM, ALM) turn nothing around and stay.
fn is_unwanted(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

/// The text with each of them replaced by the character that stands for an unreadable one.
pub(crate) fn neutral(text: &str) -> Cow<'_, str> {
    if text.contains(is_unwanted) {
        Cow::Owned(text.replace(is_unwanted, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_text_around_is_shown_as_unreadable_and_the_rest_stays() {
        assert_eq!(neutral("invoice\u{202e}fdp.exe\u{2066}\u{0}"), "invoice\u{fffd}fdp.exe\u{fffd}\u{fffd}");
        let fine = "שלום \u{200f}(a)\t한글 👩\u{200d}💻\r\n";
        assert!(matches!(neutral(fine), Cow::Borrowed(same) if same == fine));
    }
}
