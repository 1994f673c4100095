//! `t5g cards plans`: what was planned, and what waits for a decision.

use anyhow::Result;
use clap::builder::PossibleValuesParser;
use t5g_model::writing::PlanKind;
use t5g_store::ledger::{JOURNAL_PAGE, PlanFilter, PlanState, PlanSummary};

use crate::cli::Global;
use crate::commands::Outcome;
use crate::commands::jobs::on_server;
use crate::commands::journal::{telling::time, wire::WirePlan, with_ledger};
use crate::console;
use crate::remote::{Remote, ServerArgs};

/// List plans of what is written to other services, newest first
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  t5g cards plans --state held\n  t5g cards plans --json | jq -r '.[].id'"
)]
pub(super) struct Args {
    /// Only in this state; held: it waits for a decision
    #[arg(long, value_parser = PossibleValuesParser::new(PlanState::ALL.iter().map(|one| one.as_str())))]
    state: Option<String>,
    /// Only of this kind
    #[arg(long, value_parser = PossibleValuesParser::new(PlanKind::ALL.iter().map(|one| one.as_str())))]
    kind: Option<String>,
    /// How many
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=i64::from(JOURNAL_PAGE)))]
    rows: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerArgs,
}

pub(super) fn run(global: &Global, args: Args) -> Result<Outcome> {
    if args.server.is_given() {
        return on_server(global, &args.server, async |remote| print(&args, of_server(remote, &args).await?));
    }
    with_ledger(global, async move |_, ledger| {
        let filter = PlanFilter {
            kind: args.kind.as_deref().and_then(PlanKind::by_word),
            states: args.state.as_deref().and_then(PlanState::by_name).into_iter().collect(),
            before: None,
        };
        print(&args, ledger.plans(&filter, args.rows).await?)
    })
}

async fn of_server(remote: &Remote, args: &Args) -> Result<Vec<PlanSummary>> {
    let rows = args.rows.to_string();
    let said = [("kind", args.kind.as_deref()), ("state", args.state.as_deref()), ("limit", Some(&rows))];
    let query: Vec<(&str, &str)> =
        said.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let plans: Vec<WirePlan> = remote.first("/api/v1/plans", &query).await?;
    plans.into_iter().map(WirePlan::read).collect()
}

fn print(args: &Args, plans: Vec<PlanSummary>) -> Result<Outcome> {
    if args.json {
        let rows = plans.into_iter().map(t5g_web::plan_as_json).collect::<Result<Vec<_>, _>>()?;
        console::print_json(&rows)?;
        return Ok(Outcome::Done);
    }
    let head = ["PLAN", "KIND", "STATE", "MADE (UTC)", "STEPS", "WRONG", "WHY IT WAITED"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(plans.iter().map(row)).collect();
    console::print(&console::table(&rows))?;
    Ok(Outcome::Done)
}

fn row(plan: &PlanSummary) -> [String; 7] {
    [
        plan.id.to_string(),
        plan.kind.as_str().to_owned(),
        plan.state.as_str().to_owned(),
        time(plan.made_at),
        format!("{}/{}", plan.ended, plan.steps),
        plan.trouble.to_string(),
        plan.held.clone().unwrap_or_default(),
    ]
}
