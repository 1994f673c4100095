//! A card before there is one: every field as it will be sent. Kept as JSON for as long as the journal and shown on pages;
//! how Jira wants it on the wire is the client's to know, and `perform/create.rs` of `sync` the one place that knows both.

use serde::{Deserialize, Serialize};

use super::Assignee;

/// The longest summary that Jira takes, in characters.
pub const SUMMARY_CHARACTERS: usize = 255;

/// A card as it will be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardDraft {
    /// The project's key.
    pub project: String,
    /// `Story`.
    pub issue_type: String,
    /// The project's component, if cards have one.
    pub component: Option<String>,
    /// Jira's name of it; `None`: as Jira chooses.
    pub priority: Option<String>,
    /// Labels, the one that marks cards among them.
    pub labels: Vec<String>,
    /// `01234567: node does not boot`; one line, at most [`SUMMARY_CHARACTERS`].
    pub summary: String,
    /// Plain text, as much of it as this Jira takes in its own form.
    pub description: String,
    /// The field for ticket tracking and what it is set to.
    pub tracking: Option<(String, String)>,
    /// The field for points and how many.
    pub points: Option<(String, u32)>,
    /// Whose card it is.
    pub assignee: Option<Assignee>,
    /// Who was chosen and cannot be named to this Jira, since no account of theirs there is known: nobody has the card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nameless: Option<String>,
}

/// The text's first `limit` characters as Jira counts them (UTF-16 units, so that both of its flavours agree), never
/// half of one; an ellipsis says that something was cut.
pub fn cut(text: &str, limit: usize) -> String {
    if text.encode_utf16().count() <= limit {
        return text.to_owned();
    }
    let mut units = 1;
    let fits = text.chars().take_while(|c| {
        units += c.len_utf16();
        units <= limit
    });
    let mut kept: String = fits.collect();
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("語語語", 2), "語…");
        assert_eq!(cut("a😀b", 4), "a😀b");
        assert_eq!(cut("a😀bc", 3), "a…", "half a pair is none");
        assert_eq!(cut(&"😀".repeat(40_000), 32_767).encode_utf16().count(), 32_767);
    }
}
