//! What `/api/v1` says of each kind of thing. That answers have the shape that is described is checked with each
//! request, see `described.rs`.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::api_world::{HOSTILE, app};
use crate::common::{Answer, TestApp};

fn names(answer: &Answer, member: &str) -> Vec<String> {
    let items = answer.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item[member].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_index_names_what_there_is() {
    let app = app().await;
    let index = app.get("/api/v1").await.json();
    assert_eq!(index["resources"]["listCards"], "/api/v1/cards");
    assert_eq!(
        (&index["monitor"], &index["description"]),
        (&json!("/api/monitor"), &json!("/api/openapi.json"))
    );
    for path in index["resources"].as_object().unwrap().values() {
        let path = path.as_str().unwrap();
        if !path.contains('{') {
            assert_eq!(app.get(path).await.status, StatusCode::OK, "{path}");
        }
    }
}

#[tokio::test]
async fn a_card_is_told_in_short_and_in_full() {
    let app = app().await;
    let list = app.get("/api/v1/cards").await;
    assert_eq!(names(&list, "key"), ["K-1", "K-9", "K-10"]);
    let (page, full) = (list.json(), app.get("/api/v1/cards/K-10").await.json());
    assert_eq!((&page["total"], &page["cursor"], &page["next"]), (&json!(3), &Value::Null, &Value::Null));
    let short = &page["items"][2];
    for (member, value) in short.as_object().unwrap() {
        assert_eq!(&full[member], value, "{member}");
    }
    assert_eq!(short["url"], "https://jira.example/browse/K-10");
    assert_eq!(
        (&short["severity"], &short["open"], &short["days_open"]),
        (&json!("Urgent"), &json!(true), &json!(22))
    );
    assert_eq!((&short["bug_numbers"], &short["issue_keys"]), (&json!(["11", "9"]), &json!(["OCP-1"])));
    assert_eq!(
        (&short["sla"], &short["resolved"]),
        (&Value::Null, &Value::Null),
        "nothing agreed, not known"
    );
    assert_eq!((&short["relief"], &short["comment_count"]), (&json!("2026-11-03T10:00:00Z"), &json!(2)));
    let comments = json!([
        { "at": "2026-11-22T10:00:00Z", "text": "Newer" }, { "at": "2026-11-20T10:00:00Z", "text": "Older one" },
    ]);
    assert_eq!(full["comments"], comments);
    assert_eq!((&full["bugs"][0]["no_target"], &full["bugs"][1]["no_target"]), (&json!(true), &json!(false)));
    assert_eq!(
        (&full["issues"][0]["url"], &full["issues"][0]["title"]),
        (&Value::Null, &json!(HOSTILE)),
        "no script as a link"
    );
    let unknown = &page["items"][1];
    assert_eq!((&unknown["assignee"], &unknown["case_created"]), (&Value::Null, &Value::Null));
    assert_eq!(app.get("/api/v1/cards/K-11").await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.get("/api/v1/cards/%00%3Cb%3E").await.status, StatusCode::NOT_FOUND);
    let no_text = app.get("/api/v1/cards/%FF").await;
    assert_eq!((no_text.status, no_text.json()["status"].as_u64()), (StatusCode::BAD_REQUEST, Some(400)));
}

#[tokio::test]
async fn cards_are_found_with_the_language_of_the_table() {
    let app = app().await;
    for (query, keys) in [
        ("sev:urgent,high%20-is:closed", &["K-9", "K-10"][..]),
        ("is:closed", &["K-1"]),
        ("newer", &["K-10"]),
        ("account:%3D%22A/B%20%5C%22%ED%95%9C%5C%22%22", &["K-9"]),
        ("sev:low%20is:escalated", &[]),
    ] {
        let found = app.get(&format!("/api/v1/cards?q={query}")).await;
        assert_eq!(names(&found, "key"), keys, "{query}");
        assert_eq!(found.json()["total"], keys.len());
    }
    let bad = app.get("/api/v1/cards?q=sev:urgent%20(").await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    assert!(
        bad.json()["detail"].as_str().unwrap().starts_with("The filter cannot be read at character 13: "),
        "{}",
        bad.text()
    );
}

#[tokio::test]
async fn a_case_has_its_cards_bugs_and_issues() {
    let app = app().await;
    assert_eq!(
        names(&app.get("/api/v1/cases?open=true&sort=-created").await, "number"),
        ["00000001", "00000002", "00000004"]
    );
    assert_eq!(names(&app.get("/api/v1/cases?status=Closed").await, "number"), ["00000003"]);
    assert_eq!(
        names(&app.get("/api/v1/cases?severity=urgent&account=Acme&open=false").await, "number"),
        ["00000003"]
    );
    assert_eq!(app.get("/api/v1/cases?account=acm").await.json()["total"], 0, "the whole name");
    let case = app.get("/api/v1/cases/00000001").await.json();
    assert_eq!((&case["card_keys"], &case["cards"][0]["key"]), (&json!(["K-10"]), &json!("K-10")));
    assert_eq!(case["bugs"].as_array().unwrap().len(), 2);
    let closed = app.get("/api/v1/cases/00000003?fields=closed_on,open,number").await;
    assert_eq!(closed.text(), r#"{"closed_on":"2026-11-22","open":false,"number":"00000003"}"#);
    let none = app.get("/api/v1/cases/1").await;
    assert!(none.status == StatusCode::NOT_FOUND && none.text().contains("Leading zeros count"));
}

#[tokio::test]
async fn bugs_and_issues_are_each_told_once() {
    let app = app().await;
    let bugs = app.get("/api/v1/bugs").await;
    assert_eq!(names(&bugs, "number"), ["9", "11"]);
    let twice = &bugs.json()["items"][1];
    assert_eq!(
        (&twice["case_numbers"], &twice["no_target"]),
        (&json!(["00000001", "00000004"]), &json!(true))
    );
    assert_eq!(names(&app.get("/api/v1/bugs?case=00000004").await, "number"), ["11"]);
    assert_eq!(names(&app.get("/api/v1/bugs?no_target=false").await, "number"), ["9"]);
    assert_eq!(names(&app.get("/api/v1/issues?open=false").await, "key"), ["OCP-2"]);
    let issue = &app.get("/api/v1/issues?sort=-updated").await.json()["items"][0];
    assert_eq!((&issue["telco_priority"], &issue["no_target"]), (&json!("Telco:Priority-1"), &json!(true)));
}

#[tokio::test]
async fn accounts_and_engineers_have_their_figures() {
    let app = app().await;
    let accounts = app.get("/api/v1/accounts?sort=-open_cases,name").await;
    assert_eq!(names(&accounts, "name"), ["Acme", "A/B \"한\""]);
    let acme = &accounts.json()["items"][0];
    assert_eq!((&acme["cards"], &acme["open_cards"], &acme["escalated"]), (&json!(2), &json!(1), &json!(1)));
    assert_eq!((&acme["open_cases"], &acme["no_bzs"]), (&json!(3), &json!(0)));
    assert_eq!(names(&app.get("/api/v1/accounts?name=%ED%95%9C").await, "name"), ["A/B \"한\""]);
    let engineers = app.get("/api/v1/engineers").await.json();
    assert_eq!((&engineers["items"][0]["name"], &engineers["items"][0]["cards"]), (&json!("Ada"), &json!(2)));
}

/// As many rows as the figure says, wherever the rows are.
async fn rows(app: &TestApp, figure: &str) -> u64 {
    let total = async |path: String| app.get(&path).await.json()["total"].as_u64().unwrap();
    match figure {
        "bugs.unique" => {
            total("/api/v1/bugs?open=true".into()).await + total("/api/v1/issues?open=true".into()).await
        }
        "bugs.no_target" => {
            total("/api/v1/bugs?open=true&no_target=true".into()).await
                + total("/api/v1/issues?open=true&no_target=true".into()).await
        }
        _ => {
            let escaped: String = url::form_urlencoded::byte_serialize(figure.as_bytes()).collect();
            let cards = app.get(&format!("/api/v1/cards?figure={escaped}")).await;
            if cards.status == StatusCode::OK {
                return cards.json()["total"].as_u64().unwrap();
            }
            assert!(cards.text().contains("counts no cards"), "{figure}: {}", cards.text());
            total(format!("/api/v1/cases?figure={escaped}")).await
        }
    }
}

#[tokio::test]
async fn every_figure_has_as_many_rows_as_it_says() {
    let app = app().await;
    let now = app.get("/api/v1/statistics").await.json();
    assert_eq!(now["figures"], app.get("/api/stats").await.json());
    assert_eq!((&now["day"], &now["account"]), (&json!("2026-11-23"), &Value::Null));
    let mut seen = 0;
    for (name, value) in now["figures"].as_object().unwrap() {
        match value {
            Value::Number(count) => {
                assert_eq!(rows(&app, name).await, count.as_u64().unwrap(), "{name}");
                seen += 1;
            }
            Value::Object(table) => {
                let mark = if name == "bugs" { '.' } else { ':' };
                for (row, count) in table {
                    let figure = format!("{name}{mark}{row}");
                    assert_eq!(rows(&app, &figure).await, count.as_u64().unwrap(), "{figure}");
                    seen += 1;
                }
            }
            other => panic!("{name}: {other}"),
        }
    }
    assert!(seen > 15, "{seen}");
    for (path, said) in [
        ("/api/v1/cards?figure=open_cases", "counts no cards"),
        ("/api/v1/cases?figure=by_severity:High", "counts no cases"),
        ("/api/v1/cards?figure=nonsense", "high_prio, "),
        ("/api/v1/cards?figure=high_prio:x", "names no figure"),
    ] {
        let answer = app.get(path).await;
        assert!(
            answer.status == StatusCode::BAD_REQUEST && answer.text().contains(said),
            "{path}: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn statistics_are_of_everything_or_of_one() {
    let app = app().await;
    let acme = app.get("/api/v1/statistics?account=Acme").await.json();
    assert_eq!((&acme["account"], &acme["figures"]["open_cases"]), (&json!("Acme"), &json!(3)));
    assert_eq!(
        acme["relief"],
        json!([{ "severity": "Urgent", "count": 1, "mean": 2.0, "median": 2.0, "p90": 2.0 }])
    );
    let ada = app.get("/api/v1/statistics?engineer=Ada&fields=engineer").await;
    assert_eq!(ada.text(), r#"{"engineer":"Ada"}"#);
    assert_eq!(app.get("/api/v1/statistics?account=Nobody").await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.get("/api/v1/statistics?account=Acme&engineer=Ada").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(app.get("/api/v1/statistics?acount=Acme").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_history_is_a_list_of_days() {
    let app = app().await;
    let days = app.get("/api/v1/statistics/history?from=2026-11-22&sort=-day").await;
    assert_eq!(names(&days, "day"), ["2026-11-23", "2026-11-22"]);
    assert_eq!(days.json()["items"][0]["high_prio"], 2);
    let first = app.get("/api/v1/statistics/history?to=2026-11-21").await.json();
    assert_eq!(
        (&first["items"][0]["bugs_unique"], &first["items"][0]["bugs_no_target"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(app.get("/api/v1/statistics/history?from=yesterday").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn sources_say_how_fresh_they_are() {
    let app = app().await;
    let sources = app.get("/api/v1/sources").await;
    let order = ["cases", "details", "bugs", "issues", "escalations", "cards", "stats"];
    assert_eq!(names(&sources, "name"), order);
    assert_eq!(sources.json()["items"][0]["state"], "never");
}

#[tokio::test]
async fn tables_for_spreadsheets_hold_no_formula() {
    let app = app().await;
    let accept = |form: &'static str| [("accept", form)];
    let csv = app
        .send(Method::GET, "/api/v1/cards?fields=key,summary,bug_numbers,assignee", &accept("text/csv"))
        .await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    let expected = format!(
        "key,summary,bug_numbers,assignee\r\nK-1,Summary of 00000003,,Ada\r\nK-9,\"'{}\",,\r\nK-10,Summary of 00000001,\"11; 9\",Ada\r\n",
        HOSTILE.replace('"', "\"\"").replace('\u{202e}', "\u{fffd}")
    );
    assert_eq!(csv.text(), expected);
    let lines = app.send(Method::GET, "/api/v1/cards?q=sev:high", &accept("application/x-ndjson")).await;
    assert_eq!(lines.header("content-type"), "application/x-ndjson");
    let all: Vec<Value> = lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((all.len(), &all[0]["summary"]), (1, &json!(HOSTILE)));
    let empty = app.send(Method::GET, "/api/v1/cards?q=nothing&fields=key", &accept("text/csv")).await;
    assert_eq!(empty.text(), "key\r\n");
}

#[tokio::test]
async fn what_is_listed_can_be_had_alone() {
    let app = app().await;
    for (list, member, path) in [
        ("/api/v1/bugs", "number", "/api/v1/bugs/"),
        ("/api/v1/issues", "key", "/api/v1/issues/"),
        ("/api/v1/accounts", "name", "/api/v1/accounts/"),
        ("/api/v1/engineers", "name", "/api/v1/engineers/"),
    ] {
        let all = app.get(list).await.json();
        let items = all["items"].as_array().unwrap();
        assert!(!items.is_empty(), "{list}");
        for item in items {
            let name = item[member].as_str().unwrap();
            let encoded: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
            let address = format!("{path}{}", encoded.replace('+', "%20"));
            let alone = app.get(&address).await;
            assert_eq!((alone.status, &alone.json()), (StatusCode::OK, item), "{address}");
            let tag = alone.header("etag");
            let same = app.send(Method::GET, &address, &[("if-none-match", tag)]).await;
            assert_eq!(same.status, StatusCode::NOT_MODIFIED, "{address}");
            let picked = app.get(&format!("{address}?fields={member}")).await.json();
            assert_eq!(picked, json!({ member: name }));
        }
        let none = app.get(&format!("{path}no%20such")).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
        assert!(none.json()["detail"].as_str().unwrap().contains("\"no such\""), "{}", none.text());
        assert_eq!(app.get(&format!("{path}x?fields=none")).await.status, StatusCode::BAD_REQUEST);
        let csv = app.send(Method::GET, &format!("{path}x"), &[("accept", "text/csv")]).await;
        assert_eq!(csv.status, StatusCode::NOT_ACCEPTABLE);
    }
}
