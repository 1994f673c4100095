//! What scripts ask for: rows in the way of DataTables' server side, details, completions.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::{app, many};
use crate::common::{TestApp, card};

async fn get(app: &TestApp, path: &str) -> crate::common::Answer {
    app.send(Method::GET, path, &[("accept", "application/json")]).await
}

#[tokio::test]
async fn rows_come_as_datatables_asks_with_the_page_around_them() {
    let app = many().await;
    let asked = "/table/all/rows?q=is:open&sev=High&sev=Low&draw=7&start=50&length=50\
        &order[0][column]=0&columns[0][data]=severity&order[0][dir]=desc&order[1][name]=case&order[1][dir]=desc";
    let answer = get(&app, asked).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/json");
    let json = answer.json();
    assert_eq!((json["draw"].as_u64(), json["recordsTotal"].as_u64()), (Some(7), Some(120)));
    assert_eq!(json["recordsFiltered"], 60);
    let keys: Vec<_> = json["data"].as_array().unwrap().iter().map(|row| row["DT_RowId"].clone()).collect();
    assert_eq!(keys.len(), 10);
    assert_eq!((keys[0].as_str(), keys[9].as_str()), (Some("K-40"), Some("K-4")));
    let address = "/table/all?q=is%3Aopen&sev=High&sev=Low&sort=-severity%2C-case&page=2";
    assert_eq!(json["address"], address);
    let parts = json["parts"].as_str().unwrap();
    for part in ["lead", "panes", "chips", "headings", "pager", "exports", "opening", "choices", "empty"] {
        assert!(parts.contains(&format!("data-part=\"{part}\"")), "{part}");
    }
    assert!(parts.contains("60 cards of 120 that pass the filters") && parts.contains("51–60 of 60 cards"));
}

/// The page and the rows for scripts are one view, rendered once.
#[tokio::test]
async fn the_cells_are_those_of_the_page() {
    let mut one = card("00000001", "High");
    one["contributor"] = json!([{ "displayName": "Bo <b>", "accountId": "2" }]);
    one["escalated"] = json!(true);
    one["escalated_link"] = json!("https://example.com/x");
    let app = app(json!({ "K-1": one, "K-2": card("00000002", "Low") })).await;
    let page = app.get("/table/all").await;
    let json = get(&app, "/table/all/rows").await.json();
    for row in json["data"].as_array().unwrap() {
        for (name, cell) in row.as_object().unwrap() {
            let html = cell.as_str().unwrap();
            if name != "DT_RowId" {
                let scope = if name == "case" { " scope=\"row\"" } else { "" };
                let cell = format!("class=\"c-{name}\"{scope}>{html}");
                let ends = |end: &str| page.text().contains(&format!("{cell}{end}"));
                assert!(ends("<t") || ends("\n"), "{cell}");
            }
        }
    }
    let chosen = get(&app, "/table/recent/rows?cols=case,daily").await.json();
    let names: Vec<_> = chosen["data"][0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["DT_RowId", "case", "daily", "open"]);
}

#[tokio::test]
async fn hostile_questions_are_refused_with_a_reason() {
    let app = many().await;
    for bad in [
        "draw=-1",
        "draw=x",
        "start=-1",
        "start=7",
        "start=99999999999999999999",
        "length=-1",
        "length=100000",
        "length=%00",
        "order[0][column]=1&order[0][dir]=asc",
        "order[0][name]=__proto__&order[0][dir]=asc",
        "order[0][name]=case&order[0][dir]=%3Cscript%3E",
        "sort=%3Cscript%3E",
        "is=x",
        "cols=x",
        "order=%5B%5B",
        "page=0",
    ] {
        let answer = get(&app, &format!("/table/all/rows?{bad}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{bad}");
        assert!(answer.json()["detail"].as_str().unwrap().starts_with("The address says "), "{bad}");
    }
    let many = vec!["columns[0][data]=case"; 500].join("&");
    assert_eq!(get(&app, &format!("/table/all/rows?{many}")).await.status, StatusCode::BAD_REQUEST);
    let filter = get(&app, "/table/all/rows?q=sev:hihg&draw=2").await;
    assert_eq!(filter.status, StatusCode::OK, "a filter that cannot be read is a state of the page");
    let json = filter.json();
    assert_eq!((json["recordsFiltered"].as_u64(), json["data"].as_array().unwrap().len()), (Some(0), 0));
    assert!(json["parts"].as_str().unwrap().contains("sev:<mark>hihg</mark>"));
    let beyond = get(&app, "/table/all/rows?start=100000&length=50").await.json();
    assert_eq!(beyond["address"], "/table/all?page=3", "a page beyond the end is the last one");
}

#[tokio::test]
async fn details_come_for_several_rows_at_once() {
    let mut one = card("00000001", "High");
    one["comments"] = json!([
        ["<img src=x onerror=alert(1)>old", "2026-11-01T10:00:00Z"],
        ["newest", "2026-11-21T10:00:00Z"],
    ]);
    let app = app(json!({ "K-1": one, "K-2": card("00000002", "Low") })).await;
    let json = get(&app, "/table/details?key=K-1&key=K-2&key=K-9").await.json();
    assert_eq!(json["missing"], json!(["K-9"]));
    let first = json["details"]["K-1"].as_str().unwrap();
    assert!(first.contains("<div class=\"detail\">") && !first.contains("<img"));
    assert!(first.find("newest").unwrap() < first.find("old").unwrap(), "newest first");
    assert!(json["details"]["K-2"].as_str().unwrap().contains("Looked at <b>it</b>"));
    assert_eq!(get(&app, "/table/details").await.status, StatusCode::BAD_REQUEST);
    let many: Vec<_> = (0..201).map(|n| format!("key=K-{n}")).collect();
    assert_eq!(
        get(&app, &format!("/table/details?{}", many.join("&"))).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn completions_are_for_the_place_of_the_cursor() {
    let app = app(json!({ "K-1": card("00000001", "High") })).await;
    let json = get(&app, "/table/complete?q=acc+sev:hi&at=3").await.json();
    assert_eq!(json[0]["insert"], "account:");
    assert_eq!((json[0]["from"].as_u64(), json[0]["to"].as_u64()), (Some(0), Some(3)));
    assert!(!json[0]["help"].as_str().unwrap().is_empty());
    let json = get(&app, "/table/complete?q=acc+sev:hi").await.json();
    assert_eq!((json[0]["insert"].as_str(), json[0]["from"].as_u64()), (Some("high"), Some(8)));
    assert_eq!(get(&app, "/table/complete?q=account:").await.json()[0]["insert"], "Acme");
    assert_eq!(get(&app, "/table/complete?q=x&at=-1").await.status, StatusCode::BAD_REQUEST);
}
