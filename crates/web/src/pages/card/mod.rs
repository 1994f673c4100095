//! `/card/<key>`: one card, everything that is known of it.

mod timeline;
mod written;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::board::{Board, Card, Case};
use t5g_model::documents::Person;
use url::form_urlencoded;

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::live::LiveBoard;
use crate::settings::WebSettings;
use crate::templates::Page;
use crate::text::{self, Rich};
use crate::view::badge::or_dash;
use crate::view::card::{self, CardView, Remark, Tracker};
use crate::view::chrome::Chrome;
use crate::view::files::File;
use crate::view::words::{count, local};
use timeline::Timeline;
use written::Written;

/// Comments of a page.
const COMMENTS: usize = 20;
/// The most bugs and the most issues that are shown.
const TRACKERS: usize = 100;
/// The most other cards of the case that are named.
const OTHERS: usize = 20;
/// The most people, labels or tags that are named.
const NAMES: usize = 50;

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct CardPage {
    card: CardView,
    of_case: Vec<Fact>,
    of_card: Vec<Fact>,
    description: Rich,
    bugs: Vec<Tracker>,
    no_bugs: &'static str,
    issues: Vec<Tracker>,
    /// What of bugs and issues is not shown.
    more_bugs: usize,
    more_issues: usize,
    comments: Vec<Remark>,
    comments_note: String,
    newer: Option<String>,
    older: Option<String>,
    timeline: Timeline,
    written: Written,
    /// Other cards of the same case.
    others: Vec<Other>,
    /// Where all of them are, if they are too many to be named.
    more_others: Option<Other>,
    files: Vec<File>,
}

#[derive(Debug, Clone, Serialize)]
struct Fact {
    label: &'static str,
    value: String,
}

#[derive(Debug, Clone, Serialize)]
struct Other {
    key: String,
    href: String,
}

impl CardPage {
    /// `page`: of the comments, from 0.
    fn of(
        card: &Card,
        board: &Board,
        (page, written): (usize, Written),
        now: DateTime<Utc>,
        settings: &WebSettings,
    ) -> Self {
        let zone = settings.rules.time_zone;
        let comments = card::newest_first(card.comments.iter());
        let pages = comments.len().div_ceil(COMMENTS).max(1);
        let page = page.min(pages - 1);
        let shown = comments.iter().skip(page * COMMENTS).take(COMMENTS);
        let view = CardView::of(card, board, now, settings);
        let address = card::page(card);
        let to =
            |page: usize| if page == 0 { address.clone() } else { format!("{address}?page={}", page + 1) };
        let same_case =
            || board.cards_of_case(card.case_number.as_str()).filter(|other| other.key != card.key);
        let left = same_case().count().saturating_sub(OTHERS);
        Self {
            of_case: of_case(card, board.case(card.case_number.as_str()), settings),
            of_card: of_card(card, settings),
            description: text::rich(&card.description, text::WHOLE),
            bugs: card::bugs(card, TRACKERS),
            no_bugs: if board.has_bugzilla() { "No bug is linked." } else { "Bugzilla is not configured." },
            issues: card::issues(card, TRACKERS),
            more_bugs: card.bugs.len().saturating_sub(TRACKERS),
            more_issues: card.issues.len().saturating_sub(TRACKERS),
            comments: shown.map(|comment| Remark::of(comment, text::WHOLE, zone)).collect(),
            comments_note: note(comments.len(), page),
            newer: page.checked_sub(1).map(to),
            older: (page + 1 < pages).then(|| to(page + 1)),
            timeline: Timeline::of(card, board, now, settings),
            written,
            others: same_case().take(OTHERS).map(Other::of).collect(),
            files: File::of_one(&format!("/api/v1/cards/{}", card::key_in_path(card)), &[]),
            more_others: (left > 0).then(|| Other {
                key: format!("{left} more"),
                href: of_case_as_rows(card.case_number.as_str()),
            }),
            card: view,
        }
    }
}

impl Other {
    fn of(card: &Card) -> Self {
        Self { key: card.key.as_str().to_owned(), href: card::page(card) }
    }
}

/// The cards of a case as rows.
fn of_case_as_rows(number: &str) -> String {
    let query: String = form_urlencoded::byte_serialize(format!("case:{number}").as_bytes()).collect();
    format!("/table/all?q={query}")
}

/// How many comments there are, and which are shown where that is not all.
fn note(all: usize, page: usize) -> String {
    if all == 0 {
        return "None yet.".to_owned();
    }
    let comments = count(all, "comment");
    if all <= COMMENTS {
        return format!("{comments}, newest first");
    }
    let first = page * COMMENTS + 1;
    format!("{first}–{} of {comments}, newest first", all.min(first + COMMENTS - 1))
}

