//! `/tokens`: one's API tokens: what there are, making one, ending one. A token's text is shown once, in the answer
//! to the form that made it, and never again.

use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::json;
use t5g_model::names::{Role, Scope, Scopes};
use t5g_store::StoreError;
use t5g_store::ledger::{Action, AuditOutcome, Handle, MOST_ACTIVE_TOKENS, NewToken, Token, TokenMade};

use crate::access::{Caller, audit};
use crate::app::AppState;
use crate::error::AppError;
use crate::samples::HOSTILE;
use crate::templates::Page;
use crate::view::chrome::Chrome;
use crate::view::words::When;

/// The longest name of a token, in characters.
const NAME_CHARS: usize = 60;
/// For how many days a token can be made, as offered.
const DAYS: [u32; 5] = [7, 30, 90, 180, 365];
/// The offer that is chosen at first.
const USUAL_DAYS: u32 = 90;

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TokensPage {
    tokens: Vec<TokenRow>,
    scopes: Vec<Offer>,
    days: Vec<u32>,
    usual_days: u32,
    name_chars: usize,
    /// What the form held, if it is shown again.
    name: String,
    /// What is wrong with the form.
    problem: Option<String>,
    /// The token that was just made.
    made: Option<Made>,
}

/// One token in a table.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TokenRow {
    handle: String,
    name: String,
    scopes: String,
    created: When,
    expires: When,
    used: Option<When>,
    used_from: Option<String>,
    /// What it is: `active`, `refused`, `expired`, `revoked`.
    state: &'static str,
    kind: &'static str,
    revoked: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Offer {
    name: &'static str,
    meaning: &'static str,
    chosen: bool,
}

#[derive(Clone, Serialize)]
struct Made {
    name: String,
    text: String,
}

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Made({:?}, ***)", self.name)
    }
}

impl TokenRow {
    pub(super) fn of(token: &Token, now: DateTime<Utc>, zone: Tz) -> Self {
        let when = |at| When::of(at, now, zone);
        let (state, kind) = match (&token.revoked, token.expires > now) {
            (Some(_), _) => ("revoked", "off"),
            (None, false) => ("expired", "off"),
            (None, true) => ("active", "fresh"),
        };
        Self {
            handle: token.handle.to_string(),
            name: token.name.clone(),
            scopes: token.scopes.to_string(),
            created: when(token.created),
            expires: when(token.expires),
            used: token.used.map(when),
            used_from: token.used_from.clone(),
            state,
            kind,
            revoked: token.revoked.as_ref().map(|(at, by)| format!("{} by {by}", when(*at).words)),
        }
    }
}

impl TokenRow {
    /// Says that it is refused for its owner's sake, though it goes on by itself.
    pub(super) fn refuse(mut self) -> Self {
        if self.state == "active" {
            (self.state, self.kind) = ("refused", "late");
        }
        self
    }
}

impl TokensPage {
    fn of(tokens: &[Token], role: Role, viewers_refresh: bool, now: DateTime<Utc>, zone: Tz) -> Self {
        let scopes = offered(role, viewers_refresh).map(|scope| Offer {
            name: scope.as_str(),
            meaning: meaning(scope),
            chosen: scope == Scope::Read,
        });
        Self {
            tokens: tokens.iter().map(|token| TokenRow::of(token, now, zone)).collect(),
            scopes: scopes.collect(),
            days: DAYS.to_vec(),
            usual_days: USUAL_DAYS,
            name_chars: NAME_CHARS,
            name: String::new(),
            problem: None,
            made: None,
        }
    }
}

/// The scopes that somebody may give a token: never more than they may do themselves.
fn offered(role: Role, viewers_refresh: bool) -> impl Iterator<Item = Scope> {
    Scope::ALL.into_iter().filter(move |scope| role >= scope.role(viewers_refresh))
}

