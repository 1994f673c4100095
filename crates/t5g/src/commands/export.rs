//! `t5g export`: all documents of the store as one JSON file.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use t5g_config::{Purpose, Settings};
use t5g_model::documents::Document;

use super::{Outcome, meanwhile};
use crate::bundle::Bundle;
use crate::cli::Global;
use crate::remote::{Place, ServerArgs};
use crate::{console, load, logging, process};

/// Print all documents of the store as one JSON object
///
/// Each value stands exactly as it is stored. `t5g import` reads the file, and so does the Python dashboard.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  t5g export -o documents.json\n  \
                        T5G_API=t5g_… t5g export --server https://dashboard.example.com --only cards")]
pub(crate) struct Args {
    /// Write into this file, which is replaced as a whole
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Only these documents, such as cases,cards
    #[arg(long, value_delimiter = ',', value_parser = document, value_name = "NAMES")]
    only: Vec<Document>,
    #[command(flatten)]
    server: ServerArgs,
}

fn document(name: &str) -> Result<Document, String> {
    let known = || Document::ALL.iter().map(|document| document.name()).collect::<Vec<_>>().join(", ");
    Document::by_name(name).ok_or_else(|| format!("there is no such document; there are: {}", known()))
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    let (text, left_out) = meanwhile("exporting", || {
        let (bundle, left_out) = process::block_on(collect(&settings, args))?;
        anyhow::Ok((bundle.text()?, left_out))
    })?;
    if !left_out.is_empty() {
        console::complain(&format!(
            "left out, since a dashboard does not give them out: {}",
            left_out.join(", ")
        ));
    }
    match &args.output {
        Some(path) => write(path, &text)?,
        None => console::print(&String::from_utf8(text).context("a document is not UTF-8 text")?)?,
    }
    Ok(Outcome::Done)
}

/// The documents, and the names of those that are not to be had.
async fn collect(settings: &Settings, args: &Args) -> Result<(Bundle, Vec<&'static str>)> {
    let place = args.server.place(settings).await?;
    let wanted = |document: &&Document| args.only.is_empty() || args.only.contains(document);
    let (mut bundle, mut left_out) = (Bundle::default(), Vec::new());
    for document in Document::ALL.iter().filter(wanted) {
        let served = || t5g_web::served_documents().any(|served| served == *document);
        if matches!(place, Place::Server(_)) && !served() {
            left_out.push(document.name());
        } else if let Some(bytes) = place.read(*document).await? {
            bundle.documents.push((*document, bytes));
        }
    }
    Ok((bundle, left_out))
}

/// Writes beside the file first, so that it is never half there.
pub(super) fn write(path: &Path, text: &[u8]) -> Result<()> {
    let mut name = path.file_name().context("the output needs a file name")?.to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = path.with_file_name(name);
    let written = std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, path));
    written.with_context(|| format!("{} cannot be written", path.display()))
}
