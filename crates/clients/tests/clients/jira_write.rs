//! Writing to Jira, in both flavours: what is sent, byte by byte where it matters, and what is made of the answers.

use serde_json::{Map, Value, json};
use t5g_clients::ErrorKind;
use t5g_clients::jira::{Flavour, NewIssue, RemoteLink, UserRef};

use crate::support::{Reply, Seen, Server};

fn card() -> NewIssue {
    NewIssue {
        project: "SIM".into(),
        issue_type: "Story".into(),
        component: Some("Field".into()),
        priority: Some("Major".into()),
        labels: vec!["field".into()],
        summary: "01234567: broken".into(),
        description: "Account: {Acme}\n\nIt *is* broken".into(),
        assignee: Some(UserRef::AccountId("712020:1".into())),
        fields: Map::from_iter([
            ("customfield_10783".to_owned(), json!("TRACK")),
            ("customfield_10016".to_owned(), json!(3)),
        ]),
    }
}

fn made(_: &Seen) -> Reply {
    Reply::json(201, &json!({"id": "10100", "key": "SIM-9", "self": "x"}))
}

#[tokio::test]
async fn a_card_is_made_with_a_document_on_cloud() {
    let server = Server::start(made).await;
    let created = server.jira(Flavour::Cloud).create_issue(&card()).await.unwrap();
    assert_eq!((created.id.as_str(), created.key.as_str()), ("10100", "SIM-9"));
    let sent = &server.seen()[0];
    assert_eq!((sent.method.as_str(), sent.path.as_str()), ("POST", "/rest/api/3/issue"));
    let text = |text: &str| json!({"type": "paragraph", "content": [{"type": "text", "text": text}]});
    assert_eq!(
        sent.json(),
        json!({"fields": {
            "project": {"key": "SIM"}, "issuetype": {"name": "Story"}, "components": [{"name": "Field"}],
            "priority": {"name": "Major"}, "labels": ["field"], "summary": "01234567: broken",
            "description": {"type": "doc", "version": 1, "content": [text("Account: {Acme}"), text("It *is* broken")]},
            "assignee": {"accountId": "712020:1"}, "customfield_10783": "TRACK", "customfield_10016": 3,
        }})
    );
}

#[tokio::test]
async fn a_card_is_made_with_escaped_wiki_text_on_data_center() {
    let server = Server::start(made).await;
    let card =
        NewIssue { assignee: Some(UserRef::Name("bob".into())), component: None, priority: None, ..card() };
    server.jira(Flavour::DataCenter).create_issue(&card).await.unwrap();
    let sent = &server.seen()[0];
    assert_eq!(sent.path, "/rest/api/2/issue");
    let fields = sent.json()["fields"].clone();
    assert_eq!(fields["description"], "Account: \\{Acme\\}\n\nIt \\*is\\* broken");
    assert_eq!(fields["assignee"], json!({"name": "bob"}));
    assert!(fields.get("components").is_none() && fields.get("priority").is_none());
}

#[tokio::test]
async fn jiras_refusals_are_told_in_its_own_words() {
    let body = json!({"errorMessages": [], "errors": {"issuetype": "Specify a valid issue type", "customfield_1": "no"}});
    let server = Server::start(move |_| Reply::json(400, &body)).await;
    let error = server.jira(Flavour::Cloud).create_issue(&card()).await.unwrap_err();
    let named = matches!(&error.kind, ErrorKind::FieldsRefused { fields, .. } if fields.len() == 2);
    assert!(named && !error.may_have_acted() && !error.refuses_only("issuetype"), "{error:?}");
    assert!(error.to_string().contains("issuetype: Specify a valid issue type"), "{error}");
    let server = Server::start(|_| Reply::json(201, &json!({"id": "1", "key": ""}))).await;
    assert!(server.jira(Flavour::Cloud).create_issue(&card()).await.unwrap_err().may_have_acted());
}

