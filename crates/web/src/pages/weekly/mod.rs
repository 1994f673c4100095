//! `/weekly/`: the week in plain form, made to be copied into a mail; the same as Markdown, plain text and for Slack.

mod sheet;
mod write;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::settings::WebSettings;
use crate::templates::Page;
use crate::view::chrome::Chrome;
use sheet::Sheet;
use write::Style;

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WeeklyPage {
    sheet: Sheet,
}

impl Page for WeeklyPage {
    const TEMPLATE: &'static str = "pages/weekly.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let settings =
            WebSettings { jira_base: Some("https://jira.example".into()), ..WebSettings::default() };
        let boards = crate::samples::boards()?;
        Ok(boards.iter().map(|(live, now)| Self { sheet: Sheet::of(live, *now, &settings) }).collect())
    }
}

/// Makes the report. It looks at every card, so not on an async thread.
async fn sheet(app: &AppState) -> Result<Sheet, AppError> {
    let live = app.live().board_owned();
    live.usable()?;
    let app = app.clone();
    let making = tokio::task::spawn_blocking(move || Sheet::of(&live, app.clock().now(), app.settings()));
    making.await.map_err(AppError::internal)
}

/// `GET /weekly/`.
pub(crate) async fn show(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    let page = WeeklyPage { sheet: sheet(&app).await? };
    let html = app.templates().render(&page, &Chrome::of(&app, &caller, &headers));
    Ok(Html(html.map_err(AppError::internal)?))
}

/// `GET /weekly.md`.
pub(crate) async fn markdown(State(app): State<AppState>) -> Result<Response, AppError> {
    written(&app, Style::Markdown, "text/markdown; charset=utf-8").await
}

/// `GET /weekly.txt`.
pub(crate) async fn plain(State(app): State<AppState>) -> Result<Response, AppError> {
    written(&app, Style::Plain, "text/plain; charset=utf-8").await
}

/// `GET /weekly.slack.txt`.
pub(crate) async fn slack(State(app): State<AppState>) -> Result<Response, AppError> {
    written(&app, Style::Slack, "text/plain; charset=utf-8").await
}

async fn written(app: &AppState, style: Style, kind: &'static str) -> Result<Response, AppError> {
    let text = style.write(&sheet(app).await?);
    Ok(([(CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response())
}
