//! Signing in: the way there and back, and everything that must not work.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use t5g_model::documents::Document;
use t5g_web::WebSettings;

use super::support::{Browser, FOREIGN, app, audited, is_in, response, settings};
use crate::common::{Answer, TestApp};

/// The page without what differs from request to request.
fn words(answer: &Answer) -> String {
    let id = answer.header("x-request-id");
    answer.text().replace(id, "")
}

#[tokio::test]
async fn who_wants_a_page_signs_in_and_gets_it() {
    let app = app().await;
    let mut browser = Browser::default();
    let sent = browser.get(&app, "/table/all?q=a%20b").await;
    assert_eq!(
        (sent.status, sent.header("location")),
        (StatusCode::SEE_OTHER, "/?next=%2Ftable%2Fall%3Fq%3Da%2520b")
    );
    let page = browser.get(&app, sent.header("location")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("href=\"/?sso&amp;next=%2Ftable%2Fall%3Fq%3Da%2520b\""), "{}", page.text());

    let begun = browser.get(&app, "/?sso&next=%2Ftable%2Fall%3Fq%3Da%2520b").await;
    let flow = begun.header("set-cookie").to_owned();
    assert!(
        flow.starts_with("__Host-saml_flow=")
            && flow.ends_with("; Path=/; Secure; SameSite=None; HttpOnly; Max-Age=600"),
        "{flow}"
    );
    assert_eq!(begun.header("cache-control"), "no-store");
    let (relay, request) = browser.begin(&app, "/?sso&next=%2Ftable%2Fall%3Fq%3Da%2520b").await;
    let back = browser.bring(&app, &relay, &response(&request, "Ada", "field").to_string()).await;
    assert_eq!(
        (back.status, back.header("location")),
        (StatusCode::SEE_OTHER, "/table/all?q=a%20b"),
        "{}",
        back.text()
    );
    assert_eq!(back.header("cache-control"), "no-store");
    let cookies: Vec<_> =
        back.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap().to_owned()).collect();
    assert_eq!(cookies.len(), 2);
    assert!(
        cookies[0].starts_with("__Host-sid=")
            && cookies[0].ends_with("; Path=/; Secure; SameSite=Lax; HttpOnly"),
        "{cookies:?}"
    );
    assert_eq!(cookies[1], "__Host-saml_flow=; Path=/; Secure; SameSite=None; HttpOnly; Max-Age=0");
    let home = browser.get(&app, "/sources").await;
    assert!(home.text().contains(">Ada</b>") && home.text().contains(">viewer</span>"));

    let users = app.documents.read(Document::Users).await.unwrap().unwrap();
    let users: Value = serde_json::from_slice(&users.bytes).unwrap();
    assert_eq!(users["uuid-Ada"]["givenName"], json!(["Ada"]));
    let newest = &audited(&app).await[0];
    assert_eq!(
        (newest.action.as_str(), newest.outcome.as_str(), newest.actor.as_str()),
        ("login", "done", "Ada <Ada@example.com>")
    );
    assert_eq!(newest.detail["role"], "viewer");
    let again = browser.get(&app, "/?next=%2Fsources").await;
    assert_eq!(again.header("location"), "/sources", "who is signed in is led on");
}

#[tokio::test]
async fn what_was_known_of_others_stays() {
    let app = TestApp::with(&[(Document::Users, json!({ "x": { "mail": ["x@y"] } }))], settings()).await;
    Browser::sign_in(&app, "Ada", "field").await;
    let users = app.documents.read(Document::Users).await.unwrap().unwrap();
    let users: Value = serde_json::from_slice(&users.bytes).unwrap();
    assert_eq!(users["x"], json!({ "mail": ["x@y"] }));
    assert_eq!(users.as_object().unwrap().len(), 2);

    let broken = json!(["not", "an", "object"]);
    let app = TestApp::with(&[(Document::Users, broken.clone())], settings()).await;
    Browser::sign_in(&app, "Ada", "field").await;
    let kept = app.documents.read(Document::Users).await.unwrap().unwrap();
    assert_eq!(kept.bytes, broken.to_string(), "what cannot be read is not overwritten");
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let app = app().await;
    for target in ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "/?slo"] {
        let encoded: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
        let mut browser = Browser::default();
        let page = browser.get(&app, &format!("/?next={encoded}")).await;
        assert!(page.text().contains("href=\"/?sso\"") && !page.text().contains("evil"), "{target}");
        let (relay, request) = browser.begin(&app, &format!("/?sso&next={encoded}")).await;
        let back = browser.bring(&app, &relay, &response(&request, "Ada", "field").to_string()).await;
        let led = back.header("location");
        assert_eq!(led, "/home", "{target}");
    }
    // A relay state of somebody else's making is no address.
    let mut browser = Browser::default();
    let (_, request) = browser.begin(&app, "/?sso").await;
    let back =
        browser.bring(&app, "https://evil.example", &response(&request, "Ada", "field").to_string()).await;
    assert_eq!((back.status, back.header("location")), (StatusCode::FORBIDDEN, ""));
}

