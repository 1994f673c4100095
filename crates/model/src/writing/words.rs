//! What an effect sends, part by part and in plain words: what pages, the API's readers and the terminal show of it.

use super::{
    Assignee, CardDraft, CardRef, Effect, LetterCase, LetterDraft, LetterKind, PlanKind, Service,
    WhiteboardOf,
};

/// One part of what is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What it is.
    pub label: &'static str,
    /// What is sent.
    pub text: String,
    /// Whether it is a text of its own, with lines.
    pub long: bool,
}

impl Service {
    /// All of them.
    pub const ALL: &[Self] =
        &[Self::Portal, Self::Jira, Self::Bugzilla, Self::Mail, Self::Slack, Self::Documents];

    /// The service of that word.
    pub fn by_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|service| service.as_str() == word)
    }

    /// Its name, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Portal => "Portal",
            Self::Jira => "Jira",
            Self::Bugzilla => "Bugzilla",
            Self::Mail => "Mail",
            Self::Slack => "Slack",
            Self::Documents => "Dashboard",
        }
    }
}

impl PlanKind {
    /// Its name, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Cards => "Cards for new cases",
            Self::Priorities => "Priorities of cards",
            Self::Tags => "Tags of bugs and issues",
            Self::Watchers => "Watchers of cases",
            Self::Undo => "Taking back",
        }
    }
}

impl Effect {
    /// Every part of what it sends, in order.
    pub fn said(&self) -> Vec<Said> {
        match self {
            Self::AddWatcher { case, login } | Self::RemoveWatcher { case, login } => {
                vec![short("Case", case.as_str()), short("Login", login)]
            }
            Self::CreateCard { draft, .. } => of_draft(draft),
            Self::EnterSprint { card, sprint } | Self::LeaveSprint { card, sprint } => {
                vec![of_card(card), short("Sprint", format!("{} (id {})", sprint.name, sprint.id))]
            }
            Self::Transition { card, to, unless } => {
                let mut all = vec![of_card(card), short("To", to)];
                all.extend((!unless.is_empty()).then(|| short("Unless it is in", unless.join(", "))));
                all
            }
            Self::Comment { card, text } => vec![of_card(card), long("Text", text)],
            Self::SetLink { card, url, title, .. } | Self::RemoveLink { card, url, title, .. } => {
                vec![of_card(card), short("Link", url), short("Title", title)]
            }
            Self::SetPriority { card, from, to } => {
                vec![of_card(card), short("From", from.as_deref().unwrap_or("—")), short("To", to)]
            }
            Self::Assign { card, from, to } => {
                vec![of_card(card), short("From", person(from.as_ref())), short("To", person(to.as_ref()))]
            }
            Self::SetKeywords { issue, field, add, remove } => {
                let place = vec![short("Issue", issue.as_str()), short("Field", field)];
                place.into_iter().chain(of_words(add, remove)).collect()
            }
            Self::SetWhiteboard { of, add, remove } => {
                let place = match of {
                    WhiteboardOf::Bug(bug) => vec![short("Bug", bug.to_string())],
                    WhiteboardOf::Issue { key, field } => {
                        vec![short("Issue", key.as_str()), short("Field", field)]
                    }
                };
                place.into_iter().chain(of_words(add, remove)).collect()
            }
            Self::Mail { letter, to, subject, draft } => {
                let to = short("To", to.join(", "));
                match draft {
                    Some(draft) => of_draft_letter(letter, to, draft),
                    None => [to, short("Subject", subject)].into_iter().chain(of_letter(letter)).collect(),
                }
            }
            Self::SlackPost { channel, text, card } => {
                let link = card.as_ref().map(|card| format!("\nCard: (a link to {})", card_name(card)));
                vec![short("Channel", channel), long("Text", format!("{text}{}", link.unwrap_or_default()))]
            }
            Self::SlackReply { channel, text } => vec![short("Channel", channel), long("Text", text)],
            Self::SlackFailures { channel } => {
                vec![
                    short("Channel", channel),
                    short("Text", "what failed of this plan; nothing if nothing did"),
                ]
            }
            Self::KeepCard { card } => vec![of_card(card)],
        }
    }
}

fn short(label: &'static str, text: impl Into<String>) -> Said {
    Said { label, text: text.into(), long: false }
}

fn long(label: &'static str, text: impl Into<String>) -> Said {
    Said { label, text: text.into(), long: true }
}

fn card_name(card: &CardRef) -> String {
    match card {
        CardRef::Known(key) => key.to_string(),
        CardRef::Made => "the new card".to_owned(),
    }
}

fn of_card(card: &CardRef) -> Said {
    short("Card", card_name(card))
}

fn person(who: Option<&Assignee>) -> String {
    who.map_or_else(|| "nobody".to_owned(), |who| format!("{} ({})", who.name, who.account))
}

fn of_draft(draft: &CardDraft) -> Vec<Said> {
    let as_jira_chooses = "as Jira chooses";
    let mut all = vec![
        short("Project", &draft.project),
        short("Type", &draft.issue_type),
        short("Component", draft.component.as_deref().unwrap_or("none")),
        short("Priority", draft.priority.as_deref().unwrap_or(as_jira_chooses)),
        short("Assignee", whom(draft)),
        short("Labels", draft.labels.join(", ")),
        short("Summary", &draft.summary),
    ];
    all.extend(
        draft.tracking.iter().map(|(field, value)| short("Ticket tracking", format!("{field} = {value}"))),
    );
    all.extend(draft.points.iter().map(|(field, value)| short("Points", format!("{field} = {value}"))));
    all.push(long("Description", &draft.description));
    all
}

