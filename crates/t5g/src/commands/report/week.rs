//! `t5g report week`.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;
use t5g_config::{Purpose, Settings};
use t5g_model::board::{Case, Rules, SlaRules};
use t5g_model::documents::Document;
use t5g_model::figures::{Turnover, turnover};
use t5g_sync::notify::{Body, Cell};

use super::Format;
use crate::cli::Global;
use crate::commands::Outcome;
use crate::remote::ServerArgs;
use crate::{board, console, load, logging, process};

/// The longest cell of the text, in characters.
const CELL: usize = 60;

/// Which cases were opened and closed in the last 7 days
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  t5g report week --format html > week.html\n  t5g report week --since 2026-11-01\n  \
                        DASH_API=t5g_… t5g report week --since 14d --server https://dashboard.example.com"
)]
pub(super) struct Args {
    /// From which day on: a date, or so many days ago, such as 14d
    #[arg(long, value_name = "DAY", value_parser = since)]
    since: Option<Since>,
    /// The form
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Since {
    Day(NaiveDate),
    DaysAgo(u32),
}

fn since(text: &str) -> Result<Since, String> {
    let days = text.strip_suffix('d').and_then(|days| days.parse().ok()).filter(|days| *days <= 36_500);
    let day = || text.parse().ok().map(Since::Day);
    days.map(Since::DaysAgo)
        .or_else(day)
        .ok_or_else(|| "expected a day such as 2026-11-16, or 14d".to_owned())
}

impl Since {
    fn day(self, today: NaiveDate) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::DaysAgo(days) => {
                today.checked_sub_signed(TimeDelta::days(days.into())).unwrap_or(NaiveDate::MIN)
            }
        }
    }
}

/// The report, for programs.
#[derive(Debug, Serialize)]
struct Week {
    from: NaiveDate,
    to: NaiveDate,
    open: usize,
    opened: Vec<Row>,
    closed: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    case: String,
    url: String,
    severity: String,
    account: String,
    problem: String,
    status: String,
    opened: Option<NaiveDate>,
    closed: Option<NaiveDate>,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    let week = process::block_on(read(&settings, args, process::clock().now()))?;
    match args.format {
        Format::Text => console::print(&text(&week))?,
        Format::Markdown => console::print(&body(&week).markdown())?,
        Format::Html => console::print(&body(&week).html())?,
        Format::Json => console::print_json(&week)?,
    }
    Ok(Outcome::Done)
}

async fn read(settings: &Settings, args: &Args, now: DateTime<Utc>) -> Result<Week> {
    let place = args.server.place(settings).await?;
    let stored = place.read(Document::Cases).await?.context("no cases were fetched yet: t5g sync cases")?;
    let rules = Rules { time_zone: settings.general.time_zone, sla: SlaRules::default() };
    let today = rules.date_of(now);
    let since = args.since.map(|since| since.day(today));
    if let Some(day) = since.filter(|day| *day > today) {
        bail!("{day} is still to come: name today ({today}) or a day before");
    }
    let link = settings.cards.case_link.as_str().trim_end_matches('/').to_owned();
    let made = tokio::task::spawn_blocking(move || {
        let board = board::of_one(Document::Cases, &stored, &Arc::new(rules))?;
        anyhow::Ok(week(&turnover(&board, since, now), &link))
    });
    made.await.context("the cases could not be looked through")?
}

fn week(turnover: &Turnover<'_>, link: &str) -> Week {
    let row = |case: &&Case| Row {
        case: case.number.to_string(),
        url: format!("{link}/{}", case.number),
        severity: case.severity.word().to_owned(),
        account: case.account.to_string(),
        problem: case.problem.to_string(),
        status: case.status.to_string(),
        opened: case.created_on,
        closed: case.closed_on,
    };
    Week {
        from: turnover.from,
        to: turnover.to,
        open: turnover.open,
        opened: turnover.opened.iter().map(row).collect(),
        closed: turnover.closed.iter().map(row).collect(),
    }
}

fn lead(week: &Week) -> String {
    format!(
        "From {} to {}: {} opened, {} closed; {} open now.",
        week.from,
        week.to,
        week.opened.len(),
        week.closed.len(),
        week.open
    )
}

fn body(week: &Week) -> Body {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let cells = |row: &Row, on: Option<NaiveDate>| {
        vec![
            Cell::link(&row.case, Some(&row.url)),
            Cell::known(&row.severity),
            Cell::known(&row.account),
            Cell::known(&row.problem),
            Cell::known(&row.status),
            Cell::known(&day(on)),
        ]
    };
    let head = |on| ["Case", "Severity", "Account", "Problem", "Status", on];
    Body::whole()
        .paragraph(&lead(week))
        .table("Opened", &head("Opened"), week.opened.iter().map(|row| cells(row, row.opened)).collect())
        .table("Closed", &head("Closed"), week.closed.iter().map(|row| cells(row, row.closed)).collect())
}

fn text(week: &Week) -> String {
    let table = |title: &str, rows: &[Row], on: fn(&Row) -> Option<NaiveDate>| {
        let lines: Vec<[String; 6]> = rows
            .iter()
            .map(|row| {
                let day = on(row).map(|day| day.to_string()).unwrap_or_default();
                [&day, &row.case, &row.severity, &row.status, &row.account, &row.problem]
                    .map(|cell| known(cell))
            })
            .collect();
        let lines = if lines.is_empty() { "none\n".to_owned() } else { console::table(&lines) };
        format!("\n{title} ({})\n{lines}", rows.len())
    };
    format!(
        "{}\n{}{}",
        lead(week),
        table("Opened", &week.opened, |row| row.opened),
        table("Closed", &week.closed, |row| row.closed)
    )
}

/// A cell of the text: a dash where nothing is known, and no more of it than a line has room for.
fn known(text: &str) -> String {
    match text.trim() {
        "" => "—".to_owned(),
        text if text.chars().nth(CELL).is_some() => text.chars().take(CELL - 1).chain(['…']).collect(),
        text => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_date_or_so_many_days_ago() {
        let day = |text: &str| text.parse().unwrap();
        let today = day("2026-11-23");
        assert_eq!(since("14d").unwrap().day(today), day("2026-11-09"));
        assert_eq!(since("2026-11-01").unwrap().day(today), day("2026-11-01"));
        for bad in ["", "d", "-1d", "soon", "99999999999d", "2026-02-30"] {
            assert!(since(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_cell_says_when_it_is_empty_or_cut() {
        assert_eq!((known(" "), known("a b")), ("—".to_owned(), "a b".to_owned()));
        let long = "語".repeat(CELL);
        assert_eq!(known(&long), long);
        assert_eq!(known(&format!("{long}x")), format!("{}…", "語".repeat(CELL - 1)));
    }
}
