//! `t5g journal list`.

use anyhow::{Context as _, Result};
use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _, Utc};
use clap::builder::PossibleValuesParser;
use t5g_config::Settings;
use t5g_model::writing::{Service, Subject};
use t5g_store::ledger::{JOURNAL_PAGE, JournalFilter, Ledger, StepRecord, StepState};

use super::telling::{short, time};
use super::wire::WireStep;
use crate::commands::Outcome;
use crate::console;
use crate::remote::{Remote, ServerArgs};

/// List what was written, newest first
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  t5g journal list --about 01234567\n  \
                        t5g journal list --deliveries --state failed --json | jq -r '.[].error'")]
pub(super) struct Args {
    /// Only by this service
    #[arg(long, value_parser = words(Service::ALL.iter().map(|one| one.as_str())))]
    service: Option<String>,
    /// Only messages to people
    #[arg(long)]
    deliveries: bool,
    /// Only in this state; doubtful: nobody can tell whether it happened
    #[arg(long, value_parser = words(StepState::ALL.iter().map(|one| one.as_str())))]
    state: Option<String>,
    /// Only about this: a case's number, an issue's key, "bug 12"
    #[arg(long, value_name = "WHAT")]
    about: Option<String>,
    /// Only from this day on, in the team's time zone
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<NaiveDate>,
    /// Only up to this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<NaiveDate>,
    /// How many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=i64::from(JOURNAL_PAGE)))]
    rows: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(super) server: ServerArgs,
}

fn words(all: impl Iterator<Item = &'static str>) -> PossibleValuesParser {
    PossibleValuesParser::new(all)
}

/// From the ledger.
pub(super) async fn run(settings: &Settings, ledger: &Ledger, args: &Args) -> Result<Outcome> {
    let zone = settings.general.time_zone;
    let begin = |day: NaiveDate| -> Option<DateTime<Utc>> {
        Some(zone.from_local_datetime(&day.and_hms_opt(0, 0, 0)?).earliest()?.with_timezone(&Utc))
    };
    let filter = JournalFilter {
        service: args.service.as_deref().and_then(Service::by_word),
        deliveries: args.deliveries,
        states: args.state.as_deref().and_then(StepState::by_name).into_iter().collect(),
        subjects: args.about.as_deref().map(subjects).transpose()?,
        from: args.from.and_then(begin),
        until: args.until.and_then(|day| begin(day.checked_add_signed(TimeDelta::days(1))?)),
        before: None,
    };
    print(args, ledger.journal(&filter, args.rows).await?)
}

/// From a running dashboard, whose time zone is the team's.
pub(super) async fn run_on(remote: &Remote, args: &Args) -> Result<Outcome> {
    let mut query = vec![("limit", args.rows.to_string())];
    let mut add = |name, value: Option<String>| query.extend(value.map(|value| (name, value)));
    add("service", args.service.clone());
    add("deliveries", args.deliveries.then(|| "true".to_owned()));
    add("state", args.state.clone());
    add("about", args.about.clone());
    add("from", args.from.map(|day| day.to_string()));
    add("until", args.until.map(|day| day.to_string()));
    let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let steps: Vec<WireStep> = remote.first("/api/v1/journal", &query).await?;
    print(args, steps.into_iter().map(|step| step.read(None)).collect::<Result<_>>()?)
}

fn print(args: &Args, steps: Vec<StepRecord>) -> Result<Outcome> {
    if args.json {
        let rows = steps.into_iter().map(t5g_web::step_as_json).collect::<Result<Vec<_>, _>>()?;
        console::print_json(&rows)?;
        return Ok(Outcome::Done);
    }
    let head = ["WHEN (UTC)", "ABOUT", "WHERE", "STATE", "WHAT", "PLAN"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(steps.iter().map(row)).collect();
    console::print(&console::table(&rows))?;
    Ok(Outcome::Done)
}

fn subjects(text: &str) -> Result<Vec<Subject>> {
    let of = |text: String| text.parse::<Subject>().ok();
    let one = of(text.to_owned())
        .or_else(|| of(format!("case {text}")))
        .or_else(|| of(format!("issue {}", text.to_uppercase())));
    let one =
        one.with_context(|| format!("{text:?} is no case's number, no issue's key and no \"bug 12\""))?;
    Ok(vec![one])
}

fn row(step: &StepRecord) -> [String; 6] {
    let why = step.error.as_deref().map_or_else(String::new, |error| format!(": {error}"));
    [
        step.at().map_or_else(String::new, time),
        step.subject.to_string(),
        step.service().title().to_owned(),
        step.state.as_str().to_owned(),
        short(&format!("{}{why}", step.effect.title())),
        step.place.plan.to_string(),
    ]
}
