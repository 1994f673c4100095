//! Files from the portal: piece by piece, from any byte on, and never with our credential to strangers.

use std::time::Duration;

use serde_json::{Value, json};
use t5g_clients::portal::{Attachment, GraphqlPortal, HydraPortal, Portal, V3Portal};
use t5g_clients::{ClientError, ErrorKind};

use crate::simulator::World;
use crate::support::{Reply, Server, around, grant};

async fn case(world: &World) -> String {
    let list = world.hydra().search_cases(&world.query(), &|_, _| ()).await.unwrap();
    list.cases[0].number.clone()
}

async fn with_files(world: &World, files: Value) -> (String, Vec<Attachment>) {
    let number = case(world).await;
    world.control("attachments", &json!({"case": number, "files": files})).await;
    let files = world.hydra().attachments(&number).await.unwrap();
    (number, files)
}

/// What comes until the end or the first error.
async fn read(portal: &dyn Portal, file: &Attachment, from: u64) -> (u64, Vec<u8>, Option<ClientError>) {
    let mut download = match portal.download(file, from).await {
        Ok(download) => download,
        Err(error) => return (from, Vec::new(), Some(error)),
    };
    let mut bytes = Vec::new();
    loop {
        match download.piece().await {
            Ok(Some(piece)) => bytes.extend_from_slice(&piece),
            Ok(None) => return (download.from, bytes, None),
            Err(error) => return (download.from, bytes, Some(error)),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_cut_off_and_goes_on_where_it_ended() {
    let world = World::start(20).await;
    let (_, files) = with_files(&world, json!([{"name": "../../etc/passwd", "size": 300_000}])).await;
    let (portal, file) = (world.hydra(), &files[0]);
    assert_eq!((file.file_name.as_str(), file.size), ("../../etc/passwd", Some(300_000)));
    assert_eq!(file.checksum.as_ref().map(String::len), Some(64));
    let (_, whole, error) = read(&portal, file, 0).await;
    assert!(error.is_none() && whole.len() == 300_000);
    world.control("faults", &json!({"route": "*/attachments/*-0", "fault": {"kind": "cut_after", "bytes": 100_000}, "times": 1})).await;
    let (_, first, error) = read(&portal, file, 0).await;
    let error = error.unwrap();
    assert!(error.is_transient() && !error.may_have_acted(), "{error}");
    assert_eq!(first, whole[..100_000]);
    let (from, rest, error) = read(&portal, file, 100_000).await;
    assert!(error.is_none() && from == 100_000 && rest == whole[100_000..]);
    let (from, rest, error) = read(&portal, file, 300_000).await;
    assert!(error.is_none() && from == 300_000 && rest.is_empty(), "nothing is left");
    assert!(read(&portal, file, 300_001).await.2.is_some(), "there is no such byte");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_and_passing_failures_do_not_stop_a_file() {
    let world = World::start(20).await;
    let (_, files) = with_files(&world, json!([{"name": "a", "size": 10}])).await;
    let portal = world.hydra();
    world.control("expire-tokens", &json!({})).await;
    world
        .control(
            "faults",
            &json!({"route": "*/attachments/*-0", "fault": {"kind": "status", "status": 503}, "nth": [1]}),
        )
        .await;
    assert_eq!(read(&portal, &files[0], 0).await.1.len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_faces_fetch_what_they_can_and_say_what_they_cannot() {
    let world = World::start(20).await;
    let (number, files) = with_files(&world, json!([{"name": "a", "size": 70_000}])).await;
    let v3 = V3Portal::new(world.endpoint("T5G_PORTAL_V3_URL"), world.tokens(), &around()).unwrap();
    let bare = Attachment { link: None, ..files[0].clone() };
    assert_eq!(read(&v3, &bare, 1).await.1, read(&world.hydra(), &files[0], 1).await.1);
    let error = v3.attachments(&number).await.unwrap_err();
    assert!(
        matches!(error.kind, ErrorKind::Unsupported { .. }) && error.to_string().contains("`hydra` does"),
        "{error}"
    );
    assert!(v3.watchers(&number).await.is_ok(), "it tells them with the case");
    let graphql =
        GraphqlPortal::new(world.endpoint("T5G_PORTAL_GRAPHQL_URL"), world.tokens(), &around()).unwrap();
    for error in [
        graphql.attachments(&number).await.unwrap_err(),
        graphql.watchers(&number).await.unwrap_err(),
        graphql.download(&bare, 0).await.unwrap_err(),
        world.hydra().download(&bare, 0).await.unwrap_err(),
    ] {
        assert!(!error.is_transient() || matches!(error.kind, ErrorKind::Invalid { .. }), "{error}");
    }
}

/// A portal at a server of ours; its answers to the file's address are the closure's.
async fn portal(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> (Server, HydraPortal) {
    let server = Server::start(move |seen| match seen.path.as_str() {
        "/token" => grant(seen, 900),
        path => answer(path),
    })
    .await;
    let portal = HydraPortal::new(server.endpoint(), server.tokens(&around()), &around()).unwrap();
    (server, portal)
}

fn file(link: &str) -> Attachment {
    Attachment { uuid: "u".into(), link: Some(link.into()), ..Attachment::default() }
}

#[tokio::test]
async fn a_stranger_is_neither_asked_nor_told_who_we_are() {
    let stranger = Server::start(|_| Reply::text(200, "got you")).await;
    let lure = format!("{}/x", stranger.address);
    let elsewhere = lure.clone();
    let (server, portal) = portal(move |path| match path {
        "/redirects" => Reply::text(302, "").header("location", &elsewhere),
        _ => Reply::text(200, "file"),
    })
    .await;
    let redirecting = format!("{}/redirects", server.address);
    for link in [lure.as_str(), redirecting.as_str(), "ftp://x.example/", "file:///etc/passwd"] {
        let (_, bytes, error) = read(&portal, &file(link), 0).await;
        let error = error.unwrap();
        assert!(bytes.is_empty() && error.to_string().contains("not https"), "{link}: {error}");
    }
    assert_eq!(stranger.count(), 0);
    let (_, bytes, _) = read(&portal, &file("/relative"), 0).await;
    assert_eq!(bytes, b"file");
    let last = server.seen().pop().unwrap();
    assert!(last.header("authorization").unwrap().starts_with("Bearer ") && last.path == "/relative");
}

#[tokio::test]
async fn a_server_that_knows_no_ranges_or_lies_about_them_is_seen_through() {
    let (server, portal) = portal(|path| match path {
        "/whole" => Reply::text(200, "0123456789"),
        "/lies" => Reply::text(206, "56789").header("content-range", "bytes 4-9/10"),
        _ => Reply::text(206, "56789"),
    })
    .await;
    let (from, bytes, error) = read(&portal, &file("/whole"), 5).await;
    assert!(error.is_none() && from == 0 && bytes.len() == 10);
    let asked = server.seen().pop().unwrap();
    assert_eq!(
        (asked.header("range"), asked.header("accept-encoding")),
        (Some("bytes=5-"), Some("identity"))
    );
    for path in ["/lies", "/silent"] {
        let error = read(&portal, &file(path), 5).await.2.unwrap();
        assert!(matches!(error.kind, ErrorKind::Invalid { .. }), "{path}: {error}");
    }
}

#[tokio::test]
async fn a_circle_ends_and_so_does_silence() {
    let (server, circle) = portal(|_| Reply::text(302, "").header("location", "/again")).await;
    assert!(read(&circle, &file("/again"), 0).await.2.is_some());
    assert!(server.count() < 60);
    let (_, slow) = {
        let server = Server::start(|seen| match seen.path.as_str() {
            "/token" => grant(seen, 900),
            _ => Reply::text(200, "x").after(Duration::from_secs(5)),
        })
        .await;
        let mut endpoint = server.endpoint();
        endpoint.options.total_timeout = Duration::from_millis(100);
        endpoint.options.retry.max_attempts = 2;
        let portal = HydraPortal::new(endpoint, server.tokens(&around()), &around()).unwrap();
        (server, portal)
    };
    assert!(matches!(
        read(&slow, &file("/x"), 0).await.2.unwrap().kind,
        ErrorKind::TimedOut { .. } | ErrorKind::Unreachable { .. }
    ));
}
