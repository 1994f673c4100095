//! What documents in Redis do beyond the suite: plain `redis-cli` writers, lost connections, odd servers.

use std::time::Duration;

use bytes::Bytes;
use t5g_model::documents::Document;
use t5g_store::StoreError;
use t5g_store::documents::{Change, Documents, Guard, Limits, open};
use t5g_testkit::{Certificate, Redis, free_port};

use crate::support::feed::{next, until_everything, until_silent, until_told};
use crate::support::other_process::{OtherProcess, Work};
use crate::support::place::{InRedis, Place as _};

/// Impatient, for servers that do not answer.
const LIMITS: Limits = Limits { connect: Duration::from_secs(1), response: Duration::from_secs(1) };

async fn documents(redis: &Redis) -> Documents {
    open(&redis.url(), LIMITS).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_cli_is_heard_and_served_as_it_wrote() {
    let place = InRedis::start().await;
    let store = place.open().await;
    let mut feed = store.changes();
    until_silent(&mut feed).await;

    let odd = "{ \"KNIECO-1\" : {\"x\":[1, 2.0]} }";
    place.server.cli(&["SET", "cards", odd]).await.unwrap();
    assert_eq!(next(&mut feed).await, Change::Some([Document::Cards].into()));
    assert_eq!(store.read(Document::Cards).await.unwrap().unwrap().bytes, odd.as_bytes());

    // Tracking goes by the beginning of the key; this one is nobody's document.
    place.server.cli(&["SET", "cards2", "1"]).await.unwrap();
    place.server.cli(&["SET", "unrelated", "1"]).await.unwrap();
    place.server.cli(&["DEL", "cards"]).await.unwrap();
    assert_eq!(next(&mut feed).await, Change::Some([Document::Cards].into()));
    assert!(store.read(Document::Cards).await.unwrap().is_none());

    place.server.cli(&["FLUSHALL"]).await.unwrap();
    assert_eq!(next(&mut feed).await, Change::Everything);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_we_write_redis_cli_reads() {
    let place = InRedis::start().await;
    let store = place.open().await;
    store.replace(&[(Document::CaseBz, "{\"01234567\": []}".into())], &Guard::default()).await.unwrap();
    assert_eq!(place.server.cli(&["GET", "case_bz"]).await.unwrap(), "{\"01234567\": []}");
    assert_eq!(place.server.cli(&["KEYS", "*"]).await.unwrap(), "case_bz");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_tells_everything() {
    let mut place = InRedis::start().await;
    let store = documents(&place.server).await;
    let mut feed = store.changes();
    until_silent(&mut feed).await;
    place.server.stop().unwrap();
    let error = store.read(Document::Cards).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
    assert!(matches!(store.ping().await, Err(StoreError::Unavailable { .. })));
    let batch = [(Document::Cards, Bytes::from_static(b"1"))];
    assert!(matches!(store.replace(&batch, &Guard::default()).await, Err(StoreError::Unavailable { .. })));

    place.server.restart().await.unwrap();
    until_everything(&mut feed).await;
    store.ping().await.unwrap();
    place.server.cli(&["SET", "cards", "2"]).await.unwrap();
    until_told(&mut feed, &[Document::Cards]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_fell_silent_is_noticed() {
    let place = InRedis::start().await;
    let store = documents(&place.server).await;
    let mut feed = store.changes();
    until_silent(&mut feed).await;
    let frozen = place.server.freeze().await.unwrap();
    // Nothing closes the connection; a call must end all the same.
    let error = store.read(Document::Cards).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
    // Long enough for the feed to give the connection up.
    tokio::time::sleep(Duration::from_secs(4)).await;
    frozen.thaw().unwrap();
    until_everything(&mut feed).await;
    place.server.cli(&["SET", "cards", "2"]).await.unwrap();
    until_told(&mut feed, &[Document::Cards]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_connection_is_replaced() {
    let place = InRedis::start().await;
    let store = documents(&place.server).await;
    let mut feed = store.changes();
    until_silent(&mut feed).await;
    place.server.cli(&["CLIENT", "KILL", "TYPE", "normal"]).await.unwrap();
    until_everything(&mut feed).await;
    place.server.cli(&["SET", "bugs", "null"]).await.unwrap();
    until_told(&mut feed, &[Document::Bugs]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_starts_later_is_found() {
    let mut place = InRedis::start().await;
    place.server.stop().unwrap();
    let store = documents(&place.server).await;
    let mut feed = store.changes();
    assert!(store.ping().await.is_err());
    place.server.restart().await.unwrap();
    until_everything(&mut feed).await;
    store.ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_tracking_is_asked_from_time_to_time() {
    // As Redis 5 and many hosted ones do: no CLIENT TRACKING, no protocol 3.
    let redis = Redis::start_with(&["--rename-command", "CLIENT", "", "--rename-command", "HELLO", ""])
        .await
        .unwrap();
    let store = documents(&redis).await;
    let mut feed = store.changes();
    until_everything(&mut feed).await;
    redis.cli(&["SET", "cards", "[1]"]).await.unwrap();
    until_told(&mut feed, &[Document::Cards]).await;
    redis.cli(&["DEL", "cards"]).await.unwrap();
    redis.cli(&["LPUSH", "users", "no text"]).await.unwrap();
    until_told(&mut feed, &[Document::Cards]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_of_another_type_is_named() {
    let place = InRedis::start().await;
    let store = place.open().await;
    place.server.cli(&["HSET", "cards", "a", "1"]).await.unwrap();
    let error = store.read(Document::Cards).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    assert!(error.to_string().contains("DEL cards"), "{error}");
    // A write repairs it.
    store.replace(&[(Document::Cards, "{}".into())], &Guard::default()).await.unwrap();
    assert!(store.read(Document::Cards).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_are_used_and_never_shown() {
    let redis = Redis::start_with(&["--requirepass", "hush"]).await.unwrap();
    let address = |password: &str| format!("redis://:{password}@127.0.0.1:{}/3", redis.port());
    let store = open(&address("hush"), LIMITS).await.unwrap();
    store.replace(&[(Document::Cards, "{}".into())], &Guard::default()).await.unwrap();
    assert_eq!(redis.cli(&["-a", "hush", "-n", "3", "GET", "cards"]).await.unwrap(), "{}");
    assert!(!format!("{} {store:?}", store.place()).contains("hush"));

    let wrong = open(&address("wrong-hush"), LIMITS).await.unwrap();
    let error = wrong.ping().await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
    let error = open("redis://:hush@/x/y/z", LIMITS).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_the_machine_says_whom_to_trust() {
    let tls = Certificate::for_loopback().await.unwrap();
    let (port, certificate, key) = (free_port().unwrap().to_string(), tls.certificate(), tls.key());
    let files = ["--tls-cert-file", certificate.to_str().unwrap(), "--tls-key-file", key.to_str().unwrap()];
    let authority = tls.authority();
    let rest = ["--tls-ca-cert-file", authority.to_str().unwrap(), "--tls-auth-clients", "no"];
    let options = [&["--tls-port", &port][..], &files, &rest].concat();
    let redis = Redis::start_with(&options).await.unwrap();
    let address = format!("rediss://127.0.0.1:{port}/0");

    let stranger = open(&address, LIMITS).await.unwrap();
    let error = stranger.ping().await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");

    OtherProcess::start_in(Work::WriteOnce, &address, &[("SSL_CERT_FILE", &authority)]).end();
    assert_eq!(redis.cli(&["EXISTS", "cases", "details"]).await.unwrap(), "2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_server_says_so_and_changes_nothing() {
    let redis = Redis::start_with(&["--maxmemory", "3mb", "--maxmemory-policy", "noeviction"]).await.unwrap();
    let store = documents(&redis).await;
    store.replace(&[(Document::Cards, "1".into())], &Guard::default()).await.unwrap();
    let large = Bytes::from(format!("\"{}\"", "x".repeat(8 << 20)));
    for count in 2..5 {
        let before = store.read(Document::Cards).await.unwrap().unwrap().bytes;
        let batch = [(Document::Cards, Bytes::from(format!("{count}"))), (Document::Cases, large.clone())];
        if let Err(error) = store.replace(&batch, &Guard::default()).await {
            assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
            assert!(error.to_string().contains("maxmemory"), "{error}");
            assert_eq!(store.read(Document::Cards).await.unwrap().unwrap().bytes, before, "half a batch");
            return;
        }
    }
    panic!("a server with 3 MB took 8 MB again and again");
}
