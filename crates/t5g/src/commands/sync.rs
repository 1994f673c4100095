//! `t5g sync`: refresh sources now, in the foreground.

use anyhow::{Context as _, Result, bail};
use clap::builder::PossibleValuesParser;
use serde_json::json;
use t5g_config::{Purpose, Settings};
use t5g_model::names::Source;
use t5g_queue::{Asker, Role, RunState, RunView};
use t5g_store::Opening;
use t5g_store::ledger::{Action, Decision};
use t5g_sync::SyncContext;

use super::Outcome;
use crate::cli::Global;
use crate::progress::Watcher;
use crate::wiring::background;
use crate::{audit, console, load, logging, process, wiring};

const ALL: &str = "all";
const MISSING: &str = "missing";
/// How long a refresh may go on after a stop was wanted.
const GRACE: std::time::Duration = std::time::Duration::from_secs(5);

/// Refresh sources now and wait for it
///
/// Sources are refreshed in the order in which they need each other, at the same time where they do not. One
/// that fails does not stop the others; what it had stays as it was.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  t5g sync all\n  t5g sync cases cards --full\n  t5g sync missing --json\n  \
                        t5g sync cases --approve-shrink"
)]
pub(crate) struct Args {
    /// Sources; all: every one; missing: those without a document
    #[arg(required = true, value_name = "SOURCE", value_parser = names())]
    sources: Vec<String>,
    /// Fetch everything, even where a source can tell what changed
    #[arg(long)]
    full: bool,
    /// First approve what was held back for these sources because most of it would have gone
    #[arg(long)]
    approve_shrink: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(Source::ALL.iter().map(|source| source.name()).chain([ALL, MISSING]))
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    let views = process::block_on(refresh(&settings, args))?;
    if args.json {
        console::print_json(&views)?;
    } else {
        console::print(&console::table(&views.iter().map(line).collect::<Vec<_>>()))?;
    }
    let all_done = views.iter().all(|view| view.state == RunState::Done);
    Ok(if all_done { Outcome::Done } else { Outcome::Failed })
}

async fn refresh(settings: &Settings, args: &Args) -> Result<Vec<RunView>> {
    let clock = process::clock();
    let context = wiring::sync_context(settings, Opening::Fill, &clock).await?;
    let sources = chosen(&context, args).await?;
    if args.approve_shrink {
        approve_shrinks(&context, &sources).await?;
    }
    let stores = (&context.documents, &context.ledger);
    let engine = background::engine(settings, stores, t5g_sync::registry(&context), &clock).await?;
    let launcher = engine.launcher();
    engine.recover().await?;
    // A person waits for it: what fails is told at once, not tried again later.
    let asker = Asker::person(process::person());
    let runs = t5g_sync::ask_in_order(&launcher, &sources, args.full, Some(1), &asker).await?;
    engine.begin(&[Role::WorkOn(runs.iter().map(|(_, started)| started.run).collect())]).await;
    let watcher = Watcher::new(launcher.clone());
    for (source, started) in &runs {
        watcher.follow(source.name(), started.run);
    }
    let views = tokio::select! {
        views = t5g_sync::ended(&launcher, &runs) => Some(views?),
        stopped = process::stop_wanted() => { stopped?; None }
    };
    watcher.finish().await;
    if views.is_none() {
        for (_, started) in runs.iter().filter(|(_, started)| !started.joined) {
            if let Err(error) = launcher.cancel(started.run, &asker.name).await {
                tracing::debug!(%error, "not stopped");
            }
        }
    }
    engine.shutdown(GRACE).await;
    context.ledger.close().await;
    views.context("stopped before all was refreshed; what had been stored stays")
}

async fn chosen(context: &SyncContext, args: &Args) -> Result<Vec<Source>> {
    let named = |name: &str| args.sources.iter().any(|source| source == name);
    if named(ALL) {
        return Ok(t5g_sync::all(&context.all_unconfigured()));
    }
    let missing = if named(MISSING) {
        t5g_sync::missing(&context.documents, &context.all_unconfigured()).await?
    } else {
        Vec::new()
    };
    let wanted = |source: &&Source| named(source.name()) || missing.contains(source);
    let sources: Vec<Source> = Source::ALL.iter().filter(wanted).copied().collect();
    for source in &sources {
        if let Some(why) = context.unconfigured(*source) {
            bail!("{source}: {why}");
        }
    }
    Ok(sources)
}

/// Approves what is held back for these sources, in the name of whoever sits at the terminal.
async fn approve_shrinks(context: &SyncContext, sources: &[Source]) -> Result<()> {
    let held = context.ledger.held_shrinks().await?;
    let held: Vec<_> = held.iter().filter(|shrink| sources.contains(&shrink.source)).collect();
    if held.is_empty() {
        console::complain("nothing is held back for these sources");
    }
    let who = process::person();
    for shrink in held {
        let now = context.clock.now();
        let detail = json!({ "decision": "approve", "from": shrink.old_count, "to": shrink.new_count });
        let entry = audit::entry(Action::ShrinkDecide, shrink.document.name(), detail);
        let decided = context.ledger.decide_shrink(shrink.document, Decision::Approve, &who, now);
        audit::noted(&context.ledger, &entry, decided).await?;
        console::complain(&format!(
            "approved: {} may shrink from {} to {} entries",
            shrink.document, shrink.old_count, shrink.new_count
        ));
    }
    Ok(())
}

fn line(view: &RunView) -> [String; 3] {
    let source = t5g_sync::source_of(&view.task).map_or_else(|| view.task.clone(), |s| s.name().to_owned());
    let result = match (&view.error, view.result.as_object()) {
        (Some(error), _) => error.clone(),
        (None, Some(figures)) => {
            let counts = figures.iter().filter(|(_, value)| value.is_u64());
            counts.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
        }
        (None, None) => String::new(),
    };
    [source, view.state.as_str().to_owned(), result]
}
