//! `t5g report sprint`.

use anyhow::{Context as _, Result, bail};
use t5g_config::{Purpose, Settings};
use t5g_model::documents::{Document, read};
use t5g_sync::notify::{Body, Cell};
use t5g_sync::{Completed, SprintReport};

use super::Format;
use crate::cli::Global;
use crate::commands::Outcome;
use crate::remote::ServerArgs;
use crate::{console, load, logging, process, wiring};

/// How many cards each of the team completed in the last sprint
///
/// The last sprint is asked of Jira, which alone remembers it. With --current it is the one that is on, from the
/// dashboard's own documents.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  t5g report sprint\n  t5g report sprint --format json | jq '.people[0]'\n  \
                        T5G_API=t5g_… t5g report sprint --current --server https://dashboard.example.com"
)]
pub(super) struct Args {
    /// The sprint that is on, instead of the last one
    #[arg(long)]
    current: bool,
    /// The form
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    server: ServerArgs,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    let report = process::block_on(async {
        if args.current { current(&settings, args).await } else { last(&settings, args).await }
    })?;
    match args.format {
        Format::Text => console::print(&text(&report))?,
        Format::Markdown => console::print(&body(&report).markdown())?,
        Format::Html => console::print(&body(&report).html())?,
        Format::Json => console::print_json(&report)?,
    }
    Ok(Outcome::Done)
}

async fn current(settings: &Settings, args: &Args) -> Result<SprintReport> {
    let place = args.server.place(settings).await?;
    let stored = place.read(Document::Cards).await?.context("no cards were fetched yet: t5g sync cards")?;
    let team = wiring::team(settings);
    let made = tokio::task::spawn_blocking(move || {
        let cards = read::cards(&stored)?.value;
        anyhow::Ok(t5g_sync::current_sprint(&cards, &team))
    });
    made.await.context("the cards could not be looked through")?
}

async fn last(settings: &Settings, args: &Args) -> Result<SprintReport> {
    if args.server.remote()?.is_some() {
        bail!("a dashboard knows only the sprint that is on: add --current, or ask Jira without --server");
    }
    wiring::last_sprint(settings, &process::clock()).await
}

fn name(one: &Completed) -> &str {
    one.name.as_deref().unwrap_or("nobody")
}

fn lead(report: &SprintReport) -> String {
    let done: usize = report.people.iter().map(|one| one.done.len()).sum();
    let day = |text: &Option<String>| text.as_ref().map(|text| text.chars().take(10).collect::<String>());
    let days = day(&report.from).zip(day(&report.to));
    let days = days.map(|(from, to)| format!(" ({from} to {to})")).unwrap_or_default();
    let sprint = report.sprint.as_deref().unwrap_or("The sprint that is on");
    format!("{sprint}{days}: {done} cards completed.")
}

fn text(report: &SprintReport) -> String {
    let head = ["NAME", "COMPLETED", "OTHERS", "CARDS"].map(str::to_owned);
    let rows = report.people.iter().map(|one| {
        [name(one).to_owned(), one.done.len().to_string(), one.others.to_string(), one.done.join(" ")]
    });
    let table = console::table(&std::iter::once(head).chain(rows).collect::<Vec<_>>());
    format!("{}\n\n{table}", console::harmless(&lead(report)))
}

fn body(report: &SprintReport) -> Body {
    let row = |one: &Completed| {
        vec![
            Cell::words(name(one)),
            Cell::words(&one.done.len().to_string()),
            Cell::words(&one.others.to_string()),
            Cell::words(&one.done.join(" ")),
        ]
    };
    let rows = report.people.iter().map(row).collect();
    Body::whole().paragraph(&lead(report)).table("Completed", &["Name", "Completed", "Others", "Cards"], rows)
}
