//! Sign-ins and sign-outs on their way: what we asked the identity provider, for which browser. Each is used once
//! and not for long. And which assertions were used already, by any replica.

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::bulk::bounded;
use super::{Handle, Ledger, SecretDigest};
use crate::StoreError;
use crate::hex::hex;

/// The longest address to which a sign-in leads back, in bytes.
const TARGET_BYTES: usize = 2_000;
/// The most questions that are remembered at once.
const MOST: i64 = 10_000;
/// The same of one client.
const MOST_OF_CLIENT: i64 = 300;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowKind {
    /// To sign somebody in.
    Login,
    /// To sign somebody out.
    Logout,
}

impl FlowKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Logout => "logout",
        }
    }
}

/// A question to the identity provider that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// What was asked for.
    pub kind: FlowKind,
    /// The question's id, which the answer repeats.
    pub request_id: String,
    /// Where to lead the browser afterwards: a path on this host.
    pub target: String,
    /// The session that the browser had, which ends with the new one.
    pub session: Option<Handle>,
}

impl Ledger {
    /// Remembers a question under the secret that travels with it, for the browser that holds the other secret. Only
    /// so many are remembered of one client, and of all together: the oldest go.
    pub async fn begin_flow(
        &self,
        token: &SecretDigest,
        browser: &SecretDigest,
        flow: &Flow,
        client: Option<&str>,
        expires: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO login_flows (flow, browser, kind, request_id, target, expires, session, client) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let args = [
            token.as_str().into(),
            browser.as_str().into(),
            flow.kind.name().into(),
            (&flow.request_id).into(),
            (&bounded(&flow.target, TARGET_BYTES)).into(),
            expires.into(),
            flow.session.as_ref().map(Handle::as_str).into(),
            client.into(),
        ];
        let mut tx = self.db().await?.begin().await?;
        let crowd = "DELETE FROM login_flows WHERE expires <= \
                     (SELECT expires FROM login_flows ORDER BY expires DESC LIMIT 1 OFFSET $1)";
        tx.execute(crowd, &[(MOST - 1).into()]).await?;
        let of_client = "DELETE FROM login_flows WHERE client = $1 AND expires <= \
                         (SELECT expires FROM login_flows WHERE client = $1 \
                         ORDER BY expires DESC LIMIT 1 OFFSET $2)";
        if let Some(client) = client {
            tx.execute(of_client, &[client.into(), (MOST_OF_CLIENT - 1).into()]).await?;
        }
        tx.execute(sql, &args).await?;
        tx.commit().await
    }

    /// Removes questions whose time is over; how many.
    pub async fn prune_flows(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.db().await?.execute("DELETE FROM login_flows WHERE expires <= $1", &[now.into()]).await
    }

    /// The question that these two secrets belong to, if it is of that kind and has not expired. Nobody gets it a
    /// second time, at any replica.
    pub async fn take_flow(
        &self,
        kind: FlowKind,
        token: &SecretDigest,
        browser: &SecretDigest,
        now: DateTime<Utc>,
    ) -> Result<Option<Flow>, StoreError> {
        let sql = "DELETE FROM login_flows WHERE flow = $1 AND browser = $2 AND kind = $3 AND expires > $4 \
                   RETURNING request_id, target, session";
        let args = [token.as_str().into(), browser.as_str().into(), kind.name().into(), now.into()];
        let mut tx = self.db().await?.begin().await?;
        let rows = tx.fetch(sql, &args).await?;
        tx.commit().await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let session: Option<String> = row.get("session")?;
        Ok(Some(Flow {
            kind,
            request_id: row.get("request_id")?,
            target: row.get("target")?,
            session: session.as_deref().and_then(Handle::parse),
        }))
    }

    /// Notes that this assertion was used, to be remembered until `expires`; false if it was used before, here or
    /// at another replica.
    pub async fn use_assertion(
        &self,
        issuer: &str,
        assertion_id: &str,
        expires: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let args = [(&once(issuer, assertion_id)).into(), expires.into()];
        Ok(self.db().await?.execute(USE_ONCE, &args).await? == 1)
    }
}

/// Notes that something was used, unless it was already.
pub(super) const USE_ONCE: &str =
    "INSERT INTO seen_assertions (assertion, expires) VALUES ($1, $2) ON CONFLICT (assertion) DO NOTHING";

/// The name under which it is remembered that `id` of `whose` was used.
pub(super) fn once(whose: &str, id: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(whose.len().to_le_bytes());
    hash.update(whose);
    hash.update(id);
    hex(&hash.finalize())
}
