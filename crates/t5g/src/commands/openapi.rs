//! `t5g openapi`: the description of the API, as a running server gives it at `/api/openapi.json`.

use anyhow::Result;

use super::Outcome;
use crate::console;

/// Print the OpenAPI description of the API
#[derive(Debug, clap::Args)]
#[command(hide = true, after_help = "Example:\n  t5g openapi > openapi.json")]
pub(crate) struct Args {}

pub(super) fn run() -> Result<Outcome> {
    let text = serde_json::to_string_pretty(&t5g_web::openapi())? + "\n";
    console::print(&text)?;
    Ok(Outcome::Done)
}
