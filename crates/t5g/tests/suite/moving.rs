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
    let gone = Program::new().run(&["doctor", "--migrate", "--env-file", "gone.env"]);
    assert!(gone.code == Some(1) && gone.err.contains("gone.env cannot be read"), "{}", gone.err);
}

/// What docs/migrating.md says to type, with a file as the Python dashboard has it: nothing of a value is lost.
#[test]
fn the_old_env_file_is_taken_as_it_is() {
    let documented = include_str!("../../../../docs/migrating.md");
    let exports = documented.lines().filter_map(|line| line.trim().strip_prefix("$ export "));
    let mut program = Program::new().with("FLASK_LOGIN_DISABLED", "true").with("jira_project", "OURS");
    for (name, value) in exports.flat_map(|line| line.split(' ')).filter_map(|pair| pair.split_once('=')) {
        program = program.with(name, value);
    }
    let file = program.variable("T5G_ENV_FILE").expect("the documented file");
    let team = r#"[{"name": "Ana Lima", "jira_account_id": "1"}]"#;
    let lines = format!(
        "# a remark\r\nREAD_ONLY=false\njira_board=Field Board\njira_project=THEIRS\nteam={team}\nexport \
         rbac=\"a b\"\njira_pass=hunter2 $HOME `id`\nFLASK_APP=t5gweb\nT5G_TIME_ZONE=Europe/Berlin\nbug_email=\n"
    );
    std::fs::write(program.path(&file), lines).unwrap();
    let shown = program.run(&["config", "show", "--set", "--json"]);
    assert_eq!(shown.code, Some(0), "{}", shown.err);
    let shown: Vec<Value> = serde_json::from_str(&shown.out).unwrap();
    let one = |key: &str| {
        let entry =
            shown.iter().find(|entry| entry["key"] == key).unwrap_or_else(|| panic!("{key}: {shown:?}"));
        (entry["value"].as_str().unwrap().to_owned(), entry["origin"].as_str().unwrap().to_owned())
    };
    assert_eq!(one("jira.board"), ("Field Board".into(), "dashboard.env, line 3, jira_board".into()));
    assert_eq!(one("time_zone").0, "Europe/Berlin");
    assert!(one("team").0.contains("Ana Lima"));
    assert_eq!(one("access.viewers").0, "a b");
    assert_eq!(one("jira.password").0, "***");
    // What the environment sets counts more.
    assert_eq!(one("read_only"), ("true".into(), "environment, READ_ONLY".into()));
    assert_eq!(one("jira.project"), ("OURS".into(), "environment, jira_project".into()));
    let checked = program.run(&["config", "check"]);
    assert_eq!(
        (checked.code, checked.out.as_str()),
        (Some(0), "the settings are right\n"),
        "{}",
        checked.err
    );

    std::fs::write(program.path(&file), "READ_ONLY=true\njira_pass\nhunter2\n").unwrap();
    let broken = program.run(&["config", "check"]);
    assert_eq!(broken.code, Some(1));
    assert!(broken.err.contains("dashboard.env, line 2: expected NAME=value; put"), "{}", broken.err);
    std::fs::write(program.path(&file), "T5G_TIME_ZOME=Mars\nT5G_LISTEN=hunter\nT5G_CONFIG=x\n").unwrap();
    let wrong = program.run(&["--env-file", &file, "config", "show"]).err;
    assert!(
        wrong.contains("dashboard.env, line 1, T5G_TIME_ZOME") && wrong.contains("did you mean"),
        "{wrong}"
    );
    let gone = program.run(&["--env-file", "gone.env", "config", "check"]);
    assert!(
        gone.code == Some(1) && gone.err.contains("the env file gone.env cannot be read"),
        "{}",
        gone.err
    );
}
