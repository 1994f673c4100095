//! `/cards/plan`: plans that wait for somebody, plans that ended in part, and what would be done for new cases now. The
//! last comes from the latest dry run of the task that makes cards: nothing here asks another service.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{Html, Redirect, Response};
use serde::Serialize;
use t5g_model::writing::{Plan, PlanKind};
use t5g_queue::RunView;
use t5g_store::ledger::{KeptPlan, PlanState, StepState};

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::pages::living;
use crate::pages::monitor::{Bar, progress};
use crate::samples::HOSTILE;
use crate::settings::WebSettings;
use crate::templates::{Living, Page};
use crate::view::badge::{cut, or_dash};
use crate::view::chrome::Chrome;
use crate::view::words::{When, count};
use crate::view::writing::{Eyes, ItemView, LeftOutView, PlanHead, StepLine, journal_href, samples};
use crate::writing::act::{self, READS_ONLY};
use crate::writing::address::Listed;
use crate::writing::read::{DryRun, Planned, SHOWN, Standing};

/// The page's address.
pub(crate) const PATH: &str = "/cards/plan";
/// Items of a plan that waits which are named here; its own page has all.
const NAMED: usize = 60;

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PlanPage {
    lead: String,
    /// What is told to who does not see the page, when it changes.
    said: String,
    live: String,
    waiting: Vec<Waiting>,
    unfinished: Vec<Unfinished>,
    /// Where all of either are, if they are too many for this page.
    more: Option<String>,
    /// Whether this reader can have it planned again.
    may_plan: bool,
    /// Why nobody can.
    reads_only: Option<&'static str>,
    working: Option<Working>,
    failed: Option<FailedRun>,
    preview: Option<Preview>,
}

/// A plan that waits for somebody.
#[derive(Debug, Clone, Serialize)]
struct Waiting {
    head: PlanHead,
    items: Vec<ItemView>,
    more: usize,
}

/// A plan that was begun and is not done.
#[derive(Debug, Clone, Serialize)]
struct Unfinished {
    head: PlanHead,
    /// What went wrong or has not happened yet.
    steps: Vec<StepLine>,
}

/// A dry run at work.
#[derive(Debug, Clone, Serialize)]
struct Working {
    bar: Bar,
    href: String,
}

/// A dry run that failed.
#[derive(Debug, Clone, Serialize)]
struct FailedRun {
    at: Option<When>,
    error: String,
    href: String,
}

/// The plan as it would be made now.
#[derive(Debug, Clone, Serialize)]
struct Preview {
    at: Option<When>,
    by: String,
    href: String,
    words: String,
    /// Why it would wait for somebody.
    held: Option<String>,
    /// What is sent at once if it waits.
    alarm: Vec<ItemView>,
    items: Vec<ItemView>,
    left_out: Vec<LeftOutView>,
    /// Where this reader can have exactly this done.
    done: Option<String>,
    /// Why it cannot be shown.
    problem: Option<String>,
}

impl PlanPage {
    fn of(standing: &Standing, eyes: &Eyes<'_>) -> Self {
        let (waiting, unfinished) = (standing.waiting.len(), standing.unfinished.len());
        let dry = &standing.dry;
        let working = dry.working.as_ref().map(Working::of);
        let lead = match (waiting, unfinished) {
            (0, 0) => "What would be written for new cases now. Nothing waits for a decision.".to_owned(),
            (0, 1) => "One plan is not done as a whole.".to_owned(),
            (0, open) => format!("{} not done as a whole.", is(open)),
            (waits, 0) => format!("{} for a decision.", waits_for(waits)),
            (waits, open) => {
                format!("{} for a decision, {} not done as a whole.", waits_for(waits), is(open))
            }
        };
        let full = waiting.max(unfinished) >= SHOWN as usize;
        Self {
            said: match (&working, &dry.done) {
                (Some(_), _) => "Planning".to_owned(),
                (None, Some((run, _))) => {
                    format!("Planned {}", ended(run, eyes).map_or_else(String::new, |at| at.local))
                }
                (None, None) => "No plan yet".to_owned(),
            },
            lead,
            live: format!("{PATH}/live"),
            waiting: standing.waiting.iter().map(|plan| Waiting::of(plan, eyes)).collect(),
            unfinished: standing.unfinished.iter().map(|plan| Unfinished::of(plan, eyes)).collect(),
            more: full.then(|| journal_href(Listed::Plans, "", "")),
            may_plan: dry.can_run && eyes.may.contains(&PlanKind::Cards),
            reads_only: (!dry.can_run).then_some(READS_ONLY),
            working,
            failed: dry.failed.as_ref().map(|run| FailedRun::of(run, eyes)),
            preview: dry.done.as_ref().map(|(run, plan)| Preview::of(run, plan, eyes)),
        }
    }

    fn again(&self) -> std::time::Duration {
        if self.working.is_some() { living::LIVELY } else { living::OVER }
    }
}

fn waits_for(plans: usize) -> String {
    if plans == 1 { "One plan waits".to_owned() } else { format!("{plans} plans wait") }
}

fn is(plans: usize) -> String {
    if plans == 1 { "one plan is".to_owned() } else { format!("{plans} plans are") }
}

fn ended(run: &RunView, eyes: &Eyes<'_>) -> Option<When> {
    run.finished.map(|at| eyes.when(at))
}

fn run_href(run: &RunView) -> String {
    format!("/monitor/runs/{}", run.id)
}

