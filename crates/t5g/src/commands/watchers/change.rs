//! What is done for each pair: looked at first, written only if it is not so yet, noted in the audit log.

use anyhow::Result;
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use serde_json::json;
use t5g_clients::portal::{Portal, Watcher};
use t5g_clients::{ClientError, ErrorKind};
use t5g_model::names::CaseNumber;
use t5g_store::ledger::{Action, AuditEntry, AuditOutcome, Ledger, Via};

use super::pairs::Pairs;
use crate::process;

/// Cases that are looked at at once.
const AT_ONCE: usize = 4;

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Only to know.
    None,
    Add {
        dry_run: bool,
    },
    Remove {
        dry_run: bool,
    },
}

impl Change {
    /// Whether anything is written.
    pub(super) fn writes(self) -> bool {
        matches!(self, Self::Add { dry_run: false } | Self::Remove { dry_run: false })
    }
}

/// What became of a pair.
#[derive(Debug, Serialize)]
pub(super) struct PairResult {
    case: CaseNumber,
    login: String,
    result: Word,
    /// Whether the person watches the case now, as far as is known.
    watches: Option<bool>,
    error: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Watches,
    DoesNotWatch,
    Added,
    Removed,
    WouldAdd,
    WouldRemove,
    Failed,
}

impl Word {
    fn told(self) -> &'static str {
        match self {
            Self::Watches => "watches",
            Self::DoesNotWatch => "does not watch",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::WouldAdd => "would be added",
            Self::WouldRemove => "would be removed",
            Self::Failed => "FAILED",
        }
    }
}

impl PairResult {
    fn of(case: &CaseNumber, login: &str, result: Word, watches: Option<bool>) -> Self {
        Self { case: case.clone(), login: login.to_owned(), result, watches, error: None }
    }

    fn failure(case: &CaseNumber, login: &str, watches: Option<bool>, error: &ClientError) -> Self {
        Self { error: Some(error.to_string()), ..Self::of(case, login, Word::Failed, watches) }
    }

    pub(super) fn failed(&self) -> bool {
        self.result == Word::Failed
    }

    pub(super) fn row(&self) -> [String; 3] {
        let told = self.result.told();
        let result = self.error.as_ref().map_or_else(|| told.to_owned(), |error| format!("{told}: {error}"));
        [self.case.as_str().to_owned(), self.login.clone(), result]
    }
}

/// Where it is done and noted.
pub(super) struct Desk<'a> {
    pub(super) portal: &'a dyn Portal,
    /// There whenever something is written.
    pub(super) ledger: Option<&'a Ledger>,
}

impl Desk<'_> {
    /// Every pair, in the order of the cases. Fails only if what was written cannot be noted.
    pub(super) async fn all(&self, pairs: &Pairs, change: Change) -> Result<Vec<PairResult>> {
        let cases = pairs.cases.iter().map(|case| self.case(case, &pairs.users, change));
        let results: Vec<Vec<PairResult>> =
            futures_util::stream::iter(cases).buffered(AT_ONCE).try_collect().await?;
        Ok(results.into_iter().flatten().collect())
    }

    async fn case(&self, case: &CaseNumber, users: &[String], change: Change) -> Result<Vec<PairResult>> {
        let watchers = match self.portal.watchers(case.as_str()).await {
            Ok(watchers) => watchers,
            Err(error) if users.is_empty() => return Ok(vec![PairResult::failure(case, "", None, &error)]),
            Err(error) => {
                return Ok(users.iter().map(|user| PairResult::failure(case, user, None, &error)).collect());
            }
        };
        if users.is_empty() {
            let told = |watcher: &Watcher| PairResult::of(case, &watcher.login, Word::Watches, Some(true));
            return Ok(watchers.iter().map(told).collect());
        }
        let mut results = Vec::new();
        for user in users {
            let watches = watchers.iter().any(|watcher| watcher.login.eq_ignore_ascii_case(user));
            results.push(self.pair(case, user, watches, change).await?);
        }
        Ok(results)
    }

    async fn pair(&self, case: &CaseNumber, user: &str, watches: bool, change: Change) -> Result<PairResult> {
        let (word, after) = match (change, watches) {
            (Change::None | Change::Add { .. }, true) => (Word::Watches, true),
            (Change::None | Change::Remove { .. }, false) => (Word::DoesNotWatch, false),
            (Change::Add { dry_run: true }, false) => (Word::WouldAdd, false),
            (Change::Remove { dry_run: true }, true) => (Word::WouldRemove, true),
            (Change::Add { dry_run: false }, false) => (Word::Added, true),
            (Change::Remove { dry_run: false }, true) => (Word::Removed, false),
        };
        let done = match word {
            Word::Added => self.portal.add_watchers(case.as_str(), &[user.to_owned()]).await,
            Word::Removed => self.portal.remove_watcher(case.as_str(), user).await,
            _ => return Ok(PairResult::of(case, user, word, Some(after))),
        };
        self.note(case, user, watches, after, done.as_ref().err()).await?;
        Ok(match done {
            Ok(()) => PairResult::of(case, user, word, Some(after)),
            Err(error) => {
                // Where it may have been done all the same, nobody knows how it is now.
                let known = (!error.may_have_acted()).then_some(watches);
                PairResult::failure(case, user, known, &error)
            }
        })
    }

    /// Who wrote what, how it was before and is now, and how it went.
    async fn note(
        &self,
        case: &CaseNumber,
        user: &str,
        before: bool,
        after: bool,
        error: Option<&ClientError>,
    ) -> Result<()> {
        let Some(ledger) = self.ledger else { return Ok(()) };
        let outcome = match error.map(|error| &error.kind) {
            None => AuditOutcome::Done,
            Some(ErrorKind::ReadOnly) => AuditOutcome::Refused,
            Some(_) => AuditOutcome::Failed,
        };
        let entry = AuditEntry {
            at: process::clock().now(),
            actor: process::actor(),
            account: None,
            via: Via::Command,
            action: Action::UpstreamWrite,
            object: case.as_str().to_owned(),
            outcome,
            detail: json!({
                "upstream": "portal",
                "effect": if after { "add_watcher" } else { "remove_watcher" },
                "login": user,
                "before": before,
                "after": if error.is_none() { Some(after) } else { None },
                "in_doubt": error.is_some_and(ClientError::may_have_acted),
                "error": error.map(ToString::to_string),
            }),
            request_id: None,
            address: None,
        };
        Ok(ledger.audit(&entry).await?)
    }
}
