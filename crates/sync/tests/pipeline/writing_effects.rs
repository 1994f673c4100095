//! Single effects: what one of them runs into harms no other, nothing is told that is not so, and what somebody else
//! writes at the same moment stays.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use t5g_clients::bugzilla::{BugzillaClient, KeyStyle};
use t5g_clients::{Endpoint, Secret, Surroundings, Writes};
use t5g_model::documents::Document;
use t5g_model::writing::{Effect, PlanKind};
use t5g_queue::{Asker, Role, RunState, Wish};
use t5g_store::ledger::{StepRecord, StepState};
use t5g_sync::{SyncContext, WriteRules, registry_of_writing};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::ground::{Ground, SEED, Setup, done, engine_of, fault, start_in};
use crate::writing::{ground, in_jira, new_cases, steps};

const TASK: &str = "portal2jira_sync";

/// Waits until faults have hit so often.
async fn hits(ground: &Ground, wanted: u64) {
    while ground.ask("faults").await["hits"].as_u64().unwrap() < wanted {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// How often that was done.
async fn count(ground: &Ground, what: &str) -> usize {
    ground.deeds().await.iter().filter(|(deed, _)| deed == what).count()
}

/// The steps of the plan that is not done yet.
async fn open_steps(ground: &Ground) -> Vec<StepRecord> {
    let plan = ground.ctx.ledger.unfinished(PlanKind::Cards).await.unwrap()[0];
    ground.ctx.ledger.steps_of(plan).await.unwrap()
}

fn of(ground: &Ground, name: &str) -> String {
    let environment: BTreeMap<String, String> = ground.sim.environment().into_iter().collect();
    environment[name].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_case_runs_into_cuts_off_no_other_case() {
    let ground = ground(Setup::default()).await;
    let new = new_cases(&ground).await.len();
    let slow = fault("POST /jira/rest/api/3/issue", &json!({ "kind": "delay", "ms": 1_500 }));
    let mut held =
        fault("POST /jira/rest/api/3/issue/*/remotelink", &json!({ "kind": "delay", "ms": 4_000 }));
    held["nth"] = json!([1]);
    ground.faults(json!([slow, held])).await;
    let cards = ground.ctx.documents.read(Document::Cards).await.unwrap().unwrap().bytes;
    // Torn after it was planned with, mended when the run is over.
    let tear = async {
        hits(&ground, 1).await;
        ground.put(Document::Cards, "[]").await;
    };
    let (run, ()) = tokio::join!(ground.start(TASK, Value::Null), tear);
    assert_eq!(run.state, RunState::Failed, "no card could be kept");
    let begun: Vec<_> =
        open_steps(&ground).await.into_iter().filter(|step| step.state == StepState::Begun).collect();
    assert!(begun.is_empty(), "cut off: {begun:#?}");
    ground.no_faults().await;
    ground.put(Document::Cards, std::str::from_utf8(&cards).unwrap()).await;
    let result = ground.write(TASK).await;
    assert_eq!((&result["failed"], &result["doubtful"]), (&json!(0), &json!(0)), "{result:#}");
    assert_eq!(count(&ground, "create_issue").await, new);
    assert!(new_cases(&ground).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_waits_for_its_turn_is_not_begun() {
    let ground = ground(Setup { pace: Duration::from_mins(5), ..Setup::default() }).await;
    let new = new_cases(&ground).await.len();
    let engine = engine_of(&ground.ctx, registry_of_writing(&ground.ctx));
    let wish = Wish { attempts: Some(1), ..Wish::of(TASK, Value::Null) };
    let run = engine.launcher().start_all(&[wish], &Asker::program("test")).await.unwrap().remove(0).run;
    engine.begin(&[Role::WorkOn(vec![run])]).await;
    // Until every case that is worked on waits for its turn.
    while ground.ask("messages").await.as_array().unwrap().is_empty() || count(&ground, "link").await < 4 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    engine.shutdown(Duration::from_millis(100)).await;
    let begun: Vec<_> =
        open_steps(&ground).await.into_iter().filter(|step| step.state == StepState::Begun).collect();
    assert!(begun.is_empty(), "nothing of it had left: {begun:#?}");

    let quick = ground.with(&Setup::default());
    let result = done(&start_in(&quick, registry_of_writing(&quick), TASK, Value::Null).await);
    assert_eq!((&result["doubtful"], &result["skipped"]), (&json!(0), &json!(1)), "{result:#}");
    assert_eq!(ground.ask("messages").await.as_array().unwrap().len(), 2 * new);
    assert_eq!(count(&ground, "create_issue").await, new);
}

/// Nobody's account in this Jira is known.
fn nameless(rules: &mut WriteRules) {
    for member in &mut rules.team {
        member.jira_account_id.clear();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_whom_no_account_is_known_nobody_is_told_that_they_have_the_card() {
    let ground = ground(Setup { writing: nameless, ..Setup::default() }).await;
    let new = new_cases(&ground).await.len();
    let shown = ground.start(TASK, json!({ "dry_run": true })).await.result;
    let result = ground.write(TASK).await;
    assert_eq!(result["failed"], 0, "{result:#}");
    let steps = steps(&ground, &result).await;
    let made: Vec<_> = steps.iter().filter(|step| matches!(step.effect, Effect::CreateCard { .. })).collect();
    assert_eq!(made.len(), new);
    for step in &made {
        let (why, who) = (step.error.clone().unwrap(), step.unassigned().unwrap().name);
        assert!(why.contains(&who) && why.contains("jira_account_id"), "{why}");
    }
    let messages = ground.ask("messages").await.to_string();
    assert_eq!(messages.matches("Nobody has the card: ").count(), new, "{messages}");
    assert!(!messages.contains("does not take"), "Jira was not asked: {messages}");
    assert!(messages.contains("made without their assignees"), "{messages}");
    let letter = ground.ask("mail").await["letters"][0]["text"].as_str().unwrap().to_owned();
    assert_eq!(letter.matches("nobody: ").count(), new, "{letter}");
    assert!(!letter.contains("does not take"), "{letter}");
    // What is known beforehand is shown beforehand.
    let shown = shown.to_string();
    assert_eq!(shown.matches("Nobody has the card: ").count(), new, "{shown}");
    assert_eq!(shown.matches("| nobody: ").count(), new, "{shown}");
}

/// An open card of an old case that is not where opened cards go, and its case.
async fn old_card(ground: &Ground) -> (String, String) {
    let cards = ground.document(Document::Cards).await;
    let old = cards.as_object().unwrap().iter().find(|(_, card)| {
        card["case_days_open"].as_i64() > Some(16)
            && !["Done", "Backlog"].contains(&card["card_status"].as_str().unwrap())
            && card["case_status"] != "Closed"
    });
    let (key, card) = old.unwrap();
    (key.clone(), card["case_number"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_could_not_be_opened_again_is_told_by_nobody_to_be_open() {
    let ground = ground(Setup::default()).await;
    let (key, case) = old_card(&ground).await;
    in_jira(&ground, "/rest/agile/1.0/backlog/issue", Some(json!({ "issues": [key] }))).await;
    ground.sync_all(true).await;
    let route = format!("POST /jira/rest/api/3/issue/{key}/transitions");
    ground.faults(fault(&route, &json!({ "kind": "status", "status": 400 }))).await;
    let result = ground.write(TASK).await;
    assert_eq!(result["failed"], 1, "{result:#}");
    let deeds = ground.deeds().await;
    assert!(deeds.contains(&("enter_sprint".to_owned(), key.clone())), "{deeds:?}");
    assert!(!deeds.contains(&("comment".to_owned(), key.clone())), "it says that it was opened: {result:#}");
    let messages = ground.ask("messages").await;
    let told = |begin: &str| {
        let texts = messages.as_array().unwrap().iter().filter_map(|one| one["text"].as_str());
        texts.filter(|text| text.starts_with(begin) && text.contains(&case)).count()
    };
    assert_eq!(told("Case reopened "), 0, "{messages:#}");
    assert_eq!(told("One step of making cards failed"), 1, "{messages:#}");
    let letters = ground.ask("mail").await;
    let letters = letters["letters"].as_array().unwrap();
    assert!(letters.iter().all(|one| !one["text"].as_str().unwrap().contains(&case)), "{letters:#?}");
}

fn two(rules: &mut WriteRules) {
    rules.recipients.new_cards = vec!["ann@example.com".into(), "bo@example.com".into()];
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_mail_server_refuses_for_now_gets_the_letter_later_and_nobody_twice() {
    let ground = ground(Setup { writing: two, ..Setup::default() }).await;
    let mut grey = fault("SMTP /smtp/rcpt/bo@example.com", &json!({ "kind": "status", "status": 451 }));
    grey["times"] = json!(2);
    ground.faults(grey).await;
    let run = ground.start(TASK, Value::Null).await;
    assert_eq!(run.state, RunState::Failed, "a letter waits");
    let told = |letters: &Value| {
        let letters = letters["letters"].as_array().unwrap().clone();
        letters.into_iter().map(|letter| letter["to"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(told(&ground.ask("mail").await), [json!(["ann@example.com"])]);
    let mails: Vec<_> = open_steps(&ground).await;
    let mails: Vec<_> = mails.iter().filter(|step| matches!(step.effect, Effect::Mail { .. })).collect();
    assert_eq!([mails[0].state, mails[1].state], [StepState::Done, StepState::Planned]);
    assert!(mails[0].error.clone().unwrap().contains("bo@example.com"), "{:?}", mails[0].error);
    let second = ground.start(TASK, Value::Null).await;
    assert_eq!(second.state, RunState::Failed, "refused once more");
    let result = ground.write(TASK).await;
    assert_eq!(
        told(&ground.ask("mail").await),
        [json!(["ann@example.com"]), json!(["bo@example.com"])],
        "{result:#}"
    );
    assert!(ground.ctx.ledger.unfinished(PlanKind::Cards).await.unwrap().is_empty());
    let letters = ground.ask("mail").await["letters"].clone();
    assert_eq!(letters[0]["text"], letters[1]["text"], "both are told the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_slept_after_the_beginning_sends_nothing() {
    let short = |rules: &mut WriteRules| {
        rules.settle = Duration::from_secs(6);
        rules.start_columns = Vec::new();
    };
    let ground = ground(Setup { writing: short, ..Setup::default() }).await;
    let new = new_cases(&ground).await.len();
    let mut slow =
        fault("GET /jira/rest/api/3/issue/*/transitions", &json!({ "kind": "delay", "ms": 1_500 }));
    slow["nth"] = json!([1]);
    ground.faults(slow).await;
    // A machine that is suspended: the time of day goes on, the process's own clock does not.
    let suspend = async {
        hits(&ground, 1).await;
        ground.pass(TimeDelta::seconds(14));
    };
    let (run, ()) = tokio::join!(ground.start(TASK, Value::Null), suspend);
    assert_eq!(run.state, RunState::Failed, "{:?}", run.result);
    let steps = open_steps(&ground).await;
    let late: Vec<_> = steps
        .iter()
        .filter(|step| matches!(step.effect, Effect::Transition { .. }) && !step.state.is_final())
        .collect();
    assert!(!late.is_empty() && late.iter().all(|step| step.state == StepState::Planned), "{late:#?}");
    assert_eq!(count(&ground, "transition").await, new - late.len(), "it was sent all the same");
    let result = ground.write(TASK).await;
    assert_eq!((&result["failed"], &result["doubtful"]), (&json!(0), &json!(0)), "{result:#}");
    assert_eq!((count(&ground, "transition").await, count(&ground, "create_issue").await), (new, new));
}

/// What a dry run of tagging says that it would do, of one kind.
async fn planned_tag(ground: &Ground, what: &str) -> Value {
    let dry = ground.start("tag_bz", json!({ "dry_run": true })).await.result;
    let items = dry["plan"]["items"].as_array().unwrap().iter();
    let mut steps = items.flat_map(|item| item["steps"].as_array().unwrap());
    let found = steps.find(|step| step["do"] == what);
    assert!(found.is_some(), "no {what}: {dry:#}");
    found.unwrap().clone()
}

/// Sends a change past the product.
async fn put(url: &str, body: &Value, who: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder) {
    let request = reqwest::Client::new().put(url).json(body);
    who(request).send().await.unwrap().error_for_status().unwrap();
}

/// An answer that is made at once and comes late: what it says is old by then.
fn old_news(route: &str, holds: &str) -> Value {
    let mut late = fault(route, &json!({ "kind": "delay", "ms": 1_500 }));
    (late["nth"], late["holds"], late["after_effect"]) = (json!([1]), json!(holds), json!(true));
    late
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_somebody_adds_to_a_whiteboard_meanwhile_stays() {
    let ground = ground(Setup::default()).await;
    let bug = planned_tag(&ground, "set_whiteboard").await["of"]["bug"].clone();
    ground.faults(old_news("GET /bugzilla/rest/bug", &format!("id={bug}"))).await;
    let url = format!("{}/rest/bug/{bug}", of(&ground, "T5G_BUGZILLA_BASE_URL"));
    let key = of(&ground, "bz_key");
    let meddle = async {
        hits(&ground, 1).await;
        put(&url, &json!({ "cf_internal_whiteboard": "somebodys" }), |request| request.bearer_auth(&key))
            .await;
    };
    let (run, ()) = tokio::join!(ground.start("tag_bz", Value::Null), meddle);
    assert_eq!(done(&run)["failed"], 0, "{:#}", run.result);
    let read = reqwest::Client::new().get(&url).bearer_auth(&key).send().await.unwrap();
    let read: Value = read.json().await.unwrap();
    let board = read["bugs"][0]["cf_internal_whiteboard"].as_str().unwrap();
    assert!(["somebodys", "Telco", "Telco:Case"].iter().all(|word| board.contains(word)), "{board}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyword_that_somebody_adds_meanwhile_stays() {
    let ground = ground(Setup::default()).await;
    let step = planned_tag(&ground, "set_keywords").await;
    let (key, field) = (step["issue"].as_str().unwrap(), step["field"].as_str().unwrap());
    ground.faults(old_news(&format!("GET /jira/rest/api/3/issue/{key}"), "")).await;
    let url = format!("{}/rest/api/2/issue/{key}", of(&ground, "jira_server"));
    let (user, pass) = (of(&ground, "jira_username"), of(&ground, "jira_pass"));
    let meddle = async {
        hits(&ground, 1).await;
        let body = json!({ "fields": { field: ["somebodys"] } });
        put(&url, &body, |request| request.basic_auth(&user, Some(&pass))).await;
    };
    let (run, ()) = tokio::join!(ground.start("tag_bz", Value::Null), meddle);
    assert_eq!(done(&run)["failed"], 0, "{:#}", run.result);
    let words =
        in_jira(&ground, &format!("/rest/api/3/issue/{key}"), None).await["fields"][field].to_string();
    assert!(["somebodys", "Telco", "Telco:Case"].iter().all(|word| words.contains(word)), "{words}");
}

/// A Bugzilla that answers every change well and has no internal whiteboard.
async fn bare_bugzilla() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer_barely(stream));
        }
    });
    address.parse().unwrap()
}

async fn answer_barely(mut stream: TcpStream) {
    let mut asked = String::new();
    let whole = |asked: &str| {
        let Some((head, body)) = asked.split_once("\r\n\r\n") else { return false };
        let length = head.lines().filter_map(|line| line.split_once(": "));
        let mut length = length.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        body.len() >= length.next_back().map_or(0, |(_, length)| length.parse().unwrap())
    };
    while !whole(&asked) {
        let mut part = [0; 4_096];
        let read = stream.read(&mut part).await.unwrap();
        if read == 0 {
            return;
        }
        asked.push_str(std::str::from_utf8(&part[..read]).unwrap());
    }
    let target = asked.split(' ').nth(1).unwrap();
    let bug = target.split_once("id=").or_else(|| target.split_once("/bug/")).unwrap().1;
    let bug: String = bug.chars().take_while(char::is_ascii_digit).collect();
    let body = format!(r#"{{"bugs":[{{"id":{bug},"changes":{{}}}}]}}"#);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
    let answer = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(answer.as_bytes()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bug_is_not_called_tagged_where_bugzilla_changed_nothing() {
    let ground = ground(Setup::default()).await;
    let clock = ground.ctx.clock.clone();
    let around = Surroundings { now: Arc::new(move || clock.now()), seed: SEED, writes: Writes::Allowed };
    let endpoint = Endpoint::new(bare_bugzilla().await);
    let bugzilla = BugzillaClient::new(endpoint, KeyStyle::Bearer, Secret::new("k"), &around).unwrap();
    let ctx = Arc::new(SyncContext { bugzilla: Some(Arc::new(bugzilla)), ..(*ground.ctx).clone() });
    let result = done(&start_in(&ctx, registry_of_writing(&ctx), "tag_bz", Value::Null).await);
    let steps = steps(&ground, &result).await;
    let bugs: Vec<_> = steps
        .iter()
        .filter(|step| {
            matches!(&step.effect, Effect::SetWhiteboard { .. }) && step.service().as_str() == "bugzilla"
        })
        .collect();
    assert!(!bugs.is_empty());
    for step in bugs {
        let why = step.error.clone().unwrap_or_default();
        assert!(step.state == StepState::Failed && why.contains("no such field"), "{step:#?}");
    }
    let letter = ground.ask("mail").await["letters"][0].clone();
    assert!(letter["text"].as_str().unwrap().contains("no such field"), "{letter:#}");
}
