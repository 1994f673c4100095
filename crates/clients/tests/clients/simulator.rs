//! The clients against the simulator: the whole of what reading needs, without faults and with every fifth answer
//! failing in one of the ways after which a client that tries again still gets everything.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use t5g_clients::bugzilla::{BugzillaClient, KeyStyle};
use t5g_clients::jira::{Flavour, JiraAuth, JiraClient, SearchQuery, UserRef};
use t5g_clients::portal::{CaseQuery, GraphqlPortal, HydraPortal, Portal, V3Portal};
use t5g_clients::sso::TokenSource;
use t5g_clients::{Endpoint, Secret};
use t5g_simulator::{Running, Simulator, SimulatorSettings};

use crate::support::{around, endpoint, install_provider};

const SEED: u64 = 7;

pub(crate) struct World {
    pub(crate) running: Running,
    environment: BTreeMap<String, String>,
}

impl World {
    pub(crate) async fn start(cases: u32) -> Self {
        install_provider();
        let start: DateTime<Utc> = "2026-11-23T12:00:00Z".parse().unwrap();
        Self::with(SimulatorSettings::moved(SEED, cases, start)).await
    }

    async fn with(settings: SimulatorSettings) -> Self {
        let running = Simulator::start(settings).await.unwrap();
        let environment = running.environment().into_iter().collect();
        Self { running, environment }
    }

    pub(crate) fn env(&self, name: &str) -> &str {
        &self.environment[name]
    }

    pub(crate) fn endpoint(&self, name: &str) -> Endpoint {
        let mut endpoint = endpoint(self.env(name));
        endpoint.options.retry.max_attempts = 10;
        endpoint.options.retry.give_up_after = Duration::from_mins(1);
        endpoint
    }

    pub(crate) fn tokens(&self) -> TokenSource {
        let token = Secret::new(self.env("offline_token"));
        TokenSource::new(self.endpoint("T5G_SSO_TOKEN_URL"), "rhsm-api", token, &around()).unwrap()
    }

    pub(crate) fn hydra(&self) -> HydraPortal {
        HydraPortal::new(self.endpoint("redhat_api"), self.tokens(), &around()).unwrap()
    }

    pub(crate) fn jira(&self) -> JiraClient {
        let auth = JiraAuth::Basic {
            user: self.env("jira_username").into(),
            password: Secret::new(self.env("jira_pass")),
        };
        JiraClient::new(self.endpoint("jira_server"), auth, None, &around()).unwrap()
    }

    fn bugzilla(&self) -> BugzillaClient {
        let key = Secret::new(self.env("bz_key"));
        BugzillaClient::new(self.endpoint("T5G_BUGZILLA_BASE_URL"), KeyStyle::Bearer, key, &around()).unwrap()
    }

    pub(crate) fn query(&self) -> CaseQuery {
        CaseQuery { query: self.env("case_query").into(), rows: 100, modified_since: None }
    }

    /// One whose time goes by as ours does.
    pub(crate) async fn real(cases: u32) -> Self {
        install_provider();
        let began = std::time::Instant::now();
        let start: DateTime<Utc> = "2026-11-23T12:00:00Z".parse().unwrap();
        let clock = t5g_model::clock::Clock::new(move || {
            start + chrono::TimeDelta::from_std(began.elapsed()).unwrap()
        });
        Self::with(SimulatorSettings::real(SEED, cases, clock)).await
    }

    /// Somebody of the team, as this Jira names people.
    pub(crate) fn person(&self, cloud: bool) -> UserRef {
        let team: Value = serde_json::from_str(self.env("team")).unwrap();
        let text = |name: &str| team[0][name].as_str().unwrap().to_owned();
        if cloud {
            UserRef::AccountId(text("jira_account_id"))
        } else {
            UserRef::Name(text("jira_user").split('@').next().unwrap().to_owned())
        }
    }

    /// `GET /_sim/<what>`.
    pub(crate) async fn look(&self, what: &str) -> Value {
        let address = format!("{}/_sim/{what}", self.running.url());
        reqwest::get(address).await.unwrap().json().await.unwrap()
    }

    /// The journal's lines about a thing, oldest first.
    pub(crate) async fn journal(&self, on: &str) -> Vec<Value> {
        let entries = self.look("journal").await["entries"].as_array().unwrap().clone();
        let about = |entry: &Value| entry["on"].as_str().is_some_and(|told| told.contains(on));
        entries.into_iter().filter(about).collect()
    }

