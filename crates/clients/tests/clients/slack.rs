//! Slack, which refuses with 200.

use std::time::{Duration, Instant};

use serde_json::json;
use t5g_clients::slack::{LONGEST, SlackClient};
use t5g_clients::{ClientError, ErrorKind, Secret};

use crate::support::{Reply, Server, around};

fn client(server: &Server) -> SlackClient {
    SlackClient::new(server.endpoint(), Secret::new("xoxb-slack-1"), &around())
        .unwrap()
        .with_pace(Duration::ZERO)
}

fn posted() -> Reply {
    Reply::ok(&json!({"ok": true, "channel": "C1", "ts": "1795444919.000100", "message": {}}))
}

async fn refusal(word: &'static str) -> (ClientError, usize) {
    let server = Server::start(move |_| Reply::ok(&json!({"ok": false, "error": word}))).await;
    let error = client(&server).post("C1", "x", None).await.unwrap_err();
    (error, server.count())
}

#[tokio::test]
async fn a_message_and_its_reply() {
    let server = Server::start(|_| posted()).await;
    let slack = client(&server);
    let parent = slack.post("C1", "hello", None).await.unwrap();
    assert_eq!((parent.channel.as_str(), parent.ts.as_str()), ("C1", "1795444919.000100"));
    slack.post("C1", "more", Some(&parent.ts)).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].path, "/chat.postMessage");
    assert_eq!(seen[0].json(), json!({"channel": "C1", "text": "hello"}));
    assert_eq!(seen[1].json(), json!({"channel": "C1", "text": "more", "thread_ts": "1795444919.000100"}));
    assert_eq!(seen[0].header("authorization"), Some("Bearer xoxb-slack-1"));
}

#[tokio::test]
async fn final_refusals_are_certain_and_not_repeated() {
    for word in [
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "no_text",
        "msg_too_long",
        "invalid_auth",
        "missing_scope",
        "something_new",
    ] {
        let (error, count) = refusal(word).await;
        assert!(!error.is_transient() && !error.may_have_acted() && count == 1, "{word}: {error}");
        assert!(error.to_string().contains(word), "{error}");
    }
    assert!(refusal("invalid_auth").await.0.is_credential());
}

#[tokio::test]
async fn slacks_own_trouble_is_in_doubt_and_not_repeated() {
    for word in ["internal_error", "fatal_error", "request_timeout"] {
        let (error, count) = refusal(word).await;
        assert!(error.is_transient() && error.may_have_acted() && count == 1, "{word}: {error}");
    }
}

#[tokio::test]
async fn being_throttled_passes_in_both_of_its_forms() {
    let server = Server::start(|seen| match seen.place {
        0 => Reply::text(429, "").header("retry-after", "0"),
        1 => Reply::ok(&json!({"ok": false, "error": "ratelimited"})),
        _ => posted(),
    })
    .await;
    client(&server).post("C1", "x", None).await.unwrap();
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn empty_texts_are_not_sent_and_long_ones_are_cut() {
    let server = Server::start(|_| posted()).await;
    let slack = client(&server);
    for empty in ["", " \n"] {
        let error = slack.post("C1", empty, None).await.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Refused { .. }) && !error.may_have_acted());
    }
    assert_eq!(server.count(), 0);
    slack.post("C1", &"ü".repeat(LONGEST + 1), None).await.unwrap();
    let text = server.seen()[0].json()["text"].as_str().unwrap().to_owned();
    assert_eq!(text.chars().count(), LONGEST);
    assert!(text.ends_with("longer than Slack takes)"));
}

#[tokio::test]
async fn a_channel_gets_one_message_at_a_time() {
    let server = Server::start(|_| posted()).await;
    let slack = client(&server).with_pace(Duration::from_millis(200));
    let began = Instant::now();
    let slack = &slack;
    let three = ["a", "b", "c"].map(|text| async move {
        slack.turn("C1").await;
        slack.post("C1", text, None).await
    });
    futures_util::future::try_join_all(three).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(400));
}

#[tokio::test]
async fn who_waited_for_the_turn_posts_at_once_and_has_taken_it() {
    let server = Server::start(|_| posted()).await;
    let slack = client(&server).with_pace(Duration::from_millis(400));
    slack.turn("C1").await;
    let began = Instant::now();
    slack.post("C1", "a", None).await.unwrap();
    assert!(began.elapsed() < Duration::from_millis(400));
    slack.turn("C1").await;
    assert!(began.elapsed() >= Duration::from_millis(390), "the next one waits");
}

#[tokio::test]
async fn the_token_is_told_whose_it_is() {
    let server = Server::start(|_| Reply::ok(&json!({"ok": true, "team": "Field", "user": "bot"}))).await;
    let probe = client(&server).check().await.unwrap();
    assert_eq!((probe.service.as_str(), probe.identity.as_deref()), ("Slack, workspace Field", Some("bot")));
    let server = Server::start(|_| Reply::ok(&json!({"ok": false, "error": "token_revoked"}))).await;
    let error = client(&server).check().await.unwrap_err();
    assert!(error.is_credential() && error.to_string().contains("slack_token"), "{error}");
}
