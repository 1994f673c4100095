//! The weekly report as data: figures, sections, items. Page, Markdown, plain text and Slack are made from it, so
//! that they say the same.

use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::board::{Board, Card, Case, Scope};
use t5g_model::documents::Document;
use t5g_model::figures::{self, AccountGroup, RecentUpdate, Weekly, weekly};

use crate::live::LiveBoard;
use crate::settings::WebSettings;
use crate::text::{neutral, words};
use crate::view::badge::or_dash;
use crate::view::card::newest_first;
use crate::view::counted::Counted;
use crate::view::link::{self, Link};
use crate::view::words::{count, day};

/// Items of a section; of updates, cards. The report is for a mail: who wants more follows the link.
const ITEMS: usize = 20;
const UPDATES: usize = 40;
/// Bugs and issues of a card.
const TRACKERS: usize = 8;
/// The most of a comment and of a summary, in characters.
const COMMENT: usize = 300;
const SUMMARY: usize = 250;

/// The report.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Sheet {
    pub(super) title: String,
    pub(super) figures: Vec<Figure>,
    pub(super) sections: Vec<Section>,
}

/// A figure, and where the rows are that it counts: below, or in the table.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Figure {
    pub(super) label: &'static str,
    /// A dash where it is not known.
    pub(super) value: String,
    pub(super) href: Link,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Section {
    pub(super) anchor: &'static str,
    pub(super) title: &'static str,
    /// How many there are, or a dash.
    pub(super) count: String,
    pub(super) groups: Vec<Group>,
    /// What stands in place of nothing.
    pub(super) empty: &'static str,
    /// What is not listed here.
    pub(super) more: Option<More>,
}

/// Items under a title of their own, or, with an empty one, right under the section's.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Group {
    pub(super) title: String,
    pub(super) items: Vec<Item>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct More {
    pub(super) words: String,
    /// Where they are; here, not upstream.
    pub(super) href: Link,
}

/// A case or a card, each text in one line.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Item {
    pub(super) case: Reference,
    pub(super) card: Option<Reference>,
    pub(super) summary: String,
    /// Severity, status and the like.
    pub(super) facts: Vec<String>,
    pub(super) trackers: Vec<Reference>,
    /// The newest comment.
    pub(super) comment: Option<Said>,
}

/// Something that has a page upstream.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Reference {
    pub(super) words: String,
    pub(super) href: Link,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Said {
    pub(super) on: String,
    pub(super) text: String,
    /// How many more there are.
    pub(super) more: Option<String>,
}

impl Sheet {
    /// Of the week that ends at `now`.
    pub(super) fn of(live: &LiveBoard, now: DateTime<Utc>, settings: &WebSettings) -> Self {
        let week = weekly(&live.board, now);
        let maker = Maker { board: &live.board, settings };
        let known = (live.has(Document::Cards), live.has(Document::Cases));
        Self {
            title: format!("Weekly report, {} to {}", week.from, week.to),
            figures: figures(&week, known, !live.board.rules().sla.partners.is_empty()),
            sections: maker.sections(&week, known),
        }
    }
}

fn figures(week: &Weekly<'_>, (cards, cases): (bool, bool), agreed: bool) -> Vec<Figure> {
    let figure = |label, known: bool, value: usize, href: Option<&str>| Figure {
        label,
        value: if known { value.to_string() } else { "—".to_owned() },
        href: href.filter(|_| known).map(str::to_owned),
    };
    let attention = &week.attention;
    vec![
        figure("Open cases", cases, week.open_cases, Some("/figures/open_cases")),
        figure("New cases", cases, week.new_cases.len(), Some("#new")),
        figure("Closed cases", cases, week.closed_cases.len(), Some("#closed")),
        figure("Cards with updates", cards, week.updated_cards(), Some("/table/")),
        figure("Escalated", cards, attention.escalated.len(), Some("/table/all?is=open&is=any-escalation")),
        figure("SLA breached", cards && agreed, attention.breached.len(), Some("/table/all?is=breached")),
        figure("Unassigned", cards, attention.unassigned.len(), Some("/table/all?is=open&is=unassigned")),
    ]
}

struct Maker<'a> {
    board: &'a Board,
    settings: &'a WebSettings,
}

