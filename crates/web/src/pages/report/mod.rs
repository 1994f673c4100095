//! `/updates/`, `/updates/all`, `/trends/`: cards by account and case status, with bugs, issues and comments. A page
//! shows a bounded number of cards, wherever that cuts, and says which.

mod entry;
mod query;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Html;
use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::board::Card;

use crate::access::Caller;
use crate::app::AppState;
use crate::error::AppError;
use crate::export::Format;
use crate::live::LiveBoard;
use crate::live::reports::{ReportOrder, Selection, Span};
use crate::pages::table::Selection as Rows;
use crate::settings::WebSettings;
use crate::templates::Page;
use crate::view::badge::or_dash;
use crate::view::chrome::Chrome;
use crate::view::files::{File, address};
use crate::view::link::{self, Link};
use crate::view::words::count;
use entry::{Context, Entry};
use query::ReportQuery;

/// Cards of a page.
const PAGE: usize = 20;
/// What stands in place of any report while there are no cards.
const NOTHING: &str = "No card has come yet. The state of the sources says which one has not run.";
/// Accounts that the sidebar names beside those of the page.
const NAMED: usize = 80;

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReportPage {
    title: &'static str,
    lead: String,
    path: &'static str,
    here: &'static str,
    /// The same cards as a table.
    table: String,
    /// What was asked for.
    account: String,
    accounts: Vec<Account>,
    others: Vec<Other>,
    /// How many accounts are named nowhere.
    unnamed: usize,
    range: String,
    previous: Option<String>,
    next: Option<String>,
    /// Cards of the report without the filter.
    total: usize,
    empty: &'static str,
    /// There is no card at all.
    nothing: bool,
    files: Vec<File>,
}

/// An account's cards on this page.
#[derive(Debug, Clone, Serialize)]
struct Account {
    /// What links within the page lead to.
    anchor: String,
    name: String,
    /// The account's page.
    page: Link,
    /// How many cards it has in the report, and where they are as rows.
    count: String,
    href: Option<String>,
    /// Which of its cards are here, where that is not all.
    part: Option<String>,
    statuses: Vec<Status>,
}

#[derive(Debug, Clone, Serialize)]
struct Status {
    name: String,
    entries: Vec<Entry>,
}

/// An account that begins on another page.
#[derive(Debug, Clone, Serialize)]
struct Other {
    name: String,
    count: usize,
    href: String,
}

/// Addresses and words of a report.
struct Words {
    path: &'static str,
    here: &'static str,
    title: &'static str,
    /// Which cards, after "12 cards".
    which: &'static str,
    empty: &'static str,
    /// The same cards as rows.
    table: Rows,
}

impl Selection {
    const fn words(self) -> Words {
        match self {
            Self::Recent => Words {
                path: "/updates/",
                here: "recent",
                title: "Recent updates",
                which: " with a comment of the last 7 days",
                empty: "No card has a comment of the last 7 days.",
                table: Rows::Recent,
            },
            Self::All => Words {
                path: "/updates/all",
                here: "all",
                title: "All cards by account",
                which: "",
                empty: NOTHING,
                table: Rows::All,
            },
            Self::Trends => Words {
                path: "/trends/",
                here: "trends",
                title: "Trends",
                which: " that show a trend",
                empty: "No card carries the label Trends.",
                table: Rows::Trends,
            },
        }
    }

    /// Its cards as rows, perhaps only those of some accounts.
    fn table(self, filter: Option<(&str, &str)>) -> String {
        address(self.words().table.path(), filter.as_slice())
    }

    /// The same rows as files.
    fn files(self, filter: Option<(&str, &str)>) -> Vec<File> {
        let file = |format: Format| {
            let path = format!("/table/{}.{}", self.words().table.name(), format.ending());
            File::new(format.name(), address(&path, filter.as_slice()))
        };
        [Format::Csv, Format::Json, Format::Markdown].map(file).into()
    }
}

impl ReportPage {
    fn of(
        live: &LiveBoard,
        selection: Selection,
        query: &ReportQuery,
        now: DateTime<Utc>,
        settings: &WebSettings,
    ) -> Self {
        let (board, words) = (&*live.board, selection.words());
        let order = live.derived.reports.order(board, selection, now);
        let spans = match &query.account {
            Some(name) => order.find(board, name),
            None => order.accounts.iter().collect(),
        };
        let found: usize = spans.iter().map(|span| span.count).sum();
        let pages = found.div_ceil(PAGE).max(1);
        let page = query.page.min(pages - 1);
        let context = Context { board, selection, now, settings };
        let sheet = Sheet { order, context, path: words.path, query, from: page * PAGE };
        let accounts = sheet.accounts(&spans);
        let (others, unnamed) = sheet.others(&spans);
        let last = found.min(sheet.from + PAGE);
        let alone = match spans.as_slice() {
            [span] => order
                .card(board, span, 0)
                .map(|card| &*card.account)
                .filter(|name| is_told_by_addresses(name)),
            _ => None,
        };
        let part = query
            .account
            .as_deref()
            .map(|text| format!("account:\"{}\"", text.replace(['"', '\\'], " ").trim()));
        let filter = part.as_deref().map(|part| alone.map_or(("q", part), |name| ("account", name)));
        Self {
            title: words.title,
            lead: if board.cards().is_empty() {
                "No cards yet".to_owned()
            } else {
                format!("{} of {}{}", count(found, "card"), count(spans.len(), "account"), words.which)
            },
            path: words.path,
            here: words.here,
            table: selection.table(filter),
            account: query.account.clone().unwrap_or_default(),
            accounts,
            others,
            unnamed,
            range: format!("{}–{last} of {}", sheet.from + 1, count(found, "card")),
            previous: page.checked_sub(1).map(|page| query.link(words.path, page)),
            next: (page + 1 < pages).then(|| query.link(words.path, page + 1)),
            total: order.cards.len(),
            empty: if board.cards().is_empty() { NOTHING } else { words.empty },
            nothing: board.cards().is_empty(),
            files: selection.files(filter),
        }
    }
}