#[tokio::test]
async fn nobody_is_signed_in_as_somebody_else() {
    let app = app().await;
    let (mut attacker, mut victim) = (Browser::default(), Browser::default());
    let (relay, request) = attacker.begin(&app, "/?sso").await;
    let answer = response(&request, "Mallory", "field").to_string();
    // The attacker's page posts the attacker's answer from the victim's browser.
    let refused = victim.bring(&app, &relay, &answer).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    victim.begin(&app, "/?sso").await;
    let refused = victim.bring(&app, &relay, &answer).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(!victim.cookies.contains_key("__Host-sid"));
    assert!(
        audited(&app)
            .await
            .iter()
            .all(|entry| entry.outcome == "refused" && entry.detail["code"] == "not_asked")
    );
    let own = attacker.bring(&app, &relay, &answer).await;
    assert_eq!(own.status, StatusCode::SEE_OTHER, "nobody else used it up");
}

#[tokio::test]
async fn a_session_that_was_there_before_is_not_taken_over() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Mallory", "field").await;
    let mut planted = browser.clone();
    let before = browser.cookies["__Host-sid"].clone();
    let (relay, request) = browser.begin(&app, "/?sso").await;
    browser.bring(&app, &relay, &response(&request, "Ada", "admins").to_string()).await;
    assert_ne!(browser.cookies["__Host-sid"], before);
    assert!(is_in(&app, &mut browser).await);
    assert!(!is_in(&app, &mut planted).await, "the old session ended with the new sign-in");

    let made_up = "0a".repeat(32);
    let mut browser = Browser::default();
    browser.cookies.insert("__Host-sid".to_owned(), made_up.clone());
    let (relay, request) = browser.begin(&app, "/?sso").await;
    browser.bring(&app, &relay, &response(&request, "Ada", "field").to_string()).await;
    assert_ne!(browser.cookies["__Host-sid"], made_up);
}

#[tokio::test]
async fn an_answer_is_good_once_at_all_replicas() {
    let one = app().await;
    let other = one.replica().await;
    let mut browser = Browser::default();
    let (relay, request) = browser.begin(&one, "/?sso").await;
    let answer = response(&request, "Ada", "field").to_string();
    let mut copy = browser.clone();
    assert_eq!(
        browser.bring(&other, &relay, &answer).await.status,
        StatusCode::SEE_OTHER,
        "begun there, ended here"
    );
    assert_eq!(copy.clone().bring(&one, &relay, &answer).await.status, StatusCode::FORBIDDEN);
    assert_eq!(copy.bring(&other, &relay, &answer).await.status, StatusCode::FORBIDDEN);

    // The same assertion in answer to another question, at either replica.
    for app in [&one, &other] {
        let mut browser = Browser::default();
        let (relay, request) = browser.begin(app, "/?sso").await;
        let mut again: Value = serde_json::from_str(&answer).unwrap();
        again["request"] = request.as_str().into();
        assert_eq!(browser.bring(app, &relay, &again.to_string()).await.status, StatusCode::FORBIDDEN);
        assert_eq!(audited(app).await[0].detail["code"], "replayed");
    }
}

#[tokio::test]
async fn whatever_is_wrong_gets_the_same_page_and_its_reason_in_the_audit_log() {
    let app = app().await;
    let bad = |change: &dyn Fn(&mut Value)| {
        let mut answer = response("", "Ada", "field");
        change(&mut answer);
        answer
    };
    let cases = [
        ("signature", bad(&|answer| answer["bad"] = "the signature is of somebody else".into())),
        ("in_response_to", bad(&|answer| answer["other"] = true.into())),
        ("xml", json!("not what it should be")),
    ];
    let mut pages = Vec::new();
    for (code, mut answer) in cases {
        let mut browser = Browser::default();
        let (relay, request) = browser.begin(&app, "/?sso").await;
        if code == "signature" {
            answer["request"] = request.into();
        }
        let text = if code == "xml" { "<Response>".to_owned() } else { answer.to_string() };
        let refused = browser.bring(&app, &relay, &text).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{code}");
        assert!(
            !browser.cookies.contains_key("__Host-sid") && !browser.cookies.contains_key("__Host-saml_flow")
        );
        let entry = &audited(&app).await[0];
        assert_eq!((entry.detail["code"].as_str(), entry.outcome.as_str()), (Some(code), "refused"));
        assert_eq!(entry.request_id.as_deref(), Some(refused.header("x-request-id")));
        assert!(!refused.text().contains("the signature is of"), "{}", refused.text());
        pages.push(words(&refused));
    }
    let mut browser = Browser::default();
    let (relay, _) = browser.begin(&app, "/?sso").await;
    let refused = browser.bring(&app, &relay, "panic").await;
    assert_eq!(audited(&app).await[0].detail["code"], "panic");
    pages.push(words(&refused));
    pages.dedup();
    assert_eq!(pages.len(), 1, "{pages:#?}");
}