fn meaning(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "reads what viewers see",
        Scope::Refresh => "starts refreshes",
        Scope::Write => "starts and stops jobs, plans and makes cards",
        Scope::Admin => "reads the audit log, manages people",
    }
}

impl Page for TokensPage {
    const TEMPLATE: &'static str = "pages/tokens.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_780);
        let row = |revoked| TokenRow {
            handle: "0123456789abcdef".into(),
            name: HOSTILE.into(),
            scopes: "read write".into(),
            created: When::of(now, now, Tz::UTC),
            expires: When::of(now, now, Tz::UTC),
            used: Some(When::of(now, now, Tz::UTC)),
            used_from: Some(HOSTILE.into()),
            state: "active",
            kind: "fresh",
            revoked,
        };
        let empty = Self::of(&[], Role::Viewer, false, now, Tz::UTC);
        let full = Self {
            tokens: vec![row(None), row(Some(HOSTILE.into()))],
            name: HOSTILE.into(),
            problem: Some(HOSTILE.into()),
            made: Some(Made { name: HOSTILE.into(), text: "t5g_0".into() }),
            ..Self::of(&[], Role::Admin, false, now, Tz::UTC)
        };
        Ok(vec![empty, full])
    }
}

/// `GET /tokens`
pub(crate) async fn list(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    show(&app, &caller, &headers, |page| page).await
}

/// `POST /tokens`: makes one and shows it.
pub(crate) async fn create(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let wish = match Wish::read(&form, &caller, &app) {
        Ok(wish) => wish,
        Err(problem) => return refused(&app, &caller, &headers, StatusCode::BAD_REQUEST, problem).await,
    };
    let (secret, now) = (app.gate().token(), app.clock().now());
    let detail = json!({ "name": wish.name, "scopes": wish.scopes.to_string(), "days": wish.days });
    let entry = audit::entry(&app, &caller, Action::TokenCreate, secret.digest().handle().as_str(), detail);
    let token = NewToken {
        digest: secret.digest(),
        name: wish.name.clone(),
        account: caller.account.clone(),
        created_by: caller.actor.clone(),
        scopes: wish.scopes,
        created: now,
        expires: now + TimeDelta::days(wish.days.into()),
    };
    match app.ledger().create_token_noted(&token, &entry).await.map_err(|error| broken(&error))? {
        TokenMade::Done => {}
        failed => {
            let problem = not_made(failed);
            let detail = json!({ "name": token.name, "why": problem });
            let handle = token.digest.handle();
            audit::note_outcome(
                &app,
                &caller,
                Action::TokenCreate,
                AuditOutcome::Failed,
                handle.as_str(),
                detail,
            )
            .await?;
            return refused(&app, &caller, &headers, StatusCode::CONFLICT, (token.name, problem)).await;
        }
    }
    let made = Made { name: wish.name, text: secret.expose().to_owned() };
    Ok(show(&app, &caller, &headers, |page| TokensPage { made: Some(made), ..page }).await?.into_response())
}

/// The form again, with what is wrong.
async fn refused(
    app: &AppState,
    caller: &Caller,
    headers: &HeaderMap,
    status: StatusCode,
    (name, problem): (String, String),
) -> Result<Response, AppError> {
    let page = |page| TokensPage { problem: Some(problem), name, ..page };
    Ok((status, show(app, caller, headers, page).await?).into_response())
}

fn not_made(made: TokenMade) -> String {
    match made {
        TokenMade::TooMany => format!(
            "You have {MOST_ACTIVE_TOKENS} tokens, the most that one may have at once. Revoke one that is not used \
             any more."
        ),
        TokenMade::OwnerShutOut | TokenMade::Done => "Your account may not make tokens any more.".to_owned(),
    }
}