fn whom(draft: &CardDraft) -> String {
    match &draft.nameless {
        Some(name) => format!("nobody: no account of {name} in Jira is known"),
        None => person(draft.assignee.as_ref()),
    }
}

fn of_words(add: &[String], remove: &[String]) -> Vec<Said> {
    [("Add", add), ("Remove", remove)]
        .into_iter()
        .filter(|(_, words)| !words.is_empty())
        .map(|(label, words)| short(label, words.join(", ")))
        .collect()
}

/// A letter word by word, and what may still become otherwise.
fn of_draft_letter(letter: &LetterKind, to: Said, draft: &LetterDraft) -> Vec<Said> {
    let may_change = match letter {
        LetterKind::NewCards { .. } => Some("with the new cards' keys; a case whose card fails is left out"),
        LetterKind::ManyNewCases { .. } => None,
        LetterKind::Tagged { .. } => Some("with what fails, under a heading of its own"),
    };
    let mut all = vec![to, short("Subject", &draft.subject), long("Text", &draft.text)];
    all.extend(may_change.map(|words| short("As it is sent", words)));
    all
}

/// Of a letter that was planned without its words.
fn of_letter(letter: &LetterKind) -> Vec<Said> {
    match letter {
        LetterKind::NewCards { cases } => {
            vec![long("Tells of these, if they have a card then", of_cases(cases))]
        }
        LetterKind::ManyNewCases { cases, limit } => vec![
            short("Limit", format!("{limit} are made without asking")),
            long("Tells of", of_cases(cases)),
        ],
        LetterKind::Tagged { left_out } => {
            let lines: Vec<String> = left_out.iter().map(|(what, why)| format!("{what}: {why}")).collect();
            let left = (!lines.is_empty()).then(|| long("Tells of what is not tagged", lines.join("\n")));
            left.into_iter().chain([short("Tells also", "what was tagged, and what failed")]).collect()
        }
    }
}

fn of_cases(cases: &[LetterCase]) -> String {
    let line = |case: &LetterCase| {
        let whose =
            case.assignee.as_deref().map_or("nobody is assigned".to_owned(), |who| format!("for {who}"));
        let again = if case.reopened { ", an earlier card is opened again" } else { "" };
        format!("{} {} {}: {}, {whose}{again}", case.case, case.severity, case.account, case.problem)
    };
    cases.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_and_kinds_come_back_from_their_words() {
        for service in Service::ALL {
            assert_eq!(Service::by_word(service.as_str()), Some(*service));
        }
        assert_eq!(Service::by_word("nobody"), None);
        assert!(PlanKind::ALL.iter().all(|kind| !kind.title().is_empty()));
    }

    #[test]
    fn messages_are_told_word_by_word() {
        let letter = LetterKind::NewCards { cases: Vec::new() };
        let draft = LetterDraft { subject: "New cards: 01234567".into(), text: "There is\none.".into() };
        let mail = Effect::Mail {
            letter,
            to: vec!["a@b.c".into()],
            subject: "New cards".into(),
            draft: Some(draft),
        };
        let post =
            Effect::SlackPost { channel: "C1".into(), text: "New case".into(), card: Some(CardRef::Made) };
        let told = |effect: &Effect| {
            let said = effect.said();
            said.into_iter().map(|one| format!("{}={}", one.label, one.text)).collect::<Vec<_>>().join("|")
        };
        assert_eq!(
            told(&mail),
            "To=a@b.c|Subject=New cards: 01234567|Text=There is\none.|As it is sent=with the new cards' keys; a case \
             whose card fails is left out"
        );
        assert_eq!(told(&post), "Channel=C1|Text=New case\nCard: (a link to the new card)");
    }

    #[test]
    fn a_draft_is_told_field_by_field() {
        let draft = CardDraft {
            project: "KNIECO".into(),
            issue_type: "Story".into(),
            component: None,
            priority: Some("Major".into()),
            labels: vec!["field".into(), "x".into()],
            summary: "01234567: it hangs".into(),
            description: "two\nlines".into(),
            tracking: Some(("customfield_1".into(), "TRACK".into())),
            points: Some(("customfield_2".into(), 3)),
            assignee: Some(Assignee { name: "Ada".into(), account: "a1".into() }),
            nameless: None,
        };
        let case = "01234567".parse().unwrap();
        let said = Effect::CreateCard { case, draft: Box::new(draft) }.said();
        let text = |label: &str| said.iter().find(|one| one.label == label).map(|one| one.text.as_str());
        assert_eq!(text("Assignee"), Some("Ada (a1)"));
        assert_eq!(text("Component"), Some("none"));
        assert_eq!(text("Labels"), Some("field, x"));
        assert_eq!(text("Ticket tracking"), Some("customfield_1 = TRACK"));
        assert_eq!(text("Points"), Some("customfield_2 = 3"));
        assert!(said.iter().any(|one| one.long && one.text == "two\nlines"));
    }
}
