//! Writing to the simulated upstreams and reading it back, in both flavours of Jira; and failures after the effect,
//! which the journal shows to have happened once.

use serde_json::{Map, Value, json};
use t5g_clients::jira::{JiraAuth, JiraClient, NewIssue, RemoteLink, UserRef};
use t5g_clients::portal::Portal;
use t5g_clients::slack::SlackClient;
use t5g_clients::{ErrorKind, Secret};

use crate::simulator::World;
use crate::support::{around, endpoint};

fn center(world: &World) -> JiraClient {
    let base = endpoint(&format!("{}/jira-dc", world.running.url()));
    JiraClient::new(base, JiraAuth::Bearer(Secret::new("simulated-jira-pat")), None, &around()).unwrap()
}

fn slack(world: &World) -> SlackClient {
    let token = Secret::new(world.env("slack_token"));
    let client = SlackClient::new(world.endpoint("T5G_SLACK_BASE_URL"), token, &around()).unwrap();
    client.with_pace(std::time::Duration::ZERO)
}

fn draft(world: &World) -> NewIssue {
    NewIssue {
        project: world.env("jira_project").into(),
        issue_type: "Story".into(),
        priority: Some("Major".into()),
        labels: vec![world.env("jira_query").into()],
        summary: "01234567: broken".into(),
        description: "Account: {Acme}\n\n* it is *broken*\nC:\\temp".into(),
        fields: Map::from_iter([("customfield_10783".to_owned(), json!("TRACK"))]),
        ..NewIssue::default()
    }
}

