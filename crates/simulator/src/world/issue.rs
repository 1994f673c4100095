//! A Jira issue of whatever kind, at one moment, before anybody wrote to it; and how issues are named.

use chrono::{DateTime, Utc};

use super::{Engineer, Tick, World};

/// A Jira project of this world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Project {
    /// The team's cards.
    Cards,
    /// Engineering's bugs.
    Bugs,
    /// Engineering's features.
    Features,
    /// Escalations.
    Escalations,
}

impl Project {
    pub(crate) const ALL: [Self; 4] = [Self::Cards, Self::Bugs, Self::Features, Self::Escalations];

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Cards => "KNIECO",
            Self::Bugs => "OCPBUGS",
            Self::Features => "CNF",
            Self::Escalations => "FESC",
        }
    }

    pub(crate) fn id(self) -> u32 {
        match self {
            Self::Cards => 10_000,
            Self::Bugs => 10_001,
            Self::Features => 10_002,
            Self::Escalations => 10_003,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cards => "Field engagements",
            Self::Bugs => "OpenShift bugs",
            Self::Features => "Cloud native features",
            Self::Escalations => "Field escalations",
        }
    }

    /// The project of that key or id, whatever its case.
    pub(crate) fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.key().eq_ignore_ascii_case(text) || p.id().to_string() == text)
    }
}

/// Which issue, without its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum IssueRef {
    /// The card of the case of that index.
    Card(u32),
    /// Work in the cards' project that is no case's card.
    Noise(u32),
    /// An issue that was created through the API.
    Made(u32),
    /// A member of engineering's pool.
    Engineering(u32),
    /// The escalation over the case of that index.
    Escalation(u32),
}

const FIRST_NOISE: u32 = 400_000;
/// Right after the noise, which is numbered towards it: whatever is made gets the next number that is free, as in Jira.
const FIRST_MADE: u32 = 500_000;
const FIRST_ENGINEERING: u32 = 1_000;
const CLASS: u32 = 10_000_000;

impl IssueRef {
    pub(crate) fn project(self) -> Project {
        match self {
            Self::Card(_) | Self::Noise(_) | Self::Made(_) => Project::Cards,
            Self::Engineering(member) if member % 4 == 3 => Project::Features,
            Self::Engineering(_) => Project::Bugs,
            Self::Escalation(_) => Project::Escalations,
        }
    }

    /// The key that people use.
    pub(crate) fn key(self) -> String {
        let number = match self {
            Self::Card(index) | Self::Escalation(index) => index + 1,
            Self::Noise(at) => FIRST_MADE - 1 - at,
            Self::Made(at) => FIRST_MADE + at,
            Self::Engineering(member) => FIRST_ENGINEERING + member,
        };
        format!("{}-{number}", self.project().key())
    }

    /// Jira's number for it.
    pub(crate) fn id(self) -> u32 {
        match self {
            Self::Card(at) => CLASS + at,
            Self::Engineering(at) => 2 * CLASS + at,
            Self::Escalation(at) => 3 * CLASS + at,
            Self::Noise(at) => 4 * CLASS + at,
            Self::Made(at) => 5 * CLASS + at,
        }
    }

    /// The issue of that key or id; whether it exists is another question.
    pub(crate) fn named(text: &str) -> Option<Self> {
        let Some((project, number)) = text.rsplit_once('-') else {
            let id = text.parse::<u32>().ok()?;
            let at = id % CLASS;
            return match id / CLASS {
                1 => Some(Self::Card(at)),
                2 => Some(Self::Engineering(at)),
                3 => Some(Self::Escalation(at)),
                4 => Some(Self::Noise(at)),
                5 => Some(Self::Made(at)),
                _ => None,
            };
        };
        let project = Project::named(project)?;
        let number = number.parse::<u32>().ok()?;
        match project {
            Project::Cards if number >= FIRST_MADE => Some(Self::Made(number - FIRST_MADE)),
            Project::Cards if number >= FIRST_NOISE => Some(Self::Noise(FIRST_MADE - 1 - number)),
            Project::Cards => number.checked_sub(1).map(Self::Card),
            Project::Escalations => number.checked_sub(1).map(Self::Escalation),
            Project::Bugs | Project::Features => number
                .checked_sub(FIRST_ENGINEERING)
                .map(Self::Engineering)
                .filter(|at| at.project() == project),
        }
    }
}

/// Text with its rendering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RichText {
    /// As written.
    pub(crate) wiki: String,
    /// As Jira renders it.
    pub(crate) html: String,
}

