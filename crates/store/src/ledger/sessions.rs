//! Browsers' sessions: whose, since when, from where, until when. Looked up with every request, so that an ended
//! one is ended everywhere at once.

use chrono::{DateTime, Utc};
use t5g_model::names::Role;

use super::accounts::{hold, role};
use super::bulk::{bounded, printable};
use super::flows::{USE_ONCE, once};
use super::{AccountId, Handle, Ledger, Row, SecretDigest};
use crate::StoreError;

/// The longest address and browser's name that is kept, in bytes.
const CLIENT_BYTES: usize = 300;
/// The most sessions that one answer holds.
const MOST: i64 = 200;

/// Who the identity provider says the session is of, in its own words: needed to sign out there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSubject {
    /// The name identifier.
    pub name_id: String,
    /// Its format.
    pub name_id_format: Option<String>,
    /// The session's index there.
    pub session_index: Option<String>,
}

/// A session to be begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// Of its secret id.
    pub digest: SecretDigest,
    /// Whose it is.
    pub account: AccountId,
    /// What they may do, as of now.
    pub role: Role,
    /// Who they are at the identity provider.
    pub subject: SessionSubject,
    /// When it begins.
    pub created: DateTime<Utc>,
    /// When it ends in any case.
    pub expires: DateTime<Utc>,
    /// The client's address.
    pub address: Option<String>,
    /// What the browser calls itself.
    pub agent: Option<String>,
}

/// What a request needs to know of its session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSession {
    /// Its name.
    pub handle: Handle,
    /// Whose it is.
    pub account: AccountId,
    /// What they are called.
    pub name: String,
    /// Their mail address.
    pub mail: Option<String>,
    /// The lower one of the role when the session began and the account's role now.
    pub role: Role,
    /// When it was used last, give or take a minute.
    pub seen: DateTime<Utc>,
}

/// A session as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its name.
    pub handle: Handle,
    /// When it began.
    pub created: DateTime<Utc>,
    /// When it was used last.
    pub seen: DateTime<Utc>,
    /// When it ends in any case.
    pub expires: DateTime<Utc>,
    /// The client's address.
    pub address: Option<String>,
    /// What the browser calls itself.
    pub agent: Option<String>,
}

/// A request of the identity provider to end sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its name, under which it counts once.
    pub id: String,
    /// Until when that has to be remembered.
    pub until: DateTime<Utc>,
}

/// That a session or a token was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Of which.
    pub handle: Handle,
    /// When.
    pub at: DateTime<Utc>,
    /// From where.
    pub address: Option<String>,
}

