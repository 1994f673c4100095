//! The kinds of effects, without what they hold: each stands in the one list below, from which tests and pages that have
//! to know all of them take them.

use super::Effect;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $word:literal,)*) => {
        /// What kind of thing is written.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EffectKind {
            $($(#[$doc])* $kind,)*
        }

        impl EffectKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The word by which the ledger keeps it.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)*
                }
            }
        }

        impl Effect {
            /// What kind of effect it is.
            pub const fn kind(&self) -> EffectKind {
                match self {
                    $(Self::$kind { .. } => EffectKind::$kind,)*
                }
            }
        }
    };
}

kinds! {
    /// Somebody watches a case on the portal.
    AddWatcher = "add_watcher",
    /// Somebody watches a case no more.
    RemoveWatcher = "remove_watcher",
    /// A card is made.
    CreateCard = "create_card",
    /// A card goes into a sprint.
    EnterSprint = "enter_sprint",
    /// A card goes from a sprint to the backlog.
    LeaveSprint = "leave_sprint",
    /// A card is moved to another status.
    Transition = "transition",
    /// A comment is written.
    Comment = "comment",
    /// A link is added, or brought up to date.
    SetLink = "set_link",
    /// A link is removed.
    RemoveLink = "remove_link",
    /// A card gets another priority.
    SetPriority = "set_priority",
    /// A card gets another assignee, or none.
    Assign = "assign",
    /// Words are added to the private keywords of an issue, or taken from them.
    SetKeywords = "set_keywords",
    /// Words are added to an internal whiteboard, or taken from it.
    SetWhiteboard = "set_whiteboard",
    /// A letter.
    Mail = "mail",
    /// A message in a Slack channel.
    SlackPost = "slack_post",
    /// An answer in the thread of the message that the same item posts.
    SlackReply = "slack_reply",
    /// A message in a Slack channel about items of this plan that failed; none if none did.
    SlackFailures = "slack_failures",
    /// The card is added to our document of cards, until the next refresh tells more of it.
    KeepCard = "keep_card",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_ledger() {
        let effect = Effect::SlackReply { channel: "C1".into(), text: "x".into() };
        assert_eq!(effect.kind(), EffectKind::SlackReply);
        assert_eq!(effect.to_json()["do"], effect.kind().word());
        let words: std::collections::BTreeSet<_> = EffectKind::ALL.iter().map(|kind| kind.word()).collect();
        assert_eq!(words.len(), EffectKind::ALL.len());
    }
}
