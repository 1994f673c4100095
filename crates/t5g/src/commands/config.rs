//! `t5g config`: what is in effect, whether it is right, what there is.

use anyhow::{Result, bail};
use clap::Subcommand;
use t5g_config::{Loaded, Problems, Purpose};

use super::Outcome;
use crate::cli::Global;
use crate::{console, load, logging, wiring};

/// Show, check and explain the settings
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g config show --set")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print every setting in effect and where it came from; secrets are masked
    #[command(after_help = "Example:\n  t5g config show --json | jq '.[] | select(.origin != \"default\")'")]
    Show {
        /// Only what somebody set
        #[arg(long)]
        set: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Say everything that is wrong with the settings; nothing is started
    #[command(after_help = "Example:\n  t5g --config /etc/t5g/t5g.toml config check")]
    Check,
    /// Print the reference page of all settings
    #[command(after_help = "Example:\n  t5g config docs --sample > t5g.toml")]
    Docs {
        /// Print a settings file that holds everything, commented out
        #[arg(long)]
        sample: bool,
    },
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    match args.what {
        What::Show { set, json } => show(global, set, json)?,
        What::Check => check(global)?,
        What::Docs { sample: true } => console::print(&t5g_config::sample())?,
        What::Docs { sample: false } => console::print(&t5g_config::markdown())?,
    }
    Ok(Outcome::Done)
}

/// Also makes what a server makes of the settings before it listens: what stops a start is told here.
fn check(global: &Global) -> Result<()> {
    let (loaded, mut wrong) = read(global)?;
    let settings = &loaded.settings;
    let (more, odd) = wiring::check(settings);
    for notice in loaded.notices.iter().chain(&odd) {
        console::complain(&format!("note: {notice}"));
    }
    wrong.extend(more);
    wrong.extend(logging::wrong_settings(settings));
    if !wrong.is_empty() {
        let many = format!("{} things are wrong with the settings", wrong.len());
        let count = if wrong.len() == 1 { "one thing is wrong with the settings" } else { &many };
        bail!("{count}:\n  {}", wrong.join("\n  "));
    }
    let missing = wiring::missing_settings(settings);
    if !missing.is_empty() && !settings.general.fake_data {
        let missing = missing.join("\n  ");
        console::complain(&format!(
            "note: enough to serve, but not to fetch (t5g up, t5g sync); not set:\n  {missing}"
        ));
    }
    console::print("the settings are right\n")
}

/// The settings and what keeps a server from starting with them. Where one cannot be read at all, nothing more can be
/// said of the others.
fn read(global: &Global) -> Result<(Loaded, Vec<String>)> {
    let error = match load::loaded(global, Vec::new(), Purpose::Server) {
        Ok(loaded) => return Ok((loaded, Vec::new())),
        Err(error) => error,
    };
    let Ok(loaded) = load::loaded(global, Vec::new(), Purpose::Tool) else { return Err(error) };
    let Problems(problems) = error.downcast()?;
    Ok((loaded, problems.iter().map(ToString::to_string).collect()))
}

fn show(global: &Global, only_set: bool, json: bool) -> Result<()> {
    let mut loaded = load::loaded(global, Vec::new(), Purpose::Tool)?;
    loaded.effective.retain(|entry| !only_set || !entry.origin.starts_with("default"));
    for notice in &loaded.notices {
        console::complain(&format!("note: {notice}"));
    }
    if json {
        return console::print_json(&loaded.effective);
    }
    let row = |entry: &t5g_config::Effective| {
        [entry.key.clone(), entry.origin.clone(), entry.value.clone().unwrap_or_else(|| "-".to_owned())]
    };
    console::print(&console::table(&loaded.effective.iter().map(row).collect::<Vec<_>>()))
}
