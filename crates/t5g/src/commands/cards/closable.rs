//! `t5g cards closable`.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use t5g_config::{Purpose, Settings};
use t5g_model::board::{Card, Scope};
use t5g_model::clock::Clock;
use t5g_model::documents::Document;
use t5g_model::figures;
use t5g_model::names::CardStatus;
use t5g_store::Opening;

use crate::cli::Global;
use crate::commands::Outcome;
use crate::remote::{Remote, ServerArgs};
use crate::{board, console, load, logging, process, wiring};

/// List cards that are not done although their case is closed
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  t5g cards closable\n  \
                        T5G_API=t5g_… t5g cards closable --server https://dashboard.example.com --json")]
pub(super) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerArgs,
}

/// A card that could be closed. Its members are those of the API's cards.
#[derive(Debug, Serialize, Deserialize)]
struct Closable {
    key: String,
    url: Option<String>,
    case_number: String,
    account: String,
    summary: String,
    status: String,
    assignee: Option<String>,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    let cards = process::block_on(async {
        match args.server.remote()? {
            Some(remote) => of_server(&remote).await,
            None => of_store(&settings, &process::clock()).await,
        }
    })?;
    if args.json {
        console::print_json(&cards)?;
        return Ok(Outcome::Done);
    }
    let head = ["CARD", "STATUS", "CASE", "ASSIGNEE", "ACCOUNT", "URL"].map(str::to_owned);
    let rows = cards.iter().map(|card| {
        [
            card.key.clone(),
            card.status.clone(),
            card.case_number.clone(),
            card.assignee.clone().unwrap_or_else(|| "—".to_owned()),
            card.account.clone(),
            card.url.clone().unwrap_or_else(|| "—".to_owned()),
        ]
    });
    console::print(&console::table(&std::iter::once(head).chain(rows).collect::<Vec<_>>()))?;
    let count = cards.len();
    console::complain(&format!(
        "{count} {} not done whose case is closed",
        if count == 1 { "card is" } else { "cards are" }
    ));
    Ok(Outcome::Done)
}

/// A dashboard knows where its Jira is, which a laptop need not.
async fn of_server(remote: &Remote) -> Result<Vec<Closable>> {
    let fields = "key,url,case_number,account,summary,status,assignee";
    let query = [("q", "is:closed"), ("fields", fields), ("limit", "1000")];
    let mut cards: Vec<Closable> = remote.items("/api/v1/cards", &query).await?;
    cards.retain(|card| card.status.parse() != Ok(CardStatus::Done));
    Ok(cards)
}

async fn of_store(settings: &Settings, clock: &Clock) -> Result<Vec<Closable>> {
    let store = wiring::documents(settings, Opening::Use).await?;
    let stored = store.read(Document::Cards).await?.context("no cards were fetched yet: t5g sync cards")?;
    let jira = settings.jira.server.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
    let now = clock.now();
    let listed = tokio::task::spawn_blocking(move || {
        let board = board::of_one(Document::Cards, &stored.bytes, &Arc::default())?;
        let attention = figures::attention(&board, Scope::All, now);
        anyhow::Ok(attention.closed_not_done.iter().map(|card| closable(card, jira.as_deref())).collect())
    });
    listed.await.context("the cards could not be looked through")?
}

fn closable(card: &Card, jira: Option<&str>) -> Closable {
    Closable {
        key: card.key.to_string(),
        url: jira.map(|jira| format!("{jira}/browse/{}", card.key)),
        case_number: card.case_number.to_string(),
        account: card.account.to_string(),
        summary: card.summary.to_string(),
        status: card.card_status.to_string(),
        assignee: card.assignee.as_ref().and_then(|person| person.name()).map(str::to_owned),
    }
}
