//! Signing in and out: `/` and what its query asks for. Each step is a file; this one tells them apart.

mod consume;
mod enrol;
mod logout;
mod start;

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use t5g_store::ledger::Action;
use url::Url;

use self::logout::Arrived;
use super::identify::{Identity, Stranger};
use super::{Client, Provider, audit};
use crate::app::AppState;
use crate::error::AppError;
use crate::pages::login::{LoginPage, rendered};

/// What `/` is asked for, by the first name in its query: the same addresses as the Python dashboard's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// `/`: the login page.
    Front,
    /// `/?sso`: begin to sign in.
    Start,
    /// `/?acs`: the identity provider's answer.
    Consume,
    /// `/?slo`: sign out.
    Logout,
    /// `/?sls`: the identity provider's word on signing out.
    LogoutService,
}

impl Endpoint {
    /// Whether the identity provider's page makes the browser post there: such a form comes from another site, and
    /// counts for what is in it, never for the browser's session.
    pub(crate) fn is_for_provider(self) -> bool {
        matches!(self, Self::Consume | Self::LogoutService)
    }

    /// Of an address whose path is `/`.
    pub(crate) fn of(uri: &Uri) -> Self {
        let first = uri.query().unwrap_or_default().split('&').next().unwrap_or_default();
        match first.split('=').next().unwrap_or_default() {
            "sso" => Self::Start,
            "acs" => Self::Consume,
            "slo" => Self::Logout,
            "sls" => Self::LogoutService,
            _ => Self::Front,
        }
    }
}

/// `GET /`
pub(crate) async fn get(
    State(app): State<AppState>,
    Extension(found): Extension<Identity>,
    Extension(client): Extension<Arc<Client>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    if app.gate().sign_on().is_none() {
        return Ok(lead_to("/home"));
    }
    match Endpoint::of(&uri) {
        Endpoint::Front => Ok(front(&app, &found, &uri, &headers)),
        Endpoint::Start => start::begin(&app, &client, &uri, &headers).await,
        Endpoint::Consume => Ok(lead_to("/")),
        Endpoint::Logout => Ok(logout::ask_first(&app, found, &headers)),
        Endpoint::LogoutService => {
            limit(&app, &client).await?;
            let query = uri.query().unwrap_or_default().to_owned();
            logout::service(&app, &client, Some(Arrived::Query(query)), &headers).await
        }
    }
}

/// `POST /`
pub(crate) async fn post(
    State(app): State<AppState>,
    Extension(found): Extension<Identity>,
    Extension(client): Extension<Arc<Client>>,
    request: Request,
) -> Result<Response, AppError> {
    let (Parts { uri, headers, .. }, body) = request.into_parts();
    match (Endpoint::of(&uri), app.gate().sign_on()) {
        (Endpoint::Consume, Some(_)) => {
            let body = form(&app, &client, body).await?;
            consume::take_in(&app, &client, &headers, &body).await
        }
        (Endpoint::LogoutService, Some(_)) => {
            let body = form(&app, &client, body).await?;
            logout::service(&app, &client, Arrived::in_form(&body), &headers).await
        }
        (Endpoint::Logout, Some(_)) => logout::leave(&app, found, &headers).await,
        _ => Ok(([(ALLOW, "GET,HEAD")], AppError::MethodNotAllowed).into_response()),
    }
}

/// `GET /saml/metadata`: what the identity provider needs to know of us.
pub(crate) async fn metadata(State(app): State<AppState>) -> Result<Response, AppError> {
    let none = || AppError::NotFound("Signing in is switched off here.".to_owned());
    let (provider, _) = app.gate().sign_on().ok_or_else(none)?;
    Ok(([(CONTENT_TYPE, "application/samlmetadata+xml")], provider.metadata()).into_response())
}

/// The login page; who is signed in already is led on.
fn front(app: &AppState, found: &Identity, uri: &Uri, headers: &HeaderMap) -> Response {
    let target = parameter(uri, "next").and_then(|next| safe_target(&next));
    if found.is_ok() {
        return lead_to(target.as_deref().unwrap_or("/home"));
    }
    let page = if has(uri, "out") {
        LoginPage::signed_out()
    } else if has(uri, "late") {
        LoginPage::late(app.gate().settings())
    } else if has(uri, "ended") {
        LoginPage::session_ended(target.as_deref())
    } else {
        LoginPage::welcome(target.as_deref())
    };
    rendered(app, headers, &page, StatusCode::OK)
}

/// The login page's address for somebody who wanted to go to `back`.
pub(crate) fn front_address(back: Option<&str>, stranger: Stranger) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if stranger == Stranger::SessionEnded {
        query.append_key_only("ended");
    }
    if let Some(back) = back.and_then(safe_target) {
        query.append_pair("next", &back);
    }
    let query = query.finish();
    if query.is_empty() { "/".to_owned() } else { format!("/?{query}") }
}

/// The longest address that a sign-in leads back to, in bytes.
const TARGET_BYTES: usize = 1_500;

