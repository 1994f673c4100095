//! What a client may hold without asking for anything.

use std::time::Duration;

use t5g_web::{Limits, WebSettings, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::common::TestApp;

const ASK: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

async fn server(limits: Limits) -> std::net::SocketAddr {
    let app = Box::pin(TestApp::with(&[], WebSettings { limits, ..WebSettings::default() })).await;
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
async fn one_connection_too_many_waits_for_its_place() {
    let limits = Limits { connections: 1, request_within: Duration::from_millis(200), ..Limits::default() };
    let address = server(limits).await;
    let _first = TcpStream::connect(address).await.unwrap();
    let mut second = TcpStream::connect(address).await.unwrap();
    second.write_all(ASK).await.unwrap();
    assert!(rest(&mut second).await.ends_with("ok\n"), "it is served once the first is sent away");
}
