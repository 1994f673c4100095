//! Decides about an answer that was held back because most of a document would have gone with it. Decided is what was
//! seen: an answer that has become smaller since is another question.

use std::collections::HashMap;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Redirect;
use serde::Serialize;
use serde_json::{Value, json};
use t5g_model::documents::Document;
use t5g_queue::Origin;
use t5g_store::ledger::{Action, Decision, HeldShrink, ShrinkState};

use super::tokens::broken;
use crate::access::{Caller, audit};
use crate::app::AppState;
use crate::error::AppError;
use crate::monitor::act;
use crate::settings::WebSettings;
use crate::view::words::When;

const PATH: &str = "/sources";

/// One that waits, as `/sources` shows it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ShrinkView {
    document: &'static str,
    source: &'static str,
    old: u64,
    new: u64,
    since: When,
    /// Where the decision is sent.
    place: String,
}

impl ShrinkView {
    pub(super) fn of(held: &HeldShrink, now: chrono::DateTime<chrono::Utc>, settings: &WebSettings) -> Self {
        Self {
            document: held.document.name(),
            source: held.source.name(),
            old: held.old_count,
            new: held.new_count,
            since: When::of(held.held_at, now, settings.rules.time_zone),
            place: format!("{PATH}/{}", held.document.name()),
        }
    }
}

/// `POST /sources/{document}/approve`: the answer may come, and is fetched again, since it was not kept.
pub(crate) async fn approve(
    State(app): State<AppState>,
    caller: Caller,
    Path(document): Path<String>,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Redirect, AppError> {
    let held = decide(&app, &caller, &document, &form, Decision::Approve).await?;
    if let Some(task) = app.settings().tasks.by_source.get(&held.source) {
        act::start(&app, &caller, Origin::Person, task, Value::Null).await?;
    }
    Ok(Redirect::to(PATH))
}

/// `POST /sources/{document}/reject`: what is there stays, and nobody is asked again unless the answer gets smaller.
pub(crate) async fn reject(
    State(app): State<AppState>,
    caller: Caller,
    Path(document): Path<String>,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Redirect, AppError> {
    decide(&app, &caller, &document, &form, Decision::Reject).await?;
    Ok(Redirect::to(PATH))
}

async fn decide(
    app: &AppState,
    caller: &Caller,
    document: &str,
    form: &HashMap<String, String>,
    decision: Decision,
) -> Result<HeldShrink, AppError> {
    let none = || AppError::NotFound("Nothing is held back for a document of that name.".to_owned());
    let document = Document::by_name(document).ok_or_else(none)?;
    let ledger = app.ledger();
    let all = ledger.held_shrinks().await.map_err(|error| broken(&error))?;
    let held = all.into_iter().find(|held| held.document == document).ok_or_else(none)?;
    let seen: Option<u64> = form.get("entries").and_then(|entries| entries.parse().ok());
    if seen != Some(held.new_count) || held.state != ShrinkState::Held {
        return Err(AppError::Conflict(format!(
            "This is not what waits now: {document} would shrink from {} to {} entries, which is {}. Look at the \
             sources again.",
            held.old_count, held.new_count, held.state
        )));
    }
    let word = match decision {
        Decision::Approve => "approve",
        Decision::Reject => "reject",
    };
    let detail = json!({ "decision": word, "from": held.old_count, "to": held.new_count });
    audit::note(app, caller, Action::ShrinkDecide, document.name(), detail).await?;
    let now = app.clock().now();
    let decided = ledger.decide_shrink(document, decision, &caller.name, now).await;
    if !decided.map_err(|error| broken(&error))? {
        return Err(AppError::Conflict(
            "It came to its end meanwhile. Look at the sources again.".to_owned(),
        ));
    }
    Ok(held)
}
