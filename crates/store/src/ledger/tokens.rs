//! API tokens: what a program presents instead of signing in. Looked up with every request of theirs, so that a
//! revoked one is refused everywhere at once.

use chrono::{DateTime, Utc};
use t5g_model::names::{Role, Scopes};

use super::accounts::{hold, role};
use super::bulk::{bounded, printable};
use super::sessions::handle;
use super::{AccountId, AuditEntry, Handle, Ledger, Row, SecretDigest};
use crate::StoreError;

/// The longest name of a token, in bytes.
const NAME_BYTES: usize = 100;
/// The longest name of who made or ended one, in bytes.
const PERSON_BYTES: usize = 600;
/// The most tokens of one account that one answer holds.
const MOST: i64 = 1_000;

/// Ends one that goes on.
const REVOKE: &str =
    "UPDATE api_tokens SET revoked = $2, revoked_by = $3 WHERE handle = $1 AND revoked IS NULL";

/// The most tokens of one account that go on at once.
pub const MOST_ACTIVE_TOKENS: i64 = 50;

/// What came of making a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum TokenMade {
    /// It is there.
    Done,
    /// Its owner has as many as one may have.
    TooMany,
    /// Its owner may not come in any more.
    OwnerShutOut,
}

/// A token to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Of its secret.
    pub digest: SecretDigest,
    /// What its owner calls it.
    pub name: String,
    /// Whose it is; `None`: the operators', made at the command line.
    pub account: Option<AccountId>,
    /// Who made it, in words.
    pub created_by: String,
    /// What it is good for.
    pub scopes: Scopes,
    /// When it is made.
    pub created: DateTime<Utc>,
    /// When it ends by itself.
    pub expires: DateTime<Utc>,
}

/// What a request needs to know of its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveToken {
    /// Its name for people.
    pub handle: Handle,
    /// What its owner calls it.
    pub name: String,
    /// Whose it is.
    pub account: Option<AccountId>,
    /// Who made it, in words.
    pub created_by: String,
    /// What it was made for.
    pub scopes: Scopes,
    /// The owner's role now: what is above it counts no more. `None`: it has no owner.
    pub owner_role: Option<Role>,
    /// When it was used last, give or take a minute.
    pub used: Option<DateTime<Utc>>,
}

/// A token as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its name for people.
    pub handle: Handle,
    /// What its owner calls it.
    pub name: String,
    /// Whose it is.
    pub account: Option<AccountId>,
    /// Who made it, in words.
    pub created_by: String,
    /// What it was made for.
    pub scopes: Scopes,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it ends by itself.
    pub expires: DateTime<Utc>,
    /// When it was revoked, and by whom.
    pub revoked: Option<(DateTime<Utc>, String)>,
    /// When it was used last.
    pub used: Option<DateTime<Utc>>,
    /// From where it was used last.
    pub used_from: Option<String>,
}

impl Ledger {
    /// Makes a token, if its owner may come in and has not too many that go on.
    pub async fn create_token(&self, token: &NewToken) -> Result<TokenMade, StoreError> {
        self.make_token(token, None).await
    }

    /// The same; what is made and the line on it are there together, or neither is.
    pub async fn create_token_noted(
        &self,
        token: &NewToken,
        entry: &AuditEntry,
    ) -> Result<TokenMade, StoreError> {
        self.make_token(token, Some(entry)).await
    }

