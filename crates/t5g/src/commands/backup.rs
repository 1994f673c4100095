//! `t5g backup`: both stores in one file, while they are used.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};
use indicatif::ProgressBar;
use serde::Serialize;
use t5g_config::{Purpose, Settings};
use t5g_store::Opening;
use t5g_store::backup::{self, Contents};

use super::Outcome;
use crate::cli::Global;
use crate::new_file::NewFile;
use crate::{console, load, logging, process, wiring};

/// Copy documents and ledger into one file, while everything goes on
///
/// The same file whichever stores they are: documents as of one moment, the ledger as of one moment shortly after. It
/// holds customers' data and, as hashes, what people sign in with; only you may read it. `t5g restore` puts it back,
/// also into other stores than it came from.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g backup /var/backups/t5g-$(date +%F).backup")]
pub(crate) struct Args {
    /// The file to make; it must not be there
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    // Seen before anything is copied; made sure of again at the end.
    if args.file.exists() {
        bail!("{} is there already; name another file, or remove it", args.file.display());
    }
    let shown = spinner("copying");
    let copied = process::block_on(process::unless_stopped(copy(&settings, &args.file)));
    shown.finish_and_clear();
    let (contents, stores) = copied?;
    report(&contents, Some(&stores), args.json)?;
    Ok(Outcome::Done)
}

async fn copy(settings: &Settings, path: &Path) -> Result<(Contents, Stores)> {
    let documents = wiring::documents(settings, Opening::Use).await?;
    let ledger = wiring::ledger(settings, Opening::Use).await?;
    backup::is_something_there(&documents, &ledger).await?;
    let stores = Stores { documents: documents.place(), ledger: ledger.place().to_owned() };
    let new = NewFile::beside(path)?;
    let made = (env!("CARGO_PKG_VERSION"), process::clock().now());
    let contents = backup::write(new.file(), &documents, &ledger, made).await?;
    new.keep()?;
    ledger.close().await;
    Ok((contents, stores))
}

/// Something that moves on a terminal; nothing elsewhere.
pub(super) fn spinner(doing: &'static str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        console::complain(doing);
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner().with_message(doing);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Which stores were copied.
#[derive(Debug, Serialize)]
pub(super) struct Stores {
    documents: String,
    ledger: String,
}

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    contents: &'a Contents,
    #[serde(skip_serializing_if = "Option::is_none")]
    stores: Option<&'a Stores>,
}

/// What is in the file, and where it came from.
pub(super) fn report(contents: &Contents, stores: Option<&Stores>, json: bool) -> Result<()> {
    for document in &contents.unusable {
        console::complain(&format!(
            "document {document} is not valid JSON as it lies in the store; restoring leaves it out"
        ));
    }
    if json {
        return console::print_json(&Report { contents, stores });
    }
    let mut rows = vec![["what", "how much"].map(str::to_owned)];
    let head = &contents.head;
    rows.push(["made".to_owned(), format!("{} by version {}", head.made.format("%F %T UTC"), head.program)]);
    if let Some(Stores { documents, ledger }) = stores {
        rows.push(["documents from".to_owned(), documents.clone()]);
        rows.push(["ledger from".to_owned(), ledger.clone()]);
    }
    rows.extend(
        contents.documents.iter().map(|(name, bytes)| [format!("document {name}"), format!("{bytes} bytes")]),
    );
    let filled = contents.rows.iter().filter(|(_, count)| **count > 0);
    rows.extend(filled.map(|(table, count)| [format!("ledger {table}"), format!("{count} rows")]));
    console::print(&console::table(&rows))
}
