//! The audit log: who did what, when, from where, and how it went. Rows are added and, when old, removed; nothing
//! changes one.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::bulk::{bounded, printable};
use super::{AccountId, Ledger, Row, Tx};
use crate::StoreError;

/// The longest names, objects and addresses that are kept, in bytes.
const WORD_BYTES: usize = 300;
/// The same of who did it: a name, and what tells its bearer from others.
const ACTOR_BYTES: usize = 2 * WORD_BYTES + 10;
/// The largest detail that is kept, in bytes of JSON.
const DETAIL_BYTES: usize = 4_000;
/// The most entries that one answer holds.
pub const AUDIT_PAGE: u32 = 1_000;

macro_rules! words {
    ($($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $variant_doc:literal])+ $variant:ident = $word:literal,)+ })+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[doc = $variant_doc])+ $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word in the ledger, on pages and in exports. It never changes.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// What a word means; `None` if this version does not know it.
            pub fn by_name(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )+};
}

pub(super) use words;

words! {
    /// What somebody did, or tried to do.
    Action {
        /// Signed in.
        Login = "login",
        /// Signed out, or was signed out by the identity provider.
        Logout = "logout",
        /// A session was ended by somebody else.
        SessionRevoke = "session.revoke",
        /// A person's role is another one than at the last sign-in.
        RoleChange = "role.change",
        /// A person was shut out.
        UserBlock = "user.block",
        /// A person was let in again.
        UserUnblock = "user.unblock",
        /// An API token was made.
        TokenCreate = "token.create",
        /// An API token was ended.
        TokenRevoke = "token.revoke",
        /// Something was asked for that the caller may not do.
        Denied = "denied",
        /// The audit log was exported.
        AuditExport = "audit.export",
        /// A job was started by hand.
        JobRun = "job.run",
        /// A failed job was started again by hand.
        JobRetry = "job.retry",
        /// A job was cancelled or stopped.
        JobCancel = "job.cancel",
        /// A schedule was changed, paused or resumed.
        ScheduleChange = "schedule.change",
        /// A queue was paused or resumed.
        QueueChange = "queue.change",
        /// A shrink of a document that was held back was approved or rejected.
        ShrinkDecide = "shrink.decide",
        /// Something was written to an upstream.
        UpstreamWrite = "upstream.write",
        /// A plan of what is to be written was released or rejected.
        PlanDecide = "plan.decide",
        /// A step of a plan that had ended is to be done again.
        StepAgain = "step.again",
    }

    /// How it went.
    AuditOutcome {
        /// It was done.
        Done = "done",
        /// It was not allowed, or not believed.
        Refused = "refused",
        /// It was allowed and did not succeed.
        Failed = "failed",
    }

    /// By what means somebody acted.
    Via {
        /// A browser's session.
        Session = "session",
        /// An API token.
        Token = "token",
        /// The command line.
        Command = "command",
        /// A task, by schedule or after an event.
        Task = "task",
        /// Without signing in: login is switched off, or this is the attempt.
        Nobody = "nobody",
    }
}

/// An entry to be added. Texts are cut to what fits; control characters in them become harmless.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, in words that people know.
    pub actor: String,
    /// Whose account that is, if it is one's.
    pub account: Option<AccountId>,
    /// By what means.
    pub via: Via,
    /// What.
    pub action: Action,
    /// To what: a token's name, a person, a job's id.
    pub object: String,
    /// How it went.
    pub outcome: AuditOutcome,
    /// What else is worth keeping; never a secret.
    pub detail: Value,
    /// The request in which it happened.
    pub request_id: Option<String>,
    /// The client's address.
    pub address: Option<String>,
}

/// An entry as it is kept. Words of a later version stay as they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditRecord {
    /// Its number: later entries have higher ones.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// Whose account that is.
    pub account: Option<String>,
    /// By what means.
    pub via: String,
    /// What.
    pub action: String,
    /// To what.
    pub object: String,
    /// How it went.
    pub outcome: String,
    /// What else was kept.
    pub detail: Value,
    /// The request in which it happened.
    pub request_id: Option<String>,
    /// The client's address.
    pub address: Option<String>,
}

/// Which entries are wanted; the default wants the newest ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only this action.
    pub action: Option<Action>,
    /// Only what went like this.
    pub outcome: Option<AuditOutcome>,
    /// Only entries whose actor, object, address or account holds this text, in upper or lower case.
    pub text: String,
    /// Only from this moment on.
    pub from: Option<DateTime<Utc>>,
    /// Only before this moment.
    pub until: Option<DateTime<Utc>>,
    /// Only entries older than the one with this number: the next page.
    pub before: Option<i64>,
}