    /// What was changed of a thing, oldest first.
    pub(crate) async fn effects(&self, on: &str) -> Vec<String> {
        let entries = self.journal(on).await;
        let changed = entries.iter().filter(|entry| entry["changed"] == true);
        changed.map(|entry| entry["effect"].as_str().unwrap().to_owned()).collect()
    }

    /// How many writes there were.
    pub(crate) async fn writes(&self) -> u64 {
        self.look("journal").await["total"].as_u64().unwrap()
    }

    pub(crate) async fn clear_faults(&self) {
        let address = format!("{}/_sim/faults", self.running.url());
        assert!(reqwest::Client::new().delete(address).send().await.unwrap().status().is_success());
    }

    /// The keys that the sprint's own list shows.
    pub(crate) async fn sprint_listing(&self, sprint: u64) -> Vec<String> {
        let address = format!(
            "{}/rest/agile/1.0/sprint/{sprint}/issue?maxResults=100&fields=key",
            self.env("jira_server")
        );
        let request = reqwest::Client::new().get(address);
        let request = request.basic_auth(self.env("jira_username"), Some(self.env("jira_pass")));
        let page: Value = request.send().await.unwrap().json().await.unwrap();
        let total = page["total"].as_u64().unwrap();
        assert!(total <= 100, "all on one page");
        page["issues"]
            .as_array()
            .unwrap()
            .iter()
            .map(|issue| issue["key"].as_str().unwrap().to_owned())
            .collect()
    }

    pub(crate) async fn control(&self, path: &str, body: &Value) {
        let address = format!("{}/_sim/{path}", self.running.url());
        let answer = reqwest::Client::new().post(address).json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }
}

