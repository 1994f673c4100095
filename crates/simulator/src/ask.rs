//! A request as handlers see it: path parameters, query, headers, body, and under which address it came.

use std::borrow::Cow;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, MatchedPath, RawPathParams, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use crate::reply::Reply;
use crate::settings::Flavour;
use crate::state::Shared;

/// Where a group of routes is mounted, and which Jira it plays.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mount {
    pub(crate) prefix: &'static str,
    pub(crate) flavour: Flavour,
}

/// A request, read whole.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) mount: Mount,
    /// Whether it came under an address of Jira's version 3.
    pub(crate) version_three: bool,
    /// The simulator's own address, without a slash at the end.
    pub(crate) server: String,
    params: Vec<(String, String)>,
}

impl Ask {
    /// The path parameter of that name; empty if the route has none.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The first value of that name in the query.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A number in the query; the default if it is missing or unreadable.
    pub(crate) fn number(&self, name: &str, default: usize) -> usize {
        self.get(name).and_then(|text| text.parse().ok()).unwrap_or(default)
    }

    /// The address under which this group of routes is reached.
    pub(crate) fn here(&self) -> String {
        format!("{}{}", self.server, self.mount.prefix)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Result<Value, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// The body as a form.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        pairs(&String::from_utf8_lossy(&self.body))
    }

    /// The token of an `Authorization: Bearer …` header.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let value = self.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    }

    /// User and password of an `Authorization: Basic …` header.
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        let value = self.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = value.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let text = String::from_utf8(BASE64.decode(token.trim()).ok()?).ok()?;
        text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
    }
}

impl FromRequest<Shared> for Ask {
    type Rejection = Reply;

    async fn from_request(request: Request, sim: &Shared) -> Result<Self, Reply> {
        let (mut parts, body) = request.into_parts();
        let params = RawPathParams::from_request_parts(&mut parts, sim).await;
        let params =
            params.map_err(|error| Reply::new(StatusCode::BAD_REQUEST, "text/plain", error.to_string()))?;
        let params = params.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let mount = parts.extensions.get::<Mount>().copied();
        let query = pairs(parts.uri.query().unwrap_or_default());
        let path = parts.uri.path().to_owned();
        let route =
            parts.extensions.get::<MatchedPath>().map(|route| route.as_str().to_owned()).unwrap_or_default();
        let (method, headers) = (parts.method.clone(), parts.headers.clone());
        let body = Bytes::from_request(Request::from_parts(parts, body), sim)
            .await
            .map_err(|error| Reply::new(error.status(), "text/plain", error.body_text()))?;
        Ok(Self {
            method,
            path,
            version_three: route.contains("/rest/api/3/"),
            query,
            headers,
            body,
            mount: mount.unwrap_or(Mount { prefix: "", flavour: sim.settings.flavour }),
            server: sim.base.clone(),
            params,
        })
    }
}

/// A query string or form as decoded pairs, in order.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(key).into_owned(), decode(value).into_owned())
        })
        .collect()
}

/// Undoes percent and plus coding; what is not valid stays as it is.
fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high * 16 + low);
                    rest = after;
                }
                _ => bytes.push(b'%'),
            },
            _ => bytes.push(*first),
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_decoded_and_bad_escapes_kept() {
        let read = pairs("a=1+2&b=%E3%81%82&c=100%&d=%zz&e");
        let expected = [("a", "1 2"), ("b", "あ"), ("c", "100%"), ("d", "%zz"), ("e", "")];
        assert_eq!(read, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
}
