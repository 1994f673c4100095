//! `/?slo` and `/?sls`: signing out here first, then at the identity provider; and being signed out by it.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;
use t5g_saml::{LogoutMessage, LogoutOutcome, Subject};
use t5g_store::StoreError;
use t5g_store::ledger::{Action, Asked, AuditOutcome, FlowKind, SecretDigest};

use super::{Client, Identity, ask, audit, lead_to, start, with_cookies};
use crate::access::cookies::Cookie;
use crate::access::{Caller, Credential};
use crate::app::AppState;
use crate::error::AppError;
use crate::pages::login::{LoginPage, Refusal, rendered};

/// `GET /?slo`: asks whether they mean it; a link from elsewhere must sign out nobody.
pub(super) fn ask_first(app: &AppState, found: Identity, headers: &HeaderMap) -> Response {
    match found {
        Ok(Caller { credential: Credential::Session { form_token, .. }, name, .. }) => {
            rendered(app, headers, &LoginPage::sign_out(&name, &form_token), StatusCode::OK)
        }
        _ => lead_to("/?out"),
    }
}

/// `POST /?slo`: ends the session, then leads to the identity provider, where it has such a service.
pub(super) async fn leave(
    app: &AppState,
    found: Identity,
    headers: &HeaderMap,
) -> Result<Response, AppError> {
    let Ok(caller) = found else { return Ok(lead_to("/?out")) };
    let Credential::Session { handle, .. } = &caller.credential else {
        return Err(AppError::BadRequest("Only a browser's session can be signed out.".to_owned()));
    };
    let (ledger, cookies) = (app.ledger(), app.gate().cookies());
    let now = app.clock().now();
    let subject = ledger.session_subject(handle).await.map_err(|error| broken(&error))?;
    ledger.end_session(handle, &caller.actor, now).await.map_err(|error| broken(&error))?;
    audit::note(app, &caller, Action::Logout, handle.as_str(), json!({})).await?;
    let ended = cookies.clear(Cookie::Session);
    let subject = subject.map(|subject| Subject {
        name_id: subject.name_id,
        name_id_format: subject.name_id_format,
        session_index: subject.session_index,
    });
    let Some(subject) = subject else { return Ok(with_cookies(lead_to("/?out"), [ended])) };
    let asked = start::remember(app, (&caller.client, headers), FlowKind::Logout, "/?out", now).await?;
    let (relay, request_id) = (asked.relay.clone(), asked.request_id.clone());
    let address =
        ask(app, move |provider| provider.logout_start(&subject, relay.expose(), &request_id, now)).await;
    match address.and_then(|address| address) {
        Ok(Some(address)) => {
            let binding = cookies.set(Cookie::Flow, &asked.browser, Some(start::ANSWER_WITHIN));
            // A page that leads on, and no redirect: what a form leads to is bound to our own host by the
            // policy that every page carries.
            let page = LoginPage::leading_on(address.as_str());
            Ok(with_cookies(rendered(app, headers, &page, StatusCode::OK), [ended, binding]))
        }
        Ok(None) => Ok(with_cookies(lead_to("/?out"), [ended])),
        Err(reason) => {
            tracing::warn!(
                reason,
                "signed out here, but the identity provider cannot be asked to do the same"
            );
            Ok(with_cookies(lead_to("/?out"), [ended]))
        }
    }
}

/// What came to the logout service.
pub(super) enum Arrived {
    /// With the address, as it stands there.
    Query(String),
    /// With a form.
    Form {
        /// The message.
        saml: String,
        /// Whether the provider asks, and does not answer.
        is_request: bool,
        /// What travelled with it.
        relay: Option<String>,
    },
}

impl Arrived {
    /// Reads a form; `None` if there is not exactly one message in it.
    pub(super) fn in_form(body: &[u8]) -> Option<Self> {
        let values = |wanted: &str| -> Vec<String> {
            let fields = url::form_urlencoded::parse(body).filter(|(name, _)| name == wanted);
            fields.map(|(_, value)| value.into_owned()).collect()
        };
        let (mut requests, mut responses) = (values("SAMLRequest"), values("SAMLResponse"));
        let is_request = match (requests.len(), responses.len()) {
            (1, 0) => true,
            (0, 1) => false,
            _ => return None,
        };
        let saml = if is_request { requests.pop() } else { responses.pop() };
        Some(Self::Form { saml: saml?, is_request, relay: values("RelayState").pop() })
    }

