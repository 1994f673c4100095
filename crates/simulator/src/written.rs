//! What the API's users changed, kept beside the world, which itself only follows its seed. Bounded: beyond its
//! limits a write is refused rather than forgotten.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use axum::http::{HeaderValue, StatusCode, header};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::files::FileDesk;
use crate::journal::Journal;
use crate::mail::{MailBox, Taken};
use crate::reply::Reply;
use crate::world::{Engineer, IssueComment, IssueRef, JiraIssue};

/// How many issues may be created, changed, bugs changed, watchers changed, messages posted: each.
const MOST: usize = 50_000;
/// How many comments or links one issue may get.
const MOST_OF_ONE: usize = 1_000;

/// How often one issue may be written, and in what time.
const WRITES: usize = 20;
const WITHIN: Duration = Duration::from_secs(2);

/// All that was written.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) journal: Journal,
    made: Vec<MadeIssue>,
    changes: BTreeMap<IssueRef, IssueChange>,
    bugs: BTreeMap<u32, BugChange>,
    watchers: BTreeMap<(String, String), bool>,
    pub(crate) messages: Vec<Value>,
    pub(crate) mail: MailBox,
    pub(crate) files: FileDesk,
    /// For how many seconds a new issue is invisible to searches.
    pub(crate) search_lag: u32,
    /// Counts writes, so that a remembered search knows when it is stale.
    pub(crate) version: u64,
    last_id: u64,
    /// When each issue was written lately.
    pace: BTreeMap<IssueRef, VecDeque<Instant>>,
}

/// An issue that was created.
#[derive(Debug, Clone)]
pub(crate) struct MadeIssue {
    pub(crate) issue: JiraIssue,
    pub(crate) summary: String,
    pub(crate) description: String,
}

/// What was changed of an issue.
#[derive(Debug, Clone, Default)]
pub(crate) struct IssueChange {
    pub(crate) status: Option<String>,
    pub(crate) priority: Option<String>,
    pub(crate) labels: Option<Vec<String>>,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) assignee: Edit<Option<Engineer>>,
    pub(crate) private_keywords: Option<Vec<String>>,
    pub(crate) whiteboard: Edit<Option<String>>,
    pub(crate) tracking: Edit<Option<String>>,
    pub(crate) in_sprint: Option<bool>,
    pub(crate) updated: Option<DateTime<Utc>>,
    pub(crate) comments: Vec<IssueComment>,
    pub(crate) links: Vec<Link>,
}

/// A field that was set, perhaps to nothing, or was left alone.
#[derive(Debug, Clone, Default)]
pub(crate) enum Edit<T> {
    /// Left alone.
    #[default]
    Keep,
    /// Set to this.
    Set(T),
}

impl<T> Edit<T> {
    /// What the field is now, if it was `old`.
    pub(crate) fn over(self, old: T) -> T {
        match self {
            Self::Keep => old,
            Self::Set(new) => new,
        }
    }

    /// This edit after an `earlier` one.
    pub(crate) fn or(self, earlier: Self) -> Self {
        match self {
            Self::Keep => earlier,
            Self::Set(_) => self,
        }
    }
}

/// A remote link of an issue.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) id: u64,
    pub(crate) global_id: Option<String>,
    pub(crate) url: String,
    pub(crate) title: String,
}

/// What was changed of a bug.
#[derive(Debug, Clone, Default)]
pub(crate) struct BugChange {
    pub(crate) whiteboard: Option<String>,
    pub(crate) changed: Option<DateTime<Utc>>,
    pub(crate) comments: Vec<Value>,
}

/// The refusal of a write that would grow the simulator without bound.
fn full() -> Reply {
    Reply::json(
        StatusCode::INSUFFICIENT_STORAGE,
        &json!({ "simulator": "too much was written; start a new one" }),
    )
}

/// Jira's refusal of writes to one issue that come too fast.
fn too_fast() -> Reply {
    let body = json!({ "errorMessages": ["Too many writes to this issue. Try again later."], "errors": {} });
    Reply::json(StatusCode::TOO_MANY_REQUESTS, &body).with(header::RETRY_AFTER, HeaderValue::from_static("1"))
}

impl Written {
    /// A number for something new: comment, link.
    pub(crate) fn new_id(&mut self) -> u64 {
        self.last_id += 1;
        900_000_000 + self.last_id
    }

    /// The place of the next issue that is created.
    pub(crate) fn next_issue(&self) -> IssueRef {
        IssueRef::Made(u32::try_from(self.made.len()).unwrap_or(u32::MAX))
    }

