//! `t5g import`: documents from one JSON file into the store, all or none.

use std::io::Read as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use t5g_config::Purpose;
use t5g_store::Opening;
use t5g_store::documents::{Guard, MAX_DOCUMENT_BYTES};

use super::{Outcome, meanwhile};
use crate::bundle::{Bundle, Line};
use crate::cli::Global;
use crate::{console, load, logging, process, wiring};

/// No file may be larger: four documents of the largest size.
const LARGEST_FILE: u64 = 4 * MAX_DOCUMENT_BYTES;

/// Replace documents in the store by those of a JSON file
///
/// The file holds an object with one member for each document, as `t5g export` and `t5g fake` write it.
/// Documents that are not in it stay as they are. Everything is checked first; then all are replaced at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  t5g import fake_data.json\n  t5g fake -n 500 | t5g import -")]
pub(crate) struct Args {
    /// The file; - for standard input
    file: PathBuf,
    /// Check the file and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    let bundle = meanwhile("reading", || Bundle::parse(&read(args)?))
        .with_context(|| args.file.display().to_string())?;
    for name in &bundle.unknown {
        console::complain(&format!("passed over: {name:?} is no document"));
    }
    if bundle.documents.is_empty() {
        bail!("{}: there is no document in it", args.file.display());
    }
    let lines = meanwhile("checking", || bundle.check())?;
    if !args.dry_run {
        let import = async {
            let store = wiring::documents(&settings, Opening::Fill).await?;
            store.replace(&bundle.documents, &Guard::default()).await?;
            anyhow::Ok(store.place())
        };
        let place = meanwhile("importing", || process::block_on(import))?;
        console::complain(&format!("imported into {place}"));
    }
    if args.json {
        console::print_json(&lines)?;
    } else {
        console::print(&table(&lines))?;
    }
    Ok(Outcome::Done)
}

fn read(args: &Args) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    if args.file.as_os_str() == "-" {
        std::io::stdin().lock().take(LARGEST_FILE + 1).read_to_end(&mut text).context("standard input")?;
    } else {
        let file = std::fs::File::open(&args.file).with_context(|| args.file.display().to_string())?;
        file.take(LARGEST_FILE + 1)
            .read_to_end(&mut text)
            .with_context(|| args.file.display().to_string())?;
    }
    if text.len() as u64 > LARGEST_FILE {
        bail!("{}: larger than {LARGEST_FILE} bytes", args.file.display());
    }
    Ok(text)
}

fn table(lines: &[Line]) -> String {
    let head = ["document", "bytes", "unreadable entries"].map(str::to_owned);
    let row =
        |line: &Line| [line.document.to_owned(), line.bytes.to_string(), line.unreadable_entries.to_string()];
    console::table(&std::iter::once(head).chain(lines.iter().map(row)).collect::<Vec<_>>())
}
