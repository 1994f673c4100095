//! `t5g watchers`: who is told on the portal when cases change.

mod change;
mod pairs;
mod written;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Subcommand;
use t5g_config::Purpose;
use t5g_model::names::CaseNumber;

use self::change::{Change, Desk};
use self::pairs::Pairs;
use super::Outcome;
use crate::cli::Global;
use crate::{console, load, logging, process, wiring};

/// Show who watches cases on the portal, add watchers, take them away
///
/// Each pair of a case and a person is looked at by itself: what cannot be done for one does not stop the others, and
/// what is so already stays so. People are named by their logins at the portal.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  t5g watchers list --cases 01234567\n  \
                        t5g watchers add --users ann,bob --cases 01234567,01234568\n  \
                        t5g watchers remove -f pairs.json --dry-run")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say for each pair whether the person watches the case; without people, who does
    #[command(after_help = "Example:\n  t5g watchers list --users ann --cases 01234567 --json")]
    List(Which),
    /// Let people be told of cases
    #[command(after_help = "Example:\n  t5g watchers add --users ann,bob --cases 01234567 --dry-run")]
    Add(Changing),
    /// Let people not be told of cases any more
    #[command(after_help = "Example:\n  t5g watchers remove -f pairs.json")]
    Remove(Changing),
}

/// Whom and which cases.
#[derive(Debug, clap::Args)]
struct Which {
    /// People, by their logins at the portal
    #[arg(long, value_name = "LOGIN", value_delimiter = ',')]
    users: Vec<String>,
    /// Cases, by their numbers
    #[arg(long, value_name = "CASE", value_delimiter = ',', required_unless_present = "file")]
    cases: Vec<CaseNumber>,
    /// Take both from a JSON file, an object with the lists users and cases; - is standard input
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["users", "cases"])]
    file: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Changing {
    #[command(flatten)]
    which: Which,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(global: &Global, args: Args) -> Result<Outcome> {
    let (which, change) = match args.what {
        What::List(which) => (which, Change::None),
        What::Add(Changing { which, dry_run }) => (which, Change::Add { dry_run }),
        What::Remove(Changing { which, dry_run }) => (which, Change::Remove { dry_run }),
    };
    let pairs = pairs(&which, change)?;
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    let (results, plan) = process::block_on(async {
        if let (Some(word), false) = (change.written(), settings.general.read_only) {
            let (results, plan) = written::all(&settings, &pairs, word).await?;
            return Ok((results, Some(plan)));
        }
        let portal = wiring::Upstreams::portal_alone(&settings, &process::clock())?;
        Ok((Desk { portal: &*portal }.all(&pairs, change).await, None))
    })?;
    if which.json {
        console::print_json(&results)?;
    } else {
        let head = ["CASE", "LOGIN", "RESULT"].map(str::to_owned);
        let rows: Vec<_> = std::iter::once(head).chain(results.iter().map(change::PairResult::row)).collect();
        console::print(&console::table(&rows))?;
    }
    if let Some(plan) = plan {
        console::complain(&format!("t5g journal show {plan} tells what was written"));
    }
    let failed = results.iter().filter(|result| result.failed()).count();
    if failed > 0 {
        console::complain(&format!("{failed} of {} could not be done", results.len()));
    }
    Ok(if failed > 0 { Outcome::Failed } else { Outcome::Done })
}

fn pairs(which: &Which, change: Change) -> Result<Pairs> {
    let pairs = match &which.file {
        Some(file) => Pairs::read(file)?,
        None => Pairs::new(&which.users, which.cases.clone())?,
    };
    if pairs.cases.is_empty() {
        bail!("no case is named");
    }
    if pairs.users.is_empty() && change != Change::None {
        bail!("nobody is named: say --users, or \"users\" in the file");
    }
    Ok(pairs)
}