impl Maker<'_> {
    fn sections(&self, week: &Weekly<'_>, (cards, cases): (bool, bool)) -> Vec<Section> {
        let closed = Counted::Figure(figures::Figure::WeeklyClosedCases);
        let breached: Vec<_> = week.attention.breached.iter().map(|(card, _)| *card).collect();
        vec![
            self.cases("new", "New cases", &week.new_cases, &Counted::NewCases, cases),
            self.cases("closed", "Closed cases", &week.closed_cases, &closed, cases),
            self.cards(
                "escalated",
                "Escalated",
                &week.attention.escalated,
                "/table/all?is=open&is=any-escalation",
                cards,
            ),
            self.cards("breached", "SLA breached", &breached, "/table/all?is=breached", cards),
            self.updates(week, cards),
            self.cards("trends", "Trends", &week.trends, "/trends/", cards),
        ]
    }

    fn cases(
        &self,
        anchor: &'static str,
        title: &'static str,
        all: &[&Case],
        counted: &Counted,
        known: bool,
    ) -> Section {
        let items = all.iter().take(ITEMS).map(|case| self.case(case)).collect();
        let rows = counted.link(Scope::All);
        section(anchor, title, all.len(), known, one_group(items), rows.as_deref())
    }

    fn cards(
        &self,
        anchor: &'static str,
        title: &'static str,
        all: &[&Card],
        rows: &str,
        known: bool,
    ) -> Section {
        let items = all.iter().take(ITEMS).map(|card| self.card(card, &[])).collect();
        section(anchor, title, all.len(), known, one_group(items), Some(rows))
    }

    fn updates(&self, week: &Weekly<'_>, known: bool) -> Section {
        let mut left = UPDATES;
        let mut groups = Vec::new();
        for account in &week.updates {
            if left == 0 {
                break;
            }
            let items: Vec<_> = updates_of(account)
                .take(left)
                .map(|update| self.card(update.card, &update.comments))
                .collect();
            left = left.saturating_sub(items.len());
            groups.push(Group { title: line(account.account, SUMMARY), items });
        }
        section("updates", "Updates by account", week.updated_cards(), known, groups, Some("/updates/"))
    }

    fn case(&self, case: &Case) -> Item {
        let zone = self.settings.rules.time_zone;
        let mut facts = facts([case.severity.word(), &case.account, case.status.as_str()]);
        facts.push(format!("opened {}", day(&case.created, zone)));
        facts.extend(case.closed_on.map(|on| format!("closed {on}")));
        let card = self.board.cards_of_case(case.number.as_str()).next();
        Item {
            case: Reference {
                words: case.number.as_str().to_owned(),
                href: Some(link::case(self.settings, &case.number)),
            },
            card: card.map(|card| self.card_reference(card)),
            summary: line(&case.problem, SUMMARY),
            facts,
            trackers: Vec::new(),
            comment: None,
        }
    }

    fn card(&self, card: &Card, comments: &[&t5g_model::board::Comment]) -> Item {
        let assignee = card.engineer().unwrap_or("Nobody assigned");
        let mut facts = facts([
            card.severity.word(),
            &card.account,
            card.case_status.as_str(),
            card.card_status.as_str(),
            assignee,
        ]);
        facts.extend(card.escalated.then(|| "on prio-list".to_owned()));
        facts.extend(card.crit_sit.then(|| "crit sit".to_owned()));
        Item {
            case: Reference {
                words: card.case_number.as_str().to_owned(),
                href: Some(link::case(self.settings, &card.case_number)),
            },
            card: Some(self.card_reference(card)),
            summary: line(&card.summary, SUMMARY),
            facts,
            trackers: trackers(card),
            comment: self.said(comments),
        }
    }

    fn card_reference(&self, card: &Card) -> Reference {
        Reference { words: card.key.as_str().to_owned(), href: link::card(self.settings, &card.key) }
    }

    fn said(&self, comments: &[&t5g_model::board::Comment]) -> Option<Said> {
        let newest = newest_first(comments.iter().copied());
        let first = newest.first()?;
        let left = newest.len() - 1;
        Some(Said {
            on: day(&first.at, self.settings.rules.time_zone),
            text: line(&words(&first.html, COMMENT), COMMENT),
            more: (left > 0).then(|| format!("and {}", count(left, "more comment"))),
        })
    }
}

fn updates_of<'a, 'b>(
    account: &'b AccountGroup<'a, RecentUpdate<'a>>,
) -> impl Iterator<Item = &'b RecentUpdate<'a>> {
    account.statuses.iter().flat_map(|status| &status.cards)
}

fn section(
    anchor: &'static str,
    title: &'static str,
    all: usize,
    known: bool,
    groups: Vec<Group>,
    rows: Option<&str>,
) -> Section {
    let left = all - groups.iter().map(|group| group.items.len()).sum::<usize>().min(all);
    Section {
        anchor,
        title,
        count: if known { all.to_string() } else { "—".to_owned() },
        groups,
        empty: if known { "None." } else { "Not known: this has not been fetched yet." },
        more: (left > 0).then(|| More {
            words: format!("{left} more are not listed here."),
            href: rows.map(str::to_owned),
        }),
    }
}

fn one_group(items: Vec<Item>) -> Vec<Group> {
    if items.is_empty() { Vec::new() } else { vec![Group { title: String::new(), items }] }
}

fn trackers(card: &Card) -> Vec<Reference> {
    let bugs = card
        .bugs
        .iter()
        .map(|bug| (&bug.linked.bugzilla_number, &bug.linked.bugzilla_link, &bug.linked.status));
    let issues = card.issues.iter().map(|issue| (&issue.id, &issue.url, &issue.status));
    let reference = |(id, url, status): (&String, &String, &Option<String>)| {
        let status = status.as_deref().filter(|status| !status.trim().is_empty());
        let words = status.map_or_else(|| id.clone(), |status| format!("{id} ({status})"));
        Reference { words: line(&words, SUMMARY), href: link::outside(Some(url)) }
    };
    let left = (card.bugs.len() + card.issues.len()).saturating_sub(TRACKERS);
    let more = (left > 0).then(|| Reference { words: format!("{left} more"), href: None });
    bugs.chain(issues).take(TRACKERS).map(reference).chain(more).collect()
}

fn facts<const N: usize>(facts: [&str; N]) -> Vec<String> {
    facts.into_iter().filter(|fact| !fact.trim().is_empty()).map(|fact| line(fact, SUMMARY)).collect()
}

/// In one line, at most `limit` characters.
fn line(text: &str, limit: usize) -> String {
    let part: String = text.chars().take(4 * limit).collect();
    let line = part.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(limit).collect();
    let mark = if cut.len() < line.len() || part.len() < text.len() { "…" } else { "" };
    or_dash(&format!("{}{mark}", neutral(&cut)))
}