impl Waiting {
    fn of(plan: &KeptPlan, eyes: &Eyes<'_>) -> Self {
        let mut items = ItemView::kept(&plan.steps, eyes);
        let more = items.len().saturating_sub(NAMED);
        items.truncate(NAMED);
        Self { head: PlanHead::of(&plan.summary, eyes), items, more }
    }
}

impl Unfinished {
    fn of(plan: &KeptPlan, eyes: &Eyes<'_>) -> Self {
        let over = plan.summary.state == PlanState::Partial;
        let tells = |state: StepState| match state {
            StepState::Failed | StepState::Doubtful => true,
            StepState::Planned | StepState::Begun => !over,
            StepState::Done | StepState::Skipped => false,
        };
        let open = plan.steps.iter().filter(|step| tells(step.state)).take(NAMED);
        Self {
            head: PlanHead::of(&plan.summary, eyes),
            steps: open.map(|step| StepLine::of(step, eyes)).collect(),
        }
    }
}

impl Working {
    fn of(run: &RunView) -> Self {
        Self { bar: progress(&run.progress), href: run_href(run) }
    }
}

impl FailedRun {
    fn of(run: &RunView, eyes: &Eyes<'_>) -> Self {
        let error = run.error.as_deref().map_or_else(|| "No reason is known.".to_owned(), cut);
        Self { at: ended(run, eyes), error, href: run_href(run) }
    }
}

impl Preview {
    fn of(run: &RunView, planned: &Result<Planned, String>, eyes: &Eyes<'_>) -> Self {
        let may_do = eyes.may.contains(&PlanKind::Cards);
        let none = Self {
            at: ended(run, eyes),
            by: or_dash(&run.asked_by),
            href: run_href(run),
            words: String::new(),
            held: None,
            alarm: Vec::new(),
            items: Vec::new(),
            left_out: Vec::new(),
            done: None,
            problem: None,
        };
        let done = format!("{PATH}/do?run={}", run.id);
        match planned {
            Ok(Planned { plan, alarm, .. }) => Self {
                words: told(plan),
                done: (may_do && !plan.items.is_empty() && plan.held.is_none()).then_some(done),
                held: plan.held.as_deref().map(cut),
                alarm: alarm.as_ref().map_or_else(Vec::new, |alarm| ItemView::planned(alarm, eyes.settings)),
                items: ItemView::planned(plan, eyes.settings),
                left_out: plan.left_out.iter().map(|left| LeftOutView::of(left, eyes.settings)).collect(),
                ..none
            },
            Err(error) => Self { problem: Some(cut(error)), ..none },
        }
    }
}

/// A plan in one line.
pub(crate) fn told(plan: &Plan) -> String {
    if plan.items.is_empty() {
        return "Nothing would be written: there is no new case.".to_owned();
    }
    let cases = plan.items.iter().filter(|item| !item.last).count();
    let (cases, steps) = (count(cases, "case"), count(plan.steps(), "step"));
    match plan.left_out.len() {
        0 => format!("{cases}, {steps}"),
        left => format!("{cases}, {steps}; {left} left out"),
    }
}

impl Page for PlanPage {
    const TEMPLATE: &'static str = "pages/plan.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let settings =
            WebSettings { jira_base: Some("https://jira.example".into()), ..WebSettings::default() };
        let eyes = samples::eyes(&settings);
        let run = crate::pages::monitor::sample_run()?;
        let nothing = Standing { waiting: vec![], unfinished: vec![], dry: DryRun::default() };
        let dry = DryRun {
            can_run: true,
            working: Some(run.clone()),
            failed: Some(run.clone()),
            done: Some((run.clone(), Ok(samples::planned()?))),
        };
        let full = Standing { waiting: samples::kept()?, unfinished: samples::kept()?, dry };
        let odd = DryRun { can_run: true, done: Some((run, Err(HOSTILE.to_owned()))), ..DryRun::default() };
        let odd = Standing { waiting: vec![], unfinished: vec![], dry: odd };
        Ok([nothing, full, odd].iter().map(|standing| Self::of(standing, &eyes)).collect())
    }
}

impl Living for PlanPage {
    const PART: &'static str = "partials/writing/plan_living.html";
}

/// `GET /cards/plan`
pub(crate) async fn show(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    let standing = Standing::read(&app).await?;
    // A plan for hundreds of cases has megabytes of text: not on an async thread.
    let making = tokio::task::spawn_blocking(move || {
        let page = PlanPage::of(&standing, &Eyes::of(&app, &caller));
        app.templates().render(&page, &Chrome::of(&app, &caller, &headers)).map_err(AppError::internal)
    });
    Ok(Html(making.await.map_err(AppError::internal)??))
}

/// `GET /cards/plan/live`: what changes on it, for a page that stays open.
pub(crate) async fn live(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let standing = Standing::read(&app).await?;
    let making = tokio::task::spawn_blocking(move || {
        let page = PlanPage::of(&standing, &Eyes::of(&app, &caller));
        living::answer(&app, &caller, &headers, &page, page.again())
    });
    making.await.map_err(AppError::internal)?
}

/// `POST /cards/plan`: has it planned again.
pub(crate) async fn again(State(app): State<AppState>, caller: Caller) -> Result<Redirect, AppError> {
    act::plan_again(&app, &caller).await?;
    Ok(Redirect::to(PATH))
}
