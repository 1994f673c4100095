//! The upstreams over real HTTP: paging, limits, refusals, writes that can be read back.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use crate::common::Client;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

async fn cloud_search(client: &Client, jql: &str, most: usize) -> Vec<String> {
    let (mut keys, mut token) = (Vec::new(), Value::Null);
    loop {
        let mut body = json!({ "jql": jql, "fields": ["summary"], "maxResults": most });
        if !token.is_null() {
            body["nextPageToken"] = token;
        }
        let (status, page) = client.post("/jira/rest/api/3/search/jql", body).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(list(&page, "issues").len() <= most);
        keys.extend(list(&page, "issues").iter().map(|issue| issue["key"].as_str().unwrap().to_owned()));
        token = page["nextPageToken"].clone();
        assert_eq!(page["isLast"].as_bool().unwrap(), token.is_null());
        if token.is_null() {
            return keys;
        }
    }
}

#[tokio::test]
async fn an_access_token_is_needed_and_expires() {
    let client = Client::start(10).await;
    let bad = reqwest::Client::builder().no_proxy().build().unwrap();
    let form = "grant_type=refresh_token&client_id=rhsm-api&refresh_token=wrong";
    let answer = bad.post(client.env("T5G_SSO_TOKEN_URL")).body(form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(answer.json::<Value>().await.unwrap()["error"], "invalid_grant");
    let path = "/portal/hydra/rest/search/cases?q=*:*&rows=1";
    assert_eq!(client.status(path).await, StatusCode::OK);
    assert_eq!(
        bad.get(format!("{}{path}", client.running.url())).send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    client.running.advance(1);
    assert_eq!(client.status(path).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_portals_search_pages_sorts_and_ends_at_its_window() {
    let client = Client::start(12_000).await;
    let base =
        "/portal/support/search/cases?q=(case_sbrGroups:%22Telco5G%22)&fl=case_number,case_createdDate";
    let sort = "sort=case_createdDate%20asc,%20case_number%20asc";
    let page = client.get(&format!("{base}&{sort}&rows=5000&start=0")).await;
    assert_eq!(
        (page["response"]["numFound"].as_u64(), list(&page["response"], "docs").len()),
        (Some(12_000), 5_000)
    );
    let end = client.get(&format!("{base}&{sort}&rows=5000&start=9000")).await;
    assert_eq!(list(&end["response"], "docs").len(), 999);
    let created = |doc: &Value| doc["case_createdDate"].as_str().unwrap().to_owned();
    let last = created(list(&end["response"], "docs").last().unwrap());
    let rest = format!(
        "/portal/support/search/cases?q=(case_sbrGroups:%22Telco5G%22)%20AND%20case_createdDate:%5B{last}%20TO%20*%5D&{sort}&rows=5000"
    );
    let rest = client.get(&rest).await;
    assert!((2_001..2_100).contains(&rest["response"]["numFound"].as_u64().unwrap()));
    let dates: Vec<String> = list(&rest["response"], "docs").iter().map(created).collect();
    assert!(dates.is_sorted());
    let nobody = client.get("/portal/support/search/cases?q=case_sbrGroups:Storage").await;
    assert_eq!(nobody["response"]["numFound"], 0);
    assert_eq!(
        client.status("/portal/support/search/cases?q=case_nonsense:1").await,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn the_portals_faces_tell_of_the_same_cases() {
    let client = Client::start(40).await;
    for index in 0..40 {
        let number = format!("{:08}", 4_000_001 + index);
        let one = client.get(&format!("/portal/hydra/rest/v1/cases/{number}")).await;
        let three = client.get(&format!("/portal/support/v3/cases/{number}")).await;
        assert_eq!(
            (&one["summary"], &one["critSit"], &one["bugzillas"]),
            (&three["summary"], &three["critSit"], &three["bugzillas"])
        );
        let comments = client.get(&format!("/portal/support/v3/cases/{number}/comments")).await;
        let comments = comments.get("comments").unwrap_or(&comments);
        assert_eq!(one["comments"], *comments);
        for issue in client.get(&format!("/portal/hydra/rest/cases/{number}/jiras")).await.as_array().unwrap()
        {
            let key = issue["resourceKey"].as_str().unwrap();
            let status = client.status(&format!("/jira/rest/api/2/issue/{key}")).await;
            assert_eq!(issue.get("title").is_some(), status == StatusCode::OK, "{key}");
        }
    }
    let missing = client.send(Method::GET, "/portal/hydra/rest/v1/cases/99999999", None).await.unwrap();
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert!(missing.text().await.unwrap().contains("<html>"));
    let query = "query($after: String) { redhat_support_uiapi { query { RedHatSupportCase(first: 15, after: $after, \
                 where: {IsClosed: {eq: false}}, orderBy: {CreatedDate: {order: ASC}}) { totalCount } } } }";
    let (mut seen, mut after) = (BTreeSet::new(), Value::Null);
    loop {
        let (_, answer) =
            client.post("/graphql", json!({ "query": query, "variables": { "after": after } })).await;
        let page = &answer["data"]["redhat_support_uiapi"]["query"]["RedHatSupportCase"];
        for edge in list(page, "edges") {
            assert!(seen.insert(edge["node"]["CaseNumber__c"]["value"].as_str().unwrap().to_owned()));
        }
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            assert_eq!(page["totalCount"].as_u64().unwrap(), seen.len() as u64);
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let state = client.get("/_sim/state").await;
    assert_eq!(state["open"].as_u64().unwrap(), seen.len() as u64);
}

#[tokio::test]
async fn jira_cloud_pages_by_token_and_refuses_what_it_must() {
    let client = Client::start(300).await;
    let in_sprint = cloud_search(&client, "labels = \"field\" AND sprint in (7)", 37).await;
    assert_eq!(in_sprint, cloud_search(&client, "sprint=7 AND labels = field", 100).await);
    assert!(in_sprint.len() > 250);
    let distinct: BTreeSet<&String> = in_sprint.iter().collect();
    assert_eq!(distinct.len(), in_sprint.len());
    for (body, words) in [
        (json!({ "jql": "project = KNIECO", "startAt": 3 }), "Invalid request payload"),
        (json!({ "jql": "" }), "Unbounded"),
        (json!({ "jql": "nonsense = 1" }), "does not exist"),
        (json!({ "jql": "project = NOPE" }), "does not exist for the field 'project'"),
        (json!({ "jql": "key in (KNIECO-999999)" }), "does not exist for field 'key'"),
    ] {
        let (status, answer) = client.post("/jira/rest/api/3/search/jql", body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(answer["errorMessages"][0].as_str().unwrap().contains(words), "{answer}");
    }
    assert_eq!(client.status("/jira/rest/api/2/search?jql=project=KNIECO").await, StatusCode::GONE);
    let (_, bulk) = client
        .post(
            "/jira/rest/api/3/issue/bulkfetch",
            json!({ "issueIdsOrKeys": [in_sprint[1], "NOPE-1", in_sprint[0]], "fields": ["status"] }),
        )
        .await;
    assert_eq!(list(&bulk, "issues").len(), 2);
    assert!(list(&bulk, "issues")[0]["fields"].get("summary").is_none());
}

#[tokio::test]
async fn a_stranger_gets_an_empty_answer_and_a_wrong_token_none() {
    let client = Client::start(20).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/jira/rest/api/3/search/jql?jql=project=KNIECO", client.running.url());
    let stranger = http.get(&url).send().await.unwrap();
    assert_eq!(stranger.status(), StatusCode::OK);
    assert_eq!(stranger.json::<Value>().await.unwrap()["issues"], json!([]));
    let myself = format!("{}/jira/rest/api/3/myself", client.running.url());
    assert_eq!(http.get(myself).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let wrong = http.get(&url).basic_auth("x@example.com", Some("y")).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn data_center_pages_by_offset_over_the_same_issues() {
    let client = Client::start(300).await;
    let mut keys = Vec::new();
    loop {
        let path = format!(
            "/jira-dc/rest/api/2/search?jql=sprint%3D7%20AND%20labels%3Dfield&maxResults=500&startAt={}&fields=summary",
            keys.len()
        );
        let page = client.get(&path).await;
        assert_eq!(page["maxResults"], 100, "the server lowers what is asked");
        keys.extend(list(&page, "issues").iter().map(|issue| issue["key"].as_str().unwrap().to_owned()));
        if keys.len() as u64 >= page["total"].as_u64().unwrap() {
            break;
        }
    }
    assert_eq!(keys, cloud_search(&client, "sprint=7 AND labels=field", 100).await);
    let issue = client.get(&format!("/jira-dc/rest/api/2/issue/{}?fields=reporter", keys[0])).await;
    assert_eq!(issue["fields"]["reporter"]["name"], "field-bot");
}

#[tokio::test]
async fn embedded_comments_are_capped_and_the_rest_can_be_paged() {
    let client = Client::start(400).await;
    let mut capped = 0;
    for key in cloud_search(&client, "labels = field AND sprint = 7", 100).await {
        let issue =
            client.get(&format!("/jira/rest/api/2/issue/{key}?fields=comment&expand=renderedFields")).await;
        let embedded = &issue["fields"]["comment"];
        let total = embedded["total"].as_u64().unwrap();
        assert_eq!(list(embedded, "comments").len() as u64, total.min(20));
        assert_eq!(list(&issue["renderedFields"]["comment"], "comments").len() as u64, total.min(20));
        if total > 20 {
            capped += 1;
            let page =
                client.get(&format!("/jira/rest/api/2/issue/{key}/comment?startAt=20&maxResults=100")).await;
            assert_eq!(list(&page, "comments").len() as u64, total - 20);
        }
    }
    assert!(capped > 0);
}

#[tokio::test]
async fn what_is_written_to_jira_can_be_read_back() {
    let client = Client::start(10).await;
    let fields = json!({ "project": { "key": "KNIECO" }, "issuetype": { "name": "Story" }, "summary": "04000001: x",
        "labels": ["field"], "priority": { "name": "Normal" }, "description": "d\r\n" });
    let (status, made) = client.post("/jira/rest/api/2/issue", json!({ "fields": fields })).await;
    assert_eq!(status, StatusCode::CREATED);
    let key = made["key"].as_str().unwrap().to_owned();
    let at = |rest: &str| format!("/jira/rest/api/2/issue/{key}{rest}");
    let (status, _) = client.post("/jira/rest/agile/1.0/sprint/7/issue", json!({ "issues": [key] })).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let transitions = client.get(&at("/transitions")).await;
    let to_do =
        list(&transitions, "transitions").iter().find(|one| one["name"] == "To Do").unwrap()["id"].clone();
    let (status, _) = client.post(&at("/transitions"), json!({ "transition": { "id": to_do } })).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, _) = client.post(&at("/comment"), json!({ "body": "hello <b>" })).await;
    assert_eq!(status, StatusCode::CREATED);
    let (status, _) =
        client.body(Method::PUT, &at(""), json!({ "fields": { "priority": { "name": "Major" } } })).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let link =
        json!({ "globalId": "case", "object": { "url": "https://x.example/", "title": "Support Case" } });
    assert_eq!(client.post(&at("/remotelink"), link.clone()).await.0, StatusCode::CREATED);
    assert_eq!(client.post(&at("/remotelink"), link).await.0, StatusCode::OK);
    let issue = client.get(&at("?expand=renderedFields")).await;
    assert_eq!(issue["fields"]["status"]["name"], "To Do");
    assert_eq!(issue["fields"]["priority"]["name"], "Major");
    assert_eq!(issue["renderedFields"]["comment"]["comments"][0]["body"], "<p>hello &lt;b&gt;</p>");
    assert_eq!(client.get(&at("/remotelink")).await.as_array().unwrap().len(), 1);
    assert!(
        cloud_search(&client, "sprint = 7 AND status = \"To Do\" AND labels = field", 50)
            .await
            .contains(&key)
    );
    let journal = client.get("/_sim/journal").await;
    assert_eq!(journal["total"], 7);
    let (status, refused) =
        client.post("/jira/rest/api/2/issue", json!({ "fields": { "project": { "key": "NO" } } })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(refused["errors"]["summary"].is_string() && refused["errors"]["project"].is_string());
}

#[tokio::test]
async fn bugzilla_leaves_out_what_may_not_be_seen_and_refuses_it_alone() {
    let client = Client::start(200).await;
    let ids: Vec<String> = (2_000_001..2_000_081).map(|id: u32| id.to_string()).collect();
    let all = client
        .get(&format!("/bugzilla/rest/bug?id={}&limit=0&include_fields=id,target_release", ids.join(",")))
        .await;
    let seen: BTreeSet<u64> = list(&all, "bugs").iter().map(|bug| bug["id"].as_u64().unwrap()).collect();
    assert!(seen.len() < 80 && seen.len() > 60, "{}", seen.len());
    assert!(list(&all, "bugs")[0]["target_release"].is_array());
    assert_eq!(list(&all, "bugs")[0].as_object().unwrap().len(), 2);
    let page = client.get(&format!("/bugzilla/rest/bug?id={}", ids.join(","))).await;
    assert_eq!(list(&page, "bugs").len(), 20);
    let mut codes = BTreeSet::new();
    for id in (2_000_001..2_000_081_u64).filter(|id| !seen.contains(id)) {
        let answer = client.send(Method::GET, &format!("/bugzilla/rest/bug/{id}"), None).await.unwrap();
        let status = answer.status().as_u16();
        codes.insert((status, answer.json::<Value>().await.unwrap()["code"].as_u64().unwrap()));
    }
    assert_eq!(codes, BTreeSet::from([(401, 102), (404, 101)]));
    let wrong = client.get("/_sim/state").await;
    assert!(wrong.is_object());
    let bad = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/bugzilla/rest/bug?id=2000001&api_key=nope", client.running.url());
    let answer = bad.get(url).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], 306);
    let id = seen.first().unwrap();
    let change = json!({ "cf_internal_whiteboard": "Telco Telco:Case x", "minor_update": true });
    let (_, changed) = client.body(Method::PUT, &format!("/bugzilla/rest/bug/{id}"), change.clone()).await;
    assert_eq!(changed["bugs"][0]["changes"]["cf_internal_whiteboard"]["added"], "Telco Telco:Case x");
    let (_, again) = client.body(Method::PUT, &format!("/bugzilla/rest/bug/{id}"), change).await;
    assert_eq!(again["bugs"][0]["changes"], json!({}));
}

#[tokio::test]
async fn slack_and_watchers_take_what_is_right_and_say_what_is_wrong() {
    let client = Client::start(10).await;
    let channel = client.env("high_severity_slack_channel");
    let (_, sent) =
        client.post("/slack/api/chat.postMessage", json!({ "channel": channel, "text": "hi" })).await;
    assert_eq!(sent["ok"], true);
    let reply = json!({ "channel": channel, "text": "more", "thread_ts": sent["ts"] });
    assert_eq!(client.post("/slack/api/chat.postMessage", reply).await.1["message"]["thread_ts"], sent["ts"]);
    let (_, refused) =
        client.post("/slack/api/chat.postMessage", json!({ "channel": "CNOPE", "text": "x" })).await;
    assert_eq!(refused, json!({ "ok": false, "error": "channel_not_found" }));
    assert_eq!(client.get("/_sim/messages").await.as_array().unwrap().len(), 2);
    let path = "/portal/hydra/rest/v1/cases/04000001";
    let (status, _) = client
        .post(&format!("{path}/notifiedusers"), json!({ "user": [{ "ssoUsername": "new-one" }] }))
        .await;
    assert_eq!(status, StatusCode::CREATED);
    let has = |case: &Value| list(case, "notifiedUsers").iter().any(|user| user["ssoUsername"] == "new-one");
    assert!(has(&client.get(path).await));
    client.send(Method::DELETE, &format!("{path}/notifiedusers/new-one"), None).await.unwrap();
    assert!(!has(&client.get(path).await));
}

#[tokio::test]
async fn only_loopback_is_listened_on() {
    let mut settings = crate::common::settings(10);
    settings.listen = "0.0.0.0:0".parse().unwrap();
    let refused = t5g_simulator::Simulator::start(settings).await.unwrap_err();
    assert!(refused.to_string().contains("loopback only"), "{refused}");
}
