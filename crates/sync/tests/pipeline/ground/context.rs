//! The room that the tests' pipeline works in: clients of the simulator, and the rules that its environment asks for.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::time::Duration;

use chrono::DateTime;
use serde_json::Value;
use t5g_clients::bugzilla::{BugzillaClient, KeyStyle};
use t5g_clients::jira::{JiraAuth, JiraClient};
use t5g_clients::mail::{MailClient, MailOptions, Security};
use t5g_clients::portal::{GraphqlPortal, HydraPortal, Portal, V3Portal};
use t5g_clients::slack::SlackClient;
use t5g_clients::sso::TokenSource;
use t5g_clients::{Endpoint, RetryPolicy, Secret, Surroundings};
use t5g_model::clock::Clock;
use t5g_model::writing::Member;
use t5g_simulator::Running;
use t5g_store::documents::Documents;
use t5g_store::ledger::Ledger;
use t5g_sync::{
    CardRules, CardScope, EscalationRules, FieldNames, Recipients, ShrinkRules, SyncContext, SyncRules,
    WriteRules, usual_statuses,
};
use url::Url;

use super::{Face, SEED, Setup};

pub(super) fn context(
    sim: &Running,
    documents: Documents,
    ledger: Ledger,
    time: &Arc<AtomicI64>,
    setup: &Setup,
) -> SyncContext {
    let environment: HashMap<String, String> = sim.environment().into_iter().collect();
    let of = |name: &str| environment[name].clone();
    let endpoint = |name: &str| {
        let mut endpoint = Endpoint::new(Url::parse(&of(name)).unwrap());
        let (first_delay, max_delay) = (Duration::from_millis(1), Duration::from_millis(20));
        endpoint.options.retry =
            RetryPolicy { max_attempts: setup.attempts, first_delay, max_delay, ..RetryPolicy::default() };
        endpoint
    };
    let clock = {
        let time = Arc::clone(time);
        Clock::new(move || DateTime::from_timestamp_millis(time.load(SeqCst)).unwrap())
    };
    let now = clock.clone();
    let around = Surroundings { now: Arc::new(move || now.now()), seed: SEED, writes: setup.writes };
    let tokens = TokenSource::new(
        endpoint("T5G_SSO_TOKEN_URL"),
        "rhsm-api",
        Secret::new(of("offline_token")),
        &around,
    );
    let auth = match environment.get("jira_username") {
        Some(user) => JiraAuth::Basic { user: user.clone(), password: Secret::new(of("jira_pass")) },
        None => JiraAuth::Bearer(Secret::new(of("jira_pass"))),
    };
    let bugzilla = || {
        let key = Secret::new(of("bz_key"));
        BugzillaClient::new(endpoint("T5G_BUGZILLA_BASE_URL"), KeyStyle::Bearer, key, &around).unwrap()
    };
    let mut rules = SyncRules {
        case_query: of("case_query"),
        page_rows: 5000,
        cards: CardRules {
            label: of("jira_query"),
            scope: CardScope::ActiveSprint { board: of("jira_board") },
            statuses: usual_statuses(),
        },
        escalations: EscalationRules {
            project: Some(of("jira_escalations_project")),
            label: Some(of("jira_escalations_label")),
        },
        fields: FieldNames::default(),
        shrink: ShrinkRules::default(),
        time_zone: chrono_tz::UTC,
        full_every: Duration::from_hours(23),
        overlap: Duration::from_mins(15),
        keep_comments: Duration::from_hours(400 * 24),
        schedules: BTreeMap::new(),
    };
    let tokens = tokens.unwrap();
    let portal: Arc<dyn Portal> = match setup.face {
        Face::Hydra => Arc::new(HydraPortal::new(endpoint("redhat_api"), tokens, &around).unwrap()),
        Face::Graphql => {
            Arc::new(GraphqlPortal::new(endpoint("T5G_PORTAL_GRAPHQL_URL"), tokens, &around).unwrap())
        }
        Face::V3 => Arc::new(V3Portal::new(endpoint("T5G_PORTAL_V3_URL"), tokens, &around).unwrap()),
    };
    if setup.face != Face::Hydra {
        rules.case_query = "{}".into();
    }
    (setup.rules)(&mut rules);
    let mut writing = write_rules(&environment);
    (setup.writing)(&mut writing);
    let slack = SlackClient::new(endpoint("T5G_SLACK_BASE_URL"), Secret::new(of("slack_token")), &around);
    let (server, port) = environment["smtp_server"].rsplit_once(':').unwrap();
    let mail = MailOptions {
        server: server.to_owned(),
        port: port.parse().unwrap(),
        security: Security::None,
        login: None,
        password: None,
        from: of("source_email"),
        timeout: Duration::from_secs(5),
    };
    SyncContext {
        documents,
        ledger,
        portal,
        jira: Arc::new(JiraClient::new(endpoint("jira_server"), auth, None, &around).unwrap()),
        bugzilla: setup.bugzilla.then(bugzilla).map(Arc::new),
        slack: Some(Arc::new(slack.unwrap().with_pace(setup.pace))),
        mail: Some(Arc::new(MailClient::new(mail, &around).unwrap())),
        rules: Arc::new(rules),
        writing: Arc::new(writing),
        clock,
    }
}

/// The rules of writing that the simulator's environment asks for; nothing has to settle.
fn write_rules(environment: &HashMap<String, String>) -> WriteRules {
    let of = |name: &str| environment[name].clone();
    let team: Vec<Value> = serde_json::from_str(&of("team")).unwrap();
    let member = |value: &Value| Member {
        name: value["name"].as_str().unwrap().to_owned(),
        jira_user: value["jira_user"].as_str().unwrap().to_owned(),
        jira_account_id: value["jira_account_id"].as_str().unwrap().to_owned(),
        slack_user: value["slack_user"].as_str().unwrap().to_owned(),
        accounts: serde_json::from_value(value["accounts"].clone()).unwrap(),
        active: value["active"] == "true",
        notified: value["notifieduser"] == "true",
        absent: Vec::new(),
    };
    WriteRules {
        read_only: false,
        team: team.iter().map(member).collect(),
        max_to_create: 1_000,
        project: Some(of("jira_project")),
        component: Some(of("jira_component")),
        labels: vec![of("jira_query")],
        board: Some(of("jira_board")),
        sprint: Some(of("jira_sprint")),
        settle: Duration::ZERO,
        jira_url: Some("https://jira.example.com".into()),
        tags: true,
        recipients: Recipients {
            from: Some(of("source_email")),
            new_cards: vec![of("notification_email")],
            alert: vec![of("alert_email")],
            tags: vec![of("bug_email")],
            subject: of("email_subject"),
            high_channel: Some(of("high_severity_slack_channel")),
            low_channel: Some(of("low_severity_slack_channel")),
        },
        ..WriteRules::default()
    }
}
