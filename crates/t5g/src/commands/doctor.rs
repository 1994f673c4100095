//! `t5g doctor`: looks at everything and says what is wrong and what mends it.

use anyhow::Result;
use t5g_config::Purpose;

use super::Outcome;
use crate::cli::Global;
use crate::doctor::{self, Finding, State};
use crate::{console, load, logging, process};

/// Look at settings, stores, upstreams and data; say what is wrong and what mends it
///
/// Ends with 1 if something does not work.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g doctor --json | jq '.[] | select(.state == \"wrong\")'")]
pub(crate) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings.log, logging::Usual::Command)?;
    let mut findings = vec![serving(global)];
    findings.extend(process::block_on(async { Ok(doctor::examine(&settings, &process::clock()).await) })?);
    if args.json {
        console::print_json(&findings)?;
    } else {
        console::print(&table(&findings))?;
    }
    let wrong = findings.iter().any(|finding| finding.state == State::Wrong);
    Ok(if wrong { Outcome::Failed } else { Outcome::Done })
}

/// What would keep a server from starting.
fn serving(global: &Global) -> Finding {
    match load::loaded(global, Vec::new(), Purpose::Server) {
        Ok(loaded) if loaded.notices.is_empty() => Finding::ok("settings", "a server can start"),
        Ok(loaded) => Finding::notice("settings", loaded.notices.join("; "), "see t5g config show"),
        Err(error) => Finding::wrong("settings", format!("{error:#}"), "mend what is named here"),
    }
}

fn table(findings: &[Finding]) -> String {
    let mut rows = Vec::new();
    for finding in findings {
        rows.push([finding.state.word().to_owned(), finding.what.clone(), finding.found.clone()]);
        rows.extend(finding.mend.iter().map(|mend| [String::new(), String::new(), format!("→ {mend}")]));
    }
    console::table(&rows)
}
