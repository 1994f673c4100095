//! `/?acs`: takes in who brings a good answer of the identity provider. Whatever is wrong with it, the browser
//! hears little and the audit log all; there is no session then.

use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use t5g_model::names::Role;
use t5g_saml::Login;
use t5g_store::StoreError;
use t5g_store::ledger::{
    AccountId, Action, AuditOutcome, Enrolled, Flow, FlowKind, Handle, NewSecret, NewSession, Person,
    SecretDigest, SessionSubject,
};

use super::{Client, ask, audit, enrol, lead_to, start, with_cookies};
use crate::access::called;
use crate::access::cookies::Cookie;
use crate::access::provider::NotBelieved;
use crate::app::AppState;
use crate::error::AppError;
use crate::pages::login::{LoginPage, rendered};

/// Why somebody is not taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// This browser did not ask, or asked too long ago, or had its answer.
    NotAsked,
    /// The answer is not believed.
    NotBelieved(NotBelieved),
    /// The provider does not say what we need to know.
    Lacks(&'static str),
    /// In no group that is let in.
    NoGroup(Box<Person>),
    /// The provider does not say which groups they are in.
    NoWordOfGroups(Box<Person>),
    /// Shut out.
    Blocked(Box<Person>),
}

impl Refused {
    /// For the audit log.
    fn code(&self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::NotBelieved(why) => why.code,
            Self::Lacks(_) | Self::NoWordOfGroups(_) => "attribute_missing",
            Self::NoGroup(_) => "no_group",
            Self::Blocked(_) => "blocked",
        }
    }

    /// The precise reason, for the audit log.
    fn reason(&self) -> String {
        match self {
            Self::NotAsked => {
                "no question of this browser waits for an answer: too late, used already, or begun elsewhere"
                    .to_owned()
            }
            Self::NotBelieved(why) => why.reason.clone(),
            Self::Lacks(attribute) => lacks(attribute),
            Self::NoWordOfGroups(_) => lacks(enrol::GROUPS),
            Self::NoGroup(person) => format!("in no group that is let in; in: {}", person.groups.join("; ")),
            Self::Blocked(_) => "shut out by an administrator".to_owned(),
        }
    }

    /// Who it was, where that is believed.
    fn person(&self) -> Option<&Person> {
        match self {
            Self::NoGroup(person) | Self::NoWordOfGroups(person) | Self::Blocked(person) => Some(person),
            Self::NotAsked | Self::NotBelieved(_) | Self::Lacks(_) => None,
        }
    }
}

fn lacks(attribute: &str) -> String {
    format!("the attribute {attribute} is missing, empty or there twice")
}

/// A failure that is nobody's fault, or a refusal.
enum Stop {
    Refused(Refused),
    Broken(AppError),
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a sign-in cannot be finished");
        Self::Broken(AppError::Unavailable(
            "Signing in does not work right now. Please try again.".to_owned(),
        ))
    }
}

impl From<AppError> for Stop {
    fn from(error: AppError) -> Self {
        Self::Broken(error)
    }
}

