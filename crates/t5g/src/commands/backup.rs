//! `t5g backup`: both stores in one file, while they are used.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, IsTerminal as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use indicatif::ProgressBar;
use t5g_config::{Purpose, Settings};
use t5g_store::backup::{self, Contents};

use super::Outcome;
use crate::cli::Global;
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
    let beside = beside(&args.file)?;
    let shown = spinner("copying");
    let copied = process::block_on(copy(&settings, &beside)).and_then(|contents| {
        named(&beside, &args.file).with_context(|| format!("{} cannot be made", args.file.display()))?;
        Ok(contents)
    });
    shown.finish_and_clear();
    // Under its own name it is complete, or not there at all.
    let removed = match std::fs::remove_file(&beside) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed.with_context(|| format!("{} cannot be removed", beside.display())),
    };
    let contents = copied?;
    removed?;
    report(&contents, args.json)?;
    Ok(Outcome::Done)
}

/// Gives it its name, unless somebody else has taken that meanwhile. Some file systems know no second name.
fn named(beside: &Path, path: &Path) -> std::io::Result<()> {
    match std::fs::hard_link(beside, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => std::fs::rename(beside, path),
        done => done,
    }
}

/// Where it is written until it is complete.
fn beside(path: &Path) -> Result<PathBuf> {
    let mut name = path.file_name().context("a file's name is needed")?.to_owned();
    name.push(format!(".{}.new", std::process::id()));
    Ok(path.with_file_name(name))
}

async fn copy(settings: &Settings, path: &Path) -> Result<Contents> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true).mode(0o600);
    let file: File = options.open(path).with_context(|| format!("{} cannot be made", path.display()))?;
    let (documents, ledger) = (wiring::documents(settings).await?, wiring::ledger(settings).await?);
    let made = (env!("CARGO_PKG_VERSION"), process::clock().now());
    let contents = backup::write(&file, &documents, &ledger, made).await?;
    file.sync_all().with_context(|| format!("{} does not reach the disk", path.display()))?;
    ledger.close().await;
    Ok(contents)
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

/// What is in the file.
pub(super) fn report(contents: &Contents, json: bool) -> Result<()> {
    for document in &contents.unusable {
        console::complain(&format!(
            "document {document} is not valid JSON as it lies in the store; restoring leaves it out"
        ));
    }
    if json {
        return console::print_json(contents);
    }
    let mut rows = vec![["what", "how much"].map(str::to_owned)];
    let head = &contents.head;
    rows.push(["made".to_owned(), format!("{} by version {}", head.made.format("%F %T UTC"), head.program)]);
    rows.extend(
        contents.documents.iter().map(|(name, bytes)| [format!("document {name}"), format!("{bytes} bytes")]),
    );
    let filled = contents.rows.iter().filter(|(_, count)| **count > 0);
    rows.extend(filled.map(|(table, count)| [format!("ledger {table}"), format!("{count} rows")]));
    console::print(&console::table(&rows))
}
