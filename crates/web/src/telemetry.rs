//! The web face's numbers for operators: names, words, buckets. Upstream calls and tasks count themselves.

use std::time::Duration;

use metrics::{describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use t5g_model::board::Board;
use t5g_model::writing::Service;
use t5g_store::ledger::{JournalCounts, PlanState, StepState};

use crate::live::board::Holdings;
use crate::view::freshness::SourceReport;

/// Bounds of the histograms' buckets, in seconds.
const SECONDS: [f64; 14] =
    [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 300.0];

/// The same for the work of tasks, and for their waits.
const TASK_SECONDS: [f64; 12] = [0.1, 0.5, 1.0, 2.5, 5.0, 15.0, 30.0, 60.0, 300.0, 900.0, 1_800.0, 7_200.0];

/// Open streams of events.
const LISTENERS: &str = "t5g_event_streams";

/// Makes every number of this process go to `/metrics`. To be called once, before anything counts.
pub fn install_metrics() -> Result<PrometheusHandle, BuildError> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Prefix("t5g_task_".to_owned()), &TASK_SECONDS)?;
    let handle = builder.install_recorder()?;
    describe();
    gauge!(LISTENERS).set(0.0);
    Ok(handle)
}

fn describe() {
    describe_counter!("t5g_http_requests_total", "Answered requests by route template, method and status");
    describe_histogram!("t5g_http_request_seconds", "Seconds from a request to the start of its answer");
    describe_gauge!(LISTENERS, "Open streams of events: pages and programs that listen to news");
    describe_histogram!("t5g_board_build_seconds", "Seconds to read changed documents and build the board");
    describe_gauge!("t5g_cards", "Cards on the board by internal status");
    describe_gauge!("t5g_cases", "Cases on the board");
    describe_gauge!(
        "t5g_document_unreadable",
        "1 while the stored document cannot be read and the last good one is shown"
    );
    describe_gauge!(
        "t5g_document_skipped_entries",
        "Entries of the document, or fields of them, that could not be read"
    );
    describe_gauge!("t5g_document_store_up", "1 while the document store answers");
    describe_gauge!("t5g_source_last_success_timestamp_seconds", "When the source last succeeded");
    describe_gauge!("t5g_source_failures", "Failures of the source in a row");
    describe_gauge!("t5g_source_stale_entries", "Entries of the source that could not be refreshed");
    describe_journal();
}

fn describe_journal() {
    describe_gauge!(
        "t5g_write_steps",
        "Steps of plans that are kept, by the service that is written to and by state; doubtful: nobody can tell"
    );
    describe_gauge!("t5g_write_plans", "Plans that are kept, by state; held: waits for a person");
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

pub(crate) fn listener_came() {
    gauge!(LISTENERS).increment(1.0);
}

pub(crate) fn listener_left() {
    gauge!(LISTENERS).decrement(1.0);
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

pub(crate) fn sources(reports: &[SourceReport]) {
    for report in reports.iter().filter(|report| report.configured) {
        let source = report.source.name();
        if let Some(success) = report.success {
            gauge!("t5g_source_last_success_timestamp_seconds", "source" => source)
                .set(success.timestamp() as f64);
        }
        gauge!("t5g_source_failures", "source" => source).set(f64::from(report.failures));
        gauge!("t5g_source_stale_entries", "source" => source).set(report.stale_entries as f64);
    }
}