#[tokio::test]
async fn a_missing_issue_is_none_only_while_jira_knows_us() {
    for known in [true, false] {
        let server = Server::start(move |seen| match (seen.path.ends_with("/myself"), known) {
            (true, true) => Reply::ok(&json!({"accountId": "5b"})),
            (true, false) => Reply::ok(&json!({})),
            _ => Reply::json(404, &json!({"errorMessages": ["Issue does not exist"]})),
        })
        .await;
        match server.jira(Flavour::Cloud).fresh_issue("SIM-1", &["status".into()]).await {
            Ok(issue) => assert!(known && issue.is_none()),
            Err(error) => assert!(!known && error.is_credential(), "{error}"),
        }
    }
}

#[tokio::test]
async fn transitions_are_read_and_gone_by_their_ids() {
    let server = Server::start(|seen| match seen.method.as_str() {
        "GET" => Reply::ok(&json!({"transitions": [
            {"id": "11", "name": "Start", "to": {"name": "To Do"}}, {"id": 21, "name": "Done"}, {"name": "nameless"}]})),
        _ => Reply::text(204, ""),
    })
    .await;
    let jira = server.jira(Flavour::Cloud);
    let ways = jira.transitions("SIM-1").await.unwrap();
    let told: Vec<(&str, &str)> = ways.iter().map(|way| (way.id.as_str(), way.to.as_str())).collect();
    assert_eq!(told, [("11", "To Do"), ("21", "Done")]);
    jira.transition("SIM-1", "11").await.unwrap();
    let sent = server.seen();
    assert_eq!(sent[1].path, "/rest/api/3/issue/SIM-1/transitions");
    assert_eq!(sent[1].json(), json!({"transition": {"id": "11"}}));
}

#[tokio::test]
async fn single_entries_of_a_list_are_changed_and_the_others_not_sent() {
    let server = Server::start(|_| Reply::text(204, "")).await;
    let (add, remove) = ([json!("Telco"), json!({"value": "Case"})], [json!("old")]);
    server.jira(Flavour::Cloud).change_list("SIM-1", "customfield_1", &add, &remove).await.unwrap();
    let sent = &server.seen()[0];
    assert_eq!((sent.method.as_str(), sent.path.as_str()), ("PUT", "/rest/api/2/issue/SIM-1"));
    let steps = json!([{"add": "Telco"}, {"add": {"value": "Case"}}, {"remove": "old"}]);
    assert_eq!(sent.json(), json!({"update": {"customfield_1": steps}}));
}

#[tokio::test]
async fn people_are_assigned_and_taken_off_in_each_flavours_words() {
    for (flavour, someone, one, none) in [
        (
            Flavour::Cloud,
            UserRef::AccountId("5b".into()),
            json!({"accountId": "5b"}),
            json!({"accountId": null}),
        ),
        (Flavour::DataCenter, UserRef::Name("bo".into()), json!({"name": "bo"}), json!({"name": null})),
    ] {
        let server = Server::start(|_| Reply::text(204, "")).await;
        let jira = server.jira(flavour);
        jira.assign("SIM-1", Some(&someone)).await.unwrap();
        jira.assign("SIM-1", None).await.unwrap();
        let sent: Vec<Value> = server.seen().iter().map(Seen::json).collect();
        assert_eq!(sent, [one, none]);
        assert!(server.seen()[0].path.ends_with("/issue/SIM-1/assignee"));
    }
}