fn of_case(card: &Card, case: Option<&Case>, settings: &WebSettings) -> Vec<Fact> {
    let zone = settings.rules.time_zone;
    let moment = |moment: Option<&t5g_model::time::Moment>| {
        moment.map_or_else(|| "—".to_owned(), |at| local(at, zone))
    };
    let fact = |label, value: String| Fact { label, value };
    let closed = case.and_then(|case| case.closed_on).map(|on| fact("Closed", on.to_string()));
    [
        fact("Status", or_dash(card.case_status.as_str())),
        fact("Product", or_dash(&card.product)),
        fact("Owner", or_dash(case.map_or("", |case| &*case.owner))),
        fact("Group", or_dash(card.group_name.as_deref().unwrap_or_default())),
        fact("Tags", names(card.tags.iter().map(|tag| &**tag))),
        fact("Opened", local(&card.case_created, zone)),
        fact("Last changed", local(&card.case_updated, zone)),
    ]
    .into_iter()
    .chain(closed)
    .chain([
        fact("Relief", moment(card.relief_at.as_ref())),
        fact("Resolved", moment(card.resolved_at.as_ref())),
        fact("Notified", names(card.notified_users.iter().map(|user| &*user.sso_username))),
    ])
    .collect()
}

fn of_card(card: &Card, settings: &WebSettings) -> Vec<Fact> {
    let fact = |label, value| Fact { label, value };
    let people: Vec<_> = card.contributors.iter().map(|person| named(person)).collect();
    vec![
        fact("Assignee", card.assignee.as_deref().map_or_else(|| "Nobody".to_owned(), named)),
        fact("Contributors", names(people.iter().map(String::as_str))),
        fact("Priority", or_dash(card.priority.as_deref().unwrap_or_default())),
        fact("Labels", names(card.labels.iter().map(|label| &**label))),
        fact("Made", local(&card.card_created, settings.rules.time_zone)),
    ]
}

/// A person's name, with the mail address if that is another word.
fn named(person: &Person) -> String {
    let name = person.name().unwrap_or_default();
    let mail =
        person.email_address.as_deref().map(str::trim).filter(|mail| !mail.is_empty() && *mail != name);
    or_dash(&mail.map_or_else(|| name.to_owned(), |mail| format!("{name} ({mail})")))
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut all: Vec<_> = names.filter(|name| !name.trim().is_empty()).map(or_dash).collect();
    let left = all.len().saturating_sub(NAMES);
    all.truncate(NAMES);
    if left > 0 {
        all.push(format!("{left} more"));
    }
    or_dash(&all.join(", "))
}

impl Page for CardPage {
    const TEMPLATE: &'static str = "pages/card.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let settings =
            WebSettings { jira_base: Some("https://jira.example".into()), ..WebSettings::default() };
        let boards = crate::samples::boards()?;
        let pages = boards.iter().flat_map(|(live, now)| {
            let page = |card| Self::of(card, &live.board, (0, Written::unknown()), *now, &settings);
            live.board.cards().iter().map(page).collect::<Vec<_>>()
        });
        let mut pages: Vec<_> = pages.collect();
        let written = pages.first().cloned().map(|page| Ok(Self { written: Written::sample()?, ..page }));
        pages.extend(written.transpose()?);
        Ok(pages)
    }
}

/// What an address leads to.
enum Found {
    Card,
    /// Another address of the same.
    At(String),
}

/// Looks for a card. People also type keys in small letters, and case numbers.
fn find(live: &LiveBoard, key: &str) -> Result<Found, AppError> {
    if live.board.card(key).is_some() {
        return Ok(Found::Card);
    }
    if let Some(card) = live.board.card(&key.to_uppercase()) {
        return Ok(Found::At(card::page(card)));
    }
    let mut of_case = live.board.cards_of_case(key);
    match (of_case.next(), of_case.next()) {
        (Some(card), None) => Ok(Found::At(card::page(card))),
        (Some(_), Some(_)) => Ok(Found::At(of_case_as_rows(key))),
        (None, _) => Err(AppError::NoSuchCard(key.chars().take(80).collect())),
    }
}

/// The page of comments that the address asks for, from 0.
fn page_of(uri: &Uri) -> Result<usize, AppError> {
    let mut pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let Some((_, value)) = pairs.find(|(name, value)| name == "page" && !value.is_empty()) else {
        return Ok(0);
    };
    let page = value.parse::<usize>().ok().and_then(|page| page.checked_sub(1));
    page.ok_or_else(|| AppError::BadRequest("Pages of comments are numbered 1, 2, and so on.".to_owned()))
}

/// The handler.
pub(crate) async fn show(
    State(app): State<AppState>,
    caller: Caller,
    Path(key): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let live = app.live().board_owned();
    live.usable()?;
    if let Found::At(address) = find(&live, &key)? {
        return Ok(Redirect::to(&address).into_response());
    }
    let (page, chrome) = (page_of(&uri)?, Chrome::of(&app, &caller, &headers));
    let written = Written::read(&app, &caller, &live.board, &key).await;
    // Texts have to be cleaned, some of them long: not on an async thread.
    let making = tokio::task::spawn_blocking(move || {
        let card = live.board.card(&key).ok_or(AppError::NoSuchCard(key))?;
        let page = CardPage::of(card, &live.board, (page, written), app.clock().now(), app.settings());
        app.templates().render(&page, &chrome).map_err(AppError::internal)
    });
    Ok(Html(making.await.map_err(AppError::internal)??).into_response())
}
