//! An identity provider where XML is not the point, and a browser that keeps cookies.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::{Method, StatusCode};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use t5g_saml::{Login, LogoutMessage, LogoutOutcome, Subject};
use t5g_store::ledger::{AuditFilter, AuditRecord};
use t5g_web::{AccessKey, AccessSettings, NotBelieved, Provider, RoleGroups, WebSettings};
use url::Url;

use crate::common::{Answer, TestApp};

/// Who vouches for people.
pub(crate) const IDP: &str = "https://idp.example";

/// Answers are JSON that says everything plainly: `{"request", "assertion", "attributes", …}`.
#[derive(Debug)]
pub(crate) struct FakeProvider {
    pub(crate) signs_out: bool,
    pub(crate) issuer: &'static str,
}

fn not_believed(code: &'static str, reason: &str) -> NotBelieved {
    NotBelieved { code, reason: reason.to_owned() }
}

impl Provider for FakeProvider {
    fn start(&self, relay: &str, request_id: &str, _: DateTime<Utc>) -> Result<Url, String> {
        let query = [("RelayState", relay), ("id", request_id)];
        Url::parse_with_params("https://idp.example/sso", query).map_err(|error| error.to_string())
    }

    fn finish(&self, response: &str, request_id: &str, now: DateTime<Utc>) -> Result<Login, NotBelieved> {
        assert!(response != "panic", "the provider breaks");
        let answer: Value =
            serde_json::from_str(response).map_err(|_| not_believed("xml", "it cannot be read"))?;
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        if text("request").as_deref() != Some(request_id) {
            return Err(not_believed("in_response_to", "it answers another question"));
        }
        if let Some(reason) = text("bad") {
            return Err(not_believed("signature", &reason));
        }
        let lasts = answer["lasts_minutes"].as_i64();
        Ok(Login {
            issuer: self.issuer.to_owned(),
            assertion_id: text("assertion").unwrap(),
            replay_until: now + TimeDelta::minutes(10),
            subject: Subject {
                name_id: text("name_id").unwrap(),
                name_id_format: None,
                session_index: text("session"),
            },
            session_until: lasts.map(|minutes| now + TimeDelta::minutes(minutes)),
            attributes: serde_json::from_value(answer["attributes"].clone()).unwrap(),
        })
    }

    fn issuer(&self) -> String {
        self.issuer.to_owned()
    }

    fn metadata(&self) -> String {
        "<EntityDescriptor/>".to_owned()
    }

    fn logout_start(
        &self,
        subject: &Subject,
        relay: &str,
        request_id: &str,
        _: DateTime<Utc>,
    ) -> Result<Option<Url>, String> {
        let query = [("RelayState", relay), ("id", request_id), ("who", &subject.name_id)];
        let url = Url::parse_with_params("https://idp.example/slo", query).unwrap();
        Ok(self.signs_out.then_some(url))
    }

    fn logout_service(
        &self,
        message: LogoutMessage<'_>,
        expected: Option<&str>,
        _: &str,
        now: DateTime<Utc>,
    ) -> Result<LogoutOutcome, NotBelieved> {
        let query = match message {
            LogoutMessage::Redirect { raw_query } => raw_query,
            LogoutMessage::Post { saml, .. } => saml,
        };
        let find = |wanted: &str| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        match (find("answers"), find("end")) {
            (Some(answers), _) if Some(answers.as_str()) == expected => Ok(LogoutOutcome::Confirmed),
            (None, Some(who)) => Ok(LogoutOutcome::Requested {
                request_id: find("id").unwrap_or_else(|| query.to_owned()),
                replay_until: now + TimeDelta::minutes(10),
                subject_name_id: who,
                session_indexes: find("session").into_iter().collect(),
                answer: Url::parse("https://idp.example/slo?SAMLResponse=done").unwrap(),
            }),
            _ => Err(not_believed("in_response_to", "it answers no question of ours")),
        }
    }
}

/// Login on; `field` may look, `leads` operate, `admins` do everything.
pub(crate) fn settings() -> WebSettings {
    let list = |group: &str| vec![group.to_owned()];
    let access = AccessSettings {
        login: t5g_web::Login::On {
            provider: Arc::new(FakeProvider { signs_out: true, issuer: IDP }),
            key: AccessKey::new("a key for tests, of more than 32 characters"),
        },
        groups: RoleGroups { viewers: list("field"), operators: list("leads"), admins: list("admins") },
        contact: Some("help@example.com".to_owned()),
        ..AccessSettings::default()
    };
    WebSettings {
        base_url: Some("https://t5g.example.com".parse().unwrap()),
        access,
        ..WebSettings::default()
    }
}

/// An application with login on.
pub(crate) async fn app() -> TestApp {
    TestApp::with(&[], settings()).await
}

