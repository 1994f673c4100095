//! People who signed in at least once: who they are to their identity provider, what they may do, whether they
//! are shut out.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use t5g_model::names::Role;

use super::audit::containing;
use super::bulk::{bounded, printable};
use super::{Ledger, Row, Tx};
use crate::StoreError;
use crate::hex::hex;

/// The longest name and mail address that is kept, in bytes.
const NAME_BYTES: usize = 300;
/// The longest group that is kept, in bytes: roles are computed anew from what is kept.
const GROUP_BYTES: usize = 1_000;
/// The most attributes, values of one, and groups that are kept.
const MOST_VALUES: usize = 200;

/// Names an account: made of the provider's and the person's ids there, so that it is the same everywhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

impl AccountId {
    /// The account of that person at that identity provider.
    pub fn of(provider: &str, subject: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(provider.len().to_le_bytes());
        hash.update(provider);
        hash.update(subject);
        let digest = hash.finalize();
        Self(hex(digest.get(..16).unwrap_or_default()))
    }

    /// Reads one; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        digits.then(|| Self(text.to_owned()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn from_row(row: &Row, column: &str) -> Result<Self, StoreError> {
        let text: String = row.get(column)?;
        Self::parse(&text).ok_or_else(|| row.unreadable(column, "it is no account's id"))
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the identity provider said of somebody who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The identity provider.
    pub provider: String,
    /// Their id there, which never changes.
    pub subject: String,
    /// What they are called.
    pub name: String,
    /// Their mail address.
    pub mail: Option<String>,
    /// Everything that was said, by name.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// The groups they are in.
    pub groups: Vec<String>,
    /// What follows from these; `None`: they are let in nowhere.
    pub role: Option<Role>,
}

/// Somebody who signed in at least once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub id: AccountId,
    /// What the provider said at the last sign-in.
    pub person: Person,
    /// When they signed in first.
    pub first_login: DateTime<Utc>,
    /// When they signed in last.
    pub last_login: DateTime<Utc>,
    /// Since when they are shut out, and by whom.
    pub blocked: Option<(DateTime<Utc>, String)>,
}

/// What a sign-in found of the account as it was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// The account.
    pub id: AccountId,
    /// Whether they are shut out: then nothing was changed.
    pub blocked: bool,
    /// Their role before; `None`: they had none, or this is the first time.
    pub previous_role: Option<Role>,
}

/// What somebody lost who is let in nowhere any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The account.
    pub id: AccountId,
    /// Their role before; `None`: they had lost it already.
    pub previous_role: Option<Role>,
    /// How many sessions ended.
    pub sessions: u64,
    /// How many tokens ended.
    pub tokens: u64,
}

/// What stands in place of a role where there is none.
const NO_ROLE: &str = "none";
/// Sessions and tokens of an account that go on.
const END_SESSIONS: &str =
    "UPDATE sessions SET revoked = $2, revoked_by = $3 WHERE account = $1 AND revoked IS NULL";
const END_TOKENS: &str =
    "UPDATE api_tokens SET revoked = $2, revoked_by = $3 WHERE account = $1 AND revoked IS NULL";

