//! The journal as a list: writes, messages or plans, newest first, filtered and paged by its address.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Html;
use serde::Serialize;
use t5g_model::writing::{PlanKind, Service};
use t5g_store::ledger::{PlanState, PlanSummary, StepRecord, StepState};

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::pages::render;
use crate::samples::HOSTILE;
use crate::settings::WebSettings;
use crate::templates::Page;
use crate::view::badge;
use crate::view::writing::{Eyes, PlanHead, StepLine, samples};
use crate::writing::address::{JournalQuery, Listed, place_word};

/// Rows of a page.
const ROWS: u32 = 100;

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct JournalPage {
    lead: &'static str,
    tabs: Vec<Tab>,
    /// The word of the list that is shown.
    kind: &'static str,
    is_plans: bool,
    of: Vec<Choice>,
    states: Vec<Choice>,
    about: String,
    from: String,
    until: String,
    /// Where all of the list is, if it is filtered.
    all: Option<String>,
    rows: Vec<StepLine>,
    plans: Vec<PlanHead>,
    older: Option<String>,
    newest: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Tab {
    title: &'static str,
    href: String,
    here: bool,
}

#[derive(Debug, Clone, Serialize)]
struct Choice {
    word: &'static str,
    title: String,
    chosen: bool,
}

impl JournalPage {
    fn of(query: &JournalQuery) -> Self {
        let is_plans = query.listed == Listed::Plans;
        let of = |word: &'static str, title: &str| Choice {
            word,
            title: title.to_owned(),
            chosen: query.of == word,
        };
        let state = |word: &'static str, title: String| Choice { word, title, chosen: query.state == word };
        let bare = JournalQuery { listed: query.listed, ..JournalQuery::default() };
        Self {
            lead: match query.listed {
                Listed::Writes => "What was written to other services, and what became of it. Newest first.",
                Listed::Deliveries => "Mails and Slack messages, and whether they arrived. Newest first.",
                Listed::Plans => "What was planned to be written, and what became of it. Newest first.",
            },
            tabs: Listed::ALL.into_iter().map(|listed| Tab::of(listed, query)).collect(),
            kind: query.listed.as_str(),
            is_plans,
            of: if is_plans {
                PlanKind::ALL.iter().map(|kind| of(kind.as_str(), kind.title())).collect()
            } else {
                Service::ALL.iter().map(|service| of(service.as_str(), service.title())).collect()
            },
            states: if is_plans {
                PlanState::ALL.iter().map(|one| state(one.as_str(), badge::plan(*one).words)).collect()
            } else {
                StepState::ALL.iter().map(|one| state(one.as_str(), badge::step(*one).words)).collect()
            },
            about: query.about.clone(),
            from: query.from.clone(),
            until: query.until.clone(),
            all: query.is_filtered().then(|| bare.link()),
            rows: Vec::new(),
            plans: Vec::new(),
            older: None,
            newest: (!query.before.is_empty()).then(|| query.beginning_at(None).link()),
        }
    }

    fn of_steps(query: &JournalQuery, steps: &[StepRecord], eyes: &Eyes<'_>) -> Self {
        let last = full(steps).and_then(|step| step.journal_place().map(|place| place_word(&place)));
        let rows = steps.iter().map(|step| StepLine::of(step, eyes)).collect();
        Self { rows, older: last.map(|place| query.beginning_at(Some(place)).link()), ..Self::of(query) }
    }

    fn of_plans(query: &JournalQuery, plans: &[PlanSummary], eyes: &Eyes<'_>) -> Self {
        let last = full(plans).map(|plan| plan.id.to_string());
        let rows = plans.iter().map(|plan| PlanHead::of(plan, eyes)).collect();
        Self {
            plans: rows,
            older: last.map(|place| query.beginning_at(Some(place)).link()),
            ..Self::of(query)
        }
    }
}

/// The last row of a page that is full.
fn full<T>(rows: &[T]) -> Option<&T> {
    rows.last().filter(|_| rows.len() >= ROWS as usize)
}

impl Tab {
    fn of(listed: Listed, query: &JournalQuery) -> Self {
        let href = JournalQuery { listed, ..JournalQuery::default() }.link();
        Self { title: listed.title(), href, here: listed == query.listed }
    }
}

impl Page for JournalPage {
    const TEMPLATE: &'static str = "pages/journal.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let settings = WebSettings::default();
        let eyes = samples::eyes(&settings);
        let text = || HOSTILE.to_owned();
        let query = JournalQuery { about: text(), from: text(), before: text(), ..JournalQuery::default() };
        let plans = JournalQuery { listed: Listed::Plans, ..query.clone() };
        let steps = samples::steps()?;
        let many: Vec<_> = steps.iter().cycle().take(ROWS as usize).cloned().collect();
        let kept: Vec<_> = samples::kept()?.into_iter().map(|plan| plan.summary).collect();
        Ok(vec![
            Self::of_steps(&JournalQuery::default(), &[], &eyes),
            Self::of_steps(&query, &steps, &eyes),
            Self::of_steps(&JournalQuery { listed: Listed::Deliveries, ..query }, &many, &eyes),
            Self::of_plans(&plans, &kept, &eyes),
            Self::of_plans(&JournalQuery { listed: Listed::Plans, ..JournalQuery::default() }, &[], &eyes),
        ])
    }
}

/// `GET /journal`
pub(crate) async fn show(
    State(app): State<AppState>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    let query = JournalQuery::read(&uri)?;
    let eyes = Eyes::of(&app, &caller);
    let page = if query.listed == Listed::Plans {
        let plans = app.ledger().plans(&query.plans()?, ROWS).await?;
        JournalPage::of_plans(&query, &plans, &eyes)
    } else {
        let filter = query.steps(&app.live().board_owned().board, app.settings().rules.time_zone)?;
        JournalPage::of_steps(&query, &app.ledger().journal(&filter, ROWS).await?, &eyes)
    };
    render(&app, &caller, &headers, &page)
}