/// Everything that a sync reads, in a form that can be compared.
async fn read_all(world: &World) -> Vec<String> {
    let (portal, jira, bugzilla) = (world.hydra(), world.jira(), world.bugzilla());
    let mut all = Vec::new();
    let list = portal.search_cases(&world.query(), &|_, _| ()).await.unwrap();
    all.extend(list.cases.iter().map(|case| format!("{case:?}")));
    let numbers: Vec<String> = list.cases.iter().map(|case| case.number.clone()).take(60).collect();
    let mut bugs = Vec::new();
    for (number, detail) in portal.cases(&numbers).await {
        let mut detail = detail.unwrap();
        // What is kept as received holds the unknown members that a fault adds.
        detail.notified_users.iter_mut().flatten().for_each(|user| user.other.clear());
        detail.bugzillas.iter_mut().flatten().for_each(|bug| bug.retain(|name, _| name == "bugzillaNumber"));
        let linked = detail.bugzillas.iter().flatten();
        bugs.extend(linked.filter_map(|bug| bug.get("bugzillaNumber")?.as_str()?.parse::<u64>().ok()));
        all.push(format!("{number} {detail:?}"));
    }
    let mut keys = Vec::new();
    for number in &numbers {
        keys.extend(portal.linked_issues(number).await.unwrap().into_iter().map(|issue| issue.key));
    }
    let fields: Vec<String> = ["summary", "status", "comment"].map(Into::into).into();
    let mut issues = jira.issues_by_key(&keys, &fields, true).await.unwrap();
    issues.sort_by(|a, b| a.id.cmp(&b.id));
    all.extend(issues.iter().map(|issue| format!("{} {:?}", issue.key, issue.status())));
    let board = jira.board_by_name(world.env("jira_board")).await.unwrap().unwrap();
    let sprint = jira.active_sprint(board.id).await.unwrap().unwrap();
    let jql = format!(
        "sprint = {} AND labels = {}",
        sprint.id,
        t5g_clients::jira::jql::quote(world.env("jira_query"))
    );
    let cards = SearchQuery { jql, fields, rendered: true, reconcile: Vec::new() };
    for card in jira.search(&cards, &|_, _| ()).await.unwrap() {
        let comments = jira.all_comments(&card).await.unwrap();
        all.push(format!("{} {} comments", card.key, comments.len()));
    }
    let answer = bugzilla.bugs(&bugs).await.unwrap();
    all.push(format!("{answer:?}"));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_gets_the_same_with_every_fifth_answer_failing() {
    let world = World::start(300).await;
    let good = read_all(&world).await;
    let cards = good.iter().filter(|line| line.ends_with(" comments")).count();
    assert!(good.len() > 360 && cards > 10, "{} lines, {cards} cards", good.len());
    world.control("faults", &json!({"everything": 0.2})).await;
    let bad = read_all(&world).await;
    for (good, bad) in good.iter().zip(&bad) {
        assert_eq!(good, bad);
    }
    assert_eq!(good.len(), bad.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_service_passes_its_check() {
    let world = World::start(50).await;
    assert!(world.tokens().check().await.is_ok());
    assert!(world.hydra().check().await.is_ok());
    assert!(world.jira().check().await.unwrap().identity.is_some());
    assert_eq!(world.jira().flavour().await.unwrap(), Flavour::Cloud);
    assert!(world.bugzilla().check().await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn all_faces_of_the_portal_know_the_same_cases() {
    let world = World::start(250).await;
    let graphql =
        GraphqlPortal::new(world.endpoint("T5G_PORTAL_GRAPHQL_URL"), world.tokens(), &around()).unwrap();
    let v3 = V3Portal::new(world.endpoint("T5G_PORTAL_V3_URL"), world.tokens(), &around()).unwrap();
    let faces: [(&dyn Portal, &str); 3] = [(&world.hydra(), "*:*"), (&graphql, "{}"), (&v3, "{}")];
    let mut known = Vec::new();
    for (portal, query) in faces {
        let query = CaseQuery { query: query.into(), ..world.query() };
        let list = portal.search_cases(&query, &|_, _| ()).await.unwrap();
        let mut numbers: Vec<String> = list.cases.into_iter().map(|case| case.number).collect();
        numbers.sort();
        let details = portal.cases(&numbers).await;
        assert!(details.iter().all(|(_, detail)| detail.is_ok()), "{}", portal.capabilities().face);
        let comments: usize =
            details.iter().flat_map(|(_, detail)| detail).map(|detail| detail.comments.len()).sum();
        known.push((numbers, comments));
    }
    assert_eq!(known[0].0.len(), 250);
    assert!(known[0] == known[1] && known[1] == known[2], "the faces differ");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incremental_search_gets_only_what_changed() {
    let world = World::start(200).await;
    world.control("advance", &json!({"hours": 6})).await;
    let since = "2026-11-23T12:00:00Z".parse().unwrap();
    let query = CaseQuery { modified_since: Some(since), ..world.query() };
    let changed = world.hydra().search_cases(&query, &|_, _| ()).await.unwrap().cases;
    let all = world.hydra().search_cases(&world.query(), &|_, _| ()).await.unwrap().cases;
    let expected: Vec<_> =
        all.into_iter().filter(|case| case.modified.as_deref() >= Some("2026-11-23T12:00:00Z")).collect();
    assert!(!expected.is_empty() && expected.len() < 200);
    assert_eq!(changed, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_tokens_are_renewed_midway() {
    let world = World::start(50).await;
    let portal = world.hydra();
    portal.search_cases(&world.query(), &|_, _| ()).await.unwrap();
    world.control("expire-tokens", &json!({})).await;
    assert!(portal.search_cases(&world.query(), &|_, _| ()).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn data_center_is_read_alike() {
    let world = World::start(100).await;
    let base = endpoint(&format!("{}/jira-dc", world.running.url()));
    let auth = JiraAuth::Bearer(Secret::new("simulated-jira-pat"));
    let center = JiraClient::new(base, auth, None, &around()).unwrap();
    assert_eq!(center.flavour().await.unwrap(), Flavour::DataCenter);
    let jql = format!("project = {}", world.env("jira_project"));
    let query = SearchQuery { jql, fields: vec!["summary".into()], ..SearchQuery::default() };
    let keys = |issues: Vec<t5g_clients::jira::WireIssue>| {
        let mut keys: Vec<String> = issues.into_iter().map(|issue| issue.key).collect();
        keys.sort();
        keys
    };
    let there = keys(center.search(&query, &|_, _| ()).await.unwrap());
    assert_eq!(there, keys(world.jira().search(&query, &|_, _| ()).await.unwrap()));
    let mut some: Vec<String> = there.iter().take(20).cloned().collect();
    some.push(format!("{}-999999", world.env("jira_project")));
    assert_eq!(keys(center.issues_by_key(&some, &["summary".into()], false).await.unwrap()), there[..20]);
}