/// Whether an address of the table can name the account: not if the name is empty, begins or ends with a blank, or is
/// endless.
fn is_told_by_addresses(name: &str) -> bool {
    !name.is_empty() && name.trim() == name && name.len() <= link::LONGEST_NAME
}

/// One page of a report.
struct Sheet<'a> {
    order: &'a ReportOrder,
    context: Context<'a>,
    path: &'static str,
    query: &'a ReportQuery,
    /// The place of its first card among those found.
    from: usize,
}

impl Sheet<'_> {
    /// The accounts that have cards here, with those cards.
    fn accounts(&self, spans: &[&Span]) -> Vec<Account> {
        let (mut accounts, mut before) = (Vec::new(), 0);
        for span in spans {
            let first = self.from.saturating_sub(before);
            let end = span.count.min((self.from + PAGE).saturating_sub(before));
            before += span.count;
            if first < end {
                accounts.extend(self.account(span, first, end, accounts.len()));
            }
        }
        accounts
    }

    fn account(&self, span: &Span, first: usize, end: usize, place: usize) -> Option<Account> {
        let card = |place| self.order.card(self.context.board, span, place);
        let name = &card(first)?.account;
        let mut statuses: Vec<(&Card, Status)> = Vec::new();
        for card in (first..end).filter_map(card) {
            let entry = Entry::of(card, &self.context);
            match statuses.last_mut() {
                Some((before, status)) if before.case_status == card.case_status => {
                    status.entries.push(entry);
                }
                _ => {
                    let name = or_dash(card.case_status.as_str());
                    statuses.push((card, Status { name, entries: vec![entry] }));
                }
            }
        }
        let part = (end - first < span.count).then(|| format!("{}–{end} shown here", first + 1));
        Some(Account {
            anchor: format!("account-{}", place + 1),
            name: or_dash(name),
            page: link::account(name),
            count: count(span.count, "card"),
            href: is_told_by_addresses(name)
                .then(|| self.context.selection.table(Some(("account", &**name)))),
            part,
            statuses: statuses.into_iter().map(|(_, status)| status).collect(),
        })
    }

    /// Accounts that begin elsewhere, the nearest ones, and how many more there are.
    fn others(&self, spans: &[&Span]) -> (Vec<Other>, usize) {
        let mut places = Vec::with_capacity(spans.len());
        let mut before = 0;
        for span in spans {
            places.push((*span, before));
            before += span.count;
        }
        let here = |first: usize, span: &Span| first < self.from + PAGE && first + span.count > self.from;
        let behind = places.partition_point(|(span, first)| first + span.count <= self.from);
        let elsewhere: Vec<_> = places.iter().filter(|(span, first)| !here(*first, span)).collect();
        let begin = behind.saturating_sub(NAMED / 2).min(elsewhere.len().saturating_sub(NAMED));
        let named = elsewhere.iter().skip(begin).take(NAMED).filter_map(|(span, first)| {
            let card = self.order.card(self.context.board, span, 0)?;
            let href = format!("{}#{}", self.query.link(self.path, first / PAGE), card.key);
            Some(Other { name: or_dash(&card.account), count: span.count, href })
        });
        let named: Vec<_> = named.collect();
        let left = elsewhere.len().saturating_sub(named.len());
        (named, left)
    }
}

impl Page for ReportPage {
    const TEMPLATE: &'static str = "pages/report.html";

    fn samples() -> Result<Vec<Self>, serde_json::Error> {
        let settings =
            WebSettings { jira_base: Some("https://jira.example".into()), ..WebSettings::default() };
        let asked = ReportQuery { account: Some("<b>nobody</b>".to_owned()), page: 7 };
        let mut pages = Vec::new();
        for (live, now) in &crate::samples::boards()? {
            for selection in [Selection::Recent, Selection::All, Selection::Trends] {
                for query in [&ReportQuery::default(), &asked] {
                    pages.push(Self::of(live, selection, query, *now, &settings));
                }
            }
        }
        Ok(pages)
    }
}

/// `GET /updates/`.
pub(crate) async fn recent(
    app: State<AppState>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    show(app.0, &caller, Selection::Recent, &uri, &headers).await
}

/// `GET /updates/all`.
pub(crate) async fn all(
    app: State<AppState>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    show(app.0, &caller, Selection::All, &uri, &headers).await
}

/// `GET /trends/`.
pub(crate) async fn trends(
    app: State<AppState>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Html<String>, AppError> {
    show(app.0, &caller, Selection::Trends, &uri, &headers).await
}

async fn show(
    app: AppState,
    caller: &Caller,
    selection: Selection,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Html<String>, AppError> {
    let query = ReportQuery::read(uri)?;
    let live = app.live().board_owned();
    live.usable()?;
    let chrome = Chrome::of(&app, caller, headers);
    // The order may have to be made, and comments to be cleaned: not on an async thread.
    let making = tokio::task::spawn_blocking(move || {
        let page = ReportPage::of(&live, selection, &query, app.clock().now(), app.settings());
        app.templates().render(&page, &chrome)
    });
    Ok(Html(making.await.map_err(AppError::internal)?.map_err(AppError::internal)?))
}
