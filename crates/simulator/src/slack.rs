//! Slack: who the token belongs to, and posting messages.

use axum::Router;
use axum::http::header;
use axum::routing::MethodFilter;
use serde_json::{Map, Value, json};

use crate::ask::Ask;
use crate::reply::{Answer, Reply};
use crate::route::{looking, writing};
use crate::state::{Ground, Shared};
use crate::world::World;

/// The bot's token, and the channels it is in.
pub(crate) const TOKEN: &str = "xoxb-simulated";
pub(crate) const HIGH_CHANNEL: &str = "C0HIGH001";
pub(crate) const LOW_CHANNEL: &str = "C0LOW0001";
/// A channel that the bot is not in, and one that is archived.
const FOREIGN_CHANNEL: &str = "C0FOREIGN";
const ARCHIVED_CHANNEL: &str = "C0ARCHIVE";
/// The longest message, in characters.
const LONGEST: usize = 40_000;

/// Its routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/slack/api/auth.test", looking(MethodFilter::POST, who))
        .route("/slack/api/chat.postMessage", writing(MethodFilter::POST, post))
}

/// Slack refuses with 200.
fn refusal(error: &str) -> Reply {
    Reply::ok(&json!({ "ok": false, "error": error }))
}

fn check(ask: &Ask, form: &Map<String, Value>) -> Result<(), Reply> {
    match ask.bearer().or_else(|| form.get("token").and_then(Value::as_str)) {
        None => Err(refusal("not_authed")),
        Some(TOKEN) => Ok(()),
        Some(_) => Err(refusal("invalid_auth")),
    }
}

fn arguments(ask: &Ask) -> Map<String, Value> {
    let content =
        ask.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content.starts_with("application/json") {
        return match ask.json() {
            Ok(Value::Object(arguments)) => arguments,
            _ => Map::new(),
        };
    }
    ask.form().into_iter().map(|(key, value)| (key, Value::String(value))).collect()
}

fn who(_: &Ground, ask: &Ask) -> Answer {
    check(ask, &arguments(ask))?;
    let name = World::bot().name;
    Ok(Reply::ok(&json!({
        "ok": true, "url": format!("{}/slack/", ask.server), "team": "Field", "user": name, "team_id": "T0FIELD01",
        "user_id": "U0BOT0001", "bot_id": "B0BOT0001", "is_enterprise_install": false,
    })))
}

fn post(ground: &mut Ground, ask: &Ask) -> Answer {
    let arguments = arguments(ask);
    check(ask, &arguments)?;
    let argument = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    let (channel, text, thread) = (argument("channel"), argument("text"), argument("thread_ts"));
    match channel {
        HIGH_CHANNEL | LOW_CHANNEL => {}
        FOREIGN_CHANNEL => return Err(refusal("not_in_channel")),
        ARCHIVED_CHANNEL => return Err(refusal("is_archived")),
        _ => return Err(refusal("channel_not_found")),
    }
    if text.is_empty() {
        return Err(refusal("no_text"));
    }
    if text.chars().count() > LONGEST {
        return Err(refusal("msg_too_long"));
    }
    let now = ground.now().timestamp();
    let place = ground.written.messages.len();
    let ts = format!("{now}.{place:06}");
    let mut message =
        json!({ "type": "message", "user": "U0BOT0001", "bot_id": "B0BOT0001", "text": text, "ts": ts });
    if let (Some(message), false) = (message.as_object_mut(), thread.is_empty()) {
        message.insert("thread_ts".into(), json!(thread));
    }
    let mut kept = message.clone();
    if let Some(kept) = kept.as_object_mut() {
        kept.insert("channel".into(), json!(channel));
    }
    ground.written.post(kept)?;
    let effect = if thread.is_empty() { "slack_post" } else { "slack_reply" };
    ground.written.journal.did(effect, channel, true);
    Ok(Reply::ok(&json!({ "ok": true, "channel": channel, "ts": ts, "message": message })))
}
