//! `/api/v1/cards` and `/api/v1/cards/{key}`: the cards, with the filter language of the table.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use t5g_model::board;
use t5g_model::figures::{Figure, Rows, SlaState, figure_rows, sla};
use t5g_model::query::Query;

use super::answer;
use super::collection::{Collection, Sort, described};
use super::cursor::Key;
use super::parameters::{Parameters, bad};
use super::rows::{Card, CardInFull, Comment, Row};
use super::trackers;
use super::view::View;
use crate::api::describe::{Kind, Operation, Parameter, Tag};
use crate::app::AppState;
use crate::error::AppError;
use crate::text::words;
use crate::view::link;

/// The list of cards.
pub(crate) struct Cards {
    query: Query,
    figure: Option<Figure>,
}

/// The filter that lists of what statistics count have in common.
pub(super) const FIGURE: Parameter = Parameter::new(
    "figure",
    Kind::Text,
    "Exactly the rows that a figure of the statistics counts: its name, of a breakdown with the value after a colon \
     (`by_customer:Acme`).",
);

/// Reads [`FIGURE`].
pub(super) fn figure(parameters: &mut Parameters) -> Result<Option<Figure>, AppError> {
    let Some(text) = parameters.take(FIGURE.name) else { return Ok(None) };
    let (name, value) =
        text.split_once(':').map_or((text.as_str(), None), |(name, value)| (name, Some(value)));
    Figure::find(name, value).map(Some).ok_or_else(|| {
        let plain: Vec<_> = Figure::plain().map(|figure| figure.name()).collect();
        bad(FIGURE.name, &format!("names no figure. There are: {}, and by_customer:…, by_engineer:…, by_severity:…, by_status:…", plain.join(", ")))
    })
}

impl Collection for Cards {
    type Place = u32;
    type Row = Card;

    const NAME: &'static str = "cards";
    const FILTERS: &'static [Parameter] = &[
        Parameter::new(
            "q",
            Kind::Text,
            "A filter such as `sev:urgent,high -is:closed age:>14d \"link down\"`, in the language of the table's box \
             (docs/filtering.md).",
        ),
        FIGURE,
    ];
    const SORTS: &'static [Sort<u32>] = &[
        ("severity", |view, at| key(view, *at, |card| Key::Number(-i64::from(card.severity.rank())))),
        ("escalated", |view, at| key(view, *at, |card| Key::Number(i64::from(card.escalated)))),
        ("crit_sit", |view, at| key(view, *at, |card| Key::Number(i64::from(card.crit_sit)))),
        ("case_number", |view, at| key(view, *at, |card| Key::text(card.case_number.as_str()))),
        ("summary", |view, at| key(view, *at, |card| Key::text(&card.summary))),
        ("account", |view, at| key(view, *at, |card| Key::text(&card.account))),
        ("product", |view, at| key(view, *at, |card| Key::text(&card.product))),
        ("case_status", |view, at| key(view, *at, |card| Key::text(card.case_status.as_str()))),
        ("status", |view, at| key(view, *at, |card| Key::text(card.card_status.as_str()))),
        ("assignee", |view, at| key(view, *at, |card| card.engineer().map_or(Key::Unknown, Key::text))),
        ("days_open", |view, at| key(view, *at, |card| Key::Number(card.days_open(view.today())))),
        ("case_created", |view, at| key(view, *at, |card| Key::time(card.case_created.known()))),
        ("case_updated", |view, at| key(view, *at, |card| Key::time(card.case_updated.known()))),
        ("created", |view, at| key(view, *at, |card| Key::time(card.card_created.known()))),
        ("commented", |view, at| key(view, *at, |card| Key::time(commented(card)))),
        ("comment_count", |view, at| key(view, *at, |card| Key::count(card.comments.len()))),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, AppError> {
        let text = parameters.take("q").unwrap_or_default();
        let query = Query::parse(&text).map_err(|error| {
            AppError::BadRequest(format!(
                "The filter cannot be read at character {}: {error}.",
                error.at.start + 1
            ))
        })?;
        Ok(Self { query, figure: figure(parameters)? })
    }

    fn find(&self, view: &View) -> Result<Vec<u32>, AppError> {
        let board = view.board();
        let table = &view.live.derived.table;
        let texts = if self.query.wants_text() { table.texts(board) } else { &[] };
        let text = |card: &board::Card| texts.get(card.position as usize).map_or("", |text| &**text);
        let mut filter = self.query.matcher(board, view.now, text);
        let counted: Vec<&board::Card> = match &self.figure {
            None => board.cards().iter().collect(),
            Some(figure) => match figure_rows(board, board::Scope::All, figure, view.now) {
                Rows::Cards(cards) => cards,
                _ => return Err(bad(FIGURE.name, "counts no cards: ask for cases, bugs or issues")),
            },
        };
        Ok(counted.into_iter().filter_map(|card| filter.matches(card).then_some(card.position)).collect())
    }

    fn id(view: &View, at: &u32) -> String {
        // `ABC-9` before `ABC-10`.
        let natural = |card: &board::Card| {
            let digits = card.key.number().trim_start_matches('0');
            format!("{}\u{1f}{:03}{digits}\u{1f}{}", card.key.project(), digits.len(), card.key)
        };
        card(view, *at).map_or_else(String::new, natural)
    }

    fn row(view: &View, at: &u32) -> Option<Card> {
        Some(row(view, card(view, *at)?))
    }
}

