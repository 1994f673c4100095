//! `/users`: for administrators, the people who have signed in; one person with their sessions and tokens; shutting
//! out and letting in again.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{Html, Redirect};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::json;
use t5g_model::names::Role;
use t5g_store::ledger::{Account, AccountId, Action, Handle, Person, Session, Token};

use super::tokens::{TokenRow, broken};
use crate::access::{Caller, Credential, audit, called};
use crate::app::AppState;
use crate::error::AppError;
use crate::samples::HOSTILE;
use crate::templates::Page;
use crate::view::chrome::Chrome;
use crate::view::words::When;

/// People on one page.
const ROWS: u32 = 50;

/// What the list shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct UsersPage {
    rows: Vec<UserRow>,
    text: String,
    previous: Option<String>,
    next: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct UserRow {
    id: String,
    name: String,
    mail: Option<String>,
    role: &'static str,
    first: When,
    last: When,
    blocked: Option<String>,
}

impl UserRow {
    fn of(account: &Account, now: DateTime<Utc>, zone: Tz) -> Self {
        let when = |at| When::of(at, now, zone);
        Self {
            id: account.id.to_string(),
            name: account.person.name.clone(),
            mail: account.person.mail.clone(),
            role: account.person.role.map_or("none", Role::as_str),
            first: when(account.first_login),
            last: when(account.last_login),
            blocked: account.blocked.as_ref().map(|(at, by)| format!("{} by {by}", when(*at).words)),
        }
    }
}

/// What one person's page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct UserPage {
    user: UserRow,
    groups: Vec<String>,
    attributes: Vec<(String, String)>,
    sessions: Vec<SessionRow>,
    tokens: Vec<TokenRow>,
    /// Whether it is the reader.
    own: bool,
}

#[derive(Debug, Clone, Serialize)]
struct SessionRow {
    handle: String,
    created: When,
    seen: When,
    expires: When,
    address: Option<String>,
    agent: Option<String>,
    /// Whether it is the reader's own.
    own: bool,
}

impl UsersPage {
    fn of(accounts: &[Account], text: &str, page: u32, now: DateTime<Utc>, zone: Tz) -> Self {
        let full = u32::try_from(accounts.len()).is_ok_and(|count| count >= ROWS);
        let address = |page: u32| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("q", text).append_pair("page", &page.to_string());
            format!("/users?{}", query.finish())
        };
        Self {
            rows: accounts.iter().map(|account| UserRow::of(account, now, zone)).collect(),
            text: text.to_owned(),
            previous: page.checked_sub(1).filter(|page| *page > 0).map(address),
            next: full.then(|| address(page + 1)),
        }
    }
}

impl UserPage {
    fn of(account: &Account, held: &Held, caller: &Caller, now: DateTime<Utc>, zone: Tz) -> Self {
        let mine = match &caller.credential {
            Credential::Session { handle, .. } => Some(handle),
            _ => None,
        };
        let when = |at| When::of(at, now, zone);
        let session = |session: &Session| SessionRow {
            handle: session.handle.to_string(),
            created: when(session.created),
            seen: when(session.seen),
            expires: when(session.expires),
            address: session.address.clone(),
            agent: session.agent.clone(),
            own: mine == Some(&session.handle),
        };
        let heard_of = account.person.role.is_some() && account.last_login > held.owner_since;
        let token = |token: &Token| {
            let row = TokenRow::of(token, now, zone);
            if heard_of { row } else { row.refuse() }
        };
        let attributes = account.person.attributes.iter().map(|(name, of)| (name.clone(), of.join(", ")));
        Self {
            user: UserRow::of(account, now, zone),
            groups: account.person.groups.clone(),
            attributes: attributes.collect(),
            sessions: held.sessions.iter().map(session).collect(),
            tokens: held.tokens.iter().map(token).collect(),
            own: caller.account.as_ref() == Some(&account.id),
        }
    }
}

/// What somebody has.
struct Held {
    sessions: Vec<Session>,
    tokens: Vec<Token>,
    /// Who did not sign in since then has tokens that are refused.
    owner_since: DateTime<Utc>,
}

fn sample(text: &str, now: DateTime<Utc>) -> Account {
    Account {
        id: AccountId::of("p", "s"),
        person: Person {
            provider: text.into(),
            subject: text.into(),
            name: text.into(),
            mail: Some(text.into()),
            attributes: [(text.to_owned(), vec![text.to_owned()])].into(),
            groups: vec![text.into()],
            role: Some(Role::Operator),
        },
        first_login: now,
        last_login: now,
        blocked: Some((now, text.into())),
    }
}

impl Page for UsersPage {
    const TEMPLATE: &'static str = "pages/users.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_780);
        let many = vec![sample(HOSTILE, now); ROWS as usize];
        Ok(vec![Self::of(&[], "", 1, now, Tz::UTC), Self::of(&many, HOSTILE, 2, now, Tz::UTC)])
    }
}

impl Page for UserPage {
    const TEMPLATE: &'static str = "pages/user.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_780);
        let when = When::of(now, now, Tz::UTC);
        let session = SessionRow {
            handle: "0123456789abcdef".into(),
            created: when.clone(),
            seen: when.clone(),
            expires: when,
            address: Some(HOSTILE.into()),
            agent: Some(HOSTILE.into()),
            own: true,
        };
        let user = UserRow::of(&sample(HOSTILE, now), now, Tz::UTC);
        let page = |own, sessions| Self {
            user: UserRow { blocked: None, ..user.clone() },
            groups: vec![HOSTILE.into()],
            attributes: vec![(HOSTILE.into(), HOSTILE.into())],
            sessions,
            tokens: Vec::new(),
            own,
        };
        let blocked = Self { user: user.clone(), ..page(false, Vec::new()) };
        Ok(vec![page(true, vec![session]), page(false, Vec::new()), blocked])
    }
}

