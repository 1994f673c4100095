//! Who is told of a case.

use serde_json::json;

use super::HydraPortal;
use crate::http::Call;
use crate::{ClientError, ErrorKind};

const ADD: &str = "POST /v1/cases/{number}/notifiedusers";
const REMOVE: &str = "DELETE /v1/cases/{number}/notifiedusers/{login}";

/// Adding somebody twice is adding them once, so it may be repeated.
pub(super) async fn add(portal: &HydraPortal, number: &str, logins: &[String]) -> Result<(), ClientError> {
    if logins.is_empty() {
        return Ok(());
    }
    portal.all_named(ADD, logins)?;
    let users: Vec<_> = logins.iter().map(|login| json!({"ssoUsername": login})).collect();
    let call = Call::post(ADD, ["v1", "cases", number, "notifiedusers"])
        .json(&json!({"user": users}))
        .map_err(|fault| portal.upstream.fail(ADD, fault, 0))?
        .repeatable();
    portal.upstream.done(call).await
}

pub(super) async fn remove(portal: &HydraPortal, number: &str, login: &str) -> Result<(), ClientError> {
    portal.all_named(REMOVE, std::slice::from_ref(&login))?;
    portal.upstream.done(Call::delete(REMOVE, ["v1", "cases", number, "notifiedusers", login])).await
}

impl HydraPortal {
    /// An empty login, or one that is a step in a path, would name another address.
    fn all_named<S: AsRef<str>>(&self, route: &'static str, logins: &[S]) -> Result<(), ClientError> {
        if logins.iter().all(|login| !matches!(login.as_ref().trim(), "" | "." | "..")) {
            return Ok(());
        }
        let detail = "a login is empty or only dots".into();
        Err(self.upstream.unsent(route, ErrorKind::Refused { detail }))
    }
}
