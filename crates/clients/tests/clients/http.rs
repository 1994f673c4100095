//! Retries, waits, limits, time-outs, redirects, concurrency: what all clients share, seen through the smallest call.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use t5g_clients::bugzilla::{BugzillaClient, KeyStyle};
use t5g_clients::{ErrorKind, Secret};

use crate::support::{Reply, Server, around, endpoint};

fn version() -> Reply {
    Reply::ok(&json!({"version": "5.0.6"}))
}

#[tokio::test]
async fn passing_failures_are_tried_again() {
    let server = Server::start(|seen| match seen.place {
        0 => Reply::text(503, "busy"),
        1 => version().cut(),
        2 => Reply::text(200, r#"{"version": "5.0."#),
        _ => version(),
    })
    .await;
    assert_eq!(server.bugzilla().version().await.unwrap(), "5.0.6");
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn every_form_of_retry_after_is_waited_for() {
    for form in [Some("0"), Some("1"), Some("Mon, 23 Nov 2026 11:59:00 GMT"), Some("soon"), None] {
        for status in [429, 503] {
            let server = Server::start(move |seen| match (seen.place, form) {
                (0, Some(form)) => Reply::text(status, "").header("retry-after", form),
                (0, None) => Reply::text(status, ""),
                _ => version(),
            })
            .await;
            assert_eq!(server.bugzilla().version().await.unwrap(), "5.0.6", "{status} {form:?}");
            assert_eq!(server.count(), 2, "{status} {form:?}");
        }
    }
}

#[tokio::test]
async fn too_long_a_wait_is_an_error_that_says_so() {
    let server = Server::start(|_| Reply::text(429, "").header("retry-after", "3600")).await;
    let error = server.bugzilla().version().await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Throttled { .. }) && error.is_transient());
    assert!(error.to_string().contains("wait 3600 s"), "{error}");
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn attempts_are_bounded_and_the_error_names_what_a_person_needs() {
    let server = Server::start(|_| Reply::json(500, &json!({"message": "database gone"}))).await;
    let error = server.bugzilla().version().await.unwrap_err();
    assert_eq!(server.count(), 4);
    assert_eq!((error.status, error.attempts), (Some(500), 4));
    let told = error.to_string();
    for part in ["Bugzilla", "database gone", "GET /rest/version", "HTTP 500", "4 attempts"] {
        assert!(told.contains(part), "{part} in {told}");
    }
}

#[tokio::test]
async fn final_answers_are_not_tried_again() {
    for status in [400, 401, 403, 404, 409, 410] {
        let server = Server::start(move |_| Reply::text(status, "no")).await;
        let error = server.bugzilla().version().await.unwrap_err();
        assert!(!error.is_transient(), "{status}");
        assert_eq!(server.count(), 1, "{status}");
    }
}

#[tokio::test]
async fn total_time_is_bounded_too() {
    let server = Server::start(|_| Reply::text(503, "")).await;
    let client = server.bugzilla_with(|options| {
        options.retry.first_delay = Duration::from_hours(1);
        options.retry.max_delay = Duration::from_hours(1);
    });
    assert!(client.version().await.is_err());
    assert_eq!(server.count(), 1, "an hour's wait does not fit into ten minutes");
}

#[tokio::test]
async fn answers_larger_than_the_limit_are_refused() {
    let long = "x".repeat(5000);
    let whole = Reply::ok(&json!({"version": long}));
    let server = Server::start(move |_| whole.clone()).await;
    let error = server.bugzilla_with(|options| options.max_body = 4000).version().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooLarge { limit: 4000 });
    assert_eq!(server.count(), 1);
    assert!(server.bugzilla_with(|options| options.max_body = 6000).version().await.is_ok());
}

#[tokio::test]
async fn a_silent_upstream_is_given_up() {
    let server = Server::start(|_| version().after(Duration::from_secs(30))).await;
    let client = server.bugzilla_with(|options| {
        options.total_timeout = Duration::from_millis(50);
        options.retry.max_attempts = 2;
    });
    let error = client.version().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::TimedOut { after: Duration::from_millis(50) });
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn an_upstream_that_is_not_there_is_named() {
    let server = Server::start(|_| version()).await;
    let address = server.address.clone();
    drop(server);
    let gone =
        BugzillaClient::new(endpoint(&address), KeyStyle::Query, Secret::new("bugzilla-key-1"), &around());
    let error = gone.unwrap().version().await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Unreachable { .. }), "{error:?}");
    let told = error.to_string();
    assert!(told.contains("Bugzilla") && !told.contains("bugzilla-key-1"), "{told}");
}

