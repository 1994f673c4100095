//! Views of the table that people save under a name: for everybody to open, for their makers to remove.

use axum::http::{Method, StatusCode};

use crate::access::support::{Browser, app as app_with_login, make_token, with_token};
use crate::api_world::HOSTILE;
use crate::common::TestApp;

const SAVE: &str = "/views/save";
const OWN: [(&str, &str); 1] = [("sec-fetch-site", "same-origin")];

#[tokio::test]
async fn a_view_is_saved_under_a_name_and_opens_the_same_view() {
    let app = TestApp::empty().await;
    let view = "/table/all?q=sev%3Aurgent+%26+%22%ED%95%9C%22&sev=High&sort=-days&rows=25&page=3&open=K-1";
    let table = app.get(view).await;
    assert!(table.text().contains("action=\"/views/save\""));
    let saved = app.form(SAVE, &OWN, &[("name", "  Late   & <b>urgent</b> "), ("address", view)]).await;
    assert_eq!((saved.status, saved.header("location")), (StatusCode::SEE_OTHER, "/views"));
    let page = app.get("/views").await;
    // Neither the page nor what was open is a part of a view that is worth a name.
    let link = "/table/all?q=sev%3Aurgent+%26+%22%ED%95%9C%22&amp;sev=High&amp;sort=-days&amp;rows=25";
    assert!(page.text().contains(&format!("href=\"{link}\"")), "{}", page.text());
    assert!(page.text().contains("Late &amp; &lt;b&gt;urgent&lt;/b&gt;"));
    assert!(page.text().contains("Severity: High") && page.text().contains("sorted by Days Open"));
    assert_eq!(app.get(&link.replace("&amp;", "&")).await.status, StatusCode::OK);

    let again = app.form(SAVE, &OWN, &[("name", "Late & <b>urgent</b>"), ("address", "/table/")]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    let page = app.get("/views").await;
    assert_eq!(page.text().matches("<th scope=\"row\"").count(), 8, "one view, and the seven sources");
    let gone = app.form("/views/remove", &OWN, &[("name", "Late & <b>urgent</b>")]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    assert!(app.get("/views").await.text().contains("No saved views"));
}

#[tokio::test]
async fn what_is_no_view_of_the_table_is_not_saved() {
    let app = TestApp::empty().await;
    for (name, address) in [
        ("", "/table/all"),
        (" ", "/table/all"),
        (&*"x".repeat(81), "/table/all"),
        ("a\u{0}b", "/table/all"),
        ("a", ""),
        ("a", "/home"),
        ("a", "javascript:alert(1)"),
        ("a", "//elsewhere.example/table/all"),
        ("a", "https://elsewhere.example/x"),
        ("a", "/table/all?sort=none"),
        ("a", &*format!("/table/all?q={}", "x".repeat(4_000))),
    ] {
        let answer = app.form(SAVE, &OWN, &[("name", name), ("address", address)]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name:?} {address:.60}");
        assert!(answer.text().contains("role=\"alert\""));
    }
    assert!(app.get("/views").await.text().contains("No saved views"));
}

#[tokio::test]
async fn a_view_is_its_makers_and_everybody_sees_it() {
    let app = app_with_login().await;
    let mut ada = Browser::sign_in(&app, "Ada", "field").await;
    let mut bob = Browser::sign_in(&app, "Bob", "field").await;
    let mut eve = Browser::sign_in(&app, "Eve", "admins").await;
    let fields = [("name", HOSTILE.split('\n').next().unwrap()), ("address", "/table/trends")];
    assert_eq!(ada.submit(&app, SAVE, &fields).await.status, StatusCode::SEE_OTHER);
    assert!(bob.get(&app, "/views").await.text().contains("href=\"/table/trends\" dir=\"auto\""));
    assert_eq!(bob.submit(&app, SAVE, &fields).await.status, StatusCode::CONFLICT);
    let refused = bob.submit(&app, "/views/remove", &fields[..1]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(!bob.get(&app, "/views").await.text().contains("action=\"/views/remove\""));
    assert!(ada.get(&app, "/views").await.text().contains("action=\"/views/remove\""));
    let token = make_token(&app, &mut ada, &["read"]).await;
    assert_eq!(with_token(&app, Method::GET, "/views", &token).await.status, StatusCode::OK);
    assert_eq!(with_token(&app, Method::POST, "/views/remove", &token).await.status, StatusCode::FORBIDDEN);
    assert_eq!(eve.submit(&app, "/views/remove", &fields[..1]).await.status, StatusCode::SEE_OTHER);
    assert!(ada.get(&app, "/views").await.text().contains("No saved views"));
}
