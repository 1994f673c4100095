//! `t5g doctor --migrate` against a real Redis filled as the Python dashboard fills it.

use serde_json::{Value, json};
use t5g_testkit::Redis;

use crate::program::{Answer, Program};

const ENV_FILE: &str = "READ_ONLY=true\nFLASK_LOGIN_DISABLED=\nSVC_PORT=8090\nrbac=field\njira_pass=hunter2\n\
                        secret_key=short\nt5g_card_action=none\nFLASK_APP=t5gweb\nbug_email=\"\"\n";

async fn fill(redis: &Redis) {
    let fake = Program::new().run(&["fake", "-n", "80", "--seed", "5"]);
    assert_eq!(fake.code, Some(0), "{}", fake.err);
    let mut documents: serde_json::Map<String, Value> = serde_json::from_str(&fake.out).unwrap();
    let cases = documents.get_mut("cases").and_then(Value::as_object_mut).unwrap();
    cases.insert("no number".to_owned(), json!({ "status": "Closed" }));
    let cards = documents.get_mut("cards").and_then(Value::as_object_mut).unwrap();
    for card in cards.values_mut().take(2) {
        card["comments"] = Value::Null;
    }
    documents.insert(
        "users".to_owned(),
        json!({ "u1": { "memberOf": ["cn=field-team,ou=x"] }, "u2": { "memberOf": ["field"] }, "u3": {} }),
    );
    for (name, document) in &documents {
        redis.set(name, document.to_string().as_bytes()).await.unwrap();
    }
}

fn found<'a>(findings: &'a [Value], what: &str) -> &'a Value {
    let one = findings.iter().find(|finding| finding["what"] == what);
    one.ok_or_else(|| format!("nothing on {what}: {findings:#?}")).unwrap()
}

fn findings(answer: &Answer) -> Vec<Value> {
    serde_json::from_str(&answer.out)
        .map_err(|error| format!("{error}: {}{}", answer.out, answer.err))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_will_be_different_is_told() {
    let redis = Redis::start().await.unwrap();
    fill(&redis).await;
    let keys = redis.cli(&["DBSIZE"]).await.unwrap();
    let program = Program::new().with("T5G_DOCUMENTS_URL", &redis.url());
    std::fs::write(program.path("old.env"), ENV_FILE).unwrap();
    let answer = program.run(&["doctor", "--migrate", "--env-file", "old.env", "--json"]);
    let all = findings(&answer);
    assert_eq!(answer.code, Some(1), "a server with these settings does not start");

    let cases = found(&all, "document cases");
    assert!(
        cases["state"] == "notice" && cases["found"].as_str().unwrap().contains("of which 1 cannot"),
        "{cases}"
    );
    assert!(all.iter().any(|one| one["what"].as_str().unwrap().contains("document cases, no number")));
    assert_eq!(found(&all, "document details")["state"], "ok");
    assert!(found(&all, "cards without comments")["found"].as_str().unwrap().contains("have no comment"));
    let people = found(&all, "people and groups");
    assert!(people["found"].as_str().unwrap().contains("2 get in there and 1 here"), "{people}");
    assert!(people["mend"].as_str().unwrap().contains("cn=field-team,ou=x"), "{people}");

    assert_eq!(found(&all, "READ_ONLY")["state"], "ok");
    assert!(found(&all, "SVC_PORT")["found"].as_str().unwrap().contains("127.0.0.1"));
    assert!(found(&all, "FLASK_APP")["found"].as_str().unwrap().contains("no effect"));
    assert!(found(&all, "jira_pass")["found"].as_str().unwrap().contains("***"));
    let settings: Vec<&Value> = all.iter().filter(|one| one["what"] == "settings").collect();
    let said = |text: &str| settings.iter().any(|one| one["found"].as_str().unwrap().contains(text));
    assert!(said("t5g_card_action") && said("saml_settings") && said("at least 32"), "{settings:#?}");
    assert!(!answer.out.contains("hunter2") && !all.iter().any(|one| one["what"] == "bug_email"));

    assert_eq!(redis.cli(&["DBSIZE"]).await.unwrap(), keys, "nothing is written");
    let left = std::fs::read_dir(program.home.path()).unwrap().count();
    assert_eq!(left, 1, "no store is made");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_redis_it_says_what_is_missing() {
    let program = Program::new().with("FLASK_LOGIN_DISABLED", "true");
    let all = findings(&program.run(&["doctor", "--migrate", "--json"]));
    let redis = found(&all, "Redis");
    assert!(
        redis["state"] == "wrong" && redis["mend"].as_str().unwrap().contains("T5G_DOCUMENTS_URL"),
        "{redis}"
    );
    assert!(!all.iter().any(|one| one["what"] == "HOME"), "other people's variables are no settings");
    let down = program.with("T5G_DOCUMENTS_URL", "redis://127.0.0.1:1/0").run(&["doctor", "--migrate"]);
    assert!(down.code == Some(1) && down.out.contains("WRONG   Redis"), "{}", down.out);
    assert_eq!(Program::new().run(&["doctor", "--env-file", "x"]).code, Some(2));
}
