//! The rows of a view as files: exactly those, in that order, in every format; hostile text stays text.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use t5g_model::documents::Document;
use t5g_web::samples::HOSTILE;

use super::{app, keys, many};
use crate::common::card;

/// A CSV file's records.
fn csv(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(next) = chars.next() {
        match next {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            other => cell.push(other),
        }
    }
    assert!(!quoted && cell.is_empty() && record.is_empty(), "the last record is whole");
    records
}

#[tokio::test]
async fn a_file_is_of_all_pages_of_the_view_in_its_order_and_columns() {
    let app = many().await;
    let view = "q=is:open&sev=Urgent&sev=High&sort=-case&cols=case,jira,days";
    let mut wanted = Vec::new();
    for page in 1..=2 {
        wanted.extend(keys(app.get(&format!("/table/all?{view}&page={page}")).await.text()));
    }
    assert_eq!(wanted.len(), 60);
    let file = app.get(&format!("/table/all.csv?{view}&page=2&open=all")).await;
    let records = csv(file.text());
    assert_eq!(records[0], ["Case#", "Jira", "Days Open"]);
    assert_eq!(records[1..].iter().map(|record| record[1].clone()).collect::<Vec<_>>(), wanted);
    let lines = app.get(&format!("/table/all.ndjson?{view}")).await;
    let lines: Vec<Value> = lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let keys_of = |rows: &[Value]| -> Vec<String> {
        rows.iter().map(|row| row["jira"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(keys_of(&lines), wanted);
    assert!(lines[0]["days"].is_number() && lines[0].as_object().unwrap().len() == 3);
    let whole = app.get(&format!("/table/all.json?{view}")).await.json();
    assert_eq!(keys_of(whole.as_array().unwrap()), wanted);
    let markdown = app.get(&format!("/table/all.md?{view}")).await;
    assert!(markdown.text().starts_with("| Case# | Jira | Days Open |\n| --- | --- | --- |\n| [00000119]("));
    assert_eq!(markdown.text().lines().count(), 62);
    let tabs = app.get(&format!("/table/all.tsv?{view}")).await;
    assert_eq!(tabs.text().lines().nth(1).unwrap().split('\t').nth(1), Some(wanted[0].as_str()));
}

#[tokio::test]
async fn files_say_what_they_are_and_pages_link_to_theirs() {
    let app = many().await;
    for (ending, kind) in [
        ("csv", "text/csv; charset=utf-8; header=present"),
        ("json", "application/json"),
        ("ndjson", "application/x-ndjson; charset=utf-8"),
        ("md", "text/markdown; charset=utf-8"),
    ] {
        for (name, page) in [("all", "/table/all"), ("recent", "/table/"), ("trends", "/table/trends")] {
            let file = app.get(&format!("/table/{name}.{ending}")).await;
            assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, kind));
            let disposition = format!("attachment; filename=\"t5g-{name}-2026-11-23.{ending}\"");
            assert_eq!(file.header("content-disposition"), disposition);
            assert_eq!(file.header("cache-control"), "private, no-cache");
            let page = app.get(&format!("{page}?sev=High&sort=-days&page=2")).await;
            let link = format!("href=\"/table/{name}.{ending}?sev=High&amp;sort=-days\"");
            assert!(page.text().contains(&link), "{link}");
        }
    }
    let wrong = app.get("/table/all.csv?q=sev:hihg").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text().contains("did you mean high?") && wrong.text().contains("at character 5"));
    assert_eq!(app.get("/table/all.exe").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_that_is_known_is_not_sent_again() {
    let app = many().await;
    let ask =
        async |address: &str, tag: &str| app.send(Method::GET, address, &[("if-none-match", tag)]).await;
    let tag = app.get("/table/all.csv?sev=High").await.header("etag").to_owned();
    let again = ask("/table/all.csv?sev=High&page=2", &tag).await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(ask("/table/all.csv?sev=Low", &tag).await.status, StatusCode::OK);
    app.write(Document::Cards, &json!({ "K-1": card("00000001", "High") })).await;
    let newer = app.get_until("/table/all.csv?sev=High", |answer| answer.header("etag") != tag).await;
    assert_eq!(csv(newer.text()).len(), 2);
    app.later(chrono::TimeDelta::days(1));
    let tag = newer.header("etag").to_owned();
    let tomorrow = app.get_until("/table/all.csv?sev=High", |answer| answer.header("etag") != tag).await;
    assert!(tomorrow.text().contains(",23,") && newer.text().contains(",22,"), "a day is a day older");
}

#[tokio::test]
async fn hostile_text_is_text_in_every_format() {
    for begin in ["", "=", "+", "-", "@", "\t", "\r"] {
        let text = format!("{begin}{HOSTILE}|`\n");
        let mut one = card("00000001", "High");
        for field in ["summary", "product", "account"] {
            one[field] = json!(text);
        }
        one["assignee"] = json!({ "displayName": text, "accountId": "1" });
        one["comments"] = json!([["=HYPERLINK(1)", "2026-11-21T10:00:00Z"]]);
        let app = app(json!({ "K-1": one })).await;
        let file = app.get("/table/all.csv").await;
        let records = csv(file.text());
        assert_eq!(records.len(), 2, "{begin:?}: a row stays a row");
        assert!(
            records[1].len() == 14
                && records[1].iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r']))
        );
        assert!(records[1][4].contains("<img src=x onerror=alert(1)>"), "{:?}", records[1][4]);
        let markdown = app.get("/table/all.md").await;
        assert_eq!(markdown.text().lines().count(), 3);
        assert!(!markdown.text().contains("<img") && !markdown.text().contains('\u{202e}'));
        let json = app.get("/table/all.json").await.json();
        assert!(json[0]["summary"].as_str().unwrap().contains("<img src=x onerror=alert(1)>"));
    }
}
