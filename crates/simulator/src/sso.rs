//! The token service: trades the offline token for access tokens that expire.

use std::collections::VecDeque;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::ask::Ask;
use crate::reply::{Answer, Reply};
use crate::route::on_ground;
use crate::state::{Ground, Shared};

/// The offline token that is good.
pub(crate) const OFFLINE_TOKEN: &str = "simulated-offline-token";
/// The client that the offline token was issued to.
const CLIENT: &str = "rhsm-api";
/// Access tokens that are remembered.
const KEPT: usize = 256;

/// Access tokens in circulation.
#[derive(Debug)]
pub(crate) struct AccessTokens {
    lifetime: TimeDelta,
    issued: u64,
    live: VecDeque<(String, DateTime<Utc>)>,
}

impl AccessTokens {
    pub(crate) fn new(lifetime: Duration) -> Self {
        let lifetime = TimeDelta::from_std(lifetime).unwrap_or(TimeDelta::minutes(15));
        Self { lifetime, issued: 0, live: VecDeque::new() }
    }

    fn issue(&mut self, now: DateTime<Utc>) -> String {
        self.issued += 1;
        let token = format!("simulated-access-token-{}", self.issued);
        if self.live.len() >= KEPT {
            self.live.pop_front();
        }
        self.live.push_back((token.clone(), now + self.lifetime));
        token
    }

    /// Whether the token is known and not expired.
    pub(crate) fn accepts(&self, token: &str, now: DateTime<Utc>) -> bool {
        self.live.iter().any(|(known, until)| known == token && now < *until)
    }

    /// Ends all tokens at once.
    pub(crate) fn revoke_all(&mut self) {
        self.live.clear();
    }
}

/// Refuses a request to the portal without a good access token.
pub(crate) fn check_bearer(ground: &Ground, ask: &Ask) -> Result<(), Reply> {
    match ask.bearer() {
        Some(token) if ground.tokens.accepts(token, ground.now()) => Ok(()),
        _ => Err(Reply::json(
            StatusCode::UNAUTHORIZED,
            &json!({ "message": "Invalid or expired access token", "code": 401 }),
        )),
    }
}

/// Its one route.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route(
        "/auth/realms/redhat-external/protocol/openid-connect/token",
        on_ground(MethodFilter::POST, token),
    )
}

fn token(ground: &mut Ground, ask: &Ask) -> Answer {
    let form = ask.form();
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let refusal = |error: &str, description: &str| {
        Err(Reply::json(
            StatusCode::BAD_REQUEST,
            &json!({ "error": error, "error_description": description }),
        ))
    };
    if field("grant_type") != "refresh_token" {
        return refusal("unsupported_grant_type", "Unsupported grant_type");
    }
    if field("client_id") != CLIENT {
        return refusal("invalid_client", "Invalid client or Invalid client credentials");
    }
    if field("refresh_token") != OFFLINE_TOKEN {
        return refusal("invalid_grant", "Invalid refresh token");
    }
    let now = ground.now();
    let access_token = ground.tokens.issue(now);
    Ok(Reply::ok(&json!({
        "access_token": access_token,
        "expires_in": ground.tokens.lifetime.num_seconds(),
        "refresh_expires_in": 0,
        "refresh_token": OFFLINE_TOKEN,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "scope": "openid offline_access",
    })))
}
