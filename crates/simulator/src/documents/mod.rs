//! The contract's documents as a full synchronisation with this world makes them, without any HTTP: for
//! `t5g fake`, and for comparing what a real synchronisation made.

mod cards;
mod days;
mod history;
mod parts;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::json;
use t5g_model::board::{Raw, RawDocuments, Rules, Scope, load};
use t5g_model::documents::read::ReadError;
use t5g_model::documents::write::{self, WriteError};
use t5g_model::documents::{Document, LinkedBugs};
use t5g_model::figures::history::HistoryError;
use t5g_model::figures::{history as days_of, statistics};
use t5g_model::names::{CaseNumber, InvalidName};

use crate::settings::Flavour;
use crate::world::World;

/// What the documents hold besides the world.
#[derive(Debug, Clone)]
pub struct DocumentSettings {
    /// Where people reach Jira, without a slash at the end: addresses of issues begin with it.
    pub jira_url: String,
    /// Which Jira it is: people's ids differ.
    pub flavour: Flavour,
    /// When the synchronisation took place.
    pub now: DateTime<Utc>,
    /// Days of statistics before today.
    pub days: u32,
}

impl DocumentSettings {
    /// A year of statistics, and a Jira that nobody reaches.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { jira_url: "https://jira.example.com".into(), flavour: Flavour::Cloud, now, days: 365 }
    }
}

/// The world has something that no document may hold. It never should.
#[derive(Debug, thiserror::Error)]
pub enum DocumentsError {
    /// A made-up name breaks the contract's rules.
    #[error("a made-up name is none: {0}")]
    Name(#[from] InvalidName),
    /// A document has no JSON form.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A value has no JSON form.
    #[error("a made-up value has no JSON form: {0}")]
    Json(#[from] serde_json::Error),
    /// A document that was just written cannot be read.
    #[error("a made-up document cannot be read: {0}")]
    Read(#[from] ReadError),
    /// Today does not fit into the history.
    #[error(transparent)]
    History(#[from] HistoryError),
}

/// All documents of the contract with their JSON.
pub fn documents(
    world: &World,
    settings: &DocumentSettings,
) -> Result<Vec<(Document, Vec<u8>)>, DocumentsError> {
    let now = settings.now;
    let parts = parts::Parts::of(world, settings)?;
    let cards = write::cards(&cards::cards(world, settings, &parts)?)?;
    let linked: LinkedBugs = parts
        .bugs
        .iter()
        .map(|(number, bugs)| (number.clone(), bugs.iter().map(|bug| bug.linked.clone()).collect()))
        .collect();
    let mut done = vec![
        (Document::Cases, write::cases(&parts.cases)?),
        (Document::Details, write::details(&parts.details)?),
        (Document::CaseBz, write::case_bz(&linked)?),
        (Document::Bugs, write::bugs(&Some(parts.bugs))?),
        (Document::Issues, write::issues(&parts.issues)?),
        (Document::Escalations, write::escalations(&Some(parts.escalations))?),
        (Document::Cards, cards),
    ];
    let history = serde_json::to_vec(&history::history(world, now, settings.days))?;
    let stats = with_today(&history, &done, now)?;
    done.push((Document::Stats, stats));
    done.push((Document::Timestamp, write::timestamp(now)?));
    done.push((Document::Users, serde_json::to_vec(&users(world))?));
    done.push((Document::RefreshId, serde_json::to_vec("00000000-0000-4000-8000-000000000001")?));
    Ok(done)
}

/// The history with today's statistics, computed as the product does it.
fn with_today(
    history: &[u8],
    done: &[(Document, Vec<u8>)],
    now: DateTime<Utc>,
) -> Result<Vec<u8>, DocumentsError> {
    let mut raw = RawDocuments::default();
    for (document, bytes) in done {
        raw.set(*document, Raw::Bytes(bytes));
    }
    let rules = Arc::new(Rules::default());
    let mut loaded = load(&raw, &rules, None);
    if let Some(unreadable) = loaded.unreadable.pop() {
        return Err(unreadable.into());
    }
    let figures = statistics(&loaded.board, Scope::All, now);
    Ok(days_of::with_day(Some(history), rules.date_of(now), &figures)?)
}

/// People who logged in once, with the identity provider's attributes.
fn users(world: &World) -> serde_json::Value {
    let people = world.people().take(5).enumerate();
    people
        .map(|(place, person)| {
            let (given, family) = person.name.split_once(' ').unwrap_or((person.name.as_str(), ""));
            let attributes = json!({
                "email": [person.mail],
                "firstName": [given],
                "lastName": [family],
                "memberOf": ["t5g-viewers"],
                "rhatUUID": [format!("uuid-{place:04}")],
                "uid": [person.login],
            });
            (format!("uuid-{place:04}"), attributes)
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// The number of a case as the documents have it.
fn number(text: &str) -> Result<CaseNumber, InvalidName> {
    text.parse()
}
