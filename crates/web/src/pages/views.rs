//! `/views`: views of the table that people saved under a name, for everybody to open. Kept in the ledger, each as its
//! address; whoever saved one may remove it, and so may administrators.

use std::collections::HashMap;

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use t5g_model::names::Role;
use t5g_store::ledger::AccountId;

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::pages::table::{Selection, Tab, TableQuery};
use crate::pages::tokens::broken;
use crate::templates::Page;
use crate::view::badge::or_dash;
use crate::view::chrome::Chrome;
use crate::view::link::Link;
use crate::view::words::When;

/// Under what the ledger's facts have them.
const KEY: &str = "view:";
/// The longest name, in characters.
pub(crate) const NAME_CHARS: usize = 80;
/// The longest address, in bytes.
const ADDRESS: usize = 4_000;
/// The most of them: a list that nobody reads to its end helps nobody.
const MOST: u32 = 200;

/// A view as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Saved {
    address: String,
    /// Who saved it, in words.
    by: String,
    /// Their account; `None` where login is switched off.
    account: Option<String>,
    at: DateTime<Utc>,
}

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ViewsPage {
    tabs: Vec<Tab>,
    views: Vec<ViewRow>,
    /// What is wrong with what was to be saved or removed.
    problem: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct ViewRow {
    name: String,
    /// As forms send it.
    key: String,
    /// `None` for a view that this version cannot read.
    href: Link,
    /// What it shows, in words.
    shows: String,
    by: String,
    at: When,
    removable: bool,
}

impl ViewRow {
    fn of(name: &str, saved: &Saved, caller: &Caller, now: DateTime<Utc>, zone: Tz) -> Self {
        let view = read(&saved.address);
        let shows = view.as_ref().map(|(selection, query)| selection.shows(query));
        Self {
            name: or_dash(name),
            key: name.to_owned(),
            href: view.map(|(selection, query)| query.link(selection.path())),
            shows: shows.unwrap_or_else(|| "A view that this version does not know".to_owned()),
            by: or_dash(&saved.by),
            at: When::of(saved.at, now, zone),
            removable: may_change(saved, caller),
        }
    }
}

fn may_change(saved: &Saved, caller: &Caller) -> bool {
    caller.role >= Role::Admin || saved.account.as_deref() == caller.account.as_ref().map(AccountId::as_str)
}

impl Page for ViewsPage {
    const TEMPLATE: &'static str = "pages/views.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let hostile = crate::samples::HOSTILE;
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_780);
        let row = |removable: bool| ViewRow {
            name: hostile.into(),
            key: hostile.into(),
            href: removable.then(|| format!("/table/all?q={hostile}")),
            shows: hostile.into(),
            by: hostile.into(),
            at: When::of(now, now, Tz::UTC),
            removable,
        };
        let tabs = Tab::all(None);
        let full =
            Self { tabs: tabs.clone(), views: vec![row(true), row(false)], problem: Some(hostile.into()) };
        Ok(vec![Self { tabs, views: Vec::new(), problem: None }, full])
    }
}

/// The view at an address, if it is one.
fn read(address: &str) -> Option<(Selection, TableQuery)> {
    let uri: Uri = address.parse().ok()?;
    let selection = Selection::EACH.into_iter().find(|one| one.path() == uri.path())?;
    Some((selection, TableQuery::read(&uri).ok()?))
}

/// `GET /views`
pub(crate) async fn list(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    show(&app, &caller, &headers, None).await
}

/// `POST /views/save`: keeps the view at an address under a name.
pub(crate) async fn save(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Response, AppError> {
    let field = |name: &str| form.get(name).map_or("", |value| value.trim());
    let name = field("name").split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > NAME_CHARS || name.chars().any(char::is_control) {
        let problem = format!("Give the view a name of 1 to {NAME_CHARS} characters.");
        return refused(&app, &caller, &headers, StatusCode::BAD_REQUEST, problem).await;
    }
    let wanted = Some(field("address")).filter(|address| address.len() <= ADDRESS).and_then(read);
    let Some((selection, query)) = wanted else {
        let problem = format!("Only a view of the table of cards can be saved, of at most {ADDRESS} bytes.");
        return refused(&app, &caller, &headers, StatusCode::BAD_REQUEST, problem).await;
    };
    let there = all(&app).await?;
    match there.iter().find(|(known, _)| *known == name) {
        Some((_, saved)) if !may_change(saved, &caller) => {
            let problem = format!("There is a view of that name already, of {}.", saved.by);
            return refused(&app, &caller, &headers, StatusCode::CONFLICT, problem).await;
        }
        None if there.len() >= MOST as usize => {
            let problem = format!("There are {MOST} views, the most that are kept. Remove one first.");
            return refused(&app, &caller, &headers, StatusCode::CONFLICT, problem).await;
        }
        Some(_) | None => {}
    }
    let saved = Saved {
        address: query.at_the_start().link(selection.path()),
        by: caller.name.clone(),
        account: caller.account.as_ref().map(|account| account.as_str().to_owned()),
        at: app.clock().now(),
    };
    let text = serde_json::to_string(&saved).map_err(AppError::internal)?;
    let kept = app.ledger().set_fact(&format!("{KEY}{name}"), &text, saved.at).await;
    kept.map_err(|error| broken(&error))?;
    Ok(Redirect::to("/views").into_response())
}

/// `POST /views/remove`
pub(crate) async fn remove(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Response, AppError> {
    let name = form.get("name").map_or("", String::as_str);
    let there = all(&app).await?;
    match there.iter().find(|(known, _)| known == name) {
        Some((_, saved)) if !may_change(saved, &caller) => {
            let problem = format!("The view is {}’s; they and administrators may remove it.", saved.by);
            refused(&app, &caller, &headers, StatusCode::FORBIDDEN, problem).await
        }
        // Gone already is as good.
        _ => {
            let gone = app.ledger().remove_fact(&format!("{KEY}{name}")).await;
            gone.map_err(|error| broken(&error))?;
            Ok(Redirect::to("/views").into_response())
        }
    }
}

/// All of them, by name. One that cannot be read is passed over, and the log says so.
async fn all(app: &AppState) -> Result<Vec<(String, Saved)>, AppError> {
    let facts = app.ledger().facts_under(KEY, MOST).await.map_err(|error| broken(&error))?;
    let view = |(key, text): (String, String)| match serde_json::from_str(&text) {
        Ok(saved) => Some((key.strip_prefix(KEY)?.to_owned(), saved)),
        Err(error) => {
            tracing::warn!(%error, key, "a saved view cannot be read");
            None
        }
    };
    Ok(facts.into_iter().filter_map(view).collect())
}

async fn refused(
    app: &AppState,
    caller: &Caller,
    headers: &HeaderMap,
    status: StatusCode,
    problem: String,
) -> Result<Response, AppError> {
    Ok((status, show(app, caller, headers, Some(problem)).await?).into_response())
}

async fn show(
    app: &AppState,
    caller: &Caller,
    headers: &HeaderMap,
    problem: Option<String>,
) -> Result<Html<String>, AppError> {
    let (now, zone) = (app.clock().now(), app.settings().rules.time_zone);
    let saved = all(app).await?;
    let views = saved.iter().map(|(name, saved)| ViewRow::of(name, saved, caller, now, zone)).collect();
    let page = ViewsPage { tabs: Tab::all(None), views, problem: problem.map(|problem| or_dash(&problem)) };
    let html = app.templates().render(&page, &Chrome::of(app, caller, headers));
    Ok(Html(html.map_err(AppError::internal)?))
}