    async fn make_token(
        &self,
        token: &NewToken,
        entry: Option<&AuditEntry>,
    ) -> Result<TokenMade, StoreError> {
        let sql = "INSERT INTO api_tokens (handle, digest, name, account, created_by, scopes, created, expires) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let args = [
            token.digest.handle().as_str().into(),
            token.digest.as_str().into(),
            (&bounded(&printable(&token.name), NAME_BYTES)).into(),
            token.account.as_ref().map(AccountId::as_str).into(),
            (&bounded(&printable(&token.created_by), PERSON_BYTES)).into(),
            (&token.scopes.to_string()).into(),
            token.created.into(),
            token.expires.into(),
        ];
        let mut tx = self.db().await?.begin().await?;
        if let Some(owner) = &token.account {
            if !hold(&mut tx, owner).await? {
                return Ok(TokenMade::OwnerShutOut);
            }
            let active = "SELECT COUNT(*) AS count FROM api_tokens \
                          WHERE account = $1 AND revoked IS NULL AND expires > $2";
            let rows = tx.fetch(active, &[owner.as_str().into(), token.created.into()]).await?;
            let count: i64 = rows.first().map_or(Ok(0), |row| row.get("count"))?;
            if count >= MOST_ACTIVE_TOKENS {
                return Ok(TokenMade::TooMany);
            }
        }
        tx.execute(sql, &args).await?;
        match entry {
            Some(entry) => self.audit_and_commit(tx, entry).await?,
            None => tx.commit().await?,
        }
        Ok(TokenMade::Done)
    }

    /// The token with that secret, if it is good: not revoked, not expired, its owner let in: with a role, not
    /// shut out, and signed in after `owner_since`.
    pub async fn token(
        &self,
        digest: &SecretDigest,
        now: DateTime<Utc>,
        owner_since: DateTime<Utc>,
    ) -> Result<Option<LiveToken>, StoreError> {
        let sql = "SELECT t.digest, t.name, t.account, t.created_by, t.scopes, t.used, a.role \
                   FROM api_tokens t LEFT JOIN accounts a ON a.account = t.account \
                   WHERE t.handle = $1 AND t.revoked IS NULL AND t.expires > $2 AND a.blocked IS NULL \
                   AND COALESCE(a.role, '') <> 'none' AND (t.account IS NULL OR a.last_login > $3)";
        let handle = digest.handle();
        let args = [handle.as_str().into(), now.into(), owner_since.into()];
        let row = self.db().await?.fetch_first(sql, &args).await?;
        let Some(row) = row else { return Ok(None) };
        if !digest.is(&row.get::<String>("digest")?) {
            return Ok(None);
        }
        let account = owner(&row)?;
        Ok(Some(LiveToken {
            handle,
            name: row.get("name")?,
            owner_role: account.as_ref().map(|_| role(&row, "role")).transpose()?,
            account,
            created_by: row.get("created_by")?,
            scopes: scopes(&row)?,
            used: row.time("used")?,
        }))
    }

    /// Tokens of one account, or all of them that there are: those that are not revoked first, newest first. Ended ones
    /// are among them until they are pruned; of one account so many are left out that nothing which goes on is.
    pub async fn tokens(&self, of: Option<&AccountId>) -> Result<Vec<Token>, StoreError> {
        let sql = "SELECT handle, name, account, created_by, scopes, created, expires, revoked, revoked_by, \
                   used, used_from FROM api_tokens WHERE ($1 = '' OR account = $1) \
                   ORDER BY CASE WHEN revoked IS NULL THEN 0 ELSE 1 END, created DESC, handle LIMIT $2";
        let most = if of.is_some() { MOST } else { i64::MAX };
        let args = [of.map_or("", AccountId::as_str).into(), most.into()];
        self.db().await?.fetch(sql, &args).await?.iter().map(token).collect()
    }

    /// One token.
    pub async fn token_named(&self, handle: &Handle) -> Result<Option<Token>, StoreError> {
        let sql = "SELECT handle, name, account, created_by, scopes, created, expires, revoked, revoked_by, \
                   used, used_from FROM api_tokens WHERE handle = $1";
        self.db().await?.fetch(sql, &[handle.as_str().into()]).await?.first().map(token).transpose()
    }

    /// The token with that secret, whether it is good or not.
    pub async fn token_with(&self, digest: &SecretDigest) -> Result<Option<Token>, StoreError> {
        let sql = "SELECT handle, name, account, created_by, scopes, created, expires, revoked, revoked_by, \
                   used, used_from, digest FROM api_tokens WHERE handle = $1";
        let rows = self.db().await?.fetch(sql, &[digest.handle().as_str().into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        if digest.is(&row.get::<String>("digest")?) { token(row).map(Some) } else { Ok(None) }
    }

    /// Ends a token; false if it had been ended before or there is none.
    pub async fn revoke_token(
        &self,
        handle: &Handle,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let args = [handle.as_str().into(), now.into(), (&bounded(&printable(by), PERSON_BYTES)).into()];
        Ok(self.db().await?.execute(REVOKE, &args).await? == 1)
    }

    /// The same; a token that is ended and the line on it come together. One that had been ended leaves no line.
    pub async fn revoke_token_noted(&self, handle: &Handle, entry: &AuditEntry) -> Result<bool, StoreError> {
        let mut tx = self.db().await?.begin().await?;
        let by = bounded(&printable(&entry.actor), PERSON_BYTES);
        if tx.execute(REVOKE, &[handle.as_str().into(), entry.at.into(), (&by).into()]).await? != 1 {
            return Ok(false);
        }
        self.audit_and_commit(tx, entry).await?;
        Ok(true)
    }
}

fn token(row: &Row) -> Result<Token, StoreError> {
    let revoked_by: Option<String> = row.get("revoked_by")?;
    Ok(Token {
        handle: handle(row)?,
        name: row.get("name")?,
        account: owner(row)?,
        created_by: row.get("created_by")?,
        scopes: scopes(row)?,
        created: row.some_time("created")?,
        expires: row.some_time("expires")?,
        revoked: row.time("revoked")?.map(|at| (at, revoked_by.unwrap_or_default())),
        used: row.time("used")?,
        used_from: row.get("used_from")?,
    })
}

fn owner(row: &Row) -> Result<Option<AccountId>, StoreError> {
    let account: Option<String> = row.get("account")?;
    account.map(|_| AccountId::from_row(row, "account")).transpose()
}

fn scopes(row: &Row) -> Result<Scopes, StoreError> {
    let words: String = row.get("scopes")?;
    words.parse().map_err(|_| row.unreadable("scopes", "these are no scopes"))
}
