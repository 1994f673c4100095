//! `/journal/{plan}`: one plan, item by item: every step with what it sent, what was there before, what came of it.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{Html, Response};
use serde::Serialize;
use t5g_store::ledger::KeptPlan;

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::pages::living;
use crate::pages::render;
use crate::settings::WebSettings;
use crate::templates::{Living, Page};
use crate::view::writing::{Eyes, ItemView, LeftOutView, PlanHead, samples};
use crate::writing::address::plan_href;
use crate::writing::read;

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct JournalPlanPage {
    title: &'static str,
    id: String,
    live: String,
    said: String,
    head: PlanHead,
    items: Vec<ItemView>,
    left_out: Vec<LeftOutView>,
    /// The seed of what was left to chance.
    seed: String,
    /// Whether more happens by itself.
    moves: bool,
}

impl JournalPlanPage {
    fn of(plan: &KeptPlan, eyes: &Eyes<'_>) -> Self {
        let summary = &plan.summary;
        Self {
            title: summary.kind.title(),
            id: summary.id.to_string(),
            live: format!("{}/live", plan_href(summary.id)),
            said: format!("The plan is {}", summary.state),
            head: PlanHead::of(summary, eyes),
            items: ItemView::kept(&plan.steps, eyes),
            left_out: summary.left_out.iter().map(|left| LeftOutView::of(left, eyes.settings)).collect(),
            seed: summary.seed.to_string(),
            moves: summary.state == t5g_store::ledger::PlanState::Released,
        }
    }
}

impl Page for JournalPlanPage {
    const TEMPLATE: &'static str = "pages/journal_plan.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let settings =
            WebSettings { jira_base: Some("https://jira.example".into()), ..WebSettings::default() };
        let eyes = samples::eyes(&settings);
        let plans = samples::kept()?;
        let bare = plans.first().map(|plan| KeptPlan { steps: Vec::new(), ..plan.clone() });
        Ok(plans.iter().chain(&bare).map(|plan| Self::of(plan, &eyes)).collect())
    }
}

impl Living for JournalPlanPage {
    const PART: &'static str = "partials/writing/plan_body.html";
}

/// `GET /journal/{plan}`
pub(crate) async fn show(
    State(app): State<AppState>,
    caller: Caller,
    Path(plan): Path<String>,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    let plan = read::plan(&app, read::plan_id(&plan)?).await?;
    // A plan for hundreds of cases has megabytes of text: not on an async thread.
    let making = tokio::task::spawn_blocking(move || {
        render(&app, &caller, &headers, &JournalPlanPage::of(&plan, &Eyes::of(&app, &caller)))
    });
    making.await.map_err(AppError::internal)?
}

/// `GET /journal/{plan}/live`
pub(crate) async fn live(
    State(app): State<AppState>,
    caller: Caller,
    Path(plan): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let plan = read::plan(&app, read::plan_id(&plan)?).await?;
    let making = tokio::task::spawn_blocking(move || {
        let page = JournalPlanPage::of(&plan, &Eyes::of(&app, &caller));
        let again = if page.moves { living::LIVELY } else { living::OVER };
        living::answer(&app, &caller, &headers, &page, again)
    });
    making.await.map_err(AppError::internal)?
}
