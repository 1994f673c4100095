//! What an effect does, in one line for people.

use super::{Effect, WhiteboardOf};

impl Effect {
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
}

fn words(add: &[String], remove: &[String]) -> String {
    match (add.is_empty(), remove.is_empty()) {
        (false, true) => format!("add {}", add.join(", ")),
        (true, false) => format!("remove {}", remove.join(", ")),
        _ => format!("add {}, remove {}", add.join(", "), remove.join(", ")),
    }
}
