//! `t5g token`: API tokens of the operators, for programs.

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use clap::Subcommand;
use serde::Serialize;
use serde_json::json;
use t5g_config::{Purpose, Settings};
use t5g_model::names::{Scope, Scopes};
use t5g_store::Opening;
use t5g_store::ledger::{
    Action, AuditEntry, AuditOutcome, Handle, Ledger, NewSecret, NewToken, Token, TokenMade,
};

use super::Outcome;
use crate::cli::Global;
use crate::{audit, console, load, logging, process, wiring};

/// Make, list and revoke API tokens
///
/// A program sends its token with every request: Authorization: Bearer t5g_…
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g token create --name backup --scope read --days 30")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a token; its text is printed once and kept nowhere
    #[command(after_help = "Example:\n  t5g token create --name nightly --scope read,refresh > token.txt")]
    Create {
        /// What uses it
        #[arg(long)]
        name: String,
        /// What it is good for: read, refresh, write, admin
        #[arg(long, value_delimiter = ',', required = true, value_parser = scope)]
        scope: Vec<Scope>,
        /// How many days it lasts
        #[arg(long, default_value_t = 90)]
        days: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List all tokens, people's too; never their texts
    #[command(after_help = "Example:\n  t5g token list --json | jq '.[] | select(.state == \"active\")'")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke tokens, named as the list names them
    #[command(after_help = "Example:\n  t5g token revoke 6c3cd2a1b0ff1177")]
    Revoke {
        /// The names
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
}

fn scope(word: &str) -> Result<Scope, String> {
    word.parse().map_err(|error: t5g_model::names::InvalidName| error.to_string())
}

/// A token as it is listed.
#[derive(Debug, Serialize)]
struct Listed {
    id: String,
    name: String,
    state: &'static str,
    scopes: String,
    created_by: String,
    created: DateTime<Utc>,
    expires: DateTime<Utc>,
    used: Option<DateTime<Utc>>,
    used_from: Option<String>,
}

impl Listed {
    fn of(token: Token, now: DateTime<Utc>) -> Self {
        let state = match (&token.revoked, token.expires > now) {
            (Some(_), _) => "revoked",
            (None, false) => "expired",
            (None, true) => "active",
        };
        Self {
            id: token.handle.to_string(),
            name: token.name,
            state,
            scopes: token.scopes.to_string(),
            created_by: token.created_by,
            created: token.created,
            expires: token.expires,
            used: token.used,
            used_from: token.used_from,
        }
    }

    fn row(&self) -> [String; 7] {
        let day = |at: DateTime<Utc>| at.format("%Y-%m-%d").to_string();
        [
            self.id.clone(),
            self.name.clone(),
            self.state.to_owned(),
            self.scopes.clone(),
            self.created_by.clone(),
            day(self.expires),
            self.used.map_or_else(|| "never".to_owned(), day),
        ]
    }
}

pub(super) fn run(global: &Global, args: Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    process::block_on(async {
        // A token may be made for a service that is only about to start.
        let makes = matches!(args.what, What::Create { .. });
        let opening = if makes { Opening::Fill } else { Opening::Use };
        let ledger = wiring::ledger(&settings, opening).await?;
        let outcome = match args.what {
            What::Create { name, scope, days, json } => {
                create(&settings, &ledger, &name, scope, days, json).await
            }
            What::List { json } => list(&ledger, json).await,
            What::Revoke { ids } => revoke(&ledger, &ids).await,
        };
        ledger.close().await;
        outcome
    })
}

async fn create(
    settings: &Settings,
    ledger: &Ledger,
    name: &str,
    scopes: Vec<Scope>,
    days: u32,
    json: bool,
) -> Result<Outcome> {
    let name = name.trim();
    ensure!((1..=60).contains(&name.chars().count()), "a token's name has 1 to 60 characters");
    let longest = settings.access.token_max.duration().as_secs() / 86_400;
    ensure!(
        days >= 1 && u64::from(days) <= longest,
        "a token lasts from 1 to {longest} days; access.token_max says how long at most"
    );
    let scopes = Scopes::new(scopes).context("a token needs at least one scope")?;
    let (secret, now) = (NewSecret::token(process::chance().bytes()), process::clock().now());
    let handle = secret.digest().handle();
    let detail = json!({ "name": name, "scopes": scopes.to_string(), "days": days });
    let token = NewToken {
        digest: secret.digest(),
        name: name.to_owned(),
        account: None,
        created_by: process::actor(),
        scopes,
        created: now,
        expires: now + TimeDelta::days(days.into()),
    };
    let entry = AuditEntry { at: now, ..audit::entry(Action::TokenCreate, handle.as_str(), detail) };
    let made = ledger.create_token_noted(&token, &entry).await?;
    ensure!(made == TokenMade::Done, "the token was not made: {made:?}");
    if json {
        let made = json!({ "id": handle.as_str(), "token": secret.expose(), "expires": token.expires });
        console::print_json(&made)?;
    } else {
        console::print(&format!("{}\n", secret.expose()))?;
        console::complain(&format!("made {handle}; this is the only time that its text is shown"));
    }
    Ok(Outcome::Done)
}

async fn list(ledger: &Ledger, json: bool) -> Result<Outcome> {
    let now = process::clock().now();
    let listed: Vec<Listed> =
        ledger.tokens(None).await?.into_iter().map(|token| Listed::of(token, now)).collect();
    if json {
        console::print_json(&listed)?;
        return Ok(Outcome::Done);
    }
    let head = ["ID", "NAME", "STATE", "SCOPES", "MADE BY", "EXPIRES", "LAST USE"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(listed.iter().map(Listed::row)).collect();
    console::print(&console::table(&rows))?;
    Ok(Outcome::Done)
}

async fn revoke(ledger: &Ledger, ids: &[String]) -> Result<Outcome> {
    let read = |id: &String| {
        Handle::parse(id).with_context(|| format!("{id:?} is no token's id; see t5g token list"))
    };
    let handles: Vec<Handle> = ids.iter().map(read).collect::<Result<_>>()?;
    let mut outcome = Outcome::Done;
    for handle in &handles {
        let Some(token) = ledger.token_named(handle).await? else {
            bail!("there is no token {handle}; see t5g token list");
        };
        let detail = json!({ "name": token.name, "of": token.created_by });
        let entry = audit::entry(Action::TokenRevoke, handle.as_str(), detail);
        if ledger.revoke_token_noted(handle, &entry).await? {
            console::complain(&format!("revoked {handle} ({})", token.name));
        } else {
            let detail = json!({ "name": token.name, "why": "it was revoked before" });
            ledger.audit(&AuditEntry { outcome: AuditOutcome::Failed, detail, ..entry }).await?;
            console::complain(&format!("{handle} ({}) was revoked before", token.name));
            outcome = Outcome::Failed;
        }
    }
    Ok(outcome)
}
