//! `/api/v1/cases` and `/api/v1/cases/{number}`: the support cases, those without a card too.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use t5g_model::board;
use t5g_model::board::Scope;
use t5g_model::figures::{Figure, Rows, figure_rows};

use super::answer;
use super::cards::{self, FIGURE};
use super::collection::{Collection, Sort, described};
use super::cursor::Key;
use super::parameters::{Parameters, bad};
use super::rows::{Case, CaseInFull, Chosen};
use super::trackers;
use super::view::View;
use crate::api::describe::{Kind, Operation, Parameter, Tag};
use crate::app::AppState;
use crate::error::AppError;
use crate::view::link;

/// The list of cases.
pub(crate) struct Cases {
    account: Option<String>,
    status: Option<String>,
    severity: Option<String>,
    open: Option<bool>,
    figure: Option<Figure>,
}

impl Collection for Cases {
    type Place = u32;
    type Row = Case;

    const NAME: &'static str = "cases";
    const FILTERS: &'static [Parameter] = &[
        Parameter::new("account", Kind::Text, "Only cases of the account of exactly this name."),
        Parameter::new(
            "status",
            Kind::Text,
            "Only cases of exactly this status, such as `Waiting on Red Hat`.",
        ),
        Parameter::new(
            "severity",
            Kind::Text,
            "Only cases of this severity: `Urgent`, `High`, `Normal`, `Low`.",
        ),
        Parameter::new("open", Kind::Flag, "Only cases that are open, or only those that are not."),
        FIGURE,
    ];
    const SORTS: &'static [Sort<u32>] = &[
        ("severity", |view, at| key(view, *at, |case| Key::Number(-i64::from(case.severity.rank())))),
        ("account", |view, at| key(view, *at, |case| Key::text(&case.account))),
        ("status", |view, at| key(view, *at, |case| Key::text(case.status.as_str()))),
        ("product", |view, at| key(view, *at, |case| Key::text(&case.product))),
        ("owner", |view, at| key(view, *at, |case| Key::text(&case.owner))),
        ("summary", |view, at| key(view, *at, |case| Key::text(&case.problem))),
        ("created", |view, at| key(view, *at, |case| Key::time(case.created.known()))),
        ("updated_on", |view, at| key(view, *at, |case| Key::day(case.updated_on))),
        ("closed_on", |view, at| key(view, *at, |case| Key::day(case.closed_on))),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, AppError> {
        Ok(Self {
            account: parameters.take("account"),
            status: parameters.take("status"),
            severity: parameters.take("severity"),
            open: parameters.take_flag("open")?,
            figure: cards::figure(parameters)?,
        })
    }

    fn find(&self, view: &View) -> Result<Vec<u32>, AppError> {
        let board = view.board();
        let counted: Vec<&board::Case> = match &self.figure {
            None => board.cases().iter().collect(),
            Some(figure) => match figure_rows(board, Scope::All, figure, view.now) {
                Rows::Cases(cases) => cases,
                _ => return Err(bad(FIGURE.name, "counts no cases: ask for cards, bugs or issues")),
            },
        };
        let is = |wanted: &Option<String>, text: &str| wanted.as_ref().is_none_or(|wanted| wanted == text);
        let passes = |case: &&board::Case| {
            is(&self.account, &case.account)
                && is(&self.status, case.status.as_str())
                && self
                    .severity
                    .as_ref()
                    .is_none_or(|wanted| wanted.eq_ignore_ascii_case(case.severity.word()))
                && self.open.is_none_or(|open| open == case.is_open())
        };
        Ok(counted.into_iter().filter(passes).map(|case| case.position).collect())
    }

    fn id(view: &View, at: &u32) -> String {
        case(view, *at).map_or_else(String::new, |case| case.number.to_string())
    }

    fn row(view: &View, at: &u32) -> Option<Case> {
        Some(row(view, case(view, *at)?))
    }
}

fn case(view: &View, at: u32) -> Option<&board::Case> {
    view.board().cases().get(at as usize)
}

fn key(view: &View, at: u32, of: impl Fn(&board::Case) -> Key) -> Key {
    case(view, at).map_or(Key::Unknown, of)
}

fn row(view: &View, case: &board::Case) -> Case {
    let (board, number) = (view.board(), case.number.as_str());
    Case {
        number: number.to_owned(),
        url: link::case(view.settings(), &case.number),
        account: case.account.to_string(),
        summary: case.problem.to_string(),
        product: case.product.to_string(),
        severity: case.severity.word().to_owned(),
        status: case.status.as_str().to_owned(),
        open: case.is_open(),
        owner: case.owner.to_string(),
        created: case.created.known(),
        updated_on: case.updated_on,
        closed_on: case.closed_on,
        card_keys: board.cards_of_case(number).map(|card| card.key.to_string()).collect(),
        bug_numbers: board.bugs_of(number).iter().map(|bug| bug.linked.bugzilla_number.clone()).collect(),
        issue_keys: board.issues_of(number).iter().map(|issue| issue.id.clone()).collect(),
    }
}

/// `GET /api/v1/cases/{number}`.
pub(crate) async fn show(
    State(app): State<AppState>,
    Path(number): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let fields = answer::asked_for_one::<CaseInFull>(&uri, &headers)?;
    let view = View::of(&app)?;
    let shown: String = number.chars().take(80).collect();
    let board = view.board();
    let case = board
        .case(&number)
        .ok_or_else(|| AppError::NotFound(format!("There is no case {shown:?}. Leading zeros count.")))?;
    let of = [number.as_str()];
    let whole = CaseInFull {
        case: row(&view, case),
        cards: board.cards_of_case(&number).map(|card| cards::row(&view, card)).collect(),
        bugs: board.bugs_of(&number).iter().map(|bug| trackers::bug(bug, &of, case.is_open())).collect(),
        issues: board
            .issues_of(&number)
            .iter()
            .map(|issue| trackers::issue(issue, &of, case.is_open()))
            .collect(),
    };
    answer::one(&app, &headers, &fields, &whole)
}

/// What the list says of itself.
pub(crate) fn about_list() -> Vec<Operation> {
    vec![described::<Cases>("listCases", "Cases that pass filters")]
}

/// What the single case says of itself.
pub(crate) fn about_one() -> Vec<Operation> {
    let one = Operation::get(Tag::Resources, "getCase", "One case with its cards, bugs and issues")
        .place("number", "The case's number; leading zeros count.")
        .takes([cards::pick::<CaseInFull>()])
        .answers::<Chosen<CaseInFull>>(200, "The case.")
        .conditional();
    vec![
        one.fails(400, "A field is not known.")
            .fails(404, "There is no such case.")
            .fails(406, "Only JSON can be had."),
    ]
}
