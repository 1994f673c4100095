//! Who has a page already is told just that, as long as it is the same page; sessions keep nothing.

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use serde_json::json;
use t5g_model::documents::Document;

use crate::access::support::{Browser, app as app_with_login, make_token};
use crate::api_world;
use crate::common::{Answer, TestApp, card};

/// An address of each route that is made of the board.
fn addresses() -> Vec<String> {
    let of_the_board = t5g_web::route_table().into_iter().filter(t5g_web::Route::is_of_the_board);
    let filled = of_the_board.map(|route| match route.path {
        "/figures/{figure}" => "/figures/open_cases".to_owned(),
        "/account/{*name}" => "/account/Acme".to_owned(),
        "/engineer/{*name}" => "/engineer/Ada".to_owned(),
        "/account" => "/account?name=Acme".to_owned(),
        "/engineer" => "/engineer?name=Ada".to_owned(),
        "/card/{key}" => "/card/K-10".to_owned(),
        "/table/details" => "/table/details?key=K-10".to_owned(),
        "/table/complete" => "/table/complete?q=sev:".to_owned(),
        path => path.to_owned(),
    });
    filled.collect()
}

async fn again(app: &TestApp, address: &str, tag: &str, more: &[(&str, &str)]) -> Answer {
    app.send(Method::GET, address, &[&[("if-none-match", tag)], more].concat()).await
}

#[tokio::test]
async fn a_reader_who_has_the_page_gets_no_second_one() {
    let app = api_world::app().await;
    let addresses = addresses();
    assert!(addresses.len() > 20, "{addresses:?}");
    for address in &addresses {
        let first = app.get(address).await;
        assert_eq!(first.status, StatusCode::OK, "{address}");
        assert_eq!(first.header("cache-control"), "private, no-cache", "{address}");
        assert!(first.header("vary").contains("cookie"), "{address}: {}", first.header("vary"));
        let tag = first.header("etag");
        let same = again(&app, address, tag, &[]).await;
        assert_eq!((same.status, same.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{address}");
        for header in ["etag", "cache-control", "content-security-policy"] {
            assert_eq!(same.header(header), first.header(header), "{address}: {header}");
        }
        let other = again(&app, address, "W/\"other\"", &[]).await;
        assert_eq!((other.status, other.header("etag")), (StatusCode::OK, tag), "{address}");
        // A shared tag would give the reader of one theme the page of another.
        let dark = again(&app, address, tag, &[("cookie", "t5g_theme=dark")]).await;
        assert_eq!(dark.status, StatusCode::OK, "{address}");
    }
}

#[tokio::test]
async fn another_view_other_data_and_another_minute_are_another_page() {
    let app = api_world::app().await;
    let before = app.get("/table/all").await.header("etag").to_owned();
    assert_eq!(again(&app, "/table/all?sort=account", &before, &[]).await.status, StatusCode::OK);
    assert_eq!(again(&app, "/table/", &before, &[]).await.status, StatusCode::OK);
    app.later(TimeDelta::minutes(1));
    let later = again(&app, "/table/all", &before, &[]).await;
    assert_eq!(later.status, StatusCode::OK);
    let later = later.header("etag").to_owned();
    assert_eq!(again(&app, "/table/all", &later, &[]).await.status, StatusCode::NOT_MODIFIED);
    app.write(Document::Cards, &json!({ "K-77": card("00000077", "Low") })).await;
    let newer = app.get_until("/table/all", |answer| answer.text().contains("K-77")).await;
    assert_ne!(newer.header("etag"), later);
    assert_eq!(again(&app, "/table/all", &later, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_not_there_has_no_tag_and_any_tag_will_not_do() {
    let app = api_world::app().await;
    for address in ["/card/NONE-1", "/account/Nobody", "/figures/none", "/table/all?sort=none"] {
        let answer = again(&app, address, "*", &[]).await;
        assert!(answer.status.is_client_error(), "{address}: {}", answer.status);
        assert_eq!((answer.header("etag"), answer.header("cache-control")), ("", "no-store"), "{address}");
    }
    let led = app.get("/table/all?order=[[2,\"desc\"]]".replace('"', "%22").as_str()).await;
    assert_eq!((led.status, led.header("etag")), (StatusCode::SEE_OTHER, ""));
}

#[tokio::test]
async fn a_session_leaves_nothing_in_its_browser_and_a_token_may_ask_for_news() {
    let app = app_with_login().await;
    let mut browser = Browser::sign_in(&app, "Ada", "field").await;
    let token = format!("Bearer {}", make_token(&app, &mut browser, &["read"]).await);
    for address in ["/home", "/table/all", "/table/all/rows?draw=1", "/weekly/", "/stats", "/sources"] {
        let page = browser.get(&app, address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        assert_eq!((page.header("etag"), page.header("cache-control")), ("", "no-store"), "{address}");
        let first = app.send(Method::GET, address, &[("authorization", &token)]).await;
        let same = again(&app, address, first.header("etag"), &[("authorization", &token)]).await;
        assert_eq!(same.status, StatusCode::NOT_MODIFIED, "{address}");
        // A tag opens no door.
        let stranger = again(&app, address, first.header("etag"), &[]).await;
        assert_ne!(stranger.status, StatusCode::NOT_MODIFIED, "{address}");
    }
}
