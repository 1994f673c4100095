//! The files of cases: listed, and sent whole or from any byte on.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::hydra::known_case;
use super::render;
use crate::ask::Ask;
use crate::files::{self, File};
use crate::reply::{Answer, Reply};
use crate::state::{Ground, Shared};
use crate::world::CaseState;

/// Names as customers choose them, hostile ones included.
const NAMES: [&str; 5] =
    ["sosreport-node1.tar.xz", "../../etc/passwd", "必須ログ.txt", "must-gather (1).tar.gz", "a\\b:c*?.log"];

/// The files of a case: those set by hand, or a few of its own.
fn of<'a>(ground: &'a Ground, case: &CaseState) -> Cow<'a, [File]> {
    if let Some(files) = ground.written.files.of(&case.number) {
        return Cow::Borrowed(files);
    }
    let count = usize::try_from(case.life.index % 4).unwrap_or(0);
    let names = NAMES.iter().cycle().skip(usize::try_from(case.life.index % 5).unwrap_or(0)).take(count);
    let file = |(place, name): (usize, &&str)| {
        let uuid = format!("{}-{place}", case.number);
        let size = 4_096 + uuid.bytes().map(u64::from).sum::<u64>();
        File { uuid, name: (*name).to_owned(), size, told_checksum: None, told_link: None }
    };
    Cow::Owned(names.enumerate().map(file).collect())
}

pub(super) fn list(ground: &Ground, ask: &Ask) -> Answer {
    let case = known_case(ground, ask)?;
    let told = |file: &File| {
        let link = || link(ask, &case.number, &file.uuid);
        let checksum = || ground.written.files.checksum(&file.uuid, file.size);
        json!({
            "uuid": file.uuid,
            "caseNumber": case.number,
            "fileName": file.name,
            "link": file.told_link.clone().unwrap_or_else(link),
            "size": file.size,
            "checksum": file.told_checksum.clone().unwrap_or_else(checksum),
            "createdDate": render::tick(&ground.world, case.life.born),
            "isDeprecated": false,
        })
    };
    let list: Vec<Value> = of(ground, &case).iter().map(told).collect();
    Ok(Reply::ok(&json!(list)))
}

/// Where a file is fetched from.
pub(super) fn link(ask: &Ask, case: &str, uuid: &str) -> String {
    format!("{}/portal/support/cases/{case}/attachments/{uuid}", ask.server)
}

/// The file of the path.
pub(super) fn known(ground: &Ground, ask: &Ask) -> Result<File, Reply> {
    let case = known_case(ground, ask)?;
    let file = of(ground, &case).iter().find(|file| file.uuid == ask.param("uuid")).cloned();
    file.ok_or_else(|| Reply::json(StatusCode::NOT_FOUND, &json!({ "message": "Attachment id not found" })))
}

/// Sends a file, made while it goes.
pub(super) async fn send(State(sim): State<Shared>, ask: Ask) -> Response {
    let file = match known(&sim.read(), &ask) {
        Ok(file) => file,
        Err(refusal) => return refusal.into_response(),
    };
    let from = start(&ask);
    if from > file.size || (from == file.size && from > 0) {
        let range = HeaderValue::from_str(&format!("bytes */{}", file.size));
        let reply = Reply::empty(StatusCode::RANGE_NOT_SATISFIABLE);
        return match range {
            Ok(range) => reply.with(header::CONTENT_RANGE, range).into_response(),
            Err(_) => reply.into_response(),
        };
    }
    let (left, last) = (file.size - from, file.size.saturating_sub(1));
    let mut response = Response::new(Body::from_stream(files::bytes(file.uuid, from, file.size)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(left));
    if from > 0 {
        if let Ok(range) = HeaderValue::from_str(&format!("bytes {from}-{last}/{}", file.size)) {
            headers.insert(header::CONTENT_RANGE, range);
        }
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

/// `Range: bytes=5-`; other ranges are not spoken, and so the whole is sent.
fn start(ask: &Ask) -> u64 {
    let range = ask.headers.get(header::RANGE).and_then(|range| range.to_str().ok()).unwrap_or_default();
    let from = range.strip_prefix("bytes=").and_then(|range| range.strip_suffix('-'));
    from.and_then(|from| from.parse().ok()).unwrap_or(0)
}