fn fields(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_lives_through_all_that_is_written() {
    let world = World::start(30).await;
    for (jira, cloud) in [(world.jira(), true), (center(&world), false)] {
        let made = jira.create_issue(&draft(&world)).await.unwrap();
        let wanted =
            fields(&["summary", "description", "customfield_10783", "status", "assignee", "priority"]);
        let issue = jira.fresh_issue(&made.key, &wanted).await.unwrap().unwrap();
        assert_eq!((issue.id.as_str(), issue.status()), (made.id.as_str(), Some("New")));
        assert_eq!(issue.text("customfield_10783"), Some("TRACK"));
        let way =
            jira.transitions(&made.key).await.unwrap().into_iter().find(|way| way.to == "To Do").unwrap();
        jira.transition(&made.key, &way.id).await.unwrap();
        let text = "Case [01234567] was *reopened*.\n\nSee {noformat}C:\\x{noformat}";
        let id = jira.add_comment(&made.key, text).await.unwrap();
        let comments = jira.comments(&made.key).await.unwrap();
        assert_eq!((comments[0].id.as_str(), comments[0].plain().as_str()), (id.as_str(), text));
        let person = world.person(cloud);
        jira.assign(&made.key, Some(&person)).await.unwrap();
        jira.update_fields(
            &made.key,
            &Map::from_iter([("priority".to_owned(), json!({"name": "Critical"}))]),
        )
        .await
        .unwrap();
        let issue = jira.fresh_issue(&made.key, &wanted).await.unwrap().unwrap();
        assert_eq!((issue.status(), issue.priority()), (Some("To Do"), Some("Critical")));
        assert!(issue.assignee().is_some());
        jira.assign(&made.key, None).await.unwrap();
        assert_eq!(jira.fresh_issue(&made.key, &wanted).await.unwrap().unwrap().assignee(), None);
        let link = RemoteLink {
            global_id: "case".into(),
            url: "https://x.example/1".into(),
            title: "Support Case".into(),
        };
        jira.set_remote_link(&made.key, &link).await.unwrap();
        jira.set_remote_link(&made.key, &link).await.unwrap();
        assert_eq!(jira.remote_links(&made.key).await.unwrap(), [link]);
        assert!(jira.delete_remote_link(&made.key, "case").await.unwrap());
        assert!(!jira.delete_remote_link(&made.key, "case").await.unwrap());
        let board = jira.board_by_name(world.env("jira_board")).await.unwrap().unwrap();
        let sprint = jira.active_sprint(board.id).await.unwrap().unwrap();
        jira.move_to_sprint(sprint.id, std::slice::from_ref(&made.key)).await.unwrap();
        jira.move_to_sprint(sprint.id, std::slice::from_ref(&made.key)).await.unwrap();
        jira.move_to_backlog(std::slice::from_ref(&made.key)).await.unwrap();
        let changed: Vec<String> = world.effects(&made.key).await;
        let expected = [
            "create_issue",
            "transition",
            "comment",
            "assign",
            "edit_issue",
            "assign",
            "link",
            "unlink",
            "enter_sprint",
            "leave_sprint",
        ];
        assert_eq!(changed, expected, "each effect once");
        assert_eq!(jira.newest_key(world.env("jira_project")).await.unwrap(), Some(made.key));
        assert_eq!(jira.fresh_issue("KNIECO-399999", &wanted).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_after_the_effect_is_in_doubt_and_the_effect_is_there() {
    let world = World::start(30).await;
    let jira = world.jira();
    for (place, fault) in
        [json!({"kind": "status", "status": 500}), json!({"kind": "drop"}), json!({"kind": "half_sent"})]
            .into_iter()
            .enumerate()
    {
        let rule =
            json!({"route": "POST /jira/rest/api/3/issue", "fault": fault, "after_effect": true, "nth": [1]});
        world.clear_faults().await;
        world.control("faults", &rule).await;
        let before = world.writes().await;
        let error = jira.create_issue(&draft(&world)).await.unwrap_err();
        assert!(error.may_have_acted(), "{place}: {error}");
        assert_eq!(world.writes().await, before + 1, "{place}: done once, and not repeated");
    }
    // The time-out comes after the effect, too.
    world.clear_faults().await;
    world.control("faults", &json!({"route": "POST /jira/rest/api/3/issue", "fault": {"kind": "delay", "ms": 3_000}, "after_effect": true})).await;
    let mut slow = world.endpoint("jira_server");
    slow.options.total_timeout = std::time::Duration::from_millis(500);
    let auth = JiraAuth::Basic {
        user: world.env("jira_username").into(),
        password: Secret::new(world.env("jira_pass")),
    };
    let slow = JiraClient::new(slow, auth, Some(t5g_clients::jira::Flavour::Cloud), &around()).unwrap();
    let before = world.writes().await;
    let error = slow.create_issue(&draft(&world)).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::TimedOut { .. }) && error.may_have_acted());
    assert_eq!(world.writes().await, before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_issue_is_read_by_key_before_any_search_shows_it() {
    let world = World::real(30).await;
    let jira = world.jira();
    world.control("search-lag", &json!({"seconds": 3_600})).await;
    let made = jira.create_issue(&draft(&world)).await.unwrap();
    let board = jira.board_by_name(world.env("jira_board")).await.unwrap().unwrap();
    let sprint = jira.active_sprint(board.id).await.unwrap().unwrap();
    jira.move_to_sprint(sprint.id, std::slice::from_ref(&made.key)).await.unwrap();
    assert!(jira.fresh_issue(&made.key, &fields(&["summary"])).await.unwrap().is_some());
    assert_ne!(jira.newest_key(world.env("jira_project")).await.unwrap(), Some(made.key.clone()));
    let listed = world.sprint_listing(sprint.id).await;
    assert!(!listed.contains(&made.key), "the sprint's list lags, too");
    world.control("search-lag", &json!({"seconds": 0})).await;
    assert!(world.sprint_listing(sprint.id).await.contains(&made.key));
}

#[tokio::test(flavor = "multi_thread")]
async fn watchers_are_added_once_and_taken_away_once() {
    let world = World::start(30).await;
    let portal = world.hydra();
    let case = portal.search_cases(&world.query(), &|_, _| ()).await.unwrap().cases[0].number.clone();
    let has = async |login: &str| portal.watchers(&case).await.unwrap().iter().any(|one| one.login == login);
    let some = ["new-one".to_owned(), "another".to_owned()];
    portal.add_watchers(&case, &some).await.unwrap();
    portal.add_watchers(&case, &some).await.unwrap();
    assert!(has("new-one").await && has("another").await);
    portal.remove_watcher(&case, "new-one").await.unwrap();
    portal.remove_watcher(&case, "new-one").await.unwrap();
    assert!(!has("new-one").await && has("another").await);
    assert_eq!(world.effects(&case).await, ["add_watcher", "remove_watcher"]);
    for login in ["", "..", " "] {
        assert!(portal.remove_watcher(&case, login).await.is_err());
        assert!(portal.add_watchers(&case, &[login.to_owned()]).await.is_err());
    }
    let unknown = portal.add_watchers("99999999", &some).await.unwrap_err();
    assert!(matches!(unknown.kind, ErrorKind::NotFound { .. }) && !unknown.may_have_acted(), "{unknown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_goes_through_being_throttled_in_its_middle() {
    let world = World::start(30).await;
    let rule = json!({"route": "POST /slack/api/chat.postMessage", "fault": {"kind": "status", "status": 429, "retry_after": "zero"}, "nth": [2]});
    world.control("faults", &rule).await;
    let (slack, channel) = (slack(&world), world.env("high_severity_slack_channel"));
    let parent = slack.post(channel, "A new case", None).await.unwrap();
    slack.post(channel, "Its description", Some(&parent.ts)).await.unwrap();
    let messages = world.look("messages").await;
    assert_eq!(messages.as_array().unwrap().len(), 2);
    assert_eq!(messages[1]["thread_ts"], Value::String(parent.ts));
    assert_eq!(world.effects(channel).await, ["slack_post", "slack_reply"]);
    assert!(slack.check().await.unwrap().identity.is_some());
    let error = slack.post("C0ARCHIVE", "x", None).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Forbidden { .. }) && error.to_string().contains("is_archived"));
}

#[tokio::test(flavor = "multi_thread")]
async fn jira_says_conflict_and_means_it() {
    let world = World::start(30).await;
    let jira = world.jira();
    let made = jira.create_issue(&draft(&world)).await.unwrap();
    world
        .control(
            "faults",
            &json!({"route": "PUT /jira/*", "fault": {"kind": "status", "status": 409}, "nth": [1]}),
        )
        .await;
    let change = Map::from_iter([("labels".to_owned(), json!(["a"]))]);
    assert_eq!(jira.update_fields(&made.key, &change).await.unwrap_err().status, Some(409));
    jira.update_fields(&made.key, &change).await.unwrap();
    let many: Vec<String> = vec![made.key; 51];
    let user = UserRef::AccountId("nobody".into());
    assert!(jira.assign(&many[0], Some(&user)).await.unwrap_err().to_string().contains("does not exist"));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writes_to_one_issue_are_paced_so_that_none_is_refused() {
    let world = World::start(30).await;
    let jira = world.jira();
    let made = jira.create_issue(&draft(&world)).await.unwrap();
    for n in 0..30 {
        jira.add_comment(&made.key, &format!("comment {n}")).await.unwrap();
    }
    let entries = world.journal(&made.key).await;
    assert_eq!(entries.len(), 31);
    let refused = world.look("journal").await["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["status"] == 429)
        .count();
    assert_eq!(refused, 0);
}
