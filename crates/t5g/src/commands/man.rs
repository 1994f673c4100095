//! `t5g man`: the manual, made of the same definitions as the parser.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Command, CommandFactory as _};

use super::Outcome;
use crate::cli::Cli;
use crate::console;

/// Print or write the manual
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g man --into /usr/local/share/man/man1")]
pub(crate) struct Args {
    /// Write one man page for each command into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "markdown")]
    into: Option<PathBuf>,
    /// Print the reference page of the documentation
    #[arg(long)]
    markdown: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    match &args.into {
        Some(folder) => clap_mangen::generate_to(Cli::command(), folder)
            .with_context(|| format!("the manual cannot be written into {}", folder.display()))?,
        None if args.markdown => console::print(&markdown())?,
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            console::print(&String::from_utf8(page)?)?;
        }
    }
    Ok(Outcome::Done)
}

const HEAD: &str = "\
# The command line

Made by `cargo xtask gen` from the definitions in `crates/t5g/src/commands`; do not edit.
";

fn markdown() -> String {
    let mut root = Cli::command().term_width(100);
    root.build();
    let mut page = HEAD.to_owned();
    section(&root, "", &mut page);
    page
}

fn section(command: &Command, before: &str, page: &mut String) {
    let name = Path::new(before).join(command.get_name()).display().to_string().replace('/', " ");
    let help = command.clone().term_width(100).render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    page.push_str(&["\n## ", &name, "\n\n```text\n", lines.join("\n").trim_end(), "\n```\n"].concat());
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        section(inner, &name, page);
    }
}