impl Ledger {
    /// Notes that this person signed in, with what was said of them now. Changes nothing if they are shut out.
    pub async fn enrol(&self, person: &Person, now: DateTime<Utc>) -> Result<Enrolled, StoreError> {
        let id = AccountId::of(&person.provider, &person.subject);
        let mut tx = self.db().await?.begin().await?;
        let before = "SELECT role, blocked FROM accounts WHERE account = $1";
        let rows = tx.fetch(before, &[id.as_str().into()]).await?;
        let (previous_role, blocked) = match rows.first() {
            Some(row) => (some_role(row, "role")?, row.time("blocked")?.is_some()),
            None => (None, false),
        };
        if blocked {
            return Ok(Enrolled { id, blocked, previous_role });
        }
        let sql = "INSERT INTO accounts (account, provider, subject, name, mail, attributes, member_of, role, \
                   first_login, last_login) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) \
                   ON CONFLICT (account) DO UPDATE SET name = excluded.name, mail = excluded.mail, \
                   attributes = excluded.attributes, member_of = excluded.member_of, role = excluded.role, \
                   last_login = excluded.last_login";
        let kept: BTreeMap<String, Vec<String>> = person
            .attributes
            .iter()
            .take(MOST_VALUES)
            .map(|(name, values)| (word(name), words(values)))
            .collect();
        let args = [
            id.as_str().into(),
            (&word(&person.provider)).into(),
            (&word(&person.subject)).into(),
            (&word(&person.name)).into(),
            person.mail.as_deref().map(word).as_deref().into(),
            (&serde_json::json!(kept).to_string()).into(),
            (&groups(&person.groups)).into(),
            role_word(person.role).into(),
            now.into(),
        ];
        tx.execute(sql, &args).await?;
        tx.commit().await?;
        Ok(Enrolled { id, blocked, previous_role })
    }

