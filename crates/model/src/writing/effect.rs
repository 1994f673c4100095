//! The closed list of everything that is ever written to another service. Kept as JSON, shown on pages, done by the
//! room that knows the services.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Assignee, CardDraft, LetterKind};
use crate::names::{CardKey, CaseNumber};

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

/// Who is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// The customer portal.
    Portal,
    /// Jira.
    Jira,
    /// Bugzilla.
    Bugzilla,
    /// Mail.
    Mail,
    /// Slack.
    Slack,
    /// Our own documents.
    Documents,
}

impl Service {
    /// The word in the ledger.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Jira => "jira",
            Self::Bugzilla => "bugzilla",
            Self::Mail => "mail",
            Self::Slack => "slack",
            Self::Documents => "documents",
        }
    }
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
        /// Its subject.
        subject: String,
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
    /// Who is written to.
    pub const fn service(&self) -> Service {
        match self {
            Self::AddWatcher { .. } | Self::RemoveWatcher { .. } => Service::Portal,
            Self::SetWhiteboard { of: WhiteboardOf::Bug(_), .. } => Service::Bugzilla,
            Self::Mail { .. } => Service::Mail,
            Self::SlackPost { .. } | Self::SlackReply { .. } | Self::SlackFailures { .. } => Service::Slack,
            Self::KeepCard { .. } => Service::Documents,
            _ => Service::Jira,
        }
    }

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

    /// What it does, in one line for people.
    pub fn title(&self) -> String {
        match self {
            Self::AddWatcher { case, login } => format!("add {login} to the watchers of case {case}"),
            Self::RemoveWatcher { case, login } => format!("take {login} from the watchers of case {case}"),
            Self::CreateCard { draft, .. } => format!("make the card \"{}\"", draft.summary),
            Self::EnterSprint { sprint, .. } => format!("put the card into the sprint {}", sprint.name),
            Self::LeaveSprint { sprint, .. } => format!("take the card from the sprint {}", sprint.name),
            Self::Transition { to, .. } => format!("move the card to {to}"),
            Self::Comment { .. } => "write a comment".to_owned(),
            Self::SetLink { title, .. } => format!("link the card to {title}"),
            Self::RemoveLink { title, .. } => format!("remove the link to {title}"),
            Self::SetPriority { to, .. } => format!("set the priority to {to}"),
            Self::Assign { to: Some(to), .. } => format!("assign the card to {}", to.name),
            Self::Assign { to: None, .. } => "take the card from its assignee".to_owned(),
            Self::SetKeywords { issue, add, remove, .. } => {
                format!("{} in the private keywords of {issue}", words(add, remove))
            }
            Self::SetWhiteboard { of: WhiteboardOf::Bug(bug), add, remove } => {
                format!("{} in the internal whiteboard of bug {bug}", words(add, remove))
            }
            Self::SetWhiteboard { of: WhiteboardOf::Issue { key, .. }, add, remove } => {
                format!("{} in the internal whiteboard of {key}", words(add, remove))
            }
            Self::Mail { letter, to, .. } => format!("mail {} to {}", letter.title(), to.join(", ")),
            Self::SlackPost { channel, .. } => format!("post to Slack channel {channel}"),
            Self::SlackReply { channel, .. } => format!("answer in the thread in Slack channel {channel}"),
            Self::SlackFailures { channel } => format!("tell Slack channel {channel} what failed"),
            Self::KeepCard { .. } => "add the card to the dashboard".to_owned(),
        }
    }

    /// What undoes it, given what was there before and what came of it; `None`: it cannot be undone. `made` is the
    /// card that its item made.
    pub fn inverse(&self, before: &Value, made: Option<&CardKey>) -> Option<Self> {
        let known = |card: &CardRef| match card {
            CardRef::Known(key) => Some(CardRef::Known(key.clone())),
            CardRef::Made => made.cloned().map(CardRef::Known),
        };
        let text = |name: &str| before.get(name).and_then(Value::as_str).map(str::to_owned);
        match self {
            Self::AddWatcher { case, login } => {
                Some(Self::RemoveWatcher { case: case.clone(), login: login.clone() })
            }
            Self::RemoveWatcher { case, login } => {
                Some(Self::AddWatcher { case: case.clone(), login: login.clone() })
            }
            Self::EnterSprint { card, sprint } => {
                Some(Self::LeaveSprint { card: known(card)?, sprint: sprint.clone() })
            }
            Self::LeaveSprint { card, sprint } => {
                Some(Self::EnterSprint { card: known(card)?, sprint: sprint.clone() })
            }
            Self::Transition { card, .. } => {
                Some(Self::Transition { card: known(card)?, to: text("status")?, unless: Vec::new() })
            }
            Self::SetLink { card, global_id, url, title } => {
                let (card, global_id) = (known(card)?, global_id.clone());
                Some(Self::RemoveLink { card, global_id, url: url.clone(), title: title.clone() })
            }
            Self::RemoveLink { card, global_id, url, title } => {
                let (card, global_id) = (known(card)?, global_id.clone());
                Some(Self::SetLink { card, global_id, url: url.clone(), title: title.clone() })
            }
            Self::SetPriority { card, to, .. } => {
                Some(Self::SetPriority { card: known(card)?, from: Some(to.clone()), to: text("priority")? })
            }
            Self::Assign { card, to, .. } => {
                let was = before.get("assignee").filter(|was| !was.is_null());
                let was = was.map(|was| serde_json::from_value(was.clone())).transpose().ok()?;
                Some(Self::Assign { card: known(card)?, from: to.clone(), to: was })
            }
            Self::SetKeywords { issue, field, .. } => {
                let (add, remove) = self.changed(before)?;
                Some(Self::SetKeywords { issue: issue.clone(), field: field.clone(), add, remove })
            }
            Self::SetWhiteboard { of, .. } => {
                let (add, remove) = self.changed(before)?;
                Some(Self::SetWhiteboard { of: of.clone(), add, remove })
            }
            Self::CreateCard { draft, .. } if draft.assignee.is_some() => {
                // The card stays, since others may have written on it: it is taken from its assignee.
                let card = CardRef::Known(made?.clone());
                Some(Self::Assign { card, from: draft.assignee.clone(), to: None })
            }
            Self::CreateCard { .. }
            | Self::Comment { .. }
            | Self::Mail { .. }
            | Self::SlackPost { .. }
            | Self::SlackReply { .. }
            | Self::SlackFailures { .. }
            | Self::KeepCard { .. } => None,
        }
    }

    /// What to add and what to remove to have the words of before again: only what this effect changed.
    fn changed(&self, before: &Value) -> Option<(Vec<String>, Vec<String>)> {
        let (Self::SetKeywords { add, remove, .. } | Self::SetWhiteboard { add, remove, .. }) = self else {
            return None;
        };
        let was: Vec<String> = serde_json::from_value(before.get("words")?.clone()).ok()?;
        let had = |word: &&String| was.contains(*word);
        let back = remove.iter().filter(had).cloned().collect();
        let away = add.iter().filter(|word| !had(word)).cloned().collect();
        Some((back, away))
    }

    /// As the ledger keeps it.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_else(|error| json!({ "unwritable": error.to_string() }))
    }
}

