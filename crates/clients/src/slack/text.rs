//! Texts in Slack's markup: what has to be escaped in it, how a person is called, how long it may be.

/// The longest message, in characters.
pub const LONGEST: usize = 40_000;
const NOTE: &str = "\n… (cut here: the text is longer than Slack takes)";
/// Escapes and mentions are shorter than this, so that a cut in one is seen by looking so far back.
const LOOK_BACK: usize = 40;

/// A text of other people as itself: nothing in it calls anybody or becomes a link with another face.
///
/// ```
/// assert_eq!(t5g_clients::slack::escape("<!channel> a & b"), "&lt;!channel&gt; a &amp; b");
/// ```
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Calls a person by the id that Slack has for them (`U…`), or `None` if this cannot be one.
///
/// ```
/// assert_eq!(t5g_clients::slack::mention("U0123ABC").as_deref(), Some("<@U0123ABC>"));
/// assert_eq!(t5g_clients::slack::mention("!channel"), None);
/// ```
pub fn mention(user: &str) -> Option<String> {
    let good = !user.is_empty() && user.len() <= 32 && user.chars().all(|c| c.is_ascii_alphanumeric());
    good.then(|| format!("<@{user}>"))
}

/// The text, or its beginning with a note that it was cut. The cut is between characters, and not within an escape or
/// a mention.
pub(super) fn fitting(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let most = LONGEST - NOTE.chars().count();
    let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
    let start = text.get(..end).unwrap_or(text);
    let whole =
        [('&', ';'), ('<', '>')].into_iter().fold(start, |start, (open, close)| match start.rfind(open) {
            Some(at)
                if start.len() - at < LOOK_BACK && !start.get(at..).unwrap_or_default().contains(close) =>
            {
                start.get(..at).unwrap_or(start)
            }
            _ => start,
        });
    format!("{whole}{NOTE}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_characters_and_say_so() {
        assert_eq!(fitting("short"), "short");
        for text in ["ä".repeat(LONGEST), "😀".repeat(LONGEST)] {
            assert_eq!(fitting(&text), text);
            let cut = fitting(&format!("{text}x"));
            assert_eq!(cut.chars().count(), LONGEST);
            assert!(cut.ends_with(NOTE));
        }
    }

    #[test]
    fn no_escape_and_no_mention_is_cut_in_half() {
        for lead in 0..12 {
            let text = format!("{}{}", "x".repeat(lead), "&amp;<@U0123ABC>".repeat(3_000));
            let cut = fitting(&text);
            let kept = cut.strip_suffix(NOTE).unwrap();
            assert!(kept.ends_with(';') || kept.ends_with('>'), "{}", &kept[kept.len() - 20..]);
            assert!(cut.chars().count() <= LONGEST);
        }
    }
}