    /// Notes that the identity provider named no group of ours for this person, and ends their sessions. Their tokens
    /// are refused while that is so, or end too. `None`: nobody of that account ever signed in, and nothing is kept.
    pub async fn drop_role(
        &self,
        person: &Person,
        end_tokens: bool,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Dropped>, StoreError> {
        let id = AccountId::of(&person.provider, &person.subject);
        let mut tx = self.db().await?.begin().await?;
        let rows = tx.fetch("SELECT role FROM accounts WHERE account = $1", &[id.as_str().into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let previous_role = some_role(row, "role")?;
        let sql = "UPDATE accounts SET role = $2, member_of = $3 WHERE account = $1";
        tx.execute(sql, &[id.as_str().into(), NO_ROLE.into(), (&groups(&person.groups)).into()]).await?;
        let args = [id.as_str().into(), now.into(), (&word(by)).into()];
        let sessions = tx.execute(END_SESSIONS, &args).await?;
        let tokens = if end_tokens { tx.execute(END_TOKENS, &args).await? } else { 0 };
        tx.commit().await?;
        Ok(Some(Dropped { id, previous_role, sessions, tokens }))
    }

    /// One account.
    pub async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        let sql = "SELECT account, provider, subject, name, mail, attributes, member_of, role, first_login, \
                   last_login, blocked, blocked_by FROM accounts WHERE account = $1";
        self.db().await?.fetch(sql, &[id.as_str().into()]).await?.first().map(account).transpose()
    }

    /// Accounts whose name or mail address holds this text, who signed in last first; `skip` of them left out.
    pub async fn accounts(&self, text: &str, skip: u32, limit: u32) -> Result<Vec<Account>, StoreError> {
        let sql = "SELECT account, provider, subject, name, mail, attributes, member_of, role, first_login, \
                   last_login, blocked, blocked_by FROM accounts \
                   WHERE LOWER(name) LIKE $1 ESCAPE '!' OR LOWER(COALESCE(mail, '')) LIKE $1 ESCAPE '!' \
                   ORDER BY last_login DESC, account LIMIT $2 OFFSET $3";
        let args = [(&containing(text)).into(), i64::from(limit).into(), i64::from(skip).into()];
        self.db().await?.fetch(sql, &args).await?.iter().map(account).collect()
    }

    /// Accounts in the order of their ids, from the one after `after` on.
    pub async fn accounts_after(
        &self,
        after: Option<&AccountId>,
        limit: u32,
    ) -> Result<Vec<Account>, StoreError> {
        let sql = "SELECT account, provider, subject, name, mail, attributes, member_of, role, first_login, \
                   last_login, blocked, blocked_by FROM accounts WHERE account > $1 ORDER BY account LIMIT $2";
        let args = [after.map_or("", AccountId::as_str).into(), i64::from(limit).into()];
        self.db().await?.fetch(sql, &args).await?.iter().map(account).collect()
    }

    /// Gives somebody another role without a sign-in. Without one their sessions end, and their tokens are refused
    /// until they have one again. False if their role is not `before` any more: then nothing was changed.
    pub async fn change_role(
        &self,
        id: &AccountId,
        (before, role): (Option<Role>, Option<Role>),
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db().await?.begin().await?;
        let sql = "UPDATE accounts SET role = $2 WHERE account = $1 AND role = $3";
        let args = [id.as_str().into(), role_word(role).into(), role_word(before).into()];
        let changed = tx.execute(sql, &args).await? == 1;
        if changed && role.is_none() {
            tx.execute(END_SESSIONS, &[id.as_str().into(), now.into(), (&word(by)).into()]).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// Shuts somebody out and ends their sessions and tokens; false if they are shut out already or unknown.
    pub async fn block(&self, id: &AccountId, by: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.db().await?.begin().await?;
        let args = [id.as_str().into(), now.into(), (&word(by)).into()];
        let sql = "UPDATE accounts SET blocked = $2, blocked_by = $3 WHERE account = $1 AND blocked IS NULL";
        let done = tx.execute(sql, &args).await?;
        for sql in [END_SESSIONS, END_TOKENS] {
            tx.execute(sql, &args).await?;
        }
        tx.commit().await?;
        Ok(done == 1)
    }

    /// Lets somebody in again; what was ended stays so. False if they were not shut out.
    pub async fn unblock(&self, id: &AccountId) -> Result<bool, StoreError> {
        let sql = "UPDATE accounts SET blocked = NULL, blocked_by = NULL \
                   WHERE account = $1 AND blocked IS NOT NULL";
        Ok(self.db().await?.execute(sql, &[id.as_str().into()]).await? == 1)
    }
}

fn account(row: &Row) -> Result<Account, StoreError> {
    let blocked_by: Option<String> = row.get("blocked_by")?;
    Ok(Account {
        id: AccountId::from_row(row, "account")?,
        person: Person {
            provider: row.get("provider")?,
            subject: row.get("subject")?,
            name: row.get("name")?,
            mail: row.get("mail")?,
            attributes: row.json("attributes")?,
            groups: row.json("member_of")?,
            role: some_role(row, "role")?,
        },
        first_login: row.some_time("first_login")?,
        last_login: row.some_time("last_login")?,
        blocked: row.time("blocked")?.map(|at| (at, blocked_by.unwrap_or_default())),
    })
}

/// Whether that account may come in; nobody shuts it out until the transaction ends. What begins in it can so not
/// be overlooked by what ends everything of theirs.
pub(super) async fn hold(tx: &mut Tx, id: &AccountId) -> Result<bool, StoreError> {
    let sql = "UPDATE accounts SET role = role WHERE account = $1 AND blocked IS NULL AND role <> 'none'";
    Ok(tx.execute(sql, &[id.as_str().into()]).await? == 1)
}

pub(super) fn role(row: &Row, column: &str) -> Result<Role, StoreError> {
    let word: String = row.get(column)?;
    word.parse().map_err(|_| row.unreadable(column, "it is no role"))
}

/// The groups as they are kept, JSON.
fn groups(groups: &[String]) -> String {
    let bounded = |group: &String| bounded(&printable(group), GROUP_BYTES);
    serde_json::json!(groups.iter().take(MOST_VALUES).map(bounded).collect::<Vec<_>>()).to_string()
}

/// A role that may be none.
fn some_role(row: &Row, column: &str) -> Result<Option<Role>, StoreError> {
    let word: String = row.get(column)?;
    if word == NO_ROLE { Ok(None) } else { role(row, column).map(Some) }
}

fn role_word(role: Option<Role>) -> &'static str {
    role.map_or(NO_ROLE, Role::as_str)
}

fn word(text: &str) -> String {
    bounded(&printable(text), NAME_BYTES)
}

fn words(values: &[String]) -> Vec<String> {
    values.iter().take(MOST_VALUES).map(|value| word(value)).collect()
}
