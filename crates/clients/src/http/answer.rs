//! One whole answer of an upstream: reading it with a limit, telling HTML from JSON, finding its error message.

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::HttpOptions;
use super::fault::{Fault, network_fault};
use super::redact::outside_text;
use crate::ErrorKind;

/// Status, headers and body, read to the end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// Reads the whole answer, at most `limit` bytes of it (counted after decompression).
    pub(super) async fn read(
        mut response: reqwest::Response,
        limit: u64,
        options: &HttpOptions,
    ) -> Result<Self, Fault> {
        let too_large = || Fault::of(ErrorKind::TooLarge { limit });
        let announced: Option<u64> =
            response.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        if announced.is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| network_fault(error, options))? {
            if (body.len() as u64).saturating_add(chunk.len() as u64) > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: body.freeze(),
        })
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether the body is markup, whatever the content type says. JSON never begins with `<`.
    pub(crate) fn is_html(&self) -> bool {
        self.body.iter().find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xEF | 0xBB | 0xBF))
            == Some(&b'<')
    }

    /// Whether it is markup that asks for a login.
    pub(crate) fn is_login_page(&self) -> bool {
        let start = self.body.get(..self.body.len().min(64 << 10)).unwrap_or_default();
        let text = String::from_utf8_lossy(start).to_lowercase();
        self.is_html() && ["log in", "login", "sign in", "os_username"].iter().any(|word| text.contains(word))
    }

    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn named(&self, name: &'static str) -> Option<&str> {
        self.header(&HeaderName::from_static(name))
    }

    /// The upstream's clock, from `Date`.
    pub(crate) fn date(&self) -> Option<DateTime<Utc>> {
        self.header(&DATE).and_then(http_date)
    }

    pub(super) fn retry_after(&self) -> Option<&str> {
        self.header(&RETRY_AFTER).map(str::trim).filter(|text| !text.is_empty())
    }

    /// The body as JSON. What is not JSON, or not of this shape, is an unusable answer.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        if self.is_html() {
            return Err(Fault::invalid(format!("an HTML page instead of JSON: {}", self.message())));
        }
        let body = self.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.body);
        serde_json::from_slice(body).map_err(|error| {
            let kind = self.header(&CONTENT_TYPE).unwrap_or("no content type");
            Fault::invalid(format!(
                "{} bytes of {}, not the JSON expected: {error}",
                body.len(),
                outside_text(kind, &[])
            ))
        })
    }

    /// What the upstream says about it, for people: the message in a JSON error body, a page's title, or the text.
    pub(crate) fn message(&self) -> String {
        let start = self.body.get(..self.body.len().min(64 << 10)).unwrap_or_default();
        let text = String::from_utf8_lossy(start);
        let told = if self.is_html() {
            page_title(&text)
        } else {
            serde_json::from_slice::<Value>(&self.body).ok().as_ref().and_then(told_in_json)
        };
        let told =
            told.unwrap_or_else(|| if self.is_html() { "(HTML page)".into() } else { text.into_owned() });
        if told.trim().is_empty() { "(no message)".into() } else { told }
    }
}

/// The forms of a date in HTTP headers that are in use: `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(super) fn http_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text.trim()).ok().map(|date| date.to_utc())
}

fn page_title(html: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower.get(start..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find('<')?;
    html.get(start..end).map(|title| format!("page \"{}\"", title.trim()))
}

/// The messages of the error bodies of Jira, the portal, Bugzilla, the token service and GraphQL.
fn told_in_json(body: &Value) -> Option<String> {
    let mut told: Vec<String> = Vec::new();
    if let Some(Value::Array(messages)) = body.get("errorMessages") {
        told.extend(messages.iter().filter_map(Value::as_str).map(Into::into));
    }
    match body.get("errors") {
        Some(Value::Object(fields)) => {
            told.extend(fields.iter().map(|(field, message)| match message.as_str() {
                Some(text) => format!("{field}: {text}"),
                None => format!("{field}: {message}"),
            }));
        }
        Some(Value::Array(errors)) => {
            told.extend(errors.iter().filter_map(|error| error.get("message")?.as_str()).map(Into::into));
        }
        _ => {}
    }
    for member in ["message", "detailMessage", "error", "error_description"] {
        if let Some(text) = body.get(member).and_then(Value::as_str) {
            told.push(text.into());
        }
    }
    (!told.is_empty()).then(|| told.join("; "))
}
