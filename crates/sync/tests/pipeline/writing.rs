//! What is written: cards, priorities, tags, each once; what waits for a person; what is taken back.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use t5g_model::documents::Document;
use t5g_model::names::CaseNumber;
use t5g_model::writing::{Effect, PlanKind, Subject};
use t5g_queue::RunState;
use t5g_simulator::Flavour;
use t5g_store::ledger::{
    AuditFilter, AuditRecord, PlanAsked, PlanDecision, PlanId, PlanState, StepRecord, StepState,
};
use t5g_sync::WriteRules;

use crate::ground::{Ground, Setup, fault};

/// A world in which some cases have no card, fetched.
pub(crate) async fn ground(setup: Setup) -> Ground {
    let ground = Ground::new(Setup { auto_cards: false, ..setup }).await;
    ground.advance(72);
    ground.sync_all(true).await;
    ground
}

/// Cases of the document without a card.
pub(crate) async fn new_cases(ground: &Ground) -> Vec<String> {
    let (cases, cards) = (ground.document(Document::Cases).await, ground.document(Document::Cards).await);
    let tracked: Vec<&Value> = cards.as_object().unwrap().values().map(|card| &card["case_number"]).collect();
    let open = cases.as_object().unwrap().iter().filter(|(_, case)| case["status"] != "Closed");
    open.map(|(number, _)| number.clone()).filter(|number| !tracked.contains(&&json!(number))).collect()
}

pub(crate) async fn steps(ground: &Ground, result: &Value) -> Vec<StepRecord> {
    let plan: PlanId = result["plans"][0]["plan"].as_str().unwrap().parse().unwrap();
    ground.ctx.ledger.steps_of(plan).await.unwrap()
}

/// How often each thing was done to each.
fn counted(deeds: &[(String, String)]) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for deed in deeds {
        *counts.entry(deed.clone()).or_default() += 1;
    }
    counts
}

async fn every_new_case_gets_one_whole_card(flavour: Flavour) {
    let ground = ground(Setup { flavour, ..Setup::default() }).await;
    let new = new_cases(&ground).await;
    assert!(new.len() >= 5, "{new:?}");
    let shown = ground.start("portal2jira_sync", json!({ "dry_run": true })).await;
    let dry = shown.result;
    assert!(ground.deeds().await.is_empty(), "a dry run writes nothing");
    assert!(ground.ctx.ledger.unfinished(PlanKind::Cards).await.unwrap().is_empty());
    let seed = dry["plan"]["seed"].clone();
    let run = ground.start("portal2jira_sync", json!({ "seed": seed, "shown": shown.id })).await;
    assert_eq!(run.state, RunState::Done, "{:?}", run.error);
    assert_eq!(run.result["changed"], json!([]), "the plan that was shown is the one that was done");
    assert_eq!((&run.result["failed"], &run.result["doubtful"]), (&json!(0), &json!(0)), "{:#}", run.result);

    let done = steps(&ground, &run.result).await;
    let made: BTreeMap<String, String> = done
        .iter()
        .filter(|step| matches!(step.effect, Effect::CreateCard { .. }))
        .map(|step| (step.subject.to_string(), step.after["key"].as_str().unwrap().to_owned()))
        .collect();
    let mut deeds = counted(&ground.deeds().await);
    // A card has several links, a channel several messages.
    deeds.retain(|(what, _), _| what != "link" && !what.starts_with("slack_"));
    assert!(deeds.values().all(|count| *count == 1), "{deeds:#?}");
    let did = |what: &str, on: &str| deeds.contains_key(&(what.to_owned(), on.to_owned()));
    for (case, key) in &made {
        for what in ["create_issue", "enter_sprint"] {
            assert!(did(what, key), "{what} {case} {key}: {deeds:#?}");
        }
    }
    let messages = ground.ask("messages").await;
    let messages = messages.as_array().unwrap();
    let threads: Vec<&Value> = messages.iter().filter_map(|message| message.get("thread_ts")).collect();
    assert_eq!(messages.len(), 2 * threads.len(), "a message and an answer for each case");
    let letters = ground.ask("mail").await;
    assert_eq!(letters["total"], 1);
    as_shown(&dry, messages, &letters["letters"][0], &made);
    let cards = ground.document(Document::Cards).await;
    for number in &new {
        let of: Vec<_> = cards
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, card)| card["case_number"] == json!(number))
            .collect();
        assert_eq!(of.len(), 1, "case {number}");
        assert!(
            messages.iter().filter(|message| message["text"].as_str().unwrap().contains(number)).count() >= 1
        );
    }
    assert_eq!(new_cases(&ground).await, Vec::<String>::new());

    // Whatever was written has its line in the audit log, and is found from its case and its run.
    let log = ground.ctx.ledger.audit_entries(&AuditFilter::default(), 1_000).await.unwrap();
    assert_eq!(log.len(), done.iter().filter(|step| step.wrote).count());
    let case: CaseNumber = new[0].parse().unwrap();
    assert!(!ground.ctx.ledger.steps_about(&[Subject::Case(case)], 100).await.unwrap().is_empty());
    assert_eq!(ground.ctx.ledger.steps_of_run(&run.id.to_string()).await.unwrap().len(), done.len());

    // Again: nothing, even where the document of cards was lost meanwhile.
    let total = ground.deeds().await.len();
    assert_eq!(ground.write("portal2jira_sync").await["plans"], json!([]));
    ground.put(Document::Cards, "{}").await;
    let again = ground.write("portal2jira_sync").await;
    assert_eq!(ground.deeds().await.len(), total, "{again:#}");
}