/// `POST /tokens/{handle}/revoke`: one's own; an administrator's anybody's.
pub(crate) async fn revoke(
    State(app): State<AppState>,
    caller: Caller,
    Path(handle): Path<String>,
) -> Result<Redirect, AppError> {
    let none = || AppError::NotFound("There is no such token of yours.".to_owned());
    let handle = Handle::parse(&handle).ok_or_else(none)?;
    let token = app.ledger().token_named(&handle).await.map_err(|error| broken(&error))?.ok_or_else(none)?;
    let own = token.account == caller.account;
    if !own && caller.role < Role::Admin {
        return Err(none());
    }
    let detail = json!({ "name": token.name, "of": token.created_by });
    let entry = audit::entry(&app, &caller, Action::TokenRevoke, handle.as_str(), detail.clone());
    if !app.ledger().revoke_token_noted(&handle, &entry).await.map_err(|error| broken(&error))? {
        // Somebody was quicker: it has ended, and not by this.
        audit::note_outcome(
            &app,
            &caller,
            Action::TokenRevoke,
            AuditOutcome::Failed,
            handle.as_str(),
            detail,
        )
        .await?;
    }
    let back = match &token.account {
        Some(account) if !own => format!("/users/{account}"),
        _ => "/tokens".to_owned(),
    };
    Ok(Redirect::to(&back))
}

/// What the form wants.
struct Wish {
    name: String,
    scopes: Scopes,
    days: u32,
}

impl Wish {
    /// Reads the form; else the name that it held, and what is wrong.
    fn read(form: &[(String, String)], caller: &Caller, app: &AppState) -> Result<Self, (String, String)> {
        let values = |wanted: &'static str| {
            form.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| value.trim())
        };
        let name: String = values("name").next().unwrap_or_default().to_owned();
        let wrong = |problem: &str| (name.chars().take(NAME_CHARS).collect::<String>(), problem.to_owned());
        if name.is_empty() || name.chars().count() > NAME_CHARS {
            return Err(wrong(&format!("Give the token a name of 1 to {NAME_CHARS} characters.")));
        }
        let settings = app.gate().settings();
        let viewers_refresh = settings.groups.viewers_refresh();
        let scopes: Result<Vec<Scope>, _> = values("scope").map(str::parse).collect();
        let scopes = scopes.map_err(|_| wrong("There is no such scope."))?;
        let allowed: Vec<Scope> = offered(caller.role, viewers_refresh).collect();
        if let Some(above) = scopes.iter().find(|scope| !allowed.contains(scope)) {
            return Err(wrong(&format!(
                "Your role is {}; a token of yours cannot have the scope {above}.",
                caller.role
            )));
        }
        let scopes = Scopes::new(scopes).ok_or_else(|| wrong("Choose at least one scope."))?;
        let longest = u32::try_from(settings.token_max.as_secs() / 86_400).unwrap_or(u32::MAX);
        let days = values("days").next().and_then(|days| days.parse().ok());
        let days = days.filter(|days| (1..=longest).contains(days));
        let days = days.ok_or_else(|| wrong(&format!("A token lasts from 1 to {longest} days.")))?;
        Ok(Self { name, scopes, days })
    }
}

async fn show(
    app: &AppState,
    caller: &Caller,
    headers: &HeaderMap,
    change: impl FnOnce(TokensPage) -> TokensPage,
) -> Result<Html<String>, AppError> {
    let tokens = app.ledger().tokens(caller.account.as_ref()).await.map_err(|error| broken(&error))?;
    let own: Vec<Token> = tokens.into_iter().filter(|token| token.account == caller.account).collect();
    let viewers_refresh = app.gate().settings().groups.viewers_refresh();
    let (now, zone) = (app.clock().now(), app.settings().rules.time_zone);
    let page = change(TokensPage::of(&own, caller.role, viewers_refresh, now, zone));
    let html = app.templates().render(&page, &Chrome::of(app, caller, headers));
    Ok(Html(html.map_err(AppError::internal)?))
}

/// The ledger does not answer.
pub(super) fn broken(error: &StoreError) -> AppError {
    tracing::error!(%error, "the ledger does not answer");
    AppError::Unavailable("The ledger cannot be reached right now. Please try again.".to_owned())
}