/// A path on this host that a sign-in may lead to; `None` for whatever could lead elsewhere, or in circles.
pub(super) fn safe_target(text: &str) -> Option<String> {
    let plain = text.len() <= TARGET_BYTES
        && text.starts_with('/')
        && !text.starts_with("//")
        && !text.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace());
    if !plain {
        return None;
    }
    // As a browser would read it.
    let here = Url::parse("https://here.invalid/").ok()?;
    let there = here.join(text).ok()?;
    let inside = there.origin() == here.origin() && there.username().is_empty() && there.path() != "/";
    let query = there.query().map_or_else(String::new, |query| format!("?{query}"));
    // Writing it in signs that every header can hold may make it three times as long.
    let target = format!("{}{query}", there.path());
    (inside && !there.path().starts_with("//") && target.len() <= TARGET_BYTES).then_some(target)
}

/// The value of a parameter of the query.
fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let query = uri.query().unwrap_or_default().as_bytes();
    url::form_urlencoded::parse(query).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn has(uri: &Uri, name: &str) -> bool {
    parameter(uri, name).is_some()
}

/// Leads the browser on with GET.
fn lead_to(address: &str) -> Response {
    match HeaderValue::from_str(address) {
        Ok(address) => (StatusCode::SEE_OTHER, [(LOCATION, address)]).into_response(),
        Err(error) => AppError::internal(error).into_response(),
    }
}

/// The answer with cookies set.
fn with_cookies(mut response: Response, cookies: impl IntoIterator<Item = Option<HeaderValue>>) -> Response {
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// The longest form of the identity provider: a response of 256 KiB in base64, its signs escaped.
const FORM_BYTES: usize = 512 * 1024;

/// A form that anybody may send: as much of it as it may be, and no byte of it before the limit.
async fn form(app: &AppState, client: &Client, body: Body) -> Result<Bytes, AppError> {
    limit(app, client).await?;
    let too_large = |_| AppError::TooLarge(u64::try_from(FORM_BYTES).unwrap_or(u64::MAX));
    axum::body::to_bytes(body, FORM_BYTES).await.map_err(too_large)
}

/// One more step of signing in or out from that client, unless there were too many.
async fn limit(app: &AppState, client: &Client) -> Result<(), AppError> {
    let verdict = app.gate().logins.take(client.block(), app.clock().now());
    if verdict.passes {
        return Ok(());
    }
    let reason = json!({ "code": "too_many", "reason": "too many steps of signing in from there" });
    audit::note_stranger(app, client, Action::Login, "", reason).await?;
    Err(AppError::TooMany { retry_after: verdict.retry_after })
}

/// Lets the provider compute where it holds nobody up. A panic there is the error's text, not our end.
async fn ask<T: Send + 'static>(
    app: &AppState,
    question: impl FnOnce(&dyn Provider) -> T + Send + 'static,
) -> Result<T, String> {
    let Some(provider) = app.gate().provider() else {
        return Err("signing in is switched off".to_owned());
    };
    tokio::task::spawn_blocking(move || question(provider.as_ref())).await.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_paths_on_this_host() {
        for good in ["/home", "/table/all?q=a%20b&sev=High", "/a/../home", "/card/ABC-1?x=//y"] {
            assert!(safe_target(good).is_some(), "{good}");
        }
        assert_eq!(safe_target("/a/../home#part").as_deref(), Some("/home"));
        for bad in [
            "",
            "home",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/%0d%0aSet-Cookie:x\r\n",
            "/ /x",
            "/",
            "/?slo",
            "/x/..",
            "///evil.example",
            "/..//evil.example",
            "/.//evil.example",
        ] {
            assert_eq!(safe_target(bad), None, "{bad}");
        }
        assert_eq!(safe_target(&format!("/{}", "a".repeat(2_000))), None);
        assert_eq!(safe_target(&format!("/{}", "é".repeat(700))), None, "too long as it is sent");
        assert!(safe_target(&format!("/{}", "é".repeat(200))).is_some());
    }

    #[test]
    fn the_first_name_of_the_query_says_what_is_asked() {
        let of = |text: &'static str| Endpoint::of(&Uri::from_static(text));
        assert_eq!(of("/?acs"), Endpoint::Consume);
        assert_eq!(of("/?sls&SAMLResponse=x"), Endpoint::LogoutService);
        assert_eq!(of("/?sso=1&next=%2Fhome"), Endpoint::Start);
        assert_eq!(of("/?slo"), Endpoint::Logout);
        for front in ["/", "/?next=/home", "/?x&acs", "/?ACS", "/?acsx"] {
            assert_eq!(of(front), Endpoint::Front, "{front}");
        }
    }

    #[test]
    fn the_login_page_remembers_where_to_go() {
        assert_eq!(front_address(None, Stranger::Nobody), "/");
        assert_eq!(front_address(Some("/table/all?q=a"), Stranger::Nobody), "/?next=%2Ftable%2Fall%3Fq%3Da");
        assert_eq!(front_address(Some("//evil.example"), Stranger::SessionEnded), "/?ended");
    }
}