    fn message(&self) -> LogoutMessage<'_> {
        match self {
            Self::Query(raw_query) => LogoutMessage::Redirect { raw_query },
            Self::Form { saml, is_request, relay } => {
                LogoutMessage::Post { saml, is_request: *is_request, relay: relay.as_deref() }
            }
        }
    }

    fn relay(&self) -> Option<String> {
        match self {
            Self::Query(query) => url::form_urlencoded::parse(query.as_bytes())
                .find(|(name, _)| name == "RelayState")
                .map(|(_, value)| value.into_owned()),
            Self::Form { relay, .. } => relay.clone(),
        }
    }
}

/// `/?sls`: the provider confirms, or wants sessions to end here. Whoever brings it: it counts for its signature.
pub(super) async fn service(
    app: &AppState,
    client: &Client,
    arrived: Option<Arrived>,
    headers: &HeaderMap,
) -> Result<Response, AppError> {
    let now = app.clock().now();
    let Some(arrived) = arrived else {
        return refuse(app, client, headers, "binding", "there is not exactly one message in the form").await;
    };
    let expected = expected(app, &arrived, headers).await?;
    let response_id = format!("_{}", app.gate().secret().expose());
    let outcome = ask(app, move |provider| {
        provider.logout_service(arrived.message(), expected.as_deref(), &response_id, now)
    });
    let forget = app.gate().cookies().clear(Cookie::Flow);
    match outcome.await {
        Ok(Ok(LogoutOutcome::Confirmed)) => Ok(with_cookies(lead_to("/?out"), [forget])),
        Ok(Ok(LogoutOutcome::Requested {
            request_id,
            replay_until,
            subject_name_id,
            session_indexes,
            answer,
        })) => {
            let asked = Asked { id: request_id, until: replay_until };
            let ended =
                app.ledger().end_sessions_at_provider(&asked, &subject_name_id, &session_indexes, now).await;
            let Some(ended) = ended.map_err(|error| broken(&error))? else {
                return refuse(app, client, headers, "replayed", "this request was used before").await;
            };
            let about =
                audit::About { actor: "the identity provider", account: None, object: &subject_name_id };
            let detail = json!({ "sessions": ended });
            audit::note_login(app, client, Action::Logout, AuditOutcome::Done, about, detail).await?;
            Ok(lead_to(answer.as_str()))
        }
        Ok(Err(why)) => refuse(app, client, headers, why.code, &why.reason).await,
        Err(panic) => refuse(app, client, headers, "panic", &panic).await,
    }
}

/// The id of the question that this browser may bring an answer to.
async fn expected(
    app: &AppState,
    arrived: &Arrived,
    headers: &HeaderMap,
) -> Result<Option<String>, AppError> {
    let browser = app.gate().cookies().find(Cookie::Flow, headers);
    let Some((relay, browser)) = arrived.relay().zip(browser) else { return Ok(None) };
    let (relay, browser) = (SecretDigest::of(&relay), SecretDigest::of(browser));
    let flow = app.ledger().take_flow(FlowKind::Logout, &relay, &browser, app.clock().now()).await;
    Ok(flow.map_err(|error| broken(&error))?.map(|flow| flow.request_id))
}

async fn refuse(
    app: &AppState,
    client: &Client,
    headers: &HeaderMap,
    code: &str,
    reason: &str,
) -> Result<Response, AppError> {
    let detail = json!({ "code": code, "reason": reason });
    audit::note_stranger(app, client, Action::Logout, "", detail).await?;
    let page = LoginPage::refused(&Refusal::LogoutNotBelieved, app.gate().settings(), &client.request_id);
    Ok(rendered(app, headers, &page, StatusCode::FORBIDDEN))
}

fn broken(error: &StoreError) -> AppError {
    tracing::error!(%error, "signing out does not work");
    AppError::Unavailable("Signing out does not work right now. Please try again.".to_owned())
}
