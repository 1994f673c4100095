//! The web face's numbers for operators. What each is called and says stands in the one list,
//! crates/telemetry/src/metrics.rs; upstream calls and tasks count themselves.

mod field;
mod process;

use std::time::Duration;

use chrono::{DateTime, Utc};
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use t5g_model::board::Board;
use t5g_model::writing::Service;
use t5g_store::ledger::{JournalCounts, JournalTrouble, PlanState, StepState};

pub(crate) use field::Told;
pub(crate) use process::tell as process;

use crate::live::Sources;
use crate::live::board::Holdings;
use crate::view::freshness::State;

/// Bounds of the histograms' buckets, in seconds.
const SECONDS: [f64; 14] =
    [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 300.0];

/// The same for the work of tasks, and for their waits.
const TASK_SECONDS: [f64; 12] = [0.1, 0.5, 1.0, 2.5, 5.0, 15.0, 30.0, 60.0, 300.0, 900.0, 1_800.0, 7_200.0];

/// Makes every number of this process go to `/metrics`. To be called once, before anything counts.
pub fn install_metrics() -> Result<PrometheusHandle, BuildError> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Prefix("t5g_task_".to_owned()), &TASK_SECONDS)?;
    let handle = builder.install_recorder()?;
    t5g_telemetry::metrics::describe();
    gauge!("t5g_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    gauge!("t5g_event_streams").set(0.0);
    begin();
    Ok(handle)
}

/// A nought for each counter whose labels are known: a rate needs a first value.
fn begin() {
    for store in ["postgres", "redis"] {
        counter!("t5g_store_connections_total", "store" => store).increment(0);
        counter!("t5g_store_lost_total", "store" => store).increment(0);
    }
    for outcome in ["done", "refused"] {
        counter!("t5g_logins_total", "outcome" => outcome).increment(0);
    }
    counter!("t5g_audit_left_out_total").increment(0);
}

/// What the ledger says of the writing side, in every process the same.
pub(crate) fn journal(counts: &JournalCounts) {
    for state in PlanState::ALL.iter().map(|state| state.as_str()) {
        let plans = counts.plans.get(state).copied().unwrap_or(0);
        gauge!("t5g_write_plans", "state" => state).set(plans as f64);
    }
    for service in Service::ALL.iter().map(|service| service.as_str()) {
        for state in StepState::ALL.iter().map(|state| state.as_str()) {
            let steps = counts.steps.get(&(service, state)).copied().unwrap_or(0);
            gauge!("t5g_write_steps", "service" => service, "state" => state).set(steps as f64);
        }
    }
}

/// What operators are shown on the home page.
pub(crate) fn trouble(trouble: &JournalTrouble) {
    for (kind, count) in [("held", trouble.held), ("doubtful", trouble.doubtful), ("failed", trouble.failed)]
    {
        gauge!("t5g_write_trouble", "kind" => kind).set(count as f64);
    }
}

pub(crate) fn listener_came() {
    gauge!("t5g_event_streams").increment(1.0);
}

pub(crate) fn listener_left() {
    gauge!("t5g_event_streams").decrement(1.0);
}

pub(crate) fn board_built(took: Duration) {
    histogram!("t5g_board_build_seconds").record(took.as_secs_f64());
}

pub(crate) fn holdings(holdings: &Holdings, board: &Board) {
    gauge!("t5g_document_store_up").set(if holdings.store.is_none() { 1.0 } else { 0.0 });
    for (document, held) in &holdings.documents {
        let unreadable = if held.trouble.is_some() { 1.0 } else { 0.0 };
        gauge!("t5g_document_unreadable", "document" => document.name()).set(unreadable);
        let problems = board.problems(*document).unwrap_or(&held.problems);
        gauge!("t5g_document_skipped_entries", "document" => document.name()).set(problems.count() as f64);
    }
}

/// Statuses that Jira may invent share one label: a label is for ever.
pub(crate) fn board(board: &Board) {
    let mut other = 0;
    for (status, count) in board.card_statuses() {
        if t5g_model::names::CardStatus::KNOWN.contains(&status) {
            gauge!("t5g_cards", "status" => status.as_str().to_owned()).set(count as f64);
        } else {
            other += count;
        }
    }
    gauge!("t5g_cards", "status" => "other").set(other as f64);
    gauge!("t5g_cases").set(board.cases().len() as f64);
}

/// What is known of the sources at `now`, as the page of sources shows it.
pub(crate) fn sources(sources: &Sources, now: DateTime<Utc>) {
    gauge!("t5g_ledger_up").set(if sources.trouble.is_none() { 1.0 } else { 0.0 });
    for report in sources.reports.iter().filter(|report| report.configured) {
        let source = report.source.name();
        if let Some(success) = report.success {
            gauge!("t5g_source_last_success_timestamp_seconds", "source" => source)
                .set(success.timestamp() as f64);
            let age = now.signed_duration_since(success).as_seconds_f64().max(0.0);
            gauge!("t5g_source_age_seconds", "source" => source).set(age);
        }
        if let Some(rows) = report.rows {
            gauge!("t5g_source_entries", "source" => source).set(rows as f64);
        }
        let is_now = report.state(now);
        for state in State::USED {
            let here = if state == is_now { 1.0 } else { 0.0 };
            gauge!("t5g_source_state", "source" => source, "state" => state.label()).set(here);
        }
        gauge!("t5g_source_held", "source" => source).set(if report.held.is_some() { 1.0 } else { 0.0 });
        gauge!("t5g_source_failures", "source" => source).set(f64::from(report.failures));
        gauge!("t5g_source_stale_entries", "source" => source).set(report.stale_entries as f64);
        let problems = sources.problems_by_source.get(&report.source).copied().unwrap_or(0);
        gauge!("t5g_source_data_problems", "source" => source).set(problems as f64);
    }
}
