//! What the web face needs to know of the deployment. Filled by the binary from the settings tree; checked there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use t5g_model::board::Rules;
use t5g_model::names::Source;
use t5g_model::writing::PlanKind;
use t5g_store::documents::Fingerprint;
use url::Url;

use crate::access::AccessSettings;

/// The web face's settings.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// Under which address people reach this server; `None`: only by IP address and as `localhost`.
    pub base_url: Option<Url>,
    /// Where Jira's pages are, without a final slash; `None`: cards are not linked.
    pub jira_base: Option<String>,
    /// What stands before a case number in a link to the portal's page of a case.
    pub case_base: String,
    /// What shapes the figures: the time zone, how long cases may take.
    pub rules: Arc<Rules>,
    /// How long at most lies between two scheduled refreshes of a source.
    pub intervals: BTreeMap<Source, Duration>,
    /// Sources that this deployment does not use.
    pub unconfigured: BTreeSet<Source>,
    /// What the refresh button and the API start.
    pub tasks: TaskNames,
    /// Bounds on what one request may cost.
    pub limits: Limits,
    /// Whether monitoring has a listener of its own: then `/metrics` is not beside the pages.
    pub metrics_elsewhere: bool,
    /// Who is let in, and how.
    pub access: AccessSettings,
}

impl WebSettings {
    /// Tells apart what answers otherwise from the same data: the program's version, rules and links.
    pub(crate) fn mark(&self) -> String {
        let shown =
            (env!("CARGO_PKG_VERSION"), &self.rules, &self.jira_base, &self.case_base, &self.base_url);
        Fingerprint::of(format!("{shown:?}").as_bytes()).to_string()
    }
}

/// Names of tasks in the registry, told by the room that owns it. The default names none: nothing can be started.
#[derive(Debug, Clone, Default)]
pub struct TaskNames {
    /// The page's button.
    pub refresh: Option<&'static str>,
    /// What does plans of each kind; empty where nothing is written.
    pub by_plan: BTreeMap<PlanKind, &'static str>,
    /// Each source's own.
    pub by_source: BTreeMap<Source, &'static str>,
}

/// Bounds on what requests may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest request body, in bytes.
    pub body_bytes: u64,
    /// How long an answer may take to begin.
    pub answer_within: Duration,
    /// How many connections there are at once; more wait until one ends.
    pub connections: usize,
    /// How long a request's head may take to come, and a connection may be kept without a request.
    pub request_within: Duration,
    /// How long a client may take for each part of an answer that it does not read.
    pub taken_within: Duration,
    /// How many requests are worked on at once; more are turned away with 503.
    pub concurrent_requests: usize,
    /// How many clients listen to news at once, each on a connection of its own.
    pub event_streams: usize,
    /// How many of these may be of one session or token.
    pub event_streams_of_one: usize,
    /// How often a client that listens is shown that the server lives.
    pub event_heartbeat: Duration,
    /// How often it is asked whether a client that listens still may.
    pub event_recheck: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            answer_within: Duration::from_secs(30),
            // Well below the 1,024 open files that a process usually may have.
            connections: 800,
            request_within: Duration::from_secs(30),
            taken_within: Duration::from_secs(30),
            concurrent_requests: 512,
            // The other connections are for requests.
            event_streams: 400,
            event_streams_of_one: 20,
            event_heartbeat: Duration::from_secs(15),
            event_recheck: Duration::from_secs(10),
        }
    }
}

impl Default for WebSettings {
    /// UTC, the public portal, no Jira links, nothing to start, no login.
    fn default() -> Self {
        Self {
            base_url: None,
            jira_base: None,
            case_base: "https://access.redhat.com/support/cases/#/case/".to_owned(),
            rules: Arc::new(Rules::default()),
            intervals: BTreeMap::new(),
            unconfigured: BTreeSet::new(),
            tasks: TaskNames::default(),
            limits: Limits::default(),
            metrics_elsewhere: false,
            access: AccessSettings::default(),
        }
    }
}
