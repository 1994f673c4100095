//! Real messages of an identity provider through the server: what is believed, and that each refusal stands in the audit
//! log with its reason and gives no session.

use std::sync::{Arc, OnceLock};

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::json;
use t5g_saml::{Options, ServiceProvider};
use t5g_testkit::saml::{Algorithm, Assertion, KeyPair, Response, Signing, Wrapping, at, field, wrapped};
use t5g_web::{AccessSettings, Login, WebSettings};

use super::support::{Browser, audited, is_in, settings};
use crate::common::{TestApp, now};

const IDP: &str = "https://idp.example/metadata";
const SP: &str = "https://t5g.example.com/saml/metadata";
const ACS: &str = "https://t5g.example.com/?acs";

fn key() -> &'static KeyPair {
    static KEY: OnceLock<KeyPair> = OnceLock::new();
    KEY.get_or_init(|| KeyPair::generate(Algorithm::P256, "idp.example").unwrap())
}

async fn app() -> TestApp {
    let json = json!({
        "strict": true,
        "sp": { "entityId": SP, "assertionConsumerService": { "url": ACS } },
        "idp": {
            "entityId": IDP, "singleSignOnService": { "url": "https://idp.example/sso" },
            "x509cert": key().certificate(),
        },
    });
    let (provider, _) = ServiceProvider::new(&json.to_string(), None, Options::default()).unwrap();
    let base = settings();
    let Login::On { key, .. } = base.access.login else { panic!("login is on") };
    let access = AccessSettings { login: Login::On { provider: Arc::new(provider), key }, ..base.access };
    TestApp::with(&[], WebSettings { access, ..base }).await
}

/// Begins to sign in; the relay state and the id of the question.
async fn begin(app: &TestApp, browser: &mut Browser) -> (String, String) {
    let begun = browser.get(app, "/?sso").await;
    let address = url::Url::parse(begun.header("location")).unwrap();
    assert_eq!((address.host_str(), address.path()), (Some("idp.example"), "/sso"));
    let (_, relay) = address.query_pairs().find(|(name, _)| name == "RelayState").unwrap();
    let sql = "SELECT request_id FROM login_flows";
    let rows = app.ledger.db().await.unwrap().fetch(sql, &[]).await.unwrap();
    // Each case takes up its own, so that there is one.
    assert_eq!(rows.len(), 1);
    (relay.into_owned(), rows[0].get("request_id").unwrap())
}

type Made = (Response, Assertion);
/// Makes an answer to the question with that id.
type Forge<'a> = Box<dyn Fn(&str) -> String + 'a>;

fn good(request: &str) -> Made {
    let assertion = Assertion::new(IDP, SP, ACS, request, now())
        .attribute("rhatUUID", &["uuid-1"])
        .attribute("givenName", &["Ada"])
        .attribute("mail", &["ada@example.com"])
        .attribute("memberOf", &["cn=field,ou=groups"]);
    let assertion = Assertion { id: format!("_a{request}"), ..assertion };
    (Response::new(IDP, ACS, request, now()), assertion)
}

fn signed((response, assertion): &Made, key: &KeyPair) -> String {
    response.xml(&Signing::with(key).sign(&assertion.xml(), &assertion.id).unwrap())
}

#[tokio::test]
async fn a_real_answer_signs_somebody_in_and_a_forged_one_nobody() {
    let app = app().await;
    let stranger = KeyPair::generate(Algorithm::P256, "idp.example").unwrap();
    let late = at(now() - TimeDelta::hours(1));
    let cases: Vec<(&str, Forge<'_>)> = vec![
        ("signature", Box::new(|request| signed(&good(request), &stranger))),
        ("signature", Box::new(|request| signed(&good(request), key()).replace("uuid-1", "uuid-2"))),
        (
            "unsigned",
            Box::new(|request| {
                let (response, assertion) = good(request);
                response.xml(&assertion.xml())
            }),
        ),
        ("in_response_to", Box::new(|_| signed(&good("_another"), key()))),
        (
            "audience",
            Box::new(|request| {
                let (response, mut assertion) = good(request);
                assertion.audiences = Some(vec![vec!["https://other.example".to_owned()]]);
                signed(&(response, assertion), key())
            }),
        ),
        (
            "expired",
            Box::new(|request| {
                let (response, mut assertion) = good(request);
                assertion.not_on_or_after = Some(late.clone());
                signed(&(response, assertion), key())
            }),
        ),
        (
            "issuer",
            Box::new(|request| {
                let (response, mut assertion) = good(request);
                assertion.issuer = Some("https://evil.example".to_owned());
                signed(&(response, assertion), key())
            }),
        ),
        ("doctype", Box::new(|request| format!("<!DOCTYPE x []>{}", signed(&good(request), key())))),
        (
            "assertion_count",
            Box::new(|request| {
                let forge = |xml: &str| xml.replace("uuid-1", "uuid-2");
                wrapped(&signed(&good(request), key()), Wrapping::Three, &forge).unwrap()
            }),
        ),
    ];
    for (number, (code, forge)) in cases.iter().enumerate() {
        let mut browser = Browser::default();
        let (relay, request) = begin(&app, &mut browser).await;
        let refused = browser.bring(&app, &relay, &field(&forge(&request))).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{number} {code}");
        assert!(!browser.cookies.contains_key("__Host-sid"), "{number} {code}");
        let entry = &audited(&app).await[0];
        assert_eq!(entry.detail["code"], *code, "{number}: {}", entry.detail);
        assert!(!refused.text().contains(entry.detail["reason"].as_str().unwrap()), "{number} {code}");
    }
    assert!(app.ledger.accounts("", 0, 9).await.unwrap().is_empty());

    let mut browser = Browser::default();
    let (relay, request) = begin(&app, &mut browser).await;
    let answer = field(&signed(&good(&request), key()));
    let back = browser.bring(&app, &relay, &answer).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text());
    assert!(is_in(&app, &mut browser).await);
    assert_eq!(audited(&app).await[0].actor, "Ada <ada@example.com>");
}