/// `GET /users`
pub(crate) async fn list(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, AppError> {
    let text: String =
        query.get("q").map_or_else(String::new, |text| text.trim().chars().take(200).collect());
    let number = query.get("page").map_or(Ok(1), |page| page.parse::<u32>());
    let number = number.ok().filter(|page| (1..=100_000).contains(page));
    let number = number.ok_or_else(|| AppError::BadRequest("page: expected a number from 1.".to_owned()))?;
    let accounts = app.ledger().accounts(&text, (number - 1) * ROWS, ROWS).await;
    let accounts = accounts.map_err(|error| broken(&error))?;
    let (now, zone) = (app.clock().now(), app.settings().rules.time_zone);
    let page = UsersPage::of(&accounts, &text, number, now, zone);
    let html = app.templates().render(&page, &Chrome::of(&app, &caller, &headers));
    Ok(Html(html.map_err(AppError::internal)?))
}

/// `GET /users/{account}`
pub(crate) async fn show(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Html<String>, AppError> {
    let account = find(&app, &id).await?;
    let (now, ledger) = (app.clock().now(), app.ledger());
    let sessions = ledger.sessions_of(&account.id, now, app.gate().idle_since(now)).await;
    let held = Held {
        sessions: sessions.map_err(|error| broken(&error))?,
        tokens: ledger.tokens(Some(&account.id)).await.map_err(|error| broken(&error))?,
        owner_since: app.gate().owner_since(now),
    };
    let page = UserPage::of(&account, &held, &caller, now, app.settings().rules.time_zone);
    let html = app.templates().render(&page, &Chrome::of(&app, &caller, &headers));
    Ok(Html(html.map_err(AppError::internal)?))
}

/// `POST /users/{account}/block`: shuts somebody out, at once and everywhere.
pub(crate) async fn block(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Redirect, AppError> {
    let account = find(&app, &id).await?;
    if caller.account.as_ref() == Some(&account.id) {
        return Err(AppError::BadRequest(
            "You cannot shut out yourself; another administrator can.".to_owned(),
        ));
    }
    if account.blocked.is_some() {
        return Ok(back_to(&account));
    }
    audit::note(&app, &caller, Action::UserBlock, &named(&account), about(&account)).await?;
    let blocked = app.ledger().block(&account.id, &caller.actor, app.clock().now()).await;
    blocked.map_err(|error| broken(&error))?;
    Ok(back_to(&account))
}

/// `POST /users/{account}/unblock`
pub(crate) async fn unblock(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Redirect, AppError> {
    let account = find(&app, &id).await?;
    if account.blocked.is_none() {
        return Ok(back_to(&account));
    }
    audit::note(&app, &caller, Action::UserUnblock, &named(&account), about(&account)).await?;
    app.ledger().unblock(&account.id).await.map_err(|error| broken(&error))?;
    Ok(back_to(&account))
}

/// `POST /users/{account}/sign-out`: ends all their sessions.
pub(crate) async fn sign_out(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Redirect, AppError> {
    let account = find(&app, &id).await?;
    audit::note(&app, &caller, Action::SessionRevoke, &named(&account), about(&account)).await?;
    let ended = app.ledger().end_sessions_of(&account.id, &caller.actor, app.clock().now()).await;
    ended.map_err(|error| broken(&error))?;
    Ok(back_to(&account))
}

/// `POST /users/{account}/sessions/{handle}/revoke`: ends one session.
pub(crate) async fn revoke_session(
    State(app): State<AppState>,
    caller: Caller,
    Path((id, handle)): Path<(String, String)>,
) -> Result<Redirect, AppError> {
    let account = find(&app, &id).await?;
    let none = || AppError::NotFound("There is no such session of this person, or it has ended.".to_owned());
    let handle = Handle::parse(&handle).ok_or_else(none)?;
    if !app.ledger().has_session(&account.id, &handle).await.map_err(|error| broken(&error))? {
        return Err(none());
    }
    let detail = json!({ "account": account.id.as_str(), "of": named(&account) });
    audit::note(&app, &caller, Action::SessionRevoke, handle.as_str(), detail).await?;
    let ended = app.ledger().end_session(&handle, &caller.actor, app.clock().now()).await;
    ended.map_err(|error| broken(&error))?;
    Ok(back_to(&account))
}

async fn find(app: &AppState, id: &str) -> Result<Account, AppError> {
    let none = || AppError::NotFound("There is no such person here.".to_owned());
    let id = AccountId::parse(id).ok_or_else(none)?;
    app.ledger().account(&id).await.map_err(|error| broken(&error))?.ok_or_else(none)
}

fn named(account: &Account) -> String {
    called(&account.person.name, account.person.mail.as_deref(), &account.id)
}

fn about(account: &Account) -> serde_json::Value {
    json!({ "account": account.id.as_str(), "mail": account.person.mail })
}

fn back_to(account: &Account) -> Redirect {
    Redirect::to(&format!("/users/{}", account.id))
}
