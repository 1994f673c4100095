//! `/api/v1/statistics` and `/api/v1/statistics/history`: the figures of now, of everything or of one account or
//! engineer, and those of each day that is kept.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use chrono::NaiveDate;
use t5g_model::board::Scope;
use t5g_model::documents::DayFigures;
use t5g_model::figures;

use super::answer;
use super::cards::pick;
use super::collection::{Collection, Sort, described};
use super::cursor::Key;
use super::fields::Fields;
use super::parameters::{Parameters, bad};
use super::rows::{Chosen, DayOfHistory, Outcome, StatisticsNow};
use super::view::View;
use crate::api::accept::Format;
use crate::api::describe::{Kind, Operation, Parameter, Tag};
use crate::app::AppState;
use crate::error::AppError;

const SCOPES: [Parameter; 2] = [
    Parameter::new("account", Kind::Text, "Only cards and cases of the account of exactly this name."),
    Parameter::new("engineer", Kind::Text, "Only cards assigned to exactly this name, and their cases."),
];

/// `GET /api/v1/statistics`.
pub(crate) async fn now(
    State(app): State<AppState>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let mut parameters = Parameters::read(&uri)?;
    let (account, engineer) = (parameters.take("account"), parameters.take("engineer"));
    if account.is_some() && engineer.is_some() {
        return Err(bad("engineer", "cannot be said together with account"));
    }
    let fields = Fields::read::<StatisticsNow>(parameters.take("fields").as_deref())?;
    parameters.finish(&["account", "engineer", "fields"])?;
    Format::wanted(&headers, Format::OF_ONE)?;
    let view = View::of(&app)?;
    // Some ten milliseconds at 20,000 cards.
    let making = tokio::task::spawn_blocking(move || make(&view, account, engineer));
    let row = making.await.map_err(AppError::internal)??;
    answer::one(&app, &headers, &fields, &row)
}

fn make(view: &View, account: Option<String>, engineer: Option<String>) -> Result<StatisticsNow, AppError> {
    let scope = match (&account, &engineer) {
        (Some(name), _) => Scope::Account(name),
        (None, Some(name)) => Scope::Engineer(name),
        (None, None) => Scope::All,
    };
    let board = view.board();
    if !board.knows(scope) {
        return Err(AppError::NotFound(
            "Nothing here belongs to an account or engineer of that name.".to_owned(),
        ));
    }
    let figures = match scope {
        Scope::All => (*figures::overall(board, view.now)).clone(),
        _ => figures::statistics(board, scope, view.now),
    };
    let took = figures::outcomes(board, scope);
    let outcomes = |all: &std::collections::BTreeMap<t5g_model::names::Severity, figures::Outcome>| {
        let one = |(severity, outcome): (&t5g_model::names::Severity, &figures::Outcome)| Outcome {
            severity: severity.word().to_owned(),
            count: outcome.count,
            mean: outcome.mean,
            median: outcome.median,
            p90: outcome.p90,
        };
        all.iter().map(one).collect()
    };
    Ok(StatisticsNow {
        day: view.today(),
        relief: outcomes(&took.relief),
        resolution: outcomes(&took.resolved),
        account,
        engineer,
        figures,
    })
}

/// The days of the history.
pub(crate) struct History {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl Collection for History {
    type Place = (NaiveDate, DayFigures);
    type Row = DayOfHistory;

    const NAME: &'static str = "statistics/history";
    const FILTERS: &'static [Parameter] = &[
        Parameter::new("from", Kind::Day, "The first day that is wanted."),
        Parameter::new("to", Kind::Day, "The last day that is wanted."),
    ];
    const SORTS: &'static [Sort<Self::Place>] = &[("day", |_, (day, _)| Key::day(Some(*day)))];

    fn read(parameters: &mut Parameters) -> Result<Self, AppError> {
        let mut day = |name| parameters.take_parsed(name, "a day such as 2026-11-23");
        Ok(Self { from: day("from")?, to: day("to")? })
    }

    fn find(&self, view: &View) -> Result<Vec<Self::Place>, AppError> {
        let wanted = |day: &NaiveDate| {
            self.from.is_none_or(|from| *day >= from) && self.to.is_none_or(|to| *day <= to)
        };
        let all = view.board().history().iter().map(|(day, figures)| (*day, *figures));
        Ok(all.filter(|(day, _)| wanted(day)).collect())
    }

    fn id(_: &View, (day, _): &Self::Place) -> String {
        day.to_string()
    }

    fn row(_: &View, (day, figures): &Self::Place) -> Option<DayOfHistory> {
        Some(DayOfHistory {
            day: *day,
            open_cases: figures.open_cases,
            daily_opened_cases: figures.daily_opened_cases,
            daily_closed_cases: figures.daily_closed_cases,
            no_updates: figures.no_updates,
            high_prio: figures.high_prio,
            escalated: figures.escalated,
            crit_sit: figures.crit_sit,
            total_escalations: figures.total_escalations,
            no_bzs: figures.no_bzs,
            bugs_unique: figures.bugs.unique,
            bugs_no_target: figures.bugs.no_target,
        })
    }
}

/// What the statistics of now say of themselves.
pub(crate) fn about_now() -> Vec<Operation> {
    let one = Operation::get(Tag::Resources, "getStatistics", "The statistics of now")
        .about(
            "The rows that a figure counts are had from `cards`, `cases`, `bugs` and `issues` by `figure`.",
        )
        .takes(SCOPES)
        .takes([pick::<StatisticsNow>()])
        .answers::<Chosen<StatisticsNow>>(200, "The statistics.")
        .conditional();
    let one =
        one.fails(400, "A parameter or field is not known.").fails(404, "Nothing belongs to that name.");
    vec![one.fails(406, "Only JSON can be had.")]
}

/// What the history says of itself.
pub(crate) fn about_history() -> Vec<Operation> {
    vec![described::<History>("listStatisticsHistory", "The figures of each day")]
}
