//! No secret shows: not in `Debug`, not in errors that echo it, not in anything that is logged at any level.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::json;
use t5g_clients::Secret;
use t5g_clients::bugzilla::{BugzillaClient, KeyStyle};
use t5g_clients::jira::Flavour;
use t5g_clients::portal::{HydraPortal, Portal};
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{Reply, Server, around, grant};

const SECRETS: [&str; 5] =
    ["bugzilla-key-1", "jira-token-1", "offline-token-1", "access-token-", "Ym90QGV4YW1wbGUudGVzdDpqaXJh"];

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

fn assert_clean(text: &str, what: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in {what}: {text}");
    }
}

#[tokio::test]
async fn secrets_show_nowhere() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    // An upstream that tells everybody what it was told.
    let server = Server::start(|seen| match seen.path.as_str() {
        "/token" => grant(seen, 900),
        _ => {
            Reply::json(400, &json!({"message": format!("bad {:?} {:?} {:?}", seen.get("api_key"), seen.header("authorization"), seen.header("x-bugzilla-api-key"))}))
        }
    })
    .await;

    for style in [KeyStyle::Bearer, KeyStyle::Query, KeyStyle::Header] {
        let client =
            BugzillaClient::new(server.endpoint(), style, Secret::new("bugzilla-key-1"), &around()).unwrap();
        let error = client.bugs(&[1]).await.unwrap_err();
        assert_clean(&format!("{client:?} {error} {error:?}"), "Bugzilla");
        assert!(error.to_string().contains("***"), "{error}");
    }
    let jira = server.jira(Flavour::Cloud);
    let error = jira.myself().await.unwrap_err();
    assert_clean(&format!("{jira:?} {error} {error:?}"), "Jira");
    let tokens = server.tokens(&around());
    let portal = HydraPortal::new(server.endpoint(), tokens.clone(), &around()).unwrap();
    let error = portal.case("01234567").await.unwrap_err();
    assert_clean(&format!("{portal:?} {tokens:?} {error} {error:?} {:?}", tokens.token().await), "portal");
    // An address that does not answer, with the key in it.
    let gone = crate::support::endpoint("http://127.0.0.1:9/");
    let client =
        BugzillaClient::new(gone, KeyStyle::Query, Secret::new("bugzilla-key-1"), &around()).unwrap();
    let error = client.bugs(&[1]).await.unwrap_err();
    assert_clean(&format!("{error} {error:?}"), "unreachable");

    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("upstream answered") && logged.contains("GET /rest/bug"), "{logged}");
    // The test server runs in this process and logs too; only what our side logs is ours to keep clean.
    assert_clean(&logged, "log");
}

#[test]
fn a_secret_prints_as_stars() {
    let secret = Secret::new(" bugzilla-key-1\n");
    assert_eq!(format!("{secret} {secret:?} {:?}", Some(&secret)), "*** *** Some(***)");
    assert!(Secret::new(" \n").is_empty());
}
