//! What a client may hold without asking for anything.

use std::time::Duration;

use serde_json::{Value, json};
use t5g_model::documents::Document;
use t5g_web::{Limits, WebSettings, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::common::TestApp;

const ASK: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

async fn server(limits: Limits) -> std::net::SocketAddr {
    server_with(&[], limits).await
}

async fn server_with(documents: &[(Document, Value)], limits: Limits) -> std::net::SocketAddr {
    let app = Box::pin(TestApp::with(documents, WebSettings { limits, ..WebSettings::default() })).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (app, rest) = app.into_parts();
    tokio::spawn(async move {
        serve(listener, app, std::future::pending()).await.unwrap();
        drop(rest);
    });
    address
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut text)).await.unwrap().unwrap();
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn who_says_nothing_or_half_a_request_is_sent_away() {
    let request_within = Duration::from_millis(200);
    let address = server(Limits { request_within, ..Limits::default() }).await;
    let mut silent = TcpStream::connect(address).await.unwrap();
    let mut half = TcpStream::connect(address).await.unwrap();
    half.write_all(b"GET /healthz HTTP/1.1\r\nHost: loc").await.unwrap();
    assert!(!rest(&mut silent).await.contains("200 OK"));
    assert!(!rest(&mut half).await.contains("200 OK"));
    let mut whole = TcpStream::connect(address).await.unwrap();
    whole.write_all(ASK).await.unwrap();
    assert!(rest(&mut whole).await.ends_with("ok\n"));
}

#[tokio::test]
async fn the_listener_for_monitoring_has_the_same_bounds() {
    let limits = Limits { request_within: Duration::from_millis(200), ..Limits::default() };
    let app = Box::pin(TestApp::with(&[], WebSettings { limits, ..WebSettings::default() })).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (app, rest_of_it) = app.into_parts();
    let stop = CancellationToken::new();
    let served = tokio::spawn(app.monitoring().serve(listener, stop.clone()));
    let mut half = TcpStream::connect(address).await.unwrap();
    half.write_all(b"GET /healthz HTTP/1.1\r\nHost: loc").await.unwrap();
    assert!(!rest(&mut half).await.contains("200 OK"), "it is sent away");
    let mut whole = TcpStream::connect(address).await.unwrap();
    whole.write_all(ASK).await.unwrap();
    assert!(rest(&mut whole).await.ends_with("ok\n"));
    stop.cancel();
    served.await.unwrap().unwrap();
    drop((app, rest_of_it));
}

#[tokio::test]
async fn one_connection_too_many_waits_for_its_place() {
    let limits = Limits { connections: 1, request_within: Duration::from_millis(200), ..Limits::default() };
    let address = server(limits).await;
    let _first = TcpStream::connect(address).await.unwrap();
    let mut second = TcpStream::connect(address).await.unwrap();
    second.write_all(ASK).await.unwrap();
    assert!(rest(&mut second).await.ends_with("ok\n"), "it is served once the first is sent away");
}

#[tokio::test]
async fn who_connected_before_a_stop_is_answered() {
    let app = Box::pin(TestApp::with(&[], WebSettings::default())).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut connected = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(ASK).await.unwrap();
        connected.push(stream);
    }
    let (app, _rest) = app.into_parts();
    // The stop is wanted before any of them was looked at.
    serve(listener, app, std::future::ready(())).await.unwrap();
    for mut stream in connected {
        assert!(rest(&mut stream).await.ends_with("ok\n"));
    }
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

const ASK_AND_STAY: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// One answer on a connection that may stay open.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    while !text.ends_with("ok\n") {
        let mut part = [0; 1_024];
        let count =
            tokio::time::timeout(Duration::from_secs(20), stream.read(&mut part)).await.unwrap().unwrap();
        assert!(count > 0, "cut off after: {text}");
        text.push_str(std::str::from_utf8(&part[..count]).unwrap());
    }
    text.to_lowercase()
}

#[tokio::test]
async fn a_kept_connection_is_told_of_a_stop_before_it_ends() {
    let app = Box::pin(TestApp::with(&[], WebSettings::default())).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (app, _rest) = app.into_parts();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, app, async { drop(stopped.await) }));
    let (mut used, mut idle) =
        (TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap());
    for stream in [&mut used, &mut idle] {
        stream.write_all(ASK_AND_STAY).await.unwrap();
        assert!(!answer(stream).await.contains("connection: close"));
    }
    stop.send(()).unwrap();
    // Until nobody new is taken, the stop has not been heard.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    // A proxy sends what changes something once, on a connection that it has: it must not be cut off.
    tokio::time::sleep(Duration::from_millis(500)).await;
    used.write_all(ASK_AND_STAY).await.unwrap();
    assert!(answer(&mut used).await.contains("connection: close"));
    assert_eq!(rest(&mut used).await, "");
    assert_eq!(rest(&mut idle).await, "", "who says nothing is not waited for for ever");
    tokio::time::timeout(Duration::from_secs(20), server).await.unwrap().unwrap().unwrap();
}

/// Asks for a document of twenty megabytes, with little room of its own for the answer.
async fn asks_for_much(address: std::net::SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    stream
        .write_all(b"GET /api/escalations HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    stream
}

fn much() -> (Document, Value) {
    (Document::Escalations, json!(vec!["x".repeat(1_000); 20_000]))
}

#[tokio::test]
async fn who_asks_for_much_and_reads_nothing_is_sent_away() {
    let limits = Limits { connections: 1, taken_within: Duration::from_millis(300), ..Limits::default() };
    let address = server_with(&[much()], limits).await;
    let mut slow = asks_for_much(address).await;
    let mut begun = [0; 12];
    slow.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200");
    let mut second = TcpStream::connect(address).await.unwrap();
    second.write_all(ASK).await.unwrap();
    assert!(rest(&mut second).await.ends_with("ok\n"), "its place is free again");
}

#[tokio::test]
async fn who_reads_slowly_gets_all_of_it() {
    let limits = Limits { taken_within: Duration::from_millis(500), ..Limits::default() };
    let address = server_with(&[much()], limits).await;
    let mut stream = asks_for_much(address).await;
    let (mut bytes, mut piece) = (0, vec![0; 512 * 1024]);
    loop {
        let read = stream.read(&mut piece).await.unwrap();
        if read == 0 {
            break;
        }
        if bytes / 1_000_000 != (bytes + read) / 1_000_000 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bytes += read;
    }
    assert!(bytes > 20_000_000, "{bytes}");
}
