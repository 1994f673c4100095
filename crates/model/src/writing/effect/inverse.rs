//! What undoes an effect. Only what it changed is taken back.

use serde_json::Value;

use super::{CardRef, Effect};
use crate::names::CardKey;

impl Effect {
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
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::writing::{Sprint, WhiteboardOf};

    fn key() -> CardKey {
        "KNIECO-7".parse().unwrap()
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