#[tokio::test]
async fn who_is_in_no_group_is_told_whom_to_ask() {
    let app = app().await;
    let mut browser = Browser::default();
    for group in ["other", "fieldwork", "afield"] {
        let (relay, request) = browser.begin(&app, "/?sso").await;
        let refused = browser.bring(&app, &relay, &response(&request, "Bob", group).to_string()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{group}");
        let page = refused.text();
        assert!(
            page.contains("Bob") && page.contains("mailto:help%40example.com") && page.contains("No access"),
            "{page}"
        );
    }
    let entry = &audited(&app).await[0];
    assert_eq!(
        (entry.actor.as_str(), entry.detail["code"].as_str()),
        ("Bob <Bob@example.com>", Some("no_group"))
    );
    assert!(entry.detail["reason"].as_str().unwrap().contains("cn=afield"));
    assert!(!browser.cookies.contains_key("__Host-sid"));
    assert!(app.ledger.accounts("", 0, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_missing_attribute_is_named() {
    let app = app().await;
    let without = async |name: &str, value: Value| {
        let mut browser = Browser::default();
        let (relay, request) = browser.begin(&app, "/?sso").await;
        let mut answer = response(&request, "Ada", "field");
        answer["attributes"][name] = value;
        browser.bring(&app, &relay, &answer.to_string()).await
    };
    for value in [json!([]), json!([""]), json!(["a", "b"])] {
        let refused = without("rhatUUID", value).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.text().contains("rhatUUID"), "{}", refused.text());
    }
    assert!(without("memberOf", json!([])).await.text().contains("memberOf"));
    let unnamed = without("givenName", json!([])).await;
    assert_eq!(unnamed.status, StatusCode::SEE_OTHER, "a name is found elsewhere");
    assert_eq!(app.ledger.accounts("", 0, 9).await.unwrap()[0].person.name, "Ada@example.com");
}

#[tokio::test]
async fn a_sign_in_does_not_wait_for_ever() {
    let app = app().await;
    let mut browser = Browser::default();
    let (relay, request) = browser.begin(&app, "/?sso").await;
    app.later(TimeDelta::seconds(600));
    let refused = browser.bring(&app, &relay, &response(&request, "Ada", "field").to_string()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text().contains("took too long"), "{}", refused.text());
}

#[tokio::test]
async fn an_identity_is_its_providers_id_and_never_its_mail() {
    let app = app().await;
    Browser::sign_in(&app, "Ada", "field").await;
    let mut browser = Browser::default();
    let (relay, request) = browser.begin(&app, "/?sso").await;
    let mut answer = response(&request, "Ada", "field");
    answer["attributes"]["rhatUUID"] = json!(["uuid-of-another"]);
    browser.bring(&app, &relay, &answer.to_string()).await;
    assert_eq!(app.ledger.accounts("ada@example.com", 0, 9).await.unwrap().len(), 2);
}

#[tokio::test]
async fn too_many_attempts_have_to_wait() {
    let base = settings();
    let access = t5g_web::AccessSettings { logins_per_minute: 3, ..base.access };
    let app = TestApp::with(&[], WebSettings { access, ..base }).await;
    let mut browser = Browser::default();
    for _ in 0..3 {
        assert_eq!(browser.get(&app, "/?sso").await.status, StatusCode::SEE_OTHER);
    }
    let refused = browser.get(&app, "/?sso").await;
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "20"));
    assert_eq!(browser.bring(&app, "x", "y").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(browser.get(&app, "/").await.status, StatusCode::OK, "the page itself is free");
    app.later(TimeDelta::seconds(20));
    assert_eq!(browser.get(&app, "/?sso").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn our_metadata_is_there_for_everybody() {
    let app = app().await;
    let answer = app.get("/saml/metadata").await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (StatusCode::OK, "application/samlmetadata+xml")
    );
    let off = TestApp::empty().await;
    assert_eq!(off.get("/saml/metadata").await.status, StatusCode::NOT_FOUND);
    for path in ["/?sso", "/?slo", "/?sls"] {
        assert_eq!(off.get(path).await.header("location"), "/home");
    }
    assert_eq!(off.post("/?acs").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn forms_of_unknown_length_are_bounded_too() {
    let app = app().await;
    // Without Content-Length, as chunks come.
    for (path, bytes) in [("/?acs", 600_000), ("/?sls", 600_000)] {
        let answer = app.form(path, &FOREIGN, &[("x", &"y".repeat(bytes))]).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
    let mut ada = Browser::sign_in(&app, "Ada", "field").await;
    let answer = ada.submit(&app, "/tokens", &[("name", &"y".repeat(1_500_000))]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "limits.body_bytes is 1 MiB");
}

#[tokio::test]
async fn a_long_address_to_come_back_to_breaks_no_sign_in() {
    let app = app().await;
    let target: String =
        url::form_urlencoded::byte_serialize(format!("/table/all?q={}", "é".repeat(700)).as_bytes())
            .collect();
    let mut browser = Browser::default();
    let (relay, request) = browser.begin(&app, &format!("/?sso&next={target}")).await;
    let back = browser.bring(&app, &relay, &response(&request, "Ada", "field").to_string()).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text());
}