#[tokio::test]
async fn comments_are_sent_in_each_flavours_form() {
    for (flavour, body) in [
        (Flavour::DataCenter, json!("Case \\[01234567\\] reopened")),
        (
            Flavour::Cloud,
            json!({"type": "doc", "version": 1, "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "Case [01234567] reopened"}]}]}),
        ),
    ] {
        let server = Server::start(|_| Reply::json(201, &json!({"id": "77"}))).await;
        let id = server.jira(flavour).add_comment("SIM-1", "Case [01234567] reopened").await.unwrap();
        assert_eq!((id.as_str(), &server.seen()[0].json()["body"]), ("77", &body));
    }
}

#[tokio::test]
async fn links_have_global_ids_and_go_by_them() {
    let server = Server::start(|seen| match seen.method.as_str() {
        "GET" => Reply::ok(
            &json!([{"id": 1, "globalId": "g", "object": {"url": "https://x.example/", "title": "x"}},
            {"id": 2, "object": {"url": "https://y.example/", "title": "y"}}]),
        ),
        "DELETE" if seen.get("globalId") == Some("a&b=c") => Reply::text(204, ""),
        "DELETE" => Reply::json(404, &json!({"errorMessages": ["none"]})),
        _ => Reply::json(201, &json!({"id": 1})),
    })
    .await;
    let jira = server.jira(Flavour::DataCenter);
    let link = RemoteLink { global_id: "g".into(), url: "https://x.example/".into(), title: "x".into() };
    jira.set_remote_link("SIM-1", &link).await.unwrap();
    let sent = json!({"globalId": "g", "object": {"url": "https://x.example/", "title": "x"}});
    assert_eq!(server.seen()[0].json(), sent);
    let links = jira.remote_links("SIM-1").await.unwrap();
    assert_eq!((&links[0], links[1].global_id.as_str()), (&link, ""));
    assert!(jira.delete_remote_link("SIM-1", "a&b=c").await.unwrap());
    assert!(!jira.delete_remote_link("SIM-1", "other").await.unwrap());
    let count = server.count();
    assert!(jira.delete_remote_link("SIM-1", "").await.is_err(), "it would take all links away");
    assert_eq!(server.count(), count);
}

#[tokio::test]
async fn sprints_take_fifty_at_once() {
    let server = Server::start(|_| Reply::text(204, "")).await;
    let jira = server.jira(Flavour::Cloud);
    let keys: Vec<String> = (0..120).map(|n| format!("SIM-{n}")).collect();
    jira.move_to_sprint(7, &keys).await.unwrap();
    jira.move_to_backlog(&keys[..2]).await.unwrap();
    jira.move_to_sprint(7, &[]).await.unwrap();
    let seen = server.seen();
    let counts: Vec<usize> =
        seen.iter().map(|seen| seen.json()["issues"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [50, 50, 20, 2]);
    assert_eq!(seen[0].path, "/rest/agile/1.0/sprint/7/issue");
    assert_eq!(seen[3].path, "/rest/agile/1.0/backlog/issue");
}

#[tokio::test]
async fn one_issue_is_not_written_faster_than_jira_takes_it() {
    let server = Server::start(|_| Reply::text(204, "")).await;
    let jira = server.jira(Flavour::Cloud);
    let began = std::time::Instant::now();
    for _ in 0..20 {
        jira.update_fields("SIM-1", &Map::new()).await.unwrap();
    }
    assert!(began.elapsed() >= std::time::Duration::from_secs(2));
    let began = std::time::Instant::now();
    for n in 2..30 {
        jira.update_fields(&format!("SIM-{n}"), &Map::new()).await.unwrap();
    }
    assert!(began.elapsed() < std::time::Duration::from_secs(2), "others do not wait");
}

#[tokio::test]
async fn the_youngest_key_is_found_behind_an_empty_page() {
    let server = Server::start(|seen| match seen.json().get("nextPageToken") {
        None => Reply::ok(&json!({"issues": [], "nextPageToken": "a"})),
        Some(_) => Reply::ok(&json!({"issues": [{"id": "1", "key": "SIM-41"}], "isLast": true})),
    })
    .await;
    assert_eq!(server.jira(Flavour::Cloud).newest_key("SIM").await.unwrap().as_deref(), Some("SIM-41"));
    let server =
        Server::start(|_| Reply::ok(&json!({"issues": [{"id": "1", "key": "SIM-41"}], "total": 9}))).await;
    assert_eq!(
        server.jira(Flavour::DataCenter).newest_key("S\"IM").await.unwrap().as_deref(),
        Some("SIM-41")
    );
    assert_eq!(server.seen()[0].get("jql"), Some("project = \"S\\\"IM\" ORDER BY key DESC"));
    let server = Server::start(|seen| match seen.path.as_str() {
        "/rest/api/2/myself" => Reply::json(401, &json!({})),
        _ => Reply::ok(&json!({"issues": [], "total": 0})),
    })
    .await;
    assert!(server.jira(Flavour::DataCenter).newest_key("SIM").await.unwrap_err().is_credential());
}