fn words(add: &[String], remove: &[String]) -> String {
    match (add.is_empty(), remove.is_empty()) {
        (false, true) => format!("add {}", add.join(", ")),
        (true, false) => format!("remove {}", remove.join(", ")),
        _ => format!("add {}, remove {}", add.join(", "), remove.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> CardKey {
        "KNIECO-7".parse().unwrap()
    }

    #[test]
    fn effects_come_back_from_json() {
        let link = Effect::SetLink {
            card: CardRef::Made,
            global_id: "a".into(),
            url: "b".into(),
            title: "c".into(),
        };
        let of = WhiteboardOf::Issue { key: key(), field: "cf".into() };
        let board = Effect::SetWhiteboard { of, add: vec!["x".into()], remove: vec![] };
        let mail = Effect::Mail {
            letter: LetterKind::Tagged { left_out: vec![("a".into(), "b".into())] },
            to: vec![],
            subject: "s".into(),
        };
        for effect in [link, board, mail] {
            assert_eq!(serde_json::from_value::<Effect>(effect.to_json()).unwrap(), effect);
        }
    }

    #[test]
    fn undoing_tags_removes_only_what_was_added() {
        let of = WhiteboardOf::Bug(7);
        let tags = vec!["Telco".to_owned(), "Telco:Case".to_owned()];
        let tag = Effect::SetWhiteboard { of: of.clone(), add: tags, remove: vec![] };
        let before = json!({ "words": ["old", "Telco"] });
        let undo = Effect::SetWhiteboard { of, add: vec![], remove: vec!["Telco:Case".into()] };
        assert_eq!(tag.inverse(&before, None), Some(undo));
    }

    #[test]
    fn what_was_made_is_known_to_the_undoing() {
        let sprint = Sprint { id: 3, name: "S".into() };
        let enter = Effect::EnterSprint { card: CardRef::Made, sprint: sprint.clone() };
        let leave = Effect::LeaveSprint { card: CardRef::Known(key()), sprint };
        assert_eq!(enter.inverse(&Value::Null, Some(&key())), Some(leave));
        assert_eq!(enter.inverse(&Value::Null, None), None);
        let mv = Effect::Transition { card: CardRef::Made, to: "To Do".into(), unless: vec![] };
        assert_eq!(mv.inverse(&Value::Null, Some(&key())), None, "nobody knows what it was");
        let comment = Effect::Comment { card: CardRef::Made, text: "x".into() };
        assert_eq!(comment.inverse(&Value::Null, Some(&key())), None);
    }
}
