//! READ_ONLY: no method of any client that writes reaches anything, not even with a question before it. The listener
//! counts connections, so that nothing hides behind an answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Map;
use t5g_clients::bugzilla::{BugzillaClient, KeyStyle};
use t5g_clients::jira::{JiraAuth, JiraClient, NewIssue, RemoteLink};
use t5g_clients::mail::{Letter, MailClient, MailErrorKind, MailOptions, Security};
use t5g_clients::portal::{GraphqlPortal, HydraPortal, Portal, V3Portal};
use t5g_clients::slack::SlackClient;
use t5g_clients::sso::TokenSource;
use t5g_clients::{ClientError, Endpoint, ErrorKind, Secret, Surroundings, Writes};

use crate::support::{around, endpoint};

/// Counts who comes, and tells nobody anything.
struct Listener {
    address: std::net::SocketAddr,
    came: Arc<AtomicUsize>,
}

impl Listener {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let came = Arc::new(AtomicUsize::new(0));
        let count = came.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                drop(connection);
            }
        });
        Self { address, came }
    }

    fn endpoint(&self) -> Endpoint {
        let mut endpoint = endpoint(&format!("http://{}", self.address));
        endpoint.options.retry.max_attempts = 1;
        endpoint
    }

    fn tokens(&self, around: &Surroundings) -> TokenSource {
        TokenSource::new(self.endpoint(), "rhsm-api", Secret::new("offline-token-1"), around).unwrap()
    }
}

fn refused() -> Surroundings {
    Surroundings { writes: Writes::Refused, ..around() }
}

fn assert_refused<T: std::fmt::Debug>(what: &str, result: Result<T, ClientError>) {
    let error = result.unwrap_err();
    assert_eq!(error.kind, ErrorKind::ReadOnly, "{what}");
    assert!(!error.may_have_acted() && !error.is_transient() && error.attempts == 0, "{what}");
    assert!(error.to_string().contains("READ_ONLY is on, so nothing was sent"), "{what}: {error}");
}

#[tokio::test]
async fn jira_is_not_written() {
    let listener = Listener::start().await;
    // The flavour is not known, so that a careless method would ask for it first.
    let auth = JiraAuth::Bearer(Secret::new("jira-pat-1"));
    let jira = JiraClient::new(listener.endpoint(), auth, None, &refused()).unwrap();
    let key = ["A-1".to_owned()];
    assert_refused("create", jira.create_issue(&NewIssue::default()).await);
    assert_refused("fields", jira.update_fields("A-1", &Map::new()).await);
    assert_refused("list", jira.change_list("A-1", "labels", &[], &[]).await);
    assert_refused("assign", jira.assign("A-1", None).await);
    assert_refused("comment", jira.add_comment("A-1", "x").await);
    assert_refused("transition", jira.transition("A-1", "11").await);
    let link = RemoteLink { global_id: "g".into(), url: "https://x.example/".into(), title: "x".into() };
    assert_refused("link", jira.set_remote_link("A-1", &link).await);
    assert_refused("nameless link", jira.set_remote_link("A-1", &RemoteLink::default()).await);
    assert_refused("link taken away", jira.delete_remote_link("A-1", "g").await);
    assert_refused("sprint", jira.move_to_sprint(7, &key).await);
    assert_refused("backlog", jira.move_to_backlog(&key).await);
    assert_eq!(listener.came.load(Ordering::SeqCst), 0);
    // The same client still reads.
    assert!(jira.server_info().await.is_err_and(|error| error.kind != ErrorKind::ReadOnly));
    assert_eq!(listener.came.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn no_face_of_the_portal_is_written() {
    let listener = Listener::start().await;
    let (around, login) = (refused(), ["me".to_owned()]);
    let hydra = HydraPortal::new(listener.endpoint(), listener.tokens(&around), &around).unwrap();
    assert_refused("watcher", hydra.add_watchers("01234567", &login).await);
    assert_refused("watcher taken away", hydra.remove_watcher("01234567", "me").await);
    let v3 = V3Portal::new(listener.endpoint(), listener.tokens(&around), &around).unwrap();
    let graphql = GraphqlPortal::new(listener.endpoint(), listener.tokens(&around), &around).unwrap();
    for portal in [&v3 as &dyn Portal, &graphql] {
        for result in
            [portal.add_watchers("01234567", &login).await, portal.remove_watcher("01234567", "me").await]
        {
            let error = result.unwrap_err();
            assert!(matches!(error.kind, ErrorKind::Unsupported { .. }), "{error}");
            assert!(error.to_string().contains("`hydra` does"), "{error}");
        }
    }
    assert_eq!(listener.came.load(Ordering::SeqCst), 0);
    // A grant is a read, and so are searches by POST.
    assert!(graphql.check().await.is_err_and(|error| error.kind != ErrorKind::ReadOnly));
    assert_eq!(listener.came.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn neither_bugs_nor_messages_nor_letters_are_written() {
    let listener = Listener::start().await;
    let key = Secret::new("bugzilla-key-1");
    let bugzilla = BugzillaClient::new(listener.endpoint(), KeyStyle::Bearer, key, &refused()).unwrap();
    assert_refused("whiteboard", bugzilla.update_bug(1, "x").await);
    let slack = SlackClient::new(listener.endpoint(), Secret::new("xoxb-slack-1"), &refused()).unwrap();
    assert_refused("message", slack.post("C1", "x", None).await);
    assert_refused("reply", slack.post("C1", "x", Some("1.2")).await);
    let options = MailOptions {
        server: listener.address.ip().to_string(),
        port: listener.address.port(),
        security: Security::None,
        login: None,
        password: None,
        from: "t5g@example.test".into(),
        timeout: Duration::from_secs(5),
    };
    let letter = Letter {
        message_id: "<1@t5g.example>".into(),
        to: vec!["a@example.test".into()],
        ..Letter::default()
    };
    let mail = MailClient::new(options.clone(), &refused()).unwrap();
    let error = mail.send(&letter).await.unwrap_err();
    assert_eq!((error.kind.clone(), error.may_have_acted()), (MailErrorKind::ReadOnly, false));
    assert_eq!(listener.came.load(Ordering::SeqCst), 0);
    // With writing allowed the same call does go out.
    drop(MailClient::new(options, &around()).unwrap().send(&letter).await);
    assert_eq!(listener.came.load(Ordering::SeqCst), 1);
}
