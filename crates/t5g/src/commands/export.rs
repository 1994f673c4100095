//! `t5g export`: all documents of the store as one JSON file.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use t5g_config::{Purpose, Settings};
use t5g_model::documents::Document;

use super::Outcome;
use crate::bundle::Bundle;
use crate::cli::Global;
use crate::{console, load, logging, process, wiring};

/// Print all documents of the store as one JSON object
///
/// Each value stands exactly as it is stored. `t5g import` reads the file, and so does the Python dashboard.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g export -o documents.json")]
pub(crate) struct Args {
    /// Write into this file, which is replaced as a whole
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Only these documents, such as cases,cards
    #[arg(long, value_delimiter = ',', value_parser = document, value_name = "NAMES")]
    only: Vec<Document>,
}

fn document(name: &str) -> Result<Document, String> {
    let known = || Document::ALL.iter().map(|document| document.name()).collect::<Vec<_>>().join(", ");
    Document::by_name(name).ok_or_else(|| format!("there is no such document; there are: {}", known()))
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings.log, logging::Usual::Command)?;
    let text = process::block_on(collect(&settings, &args.only))?.text()?;
    match &args.output {
        Some(path) => write(path, &text)?,
        None => console::print(&String::from_utf8(text).context("a document is not UTF-8 text")?)?,
    }
    Ok(Outcome::Done)
}

async fn collect(settings: &Settings, only: &[Document]) -> Result<Bundle> {
    let store = wiring::documents(settings).await?;
    let mut bundle = Bundle::default();
    for document in Document::ALL.iter().filter(|document| only.is_empty() || only.contains(document)) {
        if let Some(stored) = store.read(*document).await? {
            bundle.documents.push((*document, stored.bytes));
        }
    }
    Ok(bundle)
}

/// Writes beside the file first, so that it is never half there.
pub(super) fn write(path: &Path, text: &[u8]) -> Result<()> {
    let mut name = path.file_name().context("the output needs a file name")?.to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = path.with_file_name(name);
    let written = std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, path));
    written.with_context(|| format!("{} cannot be written", path.display()))
}
