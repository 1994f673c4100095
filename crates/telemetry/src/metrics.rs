//! The one list of metrics: what each is called, how it is labelled, who tells it and what it says. `/metrics` and
//! docs/metrics.md are described from it, and `cargo xtask check` holds code, alerts and dashboards against it.

use std::fmt::Write as _;

use metrics::{KeyName, SharedString, Unit};

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts values, here always seconds, by buckets.
    Histogram,
}

impl Kind {
    /// The word that Prometheus has for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// Who tells it, and so how instances are taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Teller {
    /// Each process, of what it did itself: sum them.
    Itself,
    /// Each process, of what lies in the ledger: the same everywhere, take the largest.
    Ledger,
    /// Each process that shows pages, of what they show: the same everywhere, take the largest.
    Pages,
    /// Each process that shows pages, of what it can reach: one that cannot is enough, take the smallest.
    Reach,
}

impl Teller {
    const fn words(self) -> &'static str {
        match self {
            Self::Itself => "each process, of itself: `sum`",
            Self::Ledger => "every process, the same: `max`",
            Self::Pages => "processes with pages, the same: `max`",
            Self::Reach => "processes with pages, each of itself: `min`",
        }
    }
}

/// One metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// How it behaves.
    pub kind: Kind,
    /// Its labels; the values of each are few, and none comes from outside.
    pub labels: &'static [&'static str],
    /// Who tells it.
    pub teller: Teller,
    /// What it says.
    pub help: &'static str,
}

const fn metric(
    kind: Kind,
    teller: Teller,
    name: &'static str,
    labels: &'static [&'static str],
    help: &'static str,
) -> Metric {
    Metric { name, kind, labels, teller, help }
}

use Kind::{Counter, Gauge, Histogram};
use Teller::{Itself, Ledger, Pages, Reach};

/// Cases and cards, as the pages count them.
const FIELD: &[Metric] = &[
    metric(Gauge, Pages, "t5g_cases", &[], "Cases on the board"),
    metric(Gauge, Pages, "t5g_open_cases", &["severity"], "Open cases, as on /home, by severity"),
    metric(Gauge, Pages, "t5g_cards", &["status"], "Cards on the board by internal status, as on /home"),
    metric(
        Gauge,
        Pages,
        "t5g_open_cards",
        &["severity"],
        "Cards whose case is open, as on /stats, by severity",
    ),
    metric(
        Gauge,
        Pages,
        "t5g_attention_cards",
        &["reason"],
        "Cards that somebody should look at, as on /home: sla_breached and sla_warning of partner accounts, escalated, \
         unassigned, closed_not_done",
    ),
    metric(
        Gauge,
        Pages,
        "t5g_figure",
        &["figure"],
        "Each plain figure of /stats under its name in /api/stats, such as no_updates or bugs.no_target",
    ),
];

/// Documents and the sources that they come from.
const SOURCES: &[Metric] = &[
    metric(
        Gauge,
        Pages,
        "t5g_source_age_seconds",
        &["source"],
        "Seconds since the source's last success; nothing before the first",
    ),
    metric(
        Gauge,
        Pages,
        "t5g_source_last_success_timestamp_seconds",
        &["source"],
        "When the source last succeeded",
    ),
    metric(
        Gauge,
        Pages,
        "t5g_source_state",
        &["source", "state"],
        "1 for the state in which /sources shows it: fresh, due, late, held, failing, never, stale; 0 for the others",
    ),
    metric(Gauge, Pages, "t5g_source_failures", &["source"], "Failures of the source in a row"),
    metric(
        Gauge,
        Pages,
        "t5g_source_held",
        &["source"],
        "1 while a fetch that would throw most of a document away waits for a person",
    ),
    metric(Gauge, Pages, "t5g_source_entries", &["source"], "Entries after the source's last success"),
    metric(
        Gauge,
        Pages,
        "t5g_source_stale_entries",
        &["source"],
        "Entries of the source that could not be refreshed",
    ),
    metric(
        Gauge,
        Pages,
        "t5g_source_data_problems",
        &["source"],
        "Entries that the upstream has and no page can show, such as a card without a case",
    ),
    metric(Gauge, Reach, "t5g_document_store_up", &[], "1 while the document store answers"),
    metric(
        Gauge,
        Pages,
        "t5g_document_unreadable",
        &["document"],
        "1 while the stored document cannot be read and the last good one is shown",
    ),
    metric(
        Gauge,
        Pages,
        "t5g_document_skipped_entries",
        &["document"],
        "Entries of the document, or fields of them, that could not be read",
    ),
    metric(
        Histogram,
        Itself,
        "t5g_board_build_seconds",
        &[],
        "Seconds to read changed documents and build the board",
    ),
    metric(Gauge, Reach, "t5g_ledger_up", &[], "1 while the ledger answers"),
    metric(
        Counter,
        Itself,
        "t5g_store_connections_total",
        &["store"],
        "Connections made to redis or postgres; more than a few a minute to postgres are reconnects",
    ),
    metric(
        Counter,
        Itself,
        "t5g_store_lost_total",
        &["store"],
        "Times that the feed of changes from redis, or a connection of postgres, was lost",
    ),
];

