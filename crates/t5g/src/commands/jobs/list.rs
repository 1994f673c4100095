//! `t5g jobs list`.

use anyhow::{Result, bail};
use serde::Serialize;
use t5g_queue::{Launcher, Page, RunFilter, RunList, RunState, RunView};

use crate::commands::Outcome;
use crate::console;
use crate::remote::{Remote, ServerArgs};

/// List runs, latest first
///
/// The filter has the habits of the table's: conditions such as state:failed,cancelled, task:card, worker:web,
/// origin:person, by:ann, asked:<2d, and plain words found anywhere in a run or its log; - before one means the
/// opposite.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  t5g jobs list\n  t5g jobs list state:open\n  \
                        t5g jobs list --json 'task:card_sync -state:done' | jq '.runs[].error'")]
pub(super) struct Args {
    /// Which runs; all of them if nothing is said
    #[arg(value_name = "FILTER", allow_hyphen_values = true)]
    filter: Vec<String>,
    /// Which page
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    page: u32,
    /// Runs a page
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=200))]
    rows: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(super) server: ServerArgs,
}

#[derive(Serialize)]
struct Listed {
    total: u64,
    runs: Vec<RunView>,
}

/// From the ledger.
pub(super) async fn run(launcher: &Launcher, args: &Args) -> Result<Outcome> {
    let page = Page { number: args.page, size: args.rows };
    print(args, launcher.list(&filter(&text(args)?)?, page).await?)
}

/// From a running dashboard.
pub(super) async fn run_on(remote: &Remote, args: &Args) -> Result<Outcome> {
    let text = text(args)?;
    // Here, where the mistake can be shown; what is sent is the text.
    filter(&text)?;
    let (page, size) = (args.page.to_string(), args.rows.to_string());
    let query = [("q", text.as_str()), ("page", &page), ("size", &size)];
    print(args, remote.json("/api/monitor/runs", &query).await?)
}

/// Whether the filter can be one.
pub(super) fn well_typed(args: &Args) -> Result<()> {
    filter(&text(args)?).map(drop)
}

/// The filter as typed. A word of it may begin with a minus, so that an option after it is taken for one, too.
fn text(args: &Args) -> Result<String> {
    if let Some(option) = args.filter.iter().find(|word| word.starts_with("--")) {
        bail!("options such as {option} stand before the filter: t5g jobs list --json state:failed");
    }
    Ok(args.filter.join(" "))
}

fn filter(text: &str) -> Result<RunFilter> {
    match RunFilter::parse(text) {
        Ok(filter) => Ok(filter),
        Err(error) => {
            let marks = " ".repeat(error.at.start) + &"^".repeat(error.at.len().max(1));
            bail!("the filter cannot be read: {error}\n  {}\n  {marks}", console::harmless(text));
        }
    }
}

fn print(args: &Args, list: RunList) -> Result<Outcome> {
    if args.json {
        console::print_json(&Listed { total: list.total, runs: list.runs })?;
        return Ok(Outcome::Done);
    }
    let head = ["ID", "TASK", "STATE", "ASKED (UTC)", "TOOK", "BY", "WHAT CAME OF IT"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(list.runs.iter().map(row)).collect();
    console::print(&console::table(&rows))?;
    let shown = list.runs.len() as u64;
    if shown < list.total {
        console::complain(&format!(
            "{shown} of {} runs; --page {} shows the next",
            list.total,
            args.page + 1
        ));
    }
    Ok(Outcome::Done)
}

fn row(run: &RunView) -> [String; 7] {
    let took =
        run.started.zip(run.finished).map(|(from, to)| format!("{:.1} s", (to - from).as_seconds_f64()));
    [
        run.id.to_string(),
        run.task.clone(),
        run.state.as_str().to_owned(),
        run.requested.format("%m-%d %H:%M:%S").to_string(),
        took.unwrap_or_default(),
        run.asked_by.clone(),
        last_word(run),
    ]
}

/// Why it failed, how far it is, or what it did.
fn last_word(run: &RunView) -> String {
    const MOST: usize = 60;
    let word = match (&run.error, run.progress.total) {
        (_, Some(total)) if run.state == RunState::Running => {
            format!("{} {}/{total}", run.progress.message, run.progress.done)
        }
        (_, None) if run.state == RunState::Running => run.progress.message.clone(),
        (Some(error), _) => error.clone(),
        (None, _) => super::show::figures(&run.result),
    };
    if word.chars().count() <= MOST { word } else { word.chars().take(MOST - 1).collect::<String>() + "…" }
}
