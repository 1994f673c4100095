//! What Slack's error words mean. They come with 200; whether a message was taken they say better than any status.

use serde::Deserialize;

use crate::ErrorKind;
use crate::http::{Answer, Fault, check_status};

#[derive(Deserialize)]
struct WireVerdict {
    ok: bool,
    #[serde(default)]
    error: String,
    #[serde(default)]
    needed: String,
}

/// The credential is no good any more.
const CREDENTIAL: [&str; 7] = [
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "not_allowed_token_type",
    "user_removed_from_team",
];
/// We are known, and may not.
const FORBIDDEN: [&str; 8] = [
    "not_in_channel",
    "is_archived",
    "missing_scope",
    "no_permission",
    "access_denied",
    "restricted_action",
    "ekm_access_denied",
    "org_login_required",
];
/// Slack's own troubles, in which it may have done part of what was asked.
const TROUBLE: [&str; 4] = ["internal_error", "fatal_error", "request_timeout", "service_unavailable"];

pub(super) fn check(answer: &Answer, setting: &'static str) -> Result<(), Fault> {
    check_status(answer, setting)?;
    let Ok(WireVerdict { ok: false, error, needed }) = answer.json::<WireVerdict>() else { return Ok(()) };
    let detail = if needed.is_empty() { error.clone() } else { format!("{error} (needs {needed})") };
    let kind = match error.as_str() {
        "ratelimited" | "rate_limited" => ErrorKind::Throttled { detail },
        "channel_not_found" | "thread_not_found" => ErrorKind::NotFound { detail },
        word if CREDENTIAL.contains(&word) => ErrorKind::CredentialRejected { setting, detail },
        word if FORBIDDEN.contains(&word) || word.starts_with("restricted_action") => ErrorKind::Forbidden {
            detail: format!("{detail}; invite the bot to the channel or grant it the scope"),
        },
        word if TROUBLE.contains(&word) => return Err(Fault::of(ErrorKind::Unavailable { detail })),
        _ => ErrorKind::Refused { detail },
    };
    // It says no before it does anything.
    Err(Fault { untouched: true, ..Fault::of(kind) })
}
