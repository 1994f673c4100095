//! `t5g config`: what is in effect, whether it is right, what there is.

use anyhow::Result;
use clap::Subcommand;
use t5g_config::Purpose;

use super::Outcome;
use crate::cli::Global;
use crate::{console, load, wiring};

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
        What::Check => {
            let settings = load::settings(global, Vec::new(), Purpose::Server)?;
            let missing = wiring::missing_settings(&settings);
            if !missing.is_empty() && !settings.general.fake_data {
                let missing = missing.join("\n  ");
                console::complain(&format!(
                    "note: enough to serve, but not to fetch (t5g up, t5g sync); not set:\n  {missing}"
                ));
            }
            console::print("the settings are right\n")?;
        }
        What::Docs { sample: true } => console::print(&t5g_config::sample())?,
        What::Docs { sample: false } => console::print(&t5g_config::markdown())?,
    }
    Ok(Outcome::Done)
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
