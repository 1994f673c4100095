//! What is asked for about each pair, how it stands, and what became of it. Only looks: what is to be written is planned
//! and done by the task, in `written`.

use futures_util::StreamExt as _;
use serde::Serialize;
use t5g_clients::ErrorKind;
use t5g_clients::portal::{Portal, Watcher};
use t5g_model::names::CaseNumber;
use t5g_model::writing::Effect;
use t5g_store::ledger::{StepRecord, StepState};

use super::pairs::Pairs;

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
    /// The task's word for it; `None`: nothing is written.
    pub(super) fn written(self) -> Option<&'static str> {
        match self {
            Self::Add { dry_run: false } => Some("add"),
            Self::Remove { dry_run: false } => Some("remove"),
            Self::None | Self::Add { .. } | Self::Remove { .. } => None,
        }
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

    fn failure(case: &CaseNumber, login: &str, watches: Option<bool>, error: impl Into<String>) -> Self {
        Self { error: Some(error.into()), ..Self::of(case, login, Word::Failed, watches) }
    }

    /// What became of it as the journal tells; `None`: the journal knows nothing of it.
    pub(super) fn written(case: &CaseNumber, login: &str, step: Option<&StepRecord>) -> Self {
        let Some(step) = step else {
            return Self::failure(case, login, None, "it was not begun");
        };
        let adds = matches!(step.effect, Effect::AddWatcher { .. });
        match (step.state, step.wrote) {
            (StepState::Done, true) => {
                Self::of(case, login, if adds { Word::Added } else { Word::Removed }, Some(adds))
            }
            (StepState::Done, false) => {
                Self::of(case, login, if adds { Word::Watches } else { Word::DoesNotWatch }, Some(adds))
            }
            (state, _) => {
                // Where it may have been done all the same, nobody knows how it is now.
                let known =
                    (state == StepState::Failed).then(|| step.before.get("watches")?.as_bool()).flatten();
                Self::failure(case, login, known, step.error.as_deref().unwrap_or(state.as_str()))
            }
        }
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

/// Where it is looked at.
pub(super) struct Desk<'a> {
    pub(super) portal: &'a dyn Portal,
}

impl Desk<'_> {
    /// How it stands with every pair, in the order of the cases, and what would be done. Writes nothing.
    pub(super) async fn all(&self, pairs: &Pairs, change: Change) -> Vec<PairResult> {
        let cases = pairs.cases.iter().map(|case| self.case(case, &pairs.users, change));
        let results: Vec<Vec<PairResult>> =
            futures_util::stream::iter(cases).buffered(AT_ONCE).collect().await;
        results.into_iter().flatten().collect()
    }

    async fn case(&self, case: &CaseNumber, users: &[String], change: Change) -> Vec<PairResult> {
        let watchers = match self.portal.watchers(case.as_str()).await {
            Ok(watchers) => watchers,
            Err(error) if users.is_empty() => {
                return vec![PairResult::failure(case, "", None, error.to_string())];
            }
            Err(error) => {
                return users
                    .iter()
                    .map(|user| PairResult::failure(case, user, None, error.to_string()))
                    .collect();
            }
        };
        if users.is_empty() {
            let told = |watcher: &Watcher| PairResult::of(case, &watcher.login, Word::Watches, Some(true));
            return watchers.iter().map(told).collect();
        }
        let watches = |user: &String| watchers.iter().any(|watcher| watcher.login.eq_ignore_ascii_case(user));
        users.iter().map(|user| standing(case, user, watches(user), change)).collect()
    }
}

/// How it stands with a pair, and what would be done about it.
fn standing(case: &CaseNumber, user: &str, watches: bool, change: Change) -> PairResult {
    let word = match (change, watches) {
        (Change::None | Change::Add { .. }, true) => Word::Watches,
        (Change::None | Change::Remove { .. }, false) => Word::DoesNotWatch,
        (Change::Add { dry_run: true }, false) => Word::WouldAdd,
        (Change::Remove { dry_run: true }, true) => Word::WouldRemove,
        // Only looked at although it is to be done: nothing is written here.
        (Change::Add { dry_run: false }, false) | (Change::Remove { dry_run: false }, true) => {
            return PairResult::failure(
                case,
                user,
                Some(watches),
                format!("the portal {}", ErrorKind::ReadOnly),
            );
        }
    };
    PairResult::of(case, user, word, Some(watches))
}