#[tokio::test]
async fn credentials_do_not_follow_a_redirect_to_another_place() {
    let other = Server::start(|_| version()).await;
    let target = format!("{}/rest/version?session=1", other.address);
    let server = Server::start(move |_| Reply::text(302, "").header("location", &target)).await;
    let error = server.bugzilla().version().await.unwrap_err();
    assert!(error.to_string().contains(&other.address) && !error.to_string().contains("session"), "{error}");
    assert_eq!(other.count(), 0);
}

#[tokio::test]
async fn a_redirect_on_the_same_host_is_followed() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/rest/version" => Reply::text(302, "").header("location", "/moved"),
        _ => version(),
    })
    .await;
    assert_eq!(server.bugzilla().version().await.unwrap(), "5.0.6");
    assert_eq!(server.seen()[1].header("authorization"), Some("Bearer bugzilla-key-1"));
}

#[tokio::test]
async fn never_more_requests_at_once_than_allowed() {
    let server = Server::start(|_| version().after(Duration::from_millis(15))).await;
    let client = server.bugzilla_with(|options| options.concurrency = 3);
    let calls = futures_util::future::join_all((0..40).map(|_| client.version())).await;
    assert!(calls.iter().all(Result::is_ok));
    assert_eq!(server.most_at_once(), 3);
}

#[tokio::test]
async fn who_waits_to_try_again_takes_nobodys_place() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/rest/version" if seen.place == 0 => Reply::text(500, ""),
        "/rest/whoami" => Reply::ok(&json!({"name": "bot"})),
        _ => version(),
    })
    .await;
    let client = Arc::new(server.bugzilla_with(|options| {
        options.concurrency = 1;
        options.retry.first_delay = Duration::from_secs(2);
        options.retry.max_delay = Duration::from_secs(2);
    }));
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.version().await }
    });
    while server.count() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    client.whoami().await.unwrap();
    first.await.unwrap().unwrap();
    let paths: Vec<String> = server.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(paths, ["/rest/version", "/rest/whoami", "/rest/version"]);
}

#[tokio::test]
async fn the_upstreams_clock_is_compared_with_ours() {
    let server = Server::start(|seen| {
        let reply =
            if seen.path.ends_with("whoami") { Reply::ok(&json!({"name": "bot"})) } else { version() };
        reply.header("date", "Mon, 23 Nov 2026 12:02:05 GMT")
    })
    .await;
    let probe = server.bugzilla().check().await.unwrap();
    assert_eq!(probe.clock_skew, Some(chrono::TimeDelta::seconds(125)));
    assert_eq!((probe.service.as_str(), probe.identity.as_deref()), ("Bugzilla 5.0.6", Some("bot")));
}

#[tokio::test]
async fn addresses_that_cannot_work_are_refused_at_once() {
    for address in ["ftp://host/", "http://user:pw@host/", "http://host/?api_key=1"] {
        let client = BugzillaClient::new(endpoint(address), KeyStyle::Bearer, Secret::new("k"), &around());
        let error = client.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Setting { .. }), "{address}: {error}");
        assert!(!error.to_string().contains("pw"), "{error}");
    }
}

#[tokio::test]
async fn an_upstream_that_is_down_for_long_is_left_alone_until_it_is_back() {
    let back = Arc::new(AtomicBool::new(false));
    let server = Server::start({
        let back = back.clone();
        move |_| if back.load(Ordering::SeqCst) { version() } else { Reply::text(502, "") }
    })
    .await;
    let client = server.bugzilla_with(|options| options.retry.give_up_after = Duration::from_millis(200));
    let deadline = tokio::time::Instant::now() + Duration::from_mins(1);
    let left_alone = loop {
        let asked = server.count();
        let error = client.version().await.unwrap_err();
        if server.count() == asked {
            break error;
        }
        assert!(tokio::time::Instant::now() < deadline, "it is asked for ever: {error}");
    };
    assert!(
        left_alone.to_string().contains("left alone for now") && left_alone.is_transient(),
        "{left_alone}"
    );
    back.store(true, Ordering::SeqCst);
    while client.version().await.is_err() {
        assert!(tokio::time::Instant::now() < deadline, "it is never asked again");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(client.version().await.is_ok(), "all calls go through again");
}

#[tokio::test]
async fn refusals_do_not_make_an_upstream_count_as_down() {
    let server =
        Server::start(|seen| if seen.place % 2 == 0 { Reply::text(500, "") } else { Reply::text(404, "") })
            .await;
    let client = server.bugzilla_with(|options| options.retry.give_up_after = Duration::ZERO);
    for _ in 0..20 {
        let error = client.version().await.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::NotFound { .. }), "{error}");
    }
}
