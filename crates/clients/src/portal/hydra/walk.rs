//! The walk through a search of which at most 9,999 rows can be reached: page by page within a window, window by
//! window along the date of creation. Ends with every row the portal counted, or with an error; never with fewer.

use std::collections::HashMap;

use chrono::{DateTime, SecondsFormat};

use super::wire::{FIELDS, WireSearch, case};
use crate::http::{Answer, Call, Fault, Upstream};
use crate::portal::{CaseList, CaseQuery, PortalCase};
use crate::{ClientError, ErrorKind, Progress};

const ROUTE: &str = "GET /search/cases";
/// Rows that one query can reach.
const REACHABLE: usize = 9_999;
/// How often a window is read again whose pages contradict each other.
const READINGS: u32 = 3;
/// Ten million cases; each window begins later than the one before, so this is only against a mad upstream.
const MAX_WINDOWS: usize = 1_000;

/// One page, read.
struct Page {
    total: usize,
    rows: Vec<PortalCase>,
    skipped: usize,
}

/// What the pages of one window came to.
enum Window {
    /// All rows that match have been seen.
    Whole,
    /// There are more than can be reached: go on from the last date.
    Cut,
    /// The count changed between two pages. A case that leaves the search pulls others over a page's edge, unseen:
    /// go on from the last date before that.
    Moved,
    /// The portal counted more rows than it gave.
    Short { given: usize, total: usize },
}

pub(super) struct Walk<'a> {
    upstream: &'a Upstream,
    query: &'a CaseQuery,
    progress: Progress<'a>,
    list: CaseList,
    index: HashMap<String, usize>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(upstream: &'a Upstream, query: &'a CaseQuery, progress: Progress<'a>) -> Self {
        Self { upstream, query, progress, list: CaseList::default(), index: HashMap::new() }
    }

    pub(super) async fn run(mut self) -> Result<CaseList, ClientError> {
        let mut from: Option<String> = None;
        for _ in 0..MAX_WINDOWS {
            if let Window::Whole = self.window(from.as_deref()).await? {
                self.list.cases.sort_by(|a, b| (&a.created, &a.number).cmp(&(&b.created, &b.number)));
                return Ok(self.list);
            }
            let last = self.last_created()?;
            if from.as_ref() == Some(&last) {
                return Err(self.invalid(format!(
                    "more than {REACHABLE} cases carry the creation time {last}, and it shows no more of them; \
                     narrow `case_query`"
                )));
            }
            from = Some(last);
        }
        Err(self.invalid(format!("its search did not end after {MAX_WINDOWS} windows")))
    }

    /// Reads a window until its pages agree with its count.
    async fn window(&mut self, from: Option<&str>) -> Result<Window, ClientError> {
        let (mut given, mut total) = (0, 0);
        for _ in 0..READINGS {
            let before = self.list.skipped;
            match self.pages(from).await? {
                // Nothing later than the window's start has been seen yet, so going on from there is no progress.
                Window::Moved if from == self.last_created().ok().as_deref() => self.list.skipped = before,
                Window::Short { given: seen, total: counted } => {
                    (given, total) = (seen, counted);
                    self.list.skipped = before;
                }
                end => return Ok(end),
            }
        }
        Err(self.invalid(if given < total {
            format!("its search counts {total} cases but shows {given}, however often it is asked")
        } else {
            format!("its search changed under our feet {READINGS} times")
        }))
    }

    async fn pages(&mut self, from: Option<&str>) -> Result<Window, ClientError> {
        let mut seen = std::collections::HashSet::new();
        let (mut start, mut counted) = (0, None);
        let page_rows = usize::try_from(self.query.rows).unwrap_or(REACHABLE).clamp(1, REACHABLE);
        while start < REACHABLE {
            let rows = page_rows.min(REACHABLE - start);
            let page = self.page(from, start, rows).await?;
            let total = page.total;
            self.upstream.bounded(ROUTE, total)?;
            if counted.is_some_and(|before| before != total) {
                return Ok(Window::Moved);
            }
            counted = Some(total);
            let mut fresh = page.skipped;
            self.list.skipped += page.skipped;
            for row in page.rows {
                fresh += usize::from(seen.insert(row.number.clone()));
                self.add(row);
            }
            (self.progress)(self.list.cases.len(), from.is_none().then_some(total));
            start += fresh;
            if start >= total {
                return Ok(Window::Whole);
            }
            if fresh == 0 {
                return Ok(Window::Short { given: start, total });
            }
        }
        Ok(Window::Cut)
    }

    async fn page(&self, from: Option<&str>, start: usize, rows: usize) -> Result<Page, ClientError> {
        let call = Call::get(ROUTE, ["search", "cases"])
            .query("q", self.solr(from))
            .query("partnerSearch", "false")
            .query("rows", rows)
            .query("start", start)
            .query("sort", "case_createdDate asc, case_number asc")
            .query("fl", FIELDS)
            .large();
        self.upstream.read(call, read_page).await
    }

    /// The configured query in parentheses, so that an `OR` in it cannot swallow what is added.
    fn solr(&self, from: Option<&str>) -> String {
        let inner = Some(self.query.query.trim()).filter(|query| !query.is_empty()).unwrap_or("*:*");
        let since = self.query.modified_since.map(|since| since.to_rfc3339_opts(SecondsFormat::Secs, true));
        let conditions = [
            Some(format!("({inner})")),
            since.map(|since| format!("case_lastModifiedDate:[{since} TO *]")),
            from.map(|from| format!("case_createdDate:[{from} TO *]")),
        ];
        conditions.into_iter().flatten().collect::<Vec<_>>().join(" AND ")
    }

    /// The same case twice is one case, as it was seen last.
    fn add(&mut self, case: PortalCase) {
        let place = *self.index.entry(case.number.clone()).or_insert(self.list.cases.len());
        if let Some(known) = self.list.cases.get_mut(place) {
            *known = case;
        } else {
            self.list.cases.push(case);
        }
    }

    /// The latest creation date seen; it goes into a query, so it has to be a date.
    fn last_created(&self) -> Result<String, ClientError> {
        let latest = self.list.cases.iter().filter_map(|case| case.created.as_deref()).max();
        let date = latest.and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        let date = date.ok_or_else(|| {
            self.invalid(format!(
                "its cases carry no readable creation date, so no more than {REACHABLE} can be read"
            ))
        })?;
        Ok(date.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }

    fn invalid(&self, what: String) -> ClientError {
        self.upstream.error(ROUTE, ErrorKind::Invalid { what })
    }
}

fn read_page(answer: &Answer) -> Result<Page, Fault> {
    let search: WireSearch = answer.json()?;
    let docs = search.response.docs;
    let rows: Vec<PortalCase> = docs.iter().filter_map(case).collect();
    Ok(Page { total: search.response.num_found, skipped: docs.len() - rows.len(), rows })
}

/// The cheapest search there is, for `doctor`.
pub(super) async fn first_row(upstream: &Upstream) -> Result<(), ClientError> {
    let call = Call::get(ROUTE, ["search", "cases"])
        .query("q", "(*:*)")
        .query("partnerSearch", "false")
        .query("rows", 1)
        .query("start", 0)
        .query("fl", "case_number");
    upstream.json::<WireSearch>(call).await.map(drop)
}