impl Ledger {
    /// Adds an entry.
    pub async fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let tx = self.db().await?.begin().await?;
        self.audit_and_commit(tx, entry).await
    }

    /// Adds an entry as the last of what a transaction does.
    pub(super) async fn audit_and_commit(&self, mut tx: Tx, entry: &AuditEntry) -> Result<(), StoreError> {
        self.audit_in(&mut tx, entry).await?;
        tx.commit().await?;
        metrics::counter!("t5g_audit_entries_total", "action" => entry.action.as_str(), "outcome" => entry.outcome.as_str())
            .increment(1);
        Ok(())
    }

    /// Notes a deed, then does it; if it fails, that is noted too, with the reason. What cannot be noted is not done:
    /// that is the outer error. Pages and commands have this one way.
    pub async fn noted<T, E: std::fmt::Display>(
        &self,
        entry: &AuditEntry,
        deed: impl Future<Output = Result<T, E>>,
    ) -> Result<Result<T, E>, StoreError> {
        // Boxed: handlers hold this one, and the deed besides.
        Box::pin(self.audit(entry)).await?;
        let done = Box::pin(deed).await;
        if let Err(error) = &done {
            let detail = serde_json::json!({ "why": error.to_string() });
            let outcome = AuditOutcome::Failed;
            Box::pin(self.audit(&AuditEntry { outcome, detail, ..entry.clone() })).await?;
        }
        Ok(done)
    }

    /// Adds an entry together with whatever else the transaction does.
    pub(super) async fn audit_in(&self, tx: &mut Tx, entry: &AuditEntry) -> Result<(), StoreError> {
        let (actor, object) = (bounded(&printable(&entry.actor), ACTOR_BYTES), word(&entry.object));
        let address = entry.address.as_deref().map(word);
        let account = entry.account.as_ref().map_or("", AccountId::as_str);
        let from = address.as_deref().unwrap_or_default();
        let words = format!("{actor} {object} {from} {account}").to_lowercase();
        let counted = "UPDATE audit_count SET last = last + 1 WHERE id = 1 RETURNING last";
        let rows = tx.fetch(counted, &[]).await?;
        let row = rows.first().ok_or_else(|| StoreError::Corrupt {
            place: self.place().to_owned(),
            reason: "the table audit_count is empty; restore it from a backup".to_owned(),
        })?;
        let seq: i64 = row.get("last")?;
        let sql = "INSERT INTO audit_log (seq, at, actor, account, via, action, object, outcome, detail, \
                   request_id, address, words) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        let args = [
            seq.into(),
            entry.at.into(),
            (&actor).into(),
            entry.account.as_ref().map(AccountId::as_str).into(),
            entry.via.as_str().into(),
            entry.action.as_str().into(),
            (&object).into(),
            entry.outcome.as_str().into(),
            (&detail(&entry.detail)).into(),
            entry.request_id.as_deref().into(),
            address.as_deref().into(),
            (&words).into(),
        ];
        tx.execute(sql, &args).await.map(drop)
    }

    /// Entries that pass the filter, newest first, at most `limit` and never more than [`AUDIT_PAGE`].
    pub async fn audit_entries(
        &self,
        filter: &AuditFilter,
        limit: u32,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let sql = "SELECT seq, at, actor, account, via, action, object, outcome, detail, request_id, address \
                   FROM audit_log WHERE seq < $1 AND at >= $2 AND at < $3 \
                   AND ($4 = '' OR action = $4) AND ($5 = '' OR outcome = $5) AND words LIKE $6 ESCAPE '!' \
                   ORDER BY seq DESC LIMIT $7";
        let args = [
            filter.before.unwrap_or(i64::MAX).into(),
            filter.from.map_or(i64::MIN, |from| from.timestamp_millis()).into(),
            filter.until.map_or(i64::MAX, |until| until.timestamp_millis()).into(),
            filter.action.map_or("", Action::as_str).into(),
            filter.outcome.map_or("", AuditOutcome::as_str).into(),
            (&containing(&filter.text)).into(),
            i64::from(limit.min(AUDIT_PAGE)).into(),
        ];
        self.db().await?.fetch(sql, &args).await?.iter().map(record).collect()
    }
}

fn record(row: &Row) -> Result<AuditRecord, StoreError> {
    Ok(AuditRecord {
        seq: row.get("seq")?,
        at: row.some_time("at")?,
        actor: row.get("actor")?,
        account: row.get("account")?,
        via: row.get("via")?,
        action: row.get("action")?,
        object: row.get("object")?,
        outcome: row.get("outcome")?,
        detail: row.json("detail")?,
        request_id: row.get("request_id")?,
        address: row.get("address")?,
    })
}

fn word(text: &str) -> String {
    bounded(&printable(text), WORD_BYTES)
}

/// The detail as JSON text. One that is too large is cut as text: what was said first is kept.
fn detail(detail: &Value) -> String {
    let text = detail.to_string();
    if text.len() <= DETAIL_BYTES {
        return text;
    }
    // Escaping may double it, which still bounds it.
    Value::String(bounded(&text, DETAIL_BYTES)).to_string()
}

/// The pattern of texts that hold this one.
pub(super) fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.trim().to_lowercase().chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern + "%"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_and_are_unique() {
        for action in Action::ALL {
            assert_eq!(Action::by_name(action.as_str()), Some(*action));
        }
        assert_eq!(Action::by_name("later"), None);
    }

    #[test]
    fn signs_of_patterns_are_plain_text() {
        assert_eq!(containing(" 50%_Off! "), "%50!%!_off!!%");
        assert_eq!(containing(""), "%%");
    }

    #[test]
    fn a_large_detail_is_cut_and_stays_json() {
        let cut = detail(&serde_json::json!({ "text": "é\"".repeat(10_000) }));
        assert!(cut.len() < 3 * DETAIL_BYTES);
        assert!(serde_json::from_str::<Value>(&cut).unwrap().as_str().unwrap().ends_with('…'));
    }
}