/// Every message was sent as the dry run told it, but for the keys that nobody could know then.
fn as_shown(dry: &Value, messages: &[Value], letter: &Value, made: &BTreeMap<String, String>) {
    let sent: Vec<&str> = messages.iter().map(|message| message["text"].as_str().unwrap()).collect();
    let of = |effect: &str| {
        let items = dry["plan"]["items"].as_array().unwrap().iter();
        let steps = items.flat_map(|item| item["steps"].as_array().unwrap());
        let effect = effect.to_owned();
        steps.filter(move |step| step["do"] == effect.as_str()).cloned().collect::<Vec<_>>()
    };
    for post in of("slack_post") {
        let begin = format!("{}\nCard: ", post["text"].as_str().unwrap());
        assert!(sent.iter().any(|text| text.starts_with(&begin)), "{begin}");
    }
    for reply in of("slack_reply") {
        assert!(sent.contains(&reply["text"].as_str().unwrap()));
    }
    let shown = &of("mail")[0]["draft"];
    assert_eq!(shown["subject"], letter["subject"]);
    let mut told = letter["text"].as_str().unwrap().to_owned();
    for key in made.values() {
        told = told
            .replace(&format!("| {key}\r"), "| (the new card)\r")
            .replace(&format!("| {key}\n"), "| (the new card)\n");
    }
    // A letter travels with a line end of its own behind it.
    let lines = |text: &str| {
        let lines = text.trim_end().lines().map(|line| line.trim_end().to_owned());
        lines.filter(|line| !line.contains("/browse/")).collect::<Vec<_>>()
    };
    assert_eq!(lines(shown["text"].as_str().unwrap()), lines(&told));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_new_case_gets_one_whole_card_in_the_cloud() {
    every_new_case_gets_one_whole_card(Flavour::Cloud).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_new_case_gets_one_whole_card_in_data_center() {
    every_new_case_gets_one_whole_card(Flavour::DataCenter).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_new_cases_wait_for_a_person() {
    let ground =
        ground(Setup { writing: |rules: &mut WriteRules| rules.max_to_create = 2, ..Setup::default() }).await;
    let dry = ground.start("portal2jira_sync", json!({ "dry_run": true })).await.result;
    let result = ground.write("portal2jira_sync").await;
    let held: PlanId = result["held"].as_str().unwrap().parse().unwrap();
    assert_eq!(ground.deeds().await.iter().filter(|(what, _)| what == "create_issue").count(), 0);
    let letters = ground.ask("mail").await;
    assert_eq!(letters["total"], 1, "{letters}");
    assert!(letters["letters"][0].to_string().contains("High New Case Count Detected"), "{letters}");
    let shown = &dry["alarm"]["items"][0]["steps"][0]["draft"];
    let trimmed = |text: &Value| {
        text.as_str().unwrap().trim_end().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(trimmed(&shown["text"]), trimmed(&letters["letters"][0]["text"]), "as the dry run told it");

    // The same again: no second plan, no second letter.
    let again = ground.write("portal2jira_sync").await;
    assert_eq!(again["held"], result["held"]);
    assert_eq!(ground.ask("mail").await["total"], 1);

    // More of them: a plan in place of that one.
    ground.advance(48);
    ground.sync_all(true).await;
    let more = ground.write("portal2jira_sync").await;
    let newer: PlanId = more["held"].as_str().unwrap().parse().unwrap();
    let state = async |plan| ground.ctx.ledger.plan(plan).await.unwrap().unwrap().summary.state;
    assert_eq!((state(held).await, state(newer).await), (PlanState::Superseded, PlanState::Held));

    let ann = PlanAsked::at_the_command_line("ann");
    let now = ground.ctx.clock.now();
    assert!(ground.ctx.ledger.decide_plan(newer, PlanDecision::Reject, &ann, now).await.unwrap());
    let rejected = ground.write("portal2jira_sync").await;
    assert!(rejected["held"].is_null() && rejected["plans"] == json!([]), "{rejected:#}");
    assert!(ground.ctx.ledger.decide_plan(newer, PlanDecision::Release, &ann, now).await.unwrap());
    let run = ground.start("portal2jira_sync", json!({ "resume": true })).await;
    assert_eq!(run.state, RunState::Done, "{:?}", run.error);
    assert_eq!(state(newer).await, PlanState::Done);
    assert!(new_cases(&ground).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_fails_stops_no_other_and_is_told() {
    let ground = ground(Setup::default()).await;
    let refused = json!({ "kind": "status", "status": 400 });
    let mut rule = fault("POST /jira/rest/api/3/issue", &refused);
    rule["nth"] = json!([2]);
    ground.faults(rule).await;
    let new = new_cases(&ground).await.len();
    let result = ground.write("portal2jira_sync").await;
    assert_eq!(result["failed"], 1, "{result:#}");
    assert_eq!(new_cases(&ground).await.len(), 1, "one of {new}");
    let messages = ground.ask("messages").await.to_string();
    assert!(messages.contains("One step of making cards failed"), "{messages}");
    assert!(ground.write("portal2jira_sync").await["failed"] == 0, "the next run makes it");
    assert!(new_cases(&ground).await.is_empty());
}

/// Nobody of the team is known to Jira.
fn strangers(rules: &mut WriteRules) {
    for member in &mut rules.team {
        "0:nobody".clone_into(&mut member.jira_account_id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_jira_does_not_take_stops_no_card_and_is_told() {
    let ground = ground(Setup { writing: strangers, ..Setup::default() }).await;
    let new = new_cases(&ground).await;
    let result = ground.write("portal2jira_sync").await;
    assert_eq!((&result["failed"], &result["doubtful"]), (&json!(0), &json!(0)), "{result:#}");
    assert!(new_cases(&ground).await.is_empty());
    let steps = steps(&ground, &result).await;
    let made: Vec<_> = steps.iter().filter(|step| matches!(step.effect, Effect::CreateCard { .. })).collect();
    assert_eq!(made.len(), new.len());
    for step in &made {
        let (why, who) = (step.error.clone().unwrap(), step.unassigned().unwrap().name);
        assert!(why.contains(&who) && why.contains("does not exist"), "{why}");
        let key = step.after["key"].as_str().unwrap();
        let issue = in_jira(&ground, &format!("/rest/api/3/issue/{key}"), None).await;
        let fields = issue["fields"].as_object().unwrap();
        assert_eq!(fields.get("assignee"), Some(&Value::Null), "{key} has somebody");
    }
    let creates = ground.deeds().await.iter().filter(|(what, _)| what == "create_issue").count();
    assert_eq!(creates, new.len(), "what Jira refused made nothing");
    // In the run's result, in the letter, in Slack: in the case's message and for who looks after it.
    let told = result["plans"][0].to_string();
    assert_eq!(told.matches("was made without").count(), new.len(), "{told}");
    let letter = ground.ask("mail").await["letters"][0]["text"].as_str().unwrap().to_owned();
    assert!(letter.contains("nobody: Jira does not take"), "{letter}");
    let messages = ground.ask("messages").await.to_string();
    assert_eq!(messages.matches("Nobody has the card: Jira does not take").count(), new.len(), "{messages}");
    assert!(messages.contains("were made without their assignees"), "{messages}");

    let total = ground.deeds().await.len();
    assert_eq!(ground.write("portal2jira_sync").await["plans"], json!([]), "nothing is left to do");
    assert_eq!(ground.deeds().await.len(), total);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_refusal_fails_the_card_as_ever() {
    let wrong = |rules: &mut WriteRules| {
        strangers(rules);
        rules.issue_type = "Riddle".to_owned();
    };
    let ground = ground(Setup { writing: wrong, ..Setup::default() }).await;
    let new = new_cases(&ground).await.len();
    let result = ground.write("portal2jira_sync").await;
    assert_eq!(result["failed"], json!(new), "{result:#}");
    assert_eq!(ground.deeds().await.iter().filter(|(what, _)| what == "create_issue").count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_made_without_its_assignee_is_known_as_such_after_its_answer_was_lost() {
    let ground = ground(Setup { writing: strangers, ..Setup::default() }).await;
    let mut rule = fault("POST /jira/rest/api/3/issue", &json!({ "kind": "drop" }));
    // The first that Jira does not refuse.
    (rule["nth"], rule["after_effect"]) = (json!([2]), json!(true));
    ground.faults(rule).await;
    let result = ground.write("portal2jira_sync").await;
    let made: Vec<_> = steps(&ground, &result).await;
    let made = made.iter().filter(|step| matches!(step.effect, Effect::CreateCard { .. }));
    assert!(made.clone().all(|step| step.unassigned().is_some()), "{result:#}");
    assert_eq!(counted(&ground.deeds().await).values().filter(|count| **count == 0).count(), 0);
    let creates = ground.deeds().await.iter().filter(|(what, _)| what == "create_issue").count();
    assert_eq!(creates, made.count());
}

/// Does something in Jira past the product, as its bot.
pub(crate) async fn in_jira(ground: &Ground, path: &str, body: Option<Value>) -> Value {
    let environment: BTreeMap<String, String> = ground.sim.environment().into_iter().collect();
    let url = format!("{}{path}", environment["jira_server"]);
    let http = reqwest::Client::new();
    let request = match body {
        Some(body) => http.post(url).header("Content-Type", "application/json").body(body.to_string()),
        None => http.get(url),
    };
    let request = request.basic_auth(&environment["jira_username"], Some(&environment["jira_pass"]));
    let answer = request.send().await.unwrap().error_for_status().unwrap().text().await.unwrap();
    if answer.is_empty() { Value::Null } else { serde_json::from_str(&answer).unwrap() }
}

/// What was begun may have happened: that one may not look is no reason to say that it failed.
#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_may_be_there_is_not_given_up_where_one_cannot_look() {
    let ground = ground(Setup::default()).await;
    // The world numbers what is made apart from what was there; the youngest one is to be of those.
    let fields =
        json!({ "project": { "key": "KNIECO" }, "issuetype": { "name": "Task" }, "summary": "no card" });
    in_jira(&ground, "/rest/api/3/issue", Some(json!({ "fields": fields }))).await;
    // By then the search shows it.
    ground.advance(2);
    ground.sync_all(true).await;
    let before = ground.deeds().await.len();
    let created = async || {
        let deeds = ground.deeds().await;
        deeds.iter().skip(before).filter(|(what, _)| what == "create_issue").count()
    };
    let mut lost = fault("POST /jira/rest/api/3/issue", &json!({ "kind": "drop" }));
    (lost["nth"], lost["after_effect"]) = (json!([1]), json!(true));
    let mut blind = fault("POST /jira/rest/api/3/search/jql", &json!({ "kind": "status", "status": 403 }));
    // One look for all that are planned, one before each create; then the answer is lost.
    let new = new_cases(&ground).await.len();
    let looks = u64::try_from(new).unwrap() + 1;
    (blind["holds"], blind["nth"]) = (json!("summary ~"), json!((looks + 1..looks + 40).collect::<Vec<_>>()));
    ground.faults(json!([lost, blind])).await;
    let control = format!("{}/_sim/search-lag", ground.sim.url());
    let lag = reqwest::Client::new().post(control).body(json!({ "seconds": 3600 }).to_string());
    lag.send().await.unwrap().error_for_status().unwrap();
    let run = ground.start("portal2jira_sync", json!({})).await;
    assert_eq!((run.state, created().await), (RunState::Failed, new), "{:?}", run.error);
    let plan = ground.ctx.ledger.unfinished(PlanKind::Cards).await.unwrap()[0];
    let begun = ground.ctx.ledger.steps_of(plan).await.unwrap();
    assert_eq!(begun.iter().filter(|step| step.state == StepState::Begun).count(), 1, "{:?}", run.error);
    assert!(begun.iter().all(|step| step.state != StepState::Failed));
    ground.no_faults().await;
    let result = ground.write("portal2jira_sync").await;
    assert_eq!((created().await, &result["failed"]), (new, &json!(0)), "{result:#}");
    assert!(new_cases(&ground).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_was_taken_from_the_sprint_on_purpose_stays_out() {
    let ground = ground(Setup::default()).await;
    let result = ground.write("portal2jira_sync").await;
    let all = steps(&ground, &result).await;
    let entered = all.iter().find(|step| matches!(step.effect, Effect::EnterSprint { .. })).unwrap();
    let undo = json!({ "plan": entered.place.plan, "seq": entered.place.seq });
    assert_eq!(ground.start("undo", undo).await.state, RunState::Done);
    ground.sync_all(true).await;
    assert_eq!(new_cases(&ground).await.len(), 1, "the card is in no sprint");
    let total = ground.deeds().await.len();
    let again = ground.write("portal2jira_sync").await;
    assert_eq!(ground.deeds().await.len(), total, "it was put back: {again:#}");
    let why = again["left_out"][0]["reason"].as_str().unwrap();
    assert!(why.contains("taken from the sprint on purpose"), "{why}");

    // Taking that back puts it into the sprint again.
    let undone = json!({ "plan": why.rsplit(' ').next().unwrap(), "seq": 1 });
    assert_eq!(ground.start("undo", undone).await.state, RunState::Done);
    ground.sync_all(true).await;
    assert!(new_cases(&ground).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_card_that_is_opened_again_is_called_and_nobody_else() {
    let ground = ground(Setup::default()).await;
    let cards = ground.document(Document::Cards).await;
    let old = cards.as_object().unwrap().iter().filter(|(_, card)| {
        card["case_days_open"].as_i64() > Some(16)
            && card["card_status"] != "Done"
            && card["case_status"] != "Closed"
    });
    let (mut found, team) = (None, ground.ctx.writing.team.clone());
    for (key, card) in old {
        let issue = in_jira(&ground, &format!("/rest/api/3/issue/{key}"), None).await;
        let holder = &issue["fields"]["assignee"]["accountId"];
        if let Some(member) = team.iter().find(|member| *holder == member.jira_account_id) {
            found = Some((key.clone(), card["case_number"].as_str().unwrap().to_owned(), member.clone()));
        }
    }
    let (key, case, member) = found.expect("no old card belongs to one of the team");
    in_jira(&ground, "/rest/agile/1.0/backlog/issue", Some(json!({ "issues": [key] }))).await;
    ground.sync_all(true).await;
    let result = ground.write("portal2jira_sync").await;
    let messages = ground.ask("messages").await;
    let mut post = messages.as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap());
    let post = post.find(|text| text.starts_with("Case reopened ") && text.contains(&case));
    let post = post.unwrap_or_else(|| panic!("{case} was not told of: {messages:#} {result:#}"));
    assert!(post.contains(&format!("(<@{}>)", member.slack_user)), "{member:?}: {post}");
    let letter = ground.ask("mail").await["letters"][0]["text"].as_str().unwrap().to_owned();
    let row = letter.lines().find(|line| line.contains(&case) && line.contains(&key));
    assert!(row.unwrap_or(&letter).contains(&member.name), "{}: {letter}", member.name);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_somebody_moved_on_meanwhile_stays_there() {
    let hour = |rules: &mut WriteRules| {
        rules.settle = std::time::Duration::from_hours(1);
        rules.start_columns = Vec::new();
    };
    let ground = ground(Setup { writing: hour, ..Setup::default() }).await;
    let mut lost = fault("POST /jira/rest/api/3/issue/*/transitions", &json!({ "kind": "drop" }));
    (lost["nth"], lost["after_effect"]) = (json!([1]), json!(true));
    ground.faults(lost).await;
    let run = ground.start("portal2jira_sync", json!({})).await;
    assert_eq!(run.state, RunState::Failed, "what was not answered for has to settle");
    let plan = ground.ctx.ledger.unfinished(PlanKind::Cards).await.unwrap()[0];
    let steps = ground.ctx.ledger.steps_of(plan).await.unwrap();
    let begun = steps.iter().find(|step| step.state == StepState::Begun).unwrap();
    let made = steps
        .iter()
        .find(|step| step.item == begun.item && matches!(step.effect, Effect::CreateCard { .. }))
        .unwrap();
    let card = format!("/rest/api/3/issue/{}", made.after["key"].as_str().unwrap());
    let ways = in_jira(&ground, &format!("{card}/transitions"), None).await;
    let ways = ways["transitions"].as_array().unwrap();
    let on = ways.iter().find(|way| way["to"]["name"] == "In Progress").unwrap();
    let on = json!({ "transition": { "id": on["id"] } });
    in_jira(&ground, &format!("{card}/transitions"), Some(on)).await;
    let total = ground.deeds().await.iter().filter(|(what, _)| what == "transition").count();

    ground.start("portal2jira_sync", json!({})).await;
    let after = ground.ctx.ledger.step(&begun.place).await.unwrap().unwrap();
    // It happened, and whoever moved the card on hides that: in doubt, and in the audit log.
    assert_eq!((after.state, after.wrote), (StepState::Doubtful, true), "{after:#?}");
    let log = ground.ctx.ledger.audit_entries(&AuditFilter::default(), 1_000).await.unwrap();
    let of = |entry: &AuditRecord| {
        entry.detail["plan"] == json!(begun.place.plan) && entry.detail["step"] == begun.place.seq
    };
    assert_eq!(log.iter().filter(|entry| of(entry)).count(), 1, "a write without its line");
    let again = ground.deeds().await.iter().filter(|(what, _)| what == "transition").count();
    assert_eq!(again, total, "it was moved back");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_without_an_answer_are_doubtful_and_not_repeated() {
    let ground = ground(Setup::default()).await;
    let mut rule = fault("POST /slack/api/chat.postMessage", &json!({ "kind": "drop" }));
    (rule["nth"], rule["after_effect"]) = (json!([1]), json!(true));
    ground.faults(rule).await;
    let mut end = fault("SMTP /smtp/end", &json!({ "kind": "drop" }));
    end["after_effect"] = json!(true);
    ground.faults(end).await;
    let result = ground.write("portal2jira_sync").await;
    assert_eq!(result["doubtful"], 2, "{result:#}");
    let doubtful: Vec<_> = steps(&ground, &result).await;
    let doubtful: Vec<_> = doubtful.iter().filter(|step| step.state == StepState::Doubtful).collect();
    assert!(doubtful.iter().all(|step| step.effect.is_delivery()));
    assert_eq!(ground.ask("mail").await["total"], 1);
    let count = ground.ask("messages").await.as_array().unwrap().len();
    ground.no_faults().await;
    ground.write("portal2jira_sync").await;
    assert_eq!(ground.ask("messages").await.as_array().unwrap().len(), count);
    assert_eq!(ground.ask("mail").await["total"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn priorities_and_tags_are_written_once_and_taken_back() {
    let ground = ground(Setup::default()).await;
    let result = ground.write("priority_sync").await;
    let written = ground.deeds().await;
    assert!(!written.is_empty(), "{result:#}");
    ground.sync_all(true).await;
    assert_eq!(ground.write("priority_sync").await["plans"], json!([]), "nothing is left");

    let undo = json!({ "plan": result["plans"][0]["plan"], "seq": 1 });
    let undone = ground.start("undo", undo.clone()).await;
    assert_eq!(undone.state, RunState::Done, "{:?}", undone.error);
    assert_eq!(ground.deeds().await.len(), written.len() + 1);
    ground.start("undo", undo).await;
    assert_eq!(ground.deeds().await.len(), written.len() + 1, "it is taken back already");
    let nothing = ground.start("undo", json!({ "plan": result["plans"][0]["plan"], "seq": 99 })).await;
    assert_eq!(nothing.state, RunState::Failed);

    let before = ground.deeds().await.len();
    let tags = ground.write("tag_bz").await;
    let after = ground.deeds().await.len();
    assert!(after > before, "{tags:#}");
    assert_eq!(ground.ask("mail").await["total"], 1);
    ground.sync_all(true).await;
    let again = ground.write("tag_bz").await;
    assert!(again["done"].as_u64().unwrap() <= 1, "only the letter: {again:#}");
}
