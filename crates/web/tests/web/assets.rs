//! The front end as the binary carries it. Needs `cargo xtask assets` to have run.

use std::io::Read;

use axum::http::{Method, StatusCode};
use flate2::read::GzDecoder;
use t5g_web::Assets;

use crate::common::TestApp;

fn addresses() -> Vec<String> {
    Assets::embedded().unwrap().addresses().values().cloned().collect()
}

#[tokio::test]
async fn every_file_is_kept_for_ever_and_sent_compressed_to_who_wants_it() {
    let app = TestApp::empty().await;
    for address in addresses() {
        let plain = app.get(&address).await;
        assert_eq!(plain.status, StatusCode::OK, "{address}");
        assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable", "{address}");
        let accept = |coding: &'static str| [("accept-encoding", coding)];
        let packed = app.send(Method::GET, &address, &accept("gzip")).await;
        assert_eq!(packed.header("content-encoding"), "gzip", "{address}");
        assert_eq!(packed.header("content-type"), plain.header("content-type"), "{address}");
        let mut text = Vec::new();
        GzDecoder::new(&packed.bytes[..]).read_to_end(&mut text).unwrap();
        assert_eq!(text, plain.bytes, "{address}");
        let smallest = app.send(Method::GET, &address, &accept("gzip, deflate, br")).await;
        assert_eq!(smallest.header("content-encoding"), "br", "{address}");
        let again = app.send(Method::GET, &address, &[("if-none-match", plain.header("etag"))]).await;
        assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{address}");
        assert_eq!(again.header("cache-control"), plain.header("cache-control"), "{address}");
    }
}

#[tokio::test]
async fn nothing_else_of_the_folder_is_served() {
    let app = TestApp::empty().await;
    let script = addresses().into_iter().find(|address| address.contains("/app-")).unwrap();
    for address in [
        "/assets/manifest.json",
        "/assets/none.js",
        "/assets/..%2FCargo.toml",
        "/assets/",
        &format!("{script}.gz"),
    ] {
        assert_eq!(app.get(address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
}

#[tokio::test]
async fn nothing_is_loaded_from_elsewhere() {
    let app = TestApp::empty().await;
    for address in addresses() {
        let file = app.get(&address).await;
        // A name, never asked.
        let mut text = file.text().replace("http://www.w3.org/2000/svg", "");
        if address.contains("/table-") {
            // Where the table's library sends people with its messages; never asked either.
            text = text.replace("https://datatables.net/", "");
        }
        assert!(!text.contains("://"), "{address} names another place");
    }
}