/// A comment on an issue.
#[derive(Debug, Clone)]
pub(crate) struct IssueComment {
    pub(crate) id: u64,
    pub(crate) author: Engineer,
    pub(crate) body: RichText,
    pub(crate) at: DateTime<Utc>,
}

/// An issue without its long texts, which [`World`] makes when they are asked for.
#[derive(Debug, Clone)]
pub(crate) struct JiraIssue {
    pub(crate) at: IssueRef,
    pub(crate) kind: String,
    pub(crate) status: String,
    pub(crate) labels: Vec<String>,
    pub(crate) priority: Option<String>,
    pub(crate) components: Vec<String>,
    pub(crate) assignee: Option<Engineer>,
    pub(crate) contributors: Vec<Engineer>,
    pub(crate) qa_contact: Option<Engineer>,
    pub(crate) severity: Option<String>,
    pub(crate) fix_versions: Vec<String>,
    pub(crate) private_keywords: Vec<String>,
    pub(crate) whiteboard: Option<String>,
    pub(crate) tracking: Option<String>,
    pub(crate) in_sprint: bool,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    /// Whether the team's credentials may read it.
    pub(crate) readable: bool,
}

impl JiraIssue {
    /// An issue with nothing but its name and times.
    pub(crate) fn bare(at: IssueRef, kind: &str, status: &str, created: DateTime<Utc>) -> Self {
        Self {
            at,
            kind: kind.into(),
            status: status.into(),
            labels: Vec::new(),
            priority: None,
            components: Vec::new(),
            assignee: None,
            contributors: Vec::new(),
            qa_contact: None,
            severity: None,
            fix_versions: Vec::new(),
            private_keywords: Vec::new(),
            whiteboard: None,
            tracking: None,
            in_sprint: false,
            created,
            updated: created,
            readable: true,
        }
    }
}

impl World {
    /// The issue, if it exists by now.
    pub(crate) fn issue(&self, at: IssueRef) -> Option<JiraIssue> {
        match at {
            IssueRef::Card(index) => self.card(index),
            IssueRef::Noise(place) => self.noise(place),
            IssueRef::Made(_) => None,
            IssueRef::Engineering(member) => self.engineering(member),
            IssueRef::Escalation(index) => self.escalation(index),
        }
    }

    /// The issue's title.
    pub(crate) fn issue_summary(&self, at: IssueRef) -> String {
        match at {
            IssueRef::Card(index) => self.card_summary(index),
            IssueRef::Noise(place) => self.noise_summary(place),
            IssueRef::Made(_) => String::new(),
            IssueRef::Engineering(member) => self.engineering_summary(member),
            IssueRef::Escalation(index) => self.escalation_summary(index),
        }
    }

    /// The issue's description as wiki text.
    pub(crate) fn issue_description(&self, at: IssueRef) -> String {
        match at {
            IssueRef::Card(index) => self.case_at(index, self.tick()).description(self),
            IssueRef::Noise(_) | IssueRef::Made(_) => String::new(),
            IssueRef::Engineering(_) | IssueRef::Escalation(_) => self.issue_summary(at),
        }
    }

    /// The issue's comments, oldest first.
    pub(crate) fn issue_comments(&self, at: IssueRef) -> Vec<IssueComment> {
        match at {
            IssueRef::Card(index) => self.card_comments(index),
            _ => Vec::new(),
        }
    }

    /// The field that holds links to cases; escalations have it.
    pub(crate) fn case_links(&self, at: IssueRef) -> Option<RichText> {
        match at {
            IssueRef::Escalation(index) => Some(self.escalation_links(index)),
            _ => None,
        }
    }

    /// Every issue that may exist by now, project by project, in the order of their numbers.
    pub(crate) fn issue_refs(&self, project: Project) -> Box<dyn Iterator<Item = IssueRef> + '_> {
        match project {
            Project::Cards => Box::new(
                (0..self.population())
                    .map(IssueRef::Card)
                    .chain((0..self.noise_count()).map(IssueRef::Noise)),
            ),
            Project::Escalations => Box::new((0..self.population()).map(IssueRef::Escalation)),
            Project::Bugs | Project::Features => Box::new(
                (0..self.pool_size()).map(IssueRef::Engineering).filter(move |at| at.project() == project),
            ),
        }
    }

    /// The later of two moments as it is shown.
    pub(super) fn shown_latest(&self, ticks: impl IntoIterator<Item = Tick>, from: Tick) -> DateTime<Utc> {
        let now = self.tick();
        self.shown(ticks.into_iter().filter(|tick| *tick <= now).fold(from, Tick::max))
    }
}