/// Tasks, their queue, and who works on it.
const TASKS: &[Metric] = &[
    metric(
        Counter,
        Itself,
        "t5g_task_runs_total",
        &["task", "outcome"],
        "Attempts that this process ended: done, failed, cancelled, handed_back",
    ),
    metric(
        Counter,
        Itself,
        "t5g_task_retries_total",
        &["task"],
        "Failed attempts of this process that will be followed by another",
    ),
    metric(
        Counter,
        Itself,
        "t5g_task_lost_total",
        &["task", "state"],
        "Runs taken back from workers that died or went silent, by what became of them",
    ),
    metric(Counter, Itself, "t5g_schedule_ticks_total", &["task"], "Ticks that this process noticed first"),
    metric(Histogram, Itself, "t5g_task_duration_seconds", &["task"], "Seconds of work per attempt"),
    metric(
        Histogram,
        Itself,
        "t5g_task_wait_seconds",
        &["task"],
        "Seconds from when a run could work to its start",
    ),
    metric(
        Gauge,
        Ledger,
        "t5g_runs",
        &["state"],
        "Runs that are not over, as on /monitor: scheduled, pending, running, retrying",
    ),
    metric(Gauge, Ledger, "t5g_task_running", &["task"], "Runs that work now in all processes"),
    metric(Gauge, Ledger, "t5g_task_waiting", &["task"], "Runs that wait in all processes"),
    metric(
        Gauge,
        Ledger,
        "t5g_task_lock_waiting",
        &["task"],
        "Runs that could work now but for a lock that another run holds",
    ),
    metric(
        Gauge,
        Ledger,
        "t5g_task_oldest_waiting_seconds",
        &["task"],
        "Since when the oldest run could work",
    ),
    metric(
        Gauge,
        Ledger,
        "t5g_task_last_success_timestamp_seconds",
        &["task"],
        "When the task last succeeded anywhere",
    ),
    metric(Gauge, Ledger, "t5g_queue_waiting", &["queue"], "Runs that wait in all processes"),
    metric(
        Gauge,
        Ledger,
        "t5g_queue_oldest_waiting_seconds",
        &["queue"],
        "Since when the oldest run could work",
    ),
    metric(Gauge, Ledger, "t5g_queue_paused", &["queue"], "1 while somebody has paused the queue"),
    metric(Gauge, Ledger, "t5g_workers", &["state"], "Worker processes: alive, stopping, silent"),
];

/// What is written to other services.
const WRITING: &[Metric] = &[
    metric(
        Gauge,
        Pages,
        "t5g_write_plans",
        &["state"],
        "Plans that are kept; held: waits for a person to release or reject it",
    ),
    metric(
        Gauge,
        Pages,
        "t5g_write_steps",
        &["service", "state"],
        "Steps of plans that are kept, by what is written to (jira, bugzilla, slack, mail, portal, documents); doubtful: \
         nobody can tell whether it happened",
    ),
    metric(
        Gauge,
        Pages,
        "t5g_write_trouble",
        &["kind"],
        "What /home shows operators: plans held, steps doubtful and failed in the last 7 days",
    ),
];

/// Calls of upstreams.
const UPSTREAMS: &[Metric] = &[
    metric(
        Counter,
        Itself,
        "t5g_upstream_requests_total",
        &["upstream", "route", "outcome", "status"],
        "Attempts by route template, by what came of them and by class of status; none: no answer came",
    ),
    metric(
        Histogram,
        Itself,
        "t5g_upstream_request_seconds",
        &["upstream", "route"],
        "Seconds from when an attempt could begin to the end of its answer",
    ),
    metric(
        Counter,
        Itself,
        "t5g_upstream_retries_total",
        &["upstream", "route", "reason"],
        "Attempts that failed and are followed by another",
    ),
    metric(
        Counter,
        Itself,
        "t5g_upstream_credential_rejected_total",
        &["upstream"],
        "Calls that failed for good because our credential counts for nothing; a token that is renewed is none",
    ),
];