/// The newest entries of the audit log.
pub(crate) async fn audited(app: &TestApp) -> Vec<AuditRecord> {
    app.ledger.audit_entries(&AuditFilter::default(), 100).await.unwrap()
}

/// Asks as a browser does that shows a page, and keeps cookies.
#[derive(Debug, Clone, Default)]
pub(crate) struct Browser {
    pub(crate) cookies: BTreeMap<String, String>,
}

/// What a browser says of a form of our own page.
const OWN: [(&str, &str); 3] =
    [("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "document"), ("accept", "text/html")];
/// What it says of one of the identity provider's.
pub(crate) const FOREIGN: [(&str, &str); 4] = [
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-dest", "document"),
    ("origin", "https://idp.example"),
    ("accept", "text/html"),
];

impl Browser {
    fn line(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, answer: &Answer) {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    pub(crate) async fn get(&mut self, app: &TestApp, path: &str) -> Answer {
        let line = self.line();
        let headers = [&[("cookie", line.as_str())][..], &OWN[1..]].concat();
        let answer = app.send(Method::GET, path, &headers).await;
        self.keep(&answer);
        answer
    }

    /// Sends a form of our own page.
    pub(crate) async fn submit(&mut self, app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Answer {
        let line = self.line();
        let answer = app.form(path, &[&[("cookie", line.as_str())][..], &OWN].concat(), fields).await;
        self.keep(&answer);
        answer
    }

    /// Sends a form with exactly these headers beside the cookies.
    pub(crate) async fn submit_as(
        &mut self,
        app: &TestApp,
        path: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
    ) -> Answer {
        let line = self.line();
        let answer = app.form(path, &[&[("cookie", line.as_str())][..], headers].concat(), fields).await;
        self.keep(&answer);
        answer
    }

    /// Begins to sign in; what travels to the identity provider: the relay state and the question's id.
    pub(crate) async fn begin(&mut self, app: &TestApp, path: &str) -> (String, String) {
        let begun = self.get(app, path).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
        let address = Url::parse(begun.header("location")).unwrap();
        let find = |wanted: &str| {
            address
                .query_pairs()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.into_owned())
                .unwrap()
        };
        (find("RelayState"), find("id"))
    }

    /// Brings the identity provider's answer.
    pub(crate) async fn bring(&mut self, app: &TestApp, relay: &str, response: &str) -> Answer {
        let line = self.line();
        let fields = [("SAMLResponse", response), ("RelayState", relay)];
        let answer = app.form("/?acs", &[&[("cookie", line.as_str())][..], &FOREIGN].concat(), &fields).await;
        self.keep(&answer);
        answer
    }

    /// Signs in as that person with that group.
    pub(crate) async fn sign_in(app: &TestApp, who: &str, group: &str) -> Self {
        let mut browser = Self::default();
        let (relay, request) = browser.begin(app, "/?sso").await;
        let answer = browser.bring(app, &relay, &response(&request, who, group).to_string()).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::SEE_OTHER, "/home"),
            "{}",
            answer.text()
        );
        browser
    }

    /// The token that forms of this session carry.
    pub(crate) async fn form_token(&mut self, app: &TestApp) -> String {
        let page = self.get(app, "/tokens").await;
        let (_, rest) = page.text().split_once("name=\"csrf\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

/// A good answer to that question; each has an assertion of its own.
pub(crate) fn response(request: &str, who: &str, group: &str) -> Value {
    json!({
        "request": request, "assertion": format!("_a{request}"), "name_id": who, "session": format!("s{request}"),
        "attributes": {
            "rhatUUID": [format!("uuid-{who}")], "givenName": [who], "mail": [format!("{who}@example.com")],
            "memberOf": [format!("cn={group},ou=groups,dc=example,dc=com"), "cn=everybody,dc=example,dc=com"],
        },
    })
}

/// Whether a browser that shows a page is let in there.
pub(crate) async fn is_in(app: &TestApp, browser: &mut Browser) -> bool {
    let answer = browser.get(app, "/tokens").await;
    match answer.status {
        StatusCode::OK => true,
        StatusCode::SEE_OTHER if answer.header("location").starts_with("/?") => false,
        other => panic!("{other}: {}", answer.text()),
    }
}

/// Makes a token on the page and gives its text.
pub(crate) async fn make_token(app: &TestApp, browser: &mut Browser, scopes: &[&str]) -> String {
    let mut fields = vec![("name", "made in a test"), ("days", "30")];
    fields.extend(scopes.iter().map(|scope| ("scope", *scope)));
    let page = browser.submit(app, "/tokens", &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let (_, rest) = page.text().split_once(">t5g_").unwrap();
    format!("t5g_{}", rest.split('<').next().unwrap())
}

/// Asks as a program with that token does.
pub(crate) async fn with_token(app: &TestApp, method: Method, path: &str, token: &str) -> Answer {
    app.send(method, path, &[("authorization", &format!("Bearer {token}"))]).await
}