/// The handler's work.
pub(super) async fn take_in(
    app: &AppState,
    client: &Client,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, AppError> {
    let cookies = app.gate().cookies();
    let forget = cookies.clear(Cookie::Flow);
    match attempt(app, client, headers, body).await {
        Ok((id, target)) => {
            metrics::counter!("t5g_logins_total", "outcome" => "done").increment(1);
            let session = cookies.set(Cookie::Session, id.expose(), None);
            Ok(with_cookies(lead_to(&target), [session, forget]))
        }
        Err(Stop::Broken(error)) => Err(error),
        Err(Stop::Refused(refused)) => {
            // Why is for the audit log alone: who forges answers would learn from it how far they came.
            metrics::counter!("t5g_logins_total", "outcome" => "refused").increment(1);
            note_refusal(app, client, &refused).await?;
            let page =
                LoginPage::refused(&refused_words(&refused), app.gate().settings(), &client.request_id);
            // A form that answers nothing came from anywhere, and must not break a sign-in that is under way.
            let forget = if refused == Refused::NotAsked { None } else { forget };
            Ok(with_cookies(rendered(app, headers, &page, StatusCode::FORBIDDEN), [forget]))
        }
    }
}

/// The session's secret and where to go, if all is well.
async fn attempt(
    app: &AppState,
    client: &Client,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(NewSecret, String), Stop> {
    let now = app.clock().now();
    let (flow, response) = question(app, headers, body, now).await?;
    let request_id = flow.request_id;
    let answer = ask(app, move |provider| provider.finish(&response, &request_id, now)).await;
    let login = match answer {
        Ok(Ok(login)) => login,
        Ok(Err(why)) => return Err(Refused::NotBelieved(why).into()),
        Err(panic) => return Err(not_believed("panic", &panic).into()),
    };
    if !app.ledger().use_assertion(&login.issuer, &login.assertion_id, login.replay_until).await? {
        return Err(not_believed("replayed", "this assertion was used before").into());
    }
    let person = enrol::person(&login, &app.gate().settings().groups)?;
    let Some(role) = person.role else {
        drop_role(app, client, &person, now).await?;
        return Err(enrol::no_role(person).into());
    };
    let enrolled = app.ledger().enrol(&person, now).await?;
    if enrolled.blocked {
        return Err(Refused::Blocked(Box::new(person)).into());
    }
    enrol::keep_attributes(app, &person).await;
    end_previous(app, flow.session, headers, now).await?;
    let begun = begin_session(app, client, headers, &login, role, &enrolled, now).await?;
    let Some(id) = begun else { return Err(Refused::Blocked(Box::new(person)).into()) };
    note_login(app, client, &person, role, &enrolled).await?;
    Ok((id, flow.target))
}

/// What somebody had who is let in nowhere any more ends at once: we have just been told by the identity provider.
async fn drop_role(app: &AppState, client: &Client, person: &Person, now: DateTime<Utc>) -> Result<(), Stop> {
    // Where nothing is said of groups, that may be a fault of the other side: tokens are refused until it is mended.
    let end_tokens = !person.groups.is_empty();
    let by = "the loss of all groups";
    let Some(dropped) = app.ledger().drop_role(person, end_tokens, by, now).await? else {
        return Ok(());
    };
    let name = called_of(person);
    let about = audit::About { actor: &name, account: Some(&dropped.id), object: &name };
    let before = dropped.previous_role.map_or("none", Role::as_str);
    let detail = json!({
        "before": before, "now": "none", "sessions ended": dropped.sessions, "tokens ended": dropped.tokens,
    });
    if dropped.previous_role.is_some() || dropped.sessions + dropped.tokens > 0 {
        audit::note_login(app, client, Action::RoleChange, AuditOutcome::Done, about, detail).await?;
    }
    Ok(())
}

fn not_believed(code: &'static str, reason: &str) -> Refused {
    Refused::NotBelieved(NotBelieved { code, reason: reason.to_owned() })
}

/// The question that this browser brings an answer to, and the answer. From here on nobody else can bring one.
async fn question(
    app: &AppState,
    headers: &HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<(Flow, String), Stop> {
    let field = |wanted: &str| {
        let mut values = url::form_urlencoded::parse(body).filter(|(name, _)| name == wanted);
        // A field that is there twice could be read in two ways.
        values.next().filter(|_| values.next().is_none()).map(|(_, value)| value.into_owned())
    };
    let (response, relay) = (field("SAMLResponse"), field("RelayState"));
    let browser = app.gate().cookies().find(Cookie::Flow, headers);
    let (Some(response), Some(relay), Some(browser)) = (response, relay, browser) else {
        return Err(Refused::NotAsked.into());
    };
    let (relay, browser) = (SecretDigest::of(&relay), SecretDigest::of(browser));
    let flow = app.ledger().take_flow(FlowKind::Login, &relay, &browser, now).await?;
    Ok((flow.ok_or(Refused::NotAsked)?, response))
}

/// A session that this browser has already ends with the new one: its id may be known to somebody else. It had one when
/// it asked; where the identity provider is of the same site, its cookie comes with the answer too.
async fn end_previous(
    app: &AppState,
    when_asked: Option<Handle>,
    headers: &HeaderMap,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for handle in [when_asked, start::session_of(app, headers)].into_iter().flatten() {
        app.ledger().end_session(&handle, "a new sign-in", now).await?;
    }
    Ok(())
}

async fn begin_session(
    app: &AppState,
    client: &Client,
    headers: &HeaderMap,
    login: &Login,
    role: Role,
    enrolled: &Enrolled,
    now: DateTime<Utc>,
) -> Result<Option<NewSecret>, Stop> {
    let gate = app.gate();
    let off = || AppError::internal("a sign-in where signing in is switched off");
    let (_, key) = gate.sign_on().ok_or_else(off)?;
    let id = gate.secret();
    let longest = now + TimeDelta::from_std(gate.settings().session_max).unwrap_or(TimeDelta::days(1));
    let session = NewSession {
        digest: key.session_digest(id.expose()),
        account: enrolled.id.clone(),
        role,
        subject: SessionSubject {
            name_id: login.subject.name_id.clone(),
            name_id_format: login.subject.name_id_format.clone(),
            session_index: login.subject.session_index.clone(),
        },
        created: now,
        expires: login.session_until.map_or(longest, |until| until.min(longest)),
        address: client.address.map(|address| address.to_string()),
        agent: headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).map(str::to_owned),
    };
    // Somebody may have shut them out since they were looked up.
    Ok(app.ledger().begin_session(&session).await?.then_some(id))
}

async fn note_login(
    app: &AppState,
    client: &Client,
    person: &Person,
    role: Role,
    enrolled: &Enrolled,
) -> Result<(), AppError> {
    let name = called_of(person);
    let about = audit::About { actor: &name, account: Some(&enrolled.id), object: &name };
    let detail = json!({ "role": role.as_str(), "mail": person.mail, "groups": person.groups });
    audit::note_login(app, client, Action::Login, AuditOutcome::Done, about, detail).await?;
    match enrolled.previous_role {
        Some(before) if before != role => {
            let detail = json!({ "before": before.as_str(), "now": role.as_str() });
            audit::note_login(app, client, Action::RoleChange, AuditOutcome::Done, about, detail).await
        }
        _ => Ok(()),
    }
}

async fn note_refusal(app: &AppState, client: &Client, refused: &Refused) -> Result<(), AppError> {
    let detail = json!({ "code": refused.code(), "reason": refused.reason() });
    if *refused == Refused::NotAsked {
        return audit::note_stranger(app, client, Action::Login, "", detail).await;
    }
    let Some(person) = refused.person() else { return audit::note_answer(app, client, detail).await };
    let (name, account) = (called_of(person), app.ledger().account(&id_of(person)).await?);
    let account = account.map(|account| account.id);
    let about = audit::About { actor: &name, account: account.as_ref(), object: &name };
    audit::note_login(app, client, Action::Login, AuditOutcome::Refused, about, detail).await
}

fn id_of(person: &Person) -> AccountId {
    AccountId::of(&person.provider, &person.subject)
}

/// What the audit log calls them.
fn called_of(person: &Person) -> String {
    called(&person.name, person.mail.as_deref(), &id_of(person))
}

/// What the browser is told.
fn refused_words(refused: &Refused) -> crate::pages::login::Refusal {
    use crate::pages::login::Refusal;
    match refused {
        Refused::NotAsked => Refusal::NotAsked,
        Refused::NotBelieved(_) => Refusal::NotBelieved,
        Refused::Lacks(attribute) => Refusal::Lacks(attribute),
        Refused::NoWordOfGroups(_) => Refusal::Lacks(enrol::GROUPS),
        Refused::NoGroup(person) => Refusal::NoGroup(person.name.clone()),
        Refused::Blocked(person) => Refusal::Blocked(person.name.clone()),
    }
}