/// Requests of people and programs.
const WEB: &[Metric] = &[
    metric(
        Counter,
        Itself,
        "t5g_http_requests_total",
        &["method", "route", "status"],
        "Answered requests by route template; (none): there is no such route",
    ),
    metric(
        Histogram,
        Itself,
        "t5g_http_request_seconds",
        &["method", "route"],
        "Seconds from a request to the start of its answer",
    ),
    metric(
        Gauge,
        Itself,
        "t5g_event_streams",
        &[],
        "Open streams of events: pages and programs that listen to news",
    ),
    metric(Counter, Itself, "t5g_logins_total", &["outcome"], "Sign-ins: done, refused"),
    metric(
        Counter,
        Itself,
        "t5g_audit_entries_total",
        &["action", "outcome"],
        "Entries written to the audit log",
    ),
    metric(
        Counter,
        Itself,
        "t5g_audit_left_out_total",
        &[],
        "Refusals of one address that were counted together instead of each being written to the audit log",
    ),
];

/// The process itself.
const PROCESS: &[Metric] = &[
    metric(Gauge, Itself, "t5g_build_info", &["version"], "1, with the program's version"),
    metric(
        Gauge,
        Itself,
        "t5g_process_start_timestamp_seconds",
        &[],
        "When the process began; only on Linux",
    ),
    metric(
        Gauge,
        Itself,
        "t5g_process_resident_memory_bytes",
        &[],
        "Memory that the process holds now; only on Linux",
    ),
    metric(
        Counter,
        Itself,
        "t5g_process_cpu_seconds_total",
        &[],
        "Whole seconds of processor time that it has used; only on Linux",
    ),
    metric(
        Counter,
        Itself,
        "t5g_trace_spans_total",
        &["outcome"],
        "Spans of traces: sent, dropped because the queue was full, failed because the collector did not take them; \
         only where traces are on",
    ),
];

/// Every metric, by what it is about.
pub const GROUPS: &[(&str, &[Metric])] = &[
    ("Cases and cards", FIELD),
    ("Sources and stores", SOURCES),
    ("Tasks", TASKS),
    ("Writing", WRITING),
    ("Upstreams", UPSTREAMS),
    ("Pages and API", WEB),
    ("Process", PROCESS),
];

/// Every metric.
pub fn all() -> impl Iterator<Item = &'static Metric> {
    GROUPS.iter().flat_map(|(_, metrics)| *metrics)
}

/// Tells the recorder of this process what each is. To be called once, after it was installed.
pub fn describe() {
    metrics::with_recorder(|recorder| {
        for one in all() {
            let (name, help) = (KeyName::from_const_str(one.name), SharedString::const_str(one.help));
            let unit = (one.kind == Kind::Histogram).then_some(Unit::Seconds);
            match one.kind {
                Kind::Counter => recorder.describe_counter(name, unit, help),
                Kind::Gauge => recorder.describe_gauge(name, unit, help),
                Kind::Histogram => recorder.describe_histogram(name, unit, help),
            }
        }
    });
}

const HEAD: &str = "\
# Metrics

Made by `cargo xtask gen` from the list in `crates/telemetry/src/metrics.rs`; do not edit.

What `/metrics` tells, in Prometheus' text format; [operating.md](operating.md#watch) says where. A histogram has the
usual three: the name with `_bucket`, `_sum` and `_count`. Labels have few values; none of them comes from outside: of
addresses only route templates are told, of cards no account and no name, and what an upstream may invent is `other`.
What is unknown is not there, never 0: a document that was never fetched has no figures.
";

/// The page of all metrics, in Markdown.
pub fn markdown() -> String {
    let mut page = HEAD.to_owned();
    for (title, metrics) in GROUPS {
        // Writing into a text cannot fail.
        let _ = write!(
            page,
            "\n## {title}\n\n| metric | labels | kind | told by, taken together with | what |\n|---|---|---|---|---|\n"
        );
        for one in *metrics {
            let labels: Vec<String> = one.labels.iter().map(|label| format!("`{label}`")).collect();
            let (labels, kind, teller) = (labels.join(", "), one.kind.as_str(), one.teller.words());
            let _ = writeln!(page, "| `{}` | {labels} | {kind} | {teller} | {} |", one.name, one.help);
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_follow_the_custom() {
        let names: BTreeSet<_> = all().map(|one| one.name).collect();
        assert_eq!(names.len(), all().count(), "each is listed once");
        for one in all() {
            let fits = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            assert!(one.name.strip_prefix("t5g_").is_some_and(fits), "{}", one.name);
            assert_eq!(one.name.ends_with("_total"), one.kind == Kind::Counter, "{}", one.name);
            assert!(one.kind != Kind::Histogram || one.name.ends_with("_seconds"), "{}", one.name);
            assert!(one.labels.iter().all(|label| fits(label)), "{}", one.name);
            assert!(!one.help.ends_with('.') && !one.help.contains('|'), "{}", one.name);
        }
    }

    #[test]
    fn the_page_has_every_metric_with_its_labels() {
        let page = markdown();
        assert!(all().all(|one| page.contains(&format!("\n| `{}` | ", one.name))));
        assert!(page.contains("| `t5g_write_steps` | `service`, `state` | gauge |"));
    }
}
