//! The built front end, embedded: found by hashed name, sent compressed as it lies there, kept by browsers for
//! ever. The manifest maps plain names to hashed ones.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use rust_embed::RustEmbed;

use crate::api::conditional::{accepts, matches_etag};
use crate::error::AppError;

#[derive(RustEmbed)]
#[folder = "../../frontend/dist"]
struct Dist;

/// What pages need of the front end; each must be in the manifest.
const NEEDED: [&str; 5] = ["app.js", "charts.js", "table.js", "style.css", "icon.svg"];

/// Addresses of the built files by plain name.
#[derive(Debug, Clone)]
pub struct Assets(BTreeMap<String, String>);

/// The binary was built without the front end.
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    /// Nothing was embedded.
    #[error(
        "the front end is not in this binary ({0} is missing); build it with `cargo xtask assets`, then build again"
    )]
    Missing(&'static str),
    /// The manifest is not what the build script writes.
    #[error("the front end's manifest.json cannot be read; build it again with `cargo xtask assets`")]
    Manifest(#[from] serde_json::Error),
}

impl Assets {
    /// Reads the embedded manifest and checks that all that pages need is there.
    pub fn embedded() -> Result<Self, AssetsError> {
        let manifest = Dist::get("manifest.json").ok_or(AssetsError::Missing("manifest.json"))?;
        let names: BTreeMap<String, String> = serde_json::from_slice(&manifest.data)?;
        for needed in NEEDED {
            if names.get(needed).is_none_or(|hashed| Dist::get(hashed).is_none()) {
                return Err(AssetsError::Missing(needed));
            }
        }
        Ok(Self(names.into_iter().map(|(plain, hashed)| (plain, format!("/assets/{hashed}"))).collect()))
    }

    /// Addresses that lead nowhere, for the check of templates and for tests that load no asset.
    pub fn unbuilt() -> Self {
        Self(NEEDED.iter().map(|name| ((*name).to_owned(), format!("/assets/unbuilt-{name}"))).collect())
    }

    /// All addresses by plain name.
    pub fn addresses(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

/// Another content has another name.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const BY_CODING: HeaderValue = HeaderValue::from_static("Accept-Encoding");

/// `GET /assets/{name}`.
pub(crate) async fn show(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, AppError> {
    let kind = content_type(&name).ok_or(AppError::NoSuchPage)?;
    let plain = Dist::get(&name).ok_or(AppError::NoSuchPage)?;
    let etag = HeaderValue::from_str(&format!("\"{name}\"")).map_err(AppError::internal)?;
    if matches_etag(headers.get(IF_NONE_MATCH), &etag) {
        let kept = [(ETAG, etag), (CACHE_CONTROL, FOR_EVER), (VARY, BY_CODING)];
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    let encodings = headers.get(ACCEPT_ENCODING);
    let packed = [("br", "br"), ("gzip", "gz")].into_iter().find_map(|(encoding, ending)| {
        let file = accepts(encodings, encoding).then(|| Dist::get(&format!("{name}.{ending}")))??;
        Some((encoding, file))
    });
    let (encoding, data) = match packed {
        Some((encoding, file)) => (Some(encoding), file.data),
        None => (None, plain.data),
    };
    let mut response = Response::new(Body::from(match data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    }));
    let out = response.headers_mut();
    out.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    out.insert(CACHE_CONTROL, FOR_EVER);
    out.insert(VARY, BY_CODING);
    out.insert(ETAG, etag);
    if let Some(encoding) = encoding {
        out.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok(response)
}

/// By the name's ending; other files of the folder are not served.
fn content_type(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    Some(match ending {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        _ => return None,
    })
}
