//! The closed list of everything that is ever written to another service. Kept as JSON, shown on pages, done by the
//! room that knows the services. Its kinds are in `kind`, the services in `service`, its words in `title`, what undoes
//! it in `inverse`.

mod inverse;
mod kind;
mod service;
mod title;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Assignee, CardDraft, LetterDraft, LetterKind};
use crate::names::{CardKey, CaseNumber};
pub use kind::EffectKind;
pub use service::Service;

/// The card that a step is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardRef {
    /// This one.
    Known(CardKey),
    /// The one that an earlier step of the same item makes.
    Made,
}

/// A sprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sprint {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
}

/// Whose internal whiteboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhiteboardOf {
    /// A bug's in Bugzilla.
    Bug(u64),
    /// An issue's in Jira.
    Issue {
        /// Which.
        key: CardKey,
        /// The field's id.
        field: String,
    },
}

/// One thing that is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Effect {
    /// Somebody watches a case on the portal.
    AddWatcher {
        /// The case.
        case: CaseNumber,
        /// Who: the portal's login.
        login: String,
    },
    /// Somebody watches a case no more.
    RemoveWatcher {
        /// The case.
        case: CaseNumber,
        /// Who.
        login: String,
    },
    /// A card is made.
    CreateCard {
        /// The case that it tracks.
        case: CaseNumber,
        /// All its fields.
        draft: Box<CardDraft>,
    },
    /// A card goes into a sprint.
    EnterSprint {
        /// Which card.
        card: CardRef,
        /// Which sprint.
        sprint: Sprint,
    },
    /// A card goes from a sprint to the backlog.
    LeaveSprint {
        /// Which card.
        card: CardRef,
        /// Which sprint.
        sprint: Sprint,
    },
    /// A card is moved to another status.
    Transition {
        /// Which card.
        card: CardRef,
        /// The status that it shall have, by Jira's name.
        to: String,
        /// Left as it is if it is in one of these.
        unless: Vec<String>,
    },
    /// A comment is written.
    Comment {
        /// On which card.
        card: CardRef,
        /// Plain text.
        text: String,
    },
    /// A link is added, or brought up to date.
    SetLink {
        /// To which card.
        card: CardRef,
        /// By which it is known: the same one again changes it.
        global_id: String,
        /// Where it leads.
        url: String,
        /// As people see it.
        title: String,
    },
    /// A link is removed.
    RemoveLink {
        /// From which card.
        card: CardRef,
        /// By which it is known.
        global_id: String,
        /// Where it led.
        url: String,
        /// As people saw it.
        title: String,
    },
    /// A card gets another priority.
    SetPriority {
        /// Which card.
        card: CardRef,
        /// Jira's name of what it was when this was planned.
        from: Option<String>,
        /// Jira's name of what it shall be.
        to: String,
    },
    /// A card gets another assignee, or none.
    Assign {
        /// Which card.
        card: CardRef,
        /// Whose it was.
        from: Option<Assignee>,
        /// Whose it shall be.
        to: Option<Assignee>,
    },
    /// Words are added to the private keywords of an issue, or taken from them.
    SetKeywords {
        /// Which issue.
        issue: CardKey,
        /// The field's id.
        field: String,
        /// What shall be in it.
        add: Vec<String>,
        /// What shall not.
        remove: Vec<String>,
    },
    /// Words are added to an internal whiteboard, or taken from it.
    SetWhiteboard {
        /// Whose.
        of: WhiteboardOf,
        /// What shall be in it.
        add: Vec<String>,
        /// What shall not.
        remove: Vec<String>,
    },
    /// A letter.
    Mail {
        /// What it is about.
        letter: LetterKind,
        /// To whom.
        to: Vec<String>,
        /// Its subject, or how that begins.
        subject: String,
        /// Its words, if everything that it tells of is done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        draft: Option<LetterDraft>,
    },
    /// A message in a Slack channel.
    SlackPost {
        /// The channel.
        channel: String,
        /// The text.
        text: String,
        /// The card to which a link is added below the text.
        card: Option<CardRef>,
    },
    /// An answer in the thread of the message that the same item posts.
    SlackReply {
        /// The channel.
        channel: String,
        /// The text.
        text: String,
    },
    /// A message in a Slack channel about items of this plan that failed; none if none did.
    SlackFailures {
        /// The channel.
        channel: String,
    },
    /// The card is added to our document of cards, until the next refresh tells more of it.
    KeepCard {
        /// Which card.
        card: CardRef,
    },
}

impl Effect {
    /// Whether it is a message to people. Nobody can tell whether one arrived that was not answered for: such a
    /// message is never sent a second time.
    pub const fn is_delivery(&self) -> bool {
        matches!(self.service(), Service::Mail | Service::Slack)
    }

    /// The card that it is about.
    pub const fn card(&self) -> Option<&CardRef> {
        match self {
            Self::EnterSprint { card, .. }
            | Self::LeaveSprint { card, .. }
            | Self::Transition { card, .. }
            | Self::Comment { card, .. }
            | Self::SetLink { card, .. }
            | Self::RemoveLink { card, .. }
            | Self::SetPriority { card, .. }
            | Self::Assign { card, .. }
            | Self::KeepCard { card } => Some(card),
            Self::SlackPost { card, .. } => card.as_ref(),
            _ => None,
        }
    }

    /// What kind of step must be done before it in the same item, since this one builds on what came of it.
    pub fn needs(&self) -> Option<EffectKind> {
        match self {
            Self::SlackReply { .. } => Some(EffectKind::SlackPost),
            // That a card was opened again is told only of one that was.
            Self::Comment { card: CardRef::Known(_), .. }
            | Self::SlackPost { card: Some(CardRef::Known(_)), .. } => Some(EffectKind::Transition),
            other => (other.card() == Some(&CardRef::Made)).then_some(EffectKind::CreateCard),
        }
    }

    /// As the ledger keeps it.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_else(|error| json!({ "unwritable": error.to_string() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_come_back_from_json() {
        let link = Effect::SetLink {
            card: CardRef::Made,
            global_id: "a".into(),
            url: "b".into(),
            title: "c".into(),
        };
        let of = WhiteboardOf::Issue { key: "KNIECO-7".parse().unwrap(), field: "cf".into() };
        let board = Effect::SetWhiteboard { of, add: vec!["x".into()], remove: vec![] };
        let mail = Effect::Mail {
            letter: LetterKind::Tagged { left_out: vec![("a".into(), "b".into())] },
            to: vec![],
            subject: "s".into(),
            draft: Some(LetterDraft { subject: "s: 1".into(), text: "t".into() }),
        };
        for effect in [link, board, mail] {
            assert_eq!(serde_json::from_value::<Effect>(effect.to_json()).unwrap(), effect);
        }
        // As it was kept before letters were planned with their words.
        let old = json!({ "do": "mail", "letter": { "letter": "tagged", "left_out": [] }, "to": [], "subject": "s" });
        assert!(matches!(serde_json::from_value(old).unwrap(), Effect::Mail { draft: None, .. }));
    }
}