fn card(view: &View, at: u32) -> Option<&board::Card> {
    view.board().cards().get(at as usize)
}

fn key(view: &View, at: u32, of: impl Fn(&board::Card) -> Key) -> Key {
    card(view, at).map_or(Key::Unknown, of)
}

fn commented(card: &board::Card) -> Option<chrono::DateTime<chrono::Utc>> {
    card.newest_comment().and_then(|comment| comment.at.known())
}

/// A card of a list.
pub(super) fn row(view: &View, card: &board::Card) -> Card {
    let settings = view.settings();
    let standing = sla(view.board(), card, view.now);
    let texts = |all: &[std::sync::Arc<str>]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    let time =
        |moment: &Option<t5g_model::time::Moment>| moment.as_ref().and_then(t5g_model::time::Moment::known);
    Card {
        key: card.key.to_string(),
        url: link::card(settings, &card.key),
        case_number: card.case_number.to_string(),
        case_url: link::case(settings, &card.case_number),
        account: card.account.to_string(),
        summary: card.summary.to_string(),
        product: card.product.to_string(),
        severity: card.severity.word().to_owned(),
        case_status: card.case_status.as_str().to_owned(),
        status: card.card_status.as_str().to_owned(),
        open: card.is_open(),
        escalated: card.escalated,
        escalation_url: link::outside(card.escalated_link.as_deref()),
        potential_escalation: card.potential_escalation,
        crit_sit: card.crit_sit,
        daily: card.daily_telco,
        priority: card.priority.as_deref().map(str::to_owned),
        group: card.group_name.as_deref().map(str::to_owned),
        assignee: card.engineer().map(str::to_owned),
        contributors: card
            .contributors
            .iter()
            .filter_map(|person| person.name().map(str::to_owned))
            .collect(),
        labels: texts(&card.labels),
        tags: texts(&card.tags),
        case_created: card.case_created.known(),
        case_updated: card.case_updated.known(),
        created: card.card_created.known(),
        commented: commented(card),
        days_open: card.days_open(view.today()),
        sla: standing.map(|sla| word(sla.state).to_owned()),
        sla_days: standing.map(|sla| sla.allowed),
        sla_days_left: standing.map(|sla| sla.left),
        relief: time(&card.relief_at),
        resolved: time(&card.resolved_at),
        comment_count: card.comments.len(),
        bug_numbers: card.bugs.iter().map(|bug| bug.linked.bugzilla_number.clone()).collect(),
        issue_keys: card.issues.iter().map(|issue| issue.id.clone()).collect(),
    }
}

const fn word(state: SlaState) -> &'static str {
    match state {
        SlaState::OnTrack => "on track",
        SlaState::Warning => "at risk",
        SlaState::Breached => "breached",
    }
}

fn in_full(view: &View, card: &board::Card) -> CardInFull {
    let mut comments: Vec<_> = card.comments.iter().collect();
    comments.sort_by_key(|comment| std::cmp::Reverse(comment.at.known()));
    let comment = |comment: &board::Comment| Comment {
        at: comment.at.known(),
        text: words(&comment.html, usize::MAX - 1),
    };
    let watchers = card.notified_users.iter().map(|user| user.sso_username.clone());
    let case = [card.case_number.as_str()];
    CardInFull {
        description: card.description.to_string(),
        watchers: watchers.filter(|login| !login.is_empty()).collect(),
        comments: comments.into_iter().map(comment).collect(),
        bugs: card.bugs.iter().map(|bug| trackers::bug(bug, &case, card.is_open())).collect(),
        issues: card.issues.iter().map(|issue| trackers::issue(issue, &case, card.is_open())).collect(),
        card: row(view, card),
    }
}

/// `GET /api/v1/cards/{key}`.
pub(crate) async fn show(
    State(app): State<AppState>,
    Path(key): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let fields = answer::asked_for_one::<CardInFull>(&uri, &headers)?;
    let view = View::of(&app)?;
    let shown: String = key.chars().take(80).collect();
    let none = || AppError::NotFound(format!("There is no card {shown:?}."));
    let row = in_full(&view, view.board().card(&key).ok_or_else(none)?);
    answer::one(&app, &headers, &fields, &row)
}

/// What the list says of itself.
pub(crate) fn about_list() -> Vec<Operation> {
    vec![described::<Cards>("listCards", "Cards that pass a filter")]
}

/// What `fields=` takes where there is one thing.
pub(super) const fn pick<R: Row>() -> Parameter {
    let about = "The members that are wanted, with commas; without it, all.";
    Parameter::new("fields", Kind::Members(R::fields), about)
}

/// What the single card says of itself.
pub(crate) fn about_one() -> Vec<Operation> {
    let one = Operation::get(Tag::Resources, "getCard", "One card with comments, bugs and issues")
        .place("key", "Jira's key, such as `KNIECO-1234`.")
        .takes([pick::<CardInFull>()])
        .answers::<super::rows::Chosen<CardInFull>>(200, "The card.")
        .conditional();
    vec![
        one.fails(400, "A field is not known.")
            .fails(404, "There is no such card.")
            .fails(406, "Only JSON can be had."),
    ]
}
