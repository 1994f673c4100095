//! The words of the language, each list once: fields, and the fixed values that some of them take.

use crate::names::{CardStatus, CaseStatus, Severity};

/// A word of the language, with other spellings and what it means.
pub trait Word: Copy + 'static {
    /// All words of the list.
    const ALL: &'static [Self];
    /// The spelling that a canonical query has.
    fn name(self) -> &'static str;
    /// Other spellings.
    fn aliases(self) -> &'static [&'static str];
    /// What it means, for people.
    fn help(self) -> &'static str;

    /// Whether that is a spelling of it, in whatever case.
    fn is_called(self, text: &str) -> bool {
        std::iter::once(self.name())
            .chain(self.aliases().iter().copied())
            .any(|word| word.eq_ignore_ascii_case(text))
    }

    /// The word of that spelling.
    fn by_word(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|word| word.is_called(text))
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $list:ident {
        $($variant:ident = $name:literal [$($alias:literal),*] $help:literal),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $list {
            $(#[doc = $help] $variant,)+
        }

        impl Word for $list {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            fn aliases(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($alias),*],)+ }
            }

            fn help(self) -> &'static str {
                match self { $(Self::$variant => $help,)+ }
            }
        }
    };
}

words! {
    /// Fields that are compared as text, without regard to case.
    NameField {
        Case = "case" ["number"] "Case number, whole; leading zeros may be left out",
        Card = "card" ["key", "jira"] "Jira key of the card, or the number in it",
        Account = "account" ["customer"] "Part of the account's name",
        Product = "product" [] "Part of the product",
        Status = "status" ["cardstatus"] "Part of the internal status",
        CaseStatus = "casestatus" [] "Part of the case's status",
        Assignee = "assignee" ["engineer"] "Part of the name of who works on it",
        Contributor = "contributor" [] "Part of the name of somebody who helps",
        Group = "group" [] "Part of the case group",
        Label = "label" [] "Part of a label of the card",
        Tag = "tag" [] "Part of a tag of the case",
        Bug = "bug" ["bz"] "Number of a linked bug, or part of its summary",
        Issue = "issue" [] "Key of a linked Jira issue, or part of its title",
    }
}

words! {
    /// Fields that are days: so many days ago, or a date.
    DayField {
        Opened = "opened" ["created"] "Day on which the case was opened",
        Updated = "updated" [] "Day of the case's last change",
        Commented = "commented" [] "Day of the newest comment of the card",
    }
}

words! {
    /// Fields that are alone of their kind.
    OtherField {
        Severity = "sev" ["severity"] "Severity; more severe is greater",
        Age = "age" ["days"] "Days that the case is or was open, such as 14, 14d, 2w",
        Is = "is" [] "A property of the card",
        Has = "has" [] "Whether any is there",
        Text = "text" [] "Text anywhere in the card, its bugs, issues and comments",
    }
}

words! {
    /// What a card is or is not.
    Property {
        Open = "open" [] "Case open",
        Closed = "closed" [] "Case closed",
        Breached = "breached" [] "SLA breached",
        Warning = "warning" ["atrisk"] "SLA at risk",
        OnTrack = "ontrack" [] "SLA on track",
        Escalated = "escalated" ["prio"] "On prio-list",
        CritSit = "critsit" [] "Crit sit",
        AnyEscalation = "any-escalation" [] "Escalated in any way",
        Potential = "potential" [] "May escalate",
        Daily = "daily" ["telco"] "On the daily list",
        Unassigned = "unassigned" [] "Unassigned",
        Untracked = "untracked" [] "Without bug or issue",
        Stale = "stale" [] "Case open, no comment of the last 7 days",
        Trends = "trends" [] "Shows a trend",
        ClosedNotDone = "closed-not-done" ["notdone"] "Case closed, card not done",
    }
}

words! {
    /// What a card has or has not.
    Part {
        Bug = "bug" ["bugs"] "A bug is linked",
        Issue = "issue" ["issues"] "A Jira issue is linked",
        Comment = "comment" ["comments"] "Somebody commented",
    }
}

/// What stands before a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Compared as text.
    Name(NameField),
    /// Compared as a day.
    Day(DayField),
    /// One of its own kind.
    Other(OtherField),
}

impl Field {
    /// All fields.
    pub fn all() -> impl Iterator<Item = Self> {
        let others = OtherField::ALL.iter().copied().map(Self::Other);
        let names = NameField::ALL.iter().copied().map(Self::Name);
        others.chain(names).chain(DayField::ALL.iter().copied().map(Self::Day))
    }

    /// The field of that spelling, in whatever case.
    pub fn by_word(text: &str) -> Option<Self> {
        let other = OtherField::by_word(text).map(Self::Other);
        let name = || NameField::by_word(text).map(Self::Name);
        other.or_else(name).or_else(|| DayField::by_word(text).map(Self::Day))
    }

    /// The spelling that a canonical query has.
    pub fn name(self) -> &'static str {
        self.spellings().0
    }

    /// Other spellings.
    pub fn aliases(self) -> &'static [&'static str] {
        self.spellings().1
    }

    /// What it means, for people.
    pub fn help(self) -> &'static str {
        match self {
            Self::Name(field) => field.help(),
            Self::Day(field) => field.help(),
            Self::Other(field) => field.help(),
        }
    }

    /// The values that are known beforehand, in the spelling of a canonical query; all there are only where
    /// the parser says so.
    pub fn known_values(self) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        match self {
            Self::Other(OtherField::Severity) => {
                severities().map(|severity| severity_word(&severity)).collect()
            }
            Self::Other(OtherField::Is) => Property::ALL.iter().map(|word| word.name().to_owned()).collect(),
            Self::Other(OtherField::Has) => Part::ALL.iter().map(|word| word.name().to_owned()).collect(),
            Self::Name(NameField::Status) => {
                CardStatus::KNOWN.iter().map(|status| status.as_str().to_owned()).collect()
            }
            Self::Name(NameField::CaseStatus) => {
                CaseStatus::KNOWN.iter().map(|status| status.as_str().to_owned()).collect()
            }
            Self::Day(_) => words(&["today", "yesterday", ">7d", "<7d"]),
            Self::Other(OtherField::Age) => words(&["<7d", ">14d", ">30d"]),
            Self::Other(OtherField::Text) | Self::Name(_) => Vec::new(),
        }
    }

    fn spellings(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Name(field) => (field.name(), field.aliases()),
            Self::Day(field) => (field.name(), field.aliases()),
            Self::Other(field) => (field.name(), field.aliases()),
        }
    }
}

/// The severities that can be asked for: the known ones, and "other" for all else.
pub(super) fn severities() -> impl Iterator<Item = Severity> {
    Severity::KNOWN.into_iter().chain([Severity::Other("other".into())])
}

/// The word in a query.
pub(super) fn severity_word(severity: &Severity) -> String {
    severity.word().to_lowercase()
}
