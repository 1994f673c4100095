//! What holds for every route: headers, methods, hosts, origins, errors, limits.

use crate::common::TestApp;
use std::io::Read;

use axum::http::{Method, StatusCode};
use flate2::read::GzDecoder;
use t5g_web::{Limits, WebSettings};

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = TestApp::empty().await;
    for path in ["/home", "/table/all", "/api/cards", "/nowhere", "/healthz", "/metrics", "/assets/none.js"] {
        let answer = app.get(path).await;
        assert_eq!(answer.header("content-security-policy"), t5g_web::CONTENT_POLICY, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert!(!answer.header("cache-control").is_empty(), "{path}");
    }
    assert!(!t5g_web::CONTENT_POLICY.contains("unsafe"));
    assert_eq!(app.get("/tokens").await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn pages_have_no_inline_script_or_style() {
    let app = TestApp::empty().await;
    for path in [
        "/home",
        "/table/all",
        "/stats",
        "/accounts",
        "/figures/cards",
        "/sources",
        "/updates/",
        "/weekly/",
        "/card/A-1",
        "/cards/plan",
        "/journal",
        "/journal?kind=plans",
        "/api/docs",
        "/nowhere",
    ] {
        let page = app.get(path).await.text().to_owned();
        assert!(
            !page.contains("<style") && !page.contains(" style=") && !page.contains(" onclick="),
            "{path}"
        );
        for script in page.split("<script").skip(1) {
            assert!(script.split('>').next().unwrap().contains("src=\"/assets/"), "{path}: {script}");
        }
    }
}

#[tokio::test]
async fn unknown_addresses_are_404_as_a_page_or_as_problem_json() {
    let app = TestApp::empty().await;
    let page = app.get("/nowhere/%3Cb%3E").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.text().contains("<h1>Not found</h1>"));
    let problem = app.get("/api/nowhere").await;
    assert_eq!(problem.status, StatusCode::NOT_FOUND);
    assert_eq!(problem.header("content-type"), "application/problem+json");
    assert_eq!(problem.json()["status"], 404);
    assert_eq!(problem.json()["requestId"], problem.header("x-request-id"));
}

#[tokio::test]
async fn an_id_that_came_with_the_request_is_kept_if_it_is_one() {
    let app = TestApp::empty().await;
    let of = async |headers: &[(&str, &str)]| {
        let answer = app.send(Method::GET, "/api/nowhere", headers).await;
        let id = answer.header("x-request-id").to_owned();
        assert_eq!(answer.json()["requestId"], id.as_str());
        id
    };
    let longest = "x".repeat(64);
    for kept in ["7f3a-1", "0193b1a2-7c5e-7bbb-8888-0123456789ab", "A_b.c-9", longest.as_str()] {
        assert_eq!(of(&[("x-request-id", kept)]).await, kept);
    }
    let too_long = "x".repeat(65);
    for given in ["", "a b", "a\tb", "<script>", "a\"b", "a/b", "id;x=1", "ä", too_long.as_str()] {
        let id = of(&[("x-request-id", given)]).await;
        assert!(id != given && !id.is_empty(), "{given:?} was taken over");
    }
    let twice = of(&[("x-request-id", "one"), ("x-request-id", "two")]).await;
    assert!(twice != "one" && twice != "two", "nobody can say which is right");
    assert_ne!(of(&[]).await, of(&[]).await);
}

#[tokio::test]
async fn wrong_methods_are_405_and_say_which_are_right() {
    let app = TestApp::empty().await;
    let answer = app.post("/home").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header("allow"), "GET,HEAD");
    let answer = app.get("/api/refresh/cards").await;
    assert_eq!((answer.status, answer.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let answer = app.get("/refresh").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    let app = TestApp::empty().await;
    for path in ["/home", "/api/cards", "/api/stats", "/api/v1/cards", "/api/v1/events", "/healthz"] {
        let answer = app.send(Method::HEAD, path, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.bytes.is_empty(), "{path}");
        assert_eq!(answer.header("content-type"), app.get(path).await.header("content-type"), "{path}");
    }
}

#[tokio::test]
async fn pages_are_compressed_for_who_wants_it() {
    let app = TestApp::empty().await;
    let plain = app.get("/sources").await;
    let packed = app.send(Method::GET, "/sources", &[("accept-encoding", "gzip, br")]).await;
    assert_eq!((plain.header("content-encoding"), packed.header("content-encoding")), ("", "gzip"));
    let mut page = String::new();
    GzDecoder::new(&packed.bytes[..]).read_to_string(&mut page).unwrap();
    assert_eq!(page, plain.text());
    assert!(packed.bytes.len() < plain.bytes.len() / 2);
}

#[tokio::test]
async fn foreign_host_names_are_turned_away() {
    let settings =
        WebSettings { base_url: Some("https://t5g.example.com".parse().unwrap()), ..WebSettings::default() };
    let app = TestApp::with(&[], settings).await;
    let status = async |host: &str, path: &str| app.send(Method::GET, path, &[("host", host)]).await.status;
    assert_eq!(status("evil.example", "/home").await, StatusCode::FORBIDDEN);
    assert_eq!(status("evil.example", "/api/cards").await, StatusCode::FORBIDDEN);
    assert_eq!(status("evil.example", "/metrics").await, StatusCode::FORBIDDEN);
    assert_eq!(status("evil.example", "/healthz").await, StatusCode::OK);
    assert_eq!(status("t5g.example.com", "/home").await, StatusCode::OK);
    assert_eq!(status("localhost:8080", "/home").await, StatusCode::OK);
}

#[tokio::test]
async fn other_sites_start_nothing() {
    let app = TestApp::empty().await;
    for headers in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")]
    {
        for path in ["/refresh", "/api/refresh/cards", "/progress/status"] {
            let answer = app.send(Method::POST, path, &[headers]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
        }
    }
    assert_eq!(app.post("/progress/status").await.status, StatusCode::OK);
}

#[tokio::test]
async fn bodies_and_crowds_are_bounded() {
    let app = TestApp::empty().await;
    let answer = app.send(Method::POST, "/refresh", &[("content-length", "1048577")]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let limits = Limits { concurrent_requests: 0, ..Limits::default() };
    let app = TestApp::with(&[], WebSettings { limits, ..WebSettings::default() }).await;
    let answer = app.get("/home").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), "5");
    assert!(answer.text().contains(answer.header("x-request-id")));
}

#[tokio::test]
async fn old_addresses_lead_home() {
    let app = TestApp::empty().await;
    for path in ["/", "/updates/telco5g", "/updates/cnv/all/severity", "/stats/cnv"] {
        let answer = app.get(path).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/home"), "{path}");
    }
}

#[tokio::test]
async fn every_route_states_who_may_use_it_once() {
    let mut paths: Vec<_> = t5g_web::route_table().iter().map(|route| route.path).collect();
    let all = paths.len();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), all);
}

#[tokio::test]
async fn without_login_nothing_is_served_through_a_proxy() {
    let app = TestApp::empty().await;
    // A proxy on the same machine, as nginx usually asks: under the loopback address, with the client's in a header.
    for header in [
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-proto", "https"),
        ("x-real-ip", "203.0.113.9"),
        ("forwarded", "for=203.0.113.9"),
        ("via", "1.1 proxy"),
    ] {
        for path in ["/home", "/audit/export", "/api/cards", "/metrics", "/assets/none.js"] {
            let answer = app.send(Method::GET, path, &[header]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{header:?} {path}");
        }
        let posted = app.send(Method::POST, "/refresh", &[header, ("sec-fetch-site", "same-origin")]).await;
        assert_eq!(posted.status, StatusCode::FORBIDDEN, "{header:?}");
        assert_eq!(app.send(Method::GET, "/healthz", &[header]).await.status, StatusCode::OK);
    }
    assert_eq!(app.get("/home").await.status, StatusCode::OK);
}
