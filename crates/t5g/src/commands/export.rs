//! `t5g export`: all documents of the store as one JSON file.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use t5g_config::{Purpose, Settings};
use t5g_model::documents::Document;

use super::{Outcome, meanwhile};
use crate::bundle::Bundle;
use crate::cli::Global;
use crate::remote::{Place, ServerArgs};
use crate::{console, load, logging, new_file, process};

/// Print all documents of the store as one JSON object
///
/// Each value stands exactly as it is stored. `t5g import` reads the file, and so does the Python dashboard.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  t5g export -o documents.json\n  \
                        T5G_API=t5g_… t5g export --server https://dashboard.example.com --only cards")]
pub(crate) struct Args {
    /// Write into this file, which is replaced as a whole; only you may read it
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
        process::block_on(process::unless_stopped(async {
            let (bundle, left_out) = collect(&settings, args).await?;
            let text = bundle.text()?;
            if let Some(path) = &args.output {
                new_file::write(path, &text).await?;
            }
            anyhow::Ok((text, left_out))
        }))
    })?;
    if !left_out.is_empty() {
        console::complain(&format!(
            "left out, since a dashboard does not give them out: {}",
            left_out.join(", ")
        ));
    }
    if args.output.is_none() {
        console::print(&String::from_utf8(text).context("a document is not UTF-8 text")?)?;
    }
    Ok(Outcome::Done)
}

/// The documents, and the names of those that are not to be had.
async fn collect(settings: &Settings, args: &Args) -> Result<(Bundle, Vec<&'static str>)> {
    let place = args.server.place(settings).await?;
    if let Place::Store(store) = &place
        && store.present().await?.is_empty()
    {
        bail!(
            "{} holds no document; give this command the settings of the service (its environment, or --config), or fetch \
             some: t5g sync all",
            store.place()
        );
    }
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
