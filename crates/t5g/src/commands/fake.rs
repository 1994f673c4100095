//! `t5g fake`: made-up documents.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use t5g_model::clock::Clock;
use t5g_model::documents::Document;
use t5g_simulator::{DocumentSettings, TimeKeeping, World, WorldSettings};

use super::{Outcome, meanwhile, simulate};
use crate::bundle::Bundle;
use crate::cli::Global;
use crate::{console, logging, new_file, process};

/// How many cases there are where nobody says.
pub(super) const CASES: u32 = 300;
/// The world where nobody says.
pub(super) const SEED: u64 = 1;

/// Print made-up documents as one JSON object
///
/// All documents of the store, sound in their references, with a year of statistics. The same seed gives the
/// same documents on the same day.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  t5g fake -n 2000 -o fake_data.json\n  t5g fake | t5g import -")]
pub(crate) struct Args {
    #[command(flatten)]
    world: simulate::World,
    /// Write into this file, which is replaced as a whole
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    logging::begin_plain(&simulate::log(global)?, logging::Usual::Command)?;
    let text = meanwhile("making up documents", || {
        let documents = documents(args.world.cases, args.world.seed, &process::clock())?;
        Bundle { documents, unknown: Vec::new() }.text()
    })?;
    match &args.output {
        Some(path) => process::block_on(process::unless_stopped(new_file::write(path, &text)))?,
        None => console::print(&String::from_utf8(text).context("a document is not UTF-8 text")?)?,
    }
    Ok(Outcome::Done)
}

/// Made-up documents, each as JSON.
pub(super) fn documents(cases: u32, seed: u64, clock: &Clock) -> Result<Vec<(Document, Bytes)>> {
    let now = clock.now();
    let world = World::new(&WorldSettings { seed, cases, start: now, auto_cards: true }, TimeKeeping::Moved);
    let documents = t5g_simulator::documents(&world, &DocumentSettings::at(now))?;
    Ok(documents.into_iter().map(|(document, json)| (document, Bytes::from(json))).collect())
}
