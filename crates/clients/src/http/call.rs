//! One request, described so that it can be sent again: route template, address, body, limits.

use std::fmt::Display;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use serde::Serialize;
use url::Url;

use super::fault::Fault;
use crate::ErrorKind;

/// A request to an upstream. The route template is its name in logs, metrics and errors; the real address, which
/// may hold case numbers and queries, is not shown.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(super) route: &'static str,
    pub(super) method: Method,
    segments: Vec<String>,
    query: Vec<(&'static str, String)>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Option<(Bytes, HeaderValue)>,
    /// Whether it changes something at the upstream. The gate looks at nothing else.
    pub(super) writes: bool,
    /// Whether it may be sent again when nobody knows what became of it.
    pub(super) repeatable: bool,
    pub(super) large: bool,
}

impl Call {
    /// A read: may be repeated. `segments` are path parts below the base address, escaped here.
    pub(crate) fn get<S: Into<String>>(route: &'static str, segments: impl IntoIterator<Item = S>) -> Self {
        Self {
            route,
            method: Method::GET,
            segments: segments.into_iter().map(Into::into).collect(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            writes: false,
            repeatable: true,
            large: false,
        }
    }

    /// A POST: a write that is not repeated, unless the caller says that it only reads ([`Call::reads`]) or comes to
    /// the same when it is done twice ([`Call::repeatable`]).
    pub(crate) fn post<S: Into<String>>(route: &'static str, segments: impl IntoIterator<Item = S>) -> Self {
        Self { method: Method::POST, writes: true, repeatable: false, ..Self::get(route, segments) }
    }

    /// A PUT: a write that sets what it names, and so comes to the same when it is done twice.
    pub(crate) fn put<S: Into<String>>(route: &'static str, segments: impl IntoIterator<Item = S>) -> Self {
        Self { method: Method::PUT, repeatable: true, ..Self::post(route, segments) }
    }

    /// A DELETE: a write that comes to the same when it is done twice.
    pub(crate) fn delete<S: Into<String>>(
        route: &'static str,
        segments: impl IntoIterator<Item = S>,
    ) -> Self {
        Self { method: Method::DELETE, ..Self::put(route, segments) }
    }

    pub(crate) fn query(mut self, name: &'static str, value: impl Display) -> Self {
        self.query.push((name, format!("{value}")));
        self
    }

    pub(crate) fn header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self, Fault> {
        let bytes = serde_json::to_vec(body).map_err(|error| {
            Fault::of(ErrorKind::Setting { what: format!("the request cannot be written as JSON: {error}") })
        })?;
        self.body = Some((bytes.into(), HeaderValue::from_static("application/json")));
        Ok(self)
    }

    pub(crate) fn form(mut self, pairs: &[(&str, &str)]) -> Self {
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.body = Some((text.into(), HeaderValue::from_static("application/x-www-form-urlencoded")));
        self
    }

    /// Says that a POST only reads, as searches and grants do: no gate holds it, and it may be sent again. PUT and
    /// DELETE never only read.
    pub(crate) fn reads(mut self) -> Self {
        if self.method == Method::POST {
            self.writes = false;
            self.repeatable = true;
        }
        self
    }

    /// Says that a POST writes, but comes to the same when it is done twice.
    pub(crate) fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Says that the answer is a page of a search, which may be four times as large as others.
    pub(crate) fn large(mut self) -> Self {
        self.large = true;
        self
    }

    /// The address below `base`; `secret` is a key that this upstream wants in the query.
    pub(super) fn address(&self, base: &Url, secret: Option<(&str, &str)>) -> Result<Url, Fault> {
        let mut address = base.clone();
        address
            .path_segments_mut()
            .map_err(|()| {
                Fault::of(ErrorKind::Setting { what: "the base address cannot have a path".into() })
            })?
            .pop_if_empty()
            .extend(&self.segments);
        if !self.query.is_empty() || secret.is_some() {
            let mut pairs = address.query_pairs_mut();
            pairs.extend_pairs(&self.query);
            pairs.extend_pairs(secret);
        }
        Ok(address)
    }
}
