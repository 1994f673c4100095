//! `t5g doctor`: looks at everything and says what is wrong and what mends it.

use anyhow::{Context as _, Result};
use t5g_config::{Loaded, Purpose};

use super::Outcome;
use crate::cli::Global;
use crate::doctor::migrate::{self, Given};
use crate::doctor::{self, Finding, State};
use crate::{console, load, logging, process};

/// Look at settings, stores, upstreams and data; say what is wrong and what mends it
///
/// Ends with 1 if something does not work. With --migrate, the Redis and the environment of a Python dashboard are
/// looked at instead, and what will be different is told; nothing is written and no upstream is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  t5g doctor --json | jq '.[] | select(.state == \"wrong\")'\n  \
                        T5G_DOCUMENTS_URL=redis://cache:6379/0 t5g doctor --migrate --env-file dashboard.env")]
pub(crate) struct Args {
    /// Tell what will be different from the Python dashboard; its env file is given with --env-file, without which this
    /// process's environment is looked at
    #[arg(long)]
    migrate: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    let findings = if args.migrate { migration(global)? } else { examination(global)? };
    if args.json {
        console::print_json(&findings)?;
    } else {
        console::print(&table(&findings))?;
    }
    let wrong = findings.iter().any(|finding| finding.state == State::Wrong);
    Ok(if wrong { Outcome::Failed } else { Outcome::Done })
}

fn examination(global: &Global) -> Result<Vec<Finding>> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    let mut findings = vec![serving(global)];
    findings.extend(process::block_on(async { Ok(doctor::examine(&settings, &process::clock()).await) })?);
    Ok(findings)
}

fn migration(global: &Global) -> Result<Vec<Finding>> {
    let (given, loaded) = given(global)?;
    logging::begin(&loaded.settings, logging::Usual::Command)?;
    process::block_on(async { Ok(migrate::examine(&given, &loaded).await) })
}

/// The variables to look at, and the settings that they make.
fn given(global: &Global) -> Result<(Given, Loaded)> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    let own: Vec<(String, String)> = std::env::vars_os().filter_map(text).collect();
    let Some(path) = &global.env_file else {
        let loaded = load::loaded(global, Vec::new(), Purpose::Tool)?;
        let refused = load::loaded(global, Vec::new(), Purpose::Server).err();
        let refused = refused.map(|error| format!("{error:#}"));
        return Ok((Given { variables: own, is_file: false, refused }, loaded));
    };
    let file = load::env_file(path)?;
    let variables = file.variables().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let variables: Vec<(String, String)> = variables.collect();
    // What the file lacks, such as where its Redis is, may stand in our own names beside it; they count more, as with
    // any command. Nothing else of this process's surroundings belongs to that dashboard.
    let is_beside = |name: &str| name.starts_with("T5G_") && name != "T5G_CONFIG" && name != "T5G_ENV_FILE";
    let beside: Vec<(String, String)> =
        own.into_iter().filter(|(name, value)| is_beside(name) && !value.trim().is_empty()).collect();
    let alone = variables.iter().filter(|(name, _)| !beside.iter().any(|(known, _)| known == name));
    let all: Vec<(String, String)> = alone.chain(&beside).cloned().collect();
    let loaded = load::loaded_from_pairs(global, &all, Purpose::Tool);
    let loaded = loaded.with_context(|| path.display().to_string())?;
    let refused = load::loaded_from_pairs(global, &all, Purpose::Server).err();
    let refused = refused.map(|error| format!("{error:#}"));
    Ok((Given { variables, is_file: true, refused }, loaded))
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
        let mut found = finding.found.lines().map(|line| line.trim().to_owned());
        rows.push([finding.state.word().to_owned(), finding.what.clone(), found.next().unwrap_or_default()]);
        rows.extend(found.map(|line| [String::new(), String::new(), line]));
        rows.extend(finding.mend.iter().map(|mend| [String::new(), String::new(), format!("→ {mend}")]));
    }
    console::table(&rows)
}