impl Ledger {
    /// Begins a session; false if its person may not come in any more.
    pub async fn begin_session(&self, session: &NewSession) -> Result<bool, StoreError> {
        let sql = "INSERT INTO sessions (handle, digest, account, role, name_id, name_id_format, \
                   session_index, created, seen, expires, address, agent) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11)";
        let client =
            |text: &Option<String>| text.as_deref().map(|text| bounded(&printable(text), CLIENT_BYTES));
        let args = [
            session.digest.handle().as_str().into(),
            session.digest.as_str().into(),
            session.account.as_str().into(),
            session.role.as_str().into(),
            (&session.subject.name_id).into(),
            session.subject.name_id_format.as_deref().into(),
            session.subject.session_index.as_deref().into(),
            session.created.into(),
            session.expires.into(),
            client(&session.address).as_deref().into(),
            client(&session.agent).as_deref().into(),
        ];
        let mut tx = self.db().await?.begin().await?;
        if !hold(&mut tx, &session.account).await? {
            return Ok(false);
        }
        tx.execute(sql, &args).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The session with that secret, if it goes on: not ended, not expired, used since `idle_since`, and its person
    /// let in: with a role, and not shut out. One indexed read, the only thing that every request of a signed-in browser waits for.
    pub async fn session(
        &self,
        digest: &SecretDigest,
        now: DateTime<Utc>,
        idle_since: DateTime<Utc>,
    ) -> Result<Option<LiveSession>, StoreError> {
        let sql = "SELECT s.digest, s.account, s.role, s.seen, a.name, a.mail, a.role AS role_now \
                   FROM sessions s JOIN accounts a ON a.account = s.account \
                   WHERE s.handle = $1 AND s.revoked IS NULL AND s.expires > $2 AND s.seen > $3 \
                   AND a.blocked IS NULL AND a.role <> 'none'";
        let handle = digest.handle();
        let args = [handle.as_str().into(), now.into(), idle_since.into()];
        let Some(row) = self.db().await?.fetch_first(sql, &args).await? else { return Ok(None) };
        if !digest.is(&row.get::<String>("digest")?) {
            return Ok(None);
        }
        Ok(Some(LiveSession {
            handle,
            account: AccountId::from_row(&row, "account")?,
            name: row.get("name")?,
            mail: row.get("mail")?,
            role: role(&row, "role")?.min(role(&row, "role_now")?),
            seen: row.some_time("seen")?,
        }))
    }

    /// Who the session's person is at the identity provider.
    pub async fn session_subject(&self, handle: &Handle) -> Result<Option<SessionSubject>, StoreError> {
        let sql = "SELECT name_id, name_id_format, session_index FROM sessions WHERE handle = $1";
        let rows = self.db().await?.fetch(sql, &[handle.as_str().into()]).await?;
        let subject = |row: &Row| {
            Ok(SessionSubject {
                name_id: row.get("name_id")?,
                name_id_format: row.get("name_id_format")?,
                session_index: row.get("session_index")?,
            })
        };
        rows.first().map(subject).transpose()
    }

    /// Sessions of an account that go on, used last first.
    pub async fn sessions_of(
        &self,
        account: &AccountId,
        now: DateTime<Utc>,
        idle_since: DateTime<Utc>,
    ) -> Result<Vec<Session>, StoreError> {
        let sql = "SELECT handle, created, seen, expires, address, agent FROM sessions \
                   WHERE account = $1 AND revoked IS NULL AND expires > $2 AND seen > $3 \
                   ORDER BY seen DESC, handle LIMIT $4";
        let args = [account.as_str().into(), now.into(), idle_since.into(), MOST.into()];
        let rows = self.db().await?.fetch(sql, &args).await?;
        rows.iter()
            .map(|row| {
                Ok(Session {
                    handle: handle(row)?,
                    created: row.some_time("created")?,
                    seen: row.some_time("seen")?,
                    expires: row.some_time("expires")?,
                    address: row.get("address")?,
                    agent: row.get("agent")?,
                })
            })
            .collect()
    }

    /// Whether there is such a session of that account, and it was not ended.
    pub async fn has_session(&self, account: &AccountId, handle: &Handle) -> Result<bool, StoreError> {
        let sql = "SELECT handle FROM sessions WHERE handle = $1 AND account = $2 AND revoked IS NULL";
        let rows = self.db().await?.fetch(sql, &[handle.as_str().into(), account.as_str().into()]).await?;
        Ok(!rows.is_empty())
    }

    /// Ends a session; false if it had ended before or there is none.
    pub async fn end_session(
        &self,
        handle: &Handle,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE sessions SET revoked = $2, revoked_by = $3 WHERE handle = $1 AND revoked IS NULL";
        let args = [handle.as_str().into(), now.into(), (&bounded(by, CLIENT_BYTES)).into()];
        Ok(self.db().await?.execute(sql, &args).await? == 1)
    }

    /// Ends all sessions of an account; how many that were.
    pub async fn end_sessions_of(
        &self,
        account: &AccountId,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let sql = "UPDATE sessions SET revoked = $2, revoked_by = $3 WHERE account = $1 AND revoked IS NULL";
        let args = [account.as_str().into(), now.into(), (&bounded(by, CLIENT_BYTES)).into()];
        self.db().await?.execute(sql, &args).await
    }

    /// Ends the sessions that the identity provider means; without indexes all of that person. How many; `None`: it
    /// asked so before, and nothing was done. Either all of it happens or nothing, so that it can be asked again.
    pub async fn end_sessions_at_provider(
        &self,
        asked: &Asked,
        name_id: &str,
        session_indexes: &[String],
        now: DateTime<Utc>,
    ) -> Result<Option<u64>, StoreError> {
        const BY: &str = "the identity provider";
        let mut tx = self.db().await?.begin().await?;
        let used = [(&once("a logout request", &asked.id)).into(), asked.until.into()];
        if tx.execute(USE_ONCE, &used).await? == 0 {
            return Ok(None);
        }
        let mut ended = 0;
        if session_indexes.is_empty() {
            let all =
                "UPDATE sessions SET revoked = $2, revoked_by = $3 WHERE name_id = $1 AND revoked IS NULL";
            ended += tx.execute(all, &[name_id.into(), now.into(), BY.into()]).await?;
        }
        let one = "UPDATE sessions SET revoked = $2, revoked_by = $3 WHERE name_id = $1 \
                   AND session_index = $4 AND revoked IS NULL";
        for index in session_indexes {
            ended += tx.execute(one, &[name_id.into(), now.into(), BY.into(), index.into()]).await?;
        }
        tx.commit().await?;
        Ok(Some(ended))
    }

    /// Notes that these sessions and tokens were used.
    pub async fn note_uses(&self, sessions: &[Use], tokens: &[Use]) -> Result<(), StoreError> {
        if sessions.is_empty() && tokens.is_empty() {
            return Ok(());
        }
        let mut tx = self.db().await?.begin().await?;
        let of_sessions =
            "UPDATE sessions SET seen = $2, address = COALESCE($3, address) WHERE handle = $1 AND seen < $2";
        let of_tokens = "UPDATE api_tokens SET used = $2, used_from = COALESCE($3, used_from) \
                         WHERE handle = $1 AND COALESCE(used, 0) < $2";
        for (sql, uses) in [(of_sessions, sessions), (of_tokens, tokens)] {
            for one in uses {
                let address = one.address.as_deref().map(|text| bounded(&printable(text), CLIENT_BYTES));
                tx.execute(sql, &[one.handle.as_str().into(), one.at.into(), address.as_deref().into()])
                    .await?;
            }
        }
        tx.commit().await
    }
}

pub(super) fn handle(row: &Row) -> Result<Handle, StoreError> {
    let text: String = row.get("handle")?;
    Handle::parse(&text).ok_or_else(|| row.unreadable("handle", "it is no handle"))
}