    pub(crate) fn create(&mut self, issue: MadeIssue) -> Result<(), Reply> {
        if self.made.len() >= MOST {
            return Err(full());
        }
        self.version += 1;
        self.made.push(issue);
        Ok(())
    }

    pub(crate) fn made(&self, at: IssueRef) -> Option<&MadeIssue> {
        match at {
            IssueRef::Made(place) => self.made.get(usize::try_from(place).ok()?),
            _ => None,
        }
    }

    /// All issues that were created.
    pub(crate) fn made_refs(&self) -> impl Iterator<Item = IssueRef> + '_ {
        self.made.iter().map(|made| made.issue.at)
    }

    pub(crate) fn change(&self, at: IssueRef) -> Option<&IssueChange> {
        self.changes.get(&at)
    }

    /// The changes of an issue, to be added to at `now`.
    pub(crate) fn change_mut(&mut self, at: IssueRef, now: DateTime<Utc>) -> Result<&mut IssueChange, Reply> {
        if self.changes.len() >= MOST && !self.changes.contains_key(&at) {
            return Err(full());
        }
        if !self.keeps_pace(at) {
            return Err(too_fast());
        }
        self.version += 1;
        let change = self.changes.entry(at).or_default();
        if change.comments.len() >= MOST_OF_ONE || change.links.len() >= MOST_OF_ONE {
            return Err(full());
        }
        change.updated = Some(now);
        Ok(change)
    }

    /// Whether the issue may be written once more. This is about the wire, so it is the real time that counts.
    fn keeps_pace(&mut self, at: IssueRef) -> bool {
        let now = Instant::now();
        if self.pace.len() >= MOST {
            self.pace.clear();
        }
        let writes = self.pace.entry(at).or_default();
        while writes.front().is_some_and(|write| now - *write >= WITHIN) {
            writes.pop_front();
        }
        if writes.len() >= WRITES {
            return false;
        }
        writes.push_back(now);
        true
    }

    pub(crate) fn bug(&self, number: u32) -> Option<&BugChange> {
        self.bugs.get(&number)
    }

    pub(crate) fn bug_mut(&mut self, number: u32, now: DateTime<Utc>) -> Result<&mut BugChange, Reply> {
        if self.bugs.len() >= MOST && !self.bugs.contains_key(&number) {
            return Err(full());
        }
        let change = self.bugs.entry(number).or_default();
        if change.comments.len() >= MOST_OF_ONE {
            return Err(full());
        }
        change.changed = Some(now);
        Ok(change)
    }

    pub(crate) fn add_watcher(&mut self, case: &str, login: &str) -> Result<(), Reply> {
        self.watch(case, login, true)
    }

    pub(crate) fn remove_watcher(&mut self, case: &str, login: &str) -> Result<(), Reply> {
        self.watch(case, login, false)
    }

    fn watch(&mut self, case: &str, login: &str, on: bool) -> Result<(), Reply> {
        if self.watchers.len() >= MOST {
            return Err(full());
        }
        self.watchers.insert((case.to_owned(), login.to_owned()), on);
        Ok(())
    }

    /// Who was added to a case's watchers.
    pub(crate) fn watchers_added(&self, case: &str) -> BTreeSet<&str> {
        let from = (case.to_owned(), String::new());
        let of_case = self.watchers.range(from..).take_while(|((number, _), _)| number == case);
        of_case.filter(|(_, on)| **on).map(|((_, login), _)| login.as_str()).collect()
    }

    pub(crate) fn watcher_removed(&self, case: &str, login: &str) -> bool {
        self.watchers.get(&(case.to_owned(), login.to_owned())) == Some(&false)
    }

    /// Keeps a letter, with a line in the journal.
    pub(crate) fn mail_came(&mut self, letter: Taken) {
        let (at, by) = (letter.at, letter.by.clone().unwrap_or_else(|| "anonymous".to_owned()));
        let id = letter.letter.message_id().unwrap_or("(no id)").to_owned();
        let raw = letter.letter.raw().to_owned();
        let new = self.mail.keep(letter);
        self.journal.did("mail", id, new);
        self.journal.record_letter(at, &by, &raw);
    }

    /// Keeps a posted message; its place among all.
    pub(crate) fn post(&mut self, message: Value) -> Result<usize, Reply> {
        if self.messages.len() >= MOST {
            return Err(full());
        }
        self.messages.push(message);
        Ok(self.messages.len())
    }
}
