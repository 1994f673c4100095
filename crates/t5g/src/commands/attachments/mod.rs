//! `t5g attachments`: a case's files into a folder.

mod checksum;
mod fetch;
mod folder;
mod names;
mod show;

use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;
use t5g_config::{Purpose, Settings};
use t5g_model::names::CaseNumber;
use t5g_telemetry::trace;
use tracing::Instrument as _;

use self::fetch::Fetched;
use self::folder::Folder;
use self::names::Names;
use self::show::Show;
use super::Outcome;
use crate::cli::Global;
use crate::{console, load, logging, process, wiring};

/// Download the files of a case
///
/// What is there already is not fetched again, and what was cut off goes on where it ended. Sizes and checksums are
/// compared with the portal's. Whatever a file is called, it stays in the folder, and nothing there is overwritten.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  t5g attachments 01234567\n  t5g attachments 01234567 -o /srv/cases/01234567 --json"
)]
pub(crate) struct Args {
    /// The case's number
    #[arg(value_name = "CASE")]
    case: CaseNumber,
    /// The folder [default: one of the case's number]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Only list the files and the names that they would get
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A file and what became of it.
#[derive(Debug, Serialize)]
struct Line {
    /// As the portal calls it.
    name: String,
    /// As it is called in the folder.
    file: String,
    bytes: Option<u64>,
    result: &'static str,
    checked: Option<&'static str>,
    error: Option<String>,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    let lines = process::block_on(async {
        let traced = trace::command("attachments");
        let lines = fetch_all(&settings, args).instrument(traced.clone()).await;
        let well = lines.as_ref().is_ok_and(|lines| all_came(lines));
        trace::ended(&traced, if well { "done" } else { "failed" }, (!well).then_some("failed"));
        lines
    })?;
    if args.json {
        console::print_json(&lines)?;
    } else {
        print(&lines)?;
    }
    Ok(if all_came(&lines) { Outcome::Done } else { Outcome::Failed })
}

fn all_came(lines: &[Line]) -> bool {
    lines.iter().all(|line| line.error.is_none())
}

async fn fetch_all(settings: &Settings, args: &Args) -> Result<Vec<Line>> {
    let portal = wiring::Upstreams::portal_alone(settings, &process::clock())?;
    let mut files = portal.attachments(args.case.as_str()).await?;
    // The same order every time gives the same names.
    files.sort_by(|a, b| (&a.created, &a.uuid).cmp(&(&b.created, &b.uuid)));
    let mut names = Names::default();
    let named: Vec<_> = files.into_iter().map(|file| (names.give(&file.file_name), file)).collect();
    let mut lines = Vec::new();
    if args.dry_run {
        lines.extend(named.into_iter().map(|(name, file)| line(name, file.file_name, file.size, None)));
        return Ok(lines);
    }
    let usual = PathBuf::from(args.case.as_str());
    let folder = Folder::open(args.output.as_deref().unwrap_or(&usual))?;
    for (name, file) in named {
        let show = Show::begin(&name, file.size);
        let result = fetch::file(&*portal, &file, &folder, &name, &show).await;
        show.end(&result);
        lines.push(line(name, file.file_name, file.size, Some(result)));
    }
    Ok(lines)
}

fn line(file: String, name: String, size: Option<u64>, result: Option<Result<Fetched>>) -> Line {
    let (result, checked, bytes, error) = match result {
        None => ("would be fetched", None, size, None),
        Some(Ok(fetched)) => (fetched.word(), Some(fetched.checked), Some(fetched.bytes), None),
        Some(Err(error)) => ("FAILED", None, size, Some(console::chain(&error))),
    };
    Line { name, file, bytes, result, checked, error }
}

fn print(lines: &[Line]) -> Result<()> {
    if lines.is_empty() {
        console::complain("the case has no files");
        return Ok(());
    }
    let row = |line: &Line| {
        let bytes = line.bytes.map_or_else(|| "—".to_owned(), |bytes| bytes.to_string());
        let told = line.error.clone().or_else(|| line.checked.map(str::to_owned)).unwrap_or_default();
        [line.result.to_owned(), line.file.clone(), bytes, told]
    };
    let head = ["RESULT", "FILE", "BYTES", "NOTE"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(lines.iter().map(row)).collect();
    console::print(&console::table(&rows))
}
