//! Who may see anything in Jira, and how Jira refuses.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::ask::Ask;
use crate::reply::Reply;
use crate::settings::Flavour;
use crate::world::World;

/// The API token (Cloud) or password (Data Center) of the bot.
pub(crate) const TOKEN: &str = "simulated-jira-token";
/// The bot's personal access token (Data Center).
pub(crate) const PERSONAL_TOKEN: &str = "simulated-jira-pat";

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// The bot, with good credentials.
    Bot,
    /// Nobody; sees nothing, and is told so by empty answers.
    Anonymous,
}

/// Checks the credentials; wrong ones are refused, missing ones are not.
pub(super) fn caller(ask: &Ask) -> Result<Caller, Reply> {
    let bot = World::bot();
    let good = match (ask.mount.flavour, ask.basic(), ask.bearer()) {
        (_, None, None) => return Ok(Caller::Anonymous),
        (Flavour::Cloud, Some((user, token)), _) => user == bot.mail && token == TOKEN,
        (Flavour::DataCenter, Some((user, token)), _) => {
            (user == bot.login || user == bot.mail) && token == TOKEN
        }
        (Flavour::DataCenter, None, Some(token)) => token == PERSONAL_TOKEN,
        (Flavour::Cloud, None, Some(_)) => false,
    };
    match (good, ask.mount.flavour) {
        (true, _) => Ok(Caller::Bot),
        (false, Flavour::Cloud) => Err(Reply::new(
            StatusCode::UNAUTHORIZED,
            "text/plain",
            "Client must be authenticated to access this resource.",
        )),
        (false, Flavour::DataCenter) => Err(Reply::html(StatusCode::UNAUTHORIZED, "Unauthorized (401)")),
    }
}

/// The same where nothing can be done without credentials.
pub(super) fn bot(ask: &Ask) -> Result<(), Reply> {
    match caller(ask)? {
        Caller::Bot => Ok(()),
        Caller::Anonymous => Err(messages(StatusCode::UNAUTHORIZED, &["You are not authenticated."])),
    }
}

/// Jira's refusal in words.
pub(super) fn messages(status: StatusCode, messages: &[&str]) -> Reply {
    Reply::json(status, &json!({ "errorMessages": messages, "errors": {} }))
}

/// Jira's refusal by field.
pub(super) fn field_errors(errors: &Map<String, Value>) -> Reply {
    Reply::json(StatusCode::BAD_REQUEST, &json!({ "errorMessages": [], "errors": errors }))
}

/// The same answer for what does not exist and for what one may not see.
pub(super) fn no_issue() -> Reply {
    messages(StatusCode::NOT_FOUND, &["Issue does not exist or you do not have permission to see it."])
}
